"""A worked sheet, which prints in the format that it was asked for in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Callable

from neuronet.errors import UnknownNameError, printable
from neuronet.sheets.html import fragment_of, html_of
from neuronet.sheets.latex import latex_of
from neuronet.sheets.markdown import markdown_of
from neuronet.sheets.page import Block
from neuronet.sheets.text import text_of
from neuronet.validate import shown

FORMATS: dict[str, Callable[[Sequence[Block]], str]] = {
    "text": text_of,
    "markdown": markdown_of,
    "html": html_of,
    "latex": latex_of,
}
"""The formats of a sheet, by name."""


class Sheet:
    """A worked sheet: `str(sheet)` is the whole of it; a notebook shows it as it stands.

    blocks: its headings, paragraphs, tables and equations, in order.
    format: "text", "markdown", "html" or "latex".
    """

    def __init__(self, blocks: Sequence[Block], format: str = "text") -> None:  # noqa: A002 - the word users look for
        self.blocks = list(blocks)
        self.format = find_format(format)

    def render(self, format: str) -> str:  # noqa: A002
        """The sheet in another format. UnknownNameError for one that is not there."""
        return printable(FORMATS[find_format(format)](self.blocks), keep="\n\f\u00a0")

    def __str__(self) -> str:
        return self.render(self.format)

    def _repr_html_(self) -> str:
        return printable(fragment_of(self.blocks), keep="\n\f\u00a0")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({len(self.blocks)} blocks, {self.format})"


def find_format(name: Any) -> str:
    """The name of a format. UnknownNameError, listing them, for any other."""
    if not isinstance(name, str) or name not in FORMATS:
        raise UnknownNameError(f"format: unknown {shown(name)}; known: {', '.join(FORMATS)}")
    return name
