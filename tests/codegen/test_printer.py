"""Printed expressions mean what was recorded: Python reads every text back to the same float."""

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from neuronet import scalar
from neuronet.codegen.printer import Printer
from neuronet.codegen.python import NAMESPACE, made, printed
from neuronet.numbers.expression import Expression, Recording
from neuronet.numbers.operations import OPERATIONS
from neuronet.numbers.traced import Trace, value_of
from neuronet.sheets.latex import LatexPrinter
from neuronet.stepping.formula import NUMBERS, SYMBOLS, Quantity
from neuronet.tracing.program import Program, Result

NAMES = ("x", "y", "z")
LEAVES = st.sampled_from([*NAMES, 0, 1, -1, 2, 0.0, -0.0, 0.5, -2.5])
UNARY = ("negate", "abs", "exp", "tanh", "round")
BINARY = ("+", "-", "*", "/", "largest")


def deeper(inner):
    return st.one_of(
        st.tuples(st.sampled_from(BINARY), inner, inner),
        st.tuples(st.sampled_from(UNARY), inner),
        st.tuples(st.just("**"), inner, st.sampled_from([2, 3, -1, 0.5])),
    )


TREES = st.recursive(LEAVES, deeper, max_leaves=20)
VALUES = st.tuples(*[st.sampled_from([0.0, -0.0, 1.0, -1.0, 0.1, -2.7, 3.0])] * 3)


def carried_out(tree, values):
    """What a tree comes to in numbers of any kind."""
    if not isinstance(tree, tuple):
        return values.get(tree, tree) if isinstance(tree, str) else tree
    name, *parts = tree
    operands = [carried_out(part, values) for part in parts]
    if name == "largest":
        return scalar.largest(sorted(operands, key=lambda operand: not isinstance(operand, Expression)))
    return getattr(scalar, name)(operands[0]) if name in ("exp", "tanh") else OPERATIONS[name].on_floats(*operands)


class WithVariables(Printer):
    """The printer as it stands, with names."""

    def leaf(self, operand):
        return operand.operands[0] if isinstance(operand, Expression) else repr(operand)


@given(tree=TREES, values=VALUES)
@example(tree=("-", "x", ("-", "y", "z")), values=(1.0, 0.5, 3.0))
@example(tree=("/", "x", ("*", "y", "z")), values=(1.0, 0.5, 3.0))
@example(tree=("**", ("negate", "x"), 2), values=(1.0, 0.5, 3.0))
@example(tree=("negate", ("**", -2.5, 2)), values=(1.0, 0.5, 3.0))
@example(tree=("negate", ("negate", ("*", ("negate", "x"), "y"))), values=(1.0, 0.5, 3.0))
def test_python_reads_back_what_was_recorded(tree, values):
    trace = Trace()
    named = dict(zip(NAMES, values))
    try:
        formula = carried_out(tree, {name: trace.parameter(name, value) for name, value in named.items()})
    except (ArithmeticError, ValueError, TypeError):  # no number comes out, or a complex one
        assume(False)
    assume(isinstance(formula, Expression))
    read = eval(WithVariables().write(formula), {**NAMESPACE, **named})  # noqa: S307 -- of our own making
    assert repr(read) == repr(formula.value)


@given(tree=TREES, values=VALUES)
def test_a_formula_with_its_numbers_put_in_is_read_back(tree, values):
    trace = Trace()
    try:
        formula = carried_out(tree, {name: trace.parameter(Quantity(name), x) for name, x in zip(NAMES, values)})
    except (ArithmeticError, ValueError, TypeError):
        assume(False)
    assume(not isinstance(value_of(formula), complex))  # the root of a number below 0
    assert repr(eval(NUMBERS.write(formula), dict(NAMESPACE))) == repr(value_of(formula))  # noqa: S307


def traced(*values):
    trace = Trace()
    return [trace.parameter(Quantity(name), value) for name, value in zip(NAMES, values)]


LATEX = LatexPrinter(lambda quantity, value: quantity.text, str)


