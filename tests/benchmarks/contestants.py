"""The contestants: the same network, trained on the same samples, written by different hands.

Each starts from the same weights and takes, sample by sample, the same step: forward, loss, backward, update, biases
included. A contestant enters as two functions: `turn(epochs)` trains on from where it stopped, and `outputs()` tells
what it has learned. One that is not installed raises ImportError on entering.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from importlib import import_module
from typing import Any

from neuronet import Network

INPUTS = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
TARGETS = [[0.0], [1.0], [1.0], [0.0]]
LEARNING_RATE = 0.5

Turn = Callable[[int], Any]
Contestant = tuple[Turn, Callable[[], list[float]]]


def xor_network() -> Network:
    """The network that every contestant starts from."""
    return Network(2, 4, 1, seed=1)


def neuronet_walk() -> Contestant:
    """The three walks of neuronet, called one after the other."""
    network = xor_network()
    samples = list(zip(INPUTS, TARGETS))

    def turn(epochs: int) -> None:
        for _ in range(epochs):
            for inputs, targets in samples:
                network.propagate(inputs)
                network.backpropagate(targets)
                network.apply_gradients(LEARNING_RATE)

    return turn, lambda: [network.predict(inputs)[0] for inputs in INPUTS]


def neuronet_train() -> Contestant:
    """`Network.train`, which also checks the data, keeps the history and looks out for Ctrl-C."""
    network = xor_network()

    def turn(epochs: int) -> None:
        network.train(INPUTS, TARGETS, epochs=epochs, learning_rate=LEARNING_RATE, shuffle=False)

    return turn, lambda: [network.predict(inputs)[0] for inputs in INPUTS]


# NumPy: a matrix and a row of biases for each layer.


def numpy_stable() -> Contestant:
    """With a sigmoid that overflows on neither side, as that of neuronet does not."""
    numpy = import_module("numpy")

    def sigmoid(nets: Any) -> Any:
        growth = numpy.exp(-numpy.abs(nets))
        return numpy.where(nets >= 0, 1 / (1 + growth), growth / (1 + growth))

    return numpy_contestant(numpy, sigmoid)


def numpy_naive() -> Contestant:
    """With the sigmoid of the textbook."""
    numpy = import_module("numpy")

    def sigmoid(nets: Any) -> Any:
        return 1 / (1 + numpy.exp(-nets))

    return numpy_contestant(numpy, sigmoid)


def numpy_contestant(numpy: Any, sigmoid: Callable[[Any], Any]) -> Contestant:
    """The network below; its samples are arrays from the start."""
    network = NumpyNetwork(numpy, sigmoid, xor_network())
    samples = [(numpy.array(inputs), numpy.array(targets)) for inputs, targets in zip(INPUTS, TARGETS)]

    def turn(epochs: int) -> None:
        for _ in range(epochs):
            for inputs, targets in samples:
                network.forward(inputs)
                network.backward(targets)
                network.update(LEARNING_RATE)

    return turn, lambda: [float(network.forward(inputs)[0]) for inputs, _ in samples]


class NumpyNetwork:
    """A network with one hidden layer, as one writes it by hand."""

    def __init__(self, numpy: Any, sigmoid: Callable[[Any], Any], twin: Network) -> None:
        self.numpy = numpy
        self.sigmoid = sigmoid
        self.hidden_weights, self.output_weights = (
            numpy.array([[synapse.weight for synapse in neuron.incoming[1:]] for neuron in layer]) for layer in twin[1:]
        )
        self.hidden_biases, self.output_biases = (numpy.array([neuron.bias for neuron in layer]) for layer in twin[1:])

    def forward(self, inputs: Any) -> Any:
        """Find the outputs."""
        self.inputs = inputs
        self.hidden = self.sigmoid(self.hidden_weights @ inputs + self.hidden_biases)
        self.output = self.sigmoid(self.output_weights @ self.hidden + self.output_biases)
        return self.output

    def backward(self, targets: Any) -> Any:
        """Find the deltas, and return the loss."""
        error = targets - self.output
        self.output_delta = error * self.output * (1 - self.output)
        self.hidden_delta = self.output_delta @ self.output_weights * self.hidden * (1 - self.hidden)
        return self.numpy.sum(error**2) / 2

    def update(self, learning_rate: float) -> None:
        """Take one step down the slope of the loss."""
        self.output_weights += learning_rate * self.numpy.outer(self.output_delta, self.hidden)
        self.output_biases += learning_rate * self.output_delta
        self.hidden_weights += learning_rate * self.numpy.outer(self.hidden_delta, self.inputs)
        self.hidden_biases += learning_rate * self.hidden_delta


# Micrograd: every number is an object that remembers where it came from.


def micrograd() -> Contestant:
    """Its own layers, and the loss as a formula that it differentiates itself."""
    network = MicrogradNetwork(xor_network())
    parameters = network.hidden.parameters() + network.output.parameters()
    samples = list(zip(INPUTS, TARGETS))

    def turn(epochs: int) -> None:
        for _ in range(epochs):
            for inputs, targets in samples:
                loss = (targets[0] - network.forward(inputs)) ** 2 / 2
                loss.backward()
                for parameter in parameters:
                    parameter.data -= LEARNING_RATE * parameter.grad
                    parameter.grad = 0

    return turn, lambda: [network.forward(inputs).data for inputs in INPUTS]


class MicrogradNetwork:
    """Two of its layers. It has no sigmoid and no exp, so the sigmoid is one operation more, written as its relu is."""

    def __init__(self, twin: Network) -> None:
        nn = import_module("micrograd.nn")
        self.value_class = import_module("micrograd.engine").Value
        self.hidden, self.output = nn.Layer(2, 4, nonlin=False), nn.Layer(4, 1, nonlin=False)
        for layer, twin_layer in zip((self.hidden, self.output), twin[1:]):
            for neuron, twin_neuron in zip(layer.neurons, twin_layer):
                neuron.b.data = twin_neuron.bias
                for weight, synapse in zip(neuron.w, twin_neuron.incoming[1:]):
                    weight.data = synapse.weight

    def forward(self, inputs: list[float]) -> Any:
        """Find the output."""
        return self.sigmoid(self.output([self.sigmoid(net) for net in self.hidden(inputs)]))

    def sigmoid(self, net: Any) -> Any:
        """1 / (1 + exp(-net)), and how its gradient goes back."""
        out = self.value_class(1 / (1 + math.exp(-net.data)), (net,), "sigmoid")

        def backward() -> None:
            net.grad += out.data * (1 - out.data) * out.grad

        out._backward = backward
        return out


CONTESTANTS: dict[str, Callable[[], Contestant]] = {
    "neuronet, the walk": neuronet_walk,
    "neuronet, `Network.train`": neuronet_train,
    "NumPy, stable sigmoid": numpy_stable,
    "NumPy, naive sigmoid": numpy_naive,
    "micrograd": micrograd,
}
"""By what the table calls them; the first is the one that the others are compared with."""
