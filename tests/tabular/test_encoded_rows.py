"""Raw rows become the inputs of a network, or are refused with their place."""

import math

import pytest
from animals import ANIMALS, INPUTS, refusal

from neuronet import Model, Table, fit, read_table


def test_a_row_is_encoded_by_hand():
    table = Table.from_rows("t", [{"x": 1, "c": "a", "y": 0.5}, {"x": 3, "c": "b", "y": 1.5}])
    model = Model.build(table, hidden=0, seed=1)
    assert model.encode([{"x": 5, "c": "b"}, {"x": 2, "c": "a"}]) == [[3.0, 0.0, 1.0], [0.0, 1.0, 0.0]]
    assert model.encode_targets(table) == [[-1.0], [1.0]]


class Array:
    """Goes as an array of numpy: it can be iterated, and is neither a list nor a sequence by name."""

    def __init__(self, values):
        self.values = values

    def __iter__(self):
        return iter(self.values)


def test_rows_are_known_by_the_names_of_their_columns_in_any_order(trained):
    model = trained["three"]
    expected = model.predict(INPUTS)
    lists = [[row["height"], row["coat"], row["born"]] for row in INPUTS]
    backwards = [{"kind": None, "born": row["born"], "coat": row["coat"], "height": row["height"]} for row in INPUTS]
    for rows in (
        ANIMALS,
        ANIMALS.without("kind"),
        Table("mixed", reversed(ANIMALS.columns)),
        backwards,
        lists,
        [tuple(row) for row in lists],
        (row for row in lists),
        Array(lists),
        [Array(row) for row in lists],
    ):
        assert model.predict(rows) == expected
    assert model.predict(lists[:1]) == expected[:1]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ({"height": 1}, "rows: expected a list of rows, got {'height': 1}; for a single row say [row]"),
        ("rows.csv", "rows: expected a list of rows, got 'rows.csv'; for a single row say [row]"),
        (5, "rows: expected a list of rows, got 5; for a single row say [row]"),
        ([], "rows: expected at least one row, got none"),
        (iter([]), "rows: expected at least one row, got none"),
        ([150, "red", 1], "rows[0]: expected a dict or a list of values, got 150"),
        ([[150, "red", 1], "red"], "rows[1]: expected a dict or a list of values, got 'red'"),
        ([{1, 2, 3}], "rows[0]: expected a dict or a list of values, got {1, 2, 3}"),
        ([[150, "red"]], "rows[0]: expected 3 values, for 'height', 'coat', 'born', got 2"),
        ([[150, "red", 1, "cat"]], "rows[0]: expected 3 values, for 'height', 'coat', 'born', got 4"),
        ([{"height": 150, "born": 1}], 'rows[0]: expected a value for "coat", which is missing'),
        ([["red", 150, 1]], "rows[0], column \"height\": expected a number, got 'red'"),
        ([INPUTS[0], [math.nan, "red", 1]], 'rows[1], column "height": expected a finite number, got nan'),
        ([[150, "red", math.inf]], 'rows[0], column "born": expected a finite number, got inf'),
        ([[True, "red", 1]], 'rows[0], column "height": expected a number, got True'),
        (
            [[150, "green", 1]],
            "rows[0], column \"coat\": expected one of 'black', 'red', 'white', as in training, got 'green'",
        ),
        (
            [{"height": None, "coat": "red", "born": 1}],
            "rows[0], column \"height\": expected a number, got none; a model trained with missing='fill' fills it",
        ),
    ],
)
def test_rows_that_do_not_fit_are_refused_with_their_place(model, rows, message):
    assert refusal(model.encode, rows) == message


def test_a_row_of_one_column_says_so():
    model = Model.build(Table.from_rows("t", [[1, "a"], [2, "b"]]), seed=1)
    assert refusal(model.encode, [[1, 2]]) == "rows[0]: expected 1 value, for 'column 1', got 2"


def test_a_table_without_a_column_is_refused_with_those_that_it_has(model):
    assert refusal(model.encode, ANIMALS.without("coat")) == (
        "animals: expected a column \"coat\", as in training, got 'height', 'born', 'kind'"
    )
    assert refusal(model.predict, ANIMALS.without("born")) == (
        "animals: expected a column \"born\", as in training, got 'height', 'coat', 'kind'"
    )


def test_a_table_whose_numbers_are_texts_is_refused_at_the_text_that_is_to_blame(model):
    head, rows = "height,coat,born", ["150,red,1", "160,red,2", "tall,red,3"]
    table = read_table([head, *rows], header=True)
    assert refusal(model.encode, table) == "lines, line 4, column \"height\": expected a number, got the text 'tall'"
    table = read_table([head, *rows[:2]], categories=["height"])
    assert refusal(model.encode, table) == "lines, line 2, column \"height\": expected a number, got the text '150'"


def test_a_table_whose_categories_are_numbers_is_read_as_categories():
    table = Table.from_rows("t", [["1", 0.5], ["2", 1.5], ["x", 2.5]], ["c", "y"])
    model = Model.build(table, seed=1)
    assert model.encode(Table.from_rows("numbers", [[2], [1]], ["c"])) == [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]


def test_numbers_for_categories_with_leading_zeros_are_refused_for_they_would_be_others():
    lines = ["zip,y", "01067,0.5", "80331,1.5", "01067,0.25"]
    model = Model.build(read_table(lines, categories=["zip"]), seed=1)
    message = "lines, column \"zip\": expected categories such as '01067', got numbers; read the file with Model.read"
    for function in (model.predict, model.evaluate):
        assert refusal(function, read_table(lines)) == message
    assert model.encode(model.read(lines)) == [[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]]
    assert model.read(["y;zip", "?;1067", "1,5;80331"]).column("zip").values == ["1067", "80331"]
    assert refusal(model.read, ["y", "1"]) == "lines: expected a column \"zip\", as in training, got 'y'"


def test_texts_that_hardly_ever_come_again_are_no_classes():
    rows = [f"{i},1.{200 + i}.{i}" for i in range(12)]
    message = (
        "lines, line 2, column \"rent\": expected a number, or a class that comes again, got '1.200.0'; "
        "12 different ones in 12 rows are no classes"
    )
    assert refusal(Model.build, read_table(["size,rent", *rows])) == message
    assert refusal(fit, read_table(["size,rent", *rows])) == message


def test_a_category_that_training_never_had_counts_as_none_where_that_is_said(model):
    row = {"height": 150, "coat": "green", "born": 1}
    assert model.encode([row], refuse_unseen=False)[0][1:4] == [0.0, 0.0, 0.0]
    assert model.predict([row], refuse_unseen=False)[0] in {"cat", "cow", "dog"}
    assert sum(model.predict_probabilities([row], refuse_unseen=False)[0].values()) == pytest.approx(1)
    for function in (model.predict, model.predict_probabilities):
        assert refusal(function, [row]).startswith('rows[0], column "coat": expected one of ')
    others = Table.from_rows("others", [[1, "red", 3], [1, "green", 3], [1, "blue", 3]], ["height", "coat", "born"])
    assert model.unseen(others) == {"coat": ["blue", "green"]}
    assert model.unseen(ANIMALS.without("coat")) == {}
    assert model.unseen(Table.from_rows("numbers", [[1]], ["coat"])) == {"coat": ["1"]}


def test_a_row_says_the_line_of_its_file(model):
    table = read_table(["height,coat,born", "150,red,1", "", "150,green,1"], header=True)
    assert refusal(model.predict, table).startswith('lines, line 4, column "coat": expected one of ')
