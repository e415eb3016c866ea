"""A derivative within a derivative keeps the slopes of the two apart."""

import math

import pytest

from neuronet import scalar
from neuronet.numbers.dual import Dual, derivative


def test_the_slope_of_the_outer_number_is_none_of_the_inner_derivative():
    assert derivative(lambda x: x * derivative(lambda y: x + y, 1.0), 1.0) == 1
    assert derivative(lambda x: x * derivative(lambda y: x * y, 1.0), 3.0) == 6
    assert derivative(lambda x: derivative(lambda y: x, 2.0), 1.0) == 0
    assert derivative(lambda x: derivative(lambda y: x**3 * y**2, 2.0), 1.0) == 12
    assert derivative(lambda x: derivative(lambda y: derivative(lambda z: x * y * z, 5.0), 4.0), 3.0) == 1


def test_a_derivative_of_a_derivative_is_the_second():
    assert derivative(lambda x: derivative(lambda y: y**3, x), 2.0) == 12
    assert derivative(lambda x: derivative(lambda y: derivative(lambda z: z**4, y), x), 1.0) == 24


FUNCTIONS = [
    lambda x, y: x**y,
    lambda x, y: (x + 2 * y) / (y * x + 3),
    lambda x, y: scalar.exp(x * y) - y**3 * x,
    lambda x, y: scalar.log(x + y * y) * x,
    lambda x, y: (x - y) ** 2 * (y - 1 / x),
    lambda x, y: 3**y / x,
    lambda x, y: scalar.tanh(x / y) + 1 - y,
]


@pytest.mark.parametrize("f", FUNCTIONS)
def test_mixed_and_second_derivatives_are_those_of_differences(f):
    a, b, h = 1.3, 0.7, 1e-4
    mixed = (f(a + h, b + h) - f(a + h, b - h) - f(a - h, b + h) + f(a - h, b - h)) / (4 * h * h)
    assert derivative(lambda x: derivative(lambda y: f(x, y), b), a) == pytest.approx(mixed, rel=1e-5, abs=1e-5)
    second = (f(a + h, a + h) - 2 * f(a, a) + f(a - h, a - h)) / h / h
    assert derivative(lambda x: derivative(lambda y: f(y, y), x), a) == pytest.approx(second, rel=1e-5, abs=1e-5)


def test_what_comes_out_is_a_plain_number():
    found = derivative(lambda x: derivative(lambda y: 2 ** (x * y) + scalar.like(y, 1), 1.0), 1.0)
    assert type(found) is float
    assert found == pytest.approx(2 * math.log(2) * (1 + math.log(2)))


def test_a_dual_of_duals_has_a_level_of_its_own():
    cube = Dual(Dual(3.0, 1), 1) ** 3
    assert repr(cube) == "Dual(Dual(27.0, 27.0), Dual(27.0, 18.0))"
    assert (Dual(1.0).level, cube.level) == (1, 2)
    assert repr(Dual(2.0, 1) + Dual(Dual(3.0, 1), 1)) == "Dual(Dual(5.0, 2), 1)"
