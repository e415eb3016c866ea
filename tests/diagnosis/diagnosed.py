"""What the tests of the diagnosis share: networks, histories, and what is found in them."""

from neuronet import Network, datasets
from neuronet.training import Epoch, History

XOR = datasets.xor()
DIFFERENT = [[0.0], [1.0], [1.0], [0.0]]
"""The targets of XOR, for inputs of one's own."""


def found(network, inputs=XOR.inputs, targets=XOR.targets, **settings):
    """The findings by the name of their fault; a fault that was found twice would show as a missing place."""
    diagnosis = network.diagnose(inputs, targets, **settings)
    assert len({(finding.fault, finding.where) for finding in diagnosis}) == len(diagnosis)
    return {finding.fault: finding for finding in diagnosis}


def with_biases(value, *layers, **settings):
    network = Network(2, 4, 1, seed=1, **settings)
    for layer in layers:
        for neuron in network[layer]:
            neuron.bias = value
    return network


def course_of(losses, steps):
    """A history that a training might have left."""
    history = History()
    history.epochs = [Epoch(number, loss, loss, 0.0) for number, loss in enumerate(losses, 1)]
    history.steps = steps
    return history
