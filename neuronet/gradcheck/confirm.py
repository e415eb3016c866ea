"""Second looks: nothing is called wrong, and nothing right on weak evidence, before it has been confirmed.

A first look compares a gradient with one reference, and leaves a doubt where the two differ, where the reference is too
coarse to tell, or where only the size of other gradients lets a difference pass. A doubt is settled by both walks in
numbers of 60 digits: what rounding did disappears, what is wrong stays. Where they disagree they walk once more at a
point nearby: what was only a kink is gone there. Formulas that decimals cannot flow through are judged in floats, where
a failure needs every other explanation to be ruled out. The explanations, in the order in which they are tried, stand
in `IN_FLOATS` and in `EXACTLY_RIGHT`.
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
from neuronet.gradcheck.objective import KINDS, Backward, Objective, Parameter
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
"""What floats may lose of a slope where 60 digits show that the formulas are right: more is worth reporting."""

LOOKS = 4
"""So many parameters of each layer and kind that differ are looked at again, the worst first; the others are given
their verdict. Where the reference is too coarse to tell, every one is looked at."""

SMALLER = 12
"""So many steps, each 64 times smaller than the one before, are tried where the loss may change abruptly."""

UNCOMPUTABLE = (*REFUSALS, ArithmeticError, ValueError)
"""What a formula raises where it cannot take a number, or has no value there."""

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
    """The reason to give where nothing can settle it."""

    @property
    def error(self) -> Number:
        """By how much the two differ."""
        return abs(self.gradient - self.reference)

    @property
    def size(self) -> Number:
        """The larger of the two, in size."""
        return max(abs(self.gradient), abs(self.reference))


class Verdict(NamedTuple):
    """What a second look found."""

    status: str
    reason: str = ""


WRONG = Verdict(FAIL, "wrong")


class Confirmation:
    """Settles the doubts of one run of a check.

    objective, method, backward: what was checked, and how.
    deadline: when no further look may begin, as `perf_counter` counts; None for never.
    """

    def __init__(
        self, objective: Objective, method: str, backward: Optional[Backward] = None, deadline: Optional[float] = None
    ) -> None:
        self.objective = objective
        self.method = method
        self.backward = backward
        self.deadline = deadline
        self.rng = Random(0)
        self._complex_is_blind: Optional[bool] = None
        self.slope_in_floats = complex_step if METHODS[method].kind is not None else METHODS[method].slope

    # Which doubts are looked at.

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
                found[doubt.parameter] = Verdict(PASS) if doubt.kind == SMALL else heard[-1]
        return found

    def unsteady(self, doubts: Sequence[Doubt]) -> dict[Parameter, Verdict]:
        """Fail what is off and another number when one walks again: rounding does not excuse a walk that remembers."""
        off = [doubt for doubt in doubts if doubt.kind == OFF]
        if self.method == "exact" or not off:
            return {}
        again = self.objective.gradients([doubt.parameter for doubt in off], self.backward)
        return {doubt.parameter: WRONG for doubt, value in zip(off, again) if value != doubt.gradient}

    def look(self, doubts: Sequence[Doubt]) -> dict[Parameter, Verdict]:
        """Look again at each of these: first with the complex step, then in exact numbers, at last in floats."""
        found = {
            doubt.parameter: Verdict(PASS) for doubt in doubts if doubt.kind == WEAK and self.agrees_by_complex(doubt)
        }
        left = [doubt for doubt in doubts if doubt.parameter not in found]
        found.update(self.exactly(left))
        for doubt in left:
            if doubt.parameter not in found:
                found[doubt.parameter] = self.in_floats(doubt)
        return found

    def is_late(self) -> bool:
        """Whether the time is over."""
        return self.deadline is not None and perf_counter() >= self.deadline

    # The rule.

    def in_floats(self, doubt: Doubt) -> Verdict:
        """The verdict where exact numbers cannot flow: a failure only where no other explanation holds."""
        if self.is_late():
            return Verdict(INCONCLUSIVE, "not checked")
        if doubt.kind == SMALL:
            return Verdict(PASS)
        if doubt.kind == WEAK:
            return Verdict(INCONCLUSIVE, doubt.reason)
        return self.explained(doubt, IN_FLOATS) or WRONG

    def in_exact_numbers(self, doubt: Doubt, agrees_here: bool, agrees_nearby: Optional[bool]) -> Optional[Verdict]:
        """The verdict of numbers that do not round, or not within 60 digits; None where they cannot tell."""
        if agrees_here:
            if doubt.kind != OFF or (self.method not in DIFFERENCES and _is_rounded(doubt)):
                return Verdict(PASS)
            return self.explained(doubt, EXACTLY_RIGHT)
        if agrees_nearby is None:
            return None
        if not agrees_nearby:
            return WRONG
        return Verdict(PASS) if doubt.kind == SMALL else Verdict(INCONCLUSIVE, "kink")

    def explained(self, doubt: Doubt, explanations: Sequence[Explanation]) -> Optional[Verdict]:
        """Inconclusive for the first explanation that holds; None where none does."""
        is_difference = self.method in DIFFERENCES
        for reason, holds, for_differences in explanations:
            if for_differences in (None, is_difference) and holds(self, doubt):
                return Verdict(INCONCLUSIVE, reason)
        return None

    # In numbers that do not round, or not within 60 digits.

    def exactly(self, doubts: Sequence[Doubt]) -> dict[Parameter, Verdict]:
        """The verdicts of decimals, of fractions for "exact"; nothing for doubts that they cannot judge."""
        found: dict[Parameter, Verdict] = {}
        faint = [doubt for doubt in doubts if doubt.size < SATURATED]
        clear = [doubt for doubt in doubts if doubt not in faint]
        for digits, chosen in ((DECIMAL_DIGITS, clear), (SATURATED_DIGITS, faint)):
            here: dict[Doubt, bool] = {}
            nearby: dict[Doubt, bool] = {}
            try:
                if chosen:
                    here, nearby = self.both_walks(chosen, digits)
            except Exception:  # noqa: S110 -- whatever it is, floats did not raise it: such numbers cannot flow here
                pass
            for doubt, agrees in here.items():
                verdict = self.in_exact_numbers(doubt, agrees, nearby.get(doubt))
                if verdict is not None:
                    found[doubt.parameter] = verdict
        return found

    def both_walks(self, doubts: Sequence[Doubt], digits: int) -> tuple[dict[Doubt, bool], dict[Doubt, bool]]:
        """Whether both walks agree in numbers of so many digits, here, and for those that do not, nearby."""
        kind: validate.Kind = Fraction if self.method == "exact" else Decimal
        with self.objective.converted(kind), localcontext() as context:
            context.prec = digits
            # Fractions have said already that the two differ here.
            here = dict.fromkeys(doubts, False) if kind is Fraction else self.agreements(doubts)
            with self.objective.moved(self.rng, 1e-12):
                nearby = self.agreements([doubt for doubt, agrees in here.items() if not agrees])
            for doubt, agrees in nearby.items():
                nearby[doubt] = agrees and self.slopes_jump(
                    doubt
                )  # only a kink is an excuse for being wrong here alone
            return here, nearby

    def slopes_jump(self, doubt: Doubt) -> bool:
        """Whether the slopes of the loss itself differ on the two sides of this point, in the numbers that flow now.

        Along the parameter in doubt, and along a few directions in which everything moves: two kinks may cancel along
        one parameter. Where the loss is smooth, what the two sides differ by shrinks with the step.
        """
        movable = self.objective.movable()
        unit = self.objective.kind(1)
        losses = [self.loss_at(doubt)]
        for _ in range(4):
            direction = [unit * self.objective.kind(self.rng.choice((-1, 1)) * self.rng.randint(1, 9)) for _ in movable]
            losses.append((self.objective.loss_along(movable, direction), self.objective.kind(0)))
        return any(_jumps(loss, here, unit / 10**20) for loss, here in losses) or self.objective.has_inner_kink()

    def agreements(self, doubts: Sequence[Doubt]) -> dict[Doubt, bool]:
        """Whether both walks agree here on each parameter; those for which that cannot be said are left out."""
        found: dict[Doubt, bool] = {}
        gradients = self.objective.gradients([doubt.parameter for doubt in doubts], self.backward)
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
        loss, here = self.loss_at(doubt)
        if self.method == "exact":
            return bool(gradient == dual(loss, here).value)
        slope = decimal_slope(loss, here)
        if not isinstance(gradient, Decimal) or not isinstance(slope, Decimal):
            raise NumberError("a number did not stay decimal on its way")
        slack = self.objective.slack(doubt.parameter)
        size = max(abs(gradient), abs(slope))
        if slack > size / 100:
            return None
        # Sums may cancel to 0 and leave the rounding of their terms, which are as large as the loss or other gradients.
        cancelled = Decimal("1e-30") * Decimal(float(doubt.largest))
        cancelled += Decimal(10) ** (20 - getcontext().prec) * (1 + abs(loss(here)))
        return bool(abs(gradient - slope) <= Decimal("1e-15") * size + cancelled + slack)

    def loss_at(self, doubt: Doubt) -> tuple[Function, Number]:
        """The loss as a function of the parameter in doubt, and what the parameter is now."""
        return self.objective.loss_by(doubt.parameter), self.objective.value(doubt.parameter)

    # The explanations, each by itself.

    def is_faint(self, doubt: Doubt) -> bool:
        """Whether the slope is to the loss as its rounding is: floats cannot tell it from 0."""
        return bool(doubt.size <= 8 * EPSILON * abs(self.objective.loss()))

    def is_lost_in_error(self, doubt: Doubt) -> bool:
        """Whether the walk back can lose this much where it takes outputs from their targets, since both are rounded.

        Close to 1 that leaves 0 or 1e-16, where a loss that is made of the net sees less. So the targets are nudged by
        up to 512 roundings, which every loss lets pass, and what is lost must be within 8 of these.
        """
        try:
            with self.objective.nudged_targets(lambda: 1 - 512 * EPSILON * self.rng.uniform(0.5, 1)):
                [nudged] = self.objective.gradients([doubt.parameter], self.backward)
        except UNCOMPUTABLE:
            return False
        return bool(doubt.error <= abs(nudged - doubt.gradient) / 64)

    def is_at_kink(self, doubt: Doubt) -> bool:
        """Whether there is a kink here, and the gradient lies between the slopes of its two sides.

        The first step is that of a central difference; smaller ones see a kink with a bend very close to it, which is
        as close as 1e-18 behind three layers whose weights are 1e6.
        """
        loss, here = self.loss_at(doubt)
        for power in range(SMALLER):
            try:
                sides = has_kink(loss, here, EPSILON ** (1 / 3) * max(1.0, abs(here)) / 64**power)
            except (ArithmeticError, ValueError):
                continue
            if sides is not None and sides[0] <= doubt.gradient <= sides[1]:
                return True
        return False

    def agrees_nearby(self, doubt: Doubt) -> bool:
        """Whether the method that differs here agrees at a point nearby, and sees a slope there."""
        parameter = doubt.parameter
        with self.objective.moved(self.rng, 1e-3):
            try:
                [gradient] = self.objective.gradients([parameter], self.backward)
                slope = self.slope_in_floats(*self.loss_at(doubt))
            except UNCOMPUTABLE:
                return False
        size = max(abs(gradient), abs(slope.value))
        allowed = tolerance(gradient, slope, doubt.largest) + self.objective.slack(parameter)
        return bool(abs(gradient - slope.value) <= allowed < size / 100) and self.has_kink_here(doubt)

    def has_kink_here(self, doubt: Doubt) -> bool:
        """Whether the loss has a kink at this point, along the parameter in doubt or in a few directions."""
        movable = self.objective.movable()
        losses = [self.loss_at(doubt)]
        for _ in range(4):
            direction = [self.rng.gauss(0, 1) * max(1.0, abs(self.objective.value(one))) for one in movable]
            losses.append((self.objective.loss_along(movable, direction), 0.0))
        for loss, here in losses:
            for power in range(SMALLER):
                try:
                    if has_kink(loss, here, EPSILON ** (1 / 3) * max(1.0, abs(here)) / 64**power) is not None:
                        return True
                except (ArithmeticError, ValueError):
                    continue
        return self.objective.has_inner_kink()

    def is_unsteady(self, doubt: Doubt) -> bool:
        """Whether no two differences of different steps agree with each other on a slope that is not the gradient.

        They convict only together: one alone may step over a period, or out of where the loss is defined.
        """
        loss, here = self.loss_at(doubt)
        last: Optional[float] = None
        for power in range(-3, 2 * SMALLER + 1):
            step = EPSILON ** (1 / 3) * max(1.0, abs(here)) / 8**power
            try:
                slope = central(loss, here, step).value
                rounding = 8 * EPSILON * abs(loss(here)) / step
            except UNCOMPUTABLE:
                last = None
                continue
            if last is not None:
                apart = abs(slope - last)
                alike = apart <= max(8 * rounding, 1e-3 * max(abs(slope), abs(last)))
                if alike and 4 * apart + rounding < min(abs(slope - doubt.gradient), abs(last - doubt.gradient)):
                    return False
            last = slope
        return True

    def crosses_kink(self, doubt: Doubt) -> bool:
        """Whether the slope jumps within the reach of the method's step, as the complex step sees it."""
        if self.complex_is_blind:
            return False
        loss, here = self.loss_at(doubt)
        reach = {"central": 1.3e-5, "forward": 3.2e-8, "richardson": 4.4e-2}[self.method] * max(1.0, abs(here))
        try:
            slopes = [complex_step(loss, here + place * reach).value for place in (-1, -0.5, 0, 0.5, 1)]
        except UNCOMPUTABLE:
            return False
        # Of a smooth slope the change on one side all but cancels that on the other, and shrinks as the square.
        wide = abs(slopes[0] - 2 * slopes[2] + slopes[4])
        narrow = abs(slopes[1] - 2 * slopes[2] + slopes[3])
        rounding = 1e-6 * max(abs(slope) for slope in slopes)
        return bool(wide >= doubt.error + rounding and not wide / 5 <= narrow <= wide / 3)

    def crosses_kink_and_agrees(self, doubt: Doubt) -> bool:
        """Whether the step crosses a kink, and the complex step, which crosses none, agrees with the gradient."""
        return self.agrees_by_complex(doubt) and self.crosses_kink(doubt)

    def is_noise(self, doubt: Doubt) -> bool:
        """Whether the rounding of floats, as measured, is enough to explain the difference."""
        loss, here = self.loss_at(doubt)
        step = EPSILON ** (1 / 3) * max(1.0, abs(here))
        try:
            if self.method in DIFFERENCES:
                shortest = step if self.method != "forward" else EPSILON ** (1 / 2) * max(1.0, abs(here))
                rounding = noise(loss, here, step) or self.hidden_noise()
                return bool(doubt.error <= doubt.allowed + 8 * rounding / shortest)
            scattered = abs(_relative(doubt.gradient, doubt.reference)) <= 4 * self.scatter(doubt)
            return bool(scattered) and self.is_unsteady(doubt)
        except UNCOMPUTABLE:
            return False

    def hidden_noise(self) -> float:
        """The rounding of a loss that one parameter does not move at all: it shows where all of them move.

        In the quietest of four directions, because a kink on the way counts as noise.
        """
        parameters = self.objective.parameters(KINDS)
        found = []
        for _ in range(4):
            direction = [self.rng.gauss(0, 1) * max(1.0, abs(self.objective.value(one))) for one in parameters]
            found.append(noise(self.objective.loss_along(parameters, direction), 0.0, EPSILON ** (1 / 3)))
        return min(found)

    def scatter(self, doubt: Doubt) -> float:
        """How the relative difference between gradient and reference varies over points nearby.

        Rounding is another number at each of them; what is wrong is wrong by nearly the same at all.
        """
        found = [_relative(doubt.gradient, doubt.reference)]
        for _ in range(8):
            with self.objective.moved(self.rng, 1e-5):
                [gradient] = self.objective.gradients([doubt.parameter], self.backward)
                found.append(_relative(gradient, self.slope_in_floats(*self.loss_at(doubt)).value))
        return max(found) - min(found)

    @property
    def complex_is_blind(self) -> bool:
        """Whether the complex step loses slopes on its way, as in `abs`: then nothing that it says is heard."""
        if self._complex_is_blind is None:
            try:
                seen = carries_slopes(self.objective, self.objective.parameters(KINDS), "complex", Random(0))
            except UNCOMPUTABLE:
                seen = False
            self._complex_is_blind = not seen
        return self._complex_is_blind

    def agrees_by_complex(self, doubt: Doubt) -> bool:
        """Whether the complex step, which crosses no kink, agrees with the gradient."""
        if self.complex_is_blind:
            return False
        try:
            slope = complex_step(*self.loss_at(doubt))
        except UNCOMPUTABLE:
            return False
        off, size = abs(doubt.gradient - slope.value), max(abs(doubt.gradient), abs(slope.value))
        close = off <= tolerance(doubt.gradient, slope, doubt.largest) and off <= ROUNDED * size
        return bool(close and self.objective.slack(doubt.parameter) == 0)

    def is_contradicted(self, doubt: Doubt) -> bool:
        """Whether a central difference speaks for the gradient and against the reference.

        Where the reference is a difference itself, one whose step is 64 times smaller need not speak against it, only
        for the gradient; and one whose step is that much smaller again and again is heard too, because a slope may
        change within the smallest part of a step. Those must be clear of their rounding, which is larger at each: what
        is mostly rounding comes near any gradient at one step or another.
        """
        loss, here = self.loss_at(doubt)
        for power in range(1, SMALLER) if self.method in DIFFERENCES else (0,):
            step = EPSILON ** (1 / 3) * max(1.0, abs(here)) / 64**power
            try:
                slope = central(loss, here, step)
                bar = (slope.bar or 0) + self.objective.slack(doubt.parameter)
                if abs(doubt.gradient - slope.value) > bar:
                    continue
                unclear = 4 * bar + 8 * noise(loss, here, step) / step
            except UNCOMPUTABLE:
                continue
            if power == 1 or unclear < abs(doubt.reference - slope.value):
                return True
        return False


