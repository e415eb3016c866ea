"""A network as one JSON document: written whole or not at all, and believed only after it has been checked.

The document is flat: neurons by name, synapses as parallel lists of numbers. It is also how a network is copied,
pickled and converted to another kind of number, so there is one way to take a network apart and one to put it
together. Floats are written with `repr`, which reads back to the very same bits. `docs/json-format.md` describes
every key.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar, Union

from neuronet import validate
from neuronet.activations import ACTIVATIONS, AnyActivation, always_one
from neuronet.errors import FormatError, NeuronetError
from neuronet.graph import Layer, Neuron
from neuronet.losses import LOSSES, Loss
from neuronet.wiring import in_walking_order, row

if TYPE_CHECKING:
    from neuronet.network import Network

SomeNetwork = TypeVar("SomeNetwork", bound="Network")

FORMAT = "neuronet"
VERSION = 1
MOST_BYTES = 200_000_000
"""A file larger than this is refused before it is read: some ten million synapses."""


def describe(network: Network) -> dict[str, Any]:
    """The network as a document of plain lists, dicts, names and numbers, in a fixed order.

    Raises FormatError where two activations share a name, for a name is all that the document says of them.
    """
    _refuse_namesakes(network)
    place = {neuron: position for position, neuron in enumerate(network.neurons)}
    synapses = network.synapses
    return {
        "format": FORMAT,
        "version": VERSION,
        "loss": network.loss_function.name,
        "layers": [
            {
                "name": layer.name,
                "neurons": [neuron.name for neuron in layer],
                "activation": _one_or_all([neuron.activation.name for neuron in layer]),
                "bias": layer.bias.name if layer.bias else None,
            }
            for layer in network.layers
        ],
        "synapses": {
            "sources": [place[synapse.source] for synapse in synapses],
            "destinations": [place[synapse.destination] for synapse in synapses],
            "weights": [synapse.weight for synapse in synapses],
            "initial_weights": [synapse.initial for synapse in synapses],
            "frozen": [position for position, synapse in enumerate(synapses) if synapse.frozen],
        },
    }


def build(
    network_class: type[SomeNetwork],
    document: Any,
    kind: validate.Kind = float,
    activations: Iterable[AnyActivation] = (),
    losses: Iterable[Loss] = (),
) -> SomeNetwork:
    """The network that a document describes; the reverse of `describe`.

    kind: the kind of number that its weights become.
    activations, losses: those that are not in the tables of the library, known by their names.

    Raises FormatError, naming the place in the document, for whatever `describe` could not have written.
    """
    known_activations = {**ACTIVATIONS, **{activation.name: activation for activation in activations}}
    known_losses = {**LOSSES, **{loss.name: loss for loss in losses}}
    _refuse_other_keys(document, "document", ("format", "version", "loss", "layers", "synapses"))
    if document["format"] != FORMAT:
        raise FormatError(f"format: expected {FORMAT!r}, got {_shown(document['format'])}")
    if type(document["version"]) is not int or document["version"] != VERSION:
        raise FormatError(f"version: expected {VERSION}, got {_shown(document['version'])}")
    loss = _known(document["loss"], known_losses, "loss")
    layers = [
        _layer(described, f"layers[{position}]", known_activations, network_class.neuron_class)
        for position, described in enumerate(_list(document["layers"], "layers"))
    ]
    try:
        _join(layers, document["synapses"], kind, network_class)
        network = network_class(*layers, loss=loss, kind=kind)
    except FormatError:
        raise
    except NeuronetError as problem:
        # Its message begins with a place of its own, such as `layers[1]` or the name of a neuron.
        raise FormatError(str(problem)) from problem
    return network


def _refuse_namesakes(network: Network) -> None:
    known: dict[str, AnyActivation] = {}
    for position, layer in enumerate(network.layers[1:], start=1):
        for neuron in layer:
            if known.setdefault(neuron.activation.name, neuron.activation) is not neuron.activation:
                raise FormatError(
                    f"layers[{position}].activation: expected a name of its own for each activation, "
                    f"got two that are called {neuron.activation.name!r}"
                )


def _refuse_borrowed_names(network: Network) -> None:
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


def _one_or_all(names: list[str]) -> Union[str, list[str]]:
    return names[0] if len(set(names)) == 1 else names


def _layer(document: Any, place: str, activations: Mapping[str, AnyActivation], neuron_class: type[Neuron]) -> Layer:
    _refuse_other_keys(document, place, ("name", "neurons", "activation", "bias"))
    neurons = _list(document["neurons"], f"{place}.neurons")
    names = [_text(name, f"{place}.neurons[{i}]") for i, name in enumerate(neurons)]
    named = document["activation"]
    if isinstance(named, list) and len(named) != len(names):
        raise FormatError(f"{place}.activation: expected one for each of {len(names)} neurons, got {len(named)}")
    kinds = (
        [_known(kind, activations, f"{place}.activation[{i}]") for i, kind in enumerate(named)]
        if isinstance(named, list)
        else [_known(named, activations, f"{place}.activation")] * len(names)
    )
    bias = document["bias"]
    return row(
        _text(document["name"], f"{place}.name"),
        [neuron_class(name, kind) for name, kind in zip(names, kinds)],
        None if bias is None else neuron_class(_text(bias, f"{place}.bias"), always_one),
    )


def _join(layers: list[Layer], document: Any, kind: validate.Kind, network_class: type[Network]) -> None:
    keys = ("sources", "destinations", "weights", "initial_weights", "frozen")
    _refuse_other_keys(document, "synapses", keys)
    sources, destinations, weights, initial, frozen = (_list(document[key], f"synapses.{key}") for key in keys)
    for key, column in zip(keys[1:4], (destinations, weights, initial)):
        if len(column) != len(sources):
            raise FormatError(f"synapses.{key}: expected {len(sources)}, one for each source, got {len(column)}")
    neurons = in_walking_order(layers)
    still = {_index(entry, len(sources), f"synapses.frozen[{i}]") for i, entry in enumerate(frozen)}
    for i, weight in enumerate(weights):
        synapse = network_class.synapse_class(
            neurons[_index(sources[i], len(neurons), f"synapses.sources[{i}]")],
            neurons[_index(destinations[i], len(neurons), f"synapses.destinations[{i}]")],
            _number(weight, f"synapses.weights[{i}]", kind),
            i in still,
        )
        synapse.initial = _number(initial[i], f"synapses.initial_weights[{i}]", kind)


def to_json(network: Network) -> str:
    """The network as JSON text.

    Raises FormatError for a network whose weights are not floats, because JSON has no other exact numbers, and for
    an activation or loss of the caller's own under a name of the library's, because a reader would take the latter.
    """
    import json

    document = describe(network)
    _refuse_borrowed_names(network)
    for key in ("weights", "initial_weights"):
        for position, weight in enumerate(document["synapses"][key]):
            if not isinstance(weight, (int, float)):
                raise FormatError(
                    f"synapses.{key}[{position}]: expected a float, got a {type(weight).__name__}; "
                    "save network.convert(float)"
                )
    try:
        return json.dumps(document, allow_nan=False) + "\n"
    except ValueError:
        raise FormatError("synapses.weights: expected finite numbers, got NaN or infinity") from None


def from_json(
    network_class: type[SomeNetwork],
    text: Union[str, bytes],
    activations: Iterable[AnyActivation] = (),
    losses: Iterable[Loss] = (),
) -> SomeNetwork:
    """The network in a JSON text. Raises FormatError, naming the place, for text that `to_json` did not write."""
    import json

    try:
        plain = text.decode("utf-8") if isinstance(text, (bytes, bytearray)) else text
        document = json.loads(plain, object_pairs_hook=_object, parse_int=_whole)
    except RecursionError:
        raise FormatError("document: expected a flat document, got one nested too deeply") from None
    except (ValueError, TypeError) as problem:
        raise FormatError(f"document: expected JSON, got something else: {problem}") from None
    return build(network_class, document, float, activations, losses)


def save(network: Network, path: Union[str, os.PathLike[str]]) -> None:
    """Write the network to a file: first beside it, then moved into place, so that it is never half written.

    Raises FormatError for a network that JSON cannot hold, OSError, naming the path, where the file cannot be written.
    """
    text = to_json(network)
    try:
        if os.path.exists(path) and not os.path.isfile(path):
            # A device or a pipe is written to: a file moved into its place would remove it.
            with open(path, "w", encoding="utf-8", newline="\n") as device:
                device.write(text)
        else:
            _write_whole(text, os.path.realpath(path))
    except OSError as problem:
        problem.filename, problem.filename2 = os.fspath(path), None
        raise


def _write_whole(text: str, target: str) -> None:
    import tempfile

    handle, name = tempfile.mkstemp(prefix=".neuronet-", dir=os.path.dirname(target))
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, _mode_of(target))
        os.replace(name, target)
    except BaseException:
        os.unlink(name)
        raise


def load(
    network_class: type[SomeNetwork],
    path: Union[str, os.PathLike[str]],
    activations: Iterable[AnyActivation] = (),
    losses: Iterable[Loss] = (),
) -> SomeNetwork:
    """Read a network from a file.

    Raises FormatError, naming the file and the place, for one that `save` did not write; OSError where it cannot be
    read.
    """
    with open(path, "rb") as file:
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise FormatError(f"{os.fspath(path)}: expected at most {MOST_BYTES} bytes, got more")
    try:
        return from_json(network_class, content, activations, losses)
    except FormatError as problem:
        raise FormatError(f"{os.fspath(path)}: {problem}") from None


def _mode_of(target: str) -> int:
    """The permissions that the file has, or that any new file gets here."""
    try:
        return os.stat(target).st_mode & 0o777
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask


class _Twice:
    """Stands among the keys of an object where one key stood twice, until the place of the object is known."""

    def __init__(self, key: str) -> None:
        self.key = key


def _object(pairs: list[tuple[str, Any]]) -> dict[Any, Any]:
    document: dict[Any, Any] = {}
    for key, value in pairs:
        document[_Twice(key) if key in document else key] = value
    return document


def _whole(text: str) -> Union[int, float]:
    """An int, or infinity for one that no float can hold: Python refuses to read the longest of them."""
    return int(text) if len(text) <= 400 else float(text)


def _refuse_other_keys(document: Any, place: str, keys: tuple[str, ...]) -> None:
    if not isinstance(document, dict):
        raise FormatError(f"{place}: expected an object with {', '.join(keys)}, got {_shown(document)}")
    for key in keys:
        if key not in document:
            raise FormatError(f"{place}: expected the key {key!r}, which is missing")
    for key in document:
        if isinstance(key, _Twice):
            raise FormatError(f"{place}: expected each key once, got {_shown(key.key)} twice")
        if key not in keys:
            raise FormatError(f"{place}: unknown key {_shown(key)}; known: {', '.join(keys)}")


def _known(name: Any, table: Mapping[str, Any], place: str) -> Any:
    if not isinstance(name, str) or name not in table:
        raise FormatError(f"{place}: unknown {_shown(name)}; known: {', '.join(table)}")
    return table[name]


def _list(value: Any, place: str) -> list[Any]:
    if not isinstance(value, list):
        raise FormatError(f"{place}: expected a list, got {_shown(value)}")
    return value


def _text(value: Any, place: str) -> str:
    if not isinstance(value, str):
        raise FormatError(f"{place}: expected a name, got {_shown(value)}")
    return value


def _index(value: Any, length: int, place: str) -> int:
    if type(value) is not int or not 0 <= value < length:
        raise FormatError(f"{place}: expected a whole number from 0 to {length - 1}, got {_shown(value)}")
    return value


def _number(value: Any, place: str, kind: validate.Kind) -> Any:
    if isinstance(value, (list, dict)):
        raise FormatError(f"{place}: expected a number, got {_shown(value)}")
    try:
        return validate.number(value, place, kind)
    except NeuronetError as problem:
        raise FormatError(str(problem)) from None


def _shown(value: Any) -> str:
    if isinstance(value, (list, dict)):
        # They may be long, or nested more deeply than `repr` can follow.
        return "a list" if isinstance(value, list) else "an object"
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
