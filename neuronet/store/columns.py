"""The columns of a model as JSON: how its inputs are encoded, how its answer is, and where its rows came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from neuronet.data.encoding import CategoryInput, ClassTarget, Input, NumberInput, Target, ValueTarget
from neuronet.data.table import CATEGORY, NUMBER
from neuronet.errors import FormatError
from neuronet.store.reader import Reader, Twice, shown

SCALED = ("scaling", "shift", "scale")
MODEL = ("columns", "target", "source")
NUMBER_COLUMN = ("name", "kind", *SCALED, "fill")
CATEGORY_COLUMN = ("name", "kind", "categories", "fill")
CLASS_TARGET = ("name", "kind", "labels", "majority")
VALUE_TARGET = ("name", "kind", *SCALED, "mean")
MOST_SOURCE = 100
"""Where rows came from is told in at most so many keys."""


def describe_columns(inputs: Sequence[Input], target: Target, source: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a model as a document. FormatError for a source that could not be read again."""
    return {
        "columns": [_describe_input(column) for column in inputs],
        "target": _describe_target(target),
        "source": plain_source(source, Reader()),
    }


def build_columns(document: Any, reader: Reader) -> tuple[list[Input], Target, dict[str, Any]]:
    """The columns that a document describes; FormatError for what `describe_columns` never wrote."""
    reader.keys(document, "model", MODEL)
    columns = reader.items(document["columns"], "model.columns")
    inputs = [_build_input(column, f"model.columns[{i}]", reader) for i, column in enumerate(columns)]
    return inputs, _build_target(document["target"], reader), plain_source(document["source"], reader)


def plain_source(source: Any, reader: Reader) -> dict[str, Any]:
    """Where rows came from, checked: texts to texts, numbers or lists. FormatError, naming the key, for what is not."""
    if not isinstance(source, dict) or len(source) > MOST_SOURCE:
        got = f"{len(source)}" if isinstance(source, dict) else shown(source)
        raise FormatError(f"model.source: expected an object of at most {MOST_SOURCE} keys, got {got}")
    for key, value in source.items():
        if isinstance(key, Twice):
            raise FormatError(f"model.source: expected each key once, got {shown(key.key)} twice")
        if not isinstance(key, str):
            raise FormatError(f"model.source: expected keys that are texts, got {shown(key)}")
        place = f"model.source.{shown(key)}"
        reader.plain(value, place)
        if isinstance(value, dict) or not _is_plain(value):
            raise FormatError(f"{place}: expected a text, a number or a list of them, got {shown(value)}")
    return dict(source)


def _is_plain(value: Any) -> bool:
    """Whether JSON gives a value back as it was."""
    if isinstance(value, list):
        return all(map(_is_plain, value))
    if isinstance(value, dict):
        return all(isinstance(key, str) and _is_plain(each) for key, each in value.items())
    return value is None or isinstance(value, (str, int, float))


def _describe_input(column: Input) -> dict[str, Any]:
    if isinstance(column, CategoryInput):
        return {"name": column.name, "kind": column.kind, "categories": list(column.categories), "fill": column.fill}
    scaled = {key: getattr(column, key) for key in SCALED}
    return {"name": column.name, "kind": column.kind, **scaled, "fill": column.fill}


def _describe_target(target: Target) -> dict[str, Any]:
    if isinstance(target, ClassTarget):
        return {"name": target.name, "kind": target.kind, "labels": list(target.labels), "majority": target.majority}
    scaled = {key: getattr(target, key) for key in SCALED}
    return {"name": target.name, "kind": target.kind, **scaled, "mean": target.mean}


def _kind(document: Any, place: str, kinds: tuple[str, ...], reader: Reader) -> Any:
    if not isinstance(document, dict) or "kind" not in document:
        raise FormatError(f"{place}: expected an object with a name and a kind, got {shown(document)}")
    return reader.named(document["kind"], dict.fromkeys(kinds, document["kind"]), f"{place}.kind")


def _build_input(document: Any, place: str, reader: Reader) -> Input:
    if _kind(document, place, (NUMBER, CATEGORY), reader) == CATEGORY:
        reader.keys(document, place, CATEGORY_COLUMN)
        name = reader.text(document["name"], f"{place}.name")
        listed = reader.items(document["categories"], f"{place}.categories")
        categories = [reader.text(each, f"{place}.categories[{i}]") for i, each in enumerate(listed)]
        fill = document["fill"]
        known = None if fill is None else reader.text(fill, f"{place}.fill")
        category: Input = reader.made(place, CategoryInput, name, categories, known)
        return category
    reader.keys(document, place, NUMBER_COLUMN)
    fill = None if document["fill"] is None else reader.real(document["fill"], f"{place}.fill")
    number: Input = reader.made(place, NumberInput, *_scaled(document, place, reader), fill)
    return number


def _build_target(document: Any, reader: Reader) -> Target:
    place = "model.target"
    if _kind(document, place, (ClassTarget.kind, ValueTarget.kind), reader) == ValueTarget.kind:
        reader.keys(document, place, VALUE_TARGET)
        mean = reader.real(document["mean"], f"{place}.mean")
        value: Target = reader.made(place, ValueTarget, *_scaled(document, place, reader), mean)
        return value
    reader.keys(document, place, CLASS_TARGET)
    listed = reader.items(document["labels"], f"{place}.labels")
    labels = [_label(each, f"{place}.labels[{i}]", reader) for i, each in enumerate(listed)]
    majority = _label(document["majority"], f"{place}.majority", reader)
    name = reader.text(document["name"], f"{place}.name")
    classes: Target = reader.made(place, ClassTarget, name, labels, majority)
    return classes


def _scaled(document: Any, place: str, reader: Reader) -> tuple[str, str, float, float]:
    scaling = reader.text(document["scaling"], f"{place}.scaling")
    shift, scale = (reader.real(document[key], f"{place}.{key}") for key in ("shift", "scale"))
    return reader.text(document["name"], f"{place}.name"), scaling, shift, scale


def _label(value: Any, place: str, reader: Reader) -> Any:
    return value if isinstance(value, str) else reader.real(value, place)
