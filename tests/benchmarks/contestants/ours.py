"""Neuronet: its walks called by hand, and its training with either engine."""

from __future__ import annotations

from typing import Any

from contestants.contestant import CannotTakePartError, Contestant
from contestants.task import Task
from neuronet import NeuronetError
from neuronet.training import Epoch, History


class WalksByHand(Contestant):
    """The three walks, called one after the other, a sample at a time."""

    def __init__(self, task: Task) -> None:
        super().__init__(task)
        self.network = task.network()
        self.samples = task.samples

    def epoch(self) -> float:
        """Train once on all samples."""
        loss = 0.0
        for inputs, targets in self.samples:
            self.network.propagate(inputs)
            loss += self.network.backpropagate(targets)
            self.network.apply_gradients(self.task.learning_rate)
        return loss / len(self.samples)

    def outputs(self) -> list[float]:
        """The outputs for all samples."""
        return [output for row in self.network.predict_all(self.task.inputs) for output in row]


class Trained(Contestant):
    """`Network.train`, which also checks the data, keeps the history and looks out for Ctrl-C."""

    engine: str | None = None
    """Which one; None takes what comes by default."""
    fewest = 2

    def __init__(self, task: Task) -> None:
        super().__init__(task)
        self.network = task.network()
        self.options: dict[str, Any] = {} if self.engine is None else {"engine": self.engine}

    def train(self, epochs: int, **settings: Any) -> History:
        """Train on; what cannot be trained with this engine takes no part."""
        try:
            return self.network.train(
                self.task.inputs,
                self.task.targets,
                epochs=epochs,
                learning_rate=self.task.learning_rate,
                batch_size=self.task.batch_size,
                shuffle=False,
                **self.options,
                **settings,
            )
        except NeuronetError as problem:
            raise CannotTakePartError(str(problem)) from None

    def turn(self, epochs: int) -> float:
        """Train on; the seconds of an epoch, times the epochs.

        The first epoch is left out of the measure: before its end lies what is done once in a call, the checks of the
        data, and the recording and compiling.
        """
        history = self.train(epochs)
        return float(history[-1].seconds - history[0].seconds) * epochs / (epochs - 1)

    def train_to_loss(self, loss: float, most: int) -> int:
        """Train until the mean loss is at most this."""
        return self.finished(self.train(most, until_loss=loss))

    def train_to_accuracy(self, accuracy: float, most: int) -> int:
        """Train until the accuracy is at least this."""

        def enough(epoch: Epoch) -> bool:
            return self.accuracy() >= accuracy

        return self.finished(self.train(most, callback=enough))

    def finished(self, history: History) -> int:
        """How many epochs it took, where it came to its goal."""
        if history.stopped not in ("loss", "callback"):
            raise CannotTakePartError(f"not there after {len(history):,} epochs")
        return len(history)

    def outputs(self) -> list[float]:
        """The outputs for all samples."""
        rows = self.network.predict_all(self.task.inputs, **self.options)
        return [output for row in rows for output in row]


class Walk(Trained):
    """With the walk, neuron by neuron."""

    engine = "walk"


class Unrolled(Trained):
    """With the walk unrolled into code without loops."""

    engine = "unrolled"
