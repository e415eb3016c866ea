"""A model answers raw rows in the user's own terms, and the same ones after it was saved, copied or pickled."""

import copy
import json
import math
import subprocess
import sys
from pathlib import Path
from statistics import fmean, pstdev

import pytest
from helpers import through_pickle
from hypothesis import given
from hypothesis import strategies as st

from neuronet import Model, Network, Table, fit, read_table
from neuronet.data.encoding import CategoryInput, ClassTarget, NumberInput, ValueTarget
from neuronet.errors import DataError, FormatError, UnknownNameError
from neuronet.tabular.model import fitted_target

ROWS = [
    {
        "height": 150.0 + number % 40,
        "coat": ["red", "black", "white"][number % 3],
        "born": float(number % 5),
        "kind": ["cat", "dog", "cow"][number // 2 % 3],
    }
    for number in range(60)
]
ANIMALS = Table.from_rows("animals", ROWS)
INPUTS = [{name: row[name] for name in ("height", "coat", "born")} for row in ROWS]


def built(target="kind", **settings):
    return Model.build(ANIMALS, target, **{"hidden": 3, "seed": 1, **settings})


@pytest.fixture
def model():
    return built()


@pytest.fixture(scope="module")
def trained():
    """A model of each kind of target, trained a little: three classes, two, numbers as classes, a value."""
    two = Table.from_rows("two", [{**row, "kind": "cow" if row["kind"] == "cow" else "other"} for row in ROWS])
    models = {"three": (built(), ANIMALS), "two": (Model.build(two, hidden=2, seed=2), two)}
    models["numbers"] = built("born", task="classes"), ANIMALS
    models["value"] = built("height", task="values", scaling="minmax"), ANIMALS
    for each, table in models.values():
        each.train(table, epochs=3, optimizer="adam", seed=4)
    return {name: each for name, (each, _) in models.items()}


def refusal(function, *arguments, kind=DataError, **settings):
    """The whole message of what is refused."""
    with pytest.raises(kind) as caught:
        function(*arguments, **settings)
    assert type(caught.value) is kind
    return str(caught.value)


# Building.


def test_the_shape_follows_from_the_columns(model):
    assert [len(layer) for layer in model.network] == [1 + 3 + 1, 3, 3]
    assert [column.name for column in model.inputs] == ["height", "coat", "born"]
    assert isinstance(model.target, ClassTarget)
    assert model.network.layers[-1][0].activation.name == "softmax"
    assert model.network.loss_function.name == "categorical_cross_entropy"


@pytest.mark.parametrize(
    ("hidden", "shape"), [(0, [5, 3]), ("", [5, 3]), ([], [5, 3]), ("4-2", [5, 4, 2, 3]), ((4, 2), [5, 4, 2, 3])]
)
def test_hidden_layers_can_be_said_in_several_ways(hidden, shape):
    assert [len(layer) for layer in built(hidden=hidden).network] == shape


def test_two_classes_have_a_sigmoid_and_a_value_is_linear(trained):
    two, value = trained["two"].network, trained["value"].network
    assert [layer.layers[-1][0].activation.name for layer in (two, value)] == ["sigmoid", "linear"]
    assert [each.loss_function.name for each in (two, value)] == ["binary_cross_entropy", "half_squared_error"]


@pytest.mark.parametrize("target", ["coat", 1, -3])
def test_a_target_is_named_or_counted(target):
    model = built(target)
    assert model.target.name == "coat"
    assert [column.name for column in model.inputs] == ["height", "born", "kind"]


def test_the_last_column_is_the_target_where_nobody_says():
    model = Model.build(ANIMALS, seed=1)
    assert model.target.name == "kind"
    assert [len(layer) for layer in model.network] == [5, 8, 3]


def test_ignored_columns_are_no_inputs():
    assert [column.name for column in built(ignore=["born", 0]).inputs] == ["coat"]
    assert built(ignore=["born", "born", 2]).predict([{"height": 150, "coat": "red"}])[0] in {"cat", "cow", "dog"}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"target": 7}, "target: expected a position from -4 to 3, got 7"),
        ({"ignore": "born"}, "ignore: expected a list of columns, got 'born'; for one say [name]"),
        ({"ignore": 2}, "ignore: expected a list of columns, got 2; for one say [name]"),
        ({"ignore": ["kind"]}, 'ignore: expected columns beside the target, got "kind", which is the target'),
        ({"ignore": [-1]}, 'ignore: expected columns beside the target, got "kind", which is the target'),
        ({"ignore": [0, 1, 2]}, 'animals: expected a column beside the target "kind", to answer it from'),
        ({"task": "values"}, "task: expected 'classes', because column \"kind\" has texts, got 'values'"),
        ({"hidden": -1}, "hidden: expected a whole number of at least 0, got -1"),
        ({"hidden": True}, "hidden: expected a whole number of at least 0, got True"),
        ({"hidden": b"8"}, "hidden: expected a whole number of at least 0, got b'8'"),
        ({"hidden": [3, 0]}, "hidden[1]: expected a whole number of at least 1, got 0"),
    ],
)
def test_what_cannot_be_built_is_refused(settings, message):
    assert refusal(built, **settings) == message


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"target": "sort"}, "target: unknown 'sort'; known: height, coat, born, kind"),
        ({"ignore": ["sort"]}, "ignore: unknown 'sort'; known: height, coat, born, kind"),
        ({"task": "regression"}, "task: unknown 'regression'; known: classes, values"),
        ({"task": ""}, "task: unknown ''; known: classes, values"),
        ({"missing": "drop"}, "missing: unknown 'drop'; known: refuse, fill"),
        ({"scaling": "robust"}, "scaling: unknown 'robust'; known: standard, minmax, none"),
        ({"scaling": "robust", "ignore": [0, 2]}, "scaling: unknown 'robust'; known: standard, minmax, none"),
    ],
)
def test_an_unknown_name_is_refused_with_those_that_are_known(settings, message):
    assert refusal(built, kind=UnknownNameError, **settings) == message


