"""Looks at the values of a document before anybody believes them; each error names the place."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Optional

from neuronet import validate
from neuronet.errors import FormatError, NeuronetError

MOST_NESTED = 50
"""What a later version wrote is nested less deeply than this, or it could not be copied and written again."""


class Twice:
    """Stands among the keys of an object where one key stood twice, until the place of the object is known."""

    def __init__(self, key: str) -> None:
        self.key = key


class Reader:
    """Reads one document.

    kind: the kind of number that its weights become.
    lenient: whether unknown keys are kept, as those of a later minor version; otherwise they are refused.
    version: that of the document; version 1 has no optional keys.

    later: the unknown keys and their values, by the place of the object that they stand in.

    Each method takes a value and its place, and returns the value; FormatError, naming the place, where it is not
    what it has to be.
    """

    def __init__(self, kind: validate.Kind = float, *, lenient: bool = False) -> None:
        self.kind = kind
        self.lenient = lenient
        self.version = 0
        self.later: dict[str, dict[str, Any]] = {}

    def branch(self) -> Reader:
        """A reader of the same document that keeps the unknown keys of a part of it."""
        twin = Reader(self.kind, lenient=self.lenient)
        twin.version = self.version
        return twin

    def keys(self, document: Any, place: str, required: Sequence[str], optional: Sequence[str] = ()) -> dict[str, Any]:
        """An object that has the required keys, and of others only the optional ones."""
        known = (*required, *(optional if self.version != 1 else ()))
        if not isinstance(document, dict):
            raise FormatError(f"{place}: expected an object with {', '.join(known)}, got {shown(document)}")
        for key in required:
            if key not in document:
                raise FormatError(f"{place}: expected the key {key!r}, which is missing")
        for key in document:
            if isinstance(key, Twice):
                raise FormatError(f"{place}: expected each key once, got {shown(key.key)} twice")
            if key not in known:
                if not self.lenient:
                    raise FormatError(f"{place}: unknown key {shown(key)}; known: {', '.join(known)}")
                self.later.setdefault(place, {})[key] = self.plain(document[key], f"{place}: {shown(key)}")
        return document

    def named(self, name: Any, table: Mapping[str, Any], place: str) -> Any:
        """What a name stands for in a table."""
        if not isinstance(name, str) or name not in table:
            raise FormatError(f"{place}: unknown {shown(name)}; known: {', '.join(table)}")
        return table[name]

    def items(self, value: Any, place: str, length: Optional[int] = None) -> list[Any]:
        """A list, of this length where one is given."""
        if not isinstance(value, list):
            raise FormatError(f"{place}: expected a list, got {shown(value)}")
        if length is not None and len(value) != length:
            raise FormatError(f"{place}: expected {length}, got {len(value)}")
        return value

    def text(self, value: Any, place: str) -> str:
        """A text."""
        if not isinstance(value, str):
            raise FormatError(f"{place}: expected a name, got {shown(value)}")
        return value

    def flag(self, value: Any, place: str) -> bool:
        """True or false."""
        if not isinstance(value, bool):
            raise FormatError(f"{place}: expected true or false, got {shown(value)}")
        return value

    def index(self, value: Any, length: int, place: str, least: int = 0) -> int:
        """A whole number from `least` to length - 1."""
        if type(value) is not int or not least <= value < length:
            raise FormatError(f"{place}: expected a whole number from {least} to {length - 1}, got {shown(value)}")
        return value

    def count(self, value: Any, place: str, least: int = 1) -> int:
        """A whole number of at least this."""
        if type(value) is not int or value < least:
            raise FormatError(f"{place}: expected a whole number of at least {least}, got {shown(value)}")
        return value

    def number(self, value: Any, place: str) -> Any:
        """A finite number of the reader's kind."""
        return self._number(value, place, self.kind)

    def real(self, value: Any, place: str) -> float:
        """A finite float."""
        found: float = self._number(value, place, float)
        return found

    def numbers(self, values: Any, place: str, length: int) -> list[Any]:
        """A list of so many finite numbers of the reader's kind."""
        return [self.number(each, f"{place}[{i}]") for i, each in enumerate(self.items(values, place, length))]

    def plain(self, value: Any, place: str) -> Any:
        """Any value that can be written again: no key twice, finite numbers, not nested too deeply."""
        level = [value]
        for _ in range(MOST_NESTED):
            inside: list[Any] = []
            for each in level:
                if isinstance(each, float) and not math.isfinite(each):
                    raise FormatError(f"{place}: expected finite numbers, got {each!r}")
                if isinstance(each, dict):
                    for key in each:
                        if isinstance(key, Twice):
                            raise FormatError(f"{place}: expected each key once, got {shown(key.key)} twice")
                    inside.extend(each.values())
                elif isinstance(each, list):
                    inside.extend(each)
            level = inside
            if not level:
                return value
        raise FormatError(f"{place}: expected a value nested at most {MOST_NESTED} deep, got one nested more deeply")

    def made(self, place: str, function: Any, *arguments: Any, **settings: Any) -> Any:
        """What a function makes of checked values; its own refusal becomes one of the document, with the place."""
        try:
            return function(*arguments, **settings)
        except NeuronetError as problem:
            raise FormatError(f"{place}: {problem}") from problem

    def _number(self, value: Any, place: str, kind: validate.Kind) -> Any:
        if isinstance(value, (list, dict)):
            raise FormatError(f"{place}: expected a number, got {shown(value)}")
        try:
            return validate.number(value, place, kind)
        except NeuronetError as problem:
            raise FormatError(str(problem)) from None


def merged(document: Any, later: Mapping[str, Mapping[str, Any]]) -> None:
    """Put unknown keys that a reader kept back into the objects of a document whose places are still there."""
    for place, values in later.items():
        found = _at(document, place)
        # What stands beside the name of a function belongs to that function alone.
        if isinstance(found, dict) and found.get("name") == values.get("name", found.get("name")):
            for key, value in values.items():
                found.setdefault(key, value)


def _at(document: Any, place: str) -> Any:
    found = document
    for step in () if place == "document" else _steps(place):
        try:
            found = found[step]
        except (KeyError, IndexError, TypeError):
            return None
    return found


def _steps(place: str) -> Iterable[Any]:
    for part in place.split("."):
        name, *positions = part.replace("]", "").split("[")
        yield name
        yield from map(int, positions)


def shown(value: Any) -> str:
    """What came instead, for a message: its `repr`, cut short."""
    if isinstance(value, (list, dict)):
        # They may be long, or nested more deeply than `repr` can follow.
        return "a list" if isinstance(value, list) else "an object"
    return validate.shown(value)
