"""Entering: who can take part in a task, and whether all learn the same."""

from __future__ import annotations

import gc

from contestants.contestant import CannotTakePartError, Contestant
from contestants.process import NOT_INSTALLED
from contestants.step import Step, learned
from contestants.task import Task

Entered = tuple[dict[str, Contestant], dict[str, str]]
"""Those that take part, and why the others do not, by their names."""


def enter(contestants: dict[str, type[Contestant]], task: Task) -> Entered:
    """Make those that can take part."""
    taking_part: dict[str, Contestant] = {}
    absent: dict[str, str] = {}
    for name, kind in contestants.items():
        try:
            taking_part[name] = kind(task)
        except ImportError:
            absent[name] = NOT_INSTALLED
        except CannotTakePartError as reason:
            absent[name] = str(reason)
    gc.collect()
    gc.freeze()  # what is there now is nobody's garbage, and nobody shall pay for looking through it
    return taking_part, absent


def enter_equal(contestants: dict[str, type[Contestant]], task: Task, epochs: int, longest: float) -> Entered:
    """Make those that can take part, each having shown that it learns what it should: none wins by doing less.

    epochs: how many each trains for before it is asked.
    longest: the seconds that its shortest turn may take.
    """
    taking_part, absent = enter(contestants, task)
    expected: dict[Step, list[float]] = {}
    for name, contestant in list(taking_part.items()):
        try:
            practise(contestant, epochs, longest)
            if contestant.step not in expected:
                expected[contestant.step] = learned(task, epochs, contestant.step)
            refuse_other(name, contestant, expected[contestant.step])
        except CannotTakePartError as reason:
            absent[name] = str(reason)
            taking_part.pop(name).close()
    return taking_part, absent


def practise(contestant: Contestant, epochs: int, longest: float) -> None:
    """Train for so many epochs, unless that would take far too long."""
    seconds = contestant.foreseen()
    if seconds > longest:
        raise CannotTakePartError(f"left out, a turn takes {seconds:.1f} s")
    contestant.turn(epochs)


def refuse_other(name: str, contestant: Contestant, expected: list[float]) -> None:
    """Stop the benchmark where a contestant has learned something else."""
    outputs = contestant.outputs()
    pairs = list(zip(outputs, expected))
    far = max(abs(output - wanted) / abs(wanted) for output, wanted in pairs)
    if len(outputs) != len(expected) or not far <= contestant.tolerance:
        place = f"{name} on {contestant.task.name}"
        raise SystemExit(f"{place}: expected the outputs of the same steps, got others, {far:.1e} off")


def close(taking_part: dict[str, Contestant]) -> None:
    """Let all of them go."""
    for contestant in taking_part.values():
        contestant.close()
    gc.unfreeze()
