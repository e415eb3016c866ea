"""Names, values and counts as a message or a table has them: on one line, and no longer than there is room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from neuronet import validate
from neuronet.errors import printable


def quoted(name: str) -> str:
    """The name of a column for a message, in quotes and on one line."""
    return f'"{printable(name)}"'


def cut(text: str, width: int) -> str:
    """A text of at most so many characters, with dots in place of what is left out."""
    return text if len(text) <= width else f"{text[: width - 3]}..."


def brief(name: Any, width: int) -> str:
    """A name or a label in at most so many characters; its `repr` where it would take more than one line."""
    text = str(name)
    return cut(text if text.isprintable() else repr(name), width)


def counted(count: int, what: str) -> str:
    """A count with its noun.

    >>> counted(1, "row"), counted(3, "row")
    ('1 row', '3 rows')
    """
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def listed(values: Sequence[Any], most: int = 8) -> str:
    """Values for a message: the first few, and how many more.

    >>> listed(["a", "b", "c"], most=2)
    "'a', 'b' and 1 more"
    """
    texts = ", ".join(validate.shown(value) for value in values[:most])
    return texts if len(values) <= most else f"{texts} and {len(values) - most} more"


def table_line(name: str, room: int, cells: Sequence[str], widths: Sequence[int]) -> str:
    """A line of a table: its name in so much room at the left, then each cell at the right of its column."""
    return f"{name:<{room}}" + "".join(f"  {cell:>{width}}" for cell, width in zip(cells, widths))
