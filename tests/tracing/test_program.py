"""A recording in order: what is dead is left out, and what is live is computed once and overwritten late enough."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuronet import scalar
from neuronet.codegen.python import printed
from neuronet.errors import RecordingError
from neuronet.numbers.expression import Recording
from neuronet.tracing.program import MOST_IN_PLACE, Program, Result


def parameters(names):
    recording = Recording()
    return recording, [recording.parameter(name) for name in names]


def lines_of(recording, *results):
    return printed(Program(recording, [Result(*result) for result in results]), {}, 0)


def run(lines, values):
    """The values of the variables after the lines."""
    values = dict(values)
    exec("\n".join(lines), {"exp": scalar.exp, "log": scalar.log}, values)  # noqa: S102 -- printed by the package
    return values


def test_what_nobody_needs_is_left_out_and_what_may_raise_is_not():
    recording, [x, y] = parameters("xy")
    scalar.log(y)
    _ = x * y
    assert lines_of(recording, ("out", x + 1, False)) == ["value1 = log(y)", "out = x + 1"]


def test_a_side_that_might_raise_for_nothing_is_refused():
    recording, [x] = parameters("x")

    def formula():
        if x > 0:
            scalar.log(x)
        return [x + 1, x] if x > 1 else [x, x]

    one, _ = recording.explore(formula)
    with pytest.raises(RecordingError, match="nothing in vain"):
        lines_of(recording, ("out", one, False))


def test_what_is_used_once_is_written_in_place_and_what_is_used_twice_is_a_variable():
    recording, [x, y] = parameters("xy")
    twice = x - y
    assert lines_of(recording, ("out", twice * twice + x * y, False)) == [
        "value1 = x - y",
        "out = value1 * value1 + x * y",
    ]


def test_a_long_sum_is_added_up_in_lines_in_the_variable_that_holds_it():
    recording, numbers = parameters([f"x{place}" for place in range(MOST_IN_PLACE + 3)])
    total = numbers[0]
    for number in numbers[1:]:
        total = total + number
    lines = lines_of(recording, ("out", total, False))
    assert len(lines) == 2
    assert lines[0].startswith("out = x0 + x1")
    assert lines[1].startswith("out = out + x")


def test_the_parameters_are_those_that_are_read():
    recording, [x, _, z] = parameters("xyz")
    program = Program(recording, [Result("out", z * x, False)])
    assert program.parameters == ["x", "z"]


def test_a_result_that_is_a_parameter_is_copied_before_it_is_overwritten():
    recording, [x] = parameters("x")
    assert lines_of(recording, ("old", x, False), ("x", x + 1, True)) == ["old = x", "x = x + 1"]


# Carried variables: a new value takes the place of the old one as soon as the old one is no longer live.


def test_a_carried_variable_is_overwritten_at_once_where_its_old_value_is_dead():
    recording, [x, y] = parameters("xy")
    assert lines_of(recording, ("x", x + y, True), ("y", y * 2, True)) == ["x = x + y", "y = y * 2"]


def test_an_old_value_that_is_live_is_kept_to_the_end():
    recording, [x, y] = parameters("xy")
    assert lines_of(recording, ("x", x + y, True), ("y", x * y, True)) == ["x_new = x + y", "y = x * y", "x = x_new"]


def test_two_variables_change_places_at_once():
    recording, [x, y] = parameters("xy")
    assert lines_of(recording, ("x", y, True), ("y", x, True)) == ["x, y = y, x"]


def test_a_parameter_that_another_variable_takes_at_the_end_is_live_until_then():
    recording, [x, y] = parameters("xy")
    _ = y
    assert lines_of(recording, ("x", x + 1, True), ("y", x, True)) == ["x_new = x + 1", "x, y = x_new, x"]


def test_what_one_side_overwrites_the_other_may_still_read():
    recording, [x, y] = parameters("xy")
    new_x, new_y = recording.explore(lambda: [x + 1, y + 1] if y > 0 else [x - 1, x * y])
    lines = lines_of(recording, ("x", new_x, True), ("y", new_y, True))
    for values in ({"x": 3.0, "y": 2.0}, {"x": 3.0, "y": -2.0}):
        found = run(lines, values)
        expected = [4.0, 3.0] if values["y"] > 0 else [2.0, -6.0]
        assert [found["x"], found["y"]] == expected


def test_a_side_does_not_keep_alive_what_the_other_overwrites():
    recording, [x, y] = parameters("xy")
    new_y, new_x = recording.explore(lambda: [y + 1, x + 1] if y > 0 else [x * y, x - 1])
    assert lines_of(recording, ("y", new_y, True), ("x", new_x, True)) == [
        "if y > 0:",
        "    y = y + 1",
        "    x = x + 1",
        "else:",
        "    y = x * y",
        "    x = x - 1",
    ]


NAMES = ("a", "b", "c", "d")
UPDATES = st.lists(
    st.tuples(
        st.sampled_from(["+", "*", "same", "if"]),
        st.integers(0, 7),
        st.integers(0, 7),
        st.integers(0, 7),
    ),
    min_size=1,
    max_size=10,
).filter(lambda updates: [update[0] for update in updates].count("if") <= 5)  # more have too many paths


def updated(updates, values):
    """The new values of four variables: each update computes one more number from those so far, the last four count."""
    known = list(values)
    for kind, one, other, third in updates:
        left, right, last = (known[place % len(known)] for place in (one, other, third))
        if kind == "+":
            known.append(left + right)
        elif kind == "*":
            known.append(left * right + last)
        elif kind == "same":
            known.append(left)
        else:
            known += [left - last, right] if left > right else [last * left, left]
    return known[-4:]


@given(updates=UPDATES, values=st.lists(st.integers(-3, 3).map(float), min_size=4, max_size=4))
def test_a_program_carries_every_variable_as_if_all_changed_at_once(updates, values):
    recording, numbers = parameters(NAMES)
    results = recording.explore(updated, updates, numbers)
    lines = lines_of(recording, *((name, value, True) for name, value in zip(NAMES, results)))
    found = run(lines, dict(zip(NAMES, values)))
    assert [found[name] for name in NAMES] == updated(updates, values)
