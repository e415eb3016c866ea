"""Specimens: generated networks with samples, of unequal sizes, and bugs planted on copies of them.

A bug counts for something only where it makes a difference, so networks are drawn until it does: until an output, a
gradient of two walks or the step of one batch is another number than without it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from random import Random
from typing import Any, NamedTuple, Optional

from neuronet.bugs import Bug, find_bug, plant
from neuronet.network import Network
from neuronet.scalar import Number

Style = tuple[str, str, str]
"""Hidden activation, output activation and loss."""

STYLES: tuple[Style, ...] = (
    ("sigmoid", "sigmoid", "half_squared_error"),
    ("tanh", "sigmoid", "half_squared_error"),
    ("tanh", "linear", "half_squared_error"),
    ("relu", "linear", "mean_squared_error"),
    ("sigmoid", "sigmoid", "binary_cross_entropy"),
    ("tanh", "softmax", "categorical_cross_entropy"),
)
"""What the generated networks are made of."""

SAMPLES = 3
LEAST_DIFFERENCE = 1e-9
"""What a bug must change beside the largest number of its kind to count as shown."""


class Specimen(NamedTuple):
    """A network and samples that fit it: `network, inputs, targets = specimen`."""

    network: Network
    inputs: list[list[float]]
    targets: list[list[float]]

    def copy(self) -> Specimen:
        """The same with a network and rows of its own."""
        return Specimen(self.network.copy(), [list(row) for row in self.inputs], [list(row) for row in self.targets])


def draw(seed: str, number: int, style: Optional[Style] = None) -> Specimen:
    """A network with 2, 3 or 4 layers of weights, by its number, and three samples.

    Neighbouring layers differ in size, there are two outputs or more, and no weight is near 0, so that a swapped index,
    a skipped neuron and a lost factor can show.

    seed: where everything is drawn from.
    style: what the network is made of; None draws it too.
    """
    rng = Random(seed)
    hidden, output, loss = style or rng.choice(STYLES)
    sizes = [rng.randint(3, 4)]
    for sort in ["hidden"] * (1 + number % 3) + ["output"]:
        least, most = (2, 5) if sort == "hidden" else (2, 3)
        sizes.append(rng.choice([size for size in range(least, most + 1) if size != sizes[-1]]))
    network = Network(*sizes, activation=hidden, output_activation=output, loss=loss, weights="zeros")
    reach = rng.choice((0.8, 1.2, 2.0))
    network.weights = [rng.choice((-1, 1)) * rng.uniform(0.2, reach) for _ in network.synapses]
    inputs = [[rng.uniform(-2, 2) for _ in range(sizes[0])] for _ in range(SAMPLES)]
    return Specimen(network, inputs, [_targets(rng, output, sizes[-1]) for _ in range(SAMPLES)])


def _targets(rng: Random, output: str, size: int) -> list[float]:
    if output == "softmax":
        chosen = rng.randrange(size)
        return [float(place == chosen) for place in range(size)]
    low, high = (-3, 3) if output == "linear" else (0.1, 0.9)
    return [rng.uniform(low, high) for _ in range(size)]


def shows(bug: Bug, specimen: Specimen) -> bool:
    """Whether the bug makes a difference to this network on these samples; the specimen is left as it is."""
    if bug.missing(specimen.network):
        return False
    try:
        wrong = _traces(plant(bug.name, specimen.network), specimen.inputs, specimen.targets)
    except (ArithmeticError, NameError):
        return True
    right = _traces(specimen.network.copy(), specimen.inputs, specimen.targets)
    return any(_differ(*pair) for pair in zip(right, wrong))


def _traces(network: Network, inputs: Sequence[Any], targets: Sequence[Any]) -> list[list[Number]]:
    """All outputs, the gradients of a first and of a second walk over the samples, and the step of one batch."""
    outputs = [output for row in network.predict_all(inputs) for output in row]
    first, second = _walk(network, inputs, targets), _walk(network, inputs, targets)
    for synapse in network.synapses:
        synapse.gradient = network.kind(0)
    before = network.weights
    network.train(inputs, targets, epochs=1, batch_size=len(inputs), shuffle=False)
    return [outputs, first, second, [old - new for old, new in zip(before, network.weights)]]


def _walk(network: Network, inputs: Sequence[Any], targets: Sequence[Any]) -> list[Number]:
    network.clear_gradients()
    for row, wanted in zip(inputs, targets):
        network.forward(row)
        network.backward(wanted)
    network.average_gradients(len(inputs))
    network.add_penalty()
    return [synapse.gradient for synapse in network.synapses]


def _differ(right: Sequence[Number], wrong: Sequence[Number]) -> bool:
    largest = max(abs(value) for value in right)
    return any(abs(one - other) > LEAST_DIFFERENCE * largest for one, other in zip(right, wrong))


@lru_cache(maxsize=1024)
def _healthy(name: str, number: int, seed: int) -> Specimen:
    """The first network drawn on which the bug shows; the same every time, so it is drawn only once."""
    bug, attempt = find_bug(name), 0
    while True:
        specimen = draw(f"{name} {number} {seed} {attempt}", number)
        if shows(bug, specimen):
            return specimen
        attempt += 1


def specimen_of(name: str, number: int = 0, seed: int = 0) -> Specimen:
    """A network with this bug, on which it shows, and the samples to show it with.

    number: which one; 0, 1, 2 have two, three and four layers of weights, 3 has two again.
    seed: another seed gives other networks.
    """
    healthy = _healthy(name, number, seed).copy()
    return Specimen(plant(name, healthy.network), healthy.inputs, healthy.targets)
