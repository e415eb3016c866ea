"""Two checks that a comparison of gradients cannot replace.

`check_deltas` nudges a neuron's net and compares the slope of the loss with the delta that the backward walk left on
the neuron. It costs two forward walks a neuron instead of two a weight, and tells which stage is wrong: the output
rule, the walk back, or the product of delta and output.

`check_step` lets the network really train for one step and looks at where the weights went: a gradient that is right
and then not followed is found only there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal, getcontext
from random import Random
from typing import TYPE_CHECKING, Optional

from neuronet import validate
from neuronet.dropout import dropout_layers
from neuronet.errors import DataError
from neuronet.gradcheck.bench import Backward, Bench, Parameter, is_real
from neuronet.gradcheck.gradients import Check, check_gradients
from neuronet.gradcheck.hints import layer_guess, same
from neuronet.gradcheck.references import EPSILON
from neuronet.gradcheck.report import FAIL, PASS, Entry, Report
from neuronet.graph import Neuron, Synapse
from neuronet.optimizers import SGD
from neuronet.scalar import Number

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

    @property
    def status(self) -> str:
        """The worst of its entries; "fail" also where every delta is right and a gradient is wrong."""
        return FAIL if self.stage else super().status

    def _counts(self) -> str:
        return super()._counts() + (", but a gradient made from them is" if self.stage == "assembly" else "")


class StepReport(Report):
    """The report of `check_step`."""


STAGES = {
    "output": "the delta of the output layer is wrong: look at the output error, its sign and its slope",
    "walk": "the output layer is right, a hidden delta is wrong: look at the hidden error and the hidden slope",
    "assembly": "every delta is right, a gradient is wrong: look at the product of delta and output, and at its sum",
}
"""What each stage of `DeltaReport` says."""

def check_deltas(
    network: Network,
    inputs: Sequence[Sequence[float]],
    targets: Sequence[Sequence[float]],
    *,
    backward: Optional[Backward] = None,
) -> DeltaReport:
    """Compare every stored delta with -d loss / d net, sample by sample, and say which stage is wrong.

    The net of a neuron is nudged by a probe: a synapse of a tiny weight from a source that is always 1.

    inputs, targets: a row for each sample.
    backward: a backward walk of the caller's own, which leaves a delta on each neuron and a gradient on each synapse.

    Returns a `DeltaReport`; the network is bit for bit as it was. Raises DataError as `check_gradients` does.

    >>> from neuronet import Network, check_deltas, datasets
    >>> check_deltas(Network(2, 4, 1, seed=1), *datasets.xor()).stage
    ''
    """
    bench = Bench(network, inputs, targets)
    entries: list[Entry] = []
    notes: dict[str, None] = {}
    with bench.kept(), bench.as_floats():
        for sample in range(len(bench.inputs)):
            one = _NetBench(bench, sample)
            check = Check(one, "complex", backward, repeats=1)
            with one.kept():
                entries += [_as_delta(entry) for entry in check.look_at(one.parameters(()))]
            one.gradients([], backward)  # what a walk leaves behind for the next one is part of the bargain
            notes.update(dict.fromkeys(check.notes))
        stage = _stage(network, entries)
        guess = layer_guess(bench, backward) if stage else None
    if not stage and check_gradients(network, inputs, targets, backward=backward, repeats=1).status == FAIL:
        stage = "assembly"
    return DeltaReport(f"delta check ({_samples(bench)})", entries, stage, guess, list(notes))


class _NetBench(Bench):
    """A bench with one sample of another, on which the nets of the neurons are nudged."""

    def __init__(self, bench: Bench, sample: int) -> None:
        self.network = bench.network
        self.inputs, self.targets = [bench.inputs[sample]], [bench.targets[sample]]
        self.sample = sample
        self.incoming = {neuron: list(neuron.incoming) for neuron in self.network.computing}

    @contextmanager
    def kept(self) -> Iterator[None]:
        """As any bench, and take every probe away."""
        with super().kept():
            try:
                yield
            finally:
                for neuron, synapses in self.incoming.items():
                    neuron.incoming[:] = synapses

    def parameters(self, wrt: Sequence[str]) -> list[Parameter]:
        """The net of every neuron that has one."""
        places = [(layer, neuron) for layer in self.network.layers[1:] for neuron in layer]
        return [
            Parameter("delta", layer.name, f"{neuron.name}, sample {self.sample}", None, 0, position)
            for position, (layer, neuron) in enumerate(places)
        ]

    def value(self, parameter: Parameter) -> Number:
        """0: so far is a net from where the walk left it."""
        return self.kind(0)

    def set(self, parameter: Parameter, value: Number) -> None:
        """Add a number to the net, by a probe: a synapse of this weight from a source that is always 1."""
        neuron = self._neuron(parameter)
        neuron.incoming[:] = self.incoming[neuron]
        if type(value) is not self.kind or value != 0:
            source = Neuron("probe", "linear")
            source.output = 1
            Synapse(source, neuron, value)

    @contextmanager
    def moved(self, rng: Random, size: float) -> Iterator[None]:
        """As any bench, and let every net be off as well: behind a dead relu nothing else moves it."""
        incoming = self.incoming
        with super().moved(rng, size):
            try:
                for parameter in self.parameters(()):
                    self.set(parameter, self.kind(size * rng.gauss(0, 1)))
                self.incoming = {neuron: list(neuron.incoming) for neuron in incoming}
                yield
            finally:
                self.incoming = incoming
                for neuron, synapses in incoming.items():
                    neuron.incoming[:] = synapses

    def gradients(self, parameters: Sequence[Parameter], backward: Optional[Backward] = None) -> list[Number]:
        """Of the walk back, -delta, which is d loss / d net; None where the network's own walk left none."""
        super().gradients([], backward)
        for neuron in self.network.computing:
            if backward is not None and not is_real(neuron.delta):
                raise DataError(
                    f"backward: expected a real number as the delta of {neuron.name}, "
                    f"got {validate.shown(neuron.delta)}"
                )
        deltas = [self._neuron(parameter).delta for parameter in parameters]
        return [None if delta is None else -delta for delta in deltas]

    def loss(self) -> Number:
        """As any bench, without the penalty on the weights: it depends on no net, and a probe is no weight."""
        penalty, self.network.penalty = self.network.penalty, None
        try:
            return super().loss()
        finally:
            self.network.penalty = penalty

    def _neuron(self, parameter: Parameter) -> Neuron:
        return self.network.computing[parameter.position]


