"""What several test files need: everything that a network holds as one value, and a trip through pickle."""

import pickle

import pytest


def mostly_slow(values, *quick):
    """Values for `parametrize`, of which the quick suite takes only some, for each of them takes long."""
    return [value if value in quick else pytest.param(value, marks=pytest.mark.slow) for value in values]


def mostly_slow_rows(rows, *quick):
    """The same for rows, each a tuple with a value for every one of several arguments."""
    return [row if row in quick else pytest.param(*row, marks=pytest.mark.slow) for row in rows]


def bits(network):
    """Everything that a network holds, so that `==` means that nothing was touched, not even a last bit.

    Neurons and synapses stand for themselves, so another object in their place shows. Numbers are compared by their
    `repr`, which tells an int from a float, -0.0 from 0.0, and equals itself for NaN.
    """
    return (
        [(layer, layer.name, layer.bias, tuple(layer.neurons)) for layer in network.layers],
        [
            (
                neuron,
                neuron.name,
                neuron.activation,
                tuple(neuron.incoming),
                tuple(neuron.outgoing),
                repr(shown(neuron)),
            )
            for neuron in network.neurons
        ],
        [
            (synapse, synapse.source, synapse.destination, repr(numbers(synapse)), synapse.frozen)
            for synapse in network.synapses
        ],
        (network.kind, network.loss_function, network.rng, network.rng.getstate()),
    )


def shown(neuron):
    """What the walks left on a neuron."""
    return neuron.net, neuron.output, neuron.error, neuron.delta


def numbers(synapse):
    """The numbers of a synapse."""
    return synapse.weight, synapse.gradient, synapse.initial


def through_pickle(thing, protocol=pickle.DEFAULT_PROTOCOL):
    """What comes back from pickling a thing."""
    return pickle.loads(pickle.dumps(thing, protocol))  # noqa: S301 - bytes of our own making
