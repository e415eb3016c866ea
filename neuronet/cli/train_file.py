"""`neuronet train data.csv`: from a file of rows to a saved model, with what was guessed said on the way."""

from __future__ import annotations

import argparse
import os
import sys
from functools import partial
from typing import Any, Callable, Optional, Union

from neuronet import validate
from neuronet.cli.options import load_model, pasted, refuse_files, refuse_options
from neuronet.cli.progress import Progress, print_json, remarks, shape_of, tell
from neuronet.cli.table_options import (
    READING,
    USUAL_PATIENCE,
    building_settings,
    column_named,
    column_settings,
    counted,
    fingerprint,
    may_end_early,
    read_to_train,
    training_settings,
)
from neuronet.data.encoding import CategoryInput, ClassTarget, ValueTarget
from neuronet.data.reading import read_table
from neuronet.data.table import Table
from neuronet.errors import DataError, TrainingError
from neuronet.store.disk import write_file
from neuronet.tabular.fit import Fitted, Parts, divided, fit, with_target
from neuronet.tabular.model import Model
from neuronet.tabular.task import LEAST_ROWS
from neuronet.training import History

EPOCHS = 100
TEST = 0.2
LEAST_TO_TEST = 25
"""Of fewer rows none is kept back: what four of them say is chance."""
SOURCE = ("path", "rows", "fingerprint", *READING, "test", "validation", "seed", "epochs")
"""What a model says of where its rows came from, and of how they were divided."""
USUAL_VALIDATION = 0.2
DESCRIBED = (
    *("hidden", "layers", "activation", "output_activation", "loss", "seed", "l1", "l2", "dropout", "restarts"),
    *("target", "task", "ignore", "scaling", "missing"),
)
"""The options that describe a model, which a saved one brings."""


def run(arguments: argparse.Namespace) -> int:
    """Train a model on a file, report on unseen rows, and save it."""
    refuse_options(arguments, ["layers"], "expected only with a data set; for a file say --hidden")
    reason = "expected only with a data set, for a file it follows from the target"
    refuse_options(arguments, ["output_activation"], reason)
    arguments.save = _file_to_save(arguments)
    refuse_files(arguments, arguments.dataset)
    table, reading = read_to_train(arguments.dataset, arguments)
    arguments.restarts = 1 if arguments.restarts is None else validate.count(arguments.restarts, "--restarts")
    target = column_named(table, arguments.target, "--target")
    source = _source(arguments, table, reading, target)
    tell(remarks(arguments), f"{table}\n")
    train = partial(_train, arguments, table, target, _settings(arguments, table, source))
    fitted = train(arguments.seed) if arguments.restarts == 1 else _best(train, arguments)
    if arguments.restarts > 1:
        _save(arguments, fitted.model)
    _finish(arguments, fitted)
    return 0


def resume(arguments: argparse.Namespace) -> int:
    """Go on with the training of a saved model, on the rows that it was trained on, and save it again."""
    model = load_model(arguments.resume)
    state = model.network.training_state
    if state is None or not set(SOURCE) <= set(model.source):
        raise DataError(f"--resume: expected a model that `neuronet train FILE` saved, got {arguments.resume!r}")
    _refuse_described(arguments, model.source)
    if arguments.save is None and not arguments.no_save:
        arguments.save = arguments.resume
    _refuse_accuracy(arguments, model)
    parts = _parts_again(arguments, model)
    out, done = remarks(arguments), state.epochs
    epochs = model.source["epochs"] if arguments.epochs is None else arguments.epochs
    settings = training_settings(arguments, done + epochs, model.network.optimizer.name)  # a schedule spans all epochs
    at_most = may_end_early(settings) or state.early_stopping is not None or state.plateau is not None
    tell(out, f"{model}\ngoing on from epoch {done} for {epochs} more\n")
    with Progress(out, epochs, first=done, at_most=at_most) as progress:
        progress.unit = _unit(model)
        settings.update(validation=parts.validation, epochs=epochs, callback=progress)
        history = model.train(parts.training, resume=True, **settings)
    _save(arguments, model)
    report = None if parts.test is None else model.evaluate(parts.test)
    _finish(arguments, Fitted(model, history, report, *parts))
    return 0


