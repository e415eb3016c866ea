"""A number that remembers how it was made: let a formula run on it, and the formula has written itself down.

An `Expression` stands for a float that is not known yet. Adding two of them gives a third, which knows its operation
and its operands; so does every function of `neuronet.scalar`. All belong to a `Recording`, which keeps them in order
and keeps the same operation on the same operands once.

A formula may branch, `if net.real >= 0`, and which way it goes is not known either. So a `Recording` explores: it
calls the formula again for each path through it and records a `Branch` with both sides. A side is computed only when
the condition says so, which is what keeps `exp` from overflowing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Callable, Optional, Union

from neuronet.errors import RecordingError
from neuronet.numbers.operations import add_functions

Operand = Union["Expression", int, float]

MOST_PATHS = 64
"""A formula with more paths through it than this is not recorded."""


def _recorded(operation: str) -> Callable[[Any], Any]:
    return lambda self: self.recording.record(operation, self)


def _arithmetic(operation: str) -> tuple[Callable[[Any, Any], Any], Callable[[Any, Any], Any]]:
    """The methods of an operator: for a number that stands on its left, and for one that stands on its right."""
    return (
        lambda self, other: self.recording.arithmetic(operation, self, other),
        lambda self, other: self.recording.arithmetic(operation, other, self),
    )


def _comparison(operation: str) -> Callable[[Any, Any], Any]:
    return lambda self, other: self.recording.comparison(operation, self, other)


class Expression:
    """A float that is not known yet, and how it is made.

    operation: a row of the table of operations, by its name, such as "+" or "exp"; or "parameter", a number that comes
        from outside; or "choice", one of the two results of a branch.
    operands: what the operation is applied to, in order: expressions and numbers. For a parameter its name, for a
        choice the `Branch` and its results, the one for true first.
    block: where it was recorded.
    number: its place in the order in which expressions were made.

    Called like a kind of number, `Expression(0)` gives the float 0.0: it stands for floats.
    """

    __slots__ = ("block", "number", "operands", "operation", "recording")

    operation: str
    operands: tuple[Any, ...]
    block: Block
    number: int
    recording: Recording

    def __new__(cls, value: Union[int, float]) -> Any:
        """A known number is no expression but a float."""
        return float(value)

    # What any number has.

    @property
    def real(self) -> Expression:
        """The real part of a float is the float."""
        return self

    __add__, __radd__ = _arithmetic("+")
    __sub__, __rsub__ = _arithmetic("-")
    __mul__, __rmul__ = _arithmetic("*")
    __truediv__, __rtruediv__ = _arithmetic("/")
    __pow__, __rpow__ = _arithmetic("**")
    __neg__ = _recorded("negate")
    __abs__ = _recorded("abs")

    def __pos__(self) -> Expression:
        return self

    # A comparison is a condition, which is decided when a branch asks for it.

    __lt__ = _comparison("<")
    __le__ = _comparison("<=")
    __gt__ = _comparison(">")
    __ge__ = _comparison(">=")
    __eq__ = _comparison("==")
    __ne__ = _comparison("!=")
    __hash__ = object.__hash__

    def __bool__(self) -> bool:
        return bool(self != 0)

    # The functions of `neuronet.scalar`, beyond those of the table of operations.

    def magnitude(self) -> Operand:
        """The expression or its negative, whichever is at least 0."""
        found: Operand = self.recording.explore(lambda: self if self >= 0 else -self)
        return found

    def largest(self, others: Sequence[Operand]) -> Expression:
        """The largest of this and the others."""
        return self.recording.record("largest", self, *others) if others else self

    # NumPy would call the methods above, but its own exp and tanh round differently.

    __array_ufunc__ = None

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise TypeError("expected a function of neuronet.scalar, because this number is being recorded")

    def __float__(self) -> float:
        raise TypeError("expected a function of neuronet.scalar, because this number is being recorded")

    def __repr__(self) -> str:
        parts = (f"#{part.number}" if isinstance(part, Expression) else str(part) for part in self.operands)
        return f"Expression(#{self.number}: {self.operation} {', '.join(parts)})"


add_functions(Expression, lambda operation: _recorded(operation.name))


class Condition:
    """A comparison of two numbers, of which at least one is not known yet; its truth is a branch."""

    __slots__ = ("left", "operation", "recording", "right")

    def __init__(self, recording: Recording, operation: str, left: Operand, right: Operand) -> None:
        self.recording = recording
        self.operation = operation
        self.left = left
        self.right = right

    def key(self) -> tuple[Any, ...]:
        """What tells one condition from another."""
        return (self.operation, _key(self.left), _key(self.right))

    def __bool__(self) -> bool:
        return self.recording.decide(self)

    # Comparing the truth of a condition, or looking it up in a dictionary, decides it.

    def __eq__(self, other: object) -> bool:
        return bool(self) == (bool(other) if isinstance(other, Condition) else other)

    def __hash__(self) -> int:
        return hash(bool(self))


class Block:
    """What is computed together, in order: the whole recording, or one side of a branch.

    steps: expressions and branches, each after everything that it needs.
    outer: the block that holds the branch of which this is a side, or None.
    fact: the condition of that branch, and whether this is the side on which it is true.
    """

    __slots__ = ("branches", "fact", "known", "outer", "steps")

    def __init__(self, outer: Optional[Block] = None, fact: Any = None) -> None:
        self.steps: list[Union[Expression, Branch]] = []
        self.outer = outer
        self.fact: Optional[tuple[tuple[Any, ...], bool]] = fact
        self.known: dict[tuple[Any, ...], Expression] = {}
        self.branches: dict[tuple[Any, ...], Branch] = {}


class Branch:
    """A condition, and what is computed where it is true and where it is false.

    condition: what decides.
    sides: the block for true and the block for false.
    choices: the results, each an expression whose operation is "choice".
    """

    __slots__ = ("choices", "condition", "sides")

    def __init__(self, condition: Condition, block: Block) -> None:
        key = condition.key()
        self.condition = condition
        self.sides = Block(block, (key, True)), Block(block, (key, False))
        self.choices: list[Expression] = []


class Fork(BaseException):
    """A formula has come to a condition that no path so far has decided; no Exception, or formulas might catch it."""

    def __init__(self, condition: Condition) -> None:
        super().__init__()
        self.condition = condition


class Recording:
    """The expressions of one computation, each kept once.

    expressions: all of them, in the order in which they were made; an expression's number is its place.
    block: where the next one is recorded.
    """

    operand_types: tuple[type, ...] = (Expression, float, int)
    """What may be an operand."""

    def __init__(self) -> None:
        self.block = Block()
        self.expressions: list[Expression] = []
        self._path: Optional[list[tuple[Branch, bool]]] = None
        self._decided = 0
        self._place: tuple[int, ...] = ()
        self._calls = 0

    def parameter(self, name: str) -> Expression:
        """A number that comes from outside, under a name of its own."""
        return self.record("parameter", name)

    def arithmetic(self, operation: str, left: Any, right: Any) -> Any:
        """The operation on two numbers; NotImplemented where one is of a kind that floats do not mix with."""
        return self.record(operation, left, right) if self._are_operands(left, right) else NotImplemented

    def comparison(self, operation: str, left: Any, right: Any) -> Any:
        """The comparison of two numbers; NotImplemented where one is none."""
        return Condition(self, operation, left, right) if self._are_operands(left, right) else NotImplemented

    def record(self, operation: str, *operands: Any) -> Expression:
        """The expression of this operation on these operands: the one that is known already, or a new one."""
        key = (operation, *[part.number if type(part) is Expression else _key(part) for part in operands])
        block: Optional[Block] = self.block
        while block is not None:
            found = block.known.get(key)
            if found is not None:
                return found
            block = block.outer
        made: Expression = object.__new__(Expression)
        made.operation, made.operands = operation, operands
        made.block, made.recording = self.block, self
        made.number = len(self.expressions)
        self.expressions.append(made)
        self.block.known[key] = made
        if operation not in ("parameter", "choice"):
            self.block.steps.append(made)
        return made

    def choice(self, branch: Branch, one: Operand, other: Operand) -> Expression:
        """The first operand where the condition of the branch is true, else the other."""
        known = len(self.expressions)
        choice = self.record("choice", branch, one, other)
        if choice.number == known:
            branch.choices.append(choice)
        return choice

    def assume(self, condition: Condition, truth: bool) -> None:
        """Take a condition for true, or for false, in all that is recorded from now on."""
        self.block.fact = condition.key(), truth

    @property
    def is_exploring(self) -> bool:
        """Whether a formula is being followed, one of its paths at a time."""
        return self._path is not None

    def explore(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """What the function returns, whichever path it takes.

        function: it is called once for each path through it, so it must do the same each time and change nothing.

        Returns its result: where the paths differ, a number becomes a choice, and so does each item of a list or tuple.
        Raises RecordingError where the results differ otherwise, or where there are too many paths.
        """
        before = self._path, self._decided, self._place, self._calls, self.block
        self._place = (*self._place, self._calls)
        home = self.block
        paths = 0

        def follow(path: list[tuple[Branch, bool]]) -> Any:
            nonlocal paths
            paths += 1
            if paths > MOST_PATHS:
                raise RecordingError(f"expected at most {MOST_PATHS} paths through a formula, found more")
            self._path, self._decided, self._calls, self.block = path, 0, 0, home
            try:
                return function(*arguments)
            except Fork as fork:
                branch = self._branch(fork.condition)
            block = self.block
            results = [follow([*path, (branch, side)]) for side in (True, False)]
            self.block = block
            return self._merged(branch, *results)

        try:
            return follow([])
        finally:
            self._path, self._decided, self._place, self._calls, self.block = before
            self._calls += 1

    def decide(self, condition: Condition) -> bool:
        """The truth of a condition on the path that is being followed."""
        key = condition.key()
        block: Optional[Block] = self.block
        while block is not None:
            if block.fact is not None and block.fact[0] == key:
                return block.fact[1]
            block = block.outer
        if self._path is None:
            raise RecordingError("expected no comparison outside of a neuron's methods, an activation or a loss")
        if self._decided == len(self._path):
            raise Fork(condition)
        branch, side = self._path[self._decided]
        if branch.condition.key() != key:
            raise RecordingError("expected a formula that does the same each time, found one that does not")
        self._decided += 1
        self.block = branch.sides[0 if side else 1]
        return side

    def _branch(self, condition: Condition) -> Branch:
        # Exploring within a formula that is explored itself comes by here again, at the same place of the same call.
        key = (self._place, condition.key())
        branch = self.block.branches.get(key)
        if branch is None:
            branch = self.block.branches[key] = Branch(condition, self.block)
            self.block.steps.append(branch)
        return branch

    def _are_operands(self, *values: Any) -> bool:
        return all(type(value) in self.operand_types for value in values)

    def _merged(self, branch: Branch, one: Any, other: Any) -> Any:
        if one is other:
            return one
        if self._are_operands(one, other):
            if _key(one) == _key(other):
                return one
            return self.choice(branch, one, other)
        if type(one) is type(other) and isinstance(one, (list, tuple)) and len(one) == len(other):
            return type(one)([self._merged(branch, first, second) for first, second in zip(one, other)])
        raise RecordingError(
            f"expected a number from both sides of a branch, got a {type(one).__name__} and a {type(other).__name__}"
        )


def _key(operand: Any) -> Any:
    # An expression by its number, for == would record a comparison; a number by its text, which tells 0, 0.0 and -0.0.
    if type(operand) is Expression:
        return operand.number
    return operand if isinstance(operand, Branch) else repr(operand)
