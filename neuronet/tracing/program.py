"""A recording put in order as a program: assignments, one after the other, as a person would write them.

It takes the steps of a small compiler. Dead expressions, which nobody needs, are left out. A short branch becomes one
conditional expression. What is used once is written in place, and what is used more often becomes a variable; what the
walk leaves on a neuron has the neuron's name: `h1_net`, `h1_output`, `o1_delta`. A variable that is carried from one
run to the next takes its new value as soon as it is known, unless its old one is still live. Nothing here knows the
language that a program is printed in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Union

from neuronet.errors import RecordingError
from neuronet.numbers.expression import Block, Branch, Expression, Operand, Recording
from neuronet.numbers.operations import OPERATIONS

MOST_IN_PLACE = 9
"""Expressions that are written in place of one another; a longer formula is broken into several lines."""
MOST_IN_A_CHOICE = 10
"""Expressions on both sides of a branch that is written as one expression, `a if condition else b`."""
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


class Conditional(NamedTuple):
    """A branch that is too long for one expression, and the statements on both sides, those for true first."""

    branch: Branch
    sides: tuple[list[Any], list[Any]]


Statement = Union[Assignment, Conditional]


class Program:
    """What is computed, in order.

    recording: the expressions; nothing is recorded any more.
    results: what is asked for.

    parameters: the names of the numbers that are read from outside, in the order of their first mention.
    copied: the results that are a parameter, which may be overwritten: they are assigned first of all.
    statements: the assignments and branches.
    renewed: the carried results that are assigned at the very end, all at once, because the old value is read after the
        new one is known.
    variables: the variable of each expression that has one, by the expression's number.
    """

    def __init__(self, recording: Recording, results: Sequence[Result]) -> None:
        self.expressions = recording.expressions
        self.results = list(results)
        self._live: set[int] = set()
        self._uses: Counter[int] = Counter()
        self._escaping: set[int] = set()  # read from another block than their own, so they must be there before
        self._find_live(recording.block)
        self.parameters: list[str] = [
            expression.operands[0]
            for expression in self.expressions
            if expression.operation == "parameter" and self._uses[expression.number]
        ]
        self._inlined: set[Block] = set()
        self._inline_branches(recording.block)
        self._refuse_dead_errors(recording.block)
        self.variables: dict[int, str] = {}
        self._name_variables()
        self.copied = [result for result in self.results if not result.carried and _parameter(result.value)]
        self.statements = self._statements(recording.block)
        self.renewed = self._carry()

    def is_shared(self, expression: Expression) -> bool:
        """Whether an expression without a variable is needed more than once, as can be within a short branch."""
        return self._uses[expression.number] > 1

    # Dead expressions: only what the results need is computed, and what may raise an error.

    def _find_live(self, root: Block) -> None:
        """Find the live expressions, and count how often each is used."""
        waiting = [result.value for result in self.results if type(result.value) is Expression]
        self._uses.update(value.number for value in waiting)
        waiting += [step for step in root.steps if type(step) is Expression and _may_raise(step)]
        tested: set[Branch] = set()
        while waiting:
            expression = waiting.pop()
            if expression.number in self._live:
                continue
            self._live.add(expression.number)
            parts, blocks = _parts(expression), [expression.block] * 4
            if expression.operation == "choice":
                branch = expression.operands[0]
                blocks[2:] = branch.sides
                if branch in tested:  # several choices, but one condition
                    parts, blocks = parts[2:], blocks[2:]
                tested.add(branch)
            for part, block in zip(parts, blocks):
                if type(part) is Expression:
                    self._uses[part.number] += 1
                    if part.block is not block:
                        self._escaping.add(part.number)
                    waiting.append(part)

    def _refuse_dead_errors(self, root: Block) -> None:
        """RecordingError where a side of a branch computes what nobody needs, and what might raise an error there."""
        for step in root.steps:
            for branch in _nested(step) if isinstance(step, Branch) else ():
                for inside in (*branch.sides[0].steps, *branch.sides[1].steps):
                    if type(inside) is Expression and _may_raise(inside) and inside.number not in self._live:
                        raise RecordingError("expected branches that compute nothing in vain, found one that does")

    def _choices(self, branch: Branch) -> list[Expression]:
        return [choice for choice in branch.choices if choice.number in self._live]

    # Conditional expressions.

    def _inline_branches(self, block: Block) -> None:
        """Find the branches that one expression can hold: those with one result and little in them."""
        for step in block.steps:
            if isinstance(step, Branch):
                nested = list(_nested(step))
                if all(len(self._choices(branch)) < 2 for branch in nested) and _length(step) <= MOST_IN_A_CHOICE:
                    self._inlined.update(side for branch in nested for side in branch.sides)
                else:
                    for side in step.sides:
                        self._inline_branches(side)

    def _is_inlined(self, branch: Branch) -> bool:
        return branch.sides[0] in self._inlined

    # Variables.

    def _name_variables(self) -> None:
        """Name the parameters and results, and whatever is not written in place."""
        for expression in self.expressions:
            if expression.operation == "parameter":
                self.variables[expression.number] = expression.operands[0]
        for result in sorted(self.results, key=lambda result: result.carried):
            if type(result.value) is Expression:
                self.variables.setdefault(result.value.number, result.name)
        accumulators = self._accumulators()
        sizes: Counter[int] = Counter()
        temporaries = 0
        for expression in self.expressions:
            number = expression.number
            if number not in self._live or number in self.variables or expression.block in self._inlined:
                continue
            if self._fits_in_place(expression, sizes):
                continue
            if number not in accumulators:
                temporaries += 1
            self.variables[number] = accumulators.get(number, f"value{temporaries}")

    def _fits_in_place(self, expression: Expression, sizes: Counter[int]) -> bool:
        """Whether an expression is written where it is used.

        sizes: how many expressions each holds that is written in place; this one is added.
        """
        size = 1
        for part in _parts(expression):
            if type(part) is Expression:
                size += sizes[part.number]
        if expression.operation == "choice":
            branch = expression.operands[0]
            if not self._is_inlined(branch):
                return False
            size += _length(branch)
        used_once = self._uses[expression.number] == 1 and expression.number not in self._escaping
        fits = used_once and size <= MOST_IN_PLACE
        sizes[expression.number] = size if fits else 0
        return fits

    def _accumulators(self) -> dict[int, str]:
        """A sum that is broken into lines adds up in the variable that holds it in the end."""
        found = {}
        for result in self.results:
            if type(result.value) is Expression and result.value.operation == "+" and not result.carried:
                found[result.value.number] = result.name
        for expression in reversed(self.expressions):
            if expression.operation == "+" and expression.number in found:
                left = expression.operands[0]
                if type(left) is Expression and self._uses[left.number] == 1 and left.number not in self.variables:
                    found[left.number] = found[expression.number]
        return found

    # Statements.

    def _statements(self, block: Block) -> list[Statement]:
        statements: list[Statement] = []
        for step in block.steps:
            if isinstance(step, Expression):
                if step.number in self._live and step.number in self.variables:
                    statements.append(Assignment(step, step))
                continue
            choices = self._choices(step)
            if self._is_inlined(step):
                statements += [Assignment(choice, choice) for choice in choices if choice.number in self.variables]
            elif choices:
                true, false = (
                    [*self._statements(side), *(Assignment(choice, choice.operands[place]) for choice in choices)]
                    for place, side in enumerate(step.sides, start=1)
                )
                statements.append(Conditional(step, (true, false)))
        return statements

    # Carried variables.

    def _carry(self) -> list[Result]:
        """Let carried variables take their new values; returns those that have to wait for the end.

        A new value takes the place of the old one at once, unless the old one is live there: the new one then has a
        variable of its own, with a name in `RENEWED`.
        """
        carried = [result for result in self.results if result.carried and _parameter(result.value) != result.name]
        at_once = {
            result.value.number: result.name
            for result in carried
            if type(result.value) is Expression and self.variables[result.value.number] == result.name
        }
        clashes: set[str] = set()
        self._go_backward(self.statements, {_parameter(result.value) for result in carried}, at_once, clashes)
        late = []
        for result in carried:
            number = result.value.number if type(result.value) is Expression else -1
            if at_once.get(number) != result.name:
                late.append(result)
            elif result.name in clashes:
                late.append(result)
                self.variables[number] = f"{result.name}{RENEWED}"
        return late

    def _go_backward(
        self, statements: Sequence[Statement], live: set[str], at_once: Mapping[int, str], clashes: set[str]
    ) -> None:
        """Find the variables that are overwritten while they are live, by an analysis of liveness.

        live: the variables that are read after the statements; those that these read are added.
        at_once: the variables that get their new value as soon as it is known, by its number.
        clashes: what is found is added here.
        """
        for statement in reversed(statements):
            if isinstance(statement, Assignment):
                if at_once.get(statement.target.number) in live:
                    clashes.add(at_once[statement.target.number])
                value = statement.value
                live.update(self._reads(*(_parts(value) if value is statement.target else [value])))
            else:  # what one side overwrites, the other may still read
                sides = [set(live) for _ in statement.sides]
                for inside, live_there in zip(statement.sides, sides):
                    self._go_backward(inside, live_there, at_once, clashes)
                live.update(*sides, self._reads(statement.branch.condition.left, statement.branch.condition.right))

    def _reads(self, *values: Operand) -> Iterator[str]:
        """The variables that are read to compute these values: what has none is opened."""
        waiting = list(values)
        while waiting:
            part = waiting.pop()
            if type(part) is Expression:
                if part.number in self.variables:
                    yield self.variables[part.number]
                else:
                    waiting += _parts(part)


def _may_raise(expression: Expression) -> bool:
    """Whether computing it can raise an error; then it is computed even where nobody needs its result."""
    return expression.operation in OPERATIONS and OPERATIONS[expression.operation].may_raise


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


def _nested(branch: Branch) -> Iterator[Branch]:
    """The branch and all branches within it."""
    waiting = [branch]
    while waiting:
        one = waiting.pop()
        yield one
        waiting += [step for side in one.sides for step in side.steps if isinstance(step, Branch)]


def _length(branch: Branch) -> int:
    """How many expressions the sides of a branch hold, those of inner branches included."""
    return sum(len(side.steps) for inner in _nested(branch) for side in inner.sides)
