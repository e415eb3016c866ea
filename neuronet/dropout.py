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
    mask: what each neuron's output is multiplied by, 0 or 1 / (1 - rate); None, but while training, where every neuron
        speaks as it is. One may set it, and check the gradients of the network as it then is.
    unmasked: the outputs of the last forward walk before they were multiplied.
    fixed: True lets training leave `mask` as it is, and draw nothing.
    """

    __slots__ = ("fixed", "mask", "rate", "rng", "unmasked")

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
        self.mask: Optional[list[Number]] = None
        self.unmasked: list[Number] = []
        self.fixed = False

    def draw(self, kind: validate.Kind = float) -> Optional[list[Number]]:
        """Draw anew which neurons are silent; returns `mask`, numbers of this kind."""
        if not self.fixed:
            silent, louder = kind(0), kind(1 / (1 - self.rate))
            self.mask = [silent if self.rng.random() < self.rate else louder for _ in self.neurons]
        return self.mask

    def rest(self) -> None:
        """Let every neuron speak as it is."""
        if not self.fixed:
            self.mask = None

    def forward(self) -> None:
        """Let every neuron answer, and multiply each output by its place in the mask."""
        super().forward()
        self.unmasked = [neuron.output for neuron in self.neurons]
        if self.mask is not None:
            for neuron, factor in zip(self.neurons, self.mask):
                neuron.output = neuron.output * factor

    def backward(self) -> None:
        """Bring the errors back; the slope is that at the unmasked output, and the mask is a factor of it."""
        if self.mask is None:
            super().backward()
            return
        for neuron, factor, output in zip(self.neurons, self.mask, self.unmasked):
            neuron.error = neuron.hidden_error()
            neuron.delta = neuron.own_delta(output) * factor


def dropout_layers(layers: Iterable[Layer]) -> list[DropoutLayer]:
    """Those of the layers that have dropout, in order."""
    return [layer for layer in layers if isinstance(layer, DropoutLayer)]
