"""`neuronet train`: build a network, let it learn a data set, and show what it answers."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from typing import Any, Optional

from neuronet.cli.options import (
    add_network_options,
    add_training_options,
    build_network,
    practice_and_test,
    refuse_no_picture,
    refuse_unwritable,
    with_training_options,
    write_file,
)
from neuronet.data.datasets import DATASETS, Dataset, find_dataset
from neuronet.diagnosis import has_learned, missed
from neuronet.errors import DataError
from neuronet.network import Network
from neuronet.recipes import Recipe
from neuronet.terminal import Progress, answers, plain, tell
from neuronet.training import History


def add(commands: Any) -> None:
    """Add the command with its arguments."""
    train = commands.add_parser(
        "train",
        help="train a network on a data set and show what it learned",
        description="Build a network, train it on a data set, and show what it answers: on all samples of a small set, "
        "on a fifth kept back of a larger one. What is not said is taken from settings known to train it well.",
    )
    train.set_defaults(command=run)
    train.add_argument("dataset", metavar="DATASET", help=f"{', '.join(DATASETS)}; parity4 is parity of 4 inputs")
    add_network_options(train)
    add_training_options(train)
    train.add_argument("--save", metavar="FILE", help="write the trained network to this file")
    train.add_argument("--plot", metavar="FILE.svg", help="write the training curve to this file as a picture")
    train.add_argument("--quiet", action="store_true", help="show the results only")
    train.add_argument("--json", action="store_true", help="show the results as one JSON document")


def run(arguments: argparse.Namespace) -> int:
    """Train, and show what was learned."""
    dataset = find_dataset(arguments.dataset)
    network, recipe = build_network(arguments, dataset)
    recipe = with_training_options(arguments, recipe)
    _refuse_files(arguments.save, arguments.plot)
    practice, test = practice_and_test(dataset, arguments.seed)
    split = test is not practice
    talk = not (arguments.quiet or arguments.json)
    if talk:
        tell(sys.stderr, f"{network}\n{_plan(practice, test, recipe, arguments.seed)}\n")
    with Progress(sys.stderr if talk else None, recipe.epochs) as progress:
        history = network.train(
            practice.inputs,
            practice.targets,
            epochs=recipe.epochs,
            learning_rate=recipe.learning_rate,
            batch_size=recipe.batch_size,
            callback=progress,
        )
    if talk or history.stopped == "interrupted":
        tell(sys.stderr, _ending(history) + "\n")
    if arguments.save is not None:
        network.save(arguments.save)
    if arguments.plot is not None:
        write_file(arguments.plot, history.to_svg())
    _report(network, test, history, arguments, split)
    if talk and arguments.save is not None:
        path = shlex.quote(arguments.save)
        inputs = plain(test.inputs[0])
        tell(sys.stderr, f"saved to {arguments.save}; try: python -m neuronet predict {path} {inputs}\n")
    if talk and history.stopped == "epochs":
        far = len(missed(practice.targets, network.predict_all(practice.inputs)))
        if not has_learned(far, len(practice)):
            tell(sys.stderr, f"unsolved: {far} of {len(practice)} samples are far from their targets; why? try:\n")
            tell(sys.stderr, f"  {_diagnosis(arguments)}\n")
    return 0


def _refuse_files(save: Optional[str], plot: Optional[str]) -> None:
    """Fail before the training where a file cannot be written, or the picture would be written over the network."""
    if save is not None:
        refuse_unwritable(save, "--save")
    if plot is not None:
        refuse_no_picture(plot, "--plot")
    if save is not None and plot is not None and os.path.realpath(save) == os.path.realpath(plot):
        raise DataError(f"--plot: expected another file than that of --save, got {plot!r} for both")


def _diagnosis(arguments: argparse.Namespace) -> str:
    """The command that trains the same network again and says why it has not learned."""
    words = ["python", "-m", "neuronet", "diagnose", arguments.dataset]
    for name in ("hidden", "layers", "activation", "output_activation", "loss", "epochs", "rate", "batch", "seed"):
        value = getattr(arguments, name)
        if value is not None:
            words += [f"--{name.replace('_', '-')}", str(value)]
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
        import json

        document = {
            "dataset": test.name,
            "layers": [len(layer) for layer in network],
            "seed": arguments.seed,
            "epochs": len(history),
            "stopped": history.stopped,
            "loss": history[-1].loss if history else None,
            "mean_absolute_error": history[-1].mean_absolute_error if history else None,
            "tested_on": "unseen samples" if split else "training samples",
            "accuracy": test.accuracy(outputs),
            "inputs": test.inputs,
            "targets": test.targets,
            "outputs": outputs,
            "saved": arguments.save,
        }
        print(json.dumps(document, allow_nan=False))
        return
    print(answers(test, outputs))
    if split:
        right = round(test.accuracy(outputs) * len(test))
        print(f"accuracy on the {len(test)} samples it did not see: {test.accuracy(outputs):.1%} ({right} right)")
