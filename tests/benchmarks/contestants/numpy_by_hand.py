"""NumPy: a matrix and a row of biases for each layer, by hand; the samples are arrays from the start."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from contestants.contestant import Contestant
from contestants.task import Task


class NumpyByHand(Contestant):
    """Layers of any number and size; one sample at a time is a row of numbers, a batch is a matrix."""

    def __init__(self, task: Task) -> None:
        super().__init__(task)
        self.numpy = import_module("numpy")
        self.weights, self.biases = ([self.numpy.array(part) for part in parts] for parts in zip(*task.arrays()))
        self.inputs, self.targets = self.numpy.array(task.inputs), self.numpy.array(task.targets)
        self.online = task.batch_size == 1
        ends = range(task.batch_size, len(task.inputs), task.batch_size)
        self.batches = (
            list(zip(self.inputs, self.targets))
            if self.online
            else list(zip(self.numpy.split(self.inputs, ends), self.numpy.split(self.targets, ends)))
        )

    def sigmoid(self, nets: Any) -> Any:
        """What neurons with these nets show."""
        raise NotImplementedError

    def epoch(self) -> float:
        """Train once on all samples."""
        loss = 0.0
        for inputs, targets in self.batches:
            values = self.forward(inputs)
            error = targets - values[-1]
            if self.online:
                loss += error @ error
                self.step_online(values, error)
            else:
                loss += (error * error).sum()
                self.step_batch(values, error)
        return float(loss) / (2 * len(self.inputs))

    def forward(self, inputs: Any) -> list[Any]:
        """What every layer shows, inputs first."""
        values = [inputs]
        for weights, biases in zip(self.weights, self.biases):
            values.append(self.sigmoid(values[-1] @ weights.T + biases))
        return values

    def deltas(self, values: list[Any], error: Any) -> list[Any]:
        """The deltas of every layer beyond the inputs, last layer first."""
        deltas = [error * values[-1] * (1 - values[-1])]
        for number in range(len(self.weights) - 1, 0, -1):
            deltas.append(deltas[-1] @ self.weights[number] * values[number] * (1 - values[number]))
        return deltas

    def step_online(self, values: list[Any], error: Any) -> None:
        """Take the step of one sample."""
        for number, delta in enumerate(reversed(self.deltas(values, error))):
            change = self.task.learning_rate * delta
            self.weights[number] += change[:, None] * values[number]
            self.biases[number] += change

    def step_batch(self, values: list[Any], error: Any) -> None:
        """Take the step of a batch, with the mean of its gradients."""
        for number, delta in enumerate(reversed(self.deltas(values, error))):
            change = self.task.learning_rate / len(error) * delta
            self.weights[number] += change.T @ values[number]
            self.biases[number] += change.sum(axis=0)

    def outputs(self) -> list[float]:
        """The outputs for all samples."""
        return list(self.forward(self.inputs)[-1].ravel().tolist())


class NumpyStable(NumpyByHand):
    """With a sigmoid that overflows on neither side, as that of neuronet does not."""

    def sigmoid(self, nets: Any) -> Any:
        """What neurons with these nets show."""
        growth = self.numpy.exp(-self.numpy.abs(nets))
        return self.numpy.where(nets >= 0, 1 / (1 + growth), growth / (1 + growth))


class NumpyNaive(NumpyByHand):
    """With the sigmoid of the textbook."""

    def sigmoid(self, nets: Any) -> Any:
        """What neurons with these nets show."""
        return 1 / (1 + self.numpy.exp(-nets))
