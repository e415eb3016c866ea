"""What surrounds the arithmetic: things that a user's own formula or method reads, or does, beyond the numbers.

A walk that is recorded runs once, and from then on its arithmetic is repeated. A setting that a formula reads is part
of the recording, which is dropped when the setting changes. But appending to a list or drawing at random is not
arithmetic. What is not known to be harmless is told here, and then the walk itself does the work.
"""

from __future__ import annotations

import dis
import math
import sys
from collections.abc import Iterator, Sequence
from types import CodeType, FunctionType, MemberDescriptorType, MethodType, ModuleType
from typing import Any, Optional

from neuronet import scalar
from neuronet.activations import Activation, SharedActivation
from neuronet.dropout import DropoutLayer
from neuronet.feedforward import FeedForward
from neuronet.graph import Layer, Neuron, Synapse
from neuronet.losses import BinaryCrossEntropy, CategoricalCrossEntropy, Loss
from neuronet.optimizers import OPTIMIZERS, Optimizer, OptimizerState
from neuronet.regularization import Penalty
from neuronet.shared_layer import SharedLayer
from neuronet.snapshot import held_by
from neuronet.tracing.cells import attributes_of
from neuronet.tracing.record import CLIPPING, FORMULAS, OUR_MODULES, is_ours

OUR_CLASSES = (
    *(Neuron, Synapse, Layer, SharedLayer, Activation, SharedActivation),
    *(Loss, BinaryCrossEntropy, CategoricalCrossEntropy),
    *(DropoutLayer, OptimizerState, Penalty, Optimizer, *OPTIMIZERS.values()),
)
"""Classes whose objects hold nothing but what every walk knows."""
PARTS = (*FORMULAS, "of_sample")
"""The functions of an activation or a loss."""
WALKS = (
    *("propagate", "backpropagate", "apply_gradients", "average_gradients", "clear_gradients", "outputs"),
    "add_penalty",
)
"""The walks of a network."""
NEVER_WALKED = (
    *("__init__", "__new__", "__init_subclass__", "__repr__", "__str__", "__format__", "__dir__", "__sizeof__"),
    *("__reduce__", "__reduce_ex__", "__getstate__", "__setstate__", "__copy__", "__deepcopy__", "__class_getitem__"),
)
"""Methods that Python calls without a name, but never in a walk."""
HARMLESS = (
    *("abs", "bool", "enumerate", "float", "int", "len", "list", "max", "min", "range", "reversed", "sorted"),
    *("super", "tuple", "zip"),
    *(("sum",) if sys.version_info < (3, 12) else ()),  # from then on it rounds floats in a way of its own
)
"""What Python brings along and what only computes. Not `type` and `isinstance`: an unknown number is no float."""
OUR_NAMES = {name for one in OUR_CLASSES for name in dir(one) if not name.startswith("__")}
"""Attributes of the network's objects, which all only compute."""
OF_MODULES = {"real", *(name for one in (math, scalar) for name in vars(one) if not name.startswith("_"))}
"""Attributes of numbers and of the modules that only compute."""


def own_walks(network: FeedForward) -> bool:
    """Whether the network has a walk of the user's own."""
    return not all(is_ours(getattr(network, name)) for name in WALKS)


def own_functions(network: FeedForward) -> list[Any]:
    """Every function of the user's own that the walks over this network call."""
    formulas = {neuron.activation for neuron in network.neurons} | {network.loss_function}
    found = [getattr(formula, name) for formula in formulas for name in PARTS if hasattr(formula, name)]
    found += [getattr(network, name) for name in WALKS]
    found += [getattr(network.optimizer, name) for name in ("update", "update_weights", "clip", *CLIPPING)]
    for kind in _own_classes([*network.layers, *network.neurons, *network.synapses, *formulas, network.optimizer]):
        for name, value in vars(kind).items():
            if name in OUR_NAMES or (name.startswith("__") and name not in NEVER_WALKED):
                found += _functions_in(value) or []
    return [function for function in found if not is_ours(function)]


def own_settings(objects: Sequence[Any]) -> list[Any]:
    """What objects of the user's own classes, and these classes, hold beside the numbers of the walk.

    The outputs of the bias neurons are among it: no walk changes them, so a program holds them as constants.
    """
    found: list[Any] = [same(one.bias.output) for one in objects if isinstance(one, Layer) and one.bias is not None]
    classes = _own_classes(objects)
    if not classes:
        return found
    for one in objects:
        if type(one) not in OUR_CLASSES:
            found.append(_settings_of(one))
        if isinstance(one, Layer) and type(one.bias) not in (*OUR_CLASSES, type(None)):
            found.append(_settings_of(one.bias))
    return found + [(kind, {name: same(value) for name, value in vars(kind).items()}) for kind in classes]


def _settings_of(one: Any) -> dict[str, Any]:
    # The numbers of a neuron or synapse are read anew; but those of a bias neuron are not.
    if not isinstance(one, (Neuron, Synapse)):
        return {name: same(value) for name, value in held_by(one).items()}
    read_anew = (int, float) if isinstance(one, Synapse) or not one.is_bias else ()
    values = {name: getattr(one, name) for name in attributes_of(one)}
    return {name: None if type(value) in read_anew else same(value) for name, value in values.items()}


