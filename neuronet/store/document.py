"""A network taken apart into a flat document, and put together again.

The document is flat: neurons by name, synapses as parallel lists of numbers. It is how a network is saved, and also how
it is copied, pickled and converted to another kind of number, so there is one way to take a network apart and one to
put it together. `docs/reference/json-format.md` describes every key.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from random import Random
from typing import Any, NamedTuple, Optional, TypeVar, Union

from neuronet import validate
from neuronet.activations import ACTIVATIONS, AnyActivation, always_one
from neuronet.dropout import DropoutLayer, dropout_layers
from neuronet.errors import FormatError, NeuronetError
from neuronet.feedforward import FeedForward
from neuronet.graph import Layer, Neuron, Synapse
from neuronet.losses import LOSSES, Loss
from neuronet.optimizers import OPTIMIZERS, SGD, Optimizer, OptimizerState
from neuronet.regularization import Penalty
from neuronet.shared_layer import SharedLayer
from neuronet.store.reader import Reader, shown
from neuronet.store.settings import build_optimizer
from neuronet.wiring import MOST_NEURONS, in_walking_order, row

SomeNetwork = TypeVar("SomeNetwork", bound=FeedForward)

FORMAT = "neuronet"
VERSION = 3
MINOR_VERSION = 0
REQUIRED = ("format", "version", "loss", "layers", "synapses")
OPTIONAL = ("minor_version", "penalty", "optimizer", "training", "model")
COLUMNS = ("sources", "destinations", "weights", "initial_weights", "frozen")
STATE_BOUNDS = {"mean_square": math.inf, "step": math.inf, "mean_start": 1.0, "square_start": 1.0}
"""What an optimizer keeps as a square, a length or a share is 0 or more, and at most this."""
LAYER = ("name", "neurons", "activation", "bias")
OUR_LAYERS = (Layer, SharedLayer, DropoutLayer)
FORMER_NAMES = {"memory": "optimizer_state", "least_gain": "min_delta", "share": "rate"}
"""What keys were called before version 3."""


class Own(NamedTuple):
    """What is the caller's own: functions, which a document knows by name, and classes, which it does not know."""

    activations: Iterable[AnyActivation] = ()
    losses: Iterable[Loss] = ()
    optimizers: Iterable[Optimizer] = ()
    penalty: Optional[Penalty] = None
    """A penalty of a class of the caller's own."""
    layers: Mapping[int, Layer] = {}
    """Layers of a class of the caller's own by their positions, without their neurons."""
    neuron_classes: Mapping[str, type[Neuron]] = {}
    """The classes of neurons that are not made of the network's `neuron_class`, by the neurons' names."""
    synapse_classes: Mapping[int, type[Synapse]] = {}
    """The classes of synapses that are not made of the network's `synapse_class`, by their positions."""


def own_parts(network: FeedForward) -> Own:
    """What a network holds of the caller's own."""
    neurons, synapses = network.neurons, list(enumerate(network.synapses))
    return Own(
        list({neuron.activation.name: neuron.activation for layer in network.layers for neuron in layer}.values()),
        [network.loss_function],
        [network.optimizer],
        None if type(network.penalty) is Penalty else network.penalty,
        {at: _bare(layer) for at, layer in enumerate(network.layers) if type(layer) not in OUR_LAYERS},
        {one.name: type(one) for one in neurons if type(one) is not network.neuron_class},
        {at: type(one) for at, one in synapses if type(one) is not network.synapse_class},
    )


def _bare(layer: Layer, neurons: Sequence[Neuron] = (), bias: Optional[Neuron] = None) -> Layer:
    """A copy of a layer with other neurons, or with none."""
    twin = copy(layer)
    twin.neurons, twin.bias = list(neurons), bias
    if isinstance(twin, DropoutLayer):
        twin.rng, twin.unmasked = Random(), []
    return twin


