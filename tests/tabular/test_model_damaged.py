"""A saved model that was damaged is refused by its place, or still answers."""

import copy
import json
from itertools import product

import pytest
from animals import ROWS, refusal

from neuronet import Model, Network
from neuronet.errors import DataError, FormatError


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


@pytest.mark.parametrize("step", [7, pytest.param(1, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", ["three", "two", "numbers", "value"])
def test_whatever_is_damaged_is_refused_with_its_place_or_still_answers(trained, name, step):
    """Every value at every place, or every seventh of these pairs, so that each place meets two of them."""
    model = trained[name]
    model.source = {"path": "animals.csv", "rows": 60, "categories": ["a", 1]}
    document = document_of(model)
    damaged = refused = 0
    pairs = list(product(every_place(document["model"]), [*HOSTILE, every_place]))
    for path, value in pairs[::step]:
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