def test_a_list_of_rows_is_no_table(model):
    expected = "table: expected a Table, as read_table makes it, got [[1, 2]]"
    for function in (Model.build, model.evaluate, model.encode_targets, model.unseen):
        assert refusal(function, [[1, 2]]) == expected
    assert refusal(fitted_target, [[1, 2]], 0, None, "none") == expected


def test_missing_values_are_refused_with_their_place_or_filled():
    table = read_table(["a,b,y", "1,red,0.5", "2,,1.5", ",red,2.5"], missing="keep")
    message = refusal(Model.build, table, "y")
    assert message == "lines, line 3, column \"b\": expected a value, got none; missing='fill' fills"
    model = Model.build(table, "y", missing="fill", seed=1)
    assert [column.fill for column in model.inputs] == [1.5, "red"]
    assert model.encode([{"a": None, "b": None}]) == model.encode([{"a": 1.5, "b": "red"}])


def test_a_target_may_not_be_missing_but_the_row_can_be_left_out():
    table = read_table(["a,y", "1,0.5", "2,NA"], missing="keep")
    message = 'lines, line 3, column "y": expected a value of the target, got none; leave the row out'
    for missing in ("refuse", "fill"):
        assert refusal(Model.build, table, missing=missing) == message


def test_a_target_that_never_changes_is_told_as_a_student_would_understand():
    for label in ("cat", 1):
        table = Table.from_rows("t", [[0.5, label]] * 6)
        assert refusal(Model.build, table) == (
            f'column "column 2": expected two classes or more to tell apart, got only {label!r}'
        )


def test_a_constant_value_is_answered():
    table = Table.from_rows("t", [[number, 0.1] for number in range(6)])
    model = Model.build(table, seed=1)
    model.train(table, epochs=300, learning_rate=0.05)
    assert model.predict([[3]])[0] == pytest.approx(0.1, abs=0.02)


def test_a_task_can_be_said_against_the_looks():
    assert isinstance(built("born").target, ClassTarget)
    assert isinstance(built("born", task="values").target, ValueTarget)
    assert isinstance(built("height", task="classes").target, ClassTarget)


# Rows in.


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
            'rows[0], column "height": expected a number, got none; a model trained with missing=\'fill\' fills it',
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
    assert refusal(model.read, ["y", "1"]) == 'lines: expected a column "zip", as in training, got \'y\''


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


# Answers out.