def _parts_again(arguments: argparse.Namespace, model: Model) -> Parts:
    """The rows that a saved model goes on with, read and divided as they were."""
    source, name = model.source, model.target.name
    path = source["path"] if arguments.dataset is None else arguments.dataset
    if path == "-" and arguments.dataset is None:
        raise DataError("--resume: expected the rows again, for they came from standard input; name a file, or -")
    refuse_files(arguments, path)
    table = read_table(path, **{name: source[name] for name in READING})
    if fingerprint(table) != source["fingerprint"]:
        tell(remarks(arguments), f"{path}: not the rows of the training so far; it goes on with these\n")
    task = "classes" if isinstance(model.target, ClassTarget) else "values"
    division = {"test": source["test"], "validation": source["validation"], "seed": source["seed"]}
    return divided(with_target(table, name), name, task=task, **division)


def _refuse_described(arguments: argparse.Namespace, source: dict[str, Any]) -> None:
    """DataError where the user describes a model, or its rows, though a saved one goes on."""
    refuse_options(arguments, DESCRIBED, "expected only for a new model, for a saved one brings its own")
    reason = "expected only for a new model, for the rows are divided as they were"
    refuse_options(arguments, ("validation", "test"), reason)
    names = [name for name in READING if name != "missing"]
    refuse_options(arguments, names, "expected only for a new model, for the rows are read as they were")
    if arguments.early_stopping is not None and source["validation"] == 0:
        raise DataError("--early-stopping: expected a model that was trained with --validation, got one without")


def _refuse_accuracy(arguments: argparse.Namespace, model: Model) -> None:
    if arguments.until_accuracy is not None and isinstance(model.target, ValueTarget):
        raise DataError(f"--until-accuracy: expected a target of classes, but {model.target.name} is a value")


def _unit(model: Model) -> float:
    """What makes of an error of the network one in the units of the target."""
    return model.target.scale if isinstance(model.target, ValueTarget) else 1.0


def _source(arguments: argparse.Namespace, table: Table, reading: dict[str, Any], target: Any) -> dict[str, Any]:
    """Where the rows came from and how they are divided: all that going on with the training needs."""
    rows = len(with_target(table, target))
    test = arguments.test if arguments.test is not None else TEST if rows >= LEAST_TO_TEST else 0.0
    validation = arguments.validation
    if validation is None:
        validation = USUAL_VALIDATION if arguments.early_stopping is not None else 0.0
    return {
        "path": arguments.dataset,
        "rows": len(table),
        "fingerprint": fingerprint(table),
        **{name: reading[name] for name in READING},
        "test": test,
        "validation": validation,
        "seed": arguments.seed,
        "epochs": EPOCHS if arguments.epochs is None else arguments.epochs,
    }


def _settings(arguments: argparse.Namespace, table: Table, source: dict[str, Any]) -> dict[str, Any]:
    """The settings of `fit`: those that the options name, and how the rows are divided."""
    epochs = source["epochs"]
    settings = {**building_settings(arguments), **training_settings(arguments, epochs, "adam")}
    if arguments.restarts > 1 and arguments.checkpoint is not None:
        raise DataError("--checkpoint: expected without --restarts, whose best is known only in the end")
    columns = column_settings(arguments, table)
    if source["validation"] > 0:
        settings.setdefault("early_stopping", USUAL_PATIENCE)
    elif arguments.early_stopping is not None:
        raise DataError("--early-stopping: expected a share of the rows to stop by, got --validation 0")
    settings.update(test=source["test"], validation=source["validation"], split_seed=arguments.seed, epochs=epochs)
    return {**settings, **columns, "source": source}


def _file_to_save(arguments: argparse.Namespace) -> Optional[str]:
    """The file that the model goes to: the one named, or one beside where the user is that is not there yet."""
    if arguments.save is not None:
        return str(arguments.save)
    if arguments.no_save:
        return None
    stem = os.path.splitext(os.path.basename(arguments.dataset))[0]
    usual = "model" if arguments.dataset == "-" else f"{stem}.model"
    name, number = f"{usual}.json", 1
    while os.path.lexists(name):
        number += 1
        name = f"{usual}-{number}.json"
    return name


def _train(
    arguments: argparse.Namespace, table: Table, target: Union[str, int], settings: dict[str, Any], seed: int
) -> Fitted:
    """Train from one seed."""
    out, place = remarks(arguments), seed - arguments.seed + 1
    if arguments.restarts > 1:
        tell(out, f"seed {seed}, {place} of {arguments.restarts}\n")

    def before(model: Model, parts: Parts) -> None:
        _refuse_accuracy(arguments, model)
        progress.unit = _unit(model)
        if place == 1:
            tell(out, _plan(model, parts, table, arguments))

    behind = arguments.restarts - place
    with Progress(out, settings["epochs"], at_most=may_end_early(settings), behind=behind) as progress:
        trained = partial(_save, arguments) if arguments.restarts == 1 else None
        return fit(table, target, seed=seed, callback=progress, before=before, trained=trained, **settings)


