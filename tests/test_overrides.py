"""What a subclass overrides is called, wherever it stands; what cannot be kept in a file is refused, not lost.

Each override below doubles, halves or counts something, and the walk, both engines and a copy have to show it.
"""

import math

import pytest
from helpers import through_pickle

from neuronet import Layer, Loss, Network, Neuron, Synapse, datasets
from neuronet.dropout import DropoutLayer
from neuronet.errors import FormatError
from neuronet.optimizers import SGD, Adam
from neuronet.regularization import Penalty

XOR = datasets.xor()
ENGINES = ["walk", "unrolled"]


def wired(layer_class=Layer, neuron_class=Neuron, synapse_class=Synapse, **settings):
    """A 2-2-1 network of the caller's own objects."""
    layers = [
        Layer("input", [Neuron("i1", "linear"), Neuron("i2", "linear")]),
        layer_class("hidden", [neuron_class("h1"), neuron_class("h2")]),
        Layer("output", [Neuron("o1")]),
    ]
    for before, after in zip(layers, layers[1:]):
        for destination in after:
            for source in before:
                synapse_class(source, destination, 0.25 + len(destination.incoming))
    return Network(*layers, **settings)


def weights_after(network, engine="walk", **settings):
    network.train(*XOR, epochs=2, learning_rate=0.5, shuffle=False, engine=engine, **settings)
    return network.weights


# Optimizers.


class Doubled(SGD):
    def update(self, synapse, learning_rate):
        synapse.weight -= 2 * learning_rate * synapse.gradient


class Mixin:
    def update(self, synapse, learning_rate):
        synapse.weight -= 2 * learning_rate * synapse.gradient


class DoubledByAMixin(Mixin, SGD):
    pass


class DoubledForANeuron(SGD):
    def update_weights(self, neuron, learning_rate):
        super().update_weights(neuron, 2 * learning_rate)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("optimizer", [Doubled, DoubledByAMixin, DoubledForANeuron])
def test_an_update_of_a_subclass_of_gradient_descent_is_called(optimizer, engine):
    twice = Network(2, 2, 1, seed=1).train(*XOR, epochs=2, learning_rate=1.0, shuffle=False, engine="walk")
    network = Network(2, 2, 1, seed=1)
    assert weights_after(network, engine, optimizer=optimizer()) == weights_after(
        Network(2, 2, 1, seed=1), "walk", optimizer=optimizer()
    )
    other = Network(2, 2, 1, seed=1)
    other.train(*XOR, epochs=2, learning_rate=1.0, shuffle=False)
    assert network.weights == other.weights
    assert len(twice) == 2


@pytest.mark.parametrize("optimizer", [Doubled, DoubledByAMixin, DoubledForANeuron])
def test_an_update_by_hand_asks_the_optimizer_too(optimizer):
    network, other = Network(2, 2, 1, seed=1), Network(2, 2, 1, seed=1)
    network.optimizer = optimizer()
    for each, rate in ((network, 0.5), (other, 1.0)):
        each.forward([0, 1])
        each.backward([1])
        each.update(rate)
    assert network.weights == other.weights


def test_gradient_descent_itself_has_an_update_like_any_optimizer():
    synapse = Synapse(Neuron("a"), Neuron("b"), 1.0)
    synapse.gradient = 0.5
    SGD().update(synapse, 0.25)
    assert synapse.weight == 0.875


class ClippedByItself(SGD):
    def clip(self, synapses):
        for synapse in synapses:
            synapse.gradient = synapse.gradient / 2


@pytest.mark.parametrize("engine", ENGINES)
def test_a_clipping_of_ones_own_is_called_without_a_limit(engine):
    network, other = Network(2, 2, 1, seed=1), Network(2, 2, 1, seed=1)
    network.train(*XOR, epochs=2, learning_rate=1.0, shuffle=False, optimizer=ClippedByItself(), engine=engine)
    other.train(*XOR, epochs=2, learning_rate=0.5, shuffle=False)
    assert network.weights == other.weights


class StrongerMean(Network):
    def average_gradients(self, samples):
        super().average_gradients(samples)
        for synapse in self.synapses:
            synapse.gradient = synapse.gradient * 2


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("batch_size", [1, 3, 4])
def test_a_mean_of_ones_own_is_taken_for_a_batch_of_one_too(batch_size, engine):
    network, other = StrongerMean(2, 2, 1, seed=1), Network(2, 2, 1, seed=1)
    network.train(*XOR, epochs=2, learning_rate=0.5, batch_size=batch_size, shuffle=False, engine=engine)
    other.train(*XOR, epochs=2, learning_rate=1.0, batch_size=batch_size, shuffle=False)
    assert network.weights == other.weights


# Layers, dropout, penalty, loss, schedule.


