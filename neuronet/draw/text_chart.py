"""Curves of characters in a frame with two logarithmic axes, for a terminal."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

Curves = Mapping[str, Sequence[tuple[float, float]]]
"""For each name, its (x, y) points; all numbers are above 0."""


def log_log_text(curves: Curves, x: str, y: str, width: int = 64, height: int = 16) -> str:
    """The curves as lines of ASCII: each is drawn by a letter of its name, `*` where they meet.

    x, y: what stands at the axes.
    width, height: of the area inside the axes, in characters.
    """
    low, high = _range([across for points in curves.values() for across, _ in points])
    bottom, top = _range([up for points in curves.values() for _, up in points])
    canvas = [[" "] * width for _ in range(height)]
    letters = _letters(curves)
    for name, points in curves.items():
        for across, up in points:
            column = _place(across, low, high, width)
            line = height - 1 - _place(up, bottom, top, height)
            free = canvas[line][column] in (" ", letters[name])
            canvas[line][column] = letters[name] if free else "*"
    lines = [y]
    for number, characters in enumerate(canvas):
        label = f"1e{top}" if number == 0 else f"1e{bottom}" if number == height - 1 else ""
        lines.append(f"{label:>6} |" + "".join(characters).rstrip())
    lines.append(" " * 7 + "+" + "-" * width)
    left, right = f"1e{low}", f"1e{high}  {x}"
    lines.append(" " * 8 + left + right.rjust(width - len(left) + len(f"  {x}")))
    legend = ", ".join(f"{letters[name]} {name}" for name in curves)
    lines.append(" " * 8 + legend + ", * where they meet")
    return "\n".join(lines)


def _letters(curves: Curves) -> dict[str, str]:
    """For each name its first letter that no name before it has."""
    letters: dict[str, str] = {}
    for name in curves:
        letters[name] = next((letter for letter in name if letter not in letters.values()), "?")
    return letters


def _range(values: Sequence[float]) -> tuple[int, int]:
    """The powers of ten below and above the values; those of a float's digits where there are none."""
    exponents = [math.log10(value) for value in values] or [-16.0, 0.0]
    low, high = math.floor(min(exponents)), math.ceil(max(exponents))
    return low, max(high, low + 1)


def _place(value: float, low: int, high: int, cells: int) -> int:
    part = (math.log10(value) - low) / (high - low)
    return min(cells - 1, max(0, round(part * (cells - 1))))
