"""Changes that can be applied and undone, and what is kept of objects that a walk may change in ways of its own.

Numbers that are assigned to neurons and synapses are heard one by one, see `listen`. What a subclass keeps elsewhere,
on the network, a layer or an activation, or puts into a list of a neuron, is compared before and after.
"""

from __future__ import annotations

from copy import copy
from typing import Any, NamedTuple

from neuronet.numbers.told import value_of
from neuronet.unroll.record import held_by

CONTAINERS = (list, dict, set)
ABSENT = object()
"""Stands for an attribute that is not there."""


class Change(NamedTuple):
    """A value for an attribute of an object."""

    owner: Any
    attribute: str
    value: Any

    def apply(self) -> Change:
        """Let the attribute have the value; returns the change that undoes it."""
        before = getattr(self.owner, self.attribute, ABSENT)
        if self.value is ABSENT:
            delattr(self.owner, self.attribute)
        elif before is not self.value:
            setattr(self.owner, self.attribute, self.value)
        return Change(self.owner, self.attribute, before)


class Box:
    """A list, dict or set that is an attribute of an object, and what was in it."""

    def __init__(self, owner: Any, attribute: str, box: Any) -> None:
        self.owner = owner
        self.attribute = attribute
        self.box = box
        self.content = copy(box)

    def is_changed(self) -> bool:
        """Whether something else is in it."""
        now, before = list(self.box), list(self.content)
        if type(self.box) is dict:
            now, before = [*now, *self.box.values()], [*before, *self.content.values()]
        return len(now) != len(before) or any(one is not other for one, other in zip(now, before))

    def changes(self) -> list[Change]:
        """A box with what is in it now, where that is something else and the box is still there."""
        is_there = getattr(self.owner, self.attribute, None) is self.box
        return [Change(self.owner, self.attribute, plain(self.box))] if is_there and self.is_changed() else []

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
    """The attributes of an object, and what was in those that are boxes."""

    def __init__(self, owner: Any) -> None:
        self.owner = owner
        self.attributes = held_by(owner)
        self.boxes = boxes_of(owner)

    def changes(self) -> list[Change]:
        """What has been assigned or put into a box since then."""
        now = held_by(self.owner)
        assigned = [name for name, value in now.items() if value is not self.attributes.get(name, ABSENT)]
        found = [Change(self.owner, name, plain(now[name])) for name in assigned]
        return found + [change for box in self.boxes if box.attribute not in assigned for change in box.changes()]

    def put_back(self) -> None:
        """Let everything be as it was."""
        for box in self.boxes:
            box.put_back()
        for name, value in held_by(self.owner).items():
            if name not in self.attributes:
                Change(self.owner, name, ABSENT).apply()
            elif value is not self.attributes[name]:
                Change(self.owner, name, self.attributes[name]).apply()


def boxes_of(owner: Any) -> list[Box]:
    """The lists, dicts and sets among the attributes of an object."""
    return [Box(owner, name, value) for name, value in held_by(owner).items() if type(value) in CONTAINERS]


def plain(value: Any) -> Any:
    """A value without its history; lists, tuples, sets and dicts of such values are copied likewise."""
    if type(value) in (list, tuple, set):
        return type(value)(plain(item) for item in value)
    if type(value) is dict:
        return {key: plain(item) for key, item in value.items()}
    return value_of(value)
