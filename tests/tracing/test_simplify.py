"""Rewrites change no bit: each of them, those that are not allowed, and random formulas in floats of every kind."""

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from neuronet import scalar
from neuronet.numbers.expression import Expression, Recording
from neuronet.numbers.operations import OPERATIONS
from neuronet.tracing.simplify import Facts, simplified

NAMES = ("x", "y", "n")
"""The parameters of the formulas here: x and y are floats, n may be an int."""


def text_of(operand):
    """An expression in prefix form, such as (+ x 1)."""
    if not isinstance(operand, Expression):
        return repr(operand)
    if operand.operation == "parameter":
        return operand.operands[0]
    if operand.operation == "choice":
        branch, one, other = operand.operands
        condition = branch.condition
        asked = f"({condition.operation} {text_of(condition.left)} {text_of(condition.right)})"
        return f"(if {asked} {text_of(one)} {text_of(other)})"
    return f"({operand.operation} {' '.join(map(text_of, operand.operands))})"


def rewritten(formula, *, unsigned=(), named=False):
    """What is made of formula(x, y, n), in prefix form."""
    recording = Recording()
    result = recording.explore(formula, *map(recording.parameter, NAMES))
    inner = {step.number for step in recording.expressions if step.operation == "negate"} if named else ()
    return text_of(simplified(recording, [result], inner, Facts(["x", "y"], unsigned))[1][0])


def step(x):
    """1 or 0, as one expression."""
    return x.recording.explore(lambda: 0 if x > 0 else 1)


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        (lambda x, y, n: x * 1, "x"),
        (lambda x, y, n: 1 * x, "x"),
        (lambda x, y, n: x / 1, "x"),
        (lambda x, y, n: x - 0, "x"),
        (lambda x, y, n: -(-x), "x"),  # noqa: B002
        (lambda x, y, n: (-x) * y, "(negate (* x y))"),
        (lambda x, y, n: x / (-y), "(negate (/ x y))"),
        (lambda x, y, n: (-x) * (-y), "(* x y)"),
        (lambda x, y, n: x + (-y), "(- x y)"),
        (lambda x, y, n: (-x) + y, "(- y x)"),
        (lambda x, y, n: x - (-y), "(+ x y)"),
        (lambda x, y, n: x / 2, "(* x 0.5)"),
        (lambda x, y, n: x / 3, "(/ x 3.0)"),
        (lambda x, y, n: 2 * x, "(* 2.0 x)"),
        (lambda x, y, n: scalar.exp(x + 0), "(exp x)"),
        (lambda x, y, n: abs(0 + x), "(abs x)"),
        (lambda x, y, n: 0 + x * x, "(* x x)"),
        (lambda x, y, n: 0 + scalar.exp(x), "(exp x)"),
        (lambda x, y, n: 1 / (0 + x), "(/ 1.0 x)"),
        (lambda x, y, n: y * y - (0 + x), "(- (* y y) x)"),
        (lambda x, y, n: step(x) + y, "(+ (if (> x 0.0) 0.0 1.0) y)"),
    ],
)
def test_what_changes_nothing_is_left_out(formula, expected):
    assert rewritten(formula) == expected


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        (lambda x, y, n: 0 + x, "(+ 0.0 x)"),  # 0 + -0.0 is 0.0
        (lambda x, y, n: scalar.tanh(x + 0), "(tanh (+ x 0.0))"),  # tanh(-0.0) is -0.0
        (lambda x, y, n: x - (-0.0), "(- x -0.0)"),  # -0.0 - -0.0 is 0.0
        (lambda x, y, n: n * 1, "(* n 1)"),
        (lambda x, y, n: -(-n), "(negate (negate n))"),  # noqa: B002 -- -0 is no -0.0
        (lambda x, y, n: n + (-n), "(+ n (negate n))"),
        (lambda x, y, n: n / 2, "(/ n 2)"),
        (lambda x, y, n: step(x) * n, "(* (if (> x 0.0) 0 1) n)"),
        (
            lambda x, y, n: n * x.recording.explore(lambda: step(y) if x > 0 else 2),
            "(* n (if (> x 0.0) (if (> y 0.0) 0 1) 2))",
        ),
        (lambda x, y, n: (0 + x) - y * y, "(- (+ 0.0 x) (* y y))"),  # -0.0 - 0.0 is -0.0
        (lambda x, y, n: x * (2**53 + 1), "(* x 9007199254740993)"),
    ],
)
def test_what_would_change_a_bit_stays(formula, expected):
    assert rewritten(formula) == expected


