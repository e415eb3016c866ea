"""The walk recorded: the network's own methods run on expressions, and what they leave behind is what they compute.

While a network is recorded, every number on its neurons and synapses is replaced by a parameter of its own; after the
walks, whatever holds something else is a result. So what a subclass keeps on its objects is carried along too. The
network is recorded as it is, not a copy of it, and is put back as it was.

What may branch is explored: activations, losses, and the methods of a neuron that a subclass has overridden.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from threading import RLock, get_ident
from types import new_class
from typing import Any, Callable, NamedTuple, Optional, Union

from neuronet.activations import ACTIVATIONS
from neuronet.dropout import dropout_layers
from neuronet.errors import RecordingError
from neuronet.feedforward import FeedForward
from neuronet.graph import Neuron, Synapse
from neuronet.numbers.expression import Expression, Operand, Recording
from neuronet.optimizers import OptimizerState
from neuronet.snapshot import held_by
from neuronet.tracing.program import RENEWED
from neuronet.wiring import in_walking_order

OUR_MODULES = (
    *("neuronet.graph", "neuronet.activations", "neuronet.losses", "neuronet.scalar", "neuronet.feedforward"),
    *("neuronet.dropout", "neuronet.shared_layer", "neuronet.optimizers", "neuronet.regularization"),
    "neuronet.network",
)
"""Modules whose functions only compute."""
HOOKS = tuple(name for name, value in vars(Neuron).items() if callable(value) and not name.startswith("_"))
"""The methods of a neuron that the walks call."""
STRUCTURE = {"name", "activation", "incoming", "outgoing", "source", "destination", "frozen", "initial"}
"""What makes the graph. Anything else on a neuron or synapse is a number that the walks read or leave there."""
FORMULAS = ("value", "derivative", "values", "deltas")
"""The functions of an activation or a loss that are given numbers."""
CLIPPING = ("cut", "scale")
"""The functions of an optimizer that are given numbers; it has `update` besides, which is given a synapse."""
LEFT_BEHIND = ("net", "output", "error", "delta")
"""What the walks leave on a neuron for anyone to look at."""
RESERVED = ("batches", "batch_size", "distance", "learning_rate", "loss", "memory", "outputs", "samples")
"""Variables of every program, which no neuron's name may take."""

_one_at_a_time = RLock()  # activations belong to all networks, and are watched while one of these is recorded


class Cell(NamedTuple):
    """A place on a neuron or synapse, or in its memory, that holds a number, and the variable that stands for it."""

    owner: Union[Neuron, Synapse, OptimizerState]
    attribute: str
    name: str

    def get(self) -> Any:
        """What it holds."""
        return getattr(self.owner, self.attribute)

    def put(self, value: Any) -> None:
        """Let it hold something else."""
        setattr(self.owner, self.attribute, value)


class Names:
    """Variables for what users have named: each a safe name, and each only once."""

    def __init__(self) -> None:
        self._taken = set(RESERVED)

    def fresh(self, text: str) -> str:
        """A name like `text`, made of ASCII letters, digits and underscores, that is not taken yet."""
        safe = text if text.isidentifier() and text.isascii() else re.sub(r"[^A-Za-z0-9_]", "_", text)
        safe = safe if safe[:1].isalpha() else f"n{safe}"
        name, number = safe, 1
        while not self._taken.isdisjoint({name, f"{name}{RENEWED}"}):
            number += 1
            name = f"{safe}_{number}"
        self._taken |= {name, f"{name}{RENEWED}"}
        return name


