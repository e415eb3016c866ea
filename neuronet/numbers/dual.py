"""A number that carries its own derivative: `Dual(value, slope)` is value + slope * epsilon, with epsilon^2 = 0.

Let one weight of a network be `Dual(weight, 1)` and walk forward: the slope of the loss is d loss / d weight, exact
to rounding, without any step to choose (forward-mode differentiation; Griewank and Walther 2008, chapter 3). The
rules below, and those of the functions in the table of operations, are written from calculus, not from the table of
activations, so they are a second opinion on it.

The parts may be any kind of real number: with `Fraction` parts the derivative is exact, and with `Dual` parts there
are second derivatives. Two ints divide into a fraction, because a float would end the exactness. Comparisons and truth
look at the value alone, as every branch of the walks does. There is no `float(dual)`: what would quietly drop the slope
raises TypeError.
"""

from __future__ import annotations

import operator
from fractions import Fraction
from typing import Any, Callable

from neuronet import scalar
from neuronet.numbers.operations import Operation, add_functions
from neuronet.scalar import Number


def _comparison(compare: Callable[[Any, Any], Any]) -> Callable[[Any, Any], bool]:
    return lambda self, other: bool(compare(self.real, _value(other)))


class Dual:
    """A value and its slope: how fast the value grows with whatever was given the slope 1.

    real: the value, a number of any kind; named as the real part of every number is.
    slope: the derivative, a number of the same kind.

    It has the functions of `neuronet.scalar` as methods: `Dual(1.0, 2.0).exp()`.

    >>> x = Dual(3.0, 1)
    >>> x * x + 2 * x
    Dual(15.0, 8.0)
    """

    __slots__ = ("real", "slope")

    def __init__(self, real: Number, slope: Number = 0) -> None:
        self.real = real
        self.slope = slope

    def __add__(self, other: Number) -> Dual:
        if isinstance(other, Dual):
            return Dual(self.real + other.real, self.slope + other.slope)
        return Dual(self.real + other, self.slope)

    __radd__ = __add__

    def __sub__(self, other: Number) -> Dual:
        if isinstance(other, Dual):
            return Dual(self.real - other.real, self.slope - other.slope)
        return Dual(self.real - other, self.slope)

    def __rsub__(self, other: Number) -> Dual:
        return Dual(other - self.real, -self.slope)

    def __mul__(self, other: Number) -> Dual:
        if isinstance(other, Dual):
            return Dual(self.real * other.real, self.slope * other.real + self.real * other.slope)
        return Dual(self.real * other, self.slope * other)

    __rmul__ = __mul__

    def __truediv__(self, other: Number) -> Dual:
        if isinstance(other, Dual):
            quotient = _quotient(self.real, other.real)
            return Dual(quotient, _quotient(self.slope - quotient * other.slope, other.real))
        return Dual(_quotient(self.real, other), _quotient(self.slope, other))

    def __rtruediv__(self, other: Number) -> Dual:
        quotient = _quotient(other, self.real)
        return Dual(quotient, _quotient(-quotient * self.slope, self.real))

    def __pow__(self, power: Number) -> Dual:
        if isinstance(power, Dual):
            value = self.real**power.real
            return Dual(value, value * (power.slope * scalar.log(self.real) + power.real * self.slope / self.real))
        # x^0 and x^1 have a slope at 0 too, where x^(power - 1) may have no value.
        if power == 0:
            return Dual(scalar.like(self.real, 1), 0 * self.slope)
        if power == 1:
            return self
        if isinstance(self.real, int) and power < 0:
            return Dual(1).__truediv__(self.__pow__(-power))
        return Dual(self.real**power, power * self.real ** (power - 1) * self.slope)

    def __rpow__(self, base: Number) -> Dual:
        value = base**self.real
        return Dual(value, value * scalar.log(scalar.like(self.real, base)) * self.slope)

    def __neg__(self) -> Dual:
        return Dual(-self.real, -self.slope)

    def __pos__(self) -> Dual:
        return self

    def __abs__(self) -> Dual:
        return self if self.real >= 0 else -self

    def __bool__(self) -> bool:
        return bool(self.real)

    __eq__ = _comparison(operator.eq)
    __lt__ = _comparison(operator.lt)
    __le__ = _comparison(operator.le)
    __gt__ = _comparison(operator.gt)
    __ge__ = _comparison(operator.ge)

    def __hash__(self) -> int:
        return hash(self.real)

    def is_finite(self) -> bool:
        """Whether both parts are finite."""
        return _is_finite(self.real) and _is_finite(self.slope)

    def __repr__(self) -> str:
        return f"Dual({self.real!r}, {self.slope!r})"


def _function(operation: Operation) -> Callable[[Dual], Dual]:
    on_parts: Any = getattr(scalar, operation.name)
    chain_rule: Any = operation.derivative

    def function(self: Dual) -> Dual:
        value = on_parts(self.real)
        return Dual(value, chain_rule(self.real, value, self.slope))

    return function


add_functions(Dual, _function)


def _value(other: Any) -> Any:
    return other.real if isinstance(other, Dual) else other


def _quotient(numerator: Number, denominator: Number) -> Number:
    if isinstance(numerator, int) and isinstance(denominator, int):
        return Fraction(numerator, denominator)
    return numerator / denominator


def _is_finite(part: Number) -> bool:
    # A Decimal raises where the others give NaN for infinity - infinity, and so brings an answer of its own.
    own_answer = getattr(part, "is_finite", None)
    return bool(own_answer() if own_answer is not None else part - part == 0)


def derivative(function: Callable[[Number], Number], at: Number) -> Number:
    """The derivative of a function of one number, by one call with a `Dual`.

    >>> derivative(lambda x: x ** 3, 2)
    12
    """
    result = function(Dual(at, 1))
    return result.slope if isinstance(result, Dual) else 0
