"""`neuronet predict`: the answers of a saved model or network, for a file of rows or for numbers given by hand."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from typing import Any, Optional

from neuronet import validate
from neuronet.cli.options import load_any, refuse_same, refuse_unwritable
from neuronet.cli.table_options import add_reading_options, kept, reading, tell_unseen
from neuronet.data.encoding import CategoryInput, ClassTarget, Label
from neuronet.data.reading import MISSING, read_table
from neuronet.data.table import Table, number_text
from neuronet.errors import DataError
from neuronet.network import Network
from neuronet.store.disk import write_file
from neuronet.tabular.model import Model

LINE_END = "\r\n"
"""A cell with one of these is quoted: the csv module goes by the end of a line, which is cut off again."""


def add(commands: Any) -> None:
    """Add the command with its arguments."""
    predict = commands.add_parser(
        "predict",
        help="the answers of a saved model",
        description="Answer raw rows with a saved model: those of a CSV or TSV file, of standard input, or one row "
        "from the command line. The rows come back as CSV with the answer as a further column. For a network without "
        "columns: a line of outputs for each row of numbers, separated by spaces or commas.",
    )
    predict.add_argument("model", metavar="MODEL.json", help="a model or network that was saved")
    predict.add_argument("inputs", nargs="*", metavar="FILE|VALUE", help="a file of rows, or one value for each column")
    predict.add_argument("-o", "--output", metavar="FILE", help="write the answers to this file")
    predict.add_argument("--probabilities", action="store_true", help="a column for each class: how likely it is")
    unseen = "a category that no row of training had: refuse it, or none, which counts it as none (default: refuse)"
    predict.add_argument("--unseen", choices=("refuse", "none"), default="refuse", metavar="NAME", help=unseen)
    add_reading_options(predict)


def run(arguments: argparse.Namespace) -> int:
    """Print, or write, an answer for each row."""
    if arguments.output is not None:
        refuse_unwritable(arguments.output, "--output")
        read = arguments.inputs[0] if len(arguments.inputs) == 1 else None
        refuse_same(arguments.output, "--output", {"that of the model": arguments.model, "that of the rows": read})
    found = load_any(arguments.model)
    lines = _answers(found, arguments) if isinstance(found, Model) else _outputs(found, arguments)
    if arguments.output is None:
        for line in lines:
            print(line)
    else:
        write_file("".join(f"{line}\n" for line in lines), arguments.output)
    return 0


# A model: raw rows in, labels or values out.


def _answers(model: Model, arguments: argparse.Namespace) -> Iterator[str]:
    given = arguments.inputs
    if given and not (len(given) == 1 and (given[0] == "-" or os.path.exists(given[0]) or len(model.inputs) > 1)):
        yield from _table(model, None, [_row(model, given, comma=arguments.decimal == ",")], arguments)
        return
    source, options = kept(given[0] if given else "-"), reading(arguments)
    table = model.read(source, **options)
    cells = read_table(source, **{**options, "categories": table.column_names})  # as they were written
    yield from _table(model, cells, table, arguments)


def _row(model: Model, texts: list[str], *, comma: bool) -> list[Any]:
    """The values from the command line, as their columns have them."""
    if len(texts) != len(model.inputs):
        names = ", ".join(column.name for column in model.inputs)
        raise DataError(f"inputs: expected {len(model.inputs)} values, for {names}, got {len(texts)}; or name a file")
    return [_value(column, text, comma) for column, text in zip(model.inputs, texts)]


def _value(column: Any, text: str, comma: bool) -> Any:
    if text.strip() in MISSING:
        return None
    if isinstance(column, CategoryInput):
        return text.strip()
    return _number(text.replace(",", ".") if comma and "." not in text else text, f"inputs, {column.name}")


def _table(model: Model, cells: Optional[Table], rows: Any, arguments: argparse.Namespace) -> Iterator[str]:
    """The lines of a CSV file: the rows, if they are those of a file, as they were written, with the answers."""
    refuse = arguments.unseen == "refuse"
    if cells is not None and not refuse:
        tell_unseen(model, rows)
    outputs = model.outputs(rows, refuse_unseen=refuse)
    answers = [model.target.decode(row) for row in outputs]
    likely: list[dict[Label, float]] = []
    if arguments.probabilities:
        if not isinstance(model.target, ClassTarget):
            raise DataError(f"--probabilities: expected a model of classes, but {model.target.name} is a value")
        likely = [model.target.probabilities(row) for row in outputs]
    if cells is None:
        yield _shown(answers[0]) if not likely else " ".join(f"{_shown(k)} {p:.6f}" for k, p in likely[0].items())
        return
    names = [*cells.column_names]
    names.append(_new(f"predicted {model.target.name}", names))
    classes = [f"probability of {_shown(label)}" for label in model.target.labels] if likely else []  # type: ignore[union-attr]
    yield _line([*names, *(_new(name, names) for name in classes)])
    for position, row in enumerate(cells):
        shares = [repr(share) for share in likely[position].values()] if likely else []
        read = rows[position]
        yield _line([*(_cell(row[name], read[name]) for name in row), _shown(answers[position]), *shares])


def _cell(text: Optional[str], value: Any) -> str:
    """A cell as it was written; but a number with a decimal comma with a point, for between cells stands a comma."""
    if text is None:
        return ""
    return number_text(value) if isinstance(value, float) and "," in text else text


def _new(name: str, names: list[str]) -> str:
    """A name that no column has: the given one, or with a number behind it."""
    found, number = name, 1
    while found in names:
        number += 1
        found = f"{name} {number}"
    return found


def _line(cells: list[str]) -> str:
    import csv
    import io

    text = io.StringIO()
    csv.writer(text, lineterminator=LINE_END).writerow(cells)
    return text.getvalue()[: -len(LINE_END)]


def _shown(value: Any) -> str:
    if value is None:
        return ""
    return number_text(value) if isinstance(value, float) else str(value)


# A network alone: numbers in, numbers out.


def _outputs(network: Network, arguments: argparse.Namespace) -> Iterator[str]:
    if arguments.probabilities:
        raise DataError("--probabilities: expected a model with columns, got a network alone")
    empty = True
    for cells, place in _rows(arguments.inputs):
        empty = False
        numbers = [_number(cell, f"{place}[{position}]") for position, cell in enumerate(cells)]
        outputs = network.predict(validate.row(numbers, len(network[0]), place))
        yield " ".join(repr(output) for output in outputs)
    if empty:
        raise DataError("inputs: expected numbers on the command line or on standard input, got none")


def _rows(given: list[str]) -> Iterator[tuple[list[str], str]]:
    """Each row as the texts of its numbers, with what an error calls it."""
    if given and given != ["-"] and not (len(given) == 1 and os.path.isfile(given[0])):
        yield (_cells(given[0]) if len(given) == 1 else given), "inputs"
        return
    for number, line in enumerate(_lines(given), start=1):
        cells = _cells(line.lstrip("\ufeff"))
        if any(cells):  # a blank line, or one of commas only, is no row
            yield cells, f"line {number}"


def _cells(line: str) -> list[str]:
    """What stands between commas where there are any, else between spaces: so an empty field is not overlooked."""
    return [cell.strip() for cell in line.split(",")] if "," in line else line.split()


def _lines(given: list[str]) -> Iterator[str]:
    name = "standard input" if given in ([], ["-"]) else given[0]
    try:
        if given in ([], ["-"]):
            yield from sys.stdin or ()
        else:
            with open(given[0], encoding="utf-8") as file:
                yield from file
    except UnicodeDecodeError as problem:
        raise DataError(f"{name}: expected text, got bytes that are not {problem.encoding}") from None


def _number(text: str, place: str) -> float:
    try:
        if "_" in text:  # Python's own way to write 1_000 is a slip in data
            raise ValueError
        return float(text)
    except ValueError:
        raise DataError(f"{place}: expected a number, got {text.strip()!r}") from None
