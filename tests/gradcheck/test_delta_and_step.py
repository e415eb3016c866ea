"""`check_deltas` names the stage that is wrong, `check_step` looks at where the weights really went."""

import math

import pytest
from gradcheck_cases import (
    ABS,
    ABS_SQUARE,
    INPUTS,
    ONLY_FLOATS,
    TARGETS,
    TRUE_FLOATS,
    ForgottenBias,
    SlightlyLong,
    assigning,
    planted,
    reasons,
    relu_at_zero,
    report_of,
    smooth,
)
from helpers import bits, mostly_slow
from slips import ForgottenSlope, ForgottenSynapse

from neuronet import (
    Network,
    check_deltas,
    check_step,
)
from neuronet.errors import DataError, TrainingError
from neuronet.graph import Neuron

# Deltas.


class WrongOutputError(Neuron):
    __slots__ = ()

    def output_error(self, target, loss, outputs):
        return 2 * super().output_error(target, loss, outputs)


class ForgottenHiddenSlope(Neuron):
    __slots__ = ()

    def own_delta(self):
        return super().own_delta() if not self.outgoing else self.error


class WrongSource(Neuron):
    __slots__ = ()

    def add_gradients(self):
        for synapse in self.incoming:
            synapse.gradient -= self.delta * self.output


@pytest.mark.parametrize(
    ("slip", "stage", "status"),
    [
        (Neuron, "", "pass"),
        (WrongOutputError, "output", "fail"),
        (ForgottenSlope, "output", "fail"),
        (ForgottenHiddenSlope, "walk", "fail"),
        (ForgottenSynapse, "walk", "fail"),
        (WrongSource, "assembly", "fail"),
        (ForgottenBias, "assembly", "fail"),
        (SlightlyLong, "assembly", "fail"),
    ],
)
def test_the_stage_that_is_wrong_is_named(slip, stage, status):
    report = check_deltas(planted(slip), INPUTS, TARGETS)
    assert (report.stage, report.status) == (stage, status)
    assert (report.hints == []) == (stage == "")
    headline = str(report).splitlines()[0]
    assert headline.endswith(", but a gradient made from them is") == (stage == "assembly")


def test_each_delta_is_compared_with_the_slope_by_its_net():
    network = Network(1, 1, 1, activation="linear", weights=[0.5, 0.25, 1.0, 2.0])
    report = check_deltas(network, [[2.0], [4.0]], [[1.0], [3.0]])
    # Outputs 1 + 2 (0.5 + 0.25 x) = 3 and 4, so the output deltas are -2 and -1, and the hidden ones twice that.
    assert {entry.name: (entry.gradient, entry.reference) for entry in report.entries} == {
        "h1, sample 0": (-4, -4),
        "o1, sample 0": (-2, -2),
        "h1, sample 1": (-2, -2),
        "o1, sample 1": (-1, -1),
    }


def test_at_a_kink_a_delta_is_inconclusive():
    network, inputs, targets = relu_at_zero()
    report = check_deltas(network, inputs, targets)
    assert report.status == "inconclusive"
    assert [entry.name for entry in report.inconclusive] == ["h1, sample 0"]
    assert reasons(report) == {"kink"}


def test_a_net_that_is_0_whatever_the_weights_is_no_failure():
    """Without biases and behind a dead relu the nets stay at their kink, wherever the weights are moved."""
    network = Network(1, 1, 2, 1, activation="relu", output_activation="softsign", bias=False)
    network.weights = [1.0, 0.5, -0.25, 2.0, 1.5]
    report = check_deltas(network, [[-1.0], [1.0]], [[0.5], [0.25]])
    assert report.status == "pass"
    assert [neuron.name for neuron in network[2] if f"{neuron.name}, sample 0" in {e.name for e in report.zeros}]


@pytest.mark.parametrize("activation", [ABS, ONLY_FLOATS, TRUE_FLOATS, ABS_SQUARE])
def test_deltas_of_formulas_that_refuse_or_mislead_complex_numbers_are_right(activation):
    report = check_deltas(smooth(activation=activation), INPUTS, TARGETS)
    assert report.ok
    assert report.stage == ""


def test_the_deltas_of_a_walk_of_the_callers_are_compared():
    assert check_deltas(smooth(), INPUTS, TARGETS, backward=assigning).stage == ""

    def no_hidden_slope(network, targets):
        assigning(network, targets)
        for neuron in network[1]:
            neuron.delta = sum(synapse.weight * synapse.destination.delta for synapse in neuron.outgoing)

    assert check_deltas(smooth(), INPUTS, TARGETS, backward=no_hidden_slope).stage == "walk"


@pytest.mark.parametrize("left", [None, "1"])
def test_a_walk_that_leaves_no_deltas_is_refused(left):
    def backward(network, targets):
        assigning(network, targets)
        network[1][1].delta = left

    network = smooth()
    before = bits(network)
    with pytest.raises(DataError, match="backward: expected a real number as the delta of h2, got"):
        check_deltas(network, INPUTS, TARGETS, backward=backward)
    assert bits(network) == before


# Steps.


class Ascent(Network):
    def apply_gradients(self, learning_rate):
        super().apply_gradients(-learning_rate)


class FirstLayerForgotten(Network):
    def apply_gradients(self, learning_rate):
        kept = [synapse.weight for neuron in self[1] for synapse in neuron.incoming]
        super().apply_gradients(learning_rate)
        for synapse, weight in zip([synapse for neuron in self[1] for synapse in neuron.incoming], kept):
            synapse.weight = weight


