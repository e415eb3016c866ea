"""A network taken through all that can happen to it, in any order, beside fresh copies that have no past."""

from __future__ import annotations

from typing import Any, Callable, Optional

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from neuronet.graph import Neuron
from neuronet.network import Network
from neuronet.scalar import Number
from neuronet.store import describe
from neuronet.testing.drawn import Ends, ends_of, synapse_between
from neuronet.testing.kinks import Row
from neuronet.testing.strategies import eighths, networks, samples

MOST = 64
"""Gradients above this are not followed: weights could grow beyond what floats hold before a test is over."""


def _own(strategy: Callable[[Any], st.SearchStrategy[Any]]) -> st.SearchStrategy[Any]:
    """A strategy that depends on the machine as it is when a rule is about to run."""
    return st.runner().flatmap(strategy)


class NetworkMachine(RuleBasedStateMachine):
    """Whatever is done to a network, its gradients are those of a fresh copy, and its graph is whole.

    Finds what a check of one moment cannot: a gradient that is not cleared, a walk that remembers what it should not,
    an update that moves a frozen weight, a synapse that is lost when it is saved. To test a network class of your own,
    name it, and leave the `TestCase` where pytest or unittest finds it:

        class MyMachine(NetworkMachine):
            network_class = MyNetwork

        TestMyNetwork = MyMachine.TestCase
    """

    network_class: type[Network] = Network
    """What is tested: `Network` or a subclass of it that is constructed with the same arguments."""

    network: Network
    """The network as it is now."""
    sample: Optional[tuple[Row, Row]]
    """The sample of the last forward walk; None before it, and after whatever makes its outputs stale."""
    expected: dict[Ends, Number]
    """What fresh copies say of each synapse's gradient, summed since the last update."""

    def networks(self) -> st.SearchStrategy[Network]:
        """What the machine starts with; override it to draw others."""
        return networks(kinks=True, network_class=self.network_class)

    @initialize(network=_own(lambda machine: machine.networks()))
    def start(self, network: Network) -> None:
        """Begin with a network that has not walked yet."""
        self._go_on_with(network)

    @rule(sample=_own(lambda machine: samples(machine.network, kinks=True)))
    def forward(self, sample: tuple[Row, Row]) -> None:
        """Walk forward from the inputs of a sample."""
        self.network.forward(sample[0])
        self.sample = sample

    @precondition(lambda machine: machine.sample is not None)
    @rule()
    def backward(self) -> None:
        """Walk backward, and let a fresh copy do both walks."""
        inputs, targets = self.sample or ([], [])
        fresh = self.network.copy()
        fresh.forward(inputs)
        fresh.backward(targets)
        self.network.backward(targets)
        for synapse in fresh.synapses:
            self.expected[ends_of(synapse)] = self.expected.get(ends_of(synapse), 0) + synapse.gradient

    @precondition(lambda machine: all(abs(gradient) <= MOST for gradient in machine.expected.values()))
    @rule(learning_rate=st.sampled_from([0.125, 0.5, 1.0]))
    def update(self, learning_rate: float) -> None:
        """Update the weights; those that are frozen stay."""
        frozen = [(synapse, synapse.weight) for synapse in self.network.synapses if synapse.frozen]
        self.network.update(learning_rate)
        self.expected.clear()
        self.sample = None
        for synapse, weight in frozen:
            if synapse.weight != weight:
                raise AssertionError(f"{synapse!r}: expected to stay at {weight!r}, because it is frozen")

    @precondition(lambda machine: machine.network.synapses)
    @rule(ends=_own(lambda machine: machine.joined()), weight=eighths())
    def perturb(self, ends: Ends, weight: float) -> None:
        """Give a synapse another weight."""
        synapse_between(self.network, ends).weight = weight
        self.sample = None

    @precondition(lambda machine: machine.network.synapses)
    @rule(ends=_own(lambda machine: machine.joined()))
    def freeze(self, ends: Ends) -> None:
        """Freeze a synapse, or let a frozen one go."""
        synapse = synapse_between(self.network, ends)
        synapse.frozen = not synapse.frozen

    @precondition(lambda machine: machine.not_joined())
    @rule(ends=_own(lambda machine: st.sampled_from(machine.not_joined())), weight=eighths())
    def connect(self, ends: Ends, weight: float) -> None:
        """Join two neurons that are not joined yet."""
        self.network.connect(*ends, weight)
        self.sample = None

    @precondition(lambda machine: machine.network.synapses)
    @rule(ends=_own(lambda machine: machine.joined()))
    def disconnect(self, ends: Ends) -> None:
        """Cut a synapse."""
        self.network.disconnect(synapse_between(self.network, ends))
        self.expected.pop(ends, None)
        self.sample = None

    @rule()
    def save_and_load(self) -> None:
        """Go on with what was saved and loaded; it has not walked yet."""
        text = self.network.to_json()
        functions = [neuron.activation for neuron in self.network.computing]
        loaded = type(self.network).from_json(text, activations=functions, losses=[self.network.loss_function])
        if describe(loaded) != describe(self.network):
            raise AssertionError(f"expected the network that was saved, {self.network!r}, got {loaded!r}")
        self._go_on_with(loaded)

    @invariant()
    def gradients_are_those_of_a_fresh_copy(self) -> None:
        """Every gradient is what fresh copies found since the last update, bit for bit."""
        for synapse in self.network.synapses:
            wanted = self.expected.get(ends_of(synapse), 0)
            if synapse.gradient != wanted:
                raise AssertionError(
                    f"{synapse!r}: expected the gradient of a fresh copy, {wanted!r}, got {synapse.gradient!r}"
                )

    @invariant()
    def the_graph_is_whole(self) -> None:
        """Every invariant of the graph holds."""
        self.network.check()

    def joined(self) -> st.SearchStrategy[Ends]:
        """The two ends of a synapse of the network."""
        return st.sampled_from([ends_of(synapse) for synapse in self.network.synapses])

    def not_joined(self) -> list[Ends]:
        """Every two neurons that a synapse could join, and none does."""
        earlier: list[Neuron] = list(self.network.layers[0])
        free = []
        for layer in self.network.layers[1:]:
            earlier += [layer.bias] if layer.bias else []
            for destination in layer:
                joined = [synapse.source for synapse in destination.incoming]
                biased = any(source.is_bias for source in joined)
                free += [
                    (source.name, destination.name)
                    for source in earlier
                    if source not in joined and not (biased and source.is_bias)
                ]
            earlier += layer
        return free

    def _go_on_with(self, network: Network) -> None:
        self.network = network
        self.sample = None
        self.expected = {}
