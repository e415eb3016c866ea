"""The graph is in order, stays in order, and says so in a few words."""

import math
import sys
from fractions import Fraction
from random import Random

import pytest
from helpers import bits
from hypothesis import given
from hypothesis import strategies as st

from neuronet import Layer, Network, Neuron, Synapse
from neuronet.activations import ACTIVATIONS, always_one, find_activation
from neuronet.errors import DataError, GraphError, NeuronetError, UnknownNameError
from neuronet.initializers import INITIAL_WEIGHTS
from neuronet.shared_layer import SharedLayer

LIMITED = hasattr(sys, "get_int_max_str_digits")
"""Whether this Python refuses to write the digits of a huge number."""


def names(things):
    return [thing.name for thing in things]


def ends(synapses):
    return [f"{synapse.source.name} {synapse.destination.name}" for synapse in synapses]


def incoming(network, name):
    return names(synapse.source for synapse in network.neuron(name).incoming)


def outgoing(network, name):
    return names(synapse.destination for synapse in network.neuron(name).outgoing)


# Shape, names and order.


def test_neurons_stand_in_walking_order_the_bias_before_its_row():
    assert names(Network(2, 3, 1).neurons) == ["i1", "i2", "b1", "h1", "h2", "h3", "b2", "o1"]


def test_several_hidden_layers_are_numbered():
    network = Network(1, 2, 1, 2)
    assert names(network.neurons) == ["i1", "b1", "h1_1", "h1_2", "b2", "h2_1", "b3", "o1", "o2"]
    assert names(network) == ["input", "hidden1", "hidden2", "output"]


def test_one_hidden_layer_needs_no_number():
    assert names(Network(2, 3, 1)) == ["input", "hidden", "output"]


def test_without_biases_there_are_no_bias_neurons():
    assert names(Network(2, 2, 1, bias=False).neurons) == ["i1", "i2", "h1", "h2", "o1"]


def test_weights_go_destination_by_destination_bias_first_then_by_source():
    assert ends(Network(2, 2, 1).synapses) == [
        *("b1 h1", "i1 h1", "i2 h1"),
        *("b1 h2", "i1 h2", "i2 h2"),
        *("b2 o1", "h1 o1", "h2 o1"),
    ]


def test_outgoing_synapses_stand_in_the_order_of_their_destinations():
    network = Network(2, 3, 2)
    assert [outgoing(network, name) for name in ("i1", "b1", "h2")] == [["h1", "h2", "h3"]] * 2 + [["o1", "o2"]]


def test_the_flat_weights_are_those_of_the_synapses_and_settable():
    network = Network(2, 2, 1)
    network.weights = range(9)
    assert network.weights == [float(place) for place in range(9)]
    assert [synapse.weight for synapse in network.synapses] == network.weights
    assert network[1][1].incoming[2].weight == 5.0
    assert {type(weight) for weight in network.weights} == {float}


def test_setting_the_weights_does_not_change_where_reset_goes():
    network = Network(2, 2, 1, seed=1)
    born = network.weights
    network.weights = [0] * 9
    network.reset()
    assert network.weights == born


@pytest.mark.parametrize("text", ["6-4-3-1", " 6 - 4-3 -1 "])
def test_a_shape_may_be_written_with_dashes(text):
    network = Network(text, seed=1)
    assert [len(layer) for layer in network] == [6, 4, 3, 1]
    assert network.weights == Network(6, 4, 3, 1, seed=1).weights


@pytest.mark.parametrize("sizes", [(1, 1), (2, 4, 1), (3, 1, 5, 2)])
def test_a_network_joins_every_neuron_to_every_neuron_of_the_next_row(sizes):
    for bias in (True, False):
        network = Network(*sizes, bias=bias)
        assert len(network.synapses) == sum((a + bias) * b for a, b in zip(sizes, sizes[1:]))
        network.check()


def test_a_network_is_a_sequence_of_layers_and_a_layer_one_of_neurons():
    network = Network(2, 3, 1)
    assert len(network) == 3
    assert list(network) == [network[0], network[1], network[2]] == list(network[:])
    assert len(network[1]) == 3
    assert list(network[1]) == [network[1][0], network[1][1], network[1][2]] == network[1][:]
    assert network[-1][-1].name == "o1"
    assert network[1][0] in network[1]
    assert network[1].index(network[1][2]) == 2


def test_input_neurons_have_no_incoming_and_outputs_no_outgoing_synapses():
    network = Network(2, 3, 1)
    assert [neuron.incoming for neuron in (*network[0], network[1].bias, network[2].bias)] == [[]] * 4
    assert network[2][0].outgoing == []


