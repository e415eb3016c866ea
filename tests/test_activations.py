"""Every activation has the values and slopes that its formula says, as far out as a float reaches."""

import copy
import math
import pickle
from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from helpers import through_pickle
from hypothesis import given
from hypothesis import strategies as st

from neuronet import Activation, Network, Neuron
from neuronet.activations import ACTIVATIONS, SharedActivation, always_one, find_activation, softmax
from neuronet.errors import DataError, FormatError, NumberError, UnknownNameError
from neuronet.losses import LOSSES, Loss, find_loss

EPSILON = 2.0**-52
"""The distance from 1 to the next float."""

SINGLE = [name for name in ACTIVATIONS if name != "softmax"]
"""The activations of one neuron."""

RATIONAL = ["relu", "leaky_relu", "softsign", "hard_sigmoid", "linear"]
"""Those that need no exponential, so that fractions can flow through."""


def square_value(net):
    return net * net


def square_slope(net, output):
    return 2 * net


def halves(nets):
    return [net / 2 for net in nets]


def half_deltas(errors, outputs):
    return [error / 2 for error in errors]


SQUARE = Activation("square", square_value, square_slope)
HALVES = SharedActivation("halves", halves, half_deltas)


# Values.

VALUES = [
    ("sigmoid", 0.0, 0.5),
    ("sigmoid", math.log(3), 0.75),
    ("sigmoid", -math.log(3), 0.25),
    ("tanh", 0.0, 0.0),
    ("tanh", math.log(3), 0.8),
    ("tanh", -math.log(3), -0.8),
    ("relu", 2.5, 2.5),
    ("relu", -2.5, 0.0),
    ("relu", 0.0, 0.0),
    ("leaky_relu", 2.5, 2.5),
    ("leaky_relu", -2.5, -0.025),
    ("elu", 2.5, 2.5),
    ("elu", -math.log(4), -0.75),
    ("softplus", 0.0, math.log(2)),
    ("softplus", math.log(3), math.log(4)),
    ("softplus", -math.log(3), math.log(4 / 3)),
    ("softsign", 3.0, 0.75),
    ("softsign", -3.0, -0.75),
    ("hard_sigmoid", 0.0, 0.5),
    ("hard_sigmoid", 1.0, 0.7),
    ("hard_sigmoid", -2.5, 0.0),
    ("hard_sigmoid", 2.5, 1.0),
    ("hard_sigmoid", 100.0, 1.0),
    ("hard_sigmoid", -100.0, 0.0),
    ("linear", -2.5, -2.5),
]


@pytest.mark.parametrize(("name", "net", "output"), VALUES)
def test_an_activation_has_the_value_of_its_formula(name, net, output):
    # log(3) is itself rounded, and so is each operation of the formula.
    assert abs(ACTIVATIONS[name].value(net) - output) <= 2 * EPSILON * abs(output)


@pytest.mark.parametrize(
    ("net", "output"),
    [
        (36.0, 0.9999999999999998),
        (37.0, 1.0),
        (745.0, 1.0),
        (746.0, 1.0),
        (1e4, 1.0),
        (1e308, 1.0),
        (-37.0, 8.533047625744066e-17),
        (-709.0, 1.216780750623423e-308),
        (-745.0, 5e-324),
        (-746.0, 0.0),
        (-1e4, 0.0),
        (-1e308, 0.0),
    ],
)
def test_sigmoid_is_right_as_far_out_as_a_float_reaches(net, output):
    assert ACTIVATIONS["sigmoid"].value(net) == output


@pytest.mark.parametrize("name", SINGLE)
@pytest.mark.parametrize("net", [1e4, -1e4, 1e300, -1e300, 745.0, -745.0, 5e-324, -0.0])
def test_no_activation_overflows(name, net):
    activation = ACTIVATIONS[name]
    output = activation.value(net)
    assert math.isfinite(output)
    assert math.isfinite(activation.derivative(net, output))


@given(net=st.floats(-800, 800))
def test_softplus_lies_above_relu_by_at_most_log_2(net):
    # One rounding of the sum is all that lies between them far out.
    above = ACTIVATIONS["softplus"].value(net) - ACTIVATIONS["relu"].value(net)
    assert 0 <= above <= math.log(2) * (1 + EPSILON) + EPSILON * abs(net)


