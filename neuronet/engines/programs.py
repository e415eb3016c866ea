"""The unrolled programs: a traced walk as one straight-line Python function that does the work for many samples.

Each function is given samples and the memory: every number that outlasts a step, such as the weights. It unpacks the
memory into variables, goes over the samples, and hands the memory back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Callable

from neuronet.codegen.python import listed, made, printed
from neuronet.feedforward import FeedForward
from neuronet.scalar import Number
from neuronet.tracing import sections
from neuronet.tracing.record import TracedNetwork
from neuronet.tracing.sections import TOTALS, Section, is_unsigned_float

FAST_VARIABLES = 256
"""So many variables of a function are named by a single byte in CPython's code."""


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
        traced: TracedNetwork,
        memory: Iterable[str],
        shown: Iterable[str],
        assumptions: Collection[str],
    ) -> None:
        self.source = "\n".join(lines)
        self.run = made(self.source, repr(traced.network))
        self.memory = [traced.cells[name] for name in memory]
        self.shown = [traced.cells[name] for name in shown]
        self._assumed = [cell for cell in self.memory if cell.name in assumptions]
        held = set(self.memory)
        self._cleared = [cell for cell in traced.cells.values() if cell.attribute == "gradient" and cell not in held]

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

    def guards_hold(self) -> bool:
        """Whether the memory holds what the program assumes: floats other than -0.0."""
        numbers = [getattr(owner, attribute) for owner, attribute, _ in self._assumed]
        return set(map(type, numbers)) <= {float} and (0.0 not in numbers or all(map(is_unsigned_float, numbers)))

    def __str__(self) -> str:
        return self.source

    def __repr__(self) -> str:
        return f"Unrolled({self.run.__name__}, {len(self.source.splitlines())} lines)"


def unroll_steps(network: FeedForward) -> Unrolled:
    """The program of online training: forward, backward and update, sample by sample."""
    step = sections.online_step(network)
    traced, memory = step.traced, step.memory
    lines = [
        "def train(samples, learning_rate, loss, distance, memory):",
        *_busiest(step, memory),
        *listed(memory, "[", "] = memory", 1),
        *listed([*traced.inputs, *traced.targets, *traced.masks], "for [", "] in samples:", 1),
        *printed(step.program, _headings(traced), 2),
        *_handed_back(memory, step),
    ]
    return Unrolled(lines, traced, memory, step.left_behind, step.assumptions)


def unroll_batches(network: FeedForward) -> Unrolled:
    """The program of training in batches: forward and backward for each sample, then one update for all."""
    sample, update, memory, sums, assumptions = sections.batch(network)
    traced = sample.traced
    lines = [
        "def train(batches, learning_rate, loss, distance, memory):",
        *_busiest(sample, memory),
        *listed(memory, "[", "] = memory", 1),
        "    for samples in batches:",
        "        batch_size = float(len(samples))",
        *(listed(sums, "[", f"] = [0.0] * {len(sums)}", 2) if sums else []),
        *listed([*traced.inputs, *traced.targets, *traced.masks], "for [", "] in samples:", 2),
        *printed(sample.program, _headings(traced), 3),
        *printed(update.program, _headings(traced), 2),
        *_handed_back(memory, sample),
    ]
    return Unrolled(lines, traced, memory, sample.left_behind, assumptions)


def unroll_outputs(network: FeedForward) -> Unrolled:
    """The program of predicting: the outputs for each sample."""
    section = sections.outputs(network)
    traced = section.traced
    outputs = [section.texts[name] for name in traced.names_of(network.layers[-1], "output")]
    lines = [
        "def predict(samples, memory):",
        *_busiest(section, section.memory),
        *listed(section.memory, "[", "] = memory", 1),
        "    outputs = []",
        *listed(traced.inputs, "for [", "] in samples:", 1),
        *printed(section.program, _headings(traced), 2),
        *listed(outputs, "outputs.append([", "])", 2),
        "    return outputs",
    ]
    return Unrolled(lines, traced, section.memory, [], section.assumptions)


def unroll_loss(network: FeedForward) -> Unrolled:
    """The program of measuring: the loss of all samples together."""
    section = sections.loss(network)
    traced = section.traced
    lines = [
        "def measure(samples, loss, memory):",
        *_busiest(section, section.memory),
        *listed(section.memory, "[", "] = memory", 1),
        *listed([*traced.inputs, *traced.targets], "for [", "] in samples:", 1),
        *printed(section.program, _headings(traced), 2),
        "    return loss",
    ]
    return Unrolled(lines, traced, section.memory, [], section.assumptions)


def _headings(traced: TracedNetwork) -> dict[str, str]:
    """What each variable belongs to: the comment that stands before its line, or before several of a kind."""
    kinds = {"net": "forward", "output": "forward", "error": "backward", "delta": "backward", "gradient": "gradients"}
    return {
        **{name: kinds.get(cell.attribute, "update") for name, cell in traced.cells.items()},
        **dict.fromkeys(TOTALS, "loss, and distance from the target"),
    }


def _busiest(section: Section, memory: Sequence[str]) -> list[str]:
    """Outputs and deltas named before all other variables, where there are many.

    Python reaches the first 256 variables of a function more quickly, and these are read for every synapse. Measured on
    16-16-4: a tenth of the time.
    """
    cells = section.traced.cells
    busiest = [name for name in section.left_behind if cells[name].attribute in ("output", "delta")]
    busiest = [name for name in busiest if section.texts[name] == name and name not in memory]
    if len(memory) + len(section.left_behind) <= FAST_VARIABLES or not busiest:
        return []
    return listed(busiest, "[", f"] = [0.0] * {len(busiest)}", 1)


def _handed_back(memory: Sequence[str], section: Section) -> list[str]:
    left_behind = [section.texts[name] for name in section.left_behind]
    return [*listed(memory, "memory = [", "]", 1), *listed(left_behind, "return loss, distance, memory, [", "]", 1)]


PROGRAMS: dict[str, Callable[[Any], Unrolled]] = {
    "steps": unroll_steps,
    "batches": unroll_batches,
    "outputs": unroll_outputs,
    "loss": unroll_loss,
}
"""What a network can be unrolled to, by name."""
