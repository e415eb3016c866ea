"""Whatever cannot be right is refused at the door, with the place, and nothing behind the door has changed."""

import math
from array import array
from collections import deque
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from helpers import bits

from neuronet import Layer, Network, Neuron, NeuronetError, errors
from neuronet.activations import ACTIVATIONS
from neuronet.losses import LOSSES

GOOD_INPUTS, GOOD_TARGETS = [[1, 0], [0.5, -0.25]], [[0, 1], [1, 0]]


def walked():
    """A network of two inputs and two outputs in the midst of work: numbers everywhere."""
    network = Network(2, 3, 2, seed=1)
    network.forward([0.5, -0.25])
    network.backward([0, 1])
    return network


def assert_refused(call, message, network=None):
    """The call raises an error of our own that says this, and the network is bit for bit as it was."""
    network = network or walked()
    before = bits(network)
    with pytest.raises(NeuronetError) as caught:
        call(network)
    assert str(caught.value) == message
    assert isinstance(caught.value, ValueError)
    assert bits(network) == before
    network.check()


# One row: what is wrong with it, and what the message says after the name of the place.

BAD_ROWS = {
    "short": ([1], ": expected 2 numbers, got 1"),
    "long": ([1, 2, 3], ": expected 2 numbers, got 3"),
    "empty": ([], ": expected 2 numbers, got 0"),
    "nan": ([0, math.nan], "[1]: expected a finite number, got nan"),
    "infinity": ([math.inf, 0], "[0]: expected a finite number, got inf"),
    "minus infinity": ([0, -math.inf], "[1]: expected a finite number, got -inf"),
    "nan in decimal": ([0, Decimal("NaN")], "[1]: expected a finite number, got Decimal('NaN')"),
    "signalling nan": ([0, Decimal("sNaN")], "[1]: expected a finite number, got Decimal('sNaN')"),
    "infinity in decimal": ([Decimal("Infinity"), 0], "[0]: expected a finite number, got Decimal('Infinity')"),
    "text": ([0, "1"], "[1]: expected a number, got '1'"),
    "bytes": ([b"1", 0], "[0]: expected a number, got b'1'"),
    "true": ([True, 0], "[0]: expected a number, got True"),
    "false": ([1, False], "[1]: expected a number, got False"),
    "none": ([None, 0], "[0]: expected a number, got None"),
    "nested": ([0, [1]], "[1]: expected a number, got [1]"),
    "object": ([0, int], "[1]: expected a number, got <class 'int'>"),
    "complex": ([1 + 2j, 0], "[0]: expected a number that fits a float, got (1+2j)"),
    "huge": ([0, 10**400], f"[1]: expected a number that fits a float, got 1{'0' * 36}..."),
    "huge below 0": ([0, -(10**400)], f"[1]: expected a number that fits a float, got -1{'0' * 35}..."),
    "huge decimal": ([Decimal("1E+999"), 0], "[0]: expected a number that fits a float, got Decimal('1E+999')"),
    "a string": ("01", ": expected a row of 2 numbers, got '01'"),
    "a byte string": (b"01", ": expected a row of 2 numbers, got b'01'"),
    "a dict": ({0: 1, 1: 0}, ": expected a row of 2 numbers, got {0: 1, 1: 0}"),
    "a set": ({0, 1}, ": expected a row of 2 numbers, got {0, 1}"),
    "keys": ({0: 1, 1: 0}.keys(), ": expected a row of 2 numbers, got dict_keys([0, 1])"),
    "a number": (3, ": expected a row of 2 numbers, got 3"),
    "nothing": (None, ": expected a row of 2 numbers, got None"),
    "a bool": (True, ": expected a row of 2 numbers, got True"),
    "a long text": ("x" * 100, f": expected a row of 2 numbers, got '{'x' * 36}..."),
}

