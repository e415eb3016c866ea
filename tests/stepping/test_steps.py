"""The walk, one step at a time, forth and back: every moment is one of the walk."""

import math
import re

import pytest
from helpers import bits
from hypothesis import given
from hypothesis import strategies as st
from make_goldens import mazur
from moments import evaluated, samples_of_networks, state, steps_of_mazur, walked

from neuronet import Network, NeuronetError
from neuronet.errors import DataError, NumberError, UnknownNameError
from neuronet.stepping.step import PHASES


@given(samples_of_networks(), st.sampled_from([None, 0.3]))
def test_asking_for_steps_changes_nothing_and_taking_all_of_them_is_the_walk(drawn, rate):
    network, inputs, targets = drawn
    before = bits(network)
    steps = network.steps(inputs, targets, rate)
    assert bits(network) == before
    for step in steps:
        assert step.phase in PHASES
    after = state(network)
    while steps.position:
        steps.back()
    assert bits(network) == before
    assert walked(network, inputs, targets, rate)[-1] == after


@given(samples_of_networks())
def test_gradients_of_earlier_samples_are_added_to(drawn):
    network, inputs, targets = drawn
    network.forward(inputs)
    network.backward(targets)
    twin = network.copy()
    for old, new in zip(network.synapses, twin.synapses):
        new.gradient = old.gradient
    for step in network.steps(inputs, targets, 0.5):
        assert repr(evaluated(step)) == repr(step.value)
    walked(twin, inputs, targets, 0.5)
    assert [repr(s.weight) for s in network.synapses] == [repr(s.weight) for s in twin.synapses]


@given(samples_of_networks())
def test_every_formula_evaluates_to_its_value_and_so_does_every_term(drawn):
    network, inputs, targets = drawn
    for step in network.steps(inputs, targets, 0.3):
        assert repr(evaluated(step)) == repr(step.value)
        for term in step.terms:
            assert repr(evaluated(term)) == repr(term.value)
        assert step.terms[-1].total == step.value


@given(samples_of_networks())
def test_at_each_moment_the_objects_show_what_was_told_and_nothing_of_what_comes(drawn):
    network, inputs, targets = drawn
    before = {}
    for step in network.steps(inputs, targets, 0.3):
        if step.kind != "loss":
            stands = getattr(step.owner, step.kind)
            last_of_neuron = step.kind == "gradient" and stands == 0  # where all is frozen the clearing comes with it
            assert repr(stands) == repr(step.value) or last_of_neuron
        before[step.kind, step.name] = step.value
        for neuron in network.computing:
            for kind in ("net", "output", "error", "delta"):
                assert getattr(neuron, kind) == before.get((kind, neuron.name))


@given(samples_of_networks())
def test_the_states_between_the_phases_are_those_of_the_walks(drawn):
    network, inputs, targets = drawn
    network.synapses[0].frozen = False  # an update that tells nothing has no moment of its own
    twin = network.copy()
    states = walked(twin, inputs, targets, 0.3)
    assert [state(network) for _ in network.steps(inputs, targets, 0.3, by="phase")] == states


@given(samples_of_networks(), st.data())
def test_stepping_back_and_forth_restores_every_moment(drawn, data):
    network, inputs, targets = drawn
    by = data.draw(st.sampled_from(["term", "neuron", "layer", "phase", "sample"]))
    steps = network.steps(inputs, targets, 0.3, by=by)
    moments = [bits(network)]
    for _ in steps:
        moments.append(bits(network))
    for goal in data.draw(st.lists(st.integers(0, len(steps)), max_size=4)):
        while steps.position > goal:
            undone = steps.back()
            assert undone is steps[steps.position]
        while steps.position < goal:
            next(steps)
        assert bits(network) == moments[goal]


@given(samples_of_networks())
def test_the_number_of_steps_is_what_the_graph_says(drawn):
    network, inputs, targets = drawn
    moving = [synapse for synapse in network.synapses if not synapse.frozen]
    alone = 4 * len(network.computing) + 1 + len(network.synapses)
    assert len(network.steps(inputs, targets)) == alone
    assert len(network.steps(inputs, targets, 0.1)) == alone + len(moving)
    nets = sum(len(neuron.incoming) for neuron in network.computing if len(neuron.incoming) > 1)
    terms = [step for step in network.steps(inputs, targets, by="term") if step.kind == "term"]
    assert len([step for step in terms if step.phase == "forward" and " * " in step.symbols]) >= nets
    assert len(network.steps(inputs, targets, 0.1, by="phase")) == (3 if moving else 2)
    assert len(network.steps(inputs, targets, by="sample")) == 1


@given(samples_of_networks(), st.sampled_from(["layer", "phase", "sample"]))
def test_a_group_holds_its_steps_in_order(drawn, by):
    network, inputs, targets = drawn
    single = [(step.kind, step.name) for step in network.steps(inputs, targets, 0.3)[:]]
    groups = network.steps(inputs, targets, 0.3, by=by)[:]
    assert [(step.kind, step.name) for group in groups for step in group.steps] == single
    assert {group.kind for group in groups} == {by}
    alone = [step.symbols for step in network.steps(inputs, targets, 0.3)]
    assert "\n".join(group.symbols for group in groups).split("\n") == alone


# Stopping.


def test_stopping_early_leaves_the_state_of_that_moment():
    network = mazur()
    steps = network.steps([0.05, 0.10], [0.01, 0.99], 0.5)
    next(steps)
    next(steps)
    steps.close()
    assert list(steps) == []
    assert (network[1][0].output, network[1][1].net) == (steps[1].value, None)
    assert steps.back().kind == "output"
    assert (steps.position, network[1][0].output, repr(steps)) == (1, None, "Steps(1 of 37)")


def test_there_is_no_way_back_from_the_beginning():
    with pytest.raises(DataError, match=re.escape("back: expected a step to go back from, but this is the beginning")):
        steps_of_mazur().back()


# What is refused.


@pytest.mark.parametrize(
    ("arguments", "kind", "message"),
    [
        (([1], [1]), DataError, "inputs: expected 2 numbers, got 1"),
        (([1, math.nan], [1]), DataError, "inputs[1]: expected a finite number, got nan"),
        (([1, 2], ["a"]), DataError, "targets[0]: expected a number, got 'a'"),
        (([1, 2], [1], 0), DataError, "learning_rate: expected a number above 0, got 0"),
        (([1, 2], [1], True), DataError, "learning_rate: expected a number, got True"),
    ],
)
def test_a_sample_that_does_not_fit_is_refused(arguments, kind, message):
    network = Network(2, 1, seed=1)
    before = bits(network)
    with pytest.raises(kind, match=re.escape(message)):
        network.steps(*arguments)
    assert bits(network) == before


@pytest.mark.parametrize("by", ["word", None, ["term"]])
def test_an_unknown_size_is_refused(by):
    with pytest.raises(UnknownNameError, match=r"^by: unknown .*; known: term, neuron, layer, phase, sample$"):
        Network(1, 1, seed=1).steps([1], [1], by=by)


def test_another_kind_of_number_is_refused():
    with pytest.raises(NumberError, match="expected a network of floats, got one of complex"):
        Network(1, 1, seed=1, kind=complex).steps([1], [1])
    network = Network(1, 1, seed=1)
    network.synapses[0].weight = 1j
    with pytest.raises(NeuronetError, match="weight: expected a float, got a complex"):
        network.steps([1], [1])
    assert network.synapses[0].weight == 1j