def _save(arguments: argparse.Namespace, model: Model) -> None:
    """Save the model where it is to be saved, before anything can go wrong with its report."""
    if arguments.save is not None:
        model.save(arguments.save)


def _best(train: Callable[[int], Fitted], arguments: argparse.Namespace) -> Fitted:
    """The best of several seeds. Ctrl-C ends the one that trains, and what there is by then is kept."""
    found: dict[int, Fitted] = {}
    problem: Optional[TrainingError] = None
    for seed in range(arguments.seed, arguments.seed + arguments.restarts):
        try:
            found[seed] = train(seed)
        except TrainingError as failure:
            problem = failure
            tell(remarks(arguments), f"seed {seed}: {failure}\n")
            continue
        except KeyboardInterrupt:  # between two trainings
            if not found:
                raise
            break
        if found[seed].history.stopped == "interrupted":
            break
    if not found and problem is not None:
        raise problem
    best = min(found, key=lambda seed: _to_be_low(found[seed]))
    tell(remarks(arguments), f"the best of {len(found)} is seed {best}\n")
    return found[best]


def _to_be_low(fitted: Fitted) -> float:
    """What seeds are compared by: the validation loss of the weights that are kept, or else the last loss."""
    state = fitted.model.network.training_state
    if state is not None and state.best is not None:
        return float(state.best)
    return float(fitted.history[-1].loss) if fitted.history else float("inf")


def _plan(model: Model, parts: Parts, table: Table, arguments: argparse.Namespace) -> str:
    """What is about to happen, and what of it was guessed."""
    guessed = [] if arguments.target is not None else ["the last column"]
    if arguments.task is None:
        guessed.append("as it looks")
    hint = f" ({', '.join(guessed)})" if guessed else ""
    lines = [f"target {model.target}{hint}"]
    counts = [f"training on {counted(len(parts.training))}"]
    if parts.validation is not None:
        counts.append(f"{counted(len(parts.validation))} say when to stop")
    counts.append(
        "none kept back to test on" if parts.test is None else f"{counted(len(parts.test))} kept back to test on"
    )
    lines.append(f"network {shape_of(model.network)}, {', '.join(counts)}, seed {arguments.seed}")
    without = table.column(model.target.name).missing
    if without:
        lines.append(f"left out, for they have no value of {model.target.name}: {counted(without)}")
    if isinstance(model.target, ValueTarget):
        lines.append(f"the error is in the units of {model.target.name}")
    missing = [column for column in parts.training.columns if column.missing and column.name != model.target.name]
    if missing:
        lines.append(f"missing values are filled: {', '.join(column.name for column in missing)}")
    for name in _strangers(model, len(parts.training)):
        lines.append(f"nearly every row has a {name} of its own: is it a number, or to be ignored?")
    for part in (parts.validation, parts.test):
        for name, categories in (model.unseen(part) if part is not None else {}).items():
            lines.append(f"not among the rows to train on, counted as none: {name} {', '.join(categories)}")
    return "\n".join(lines) + "\n"


def _strangers(model: Model, rows: int) -> list[str]:
    """The columns of categories that have nearly as many of them as there are rows."""
    columns = [column for column in model.inputs if isinstance(column, CategoryInput)]
    return [column.name for column in columns if 2 * len(column.categories) > rows >= LEAST_ROWS]


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


def _finish(arguments: argparse.Namespace, fitted: Fitted) -> None:
    """Say how it ended and where it is saved, report, and show the command that uses the model."""
    model, history, save = fitted.model, fitted.history, arguments.save
    out = sys.stderr if history.stopped == "interrupted" else remarks(arguments)
    tell(out, _ending(history) + "\n")
    if save is not None:
        tell(out, f"saved to {save}\n")
    if arguments.plot is not None:
        write_file(history.to_svg(), arguments.plot)
    if arguments.json:
        print_json(_document(fitted, save))
    elif fitted.report is not None:
        print(f"on the {counted(len(fitted.test))} it has not seen:" if fitted.test is not None else "")
        print(fitted.report)
    else:
        print(f"on the {counted(len(fitted.training))} that it was trained on, for none was kept back:")
        print(model.evaluate(fitted.training))
    if save is not None:
        path = arguments.dataset or model.source.get("path", "-")
        rows = path if path == "-" else pasted(path)
        tell(remarks(arguments), f"use it: python -m neuronet predict {pasted(save)} {rows}\n")


def _document(fitted: Fitted, save: Optional[str]) -> dict[str, Any]:
    """The results, for JSON."""
    history, model = fitted.history, fitted.model
    return {
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
