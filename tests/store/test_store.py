"""A saved network comes back to the last bit, and a document from outside is believed only after it was checked."""

import copy
import errno
import functools
import json
import math
import os
import pickle
import re
import stat
import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from random import SystemRandom

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from strategies import fitting_pairs, networks

import neuronet.store
from neuronet import Activation, Layer, Loss, Network, Neuron, Synapse, datasets
from neuronet.activations import ACTIVATIONS, find_activation
from neuronet.data.table import Table
from neuronet.dropout import DropoutLayer
from neuronet.errors import DataError, FormatError, GraphError, NeuronetError
from neuronet.losses import LOSSES
from neuronet.optimizers import Adam, Momentum, Optimizer
from neuronet.store.document import REQUIRED
from neuronet.store.document import Own as OwnFunctions
from neuronet.store.json_text import from_document
from neuronet.store.reader import Reader
from neuronet.tabular.model import Model
from neuronet.training.schedules import CosineSchedule, StepSchedule

FINITE = st.floats(allow_nan=False, allow_infinity=False)
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
    assert (document["format"], document["version"], document["minor_version"]) == ("neuronet", 2, 0)
    assert list(document) == [*REQUIRED[:2], "minor_version", *REQUIRED[2:], "penalty", "optimizer", "training"]


def test_what_a_network_does_not_have_is_not_written():
    document = json.loads(Network(2, 3, 1, seed=1).to_json())
    assert list(document) == [*REQUIRED[:2], "minor_version", *REQUIRED[2:]]
    assert "memory" not in document["synapses"]
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

COPIES = {
    "copy": lambda network: network.copy(),
    "copy.copy": copy.copy,
    "deepcopy": copy.deepcopy,
    **{
        f"pickle {protocol}": lambda network, protocol=protocol: pickle.loads(pickle.dumps(network, protocol))  # noqa: S301
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1)
    },
}


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


@pytest.mark.parametrize("way", [*COPIES, "json"])
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


# Files.


def test_a_saved_file_holds_the_text(tmp_path):
    a_network().save(tmp_path / "network.json")
    assert (tmp_path / "network.json").read_bytes() == a_network().to_json().encode("ascii")


@pytest.mark.parametrize("path", [str, lambda path: path])
def test_a_path_may_be_text_or_a_path(path, tmp_path):
    a_network().save(path(tmp_path / "network.json"))
    assert Network.load(path(tmp_path / "network.json")).to_json() == a_network().to_json()


