"""`neuronet explain`: one sample worked out on a sheet."""

from __future__ import annotations

import argparse
import sys
from typing import Any, Optional

from neuronet.cli.options import add_network_options, add_subject, find_subject, refuse_unwritable
from neuronet.errors import DataError
from neuronet.network import Network
from neuronet.sheets.explain import DETAILS, explain
from neuronet.sheets.reading import read_number
from neuronet.sheets.sheet import FORMATS
from neuronet.store.disk import write_file


def add(commands: Any) -> None:
    """Add the command with its arguments."""
    command = commands.add_parser(
        "explain",
        help="one sample worked out step by step, to check by hand",
        description="Work one sample out on a sheet: forward, loss, errors and deltas, gradients with a check beside "
        "each, update. The network is a saved one, or the untrained one for a data set.",
    )
    add_subject(command)
    command.add_argument("--input", metavar="X,Y", help="the inputs: 0,1 or, where one is below 0, --input=-1,1")
    command.add_argument("--target", metavar="T,U", help="the targets; both from the data set where not given")
    command.add_argument("--learning-rate", "--rate", type=float, metavar="R", help="without it there is no update")
    command.add_argument("--only", metavar="NEURON", help="the sheet of one neuron, such as h2")
    command.add_argument("--digits", type=int, default=4, metavar="N", help="significant digits shown (default: 4)")
    command.add_argument("--detail", default="neuron", metavar="NAME", help=f"how much: {', '.join(DETAILS)}")
    command.add_argument("--format", default="text", metavar="NAME", help=", ".join(FORMATS))
    command.add_argument("--worksheet", action="store_true", help="leave the results blank, with a key at the end")
    command.add_argument("-o", "--output", metavar="FILE", help="write the sheet to this file")
    add_network_options(command)


def run(arguments: argparse.Namespace) -> int:
    """Print the sheet, or write it to the file."""
    if arguments.output is not None:
        refuse_unwritable(arguments.output, "--output")
    network, inputs, targets = _network_and_sample(arguments)
    sheet = explain(
        network,
        inputs,
        targets,
        arguments.learning_rate,
        digits=arguments.digits,
        detail=arguments.detail,
        format=arguments.format,
        worksheet=arguments.worksheet,
        only=arguments.only,
    )
    if arguments.output is not None:
        write_file(str(sheet), arguments.output)
        return 0
    text = str(sheet)
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    errors = "xmlcharrefreplace" if arguments.format == "html" else "backslashreplace"
    print(text.encode(encoding, errors).decode(encoding), end="")
    return 0


def _network_and_sample(arguments: argparse.Namespace) -> tuple[Network, list[float], list[float]]:
    """The network, and the inputs and targets of the sample."""
    inputs, targets = numbers(arguments.input, "--input"), numbers(arguments.target, "--target")
    if (inputs is None) != (targets is None):
        raise DataError("--input, --target: expected both or neither, got one")
    network, dataset, _ = find_subject(arguments)
    if inputs is not None and targets is not None:
        return network, inputs, targets
    if dataset is None:
        raise DataError("--input, --target: expected both with a saved network, for it has no samples")
    return network, dataset.inputs[0], dataset.targets[0]


def numbers(text: Optional[str], place: str) -> Optional[list[float]]:
    """The numbers of an option, separated by commas; fractions are welcome."""
    if text is None:
        return None
    found = []
    for position, cell in enumerate(text.split(",")):
        number = read_number(cell)
        if number is None:
            raise DataError(f"{place}[{position}]: expected a number, got {cell.strip()!r}")
        found.append(number)
    return found
