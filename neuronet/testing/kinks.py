"""Keeping clear of kinks, where a slope jumps and a finite difference beside it is wrong.

Nothing is thrown away: a weight, an input or a target is moved along the grid of eighths until there is room.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Optional

from neuronet.activations import find_activation
from neuronet.graph import Neuron
from neuronet.network import Network

Row = list[float]

KINKS = {"relu": [0.0], "leaky_relu": [0.0], "elu": [0.0], "softsign": [0.0], "hard_sigmoid": [-2.5, 2.5]}
"""Where an activation has a jump in its slope or in the change of its slope."""

LOSS_KINKS = {"mean_absolute_error": [0.0], "huber": [-1.0, 1.0]}
"""The same for losses, as values of target - output."""

CLEAR = 1 / 64
"""How far every net stays from a kink: far more than a finite difference reaches while weights are small."""

STEPS = [0.0] + [sign * eighths / 8 for eighths in range(1, 17) for sign in (1, -1)]
"""By how much a number is moved to get clear: the nearest places of the grid first."""

RESORT = (7 / 8, -5 / 8, 3 / 8)
"""The inputs for which `make_room` makes room, over and over for more than three: where other rows go to in the end."""


def make_room(network: Network) -> None:
    """Make every neuron clear of its kinks at `RESORT`: by moving its first weight, or else by making it linear."""
    row = _resort(network)
    with network.turn.looking():
        for neuron in network.computing:
            network.propagate(row)
            if not _is_clear(neuron) and not _moved_clear(network, neuron, row):
                neuron.activation = find_activation("linear")


def clear_inputs(network: Network, inputs: Row) -> Optional[Row]:
    """The inputs, moved by as little as gets every neuron clear of its kinks; None where nothing does."""
    moved = [[value + (place + 1) * step for place, value in enumerate(inputs)] for step in STEPS[:9]]
    with network.turn.looking():
        for row in [*moved, _resort(network)]:
            network.propagate(row)
            if all(_is_clear(neuron) for neuron in network.computing):
                return row
    return None


def clear_targets(network: Network, inputs: Row, targets: Row) -> Row:
    """The targets, moved up until the loss is clear of its kinks at the outputs for these inputs."""
    kinks = LOSS_KINKS.get(network.loss_function.name)
    if kinks is None:
        return targets
    return [_clear_target(target, output, kinks) for target, output in zip(targets, network.predict(inputs))]


def _resort(network: Network) -> Row:
    return [RESORT[place % len(RESORT)] for place in range(len(network.layers[0]))]


def _is_clear(neuron: Neuron) -> bool:
    return all(abs(neuron.net - kink) >= CLEAR for kink in KINKS.get(neuron.activation.name, ()))


def _moved_clear(network: Network, neuron: Neuron, row: Row) -> bool:
    """Move the neuron's first weight until it is clear; whether that could be done."""
    for synapse in neuron.incoming[:1]:
        start = synapse.weight
        for step in STEPS:
            synapse.weight = start + step
            network.propagate(row)
            if _is_clear(neuron):
                return True
        synapse.weight = start
    return False


def _clear_target(target: float, output: float, kinks: Sequence[float]) -> float:
    while any(abs(target - output - kink) < CLEAR for kink in kinks):
        target += 1 / 8
    return target
