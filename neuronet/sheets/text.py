"""A sheet as plain text of at most a hundred columns."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence

from neuronet.sheets.page import Block, Equation, Heading, PageBreak, Paragraph, Table

WIDTH = 100
"""How long a line may be."""
WIDEST_LEFT = 40
"""A left side that is longer has a line of its own."""


def text_of(blocks: Sequence[Block]) -> str:
    """The sheet as text; a form feed begins a page."""
    lines: list[str] = []
    for block in blocks:
        lines += [*_lines(block), ""]
    return "\n".join(line.rstrip(" ") for line in lines).strip("\n") + "\n"


def _lines(block: Block) -> list[str]:
    if isinstance(block, Heading):
        folded = fold([block.text], WIDTH)
        return [*folded, ("=-"[min(block.level, 2) - 1]) * max(map(len, folded))] if block.level < 3 else folded
    if isinstance(block, Paragraph):
        return fold([block.text], WIDTH)
    if isinstance(block, Table):
        return table_lines(block)
    if isinstance(block, PageBreak):
        return ["\f"]
    return equation_lines(block)


def equation_lines(equation: Equation, width: int = WIDTH) -> list[str]:
    """An equation: its number, then the sides below each other, the equals signs in one column."""
    head = one_line(f"({equation.number}) {equation.left}")
    lines = fold([head], width) if len(head) > WIDEST_LEFT else []
    indent = len(head) if len(head) <= WIDEST_LEFT else 8
    first = head if not lines else " " * indent
    for side in equation.sides():
        folded = fold(side, width - indent - 3)
        lines += [f"{first} = {folded[0]}", *(" " * (indent + 3) + line for line in folded[1:])]
        first = " " * indent
    return lines


def fold(pieces: Sequence[str], width: int) -> list[str]:
    """The pieces, joined by spaces, in lines of this width; a piece is cut only where it is longer than a line."""
    lines: list[str] = []
    for piece in map(one_line, pieces):
        if lines and len(lines[-1]) + 1 + len(piece) <= width:
            lines[-1] += f" {piece}"
        else:
            lines += textwrap.wrap(piece, width, break_on_hyphens=False) or [""]
    return lines or [""]


def table_lines(table: Table, width: int = WIDTH) -> list[str]:
    """A table, its columns lined up; what does not fit is cut short."""
    rows = [tuple(map(one_line, row)) for row in (table.header, *table.rows)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(table.header))]
    while sum(widths) + 2 * (len(widths) - 1) > width:
        widths[widths.index(max(widths))] -= 1
    lines = ["  ".join(_fit(cell, size) for cell, size in zip(row, widths)) for row in rows]
    return [lines[0], "  ".join("-" * size for size in widths), *lines[1:]]


def one_line(text: str) -> str:
    """A text with spaces for line ends and for signs that a terminal would obey."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", " ", text)


def _fit(cell: str, size: int) -> str:
    return cell.ljust(size) if len(cell) <= size else f"{cell[: max(size - 3, 0)]}..."[:size]
