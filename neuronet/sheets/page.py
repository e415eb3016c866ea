"""What a sheet is made of: headings, paragraphs, tables, equations and page breaks, whatever format they end up in."""

from __future__ import annotations

import re
from typing import Any, NamedTuple, Optional, Union

from neuronet.numbers.traced import Traced, value_of
from neuronet.stepping.formula import SYMBOLS, FormulaPrinter, Quantity
from neuronet.stepping.step import Step

BLANK = "_" * 16
"""Where a result is to be filled in."""


class Heading(NamedTuple):
    """A title; level 1 is that of the sheet."""

    level: int
    text: str


class Paragraph(NamedTuple):
    """A few sentences."""

    text: str


class Table(NamedTuple):
    """Rows of texts under a header."""

    header: tuple[str, ...]
    rows: list[tuple[str, ...]]


class PageBreak(NamedTuple):
    """What follows begins a page of its own."""


class Equation(NamedTuple):
    """A quantity, its formula in names, the same with numbers, and the result."""

    number: int
    """What the sheet calls it; the key of a worksheet names it."""
    quantity: Quantity
    """What is found."""
    function: str
    """The activation as a name with its arguments, where there is one, else nothing."""
    formula: Any
    """What was recorded."""
    digits: int
    """How many significant digits are shown."""
    check: str = ""
    """What is written after the result."""
    blank: bool = False
    """Whether the numbers and the result are left to be filled in."""

    @property
    def left(self) -> str:
        """The quantity in names."""
        return self.quantity.text

    @property
    def result(self) -> str:
        """The value with its digits."""
        return shown(value_of(self.formula), self.digits)

    def sides(self) -> list[list[str]]:
        """The right sides in plain text, each cut into pieces at which a line may be broken."""
        named = [[self.function]] if self.function else []
        if self.shows_formula:
            named.append(SYMBOLS.summands(self.formula))
        if self.blank:
            return [*named, [BLANK * 3], [BLANK]]
        numbers = [printer_of(self.digits).summands(self.formula)] if self.computes else []
        return [*named, *numbers, [self.result + self.check]]

    @property
    def computes(self) -> bool:
        """Whether the formula is more than a number or a name."""
        return isinstance(self.formula, Traced) and self.formula.operation != "parameter"

    @property
    def shows_formula(self) -> bool:
        """Whether the formula says more than the function and the result, or than a worksheet should."""
        return self.computes or (isinstance(self.formula, Traced) and not (self.blank and self.function))


Block = Union[Heading, Paragraph, Table, PageBreak, Equation]
"""A part of a sheet."""


def equation(number: int, step: Step, digits: int, *, check: str = "", blank: bool = False) -> Equation:
    """The equation of one step."""
    kind = step.symbols.partition(" = ")[0].partition("(")[0]
    function = ""
    if step.kind == "output" and step.neuron is not None:
        function = step.symbols[: len(step.symbols) - len(SYMBOLS.write(step.formula)) - 3].partition(" = ")[2]
    return Equation(number, Quantity(kind, step.owner), function, step.formula, digits, check, blank)


def printer_of(digits: int) -> FormulaPrinter:
    """Writes formulas with numbers of so many digits."""
    return FormulaPrinter(lambda quantity, value: shown(value, digits), lambda number: shown(number, digits))


def shown(number: Any, digits: int) -> str:
    """A number with so many significant digits; one that has fewer is shown as it is, 0.50 as 0.5 and 1.0 as 1."""
    if number is None:
        return "-"
    text = f"{float(number):#.{digits}g}"
    if float(text) == number:
        text = min(repr(number), text, key=len).removesuffix(".0")
    return re.sub(r"\.?e\+?(-?)0*", r"e\1", text).rstrip(".")


def cells(*values: Any, digits: Optional[int] = None) -> tuple[str, ...]:
    """The texts of a row of a table; numbers with so many digits."""
    return tuple(value if isinstance(value, str) else shown(value, digits or 17) for value in values)
