"""A network taken apart and put together again is the same network, to the last bit."""

import json
import math
import os
import pickle
import sys
from fractions import Fraction

import pytest
from documents import COPIES, FINITE, a_document, a_network, refusal, replaced, shape
from helpers import mostly_slow
from hypothesis import example, given
from hypothesis import strategies as st
from strategies import fitting_pairs, networks

import neuronet.store
from neuronet import Activation, Layer, Loss, Network, Neuron, Synapse, datasets
from neuronet.activations import ACTIVATIONS, find_activation
from neuronet.dropout import DropoutLayer
from neuronet.errors import DataError, FormatError, GraphError
from neuronet.losses import LOSSES
from neuronet.optimizers import Momentum, Optimizer
from neuronet.store.document import REQUIRED

TINY, HUGE = 5e-324, sys.float_info.max


class Own(Network):
    """A subclass, at the top level so that pickle finds it."""


class OwnNeuron(Neuron):
    __slots__ = ()


class OwnSynapse(Synapse):
    __slots__ = ()


class Furnished(Network):
    neuron_class = OwnNeuron
    synapse_class = OwnSynapse


def double(net):
    return 2 * net


def double_slope(net, output):
    return 2


def fourth(target, output):
    return (output - target) ** 4


def fourth_slope(target, output):
    return 4 * (output - target) ** 3


DOUBLE = Activation("double", double, double_slope)
FOURTH = Loss("fourth", fourth, fourth_slope)


def bits(network):
    return [(synapse.weight.hex(), synapse.initial.hex(), synapse.frozen) for synapse in network.synapses]


# Round trips.


@given(networks(), st.data())
def test_weights_wiring_and_flags_come_back_to_the_last_bit(network, data):
    count = len(network.synapses)
    network.weights = data.draw(st.lists(FINITE, min_size=count, max_size=count))
    for synapse in network.synapses:
        synapse.initial = data.draw(FINITE)
        synapse.frozen = data.draw(st.booleans())
    text = network.to_json()
    twin = Network.from_json(text)
    assert bits(twin) == bits(network)
    assert shape(twin) == shape(network)
    assert twin.to_json() == text
    twin.check()


@pytest.mark.parametrize("weight", [0.0, -0.0, TINY, -TINY, 2.2250738585072014e-308, 1e308, HUGE, -HUGE, 0.1, 1 / 3])
def test_a_weight_at_the_edge_of_floats_comes_back(weight):
    twin = Network.from_json(Network(1, 1, bias=False, weights=[weight]).to_json())
    assert twin.weights[0].hex() == weight.hex()


@pytest.mark.parametrize(("activation", "loss"), fitting_pairs())
def test_every_activation_and_loss_comes_back_as_the_librarys_own(activation, loss):
    hidden = "tanh" if activation == "softmax" else activation
    network = Network(2, 3, 2, activation=hidden, output_activation=activation, loss=loss, seed=1)
    twin = Network.from_json(network.to_json())
    assert twin[1][0].activation is ACTIVATIONS[hidden]
    assert twin[2][0].activation is ACTIVATIONS[activation]
    assert twin.loss_function is LOSSES[loss]
    assert twin.predict([0.5, -0.25]) == network.predict([0.5, -0.25])


@example(names=['a"b', "a'b", "\\", "\n", "", " "])
@example(names=["é", "神経", "\U0001f9e0", "\ud800", "\x00", "i1"])
@given(names=st.lists(st.text(), min_size=6, max_size=6, unique=True))
def test_names_come_back_whatever_they_are(names):
    first, second, third, bias, before, after = names
    one, two, three = Neuron(first, "linear"), Neuron(second), Neuron(third)
    always = Neuron(bias, neuronet.activations.always_one)
    network = Network(Layer(before, [one]), Layer(after, [two, three], always))
    twin = Network.from_json(network.to_json())
    assert [neuron.name for neuron in twin.neurons] == [first, bias, second, third]
    assert [layer.name for layer in twin] == [before, after]
    assert twin.to_json() == network.to_json()


def test_a_file_holds_names_of_any_script(tmp_path):
    network = Network(Layer("λ\ud800", [Neuron("神経", "linear")]), Layer('"', [Neuron("\U0001f9e0")]))
    network.save(tmp_path / "network.json")
    assert [layer.name for layer in Network.load(tmp_path / "network.json")] == ["λ\ud800", '"']


def test_a_layer_of_different_activations_comes_back():
    network = Network(2, 3, 1, seed=1)
    network[1][1].activation = ACTIVATIONS["relu"]
    document = json.loads(network.to_json())
    assert document["layers"][1]["activation"] == ["sigmoid", "relu", "sigmoid"]
    assert document["layers"][2]["activation"] == "sigmoid"
    assert shape(Network.from_json(json.dumps(document))) == shape(network)


