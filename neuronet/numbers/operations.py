"""The table of operations: one row for each thing that the walks do with numbers, and all there is to know of it.

What carries operations out, records, simplifies, differentiates or prints them looks here. So a new function, such as
`sin`, is a new row: then `neuronet.scalar` offers it, floats, complex numbers, duals and recorded numbers flow through
it, and it is printed in every notation.
"""

from __future__ import annotations

import cmath
import math
import operator
from collections.abc import Iterable
from decimal import Decimal, localcontext
from typing import Any, Callable, NamedTuple, Optional

from neuronet.errors import NumberError

CHOICE, COMPARISON, SUM, PRODUCT, SIGN, POWER, ATOM = range(7)
"""How tightly a text holds together, loosest first: its precedence in every language."""


def _always(_: Iterable[bool]) -> bool:
    return True


def _never(_: Iterable[bool]) -> bool:
    return False


class Operation(NamedTuple):
    """An operation: its values, its derivative, what is certain of its results, and how it is written."""

    name: str
    """What it is recorded as, such as "+" or "exp"; Python's sign, or the name of its function in `neuronet.scalar`."""
    on_floats: Callable[..., Any]
    """What it does with floats and ints."""
    on_complex: Optional[Callable[[complex], complex]] = None
    """What a function does with a complex number; an operator is the number's own."""
    on_decimals: Optional[Callable[[Decimal], Decimal]] = None
    """What a function does with a Decimal, correct to all digits of the context."""
    derivative: Optional[Callable[[Any, Any, Any], Any]] = None
    """For a function of one number, the chain rule: given x, the value at x and the slope of x, all of any kind, the
    slope of the value. None for an operator, whose rule stands in `Dual`."""
    doc: str = ""
    """What a function is, and when it raises an error, in a sentence or two."""
    tightness: int = ATOM
    """How tightly its text holds together."""
    may_raise: bool = True
    """Whether it can raise an error on floats, so that it must be carried out even if nobody needs its result."""
    is_float: Callable[[Iterable[bool]], bool] = _always
    """Whether the result is a float for certain, given for each operand whether it is one; if not, it may be an int."""
    never_negative_zero: bool = False
    """Whether no float makes the result -0.0."""
    hides_zero_sign: tuple[int, ...] = ()
    """The places of the operands of which the result does not show, where they are zero, whether it was -0.0 or 0.0."""
    python: str = ""
    """What Python and formulas call it, where it has another name there."""
    latex: str = ""
    r"""The function in LaTeX, such as `\exp`, or the whole with %s for its argument; by default its name, upright."""

    @property
    def is_function(self) -> bool:
        """Whether it is a function of one number, which `neuronet.scalar` offers, and gives a float for an int."""
        return self.derivative is not None

    @property
    def called(self) -> str:
        """What Python and formulas call it."""
        return self.python or self.name

    def of(self, x: Any) -> Any:
        """The function of `x`, a number of any kind. Raises NumberError for a kind that has no such function."""
        if isinstance(x, (int, float)):
            return self.on_floats(x)
        if isinstance(x, complex) and self.on_complex is not None:
            return self.on_complex(x)
        if isinstance(x, Decimal) and self.on_decimals is not None:
            return self.on_decimals(x)
        method = getattr(x, self.name, None)
        if method is None:
            raise NumberError(
                f"{self.name}({x!r}): expected a float, complex or Decimal, or a number with a method {self.name}(), "
                f"but a {type(x).__name__} has none; for exact fractions use activations without {self.name}, such as "
                "relu or softsign"
            )
        return method()

    def named(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The Python function, renamed and documented as this operation."""
        function.__name__ = function.__qualname__ = self.name
        function.__doc__ = self.doc
        return function


# Functions that Python's own modules lack, or do not compute to the last digit.


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


# Added to 1, a small x needs as many more digits as it has zeros, and exp(-10^6) has half a million of them. But where
# x has more zeros than the context has digits, the first two terms of its series are all that can be seen.


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
        shrunk = _decimal_expm1(-2 * (x if x >= 0 else -x))
        result = -shrunk / (2 + shrunk)
    return +result if x >= 0 else -result


def _tanh_derivative(x: Any, _: Any, slope: Any) -> Any:
    # 1 / cosh^2 keeps its digits where tanh is nearly 1, and 1 - tanh^2 would lose them.
    shrunk = _exp(-2 * (x if x.real >= 0 else -x))
    return 4 * shrunk / ((1 + shrunk) * (1 + shrunk)) * slope


def _exp(x: Any) -> Any:
    return OPERATIONS["exp"].of(x)


# fmt: off
_ROWS = (
    # Operators. An int that meets a float becomes one. A power may be that of an int, or complex: (-8.0) ** 0.5.
    Operation("+", operator.add, tightness=SUM, may_raise=False, is_float=any),
    Operation("-", operator.sub, tightness=SUM, may_raise=False, is_float=any),
    Operation("*", operator.mul, tightness=PRODUCT, may_raise=False, is_float=any),
    Operation("/", operator.truediv, tightness=PRODUCT, hides_zero_sign=(1,)),  # x / 0 is an error, for -0.0 too
    Operation("**", operator.pow, tightness=POWER, is_float=_never, hides_zero_sign=(1,)),  # x ** 0 is 1
    Operation("negate", operator.neg, tightness=SIGN, may_raise=False, is_float=all),
    Operation("abs", abs, may_raise=False, is_float=all, never_negative_zero=True, hides_zero_sign=(0,),
              latex=r"\left|%s\right|"),
    Operation("largest", max, may_raise=False, is_float=all, python="max", latex=r"\max"),
    Operation("round", round, is_float=_never),
    Operation("<", operator.lt, tightness=COMPARISON, is_float=_never),
    Operation("<=", operator.le, tightness=COMPARISON, is_float=_never),
    Operation(">", operator.gt, tightness=COMPARISON, is_float=_never),
    Operation(">=", operator.ge, tightness=COMPARISON, is_float=_never),
    Operation("==", operator.eq, tightness=COMPARISON, is_float=_never),
    Operation("!=", operator.ne, tightness=COMPARISON, is_float=_never),

    # Functions of one number.
    Operation("exp", math.exp, cmath.exp, Decimal.exp, lambda x, value, slope: value * slope,
              "The exponential of `x`. Raises OverflowError for a real part above 709.78, which formulas should avoid.",
              never_negative_zero=True, hides_zero_sign=(0,), latex=r"\exp"),
    Operation("expm1", math.expm1, _complex_expm1, _decimal_expm1, lambda x, value, slope: _exp(x) * slope,
              "`exp(x) - 1` without the loss of digits near 0. Raises OverflowError as `exp` does."),
    Operation("log", math.log, cmath.log, Decimal.ln, lambda x, value, slope: slope / x,
              "The natural logarithm of `x`, whose real part is above 0. Raises ValueError at 0, but gives a Decimal "
              "-Infinity there.",
              hides_zero_sign=(0,), latex=r"\ln"),
    Operation("log1p", math.log1p, _complex_log1p, _decimal_log1p, lambda x, value, slope: slope / (1 + x),
              "`log(1 + x)` without the loss of digits near 0, for a real part above -1. Raises ValueError at -1."),
    Operation("tanh", math.tanh, cmath.tanh, _decimal_tanh, _tanh_derivative,
              "The hyperbolic tangent of `x`, between -1 and 1.",
              may_raise=False, latex=r"\tanh"),
    Operation("sqrt", math.sqrt, cmath.sqrt, Decimal.sqrt, lambda x, value, slope: slope / (2 * value),
              "The square root of `x`, whose real part is at least 0. Raises ValueError for a float below 0.",
              latex=r"\sqrt{%s}"),
)
# fmt: on

OPERATIONS: dict[str, Operation] = {row.name: row for row in _ROWS}
"""Every operation by its name."""

FUNCTIONS: tuple[Operation, ...] = tuple(row for row in _ROWS if row.is_function)
"""The functions of one number, which `neuronet.scalar` offers and number classes have methods for."""


def add_functions(number_class: type, method: Callable[[Operation], Callable[..., Any]]) -> None:
    """Give a class of numbers a method for each function of the table: `x.exp()`, `x.log()` and so on.

    method: makes the method for a row.
    """
    for row in FUNCTIONS:
        setattr(number_class, row.name, row.named(method(row)))
