"""Planting: a copy of a network, the same but for the bugs that it has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Optional, TypeVar

from neuronet import store
from neuronet.bugs.bug import Bug, Slip, find_bug
from neuronet.errors import DataError
from neuronet.feedforward import FeedForward
from neuronet.graph import Neuron
from neuronet.regularization import Penalty
from neuronet.store.document import Packed

SomeNetwork = TypeVar("SomeNetwork", bound=FeedForward)

DECAY = 1 / 1000
"""The strength, l2 of `neuronet.regularization`, of the penalty that a network gets when a bug needs one."""


class Planted(NamedTuple):
    """A bug and where it is."""

    bug: Bug
    neurons: Optional[frozenset[str]] = None
    """The names of the neurons that have it; None for the whole network."""


def plant(name: str, network: SomeNetwork) -> SomeNetwork:
    """A new network with this bug, and with the layers, weights, activations and generator of the given one.

    name: that of a bug.
    network: is left as it is.

    The new network calls itself what the old one does. Raises UnknownNameError for an unknown name; DataError, with
    the reason, where the bug cannot show on this network.

    >>> from neuronet import Network, check_gradients, datasets, museum
    >>> network = museum.plant("no-hidden-slope", Network(2, 4, 1, seed=1))
    >>> network
    Network(2, 4, 1)
    >>> check_gradients(network, *datasets.xor()).ok
    False
    """
    bug = find_bug(name)
    missing = bug.missing(network)
    if missing:
        raise DataError(f"{name}: expected a network with {' and '.join(missing)}, where it can show, got {network!r}")
    twin = planted(store.packed(network), [Planted(bug)])
    if bug.needs_penalty and twin.penalty is None:
        twin.penalty = Penalty.of(0, DECAY, twin.kind)
    return twin


def planted(parts: Packed[SomeNetwork], bugs: Sequence[Planted]) -> SomeNetwork:
    """The network that was packed, with these bugs in it. Where two change the same method, the first is called first.

    Names and docstrings of the classes that it is made of give nothing away.
    """
    own, document, kind, others, states = parts

    def neuron_class(neuron: Optional[str], base: type[Neuron]) -> Any:
        slips = [one.bug.slip for one in bugs if one.neurons is None or neuron in one.neurons]
        return _mixed([slip for slip in slips if issubclass(slip, Neuron)], base, {"__slots__": ()})

    slips = [one.bug.slip for one in bugs if issubclass(one.bug.slip, FeedForward)]
    network_class = _mixed(slips, own, {"neuron_class": neuron_class(None, own.neuron_class)})
    names = {*others.neuron_classes, *(name for one in bugs for name in one.neurons or ())}
    classes = {name: neuron_class(name, others.neuron_classes.get(name, own.neuron_class)) for name in names}
    twin: SomeNetwork = store.unpacked((network_class, document, kind, others._replace(neuron_classes=classes), states))
    return twin


def _mixed(slips: Sequence[Slip], own: type, namespace: dict[str, Any]) -> Any:
    """A class that is called what the caller's own is, with these slips in it."""
    bases = [slip for slip in slips if not issubclass(own, slip)]
    return type(own.__name__, (*bases, own), {**namespace, "__doc__": own.__doc__, "__module__": own.__module__})