Explanation = tuple[str, Callable[[Confirmation, Doubt], bool], Optional[bool]]
"""The reason that it gives, whether it holds, and whether it is for finite differences; None where it is for all."""

IN_FLOATS: tuple[Explanation, ...] = (
    ("saturated", Confirmation.is_faint, None),
    ("saturated", Confirmation.is_lost_in_error, None),
    ("kink", Confirmation.is_at_kink, None),
    ("kink", Confirmation.agrees_nearby, None),
    ("noise floor", Confirmation.is_noise, None),
    ("kink crossed", Confirmation.crosses_kink_and_agrees, True),
    ("methods disagree", Confirmation.agrees_by_complex, True),
    ("methods disagree", Confirmation.is_contradicted, None),
    ("methods disagree", Confirmation.is_unsteady, True),
)
"""What else than a wrong gradient makes floats differ, in the order in which it is asked; nothing of it: "wrong".

A kink comes before noise, because a kink looks like noise; noise comes before the other methods, because it is what
leads those astray too.
"""

EXACTLY_RIGHT: tuple[Explanation, ...] = (
    ("kink crossed", Confirmation.crosses_kink, True),
    ("noise floor", Confirmation.is_noise, True),
    ("methods disagree", lambda confirmation, doubt: True, True),
    ("kink", Confirmation.is_at_kink, False),
    ("saturated", lambda confirmation, doubt: 0 in (doubt.gradient, doubt.reference), False),
    ("noise floor", lambda confirmation, doubt: True, False),
)
"""Why floats differ though 60 digits agree, in the order in which it is asked."""


