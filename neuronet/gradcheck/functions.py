"""Bring your own: check the gradient of any function of a plain list, with nothing of a network in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Optional

from neuronet import validate
from neuronet.errors import DataError
from neuronet.gradcheck.bench import Backward, Bench, Parameter
from neuronet.gradcheck.gradients import Check
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

    Returns a `GradientReport` whose entries are named x[0], x[1] ... Raises DataError for an `x` that is no list of
    numbers, for a gradient of another length, and for a method that cannot run on this function.

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
    bench = _FunctionBench(function, gradient, x)
    with bench.kept():
        return Check(bench, method, repeats=validate.count(repeats, "repeats")).one_by_one(bench.parameters(()))


class _FunctionBench(Bench):
    """A bench with a function on it: its one sample is `x`."""

    def __init__(
        self,
        function: Callable[[list[Number]], Number],
        gradient: Callable[[list[Number]], Sequence[Number]],
        x: Sequence[float],
    ) -> None:
        self.function = function
        self.gradient = gradient
        self.inputs = validate.rows([x], len(x) if hasattr(x, "__len__") else 1, "x")
        self.targets = [[0.0]]

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Put `x` back at the end of the `with` block."""
        kept = list(self.inputs[0])
        try:
            yield
        finally:
            self.inputs[0][:] = kept

    def parameters(self, wrt: Sequence[str]) -> list[Parameter]:
        """Every number of `x`."""
        return [Parameter("number", "x", f"x[{place}]", None, 0, place) for place in range(len(self.inputs[0]))]

    def loss(self) -> Number:
        """What the function gives."""
        return self.function(list(self.inputs[0]))

    def gradients(self, parameters: Sequence[Parameter], backward: Optional[Backward] = None) -> list[Number]:
        """What the caller's gradient gives; DataError unless it is a number for each number of `x`."""
        found = self.gradient(list(self.inputs[0]))
        values: list[Any] = list(found) if isinstance(found, Sequence) else [found]
        if len(values) != len(self.inputs[0]):
            raise DataError(f"gradient: expected {len(self.inputs[0])} numbers, one for each of x, got {len(values)}")
        for place, value in enumerate(values):
            if isinstance(value, (bool, str)) or not hasattr(value, "real"):
                raise DataError(f"gradient[{place}]: expected a number, got {value!r}")
        return [values[parameter.position] for parameter in parameters]

    @contextmanager
    def converted(self, kind: validate.Kind) -> Iterator[None]:
        """Let `x` be of another kind of number inside the `with` block."""
        kept = self.inputs
        try:
            self.inputs = [[kind(value) for value in kept[0]]]
            yield
        finally:
            self.inputs = kept

    def weak_points(self) -> list[str]:
        """None: there is no network to be too small."""
        return []
