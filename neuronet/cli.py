"""The command line: `python -m neuronet train xor`. Each command reads its arguments and calls the library.

Results go to standard output, everything else to standard error. The exit code is 0 when it is done, 1 when the work
failed, 2 when the command was used wrongly.
"""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from collections.abc import Iterator, Sequence
from typing import Any, Optional

from neuronet import __version__, validate
from neuronet.activations import ACTIVATIONS
from neuronet.data.datasets import DATASETS, Dataset, find_dataset
from neuronet.errors import DataError, FormatError, GraphError, NeuronetError, TrainingError
from neuronet.losses import LOSSES
from neuronet.network import Network
from neuronet.recipes import Recipe, recipe_for
from neuronet.terminal import Progress, answers, plain, silence, tell
from neuronet.training import History

DONE, FAILED, WRONG_USE = 0, 1, 2

LEAST_TO_SPLIT = 100
"""A data set of at least so many samples is split: a fifth of it is kept back to test on."""


def main(argv: Optional[Sequence[str]] = None) -> int:
    """Run one command and return its exit code.

    argv: the arguments, without the name of the program; None takes those of the process.
    """
    given = list(sys.argv[1:] if argv is None else argv)
    try:
        code = _run([_not_an_option(argument) for argument in given])
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError as problem:
        # Standard output: whoever read it has seen enough, or the disk is full.
        silence(sys.stdout)
        closed = isinstance(problem, BrokenPipeError)
        return DONE if closed else _complain(f"standard input or output: {problem.strerror}", FAILED)
    return code