def test_a_neuron_is_found_by_its_name():
    network = Network(2, 3, 1)
    assert network.neuron("h2") is network[1][1]
    assert network.neuron("b2") is network[2].bias


def test_an_unknown_neuron_is_refused_with_the_known_names():
    with pytest.raises(UnknownNameError) as caught:
        Network(1, 1).neuron("h9")
    assert str(caught.value) == "neuron: unknown 'h9'; known: i1, b1, o1"


def test_a_subclass_may_bring_its_own_neurons_and_synapses():
    class OwnNeuron(Neuron):
        __slots__ = ()

    class OwnSynapse(Synapse):
        __slots__ = ()

    class OwnNetwork(Network):
        neuron_class = OwnNeuron
        synapse_class = OwnSynapse

    network = OwnNetwork(2, 3, 1)
    added = network.connect("i1", "o1")
    for each in (network, network.copy()):
        assert {type(neuron) for neuron in each.neurons} == {OwnNeuron}
        assert {type(synapse) for synapse in each.synapses} == {OwnSynapse}
    assert type(added) is OwnSynapse


# Layers that the caller has wired.


def wired():
    """Two inputs, a hidden neuron with a bias, and an output that also sees the second input."""
    inputs = [Neuron("left", "linear"), Neuron("right", "linear")]
    hidden, output, one = Neuron("middle", "tanh"), Neuron("out"), Neuron("one", always_one)
    Synapse(hidden, output, 0.5)
    Synapse(inputs[1], output, -2, frozen=True)
    Synapse(inputs[1], hidden, 3)
    Synapse(one, hidden, 0.25)
    Synapse(inputs[0], hidden, 1)
    return Layer("eyes", inputs), Layer("thought", [hidden], one), Layer("word", [output])


def test_layers_wired_by_the_caller_keep_their_weights_and_flags():
    network = Network(*wired())
    assert ends(network.synapses) == ["one middle", "left middle", "right middle", "right out", "middle out"]
    assert network.weights == [0.25, 1, 3, -2, 0.5]
    assert [synapse.frozen for synapse in network.synapses] == [False, False, False, True, False]


def test_layers_wired_by_the_caller_in_any_order_come_into_order():
    layers = wired()
    Network(*layers).check()
    assert names(synapse.destination for synapse in layers[0][1].outgoing) == ["middle", "out"]


def test_layers_wired_by_the_caller_walk():
    network = Network(*wired())
    net = 0.25 + 1 * 0.5 + 3 * 0.125
    wanted = ACTIVATIONS["sigmoid"].value(-2 * 0.125 + 0.5 * math.tanh(net))
    assert network.forward([0.5, 0.125]) == [wanted]


def test_layers_wired_by_the_caller_reset_to_the_weights_that_they_were_born_with():
    network = Network(*wired())
    network.weights = [9] * 5
    network.reset()
    assert network.weights == [0.25, 1, 3, -2, 0.5]


def test_a_copy_of_wired_layers_is_wired_alike():
    network = Network(*wired())
    twin = network.copy()
    assert names(twin.neurons) == names(network.neurons) == ["left", "right", "one", "middle", "out"]
    assert ends(twin.synapses) == ends(network.synapses)
    assert names(twin) == ["eyes", "thought", "word"]


def test_a_shared_activation_needs_a_shared_layer():
    def layers(kind):
        inputs, outputs = [Neuron("in", "linear")], [Neuron("yes", "softmax"), Neuron("no", "softmax")]
        for output in outputs:
            Synapse(inputs[0], output, 1)
        return Layer("input", inputs), kind("output", outputs)

    assert Network(*layers(SharedLayer)).forward([3]) == [0.5, 0.5]
    with pytest.raises(GraphError, match=r"^layers\[1\]: expected a SharedLayer, got a Layer$"):
        Network(*layers(Layer))


# Connecting and cutting.


@pytest.mark.parametrize(
    ("source", "destination", "order"),
    [
        ("i1", "o1", ["b3", "i1", "h2_1", "h2_2"]),
        ("h1_2", "o1", ["b3", "h1_2", "h2_1", "h2_2"]),
        ("i2", "h2_1", ["b2", "i2", "h1_1", "h1_2"]),
    ],
)
def test_a_new_synapse_takes_its_place_in_order(source, destination, order):
    network = Network(2, 2, 2, 1, seed=1)
    synapse = network.connect(source, destination, 0.5)
    network.check()
    assert incoming(network, destination) == order
    assert outgoing(network, source)[-1] == destination
    assert (synapse.weight, synapse.initial, synapse.gradient, synapse.frozen) == (0.5, 0.5, 0, False)
    assert type(synapse.weight) is float


