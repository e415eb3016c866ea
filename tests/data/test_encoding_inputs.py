"""A column becomes the inputs of a network: scaled, or a neuron for each category."""

import math
from decimal import Decimal
from fractions import Fraction
from statistics import fmean, pstdev

import pytest
from columns_of import CALM, FINITE, numbers, refusal, texts
from hypothesis import assume, given
from hypothesis import strategies as st

from neuronet.data.encoding import (
    CategoryInput,
    ClassTarget,
    NumberInput,
    ValueTarget,
    most_frequent,
)
from neuronet.errors import DataError, UnknownNameError


class Twelve(float):
    """A number that is a float and yet another type, as those of numpy are."""


def fitted(values, scaling="standard", fill=False):
    return NumberInput.fitted(numbers(values), scaling, fill)


# Scaling.


def test_standard_scaling_by_hand():
    column = fitted([2, 4, 4, 4, 5, 5, 7, 9])  # mean 5, mean square distance 4
    assert (column.shift, column.scale, column.fill) == (5.0, 2.0, None)
    assert [column.encode(value, "here") for value in (5, 9, 0)] == [[0.0], [2.0], [-2.5]]


def test_minmax_scaling_by_hand_goes_on_outside_the_range():
    column = fitted([3, 1, 5], "minmax")
    assert (column.shift, column.scale) == (1.0, 4.0)
    assert [column.encode(value, "here") for value in (1, 5, 3, 13, -3)] == [[0.0], [1.0], [0.5], [3.0], [-1.0]]


@given(st.lists(FINITE, min_size=1), FINITE)
def test_without_scaling_a_value_stays_as_it_is(values, value):
    assert fitted(values, "none").encode(value, "here") == [value]


@given(st.lists(CALM, min_size=2, max_size=30))
def test_standard_scaling_is_that_of_the_standard_library(values):
    assume(max(values) - min(values) > 1e-6)
    column = fitted(values)
    assert column.shift == pytest.approx(fmean(values), rel=1e-12, abs=1e-12)
    assert column.scale == pytest.approx(pstdev(values), rel=1e-9)


@given(st.lists(CALM, min_size=2, max_size=30), st.sampled_from(["standard", "minmax"]), st.randoms())
def test_the_order_of_the_rows_does_not_matter_to_the_last_bit(values, scaling, random):
    mixed = random.sample(values, len(values))
    first, second = fitted(values, scaling), fitted(mixed, scaling)
    # the squares are summed without rounding on the way
    assert (first.shift, first.scale) == (second.shift, second.scale)


@pytest.mark.parametrize("scaling", ["standard", "minmax"])
@given(value=FINITE, count=st.integers(1, 40))
def test_a_constant_column_is_zero_throughout(scaling, value, count):
    column = fitted([value] * count, scaling)
    assert (column.shift, column.scale) == (value, 1.0)
    assert column.encode(value, "here") == [0.0]


@pytest.mark.parametrize("scaling", ["standard", "minmax"])
def test_what_differs_by_rounding_is_not_blown_up(scaling):
    column = fitted([0.3, 0.1 + 0.2, 0.3], scaling)
    assert column.scale == 1.0
    assert abs(column.encode(0.1 + 0.2, "here")[0]) < 1e-15


def test_what_differs_by_little_but_more_than_rounding_is_scaled():
    start = 1.7e18  # nanoseconds since 1970, a millisecond apart
    column = fitted([start, start + 1e6, start + 2e6, start + 3e6])
    assert column.scale == pytest.approx(1e6 * math.sqrt(1.25), rel=1e-4)
    assert column.encode(start + 3e6, "here")[0] == pytest.approx(3 / math.sqrt(5), rel=1e-3)


@pytest.mark.parametrize("size", [1e300, 1e-300, 1e-310, 1e154, 1e-154])
def test_huge_and_tiny_columns_are_scaled_as_any_other(size):
    column = fitted([1 * size, 2 * size, 3 * size])
    assert column.encode(3 * size, "here")[0] == pytest.approx(math.sqrt(1.5), rel=1e-9)
    assert fitted([size, 3 * size], "minmax").encode(2 * size, "here")[0] == pytest.approx(0.5)


def test_the_largest_floats_have_a_mean():
    most = 1.7976931348623157e308
    assert fitted([most] * 7).shift == most
    assert fitted([most, -most]).encode(most, "here") == [1.0]
    assert fitted([most, most, -most], "none", fill=True).fill == pytest.approx(most / 3)


