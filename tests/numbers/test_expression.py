"""A number that remembers how it was made: what is recorded computes what was done, whichever way it branched."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuronet import scalar
from neuronet.activations import ACTIVATIONS
from neuronet.errors import RecordingError
from neuronet.numbers.expression import MOST_PATHS, Branch, Expression, Recording

FINITE = st.floats(-50, 50)
POSITIVE = st.floats(1e-3, 50)
FUNCTIONS = {
    "exp": math.exp,
    "expm1": math.expm1,
    "log": math.log,
    "log1p": math.log1p,
    "tanh": math.tanh,
    "sqrt": math.sqrt,
    "abs": abs,
    "negate": lambda x: -x,
    "largest": lambda *numbers: max(numbers),
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "**": lambda a, b: a**b,
}
COMPARISONS = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
}


def value_of(operand, parameters):
    """What an expression comes to where the parameters have these values: the meaning of a recording, written again."""
    if not isinstance(operand, Expression):
        return operand
    if operand.operation == "parameter":
        return parameters[operand.operands[0]]
    if operand.operation == "choice":
        branch, one, other = operand.operands
        condition = branch.condition
        left, right = value_of(condition.left, parameters), value_of(condition.right, parameters)
        return value_of(one if COMPARISONS[condition.operation](left, right) else other, parameters)
    return FUNCTIONS[operand.operation](*[value_of(part, parameters) for part in operand.operands])


@pytest.mark.parametrize("name", ["exp", "expm1", "log", "log1p", "tanh", "sqrt"])
@given(x=POSITIVE)
def test_the_functions_of_scalar_are_recorded(name, x):
    recording = Recording()
    recorded = getattr(scalar, name)(recording.parameter("x"))
    assert repr(value_of(recorded, {"x": x})) == repr(getattr(scalar, name)(x))


def formula(x, y):
    return (2 * x - y / 3) * (1 - x) / (4 + y * y) + x**2 - 2**x + (-x) * abs(y) - (+y)


@given(x=FINITE, y=FINITE)
def test_arithmetic_is_recorded_in_the_order_in_which_it_is_done(x, y):
    recording = Recording()
    recorded = formula(recording.parameter("x"), recording.parameter("y"))
    assert repr(value_of(recorded, {"x": x, "y": y})) == repr(formula(x, y))


def test_the_same_operation_on_the_same_operands_is_kept_once():
    recording = Recording()
    x = recording.parameter("x")
    assert x * 2 is x * 2
    assert x * 2 is not x * 2.0
    assert x + 0.0 is not x + -0.0
    assert recording.parameter("x") is x
    assert len(recording.expressions) == 5


@pytest.mark.parametrize("name", [name for name in ACTIVATIONS if name != "softmax"])
@given(net=st.one_of(FINITE, st.sampled_from([0.0, -0.0, 2.5, -2.5, 3.0, 2.0, -2.0, 800.0, -800.0])))
def test_an_activation_is_recorded_with_all_its_ways(name, net):
    activation = ACTIVATIONS[name]
    recording = Recording()
    x = recording.parameter("net")
    output = recording.explore(activation.value, x)
    slope = recording.explore(activation.derivative, x, output)
    known = {"net": net}
    assert repr(float(value_of(output, known))) == repr(float(activation.value(net)))
    assert repr(float(value_of(slope, known))) == repr(float(activation.derivative(net, activation.value(net))))


def test_what_a_side_needs_is_computed_on_that_side_only():
    recording = Recording()
    x = recording.parameter("x")
    output = recording.explore(ACTIVATIONS["sigmoid"].value, x)
    [branch] = recording.block.steps
    assert isinstance(branch, Branch)
    assert branch.choices == [output] or branch.choices[0] is output
    assert [[step.operation for step in side.steps] for side in branch.sides] == [
        ["negate", "exp", "+", "/"],
        ["exp", "+", "/"],
    ]


def nested(x, y):
    if x > 0:
        inner = scalar.magnitude(y)
        return [inner + 1, inner if y > x else x]
    return [y, 2.5] if y != 1 else [x, x]


@given(x=FINITE, y=st.one_of(FINITE, st.just(1.0)))
def test_branches_within_branches_and_results_in_lists(x, y):
    recording = Recording()
    recorded = recording.explore(nested, recording.parameter("x"), recording.parameter("y"))
    assert repr([value_of(item, {"x": x, "y": y}) for item in recorded]) == repr(nested(x, y))


def explored_twice(x):
    recording = x.recording
    first = recording.explore(lambda: x if x > 0 else -x)
    later = first * 3
    return recording.explore(lambda: later if x > 0 else later - 1)


@given(x=FINITE)
def test_the_same_condition_at_two_places_of_one_formula(x):
    recording = Recording()
    recorded = recording.explore(explored_twice, recording.parameter("x"))
    expected = 3 * abs(x) if x > 0 else 3 * -x - 1
    assert value_of(recorded, {"x": x}) == expected
    for step in recording.block.steps:
        if isinstance(step, Branch):
            assert all(inside.number > 0 for side in step.sides for inside in side.steps)


def test_a_condition_that_is_known_on_this_side_is_not_asked_again():
    recording = Recording()
    x = recording.parameter("x")
    assert recording.explore(lambda: (1 if x > 0 else 2) if x > 0 else 3).operands[1:] == (1, 3)


def test_a_known_number_of_the_kind_is_a_float():
    assert repr(Expression(1)) == "1.0"
    recording = Recording()
    assert repr(scalar.like(recording.parameter("x"), 0)) == "0.0"


def test_largest_is_one_operation():
    recording = Recording()
    a, b, c = (recording.parameter(name) for name in "abc")
    assert scalar.largest([a, b, c]).operands == (a, b, c) or scalar.largest([a, b, c]).operation == "largest"
    assert value_of(scalar.largest([a, b, c]), {"a": 1.0, "b": 5.0, "c": 2.0}) == 5.0


def test_a_comparison_outside_of_a_formula_is_refused():
    recording = Recording()
    with pytest.raises(RecordingError, match="no comparison outside"):
        bool(recording.parameter("x") > 0)


def test_truth_is_being_other_than_zero():
    recording = Recording()
    recorded = recording.explore(lambda x: 1.5 if x else 2.5, recording.parameter("x"))
    assert [value_of(recorded, {"x": x}) for x in (0.0, 3.0)] == [2.5, 1.5]


def test_a_formula_that_changes_its_mind_is_refused():
    recording = Recording()
    x = recording.parameter("x")
    bounds = iter(range(100))
    with pytest.raises(RecordingError, match="the same each time"):
        recording.explore(lambda: 1 if x > next(bounds) else 2)


def test_too_many_ways_are_refused():
    recording = Recording()
    numbers = [recording.parameter(f"x{place}") for place in range(10)]

    def count_positive():
        count = 0
        for number in numbers:
            count = count + (1 if number > 0 else 0)
        return count

    with pytest.raises(RecordingError, match=f"at most {MOST_PATHS} paths"):
        recording.explore(count_positive)


def test_sides_that_do_not_fit_together_are_refused():
    recording = Recording()
    x = recording.parameter("x")
    with pytest.raises(RecordingError, match="from both sides"):
        recording.explore(lambda: 1 if x > 0 else None)
    with pytest.raises(RecordingError, match="from both sides"):
        recording.explore(lambda: [1, 2] if x > 0 else [1])


@pytest.mark.parametrize("spoil", [float, math.exp, int, lambda x: x + "1", lambda x: x * None, lambda x: x < "a"])
def test_what_wants_to_know_the_value_is_refused(spoil):
    with pytest.raises(TypeError):
        spoil(Recording().parameter("x"))


def test_an_error_in_a_formula_comes_through_and_leaves_the_recording_usable():
    recording = Recording()
    x = recording.parameter("x")

    def broken():
        raise KeyError("mine") if x > 0 else ValueError("mine")

    with pytest.raises(KeyError, match="mine"):
        recording.explore(broken)
    assert value_of(recording.explore(lambda: x if x > 0 else -x), {"x": -2.0}) == 2.0


def test_a_condition_that_is_compared_or_looked_up_is_its_truth():
    recording = Recording()
    x, y = recording.parameter("x"), recording.parameter("y")
    formulas = [
        lambda x, y: 1 if (x > 0) == (y > 0) else 2,
        lambda x, y: 1 if (x > 0) != (y > 0) else 2,
        lambda x, y: 1 if (x > 0) == True else 2,  # noqa: E712
        lambda x, y: {True: 3, False: 4}.get(x > y, 5),
        lambda x, y: 1 if (x > 0) in (False,) else 2,
    ]
    for formula in formulas:
        made = recording.explore(formula, x, y)
        for values in ((1.0, 2.0), (-1.0, 2.0), (1.0, -2.0), (-1.0, -2.0)):
            assert value_of(made, dict(zip("xy", values))) == formula(*values)


def test_the_largest_of_one_number_is_that_number():
    x = Recording().parameter("x")
    assert scalar.largest([x]) is x


def test_numpy_is_told_that_the_number_is_unknown():
    numpy = pytest.importorskip("numpy")
    x = Recording().parameter("x")
    for spoil in (numpy.exp, numpy.tanh, lambda x: numpy.exp([x, x]), numpy.asarray, lambda x: numpy.float64(2) * x):
        with pytest.raises(TypeError):
            spoil(x)