TAKE_ONE_ROW = {
    "forward": ("inputs", lambda network, row: network.forward(row)),
    "predict": ("inputs", lambda network, row: network.predict(row)),
    "backward": ("targets", lambda network, row: network.backward(row)),
    "predict_all": ("inputs[1]", lambda network, row: network.predict_all([[1, 0], row])),
    "loss inputs": ("inputs[1]", lambda network, row: network.loss([[1, 0], row], GOOD_TARGETS)),
    "loss targets": ("targets[1]", lambda network, row: network.loss(GOOD_INPUTS, [[1, 0], row])),
    "train inputs": ("inputs[0]", lambda network, row: network.train([row, [1, 0]], GOOD_TARGETS, epochs=1)),
    "train targets": ("targets[0]", lambda network, row: network.train(GOOD_INPUTS, [row, [1, 0]], epochs=1)),
}


@pytest.mark.parametrize(("row", "complaint"), BAD_ROWS.values(), ids=BAD_ROWS)
@pytest.mark.parametrize(("place", "call"), TAKE_ONE_ROW.values(), ids=TAKE_ONE_ROW)
def test_a_row_that_cannot_be_right_is_refused_where_it_stands(place, call, row, complaint):
    assert_refused(lambda network: call(network, row), place + complaint)


@pytest.mark.parametrize(("place", "call"), TAKE_ONE_ROW.values(), ids=TAKE_ONE_ROW)
@pytest.mark.parametrize("number", [10**5000, -(10**5000), Fraction(10**5000)], ids=["int", "negative", "fraction"])
def test_a_number_too_long_to_write_is_refused_as_calmly(place, call, number):
    # Python itself refuses to write more than 4,300 digits; where it does not, 37 of them are shown.
    network = walked()
    before = bits(network)
    with pytest.raises(NeuronetError) as caught:
        call(network, [0, number])
    assert str(caught.value).startswith(f"{place}[1]: expected a number that fits a float, got ")
    assert len(str(caught.value)) < 120
    assert bits(network) == before


# Whole data sets.

BAD_SETS = {
    "empty": ([], ": expected at least one row, got none"),
    "a string": ("abc", ": expected a list of rows, got 'abc'"),
    "a dict": ({0: [1, 0]}, ": expected a list of rows, got {0: [1, 0]}"),
    "a set": ({(1, 0)}, ": expected a list of rows, got {(1, 0)}"),
    "a number": (3, ": expected a list of rows, got 3"),
    "nothing": (None, ": expected a list of rows, got None"),
    "a row alone": ([1, 0], "[0]: expected a row of 2 numbers, got 1"),
    "ragged": ([[1, 0], [1]], "[1]: expected 2 numbers, got 1"),
    "one level too deep": ([[[1, 0], [0, 1]]], "[0][0]: expected a number, got [1, 0]"),
    "nan in the third row": ([[1, 0], [1, 0], [math.nan, 0]], "[2][0]: expected a finite number, got nan"),
}

TAKE_A_SET = {
    "predict_all": ("inputs", lambda network, rows: network.predict_all(rows)),
    "loss inputs": ("inputs", lambda network, rows: network.loss(rows, GOOD_TARGETS)),
    "loss targets": ("targets", lambda network, rows: network.loss(GOOD_INPUTS, rows)),
    "train inputs": ("inputs", lambda network, rows: network.train(rows, GOOD_TARGETS, epochs=1)),
    "train targets": ("targets", lambda network, rows: network.train(GOOD_INPUTS, rows, epochs=1)),
}


@pytest.mark.parametrize(("rows", "complaint"), BAD_SETS.values(), ids=BAD_SETS)
@pytest.mark.parametrize(("place", "call"), TAKE_A_SET.values(), ids=TAKE_A_SET)
def test_a_data_set_that_cannot_be_right_is_refused(place, call, rows, complaint):
    assert_refused(lambda network: call(network, rows), place + complaint)


