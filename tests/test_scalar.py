"""The functions of a number keep its kind, and all the digits that this kind can hold."""

import cmath
import math
from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuronet import NeuronetError, scalar
from neuronet.errors import NumberError

EPSILON = 2.0**-52
"""The distance from 1 to the next float: two roundings of a result are never further apart, relative to it."""

NAMES = ["exp", "expm1", "log", "log1p", "tanh", "sqrt"]
"""Every function that `scalar` offers under the name that a number class gives its method."""

# 50 digits of each function at 1, and at the point where a careless formula loses them all.
KNOWN = [
    ("exp", "1", "2.7182818284590452353602874713526624977572470937000"),
    ("expm1", "1", "1.7182818284590452353602874713526624977572470937000"),
    ("expm1", "1E-30", "1.0000000000000000000000000000005000000000000000000E-30"),
    ("expm1", "-1E-30", "-9.9999999999999999999999999999950000000000000000000E-31"),
    ("log", "2", "0.69314718055994530941723212145817656807550013436026"),
    ("log1p", "1", "0.69314718055994530941723212145817656807550013436026"),
    ("log1p", "1E-30", "9.9999999999999999999999999999950000000000000000000E-31"),
    ("log1p", "-1E-30", "-1.0000000000000000000000000000005000000000000000000E-30"),
    ("tanh", "1", "0.76159415595576488811945828260479359041276859725794"),
    ("tanh", "-1", "-0.76159415595576488811945828260479359041276859725794"),
    ("tanh", "1E-20", "9.9999999999999999999999999999999999999996666666667E-21"),
    ("sqrt", "2", "1.4142135623730950488016887242096980785696718753769"),
]


class Named:
    """A number class of one's own: each function is a method that says that it was called."""

    def __getattr__(self, name):
        return lambda: f"my own {name}"


class Plain:
    """A number class that brings no functions."""

    def __repr__(self):
        return "Plain()"


# Floats and ints.


@pytest.mark.parametrize("x", [0.001, 0.5, 1.0, 3.25, 700.0])
@pytest.mark.parametrize("name", NAMES)
def test_a_float_gives_the_very_bits_of_the_math_module(name, x):
    result = getattr(scalar, name)(x)
    assert type(result) is float
    assert result == getattr(math, name)(x)


@pytest.mark.parametrize("name", NAMES)
def test_an_int_counts_as_the_float_of_the_same_value(name):
    result = getattr(scalar, name)(2)
    assert type(result) is float
    assert result == getattr(math, name)(2.0)


@pytest.mark.parametrize("name", NAMES)
def test_a_bool_gets_no_special_care(name):
    # Validation refuses bools before they come here, where True is the int that Python says it is.
    assert getattr(scalar, name)(True) == getattr(math, name)(1)


@pytest.mark.parametrize("name", NAMES)
def test_a_class_derived_from_float_counts_as_a_float(name):
    class Celsius(float):
        pass

    assert getattr(scalar, name)(Celsius(0.5)) == getattr(math, name)(0.5)


@pytest.mark.parametrize("x", [1e-20, -1e-20, 1e-300])
@pytest.mark.parametrize("name", ["expm1", "log1p", "tanh"])
def test_near_0_a_float_keeps_all_its_digits(name, x):
    # Each is x + O(x^2), and x^2 lies below the last digit of x.
    assert getattr(scalar, name)(x) == x


@pytest.mark.parametrize("name", ["exp", "expm1"])
@pytest.mark.parametrize("x", [710.0, 710 + 0j, 710])
def test_what_is_too_large_for_a_float_overflows_loudly(name, x):
    with pytest.raises(OverflowError):
        getattr(scalar, name)(x)


@pytest.mark.parametrize(("name", "edge"), [("log", 0), ("log1p", -1)])
@pytest.mark.parametrize("kind", [int, float, complex])
def test_the_logarithm_of_0_is_a_value_error(name, edge, kind):
    with pytest.raises(ValueError, match=r"domain|expected a (positive|nonzero)"):
        getattr(scalar, name)(kind(edge))


# Complex numbers.


def by_series(name, z):
    """exp(z) - 1 or log(1 + z) for |z| <= 1/2, from 70 terms in exact fractions; the rest is below 2**-70."""
    x, y = Fraction(z.real), Fraction(z.imag)
    power = (Fraction(1), Fraction(0))
    total = [Fraction(0), Fraction(0)]
    for n in range(1, 71):
        power = (power[0] * x - power[1] * y, power[0] * y + power[1] * x)
        coefficient = Fraction(1, math.factorial(n)) if name == "expm1" else Fraction((-1) ** (n + 1), n)
        # Rounded to 200 bits, or the fractions would grow to thousands of digits.
        power = tuple(Fraction(round(part * 2**200), 2**200) for part in power)
        total = [total[0] + power[0] * coefficient, total[1] + power[1] * coefficient]
    return total


