"""The walk, one event at a time: what is told is what was computed, and every moment is one of the walk."""

import math
import re
from fractions import Fraction

import pytest
from helpers import bits
from hypothesis import given
from hypothesis import strategies as st
from make_goldens import mazur

from neuronet import Activation, Layer, Loss, Network, Neuron, NeuronetError, Synapse, museum
from neuronet.errors import DataError, NumberError, UnknownNameError
from neuronet.numbers.traced import Trace
from neuronet.stepping.formula import NAMESPACE
from neuronet.stepping.step import PHASES
from neuronet.testing import datasets, networks


def steps_of_mazur(**settings):
    return mazur().steps([0.05, 0.10], [0.01, 0.99], 0.5, **settings)


def evaluated(step):
    return eval(step.numbers, dict(NAMESPACE))  # noqa: S307 - a formula of our own making


def state(network):
    """Every number on the neurons and synapses, by its repr: a last bit or a sign of zero would show."""
    on_neurons = [(n.net, n.output, n.error, n.delta) for n in network.neurons]
    return repr((on_neurons, [(synapse.weight, synapse.gradient) for synapse in network.synapses]))


def walked(network, inputs, targets, learning_rate):
    """The states after each of the three walks."""
    network.propagate(inputs)
    states = [state(network)]
    network.backpropagate(targets)
    states.append(state(network))
    if learning_rate is not None:
        network.add_penalty()
        network.apply_gradients(learning_rate)
        states.append(state(network))
    return states


@st.composite
def samples_of_networks(draw):
    network = draw(networks(max_layers=4, kinks=True))
    for synapse in network.synapses:
        synapse.frozen = draw(st.booleans()) and draw(st.booleans())
    inputs, targets = draw(datasets(network, max_size=1, kinks=True))
    network.weights = [weight * 1.1 for weight in network.weights]
    return network, inputs[0], targets[0]


# The example that many have worked by hand.


def test_the_first_step_is_the_net_of_the_first_hidden_neuron():
    step = next(steps_of_mazur())
    assert (step.phase, step.kind, step.neuron.name, step.synapse, step.name) == ("forward", "net", "h1", None, "h1")
    assert step.symbols == (
        "net(h1) = weight(b1 -> h1) * 1 + weight(i1 -> h1) * output(i1) + weight(i2 -> h1) * output(i2)"
    )
    assert step.numbers == "0.35 * 1.0 + 0.15 * 0.05 + 0.2 * 0.1"
    assert (step.value, step.before) == (0.3775, None)
    assert step.sentence == "h1 adds up what comes in: its net is 0.3775."


def test_the_terms_of_a_net_know_their_synapse_their_factors_and_the_sum_so_far():
    steps = steps_of_mazur()
    step = next(steps)
    assert [term.owner for term in step.terms] == steps.network[1][0].incoming
    assert [[factor.value for factor in term.factors] for term in step.terms] == [[0.35, 1], [0.15, 0.05], [0.2, 0.1]]
    assert [factor.symbols for factor in step.terms[1].factors] == ["weight(i1 -> h1)", "output(i1)"]
    assert [term.value for term in step.terms] == [0.35, 0.15 * 0.05, 0.2 * 0.1]
    assert [term.total for term in step.terms] == [0.35, 0.35 + 0.15 * 0.05, 0.3775]


def test_by_term_each_product_comes_before_its_sum_and_says_the_sum_so_far():
    steps = steps_of_mazur(by="term")
    first = [next(steps) for _ in range(4)]
    assert [(step.kind, step.name) for step in first] == [
        ("term", "b1 -> h1"),
        ("term", "i1 -> h1"),
        ("term", "i2 -> h1"),
        ("net", "h1"),
    ]
    assert [step.before for step in first[:3]] == [0, 0.35, 0.35 + 0.15 * 0.05]
    assert first[1].sentence == "weight(i1 -> h1) * output(i1) is 0.0075; the sum so far is 0.3575."


def test_the_gradients_of_a_neuron_are_cleared_with_its_last_update():
    steps = steps_of_mazur()
    h1 = steps.network[1][0]
    for step in steps:
        if step.name == "i1 -> h1" and step.kind == "weight":
            assert all(synapse.gradient for synapse in h1.incoming)
        if step.name == "i2 -> h1" and step.kind == "weight":
            break
    assert [synapse.gradient for synapse in h1.incoming] == [0, 0, 0]
    assert all(synapse.gradient for synapse in steps.network[1][1].incoming)


