"""Taking turns: jobs are timed round by round, so that a slow moment of the machine meets them all."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Any

Times = dict[str, list[float]]


def in_turns(jobs: dict[str, Callable[[], Any]], rounds: int) -> Times:
    """The seconds that each job took in each round."""
    times: Times = {name: [] for name in jobs}
    for _ in range(rounds):
        for name, job in jobs.items():
            start = perf_counter()
            job()
            times[name].append(perf_counter() - start)
    return times


def ratio(times: Times, name: str, base: str) -> float:
    """How many times as long as the base a job took: the median of the ratios within each round."""
    return median(own / other for own, other in zip(times[name], times[base]))


def difference(times: Times, name: str, base: str) -> float:
    """How many seconds longer than the base a job took: the median of the differences within each round."""
    return median(own - other for own, other in zip(times[name], times[base]))
