"""The schema, the page of the format and the reader say the same of a document."""

import inspect
import json
import re
from pathlib import Path

import pytest
from damaged import a_model, damaged, documents, network_of, objects, trained, with_a_key
from trainings import SAMPLES, TRAININGS, XOR, a_network, settings_of

from neuronet import Network
from neuronet.errors import FormatError
from neuronet.optimizers import OPTIMIZERS, Adam
from neuronet.store import columns, document
from neuronet.store.training_state import KEYS
from neuronet.tabular.model import Model
from neuronet.training.schedules import SCHEDULES, StepSchedule

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "json-format.md"

SCHEMA = Path(__file__).parents[2] / "docs" / "model.schema.json"


def schema():
    return json.loads(SCHEMA.read_text(encoding="utf-8"))


def keys_of(described):
    """All keys that an object of the schema may have, and those that it must have."""
    assert described["additionalProperties"] is False
    return set(described["properties"]), set(described["required"])


def keys_in(described):
    """The keys of every object in the schema."""
    for each in objects(described):
        if isinstance(each.get("properties"), dict):
            yield set(each["properties"])


def defaults_of(function):
    """The names of a function's arguments, and of those that have no default."""
    parameters = inspect.signature(function).parameters
    return set(parameters), {name for name, each in parameters.items() if each.default is each.empty}


def test_the_schema_has_the_keys_that_the_reader_knows():
    known = schema()["$defs"]
    required = set(document.REQUIRED)
    assert keys_of(known["version1"]) == (required, required)
    for version in ("version2", "version3"):
        assert keys_of(known[version]) == ({*required, *document.OPTIONAL}, required)
    assert keys_of(known["version1"]["properties"]["layers"]["items"]) == (set(document.LAYER), set(document.LAYER))
    assert keys_of(known["version1"]["properties"]["synapses"]) == (set(document.COLUMNS), set(document.COLUMNS))
    assert keys_of(known["penalty"]) == ({"l1", "l2"}, {"l1", "l2"})
    for end, former in [("", {}), ("2", {new: old for old, new in document.FORMER_NAMES.items()})]:
        rate, state = former.get("rate", "rate"), former.get("optimizer_state", "optimizer_state")
        layer, training = known[f"layer{end}"], known[f"training{end}"]
        assert keys_of(layer) == ({*document.LAYER, "dropout"}, set(document.LAYER))
        assert keys_of(layer["properties"]["dropout"]) == ({rate, "generator"}, {rate})
        assert keys_of(known[f"synapses{end}"]) == ({*document.COLUMNS, state}, set(document.COLUMNS))
        kept = {former.get(key, key) for key in KEYS} - ({"improved"} if end else set())
        assert keys_of(training) == (kept, kept)
        assert keys_of(training["properties"]["best"]["oneOf"][0])[1] == {"loss", "epoch", "weights"}
        assert keys_of(training["properties"]["lowest"]["oneOf"][0])[1] == {"loss", "epoch"}
    model = {
        "model": columns.MODEL,
        "number_column": columns.NUMBER_COLUMN,
        "category_column": columns.CATEGORY_COLUMN,
        "class_target": columns.CLASS_TARGET,
        "value_target": columns.VALUE_TARGET,
    }
    for name, keys in model.items():
        assert keys_of(known[name]) == (set(keys), set(keys))
    assert keys_of(known["generator"])[1] == {"words", "position", "gauss"}
    for table, described in [
        (OPTIMIZERS, known["optimizer"]["oneOf"][:-1]),
        (SCHEDULES, known["schedule"]["oneOf"][:-1]),
    ]:
        assert [each["properties"]["name"]["const"] for each in described] == list(table)
        for function, each in zip(table.values(), described):
            settings, needed = defaults_of(function)
            assert keys_of(each) == ({"name", *settings}, {"name", *needed})
    versions = [known[f"version{version}"]["properties"]["version"]["const"] for version in (1, 2, 3)]
    assert versions == [*range(1, document.VERSION + 1)]
    assert known["version3"]["properties"]["minor_version"]["const"] == document.MINOR_VERSION == 0


def test_the_page_has_every_key_of_the_schema():
    page = PAGE.read_text(encoding="utf-8")
    assert {key for each in keys_in(schema()) for key in each if not re.search(f'[`"]{key}[`"]', page)} == set()


