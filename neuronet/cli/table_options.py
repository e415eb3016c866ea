"""What the commands for files of one's own share: how a file is read, how a model is built, how it is trained."""

from __future__ import annotations

import argparse
import hashlib
import io
import os
import sys
from collections.abc import Iterator, Mapping
from typing import Any, Optional, Union

from neuronet.cli.options import given
from neuronet.cli.progress import tell
from neuronet.data.datasets import DATASETS
from neuronet.data.encoding import SCALINGS
from neuronet.data.reading import read_table, too_long, usual_limit
from neuronet.data.table import Table
from neuronet.errors import DataError, NeuronetError, UnknownNameError
from neuronet.optimizers import OPTIMIZERS, find_optimizer
from neuronet.tabular.model import FILLS, Model
from neuronet.tabular.task import TASKS
from neuronet.training import CosineSchedule, StepSchedule

FILE_ENDINGS = (".csv", ".tsv", ".txt", ".tab", ".data", ".dat")
SCHEDULES = ("step", "cosine")
USUAL_PATIENCE = 20
TRAINING = (
    *("learning_rate", "batch_size", "optimizer", "early_stopping", "plateau"),
    *("until_loss", "until_accuracy", "time_limit"),
)
"""The options that are arguments of `Network.train`."""
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
    group.add_argument("--decimal", choices=(".", ","), metavar="C", help="the decimal mark: . or ,")
    group.add_argument("--categories", metavar="A,B", help="columns of categories, though they look like numbers")


def reading(arguments: argparse.Namespace) -> dict[str, Any]:
    """How to read a file, as the options say. Missing values are kept: the model says what becomes of them."""
    return {
        "header": arguments.header,
        "separator": arguments.separator,
        "decimal": arguments.decimal,
        "missing": "keep",
        "categories": listed(arguments.categories),
    }


def read_to_train(path: str, arguments: argparse.Namespace) -> tuple[Table, dict[str, Any]]:
    """The rows of a file that is trained on, and how they were read. Columns that are ignored may hold anything."""
    options = reading(arguments)
    ignored = [int(name) - 1 if name.isdecimal() else name for name in listed(arguments.ignore)]
    if not ignored:
        return read_table(path, **options), options
    source = kept(path)
    lenient = {**options, "categories": [*options["categories"], *ignored]}
    try:
        return read_table(source, **lenient), lenient
    except NeuronetError:  # be it a column that is not there, or a fault in the others: then this says so
        return read_table(source, **options), options


class Kept:
    """What came from standard input or a pipe, to be read more than once: its lines, each time from the first on.

    name: what errors call it.
    """

    def __init__(self, name: str, stream: Any) -> None:
        most = usual_limit()
        content = stream.read(most + 1)
        if len(content) > most:
            raise DataError(f"{name}: {too_long(most)}, got more; take fewer rows or columns")
        self.name = name
        self.content = content.encode("utf-8", "surrogateescape") if isinstance(content, str) else content

    def __iter__(self) -> Iterator[str]:
        return io.TextIOWrapper(io.BytesIO(self.content), encoding="utf-8-sig", errors="surrogateescape", newline="")


def kept(path: str) -> Any:
    """What can be read twice: the path of a file, or the content of what is none."""
    if path == "-":
        return path if sys.stdin is None else Kept("standard input", getattr(sys.stdin, "buffer", sys.stdin))
    if not os.path.exists(path) or os.path.isfile(path) or os.path.isdir(path):
        return path
    with open(path, "rb") as pipe:
        return Kept(path, pipe)


def tell_unseen(model: Model, table: Table) -> None:
    """Say which categories of a table no row of training had."""
    for name, categories in model.unseen(table).items():
        tell(sys.stderr, f"not seen in training, counted as none: {name} {', '.join(categories)}\n")


def listed(text: Optional[str]) -> list[str]:
    """The parts of a list that is written with commas."""
    return [] if text is None else [part.strip() for part in text.split(",") if part.strip()]


def column_named(table: Table, text: Optional[str], option: str) -> Union[str, int]:
    """A column as the user names it: by its name, or by its place, 1 for the first; the last one where not said."""
    if text is None:
        return len(table.columns) - 1
    text = text.strip()
    if text in table.column_names:
        return text
    if text.lstrip("-").isdecimal():
        place = int(text)
        if 1 <= place <= len(table.columns):
            return place - 1
        raise DataError(f"{option}: expected the place of a column, from 1 to {len(table.columns)}, got {text}")
    raise UnknownNameError(f"{option}: unknown {text!r}; known: {', '.join(table.column_names)}")


def column_settings(arguments: argparse.Namespace, table: Table) -> dict[str, Any]:
    """The settings of `Model.build` that say which columns are left out, and what becomes of missing values."""
    ignored = [column_named(table, each, "--ignore") for each in listed(arguments.ignore)]
    return {"missing": arguments.missing or "refuse", "ignore": ignored}


def counted(rows: int) -> str:
    """So many rows, in words."""
    return "1 row" if rows == 1 else f"{rows} rows"


