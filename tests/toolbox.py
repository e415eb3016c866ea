"""What the tests of penalty, dropout, schedules and resumed training share."""

import pytest

from neuronet import Network, datasets
from neuronet.dropout import dropout_layers
from neuronet.errors import DataError

XOR = tuple(map(list, datasets.xor()))
ENGINES = ("walk", "unrolled")
FIVE = [[0.5, -0.25], [1, 0.75], [-0.5, 0.25], [0.125, 1], [-1, -0.75]]
WANTED = [[0.25], [1], [0], [0.75], [0.5]]


def told(history):
    """What a history says, to the last bit, but for the time that it took."""
    records = [repr(epoch._replace(seconds=0)) for epoch in history]
    return records, history.stopped, history.best_epoch, history.steps


def bits(network):
    """Everything that training goes on from, and what stands on the neurons."""
    states = [synapse.optimizer_state and repr(vars(synapse.optimizer_state)) for synapse in network.synapses]
    gradients = [repr(synapse.gradient) for synapse in network.synapses]
    shown = [repr((one.net, one.output, one.error, one.delta)) for one in network.neurons]
    generators = [network.rng.getstate(), *(layer.rng.getstate() for layer in dropout_layers(network.layers))]
    kept = [repr(layer.mask) for layer in dropout_layers(network.layers)]
    return [repr(weight) for weight in network.weights], states, gradients, shown, generators, kept


def held(network):
    """The same, and the objects that stand there."""
    state = network.training_state and {name: repr(value) for name, value in vars(network.training_state).items()}
    objects = [
        network.optimizer,
        network.penalty,
        network.training_state,
        *(one.optimizer_state for one in network.synapses),
    ]
    boxes = [layer.mask for layer in dropout_layers(network.layers)]
    return bits(network), state, repr(network.optimizer), list(map(id, [*objects, *boxes]))


def refused(call, message, kind=DataError):
    with pytest.raises(kind) as caught:
        call()
    assert str(caught.value) == message


# Dropout.


def dropped(*, rate=0.5, seed=1, **settings):
    return Network(2, 4, 3, 1, activation="tanh", seed=seed, dropout=rate, **settings)


# The walk, step by step.


def stepped(optimizer):
    network = Network(2, 4, 1, activation="tanh", seed=3, l1=0.01, l2=0.02, dropout=0.5)
    network.optimizer = optimizer
    network[1].mask, network[1].fixed = [0, 2, 1, 0], True
    return network
