"""Documents for the tests of this folder: one with everything that a network can hold, and places in it."""

import copy
import functools
import json
import pickle

import pytest
from hypothesis import strategies as st

from neuronet import Network
from neuronet.errors import FormatError
from neuronet.optimizers import Adam
from neuronet.training.schedules import StepSchedule

FINITE = st.floats(allow_nan=False, allow_infinity=False)


def shape(network):
    """Everything but the weights: names, activations, and who is joined to whom, in order."""
    layers = [
        (layer.name, [(neuron.name, neuron.activation) for neuron in layer], layer.bias and layer.bias.name)
        for layer in network
    ]
    joined = [(synapse.source.name, synapse.destination.name) for synapse in network.synapses]
    return layers, joined, network.loss_function


def a_network():
    """A network with everything that a document can hold."""
    network = Network(
        *(2, 3, 2),
        seed=1,
        activation="tanh",
        output_activation="sigmoid",
        loss="binary_cross_entropy",
        l1=0.001,
        l2=0.01,
        dropout=0.25,
    )
    network.connect("i1", "o2", 0.5)
    network.synapses[3].frozen = True
    network.train(
        *([[0, 1], [1, 0]], [[0, 1], [1, 0]]),
        epochs=4,
        seed=5,
        optimizer=Adam(clip_norm=1),
        schedule=StepSchedule(every=2),
        validation=([[0, 1], [1, 0]], [[1, 0], [0, 1]]),
        early_stopping=10,
        plateau=20,
        min_delta=0.001,
    )
    network.training_state.generator.gauss(0, 1)  # which keeps a second one for later
    assert network.training_state.last_weights is not None
    return network


@functools.cache
def a_text():
    return a_network().to_json()


def a_document():
    return json.loads(a_text())


# Copies of every kind.


COPIES = {
    "copy": lambda network: network.copy(),
    "copy.copy": copy.copy,
    "deepcopy": copy.deepcopy,
    **{
        f"pickle {protocol}": lambda network, protocol=protocol: pickle.loads(pickle.dumps(network, protocol))  # noqa: S301
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1)
    },
}


# Hostile documents: one error of our own that names the place, never another.


def refusal(document):
    """What is said about a document, given as an object or as text."""
    text = document if isinstance(document, (str, bytes)) else json.dumps(document)
    with pytest.raises(FormatError) as caught:
        Network.from_json(text)
    return str(caught.value)


def places(value, path=()):
    """Every place in a document, as a tuple of keys and positions; of a long list the first two and the last."""
    yield path
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in inside:
        if isinstance(value, dict) or key < 2 or key == len(value) - 1:
            yield from places(child, (*path, key))


def replaced(document, path, value):
    """A document with another value at this place."""
    if not path:
        return value
    twin = json.loads(json.dumps(document))
    owner = twin
    for key in path[:-1]:
        owner = owner[key]
    owner[path[-1]] = value
    return twin


def at(document, path):
    for key in path:
        document = document[key]
    return document


def named(path):
    """A place as an error writes it: `layers[1].activation`."""
    text = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path)
    return text.lstrip(".") or "document"


PLACES = list(places(a_document()))
