"""Expressions printed as text, whatever the notation: parentheses stand where the operations need them, and only there.

How tightly an operation binds and what a function is called stands in the table of operations. A notation is a subclass
that says what its numbers and variables look like, and what it writes in a way of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from neuronet.numbers.expression import Branch, Condition, Expression
from neuronet.numbers.operations import ATOM, CHOICE, OPERATIONS, POWER, PRODUCT, SIGN, SUM, Operation

SUMS = ("+", "-")
PRODUCTS = ("*",)


class Printer:
    """Prints expressions. As it stands it spells operations as Python does."""

    times = " * "
    """What stands between two factors."""
    signs_anywhere = True
    """Whether a minus may follow another sign, as in `a * -b`; if not, it is written `a * (-b)`."""

    # What a notation has to say.

    def leaf(self, operand: Any) -> str:
        """What is not opened: a number, or the name of a variable."""
        raise NotImplementedError

    def choice(self, branch: Branch, one: Any, other: Any) -> str:
        """The first of two results where the condition of the branch is true, else the other; a formula has none."""
        raise NotImplementedError

    def opens(self, operand: Any) -> bool:
        """Whether an operand is written as the operation that it is."""
        return isinstance(operand, Expression) and operand.operation != "parameter"

    def leaves_out(self, expression: Expression) -> bool:
        """Whether a sum that begins at the number 0 is written as what is added to it."""
        return False

    # What a notation may write in another way.

    def enclosed(self, text: str) -> str:
        """A text in parentheses."""
        return f"({text})"

    def call(self, operation: Operation, arguments: Sequence[str]) -> str:
        """A function of its arguments."""
        return f"{operation.called}({', '.join(arguments)})"

    def power(self, base: Any, exponent: Any) -> tuple[str, int]:
        """A power, and how tightly its text holds together."""
        return f"{self.part(base, ATOM)} ** {self.part(exponent, ATOM)}", POWER

    def quotient(self, left: Any, right: Any) -> tuple[str, int]:
        """A fraction, and how tightly its text holds together."""
        return f"{self.part(left, PRODUCT, first=True)} / {self.part(right, SIGN)}", PRODUCT

    # What all notations share.

    def write(self, operand: Any) -> str:
        """The text of an expression or number."""
        return self.text(operand)[0]

    def text(self, operand: Any, first: bool = True) -> tuple[str, int]:
        """The text, and how tightly it holds together.

        first: whether it may begin with a minus; where not, a product puts its first factor in parentheses.
        """
        while self.opens(operand) and self.leaves_out(operand):
            operand = operand.operands[1]
        if self.opens(operand):
            return self.operation(operand, first)
        text = self.leaf(operand)
        return text, SIGN if text.startswith("-") else ATOM

    def operation(self, expression: Expression, first: bool = True) -> tuple[str, int]:
        """The text of what an expression is made of, in the order in which it is computed."""
        name, operands = expression.operation, expression.operands
        if name in SUMS:
            return " ".join(self.summands(expression)), SUM
        if name in PRODUCTS:
            head, rest = self.chain(expression, PRODUCTS)
            factors = [self.part(head, PRODUCT, first), *(self.part(factor, SIGN) for _, factor in rest)]
            return self.times.join(factors), PRODUCT
        if name == "/":
            return self.quotient(*operands)
        if name == "**":
            return self.power(*operands)
        if name == "negate":
            return f"-{self.part(operands[0], SIGN)}", SIGN
        if name == "choice":
            return self.choice(*operands), CHOICE
        return self.call(OPERATIONS[name], [self.write(operand) for operand in operands]), ATOM

    def summands(self, formula: Any) -> list[str]:
        """The text cut before each plus and minus of its outermost sum, for lines that are too long."""
        head, rest = self.chain(formula, SUMS)
        return [self.part(head, SUM, first=True), *(f"{sign} {self.part(part, PRODUCT)}" for sign, part in rest)]

    def condition(self, condition: Condition) -> str:
        """A comparison."""
        return f"{self.part(condition.left, SUM)} {condition.operation} {self.part(condition.right, SUM)}"

    def part(self, operand: Any, least: int, first: bool = False) -> str:
        """A part of an operation, in parentheses where it is looser than `least`, or has a sign and is not first."""
        text, tightness = self.text(operand)
        if tightness < least:
            return self.enclosed(text)
        if first or self.signs_anywhere or not text.startswith("-"):
            return text
        text, _ = self.text(operand, first=False)
        return self.enclosed(text) if text.startswith("-") else text

    def chain(self, formula: Any, operations: Sequence[str]) -> tuple[Any, list[tuple[str, Any]]]:
        """A sum or product taken apart, left to right: what comes first, then each further part after its sign."""
        rest: list[tuple[str, Any]] = []
        operand = formula
        while getattr(operand, "operation", "") in operations and (operand is formula or self.opens(operand)):
            left, right = operand.operands
            if self.leaves_out(operand):
                operand = right
            else:
                rest.append((operand.operation, right))
                operand = left
        return operand, rest[::-1]