def test_a_path_may_be_relative(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    a_network().save("network.json")
    assert Network.load("network.json").to_json() == a_network().to_json()


def fail_with_full_disk(*arguments):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("step", ["fsync", "chmod", "replace"])
def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(step, tmp_path, monkeypatch):
    path = tmp_path / "network.json"
    path.write_text("old", encoding="utf-8")
    monkeypatch.setattr(neuronet.store.disk.os, step, fail_with_full_disk)
    with pytest.raises(OSError, match="No space left on device") as caught:
        a_network().save(path)
    assert caught.value.filename == str(path)
    assert path.read_text(encoding="utf-8") == "old"
    assert os.listdir(tmp_path) == ["network.json"]


def test_an_interrupted_write_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    def interrupt(*arguments):
        raise KeyboardInterrupt

    path = tmp_path / "network.json"
    path.write_text("old", encoding="utf-8")
    monkeypatch.setattr(neuronet.store.disk.os, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        a_network().save(path)
    assert path.read_text(encoding="utf-8") == "old"
    assert os.listdir(tmp_path) == ["network.json"]


def test_a_network_that_cannot_be_written_leaves_the_old_file(tmp_path):
    path = tmp_path / "network.json"
    path.write_text("old", encoding="utf-8")
    with pytest.raises(FormatError):
        Network(2, 1, weights="zeros", kind=Fraction).save(path)
    assert path.read_text(encoding="utf-8") == "old"
    assert os.listdir(tmp_path) == ["network.json"]


def test_a_missing_folder_is_an_error_that_names_the_path(tmp_path):
    with pytest.raises(FileNotFoundError) as caught:
        a_network().save(tmp_path / "missing" / "network.json")
    assert caught.value.filename == str(tmp_path / "missing" / "network.json")


def test_a_folder_is_not_overwritten(tmp_path):
    with pytest.raises(IsADirectoryError):
        a_network().save(tmp_path)
    assert os.listdir(tmp_path) == []


def test_saving_through_a_link_writes_what_it_points_to(tmp_path):
    target, link = tmp_path / "target.json", tmp_path / "link.json"
    target.write_text("old", encoding="utf-8")
    link.symlink_to(target)
    a_network().save(link)
    assert link.is_symlink()
    assert target.read_text(encoding="utf-8") == a_network().to_json()


def test_a_file_keeps_its_permissions(tmp_path):
    path = tmp_path / "network.json"
    path.write_text("old", encoding="utf-8")
    path.chmod(0o640)
    a_network().save(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_new_file_gets_the_permissions_of_any_new_file(tmp_path):
    before = os.umask(0o027)
    try:
        a_network().save(tmp_path / "network.json")
        assert os.umask(0o027) == 0o027
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "network.json").stat().st_mode) == 0o640


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_written_to_and_not_replaced(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        a_network().save(path)
        assert os.read(reader, 100_000).decode() == a_network().to_json()
    finally:
        os.close(reader)
    assert stat.S_ISFIFO(path.stat().st_mode)


def test_a_missing_file_cannot_be_read(tmp_path):
    with pytest.raises(FileNotFoundError):
        Network.load(tmp_path / "missing.json")


def test_an_error_in_a_file_names_the_file_and_the_place(tmp_path):
    path = tmp_path / "network.json"
    path.write_text(a_network().to_json().replace("tanh", "tahn"), encoding="utf-8")
    with pytest.raises(FormatError) as caught:
        Network.load(path)
    assert str(caught.value).startswith(f"{path}: layers[1].activation: unknown 'tahn'; known: sigmoid, ")


def test_a_file_that_is_too_large_is_refused_before_it_is_parsed(tmp_path, monkeypatch):
    path = tmp_path / "network.json"
    a_network().save(path)
    size = path.stat().st_size
    monkeypatch.setattr(neuronet.store.disk, "MOST_BYTES", size)
    assert Network.load(path).to_json() == a_network().to_json()
    monkeypatch.setattr(neuronet.store.disk, "MOST_BYTES", size - 1)
    with pytest.raises(FormatError, match=f"expected at most {size - 1} bytes, got more$"):
        Network.load(path)


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
WRONG = [None, True, False, -1, 0.5, 10**30, "", "x", [], {}, [[]], [None], {"a": 1}, ["x"], 1e300, math.nan, math.inf]


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def is_text(value):
    return isinstance(value, str)


def never(value):
    return False


RIGHT = {
    r"minor_version": lambda value: type(value) is int and value >= 0,
    r"layers\[.\]\.(name|neurons\[.\])": is_text,
    r"layers\[0\]\.bias": lambda value: value is None,
    r"layers\[[12]\]\.bias": is_text,
    r"layers\[1\]\.dropout\.share": lambda value: is_number(value) and 0 < value < 1,
    r"synapses\.(weights|initial_weights|memory\.mean)\[.+\]": is_number,
    r"synapses\.optimizer_state\.mean_square\[.+\]": lambda value: is_number(value) and value >= 0,
    r"synapses\.optimizer_state\..*_start\[.+\]": lambda value: is_number(value) and 0 <= value <= 1,
    r"synapses\.frozen": lambda value: value == [],
    r"penalty\.l.": lambda value: is_number(value) and value >= 0,
    r"optimizer\.beta.": lambda value: is_number(value) and 0 <= value < 1,
    r"optimizer\.(epsilon|clip_norm)|training\.learning_rate": lambda value: is_number(value) and value > 0,
    r"training\.(epochs|batch_size|schedule\.every)": lambda value: type(value) is int and value > 3,
    r"training\.early_stopping": lambda value: type(value) is int and value > 0,
    r"training\.plateau": lambda value: value is None or (type(value) is int and value > 0),
    r"training\.shuffle": lambda value: isinstance(value, bool),
    r"training\.(schedule|order|last_weights)": lambda value: value is None,
    r"training\.schedule\.factor": lambda value: is_number(value) and 0 < value <= 1,
    r"training\.min_delta": lambda value: is_number(value) and value >= 0,
    r"training\.(best|lowest)\.loss": is_number,
    r"training\.(best\.weights|last_weights)\[.+\]": is_number,
    r".*\.gauss": lambda value: value is None or is_number(value),
}
"""What may stand at a place in a document: a name or a weight may be another."""


def may_stand_there(path, value):
    """Whether a document stays right with this value at this place."""
    fitting = [right for pattern, right in RIGHT.items() if re.fullmatch(pattern, named(path))]
    return any(right(value) for right in fitting)


def contradicts_another_place(path, value):
    """Whether the value is right in itself and wrong only beside the others: then their place may be named."""
    if path[-1:] in {("layers",), ("neurons",)}:
        return value in ([], ["x"])
    if path == ("synapses", "sources"):
        return isinstance(value, list)
    if path in {("training", "early_stopping"), ("training", "best")}:
        return value is None
    return path[-1:] == ("bias",) and (value is None or isinstance(value, str))


@pytest.mark.parametrize("value", WRONG, ids=repr)
def test_a_value_of_the_wrong_type_is_refused_by_its_place_wherever_it_stands(value):
    document = a_document()
    refused = 0
    for path in PLACES:
        wrong = replaced(document, path, value)
        if may_stand_there(path, value):
            Network.from_json(json.dumps(wrong)).check()
            continue
        message = refusal(wrong)
        refused += 1
        if not contradicts_another_place(path, value):
            assert message.startswith(named(path)), (path, message)
    assert refused > 30


def test_the_walk_over_the_document_meets_every_kind_of_place():
    met = {named(path) for path in PLACES}
    assert {"document", "format", "version", "loss", "layers", "layers[0]", "layers[1].activation"} <= met
    assert {"layers[2].neurons[1]", "layers[1].bias", "synapses", "synapses.frozen[0]"} <= met
    assert {f"synapses.{key}[17]" for key in ("sources", "destinations", "weights", "initial_weights")} <= met


KEYED = [path for path in PLACES if path and isinstance(path[-1], str)]
OPTIONAL_PLACES = (
    r"minor_version|penalty|optimizer|training|layers\[1\]\.dropout(\.generator)?|synapses\.optimizer_state"
    r"|optimizer\.(beta.|epsilon|clip_norm)|training\.schedule\.factor"
)


def is_optional(path):
    return re.fullmatch(OPTIONAL_PLACES, named(path)) is not None


@pytest.mark.parametrize("path", [path for path in KEYED if not is_optional(path)], ids=named)
def test_a_missing_key_is_refused_by_its_place(path):
    document = a_document()
    del at(document, path[:-1])[path[-1]]
    assert refusal(document) == f"{named(path[:-1])}: expected the key {path[-1]!r}, which is missing"


@pytest.mark.parametrize("path", [path for path in KEYED if is_optional(path)], ids=named)
def test_an_optional_key_may_be_missing_and_the_rest_is_as_it_was(path):
    document = a_document()
    del at(document, path[:-1])[path[-1]]
    if path == ("optimizer",):
        del document["synapses"]["memory"]
    again = json.loads(Network.from_json(json.dumps(document)).to_json())
    if path[-1] in {"minor_version", "generator", "beta1", "beta2", "epsilon", "factor"}:
        assert at(again, path[:-1]).pop(path[-1]) is not None
    assert again == document


def test_the_optional_places_are_all_there():
    assert sum(map(is_optional, KEYED)) == 12


def test_memories_without_their_optimizer_are_refused():
    document = a_document()
    del document["optimizer"]
    assert refusal(document) == "synapses.optimizer_state: expected none, for 'sgd' keeps nothing"


@pytest.mark.parametrize("path", [path for path in PLACES if isinstance(at(a_document(), path), dict)], ids=named)
def test_an_unknown_key_is_refused_by_its_place(path):
    document = a_document()
    at(document, path)["Weights"] = 1
    assert refusal(document).startswith(f"{named(path)}: unknown key 'Weights'; known: ")


@pytest.mark.parametrize("path", KEYED, ids=named)
def test_a_key_that_stands_twice_is_refused_by_its_place(path):
    document = a_document()
    mark = replaced(document, path, "MARK")
    both = f'{json.dumps(at(document, path))}, "{path[-1]}": {json.dumps(at(document, path))}'
    text = json.dumps(mark).replace('"MARK"', both)
    assert refusal(text) == f"{named(path[:-1])}: expected each key once, got {path[-1]!r} twice"


def test_one_key_twice_among_200000_is_found_in_bounded_time():
    keys = [f'"{position}": 0' for position in range(200_000)]
    assert "expected the key 'format'" in refusal("{" + ", ".join([*keys, keys[-1]]) + "}")


def test_an_unknown_activation_is_refused_in_exactly_these_words():
    document = a_document()
    document["layers"][1]["activation"] = "sigmod"
    assert refusal(document) == (
        "layers[1].activation: unknown 'sigmod'; known: sigmoid, tanh, relu, leaky_relu, elu, softplus, softsign, "
        "hard_sigmoid, linear, softmax"
    )


def test_an_unknown_activation_of_one_neuron_is_refused_by_its_place():
    document = a_document()
    document["layers"][1]["activation"] = ["tanh", "tanh", "always_one"]
    assert refusal(document).startswith("layers[1].activation[2]: unknown 'always_one'; known: sigmoid")


def test_an_unknown_loss_is_refused_in_exactly_these_words():
    document = a_document()
    document["loss"] = "quadratic"
    assert refusal(document) == f"loss: unknown 'quadratic'; known: {', '.join(LOSSES)}"


@pytest.mark.parametrize("version", [0, 3, 1.0, 2.0, "1", True, None, [1], -1, 10**30, 1e999])
def test_another_version_is_refused(version):
    document = a_document()
    document["version"] = version
    assert refusal(document).startswith("version: expected a whole number from 1 to 2, got ")


@pytest.mark.parametrize("name", ["Neuronet", "", None, 1, ["neuronet"]])
def test_another_format_is_refused(name):
    document = a_document()
    document["format"] = name
    assert refusal(document).startswith("format: expected 'neuronet', got ")


@pytest.mark.parametrize("literal", ["1e999", "-1e999", "NaN", "Infinity", "-Infinity", "9" * 400, "9" * 5000])
@pytest.mark.parametrize("key", ["weights", "initial_weights"])
def test_a_number_that_no_float_can_hold_is_refused_by_its_place(key, literal):
    text = json.dumps(replaced(a_document(), ("synapses", key, 4), "MARK")).replace('"MARK"', literal)
    assert refusal(text).startswith(f"synapses.{key}[4]: expected a ")


@pytest.mark.parametrize("literal", ["1e999", "NaN", "-Infinity", "9" * 400, "-" + "9" * 5000, "0.0", "1e0", "-1"])
@pytest.mark.parametrize(
    "path", [("synapses", "sources", 2), ("synapses", "destinations", 2), ("synapses", "frozen", 0)], ids=named
)
def test_an_index_that_is_no_index_is_refused_by_its_place(path, literal):
    text = json.dumps(replaced(a_document(), path, "MARK")).replace('"MARK"', literal)
    assert refusal(text).startswith(f"{named(path)}: expected a whole number from 0 to ")


def test_an_index_beyond_the_last_neuron_is_refused():
    for key, beyond in (("sources", 9), ("destinations", 9), ("frozen", 18)):
        path = ("synapses", key, 0)
        message = refusal(replaced(a_document(), path, beyond))
        assert message == f"{named(path)}: expected a whole number from 0 to {beyond - 1}, got {beyond}"


def test_a_weight_of_a_million_digits_is_read_in_bounded_time():
    text = json.dumps(replaced(a_document(), ("synapses", "weights", 0), "MARK"))
    network = Network.from_json(text.replace('"MARK"', "0." + "3" * 1_000_000))
    assert network.weights[0] == 1 / 3


@pytest.mark.parametrize("depth", [10, 900, 5_000, 20_000, 100_000])
@pytest.mark.parametrize("brackets", [("[", "]"), ('{"a":', "}")], ids=["lists", "objects"])
def test_deep_nesting_is_refused_wherever_it_stands(brackets, depth):
    opening, closing = brackets
    deep = opening * depth + "0" + closing * depth
    assert refusal(deep)
    for path in [
        ("version",),
        ("loss",),
        ("layers",),
        ("layers", 1),
        ("layers", 1, "activation"),
        ("layers", 1, "neurons", 0),
        ("layers", 1, "bias"),
        ("synapses", "weights", 3),
        ("synapses", "sources", 3),
        ("synapses", "optimizer_state"),
        ("synapses", "optimizer_state", "mean", 3),
        ("optimizer",),
        ("optimizer", "beta1"),
        ("training", "schedule", "every"),
        ("training", "order", "words"),
    ]:
        message = refusal(json.dumps(replaced(a_document(), path, "MARK")).replace('"MARK"', deep))
        assert len(message) < 300


@pytest.mark.parametrize("nest", [lambda inner: [inner], lambda inner: {"a": inner}], ids=["lists", "objects"])
def test_what_is_nested_deeper_than_python_can_print_is_refused_wherever_it_stands(nest):
    deep = 0
    for _ in range(100_000):
        deep = nest(deep)
    for path in PLACES[1:]:
        document = a_document()
        at(document, path[:-1])[path[-1]] = deep
        with pytest.raises(FormatError, match=rf"^{path[0]}\b"):
            from_document(Network, document, Reader(), OwnFunctions())
    with pytest.raises(FormatError, match=r"^document: "):
        from_document(Network, deep, Reader(), OwnFunctions())


def test_nesting_that_is_never_closed_is_refused():
    assert refusal("[" * 100_000).startswith("document: ")
    assert refusal('{"a":' * 100_000).startswith("document: ")


def test_a_document_cut_off_at_any_byte_is_refused():
    text = a_network().to_json().encode()
    for length in range(len(text.rstrip())):
        assert refusal(text[:length]).startswith("document: expected JSON, got something else: ")


@pytest.mark.parametrize(
    "text", ["", " ", "\n", "null", "0", '"text"', "[]", "true", "{", "}", "nul", "'x'", "{}{}", "\x00"]
)
def test_text_that_is_no_document_is_refused(text):
    assert refusal(text).startswith("document: expected ")
    assert refusal(text.encode()).startswith("document: expected ")


def test_text_after_the_document_is_refused():
    assert refusal(a_network().to_json() + "{}").startswith("document: expected JSON")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_bytes_that_are_not_plain_utf_8_are_refused(encoding):
    assert refusal(a_network().to_json().encode(encoding)).startswith("document: expected JSON, got something else: ")


def test_a_byte_order_mark_is_refused_in_text_too():
    assert "BOM" in refusal("\ufeff" + a_network().to_json())


@pytest.mark.parametrize("wrong", [b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf8\x88\x80\x80\x80", b"\x80"])
def test_a_name_that_is_not_utf_8_is_refused(wrong):
    text = a_network().to_json().encode().replace(b"hidden", wrong)
    assert "utf-8" in refusal(text)


@pytest.mark.parametrize("text", [None, 5, 10**12, [], {}, object()])
def test_what_is_no_text_at_all_is_refused(text):
    with pytest.raises(FormatError, match=r"^document: expected JSON"):
        Network.from_json(text)


def test_lone_surrogates_in_a_wrong_name_do_not_break_the_message():
    document = a_document()
    document["layers"][1]["activation"] = "\ud800"
    refusal(document).encode()


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


# Neurons of the document, in walking order: i1 0, i2 1, b1 2, h1 3, h2 4, h3 5, b2 6, o1 7, o2 8.


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
    for column in columns["memory"].values():
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


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | FINITE | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    ),
    st.sampled_from(PLACES),
)
def test_any_json_anywhere_is_refused_or_a_network_that_holds_together(value, path):
    text = json.dumps(replaced(a_document(), path, value))
    try:
        network = Network.from_json(text)
    except FormatError:
        return
    network.check()
    assert Network.from_json(network.to_json()).to_json() == network.to_json()


def test_a_refused_document_is_a_neuronet_error_and_a_value_error():
    with pytest.raises(NeuronetError):
        Network.from_json("")
    with pytest.raises(ValueError, match="document"):
        Network.from_json("")


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


# Versions.

OLD = Path(__file__).parents[1].joinpath("golden") / "version-1.json"


def test_a_document_of_version_1_is_the_same_network():
    """The library wrote it when version 1 was its only one, and these outputs are what it computed then."""
    network, document = Network.load(OLD), json.loads(OLD.read_text(encoding="utf-8"))
    columns = document["synapses"]
    assert [weight.hex() for weight in network.weights] == [float(weight).hex() for weight in columns["weights"]]
    assert [synapse.initial for synapse in network.synapses] == columns["initial_weights"]
    assert [place for place, synapse in enumerate(network.synapses) if synapse.frozen] == columns["frozen"] == [3]
    assert [output.hex() for output in network.predict([0.3, -0.7])] == [
        "0x1.6f62a3d880947p-2",
        "-0x1.d4b22ec5273b4p-6",
    ]
    assert network.loss([[0.3, -0.7]], [[1, 0]]).hex() == "0x1.a5e03d3ee7240p-3"
    assert (network.penalty, network.training_state, network.optimizer.name) == (None, None, "sgd")


def test_a_document_of_version_1_is_written_again_as_version_2():
    old = json.loads(OLD.read_text(encoding="utf-8"))
    new = json.loads(Network.load(OLD).to_json())
    assert (new.pop("version"), new.pop("minor_version"), old.pop("version")) == (2, 0, 1)
    assert new == old
    assert shape(Network.from_json(Network.load(OLD).to_json())) == shape(Network.load(OLD))


@pytest.mark.parametrize("key", ["minor_version", "penalty", "optimizer", "training", "model"])
def test_version_1_has_no_key_of_version_2(key):
    document = json.loads(OLD.read_text(encoding="utf-8"))
    document[key] = a_document().get(key, {})
    if key == "model":
        assert refusal(document).startswith("model: ")
    else:
        assert refusal(document) == f"document: unknown key {key!r}; known: format, version, loss, layers, synapses"


@pytest.mark.parametrize("path", [("layers", 1, "dropout"), ("synapses", "optimizer_state")], ids=named)
def test_a_part_of_version_1_has_no_key_of_version_2(path):
    document = json.loads(OLD.read_text(encoding="utf-8"))
    at(document, path[:-1])[path[-1]] = at(a_document(), path)
    assert refusal(document).startswith(f"{named(path[:-1])}: unknown key {path[-1]!r}; known: ")


def of_a_later_version():
    """A document of a later minor version, with an unknown key in each object that may have one."""
    document = a_document()
    document["minor_version"] = 7
    owners = [path for path in PLACES if isinstance(at(document, path), dict)]
    for position, path in enumerate(owners):
        at(document, path)["later"] = [{"number": position, "text": "\ud800", "none": None}, 0.1, True]
    return document, owners


def test_unknown_keys_of_a_later_minor_version_are_kept_wherever_they_stand(tmp_path):
    document, owners = of_a_later_version()
    assert {named(path) for path in owners} > {"document", "layers[2]", "synapses.optimizer_state", "training.schedule"}
    network = Network.from_json(json.dumps(document))
    ways = {**COPIES, "json": lambda network: Network.from_json(network.to_json())}
    for way in ways.values():
        assert json.loads(way(way(network)).to_json()) == document
    network.save(tmp_path / "network.json")
    assert json.loads((tmp_path / "network.json").read_text(encoding="utf-8")) == document


def test_unknown_keys_are_refused_in_our_own_minor_version():
    document, owners = of_a_later_version()
    document["minor_version"] = 0
    assert refusal(document).startswith("document: unknown key 'later'; known: format, ")
    assert len(owners) >= 15


def test_a_later_minor_version_is_checked_as_strictly_in_all_that_is_known():
    for path, value in [
        (("training", "epochs"), -1),
        (("layers", 1, "neurons", 0), None),
        (("synapses", "weights", 0), "1"),
        (("optimizer", "beta1"), 1),
        (("training", "generator", "position"), 625),
    ]:
        assert refusal(replaced(of_a_later_version()[0], path, value)).startswith(f"{named(path)}: expected ")
    for path in [("synapses", "optimizer_state", "mean"), ("training", "lowest"), ("loss",)]:
        document = of_a_later_version()[0]
        del at(document, path[:-1])[path[-1]]
        assert refusal(document) == f"{named(path[:-1])}: expected the key {path[-1]!r}, which is missing"


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("NaN", "expected finite numbers, got nan"),
        ("[[1e999]]", "expected finite numbers, got inf"),
        ('{"a": {"b": 1, "b": 2}}', "expected each key once, got 'b' twice"),
        ("[" * 51 + "]" * 51, "expected a value nested at most 50 deep"),
        ('{"a":' * 600 + "1" + "}" * 600, "expected a value nested at most 50 deep"),
    ],
)
def test_an_unknown_value_that_could_not_be_written_again_is_refused(value, reason):
    document, _ = of_a_later_version()
    document["layers"][1]["later"] = "MARK"
    assert refusal(json.dumps(document).replace('"MARK"', value)).startswith(f"layers[1]: 'later': {reason}")


