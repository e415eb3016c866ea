"""Micrograd: every number is an object that remembers where it came from."""

from __future__ import annotations

import math
import sys
from importlib import import_module
from time import perf_counter
from typing import Any

from contestants.contestant import Contestant
from contestants.task import Task


class Micrograd(Contestant):
    """Its own layers, and the loss as a formula that it differentiates itself.

    It has no sigmoid and no exp, so the sigmoid is one operation more, written as its relu is.
    """

    def __init__(self, task: Task) -> None:
        super().__init__(task)
        nn = import_module("micrograd.nn")
        self.value_class = import_module("micrograd.engine").Value
        self.layers = [nn.Layer(*sizes, nonlin=False) for sizes in zip(task.shape, task.shape[1:])]
        for layer, (rows, biases) in zip(self.layers, task.arrays()):
            for neuron, row, bias in zip(layer.neurons, rows, biases):
                neuron.b.data = bias
                for weight, number in zip(neuron.w, row):
                    weight.data = number
        self.parameters = [parameter for layer in self.layers for parameter in layer.parameters()]
        samples = task.samples
        self.batches = [samples[first : first + task.batch_size] for first in range(0, len(samples), task.batch_size)]
        sys.setrecursionlimit(100_000)  # it walks along every sum by calling itself

    def epoch(self) -> float:
        """Train once on all samples."""
        total = 0.0
        for batch in self.batches:
            loss = sum(self.loss(*sample) for sample in batch) / len(batch)
            loss.backward()
            total += loss.data * len(batch)
            for parameter in self.parameters:
                parameter.data -= self.task.learning_rate * parameter.grad
                parameter.grad = 0
        return total / len(self.task.inputs)

    def loss(self, inputs: list[float], targets: list[float]) -> Any:
        """Half the squared error of a sample."""
        return sum((target - output) ** 2 for target, output in zip(targets, self.forward(inputs))) / 2

    def forward(self, inputs: list[float]) -> list[Any]:
        """Find the outputs."""
        values: list[Any] = inputs
        for layer in self.layers:
            nets = layer(values)
            values = [self.sigmoid(net) for net in (nets if isinstance(nets, list) else [nets])]
        return values

    def sigmoid(self, net: Any) -> Any:
        """1 / (1 + exp(-net)), and how its gradient goes back."""
        out = self.value_class(1 / (1 + math.exp(-net.data)), (net,), "sigmoid")

        def backward() -> None:
            net.grad += out.data * (1 - out.data) * out.grad

        out._backward = backward
        return out

    def foreseen(self) -> float:
        """What an epoch will take, from a few samples that leave no trace."""
        start = perf_counter()
        few = self.task.samples[:4]
        for sample in few:
            self.loss(*sample).backward()
        seconds = perf_counter() - start
        for parameter in self.parameters:
            parameter.grad = 0
        return seconds * len(self.task.samples) / len(few)

    def outputs(self) -> list[float]:
        """The outputs for all samples."""
        return [output.data for inputs in self.task.inputs for output in self.forward(inputs)]
