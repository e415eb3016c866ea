"""Second looks: nothing is called wrong, and nothing right on weak evidence, before another witness is heard.

A first look compares a gradient with one reference, and leaves a doubt where the two differ, where the reference is
too coarse to tell, or where only the size of other gradients lets a difference pass. The witness that decides is both
walks in numbers of 60 digits: what rounding did disappears, what is wrong stays. Where they disagree they are heard
once more at a point a little beside: what was only a kink is gone there. Formulas that decimals cannot flow through
are judged in floats, more carefully: there a failure needs every other explanation to be ruled out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal, getcontext, localcontext
from fractions import Fraction
from random import Random
from time import perf_counter
from typing import NamedTuple, Optional

from neuronet import validate
from neuronet.errors import NumberError
from neuronet.gradcheck.bench import KINDS, Backward, Bench, Parameter
from neuronet.gradcheck.references import (
    DECIMAL_DIGITS,
    DIFFERENCES,
    EPSILON,
    METHODS,
    OF_LARGEST,
    REFUSALS,
    Function,
    Slope,
    central,
    complex_step,
    decimal,
    dual,
    has_kink,
    noise,
    tolerance,
)
from neuronet.gradcheck.report import FAIL, INCONCLUSIVE, PASS
from neuronet.scalar import Number

SATURATED, SATURATED_DIGITS = 1e-28, 400
"""A slope below this is judged with so many digits: 1 - tanh(net)^2 takes 304 of them where a float is nearly 0."""

ROUNDED = 1e-6
"""What floats may lose of a slope where 60 digits show that the formulas are right: more is worth telling."""

LOOKS = 4
"""So many parameters of each layer and kind that differ are looked at again, the worst first; the others share their
verdict. Where the reference is too coarse to tell, every one is looked at."""

SMALLER = 12
"""So many steps, each 64 times smaller than the one before, are tried where the loss may change abruptly."""

OFF, WEAK, SMALL = "off", "weak", "small"


class Doubt(NamedTuple):
    """What a first look leaves open."""

    parameter: Parameter
    kind: str
    """"off": gradient and reference differ; "weak": the reference is too coarse to tell; "small": they differ, and it
    passes only because other gradients are so much larger."""
    gradient: Number
    """What the walk in question says."""
    reference: Number
    """What the reference method says."""
    allowed: Number
    """The largest error that passes."""
    largest: Number
    """The largest gradient of the same layer and kind, in size."""
    overall: Number
    """The largest gradient of all, in size."""
    reason: str
    """The reason to give where no witness can be heard."""


class Verdict(NamedTuple):
    """What a second look found."""

    status: str
    reason: str = ""


class Witness:
    """Hears doubts about one run of a check.

    bench, method, backward: what was checked, and how.
    deadline: when no further look may begin, as `perf_counter` counts; None for never.
    """

    def __init__(
        self, bench: Bench, method: str, backward: Optional[Backward] = None, deadline: Optional[float] = None
    ) -> None:
        self.bench = bench
        self.method = method
        self.backward = backward
        self.deadline = deadline
        self.rng = Random(0)
        self.slope_in_floats = complex_step if METHODS[method].kind is not None else METHODS[method].slope

    def verdicts(self, doubts: Sequence[Doubt]) -> dict[Parameter, Verdict]:
        """The verdict on each doubt."""
        found = self.unsteady(doubts)
        found.update(self.look([doubt for doubt in doubts if doubt.kind == WEAK]))
        groups: dict[tuple[str, str], list[Doubt]] = {}
        for doubt in sorted(doubts, key=_weight, reverse=True):
            if doubt.parameter not in found:
                groups.setdefault((doubt.parameter.layer, doubt.parameter.kind), []).append(doubt)
        found.update(self.look([doubt for group in groups.values() for doubt in group[:LOOKS]]))
        for group in groups.values():
            heard = [found[doubt.parameter] for doubt in group[:LOOKS] if doubt.kind == OFF]
            if len({verdict.status for verdict in heard}) > 1:  # where some are wrong and some are not, each counts
                found.update(self.look(group[LOOKS:]))
                continue
            for doubt in group[LOOKS:]:
                found[doubt.parameter] = _shared(doubt, heard)
        return found

    def unsteady(self, doubts: Sequence[Doubt]) -> dict[Parameter, Verdict]:
        """Fail what is off and another number when one walks again: rounding does not excuse a walk that remembers."""
        off = [doubt for doubt in doubts if doubt.kind == OFF]
        if self.method == "exact" or not off:
            return {}
        again = self.bench.gradients([doubt.parameter for doubt in off], self.backward)
        return {
            doubt.parameter: Verdict(FAIL, "wrong") for doubt, value in zip(off, again) if value != doubt.gradient
        }

    def look(self, doubts: Sequence[Doubt]) -> dict[Parameter, Verdict]:
        """Look again at each of these."""
        found: dict[Parameter, Verdict] = {}
        for doubt in doubts:
            if doubt.kind == WEAK and self.agrees_by_complex(doubt):
                found[doubt.parameter] = Verdict(PASS)
        left = [doubt for doubt in doubts if doubt.parameter not in found]
        found.update(self.exactly(left))
        for doubt in left:
            if doubt.parameter not in found:
                found[doubt.parameter] = Verdict(INCONCLUSIVE, "not checked") if self.is_late() else self.roughly(doubt)
        return found

    def is_late(self) -> bool:
        """Whether the time is over."""
        return self.deadline is not None and perf_counter() >= self.deadline

    # In numbers that do not round, or not within 60 digits.

    def exactly(self, doubts: Sequence[Doubt]) -> dict[Parameter, Verdict]:
        """The verdicts of decimals, of fractions for "exact"; nothing for doubts that they cannot judge."""
        found: dict[Parameter, Verdict] = {}
        faint = [doubt for doubt in doubts if max(abs(doubt.gradient), abs(doubt.reference)) < SATURATED]
        clear = [doubt for doubt in doubts if doubt not in faint]
        for digits, chosen in ((DECIMAL_DIGITS, clear), (SATURATED_DIGITS, faint)):
            if not chosen:
                continue
            try:
                here, beside = self.hear_both(chosen, digits)
            except Exception:  # whatever it is, floats did not raise it: these numbers cannot be heard
                here = beside = {}
            for doubt, agrees in here.items():
                if agrees:
                    found[doubt.parameter] = self.rounding(doubt)
                elif doubt in beside:
                    found[doubt.parameter] = _kink(doubt) if beside[doubt] else Verdict(FAIL, "wrong")
        return found

    def hear_both(self, doubts: Sequence[Doubt], digits: int) -> tuple[dict[Doubt, bool], dict[Doubt, bool]]:
        """Whether both walks agree in numbers of so many digits, here, and for those that do not, a little beside."""
        kind: validate.Kind = Fraction if self.method == "exact" else Decimal
        with self.bench.converted(kind), localcontext() as context:
            context.prec = digits
            # Fractions have said already that the two differ here.
            here = dict.fromkeys(doubts, False) if kind is Fraction else self.agreements(doubts)
            with self.bench.moved(self.rng, 1e-12):
                return here, self.agreements([doubt for doubt, agrees in here.items() if not agrees])

    def agreements(self, doubts: Sequence[Doubt]) -> dict[Doubt, bool]:
        """Whether both walks agree here on each parameter; those for which that cannot be said are left out."""
        found: dict[Doubt, bool] = {}
        gradients = self.bench.gradients([doubt.parameter for doubt in doubts], self.backward)
        for doubt, gradient in zip(doubts, gradients):
            if self.is_late():
                break
            try:
                agrees = self.agrees(doubt, gradient)
            except (*REFUSALS, ArithmeticError):
                continue
            if agrees is not None:
                found[doubt] = agrees
        return found

    def agrees(self, doubt: Doubt, gradient: Number) -> Optional[bool]:
        """Whether a gradient is the slope of the loss in the numbers that flow now; None where they cannot tell."""
        loss, here = self.bench.loss_by(doubt.parameter), self.bench.value(doubt.parameter)
        if self.method == "exact":
            return bool(gradient == dual(loss, here).value)
        slope = decimal_slope(loss, here)
        if not isinstance(gradient, Decimal) or not isinstance(slope, Decimal):
            raise NumberError("a number did not stay decimal on its way")
        slack = self.bench.slack(doubt.parameter)
        size = max(abs(gradient), abs(slope))
        if slack > size / 100:
            return None
        # Sums may cancel to 0 and leave the rounding of their terms, which are as large as the loss or other gradients.
        cancelled = Decimal("1e-30") * Decimal(float(doubt.largest))
        cancelled += Decimal(10) ** (20 - getcontext().prec) * (1 + abs(loss(here)))
        return bool(abs(gradient - slope) <= Decimal("1e-15") * size + cancelled + slack)

    def rounding(self, doubt: Doubt) -> Verdict:
        """What it was where both walks agree to 60 digits."""
        if doubt.kind != OFF:
            return Verdict(PASS)
        if self.method in DIFFERENCES:
            return self.difference(doubt)
        size = max(abs(doubt.gradient), abs(doubt.reference))
        if abs(doubt.gradient - doubt.reference) <= ROUNDED * size + OF_LARGEST * doubt.overall:
            return Verdict(PASS)
        if self.is_at_kink(doubt):
            return Verdict(INCONCLUSIVE, "kink")
        return Verdict(INCONCLUSIVE, "saturated" if 0 in (doubt.gradient, doubt.reference) else "noise floor")

    def difference(self, doubt: Doubt) -> Verdict:
        """What led a finite difference astray."""
        if self.crosses_kink(doubt):
            return Verdict(INCONCLUSIVE, "kink crossed")
        return Verdict(INCONCLUSIVE, "noise floor" if self.is_noise(doubt) else "methods disagree")

    # In floats.

    def roughly(self, doubt: Doubt) -> Verdict:
        """The verdict of floats: a failure only where neither a kink, nor rounding, nor another method explains it."""
        if doubt.kind == SMALL:
            return Verdict(PASS)
        if doubt.kind == WEAK:
            return Verdict(INCONCLUSIVE, doubt.reason)
        # Floats cannot tell a slope from 0 that is to the loss as its rounding is.
        is_faint = max(abs(doubt.gradient), abs(doubt.reference)) <= 8 * EPSILON * abs(self.bench.loss())
        if is_faint or self.is_lost_in_error(doubt):
            return Verdict(INCONCLUSIVE, "saturated")
        if self.is_at_kink(doubt) or self.agrees_beside(doubt):
            return Verdict(INCONCLUSIVE, "kink")
        if self.is_noise(doubt):
            return Verdict(INCONCLUSIVE, "noise floor")
        if self.method in DIFFERENCES and self.agrees_by_complex(doubt):
            return self.difference(doubt)
        if self.is_contradicted(doubt):
            return Verdict(INCONCLUSIVE, "methods disagree")
        return Verdict(FAIL, "wrong")

    def is_at_kink(self, doubt: Doubt) -> bool:
        """Whether there is a kink here, and the gradient lies between the slopes of its two sides.

        The first step is that of a central difference; smaller ones see a kink with a bend close beside it, which is
        as close as 1e-18 behind three layers whose weights are 1e6.
        """
        loss, here = self.bench.loss_by(doubt.parameter), self.bench.value(doubt.parameter)
        for power in range(SMALLER):
            try:
                sides = has_kink(loss, here, EPSILON ** (1 / 3) * max(1.0, abs(here)) / 64**power)
            except (ArithmeticError, ValueError):
                continue
            if sides is not None and sides[0] <= doubt.gradient <= sides[1]:
                return True
        return False

    def agrees_beside(self, doubt: Doubt) -> bool:
        """Whether the method that differs here agrees at a point a little beside, and sees a slope there."""
        parameter = doubt.parameter
        with self.bench.moved(self.rng, 1e-3):
            try:
                [gradient] = self.bench.gradients([parameter], self.backward)
                slope = self.slope_in_floats(self.bench.loss_by(parameter), self.bench.value(parameter))
            except (*REFUSALS, ArithmeticError, ValueError):
                return False
        size = max(abs(gradient), abs(slope.value))
        allowed = tolerance(gradient, slope, doubt.largest) + self.bench.slack(parameter)
        return bool(abs(gradient - slope.value) <= allowed < size / 100)

    def crosses_kink(self, doubt: Doubt) -> bool:
        """Whether the slope jumps within the reach of the method's step, as the complex step sees it."""
        loss, here = self.bench.loss_by(doubt.parameter), self.bench.value(doubt.parameter)
        reach = {"central": 1.3e-5, "forward": 3.2e-8, "richardson": 4.4e-2}[self.method] * max(1.0, abs(here))
        try:
            slopes = [complex_step(loss, here + place * reach).value for place in (-1, -0.5, 0, 0.5, 1)]
        except (*REFUSALS, ArithmeticError, ValueError):
            return False
        # Of a smooth slope the change on one side all but cancels that on the other, and shrinks as the square.
        wide = abs(slopes[0] - 2 * slopes[2] + slopes[4])
        narrow = abs(slopes[1] - 2 * slopes[2] + slopes[3])
        rounding = 1e-6 * max(abs(slope) for slope in slopes)
        return bool(wide >= abs(doubt.gradient - doubt.reference) + rounding and not wide / 5 <= narrow <= wide / 3)

    def is_noise(self, doubt: Doubt) -> bool:
        """Whether the rounding of floats, as measured, is enough to explain the difference."""
        off = abs(doubt.gradient - doubt.reference)
        loss, here = self.bench.loss_by(doubt.parameter), self.bench.value(doubt.parameter)
        step = EPSILON ** (1 / 3) * max(1.0, abs(here))
        try:
            if self.method in DIFFERENCES:
                shortest = step if self.method != "forward" else EPSILON ** (1 / 2) * max(1.0, abs(here))
                rounding = noise(loss, here, step) or self.hidden_noise()
                return bool(off <= doubt.allowed + 8 * rounding / shortest)
            return bool(abs(_share(doubt.gradient, doubt.reference)) <= 4 * self.scatter(doubt))
        except (*REFUSALS, ArithmeticError, ValueError):
            return False

    def hidden_noise(self) -> float:
        """The rounding of a loss that one parameter does not move at all: it shows where all of them move.

        In the quietest of four directions, because a kink on the way counts as noise.
        """
        parameters = self.bench.parameters(KINDS)
        found = []
        for _ in range(4):
            shares = [self.rng.gauss(0, 1) * max(1.0, abs(self.bench.value(parameter))) for parameter in parameters]
            found.append(noise(self.bench.loss_along(parameters, shares), 0.0, EPSILON ** (1 / 3)))
        return min(found)

    def is_lost_in_error(self, doubt: Doubt) -> bool:
        """Whether the walk back can lose this much where it takes outputs from their targets, since both are rounded.

        Close to 1 that leaves 0 or 1e-16, where a loss that is made of the net sees less. So the targets are nudged by
        up to 512 roundings, which every loss lets pass, and what is lost must be within 8 of these.
        """
        targets = self.bench.targets
        try:
            self.bench.targets = [
                [target * (1 - 512 * EPSILON * self.rng.uniform(0.5, 1)) for target in row] for row in targets
            ]
            [nudged] = self.bench.gradients([doubt.parameter], self.backward)
        except (*REFUSALS, ArithmeticError, ValueError):
            return False
        finally:
            self.bench.targets = targets
        return bool(abs(doubt.gradient - doubt.reference) <= abs(nudged - doubt.gradient) / 64)

    def scatter(self, doubt: Doubt) -> float:
        """How the difference between gradient and reference, as a share of them, varies over points a little beside.

        Rounding is another share at each of them; what is wrong is wrong by nearly the same at all.
        """
        shares = [_share(doubt.gradient, doubt.reference)]
        for _ in range(8):
            with self.bench.moved(self.rng, 1e-5):
                [gradient] = self.bench.gradients([doubt.parameter], self.backward)
                loss, here = self.bench.loss_by(doubt.parameter), self.bench.value(doubt.parameter)
                shares.append(_share(gradient, self.slope_in_floats(loss, here).value))
        return max(shares) - min(shares)

    def agrees_by_complex(self, doubt: Doubt) -> bool:
        """Whether the complex step, which crosses no kink, agrees with the gradient."""
        loss, here = self.bench.loss_by(doubt.parameter), self.bench.value(doubt.parameter)
        try:
            slope = complex_step(loss, here)
        except (*REFUSALS, ArithmeticError, ValueError):
            return False
        off, size = abs(doubt.gradient - slope.value), max(abs(doubt.gradient), abs(slope.value))
        close = off <= tolerance(doubt.gradient, slope, doubt.largest) and off <= ROUNDED * size
        return bool(close and self.bench.slack(doubt.parameter) == 0)

    def is_contradicted(self, doubt: Doubt) -> bool:
        """Whether a central difference speaks for the gradient and against the reference.

        Where the reference is a difference itself, one whose step is 64 times smaller need not speak against it, only
        for the gradient; and one whose step is that much smaller again and again is heard too, because a slope may
        change within the smallest part of a step. Those must be clear of their rounding, which is larger at each: what
        is mostly rounding comes near any gradient at one step or another.
        """
        loss, here = self.bench.loss_by(doubt.parameter), self.bench.value(doubt.parameter)
        for power in range(1, SMALLER) if self.method in DIFFERENCES else (0,):
            step = EPSILON ** (1 / 3) * max(1.0, abs(here)) / 64**power
            try:
                slope = central(loss, here, step)
                bar = (slope.bar or 0) + self.bench.slack(doubt.parameter)
                if abs(doubt.gradient - slope.value) > bar:
                    continue
                unclear = 4 * bar + 8 * noise(loss, here, step) / step
            except (*REFUSALS, ArithmeticError, ValueError):
                continue
            if power == 1 or unclear < abs(doubt.reference - slope.value):
                return True
        return False


