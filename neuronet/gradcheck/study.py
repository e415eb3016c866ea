"""Two studies of the step: what a finite step costs, and what it can prove without any tolerance.

`taylor_test` walks along a direction and looks at what the gradient leaves unexplained: with a right gradient the
remainder |loss(w + h d) - loss(w) - h g.d| shrinks as h^2, with a wrong one only as h. The rate is the verdict.

`step_sweep` measures the error of each method for each step size: too large a step sees the curve, too small a one
only rounding, and the error draws a V. The methods without subtraction have no left arm.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal, localcontext
from random import Random
from typing import NamedTuple, Optional, Union

from neuronet import validate
from neuronet.draw.blocks import log_log_text
from neuronet.draw.charts import LEAST_ERROR, step_errors
from neuronet.errors import DataError, UnknownNameError
from neuronet.feedforward import FeedForward
from neuronet.gradcheck.gradients import stratified
from neuronet.gradcheck.network_objective import NetworkObjective
from neuronet.gradcheck.objective import Parameter
from neuronet.gradcheck.references import (
    DECIMAL_DIGITS,
    EPSILON,
    METHODS,
    REFUSALS,
    Function,
    central,
    complex_step,
    dual,
    find_method,
    has_kink,
)
from neuronet.gradcheck.report import FAIL, INCONCLUSIVE, PASS


class TaylorReport:
    """The report of `taylor_test`.

    steps: the step sizes, each half of the one before.
    remainders: what the gradient leaves unexplained at each step.
    rates: log2 of how much each remainder shrinks to the next; None where rounding hides it. Right: 2. Wrong: 1.
    status: "pass", "fail", or "inconclusive" where rounding hides everything or a kink spoils the rate.
    note: a sentence about the verdict.
    """

    expected = 2

    def __init__(
        self, steps: Sequence[float], remainders: Sequence[float], floors: Sequence[float], at_kink: bool = False
    ) -> None:
        self.steps = list(steps)
        self.remainders = list(remainders)
        self.rates: list[Optional[float]] = [
            math.log2(larger / smaller) if larger > 0 and smaller > floor else None
            for larger, smaller, floor in zip(remainders, remainders[1:], floors[1:])
        ]
        self.status, self.note = self._verdict(floors, at_kink)

    def _verdict(self, floors: Sequence[float], at_kink: bool) -> tuple[str, str]:
        known = [rate for rate in self.rates if rate is not None]
        if not known:
            if all(remainder <= floor for remainder, floor in zip(self.remainders, floors)):
                return PASS, "the loss is a straight line here to rounding, and the gradient is its slope"
            return INCONCLUSIVE, "rounding hides how the remainder shrinks"
        # The smallest steps above the rounding say most; they are the last known ones.
        last = known[-3:]
        middle = sorted(last)[len(last) // 2]
        if middle > 1.7:
            return PASS, "the remainder shrinks with the square of the step, as it does for a right gradient"
        if middle < 1.3 and at_kink:
            return INCONCLUSIVE, "the remainder shrinks only as the step does, for there is a kink here"
        if middle < 1.3:
            return FAIL, "the remainder shrinks only as the step does: the gradient is not the slope of the loss"
        return INCONCLUSIVE, "the remainder shrinks neither as the step nor as its square: a kink nearby?"

    @property
    def ok(self) -> bool:
        """Whether the status is "pass"."""
        return self.status == PASS

    def __bool__(self) -> bool:
        return self.ok

    def __repr__(self) -> str:
        return f"TaylorReport({self.status})"

    def __str__(self) -> str:
        rows = [f"  step {self.steps[0]:.1e}  remainder {self.remainders[0]:.2e}"]
        for step, remainder, rate in zip(self.steps[1:], self.remainders[1:], self.rates):
            shown = "hidden by rounding" if rate is None else f"rate {rate:.2f}"
            rows.append(f"  step {step:.1e}  remainder {remainder:.2e}  {shown}")
        return "\n".join([f"taylor test: {self.status.upper()}, {self.note}", *rows])


def taylor_test(
    network: FeedForward,
    inputs: Sequence[Sequence[float]],
    targets: Sequence[Sequence[float]],
    *,
    direction: Optional[Sequence[float]] = None,
    seed: int = 0,
) -> TaylorReport:
    """Look at how fast the remainder of the first-order model shrinks: rate 2 is right, rate 1 is wrong.

    inputs, targets: a row for each sample.
    direction: one number for each synapse, in the order of `network.weights`; None draws one.
    seed: of the direction that is drawn.

    Returns a `TaylorReport`; the network is bit for bit as it was. Raises DataError for arguments that do not fit.

    >>> from neuronet import Network, datasets
    >>> taylor_test(Network(2, 4, 1, seed=1), *datasets.xor()).ok
    True
    """
    objective = NetworkObjective(network, inputs, targets)
    parameters = objective.parameters(("weights", "biases"))
    unit = _unit_direction(parameters, direction, seed)
    with objective.kept(), objective.as_floats():
        along = 0.0
        for gradient, part in zip(objective.gradients(parameters), unit):
            along += gradient * part
        loss = objective.loss_along(parameters, unit)
        here = loss(0.0)
        steps = [0.1 / 2**halving for halving in range(14)]
        values = [loss(step) for step in steps]
        at_kink = _is_at_kink(loss, along)
    remainders = [abs(value - here - step * along) for value, step in zip(values, steps)]
    # A remainder counts while it is a hundred times the rounding of the losses that it is the difference of.
    floors = [100 * EPSILON * (abs(value) + abs(here) + abs(step * along)) for value, step in zip(values, steps)]
    return TaylorReport(steps, remainders, floors, at_kink)


def _is_at_kink(loss: Function, along: float) -> bool:
    """Whether there is a kink at the very point, or else the slope there is that of the gradient: a kink is nearby.

    Where several slopes jump at once, the gradient need not lie between those of the two sides.
    """
    try:
        sides = has_kink(loss, 0.0)
    except (ArithmeticError, ValueError):
        return False
    if sides is not None:
        return True
    try:
        slope = complex_step(loss, 0.0)
    except (*REFUSALS, ArithmeticError, ValueError):
        slope = central(loss, 0.0, 1e-7)
    # A gradient that leaves a remainder of the first order is off by more than a millionth.
    return bool(abs(slope.value - along) <= (slope.bar or 0) + 1e-6 * max(abs(along), abs(slope.value)))


def _unit_direction(parameters: Sequence[Parameter], direction: Optional[Sequence[float]], seed: int) -> list[float]:
    if direction is None:
        rng = Random(validate.count(seed, "seed", least=0))
        unit = [rng.gauss(0, 1) for _ in parameters]
    else:
        unit = validate.row(direction, len(parameters), "direction")
    length = math.hypot(*unit)
    if not 0 < length < math.inf:
        raise DataError(f"direction: expected a direction to go in, got one of length {length}")
    return [part / length for part in unit]


class SweepRow(NamedTuple):
    """The error of one method at one step size."""

    method: str
    step: Optional[float]
    """The step size relative to max(1, |w|); None for a method that has none."""
    error: float
    """The largest error of any parameter, relative to the largest gradient; infinite where the step vanished."""


class Sweep:
    """The result of `step_sweep`: rows, and pictures of them.

    rows: a `SweepRow` for each method and step, large steps first.
    """

    def __init__(self, rows: Sequence[SweepRow]) -> None:
        self.rows = list(rows)

    def best(self, method: str) -> SweepRow:
        """The row of this method with the smallest error. UnknownNameError where it was not measured."""
        known = dict.fromkeys(row.method for row in self.rows)
        if method not in known:
            raise UnknownNameError(f"method: unknown {method!r}; known: {', '.join(known)}")
        return min((row for row in self.rows if row.method == method), key=lambda row: row.error)

    def curves(self) -> dict[str, list[tuple[float, float]]]:
        """For each method with a step, its (step, error) points whose error is finite."""
        found: dict[str, list[tuple[float, float]]] = {}
        for row in self.rows:
            if row.step is not None and math.isfinite(row.error):
                found.setdefault(row.method, []).append((row.step, row.error))
        return found

    def to_svg(self) -> str:
        """The curves as an SVG picture, both axes logarithmic."""
        return step_errors(self.curves(), self._levels())

    def _levels(self) -> dict[str, float]:
        return {row.method: row.error for row in self.rows if row.step is None and math.isfinite(row.error)}

    def __repr__(self) -> str:
        return f"Sweep({len(self.rows)} rows)"

    def __str__(self) -> str:
        curves = {
            method: [(step, max(error, LEAST_ERROR)) for step, error in points]
            for method, points in self.curves().items()
        }
        lines = [log_log_text(curves, "step", "error")] if curves else []
        for method in dict.fromkeys(row.method for row in self.rows):
            best = self.best(method)
            at = "no step to choose" if best.step is None else f"at step {best.step:.1e}"
            lines.append(f"  {method:<10}  smallest error {best.error:.1e}  {at}")
        return "\n".join(lines)


def step_sweep(
    network: FeedForward,
    inputs: Sequence[Sequence[float]],
    targets: Sequence[Sequence[float]],
    *,
    methods: Union[str, Sequence[str]] = ("forward", "central", "richardson", "complex", "dual"),
    sample: int = 4,
    seed: int = 0,
) -> Sweep:
    """Measure the error of each method for each step size, against dual numbers of 60 digits.

    inputs, targets: a row for each sample.
    methods: one name or several, as in `check_gradients`, but "decimal" and "exact".
    sample, seed: so many parameters of each layer and kind are measured, drawn from this seed.

    Returns a `Sweep`; the network is bit for bit as it was. Raises DataError for arguments that do not fit and for a
    method that cannot run on this network; UnknownNameError for an unknown one.

    >>> from neuronet import Network, datasets
    >>> sweep = step_sweep(Network(2, 4, 1, seed=1), *datasets.xor())
    >>> sweep.best("complex").error < 1e-14 < sweep.best("central").error
    True
    """
    names = [methods] if isinstance(methods, str) else list(methods)
    if not names:
        raise DataError("methods: expected one method or more, got none")
    for name in names:
        if find_method(name).kind is not None:
            raise DataError(f"methods: expected methods that run on floats, got {name!r}")
    objective = NetworkObjective(network, inputs, targets)
    rng = Random(validate.count(seed, "seed", least=0))
    parameters = stratified(objective.parameters(("weights", "biases")), validate.count(sample, "sample", least=2), rng)
    rows: list[SweepRow] = []
    with objective.kept(), objective.as_floats():
        references = _references(objective, parameters)
        for name in names:
            for step in METHODS[name].steps or (None,):
                rows.append(SweepRow(name, step, _worst(objective, parameters, references, name, step)))
    return Sweep(rows)


def _references(objective: NetworkObjective, parameters: Sequence[Parameter]) -> list[float]:
    """The slopes by dual numbers of 60 digits, rounded once."""
    try:
        with objective.converted(Decimal), localcontext() as context:
            context.prec = DECIMAL_DIGITS
            return [float(dual(objective.loss_by(p), objective.value(p)).value) for p in parameters]
    except REFUSALS as problem:
        raise DataError(f"network: expected formulas that decimal numbers can flow through: {problem}") from None


def _worst(
    objective: NetworkObjective,
    parameters: Sequence[Parameter],
    references: Sequence[float],
    name: str,
    step: Optional[float],
) -> float:
    largest = max(abs(reference) for reference in references) or 1.0
    worst = 0.0
    for parameter, reference in zip(parameters, references):
        here = objective.value(parameter)
        loss = objective.loss_by(parameter)
        try:
            if step is None:
                slope = METHODS[name].slope(loss, here)
            else:
                slope = METHODS[name].slope(loss, here, step * max(1.0, abs(here)))
        except REFUSALS as problem:
            raise DataError(f"methods: {name!r} cannot run on this network: {problem}") from None
        except (ArithmeticError, ValueError):
            return math.inf
        error = abs(slope.value - reference) / largest
        worst = max(worst, error) if error - error == 0 else math.inf
    return worst
