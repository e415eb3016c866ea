"""Pictures for a terminal: a network with its weights, a curve of the loss, the map of a plane. At most 80 columns.

Each is made of block characters, or of plain ASCII where `unicode` is False; colour is only ever an addition.
`can_show` and `wants_colour` say what a stream is able and willing to show.
"""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Optional, TextIO

from neuronet import validate
from neuronet.draw.plot import as_float, spans_decades
from neuronet.draw.surface import checked_points, extent, outputs_on_grid, shade
from neuronet.draw.worked import text_of
from neuronet.graph import Layer, Neuron, Synapse
from neuronet.scalar import Number

if TYPE_CHECKING:
    from neuronet.network import Network

COLUMNS = 80
MOST_NEURONS = 12
"""Of a longer layer the first so many are shown."""
MOST_SYNAPSES = 12
"""Of more synapses to a neuron the first so many are shown."""
BLOCKS = "\u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588"
LEVELS = "_.-~=+*#"
"""The same in ASCII, from low to high."""
SHADES = " \u2591\u2592\u2593\u2588"
SHADES_ASCII = " .:-=+*#%@"
BLUE, ORANGE, PLAIN = "\x1b[34m", "\x1b[33m", "\x1b[0m"


def can_show(stream: Optional[TextIO], text: str = BLOCKS + SHADES) -> bool:
    """Whether a stream's encoding knows the block characters, or those of another text."""
    encoding = getattr(stream, "encoding", None)
    try:
        text.encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def wants_colour(stream: Optional[TextIO]) -> bool:
    """Whether a stream is a terminal and the variable NO_COLOR is not set in the environment."""
    return stream is not None and stream.isatty() and not os.environ.get("NO_COLOR")


def network_text(network: Network, *, unicode: bool = True, colour: bool = False) -> str:
    """The network neuron by neuron, each with the synapses that lead to it, their weights as numbers and as bars.

    A bar of one kind is a weight above 0, of another kind one below 0. Long layers and rows are cut and say by how
    much. Every line has at most 80 characters.

    unicode: False takes ASCII only; names in other letters become question marks.
    colour: whether to colour the bars too, with the codes of a terminal.
    """
    weights = [as_float(synapse.weight) for synapse in network.synapses]
    known = [abs(weight) for weight in weights if math.isfinite(weight)]
    largest = max(known, default=0.0) or 1.0
    signs = ("\u2588", "\u2591") if unicode else ("#", "-")
    shape = "-".join(str(len(layer)) for layer in network.layers[:12]) + ("-..." if len(network.layers) > 12 else "")
    lines = [f"Network {shape}   {signs[0] * 3} weight above 0   {signs[1] * 3} below 0   longest |{largest:.4g}|"]
    lines += ["", f"{network.layers[0].name}: {_names(network.layers[0])}"]
    for layer in network.layers[1:]:
        lines += ["", layer.name]
        for neuron in layer.neurons[:MOST_NEURONS]:
            lines += _neuron_lines(neuron, largest, signs, colour)
        if len(layer) > MOST_NEURONS:
            lines.append(f"... {len(layer) - MOST_NEURONS:,} more neurons")
    # A colour takes no room on the screen, so only lines without one are cut.
    lines = [line if "\x1b" in line else line[:COLUMNS].rstrip() for line in lines]
    return _readable("\n".join(lines), unicode)


def _names(layer: Layer) -> str:
    names = [_short(neuron.name, 12) for neuron in layer.neurons[:5]]
    return " ".join(names) + (f" ... {len(layer) - 5:,} more" if len(layer) > 5 else "")


def _neuron_lines(neuron: Neuron, largest: float, signs: tuple[str, str], colour: bool) -> list[str]:
    shown = [("net", neuron.net), ("output", neuron.output), ("delta", neuron.delta)]
    numbers = "".join(f"  {name} {_short(text_of(value), 12)}" for name, value in shown if value is not None)
    lines = [f"  {_short(neuron.name, 16)}  {_short(neuron.activation.name, 14)}{numbers}"]
    lines += [_synapse_line(synapse, largest, signs, colour) for synapse in neuron.incoming[:MOST_SYNAPSES]]
    if len(neuron.incoming) > MOST_SYNAPSES:
        lines.append(f"    ... {len(neuron.incoming) - MOST_SYNAPSES:,} more synapses")
    return lines if neuron.incoming else [*lines, "    no synapse leads here"]


def _synapse_line(synapse: Synapse, largest: float, signs: tuple[str, str], colour: bool) -> str:
    weight = as_float(synapse.weight)
    bar = signs[weight < 0] * (0 if math.isnan(weight) else math.ceil(36 * min(1.0, abs(weight) / largest)))
    if colour and bar:
        bar = f"{ORANGE if weight < 0 else BLUE}{bar}{PLAIN}"
    frozen = " frozen" if synapse.frozen else ""
    return (
        f"    {_short(synapse.source.name, 12):<12} {_short(text_of(synapse.weight), 12):>12}  {bar}{frozen}".rstrip()
    )


def sparkline(values: Sequence[Number], width: int = 24, *, unicode: bool = True) -> str:
    """A curve in one line of at most `width` characters, from its lowest value to its highest.

    Values that are not finite are spaces. Many values are shown by the mean of each stretch.
    """
    shown = _squeezed([_known(value) for value in values], validate.count(width, "width"))
    signs = BLOCKS if unicode else LEVELS
    low, high = _ends(shown)
    return "".join(" " if math.isnan(value) else signs[shade(value, (low, high), len(signs))] for value in shown)