def test_a_layer_without_bias_comes_back_without():
    network = Network(2, 3, 1, bias=False, seed=1)
    assert [layer.bias for layer in Network.from_json(network.to_json())] == [None] * 3


@given(networks(), st.randoms(use_true_random=False))
def test_synapses_may_stand_in_any_order(network, random):
    document = json.loads(network.to_json())
    columns = document["synapses"]
    frozen, order = set(columns["frozen"]), list(range(len(columns["weights"])))
    random.shuffle(order)
    for key in ("sources", "destinations", "weights", "initial_weights"):
        columns[key] = [columns[key][position] for position in order]
    columns["frozen"] = [place for place, position in enumerate(order) if position in frozen]
    assert Network.from_json(json.dumps(document)).to_json() == network.to_json()


def test_keys_may_stand_in_any_order():
    text = a_network().to_json()
    assert Network.from_json(json.dumps(json.loads(text), sort_keys=True)).to_json() == text


def test_a_whole_number_is_a_weight_too():
    document = a_document()
    document["synapses"]["weights"][0] = 3
    weight = Network.from_json(json.dumps(document)).weights[0]
    assert (weight, type(weight)) == (3, float)


def test_the_same_network_gives_the_same_text():
    assert a_network().to_json() == a_network().to_json()
    assert a_network().copy().to_json() == a_network().to_json()


def test_the_text_is_one_line_of_plain_ascii_with_its_version():
    text = a_network().to_json()
    assert text.isascii()
    assert text.index("\n") == len(text) - 1
    document = json.loads(text)
    assert (document["format"], document["version"], document["minor_version"]) == ("neuronet", 3, 0)
    assert list(document) == [*REQUIRED[:2], "minor_version", *REQUIRED[2:], "penalty", "optimizer", "training"]


def test_what_a_network_does_not_have_is_not_written():
    document = json.loads(Network(2, 3, 1, seed=1).to_json())
    assert list(document) == [*REQUIRED[:2], "minor_version", *REQUIRED[2:]]
    assert "optimizer_state" not in document["synapses"]
    assert [list(layer) for layer in document["layers"]] == [["name", "neurons", "activation", "bias"]] * 3


def test_bytes_are_read_as_text_is():
    text = a_network().to_json()
    assert Network.from_json(text.encode()).to_json() == text
    assert Network.from_json(bytearray(text.encode())).to_json() == text


def test_saving_leaves_the_network_as_it_was(tmp_path):
    network = a_network()
    network.forward([1, 0])
    network.backward([1, 0])
    before = [(n.net, n.output, n.error, n.delta) for n in network.neurons], network.rng.getstate()
    gradients = [synapse.gradient for synapse in network.synapses]
    network.to_json()
    network.save(tmp_path / "network.json")
    network.copy()
    pickle.dumps(network)
    assert before == ([(n.net, n.output, n.error, n.delta) for n in network.neurons], network.rng.getstate())
    assert gradients == [synapse.gradient for synapse in network.synapses]


def test_loading_twice_gives_two_networks(tmp_path):
    a_network().save(tmp_path / "network.json")
    first, second = (Network.load(tmp_path / "network.json") for _ in range(2))
    first.weights = [0.0] * len(first.weights)
    assert second.to_json() == a_network().to_json()


# Copies of every kind.


@pytest.mark.parametrize("way", COPIES)
def test_a_copy_is_the_same_network_made_of_other_objects(way):
    network = a_network()
    twin = COPIES[way](network)
    assert shape(twin) == shape(network)
    assert bits(twin) == bits(network)
    assert twin.rng.getstate() == network.rng.getstate()
    assert twin.rng is not network.rng
    assert not {id(neuron) for neuron in twin.neurons} & {id(neuron) for neuron in network.neurons}
    twin.check()


@pytest.mark.parametrize("way", COPIES)
def test_a_copy_of_a_subclass_is_one_too(way):
    assert type(COPIES[way](Own(2, 1, seed=1))) is Own


@pytest.mark.parametrize("way", COPIES)
def test_a_copy_is_made_of_the_subclasss_own_parts(way):
    twin = COPIES[way](Furnished(2, 1, seed=1))
    assert {type(neuron) for neuron in twin.neurons} == {OwnNeuron}
    assert {type(synapse) for synapse in twin.synapses} == {OwnSynapse}