def test_an_unknown_value_nested_as_deeply_as_may_be_is_copied_and_written():
    document, _ = of_a_later_version()
    for _ in range(47):
        document["later"] = [document["later"]]
    assert Network.from_json(json.dumps(document)).copy().to_json() == json.dumps(document) + "\n"


def later_keys(network):
    document = json.loads(network.to_json())
    assert document["minor_version"] == 7
    return {named(path[:-1]) for path in places(document) if path[-1:] == ("later",)}


def test_an_unknown_key_goes_with_the_thing_that_it_belonged_to():
    document, owners = of_a_later_version()
    every = {named(path) for path in owners}
    of_the_course = {place for place in every if place.startswith("training")}
    samples = [[0, 1], [1, 0]], [[0, 1], [1, 0]]

    network = Network.from_json(json.dumps(document))
    network.reset()
    assert later_keys(network) == every - of_the_course - {"synapses.optimizer_state"}

    network = Network.from_json(json.dumps(document))
    network.train(*samples, epochs=1, resume=True, validation=samples, schedule=CosineSchedule(9))
    assert later_keys(network) == every - {"training.schedule"}

    network = Network.from_json(json.dumps(document))
    network.train(*samples, epochs=1, optimizer="momentum")
    assert later_keys(network) == every - of_the_course - {"optimizer"}

    network = Network.from_json(json.dumps(document))
    network.penalty = None
    assert later_keys(network) == every - {"penalty"}


