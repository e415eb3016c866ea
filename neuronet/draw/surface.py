"""What a network of two inputs answers everywhere: the plane as a map, with the samples on it.

Low outputs are light and high ones dark, so a map can be read in black and white. A line runs where the answer
changes. The marks of samples have another shape for each class.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple, Optional

from neuronet import validate
from neuronet.data.answers import class_of
from neuronet.draw.plot import MOST, Scale, as_float, axes, shade
from neuronet.draw.svg import Element, cut, mark, number, picture, write_text
from neuronet.errors import DataError
from neuronet.feedforward import FeedForward
from neuronet.graph import Neuron
from neuronet.scalar import Number
from neuronet.snapshot import everything_kept

SHADES = (
    "#fff3e0", "#fde3bd", "#f6d3a4", "#e6c79f", "#d0bda3", "#b8b3aa",
    "#9ea8b0", "#859cb2", "#6c8fb0", "#5481aa", "#3d72a1", "#286394", "#175383", "#0b436f", "#063459", "#042743",
)  # fmt: skip
"""From the lowest output to the highest: each shade is darker than the one before."""
FACES = ("#ffffff", "#111111", "#ffd34d", "#57c4ad")
"""The fill of the marks of each class; the shape says it too."""
MOST_NAMES, MOST_MARKS = 12, 8
"""The key of a map has room for so many outputs, and for the marks of so many classes."""
MOST_MAPS = 24
"""A picture of hidden neurons has at most so many."""


class Grid(NamedTuple):
    """Numbers at the middles of the cells of a rectangle."""

    low: tuple[float, float]
    """The lower left corner: the smallest first and second input."""
    high: tuple[float, float]
    rows: list[list[float]]
    """From the smallest second input to the largest; in each row from the smallest first input to the largest."""


class Points(NamedTuple):
    """Samples on the plane."""

    places: list[tuple[float, float]]
    classes: list[int]
    """For each sample the class that its targets stand for."""


def decision_surface(
    network: FeedForward,
    inputs: Sequence[Sequence[Number]] = (),
    targets: Sequence[Sequence[Number]] = (),
    *,
    cells: int = 100,
    names: Sequence[str] = (),
    title: Optional[str] = None,
) -> str:
    """What a network of two inputs answers everywhere, with samples on it, as an SVG document.

    inputs, targets: the samples to draw, a row for each, or none. They also say which part of the plane is shown: all
        of them and a margin; without any, from -1 to 1 both ways.
    cells: how many in a row and how many rows, 2 to 400. More are finer and take longer.
    names: of the two inputs, for the axes.
    title: the heading; None says the shape.

    One output is shown as shades from low to high with a line at one half; of several the largest, a shade for each.

    Returns the text of the picture; the network is bit for bit as it was. Raises DataError for a network that does
    not have two inputs, and for samples that do not fit.
    """
    points = checked_points(network, inputs, targets)
    low, high = extent(points.places)
    grid = outputs_on_grid(network, low, high, _cells(cells))
    outputs = len(network.layers[-1])
    shape = "-".join(str(len(layer)) for layer in network.layers[:9])
    heading = f"What the network {shape} answers" if title is None else title
    labels = [neuron.name for neuron in network.layers[0]] if not names else [str(name) for name in names]
    if len(labels) != 2:
        raise DataError(f"names: expected 2 names, got {len(labels)}")
    svg = picture(640, 520, heading, _described(grid, points, outputs))
    write_text(svg, 66, 24, cut(heading, 560, 15), size=15)
    frame = Scale(low[0], high[0], 66, 476), Scale(low[1], high[1], 460, 50)
    axes(svg, *frame, labels[0], labels[1])
    levels = (0.0, float(outputs - 1)) if outputs > 1 else _levels(grid)
    draw_grid(svg, grid, (66, 50, 476, 460), levels)
    for part in _parts(grid) if outputs > 1 else [grid]:
        _draw_boundary(svg, part, frame, 0.5)
    _draw_points(svg, points, frame)
    _draw_key(svg, levels, [neuron.name for neuron in network.layers[-1]], points)
    return f"{svg}\n"


def hidden_maps(
    network: FeedForward,
    inputs: Sequence[Sequence[Number]] = (),
    targets: Sequence[Sequence[Number]] = (),
    *,
    cells: int = 32,
    title: Optional[str] = None,
) -> str:
    """What each hidden neuron of a network of two inputs answers everywhere, one small map each, as an SVG document.

    Each map goes from its own lowest output, light, to its own highest, dark; both are written below it. At most 24
    are drawn, and the heading says how many are left out. Arguments and errors as in `decision_surface`; DataError
    too for a network without hidden neurons.
    """
    points = checked_points(network, inputs, targets)
    hidden = [neuron for layer in network.layers[1:-1] for neuron in layer]
    if not hidden:
        raise DataError(f"network: expected one with hidden neurons, got {network!r}")
    drawn = hidden[:MOST_MAPS]
    low, high = extent(points.places)
    grids = _outputs_of(network, drawn, low, high, _cells(cells))
    more = f"; {len(hidden) - len(drawn):,} more are left out" if len(hidden) > len(drawn) else ""
    heading = f"What each hidden neuron answers{more}" if title is None else title
    columns = min(4, len(drawn))
    width = max(420, 30 + 160 * columns)
    height = 50 + 190 * math.ceil(len(drawn) / columns)
    ranges = [_range(grid) for grid in grids]
    spans = "; ".join(f"{neuron.name} {least:.3g} to {most:.3g}" for neuron, (least, most) in zip(drawn, ranges))
    svg = picture(width, height, heading, f"A map for each hidden neuron, light where its output is low. {spans}.")
    write_text(svg, 16, 24, cut(heading, width - 32, 15), size=15)
    for position, (neuron, grid, (least, most)) in enumerate(zip(drawn, grids, ranges)):
        left, top = 20.0 + 160 * (position % columns), 64.0 + 190 * (position // columns)
        write_text(svg, left, top - 7, cut(neuron.name, 136))
        draw_grid(svg, grid, (left, top, left + 136, top + 136), (least, most))
        _draw_points(svg, points, (Scale(low[0], high[0], left, left + 136), Scale(low[1], high[1], top + 136, top)), 3)
        write_text(svg, left, top + 152, f"{least:.3g} to {most:.3g}", size=11, look="faint")
    return f"{svg}\n"


def extent(places: Sequence[tuple[float, float]]) -> tuple[tuple[float, float], tuple[float, float]]:
    """The lower left and the upper right corner of the part of the plane to show."""
    if not places:
        return (-1.0, -1.0), (1.0, 1.0)
    low = min(x for x, _ in places), min(y for _, y in places)
    high = max(x for x, _ in places), max(y for _, y in places)
    margin = 0.15 * max(high[0] - low[0], high[1] - low[1]) or 1.0
    margin = max(margin, 1e-9 * max(map(abs, (*low, *high))))  # far out, a smaller one is lost in the last digit
    if margin > MOST:
        raise DataError(f"inputs: expected samples up to {MOST:g} apart, got some from {min(low):g} to {max(high):g}")
    return (low[0] - margin, low[1] - margin), (high[0] + margin, high[1] + margin)


def outputs_on_grid(
    network: FeedForward, low: tuple[float, float], high: tuple[float, float], cells: tuple[int, int]
) -> Grid:
    """What the network answers at the middle of each cell: its output, or of several outputs which is the largest.

    cells: how many in a row, and how many rows.
    """
    with everything_kept(network):
        outputs = network.all_outputs(_middles(low, high, cells, network.kind))
    values = [as_float(row[0]) if len(row) == 1 else float(class_of(row)) for row in outputs]
    return _grid(low, high, cells, values)


def _outputs_of(
    network: FeedForward,
    neurons: Sequence[Neuron],
    low: tuple[float, float],
    high: tuple[float, float],
    cells: tuple[int, int],
) -> list[Grid]:
    """What each of these neurons answers at the middle of each cell."""
    found: list[list[float]] = [[] for _ in neurons]
    with everything_kept(network):
        for row in _middles(low, high, cells, network.kind):
            network.propagate(row)
            for values, neuron in zip(found, neurons):
                values.append(as_float(neuron.output))
    return [_grid(low, high, cells, values) for values in found]


def _middles(
    low: tuple[float, float], high: tuple[float, float], cells: tuple[int, int], kind: validate.Kind
) -> list[list[Number]]:
    """The middle of each cell, as inputs of a network of this kind of number."""
    steps = (high[0] - low[0]) / cells[0], (high[1] - low[1]) / cells[1]
    middles = [
        [low[0] + (column + 0.5) * steps[0], low[1] + (row + 0.5) * steps[1]]
        for row in range(cells[1])
        for column in range(cells[0])
    ]
    return validate.rows(middles, 2, "inputs", kind)


def _grid(low: tuple[float, float], high: tuple[float, float], cells: tuple[int, int], values: Sequence[float]) -> Grid:
    across = cells[0]
    return Grid(low, high, [list(values[start : start + across]) for start in range(0, len(values), across)])


def checked_points(
    network: FeedForward, inputs: Sequence[Sequence[Number]], targets: Sequence[Sequence[Number]]
) -> Points:
    """Samples for a network of two inputs, with their classes; DataError where either does not fit."""
    if len(network.layers[0]) != 2:
        raise DataError(f"network: expected one with 2 inputs, got {len(network.layers[0])}")
    if not len(inputs) and not len(targets):
        return Points([], [])
    rows, wanted = validate.samples(inputs, targets, 2, len(network.layers[-1]), network.kind)
    return Points([(as_float(row[0]), as_float(row[1])) for row in rows], [class_of(row) for row in wanted])


def _cells(cells: int) -> tuple[int, int]:
    many = validate.count(cells, "cells", least=2)
    if many > 400:
        raise DataError(f"cells: expected at most 400, got {many}")
    return many, many


def _range(grid: Grid) -> tuple[float, float]:
    """The lowest and the highest number of a grid; 0 and 1 where none is finite."""
    known = [value for row in grid.rows for value in row if math.isfinite(value)]
    return (min(known), max(known)) if known else (0.0, 1.0)


def _levels(grid: Grid) -> tuple[float, float]:
    """The outputs of the lightest and the darkest shade: 0 and 1, or more where an output lies beyond."""
    least, most = _range(grid)
    return min(0.0, least), max(1.0, most)


def draw_grid(svg: Element, grid: Grid, frame: tuple[float, float, float, float], levels: tuple[float, float]) -> None:
    """Fill a frame (left, top, right, bottom) with the shades of a grid: for each shade one path of its runs."""
    left, top, right, bottom = frame
    high, wide = len(grid.rows), len(grid.rows[0])
    step = (right - left) / wide, (bottom - top) / high
    svg.add("rect", look="neuron", x=left, y=top, width=right - left, height=bottom - top)
    runs: dict[int, list[str]] = {}
    for line, row in enumerate(grid.rows):
        y = f"{bottom - (line + 1) * step[1]:.2f}"
        shades = [shade(value, levels, len(SHADES)) for value in row]
        start = 0
        for column in range(1, wide + 1):
            if column == wide or shades[column] != shades[start]:
                x, across = left + start * step[0], (column - start) * step[0]
                runs.setdefault(shades[start], []).append(f"M{x:.2f} {y}h{across:.2f}v{step[1]:.2f}h{-across:.2f}z")
                start = column
    group = svg.add("g", shape_rendering="crispEdges")
    for position in sorted(runs):
        if position >= 0:
            group.add("path", fill=SHADES[position], d="".join(runs[position]))


def _parts(grid: Grid) -> Iterator[Grid]:
    """For each class but the first that occurs a grid of 1 where it is and 0 where another one is."""
    occur = sorted({value for row in grid.rows for value in row if math.isfinite(value)})
    for label in occur[1:]:
        yield grid._replace(rows=[[float(value == label) for value in row] for row in grid.rows])


def _draw_boundary(svg: Element, grid: Grid, frame: tuple[Scale, Scale], level: float) -> None:
    """A line where the numbers of the grid cross a level, found square by square between four middles."""
    pieces: list[str] = []
    high, wide = len(grid.rows), len(grid.rows[0])
    step = (grid.high[0] - grid.low[0]) / wide, (grid.high[1] - grid.low[1]) / high
    for line in range(high - 1):
        lower, upper = grid.rows[line], grid.rows[line + 1]
        for column in range(wide - 1):
            corners = [lower[column], lower[column + 1], upper[column + 1], upper[column]]
            above = [value >= level for value in corners]
            if all(above) or not any(above) or not all(math.isfinite(value) for value in corners):
                continue
            crossings = []
            for side, (start, end) in enumerate(((0, 1), (1, 2), (3, 2), (0, 3))):
                if above[start] != above[end]:
                    fraction = (level - corners[start]) / (corners[end] - corners[start])
                    across = (fraction, 1.0, fraction, 0.0)[side]
                    up = (0.0, fraction, 1.0, fraction)[side]
                    x = frame[0].place(grid.low[0] + (column + 0.5 + across) * step[0])
                    y = frame[1].place(grid.low[1] + (line + 0.5 + up) * step[1])
                    crossings.append(f"{number(x)} {number(y)}")
            for first, second in zip(crossings[::2], crossings[1::2]):
                pieces.append(f"M{first}L{second}")
    if pieces:
        for colour, width in (("#ffffff", "4"), ("#111111", "1.8")):
            svg.add("path", d="".join(pieces), fill="none", stroke=colour, stroke_width=width)


def _draw_points(svg: Element, points: Points, frame: tuple[Scale, Scale], size: float = 4) -> None:
    for (x, y), label in zip(points.places, points.classes):
        _draw_mark(svg, frame[0].place(x), frame[1].place(y), label, size)


def _draw_mark(svg: Element, x: float, y: float, label: int, size: float = 4) -> None:
    edge = "#ffffff" if label % 4 == 1 else "#111111"
    mark(svg, x, y, label, size=size, fill=FACES[label % 4], stroke=edge, stroke_width="1.2")


def _draw_key(svg: Element, levels: tuple[float, float], outputs: Sequence[str], points: Points) -> None:
    """What the shades and the marks mean, to the right of the map."""
    y = _draw_levels(svg, levels, outputs[0]) if len(outputs) == 1 else _draw_names(svg, outputs)
    classes = sorted(set(points.classes))
    marks = len(classes) if len(classes) <= MOST_MARKS else MOST_MARKS - 1
    for label in classes[:marks]:
        _draw_mark(svg, 506, y, label)
        many = points.classes.count(label)
        meaning = f"{many} of class {label}" if len(outputs) == 1 else f"wanted: {outputs[label]}"
        write_text(svg, 520, y + 4, cut(meaning, 112, 12), size=12)
        y += 20
    if marks < len(classes):
        write_text(svg, 520, y + 4, f"and {len(classes) - marks:,} more", size=12)


def _draw_levels(svg: Element, levels: tuple[float, float], output: str) -> float:
    """The shades from the lowest output to the highest, and the line at one half; returns where the key goes on."""
    write_text(svg, 496, 62, cut(f"output {output}", 136))
    for position, colour in enumerate(SHADES):
        svg.add("rect", x=496, y=230 - 10 * position, width=22, height=10, fill=colour)
    write_text(svg, 526, 240, f"{levels[0]:.3g}", size=12)
    write_text(svg, 526, 89, f"{levels[1]:.3g}", size=12)
    svg.add("line", look="axis", x1=496, x2=518, y1=262, y2=262, stroke_width="1.8")
    write_text(svg, 526, 266, "0.5", size=12)
    return 300.0


def _draw_names(svg: Element, outputs: Sequence[str]) -> float:
    """The shade of each output; returns where the key goes on."""
    y, many = 62.0, len(outputs)
    write_text(svg, 496, y, "largest output")
    named = many if many <= MOST_NAMES else MOST_NAMES - 1
    for label, name in enumerate(outputs[:named]):
        y += 22
        colour = SHADES[shade(label, (0.0, many - 1.0), len(SHADES))]
        svg.add("rect", look="axis", x=496, y=y - 11, width=22, height=14).attributes["fill"] = colour
        write_text(svg, 526, y, cut(name, 106, 12), size=12)
    if named < many:
        y += 22
        write_text(svg, 526, y, f"and {many - named:,} more", size=12)
    return y + 40


def _described(grid: Grid, points: Points, outputs: int) -> str:
    least, most = _range(grid)
    sides = zip(("First", "Second"), grid.low, grid.high)
    area = " ".join(f"{name} input from {low:.3g} to {high:.3g}." for name, low, high in sides)
    if outputs > 1:
        return f"{area} Shades say which of {outputs} outputs is the largest. {len(points.places)} samples."
    values = [value for row in grid.rows for value in row]
    fraction = sum(value >= 0.5 for value in values) / len(values)
    return (
        f"{area} The output goes from {least:.3g}, light, to {most:.3g}, dark; on {fraction:.0%} of the area it is one "
        f"half or more. {len(points.places)} samples."
    )
