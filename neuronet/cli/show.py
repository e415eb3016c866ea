"""`neuronet show`: what a saved model is: its network, its columns, and how it was trained."""

from __future__ import annotations

import argparse
from typing import Any

from neuronet.cli.options import load_any
from neuronet.cli.progress import shape_of
from neuronet.tabular.model import Model

SHOWN_SYNAPSES = 100
"""The weights of a larger network are not printed."""


def add(commands: Any) -> None:
    """Add the command with its arguments."""
    show = commands.add_parser(
        "show",
        help="what a saved model is",
        description="Show a saved model or network: its shape, its columns and how they are scaled, what it answers, "
        "how it was trained, and, with --weights or for a small one, every weight.",
    )
    show.add_argument("model", metavar="MODEL.json", help="a model or network that was saved")
    show.add_argument("--weights", action="store_true", help="every weight, however many there are")


def run(arguments: argparse.Namespace) -> int:
    """Print what the file holds."""
    found = load_any(arguments.model)
    network = found.network if isinstance(found, Model) else found
    if isinstance(found, Model):
        print(found)
        for name, value in found.source.items():
            if name in ("path", "rows", "seed", "test", "validation"):
                print(f"{name}: {value}")
    else:
        state = network.training_state
        print(f"network {shape_of(network)}, loss {network.loss_function.name}")
        if state is not None:
            print(f"trained for {state.epochs} epochs by {network.optimizer!r}")
    if arguments.weights or len(network.synapses) <= SHOWN_SYNAPSES:
        print()
        print(network)
    else:
        print(f"{len(network.synapses)} weights; --weights shows them")
    return 0
