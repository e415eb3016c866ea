"""Dual numbers carry the derivative of whatever they flow through, found by rules of their own."""

import cmath
import math
from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuronet import scalar
from neuronet.activations import ACTIVATIONS, Activation
from neuronet.errors import NumberError
from neuronet.numbers.dual import Dual, derivative

EPSILON = 2.0**-52

NAMES = ["exp", "expm1", "log", "log1p", "tanh", "sqrt"]

# Each function where it is easy, and where a careless slope loses its digits: far out, and near 0 or -1.
POINTS = {
    "exp": [-700.0, -1.0, 0.0, 1e-9, 1.0, 300.0],
    "expm1": [-30.0, -1e-9, 0.0, 1e-9, 1.0, 300.0],
    "log": [1e-300, 0.5, 1.0, 3.0, 1e300],
    "log1p": [-0.999999, -1e-9, 0.0, 1e-9, 1.0, 1e10],
    "tanh": [-350.0, -20.0, -1.0, -1e-9, 0.0, 1e-9, 0.5, 19.0, 350.0],
    "sqrt": [1e-300, 0.25, 2.0, 1e300],
}

EVERYWHERE = [(name, point) for name in NAMES for point in POINTS[name]]

fractions = st.fractions(-5, 5, max_denominator=12)
duals = st.builds(Dual, fractions, fractions)


class Matrix:
    """[[a, b], [0, a]]: multiplies exactly as a + b epsilon does, by the rule of matrices and no other."""

    def __init__(self, dual):
        self.rows = ((dual.real, dual.slope), (Fraction(0), dual.real))

    def times(self, other):
        return [[sum(self.rows[i][k] * other.rows[k][j] for k in range(2)) for j in range(2)] for i in range(2)]


def parts(dual):
    return dual.real, dual.slope


def decimal_slope(name, point):
    """The slope by a central difference of 80 digits and more; its own error is below 1e-40 of it."""
    with localcontext() as context:
        context.prec = 80 + int(abs(point)) if name == "tanh" else 80  # far out tanh is 1 to that many digits
        at = Decimal(point)
        step = Decimal("1e-30") * abs(at if at else 1)
        function = getattr(scalar, name)
        return float((function(at + step) - function(at - step)) / (2 * step))


# Arithmetic, in fractions: everything here is exact.


@given(duals, duals)
def test_a_product_is_the_product_of_two_matrices(x, y):
    product = x * y
    assert Matrix(x).times(Matrix(y)) == [[product.real, product.slope], [0, product.real]]


@given(duals, duals.filter(lambda dual: dual.real != 0))
def test_a_quotient_times_its_denominator_is_the_numerator(x, y):
    assert Matrix(x / y).times(Matrix(y)) == [[x.real, x.slope], [0, x.real]]


@given(duals, duals)
def test_sums_and_differences_undo_each_other(x, y):
    assert parts(x + y - y) == parts(x)
    assert parts(x + y) == (x.real + y.real, x.slope + y.slope)


@given(duals, fractions.filter(bool))
def test_a_plain_number_on_either_side_is_a_dual_of_slope_0(x, number):
    constant = Dual(number, 0)
    assert parts(x + number) == parts(number + x) == parts(x + constant)
    assert parts(x - number) == parts(x - constant)
    assert parts(number - x) == parts(constant - x)
    assert parts(x * number) == parts(number * x) == parts(x * constant)
    assert parts(x / number) == parts(x / constant)
    if x.real:
        assert parts(number / x) == parts(constant / x)


@pytest.mark.parametrize("number", [2, 2.0, Fraction(2), 2 + 0j])
def test_every_kind_of_number_may_stand_on_the_left(number):
    x = Dual(3.0, 1)
    assert parts(number + x) == (5, 1)
    assert parts(number - x) == (-1, -1)
    assert parts(number * x) == (6, 2)
    assert parts(number / Dual(4.0, 1)) == (0.5, -0.125)


def test_a_decimal_may_stand_on_the_left_of_a_dual_of_decimals():
    x = Dual(Decimal(4), Decimal(1))
    assert parts(Decimal(2) / x) == (Decimal("0.5"), Decimal("-0.125"))
    assert parts(Decimal(2) - x) == (-2, -1)


@given(fractions.filter(bool), st.integers(-6, 6))
def test_a_power_is_repeated_multiplication_or_division(at, power):
    repeated = Dual(Fraction(1))
    for _ in range(abs(power)):
        repeated = repeated * Dual(at, 1) if power > 0 else repeated / Dual(at, 1)
    assert parts(Dual(at, 1) ** power) == parts(repeated)


@pytest.mark.parametrize("kind", [int, float, Fraction, Decimal])
@pytest.mark.parametrize(("power", "value", "slope"), [(0, 1, 0), (1, 0, 1), (2, 0, 0), (3, 0, 0)])
def test_powers_have_a_slope_at_0(kind, power, value, slope):
    assert parts(Dual(kind(0), kind(1)) ** power) == (value, slope)


