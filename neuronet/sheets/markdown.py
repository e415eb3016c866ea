"""A sheet as Markdown: tables and headings, the equations as blocks of text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from neuronet.sheets.page import Block, Heading, PageBreak, Paragraph, Table
from neuronet.sheets.text import equation_lines


def markdown_of(blocks: Sequence[Block]) -> str:
    """The sheet as Markdown; a new page is a division that browsers and most converters take for one."""
    return "\n\n".join(_written(block) for block in blocks) + "\n"


def escaped(text: str) -> str:
    """A text in which nothing is a sign of Markdown or HTML."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace("\n", " ")
    return re.sub(r"([\\`*_{}\[\]|#~>$])", r"\\\1", text)


def _written(block: Block) -> str:
    if isinstance(block, Heading):
        return f"{'#' * block.level} {escaped(block.text)}"
    if isinstance(block, Paragraph):
        return escaped(block.text)
    if isinstance(block, Table):
        header, *rows = (f"| {' | '.join(map(escaped, row))} |" for row in (block.header, *block.rows))
        return "\n".join([header, "|---" * len(block.header) + "|", *rows])
    if isinstance(block, PageBreak):
        return '<div style="page-break-before: always"></div>'
    lines = equation_lines(block)
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", "\n".join(lines))), default=0))
    return "\n".join([f"{fence}text", *lines, fence])