# The course of a training.


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("training", "best", "epoch"), 5, "training.best.epoch: expected a whole number from 1 to 4, got 5"),
        (("training", "best", "epoch"), 0, "training.best.epoch: expected a whole number from 1 to 4, got 0"),
        (("training", "lowest", "epoch"), 5, "training.lowest.epoch: expected a whole number from 1 to 4, got 5"),
        (("training", "epochs"), 3, "training.lowest.epoch: expected a whole number from 1 to 3, got 4"),
        (("training", "epochs"), 0, "training.best.epoch: expected a whole number from 1 to 0, got 1"),
        (("training", "early_stopping"), None, "training.best: expected null without early stopping, got an object"),
        (("training", "best"), None, "training.last_weights: expected null where no weights are the best, got others"),
        (("training", "lowest"), None, "training.lowest: expected an object after 4 epochs, got None"),
        (("training", "last_weights"), [0.5] * 17, "training.last_weights: expected 18, got 17"),
        (("training", "best", "weights"), [0.5] * 19, "training.best.weights: expected 18, got 19"),
        (("training", "learning_rate"), 0, "training.learning_rate: expected a number above 0, got 0.0"),
        (("training", "min_delta"), -1, "training.min_delta: expected a number of 0 or more, got -1.0"),
        (("training", "batch_size"), 1.0, "training.batch_size: expected a whole number of at least 1, got 1.0"),
        (("training", "plateau"), 0, "training.plateau: expected a whole number of at least 1, got 0"),
        (("training", "schedule", "every"), 0, "training.schedule.every: expected a whole number of at least 1, got 0"),
        (("training", "schedule", "every"), 2.0, "training.schedule.every: expected a whole number of at least 1, got"),
        (("training", "schedule", "factor"), 1.5, "training.schedule.factor: expected a number above 0 and at most 1"),
        (("training", "schedule", "name"), "poly", "training.schedule.name: unknown 'poly'; known: step, cosine, own"),
        (("training", "schedule", "name"), "cosine", "training.schedule: expected the key 'epochs', which is missing"),
        (("training", "schedule", "name"), "own", "training.schedule: expected the key 'function', which is missing"),
        (("training", "schedule"), {"name": "own", "function": 1}, "training.schedule.function: expected a name"),
        (("training", "order", "words"), "AAAA", "training.order.words: expected 3328 characters, got 4"),
        (("training", "order", "words"), "A" * 3328, "training.order.words: expected 2496 bytes that are not all 0"),
        (("training", "order", "words"), "é" * 3328, "training.order.words: expected base64, got something else"),
        (("training", "order", "words"), "AA==" * 832, "training.order.words: expected "),
        (("training", "order", "position"), 625, "training.order.position: expected a whole number from 0 to 624"),
        (("optimizer", "name"), "adamw", "optimizer.name: unknown 'adamw'; known: sgd, momentum, nesterov, rmsprop"),
        (("optimizer", "name"), "momentum", "optimizer: unknown key 'beta1'; known: name, momentum, clip_norm"),
        (("optimizer", "beta1"), 1, "optimizer.beta1: expected a number of 0 or more and below 1, got 1"),
        (("optimizer", "beta1"), "0.9", "optimizer.beta1: expected a number, got '0.9'"),
        (("optimizer", "clip_norm"), None, "optimizer.clip_norm: expected a number, got None"),
        (("optimizer", "clip_norm"), 0, "optimizer.clip_norm: expected a number above 0, got 0"),
        (("optimizer", "epsilon"), True, "optimizer.epsilon: expected a number, got True"),
        (("penalty", "l1"), -1, "penalty.l1: expected a number of 0 or more, got -1.0"),
        (("layers", 1, "dropout", "share"), 1, "layers[1].dropout.share: expected a number above 0 and below 1"),
        (("layers", 1, "dropout", "share"), 0, "layers[1].dropout.share: expected a number above 0 and below 1"),
        (("layers", 0, "dropout"), {"share": 0.5}, "layers[0].dropout: expected none but in a hidden layer"),
        (("layers", 2, "dropout"), {"share": 0.5}, "layers[2].dropout: expected none but in a hidden layer"),
        (("synapses", "optimizer_state"), {"velocity": [0.5] * 18}, "synapses.optimizer_state: expected the key 'mean', which is miss"),
        (("synapses", "optimizer_state", "velocity"), [0.5] * 18, "synapses.optimizer_state: unknown key 'velocity'; known: mean, "),
        (("synapses", "optimizer_state", "mean"), [0.5] * 17, "synapses.optimizer_state.mean: expected 18, got 17"),
        (("synapses", "optimizer_state", "mean", 4), None, "synapses.optimizer_state.mean[4]: expected a number as in mean_square, got"),
        (("synapses", "optimizer_state", "mean_square", 4), -1, "synapses.optimizer_state.mean_square[4]: expected a number of 0 or"),
        (("synapses", "optimizer_state", "square_start", 4), 1.5, "synapses.optimizer_state.square_start[4]: expected a share from 0"),
        (("minor_version",), -1, "minor_version: expected a whole number of at least 0, got -1"),
        (("model",), {}, "model: expected a network alone, got one with columns; read it with Model.load"),
    ],
    ids=lambda value: named(value) if isinstance(value, tuple) else None,
)
def test_what_no_training_could_have_left_is_refused_in_these_words(path, value, message):
    assert refusal(replaced(a_document(), path, value)).startswith(message)


