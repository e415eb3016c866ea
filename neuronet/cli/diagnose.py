"""`neuronet diagnose`: why does this network not learn?"""

from __future__ import annotations

import argparse
import sys
from typing import Any, Optional

from neuronet import validate
from neuronet.cli.options import (
    add_network_options,
    add_subject,
    add_training_options,
    find_subject,
    is_saved,
    practice_and_test,
    refuse_options,
    with_training_options,
)
from neuronet.cli.progress import Progress, show, tell
from neuronet.data.datasets import Dataset
from neuronet.data.recipes import Recipe
from neuronet.errors import DataError, TrainingError
from neuronet.network import Network
from neuronet.training import History

NOTHING_FOUND, FOUND = 0, 1


def add(commands: Any) -> None:
    """Add the command with its arguments."""
    diagnose = commands.add_parser(
        "diagnose",
        help="why a network does not learn",
        description="Train a network on a data set as `train` does, or take a saved one, and look for what keeps it "
        "from learning: known faults of the samples, the graph, the slopes and the rate. With --epochs 0 it is looked "
        "at before any training. Exit code: 0 nothing found, 1 something found, 2 wrong use.",
    )
    add_subject(diagnose, "the samples that a saved network is to learn")
    diagnose.add_argument("--json", action="store_true", help="show the diagnosis as one JSON document")
    add_network_options(diagnose)
    add_training_options(diagnose)


def run(arguments: argparse.Namespace) -> int:
    """Train where there is something to train, diagnose, print, and return the exit code."""
    if is_saved(arguments):
        reason = "expected only with a data set, for a saved network is taken as it is"
        refuse_options(arguments, ("epochs", "batch_size"), reason)
    network, dataset, recipe = find_subject(arguments)
    if dataset is None:
        raise DataError("--data: expected the data set that the saved network is to learn, got none")
    recipe = with_training_options(arguments, recipe)
    history, broken = None, False
    if not is_saved(arguments):
        dataset, _ = practice_and_test(dataset, arguments.seed)
        history, broken = _trained(network, dataset, recipe)
    diagnosis = network.diagnose(*dataset, history=history, learning_rate=recipe.learning_rate)
    show(diagnosis, as_json=arguments.json)
    return NOTHING_FOUND if diagnosis.ok and not broken else FOUND


def _trained(network: Network, dataset: Dataset, recipe: Recipe) -> tuple[Optional[History], bool]:
    """Train; the history or None, and whether the training broke off: then the network is back at its start."""
    if recipe.epochs == 0:
        validate.count(recipe.batch_size, "batch_size")
        return None, False
    live = sys.stderr is not None and sys.stderr.isatty()
    try:
        with Progress(sys.stderr if live else None, recipe.epochs) as progress:
            history = network.train(
                *dataset,
                epochs=recipe.epochs,
                learning_rate=recipe.learning_rate,
                batch_size=recipe.batch_size,
                callback=progress,
            )
    except TrainingError as problem:
        tell(sys.stderr, f"neuronet: {problem}\nneuronet: the diagnosis is that of the weights it began with\n")
        network.reset()
        return None, True
    return history, False
