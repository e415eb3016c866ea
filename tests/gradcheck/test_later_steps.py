"""What shows only from the second update on is found by the step check, and no right training is called wrong."""

import pytest
from gradcheck_cases import INPUTS, TARGETS
from hypothesis import given
from hypothesis import strategies as st
from strategies import wild_cases_for

from neuronet import Network, Neuron, check_gradients, check_step, datasets
from neuronet.feedforward import FeedForward
from neuronet.optimizers import OPTIMIZERS, SGD, Adam, Optimizer

XOR = datasets.xor()


class NeverClears(Network):
    def apply_gradients(self, learning_rate):
        for neuron in self.computing:
            neuron.update_weights(learning_rate)


class ClearsEveryOtherTime(Network):
    updates = 0

    def apply_gradients(self, learning_rate):
        self.updates += 1
        for neuron in self.computing:
            neuron.update_weights(learning_rate)
            if self.updates % 2 == 0:
                neuron.clear_gradients(0.0)


class ForgetsOneLayer(Network):
    def apply_gradients(self, learning_rate):
        for neuron in self.computing:
            neuron.update_weights(learning_rate)
            if neuron not in self.layers[-1].neurons:
                neuron.clear_gradients(0.0)


class OnlineTwice(Network):
    def end_batch(self, samples, learning_rate):
        if samples == 1:
            for synapse in self.synapses:
                synapse.gradient += synapse.gradient
        super().end_batch(samples, learning_rate)


class OnlineSkipsTheMeanOfTwo(Network):
    def average_gradients(self, samples):
        super().average_gradients(max(samples, 2))


class WrongAfterTheFirstUpdate(Network):
    updates = 0

    def apply_gradients(self, learning_rate):
        self.updates += 1
        super().apply_gradients(learning_rate if self.updates == 1 else learning_rate * 1.01)


class Stale(Network):
    """The second update goes by the gradients of the first."""

    last = None

    def apply_gradients(self, learning_rate):
        now = [synapse.gradient for synapse in self.synapses]
        for synapse, gradient in zip(self.synapses, self.last or now):
            synapse.gradient = gradient
        self.last = now
        super().apply_gradients(learning_rate)


class SquaredRate(Network):
    """Right at a rate of 1/2 alone."""

    def apply_gradients(self, learning_rate):
        super().apply_gradients(2 * learning_rate * learning_rate)


class FixedRate(Network):
    def apply_gradients(self, learning_rate):
        super().apply_gradients(0.5)


class WrongByOthers(Network):
    def apply_gradients(self, learning_rate):
        if not self.optimizer.is_gradient_descent:
            for synapse in self.synapses:
                synapse.gradient = synapse.gradient / 2
        super().apply_gradients(learning_rate)


class ForgetsTheOptimizer(Network):
    def apply_gradients(self, learning_rate):
        for synapse in self.synapses:
            if synapse.optimizer_state is not None:
                synapse.optimizer_state = None
        self.optimizer.prepare(self.synapses, learning_rate, self.kind)
        super().apply_gradients(learning_rate)


class Thaws(Neuron):
    """Frozen weights move from the second update on."""

    __slots__ = ("updates",)

    def update_weights(self, learning_rate):
        self.updates = getattr(self, "updates", 0) + 1
        for synapse in self.incoming:
            if not synapse.frozen or self.updates > 1:
                synapse.weight -= learning_rate * synapse.gradient


class ThawsFrozen(Network):
    neuron_class = Thaws


WRONG = [
    NeverClears,
    ClearsEveryOtherTime,
    ForgetsOneLayer,
    OnlineTwice,
    OnlineSkipsTheMeanOfTwo,
    WrongAfterTheFirstUpdate,
    Stale,
    SquaredRate,
    FixedRate,
    WrongByOthers,
    ForgetsTheOptimizer,
    ThawsFrozen,
]


@pytest.mark.parametrize("wrong", WRONG)
def test_what_shows_only_later_fails_the_step_check_and_no_check_of_gradients(wrong):
    network = wrong(2, 4, 1, activation="tanh", output_activation="sigmoid", seed=1)
    network.synapses[3].frozen = True
    before = network.to_json()
    assert check_gradients(network, *XOR).ok
    report = check_step(network, *XOR, learning_rate=0.5)
    assert report.status == "fail"
    assert report.hints[0].startswith("the first step is right, and epoch ")
    assert network.to_json() == before


def test_the_wrong_step_is_named_as_the_gradient_that_it_implies():
    report = check_step(NeverClears(2, 3, 1, seed=1), *XOR)
    assert {entry.kind for entry in report.failures} == {"step"}
    assert all(entry.gradient != entry.reference for entry in report.failures)
    assert "in one batch" in report.hints[0]


class Own(Optimizer):
    """An optimizer of the user's own, with a state."""

    name = "own"
    learning_rate = 0.1
    initial_state = {"last": 0}  # noqa: RUF012

    def update(self, synapse, learning_rate):
        state = synapse.optimizer_state
        synapse.weight -= learning_rate * (synapse.gradient + state.last) / 2
        state.last = synapse.gradient


OWN = [*(kind() for kind in OPTIMIZERS.values()), Adam(clip_norm=0.1), SGD(clip_value=0.01), Own()]


@pytest.mark.parametrize("optimizer", OWN, ids=repr)
@pytest.mark.parametrize(
    "settings", [{}, {"dropout": 0.4}, {"l1": 0.01, "l2": 0.1}, {"activation": "leaky_relu"}], ids=repr
)
def test_no_right_training_fails(optimizer, settings):
    network = Network(2, 5, 3, 2, seed=3, **settings)
    network.synapses[2].frozen = True
    network.train(INPUTS, TARGETS, epochs=2, optimizer=optimizer)
    assert check_step(network, INPUTS, TARGETS).ok


def test_a_network_that_only_walks_is_checked_too():
    assert check_step(FeedForward(2, 3, 1, seed=1), *XOR).ok


@given(wild_cases_for("complex"), st.sampled_from([1e-3, 0.1, 0.5, 3.0]))
def test_no_right_network_fails_however_wild(case, rate):
    report = check_step(*case, learning_rate=rate)
    assert report.status != "fail", report
