"""Two checks that a comparison of gradients cannot replace.

`check_deltas` nudges a neuron's net and compares the slope of the loss with the delta that the backward walk left on
the neuron. It costs two forward walks a neuron instead of two a weight, and tells which stage is wrong: the output
rule, the walk back, or the product of delta and output.

`check_step` lets the network really train for one step and looks at where the weights went: a gradient that is right
and then not followed is found only there.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, getcontext
from typing import Any, Optional

from neuronet import training, validate
from neuronet.dropout import dropout_layers
from neuronet.errors import DataError
from neuronet.feedforward import FeedForward
from neuronet.gradcheck.gradients import Check, check_gradients
from neuronet.gradcheck.hints import delta_hints, step_hints
from neuronet.gradcheck.later_steps import wrong_later_steps
from neuronet.gradcheck.network_objective import NetworkObjective
from neuronet.gradcheck.objective import KINDS, Backward, Parameter, is_real
from neuronet.gradcheck.patterns import same
from neuronet.gradcheck.references import EPSILON
from neuronet.gradcheck.report import FAIL, PASS, Entry, Report, samples_in_words
from neuronet.graph import Neuron, Synapse
from neuronet.optimizers import SGD
from neuronet.scalar import Number


class DeltaReport(Report):
    """The report of `check_deltas`.

    stage: which stage is wrong: "output" (the delta of an output neuron), "walk" (only hidden deltas), "assembly"
        (every delta is right, and a gradient is wrong), "" where all is right.
    """

    def __init__(
        self, title: str, entries: Sequence[Entry], stage: str, hints: Sequence[str] = (), notes: Sequence[str] = ()
    ) -> None:
        super().__init__(title, entries, [STAGES[stage], *hints] if stage else hints, notes)
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
    network: FeedForward,
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
    objective = NetworkObjective(network, inputs, targets)
    entries: list[Entry] = []
    notes: dict[str, None] = {}
    with objective.kept(), objective.as_floats():
        for sample in range(objective.samples):
            one = DeltaObjective(objective, sample)
            check = Check(one, "complex", backward, repeats=1)
            with one.kept():
                entries += [_as_delta(entry) for entry in check.look_at(one.parameters())]
            one.gradients([], backward)  # what a walk leaves behind for the next one is part of the bargain
            notes.update(dict.fromkeys(check.notes))
        stage = _stage(network, entries)
        hints = delta_hints(objective, entries, backward) if stage else []
    if not stage and check_gradients(network, inputs, targets, backward=backward, repeats=1).status == FAIL:
        stage = "assembly"
    return DeltaReport(f"delta check ({samples_in_words(objective.samples)})", entries, stage, hints, list(notes))


class DeltaObjective(NetworkObjective):
    """The loss of one sample as a function of the nets of the neurons.

    A net is moved by a probe: a synapse from a source that is always 1, whose weight is what is added to the net.
    """

    def __init__(self, objective: NetworkObjective, sample: int) -> None:
        self.network = objective.network
        self.inputs, self.targets = [objective.inputs[sample]], [objective.targets[sample]]
        self.sample = sample
        self.incoming = [list(neuron.incoming) for neuron in self.network.computing]
        self.added: dict[int, Number] = {}

    def parameters(self, wrt: Sequence[str] = KINDS) -> list[Parameter]:
        """The net of every neuron that has one."""
        places = [(layer, neuron) for layer in self.network.layers[1:] for neuron in layer]
        return [
            Parameter("delta", layer.name, f"{neuron.name}, sample {self.sample}", None, 0, position)
            for position, (layer, neuron) in enumerate(places)
        ]

    def movable(self) -> list[Parameter]:
        """Every weight, input and net: behind a dead relu nothing but the net itself moves it."""
        return super().movable() + self.parameters()

    def value(self, parameter: Parameter) -> Number:
        """Of a net, how far it is from where the walk alone leaves it."""
        if parameter.kind == "delta":
            return self.added.get(parameter.position, self.kind(0))
        return super().value(parameter)

    def set(self, parameter: Parameter, value: Number) -> None:
        """Add a number to a net, or set a weight or an input."""
        if parameter.kind != "delta":
            super().set(parameter, value)
            return
        neuron = self.network.computing[parameter.position]
        neuron.incoming[:] = self.incoming[parameter.position]
        self.added.pop(parameter.position, None)
        if type(value) is not self.kind or value != 0:
            self.added[parameter.position] = value
            source = Neuron("probe", "linear")
            source.output = 1
            Synapse(source, neuron, value)

    def gradients(self, parameters: Sequence[Parameter], backward: Optional[Backward] = None) -> list[Number]:
        """Of the walk back, -delta, which is d loss / d net; None where the network's own walk left none."""
        super().gradients([], backward)
        for neuron in self.network.computing:
            if backward is not None and not is_real(neuron.delta):
                raise DataError(
                    f"backward: expected a real number as the delta of {neuron.name}, "
                    f"got {validate.shown(neuron.delta)}"
                )
        deltas = [self.network.computing[parameter.position].delta for parameter in parameters]
        return [None if delta is None else -delta for delta in deltas]

    def loss(self) -> Number:
        """The loss without the penalty on the weights: it depends on no net, and a probe is no weight."""
        penalty, self.network.penalty = self.network.penalty, None
        try:
            return super().loss()
        finally:
            self.network.penalty = penalty


