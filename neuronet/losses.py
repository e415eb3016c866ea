"""Losses: the one number that training lowers, and its derivative by each output.

A loss is written for one output: `value(target, output)` is what that output adds to the loss of the sample, and
`derivative(target, output)` is d value / d output. The loss of a sample is the sum over its outputs; those whose
name begins with `mean_` divide it by the number of outputs. The loss of a data set is the mean over its samples.

The two cross-entropies are written for probabilities, and each has a canonical activation, the one that makes them
(Bishop 2006, section 5.2: the canonical link). With it, the derivatives of the two cancel to `delta = target - output`,
and the value is taken from the nets, so that both are finite where the outputs have been rounded to exactly 0 or 1.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Callable

from neuronet.activations import AnyActivation, refuse_no_formula, shifted_powers, sigmoid, softmax, softplus
from neuronet.errors import DataError, UnknownNameError
from neuronet.scalar import Number, like, log, magnitude


class Loss:
    """A loss of one output, with its derivative.

    name: what `repr`, tables and saved networks call it.
    value: `value(target, output) -> number`, the output's share of the loss, 0 or more.
    derivative: `derivative(target, output) -> d value / d output`; the sign is that of the loss, so the error
        of an output neuron is the negative of it.
    average: False adds the shares of a sample's outputs up, True takes their mean.

    Raises DataError where the name is no text or a formula is no function.

    >>> fourth = Loss("fourth", lambda target, output: (output - target) ** 4,
    ...               lambda target, output: 4 * (output - target) ** 3)
    >>> fourth.value(1, 3), fourth.derivative(1, 3)
    (16, 32)
    """

    __slots__ = ("average", "derivative", "name", "value")

    canonical_activation: AnyActivation | None = None
    """The output activation whose derivative cancels against that of this loss: then delta = target - output."""

    def __init__(
        self,
        name: str,
        value: Callable[[Number, Number], Number],
        derivative: Callable[[Number, Number], Number],
        *,
        average: bool = False,
    ) -> None:
        refuse_no_formula(name, value=(value, "target, output"), derivative=(derivative, "target, output"))
        self.name = name
        self.value = value
        self.derivative = derivative
        self.average = average

    def is_canonical_for(self, activation: AnyActivation) -> bool:
        """Whether the derivatives of this loss and of this output activation cancel to target - output."""
        return self.canonical_activation is activation

    def of_sample(self, targets: Sequence[Number], neurons: Sequence[Any]) -> Number:
        """The loss of one sample: what the output neurons show now, against their targets, in the same order."""
        total = 0
        for target, neuron in zip(targets, neurons):
            total += self.value(target, neuron.output)
        return total / len(neurons) if self.average else total

    def refuse_misfit(self, activations: Sequence[AnyActivation]) -> None:
        """Raise DataError, with the reason, where the output neurons' activations do not suit this loss."""

    def refuse_targets(self, targets: Sequence[Number], place: str) -> None:
        """Raise DataError, with the reason, where one sample's targets do not suit this loss."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r})"

    def __reduce__(self) -> Any:
        if LOSSES.get(self.name) is self:
            return find_loss, (self.name,)
        return _rebuild_loss, (type(self), self.name, self.value, self.derivative, self.average)


class BinaryCrossEntropy(Loss):
    """The cross-entropy of outputs that are each a probability of their own; canonical activation: sigmoid."""

    __slots__ = ()
    canonical_activation = sigmoid

    def of_sample(self, targets: Sequence[Number], neurons: Sequence[Any]) -> Number:
        """The sum over the outputs; for a sigmoid taken from its net: -log(output) is softplus(-net)."""
        total = 0
        for target, neuron in zip(targets, neurons):
            total += self._share(target, neuron)
        return total

    def _share(self, target: Number, neuron: Any) -> Number:
        if neuron.activation is sigmoid:
            return target * softplus.value(-neuron.net) + (1 - target) * softplus.value(neuron.net)
        return self.value(target, neuron.output)

    def refuse_misfit(self, activations: Sequence[AnyActivation]) -> None:
        """Only sigmoid, or an activation of the user's own, which is taken to stay between 0 and 1."""
        for activation in activations:
            if activation is softmax:
                raise DataError(
                    "loss: binary_cross_entropy takes each output for a probability of its own, "
                    "but softmax outputs share one; use categorical_cross_entropy"
                )
            if activation.name in _OUTSIDE_OPEN_INTERVAL:
                raise DataError(
                    f"loss: binary_cross_entropy takes the logarithms of output and 1 - output, so it must "
                    f"stay between them, but {activation.name} does not; use output_activation='sigmoid'"
                )

    def refuse_targets(self, targets: Sequence[Number], place: str) -> None:
        """Each target is a probability: from 0 to 1."""
        for position, target in enumerate(targets):
            if not 0 <= target.real <= 1:
                raise DataError(f"{place}[{position}]: binary_cross_entropy needs a target from 0 to 1, got {target!r}")


