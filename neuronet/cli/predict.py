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
    if arguments.inputs:
        rows = [(arguments.inputs, "inputs")]
    else:
        lines = (line.replace(",", " ").split() for line in _standard_input())
        rows = [(cells, f"line {number}") for number, cells in enumerate(lines, start=1) if cells]
        if not rows:
            raise DataError("inputs: expected numbers on the command line or on standard input, got none")
    for cells, place in rows:
        numbers = [_number(cell, f"{place}[{position}]") for position, cell in enumerate(cells)]
        outputs = network.predict(validate.row(numbers, len(network[0]), place))
        print(" ".join(repr(output) for output in outputs))
    return 0


def _standard_input() -> Iterator[str]:
    try:
        yield from sys.stdin or ()
    except UnicodeDecodeError as problem:
        raise DataError(f"standard input: expected text, got bytes that are not {problem.encoding}") from None


def _number(text: str, place: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise DataError(f"{place}: expected a number, got {text.strip()!r}") from None
