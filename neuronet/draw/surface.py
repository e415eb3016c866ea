"""What a network of two inputs answers everywhere: the plane as a map, with the samples on it.

Low outputs are light and high ones dark, so a map can be read in black and white. A line runs where the answer
changes. The marks of samples have another shape for each class.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import chain, groupby
from typing import NamedTuple, Optional

from neuronet import validate
from neuronet.data.answers import class_of
from neuronet.draw.plot import MOST, Scale, as_float, axes, ends_of, shade
from neuronet.draw.svg import Element, cut, mark, number, picture, write_text
from neuronet.errors import DataError
from neuronet.feedforward import FeedForward
from neuronet.graph import Neuron
from neuronet.scalar import Number
from neuronet.snapshot import everything_kept

SHADES = (
    "#fff3e0", "#fde3bd", "#f6d3a4", "#e6c79f", "#d0bda3", "#b8b3aa",
    "#9ea8b0", "#859cb2", "#6c8fb0", "#5481aa", "#3d72a1", "#286394", "#175383", "#0b436f", "#063459", "#042743",
)  # fmt: skip
"""From the lowest output to the highest: each shade is darker than the one before."""
FACES = ("#ffffff", "#111111", "#ffd34d", "#57c4ad")
"""The fill of the marks of each class; the shape says it too."""
MOST_NAMES, MOST_MARKS = 12, 8
"""The key of a map has room for so many outputs, and for the marks of so many classes."""
MOST_MAPS = 24
"""A picture of hidden neurons has at most so many."""


Grid = list[list[float]]
"""Numbers at the middles of cells: a row for each second input, the smallest first; in it one for each first input."""


class Plane(NamedTuple):
    """The part of the plane that is shown, with the samples on it."""

    low: tuple[float, float]
    """The lower left corner: the smallest first and second input."""
    high: tuple[float, float]
    places: list[tuple[float, float]]
    classes: list[int]
    """For each sample the class that its targets stand for."""


def decision_surface(
    network: FeedForward,
    inputs: Sequence[Sequence[Number]] = (),
    targets: Sequence[Sequence[Number]] = (),
    *,
    cells: int = 100,
    names: Sequence[str] = (),
    title: Optional[str] = None,
) -> str:
    """What a network of two inputs answers everywhere, with samples on it, as an SVG document.

    inputs, targets: the samples to draw, a row for each, or none. They also say which part of the plane is shown: all
        of them and a margin; without any, from -1 to 1 both ways.
    cells: how many in a row and how many rows, 2 to 400. More are finer and take longer.
    names: of the two inputs, for the axes.
    title: the heading; None says the shape.

    One output is shown as shades from low to high with a line at one half; of several the largest, a shade for each.

    Returns the text of the picture; the network is bit for bit as it was. Raises DataError for a network that does
    not have two inputs, and for samples that do not fit.
    """
    plane = plane_of(network, inputs, targets)
    many = _checked_cells(cells)
    grid = outputs_on_grid(network, plane, many, many)
    outputs = len(network.layers[-1])
    shape = "-".join(str(len(layer)) for layer in network.layers[:9])
    heading = f"What the network {shape} answers" if title is None else title
    labels = [neuron.name for neuron in network.layers[0]] if not names else [str(name) for name in names]
    if len(labels) != 2:
        raise DataError(f"names: expected 2 names, got {len(labels)}")
    svg = picture(640, 520, heading, _described(grid, plane, outputs))
    write_text(svg, 66, 24, cut(heading, 560, 15), size=15)
    frame = _frame(plane, 66, 50, 410)
    axes(svg, *frame, labels[0], labels[1])
    levels = levels_of(grid, outputs)
    _draw_grid(svg, grid, frame, levels)
    for part in _parts(grid) if outputs > 1 else [grid]:
        _draw_boundary(svg, part, plane, frame)
    _draw_samples(svg, plane, frame)
    _draw_key(svg, levels, [neuron.name for neuron in network.layers[-1]], plane.classes)
    return f"{svg}\n"


def hidden_maps(
    network: FeedForward,
    inputs: Sequence[Sequence[Number]] = (),
    targets: Sequence[Sequence[Number]] = (),
    *,
    cells: int = 32,
    title: Optional[str] = None,
) -> str:
    """What each hidden neuron of a network of two inputs answers everywhere, one small map each, as an SVG document.

    Each map goes from its own lowest output, light, to its own highest, dark; both are written below it. At most 24
    are drawn, and the heading says how many are left out. Arguments and errors as in `decision_surface`; DataError
    too for a network without hidden neurons.
    """
    plane = plane_of(network, inputs, targets)
    hidden = [neuron for layer in network.layers[1:-1] for neuron in layer]
    if not hidden:
        raise DataError(f"network: expected one with hidden neurons, got {network!r}")
    drawn = hidden[:MOST_MAPS]
    grids = _outputs_of(network, drawn, plane, _checked_cells(cells))
    more = f"; {len(hidden) - len(drawn):,} more are left out" if len(hidden) > len(drawn) else ""
    heading = f"What each hidden neuron answers{more}" if title is None else title
    columns = min(4, len(drawn))
    width = max(420, 30 + 160 * columns)
    height = 50 + 190 * math.ceil(len(drawn) / columns)
    ranges = [ends_of(chain(*grid)) for grid in grids]
    spans = "; ".join(f"{neuron.name} {least:.3g} to {most:.3g}" for neuron, (least, most) in zip(drawn, ranges))
    svg = picture(width, height, heading, f"A map for each hidden neuron, light where its output is low. {spans}.")
    write_text(svg, 16, 24, cut(heading, width - 32, 15), size=15)
    for position, (neuron, grid, (least, most)) in enumerate(zip(drawn, grids, ranges)):
        left, top = 20.0 + 160 * (position % columns), 64.0 + 190 * (position // columns)
        write_text(svg, left, top - 7, cut(neuron.name, 136))
        frame = _frame(plane, left, top, 136)
        _draw_grid(svg, grid, frame, (least, most))
        _draw_samples(svg, plane, frame, 3)
        write_text(svg, left, top + 152, f"{least:.3g} to {most:.3g}", size=11, look="faint")
    return f"{svg}\n"


def plane_of(network: FeedForward, inputs: Sequence[Sequence[Number]], targets: Sequence[Sequence[Number]]) -> Plane:
    """The samples for a network of two inputs, and the part of the plane around them; DataError for what fits not."""
    if len(network.layers[0]) != 2:
        raise DataError(f"network: expected one with 2 inputs, got {len(network.layers[0])}")
    if not len(inputs) and not len(targets):
        return Plane((-1.0, -1.0), (1.0, 1.0), [], [])
    rows, wanted = validate.samples(inputs, targets, 2, len(network.layers[-1]), network.kind)
    places = [(as_float(row[0]), as_float(row[1])) for row in rows]
    low = min(x for x, _ in places), min(y for _, y in places)
    high = max(x for x, _ in places), max(y for _, y in places)
    margin = 0.15 * max(high[0] - low[0], high[1] - low[1]) or 1.0
    margin = max(margin, 1e-9 * max(map(abs, (*low, *high))))  # far out, a smaller one is lost in the last digit
    if margin > MOST:
        raise DataError(f"inputs: expected samples up to {MOST:g} apart, got some from {min(low):g} to {max(high):g}")
    corners = (low[0] - margin, low[1] - margin), (high[0] + margin, high[1] + margin)
    return Plane(*corners, places, [class_of(row) for row in wanted])


def outputs_on_grid(network: FeedForward, plane: Plane, columns: int, lines: int) -> Grid:
    """What the network answers at the middle of each cell: its output, or of several outputs which is the largest."""
    with everything_kept(network):
        outputs = network.all_outputs(_middles(network, plane, columns, lines))
    return _in_rows([as_float(row[0]) if len(row) == 1 else float(class_of(row)) for row in outputs], columns)


def _outputs_of(network: FeedForward, neurons: Sequence[Neuron], plane: Plane, cells: int) -> list[Grid]:
    """What each of these neurons answers at the middle of each cell."""
    found: list[list[float]] = [[] for _ in neurons]
    with everything_kept(network):
        for row in _middles(network, plane, cells, cells):
            network.propagate(row)
            for values, neuron in zip(found, neurons):
                values.append(as_float(neuron.output))
    return [_in_rows(values, cells) for values in found]


def _middles(network: FeedForward, plane: Plane, columns: int, lines: int) -> list[list[Number]]:
    """The middle of each cell, as inputs of the network."""
    low, steps = plane.low, _cell_of(plane, columns, lines)
    middles = [
        [low[0] + (column + 0.5) * steps[0], low[1] + (line + 0.5) * steps[1]]
        for line in range(lines)
        for column in range(columns)
    ]
    return validate.rows(middles, 2, "inputs", network.kind)


def _cell_of(plane: Plane, columns: int, lines: int) -> tuple[float, float]:
    """The width and the height of a cell."""
    return (plane.high[0] - plane.low[0]) / columns, (plane.high[1] - plane.low[1]) / lines


def _in_rows(values: Sequence[float], columns: int) -> Grid:
    return [list(values[start : start + columns]) for start in range(0, len(values), columns)]


def _checked_cells(cells: int) -> int:
    many = validate.count(cells, "cells", least=2)
    if many > 400:
        raise DataError(f"cells: expected at most 400, got {many}")
    return many


def levels_of(grid: Grid, outputs: int) -> tuple[float, float]:
    """What the lightest and the darkest shade stand for: 0 and 1, or more where an output lies beyond; or classes."""
    least, most = ends_of(chain(*grid))
    return (0.0, outputs - 1.0) if outputs > 1 else (min(0.0, least), max(1.0, most))


def _frame(plane: Plane, left: float, top: float, size: float) -> tuple[Scale, Scale]:
    """The scales of a square map, across and up."""
    across = Scale(plane.low[0], plane.high[0], left, left + size)
    return across, Scale(plane.low[1], plane.high[1], top + size, top)


def _draw_grid(svg: Element, grid: Grid, frame: tuple[Scale, Scale], levels: tuple[float, float]) -> None:
    """Fill a frame with the shades of a grid: for each shade one path of its runs."""
    left, bottom, size = frame[0].start, frame[1].start, frame[0].end - frame[0].start
    step = size / len(grid)
    svg.add("rect", look="neuron", x=left, y=frame[1].end, width=size, height=size)
    runs: dict[int, list[str]] = {}
    for line, row in enumerate(grid):
        y = f"{bottom - (line + 1) * step:.2f}"
        column = 0
        for position, run in groupby(shade(value, levels, len(SHADES)) for value in row):
            many = len(list(run))
            x, across = left + column * step, many * step
            runs.setdefault(position, []).append(f"M{x:.2f} {y}h{across:.2f}v{step:.2f}h{-across:.2f}z")
            column += many
    group = svg.add("g", shape_rendering="crispEdges")
    for position in sorted(runs):
        if position >= 0:
            group.add("path", fill=SHADES[position], d="".join(runs[position]))


def _parts(grid: Grid) -> Iterator[Grid]:
    """For each class but the first that occurs a grid of 1 where it is and 0 where another one is."""
    occur = sorted(filter(math.isfinite, set(chain(*grid))))
    for label in occur[1:]:
        yield [[float(value == label) for value in row] for row in grid]


def _draw_boundary(svg: Element, grid: Grid, plane: Plane, frame: tuple[Scale, Scale], level: float = 0.5) -> None:
    """A line where the numbers of the grid cross a level, found square by square between four middles."""
    pieces: list[str] = []
    step = _cell_of(plane, len(grid[0]), len(grid))
    for line, (lower, upper) in enumerate(zip(grid, grid[1:])):
        for column, corners in enumerate(zip(lower, lower[1:], upper[1:], upper)):
            above = [value >= level for value in corners]
            if all(above) or not any(above) or not all(map(math.isfinite, corners)):
                continue
            crossings = []
            for side, (start, end) in enumerate(((0, 1), (1, 2), (3, 2), (0, 3))):
                if above[start] != above[end]:
                    fraction = (level - corners[start]) / (corners[end] - corners[start])
                    across = (fraction, 1.0, fraction, 0.0)[side]
                    up = (0.0, fraction, 1.0, fraction)[side]
                    x = frame[0].place(plane.low[0] + (column + 0.5 + across) * step[0])
                    y = frame[1].place(plane.low[1] + (line + 0.5 + up) * step[1])
                    crossings.append(f"{number(x)} {number(y)}")
            for first, second in zip(crossings[::2], crossings[1::2]):
                pieces.append(f"M{first}L{second}")
    if pieces:
        for colour, width in (("#ffffff", "4"), ("#111111", "1.8")):
            svg.add("path", d="".join(pieces), fill="none", stroke=colour, stroke_width=width)


def _draw_samples(svg: Element, plane: Plane, frame: tuple[Scale, Scale], size: float = 4) -> None:
    for (x, y), label in zip(plane.places, plane.classes):
        _draw_mark(svg, frame[0].place(x), frame[1].place(y), label, size)


def _draw_mark(svg: Element, x: float, y: float, label: int, size: float = 4) -> None:
    edge = "#ffffff" if label % 4 == 1 else "#111111"
    mark(svg, x, y, label, size=size, fill=FACES[label % 4], stroke=edge, stroke_width="1.2")


def _draw_key(svg: Element, levels: tuple[float, float], outputs: Sequence[str], wanted: Sequence[int]) -> None:
    """What the shades and the marks mean, to the right of the map."""
    y = _draw_levels(svg, levels, outputs[0]) if len(outputs) == 1 else _draw_names(svg, outputs)
    classes = sorted(set(wanted))
    marks = len(classes) if len(classes) <= MOST_MARKS else MOST_MARKS - 1
    for label in classes[:marks]:
        _draw_mark(svg, 506, y, label)
        meaning = f"{wanted.count(label)} of class {label}" if len(outputs) == 1 else f"wanted: {outputs[label]}"
        write_text(svg, 520, y + 4, cut(meaning, 112, 12), size=12)
        y += 20
    if marks < len(classes):
        write_text(svg, 520, y + 4, f"and {len(classes) - marks:,} more", size=12)


def _draw_levels(svg: Element, levels: tuple[float, float], output: str) -> float:
    """The shades from the lowest output to the highest, and the line at one half; returns where the key goes on."""
    write_text(svg, 496, 62, cut(f"output {output}", 136))
    for position, colour in enumerate(SHADES):
        svg.add("rect", x=496, y=230 - 10 * position, width=22, height=10, fill=colour)
    write_text(svg, 526, 240, f"{levels[0]:.3g}", size=12)
    write_text(svg, 526, 89, f"{levels[1]:.3g}", size=12)
    svg.add("line", look="axis", x1=496, x2=518, y1=262, y2=262, stroke_width="1.8")
    write_text(svg, 526, 266, "0.5", size=12)
    return 300.0


def _draw_names(svg: Element, outputs: Sequence[str]) -> float:
    """The shade of each output; returns where the key goes on."""
    y, many = 62.0, len(outputs)
    write_text(svg, 496, y, "largest output")
    named = many if many <= MOST_NAMES else MOST_NAMES - 1
    for label, name in enumerate(outputs[:named]):
        y += 22
        colour = SHADES[shade(label, (0.0, many - 1.0), len(SHADES))]
        svg.add("rect", look="axis", x=496, y=y - 11, width=22, height=14).attributes["fill"] = colour
        write_text(svg, 526, y, cut(name, 106, 12), size=12)
    if named < many:
        y += 22
        write_text(svg, 526, y, f"and {many - named:,} more", size=12)
    return y + 40


def _described(grid: Grid, plane: Plane, outputs: int) -> str:
    least, most = ends_of(chain(*grid))
    sides = zip(("First", "Second"), plane.low, plane.high)
    area = " ".join(f"{name} input from {low:.3g} to {high:.3g}." for name, low, high in sides)
    if outputs > 1:
        return f"{area} Shades say which of {outputs} outputs is the largest. {len(plane.places)} samples."
    fraction = sum(value >= 0.5 for value in chain(*grid)) / (len(grid) * len(grid[0]))
    return (
        f"{area} The output goes from {least:.3g}, light, to {most:.3g}, dark; on {fraction:.0%} of the area it is one "
        f"half or more. {len(plane.places)} samples."
    )