def test_labels_come_back_as_they_were(trained):
    assert {type(label) for label in trained["numbers"].predict([[150, "red", "cat"]])} == {int}
    assert set(trained["three"].predict(INPUTS)) <= {"cat", "dog", "cow"}
    assert {type(value) for value in trained["value"].predict([["red", 1, "cat"]])} == {float}


@pytest.mark.parametrize("name", ["three", "two", "numbers"])
def test_probabilities_are_of_each_label_and_sum_to_one(trained, name):
    model = trained[name]
    rows = [{**row, **input_row} for row, input_row in zip(ROWS, INPUTS)]
    for probabilities, answer in zip(model.predict_probabilities(rows), model.predict(rows)):
        assert tuple(probabilities) == model.target.labels
        assert math.fsum(probabilities.values()) == pytest.approx(1, abs=1e-15 * len(probabilities))
        assert probabilities[answer] == max(probabilities.values())


def test_a_value_has_no_probabilities(trained):
    assert refusal(trained["value"].predict_probabilities, [["red", 1, "cat"]]) == (
        'predict_probabilities: expected classes, but "height" is a value'
    )


def test_a_value_is_in_the_unit_of_its_column():
    table = Table.from_rows("t", [{"x": number, "y": 1000.0 + 50 * number} for number in range(20)])
    model = Model.build(table, hidden=0, seed=1)
    model.train(table, epochs=200, learning_rate=0.05, seed=1)
    assert model.predict([{"x": 3}, {"x": 10}]) == pytest.approx([1150, 1500], abs=1)


def test_looking_does_not_touch(trained):
    model = trained["three"]
    before = model.to_json()
    model.predict(ANIMALS), model.predict_probabilities(ANIMALS), model.evaluate(ANIMALS), model.unseen(ANIMALS)
    str(model), repr(model)
    assert model.to_json() == before


@pytest.mark.parametrize("name", ["three", "two", "numbers", "value"])
@given(height=st.floats(allow_nan=False, allow_infinity=False))
def test_whatever_is_far_from_training_has_a_finite_answer_or_none(trained, name, height):
    model = trained[name]
    row = {"height": height, "coat": "red", "born": -height, "kind": "cat"}
    answer = model.predict([row])[0]
    assert answer in model.target.labels if name != "value" else math.isfinite(answer)


def test_an_answer_that_is_no_number_is_refused():
    table = Table.from_rows("t", [[number, -number, number / 2] for number in range(9)])
    model = Model.build(table, hidden=0, scaling="none", seed=1)
    for synapse in model.network.synapses:
        synapse.weight = 10.0
    message = "rows[1]: expected numbers that can be reckoned with, got the outputs [nan]"
    rows = [[1, 1], [1e308, -1e308]]
    assert refusal(model.predict, rows) == message
    assert refusal(model.evaluate, Table.from_rows("t", [[*row, 1] for row in rows])) == message


# Reports.


def table_of(rows, names=("x", "kind")):
    return Table.from_rows("t", rows, names)


def fixed(labels=("a", "b"), weight=10.0):
    """A model that answers the second of two labels where x is positive."""
    model = Model(
        Network(1, 1, output_activation="sigmoid", loss="binary_cross_entropy", seed=1),
        [NumberInput("x", "none", 0, 1)],
        ClassTarget("kind", labels, labels[0]),
    )
    for synapse in model.network.synapses:
        synapse.weight = weight if synapse.source in list(model.network[0]) else 0.0
    return model


def test_a_report_of_classes_by_hand():
    report = fixed().evaluate(table_of([[-1, "a"], [-2, "a"], [1, "a"], [1, "b"], [-0.5, "b"]]))
    assert (report.samples, report.accuracy, report.confusion) == (5, 0.6, [[2, 1], [1, 1]])
    assert report.labels == ("a", "b")
    # of the six pairs of an a and a b: 1 beats -1, -2 and ties with 1; -0.5 beats -1, -2 and not 1
    assert report.roc_auc == pytest.approx(4.5 / 6)
    assert (report.baseline.label, report.baseline.accuracy) == ("a", 0.6)