class Louder(Layer):
    def forward(self):
        super().forward()
        for neuron in self.neurons:
            neuron.output = neuron.output * 2


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("remade", [lambda one: one, Network.copy, through_pickle], ids=["own", "copy", "pickle"])
def test_a_layer_of_ones_own_walks_and_is_copied(remade, engine):
    network = remade(wired(Louder))
    assert type(network[1]) is Louder
    assert network.predict([1, 0]) == wired(Louder).predict([1, 0]) != wired().predict([1, 0])
    assert weights_after(network, engine) == weights_after(wired(Louder))


class NeverSilent(DropoutLayer):
    def draw(self, kind=float):
        self.mask = [kind(2), kind(1)]
        return self.mask


@pytest.mark.parametrize("engine", ENGINES)
def test_a_dropout_of_ones_own_draws_and_is_copied_with_a_generator_of_its_own(engine):
    network = wired(NeverSilent)
    twin = network.copy()
    assert type(twin[1]) is NeverSilent
    assert twin[1].rng is not network[1].rng
    assert twin[1].rng.getstate() == network[1].rng.getstate()
    assert weights_after(network, engine) == weights_after(twin) != weights_after(wired(DropoutLayer))


class OnlyLarge(Penalty):
    def derivative(self, weight):
        return super().derivative(weight) if weight.real > 1 else 0 * weight


@pytest.mark.parametrize("engine", ENGINES)
def test_a_penalty_of_ones_own_is_added_and_copied(engine):
    network = wired(l2=0.5)
    network.penalty = OnlyLarge(l2=0.5)
    twin = network.copy()
    assert (type(twin.penalty), twin.penalty.l2) == (OnlyLarge, 0.5)
    assert weights_after(network, engine) == weights_after(twin) != weights_after(wired(l2=0.5))


class Weighted(Loss):
    def of_sample(self, targets, neurons):
        return 3 * super().of_sample(targets, neurons)


def weighted():
    return Weighted("weighted", lambda target, output: (target - output) ** 2, lambda target, output: output - target)


@pytest.mark.parametrize("engine", ENGINES)
def test_the_loss_of_a_sample_of_ones_own_is_the_one_that_is_reported(engine):
    network = Network(2, 2, 1, loss=weighted(), seed=1)
    outputs = [row[0] for row in network.predict_all(XOR.inputs)]
    expected = math.fsum(3 * (target[0] - output) ** 2 for target, output in zip(XOR.targets, outputs)) / 4
    assert network.loss(*XOR, engine=engine) == pytest.approx(expected, rel=1e-15)  # rounded in another order
    history = network.train(*XOR, epochs=1, batch_size=4, learning_rate=1e-9, engine=engine)
    assert history[0].loss == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_schedule_of_ones_own_is_asked_for_every_epoch(engine):
    asked = []

    def halved(epoch, rate):
        asked.append(epoch)
        return rate / epoch

    history = Network(2, 2, 1, seed=1).train(*XOR, epochs=3, learning_rate=1.0, schedule=halved, engine=engine)
    assert asked == [1, 2, 3]
    assert [epoch.learning_rate for epoch in history] == [1.0, 0.5, 1 / 3]


class Lazy(Neuron):
    def update_weights(self, learning_rate):
        super().update_weights(learning_rate / 2)


def test_neurons_and_synapses_of_ones_own_are_copied_as_they_are():
    class Heavy(Synapse):
        pass

    twin = wired(neuron_class=Lazy, synapse_class=Heavy).copy()
    assert [type(neuron) for neuron in twin.neurons] == [Neuron, Neuron, Lazy, Lazy, Neuron]
    assert {type(synapse) for synapse in twin.synapses} == {Heavy}
    assert weights_after(twin) == weights_after(wired(neuron_class=Lazy)) != weights_after(wired())


# What a file cannot keep.


@pytest.mark.parametrize(
    ("network", "message"),
    [
        (wired(Louder), r"layers\[1\]: expected one of Layer, SharedLayer, DropoutLayer, got a Louder"),
        (wired(neuron_class=Lazy), "h1: expected a Neuron, the neuron_class of Network, got a Lazy, which a file "),
    ],
)
def test_a_class_that_a_file_does_not_know_is_refused(network, message):
    with pytest.raises(FormatError, match=f"^{message}"):
        network.to_json()


def test_a_penalty_that_a_file_does_not_know_is_refused():
    network = wired()
    network.penalty = OnlyLarge(l2=0.5)
    with pytest.raises(FormatError, match=r"^penalty: expected a Penalty, got a OnlyLarge, which a file does not"):
        network.to_json()


def test_an_own_optimizer_of_the_librarys_name_is_refused_by_a_file():
    network = Network(2, 1, seed=1)
    network.optimizer = type("Mine", (Adam,), {})()
    with pytest.raises(FormatError, match=r"^optimizer\.name: expected the library's own 'adam'"):
        network.to_json()