@pytest.mark.parametrize("way", COPIES)
def test_a_copy_keeps_functions_of_the_users_own(way):
    twin = COPIES[way](Network(2, 2, 1, activation=DOUBLE, loss=FOURTH, seed=1))
    assert twin[1][0].activation.value is double
    assert twin.loss_function.value is fourth


def test_a_subclass_loads_as_itself(tmp_path):
    Own(2, 1, seed=1).save(tmp_path / "network.json")
    assert type(Own.load(tmp_path / "network.json")) is Own
    assert type(Network.load(tmp_path / "network.json")) is Network


def test_two_activations_of_one_name_are_refused_rather_than_merged():
    network = Network(2, 2, 1, activation=DOUBLE, seed=1)
    network[2][0].activation = Activation("double", lambda net: 3 * net, lambda net, output: 3)
    for keep in (network.copy, network.to_json, lambda: pickle.dumps(network)):
        with pytest.raises(FormatError, match=r"^layers\[2\]\.activation: expected a name of its own .* 'double'"):
            keep()


EVERY_WAY = ["copy", "copy.copy", "deepcopy", "pickle 0", "pickle 2", "pickle 5", "json"]


@pytest.mark.parametrize("way", mostly_slow(EVERY_WAY, "deepcopy", "pickle 5", "json"))
def test_a_chain_of_2000_layers_is_kept(way):
    network = Network(*[1] * 2000, seed=1)
    twin = Network.from_json(network.to_json()) if way == "json" else COPIES[way](network)
    assert twin.weights == network.weights
    assert len(twin) == 2000


def test_a_network_of_fractions_is_copied_and_pickled_exactly():
    network = Network(2, 1, activation="softsign", weights=[Fraction(1, 3), 0, Fraction(-7, 2)], kind=Fraction)
    for way, make in COPIES.items():
        assert make(network).weights == network.weights, way
        assert {type(weight) for weight in make(network).weights} == {Fraction}, way


def test_convert_makes_numbers_of_that_kind():
    network = Network(2, 2, 1, activation="softsign", seed=1)
    exact = network.convert(Fraction)
    assert exact.weights == [Fraction(weight) for weight in network.weights]
    assert {type(weight) for weight in exact.weights} == {Fraction}
    assert {type(output) for output in exact.predict([1, 2])} == {Fraction}
    assert exact.convert(float).weights == network.weights
    assert network.convert(complex).weights == network.weights
    assert {type(synapse.initial) for synapse in exact.synapses} == {Fraction}


def test_json_holds_floats_only():
    exact = Network(2, 1, weights=[Fraction(1, 3), 0, 0], kind=Fraction)
    with pytest.raises(FormatError, match=r"^synapses\.weights\[0\]: expected a float, got a Fraction; save"):
        exact.to_json()


@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf])
def test_a_weight_that_is_not_finite_is_not_written(wrong, tmp_path):
    network = a_network()
    network.synapses[2].weight = wrong
    with pytest.raises(FormatError, match=rf"^synapses\.weights\[2\]: expected a finite number, got {wrong}$"):
        network.save(tmp_path / "network.json")
    assert os.listdir(tmp_path) == []


# Functions of the user's own.


def test_own_functions_are_saved_by_name_and_handed_in_again(tmp_path):
    network = Network(2, 2, 1, activation=DOUBLE, loss=FOURTH, seed=1)
    network.save(tmp_path / "network.json")
    twin = Network.load(tmp_path / "network.json", activations=[DOUBLE], losses=[FOURTH])
    assert shape(twin) == shape(network)
    assert twin.predict([1, 2]) == network.predict([1, 2])


def test_an_own_activation_that_is_not_handed_in_is_unknown():
    text = Network(2, 2, 1, activation=DOUBLE, seed=1).to_json()
    with pytest.raises(FormatError, match=r"^layers\[1\]\.activation: unknown 'double'; known: sigmoid, tanh"):
        Network.from_json(text)


def test_an_own_loss_that_is_not_handed_in_is_unknown():
    text = Network(2, 1, loss=FOURTH, seed=1).to_json()
    with pytest.raises(FormatError, match=r"^loss: unknown 'fourth'; known: half_squared_error"):
        Network.from_json(text, activations=[DOUBLE])


def test_the_known_names_include_those_that_were_handed_in():
    text = Network(2, 2, 1, activation=DOUBLE, seed=1).to_json().replace("double", "triple")
    with pytest.raises(FormatError, match=r"unknown 'triple'; known: .*, double$"):
        Network.from_json(text, activations=[DOUBLE])


# Hostile documents: one error of our own that names the place, never another.


