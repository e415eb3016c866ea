"""A number that carries its own derivative: `Dual(value, slope)` is value + slope * epsilon, with epsilon^2 = 0.

Let one weight of a network be `Dual(weight, 1)` and walk forward: the slope of the loss is d loss / d weight, exact
to rounding, without any step to choose (forward-mode differentiation; Griewank and Walther 2008, chapter 3). The
rules below, and those of the functions in the table of operations, are written from calculus, not from the table of
activations, so they are a second opinion on it.

The parts may be any kind of real number: with `Fraction` parts the derivative is exact, and with `Dual` parts there
are second derivatives; each level of them has slopes of its own. Two ints divide into a fraction, because a float would
end the exactness. Comparisons and truth look at the value alone, as every branch of the walks does. There is no
`float(dual)`: what would quietly drop the slope raises TypeError.
"""

from __future__ import annotations

import operator
from fractions import Fraction
from itertools import count
from typing import Any, Callable, Optional

from neuronet import scalar
from neuronet.numbers.operations import Operation, add_functions
from neuronet.scalar import Number

_levels = count(1024, 1024)
"""A level for each derivative, above those before it; between them there is room for duals made by hand."""


def _comparison(compare: Callable[[Any, Any], Any]) -> Callable[[Any, Any], bool]:
    return lambda self, other: bool(compare(self.real, _value(other)))


class Dual:
    """A value and its slope: how fast the value grows with whatever was given the slope 1.

    real: the value, a number of any kind; named as the real part of every number is.
    slope: the derivative, a number of the same kind.
    level: whose slope it is; None takes one above that of its parts. To a number of a higher level, one of a lower
        level is a constant, so a derivative within a derivative keeps the two slopes apart (Siskind and Pearlmutter
        2005, "perturbation confusion").

    It has the functions of `neuronet.scalar` as methods: `Dual(1.0, 2.0).exp()`.

    >>> x = Dual(3.0, 1)
    >>> x * x + 2 * x
    Dual(15.0, 8.0)
    """

    __slots__ = ("level", "real", "slope")

    def __init__(self, real: Number, slope: Number = 0, level: Optional[int] = None) -> None:
        self.real = real
        self.slope = slope
        self.level = 1 + max(_level(real), _level(slope)) if level is None else level

    def _with(self, real: Number, slope: Number) -> Dual:
        return Dual(real, slope, self.level)

    def _reflected(self, operation: str, other: Dual) -> Dual:
        """The operation as a number of a higher level carries it out, to which this one is a constant."""
        found: Dual = getattr(other, operation)(_constant(self))
        return found

    def __add__(self, other: Number) -> Dual:
        level = _level(other)
        if level == self.level:
            return self._with(self.real + other.real, self.slope + other.slope)
        return (
            self._with(self.real + _constant(other), self.slope)
            if level < self.level
            else self._reflected("__radd__", other)
        )

    def __radd__(self, other: Number) -> Dual:
        return self._with(other + self.real, self.slope)

    def __sub__(self, other: Number) -> Dual:
        level = _level(other)
        if level == self.level:
            return self._with(self.real - other.real, self.slope - other.slope)
        return (
            self._with(self.real - _constant(other), self.slope)
            if level < self.level
            else self._reflected("__rsub__", other)
        )

    def __rsub__(self, other: Number) -> Dual:
        return self._with(other - self.real, -self.slope)

    def __mul__(self, other: Number) -> Dual:
        level = _level(other)
        if level == self.level:
            return self._with(self.real * other.real, self.slope * other.real + self.real * other.slope)
        other = _constant(other) if level < self.level else other
        return (
            self._with(self.real * other, self.slope * other)
            if level < self.level
            else self._reflected("__rmul__", other)
        )

    def __rmul__(self, other: Number) -> Dual:
        return self._with(self.real * other, self.slope * other)

    def __truediv__(self, other: Number) -> Dual:
        level = _level(other)
        if level == self.level:
            quotient = _quotient(self.real, other.real)
            return self._with(quotient, _quotient(self.slope - quotient * other.slope, other.real))
        if level > self.level:
            return self._reflected("__rtruediv__", other)
        other = _constant(other)
        return self._with(_quotient(self.real, other), _quotient(self.slope, other))

    def __rtruediv__(self, other: Number) -> Dual:
        quotient = _quotient(other, self.real)
        return self._with(quotient, _quotient(-quotient * self.slope, self.real))

    def __pow__(self, power: Number) -> Dual:
        level = _level(power)
        if level > self.level:
            return self._reflected("__rpow__", power)
        if level == self.level:
            value = self.real**power.real
            return self._with(
                value, value * (power.slope * scalar.log(self.real) + power.real * self.slope / self.real)
            )
        if level:  # a constant here, but one with a slope of its own
            value = self.real**power
            return self._with(value, value * power * self.slope / self.real)
        # x^0 and x^1 have a slope at 0 too, where x^(power - 1) may have no value.
        if power == 0:
            return self._with(scalar.like(_innermost(self), 1), 0 * self.slope)
        if power == 1:
            return self
        if isinstance(self.real, int) and power < 0:
            return self._with(1, 0).__truediv__(self.__pow__(-power))
        return self._with(self.real**power, power * self.real ** (power - 1) * self.slope)

    def __rpow__(self, base: Number) -> Dual:
        value = base**self.real
        growth = scalar.log(base if isinstance(base, Dual) else scalar.like(_innermost(self), base))
        return self._with(value, value * growth * self.slope)

    def __neg__(self) -> Dual:
        return self._with(-self.real, -self.slope)

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
        return Dual(value, chain_rule(self.real, value, self.slope), self.level)

    return function


add_functions(Dual, _function)


def _level(part: Any) -> int:
    level: int = part.level if isinstance(part, Dual) else 0
    return level


def _constant(number: Any) -> Any:
    """A number as one of a higher level sees it: without a slope that is 0, as a number made from an int has."""
    while isinstance(number, Dual) and not isinstance(number.slope, Dual) and number.slope == 0:
        number = number.real
    return number


def _innermost(number: Any) -> Any:
    while isinstance(number, Dual):
        number = number.real
    return number


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
    >>> derivative(lambda x: x * derivative(lambda y: x + y, 1.0), 1.0)
    1
    """
    level = next(_levels)
    result = function(Dual(at, 1, level))
    return result.slope if _level(result) == level else 0
