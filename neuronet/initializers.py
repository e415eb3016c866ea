"""Initial weights: where training starts.

All weights of a network must not start alike, or its hidden neurons would stay alike for ever; so they are drawn at
random, from a generator that the caller seeds. Biases may start alike, and start at 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from random import Random

from neuronet.errors import UnknownNameError
from neuronet.graph import Synapse


def uniform(synapse: Synapse, rng: Random) -> float:
    """Anywhere from -1 to 1, each as likely, as the article's code draws them; biases 0."""
    return 0.0 if synapse.source.is_bias else rng.uniform(-1, 1)


def glorot(synapse: Synapse, rng: Random) -> float:
    """Uniform within sqrt(6 / (fan_in + fan_out)), for sigmoid and tanh; biases 0 (Glorot and Bengio 2010, eq. 16)."""
    if synapse.source.is_bias:
        return 0.0
    limit = math.sqrt(6 / (_fan_in(synapse) + len(synapse.source.outgoing)))
    return rng.uniform(-limit, limit)


def he(synapse: Synapse, rng: Random) -> float:
    """Normal with standard deviation sqrt(2 / fan_in), for relu and its kin; biases 0 (He et al. 2015, eq. 10)."""
    if synapse.source.is_bias:
        return 0.0
    return rng.gauss(0, math.sqrt(2 / _fan_in(synapse)))


def zeros(synapse: Synapse, rng: Random) -> float:
    """All 0, to set by hand. A network with a hidden layer learns nothing useful from here: its neurons stay alike."""
    return 0.0


def _fan_in(synapse: Synapse) -> int:
    incoming = synapse.destination.incoming
    return len(incoming) - incoming[0].source.is_bias  # the bias, if there is one, stands first


INITIAL_WEIGHTS: dict[str, Callable[[Synapse, Random], float]] = {
    "uniform": uniform,
    "glorot": glorot,
    "he": he,
    "zeros": zeros,
}
"""The ways to draw initial weights that a name stands for."""


def draw_weights(name: str, synapses: Sequence[Synapse], rng: Random) -> list[float]:
    """One weight for each synapse, in order. Raises UnknownNameError, listing the known names."""
    if not isinstance(name, str) or name not in INITIAL_WEIGHTS:
        raise UnknownNameError(f"weights: unknown {name!r}; known: {', '.join(INITIAL_WEIGHTS)}, or a list of numbers")
    return [INITIAL_WEIGHTS[name](synapse, rng) for synapse in synapses]
