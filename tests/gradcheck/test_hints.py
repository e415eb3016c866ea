"""What the guess says of wrong walks: of known bugs in one place, of two at once, and of walks that nobody has met."""

import pytest

from neuronet import Activation, Loss, Network, Neuron, check_deltas, check_function, check_gradients, check_step
from neuronet.activations import sigmoid
from neuronet.bugs import find_bug
from neuronet.gradcheck import lineup

INPUTS = [[0.5, -1.0], [0.25, 0.75], [1.0, 0.5]]
TARGETS = [[0.25, 1.0], [0.5, 0.0], [1.0, 0.75]]


def network_of(neuron_class, *shape, base=Network, **options):
    """A network whose neurons are of this class."""
    made = type("Own", (base,), {"neuron_class": neuron_class})
    network = made(
        *(shape or (2, 3, 2)), **{"activation": "tanh", "output_activation": "sigmoid", "seed": 3, **options}
    )
    for place, neuron in enumerate(network.computing):
        neuron.bias = 0.25 + place / 16  # none is 0, where bugs of the biases would all look the same
    return network


def hints_of(network, inputs=INPUTS, targets=TARGETS, **options):
    report = check_gradients(network, inputs, targets, **options)
    assert report.status == "fail"
    return report.hints


def guess(*names):
    """What a guess says that names these bugs together."""
    return f"is it {' together with '.join(names)}? {' '.join(find_bug(name).summary for name in names)}"


class Gradients(Neuron):
    """A neuron whose gradients are changed by a factor, after they have been put together rightly."""

    __slots__ = ()

    def factor(self, synapse):
        return 1

    def add_gradients(self):
        for synapse in self.incoming:
            synapse.gradient -= self.factor(synapse) * self.delta * synapse.source.output


# Wrong walks that are not in the museum: what they have in common is said, and where.


class FivefoldHidden(Gradients):
    __slots__ = ()

    def factor(self, synapse):
        return 5 if self.outgoing else 1


class TurnedOutputBiases(Gradients):
    __slots__ = ()

    def factor(self, synapse):
        return -1 if synapse.source.is_bias and not self.outgoing else 1


class OneNeuronHalved(Gradients):
    __slots__ = ()

    def factor(self, synapse):
        return 0.75 if self.name == "h2" else 1


class OneSynapseForgotten(Gradients):
    __slots__ = ()

    def factor(self, synapse):
        return 0 if (synapse.source.name, self.name) == ("h3", "o1") else 1


class TwoUnlikeFactors(Gradients):
    __slots__ = ()

    def factor(self, synapse):
        if not self.outgoing:
            return 1
        return 5 if synapse.source.is_bias else -1


class HalvedError(Neuron):
    __slots__ = ()

    def output_error(self, target, loss, outputs):
        return super().output_error(target, loss, outputs) / 4


class Swapped(Neuron):
    """The gradients of a neuron's weights stand in the reverse order."""

    __slots__ = ()

    def add_gradients(self):
        weights = [synapse for synapse in self.incoming if not synapse.source.is_bias]
        for synapse, other in zip(weights, reversed(weights)):
            synapse.gradient -= self.delta * other.source.output
        for synapse in set(self.incoming) - set(weights):
            synapse.gradient -= self.delta


class Pulled(Neuron):
    """A penalty of which the loss knows nothing."""

    __slots__ = ()

    def add_gradients(self):
        super().add_gradients()
        for synapse in self.incoming:
            synapse.gradient += synapse.weight / 100


class Raised(Neuron):
    __slots__ = ()

    def add_gradients(self):
        super().add_gradients()
        for synapse in self.incoming:
            synapse.gradient += 0.01


class CutOff(Neuron):
    __slots__ = ()

    def add_gradients(self):
        for synapse in self.incoming:
            synapse.gradient += max(-0.03, min(0.03, -self.delta * synapse.source.output))


class Coarse(Neuron):
    __slots__ = ()

    def add_gradients(self):
        super().add_gradients()
        for synapse in self.incoming:
            synapse.gradient = round(synapse.gradient, 4)


class DividedTwice(Network):
    def average_gradients(self, samples):
        super().average_gradients(samples)
        super().average_gradients(samples)


