"""The summary of a network that `print` shows: each neuron with its activation, its bias and its weights."""

from __future__ import annotations

from neuronet.errors import printable
from neuronet.feedforward import FeedForward
from neuronet.graph import Neuron
from neuronet.scalar import short

MOST_NEURONS = 24
"""The first so many neurons have a row."""
MOST_WEIGHTS = 4
"""The first so many weights of a neuron are shown."""


def summary(network: FeedForward) -> str:
    """The network in a few lines: what it is, then a row for each neuron beyond the inputs.

    Long rows and long layers are cut short, and say by how much.
    """
    shape = "-".join(str(len(layer)) for layer in network.layers)
    synapses = network.synapses
    frozen = sum(synapse.frozen for synapse in synapses)
    still = f" ({frozen} frozen)" if frozen else ""
    head = f"Network {shape}, {len(synapses)} synapses{still}, {network.loss_function.name}"
    rows = [("layer", "neuron", "activation", "bias", "weights")]
    neurons = [(layer.name, neuron) for layer in network.layers[1:] for neuron in layer]
    for name, neuron in neurons[:MOST_NEURONS]:
        bias = next((short(synapse.weight) for synapse in neuron.incoming if synapse.source.is_bias), "")
        rows.append((name, neuron.name, neuron.activation.name, bias, _weights(neuron)))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = ["  ".join([cell.ljust(width) for cell, width in zip(row, widths)] + [row[4]]).rstrip() for row in rows]
    if len(neurons) > MOST_NEURONS:
        lines.append(f"... {len(neurons) - MOST_NEURONS} more neurons")
    return printable("\n".join([head, *lines]), keep="\n")


def _weights(neuron: Neuron) -> str:
    synapses = [synapse for synapse in neuron.incoming if not synapse.source.is_bias]
    weights = "  ".join(f"{synapse.source.name} {short(synapse.weight)}" for synapse in synapses[:MOST_WEIGHTS])
    more = len(synapses) - MOST_WEIGHTS
    return f"{weights}  ... {more} more" if more > 0 else weights