@given(net=st.floats(-30, 30))
def test_the_odd_and_the_mirrored_activations_are_symmetrical(net):
    for name in ("tanh", "softsign"):
        assert ACTIVATIONS[name].value(-net) == -ACTIVATIONS[name].value(net)
    for name in ("sigmoid", "hard_sigmoid"):
        # 1 - output rounds at 1, whatever the size of the output.
        assert abs(ACTIVATIONS[name].value(-net) - (1 - ACTIVATIONS[name].value(net))) <= 2 * EPSILON


# Slopes.


def exact_slope(name, net):
    """The slope of sigmoid or tanh, by a formula without cancellation, in 60 digits."""
    with localcontext() as context:
        context.prec = 60
        shrunk = (-abs(Decimal(net)) * (1 if name == "sigmoid" else 2)).exp()
        return (1 if name == "sigmoid" else 4) * shrunk / (1 + shrunk) ** 2


@pytest.mark.parametrize("name", ["sigmoid", "tanh"])
@given(net=st.floats(-300, 300) | st.floats(-8, 8))
def test_the_slope_keeps_its_digits_in_the_tails(name, net):
    activation = ACTIVATIONS[name]
    exact = exact_slope(name, net)
    error = abs(Decimal(activation.derivative(net, activation.value(net))) - exact) / exact
    # 45 units of the last digit: where the slope is taken from 1 - output, an output near 1 costs a digit or so.
    assert error < Decimal("1E-14")


@pytest.mark.parametrize("name", ["sigmoid", "tanh"])
@pytest.mark.parametrize("eighths", range(-64, 65))
def test_no_place_near_the_middle_loses_two_digits_of_the_slope(name, eighths):
    # A grid beside the random search above: the formulas change over within it.
    activation, net = ACTIVATIONS[name], eighths / 8 + 1 / 64
    exact = exact_slope(name, net)
    assert abs(Decimal(activation.derivative(net, activation.value(net))) / exact - 1) < Decimal("1E-14")


POINTS = [-300.0, -37.0, -5.5, -3.1, -2.6, -1.9, -1.0, -1e-3, 1e-3, 0.5, 1.9, 2.4, 2.9, 3.1, 4.9, 5.5, 37.0, 300.0]
"""On both sides of every place where a formula or a slope changes."""


@pytest.mark.parametrize("name", SINGLE)
@pytest.mark.parametrize("net", POINTS)
def test_the_derivative_is_what_a_complex_step_measures(name, net):
    activation = ACTIVATIONS[name]
    step = 1e-30  # nothing is subtracted, so it may be so small that only rounding is left
    measured = activation.value(complex(net, step)).imag / step
    # Two formulas for the same number; 1e-14 is what the one with 1 - output in it may lose. Only a complex quotient
    # cancels: that of softsign loses as many units as the net is large.
    room = max(1e-14, EPSILON * abs(net)) if name == "softsign" else 1e-14
    assert abs(activation.derivative(net, activation.value(net)) - measured) <= room * abs(measured)


@pytest.mark.parametrize("name", SINGLE)
@pytest.mark.parametrize("net", POINTS)
def test_the_derivative_is_the_same_for_a_complex_number(name, net):
    activation = ACTIVATIONS[name]
    of_float = activation.derivative(net, activation.value(net))
    of_complex = activation.derivative(complex(net), activation.value(complex(net)))
    # cmath and math may round the last digit differently; 1 - output enlarges that by up to 20.
    assert abs(of_complex - of_float) <= 1e-14 * abs(of_float)


@pytest.mark.parametrize("name", ["relu", "leaky_relu", "hard_sigmoid", "linear"])
@given(net=st.fractions(-4, 4, max_denominator=50))
def test_a_straight_piece_has_exactly_the_slope_of_its_difference_quotient(name, net):
    activation, step = ACTIVATIONS[name], Fraction(1, 10**6)
    if any(abs(net - kink) <= step for kink in (0, Fraction(5, 2), Fraction(-5, 2))):
        net += 2 * step
    quotient = (activation.value(net + step) - activation.value(net - step)) / (2 * step)
    assert activation.derivative(net, activation.value(net)) == quotient


