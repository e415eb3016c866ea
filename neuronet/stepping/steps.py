"""Walks a network one event at a time, forth and back, on the real objects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, Optional

from neuronet import validate
from neuronet.errors import DataError, NumberError, UnknownNameError
from neuronet.feedforward import FeedForward
from neuronet.numbers.traced import Traced
from neuronet.scalar import Number
from neuronet.snapshot import Change
from neuronet.stepping.step import Step, group, partial
from neuronet.stepping.tracer import Event, Tracer

SIZES = ("term", "neuron", "layer", "phase", "sample")
"""How much an item of `Steps` holds, smallest first."""

_PARTS = {"net": "net", "output": "net", "loss": "loss", "error": "delta", "delta": "delta"}


class Steps(Iterator[Step]):
    """The steps of one sample: each item, when it is asked for, sets its numbers on the real neurons and synapses.

    Arguments and errors are those of `Network.steps`, which makes one of these.

    position: how many items have been taken.

    The walk is made once, when this is made; what is assigned to the network in between is written over, not computed
    with. Stopping early leaves the state of that moment.

    >>> from neuronet import Network
    >>> network = Network(2, 2, 1, seed=1)
    >>> steps = network.steps([0, 1], [1], 0.5)
    >>> len(steps), next(steps).sentence
    (31, 'h1 adds up what comes in: its net is 0.6949.')
    >>> network[1][0].net == steps[0].value, network[1][0].output
    (True, None)
    >>> steps.back().kind, network[1][0].net
    ('net', None)
    """

    def __init__(
        self,
        network: FeedForward,
        inputs: Sequence[Number],
        targets: Sequence[Number],
        learning_rate: Optional[Number] = None,
        by: str = "neuron",
    ) -> None:
        network.check()
        given = validate.row(inputs, len(network.layers[0]), "inputs", network.kind)
        wanted = network.checked_targets(targets)
        rate = None if learning_rate is None else validate.step_size(learning_rate, network.kind)
        if not isinstance(by, str) or by not in SIZES:
            raise UnknownNameError(f"by: unknown {validate.shown(by)}; known: {', '.join(SIZES)}")
        if network.kind is not float:
            name = getattr(network.kind, "__name__", repr(network.kind))
            raise NumberError(f"steps: expected a network of floats, got one of {name}; use network.convert(float)")
        tracer = Tracer(network)
        try:
            tracer.trace(given, wanted, rate)
        except TypeError as problem:
            if Traced.__name__ in str(problem) or "recorded" in str(problem):
                raise NumberError(
                    f"steps: expected formulas that any number can flow through, but {problem}"
                ) from problem
            raise
        self.network = network
        self.position = 0
        self._items = _items(tracer, by)
        self._undo: list[list[Change]] = []
        self._rest = tracer.rest
        self._closed = False

    def __len__(self) -> int:
        """How many items there are from the first to the last."""
        return len(self._items)

    def __getitem__(self, position: Any) -> Any:
        """The item at a place, without walking there."""
        if isinstance(position, slice):
            return [step for step, _ in self._items[position]]
        return self._items[position][0]

    def __next__(self) -> Step:
        """Take one more step, and return it."""
        if self._closed or self.position == len(self._items):
            raise StopIteration
        step, changes = self._items[self.position]
        with self.network.turn.by_hand("steps"):
            self.position += 1
            if self.position == len(self._items):
                changes = [*changes, *self._rest]
            self._undo.append([change.apply() for change in changes])
        return step

    def back(self) -> Step:
        """Undo the last step: every number is as it was before it. Returns that step; DataError at the beginning."""
        if not self.position:
            raise DataError("back: expected a step to go back from, but this is the beginning")
        with self.network.turn.by_hand("back"):
            for change in reversed(self._undo.pop()):
                change.apply()
            self.position -= 1
        step: Step = self._items[self.position][0]
        return step

    def close(self) -> None:
        """Stop here: no further step is taken, and the network stays as it is. `back` still works."""
        self._closed = True

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.position} of {len(self)})"


def _items(tracer: Tracer, by: str) -> list[Event]:
    """The events as items of this size, each with its changes."""
    if by == "neuron":
        return tracer.events
    if by == "term":
        found: list[Event] = []
        for one in tracer.events:
            found += [*(Event(term, []) for term in partial(one.step)), one]
        return found
    layer_of: dict[Any, str] = {neuron: layer.name for layer in tracer.network.layers for neuron in layer}

    def place(one: Event) -> tuple[str, ...]:
        phase, kind = one.step.phase, one.step.kind
        if by != "layer":
            return (phase if by == "phase" else "the whole sample",)
        return phase, layer_of.get(one.step.neuron, ""), "weight" if phase == "update" else _PARTS.get(kind, kind)

    groups = []
    for where, members in groupby(tracer.events, key=place):
        inside = list(members)
        words = ", ".join(word for word in where[:2] if word)
        changes = [change for one in inside for change in one.changes]
        groups.append(Event(group(by, [one.step for one in inside], words), changes))
    return groups
