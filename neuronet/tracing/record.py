"""The walk recorded: the network's own methods run on expressions, and what they leave behind is what they compute.

While a network is recorded, every number on its neurons and synapses is replaced by a parameter of its own; after the
walks, whatever holds something else is a result. So what a subclass keeps on its objects is carried along too. The
network is recorded as it is, not a copy of it, and is put back as it was.

What may branch is explored: activations, losses, the penalty and the optimizer, and the methods of a neuron that a
subclass has overridden. A formula may ask which object it is (`neuron.activation is sigmoid`), so no copies stand in:
the very objects are explored, also those that all networks share, but only for the thread that records.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from threading import RLock, get_ident
from typing import Any, Optional

from neuronet.activations import ACTIVATIONS
from neuronet.dropout import dropout_layers
from neuronet.errors import RecordingError
from neuronet.feedforward import FeedForward
from neuronet.graph import Neuron
from neuronet.numbers.expression import Expression, Operand, Recording
from neuronet.optimizers import Optimizer
from neuronet.scalar import Number
from neuronet.snapshot import Snapshot, everything_kept, subclassed
from neuronet.tracing.cells import Cell, Cells

OUR_MODULES = (
    *("neuronet.graph", "neuronet.activations", "neuronet.losses", "neuronet.scalar", "neuronet.feedforward"),
    *("neuronet.dropout", "neuronet.shared_layer", "neuronet.optimizers", "neuronet.regularization"),
    "neuronet.network",
)
"""Modules whose functions only compute."""
HOOKS = tuple(name for name, value in vars(Neuron).items() if callable(value) and not name.startswith("_"))
"""The methods of a neuron that the walks call."""
FORMULAS = ("value", "derivative", "values", "deltas")
"""The functions of an activation, a loss or a penalty that are given numbers."""
CLIPPING = ("cut", "norm", "scale")
"""The functions of an optimizer that are given numbers; it has `update` besides, which is given a synapse."""

_one_at_a_time = RLock()  # activations belong to all networks, and are explored while one of these is recorded


class TracedNetwork(Cells):
    """A network that is being recorded.

    network: it is left as it was.
    recording: what its walks are recorded in.
    """

    def __init__(self, network: FeedForward) -> None:
        super().__init__(network.layers)
        self.network = network
        self.recording = Recording()
        self._parameters = {name: self.recording.parameter(name) for name in self.cells}

    def parameters(self, names: Iterable[str]) -> list[Expression]:
        """The numbers that these variables stand for."""
        return [self.recording.parameter(name) for name in names]

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
        training: whether dropout masks are drawn, so that they are parameters too.

        Raises RecordingError where a walk has changed what is no number.
        """
        # The network's turn comes first: a thread that has it may wait for the other.
        with self.network.turn.taken(), _one_at_a_time, everything_kept(self.network) as before:
            masks = self._fill(gradient, training)
            explorer = _Explorer(self)
            with subclassed(explorer.objects, explorer.methods):
                yield
            self._refuse_other_changes(before, masks)

    def _fill(self, gradient: Optional[float], training: bool) -> list[list[Number]]:
        """Put the parameters in their places; returns the dropout masks among them."""
        for name, cell in self.cells.items():
            cell.put(gradient if gradient is not None and cell.attribute == "gradient" else self._parameters[name])
        dropouts = dropout_layers(self.network.layers) if training else []
        factors = iter(self.parameters(self.masks))
        for layer in dropouts:
            layer.mask = [next(factors) for _ in layer]
        return [layer.mask for layer in dropouts if layer.mask is not None]

    def _refuse_other_changes(self, before: Snapshot, masks: Sequence[list[Number]]) -> None:
        numbers = {(id(cell.owner), cell.attribute) for cell in self.cells.values()}
        numbers |= {(id(layer), "unmasked") for layer in dropout_layers(self.network.layers)}
        for owner, name, value in before.changes():
            if (id(owner), name) not in numbers and not any(value is mask for mask in masks):
                raise RecordingError(f"{owner!r}.{name}: expected the walks to leave it alone, but they do not")


class _Explorer:
    """Explores what may branch in the walks over a network.

    objects: those that have such methods.
    """

    def __init__(self, traced: TracedNetwork) -> None:
        network = traced.network
        self.traced = traced
        self.thread = get_ident()
        activations = [*ACTIVATIONS.values(), *(neuron.activation for neuron in network.neurons)]
        rules = [network.loss_function, network.optimizer, *([] if network.penalty is None else [network.penalty])]
        self.objects = list({id(one): one for one in (*activations, *rules, *network.neurons)}.values())
        self.functions = {(id(one), name): getattr(one, name) for one in self.objects for name in _branching(type(one))}

    def methods(self, own_class: type) -> dict[str, property]:
        """The methods of a class that may branch, explored."""
        return {name: self._explored(name) for name in _branching(own_class)}

    def _explored(self, name: str) -> property:
        def explored(owner: Any, *arguments: Any) -> Any:
            function = self.functions[id(owner), name]
            if get_ident() != self.thread:
                return function(*arguments)  # somebody else's floats
            cells = self._cells_near(owner, name, arguments)
            before = [cell.get() for cell in cells]

            def one_path() -> Any:
                for cell, value in zip(cells, before):
                    cell.put(value)
                returned = function(*arguments)
                return returned, [cell.get() for cell in cells]

            returned, after = self.traced.recording.explore(one_path)
            for cell, value in zip(cells, after):
                cell.put(value)
            return returned

        return property(lambda owner: partial(explored, owner))  # it goes before what the object itself holds

    def _cells_near(self, owner: Any, name: str, arguments: Sequence[Any]) -> list[Cell]:
        """The cells that a method may change: none, but for those of a neuron and for an optimizer's update."""
        if isinstance(owner, Neuron):
            return self.traced.near_neuron(owner)
        return self.traced.near_synapse(arguments[0]) if isinstance(owner, Optimizer) and name == "update" else []


def _branching(own_class: type) -> list[str]:
    """The names of the methods of a class that may branch: for a neuron those that a subclass has overridden."""
    if issubclass(own_class, Neuron):
        return [name for name in HOOKS if getattr(own_class, name) is not getattr(Neuron, name)]
    if issubclass(own_class, Optimizer):
        return [*CLIPPING, *([] if own_class.is_gradient_descent else ["update"])]
    found = [name for name in FORMULAS if hasattr(own_class, name)]
    of_sample = getattr(own_class, "of_sample", None)
    return found if of_sample is None or is_ours(of_sample) else [*found, "of_sample"]


def is_ours(function: Any) -> bool:
    """Whether a function is the library's own, by where it was written: functools.wraps changes its module."""
    function = getattr(function, "__func__", function)
    around = getattr(function, "__globals__", None) or {}  # None for what is not written in Python, on PyPy
    return around.get("__name__") in OUR_MODULES