class CategoricalCrossEntropy(Loss):
    """The cross-entropy of outputs that together are one distribution; canonical activation: softmax."""

    __slots__ = ()
    canonical_activation = softmax

    def of_sample(self, targets: Sequence[Number], neurons: Sequence[Any]) -> Number:
        """The sum over the outputs of -target * log(output), the logarithm taken from the nets of the row."""
        peak, _, powers = shifted_powers([neuron.net for neuron in neurons])
        log_powers = log(powers)
        total = 0
        for target, neuron in zip(targets, neurons):
            total += target * (log_powers - (neuron.net - peak))
        return total

    def refuse_misfit(self, activations: Sequence[AnyActivation]) -> None:
        """Only softmax over two outputs or more."""
        for activation in activations:
            if activation is not softmax:
                raise DataError(
                    "loss: categorical_cross_entropy needs outputs that add up to 1, as softmax makes them, "
                    f"but {activation.name} outputs do not; use output_activation='softmax', or binary_cross_entropy"
                )
        if len(activations) < 2:
            raise DataError(
                "loss: categorical_cross_entropy needs 2 outputs or more, for softmax over a single one is always 1; "
                "use output_activation='sigmoid' with binary_cross_entropy"
            )

    def refuse_targets(self, targets: Sequence[Number], place: str) -> None:
        """The targets are a distribution: each from 0 to 1, together 1."""
        total = like(targets[0], 0)
        for position, target in enumerate(targets):
            if not 0 <= target.real <= 1:
                raise DataError(
                    f"{place}[{position}]: categorical_cross_entropy needs a target from 0 to 1, got {target!r}"
                )
            total = total + target
        # delta = target - output holds for targets that add up to 1; 1e-12 is the rounding of a long row, no more.
        if not -1e-12 <= total.real - 1 <= 1e-12:
            raise DataError(f"{place}: categorical_cross_entropy needs targets that add up to 1, got {total!r}")


# Activations of the table whose output can be 0 or 1 or beyond, where a logarithm of it is not finite.
_OUTSIDE_OPEN_INTERVAL = ("tanh", "relu", "leaky_relu", "elu", "softplus", "softsign", "hard_sigmoid", "linear")


def _half_squared_error(target: Number, output: Number) -> Number:
    difference = target - output
    return difference * difference / 2


def _squared_error(target: Number, output: Number) -> Number:
    difference = target - output
    return difference * difference


def _absolute_error_slope(target: Number, output: Number) -> Number:
    # Of the output's own kind, because an average divides it: 1 / 2 would be a float.
    if output.real > target.real:
        return like(output, 1)
    return like(output, -1 if output.real < target.real else 0)


def _huber(target: Number, output: Number) -> Number:
    distance = magnitude(output - target)
    if distance.real <= 1:
        return distance * distance / 2
    return distance - like(distance, 1) / 2


def _huber_slope(target: Number, output: Number) -> Number:
    difference = output - target
    if difference.real > 1:
        return like(difference, 1)
    return like(difference, -1) if difference.real < -1 else difference


