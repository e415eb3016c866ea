"""Where everything stands in a picture of a network: the columns, the neurons, the lines, and what is left out.

Layers are columns from left to right, bias neurons a row of their own below them. Of a long layer, and of a long row
of layers, the first and the last are shown, and a gap in between says how many are not.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple, Optional, TypeVar

from neuronet.feedforward import FeedForward
from neuronet.graph import Layer, Neuron, Synapse

RADIUS = 23.0
"""Of a neuron, in pixels."""

Thing = TypeVar("Thing")
Point = tuple[float, float]


class Gap(NamedTuple):
    """A place where neurons or layers are left out."""

    x: float
    y: float
    text: str
    """How many, in words."""


class Spacing(NamedTuple):
    """How far apart things stand, in pixels."""

    across: float
    """From one layer to the next."""
    down: float
    """From one neuron to the next."""
    top: float
    """From the upper edge to the first neuron."""
    left: float
    """From the left edge to the first layer."""


class Line(NamedTuple):
    """The line of a synapse."""

    synapse: Synapse
    start: Point
    end: Point
    bend: Optional[Point]
    """What it bends towards; None where it is straight."""

    def at(self, fraction: float) -> Point:
        """The point that far along: 0 is the start and 1 the end."""
        rest, bend = 1 - fraction, self.bend or middle_of(self.start, self.end)
        x = rest**2 * self.start[0] + 2 * rest * fraction * bend[0] + fraction**2 * self.end[0]
        y = rest**2 * self.start[1] + 2 * rest * fraction * bend[1] + fraction**2 * self.end[1]
        return x, y


class Layout:
    """The places of one picture.

    places: where the centre of each neuron is that is shown.
    gaps: where some are left out.
    columns: the layers that are shown, each with its place across.
    lines: those of the synapses between two neurons that are shown, in walking order.
    width, height: of everything, in pixels.
    """

    def __init__(self, network: FeedForward, most_neurons: int, most_layers: int, spacing: Spacing) -> None:
        self.spacing = spacing
        self.places: dict[Neuron, Point] = {}
        self.gaps: list[Gap] = []
        self.columns: list[tuple[Layer, float]] = []
        layers, missing = shortened(network.layers, most_layers)
        rows = max(min(len(layer), most_neurons + 1) for layer in network.layers)
        skips = _any_skips(network.layers)
        top = spacing.top + (60 if skips else 0)
        middle = top + (rows - 1) * spacing.down / 2
        bottom = top + (rows - 1) * spacing.down
        biases = any(layer.bias is not None for layer in network.layers[1:])
        bias_y = bottom + spacing.down * 1.15 + 14
        for position, layer in enumerate(layers):
            x = spacing.left + position * spacing.across
            if layer is None:
                self.gaps.append(Gap(x, middle, f"{missing:,} more layers" if missing > 1 else "1 more layer"))
                continue
            self.columns.append((layer, x))
            self._place_row(layer, x, middle, most_neurons)
            if layer.bias is not None:
                self.places[layer.bias] = (x - spacing.across * 0.72, bias_y)
        self.width = 2 * spacing.left + (len(layers) - 1) * spacing.across
        self.height = (bias_y if biases else bottom) + spacing.down * 0.62
        self.lines = [
            self._line(synapse, skips)
            for layer, _ in self.columns
            for neuron in layer
            if neuron in self.places
            for synapse in neuron.incoming
            if synapse.source in self.places
        ]

    def _place_row(self, layer: Layer, x: float, middle: float, most: int) -> None:
        row, missing = shortened(layer.neurons, most)
        first = middle - (len(row) - 1) * self.spacing.down / 2
        for position, neuron in enumerate(row):
            y = first + position * self.spacing.down
            if neuron is None:
                self.gaps.append(Gap(x, y, f"{missing:,} more"))
            else:
                self.places[neuron] = (x, y)

    def _line(self, synapse: Synapse, may_bend: bool) -> Line:
        """The line of a synapse, bent where it has to be to stay clear of the neurons on its way."""
        start, end = self.places[synapse.source], self.places[synapse.destination]
        straight = Line(synapse, start, end, None)
        if not may_bend:
            return straight
        on_the_way = [
            place
            for neuron, place in self.places.items()
            if min(start[0], end[0]) - RADIUS < place[0] < max(start[0], end[0]) + RADIUS
            and neuron is not synapse.source
            and neuron is not synapse.destination
        ]
        half = middle_of(start, end)
        for distance in range(40):
            for side in (-1, 1) if distance else (1,):
                bent = straight._replace(bend=(half[0], half[1] + side * 20.0 * distance))
                way = [bent.at(step / 24) for step in range(25)]
                inside = all(RADIUS / 2 < y < self.height - RADIUS / 2 and y > 48 for _, y in way)
                if inside and all(math.dist(point, place) > RADIUS + 7 for point in way for place in on_the_way):
                    return bent if distance else straight
        return straight


def middle_of(start: Point, end: Point) -> Point:
    """The point half way between two."""
    return (start[0] + end[0]) / 2, (start[1] + end[1]) / 2


def shortened(things: Sequence[Thing], most: int) -> tuple[list[Optional[Thing]], int]:
    """The things, of more than `most` the first and the last with None in between; and how many are left out."""
    if len(things) <= most:
        return list(things), 0
    return [*things[: (most + 1) // 2], None, *things[len(things) - most // 2 :]], len(things) - most


def _any_skips(layers: Sequence[Layer]) -> bool:
    """Whether a synapse leads over a layer."""
    rank = {neuron: position for position, layer in enumerate(layers) for neuron in layer}
    rank.update({layer.bias: position - 1 for position, layer in enumerate(layers) if layer.bias is not None})
    synapses = (synapse for layer in layers for neuron in layer for synapse in neuron.incoming)
    return any(rank[synapse.destination] - rank[synapse.source] > 1 for synapse in synapses)
