"""Curves of characters, and what a stream is able and willing to show.

Each is made of block characters, or of ASCII where `unicode` is False.
"""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from typing import Optional, TextIO

from neuronet import validate
from neuronet.draw.plot import MOST, as_float, shade, spans_decades
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
    signs, ends = BLOCKS if unicode else LEVELS, _ends(means)
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
    low, high = _ends(means)
    base = low if log else min(low, 0.0)
    eighths = [
        0 if math.isnan(value) else max(1, round(8 * lines_up * (value - base) / ((high - base) or 1.0)))
        for value in means
    ]
    lines = []
    for line in range(lines_up - 1, -1, -1):
        cells = (min(8, max(0, each - 8 * line)) for each in eighths)
        text = "".join(((" " + BLOCKS)[cell] if unicode else " .:#"[(cell + 2) // 3]) for cell in cells)
        mark = high if line == lines_up - 1 else base if line == 0 else None
        label = "" if mark is None else f"{10**mark if log else mark:.3g}"
        lines.append(f"{label:>9} |{text}".rstrip())
    lines.append(" " * 10 + "+" + "-" * max(1, len(means)))
    scale = ", powers of ten" if log else ""
    return "\n".join([*lines, " " * 11 + f"1 to {len(numbers):,}{scale}"])


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


def _ends(values: Sequence[float]) -> tuple[float, float]:
    known = [value for value in values if not math.isnan(value)]
    return (min(known), max(known)) if known else (0.0, 0.0)