def test_dropout_beside_softmax_is_refused_and_not_lost():
    document = json.loads(Network(2, 2, 2, output_activation="softmax", loss="categorical_cross_entropy").to_json())
    document["layers"][2]["dropout"] = {"share": 0.5}
    assert refusal(document) == "layers[2].dropout: expected none but in a hidden layer"


@pytest.mark.parametrize("position", [0, 1])
def test_a_network_with_dropout_where_it_cannot_be_is_not_made(position):
    rows = [Layer("input", [Neuron("i1")]), Layer("output", [Neuron("o1")])]
    rows[position] = DropoutLayer(rows[position].name, rows[position].neurons)
    with pytest.raises(GraphError, match=rf"^layers\[{position}\]: expected dropout in hidden layers only$"):
        Network(*rows)


def test_a_network_with_an_impossible_share_of_dropout_is_not_made():
    rows = Layer("input", [Neuron("i1")]), DropoutLayer("hidden", [Neuron("h1")], share=1), Layer("out", [Neuron("o1")])
    with pytest.raises(GraphError, match=r"^layers\[1\]\.share: expected a number above 0 and below 1, got 1$"):
        Network(*rows)


def test_what_another_optimizer_remembered_is_not_written():
    network = a_network()
    network.optimizer = Momentum()
    document = json.loads(network.to_json())
    assert "memory" not in document["synapses"]
    Network.from_json(json.dumps(document))


