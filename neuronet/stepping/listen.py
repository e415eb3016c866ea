"""Listens to a walk: the network's own methods run on numbers that tell how they were made, and all is put back.

Whenever the walk leaves a number on a neuron or synapse, that is an event. The number is kept as the recorded formula
of the event, and what stands on the object from then on is a new quantity with a name, so that later formulas speak
of `output(h1)` and not of how it was made. No step of the walk is written here: what is told is what was computed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from types import new_class
from typing import TYPE_CHECKING, Any, NamedTuple

from neuronet.errors import NumberError
from neuronet.graph import Neuron, Synapse
from neuronet.numbers.told import Telling, Told, is_plain, value_of
from neuronet.scalar import Number
from neuronet.stepping.formula import Quantity, quantities
from neuronet.stepping.step import Step, event
from neuronet.unroll.record import held_by

if TYPE_CHECKING:
    from neuronet.network import Network

LEFT_BY_WALKS = ("net", "output", "error", "delta")
CONTAINERS = (list, dict, set)
ABSENT = object()
"""Stands for an attribute that is not there."""


class Change(NamedTuple):
    """What an event leaves on one object."""

    owner: Any
    attribute: str
    value: Any

    def apply(self) -> Change:
        """Leave it there; returns the change that undoes it."""
        before = getattr(self.owner, self.attribute, ABSENT)
        if self.value is ABSENT:
            delattr(self.owner, self.attribute)
        else:
            setattr(self.owner, self.attribute, self.value)
        return Change(self.owner, self.attribute, before)


class Event(NamedTuple):
    """A step, and the changes that come with it: its own, and those that nobody is told of, such as clearing."""

    step: Step
    changes: list[Change]


class Box:
    """A list, dict or set, and what was in it."""

    def __init__(self, box: Any) -> None:
        self.box = box
        self.content = copy(box)

    def is_changed(self) -> bool:
        """Whether something else is in it."""
        now, before = list(self.box), list(self.content)
        if type(self.box) is dict:
            now, before = [*now, *self.box.values()], [*before, *self.content.values()]
        return len(now) != len(before) or any(one is not other for one, other in zip(now, before))

    def put_back(self) -> None:
        """Let the very same things be in the very same box."""
        if not self.is_changed():
            return
        if type(self.box) is list:
            self.box[:] = self.content
        else:
            self.box.clear()
            self.box.update(self.content)


class Held:
    """The attributes of the network or a layer, where a subclass may keep what it likes."""

    def __init__(self, owner: Any) -> None:
        self.owner = owner
        self.attributes = held_by(owner)
        self.boxes = {name: Box(value) for name, value in self.attributes.items() if type(value) in CONTAINERS}

    def changes(self) -> list[Change]:
        """What has been assigned, or put into a list, since then."""
        found = []
        for name, value in held_by(self.owner).items():
            box = self.boxes.get(name)
            if value is not self.attributes.get(name, ABSENT) or (box is not None and box.is_changed()):
                found.append(Change(self.owner, name, plain(value)))
        return found

    def put_back(self) -> None:
        """Let everything be as it was."""
        for box in self.boxes.values():
            box.put_back()
        now = held_by(self.owner)
        for name in now:
            if name not in self.attributes:
                delattr(self.owner, name)
        for name, value in self.attributes.items():
            if now.get(name, ABSENT) is not value:
                setattr(self.owner, name, value)


class Listener:
    """Hears what the walks leave on the objects of one network.

    events: in the order of the walk, but for the loss, which the backward walk finds last and is told first: it needs
        nothing of that walk.
    rest: changes of a phase in which nothing was told, such as the cleared gradients where all weights are frozen.
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        self.events: list[Event] = []
        self.rest: list[Change] = []
        self._telling = Telling()
        self._phase = ""
        self._waiting: list[Change] = []
        self._undo: list[Change] = []
        self._classes: dict[type, type] = {}
        self._silent = {neuron for neuron in network.neurons if neuron.is_bias or neuron in network.layers[0].neurons}

    def listen(self, inputs: Sequence[Number], targets: Sequence[Number], learning_rate: Number) -> None:
        """Walk forward and backward, and update unless the learning rate is None; leaves everything as it was."""
        told = self._telling
        layers = self.network.layers
        named = [told.parameter(Quantity("output", one), value) for one, value in zip(layers[0], inputs)]
        wanted = [told.parameter(Quantity("target", one), value) for one, value in zip(layers[-1], targets)]
        with self._hearing():
            self._walk("forward", self.network.propagate, named)
            loss = self._walk("backward", self.network.backpropagate, wanted)
            self._tell_loss(loss)
            if learning_rate is not None:
                step = told.parameter(Quantity("learning_rate"), learning_rate)
                self._walk("update", self.network.apply_gradients, step)

    def hear(self, owner: Any, attribute: str, value: Any) -> Any:
        """The walk leaves a value; returns what is to stand there."""
        before = getattr(owner, attribute, ABSENT)
        self._undo.append(Change(owner, attribute, before))
        change = Change(owner, attribute, plain(value))
        if not self._is_told(owner, attribute, value):
            (self.events[-1].changes if self._has_spoken() else self._waiting).append(change)
            return self._named(owner, attribute, value)
        renewed = Quantity(attribute, owner) in quantities(value)
        quantity = Quantity(f"new {attribute}" if renewed else attribute, owner)
        title = quantity.text
        if attribute == "output":
            nets = ", ".join(Quantity("net", one).text for one in self._row_of(owner))
            title = f"{title} = {owner.activation.name}({nets})"
        old = None if before is ABSENT else plain(before)
        step = event(self._phase, attribute, owner, value, before=old, title=title)
        self.events.append(Event(step, [*self._waiting, change]))
        self._waiting = []
        return self._telling.parameter(quantity, value_of(value))

    def _is_told(self, owner: Any, attribute: str, value: Any) -> bool:
        if not (is_plain(value) or isinstance(value, Told)):
            return False
        if isinstance(owner, Synapse):
            return attribute == "weight" or (attribute == "gradient" and self._phase != "update")
        if isinstance(owner, Neuron):
            return attribute in LEFT_BY_WALKS and owner not in self._silent
        return False

    def _has_spoken(self) -> bool:
        return bool(self.events) and self.events[-1].step.phase == self._phase

    def _row_of(self, neuron: Neuron) -> list[Neuron]:
        """The neurons whose nets make the output of this one."""
        return self.network.layers[-1].neurons if hasattr(neuron.activation, "values") else [neuron]

    def _walk(self, phase: str, walk: Any, argument: Any) -> Any:
        self._phase = phase
        result = walk(argument)
        (self.events[-1].changes if self._has_spoken() else self.rest).extend(self._waiting)
        self._waiting = []
        return result

    def _tell_loss(self, loss: Any) -> None:
        step = event("backward", "loss", None, loss, before=None, title="loss")
        place = next((at for at, one in enumerate(self.events) if one.step.phase == "backward"), len(self.events))
        self.events.insert(place, Event(step, []))

    @contextmanager
    def _hearing(self) -> Iterator[None]:
        """Inside, every number on the objects is a quantity with a name; afterwards all is as it was."""
        owners = [*self.network.neurons, *self.network.synapses]
        classes = [(owner, type(owner)) for owner in owners]
        others = [Held(one) for one in (self.network, *self.network.layers)]
        boxes = [Box(value) for one in owners for value in held_by(one).values() if type(value) in CONTAINERS]
        try:
            for owner in owners:
                self._name_numbers(owner)
            for owner in owners:
                object.__setattr__(owner, "__class__", self._listening(type(owner)))
            yield
            last = self.events[-1].changes if self.events else self.rest
            last += [change for held in others for change in held.changes()]
        finally:
            for owner, own_class in classes:
                object.__setattr__(owner, "__class__", own_class)
            for change in reversed(self._undo):
                change.apply()
            for held in others:
                held.put_back()
            for box in boxes:
                box.put_back()

    def _name_numbers(self, owner: Any) -> None:
        for attribute, value in held_by(owner).items():
            if attribute in ("frozen", "initial") or (attribute == "output" and owner.is_bias):
                continue
            if attribute in (*LEFT_BY_WALKS, "weight", "gradient") and not (value is None or is_plain(value)):
                raise NumberError(f"{owner!r}.{attribute}: expected a float, got a {type(value).__name__}")
            if is_plain(value):
                self._undo.append(Change(owner, attribute, value))
                setattr(owner, attribute, self._named(owner, attribute, value))

    def _named(self, owner: Any, attribute: str, value: Any) -> Any:
        """A quantity of this value; a gradient of 0 stays a number, for a sum that begins there needs no name."""
        if isinstance(value, Told) or not is_plain(value) or attribute == "initial":
            return value
        if attribute == "gradient" and value == 0:
            return value
        return self._telling.parameter(Quantity(attribute, owner), value)

    def _listening(self, own_class: type) -> type:
        """The class of an object, telling what is assigned."""
        if own_class not in self._classes:
            assigned: Any = own_class.__setattr__

            def assign(owner: Any, attribute: str, value: Any) -> None:
                assigned(owner, attribute, self.hear(owner, attribute, value))

            body = {"__slots__": (), "__module__": own_class.__module__, "__setattr__": assign}
            self._classes[own_class] = new_class(own_class.__name__, (own_class,), {}, lambda space: space.update(body))
        return self._classes[own_class]


def plain(value: Any) -> Any:
    """A value without its history; lists, tuples, sets and dicts of such values are copied likewise."""
    if type(value) in (list, tuple, set):
        return type(value)(plain(item) for item in value)
    if type(value) is dict:
        return {key: plain(item) for key, item in value.items()}
    return value_of(value)
