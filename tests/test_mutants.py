"""Small things of the core that only a test of their own would miss: defaults, borders, and the kink on either side.

Found by slips that no other test noticed; see `tests/benchmarks/mutation.py`.
"""

import math
from decimal import Decimal, localcontext

import pytest

from neuronet import Network
from neuronet.activations import ACTIVATIONS
from neuronet.errors import DataError
from neuronet.graph import Neuron, Synapse
from neuronet.losses import LOSSES, Loss
from neuronet.scalar import exp, expm1, short

# The graph.


def test_a_synapse_is_born_with_weight_0_and_free():
    synapse = Synapse(Neuron("a"), Neuron("b"))
    assert (synapse.weight, synapse.initial, synapse.frozen) == (0, 0, False)


def test_a_million_is_shown_in_powers_of_ten_and_what_is_smaller_is_not():
    assert [short(sign * 1_000_000.0) for sign in (1, -1)] == ["1.0000e+06", "-1.0000e+06"]
    assert [short(sign * 999_999.5) for sign in (1, -1)] == ["999999.5000", "-999999.5000"]
    assert short(-1_000_000.5) == "-1.0000e+06"


def test_another_kind_of_number_is_shown_whole_up_to_40_characters():
    assert short(Decimal("1" * 40)) == "1" * 40
    assert short(Decimal("1" * 41)) == "1" * 37 + "..."


def test_the_gradients_of_a_batch_are_averaged_over_its_samples():
    network = Network(1, 1, activation="linear", bias=False, weights=[1])
    for row in ([1], [2], [6]):
        network.forward(row)
        network.backward([0])
    # d loss / d weight is output * input here: 1, 4 and 36.
    network.average_gradients(3)
    assert network.synapses[0].gradient == 41 / 3


# Activations. Where a formula has two forms, each holds where it was written for, to the last bit.

GRID = [place / 64 for place in range(1, 129)]


def test_above_0_the_sigmoid_is_the_article_s_formula_to_the_bit():
    assert [ACTIVATIONS["sigmoid"].value(net) for net in GRID] == [1 / (1 + math.exp(-net)) for net in GRID]


def test_softplus_is_its_mirror_image_plus_the_net_to_the_bit():
    softplus = ACTIVATIONS["softplus"].value
    assert [softplus(net) for net in GRID] == [net + softplus(-net) for net in GRID]


@pytest.mark.parametrize(
    ("name", "border", "slope"),
    [("sigmoid", 3.0, lambda output: output * (1 - output)), ("tanh", 2.0, lambda output: 1 - output * output)],
)
def test_up_to_its_border_a_slope_is_taken_from_the_output_to_the_bit(name, border, slope):
    activation = ACTIVATIONS[name]
    for net in [border, -border, 0.0, *GRID, *(-net for net in GRID)]:
        output = activation.value(net)
        assert activation.derivative(net, output) == slope(output)


@pytest.mark.parametrize(
    ("name", "net"),
    [("sigmoid", 3.25), ("sigmoid", 3.5), ("sigmoid", 3.75), ("tanh", 2.5), ("tanh", -2.5), ("tanh", 2.75)],
)
def test_beyond_its_border_a_slope_loses_no_digit(name, net):
    with localcontext() as context:
        context.prec = 60
        times = 1 if name == "sigmoid" else 2
        shrunk = (-times * abs(Decimal(net))).exp()
        exact = times * times * shrunk / (1 + shrunk) ** 2
        found = Decimal(ACTIVATIONS[name].derivative(net, ACTIVATIONS[name].value(net)))
        # Six operations, each rounded once; the form for smaller nets is off by 7 units and more at these.
        assert abs(found / exact - 1) <= Decimal(6 * 2.0**-53)


@pytest.mark.parametrize(
    ("name", "net", "slope"),
    [("relu", 0, 0), ("leaky_relu", 0, 0.01), ("hard_sigmoid", -2.5, 0), ("hard_sigmoid", 2.5, 0)],
)
def test_value_and_derivative_take_the_same_side_of_a_kink(name, net, slope):
    # A float cannot tell on which side it stands at the kink itself; a complex number carries a slope with it.
    assert ACTIVATIONS[name].value(complex(net, 1)).imag == slope
    assert ACTIVATIONS[name].derivative(complex(net), None) == slope


def test_elu_goes_by_the_exponential_at_0():
    net = 1j
    assert ACTIVATIONS["elu"].value(net) == expm1(net)
    assert ACTIVATIONS["elu"].derivative(net, None) == exp(net)


# Losses.


@pytest.mark.parametrize("side", [1, -1])
def test_huber_is_still_the_half_square_at_a_distance_of_exactly_1(side):
    # A float sees no difference there; a complex number looks beyond the border.
    output = complex(side, side)
    assert LOSSES["huber"].value(0, output) == output * output / 2
    assert LOSSES["huber"].derivative(0, output) == output


@pytest.mark.parametrize("miss", [1.5e-12, -1.5e-12])
def test_targets_that_miss_1_by_more_than_their_rounding_are_refused(miss):
    with pytest.raises(DataError, match="needs targets that add up to 1"):
        LOSSES["categorical_cross_entropy"].refuse_targets([0.5, 0.5 + miss], "targets")


@pytest.mark.parametrize("miss", [0.9e-12, -0.9e-12])
def test_targets_may_miss_1_by_the_rounding_of_a_long_row(miss):
    LOSSES["categorical_cross_entropy"].refuse_targets([0.5, 0.5 + miss], "targets")


def test_the_value_of_an_own_loss_is_given_the_target_first():
    own = Loss("own", lambda target, output: 3 * target + output, lambda target, output: 1)
    network = Network(1, 1, activation="linear", loss=own, bias=False, weights=[5])
    assert network.loss([[1]], [[2]]) == 11


@pytest.mark.parametrize("name", ["binary_cross_entropy", "categorical_cross_entropy"])
def test_the_slope_of_a_cross_entropy_has_the_sign_of_its_limit(name):
    # -target / output as the output falls to 0, also for a target that no network would let in.
    assert [LOSSES[name].derivative(target, 0.0) for target in (1.0, -1.0)] == [-math.inf, math.inf]