def test_connect_takes_neurons_as_well_as_names():
    network = Network(1, 1, 1)
    synapse = network.connect(network[0][0], network[2][0], 2)
    assert (synapse.source, synapse.destination) == (network[0][0], network[2][0])


def test_connect_takes_a_weight_of_the_kind_that_flows():
    assert type(Network(1, 1, 1, activation="relu", kind=Fraction).connect("i1", "o1", 0.5).weight) is Fraction


def test_a_bias_may_be_cut_and_joined_again():
    network = Network(1, 1, 1, seed=1)
    network.disconnect(network[2][0].incoming[0])
    network.check()
    assert incoming(network, "o1") == ["h1"]
    network.connect("b2", "o1", 0.75)
    network.check()
    assert incoming(network, "o1") == ["b2", "h1"]
    assert network[2][0].bias == 0.75


def test_disconnect_takes_the_synapse_from_both_of_its_ends():
    network = Network(2, 2, 1, seed=1)
    synapse = network[1][0].incoming[1]
    network.disconnect(synapse)
    network.check()
    assert ends(network.synapses) == ["b1 h1", "i2 h1", "b1 h2", "i1 h2", "i2 h2", "b2 o1", "h1 o1", "h2 o1"]
    assert outgoing(network, "i1") == ["h2"]


def test_a_neuron_may_be_cut_off_altogether():
    network = Network(1, 2, 1, bias=False, weights=[1, 2, 3, 4])
    for synapse in (*network[1][1].incoming, *network[1][1].outgoing):
        network.disconnect(synapse)
        network.check()
    alone = Network(1, 1, 1, bias=False, weights=[1, 3])
    assert network.predict([0.5]) == alone.predict([0.5])
    network.train([[1]], [[0]], epochs=2)


def test_a_reset_goes_back_to_the_weight_of_a_connected_synapse():
    network = Network(1, 1, 1, seed=1)
    synapse = network.connect("i1", "o1", 0.5)
    network.train([[1]], [[0]], epochs=2)
    assert synapse.weight != 0.5
    network.reset()
    assert synapse.weight == 0.5


@given(data=st.data())
def test_the_graph_stays_in_order_through_any_cuts_and_joints(data):
    network = Network(2, 2, 2, 1, seed=1)
    for _ in range(data.draw(st.integers(1, 12))):
        pairs = {(synapse.source, synapse.destination) for synapse in network.synapses}
        free = [
            (a, b)
            for row, layer in enumerate(network)
            for a in layer
            for later in network.layers[row + 1 :]
            for b in later
            if (a, b) not in pairs
        ]
        if free and data.draw(st.booleans()):
            network.connect(*data.draw(st.sampled_from(free)), 0.5)
        elif network.synapses:
            network.disconnect(data.draw(st.sampled_from(network.synapses)))
        network.check()
        network.forward([1, 0])
        network.backward([1])


REFUSED = [
    ("o1", "h1", "'o1' -> 'h1', weight=0.0000): expected to lead forward"),
    ("h1", "h2", "'h1' -> 'h2', weight=0.0000): expected to lead forward"),
    ("h1", "h1", "'h1' -> 'h1', weight=0.0000): expected to lead forward"),
    ("b2", "h1", "h1: expected at most one synapse from a bias neuron"),
    ("i1", "i2", "i2: expected no incoming synapse at an input or bias neuron"),
    ("h1", "i1", "i1: expected no incoming synapse at an input or bias neuron"),
    ("i1", "b2", "b2: expected no incoming synapse at an input or bias neuron"),
    ("b1", "b2", "b2: expected no incoming synapse at an input or bias neuron"),
    ("b1", "o1", "o1: expected at most one synapse from a bias neuron"),
    ("b2", "h2", "'b2' -> 'h2', weight=0.0000): expected to lead forward"),
    ("i1", "h1", "i1 -> h1: expected two neurons that are not joined yet"),
    ("x9", "h1", "neuron: unknown 'x9'; known: i1, i2, b1"),
    ("i1", "x9", "neuron: unknown 'x9'; known: i1, i2, b1"),
    (None, "h1", "source: expected a neuron of this network or its name, got None"),
    ("i1", 3, "destination: expected a neuron of this network or its name, got 3"),
    (Neuron("h1"), "o1", "source: expected a neuron of this network or its name, got Neuron('h1')"),
    ("i1", Neuron("o1"), "destination: expected a neuron of this network or its name, got Neuron('o1')"),
]


