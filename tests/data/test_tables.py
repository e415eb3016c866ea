"""A table is columns of numbers or categories, and says where each value came from."""

import math
import re

import pytest
from files import FLOWERS, columns, read

from neuronet.data.table import Column, Table
from neuronet.errors import DataError, UnknownNameError


def cats(**settings):
    rows = [{"weight": 4.5, "coat": "red"}, {"weight": None, "coat": "black"}, {"weight": 3, "coat": "red"}]
    return Table.from_rows("cats", rows, **settings)


def test_rows_of_python_become_columns():
    assert columns(cats()) == {"weight": ("number", [4.5, None, 3.0]), "coat": ("category", ["red", "black", "red"])}
    assert cats(column_names=["coat", "weight"]).column_names == ("coat", "weight")
    assert Table.from_rows("points", iter([(1, 2), (3, 4)])).column_names == ("column 1", "column 2")
    assert len(cats()) == 3
    assert cats()[-1] == {"weight": 3.0, "coat": "red"}
    assert list(cats())[1] == {"weight": None, "coat": "black"}
    assert repr(cats()) == "Table('cats', rows=3, columns=2)"


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([], "cats: expected at least one row, got none"),
        ("ab", "cats: expected a list of rows, got 'ab'"),
        ([1], "cats[0]: expected a dict or a list of values, got 1"),
        ([[1], "a"], "cats[1]: expected a dict or a list of values, got 'a'"),
        ([[]], "cats: expected at least one column, got none"),
        ([[1, 2], [3]], "cats[1]: expected 2 values, got 1"),
        ([{"a": 1}, {"b": 1}], "cats[1]: expected the keys a, got b"),
        ([{"a": 1}, {}], "cats[1]: expected the keys a, got none"),
        ([{1: 1}], "cats, column 1: expected a name, got 1"),
        ([{"a": 1}, {"a": "x"}], "cats[1], column \"a\": expected a number as in row 0, got 'x'"),
        ([{"a": None}, {"a": "x"}, {"a": 1}], 'cats[2], column "a": expected a text as in row 1, got 1'),
        ([{"a": True}], 'cats[0], column "a": expected a number, got True'),
        ([{"a": math.nan}], 'cats[0], column "a": expected a finite number, got nan'),
        ([{"a": None}], 'cats, column "a": expected at least one value, got none'),
    ],
)
def test_rows_that_are_no_table_are_refused_with_their_place(rows, message):
    with pytest.raises(DataError, match=f"^{re.escape(message)}$"):
        Table.from_rows("cats", rows)


def test_a_column_is_found_by_name_and_by_position():
    table = cats()
    assert table.index("coat") == table.index(1) == table.index(-1) == 1
    assert table.column("coat") is table.columns[1]
    with pytest.raises(UnknownNameError, match=r"^target: unknown 'fur'; known: weight, coat$"):
        table.column("fur", place="target")
    with pytest.raises(DataError, match=r"^target: expected a position from -2 to 1, got 2$"):
        table.column(2, place="target")
    with pytest.raises(DataError, match=r"^column: expected the name or the position of a column, got True$"):
        table.index(True)


def test_a_table_without_a_column_has_the_others():
    assert cats().without("weight").column_names == ("coat",)
    assert cats().without(-1).column_names == ("weight",)
    with pytest.raises(DataError, match=r"^cats: expected at least one column, got none$"):
        cats().without(0).without(0)


def test_selected_rows_remember_where_they_came_from():
    table = read(FLOWERS).select([2, 0, 2])
    assert table.column("petal width").values == [1.9, 0.2, 1.9]
    assert [table.place_of(row, 1) for row in range(3)] == [
        f'lines, line {line}, column "petal width"' for line in (4, 2, 4)
    ]
    assert table.without(0).select([1]).place_of(0, "species") == 'lines, line 2, column "species"'
    assert cats().select([2, 1]).select([1]).place_of(0, "coat") == 'cats[1], column "coat"'
    with pytest.raises(DataError, match=r"^rows\[1\]: expected a position from 0 to 2, got 3$"):
        cats().select([0, 3])
    with pytest.raises(DataError, match=r"^rows\[0\]: expected a whole number of at least 0, got -1$"):
        cats().select([-1])
    with pytest.raises(DataError, match=r"^cats: expected at least one row, got none$"):
        cats().select([])


