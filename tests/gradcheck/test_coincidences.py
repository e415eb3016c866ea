"""A gradient that is wrong only at an exact coincidence is wrong: the loss is smooth there, and only a kink excuses."""

import math

import pytest
from gradcheck_cases import EVERY_METHOD
from helpers import mostly_slow

from neuronet import Network, Neuron, check_deltas, check_function, check_gradients, datasets, taylor_test
from neuronet.testing import assert_gradients

XOR = datasets.xor()


def wrong_where(coincides):
    """A neuron that leaves out the gradient of every synapse, from no bias neuron, of which this is true."""

    class Forgets(Neuron):
        __slots__ = ()

        def add_gradients(self):
            for synapse in self.incoming:
                if synapse.source.is_bias or not coincides(synapse):
                    synapse.gradient += -self.delta * synapse.source.output

    return Forgets


COINCIDENCES = {
    "an input of 1": wrong_where(lambda synapse: synapse.source.output == 1),
    "a weight of exactly 1/4": wrong_where(lambda synapse: synapse.weight == 0.25),
    "equal weights": wrong_where(
        lambda synapse: sum(other.weight == synapse.weight for other in synapse.destination.incoming) > 1
    ),
    "equal outputs": wrong_where(
        lambda synapse: sum(one.source.output == synapse.source.output for one in synapse.destination.incoming) > 2
    ),
}


def planted(neuron, seed=1):
    class Wrong(Network):
        neuron_class = neuron

    network = Wrong(2, 4, 1, activation="tanh", output_activation="sigmoid", seed=seed)
    first, second = network[1][0].incoming[1:]
    first.weight = second.weight = 0.25
    return network


@pytest.mark.parametrize(
    "method", mostly_slow(["complex", "dual", "central", "forward", "richardson", "decimal"], "complex", "central")
)
@pytest.mark.parametrize("name", COINCIDENCES)
def test_wrong_at_a_coincidence_alone_fails_by_every_method(name, method):
    assert check_gradients(planted(COINCIDENCES[name]), *XOR, method=method).status == "fail"


def test_the_check_of_deltas_and_the_assertion_fail_too():
    network = planted(COINCIDENCES["an input of 1"])
    assert check_deltas(network, *XOR).status == "fail"
    with pytest.raises(AssertionError):
        assert_gradients(network, *XOR)


@pytest.mark.parametrize("method", [method for method in EVERY_METHOD if method != "exact"])
def test_a_function_that_is_wrong_at_one_point_alone_fails(method):
    def gradient(x):
        return [3.0 if x[0] == 3 else 2 * x[0]]

    assert check_function(lambda x: x[0] * x[0], gradient, [3.0], method=method).status == "fail"
    assert check_function(lambda x: x[0] * x[0], gradient, [2.5], method=method).ok


@pytest.mark.parametrize("method", [method for method in EVERY_METHOD if method != "exact"])
def test_a_kink_is_still_an_excuse(method):
    network = Network(
        2, 3, 1, activation="leaky_relu", output_activation="sigmoid", weights=[0.0, 0.5, -0.5] * 3 + [0.5] * 4
    )
    assert check_gradients(network, *XOR, method=method).status != "fail"


# What is blind is not heard.


def test_the_complex_step_of_abs_acquits_nobody():
    assert check_function(lambda x: 3 * abs(x[0]), lambda x: [0.0], [2.0]).status == "fail"
    assert check_function(lambda x: 3 * abs(x[0]), lambda x: [3.0], [2.0]).status != "fail"
    assert check_function(lambda x: 1e8 + 3 * abs(x[0]), lambda x: [0.0], [2.0]).status == "fail"
    assert check_function(lambda x: 1e11 + abs(x[0]), lambda x: [1.0], [2.0]).status != "fail"


# What is right is not accused.


@pytest.mark.parametrize("method", ["complex", "central", "forward", "richardson"])
@pytest.mark.parametrize(
    ("function", "slope", "at"),
    [
        (math.sin, math.cos, 1e15),
        (math.sin, math.cos, 1e16),
        (math.cos, lambda x: -math.sin(x), 3e15),
        (math.sqrt, lambda x: 0.5 / math.sqrt(x), 1e-20),
        (math.log, lambda x: 1 / x, 1e-300),
        (lambda x: math.sin(1e9 * x), lambda x: 1e9 * math.cos(1e9 * x), 0.7),
    ],
)
def test_where_no_step_fits_nothing_is_wrong(function, slope, at, method):
    assert check_function(lambda x: function(x[0]), lambda x: [slope(x[0])], [at], method=method).status != "fail"


@pytest.mark.parametrize("at", [0.3, 2.0, 10.0])
def test_where_a_step_fits_wrong_is_wrong(at):
    for method in ("complex", "central", "forward", "richardson"):
        found = check_function(lambda x: math.sin(x[0]), lambda x: [1.001 * math.cos(x[0])], [at], method=method)
        assert found.status == "fail"


@pytest.mark.parametrize("activation", ["relu", "leaky_relu"])
@pytest.mark.parametrize("loss", ["mean_absolute_error", "half_squared_error"])
def test_several_kinks_at_once_are_no_failure_of_a_taylor_test(activation, loss):
    targets = [[1, 0], [0, 1], [0, 1], [1, 0]]
    for seed in range(30):
        network = Network(2, 4, 2, activation=activation, loss=loss, seed=seed)
        assert taylor_test(network, XOR.inputs, targets).status != "fail"