@pytest.mark.parametrize(("source", "destination", "message"), REFUSED)
def test_a_synapse_that_no_walk_could_follow_is_refused_and_leaves_nothing(source, destination, message):
    network = Network(2, 2, 1, seed=1)
    network.disconnect(network[1][1].incoming[0])  # h2 has no bias
    network.forward([1, 0])
    network.backward([1])
    before = bits(network)
    with pytest.raises(NeuronetError) as caught:
        network.connect(source, destination)
    assert message in str(caught.value)
    assert bits(network) == before
    network.check()


@pytest.mark.parametrize("thing", [None, 3, "i1", Synapse(Neuron("i1"), Neuron("h1"), 0.5)])
def test_only_a_synapse_of_the_network_can_be_cut(thing):
    network = Network(2, 2, 1, seed=1)
    before = bits(network)
    with pytest.raises(GraphError, match="expected a synapse of this network"):
        network.disconnect(thing)
    assert bits(network) == before


def test_a_synapse_is_cut_once():
    network = Network(2, 2, 1, seed=1)
    synapse = network.synapses[0]
    network.disconnect(synapse)
    with pytest.raises(GraphError, match=r"^Synapse\('b1' -> 'h1', weight=0.0000\): expected a synapse of this"):
        network.disconnect(synapse)


def test_a_synapse_of_a_copy_is_not_of_the_network():
    network = Network(2, 2, 1, seed=1)
    with pytest.raises(GraphError):
        network.disconnect(network.copy().synapses[0])


# check() states every invariant: each is broken by hand here.


def lose_the_source_end(network):
    network[0][0].outgoing.pop()


def lose_the_destination_end(network):
    network[1][0].incoming.pop()


def double_the_destination_end(network):
    network[1][0].incoming.append(network[1][0].incoming[-1])


def double_the_source_end(network):
    network[0][0].outgoing.append(network[0][0].outgoing[-1])


def join_twice(network):
    Synapse(network[0][1], network[1][0], 1.0)


def swap_incoming(network):
    network[1][0].incoming.reverse()


def swap_two_sources(network):
    row = network[1][0].incoming
    row[1], row[2] = row[2], row[1]


def swap_outgoing(network):
    network[0][0].outgoing.reverse()


def lead_backward(network):
    Synapse(network[2][0], network[1][0], 1.0)
    network[1][0].incoming.sort(key=lambda synapse: (not synapse.source.is_bias, synapse.source.name))


def lead_out(network):
    Synapse(network[1][0], Neuron("stranger"), 1.0)


def lead_in(network):
    Synapse(Neuron("stranger"), network[1][0], 1.0)


def lead_to_an_input(network):
    Synapse(network[0][0], network[0][1], 1.0)
    network[0][0].outgoing.insert(0, network[0][0].outgoing.pop())


def lead_to_a_bias(network):
    Synapse(network[0][0], network[2].bias, 1.0)


def rewire_one_end(network):
    network[1][1].incoming[1].destination = network[2][1]


def rewire_the_source(network):
    network[1][0].incoming[1].source = network[0][1]


def weigh(weight):
    def change(network):
        network[1][0].incoming[1].weight = weight

    return change


def freeze(flag):
    def change(network):
        network[1][0].incoming[1].frozen = flag

    return change


def activate(row, activation):
    def change(network):
        network[row][0].activation = activation

    return change


def rename(network):
    network[1][0].name = "i1"


def name_a_bias_like_a_neuron(network):
    network[2].bias.name = "o1"


def empty_a_row(network):
    network[1].neurons.clear()


def add_to_a_row(network):
    network[1].neurons.append(Neuron("h3"))


def take_from_a_row(network):
    neuron = network[1].neurons.pop()
    for synapse in (*neuron.incoming, *neuron.outgoing):
        synapse.source.outgoing.remove(synapse)
        synapse.destination.incoming.remove(synapse)


def stand_twice(network):
    network[1].neurons[1] = network[1].neurons[0]


def swap_a_row(network):
    network[1].neurons.reverse()


def drop_a_layer(network):
    network.layers = network.layers[:1]


def give_inputs_a_bias(network):
    network[0].bias = Neuron("b0", always_one)


def replace_the_bias(network):
    network[1].bias.activation = find_activation("linear")


def turn_a_bias_down(network):
    network[1].bias.output = 0.5


def two_biases(network):
    Synapse(network[1].bias, network[2][0], 1.0)
    network[2][0].incoming.sort(key=lambda synapse: (not synapse.source.is_bias, synapse.source.name))