def decimal_slope(loss: Function, here: Decimal) -> Number:
    """The slope by dual numbers of many digits, unless difference quotients show that they lost it on the way.

    A loss that bends or breaks within a step of 1e-20 is asked once more with one of 1e-60.
    """
    try:
        carried = dual(loss, here).value
    except REFUSALS:
        return decimal(loss, here, 3 * DECIMAL_DIGITS).value
    for digits in (DECIMAL_DIGITS, 3 * DECIMAL_DIGITS):
        seen = decimal(loss, here, digits).value
        # The quotient's own rounding is far below 1e-25 of what the loss is made of.
        if abs(carried - seen) <= max(abs(seen) / 1000, Decimal("1e-25") * (1 + abs(loss(here)))):
            return carried
    return seen


def carries_slopes(bench: Bench, parameters: Sequence[Parameter], method: str, rng: Random) -> bool:
    """Whether the slope that the numbers of a method carry through the network is one that a difference can see.

    A formula such as `abs(net)` or `net.real` lets such numbers through without their slope, and a gradient that is
    0 there would pass. So along random directions, one for each layer and kind, at points where no kink is expected,
    the method is compared with a central difference. Raises what a formula raises that refuses such numbers.
    """
    slope_of = METHODS[method].slope
    for group in by_layer_and_kind(parameters).values():
        tries = [_carries(bench, group, slope_of, rng)]
        while tries[-1] is False:
            if len(tries) == 5:  # fewer could have met a kink within the step
                return False
            tries.append(_carries(bench, group, slope_of, rng))
    return True


