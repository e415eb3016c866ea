"""`neuronet train xor`: a network learns one of the data sets that come with the library."""

from __future__ import annotations

import argparse
import shlex
import sys
from typing import Any

from neuronet import validate
from neuronet.cli.options import (
    build_network,
    given,
    named,
    pasted,
    practice_and_test,
    refuse_files,
    refuse_options,
    with_training_options,
)
from neuronet.cli.progress import Progress, answers, plain, print_json, remarks, tell
from neuronet.cli.table_options import may_end_early, training_settings
from neuronet.data.datasets import Dataset, find_dataset
from neuronet.data.metrics import regression_report
from neuronet.data.recipes import Recipe
from neuronet.diagnosis import has_learned, missed
from neuronet.errors import DataError
from neuronet.network import Network
from neuronet.optimizers import OPTIMIZERS
from neuronet.store.disk import write_file
from neuronet.training import History


def run(arguments: argparse.Namespace) -> int:
    """Train, and show what was learned."""
    _refuse_file_options(arguments)
    dataset = find_dataset(arguments.dataset)
    if arguments.until_accuracy is not None and not dataset.label_names:
        raise DataError(f"--until-accuracy: expected a data set of classes, got {dataset.name}")
    network, recipe = build_network(arguments, dataset)
    recipe = with_training_options(arguments, recipe)
    refuse_files(arguments)
    practice, test = practice_and_test(dataset, arguments.seed)
    split = test is not practice
    settings = _settings(arguments, recipe)
    if arguments.validation is not None:
        share = validate.at_least_zero(arguments.validation, "--validation")
        if not 0 < round(share * len(practice)) < len(practice):
            got = f"{arguments.validation!r} of {len(practice)} samples"
            raise DataError(f"--validation: expected a share with a sample on either side, got {got}")
        practice, settings["validation"] = practice.split(1 - arguments.validation, arguments.seed)
    out = remarks(arguments)
    tell(out, f"{network}\n{_plan(practice, test, recipe, arguments.seed)}\n")
    with Progress(out, recipe.epochs, at_most=may_end_early(settings)) as progress:
        history = network.train(*practice, epochs=recipe.epochs, callback=progress, **settings)
    interrupted = history.stopped == "interrupted"
    tell(sys.stderr if interrupted else out, _ending(history) + "\n")
    if arguments.save is not None:
        network.save(arguments.save)
        if interrupted and out is None:
            tell(sys.stderr, f"saved to {arguments.save}\n")
    if arguments.plot is not None:
        write_file(history.to_svg(), arguments.plot)
    _report(network, test, history, arguments, split)
    if out is not None:
        _hints(arguments, network, practice, history)
    return 0


def _settings(arguments: argparse.Namespace, recipe: Recipe) -> dict[str, Any]:
    """The settings of training: those of the recipe where the user says nothing else."""
    settings = training_settings(arguments, recipe.epochs)
    if arguments.optimizer is None:  # another optimizer has a rate of its own
        settings.setdefault("learning_rate", recipe.learning_rate)
    if arguments.optimizer not in OPTIMIZERS or not OPTIMIZERS[arguments.optimizer].full_batch:
        settings.setdefault("batch_size", recipe.batch_size)
    return settings


def _hints(arguments: argparse.Namespace, network: Network, practice: Dataset, history: History) -> None:
    """Say how the saved network is used, and what to do where it has not learned."""
    if arguments.save is not None:
        path, inputs = pasted(arguments.save), plain(practice.inputs[0])
        tell(sys.stderr, f"saved to {arguments.save}; try: python -m neuronet predict {path} {inputs}\n")
    if history.stopped == "epochs" and practice.label_names:
        far = len(missed(practice.targets, network.predict_all(practice.inputs)))
        if not has_learned(far, len(practice)):
            tell(sys.stderr, f"unsolved: {far} of {len(practice)} samples are far from their targets; why? try:\n")
            tell(sys.stderr, f"  {_diagnosis(arguments)}\n")


def _refuse_file_options(arguments: argparse.Namespace) -> None:
    """DataError where an option is given that only a file of rows has a use for."""
    names = ("target", "task", "ignore", "scaling", "missing", "test", "separator", "decimal", "header", "categories")
    refuse_options(arguments, names, "expected only with a file of rows, for a data set says it itself")
    refuse_options(arguments, ["restarts"], "expected only with a file of rows")
    if arguments.early_stopping is not None and arguments.validation is None:
        raise DataError("--early-stopping: expected --validation too, a share of the samples to stop by, got none")


def _diagnosis(arguments: argparse.Namespace) -> str:
    """The command that trains the same network again and says why it has not learned."""
    words = ["python", "-m", "neuronet", "diagnose", arguments.dataset]
    names = ("hidden", "layers", "activation", "output_activation", "loss", "epochs", "learning_rate", "batch_size")
    for name, value in given(arguments, *names, "seed").items():
        words += [named(name), str(value)]
    return shlex.join(words)


def _plan(practice: Dataset, test: Dataset, recipe: Recipe, seed: int) -> str:
    samples = f"{len(practice)} samples" + (f" and {len(test)} kept back to test on" if test is not practice else "")
    way = "online" if recipe.batch_size == 1 else f"in batches of {recipe.batch_size}"
    return f"training on {samples}, {recipe.epochs} epochs {way}, learning rate {recipe.learning_rate:g}, seed {seed}"


def _ending(history: History) -> str:
    done = f"{len(history)} epochs in {history.seconds:.2f} s"
    return f"interrupted after {done}; the weights are kept" if history.stopped == "interrupted" else done


def _report(network: Network, test: Dataset, history: History, arguments: argparse.Namespace, split: bool) -> None:
    outputs = network.predict_all(test.inputs)
    if arguments.json:
        report = {
            "dataset": test.name,
            "layers": [len(layer) for layer in network],
            "seed": arguments.seed,
            "epochs": len(history),
            "stopped": history.stopped,
            "loss": history[-1].loss if history else None,
            "mean_absolute_error": history[-1].mean_absolute_error if history else None,
            "tested_on": "unseen samples" if split else "training samples",
            "accuracy": test.accuracy(outputs) if test.label_names else None,
            "inputs": test.inputs,
            "targets": test.targets,
            "outputs": outputs,
            "saved": arguments.save,
        }
        print_json(report)
        return
    print(answers(test, outputs))
    if split and not test.label_names:
        print(f"on the {len(test)} samples it did not see:")
        print(regression_report([row[0] for row in test.targets], [row[0] for row in outputs]))
    elif split:
        right = round(test.accuracy(outputs) * len(test))
        print(f"accuracy on the {len(test)} samples it did not see: {test.accuracy(outputs):.1%} ({right} right)")
