"""Looking must not touch: what a network and its objects hold is kept, and put back whatever happens in between.

Everything counts: also what a subclass adds, what is in a list, dict or set, the state of an optimizer or a generator,
a dropout mask. To see what a walk does to an object, it can be given other methods for a while, see `subclassed`: it
stays the very same object, so everything that refers to it meets the one that is observed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from random import Random, SystemRandom
from types import new_class
from typing import Any, NamedTuple

from neuronet.feedforward import FeedForward

CONTAINERS = (list, dict, set)
"""Of an attribute that is one of these, the content is kept as well."""
OF_PYTHON = ("builtins", "typing", "abc", "collections.abc")
"""Modules whose classes no walk changes."""
ABSENT = object()
"""Stands for an attribute that is not there."""


class Change(NamedTuple):
    """A value for an attribute of an object; `ABSENT` where the attribute is deleted."""

    owner: Any
    attribute: str
    value: Any

    def apply(self) -> Change:
        """Let the attribute have the value; returns the change that undoes it."""
        before = getattr(self.owner, self.attribute, ABSENT)
        if self.value is not ABSENT:
            setattr(self.owner, self.attribute, self.value)
        elif before is not ABSENT:
            delattr(self.owner, self.attribute)
        return Change(self.owner, self.attribute, before)


class Snapshot:
    """What all the objects of a network hold when this is made."""

    def __init__(self, network: FeedForward) -> None:
        self._slots: dict[type, Mapping[str, Any]] = {}
        self._held = [(owner, self._read(owner)) for owner in objects_of(network)]
        values = {id(value): value for _, held in self._held for value in held.values()}.values()
        self._contents = {id(box): (box, copy(box)) for box in values if type(box) in CONTAINERS}
        generators = (one for one in values if isinstance(one, Random) and not isinstance(one, SystemRandom))
        self._generators = [(generator, generator.getstate()) for generator in generators]

    def changes(self) -> list[Change]:
        """What has been assigned or deleted since, and each list, dict or set in which something else is now.

        What has been drawn from a generator is not among it.
        """
        found = [Change(owner, name, now) for owner, name, _, now in self._assigned()]
        for owner, held in self._held:
            kept = (name for name, value in held.items() if type(value) in CONTAINERS and self._is_refilled(value))
            found += [Change(owner, name, held[name]) for name in kept if self._read(owner).get(name) is held[name]]
        return found

    def put_back(self) -> None:
        """Let everything be as it was: the very same objects in the very same places."""
        for box, content in self._contents.values():
            if self._is_refilled(box):
                _refill(box, content)
        for owner, name, before, _ in list(self._assigned()):
            Change(owner, name, before).apply()
        for generator, state in self._generators:
            generator.setstate(state)

    def _assigned(self) -> Iterator[tuple[Any, str, Any, Any]]:
        """Each attribute that has another value now: its owner, its name, and its value before and now."""
        for owner, held in self._held:
            now = self._read(owner)
            for name, value in held.items():
                after = now.pop(name, ABSENT)
                if after is not value:
                    yield owner, name, value, after
            for name, value in now.items():
                yield owner, name, ABSENT, value

    def _is_refilled(self, box: Any) -> bool:
        """Whether something else than before is in a list, dict or set."""
        now, before = list(box), list(self._contents[id(box)][1])
        if type(box) is dict:
            now, before = [*now, *box.values()], [*before, *self._contents[id(box)][1].values()]
        return len(now) != len(before) or any(one is not other for one, other in zip(now, before))

    def _read(self, owner: Any) -> dict[str, Any]:
        own_class = type(owner)
        if own_class not in self._slots:
            self._slots[own_class] = _slots_of(own_class)
        return _read(owner, self._slots[own_class])


@contextmanager
def everything_kept(network: FeedForward) -> Iterator[Snapshot]:
    """Whatever walks inside the `with` block, all that the objects of a network hold is as before after it.

    Gives the snapshot of how it was before. All is put back twice, for the first time may be interrupted; no other
    thread walks over the network meanwhile.
    """
    with network.turn.taken():
        before = Snapshot(network)
        try:
            try:
                yield before
            finally:
                before.put_back()
        finally:
            before.put_back()


@contextmanager
def subclassed(objects: Iterable[Any], methods: Callable[[type], Mapping[str, Any]]) -> Iterator[None]:
    """Inside the `with` block, each object is of a subclass of its class; afterwards it is of its own class again.

    methods: gives what the subclass of a class has of its own, by name; where that is nothing, the object stays as it
        is.

    The classes are given back twice, for the first time may be interrupted.
    """
    own_classes = [(one, type(one)) for one in objects]
    subclasses = {each: _subclass(each, methods(each)) for each in {each for _, each in own_classes}}

    def put_back() -> None:
        for one, own_class in own_classes:
            object.__setattr__(one, "__class__", own_class)

    try:
        try:
            for one, own_class in own_classes:
                object.__setattr__(one, "__class__", subclasses[own_class])
            yield
        finally:
            put_back()
    finally:
        put_back()


def objects_of(network: FeedForward) -> list[Any]:
    """The network and everything that its walks come by: layers, neurons, synapses with what the optimizer keeps of
    them, activations, loss, penalty and optimizer; and the classes of them all.
    """
    neurons, synapses = network.neurons, network.synapses
    states = [synapse.optimizer_state for synapse in synapses if synapse.optimizer_state is not None]
    rules = [network.loss_function, network.optimizer, *([] if network.penalty is None else [network.penalty])]
    activations = {id(neuron.activation): neuron.activation for neuron in neurons}.values()
    objects = [network, *network.layers, *neurons, *synapses, *states, *activations, *rules]
    classes = dict.fromkeys(each for one in dict.fromkeys(map(type, objects)) for each in one.__mro__)
    return [*objects, *(one for one in classes if one.__module__ not in OF_PYTHON)]


def held_by(owner: Any) -> dict[str, Any]:
    """What an object holds, in slots and in its dictionary, by the names of the attributes; a class likewise."""
    return _read(owner, _slots_of(type(owner)))


def _read(owner: Any, slots: Mapping[str, Any]) -> dict[str, Any]:
    """What is in these slots and in the dictionary, even where a subclass has a method of the same name."""
    found = {}
    for name, slot in slots.items():
        try:
            found[name] = slot.__get__(owner)
        except AttributeError:  # it is empty
            continue
    for name, value in getattr(owner, "__dict__", {}).items():
        if not name.endswith("__"):
            found[name] = value
    return found


def _slots_of(own_class: type) -> dict[str, Any]:
    """The slots that objects of a class have, by the names of the attributes, those of its bases first."""
    found = {}
    for one in reversed(own_class.__mro__):
        slots = vars(one).get("__slots__", ())
        for slot in (slots,) if isinstance(slots, str) else slots:
            is_private = slot.startswith("__") and not slot.endswith("__")
            name = f"_{one.__name__.lstrip('_')}{slot}" if is_private else slot
            if not name.endswith("__"):
                found[name] = vars(one)[name]
    return found


def _refill(box: Any, content: Any) -> None:
    if type(box) is list:
        box[:] = content
    else:
        box.clear()
        box.update(content)


def _subclass(own_class: type, methods: Mapping[str, Any]) -> type:
    body = {"__slots__": (), "__module__": own_class.__module__, **methods}
    return new_class(own_class.__name__, (own_class,), {}, lambda space: space.update(body)) if methods else own_class
