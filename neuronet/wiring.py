"""Wiring: how rows of neurons are made from a shape, joined by synapses, and kept in order.

The order is everywhere the same. Neurons are counted in walking order: layer by layer, the bias neuron of a row
before the row. A neuron's incoming synapses stand bias first, then by their source; `refuse_broken` states this and
every other invariant of the graph.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Union

from neuronet import validate
from neuronet.activations import Activation, AnyActivation, SharedActivation, always_one, find_activation
from neuronet.dropout import DropoutLayer
from neuronet.errors import DataError, GraphError, UnknownNameError
from neuronet.graph import Layer, Neuron, Synapse
from neuronet.scalar import Number
from neuronet.shared_layer import SharedLayer

MOST_NEURONS = 1_000_000
"""A shape with more neurons than this is refused before anything is allocated."""
MOST_DIGITS = 20
"""A size written with more digits than this is refused before it is read."""


def sizes_of(shape: Sequence[Any]) -> list[int]:
    """The row lengths that a shape names: `(2, 4, 1)` or `("2-4-1",)`.

    Raises GraphError for fewer than two layers or for text that is no shape, DataError for a size that is no whole
    number above 0.
    """
    parts: Sequence[Any] = shape
    if len(shape) == 1 and isinstance(shape[0], str):
        texts = [part.strip() for part in shape[0].split("-")]
        if not all(text.isdecimal() and len(text) <= MOST_DIGITS for text in texts):
            raise GraphError(f"layers: expected a shape such as '2-4-1', got {validate.shown(shape[0])}")
        parts = [int(text) for text in texts]
    if len(parts) < 2:
        raise GraphError(
            f"layers: expected at least an input and an output layer, such as Network(2, 4, 1), got {len(parts)} layer"
            + ("s" if not parts else "")
        )
    sizes = [validate.count(part, f"layers[{position}]") for position, part in enumerate(parts)]
    if sum(sizes) > MOST_NEURONS:
        raise GraphError(f"layers: expected at most {MOST_NEURONS} neurons, got {validate.shown(sum(sizes))}")
    return sizes


def rows_of_neurons(
    sizes: Sequence[int],
    functions: tuple[Union[str, AnyActivation], Union[str, AnyActivation, None]],
    bias: bool,
    neuron_class: type[Neuron],
    rates: Sequence[float] = (),
) -> tuple[Layer, ...]:
    """Layers of neurons with the names that pictures use, not yet joined by synapses.

    sizes: how many neurons each layer has, inputs first.
    functions: the activation of the hidden neurons, and that of the output neurons; None for the same.
    bias: whether each row beyond the inputs has a bias neuron.
    neuron_class: what the neurons are made of.
    rates: what part of each layer is silent in training, see `dropout_rates`; none for none.

    Inputs are i1, i2 ..., outputs o1, o2 ..., hidden neurons h1, h2 ... or, with several hidden layers, h1_1 for
    the first neuron of the first hidden layer. The bias neuron that leads to layer 1 is b1, to layer 2 b2.
    """
    hidden_activation = find_activation(functions[0], "activation")
    named = functions[0] if functions[1] is None else functions[1]
    output_activation = find_activation(named, "output_activation")
    layers = [Layer("input", [neuron_class(f"i{place}", "linear") for place in range(1, sizes[0] + 1)])]
    for position, size in enumerate(sizes[1:], start=1):
        last = position == len(sizes) - 1
        several = len(sizes) > 3
        letter = "o" if last else f"h{position}_" if several else "h"
        name = "output" if last else f"hidden{position}" if several else "hidden"
        activation = output_activation if last else hidden_activation
        rate = rates[position] if rates else 0
        neurons = [neuron_class(f"{letter}{place}", activation) for place in range(1, size + 1)]
        layers.append(row(name, neurons, neuron_class(f"b{position}", always_one) if bias else None, rate))
    return tuple(layers)


def dropout_rates(dropout: Any, sizes: Sequence[int]) -> list[float]:
    """How much of each layer is silent in training: 0 for inputs and outputs.

    dropout: one rate for every hidden layer, or a list with one for each; 0 or more, below 1. DataError otherwise.
    """
    hidden = len(sizes) - 2
    one_for_all = not isinstance(dropout, (list, tuple))
    if not one_for_all and len(dropout) != hidden:
        raise DataError(f"dropout: expected one rate for each of {hidden} hidden layers, got {len(dropout)}")
    rates = [dropout] * hidden if one_for_all else dropout
    if one_for_all and dropout and not hidden:
        raise DataError("dropout: expected a hidden layer to drop neurons of, but the network has none")
    for position, rate in enumerate(rates):
        place = "dropout" if one_for_all else f"dropout[{position}]"
        if validate.at_least_zero(rate, place) >= 1:
            raise DataError(f"{place}: expected a number of 0 or more and below 1, got {rate!r}")
    return [0.0, *(float(rate) for rate in rates), 0.0]


def layers_of(
    shape: Sequence[Any],
    functions: tuple[Union[str, AnyActivation], Union[str, AnyActivation, None]],
    bias: bool,
    dropout: Any,
    classes: tuple[type[Neuron], type[Synapse]],
) -> tuple[tuple[Layer, ...], bool]:
    """The layers that a shape names, joined by synapses of weight 0, and False; or the caller's own, and True.

    classes: what neurons and synapses are made of; the other arguments are those of `FeedForward`.
    """
    is_wired = bool(shape) and all(isinstance(layer, Layer) for layer in shape)
    layers = _own_layers(shape, dropout) if is_wired else _new_layers(shape, functions, bias, dropout, classes)
    return layers, is_wired


def start_biases(layers: Sequence[Layer], kind: validate.Kind) -> None:
    """Let every bias neuron show 1 as a number of this kind."""
    for layer in layers[1:]:
        if layer.bias is not None:
            layer.bias.output = kind(1)


def _own_layers(layers: Sequence[Any], dropout: Any) -> tuple[Layer, ...]:
    if dropout:
        raise DataError("dropout: expected none beside layers of the caller's own; make one a DropoutLayer")
    sort_synapses(in_walking_order(layers))
    return tuple(layers)


def _new_layers(
    shape: Sequence[Any],
    functions: tuple[Union[str, AnyActivation], Union[str, AnyActivation, None]],
    bias: bool,
    dropout: Any,
    classes: tuple[type[Neuron], type[Synapse]],
) -> tuple[Layer, ...]:
    if not isinstance(bias, bool):
        raise DataError(f"bias: expected True or False, got {bias!r}")
    sizes = sizes_of(shape)
    layers = rows_of_neurons(sizes, functions, bias, classes[0], dropout_rates(dropout, sizes))
    join_neighbours(layers, classes[1])
    return layers


def row(name: str, neurons: Sequence[Neuron], bias: Union[Neuron, None] = None, rate: float = 0) -> Layer:
    """A `Layer` of these neurons, a `SharedLayer` where they share one activation, a `DropoutLayer` with a rate."""
    if neurons and isinstance(neurons[0].activation, SharedActivation):
        return SharedLayer(name, neurons, bias)
    return DropoutLayer(name, neurons, bias, rate) if rate else Layer(name, neurons, bias)


def join_neighbours(layers: Sequence[Layer], synapse_class: type[Synapse]) -> None:
    """Lead a synapse from every neuron, and from the bias neuron of each row, to every neuron of the next row."""
    for before, after in zip(layers, layers[1:]):
        sources = ([after.bias] if after.bias else []) + before.neurons
        for destination in after:
            for source in sources:
                synapse_class(source, destination)


def in_walking_order(layers: Iterable[Layer]) -> list[Neuron]:
    """Every neuron, layer by layer, the bias neuron of a row before the row."""
    return [neuron for layer in layers for neuron in ([layer.bias] if layer.bias else []) + layer.neurons]


def sort_synapses(neurons: Sequence[Neuron]) -> None:
    """Bring each neuron's synapses into order: incoming bias first, then by source; outgoing by destination."""
    place = {neuron: position for position, neuron in enumerate(neurons)}
    for neuron in neurons:
        neuron.incoming.sort(key=lambda synapse: (not synapse.source.is_bias, place.get(synapse.source, -1)))
        neuron.outgoing.sort(key=lambda synapse: place.get(synapse.destination, -1))


