"""What one walk over all samples shows: every net, output, error, delta, slope and gradient, read from the objects.

Nothing is computed a second time here. The network walks, and what the walk leaves is written down.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Optional

from neuronet.activations import Activation, AnyActivation
from neuronet.diagnosis.report import has_learned
from neuronet.feedforward import FeedForward
from neuronet.graph import Layer, Neuron, Synapse
from neuronet.snapshot import everything_kept

FAR = 0.25
"""An output is far from its target beyond this share of the distance between the smallest and the largest target."""

FAR_FROM_CLASS = 0.4
"""The same for an output whose targets are two numbers: then undecided counts as far, and leaning the right way does
not. A stuck XOR network answers 1/2 twice, or is off by 2/3 once; one that has learned it is within 0.11
(docs/explanation/xor-with-two-hidden-neurons.md)."""

FLAT = 0.01
"""A slope below this share of the activation's steepest is flat: for a sigmoid |net| > 6, for tanh |net| > 3."""

STUCK = 0.5
"""An error is lost where it is for at least this share of the samples that are far from their targets. Fewer may be
oddities of the data, or a row of relu that rests for some samples, as it should."""

REFUSALS = (ArithmeticError, ValueError, TypeError)
"""What a function of the user's own may raise at a net that it was not made for."""


def far_offs(targets: Sequence[Sequence[float]]) -> list[float]:
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
    limits = far_offs(targets)
    return [
        sample
        for sample, (wanted, given) in enumerate(zip(targets, outputs))
        if any(not abs(target - output) <= far for target, output, far in zip(wanted, given, limits))
    ]


class Trace:
    """What one neuron showed in each sample, in order: nets, outputs, errors, deltas, and the slopes there.

    steepest: the largest slope that its activation has; None where a row shares the activation.
    """

    def __init__(self, steepest: Optional[float]) -> None:
        self.nets: list[float] = []
        self.outputs: list[float] = []
        self.errors: list[float] = []
        self.deltas: list[float] = []
        self.slopes: list[float] = []
        self.steepest = steepest

    def add(self, neuron: Neuron) -> None:
        """Write down what the walks left on the neuron."""
        self.nets.append(neuron.net)
        self.outputs.append(neuron.output)
        self.errors.append(neuron.error)
        self.deltas.append(neuron.delta)
        if self.steepest is not None:
            self.slopes.append(float(abs(neuron.activation.derivative(neuron.net, neuron.output))))

    def share(self, sample: int) -> float:
        """The slope in this sample, as a share of the steepest; 1 where there is no slope to compare."""
        return self.slopes[sample] / self.steepest if self.steepest else 1.0

    @property
    def is_dead(self) -> bool:
        """Whether the slope was exactly 0 in every sample."""
        return bool(self.slopes) and all(slope == 0 for slope in self.slopes)

    def rests(self, sample: int) -> bool:
        """Whether it says and learns exactly nothing in this sample, as a relu does below 0: no fault by itself."""
        return self.outputs[sample] == 0 and self.share(sample) == 0


class Evidence:
    """One forward and one backward walk for every sample.

    network, inputs, targets: what is walked on; checked by the caller, and all numbers on it kept.

    limits: for each output, how far from its target is far.
    losses: one for each sample.
    traces: the trace of each computing neuron.
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
        self.limits = far_offs(targets)
        self.losses: list[float] = []
        steepest = {id(neuron.activation): steepest_slope(neuron.activation) for neuron in network.computing}
        self.traces = {neuron: Trace(steepest[id(neuron.activation)]) for neuron in network.computing}
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
        outputs = [list(row) for row in zip(*(self.traces[neuron].outputs for neuron in network.layers[-1]))]
        self.missed = list(range(len(inputs))) if self.problem else missed(targets, outputs)

    def _walk(self, sample: int) -> None:
        self.network.clear_gradients()
        self.network.propagate(self.inputs[sample])
        loss = self.network.backpropagate(self.targets[sample])
        if loss - loss != 0:
            raise ArithmeticError(f"the loss is {loss}")
        self.losses.append(loss)
        for neuron, trace in self.traces.items():
            trace.add(neuron)
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


def added(numbers: Any) -> float:
    """Numbers added up left to right, the same on every Python."""
    total = 0.0
    for number in numbers:
        total += number
    return total


def steepest_slope(activation: AnyActivation) -> Optional[float]:
    """The largest |slope| of an activation between nets of -8 and 8, asked at every eighth; None for a shared one."""
    if not isinstance(activation, Activation):
        return None
    slopes = []
    for eighth in range(-64, 65):
        net = eighth / 8
        try:
            slopes.append(float(abs(activation.derivative(net, activation.value(net)))))
        except REFUSALS:
            continue
    return max(slopes, default=0.0) or None


def listed(names: Sequence[Any], most: int = 4) -> str:
    """A few names in words: "h1, h2 and 3 more"."""
    texts = [str(name) for name in names]
    if len(texts) > most:
        return f"{', '.join(texts[:most])} and {len(texts) - most} more"
    return " and ".join([", ".join(texts[:-1]), texts[-1]]) if len(texts) > 1 else "".join(texts)


def share(part: float) -> str:
    """A share in per cent, as a reader would say it."""
    percent = 100 * part
    return f"{percent:.0f} %" if percent >= 10 else f"{percent:.2g} %"


def those(samples: Sequence[int], missed: Sequence[int]) -> str:
    """So many of the samples that are far from their targets, in words."""
    far = len(missed)
    if far == 1:
        return "the sample that is far off"
    if len(samples) == far:
        return f"{'both' if far == 2 else f'all {far}'} samples that are far off"
    return f"{len(samples)} of the {far} samples that are far off"