def test_a_synapse_that_was_added_later_has_no_memory_yet():
    network = Network(2, 2, 1, seed=1)
    network.train([[0, 1]], [[1]], epochs=1, optimizer="adam")
    network.connect("i1", "o1")
    twin = Network.from_json(network.to_json())
    without = [(synapse.source.name, synapse.destination.name) for synapse in twin.synapses if synapse.optimizer_state is None]
    assert without == [("i1", "o1")]


def test_best_weights_of_another_graph_are_forgotten():
    network, samples = a_network(), ([[0, 1], [1, 0]], [[0, 1], [1, 0]])
    network.connect("i2", "o2")
    twin = Network.from_json(network.to_json())
    assert (twin.training_state.best, twin.training_state.best_weights, twin.training_state.last_weights) == (None, None, None)
    for each in (network, twin):
        each.train(*samples, epochs=1, resume=True, validation=samples)
    assert network.to_json() == twin.to_json()


def test_a_validation_loss_without_end_is_never_the_best_and_the_network_can_be_saved():
    network = Network(1, 1, 1, seed=1, output_activation="linear")
    network.train([[0.5]], [[0.5]], epochs=2, validation=([[0.5]], [[1e200]]), early_stopping=5)
    assert network.training_state.best is None
    network.train([[0.5]], [[0.5]], epochs=2, validation=([[0.5]], [[1]]), resume=True)
    assert network.training_state.best_epoch == 4
    assert Network.from_json(network.to_json()).training_state.best == network.training_state.best


