"""Bring your own: check the gradient of any function of a plain list, with nothing of a network in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Optional

from neuronet import validate
from neuronet.errors import DataError
from neuronet.gradcheck.gradients import Check
from neuronet.gradcheck.objective import KINDS, Backward, Objective, Parameter, is_real
from neuronet.gradcheck.references import find_method
from neuronet.gradcheck.report import GradientReport
from neuronet.scalar import Number


def check_function(
    function: Callable[[list[Number]], Number],
    gradient: Callable[[list[Number]], Sequence[Number]],
    x: Sequence[float],
    *,
    method: str = "complex",
    repeats: int = 2,
) -> GradientReport:
    """Compare a gradient that the caller computes with the slopes of the caller's function.

    function: takes a list of numbers and returns one. "complex", the default, needs a formula that complex numbers
        can flow through (arithmetic, and `neuronet.scalar` for exp and its kin); where it refuses them, "central" is
        used and a note says so.
    gradient: takes the same list and returns d function / d x[i] for each i, in order.
    x: where to compare, one finite number or more.
    method, repeats: as in `check_gradients`.

    Both are given lists of their own. What they raise at `x` itself is the caller's and passes through.

    Returns a `GradientReport` whose entries are named x[0], x[1] ... Raises DataError for an `x` that is no list of
    numbers, for a function or gradient that returns anything else, and for a method that cannot run on this function.

    >>> def area(x): return x[0] * x[1]
    >>> check_function(area, lambda x: [x[1], x[0]], [3, 4]).ok
    True
    >>> check_function(area, lambda x: [x[0], x[1]], [3, 4]).status
    'fail'
    """
    find_method(method)
    for name, given in (("function", function), ("gradient", gradient)):
        if not callable(given):
            raise DataError(f"{name}: expected a function of a list, got {given!r}")
    objective = FunctionObjective(function, gradient, x)
    check = Check(objective, method, repeats=validate.count(repeats, "repeats"))
    return check.one_by_one(objective.parameters())


class FunctionObjective(Objective):
    """A function of a list, with what the caller says of its slopes.

    function, gradient, x: as in `check_function`.
    """

    name = "this function"
    kind: validate.Kind = float

    def __init__(
        self,
        function: Callable[[list[Number]], Number],
        gradient: Callable[[list[Number]], Sequence[Number]],
        x: Sequence[float],
    ) -> None:
        self.function = function
        self.gradient = gradient
        self.x = validate.row(x, len(x) if hasattr(x, "__len__") else 1, "x")

    def parameters(self, wrt: Sequence[str] = KINDS) -> list[Parameter]:
        """Every number of `x`."""
        return [Parameter("number", "x", f"x[{place}]", position=place) for place in range(len(self.x))]

    def value(self, parameter: Parameter) -> Number:
        """What the number is now."""
        return self.x[parameter.position]

    def set(self, parameter: Parameter, value: Number) -> None:
        """Make it another number."""
        self.x[parameter.position] = value

    def loss(self) -> Number:
        """What the function gives; DataError where it is no number."""
        value = self.function(list(self.x))
        if isinstance(value, bool) or not hasattr(value, "real"):
            raise DataError(f"function: expected it to return a number, got {validate.shown(value)}")
        return value

    def gradients(self, parameters: Sequence[Parameter], backward: Optional[Backward] = None) -> list[Number]:
        """What the caller's gradient gives; DataError unless it is a real number for each number of `x`."""
        found = self.gradient(list(self.x))
        values = list(found) if hasattr(found, "__iter__") and not isinstance(found, str) else [found]
        if len(values) != len(self.x):
            raise DataError(f"gradient: expected {len(self.x)} numbers, one for each of x, got {len(values)}")
        for place, value in enumerate(values):
            if not is_real(value):
                raise DataError(f"gradient[{place}]: expected a real number, got {validate.shown(value)}")
        return [values[parameter.position] for parameter in parameters]

    @contextmanager
    def converted(self, kind: validate.Kind) -> Iterator[None]:
        """Let `x` be of another kind of number inside the `with` block."""
        before = self.kind, self.x
        try:
            self.kind, self.x = kind, [kind(value) for value in self.x]
            yield
        finally:
            self.kind, self.x = before
