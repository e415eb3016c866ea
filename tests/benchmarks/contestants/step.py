"""The step, written out: what a contestant must have learned where its library defines the step in another way."""

from __future__ import annotations

import math
from typing import NamedTuple

from contestants.task import Arrays, Task


class Step(NamedTuple):
    """How a step is defined; as it stands here, it is the one that neuronet takes."""

    linear: bool = False
    """Whether the output neurons show their net."""
    slope: bool = True
    """Whether the delta of an output neuron has the slope of its activation as a factor."""
    moved: bool = False
    """Whether an error is taken back through weights that have already moved in this step."""


def learned(task: Task, epochs: int, step: Step) -> list[float]:
    """The outputs for all samples after so many epochs, in plain Python."""
    layers = task.arrays()
    for _ in range(epochs):
        for first in range(0, len(task.samples), task.batch_size):
            batch = task.samples[first : first + task.batch_size]
            walks = [walk(layers, *sample, task.learning_rate, step) for sample in batch]
            if not step.moved:
                for values, deltas in walks:
                    for layer, sources, own in zip(layers, values, deltas):
                        move(layer, sources, own, task.learning_rate / len(batch))
    return [output for inputs in task.inputs for output in forward(layers, inputs, step)[-1]]


def walk(
    layers: list[Arrays], inputs: list[float], targets: list[float], learning_rate: float, step: Step
) -> tuple[list[list[float]], list[list[float]]]:
    """What every layer showed, inputs first, and the deltas of those beyond the inputs."""
    values = forward(layers, inputs, step)
    errors = [target - output for target, output in zip(targets, values[-1])]
    deltas: list[list[float]] = []
    for number in range(len(layers) - 1, -1, -1):
        own = errors if number == len(layers) - 1 and not (step.slope and not step.linear) else []
        own = own or [error * output * (1 - output) for error, output in zip(errors, values[number + 1])]
        if step.moved:
            move(layers[number], values[number], own, learning_rate)
        errors = backward(layers[number], own) if number else []
        deltas.insert(0, own)
    return values, deltas


def forward(layers: list[Arrays], inputs: list[float], step: Step) -> list[list[float]]:
    """What every layer shows, inputs first."""
    values = [inputs]
    for number, (rows, biases) in enumerate(layers, start=1):
        sources = values[-1]
        nets = [bias + sum(map(float.__mul__, row, sources)) for row, bias in zip(rows, biases)]
        values.append(nets if step.linear and number == len(layers) else [1 / (1 + math.exp(-net)) for net in nets])
    return values


def backward(layer: Arrays, deltas: list[float]) -> list[float]:
    """The errors of the neurons before a layer."""
    return [sum(map(float.__mul__, column, deltas)) for column in zip(*layer[0])]


def move(layer: Arrays, sources: list[float], deltas: list[float], learning_rate: float) -> None:
    """Change the weights of a layer by one sample's part."""
    rows, biases = layer
    for number, delta in enumerate(deltas):
        change = learning_rate * delta
        rows[number] = [weight + change * source for weight, source in zip(rows[number], sources)]
        biases[number] += change