def find_neuron(neurons: Sequence[Neuron], name: str) -> Neuron:
    """The neuron of this name. UnknownNameError, listing the names, where there is none."""
    for neuron in neurons:
        if neuron.name == name:
            return neuron
    known = ", ".join(neuron.name for neuron in neurons[:20])
    raise UnknownNameError(f"neuron: unknown {name!r}; known: {known}{' ...' if len(neurons) > 20 else ''}")


def connect(
    layers: Sequence[Layer],
    ends: tuple[Union[Neuron, str], Union[Neuron, str]],
    weight: Number,
    synapse_class: type[Synapse],
) -> Synapse:
    """Add a synapse between two neurons, or their names; GraphError, and nothing is added, where it cannot be."""
    neurons = in_walking_order(layers)
    source, destination = (_own(neurons, end, place) for end, place in zip(ends, ("source", "destination")))
    if any(synapse.destination is destination for synapse in source.outgoing):
        raise GraphError(f"{source.name} -> {destination.name}: expected two neurons that are not joined yet")
    synapse = synapse_class(source, destination, weight)
    sort_synapses(neurons)
    try:
        refuse_broken(layers)
    except GraphError:
        cut(synapse)
        raise
    return synapse


def _own(neurons: Sequence[Neuron], neuron: Union[Neuron, str], place: str) -> Neuron:
    found = find_neuron(neurons, neuron) if isinstance(neuron, str) else neuron
    if not any(found is own for own in neurons):
        raise GraphError(f"{place}: expected a neuron of this network or its name, got {neuron!r}")
    return found


