"""Weight decay, done right: a penalty on the weights in the loss, and its slope in the gradient.

It is here as the ground on which two bugs and a decoy stand. Each sample's loss is that of the network plus
decay / 2 * the sum of weight^2 over all synapses that are not biases, so the mean over a data set has it once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Union

from neuronet.graph import Layer, Neuron, Synapse
from neuronet.losses import Loss
from neuronet.network import Network
from neuronet.scalar import Number


def weight_pull(synapse: Synapse) -> Number:
    """The slope of the penalty by one weight, decay * weight with a decay of 1/1000."""
    return synapse.weight / 1000


class DecayedLoss(Loss):
    """A loss with a penalty of weight^2 / 2000 for each weight behind the output neurons.

    plain: the loss without it.
    """

    def __init__(self, plain: Loss) -> None:
        super().__init__(f"{plain.name} + weight decay", plain.value, plain.derivative, average=plain.average)
        self.plain = plain
        self.partner = plain.partner

    def of_sample(self, targets: Sequence[Number], neurons: Sequence[Any]) -> Number:
        """The plain loss of one sample, and the penalty."""
        penalty = 0
        known: set[Neuron] = set()
        waiting = list(neurons)
        while waiting:
            neuron = waiting.pop()
            if neuron not in known:
                known.add(neuron)
                for synapse in neuron.incoming:
                    waiting.append(synapse.source)
                    if not synapse.source.is_bias:
                        penalty += synapse.weight * weight_pull(synapse) / 2
        return self.plain.of_sample(targets, neurons) + penalty

    def refuse_misfit(self, activations: Sequence[Any]) -> None:
        """As the plain loss."""
        self.plain.refuse_misfit(activations)

    def refuse_targets(self, targets: Sequence[Number], place: str) -> None:
        """As the plain loss."""
        self.plain.refuse_targets(targets, place)

    def __reduce__(self) -> Any:
        return DecayedLoss, (self.plain,)


class DecayedNetwork(Network):
    """A network whose loss has the penalty, and whose backward walk knows of it."""

    def __init__(self, *layers: Union[int, str, Layer], **settings: Any) -> None:
        super().__init__(*layers, **settings)
        if not isinstance(self.loss_function, DecayedLoss):
            self.loss_function = DecayedLoss(self.loss_function)

    def backpropagate(self, targets: Sequence[Number]) -> Number:
        """The backward walk, and the pull of the penalty on every weight."""
        loss = super().backpropagate(targets)
        for synapse in self.synapses:
            if not synapse.source.is_bias:
                synapse.gradient += weight_pull(synapse)
        return loss