@pytest.mark.parametrize("targets", [[[0, 1]], [[0, 1]] * 3])
@pytest.mark.parametrize(
    "call",
    [
        lambda network, targets: network.loss(GOOD_INPUTS, targets),
        lambda network, targets: network.train(GOOD_INPUTS, targets, epochs=1),
    ],
    ids=["loss", "train"],
)
def test_inputs_and_targets_must_be_as_many(call, targets):
    assert_refused(
        lambda network: call(network, targets),
        f"targets: expected one row for each row of inputs, that is 2, got {len(targets)}",
    )


def test_backward_needs_a_forward_walk_before_it():
    assert_refused(
        lambda network: network.backward([0, 1]),
        "backward: expected a forward walk before it, but the outputs are not known yet",
        Network(2, 3, 2, seed=1),
    )


def test_predict_is_no_forward_walk():
    network = Network(2, 3, 2, seed=1)
    network.predict([1, 0])
    with pytest.raises(NeuronetError, match="expected a forward walk before it"):
        network.backward([0, 1])


# Settings.

BAD_RATES = [
    (0, "expected a number above 0, got 0"),
    (0.0, "expected a number above 0, got 0.0"),
    (-0.5, "expected a number above 0, got -0.5"),
    (math.nan, "expected a finite number, got nan"),
    (math.inf, "expected a finite number, got inf"),
    (True, "expected a number, got True"),
    ("0.5", "expected a number, got '0.5'"),
    ([0.5], "expected a number, got [0.5]"),
    (0.5 + 1j, "expected a number that fits a float, got (0.5+1j)"),
    (10**400, f"expected a number that fits a float, got 1{'0' * 36}..."),
]


@pytest.mark.parametrize(("rate", "complaint"), BAD_RATES, ids=[repr(rate)[:20] for rate, _ in BAD_RATES])
def test_update_refuses_a_rate_that_cannot_be_right(rate, complaint):
    assert_refused(lambda network: network.update(rate), f"learning_rate: {complaint}")


@pytest.mark.parametrize(("rate", "complaint"), BAD_RATES, ids=[repr(rate)[:20] for rate, _ in BAD_RATES])
def test_train_refuses_a_rate_that_cannot_be_right(rate, complaint):
    assert_refused(
        lambda network: network.train(GOOD_INPUTS, GOOD_TARGETS, epochs=1, learning_rate=rate),
        f"learning_rate: {complaint}",
    )


@pytest.mark.parametrize("count", [0, -1, 2.0, math.nan, math.inf, True, False, "5", [1], Fraction(1), 1j])
@pytest.mark.parametrize("name", ["epochs", "batch_size", "early_stopping", "plateau", "checkpoint_every"])
def test_train_refuses_a_count_that_is_no_whole_number_above_0(name, count):
    settings = {"epochs": 1, name: count}
    assert_refused(
        lambda network: network.train(GOOD_INPUTS, GOOD_TARGETS, **settings),
        f"{name}: expected a whole number of at least 1, got {count!r}",
    )


def test_a_count_too_long_to_write_is_refused_as_calmly():
    with pytest.raises(NeuronetError, match=r"^epochs: expected a whole number of at least 1, got "):
        walked().train(GOOD_INPUTS, GOOD_TARGETS, epochs=-(10**5000))


