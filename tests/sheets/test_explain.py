"""Worked sheets: the famous example as it was worked by hand, every part, and nothing touched by looking."""

import re

import pytest
from helpers import bits
from hypothesis import given
from hypothesis import strategies as st
from make_goldens import mazur

from neuronet import Network, Neuron, NeuronetError, Synapse, explain, museum
from neuronet.sheets.page import Equation, shown
from neuronet.sheets.sheet import FORMATS
from neuronet.testing import datasets, networks

SAMPLE = [0.05, 0.10], [0.01, 0.99]


def results(sheet):
    """What a sheet finds, by the left sides of its equations."""
    return {block.left: block.result for block in sheet.blocks if isinstance(block, Equation)}


# The numbers that Mazur worked out by hand.


@pytest.mark.parametrize(
    ("left", "by_hand"),
    [
        ("net(h1)", 0.3775),
        ("output(h1)", 0.593269992),
        ("output(h2)", 0.596884378),
        ("net(o1)", 1.105905967),
        ("output(o1)", 0.75136507),
        ("output(o2)", 0.772928465),
        ("loss", 0.298371109),
        ("error(o1)", -0.74136507),
        ("delta(o1)", -0.138498562),
        ("gradient(h1 -> o1)", 0.082167041),
        ("new weight(h1 -> o1)", 0.35891648),
        ("new weight(h2 -> o1)", 0.408666186),
        ("new weight(h1 -> o2)", 0.511301270),
        ("new weight(h2 -> o2)", 0.561370121),
        ("error(h1)", -0.036350306),
        ("gradient(i1 -> h1)", 0.000438568),
        ("new weight(i1 -> h1)", 0.149780716),
        ("new weight(i2 -> h1)", 0.19956143),
        ("new weight(i1 -> h2)", 0.24975114),
        ("new weight(i2 -> h2)", 0.29950229),
    ],
)
def test_mazurs_example_is_the_one_that_was_worked_by_hand(left, by_hand):
    found = results(explain(mazur(), *SAMPLE, 0.5, digits=12))
    assert float(found[left]) == pytest.approx(by_hand, abs=6e-9)


def test_his_loss_after_the_step_comes_only_from_errors_that_went_through_the_new_weights():
    def after(network):
        network.train([SAMPLE[0]], [SAMPLE[1]], epochs=1, learning_rate=0.5)
        return f"{network.loss([SAMPLE[0]], [SAMPLE[1]]):.9f}"

    assert after(mazur()) == "0.291027774"
    assert after(mazur(frozen=False)) == "0.280471447"
    planted = museum.plant("update-before-propagate", mazur())
    assert [synapse.frozen for synapse in planted.synapses] == [synapse.frozen for synapse in mazur().synapses]
    assert after(planted) == "0.291027924"  # the number in the post
    assert "0.298371109 to 0.291027774." in str(explain(mazur(), *SAMPLE, 0.5, digits=9))


# Looking does not touch.


@given(st.data())
def test_a_sheet_in_any_manner_changes_nothing_and_fits(data):
    network = data.draw(networks(kinks=True))
    inputs, targets = data.draw(datasets(network, kinks=True, max_size=1))
    network.forward(inputs[0])
    network.backward(targets[0])
    before = bits(network)
    sheet = explain(
        network,
        inputs[0],
        targets[0],
        data.draw(st.sampled_from([None, 0.5])),
        digits=data.draw(st.integers(1, 17)),
        detail=data.draw(st.sampled_from(["term", "neuron", "layer"])),
        format=data.draw(st.sampled_from(list(FORMATS))),
        worksheet=data.draw(st.booleans()),
        only=data.draw(st.sampled_from([None, *(neuron.name for neuron in network.computing)])),
    )
    assert bits(network) == before
    assert str(sheet)
    assert max(map(len, sheet.render("text").splitlines())) <= 100


def test_gradients_of_earlier_samples_do_not_stand_on_the_sheet_and_stay():
    network = mazur()
    network.forward(SAMPLE[0])
    network.backward([1, 0])
    before = bits(network)
    assert results(explain(network, *SAMPLE, 0.5)) == results(explain(mazur(), *SAMPLE, 0.5))
    assert bits(network) == before


class Counted(Synapse):
    __slots__ = ("count",)

    def __init__(self, *ends, **settings):
        super().__init__(*ends, **settings)
        self.count = 0


class Counting(Neuron):
    def update_weights(self, learning_rate):
        super().update_weights(learning_rate)
        for synapse in self.incoming:
            synapse.count += 1


class CountingNetwork(Network):
    neuron_class = Counting
    synapse_class = Counted


def test_what_a_subclass_keeps_is_as_it_was_too():
    network = CountingNetwork(2, 2, 1, seed=1)
    assert "Update" in str(explain(network, [0, 1], [1], 0.5))
    assert [synapse.count for synapse in network.synapses] == [0] * 9


def test_a_planted_bug_shows_beside_its_gradient():
    planted = museum.plant("no-output-slope", mazur())
    text = str(explain(planted, *SAMPLE, 0.5))
    assert "= 0.4398    (check: 0.08217, so this is wrong)" in text
    assert "wrong" not in str(explain(mazur(), *SAMPLE, 0.5))


# The parts.


