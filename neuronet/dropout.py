"""Dropout: a hidden row of which, in training, some neurons are silent, others for each sample.

So no neuron can rely on a certain other one. What is left speaks up by 1 / (1 - rate), so that the sums of the next
row stay the same in the mean; and when the network is used, every neuron speaks as it is. Source: Srivastava, Hinton,
Krizhevsky, Sutskever, Salakhutdinov 2014, section 4, with the scaling moved into training (their section 10).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from random import Random
from typing import Optional

from neuronet import validate
from neuronet.graph import Layer, Neuron
from neuronet.scalar import Number


class DropoutLayer(Layer):
    """A hidden row with dropout.

    rate: how much of the row is silent on average, above 0, below 1.
    rng: where it draws from, a generator of its own.
    mask: what each neuron's answer is multiplied by; 1 but while training: then 0 or 1 / (1 - rate). One may set
        it, and check the gradients of the network as it then is.
    fixed: True lets training leave `mask` as it is, and draw nothing.
    """

    __slots__ = ("fixed", "mask", "rate", "rng")

    def __init__(
        self,
        name: str,
        neurons: Sequence[Neuron],
        bias: Optional[Neuron] = None,
        rate: float = 0.5,
        rng: Optional[Random] = None,
    ) -> None:
        super().__init__(name, neurons, bias)
        self.rate = rate
        self.rng = Random() if rng is None else rng
        self.mask: list[Number] = [1] * len(self.neurons)
        self.fixed = False

    def draw(self, kind: validate.Kind = float) -> list[Number]:
        """Draw anew which neurons are silent; returns `mask`, numbers of this kind."""
        if not self.fixed:
            silent, louder = kind(0), kind(1 / (1 - self.rate))
            self.mask = [silent if self.rng.random() < self.rate else louder for _ in self.neurons]
        return self.mask

    def rest(self) -> None:
        """Let every neuron speak as it is."""
        if not self.fixed:
            self.mask = [1] * len(self.neurons)

    def forward(self) -> None:
        """Let every neuron answer, and multiply each answer by what is kept of it."""
        super().forward()
        for neuron, kept in zip(self.neurons, self.mask):
            if not is_whole(kept):
                neuron.output = neuron.output * kept

    def backward(self) -> None:
        """Bring the errors back; a slope is that of the whole answer, and as much of it counts as was kept."""
        for neuron, kept in zip(self.neurons, self.mask):
            neuron.error = neuron.hidden_error()
            if is_whole(kept):
                neuron.delta = neuron.own_delta()
                continue
            output, neuron.output = neuron.output, neuron.activation.value(neuron.net)
            neuron.delta = neuron.own_delta() * kept
            neuron.output = output


def is_whole(kept: Number) -> bool:
    """Whether a neuron speaks as it is: what is drawn is never the int 1."""
    return type(kept) is int and kept == 1


def dropout_layers(layers: Iterable[Layer]) -> list[DropoutLayer]:
    """Those of the layers that have dropout, in order."""
    return [layer for layer in layers if isinstance(layer, DropoutLayer)]
