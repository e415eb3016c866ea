"""Every value of a document is looked at before it is believed, and an error names its place."""

import json
import math
import re

import pytest
from documents import FINITE, PLACES, a_document, at, named, refusal, replaced
from hypothesis import given
from hypothesis import strategies as st

from neuronet import Network
from neuronet.errors import FormatError
from neuronet.losses import LOSSES

WRONG = [None, True, False, -1, 0.5, 10**30, "", "x", [], {}, [[]], [None], {"a": 1}, ["x"], 1e300, math.nan, math.inf]


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def is_text(value):
    return isinstance(value, str)


RIGHT = {
    r"minor_version": lambda value: type(value) is int and value >= 0,
    r"layers\[.\]\.(name|neurons\[.\])": is_text,
    r"layers\[0\]\.bias": lambda value: value is None,
    r"layers\[[12]\]\.bias": is_text,
    r"layers\[1\]\.dropout\.rate": lambda value: is_number(value) and 0 < value < 1,
    r"synapses\.(weights|initial_weights|optimizer_state\.mean)\[.+\]": is_number,
    r"synapses\.optimizer_state\.mean_square\[.+\]": lambda value: is_number(value) and value >= 0,
    r"synapses\.optimizer_state\..*_start\[.+\]": lambda value: is_number(value) and 0 <= value <= 1,
    r"synapses\.frozen": lambda value: value == [],
    r"penalty\.l.": lambda value: is_number(value) and value >= 0,
    r"optimizer\.beta.": lambda value: is_number(value) and 0 <= value < 1,
    r"optimizer\.(epsilon|clip_norm)|training\.learning_rate": lambda value: is_number(value) and value > 0,
    r"training\.(epochs|batch_size|schedule\.every)": lambda value: type(value) is int and value > 3,
    r"training\.early_stopping": lambda value: type(value) is int and value > 0,
    r"training\.plateau": lambda value: value is None or (type(value) is int and value > 0),
    r"training\.shuffle": lambda value: isinstance(value, bool),
    r"training\.(schedule|order|last_weights)": lambda value: value is None,
    r"training\.schedule\.factor": lambda value: is_number(value) and 0 < value <= 1,
    r"training\.min_delta": lambda value: is_number(value) and value >= 0,
    r"training\.(best|improved|lowest)\.loss": is_number,
    r"training\.(best\.weights|last_weights)\[.+\]": is_number,
    r".*\.gauss": lambda value: value is None or is_number(value),
}
"""What may stand at a place in a document: a name or a weight may be another."""


def may_stand_there(path, value):
    """Whether a document stays right with this value at this place."""
    fitting = [right for pattern, right in RIGHT.items() if re.fullmatch(pattern, named(path))]
    return any(right(value) for right in fitting)


def contradicts_another_place(path, value):
    """Whether the value is right in itself and wrong only beside the others: then their place may be named."""
    if path[-1:] in {("layers",), ("neurons",)}:
        return value in ([], ["x"])
    if path == ("synapses", "sources"):
        return isinstance(value, list)
    if path in {("training", "early_stopping"), ("training", "best")}:
        return value is None
    return path[-1:] == ("bias",) and (value is None or isinstance(value, str))


@pytest.mark.parametrize(
    ("value", "step"),
    [
        *((value, 1) for value in WRONG[:1]),
        *((value, 4) for value in WRONG[1:]),
        *(pytest.param(value, 1, marks=pytest.mark.slow) for value in WRONG[1:]),
    ],
    ids=repr,
)
def test_a_value_of_the_wrong_type_is_refused_by_its_place_wherever_it_stands(value, step):
    """At every place, or at every fourth, where each value begins at another one."""
    document = a_document()
    refused = 0
    first = next(number for number, wrong in enumerate(WRONG) if wrong is value) % step
    for path in PLACES[first::step]:
        wrong = replaced(document, path, value)
        if may_stand_there(path, value):
            Network.from_json(json.dumps(wrong)).check()
            continue
        message = refusal(wrong)
        refused += 1
        if not contradicts_another_place(path, value):
            assert message.startswith(named(path)), (path, message)
    assert refused > 30 / step


def test_the_walk_over_the_document_meets_every_kind_of_place():
    met = {named(path) for path in PLACES}
    assert {"document", "format", "version", "loss", "layers", "layers[0]", "layers[1].activation"} <= met
    assert {"layers[2].neurons[1]", "layers[1].bias", "synapses", "synapses.frozen[0]"} <= met
    assert {f"synapses.{key}[17]" for key in ("sources", "destinations", "weights", "initial_weights")} <= met


KEYED = [path for path in PLACES if path and isinstance(path[-1], str)]
OPTIONAL_PLACES = (
    r"minor_version|penalty|optimizer|training|layers\[1\]\.dropout(\.generator)?|synapses\.optimizer_state"
    r"|optimizer\.(beta.|epsilon|clip_norm)|training\.schedule\.factor"
)