class TargetsTwoBack(Network):
    """The targets come two samples late, which each sample alone cannot show."""

    before = ()

    def backpropagate(self, targets):
        self.before = (*self.before, list(targets))[-3:]
        return super().backpropagate(self.before[0])


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (FivefoldHidden, "wrong in hidden: ratio 5: is there one factor too many?"),
        (TurnedOutputBiases, "wrong in the biases of output: ratio -1: is the sign turned round?"),
        (OneNeuronHalved, "wrong at h2: ratio 0.75: is there one factor too many?"),
        (OneSynapseForgotten, "wrong at h3 -> o1 alone: there is no gradient: is something left out of the walk?"),
        (HalvedError, "wrong everywhere: ratio 0.25: is there one factor too many?"),
        (DividedTwice, "wrong everywhere: ratio 0.3333: is it divided by the number of samples, 3, once too often?"),
        (Swapped, "wrong in hidden, output: the right gradients stand at the wrong weights of their neuron"),
        (Pulled, "wrong everywhere: each is off by 0.01 times its own weight"),
        (Raised, "wrong everywhere: every gradient is too large by 0.01: is something added to it?"),
        (CutOff, "no gradient of a sample is beyond 0.03: are they cut off there?"),
        (Coarse, "wrong everywhere: no gradient has more than 4 decimals: are they rounded?"),
        (TargetsTwoBack, "every sample is right alone: is something carried over to the next one"),
    ],
)
def test_a_wrong_walk_that_nobody_has_met_is_described_by_what_its_numbers_have_in_common(wrong, words):
    is_network = issubclass(wrong, Network)
    network = network_of(Neuron if is_network else wrong, base=wrong if is_network else Network)
    hints = hints_of(network)
    assert words in hints[0]


def test_parts_that_are_wrong_in_ways_of_their_own_are_described_one_by_one():
    hints = hints_of(network_of(TwoUnlikeFactors))
    assert hints[:2] == [
        "wrong in the biases of hidden: ratio 5: is there one factor too many?",
        "wrong in the weights of hidden: ratio -1: is the sign turned round?",
    ]


# What has no pattern either: the first number that is wrong.


class OddSlope(Neuron):
    __slots__ = ()

    def own_delta(self, output=None):
        return super().own_delta(output) * (1 + self.output * self.net if self.outgoing else 1)


class OddError(Neuron):
    __slots__ = ()

    def hidden_error(self):
        return super().hidden_error() * (1 + self.net * self.net)


class Bounded(Neuron):
    """The net is cut off at 3/4, and only the forward walk knows."""

    __slots__ = ()

    def weighted_sum(self):
        return min(0.75, super().weighted_sum())


def test_a_delta_is_the_first_number_that_is_wrong():
    [hint] = hints_of(network_of(OddSlope))
    assert hint.startswith(
        "wrong in hidden: the first number that differs from the library's own walk is the delta of h1"
    )


def test_an_error_is_the_first_number_that_is_wrong_in_the_last_of_the_hidden_layers():
    [hint] = hints_of(network_of(OddError, 2, 3, 4, 2))
    assert hint.startswith("wrong in hidden1, hidden2: the first number that differs")
    assert "is the error of h2_1 in sample 0" in hint


def test_a_forward_walk_of_which_the_backward_walk_knows_nothing_shows_at_its_first_net():
    network = network_of(Bounded, activation="linear", output_activation="linear", weights="zeros")
    network.weights = [0.5, 1.0, 0.25, 0.5, -0.5, 1.0, 0.25, 0.5, 0.5, 0.1, 0.2, 0.3, 0.4, 0.1, 0.5, -0.5, 0.25]
    hint = hints_of(network)[-1]
    assert "is the net of h3 in sample 1: 0.75, where that finds" in hint or "is the net of h1 in sample" in hint


# One bug in one place only.


class ForgottenAt(Neuron):
    """The slope is forgotten at a single neuron."""

    __slots__ = ()

    def own_delta(self, output=None):
        return self.error if self.name == "h2" else super().own_delta(output)


