"""A setting that cannot be right is refused, and changes nothing."""

import math
from random import Random

import pytest
from by_hand import XOR, bits, gradients

from neuronet import Network
from neuronet.errors import DataError, NeuronetError

pytestmark = pytest.mark.usefixtures("both_engines")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"epochs": 0}, "epochs: expected a whole number of at least 1, got 0"),
        ({"epochs": -3}, "epochs"),
        ({"epochs": 2.0}, "epochs"),
        ({"epochs": True}, "epochs"),
        ({"epochs": "9"}, "epochs"),
        ({"epochs": None}, "epochs"),
        ({"learning_rate": 0}, "learning_rate: expected a number above 0, got 0"),
        ({"learning_rate": -0.5}, "learning_rate"),
        ({"learning_rate": math.nan}, "learning_rate: expected a finite number, got nan"),
        ({"learning_rate": math.inf}, "learning_rate"),
        ({"learning_rate": True}, "learning_rate"),
        ({"learning_rate": "fast"}, "learning_rate: expected a number, got 'fast'"),
        ({"batch_size": 0}, "batch_size: expected a whole number of at least 1, got 0"),
        ({"batch_size": 1.5}, "batch_size"),
        ({"batch_size": True}, "batch_size"),
        ({"shuffle": 1}, "shuffle: expected True or False, got 1"),
        ({"shuffle": "yes"}, "shuffle"),
        ({"seed": 1.5}, "seed: expected a whole number"),
        ({"seed": "1"}, "seed"),
        ({"seed": True}, "seed"),
        ({"rng": 5}, "rng: expected a random.Random, got 5"),
        ({"seed": 1, "rng": Random(1)}, "seed and rng: expected one of them"),
        ({"until_loss": -0.1}, "until_loss: expected a number of 0 or more, got -0.1"),
        ({"until_loss": math.nan}, "until_loss"),
        ({"until_loss": "low"}, "until_loss"),
        ({"time_limit": 0}, "time_limit: expected a number above 0, got 0"),
        ({"time_limit": -1}, "time_limit"),
        ({"time_limit": math.inf}, "time_limit"),
        ({"callback": 5}, "callback: expected a function of one Epoch, got 5"),
        ({"inputs": []}, "inputs: expected at least one row, got none"),
        ({"inputs": "text"}, "inputs: expected a list of rows"),
        ({"inputs": None}, "inputs"),
        ({"inputs": [1, 2, 3, 4]}, r"inputs\[0\]: expected a row of 2 numbers, got 1"),
        ({"inputs": [[0, 0], [0, 1], [1], [1, 1]]}, r"inputs\[2\]: expected 2 numbers, got 1"),
        ({"inputs": [[0, 0], [0, math.nan], [1, 0], [1, 1]]}, r"inputs\[1\]\[1\]: expected a finite number"),
        ({"inputs": [[0, 0], [0, True], [1, 0], [1, 1]]}, r"inputs\[1\]\[1\]: expected a number, got True"),
        ({"inputs": [[0, 0], [0, "1"], [1, 0], [1, 1]]}, r"inputs\[1\]\[1\]: expected a number, got '1'"),
        ({"targets": [[0], [1], [1]]}, "targets: expected one row for each row of inputs, that is 4, got 3"),
        ({"targets": [[0], [1], [1], [0, 0]]}, r"targets\[3\]: expected 1 number, got 2"),
        ({"targets": [0, 1, 1, 0]}, r"targets\[0\]"),
        ({"targets": [[0], [1], [math.inf], [0]]}, r"targets\[2\]\[0\]: expected a finite number, got inf"),
    ],
)
def test_an_argument_that_cannot_be_right_is_refused_and_changes_nothing(change, message):
    network = Network(2, 4, 1, seed=3)
    network.forward([1, 0])
    network.backward([0])
    before = everything(network)
    arguments = {"inputs": XOR.inputs, "targets": XOR.targets, "epochs": 5, **change}
    with pytest.raises(DataError, match=f"^{message}"):
        network.train(arguments.pop("inputs"), arguments.pop("targets"), **arguments)
    assert everything(network) == before


def everything(network):
    """All that training could change."""
    neurons = [(neuron.net, neuron.output, neuron.error, neuron.delta) for neuron in network.neurons]
    return bits(network), gradients(network), neurons, network.rng.getstate()


def test_epochs_have_to_be_given():
    with pytest.raises(TypeError, match="epochs"):
        Network(2, 4, 1, seed=3).train(*XOR)


def test_targets_that_do_not_suit_the_loss_are_refused_by_their_place():
    network = Network(2, 1, loss="binary_cross_entropy", seed=3)
    before = everything(network)
    with pytest.raises(DataError, match=r"^targets\[2\]\[0\]: binary_cross_entropy needs a target from 0 to 1"):
        network.train(XOR.inputs, [[0], [1], [1.5], [0]], epochs=1)
    assert everything(network) == before


def test_a_network_whose_graph_was_broken_is_refused_before_it_is_trained():
    network = Network(2, 4, 1, seed=3)
    network.synapses[3].weight = math.nan
    with pytest.raises(NeuronetError, match="finite number for a weight"):
        network.train(*XOR, epochs=1)
