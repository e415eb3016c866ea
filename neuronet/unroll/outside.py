"""What surrounds the arithmetic: things that a user's own formula or method reads, or does, beyond the numbers.

A walk that is recorded runs once, and from then on its arithmetic is repeated. A setting that a formula reads is part
of the recording, which is dropped when the setting changes. But appending to a list or drawing at random is not
arithmetic. What is not known to be harmless is told here, and then the walk itself does the work.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import TYPE_CHECKING, Any, Optional

from neuronet import scalar
from neuronet.activations import Activation, SharedActivation
from neuronet.graph import Layer, Neuron, SharedLayer, Synapse
from neuronet.losses import BinaryCrossEntropy, CategoricalCrossEntropy, Loss
from neuronet.unroll.record import HOOKS

if TYPE_CHECKING:
    from neuronet.network import Network

OUR_MODULES = ("neuronet.graph", "neuronet.activations", "neuronet.losses", "neuronet.scalar", "neuronet.network")
"""Modules whose functions only compute."""
OUR_CLASSES = (
    *(Neuron, Synapse, Layer, SharedLayer, Activation, SharedActivation),
    *(Loss, BinaryCrossEntropy, CategoricalCrossEntropy),
)
"""Classes whose objects hold nothing but what every walk knows."""
FORMULAS = ("value", "derivative", "values", "deltas", "of_sample")
"""The functions of an activation or a loss."""
WALKS = ("propagate", "backpropagate", "apply_gradients", "average_gradients", "clear_gradients")
"""The walks of a network."""
ROWS = ("forward", "backward", "backward_from")
"""The walks of a layer."""
HARMLESS = (
    *("abs", "bool", "enumerate", "float", "int", "isinstance", "len", "list", "max", "min", "range", "reversed"),
    *("sorted", "sum", "super", "tuple", "type", "zip", "__class__"),
)
"""What Python brings along and what only computes."""


def own_functions(network: Network) -> list[Any]:
    """Every function of the user's own that the walks over this network call."""
    formulas = {neuron.activation for neuron in network.neurons} | {network.loss_function}
    owners: list[tuple[Any, tuple[str, ...]]] = [(formula, FORMULAS) for formula in formulas]
    owners += [(own, HOOKS) for own in {type(neuron) for neuron in network.neurons} - {Neuron}]
    owners += [(own, ROWS) for own in {type(layer) for layer in network.layers} - {Layer, SharedLayer}]
    owners.append((type(network), WALKS))
    functions = [getattr(owner, name) for owner, names in owners for name in names if hasattr(owner, name)]
    return [function for function in functions if getattr(function, "__module__", None) not in OUR_MODULES]


def own_settings(objects: Sequence[Any]) -> list[Any]:
    """What objects of the user's own classes, and these classes, hold beside the numbers of the walk."""
    classes = set(map(type, objects)).difference(OUR_CLASSES)
    if not classes:
        return []
    found: list[Any] = [
        dict(getattr(one, "__dict__", {}))
        for one in objects
        if type(one) in classes and not isinstance(one, (Neuron, Synapse))
    ]
    for own in sorted(classes, key=id):
        found.append(own)
        found += [dict(vars(kind)) for kind in own.__mro__ if kind not in OUR_CLASSES]
    return found


class Surroundings:
    """What a user's own functions read from around them, when this was made.

    functions: those that the walks over the network call.
    stranger: what in them might do more than compute, in words; None where there is nothing.
    """

    def __init__(self, network: Network) -> None:
        self.functions = own_functions(network)
        self.stranger: Optional[str] = None
        self._globals: list[tuple[dict[str, Any], str, Any]] = []
        self._cells: list[tuple[Any, Any]] = []
        if self.functions:
            self._look_around(_harmless_names(network))

    def changed(self) -> bool:
        """Whether anything that is read has been replaced since."""
        return any(names.get(name, _nothing) is not value for names, name, value in self._globals) or any(
            cell.cell_contents is not value for cell, value in self._cells
        )

    def _look_around(self, harmless: set[str]) -> None:
        waiting, seen = list(self.functions), set()
        while waiting:
            function = waiting.pop()
            function = getattr(function, "__func__", function)
            if id(function) in seen or getattr(function, "__module__", None) in OUR_MODULES:
                continue
            seen.add(id(function))
            name = getattr(function, "__qualname__", repr(function))
            if not isinstance(function, FunctionType):
                self._tell(f"{name} is not written in Python")
                continue
            for key, value in self._read_by(function):
                called = _functions_of(value)
                if called is None and key not in harmless:
                    self._tell(f"{name} uses {key}")
                waiting += called or []

    def _read_by(self, function: FunctionType) -> Iterator[tuple[str, Any]]:
        """Each name that a function mentions, with what it stands for: its own value, or nothing for an attribute."""
        around = function.__globals__
        for name in sorted(_names_in(function.__code__)):
            if name in around:
                self._globals.append((around, name, around[name]))
            yield name, around.get(name, _nothing)
        for name, cell in zip(function.__code__.co_freevars, function.__closure__ or ()):
            self._cells.append((cell, cell.cell_contents))
            yield name, cell.cell_contents

    def _tell(self, stranger: str) -> None:
        self.stranger = self.stranger or stranger


def _names_in(code: CodeType) -> set[str]:
    """The global names and attributes that a piece of code mentions, those of the functions within it included."""
    names = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            names |= _names_in(constant)
    return names


def _harmless_names(network: Network) -> set[str]:
    """Names that only compute: Python's own, functions of numbers, and attributes of the network's objects."""
    everything = [*network.layers, *network.neurons, *network.synapses, network.loss_function]
    everything += [neuron.activation for neuron in network.neurons]
    kinds = {type(one): one for one in everything}
    attributes = {name for one in kinds.values() for name in dir(one)}
    return attributes | {*HARMLESS, "real", *(name for name in vars(scalar) if not name.startswith("_"))}


def _functions_of(value: Any) -> Optional[list[Any]]:
    """What is called where this value is used: nothing for a number; None where that is not known."""
    if isinstance(value, (int, float, str, type(None))):
        return []
    if isinstance(value, (Activation, SharedActivation, Loss)):
        return [getattr(value, name) for name in FORMULAS if hasattr(value, name)]
    if isinstance(value, ModuleType):
        return [] if value.__name__ in ("math", *OUR_MODULES) else None
    if isinstance(value, type):
        return [] if issubclass(value, (*OUR_CLASSES,)) else None
    return [value] if isinstance(value, (FunctionType, MethodType)) else None


_nothing = object()
