"""The penalty does what its formula says: in the loss, in the gradient, and not for a bias."""

import pytest
from toolbox import ENGINES, FIVE, WANTED, XOR, refused

from neuronet import Network, check_deltas, check_gradients, check_step
from neuronet.gradcheck import gradgradcheck
from neuronet.regularization import Penalty


def test_the_penalty_is_the_formula_found_by_hand():
    both = Penalty(l1=0.5, l2=0.25)
    assert [both.value(weight) for weight in (2.0, -2.0, 0.0)] == [1.5, 1.5, 0]
    assert [both.derivative(weight) for weight in (2.0, -2.0, 0.0)] == [1, -1, 0]
    assert Penalty(l2=0.25).derivative(-4.0) == -1
    assert Penalty(l1=0.25).value(-4.0) == 1


@pytest.mark.parametrize("engine", ENGINES)
def test_the_mean_loss_has_the_penalty_once_and_biases_go_free(engine):
    weights = [7.0, 2.0, -1.0, 5.0, 0.5, 4.0, 3.0, -3.0]
    plain = Network(1, 3, 1, activation="linear", weights=[*weights, 0.0, 0.0])
    network = Network(1, 3, 1, activation="linear", weights=[*weights, 0.0, 0.0], l1=0.5, l2=0.25)
    inputs, targets = [[1], [2], [-1]], [[0], [1], [2]]
    no_biases = [one.weight for one in network.synapses if not one.source.is_bias]
    assert no_biases == [2, 5, 4, -3, 0, 0]
    # 1/2 * (2 + 5 + 4 + 3) and 1/8 * (4 + 25 + 16 + 9), all exact in floats
    expected = plain.loss(inputs, targets, engine=engine) + 7 + 6.75
    assert network.loss(inputs, targets, engine=engine) == pytest.approx(expected, rel=1e-14)  # the order of adding


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("size", [1, 3])
def test_one_step_pulls_every_weight_by_its_penalty_but_no_bias(size, engine):
    inputs, targets = [[1.0]] * size, [[0.5]] * size
    plain, network = (
        Network(1, 1, activation="linear", weights=[0.5, -2.0], l1=l1, l2=l2) for l1, l2 in ((0, 0), (0.25, 0.5))
    )
    for one in (plain, network):
        one.train(inputs, targets, epochs=1, learning_rate=0.5, batch_size=size, engine=engine)
    assert network.weights[0] == plain.weights[0]
    assert network.weights[1] == plain.weights[1] - 0.5 * (-0.25 + 0.5 * -2.0)


@pytest.mark.parametrize("method", ["complex", "dual", "central", "forward", "richardson", "decimal"])
@pytest.mark.parametrize(("l1", "l2"), [(0.125, 0), (0, 0.25), (0.125, 0.25)])
def test_the_gradient_of_the_penalty_is_its_slope(method, l1, l2):
    network = Network(2, 3, 2, activation="tanh", seed=4, l1=l1, l2=l2)
    report = check_gradients(
        network, FIVE, [[a, 1 - a] for [a] in WANTED], method=method, wrt=["weights", "biases", "inputs"]
    )
    assert report.ok, report


@pytest.mark.parametrize("activation", ["relu", "softsign"])
def test_the_gradient_of_the_penalty_is_exact_in_fractions(activation):
    network = Network(2, 3, 2, activation=activation, seed=4, l1=0.125, l2=0.25)
    assert check_gradients(network, FIVE, [[a, 1 - a] for [a] in WANTED], method="exact").ok


def test_a_missing_penalty_in_the_gradient_is_found():
    class Forgotten(Network):
        def add_penalty(self):
            pass

    report = check_gradients(Forgotten(2, 3, 1, seed=4, l2=0.25), *XOR)
    assert {entry.kind for entry in report.failures} == {"weight"}


def test_the_kink_of_the_penalty_at_a_weight_of_0_is_no_failure():
    network = Network(2, 3, 1, seed=4, l1=0.25)
    network[1][0].incoming[1].weight = 0.0
    report = check_gradients(network, *XOR)
    assert report.status != "fail", report
    assert [entry.name for entry in report.entries if entry.reason == "kink"] == ["i1 -> h1"]


def test_deltas_steps_and_second_slopes_are_right_with_a_penalty():
    plain, network = (Network(2, 3, 1, seed=4, activation="tanh", l1=l1, l2=l2) for l1, l2 in ((0, 0), (0.125, 0.25)))
    for one in (plain, network):
        one.forward([1, 0])
        one.backward([1])
    assert [one.delta for one in network.computing] == [one.delta for one in plain.computing]
    deltas = check_deltas(network, *XOR)
    assert (deltas.ok, deltas.stage) == (True, "")
    assert [entry.reference for entry in deltas.entries] == [
        entry.reference for entry in check_deltas(plain, *XOR).entries
    ]
    assert check_step(network, *XOR).ok
    assert gradgradcheck(network, *XOR).ok


@pytest.mark.parametrize("place", ["l1", "l2"])
def test_a_penalty_below_0_is_refused(place):
    refused(lambda: Network(2, 1, **{place: -0.5}), f"{place}: expected a number of 0 or more, got -0.5")
    refused(lambda: Network(2, 1, **{place: "1"}), f"{place}: expected a number, got '1'")


def test_without_a_penalty_there_is_none():
    assert Network(2, 1).penalty is None
    assert Network(2, 1, l1=0, l2=0.0).penalty is None