@given(net=st.fractions(0, 50), step=st.fractions(min_value=Fraction(1, 1000), max_value=1))
def test_the_exact_slope_of_softsign_lies_between_its_difference_quotients(net, step):
    softsign = ACTIVATIONS["softsign"]
    ahead = (softsign.value(net + step) - softsign.value(net)) / step
    # The curve bends down to the right of 0, so the slope at the start is the steeper one.
    assert softsign.derivative(net + step, None) < ahead < softsign.derivative(net, None)


@given(net=st.integers(-(10**6), 10**6))
def test_the_slope_of_softsign_at_a_whole_number_is_the_nearest_float(net):
    assert ACTIVATIONS["softsign"].derivative(float(net), None) == 1 / (1 + abs(net)) ** 2


@pytest.mark.parametrize(("name", "slope"), [("relu", 0), ("leaky_relu", 0.01), ("elu", 1), ("softsign", 1)])
def test_the_slope_at_a_kink_is_the_documented_one(name, slope):
    assert ACTIVATIONS[name].derivative(0.0, ACTIVATIONS[name].value(0.0)) == slope


@pytest.mark.parametrize("net", [-2.5, 2.5])
def test_hard_sigmoid_is_flat_at_its_corners(net):
    assert ACTIVATIONS["hard_sigmoid"].derivative(net, ACTIVATIONS["hard_sigmoid"].value(net)) == 0


# Kinds of numbers.


@pytest.mark.parametrize("name", RATIONAL)
@pytest.mark.parametrize("net", [Fraction(-7, 2), Fraction(-1, 3), Fraction(0), Fraction(1, 3), Fraction(7, 2)])
def test_a_rational_activation_keeps_a_fraction_a_fraction(name, net):
    activation = ACTIVATIONS[name]
    output = activation.value(net)
    assert type(output) is Fraction
    assert type(activation.derivative(net, output) * net) is Fraction


@pytest.mark.parametrize("name", sorted(set(SINGLE) - set(RATIONAL)))
def test_an_activation_with_an_exponential_refuses_a_fraction(name):
    with pytest.raises(NumberError, match="such as relu or softsign"):
        ACTIVATIONS[name].value(Fraction(-1, 2))


@pytest.mark.parametrize("name", SINGLE)
@pytest.mark.parametrize("net", ["-40", "-2.5", "-0.3", "0.3", "2.5", "40"])
def test_a_decimal_keeps_its_50_digits(name, net):
    activation, net = ACTIVATIONS[name], Decimal(net)
    results = []
    for precision in (120, 50):
        with localcontext() as context:
            context.prec = precision
            output = activation.value(net)
            results.append((output, activation.derivative(net, output)))
    for long, short in zip(*results):
        # Where the slope is taken from 1 - output, an output near 1 costs a digit or so of the 50.
        assert abs(short - long) <= abs(long) * Decimal("1E-48")
    # The float differs by its own rounding and by the decimal net's.
    assert abs(float(results[0][0]) - activation.value(float(net))) <= 1e-15 * (1 + abs(float(net)))


@pytest.mark.parametrize("kind", [float, complex, Fraction, Decimal])
def test_a_bias_neuron_answers_1_of_the_kind_that_flows(kind):
    assert always_one.value(kind(7)) == 1
    assert type(always_one.value(kind(7))) is kind
    assert always_one.derivative(kind(7), kind(1)) == 0


def test_always_one_is_no_name_for_a_hidden_neuron():
    assert "always_one" not in ACTIVATIONS


# Softmax.

ROWS = st.lists(st.integers(-400, 400).map(lambda eighths: eighths / 8), min_size=1, max_size=6)


@given(nets=ROWS)
def test_softmax_outputs_are_a_distribution(nets):
    outputs = softmax.values(nets)
    assert all(0 <= output <= 1 for output in outputs)
    assert abs(math.fsum(outputs) - 1) <= len(nets) * EPSILON  # one rounding for each sum and each quotient


@given(nets=ROWS, eighths=st.integers(-8000, 8000))
def test_softmax_does_not_see_a_shift_of_all_nets(nets, eighths):
    # On a grid of eighths the shift itself is exact, so not a bit may change.
    assert softmax.values([net + eighths / 8 for net in nets]) == softmax.values(nets)