def curve_text(values: Sequence[Number], *, width: int = 68, height: int = 10, unicode: bool = True) -> str:
    """A curve as columns of blocks over an axis, the first value on the left, such as `history.losses`.

    The scale is one of powers of ten where the values span two or more. width, height: of the part inside the axes, in
    characters; a width of at most 68 fits in 80 columns.
    """
    numbers = [_known(value) for value in values]
    columns, lines_up = validate.count(width, "width"), validate.count(height, "height", least=2)
    log = spans_decades(numbers)
    shown = _squeezed([math.log10(value) for value in numbers] if log else numbers, columns)
    low, high = _ends(shown)
    base = low if log else min(low, 0.0)
    eighths = [
        0 if math.isnan(value) else max(1, round(8 * lines_up * (value - base) / ((high - base) or 1.0)))
        for value in shown
    ]
    lines = []
    for line in range(lines_up - 1, -1, -1):
        cells = (min(8, max(0, each - 8 * line)) for each in eighths)
        text = "".join(((" " + BLOCKS)[cell] if unicode else " .:#"[(cell + 2) // 3]) for cell in cells)
        mark = high if line == lines_up - 1 else base if line == 0 else None
        label = "" if mark is None else f"{10**mark if log else mark:.3g}"
        lines.append(f"{label:>9} |{text}".rstrip())
    lines.append(" " * 10 + "+" + "-" * max(1, len(shown)))
    scale = ", powers of ten" if log else ""
    return "\n".join([*lines, " " * 11 + f"1 to {len(numbers):,}{scale}"])


def surface_text(
    network: Network,
    inputs: Sequence[Sequence[Number]] = (),
    targets: Sequence[Sequence[Number]] = (),
    *,
    width: int = 60,
    height: int = 24,
    unicode: bool = True,
) -> str:
    """What a network of two inputs answers everywhere, as characters from light to dark, with the samples on it.

    inputs, targets: as in `decision_surface`. A sample is the digit of its class.
    width, height: in characters; a width of at most 68 fits in 80 columns.

    Raises DataError as `decision_surface` does.
    """
    columns, lines_up = validate.count(width, "width", least=2), validate.count(height, "height", least=2)
    points = checked_points(network, inputs, targets)
    low, high = extent(points.places)
    grid = outputs_on_grid(network, low, high, (columns, lines_up))
    outputs = len(network.layers[-1])
    known = [value for row in grid.rows for value in row if math.isfinite(value)]
    levels = (0.0, outputs - 1.0) if outputs > 1 else (min([0.0, *known]), max([1.0, *known]))
    signs = SHADES if unicode else SHADES_ASCII
    canvas = [
        ["?" if math.isnan(value) else signs[shade(value, levels, len(signs))] for value in row] for row in grid.rows
    ]
    for (x, y), label in zip(points.places, points.classes):
        column = int((x - low[0]) / (high[0] - low[0]) * columns)
        canvas[int((y - low[1]) / (high[1] - low[1]) * lines_up)][column] = str(label)[-1]
    lines = []
    for line in range(lines_up - 1, -1, -1):
        edge = f"{high[1]:.3g}" if line == lines_up - 1 else f"{low[1]:.3g}" if line == 0 else ""
        lines.append(f"{edge:>9} |{''.join(canvas[line])}|")
    left, right = f"{low[0]:.3g}", f"{high[0]:.3g}"
    lines.append(" " * 10 + "+" + "-" * columns + "+")
    lines.append(" " * 11 + left + right.rjust(columns - len(left)))
    meaning = "largest output" if outputs > 1 else "output"
    ends = (network.layers[-1][0].name, network.layers[-1][-1].name) if outputs > 1 else levels
    first, last = (_short(end, 12) if isinstance(end, str) else f"{end:.3g}" for end in ends)
    lines.append(" " * 11 + f"{meaning} from {first} '{signs[0]}' to {last} '{signs[-1]}'; digits: samples by class")
    return _readable("\n".join(lines), unicode)


def _known(value: Number) -> float:
    """A number as a finite float, else NaN."""
    found = as_float(value)
    return found if math.isfinite(found) else math.nan


def _squeezed(values: Sequence[float], width: int) -> list[float]:
    """At most so many values: each the mean of those of its stretch that are known."""
    if len(values) <= width:
        return list(values)
    found = []
    for column in range(width):
        stretch = values[column * len(values) // width : (column + 1) * len(values) // width]
        known = [value for value in stretch if not math.isnan(value)]
        total = 0.0
        for value in known:
            total += value
        found.append(total / len(known) if known else math.nan)
    return found


def _ends(values: Sequence[float]) -> tuple[float, float]:
    known = [value for value in values if not math.isnan(value)]
    return (min(known), max(known)) if known else (0.0, 0.0)


def _short(text: str, room: int) -> str:
    """A text in one line of so many characters at most, without signs that a terminal would obey."""
    line = "".join(sign if sign.isprintable() else "?" for sign in " ".join(text.split()))
    return line if len(line) <= room else f"{line[: room - 3]}..."


def _readable(text: str, unicode: bool) -> str:
    """The text, in ASCII where that is asked for: other letters become question marks."""
    return text if unicode else text.encode("ascii", "replace").decode("ascii")
