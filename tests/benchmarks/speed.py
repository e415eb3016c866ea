"""How fast neuronet trains beside its rivals, and what that time grows with: everything in one run.

    python tests/benchmarks/speed.py [--quick] [--only steps batch xor iris command growth]

All take turns, each ratio is taken within one round of turns, and the tables show medians over all rounds, as in
`walk.py`. Who is measured and how they differ stands in the README beside this file. It takes four to five minutes.
"""

from __future__ import annotations

import argparse
import platform
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from contestants.contestant import CannotTakePartError, Contestant
from contestants.entry import close, enter, enter_equal
from contestants.field import CLASSIFIERS, CONTESTANTS, UNROLLED, WALK, versions
from contestants.task import Task, random_task, xor_task
from costs import run
from machine import processor
from steps import step_times
from tables import Column, print_table, short
from turns import Pace, difference, in_turns, ratio, seconds_of, told_in_turns

from neuronet import Network, datasets

ROOT = str(Path(__file__).resolve().parents[2])
PACE = Pace(rounds=101, least=5, seconds=5, patience=1)
QUICK = Pace(rounds=5, least=1, seconds=1, patience=1)
GROWTH_PACE = Pace(rounds=101, least=3, seconds=2, patience=1)
SLOW_PACE = Pace(rounds=15, least=3, seconds=10, patience=1)
LONGEST = 0.2  # seconds that the shortest turn may take: the practice comes before it
PRACTICE = 200  # steps, before outputs are compared
COMMAND_ROUNDS = 11

STEP_TASKS = [
    xor_task(times=25),
    random_task((6, 4, 3, 1), samples=100, learning_rate=1 / 2),
    random_task((4, 8, 3), samples=100, learning_rate=1 / 2),
    random_task((16, 16, 4), samples=100, learning_rate=1 / 8),
    random_task((64, 32, 10), samples=16, learning_rate=1 / 32),
    random_task((256, 64, 10), samples=16, learning_rate=1 / 64),
]
"""The learning rates are powers of 2, since FANN keeps its rate in single precision. An epoch of all but
a hundred steps, so that what is done once in an epoch does not hide the step."""
GROWTH_SHAPES = [
    (2, 4, 1),
    (8, 8, 3),
    (16, 16, 4),
    (32, 28, 3),
    (64, 44, 3),
    (128, 75, 4),
    (256, 115, 4),
    (512, 193, 4),
]
XOR_LOSS = 0.001
IRIS_ACCURACY = 0.95
MOST_EPOCHS = 20_000
RECORDING = "recording and compiling"
LONGEST_RECORDING = 10  # seconds