@pytest.mark.parametrize("kind", [Fraction, Decimal])
def test_a_training_goes_on_in_another_kind_of_number(kind):
    samples = [[0, 1], [1, 0]], [[1], [0]]
    settings = {"validation": samples, "early_stopping": 5, "min_delta": 1, "shuffle": False}
    network = Network(2, 2, 1, seed=1, activation="softsign")
    network.train(*samples, epochs=2, **settings)
    other = network.convert(kind)
    assert {type(weight) for weight in other.training_state.best_weights + other.training_state.last_weights} == {kind}
    assert (type(other.training_state.learning_rate), type(other.training_state.lowest), type(other.training_state.best)) == (kind,) * 3
    for each in (network, other):
        each.train(*samples, epochs=1, resume=True, validation=samples)
    back = Network.from_json(other.convert(float).to_json())
    assert back.training_state.last_weights == pytest.approx(network.training_state.last_weights, abs=1e-15)
    assert back.training_state.lowest == pytest.approx(network.training_state.lowest, abs=1e-15)


def test_what_is_told_of_the_source_of_a_model_can_be_written_again():
    table = Table.from_rows("rows", [{"size": size, "kind": "ab"[size > 2]} for size in range(5)])
    model = Model.build(table, "kind", hidden=2, seed=1)
    assert Model.from_json(model.to_json()).to_json() == model.to_json()
    document = json.loads(model.to_json())
    document["model"]["source"]["later"] = "MARK"
    for value, message in [
        ('[{"a": 1, "a": 2}]', "model.source.'later': expected each key once, got 'a' twice"),
        ("[1e999]", "model.source.'later': expected finite numbers, got inf"),
        ("[" * 99 + "]" * 99, "model.source.'later': expected a value nested at most 50 deep"),
    ]:
        with pytest.raises(FormatError) as caught:
            Model.from_json(json.dumps(document).replace('"MARK"', value))
        assert str(caught.value).startswith(message)


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


