"""The three walks do what the formulas say, on every kind of number, and looking changes nothing."""

import copy
import inspect
import math
from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import count, repeat
from random import Random
from typing import ClassVar

import pytest
from helpers import bits, through_pickle
from hypothesis import given
from hypothesis import strategies as st
from strategies import cases, fitting_pairs

from neuronet import Network, Neuron, NeuronetError, datasets, graph
from neuronet.activations import ACTIVATIONS
from neuronet.snapshot import everything_kept

EPSILON = 2.0**-52
"""The distance from 1 to the next float."""

RATIONAL = ["relu", "leaky_relu", "softsign", "hard_sigmoid", "linear"]
"""The activations that need no exponential."""

POLYNOMIAL = ["half_squared_error", "mean_squared_error", "mean_absolute_error", "huber"]
"""The losses that need no logarithm."""

LOGARITHMIC = [pair for pair in fitting_pairs() if pair[1] not in POLYNOMIAL]
PAIRS = [("sigmoid", "half_squared_error"), ("tanh", "mean_squared_error"), ("softplus", "huber"), *LOGARITHMIC]
"""Pairs of output activation and loss that together use every function of a number."""


def close(number, known):
    """Equal to 12 decimals: what a known answer of 15 digits and a handful of roundings leave."""
    return abs(number - known) <= 1e-12


def one_step(network, inputs, targets, learning_rate=0.5):
    network.forward(inputs)
    loss = network.backward(targets)
    network.update(learning_rate)
    return loss


# Mazur's example: 2-2-2, one sample, the biases kept still. https://mattmazur.com/2015/03/17/


def mazur(network_class=Network):
    network = network_class(2, 2, 2, weights=[0.35, 0.15, 0.20, 0.35, 0.25, 0.30, 0.60, 0.40, 0.45, 0.60, 0.50, 0.55])
    for synapse in network.synapses:
        synapse.frozen = synapse.source.is_bias
    return network


MAZUR_INPUTS, MAZUR_TARGETS = [0.05, 0.10], [0.01, 0.99]

MAZUR_NEURONS = [
    ("h1", "net", 0.3775),
    ("h2", "net", 0.3925),
    ("o1", "net", 1.10590596705977),
    ("o2", "net", 1.2249214040964653),
    ("h1", "output", 0.5932699921071872),
    ("h2", "output", 0.596884378259767),
    ("o1", "output", 0.7513650695523157),
    ("o2", "output", 0.7729284653214625),
    ("o1", "error", -0.7413650695523157),
    ("o2", "error", 0.21707153467853746),
    ("h1", "error", -0.03635030639314466),
    ("h2", "error", -0.0413703226487447),
    ("o1", "delta", -0.13849856162855695),
    ("o2", "delta", 0.038098236516556236),
    ("h1", "delta", -0.00877135468948693),
    ("h2", "delta", -0.009954254705217196),
]

MAZUR_SYNAPSES = [
    # source, destination, gradient, weight after one step of 0.5
    ("i1", "h1", 0.0004385677344743465, 0.1497807161327628),
    ("i2", "h1", 0.000877135468948693, 0.19956143226552567),
    ("i1", "h2", 0.0004977127352608599, 0.24975114363236958),
    ("i2", "h2", 0.0009954254705217198, 0.29950228726473915),
    ("h1", "o1", 0.08216704056423077, 0.35891647971788465),
    ("h2", "o1", 0.08266762784753325, 0.4086661860762334),
    ("h1", "o2", -0.02260254047747507, 0.5113012702387375),
    ("h2", "o2", -0.022740242215978222, 0.5613701211079891),
]


@pytest.mark.parametrize(("name", "field", "known"), MAZUR_NEURONS)
def test_mazur_every_neuron_shows_the_known_number(name, field, known):
    network = mazur()
    network.forward(MAZUR_INPUTS)
    network.backward(MAZUR_TARGETS)
    assert close(getattr(network.neuron(name), field), known)


@pytest.mark.parametrize(
    ("name", "slope"),
    [
        ("o1", 0.18681560180895948),
        ("o2", 0.17551005281727122),
        ("h1", 0.24130070857232525),
        ("h2", 0.2406134172492184),
    ],
)
def test_mazur_every_activation_has_the_known_slope(name, slope):
    network = mazur()
    network.forward(MAZUR_INPUTS)
    neuron = network.neuron(name)
    assert close(neuron.activation.derivative(neuron.net, neuron.output), slope)


@pytest.mark.parametrize(("source", "destination", "gradient", "weight"), MAZUR_SYNAPSES)
def test_mazur_every_synapse_gets_the_known_gradient_and_weight(source, destination, gradient, weight):
    network = mazur()
    synapse = next(out for out in network.neuron(source).outgoing if out.destination.name == destination)
    network.forward(MAZUR_INPUTS)
    network.backward(MAZUR_TARGETS)
    assert close(synapse.gradient, gradient)
    network.update(0.5)
    assert close(synapse.weight, weight)