BROKEN = [
    (lose_the_source_end, "Synapse('i1' -> 'h2', weight=0.5275): expected at both of its ends, found at one only"),
    (lose_the_destination_end, "Synapse('i2' -> 'h1', weight=0.6949): expected at both of its ends, found at one only"),
    (double_the_destination_end, "h1: expected its incoming synapses bias first, then by source, each source once"),
    (double_the_source_end, "i1: expected its outgoing synapses by destination, each destination once"),
    (join_twice, "i2: expected its outgoing synapses by destination, each destination once"),
    (swap_incoming, "h1: expected its incoming synapses bias first, then by source, each source once"),
    (swap_two_sources, "h1: expected its incoming synapses bias first, then by source, each source once"),
    (swap_outgoing, "i1: expected its outgoing synapses by destination, each destination once"),
    (lead_backward, "Synapse('o1' -> 'h1', weight=1.0000): expected to lead forward, to a later layer"),
    (lead_out, "Synapse('h1' -> 'stranger', weight=1.0000): expected at both of its ends, found at one only"),
    (lead_in, "Synapse('stranger' -> 'h1', weight=1.0000): expected at both of its ends, found at one only"),
    (lead_to_an_input, "i2: expected no incoming synapse at an input or bias neuron"),
    (lead_to_a_bias, "b2: expected no incoming synapse at an input or bias neuron"),
    (rewire_one_end, "Synapse('i1' -> 'o2', weight=0.5275): expected a synapse within the network that leads to h2"),
    (
        rewire_the_source,
        "Synapse('i2' -> 'h1', weight=-0.7313): expected a synapse within the network that comes from i1",
    ),
    (weigh(math.nan), "Synapse('i1' -> 'h1', weight=nan): expected a finite number for a weight"),
    (weigh(-math.inf), "Synapse('i1' -> 'h1', weight=-inf): expected a finite number for a weight"),
    (weigh(complex(0, math.nan)), "expected a finite number for a weight"),
    (weigh(True), "expected a finite number for a weight"),
    (weigh("0.5"), "Synapse('i1' -> 'h1', weight=0.5): expected a finite number for a weight"),
    (weigh(None), "Synapse('i1' -> 'h1', weight=None): expected a finite number for a weight"),
    (weigh([0.5]), "Synapse('i1' -> 'h1', weight=[0.5]): expected a finite number for a weight"),
    (freeze(1), "Synapse('i1' -> 'h1', weight=-0.7313): expected True or False for frozen, got 1"),
    (freeze(None), "expected True or False for frozen, got None"),
    (activate(1, "relu"), "h1.activation: expected an Activation, got 'relu'"),
    (activate(1, ACTIVATIONS["softmax"]), "layers[1]: expected softmax in the output layer only"),
    (activate(2, ACTIVATIONS["softmax"]), "layers[2]: expected softmax for the whole row or for no neuron"),
    (activate(1, always_one), "h1: expected a bias neuron beside a row (Layer.bias), not in it"),
    (rename, "layers[1]: expected a name of its own for each neuron, got 'i1'"),
    (name_a_bias_like_a_neuron, "layers[2]: expected a name of its own for each neuron, got 'o1'"),
    (empty_a_row, "layers[1]: expected at least one neuron, got none"),
    (add_to_a_row, "layers: expected the neurons that the network was built with; make a Network(*layers)"),
    (take_from_a_row, "layers: expected the neurons that the network was built with; make a Network(*layers)"),
    (swap_a_row, "i1: expected its outgoing synapses by destination, each destination once"),
    (stand_twice, "h1: expected in one place, but it stands in two"),
    (drop_a_layer, "layers: expected at least an input and an output layer, got 1"),
    (give_inputs_a_bias, "layers[0].bias: expected none, because inputs are given, not summed"),
    (replace_the_bias, "layers[1].bias: expected a neuron that is always 1, got Neuron('b1', output=1.0000)"),
    (turn_a_bias_down, "b1: expected a bias neuron's output to be 1, got 0.5"),
    (two_biases, "o1: expected at most one synapse from a bias neuron"),
]


@pytest.mark.parametrize(
    ("harm", "message"), BROKEN, ids=[f"{harm.__name__}-{n}" for n, (harm, _) in enumerate(BROKEN)]
)
def test_check_catches_a_graph_that_is_broken_by_hand(harm, message):
    network = Network(2, 2, 2, seed=1)
    network.check()
    harm(network)
    with pytest.raises(GraphError) as caught:
        network.check()
    assert message in str(caught.value)


def test_check_looks_at_every_layer_that_the_walks_use():
    # A shared row in the place of a plain one, and the other way round.
    network = Network(2, 2, output_activation="softmax")
    for neuron in network[1]:
        neuron.activation = find_activation("sigmoid")
    with pytest.raises(GraphError, match=r"^layers\[1\]: expected a Layer, got a SharedLayer$"):
        network.check()


