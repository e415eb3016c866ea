"""Schedules: how the learning rate goes down as the epochs go by.

A schedule is a function of the epoch, 1 for the first, and of the learning rate that training was given; it returns
the rate of that epoch. Any function will do; those here are known by name, so a saved network can hold them.
"""

from __future__ import annotations

import math
from typing import Any, Callable, Union

from neuronet import validate
from neuronet.errors import DataError

Schedule = Callable[[int, float], float]
"""From the epoch and the learning rate to the rate of that epoch, above 0."""


class StepSchedule:
    """The rate is multiplied by a factor after every so many epochs.

    every: after how many epochs, 1 or more.
    factor: above 0, at most 1.

    >>> halved = StepSchedule(every=10, factor=0.5)
    >>> halved(10, 0.4), halved(11, 0.4), halved(21, 0.4)
    (0.4, 0.2, 0.1)
    """

    name = "step"

    def __init__(self, every: int, factor: float = 0.5) -> None:
        self.every = validate.count(every, "every")
        self.factor = validate.positive(factor, "factor")
        if self.factor > 1:
            raise DataError(f"factor: expected a number above 0 and at most 1, got {factor!r}")

    def __call__(self, epoch: int, learning_rate: float) -> float:
        """The rate of this epoch."""
        rate, factor, times = learning_rate, self.factor, (epoch - 1) // self.every
        while times:  # by squaring: a power of the system's own would round otherwise elsewhere
            if times % 2:
                rate *= factor
            factor *= factor
            times //= 2
        return rate

    def describe(self) -> dict[str, Any]:
        """Its name and settings, as a saved network has them."""
        return {"name": self.name, "every": self.every, "factor": self.factor}

    def __repr__(self) -> str:
        return f"{type(self).__name__}(every={self.every}, factor={self.factor!r})"


class CosineSchedule:
    """The rate goes down along half a cosine: slowly at first, quickly in the middle, slowly at the end.

        rate = lowest + (learning_rate - lowest) * (1 + cos(pi * (epoch - 1) / epochs)) / 2

    epochs: over how many epochs; after them the rate stays where it is.
    lowest: what it goes down to, 0 or more.

    Source: Loshchilov and Hutter 2017, equation 5. Systems may differ in the last bit of a cosine.

    >>> [round(CosineSchedule(epochs=4)(epoch, 1.0), 3) for epoch in (1, 2, 3, 4, 5)]
    [1.0, 0.854, 0.5, 0.146, 0.146]
    """

    name = "cosine"

    def __init__(self, epochs: int, lowest: float = 0.0) -> None:
        self.epochs = validate.count(epochs, "epochs")
        self.lowest = validate.at_least_zero(lowest, "lowest")

    def __call__(self, epoch: int, learning_rate: float) -> float:
        """The rate of this epoch."""
        turn = math.pi * (min(epoch, self.epochs) - 1) / self.epochs
        return self.lowest + (learning_rate - self.lowest) * (1 + math.cos(turn)) / 2

    def describe(self) -> dict[str, Any]:
        """Its name and settings, as a saved network has them."""
        return {"name": self.name, "epochs": self.epochs, "lowest": self.lowest}

    def __repr__(self) -> str:
        return f"{type(self).__name__}(epochs={self.epochs}, lowest={self.lowest!r})"


SCHEDULES: dict[str, type[Union[StepSchedule, CosineSchedule]]] = {
    each.name: each for each in (StepSchedule, CosineSchedule)
}
"""The schedules that a saved network can hold, by name."""


class UnknownSchedule:
    """Stands for a function of the caller's own after loading, for a file holds only its name.

    name: what it was called.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, epoch: int, learning_rate: float) -> float:
        """Raise DataError: the function has to be given again."""
        raise DataError(f"schedule: expected the function {self.name!r} again, for a file holds only its name")
