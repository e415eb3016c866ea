"""Pictures for a terminal: a network with its weights, and the map of a plane. At most 80 columns.

Each is made of block characters, or of ASCII where `unicode` is False; colour is only ever an addition.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from neuronet import validate
from neuronet.draw.blocks import SHADES, SHADES_ASCII, framed
from neuronet.draw.plot import as_float, shade
from neuronet.draw.surface import levels_of, outputs_on_grid, plane_of
from neuronet.draw.worked import largest_weight, text_of
from neuronet.feedforward import FeedForward
from neuronet.graph import Neuron, Synapse
from neuronet.scalar import Number

COLUMNS = 80
MOST_NEURONS = 12
"""Of a longer layer the first so many are shown."""
MOST_SYNAPSES = 12
"""Of more synapses to a neuron the first so many are shown."""
BLUE, ORANGE, RESET = "\x1b[34m", "\x1b[33m", "\x1b[0m"


def network_text(network: FeedForward, *, unicode: bool = True, colour: bool = False) -> str:
    """The network neuron by neuron, each with the synapses that lead to it, their weights as numbers and as bars.

    A bar of one kind is a weight above 0, of the other kind one below 0. Long layers and rows are cut short and say
    by how much. Every line has at most 80 characters.

    unicode: False takes ASCII only; names in other letters become question marks.
    colour: whether to colour the bars too, with the codes of a terminal.
    """
    largest = largest_weight(network.synapses)
    signs = ("\u2588", "\u2591") if unicode else ("#", "-")
    shape = "-".join(str(len(layer)) for layer in network.layers[:12]) + ("-..." if len(network.layers) > 12 else "")
    lines = [f"Network {shape}   {signs[0] * 3} weight above 0   {signs[1] * 3} below 0   longest |{largest:.4g}|"]
    inputs = network.layers[0]
    names = " ".join(_short(neuron.name, 12) for neuron in inputs.neurons[:5])
    more = f" ... {len(inputs) - 5:,} more" if len(inputs) > 5 else ""
    lines += ["", f"{_short(inputs.name, 20)}: {names}{more}"]
    for layer in network.layers[1:]:
        lines += ["", _short(layer.name, COLUMNS)]
        for neuron in layer.neurons[:MOST_NEURONS]:
            lines += _neuron_lines(neuron, largest, signs, colour)
        if len(layer) > MOST_NEURONS:
            lines.append(f"... {len(layer) - MOST_NEURONS:,} more neurons")
    # A colour takes no room on the screen, so only lines without one are cut.
    lines = [line if "\x1b" in line else line[:COLUMNS].rstrip() for line in lines]
    return _readable("\n".join(lines), unicode)


def _neuron_lines(neuron: Neuron, largest: float, signs: tuple[str, str], colour: bool) -> list[str]:
    known = [("net", neuron.net), ("output", neuron.output), ("delta", neuron.delta)]
    numbers = "".join(f"  {name} {_short(text_of(value), 12)}" for name, value in known if value is not None)
    lines = [f"  {_short(neuron.name, 16)}  {_short(neuron.activation.name, 14)}{numbers}"]
    lines += [_synapse_line(synapse, largest, signs, colour) for synapse in neuron.incoming[:MOST_SYNAPSES]]
    if len(neuron.incoming) > MOST_SYNAPSES:
        lines.append(f"    ... {len(neuron.incoming) - MOST_SYNAPSES:,} more synapses")
    return lines if neuron.incoming else [*lines, "    no synapse leads here"]


def _synapse_line(synapse: Synapse, largest: float, signs: tuple[str, str], colour: bool) -> str:
    weight = as_float(synapse.weight)
    bar = signs[weight < 0] * (0 if math.isnan(weight) else math.ceil(36 * min(1.0, abs(weight) / largest)))
    if colour and bar:
        bar = f"{ORANGE if weight < 0 else BLUE}{bar}{RESET}"
    frozen = " frozen" if synapse.frozen else ""
    return (
        f"    {_short(synapse.source.name, 12):<12} {_short(text_of(synapse.weight), 12):>12}  {bar}{frozen}".rstrip()
    )


def surface_text(
    network: FeedForward,
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
    plane = plane_of(network, inputs, targets)
    low, high = plane.low, plane.high
    grid = outputs_on_grid(network, plane, columns, lines_up)
    outputs = len(network.layers[-1])
    levels = levels_of(grid, outputs)
    signs = SHADES if unicode else SHADES_ASCII
    canvas = [["?" if math.isnan(value) else signs[shade(value, levels, len(signs))] for value in row] for row in grid]
    for (x, y), label in zip(plane.places, plane.classes):
        column = int((x - low[0]) / (high[0] - low[0]) * columns)
        canvas[int((y - low[1]) / (high[1] - low[1]) * lines_up)][column] = str(label)[-1]
    left, bottom, right, top = (f"{end:.3g}" for end in (*low, *high))
    lines = framed(["".join(row) + "|" for row in reversed(canvas)], "-" * columns + "+", top, bottom)
    lines.append(" " * 11 + left + right.rjust(columns - len(left)))
    meaning = "largest output" if outputs > 1 else "output"
    ends = (network.layers[-1][0].name, network.layers[-1][-1].name) if outputs > 1 else levels
    first, last = (_short(end, 12) if isinstance(end, str) else f"{end:.3g}" for end in ends)
    lines.append(" " * 11 + f"{meaning} from {first} '{signs[0]}' to {last} '{signs[-1]}'; digits: samples by class")
    return _readable("\n".join(lines), unicode)


def _short(text: str, room: int) -> str:
    """A text in one line of so many characters at most, without signs that a terminal would obey."""
    line = "".join(sign if sign.isprintable() else "?" for sign in " ".join(text.split()))
    return line if len(line) <= room else f"{line[: room - 3]}..."


def _readable(text: str, unicode: bool) -> str:
    """The text, in ASCII where that is asked for: other letters become question marks."""
    return text if unicode else text.encode("ascii", "replace").decode("ascii")