@pytest.mark.parametrize(
    ("nets", "outputs"),
    [
        ([0.0, 0.0], [0.5, 0.5]),
        ([1e308, 0.0, -1e308], [1.0, 0.0, 0.0]),
        ([-1e308, -1e308], [0.5, 0.5]),
        ([1e4, 1e4 - 1000], [1.0, 0.0]),
        ([5.0], [1.0]),
    ],
)
def test_softmax_of_huge_nets(nets, outputs):
    assert softmax.values(nets) == outputs


def test_softmax_of_two_nets_is_the_sigmoid_of_their_difference():
    first = softmax.values([1.25, -0.5])[0]
    assert abs(first - ACTIVATIONS["sigmoid"].value(1.75)) <= EPSILON  # one and the same formula, rounded twice


@given(nets=st.lists(st.integers(-24, 24).map(lambda eighths: eighths / 8), min_size=2, max_size=5), data=st.data())
def test_softmax_deltas_are_the_chain_rule_through_the_whole_row(nets, data):
    errors = data.draw(st.lists(st.integers(-8, 8).map(float), min_size=len(nets), max_size=len(nets)))
    deltas = softmax.deltas(errors, softmax.values(nets))
    for moved in range(len(nets)):
        stepped = [complex(net, 1e-30 * (position == moved)) for position, net in enumerate(nets)]
        # What the row's weighted sum of outputs gains as this one net grows.
        gain = math.fsum(error * output.imag for error, output in zip(errors, softmax.values(stepped))) / 1e-30
        assert abs(deltas[moved] - gain) <= 1e-14 * max(map(abs, errors))  # each term is at most the largest error


def test_softmax_deltas_of_the_uniform_row_in_fractions():
    third = Fraction(1, 3)
    assert softmax.deltas([1, 0, 0], [third] * 3) == [Fraction(2, 9), Fraction(-1, 9), Fraction(-1, 9)]


def test_softmax_in_decimal_adds_up_to_1_in_50_digits():
    with localcontext() as context:
        context.prec = 50
        outputs = softmax.values([Decimal("0.1"), Decimal(-3), Decimal(40)])
        total = outputs[0] + outputs[1] + outputs[2]
        assert abs(total - 1) <= Decimal("3E-50")  # three roundings


# Names.


@pytest.mark.parametrize("name", ["sigmod", "", "Sigmoid", "sigmoid ", "always_one", None, 3, True, [], object])
def test_an_unknown_activation_is_refused_with_the_known_names(name):
    with pytest.raises(UnknownNameError) as caught:
        find_activation(name, "layers[1].activation")
    assert str(caught.value) == f"layers[1].activation: unknown {name!r}; known: {', '.join(ACTIVATIONS)}"


def test_every_name_of_the_documentation_is_known():
    assert list(ACTIVATIONS) == [
        *("sigmoid", "tanh", "relu", "leaky_relu", "elu", "softplus", "softsign", "hard_sigmoid", "linear", "softmax")
    ]


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_a_name_stands_for_the_activation_that_is_called_so(name):
    assert find_activation(name) is ACTIVATIONS[name]
    assert ACTIVATIONS[name].name == name


@pytest.mark.parametrize("activation", [SQUARE, HALVES, *ACTIVATIONS.values()])
def test_an_activation_is_found_as_itself(activation):
    assert find_activation(activation) is activation


def test_the_repr_is_short():
    assert repr(SQUARE) == "Activation('square')"
    assert repr(softmax) == "SharedActivation('softmax')"


# An activation of the user's own.


def test_an_own_activation_stands_wherever_a_name_does():
    network = Network(1, 1, 1, activation=SQUARE, output_activation=SQUARE, bias=False, weights=[3, 2])
    assert Neuron("n", SQUARE).activation is SQUARE
    assert network.forward([1]) == [(2 * 3**2) ** 2]
    network.backward([0])
    assert network[2][0].delta == -324 * 2 * 18  # error * 2 * net
    assert network[1][0].delta == -324 * 2 * 18 * 2 * 2 * 3


def test_an_own_activation_serves_the_outputs_where_only_it_is_given():
    assert Network(1, 1, 1, activation=SQUARE)[2][0].activation is SQUARE


def test_an_own_shared_activation_serves_an_output_row():
    network = Network(1, 2, output_activation=HALVES, bias=False, weights=[3, 5])
    assert network.forward([1]) == [1.5, 2.5]
    network.backward([0, 0])
    assert [neuron.delta for neuron in network[1]] == [-0.75, -1.25]