def _as_delta(entry: Entry) -> Entry:
    """An entry about d loss / d net as one about -d loss / d net, the delta."""
    gradient, reference = (None if value is None else -value for value in (entry.gradient, entry.reference))
    return entry._replace(gradient=gradient, reference=reference)


def _stage(network: FeedForward, entries: Sequence[Entry]) -> str:
    wrong = {entry.layer for entry in entries if entry.status == FAIL}
    if not wrong:
        return ""
    return "output" if network.layers[-1].name in wrong else "walk"


def check_step(
    network: FeedForward,
    inputs: Sequence[Sequence[float]],
    targets: Sequence[Sequence[float]],
    learning_rate: float = 0.5,
) -> StepReport:
    """Train for one step, and compare where each weight went with weight - learning_rate * d loss / d weight.

    The step is one batch of all samples, through `Network.train` itself. Where it is right, three epochs are looked at
    likewise, in one batch, sample by sample, at another learning rate, and by the network's own optimizer or else by
    momentum. It finds what a gradient check cannot: a step uphill, a layer that never moves, an error sent back through
    weights that were already updated, gradients that are never cleared. A synapse that is frozen on purpose passes
    where it stood still. The first step is that of plain gradient descent; what dropout keeps is what it keeps now.

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
    objective = NetworkObjective(network, inputs, targets)
    with objective.kept(), objective.as_floats():
        step = StepObjective(objective, rate)
        parameters = step.parameters()
        free = [parameter for parameter in parameters if not _is_frozen(parameter)]
        check = Check(step, "complex", repeats=1)
        found = dict(zip(free, check.look_at(free) if free else []))
        implied = step.gradients(parameters)
        entries = [
            _frozen_entry(parameter, moved) if _is_frozen(parameter) else found[parameter]
            for parameter, moved in zip(parameters, implied)
        ]
        hints = _hints(objective, rate, entries)
        if not any(entry.status == FAIL for entry in entries):
            later, hints = wrong_later_steps(objective, objective.kind(rate))
            wrong = {entry.name: entry for entry in later}
            entries = [wrong.get(entry.name, entry) for entry in entries]
    title = f"step check (learning rate {rate:g}, {samples_in_words(objective.samples)})"
    return StepReport(title, entries, hints, [*check.notes, *_step_notes(network)])


class StepObjective(NetworkObjective):
    """The mean loss of a network, whose gradients are those that one step of training follows.

    rate: the learning rate of the step.
    """

    def __init__(self, objective: NetworkObjective, rate: float) -> None:
        self.network = objective.network
        self.inputs, self.targets = objective.inputs, objective.targets
        self.rate = rate

    def parameters(self, wrt: Sequence[str] = KINDS) -> list[Parameter]:
        """Every weight and bias."""
        return [parameter._replace(kind="step") for parameter in super().parameters(("weights", "biases"))]

    def gradients(self, parameters: Sequence[Parameter], backward: Optional[Backward] = None) -> list[Number]:
        """(before - after) / rate for each parameter."""
        before = [self.value(parameter) for parameter in parameters]
        with self.kept():
            for layer in dropout_layers(self.network.layers):
                layer.fixed = True
            stopped = self._take_the_step()
            after = [self.value(parameter) for parameter in parameters]
        if stopped == "interrupted":  # training holds Ctrl-C back; it was meant for the whole check
            raise KeyboardInterrupt
        rate = self.kind(self.rate)
        return [(old - new) / rate for old, new in zip(before, after)]

    def _take_the_step(self) -> str:
        """Train for one batch, by the network's own `train` where it has one; returns why training stopped."""
        settings: dict[str, Any] = {
            "epochs": 1,
            "learning_rate": self.rate,
            "batch_size": len(self.inputs),
            "shuffle": False,
            "optimizer": SGD(),
        }
        if hasattr(self.network, "train"):
            history = self.network.train(self.inputs, self.targets, **settings)
        else:
            history = training.train(self.network, (self.inputs, self.targets), training.Given(**settings))
        return str(history.stopped)

    def slack(self, parameter: Parameter) -> Number:
        """What the rounding of the weight, before the step and after it, makes of the implied gradient."""
        digit = EPSILON if self.kind is float else Decimal(10) ** (1 - getcontext().prec)
        return self.kind(digit) * abs(self.value(parameter)) / self.kind(self.rate)


def _step_notes(network: FeedForward) -> list[str]:
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


def _hints(objective: NetworkObjective, rate: float, entries: Sequence[Entry]) -> list[str]:
    """Whether it is the gradient that is wrong, or else which bug takes such a step."""
    failed = [entry for entry in entries if entry.status == FAIL]
    if not failed:
        return []
    parameters = objective.parameters(("weights", "biases"))
    gradients = dict(zip((parameter.name for parameter in parameters), objective.gradients(parameters)))
    if all(same(entry.gradient, gradients[entry.name]) for entry in failed):
        return ["each step follows its gradient, and the gradient is wrong: check_gradients says more"]

    def step(other: NetworkObjective) -> list[Number]:
        taken = StepObjective(other, rate)
        return taken.gradients(taken.parameters())

    return step_hints(objective, step, entries)
