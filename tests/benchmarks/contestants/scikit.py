"""Scikit-learn: its own networks, a batch to each call of `partial_fit`."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from contestants.contestant import Contestant
from contestants.step import Step
from contestants.task import Task


class Regressor(Contestant):
    """`MLPRegressor`: sigmoids in the hidden layers, but its outputs show their nets; plain descent all the same."""

    step = Step(linear=True)
    model = "MLPRegressor"

    def __init__(self, task: Task) -> None:
        super().__init__(task)
        numpy = self.numpy = import_module("numpy")
        self.inputs, self.wanted = numpy.array(task.inputs), self.wanted_of(task)
        self.network: Any = getattr(import_module("sklearn.neural_network"), self.model)(
            hidden_layer_sizes=task.shape[1:-1],
            activation="logistic",
            solver="sgd",
            alpha=0,
            learning_rate="constant",
            learning_rate_init=task.learning_rate,
            momentum=0,
            random_state=1,
        )
        self.batches = [
            (self.inputs[first : first + task.batch_size], self.wanted[first : first + task.batch_size])
            for first in range(0, len(task.inputs), task.batch_size)
        ]
        self.first_fit()
        for own, (rows, _) in zip(self.network.coefs_, task.arrays()):
            own[:] = numpy.array(rows).T
        for own, (_, biases) in zip(self.network.intercepts_, task.arrays()):
            own[:] = biases

    def wanted_of(self, task: Task) -> Any:
        """The targets as it takes them: a plain row of numbers where there is one output."""
        targets = self.numpy.array(task.targets)
        return targets.ravel() if task.shape[-1] == 1 else targets

    def first_fit(self) -> None:
        """Make it build its arrays; the step that it takes in doing so is overwritten by the weights of the task."""
        self.network.partial_fit(self.inputs[:1], self.wanted[:1])

    def epoch(self) -> float:
        """Train once on all samples."""
        loss = 0.0
        for inputs, wanted in self.batches:
            self.network.partial_fit(inputs, wanted)
            loss += self.network.loss_ * len(inputs)
        return loss * self.task.shape[-1] / len(self.inputs)  # its loss is a mean over the outputs

    def outputs(self) -> list[float]:
        """The outputs for all samples."""
        return list(self.network.predict(self.inputs).ravel().tolist())


class Classifier(Regressor):
    """`MLPClassifier`: its outputs are a softmax, and its loss is the cross entropy."""

    model = "MLPClassifier"

    def wanted_of(self, task: Task) -> Any:
        """The number of the class of each sample."""
        return self.numpy.array([target.index(max(target)) for target in task.targets])

    def first_fit(self) -> None:
        """As above; it must be told what classes there will be."""
        self.network.partial_fit(self.inputs[:1], self.wanted[:1], classes=list(range(self.task.shape[-1])))

    def accuracy(self) -> float:
        """The share of samples that it names rightly."""
        return float((self.network.predict(self.inputs) == self.wanted).mean())