def fingerprint(table: Table) -> str:
    """What tells whether a table holds the very same rows: a hash of its names and values."""
    digest = hashlib.sha256(repr(table.column_names).encode("utf-8", "surrogatepass"))
    for column in table.columns:
        digest.update(repr(column.values).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


# How a model is built and trained.


def add_model_options(command: argparse.ArgumentParser, *, with_scaling: bool = True) -> None:
    """Add the options that say what a model for a file is made of."""
    add = command.add_argument_group("the columns of a file").add_argument
    add("--target", metavar="COLUMN", help="the one to answer, by name or place (default: the last)")
    task = "classes or values, what the target has (default: as it looks)"
    add("--task", choices=TASKS, metavar="NAME", help=task)
    add("--ignore", metavar="A,B", help="columns that are not used, by name or place (default: none)")
    if with_scaling:
        add("--scaling", choices=SCALINGS, metavar="NAME", help=f"{', '.join(SCALINGS)} (default: standard)")
    add("--missing", choices=FILLS, metavar="NAME", help="missing values: refuse or fill them (default: refuse)")


def add_toolbox_options(training: Any) -> None:
    """Add the options of training beyond epochs, rate and batch."""
    add = training.add_argument
    optimizers = f"{', '.join(OPTIMIZERS)} (default: adam; for a data set sgd)"
    add("--optimizer", metavar="NAME", help=f"{optimizers}; another has a rate of its own")
    schedules = "how the rate falls: step, halved after each third; cosine (default: it stays)"
    add("--schedule", choices=SCHEDULES, metavar="NAME", help=schedules)
    add("--l1", type=float, metavar="S", help="penalty on |weight| (default: 0)")
    add("--l2", type=float, metavar="S", help="penalty on weight squared (default: 0.01; for a data set 0)")
    add("--dropout", type=float, metavar="P", help="share of the hidden neurons silent in training (default: 0)")
    add("--clip-norm", "--clip", type=float, metavar="N", help="the largest norm of a gradient (default: none)")
    add("--restarts", type=int, metavar="N", help="of a file: train from N seeds, keep the best (default: 1)")
    add("--checkpoint", type=int, metavar="N", help="save after every N epochs, too (default: at the end)")


def add_stopping_options(stopping: Any) -> None:
    """Add the options that say when training stops."""
    add = stopping.add_argument
    validation = "share of the rows that says when to stop (default: for a file 0.2 with --early-stopping, else 0)"
    add("--validation", type=float, metavar="P", help=validation)
    early = "stop when the validation loss has not fallen for N epochs (default: 20), and take the best weights"
    add("--early-stopping", type=int, nargs="?", const=USUAL_PATIENCE, metavar="N", help=early)
    add("--plateau", type=int, metavar="N", help="stop when the loss has not fallen for N epochs")
    add("--until-loss", type=float, metavar="L", help="stop at this loss")
    add("--until-accuracy", type=float, metavar="A", help="stop at this accuracy, from 0 to 1")
    add("--time-limit", "--seconds", type=float, metavar="S", help="stop after so long")


def training_settings(arguments: argparse.Namespace, epochs: int, usual: str = "sgd") -> dict[str, Any]:
    """The settings of `Network.train` that the options name, and nothing else.

    usual: the optimizer where none is named.
    """
    settings = given(arguments, *TRAINING)
    if arguments.clip_norm is not None:
        optimizer = find_optimizer(arguments.optimizer or usual)
        settings["optimizer"] = type(optimizer)(clip_norm=arguments.clip_norm)
    if arguments.schedule is not None:
        thirds = StepSchedule(max(1, epochs // 3))
        settings["schedule"] = CosineSchedule(epochs) if arguments.schedule == "cosine" else thirds
    if arguments.checkpoint is not None:
        if arguments.save is None:
            raise DataError("--checkpoint: expected a file to save to, got none; name it by --save")
        settings.update(checkpoint=arguments.save, checkpoint_every=arguments.checkpoint)
    return settings


def may_end_early(settings: Mapping[str, Any]) -> bool:
    """Whether training with these settings may end before its epochs are over."""
    return not {"early_stopping", "plateau", "until_loss", "until_accuracy", "time_limit"}.isdisjoint(settings)


def hidden_layers(text: str) -> str:
    """What `--hidden` says, looked at: 8, 8-4 for two layers, 0 for none."""
    sizes = [part.strip() for part in text.split("-")]
    if not all(size.isdecimal() and size.isascii() for size in sizes) or (len(sizes) > 1 and "0" in sizes):
        raise DataError(f"--hidden: expected a number of neurons, or several such as 8-4, got {text.strip()!r}")
    return "-".join(sizes)


def building_settings(arguments: argparse.Namespace) -> dict[str, Any]:
    """The settings of `Model.build` that the options name, and nothing else."""
    settings = given(arguments, "task", "hidden", "scaling", "activation", "loss", "l1", "l2", "dropout")
    if arguments.hidden is not None:
        settings["hidden"] = hidden_layers(arguments.hidden)
    return settings