def test_the_steps_of_one_sample_come_in_the_order_of_the_walk():
    told = [(step.phase, step.kind, step.name) for step in steps_of_mazur()]
    forward = [("forward", kind, name) for name in ("h1", "h2", "o1", "o2") for kind in ("net", "output")]
    deltas = [("backward", kind, name) for name in ("o1", "o2", "h1", "h2") for kind in ("error", "delta")]
    synapses = [f"{source} -> {end}" for end in ("h1", "h2") for source in ("b1", "i1", "i2")]
    synapses += [f"{source} -> {end}" for end in ("o1", "o2") for source in ("b2", "h1", "h2")]
    gradients = [("backward", "gradient", name) for name in synapses]
    weights = [("update", "weight", name) for name in synapses if not name.startswith("b")]
    assert told == [*forward, ("backward", "loss", ""), *deltas, *gradients, *weights]


@pytest.mark.parametrize(
    ("kind", "name", "symbols", "value"),
    [
        ("output", "h1", "sigmoid(net(h1)) = 1 / (1 + exp(-net(h1)))", 0.593269992),
        ("error", "o1", "-(output(o1) - target(o1))", -0.74136507),
        ("delta", "o1", "error(o1) * (output(o1) * (1 - output(o1)))", -0.138498562),
        ("error", "h1", "weight(h1 -> o1) * delta(o1) + weight(h1 -> o2) * delta(o2)", -0.036350306),
        ("gradient", "h1 -> o1", "-delta(o1) * output(h1)", 0.082167041),
        ("weight", "h1 -> o1", "weight(h1 -> o1) - learning_rate * gradient(h1 -> o1)", 0.35891648),
    ],
)
def test_a_formula_reads_like_the_book(kind, name, symbols, value):
    [step] = [step for step in steps_of_mazur() if (step.kind, step.name) == (kind, name)]
    title = f"new {kind}({name})" if kind == "weight" else f"{kind}({name})"
    assert step.symbols == f"{title} = {symbols}"
    assert step.value == pytest.approx(value, abs=5e-10)


def test_a_step_prints_its_formula_twice_and_the_result():
    step = steps_of_mazur()[1]
    assert str(step).splitlines() == [
        "output(h1) = sigmoid(net(h1)) = 1 / (1 + exp(-net(h1)))",
        "    = 1 / (1 + exp(-0.3775))",
        "    = 0.5932699921071872",
    ]


# All networks.


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


# What users bring along.


class HeavySynapse(Synapse):
    __slots__ = ("velocity",)

    def __init__(self, *ends, **settings):
        super().__init__(*ends, **settings)
        self.velocity = 0


class HeavyNeuron(Neuron):
    def update_weights(self, learning_rate):
        for synapse in self.incoming:
            synapse.velocity = synapse.velocity * 0.9 - learning_rate * synapse.gradient
            synapse.weight += synapse.velocity


class HeavyNetwork(Network):
    neuron_class = HeavyNeuron
    synapse_class = HeavySynapse


def test_what_a_subclass_keeps_on_its_objects_goes_along():
    network, twin = HeavyNetwork(2, 2, 1, seed=1), HeavyNetwork(2, 2, 1, seed=1)
    for _ in range(2):
        steps = network.steps([1, 0], [1], 0.5)
        assert steps[-1].symbols == (
            "new weight(h2 -> o1) = weight(h2 -> o1) + (velocity(h2 -> o1) * 0.9 - learning_rate * gradient(h2 -> o1))"
        )
        for step in steps:
            assert evaluated(step) == step.value
        walked(twin, [1.0, 0.0], [1.0], 0.5)
        assert state(network) == state(twin)
        assert [s.velocity for s in network.synapses] == [s.velocity for s in twin.synapses]
    velocities = [s.velocity for s in network.synapses]
    while steps.position:
        steps.back()
    assert velocities != [s.velocity for s in network.synapses]
    assert {type(neuron) for neuron in network.computing} == {HeavyNeuron}


@pytest.mark.parametrize("name", [name for name in museum.names() if name != "undefined-name"])
def test_a_planted_bug_is_told_as_it_walks(name):
    network, inputs, targets = museum.specimen(name)[:3]
    before, twin = bits(network), network.copy()
    steps = network.steps(inputs[0], targets[0], 0.5)
    assert bits(network) == before
    for step in steps:
        assert repr(evaluated(step)) == repr(step.value)
    walked(twin, inputs[0], targets[0], 0.5)
    assert state(network) == state(twin)


