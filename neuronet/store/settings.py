"""Optimizers and schedules as JSON: a name, and the settings beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from neuronet.errors import DataError, FormatError, NeuronetError
from neuronet.optimizers import OPTIMIZERS, Optimizer
from neuronet.store.reader import Reader, shown


def build_optimizer(document: Any, own: Iterable[Optimizer], reader: Reader) -> Optimizer:
    """The optimizer that a document describes.

    own: those of the caller's, known by their names; they bring their own settings, which must be those described.
    """
    known: dict[str, Optimizer] = {}
    for each in own:
        if not isinstance(each, Optimizer):
            name = getattr(each, "__name__", "Lion")
            raise DataError(f"optimizers: expected optimizers, such as {name}(...), got {shown(each)}")
        known[each.name] = each
    if isinstance(document, dict) and isinstance(document.get("name"), str) and document["name"] in known:
        return _with_settings(known[document["name"]], document, reader)
    made: Optimizer = build_by_name(document, "optimizer", {**OPTIMIZERS, **known}, reader)
    return made


def _with_settings(own: Optimizer, document: dict[str, Any], reader: Reader) -> Optimizer:
    """An optimizer of the caller's own; FormatError where it has other settings than the document says."""
    settings = own.describe()
    for key, value in document.items():
        if key in settings and settings[key] != value:
            raise FormatError(f"optimizer.{key}: expected {settings[key]!r}, that of {own!r}, got {shown(value)}")
    return own


def build_by_name(document: Any, place: str, table: Mapping[str, Any], reader: Reader) -> Any:
    """What a class of the table makes of the settings that stand beside its name."""
    from inspect import signature

    if not isinstance(document, dict) or "name" not in document:
        reader.keys(document, place, ("name",))  # which says so
    function = reader.named(document["name"], table, f"{place}.name")
    known = signature(function).parameters
    required = [key for key, parameter in known.items() if parameter.default is parameter.empty]
    reader.keys(document, place, ("name", *required), [key for key in known if key not in required])
    if place in reader.later:
        reader.later[place]["name"] = document["name"]
    settings = {key: document[key] for key in known if key in document}
    for key, value in settings.items():
        number = reader.real(value, f"{place}.{key}")
        settings[key] = value if type(value) is int else number
    try:
        return function(**settings)
    except NeuronetError as problem:
        raise FormatError(f"{place}.{problem}") from problem
