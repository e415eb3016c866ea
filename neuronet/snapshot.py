"""Looking must not touch: keep what a network shows, and put it back bit for bit, whatever happens in between."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from neuronet.graph import Neuron, Synapse


@contextmanager
def neurons_kept(neurons: Sequence[Neuron]) -> Iterator[None]:
    """Whatever walks inside the `with` block, each neuron's net, output, error and delta are as before after it."""
    kept = [(neuron.net, neuron.output, neuron.error, neuron.delta) for neuron in neurons]
    try:
        yield
    finally:
        for neuron, numbers in zip(neurons, kept):
            neuron.net, neuron.output, neuron.error, neuron.delta = numbers


@contextmanager
def synapses_kept(synapses: Sequence[Synapse]) -> Iterator[None]:
    """Whatever is done inside the `with` block, each synapse's weight and gradient are as before after it."""
    kept = [(synapse.weight, synapse.gradient) for synapse in synapses]
    try:
        yield
    finally:
        for synapse, numbers in zip(synapses, kept):
            synapse.weight, synapse.gradient = numbers