def describe(network: FeedForward) -> dict[str, Any]:
    """The network as a document of plain lists, dicts, names and numbers, in a fixed order.

    The states of its generators and of its training are not in it.

    Raises FormatError where two activations share a name, for a name is all that the document says of them.
    """
    _refuse_namesakes(network)
    place = {neuron: position for position, neuron in enumerate(network.neurons)}
    synapses = network.synapses
    document: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "minor_version": MINOR_VERSION,
        "loss": network.loss_function.name,
        "layers": [_describe_layer(layer) for layer in network.layers],
        "synapses": {
            "sources": [place[synapse.source] for synapse in synapses],
            "destinations": [place[synapse.destination] for synapse in synapses],
            "weights": [synapse.weight for synapse in synapses],
            "initial_weights": [synapse.initial for synapse in synapses],
            "frozen": [position for position, synapse in enumerate(synapses) if synapse.frozen],
        },
    }
    names = state_names(network.optimizer)
    # What another optimizer has left is forgotten by this one, too: see `Optimizer.prepare`.
    states = [vars(synapse.optimizer_state) if fits(synapse.optimizer_state, names) else {} for synapse in synapses]
    if any(states):
        document["synapses"]["optimizer_state"] = {name: [state.get(name) for state in states] for name in names}
    if network.penalty is not None:
        document["penalty"] = {"l1": network.penalty.l1, "l2": network.penalty.l2}
    if type(network.optimizer) is not SGD or network.optimizer.clips:
        document["optimizer"] = network.optimizer.describe()
    return document


def with_present_names(document: Any) -> Any:
    """A document of an older version under the names of this one; any other value as it is."""
    if not (isinstance(document, dict) and document.get("version") in (1, 2)):
        return document
    layers = document.get("layers")
    if isinstance(layers, list):
        layers = [_renamed(layer, "dropout") for layer in layers]
    found = {**_renamed(_renamed(document, "synapses"), "training"), **({"layers": layers} if layers else {})}
    training = found.get("training")
    if isinstance(training, dict) and "improved" not in training:
        best = training.get("best")  # which was the one mark for both
        marks = {key: best[key] for key in ("loss", "epoch") if key in best} if isinstance(best, dict) else None
        found["training"] = {**training, "improved": marks}
    return found


def _renamed(document: Any, part: str) -> Any:
    """A document in which the keys of one part have their present names."""
    if not (isinstance(document, dict) and isinstance(document.get(part), dict)):
        return document
    inside = document[part]
    present = {old: new for old, new in FORMER_NAMES.items() if new not in inside}
    return {**document, part: {present.get(key, key): value for key, value in inside.items()}}


def build(
    network_class: type[SomeNetwork],
    document: Any,
    kind: validate.Kind = float,
    own: Own = Own(),  # noqa: B008 - it cannot be changed
    reader: Optional[Reader] = None,
) -> SomeNetwork:
    """The network that a document describes; the reverse of `describe`.

    kind: the kind of number that its weights become.
    own: functions that are not in the tables of the library.
    reader: what looks at the values; it keeps unknown keys of a later minor version.

    Raises FormatError, naming the place in the document, for whatever `describe` could not have written.
    """
    reader = Reader(kind) if reader is None else reader
    known_activations = {**ACTIVATIONS, **{activation.name: activation for activation in own.activations}}
    known_losses = {**LOSSES, **{loss.name: loss for loss in own.losses}}
    reader.lenient = _refuse_version(document)
    reader.version = document["version"]
    reader.keys(document, "document", REQUIRED, OPTIONAL)
    loss = reader.named(document["loss"], known_losses, "loss")
    making = _Making(network_class, own, reader)
    rows = reader.items(document["layers"], "layers")
    _refuse_many(rows)
    layers = [_layer(described, position, known_activations, making) for position, described in enumerate(rows)]
    for position in {0, len(rows) - 1} if rows else ():
        if "dropout" in rows[position]:
            raise FormatError(f"layers[{position}].dropout: expected none but in a hidden layer")
    optimizer = build_optimizer(document["optimizer"], own.optimizers, reader) if "optimizer" in document else SGD()
    try:
        _join(layers, document["synapses"], optimizer, making)
        network = network_class(*layers, loss=loss, kind=kind)
    except FormatError:
        raise
    except NeuronetError as problem:
        # Its message begins with a place of its own, such as `layers[1]` or the name of a neuron.
        raise FormatError(str(problem)) from problem
    network.optimizer = optimizer
    network.penalty = _penalty(document["penalty"], reader) if "penalty" in document else None
    if own.penalty is not None:
        network.penalty = own.penalty.converted(kind)
    return network


