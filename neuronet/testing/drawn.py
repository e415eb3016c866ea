"""A network whose `repr` is the call that makes exactly this network, so that a failing case can be pasted and run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Optional, Union

from neuronet import validate
from neuronet.activations import ACTIVATIONS, AnyActivation, find_activation
from neuronet.errors import DataError
from neuronet.graph import Layer, Neuron, Synapse
from neuronet.losses import LOSSES, Loss
from neuronet.network import Network
from neuronet.scalar import Number

Function = Union[str, AnyActivation]
"""An activation or its name."""

Ends = tuple[str, str]
"""The names of the neurons that a synapse joins: source, destination."""


class DrawnNetwork(Network):
    """A network whose `repr` is the call of `network` that makes it again.

    Functions of the user's own stand in it by their names, as variables. Pickled, it becomes a network of `original`.
    """

    original: type[Network] = Network
    """The class of the network but for its `repr`."""

    def __repr__(self) -> str:
        rows, skips = _rows_and_skips(self)
        frozen = [ends_of(synapse) for synapse in self.synapses if synapse.frozen]
        words = [str(len(layer)) for layer in self.layers]
        words.append(f"activations=[{', '.join(_functions(layer) for layer in self.layers[1:])}]")
        if self.loss_function is not LOSSES["half_squared_error"]:
            words.append(f"loss={_named(self.loss_function, LOSSES)}")
        if self.layers[1].bias is None:
            words.append("bias=False")
        words.append(f"weights={rows!r}")
        if skips:
            words.append(f"skips={skips!r}")
        if frozen:
            words.append(f"frozen={frozen!r}")
        if self.original is not Network:
            words.append(f"network_class={self.original.__name__}")
        return f"network({', '.join(words)})"

    def __reduce__(self) -> Any:
        rebuild, (_, *parts) = super().__reduce__()
        return rebuild, (self.original, *parts)


def network(
    *shape: int,
    activations: Sequence[Union[Function, Sequence[Function]]],
    weights: Sequence[Sequence[Optional[Number]]],
    loss: Union[str, Loss] = "half_squared_error",
    bias: bool = True,
    skips: Sequence[tuple[str, str, Number]] = (),
    frozen: Sequence[Ends] = (),
    network_class: type[Network] = Network,
) -> Network:
    """The network that these words describe: what the `repr` of a drawn network calls.

    shape: the number of neurons in each layer, inputs first.
    activations: one for each layer beyond the inputs, or a list of one for each of its neurons.
    weights: a row for each neuron beyond the inputs: its bias first, where there is one, then a weight for each neuron
        of the layer before it. None stands where there is no synapse.
    loss: a name or a `Loss`.
    bias: whether each layer beyond the inputs has a bias neuron.
    skips: (source, destination, weight) of each synapse that stands in no row, the neurons by their names.
    frozen: (source, destination) of each synapse that is frozen.
    network_class: `Network` or a subclass of it that is constructed with the same arguments.

    Returns a `DrawnNetwork`, which is a `network_class` too. Raises NeuronetError, naming the argument, for what does
    not fit together.

    >>> network(2, 1, activations=["tanh"], weights=[[0.5, 1.0, None]])
    network(2, 1, activations=['tanh'], weights=[[0.5, 1.0, None]])
    """
    rows: list[list[Any]] = [list(named) if isinstance(named, (list, tuple)) else [named] for named in activations]
    _refuse_length(rows, max(1, len(shape) - 1), "activations")
    made = drawn_class(network_class)(*shape, output_activation=rows[-1][0], loss=loss, bias=bias, weights="zeros")
    for position, (layer, functions) in enumerate(zip(made.layers[1:], rows)):
        if len(functions) > 1:
            _refuse_length(functions, len(layer), f"activations[{position}]")
        for neuron, function in zip(layer, functions if len(functions) > 1 else functions * len(layer)):
            neuron.activation = find_activation(function, f"activations[{position}]")
    _refuse_length(weights, len(made.computing), "weights")
    for position, (neuron, row) in enumerate(zip(made.computing, weights)):
        _set_row(made, neuron, row, f"weights[{position}]")
    for source, destination, weight in skips:
        made.connect(source, destination, weight)
    for ends in frozen:
        synapse_between(made, ends).frozen = True
    for synapse in made.synapses:
        synapse.initial = synapse.weight
    made.check()
    return made


def drawn_class(network_class: type[Network]) -> type[Network]:
    """A subclass of both `DrawnNetwork` and this one; always the same for the same class."""
    if network_class not in _CLASSES:
        name = f"Drawn{network_class.__name__}"
        _CLASSES[network_class] = type(name, (DrawnNetwork, network_class), {"original": network_class})
    return _CLASSES[network_class]


_CLASSES: dict[type[Network], type[Network]] = {Network: DrawnNetwork, DrawnNetwork: DrawnNetwork}


def ends_of(synapse: Synapse) -> Ends:
    """The names of the two neurons that a synapse joins."""
    return synapse.source.name, synapse.destination.name


def synapse_between(network: Network, ends: Ends) -> Synapse:
    """The synapse that joins two neurons. DataError where there is none, UnknownNameError for an unknown neuron."""
    for synapse in network.neuron(ends[1]).incoming:
        if synapse.source.name == ends[0]:
            return synapse
    raise DataError(f"{ends[0]} -> {ends[1]}: expected a synapse, found none")


def _refuse_length(values: Sequence[Any], length: int, place: str) -> None:
    """DataError unless there are so many values."""
    if len(values) != length:
        raise DataError(f"{place}: expected {length}, got {len(values)}")


def _set_row(made: Network, neuron: Neuron, row: Sequence[Optional[Number]], place: str) -> None:
    _refuse_length(row, len(neuron.incoming), place)
    for position, (synapse, weight) in enumerate(zip(list(neuron.incoming), row)):
        if weight is None:
            made.disconnect(synapse)
        else:
            synapse.weight = validate.number(weight, f"{place}[{position}]", made.kind)


def _rows_and_skips(made: Network) -> tuple[list[list[Optional[Number]]], list[tuple[str, str, Number]]]:
    """The weights as `network` takes them: the rows, and the synapses that stand in none."""
    rows, skips = [], []
    for before, layer in zip(made.layers, made.layers[1:]):
        sources = [layer.bias, *before] if layer.bias else before.neurons
        for neuron in layer:
            weights = {synapse.source: synapse.weight for synapse in neuron.incoming}
            rows.append([weights.pop(source, None) for source in sources])
            skips += [(source.name, neuron.name, weight) for source, weight in weights.items()]
    return rows, skips


def _functions(layer: Layer) -> str:
    """The activations of a layer: one for all where they are the same."""
    names = [_named(neuron.activation, ACTIVATIONS) for neuron in layer]
    return names[0] if len(set(names)) == 1 else f"[{', '.join(names)}]"


def _named(function: Any, table: Mapping[str, Any]) -> str:
    """A function of the library by its name in quotes, one of the user's own as a variable."""
    name: str = function.name
    return repr(name) if table.get(name) is function else name
