"""Regularization: a penalty on the weights, what the loss adds so that no weight grows larger than it needs to be.

It is a part of the mean loss of a data set, and so its slope is a part of the gradient: it is added once before each
update, and a gradient check sees it. Biases go free, as is usual.
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy

from neuronet import validate
from neuronet.graph import Synapse
from neuronet.scalar import Number, magnitude


class Penalty:
    """What each weight that is no bias adds to the mean loss: l1 * |weight| + l2 / 2 * weight^2.

    l1: draws every weight to 0 by the same pull, and many end near it (Tibshirani 1996, the lasso); 0 or more.
    l2: draws each weight to 0 in proportion to itself: weight decay (Krogh and Hertz 1991, equation 1); 0 or more.

    >>> penalty = Penalty(l2=0.1)
    >>> penalty.value(2.0), penalty.derivative(2.0)
    (0.2, 0.2)
    """

    def __init__(self, l1: Number = 0, l2: Number = 0) -> None:
        self.l1 = l1
        self.l2 = l2

    @classmethod
    def of(cls, l1: Number, l2: Number, kind: validate.Kind = float) -> Penalty | None:
        """The penalty of these strengths, checked, or None where both are 0. DataError below 0."""
        for value, place in ((l1, "l1"), (l2, "l2")):
            validate.at_least_zero(value, place)
        return cls(kind(l1), kind(l2)) if l1 or l2 else None

    def converted(self, kind: validate.Kind) -> Penalty:
        """The same with numbers of another kind; one of a subclass stays one."""
        twin = copy(self)
        twin.l1, twin.l2 = kind(self.l1), kind(self.l2)
        return twin

    def value(self, weight: Number) -> Number:
        """What a weight adds to the loss."""
        square = self.l2 * weight * weight / 2
        return square + self.l1 * magnitude(weight) if self.l1 != 0 else square

    def derivative(self, weight: Number) -> Number:
        """The slope, d value / d weight; at a weight of 0 the slope of |weight| counts as 0."""
        pull = self.l2 * weight
        if self.l1 == 0 or weight.real == 0:
            return pull
        return pull + self.l1 if weight.real > 0 else pull - self.l1

    def add_gradients(self, synapses: Iterable[Synapse]) -> None:
        """Add to the gradient of each synapse that is no bias the slope of its penalty."""
        for synapse in synapses:
            if not synapse.source.is_bias:
                synapse.gradient += self.derivative(synapse.weight)

    def loss(self, synapses: Iterable[Synapse]) -> Number:
        """What the weights of all synapses that are no biases add to the loss together."""
        total = 0
        for synapse in synapses:
            if not synapse.source.is_bias:
                total += self.value(synapse.weight)
        return total

    def __repr__(self) -> str:
        return f"Penalty(l1={self.l1!r}, l2={self.l2!r})"