def is_optional(path):
    return re.fullmatch(OPTIONAL_PLACES, named(path)) is not None


@pytest.mark.parametrize("path", [path for path in KEYED if not is_optional(path)], ids=named)
def test_a_missing_key_is_refused_by_its_place(path):
    document = a_document()
    del at(document, path[:-1])[path[-1]]
    assert refusal(document) == f"{named(path[:-1])}: expected the key {path[-1]!r}, which is missing"


@pytest.mark.parametrize("path", [path for path in KEYED if is_optional(path)], ids=named)
def test_an_optional_key_may_be_missing_and_the_rest_is_as_it_was(path):
    document = a_document()
    del at(document, path[:-1])[path[-1]]
    if path == ("optimizer",):
        del document["synapses"]["optimizer_state"]
    again = json.loads(Network.from_json(json.dumps(document)).to_json())
    if path[-1] in {"minor_version", "generator", "beta1", "beta2", "epsilon", "factor"}:
        assert at(again, path[:-1]).pop(path[-1]) is not None
    assert again == document


def test_the_optional_places_are_all_there():
    assert sum(map(is_optional, KEYED)) == 12


def test_memories_without_their_optimizer_are_refused():
    document = a_document()
    del document["optimizer"]
    assert refusal(document) == "synapses.optimizer_state: expected none, for 'sgd' keeps nothing"


@pytest.mark.parametrize("path", [path for path in PLACES if isinstance(at(a_document(), path), dict)], ids=named)
def test_an_unknown_key_is_refused_by_its_place(path):
    document = a_document()
    at(document, path)["Weights"] = 1
    assert refusal(document).startswith(f"{named(path)}: unknown key 'Weights'; known: ")


@pytest.mark.parametrize("path", KEYED, ids=named)
def test_a_key_that_stands_twice_is_refused_by_its_place(path):
    document = a_document()
    mark = replaced(document, path, "MARK")
    both = f'{json.dumps(at(document, path))}, "{path[-1]}": {json.dumps(at(document, path))}'
    text = json.dumps(mark).replace('"MARK"', both)
    assert refusal(text) == f"{named(path[:-1])}: expected each key once, got {path[-1]!r} twice"


def test_an_unknown_activation_is_refused_in_exactly_these_words():
    document = a_document()
    document["layers"][1]["activation"] = "sigmod"
    assert refusal(document) == (
        "layers[1].activation: unknown 'sigmod'; known: sigmoid, tanh, relu, leaky_relu, elu, softplus, softsign, "
        "hard_sigmoid, linear, softmax"
    )


def test_an_unknown_activation_of_one_neuron_is_refused_by_its_place():
    document = a_document()
    document["layers"][1]["activation"] = ["tanh", "tanh", "always_one"]
    assert refusal(document).startswith("layers[1].activation[2]: unknown 'always_one'; known: sigmoid")


def test_an_unknown_loss_is_refused_in_exactly_these_words():
    document = a_document()
    document["loss"] = "quadratic"
    assert refusal(document) == f"loss: unknown 'quadratic'; known: {', '.join(LOSSES)}"


@pytest.mark.parametrize("name", ["Neuronet", "", None, 1, ["neuronet"]])
def test_another_format_is_refused(name):
    document = a_document()
    document["format"] = name
    assert refusal(document).startswith("format: expected 'neuronet', got ")


@pytest.mark.parametrize("literal", ["1e999", "NaN", "-Infinity", "9" * 400, "-" + "9" * 5000, "0.0", "1e0", "-1"])
@pytest.mark.parametrize(
    "path", [("synapses", "sources", 2), ("synapses", "destinations", 2), ("synapses", "frozen", 0)], ids=named
)
def test_an_index_that_is_no_index_is_refused_by_its_place(path, literal):
    text = json.dumps(replaced(a_document(), path, "MARK")).replace('"MARK"', literal)
    assert refusal(text).startswith(f"{named(path)}: expected a whole number from 0 to ")


def test_an_index_beyond_the_last_neuron_is_refused():
    for key, beyond in (("sources", 9), ("destinations", 9), ("frozen", 18)):
        path = ("synapses", key, 0)
        message = refusal(replaced(a_document(), path, beyond))
        assert message == f"{named(path)}: expected a whole number from 0 to {beyond - 1}, got {beyond}"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | FINITE | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    ),
    st.sampled_from(PLACES),
)
def test_any_json_anywhere_is_refused_or_a_network_that_holds_together(value, path):
    text = json.dumps(replaced(a_document(), path, value))
    try:
        network = Network.from_json(text)
    except FormatError:
        return
    network.check()
    assert Network.from_json(network.to_json()).to_json() == network.to_json()
