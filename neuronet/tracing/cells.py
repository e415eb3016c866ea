"""The cells of a network: every place that holds a number, and the variable that stands for it in a program."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, Union

from neuronet.dropout import dropout_layers
from neuronet.errors import RecordingError
from neuronet.graph import Layer, Neuron, Synapse
from neuronet.optimizers import OptimizerState
from neuronet.snapshot import held_by
from neuronet.tracing.program import RENEWED
from neuronet.wiring import in_walking_order

STRUCTURE = {"name", "activation", "incoming", "outgoing", "source", "destination", "frozen", "initial"}
"""What makes the graph. Anything else on a neuron or synapse is a number that the walks read or leave there."""
LEFT_BEHIND = ("net", "output", "error", "delta")
"""What the walks leave on a neuron for anyone to look at."""
RESERVED = ("batches", "batch_size", "distance", "learning_rate", "loss", "memory", "outputs", "samples")
"""Variables of every program, which no neuron's name may take."""


class Cell(NamedTuple):
    """A place on a neuron or synapse, or in the optimizer's state of it, that holds a number; and its variable."""

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
        self._numbers: dict[str, int] = {}

    def fresh(self, text: str) -> str:
        """A name like `text`, made of ASCII letters, digits and underscores, that is not taken yet."""
        safe = text if text.isidentifier() and text.isascii() else re.sub(r"[^A-Za-z0-9_]", "_", text)
        safe = safe if safe[:1].isalpha() else f"n{safe}"
        name, number = safe, self._numbers.get(safe, 1)
        while not self._taken.isdisjoint({name, f"{name}{RENEWED}"}):
            number += 1
            name = f"{safe}_{number}"
        self._numbers[safe] = number  # where to go on: names in a script of its own are all made safe as one
        self._taken |= {name, f"{name}{RENEWED}"}
        return name


class Cells:
    """The cells of a network's layers, and the variables of one sample.

    cells: every cell by its variable, in walking order.
    inputs, targets, masks: the variables of a sample's inputs and targets, and of the dropout masks.
    """

    def __init__(self, layers: Sequence[Layer]) -> None:
        neurons = in_walking_order(layers)
        names = Names()
        bases = {neuron: names.fresh(neuron.name) for neuron in neurons}
        self.targets = [names.fresh(f"{bases[neuron]}_target") for neuron in layers[-1]]
        self._of_neuron: dict[Neuron, list[Cell]] = {neuron: [] for neuron in neurons}
        self._of_synapse: dict[Synapse, list[Cell]] = {}
        for neuron in neurons:
            if not neuron.is_bias:
                self._of_neuron[neuron] = _cells_of_neuron(neuron, bases[neuron], names)
                for synapse in neuron.incoming:
                    base = names.fresh(f"{bases[synapse.source]}_to_{bases[neuron]}")
                    self._of_synapse[synapse] = _cells_of_synapse(synapse, base, names)
        in_order = (cell for neuron in neurons for cell in self._in_walking_order(neuron))
        self.cells: dict[str, Cell] = {cell.name: cell for cell in in_order}
        self.inputs = self.names_of(layers[0], "output")
        self.masks = [names.fresh(f"{bases[neuron]}_mask") for layer in dropout_layers(layers) for neuron in layer]

    def names_of(self, neurons: Iterable[Neuron], attribute: str) -> list[str]:
        """The variables that stand for an attribute of these neurons."""
        return [cell.name for neuron in neurons for cell in self._of_neuron[neuron] if cell.attribute == attribute]

    def near_neuron(self, neuron: Neuron) -> list[Cell]:
        """The cells that a method of this neuron may change: its own, and those of its synapses.

        A class of the user's own may change the neurons next to it as well.
        """
        synapses = [*neuron.incoming, *neuron.outgoing]
        ends = [*(one.source for one in neuron.incoming), *(one.destination for one in neuron.outgoing)]
        neighbours = dict.fromkeys(ends) if type(neuron) is not Neuron else ()
        found = [*self._of_neuron[neuron], *(cell for one in synapses for cell in self._of_synapse[one])]
        return found + [cell for one in neighbours for cell in self._of_neuron[one]]

    def near_synapse(self, synapse: Synapse) -> list[Cell]:
        """The cells that an update of this synapse may change."""
        return self._of_synapse[synapse]

    def _in_walking_order(self, neuron: Neuron) -> list[Cell]:
        synapses = [] if neuron.is_bias else neuron.incoming
        return [*self._of_neuron[neuron], *(cell for synapse in synapses for cell in self._of_synapse[synapse])]


def _cells_of_neuron(neuron: Neuron, base: str, names: Names) -> list[Cell]:
    attributes = (*LEFT_BEHIND, *own_numbers(neuron))
    return [Cell(neuron, attribute, names.fresh(f"{base}_{attribute}")) for attribute in attributes]


def _cells_of_synapse(synapse: Synapse, base: str, names: Names) -> list[Cell]:
    """The weight, whose variable is called like the synapse, and everything else that stands on it."""
    state = synapse.optimizer_state
    places: list[tuple[Any, str]] = [(synapse, attribute) for attribute in ("gradient", *own_numbers(synapse))]
    places += [(state, attribute) for attribute in sorted(() if state is None else vars(state))]
    rest = [Cell(owner, attribute, names.fresh(f"{base}_{attribute}")) for owner, attribute in places]
    return [Cell(synapse, "weight", base), *rest]


def own_numbers(owner: Any) -> list[str]:
    """The attributes that a class of the user's own has added to a neuron or synapse and that hold numbers.

    Raises RecordingError where one holds anything else than a number, True, False, text or None.
    """
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
    own = LEFT_BEHIND if isinstance(owner, Neuron) else ("weight", "gradient", "optimizer_state")
    return [name for name in held_by(owner) if name not in STRUCTURE and name not in own]
