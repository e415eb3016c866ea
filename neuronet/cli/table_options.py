"""What the commands for files of one's own share: how a file is read, how a model is built, how it is trained."""

from __future__ import annotations

import argparse
import hashlib
import os
from typing import Any, Optional, Union

from neuronet.data.datasets import DATASETS
from neuronet.data.encoding import SCALINGS
from neuronet.data.reading import read_table
from neuronet.data.table import CATEGORY, Table
from neuronet.errors import DataError, UnknownNameError
from neuronet.model import FILLS, TASKS, Model
from neuronet.optimizers import OPTIMIZERS
from neuronet.training import CosineSchedule, StepSchedule

FILE_ENDINGS = (".csv", ".tsv", ".txt", ".tab", ".data", ".dat")
SCHEDULES = ("step", "cosine")
READING = ("header", "separator", "decimal", "missing", "categories")
"""How a file was read: what has to be known to read it again."""


def is_file(subject: str) -> bool:
    """Whether a command's subject is a file of rows, and not the name of a data set that comes with the library."""
    if subject == "-" or subject.lower().endswith(FILE_ENDINGS) or os.sep in subject:
        return True
    return subject not in DATASETS and os.path.exists(subject)


# How a file is read.


def add_reading_options(command: argparse.ArgumentParser) -> None:
    """Add the options that say how a file of rows is read."""
    group = command.add_argument_group("how a file is read (what is not said is guessed)")
    header = group.add_mutually_exclusive_group()
    header.add_argument("--header", action="store_const", const=True, help="the first row names the columns")
    header.add_argument("--no-header", dest="header", action="store_const", const=False, help="it does not")
    group.add_argument("--separator", metavar="C", help="what stands between cells: one character, or tab")
    group.add_argument("--decimal", choices=(".", ","), help="the decimal mark")
    group.add_argument("--categories", metavar="A,B", help="columns of categories, though they look like numbers")


def reading(arguments: argparse.Namespace, *, keep: bool) -> dict[str, Any]:
    """How to read a file, as the options say; `keep` says whether missing values are kept, to be filled."""
    return {
        "header": arguments.header,
        "separator": arguments.separator,
        "decimal": arguments.decimal,
        "missing": "keep" if keep else "refuse",
        "categories": listed(arguments.categories),
    }


def read_for(model: Model, path: str, options: dict[str, Any]) -> Table:
    """The rows of a file, read so that the model understands them: the same columns are categories as in training."""
    known = [column.name for column in model.inputs if column.kind == CATEGORY]
    try:
        return read_table(path, **{**options, "missing": "keep", "categories": known})
    except UnknownNameError as problem:
        if path != "-":
            model.encode(read_table(path, **{**options, "missing": "keep"}))  # which says what is missing
        raise DataError(f"{path}: expected the columns of training, but {problem}") from None


def listed(text: Optional[str]) -> list[str]:
    """The parts of a list that is written with commas."""
    return [] if text is None else [part.strip() for part in text.split(",") if part.strip()]


def column_named(table: Table, text: Optional[str], option: str) -> Union[str, int]:
    """A column as the user names it: by its name, or by its place, 1 for the first; the last one where not said."""
    if text is None:
        return len(table.columns) - 1
    if text in table.column_names:
        return text
    if text.lstrip("-").isdecimal():
        place = int(text)
        if 1 <= place <= len(table.columns):
            return place - 1
        raise DataError(f"{option}: expected the place of a column, from 1 to {len(table.columns)}, got {text}")
    raise UnknownNameError(f"{option}: unknown {text!r}; known: {', '.join(table.column_names)}")


def fingerprint(table: Table) -> str:
    """What tells whether a table holds the very same rows: a hash of its names and values."""
    digest = hashlib.sha256(repr(table.column_names).encode("utf-8", "surrogatepass"))
    for column in table.columns:
        digest.update(repr(column.values).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


# How a model is built and trained.


def add_model_options(command: argparse.ArgumentParser, *, with_scaling: bool = True) -> None:
    """Add the options that say what a model for a file is made of."""
    group = command.add_argument_group("the model (for a file)")
    group.add_argument("--target", metavar="COLUMN", help="the column to answer, by name or place; default: the last")
    group.add_argument("--task", choices=TASKS, help="whether it is one of several classes, or a value")
    group.add_argument("--ignore", metavar="A,B", help="columns that are not used")
    if with_scaling:
        group.add_argument("--scaling", choices=SCALINGS, help="of the numbers (default: standard)")
    group.add_argument("--missing", choices=FILLS, default="refuse", help="what becomes of missing values")


def add_toolbox_options(command: argparse.ArgumentParser) -> None:
    """Add the options of training beyond epochs, rate and batch."""
    group = command.add_argument_group("training")
    group.add_argument("--optimizer", metavar="NAME", help=", ".join(OPTIMIZERS))
    group.add_argument("--schedule", choices=SCHEDULES, help="step: half the rate at each third; cosine")
    group.add_argument("--l1", type=float, metavar="S", help="penalty on |weight|")
    group.add_argument("--l2", type=float, metavar="S", help="penalty on weight squared: weight decay")
    group.add_argument("--dropout", type=float, metavar="P", help="share of the hidden neurons silent in training")
    group.add_argument("--clip", type=float, metavar="N", help="the largest norm of a gradient")
    group.add_argument("--validation", type=float, metavar="P", help="share of the rows that says when to stop")
    group.add_argument(
        "--early-stopping",
        type=int,
        nargs="?",
        const=20,
        metavar="N",
        help="stop when the validation loss has not fallen for N epochs (20), and take the best weights",
    )
    group.add_argument("--plateau", type=int, metavar="N", help="stop when the loss has not fallen for N epochs")
    group.add_argument("--until-loss", type=float, metavar="L", help="stop at this loss")
    group.add_argument("--until-accuracy", type=float, metavar="A", help="stop at this accuracy, from 0 to 1")
    group.add_argument("--restarts", type=int, metavar="N", help="train from N seeds and keep the best (for a file)")
    group.add_argument("--seconds", type=float, metavar="S", help="stop after so long")


def training_settings(arguments: argparse.Namespace, epochs: int) -> dict[str, Any]:
    """The settings of `Network.train` that the options name, and nothing else."""
    said = {
        "learning_rate": arguments.rate,
        "batch_size": arguments.batch,
        "optimizer": arguments.optimizer,
        "early_stopping": arguments.early_stopping,
        "plateau": arguments.plateau,
        "until_loss": arguments.until_loss,
        "until_accuracy": arguments.until_accuracy,
        "time_limit": arguments.seconds,
    }
    if arguments.clip is not None:
        name = arguments.optimizer or "sgd"
        if name not in OPTIMIZERS:
            raise UnknownNameError(f"--optimizer: unknown {name!r}; known: {', '.join(OPTIMIZERS)}")
        said["optimizer"] = OPTIMIZERS[name](clip_norm=arguments.clip)
    if arguments.schedule is not None:
        thirds = StepSchedule(max(1, epochs // 3))
        said["schedule"] = CosineSchedule(epochs) if arguments.schedule == "cosine" else thirds
    return {name: value for name, value in said.items() if value is not None}


def building_settings(arguments: argparse.Namespace) -> dict[str, Any]:
    """The settings of `Model.build` that the options name, and nothing else."""
    names = ("task", "hidden", "scaling", "activation", "loss", "l1", "l2", "dropout")
    said = {name: getattr(arguments, name) for name in names}
    return {name: value for name, value in said.items() if value is not None}
