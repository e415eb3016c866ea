"""A small table and its models, for the tests of this folder."""

import pytest

from neuronet import Model, Table
from neuronet.errors import DataError

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


def trained_models():
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
