"""`check_gradients`: does what the backward walk says agree with the slope of the loss?

For each parameter the reference method finds the slope from the forward walk alone. Where the two differ by more than
is allowed, nothing is pronounced on that one witness: the entry fails only if a second, independent look confirms it.
That look asks whether there is a kink, and then lets 60-digit numbers flow through both walks: if they agree there,
the difference was the rounding of floats.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal, localcontext
from random import Random
from time import perf_counter
from typing import TYPE_CHECKING, Any, Optional, Union

from neuronet import validate
from neuronet.errors import DataError, NeuronetError, NumberError
from neuronet.gradcheck.bench import KINDS, Backward, Bench, Parameter
from neuronet.gradcheck.hints import hints_for
from neuronet.gradcheck.references import (
    DECIMAL_DIGITS,
    METHODS,
    Function,
    Slope,
    central,
    complex_step,
    decimal,
    find_method,
    has_kink,
)
from neuronet.gradcheck.report import FAIL, INCONCLUSIVE, PASS, Entry, GradientReport
from neuronet.scalar import Number

if TYPE_CHECKING:
    from neuronet.network import Network

RELATIVE, OF_LARGEST = 1e-10, 1e-13
"""What is allowed beside a reference exact to rounding: 1e-10 of the larger of the two numbers, which is what long
sums of rounded products lose on smooth networks, and 1e-13 of the largest gradient, below which a sum cancels."""

ENOUGH_CONFIRMED = 8
"""Once a second look has confirmed so many failures, the others are believed without one."""

REFUSALS = (TypeError, AttributeError, NumberError)
"""What a formula raises when a kind of number cannot flow through it."""


def check_gradients(
    network: Network,
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
        formula of the user's own refuses complex numbers, "complex" falls back to "central" and says so in a note.
    wrt: what to differentiate by: any of "weights", "biases" and "inputs".
    backward: a backward walk of the caller's own, called as `backward(network, targets)` after the forward walk of
        each sample; it leaves a gradient on each synapse. None takes the network's.
    repeats: how many times to walk over the data set; 2 finds gradients that are not cleared.
    sample: check only so many parameters of each layer and kind, at least 2, drawn at random. None checks all.
    directions: check instead the slope along so many random directions through each layer and kind, one loss each;
        a group that fails is then checked parameter by parameter.
    seed: of what is drawn at random.
    seconds: stop after so long; what was not reached is inconclusive.
    progress: called as `progress(done, all)` after each parameter.

    Returns a `GradientReport`. Leaves every weight, gradient and neuron bit for bit as it found them, also when it is
    interrupted. Raises DataError for samples that do not fit, for a method that cannot run on this network, with the
    reason, and for a `backward` that itself measures the loss; UnknownNameError for an unknown method.

    >>> from neuronet import Network, check_gradients, datasets
    >>> report = check_gradients(Network(2, 4, 1, seed=1), *datasets.xor())
    >>> report.ok, len(report.entries)
    (True, 17)
    """
    find_method(method)
    bench = Bench(network, inputs, targets)
    rng = Random(validate.count(seed, "seed", least=0))
    parameters = bench.parameters(_kinds(wrt))
    if sample is not None:
        parameters = stratified(parameters, validate.count(sample, "sample", least=2), rng)
    if not parameters:
        raise DataError(f"wrt: expected something to differentiate by, got {wrt!r} on a network that has none of it")
    deadline = None if seconds is None else perf_counter() + validate.positive(seconds, "seconds")
    check = Check(
        bench, method, backward, repeats=validate.count(repeats, "repeats"), deadline=deadline, progress=progress
    )
    with bench.kept():
        if directions is not None:
            return check.along_directions(parameters, validate.count(directions, "directions"), rng)
        return check.one_by_one(parameters)


