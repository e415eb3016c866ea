"""What the tests of the gradient check share: right networks and wrong ones, samples, and walks of one's own."""

import math

from slips import ForgottenSlope, ForgottenSynapse

from neuronet import (
    Activation,
    Network,
    check_gradients,
)
from neuronet.activations import ACTIVATIONS
from neuronet.errors import DataError
from neuronet.graph import Neuron
from neuronet.losses import LOSSES, find_loss
from neuronet.scalar import exp, like, magnitude

EPSILON = 2.0**-52

INPUTS = [[0.5, -1.0], [0.25, 0.75], [1.0, 0.5]]
TARGETS = [[0.25, 1.0], [0.5, 0.0], [1.0, 0.75]]

ON_FLOATS = ["complex", "dual", "central", "forward", "richardson", "decimal"]
DIFFERENCES = ["central", "forward", "richardson"]
EVERY_METHOD = [*ON_FLOATS, "exact"]


def smooth(**options):
    """A right network that no method has any trouble with."""
    return Network(2, 3, 2, **{"activation": "tanh", "output_activation": "sigmoid", "seed": 3, **options})


def rational(**options):
    """A right network whose numbers can stay fractions; not kinked at the samples above."""
    return Network(2, 3, 2, **{"activation": "softsign", "seed": 3, **options})


def planted(slip, *shape, **options):
    """A network whose neurons, or which itself, is of a class with a slip."""
    if issubclass(slip, Network):
        return slip(*(shape or (2, 3, 2)), **{"activation": "softsign", "seed": 3, **options})

    class Planted(Network):
        neuron_class = slip

    return planted(Planted, *shape, **options)


class ForgottenBias(Neuron):
    """The bias gets no gradient."""

    __slots__ = ()

    def add_gradients(self):
        super().add_gradients()
        for synapse in self.incoming:
            if synapse.source.is_bias:
                synapse.gradient = 0 * synapse.gradient


class SlightlyLong(Neuron):
    """Every gradient is a millionth too long."""

    __slots__ = ()

    def add_gradients(self):
        for synapse in self.incoming:
            synapse.gradient -= self.delta * synapse.source.output * 1_000_001 / 1_000_000


class NeverCleared(Neuron):
    """Gradients pile up from one walk to the next."""

    __slots__ = ()

    def clear_gradients(self, zero=0):
        pass


SLIPS = [ForgottenSlope, ForgottenSynapse, ForgottenBias, SlightlyLong]


def report_of(network, inputs=INPUTS, targets=TARGETS, **options):
    return check_gradients(network, inputs, targets, **options)


def reasons(report):
    return {entry.reason for entry in report.entries if entry.reason}


def fitting_pairs():
    """Every (output activation, loss) that the library accepts for two outputs."""
    pairs = []
    for activation in ACTIVATIONS:
        for loss in LOSSES:
            try:
                find_loss(loss).refuse_misfit([ACTIVATIONS[activation]] * 2)
            except DataError:
                continue
            pairs.append((activation, loss))
    return pairs


ONLY_FLOATS = Activation("only_floats", math.tanh, lambda net, output: 1 - output * output)
TRUE_FLOATS = Activation(
    "true_floats", lambda net: 1.0 / (1.0 + exp(-1.0 * net)), lambda net, output: output * (1.0 - output)
)
ABS = Activation("abs", abs, lambda net, output: 1 if net.real > 0 else -1)
ABS_SQUARE = Activation("abs_square", lambda net: abs(net) * net, lambda net, output: 2 * magnitude(net))


def assigning(network, targets):
    """A right walk from scratch, which assigns what it finds and returns nothing."""
    for neuron, target in zip(network[-1], targets):
        neuron.delta = (target - neuron.output) * neuron.activation.derivative(neuron.net, neuron.output)
    for layer in network.layers[-2:0:-1]:
        for neuron in layer:
            error = sum(synapse.weight * synapse.destination.delta for synapse in neuron.outgoing)
            neuron.delta = error * neuron.activation.derivative(neuron.net, neuron.output)
    for synapse in network.synapses:
        synapse.gradient = -synapse.destination.delta * synapse.source.output


def relu_at_zero(backward_slope=0):
    """A relu network with a net of exactly 0, and a relu whose slope there can be chosen; both 0 and 1 are right."""
    kinked = Activation(
        "kinked",
        lambda net: net if net.real >= 0 else like(net, 0),
        lambda net, output: 1 if net.real > 0 else backward_slope if net.real == 0 else 0,
    )
    network = Network(2, 2, 1, activation=kinked, output_activation="linear", seed=1)
    network.weights = [0.5, 1.0, -0.75, 0.375, -0.5, 0.5, 0.125, 1.5, -0.75]
    return network, [[0.25, 1.0], [1.0, 0.5]], [[1.0], [-0.5]]


def sign_turned(network, targets):
    network.backward(targets)
    for synapse in network.synapses:
        synapse.gradient = -synapse.gradient