def _jumps(loss: Function, here: Number, step: Number) -> bool:
    """Whether the one-sided slopes of a loss differ however small the step: by more than rounding, and not in
    proportion to the step.
    """
    step *= max(1, abs(here))
    middle = loss(here)
    gaps = [abs(loss(here + size) - 2 * middle + loss(here - size)) / size for size in (step, step / 10**5)]
    # Exact numbers round nothing; of 60 digits, some 35 are left of a difference this small.
    rounding = 0 if isinstance(middle, Fraction) else abs(middle) / 10**30
    return bool(gaps[1] > rounding and 2 * gaps[1] > gaps[0])


def _is_rounded(doubt: Doubt) -> bool:
    """Whether floats have lost no more than is usual."""
    return bool(doubt.error <= ROUNDED * doubt.size + OF_LARGEST * doubt.overall)


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


def carries_slopes(objective: Objective, parameters: Sequence[Parameter], method: str, rng: Random) -> bool:
    """Whether the slope that the numbers of a method carry through the network is one that a difference can see.

    A formula such as `abs(net)` or `net.real` lets such numbers through without their slope, and a gradient that is
    0 there would pass. So along random directions, one for each layer and kind, at points where no kink is expected,
    the method is compared with a central difference. Raises what a formula raises that refuses such numbers.
    """
    slope_of = METHODS[method].slope
    for group in by_layer_and_kind(parameters).values():
        tries = [_carries(objective, group, slope_of, rng)]
        while tries[-1] is False:
            if len(tries) == 5:  # fewer could have met a kink within the step
                return False
            tries.append(_carries(objective, group, slope_of, rng))
    return True


