"""Every gradient of the backward walk equals the slope of the loss, measured by finite differences."""

import sys

import pytest
from hypothesis import example, given, note
from hypothesis import strategies as st
from slips import ForgottenSlope, ForgottenSynapse
from strategies import cases, fitting_pairs

from neuronet import Network
from neuronet.activations import ACTIVATIONS, Activation
from neuronet.graph import Neuron

EPSILON = sys.float_info.epsilon


def mean_gradients(network, inputs, targets):
    """What the backward walk leaves on the synapses, averaged over the samples as the loss is."""
    network.clear_gradients()
    for row, wanted in zip(inputs, targets):
        network.forward(row)
        network.backward(wanted)
    return [synapse.gradient / len(inputs) for synapse in network.synapses]


def central_difference(network, synapse, inputs, targets):
    """The slope of the loss by one weight, and how far it can be off.

    Rounding: each loss carries some 4 units in the last place of itself, and of each output and each term of a net as
    far as the loss changes with it. Truncation: the error of D(h) is about a third of what D(h) and D(2h) differ by;
    twice that.
    """
    kept = synapse.weight
    step = EPSILON ** (1 / 3) * max(1, abs(kept))
    rounded, slopes = [], []
    try:
        for reach in (step, 2 * step):
            above, below = kept + reach, kept - reach
            synapse.weight = above
            high = network.loss(inputs, targets)
            rounded.append(abs(high) + output_weight(network, inputs, targets))
            synapse.weight = below
            low = network.loss(inputs, targets)
            rounded.append(abs(low) + output_weight(network, inputs, targets))
            slopes.append((high - low) / (above - below))
    finally:
        synapse.weight = kept
    rounding = 4 * EPSILON * (rounded[0] + rounded[1]) / (2 * step)
    return slopes[0], rounding + 2 * abs(slopes[0] - slopes[1]) / 3


def output_weight(network, inputs, targets):
    """How much loss one relative rounding of the outputs, and of the terms that nets are added up from, is worth.

    |d loss / d output * output| + |d loss / d net| * sum of |weight * source.output|, the classic bound for a sum that
    cancels. A loss that is taken from the nets knows no outputs, and as the logarithm of a sum near 1 it is as exact
    as 1 is, however small it is itself.
    """
    total = 0
    for row, wanted in zip(inputs, targets):
        network.forward(row)
        network.backward(wanted)
        for neuron in network.computing:
            total += sum(abs(neuron.delta * synapse.weight * synapse.source.output) for synapse in neuron.incoming)
        for neuron in network[-1]:
            from_net = network.loss_function.canonical_activation is neuron.activation
            total += 1 if from_net else abs(neuron.error * neuron.output)
    return total / len(inputs)


def wrong_gradients(network, inputs, targets):
    """The synapses whose gradient is off by more than the error bar, in words."""
    wrong = []
    for synapse, gradient in zip(network.synapses, mean_gradients(network, inputs, targets)):
        slope, bar = central_difference(network, synapse, inputs, targets)
        if not abs(gradient - slope) <= bar:
            wrong.append(f"{synapse!r}: backward {gradient!r}, difference {slope!r}, bar {bar:.1e}")
    return wrong


@pytest.mark.parametrize(("activation", "loss"), fitting_pairs())
@given(data=st.data())
def test_every_gradient_is_the_slope_of_the_loss(activation, loss, data):
    network, inputs, targets = data.draw(cases(output_activation=activation, loss=loss))
    note(str(network))
    assert wrong_gradients(network, inputs, targets) == []


@given(cases())
def test_a_second_backward_walk_finds_the_same(case):
    network, inputs, targets = case
    first = mean_gradients(network, inputs, targets)
    assert mean_gradients(network, inputs, targets) == first


@given(cases(most_samples=2))
def test_gradients_add_up_over_samples_until_the_update(case):
    network, inputs, targets = case
    network.clear_gradients()
    alone = []
    for row, wanted in zip(inputs, targets):
        network.forward(row)
        network.backward(wanted)
        alone.append([synapse.gradient for synapse in network.synapses])
    again = [0.0] * len(network.synapses)
    for row, wanted in zip(inputs, targets):
        network.clear_gradients()
        network.forward(row)
        network.backward(wanted)
        again = [total + synapse.gradient for total, synapse in zip(again, network.synapses)]
    assert alone[-1] == again


class RaisedInput(Neuron):
    """A neuron that adds its delta to the gradient, one thousandth too much."""

    __slots__ = ()

    def add_gradients(self):
        for synapse in self.incoming:
            synapse.gradient += -self.delta * synapse.source.output * 1.001


@pytest.mark.parametrize("bug", [ForgottenSlope, ForgottenSynapse, RaisedInput])
def test_the_check_can_fail_on_a_planted_bug(bug):
    class Buggy(Network):
        neuron_class = bug

    network = Buggy(2, 3, 2, seed=1)
    assert wrong_gradients(network, [[0.5, -0.25], [1, 0.75]], [[0.25, 1], [0, 0.5]])


@pytest.mark.parametrize("name", [name for name in ACTIVATIONS if name != "softmax"])
def test_the_check_can_fail_on_a_derivative_that_is_slightly_wrong(name):
    right = ACTIVATIONS[name]
    wrong = Activation(name, right.value, lambda net, output: right.derivative(net, output) * 1.000001)
    samples = [[0.5, -0.25], [1, 0.75]], [[0.25], [0.5]]
    weights = [0.25, 0.5, 0.75, 0.375, -0.5, 0.25, 0.125, 0.75, 0.5]
    assert wrong_gradients(Network(2, 2, 1, activation=wrong, weights=weights), *samples)
    assert wrong_gradients(Network(2, 2, 1, activation=right, weights=weights), *samples) == []


@example(weights=[40.0, 0.0, 0.0])
@example(weights=[-800.0, 0.0, 0.0])
@given(weights=st.lists(st.integers(-1000, 1000).map(float), min_size=3, max_size=3))
def test_the_loss_and_every_gradient_are_finite_at_saturated_outputs(weights):
    for target in ([0], [1], [0.5]):
        network = Network(2, 1, loss="binary_cross_entropy", weights=weights)
        outputs = network.forward([1, -1])
        assert network.backward(target) <= 3001
        assert all(abs(synapse.gradient) <= 1 for synapse in network.synapses), outputs
    for target in ([0, 1], [1, 0], [0.5, 0.5]):
        network = Network(
            2, 2, output_activation="softmax", loss="categorical_cross_entropy", weights=weights + weights[::-1]
        )
        network.forward([1, -1])
        assert network.backward(target) <= 6001
        assert all(abs(synapse.gradient) <= 1 for synapse in network.synapses)