BAD_SETTINGS = [
    ({"shuffle": 1}, "shuffle: expected True or False, got 1"),
    ({"resume": 1}, "resume: expected True or False, got 1"),
    ({"resume": True}, "resume: expected a network that has been trained, got one with no training to go on with"),
    ({"until_accuracy": 1.5}, "until_accuracy: expected a number above 0 and at most 1, got 1.5"),
    ({"min_delta": -1}, "min_delta: expected a number of 0 or more, got -1"),
    ({"optimizer": "adams"}, "optimizer: unknown 'adams'; known: sgd, momentum, nesterov, rmsprop, adam, rprop"),
    ({"optimizer": 5}, "optimizer: unknown 5; known: sgd, momentum, nesterov, rmsprop, adam, rprop"),
    (
        {"optimizer": "rprop", "batch_size": 1},
        "batch_size: expected all 2 samples, for rprop goes by the sign of their gradient together, got 1",
    ),
    ({"schedule": 5}, "schedule: expected a function of the epoch and the learning rate, got 5"),
    ({"validation": 5}, "validation: expected a data set or (inputs, targets), got 5"),
    ({"validation": ([[1, 0]], [[1]])}, "validation, targets[0]: expected 2 numbers, got 1"),
    ({"checkpoint": 5}, "checkpoint: expected a path or a function, got 5"),
    ({"seed": 1.0}, "seed: expected a whole number of at least 0, got 1.0"),
    ({"seed": True}, "seed: expected a whole number of at least 0, got True"),
    ({"seed": "1"}, "seed: expected a whole number of at least 0, got '1'"),
    ({"seed": -1}, "seed: expected a whole number of at least 0, got -1"),
    ({"rng": 7}, "rng: expected a random.Random, got 7"),
    ({"rng": Random}, "rng: expected a random.Random, got <class 'random.Random'>"),
    ({"seed": 1, "rng": Random(1)}, "seed and rng: expected one of them, got both"),
    ({"until_loss": -0.1}, "until_loss: expected a number of 0 or more, got -0.1"),
    ({"until_loss": math.nan}, "until_loss: expected a finite number, got nan"),
    ({"until_loss": "0.1"}, "until_loss: expected a number, got '0.1'"),
    ({"until_loss": True}, "until_loss: expected a number, got True"),
    ({"time_limit": 0}, "time_limit: expected a number above 0, got 0"),
    ({"time_limit": -1}, "time_limit: expected a number above 0, got -1"),
    ({"time_limit": math.inf}, "time_limit: expected a finite number, got inf"),
    ({"callback": 3}, "callback: expected a function of one Epoch, got 3"),
]


@pytest.mark.parametrize(("settings", "message"), BAD_SETTINGS)
def test_train_refuses_a_setting_that_cannot_be_right(settings, message):
    assert_refused(lambda network: network.train(GOOD_INPUTS, GOOD_TARGETS, epochs=1, **settings), message)


# Weights.

BAD_WEIGHTS = [
    ([], "weights: expected 3 numbers, got 0"),
    ([1, 2], "weights: expected 3 numbers, got 2"),
    ([1, 2, 3, 4], "weights: expected 3 numbers, got 4"),
    ([1, 2, math.nan], "weights[2]: expected a finite number, got nan"),
    ([1, math.inf, 3], "weights[1]: expected a finite number, got inf"),
    ([1, "2", 3], "weights[1]: expected a number, got '2'"),
    ([True, 2, 3], "weights[0]: expected a number, got True"),
    ([None, 2, 3], "weights[0]: expected a number, got None"),
    ([1, 2, 3j], "weights[2]: expected a number that fits a float, got 3j"),
    ([1, 2, 10**400], f"weights[2]: expected a number that fits a float, got 1{'0' * 36}..."),
    ([[1, 2, 3]], "weights: expected 3 numbers, got 1"),
    ({0: 1, 1: 2, 2: 3}, "weights: expected a row of 3 numbers, got {0: 1, 1: 2, 2: 3}"),
    ({1, 2, 3}, "weights: expected a row of 3 numbers, got {1, 2, 3}"),
    (b"123", "weights: expected a row of 3 numbers, got b'123'"),
    (None, "weights: expected a row of 3 numbers, got None"),
    (5, "weights: expected a row of 3 numbers, got 5"),
    (True, "weights: expected a row of 3 numbers, got True"),
]


@pytest.mark.parametrize(
    ("weights", "message"), [*BAD_WEIGHTS, ("abc", "weights: expected a row of 3 numbers, got 'abc'")]
)
def test_the_weights_are_set_all_or_none(weights, message):
    assert_refused(lambda network: setattr(network, "weights", weights), message, Network(2, 1, seed=1))


