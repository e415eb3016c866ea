"""Faults of the outputs: targets out of range, and outputs that are flat."""

import pytest
from diagnosed import DIFFERENT, XOR, found

from neuronet import Activation, Network


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
