"""Changes that can be applied and undone.

Numbers that are assigned to neurons and synapses are heard one by one, see `listen`. What a subclass keeps elsewhere,
on the network, a layer or an activation, or puts into a list of a neuron, is compared before and after.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from neuronet.numbers.traced import value_of
from neuronet.snapshot import ABSENT, Box, Held, held_by


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


def changes_in(box: Box) -> list[Change]:
    """A box with what is in it now, where that is something else and the box is still there."""
    is_there = getattr(box.owner, box.attribute, None) is box.box
    return [Change(box.owner, box.attribute, plain(box.box))] if is_there and box.is_changed() else []


def changes_since(held: Held) -> list[Change]:
    """What has been assigned or put into a box of an object since it was looked at."""
    now = held_by(held.owner)
    assigned = [name for name, value in now.items() if value is not held.attributes.get(name, ABSENT)]
    found = [Change(held.owner, name, plain(now[name])) for name in assigned]
    return found + [change for box in held.boxes if box.attribute not in assigned for change in changes_in(box)]


def plain(value: Any) -> Any:
    """A value without its history; lists, tuples, sets and dicts of such values are copied likewise."""
    if type(value) in (list, tuple, set):
        return type(value)(plain(item) for item in value)
    if type(value) is dict:
        return {key: plain(item) for key, item in value.items()}
    return value_of(value)
