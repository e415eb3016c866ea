"""The diagnosis: each planted fault is found and nothing is said of healthy networks; looking changes nothing."""

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest
from helpers import bits
from hypothesis import given, settings
from hypothesis import strategies as st

from neuronet import Activation, Layer, Network, Neuron, Synapse, check_gradients, datasets, explain
from neuronet.data.datasets import find_dataset
from neuronet.data.recipes import recipe_for
from neuronet.diagnosis import FAULTS, Diagnosis, Finding, has_learned, missed
from neuronet.diagnosis.evidence import Evidence, steepest_slope
from neuronet.diagnosis.separable import best_line, hidden_for_parity, meeting_point, parity_bits
from neuronet.errors import DataError, GraphError, TrainingError
from neuronet.training import Epoch, History

XOR = datasets.xor()
DIFFERENT = [[0.0], [1.0], [1.0], [0.0]]
"""The targets of XOR, for inputs of one's own."""


def found(network, inputs=XOR.inputs, targets=XOR.targets, **settings):
    """The findings by the name of their fault; a fault that was found twice would show as a missing place."""
    diagnosis = network.diagnose(inputs, targets, **settings)
    assert len({(finding.fault, finding.where) for finding in diagnosis}) == len(diagnosis)
    return {finding.fault: finding for finding in diagnosis}


def with_biases(value, *layers, **settings):
    network = Network(2, 4, 1, seed=1, **settings)
    for layer in layers:
        for neuron in network[layer]:
            neuron.bias = value
    return network


def course_of(losses, steps):
    """A history that a training might have left."""
    history = History()
    history.epochs = [Epoch(number, loss, loss, 0.0) for number, loss in enumerate(losses, 1)]
    history.steps = steps
    return history


# Healthy networks: nothing is found.


def looks(network, dataset, epochs, **settings):
    """What is found before, on the way and after a training, with the history so far."""
    rate = settings["learning_rate"]
    seen = [network.diagnose(*dataset, learning_rate=rate)]
    course, done = History(), 0
    for goal in epochs:
        part = network.train(*dataset, epochs=goal - done, **settings)
        course.epochs += part.epochs
        course.steps += part.steps
        done = goal
        seen.append(network.diagnose(*dataset, history=course, learning_rate=rate))
    return seen


@pytest.mark.parametrize("trainings", [5, pytest.param(100, marks=pytest.mark.slow)])
def test_nothing_is_found_in_healthy_trainings_of_xor_before_during_and_after(trainings):
    alarms = []
    for seed in range(trainings):
        seen = looks(Network(2, 4, 1, seed=seed), XOR, (10, 100, 500, 1000, 2000, 5000), learning_rate=0.5)
        alarms += [(seed, diagnosis.faults) for diagnosis in seen if not diagnosis.ok]
        assert seen[-1].missed == 0
    assert alarms == []


