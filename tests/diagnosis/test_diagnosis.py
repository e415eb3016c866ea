"""What a diagnosis is, what is refused, and that looking changes nothing."""

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest
from diagnosed import XOR, course_of, found, with_biases
from helpers import bits
from hypothesis import given, settings
from hypothesis import strategies as st

from neuronet import Activation, Network, Neuron, check_gradients, datasets, explain
from neuronet.diagnosis import FAULTS, Diagnosis, Finding
from neuronet.errors import DataError, GraphError


def test_every_fault_stands_in_the_reference_and_is_found_by_a_test_here():
    here = Path(__file__).parent
    reference = (here.parents[1] / "docs" / "reference" / "diagnosis.md").read_text(encoding="utf-8")
    tests = "".join(file.read_text(encoding="utf-8") for file in here.glob("test_*.py"))
    for name in FAULTS:
        assert f"| `{name}` |" in reference
        assert f'"{name}"' in tests


def a_diagnosis(network=None, **settings):
    return (network or Network(2, 4, 1, weights="zeros")).diagnose(*XOR, **settings)


def test_a_diagnosis_is_a_sequence_that_is_true_where_nothing_was_found():
    ill, well = a_diagnosis(), a_diagnosis(Network(2, 4, 1, seed=1))
    assert isinstance(ill, Diagnosis)
    assert isinstance(ill[0], Finding)
    assert (bool(ill), ill.ok, len(ill), ill.faults) == (False, False, 1, ["symmetric"])
    assert (bool(well), well.ok, len(well), list(well)) == (True, True, 0, [])
    assert repr(ill) == "Diagnosis(symmetric)"
    assert repr(well) == "Diagnosis(nothing found)"


def test_every_finding_is_explained_and_fits_into_80_columns():
    networks = [Network(2, 4, 1, weights="zeros"), with_biases(-1e9, 1, 2, activation="relu"), Network(2, 1, seed=1)]
    networks += [Network(2, *[60] * 3, 1, weights="zeros")]
    for network in networks:
        diagnosis = network.diagnose([[1e9, 1 / 3], [1, 2], [1e9, 1 / 3], [2, 1]], [[-1e9], [1e9], [1e9], [0]])
        assert not diagnosis.ok
        for finding in diagnosis:
            assert finding.fault in FAULTS
            assert finding.shows.endswith(".")
            assert finding.advice.endswith(".")
        assert max(len(line) for line in str(diagnosis).splitlines()) <= 80


def test_causes_stand_before_what_follows_from_them():
    names = list(FAULTS)
    order = [names.index(finding.fault) for finding in with_biases(-10, 1, 2, activation="relu").diagnose(*XOR)]
    assert order == sorted(order)
    assert len(order) > 2


def test_to_dict_is_ready_for_json_and_says_everything():
    document = json.loads(json.dumps(a_diagnosis().to_dict(), allow_nan=False))
    assert set(document) == {"subject", "ok", "learned", "loss", "missed", "samples", "findings"}
    assert set(document["findings"][0]) == {"fault", "where", "shows", "advice", "numbers"}
    assert document["findings"][0]["fault"] == "symmetric"


@pytest.mark.parametrize("seed", range(5))
def test_looking_changes_nothing(seed):
    network = Network(2, 3, 2, 1, activation="tanh", output_activation="sigmoid", seed=seed)
    network.forward([0, 1])
    network.backward([1])
    before = bits(network)
    network.diagnose(*XOR, learning_rate=500, history=course_of([1.0, 2.0], 8))
    network.diagnose(*XOR)
    assert bits(network) == before


def test_looking_changes_nothing_even_where_the_walk_breaks_off():
    broken = Activation("broken", lambda net: net, lambda net, output: 1 / 0)
    network = Network(2, 4, 1, activation=broken, seed=1)
    before = bits(network)
    assert "not finite" in found(network)
    assert bits(network) == before


@settings(max_examples=2 * settings().max_examples)
@given(st.integers(0, 10_000), st.data())
def test_any_network_on_any_samples_can_be_diagnosed(seed, data):
    rng = Random(seed)
    shape = data.draw(st.lists(st.integers(1, 4), min_size=2, max_size=4))
    names = st.sampled_from(["sigmoid", "tanh", "relu", "elu", "softplus", "softsign", "hard_sigmoid", "linear"])
    network = Network(*shape, activation=data.draw(names), output_activation=data.draw(names), seed=seed)
    scale = 10.0 ** data.draw(st.integers(-3, 3))
    inputs = [[rng.uniform(-scale, scale) for _ in network[0]] for _ in range(5)]
    targets = [[rng.choice([0.0, 1.0, rng.uniform(-2, 2)]) for _ in network[-1]] for _ in range(5)]
    before = bits(network)
    diagnosis = network.diagnose(inputs, targets, learning_rate=data.draw(st.sampled_from([0.1, 10.0])))
    assert bits(network) == before
    assert set(diagnosis.faults) <= set(FAULTS)
    json.dumps(diagnosis.to_dict(), allow_nan=False)
    assert max(len(line) for line in str(diagnosis).splitlines()) <= 80


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"inputs": [[0, 1]]}, "targets: expected one row for each row of inputs, that is 1, got 4"),
        ({"inputs": [[0]] * 4}, r"inputs\[0\]: expected 2 numbers, got 1"),
        ({"learning_rate": 0}, "learning_rate: expected a number above 0, got 0"),
        ({"learning_rate": "fast"}, "learning_rate: expected a number, got 'fast'"),
        ({"history": [0.1, 0.2]}, r"history: expected the History that train returned, got \[0.1, 0.2\]"),
    ],
)
def test_what_cannot_be_right_is_refused_and_changes_nothing(arguments, message):
    network = Network(2, 4, 1, seed=1)
    before = bits(network)
    with pytest.raises(DataError, match=message):
        network.diagnose(**{"inputs": XOR.inputs, "targets": XOR.targets, **arguments})
    assert bits(network) == before


@pytest.mark.parametrize("kind", [Fraction, Decimal, complex])
def test_another_kind_of_number_is_refused_with_the_way_out(kind):
    network = Network(2, 1, activation="linear", seed=1, kind=kind)
    with pytest.raises(DataError, match=rf"got one of {kind.__name__}; network.convert\(float\)"):
        network.diagnose(*XOR)


def test_a_broken_graph_is_refused():
    network = Network(2, 4, 1, seed=1)
    network.synapses[0].weight = float("nan")
    with pytest.raises(GraphError):
        network.diagnose(*XOR)


class Lingering(Neuron):
    """Remembers something of its own on every forward walk, and notes it in a list."""

    __slots__ = ("mean", "seen")

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.mean = 0.5
        self.seen = [0.0]

    def weighted_sum(self):
        net = super().weighted_sum()
        self.mean = self.mean * 0.75 + net * 0.25
        self.seen.append(net)
        return net - self.mean


def test_what_a_class_of_ones_own_remembers_is_as_before():
    network = type("LingeringNetwork", (Network,), {"neuron_class": Lingering})(2, 2, 1, seed=1)
    xor = datasets.xor()
    network.diagnose(*xor, learning_rate=0.5)
    check_gradients(network, *xor)
    explain(network, [0, 1], [1], 0.5)
    assert [(neuron.mean, neuron.seen) for neuron in network.neurons] == [(0.5, [0.0])] * len(network.neurons)
