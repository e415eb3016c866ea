"""The walk observed: every event is what was computed, also where users bring classes and formulas of their own."""

import math
from fractions import Fraction

import pytest
from helpers import bits
from hypothesis import given
from hypothesis import strategies as st
from moments import evaluated, state, walked

from neuronet import Activation, Layer, Loss, Network, Neuron, Synapse, museum
from neuronet.errors import NumberError
from neuronet.numbers.traced import Trace
from neuronet.testing import datasets, networks


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


def test_a_told_number_decides_at_once_and_keeps_its_value():
    x = Trace().parameter("x", 0.5)
    assert (x > 0, x == 0.5, bool(x), float(x), round(x * 0.33, 1).value) == (True, True, True, 0.5, 0.2)
    assert ((2 * x + 1) ** 2).value == 4
    assert type(x)(1) == 1.0
    assert type(type(Trace().parameter("n", 3))(2)) is int
