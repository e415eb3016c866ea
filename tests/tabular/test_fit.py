"""One call from a table to a trained model: no row is lost, and what is tested on was never looked at before."""

import json
import subprocess
import sys
from pathlib import Path
from statistics import fmean

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from neuronet import Model, Table, fit, read_table
from neuronet.data.encoding import ClassTarget, ValueTarget
from neuronet.errors import DataError, UnknownNameError
from neuronet.tabular.fit import BUILDING, Parts, divided, with_target

ROOT = Path(__file__).resolve().parents[2]
ROWS = [
    {
        "number": number,
        "height": 150.0 + 7 * number % 40,
        "coat": ["red", "black"][number % 2],
        "kind": "abc"[number % 3],
    }
    for number in range(60)
]
ANIMALS = Table.from_rows("animals", ROWS)


def numbers_of(table):
    """Which rows of `ANIMALS` these are."""
    return [] if table is None else [int(row["number"]) for row in table]


def quick(table=ANIMALS, target="kind", **settings):
    return fit(table, target, **{"hidden": 2, "epochs": 2, "ignore": ["number"], **settings})


def refusal(function, *arguments, kind=DataError, **settings):
    """The whole message of what is refused."""
    with pytest.raises(kind) as caught:
        function(*arguments, **settings)
    assert type(caught.value) is kind
    return str(caught.value)


def model_of(fitted):
    """Everything that a model holds, to the last bit, but for the seconds that it took."""
    return fitted.model.to_json()


# Dividing.


@given(
    st.integers(2, 80), st.floats(0, 0.9), st.floats(0, 0.9), st.integers(0, 5), st.sampled_from(["classes", "values"])
)
def test_the_parts_are_disjoint_and_complete(count, test, validation, seed, task):
    table = Table.from_rows("t", [[number, number % 4] for number in range(count)], ["number", "y"])
    try:
        parts = divided(table, "y", test=test, validation=validation, seed=seed, task=task)
    except DataError:
        fewest = count * min(share for share in (test, validation, 1 - test - validation, 1) if share != 0)
        none_to_spare = task == "classes" and count * (1 - test) <= 4.5  # one row of each class is left
        assert test + validation >= 1 or fewest < 1 or none_to_spare
        return
    rows = [numbers_of(part) for part in parts]
    assert sorted(number for part in rows for number in part) == list(range(count))
    assert rows[0]
    for part, share in zip(parts[1:], (validation, test)):
        assert (part is None) == (share == 0)
    if task == "classes":
        assert {number % 4 for number in rows[0]} == {number % 4 for number in range(count)}


def test_each_part_has_its_share_of_every_class():
    parts = divided(ANIMALS, "kind", test=0.2, validation=0.1, seed=3)
    assert [len(part) for part in parts] == [42, 6, 12]
    for part, each in zip(parts, (14, 2, 4)):
        assert [list(part.column("kind").values).count(label) for label in "abc"] == [each] * 3


def test_values_are_dealt_without_regard_to_them():
    parts = divided(ANIMALS, "height", test=0.5, validation=0, seed=0)
    assert (len(parts.training), parts.validation, len(parts.test)) == (30, None, 30)


def test_a_class_is_trained_on_whatever_the_shares():
    rows = [[1, "often"]] * 20 + [[2, "rare"]] * 2 + [[3, "once"]]
    table = Table.from_rows("t", rows, ["x", "y"])
    for seed in range(10):
        parts = divided(table, "y", test=0.45, validation=0.45, seed=seed)
        assert set(parts.training.column("y").values) == {"often", "rare", "once"}
        assert "once" not in parts.test.column("y").values
        assert sum(map(len, parts)) == 23


