"""Two checks that a comparison of gradients cannot replace.

`check_deltas` nudges a neuron's net and compares the slope of the loss with the delta that the backward walk left on
the neuron. It costs two forward walks a neuron instead of two a weight, and tells which stage is wrong: the output
rule, the walk back, or the product of delta and output.

`check_step` lets the network really train for one step and looks at where the weights went: a gradient that is right
and then not followed is found only there.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, localcontext
from typing import TYPE_CHECKING, Any, Optional

from neuronet import validate
from neuronet.errors import DataError
from neuronet.gradcheck.bench import Backward, Bench, Parameter
from neuronet.gradcheck.gradients import check_gradients
from neuronet.gradcheck.hints import layer_guess, same
from neuronet.gradcheck.references import (
    DECIMAL_DIGITS,
    EPSILON,
    REFUSALS,
    Slope,
    central,
    complex_step,
    decimal,
    has_kink,
    tolerance,
)
from neuronet.gradcheck.report import FAIL, INCONCLUSIVE, PASS, Entry, Report
from neuronet.graph import Neuron, Synapse

if TYPE_CHECKING:
    from neuronet.network import Network


class DeltaReport(Report):
    """The report of `check_deltas`.

    stage: which stage is wrong: "output" (the delta of an output neuron), "walk" (only hidden deltas), "assembly"
        (every delta is right, and a gradient is wrong), "" where all is right.
    """

    def __init__(
        self, title: str, entries: Sequence[Entry], stage: str, guess: Optional[str] = None, notes: Sequence[str] = ()
    ) -> None:
        guesses = [guess] if guess else []
        super().__init__(title, entries, [STAGES[stage], *guesses] if stage else guesses, notes)
        self.stage = stage


class StepReport(Report):
    """The report of `check_step`."""


STAGES = {
    "output": "the delta of the output layer is wrong: look at the output error, its sign and its slope",
    "walk": "the output layer is right, a hidden delta is wrong: look at the hidden error and the hidden slope",
    "assembly": "every delta is right, a gradient is wrong: look at the product of delta and output, and at its sum",
}
"""What each stage of `DeltaReport` says."""

ENOUGH = 4
"""Once so many deltas are known to be wrong, the others are believed without a second look."""


def check_deltas(
    network: Network,
    inputs: Sequence[Sequence[float]],
    targets: Sequence[Sequence[float]],
    *,
    backward: Optional[Backward] = None,
) -> DeltaReport:
    """Compare every stored delta with -d loss / d net, sample by sample, and say which stage is wrong.

    The net of a neuron is nudged by a probe: a synapse of weight 0 from a source that is always 1, taken away again.

    inputs, targets: a row for each sample.
    backward: a backward walk of the caller's own, which leaves a delta on each neuron and a gradient on each synapse.

    Returns a `DeltaReport`; the network is bit for bit as it was. Raises DataError for samples that do not fit.

    >>> from neuronet import Network, check_deltas, datasets
    >>> check_deltas(Network(2, 4, 1, seed=1), *datasets.xor()).stage
    ''
    """
    bench = Bench(network, inputs, targets)
    entries: list[Entry] = []
    with bench.kept():
        for sample in range(len(bench.inputs)):
            one = Bench(network, [bench.inputs[sample]], [bench.targets[sample]])
            one.gradients([], backward)
            deltas = {neuron: neuron.delta for layer in network.layers[1:] for neuron in layer}
            sizes = [abs(delta) for delta in deltas.values() if delta is not None and validate.is_finite(delta)]
            for layer in network.layers[1:]:
                for neuron in layer:
                    parameter = Parameter("delta", layer.name, f"{neuron.name}, sample {sample}", None)
                    entry = _delta_entry(one, parameter, neuron, deltas[neuron], max(sizes, default=0))
                    sure = sum(other.status == FAIL for other in entries) >= ENOUGH
                    if entry.reason == "wrong" and not sure and _agrees_in_decimals(one, neuron, backward):
                        entry = entry._replace(status=INCONCLUSIVE, reason="noise floor")
                    entries.append(entry)
        stage = _stage(network, entries)
        guess = layer_guess(bench, backward) if stage else None
    if not stage and check_gradients(network, inputs, targets, backward=backward, repeats=1).status == FAIL:
        stage = "assembly"
    return DeltaReport(f"delta check ({len(bench.inputs)} samples)", entries, stage, guess)


def _delta_entry(bench: Bench, parameter: Parameter, neuron: Neuron, delta: Any, largest: float) -> Entry:
    probe = _Probe(neuron)
    try:
        loss = bench.loss_by(parameter._replace(synapse=probe.synapse))
        try:
            slope = complex_step(loss, 0.0)
        except REFUSALS:
            slope = central(loss, 0.0)
        entry = Entry(parameter.layer, "delta", parameter.name, delta, -slope.value, 0, INCONCLUSIVE)
        if not validate.is_finite(slope.value):
            return entry._replace(reason="not finite")
        if delta is None or not validate.is_finite(delta):
            return entry._replace(status=FAIL, reason="not a number")
        allowed = _allowed(delta, slope, largest)
        entry = entry._replace(allowed=allowed, status=PASS)
        if abs(delta + slope.value) <= allowed:
            return entry
        sides = has_kink(loss, 0.0)
        if sides is not None and sides[0] <= -delta <= sides[1]:
            return entry._replace(status=INCONCLUSIVE, reason="kink")
        return entry._replace(status=FAIL, reason="wrong")
    finally:
        probe.take_away()


def _agrees_in_decimals(bench: Bench, neuron: Neuron, backward: Optional[Backward]) -> bool:
    """Whether delta and slope agree when numbers of 60 digits flow through both walks: then it was rounding."""
    try:
        with bench.converted(Decimal), localcontext() as context:
            context.prec = DECIMAL_DIGITS
            bench.gradients([], backward)
            delta = neuron.delta
            probe = _Probe(neuron, Decimal(0))
            try:
                parameter = Parameter("delta", "", "", probe.synapse)
                slope = decimal(bench.loss_by(parameter), Decimal(0)).value
            finally:
                probe.take_away()
            return bool(abs(delta + slope) <= Decimal("1e-15") * max(abs(delta), abs(slope)) + Decimal("1e-30"))
    except Exception:  # whatever it is, floats did not raise it: decimals cannot be heard
        return False


class _Probe:
    """A synapse of weight 0 from a source that is always 1: its weight is added to the neuron's net."""

    def __init__(self, neuron: Neuron, weight: Any = 0.0) -> None:
        source = Neuron("probe", "linear")
        source.output = 1
        self.neuron = neuron
        self.synapse = Synapse(source, neuron, weight)

    def take_away(self) -> None:
        self.neuron.incoming.remove(self.synapse)