@pytest.mark.parametrize(("weights", "message"), BAD_WEIGHTS)
def test_a_network_is_not_built_with_weights_that_cannot_be_right(weights, message):
    with pytest.raises(NeuronetError) as caught:
        Network(2, 1, weights=weights)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("weight", "complaint"),
    [
        (math.nan, "expected a finite number, got nan"),
        (-math.inf, "expected a finite number, got -inf"),
        ("1", "expected a number, got '1'"),
        (True, "expected a number, got True"),
        (None, "expected a number, got None"),
        ([1], "expected a number, got [1]"),
        (1j, "expected a number that fits a float, got 1j"),
        (10**400, f"expected a number that fits a float, got 1{'0' * 36}..."),
    ],
)
def test_connect_refuses_a_weight_that_cannot_be_right(weight, complaint):
    assert_refused(lambda network: network.connect("i1", "o1", weight), f"weight: {complaint}")


# Building.

BAD_SHAPES = [
    ((), "layers: expected at least an input and an output layer, such as Network(2, 4, 1), got 0 layers"),
    ((2,), "layers: expected at least an input and an output layer, such as Network(2, 4, 1), got 1 layer"),
    (("2",), "layers: expected at least an input and an output layer, such as Network(2, 4, 1), got 1 layer"),
    ((2, 0), "layers[1]: expected a whole number of at least 1, got 0"),
    ((-2, 1), "layers[0]: expected a whole number of at least 1, got -2"),
    ((2, 4.0, 1), "layers[1]: expected a whole number of at least 1, got 4.0"),
    ((2, True), "layers[1]: expected a whole number of at least 1, got True"),
    ((2, None), "layers[1]: expected a whole number of at least 1, got None"),
    ((2, "4"), "layers[1]: expected a whole number of at least 1, got '4'"),
    (("2-4-1", 1), "layers[0]: expected a whole number of at least 1, got '2-4-1'"),
    ((2, [4], 1), "layers[1]: expected a whole number of at least 1, got [4]"),
    (("2-0-1",), "layers[1]: expected a whole number of at least 1, got 0"),
    (("",), "layers: expected a shape such as '2-4-1', got ''"),
    (("2-",), "layers: expected a shape such as '2-4-1', got '2-'"),
    (("2--1",), "layers: expected a shape such as '2-4-1', got '2--1'"),
    (("-2-1",), "layers: expected a shape such as '2-4-1', got '-2-1'"),
    (("2x4x1",), "layers: expected a shape such as '2-4-1', got '2x4x1'"),
    (("2-4.0-1",), "layers: expected a shape such as '2-4-1', got '2-4.0-1'"),
    (("2-\u00b2",), "layers: expected a shape such as '2-4-1', got '2-\u00b2'"),
    (("9" * 5000 + "-1",), f"layers: expected a shape such as '2-4-1', got '{'9' * 36}..."),
    (("2-4-" * 5000,), f"layers: expected a shape such as '2-4-1', got '{'2-4-' * 9}..."),
    ((10**6, 1), "layers: expected at most 1000000 neurons, got 1000001"),
    (("1000000-1",), "layers: expected at most 1000000 neurons, got 1000001"),
]


@pytest.mark.parametrize(("shape", "message"), BAD_SHAPES, ids=[repr(shape)[:20] for shape, _ in BAD_SHAPES])
def test_a_shape_that_no_network_has_is_refused(shape, message):
    with pytest.raises(NeuronetError) as caught:
        Network(*shape)
    assert str(caught.value) == message


@pytest.mark.parametrize("shape", [(10**5000, 1), (1, -(10**5000))], ids=["huge", "negative"])
def test_a_size_too_long_to_write_is_refused_as_calmly(shape):
    with pytest.raises(NeuronetError, match=r"^layers.*: expected a"):
        Network(*shape)


def test_a_long_shape_is_not_cut_short():
    assert len(Network("-".join(["1"] * 6000))) == 6000


ACTIVATION_NAMES, LOSS_NAMES = ", ".join(ACTIVATIONS), ", ".join(LOSSES)

