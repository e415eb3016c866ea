"""A sheet as one HTML page that needs nothing else, to look at and to print."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from neuronet.sheets.page import Block, Heading, PageBreak, Paragraph, Table
from neuronet.sheets.text import equation_lines

STYLE = """
.neuronet-sheet { font: 15px/1.45 sans-serif; color: #111; background: #fff; max-width: 62em; }
.neuronet-sheet h1 { font-size: 1.5em; } .neuronet-sheet h2 { font-size: 1.2em; border-bottom: 1px solid #999; }
.neuronet-sheet table { border-collapse: collapse; margin: 0.6em 0; }
.neuronet-sheet th, .neuronet-sheet td { border: 1px solid #999; padding: 0.15em 0.6em; text-align: left; }
.neuronet-sheet pre { font: 13px/1.5 monospace; margin: 0.7em 0; white-space: pre-wrap; break-inside: avoid; }
@media print { .neuronet-sheet .new-page { break-before: page; } .neuronet-sheet h2 { break-after: avoid; } }
"""


def html_of(blocks: Sequence[Block]) -> str:
    """The sheet as a whole page."""
    title = next((block.text for block in blocks if isinstance(block, Heading)), "")
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{escape(title)}</title>\n</head>\n'
        f"<body>\n{fragment_of(blocks)}</body>\n</html>\n"
    )


def fragment_of(blocks: Sequence[Block]) -> str:
    """The sheet as a part of a page, such as the cell of a notebook."""
    inside = "\n".join(_written(block) for block in blocks)
    return f'<div class="neuronet-sheet">\n<style>{STYLE}</style>\n{inside}\n</div>\n'


def _written(block: Block) -> str:
    if isinstance(block, Heading):
        return f"<h{block.level}>{escape(block.text)}</h{block.level}>"
    if isinstance(block, Paragraph):
        return f"<p>{escape(block.text)}</p>"
    if isinstance(block, Table):
        header = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in block.header)
        rows = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>\n" for row in block.rows)
        return f"<table>\n<thead><tr>{header}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>"
    if isinstance(block, PageBreak):
        return '<div class="new-page"></div>'
    lines = "\n".join(equation_lines(block))
    return f'<pre class="equation">{escape(lines)}</pre>'
