"""Looking must not touch: keep what a network shows, and put it back bit for bit, whatever happens in between."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from typing import TYPE_CHECKING, Any

from neuronet.dropout import dropout_layers
from neuronet.graph import Neuron

if TYPE_CHECKING:
    from neuronet.network import Network

CONTAINERS = (list, dict, set)
ABSENT = object()
"""Stands for an attribute that is not there."""


@contextmanager
def neurons_kept(neurons: Sequence[Neuron]) -> Iterator[None]:
    """Whatever walks inside the `with` block, each neuron's net, output, error and delta are as before after it."""
    kept = [(neuron.net, neuron.output, neuron.error, neuron.delta) for neuron in neurons]
    try:
        yield
    finally:
        for neuron, numbers in zip(neurons, kept):
            neuron.net, neuron.output, neuron.error, neuron.delta = numbers


# What a subclass holds beyond these numbers, too.


def held_by(owner: Any) -> dict[str, Any]:
    """What an object holds, in slots and in its dictionary, by the names of the attributes."""
    names = []
    for own_class in type(owner).__mro__:
        slots = vars(own_class).get("__slots__", ())
        for slot in (slots,) if isinstance(slots, str) else slots:
            hidden = slot.startswith("__") and not slot.endswith("__")
            names.append(f"_{own_class.__name__.lstrip('_')}{slot}" if hidden else slot)
    names += getattr(owner, "__dict__", {})
    return {name: getattr(owner, name) for name in names if not name.endswith("__") and hasattr(owner, name)}


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

    def put_back(self) -> None:
        """Let everything be as it was."""
        for box in self.boxes:
            box.put_back()
        now = held_by(self.owner)
        for name in now:
            if name not in self.attributes:
                delattr(self.owner, name)
        for name, value in self.attributes.items():
            if now.get(name, ABSENT) is not value:
                setattr(self.owner, name, value)


def boxes_of(owner: Any) -> list[Box]:
    """The lists, dicts and sets among the attributes of an object."""
    return [Box(owner, name, value) for name, value in held_by(owner).items() if type(value) in CONTAINERS]


def beside_numbers(network: Network) -> list[Any]:
    """The objects of a network that are no neurons or synapses: itself, layers, activations, loss and optimizer."""
    formulas = dict.fromkeys([network.loss_function, *(neuron.activation for neuron in network.neurons)])
    return [network, *network.layers, *formulas, network.optimizer]


@contextmanager
def everything_kept(network: Network) -> Iterator[None]:
    """Whatever walks inside the `with` block, all that the objects of a network hold is as before after it.

    That is more than the numbers of the walk: also what a subclass adds, and the state of the generator.
    """
    memories = [synapse.optimizer_state for synapse in network.synapses if synapse.optimizer_state is not None]
    kept = [Held(owner) for owner in (*network.neurons, *network.synapses, *memories, *beside_numbers(network))]
    generators = [network.rng, *(layer.rng for layer in dropout_layers(network.layers))]
    drawn = [generator.getstate() for generator in generators]
    try:
        yield
    finally:
        for held in kept:
            held.put_back()
        for generator, state in zip(generators, drawn):
            generator.setstate(state)
