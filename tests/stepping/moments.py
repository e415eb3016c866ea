"""What the tests of stepping ask: the state of a network at a moment, the states of its walks, random samples."""

from hypothesis import strategies as st
from make_goldens import mazur

from neuronet.stepping.formula import NAMESPACE
from neuronet.testing import datasets, networks


def steps_of_mazur(**settings):
    return mazur().steps([0.05, 0.10], [0.01, 0.99], 0.5, **settings)


def evaluated(step):
    return eval(step.numbers, dict(NAMESPACE))  # noqa: S307 - a formula of our own making


def state(network):
    """Every number on the neurons and synapses, by its repr: a last bit or a sign of zero would show."""
    on_neurons = [(n.net, n.output, n.error, n.delta) for n in network.neurons]
    return repr((on_neurons, [(synapse.weight, synapse.gradient) for synapse in network.synapses]))


def walked(network, inputs, targets, learning_rate):
    """The states after each of the three walks."""
    network.propagate(inputs)
    states = [state(network)]
    network.backpropagate(targets)
    states.append(state(network))
    if learning_rate is not None:
        network.add_penalty()
        network.apply_gradients(learning_rate)
        states.append(state(network))
    return states


@st.composite
def samples_of_networks(draw):
    network = draw(networks(max_layers=4, kinks=True))
    for synapse in network.synapses:
        synapse.frozen = draw(st.booleans()) and draw(st.booleans())
    inputs, targets = draw(datasets(network, max_size=1, kinks=True))
    network.weights = [weight * 1.1 for weight in network.weights]
    return network, inputs[0], targets[0]
