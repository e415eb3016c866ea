"""The strategies draw what they promise, a drawn network can be pasted, and the machine finds what was planted."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from helpers import bits, through_pickle
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument, UnsatisfiedAssumption
from hypothesis.stateful import run_state_machine_as_test

import neuronet.testing
from neuronet import Activation, Loss, Network, Neuron, _hypothesis_plugin
from neuronet.activations import ACTIVATIONS
from neuronet.errors import DataError, GraphError, NeuronetError, UnknownNameError
from neuronet.gradcheck import CheckError
from neuronet.losses import LOSSES
from neuronet.store import describe
from neuronet.testing import (
    DrawnNetwork,
    NetworkMachine,
    activations,
    assert_gradients,
    datasets,
    eighths,
    losses,
    network,
    networks,
    samples,
)
from neuronet.testing.kinks import CLEAR, KINKS, LOSS_KINKS

ROOT = Path(__file__).resolve().parents[2]


def simplest(strategy):
    """What Hypothesis shrinks a failing case to that fails everywhere."""
    return find(strategy, lambda _: True, settings=settings(database=None))


class Doubled(Neuron):
    """A neuron whose deltas are twice what they should be."""

    __slots__ = ()

    def own_delta(self):
        return 2 * super().own_delta()


class DoubledNetwork(Network):
    neuron_class = Doubled


square = Activation("square", lambda net: net * net, lambda net, output: 2 * net)
fourth = Loss("fourth", lambda t, o: (o - t) ** 4, lambda t, o: 4 * (o - t) ** 3)


def run(words):
    """What the words make that a `repr` shows, pasted into this file."""
    return eval(words)  # noqa: S307 - words of our own making


# A network that can be pasted.


def test_a_network_in_words_is_the_network_that_is_built_by_hand():
    made = network(
        2,
        2,
        1,
        activations=["tanh", "sigmoid"],
        weights=[[0.5, 1.0, -0.25], [0.0, None, 1.5], [-1.0, 2.0, 0.125]],
        skips=[("i1", "o1", 0.75)],
        frozen=[("i1", "h1")],
        loss="huber",
    )
    by_hand = Network(2, 2, 1, activation="tanh", output_activation="sigmoid", loss="huber", weights="zeros")
    by_hand.disconnect(by_hand.neuron("h2").incoming[1])
    by_hand.connect("i1", "o1")
    # The bias first, then in walking order: i1 of the inputs stands before the hidden neurons.
    by_hand.weights = [0.5, 1.0, -0.25, 0.0, 1.5, -1.0, 0.75, 2.0, 0.125]
    by_hand.neuron("h1").incoming[1].frozen = True
    for synapse in by_hand.synapses:
        synapse.initial = synapse.weight
    assert describe(made) == describe(by_hand)


def test_the_words_show_only_what_is_not_usual():
    assert repr(network(1, 1, activations=["relu"], weights=[[0.5, -1.0]])) == (
        "network(1, 1, activations=['relu'], weights=[[0.5, -1.0]])"
    )
    words = (
        "network(1, 2, 1, activations=[['relu', 'tanh'], 'linear'], loss='huber', bias=False, "
        "weights=[[0.5], [None], [1.0, 0.25]], skips=[('i1', 'o1', 2.0)], frozen=[('h2', 'o1')])"
    )
    assert repr(run(words)) == words


@given(networks(max_layers=4, kinks=True, weights=st.floats(-1e9, 1e9)))
def test_the_repr_of_a_drawn_network_makes_the_very_same_network(drawn):
    again = run(repr(drawn))
    assert describe(again) == describe(drawn)
    assert repr(again) == repr(drawn)


OWN = {"hidden_activations": st.just(square), "output_activation": square, "loss": fourth}


@given(networks(network_class=DoubledNetwork, **OWN))
def test_classes_and_functions_of_the_users_own_stand_in_the_repr_by_their_names(drawn):
    assert isinstance(drawn, DoubledNetwork)
    assert isinstance(drawn[1][0], Doubled)
    again = run(repr(drawn))
    assert type(again) is type(drawn)
    assert describe(again) == describe(drawn)
    assert again[-1][0].activation is square
    assert again.loss_function is fourth


@given(networks())
def test_a_drawn_network_is_copied_with_its_repr_and_pickled_as_a_plain_one(drawn):
    assert repr(drawn.copy()) == repr(drawn)
    back = through_pickle(drawn)
    assert type(back) is Network
    assert describe(back) == describe(drawn)


@pytest.mark.slow
@pytest.mark.skipif(sys.version_info < (3, 11), reason="before Python 3.11 Hypothesis prints the case")
def test_the_failing_case_that_hypothesis_shows_can_be_run():
    @settings(database=None, print_blob=False)
    @given(networks(min_layers=2))
    def check(network):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError) as caught:
        check()
    [words] = re.findall(r"network=(network\(.*\)),", "".join(caught.value.__notes__))
    assert repr(run(words)) == "network(1, 1, 1, activations=['linear', 'linear'], bias=False, weights=[[0.0], [0.0]])"


@pytest.mark.parametrize(
    ("words", "kind", "message"),
    [
        ({"activations": []}, DataError, "activations: expected 1, got 0"),
        ({"activations": [["tanh", "tanh"]]}, DataError, "activations[0]: expected 1, got 2"),
        ({"activations": ["tan"]}, UnknownNameError, "output_activation: unknown 'tan'; known"),
        ({"weights": []}, DataError, "weights: expected 1, got 0"),
        ({"weights": [[0.0]]}, DataError, "weights[0]: expected 2, got 1"),
        ({"weights": [[0.0, "1"]]}, DataError, "weights[0][1]: expected a number, got '1'"),
        ({"skips": [("i1", "o2", 1.0)]}, UnknownNameError, "neuron: unknown 'o2'; known"),
        ({"skips": [("i1", "o1", 1.0)]}, GraphError, "i1 -> o1: expected two neurons that are not joined yet"),
        ({"frozen": [("o1", "i1")]}, DataError, "o1 -> i1: expected a synapse, found none"),
        ({"loss": "categorical_cross_entropy"}, DataError, "loss: categorical_cross_entropy needs outputs"),
    ],
)
def test_words_that_do_not_fit_together_are_refused(words, kind, message):
    with pytest.raises(kind) as caught:
        network(1, 1, **{"activations": ["tanh"], "weights": [[0.0, 0.0]], **words})
    assert str(caught.value).startswith(message)


# What is drawn.


@pytest.mark.slow
def test_the_simplest_of_everything_is_drawn_where_everything_fails():
    assert repr(simplest(networks())) == "network(1, 1, activations=['linear'], bias=False, weights=[[0.0]])"
    assert simplest(datasets(Network(2, 1))) == ([[0.0, 0.0]], [[0.0]])
    assert simplest(eighths()) == 0
    assert simplest(eighths(min_value=0.5)) == 0.5
    assert simplest(activations()).name == "linear"
    assert simplest(losses()).name == "half_squared_error"


@given(networks(max_inputs=2, min_outputs=2, max_neurons=2, min_layers=2, max_layers=3))
def test_a_drawn_network_is_as_large_as_it_was_asked_to_be(drawn):
    assert isinstance(drawn, DrawnNetwork)
    assert drawn.check() is None
    assert len(drawn[0]) <= 2 <= len(drawn[-1]) <= 3
    assert 3 <= len(drawn) <= 4
    assert all(len(layer) <= 2 for layer in drawn.layers[1:-1])
    assert drawn.synapses
    assert all(synapse.weight * 8 == int(synapse.weight * 8) for synapse in drawn.synapses)
    assert [synapse.initial for synapse in drawn.synapses] == drawn.weights


@given(networks(bias=True, skips=False, kinks=True))
def test_without_skips_every_neuron_is_joined_to_the_whole_layer_before_it(drawn):
    for before, layer in zip(drawn.layers, drawn.layers[1:]):
        assert all([synapse.source for synapse in n.incoming] == [layer.bias, *before] for n in layer)
    assert all(abs(weight) <= 2 for weight in drawn.weights)


RARE = pytest.mark.slow
"""What takes hundreds of networks until it is drawn."""


@pytest.mark.parametrize(
    "wanted",
    [
        lambda n: n.layers[1].bias is None,
        lambda n: len(n) == 4 and len(n[1]) == 3,
        pytest.param(lambda n: {neuron.activation.name for neuron in n.layers[1]} >= {"relu", "tanh"}, marks=RARE),
        lambda n: any(s.destination in n.layers[2].neurons and s.source in n.layers[0].neurons for s in n.synapses),
        lambda n: n.loss_function.name == "categorical_cross_entropy",
        pytest.param(
            lambda n: n.layers[-1][0].activation.name == "softmax" and n.loss_function.name == "huber", marks=RARE
        ),
        pytest.param(
            lambda n: n.layers[1].bias is not None and len(n[0]) + 1 > len(n.layers[1][0].incoming), marks=RARE
        ),
    ],
    ids=["no bias", "large", "mixed", "skipping", "cross-entropy", "softmax", "cut"],
)
def test_every_kind_of_network_is_drawn(wanted):
    chosen = settings(max_examples=5000, database=None, phases=[Phase.generate])
    assert find(networks(), lambda drawn: len(drawn) > 2 and wanted(drawn), settings=chosen)


@pytest.mark.parametrize("loss", LOSSES)
@given(data=st.data())
def test_a_data_set_fits_its_network_and_loss(loss, data):
    drawn = data.draw(networks(loss=loss))
    inputs, targets = data.draw(datasets(drawn, min_size=2, max_size=4))
    assert 2 <= len(inputs) == len(targets) <= 4
    assert drawn.loss(inputs, targets) >= 0
    alone = data.draw(samples(drawn))
    assert drawn.loss([alone[0]], [alone[1]]) >= 0


@pytest.mark.parametrize("loss", ["mean_absolute_error", "huber"])
@given(data=st.data())
def test_whatever_is_drawn_is_clear_of_kinks(loss, data):
    drawn = data.draw(networks(loss=loss, max_layers=4, hidden_activations=st.sampled_from(sorted(KINKS))))
    inputs, targets = data.draw(datasets(drawn))
    for row, wanted in zip(inputs, targets):
        drawn.forward(row)
        for neuron in drawn.computing:
            assert all(abs(neuron.net - kink) >= CLEAR for kink in KINKS.get(neuron.activation.name, []))
        for neuron, target in zip(drawn[-1], wanted):
            assert all(abs(target - neuron.output - kink) >= CLEAR for kink in LOSS_KINKS[loss])


def test_with_kinks_a_relu_at_exactly_0_is_drawn():
    def at_kink(pair):
        drawn, (inputs, _) = pair
        drawn.forward(inputs)
        return drawn[1][0].net == 0

    relus = networks(kinks=True, min_layers=2, bias=True, hidden_activations=st.just("relu"))
    pairs = relus.flatmap(lambda drawn: st.tuples(st.just(drawn), samples(drawn, kinks=True)))
    assert find(pairs, at_kink, settings=settings(database=None, phases=[Phase.generate]))


@given(st.data())
def test_drawing_a_data_set_leaves_the_network_as_it_was(data):
    drawn = data.draw(networks())
    before = bits(drawn)
    data.draw(datasets(drawn))
    assert bits(drawn) == before


def test_a_network_that_is_clear_nowhere_rejects_the_case():
    nowhere = Network(1, 1, activation="relu", bias=False, weights=[0.0])
    with pytest.raises((UnsatisfiedAssumption, Exception), match="Unable to satisfy"):
        settings(database=None, suppress_health_check=list(HealthCheck))(given(samples(nowhere))(lambda sample: None))()
    assert simplest(samples(nowhere, kinks=True)) == ([0.0], [0.0])


@given(samples(Network(2, 2, output_activation="softmax", loss="categorical_cross_entropy"), elements=st.floats(-5, 5)))
def test_elements_of_any_size_become_targets_that_fit(sample):
    assert abs(sum(sample[1]) - 1) < 1e-12


@given(st.data())
def test_activations_and_losses_are_drawn_that_fit_each_other(data):
    loss = data.draw(losses())
    activation = data.draw(activations(loss=loss))
    loss.refuse_misfit([activation] * 2)
    assert data.draw(losses(output_activation=activation)).refuse_misfit([activation] * 2) is None
    assert data.draw(activations()).name != "softmax"


def test_the_only_partner_is_drawn():
    assert simplest(activations(loss="categorical_cross_entropy")).name == "softmax"
    assert simplest(losses(output_activation="softmax")).name == "half_squared_error"
    assert {LOSSES[name] for name in LOSSES} >= {simplest(losses())}


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: networks(max_inputs=0), "max_inputs: expected a whole number of at least 1, got 0"),
        (lambda: networks(min_inputs=4), "min_inputs: expected at most max_inputs=3, got 4"),
        (lambda: networks(max_neurons=True), "max_neurons: expected a whole number of at least 1, got True"),
        (lambda: networks(min_layers=1.5), "min_layers: expected a whole number of at least 1, got 1.5"),
        (lambda: networks(loss="cubic"), "loss: unknown 'cubic'; known"),
        (lambda: networks(output_activation="tan"), "activation: unknown 'tan'; known"),
        (lambda: networks(output_activation="relu", loss="binary_cross_entropy"), "output_activation='relu', loss="),
        (lambda: networks(loss="categorical_cross_entropy", max_outputs=1), "output_activation=None, loss="),
        (lambda: networks(bias=1), "bias: expected bool or None, got 1"),
        (lambda: networks(skips=None), "skips: expected bool, got None"),
        (lambda: networks(kinks="no"), "kinks: expected bool, got 'no'"),
        (lambda: networks(hidden_activations=1), "hidden_activations: expected SearchStrategy or None, got 1"),
        (lambda: networks(weights=0.5), "weights: expected SearchStrategy or None, got 0.5"),
        (lambda: networks(network_class=Neuron), "network_class: expected Network or a subclass of it"),
        (lambda: samples("2-1"), "network: expected Network, got '2-1'"),
        (lambda: samples(Network(1, 1), elements=1), "elements: expected SearchStrategy or None, got 1"),
        (lambda: datasets(Network(1, 1), min_size=0), "min_size: expected a whole number of at least 1, got 0"),
        (lambda: datasets(Network(1, 1), min_size=4), "min_size: expected at most max_size=3, got 4"),
        (lambda: eighths(min_value=0.1), "min_value: expected a multiple of 1/8, got 0.1"),
        (lambda: eighths(max_value=float("nan")), "max_value: expected a multiple of 1/8, got nan"),
        (lambda: eighths(min_value=3), "min_value: expected at most max_value=2, got 3"),
        (lambda: activations(loss=3), "loss: unknown 3; known"),
        (lambda: losses(output_activation=3), "activation: unknown 3; known"),
    ],
)
def test_what_cannot_be_drawn_is_refused_as_hypothesis_does(ask, message):
    with pytest.raises(InvalidArgument) as caught:
        ask()
    assert str(caught.value).startswith(message)


def test_every_argument_of_a_strategy_is_named():
    for strategy in (activations, eighths, losses, networks):
        with pytest.raises(TypeError, match="positional"):
            strategy(1)
    for strategy in (samples, datasets):
        with pytest.raises(TypeError, match="positional"):
            strategy(Network(1, 1), 1)


# Assertions.


@given(st.data())
def test_the_gradients_of_every_drawn_network_are_right(data):
    drawn = data.draw(networks())
    assert assert_gradients(drawn, *data.draw(datasets(drawn))).ok


def test_the_message_of_the_assertion_is_the_report():
    wrong = DoubledNetwork(2, 3, 2, seed=1)
    data = [[0.5, -0.25], [1, 0.75]], [[0.25, 1], [0, 0.5]]
    report = neuronet.check_gradients(wrong, *data, method="dual")
    with pytest.raises(AssertionError) as caught:
        assert_gradients(wrong, *data, method="dual")
    assert isinstance(caught.value, CheckError)
    assert str(caught.value) == str(report)


def test_what_stays_inconclusive_passes():
    at_kink = Network(1, 1, 1, activation="relu", output_activation="linear", weights=[0.0, 1.0, 0.0, 1.0])
    report = assert_gradients(at_kink, [[0.0]], [[1.0]], method="central")
    assert report.status == "inconclusive"


def test_options_and_data_that_do_not_fit_are_refused():
    with pytest.raises(NeuronetError):
        assert_gradients(Network(1, 1), [[0.0]], [[1.0]], method="guess")
    with pytest.raises(DataError):
        assert_gradients(Network(1, 1), [[0.0, 1.0]], [[1.0]])


# The machine.


class ForgetsToClear(Neuron):
    __slots__ = ()

    def clear_gradients(self, zero=0):
        """Should forget the gradients."""


class MovesTheFrozen(Neuron):
    __slots__ = ()

    def update_weights(self, learning_rate):
        for synapse in self.incoming:
            synapse.weight -= learning_rate * synapse.gradient


class RemembersItsError(Neuron):
    """A neuron that adds the error of a sample to what it has from the sample before."""

    __slots__ = ()

    def hidden_error(self):
        return super().hidden_error() + (self.error or 0)


class LosesTheFrozen(Network):
    """A network that does not save which synapses are frozen."""

    def to_json(self):
        document = json.loads(super().to_json())
        document["synapses"]["frozen"] = []
        return json.dumps(document)


class KeepsTheDead(Network):
    """A network that cuts a synapse at one of its two ends."""

    def disconnect(self, synapse):
        synapse.destination.incoming.remove(synapse)


def with_neurons(neuron):
    return type(neuron.__name__ + "Network", (Network,), {"neuron_class": neuron})


def run_machine(tested, examples=200):
    """Run the machine on a class, always in the same way; a failing case is shown as it was found, not made smaller."""
    machine = type("Machine", (NetworkMachine,), {"network_class": tested})
    chosen = {"max_examples": examples, "derandomize": True, "database": None, "phases": [Phase.generate]}
    run_state_machine_as_test(machine, settings=settings(stateful_step_count=50, deadline=None, **chosen))


def test_the_machine_finds_nothing_wrong_with_the_network():
    run_machine(Network, examples=settings().max_examples)


def test_the_machine_takes_a_class_of_the_users_own():
    seen = []

    class Mine(Network):
        def update(self, learning_rate=0.5):
            seen.append(type(self))
            super().update(learning_rate)

    run_machine(Mine, examples=10)
    assert seen
    assert all(issubclass(kind, Mine) for kind in seen)


@pytest.mark.parametrize(
    ("tested", "error", "message"),
    [
        (with_neurons(ForgetsToClear), AssertionError, "expected the gradient of a fresh copy"),
        (with_neurons(MovesTheFrozen), AssertionError, "because it is frozen"),
        (with_neurons(RemembersItsError), AssertionError, "expected the gradient of a fresh copy"),
        (LosesTheFrozen, AssertionError, "expected the network that was saved"),
        (KeepsTheDead, GraphError, "expected at both of its ends"),
    ],
)
def test_the_machine_finds_a_planted_bug(tested, error, message):
    with pytest.raises(error, match=message):
        run_machine(tested)


# Hypothesis is told, and is not asked for.


@pytest.mark.slow
def test_from_type_knows_the_classes():
    _hypothesis_plugin.setup()
    assert isinstance(simplest(st.from_type(Network)), DrawnNetwork)
    assert simplest(st.from_type(Activation)) is ACTIVATIONS["linear"]
    assert simplest(st.from_type(Loss)) is LOSSES["half_squared_error"]


def python(code, *paths):
    return subprocess.run(  # noqa: S603 - code of our own making
        [sys.executable, "-c", code],
        env={"PYTHONPATH": ":".join(map(str, paths)), "HYPOTHESIS_STORAGE_DIRECTORY": "/nowhere"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_hypothesis_finds_the_plugin_by_its_entry_point(tmp_path):
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    [entry] = re.findall(r"^\[project\.entry-points\.hypothesis\]\n(.*)$", project, flags=re.MULTILINE)
    metadata = tmp_path / "neuronet_testing_probe-1.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: neuronet-testing-probe\nVersion: 1\n")
    (metadata / "entry_points.txt").write_text("[hypothesis]\n" + entry.replace('"', "") + "\n")
    code = (
        "import sys, hypothesis.strategies as st\n"
        "assert 'neuronet.testing' not in sys.modules\n"
        "from neuronet import Network\n"
        "print(st.from_type(Network).validate())\n"
        "assert 'neuronet.testing' in sys.modules\n"
    )
    done = python(code, tmp_path, ROOT)
    assert (done.returncode, done.stdout) == (0, "None\n"), done.stderr


def test_importing_the_library_never_imports_hypothesis():
    code = "import sys, neuronet, neuronet.cli; sys.exit('hypothesis' in sys.modules)"
    assert python(code, ROOT).returncode == 0


def test_every_public_name_is_there():
    assert [name for name in neuronet.testing.__all__ if not hasattr(neuronet.testing, name)] == []