@pytest.mark.parametrize(
    "name",
    [
        *("and", "or", "nand", "gauss", "moons", "parity2", "parity"),
        *(pytest.param(name, marks=pytest.mark.slow) for name in ("circle", "spiral", "iris", "parity4", "parity5")),
    ],
)
def test_nothing_is_found_where_a_recipe_trains_its_data_set(name):
    recipe = recipe_for(name)
    for seed in range(3):
        dataset = find_dataset(name)
        if len(dataset) >= 100:
            dataset = dataset.split(0.8, seed=seed)[0]
        shape = len(dataset.inputs[0]), *recipe.hidden, len(dataset.targets[0])
        functions = {"activation": recipe.activation, "output_activation": "sigmoid", "loss": recipe.loss}
        goals = [max(1, recipe.epochs * share // 100) for share in (3, 10, 30, 100)]
        way = {"learning_rate": recipe.learning_rate, "batch_size": recipe.batch_size}
        seen = looks(Network(*shape, seed=seed, **functions), dataset, goals, **way)
        assert [diagnosis.faults for diagnosis in seen] == [[]] * len(seen)
        assert has_learned(seen[-1].missed, seen[-1].samples)


@pytest.mark.parametrize(
    "activation", ["tanh", *(pytest.param(one, marks=pytest.mark.slow) for one in ("sigmoid", "elu"))]
)
def test_nothing_is_found_where_a_curve_is_learned(activation):
    inputs = [[step / 20 - 1] for step in range(41)]
    for curve in (abs, lambda x: x * x, lambda x: 2 * x + 1):
        targets = [[curve(x)] for [x] in inputs]
        for seed in range(3):
            network = Network(1, 8, 1, activation=activation, output_activation="linear", seed=seed)
            seen = looks(network, (inputs, targets), (20, 100, 300, 1000), learning_rate=0.05)
            assert [diagnosis.faults for diagnosis in seen] == [[]] * 5
            assert seen[-1].learned


def test_one_sample_is_an_exercise_and_no_data_set():
    exercise = Network(2, 2, 2, weights=[0.35, 0.15, 0.2, 0.35, 0.25, 0.3, 0.6, 0.4, 0.45, 0.6, 0.5, 0.55])
    assert exercise.diagnose([[0.05, 0.1]], [[0.01, 0.99]], learning_rate=0.5).ok


def test_a_network_that_has_learned_may_look_odd_inside():
    by_hand = Network(2, 2, 1, weights=[-100, 200, 200, -300, 200, 200, -100, 200, -400])
    assert by_hand.diagnose(*XOR, learning_rate=0.5).ok
    for synapse in by_hand.synapses:
        synapse.frozen = True
    assert by_hand.diagnose(*XOR).ok


def test_noise_on_two_clouds_that_a_straight_line_divides_well_is_no_fault():
    noisy = datasets.gauss(200, noise=0.25, seed=3)
    classes = [[row for row, target in zip(*noisy) if target == [label]] for label in (0, 1)]
    assert meeting_point(*classes) is not None
    assert Network(2, 1, seed=1).diagnose(*noisy).ok


# Each fault.


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


def test_inputs_like_pixels_saturate_the_hidden_layer_and_are_named_as_the_cause():
    pixels = [[255, 0, 120], [0, 255, 13], [200, 200, 200], [10, 10, 10]]
    for seed in range(20):
        saturated = found(Network(3, 4, 1, seed=seed), pixels, [[1], [0], [1], [0]])["saturated"]
        assert saturated.where == "layer hidden"
        assert "Inputs of up to 255 make such nets." in saturated.shows
        assert saturated.numbers["slope"] < 0.01


def test_one_neuron_that_is_flat_for_good_is_named():
    network = Network(2, 4, 1, seed=1)
    network.neuron("h2").bias = 50
    saturated = found(network)["saturated"]
    assert saturated.where == "h2"
    assert 48 < saturated.numbers["least_net"] < 52
    assert saturated.numbers["slope"] < 1e-20


@pytest.mark.slow
def test_every_stuck_network_of_two_hidden_neurons_is_found_and_no_solved_one():
    stuck = 0
    for seed in range(60):
        network = Network(2, 2, 1, seed=seed)
        history = network.train(*XOR, epochs=5000, learning_rate=0.5)
        diagnosis = network.diagnose(*XOR, history=history, learning_rate=0.5)
        assert diagnosis.faults == (["saturated", "alike", "plateau"] if diagnosis.missed else [])
        stuck += diagnosis.missed > 0
    assert stuck == 14


def test_the_rarer_way_to_be_stuck_is_found_too():
    network = Network(2, 2, 1, seed=181)
    network.train(*XOR, epochs=8000, learning_rate=0.5)
    assert {"saturated", "alike"} <= set(found(network))


def test_the_samples_that_look_alike_are_named():
    network = Network(2, 2, 1, seed=3)
    network.train(*XOR, epochs=5000, learning_rate=0.5)
    alike = found(network)["alike"]
    assert (alike.where, alike.numbers["first"], alike.numbers["second"]) == ("samples 2 and 3", 2, 3)
    assert alike.numbers["gap"] < 0.01


def test_dead_neurons_are_found_in_every_row():
    dead = found(with_biases(-10, 1, activation="relu", output_activation="sigmoid"))["dead"]
    assert dead.where == "h1, h2, h3 and h4"
    assert dead.numbers["largest_net"] < 0
    assert dead.numbers["neurons"] == ["h1", "h2", "h3", "h4"]
    one = Network(2, 4, 1, activation="relu", output_activation="sigmoid", weights=[1.0] * 17)
    one.neuron("h3").bias = -5
    assert found(one)["dead"].where == "h3"
    out = with_biases(-10, 2, activation="sigmoid", output_activation="relu")
    assert found(out)["dead"].where == "o1"


def test_a_relu_that_rests_for_some_samples_is_neither_dead_nor_saturated():
    network = Network(2, 2, 1, activation="relu", output_activation="sigmoid", weights=[0, 1, 2, 0, 2, 1, 0, 1, -1])
    assert found(network) == {}


def test_a_relu_row_that_rests_where_the_answers_are_wrong_is_not_saturated():
    network = Network(1, 2, 1, activation="relu", output_activation="sigmoid", weights=[-5, 1, -5, 2, 0, 0, 0])
    assert "saturated" not in found(network, [[0], [1], [10]], [[0], [1], [0]])


def a_single_neuron(*weights):
    return Network(1, 1, 1, weights=[*weights, 0, 0])  # the output says 1/2, far from any class


def test_a_row_that_is_flat_for_few_of_the_wrong_answers_is_not_saturated():
    inputs, targets = [[0], [0.1], [0.2], [10]], [[0], [1], [0], [1]]
    assert "saturated" not in found(a_single_neuron(0, 1), inputs, targets)
    assert "saturated" in found(a_single_neuron(20, 1), inputs, targets)


def test_samples_that_flat_neurons_tell_apart_are_not_alike():
    assert "alike" not in found(a_single_neuron(0, 10), [[-1], [1]], [[0], [1]])
    assert "alike" in found(a_single_neuron(20, 10), [[-1], [1]], [[0], [1]])


def test_an_input_out_of_scale_is_named():
    scale = found(Network(2, 4, 1, seed=1), [[a, 1000 * b] for a, b in XOR.inputs])["input scale"]
    assert (scale.where, scale.numbers) == ("i2", {"largest": 1000.0, "others": 1.0, "times": 1000.0})
    assert "input scale" not in found(Network(2, 4, 1, seed=1), [[a, 29 * b] for a, b in XOR.inputs])


@pytest.mark.parametrize(
    ("settings", "rate"),
    [
        ({}, 500),
        ({"activation": "tanh", "output_activation": "linear"}, 5),
        ({"activation": "relu", "output_activation": "linear"}, 50),
        ({"activation": "tanh", "output_activation": "linear"}, 1e15),
    ],
)
def test_a_rate_that_raises_the_loss_is_found_with_one_that_lowers_it(settings, rate):
    network = Network(2, 8, 1, seed=1, **settings)
    too_large = found(network, learning_rate=rate)["rate too large"]
    assert too_large.where == f"learning rate {rate:g}"
    better, before = too_large.numbers["better"], network.loss(*XOR)
    assert too_large.numbers["before"] == before
    assert better < rate
    network.train(*XOR, epochs=4, learning_rate=better, batch_size=4)
    assert network.loss(*XOR) < before
    assert "rate too large" not in found(Network(2, 8, 1, seed=1, **settings), learning_rate=better)


def test_a_loss_that_has_risen_is_found_in_the_history():
    network = Network(2, 4, 1, seed=1)
    risen = found(network, history=course_of([0.2, 0.1, 0.15, 0.2, 0.3], 20))["rate too large"]
    assert risen.numbers == {"lowest": 0.1, "epoch": 2, "last": 0.3}
    for losses in ([], [0.2], [0.1, 0.11, 0.12], [0.3, 0.1, 0.5, 0.1]):
        assert found(network, history=course_of(losses, 20)) == {}


def test_after_a_training_that_broke_off_something_is_found():
    for seed in range(10):
        network = Network(2, 6, 1, activation="tanh", output_activation="linear", seed=seed)
        with pytest.raises(TrainingError):
            network.train(*XOR, epochs=3000, learning_rate=100)
        assert {"rate too large", "not finite"} & set(found(network, learning_rate=100))


def test_a_plateau_is_found_in_a_long_history_only():
    network = Network(2, 4, 1, seed=1)
    flat = [0.125] * 1000
    assert found(network, history=course_of(flat, 8000))["plateau"].numbers["last"] == 0.125
    assert found(network, history=course_of(flat, 7999)) == {}
    assert found(network, history=course_of(flat[:499], 8000)) == {}
    assert found(network, history=course_of([0.5 * 0.999**epoch for epoch in range(1000)], 8000)) == {}


@pytest.mark.parametrize(
    ("activation", "targets", "low", "high"),
    [
        ("sigmoid", [[-1], [1], [1], [-1]], 0, 1),
        ("hard_sigmoid", [[0], [2], [2], [0]], 0, 1),
        ("tanh", [[0], [5], [10], [3]], -1, 1),
        ("softsign", [[0], [5], [10], [3]], -1, 1),
        ("relu", [[-1], [1], [1], [-1]], 0, None),
        ("softplus", [[-1], [1], [1], [-1]], 0, None),
        ("elu", [[-3], [1], [1], [-3]], -1, None),
    ],
)
def test_targets_that_the_output_cannot_reach_are_found(activation, targets, low, high):
    network = Network(2, 4, 1, output_activation=activation, seed=1)
    beyond = found(network, XOR.inputs, targets)["out of range"]
    assert beyond.numbers["low"] == pytest.approx(low, abs=1e-5)
    assert beyond.numbers["high"] == (None if high is None else pytest.approx(high, abs=1e-5))
    assert f"targets[{beyond.shows.split('targets[')[1][0]}] = {beyond.numbers['farthest']:.4g}" in beyond.shows
    assert ("never below" in beyond.shows) == (high is None)


@pytest.mark.parametrize(
    ("activation", "targets"),
    [
        ("sigmoid", DIFFERENT),
        ("sigmoid", [[0], [1 + 1e-9], [1.005], [-0.005]]),
        ("tanh", [[-1], [1], [1], [-1]]),
        ("relu", [[0], [7], [7], [0]]),
        ("leaky_relu", [[-5], [1], [1], [-5]]),
        ("linear", [[-500], [1000], [1000], [-500]]),
        ("linear", [[-5e6], [2e6], [1e150], [0]]),
        ("relu", [[0], [2e6], [3e9], [0]]),
        ("softmax", [[1, 0], [0, 1], [0.5, 0.5], [1, 0]]),
        (Activation("square", lambda net: net * net, lambda net, output: 2 * net), DIFFERENT),
        (Activation("steep", lambda net: 1 / (net - 8), lambda net, output: -output * output), DIFFERENT),
    ],
    ids=str,
)
def test_targets_that_the_output_can_reach_are_not(activation, targets):
    network = Network(2, 4, len(targets[0]), output_activation=activation, seed=1)
    assert "out of range" not in found(network, XOR.inputs, targets)


def test_targets_that_are_no_distribution_are_out_of_range_for_softmax():
    network = Network(2, 4, 2, output_activation="softmax", seed=1)
    beyond = found(network, XOR.inputs, [[1, 0], [1, 1], [0, 1], [1, 0]])["out of range"]
    assert beyond.numbers == {"samples": 1, "first": 1, "total": 2.0}


def test_wrong_and_flat_outputs_are_found_and_the_cross_entropy_is_what_helps():
    for function, targets, partner in (
        ("sigmoid", DIFFERENT, "binary_cross_entropy"),
        ("softmax", [[1, 0], [0, 1], [0, 1], [1, 0]], "categorical_cross_entropy"),
    ):
        for loss, expected in (("half_squared_error", True), (partner, False)):
            network = Network(2, 4, len(targets[0]), seed=1, output_activation=function, loss=loss)
            network.neuron("o1").bias = 20
            faults = found(network, XOR.inputs, targets)
            assert ("flat output" in faults) == expected
            if expected:
                flat = faults["flat output"]
                assert abs(flat.numbers["error"]) > 0.99
                assert abs(flat.numbers["delta"]) < 1e-6
                assert f"loss='{partner}'" in flat.advice


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


def test_the_same_targets_everywhere_are_found():
    same = found(Network(2, 4, 1, seed=1), XOR.inputs, [[1]] * 4)["same targets"]
    assert same.numbers == {"outputs": ["o1"], "targets": [1.0]}
    one_class = found(Network(2, 4, 2, seed=1), XOR.inputs, [[0, 0], [1, 0], [1, 0], [0, 0]])
    assert one_class["same targets"].where == "o2"
    assert found(Network(2, 4, 1, seed=1), [[0, 1]], [[1]]) == {}  # one sample is an exercise, not a data set


def test_contradictory_samples_are_found():
    contradiction = found(Network(2, 4, 1, seed=1), [*XOR.inputs, [0, 0]], [*XOR.targets, [1]])["contradiction"]
    assert contradiction.numbers == {"samples": 2, "groups": 1, "first": 0, "second": 4}
    assert found(Network(2, 4, 1, seed=1), [*XOR.inputs, [0, 0]], [*XOR.targets, [0]]) == {}
    measured_twice = [[0.0], [1.0], [2.0], [10.0], [0.5]]
    assert found(Network(2, 4, 1, output_activation="linear", seed=1), [*XOR.inputs, [0, 0]], measured_twice) == {}


def test_an_input_that_never_changes_is_found():
    constant = found(Network(3, 4, 1, seed=1), [[a, 7, b] for a, b in XOR.inputs])["constant input"]
    assert constant.numbers == {"inputs": ["i2"], "values": [7.0]}


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


def test_samples_that_look_alike_are_named_at_an_output_that_wants_them_apart():
    network = Network(2, 4, 3, seed=1)
    for neuron in network[1]:
        neuron.bias = 50
    targets = [[0, 0, 1], [0, 1, 0], [0, 1, 0], [0, 0, 1]]
    alike = found(network, targets=targets)["alike"]
    said = network.predict([0, 0])[1]
    assert f"To o2 they are one sample, so it says {said:.3f} and {said:.3f}, in between." in alike.shows
    network[2][1].bias = -40
    alike = found(network, targets=targets)["alike"]
    assert "it says 0.000 and 0.000. The" in alike.shows
    assert alike.numbers["first"] == 0


def test_neurons_that_large_inputs_killed_live_when_the_inputs_are_brought_down():
    inputs = [[3000, 800], [2500, 100], [900, 4000], [100, 3500]]
    network = Network(2, 4, 1, seed=1)
    dead = found(network, inputs, [[1], [1], [0], [0]])["dead"]
    assert "Inputs of up to 4000 make such nets." in dead.shows
    assert dead.advice.startswith("bring the inputs to about -1 to 1")
    small = [[x / 4000 for x in row] for row in inputs]
    network.train(small, [[1], [1], [0], [0]], epochs=1000, learning_rate=0.5, seed=1)
    assert network.diagnose(small, [[1], [1], [0], [0]]).learned
    relu = found(with_biases(-1e6, 1, activation="relu"), inputs, [[1], [1], [0], [0]])["dead"]
    assert "Inputs of up to" not in relu.shows
    assert "leaky_relu" in relu.advice


def test_one_sample_is_said_as_one():
    assert (
        "In the one sample the net of" in found(with_biases(-10, 1, activation="relu"), [[1, 1]], [[1]])["dead"].shows
    )


def test_several_inputs_or_outputs_that_never_change_are_said_as_several():
    seen = found(Network(2, 2, 2, seed=1), [[1, 5]] * 2, [[0, 1]] * 2)
    assert "the targets of o1 and o2 are 0 and 1." in seen["same targets"].shows
    assert "samples i1 and i2 are 1 and 5." in seen["constant input"].shows


def test_numbers_that_are_not_finite_are_told_and_are_none_in_json():
    denormal = Network(2, 3, 1, seed=1).diagnose([[1, 5e-324], [0, 0]], [[0], [1]])
    assert "it is more than 1e308 times as large" in " ".join(str(denormal).split())
    assert json.loads(json.dumps(denormal.to_dict(), allow_nan=False))["findings"][0]["numbers"]["times"] is None
    far = found(Network(2, 3, 1, seed=1), [[1, 1e-200], [0, 0]], [[0], [1]])["input scale"]
    assert "it is 1e+200 times as large" in far.shows
    large = Network(2, 3, 1, weights=[1e308] * 13).diagnose(*XOR)
    json.dumps(large.to_dict(), allow_nan=False)


def test_a_rate_beyond_all_measure_is_found_too():
    network = Network(2, 4, 1, output_activation="linear", seed=1)
    for rate in (1e30, 1e200, 1e300):
        large = found(network, learning_rate=rate)["rate too large"]
        assert 0 < large.numbers["better"] < 1
    assert "rate too large" not in found(network, learning_rate=1e-300)


@pytest.mark.slow
def test_many_inputs_of_many_digits_do_not_take_for_ever():
    rng = Random(2)
    long = [[rng.gauss(0, 1) for _ in range(12)] for _ in range(200)]
    short = [[float(rng.randrange(5)) for _ in row] for row in long]
    assert meeting_point(long[::2], long[1::2]) is None  # they meet, but the proof is given up
    assert meeting_point(short[::2], short[1::2]) is not None


def test_no_gradient_anywhere_is_found():
    still = found(with_biases(50, 1, 2, activation="hard_sigmoid"))["no gradient"]
    assert still.numbers == {"largest": 0.0, "synapses": 17}
    assert "no gradient" not in found(Network(2, 4, 1, seed=1))


def test_a_walk_that_overflows_is_found_and_nothing_breaks():
    linear = Network(2, 4, 1, activation="linear", weights=[1e200 * number for number in range(1, 18)])
    diagnosis = linear.diagnose(*XOR, learning_rate=0.5, history=course_of([1.0, 2.0], 8))
    assert "not finite" in diagnosis.faults
    assert (diagnosis.loss, diagnosis.missed) == (None, 4)
    assert "loss not finite" in str(diagnosis)
    json.dumps(diagnosis.to_dict(), allow_nan=False)


def test_every_fault_stands_in_the_reference_and_is_found_by_a_test_here():
    here = Path(__file__)
    reference = (here.parents[2] / "docs" / "reference" / "diagnosis.md").read_text(encoding="utf-8")
    for name in FAULTS:
        assert f"| `{name}` |" in reference
        assert f'"{name}"' in here.read_text(encoding="utf-8")


# What a diagnosis is.


def a_diagnosis(network=None, **settings):
    return (network or Network(2, 4, 1, weights="zeros")).diagnose(*XOR, **settings)


def test_a_diagnosis_is_a_sequence_that_is_true_where_nothing_was_found():
    ill, well = a_diagnosis(), a_diagnosis(Network(2, 4, 1, seed=1))
    assert isinstance(ill, Diagnosis)
    assert isinstance(ill[0], Finding)
    assert (bool(ill), ill.ok, len(ill), ill.faults) == (False, False, 1, ["symmetric"])
    assert (bool(well), well.ok, len(well), list(well)) == (True, True, 0, [])
    assert repr(ill) == "Diagnosis(symmetric)"
    assert repr(well) == "Diagnosis(nothing found)"


def test_every_finding_is_explained_and_fits_into_80_columns():
    networks = [Network(2, 4, 1, weights="zeros"), with_biases(-1e9, 1, 2, activation="relu"), Network(2, 1, seed=1)]
    networks += [Network(2, *[60] * 3, 1, weights="zeros")]
    for network in networks:
        diagnosis = network.diagnose([[1e9, 1 / 3], [1, 2], [1e9, 1 / 3], [2, 1]], [[-1e9], [1e9], [1e9], [0]])
        assert not diagnosis.ok
        for finding in diagnosis:
            assert finding.fault in FAULTS
            assert finding.shows.endswith(".")
            assert finding.advice.endswith(".")
        assert max(len(line) for line in str(diagnosis).splitlines()) <= 80


def test_causes_stand_before_what_follows_from_them():
    names = list(FAULTS)
    order = [names.index(finding.fault) for finding in with_biases(-10, 1, 2, activation="relu").diagnose(*XOR)]
    assert order == sorted(order)
    assert len(order) > 2


def test_to_dict_is_ready_for_json_and_says_everything():
    document = json.loads(json.dumps(a_diagnosis().to_dict(), allow_nan=False))
    assert set(document) == {"subject", "ok", "learned", "loss", "missed", "samples", "findings"}
    assert set(document["findings"][0]) == {"fault", "where", "shows", "advice", "numbers"}
    assert document["findings"][0]["fault"] == "symmetric"


def test_a_sample_is_missed_by_the_range_of_its_output():
    assert missed([[0], [1]], [[0.39], [0.59]]) == [1]
    assert missed([[0], [50], [100]], [[24], [76], [float("nan")]]) == [1, 2]
    assert missed([[5], [5]], [[5], [7]]) == [1]
    assert [has_learned(count, 10) for count in (0, 1, 2)] == [True, True, False]


def test_the_gradients_of_the_evidence_are_the_slopes_of_the_loss():
    network, step = Network(2, 3, 1, seed=1), 1e-5
    evidence = Evidence(network, XOR.inputs, XOR.targets)
    for synapse in network.synapses:
        weight, slopes = synapse.weight, []
        for inputs, targets in zip(*XOR):
            losses = []
            for synapse.weight in (weight + step, weight - step):
                losses.append(network.loss([inputs], [targets]))
            slopes.append((losses[0] - losses[1]) / (2 * step))
        synapse.weight = weight
        assert evidence.gradients[synapse] == pytest.approx(sum(slopes) / 4, abs=1e-9)
        assert evidence.strongest[synapse] == pytest.approx(max(map(abs, slopes)), abs=1e-9)


# Looking changes nothing.


@pytest.mark.parametrize("seed", range(5))
def test_looking_changes_nothing(seed):
    network = Network(2, 3, 2, 1, activation="tanh", output_activation="sigmoid", seed=seed)
    network.forward([0, 1])
    network.backward([1])
    before = bits(network)
    network.diagnose(*XOR, learning_rate=500, history=course_of([1.0, 2.0], 8))
    network.diagnose(*XOR)
    assert bits(network) == before


def test_looking_changes_nothing_even_where_the_walk_breaks_off():
    broken = Activation("broken", lambda net: net, lambda net, output: 1 / 0)
    network = Network(2, 4, 1, activation=broken, seed=1)
    before = bits(network)
    assert "not finite" in found(network)
    assert bits(network) == before


@settings(max_examples=2 * settings().max_examples)
@given(st.integers(0, 10_000), st.data())
def test_any_network_on_any_samples_can_be_diagnosed(seed, data):
    rng = Random(seed)
    shape = data.draw(st.lists(st.integers(1, 4), min_size=2, max_size=4))
    names = st.sampled_from(["sigmoid", "tanh", "relu", "elu", "softplus", "softsign", "hard_sigmoid", "linear"])
    network = Network(*shape, activation=data.draw(names), output_activation=data.draw(names), seed=seed)
    scale = 10.0 ** data.draw(st.integers(-3, 3))
    inputs = [[rng.uniform(-scale, scale) for _ in network[0]] for _ in range(5)]
    targets = [[rng.choice([0.0, 1.0, rng.uniform(-2, 2)]) for _ in network[-1]] for _ in range(5)]
    before = bits(network)
    diagnosis = network.diagnose(inputs, targets, learning_rate=data.draw(st.sampled_from([0.1, 10.0])))
    assert bits(network) == before
    assert set(diagnosis.faults) <= set(FAULTS)
    json.dumps(diagnosis.to_dict(), allow_nan=False)
    assert max(len(line) for line in str(diagnosis).splitlines()) <= 80


# What is refused.


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"inputs": [[0, 1]]}, "targets: expected one row for each row of inputs, that is 1, got 4"),
        ({"inputs": [[0]] * 4}, r"inputs\[0\]: expected 2 numbers, got 1"),
        ({"learning_rate": 0}, "learning_rate: expected a number above 0, got 0"),
        ({"learning_rate": "fast"}, "learning_rate: expected a number, got 'fast'"),
        ({"history": [0.1, 0.2]}, r"history: expected the History that train returned, got \[0.1, 0.2\]"),
    ],
)
def test_what_cannot_be_right_is_refused_and_changes_nothing(arguments, message):
    network = Network(2, 4, 1, seed=1)
    before = bits(network)
    with pytest.raises(DataError, match=message):
        network.diagnose(**{"inputs": XOR.inputs, "targets": XOR.targets, **arguments})
    assert bits(network) == before