def test_a_class_that_training_never_had_is_one_more_in_the_report():
    report = fixed().evaluate(table_of([[-1, "a"], [1, "c"], [1, "b"]]))
    assert (report.labels, report.accuracy) == (("a", "b", "c"), 2 / 3)
    assert report.confusion == [[1, 0, 0], [0, 1, 0], [0, 1, 0]]
    assert report.roc_auc is None


def test_a_report_of_rows_of_one_class():
    report = fixed().evaluate(table_of([[1, "b"], [-1, "b"]]))
    assert (report.accuracy, report.roc_auc, report.confusion) == (0.5, None, [[0, 0], [1, 1]])
    assert "accuracy" in str(report)


def test_a_report_of_rows_of_two_of_three_classes(trained):
    rows = [row for row in ROWS if row["kind"] != "dog"]
    report = trained["three"].evaluate(Table.from_rows("t", rows))
    assert (report.labels, report.roc_auc) == (("cat", "cow", "dog"), None)
    assert (report.samples, report.confusion[2]) == (len(rows), [0, 0, 0])


def test_numbers_and_texts_of_a_target_are_one_label_in_a_report():
    by_number, by_text = fixed((0, 1)), fixed(("0", "1"))
    rows = [[-1, 0], [1, 1], [1, 0]]
    texts = [[x, str(label)] for x, label in rows]
    assert by_number.evaluate(table_of(rows)).confusion == [[1, 1], [0, 1]]
    assert by_number.evaluate(table_of(texts)).confusion == [[1, 1], [0, 1]]
    assert by_text.evaluate(table_of(rows)).confusion == [[1, 1], [0, 1]]
    mixed = by_number.evaluate(table_of([*texts, [1, "none"]]))
    assert (mixed.labels, mixed.confusion) == ((0, 1, "none"), [[1, 1, 0], [0, 1, 0], [0, 1, 0]])


def test_a_report_of_values_by_hand():
    model = Model(
        Network(1, 1, output_activation="linear", seed=1),
        [NumberInput("x", "none", 0, 1)],
        ValueTarget("y", "minmax", 10, 2, 11),
    )
    for synapse in model.network.synapses:
        synapse.weight = 1.0 if synapse.source in list(model.network[0]) else 0.0
    report = model.evaluate(table_of([[0, 10], [1, 13], [2, 14]], ("x", "y")))  # answers 10, 12, 14
    assert (report.rmse, report.mae) == (pytest.approx(math.sqrt(1 / 3)), pytest.approx(1 / 3))
    assert (report.baseline.value, report.baseline.mae) == (11, pytest.approx(2.0))
    assert report.name == "y"


def test_a_report_needs_the_target_with_its_values(model):
    assert refusal(model.evaluate, ANIMALS.without("kind")) == (
        'animals: expected the target column "kind", which is missing'
    )
    hole = Table.from_rows("hole", [{**ROWS[0]}, {**ROWS[1], "kind": None}])
    assert refusal(model.evaluate, hole) == 'hole[1], column "kind": expected a class, got none'
    assert refusal(model.encode_targets, hole) == 'hole[1], column "kind": expected a class, got none'
    values = built("height")
    texts = Table.from_rows("texts", [{**row, "height": "tall"} for row in ROWS])
    assert refusal(values.evaluate, texts) == "texts[0], column \"height\": expected a number, got the text 'tall'"


def test_a_target_of_another_class_is_refused_in_training(model):
    table = Table.from_rows("t", [{**row, "kind": "bee"} for row in ROWS])
    before = model.to_json()
    assert refusal(model.train, table, epochs=1) == (
        "t[0], column \"kind\": expected one of 'cat', 'cow', 'dog', got 'bee'"
    )
    assert refusal(model.train, ANIMALS, validation=table, epochs=1).startswith('t[0], column "kind": expected one')
    assert model.to_json() == before


# Training.


def test_the_optimizer_is_adam_at_first_and_then_the_one_there_is():
    for settings, first in (({}, "adam"), ({"optimizer": None}, "adam"), ({"optimizer": "momentum"}, "momentum")):
        model = built()
        model.train(ANIMALS, epochs=1, **settings)
        assert model.network.optimizer.name == first
        model.train(ANIMALS, epochs=1)
        assert model.network.optimizer.name == first