def test_training_starts_with_a_check():
    network = Network(2, 2, 1, seed=1)
    network[1][0].activation = "relu"
    before = bits(network)
    with pytest.raises(GraphError, match=r"^h1\.activation: expected an Activation, got 'relu'$"):
        network.train([[1, 0]], [[1]], epochs=1)
    assert bits(network) == before


def test_a_row_that_has_grown_is_welcome_in_a_new_network():
    network = Network(2, 2, 1, seed=1)
    grown = Neuron("h3")
    Synapse(network[0][0], grown, 0.5)
    Synapse(grown, network[2][0], 0.5)
    network[1].neurons.append(grown)
    larger = Network(*network.layers)
    larger.train([[1, 0]], [[1]], epochs=1)
    assert grown.incoming[0].weight != 0.5


# The bias of a neuron.


def test_the_bias_of_a_neuron_is_the_weight_from_its_bias_neuron():
    network = Network(2, 2, 1, weights=range(9))
    assert [neuron.bias for neuron in network.computing] == [0, 3, 6]
    network[1][1].bias = -0.5
    assert network.weights == [0, 1, 2, -0.5, 4, 5, 6, 7, 8]


@pytest.mark.parametrize("name", ["i1", "h1", "o1"])
def test_a_neuron_without_a_bias_says_so(name):
    neuron = Network(1, 1, 1, bias=False).neuron(name)
    with pytest.raises(GraphError, match=f"^{name}: expected a synapse from a bias neuron, but it has none$"):
        neuron.bias  # noqa: B018 - reading is what fails
    with pytest.raises(GraphError, match=f"^{name}: expected a synapse from a bias neuron, but it has none$"):
        neuron.bias = 1


def test_is_bias_tells_bias_neurons_from_others():
    assert [neuron.name for neuron in Network(1, 2, 1).neurons if neuron.is_bias] == ["b1", "b2"]


# What is shown.


def test_a_neuron_shows_its_numbers_once_it_has_them():
    network = Network(2, 2, 1, weights=[0.35, 0.15, 0.20, 0.35, 0.25, 0.30, 0.60, 0.40, 0.45])
    assert repr(network[1][0]) == "Neuron('h1')"
    network.forward([0.05, 0.10])
    assert repr(network[0][0]) == "Neuron('i1', output=0.0500)"
    assert repr(network[1][0]) == "Neuron('h1', net=0.3775, output=0.5933)"
    network.backward([0.01])
    assert repr(network[2][0]) == "Neuron('o1', net=1.1059, output=0.7514, delta=-0.1385)"
    assert repr(network[1].bias) == "Neuron('b1', output=1.0000)"


def test_a_synapse_shows_its_ends_and_its_weight():
    assert repr(Network(2, 1, weights=[0, 0.5, -2]).synapses[2]) == "Synapse('i2' -> 'o1', weight=-2.0000)"


def test_a_synapse_counts_nothing_until_it_is_given_a_weight():
    synapse = Synapse(Neuron("a"), Neuron("b"))
    assert (synapse.weight, synapse.gradient, synapse.initial, synapse.frozen) == (0, 0, 0, False)


def test_a_layer_shows_its_name_and_the_first_six_of_its_neurons():
    network = Network(7, 6, 1)
    assert repr(network[0]) == "Layer('input', i1, i2, i3, i4, i5, i6, ...)"
    assert repr(network[1]) == "Layer('hidden', h1, h2, h3, h4, h5, h6)"


def test_a_network_shows_its_shape():
    class Own(Network):
        pass

    assert repr(Network(2, 4, 1)) == "Network(2, 4, 1)"
    assert repr(Own(2, 4, 1)) == "Own(2, 4, 1)"


@pytest.mark.parametrize(
    ("weight", "shown"),
    [
        (0.0, "0.0000"),
        (-1 / 3, "-0.3333"),
        (999999.0, "999999.0000"),
        (1e6, "1.0000e+06"),
        (-999999.0, "-999999.0000"),
        (-1e6, "-1.0000e+06"),
        (-1e300, "-1.0000e+300"),
        (math.inf, "inf"),
        (math.nan, "nan"),
        (7, "7.0000"),
        (Fraction(1, 3), "1/3"),
        (Fraction(1, 10**37), f"1/1{'0' * 37}"),  # 40 characters
        (Fraction(1, 10**38), f"1/1{'0' * 34}..."),
        (Fraction(1, 10**60), f"1/1{'0' * 34}..."),
        (Fraction(1, 10**5000), "a huge Fraction" if LIMITED else f"1/1{'0' * 34}..."),
        (1 + 2j, "(1+2j)"),
    ],
)
def test_a_weight_of_any_kind_is_shown_in_a_few_characters(weight, shown):
    text = repr(Synapse(Neuron("a"), Neuron("b"), weight))
    assert text == f"Synapse('a' -> 'b', weight={shown})"