def test_mazur_the_loss_is_the_sum_of_the_two_known_shares():
    network = mazur()
    network.forward(MAZUR_INPUTS)
    assert close(network.backward(MAZUR_TARGETS), 0.2983711087600027)
    shares = [network.loss_function.value(target, neuron.output) for target, neuron in zip(MAZUR_TARGETS, network[2])]
    assert close(shares[0], 0.274811083176155)
    assert close(shares[1], 0.023560025583847746)


def test_mazur_the_errors_that_travel_back_are_the_known_ones():
    network = mazur()
    network.forward(MAZUR_INPUTS)
    network.backward(MAZUR_TARGETS)
    travelling = [-out.weight * out.destination.delta for neuron in network[1] for out in neuron.outgoing]
    known = [0.05539942465142278, -0.019049118258278118, 0.06232435273285063, -0.020954030084105933]
    assert all(map(close, travelling, known))


def test_mazur_one_step_leads_to_the_known_outputs_and_loss():
    network = mazur()
    one_step(network, MAZUR_INPUTS, MAZUR_TARGETS)
    assert all(map(close, network.predict(MAZUR_INPUTS), [0.7420881111907824, 0.7752849682944595]))
    assert close(network.loss([MAZUR_INPUTS], [MAZUR_TARGETS]), 0.29102777369359933)


def test_mazur_the_biases_stay_as_they_were():
    network = mazur()
    one_step(network, MAZUR_INPUTS, MAZUR_TARGETS)
    assert [neuron.bias for layer in network.layers[1:] for neuron in layer] == [0.35, 0.35, 0.6, 0.6]


class UpdatedTooSoon(Network):
    """What the published number was computed with: the output weights move before the error goes back through them."""

    def backpropagate(self, targets):
        output_layer, hidden_layer = self.layers[-1], self.layers[1]
        output_layer.backward_from(targets, self.loss_function)
        for neuron in output_layer:
            neuron.add_gradients()
            neuron.update_weights(0.5)
            neuron.clear_gradients()
        hidden_layer.backward()
        for neuron in hidden_layer:
            neuron.add_gradients()
        return self.loss_function.of_sample(targets, output_layer.neurons)


def test_mazur_the_published_loss_after_a_step_comes_from_sending_errors_back_through_updated_weights():
    # The page prints 0.291027924 beside weights that give 0.291027774: its program updated too soon at the time.
    right, too_soon = mazur(), mazur(UpdatedTooSoon)
    one_step(right, MAZUR_INPUTS, MAZUR_TARGETS)
    one_step(too_soon, MAZUR_INPUTS, MAZUR_TARGETS)
    assert close(too_soon.loss([MAZUR_INPUTS], [MAZUR_TARGETS]), 0.29102792390544197)
    assert f"{right.loss([MAZUR_INPUTS], [MAZUR_TARGETS]):.9f}" == "0.291027774"
    assert right[2][0].incoming[1].weight == too_soon[2][0].incoming[1].weight
    assert right[1][0].incoming[1].weight != too_soon[1][0].incoming[1].weight


def test_mazur_ten_thousand_steps_reach_the_published_outputs_only_in_the_wrong_order():
    published = ["0.015912196", "0.984065734"]
    reached = []
    for network in (mazur(), mazur(UpdatedTooSoon)):
        for _ in range(10_000):
            one_step(network, MAZUR_INPUTS, MAZUR_TARGETS)
        reached.append([f"{output:.9f}" for output in network.predict(MAZUR_INPUTS)])
    assert reached[0] != published
    assert reached[1] == published


# XOR by hand.

TRUTH = [([0, 0], 0), ([0, 1], 1), ([1, 0], 1), ([1, 1], 0)]


@pytest.mark.parametrize(
    ("weights", "low", "high"),
    [
        # bias, then the two inputs, of h1, h2 and o1
        ([-10, 20, 20, 30, -20, -20, -30, 20, 20], 4.5439104876545914e-05, 0.999954519621495),
        ([-30, 20, 20, -10, 20, 20, -30, -60, 60], 9.383146683006761e-14, 0.9999999999999059),
    ],
)
def test_xor_wired_by_hand_gives_the_known_outputs(weights, low, high):
    network = Network(2, 2, 1, weights=weights)
    for inputs, truth in TRUTH:
        known = high if truth else low
        # A net of -10 is the difference of numbers near 20 and 30, so it is off by a few of their last digits.
        assert abs(network.predict(inputs)[0] - known) <= 60 * EPSILON * known


