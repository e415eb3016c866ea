"""Curves of characters, and what a stream is able and willing to show.

Each is made of block characters, or of ASCII where `unicode` is False; that of two logarithmic axes of ASCII alone.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from typing import Optional, TextIO

from neuronet import validate
from neuronet.draw.plot import MOST, as_float, ends_of, scale_for, shade, spans_decades
from neuronet.scalar import Number

BLOCKS = "\u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588"
LEVELS = "_.-~=+*#"
"""The same in ASCII, from low to high."""
SHADES = " \u2591\u2592\u2593\u2588"
SHADES_ASCII = " .:-=+*#%@"


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


def sparkline(values: Sequence[Number], width: int = 24, *, unicode: bool = True) -> str:
    """A curve in one line of at most `width` characters, from its lowest value to its highest.

    Values that are not finite are spaces. Many values are shown by the mean of each stretch.
    """
    means = _squeezed([_known(value) for value in values], validate.count(width, "width"))
    signs, ends = BLOCKS if unicode else LEVELS, ends_of(means, (0.0, 0.0))
    return "".join(" " if math.isnan(value) else signs[shade(value, ends, len(signs))] for value in means)


def curve_text(values: Sequence[Number], *, width: int = 68, height: int = 10, unicode: bool = True) -> str:
    """A curve as columns of blocks over an axis, the first value on the left, such as `history.losses`.

    The scale is one of powers of ten where the values span two or more. width, height: of the part inside the axes, in
    characters; a width of at most 68 fits in 80 columns.
    """
    numbers = [_known(value) for value in values]
    columns, lines_up = validate.count(width, "width"), validate.count(height, "height", least=2)
    log = spans_decades(numbers)
    means = _squeezed([math.log10(value) for value in numbers] if log else numbers, columns)
    low, high = ends_of(means, (0.0, 0.0))
    base = low if log else min(low, 0.0)
    eighths = [
        0 if math.isnan(value) else max(1, round(8 * lines_up * (value - base) / ((high - base) or 1.0)))
        for value in means
    ]
    signs = " " + BLOCKS if unicode else " ...:::##"
    rows = ["".join(signs[min(8, max(0, each - 8 * line))] for each in eighths) for line in range(lines_up - 1, -1, -1)]
    top, bottom = (f"{10**end if log else end:.3g}" for end in (high, base))
    below = f"1 to {len(numbers):,}" + (", powers of ten" if log else "")
    return "\n".join([*framed(rows, "-" * max(1, len(means)), top, bottom), " " * 11 + below])


def log_log_text(
    curves: Mapping[str, Sequence[tuple[float, float]]], x: str, y: str, width: int = 64, height: int = 16
) -> str:
    """Curves with two logarithmic axes: each is drawn by a letter of its name, `*` where they meet.

    curves: for each name its (x, y) points; all numbers are above 0.
    x, y: what stands at the axes.
    width, height: of the area inside the axes, in characters.
    """
    points = [point for curve in curves.values() for point in curve] or [(1e-16, 1e-16), (1.0, 1.0)]
    across = scale_for([point[0] for point in points], 0, width - 1, logarithmic=True)
    up = scale_for([point[1] for point in points], 0, height - 1, logarithmic=True)
    canvas = [[" "] * width for _ in range(height)]
    letters: dict[str, str] = {}
    for name, curve in curves.items():
        letters[name] = next((letter for letter in name if letter not in letters.values()), "?")
        for point in curve:
            line, column = height - 1 - round(up.place(point[1])), round(across.place(point[0]))
            free = canvas[line][column] in (" ", letters[name])
            canvas[line][column] = letters[name] if free else "*"
    left, right, bottom, top = (f"1e{round(math.log10(end))}" for end in (*across[:2], *up[:2]))
    lines = framed(["".join(row) for row in canvas], "-" * width, top, bottom, room=6)
    legend = ", ".join(f"{letter} {name}" for name, letter in letters.items())
    ends = left + right.rjust(width - len(left)) + f"  {x}"
    return "\n".join([y, *lines, " " * 8 + ends, " " * 8 + legend + ", * where they meet"])


def framed(rows: Sequence[str], axis: str, top: str, bottom: str, room: int = 9) -> list[str]:
    """Two or more rows of characters between their axes, with a label at the first row and at the last.

    axis: what stands below the rows.
    room: for the labels, in characters.
    """
    labels = [top, *[""] * (len(rows) - 2), bottom]
    return [*(f"{label:>{room}} |{row}".rstrip() for label, row in zip(labels, rows)), " " * (room + 1) + "+" + axis]


def _known(value: Number) -> float:
    """A number as a finite float that can be added up and taken away from others, else NaN."""
    found = as_float(value)
    return min(MOST, max(-MOST, found)) if math.isfinite(found) else math.nan


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
