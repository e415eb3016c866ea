"""Steps and sheets of an optimizer, of a penalty and of dropout end where training ends."""

from itertools import product
from random import Random

import pytest
from helpers import mostly_slow
from toolbox import XOR, bits, dropped, held, stepped

from neuronet import Network
from neuronet.draw.worked import text_of
from neuronet.errors import DataError
from neuronet.graph import Neuron
from neuronet.optimizers import RPROP, SGD, Adam, Momentum, Nesterov, RMSProp
from neuronet.sheets.explain import explain
from neuronet.snapshot import everything_kept
from neuronet.stepping.formula import NAMESPACE

STEPPED = {
    "sgd": SGD(),
    "clipped": SGD(clip_norm=0.01, clip_value=0.008),
    "momentum": Momentum(),
    "nesterov": Nesterov(clip_value=0.01),
    "rmsprop": RMSProp(),
    "adam": Adam(clip_norm=0.02),
    "rprop": RPROP(),
}


@pytest.mark.parametrize("name", mostly_slow(STEPPED, "sgd", "momentum"))
def test_steps_go_forth_and_back_and_end_where_training_ends(name):
    network, trained = stepped(STEPPED[name]), stepped(STEPPED[name])
    for _ in range(3):
        trained.train([[0, 1]], [[1]], epochs=1, learning_rate=0.1, optimizer=STEPPED[name])
        before = held(network)
        steps = network.steps([0, 1], [1], 0.1)
        assert held(network) == before
        for _ in steps:
            pass
        while steps.position:
            steps.back()
        assert held(network) == before
        for step in steps:
            assert eval(step.numbers, dict(NAMESPACE)) == step.value  # noqa: S307 - text of our own making
        assert bits(network)[:2] == bits(trained)[:2]
        for by in ("term", "layer", "phase", "sample"):
            grouped = network.steps([0, 1], [1], 0.1, by=by)
            before = held(network)
            for _ in grouped:
                pass
            after = bits(network)[:2]
            while grouped.position:
                grouped.back()
            assert held(network) == before
            twin = [*network.steps([0, 1], [1], 0.1)]
            assert twin
            assert bits(network)[:2] == after
            network.weights = trained.weights
            for synapse, other in zip(network.synapses, trained.synapses):
                if synapse.optimizer_state:
                    vars(synapse.optimizer_state).update(vars(other.optimizer_state))


def test_what_is_remembered_has_a_name_and_each_change_is_told():
    network = Network(1, 1, activation="linear", bias=False, weights=[2], l2=0.5)
    network.optimizer = Momentum(momentum=0.5, clip_value=2)
    steps = network.steps([1], [0], 0.25)
    update = [step for step in steps[:] if step.phase == "update"]
    assert [(step.kind, step.symbols, step.value) for step in update] == [
        ("gradient", "penalized gradient(i1 -> o1) = gradient(i1 -> o1) + l2 * weight(i1 -> o1)", 3),
        ("gradient", "clipped gradient(i1 -> o1) = clip_value", 2),
        ("velocity", "new velocity(i1 -> o1) = momentum * velocity(i1 -> o1) + clipped gradient(i1 -> o1)", 2),
        ("weight", "new weight(i1 -> o1) = weight(i1 -> o1) - learning_rate * new velocity(i1 -> o1)", 1.5),
    ]
    assert update[2].sentence == "The velocity of i1 -> o1 goes from 0.0000 to 2.0000."
    [synapse] = network.synapses
    seen = []
    for step in steps:
        seen.append((step.kind, synapse.optimizer_state and synapse.optimizer_state.velocity))
    assert seen[-2:] == [("velocity", 2), ("weight", 2)]
    assert seen[0] == ("net", None)


def test_the_memory_is_there_from_the_first_step_of_the_update_on():
    for settings in ({}, {"l2": 0.1}):
        network = Network(2, 2, 1, seed=1, **settings)
        network.optimizer = Adam()
        steps = network.steps([0, 1], [1], 0.1)
        for step in steps:
            assert (network.synapses[0].optimizer_state is None) == (step.phase != "update")
            if step.kind == "mean":
                assert step.synapse.optimizer_state.mean == step.value
        while steps.position:
            steps.back()
        assert [synapse.optimizer_state for synapse in network.synapses] == [None] * len(network.synapses)


def test_whatever_an_own_optimizer_raises_leaves_the_network_as_it_was():
    class Broken(SGD):
        name = "broken"

        def begin(self, learning_rate):
            raise RuntimeError("no")

    network = Network(2, 2, 1, seed=1)
    network.train(*XOR, epochs=1, optimizer="adam")
    before = held(network)
    with pytest.raises(RuntimeError, match="no"):
        network.train(*XOR, epochs=1, optimizer=Broken())
    assert held(network) == before


@pytest.mark.parametrize("name", mostly_slow(STEPPED, "sgd", "momentum"))
def test_sheets_pictures_and_diagnoses_know_the_toolbox_and_leave_nothing_behind(name):
    network = stepped(STEPPED[name])
    network[1].fixed = False
    before = held(network)
    trained = stepped(STEPPED[name])
    trained.train([[0, 1]], [[1]], epochs=1, learning_rate=0.1, optimizer=STEPPED[name])
    ways = [("term", "text"), ("neuron", "markdown"), ("layer", "html"), ("term", "latex")]
    for (detail, form), worksheet in product(ways, (False, True)):
        settings = {"digits": 17, "detail": detail, "format": form, "worksheet": worksheet}
        sheet = str(explain(network, [0, 1], [1], 0.1, **settings))
        assert "so this is wrong" not in sheet
        assert "check: inconclusive" not in sheet
    sheet = str(explain(network, [0, 1], [1], 0.1, digits=17))
    assert all(repr(weight) in sheet for weight in trained.weights)
    picture = network.to_svg(values=True, inputs=[0, 1], targets=[1], learning_rate=0.1)
    assert all(text_of(weight) in picture for weight in trained.weights)
    network.diagnose(*XOR, learning_rate=0.1)
    assert held(network) == before


def test_only_the_whole_gradient_stands_beside_its_check():
    network = stepped(Adam(clip_norm=0.01))
    text = str(explain(network, [0, 1], [1], 0.1))
    assert text.count("(check: ") == len(network.synapses)
    assert text.count("penalized gradient(i1 -> h1) = gradient(i1 -> h1) + ") == 1


def test_steps_refuse_an_optimizer_that_passes_a_neurons_own_update_by():
    class Halved(Neuron):
        def update_weights(self, learning_rate):
            super().update_weights(learning_rate / 2)

    class HalvedNetwork(Network):
        neuron_class = Halved

    network = HalvedNetwork(2, 2, 1, seed=1)
    network.optimizer = Adam()
    with pytest.raises(DataError, match=r"^optimizer: expected 'sgd', because Halved has an update_weights of its own"):
        network.steps([0, 1], [1], 0.1)
    assert len(network.steps([0, 1], [1])) > 0


def test_everything_kept_keeps_the_toolbox():
    network = dropped(l2=0.01)
    network.train(*XOR, epochs=2, optimizer="adam")
    network[1].draw()
    before = held(network)
    with everything_kept(network):
        network[1].mask[0] = 7
        network.train(*XOR, epochs=2, optimizer="momentum", rng=Random(3))
        network.penalty = None
    assert held(network) == before