@pytest.mark.parametrize(
    ("shares", "message"),
    [
        ((-0.1, 0), "test: expected a number of 0 or more, got -0.1"),
        ((0, -0.1), "validation: expected a number of 0 or more, got -0.1"),
        ((1, 0), "test and validation: expected shares that leave rows to train on, got 1 and 0"),
        ((0.5, 0.5), "test and validation: expected shares that leave rows to train on, got 0.5 and 0.5"),
        ((12, 0), "test and validation: expected shares that leave rows to train on, got 12 and 0"),
        (("0.2", 0), "test: expected a number, got '0.2'"),
        ((True, 0), "test: expected a number, got True"),
        ((float("nan"), 0), "test: expected a finite number, got nan"),
        ((0.001, 0), "test: expected a share that is at least one of 60 rows and leaves one, or 0, got 0.001"),
        ((0.999, 0), "test: expected a share that is at least one of 60 rows and leaves one, or 0, got 0.999"),
        ((0.2, 0.001), "validation: expected a share that is at least one of 48 rows and leaves one, or 0, got 0.001"),
        ((0.2, 0.799), "validation: expected a share that is at least one of 48 rows and leaves one, or 0, got 0.799"),
    ],
)
def test_impossible_shares_are_refused(shares, message):
    test, validation = shares
    assert refusal(quick, test=test, validation=validation) == message


def test_tiny_tables_say_what_they_lack_or_are_trained_on_whole():
    two = Table.from_rows("two", [[0, "a"], [1, "b"]])
    assert refusal(fit, two) == "test: expected a share that is at least one of 2 rows and leaves one, or 0, got 0.2"
    assert refusal(fit, two, test=0.5) == (
        "test: expected a class of two rows or more to keep one back, got single ones only"
    )
    assert fit(two, test=0, epochs=1).report is None
    three = Table.from_rows("three", [[0, "a"], [1, "b"], [2, "b"]])
    fitted = fit(three, test=0.3, epochs=1)
    assert (len(fitted.training), len(fitted.test), fitted.report.samples) == (2, 1, 1)
    one = Table.from_rows("one", [[0, "a"]])
    assert refusal(fit, one, test=0) == (
        "column \"column 2\": expected two classes or more to tell apart, got only 'a'"
    )
    value = fit(Table.from_rows("one", [[0, 0.5]]), test=0, epochs=1)
    assert isinstance(value.model.predict([[0]])[0], float)


def test_a_seed_has_to_be_one():
    assert refusal(quick, seed=-1) == "seed: expected a whole number of at least 0, got -1"
    assert refusal(quick, seed=None) == "seed: expected a whole number of at least 0, got None"
    assert refusal(quick, split_seed="x") == "seed: expected a whole number of at least 0, got 'x'"


def test_a_class_of_two_rows_is_trained_on_where_nearly_all_are_kept_back():
    table = Table.from_rows("t", [[1, "often"]] * 40 + [[2, "rare"]] * 2, ["x", "y"])
    for seed in range(10):
        parts = divided(table, "y", test=0.9, validation=0, seed=seed)
        for part, each in ((parts.training, 1), (parts.test, 1)):
            assert list(part.column("y").values).count("rare") == each
        assert (len(parts.training), len(parts.test)) == (5, 37)


# What is decided, and by which rows.


def test_the_rows_that_are_tested_on_change_nothing_in_the_model():
    first = quick(validation=0.2)
    others = [dict(row) for row in ROWS]
    for number in numbers_of(first.test):
        others[number].update(height=9999.0 + number, coat="never seen")
    second = quick(Table.from_rows("animals", others), validation=0.2)
    assert numbers_of(first.test) == numbers_of(second.test)
    assert model_of(first) == model_of(second)
    assert first.history[-1].validation_loss == second.history[-1].validation_loss


def test_the_rows_for_validation_change_no_scaling_and_no_category():
    first = quick(validation=0.2)
    others = [dict(row) for row in ROWS]
    for number in numbers_of(first.validation):
        others[number].update(height=9999.0 + number, coat="never seen")
    second = quick(Table.from_rows("animals", others), validation=0.2)
    assert list(map(str, first.model.inputs)) == list(map(str, second.model.inputs))
    assert first.model.network.weights == second.model.network.weights
    assert first.history[-1].validation_loss != second.history[-1].validation_loss


