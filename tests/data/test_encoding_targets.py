"""A target becomes outputs, and outputs an answer."""

import math
from statistics import fmean

import pytest
from columns_of import CALM, FINITE, numbers, refusal, texts
from hypothesis import assume, given
from hypothesis import strategies as st

from neuronet.data.encoding import (
    LEAST_ROWS_A_CLASS,
    MOST_CLASSES,
    ClassTarget,
    ValueTarget,
    label_of,
    looks_like_classes,
)

# Classes.


def test_two_classes_share_an_output():
    target = ClassTarget.fitted(texts(["no", "yes", "yes"]))
    assert (target.labels, target.width, target.majority) == (("no", "yes"), 1, "yes")
    assert [target.encode(label, "here") for label in ("no", "yes")] == [[0.0], [1.0]]
    assert [target.decode([output]) for output in (0.0, 0.4999, 0.5, 1.0)] == ["no", "no", "yes", "yes"]
    assert target.probabilities([0.25]) == {"no": 0.75, "yes": 0.25}


def test_of_several_classes_each_has_an_output_and_the_first_of_equals_is_the_answer():
    target = ClassTarget.fitted(texts(["c", "a", "b", "b"]))
    assert (target.labels, target.width, target.majority) == (("a", "b", "c"), 3, "b")
    assert [target.encode(label, "here") for label in "abc"] == [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    assert [target.decode(row) for row in ([0.2, 0.4, 0.4], [0.4, 0.2, 0.4], [0.1, 0.1, 0.8])] == ["b", "a", "c"]
    assert target.probabilities([0.2, 0.5, 0.3]) == {"a": 0.2, "b": 0.5, "c": 0.3}


LABELS = st.one_of(
    st.lists(st.text(), min_size=2, unique=True), st.lists(FINITE, min_size=2, unique=True), st.just([0.0, 1.0])
)


@given(LABELS)
def test_a_label_comes_back_as_it_went_in(values):
    assume(len({str(label_of(value + 0.0 if value == 0 else value)) for value in values}) == len(values))
    kind = texts if isinstance(values[0], str) else numbers
    target = ClassTarget.fitted(kind(values))
    for value in values:
        encoded = target.encode(value, "here")
        label = target.decode(encoded)
        assert label == value
        assert target.known(label, "here") == label
        assert target.encode(label, "here") == encoded
        assert max(target.probabilities(encoded), key=target.probabilities(encoded).get) == value


def test_whole_numbers_are_ints_and_others_stay():
    target = ClassTarget.fitted(numbers([1, 0.5, 2]))
    assert [(type(label), label) for label in target.labels] == [(float, 0.5), (int, 1), (int, 2)]
    assert type(ClassTarget("x", [0.0, 1.0], 1.0).majority) is int
    assert type(label_of(-0.0)) is int
    assert type(label_of(1e300)) is float


@pytest.mark.parametrize(("label", "other"), [(1, 1.0), (1, "1"), (0, "0"), (0, -0.0)])
def test_a_number_and_its_text_are_one_label(label, other):
    by_number = ClassTarget("x", [0, 1], 0)
    assert by_number.known(other, "here") == label
    assert type(by_number.known(other, "here")) is int
    by_text = ClassTarget("x", ["0", "1", "1a"], "1a")
    assert by_text.known(other, "here") == str(label)


def test_a_class_that_nobody_knows_is_told_but_not_encoded():
    assert ClassTarget("x", ["a", "b"], "a").known("c", "here") == "c"
    assert ClassTarget("x", ["a", "b"], "a").known(7, "here") == "7"
    assert ClassTarget("x", [0, 1], 0).known(2.0, "here") == 2
    assert ClassTarget("x", [0, 1], 0).known("2", "here") == "2"
    assert refusal(ClassTarget("x", ["a", "b"], "a").encode, "c", "here") == "here: expected one of 'a', 'b', got 'c'"
    assert refusal(ClassTarget("x", [0, 1], 0).encode, 2.0, "here") == "here: expected one of 0, 1, got 2.0"


@pytest.mark.parametrize("labels", [[0, 1], ["0", "1"]])
@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "a class, got none"),
        (True, "a class, got True"),
        ([1], "a class, got [1]"),
        (math.nan, "a finite number, got nan"),
        (math.inf, "a finite number, got inf"),
        (10**400, "a number that fits a float, got 1000000000000000000000000000000000000..."),
    ],
)
def test_what_is_no_class_is_refused(value, expected, labels):
    target = ClassTarget("x", labels, labels[0])
    for ask in (target.known, target.encode):
        assert refusal(ask, value, "rows[0]") == f"rows[0]: expected {expected}"