def main() -> None:
    """Measure what was asked for and print it as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="few rounds, to try it out")
    parser.add_argument("--only", nargs="+", choices=list(SECTIONS), default=list(SECTIONS), help="these tables only")
    arguments = parser.parse_args()
    print(f"Python {platform.python_version()} ({platform.python_implementation()}), {processor()}; {versions()}")
    for section in arguments.only:
        print()
        SECTIONS[section](arguments.quick)
        sys.stdout.flush()


# One step.


def print_steps(quick: bool) -> None:
    """Print what one training step costs each contestant on networks of several sizes."""
    columns = [step_column(task, QUICK if quick else PACE) for task in STEP_TASKS]
    print_table("one online step, µs (times unrolled)", list(CONTESTANTS), columns, unit=1e-6)


def print_batch(quick: bool) -> None:
    """Print what one epoch costs in which all samples make one step."""
    column = step_column(xor_task(batch_size=4), QUICK if quick else PACE)
    print_table("one full-batch XOR epoch, µs (times unrolled)", list(CONTESTANTS), [column], unit=1e-6)


def step_column(task: Task, pace: Pace) -> Column:
    """The time of a step on a task, of those who have shown that they take the same one."""
    practice = max(2, PRACTICE // len(task.inputs))
    taking_part, absent = enter_equal(CONTESTANTS, task, practice, LONGEST)
    times = step_times(taking_part, task, pace)
    close(taking_part)
    return Column(task.name, times, absent)


# From nothing to a goal.


def print_xor(quick: bool) -> None:
    """Print how long it takes from building the network to knowing XOR."""

    def seconds(contestant: Contestant) -> float:
        return contestant.seconds_to_loss(XOR_LOSS, MOST_EPOCHS)

    print_way_to_goal(f"XOR on 2-4-1 to a loss of {XOR_LOSS}", CONTESTANTS, xor_task(), seconds, quick)


def print_iris(quick: bool) -> None:
    """Print how long it takes from building the network to telling the flowers apart."""

    def seconds(contestant: Contestant) -> float:
        return contestant.seconds_to_accuracy(IRIS_ACCURACY, MOST_EPOCHS)

    print_way_to_goal(f"iris on 4-8-3 to {IRIS_ACCURACY:.0%} accuracy", CLASSIFIERS, iris_task(), seconds, quick)


def print_way_to_goal(
    goal: str,
    contestants: dict[str, type[Contestant]],
    task: Task,
    seconds: Callable[[Contestant], float],
    quick: bool,
) -> None:
    """Print how long each takes to a goal, and in how many epochs.

    goal: the data set, and how far; the first word stands over the column.
    seconds: how long one like this contestant takes.
    """
    taking_part, absent = enter(contestants, task)
    epochs: dict[str, int] = {}
    for name, contestant in list(taking_part.items()):
        try:
            seconds(contestant)
            epochs[name] = contestant.epochs_taken
        except CannotTakePartError as reason:
            absent[name] = str(reason)
            taking_part.pop(name).close()
    ways = {name: partial(seconds, contestant) for name, contestant in taking_part.items()}
    times = told_in_turns(ways, QUICK if quick else SLOW_PACE)
    close(taking_part)
    column = Column(goal.split(maxsplit=1)[0], times, absent)
    print_table(f"from nothing to {goal}, ms (times unrolled)", list(contestants), [column], unit=1e-3)
    for count in sorted(set(epochs.values())):
        print(f"- {count:,} epochs: {'; '.join(name for name in epochs if epochs[name] == count)}.")


def iris_task() -> Task:
    """The flowers as they come, in an order dealt once and kept."""
    inputs, targets = datasets.iris()
    order = list(range(len(inputs)))
    Random(1).shuffle(order)
    weights = Network(4, 8, 3, seed=1).weights
    rows = [inputs[place] for place in order], [targets[place] for place in order]
    return Task((4, 8, 3), weights, *rows, learning_rate=0.1, batch_size=1)


# The whole process.


def print_command(quick: bool) -> None:
    """Print how long the command line takes, from its start to its end."""
    commands = {
        "`python -c pass`": ["-c", "pass"],
        '`python -c "import neuronet"`': ["-c", "import neuronet"],
        "`python -m neuronet train xor --quiet`": ["-m", "neuronet", "train", "xor", "--quiet"],
    }
    for name, command in commands.items():
        if not run(ROOT, *command):
            raise SystemExit(f"{name}: expected it to end well")
    times = in_turns({name: partial(run, ROOT, *commands[name]) for name in commands}, 3 if quick else COMMAND_ROUNDS)
    bare = next(iter(commands))
    print("| the whole process | median, ms | over bare Python, ms |\n|---|---:|---:|")
    for name in commands:
        print(f"| {name} | {median(times[name]) * 1000:.0f} | {difference(times, name, bare) * 1000:.0f} |")


# Growth.


def print_growth(quick: bool) -> None:
    """Print what a step costs for each synapse, from small networks to large ones, and what recording costs."""
    print("| synapses | shape | the walk, µs a synapse | unrolled, µs a synapse | walk / unrolled ", end="")
    print("| recording and compiling, ms | steps that pay for it |\n|---:|---|---:|---:|---:|---:|---:|")
    absent = []
    foreseen = 0.0  # seconds that recording a synapse takes
    for shape in GROWTH_SHAPES:
        task = random_task(shape, samples=4, learning_rate=1 / 64)
        engines = (WALK, UNROLLED) if foreseen * len(task.weights) <= LONGEST_RECORDING else (WALK,)
        column = growth_column(task, engines, QUICK if quick else GROWTH_PACE)
        print(growth_row(task, column), flush=True)
        absent += [f"- {task.name}, {name}: {reason}." for name, reason in column.absent.items()]
        foreseen = median(column.times.get(RECORDING, [foreseen * len(task.weights)])) / len(task.weights)
    if absent:
        print("", *absent, sep="\n")


def growth_column(task: Task, engines: tuple[str, ...], pace: Pace) -> Column:
    """The seconds of a step with each engine, and of the recording."""
    taking_part, absent = enter_equal({name: CONTESTANTS[name] for name in engines}, task, epochs=4, longest=60)
    if UNROLLED not in engines:
        absent[UNROLLED] = f"left out, recording and compiling would take more than {LONGEST_RECORDING} s"
    times = step_times(taking_part, task, pace)
    if UNROLLED in taking_part:
        jobs = {RECORDING: lambda: time_to_record(task.network())}
        times |= told_in_turns(jobs, pace._replace(rounds=5, least=1))
    close(taking_part)
    return Column(task.name, times, absent)


def time_to_record(network: Network) -> float:
    """The seconds that recording and compiling a new network takes."""
    return seconds_of(network.unrolled)


def growth_row(task: Task, column: Column) -> str:
    """What the table says of one network."""
    times, synapses = column.times, len(task.weights)
    walk = median(times[WALK])
    cells = [f"{synapses:,}", task.name, f"{walk / synapses * 1e6:.3f}"]
    if UNROLLED in times:
        unrolled, recording = median(times[UNROLLED]), median(times[RECORDING])
        pays = f"{recording / (walk - unrolled):,.0f}" if walk > unrolled else "never"
        share = ratio(times, WALK, UNROLLED)
        cells += [f"{unrolled / synapses * 1e6:.3f}", f"{share:.2f}", short(recording * 1000), pays]
    else:
        cells += ["-"] * 4
    return f"| {' | '.join(cells)} |"


SECTIONS: dict[str, Callable[[bool], None]] = {
    "steps": print_steps,
    "batch": print_batch,
    "xor": print_xor,
    "iris": print_iris,
    "command": print_command,
    "growth": print_growth,
}

if __name__ == "__main__":
    main()