class UpdatedTooEarly(Network):
    """The article's slip: the error goes back through output weights that have taken their step already."""

    rate = 0.5

    def train(self, *samples, learning_rate, **options):
        self.rate = learning_rate
        return super().train(*samples, learning_rate=learning_rate, **options)

    def backpropagate(self, targets):
        output_layer = self.layers[-1]
        output_layer.backward_from(targets, self.loss_function)
        for neuron in output_layer:
            for synapse in neuron.incoming:
                synapse.weight += self.rate * neuron.delta * synapse.source.output
        for layer in self.layers[-2:0:-1]:
            layer.backward()
        for neuron in output_layer:
            for synapse in neuron.incoming:
                synapse.weight -= self.rate * neuron.delta * synapse.source.output
        for neuron in self.computing:
            neuron.add_gradients()
        return self.loss_function.of_sample(targets, output_layer.neurons)


def test_a_right_step_passes():
    report = check_step(smooth(), INPUTS, TARGETS, 0.5)
    assert report.ok
    assert len(report.entries) == 17


@pytest.mark.parametrize("rate", mostly_slow([1e-300, 1e-18, 1e-9, 0.5, 1e3], 1e-300, 0.5))
@pytest.mark.parametrize("slip", [Ascent, FirstLayerForgotten, UpdatedTooEarly])
def test_a_wrong_step_never_passes_however_short(slip, rate):
    report = check_step(planted(slip, activation="tanh", seed=4), INPUTS, TARGETS, rate)
    assert not report.ok
    if slip is not UpdatedTooEarly or rate > 1e-6:  # weights moved by less make no difference that is worth the name
        assert report.status == "fail" or rate == 1e-300


@pytest.mark.parametrize("slip", [Ascent, FirstLayerForgotten])
def test_a_gradient_check_cannot_see_a_wrong_step(slip):
    assert report_of(planted(slip)).ok


@pytest.mark.parametrize("rate", [1e-18, 1e-9, 1e-3, 1e5])
def test_a_right_step_passes_however_short(rate):
    """Where floats lose the step, the one that decimals take is looked at."""
    assert check_step(smooth(), INPUTS, TARGETS, rate).ok


def test_a_step_below_every_digit_is_inconclusive():
    report = check_step(smooth(), INPUTS, TARGETS, 1e-300)
    assert report.status == "inconclusive"
    assert reasons(report) == {"step vanished"}


def test_the_hint_tells_which_way_a_step_went():
    assert "adds the gradient instead of subtracting it" in check_step(planted(Ascent), INPUTS, TARGETS).hints[0]
    assert (
        "weights that lead from the inputs never move"
        in check_step(planted(FirstLayerForgotten), INPUTS, TARGETS).hints[0]
    )


def test_a_weight_that_is_frozen_on_purpose_passes_where_it_stood_still():
    network = smooth()
    for synapse in network[1][0].incoming:
        synapse.frozen = True
    report = check_step(network, INPUTS, TARGETS)
    assert report.ok
    assert [entry.name for entry in report.zeros] == ["b1 -> h1", "i1 -> h1", "i2 -> h1"]
    for synapse in network.synapses:
        synapse.frozen = True
    assert check_step(network, INPUTS, TARGETS).ok


def test_a_weight_that_moves_though_it_is_frozen_fails():
    class Thawed(Neuron):
        __slots__ = ()

        def update_weights(self, learning_rate):
            for synapse in self.incoming:
                synapse.weight -= learning_rate * synapse.gradient

    network = planted(Thawed)
    network.synapses[3].frozen = True
    report = check_step(network, INPUTS, TARGETS)
    assert [entry.name for entry in report.failures] == [
        f"{network.synapses[3].source.name} -> {network.synapses[3].destination.name}"
    ]


def test_a_step_at_a_kink_is_inconclusive():
    network, inputs, targets = relu_at_zero()
    report = check_step(network, inputs, targets)
    assert report.status == "inconclusive"
    assert reasons(report) == {"kink"}


@pytest.mark.parametrize("activation", [ABS, ONLY_FLOATS, TRUE_FLOATS])
def test_a_step_of_formulas_that_refuse_or_mislead_complex_numbers_passes(activation):
    assert check_step(smooth(activation=activation), INPUTS, TARGETS).ok


@pytest.mark.parametrize("rate", [0, -0.5, math.nan, math.inf, "0.5", None, True])
def test_a_learning_rate_that_cannot_be_is_refused(rate):
    with pytest.raises(DataError, match="learning_rate: expected a"):
        check_step(smooth(), INPUTS, TARGETS, rate)


def test_a_step_out_of_the_finite_numbers_is_told_as_training_tells_it():
    network = Network(1, 1, activation="linear", weights=[1.0, 1.0])
    before = bits(network)
    with pytest.raises(TrainingError):
        check_step(network, [[1e10]], [[0.0]], 1e300)
    assert bits(network) == before


def test_ctrl_c_in_the_step_ends_the_check(monkeypatch):
    """Training holds Ctrl-C back to the end of a step and says so; the check must not go on from there."""
    network = smooth()
    before = bits(network)
    train = Network.train

    def interrupted(self, *samples, **options):
        history = train(self, *samples, **options)
        history.stopped = "interrupted"
        return history

    monkeypatch.setattr(Network, "train", interrupted)
    with pytest.raises(KeyboardInterrupt):
        check_step(network, INPUTS, TARGETS)
    assert bits(network) == before