def test_scaling_is_by_the_rows_that_are_trained_on():
    fitted = quick(target="height", ignore=[])
    model = Model.build(fitted.training, "height", seed=0)
    assert list(map(str, fitted.model.inputs)) == list(map(str, model.inputs))
    assert str(fitted.model.target) == str(model.target)
    whole = Model.build(ANIMALS, "height", seed=0)
    assert str(fitted.model.target) != str(whole.target)


def test_what_the_target_is_does_not_hang_on_the_division():
    # ten rows of two whole numbers are just enough for classes, and the eight that are trained on are not
    table = Table.from_rows("t", [[number, number % 2] for number in range(10)])
    fitted = fit(table, epochs=1)
    assert isinstance(fitted.model.target, ClassTarget)
    assert [list(fitted.test.column(-1).values).count(label) for label in (0, 1)] == [1, 1]
    assert isinstance(fit(table, epochs=1, task="values").model.target, ValueTarget)
    # and nine are too few, whichever of them are trained on
    assert isinstance(fit(table.select(range(9)), epochs=1).model.target, ValueTarget)


@given(st.lists(st.integers(0, 30), min_size=10, max_size=60), st.integers(0, 3))
def test_what_the_target_is_is_decided_as_for_all_rows(values, seed):
    assume(len(set(values)) > 1)
    table = Table.from_rows("t", [[number, value] for number, value in enumerate(values)])
    fitted = fit(table, test=0.3, epochs=1, seed=seed, hidden=0)
    whole = Model.build(table, hidden=0, seed=0)
    assert type(fitted.model.target) is type(whole.target)
    if isinstance(whole.target, ClassTarget):
        assert fitted.model.target.labels == whole.target.labels


# The same again.


def test_a_seed_says_everything():
    first, second = quick(seed=3, validation=0.2, dropout=0.2), quick(seed=3, validation=0.2, dropout=0.2)
    assert model_of(first) == model_of(second)
    assert first.report.to_dict() == second.report.to_dict()
    assert list(map(numbers_of, first[3:])) == list(map(numbers_of, second[3:]))
    assert model_of(quick(seed=4, validation=0.2, dropout=0.2)) != model_of(first)


def test_the_division_has_a_seed_of_its_own_where_that_is_said():
    first, second = quick(seed=3, split_seed=9), quick(seed=4, split_seed=9)
    assert numbers_of(first.test) == numbers_of(second.test)
    assert numbers_of(first.test) != numbers_of(quick(seed=3).test)
    assert model_of(first) != model_of(second)


def test_another_process_trains_the_same_model():
    code = (
        "import json, sys; from neuronet import Table, fit; "
        "table = Table.from_rows('animals', json.loads(sys.argv[1])); "
        "fitted = fit(table, 'kind', hidden=2, epochs=2, ignore=['number'], seed=5, dropout=0.2); "
        "print(fitted.model.to_json(), end='')"
    )
    done = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", code, json.dumps(ROWS)], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout == model_of(quick(seed=5, dropout=0.2))


# Settings.


def test_the_usual_settings_hold_where_nothing_is_said():
    network = quick().model.network
    assert (network.optimizer.name, network.penalty.l2) == ("adam", 0.01)
    assert (network.training_state.learning_rate, network.training_state.batch_size) == (0.003, 16)
    assert quick(optimizer=None).model.to_json() == quick().model.to_json()


