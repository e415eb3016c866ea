"""The programs that a network is unrolled to: steps online, steps in batches, outputs, and the loss of a data set.

Each is one Python function. It is given samples and the memory: every number that outlasts a step, such as the weights.
It unpacks the memory into variables, goes over the samples, and hands the memory back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from math import copysign
from typing import Any, Callable

from neuronet.codegen.python import listed, made, printed
from neuronet.errors import RecordingError
from neuronet.feedforward import FeedForward
from neuronet.numbers.expression import Expression, Operand
from neuronet.scalar import Number
from neuronet.tracing.cells import LEFT_BEHIND
from neuronet.tracing.program import Program, Result
from neuronet.tracing.record import TracedNetwork
from neuronet.tracing.simplify import Facts, simplified
from neuronet.training.engine import walk

Results = Mapping[str, Operand]
"""What a walk computes, by the variables that hold it in the end."""

FAST_VARIABLES = 256
"""So many variables of a function are named by a single byte in CPython's code."""
TOTALS = ("loss", "distance")
"""What is added up over the samples."""


class Unrolled:
    """A network's walk as straight-line Python; printing it shows the text.

    source: the text of the function, which reads as the network: `h1_net`, `h1_output`, `o1_delta`, `i1_to_h1`.
    run: the function.
    memory: where the numbers belong that it is given and hands back, in order.
    shown: where the numbers belong that its last walk leaves on the neurons, in order.
    """

    def __init__(
        self,
        lines: Iterable[str],
        subject: TracedNetwork,
        memory: Iterable[str],
        shown: Iterable[str],
        granted: Collection[str],
    ) -> None:
        self.source = "\n".join(lines)
        self.run = made(self.source, repr(subject.network))
        self.memory = [subject.cells[name] for name in memory]
        self.shown = [subject.cells[name] for name in shown]
        self._granted = [cell for cell in self.memory if cell.name in granted]
        held = set(self.memory)
        self._cleared = [cell for cell in subject.cells.values() if cell.attribute == "gradient" and cell not in held]

    def taken(self) -> list[Number]:
        """The numbers of the memory as the neurons and synapses hold them now."""
        return [getattr(owner, attribute) for owner, attribute, _ in self.memory]

    def give(self, memory: Sequence[Number], shown: Sequence[Number] | None) -> None:
        """Let the neurons and synapses hold these numbers; `shown` only where there are any yet."""
        for (owner, attribute, _), value in zip(self.memory, memory):
            setattr(owner, attribute, value)
        if shown is not None:
            for (owner, attribute, _), value in zip(self.shown, shown):
                setattr(owner, attribute, value)

    def tried(self, samples: Sequence[Sequence[Number]], *totals: Number) -> Any:
        """What the program gives for these samples, or None where it fails: the walk will say better at which."""
        try:
            return self.run(samples, *totals, self.taken())
        except Exception:  # a user's own formula may raise anything
            return None

    def begins_cleared(self) -> bool:
        """Whether the gradients that are not in its memory are 0, as every step of it begins."""
        return all(is_unsigned_float(gradient) and gradient == 0 for gradient in (cell.get() for cell in self._cleared))

    def fits(self) -> bool:
        """Whether the memory holds what was taken for granted when the program was written: floats other than -0.0."""
        numbers = [getattr(owner, attribute) for owner, attribute, _ in self._granted]
        return set(map(type, numbers)) <= {float} and (0.0 not in numbers or all(map(is_unsigned_float, numbers)))

    def __str__(self) -> str:
        return self.source

    def __repr__(self) -> str:
        return f"Unrolled({self.run.__name__}, {len(self.source.splitlines())} lines)"


def is_unsigned_float(value: Any) -> bool:
    """Whether it is a float other than -0.0, which a program may take for granted of its memory."""
    return type(value) is float and (value != 0 or copysign(1, value) > 0)


def headings(subject: TracedNetwork) -> dict[str, str]:
    """What each variable belongs to: the comment that stands before its line, or before several of a kind."""
    kinds = {"net": "forward", "output": "forward", "error": "backward", "delta": "backward", "gradient": "gradients"}
    return {
        **{name: kinds.get(cell.attribute, "update") for name, cell in subject.cells.items()},
        **dict.fromkeys(TOTALS, "loss, and distance from the target"),
    }


# Training.


def unroll_steps(network: FeedForward) -> Unrolled:
    """The program of online training: forward, backward and update, sample by sample."""
    subject, results = _recorded_step(network, 0.0)
    gradients = _gradients(subject)
    if all(_is_zero(value) for name, value in results.items() if name in gradients):
        results = _without(gradients, results)  # each step begins and ends without a gradient
    else:
        subject, results = _recorded_step(network, None)
    section = _settled(subject, results)
    lines = [
        "def train(samples, learning_rate, loss, distance, memory):",
        *_busiest(section, section.memory),
        *listed(section.memory, "[", "] = memory", 1),
        *listed([*subject.inputs, *subject.targets, *subject.masks], "for [", "] in samples:", 1),
        *printed(section.program, headings(subject), 2),
        *_handed_back(section.memory, section),
    ]
    return Unrolled(lines, subject, section.memory, section.shown, section.granted)