def _run(given: list[str]) -> int:
    try:
        arguments = _parser().parse_args(given)
        code: int = arguments.command(arguments)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else WRONG_USE
    except KeyboardInterrupt:
        return _complain("interrupted", FAILED)
    except (TrainingError, FormatError) as problem:
        return _complain(str(problem), FAILED)
    except NeuronetError as problem:
        return _complain(str(problem), WRONG_USE)
    except OSError as problem:
        if problem.filename is None:
            raise
        return _complain(f"{problem.filename}: {problem.strerror}", FAILED)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="neuronet", description="A neural network that one can see, neuron by neuron."
    )
    parser.add_argument("--version", action="version", version=f"neuronet {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    train = commands.add_parser("train", help="train a network on a data set and show what it learned")
    train.set_defaults(command=_train)
    train.add_argument("dataset", metavar="DATASET", help=f"{', '.join(DATASETS)}; parity4 is parity of 4 inputs")
    shape = train.add_mutually_exclusive_group()
    shape.add_argument("--hidden", metavar="N", help="neurons in the hidden layer, or in several: 8-4")
    shape.add_argument("--layers", metavar="SHAPE", help="the whole shape, such as 2-4-1")
    train.add_argument("--epochs", type=int, metavar="N", help="how many times to go over all samples")
    train.add_argument("--rate", type=float, metavar="R", help="the learning rate")
    train.add_argument("--batch", type=int, metavar="N", help="samples to an update; 1 is online training")
    train.add_argument("--activation", metavar="NAME", help=f"of the hidden neurons: {', '.join(ACTIVATIONS)}")
    train.add_argument("--output-activation", metavar="NAME", help="of the output neurons; sigmoid where not given")
    train.add_argument("--loss", metavar="NAME", help=", ".join(LOSSES))
    train.add_argument("--seed", type=int, default=1, metavar="N", help="of all that is drawn at random (default: 1)")
    train.add_argument("--save", metavar="FILE", help="write the trained network to this file")
    train.add_argument("--quiet", action="store_true", help="show the results only")
    train.add_argument("--json", action="store_true", help="show the results as one JSON document")

    predict = commands.add_parser(
        "predict",
        help="the outputs of a saved network",
        description="Print the outputs of a saved network, a line for each row of inputs: one row from the command "
        "line, or any number from standard input, the numbers separated by spaces or commas.",
    )
    predict.set_defaults(command=_predict)
    predict.add_argument("model", metavar="MODEL.json", help="a network that was saved")
    predict.add_argument("inputs", nargs="*", metavar="INPUT", help="one number for each input neuron")
    return parser


def _train(arguments: argparse.Namespace) -> int:
    dataset = find_dataset(arguments.dataset)
    recipe = _settings(arguments, recipe_for(dataset.name))
    network = Network(
        *_shape(arguments, dataset, recipe),
        activation=recipe.activation,
        output_activation="sigmoid" if arguments.output_activation is None else arguments.output_activation,
        loss=recipe.loss,
        seed=arguments.seed,
    )
    if arguments.save is not None:
        _refuse_unwritable(arguments.save)
    split = len(dataset) >= LEAST_TO_SPLIT
    practice, test = dataset.split(0.8, seed=arguments.seed) if split else (dataset, dataset)
    talk = not (arguments.quiet or arguments.json)
    if talk:
        _tell(f"{network}\n{_plan(practice, test, recipe, arguments.seed)}")
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
        _tell(_ending(history))
    if arguments.save is not None:
        network.save(arguments.save)
    _report(network, test, history, arguments, split)
    if talk and arguments.save is not None:
        path = shlex.quote(arguments.save)
        _tell(f"saved to {arguments.save}; try: python -m neuronet predict {path} {plain(test.inputs[0])}")
    return DONE


def _settings(arguments: argparse.Namespace, recipe: Recipe) -> Recipe:
    """The recipe with what the user said instead."""
    said = {
        "epochs": arguments.epochs,
        "learning_rate": arguments.rate,
        "batch_size": arguments.batch,
        "activation": arguments.activation,
        "loss": arguments.loss,
    }
    return recipe._replace(**{name: value for name, value in said.items() if value is not None})


def _shape(arguments: argparse.Namespace, dataset: Dataset, recipe: Recipe) -> tuple[Any, ...]:
    inputs, outputs = len(dataset.inputs[0]), len(dataset.targets[0])
    if arguments.layers is None:
        hidden = "-".join(str(size) for size in recipe.hidden) if arguments.hidden is None else arguments.hidden
        return (f"{inputs}-{hidden}-{outputs}",)
    ends = arguments.layers.split("-")
    if [ends[0].strip(), ends[-1].strip()] != [str(inputs), str(outputs)]:
        raise GraphError(
            f"--layers: expected a shape from {inputs} to {outputs} to fit the data set {dataset.name}, "
            f"such as {inputs}-4-{outputs}, got {arguments.layers!r}"
        )
    return (arguments.layers,)


def _refuse_unwritable(path: str) -> None:
    """Fail before the work rather than after it."""
    target = os.path.realpath(path)
    folder = os.path.dirname(target)
    if not (os.path.isdir(folder) and os.access(folder, os.W_OK)) or os.path.isdir(target):
        raise FormatError(f"--save: expected a file in a folder that can be written, got {path!r}")


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


def _predict(arguments: argparse.Namespace) -> int:
    network = Network.load(arguments.model)
    if arguments.inputs:
        rows = [(arguments.inputs, "inputs")]
    else:
        lines = (line.replace(",", " ").split() for line in _standard_input())
        rows = [(cells, f"line {number}") for number, cells in enumerate(lines, start=1) if cells]
        if not rows:
            raise DataError("inputs: expected numbers on the command line or on standard input, got none")
    for cells, place in rows:
        numbers = [_number(cell, f"{place}[{position}]") for position, cell in enumerate(cells)]
        outputs = network.predict(validate.row(numbers, len(network[0]), place))
        print(" ".join(repr(output) for output in outputs))
    return DONE


def _standard_input() -> Iterator[str]:
    try:
        yield from sys.stdin or ()
    except UnicodeDecodeError as problem:
        raise DataError(f"standard input: expected text, got bytes that are not {problem.encoding}") from None


def _number(text: str, place: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise DataError(f"{place}: expected a number, got {text.strip()!r}") from None


def _not_an_option(argument: str) -> str:
    """A negative number with a space before it, so that argparse does not take `-1e-3` for an option."""
    try:
        float(argument)
    except ValueError:
        return argument
    return f" {argument}" if argument.startswith("-") else argument


def _complain(message: str, code: int) -> int:
    _tell(f"neuronet: {message}")
    return code


def _tell(text: str) -> None:
    tell(sys.stderr, f"{text}\n")