def test_a_setting_that_is_said_holds():
    network = quick(l2=0, learning_rate=0.02, batch_size=5).model.network
    assert (network.penalty, network.training_state.learning_rate, network.training_state.batch_size) == (None, 0.02, 5)
    other = quick(optimizer="momentum").model.network
    assert (other.optimizer.name, other.training_state.batch_size, other.training_state.learning_rate) == (
        "momentum",
        16,
        0.05,
    )
    named = quick(optimizer="adam").model.network.training_state
    assert (named.batch_size, named.learning_rate) == (16, 0.003)
    everything = quick(optimizer="rprop")
    assert everything.model.network.training_state.batch_size == len(everything.training)
    assert [len(layer) for layer in quick(hidden="4-2").model.network] == [3, 4, 2, 3]


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("epoch", "fit: unknown setting 'epoch'; did you mean 'epochs'?"),
        ("learningrate", "fit: unknown setting 'learningrate'; did you mean 'learning_rate'?"),
        ("hiden", "fit: unknown setting 'hiden'; did you mean 'hidden'?"),
        ("tests", "fit: unknown setting 'tests'; did you mean 'test'?"),
        ("inputs", "fit: unknown setting 'inputs'; "),
        ("settings", "fit: unknown setting 'settings'; "),
        ("zzz", "fit: unknown setting 'zzz'; known: activation, batch_size, before, callback, "),
    ],
)
def test_a_typo_is_told_before_anything_begins(setting, message):
    seen = []
    told = refusal(quick, kind=TypeError, before=lambda model, parts: seen.append(model), **{setting: 5})
    assert told.startswith(message)
    assert not seen


def test_every_setting_of_building_is_one_of_model_build():
    import inspect

    taken = set(inspect.signature(Model.build).parameters) - {"table", "target", "seed", "rng"}
    assert set(BUILDING) == taken


@pytest.mark.parametrize(
    ("settings", "kind", "message"),
    [
        ({"target": "sort"}, UnknownNameError, "target: unknown 'sort'; known: number, height, coat, kind"),
        ({"target": 4}, DataError, "target: expected a position from -4 to 3, got 4"),
        (
            {"ignore": ["kind"]},
            DataError,
            'ignore: expected columns beside the target, got "kind", which is the target',
        ),
        ({"task": "values"}, DataError, "task: expected 'classes', because column \"kind\" has texts, got 'values'"),
        ({"task": "guess"}, UnknownNameError, "task: unknown 'guess'; known: classes, values"),
        ({"scaling": "robust"}, UnknownNameError, "scaling: unknown 'robust'; known: standard, minmax, none"),
        ({"epochs": 0}, DataError, "epochs: expected a whole number of at least 1, got 0"),
        ({"source": [1]}, DataError, "source: expected an object of at most 100 keys, got a list"),
        ({"source": {"x": {}}}, DataError, "source.'x': expected a text, a number or a list of them, got an object"),
        ({"table": [[1, 2]]}, DataError, "table: expected a Table, as read_table makes it, got [[1, 2]]"),
    ],
)
def test_what_cannot_be_right_is_refused(settings, kind, message):
    assert refusal(quick, kind=kind, **settings) == message


@pytest.mark.parametrize("target", ["coat", 2, -2])
def test_a_target_is_named_or_counted(target):
    fitted = quick(target=target)
    assert fitted.model.target.name == "coat"
    assert [column.name for column in fitted.model.inputs] == ["height", "kind"]


# Missing values.


def hollow(part, column="height"):
    """The animals with a missing value in a row of a part, and that row."""
    row = numbers_of(getattr(quick(validation=0.2), part))[0]
    rows = [dict(each) for each in ROWS]
    rows[row][column] = None
    return Table.from_rows("hollow", rows), row


@pytest.mark.parametrize("part", ["training", "validation", "test"])
@pytest.mark.parametrize("column", ["height", "coat"])
def test_a_missing_value_is_refused_before_training_in_whichever_part(part, column):
    table, row = hollow(part, column)
    seen = []
    told = refusal(quick, table, validation=0.2, before=lambda model, parts: seen.append(model))
    assert told.startswith(f'hollow[{row}], column "{column}": expected a ')
    assert "set missing to 'fill'" in told
    assert not seen


@pytest.mark.parametrize("part", ["training", "validation", "test"])
@pytest.mark.parametrize("column", ["height", "coat"])
def test_a_missing_value_is_filled_where_that_was_asked_for(part, column):
    table, row = hollow(part, column)
    fitted = quick(table, validation=0.2, missing="fill")
    known = [value for value in fitted.training.column(column).values if value is not None]
    expected = max(sorted(set(known)), key=known.count) if column == "coat" else pytest.approx(fmean(known))
    filled = next(each for each in fitted.model.inputs if each.name == column)
    assert filled.fill == expected
    empty, full = [{**ROWS[row], column: None}], [{**ROWS[row], column: filled.fill}]
    assert fitted.model.encode(empty) == fitted.model.encode(full)


