"""The functions of a number, for any kind of number: exp, log, tanh and their kin.

The walks never ask what kind of number flows through them; this file is where the kinds differ. A `float` goes
straight to the `math` module, which is why `type(x) is float` is asked first. An `int` follows it, a `complex` goes
to `cmath`, a `Decimal` keeps all its digits. A number class of one's own brings methods of these names:
`exp(x)` calls `x.exp()`. A `Fraction` is refused, because `math.exp(Fraction(1))` would quietly return a float and
the exactness would be gone.

A branch in a formula that numbers of every kind flow through is decided by the real part: write `if x.real >= 0`.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Sequence
from decimal import Decimal, localcontext
from typing import Any, Callable

from neuronet.errors import NumberError

Number = Any
"""Any kind of number: float, complex, Fraction, Decimal, or a class with arithmetic and the methods named here."""


def exp(x: Number) -> Number:
    """The exponential of `x`, a number of any kind; the result is of the same kind.

    Raises OverflowError for a real part above 709.78 (write formulas so that it cannot happen), and NumberError for
    a Fraction.
    """
    if type(x) is float:
        return math.exp(x)
    return _by_kind("exp", x)


def expm1(x: Number) -> Number:
    """`exp(x) - 1` without the loss of digits near 0. Raises as `exp` does."""
    if type(x) is float:
        return math.expm1(x)
    return _by_kind("expm1", x)


def log(x: Number) -> Number:
    """The natural logarithm of `x`, whose real part is above 0.

    Raises ValueError at 0 (for a Decimal it is -Infinity), NumberError for a Fraction.
    """
    if type(x) is float:
        return math.log(x)
    return _by_kind("log", x)


def log1p(x: Number) -> Number:
    """`log(1 + x)` without the loss of digits near 0, for a real part above -1. Raises as `log` does."""
    if type(x) is float:
        return math.log1p(x)
    return _by_kind("log1p", x)


def tanh(x: Number) -> Number:
    """The hyperbolic tangent of `x`, between -1 and 1. Raises NumberError for a Fraction."""
    if type(x) is float:
        return math.tanh(x)
    return _by_kind("tanh", x)


def sqrt(x: Number) -> Number:
    """The square root of `x`, whose real part is at least 0. Raises NumberError for a Fraction."""
    if type(x) is float:
        return math.sqrt(x)
    return _by_kind("sqrt", x)


def magnitude(x: Number) -> Number:
    """`x` or `-x`, whichever has a real part of at least 0.

    It stands in for `abs`, which for a complex number is the modulus and would drop the imaginary part that a
    complex step carries.
    """
    if type(x) is float:
        return x if x >= 0 else -x
    own_answer = getattr(x, "magnitude", None)
    return own_answer() if own_answer is not None else x if x.real >= 0 else -x


def like(x: Number, value: int) -> Number:
    """The whole number `value` as a number of the kind of `x`: `like(Fraction(1, 2), 0)` is `Fraction(0)`."""
    return type(x)(value)


def largest(numbers: Sequence[Number]) -> Number:
    """The largest real part among `numbers`, at least one."""
    own_answer = getattr(numbers[0], "largest", None)
    return own_answer(numbers[1:]) if own_answer is not None else max(x.real for x in numbers)


def short(value: Number) -> str:
    """A number in a few characters, for `repr` and tables: four decimals for a float, any other kind as it is."""
    if isinstance(value, (float, int)):
        return f"{value:.4f}" if -1_000_000 < value < 1_000_000 else f"{value:.4e}"
    try:
        text = str(value)
    except ValueError:  # a fraction of more digits than Python is willing to write
        text = f"a huge {type(value).__name__}"
    return text if len(text) <= 40 else f"{text[:37]}..."


def _by_kind(name: str, x: Number) -> Number:
    if isinstance(x, (int, float)):
        return getattr(math, name)(x)
    if isinstance(x, complex):
        return _COMPLEX[name](x)
    if isinstance(x, Decimal):
        return _DECIMAL[name](x)
    method = getattr(x, name, None)
    if method is None:
        kind = type(x).__name__
        raise NumberError(
            f"{name}({x!r}): expected a float, complex or Decimal, or a number with a method {name}(), "
            f"but a {kind} has none; for exact fractions use activations without {name}, such as relu or softsign"
        )
    return method()


def _complex_expm1(z: complex) -> complex:
    # exp(x + iy) - 1 split so that neither part cancels: cos(y) - 1 = -2 sin(y/2)^2.
    half = math.sin(z.imag / 2)
    real = math.expm1(z.real) * math.cos(z.imag) - 2 * half * half
    return complex(real, math.exp(z.real) * math.sin(z.imag))


def _complex_log1p(z: complex) -> complex:
    # |1 + z|^2 = 1 + x(2 + x) + y^2, so near 0 log1p of the last two terms keeps the digits. Elsewhere they could
    # round to -1 or overflow, and 1 + z is exact enough.
    if not (-0.5 < z.real < 0.5 and -0.5 < z.imag < 0.5):
        return cmath.log(1 + z)
    return complex(math.log1p(z.real * (2 + z.real) + z.imag * z.imag) / 2, math.atan2(z.imag, 1 + z.real))


# Beside 1 a small x needs as many more digits as it has zeros, and exp(-10^6) has half a million of them. But where x
# has more zeros than the context has digits, the first two terms of its series are all that can be seen.


def _decimal_expm1(x: Decimal) -> Decimal:
    with localcontext() as context:
        if x.adjusted() < -context.prec:
            return x + x * x / 2
        context.prec += 2 + max(0, -x.adjusted())
        result = x.exp() - 1
    return +result


def _decimal_log1p(x: Decimal) -> Decimal:
    with localcontext() as context:
        if x.adjusted() < -context.prec:
            return x - x * x / 2
        context.prec += 2 + max(0, -x.adjusted())
        result = (1 + x).ln()
    return +result


def _decimal_tanh(x: Decimal) -> Decimal:
    with localcontext() as context:
        context.prec += 5
        shrunk = _decimal_expm1(-2 * magnitude(x))
        result = -shrunk / (2 + shrunk)
    return +result if x >= 0 else -result


_COMPLEX: dict[str, Callable[[complex], complex]] = {
    "exp": cmath.exp,
    "expm1": _complex_expm1,
    "log": cmath.log,
    "log1p": _complex_log1p,
    "tanh": cmath.tanh,
    "sqrt": cmath.sqrt,
}

_DECIMAL: dict[str, Callable[[Decimal], Decimal]] = {
    "exp": Decimal.exp,
    "expm1": _decimal_expm1,
    "log": Decimal.ln,
    "log1p": _decimal_log1p,
    "tanh": _decimal_tanh,
    "sqrt": Decimal.sqrt,
}
