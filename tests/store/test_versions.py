"""Documents of every version are read, and keys of a later minor version are kept."""

import json
from pathlib import Path

import pytest
from documents import COPIES, PLACES, a_document, at, named, places, refusal, replaced, shape

from neuronet import Network, datasets
from neuronet.data.table import Table
from neuronet.tabular.model import Model
from neuronet.training.schedules import CosineSchedule

# Hostile documents: one error of our own that names the place, never another.


@pytest.mark.parametrize("version", [0, 4, 1.0, 2.0, 3.0, "1", True, None, [1], -1, 10**30, 1e999])
def test_another_version_is_refused(version):
    document = a_document()
    document["version"] = version
    assert refusal(document).startswith("version: expected a whole number from 1 to 3, got ")


# Versions.


GOLDEN = Path(__file__).parents[1].joinpath("golden")
OLD = GOLDEN / "version-1.json"

XOR = datasets.xor()


def test_a_document_of_version_1_is_the_same_network():
    """The library wrote it when version 1 was its only one, and these outputs are what it computed then."""
    network, document = Network.load(OLD), json.loads(OLD.read_text(encoding="utf-8"))
    columns = document["synapses"]
    assert [weight.hex() for weight in network.weights] == [float(weight).hex() for weight in columns["weights"]]
    assert [synapse.initial for synapse in network.synapses] == columns["initial_weights"]
    assert [place for place, synapse in enumerate(network.synapses) if synapse.frozen] == columns["frozen"] == [3]
    assert [output.hex() for output in network.predict([0.3, -0.7])] == [
        "0x1.6f62a3d880947p-2",
        "-0x1.d4b22ec5273b4p-6",
    ]
    assert network.loss([[0.3, -0.7]], [[1, 0]]).hex() == "0x1.a5e03d3ee7240p-3"
    assert (network.penalty, network.training_state, network.optimizer.name) == (None, None, "sgd")


@pytest.mark.parametrize(
    ("version", "outputs", "losses", "weight"),
    [
        (
            2,
            ["0.4980616979212021", "0.6001142082254198", "0.41211099322353456", "0.4814539865519268"],
            ["0.12781131887631506", "0.14396826707121732", "0.12522013285474634"],
            "0.00763845798905841",
        ),
        (
            3,
            ["0.4963825821711458", "0.5759615891422392", "0.6777440003235624", "0.7067146467589319"],
            ["0.14436190925536335", "0.14561525048089724", "0.14552903753742835"],
            "-0.05702898765245556",
        ),
    ],
)
def test_a_training_that_an_earlier_library_saved_goes_on_as_it_went_on_then(version, outputs, losses, weight):
    """The library of each version wrote these files, and the numbers are what it computed with them.

    But for the weight, which is one of the best: then a validation loss had to fall by min_delta to be the best.
    """
    network = Network.load(GOLDEN / f"version-{version}.json")
    assert [repr(output) for [output] in network.predict_all(XOR.inputs)] == outputs
    twin = network.copy()
    history = twin.train(*XOR, epochs=3, resume=True, validation=XOR)
    assert [repr(loss) for loss in history.losses] == losses
    assert repr(twin.weights[0]) == weight


@pytest.mark.parametrize("version", [1, 2, 3])
def test_a_document_of_every_version_is_written_again_as_one_of_version_3(version):
    old = json.loads((GOLDEN / f"version-{version}.json").read_text(encoding="utf-8"))
    network = Network.load(GOLDEN / f"version-{version}.json")
    new = json.loads(network.to_json())
    assert (new["version"], new["minor_version"], old.pop("version")) == (3, 0, version)
    old.pop("minor_version", None)
    assert {key: value for key, value in new.items() if key not in {"version", "minor_version"}} == with_names_of_3(old)
    assert shape(Network.from_json(network.to_json())) == shape(network)


def with_names_of_3(old):
    """A document with the names that version 3 has for keys of version 2, and with one more mark of early stopping."""
    if isinstance(old, dict) and old.get("best") and "improved" not in old:
        old = {**old, "improved": {key: old["best"][key] for key in ("loss", "epoch")}}
    names = {"memory": "optimizer_state", "least_gain": "min_delta", "share": "rate"}
    if isinstance(old, list):
        return [with_names_of_3(each) for each in old]
    return {names.get(key, key): with_names_of_3(each) for key, each in old.items()} if isinstance(old, dict) else old


def test_version_2_had_other_names_for_some_keys_and_version_3_does_not_know_them():
    old = json.loads((GOLDEN / "version-2.json").read_text(encoding="utf-8"))
    assert refusal({**old, "version": 3}) == "layers[1].dropout: expected the key 'rate', which is missing"
    text = json.dumps({**with_names_of_3(old), "version": 3})
    assert Network.from_json(text).to_json() == Network.load(GOLDEN / "version-2.json").to_json()


def test_a_model_of_version_2_answers_as_ever():
    table = Table.from_rows("rows", [{"size": size, "kind": "ab"[size > 2]} for size in range(5)])
    model = Model.build(table, "kind", hidden=2, seed=1, dropout=0.5)
    model.train(table, epochs=2)
    text = model.to_json()
    old = text.replace('"version": 3', '"version": 2').replace("optimizer_state", "memory")
    old = old.replace("min_delta", "least_gain").replace('"dropout": {"rate"', '"dropout": {"share"')
    assert Model.from_json(old).to_json() == text


