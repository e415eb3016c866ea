"""Reference derivatives: seven ways to know how fast a function of one number grows, and how far each can be off.

    complex     f(x + ih).imag / h with h = 1e-20: nothing is subtracted, so nothing is lost (Squire and Trapp 1998)
    dual        f(x + epsilon).slope: forward mode, exact to rounding
    central     (f(x + h) - f(x - h)) / 2h with h = eps^(1/3) * max(1, |x|)
    forward     (f(x + h) - f(x)) / h with h = eps^(1/2) * max(1, |x|)
    richardson  two central differences whose errors cancel (Richardson 1911), h = 1e-2 * max(1, |x|)
    decimal     a central difference with 60 digits and h = 1e-20 * max(1, |x|)
    exact       dual numbers whose parts are fractions: equal means equal

The first two need formulas that such numbers can flow through; the next three only a function that can be called.
Each of those three says its error bar: rounding, some 4 units in the last place of the values subtracted, and
truncation, as estimated from a second step size. Where the values carry more rounding than they show, as a small
difference of large numbers does, `noise` measures it.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import NamedTuple, Optional

from neuronet import validate
from neuronet.errors import NumberError, UnknownNameError
from neuronet.numbers.dual import Dual
from neuronet.scalar import Number

Function = Callable[[Number], Number]
"""A function of one number."""

EPSILON = sys.float_info.epsilon
COMPLEX_STEP = 1e-20
DECIMAL_DIGITS = 60
DECIMAL_STEP = Decimal("1e-20")

DIFFERENCES = ("central", "forward", "richardson")
"""The methods that subtract two floats, and say how far they can be off."""

RELATIVE, OF_LARGEST = 1e-10, 1e-13
"""What is allowed beside a reference exact to rounding: 1e-10 of the larger of the two numbers, which is what long
sums of rounded products lose on smooth networks, and 1e-13 of the largest gradient, below which a sum cancels."""

COARSE = 1e-8
"""What is allowed beside the error bar of a finite difference: 1e-8 of the larger number. The bar knows the rounding
of the loss, and not that of the outputs, which counts for more where the loss is nearly 0."""

REFUSALS = (TypeError, AttributeError, NumberError)
"""What a formula raises when a kind of number cannot flow through it."""


class StepVanished(ArithmeticError):
    """A step so small beside a number that adding it changes nothing."""


class Slope(NamedTuple):
    """A reference derivative."""

    value: Number
    """The derivative."""
    bar: Optional[float] = None
    """How far the value can be off where the method knows; None for the methods exact to rounding."""


def complex_step(function: Function, at: Number, step: Optional[float] = None) -> Slope:
    """The imaginary part that an imaginary step leaves, divided by the step."""
    step = COMPLEX_STEP if step is None else step
    return Slope(function(complex(at, step)).imag / step)


def dual(function: Function, at: Number) -> Slope:
    """The slope that a dual number carries through the function."""
    result = function(Dual(at, 1))
    return Slope(result.slope if isinstance(result, Dual) else 0 * at)


def central(function: Function, at: Number, step: Optional[float] = None) -> Slope:
    """The central difference; its truncation error is about a third of what D(h) and D(2h) differ by."""
    step = EPSILON ** (1 / 3) * max(1.0, abs(at)) if step is None else step
    near, far = _central(function, at, step), _central(function, at, 2 * step)
    return Slope(near.value, near.rounding + 2 * abs(near.value - far.value) / 3)


def forward(function: Function, at: Number, step: Optional[float] = None) -> Slope:
    """The forward difference; its truncation error is about what D(h) and D(2h) differ by."""
    step = EPSILON ** (1 / 2) * max(1.0, abs(at)) if step is None else step
    near, far = _one_sided(function, at, step), _one_sided(function, at, 2 * step)
    return Slope(near.value, near.rounding + 2 * abs(near.value - far.value))


def richardson(function: Function, at: Number, step: Optional[float] = None) -> Slope:
    """Central differences of h, 2h and 4h, extrapolated to step 0: (4 D(h) - D(2h)) / 3.

    Where the slope has a kink the error only halves with the step, and is then all that the two extrapolations differ
    by; elsewhere it is far smaller.
    """
    step = 1e-2 * max(1.0, abs(at)) if step is None else step
    near, middle, far = (_central(function, at, factor * step) for factor in (1, 2, 4))
    better = (4 * near.value - middle.value) / 3
    worse = (4 * middle.value - far.value) / 3
    return Slope(better, 2 * near.rounding + 2 * abs(better - worse))


def decimal(function: Function, at: Decimal, digits: int = DECIMAL_DIGITS) -> Slope:
    """The central difference in decimal arithmetic of at least so many digits; its step has a third as many zeros.

    With 60 digits its truncation is some 1e-40 of the slope, its rounding some 1e-40 of what the loss is made of.
    """
    with localcontext() as context:
        context.prec = max(context.prec, digits)
        step = Decimal(10) ** -(digits // 3) * max(Decimal(1), abs(at))
        above, below = at + step, at - step
        return Slope((function(above) - function(below)) / (above - below))


def tolerance(gradient: Number, slope: Slope, largest: Number) -> Number:
    """The largest difference between a gradient and a slope that rounding explains.

    largest: the largest gradient that shares its sums, in size.
    """
    size = max(abs(gradient), abs(slope.value))
    return RELATIVE * size + OF_LARGEST * largest if slope.bar is None else slope.bar + COARSE * size


def noise(function: Function, at: float, step: float) -> float:
    """How much of a function's value is rounding, from the fourth differences of nine values (More and Wild 2011).

    Whatever is smooth cancels in them, and noise grows by sqrt(70). They lie within two steps to either side, as far
    as differences reach: a value that is rounded to large steps of its own may not change nearer by.
    """
    values = [function(at + place * step / 2) for place in range(-4, 5)]
    for _ in range(4):
        values = [right - left for left, right in zip(values, values[1:])]
    return float(max(abs(value) for value in values)) / math.sqrt(70)


class Method(NamedTuple):
    """A way to find a reference derivative."""

    slope: Callable[..., Slope]
    """`slope(function, at)`."""
    kind: Optional[validate.Kind] = None
    """The kind that every number must be converted to first, or None."""
    steps: tuple[float, ...] = ()
    """The step sizes that a study of this method goes through; none where there is no step to choose."""


def _from_tenth_to(smallest: int) -> tuple[float, ...]:
    return tuple(10 ** (-exponent / 2) for exponent in range(2, 2 * smallest + 1))


METHODS: dict[str, Method] = {
    "complex": Method(complex_step, None, _from_tenth_to(20)),
    "dual": Method(dual),
    "central": Method(central, None, _from_tenth_to(14)),
    "forward": Method(forward, None, _from_tenth_to(14)),
    "richardson": Method(richardson, None, _from_tenth_to(14)),
    "decimal": Method(decimal, Decimal),
    "exact": Method(dual, Fraction),
}
"""The methods by name."""


def find_method(name: str) -> Method:
    """The method of this name. UnknownNameError, listing the known ones, for any other."""
    if not isinstance(name, str) or name not in METHODS:
        raise UnknownNameError(f"method: unknown {name!r}; known: {', '.join(METHODS)}")
    return METHODS[name]


def has_kink(function: Function, at: float, step: Optional[float] = None) -> Optional[tuple[float, float]]:
    """The slopes on the two sides of a kink at or very near `at`, the smaller first; None where there is none.

    step: the wider of the two steps that are looked at; the other is an eighth of it.

    At a kink the one-sided slopes differ however small the step, and each stays what it is. Where the loss bends, what
    they differ by shrinks with the step; where it is mostly rounding, each is another number at every step.
    """
    wide = EPSILON ** (1 / 3) * max(1.0, abs(at)) if step is None else step
    below, above = (_one_sided(function, at, side * wide / 8) for side in (-1, 1))
    gap, rounding = abs(above.value - below.value), above.rounding + below.rounding
    wider = (_one_sided(function, at, side * wide) for side in (-1, 1))
    bend = max(abs(near.value - far.value) for near, far in zip((below, above), wider))
    if not gap > 4 * rounding or not gap > 4 * bend:
        return None
    low, high = sorted((above.value, below.value))
    return low - rounding - gap * 1e-3, high + rounding + gap * 1e-3


class _Difference(NamedTuple):
    value: float
    rounding: float


def _central(function: Function, at: float, step: float) -> _Difference:
    above, below = at + step, at - step
    if above == below:
        raise StepVanished(f"the step {step:.1e} vanishes beside {at!r}")
    high, low = function(above), function(below)
    return _Difference((high - low) / (above - below), 4 * EPSILON * (abs(high) + abs(low)) / (above - below))


def _one_sided(function: Function, at: float, step: float) -> _Difference:
    there = at + step
    if there == at:
        raise StepVanished(f"the step {step:.1e} vanishes beside {at!r}")
    value, here = function(there), function(at)
    return _Difference((value - here) / (there - at), 4 * EPSILON * (abs(value) + abs(here)) / abs(there - at))