@pytest.mark.parametrize("order", [[0, 1, 2, 3], [3, 1, 0, 2]])
def test_the_walks_of_one_sample_leave_nothing_for_the_next(order):
    network = Network(2, 2, 1, weights=[-10, 20, 20, 30, -20, -20, -30, 20, 20])
    alone = [Network(2, 2, 1, weights=network.weights).forward(inputs) for inputs, _ in TRUTH]
    assert [network.forward(TRUTH[place][0]) for place in order] == [alone[place] for place in order]


# Fractions.


def fraction_network(activation, loss, *sizes, bias=True):
    """A network whose weights are small fractions, every one another."""
    network = Network(*sizes, activation=activation, loss=loss, bias=bias, weights="zeros", kind=Fraction)
    rng = Random(7)
    network.weights = [Fraction(rng.randint(-20, 20), rng.randint(3, 17)) for _ in network.synapses]
    return network


def every_number(network):
    """Every number that the walks leave on a network with fractions, with its place."""
    for neuron in network.neurons:
        yield f"{neuron.name}.output", neuron.output
    for neuron in network.computing:
        for field in ("net", "output", "error", "delta"):
            yield f"{neuron.name}.{field}", getattr(neuron, field)
    for synapse in network.synapses:
        for field in ("weight", "gradient", "initial"):
            yield f"{synapse.source.name} -> {synapse.destination.name}.{field}", getattr(synapse, field)


@pytest.mark.parametrize("activation", RATIONAL)
@pytest.mark.parametrize("loss", POLYNOMIAL)
@pytest.mark.parametrize("bias", [True, False])
def test_in_fractions_every_number_of_every_walk_is_a_fraction(activation, loss, bias):
    network = fraction_network(activation, loss, 2, 3, 2, bias=bias)
    for targets in ([0, 1], [Fraction(-7), Fraction(9)]):
        outputs = network.forward([Fraction(1, 3), 2])
        assert {type(output) for output in outputs} == {Fraction}
        assert type(network.backward(targets)) is Fraction
        assert {place: number for place, number in every_number(network) if type(number) is not Fraction} == {}
        network.update(Fraction(1, 10))
        assert {place: number for place, number in every_number(network) if type(number) is not Fraction} == {}
    assert type(network.loss([[0, 1]], [[0, 1]])) is Fraction
    assert {type(output) for output in network.predict([0, 1])} == {Fraction}


@pytest.mark.parametrize("loss", ["half_squared_error", "mean_squared_error"])
def test_in_fractions_every_gradient_of_a_linear_network_is_exactly_a_central_difference(loss):
    # Along one weight the loss is a parabola, whose central difference is its slope, whatever the step.
    network = fraction_network("linear", loss, 2, 3, 2, 3)
    network.connect(network[0][0], network[3][1], Fraction(2, 7))
    sample = [Fraction(1, 3), Fraction(-3, 2)], [Fraction(1, 5), 2, -1]
    network.forward(sample[0])
    network.backward(sample[1])
    for synapse in network.synapses:
        kept, around = synapse.weight, []
        for step in (1, -1):
            synapse.weight = kept + step
            around.append(network.loss([sample[0]], [sample[1]]))
        synapse.weight = kept
        assert synapse.gradient == (around[0] - around[1]) / 2


def test_in_fractions_training_is_exact():
    network = Network(1, 1, activation="linear", bias=False, weights=[Fraction(1, 3)], kind=Fraction)
    network.train([[1]], [[1]], epochs=3, learning_rate=Fraction(1, 7))
    # Each step takes a seventh of what is left of the way from 1/3 to 1.
    assert network.weights == [1 - Fraction(2, 3) * Fraction(6, 7) ** 3]


def test_in_fractions_permuting_hidden_neurons_changes_nothing_at_all():
    network = fraction_network("softsign", "half_squared_error", 2, 4, 3, 2)
    twin = permuted(network, [2, 0, 3, 1])
    sample = [Fraction(1, 3), -2], [1, Fraction(1, 7)]
    assert one_step(network, *sample) == one_step(twin, *sample)
    assert permuted(network, [2, 0, 3, 1]).weights == twin.weights


# Decimals.


def in_decimal(network, sample, precision):
    """One step of a copy in Decimal: loss, outputs, and every weight after it."""
    with localcontext() as context:
        context.prec = precision
        twin = network.convert(Decimal)
        loss = one_step(twin, *sample, learning_rate=Decimal("0.5"))
        return [loss, *(neuron.output for neuron in twin[-1]), *twin.weights]


