"""A network as an SVG picture: every neuron, every bias neuron and every synapse, and on request every number.

The sign of a weight is the kind of its line, solid or dashed, and its colour; its size is the width. What does not fit
is left out, and the picture says how much that is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import compress
from typing import Any, Optional

from neuronet import validate
from neuronet.draw.layout import RADIUS, Layout, Line, Point, Spacing
from neuronet.draw.plot import as_float
from neuronet.draw.svg import Element, cut, mark, number, picture, text_width, write_text
from neuronet.draw.worked import Worked, largest_weight, text_of, work
from neuronet.feedforward import FeedForward
from neuronet.graph import Layer, Neuron, Synapse
from neuronet.scalar import Number

WITHOUT_VALUES = Spacing(across=240, down=66, top=124, left=90)
WITH_VALUES = Spacing(across=330, down=104, top=134, left=110)

LINES = {"plus": "", "minus": "7 4", "zero": "1 4"}
"""The dashes of a line for each sign."""
THINNEST, THICKEST = 0.8, 7.5
"""The width of a line for a weight near 0, and for the largest weight."""
MOST_ROWS = 120
"""The table of synapses has at most so many rows."""
MOST_THICK = 60
"""With more lines than these, all of them are drawn thinner."""
MOST_WRITTEN = 80
"""With more lines than these, no weight is written on one."""
ALONG = tuple(fraction / 100 for fraction in range(20, 80, 3))
"""Where on its line a weight may be written: 0 is the source and 1 the destination."""

Drawer = Callable[[Element, float, float], object]
LEGEND: dict[str, Drawer] = {
    "bias neuron, always 1": lambda svg, x, y: svg.add("rect", look="bias", x=x + 20, y=y - 8, width=16, height=16),
    "frozen synapse": lambda svg, x, y: mark(svg, x + 28, y, 2, size=5, look="bias"),
    "not connected": lambda svg, x, y: svg.add("circle", look="neuron", cx=x + 28, cy=y, r=8, stroke_dasharray="2 4"),
}
"""What the legend says of the shapes, and how it draws them at a place."""

Box = tuple[float, float, float, float]
"""Left, top, right and bottom of something, in pixels."""


def network_svg(
    network: FeedForward,
    *,
    values: bool = False,
    inputs: Optional[Sequence[Number]] = None,
    targets: Optional[Sequence[Number]] = None,
    learning_rate: Optional[float] = None,
    title: Optional[str] = None,
    width: Optional[float] = None,
    most_neurons: int = 12,
    most_layers: int = 9,
) -> str:
    """The network as an SVG document; arguments, result and errors are those of `Network.to_svg`."""
    most = validate.count(most_neurons, "most_neurons", least=2), validate.count(most_layers, "most_layers", least=2)
    wide = None if width is None else validate.positive(width, "width")
    numbers = work(network, inputs, targets, learning_rate)
    with_values = values or inputs is not None
    layout = Layout(network, *most, WITH_VALUES if with_values else WITHOUT_VALUES)
    return _Drawing(network, layout, numbers, with_values, title).finished(wide)


class _Drawing:
    """One picture while it is made."""

    def __init__(
        self, network: FeedForward, layout: Layout, numbers: Worked, with_values: bool, title: Optional[str]
    ) -> None:
        self.network = network
        self.layout = layout
        self.numbers = numbers
        self.with_values = with_values
        self.title = _shape(network) if title is None else title
        self.synapses = network.synapses
        crowded = max(1.0, len(layout.lines) / MOST_THICK)
        self.thickest = max(2.5, THICKEST / math.sqrt(crowded))
        self.largest = largest_weight(self.synapses)
        self.taken: list[Box] = []
        self.unplaced = 0

    def finished(self, wide: Optional[float]) -> str:
        """The whole document."""
        layout = self.layout
        width = max(layout.width, 560.0)
        shift = (width - layout.width) / 2
        svg, description = Element("g"), self._description()
        write_text(svg, 16, 24, cut(self.title, width - 32, 16), size=16)
        if self.numbers.sample:
            loss = f"; loss {self.numbers.loss}" if self.numbers.loss else ""
            sample = cut(self.numbers.sample, width - 32 - text_width(loss, 12), 12)
            write_text(svg, 16, 44, sample + loss, size=12, look="faint")
        body = svg.add("g", transform=f"translate({number(shift)} 0)") if shift else svg.add("g")
        self._headings(body)
        self._lines(body)
        self._neurons(body)
        self._frozen(body)
        if self.with_values:
            self._weights(body)
        height = layout.height
        if self.with_values and any(self.numbers.synapses[line.synapse].gradient for line in layout.lines):
            height = self._table(svg, height + 8, width)
        height = self._legend(svg, height + 8, width)
        height = self._notes(svg, height, width)
        whole = picture(width, height, self.title, description)
        whole.children += svg.children
        if wide is not None:
            whole.attributes.update(width=wide, height=wide * height / width)
        return f"{whole}\n"

    def _headings(self, svg: Element) -> None:
        room = 2 * self.layout.spacing.left - 20
        for layer, x in self.layout.columns:
            write_text(svg, x, 68, cut(layer.name, room), anchor="middle")
            write_text(svg, x, 84, cut(self._kind(layer), room, 11), size=11, anchor="middle", look="faint")

    def _kind(self, layer: Layer) -> str:
        many = "1 neuron" if len(layer) == 1 else f"{len(layer):,} neurons"
        if layer is self.network.layers[0]:
            return many
        names = dict.fromkeys(neuron.activation.name for neuron in layer)
        return f"{many}, {'/'.join(names)}"

    def _lines(self, svg: Element) -> None:
        for synapse, start, end, bend in self.layout.lines:
            look, width = self._strength(synapse)
            style: dict[str, Any] = {"stroke_width": f"{width:.2f}", "stroke_dasharray": LINES[look]}
            if bend is None:
                drawn = svg.add("line", look=look, x1=start[0], y1=start[1], x2=end[0], y2=end[1], **style)
            else:
                way = "M{} {}Q{} {} {} {}".format(*map(number, (*start, *bend, *end)))
                drawn = svg.add("path", look=look, d=way, fill="none", **style)
            still = ", frozen" if synapse.frozen else ""
            drawn.add("title", f"{synapse.source.name} to {synapse.destination.name}: {text_of(synapse.weight)}{still}")

    def _frozen(self, svg: Element) -> None:
        """A mark on each frozen line, near its end but clear of the neurons and their numbers."""
        for line in self.layout.lines:
            if line.synapse.frozen:
                place = line.at(0.84)
                if not self._is_free(_around(place, 7)):
                    place = self._room_on(line, 7, 7) or place
                mark(svg, *place, 2, size=5, look="bias")
                self.taken.append(_around(place, 7))

    def _strength(self, synapse: Synapse) -> tuple[str, float]:
        """How a weight is drawn: the look and the width of its line."""
        weight = as_float(synapse.weight)
        if weight == 0 or math.isnan(weight):
            return "zero", THINNEST
        fraction = min(1.0, abs(weight) / self.largest)
        return "plus" if weight > 0 else "minus", THINNEST + (self.thickest - THINNEST) * fraction

    def _neurons(self, svg: Element) -> None:
        for gap in self.layout.gaps:
            for down in (-26, -18, -10):
                svg.add("circle", look="ink", cx=gap.x, cy=gap.y + down, r=2)
            write_text(svg, gap.x, gap.y + 10, gap.text, size=12, anchor="middle")
            half = text_width(gap.text, 12) / 2
            self.taken.append((gap.x - half, gap.y - 30, gap.x + half, gap.y + 16))
        for neuron, (x, y) in self.layout.places.items():
            style: dict[str, Any] = {"stroke_width": "1.5", "stroke_dasharray": "2 4" if _is_alone(neuron) else ""}
            if neuron.is_bias:
                drawn = svg.add("rect", look="bias", x=x - 18, y=y - 18, width=36, height=36, **style)
            else:
                drawn = svg.add("circle", look="neuron", cx=x, cy=y, r=RADIUS, **style)
            drawn.add("title", self._in_words(neuron))
            size = 13 if text_width(neuron.name) <= 2 * RADIUS - 6 else 10
            write_text(svg, x, y + 4.5, cut(neuron.name, 2 * RADIUS - 6, size), size=size, anchor="middle")
            self.taken.append((x - RADIUS, y - RADIUS, x + RADIUS, y + RADIUS))
            if self.with_values:
                self._numbers_below(svg, neuron, x, y + (18 if neuron.is_bias else RADIUS))

    def _in_words(self, neuron: Neuron) -> str:
        """A neuron in words, which a browser shows when the pointer is on it."""
        found = self.numbers.neurons[neuron]._asdict().items() if self.with_values else ()
        numbers = "".join(f", {name} {value}" for name, value in found if value)
        return f"{neuron.name} ({'bias' if neuron.is_bias else neuron.activation.name}){numbers}"

    def _numbers_below(self, svg: Element, neuron: Neuron, x: float, y: float) -> None:
        found = self.numbers.neurons[neuron]
        lines = [("net", found.net), ("output", found.output), ("delta", found.delta)]
        texts = [f"{name} {cut(value, 70, 11)}" for name, value in lines if value]
        for position, text in enumerate(texts):
            self._backed(svg, x, y + 13 + 12.5 * position, text)

    def _backed(self, svg: Element, x: float, y: float, text: str) -> None:
        """Write a small text on a piece of paper, so that no line runs through it, and keep its place."""
        half = text_width(text, 11) / 2 + 1
        box = (x - half, y - 10, x + half, y + 3)
        svg.add("rect", look="paper", x=box[0], y=box[1], width=2 * half, height=13, opacity="0.88")
        write_text(svg, x, y, text, size=11, anchor="middle")
        self.taken.append(box)

    def _weights(self, svg: Element) -> None:
        """Write each weight on its line where there is room, as far from other lines as can be."""
        if len(self.layout.lines) > MOST_WRITTEN:
            self.unplaced = len(self.layout.lines)
            return
        for line in self.layout.lines:
            text = cut(self.numbers.synapses[line.synapse].weight, 80, 11)
            place = self._room_on(line, text_width(text, 11) / 2 + 1, 6)
            if place is None:
                self.unplaced += 1
            else:
                self._backed(svg, place[0], place[1] + 3.5, text)

    def _room_on(self, line: Line, half: float, below: float) -> Optional[Point]:
        """Where a line has room for so much, as far from other lines as can be; None where it has none."""
        ways = [line.at(fraction) for fraction in ALONG]
        free = [(x, y) for x, y in ways if self._is_free((x - half, y - 7, x + half, y + below))]
        return min(free, key=lambda point: self._crowd(line, point, half), default=None)

    def _is_free(self, box: Box) -> bool:
        return not any(
            box[0] < other[2] + 1 and other[0] < box[2] + 1 and box[1] < other[3] + 1 and other[1] < box[3] + 1
            for other in self.taken
        )

    def _crowd(self, own: Line, point: Point, half: float) -> float:
        """How close other lines come to a text that is written at this point; 0 where all keep away."""
        crowd = 0.0
        for line in self.layout.lines:
            start, end = line.start, line.end
            if line is not own and line.bend is None and start[0] < point[0] < end[0]:
                slope = (end[1] - start[1]) / (end[0] - start[0])
                distance = abs(start[1] + slope * (point[0] - start[0]) - point[1]) - half * abs(slope)
                crowd += min(24.0, max(0.0, 24.0 - distance))
        return crowd

    def _table(self, svg: Element, top: float, width: float) -> float:
        """Every synapse that is drawn with its gradient and its step; returns where the table ends."""
        rows = [line.synapse for line in self.layout.lines[:MOST_ROWS]]
        after = any(self.numbers.synapses[synapse].after for synapse in rows)
        block = 355.0 if after else 285.0
        columns = max(1, int((width - 32) // block))
        height = math.ceil(len(rows) / columns)
        heads = ["synapse", "weight", "gradient", "after"] if after else ["synapse", "weight", "gradient"]
        ends = [0.0, 165.0, 235.0, 305.0]
        for column in range(min(columns, math.ceil(len(rows) / height))):
            left = 16 + column * block
            for head, end in zip(heads, ends):
                write_text(svg, left + end, top + 12, head, size=11, anchor="end" if end else "start", look="faint")
            for line, synapse in enumerate(rows[column * height : (column + 1) * height]):
                y = top + 28 + 15 * line
                name = f"{synapse.source.name} to {synapse.destination.name}" + (" *" if synapse.frozen else "")
                write_text(svg, left, y, cut(name, 105, 11), size=11)
                for value, end in zip(self.numbers.synapses[synapse], ends[1:]):
                    if value:
                        write_text(svg, left + end, y, cut(value, 69, 11), size=11, anchor="end")
        return top + 34 + 15 * height

    def _legend(self, svg: Element, top: float, width: float) -> float:
        """What the lines and shapes mean; returns where the legend ends."""
        x, y = 16.0, top + 12
        for draw, text in self._meanings():
            needed = 46 + text_width(text, 12) + 18
            if x + needed > width and x > 16:
                x, y = 16.0, y + 22
            draw(svg, x, y)
            write_text(svg, x + 46, y + 4, text, size=12)
            x += needed
        return y + 20

    def _meanings(self) -> Iterator[tuple[Drawer, str]]:
        """How each thing in the legend is drawn, with its meaning: those that the picture has."""
        synapses = [line.synapse for line in self.layout.lines]
        signs = {self._strength(synapse)[0] for synapse in synapses}
        odd = any(math.isnan(as_float(synapse.weight)) for synapse in synapses)
        zero = "weight of 0, or not a float" if odd else "weight of 0"
        for look, text in (("plus", "weight above 0"), ("minus", "weight below 0"), ("zero", zero)):
            if look in signs:
                yield partial(_draw_stroke, look, 2.5 if look != "zero" else THINNEST), text
        for fraction, which in ((0.25, ""), (1.0, ", the largest")) if signs - {"zero"} else ():
            width = THINNEST + (self.thickest - THINNEST) * fraction
            yield partial(_draw_stroke, "axis", width), f"|weight| {self.largest * fraction:.2g}{which}"
        neurons = self.layout.places
        there = any(one.is_bias for one in neurons), any(one.frozen for one in synapses), any(map(_is_alone, neurons))
        yield from ((draw, text) for text, draw in compress(LEGEND.items(), there))

    def _notes(self, svg: Element, top: float, width: float) -> float:
        """What is left out, in words; returns where the picture ends."""
        for note in self._left_out():
            write_text(svg, 16, top + 6, cut(note, width - 32, 12), size=12, look="faint")
            top += 18
        return top + 4

    def _left_out(self) -> Iterator[str]:
        layers = len(self.network.layers) - len(self.layout.columns)
        if layers:
            yield f"Left out: {layers:,} of {len(self.network.layers):,} layers."
        for layer, _ in self.layout.columns:
            missing = sum(neuron not in self.layout.places for neuron in layer)
            if missing:
                yield f"Left out: {missing:,} of the {len(layer):,} neurons of {layer.name}."
        hidden = len(self.synapses) - len(self.layout.lines)
        if hidden:
            yield f"Left out: {hidden:,} of {len(self.synapses):,} synapses, those of neurons that are not shown."
        if self.unplaced:
            yield f"{self.unplaced:,} weights have no room on their lines; pointing at a line shows its weight."
        if len(self.layout.lines) > MOST_ROWS and any(number.gradient for number in self.numbers.synapses.values()):
            yield f"The table ends after {MOST_ROWS} of {len(self.layout.lines):,} synapses."

    def _description(self) -> str:
        """The picture in words, for a reader who cannot see it."""
        rows = ", ".join(f"{layer.name} {len(layer)}" for layer in self.network.layers[:9])
        weights = [as_float(synapse.weight) for synapse in self.synapses]
        above = sum(weight > 0 for weight in weights)
        below = sum(weight < 0 for weight in weights)
        text = f"Layers and their neurons: {rows}{' and so on' if len(self.network.layers) > 9 else ''}. "
        text += f"{len(weights):,} synapses, {above:,} with a weight above 0, drawn solid, {below:,} below 0, dashed; "
        text += "the wider a line, the larger its weight. "
        alone = [neuron.name for neuron in self.network.neurons if _is_alone(neuron)]
        text += f"Not connected: {', '.join(alone[:9])}. " if alone else ""
        return text + " ".join(self._left_out())


def _shape(network: FeedForward) -> str:
    sizes = [str(len(layer)) for layer in network.layers]
    return "Network " + "-".join(sizes if len(sizes) <= 12 else [*sizes[:6], "...", *sizes[-5:]])


def _around(point: Point, half: float) -> Box:
    return point[0] - half, point[1] - half, point[0] + half, point[1] + half


def _is_alone(neuron: Neuron) -> bool:
    return not neuron.incoming and not neuron.outgoing


def _draw_stroke(look: str, width: float, svg: Element, x: float, y: float) -> None:
    dashes = LINES.get(look, "")
    svg.add("line", look=look, x1=x, x2=x + 38, y1=y, y2=y, stroke_width=f"{width:.2f}", stroke_dasharray=dashes)
