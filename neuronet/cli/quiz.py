"""`neuronet quiz`: asks for a net, an output, a delta and a new weight, and often knows what went wrong."""

from __future__ import annotations

import argparse
import sys
from random import Random
from typing import Any, Optional

from neuronet import validate
from neuronet.cli.options import add_network_options, build_network
from neuronet.cli.progress import shape_of
from neuronet.data.datasets import DATASETS, find_dataset
from neuronet.sheets.page import shown
from neuronet.sheets.quiz import DIGITS, Question, Quiz
from neuronet.sheets.reading import read_number
from neuronet.stepping.formula import name_of

BROKEN_OFF = 1


def add(commands: Any) -> None:
    """Add the command with its arguments."""
    command = commands.add_parser(
        "quiz",
        help="be asked for numbers of the walk",
        description="Ask for a net, an output, a delta and a new weight of a small network with weights of two "
        "decimals, and say what a wrong answer may have forgotten. Exit code: 0 all asked, 1 broken off.",
    )
    command.add_argument("dataset", metavar="DATASET", help=", ".join(DATASETS))
    rate = "of the update (default: 0.5)"
    command.add_argument("--learning-rate", "--rate", type=float, default=0.5, metavar="R", help=rate)
    add_network_options(command)


def run(arguments: argparse.Namespace) -> int:
    """Ask until all is answered, or nothing more comes."""
    quiz = _quiz(arguments)
    _show(quiz)
    marks: list[bool] = []
    try:
        for place, question in enumerate(quiz.questions, start=1):
            print(f"\nQuestion {place} of {len(quiz.questions)}: {question.quantity}")
            print("  given: " + "\n         ".join(question.given or ["the network and the sample"]))
            mark = _ask(question)
            if mark is None:
                break
            marks.append(mark)
    except KeyboardInterrupt:
        print()
    done = len(marks) == len(quiz.questions)
    print(f"\n{'' if done else 'Stopped: '}{marks.count(True)} of {len(marks)} right.")
    return 0 if done else BROKEN_OFF


def _quiz(arguments: argparse.Namespace) -> Quiz:
    dataset = find_dataset(arguments.dataset)
    if arguments.hidden is None and arguments.layers is None:
        arguments.hidden = "2"
    rng = Random(validate.count(arguments.seed, "--seed", least=0))
    network = build_network(arguments, dataset)[0]
    network.weights = [rng.choice((-1, 1)) * rng.randint(10, 99) / 100 for _ in network.synapses]
    samples = [pair for pair in zip(dataset.inputs, dataset.targets) if any(pair[0])]
    inputs, targets = rng.choice(samples)
    return Quiz(network, inputs, targets, learning_rate=arguments.learning_rate, seed=arguments.seed)


def _show(quiz: Quiz) -> None:
    network = quiz.network
    print(f"Network {shape_of(network)}, {network.loss_function.name}")
    print("weights:")
    for neuron in network.computing:
        weights = [f"{name_of(one)} {shown(one.weight, DIGITS)}" for one in neuron.incoming]
        print(f"  {neuron.name}, {neuron.activation.name}: " + ", ".join(weights))
    for word, layer, values in zip(("inputs", "targets"), (network.layers[0], network.layers[-1]), quiz.sample):
        print(f"{word}: " + ", ".join(f"{one.name} {shown(value, DIGITS)}" for one, value in zip(layer, values)))
    print(f"learning rate: {shown(quiz.learning_rate, DIGITS)}")
    print("\nAnswer with a number, such as 0.33, 0,33 or 1/3. An empty line ends the quiz.")


def _ask(question: Question) -> Optional[bool]:
    """Whether it was answered rightly, in two tries; None where nothing more comes."""
    for tries_left in (1, 0):
        given = _number()
        if given is None:
            return None
        if question.is_right(given):
            print(f"Right: {shown(question.answer, DIGITS)}, and anything within {shown(question.allowed, 2)} of it.")
            return True
        slip = question.slip(given)
        hint = "" if slip is None else f" It looks as if {slip}." if slip[:5] != "this " else f" T{slip[1:]}."
        print(f"No, not within {shown(question.allowed, 2)} of it.{hint}{' Once more?' if tries_left else ''}")
    print(question.solution)
    return False


def _number() -> Optional[float]:
    """The next number on standard input; None where it ends, or at an empty line."""
    while True:
        print("> ", end="", flush=True)
        line = sys.stdin.readline() if sys.stdin is not None else ""
        if not line.strip():
            return None
        number = read_number(line)
        if number is not None:
            return number
        print(f"expected a number, such as 0.33, 0,33 or 1/3, got {validate.shown(line.strip())}")
