"""Random networks and samples, small enough to read when one of them fails.

Weights, inputs and targets lie on a grid of eighths. Where an activation or a loss has a kink, a case keeps away from
it by construction: the bias of a neuron (or its last weight) is moved along the grid until every sample's net is
clear, and a neuron that cannot get clear becomes a tanh neuron. So no case has to be thrown away.
"""

from __future__ import annotations

from hypothesis import strategies as st

from neuronet import Network
from neuronet.activations import ACTIVATIONS, SharedActivation, find_activation
from neuronet.errors import DataError
from neuronet.losses import LOSSES, find_loss

CLEAR = 1 / 64
"""How far every net stays from a kink: far more than a finite difference reaches."""

KINKS = {"relu": [0], "leaky_relu": [0], "elu": [0], "softsign": [0], "hard_sigmoid": [-2.5, 2.5]}
"""Where an activation has a jump in its slope or in the change of its slope."""

LOSS_KINKS = {"mean_absolute_error": [0], "huber": [-1, 1]}
"""The same for losses, as values of target - output."""

EIGHTHS = st.integers(-8, 8).map(lambda eighths: eighths / 8)
HIDDEN_ACTIVATIONS = [name for name in ACTIVATIONS if name != "softmax"]


def fitting_pairs() -> list[tuple[str, str]]:
    """Every (output activation, loss) that the library accepts for two outputs."""
    pairs = []
    for activation in ACTIVATIONS:
        for loss in LOSSES:
            try:
                find_loss(loss).refuse_misfit([find_activation(activation)] * 2)
            except DataError:
                continue
            pairs.append((activation, loss))
    return pairs


@st.composite
def networks(draw, output_activation="sigmoid", loss="half_squared_error", hidden=None, most_layers=4, least_outputs=1):
    """A network of one to `most_layers` layers of weights, with or without biases, cut and skipping synapses."""
    least = max(least_outputs, 2 if loss == "categorical_cross_entropy" else 1)
    outputs = draw(st.integers(least, 3))
    sizes = [*draw(st.lists(st.integers(1, 4), min_size=1, max_size=most_layers)), outputs]
    network = Network(
        *sizes, output_activation=output_activation, loss=loss, bias=draw(st.booleans()), weights="zeros"
    )
    for layer in network.layers[1:-1]:
        for neuron in layer:
            neuron.activation = find_activation(draw(st.sampled_from(hidden or HIDDEN_ACTIVATIONS)))
    for begin, source_layer in enumerate(network.layers):
        for destination_layer in network.layers[begin + 2 :]:
            if draw(st.booleans()):
                network.connect(source_layer[0], destination_layer[-1])
    network.weights = draw(st.lists(EIGHTHS, min_size=len(network.synapses), max_size=len(network.synapses)))
    if draw(st.booleans()):
        network.disconnect(draw(st.sampled_from(network.synapses)))
    network.check()
    return network


@st.composite
def cases(draw, most_samples=3, **options):
    """A network with inputs and targets, clear of every kink."""
    network = draw(networks(**options))
    samples = draw(st.integers(1, most_samples))
    inputs = [[draw(EIGHTHS) for _ in network[0]] for _ in range(samples)]
    _clear_of_kinks(network, inputs)
    wanted = [[draw(EIGHTHS) for _ in network[-1]] for _ in range(samples)]
    targets = [_fit_targets(network, row, predicted) for row, predicted in zip(wanted, network.predict_all(inputs))]
    return network, inputs, targets


def _clear_of_kinks(network, inputs):
    for layer in network.layers[1:]:
        for neuron in layer:
            kinks = KINKS.get(neuron.activation.name)
            if kinks and not _clear(network, neuron, inputs, kinks):
                if isinstance(neuron.activation, SharedActivation):
                    raise AssertionError("a shared activation has no kink")
                neuron.activation = find_activation("tanh")


def _clear(network, neuron, inputs, kinks):
    """Move the first incoming weight along the grid until every sample's net is clear of the kinks, if it can be."""
    movable = neuron.incoming[:1]
    start = movable[0].weight if movable else 0.0
    for eighths in range(17 if movable else 1):
        if movable:
            movable[0].weight = (start * 8 + eighths + 8) % 17 / 8 - 1
        if all(abs(net - kink) >= CLEAR for net in _nets(network, neuron, inputs) for kink in kinks):
            return True
    return False


def _nets(network, neuron, inputs):
    for row in inputs:
        network.forward(row)
        yield neuron.net


def _fit_targets(network, wanted, outputs):
    loss = network.loss_function
    if loss.name == "binary_cross_entropy":
        return [(value + 1) / 2 for value in wanted]
    if loss.name == "categorical_cross_entropy":
        total = sum(abs(value) for value in wanted)
        return [abs(value) / total for value in wanted] if total else [1 / len(wanted)] * len(wanted)
    kinks = LOSS_KINKS.get(loss.name, [])
    return [_clear_target(value, output, kinks) for value, output in zip(wanted, outputs)]


def _clear_target(value, output, kinks):
    while any(abs(value - output - kink) < CLEAR for kink in kinks):
        value += 1 / 8
    return value
