"""`neuronet predict`: the outputs of a saved network, for rows from the command line or from standard input."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from typing import Any

from neuronet import validate
from neuronet.errors import DataError
from neuronet.network import Network


def add(commands: Any) -> None:
    """Add the command with its arguments."""
    predict = commands.add_parser(
        "predict",
        help="the outputs of a saved network",
        description="Print the outputs of a saved network, a line for each row of inputs: one row from the command "
        "line, or any number from standard input, the numbers separated by spaces or commas.",
    )
    predict.set_defaults(command=run)
    predict.add_argument("model", metavar="MODEL.json", help="a network that was saved")
    predict.add_argument("inputs", nargs="*", metavar="INPUT", help="one number for each input neuron")


def run(arguments: argparse.Namespace) -> int:
    """Print a line of outputs for each row."""
    network = Network.load(arguments.model)
    empty = True
    for cells, place in _rows(arguments.inputs):
        empty = False
        numbers = [_number(cell, f"{place}[{position}]") for position, cell in enumerate(cells)]
        outputs = network.predict(validate.row(numbers, len(network[0]), place))
        print(" ".join(repr(output) for output in outputs))
    if empty:
        raise DataError("inputs: expected numbers on the command line or on standard input, got none")
    return 0


def _rows(given: list[str]) -> Iterator[tuple[list[str], str]]:
    """Each row as the texts of its numbers, with what an error calls it."""
    if given:
        yield (_cells(given[0]) if len(given) == 1 else given), "inputs"
        return
    for number, line in enumerate(_standard_input(), start=1):
        cells = _cells(line.lstrip("\ufeff"))
        if any(cells):  # a blank line, or one of commas only, is no row
            yield cells, f"line {number}"


def _cells(line: str) -> list[str]:
    """What stands between commas where there are any, else between spaces: so an empty field is not overlooked."""
    return [cell.strip() for cell in line.split(",")] if "," in line else line.split()


def _standard_input() -> Iterator[str]:
    try:
        yield from sys.stdin or ()
    except UnicodeDecodeError as problem:
        raise DataError(f"standard input: expected text, got bytes that are not {problem.encoding}") from None


def _number(text: str, place: str) -> float:
    try:
        if "_" in text:  # Python's own way to write 1_000 is a slip in data
            raise ValueError
        return float(text)
    except ValueError:
        raise DataError(f"{place}: expected a number, got {text.strip()!r}") from None