def test_a_zero_is_left_out_where_it_is_known_that_there_is_no_minus_zero():
    assert rewritten(lambda x, y, n: 0 + x, unsigned=["x"]) == "x"


def test_what_has_a_name_is_left_whole():
    assert rewritten(lambda x, y, n: (-x) * y, named=True) == "(* (negate x) y)"


# Random formulas: what is made of them gives the same bits.

LEAVES = st.sampled_from([*NAMES, 0, 1, 2, -1, 3, 0.0, -0.0, 1.0, 0.5, -2.0, 2**53 + 1])
FUNCTIONS = ("exp", "tanh", "log1p", "sqrt")


def deeper(inner):
    return st.one_of(
        st.tuples(st.sampled_from(["+", "-", "*", "/"]), inner, inner),
        st.tuples(st.sampled_from(["negate", "abs", *FUNCTIONS]), inner),
        st.tuples(st.just("largest"), inner, inner),
        st.tuples(st.just("if"), inner, inner, inner),
    )


TREES = st.recursive(LEAVES, deeper, max_leaves=12)
VALUES = st.sampled_from([0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 3.0, 1e-300, 1e300])


def carried_out(tree, values):
    """What a tree comes to, in floats or recorded numbers."""
    if not isinstance(tree, tuple):
        return values.get(tree, tree) if isinstance(tree, str) else tree
    name, *parts = tree
    if name == "if":
        return carried_out(parts[1] if carried_out(parts[0], values) > 0 else parts[2], values)
    operands = [carried_out(part, values) for part in parts]
    if name == "largest":
        return scalar.largest([operands[0] + 0.0, operands[1]])
    if name in FUNCTIONS:
        return getattr(scalar, name)(operands[0])
    return OPERATIONS[name].on_floats(*operands)


def value_of(operand, values):
    """What an expression comes to."""
    if not isinstance(operand, Expression):
        return operand
    if operand.operation == "parameter":
        return values[operand.operands[0]]
    if operand.operation == "choice":
        branch, one, other = operand.operands
        condition = branch.condition
        left, right = value_of(condition.left, values), value_of(condition.right, values)
        return value_of(one if OPERATIONS[condition.operation].on_floats(left, right) else other, values)
    return OPERATIONS[operand.operation].on_floats(*(value_of(part, values) for part in operand.operands))


@given(tree=TREES, x=VALUES, y=VALUES, n=st.sampled_from([0, 1, -1, 2, 0.0, -0.0, 2.5]))
@example(tree=("+", 0, ("*", "x", "y")), x=0.0, y=-1.0, n=0)
def test_random_formulas_keep_every_bit(tree, x, y, n):
    values = {"x": x, "y": y, "n": n}
    try:
        expected = carried_out(tree, values)
    except (ArithmeticError, ValueError):
        return
    recording = Recording()
    parameters = {name: recording.parameter(name) for name in NAMES}
    try:
        result = recording.explore(carried_out, tree, parameters)
    except (ArithmeticError, ValueError):  # a part of known numbers only, on another path
        return
    _, [copy], _ = simplified(recording, [result], (), Facts(["x", "y"], ()))
    found = value_of(copy, values)
    assert repr(found) == repr(expected) or (math.isnan(found) and math.isnan(expected))
