"""A recorded number printed as a formula: in symbols, or with the numbers put in.

What a formula speaks of are quantities, such as the output of h1 or the weight of b1 -> h1. Printing takes one
function that says what to write for a quantity and one for a known number, so the same formula is written with names,
with every digit, with a few digits, or as LaTeX.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Optional

from neuronet.graph import Neuron, Synapse
from neuronet.numbers.traced import Traced, value_of

NAMESPACE: dict[str, Any] = {
    **{name: getattr(math, name) for name in ("exp", "expm1", "log", "log1p", "tanh", "sqrt", "inf", "nan")},
    "abs": abs,
    "max": max,
    "round": round,
}
"""What a formula with numbers needs to be evaluated by Python: `eval(step.numbers, dict(NAMESPACE))`."""

SUM, PRODUCT, SIGN, POWER, ATOM = range(5)
"""How tightly a formula holds together, loosest first."""

_SPINES = {"+": SUM, "-": SUM, "*": PRODUCT}
_FUNCTIONS = {"largest": "max"}


class Quantity(NamedTuple):
    """What a formula speaks of."""

    kind: str
    """Such as "output", "weight", "new weight", "target" or "learning_rate"."""
    owner: Any = None
    """The neuron or synapse that it belongs to; None for the learning rate."""

    @property
    def text(self) -> str:
        """As formulas write it: `output(h1)`, `weight(b1 -> h1)`, `learning_rate`."""
        return self.kind if self.owner is None else f"{self.kind}({name_of(self.owner)})"


def name_of(owner: Any) -> str:
    """The name of a neuron, or of a synapse as the picture says it: `h1 -> o1`."""
    if isinstance(owner, Synapse):
        return f"{owner.source.name} -> {owner.destination.name}"
    return str(owner.name)


class FormulaPrinter:
    """How a formula is written.

    quantity: what to write for a quantity, given it and its value.
    number: what to write for a known number.
    times: what stands between two factors.
    exact: whether a sum that begins at the number 0 shows it where it makes 0.0 of a -0.0.
    """

    def __init__(
        self,
        quantity: Callable[[Quantity, Any], str],
        number: Callable[[Any], str],
        times: str = " * ",
        *,
        exact: bool = False,
    ) -> None:
        self.quantity = quantity
        self.number = number
        self.times = times
        self.exact = exact

    def write(self, formula: Any) -> str:
        """The formula as text."""
        return self._written(formula)[0]

    def summands(self, formula: Any) -> list[str]:
        """The formula cut before each plus and minus of its outermost sum, for lines that are too long."""
        first, rest = _spine(formula, SUM, self.exact)
        return [self._inside(first, SUM, first=True), *(f"{sign} {self._inside(part, PRODUCT)}" for sign, part in rest)]

    def _written(self, formula: Any, first: bool = True) -> tuple[str, int]:
        """The text, and how tightly it holds together.

        first: whether it may begin with a minus; where not, a product puts its first factor in parentheses.
        """
        if _is_silent(formula, self.exact):
            return self._written(formula.operands[1], first)
        if not isinstance(formula, Traced) or formula.operation == "parameter":
            told = isinstance(formula, Traced)
            text = self.quantity(formula.operands[0], formula.value) if told else self.number(formula)
            return text, SIGN if text.startswith("-") else ATOM
        operation, operands = formula.operation, formula.operands
        if operation in ("+", "-"):
            return " ".join(self.summands(formula)), SUM
        if operation == "*":
            head, rest = _spine(formula, PRODUCT, self.exact)
            parts = [self._inside(head, PRODUCT, first=first), *(self._inside(part, SIGN) for _, part in rest)]
            return self.times.join(parts), PRODUCT
        if operation == "/":
            return self.quotient(*operands), PRODUCT
        if operation == "negate":
            return f"-{self._inside(operands[0], POWER)}", SIGN
        if operation == "**":
            return self.power(self._inside(operands[0], ATOM), self._inside(operands[1], ATOM)), POWER
        return self.function(operation, [self._written(operand)[0] for operand in operands]), ATOM

    def _inside(self, formula: Any, least: int, first: bool = False) -> str:
        """The formula as part of another, in parentheses where it is looser, or has a sign and does not stand first."""
        text, tightness = self._written(formula)
        if tightness >= least and text.startswith("-") and not first:
            text, tightness = self._written(formula, first=False)
        return self.enclosed(text) if tightness < least or (text.startswith("-") and not first) else text

    # What LaTeX writes in another way.

    def enclosed(self, text: str) -> str:
        """A text in parentheses."""
        return f"({text})"

    def function(self, name: str, arguments: Sequence[str]) -> str:
        """A function of its arguments."""
        return f"{_FUNCTIONS.get(name, name)}({', '.join(arguments)})"

    def power(self, base: str, exponent: str) -> str:
        """A power."""
        return f"{base} ** {exponent}"

    def quotient(self, left: Any, right: Any) -> str:
        """A fraction."""
        return f"{self._inside(left, PRODUCT, first=True)} / {self._inside(right, SIGN)}"


def _operation(formula: Any) -> Optional[str]:
    return formula.operation if isinstance(formula, Traced) else None


def _is_silent(formula: Any, exact: bool) -> bool:
    """Whether this is a sum that begins at the number 0 and so is what is added to it; if exact, to the last bit."""
    if _operation(formula) != "+":
        return False
    left, right = formula.operands
    if isinstance(left, Traced) or left != 0:
        return False
    return not exact or repr(formula.value) == repr(value_of(right))


def plain_number(number: Any) -> str:
    """A known number in a formula of symbols: 1.0 as 1."""
    text = repr(number)
    return text[:-2] if text.endswith(".0") else text


SYMBOLS = FormulaPrinter(lambda quantity, value: quantity.text, plain_number)
"""Writes names."""
NUMBERS = FormulaPrinter(lambda quantity, value: repr(value), repr, exact=True)
"""Writes every digit, so that Python evaluates the text to the very same number."""


def _spine(formula: Any, tightness: int, exact: bool = False) -> tuple[Any, list[tuple[str, Any]]]:
    """A sum or product taken apart, left to right: what comes first, then each further part after its sign."""
    parts: list[tuple[str, Any]] = []
    while _SPINES.get(_operation(formula) or "") == tightness:
        left, right = formula.operands
        if _is_silent(formula, exact):
            formula = right
        else:
            parts.append((formula.operation, right))
            formula = left
    return formula, parts[::-1]


def summands(formula: Any) -> list[Any]:
    """What a sum adds up, left to right; one that subtracts, or is no sum, is the only part of its own."""
    first, rest = _spine(formula, SUM)
    return [formula] if any(sign == "-" for sign, _ in rest) else [first, *(part for _, part in rest)]


def factors(formula: Any) -> list[Any]:
    """What a product multiplies, left to right; a formula that is no product is the only factor of its own."""
    first, rest = _spine(formula, PRODUCT)
    return [first, *(part for _, part in rest)]


def quantities(formula: Any) -> dict[Quantity, Any]:
    """The quantities that a formula speaks of with their values, in the order of the text."""
    found: dict[Quantity, Any] = {}
    waiting = [formula]
    while waiting:
        part = waiting.pop()
        if not isinstance(part, Traced):
            continue
        if part.operation == "parameter":
            found.setdefault(part.operands[0], part.value)
        else:
            waiting += reversed(part.operands)
    return found


def owner_of(formula: Any) -> Optional[Any]:
    """The synapse that a term belongs to, else its neuron, else None."""
    owners = [quantity.owner for quantity in quantities(formula)]
    for kind in (Synapse, Neuron):
        for owner in owners:
            if isinstance(owner, kind):
                return owner
    return None
