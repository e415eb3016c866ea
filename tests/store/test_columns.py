"""The columns of a model are kept, with where its rows came from."""

import json

import pytest

from neuronet.data.table import Table
from neuronet.errors import FormatError
from neuronet.tabular.model import Model


def test_what_is_told_of_the_source_of_a_model_can_be_written_again():
    table = Table.from_rows("rows", [{"size": size, "kind": "ab"[size > 2]} for size in range(5)])
    model = Model.build(table, "kind", hidden=2, seed=1)
    assert Model.from_json(model.to_json()).to_json() == model.to_json()
    document = json.loads(model.to_json())
    document["model"]["source"]["later"] = "MARK"
    for value, message in [
        ('[{"a": 1, "a": 2}]', "model.source.'later': expected each key once, got 'a' twice"),
        ("[1e999]", "model.source.'later': expected finite numbers, got inf"),
        ("[" * 99 + "]" * 99, "model.source.'later': expected a value nested at most 50 deep"),
    ]:
        with pytest.raises(FormatError) as caught:
            Model.from_json(json.dumps(document).replace('"MARK"', value))
        assert str(caught.value).startswith(message)
