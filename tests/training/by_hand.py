"""A training written out with the walks, and what the tests of training look at."""

import signal

from neuronet import Activation, datasets
from neuronet.activations import ACTIVATIONS

SIGMOID = ACTIVATIONS["sigmoid"]
XOR = datasets.xor()
FIVE = [[0.5, -0.25], [1, 0.75], [-0.5, 0.25], [0.125, 1], [-1, -0.75]]
WANTED = [[0.25], [1], [0], [0.75], [0.5]]
PYTHONS_OWN = signal.default_int_handler


def bits(network):
    """Every weight, to the last bit and the sign of zero."""
    return [weight.hex() for weight in network.weights]


def gradients(network):
    return [synapse.gradient for synapse in network.synapses]


def one_step(network, inputs, targets, learning_rate=0.5):
    """A step by hand: the mean gradient of these samples, then one update; the losses of the samples."""
    network.clear_gradients()
    losses = []
    for row, wanted in zip(inputs, targets):
        network.forward(row)
        losses.append(network.backward(wanted))
    for synapse in network.synapses:
        synapse.gradient = synapse.gradient / len(inputs)
    network.update(learning_rate)
    return losses


def by_hand(network, inputs, targets, *, epochs, batch_size=1, rng=None):
    """The training of `Network.train`, written out with the walks of the page."""
    for _ in range(epochs):
        order = list(range(len(inputs)))
        if rng is not None:
            rng.shuffle(order)
        for first in range(0, len(order), batch_size):
            batch = order[first : first + batch_size]
            one_step(network, [inputs[sample] for sample in batch], [targets[sample] for sample in batch])


def sigmoid_with(action):
    """The sigmoid, which calls `action(how_many_times_so_far)` before it answers."""
    calls = []

    def value(net):
        calls.append(net)
        action(len(calls))
        return SIGMOID.value(net)

    return Activation("sigmoid with an action", value, SIGMOID.derivative)
