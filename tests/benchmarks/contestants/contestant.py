"""What every contestant can do: train on, tell its outputs, and start anew against the clock."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from contestants.step import Step
from contestants.task import Task


class CannotTakePartError(Exception):
    """A contestant has no part in this; the message says why, for the table."""


class Contestant:
    """A network that trains on a task.

    Each starts from the same weights and takes, batch by batch, the same step: forward, loss, backward, update, biases
    included. One that is not installed raises CannotTakePartError or ImportError when it is made.
    """

    fewest = 1
    """The epochs of the shortest turn it can take."""
    warm_up = 0.0
    """The seconds for which it trains before it is at its best."""
    step = Step()
    """How its step is defined, where it is not as ours."""
    tolerance = 1e-12
    """How far its outputs may lie from those expected, relatively: sums are rounded in another order, no more."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.epochs_taken = 0  # by the last that started anew

    def epoch(self) -> float:
        """Train once on all samples; the mean loss, measured on the forward walks of the steps."""
        raise NotImplementedError

    def outputs(self) -> list[float]:
        """The outputs for all samples, one after the other."""
        raise NotImplementedError

    def turn(self, epochs: int) -> float:
        """Train on from where it stopped; the seconds that this took."""
        start = perf_counter()
        for _ in range(epochs):
            self.epoch()
        return perf_counter() - start

    def train_to_loss(self, loss: float, most: int) -> int:
        """Train until the mean loss of an epoch is at most this; how many epochs it took."""
        return self.train_until(lambda mean_loss: mean_loss <= loss, most)

    def train_to_accuracy(self, accuracy: float, most: int) -> int:
        """Train until this share of the samples is classified as their targets say; how many epochs it took."""
        return self.train_until(lambda _: self.accuracy() >= accuracy, most)

    def train_until(self, enough: Callable[[float], bool], most: int) -> int:
        """Train until this is true of the mean loss after an epoch; how many epochs it took."""
        for epoch in range(1, most + 1):
            if enough(self.epoch()):
                return epoch
        raise CannotTakePartError(f"not there after {most:,} epochs")

    def accuracy(self) -> float:
        """The share of samples whose largest output is where the largest target is."""
        outputs, size = self.outputs(), self.task.shape[-1]
        rows = [outputs[first : first + size] for first in range(0, len(outputs), size)]
        right = [row.index(max(row)) == target.index(max(target)) for row, target in zip(rows, self.task.targets)]
        return right.count(True) / len(right)

    def seconds_to_loss(self, loss: float, most: int) -> float:
        """How long another like it takes from its building to this loss."""
        start = perf_counter()
        self.epochs_taken = type(self)(self.task).train_to_loss(loss, most)
        return perf_counter() - start

    def seconds_to_accuracy(self, accuracy: float, most: int) -> float:
        """How long another like it takes from its building to this accuracy."""
        start = perf_counter()
        self.epochs_taken = type(self)(self.task).train_to_accuracy(accuracy, most)
        return perf_counter() - start

    def foreseen(self) -> float:
        """The seconds that its shortest turn will take, where one had better know before."""
        return 0.0

    def close(self) -> None:
        """Let go of what it holds."""