@pytest.mark.parametrize(("activation", "loss"), PAIRS)
def test_decimals_agree_with_floats_and_keep_50_digits(activation, loss):
    network = Network(2, 3, 3, 2, activation="tanh", output_activation=activation, loss=loss, seed=5)
    sample = [0.5, -0.25], [0.25, 0.75]
    long, short = in_decimal(network, sample, 80), in_decimal(network, sample, 50)
    plain = [one_step(network, *sample), *(neuron.output for neuron in network[-1]), *network.weights]
    assert {type(number) for number in long + short} == {Decimal}
    # 30 or so operations on numbers below 2, each good to a rounding of its kind: to 1e-16 and to 1e-49.
    assert max(abs(float(number) - other) for number, other in zip(long, plain)) <= 1e-14
    assert max(abs(number - other) for number, other in zip(long, short)) <= Decimal("1E-47")


def test_a_decimal_network_trains():
    network = Network(2, 2, 1, seed=1)
    twin = network.convert(Decimal)
    for each in (network, twin):
        each.train(*datasets.xor(), epochs=3, learning_rate=0.5, seed=1)
    # 12 steps of some 30 operations.
    assert max(abs(float(weight) - other) for weight, other in zip(twin.weights, network.weights)) <= 1e-14


# Complex numbers.


@pytest.mark.parametrize(("activation", "loss"), PAIRS)
def test_complex_weights_without_an_imaginary_part_walk_as_floats_do(activation, loss):
    network = Network(2, 3, 2, activation="tanh", output_activation=activation, loss=loss, seed=5)
    twin = network.convert(complex)
    sample = [0.5, -0.25], [0.25, 0.75]
    # cmath rounds its own way; weights and outputs are below 2, the loss below 4.
    assert abs(one_step(network, *sample) - one_step(twin, *sample)) <= 1e-15
    assert max(abs(weight - other) for weight, other in zip(network.weights, twin.weights)) <= 1e-15
    assert {type(weight) for weight in twin.weights} == {complex}


@pytest.mark.parametrize(("activation", "loss"), PAIRS)
def test_an_imaginary_step_of_a_weight_comes_out_as_its_gradient(activation, loss):
    network = Network(2, 3, 2, activation="tanh", output_activation=activation, loss=loss, seed=5, kind=complex)
    sample = [0.5, -0.25], [0.25, 0.75]
    network.forward(sample[0])
    network.backward(sample[1])
    for synapse in network.synapses:
        kept = synapse.weight
        synapse.weight += 1e-30j
        slope = network.loss([sample[0]], [sample[1]]).imag / 1e-30
        synapse.weight = kept
        assert abs(synapse.gradient - slope) <= 1e-14  # roundings only: nothing is subtracted on either road


def test_truly_complex_weights_follow_the_formulas():
    network = Network(
        1, 1, 1, activation="softsign", output_activation="linear", bias=False, weights=[1j, 2 - 1j], kind=complex
    )
    hidden = 1j / (1 + 1j)
    assert network.forward([1]) == [hidden * (2 - 1j)]
    network.backward([0])
    assert network[2][0].delta == -hidden * (2 - 1j)
    # One product may be associated differently from the walk's.
    assert abs(network[1][0].delta + hidden * (2 - 1j) * (2 - 1j) / ((1 + 1j) * (1 + 1j))) <= 4 * EPSILON


# A chain of 2,000 layers: no walk and no way of keeping recurses.


@pytest.fixture(scope="module")
def chain():
    network = Network(*[1] * 2000, activation="linear", bias=False, weights=[1.0] * 1999)
    network.weights = [2.0 if position % 2 else 0.5 for position in range(1999)]
    return network


def test_a_chain_of_2000_layers_walks_forward_backward_and_updates(chain):
    network = chain.copy()
    assert network.forward([3]) == [1.5]
    assert network.backward([1]) == 0.125
    assert network[1][0].delta == -0.5  # the weights above it are 999 pairs of 2 and 1/2
    assert network[0][0].outgoing[0].gradient == 1.5
    network.update(0.25)
    assert network.weights[:3] == [0.5 - 0.25 * 1.5, 2 - 0.25 * 0.375, 0.5 - 0.25 * 1.5]
    network.check()


@pytest.mark.parametrize(
    "keep",
    [
        Network.copy,
        copy.copy,
        copy.deepcopy,
        through_pickle,
        lambda network: Network.from_json(network.to_json()),
        lambda network: Network("-".join(["1"] * 2000), activation="linear", bias=False, weights=network.weights),
        lambda network: network.convert(Fraction),
    ],
    ids=["copy", "copy.copy", "deepcopy", "pickle", "json", "shape", "fractions"],
)
def test_a_chain_of_2000_layers_is_kept_whole(chain, keep):
    twin = keep(chain)
    assert len(twin) == 2000
    assert twin.weights == chain.weights
    assert twin.predict([3]) == [1.5]
    assert twin[1][0] is not chain[1][0]


