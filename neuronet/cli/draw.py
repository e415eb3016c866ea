"""`neuronet draw`: a network, what it answers, or how it was trained, as a picture."""

from __future__ import annotations

import argparse
import sys
from typing import Any, Optional

from neuronet.cli.options import add_network_options, add_subject, find_subject, is_saved, refuse_no_picture
from neuronet.data.datasets import Dataset
from neuronet.draw import can_show, decision_surface, surface_text, wants_colour
from neuronet.errors import DataError
from neuronet.network import Network
from neuronet.store.disk import write_file
from neuronet.training import History


def add(commands: Any) -> None:
    """Add the command with its arguments."""
    draw = commands.add_parser(
        "draw",
        help="a network as a picture",
        description="Draw a network with its weights: one that is trained on a data set first, with settings known to "
        "train it well, or a saved one. A picture is SVG, for a browser or a page, or characters for a terminal.",
    )
    add_subject(draw, "samples to draw on the surface of a saved network")
    draw.add_argument("-o", "--output", metavar="FILE", help="write the picture to this file; printed where not given")
    draw.add_argument("--text", action="store_true", help="draw with characters, at most 80 columns")
    draw.add_argument("--values", action="store_true", help="write weights, nets, outputs and deltas too")
    draw.add_argument("--sample", metavar="X,Y", help="the inputs that they belong to: 0,1 or, below 0, --sample=-1,1")
    draw.add_argument("--target", metavar="T,U", help="the targets: adds deltas and gradients; needs --sample")
    draw.add_argument("--learning-rate", "--rate", type=float, metavar="R", help="adds the step; needs --target")
    what = draw.add_mutually_exclusive_group()
    what.add_argument("--surface", action="store_true", help="draw what a network of two inputs answers everywhere")
    what.add_argument("--history", action="store_true", help="draw the training curve")
    draw.add_argument("--epochs", type=int, metavar="N", help="how long to train; 0 draws the network untrained")
    add_network_options(draw)


def run(arguments: argparse.Namespace) -> int:
    """Draw what was asked for."""
    _refuse_misfits(arguments)
    if arguments.output is not None:
        refuse_no_picture(arguments.output, "--output")
    network, dataset, history = _trained(arguments)
    picture = _picture(arguments, network, dataset, history)
    if arguments.output is None:
        if not can_show(sys.stdout, picture):  # a sign of SVG can be written as its number
            picture = picture.encode("ascii", "replace" if arguments.text else "xmlcharrefreplace").decode("ascii")
        print(picture, end="" if picture.endswith("\n") else "\n")
    else:
        write_file(picture if picture.endswith("\n") else f"{picture}\n", arguments.output)
    return 0


def _refuse_misfits(arguments: argparse.Namespace) -> None:
    saved = is_saved(arguments)
    if saved and arguments.history:
        raise DataError(
            "--history: expected only with a data set, for a saved network does not know how it was trained"
        )
    if saved and arguments.epochs is not None:
        raise DataError("--epochs: expected only with a data set, for a saved network is drawn as it is")
    if saved and arguments.data is not None and not arguments.surface:
        raise DataError("--data: expected only together with --surface, where the samples are drawn")
    if arguments.history and arguments.epochs == 0:
        raise DataError("--epochs: expected 1 or more together with --history, got 0")
    numbers = arguments.values or arguments.sample is not None
    if numbers and (arguments.surface or arguments.history):
        raise DataError("--values, --sample: expected without --surface and --history, which show no single numbers")
    if arguments.target is not None and arguments.sample is None:
        raise DataError("--target: expected only together with --sample, got no --sample")
    if arguments.learning_rate is not None and arguments.target is None:
        raise DataError("--learning-rate: expected only together with --target, got no --target")
    if arguments.learning_rate is not None and arguments.text:
        raise DataError("--learning-rate: expected without --text, which shows no step")


def _trained(arguments: argparse.Namespace) -> tuple[Network, Optional[Dataset], Optional[History]]:
    """The network, the samples it belongs to where there are any, and how it was trained."""
    network, dataset, recipe = find_subject(arguments)
    epochs = recipe.epochs if arguments.epochs is None else arguments.epochs
    if dataset is None or is_saved(arguments) or epochs == 0:
        return network, dataset, None
    history = network.train(*dataset, epochs=epochs, learning_rate=recipe.learning_rate, batch_size=recipe.batch_size)
    return network, dataset, history


def _picture(
    arguments: argparse.Namespace, network: Network, dataset: Optional[Dataset], history: Optional[History]
) -> str:
    stream = None if arguments.output is not None else sys.stdout
    unicode = arguments.output is not None or can_show(stream)
    if history is not None and arguments.history:
        return history.to_text(unicode=unicode) if arguments.text else history.to_svg()
    if arguments.surface:
        samples = ([], []) if dataset is None else (dataset.inputs, dataset.targets)
        if arguments.text:
            return surface_text(network, *samples, unicode=unicode)
        names = () if dataset is None else dataset.input_names
        return decision_surface(network, *samples, names=names)
    inputs, targets = _numbers(arguments.sample, "--sample"), _numbers(arguments.target, "--target")
    if not arguments.text:
        rate = arguments.learning_rate
        return network.to_svg(values=arguments.values, inputs=inputs, targets=targets, learning_rate=rate)
    if inputs is not None:
        network.forward(inputs)
    if targets is not None:
        network.backward(targets)
    return network.to_text(unicode=unicode, colour=wants_colour(stream))


def _numbers(text: Optional[str], place: str) -> Optional[list[float]]:
    """The numbers of an option, separated by commas."""
    if text is None:
        return None
    found = []
    for position, cell in enumerate(text.split(",")):
        try:
            found.append(float(cell))
        except ValueError:
            raise DataError(f"{place}[{position}]: expected a number, got {cell.strip()!r}") from None
    return found
