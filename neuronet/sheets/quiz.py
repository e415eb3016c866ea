"""Questions about one sample: a net, an output, a delta, a new weight; and what the usual slips would answer.

No slip is computed here. What a slip gives comes from a walk: that of a copy with the very bug planted, that of the
network with another learning rate, or from a number that the walk itself has found on the way.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any, NamedTuple, Optional

from neuronet.bugs import plant
from neuronet.errors import DataError
from neuronet.feedforward import FeedForward
from neuronet.sheets.page import printer_of, shown
from neuronet.stepping.formula import quantities
from neuronet.stepping.step import Step
from neuronet.stepping.steps import Steps

DIGITS = 5
"""Numbers in questions and solutions are shown with so many significant digits."""

_FORGOTTEN_SLOPE = "the derivative of the activation was forgotten"
_NEW_WEIGHT = "the error was sent back over weights that had been updated already"
_PLANTED = {
    "delta": (
        ("no-hidden-slope", _FORGOTTEN_SLOPE),
        ("no-output-slope", _FORGOTTEN_SLOPE),
        ("slope-of-output", "the derivative was taken at the output, but it is that at the net"),
        ("slope-fed-with-net", "the net was put where the output belongs in the derivative"),
        ("cross-entropy-times-slope", "with this loss the derivative of the activation cancels and does not count"),
        ("transposed-weights", "the weights were taken the other way round"),
        ("update-before-propagate", _NEW_WEIGHT),
        ("fan-out-overwritten", "only one of the neurons that it leads to was counted"),
        ("sign-everywhere", "the sign is turned"),
    ),
    "weight": (
        ("uphill", "the step went up the slope: the sign is turned"),
        ("no-hidden-slope", _FORGOTTEN_SLOPE),
        ("no-output-slope", _FORGOTTEN_SLOPE),
        ("own-output-as-input", "the output that counts is that of the source, not that of the neuron itself"),
        ("update-before-propagate", _NEW_WEIGHT),
        ("transposed-weights", "the weights were taken the other way round"),
    ),
}


class Question(NamedTuple):
    """One thing to find."""

    quantity: str
    """Such as `net(h1)`."""
    given: list[str]
    """What is known: `output(i1) = 0.5`."""
    answer: float
    allowed: float
    """An answer that is off by at most this is right."""
    slips: list[tuple[float, str]]
    """What usual slips give, and their names."""
    solution: str
    """The formula, the numbers put in, and the result."""

    def is_right(self, given: float) -> bool:
        """Whether an answer counts."""
        return abs(given - self.answer) <= self.allowed

    def slip(self, given: float) -> Optional[str]:
        """The slip that gives this wrong answer, or None where none is known that does."""
        near = [(abs(given - value), words) for value, words in self.slips if abs(given - value) <= self.allowed]
        return min(near)[1] if near else None


class Quiz:
    """Questions about one sample of a network.

    A net, an output, the delta of an output neuron, that of a hidden one where there is one, and a new weight.

    network, inputs, targets, learning_rate: as in `Network.steps`; the network is left as it is.
    seed: chooses the neurons.
    """

    def __init__(
        self,
        network: FeedForward,
        inputs: Sequence[float],
        targets: Sequence[float],
        *,
        learning_rate: float = 0.5,
        seed: int = 1,
    ) -> None:
        self.network = network
        self.sample = list(inputs), list(targets)
        self.learning_rate = learning_rate
        self.steps: list[Step] = Steps(network, *self.sample, learning_rate)[:]
        self._planted_walks: dict[str, list[Step]] = {}
        rng = Random(seed)
        outputs = list(network.layers[-1])
        nets, activated, deltas, weights = (
            [step for step in self.steps if step.kind == kind] for kind in ("net", "output", "delta", "weight")
        )
        if not weights:
            raise DataError("network: expected a synapse that is not frozen, for a new weight is asked for")
        rows = [[step for step in weights if step.neuron in layer.neurons] for layer in network.layers]
        row = rng.choice([row for row in rows if row])  # the new weights that lead to one row of neurons
        kinds = [
            nets,
            activated,
            [step for step in deltas if step.neuron in outputs],
            [step for step in deltas if step.neuron not in outputs],
            row,
        ]
        self.questions = [self._question(rng.choice(self._worth_asking(steps))) for steps in kinds if steps]

    def _worth_asking(self, found: Sequence[Step]) -> list[Step]:
        """The steps with the larger results: a tiny one is all rounding."""
        kind = found[0].kind
        sizes = [abs(step.value - step.before) if kind == "weight" else abs(step.value) for step in found]
        return [step for step, size in zip(found, sizes) if 4 * size >= max(sizes)]

    def _question(self, step: Step) -> Question:
        quantity = step.symbols.partition(" = ")[0]
        given = [f"{one.text} = {shown(value, DIGITS)}" for one, value in quantities(step.formula).items()]
        numbers = printer_of(DIGITS).write(step.formula)
        solution = f"{step.symbols}\n    = {numbers}\n    = {shown(step.value, DIGITS)}"
        return Question(quantity, given, step.value, _allowed(step), self._slips(step), solution)

    def _slips(self, step: Step) -> list[tuple[float, str]]:
        allowed = _allowed(step)
        planted = [(self._planted(name, step), words) for name, words in _PLANTED.get(step.kind, ())]
        found = [*self._met_on_the_way(step), *planted, (-step.value, "the sign is turned")]
        return [(value, words) for value, words in found if value is not None and abs(value - step.value) > allowed]

    def _met_on_the_way(self, step: Step) -> list[tuple[Any, str]]:
        """Slips whose answer is a number that the walk has found, or finds with another learning rate."""
        if step.kind == "net":
            total: Any = 0
            for term in step.terms:
                if not getattr(getattr(term.owner, "source", None), "is_bias", False):
                    total += term.value
            return [(total, "the bias was forgotten")]
        if step.kind == "output":
            return [(self._other(step, "net"), "this is the net; it has not gone through the activation yet")]
        if step.kind == "delta":
            return [(self._other(step, "error"), _FORGOTTEN_SLOPE)]
        whole = Steps(self.network, *self.sample, 1.0)[:]
        return [
            (_value(whole, step), "the learning rate was forgotten"),
            (self._other(step, "gradient"), "this is the gradient; the weight has yet to take its step"),
            (step.before, "this is the old weight"),
        ]

    def _other(self, step: Step, kind: str) -> Any:
        """The number of another kind that the walk has left at the same place."""
        return _value(self.steps, step._replace(kind=kind))

    def _planted(self, name: str, step: Step) -> Any:
        """What the walk of a copy with this bug finds; None where the bug cannot show here."""
        if name not in self._planted_walks:
            try:
                planted = plant(name, self.network)
                self._planted_walks[name] = Steps(planted, *self.sample, self.learning_rate)[:]
            except (ValueError, ArithmeticError):
                self._planted_walks[name] = []
        return _value(self._planted_walks[name], step)


def _value(steps: Sequence[Step], wanted: Step) -> Any:
    """The last number of this kind at this place, for a bug may find it twice."""
    values = [step.value for step in steps if (step.kind, step.name) == (wanted.kind, wanted.name)]
    return values[-1] if values else None


def _allowed(step: Step) -> float:
    """One part in a hundred; of a new weight, one part in twenty of its step; never less than the rounding on view."""
    size = abs(step.value - step.before) / 20 if step.kind == "weight" else abs(step.value) / 100
    largest = max([abs(term.value) for term in step.terms] + [abs(step.value)])
    return float(max(size, largest * 2 * 10.0**-DIGITS, 1e-9))