def test_a_name_that_stands_twice_is_refused():
    document = a_document()
    document["layers"][1]["neurons"][2] = document["layers"][0]["neurons"][0]
    assert refusal(document) == "layers[1]: expected a name of its own for each neuron, got 'i1'"


def test_a_bias_beside_the_inputs_is_refused():
    document = a_document()
    document["layers"][0]["bias"] = "b0"
    assert "b0" in refusal(document) or refusal(document).startswith("layers[0].bias")


@pytest.mark.parametrize("count", [0, 1])
def test_fewer_than_two_layers_are_refused(count):
    document = {"format": "neuronet", "version": 1, "loss": "half_squared_error"}
    document["layers"] = a_document()["layers"][:count]
    document["synapses"] = {"sources": [], "destinations": [], "weights": [], "initial_weights": [], "frozen": []}
    assert refusal(document).startswith("layers: expected at least an input and an output layer")


def test_a_layer_without_neurons_is_refused():
    document = json.loads(Network(1, 1, bias=False, weights="zeros").to_json())
    for layer, activation in ((0, "linear"), (1, []), (1, "softmax")):
        wrong = replaced(document, ("layers", layer, "neurons"), [])
        wrong["layers"][layer]["activation"] = activation
        wrong["synapses"] = {"sources": [], "destinations": [], "weights": [], "initial_weights": [], "frozen": []}
        assert refusal(wrong) == f"layers[{layer}]: expected at least one neuron, got none"


def test_activations_for_more_or_fewer_neurons_than_there_are_are_refused():
    for names in (["tanh"] * 2, ["tanh"] * 4, []):
        document = replaced(a_document(), ("layers", 1, "activation"), names)
        assert refusal(document) == f"layers[1].activation: expected one for each of 3 neurons, got {len(names)}"


@pytest.mark.parametrize("key", ["destinations", "weights", "initial_weights"])
def test_columns_of_different_lengths_are_refused(key):
    document = a_document()
    document["synapses"][key].pop()
    assert refusal(document) == f"synapses.{key}: expected 18, one for each source, got 17"


@pytest.mark.parametrize(
    ("source", "destination", "message"),
    [
        (7, 3, "'o1' -> 'h1'.*expected to lead forward"),
        (3, 3, "'h1' -> 'h1'.*expected to lead forward"),
        (3, 4, "'h1' -> 'h2'.*expected to lead forward"),
        (6, 3, "^h1: expected at most one synapse from a bias neuron"),
        (0, 1, "^i2: expected no incoming synapse at an input or bias neuron"),
        (3, 0, "^i1: expected no incoming synapse at an input or bias neuron"),
        (3, 6, "^b2: expected no incoming synapse at an input or bias neuron"),
        (2, 6, "^b2: expected no incoming synapse at an input or bias neuron"),
        (0, 3, "^i1: expected its outgoing synapses by destination, each destination once"),
        (0, 8, "^i1: expected its outgoing synapses by destination, each destination once"),
    ],
)
def test_a_synapse_that_no_walk_could_follow_is_refused(source, destination, message):
    columns = a_document()["synapses"]
    columns["sources"].append(source)
    columns["destinations"].append(destination)
    columns["weights"].append(0.5)
    columns["initial_weights"].append(0.5)
    for column in columns["optimizer_state"].values():
        column.append(None)
    with pytest.raises(FormatError, match=message):
        Network.from_json(json.dumps({**a_document(), "synapses": columns}))


def test_softmax_in_a_hidden_layer_is_refused():
    document = a_document()
    document["layers"][1]["activation"] = "softmax"
    assert refusal(document) == "layers[1]: expected softmax in the output layer only"


def test_softmax_for_a_part_of_a_layer_is_refused():
    for names in (["softmax", "sigmoid"], ["sigmoid", "softmax"]):
        document = replaced(a_document(), ("layers", 2, "activation"), names)
        assert refusal(document) == "layers[2]: expected softmax for the whole row or for no neuron"


def test_a_loss_that_does_not_fit_the_outputs_is_refused_with_the_reason():
    document = a_document()
    document["loss"] = "categorical_cross_entropy"
    assert refusal(document).startswith("loss: categorical_cross_entropy needs outputs that add up to 1")


def test_a_convert_that_fails_names_the_weight():
    with pytest.raises(FormatError, match=r"^synapses\.weights\[0\]: expected a number"):
        Network(2, 1, weights=[1j, 0, 0], kind=complex).convert(float)


def test_what_was_learned_is_kept(tmp_path):
    xor = datasets.xor()
    network = Network(2, 4, 1, seed=1)
    network.train(*xor, epochs=200)
    network.save(tmp_path / "xor.json")
    assert Network.load(tmp_path / "xor.json").predict_all(xor.inputs) == network.predict_all(xor.inputs)