def _infinity(number: Number) -> Number:
    # A Decimal does not mix with a float, all other kinds do.
    return Decimal("Infinity") if isinstance(number, Decimal) else math.inf


def _part(numerator: Number, denominator: Number) -> Number:
    # A share with weight 0 counts nothing, even where the denominator has been rounded to 0.
    if numerator == 0:
        return numerator
    if denominator != 0:
        return numerator / denominator
    return _infinity(denominator) if numerator.real > 0 else -_infinity(denominator)


def _surprise(weight: Number, probability: Number) -> Number:
    if weight == 0:
        return weight
    return -weight * log(probability) if probability != 0 else _infinity(probability)


def _binary_cross_entropy(target: Number, output: Number) -> Number:
    return _surprise(target, output) + _surprise(1 - target, 1 - output)


def _binary_cross_entropy_slope(target: Number, output: Number) -> Number:
    return _part(1 - target, 1 - output) - _part(target, output)


def _categorical_cross_entropy_slope(target: Number, output: Number) -> Number:
    return -_part(target, output)


half_squared_error = Loss("half_squared_error", _half_squared_error, lambda target, output: output - target)
"""1/2 * sum of (target - output)^2 over the outputs: the loss of the article and of the generalized delta rule
(Rumelhart, Hinton and Williams 1986, eq. 1). Derivative by an output: output - target. Sums."""

mean_squared_error = Loss(
    "mean_squared_error", _squared_error, lambda target, output: 2 * (output - target), average=True
)
"""1/n * sum of (target - output)^2 over the n outputs. Derivative by an output: 2 * (output - target) / n. Averages."""

mean_absolute_error = Loss(
    "mean_absolute_error", lambda target, output: magnitude(target - output), _absolute_error_slope, average=True
)
"""1/n * sum of |target - output| over the n outputs. Derivative by an output: +1/n above the target, -1/n below it,
0 at it. Averages."""

huber = Loss("huber", _huber, _huber_slope)
"""The sum over the outputs of 1/2 * d^2 where d = |target - output| is at most 1, else d - 1/2 (Huber 1964, with the
threshold 1). Derivative by an output: output - target, cut off at -1 and 1. Sums."""

binary_cross_entropy = BinaryCrossEntropy("binary_cross_entropy", _binary_cross_entropy, _binary_cross_entropy_slope)
"""-sum of target * log(output) + (1 - target) * log(1 - output) over the outputs, each a probability of its own.
Derivative by an output: (1 - target) / (1 - output) - target / output, infinite at an output of exactly 0 or 1 that
is wrong; with sigmoid outputs the delta is target - output and always finite (Bishop 2006, section 5.2). Sums."""

categorical_cross_entropy = CategoricalCrossEntropy(
    "categorical_cross_entropy", _surprise, _categorical_cross_entropy_slope
)
"""-sum of target * log(output) over the outputs, which together are one distribution. Derivative by an output:
-target / output; with softmax outputs the delta is target - output (Bridle 1990). Sums."""

LOSSES: dict[str, Loss] = {
    loss.name: loss
    for loss in (
        half_squared_error,
        mean_squared_error,
        mean_absolute_error,
        huber,
        binary_cross_entropy,
        categorical_cross_entropy,
    )
}
"""The losses that a name stands for."""


def find_loss(loss: str | Loss, place: str = "loss") -> Loss:
    """The loss of this name; one that is a `Loss` already is returned as it is.

    loss: a name in `LOSSES`, or a `Loss`.
    place: what an error calls the argument.

    Raises UnknownNameError for anything else; the message lists the known names.
    """
    if isinstance(loss, Loss):
        return loss
    if isinstance(loss, str) and loss in LOSSES:
        return LOSSES[loss]
    raise UnknownNameError(f"{place}: unknown {loss!r}; known: {', '.join(LOSSES)}")


def _rebuild_loss(kind: type[Loss], name: str, value: Any, derivative: Any, average: bool) -> Loss:
    return kind(name, value, derivative, average=average)