class SignInOneLayer(Neuron):
    __slots__ = ()

    def hidden_error(self):
        return super().hidden_error() * (-1 if self.name.startswith("h1_") else 1)


class StubbornBias(Gradients):
    __slots__ = ()

    def factor(self, synapse):
        return 0 if synapse.source.is_bias and self.name == "h1" else 1


class StubbornBiases(Gradients):
    __slots__ = ()

    def factor(self, synapse):
        return 0 if synapse.source.is_bias and self.outgoing else 1


@pytest.mark.parametrize(
    ("wrong", "shape", "words"),
    [
        (ForgottenAt, (2, 3, 2), "wrong at h2: is it no-hidden-slope at h2 alone?"),
        (SignInOneLayer, (2, 3, 4, 2), "wrong in hidden1: is it sign-in-hidden in hidden1 alone?"),
        (StubbornBias, (2, 3, 2), "wrong at b1 -> h1 alone: is it bias-never-learns at h1 alone?"),
        (StubbornBiases, (2, 3, 2), "wrong in the biases of hidden: is it bias-never-learns in hidden alone?"),
    ],
)
def test_a_bug_in_one_place_is_named_with_the_place(wrong, shape, words):
    [hint] = hints_of(network_of(wrong, *shape))
    assert hint.startswith(words)


# Two at once.


class HiddenSlopeAndBiases(Gradients):
    """Written by hand, not put together from the museum."""

    __slots__ = ()

    def own_delta(self, output=None):
        return self.error if self.outgoing else super().own_delta(output)

    def factor(self, synapse):
        return 0 if synapse.source.is_bias else 1


class DoubledAndTurned(Neuron):
    __slots__ = ()

    def output_error(self, target, loss, outputs):
        return 2 * super().output_error(target, loss, outputs)

    def hidden_error(self):
        return -super().hidden_error()


class BothSlopes(Neuron):
    __slots__ = ()

    def own_delta(self, output=None):
        return self.error


class TwoPlaces(Neuron):
    """The output layer has one bug, the first hidden layer another."""

    __slots__ = ()

    def own_delta(self, output=None):
        return self.error if self.name.startswith("h1_") else super().own_delta(output)

    def output_error(self, target, loss, outputs):
        return 2 * super().output_error(target, loss, outputs)


class SkippedAndRounded(Gradients):
    __slots__ = ()

    def factor(self, synapse):
        weights = [one for one in self.incoming if not one.source.is_bias]
        return 0 if synapse is weights[0] else 1

    def add_gradients(self):
        super().add_gradients()
        for synapse in self.incoming:
            synapse.gradient = round(synapse.gradient, 6)


class WithoutBiases(Gradients):
    __slots__ = ()

    def factor(self, synapse):
        return 0 if synapse.source.is_bias else 1


class Summed(Network):
    def average_gradients(self, samples):
        pass


@pytest.mark.parametrize(
    ("wrong", "names"),
    [
        (HiddenSlopeAndBiases, ("no-hidden-slope", "bias-never-learns")),
        pytest.param(DoubledAndTurned, ("factor-two", "sign-in-hidden"), marks=pytest.mark.slow),
        pytest.param(BothSlopes, ("no-hidden-slope", "no-output-slope"), marks=pytest.mark.slow),
        pytest.param(SkippedAndRounded, ("first-weight-skipped", "gradient-rounded"), marks=pytest.mark.slow),
    ],
)
def test_two_slips_at_once_are_named_as_both(wrong, names):
    [hint] = hints_of(network_of(wrong))
    assert set(hint.split("is it ")[1].split("?")[0].split(" together with ")) == set(names)
    for name in names:
        assert find_bug(name).summary in hint


def test_a_slip_of_the_batch_and_one_of_the_neurons_are_named_as_both():
    network = network_of(WithoutBiases, base=Summed)
    [hint] = hints_of(network)
    assert guess("bias-never-learns", "sum-for-mean") in hint or guess("sum-for-mean", "bias-never-learns") in hint


@pytest.mark.slow
def test_two_slips_in_two_layers_are_named_with_their_places():
    [hint] = hints_of(network_of(TwoPlaces, 2, 3, 4, 2))
    assert "is it factor-two together with no-hidden-slope in hidden1 alone?" in hint


