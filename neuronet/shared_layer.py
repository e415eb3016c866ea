"""A row of neurons that share one activation, such as softmax: each output depends on every net of the row."""

from __future__ import annotations

from collections.abc import Sequence

from neuronet.graph import Layer
from neuronet.losses import Loss
from neuronet.scalar import Number


class SharedLayer(Layer):
    """An output row whose neurons share one activation, such as softmax: each output depends on every net."""

    __slots__ = ()

    def forward(self) -> None:
        """Find every net first, then all the outputs together."""
        for neuron in self.neurons:
            neuron.net = neuron.weighted_sum()
        outputs = self.neurons[0].activation.values([neuron.net for neuron in self])
        for neuron, output in zip(self.neurons, outputs):
            neuron.output = output

    def backward_from(self, targets: Sequence[Number], loss: Loss) -> None:
        """Find every error first, then all the deltas together."""
        activation = self.neurons[0].activation
        for neuron, target in zip(self.neurons, targets):
            neuron.error = neuron.output_error(target, loss, len(self.neurons))
        if loss.is_canonical_for(activation):
            deltas = [neuron.output_delta(target) for neuron, target in zip(self.neurons, targets)]
        else:
            deltas = activation.deltas([neuron.error for neuron in self], [neuron.output for neuron in self])
        for neuron, delta in zip(self.neurons, deltas):
            neuron.delta = delta
