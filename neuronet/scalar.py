"""The functions of a number, for any kind of number: exp, log, tanh and their kin.

The walks never ask what kind of number flows through them; each function here does. A `float` goes straight to the
`math` module, which is why `type(x) is float` is asked first. An `int` follows it, a `complex` goes to `cmath`, a
`Decimal` keeps all its digits. A number class of one's own brings methods of these names: `exp(x)` calls `x.exp()`. A
`Fraction` is refused by a NumberError, because `math.exp(Fraction(1))` would quietly return a float and the exactness
would be gone.

The functions of one number are made from the rows of `neuronet.numbers.operations`: `exp`, `expm1`, `log`, `log1p`,
`tanh` and `sqrt`. The result of each is of the same kind as its argument.

A branch in a formula that numbers of every kind flow through is decided by the real part: write `if x.real >= 0`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Callable

from neuronet.numbers.operations import FUNCTIONS, Operation

Number = Any
"""Any kind of number: float, complex, Fraction, Decimal, or a class with arithmetic and methods such as `exp`."""


def _function(operation: Operation) -> Callable[[Number], Number]:
    on_floats, of = operation.on_floats, operation.of

    def function(x: Number) -> Number:
        if type(x) is float:
            return on_floats(x)
        return of(x)

    return operation.named(function)


globals().update({operation.name: _function(operation) for operation in FUNCTIONS})

if TYPE_CHECKING:

    def __getattr__(name: str) -> Callable[[Number], Number]:
        """Type checkers learn here what the table holds."""


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
