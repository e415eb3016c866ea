"""`check_gradients`: does what the backward walk says agree with the slope of the loss?

For each parameter the reference method finds the slope from the forward walk alone. Where the two differ by more than
is allowed, or the reference is too coarse to tell, nothing is said on that evidence alone: see `confirm`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from decimal import localcontext
from fractions import Fraction
from random import Random
from time import perf_counter
from typing import Any, Optional, Union

from neuronet import validate
from neuronet.errors import DataError
from neuronet.feedforward import FeedForward
from neuronet.gradcheck.confirm import OFF, SMALL, WEAK, Confirmation, Doubt, by_layer_and_kind, carries_slopes
from neuronet.gradcheck.hints import hints_for
from neuronet.gradcheck.network_objective import NetworkObjective
from neuronet.gradcheck.objective import KINDS, Backward, Objective, Parameter
from neuronet.gradcheck.references import (
    DECIMAL_DIGITS,
    DIFFERENCES,
    METHODS,
    REFUSALS,
    RELATIVE,
    Slope,
    StepVanished,
    find_method,
    tolerance,
)
from neuronet.gradcheck.report import FAIL, INCONCLUSIVE, PASS, Entry, GradientReport, samples_in_words
from neuronet.scalar import Number


def check_gradients(
    network: FeedForward,
    inputs: Sequence[Sequence[float]],
    targets: Sequence[Sequence[float]],
    *,
    method: str = "complex",
    wrt: Union[str, Sequence[str]] = ("weights", "biases"),
    backward: Optional[Backward] = None,
    repeats: int = 2,
    sample: Optional[int] = None,
    directions: Optional[int] = None,
    seed: int = 0,
    seconds: Optional[float] = None,
    progress: Optional[Callable[[int, int], Any]] = None,
) -> GradientReport:
    """Compare the gradients of the backward walk with the slope of the mean loss over a data set.

    inputs, targets: a row for each sample. Use two or more: some slips cannot show on one.
    method: where the reference comes from: "complex", "dual", "central", "forward", "richardson", "decimal", or
        "exact", which computes in fractions and asks for equality (see `neuronet.gradcheck.references`). Where a
        formula of the user's own refuses complex numbers, or lets them through without their slope as `abs` does,
        "complex" falls back to "central" and says so in a note.
    wrt: what to differentiate by: any of "weights", "biases" and "inputs".
    backward: a backward walk of the caller's own, called as `backward(network, targets)` after the forward walk of
        each sample; it leaves a gradient on each synapse, and for "inputs" a delta on each neuron; what it returns
        does not matter. None takes the network's. To either a penalty on the weights is added, as training adds it.
    repeats: how many times to walk over the data set; 2 finds gradients that are not cleared.
    sample: check only so many parameters of each layer and kind, at least 2, drawn at random. None checks all.
    directions: check instead the slope along so many random directions through each layer and kind, one loss each;
        a group that does not pass is then checked parameter by parameter.
    seed: of what is drawn at random.
    seconds: stop after so long; what was not reached is inconclusive.
    progress: called as `progress(done, all)` after each parameter, or direction.

    A network of another kind of number is checked in floats, by "exact" in fractions.

    Returns a `GradientReport`. Leaves every weight, gradient and neuron bit for bit as it found them, also when it is
    interrupted. Raises DataError for samples that do not fit, for a method that cannot run on this network, with the
    reason, and for a `backward` that itself measures the loss or moves the weights; UnknownNameError for an unknown
    method.

    >>> from neuronet import Network, check_gradients, datasets
    >>> report = check_gradients(Network(2, 4, 1, seed=1), *datasets.xor())
    >>> report.ok, len(report.entries)
    (True, 17)
    """
    find_method(method)
    for name, given in (("backward", backward), ("progress", progress)):
        if given is not None and not callable(given):
            raise DataError(f"{name}: expected a function, got {validate.shown(given)}")
    objective = NetworkObjective(network, inputs, targets)
    rng = Random(validate.count(seed, "seed", least=0))
    parameters = objective.parameters(_kinds(wrt))
    if sample is not None:
        parameters = stratified(parameters, validate.count(sample, "sample", least=2), rng)
    if not parameters:
        raise DataError(f"wrt: expected something to differentiate by, got {wrt!r} on a network that has none of it")
    rounds = None if directions is None else validate.count(directions, "directions")
    deadline = None if seconds is None else perf_counter() + validate.positive(seconds, "seconds")
    check = Check(
        objective, method, backward, repeats=validate.count(repeats, "repeats"), deadline=deadline, progress=progress
    )
    with objective.kept(), check.in_its_numbers():
        return check.one_by_one(parameters) if rounds is None else check.along_directions(parameters, rounds, rng)


class Check:
    """One run of a check: what it needs at every parameter."""

    def __init__(
        self,
        objective: Objective,
        method: str,
        backward: Optional[Backward] = None,
        *,
        repeats: int = 2,
        deadline: Optional[float] = None,
        progress: Optional[Callable[[int, int], Any]] = None,
    ) -> None:
        self.objective = objective
        self.method = method
        self.backward = backward
        self.repeats = repeats
        self.deadline = deadline
        self.progress = progress
        self.notes: list[str] = []

    def in_its_numbers(self) -> AbstractContextManager[None]:
        """Let a network of another kind of number be one of floats, or of fractions for "exact"."""
        return self.objective.as_floats(Fraction if self.method == "exact" else float)

    def one_by_one(self, parameters: Sequence[Parameter]) -> GradientReport:
        """Check each parameter."""
        return self.report(self.look_at(parameters))

    def look_at(self, parameters: Sequence[Parameter]) -> list[Entry]:
        """What is found at each parameter."""
        gradients = self.gradients(parameters)
        before = self.objective.loss()
        if not _same(before, self.objective.loss()):
            return [_blank(parameter, gradients[parameter], "not deterministic") for parameter in parameters]
        self.settle_method(parameters)
        kind = METHODS[self.method].kind
        if kind is None:
            references = self.references(parameters)
        else:
            references, gradients = self.converted_references(parameters, gradients, kind)
        if not _same(before, self.objective.loss()):
            return [_blank(parameter, gradients[parameter], "not deterministic") for parameter in parameters]
        return self.entries(parameters, gradients, references)

    def along_directions(self, parameters: Sequence[Parameter], directions: int, rng: Random) -> GradientReport:
        """Check each layer and kind along random directions, and one by one only where that does not pass."""
        if METHODS[self.method].kind is not None:
            raise DataError(f"directions: expected a method that runs on floats, got {self.method!r}")
        gradients = self.gradients(parameters)
        if not _same(self.objective.loss(), self.objective.loss()):
            return self.one_by_one(parameters)
        self.settle_method(parameters)
        groups = list(by_layer_and_kind(parameters).values())
        entries: list[Entry] = []
        for place, group in enumerate(groups):
            found = []
            for number in range(1, directions + 1):
                found.append(self.direction(group, gradients, number, rng))
                if self.progress is not None:
                    self.progress(place * directions + number, len(groups) * directions)
            if all(entry.status == PASS or entry.reason == "not checked" for entry in found):
                entries += found
            else:
                entries += self.look_at(group)
        return self.report(entries)

    def direction(
        self, group: Sequence[Parameter], gradients: dict[Parameter, list[Number]], number: int, rng: Random
    ) -> Entry:
        """Compare the gradient along one Gaussian direction with the slope of the loss along it."""
        entry = Entry(
            group[0].layer, group[0].kind, f"{len(group)} numbers, direction {number}", None, None, 0, INCONCLUSIVE
        )
        if self.is_late():
            return entry._replace(reason="not checked")
        shares = [rng.gauss(0, 1) for _ in group]
        along = size = 0.0
        for parameter, share in zip(group, shares):
            gradient, *others = gradients[parameter]
            if not _is_finite(gradient) or any(other != gradient for other in others):
                return entry._replace(status=FAIL)
            along += gradient * share
            size += abs(gradient * share)
        try:
            slope = METHODS[self.method].slope(self.objective.loss_along(group, shares), 0.0)
        except (*REFUSALS, ArithmeticError, ValueError):
            return entry
        # The terms of the sum may cancel, so what is allowed goes by their sizes; a bar of that size says nothing.
        allowed = (slope.bar or 0) + RELATIVE * size
        passes = abs(along - slope.value) <= allowed <= size / 100 or along == slope.value == 0
        return entry._replace(
            gradient=along, reference=slope.value, allowed=allowed, status=PASS if passes else INCONCLUSIVE
        )

    def gradients(self, parameters: Sequence[Parameter]) -> dict[Parameter, list[Number]]:
        """What each of the walks over the data set says of each parameter."""
        self.objective.forget_gradients()
        walks = [self.objective.gradients(parameters, self.backward) for _ in range(self.repeats)]
        return {parameter: [walk[place] for walk in walks] for place, parameter in enumerate(parameters)}

    def is_late(self) -> bool:
        """Whether the time is over."""
        return self.deadline is not None and perf_counter() >= self.deadline

    def settle_method(self, parameters: Sequence[Parameter]) -> None:
        """See that the numbers of the method flow through with their slope; complex may fall back to central."""
        if self.method not in ("complex", "dual", "exact"):
            return
        try:
            if not carries_slopes(self.objective, parameters, self.method, Random(0)):
                self.give_up("the slope is lost on its way; does a formula use abs() or .real?")
        except REFUSALS as problem:
            self.give_up(problem)

    def give_up(self, problem: object) -> None:
        """Let complex fall back to central; DataError for any other method."""
        if self.method != "complex":
            raise self.refusal(problem) from None
        self.method = "central"
        self.notes.append(f"complex numbers cannot flow through here ({problem}); central is used instead")

    def refusal(self, problem: object) -> DataError:
        """That the method cannot run, and why."""
        return DataError(f"method: {self.method!r} cannot run on {self.objective.name}: {problem}")

    def references(self, parameters: Sequence[Parameter]) -> dict[Parameter, Union[Slope, str]]:
        """The slope by each parameter, or the reason why there is none."""
        found: dict[Parameter, Union[Slope, str]] = {}
        for done, parameter in enumerate(parameters, start=1):
            if self.is_late():
                found[parameter] = "not checked"
                continue
            try:
                found[parameter] = self.reference(parameter)
            except REFUSALS as problem:
                if self.method in DIFFERENCES:
                    raise
                self.give_up(problem)
                return self.references(parameters)
            if self.progress is not None:
                self.progress(done, len(parameters))
        return found

    def reference(self, parameter: Parameter) -> Union[Slope, str]:
        """The slope by one parameter, or the reason why there is none."""
        try:
            return METHODS[self.method].slope(self.objective.loss_by(parameter), self.objective.value(parameter))
        except StepVanished:
            return "step vanished"
        except REFUSALS:
            raise
        except (ArithmeticError, ValueError):
            return "not finite"

    def converted_references(
        self, parameters: Sequence[Parameter], gradients: dict[Parameter, list[Number]], kind: validate.Kind
    ) -> tuple[dict[Parameter, Union[Slope, str]], dict[Parameter, list[Number]]]:
        """The slopes in another kind of number; with "exact" the backward walk is made in fractions too."""
        with self.objective.converted(kind), localcontext() as context:
            context.prec = DECIMAL_DIGITS
            if self.method == "exact":
                try:
                    gradients = self.gradients(parameters)
                except REFUSALS as problem:
                    raise self.refusal(problem) from None
            references = self.references(parameters)
        if self.method == "exact":
            self.refuse_inexact(gradients, references)
            return references, gradients
        nearest = {
            parameter: Slope(float(slope.value)) if isinstance(slope, Slope) else slope
            for parameter, slope in references.items()
        }
        return nearest, gradients

    def refuse_inexact(
        self, gradients: dict[Parameter, list[Number]], references: dict[Parameter, Union[Slope, str]]
    ) -> None:
        """Equality means nothing unless every number stayed a fraction on its way."""
        numbers = [value for walks in gradients.values() for value in walks]
        numbers += [slope.value for slope in references.values() if isinstance(slope, Slope)]
        for value in numbers:
            if not isinstance(value, (int, Fraction)):
                raise self.refusal(
                    f"a number became a {type(value).__name__} on its way; write formulas with int literals"
                )

    def entries(
        self,
        parameters: Sequence[Parameter],
        gradients: dict[Parameter, list[Number]],
        references: dict[Parameter, Union[Slope, str]],
    ) -> list[Entry]:
        """The verdict on each parameter: a first look at all of them, and a second at what is in doubt."""
        found: dict[Parameter, Entry] = {}
        doubts: list[Doubt] = []
        overall = _largest(gradients, parameters)
        for group in by_layer_and_kind(parameters).values():
            largest = _largest(gradients, group)
            for parameter in group:
                entry = self.first_look(parameter, gradients[parameter][0], references[parameter], largest)
                found[parameter] = entry
                doubt = self.doubt(parameter, entry, (largest, overall))
                if doubt is not None:
                    doubts.append(doubt)
        confirmation = Confirmation(self.objective, self.method, self.backward, self.deadline)
        for parameter, verdict in confirmation.verdicts(doubts).items():
            found[parameter] = found[parameter]._replace(status=verdict.status, reason=verdict.reason)
        return [_second_call(found[parameter], gradients[parameter]) for parameter in parameters]

    def first_look(
        self, parameter: Parameter, gradient: Number, reference: Union[Slope, str], largest: Number
    ) -> Entry:
        """What one reference says of one parameter; failures are yet to be confirmed."""
        entry = _blank(parameter, [gradient], "not finite")
        if isinstance(reference, str):
            return entry._replace(reason=reference)
        entry = entry._replace(reference=reference.value)
        if not _is_finite(reference.value):
            return entry
        if not _is_finite(gradient):
            return entry._replace(status=FAIL, reason="not a number")
        allowed: Number = 0
        if self.method != "exact":
            allowed = tolerance(gradient, reference, largest) + self.objective.slack(parameter)
        passes = abs(gradient - reference.value) <= allowed
        return entry._replace(allowed=allowed, status=PASS if passes else FAIL, reason="" if passes else "wrong")

    def doubt(self, parameter: Parameter, entry: Entry, largest: tuple[Number, Number]) -> Optional[Doubt]:
        """What the first look at a parameter leaves open, or None."""
        if entry.status == INCONCLUSIVE or entry.reason == "not a number":
            return None
        size = max(abs(entry.gradient), abs(entry.reference))
        slack = self.objective.slack(parameter)
        if entry.status == FAIL:
            kind, reason = OFF, "wrong"
        elif size == 0:
            return None
        elif slack > size / 100:
            kind, reason = WEAK, "step vanished"
        elif self.method in DIFFERENCES and entry.allowed > size / 100:
            kind, reason = WEAK, "saturated" if entry.is_half_zero else "noise floor"
        elif self.method not in (*DIFFERENCES, "exact") and not slack and entry.error > 1e-6 * size:
            kind, reason = SMALL, ""
        else:
            return None
        return Doubt(parameter, kind, entry.gradient, entry.reference, entry.allowed, *largest, reason)

    def report(self, entries: list[Entry]) -> GradientReport:
        """The report, with guesses where something failed."""
        calls = "1 call" if self.repeats == 1 else f"{self.repeats} calls"
        title = f"gradient check ({self.method}, {calls}, {samples_in_words(self.objective.samples)})"
        try:
            hints = hints_for(self.objective, entries, self.backward)
        except (*REFUSALS, ArithmeticError, ValueError):  # a guess that cannot be made is no reason to lose the verdict
            hints = []
        notes = self.notes + self.objective.weak_points()
        if all(entry.is_zero for entry in entries):
            notes.insert(0, "every slope is 0 here, so a walk that computes nothing would pass as well")
        return GradientReport(title, entries, hints, notes)


def _kinds(wrt: Union[str, Sequence[str]]) -> list[str]:
    known = f"wrt: expected some of {', '.join(KINDS)}"
    if not isinstance(wrt, (str, list, tuple, set, frozenset)):
        raise DataError(f"{known}, got {validate.shown(wrt)}")
    kinds = [wrt] if isinstance(wrt, str) else list(wrt)
    for kind in kinds:
        if kind not in KINDS:
            raise DataError(f"{known}, got {validate.shown(kind)}")
    return kinds


def _is_finite(value: Number) -> bool:
    return value is not None and validate.is_finite(value)


def _largest(gradients: dict[Parameter, list[Number]], chosen: Sequence[Parameter]) -> Number:
    """The largest of the gradients chosen, in size."""
    sizes = [abs(gradients[parameter][0]) for parameter in chosen if _is_finite(gradients[parameter][0])]
    return max(sizes, default=0)


def _same(first: Number, second: Number) -> bool:
    """Whether two values of the loss are the same number, or both none."""
    return bool(first == second or not (validate.is_finite(first) or validate.is_finite(second)))


def _blank(parameter: Parameter, walks: Sequence[Number], reason: str) -> Entry:
    return Entry(parameter.layer, parameter.kind, parameter.name, walks[0], None, 0, INCONCLUSIVE, reason)


def _second_call(entry: Entry, walks: Sequence[Number]) -> Entry:
    """The entry, failed where a later walk found another gradient."""
    for gradient in walks[1:]:
        if entry.status != FAIL and gradient != walks[0] and (_is_finite(gradient) or _is_finite(walks[0])):
            return entry._replace(gradient=gradient, status=FAIL, reason="second call")
    return entry


def stratified(parameters: Sequence[Parameter], each: int, rng: Random) -> list[Parameter]:
    """So many of each layer and kind, in walking order: a uniform draw would hardly ever meet an output bias."""
    chosen: list[Parameter] = []
    for group in by_layer_and_kind(parameters).values():
        chosen += group if len(group) <= each else [group[i] for i in sorted(rng.sample(range(len(group)), each))]
    return chosen