def test_a_negative_power_has_no_value_at_0():
    with pytest.raises(ZeroDivisionError):
        Dual(0.0, 1.0) ** -1


def test_broken_powers_and_powers_by_a_dual():
    # x^(1/2) at 4: 1/4. 2^x at 3: 8 ln 2. x^x at 2: 4 (ln 2 + 1). One rounding of each factor.
    assert parts(Dual(4.0, 1) ** 0.5) == (2.0, 0.25)
    assert parts(2 ** Dual(3.0, 1)) == (8.0, pytest.approx(8 * math.log(2), rel=4 * EPSILON))
    assert parts(Dual(2.0, 1) ** Dual(2.0, 1)) == (4.0, pytest.approx(4 * math.log(2) + 4, rel=4 * EPSILON))


def test_signs():
    assert parts(-Dual(3, 2)) == (-3, -2)
    assert parts(+Dual(3, 2)) == (3, 2)
    assert parts(abs(Dual(-3, 2))) == (3, -2)
    assert parts(abs(Dual(3, 2))) == (3, 2)
    assert parts(scalar.magnitude(Dual(-3, 2))) == (3, -2)


def test_division_by_a_value_of_0_raises_whatever_the_slope():
    with pytest.raises(ZeroDivisionError):
        Dual(1.0, 1.0) / Dual(0.0, 5.0)


# Comparisons decide branches, so they must not see the slope.


@given(duals, duals)
def test_comparisons_are_those_of_the_values(x, y):
    for other in (y, y.real):
        assert (x < other) == (x.real < y.real)
        assert (x <= other) == (x.real <= y.real)
        assert (x > other) == (x.real > y.real)
        assert (x >= other) == (x.real >= y.real)
        assert (x == other) == (x.real == y.real)
        assert (x != other) == (x.real != y.real)


@given(duals, duals)
def test_equal_duals_have_equal_hashes(x, y):
    assert x != y or hash(x) == hash(y)
    assert hash(x) == hash(x.real)


def test_truth_is_that_of_the_value():
    assert not Dual(0.0, 1.0)
    assert Dual(0.5, 0.0)


def test_a_dual_equals_nothing_that_is_no_number():
    assert Dual(1.0) != "1"
    assert Dual(1.0) != None  # noqa: E711 -- the comparison itself is what is tested


def test_max_and_min_keep_the_slope_of_the_one_they_choose():
    assert parts(max(0, Dual(2.0, 1))) == (2.0, 1)
    assert max(0, Dual(-2.0, 1)) == 0
    assert parts(min(0, Dual(-2.0, 1))) == (-2.0, 1)


@pytest.mark.parametrize("lossy", [float, int, math.exp, complex])
def test_what_would_drop_the_slope_is_refused(lossy):
    with pytest.raises(TypeError):
        lossy(Dual(1.0, 1.0))


@pytest.mark.parametrize(
    ("dual", "finite"),
    [
        (Dual(1.0, 2.0), True),
        (Dual(math.inf, 2.0), False),
        (Dual(1.0, math.nan), False),
        (Dual(Decimal(1), Decimal(2)), True),
        (Dual(Decimal("Infinity"), Decimal(1)), False),
        (Dual(Decimal(1), Decimal("NaN")), False),
        (Dual(Fraction(1), Fraction(2)), True),
        (Dual(Dual(1.0, 1.0), Dual(0.0, math.inf)), False),
        (Dual(Dual(1.0, 1.0), Dual(0.0, 1.0)), True),
    ],
)
def test_finite_means_both_parts(dual, finite):
    assert dual.is_finite() is finite


def test_the_repr_can_be_read_back():
    assert eval(repr(Dual(1.5, -2.0))) == Dual(1.5)  # noqa: S307 -- of our own making
    assert repr(Dual(1.5, -2.0)) == "Dual(1.5, -2.0)"


# The functions: slopes against central differences of 80 digits, and against a complex step.


@pytest.mark.parametrize(("name", "point"), EVERYWHERE)
def test_slopes_agree_with_a_difference_of_80_digits(name, point):
    # A handful of roundings. What exp makes of one rounding of its argument, |x| units, is common to any formula.
    allowed = (4 + 2 * abs(point) * (name in ("exp", "expm1", "tanh"))) * EPSILON
    assert derivative(getattr(scalar, name), point) == pytest.approx(decimal_slope(name, point), rel=allowed, abs=0)


@pytest.mark.parametrize(("name", "point"), EVERYWHERE)
def test_values_are_those_of_the_plain_number(name, point):
    assert getattr(scalar, name)(Dual(point, 1)).real == getattr(scalar, name)(point)


@pytest.mark.parametrize(("name", "point"), EVERYWHERE)
def test_slopes_agree_with_a_complex_step(name, point):
    step = 1e-20 * min(1.0, abs(point) or 1.0)
    slope = getattr(cmath if name in ("exp", "log", "tanh", "sqrt") else scalar, name)(complex(point, step)).imag / step
    # cmath.tanh knows its slope to some 1e-14 where it is nearly 0; the other functions to a few roundings.
    assert derivative(getattr(scalar, name), point) == pytest.approx(slope, rel=1e-13, abs=1e-300)