def unroll_batches(network: FeedForward) -> Unrolled:
    """The program of training in batches: forward and backward for each sample, then one update for all."""
    subject = TracedNetwork(network)
    with subject.watched(training=True):
        totals = _walked(subject)
        results: Results = {**subject.results(), **totals}
    after = TracedNetwork(network)
    with after.watched():
        learning_rate, batch_size = after.parameters(["learning_rate", "batch_size"])
        # The mean over a single sample is a division by 1, which is exact.
        after.recording.assume(batch_size == 1, False)
        network.end_batch(batch_size, learning_rate)
        updates: Results = after.results()
    gradients = _gradients(subject)
    cleared = all(name in updates and _is_zero(updates[name]) for name in gradients)
    if cleared:
        updates = _without(gradients, updates)
    granted = _plain(subject) | (gradients if cleared else set())
    while True:
        update = _Section(after, updates, granted)
        unread = gradients - update.reads if cleared else set()
        sample = _Section(subject, _without(unread, results), granted, update.reads)
        kept = sample.granted & update.granted
        if kept == granted:
            break
        granted = kept
    used = {*sample.memory, *update.memory}
    memory = [name for name in subject.cells if name in used and not (cleared and name in gradients)]
    sums = [name for name in subject.cells if name in used and cleared and name in gradients]
    lines = [
        "def train(batches, learning_rate, loss, distance, memory):",
        *_busiest(sample, memory),
        *listed(memory, "[", "] = memory", 1),
        "    for samples in batches:",
        "        batch_size = float(len(samples))",
        *(listed(sums, "[", f"] = [0.0] * {len(sums)}", 2) if sums else []),
        *listed([*subject.inputs, *subject.targets, *subject.masks], "for [", "] in samples:", 2),
        *printed(sample.program, headings(subject), 3),
        *printed(update.program, headings(subject), 2),
        *_handed_back(memory, sample),
    ]
    return Unrolled(lines, subject, memory, sample.shown, granted)


def _recorded_step(network: FeedForward, gradient: float | None) -> tuple[TracedNetwork, Results]:
    """A forward and a backward walk and the update; every gradient begins as the number given, if any."""
    subject = TracedNetwork(network)
    with subject.watched(gradient, training=True):
        totals = _walked(subject)
        [learning_rate] = subject.parameters(["learning_rate"])
        network.end_batch(1, learning_rate)
        return subject, {**subject.results(), **totals}


def _walked(subject: TracedNetwork) -> Results:
    """Walk forward and backward, and give the totals with this sample added."""
    inputs, targets = subject.parameters(subject.inputs), subject.parameters(subject.targets)
    shares = walk(subject.network, inputs, targets)
    return {name: total + share for name, total, share in zip(TOTALS, subject.parameters(TOTALS), shares)}


# Looking.


def unroll_outputs(network: FeedForward) -> Unrolled:
    """The program of predicting: the outputs for each sample."""
    subject = TracedNetwork(network)
    with subject.watched():
        network.propagate(subject.parameters(subject.inputs))
        given, shown = network.outputs(), [neuron.output for neuron in network.layers[-1]]
        if len(given) != len(shown) or any(one is not other for one, other in zip(given, shown)):
            raise RecordingError("outputs: expected what the output neurons show, but the method changes it")
        results = subject.results()
    section = _looking(subject, results)
    outputs = [section.texts[name] for name in subject.names_of(network.layers[-1], "output")]
    lines = [
        "def predict(samples, memory):",
        *_busiest(section, section.memory),
        *listed(section.memory, "[", "] = memory", 1),
        "    outputs = []",
        *listed(subject.inputs, "for [", "] in samples:", 1),
        *printed(section.program, headings(subject), 2),
        *listed(outputs, "outputs.append([", "])", 2),
        "    return outputs",
    ]
    return Unrolled(lines, subject, section.memory, [], section.granted)


def unroll_loss(network: FeedForward) -> Unrolled:
    """The program of measuring: the loss of all samples together."""
    subject = TracedNetwork(network)
    with subject.watched():
        network.propagate(subject.parameters(subject.inputs))
        targets = subject.parameters(subject.targets)
        [total] = subject.parameters(["loss"])
        loss = total + network.loss_function.of_sample(targets, network.layers[-1].neurons)
        results = {**subject.results(), "loss": loss}
    section = _looking(subject, results)
    lines = [
        "def measure(samples, loss, memory):",
        *_busiest(section, section.memory),
        *listed(section.memory, "[", "] = memory", 1),
        *listed([*subject.inputs, *subject.targets], "for [", "] in samples:", 1),
        *printed(section.program, headings(subject), 2),
        "    return loss",
    ]
    return Unrolled(lines, subject, section.memory, [], section.granted)