class Check:
    """One run of a check: what it needs at every parameter."""

    def __init__(
        self,
        bench: Bench,
        method: str,
        backward: Optional[Backward] = None,
        *,
        repeats: int = 2,
        deadline: Optional[float] = None,
        progress: Optional[Callable[[int, int], Any]] = None,
    ) -> None:
        self.bench = bench
        self.method = method
        self.backward = backward
        self.repeats = repeats
        self.deadline = deadline
        self.progress = progress
        self.notes: list[str] = []
        self.confirmed = 0

    def one_by_one(self, parameters: Sequence[Parameter]) -> GradientReport:
        """Check each parameter."""
        gradients = self.gradients(parameters)
        steady = self.is_steady()
        kind = METHODS[self.method].kind
        if kind is None:
            self.fall_back_if_refused(parameters[0])
            references = self.references(parameters)
        else:
            references, gradients = self.converted_references(parameters, gradients, kind)
        entries = self.entries(parameters, gradients, references, steady)
        return self.report(entries)

    def along_directions(self, parameters: Sequence[Parameter], directions: int, rng: Random) -> GradientReport:
        """Check each layer and kind along random directions, and one by one only where that fails."""
        if METHODS[self.method].kind is not None:
            raise DataError(f"directions: expected a method that runs on floats, got {self.method!r}")
        gradients = self.gradients(parameters)
        self.fall_back_if_refused(parameters[0])
        entries: list[Entry] = []
        for group in _groups(parameters).values():
            found = [self.direction(group, gradients, number + 1, rng) for number in range(directions)]
            if all(entry.status == PASS for entry in found):
                entries += found
            else:
                entries += self.one_by_one(group).entries
        return self.report(entries)

    def direction(
        self, group: Sequence[Parameter], gradients: dict[Parameter, list[Number]], number: int, rng: Random
    ) -> Entry:
        """Compare the gradient along one Gaussian direction with the slope of the loss along it."""
        shares = [rng.gauss(0, 1) for _ in group]
        along = size = 0.0
        for parameter, share in zip(group, shares):
            along += gradients[parameter][0] * share
            size += abs(gradients[parameter][0] * share)
        slope = METHODS[self.method].slope(self.bench.loss_along(group, shares), 0.0)
        # The terms of the sum may cancel, so what is allowed goes by their sizes.
        allowed = RELATIVE * size if slope.bar is None else slope.bar + RELATIVE * size
        status = PASS if abs(along - slope.value) <= allowed else FAIL
        name = f"{len(group)} numbers, direction {number}"
        return Entry(group[0].layer, group[0].kind, name, along, slope.value, allowed, status, "")

    def gradients(self, parameters: Sequence[Parameter]) -> dict[Parameter, list[Number]]:
        """What each of the walks over the data set says of each parameter."""
        walks = [self.bench.gradients(parameters, self.backward) for _ in range(self.repeats)]
        return {parameter: [walk[place] for walk in walks] for place, parameter in enumerate(parameters)}

    def is_steady(self) -> bool:
        """Whether the loss is the same number when it is asked twice."""
        first, second = self.bench.loss(), self.bench.loss()
        return bool(first == second or not (validate.is_finite(first) or validate.is_finite(second)))

    def fall_back_if_refused(self, parameter: Parameter) -> None:
        """Try the method once; complex falls back to central, any other method must run."""
        try:
            METHODS[self.method].slope(self.bench.loss_by(parameter), self.bench.value(parameter))
        except ArithmeticError:
            return
        except REFUSALS as problem:
            if self.method != "complex":
                raise DataError(f"method: {self.method!r} cannot run on this network: {problem}") from None
            self.method = "central"
            self.notes.append(f"complex numbers cannot flow through this network ({problem}); central is used instead")

    def references(self, parameters: Sequence[Parameter]) -> dict[Parameter, Union[Slope, str]]:
        """The slope by each parameter, or the reason why there is none."""
        slope = METHODS[self.method].slope
        found: dict[Parameter, Union[Slope, str]] = {}
        for done, parameter in enumerate(parameters, start=1):
            if self.deadline is not None and perf_counter() >= self.deadline:
                found[parameter] = "not checked"
                continue
            try:
                found[parameter] = slope(self.bench.loss_by(parameter), self.bench.value(parameter))
            except OverflowError:
                found[parameter] = "not finite"
            except ArithmeticError as problem:
                found[parameter] = "step vanished" if "vanishes" in str(problem) else "not finite"
            if self.progress is not None:
                self.progress(done, len(parameters))
        return found

    def converted_references(
        self, parameters: Sequence[Parameter], gradients: dict[Parameter, list[Number]], kind: validate.Kind
    ) -> tuple[dict[Parameter, Union[Slope, str]], dict[Parameter, list[Number]]]:
        """The slopes in another kind of number; with "exact" the backward walk is made in fractions too."""
        try:
            with self.bench.converted(kind), localcontext() as context:
                context.prec = DECIMAL_DIGITS
                if self.method == "exact":
                    gradients = self.gradients(parameters)
                references = self.references(parameters)
        except REFUSALS as problem:
            raise DataError(f"method: {self.method!r} cannot run on this network: {problem}") from None
        if self.method == "exact":
            _refuse_inexact(gradients, references)
            return references, gradients
        nearest = {
            parameter: Slope(float(slope.value)) if isinstance(slope, Slope) else slope
            for parameter, slope in references.items()
        }
        return nearest, gradients

    def entries(
        self,
        parameters: Sequence[Parameter],
        gradients: dict[Parameter, list[Number]],
        references: dict[Parameter, Union[Slope, str]],
        steady: bool,
    ) -> list[Entry]:
        """The verdict on each parameter."""
        finite = [
            abs(values[0]) for values in gradients.values() if values[0] is not None and validate.is_finite(values[0])
        ]
        largest = max(finite, default=0)
        return [
            self.entry(parameter, gradients[parameter], references[parameter], largest, steady)
            for parameter in parameters
        ]

    def entry(
        self, parameter: Parameter, walks: list[Number], reference: Union[Slope, str], largest: Number, steady: bool
    ) -> Entry:
        """The verdict on one parameter."""
        first = Entry(parameter.layer, parameter.kind, parameter.name, walks[0], None, 0, INCONCLUSIVE)
        if not steady:
            return first._replace(reason="not deterministic")
        if isinstance(reference, str):
            return first._replace(reason=reference)
        allowed = self.allowed(walks[0], reference, largest)
        first = first._replace(reference=reference.value, allowed=allowed)
        if not validate.is_finite(reference.value):
            return first._replace(reason="not finite")
        if walks[0] is None or not validate.is_finite(walks[0]):
            return first._replace(status=FAIL, reason="not a number")
        if abs(walks[0] - reference.value) > allowed:
            status, reason = self.second_look(parameter, walks[0], largest)
            return first._replace(status=status, reason=reason)
        for gradient in walks[1:]:
            if gradient != walks[0]:
                return first._replace(gradient=gradient, status=FAIL, reason="second call")
        return first._replace(status=PASS)

    def allowed(self, gradient: Number, reference: Slope, largest: Number) -> Number:
        """The largest error that passes."""
        if self.method == "exact":
            return 0
        if reference.bar is not None:
            return reference.bar
        if gradient is None or not validate.is_finite(gradient):
            return 0
        return RELATIVE * max(abs(float(gradient)), abs(float(reference.value))) + OF_LARGEST * float(largest)

    def second_look(self, parameter: Parameter, gradient: Number, largest: Number) -> tuple[str, str]:
        """Fail, unless a kink, the rounding of floats or an independent method explains the difference."""
        if self.method == "exact" or self.confirmed >= ENOUGH_CONFIRMED:
            return FAIL, "wrong"
        status, reason = self.explanation(parameter, gradient, largest)
        self.confirmed += status == FAIL
        return status, reason

    def explanation(self, parameter: Parameter, gradient: Number, largest: Number) -> tuple[str, str]:
        """What the second look finds."""
        loss, here = self.bench.loss_by(parameter), self.bench.value(parameter)
        sides = has_kink(loss, here)
        if sides is not None and sides[0] <= gradient <= sides[1]:
            return INCONCLUSIVE, "kink"
        if self.method in ("central", "forward", "richardson"):
            return self.look_without_step(loss, here, gradient, largest)
        try:
            return (INCONCLUSIVE, self.rounding(gradient)) if self.agrees_in_decimals(parameter) else (FAIL, "wrong")
        except (*REFUSALS, ArithmeticError, NeuronetError):
            slope = central(loss, here)
            agrees = slope.bar is not None and abs(gradient - slope.value) <= slope.bar
            return (INCONCLUSIVE, "methods disagree") if agrees and self.method != "decimal" else (FAIL, "wrong")

    def look_without_step(self, loss: Function, here: Number, gradient: Number, largest: Number) -> tuple[str, str]:
        """What the complex step, which crosses no kink, says to a finite difference that disagrees."""
        try:
            slope = complex_step(loss, here)
        except (*REFUSALS, ArithmeticError):
            # The next best witness: a central difference whose step is 64 times smaller.
            slope = central(loss, here, 1e-7 * max(1.0, abs(here)))
        off = abs(gradient - slope.value)
        exact_enough = RELATIVE * max(abs(gradient), abs(slope.value)) + OF_LARGEST * largest
        agrees = off <= (exact_enough if slope.bar is None else slope.bar)
        return (INCONCLUSIVE, "kink crossed") if agrees else (FAIL, "wrong")

    def agrees_in_decimals(self, parameter: Parameter) -> bool:
        """Whether both walks agree when numbers of 60 digits flow through them, to 1e-15 of the gradient."""
        with self.bench.converted(Decimal), localcontext() as context:
            context.prec = DECIMAL_DIGITS
            gradient = self.bench.gradients([parameter], self.backward)[0]
            slope = decimal(self.bench.loss_by(parameter), self.bench.value(parameter)).value
            if not isinstance(gradient, Decimal) or not isinstance(slope, Decimal):
                raise NumberError("the walk did not stay decimal")
            return abs(gradient - slope) <= Decimal("1e-15") * max(abs(gradient), abs(slope)) + Decimal("1e-30")

    @staticmethod
    def rounding(gradient: Number) -> str:
        """What kind of rounding it was."""
        return "saturated" if gradient == 0 else "noise floor"

    def report(self, entries: list[Entry]) -> GradientReport:
        """The report, with guesses where something failed."""
        calls = "1 call" if self.repeats == 1 else f"{self.repeats} calls"
        samples = f"{len(self.bench.inputs)} sample{'s' if len(self.bench.inputs) > 1 else ''}"
        title = f"gradient check ({self.method}, {calls}, {samples})"
        hints = hints_for(self.bench, entries, self.backward)
        return GradientReport(title, entries, hints, self.notes + self.bench.weak_points())


