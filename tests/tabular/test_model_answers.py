"""A model answers in the user's own terms, and is trained and judged on raw rows."""

import copy
import math

import pytest
from animals import ANIMALS, INPUTS, ROWS, built, refusal
from helpers import through_pickle
from hypothesis import given
from hypothesis import strategies as st

from neuronet import Model, Network, Table
from neuronet.data.encoding import ClassTarget, NumberInput, ValueTarget

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
    message = "rows[1]: expected numbers small enough to compute with, got the outputs [nan]"
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