def _carries(
    bench: Bench, group: Sequence[Parameter], slope_of: Callable[..., Slope], rng: Random
) -> Optional[bool]:
    """Whether both agree along one direction; None where there is nothing to compare."""
    with bench.moved(rng, 1e-3):
        try:
            shares = [rng.gauss(0, 1) * (abs(bench.value(parameter)) or 1e-3) for parameter in group]
            loss = bench.loss_along(group, shares)
            seen = central(loss, 0.0)
        except Exception:  # the loss may have no value beside the point in question
            return None
        carried = slope_of(loss, 0.0)
        if not (validate.is_finite(seen.value) and validate.is_finite(carried.value)):
            return None
        if abs(seen.value - carried.value) <= 4 * (seen.bar or 0) + 1e-4 * abs(seen.value):
            return True
        # A difference that is mostly rounding changes with the step, and is no witness.
        wide = central(loss, 0.0, 32 * EPSILON ** (1 / 3))
        steady = seen.value != 0 and abs(seen.value - wide.value) <= 1e-3 * abs(seen.value)
        return False if steady else None


def by_layer_and_kind(parameters: Sequence[Parameter]) -> dict[tuple[str, str], list[Parameter]]:
    """The parameters of each layer and kind, in walking order."""
    groups: dict[tuple[str, str], list[Parameter]] = {}
    for parameter in parameters:
        groups.setdefault((parameter.layer, parameter.kind), []).append(parameter)
    return groups


def _weight(doubt: Doubt) -> tuple[int, float]:
    """Differences count for more than what is small, and among them the largest."""
    off = abs(doubt.gradient - doubt.reference)
    return int(doubt.kind == OFF), float(min(off, 1e300))


def _share(gradient: Number, reference: Number) -> float:
    """What the gradient is too large by, as a share of the larger of the two."""
    size = max(abs(gradient), abs(reference))
    if size == 0:
        return 0.0
    return float((gradient - reference) / size) * (-1 if reference < 0 else 1)


def _shared(doubt: Doubt, heard: Sequence[Verdict]) -> Verdict:
    """The verdict on a doubt that was not looked at, from those that were."""
    if doubt.kind == SMALL:
        return Verdict(PASS)
    return heard[-1]


def _kink(doubt: Doubt) -> Verdict:
    return Verdict(PASS) if doubt.kind == SMALL else Verdict(INCONCLUSIVE, "kink")
