"""What a file does not say is guessed, and every guess can be given instead."""

import math

import pytest
from files import FLOWERS, columns, read, refused

from neuronet.errors import UnknownNameError

# The separator.


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_a_separator_is_guessed(separator):
    text = FLOWERS.replace(",", separator)
    assert columns(read(text)) == columns(read(FLOWERS))
    name = "tab" if separator == "\t" else separator
    assert columns(read(text, separator=name)) == columns(read(FLOWERS))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("x\n1\n2\n", ["x"]),
        ("word\nHello, world\nBye\n", ["word"]),
        ("x\n1,5\n2,5\n", ["x"]),  # the comma divides no header, so it is the decimal mark
        ("1,5;2,5\n3,5;4,5\n", ["column 1", "column 2"]),
        ("name|n\nSmith, John|1\nDoe, Jane|2\n", ["name", "n"]),
        ('n,"a;b"\n1,"c;d"\n', ["n", "a;b"]),
        ("a;b\n1;x, y\n2;z\n", ["a", "b"]),
        ("x|y,z\nu|v,w\n", ["x", "y,z"]),  # a comma is the likeliest to mean something else
    ],
)
def test_what_divides_all_rows_alike_is_the_separator(text, names):
    assert list(read(text).column_names) == names


def test_any_character_can_be_given_as_the_separator():
    assert columns(read("x y\n1 2\n", separator=" ")) == {"x": ("number", [1.0]), "y": ("number", [2.0])}
    assert columns(read("x,y\n1,2\n", separator=";", decimal=".")) == {"x,y": ("category", ["1,2"])}


# The decimal mark.


@pytest.mark.parametrize("settings", [{}, {"decimal": ","}, {"separator": ";"}, {"separator": ";", "decimal": ","}])
def test_a_decimal_comma_is_guessed_or_given(settings):
    table = read("x;y\n1,5;-2\n,25;1e3\n", **settings)
    assert columns(table) == {"x": ("number", [1.5, 0.25]), "y": ("number", [-2.0, 1000.0])}


def test_a_comma_is_no_decimal_mark_where_points_are_or_where_it_separates():
    assert columns(read("x;y\n1.5;2.5\n3.5;1,2\n", categories=["y"]))["x"] == ("number", [1.5, 3.5])
    assert columns(read('x,y\n"1,5",1\n"2,5",2\n'))["x"] == ("category", ["1,5", "2,5"])
    assert columns(read('x,y\n"1,5",1\n', separator=",", decimal=","))["x"] == ("number", [1.5])


def test_the_decimal_mark_is_that_of_more_numbers_and_a_point_where_they_are_equal():
    assert read("x;y\n1,5;2,5\n3,5;4.5\n").column("x").kind == "number"
    assert read("x;y\n1,5;2.5\n").column("y").kind == "number"
    assert read("x;y;z\n1.5;a, b;c, d\n").column("x").kind == "number"


def test_with_a_decimal_comma_a_point_makes_no_number():
    assert columns(read("x;y\n1.5;2,5\n", decimal=",", separator=";")) == {
        "x": ("category", ["1.5"]),
        "y": ("number", [2.5]),
    }


# The header.


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("x,y\n1,2\n", ["x", "y"]),
        ("1,2\n3,4\n", ["column 1", "column 2"]),
        ("1,setosa\n2,virginica\n", ["column 1", "column 2"]),
        ("a,b\nred,blue\nred,red\n", ["a", "b"]),
        ("red,blue\nblue,red\nred,red\n", ["column 1", "column 2"]),  # red comes again below itself
        ("red,red\nblue,green\n", ["column 1", "column 2"]),
        (",x,y\n0,1,a\n1,2,b\n", ["column 1", "x", "y"]),  # a column of row numbers without a name
        ("name,2019\nx,1\n", ["name", "2019"]),
        ("a\n1\n2\na\n", ["a"]),  # more than half of what is below are numbers
        ("a\n1\na\n", ["column 1"]),
        ("5,1\n", ["column 1", "column 2"]),
    ],
)
def test_a_header_is_guessed(text, names):
    assert list(read(text).column_names) == names


def test_what_is_said_of_the_header_is_not_guessed():
    assert columns(read("2019,2020\n1,2\n", header=True)) == {"2019": ("number", [1.0]), "2020": ("number", [2.0])}
    assert columns(read("a\nb\n", header=False)) == {"column 1": ("category", ["a", "b"])}


# Numbers and categories.


@pytest.mark.parametrize("text", ["1", "-1.5", "+2", ".5", "5.", "1e3", "1E-3", "007", "-0", "5e-324", "0.1"])
def test_a_number_is_the_float_that_python_reads(text):
    [value] = read(f"{text}\n", header=False).columns[0].values
    assert type(value) is float
    assert value == float(text)
    assert math.copysign(1, value) == math.copysign(1, float(text))


@pytest.mark.parametrize("text", ["1_000", "0x10", "inf", "-Infinity", "NAN", "1 000", "1.2.3", "٣", "--1", "1e"])
def test_what_only_looks_like_a_number_is_a_category(text):
    assert read(f"x\n{text}\n", header=True).columns[0].kind == "category"


def test_a_mark_between_thousands_makes_no_number():
    assert read('x;y\n"1,234.5";1.5\n', header=True).column("x").kind == "category"


def test_a_number_too_large_is_refused_with_its_place():
    message = "lines, line 3, column \"x\": expected a number that fits a float, got '-1e999'"
    assert refused("x\n1\n-1e999\n") == message
    assert refused("x\n1\n-1e999\n2\nnan\n", missing="keep") == message
    assert read("x\n1\n1e999\n", categories=["x"]).column("x").values == ["1", "1e999"]


def test_one_slip_among_ten_numbers_is_refused_with_its_place():
    numbers = "".join(f"{number}\n" for number in range(9))
    hint = "if the column holds categories, name it among the categories"
    message = f"lines, line 11, column \"x\": expected a number as in other rows, got '12x'; {hint}"
    assert refused(f"x\n{numbers}12x\n") == message
    assert refused(f"x\n{numbers}12x\n?\n?\n", missing="keep") == message
    assert read(f"x\n{numbers}12x\n12y\n").column("x").kind == "category"
    assert read(f"x\n{numbers}12x\n", categories=["x"]).column("x").values[-2:] == ["8", "12x"]


def test_categories_named_as_such_stay_as_they_are_written():
    text = "code,x\n01,1\n1.0,2\n"
    for which in ("code", 0, -2):
        assert read(text, categories=[which]).column("code").values == ["01", "1.0"]
    assert refused(text, UnknownNameError, categories=["kode"]) == "categories: unknown 'kode'; known: code, x"
    assert refused(text, categories=[2]) == "categories: expected a position from -2 to 1, got 2"
    assert refused(text, categories="code") == "categories: expected a list of columns, got 'code'"
