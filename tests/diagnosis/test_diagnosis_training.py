"""Faults of the training: rates that are too large, and plateaus."""

import pytest
from diagnosed import XOR, course_of, found

from neuronet import Network
from neuronet.errors import TrainingError


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


def test_a_rate_beyond_all_measure_is_found_too():
    network = Network(2, 4, 1, output_activation="linear", seed=1)
    for rate in (1e30, 1e200, 1e300):
        large = found(network, learning_rate=rate)["rate too large"]
        assert 0 < large.numbers["better"] < 1
    assert "rate too large" not in found(network, learning_rate=1e-300)