def test_print_shows_a_table():
    network = Network(2, 2, 1, weights=[0.35, 0.15, 0.20, 0.35, 0.25, 0.30, 0.60, 0.40, -0.45])
    assert str(network) == (
        "Network 2-2-1, 9 synapses, half_squared_error\n"
        "layer   neuron  activation  bias    weights\n"
        "hidden  h1      sigmoid     0.3500  i1 0.1500  i2 0.2000\n"
        "hidden  h2      sigmoid     0.3500  i1 0.2500  i2 0.3000\n"
        "output  o1      sigmoid     0.6000  h1 0.4000  h2 -0.4500"
    )


def test_print_shows_frozen_synapses_missing_biases_and_own_names():
    assert str(Network(*wired(), loss="huber")) == (
        "Network 2-1-1, 5 synapses (1 frozen), huber\n"
        "layer    neuron  activation  bias    weights\n"
        "thought  middle  tanh        0.2500  left 1.0000  right 3.0000\n"
        "word     out     sigmoid             right -2.0000  middle 0.5000"
    )


def test_print_cuts_a_long_row_and_says_by_how_much():
    lines = str(Network(6, 1, weights="zeros")).splitlines()
    assert lines[2].endswith("i1 0.0000  i2 0.0000  i3 0.0000  i4 0.0000  ... 2 more")


def test_print_cuts_a_long_list_of_neurons_and_says_by_how_much():
    lines = str(Network(1, 30, 1, weights="zeros")).splitlines()
    assert len(lines) == 2 + 24 + 1
    assert lines[-1] == "... 7 more neurons"


def test_print_cuts_nothing_that_just_fits():
    lines = str(Network(4, 24, bias=False, weights="zeros")).splitlines()
    assert len(lines) == 2 + 24
    assert lines[-1] == "output  o24     sigmoid           i1 0.0000  i2 0.0000  i3 0.0000  i4 0.0000"


# Initial weights.


def shares(numbers, edges):
    return [sum(low <= number < high for number in numbers) / len(numbers) for low, high in zip(edges, edges[1:])]


def test_uniform_weights_are_spread_evenly_from_minus_1_to_1_and_biases_are_0():
    network = Network(40, 50, 20, seed=1)
    assert [neuron.bias for neuron in network.computing] == [0.0] * 70
    weights = [synapse.weight for synapse in network.synapses if not synapse.source.is_bias]
    assert -1 <= min(weights) < -0.9 < 0.9 < max(weights) <= 1
    quarters = shares(weights, [-1, -0.5, 0, 0.5, 1])
    # 3,000 draws: a quarter has a standard deviation of 0.8 %, and the seed is fixed.
    assert all(abs(share - 0.25) < 0.03 for share in quarters)


def test_uniform_is_the_default():
    assert Network(2, 4, 1, seed=1).weights == Network(2, 4, 1, seed=1, weights="uniform").weights


@pytest.mark.parametrize("sizes", [(5, 6, 7), (40, 50, 20)])
def test_glorot_weights_stay_within_their_limit_and_reach_it(sizes):
    network = Network(*sizes, weights="glorot", seed=1)
    for layer, fan_in, fan_out in zip(network.layers[1:], sizes, sizes[1:]):
        limit = math.sqrt(6 / (fan_in + fan_out))
        weights = [synapse.weight for neuron in layer for synapse in neuron.incoming[1:]]
        assert max(map(abs, weights)) <= limit
        assert max(map(abs, weights)) > 0.8 * limit  # 30 draws or more, and the seed is fixed
        assert [neuron.bias for neuron in layer] == [0] * len(layer)


def test_glorot_weights_are_spread_evenly():
    weights = [synapse.weight for synapse in Network(50, 50, bias=False, weights="glorot", seed=1).synapses]
    limit = math.sqrt(6 / 100)
    quarters = shares(weights, [-limit, -limit / 2, 0, limit / 2, limit])
    assert all(abs(share - 0.25) < 0.03 for share in quarters)  # 2,500 draws: a standard deviation of 0.9 %


