"""A network as JSON text. Floats are written with `repr`, which reads back to the very same bits."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Iterator
from numbers import Number
from typing import TYPE_CHECKING, Any, Optional, Union

from neuronet.activations import AnyActivation
from neuronet.dropout import dropout_layers
from neuronet.errors import FormatError
from neuronet.losses import Loss
from neuronet.optimizers import Optimizer
from neuronet.store import disk
from neuronet.store.disk import read_file, write_file
from neuronet.store.document import (
    MINOR_VERSION,
    Own,
    SomeNetwork,
    build,
    describe,
    refuse_borrowed_names,
    with_present_names,
)
from neuronet.store.generators import build_generator, describe_generator
from neuronet.store.reader import Reader, Twice, merged
from neuronet.store.training_state import build_training_state, describe_training_state

if TYPE_CHECKING:
    from neuronet.network import Network


MOST_LISTS = 2_000_000
"""A text with more opening brackets than this is refused before it is parsed: some 500 000 layers."""


def to_json(network: Network) -> str:
    """The network as JSON text.

    Raises FormatError for a network whose weights are not finite floats, because JSON has no other exact numbers; for
    an activation, a loss or an optimizer of the caller's own under a name of the library's, because a reader would take
    the latter; for a generator that is no `random.Random`; and for a text too long to be loaded again.
    """
    return written(full_document(network))


def full_document(network: Network, model: Optional[dict[str, Any]] = None) -> dict[str, Any]:
    """The document of a network with the course of its training, and with what a later version had in it.

    model: the part that says which columns it has, where it is the network of a model.
    """
    document = describe(network)
    refuse_borrowed_names(network)
    for layer in dropout_layers(network.layers):
        position = network.layers.index(layer)
        generator = describe_generator(layer.rng, f"layers[{position}].dropout.generator")
        document["layers"][position]["dropout"]["generator"] = generator
    if network.training_state is not None:
        document["training"] = describe_training_state(network)
    if model is not None:
        document["model"] = model
    if network.kept_keys is not None:
        minor, kept = network.kept_keys
        document["minor_version"] = max(MINOR_VERSION, minor)
        merged(document, kept)
        merged(document, {} if network.training_state is None else network.training_state.kept_keys)
    return document


def written(document: dict[str, Any]) -> str:
    """A document as one line of text. FormatError where JSON cannot hold a number in it, or it would be too long."""
    import json

    try:
        text = json.dumps(document, allow_nan=False) + "\n"
    except (TypeError, ValueError):
        for place, value in _leaves(document, ""):
            _refuse_unwritable(value, place)
        raise
    if len(text) > disk.MOST_BYTES:
        raise FormatError(f"document: expected at most {disk.MOST_BYTES} bytes, which can be loaded, got {len(text)}")
    return text


def _leaves(value: Any, place: str) -> Iterator[tuple[str, Any]]:
    """Every value in a document that is no list and no object, with its place."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _leaves(each, f"{place}.{key}" if place else key)
    elif isinstance(value, list):
        for position, each in enumerate(value):
            yield from _leaves(each, f"{place}[{position}]")
    else:
        yield place, value


def _refuse_unwritable(value: Any, place: str) -> None:
    if isinstance(value, float) and not math.isfinite(value):
        raise FormatError(f"{place}: expected a finite number, got {value!r}")
    if value is not None and not isinstance(value, (str, int, float)):
        hint = "; save network.convert(float)" if isinstance(value, Number) else ""
        raise FormatError(f"{place}: expected a float, got a {type(value).__name__}{hint}")


def from_json(
    network_class: type[SomeNetwork],
    text: Union[str, bytes],
    activations: Iterable[AnyActivation] = (),
    losses: Iterable[Loss] = (),
    optimizers: Iterable[Optimizer] = (),
) -> SomeNetwork:
    """The network in a JSON text. Raises FormatError, naming the place, for text that `to_json` did not write."""
    document = parse(text)
    if isinstance(document, dict) and "model" in document:
        raise FormatError("model: expected a network alone, got one with columns; read it with Model.load")
    return from_document(network_class, document, Reader(), Own(activations, losses, optimizers))


def from_document(
    network_class: type[SomeNetwork],
    document: Any,
    reader: Reader,
    own: Own,
) -> SomeNetwork:
    """The network of a full document, on the course that it was on; as `from_json`."""
    document = with_present_names(document)
    network = build(network_class, document, float, own, reader)
    for layer in dropout_layers(network.layers):
        position = network.layers.index(layer)
        described = document["layers"][position]["dropout"]
        if "generator" in described:
            layer.rng = build_generator(described["generator"], f"layers[{position}].dropout.generator", reader)
    if "training" in document:
        build_training_state(document["training"], network, reader)
    if reader.lenient:
        network.kept_keys = document["minor_version"], reader.kept
    return network


def parse(text: Union[str, bytes]) -> Any:
    """What a JSON text holds. FormatError for anything else, and for what is nested too deeply to be one of ours."""
    import json

    if isinstance(text, (str, bytes, bytearray)):
        _refuse_many(text)
    try:
        plain = text.decode("utf-8") if isinstance(text, (bytes, bytearray)) else text
        return json.loads(plain, object_pairs_hook=_object, parse_int=_whole)
    except RecursionError:
        raise FormatError("document: expected a flat document, got one nested too deeply") from None
    except (ValueError, TypeError) as problem:
        raise FormatError(f"document: expected JSON, got something else: {problem}") from None


def _refuse_many(text: Union[str, bytes]) -> None:
    """Refuse a text that would fill the memory before anything in it could be looked at."""
    if len(text) > disk.MOST_BYTES:
        raise FormatError(f"document: expected at most {disk.MOST_BYTES} bytes, got {len(text)}")
    lists = text.count("[") + text.count("{") if isinstance(text, str) else text.count(b"[") + text.count(b"{")
    if lists > MOST_LISTS:
        raise FormatError(f"document: expected at most {MOST_LISTS} lists and objects, got {lists} opening brackets")


def save(network: Network, path: Union[str, os.PathLike[str]]) -> None:
    """Write the network to a file, whole or not at all.

    Raises FormatError for a network that JSON cannot hold, OSError, naming the path, where the file cannot be written.
    """
    write_file(to_json(network), path)


def load(
    network_class: type[SomeNetwork],
    path: Union[str, os.PathLike[str]],
    activations: Iterable[AnyActivation] = (),
    losses: Iterable[Loss] = (),
    optimizers: Iterable[Optimizer] = (),
) -> SomeNetwork:
    """Read a network from a file.

    Raises FormatError, naming the file and the place, for one that `save` did not write; OSError where it cannot be
    read.
    """
    content = read_file(path)
    try:
        return from_json(network_class, content, activations, losses, optimizers)
    except FormatError as problem:
        raise FormatError(f"{os.fspath(path)}: {problem}") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[Any, Any]:
    document: dict[Any, Any] = {}
    for key, value in pairs:
        document[Twice(key) if key in document else key] = value
    return document


def _whole(text: str) -> Union[int, float]:
    """An int, or infinity for one that no float can hold: Python refuses to read the longest of them."""
    return int(text) if len(text) <= 400 else float(text)