def test_a_chain_of_2000_layers_can_be_looked_at(chain):
    before = bits(chain)
    assert repr(chain).startswith("Network(1, 1, 1")
    assert str(chain).splitlines()[-1] == "... 1975 more neurons"
    assert repr(chain[1000][0]) == "Neuron('h1000_1')"
    assert chain.loss([[3]], [[1]]) == 0.125
    assert bits(chain) == before


# Permuted hidden neurons.


def permuted(network, order):
    """A copy of the network whose first hidden row stands in another order."""
    twin = network.copy()
    hidden = twin.layers[1]
    hidden.neurons[:] = [hidden[place] for place in order]
    return type(network)(*twin.layers, loss=network.loss_function, kind=network.kind)


@given(seed=st.integers(0, 10**6), order=st.permutations(range(5)))
def test_permuting_hidden_neurons_changes_nothing_beyond_rounding(seed, order):
    network = Network(3, 5, 4, 2, seed=seed)
    twin = permuted(network, order)
    sample = [0.5, -0.25, 1], [0, 1]
    losses = one_step(network, *sample), one_step(twin, *sample)
    # A sum of 6 terms, each at most 1, is off by at most 6 * 6 units of 2^-53 in any order; no later operation
    # enlarges that by more than the 4 weights of at most 1 that lead on, each damped by a slope of at most 1/4.
    bound = 2 * 36 * 2.0**-53
    assert abs(losses[0] - losses[1]) <= bound
    assert max(map(abs, (a - b for a, b in zip(permuted(network, order).weights, twin.weights)))) <= bound


@given(order=st.permutations(range(5)))
def test_a_permuted_hidden_neuron_shows_the_very_same_bits_forward(order):
    network = Network(3, 5, 4, 2, seed=1)
    twin = permuted(network, order)
    network.forward([0.5, -0.25, 1])
    twin.forward([0.5, -0.25, 1])
    # Its own sum runs over the inputs, whose order is the same.
    assert [neuron.output for neuron in twin[1]] == [network[1][place].output for place in order]


# Seeds.


def test_a_seed_gives_these_very_weights_on_every_python():
    assert Network(2, 1, seed=1).weights == [0.0, -0.7312715117751976, 0.6948674738744653]


@pytest.mark.parametrize("weights", ["uniform", "glorot", "he"])
def test_the_same_seed_gives_the_same_bits_before_and_after_training(weights):
    twins = [Network(2, 4, 1, seed=3, weights=weights) for _ in range(2)]
    assert twins[0].weights == twins[1].weights
    for network in twins:
        network.train(*datasets.xor(), epochs=20)
    assert twins[0].weights == twins[1].weights
    assert twins[0].weights != Network(2, 4, 1, seed=3, weights=weights).weights


@pytest.mark.parametrize("weights", ["uniform", "glorot", "he"])
def test_different_seeds_give_different_weights(weights):
    drawn = {tuple(Network(2, 4, 1, seed=seed, weights=weights).weights) for seed in range(20)}
    assert len(drawn) == 20


def test_a_training_seed_decides_the_order_alone():
    def trained(seed):
        network = Network(2, 4, 1, seed=3)
        network.train(*datasets.xor(), epochs=5, seed=seed)
        return network.weights

    assert trained(1) == trained(1)
    assert trained(1) != trained(2)


def test_a_generator_of_ones_own_is_drawn_from():
    assert Network(2, 3, 1, rng=Random(5)).weights == Network(2, 3, 1, seed=5).weights


def test_the_library_leaves_the_global_generator_alone():
    import random

    state = random.getstate()
    network = Network(2, 4, 1)
    network.train(*datasets.xor(), epochs=2)
    network.copy()
    assert random.getstate() == state


# Looking does not touch.


def walked(**options):
    """A network in the midst of work: numbers on every neuron, gradients on every synapse, one synapse frozen."""
    network = Network(2, 3, 2, seed=1, **options)
    network.forward([0.5, -0.25])
    network.backward([0, 1])
    network.synapses[2].frozen = True
    return network


LOOKS = {
    "predict": lambda network: network.predict([1, 0]),
    "predict_all": lambda network: network.predict_all([[1, 0], [0, 1]]),
    "loss": lambda network: network.loss([[1, 0], [0, 1]], [[1, 0], [0, 1]]),
    "str": str,
    "repr": lambda network: [repr(thing) for thing in (network, *network, *network.neurons, *network.synapses)],
    "to_json": Network.to_json,
    "copy": Network.copy,
    "copy.copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "pickle": through_pickle,
    "convert": lambda network: network.convert(Fraction),
    "check": Network.check,
    "weights": lambda network: (network.weights, network.neurons, network.synapses, network.outputs()),
    "neuron": lambda network: network.neuron("h2").bias,
    "len": lambda network: (len(network), network[1], list(network), len(network[1]), network[1][0] in network[1]),
}


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_looking_changes_no_bit(look):
    network = walked()
    before = bits(network)
    look(network)
    assert bits(network) == before


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_looking_at_a_network_that_has_not_walked_changes_no_bit(look):
    network = Network(2, 3, 2, seed=1)
    before = bits(network)
    look(network)
    assert bits(network) == before