# Copies.

Packed = tuple[type[SomeNetwork], dict[str, Any], validate.Kind, Own, list[Any]]
"""All that makes a network: its class, its document, its kind of number, the caller's own, the generators' states."""


def packed(network: SomeNetwork) -> Packed[SomeNetwork]:
    """A network in a flat form that can be copied and pickled, however deep the network is."""
    with network.turn.taken():
        states = [generator.getstate() for generator in _generators(network)]
        return type(network), describe(network), network.kind, own_parts(network), states


def unpacked(parts: Packed[SomeNetwork]) -> SomeNetwork:
    """The network that was packed; FormatError where a weight cannot be turned into its kind of number."""
    network_class, document, kind, own, states = parts
    network = build(network_class, document, kind, own)
    for generator, state in zip(_generators(network), states):
        generator.setstate(state)
    return network


def converted(network: SomeNetwork, kind: validate.Kind) -> SomeNetwork:
    """A network of its own with the same wiring, weights and generators, whose weights are numbers of another kind."""
    network_class, document, _, own, states = packed(network)
    return unpacked((network_class, document, kind, own, states))


def _generators(network: FeedForward) -> list[Random]:
    return [network.rng, *(layer.rng for layer in dropout_layers(network.layers))]


def _refuse_version(document: Any) -> bool:
    """Refuse what is no document of a known version; returns whether it is of a later minor version than ours."""
    keys = f"{', '.join((*REQUIRED, *OPTIONAL))}"
    if not isinstance(document, dict):
        raise FormatError(f"document: expected an object with {keys}, got {shown(document)}")
    for key in ("format", "version"):
        if key not in document:
            raise FormatError(f"document: expected the key {key!r}, which is missing")
    if document["format"] != FORMAT:
        raise FormatError(f"format: expected {FORMAT!r}, got {shown(document['format'])}")
    version, minor = document["version"], document.get("minor_version", 0)
    if type(version) is not int or not 1 <= version <= VERSION:
        raise FormatError(f"version: expected a whole number from 1 to {VERSION}, got {shown(version)}")
    if type(minor) is not int or minor < 0:
        raise FormatError(f"minor_version: expected a whole number of at least 0, got {shown(minor)}")
    return version == VERSION and minor > MINOR_VERSION


def _refuse_many(rows: list[Any]) -> None:
    """Refuse more neurons than a network can have, before one is made."""
    lists = [row["neurons"] for row in rows if isinstance(row, dict) and isinstance(row.get("neurons"), list)]
    neurons = sum(map(len, lists))
    if neurons > MOST_NEURONS:
        raise FormatError(f"layers: expected at most {MOST_NEURONS} neurons, got {neurons}")


def _refuse_namesakes(network: FeedForward) -> None:
    known: dict[str, AnyActivation] = {}
    for position, layer in enumerate(network.layers[1:], start=1):
        for neuron in layer:
            if known.setdefault(neuron.activation.name, neuron.activation) is not neuron.activation:
                raise FormatError(
                    f"layers[{position}].activation: expected a name of its own for each activation, "
                    f"got two that are called {neuron.activation.name!r}"
                )


def refuse_unwritten_classes(network: FeedForward) -> None:
    """Refuse classes of the caller's own that a file would not know, so that nothing is lost without a word."""
    own, kind = own_parts(network), type(network).__name__
    layers = "one of " + ", ".join(one.__name__ for one in OUR_LAYERS)
    neurons = f"a {network.neuron_class.__name__}, the neuron_class of {kind}"
    synapses = f"a {network.synapse_class.__name__}, the synapse_class of {kind}"
    strangers = [
        *((f"layers[{at}]", layers, type(layer)) for at, layer in own.layers.items()),
        *((name, neurons, neuron_class) for name, neuron_class in own.neuron_classes.items()),
        *((f"synapses[{at}]", synapses, synapse_class) for at, synapse_class in own.synapse_classes.items()),
        *([] if own.penalty is None else [("penalty", "a Penalty", type(own.penalty))]),
    ]
    for place, expected, found in strangers:
        raise FormatError(f"{place}: expected {expected}, got a {found.__name__}, which a file does not know")


