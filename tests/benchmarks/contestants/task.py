"""A task: a network to train, the samples to train it on, and how. Every contestant is given the same."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from neuronet import Network

Rows = list[list[float]]
Arrays = tuple[Rows, list[float]]
"""The weights of a layer, a row for each of its neurons, and their biases."""

XOR_INPUTS = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
XOR_TARGETS = [[0.0], [1.0], [1.0], [0.0]]


class Task(NamedTuple):
    """What is trained on what: sigmoids everywhere, half squared error, samples in their order."""

    shape: tuple[int, ...]
    """The neurons of each layer, inputs first."""
    weights: list[float]
    """Those to begin with, in walking order: destination by destination, its bias first."""
    inputs: Rows
    targets: Rows
    learning_rate: float
    batch_size: int

    @property
    def name(self) -> str:
        """The shape as one says it: 2-4-1."""
        return "-".join(map(str, self.shape))

    @property
    def samples(self) -> list[tuple[list[float], list[float]]]:
        """Inputs and targets in pairs."""
        return list(zip(self.inputs, self.targets))

    def network(self) -> Network:
        """The network that every contestant begins with."""
        return Network(*self.shape, weights=self.weights)

    def arrays(self) -> list[Arrays]:
        """The weights and biases of each layer beyond the inputs."""
        weights = iter(self.weights)
        return [layer_arrays(weights, *sizes) for sizes in zip(self.shape, self.shape[1:])]

    def line(self) -> str:
        """All of it as one line of numbers, for a contestant in a process of its own."""
        head = [len(self.shape), *self.shape, self.learning_rate, self.batch_size, len(self.inputs), *self.weights]
        rows = [number for sample in self.samples for row in sample for number in row]
        return " ".join(map(repr, head + rows))


def layer_arrays(weights: Iterator[float], sources: int, destinations: int) -> Arrays:
    """The next layer's weights and biases from a stream in walking order."""
    rows, biases = [], []
    for _ in range(destinations):
        biases.append(next(weights))
        rows.append([next(weights) for _ in range(sources)])
    return rows, biases


def task_from(line: str) -> Task:
    """The task that a line tells of."""
    words = iter(line.split())
    shape = tuple(int(next(words)) for _ in range(int(next(words))))
    learning_rate, batch_size, samples = float(next(words)), int(next(words)), int(next(words))
    synapses = sum((sources + 1) * destinations for sources, destinations in zip(shape, shape[1:]))
    weights = [float(next(words)) for _ in range(synapses)]
    inputs, targets = [], []
    for _ in range(samples):
        inputs.append([float(next(words)) for _ in range(shape[0])])
        targets.append([float(next(words)) for _ in range(shape[-1])])
    return Task(shape, weights, inputs, targets, learning_rate, batch_size)


def xor_task(batch_size: int = 1, times: int = 1) -> Task:
    """The article's: XOR on 2-4-1; an epoch goes so many times over its four samples."""
    weights = Network(2, 4, 1, seed=1).weights
    inputs, targets = XOR_INPUTS * times, XOR_TARGETS * times
    return Task((2, 4, 1), weights, inputs, targets, learning_rate=0.5, batch_size=batch_size)


def random_task(shape: tuple[int, ...], samples: int, learning_rate: float) -> Task:
    """Inputs from -1 to 1 and targets from 0.2 to 0.8, drawn from a fixed seed; weights that saturate no neuron."""
    rng = Random(2)
    weights = Network(*shape, weights="glorot", seed=1).weights  # not from the same seed: they would be alike
    inputs = [[rng.uniform(-1, 1) for _ in range(shape[0])] for _ in range(samples)]
    targets = [[rng.uniform(0.2, 0.8) for _ in range(shape[-1])] for _ in range(samples)]
    return Task(shape, weights, inputs, targets, learning_rate, batch_size=1)
