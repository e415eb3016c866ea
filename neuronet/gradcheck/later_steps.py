"""What shows only from the second update on: whole trainings, step by step, against steps made of the gradients there.

A walk that never clears its gradients is right once. So the network trains for a few epochs, in one batch and sample by
sample, at another learning rate and by another optimizer. Each epoch is then taken again: from where it began, with the
gradients that a check has found right, each batch beginning at 0, and with the formula of the optimizer alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from neuronet import training
from neuronet.dropout import dropout_layers
from neuronet.errors import DataError, TrainingError
from neuronet.feedforward import FeedForward
from neuronet.gradcheck.network_objective import NetworkObjective
from neuronet.gradcheck.references import EPSILON
from neuronet.gradcheck.report import FAIL, Entry
from neuronet.optimizers import SGD, Momentum, Optimizer
from neuronet.scalar import Number

EPOCHS = 3
"""A slip that shows every other time shows in one of them."""

ALIKE = 1e-6
"""What two steps may differ by, relative to the larger: both follow the same gradients, and slips differ by factors."""


class Way(NamedTuple):
    """How the network trains."""

    words: str
    batch_size: int
    optimizer: Optimizer
    learning_rate: Number


def ways_to_train(objective: NetworkObjective, rate: Number) -> list[Way]:
    """Those that bring out what a single step does not."""
    own, samples = objective.network.optimizer, objective.samples
    other = Way(f"by {own.name}", samples, own, objective.kind(own.learning_rate))
    if type(own) is SGD and not own.clips:
        other = Way("by momentum", samples, Momentum(), objective.kind(Momentum.learning_rate))
    return [
        Way("in one batch", samples, SGD(), rate),
        Way("sample by sample", 1, SGD(), rate),
        Way("at another learning rate", samples, SGD(), rate / 4),
        other,
    ]


def wrong_later_steps(objective: NetworkObjective, rate: Number) -> tuple[list[Entry], list[str]]:
    """The weights that went elsewhere than their gradients lead, and in which update; nothing where none did.

    objective: the network and its samples; what it holds is kept by the caller.
    rate: the learning rate of the step that was right.
    """
    for way in ways_to_train(objective, rate):
        try:
            path = _trained(objective, way)
        except (DataError, TrainingError):  # the optimizer does not fit the network, or the steps are too long
            continue
        for epoch, (start, end) in enumerate(zip(path, path[1:]), start=1):
            wrong = _compared(objective, way, start, end, _led_to(objective, way, path[:epoch]))
            if wrong:
                return wrong, [
                    f"the first step is right, and epoch {epoch} of a training {way.words} leads elsewhere than its "
                    "gradients: is something not cleared, or carried over from an update before?"
                ]
    return [], []


def _trained(objective: NetworkObjective, way: Way) -> list[list[Number]]:
    """The weights before the first epoch and after each, as the network trains."""
    network, path = objective.network, [objective.network.weights]
    settings: dict[str, Any] = {
        "epochs": EPOCHS,
        "learning_rate": way.learning_rate,
        "batch_size": way.batch_size,
        "shuffle": False,
        "optimizer": way.optimizer,
        "callback": lambda epoch: path.append(network.weights),
    }
    with objective.kept():
        for layer in dropout_layers(network.layers):
            layer.fixed = True
        if hasattr(network, "train"):
            stopped = network.train(objective.inputs, objective.targets, **settings).stopped
        else:
            samples = objective.inputs, objective.targets
            stopped = training.train(network, samples, training.Given(**settings)).stopped
    if stopped == "interrupted":  # training holds Ctrl-C back; it was meant for the whole check
        raise KeyboardInterrupt
    return path


def _led_to(objective: NetworkObjective, way: Way, starts: Sequence[Sequence[Number]]) -> list[Number]:
    """Where the gradients lead in the last of the epochs that begin at these weights."""
    network, optimizer = objective.network, way.optimizer
    with objective.kept():
        synapses = network.synapses
        if type(optimizer) is not type(network.optimizer):
            for synapse in synapses:
                synapse.optimizer_state = None
        optimizer.prepare(synapses, way.learning_rate, network.kind)
        for start in starts:
            for synapse, weight in zip(synapses, start):
                synapse.weight = weight
            for first in range(0, objective.samples, way.batch_size):
                _take_step(objective, optimizer, way.learning_rate, slice(first, first + way.batch_size))
        return [synapse.weight for synapse in synapses]


def _take_step(objective: NetworkObjective, optimizer: Optimizer, rate: Number, batch: slice) -> None:
    """One update by the formula of the optimizer, with gradients that begin at 0."""
    part = Batch(objective.network, objective.inputs[batch], objective.targets[batch])
    parameters = part.parameters(("weights", "biases"))
    part.forget_gradients()
    for parameter, gradient in zip(parameters, part.gradients(parameters)):
        if parameter.synapse is not None:
            parameter.synapse.gradient = gradient
    synapses = objective.network.synapses
    if optimizer.clips:
        optimizer.clip(synapses)
    for synapse in synapses:
        if not synapse.frozen:
            optimizer.update(synapse, rate)


class Batch(NetworkObjective):
    """Some of the samples, whose gradients end as the library ends them: what a network makes of few is checked."""

    def finish_gradients(self) -> None:
        """The mean, and the penalty."""
        FeedForward.average_gradients(self.network, len(self.inputs))
        FeedForward.add_penalty(self.network)


def _compared(
    objective: NetworkObjective, way: Way, start: Sequence[Number], end: Sequence[Number], led_to: Sequence[Number]
) -> list[Entry]:
    """An entry for each weight that moved otherwise than its gradient leads, as the gradient that the move implies."""
    moves = [(before - after, before - right) for before, after, right in zip(start, end, led_to)]
    largest = max((abs(right) for _, right in moves), default=0)
    found = []
    for parameter, weight, (moved, right) in zip(objective.parameters(("weights", "biases")), start, moves):
        rounding = 64 * objective.kind(EPSILON) * (abs(weight) + largest) * objective.samples
        allowed = objective.kind(ALIKE) * max(abs(moved), abs(right)) + rounding
        if not abs(moved - right) <= allowed:
            gradient, reference, room = (one / way.learning_rate for one in (moved, right, allowed))
            found.append(Entry(parameter.layer, "step", parameter.name, gradient, reference, room, FAIL, "wrong"))
    return found