def falling(epoch, learning_rate):
    return learning_rate / epoch


def test_a_schedule_of_ones_own_keeps_its_name_and_has_to_be_given_again():
    network, samples = Network(2, 1, seed=1), ([[0, 1]], [[1]])
    network.train(*samples, epochs=2, schedule=falling)
    text = network.to_json()
    assert json.loads(text)["training"]["schedule"] == {"name": "own", "function": "falling"}
    twin = Network.from_json(text)
    assert twin.to_json() == text
    with pytest.raises(DataError, match=r"^schedule: expected the function 'falling' again"):
        twin.train(*samples, epochs=1, resume=True)
    twin.train(*samples, epochs=1, resume=True, schedule=falling)
    network.train(*samples, epochs=1, resume=True)
    assert twin.to_json() == network.to_json()


def test_a_generator_that_json_cannot_hold_is_refused_by_its_place():
    network = Network(2, 2, 1, seed=1, dropout=0.5)
    network.layers[1].rng = SystemRandom()
    with pytest.raises(FormatError, match=r"^layers\[1\]\.dropout\.generator: expected a random\.Random, got a Sys"):
        network.to_json()


# More than a network can have.


def test_more_neurons_than_a_network_can_have_are_refused_before_one_is_made(monkeypatch):
    monkeypatch.setattr(neuronet.store.document, "MOST_NEURONS", 6)
    monkeypatch.setattr(Network, "neuron_class", None)
    assert refusal(a_document()) == "layers: expected at most 6 neurons, got 7"


def test_more_lists_than_a_document_can_have_are_refused_before_they_are_read(monkeypatch):
    monkeypatch.setattr(neuronet.store.json_text, "MOST_LISTS", 99)
    monkeypatch.setattr(json, "loads", None)
    for text in ("[" * 100, b"{[" * 50):
        assert refusal(text) == "document: expected at most 99 lists and objects, got 100 opening brackets"


def test_a_text_that_is_too_large_is_neither_written_nor_read(tmp_path, monkeypatch):
    text = a_text()
    monkeypatch.setattr(neuronet.store.disk, "MOST_BYTES", len(text) - 1)
    assert refusal(text) == f"document: expected at most {len(text) - 1} bytes, got {len(text)}"
    with pytest.raises(FormatError, match=r"^document: expected at most \d+ bytes, which can be loaded, got \d+$"):
        a_network().save(tmp_path / "network.json")
    assert os.listdir(tmp_path) == []
