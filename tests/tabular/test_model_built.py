"""A model is built for the columns of a table."""

from statistics import fmean, pstdev

import pytest
from animals import ANIMALS, ROWS, built, refusal

from neuronet import Model, Network, Table, read_table
from neuronet.data.encoding import ClassTarget, NumberInput, ValueTarget
from neuronet.errors import UnknownNameError
from neuronet.tabular.task import fitted_target

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
    assert (
        message == "lines, line 3, column \"b\": expected a value, got none; to have it filled, set missing to 'fill'"
    )
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
