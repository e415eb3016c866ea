"""Taking turns: jobs are timed round by round, so that a slow moment of the machine meets them all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from random import Random
from statistics import median
from time import perf_counter
from typing import Any, NamedTuple

Times = dict[str, list[float]]


class Pace(NamedTuple):
    """How long to go on."""

    rounds: int
    """At most so many."""
    least: int
    """So many in any case."""
    seconds: float
    """After the least rounds, none begins later than this."""
    patience: float
    """A job that has taken longer than this for one turn sits out after the least rounds."""


def in_turns(jobs: Mapping[str, Callable[[], Any]], rounds: int) -> Times:
    """The seconds that each job took in each round."""
    pace = Pace(rounds, least=rounds, seconds=0, patience=0)
    return told_in_turns({name: partial(seconds_of, job) for name, job in jobs.items()}, pace)


def told_in_turns(jobs: Mapping[str, Callable[[], float]], pace: Pace) -> Times:
    """The seconds that each job says it took in each round, where a job itself knows best."""
    times: Times = {name: [] for name in jobs}
    start = perf_counter()
    for played in range(pace.rounds):
        if played >= pace.least and perf_counter() - start > pace.seconds:
            break
        for name in Random(played).sample(list(jobs), len(jobs)):  # in another order each round: neighbours change
            if played < pace.least or max(times[name]) <= pace.patience:
                times[name].append(jobs[name]())
    return times


def seconds_of(job: Callable[[], Any]) -> float:
    """The seconds that a job takes."""
    start = perf_counter()
    job()
    return perf_counter() - start


def ratio(times: Times, name: str, base: str) -> float:
    """How many times as long as the base a job took: the median of the ratios within each round that both were in."""
    return median(own / other for own, other in zip(times[name], times[base]))


def difference(times: Times, name: str, base: str) -> float:
    """How many seconds longer than the base a job took: the median of the differences within each round."""
    return median(own - other for own, other in zip(times[name], times[base]))
