"""Decoys: networks that are right, and look wrong to a checker that trusts one step size or one tolerance.

A checker that alarms at everything finds every bug. What it is worth shows here: at each of these it must stay silent.
Each decoy is a function that builds the network and its samples; its docstring is its story.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from neuronet.bugs import DECAY
from neuronet.bugs.bug import summary_and_story
from neuronet.errors import UnknownNameError
from neuronet.museum.specimens import Specimen, draw
from neuronet.network import Network


class Decoy(NamedTuple):
    """A network that is right and looks wrong."""

    name: str
    """In lower case, words joined by hyphens."""
    summary: str
    """What it is, in one sentence."""
    story: str
    """The summary, why it is right, and why a naive checker rejects it."""
    build: Callable[[int], Specimen]
    """Makes the network and its samples from a seed; those that are built by hand are the same for every seed."""


DECOYS: dict[str, Decoy] = {}
"""The decoys by name."""


def decoy(name: str) -> Callable[[Callable[[int], Specimen]], Callable[[int], Specimen]]:
    """Hang a function up as a decoy of this name; its docstring is the story."""

    def hang(build: Callable[[int], Specimen]) -> Callable[[int], Specimen]:
        DECOYS[name] = Decoy(name, *summary_and_story(build), build)
        return build

    return hang


def find_decoy(name: str) -> Decoy:
    """The decoy of this name. UnknownNameError, listing the known ones, for any other."""
    if not isinstance(name, str) or name not in DECOYS:
        raise UnknownNameError(f"decoy: unknown {name!r}; known: {', '.join(DECOYS)}")
    return DECOYS[name]


@decoy("nothing-wrong")
def nothing_wrong(seed: int) -> Specimen:
    """One of the networks on which the bugs are planted, without any.

    Who alarms here alarms at everything.
    """
    return draw(f"nothing wrong {seed}", seed)


@decoy("relu-at-zero")
def relu_at_zero(seed: int) -> Specimen:
    """A relu whose net is exactly 0, where the loss has a kink.

    The backward walk takes the slope of one side, 0, which is as good as any between 0 and 1. A central difference
    finds one half, the mean of both sides.
    """
    network = Network(2, 2, 1, activation="relu", output_activation="linear", seed=seed)
    network.weights = [0.5, 1.0, -0.75, 0.25, -0.5, 0.5, 0.125, 1.5, -0.75]
    return Specimen(network, [[0.25, 1.0], [1.0, 0.5]], [[1.0], [-0.5]])


@decoy("huge-weight")
def huge_weight(seed: int) -> Specimen:
    """A weight of ten thousand million.

    The next float is 0.0000019 further on, and a step of 0.0000005 is lost: the loss does not seem to change with this
    weight, though it does, and the gradient says so.
    """
    network = Network(2, 2, activation="linear", weights=[0.5, 1e10, -0.25, 0.25, 0.5, -0.75], seed=seed)
    inputs = [[1.0, 0.5], [1.0, -1.0]]
    [first, second] = network.predict_all(inputs)
    return Specimen(network, inputs, [[first[0] + 1.0, 0.5], [second[0] + 0.5, 1.0]])


@decoy("near-optimum")
def near_optimum(seed: int) -> Specimen:
    """A network that fits its soft targets, so that all its gradients are tiny.

    The targets are off by a ten-millionth. The loss is not small, for the cross-entropy of soft targets is nowhere
    near 0, and a finite difference of it is mostly rounding, which a relative error calls wrong. An absolute
    tolerance, the usual remedy, would pass a gradient of 0.
    """
    network, inputs, _ = draw(f"near optimum {seed}", 0, ("tanh", "sigmoid", "binary_cross_entropy"))
    targets = [[output * (1 - 1e-7) for output in outputs] for outputs in network.predict_all(inputs)]
    return Specimen(network, inputs, targets)


@decoy("saturated-tanh")
def saturated_tanh(seed: int) -> Specimen:
    """Tanh neurons at nets of 10 to 19, where the slope is tiny but not 0.

    The output is 1 to as many digits as a float has. Computed as 1 - output^2 the slope would have lost its digits,
    and a finite difference sees nothing but rounding.
    """
    network = Network(2, 3, 2, activation="tanh", output_activation="sigmoid", seed=seed)
    for neuron, bias in zip(network[1], (10.0, -15.0, 19.0)):
        neuron.bias = bias
    return Specimen(network, [[0.5, -0.25], [-0.5, 1.0]], [[0.2, 0.9], [0.7, 0.3]])


@decoy("saturated-cross-entropy")
def saturated_cross_entropy(seed: int) -> Specimen:
    """Sigmoid outputs at nets of 40 and -40, and the wrong ones.

    The output is rounded to exactly 1, its target is 0, and the formula of the cross-entropy would take the logarithm
    of 0. The loss is 40 and the delta -1, both finite and right.
    """
    network = Network(2, 3, 2, loss="binary_cross_entropy", seed=seed)
    for neuron, bias in zip(network[2], (40.0, -40.0)):
        neuron.bias = bias
    return Specimen(network, [[0.5, -0.25], [-0.5, 1.0]], [[0.0, 1.0], [0.0, 0.0]])


@decoy("error-of-zero")
def error_of_zero(seed: int) -> Specimen:
    """The mean absolute error, with an output that hits its target exactly.

    A kink: the backward walk takes the slope 0, the two sides have -1 and 1.
    """
    network = Network(1, 2, 2, activation="relu", output_activation="linear", loss="mean_absolute_error", seed=seed)
    network.weights = [0.5, 0.25, 0.25, 0.5, 0.125, 0.5, 1.0, 0.25, -0.5, 0.75]
    [first, second] = network.predict_all([[1.0], [0.5]])
    return Specimen(network, [[1.0], [0.5]], [[first[0], 2.0], [second[0] - 1.0, second[1]]])


@decoy("huber-at-its-corner")
def huber_at_its_corner(seed: int) -> Specimen:
    """Huber's loss, with an output exactly 1 away from its target.

    There the parabola turns into a straight line. The slope is the same on both sides, its change is not: a finite
    difference is off by far more than it expects.
    """
    network = Network(1, 2, 2, activation="relu", output_activation="linear", loss="huber", seed=seed)
    network.weights = [0.5, 0.25, 0.25, 0.5, 0.125, 0.5, 1.0, 0.25, -0.5, 0.75]
    [first, second] = network.predict_all([[1.0], [0.5]])
    return Specimen(network, [[1.0], [0.5]], [[first[0] + 1.0, 2.0], [second[0], second[1] - 1.0]])


@decoy("frozen-synapse")
def frozen_synapse(seed: int) -> Specimen:
    """Two synapses that are frozen on purpose.

    They have gradients, and stand still when the others move. That is not the bug of a layer that never learns.
    """
    network, inputs, targets = draw(f"frozen synapse {seed}", 0)
    network[1][0].incoming[1].frozen = True
    network[2][1].incoming[0].frozen = True
    return Specimen(network, inputs, targets)


@decoy("dead-relu")
def dead_relu(seed: int) -> Specimen:
    """A relu neuron that answers 0 to every sample.

    All its gradients are 0 and so is the slope of the loss: 0 = 0 is right, though a relative error would divide by
    it.
    """
    network = Network(2, 3, 2, activation="relu", output_activation="linear", seed=seed)
    network[1][1].bias = -10.0
    return Specimen(network, [[0.5, -0.25], [-0.5, 1.0], [1.0, 0.75]], [[0.2, 0.9], [0.7, 0.3], [-0.4, 0.1]])


@decoy("deep-chain")
def deep_chain(seed: int) -> Specimen:
    """A chain of nine sigmoid neurons, one to a layer.

    Each passes on at most a quarter of its error, so the first gradients are many thousand times smaller than the
    last. They are right to nearly every digit; a tolerance that is one number for all of them cannot say so.
    """
    network = Network(2, *[1] * 9, seed=seed)
    return Specimen(network, [[0.5, -0.25], [-0.5, 1.0], [1.0, 0.75]], [[0.2], [0.7], [0.4]])


@decoy("weight-decay")
def weight_decay(seed: int) -> Specimen:
    """A penalty on the weights, rightly in the loss and in the gradient.

    Who compares with a loss of one's own instead of the network's finds every weight off by a little.
    """
    plain, inputs, targets = draw(f"weight decay {seed}", 0, ("tanh", "sigmoid", "half_squared_error"))
    sizes = [len(layer) for layer in plain]
    network = Network(*sizes, activation="tanh", output_activation="sigmoid", weights=plain.weights, l2=DECAY)
    return Specimen(network, inputs, targets)