@pytest.mark.parametrize("name", ["expm1", "log1p"])
@given(x=st.floats(-0.35, 0.35), y=st.floats(-0.35, 0.35))
def test_a_complex_number_near_0_keeps_its_digits(name, x, y):
    got = getattr(scalar, name)(complex(x, y))
    real, imaginary = by_series(name, complex(x, y))
    size = max(abs(real), abs(imaginary))
    # A handful of roundings, each relative to the larger part; 2**-190 is what the series itself leaves out.
    assert abs(Fraction(got.real) - real) <= 6 * EPSILON * size + Fraction(1, 2**190) or not size
    assert abs(Fraction(got.imag) - imaginary) <= 6 * EPSILON * size + Fraction(1, 2**190) or not size


@pytest.mark.parametrize("name", ["expm1", "log1p", "tanh"])
def test_a_tiny_complex_number_is_its_own_value(name):
    got = getattr(scalar, name)(complex(1e-20, 3e-20))
    assert got == complex(1e-20, 3e-20)


@pytest.mark.parametrize("name", NAMES)
@given(x=st.floats(1e-3, 700))
def test_a_complex_number_without_an_imaginary_part_is_as_good_as_a_float(name, x):
    got = getattr(scalar, name)(complex(x))
    wanted = getattr(math, name)(x)
    assert type(got) is complex
    assert got.imag == 0
    # cmath takes another road than math, and each may round the last digit its own way.
    assert abs(got.real - wanted) <= 4 * EPSILON * abs(wanted)


@pytest.mark.parametrize("z", [2 + 3j, -1.5 + 0.5j, 0.25 - 2j, -0.5 - 0.75j, 30 + 1j])
def test_the_complex_functions_are_those_of_cmath(z):
    assert scalar.exp(z) == cmath.exp(z)
    assert scalar.log(z) == cmath.log(z)
    assert scalar.sqrt(z) == cmath.sqrt(z)
    assert scalar.tanh(z) == cmath.tanh(z)
    # Far from 0 the two plain formulas are good to a few roundings of the larger number in them.
    assert abs(scalar.expm1(z) - (cmath.exp(z) - 1)) <= 4 * EPSILON * (abs(cmath.exp(z)) + 1)
    assert abs(scalar.log1p(z) - cmath.log(1 + z)) <= 4 * EPSILON * (abs(cmath.log(1 + z)) + 1)


@pytest.mark.parametrize("x", [-1 + 2.0**-40, -1 + 2.0**-53, -0.999])
def test_log1p_of_a_complex_number_reaches_down_to_minus_1(x):
    got = scalar.log1p(complex(x))
    # Two roads to the same number may differ in the last digit.
    assert abs(got.real - math.log1p(x)) <= 2 * EPSILON * abs(math.log1p(x))


@pytest.mark.parametrize("x", [1e155, 1e300])
def test_log1p_of_a_huge_complex_number_does_not_overflow(x):
    got = scalar.log1p(complex(x, 1))
    assert abs(got.real - math.log(x)) <= 2 * EPSILON * math.log(x)  # next to x, 1 and the imaginary 1 do not count
    assert got.imag == 1 / x


SLOPES = [
    ("exp", math.exp, [-600.0, -30.0, -1.0, -1e-9, 0.0, 1e-9, 1.0, 30.0, 700.0]),
    ("expm1", math.exp, [-600.0, -30.0, -1.0, -1e-9, 0.0, 1e-9, 1.0, 30.0, 700.0]),
    ("log", lambda x: 1 / x, [1e-270, 1e-9, 0.5, 1.0, 1.0 + 1e-9, 2.0, 1e300]),
    ("log1p", lambda x: 1 / (1 + x), [-1 + 2.0**-40, -0.75, -1e-9, 0.0, 1e-9, 1.0, 1e160, 1e300]),
    ("tanh", lambda x: 4 * math.exp(-2 * abs(x)) / (1 + math.exp(-2 * abs(x))) ** 2, [-300.0, -3.0, 0.0, 1e-9, 20.0]),
    ("sqrt", lambda x: 1 / (2 * math.sqrt(x)), [1e-270, 1e-9, 1.0, 2.0, 1e300]),
]


@pytest.mark.parametrize(("name", "slope", "x"), [(name, slope, x) for name, slope, xs in SLOPES for x in xs])
def test_a_tiny_imaginary_part_comes_out_as_the_derivative(name, slope, x):
    step = 1e-30 * abs(x) or 1e-30  # its square, which is what the rule neglects, lies far below the last digit
    got = getattr(scalar, name)(complex(x, step)).imag / step
    # The formula and the function each round a few times; no digit may be lost beyond that.
    assert abs(got - slope(x)) <= 8 * EPSILON * slope(x)


# Decimals.


@pytest.mark.parametrize(("name", "x", "digits"), KNOWN)
def test_a_decimal_keeps_its_50_digits(name, x, digits):
    with localcontext() as context:
        context.prec = 50
        assert getattr(scalar, name)(Decimal(x)) == Decimal(digits)