def disconnect(synapses: Iterable[Synapse], synapse: Synapse) -> None:
    """Cut one of these synapses. GraphError where it is not one."""
    if not any(synapse is own for own in synapses):
        raise GraphError(f"{synapse!r}: expected a synapse of this network")
    cut(synapse)


def cut(synapse: Synapse) -> None:
    """Take a synapse away from its two neurons."""
    synapse.source.outgoing.remove(synapse)
    synapse.destination.incoming.remove(synapse)


def refuse_broken(layers: Sequence[Layer]) -> None:
    """Raise GraphError, saying where, unless every invariant of the graph holds.

    - There are an input and an output layer, and no row is empty.
    - Every neuron stands in exactly one place, under a name of its own; so does every bias neuron.
    - Every synapse leads forward to a later row, and nowhere leads to an input or a bias neuron.
    - It is in its source's outgoing and its destination's incoming synapses exactly once, and no two synapses join
      the same two neurons.
    - No neuron has more than one synapse from a bias neuron.
    - Incoming synapses stand bias first, then by source; outgoing ones by destination.
    - Every weight is a finite number, and a frozen flag is a bool.
    - Every activation is an `Activation`. Only an output row rates one, and then the whole row does.
    - Only hidden rows have dropout, of a rate above 0 and below 1.
    """
    if len(layers) < 2:
        raise GraphError(f"layers: expected at least an input and an output layer, got {len(layers)}")
    rank = _ranks(layers)
    order = in_walking_order(layers)
    place = {neuron: position for position, neuron in enumerate(order)}
    for position, layer in enumerate(layers):
        if not isinstance(layer.name, str):
            raise GraphError(f"layers[{position}].name: expected text, got {validate.shown(layer.name)}")
        _refuse_broken_row(layer, position, len(layers))
        _refuse_broken_dropout(layer, position, len(layers))
    arriving = {synapse for neuron in order for synapse in neuron.incoming}
    leaving = {synapse for neuron in order for synapse in neuron.outgoing}
    for synapse in arriving ^ leaving:
        raise GraphError(f"{synapse!r}: expected at both of its ends, found at one only")
    for neuron in order:
        _refuse_broken_neuron(neuron, rank, place)
        for synapse in neuron.incoming:
            _refuse_broken_synapse(synapse, neuron, rank)


def _ranks(layers: Sequence[Layer]) -> dict[Neuron, int]:
    """The number of each neuron's layer, each name and each neuron being seen only once."""
    rank: dict[Neuron, int] = {}
    names: set[str] = set()
    for position, layer in enumerate(layers):
        for neuron in in_walking_order([layer]):
            if neuron in rank:
                raise GraphError(f"{neuron.name}: expected in one place, but it stands in two")
            if neuron.name in names:
                raise GraphError(f"layers[{position}]: expected a name of its own for each neuron, got {neuron.name!r}")
            names.add(neuron.name)
            rank[neuron] = position
    return rank


