"""Second derivatives: Hessian-vector products, and whether they are right."""

import math
import random

import pytest
from gradcheck_cases import EPSILON, INPUTS, ONLY_FLOATS, TARGETS, fitting_pairs, reasons, smooth

from neuronet import (
    Activation,
    Network,
    gradgradcheck,
    hessian_vector_product,
)
from neuronet.activations import ACTIVATIONS
from neuronet.errors import DataError
from neuronet.scalar import magnitude


def differences_of_gradients(network, direction, step=1e-5):
    """H v by central differences of the backward walk, each with an error bar from a second step size."""
    weights = network.weights

    def gradients_at(reach):
        network.weights = [weight + reach * share for weight, share in zip(weights, direction)]
        network.clear_gradients()
        for row, wanted in zip(INPUTS, TARGETS):
            network.forward(row)
            network.backward(wanted)
        found = [synapse.gradient / len(INPUTS) for synapse in network.synapses]
        network.weights = weights
        return found

    slopes = [
        [(above - below) / (2 * reach) for above, below in zip(gradients_at(reach), gradients_at(-reach))]
        for reach in (step, 2 * step)
    ]
    # Truncation is a third of what the two differ by; rounding some 8 units of gradients of size 1, over the step.
    return [(near, abs(near - far) + 8 * EPSILON / step) for near, far in zip(*slopes)]


@pytest.mark.parametrize("seed", range(4))
def test_a_hessian_vector_product_is_the_difference_of_two_gradients(seed):
    network = smooth(seed=seed)
    rng = random.Random(seed)
    direction = [rng.gauss(0, 1) for _ in network.weights]
    products = hessian_vector_product(network, INPUTS, TARGETS, direction)
    for product, (slope, bar) in zip(products, differences_of_gradients(network.copy(), direction)):
        assert abs(product - slope) <= bar
        assert bar < 1e-8  # so that the comparison says something


def test_the_hessian_is_symmetric():
    network = smooth()
    rng = random.Random(1)
    first, second = ([rng.gauss(0, 1) for _ in range(17)] for _ in range(2))
    left = sum(a * b for a, b in zip(first, hessian_vector_product(network, INPUTS, TARGETS, second)))
    right = sum(a * b for a, b in zip(second, hessian_vector_product(network, INPUTS, TARGETS, first)))
    assert left == pytest.approx(right, rel=1e-12)  # sums of some 300 products of size 1, each rounded


def test_the_hessian_of_a_straight_line_is_known_by_hand():
    network = Network(2, 1, activation="linear", weights=[0.5, 1.0, -2.0])
    inputs, targets = [[3.0, 1.0], [-1.0, 2.0]], [[1.0], [0.0]]
    # The mean of 1/2 (b + w1 x1 + w2 x2 - t)^2: H is the mean of (1, x1, x2) times itself.
    rows = [(1.0, 3.0, 1.0), (1.0, -1.0, 2.0)]
    for column in range(3):
        direction = [float(place == column) for place in range(3)]
        wanted = [sum(row[line] * row[column] for row in rows) / 2 for line in range(3)]
        assert hessian_vector_product(network, inputs, targets, direction) == pytest.approx(wanted, rel=1e-15)


@pytest.mark.parametrize(
    ("direction", "message"),
    [
        ([1.0] * 16, "direction: expected 17 numbers, got 16"),
        ([math.nan] * 17, "direction[0]: expected a finite number, got nan"),
    ],
)
def test_a_product_with_a_direction_that_does_not_fit_is_refused(direction, message):
    with pytest.raises(DataError) as caught:
        hessian_vector_product(smooth(), INPUTS, TARGETS, direction)
    assert str(caught.value) == message


def test_a_product_needs_formulas_that_complex_numbers_flow_through():
    with pytest.raises(DataError, match="network: expected formulas that complex numbers can flow through"):
        hessian_vector_product(smooth(activation=ONLY_FLOATS), INPUTS, TARGETS, [1.0] * 17)


@pytest.mark.parametrize(("activation", "loss"), fitting_pairs())
def test_second_derivatives_of_the_library_are_right(activation, loss):
    network = Network(2, 3, 2, activation="sigmoid", output_activation=activation, loss=loss, seed=2)
    targets = [[0.25, 0.75], [0.5, 0.5], [1.0, 0.0]]
    assert gradgradcheck(network, INPUTS, targets).ok


def test_a_wrong_derivative_fails_at_the_second_order_too():
    wrong = Activation("wrong", ACTIVATIONS["tanh"].value, lambda net, output: 1 - output)
    report = gradgradcheck(smooth(activation=wrong), INPUTS, TARGETS)
    assert report.status == "fail"
    assert reasons(report) == {"wrong"}


def test_a_right_derivative_that_drops_the_imaginary_part_is_no_failure():
    softsign = Activation(
        "softsign_by_abs", lambda net: net / (1 + magnitude(net)), lambda net, output: 1 / (1 + abs(net)) ** 2
    )
    report = gradgradcheck(smooth(activation=softsign), INPUTS, TARGETS)
    assert report.status == "inconclusive"
    assert reasons(report) == {"methods disagree"}


def test_the_seed_or_generator_of_a_second_derivative_check_chooses_its_directions():
    first, second, third = (
        [entry.gradient for entry in gradgradcheck(smooth(), INPUTS, TARGETS, **options).entries]
        for options in ({"seed": 1}, {"rng": random.Random(1)}, {"seed": 2})
    )
    assert first == second != third
    with pytest.raises(DataError, match=r"rng: expected a random.Random, got 5"):
        gradgradcheck(smooth(), INPUTS, TARGETS, rng=5)