BAD_OPTIONS = [
    ({"activation": "sigmod"}, f"activation: unknown 'sigmod'; known: {ACTIVATION_NAMES}"),
    ({"activation": None}, f"activation: unknown None; known: {ACTIVATION_NAMES}"),
    ({"activation": 3}, f"activation: unknown 3; known: {ACTIVATION_NAMES}"),
    ({"output_activation": "soft max"}, f"output_activation: unknown 'soft max'; known: {ACTIVATION_NAMES}"),
    ({"output_activation": ""}, f"output_activation: unknown ''; known: {ACTIVATION_NAMES}"),
    ({"output_activation": 0}, f"output_activation: unknown 0; known: {ACTIVATION_NAMES}"),
    ({"activation": "softmax"}, "layers[1]: expected softmax in the output layer only"),
    ({"loss": "mse"}, f"loss: unknown 'mse'; known: {LOSS_NAMES}"),
    ({"loss": None}, f"loss: unknown None; known: {LOSS_NAMES}"),
    ({"bias": 1}, "bias: expected True or False, got 1"),
    ({"bias": None}, "bias: expected True or False, got None"),
    ({"weights": "random"}, "weights: unknown 'random'; known: uniform, glorot, he, zeros, or a list of numbers"),
    ({"seed": 1.5}, "seed: expected a whole number of at least 0, got 1.5"),
    ({"seed": "1"}, "seed: expected a whole number of at least 0, got '1'"),
    ({"seed": True}, "seed: expected a whole number of at least 0, got True"),
    ({"seed": -1}, "seed: expected a whole number of at least 0, got -1"),
    ({"rng": 1}, "rng: expected a random.Random, got 1"),
    ({"rng": Random(1), "seed": 1}, "seed and rng: expected one of them, got both"),
    ({"kind": "float"}, "kind: expected a kind of number, such as float or Fraction, got 'float'"),
    ({"kind": None}, "kind: expected a kind of number, such as float or Fraction, got None"),
]


@pytest.mark.parametrize(("options", "message"), BAD_OPTIONS)
def test_a_network_is_not_built_with_an_option_that_cannot_be_right(options, message):
    with pytest.raises(NeuronetError) as caught:
        Network(2, 3, 1, **options)
    assert str(caught.value) == message


def test_a_neuron_of_an_unknown_activation_is_refused():
    with pytest.raises(NeuronetError) as caught:
        Neuron("n", "sigmod")
    assert str(caught.value) == f"activation: unknown 'sigmod'; known: {ACTIVATION_NAMES}"


def test_layers_and_sizes_do_not_mix():
    with pytest.raises(NeuronetError, match=r"^layers\[0\]: expected a whole number of at least 1, got Layer\('input'"):
        Network(Layer("input", [Neuron("i1")]), 1)


# Other kinds of numbers have the same door.


@pytest.mark.parametrize("kind", [Fraction, Decimal, complex])
@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        (math.nan, "expected a finite number, got nan"),
        (math.inf, "expected a finite number, got inf"),
        (True, "expected a number, got True"),
        ("1/3", "expected a number, got '1/3'"),
        (None, "expected a number, got None"),
    ],
)
def test_a_network_of_another_kind_refuses_the_same(kind, value, complaint):
    network = Network(2, 1, activation="softsign", seed=1, kind=kind)
    assert_refused(lambda network: network.forward([0, value]), f"inputs[1]: {complaint}", network)
    if value is not None:  # which stands for the usual rate
        assert_refused(lambda network: network.update(value), f"learning_rate: {complaint}", network)


@pytest.mark.parametrize("kind", [float, Fraction, Decimal, complex])
@pytest.mark.parametrize("rate", [0, -1, -0.25])
def test_a_rate_is_above_0_in_every_kind(kind, rate):
    network = Network(2, 1, activation="softsign", seed=1, kind=kind)
    assert_refused(
        lambda network: network.update(rate), f"learning_rate: expected a number above 0, got {rate!r}", network
    )


