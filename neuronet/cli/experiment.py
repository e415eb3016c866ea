"""`neuronet experiment`: which settings suit a file best? Every combination, with several seeds, on several folds."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from functools import partial
from threading import Thread
from time import perf_counter, sleep
from typing import Any, Callable, Optional, TextIO

from neuronet import validate
from neuronet.activations import ACTIVATIONS
from neuronet.cli.options import given, named, refuse_same, refuse_unwritable
from neuronet.cli.progress import StatusLine, remarks, show, tell, time_left
from neuronet.cli.table_options import (
    add_model_options,
    add_reading_options,
    column_named,
    column_settings,
    hidden_layers,
    listed,
    read_to_train,
)
from neuronet.data.encoding import SCALINGS
from neuronet.errors import DataError, UnknownNameError
from neuronet.losses import LOSSES
from neuronet.optimizers import OPTIMIZERS
from neuronet.store.disk import write_file
from neuronet.tabular.experiment import experiment, fit_model
from neuronet.tabular.fit import with_target
from neuronet.tabular.model import Model


def _one_of(known: Iterable[str]) -> Callable[[str, str], str]:
    def check(name: str, place: str) -> str:
        if name not in known:
            raise UnknownNameError(f"{place}: unknown {name!r}; known: {', '.join(known)}")
        return name

    return check


def _below_one(value: Any, place: str) -> float:
    rate = validate.at_least_zero(value, place)
    if rate >= 1:
        raise DataError(f"{place}: expected a number of 0 or more and below 1, got {value!r}")
    return rate


GRID: dict[str, tuple[Callable[[str], Any], Callable[[Any, str], Any], str]] = {
    "hidden": (str, lambda text, _: hidden_layers(text), "neurons in the hidden layers: 4,8,16-8 (default: 8)"),
    "learning_rate": (float, validate.positive, "learning rates (default: 0.003)"),
    "batch_size": (int, validate.count, "samples to an update (default: 16)"),
    "epochs": (int, validate.count, "how many times to go over all samples (default: 100)"),
    "optimizer": (str, _one_of(OPTIMIZERS), f"{', '.join(OPTIMIZERS)} (default: adam)"),
    "activation": (str, _one_of(ACTIVATIONS), "of the hidden neurons, by name (default: tanh)"),
    "loss": (str, _one_of(LOSSES), "losses by name (default: as the target asks for)"),
    "l1": (float, validate.at_least_zero, "penalties on |weight| (default: 0)"),
    "l2": (float, validate.at_least_zero, "penalties on weight squared (default: 0.01)"),
    "dropout": (float, _below_one, "shares of the hidden neurons silent (default: 0)"),
    "scaling": (str, _one_of(SCALINGS), f"{', '.join(SCALINGS)} (default: standard)"),
}
"""Each setting of the grid: how a value of its option is read and looked at, and its help."""
FORMER = {"learning_rate": ["--rate"], "batch_size": ["--batch"]}
"""What options were called once."""


def add(commands: Any) -> None:
    """Add the command with its arguments."""
    command = commands.add_parser(
        "experiment",
        help="which settings suit a file best",
        description="Train on a CSV or TSV file with every combination of the settings given, each from several seeds "
        "and on several folds of the rows, and show the mean accuracy or error of each, the best first.",
    )
    command.add_argument("data", metavar="FILE", help="a file of rows, or - for standard input")
    grid = command.add_argument_group("settings, each one value or several with commas between")
    for setting, (*_, text) in GRID.items():
        grid.add_argument(named(setting), *FORMER.get(setting, []), metavar="A,B", help=text)
    add = command.add_argument
    add("--seeds", type=int, default=5, metavar="N", help="how many seeds (default: 5)")
    add("--folds", type=int, default=5, metavar="N", help="how many folds (default: 5); 1 keeps back a fifth")
    add("--jobs", type=int, default=1, metavar="N", help="how many processes at once (default: 1)")
    add("-o", "--output", metavar="FILE", help="write every run to this file as CSV")
    add("--json", action="store_true", help="show the results as one JSON document")
    add("--quiet", action="store_true", help="show no progress")
    add_model_options(command, with_scaling=False)
    add_reading_options(command)


def run(arguments: argparse.Namespace) -> int:
    """Try every combination, and show the table."""
    if arguments.output is not None:
        refuse_unwritable(arguments.output, "--output")
        refuse_same(arguments.output, "--output", {"that of the rows": arguments.data})
    jobs = validate.count(arguments.jobs, "--jobs")
    grid = _grid(arguments)
    table = read_to_train(arguments.data, arguments)[0]
    target = column_named(table, arguments.target, "--target")
    fixed = {**column_settings(arguments, table), **given(arguments, "task")}
    Model.build(with_target(table, target), target, hidden=0, **fixed)  # what is wrong for all runs is told once
    build = partial(fit_model, **fixed)
    out, seeds, folds = remarks(arguments), arguments.seeds, arguments.folds
    with _Progress(out) as progress, _executor(jobs) as executor:
        found = experiment(build, table, grid, seeds, folds, executor, target=target, callback=progress)
        interrupted = found.stopped == "interrupted"
        if interrupted:
            _end_workers(executor)
    if arguments.output is not None:
        write_file(found.to_csv(), arguments.output)
        tell(sys.stderr if interrupted else out, f"saved to {arguments.output}\n")
    show(found, as_json=arguments.json)
    if found.lost:
        tell(sys.stderr, f"neuronet: {found.lost} of {len(found)} runs are lost, because a process was killed\n")
    return 0 if found.best is not None and not found.lost else 1


def _grid(arguments: argparse.Namespace) -> dict[str, list[Any]]:
    grid: dict[str, list[Any]] = {}
    for setting, text in given(arguments, *GRID).items():
        kind, check, _ = GRID[setting]
        values = [check(_value(each, kind, named(setting)), named(setting)) for each in listed(text)]
        grid[setting] = list(dict.fromkeys(values))
        if not values:
            raise DataError(f"{named(setting)}: expected at least one value, got none")
    return grid


def _value(text: str, kind: Callable[[str], Any], option: str) -> Any:
    try:
        return kind(text)
    except ValueError:
        name = "a whole number" if kind is int else "a number"
        raise DataError(f"{option}: expected {name}, or several with commas between, got {text!r}") from None


@contextmanager
def _executor(jobs: int) -> Iterator[Optional[Executor]]:
    """So many processes, or None for this one; what has not begun is given up at the end."""
    if jobs == 1:
        yield None
        return
    from concurrent.futures import ProcessPoolExecutor

    pool = ProcessPoolExecutor(jobs, initializer=_begin_worker)
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _begin_worker() -> None:
    """Leave Ctrl-C, which every process of a terminal gets, to the one that waits for the others; end with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    from multiprocessing import connection, parent_process

    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


def _end_workers(executor: Optional[Executor]) -> None:
    """End what still runs after Ctrl-C."""
    from multiprocessing import active_children

    if executor is not None:
        executor.shutdown(wait=False, cancel_futures=True)
        sleep(0.1)  # for the executor to forget what is cancelled: it would miss its worker
    for worker in active_children():
        worker.terminate()


class _Progress(StatusLine):
    """Says how many runs are done, and how long the others will take."""

    def __init__(self, stream: Optional[TextIO]) -> None:
        super().__init__(stream)
        self.start = perf_counter()

    def __call__(self, done: int, runs: int) -> None:
        """Show that so many of all runs are done."""
        left = (perf_counter() - self.start) / done * (runs - done)
        line = f"{done} of {runs} runs  {time_left(left)}"
        if self.live:
            self.rewrite(line)
        else:
            self.add_tenth(line, done, runs)
