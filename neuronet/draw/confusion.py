"""Which class was taken for which: a table of counts as a picture, the darker the more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Optional

from neuronet.data import metrics
from neuronet.data.datasets import Dataset
from neuronet.draw.surface import SHADES
from neuronet.draw.svg import cut, picture, text_width, write_text
from neuronet.errors import DataError
from neuronet.scalar import Number


def confusion(dataset: Dataset, outputs: Sequence[Sequence[Number]]) -> list[list[int]]:
    """How often each class was taken for each: a row for each class that was wanted, a column for each answer.

    dataset: one with label names; their order is that of the rows and columns.
    outputs: a row for each sample, as `Network.predict_all` gives them.

    Raises DataError for a data set without label names, and for another number of rows.
    """
    if len(outputs) != len(dataset):
        raise DataError(f"outputs: expected one row for each sample, that is {len(dataset)}, got {len(outputs)}")
    wanted = [dataset.label(row) for row in dataset.targets]
    answered = [dataset.label(row) for row in outputs]
    return metrics.confusion(wanted, answered, dataset.label_names)


def confusion_matrix(dataset: Dataset, outputs: Sequence[Sequence[Number]], *, title: Optional[str] = None) -> str:
    """The table of `confusion` as an SVG document; the right answers stand on its diagonal, in frames.

    title: the heading; None says how many were right. Arguments and errors as in `confusion`.
    """
    table = confusion(dataset, outputs)
    names = list(dataset.label_names)
    right = sum(table[position][position] for position in range(len(names)))
    heading = f"{dataset.name}: {right} of {len(dataset)} right" if title is None else title
    room = min(160.0, max(text_width(name, 12) for name in names)) + 12
    cell = 64.0
    wide = max(cell, min(130.0, max(text_width(name, 12) for name in names) + 12))
    left, top = 34 + room, 92.0
    width, height = max(360.0, left + wide * len(names) + 20), top + cell * len(names) + 24
    counts = "; ".join(
        f"{wanted} taken for {answered} {count} times"
        for wanted, row in zip(names, table)
        for answered, count in zip(names, row)
        if count
    )
    svg = picture(width, height, heading, f"Rows are the classes wanted, columns the answers. {counts}.")
    write_text(svg, 16, 24, cut(heading, width - 32, 15), size=15)
    write_text(svg, left, top - 34, "answered", size=12, look="faint")
    write_text(svg, 16, top - 10, "wanted", size=12, look="faint")
    most = max(1, *(count for row in table for count in row))
    for line, (name, row) in enumerate(zip(names, table)):
        y = top + cell * line
        write_text(svg, left - 10, y + cell / 2 + 4, cut(name, room - 12, 12), size=12, anchor="end")
        write_text(svg, left + wide * (line + 0.5), top - 10, cut(name, wide - 6, 12), size=12, anchor="middle")
        for column, count in enumerate(row):
            x = left + wide * column
            position = round((len(SHADES) - 1) * count / most)
            dark = position > len(SHADES) // 2
            svg.add("rect", x=x, y=y, width=wide, height=cell, fill=SHADES[position], stroke="#ffffff")
            text = svg.add("text", f"{count:,}", x=x + wide / 2, y=y + cell / 2 + 5, text_anchor="middle", font_size=15)
            text.attributes["fill"] = "#ffffff" if dark else "#111111"
            if line == column:
                edge = "#ffffff" if dark else "#111111"
                svg.add("rect", x=x + 5, y=y + 5, width=wide - 10, height=cell - 10, fill="none", stroke=edge)
    return f"{svg}\n"