def refuse_borrowed_names(network: FeedForward) -> None:
    """Refuse a function of the caller's own under a name of the library's: a reader would take the latter."""
    for position, layer in enumerate(network.layers[1:], start=1):
        for neuron in layer:
            name = neuron.activation.name
            if ACTIVATIONS.get(name, neuron.activation) is not neuron.activation:
                raise FormatError(
                    f"layers[{position}].activation: expected the library's own {name!r}, got another of that name; "
                    "give yours a name of its own"
                )
    name = network.loss_function.name
    if LOSSES.get(name, network.loss_function) is not network.loss_function:
        raise FormatError(f"loss: expected the library's own {name!r}, got another of that name; give yours its own")
    name = network.optimizer.name
    if OPTIMIZERS.get(name, type(network.optimizer)) is not type(network.optimizer):
        raise FormatError(
            f"optimizer.name: expected the library's own {name!r}, got another of that name; give yours its own"
        )


def _one_or_all(names: list[str]) -> Union[str, list[str]]:
    return names[0] if len(set(names)) == 1 else names


def _describe_layer(layer: Layer) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": layer.name,
        "neurons": [neuron.name for neuron in layer],
        "activation": _one_or_all([neuron.activation.name for neuron in layer]),
        "bias": layer.bias.name if layer.bias else None,
    }
    if isinstance(layer, DropoutLayer):
        described["dropout"] = {"rate": layer.rate}
    return described


class _Making(NamedTuple):
    """What the parts of a network are made with."""

    network_class: type[FeedForward]
    own: Own
    reader: Reader

    def neuron(self, name: str, activation: AnyActivation) -> Neuron:
        """A neuron of the class that it had."""
        neuron_class: type[Neuron] = self.own.neuron_classes.get(name, self.network_class.neuron_class)
        return neuron_class(name, activation)

    def synapse(self, position: int, *ends_and_weight: Any) -> Synapse:
        """A synapse of the class that it had."""
        synapse_class: type[Synapse] = self.own.synapse_classes.get(position, self.network_class.synapse_class)
        return synapse_class(*ends_and_weight)


def _layer(document: Any, position: int, activations: Mapping[str, AnyActivation], making: _Making) -> Layer:
    place, reader, own = f"layers[{position}]", making.reader, making.own
    reader.keys(document, place, LAYER, ("dropout",))
    neurons = reader.items(document["neurons"], f"{place}.neurons")
    names = [reader.text(name, f"{place}.neurons[{i}]") for i, name in enumerate(neurons)]
    named = document["activation"]
    if isinstance(named, list) and len(named) != len(names):
        raise FormatError(f"{place}.activation: expected one for each of {len(names)} neurons, got {len(named)}")
    kinds = (
        [reader.named(kind, activations, f"{place}.activation[{i}]") for i, kind in enumerate(named)]
        if isinstance(named, list)
        else [reader.named(named, activations, f"{place}.activation")] * len(names)
    )
    title = reader.text(document["name"], f"{place}.name")
    rate = _dropout_rate(document["dropout"], f"{place}.dropout", reader) if "dropout" in document else 0
    row_of_neurons = [making.neuron(name, kind) for name, kind in zip(names, kinds)]
    bias = None if document["bias"] is None else reader.text(document["bias"], f"{place}.bias")
    bias_neuron = None if bias is None else making.neuron(bias, always_one)
    if position in own.layers:
        return _bare(own.layers[position], row_of_neurons, bias_neuron)
    return row(title, row_of_neurons, bias_neuron, rate)


def _dropout_rate(document: Any, place: str, reader: Reader) -> float:
    reader.keys(document, place, ("rate",), ("generator",))
    rate = reader.real(document["rate"], f"{place}.rate")
    if not 0 < rate < 1:
        raise FormatError(f"{place}.rate: expected a number above 0 and below 1, got {rate!r}")
    return rate