def test_a_wrong_formula_and_a_slip_are_both_named():
    steep = Activation("steep", sigmoid.value, lambda net, output: output * (1 - output) * 2)

    first, second = hints_of(network_of(WithoutBiases, activation=steep))
    assert first.startswith("the derivative of the activation steep does not belong to its value")
    assert guess("bias-never-learns") in second


# Walks of the caller's own.


def test_a_backward_walk_of_the_callers_is_named_by_its_gradients_alone():
    def backward(network, targets):
        """The hidden slope is forgotten, and the deltas are nobody's business."""
        deltas = {}
        for neuron, target in zip(network[-1], targets):
            deltas[neuron] = (target - neuron.output) * neuron.activation.derivative(neuron.net, neuron.output)
        for neuron in network[1]:
            deltas[neuron] = sum(synapse.weight * deltas[synapse.destination] for synapse in neuron.outgoing)
        for synapse in network.synapses:
            synapse.gradient = -deltas[synapse.destination] * synapse.source.output

    network = network_of(Neuron)
    [hint] = hints_of(network, backward=backward)
    assert hint == f"wrong in hidden: {guess('no-hidden-slope')}"


def test_a_backward_walk_that_leaves_nothing_is_asked_where_its_gradients_are():
    [hint] = hints_of(network_of(Neuron), backward=lambda network, targets: None)
    assert hint == "every gradient is 0: does the backward walk leave them on synapse.gradient?"


def test_a_right_walk_behind_a_loss_of_another_slope_points_at_the_formula():
    loss = Loss("cube", lambda target, output: (output - target) ** 2, lambda target, output: target - output)
    [hint] = hints_of(Network(2, 3, 2, loss=loss, seed=1))
    assert hint.startswith("the derivative of the loss cube does not belong to its value")


def test_the_gradient_of_a_function_is_described_by_its_numbers():
    report = check_function(lambda x: x[0] ** 2 + x[1] ** 2, lambda x: [x[0], x[1]], [3.0, 4.0])
    assert report.hints == ["wrong everywhere: ratio 0.5: is the one half of a square counted twice?"]


# Deltas and steps.


def test_wrong_deltas_are_named_without_a_look_at_the_gradients():
    stage, hint = check_deltas(network_of(HiddenSlopeAndBiases), INPUTS, TARGETS).hints
    assert stage.startswith("the output layer is right, a hidden delta is wrong")
    assert hint == f"wrong in hidden: {guess('no-hidden-slope')}"


class ShortStep(Network):
    def apply_gradients(self, learning_rate):
        super().apply_gradients(learning_rate * 3 / 4)


class FrozenOutputs(Network):
    def apply_gradients(self, learning_rate):
        kept = [(synapse, synapse.weight) for neuron in self[-1] for synapse in neuron.incoming]
        super().apply_gradients(learning_rate)
        for synapse, weight in kept:
            synapse.weight = weight


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (ShortStep, "wrong everywhere: ratio 0.75: is there one factor too many?"),
        (FrozenOutputs, "wrong in output: there is no gradient: is something left out of the walk?"),
    ],
)
def test_a_wrong_step_that_nobody_has_met_is_described_by_its_numbers(wrong, words):
    assert check_step(wrong(2, 3, 2, seed=1), INPUTS, TARGETS).hints == [words]


def test_a_network_too_large_to_plant_every_bug_on_still_gets_a_description(monkeypatch):
    monkeypatch.setattr(lineup, "MOST_SINGLE", 20)
    assert hints_of(network_of(FivefoldHidden)) == ["wrong in hidden: ratio 5: is there one factor too many?"]
    assert "is it no-hidden-slope" not in hints_of(network_of(HiddenSlopeAndBiases))


def test_of_many_samples_a_large_network_walks_only_a_few(monkeypatch):
    monkeypatch.setattr(lineup, "MOST_SINGLE", 60)  # 17 synapses: three samples of the hundred
    [hint] = hints_of(network_of(ForgottenAt), INPUTS * 33, TARGETS * 33)
    assert "is it no-hidden-slope at h2 alone?" in hint