def _as_delta(entry: Entry) -> Entry:
    """An entry about d loss / d net as one about -d loss / d net, the delta."""
    gradient, reference = (None if value is None else -value for value in (entry.gradient, entry.reference))
    return entry._replace(gradient=gradient, reference=reference)


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
    that is frozen on purpose passes where it stood still. The step is that of plain gradient descent, whatever the
    optimizer of the network; what dropout keeps is what it keeps now.

    inputs, targets: a row for each sample.
    learning_rate: above 0; with a tiny one the step is lost in the rounding of the weight, and the walk is judged by
        the step that numbers of 60 digits take.

    Returns a `StepReport`, whose numbers are those of the implied gradient, (before - after) / learning_rate; the
    network is bit for bit as it was. Raises DataError for arguments that cannot be right, TrainingError where the step
    itself leads out of the finite numbers.

    >>> from neuronet import Network, check_step, datasets
    >>> check_step(Network(2, 4, 1, seed=1), *datasets.xor(), learning_rate=0.5).ok
    True
    """
    rate = validate.positive(learning_rate, "learning_rate")
    plain = Bench(network, inputs, targets)
    with plain.kept(), plain.as_floats():
        bench = _StepBench(plain, rate)
        parameters = bench.parameters(())
        free = [parameter for parameter in parameters if not _is_frozen(parameter)]
        check = Check(bench, "complex", repeats=1)
        found = dict(zip(free, check.look_at(free) if free else []))
        implied = bench.gradients(parameters)
        entries = [
            _frozen_entry(parameter, moved) if _is_frozen(parameter) else found[parameter]
            for parameter, moved in zip(parameters, implied)
        ]
        hints = _step_hints(plain, parameters, entries)
    notes = [*check.notes, *_step_notes(network)]
    return StepReport(f"step check (learning rate {rate:g}, {_samples(plain)})", entries, hints, notes)


class _StepBench(Bench):
    """A bench whose gradients are those that one step of training follows.

    rate: the learning rate of the step.
    """

    def __init__(self, bench: Bench, rate: float) -> None:
        self.network = bench.network
        self.inputs, self.targets = bench.inputs, bench.targets
        self.rate = rate

    def parameters(self, wrt: Sequence[str]) -> list[Parameter]:
        """Every weight and bias."""
        return [parameter._replace(kind="step") for parameter in super().parameters(("weights", "biases"))]

    def gradients(self, parameters: Sequence[Parameter], backward: Optional[Backward] = None) -> list[Number]:
        """(before - after) / rate for each parameter."""
        before = [self.value(parameter) for parameter in parameters]
        with self.kept():
            for layer in dropout_layers(self.network.layers):
                layer.fixed = True
            history = self.network.train(
                self.inputs,
                self.targets,
                epochs=1,
                learning_rate=self.rate,
                batch_size=len(self.inputs),
                shuffle=False,
                optimizer=SGD(),
            )
            after = [self.value(parameter) for parameter in parameters]
        if history.stopped == "interrupted":  # training holds Ctrl-C back; it was meant for the whole check
            raise KeyboardInterrupt
        rate = self.kind(self.rate)
        return [(old - new) / rate for old, new in zip(before, after)]

    def slack(self, parameter: Parameter) -> Number:
        """What the rounding of the weight, before the step and after it, makes of the implied gradient."""
        digit = EPSILON if self.kind is float else Decimal(10) ** (1 - getcontext().prec)
        return self.kind(digit) * abs(self.value(parameter)) / self.kind(self.rate)


def _step_notes(network: Network) -> list[str]:
    """What the step leaves out of what training does."""
    notes = []
    if type(network.optimizer) is not SGD or network.optimizer.clips:
        notes.append(f"the step is one of plain gradient descent, without {network.optimizer!r}")
    if dropout_layers(network.layers):
        notes.append("dropout was not drawn anew for the step")
    return notes


def _is_frozen(parameter: Parameter) -> bool:
    return parameter.synapse is not None and parameter.synapse.frozen


def _frozen_entry(parameter: Parameter, implied: Number) -> Entry:
    """A frozen weight is right where it stood still."""
    status, reason = (PASS, "") if implied == 0 else (FAIL, "wrong")
    return Entry(parameter.layer, parameter.kind, parameter.name, implied, 0.0, 0, status, reason)


def _samples(bench: Bench) -> str:
    return "1 sample" if len(bench.inputs) == 1 else f"{len(bench.inputs)} samples"


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