@pytest.mark.parametrize("net", [10.0, 15.0, 18.0, 19.0, 25.0])
def test_the_slope_of_tanh_keeps_its_digits_where_1_minus_output_squared_has_lost_them(net):
    true = decimal_slope("tanh", net)
    assert abs(1 - math.tanh(net) ** 2 - true) > 1e-10 * true  # what is avoided: this is off from the tenth digit on
    # One rounding of exp's argument is 2 net units of the slope.
    assert abs(derivative(scalar.tanh, net) - true) <= (4 + 2 * net) * EPSILON * true


@pytest.mark.parametrize("name", NAMES)
def test_slopes_scale_with_the_slope_that_comes_in(name):
    assert getattr(scalar, name)(Dual(0.5, 3.0)).slope == pytest.approx(
        3 * derivative(getattr(scalar, name), 0.5), rel=4 * EPSILON
    )


@pytest.mark.parametrize("name", NAMES)
def test_decimals_keep_all_their_digits(name):
    with localcontext() as context:
        context.prec = 50
        slope = derivative(getattr(scalar, name), Decimal("0.75"))
        step = Decimal("1e-15")
        function = getattr(scalar, name)
        difference = (function(Decimal("0.75") + step) - function(Decimal("0.75") - step)) / (2 * step)
        assert isinstance(slope, Decimal)
        assert abs(slope - difference) < Decimal("1e-28")  # the square of the step, and a little more


@pytest.mark.parametrize("name", NAMES)
def test_fractions_are_refused_rather_than_rounded(name):
    with pytest.raises(NumberError, match=name):
        getattr(scalar, name)(Dual(Fraction(1, 2), 1))


# Second derivatives.

SECOND = {
    "exp": math.exp,
    "expm1": math.exp,
    "log": lambda x: -1 / x**2,
    "log1p": lambda x: -1 / (1 + x) ** 2,
    "tanh": lambda x: -2 * math.tanh(x) / math.cosh(x) ** 2,
    "sqrt": lambda x: -1 / (4 * x * math.sqrt(x)),
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("x", [0.125, 0.5, 2.0, 5.0])
def test_nested_duals_give_the_second_derivative(name, x):
    result = getattr(scalar, name)(Dual(Dual(x, 1.0), Dual(1.0, 0.0)))
    # The formulas of SECOND lose a few roundings, tanh at 5 some ten of them by cosh.
    assert result.slope.slope == pytest.approx(SECOND[name](x), rel=64 * EPSILON)
    assert (
        result.real.slope == result.slope.real == pytest.approx(derivative(getattr(scalar, name), x), rel=4 * EPSILON)
    )


def test_the_second_derivative_of_tanh_at_0_is_0_though_its_formula_branches_there():
    assert scalar.tanh(Dual(Dual(0.0, 1.0), Dual(1.0, 0.0))).slope.slope == 0


@given(fractions, st.lists(fractions, min_size=1, max_size=5))
def test_second_derivatives_of_polynomials_are_exact(at, coefficients):
    x = Dual(Dual(at, Fraction(1)), Dual(Fraction(1), Fraction(0)))
    total = Dual(Dual(Fraction(0), Fraction(0)), Dual(Fraction(0), Fraction(0)))
    for power, coefficient in enumerate(coefficients):
        total = total + coefficient * x**power
    wanted = sum(
        (
            power * (power - 1) * coefficient * at ** (power - 2)
            for power, coefficient in enumerate(coefficients)
            if power >= 2
        ),
        start=Fraction(0),
    )
    slope = total.slope
    assert (slope.slope if isinstance(slope, Dual) else 0) == wanted


# A second opinion must not ask the one whose work it judges.


def test_no_derivative_of_the_activation_table_is_ever_asked(monkeypatch):
    def betrayed(net, output):
        raise AssertionError("the table was asked")

    for name, known in ACTIVATIONS.items():
        if isinstance(known, Activation):
            monkeypatch.setattr(known, "derivative", betrayed)
            assert derivative(known.value, 0.75) > 0, name


@pytest.mark.parametrize("name", [name for name, known in ACTIVATIONS.items() if isinstance(known, Activation)])
@pytest.mark.parametrize("net", [-30.0, -4.0, -1.0, -1e-6, 1e-6, 0.75, 2.75, 4.0, 30.0])
def test_the_table_of_activations_agrees_with_the_duals(name, net):
    activation = ACTIVATIONS[name]
    written = activation.derivative(net, activation.value(net))
    # sigmoid's output * (1 - output) has lost up to exp(3) of its last digit where the table still uses it.
    assert derivative(activation.value, net) == pytest.approx(float(written), rel=64 * EPSILON, abs=1e-300)


def test_a_function_that_ignores_its_argument_has_slope_0():
    assert derivative(lambda x: 7, 3.0) == 0
