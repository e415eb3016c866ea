"""`neuronet train data.csv`: from a file of rows to a saved model, with what was guessed said on the way."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from typing import Any, Callable, Optional

from neuronet import validate
from neuronet.cli.options import load_model, refuse_no_picture, refuse_unwritable, write_file
from neuronet.cli.table_options import (
    READING,
    building_settings,
    column_named,
    fingerprint,
    listed,
    reading,
    training_settings,
)
from neuronet.data.encoding import ClassTarget
from neuronet.data.reading import read_table
from neuronet.data.table import Table
from neuronet.errors import DataError, TrainingError
from neuronet.fitting import Fitted, divided, fit, with_target
from neuronet.model import Model
from neuronet.terminal import Progress, tell
from neuronet.training import History

EPOCHS = 100
TEST = 0.2
LEAST_TO_TEST = 25
"""Of fewer rows none is kept back: what four of them say is chance."""
SOURCE = ("path", "rows", "fingerprint", *READING, "test", "validation", "seed", "epochs")
"""What a model says of where its rows came from, and of how they were divided."""
USUAL_VALIDATION = 0.2
USUAL_PATIENCE = 20


def run(arguments: argparse.Namespace) -> int:
    """Train a model on a file, report on unseen rows, and save it."""
    epochs = EPOCHS if arguments.epochs is None else arguments.epochs
    _refuse_files(arguments)
    options = reading(arguments, keep=True)  # the model says what becomes of missing values
    table = read_table(arguments.dataset, **options)
    talk = _talks(arguments)
    target = column_named(table, arguments.target, "--target")
    source = _source(arguments, table, options, epochs, target)
    if talk:
        tell(sys.stderr, f"{table}\n")
    settings = {**building_settings(arguments), **training_settings(arguments, epochs)}
    settings["ignore"] = [column_named(table, each, "--ignore") for each in listed(arguments.ignore)]
    if source["validation"] > 0:
        settings.setdefault("early_stopping", USUAL_PATIENCE)
    save = _file_to_save(arguments)

    def train(seed: int) -> tuple[Fitted, float]:
        first = seed == arguments.seed
        with Progress(sys.stderr if talk else None, epochs) as progress:
            fitted = fit(
                table,
                target,
                test=source["test"],
                validation=source["validation"],
                epochs=epochs,
                seed=seed,
                split_seed=arguments.seed,
                missing=arguments.missing,
                callback=progress,
                before=(lambda model, parts: _tell_plan(model, parts, arguments)) if talk and first else None,
                source=source,
                **settings,
            )
        return fitted, _to_be_low(fitted)

    if arguments.restarts is None:
        fitted = train(arguments.seed)[0]
    else:
        fitted = _best(train, arguments.seed, validate.count(arguments.restarts, "--restarts"), talk)
    _finish(arguments, fitted, save, talk)
    return 0


def resume(arguments: argparse.Namespace) -> int:
    """Go on with the training of a saved model, on the rows that it was trained on, and save it again."""
    model = load_model(arguments.resume)
    source = model.source
    if model.network.course is None or not set(SOURCE) <= set(source):
        raise DataError(f"--resume: expected a model that `neuronet train FILE` saved, got {arguments.resume!r}")
    _refuse_described(arguments)
    _refuse_files(arguments)
    talk = _talks(arguments)
    path = source["path"] if arguments.dataset is None else arguments.dataset
    if path == "-" and arguments.dataset is None:
        raise DataError("--resume: expected the rows again, for they came from standard input; name a file, or -")
    table = read_table(path, **{name: source[name] for name in READING})
    if fingerprint(table) != source["fingerprint"]:
        tell(sys.stderr, f"{path}: not the rows of the training so far; it goes on with these\n")
    rows = with_target(table, model.target.name)
    task = "classes" if isinstance(model.target, ClassTarget) else "values"
    parts = divided(
        rows, model.target.name, test=source["test"], validation=source["validation"], seed=source["seed"], task=task
    )
    epochs = source["epochs"] if arguments.epochs is None else arguments.epochs
    settings = training_settings(arguments, epochs)
    done = model.network.course.epochs
    if talk:
        tell(sys.stderr, f"{model}\ngoing on from epoch {done} for {epochs} more\n")
    with Progress(sys.stderr if talk else None, epochs, first=done) as progress:
        history = model.train(
            parts.training,
            validation=parts.validation,
            epochs=epochs,
            resume=True,
            callback=progress,
            **settings,
        )
    report = None if parts.test is None else model.evaluate(parts.test)
    save = arguments.resume if arguments.save is None else arguments.save
    _finish(arguments, Fitted(model, history, report, *parts), save, talk)
    return 0


def _talks(arguments: argparse.Namespace) -> bool:
    return not (arguments.quiet or arguments.json)


def _refuse_files(arguments: argparse.Namespace) -> None:
    if arguments.save is not None:
        refuse_unwritable(arguments.save, "--save")
    if arguments.plot is not None:
        refuse_no_picture(arguments.plot, "--plot")


def _refuse_described(arguments: argparse.Namespace) -> None:
    """DataError where the user describes a model though a saved one goes on."""
    for option in ("hidden", "activation", "loss", "target", "task", "ignore", "scaling", "l1", "l2", "dropout"):
        if getattr(arguments, option) is not None:
            raise DataError(f"--{option}: expected only for a new model, for a saved one brings its own")
    for option in ("validation", "test"):
        if getattr(arguments, option) is not None:
            raise DataError(f"--{option}: expected only for a new model, for the rows are divided as they were")


def _source(
    arguments: argparse.Namespace, table: Table, options: dict[str, Any], epochs: int, target: Any
) -> dict[str, Any]:
    """Where the rows came from and how they are divided: all that going on with the training needs."""
    rows = len(with_target(table, target))
    test = arguments.test if arguments.test is not None else TEST if rows >= LEAST_TO_TEST else 0.0
    validation = arguments.validation
    if validation is None:
        validation = USUAL_VALIDATION if arguments.early_stopping is not None else 0.0
    path = arguments.dataset if arguments.dataset == "-" else os.path.abspath(arguments.dataset)
    return {
        "path": path,
        "rows": len(table),
        "fingerprint": fingerprint(table),
        **{name: options[name] for name in READING},
        "test": test,
        "validation": validation,
        "seed": arguments.seed,
        "epochs": epochs,
    }


def _file_to_save(arguments: argparse.Namespace) -> Optional[str]:
    """The file that the model goes to: the one named, or one beside where the user is that is not there yet."""
    if arguments.save is not None:
        return str(arguments.save)
    if arguments.no_save:
        return None
    stem = "model" if arguments.dataset == "-" else os.path.splitext(os.path.basename(arguments.dataset))[0]
    name, number = f"{stem}.model.json", 1
    while os.path.exists(name):
        number += 1
        name = f"{stem}.model-{number}.json"
    refuse_unwritable(name, "--save")
    return name


def _best(train: Callable[[int], tuple[Fitted, float]], first: int, restarts: int, talk: bool) -> Fitted:
    """The best of several seeds. Ctrl-C ends the one that trains, and what there is by then is kept."""
    found: dict[int, tuple[Fitted, float]] = {}
    problem: Optional[TrainingError] = None
    for seed in range(first, first + restarts):
        try:
            found[seed] = train(seed)
        except TrainingError as failure:
            problem = failure
            tell(sys.stderr, f"seed {seed}: {failure}\n")
            continue
        if found[seed][0].history.stopped == "interrupted":
            break
    if not found:
        raise problem or TrainingError("--restarts: expected a seed that can be trained from, got none")
    best = min(found, key=lambda seed: found[seed][1])
    if talk:
        tell(sys.stderr, f"the best of {len(found)} seeds is {best}\n")
    return found[best][0]


def _to_be_low(fitted: Fitted) -> float:
    """What seeds are compared by: the validation loss of the weights that are kept, or else the last loss."""
    course = fitted.model.network.course
    if course is not None and course.best is not None:
        return float(course.best)
    return float(fitted.history[-1].loss) if fitted.history else float("inf")


def _tell_plan(model: Model, parts: Any, arguments: argparse.Namespace) -> None:
    """Say what is about to happen, and what of it was guessed."""
    guessed = [] if arguments.target is not None else ["the last column"]
    if arguments.task is None:
        guessed.append("as it looks")
    hint = f" ({', '.join(guessed)})" if guessed else ""
    lines = [f"target {model.target}{hint}"]
    shape = "-".join(str(len(layer)) for layer in model.network)
    counts = [f"training on {_rows(parts.training)}"]
    if parts.validation is not None:
        counts.append(f"{_rows(parts.validation)} say when to stop")
    counts.append("none kept back to test on" if parts.test is None else f"{_rows(parts.test)} kept back to test on")
    lines.append(f"network {shape}, {', '.join(counts)}, seed {arguments.seed}")
    missing = [column for column in parts.training.columns if column.missing and column.name != model.target.name]
    if missing:
        lines.append(f"missing values are filled: {', '.join(column.name for column in missing)}")
    for table in (parts.validation, parts.test):
        for name, categories in (model.unseen(table) if table is not None else {}).items():
            lines.append(f"not among the rows to train on, counted as none: {name} {', '.join(categories)}")
    tell(sys.stderr, "\n".join(lines) + "\n")


def _rows(table: Table) -> str:
    return "1 row" if len(table) == 1 else f"{len(table)} rows"


def _ending(history: History) -> str:
    reasons = {
        "epochs": "all epochs done",
        "loss": "the loss is low enough",
        "accuracy": "the accuracy is high enough",
        "early": "the validation loss no longer fell",
        "plateau": "the loss no longer fell",
        "time": "the time is over",
        "interrupted": "interrupted; the weights are kept",
    }
    best = "" if history.best_epoch is None else f"; the weights are those of epoch {history.best_epoch}"
    return f"{len(history)} epochs in {history.seconds:.2f} s: {reasons.get(history.stopped, history.stopped)}{best}"


def _finish(arguments: argparse.Namespace, fitted: Fitted, save: Optional[str], talk: bool) -> None:
    """Say how it ended, save, report, and show the command that uses the model."""
    model, history = fitted.model, fitted.history
    if talk or history.stopped == "interrupted":
        tell(sys.stderr, _ending(history) + "\n")
    if save is not None:
        model.save(save)
        if talk or history.stopped == "interrupted":
            tell(sys.stderr, f"saved to {save}\n")
    if arguments.plot is not None:
        write_file(arguments.plot, history.to_svg())
    if arguments.json:
        _print_json(fitted, save)
    elif fitted.report is not None:
        print(f"on the {_rows(fitted.test)} it has not seen:" if fitted.test is not None else "")
        print(fitted.report)
    else:
        print(f"on the {_rows(fitted.training)} that it was trained on, for none was kept back:")
        print(model.evaluate(fitted.training))
    if talk and save is not None:
        tell(sys.stderr, f"use it: python -m neuronet predict {shlex.quote(save)} {_file_of(arguments, model)}\n")


def _file_of(arguments: argparse.Namespace, model: Model) -> str:
    path = arguments.dataset or model.source.get("path", "-")
    return "-" if path == "-" else shlex.quote(path)


def _print_json(fitted: Fitted, save: Optional[str]) -> None:
    import json

    history, model = fitted.history, fitted.model
    document = {
        "target": model.target.name,
        "task": model.target.kind,
        "layers": [len(layer) for layer in model.network],
        "rows": {
            "training": len(fitted.training),
            "validation": 0 if fitted.validation is None else len(fitted.validation),
            "test": 0 if fitted.test is None else len(fitted.test),
        },
        "epochs": len(history),
        "stopped": history.stopped,
        "best_epoch": history.best_epoch,
        "loss": history[-1].loss if history else None,
        "validation_loss": history[-1].validation_loss if history else None,
        "tested_on": "unseen rows" if fitted.test is not None else "training rows",
        "report": (fitted.report or model.evaluate(fitted.training)).to_dict(),
        "saved": save,
    }
    print(json.dumps(document, allow_nan=False))
