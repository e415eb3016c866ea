"""A recorded number printed as a formula: in symbols, or with the numbers put in.

What a formula speaks of are quantities, such as the output of h1 or the weight of b1 -> h1. Printing takes one
function that says what to write for a quantity and one for a known number, so the same formula is written with names,
with every digit, with a few digits, or as LaTeX.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, Optional

from neuronet.codegen import python
from neuronet.codegen.printer import PRODUCTS, SUMS, Printer
from neuronet.graph import Neuron, Synapse
from neuronet.numbers.traced import Traced, value_of

NAMESPACE = python.NAMESPACE
"""What a formula with numbers needs to be evaluated by Python: `eval(step.numbers, dict(NAMESPACE))`."""


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

    def __str__(self) -> str:  # the fields would show the owner, whose numbers are quantities again, without an end
        return self.text


def name_of(owner: Any) -> str:
    """The name of a neuron, or of a synapse as the picture says it: `h1 -> o1`."""
    if isinstance(owner, Synapse):
        return f"{owner.source.name} -> {owner.destination.name}"
    return str(owner.name)


class FormulaPrinter(Printer):
    """How a formula is written.

    quantity: what to write for a quantity, given it and its value.
    number: what to write for a known number.
    exact: whether a sum that begins at the number 0 shows it where it makes 0.0 of a -0.0.
    """

    signs_anywhere = False

    def __init__(
        self, quantity: Callable[[Quantity, Any], str], number: Callable[[Any], str], *, exact: bool = False
    ) -> None:
        self.quantity = quantity
        self.number = number
        self.exact = exact

    def leaf(self, operand: Any) -> str:
        """A quantity or a known number."""
        if isinstance(operand, Traced):
            return self.quantity(operand.operands[0], operand.value)
        return self.number(operand)

    def leaves_out(self, expression: Any) -> bool:
        """Whether this is a sum that begins at the number 0; if exact, one that is what is added to the last bit."""
        if expression.operation != "+":
            return False
        left, right = expression.operands
        if isinstance(left, Traced) or left != 0:
            return False
        return not self.exact or repr(expression.value) == repr(value_of(right))


SYMBOLS = FormulaPrinter(lambda quantity, value: quantity.text, lambda number: repr(number).removesuffix(".0"))
"""Writes names, and 1.0 as 1."""
NUMBERS = FormulaPrinter(lambda quantity, value: repr(value), repr, exact=True)
"""Writes every digit, so that Python evaluates the text to the very same number."""


def summands(formula: Any) -> list[Any]:
    """What a sum adds up, left to right; one that subtracts, or is no sum, is the only part of its own."""
    first, rest = SYMBOLS.chain(formula, SUMS)
    return [formula] if any(sign == "-" for sign, _ in rest) else [first, *(part for _, part in rest)]


def factors(formula: Any) -> list[Any]:
    """What a product multiplies, left to right; a formula that is no product is the only factor of its own."""
    first, rest = SYMBOLS.chain(formula, PRODUCTS)
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
    return next((owner for kind in (Synapse, Neuron) for owner in owners if isinstance(owner, kind)), None)