@pytest.mark.parametrize("layer", [1, 2])
def test_an_own_activation_under_a_name_of_the_library_is_not_saved(layer):
    own = Activation("sigmoid", lambda net: net * net, lambda net, output: 2 * net)
    network = Network(2, 2, 1, seed=1)
    network[layer][0].activation = own
    for neuron in network.computing:
        neuron.activation = own if neuron in network[layer] else find_activation("tanh")
    with pytest.raises(FormatError, match=rf"^layers\[{layer}\]\.activation: expected the library's own 'sigmoid'"):
        network.to_json()


def test_an_own_loss_under_a_name_of_the_library_is_not_saved():
    own = Loss("huber", lambda target, output: output, lambda target, output: 1)
    with pytest.raises(FormatError, match=r"^loss: expected the library's own 'huber'"):
        Network(2, 1, loss=own, seed=1).to_json()


# The course of a training.


def test_dropout_beside_softmax_is_refused_and_not_lost():
    document = json.loads(Network(2, 2, 2, output_activation="softmax", loss="categorical_cross_entropy").to_json())
    document["layers"][2]["dropout"] = {"rate": 0.5}
    assert refusal(document) == "layers[2].dropout: expected none but in a hidden layer"


@pytest.mark.parametrize("position", [0, 1])
def test_a_network_with_dropout_where_it_cannot_be_is_not_made(position):
    rows = [Layer("input", [Neuron("i1")]), Layer("output", [Neuron("o1")])]
    rows[position] = DropoutLayer(rows[position].name, rows[position].neurons)
    with pytest.raises(GraphError, match=rf"^layers\[{position}\]: expected dropout in hidden layers only$"):
        Network(*rows)


def test_a_network_with_an_impossible_rate_of_dropout_is_not_made():
    rows = Layer("input", [Neuron("i1")]), DropoutLayer("hidden", [Neuron("h1")], rate=1), Layer("out", [Neuron("o1")])
    with pytest.raises(GraphError, match=r"^layers\[1\]\.rate: expected a number above 0 and below 1, got 1$"):
        Network(*rows)


class Signs(Optimizer):
    name = "signs"
    initial_state = {"turns": 0}  # noqa: RUF012
    options = ("least",)

    def __init__(self, least=0.5):
        super().__init__()
        self.least = least

    def update(self, synapse, learning_rate):
        synapse.optimizer_state.turns += 1
        synapse.weight -= learning_rate * synapse.gradient


def test_an_optimizer_of_ones_own_is_saved_by_name_and_handed_in_again():
    network = Network(2, 1, seed=1)
    network.train([[0, 1]], [[1]], epochs=3, optimizer=Signs())
    text = network.to_json()
    assert json.loads(text)["optimizer"] == {"name": "signs", "least": 0.5}
    own = Signs()
    twin = Network.from_json(text, optimizers=[own])
    assert (twin.optimizer, twin.synapses[0].optimizer_state.turns, twin.to_json()) == (own, 3, text)
    assert Network.from_json(text, optimizers=iter([own])).optimizer is own
    with pytest.raises(FormatError, match=r"^optimizer\.name: unknown 'signs'; known: sgd, "):
        Network.from_json(text)
    expected = r"^optimizer\.least: expected 0\.25, that of Signs\(least=0\.25\), got 0\.5$"
    with pytest.raises(FormatError, match=expected):
        Network.from_json(text, optimizers=[Signs(least=0.25)])
    with pytest.raises(DataError, match=r"^optimizers: expected optimizers, such as Signs\(\.\.\.\), got <class "):
        Network.from_json(text, optimizers=[Signs])


def test_a_setting_that_json_cannot_hold_is_not_written():
    network = Network(2, 1, seed=1)
    network.optimizer = Signs(least=object())
    with pytest.raises(FormatError, match=r"^optimizer\.least: expected a float, got a object$"):
        network.to_json()


def test_an_own_optimizer_under_a_name_of_the_library_is_not_saved():
    class Momentum2(Momentum):
        pass

    network = Network(2, 1, seed=1)
    network.optimizer = Momentum2()
    with pytest.raises(FormatError, match=r"^optimizer\.name: expected the library's own 'momentum', got another"):
        network.to_json()


# More than a network can have.


def test_more_neurons_than_a_network_can_have_are_refused_before_one_is_made(monkeypatch):
    monkeypatch.setattr(neuronet.store.document, "MOST_NEURONS", 6)
    monkeypatch.setattr(Network, "neuron_class", None)
    assert refusal(a_document()) == "layers: expected at most 6 neurons, got 7"