def test_classes_that_cannot_be_are_refused():
    assert refusal(ClassTarget.fitted, texts(["a", "a"])) == (
        "column \"x\": expected two classes or more to tell apart, got only 'a'"
    )
    assert refusal(ClassTarget, "x", [], "a") == 'column "x": expected two classes or more to tell apart, got only none'
    assert refusal(ClassTarget, "x", [1, 1.0], 1) == 'column "x": expected classes that differ, got 1, 1.0'
    assert refusal(ClassTarget, "x", ["1", 0], 0) == (
        "column \"x\": expected classes that are all texts or all numbers, got '1', 0"
    )
    assert refusal(ClassTarget, "x", [math.nan, 1], 1) == 'column "x": expected a finite number, got nan'
    assert refusal(ClassTarget, "x", [True, 2], 2) == 'column "x": expected a class, got True'
    assert refusal(ClassTarget, "x", [1, 2], 3) == 'column "x": expected one of its classes as the majority, got 3'
    assert refusal(ClassTarget, "x", [1, 2], [2]) == 'column "x": expected a class, got [2]'


# Values.


@given(st.lists(CALM, min_size=1), st.sampled_from(["standard", "minmax", "none"]), CALM)
def test_a_value_comes_back_in_its_own_unit(values, scaling, value):
    assume(max(values) - min(values) == 0 or max(values) - min(values) > 1e-3)
    target = ValueTarget.fitted(numbers(values), scaling)
    assert target.mean == pytest.approx(fmean(values), rel=1e-12, abs=1e-12)
    # each of the four operations rounds by at most 1.2e-16 of a number no larger than this
    reach = 2 * (abs(value) + abs(target.shift))
    assert target.decode(target.encode(value, "here")) == pytest.approx(value, abs=4 * 1.2e-16 * reach)


def test_an_answer_too_large_for_a_float_is_refused():
    target = ValueTarget("price", "standard", 0, 1e308, 0)
    assert target.decode([1.5]) == 1.5e308
    assert refusal(target.decode, [-10.0]) == 'column "price": expected an answer that fits a float, got -inf'


def test_a_constant_value_is_answered_exactly():
    assert ValueTarget.fitted(numbers([0.1] * 10), "standard").decode([0.0]) == 0.1


# Classes or a value.


@pytest.mark.parametrize(
    ("values", "classes"),
    [
        ([0, 1] * LEAST_ROWS_A_CLASS, True),
        ([0, 1] * LEAST_ROWS_A_CLASS + [2], False),  # 11 rows of 3
        ([0, 1, 2] * LEAST_ROWS_A_CLASS, True),
        (([0, 1] * LEAST_ROWS_A_CLASS)[:-1], False),
        (list(range(MOST_CLASSES)) * LEAST_ROWS_A_CLASS, True),
        (list(range(MOST_CLASSES + 1)) * LEAST_ROWS_A_CLASS, False),
        ([0, 0.5] * 50, False),
        ([-1, 1] * 5, True),
        ([1e300, 1e301] * 5, True),
        ([None, 0, 1] * 5, True),
        ([None] * 90 + [0, 1, 0], False),
        ([7] * 5, True),
        ([7] * 4, False),
    ],
)
def test_few_whole_numbers_that_come_again_are_classes(values, classes):
    assert looks_like_classes(numbers(values)) is classes


def test_texts_are_classes_however_many():
    assert looks_like_classes(texts([str(number) for number in range(100)]))