def test_training_is_that_of_the_network():
    model, twin = built(), built()
    history = model.train(ANIMALS, epochs=2, validation=ANIMALS, batch_size=4)
    samples = twin.encode(ANIMALS), twin.encode_targets(ANIMALS)
    other = twin.network.train(*samples, epochs=2, validation=samples, batch_size=4, optimizer="adam")
    assert model.network.weights == twin.network.weights
    assert [epoch.validation_loss for epoch in history] == [epoch.validation_loss for epoch in other]


def test_a_category_that_only_validation_has_counts_as_none():
    other = Table.from_rows("other", [{**row, "coat": "green"} for row in ROWS])
    assert built().train(ANIMALS, validation=other, epochs=1, early_stopping=1)[0].validation_loss > 0


def test_a_checkpoint_is_a_model(tmp_path):
    path = tmp_path / "model.json"
    for given_path in (path, str(path)):
        model = built()
        model.train(ANIMALS, epochs=2, checkpoint=given_path)
        assert Model.load(path).predict(INPUTS) == model.predict(INPUTS)
        assert Model.load(path).to_json() == model.to_json()
        path.unlink()
    seen = []
    built().train(ANIMALS, epochs=3, checkpoint=lambda: seen.append(1), checkpoint_every=2)
    assert seen


def test_an_unknown_setting_is_a_type_error_that_names_it(model):
    before = model.to_json()
    with pytest.raises(TypeError, match="'epoch'"):
        model.train(ANIMALS, epoch=5)
    with pytest.raises(TypeError, match="'epochs'"):
        model.train(ANIMALS)
    assert model.to_json() == before


@pytest.mark.parametrize("dropout", [0, 0.3])
def test_a_training_that_was_saved_goes_on_exactly(dropout):
    settings = {"batch_size": 8, "learning_rate": 0.01, "optimizer": "adam"}
    whole, half = built(dropout=dropout), built(dropout=dropout)
    whole.train(ANIMALS, epochs=6, seed=5, **settings)
    half.train(ANIMALS, epochs=2, seed=5, **settings)
    for again in (Model.from_json(half.to_json()), copy.deepcopy(half), through_pickle(half)):
        again.train(ANIMALS, epochs=4, resume=True)
        assert again.network.weights == whole.network.weights
        assert again.network.training_state.epochs == 6


# Copies and files.


@pytest.mark.parametrize("name", ["three", "two", "numbers", "value"])
def test_a_model_answers_bit_for_bit_the_same_after_a_trip(trained, name, tmp_path):
    model = trained[name]
    model.save(tmp_path / "model.json")
    others = (Model.load(tmp_path / "model.json"), copy.deepcopy(model), through_pickle(model))
    for other in others:
        assert other.to_json() == model.to_json()
        assert str(other) == str(model)
        assert list(map(repr, other.predict(ROWS))) == list(map(repr, model.predict(ROWS)))
        if name != "value":
            assert other.predict_probabilities(ROWS) == model.predict_probabilities(ROWS)
        assert str(other.evaluate(ANIMALS if name != "two" else two_table())) == str(
            model.evaluate(ANIMALS if name != "two" else two_table())
        )


def two_table():
    return Table.from_rows("two", [{**row, "kind": "cow" if row["kind"] == "cow" else "other"} for row in ROWS])


def test_another_process_answers_the_same(trained, tmp_path):
    rows = json.dumps(ROWS)
    for name, model in trained.items():
        path = tmp_path / f"{name}.json"
        model.save(path)
        code = (
            "import json, sys; from neuronet import Model; model = Model.load(sys.argv[1]); "
            "print(repr(model.predict(json.loads(sys.argv[2])))); print(model.to_json(), end='')"
        )
        done = subprocess.run(  # noqa: S603 - our own code
            [sys.executable, "-c", code, str(path), rows],
            capture_output=True,
            text=True,
            check=True,
            cwd=Path(__file__).resolve().parents[2],
        )
        assert done.stdout == f"{model.predict(ROWS)!r}\n{model.to_json()}"


NAMES = st.text(min_size=1)
FINITE = st.floats(allow_nan=False, allow_infinity=False)
SCALED = st.tuples(st.sampled_from(["standard", "minmax", "none"]), FINITE, st.floats(1e-300, 1e300))
LABELS = st.one_of(
    st.lists(st.text(), min_size=2, max_size=5, unique=True),
    st.lists(st.one_of(st.integers(-(2**53), 2**53), FINITE), min_size=2, max_size=5, unique=True),
)


