"""Faults of the graph and its weights."""

from diagnosed import XOR, found

from neuronet import Network, datasets
from neuronet.data.datasets import find_dataset


def test_zeros_and_any_other_constant_leave_the_hidden_neurons_twins():
    for network in (Network(2, 4, 1, weights="zeros"), Network(2, 3, 1, activation="tanh", weights=[0.5] * 13)):
        twins = found(network)["symmetric"]
        assert twins.numbers["neurons"] == [neuron.name for neuron in network[1]]
        assert twins.numbers["gradients_apart"] == 0
        network.train(*XOR, epochs=50, seed=1)
        assert "symmetric" in found(network)


def test_only_the_twins_are_named_and_one_other_weight_parts_them():
    network = Network(2, 4, 1, seed=1)
    h1, _, h3, _ = network[1]
    for one, other in zip([*h1.incoming, *h1.outgoing], [*h3.incoming, *h3.outgoing]):
        other.weight = one.weight
    assert found(network)["symmetric"].numbers["neurons"] == ["h1", "h3"]
    h3.outgoing[0].weight += 1e-9
    assert "symmetric" not in found(network)


def test_xor_without_a_hidden_neuron_is_found_with_its_proof():
    missing = found(Network(2, 1, seed=1))["no hidden neuron"]
    assert "1/2 * inputs[1] + 1/2 * inputs[2] = 1/2 * inputs[0] + 1/2 * inputs[3]" in missing.shows
    assert missing.numbers == {"samples": 4, "right": 3, "point": [0.5, 0.5], "hidden": 0, "bits": 2, "known": 2}
    linear = Network(2, 4, 1, activation="linear", output_activation="sigmoid", seed=1)
    assert "its hidden neurons are linear" in found(linear)["no hidden neuron"].shows


def test_what_a_straight_line_divides_needs_no_hidden_neuron():
    for name in ("and", "or", "nand", "gauss"):
        assert Network(2, 1, seed=1).diagnose(*find_dataset(name)).ok
    assert set(found(Network(4, 3, seed=1), *datasets.iris())) == {"no hidden neuron"}  # versicolor is in the middle


def test_a_synapse_past_the_only_hidden_neuron_is_enough_for_xor():
    network = Network(2, 1, 1, seed=1)
    assert found(network)["too few hidden neurons"].numbers["hidden"] == 1
    network.connect("i1", "o1", 0.5)
    network.connect("i2", "o1", 0.5)
    assert found(network) == {}


def test_a_single_neuron_with_a_hidden_layer_behind_it_can_make_a_bump():
    assert found(Network(2, 1, 2, 1, seed=1)) == {}


def test_parity_with_too_few_hidden_neurons_is_found():
    too_few = found(Network(4, 2, 1, seed=1), *datasets.parity(4))["too few hidden neurons"]
    assert too_few.numbers == {"hidden": 2, "bits": 4, "known": 3}
    assert found(Network(4, 3, 1, seed=1), *datasets.parity(4)) == {}
    turned = [[1 - answer] for [answer] in datasets.parity(4).targets]
    assert "too few hidden neurons" in found(Network(4, 2, 1, seed=1), datasets.parity(4).inputs, turned)


def test_a_network_all_frozen_or_all_cut_is_found():
    network = Network(2, 4, 1, seed=1)
    for synapse in network.synapses:
        synapse.frozen = True
    assert found(network)["frozen"].numbers == {"synapses": 17}
    network.synapses[0].frozen = False
    assert "frozen" not in found(network)
    for synapse in network.synapses:
        network.disconnect(synapse)
    assert {"frozen", "unconnected"} <= set(network.diagnose(*XOR).faults)


def test_what_no_path_reaches_is_found():
    network = Network(2, 4, 1, seed=1)
    network.disconnect(network.neuron("h2").outgoing[0])
    assert found(network)["unconnected"].numbers == {"neurons": ["h2"]}
    network = Network(2, 4, 1, seed=1)
    for synapse in list(network.neuron("i1").outgoing):
        network.disconnect(synapse)
    assert found(network)["unconnected"].where == "i1"
