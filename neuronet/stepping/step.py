"""One step of the walk as a record: what was computed, where, from what, and how one says it."""

from __future__ import annotations

from typing import Any, NamedTuple, Optional, Union

from neuronet.errors import printable
from neuronet.graph import Neuron, Synapse
from neuronet.numbers.traced import value_of
from neuronet.scalar import short
from neuronet.stepping.formula import NUMBERS, SYMBOLS, factors, name_of, owner_of, summands

PHASES = ("forward", "backward", "update")
"""The three walks, in order."""


class Factor(NamedTuple):
    """What a term multiplies."""

    symbols: str
    """In names: `weight(b1 -> h1)`."""
    numbers: str
    """With every digit."""
    value: Any


class Term(NamedTuple):
    """A part of a sum."""

    owner: Optional[Any]
    """The synapse that it belongs to, else the neuron, else None."""
    symbols: str
    """In names: `weight(i1 -> h1) * output(i1)`."""
    numbers: str
    """With every digit."""
    factors: tuple[Factor, ...]
    """What it multiplies, left to right."""
    value: Any
    """The product."""
    total: Any
    """The sum up to and with this term, left to right as the walk adds."""
    formula: Any
    """The recorded product."""


class Step(NamedTuple):
    """One event of the walk, or a group of them.

    >>> from neuronet import Network
    >>> steps = Network(1, 1, weights=[0.5, 2]).steps([3], [1])
    >>> step = next(steps)
    >>> step.symbols
    'net(o1) = weight(b1 -> o1) * 1 + weight(i1 -> o1) * output(i1)'
    >>> step.numbers, step.value
    ('0.5 * 1.0 + 2.0 * 3.0', 6.5)
    """

    phase: str
    """"forward", "backward" or "update"."""
    kind: str
    """"net", "output", "loss", "error", "delta", "gradient" or "weight"; what an optimizer keeps, such as
    "velocity"; "term" for a part of a sum; for a group "layer", "phase" or "sample"."""
    neuron: Optional[Neuron]
    """The neuron it is about; for a synapse the one that it leads to; None for a loss or group."""
    synapse: Optional[Synapse]
    """The synapse it is about, or None."""
    symbols: str
    """The formula in names; of a group, a line for each of its steps."""
    numbers: str
    """The same with every digit put in; Python evaluates it to the very value, see `formula.NAMESPACE`."""
    value: Any
    """What came out; None for a group."""
    terms: tuple[Term, ...] = ()
    """The parts of the sum, one where it is no sum."""
    before: Any = None
    """What stood there before; for a term the sum so far."""
    sentence: str = ""
    """The step in words."""
    steps: tuple[Step, ...] = ()
    """The steps of a group, in order."""
    formula: Any = None
    """The recorded formula: a `Traced`, or a number where nothing was computed."""

    @property
    def name(self) -> str:
        """What it is about: "h1", "h1 -> o1", or ""."""
        owner = self.owner
        return "" if owner is None else name_of(owner)

    @property
    def owner(self) -> Optional[Union[Neuron, Synapse]]:
        """The synapse where there is one, else the neuron, else None."""
        return self.neuron if self.synapse is None else self.synapse

    def __str__(self) -> str:
        formula = f"{self.symbols}\n    = {self.numbers}\n    = {self.value!r}"
        return printable(self.sentence if self.value is None else formula, keep="\n")


def terms_of(formula: Any) -> tuple[Term, ...]:
    """The parts of a sum, with the partial sums as the walk made them."""
    found: list[Term] = []
    total: Any = 0
    parts = summands(formula)
    for part in parts:
        value = value_of(part)
        total = value if len(parts) == 1 else total + value
        multiplied = tuple(Factor(SYMBOLS.write(one), NUMBERS.write(one), value_of(one)) for one in factors(part))
        found.append(Term(owner_of(part), SYMBOLS.write(part), NUMBERS.write(part), multiplied, value, total, part))
    return tuple(found)


def event(phase: str, kind: str, owner: Any, formula: Any, *, before: Any, title: str) -> Step:
    """The record of one event.

    owner: a neuron, a synapse, or None for the loss.
    formula: what was recorded.
    title: the left side of the equation, such as "net(h1)"; with a second one where a function has a name.
    """
    synapse = owner if isinstance(owner, Synapse) else None
    neuron = owner if synapse is None else synapse.destination
    value = value_of(formula)
    name = "" if owner is None else name_of(owner)
    sentence = _sentence(phase, kind, title).format(name=name, value=short(value), before=short(before))
    symbols = f"{title} = {SYMBOLS.write(formula)}"
    numbers, terms = NUMBERS.write(formula), terms_of(formula)
    return Step(phase, kind, neuron, synapse, symbols, numbers, value, terms, before, sentence, formula=formula)


_SENTENCES = {
    "net": "{name} adds up what comes in: its net is {value}.",
    "output": "{name} turns its net into its output, {value}.",
    "loss": "The loss of this sample is {value}.",
    "error": "The error of {name} is {value}: how fast the loss falls as its output grows.",
    "delta": "The delta of {name} is {value}: how fast the loss falls as its net grows.",
    "gradient": "The gradient of {name} is {value}: how fast the loss rises as this weight grows.",
    "weight": "The weight of {name} goes from {before} to {value}.",
}


def _sentence(phase: str, kind: str, title: str) -> str:
    """What one says of an event; the braces are to be filled in."""
    if kind == "output" and title.startswith("new"):
        return "Dropout makes the output of {name} {value}."
    if phase == "update" and kind != "weight":
        return f"The {kind.replace('_', ' ')} of {{name}} goes from {{before}} to {{value}}."
    return _SENTENCES[kind]


def partial(step: Step) -> list[Step]:
    """A step for each term of a sum of several, none for any other."""
    if len(step.terms) < 2:
        return []
    found = []
    before: Any = 0
    for term in step.terms:
        synapse = term.owner if isinstance(term.owner, Synapse) else step.synapse
        sentence = f"{term.symbols} is {short(term.value)}; the sum so far is {short(term.total)}."
        part = Step(step.phase, "term", step.neuron, synapse, term.symbols, term.numbers, term.value, (term,))
        found.append(part._replace(before=before, sentence=sentence, formula=term.formula))
        before = term.total
    return found


def group(kind: str, steps: list[Step], where: str) -> Step:
    """Steps that belong together, as one."""
    words = f"{where}: {len(steps)} step{'s' if len(steps) != 1 else ''}."
    symbols, numbers = ("\n".join(texts) for texts in zip(*((step.symbols, step.numbers) for step in steps)))
    return Step(steps[0].phase, kind, None, None, symbols, numbers, None, sentence=words, steps=tuple(steps))