@st.composite
def models(draw):
    names = draw(st.lists(NAMES, min_size=2, max_size=4, unique=True))
    inputs = []
    for name in names[1:]:
        if draw(st.booleans()):
            inputs.append(NumberInput(name, *draw(SCALED), draw(st.one_of(st.none(), FINITE))))
        else:
            categories = draw(st.lists(st.text(), min_size=1, max_size=4, unique=True))
            inputs.append(CategoryInput(name, categories, draw(st.sampled_from([None, *categories]))))
    if draw(st.booleans()):
        target = ValueTarget(names[0], *draw(SCALED), draw(FINITE))
    else:
        labels = draw(LABELS)
        target = ClassTarget(names[0], labels, draw(st.sampled_from(labels)))
    plain = st.one_of(st.none(), st.booleans(), st.integers(), FINITE, st.text())
    source = draw(st.dictionaries(st.text(), st.one_of(plain, st.lists(plain)), max_size=4))
    width = len([name for column in inputs for name in column.names()])
    return Model(Network(width, target.width, seed=1), inputs, target, source)


@given(models())
def test_every_model_is_read_as_it_was_written(model):
    again = Model.from_json(model.to_json())
    assert again.to_json() == model.to_json()
    assert again.source == model.source
    for column, other in zip((*model.inputs, model.target), (*again.inputs, again.target)):
        assert type(column) is type(other)
        assert repr(vars(column)) == repr(vars(other))
    assert str(again) == str(model)


# Documents that nobody wrote.


def document_of(model):
    return json.loads(model.to_json())


def read_error(document):
    text = document if isinstance(document, str) else json.dumps(document)
    return refusal(Model.from_json, text, kind=FormatError)


def test_a_network_and_a_model_say_who_reads_them(tmp_path, model):
    network, other = tmp_path / "network.json", tmp_path / "model.json"
    model.network.save(network)
    model.save(other)
    expected = f"{network}: model: expected a model with columns, got a network alone; read it with Network.load"
    assert refusal(Model.load, network, kind=FormatError) == expected
    expected = f"{other}: model: expected a network alone, got one with columns; read it with Model.load"
    assert refusal(Network.load, other, kind=FormatError) == expected


