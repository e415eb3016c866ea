"""A model that was saved answers bit for bit the same, and tells where its rows came from."""

import copy
import json
import math
import subprocess
import sys
from pathlib import Path

import pytest
from animals import ANIMALS, ROWS, refusal
from helpers import through_pickle
from hypothesis import given
from hypothesis import strategies as st

from neuronet import Model, Network, Table
from neuronet.data.encoding import CategoryInput, ClassTarget, NumberInput, ValueTarget
from neuronet.errors import FormatError

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


@given(models())
def test_every_model_is_read_as_it_was_written(model):
    again = Model.from_json(model.to_json())
    assert again.to_json() == model.to_json()
    assert again.source == model.source
    for column, other in zip((*model.inputs, model.target), (*again.inputs, again.target)):
        assert type(column) is type(other)
        assert repr(vars(column)) == repr(vars(other))
    assert str(again) == str(model)


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