def test_a_selection_shares_nothing_with_its_table():
    table = cats()
    table.select([0, 1, 2]).column("coat").values[0] = "white"
    assert table.column("coat").values[0] == "red"


def test_columns_that_make_no_table_are_refused():
    x, y = Column("x", "number", [1, 2]), Column("y", "number", [1])
    with pytest.raises(DataError, match=r'^t, column "y": expected 2 rows, got 1$'):
        Table("t", [x, y])
    with pytest.raises(DataError, match=r'^t: expected a different name .* got "x" for column 1 and column 2$'):
        Table("t", [x, x])
    with pytest.raises(DataError, match=r"^lines: expected one for each of 2 rows, got 1$"):
        Table("t", [x], lines=[1])


def test_a_column_knows_its_categories_in_an_order_of_their_own():
    column = Column("coat", "category", ["red", None, "black", "red"])
    assert (column.categories, column.missing, len(column)) == (("black", "red"), 1, 4)
    assert column.as_category() is column
    with pytest.raises(DataError, match=r'^column "x": expected categories, got numbers$'):
        Column("x", "number", [1]).categories  # noqa: B018


def test_numbers_become_categories_by_value_however_they_were_written():
    column = read("x\n1\n1.0\n01\n1.50\n-0.0\n1e22\n").column("x").as_category()
    assert column.kind == "category"
    assert column.values == ["1", "1", "1", "1.5", "0", "1e+22"]


@pytest.mark.parametrize(
    ("arguments", "kind", "message"),
    [
        (("", "number", [1]), DataError, "name of a column: expected a text, got ''"),
        (("x", "text", [1]), UnknownNameError, "kind: unknown 'text'; known: number, category"),
        (("x", "number", [1, "2"]), DataError, "column \"x\"[1]: expected a number, got '2'"),
        (("x", "number", [math.inf]), DataError, 'column "x"[0]: expected a finite number, got inf'),
        (("x", "category", ["a", 2]), DataError, 'column "x"[1]: expected a text, got 2'),
    ],
)
def test_a_column_of_anything_else_is_refused(arguments, kind, message):
    with pytest.raises(kind, match=f"^{re.escape(message)}$"):
        Column(*arguments)


def test_a_table_is_shown_with_the_kind_of_each_column():
    text = "x,species,note\n1,b,u\n2,a,?\n4,b,v\n?,b,w\n"
    assert str(read(text, missing="keep")) == (
        "lines: 4 rows, 3 columns\n"
        "  x        number    1 missing, 1 to 4, mean 2.33333\n"
        "  species  category  2: a, b\n"
        "  note     category  1 missing, 3: u, v, w"
    )


def test_a_large_table_is_shown_in_few_short_lines():
    row = {f"a column with quite a long name, number {number}": "a long text " * 20 for number in range(30)}
    lines = str(Table.from_rows("many", [row])).split("\n")
    assert lines[0] == "many: 1 row, 30 columns"
    assert lines[-1] == "  ... 6 more columns"
    assert len(lines) == 26
    assert max(map(len, lines)) == 80


def test_numbers_whose_sum_is_too_large_have_a_mean():
    assert "1e+308 to 1e+308, mean 1e+308" in str(Table.from_rows("big", [[1e308]] * 4))


def test_what_a_terminal_would_obey_is_not_shown():
    table = read('"a\nb",x\n\x1b[31mred,1\n', header=True)
    assert "\x1b" not in str(table)
    assert len(str(table).split("\n")) == 3
    assert table.place_of(0, 0) == 'lines, line 3, column "a b"'


def test_a_selection_without_any_value_is_shown():
    assert str(cats().select([1])).split("\n")[1] == "  weight  number    1 missing"