def test_one_neuron_alone_says_what_the_others_bring():
    sheet = explain(mazur(), *SAMPLE, 0.5, only="h2")
    assert list(results(sheet)) == [
        "net(h2)", "output(h2)", "error(h2)", "delta(h2)",
        "gradient(b1 -> h2)", "gradient(i1 -> h2)", "gradient(i2 -> h2)",
        "new weight(i1 -> h2)", "new weight(i2 -> h2)",
    ]  # fmt: skip
    text = str(sheet)
    assert re.search(r"^delta\(o1\)  -0\.1385$", text, re.MULTILINE)
    assert "h1" not in text


def test_a_worksheet_shows_no_result_before_its_key():
    sheet = explain(mazur(), *SAMPLE, 0.5, worksheet=True)
    page, key = str(sheet).split("\f")
    answers = re.findall(r"^\((\d+)\) +(.+?) +(\S+)$", key, re.MULTILINE)
    assert [number for number, _, _ in answers] == [str(number) for number in range(1, 39)]
    assert {left: value for _, left, value in answers[:-1]} == results(explain(mazur(), *SAMPLE, 0.5))
    assert answers[-1][1:] == ("loss after the step", "0.2910")
    assert [value for _, _, value in answers if re.search(rf"(?<![\d.]){re.escape(value)}(?!\d)", page)] == []
    assert len(re.findall(r"^ += _{16}$", page, re.MULTILINE)) == 37


def test_a_result_that_needs_no_arithmetic_is_shown_once_and_not_on_a_worksheet():
    network = Network(1, 2, activation="relu", weights=[0, 1, 0, -1], output_activation="relu")
    blocks = {block.left: block for block in explain(network, [2], [1, 1], None).blocks if isinstance(block, Equation)}
    assert blocks["output(o1)"].sides() == [["relu(net(o1))"], ["net(o1)"], ["2"]]
    assert blocks["output(o2)"].sides() == [["relu(net(o2))"], ["0"]]
    text = str(explain(network, [2], [1, 1], None, worksheet=True))
    assert "= relu(net(o1))\n               = ____" in text
    assert "= relu(net(o2))\n               = ____" in text
    latex = str(explain(network, [2], [1, 1], None, format="latex"))
    assert "&= \\text{relu(net(o2))} \\\\\n  &= 0\n" in latex


def test_without_a_learning_rate_there_is_no_update():
    text = str(explain(mazur(), *SAMPLE, None))
    assert "Gradients\n---------" in text
    assert "Update" not in text
    assert "After the step" not in text


def test_terms_show_each_product_and_the_sum_so_far():
    text = str(explain(mazur(), *SAMPLE, 0.5, detail="term", only="h1"))
    assert "weight(i1 -> h1) * output(i1)  0.0075   0.3575" in text


def test_layers_show_results_only():
    text = str(explain(mazur(), *SAMPLE, 0.5, detail="layer"))
    assert re.search(r"^o1  1\.106   0\.7514$", text, re.MULTILINE)
    assert re.search(r"^h1 -> o1  0\.08217    0\.08217$", text, re.MULTILINE)
    assert "sigmoid(" not in text


@pytest.mark.parametrize(
    ("number", "digits", "text"),
    [
        (0.5, 4, "0.5"), (1.0, 4, "1"), (2, 4, "2"), (0.0, 4, "0"), (-0.0, 4, "-0"), (0.29102, 3, "0.291"),
        (0.29102, 4, "0.2910"), (123456.0, 4, "1.235e5"), (1234.5, 4, "1234"), (1e-7, 4, "1e-7"), (None, 4, "-"),
        (0.1, 17, "0.1"), (1 / 3, 17, repr(1 / 3)), (float("inf"), 4, "inf"), (1e20, 1, "1e20"), (99.96, 3, "100"),
    ],
)  # fmt: skip
def test_a_number_is_shown_with_so_many_digits(number, digits, text):
    assert shown(number, digits) == text


# What is refused.


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"digits": 0}, "digits: expected a whole number of at least 1, got 0"),
        ({"digits": 18}, "digits: expected a whole number from 1 to 17, got 18"),
        ({"detail": "all"}, "detail: unknown 'all'; known: term, neuron, layer"),
        ({"format": "pdf"}, "format: unknown 'pdf'; known: text, markdown, html, latex"),
        ({"worksheet": 1}, "worksheet: expected True or False, got 1"),
        ({"only": "h9"}, "neuron: unknown 'h9'; known: i1, i2, b1, h1, h2, b2, o1, o2"),
        ({"only": "i1"}, "only: expected a neuron that computes, but i1 does not"),
        ({"learning_rate": -1}, "learning_rate: expected a number above 0, got -1"),
        ({"inputs": [1]}, "inputs: expected 2 numbers, got 1"),
        ({"targets": "ab"}, "targets: expected a row of 2 numbers, got 'ab'"),
    ],
)
def test_what_cannot_be_right_is_refused(settings, message):
    network = mazur()
    before = bits(network)
    arguments = {"inputs": SAMPLE[0], "targets": SAMPLE[1], "learning_rate": 0.5, **settings}
    with pytest.raises(NeuronetError, match=re.escape(message)):
        explain(network, **arguments)
    assert bits(network) == before