def _allowed(delta: float, slope: Slope, largest: float) -> float:
    allowed: float = tolerance(delta, slope, largest)
    return allowed


def _stage(network: Network, entries: Sequence[Entry]) -> str:
    wrong = {entry.layer for entry in entries if entry.status == FAIL}
    if not wrong:
        return ""
    return "output" if network.layers[-1].name in wrong else "walk"


def check_step(
    network: Network,
    inputs: Sequence[Sequence[float]],
    targets: Sequence[Sequence[float]],
    learning_rate: float = 0.5,
) -> StepReport:
    """Train for one step, and compare where each weight went with weight - learning_rate * d loss / d weight.

    The step is one batch of all samples, through `Network.train` itself. It finds what a gradient check cannot: a
    step uphill, a layer that never moves, an error sent back through weights that were already updated. A synapse
    that is frozen on purpose passes where it stood still.

    inputs, targets: a row for each sample.
    learning_rate: above 0; with a tiny one the step is lost in the rounding of the weight.

    Returns a `StepReport`, whose numbers are those of the implied gradient, (before - after) / learning_rate; the
    network is bit for bit as it was. Raises DataError for arguments that cannot be right.

    >>> from neuronet import Network, check_step, datasets
    >>> check_step(Network(2, 4, 1, seed=1), *datasets.xor(), learning_rate=0.5).ok
    True
    """
    rate = validate.positive(learning_rate, "learning_rate")
    if network.kind is not float:
        raise DataError(f"network: expected float weights, got {network.kind!r}; check network.convert(float)")
    bench = Bench(network, inputs, targets)
    parameters = bench.parameters(("weights", "biases"))
    with bench.kept():
        before = [bench.value(parameter) for parameter in parameters]
        slopes = [_loss_slope(bench, parameter) for parameter in parameters]
        network.train(
            bench.inputs, bench.targets, epochs=1, learning_rate=rate, batch_size=len(bench.inputs), shuffle=False
        )
        after = [bench.value(parameter) for parameter in parameters]
    with bench.kept():
        largest = max((abs(slope.value) for slope in slopes), default=0)
        entries = [
            _step_entry(bench, parameter, (old, new, rate), slope, largest)
            for parameter, old, new, slope in zip(parameters, before, after, slopes)
        ]
        hints = _step_hints(bench, parameters, entries)
    title = f"step check (learning rate {rate:g}, {len(bench.inputs)} samples)"
    return StepReport(title, entries, hints)


def _loss_slope(bench: Bench, parameter: Parameter) -> Slope:
    loss, here = bench.loss_by(parameter), bench.value(parameter)
    try:
        return complex_step(loss, here)
    except REFUSALS:
        return central(loss, here)


def _step_entry(
    bench: Bench, parameter: Parameter, move: tuple[float, float, float], slope: Slope, largest: float
) -> Entry:
    old, new, rate = move
    implied = (old - new) / rate
    # A weight is stored to half a unit in its last place, before the step and after it.
    rounding = EPSILON * max(abs(old), abs(new)) / rate
    allowed = rounding + _allowed(implied, slope, largest)
    frozen = parameter.synapse is not None and parameter.synapse.frozen
    wanted = 0.0 if frozen else slope.value
    entry = Entry(parameter.layer, "step", parameter.name, implied, wanted, allowed, PASS)
    if not validate.is_finite(slope.value):
        return entry._replace(status=INCONCLUSIVE, reason="not finite")
    if abs(implied - wanted) <= allowed:
        return entry
    sides = has_kink(bench.loss_by(parameter), old)
    if sides is not None and sides[0] - rounding <= implied <= sides[1] + rounding:
        return entry._replace(status=INCONCLUSIVE, reason="kink")
    return entry._replace(status=FAIL, reason="wrong")


def _step_hints(bench: Bench, parameters: Sequence[Parameter], entries: Sequence[Entry]) -> list[str]:
    failed = [entry for entry in entries if entry.status == FAIL]
    if not failed:
        return []
    gradients = dict(zip((entry.name for entry in entries), bench.gradients(parameters)))
    if all(same(entry.gradient, gradients[entry.name]) for entry in failed):
        return ["each step follows its gradient, and the gradient is wrong: check_gradients says more"]
    if all(entry.ratio is not None and same(entry.ratio, -1) for entry in failed):
        return ["every step goes the other way: is the update added where it belongs subtracted?"]
    layers = list(dict.fromkeys(entry.layer for entry in failed))
    if all(entry.gradient == 0 for entry in failed):
        return [f"nothing moves in layer {', '.join(layers)}: is it left out of the update?"]
    if entries[-1].layer not in layers:
        return [
            "the output layer moves rightly, the layers before it do not follow their gradients: is the error sent "
            "back through weights that were already updated?"
        ]
    return []
