"""A number that remembers how it was made and carries its value: what flows through a walk that is being explained.

An `Expression` stands for a number that is not known yet. A `Traced` knows it: each operation is carried out in floats
as the walk would have carried it out, and written down as well. So a condition is decided by the value at once, and
only the way that is taken is written down.
"""

from __future__ import annotations

from typing import Any, Callable, Optional, Union

from neuronet.numbers.expression import Expression, Recording
from neuronet.numbers.operations import OPERATIONS


class Traced(Expression):
    """An expression with its value.

    value: the float that the operation gave; for a parameter the number that came from outside.

    Called like a kind of number, `Traced(0)` gives the float 0.0. `float(traced)` is the value, for formulas that leave
    the functions of `neuronet.scalar`; what they return no longer remembers how it was made.
    """

    __slots__ = ("value",)

    value: Union[int, float]

    def __float__(self) -> float:
        return float(self.value)

    def __round__(self, digits: Optional[int] = None) -> Any:
        return self.recording.record("round", self) if digits is None else self.recording.record("round", self, digits)


class TracedInt(Traced):
    """A `Traced` whose value is an int: called like a kind of number, it gives an int."""

    __slots__ = ()

    def __new__(cls, value: Union[int, float]) -> Any:
        """A known number is no expression but an int."""
        return int(value)


class Trace(Recording):
    """A computation that is carried out and written down."""

    operand_types = (Traced, TracedInt, float, int, bool)

    def parameter(self, name: Any, value: Any = None) -> Any:
        """A number that comes from outside.

        name: what it is called; it is kept as the operand and may be any object.
        value: an int or a float. Anything else is returned as it is.
        """
        return self._made("parameter", (name,), value) if is_plain(value) else value

    def record(self, operation: str, *operands: Any) -> Any:
        """The result of this operation on these operands; True and False count as 1 and 0, as they do for floats."""
        operands = tuple(int(operand) if operand is True or operand is False else operand for operand in operands)
        return self._made(operation, operands, OPERATIONS[operation].on_floats(*map(value_of, operands)))

    comparison = Recording.arithmetic
    """A comparison is carried out like any operation; its truth is no number, so nothing is written down."""

    def explore(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """What the function returns: its values decide which way it goes."""
        return function(*arguments)

    def _made(self, operation: str, operands: tuple[Any, ...], value: Any) -> Any:
        if not is_plain(value):  # such as the complex power of a negative number
            return value
        made: Traced = object.__new__(TracedInt if type(value) is int else Traced)
        made.operation, made.operands, made.value = operation, operands, value
        made.block, made.recording, made.number = self.block, self, len(self.expressions)
        self.expressions.append(made)
        return made


def is_plain(value: Any) -> bool:
    """Whether this is an int or a float, and nothing derived from them."""
    return type(value) in (int, float)


def value_of(number: Any) -> Any:
    """The value of a `Traced`; anything else is its own value."""
    return number.value if isinstance(number, Traced) else number
