"""What one walk over all samples shows: every net, output, error, delta, slope and gradient, read from the objects.

Nothing is computed a second time here. The network walks, and what the walk leaves is noted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import partial
from typing import Any, Callable, Optional

from neuronet.activations import Activation, AnyActivation
from neuronet.diagnosis.report import has_learned
from neuronet.feedforward import FeedForward
from neuronet.graph import Layer, Neuron, Synapse
from neuronet.snapshot import everything_kept

FAR = 0.25
"""An output is far from its target beyond this fraction of the distance between the smallest and the largest target."""

FAR_FROM_CLASS = 0.4
"""The same for an output whose targets are two numbers: then undecided counts as far, and leaning the right way does
not. A stuck XOR network answers 1/2 twice, or is off by 2/3 once; one that has learned it is within 0.11
(docs/explanation/xor-with-two-hidden-neurons.md)."""

FLAT = 0.01
"""A slope below this fraction of the activation's steepest is flat: for a sigmoid |net| > 6, for tanh |net| > 3."""

STUCK = 0.5
"""An error is lost where it is for at least this fraction of the samples that are far from their targets. Fewer may be
oddities of the data, or a layer of relu that is off for some samples, as it should be."""

LARGE = 10
"""Inputs beyond this are named as the cause: weights of -1 to 1 make nets of about such a size of them."""

REFUSALS = (ArithmeticError, ValueError, TypeError)
"""What a function of the user's own may raise at a net that it was not made for."""


def limits_of(targets: Sequence[Sequence[float]]) -> list[float]:
    """For each output, how far from its target is far.

    Where an output wants one number only, that number takes the place of the range, or 1 where it is 0.
    """
    limits = []
    for column in zip(*targets):
        span = max(column) - min(column)
        limits.append((FAR_FROM_CLASS if len(set(column)) == 2 else FAR) * (span or abs(column[0]) or 1.0))
    return limits


def missed(targets: Sequence[Sequence[float]], outputs: Sequence[Sequence[float]]) -> list[int]:
    """The positions of the samples that are far from their targets in any output.

    Far is beyond 0.4 of the distance between the two targets of an output that has two, and beyond a quarter of the
    distance between the smallest and the largest of one that has more.

    targets, outputs: a row for each sample, in the same order.
    """
    limits = limits_of(targets)
    return [
        sample
        for sample, (wanted, given) in enumerate(zip(targets, outputs))
        if any(not abs(target - output) <= far for target, output, far in zip(wanted, given, limits))
    ]


class Observed:
    """What one neuron had in each sample, in order: nets, outputs, errors, deltas, and the slopes there.

    steepest: the largest slope that its activation has; None where a layer shares the activation.
    """

    def __init__(self, steepest: Optional[float]) -> None:
        self.nets: list[float] = []
        self.outputs: list[float] = []
        self.errors: list[float] = []
        self.deltas: list[float] = []
        self.slopes: list[float] = []
        self.steepest = steepest

    def add(self, neuron: Neuron) -> None:
        """Note what the walks left on the neuron."""
        self.nets.append(neuron.net)
        self.outputs.append(neuron.output)
        self.errors.append(neuron.error)
        self.deltas.append(neuron.delta)
        if self.steepest is not None:
            self.slopes.append(float(abs(neuron.activation.derivative(neuron.net, neuron.output))))

    def relative_slope(self, sample: int) -> float:
        """The slope in this sample as a fraction of the steepest; 1 where there is no slope to compare."""
        return self.slopes[sample] / self.steepest if self.steepest else 1.0

    def is_flat(self, sample: int) -> bool:
        """Whether hardly anything of an error gets through in this sample."""
        return self.relative_slope(sample) < FLAT

    def is_off(self, sample: int) -> bool:
        """Whether output and slope are exactly 0 in this sample, as those of a relu below 0: no fault by itself."""
        return self.outputs[sample] == 0 and self.relative_slope(sample) == 0

    @property
    def is_dead(self) -> bool:
        """Whether the slope was exactly 0 in every sample."""
        return bool(self.slopes) and not any(self.slopes)


