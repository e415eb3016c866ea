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

from neuronet.codegen.printer import Printer
from neuronet.numbers.expression import Branch, Expression
from neuronet.numbers.operations import ATOM, CHOICE, COMPARISON, OPERATIONS
from neuronet.tracing.program import Assignment, Program, Statement

NAMESPACE: dict[str, Any] = {
    **{row.called: row.on_floats for row in OPERATIONS.values() if row.tightness == ATOM},
    "inf": math.inf,
    "nan": math.nan,
}
"""What a printed program or formula may use by name."""
WIDTH = 120
INDENT = "    "
_numbers = count(1)


def printed(program: Program, headings: Mapping[str, str], depth: int) -> list[str]:
    """The lines of a program.

    headings: what stands as a comment before the first of several lines that assign variables of one kind.
    depth: how far they are indented.
    """
    return [INDENT * depth + line for line in PythonPrinter(program).lines(headings)]


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
    printable = "".join(character if character.isprintable() else "?" for character in about)
    filename = f"<neuronet {printable}, program {next(_numbers)}>"
    names: dict[str, Any] = {}
    exec(compile(source, filename, "exec"), dict(NAMESPACE), names)  # noqa: S102 - printed here, all names made safe
    [function] = names.values()
    linecache.cache[filename] = len(source), None, source.splitlines(keepends=True), filename
    finalize(function, linecache.cache.pop, filename, None)
    return function  # type: ignore[no-any-return]


class PythonPrinter(Printer):
    """Prints one program as Python. What a short branch needs twice gets a name where it stands: `(part := a + b)`."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.variables = program.variables
        self._parts: dict[int, str] = {}
        self._part_names = count(1)

    def lines(self, headings: Mapping[str, str]) -> Iterator[str]:
        """Every statement under its heading, then what is renewed at the end."""
        last = ""
        waiting = [f"{result.name} = {self.write(result.value)}" for result in self.program.copied]
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
            yield f"{names} = {', '.join(self.write(result.value) for result in renewed)}"

    def _statement(self, statement: Statement) -> Iterator[str]:
        self._parts, self._part_names = {}, count(1)
        if isinstance(statement, Assignment):
            target, value = statement
            text = self.operation(value)[0] if value is target else self.write(value)
            yield f"{self.variables[target.number]} = {text}"
            return
        yield f"if {self.condition(statement.branch.condition)}:"
        for head, side in zip(("", "else:"), statement.sides):
            if head:
                yield head
            for inner in side:
                yield from (INDENT + line for line in self._statement(inner))

    def opens(self, operand: Any) -> bool:
        """Whether an operand is written in place: it has no name, and needs none."""
        if not super().opens(operand) or operand.number in self.variables or operand.number in self._parts:
            return False
        return not self.program.is_shared(operand)

    def leaf(self, operand: Any) -> str:
        """A number, a variable, or what is to be used again, together with its name."""
        if type(operand) is not Expression:
            return repr(operand)
        name = self.variables.get(operand.number) or self._parts.get(operand.number)
        if name is not None:
            return name
        text, _ = self.operation(operand)
        number = next(self._part_names)
        name = self._parts[operand.number] = "part" if number == 1 else f"part{number}"
        return f"({name} := {text})"

    def choice(self, branch: Branch, one: Any, other: Any) -> str:
        """`one if condition else other`; Python begins with the condition, and goes only one of the two ways."""
        condition = self.condition(branch.condition)
        known = dict(self._parts)
        true = self.part(one, COMPARISON)
        self._parts = dict(known)
        false = self.part(other, CHOICE)
        self._parts = known
        return f"{true} if {condition} else {false}"