class _Same:
    """Equal only to the very same: == of a user's own may do, and give, anything."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.value is self.value

    __hash__ = None  # type: ignore[assignment]


def same(value: Any) -> Any:
    """What tells whether a value is still the same; for a number its text, which tells 0, 0.0, -0.0 and False."""
    return repr(value) if type(value) in (int, float, bool) else _Same(value)


class Surroundings:
    """What a user's own functions read from around them, when this was made.

    functions: those that the walks over the network call.
    side_effect: what in them might do more than compute, in words; None where there is nothing.
    adds_up: whether they use the built-in `sum`.
    """

    def __init__(self, network: FeedForward) -> None:
        self.functions = own_functions(network)
        self.side_effect: Optional[str] = None
        self.adds_up = False
        self._globals: list[tuple[dict[str, Any], str, Any]] = []
        self._cells: list[tuple[Any, Any]] = []
        self._attributes = _own_attributes(network) if self.functions else {}
        self._look_around()

    def changed(self) -> bool:
        """Whether anything that is read has been replaced since, or might hold something else than it did."""
        return (
            self.side_effect is not None
            or any(names.get(name, _nothing) is not value for names, name, value in self._globals)
            or any(_contents(cell) is not value for cell, value in self._cells)
        )

    def _look_around(self) -> None:
        waiting, seen = list(self.functions), set()
        while waiting:
            function = waiting.pop()
            function = getattr(function, "__func__", function)
            if id(function) in seen or is_ours(function):
                continue
            seen.add(id(function))
            name = getattr(function, "__qualname__", repr(function))
            if not (isinstance(function, FunctionType) and isinstance(function.__code__, CodeType)):
                self._found(f"{name} is not written in Python")
                continue
            for key, value in self._read_by(function):
                called = _functions_of(value)
                if called is None:
                    self._found(f"{name} uses {key}")
                waiting += called or []

    def _read_by(self, function: FunctionType) -> Iterator[tuple[str, Any]]:
        """Each name that a function mentions, with what it stands for, each part of it if it is an attribute."""
        around = function.__globals__
        for operation, name in sorted(_mentioned_in(function.__code__)):
            if operation in ("LOAD_GLOBAL", "LOAD_NAME"):
                self._globals.append((around, name, around.get(name, _nothing)))
                self.adds_up = self.adds_up or (name == "sum" and name not in around)
                yield name, around.get(name, None if name in HARMLESS else _nothing)
            elif "ATTR" not in operation and "METHOD" not in operation:
                yield name, _nothing  # it is imported, or changed
            elif name in self._attributes:
                for value in self._attributes[name]:
                    yield name, value
            elif name not in OUR_NAMES and name not in OF_MODULES:
                yield name, _nothing
        for name, cell in zip(function.__code__.co_freevars, function.__closure__ or ()):
            self._cells.append((cell, _contents(cell)))
            yield name, _contents(cell)
        for value in (*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()):
            yield "a default", value

    def _found(self, side_effect: str) -> None:
        self.side_effect = self.side_effect or side_effect


def _mentioned_in(code: CodeType, inside: frozenset[str] = frozenset()) -> set[tuple[str, str]]:
    """The names from outside that a piece of code mentions or changes, functions in it included, with what it does."""
    found = set()
    for instruction in dis.get_instructions(code):
        operation, name = instruction.opname, instruction.argval
        own = name in code.co_cellvars or name in inside if isinstance(name, str) else True
        if instruction.opcode in dis.hasname or (operation in ("STORE_DEREF", "DELETE_DEREF") and not own):
            found.add((operation, name))
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            found |= _mentioned_in(constant, inside.union(code.co_cellvars))
    return found


def _own_classes(objects: Sequence[Any]) -> list[type]:
    """The classes that a user has written for these objects."""
    kinds = [kind for one in dict.fromkeys(map(type, objects)) if one not in OUR_CLASSES for kind in one.__mro__]
    return [kind for kind in dict.fromkeys(kinds) if not any(issubclass(our, kind) for our in OUR_CLASSES)]


def _own_attributes(network: FeedForward) -> dict[str, list[Any]]:
    """What a name of the user's own may stand for as an attribute of the network's objects."""
    formulas = {neuron.activation for neuron in network.neurons} | {network.loss_function}
    objects = [*network.layers, *network.neurons, *network.synapses, *formulas, network.optimizer]
    found: dict[str, list[Any]] = {}
    for kind in _own_classes(objects):
        for name, value in vars(kind).items():
            found.setdefault(name, []).append(value)
    for one in objects:
        if type(one) not in OUR_CLASSES:
            for name, value in held_by(one).items():
                if name not in OUR_NAMES:
                    found.setdefault(name, []).append(value)
    for name, value in network.optimizer.initial_state.items():
        found.setdefault(name, []).append(value)
    return found


def _functions_of(value: Any) -> Optional[list[Any]]:
    """What is called where this value is used: nothing for a number; None where that is not known."""
    if isinstance(value, (int, float, str, type(None), MemberDescriptorType)):
        return []
    if isinstance(value, (Activation, SharedActivation, Loss)):
        return [getattr(value, name) for name in PARTS if hasattr(value, name)]
    if isinstance(value, ModuleType):
        return [] if value.__name__ in ("math", *OUR_MODULES) else None
    if isinstance(value, type):
        return [] if issubclass(value, (*OUR_CLASSES,)) else None
    return _functions_in(value)


def _functions_in(value: Any) -> Optional[list[Any]]:
    """The functions behind what stands in a class; None where it is nothing of the kind."""
    if isinstance(value, property):
        return [function for function in (value.fget, value.fset, value.fdel) if function is not None]
    if isinstance(value, (staticmethod, classmethod)):
        return [value.__func__]
    return [value] if isinstance(value, (FunctionType, MethodType)) else None


def _contents(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # it has no value yet, or no longer
        return _nothing


_nothing = object()