@pytest.mark.parametrize("key", ["minor_version", "penalty", "optimizer", "training", "model"])
def test_version_1_has_no_key_of_version_2(key):
    document = json.loads(OLD.read_text(encoding="utf-8"))
    document[key] = a_document().get(key, {})
    if key == "model":
        assert refusal(document).startswith("model: ")
    else:
        assert refusal(document) == f"document: unknown key {key!r}; known: format, version, loss, layers, synapses"


@pytest.mark.parametrize("path", [("layers", 1, "dropout"), ("synapses", "optimizer_state")], ids=named)
def test_a_part_of_version_1_has_no_key_of_version_2(path):
    document = json.loads(OLD.read_text(encoding="utf-8"))
    at(document, path[:-1])[path[-1]] = at(a_document(), path)
    assert refusal(document).startswith(f"{named(path[:-1])}: unknown key {path[-1]!r}; known: ")


def of_a_later_version():
    """A document of a later minor version, with an unknown key in each object that may have one."""
    document = a_document()
    document["minor_version"] = 7
    owners = [path for path in PLACES if isinstance(at(document, path), dict)]
    for position, path in enumerate(owners):
        at(document, path)["later"] = [{"number": position, "text": "\ud800", "none": None}, 0.1, True]
    return document, owners


def test_unknown_keys_of_a_later_minor_version_are_kept_wherever_they_stand(tmp_path):
    document, owners = of_a_later_version()
    assert {named(path) for path in owners} > {"document", "layers[2]", "synapses.optimizer_state", "training.schedule"}
    network = Network.from_json(json.dumps(document))
    ways = {**COPIES, "json": lambda network: Network.from_json(network.to_json())}
    for way in ways.values():
        assert json.loads(way(way(network)).to_json()) == document
    network.save(tmp_path / "network.json")
    assert json.loads((tmp_path / "network.json").read_text(encoding="utf-8")) == document


def test_unknown_keys_are_refused_in_our_own_minor_version():
    document, owners = of_a_later_version()
    document["minor_version"] = 0
    assert refusal(document).startswith("document: unknown key 'later'; known: format, ")
    assert len(owners) >= 15


def test_a_later_minor_version_is_checked_as_strictly_in_all_that_is_known():
    for path, value in [
        (("training", "epochs"), -1),
        (("layers", 1, "neurons", 0), None),
        (("synapses", "weights", 0), "1"),
        (("optimizer", "beta1"), 1),
        (("training", "generator", "position"), 625),
    ]:
        assert refusal(replaced(of_a_later_version()[0], path, value)).startswith(f"{named(path)}: expected ")
    for path in [("synapses", "optimizer_state", "mean"), ("training", "lowest"), ("loss",)]:
        document = of_a_later_version()[0]
        del at(document, path[:-1])[path[-1]]
        assert refusal(document) == f"{named(path[:-1])}: expected the key {path[-1]!r}, which is missing"


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("NaN", "expected finite numbers, got nan"),
        ("[[1e999]]", "expected finite numbers, got inf"),
        ('{"a": {"b": 1, "b": 2}}', "expected each key once, got 'b' twice"),
        ("[" * 51 + "]" * 51, "expected a value nested at most 50 deep"),
        ('{"a":' * 600 + "1" + "}" * 600, "expected a value nested at most 50 deep"),
    ],
)
def test_an_unknown_value_that_could_not_be_written_again_is_refused(value, reason):
    document, _ = of_a_later_version()
    document["layers"][1]["later"] = "MARK"
    assert refusal(json.dumps(document).replace('"MARK"', value)).startswith(f"layers[1]: 'later': {reason}")


def test_an_unknown_value_nested_as_deeply_as_may_be_is_copied_and_written():
    document, _ = of_a_later_version()
    for _ in range(47):
        document["later"] = [document["later"]]
    assert Network.from_json(json.dumps(document)).copy().to_json() == json.dumps(document) + "\n"


def later_keys(network):
    document = json.loads(network.to_json())
    assert document["minor_version"] == 7
    return {named(path[:-1]) for path in places(document) if path[-1:] == ("later",)}


def test_an_unknown_key_goes_with_the_thing_that_it_belonged_to():
    document, owners = of_a_later_version()
    every = {named(path) for path in owners}
    of_the_course = {place for place in every if place.startswith("training")}
    samples = [[0, 1], [1, 0]], [[0, 1], [1, 0]]

    network = Network.from_json(json.dumps(document))
    network.reset()
    assert later_keys(network) == every - of_the_course - {"synapses.optimizer_state"}

    network = Network.from_json(json.dumps(document))
    network.train(*samples, epochs=1, resume=True, validation=samples, schedule=CosineSchedule(9))
    assert later_keys(network) == every - {"training.schedule"}

    network = Network.from_json(json.dumps(document))
    network.train(*samples, epochs=1, optimizer="momentum")
    assert later_keys(network) == every - of_the_course - {"optimizer"}

    network = Network.from_json(json.dumps(document))
    network.penalty = None
    assert later_keys(network) == every - {"penalty"}
