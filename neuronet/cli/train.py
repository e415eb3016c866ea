"""`neuronet train`: let a network learn a data set, or a file of one's own, and show how good its answers are."""

from __future__ import annotations

import argparse
from typing import Any

from neuronet.cli import train_dataset, train_file
from neuronet.cli.options import add_network_options, add_training_options
from neuronet.cli.table_options import (
    add_model_options,
    add_reading_options,
    add_stopping_options,
    add_toolbox_options,
    is_file,
)
from neuronet.data.datasets import DATASETS
from neuronet.errors import DataError


def add(commands: Any) -> None:
    """Add the command with its arguments."""
    train = commands.add_parser(
        "train",
        help="train on a data set or a CSV file, and show what was learned",
        description="Build a network, train it on a data set or on a CSV or TSV file, and show how good its answers "
        "are: on all samples of a small set, on a fifth kept back of a larger one. What is not said is guessed from "
        "the file and told; for a data set it is taken from settings known to train it well.",
    )
    train.add_argument(
        "dataset",
        nargs="?",
        metavar="DATASET|FILE.csv",
        help=f"{', '.join(DATASETS)}; parity4 is parity of 4 inputs; or a file of rows, - for standard input",
    )
    train.add_argument("--resume", metavar="MODEL.json", help="go on with the training of a model that was saved")
    save = train.add_mutually_exclusive_group().add_argument
    save("--save", metavar="FILE", help="write what was trained to this file (rows.csv: rows.model.json)")
    save("--no-save", action="store_true", help="do not; a model of a file is saved otherwise")
    train.add_argument("--plot", metavar="FILE.svg", help="write the training curve to this file as a picture")
    train.add_argument("--quiet", action="store_true", help="show the results only")
    train.add_argument("--json", action="store_true", help="show the results as one JSON document")
    train.add_argument("--test", type=float, metavar="P", help="share of a file kept back to test on (default: 0.2)")
    add_network_options(train.add_argument_group("the network (for a file: 8 tanh neurons in a hidden layer)"))
    training = train.add_argument_group("training (for a file: 100 epochs of adam at rate 0.003, batches of 16)")
    add_training_options(training)
    add_toolbox_options(training)
    add_stopping_options(train.add_argument_group("when to stop (default: when all epochs are done)"))
    add_model_options(train)
    add_reading_options(train)
    train.set_defaults(seed=None)  # so that it can be refused where a saved model has one


def run(arguments: argparse.Namespace) -> int:
    """Train, and show what was learned."""
    if arguments.resume is not None:
        return train_file.resume(arguments)
    if arguments.dataset is None:
        raise DataError("train: expected a data set, a file of rows, or --resume MODEL.json, got none of them")
    if arguments.seed is None:
        arguments.seed = 1
    if is_file(arguments.dataset):
        return train_file.run(arguments)
    return train_dataset.run(arguments)
