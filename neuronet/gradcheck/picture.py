"""A picture of error against step size as characters for a terminal. Both axes are logarithmic."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from neuronet.draw.charts import LEAST_ERROR

Curves = Mapping[str, Sequence[tuple[float, float]]]
"""For each method, its (step, error) points."""


def curve_as_text(curves: Curves, width: int = 64, height: int = 16) -> str:
    """The curves as lines of ASCII: each method is drawn by a letter of its name, `*` where they meet.

    width, height: of the area inside the axes, in characters.
    """
    low, high = _range([step for points in curves.values() for step, _ in points])
    bottom, top = _range([max(error, LEAST_ERROR) for points in curves.values() for _, error in points])
    canvas = [[" "] * width for _ in range(height)]
    letters = _letters(curves)
    for method, points in curves.items():
        for step, error in points:
            column = _place(step, low, high, width)
            line = height - 1 - _place(max(error, LEAST_ERROR), bottom, top, height)
            free = canvas[line][column] in (" ", letters[method])
            canvas[line][column] = letters[method] if free else "*"
    lines = ["error"]
    for number, characters in enumerate(canvas):
        label = f"1e{top}" if number == 0 else f"1e{bottom}" if number == height - 1 else ""
        lines.append(f"{label:>6} |" + "".join(characters).rstrip())
    lines.append(" " * 7 + "+" + "-" * width)
    left, right = f"1e{low}", f"1e{high}  step"
    lines.append(" " * 8 + left + right.rjust(width - len(left) + len("  step")))
    legend = ", ".join(f"{letters[method]} {method}" for method in curves)
    lines.append(" " * 8 + legend + ", * where they meet")
    return "\n".join(lines)


def _letters(curves: Curves) -> dict[str, str]:
    """For each method the first letter of its name that no method before it has."""
    letters: dict[str, str] = {}
    for method in curves:
        letters[method] = next((letter for letter in method if letter not in letters.values()), "?")
    return letters


def _range(values: Sequence[float]) -> tuple[int, int]:
    """The powers of ten below and above the values; those of a float's digits where there are none."""
    exponents = [math.log10(value) for value in values] or [-16.0, 0.0]
    low, high = math.floor(min(exponents)), math.ceil(max(exponents))
    return low, max(high, low + 1)


def _place(value: float, low: int, high: int, cells: int) -> int:
    share = (math.log10(value) - low) / (high - low)
    return min(cells - 1, max(0, round(share * (cells - 1))))