def test_rows_without_a_target_are_left_out():
    lines = [f"{number},{'' if number % 4 == 3 else 'ab'[number % 2]}" for number in range(40)]
    table = read_table(["x,y", *lines], missing="keep")
    fitted = fit(table, epochs=1)
    assert len(fitted.training) + len(fitted.test) == 30
    assert all(part.column("y").missing == 0 for part in (fitted.training, fitted.test))
    assert with_target(ANIMALS, "kind") is ANIMALS
    assert refusal(fit, table.select([3, 7])) == "lines: expected a row with a value of 'y', got none"


# What comes out.


def test_a_report_is_on_rows_that_were_not_trained_on():
    fitted = quick()
    assert (len(fitted.training), fitted.validation, len(fitted.test)) == (48, None, 12)
    assert fitted.report.to_dict() == fitted.model.evaluate(fitted.test).to_dict()
    assert fitted.report.samples == 12
    assert not set(numbers_of(fitted.training)) & set(numbers_of(fitted.test))


def test_without_rows_to_test_on_there_is_no_report():
    fitted = quick(test=0)
    assert (fitted.report, fitted.test, len(fitted.training)) == (None, None, 60)
    assert numbers_of(fitted.training) == list(range(60))


def test_validation_says_when_to_stop():
    fitted = quick(validation=0.2, early_stopping=2, epochs=500, learning_rate=0.05, hidden=8, l2=0)
    assert fitted.history.stopped == "early"
    losses = [epoch.validation_loss for epoch in fitted.history]
    assert fitted.history.best_epoch == losses.index(min(losses)) + 1
    model = fitted.model
    kept = model.network.mean_loss(model.encode(fitted.validation), model.encode_targets(fitted.validation))
    assert kept == min(losses)


def test_stopping_early_needs_rows_for_validation():
    assert refusal(quick, early_stopping=2).startswith("early_stopping: expected validation=")


def test_the_caller_sees_the_model_before_it_is_trained():
    seen = []

    def before(model, parts):
        seen.append((model, parts, model.to_json()))

    fitted = quick(validation=0.2, source={"path": "x"}, before=before)
    ((model, parts, text),) = seen
    assert model is fitted.model
    assert isinstance(parts, Parts)
    assert list(map(numbers_of, parts)) == list(map(numbers_of, fitted[3:]))
    assert json.loads(text).get("training") is None
    assert json.loads(text)["model"]["source"] == {"path": "x"} == fitted.model.source


def test_a_checkpoint_of_fit_is_the_whole_model(tmp_path):
    path = tmp_path / "model.json"
    fitted = quick(checkpoint=path, source={"path": "x"})
    assert Model.load(path).to_json() == fitted.model.to_json()


def test_categories_that_only_other_rows_have_count_as_none():
    rows = [dict(row) for row in ROWS]
    rows[numbers_of(quick().test)[0]]["coat"] = "white"
    fitted = quick(Table.from_rows("t", rows))
    assert fitted.model.unseen(fitted.test) == {"coat": ["white"]}
    assert fitted.report.samples == 12
    rows[numbers_of(quick(target="height").test)[0]]["coat"] = "green"
    assert quick(Table.from_rows("t", rows), target="height").report.samples == 12


def test_it_learns():
    rows = [{"x": number % 10, "y": "few" if number % 10 < 5 else "many"} for number in range(200)]
    assert fit(Table.from_rows("t", rows), learning_rate=0.02).report.accuracy == 1
    line = [{"x": number / 10, "y": 3 * number / 10 + 100} for number in range(100)]
    assert fit(Table.from_rows("t", line), l2=0, learning_rate=0.01).report.r_squared > 0.99
