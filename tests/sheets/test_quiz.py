"""A quiz: its questions are those of the walk, and the usual slips are known by their answers."""

import math
import re
from types import SimpleNamespace

import pytest
from helpers import bits

from neuronet import Network
from neuronet.sheets.quiz import Quiz

WEIGHTS = [0.5, -1, 1, -0.25, 1, -1, 0.125, 2, -2]


def quiz(seed=1, **settings):
    return Quiz(Network(2, 2, 1, weights=WEIGHTS, **settings), [0.5, 1], [1], learning_rate=0.5, seed=seed)


def asked(kind):
    """A question of this kind about a hidden neuron, or a weight that leads to one."""
    for seed in range(50):
        for question in quiz(seed).questions:
            if re.match(rf"{kind}\((.* -> )?h\d\)", question.quantity):
                return question
    raise AssertionError(kind)


def test_a_network_with_a_synapse_that_skips_a_layer_has_a_quiz_too():
    network = Network(2, 3, 2, 1, seed=1)
    network.connect("i1", "o1", weight=-0.75)
    assert len(Quiz(network, [0.5, 1], [1]).questions) == 5


def test_a_network_with_a_neuron_that_is_alone_has_a_quiz_too():
    network = Network(2, 3, 2, 1, seed=1)
    alone = network.neuron("h1_2")
    for synapse in [*alone.incoming, *alone.outgoing]:
        network.disconnect(synapse)
    assert len(Quiz(network, [0.5, 1], [1]).questions) == 5


def test_a_quiz_asks_five_questions_and_leaves_the_network_alone():
    network = Network(2, 2, 1, weights=WEIGHTS)
    before = bits(network)
    questions = Quiz(network, [0.5, 1], [1]).questions
    assert bits(network) == before
    assert [re.sub(r"\(.*", "", question.quantity) for question in questions] == [
        "net",
        "output",
        "delta",
        "delta",
        "new weight",
    ]
    assert [question.quantity[6] for question in questions[2:4]] == ["o", "h"]
    network.forward([0.5, 1])
    network.backward([1])
    network.update(0.5)
    for question in questions:
        kind, name = re.fullmatch(r"(?:new )?(\w+)\((.*)\)", question.quantity).groups()
        owners = {**{n.name: n for n in network.neurons}}
        owners.update({f"{s.source.name} -> {s.destination.name}": s for s in network.synapses})
        assert question.answer == getattr(owners[name], kind)
        assert question.is_right(question.answer)


def by_hand():
    """The numbers of the walk for h1 in plain arithmetic."""
    net1, net2 = 0.5 - 0.5 + 1, -0.25 + 0.5 - 1
    out1, out2 = 1 / (1 + math.exp(-net1)), 1 / (1 + math.exp(-net2))
    out = 1 / (1 + math.exp(-(0.125 + 2 * out1 - 2 * out2)))
    delta = (1 - out) * out * (1 - out)
    return SimpleNamespace(net1=net1, out1=out1, out2=out2, out=out, delta=delta, error1=2 * delta, error2=-2 * delta)


@pytest.mark.parametrize(
    ("kind", "slip", "words"),
    [
        ("net", lambda q, n: {"net(h1)": 0.5, "net(h2)": -0.5}[q], "the bias was forgotten"),
        ("output", lambda q, n: {"output(h1)": 1.0, "output(h2)": -0.75}[q], "this is the net"),
        ("delta", lambda q, n: {"delta(h1)": n.error1, "delta(h2)": n.error2}[q], "derivative of the activation was"),
    ],
)
def test_a_slip_is_known_by_its_answer(kind, slip, words):
    question = asked(kind)
    given = slip(question.quantity, by_hand())
    assert not question.is_right(given)
    assert words in question.slip(given)
    assert question.slip(123.0) is None


def test_slips_of_a_new_weight_are_known_by_their_answers():
    question = asked("new weight")
    weight, after = next(value for value, words in question.slips if words == "this is the old weight"), question.answer
    assert "went up the slope" in question.slip(weight + (weight - after))
    assert question.slip(weight + 2 * (after - weight)) == "the learning rate was forgotten"
    assert question.slip(weight) == "this is the old weight"


def test_a_delta_that_went_over_new_weights_is_known():
    n, network = by_hand(), Network(2, 2, 1, weights=WEIGHTS)
    by_name, seed = {}, 0
    while not {"delta(h1)", "delta(h2)"} <= by_name.keys() and seed < 20:
        found = Quiz(network, [0.5, 1], [1], learning_rate=4, seed=seed).questions
        by_name.update((question.quantity, question) for question in found)
        seed += 1
    early1 = (2 + 4 * n.delta * n.out1) * n.delta * n.out1 * (1 - n.out1)
    early2 = (-2 + 4 * n.delta * n.out2) * n.delta * n.out2 * (1 - n.out2)
    for name, early in (("delta(h1)", early1), ("delta(h2)", early2)):
        if name in by_name:
            assert by_name[name].slip(early) == "the error was sent back over weights that had been updated already"
    assert {"delta(h1)", "delta(h2)"} & set(by_name)


def test_with_a_cross_entropy_the_slope_does_not_count():
    questions = quiz(loss="binary_cross_entropy").questions + quiz(5, loss="binary_cross_entropy").questions
    for question in questions:
        if question.quantity == "delta(o1)":
            assert "cancels" in question.slip((1 - by_hand().out) * by_hand().out * (1 - by_hand().out))