@pytest.mark.parametrize("kind", [Fraction, Decimal, complex])
def test_another_kind_of_number_is_refused_with_the_way_out(kind):
    network = Network(2, 1, activation="linear", seed=1, kind=kind)
    with pytest.raises(DataError, match=rf"got one of {kind.__name__}; network.convert\(float\)"):
        network.diagnose(*XOR)


def test_a_broken_graph_is_refused():
    network = Network(2, 4, 1, seed=1)
    network.synapses[0].weight = float("nan")
    with pytest.raises(GraphError):
        network.diagnose(*XOR)


def test_a_network_wired_by_hand_is_diagnosed():
    a, b, middle, out = Neuron("a", "linear"), Neuron("b", "linear"), Neuron("middle", "relu"), Neuron("out", "linear")
    for source, destination, weight in ((a, middle, -1.0), (b, middle, -2.0), (middle, out, 0.5), (a, out, 0.25)):
        Synapse(source, destination, weight)
    network = Network(Layer("input", [a, b]), Layer("hidden", [middle]), Layer("output", [out]))
    assert found(network)["dead"].where == "middle"


# Straight lines.


def both_ways(meeting, first, second):
    """The point of a proof, added up from either side."""
    return [
        [
            sum(weight * Fraction(points[place][axis]) for place, weight in weights.items())
            for axis in range(len(points[0]))
        ]
        for points, weights in ((first, meeting.first), (second, meeting.second))
    ]