class TracedNetwork:
    """A network that is being recorded.

    network: it is left as it was.

    recording: what its walks are recorded in.
    inputs, targets: the variables of one sample.
    masks: the variables of the dropout masks.
    cells: every place that holds a number, by its variable, in walking order.
    """

    def __init__(self, network: FeedForward) -> None:
        self.network = network
        self.recording = Recording()
        neurons = in_walking_order(network.layers)
        names = Names()
        bases = {neuron: names.fresh(neuron.name) for neuron in neurons}
        self.targets = [names.fresh(f"{bases[neuron]}_target") for neuron in network.layers[-1]]
        self.cells: dict[str, Cell] = {}
        self._around: dict[Neuron, list[Cell]] = {neuron: [] for neuron in neurons}
        self._on: dict[Synapse, list[Cell]] = {}
        for neuron in neurons:
            if neuron.is_bias:
                continue
            for attribute in (*LEFT_BEHIND, *own_numbers(neuron)):
                self._add(Cell(neuron, attribute, names.fresh(f"{bases[neuron]}_{attribute}")), neuron)
            for synapse in neuron.incoming:
                base = names.fresh(f"{bases[synapse.source]}_to_{bases[neuron]}")
                places = [(synapse, attribute) for attribute in ("gradient", *own_numbers(synapse))]
                places += [(synapse.optimizer_state, attribute) for attribute in sorted(vars(synapse.optimizer_state or OptimizerState()))]
                cells = [Cell(owner, attribute, names.fresh(f"{base}_{attribute}")) for owner, attribute in places]
                self._on[synapse] = [Cell(synapse, "weight", base), *cells]
                for cell in self._on[synapse]:
                    self._add(cell, neuron, synapse.source)
        self.inputs = self.names_of(network.layers[0], "output")
        self._dropouts = dropout_layers(network.layers)
        self.masks = [names.fresh(f"{bases[neuron]}_mask") for layer in self._dropouts for neuron in layer]
        own_cells = {neuron: [cell for cell in cells if cell.owner is neuron] for neuron, cells in self._around.items()}
        for neuron, cells in self._around.items():
            if type(neuron) is not Neuron:  # a method of the user's own may change the neurons next to it as well
                near = [*(one.source for one in neuron.incoming), *(one.destination for one in neuron.outgoing)]
                cells += [cell for other in dict.fromkeys(near) for cell in own_cells[other]]
        self._parameters = {name: self.recording.parameter(name) for name in self.cells}
        self._thread = get_ident()
        self._classes: dict[type, type] = {}
        synapses = [synapse for neuron in neurons for synapse in neuron.incoming]
        self._formulas = list(dict.fromkeys([network.loss_function, *(neuron.activation for neuron in neurons)]))
        objects = [network, network.optimizer, *neurons, *synapses, *network.layers, *self._formulas]
        self._kinds = list(dict.fromkeys(kind for one in dict.fromkeys(map(type, objects)) for kind in one.__mro__))
        pythons = ("builtins", "typing", "collections.abc")
        self._has_strangers = any(kind.__module__ not in (*pythons, *OUR_MODULES) for kind in self._kinds)

    def parameters(self, names: Iterable[str]) -> list[Expression]:
        """The numbers that these variables stand for."""
        return [self.recording.parameter(name) for name in names]

    def names_of(self, neurons: Iterable[Neuron], attribute: str) -> list[str]:
        """The variables that stand for an attribute of these neurons."""
        return [cell.name for neuron in neurons for cell in self._around[neuron] if cell[:2] == (neuron, attribute)]

    def results(self) -> dict[str, Operand]:
        """What the cells hold that no longer hold their parameter, by their variables."""
        found = {}
        for name, cell in self.cells.items():
            value = cell.get()
            if value is not self._parameters[name]:
                if type(value) not in (Expression, float, int):
                    where = f"{cell.owner!r}.{cell.attribute}"
                    raise RecordingError(f"{where}: expected the walks to leave a number there, got {value!r}")
                found[name] = value
        return found

    @contextmanager
    def watched(self, gradient: Optional[float] = None, *, training: bool = False) -> Iterator[None]:
        """Inside, every cell holds its parameter and formulas may branch; afterwards everything is as it was.

        gradient: what the gradients hold instead of parameters, where given.
        training: whether dropout is drawn, so that what it keeps is a parameter too.

        Raises RecordingError where a walk has changed what is no number.
        """
        with _one_at_a_time, ExitStack() as undo:
            undo.callback(self._fill, {name: cell.get() for name, cell in self.cells.items()})
            for layer in self._dropouts:
                undo.callback(setattr, layer, "unmasked", layer.unmasked)
            if training:
                self._draw(undo)
            others = self._others()
            undo.callback(lambda: _put_back(others, self._others()))
            self._watch_formulas(undo)
            self._watch_optimizer(undo)
            self._watch_methods(undo)
            self._fill(self._parameters)
            if gradient is not None:
                for cell in self.cells.values():
                    if cell.attribute == "gradient":
                        cell.put(gradient)
            yield
            for (owner, now), (_, before) in zip(self._others(), others):
                for name in {**before, **now}:
                    if now.get(name, self) is not before.get(name, self):
                        raise RecordingError(f"{owner!r}.{name}: expected the walks to leave it alone, but they do not")

    def _draw(self, undo: ExitStack) -> None:
        parameters = iter(self.parameters(self.masks))
        for layer in self._dropouts:
            undo.callback(setattr, layer, "mask", layer.mask)
            layer.mask = [next(parameters) for _ in layer]

    def _add(self, cell: Cell, *neurons: Neuron) -> None:
        self.cells[cell.name] = cell
        for neuron in neurons:
            self._around[neuron].append(cell)

    def _fill(self, values: Mapping[str, Any]) -> None:
        for name, value in values.items():
            self.cells[name].put(value)

    def _others(self) -> list[tuple[Any, dict[str, Any]]]:
        """What the network, its objects and their classes hold beside the cells: each of them, and its attributes."""
        cells = {(id(cell.owner), cell.attribute) for cell in self.cells.values()} if self._has_strangers else set()
        neurons = list(self._around)
        synapses = [synapse for neuron in neurons for synapse in neuron.incoming]
        found: list[tuple[Any, dict[str, Any]]] = [(self.network, dict(vars(self.network)))]
        for owner in (*neurons, *synapses) if self._has_strangers else ():
            own = [] if type(owner) in (Neuron, Synapse) else attributes_of(owner)
            names = [name for name in (*STRUCTURE, *own) if (id(owner), name) not in cells]
            found.append((owner, {name: getattr(owner, name) for name in names if hasattr(owner, name)}))
        watched = {*FORMULAS, *CLIPPING, "update", "unmasked"}
        for owner in (*self.network.layers, *self._formulas, self.network.optimizer):
            found.append((owner, {name: value for name, value in held_by(owner).items() if name not in watched}))
        for kind in self._kinds:
            found.append((kind, {name: value for name, value in vars(kind).items() if not name.startswith("__")}))
        return found

    def _watch_formulas(self, undo: ExitStack) -> None:
        loss = self.network.loss_function
        activations = {neuron.activation for neuron in self._around}
        penalty = [] if self.network.penalty is None else [self.network.penalty]
        for formula in (*activations.union(ACTIVATIONS.values()), loss, *penalty):
            for name in FORMULAS:
                if hasattr(formula, name):
                    self._watch_formula(formula, name, undo)
        if not is_ours(loss.of_sample):
            self._change_class(loss, {"of_sample": self._explored(type(loss).of_sample)}, undo)

    def _watch_formula(self, formula: Any, name: str, undo: ExitStack) -> None:
        function = getattr(formula, name)
        is_method = callable(getattr(type(formula), name, None))
        try:
            setattr(formula, name, self._explored(function))
        except AttributeError:
            raise RecordingError(f"{formula!r}.{name}: expected a function that can be watched, got a method") from None
        undo.callback(*(delattr, formula, name) if is_method else (setattr, formula, name, function))

    def _explored(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def explored(*arguments: Any) -> Any:
            if get_ident() != self._thread:
                return function(*arguments)  # somebody else's floats
            return self.recording.explore(function, *arguments)

        return explored

    def _watch_optimizer(self, undo: ExitStack) -> None:
        optimizer = self.network.optimizer
        for name in CLIPPING:
            self._watch_formula(optimizer, name, undo)
        optimizer.update = self._explored_change(optimizer.update, self._on)  # type: ignore[method-assign]
        undo.callback(delattr, optimizer, "update")

    def _watch_methods(self, undo: ExitStack) -> None:
        for neuron in self._around:
            overridden = [name for name in HOOKS if getattr(type(neuron), name) is not getattr(Neuron, name)]
            if overridden:
                methods = {
                    name: self._explored_change(getattr(type(neuron), name), self._around) for name in overridden
                }
                self._change_class(neuron, methods, undo)

    def _explored_change(self, function: Callable[..., Any], near: Mapping[Any, list[Cell]]) -> Callable[..., Any]:
        """A function of a neuron or synapse, explored with every cell that it may change, those near to it."""

        def explored(owner: Any, *arguments: Any) -> Any:
            if get_ident() != self._thread:
                return function(owner, *arguments)
            cells = near[owner]
            before = [cell.get() for cell in cells]

            def one_way() -> Any:
                for cell, value in zip(cells, before):
                    cell.put(value)
                returned = function(owner, *arguments)
                return returned, [cell.get() for cell in cells]

            returned, after = self.recording.explore(one_way)
            for cell, value in zip(cells, after):
                cell.put(value)
            return returned

        return explored

    def _change_class(self, owner: Any, methods: dict[str, Callable[..., Any]], undo: ExitStack) -> None:
        own_class = type(owner)
        if own_class not in self._classes:
            body = {"__slots__": (), "__module__": own_class.__module__, **methods}
            self._classes[own_class] = new_class(own_class.__name__, (own_class,), {}, lambda space: space.update(body))
        owner.__class__ = self._classes[own_class]
        undo.callback(setattr, owner, "__class__", own_class)


def own_numbers(owner: Any) -> list[str]:
    """The attributes that a class of the user's own has added to a neuron or synapse and that hold numbers."""
    if type(owner) in (Neuron, Synapse):
        return []
    names = []
    for name in attributes_of(owner):
        value = getattr(owner, name)
        if type(value) in (float, int):
            names.append(name)
        elif not (value is None or isinstance(value, (bool, str))):
            raise RecordingError(f"{owner!r}.{name}: expected a number, True, False or text, got {value!r}")
    return names


def attributes_of(owner: Any) -> list[str]:
    """The names of what an object holds beyond the neuron or synapse that it is."""
    base = {*STRUCTURE, *LEFT_BEHIND} if isinstance(owner, Neuron) else {*STRUCTURE, "weight", "gradient", "optimizer_state"}
    return [name for name in held_by(owner) if name not in base]


def _put_back(others: list[tuple[Any, dict[str, Any]]], now: list[tuple[Any, dict[str, Any]]]) -> None:
    for (owner, before), (_, after) in zip(others, now):
        for name in {**before, **after}:
            if name not in before:
                delattr(owner, name)
            elif after.get(name, others) is not before[name]:
                setattr(owner, name, before[name])


def is_ours(function: Any) -> bool:
    """Whether a function is the library's own, by where it was written: functools.wraps changes its module."""
    function = getattr(function, "__func__", function)
    around = getattr(function, "__globals__", None) or {}  # None for what is not written in Python, on PyPy
    return around.get("__name__") in OUR_MODULES