def _kinds(wrt: Union[str, Sequence[str]]) -> list[str]:
    kinds = [wrt] if isinstance(wrt, str) else list(wrt)
    for kind in kinds:
        if kind not in KINDS:
            raise DataError(f"wrt: expected some of {', '.join(KINDS)}, got {kind!r}")
    return kinds


def _groups(parameters: Sequence[Parameter]) -> dict[tuple[str, str], list[Parameter]]:
    groups: dict[tuple[str, str], list[Parameter]] = {}
    for parameter in parameters:
        groups.setdefault((parameter.layer, parameter.kind), []).append(parameter)
    return groups


def stratified(parameters: Sequence[Parameter], each: int, rng: Random) -> list[Parameter]:
    """So many of each layer and kind, in walking order: a uniform draw would hardly ever meet an output bias."""
    chosen: list[Parameter] = []
    for group in _groups(parameters).values():
        chosen += group if len(group) <= each else [group[i] for i in sorted(rng.sample(range(len(group)), each))]
    return chosen


def _refuse_inexact(
    gradients: dict[Parameter, list[Number]], references: dict[Parameter, Union[Slope, str]]
) -> None:
    """Equality means nothing unless every number stayed a fraction on its way."""
    from fractions import Fraction

    numbers = [value for walks in gradients.values() for value in walks]
    numbers += [slope.value for slope in references.values() if isinstance(slope, Slope)]
    for value in numbers:
        if not isinstance(value, (int, Fraction)):
            raise DataError(
                f"method: 'exact' cannot run on this network: a number became a {type(value).__name__} on its way; "
                "write activations and losses with int literals"
            )