@given(st.integers(0, 2**32), st.integers(1, 3), st.integers(1, 6), st.integers(1, 6))
@settings(max_examples=6 * settings().max_examples)
def test_a_meeting_point_is_a_proof_and_a_line_is_found_where_there_is_none(seed, axes, few, many):
    rng = Random(seed)
    first, second = ([[rng.choice([0.0, 0.5, 1.0]) for _ in range(axes)] for _ in range(n)] for n in (few, many))
    meeting = meeting_point(first, second)
    if meeting is None:
        assert best_line(first, second) == few + many  # points of a coarse grid leave a wide margin
    else:
        one, other = both_ways(meeting, first, second)
        assert one == other
        for weights in (meeting.first, meeting.second):
            assert sum(weights.values()) == 1
            assert min(weights.values()) > 0
        assert best_line(first, second) < few + many


def test_parity_is_known_by_its_answers():
    for count in (2, 3, 5):
        parity = datasets.parity(count)
        answers = [target == [1.0] for target in parity.targets]
        assert parity_bits(parity.inputs, answers) == count
        assert (
            parity_bits([[2 * x - 1 for x in row] for row in parity.inputs], [not answer for answer in answers])
            == count
        )
        assert parity_bits(parity.inputs[1:], answers[1:]) == 0
        assert parity_bits(parity.inputs, [not answers[0], *answers[1:]]) == 0
    assert parity_bits([[0], [1]], [False, True]) == 0