@given(st.lists(FINITE, min_size=1, max_size=12), st.sampled_from(["standard", "minmax", "none"]), FINITE)
def test_whatever_is_fitted_gives_finite_inputs_or_says_why_not(values, scaling, value):
    try:
        column = fitted(values, scaling, fill=True)
        found = [column.encode(each, "here")[0] for each in [*values, None, value]]
    except DataError:
        assert max(abs(each) for each in [*values, value]) > 1e290 or max(values) - min(values) < 1
        return
    assert all(map(math.isfinite, found))
    assert min(values) <= column.fill <= max(values)
    if scaling == "minmax" and column.scale != 1:
        assert all(0 <= each <= 1 for each in found[: len(values)])


def test_numbers_too_far_apart_are_refused_with_their_column():
    assert refusal(fitted, [-1.7e308, 1.7e308], "minmax") == (
        'column "x": expected numbers that lie closer together, to be scaled, got -1.7e+308 to 1.7e+308'
    )


def test_a_value_that_scales_to_infinity_is_refused():
    column = NumberInput("x", "standard", 0, 1e-300)
    assert refusal(column.encode, 1e300, "here") == "here: expected a number that can be scaled, got 1e+300"
    assert refusal(ValueTarget("y", "standard", 0, 1e-300, 0).encode, -1e300, "here") == (
        "here: expected a number that can be scaled, got -1e+300"
    )


# What is a number.


@pytest.mark.parametrize("value", [12, 12.0, Decimal(12), Fraction(12), Twelve(12)])
def test_numbers_of_other_kinds_are_taken(value):
    assert NumberInput("x", "minmax", 2, 5).encode(value, "here") == [2.0]
    assert ValueTarget("x", "minmax", 2, 5, 2).encode(value, "here") == [2.0]
    assert ValueTarget("x", "minmax", 2, 5, 2).known(value, "here") == 12.0
    assert CategoryInput("x", ["11", "12"]).encode(value, "here") == [0.0, 1.0]
    assert ClassTarget("x", [11, 12], 11).encode(value, "here") == [1.0]
    assert ClassTarget("x", ["11", "12"], "11").encode(value, "here") == [1.0]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, "a number, got True"),
        ("12", "a number, got '12'"),
        (None, "a number, got none; a model trained with missing='fill' fills it"),
        (math.nan, "a finite number, got nan"),
        (-math.inf, "a finite number, got -inf"),
        (Decimal("sNaN"), "a finite number, got Decimal('sNaN')"),
        (10**400, "a number that fits a float, got 1000000000000000000000000000000000000..."),
        (1j, "a number that fits a float, got 1j"),
        ([12], "a number, got [12]"),
    ],
)
def test_what_is_no_number_is_refused(value, expected):
    assert refusal(fitted([1, 2]).encode, value, "rows[3]") == f"rows[3]: expected {expected}"
    wanted = expected.partition(";")[0]
    assert refusal(ValueTarget("y", "none", 0, 1, 0).encode, value, "rows[3]") == f"rows[3]: expected {wanted}"


def test_a_missing_number_is_filled_with_the_mean_where_that_was_asked_for():
    column = fitted([1, None, 2, 6], fill=True)
    assert column.fill == 3.0
    assert column.encode(None, "here") == column.encode(3, "here")
    assert refusal(column.encode, math.nan, "here") == "here: expected a finite number, got nan"
    assert refusal(fitted, [None, None]) == 'column "x": expected a value to scale by, got none'


# Categories.


def test_categories_are_sorted_and_each_has_a_neuron():
    column = CategoryInput.fitted(texts(["red", "black", "red", None]), fill=True)
    assert (column.categories, column.width, column.fill) == (("black", "red"), 2, "red")
    assert column.names() == ["x=black", "x=red"]
    assert [column.encode(value, "here") for value in ("black", "red", None)] == [[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]]


@given(st.lists(st.text(), min_size=1), st.text())
def test_a_category_has_one_neuron_and_an_unseen_one_none(values, other):
    column = CategoryInput.fitted(texts(values), fill=False)
    rows = {value: column.encode(value, "here") for value in values}
    for value, row in rows.items():
        assert sorted(row) == [0.0] * (column.width - 1) + [1.0]
        assert column.categories[row.index(1.0)] == value
    assert column.encode(other, "here", refuse_unseen=False) == rows.get(other, [0.0] * column.width)


def test_a_category_is_kept_as_it_was_written():
    column = CategoryInput("x", ["", "01", "1", "1.0"])
    assert [column.encode(value, "here").index(1.0) for value in ("", "01", "1", "1.0", 1, 1.0)] == [0, 1, 2, 3, 2, 2]


def test_of_equally_frequent_categories_the_first_in_the_alphabet_fills():
    assert CategoryInput.fitted(texts(["b", "a", "b", "a", "c"]), fill=True).fill == "a"


def test_a_large_whole_number_is_not_taken_for_its_neighbour():
    column = CategoryInput("x", [str(2**53), str(2**53 + 1)])
    assert column.encode(2**53 + 1, "here") == [0.0, 1.0]
    assert column.encode(2**53, "here") == [1.0, 0.0]


