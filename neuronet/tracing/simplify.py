"""Leave out what changes nothing: rewrites of a recording, none of which can change a single bit.

What is rewritten, and why the result is the same float:

    x * 1, 1 * x, x / 1    x              multiplying by 1 is exact
    0 + x, x + 0, x - 0    x              but 0 + -0.0 is +0.0, so a sum with 0 is left out only where x cannot be
                                          -0.0, or where nobody can tell the two zeros apart
    -(-x)                  x              a sign is a bit of its own, and rounding is symmetric (IEEE 754-2008, 4.3.1)
    (-a) * b, (-a) / b     -(a * b), -(a / b)
    a + (-b), a - (-b)     a - b, a + b
    x / 2                  x * 0.5        both round the same exact number, and so for every power of 2
    2 * x                  2.0 * x        an int meets a float as the float of the same value

An expression that has a name of its own, such as a neuron's delta, is left whole: the code is to read like the walk.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from math import copysign, frexp
from typing import Callable, Union

from neuronet.numbers.expression import Block, Branch, Condition, Expression, Operand, Recording
from neuronet.numbers.operations import OPERATIONS

ARITHMETIC = ("+", "-", "*", "/")
LARGEST_EXACT = 2**53
"""Ints up to this size are floats without rounding."""


def simplified(
    recording: Recording, results: Sequence[Operand], named: Collection[int], facts: Facts
) -> tuple[Recording, list[Operand], Facts]:
    """The same computation without what changes nothing.

    recording: where the results were recorded.
    results: what is asked for.
    named: the numbers of the expressions that will have a name of their own, and so are left whole.
    facts: what is known of the parameters.

    Returns a recording of its own, the results in it, in the same order, and what is known of them.
    """
    for expression in recording.expressions:
        facts.learn(expression)
    rewriter = _Rewriter(recording, results, named, facts)
    rewriter.copy(recording.block)
    return rewriter.recording, [rewriter.operand(result) for result in results], rewriter.facts


class Facts:
    """What is known of expressions: which are floats for certain, and which can never be -0.0.

    floats: the names of the parameters that are floats; any other may be an int.
    unsigned: the names of those that are never -0.0.
    """

    def __init__(self, floats: Collection[str], unsigned: Collection[str]) -> None:
        self.parameters = set(floats), set(unsigned)
        self._floats: set[int] = set()
        self._unsigned: set[int] = set()

    def is_float(self, operand: Operand) -> bool:
        """Whether it is a float for certain."""
        return operand.number in self._floats if type(operand) is Expression else type(operand) is float

    def is_unsigned(self, operand: Operand) -> bool:
        """Whether it can never be -0.0."""
        if type(operand) is Expression:
            return operand.number in self._unsigned
        return operand != 0 or copysign(1, operand) > 0

    def learn(self, expression: Expression) -> None:
        """Take in an expression whose operands are known already."""
        operation, operands = expression.operation, expression.operands
        if operation == "parameter":
            is_float, unsigned = (operands[0] in names for names in self.parameters)
        elif operation == "choice":
            is_float, unsigned = all(map(self.is_float, operands[1:])), all(map(self.is_unsigned, operands[1:]))
        else:
            row = OPERATIONS[operation]
            is_float = row.is_float(map(self.is_float, operands))
            unsigned = row.never_negative_zero or (operation in ARITHMETIC and self._is_unsigned(operation, *operands))
        if is_float:
            self._floats.add(expression.number)
        if unsigned:
            self._unsigned.add(expression.number)

    def _is_unsigned(self, operation: str, left: Operand, right: Operand) -> bool:
        # Rounding to nearest, a sum is -0.0 only where both parts are; a difference, only where it is -0.0 - 0.0; a
        # square never is. The constant 0 in a sum proves nothing, because it may be left out.
        if operation == "+":
            return (self.is_unsigned(left) and not _is(left, 0)) or (self.is_unsigned(right) and not _is(right, 0))
        return self.is_unsigned(left) if operation == "-" else operation == "*" and left is right


def demanded(
    recording: Recording, results: Sequence[Operand], shows: Callable[[Expression, int, bool], bool]
) -> set[int]:
    """The numbers of the expressions of which the results show a certain property, such as the sign of a zero.

    shows: whether an expression shows the property of its operand at a place, given whether its own is demanded.

    It goes backward from the results, as compilers find the bits of a number that are demanded.
    """
    found = {result.number for result in results if type(result) is Expression}
    for expression in reversed(recording.expressions):
        for place, operand in enumerate(expression.operands):
            if type(operand) is Expression and shows(expression, place, expression.number in found):
                found.add(operand.number)
    return found


class _Rewriter:
    """Copies a recording, step by step, and rewrites what it copies."""

    def __init__(self, recording: Recording, results: Sequence[Operand], named: Collection[int], facts: Facts) -> None:
        self.recording = Recording()
        self.facts = Facts(*facts.parameters)
        self._given = facts
        self._signed_zeros = demanded(recording, results, self._shows_sign)
        self._ints = demanded(recording, results, self._shows_int)
        self._named = set(named)
        self._whole: set[int] = set()
        self.copies: dict[int, Operand] = {}

    def _shows_sign(self, expression: Expression, place: int, is_demanded: bool) -> bool:
        """Whether an expression shows if an operand is -0.0 or 0.0."""
        operation, operands = expression.operation, expression.operands
        if not is_demanded:
            return False
        if operation == "+" or (operation == "-" and place == 1):
            return not self._given.is_unsigned(operands[1 - place])
        return operation == "choice" or place not in OPERATIONS[operation].hides_zero_sign

    def _shows_int(self, expression: Expression, place: int, is_demanded: bool) -> bool:
        """Whether an expression shows if an operand is 1 or 1.0."""
        if expression.operation in ARITHMETIC:
            return not self._given.is_float(expression.operands[1 - place])
        return is_demanded if expression.operation == "choice" else not OPERATIONS[expression.operation].is_function

    def copy(self, block: Block) -> None:
        """Copy the steps of a block to the end of the present one."""
        for step in block.steps:
            if isinstance(step, Branch):
                self._copy_branch(step)
            else:
                self._keep(step, self._rewritten(step))

    def operand(self, operand: Operand) -> Operand:
        """What stands for it in the copy."""
        if type(operand) is not Expression:
            return operand
        if operand.operation == "parameter" and operand.number not in self.copies:
            self._keep(operand, self._record("parameter", *operand.operands))
        return self.copies[operand.number]

    def _keep(self, expression: Expression, copy: Operand) -> None:
        self.copies[expression.number] = copy
        if expression.number in self._named and type(copy) is Expression:
            self._whole.add(copy.number)

    def _record(self, operation: str, *operands: Union[Operand, str]) -> Expression:
        known = len(self.recording.expressions)
        expression = self.recording.record(operation, *operands)
        if expression.number == known:
            self.facts.learn(expression)
        return expression

    def _copy_branch(self, branch: Branch) -> None:
        condition, block = branch.condition, self.recording.block
        left, right = self._alike(self.operand(condition.left), self.operand(condition.right))
        copy = Branch(Condition(self.recording, condition.operation, left, right), block)
        block.steps.append(copy)
        for side, inside in zip(copy.sides, branch.sides):
            self.recording.block = side
            self.copy(inside)
        self.recording.block = block
        for choice in branch.choices:
            one, other = (self.operand(operand) for operand in choice.operands[1:])
            if choice.number not in self._ints:
                one, other = _as_float(one), _as_float(other)
            made = self.recording.choice(copy, one, other)
            self.facts.learn(made)
            self._keep(choice, made)

    def _rewritten(self, expression: Expression) -> Operand:
        operation = expression.operation
        operands = [self.operand(operand) for operand in expression.operands]
        signed = expression.number in self._signed_zeros
        if operation == "negate":
            return self._negative(operands[0])
        if operation in ARITHMETIC:
            left, right = self._alike(*operands)
            if operation == "+":
                return self._sum(left, right, signed)
            if operation == "-":
                return self._difference(left, right, signed)
            return self._product(operation, left, right)
        return self._record(operation, *operands)

    def _sum(self, left: Operand, right: Operand, signed: bool) -> Operand:
        for zero, other in ((left, right), (right, left)):
            if _is(zero, 0) and self.facts.is_float(other) and not (signed and not self.facts.is_unsigned(other)):
                return other
        if self._negated(right):
            return self._difference(left, self._negative(right), signed)
        if self._negated(left):
            return self._difference(right, self._negative(left), signed)
        return self._record("+", left, right)

    def _difference(self, left: Operand, right: Operand, signed: bool) -> Operand:
        if _is(right, 0) and self.facts.is_unsigned(right) and self.facts.is_float(left):
            return left
        if self._negated(right):
            return self._sum(left, self._negative(right), signed)
        return self._record("-", left, right)

    def _product(self, operation: str, left: Operand, right: Operand) -> Operand:
        if _is(right, 1) and self.facts.is_float(left):
            return left
        if operation == "/" and _is_power_of_2(right) and self.facts.is_float(left):
            return self._product("*", left, 1 / right)
        if operation == "*" and _is(left, 1) and self.facts.is_float(right):
            return right
        turned = False
        if self._negated(left):
            left, turned = self._negative(left), True
        if self._negated(right):
            right, turned = self._negative(right), not turned
        product = self._record(operation, left, right)
        return self._negative(product) if turned else product

    def _negated(self, operand: Operand) -> bool:
        """Whether it is the negative of a float, so that the sign can move; -0 is no other int than 0."""
        if type(operand) is not Expression or operand.operation != "negate":
            return False
        return operand.number not in self._whole and self.facts.is_float(operand)

    def _negative(self, operand: Operand) -> Operand:
        if type(operand) is not Expression:
            return -operand
        if self._negated(operand):
            inside: Operand = operand.operands[0]
            return inside
        return self._record("negate", operand)

    def _alike(self, left: Operand, right: Operand) -> tuple[Operand, Operand]:
        """An int that meets a float, as the float that it would become."""
        if self.facts.is_float(left):
            return left, _as_float(right)
        if self.facts.is_float(right):
            return _as_float(left), right
        return left, right


def _is(operand: Operand, number: int) -> bool:
    return type(operand) is not Expression and operand == number


def _is_power_of_2(operand: Operand) -> bool:
    """Whether it is a power of 2 whose reciprocal is one too, far from where floats end."""
    return isinstance(operand, float) and frexp(operand)[0] == 1 / 2 and 2.0**-1000 <= operand <= 2.0**1000


def _as_float(operand: Operand) -> Operand:
    exact = isinstance(operand, int) and -LARGEST_EXACT <= operand <= LARGEST_EXACT
    return float(operand) if exact else operand