@pytest.mark.parametrize(("kind", "rate"), [(Fraction, Fraction(1, 10**400)), (Decimal, Decimal("1E-400"))])
def test_a_rate_too_small_for_a_float_is_above_0_where_the_kind_can_hold_it(kind, rate):
    network = Network(1, 1, activation="linear", bias=False, weights=[1], kind=kind)
    network.forward([1])
    network.backward([0])
    network.update(rate)
    assert network.synapses[0].gradient == 0


@pytest.mark.parametrize("value", [complex(math.nan, 0), complex(0, math.inf)])
def test_a_complex_number_is_finite_in_both_parts(value):
    assert_refused(
        lambda network: network.forward([value]),
        f"inputs[0]: expected a finite number, got {value!r}",
        Network(1, 1, seed=1, kind=complex),
    )


def test_a_number_that_the_kind_cannot_hold_is_refused():
    assert_refused(
        lambda network: network.forward([Fraction(1, 3)]),
        "inputs[0]: expected a number that fits a Decimal, got Fraction(1, 3)",
        Network(1, 1, seed=1, kind=Decimal),
    )


@pytest.mark.parametrize(("old", "new"), [(Fraction, Decimal), (complex, float)])
def test_a_network_is_not_converted_to_a_kind_that_cannot_hold_its_weights(old, new):
    network = Network(2, 1, activation="softsign", seed=1, kind=old)
    before = bits(network)
    with pytest.raises(NeuronetError, match=rf"^synapses\.weights\[0\]: expected a number that fits a {new.__name__}"):
        network.convert(new)
    assert bits(network) == before


@pytest.mark.parametrize("kind", [Fraction, Decimal])
def test_a_network_comes_back_from_an_exact_kind_with_the_same_bits(kind):
    network = Network(2, 3, 1, seed=1)
    assert network.convert(kind).convert(float).weights == network.weights


def test_a_function_may_say_how_a_number_becomes_one_of_another_kind():
    network = Network(2, 3, 1, seed=1)
    assert network.convert(complex).convert(lambda number: number.real).weights == network.weights


# What the door lets in.


@pytest.mark.parametrize(
    "row",
    [
        (0.5, -3),
        [Fraction(1, 2), Decimal(-3)],
        range(2),
        deque([0.5, -3]),
        array("d", [0.5, -3]),
        {"x": 0.5, "y": -3}.values(),
        [5e-324, -0.0],
        [1e308, -1e308],
        [2**53 + 1, 10**300],
    ],
    ids=["tuple", "exact", "range", "deque", "array", "values", "tiny", "huge", "int"],
)
def test_any_row_of_real_numbers_is_welcome(row):
    network = walked()
    assert network.predict(row) == network.predict([float(number) for number in row])


def test_a_generator_is_welcome_as_a_row_and_as_a_data_set():
    network = walked()
    assert network.predict(number for number in (1, 0)) == network.predict([1, 0])
    assert network.predict_all(iter(row) for row in GOOD_INPUTS) == network.predict_all(GOOD_INPUTS)


def test_the_rows_that_come_in_are_not_changed():
    inputs, targets = [[1, 0], [0, 1]], [[0, 1], [1, 0]]
    walked().train(inputs, targets, epochs=2)
    assert repr((inputs, targets)) == "([[1, 0], [0, 1]], [[0, 1], [1, 0]])"


def test_weights_that_come_in_are_not_kept_as_the_caller_s_list():
    weights = [1.0, 2.0, 3.0]
    network = Network(2, 1, weights=weights)
    weights[0] = 9.0
    assert network.weights == [1.0, 2.0, 3.0]
    network.weights[0] = 9.0
    assert network.weights == [1.0, 2.0, 3.0]


# The errors.


@pytest.mark.parametrize(
    "kind",
    [
        errors.DataError,
        errors.NumberError,
        errors.UnknownNameError,
        errors.GraphError,
        errors.TrainingError,
        errors.FormatError,
    ],
)
def test_every_kind_of_error_is_a_neuronet_error_and_a_value_error(kind):
    assert issubclass(kind, NeuronetError)
    assert issubclass(kind, ValueError)
