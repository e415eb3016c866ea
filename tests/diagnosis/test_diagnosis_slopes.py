"""Faults of the slopes: where the error is lost in the hidden layers."""

import json

import pytest
from diagnosed import XOR, course_of, found, with_biases

from neuronet import Layer, Network, Neuron, Synapse


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


def test_a_network_wired_by_hand_is_diagnosed():
    a, b, middle, out = Neuron("a", "linear"), Neuron("b", "linear"), Neuron("middle", "relu"), Neuron("out", "linear")
    for source, destination, weight in ((a, middle, -1.0), (b, middle, -2.0), (middle, out, 0.5), (a, out, 0.25)):
        Synapse(source, destination, weight)
    network = Network(Layer("input", [a, b]), Layer("hidden", [middle]), Layer("output", [out]))
    assert found(network)["dead"].where == "middle"