def test_parity_needs_what_setiono_1997_says():
    assert [hidden_for_parity(count) for count in range(2, 8)] == [2, 2, 3, 3, 4, 4]


def test_the_steepest_slopes_are_those_of_the_formulas():
    assert steepest_slope(Activation("half", lambda net: net / 2, lambda net, output: 0.5)) == 0.5
    assert steepest_slope(Network(1, 1)[1][0].activation) == 0.25
    assert steepest_slope(Network(1, 1, activation="tanh")[1][0].activation) == 1
    assert steepest_slope(Network(1, 2, output_activation="softmax")[1][0].activation) is None


class Lingering(Neuron):
    """Remembers something of its own on every forward walk, and notes it in a list."""

    __slots__ = ("mean", "seen")

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.mean = 0.5
        self.seen = [0.0]

    def weighted_sum(self):
        net = super().weighted_sum()
        self.mean = self.mean * 0.75 + net * 0.25
        self.seen.append(net)
        return net - self.mean


def test_what_a_class_of_ones_own_remembers_is_as_before():
    network = type("LingeringNetwork", (Network,), {"neuron_class": Lingering})(2, 2, 1, seed=1)
    xor = datasets.xor()
    network.diagnose(*xor, learning_rate=0.5)
    check_gradients(network, *xor)
    explain(network, [0, 1], [1], 0.5)
    assert [(neuron.mean, neuron.seen) for neuron in network.neurons] == [(0.5, [0.0])] * len(network.neurons)