def every_place(value, path=()):
    """The path of every value in a document."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in items:
        yield from every_place(each, (*path, key))


def replaced(document, path, value):
    """A copy of a document with another value at a path, or without it where the value is `every_place`."""
    document = copy.deepcopy(document)
    inside = document
    for step in path[:-1]:
        inside = inside[step]
    if value is every_place:
        del inside[path[-1]]
    else:
        inside[path[-1]] = value
    return document


HOSTILE = [None, True, -1, 0, 1e308, 2**70, "", "x", [], {}, [[]], {"x": {}}, [None] * 3, {"kind": "number"}]


@pytest.mark.parametrize("name", ["three", "two", "numbers", "value"])
def test_whatever_is_damaged_is_refused_with_its_place_or_still_answers(trained, name):
    model = trained[name]
    model.source = {"path": "animals.csv", "rows": 60, "categories": ["a", 1]}
    document = document_of(model)
    damaged = refused = 0
    for path in every_place(document["model"]):
        for value in [*HOSTILE, every_place]:
            if not path and value is every_place:
                continue
            changed = replaced(document, ("model", *path), value)
            damaged += 1
            try:
                other = Model.from_json(json.dumps(changed))
            except FormatError as problem:
                refused += 1
                place = str(problem).partition(":")[0]
                assert place.startswith("model") or place == "network", str(problem)  # noqa: PT017
                continue
            # what is read, is whole: it can be written again, and answers or says why not
            assert json.loads(other.to_json())["model"].keys() == document["model"].keys()
            try:
                other.predict(ROWS[:2], refuse_unseen=False)
            except DataError as problem:
                assert str(problem).startswith("rows["), str(problem)  # noqa: PT017
    assert refused > damaged / 2


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ((), [], "model: expected an object with columns, target, source, got a list"),
        (("columns",), {}, "model.columns: expected a list, got an object"),
        (("columns",), [], "model: network: expected 0 inputs and 3 outputs for these columns, got 5 and 3"),
        (("columns", 0), 5, "model.columns[0]: expected an object with a name and a kind, got 5"),
        (("columns", 0, "kind"), "text", "model.columns[0].kind: unknown 'text'; known: number, category"),
        (("columns", 0, "kind"), "category", "model.columns[0]: expected the key 'categories', which is missing"),
        (("columns", 0, "name"), 5, "model.columns[0].name: expected a name, got 5"),
        (("columns", 0, "name"), "", "model.columns[0]: name of a column: expected a text, got ''"),
        (
            ("columns", 0, "scaling"),
            "robust",
            "model.columns[0]: scaling: unknown 'robust'; known: standard, minmax, none",
        ),
        (("columns", 0, "shift"), "5", "model.columns[0].shift: expected a number, got '5'"),
        (("columns", 0, "scale"), 0, "model.columns[0]: scale: expected a number above 0, got 0.0"),
        (("columns", 0, "fill"), [1], "model.columns[0].fill: expected a number, got a list"),
        (("columns", 1, "more"), 1, "model.columns[1]: unknown key 'more'; known: name, kind, categories, fill"),
        (("columns", 1, "categories", 0), 5, "model.columns[1].categories[0]: expected a name, got 5"),
        (
            ("columns", 1, "categories", 0),
            "red",
            "model.columns[1]: column \"coat\": expected different categories, got 'red', 'red', 'white'",
        ),
        (
            ("columns", 1, "fill"),
            "green",
            "model.columns[1]: column \"coat\": expected to fill with one of its categories, got 'green'",
        ),
        (
            ("columns", 1, "name"),
            "height",
            "model: columns: expected a different name for each column and for the target",
        ),
        (("target",), None, "model.target: expected an object with a name and a kind, got None"),
        (("target", "kind"), "number", "model.target.kind: unknown 'number'; known: classes, value"),
        (("target", "kind"), "value", "model.target: expected the key 'scaling', which is missing"),
        (("target", "labels", 1), None, "model.target.labels[1]: expected a number, got None"),
        (
            ("target", "labels", 1),
            5,
            "model.target: column \"kind\": expected classes that are all texts or all numbers, got 'cat', 5, 'dog'",
        ),
        (
            ("target", "labels"),
            ["cat"],
            "model.target: column \"kind\": expected two classes or more to tell apart, got only 'cat'",
        ),
        (
            ("target", "labels"),
            ["cat", "dog"],
            "model: network: expected 5 inputs and 1 outputs for these columns, got 5 and 3",
        ),
        (
            ("target", "majority"),
            "bee",
            "model.target: column \"kind\": expected one of its classes as the majority, got 'bee'",
        ),
        (("source",), [], "model.source: expected an object of at most 100 keys, got a list"),
        (
            ("source",),
            {str(number): 1 for number in range(101)},
            "model.source: expected an object of at most 100 keys, got 101",
        ),
        (("source", "x"), {}, "model.source.'x': expected a text, a number or a list of them, got an object"),
    ],
)
def test_a_damaged_document_says_where(model, path, value, message):
    assert read_error(replaced(document_of(model), ("model", *path), value)) == message


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"name": "height"', '"name": "x", "name": "y"', "model.columns[0]: expected each key once, got 'name' twice"),
        ('"labels"', '"labels": [], "labels"', "model.target: expected each key once, got 'labels' twice"),
        ('"source": {', '"source": {"x": 1, "x": 1', "model.source: expected each key once, got 'x' twice"),
        ('"model": {', '"model": {"target": 1, ', "model: expected each key once, got 'target' twice"),
        ('"shift": 169.5', '"shift": NaN', "model.columns[0].shift: expected a finite number, got nan"),
        ('"shift": 169.5', '"shift": 1e999', "model.columns[0].shift: expected a finite number, got inf"),
        ('"source": {', '"source": {"x": [Infinity]', "model.source.'x': expected finite numbers, got inf"),
    ],
)
def test_a_damaged_text_says_where(model, old, new, message):
    text = model.to_json()
    if old.startswith('"shift"'):
        old = f'"shift": {model.inputs[0].shift!r}'
    assert text.count(old) == 1
    assert read_error(text.replace(old, new)) == message


def test_what_a_later_minor_version_wrote_is_kept(model):
    document = document_of(model)
    document["minor_version"] = 7
    document["model"]["hue"] = "blue"
    document["model"]["columns"][0]["unit"] = {"name": "cm"}
    document["model"]["columns"][1]["order"] = [1, 2]
    document["model"]["target"]["unit"] = "kg"
    again = json.loads(Model.from_json(json.dumps(document)).to_json())
    assert again == document
    assert json.loads(copy.deepcopy(Model.from_json(json.dumps(document))).to_json()) == document


# Where the rows came from.


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ([], "source: expected an object of at most 100 keys, got a list"),
        ({"x": {}}, "source.'x': expected a text, a number or a list of them, got an object"),
        ({"x": math.nan}, "source.'x': expected finite numbers, got nan"),
        ({"x": (1,)}, "source.'x': expected a text, a number or a list of them, got (1,)"),
        ({"x": [{5: 1}]}, "source.'x': expected a text, a number or a list of them, got a list"),
        ({"x": Path("x")}, f"source.'x': expected a text, a number or a list of them, got {Path('x')!r}"),
        ({5: "x"}, "source: expected keys that are texts, got 5"),
        (dict.fromkeys(map(str, range(101))), "source: expected an object of at most 100 keys, got 101"),
    ],
)
def test_a_source_that_could_not_be_saved_is_refused(model, source, message):
    def put():
        model.source = source

    assert refusal(put) == message
    assert model.source == {}
    if isinstance(source, dict):
        assert refusal(Model, model.network, model.inputs, model.target, source) == message


def test_a_source_of_a_hundred_keys_is_kept(model):
    model.source = {f"key {number}": [number, 0.5, None, {"deep": [True]}] for number in range(100)}
    assert Model.from_json(model.to_json()).source == model.source


def test_a_source_that_was_spoilt_is_not_saved(model, tmp_path):
    model.source["x"] = {}
    with pytest.raises(FormatError, match=r"^model\.source\.'x': "):
        model.save(tmp_path / "model.json")
    assert not list(tmp_path.iterdir())


# What does not fit together.


def test_a_network_has_to_fit_its_columns(model):
    assert refusal(Model, Network(4, 3), model.inputs, model.target) == (
        "network: expected 5 inputs and 3 outputs for these columns, got 4 and 3"
    )
    twice = [NumberInput("x", "none", 0, 1)] * 2
    assert refusal(Model, Network(2, 3), twice, model.target) == (
        "columns: expected a different name for each column and for the target"
    )


# Shown.


def test_a_model_says_what_it_is(model):
    heights = [row["height"] for row in ROWS]
    assert str(model) == (
        "network 5-3-3, tanh then softmax, loss categorical_cross_entropy\n"
        "inputs:\n"
        f"  height: number, mean {fmean(heights):.6g}, standard deviation {pstdev(heights):.6g}\n"
        "  coat: 3 categories: 'black', 'red', 'white'\n"
        "  born: number, mean 2, standard deviation 1.41421\n"
        "target:\n"
        "  kind: 3 classes, 'cat', 'cow', 'dog'"
    )
    model.train(ANIMALS, epochs=2)
    assert str(model).splitlines()[1].startswith("trained for 2 epochs by Adam(")
    assert repr(model).startswith("Model('kind' from 3 columns, Network(")


def test_a_model_of_many_columns_with_long_names_fits_a_page():
    names = [f"a very long name of a column\nnumber {number}" * 9 for number in range(500)]
    rows = [[number % 3] * 500 + [f"{'label' * 50}{number}"] for number in range(4)]
    table = Table.from_rows("wide", rows, [*names, "y"])
    model = Model.build(table, hidden=[1] * 40, seed=1)
    lines = str(model).splitlines()
    assert len(lines) == 29
    assert max(map(len, lines)) <= 78
    assert "  ... 476 more columns" in lines


@pytest.mark.parametrize(("count", "lines"), [(24, 28), (25, 29)])
def test_up_to_24_columns_are_all_shown(count, lines):
    table = Table.from_rows("t", [[number] * count + [f"label {number}"] for number in range(3)])
    assert len(str(Model.build(table, hidden=1, seed=1)).splitlines()) == lines
