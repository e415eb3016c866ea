"""Bring your own: check the gradient of any function of a plain list, with nothing of a network in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Optional

from neuronet import validate
from neuronet.errors import DataError
from neuronet.gradcheck.bench import Backward, Bench, Parameter, is_real
from neuronet.gradcheck.gradients import Check
from neuronet.gradcheck.references import find_method
from neuronet.gradcheck.report import GradientReport
from neuronet.graph import Synapse
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
    bench = _FunctionBench(function, gradient, x)
    with bench.kept():
        return Check(bench, method, repeats=validate.count(repeats, "repeats")).one_by_one(bench.parameters(()))


class _FunctionBench(Bench):
    """A bench with a function on it, and no network: its one sample is `x`."""

    name = "this function"

    def __init__(
        self,
        function: Callable[[list[Number]], Number],
        gradient: Callable[[list[Number]], Sequence[Number]],
        x: Sequence[float],
    ) -> None:
        self.function = function
        self.gradient = gradient
        self.number_kind: validate.Kind = float
        self.inputs = [validate.row(x, len(x) if hasattr(x, "__len__") else 1, "x")]
        self.targets = [[0.0]]

    @property
    def kind(self) -> validate.Kind:
        """The kind of number that `x` is of now."""
        return self.number_kind

    @property
    def synapses(self) -> list[Synapse]:
        """None: all that can be nudged is in `x`."""
        return []

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
        """What the function gives; DataError where it is no number."""
        value = self.function(list(self.inputs[0]))
        if isinstance(value, bool) or not hasattr(value, "real"):
            raise DataError(f"function: expected it to return a number, got {validate.shown(value)}")
        return value

    def gradients(self, parameters: Sequence[Parameter], backward: Optional[Backward] = None) -> list[Number]:
        """What the caller's gradient gives; DataError unless it is a real number for each number of `x`."""
        found = self.gradient(list(self.inputs[0]))
        values = list(found) if hasattr(found, "__iter__") and not isinstance(found, str) else [found]
        if len(values) != len(self.inputs[0]):
            raise DataError(f"gradient: expected {len(self.inputs[0])} numbers, one for each of x, got {len(values)}")
        for place, value in enumerate(values):
            if not is_real(value):
                raise DataError(f"gradient[{place}]: expected a real number, got {validate.shown(value)}")
        return [values[parameter.position] for parameter in parameters]

    @contextmanager
    def converted(self, kind: validate.Kind) -> Iterator[None]:
        """Let `x` be of another kind of number inside the `with` block."""
        kept = self.number_kind, self.inputs
        try:
            self.number_kind, self.inputs = kind, [[kind(value) for value in self.inputs[0]]]
            yield
        finally:
            self.number_kind, self.inputs = kept

    def weak_points(self) -> list[str]:
        """None: there is no network to be too small."""
        return []