@pytest.mark.parametrize("unseen", [True, False])
@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "a category, got none; a model trained with missing='fill' fills it"),
        (True, "a category, got True"),
        (math.nan, "a finite number, got nan"),
        (10**400, "a number that fits a float, got 1000000000000000000000000000000000000..."),
        (b"red", "a category, got b'red'"),
        (["red"], "a category, got ['red']"),
    ],
)
def test_what_is_no_category_is_refused_even_where_unseen_ones_count_as_none(value, expected, unseen):
    column = CategoryInput("x", ["black", "red"])
    assert refusal(column.encode, value, "here", refuse_unseen=unseen) == f"here: expected {expected}"


def test_an_unseen_category_is_refused_with_the_known_ones():
    column = CategoryInput("x", [f"c{number:02}" for number in range(30)])
    assert refusal(column.encode, "c77", 'cats.csv, line 3, column "x"') == (
        "cats.csv, line 3, column \"x\": expected one of 'c00', 'c01', 'c02', 'c03', 'c04', 'c05', 'c06', 'c07' "
        "and 22 more, as in training, got 'c77'"
    )


def test_columns_that_cannot_be_are_refused():
    name = "name of a column: expected a text, got "
    assert refusal(NumberInput, 5, "none", 0, 1) == f"{name}5"
    assert refusal(CategoryInput, "", ["a"]) == f"{name}''"
    assert refusal(ClassTarget, None, ["a", "b"], "a") == f"{name}None"
    assert refusal(ValueTarget, b"x", "none", 0, 1, 0) == f"{name}b'x'"
    unknown = "scaling: unknown 'robust'; known: standard, minmax, none"
    assert refusal(NumberInput, "x", "robust", 0, 1, kind=UnknownNameError) == unknown
    assert refusal(NumberInput, "x", "none", math.nan, 1) == "shift: expected a finite number, got nan"
    assert refusal(NumberInput, "x", "none", 0, 0) == "scale: expected a number above 0, got 0"
    assert refusal(NumberInput, "x", "none", 0, 1, math.inf) == "fill: expected a finite number, got inf"
    assert refusal(ValueTarget, "x", "none", 0, -1, 0) == "scale: expected a number above 0, got -1"
    assert refusal(ValueTarget, "x", "none", 0, 1, None) == "mean: expected a number, got None"
    assert refusal(CategoryInput, "x", []) == 'column "x": expected different categories, got none'
    assert refusal(CategoryInput, "x", ["a", "a"]) == "column \"x\": expected different categories, got 'a', 'a'"
    assert refusal(CategoryInput, "x", ["a", 1]) == "column \"x\": expected categories that are texts, got 'a', 1"
    assert refusal(CategoryInput, "x", ["a", []]) == "column \"x\": expected categories that are texts, got 'a', []"
    assert refusal(CategoryInput, "x", ["a"], "b") == (
        "column \"x\": expected to fill with one of its categories, got 'b'"
    )
    assert refusal(CategoryInput.fitted, texts([None]), False) == 'column "x": expected a category, got none'


# For messages.


def test_of_equals_the_least_is_the_most_frequent():
    assert most_frequent(["b", "a", None, None, None, "a", "b"]) == "a"
    assert most_frequent([2.0, 1.0, 2.0]) == 2.0


@pytest.mark.parametrize(
    ("column", "text"),
    [
        (fitted([1, 3]), "x: number, mean 2, standard deviation 1"),
        (fitted([1, 3], "minmax", fill=True), "x: number, least 1, range 2; missing: 2"),
        (fitted([1, 3], "none"), "x: number, not scaled"),
        (CategoryInput("x", ["a", "b"], "b"), "x: 2 categories; missing: b: 'a', 'b'"),
        (CategoryInput("x", ["a"]), "x: 1 category: 'a'"),
        (ClassTarget("x", [0, 1], 0), "x: 2 classes, 0, 1"),
        (ValueTarget("x", "minmax", 1, 2, 1), "x: a value, least 1, range 2"),
    ],
)
def test_a_column_says_what_it_is(column, text):
    assert str(column) == text


@given(st.text(min_size=1), st.lists(st.text(), min_size=2, unique=True))
def test_what_a_column_says_is_one_line_that_fits(name, values):
    for column in (CategoryInput(name, values, values[0]), ClassTarget(name, values, values[0])):
        assert len(str(column)) <= 76
        assert str(column).isprintable()


def test_a_name_that_just_fits_is_not_cut():
    assert str(CategoryInput("x" * 24, ["a"])) == f"{'x' * 24}: 1 category: 'a'"
    assert str(CategoryInput("x" * 25, ["a"])) == f"{'x' * 21}...: 1 category: 'a'"