def test_a_save_changes_no_bit(tmp_path):
    network = walked()
    before = bits(network)
    network.save(tmp_path / "network.json")
    assert bits(network) == before


class Tired(Neuron):
    """A neuron that fails on its third sum, in the midst of a walk, once it is told to count."""

    __slots__ = ()
    sums: ClassVar[Iterator[int]]

    def weighted_sum(self):
        if next(self.sums) == 3:
            raise ZeroDivisionError("tired")
        return super().weighted_sum()


class TiredNetwork(Network):
    neuron_class = Tired


@pytest.mark.parametrize(
    "look", [LOOKS["predict"], LOOKS["predict_all"], LOOKS["loss"]], ids=["predict", "predict_all", "loss"]
)
def test_looking_changes_no_bit_when_it_fails_on_its_way(look):
    network = TiredNetwork(2, 3, 2, seed=1)
    Tired.sums = repeat(0)
    network.forward([0.5, -0.25])
    network.backward([0, 1])
    before = bits(network)
    Tired.sums = count(1)
    with pytest.raises(ZeroDivisionError):
        look(network)
    assert bits(network) == before


@pytest.mark.parametrize(
    "look",
    [
        lambda network: network.predict([1]),
        lambda network: network.predict([1, math.nan]),
        lambda network: network.predict_all([[1, 0], [0]]),
        lambda network: network.loss([[1, 0]], [[1, 2, 3]]),
        lambda network: network.loss([[1, 0]], [[1, math.inf]]),
    ],
    ids=["short", "nan", "ragged", "long target", "infinite target"],
)
def test_looking_changes_no_bit_when_it_is_refused(look):
    network = walked()
    before = bits(network)
    with pytest.raises(NeuronetError):
        look(network)
    assert bits(network) == before


@pytest.mark.parametrize("fails", [True, False])
def test_synapses_are_kept_whatever_happens(fails):
    network = walked()
    before = bits(network)
    with suppress(ZeroDivisionError), everything_kept(network):
        network.update(0.5)
        if fails:
            raise ZeroDivisionError
    assert bits(network) == before


def test_predict_gives_what_forward_gives():
    network = walked()
    assert network.predict([1, 0]) == network.forward([1, 0]) == network.outputs()


def test_predict_all_gives_what_predict_gives_row_by_row():
    network = walked()
    rows = [[1, 0], [0.5, -3], [0, 0]]
    assert network.predict_all(rows) == [network.predict(row) for row in rows]


def test_loss_is_the_mean_of_what_backward_returns():
    network = walked()
    alone = []
    for row, wanted in ([1, 0], [0, 1]), ([0, 1], [1, 1]):
        network.forward(row)
        alone.append(network.backward(wanted))
    assert network.loss([[1, 0], [0, 1]], [[0, 1], [1, 1]]) == (alone[0] + alone[1]) / 2


@given(case=cases())
def test_a_copy_walks_to_the_same_bits(case):
    network, inputs, targets = case
    twin = network.copy()
    assert one_step(network, inputs[0], targets[0]) == one_step(twin, inputs[0], targets[0])
    assert network.weights == twin.weights


def test_a_copy_shares_nothing():
    network = walked()
    twin = network.copy()
    before = bits(network)
    twin.train([[1, 0]], [[0, 1]], epochs=3)
    twin.reset()
    twin.disconnect(twin.synapses[0])
    assert bits(network) == before


def test_a_copy_draws_the_same_order_as_its_original_would():
    network = Network(2, 4, 1, seed=3)
    twin = network.copy()
    for each in (network, twin):
        each.train(*datasets.xor(), epochs=5)
    assert network.weights == twin.weights


# The phases, frozen synapses, no biases, skipping synapses.


def test_forward_changes_no_weight_and_backward_neither():
    network = Network(2, 3, 2, seed=1)
    weights = network.weights
    network.forward([0.5, -0.25])
    network.backward([0, 1])
    assert network.weights == weights


def test_backward_changes_no_net_and_no_output():
    network = Network(2, 3, 2, seed=1)
    network.forward([0.5, -0.25])
    before = [(neuron.net, neuron.output) for neuron in network.neurons]
    network.backward([0, 1])
    assert [(neuron.net, neuron.output) for neuron in network.neurons] == before


def test_gradients_are_summed_until_an_update_takes_and_clears_them():
    network = Network(1, 1, activation="linear", bias=False, weights=[2])
    network.forward([3])
    network.backward([0])
    network.backward([0])
    assert network.synapses[0].gradient == 2 * 6 * 3
    network.update(0.25)
    assert network.weights == [2 - 0.25 * 36]
    assert network.synapses[0].gradient == 0