class Evidence:
    """One forward and one backward walk for every sample.

    network, inputs, targets: checked by the caller; all numbers of the network stay as they were.

    limits: for each output, how far from its target is far.
    losses: one for each sample.
    observed: of each computing neuron, what it had in each sample.
    gradients: of each synapse, the mean over the samples.
    strongest: of each synapse, the largest |gradient| that any single sample has there.
    missed: the positions of the samples that are far from their targets.
    problem: what stopped the walk, in words; "" where nothing did. What was not walked is missing then.
    """

    def __init__(self, network: FeedForward, inputs: list[list[float]], targets: list[list[float]]) -> None:
        self.network = network
        self.inputs = inputs
        self.targets = targets
        self.synapses = network.synapses
        self.limits = limits_of(targets)
        self.losses: list[float] = []
        steepest = {id(neuron.activation): steepest_slope(neuron.activation) for neuron in network.computing}
        self.observed = {neuron: Observed(steepest[id(neuron.activation)]) for neuron in network.computing}
        self.gradients: dict[Synapse, float] = dict.fromkeys(self.synapses, 0.0)
        self.strongest: dict[Synapse, float] = dict.fromkeys(self.synapses, 0.0)
        self.problem = ""
        with everything_kept(network):
            for sample in range(len(inputs)):
                try:
                    self._walk(sample)
                except ArithmeticError as problem:
                    self.problem = f"sample {sample}: {problem}"
                    break
        total = added(self.losses)
        if not self.problem and total - total != 0:
            self.problem = f"the loss of all samples together, which is {total}"
        outputs = [list(row) for row in zip(*(self.observed[neuron].outputs for neuron in network.layers[-1]))]
        self.missed = list(range(len(inputs))) if self.problem else missed(targets, outputs)

    def _walk(self, sample: int) -> None:
        self.network.clear_gradients()
        self.network.propagate(self.inputs[sample])
        loss = self.network.backpropagate(self.targets[sample])
        if loss - loss != 0:
            raise ArithmeticError(f"the loss is {loss}")
        self.losses.append(loss)
        for neuron, observed in self.observed.items():
            observed.add(neuron)
        for synapse in self.synapses:
            self.gradients[synapse] += synapse.gradient / len(self.inputs)
            self.strongest[synapse] = max(self.strongest[synapse], abs(synapse.gradient))

    @property
    def loss(self) -> Optional[float]:
        """The mean loss of a sample; None where it is not finite."""
        return None if self.problem else added(self.losses) / len(self.losses)

    @property
    def learned(self) -> bool:
        """Whether the network has learned its samples: then what looks odd inside it does no harm."""
        return has_learned(len(self.missed), len(self.inputs))

    @property
    def hidden(self) -> list[Layer]:
        """The layers between the inputs and the outputs."""
        return list(self.network.layers[1:-1])

    @property
    def moving(self) -> list[Synapse]:
        """The synapses that are not frozen."""
        return [synapse for synapse in self.synapses if not synapse.frozen]

    @property
    def largest_input(self) -> float:
        """The largest |input| of any sample."""
        return max(abs(x) for row in self.inputs for x in row)

    def sees_large_inputs(self, layer: Layer) -> bool:
        """Whether this is the first layer behind the inputs, and some of them are large."""
        return layer is self.network.layers[1] and self.largest_input > LARGE

    def of_the_missed(self, samples: Collection[int]) -> str:
        """How many of the samples that are far from their targets these are, in words."""
        far = len(self.missed)
        if far == 1:
            return "the sample that is far off"
        if len(samples) == far:
            return f"{'both' if far == 2 else f'all {far}'} samples that are far off"
        return f"{len(samples)} of the {far} samples that are far off"


def added(numbers: Any) -> float:
    """Numbers added up left to right, the same on every Python."""
    total = 0.0
    for number in numbers:
        total += number
    return total


def values_at(nets: Iterable[float], function: Callable[[float], Any]) -> list[float]:
    """The values of a function at these nets, but for those where it raises an error."""
    values = []
    for net in nets:
        try:
            values.append(float(function(net)))
        except REFUSALS:
            continue
    return values


def steepest_slope(activation: AnyActivation) -> Optional[float]:
    """The largest |slope| of an activation between nets of -8 and 8, asked at every eighth; None for a shared one."""
    if not isinstance(activation, Activation):
        return None
    nets = [eighth / 8 for eighth in range(-64, 65)]
    return max(values_at(nets, partial(slope_at, activation)), default=0.0) or None


def slope_at(activation: Activation, net: float) -> Any:
    """The size of the derivative of an activation at this net."""
    return abs(activation.derivative(net, activation.value(net)))
