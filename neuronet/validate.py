"""Validation: what comes in from outside is checked once, here, before anything is changed.

Each function returns what it was given in the form that the rest of the library works with, or raises `DataError`
with the place, what was expected and what came. Nothing is guessed: a bool is no number, a string is no number, and
NaN or infinity is nobody's input.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Set
from numbers import Integral
from numbers import Number as AnyNumber
from random import Random
from typing import Any, Callable, Optional

from neuronet.errors import DataError
from neuronet.scalar import Number

Kind = Callable[[Any], Number]
"""A kind of number: a type such as float, Fraction or Decimal, or any function that makes a number from a number."""


def number(value: Any, place: str, kind: Kind = float) -> Number:
    """`value` as a finite number of this kind.

    value: an int, a float, a Decimal or another number that this kind can hold.
    place: what an error calls it, such as `inputs[17][2]`.
    kind: what it is turned into.

    Raises DataError for a bool, a string, None, NaN, infinity, or a number that does not fit the kind.
    """
    if type(value) is float and kind is float:
        if not math.isfinite(value):
            raise DataError(f"{place}: expected a finite number, got {value!r}")
        return value
    if isinstance(value, bool) or not (isinstance(value, AnyNumber) or is_of_kind(value, kind)):
        raise DataError(f"{place}: expected a number, got {shown(value)}")
    if not is_finite(value):
        raise DataError(f"{place}: expected a finite number, got {shown(value)}")
    try:
        converted = kind(value)
        if isinstance(converted, float) and not math.isfinite(converted):
            raise OverflowError
    except (ArithmeticError, TypeError, ValueError) as problem:
        name = getattr(kind, "__name__", repr(kind))
        raise DataError(f"{place}: expected a number that fits a {name}, got {shown(value)}") from problem
    return converted


def is_of_kind(value: Any, kind: Kind) -> bool:
    """Whether `value` is a number of this kind already."""
    return isinstance(kind, type) and isinstance(value, kind)


def is_finite(value: Number) -> bool:
    """Whether `value` is a number, of any kind, neither NaN nor infinite, in both parts where it has two."""
    if isinstance(value, (float, complex)):
        return math.isfinite(value.real) and math.isfinite(value.imag)
    own_answer = getattr(value, "is_finite", None)
    try:
        return bool(own_answer() if own_answer is not None else value - value == 0)
    except TypeError:
        return False


def positive(value: Any, place: str) -> float:
    """`value` as a finite float above 0; DataError otherwise."""
    checked = float(number(value, place))
    if checked <= 0:
        raise DataError(f"{place}: expected a number above 0, got {value!r}")
    return checked


def at_least_zero(value: Any, place: str) -> float:
    """`value` as a finite float of 0 or more; DataError otherwise."""
    checked = float(number(value, place))
    if checked < 0:
        raise DataError(f"{place}: expected a number of 0 or more, got {value!r}")
    return checked


def count(value: Any, place: str, least: int = 1) -> int:
    """`value` as an int of at least `least`; DataError otherwise."""
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise DataError(f"{place}: expected a whole number of at least {least}, got {shown(value)}")
    if value < least:
        raise DataError(f"{place}: expected a whole number of at least {least}, got {shown(value)}")
    return int(value)


def row(values: Any, length: int, place: str, kind: Kind = float) -> list[Number]:
    """One sample's inputs or targets as a list of `length` numbers of this kind; DataError otherwise."""
    if not is_list(values):
        raise DataError(f"{place}: expected a row of {_numbers(length)}, got {shown(values)}")
    items = list(values)
    if len(items) != length:
        raise DataError(f"{place}: expected {_numbers(length)}, got {len(items)}")
    return [number(item, f"{place}[{position}]", kind) for position, item in enumerate(items)]


def rows(values: Any, length: int, place: str, kind: Kind = float) -> list[list[Number]]:
    """The inputs or targets of a data set, a row of `length` numbers for each sample; DataError otherwise."""
    if not is_list(values):
        raise DataError(f"{place}: expected a list of rows, got {shown(values)}")
    items = list(values)
    if not items:
        raise DataError(f"{place}: expected at least one row, got none")
    return [row(item, length, f"{place}[{position}]", kind) for position, item in enumerate(items)]


def samples(
    inputs: Any, targets: Any, input_count: int, output_count: int, kind: Kind = float
) -> tuple[list[list[Number]], list[list[Number]]]:
    """A data set, checked: as many rows of inputs as of targets, each of the right length; DataError otherwise."""
    input_rows = rows(inputs, input_count, "inputs", kind)
    target_rows = rows(targets, output_count, "targets", kind)
    if len(input_rows) != len(target_rows):
        raise DataError(
            f"targets: expected one row for each row of inputs, that is {len(input_rows)}, got {len(target_rows)}"
        )
    return input_rows, target_rows


def generator_of(seed: Optional[int], rng: Optional[Random]) -> Optional[Random]:
    """The generator that a seed or a caller's own gives, or None where neither is given."""
    if rng is not None:
        if seed is not None:
            raise DataError("seed and rng: expected one of them, got both")
        if not isinstance(rng, Random):
            raise DataError(f"rng: expected a random.Random, got {rng!r}")
        return rng
    if seed is None:
        return None
    return Random(count(seed, "seed", least=0))


def step_size(learning_rate: Any, kind: Kind) -> Number:
    """A learning rate as a number of this kind; DataError unless it is above 0."""
    step = number(learning_rate, "learning_rate", kind)
    if not step.real > 0:
        raise DataError(f"learning_rate: expected a number above 0, got {shown(learning_rate)}")
    return step


def is_list(values: Any) -> bool:
    """Whether `values` can be taken one by one, in order. A set or a mapping cannot, and a text is a single value."""
    return isinstance(values, Iterable) and not isinstance(values, (str, bytes, bytearray, Mapping, Set))


def _numbers(length: int) -> str:
    return "1 number" if length == 1 else f"{length} numbers"


def shown(value: Any) -> str:
    """What came instead, for a message: its `repr`, cut short."""
    try:
        text = repr(value)
    except ValueError:
        return f"a huge {type(value).__name__}"  # of more digits than Python is willing to write
    return text if len(text) <= 40 else f"{text[:37]}..."