MOMENTS = []
"""The states that a walk of floats goes through, one for each number that it leaves."""


class Watched:
    """A neuron or synapse whose every change is noted as a state of the whole network."""

    __slots__ = ()
    network = None

    def __setattr__(self, name, value):
        super().__setattr__(name, value)
        if Watched.network is not None:
            MOMENTS.append(state(Watched.network))


class WatchedNeuron(Watched, Neuron):
    __slots__ = ()


class WatchedSynapse(Watched, Synapse):
    __slots__ = ()


class WatchedNetwork(Network):
    neuron_class = WatchedNeuron
    synapse_class = WatchedSynapse


@given(st.data())
def test_every_moment_is_one_that_the_walk_goes_through_in_the_same_order(data):
    network = data.draw(networks(max_layers=3, kinks=True, network_class=WatchedNetwork))
    inputs, targets = data.draw(datasets(network, max_size=1, kinks=True))
    for synapse in network.synapses:
        synapse.frozen = data.draw(st.booleans())
    twin = network.copy()
    for old, new in zip(network.synapses, twin.synapses):
        new.frozen = old.frozen
    MOMENTS.clear()
    Watched.network = twin
    try:
        walked(twin, inputs[0], targets[0], 0.5)
    finally:
        Watched.network = None
    moments = iter(MOMENTS)
    last = None
    for step in network.steps(inputs[0], targets[0], 0.5):
        now = state(network)
        assert now == last or now in moments, step.symbols
        last = now
    assert last == MOMENTS[-1]


class Chronicler(Neuron):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.deltas = []

    def own_delta(self):
        self.deltas.append(super().own_delta())
        return self.deltas[-1]


class Chronicle(Network):
    neuron_class = Chronicler


def test_what_a_neuron_puts_into_a_list_comes_with_the_last_step():
    network = Chronicle(2, 2, 1, seed=1)
    lists = [neuron.deltas for neuron in network.computing]
    steps = network.steps([1, 0], [1])
    assert lists == [[], [], []]
    list(steps)
    assert [neuron.deltas for neuron in network.computing] == [[neuron.delta] for neuron in network.computing]
    steps.back()
    assert all(neuron.deltas is kept for neuron, kept in zip(network.computing, lists))


class Diary(Network):
    def __init__(self, *shape, **settings):
        super().__init__(*shape, **settings)
        self.pages = ["first"]
        self.last = None

    def backpropagate(self, targets):
        loss = super().backpropagate(targets)
        self.pages.append((loss, [neuron.delta for neuron in self.computing]))
        self.last = loss
        return loss


def test_what_a_network_writes_down_of_its_walks_comes_with_the_last_step():
    network, twin = Diary(2, 1, seed=1), Diary(2, 1, seed=1)
    pages = network.pages
    steps = network.steps([1, 0], [1])
    assert (network.pages is pages, pages, network.last) == (True, ["first"], None)
    list(steps)
    twin.forward([1, 0])
    loss = twin.backward([1])
    assert (network.pages, network.last) == (twin.pages, loss)
    steps.back()
    assert (network.pages is pages, pages, network.last) == (True, ["first"], None)


def test_a_walk_that_raises_leaves_everything_as_it_was():
    network, inputs, targets = museum.specimen("undefined-name")[:3]
    before = bits(network)
    with pytest.raises(NameError):
        network.steps(inputs[0], targets[0], 0.5)
    assert bits(network) == before
    assert next(Network(1, 1, seed=1).steps([1], [1])).kind == "net"


def test_a_formula_that_leaves_the_functions_of_the_library_gives_its_number():
    squash = Activation("squash", math.tanh, lambda net, output: 1 - output * output)
    network = Network(1, 1, activation=squash, weights=[0.5, 0.25])
    steps = network.steps([2], [1], 0.5)
    assert steps[1].symbols == f"output(o1) = squash(net(o1)) = {math.tanh(1.0)!r}"
    assert all(evaluated(step) == step.value for step in steps)


def test_a_loss_of_ones_own_is_told():
    fourth = Loss("fourth", lambda t, o: (o - t) ** 4, lambda t, o: 4 * (o - t) ** 3)
    steps = Network(1, 1, activation="linear", loss=fourth, weights=[0.5, 2]).steps([1], [1])
    [loss, error] = [step for step in steps if step.kind in ("loss", "error")]
    assert loss.symbols == "loss = (output(o1) - target(o1)) ** 4"
    assert (loss.value, error.symbols) == (1.5**4, "error(o1) = -(4 * (output(o1) - target(o1)) ** 3)")


