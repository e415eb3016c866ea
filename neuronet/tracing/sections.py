"""The walks in sections: what is computed for one sample, or in one update, as programs that know no language yet.

A section is a piece that is repeated: a step of online training, a sample of a batch, the update after it, a sample
that is only looked at. It reads numbers from outside, leaves others there, and may assume something of them: that they
are floats other than -0.0, without which the simplest rewrites would not be exact. What it assumes has to hold again
when it is through, so the assumptions are narrowed down until they do.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from math import copysign
from typing import Any, NamedTuple

from neuronet.errors import RecordingError
from neuronet.feedforward import FeedForward
from neuronet.numbers.expression import Expression, Operand
from neuronet.tracing.cells import LEFT_BEHIND
from neuronet.tracing.program import Program, Result
from neuronet.tracing.record import TracedNetwork
from neuronet.tracing.simplify import Facts, simplified
from neuronet.training.engine import walk

Results = Mapping[str, Operand]
"""What a walk computes, by the variables that hold it in the end."""
TOTALS = ("loss", "distance")
"""What is added up over the samples."""


class Section:
    """What is computed for one sample, or in one update.

    traced: the network that was recorded.
    results: what the walk left, by the variables that hold it in the end.
    assumed: the cells that are taken to hold floats other than -0.0 when the section begins.
    read_later: the variables that a section after this one reads.

    program: the computation, simplified and put in order.
    assumptions: those of the assumed that hold again when the section is through.
    reads: the variables that it reads from outside.
    memory: the cells whose number it is given, in order.
    left_behind: the cells of what the walk leaves on the neurons, in order.
    texts: what holds each result in the end: a variable, or a number.
    """

    def __init__(
        self, traced: TracedNetwork, results: Results, assumed: Collection[str], read_later: Collection[str] = ()
    ) -> None:
        self.traced = traced
        passing = {name for name, cell in traced.cells.items() if cell.attribute in LEFT_BEHIND}
        named = [value.number for name, value in results.items() if name in passing and isinstance(value, Expression)]
        recording, values, facts = simplified(traced.recording, list(results.values()), named, self._facts(assumed))
        found = dict(zip(results, values))
        self.assumptions = {
            name
            for name in assumed
            if name not in found or (facts.is_float(found[name]) and facts.is_unsigned(found[name]))
        }
        begun = {one.operands[0] for one in recording.expressions if one.operation == "parameter"}
        carried = {name for name in found if name not in passing or name in begun or name in read_later}
        self.program = Program(recording, [Result(name, value, name in carried) for name, value in found.items()])
        self.reads = set(self.program.parameters)
        given = self.reads | carried
        self.memory = [name for name in traced.cells if name in given and name not in traced.inputs]
        own = carried.union(result.name for result in self.program.copied)
        self.texts = {name: name if name in own else self._text(value) for name, value in found.items()}
        self.texts.update({name: name for name in traced.inputs})
        self.left_behind = [name for name in traced.cells if name in passing and name in self.texts]

    def _facts(self, assumed: Collection[str]) -> Facts:
        """What is known of the numbers from outside."""
        known = {*assumed, *TOTALS, "learning_rate", "batch_size", *self.traced.masks}
        return Facts({*known, *self.traced.inputs, *self.traced.targets}, known)

    def _text(self, value: Operand) -> str:
        return self.program.variables[value.number] if isinstance(value, Expression) else repr(value)


class Batch(NamedTuple):
    """Training in batches: a section for each sample, and one for the update after them."""

    sample: Section
    update: Section
    memory: list[str]
    """The cells whose number is given to the first batch and handed back by the last."""
    sums: list[str]
    """The gradients, which begin each batch at 0."""
    assumptions: Collection[str]


def online_step(network: FeedForward) -> Section:
    """A step of online training: forward, backward and update for one sample."""
    traced, results = _recorded_step(network, 0.0)
    gradients = _gradients(traced)
    if all(_is_zero(value) for name, value in results.items() if name in gradients):
        results = _without(gradients, results)  # each step begins and ends without a gradient
    else:
        traced, results = _recorded_step(network, None)
    return _steady(traced, results)


def batch(network: FeedForward) -> Batch:
    """Training in batches: forward and backward for each sample, then one update for all."""
    traced = TracedNetwork(network)
    with traced.watched(training=True):
        totals = _walked(traced)
        results: Results = {**traced.results(), **totals}
    after = TracedNetwork(network)
    with after.watched():
        learning_rate, batch_size = after.parameters(["learning_rate", "batch_size"])
        # The mean over a single sample is a division by 1, which is exact.
        after.recording.assume(batch_size == 1, False)
        network.end_batch(batch_size, learning_rate)
        updates: Results = after.results()
    gradients = _gradients(traced)
    cleared = all(name in updates and _is_zero(updates[name]) for name in gradients)
    if cleared:
        updates = _without(gradients, updates)
    sample, update, assumptions = _steady_batch((traced, results), (after, updates), gradients if cleared else set())
    used = {*sample.memory, *update.memory}
    is_sum = {name: cleared and name in gradients for name in traced.cells if name in used}
    memory = [name for name in is_sum if not is_sum[name]]
    return Batch(sample, update, memory, [name for name in is_sum if is_sum[name]], assumptions)


def _steady_batch(
    walked: tuple[TracedNetwork, Results], updated: tuple[TracedNetwork, Results], sums: set[str]
) -> tuple[Section, Section, set[str]]:
    """The two sections of a batch, which assume of their memory only what both leave so.

    sums: the gradients, where every batch begins them at 0.
    """
    assumed = _unsigned_floats(walked[0]) | sums
    while True:
        update = Section(*updated, assumed)
        sample = Section(walked[0], _without(sums - update.reads, walked[1]), assumed, update.reads)
        kept = sample.assumptions & update.assumptions
        if kept == assumed:
            return sample, update, assumed
        assumed = kept


def outputs(network: FeedForward) -> Section:
    """Predicting: the outputs for one sample."""
    traced = TracedNetwork(network)
    with traced.watched():
        network.propagate(traced.parameters(traced.inputs))
        given, shown = network.outputs(), [neuron.output for neuron in network.layers[-1]]
        if len(given) != len(shown) or any(one is not other for one, other in zip(given, shown)):
            raise RecordingError("outputs: expected what the output neurons show, but the method changes it")
        results = traced.results()
    return _steady(traced, _only_looking(traced, results))


def loss(network: FeedForward) -> Section:
    """Measuring: the loss of one sample, added to that of those before it."""
    traced = TracedNetwork(network)
    with traced.watched():
        network.propagate(traced.parameters(traced.inputs))
        targets = traced.parameters(traced.targets)
        [total] = traced.parameters(["loss"])
        total = total + network.loss_function.of_sample(targets, network.layers[-1].neurons)
        results = {**traced.results(), "loss": total}
    return _steady(traced, _only_looking(traced, results))


def _recorded_step(network: FeedForward, gradient: float | None) -> tuple[TracedNetwork, Results]:
    """A forward and a backward walk and the update; every gradient begins as the number given, if any."""
    traced = TracedNetwork(network)
    with traced.watched(gradient, training=True):
        totals = _walked(traced)
        [learning_rate] = traced.parameters(["learning_rate"])
        network.end_batch(1, learning_rate)
        return traced, {**traced.results(), **totals}


def _walked(traced: TracedNetwork) -> Results:
    """Walk forward and backward, and give the totals with this sample added."""
    inputs, targets = traced.parameters(traced.inputs), traced.parameters(traced.targets)
    added = walk(traced.network, inputs, targets)
    return {name: total + one for name, total, one in zip(TOTALS, traced.parameters(TOTALS), added)}


def _only_looking(traced: TracedNetwork, results: Results) -> Results:
    """The results of a walk that must leave nothing behind; RecordingError where it does."""
    for name in results:
        if name in traced.cells and traced.cells[name].attribute not in LEFT_BEHIND:
            raise RecordingError(f"{traced.cells[name].owner!r}: expected the forward walk to leave its numbers alone")
    return results


def _steady(traced: TracedNetwork, results: Results) -> Section:
    """The section that assumes of its memory only what it leaves so."""
    assumed = _unsigned_floats(traced)
    section = Section(traced, results, assumed)
    while section.assumptions != assumed:
        assumed = section.assumptions
        section = Section(traced, results, assumed)
    return section


def _unsigned_floats(traced: TracedNetwork) -> set[str]:
    """The cells that outlast a walk and hold floats other than -0.0 now."""
    lasting = {name: cell for name, cell in traced.cells.items() if cell.attribute not in LEFT_BEHIND}
    return {name for name, cell in lasting.items() if is_unsigned_float(cell.get())}


def is_unsigned_float(value: Any) -> bool:
    """Whether it is a float other than -0.0."""
    return type(value) is float and (value != 0 or copysign(1, value) > 0)


def _gradients(traced: TracedNetwork) -> set[str]:
    return {name for name, cell in traced.cells.items() if cell.attribute == "gradient"}


def _without(names: Collection[str], results: Results) -> Results:
    return {name: value for name, value in results.items() if name not in names}


def _is_zero(value: Operand) -> bool:
    return is_unsigned_float(value) and value == 0
