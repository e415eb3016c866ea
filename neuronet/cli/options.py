"""What several commands share: the options that describe a network, saved networks, and files to write."""

from __future__ import annotations

import argparse
import os
import shlex
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, Optional, Union

from neuronet.activations import ACTIVATIONS, Activation
from neuronet.data.datasets import DATASETS, Dataset, find_dataset
from neuronet.data.recipes import Recipe, recipe_for
from neuronet.errors import DataError, FormatError, GraphError, NeuronetError
from neuronet.losses import LOSSES
from neuronet.network import Network
from neuronet.store.disk import read_file
from neuronet.store.json_text import parse
from neuronet.tabular.model import Model

OTHER_PICTURES = (".bmp", ".eps", ".gif", ".jpeg", ".jpg", ".pdf", ".png", ".tiff", ".webp")
"""Endings of picture files that are not written here."""
LEAST_TO_SPLIT = 100
"""A data set of at least so many samples is split: a fifth of it is kept back to test on."""


def by_options(message: str, arguments: argparse.Namespace) -> str:
    """An error of the library in the words of the command line: `--epochs` where the argument `epochs` is an option."""
    place, colon, rest = message.partition(":")
    names = place.split(" and ")
    options = getattr(arguments, "options", ())
    if all(name in options and getattr(arguments, name) is not None for name in names):
        place = " and ".join(named(name) for name in names)
    return f"{place}{colon}{rest}"


def given(arguments: argparse.Namespace, *names: str) -> dict[str, Any]:
    """The options of these names that the user gave, as arguments for the library, which calls them the same."""
    values = {name: getattr(arguments, name, None) for name in names}
    return {name: value for name, value in values.items() if value is not None}


def named(option: str) -> str:
    """An option as one writes it."""
    return f"--{option.replace('_', '-')}"


def refuse_options(arguments: argparse.Namespace, names: Iterable[str], reason: str) -> None:
    """DataError for the first of these options that is given."""
    for name in names:
        if getattr(arguments, name) is not None:
            raise DataError(f"{named(name)}: {reason}")


def pasted(path: str) -> str:
    """A path that can be pasted into a shell, also one that begins like an option."""
    return shlex.quote(f"./{path}" if path.startswith("-") else path)


def add_network_options(command: Any) -> None:
    """Add the options that say what the network looks like, to a parser or to a group of it."""
    hidden = [name for name, activation in ACTIVATIONS.items() if isinstance(activation, Activation)]
    shape = command.add_mutually_exclusive_group()
    shape.add_argument("--hidden", metavar="N", help="neurons in the hidden layer, or in several: 8-4")
    shape.add_argument("--layers", metavar="SHAPE", help="the whole shape, such as 2-4-1")
    add = command.add_argument
    add("--activation", metavar="NAME", help=f"of the hidden neurons: {', '.join(hidden)}")
    add("--output-activation", metavar="NAME", help="of the output neurons, softmax too; sigmoid where not given")
    add("--loss", metavar="NAME", help=", ".join(LOSSES))
    add("--seed", type=int, default=1, metavar="N", help="of all that is drawn at random (default: 1)")


def add_training_options(command: Any) -> None:
    """Add the options that say how to train."""
    add = command.add_argument
    add("--epochs", type=int, metavar="N", help="how many times to go over all samples")
    add("--learning-rate", "--rate", type=float, metavar="R", help="the length of a step")
    add("--batch-size", "--batch", type=int, metavar="N", help="samples to an update; 1 is online training")


def with_training_options(arguments: argparse.Namespace, recipe: Recipe) -> Recipe:
    """The recipe with what the user said instead."""
    return recipe._replace(**given(arguments, "epochs", "learning_rate", "batch_size"))


def practice_and_test(dataset: Dataset, seed: int) -> tuple[Dataset, Dataset]:
    """The samples to train on and those to test on: a fifth kept back of a larger data set, else all of them twice."""
    return dataset.split(0.8, seed=seed) if len(dataset) >= LEAST_TO_SPLIT else (dataset, dataset)


def build_network(arguments: argparse.Namespace, dataset: Dataset) -> tuple[Network, Recipe]:
    """The network that the options and the recipe of the data set describe, and the recipe with what the user said."""
    recipe = recipe_for(dataset.name)._replace(**given(arguments, "activation", "output_activation", "loss"))
    network = Network(
        _shape(arguments, dataset, recipe),
        activation=recipe.activation,
        output_activation=recipe.output_activation,
        loss=recipe.loss,
        seed=arguments.seed,
        **given(arguments, "l1", "l2", "dropout"),
    )
    return network, recipe


class Subject(NamedTuple):
    """What a command is about.

    network: a saved one, or the untrained one that the options and the recipe of a data set describe.
    dataset: the samples that belong to it; None for a saved one without --data.
    recipe: how to train it on them.
    """

    network: Network
    dataset: Optional[Dataset]
    recipe: Recipe