@pytest.mark.parametrize("name", ["exp", "expm1", "log", "log1p", "tanh", "sqrt"])
@pytest.mark.parametrize("x", ["1E-25", "0.001", "0.3", "0.5", "1", "2.5", "17", "250"])
def test_50_digits_are_the_first_50_of_120(name, x):
    with localcontext() as context:
        context.prec = 120
        long = getattr(scalar, name)(Decimal(x))
        context.prec = 50
        short = getattr(scalar, name)(Decimal(x))
        rounded = +long
        # The last of the 50 digits may be rounded either way, no more.
        assert abs(short - rounded) <= Decimal((0, (1,), rounded.adjusted() - 49))


@pytest.mark.parametrize("x", ["-250", "-3", "-0.5", "-1E-25", "0", "1E-25", "0.5", "3", "250"])
def test_decimal_tanh_and_expm1_are_their_formulas_in_exponentials(x):
    x = Decimal(x)
    with localcontext() as context:
        context.prec = 50
        tanh, expm1 = scalar.tanh(x), scalar.expm1(x)
        context.prec = 200
        exact_tanh = (x.exp() - (-x).exp()) / (x.exp() + (-x).exp())
        exact_expm1 = x.exp() - 1
        # One unit of the fiftieth digit: the room that rounding to 50 digits leaves.
        assert abs(tanh - exact_tanh) <= abs(exact_tanh) * Decimal("1E-49")
        assert abs(expm1 - exact_expm1) <= abs(exact_expm1) * Decimal("1E-49")


@pytest.mark.parametrize("x", ["-0.99999", "-0.5", "-1E-25", "1E-25", "0.5", "3", "1E+25"])
def test_decimal_log1p_undoes_expm1(x):
    x = Decimal(x)
    with localcontext() as context:
        context.prec = 50
        back = scalar.expm1(scalar.log1p(x))
        # log1p is right to half a unit of its last digit, which expm1 then multiplies by at most its size.
        room = abs(x) + abs(1 + x) * (1 + abs((1 + x).ln()))
        assert abs(back - x) <= room * Decimal("1E-49")


@pytest.mark.parametrize("name", NAMES)
def test_the_functions_leave_the_precision_as_they_found_it(name):
    with localcontext() as context:
        context.prec = 50
        getattr(scalar, name)(Decimal("1E-30"))
        assert context.prec == 50


def test_a_decimal_is_the_kind_that_can_hold_a_large_exponential():
    assert scalar.exp(Decimal(1000)) > Decimal("1E+434")


# Fractions, and numbers of one's own.


@pytest.mark.parametrize("name", NAMES)
def test_a_fraction_is_refused_because_its_exactness_would_be_gone(name):
    with pytest.raises(NumberError, match=rf"^{name}\(Fraction\(1, 4\)\): .*a Fraction has none.*without {name}"):
        getattr(scalar, name)(Fraction(1, 4))


@pytest.mark.parametrize("name", NAMES)
def test_a_number_class_of_ones_own_is_asked_for_its_method(name):
    assert getattr(scalar, name)(Named()) == f"my own {name}"


@pytest.mark.parametrize("name", NAMES)
def test_a_class_without_the_method_is_told_which_one_is_missing(name):
    with pytest.raises(NeuronetError, match=rf"^{name}\(Plain\(\)\): expected .* with a method {name}\(\)"):
        getattr(scalar, name)(Plain())


# The helpers that stand in for abs, for literals and for max.


@pytest.mark.parametrize(
    ("x", "size"),
    [
        (-1.5, 1.5),
        (1.5, 1.5),
        (0.0, 0.0),
        (Fraction(-1, 3), Fraction(1, 3)),
        (Decimal("-0.1"), Decimal("0.1")),
        (complex(3, -4), complex(3, -4)),
        (complex(-3, 4), complex(3, -4)),
    ],
)
def test_magnitude_turns_a_number_so_that_its_real_part_is_not_below_0(x, size):
    assert scalar.magnitude(x) == size
    assert type(scalar.magnitude(x)) is type(x)


@pytest.mark.parametrize("x", [-1.5, 1.5])
def test_magnitude_carries_the_derivative_that_abs_would_drop(x):
    assert scalar.magnitude(complex(x, 1e-200)).imag / 1e-200 == (1 if x > 0 else -1)
    assert abs(complex(x, 1e-200)).imag == 0


@pytest.mark.parametrize("kind", [int, float, complex, Fraction, Decimal])
def test_like_gives_a_whole_number_of_the_same_kind(kind):
    assert type(scalar.like(kind(7), 1)) is kind
    assert scalar.like(kind(7), 1) == 1


@pytest.mark.parametrize(
    ("numbers", "most"),
    [
        ([-2.0, -1.0, -3.0], -1.0),
        ([complex(1, 9), complex(2, -9)], 2.0),
        ([Fraction(1, 3), Fraction(1, 4)], Fraction(1, 3)),
        ([Decimal("0.1")], Decimal("0.1")),
    ],
)
def test_largest_is_the_largest_real_part(numbers, most):
    assert scalar.largest(numbers) == most