def _looking(subject: TracedNetwork, results: Results) -> _Section:
    """The section of a walk that must leave nothing behind."""
    for name in results:
        if name in subject.cells and subject.cells[name].attribute not in LEFT_BEHIND:
            raise RecordingError(f"{subject.cells[name].owner!r}: expected the forward walk to leave its numbers alone")
    return _settled(subject, results)


# Sections.


class _Section:
    """What is computed for one sample, or in one update.

    subject: the network that is recorded.
    granted: the cells that hold floats other than -0.0 before, and after.
    reads: the variables that it reads from outside.
    memory: the cells whose number it is given, in order.
    shown: the cells of what the walk leaves on the neurons, in order.
    texts: what holds each result in the end: a variable, or a number.
    """

    def __init__(
        self, subject: TracedNetwork, results: Results, granted: Collection[str], read_later: Collection[str] = ()
    ) -> None:
        self.subject = subject
        known = {*granted, *TOTALS, "learning_rate", "batch_size", *subject.masks}
        passing = {name for name, cell in subject.cells.items() if cell.attribute in LEFT_BEHIND}
        named = [value.number for name, value in results.items() if name in passing and isinstance(value, Expression)]
        facts = Facts({*known, *subject.inputs, *subject.targets}, known)
        recording, values, facts = simplified(subject.recording, list(results.values()), named, facts)
        rewritten = dict(zip(results, values))
        self.granted = {
            name
            for name in granted
            if name not in rewritten or (facts.is_float(rewritten[name]) and facts.is_unsigned(rewritten[name]))
        }
        begun = {expression.operands[0] for expression in recording.expressions if expression.operation == "parameter"}
        carried = {name for name in rewritten if name not in passing or name in begun or name in read_later}
        self.program = Program(recording, [Result(name, value, name in carried) for name, value in rewritten.items()])
        self.reads = set(self.program.parameters)
        given = self.reads | carried
        self.memory = [name for name in subject.cells if name in given and name not in subject.inputs]
        own = carried.union(result.name for result in self.program.copied)
        self.texts = {name: name if name in own else self._text(value) for name, value in rewritten.items()}
        self.texts.update({name: name for name in subject.inputs})
        self.shown = [name for name in subject.cells if name in passing and name in self.texts]

    def _text(self, value: Operand) -> str:
        return self.program.variables[value.number] if isinstance(value, Expression) else repr(value)


def _settled(subject: TracedNetwork, results: Results) -> _Section:
    """The section that takes for granted of its memory only what it grants in turn."""
    granted = _plain(subject)
    section = _Section(subject, results, granted)
    while section.granted != granted:
        granted = section.granted
        section = _Section(subject, results, granted)
    return section


def _busiest(section: _Section, memory: Sequence[str]) -> list[str]:
    """Outputs and deltas named before all other variables, where there are many.

    Python reaches the first 256 variables of a function more quickly, and these are read for every synapse. Measured on
    16-16-4: a tenth of the time.
    """
    cells = section.subject.cells
    busiest = [name for name in section.shown if cells[name].attribute in ("output", "delta")]
    busiest = [name for name in busiest if section.texts[name] == name and name not in memory]
    if len(memory) + len(section.shown) <= FAST_VARIABLES or not busiest:
        return []
    return listed(busiest, "[", f"] = [0.0] * {len(busiest)}", 1)


def _handed_back(memory: Sequence[str], section: _Section) -> list[str]:
    shown = [section.texts[name] for name in section.shown]
    return [*listed(memory, "memory = [", "]", 1), *listed(shown, "return loss, distance, memory, [", "]", 1)]


def _plain(subject: TracedNetwork) -> set[str]:
    kept = {name: cell for name, cell in subject.cells.items() if cell.attribute not in LEFT_BEHIND}
    return {name for name, cell in kept.items() if is_unsigned_float(cell.get())}


def _gradients(subject: TracedNetwork) -> set[str]:
    return {name for name, cell in subject.cells.items() if cell.attribute == "gradient"}


def _without(names: Collection[str], results: Results) -> Results:
    return {name: value for name, value in results.items() if name not in names}


def _is_zero(value: Operand) -> bool:
    return is_unsigned_float(value) and value == 0


FORMS: dict[str, Callable[[Any], Unrolled]] = {
    "steps": unroll_steps,
    "batches": unroll_batches,
    "outputs": unroll_outputs,
    "loss": unroll_loss,
}
"""What a network can be unrolled to, by name."""