@pytest.mark.parametrize(
    ("formula", "symbols", "latex"),
    [
        (lambda x, y, z: x - (y - z), "x - (y - z)", r"x - \left(y - z\right)"),
        (lambda x, y, z: x * (y * z), "x * (y * z)", r"x \cdot \left(y \cdot z\right)"),
        (lambda x, y, z: x * (y / z), "x * (y / z)", r"x \cdot \left(\frac{y}{z}\right)"),
        (lambda x, y, z: x - y + z, "x - y + z", "x - y + z"),
        (lambda x, y, z: 0 + x * y, "x * y", r"x \cdot y"),
        (lambda x, y, z: x * -y, "x * (-y)", r"x \cdot \left(-y\right)"),
        (lambda x, y, z: x + -y * z, "x + (-y) * z", r"x + \left(-y\right) \cdot z"),
        (lambda x, y, z: -y * z + x, "-y * z + x", r"-y \cdot z + x"),
        (lambda x, y, z: (x + y) / (y * z), "(x + y) / (y * z)", r"\frac{x + y}{y \cdot z}"),
        (lambda x, y, z: -(x**2), "-x ** 2", "-{x}^{2}"),
        (lambda x, y, z: (-x) ** 2, "(-x) ** 2", r"{\left(-x\right)}^{2}"),
        (lambda x, y, z: scalar.exp(x + y), "exp(x + y)", r"\exp\left(x + y\right)"),
        (lambda x, y, z: scalar.log(x), "log(x)", r"\ln\left(x\right)"),
        (lambda x, y, z: scalar.log1p(x), "log1p(x)", r"\operatorname{log1p}\left(x\right)"),
        (lambda x, y, z: scalar.sqrt(x) * abs(y), "sqrt(x) * abs(y)", r"\sqrt{x} \cdot \left|y\right|"),
        (lambda x, y, z: scalar.largest([x, y, z]), "max(x, y, z)", r"\max\left(x, y, z\right)"),
        (lambda x, y, z: round(x, 2), "round(x, 2)", r"\operatorname{round}\left(x, 2\right)"),
    ],
)
def test_parentheses_stand_where_they_are_needed_and_only_there(formula, symbols, latex):
    recorded = formula(*traced(2.0, 0.5, 4.0))
    assert SYMBOLS.write(recorded) == symbols
    assert LATEX.write(recorded) == latex


def test_the_zero_that_a_sum_begins_with_is_shown_where_it_makes_a_difference():
    [x] = traced(-0.0)
    assert SYMBOLS.write(0 + x) == "x"
    assert NUMBERS.write(0 + x) == "0 + (-0.0)"
    assert NUMBERS.write(0 + traced(2.0)[0]) == "2.0"


def test_a_long_sum_needs_no_recursion():
    [x] = traced(1.0)
    total = x
    for _ in range(5000):
        total = total + x
    assert SYMBOLS.write(total) == " + ".join(["x"] * 5001)
    assert len(SYMBOLS.summands(total)) == 5001


# Programs.


def lines_of(results):
    recording = next(value.recording for value in results.values() if isinstance(value, Expression))
    return printed(Program(recording, [Result(name, value, False) for name, value in results.items()]), {}, 0)


def test_what_a_short_branch_needs_twice_gets_a_name_where_it_stands():
    recording = Recording()
    x, y = recording.parameter("x"), recording.parameter("y")

    def formula():
        if x > y:
            return (x - y) * (x - y)
        return scalar.exp(y - x) / (1 + scalar.exp(y - x))

    assert lines_of({"out": recording.explore(formula)}) == [
        "out = (part := x - y) * part if x > y else (part2 := exp(y - x)) / (1 + part2)"
    ]


def test_a_part_of_the_condition_is_known_on_both_sides():
    recording = Recording()
    x = recording.parameter("x")

    def formula():
        y = scalar.exp(x)
        return [y + 1, y - 1] if y * y > 2 else [-y, y]

    outer = recording.explore(lambda: recording.explore(formula)[0] if x > 0 else 0)
    assert lines_of({"out": outer}) == [
        "out = (part + 1 if (part := exp(x)) * part > 2 else -part) if x > 0 else 0",
    ]


def test_a_part_that_only_one_side_has_named_is_not_known_beyond_it():
    recording = Recording()
    x, y = recording.parameter("x"), recording.parameter("y")

    def formula():
        if x > 0:
            part = scalar.exp(x)
            return recording.explore(lambda: part + 1 if y > 0 else part - 1) * part
        return x

    side = "((part := exp(x)) + 1 if y > 0 else (part2 := exp(x)) - 1) * (part3 := exp(x))"
    assert lines_of({"out": recording.explore(formula)}) == [f"out = {side} if x > 0 else x"]


def test_a_long_branch_is_a_statement_of_its_own():
    recording = Recording()
    x = recording.parameter("x")
    one, other = recording.explore(lambda: [x + 1, x * 2] if x > 0 else [x - 1, x / 2])
    assert lines_of({"one": one, "other": other}) == [
        "if x > 0:",
        "    one = x + 1",
        "    other = x * 2",
        "else:",
        "    one = x - 1",
        "    other = x / 2",
    ]


def test_a_program_calls_every_function_of_the_table():
    recording = Recording()
    x = recording.parameter("x")
    calls = [row for row in OPERATIONS.values() if row.is_function]
    lines = lines_of({row.name + "_of_x": row.of(x) for row in calls})
    source = "\n".join(["def run(x):", *(f"    {line}" for line in lines), "    return locals()"])
    found = made(source, "every function")(0.5)
    assert {row.name: found[row.name + "_of_x"] for row in calls} == {row.name: row.of(0.5) for row in calls}