def find_subject(arguments: argparse.Namespace) -> Subject:
    """The network that a command is about, a saved one or that for a data set, and its samples."""
    data = getattr(arguments, "data", None)
    if is_saved(arguments):
        names = ("hidden", "layers", "activation", "output_activation", "loss")
        refuse_options(arguments, names, "expected only with a data set, for a saved network brings its own")
        network = load_network(arguments.subject)
        if data is None:
            return Subject(network, None, Recipe())
        dataset = find_dataset(data, "--data")
        return Subject(network, dataset, recipe_for(dataset.name))
    if data is not None:
        raise DataError("--data: expected only with a saved network, for a data set brings its own samples")
    dataset = find_dataset(arguments.subject)
    network, recipe = build_network(arguments, dataset)
    return Subject(network, dataset, recipe)


def is_saved(arguments: argparse.Namespace) -> bool:
    """Whether a command is about a saved network, and not about one for a data set."""
    return bool(arguments.subject.lower().endswith(".json"))


def add_subject(command: Any, samples: Optional[str] = None) -> None:
    """Add the argument that says what a command is about, and --data with its help, where samples have a use."""
    command.add_argument("subject", metavar="DATASET|MODEL.json", help=f"{', '.join(DATASETS)}, or a saved network")
    if samples is not None:
        command.add_argument("--data", metavar="DATASET", help=samples)


def load_network(path: str) -> Network:
    """The saved network; an unreadable file is wrong use of a command that promises exit code 1 for something else."""
    try:
        found = load_any(path)
        return found if isinstance(found, Network) else found.network
    except OSError as problem:
        raise DataError(f"{path}: {problem.strerror}") from None
    except FormatError as problem:
        raise DataError(str(problem)) from None


def load_any(path: str) -> Union[Model, Network]:
    """What a file holds: a model with columns, or a network alone."""
    content = read_file(path)
    try:
        document = parse(content)
        holds_model = isinstance(document, dict) and "model" in document
        return Model.from_json(content) if holds_model else Network.from_json(content)
    except NeuronetError as problem:
        raise type(problem)(f"{path}: {problem}") from None


def load_model(path: str) -> Model:
    """The model that a file holds; DataError for a network alone."""
    found = load_any(path)
    if isinstance(found, Network):
        raise DataError(f"{path}: expected a model with columns, got a network alone, which takes numbers")
    return found


def refuse_unwritable(path: str, option: str) -> None:
    """Fail before the work rather than after it."""
    target = os.path.realpath(path)
    folder = os.path.dirname(target)
    if not (os.path.isdir(folder) and os.access(folder, os.W_OK)) or os.path.isdir(target):
        raise FormatError(f"{option}: expected a file in a folder that can be written, got {path!r}")


def refuse_same(path: str, option: str, others: Mapping[str, Optional[str]]) -> None:
    """DataError where a file would be written over another that the command reads or writes."""
    for whose, other in others.items():
        if other is not None and os.path.realpath(path) == os.path.realpath(other):
            raise DataError(f"{option}: expected another file than {whose}, got {path!r} for both")


def refuse_no_picture(path: str, option: str) -> None:
    """Fail where a file cannot be written, and where its name promises another picture than the one it gets."""
    refuse_unwritable(path, option)
    ending = os.path.splitext(path)[1].lower()
    if ending in OTHER_PICTURES:
        raise DataError(f"{option}: expected a name that ends in .svg, because the picture is SVG, got {path!r}")


def refuse_files(arguments: argparse.Namespace, rows: Optional[str] = None) -> None:
    """Fail before a training where a file cannot be written, or would be written over another.

    rows: the file that is trained on.
    """
    save, plot = arguments.save, arguments.plot
    if save is not None:
        refuse_unwritable(save, "--save")
        refuse_same(save, "--save", {"that of the rows": rows})
    if plot is not None:
        refuse_no_picture(plot, "--plot")
        others = {"that of --save": save, "that of the rows": rows, "that of --resume": arguments.resume}
        refuse_same(plot, "--plot", others)


def _shape(arguments: argparse.Namespace, dataset: Dataset, recipe: Recipe) -> str:
    inputs, outputs = len(dataset.inputs[0]), len(dataset.targets[0])
    if arguments.layers is None:
        hidden = "-".join(str(size) for size in recipe.hidden) if arguments.hidden is None else arguments.hidden
        return f"{inputs}-{hidden}-{outputs}"
    ends = arguments.layers.split("-")
    if [ends[0].strip(), ends[-1].strip()] != [str(inputs), str(outputs)]:
        raise GraphError(
            f"--layers: expected a shape from {inputs} to {outputs} to fit the data set {dataset.name}, "
            f"such as {inputs}-4-{outputs}, got {arguments.layers!r}"
        )
    return str(arguments.layers)