def test_he_weights_have_the_spread_that_their_number_asks_for():
    network = Network(50, 40, 60, weights="he", seed=1)
    for layer, fan_in in zip(network.layers[1:], (50, 40)):
        weights = [synapse.weight for neuron in layer for synapse in neuron.incoming[1:]]
        spread = math.sqrt(math.fsum(weight * weight for weight in weights) / len(weights))
        wanted = math.sqrt(2 / fan_in)
        assert abs(spread - wanted) < 0.05 * wanted  # 2,000 draws: a standard deviation of 1.6 %
        assert abs(math.fsum(weights) / len(weights)) < 0.1 * wanted  # of 2.2 %
        # The bell: two thirds within one deviation, and some beyond what a uniform spread would reach.
        assert 0.65 < sum(abs(weight) < wanted for weight in weights) / len(weights) < 0.72
        assert max(map(abs, weights)) > 2.5 * wanted
        assert [neuron.bias for neuron in layer] == [0] * len(layer)


@pytest.mark.parametrize("scheme", ["glorot", "he"])
def test_the_fan_in_counts_neurons_and_no_bias(scheme):
    # Both networks draw one weight for each pair, from the same generator, so only the bias could make a difference.
    with_bias = Network(3, 4, weights=scheme, seed=1)
    without = Network(3, 4, weights=scheme, seed=1, bias=False)
    assert [synapse.weight for synapse in with_bias.synapses if not synapse.source.is_bias] == without.weights


def test_zeros_are_zeros():
    assert Network(2, 3, 1, weights="zeros").weights == [0.0] * 13


def test_a_list_of_weights_is_taken_as_it_is():
    assert Network(1, 2, weights=[1, 2.5, Fraction(1, 2), -1]).weights == [1.0, 2.5, 0.5, -1.0]
    assert Network(1, 2, weights=(weight for weight in [1, 2, 3, 4])).weights == [1.0, 2.0, 3.0, 4.0]


@pytest.mark.parametrize("scheme", INITIAL_WEIGHTS)
def test_drawn_weights_are_of_the_kind_that_flows(scheme):
    network = Network(2, 3, 1, activation="relu", weights=scheme, seed=1, kind=Fraction)
    assert {type(weight) for weight in network.weights} == {Fraction}
    assert [float(weight) for weight in network.weights] == Network(2, 3, 1, weights=scheme, seed=1).weights


def test_weights_are_drawn_in_the_order_of_the_synapses():
    rng = Random(7)
    drawn = [0 if synapse.source.is_bias else rng.uniform(-1, 1) for synapse in Network(2, 3, 1).synapses]
    assert Network(2, 3, 1, seed=7).weights == drawn


def test_an_unknown_way_to_draw_is_refused_with_the_known_ones():
    with pytest.raises(UnknownNameError) as caught:
        Network(2, 1, weights="xavier")
    assert str(caught.value) == "weights: unknown 'xavier'; known: uniform, glorot, he, zeros, or a list of numbers"


# Reset.


@pytest.mark.parametrize("scheme", INITIAL_WEIGHTS)
def test_reset_goes_back_to_the_very_bits_that_the_network_was_born_with(scheme):
    network = Network(2, 3, 1, weights=scheme, seed=1)
    born = network.weights
    network.train([[1, 0], [0, 1]], [[1], [0]], epochs=3)
    network.forward([1, 0])
    network.backward([1])
    assert network.weights != born
    network.reset()
    assert network.weights == born
    assert {synapse.gradient for synapse in network.synapses} == {0}


def test_reset_reaches_frozen_synapses_too():
    network = Network(1, 1, weights=[1, 2])
    network.synapses[0].frozen = True
    network.synapses[0].weight = 5.0
    network.reset()
    assert network.weights == [1, 2]


@pytest.mark.parametrize("keep", [Network.copy, lambda network: Network.from_json(network.to_json())])
def test_a_kept_network_resets_to_where_the_original_would(keep):
    network = Network(2, 3, 1, seed=1)
    born = network.weights
    network.train([[1, 0], [0, 1]], [[1], [0]], epochs=3)
    twin = keep(network)
    assert twin.weights == network.weights != born
    twin.reset()
    assert twin.weights == born


def test_an_error_in_building_leaves_the_caller_s_layers_usable():
    layers = wired()
    with pytest.raises(DataError, match="categorical_cross_entropy needs"):
        Network(*layers, loss="categorical_cross_entropy")
    Network(*layers).check()


def test_a_layer_needs_a_name_that_is_text():
    network = Network(2, 2, 1, seed=1)
    network.layers[1].name = 7
    with pytest.raises(GraphError, match=r"^layers\[1\]\.name: expected text, got 7$"):
        network.check()
