"""The numbers of a worked sample are those of the walks, and looking at them changes nothing."""

import make_goldens
import pytest
from helpers import bits
from pictures import XOR, texts_of, words, xor_network

from neuronet import Activation, Network, Neuron, Synapse
from neuronet.draw import activation_curve, decision_surface, hidden_maps, network_svg, network_text, surface_text


def test_the_numbers_of_a_step_are_those_of_the_walks():
    network = Network(2, 2, 2, weights=make_goldens.MAZUR)
    text = words(network.to_svg(inputs=[0.05, 0.10], targets=[0.01, 0.99], learning_rate=0.5))
    network.forward([0.05, 0.10])
    loss = network.backward([0.01, 0.99])
    assert f"loss {loss:.4f}" in text
    for neuron in network.computing:
        assert f"net {neuron.net:.4f} output {neuron.output:.4f} delta {neuron.delta:.4f}" in text
    rows = [(synapse, synapse.weight, synapse.gradient) for synapse in network.synapses]
    network.update(0.5)
    for synapse, weight, gradient in rows:
        shown = f"{gradient:.4f}" if abs(gradient) >= 0.0005 else f"{gradient:.1e}"
        row = f"{synapse.source.name} to {synapse.destination.name} {weight:.4f} {shown} {synapse.weight:.4f}"
        assert row in text


def test_without_a_sample_the_numbers_are_those_that_stand_there():
    network = Network(2, 2, 2, weights=make_goldens.MAZUR)
    assert "net" not in words(network.to_svg(values=True))
    network.forward([0.05, 0.10])
    assert "net 0.3775 output 0.5933" in words(network.to_svg(values=True))
    assert "net" not in words(network.to_svg())
    assert "delta" not in words(network.to_svg(values=True))


def test_a_forward_sample_shows_no_delta_of_an_earlier_walk():
    network = Network(2, 2, 2, weights=make_goldens.MAZUR)
    network.forward([0.05, 0.10])
    network.backward([0.01, 0.99])
    assert "delta" not in words(network.to_svg(inputs=[1, 1]))
    assert "gradient" not in words(network.to_svg(inputs=[1, 1]))
    assert "gradient" in words(network.to_svg(values=True))


def test_a_gradient_of_an_earlier_walk_is_not_counted_again():
    fresh, walked = xor_network()[0], xor_network()[0]
    walked.forward([1, 1])
    walked.backward([0])
    step = {"inputs": [0, 1], "targets": [1], "learning_rate": 0.5}
    assert walked.to_svg(**step) == fresh.to_svg(**step)


class Heavy(Synapse):
    __slots__ = ("velocity",)

    def __init__(self, *ends, **settings):
        super().__init__(*ends, **settings)
        self.velocity = 0.0


class HeavyNeuron(Neuron):
    def update_weights(self, learning_rate):
        self.updates = getattr(self, "updates", 0) + 1
        for synapse in self.incoming:
            synapse.velocity = synapse.velocity * 0.9 - learning_rate * synapse.gradient
            synapse.weight += synapse.velocity


class HeavyNetwork(Network):
    neuron_class = HeavyNeuron
    synapse_class = Heavy


def test_what_a_subclass_keeps_besides_is_kept_too():
    network = HeavyNetwork(2, 4, 1, seed=1)
    network.to_svg(inputs=[0, 1], targets=[1], learning_rate=0.5)
    assert [synapse.velocity for synapse in network.synapses] == [0.0] * 17
    assert not any(hasattr(neuron, "updates") for neuron in network.neurons)
    network.train(*XOR, epochs=2)
    kept = [synapse.velocity for synapse in network.synapses], [neuron.updates for neuron in network.computing]
    before = bits(network)
    network.to_svg(inputs=[0, 1], targets=[1], learning_rate=0.5)
    after = [synapse.velocity for synapse in network.synapses], [neuron.updates for neuron in network.computing]
    assert after == kept
    assert bits(network) == before


class Noisy(Network):
    def propagate(self, inputs):
        super().propagate([value + self.rng.gauss(0, 0.1) for value in inputs])


def test_a_network_that_draws_at_random_goes_on_as_if_nobody_had_looked():
    network = Noisy(2, 4, 1, seed=1)
    before = bits(network)
    network.to_svg(inputs=[0, 1], targets=[1], learning_rate=0.5)
    assert bits(network) == before
    decision_surface(network, cells=4)
    hidden_maps(network, cells=4)
    surface_text(network)
    assert bits(network) == before


def look_at(network):
    size = len(network[0]), len(network[-1])
    network.to_svg()
    network.to_svg(values=True)
    network.to_svg(inputs=[0.5] * size[0], targets=[0.25] * size[1] if size[1] > 1 else [0.5], learning_rate=0.5)
    network.to_text()
    network.to_dot()
    network.to_mermaid()
    network._repr_svg_()
    if size[0] == 2:
        decision_surface(network, cells=5)
        surface_text(network, width=5, height=5)
        hidden_maps(network, cells=3)
        for neuron in network[1]:
            activation_curve(neuron)


@pytest.mark.parametrize("walked", [False, True])
def test_looking_changes_nothing(walked):
    network, _ = xor_network()
    if walked:
        network.train(*XOR, epochs=3)
        network.forward([1, 0])
        network.backward([1])
    before = bits(network)
    look_at(network)
    assert bits(network) == before


def test_looking_changes_nothing_even_where_a_walk_fails():
    def refuse(net):
        raise ZeroDivisionError("no answer")

    network = Network(2, 2, 1, output_activation=Activation("broken", refuse, lambda net, output: 1), seed=1)
    before = bits(network)
    with pytest.raises(ZeroDivisionError):
        network.to_svg(inputs=[0, 1])
    assert bits(network) == before


def test_a_large_number_keeps_its_power_of_ten():
    network = Network(1, 1, weights=[-1.7e308, 123456789.0])
    written = [text for text, *_ in texts_of(network_svg(network, inputs=[0.5], targets=[1], learning_rate=0.1))]
    assert written.count("-1.70e+308") == 3
    assert written.count("1.23e+08") == 3
    assert not any("\u2026" in text for text in written)
    assert "-1.70e+308" in network_text(network)
