"""Engines: what goes through an epoch. The first is the walk over the objects; any other does the same arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Optional, Protocol

from neuronet.dropout import dropout_layers
from neuronet.feedforward import FeedForward
from neuronet.scalar import Number, magnitude

Totals = tuple[Number, Number]
"""The loss and the sum of |target - output| over all outputs, of one sample or added up over several."""


class Engine(Protocol):
    """What goes through the epochs.

    name: what the history calls it.
    """

    name: str

    @property
    def steps(self) -> int:
        """How many updates it has made."""

    def epoch(self, order: list[int], learning_rate: Number, halted: Callable[[], bool]) -> Optional[Totals]:
        """Go once over all samples in this order; None where `halted`, which is asked before a step, said to stop.

        Raises ArithmeticError, naming the sample, when the loss or a weight is no longer a finite number.
        """

    def go_back(self) -> None:
        """Put the weights, and what the optimizer keeps of synapses, back to where the last epoch began."""

    def show(self) -> None:
        """Between two steps, put the weights where other threads can see them; these only look."""

    def settle(self) -> None:
        """Put every number where the caller can see it."""


class WalkEngine:
    """The engine that walks over the objects: for each batch the samples one by one, then the update.

    network: what is trained.
    inputs, targets: the samples, checked.
    batch_size: samples to an update.
    """

    name = "walk"

    def __init__(
        self, network: FeedForward, inputs: list[list[Number]], targets: list[list[Number]], batch_size: int
    ) -> None:
        self.network = network
        self.inputs = inputs
        self.targets = targets
        self.batch_size = batch_size
        self.steps = 0
        self.synapses = network.synapses
        self.dropouts = dropout_layers(network.layers)
        self._settled = True
        self._weights: list[Number] = []
        self._states: list[dict[str, Number]] = []

    def epoch(self, order: list[int], learning_rate: Number, halted: Callable[[], bool]) -> Optional[Totals]:
        """As `Engine.epoch`."""
        if self._settled:  # only then can anybody have changed the network since the last epoch
            self.prepare(learning_rate)
            self._settled = False
        self._weights = [synapse.weight for synapse in self.synapses]
        if self.network.optimizer.initial_state:
            self._states = [dict(vars(synapse.optimizer_state)) for synapse in self.synapses]
        try:
            return self._steps(order, learning_rate, halted)
        finally:
            self.show()

    def prepare(self, learning_rate: Number) -> None:
        """Let every synapse have what the optimizer keeps of it; a callback may have changed any of them."""
        self.synapses = self.network.synapses
        self.network.optimizer.prepare(self.synapses, learning_rate, self.network.kind)

    def _steps(self, order: list[int], learning_rate: Number, halted: Callable[[], bool]) -> Optional[Totals]:
        network, inputs, targets = self.network, self.inputs, self.targets
        loss = distance = 0
        for first in range(0, len(order), self.batch_size):
            if halted():
                return None
            batch = order[first : first + self.batch_size]
            for sample in batch:
                for layer in self.dropouts:
                    layer.draw(network.kind)
                try:
                    sample_loss, sample_distance = walk(network, inputs[sample], targets[sample])
                    if sample_loss - sample_loss != 0:
                        raise ArithmeticError(f"the loss is {sample_loss}")
                except ArithmeticError as problem:
                    raise ArithmeticError(f"sample {sample}: {problem}") from None
                loss += sample_loss
                distance += sample_distance
            try:
                network.end_batch(len(batch), learning_rate)
            except ArithmeticError as problem:
                raise ArithmeticError(f"the update after sample {batch[-1]}: {problem}") from None
            self.steps += 1
        self._refuse_infinite(loss, distance, order[-1])
        return loss, distance

    def _refuse_infinite(self, loss: Number, distance: Number, last: int) -> None:
        if loss - loss != 0 or distance - distance != 0:
            raise ArithmeticError(f"after sample {last}: the loss of all samples together is {loss}")
        if any(synapse.weight - synapse.weight != 0 for synapse in self.synapses):
            raise ArithmeticError(f"after sample {last}: a weight is no longer a finite number")
        for synapse in self.synapses if self.network.optimizer.initial_state else ():
            for name, value in vars(synapse.optimizer_state).items():
                if value - value != 0:
                    raise ArithmeticError(
                        f"after sample {last}: {name}, which the optimizer keeps of a synapse, is {value}"
                    )
        penalty = self.network.penalty_loss()
        if penalty - penalty != 0:
            raise ArithmeticError(f"after sample {last}: the penalty on the weights is {penalty}")

    def go_back(self) -> None:
        """As `Engine.go_back`."""
        for synapse, weight in zip(self.synapses, self._weights):
            synapse.weight = weight
        for synapse, state in zip(self.synapses, self._states):
            vars(synapse.optimizer_state).update(state)

    def show(self) -> None:
        """As `Engine.show`: they are there already, but the dropout masks are to be taken off."""
        for layer in self.dropouts:
            layer.rest()

    def settle(self) -> None:
        """As `Engine.settle`: everything is in its place already, but may be changed now."""
        self._settled = True


def walk(network: FeedForward, inputs: Sequence[Number], targets: Sequence[Number]) -> Totals:
    """Walk forward and backward for one sample; its loss, and the sum of |target - output| over its outputs."""
    network.propagate(inputs)
    loss = network.backpropagate(targets)
    distance = 0
    for target, neuron in zip(targets, network.layers[-1].neurons):
        distance += magnitude(target - neuron.output)
    return loss, distance