def _carries(
    objective: Objective, group: Sequence[Parameter], slope_of: Callable[..., Slope], rng: Random
) -> Optional[bool]:
    """Whether both agree along one direction; None where there is nothing to compare."""
    with objective.moved(rng, 1e-3):
        try:
            direction = [rng.gauss(0, 1) * (abs(objective.value(parameter)) or 1e-3) for parameter in group]
            loss = objective.loss_along(group, direction)
            carried = slope_of(loss, 0.0)
        except REFUSALS:
            raise
        except Exception:  # the loss may have no value near the point in question
            return None
        for factor in (1, 32, 1024):  # the wider the step, the less of a difference is rounding
            try:
                seen, wide = (central(loss, 0.0, each * EPSILON ** (1 / 3)) for each in (factor, 32 * factor))
            except Exception:
                return None
            if not (validate.is_finite(seen.value) and validate.is_finite(carried.value)):
                return None
            if abs(seen.value) <= 8 * (seen.bar or 0):
                continue
            if abs(seen.value - carried.value) <= 4 * (seen.bar or 0) + 1e-4 * abs(seen.value):
                return True
            # A difference that is mostly rounding changes with the step, and proves nothing.
            return False if abs(seen.value - wide.value) <= 1e-2 * abs(seen.value) else None
        return None


def by_layer_and_kind(parameters: Sequence[Parameter]) -> dict[tuple[str, str], list[Parameter]]:
    """The parameters of each layer and kind, in walking order."""
    groups: dict[tuple[str, str], list[Parameter]] = {}
    for parameter in parameters:
        groups.setdefault((parameter.layer, parameter.kind), []).append(parameter)
    return groups


def _weight(doubt: Doubt) -> tuple[int, float]:
    """Differences count for more than what is small, and among them the largest."""
    return int(doubt.kind == OFF), float(min(doubt.error, 1e300))


def _relative(gradient: Number, reference: Number) -> float:
    """By how much the gradient is too large, relative to the larger of the two."""
    size = max(abs(gradient), abs(reference))
    if size == 0:
        return 0.0
    return float((gradient - reference) / size) * (-1 if reference < 0 else 1)
