"""A program printed as Python, and the Python made a function.

The text is plain Python that one can read, run and step through: floats in variables that are named after the neurons
and synapses, no object, no loop over neurons.
"""

from __future__ import annotations

import linecache
import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Any, Callable
from weakref import finalize

from neuronet.numbers.expression import Branch, Expression, Operand
from neuronet.tracing.program import Assignment, Program, Statement

FUNCTIONS = {name: getattr(math, name) for name in ("exp", "expm1", "log", "log1p", "tanh", "sqrt", "inf", "nan")}
"""What a program may call by name, beside `abs` and `max`."""
WIDTH = 120
INDENT = "    "
_CHOICE, _COMPARED, _SUM, _PRODUCT, _SIGN, _POWER, _ATOM = range(7)
_BINDS = {"+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT, "**": _POWER}
_CALLED = {"abs": "abs", "largest": "max"}
_numbers = count(1)


def printed(program: Program, headings: Mapping[str, str], depth: int) -> list[str]:
    """The lines of a program.

    headings: what stands as a comment before the first of several lines that assign variables of one kind.
    depth: how far they are indented.
    """
    return [INDENT * depth + line for line in _Printer(program).lines(headings)]


def listed(names: Sequence[str], before: str, after: str, depth: int) -> list[str]:
    """Names separated by commas between two pieces of text, broken into lines where they are too many for one."""
    lines = [INDENT * depth + before]
    for position, name in enumerate(names):
        piece = name + (", " if position < len(names) - 1 else "")
        if len(lines[-1]) + len(piece) + len(after) > WIDTH:
            lines[-1] = lines[-1].rstrip()
            lines.append(INDENT * (depth + 1))
        lines[-1] += piece
    lines[-1] += after
    return lines


def made(source: str, about: str) -> Callable[..., Any]:
    """The function that the source defines; tracebacks and debuggers can show its lines.

    about: what it is a program for, such as "Network(2, 4, 1)".
    """
    shown = "".join(character if character.isprintable() else "?" for character in about)
    filename = f"<neuronet {shown}, program {next(_numbers)}>"
    names: dict[str, Any] = {}
    exec(compile(source, filename, "exec"), dict(FUNCTIONS), names)  # noqa: S102 - printed here, all names made safe
    [function] = names.values()
    linecache.cache[filename] = len(source), None, source.splitlines(keepends=True), filename
    finalize(function, linecache.cache.pop, filename, None)
    return function  # type: ignore[no-any-return]


class _Printer:
    """Prints one program."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.variables = program.variables
        self.parts: dict[int, str] = {}

    def lines(self, headings: Mapping[str, str]) -> Iterator[str]:
        """Every statement under its heading, then what is renewed at the end."""
        last = ""
        waiting = [f"{result.name} = {self._operand(result.value)}" for result in self.program.copied]
        for statement in self.program.statements:
            waiting += self._statement(statement)
            target = statement.target if isinstance(statement, Assignment) else statement.branch.choices[-1]
            heading = headings.get(self.variables.get(target.number, ""))
            if heading is not None:
                if heading != last:
                    yield f"# {heading}"
                yield from waiting
                last, waiting = heading, []
        yield from waiting
        renewed = self.program.renewed
        if renewed:
            names = ", ".join(result.name for result in renewed)
            yield f"{names} = {', '.join(self._operand(result.value) for result in renewed)}"

    def _statement(self, statement: Statement) -> Iterator[str]:
        if isinstance(statement, Assignment):
            self.parts = {}
            self.part_names = count(1)
            value = statement.value
            text = self._opened(value)[0] if value is statement.target else self._operand(value)
            yield f"{self.variables[statement.target.number]} = {text}"
            return
        self.parts = {}
        yield f"if {self._condition(statement.branch)}:"
        for head, side in zip(("", "else:"), statement.sides):
            if head:
                yield head
            for inner in side:
                yield from (INDENT + line for line in self._statement(inner))

    def _condition(self, branch: Branch) -> str:
        condition = branch.condition
        left, right = self._bound(condition.left, _SUM), self._bound(condition.right, _SUM)
        return f"{left} {condition.operation} {right}"

    def _operand(self, operand: Operand) -> str:
        return self._text(operand)[0]

    def _bound(self, operand: Operand, least: int) -> str:
        text, binds = self._text(operand)
        return text if binds >= least else f"({text})"

    def _text(self, operand: Operand) -> tuple[str, int]:
        """The text of an operand, and how strongly it holds together."""
        if type(operand) is not Expression:
            text = repr(operand)
            return text, _SIGN if text.startswith("-") else _ATOM
        name = self.variables.get(operand.number) or self.parts.get(operand.number)
        if name is not None:
            return name, _ATOM
        text, binds = self._opened(operand)
        if self.program.is_shared(operand):
            name = self._part()
            self.parts[operand.number] = name
            return f"({name} := {text})", _ATOM
        return text, binds

    def _part(self) -> str:
        number = next(self.part_names)
        return "part" if number == 1 else f"part{number}"

    def _opened(self, operand: Operand) -> tuple[str, int]:
        """The text of what an expression is made of, written in the order in which Python computes it."""
        if type(operand) is not Expression or operand.operation == "parameter":
            return self._text(operand)
        operation, operands = operand.operation, operand.operands
        if operation == "choice":
            return self._choice(*operands), _CHOICE
        if operation == "negate":
            return f"-{self._bound(operands[0], _SIGN)}", _SIGN
        if operation == "**":
            return f"{self._bound(operands[0], _ATOM)} ** {self._bound(operands[1], _ATOM)}", _POWER
        if operation in _BINDS:
            binds = _BINDS[operation]
            left = self._bound(operands[0], binds)
            return f"{left} {operation} {self._bound(operands[1], binds + 1)}", binds
        called = _CALLED.get(operation, operation)
        return f"{called}({', '.join(self._operand(part) for part in operands)})", _ATOM

    def _choice(self, branch: Branch, one: Operand, other: Operand) -> str:
        condition = self._condition(branch)
        known = dict(self.parts)
        true = self._bound(one, _COMPARED)
        self.parts = dict(known)
        false = self._bound(other, _CHOICE)
        self.parts = known
        return f"{true} if {condition} else {false}"
