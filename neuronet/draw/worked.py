"""The numbers of one worked sample: what a forward walk, a backward walk and a step would leave, as text.

The walks are those of the network itself. Afterwards everything is as it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Optional

from neuronet import validate
from neuronet.draw.plot import as_float, ends_of
from neuronet.errors import DataError
from neuronet.feedforward import FeedForward
from neuronet.graph import Neuron, Synapse
from neuronet.scalar import Number, short
from neuronet.snapshot import everything_kept


class NeuronNumbers(NamedTuple):
    """What stands on a neuron, each as text, or "" where nothing does."""

    net: str
    output: str
    error: str
    delta: str


class SynapseNumbers(NamedTuple):
    """What stands on a synapse, each as text, or "" where nothing does."""

    weight: str
    gradient: str
    after: str
    """The weight after the step."""


class Worked(NamedTuple):
    """All the numbers of a picture."""

    neurons: dict[Neuron, NeuronNumbers]
    synapses: dict[Synapse, SynapseNumbers]
    loss: str
    sample: str
    """The sample in words, or ""."""


def work(
    network: FeedForward,
    inputs: Optional[Sequence[Number]] = None,
    targets: Optional[Sequence[Number]] = None,
    learning_rate: Optional[float] = None,
) -> Worked:
    """The numbers of a sample; without one, those that stand on the network now.

    inputs: walks forward with them. None walks nowhere.
    targets: walks backward too; needs inputs.
    learning_rate: takes the step too, above 0; needs targets.

    Raises DataError for anything else. The network is bit for bit as it was.
    """
    if targets is not None and inputs is None:
        raise DataError("targets: expected only together with inputs, got no inputs")
    if learning_rate is not None and targets is None:
        raise DataError("learning_rate: expected only together with targets, got no targets")
    step = None if learning_rate is None else validate.positive(learning_rate, "learning_rate")
    row = None if inputs is None else validate.row(inputs, len(network.layers[0]), "inputs", network.kind)
    wanted = None if targets is None else validate.row(targets, len(network.layers[-1]), "targets", network.kind)
    synapses = network.synapses
    after: list[str] = [""] * len(synapses)
    loss = ""
    with everything_kept(network):
        if row is not None:
            for neuron in network.neurons:
                neuron.net = neuron.error = neuron.delta = None
            network.clear_gradients()
            network.forward(row)
        if wanted is not None:
            loss = text_of(network.backward(wanted))
        neurons = {
            neuron: NeuronNumbers(*(text_of(getattr(neuron, name)) for name in ("net", "output", "error", "delta")))
            for neuron in network.neurons
        }
        walked = wanted is not None or (row is None and any(synapse.gradient != 0 for synapse in synapses))
        before = [(text_of(synapse.weight), text_of(synapse.gradient) if walked else "") for synapse in synapses]
        if step is not None:
            network.update(step)
            after = [text_of(synapse.weight) for synapse in synapses]
    numbers = {synapse: SynapseNumbers(*pair, new) for synapse, pair, new in zip(synapses, before, after)}
    return Worked(neurons, numbers, loss, _sample_in_words(row, wanted, step))


def largest_weight(synapses: Sequence[Synapse]) -> float:
    """The largest size of a weight that is finite; 1 where none is, or all are 0."""
    return ends_of((abs(as_float(synapse.weight)) for synapse in synapses), (0.0, 0.0))[1] or 1.0


def text_of(value: Number) -> str:
    """A number in a few characters, "" for None.

    A float too small or too large for four decimals keeps its leading digits and its power of ten.
    """
    if value is None:
        return ""
    if isinstance(value, float) and 0 < abs(value) < 0.0005:
        return f"{value:.1e}"
    if isinstance(value, float) and abs(value) >= 1_000_000:
        return f"{value:.2e}"
    return short(value)


def _sample_in_words(inputs: Any, targets: Any, learning_rate: Any) -> str:
    rate = None if learning_rate is None else [learning_rate]
    known = ("inputs", inputs), ("targets", targets), ("learning rate", rate)
    return ", ".join(f"{name} {_list_in_words(values)}" for name, values in known if values is not None)


def _list_in_words(values: Sequence[Number]) -> str:
    texts = [f"{value:g}" if isinstance(value, (int, float)) else text_of(value) for value in values]
    return ", ".join(texts) if len(texts) <= 8 else ", ".join(texts[:4]) + f", ... {len(texts) - 4} more"