def test_the_update_is_the_article_s_weight_plus_rate_times_delta_times_output():
    network = Network(2, 3, 2, seed=1)
    network.forward([0.5, -0.25])
    network.backward([0, 1])
    wanted = [
        synapse.weight - 0.5 * (-synapse.destination.delta * synapse.source.output) for synapse in network.synapses
    ]
    network.update(0.5)
    assert network.weights == wanted


def test_an_update_without_a_backward_walk_changes_nothing():
    network = Network(2, 3, 2, seed=1)
    weights = network.weights
    network.update(0.5)
    assert network.weights == weights


def test_a_frozen_synapse_keeps_its_weight_and_still_carries_signal_and_error():
    network, free = Network(2, 3, 1, seed=1), Network(2, 3, 1, seed=1)
    frozen = network.synapses[4], network.synapses[10]
    for synapse in frozen:
        synapse.frozen = True
    losses = [one_step(each, [0.5, 1], [1]) for each in (network, free)]
    assert losses[0] == losses[1]
    for synapse, other in zip(network.synapses, free.synapses):
        assert synapse.weight == (synapse.initial if synapse in frozen else other.weight)
        assert other.weight != other.initial


def test_a_frozen_synapse_s_gradient_is_added_up_and_cleared_as_any_other():
    network = Network(1, 1, activation="linear", bias=False, weights=[2])
    network.synapses[0].frozen = True
    network.forward([3])
    network.backward([0])
    assert network.synapses[0].gradient == 18
    network.update(0.5)
    assert network.synapses[0].gradient == 0
    assert network.weights == [2]


def test_a_frozen_synapse_is_kept_still_by_training_and_by_copies():
    network = Network(2, 3, 1, seed=1)
    network.synapses[4].frozen = True
    for twin in (network.copy(), through_pickle(network), Network.from_json(network.to_json())):
        twin.train(*datasets.xor(), epochs=2, seed=1)
        moved = [synapse.weight != synapse.initial for synapse in twin.synapses]
        assert moved == [position != 4 for position in range(len(moved))]


def test_without_biases_the_network_is_the_article_s_own():
    network = Network(2, 2, 1, bias=False, weights=[0.5, -1, 2, 0.25, 1, -1])
    assert [layer.bias for layer in network] == [None, None, None]
    assert len(network.synapses) == 6
    outputs = network.forward([1, 2])
    sigmoid = ACTIVATIONS["sigmoid"].value
    assert [neuron.net for neuron in network[1]] == [-1.5, 2.5]
    assert outputs == [sigmoid(sigmoid(-1.5) - sigmoid(2.5))]


def test_without_biases_inputs_of_0_give_one_half():
    assert Network(3, 4, 2, bias=False, seed=1).predict([0, 0, 0])[0] != 0.5
    assert Network(3, 2, bias=False, seed=1).predict([0, 0, 0]) == [0.5, 0.5]


def test_a_bias_is_a_neuron_that_is_always_1():
    network = Network(1, 1, activation="linear", weights=[0.25, 2])
    assert network.forward([3]) == [6.25]
    assert network[1].bias.output == 1
    assert network[1].bias.net is None
    network.backward([0])
    assert network[1][0].incoming[0].gradient == 6.25
    assert network[1].bias.delta is None


def test_a_skip_synapse_carries_the_signal_forward_and_the_error_back():
    network = Network(1, 1, 1, 1, activation="linear", bias=False, weights=[2, 3, 5])
    skip = network.connect("h1_1", "o1", 7)
    assert network.forward([1]) == [2 * 3 * 5 + 2 * 7]
    network.backward([0])
    assert skip.gradient == 44 * 2
    assert network.neuron("h1_1").error == -44 * (3 * 5 + 7)
    network.update(0.25)
    assert skip.weight == 7 - 0.25 * 88


def test_a_skip_synapse_from_an_input_to_an_output_is_one_more_term():
    network = Network(2, 1, 1, activation="linear", bias=False, weights=[2, 3, 5])
    network.connect("i2", "o1", 7)
    assert network.forward([1, 10]) == [5 * 32 + 7 * 10]


def test_a_net_is_added_up_from_left_to_right_bias_first():
    network = Network(2, 1, activation="linear", weights=[1e16, -1e16, 1])
    assert network.forward([1, 1]) == [1]
    network.weights = [1, -1e16, 1e16]
    assert network.forward([1, 1]) == [0]  # the 1 is lost in -1e16 first; a compensated sum would keep it


# Each small method is what the walks call: a subclass that changes one sees exactly that change.


def built_of(neuron_class):
    class Changed(Network):
        pass

    Changed.neuron_class = neuron_class
    return Changed(2, 3, 2, seed=1)


