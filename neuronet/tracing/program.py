"""A recording put in order as a program: assignments, one after the other, as a person would write them.

What is used once is written in place; what is used more often becomes a variable. What the walk leaves on a neuron has
the neuron's name: `h1_net`, `h1_output`, `o1_delta`. Nothing here knows the language that a program is printed in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Union

from neuronet.errors import RecordingError
from neuronet.numbers.expression import Block, Branch, Expression, Operand, Recording

MOST_IN_PLACE = 9
"""Expressions that are written in place of one another; a longer formula is broken into several lines."""
MOST_IN_A_CHOICE = 10
"""Expressions on both sides of a branch that is written as one expression, `a if condition else b`."""
NEVER_RAISE = ("+", "-", "*", "negate", "abs", "tanh", "largest", "choice", "parameter")
"""Operations on floats that raise no error; any other is computed even where nobody needs its result."""

RENEWED = "_new"
"""What follows the name of a variable in that of its new value, where the old one is still to be read."""


class Result(NamedTuple):
    """A number that the program computes.

    name: the variable that holds it in the end.
    value: how it is made.
    carried: whether the variable is a parameter too, so that the next run begins with the new value.
    """

    name: str
    value: Operand
    carried: bool


class Assignment(NamedTuple):
    """The variable of `target` gets a value, and what in it has no variable is written in place."""

    target: Expression
    value: Operand


class Choice(NamedTuple):
    """A branch that is too long for one expression, and the statements on both sides, the one for true first."""

    branch: Branch
    sides: tuple[list[Any], list[Any]]


Statement = Union[Assignment, Choice]


class Program:
    """What is computed, in order.

    recording: the expressions; nothing is recorded any more.
    results: what is asked for.

    parameters: the names of the numbers that are read from outside, in the order of their first mention.
    copied: the results that are a parameter, which may be overwritten: they are assigned first of all.
    statements: the assignments and branches.
    renewed: the carried results that are assigned at the very end, all at once, because statements still read the old
        value after the new one was known.
    variables: the variable of each expression that has one, by the expression's number.
    """

    def __init__(self, recording: Recording, results: Sequence[Result]) -> None:
        self.expressions = recording.expressions
        self.results = list(results)
        self._uses = [0] * len(recording.expressions)
        self._apart: set[int] = set()  # read from within a branch, so it must be there before
        self._count(recording.block)
        self.parameters: list[str] = [
            expression.operands[0]
            for expression in self.expressions
            if expression.operation == "parameter" and self._uses[expression.number]
        ]
        self.variables: dict[int, str] = {}
        self._within: set[int] = set()  # the blocks that are written within one expression
        self._find_short(recording.block)
        self._refuse_unused(recording.block)
        self._name()
        self.copied = [result for result in self.results if not result.carried and _parameter(result.value)]
        self.statements = self._written(recording.block)
        self.renewed = self._renewed()

    def is_short(self, branch: Branch) -> bool:
        """Whether the branch is written as one expression."""
        return id(branch.sides[0]) in self._within

    def is_shared(self, expression: Expression) -> bool:
        """Whether an expression without a variable is needed more than once, as can be within a short branch."""
        return self._uses[expression.number] > 1

    def reads(self, value: Operand) -> Iterator[str]:
        """The variables that are read to compute a value: what has none is opened."""
        waiting = list(_parts(value))
        while waiting:
            part = waiting.pop()
            if type(part) is Expression:
                if part.number in self.variables:
                    yield self.variables[part.number]
                else:
                    waiting += _parts(part)

    # Counting: how often each expression is read, from the results and from what may raise an error.

    def _count(self, root: Block) -> None:
        waiting: list[Operand] = [result.value for result in self.results]
        for value in waiting:
            if type(value) is Expression:
                self._uses[value.number] += 1
        waiting += [step for step in root.steps if type(step) is Expression and step.operation not in NEVER_RAISE]
        self._needed: set[int] = set()
        opened: set[int] = set()
        while waiting:
            expression = waiting.pop()
            if type(expression) is not Expression or expression.number in self._needed:
                continue
            self._needed.add(expression.number)
            parts, block = _parts(expression), expression.block
            blocks = [block] * len(parts)
            if expression.operation == "choice":
                branch = expression.operands[0]
                blocks[2:] = branch.sides
                if id(branch) in opened:  # several choices, but one condition
                    parts, blocks = parts[2:], blocks[2:]
                opened.add(id(branch))
            for part, block in zip(parts, blocks):
                if type(part) is Expression:
                    self._uses[part.number] += 1
                    if part.block is not block:
                        self._apart.add(part.number)
                    waiting.append(part)

    def _refuse_unused(self, root: Block) -> None:
        """RecordingError where a side of a branch computes what nobody needs, and what might raise an error there."""
        branches = [inner for step in root.steps if isinstance(step, Branch) for inner in _inner(step)]
        steps = [step for branch in branches for side in branch.sides for step in side.steps]
        for step in (step for step in steps if isinstance(step, Expression)):
            if step.operation not in NEVER_RAISE and step.number not in self._needed:
                raise RecordingError("expected branches that compute nothing in vain, found one that does")

    def _choices(self, branch: Branch) -> list[Expression]:
        return [choice for choice in branch.choices if choice.number in self._needed]

    # Naming.

    def _find_short(self, block: Block) -> None:
        """Find the branches that one expression can hold: those with one result and little in them."""
        for step in block.steps:
            if isinstance(step, Branch):
                inside = list(_inner(step))
                if all(len(self._choices(inner)) < 2 for inner in inside) and _length(step) <= MOST_IN_A_CHOICE:
                    self._within.update(id(side) for inner in inside for side in inner.sides)
                else:
                    for side in step.sides:
                        self._find_short(side)

    def _name(self) -> None:
        for expression in self.expressions:
            if expression.operation == "parameter":
                self.variables[expression.number] = expression.operands[0]
        for result in sorted(self.results, key=lambda result: result.carried):
            if type(result.value) is Expression:
                self.variables.setdefault(result.value.number, result.name)
        hints = self._hints()
        sizes: dict[int, int] = {}
        temporaries = 0
        for expression in self.expressions:
            number = expression.number
            if number not in self._needed or number in self.variables or id(expression.block) in self._within:
                continue
            if self._in_place(expression, sizes):
                continue
            if number not in hints:
                temporaries += 1
            self.variables[number] = hints.get(number, f"value{temporaries}")

    def _in_place(self, expression: Expression, sizes: dict[int, int]) -> bool:
        size = 1
        for part in _parts(expression):
            if type(part) is Expression:
                size += sizes.get(part.number, 0)
        if expression.operation == "choice":
            if not self.is_short(expression.operands[0]):
                return False
            size += _length(expression.operands[0])
        sizes[expression.number] = size
        once = self._uses[expression.number] == 1 and expression.number not in self._apart
        if not once or size > MOST_IN_PLACE:
            sizes[expression.number] = 0
            return False
        return True

    def _hints(self) -> dict[int, str]:
        """A sum that is broken into lines adds up in the variable that holds it in the end."""
        hints = {}
        for result in self.results:
            if type(result.value) is Expression and result.value.operation == "+" and not result.carried:
                hints[result.value.number] = result.name
        for expression in reversed(self.expressions):
            if expression.operation == "+" and expression.number in hints:
                left = expression.operands[0]
                if type(left) is Expression and self._uses[left.number] == 1 and left.number not in self.variables:
                    hints[left.number] = hints[expression.number]
        return hints

    # Writing.

    def _written(self, block: Block) -> list[Statement]:
        statements: list[Statement] = []
        for step in block.steps:
            if isinstance(step, Expression):
                if step.number in self._needed and step.number in self.variables:
                    statements.append(Assignment(step, step))
                continue
            choices = self._choices(step)
            if self.is_short(step):
                statements += [Assignment(choice, choice) for choice in choices if choice.number in self.variables]
            elif choices:
                one, other = (
                    [*self._written(side), *(Assignment(choice, choice.operands[place]) for choice in choices)]
                    for place, side in enumerate(step.sides, start=1)
                )
                statements.append(Choice(step, (one, other)))
        return statements

    def _renewed(self) -> list[Result]:
        """Find the results whose variable must keep its old value to the end; their new value gets a name apart."""
        carried = [result for result in self.results if result.carried and _parameter(result.value) != result.name]
        at_once = {
            result.value.number: result.name
            for result in carried
            if isinstance(result.value, Expression) and self.variables.get(result.value.number) == result.name
        }
        needed_later: set[str] = set()
        overwritten: set[str] = set()
        self._find_needed_later(self.statements, at_once, overwritten, needed_later)
        needed_later.update(overwritten.intersection(_parameter(result.value) for result in carried))
        late = []
        for result in carried:
            number = result.value.number if isinstance(result.value, Expression) else -1
            if at_once.get(number) != result.name:
                late.append(result)
            elif result.name in needed_later:
                late.append(result)
                self.variables[number] = f"{result.name}{RENEWED}"
        return late

    def _find_needed_later(
        self, statements: Sequence[Statement], at_once: Mapping[int, str], overwritten: set[str], needed: set[str]
    ) -> list[str]:
        """Add to `needed` what is read after it was overwritten, and to `overwritten` what these statements overwrite.

        at_once: the variables that get their new value as soon as it is known, by its number.

        Returns what was added to `overwritten`.
        """
        added: list[str] = []
        for statement in statements:
            needed.update(name for name in self._names_read(statement) if name in overwritten)
            if isinstance(statement, Assignment):
                new = [at_once[statement.target.number]] if statement.target.number in at_once else []
            else:  # what one side overwrites, the other may still read
                new = []
                for side in statement.sides:
                    inside = self._find_needed_later(side, at_once, overwritten, needed)
                    overwritten.difference_update(inside)
                    new += inside
            new = [name for name in dict.fromkeys(new) if name not in overwritten]
            overwritten.update(new)
            added += new
        return added

    def _names_read(self, statement: Statement) -> Iterator[str]:
        """The variables that a statement itself reads: for a branch those of its condition."""
        if isinstance(statement, Assignment):
            yield from self.reads(statement.value) if statement.target is statement.value else self._read_by(
                statement.value
            )
        else:
            yield from self._read_by(statement.branch.condition.left)
            yield from self._read_by(statement.branch.condition.right)

    def _read_by(self, value: Operand) -> Iterator[str]:
        if type(value) is Expression and value.number in self.variables:
            yield self.variables[value.number]
        else:
            yield from self.reads(value)


def _parameter(value: Operand) -> str:
    """The name of a parameter; nothing for any other value."""
    return str(value.operands[0]) if type(value) is Expression and value.operation == "parameter" else ""


def _parts(operand: Operand) -> tuple[Operand, ...]:
    """What an expression is made of; for a choice both sides of its condition, and both results."""
    if type(operand) is not Expression or operand.operation == "parameter":
        return ()
    if operand.operation != "choice":
        return operand.operands
    branch, one, other = operand.operands
    return branch.condition.left, branch.condition.right, one, other


def _inner(branch: Branch) -> Iterator[Branch]:
    """The branch and all branches within it."""
    waiting = [branch]
    while waiting:
        one = waiting.pop()
        yield one
        waiting += [step for side in one.sides for step in side.steps if isinstance(step, Branch)]


def _length(branch: Branch) -> int:
    """How many expressions the sides of a branch hold, those of inner branches included."""
    return sum(len(side.steps) for inner in _inner(branch) for side in inner.sides)
