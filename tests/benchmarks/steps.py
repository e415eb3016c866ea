"""What a step costs: turns of whole epochs."""

from __future__ import annotations

from functools import partial

from contestants.contestant import Contestant
from contestants.task import Task
from turns import Pace, Times, told_in_turns

TURN = 0.005  # seconds at least: short beside what disturbs a machine, long beside the waking of a process


def step_times(taking_part: dict[str, Contestant], task: Task, pace: Pace) -> Times:
    """The seconds of a step in each round."""
    epochs = {name: epochs_in_a_turn(contestant) for name, contestant in taking_part.items()}
    turns = {name: partial(contestant.turn, epochs[name]) for name, contestant in taking_part.items()}
    steps = -(-len(task.inputs) // task.batch_size)
    times = told_in_turns(turns, pace)
    return {name: [seconds / (epochs[name] * steps) for seconds in times[name]] for name in times}


def epochs_in_a_turn(contestant: Contestant) -> int:
    """How many epochs fill a turn of this contestant."""
    warm = 0.0
    epochs = contestant.fewest
    while warm < contestant.warm_up:
        warm += contestant.turn(epochs)
    while min(contestant.turn(epochs) for _ in range(2)) < TURN:
        epochs *= 2
    return epochs