def fields(network, field):
    return [getattr(neuron, field) for neuron in network.computing]


def compare(neuron_class):
    """A plain network and one of such neurons, both after a step."""
    plain, changed = Network(2, 3, 2, seed=1), built_of(neuron_class)
    for network in (plain, changed):
        network.forward([0.5, -0.25])
        network.backward([0, 1])
    return plain, changed


def test_overriding_weighted_sum_changes_every_net():
    class Changed(Neuron):
        def weighted_sum(self):
            return super().weighted_sum() + 8

    plain, changed = compare(Changed)
    assert changed[1][0].net == plain[1][0].net + 8
    assert all(neuron.net > 4 for neuron in changed.computing)
    assert changed[2][0].output == changed[2][0].activation.value(changed[2][0].net)


def test_overriding_output_error_changes_the_errors_of_the_outputs():
    class Changed(Neuron):
        def output_error(self, target, loss, outputs):
            return 8 * super().output_error(target, loss, outputs)

    plain, changed = compare(Changed)
    assert fields(changed, "net") == fields(plain, "net")
    assert fields(changed, "error") == [8 * error for error in fields(plain, "error")]
    assert fields(changed, "delta") == [8 * delta for delta in fields(plain, "delta")]


def test_overriding_hidden_error_changes_the_errors_of_the_hidden_neurons_only():
    class Changed(Neuron):
        def hidden_error(self):
            return 8 * super().hidden_error()

    plain, changed = compare(Changed)
    assert fields(changed, "error") == [8 * error for error in fields(plain, "error")[:3]] + fields(plain, "error")[3:]


def test_overriding_own_delta_changes_every_delta():
    class Changed(Neuron):
        def own_delta(self):
            return self.error

    _, changed = compare(Changed)
    assert fields(changed, "delta") == fields(changed, "error")


@pytest.mark.parametrize(
    ("activation", "loss"), [("sigmoid", "binary_cross_entropy"), ("softmax", "categorical_cross_entropy")]
)
def test_overriding_output_delta_changes_the_deltas_beside_a_cross_entropy(activation, loss):
    class Changed(Neuron):
        def output_delta(self, target):
            return 8 * super().output_delta(target)

    class Network8(Network):
        neuron_class = Changed

    networks = [kind(2, 3, 2, output_activation=activation, loss=loss, seed=1) for kind in (Network, Network8)]
    for network in networks:
        network.forward([0.5, -0.25])
        network.backward([0, 1])
    plain, changed = networks
    assert fields(changed, "delta") == [8 * delta for delta in fields(plain, "delta")]
    assert fields(changed, "error")[3:] == fields(plain, "error")[3:]


def test_overriding_output_delta_changes_nothing_beside_another_loss():
    class Changed(Neuron):
        def output_delta(self, target):
            raise AssertionError("the article's loss has no partner")

    plain, changed = compare(Changed)
    assert fields(changed, "delta") == fields(plain, "delta")


def test_overriding_add_gradients_changes_every_gradient():
    class Changed(Neuron):
        def add_gradients(self):
            for synapse in self.incoming:
                synapse.gradient = 42

    plain, changed = compare(Changed)
    assert {synapse.gradient for synapse in changed.synapses} == {42}
    assert fields(changed, "delta") == fields(plain, "delta")


def test_overriding_update_weights_changes_every_step():
    class Changed(Neuron):
        def update_weights(self, learning_rate):
            for synapse in self.incoming:
                synapse.weight = learning_rate

    _, changed = compare(Changed)
    changed.update(0.25)
    assert set(changed.weights) == {0.25}
    assert {synapse.gradient for synapse in changed.synapses} == {0}


def test_overriding_clear_gradients_lets_them_pile_up():
    class Changed(Neuron):
        def clear_gradients(self, zero=0):
            pass

    plain, changed = compare(Changed)
    plain.update(0.5)
    changed.update(0.5)
    assert changed.weights == plain.weights
    assert all(synapse.gradient for synapse in changed.synapses)
    changed.clear_gradients()
    assert all(synapse.gradient for synapse in changed.synapses)


@pytest.mark.parametrize("keep", [Network.copy, through_pickle], ids=["copy", "pickle"])
def test_a_network_of_ones_own_neurons_is_kept_as_one(keep):
    assert {type(neuron) for neuron in keep(TiredNetwork(2, 3, 1, seed=1)).neurons} == {Tired}


# The core is short enough to read in one sitting.


def test_the_core_is_under_300_lines():
    walks = Network.propagate, Network.backpropagate, Network.apply_gradients
    lines = len(inspect.getsource(graph).splitlines()) + sum(
        len(inspect.getsource(walk).splitlines()) for walk in walks
    )
    assert lines < 300
