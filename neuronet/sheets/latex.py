"""A sheet as a LaTeX document, which needs amsmath, geometry and longtable."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from neuronet.graph import Synapse
from neuronet.numbers.operations import ATOM, POWER, PRODUCT, Operation
from neuronet.numbers.traced import value_of
from neuronet.sheets.page import Block, Equation, Heading, PageBreak, Paragraph, Table, shown
from neuronet.stepping.formula import FormulaPrinter, Quantity

WIDTH = 90
"""How many characters of plain text a line of an equation holds, about."""

_SIGNS = {
    **{sign: f"\\{sign}" for sign in "{}$&#%_"},
    "\\": r"\textbackslash{}",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "[": "{[}",  # after the end of a row it would be an option
    "]": "{]}",
    "*": "{*}",
}

_HEAD = r"""\documentclass{article}
\usepackage[utf8]{inputenc}
\usepackage[T1]{fontenc}
\usepackage[a4paper, margin=2cm]{geometry}
\usepackage{amsmath}
\usepackage{longtable}
\allowdisplaybreaks
\setlength{\parindent}{0pt}
\begin{document}
"""


def latex_of(blocks: Sequence[Block]) -> str:
    """The sheet as a document."""
    return _HEAD + "\n".join(_written(block) for block in blocks) + "\n\\end{document}\n"


def escaped(text: str) -> str:
    """A text in which nothing is a sign of LaTeX."""
    return "".join(_SIGNS.get(sign, " " if sign in "\n\r\t" else sign) for sign in text)


class LatexPrinter(FormulaPrinter):
    """Writes formulas with fractions and the signs of mathematics."""

    times = r" \cdot "

    def enclosed(self, text: str) -> str:
        """A text in parentheses that are as high as it is."""
        return rf"\left({text}\right)"

    def call(self, operation: Operation, arguments: Sequence[str]) -> str:
        """A function of its arguments."""
        inside = ", ".join(arguments)
        if "%s" in operation.latex:
            return operation.latex % inside
        return (operation.latex or rf"\operatorname{{{escaped(operation.name)}}}") + self.enclosed(inside)

    def power(self, base: Any, exponent: Any) -> tuple[str, int]:
        """A power."""
        return f"{{{self.part(base, ATOM)}}}^{{{self.part(exponent, ATOM)}}}", POWER

    def quotient(self, left: Any, right: Any) -> tuple[str, int]:
        """A fraction."""
        return rf"\frac{{{self.write(left)}}}{{{self.write(right)}}}", PRODUCT


def quantity_of(quantity: Quantity) -> str:
    """A quantity in a formula: its kind, and its neurons as a subscript."""
    kind = rf"\text{{{escaped(quantity.kind.replace('_', ' '))}}}"
    if quantity.owner is None:
        return kind
    owner = quantity.owner
    ends = (owner.source, owner.destination) if isinstance(owner, Synapse) else (owner,)
    names = [rf"\text{{{escaped(end.name)}}}" for end in ends]
    return kind + "_{" + r" \to ".join(names) + "}"


def number_of(number: Any, digits: int) -> str:
    """A number in a formula."""
    return re.sub(r"e\+?(-?\d+)$", r" \\cdot 10^{\1}", shown(number, digits))


def equation_of(equation: Equation) -> str:
    """An equation with its sides below each other."""
    digits = equation.digits
    symbols = LatexPrinter(lambda quantity, value: quantity_of(quantity), lambda x: number_of(x, 17))
    numbers = LatexPrinter(lambda quantity, value: number_of(value, digits), lambda x: number_of(x, digits))
    sides = [rf"\text{{{escaped(equation.function)}}}"] if equation.function else []
    if equation.shows_formula:
        sides.append(_folded(symbols, equation.formula))
    if equation.blank:
        sides += [r"\underline{\hspace{8cm}}", r"\underline{\hspace{3cm}}"]
    else:
        result = number_of(value_of(equation.formula), digits)
        sides += [_folded(numbers, equation.formula)] if equation.computes else []
        sides.append(result + (rf"\quad\text{{{escaped(equation.check.strip())}}}" if equation.check else ""))
    body = " \\\\\n  &= ".join(sides)
    return f"\\begin{{align*}}\n  ({equation.number})\\quad {quantity_of(equation.quantity)} &= {body}\n\\end{{align*}}"


def _folded(printer: FormulaPrinter, formula: Any) -> str:
    """A sum in several lines where it is long."""
    lines: list[str] = []
    length = 0
    for piece in printer.summands(formula):
        size = len(re.sub(r"\\[a-z]+|[{}_]", "", piece))
        if lines and length + size <= WIDTH:
            lines[-1] += f" {piece}"
            length += size
        else:
            lines.append(piece)
            length = size
    return " \\\\\n  &\\quad {}".join(lines)


def _written(block: Block) -> str:
    if isinstance(block, Heading):
        return rf"\{'sub' * (block.level - 1)}section*{{{escaped(block.text)}}}"
    if isinstance(block, Paragraph):
        return f"{escaped(block.text)}\n"
    if isinstance(block, Table):
        rows = [" & ".join(map(escaped, row)) + r" \\" for row in block.rows]
        header = " & ".join(rf"\textbf{{{escaped(cell)}}}" for cell in block.header)
        columns = "l" * len(block.header)
        inside = "\n".join([rf"{header} \\ \hline \endhead", *rows])
        return f"\\begin{{longtable}}[l]{{{columns}}}\n{inside}\n\\end{{longtable}}"
    if isinstance(block, PageBreak):
        return r"\clearpage"
    return equation_of(block)
