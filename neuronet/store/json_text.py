"""A network as JSON text. Floats are written with `repr`, which reads back to the very same bits."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from numbers import Number
from typing import Any, NamedTuple, Optional, Union

from neuronet.dropout import DropoutLayer
from neuronet.errors import FormatError
from neuronet.feedforward import FeedForward
from neuronet.store import disk
from neuronet.store.disk import read_file
from neuronet.store.document import (
    MINOR_VERSION,
    Own,
    build,
    describe,
    refuse_borrowed_names,
    refuse_unwritten_classes,
    with_present_names,
)
from neuronet.store.generators import build_generator, describe_generator
from neuronet.store.reader import Reader, Twice, merged
from neuronet.store.training_state import build_training_state, describe_training_state
from neuronet.training.state import TrainingState

MOST_LISTS = 2_000_000
"""A text with more opening brackets than this is refused before it is parsed: some 500 000 layers."""


class Saved(NamedTuple):
    """A network, and what goes into its file with it."""

    network: Any
    state: Optional[TrainingState] = None
    """The state of its training; None where it has not been trained."""
    later_keys: Any = None
    """What a later version of the library wrote; None where there is nothing."""


def to_json(saved: Saved) -> str:
    """A network as JSON text, with all that goes with it.

    Raises FormatError for a network whose weights are not finite floats, because JSON has no other exact numbers; for
    an activation, a loss or an optimizer of the caller's own under a name of the library's, because a reader would take
    the latter; for neurons, layers or a penalty of a class that a reader would not know; for a generator that is no
    `random.Random`; and for a text too long to be loaded again.
    """
    return written(full_document(saved))


def full_document(saved: Saved, model: Optional[dict[str, Any]] = None) -> dict[str, Any]:
    """The document of a network with all that goes with it.

    model: the part that says which columns it has, where it is the network of a model.
    """
    network, state, later_keys = saved
    document = describe(network)
    refuse_borrowed_names(network)
    refuse_unwritten_classes(network)
    for position, layer in _dropouts(network):
        generator = describe_generator(layer.rng, f"layers[{position}].dropout.generator")
        document["layers"][position]["dropout"]["generator"] = generator
    if state is not None:
        document["training"] = describe_training_state(state, network)
    if model is not None:
        document["model"] = model
    if later_keys is not None:
        minor, later = later_keys
        document["minor_version"] = max(MINOR_VERSION, minor)
        merged(document, later)
        merged(document, {} if state is None else state.later_keys)
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


def from_json(network_class: type[FeedForward], text: Union[str, bytes], own: Own) -> Saved:
    """What a JSON text holds. Raises FormatError, naming the place, for text that `to_json` did not write."""
    document = parse(text)
    if isinstance(document, dict) and "model" in document:
        raise FormatError("model: expected a network alone, got one with columns; read it with Model.load")
    return from_document(network_class, document, Reader(), own)


def from_document(network_class: type[FeedForward], document: Any, reader: Reader, own: Own) -> Saved:
    """What a full document holds; as `from_json`."""
    document = with_present_names(document)
    network = build(network_class, document, float, own, reader)
    for position, layer in _dropouts(network):
        described = document["layers"][position]["dropout"]
        if "generator" in described:
            layer.rng = build_generator(described["generator"], f"layers[{position}].dropout.generator", reader)
    state = build_training_state(document["training"], network, reader) if "training" in document else None
    return Saved(network, state, (document["minor_version"], reader.later) if reader.lenient else None)


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


def load(network_class: type[FeedForward], path: Union[str, os.PathLike[str]], own: Own) -> Saved:
    """What a file holds.

    Raises FormatError, naming the file and the place, for one that `Network.save` did not write; OSError where it
    cannot be read.
    """
    content = read_file(path)
    try:
        return from_json(network_class, content, own)
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


def _dropouts(network: FeedForward) -> list[tuple[int, DropoutLayer]]:
    """The layers that have dropout, each with its position."""
    return [(at, layer) for at, layer in enumerate(network.layers) if isinstance(layer, DropoutLayer)]