def _penalty(document: Any, reader: Reader) -> Optional[Penalty]:
    reader.keys(document, "penalty", ("l1", "l2"))
    l1, l2 = (reader.number(document[name], f"penalty.{name}") for name in ("l1", "l2"))
    for name, value in (("l1", l1), ("l2", l2)):
        if value.real < 0:
            raise FormatError(f"penalty.{name}: expected a number of 0 or more, got {shown(value)}")
    return Penalty(l1, l2) if l1 or l2 else None


def _join(layers: list[Layer], document: Any, optimizer: Optimizer, making: _Making) -> None:
    reader = making.reader
    reader.keys(document, "synapses", COLUMNS, ("optimizer_state",))
    sources, destinations, weights, initial, frozen = (
        reader.items(document[key], f"synapses.{key}") for key in COLUMNS
    )
    for key, column in zip(COLUMNS[1:4], (destinations, weights, initial)):
        if len(column) != len(sources):
            raise FormatError(f"synapses.{key}: expected {len(sources)}, one for each source, got {len(column)}")
    neurons = in_walking_order(layers)
    still = {reader.index(entry, len(sources), f"synapses.frozen[{i}]") for i, entry in enumerate(frozen)}
    states = (
        _states(document["optimizer_state"], len(sources), optimizer, reader) if "optimizer_state" in document else []
    )
    for i, weight in enumerate(weights):
        synapse = making.synapse(
            i,
            neurons[reader.index(sources[i], len(neurons), f"synapses.sources[{i}]")],
            neurons[reader.index(destinations[i], len(neurons), f"synapses.destinations[{i}]")],
            reader.number(weight, f"synapses.weights[{i}]"),
            i in still,
        )
        synapse.initial = reader.number(initial[i], f"synapses.initial_weights[{i}]")
        synapse.optimizer_state = states[i] if states else None


def _states(document: Any, synapses: int, optimizer: Optimizer, reader: Reader) -> list[Optional[OptimizerState]]:
    """What the optimizer keeps of each synapse; null where a synapse was added later and nothing is."""
    place = "synapses.optimizer_state"
    names = state_names(optimizer)
    if not names:
        raise FormatError(f"{place}: expected none, for {optimizer.name!r} keeps nothing")
    reader.keys(document, place, names)
    columns = [
        [None if each is None else reader.number(each, f"{place}.{name}[{i}]") for i, each in enumerate(column)]
        for name in names
        for column in [reader.items(document[name], f"{place}.{name}", synapses)]
    ]
    states: list[Optional[OptimizerState]] = []
    for i, numbers in enumerate(zip(*columns)):
        known = [number is not None for number in numbers]
        if any(known) and not all(known):
            name = names[known.index(False)]
            raise FormatError(f"{place}.{name}[{i}]: expected a number as in {names[known.index(True)]}, got None")
        states.append(OptimizerState(**dict(zip(names, numbers))) if all(known) else None)
        if all(known) and reader.kind is float and type(optimizer) in OPTIMIZERS.values():
            _refuse_range(names, numbers, i)
    return states


def _refuse_range(names: Sequence[str], numbers: Sequence[Any], position: int) -> None:
    """Refuse a number that no update of the library's own optimizers could have left: no root could be drawn of it."""
    for name, number in zip(names, numbers):
        most = STATE_BOUNDS.get(name)
        if most is not None and not 0 <= number <= most:
            expected = "a share from 0 to 1" if most == 1 else "a number of 0 or more"
            raise FormatError(f"synapses.optimizer_state.{name}[{position}]: expected {expected}, got {number!r}")


def state_names(optimizer: Optimizer) -> list[str]:
    """The names of what an optimizer keeps of a synapse."""
    return list(optimizer.begin(optimizer.learning_rate))


def fits(state: Optional[OptimizerState], names: Sequence[str]) -> bool:
    """Whether an optimizer state is one of these names, with which an optimizer would go on."""
    return state is not None and vars(state).keys() == set(names)