def _refuse_broken_row(layer: Layer, position: int, layers: int) -> None:
    if not layer.neurons:
        raise GraphError(f"layers[{position}]: expected at least one neuron, got none")
    if position == 0 and layer.bias is not None:
        raise GraphError("layers[0].bias: expected none, because inputs are given, not summed")
    if layer.bias is not None and not layer.bias.is_bias:
        raise GraphError(f"layers[{position}].bias: expected a neuron that is always 1, got {layer.bias!r}")
    for neuron in layer:
        _refuse_broken_place(neuron)
    shared = [neuron for neuron in layer if isinstance(neuron.activation, SharedActivation)]
    if shared and position != layers - 1:
        raise GraphError(f"layers[{position}]: expected {shared[0].activation.name} in the output layer only")
    if shared and any(neuron.activation is not shared[0].activation for neuron in layer):
        raise GraphError(f"layers[{position}]: expected {shared[0].activation.name} for the whole row or for no neuron")
    if bool(shared) != isinstance(layer, SharedLayer):
        expected = "SharedLayer" if shared else "Layer"
        raise GraphError(f"layers[{position}]: expected a {expected}, got a {type(layer).__name__}")


def _refuse_broken_dropout(layer: Layer, position: int, layers: int) -> None:
    if not isinstance(layer, DropoutLayer):
        return
    if position in (0, layers - 1):
        raise GraphError(f"layers[{position}]: expected dropout in hidden layers only")
    if not (validate.is_finite(layer.rate) and 0 < layer.rate < 1):
        raise GraphError(f"layers[{position}].rate: expected a number above 0 and below 1, got {layer.rate!r}")


def _refuse_broken_place(neuron: Neuron) -> None:
    if not isinstance(neuron.activation, (Activation, SharedActivation)):
        raise GraphError(f"{neuron.name}.activation: expected an Activation, got {neuron.activation!r}")
    if neuron.is_bias:
        raise GraphError(f"{neuron.name}: expected a bias neuron beside a row (Layer.bias), not in it")


def _refuse_broken_neuron(neuron: Neuron, rank: dict[Neuron, int], place: dict[Neuron, int]) -> None:
    if neuron.incoming and (rank[neuron] == 0 or neuron.is_bias):
        raise GraphError(f"{neuron.name}: expected no incoming synapse at an input or bias neuron")
    if neuron.is_bias and neuron.output != 1:
        raise GraphError(f"{neuron.name}: expected a bias neuron's output to be 1, got {neuron.output!r}")
    for synapse in neuron.incoming:
        if synapse.destination is not neuron or synapse.source not in rank:
            raise GraphError(f"{synapse!r}: expected a synapse within the network that leads to {neuron.name}")
    for synapse in neuron.outgoing:
        if synapse.source is not neuron or synapse.destination not in rank:
            raise GraphError(f"{synapse!r}: expected a synapse within the network that comes from {neuron.name}")
    if sum(synapse.source.is_bias for synapse in neuron.incoming) > 1:
        raise GraphError(f"{neuron.name}: expected at most one synapse from a bias neuron")
    sources = [(not synapse.source.is_bias, place[synapse.source]) for synapse in neuron.incoming]
    if sources != sorted(set(sources)):
        raise GraphError(f"{neuron.name}: expected its incoming synapses bias first, then by source, each source once")
    destinations = [place[synapse.destination] for synapse in neuron.outgoing]
    if destinations != sorted(set(destinations)):
        raise GraphError(f"{neuron.name}: expected its outgoing synapses by destination, each destination once")


def _refuse_broken_synapse(synapse: Synapse, neuron: Neuron, rank: dict[Neuron, int]) -> None:
    bias = synapse.source.is_bias
    if rank[synapse.source] > rank[neuron] or (rank[synapse.source] == rank[neuron] and not bias):
        raise GraphError(f"{synapse!r}: expected to lead forward, to a later layer")
    if isinstance(synapse.weight, (bool, str)) or synapse.weight is None or not validate.is_finite(synapse.weight):
        raise GraphError(f"{synapse!r}: expected a finite number for a weight")
    if not isinstance(synapse.frozen, bool):
        raise GraphError(f"{synapse!r}: expected True or False for frozen, got {synapse.frozen!r}")