def test_softmax_finds_every_net_first_and_then_all_outputs_together():
    network = Network(2, 3, output_activation="softmax", loss="categorical_cross_entropy", seed=1)
    steps = network.steps([1, 0], [0, 1, 0])
    assert [step.kind for step in steps[:7]] == ["net"] * 3 + ["output"] * 3 + ["loss"]
    assert steps[3].symbols.startswith("output(o1) = softmax(net(o1), net(o2), net(o3)) = exp(net(o1) - max(net(o1), ")
    assert [step.symbols for step in steps[:] if step.kind == "delta"] == [
        f"delta(o{n}) = target(o{n}) - output(o{n})" for n in (1, 2, 3)
    ]


def test_a_network_wired_by_hand_with_whole_numbers_is_told_with_names():
    source, end = Neuron("x"), Neuron("y", "relu")
    Synapse(source, end, 2)
    network = Network(Layer("input", [source]), Layer("output", [end]))
    steps = network.steps([3], [1], 0.5)
    assert [step.symbols for step in steps[:2]] == [
        "net(y) = weight(x -> y) * output(x)",
        "output(y) = relu(net(y)) = net(y)",
    ]
    assert steps[0].numbers == "2 * 3.0"
    list(steps)
    assert network.synapses[0].weight == 2 - 0.5 * (5.0 * 3.0)


def test_a_wide_sum_needs_no_deep_recursion():
    network = Network(1500, 1, seed=1)
    step = next(network.steps([0.5] * 1500, [1]))
    assert len(step.terms) == 1501
    assert evaluated(step) == step.value


def test_the_sign_of_a_zero_shows_only_where_every_digit_does():
    steps = Network(1, 1, activation="linear", weights=[1, 2]).steps([0], [2])
    [gradient] = [step for step in steps if step.name == "i1 -> o1"]
    assert gradient.symbols == "gradient(i1 -> o1) = -delta(o1) * output(i1)"
    assert gradient.numbers == "0 + (-1.0) * 0.0"
    assert (repr(evaluated(gradient)), repr(gradient.value)) == ("0.0", "0.0")


def test_a_frozen_synapse_has_a_gradient_and_no_update():
    network = Network(1, 1, weights=[0.5, 2])
    network.synapses[0].frozen = True
    steps = network.steps([1], [0], 0.5)
    assert [step.name for step in steps[:] if step.kind == "gradient"] == ["b1 -> o1", "i1 -> o1"]
    assert [step.name for step in steps[:] if step.kind == "weight"] == ["i1 -> o1"]


def test_without_any_update_the_gradients_are_cleared_with_the_last_step():
    network = Network(1, 1, weights=[0.5, 2])
    for synapse in network.synapses:
        synapse.frozen = True
    steps = network.steps([1], [0], 0.5)
    list(steps)
    assert [synapse.gradient for synapse in network.synapses] == [0, 0]
    steps.back()
    assert network.synapses[0].gradient != 0


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


class Switched(Neuron):
    def weighted_sum(self):
        return super().weighted_sum() * (len(self.incoming) > 1)


class Mixed(Neuron):
    def weighted_sum(self):
        return super().weighted_sum() * Fraction(1, 2)


def test_a_truth_counts_as_a_number():
    class Own(Network):
        neuron_class = Switched

    step = next(Own(1, 1, weights=[0.5, 2]).steps([1], [1]))
    assert (step.numbers, step.value) == ("(0.5 * 1.0 + 2.0 * 1.0) * 1", 2.5)


def test_a_formula_that_knows_floats_only_is_refused_with_a_reason():
    class Own(Network):
        neuron_class = Mixed

    network = Own(1, 1, weights=[0.5, 2])
    before = bits(network)
    with pytest.raises(NumberError, match=r"^steps: expected formulas that any number can flow through, but unsupp"):
        network.steps([1], [1])
    assert bits(network) == before


# The numbers.


def test_a_told_number_decides_at_once_and_keeps_its_value():
    x = Trace().parameter("x", 0.5)
    assert (x > 0, x == 0.5, bool(x), float(x), round(x * 0.33, 1).value) == (True, True, True, 0.5, 0.2)
    assert ((2 * x + 1) ** 2).value == 4
    assert type(x)(1) == 1.0
    assert type(type(Trace().parameter("n", 3))(2)) is int