@pytest.fixture
def valid():
    """Whether a document is what the schema says; skipped without jsonschema, see the group `files`."""
    jsonschema = pytest.importorskip("jsonschema")
    jsonschema.Draft202012Validator.check_schema(schema())
    return jsonschema.Draft202012Validator(schema()).is_valid


def falling(epoch, learning_rate):
    return learning_rate / epoch


def test_documents_of_all_kinds_are_what_the_schema_says(valid):
    own = Network(2, 1, seed=1)
    own.train(*XOR, epochs=1, schedule=falling)
    examples = re.findall(r"^```json\n(.*?)^```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    every = [*examples, *(text for _, text in documents())]
    every += [network.to_json() for network in (own, Network(2, 1), Network(2, 3, 2, output_activation="softmax"))]
    every += [trained_with(optimizer, training).to_json() for optimizer in OPTIMIZERS for training in TRAININGS]
    later = 0
    for text in every:
        later += '"minor_version": 7' in text
        assert valid(json.loads(text)) is ('"minor_version": 7' not in text)
    assert examples
    assert later == 1


def trained_with(optimizer, training):
    network = a_network(training, optimizer)
    network.train(*SAMPLES, epochs=2, **settings_of(training, optimizer))
    return network


WRONG = [
    (("version",), 4),
    (("minor_version",), -1),
    (("format",), "neuronets"),
    (("loss",), None),
    (("layers",), []),
    (("layers", 1, "neurons"), []),
    (("layers", 1, "neurons", 0), 1),
    (("layers", 1, "bias"), 0),
    (("layers", 1, "dropout", "rate"), 1),
    (("layers", 1, "dropout", "generator", "words"), "AAAA"),
    (("layers", 1, "later"), 1),
    (("synapses", "weights", 0), "0.5"),
    (("synapses", "weights", 0), None),
    (("synapses", "sources", 0), -1),
    (("synapses", "optimizer_state"), {}),
    (("synapses", "optimizer_state", "mean", 0), "0"),
    (("penalty", "l1"), -1),
    (("optimizer", "beta1"), 1),
    (("optimizer", "name"), "momentum"),
    (("optimizer", "later"), 1),
    (("training", "epochs"), -1),
    (("training", "epochs"), True),
    (("training", "learning_rate"), 0),
    (("training", "schedule", "every"), 0),
    (("training", "schedule", "name"), "cosine"),
    (("training", "best", "epoch"), 0),
    (("training", "generator"), None),
    (("training", "order", "position"), 625),
    (("model",), []),
]


def test_what_the_schema_refuses_the_reader_refuses_too(valid):
    text = trained(optimizer=Adam(clip_norm=1, clip_value=2), schedule=StepSchedule(2)).to_json()
    for path, value in WRONG:
        document = json.loads(text)
        owner = document
        for key in path[:-1]:
            owner = owner[key]
        owner[path[-1]] = value
        assert not valid(document), path
        with pytest.raises(FormatError):
            Network.from_json(json.dumps(document))


WRONG_IN_A_MODEL = [
    (("columns",), []),
    (("columns", 0, "kind"), "text"),
    (("columns", 0, "scale"), 0),
    (("columns", 0, "scaling"), "log"),
    (("columns", 0, "later"), 1),
    (("target", "kind"), "value"),
    (("target", "labels"), ["only"]),
    (("target", "labels", 0), None),
    (("target", "majority"), None),
    (("source",), []),
    (("later",), 1),
]


def test_what_the_schema_refuses_of_a_model_the_reader_refuses_too(valid):
    text = a_model().to_json()
    assert valid(json.loads(text))
    for path, value in WRONG_IN_A_MODEL:
        document = json.loads(text)
        owner = document["model"]
        for key in path[:-1]:
            owner = owner[key]
        owner[path[-1]] = value
        assert not valid(document), path
        with pytest.raises(FormatError):
            Model.from_json(json.dumps(document))


@pytest.mark.parametrize(("cases", "enough"), [(450, 20), pytest.param(2_000, 100, marks=pytest.mark.slow)])
def test_what_the_reader_takes_is_what_the_schema_says(valid, cases, enough):
    taken = 0
    for damage, read, text in damaged(cases):
        if damage is with_a_key:  # a key that stands twice is lost on the way
            continue
        try:
            network_of(read(text))
        except FormatError:
            continue
        document = json.loads(text)
        if not document.get("minor_version"):
            taken += 1
            assert valid(document), text
    assert taken > enough