@pytest.mark.parametrize("own", [SQUARE, HALVES])
def test_a_saved_network_is_read_with_its_own_activation(own, tmp_path):
    network = Network(2, 3, 2, output_activation=own, seed=1)
    network.save(tmp_path / "own.json")
    for read in (
        Network.from_json(network.to_json(), activations=[own]),
        Network.load(tmp_path / "own.json", activations=(own,)),
    ):
        assert read[2][0].activation is own
        assert read.predict([0.5, -0.25]) == network.predict([0.5, -0.25])


def test_a_saved_network_is_not_read_without_its_own_activation():
    text = Network(2, 3, 1, activation=SQUARE, seed=1).to_json()
    with pytest.raises(FormatError) as caught:
        Network.from_json(text)
    assert str(caught.value) == f"layers[1].activation: unknown 'square'; known: {', '.join(ACTIVATIONS)}"


def test_a_copy_keeps_an_own_activation_without_being_told():
    network = Network(2, 3, 1, activation=SQUARE, seed=1)
    assert network.copy()[1][0].activation is SQUARE


# Pickling.


@pytest.mark.parametrize("thing", [*ACTIVATIONS.values(), *LOSSES.values()])
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_what_a_name_stands_for_is_pickled_as_that_name(thing, protocol):
    assert through_pickle(thing, protocol) is thing
    assert len(pickle.dumps(thing, protocol)) < 120  # the name, and no function


@pytest.mark.parametrize("thing", [*ACTIVATIONS.values(), *LOSSES.values()])
def test_what_a_name_stands_for_has_no_second_copy(thing):
    assert copy.copy(thing) is thing
    assert copy.deepcopy(thing) is thing


def test_an_own_activation_is_pickled_with_its_functions():
    back = through_pickle(SQUARE)
    assert (back.name, back.value, back.derivative) == ("square", square_value, square_slope)


def test_an_own_shared_activation_is_pickled_with_its_functions():
    back = through_pickle(HALVES)
    assert (back.name, back.values, back.deltas) == ("halves", halves, half_deltas)
    assert type(back) is SharedActivation


def test_an_own_activation_with_a_known_name_is_not_pickled_as_the_known_one():
    back = through_pickle(Activation("sigmoid", square_value, square_slope))
    assert back.value is square_value


def test_an_own_loss_is_pickled_with_its_functions_and_its_average():
    back = through_pickle(Loss("own", square_slope, square_slope, average=True))
    assert (back.name, back.value, back.derivative, back.average) == ("own", square_slope, square_slope, True)


def test_an_own_kind_of_loss_is_pickled_as_that_kind():
    kind = type(find_loss("binary_cross_entropy"))
    back = through_pickle(kind("own", square_slope, square_slope))
    assert type(back) is kind
    assert back.name == "own"


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: Activation("a", 3, lambda net, output: 1), "a.value: expected a function, got 3"),
        (lambda: Activation("a", lambda net: net, None), "a.derivative: expected a function, got None"),
        (lambda: Activation(3, lambda net: net, lambda net, output: 1), "name: expected text, got 3"),
        (lambda: SharedActivation("s", lambda nets: nets, "x"), "s.deltas: expected a function, got 'x'"),
        (lambda: Loss("l", lambda target, output: 0, 1), "l.derivative: expected a function, got 1"),
        (
            lambda: Activation("a", lambda net: net, lambda net: 1),
            "a.derivative: expected a function of (net, output), got one of 1 arguments",
        ),
        (
            lambda: Loss("l", lambda target, output, weight: 0, lambda target, output: 0),
            "l.value: expected a function of (target, output), got one of 3 arguments",
        ),
    ],
)
def test_what_is_no_formula_is_refused(make, told):
    with pytest.raises(DataError) as caught:
        make()
    assert str(caught.value) == told


def test_a_function_alone_is_told_what_it_lacks():
    with pytest.raises(UnknownNameError, match=r"expected a name or an Activation\(name, value, derivative\), got a"):
        Network(2, 1, activation=lambda net: net)


def test_a_formula_may_have_defaults_or_take_any_number_of_arguments():
    steep = Activation("steep", lambda net, slope=2: slope * net, lambda *numbers: 2)
    assert (steep.value(3), steep.derivative(3, 6)) == (6, 2)
