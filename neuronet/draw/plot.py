"""Curves in a frame with axes: the scales, their ticks, and a chart that tells its curves apart without colour."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from neuronet.draw.svg import Element, cut, mark, number, picture, text_width, write_text

DASHES = ("", "7 4", "2 3", "10 3 2 3")
"""The kinds of line, one after the other."""
TOP = 56.0
"""How far below the upper edge the frame and the legend begin, in pixels."""
MOST = 1e300
"""A scale goes no further than this, either way, so that no difference of two of its ends is more than a float."""


class Curve(NamedTuple):
    """A line in a chart."""

    name: str
    points: Sequence[tuple[float, float]]
    """From left to right. Where a number is not finite the line is broken."""


class Scale(NamedTuple):
    """Where a value stands between two ends of an axis."""

    low: float
    high: float
    start: float
    """Where `low` is, in pixels."""
    end: float
    """Where `high` is, in pixels."""
    logarithmic: bool = False

    def place(self, value: float) -> float:
        """The place of a value in pixels; what lies beyond an end is put there."""
        low, high, value = (self._measure(each) for each in (self.low, self.high, value))
        fraction = (value - low) / (high - low)
        return self.start + (self.end - self.start) * min(1.0, max(0.0, fraction))

    def ticks(self) -> list[tuple[float, str]]:
        """Round values along the axis, with their labels."""
        if self.logarithmic:
            lowest, highest = math.ceil(math.log10(self.low) - 1e-9), math.floor(math.log10(self.high) + 1e-9)
            thinned = max(1, (highest - lowest) // 7)
            return [(10.0**exponent, f"1e{exponent}") for exponent in range(lowest, highest + 1, thinned)]
        step = round_step((self.high - self.low) / 5)
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return [(position * step, f"{position * step:.6g}") for position in range(first, last + 1)]

    def _measure(self, value: float) -> float:
        return math.log10(max(value, self.low)) if self.logarithmic else value


def as_float(value: Any) -> float:
    """The real part of a number of any kind as a float; NaN, which is not drawn, where it has none."""
    try:
        return float(getattr(value, "real", value))
    except (TypeError, ValueError, OverflowError):
        return math.nan


def ends_of(values: Iterable[float], otherwise: tuple[float, float] = (0.0, 1.0)) -> tuple[float, float]:
    """The lowest and the highest of the finite values; something else where there are none."""
    known = [value for value in values if math.isfinite(value)]
    return (min(known), max(known)) if known else otherwise


def shade(value: float, levels: tuple[float, float], shades: int) -> int:
    """Which of so many shades a number gets; -1 where it is not finite."""
    if not math.isfinite(value):
        return -1
    if not levels[0] < levels[1]:
        return shades // 2
    low, high, value = levels[0] / 4, levels[1] / 4, value / 4  # the differences of the largest floats are none
    return min(shades - 1, max(0, int((value - low) / (high - low) * shades))) if high > low else shades // 2


def round_step(least: float) -> float:
    """The smallest of 1, 2 and 5 times a power of ten that is at least so large."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= least * (1 - 1e-9))


def scale_for(values: Sequence[float], start: float, end: float, logarithmic: bool = False) -> Scale:
    """A scale that all finite values fit on, those up to `MOST`; 0 to 1 where there are none.

    logarithmic: whether it is one of powers of ten; values of 0 or less are then put at the lower end.
    """
    known = [min(MOST, max(-MOST, value)) for value in values if math.isfinite(value)]
    if logarithmic:
        above = [max(value, 1 / MOST) for value in known if value > 0] or [0.1, 1.0]
        least, most = math.floor(math.log10(min(above))), math.ceil(math.log10(max(above)))
        return Scale(10.0**least, 10.0 ** max(most, least + 1), start, end, True)
    low, high = ends_of(known)
    if high - low <= 1e-9 * max(abs(low), abs(high), 1e-300):
        margin = abs(low) / 2 if abs(low) > 1 / MOST else 0.5
        low, high = low - margin, high + margin
    elif 0 <= low <= (high - low) / 2:
        low = 0.0
    step = round_step((high - low) / 5)
    return Scale(math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step, start, end)


def spans_decades(values: Sequence[float]) -> bool:
    """Whether the values are all above 0 and the largest is a hundred times the smallest or more."""
    low, high = ends_of(values, (0.0, 0.0))
    return low > 0 and high >= 100 * low


def chart(
    curves: Sequence[Curve],
    *,
    title: str,
    description: str,
    across: str,
    up: str,
    logarithmic: tuple[bool, bool] = (False, False),
    levels: Sequence[tuple[str, float]] = (),
    points: Sequence[tuple[str, float, float]] = (),
    width: float = 720,
    height: float = 400,
) -> str:
    """Curves in one frame, as an SVG document.

    across, up: what the axes are called.
    logarithmic: whether the axis across, and the axis up, is one of powers of ten.
    levels: (name, height) of thin horizontal lines.
    points: (name, across, up) of large marks.
    width, height: in pixels.
    """
    names = [curve.name for curve in curves] + [f"{name}: thin line" for name, _ in levels]
    room = min(220.0, max((text_width(name, 12) for name in names), default=0.0))
    all_across = [x for curve in curves for x, _ in curve.points] + [x for _, x, _ in points]
    all_up = [y for curve in curves for _, y in curve.points] + [level for _, level in levels]
    all_up += [y for _, _, y in points]
    horizontal = scale_for(all_across, 66.0, width - room - 86, logarithmic[0])
    first, last = ends_of(all_across, (0.0, 0.0))
    if not logarithmic[0] and 1 / MOST < last - first < MOST:
        horizontal = horizontal._replace(low=first, high=last)  # no margin at the sides
    vertical = scale_for(all_up, height - 58, TOP, logarithmic[1])
    svg = picture(width, height, title, description)
    write_text(svg, horizontal.start, 22, cut(title, width - horizontal.start - 10, 15), size=15)
    axes(svg, horizontal, vertical, across, up)
    for position, curve in enumerate(curves):
        path = _thinned([(horizontal.place(x), vertical.place(y) if math.isfinite(y) else y) for x, y in curve.points])
        _draw_curve(svg, curve.name, path, position)
        y = TOP + 10 + 22 * position
        _draw_curve(svg, curve.name, [(horizontal.end + 28, y), (horizontal.end + 62, y)], position)
        _write_name(svg, names[position], position, horizontal.end, room)
    for position, (name, level) in enumerate(levels, start=len(curves)):
        y = vertical.place(level)
        line = svg.add("line", look="axis", x1=horizontal.start, x2=horizontal.end, y1=y, y2=y)
        line.add("title", f"{name}: {level:.3g}")
        _write_name(svg, names[position], position, horizontal.end, room)
    _draw_points(svg, points, horizontal, vertical)
    return f"{svg}\n"


def _write_name(svg: Element, name: str, position: int, right: float, room: float) -> None:
    """Write a name of the legend, to the right of the frame."""
    write_text(svg, right + 70, TOP + 14 + 22 * position, cut(name, room, 12), size=12)


def _draw_points(svg: Element, points: Sequence[tuple[str, float, float]], horizontal: Scale, vertical: Scale) -> None:
    """Draw large marks with their names, none of which is written over another."""
    written: list[tuple[float, float, float]] = []
    for position, (name, x, y) in enumerate(points):
        place = horizontal.place(x), vertical.place(y)
        mark(svg, *place, position, size=6, look="neuron", stroke_width=2).add("title", name)
        half = text_width(name, 12) / 2 + 1
        fits = place[0] + 2 * half + 10 < horizontal.end
        middle = place[0] + (half + 10 if fits else -half - 10)
        line = place[1] + (22 if fits and position % 2 == 0 and place[1] < vertical.start - 24 else -10)
        while any(abs(line - other) < 16 and abs(middle - at) < half + wide for at, other, wide in written):
            line -= 16
        written.append((middle, line, half))
        svg.add("rect", look="paper", x=middle - half, y=line - 11, width=2 * half, height=15, opacity="0.88")
        write_text(svg, middle, line, name, size=12, anchor="middle")


def axes(svg: Element, horizontal: Scale, vertical: Scale, across: str, up: str) -> None:
    """Draw the grid, the ticks with their labels, and the names of both axes."""
    left, right, bottom, top = horizontal.start, horizontal.end, vertical.start, vertical.end
    for value, label in horizontal.ticks():
        x = horizontal.place(value)
        svg.add("line", look="grid", x1=x, x2=x, y1=top, y2=bottom)
        write_text(svg, x, bottom + 18, label, size=12, anchor="middle")
    for value, label in vertical.ticks():
        y = vertical.place(value)
        svg.add("line", look="grid", x1=left, x2=right, y1=y, y2=y)
        write_text(svg, left - 8, y + 4, label, size=12, anchor="end")
    svg.add("path", look="axis", fill="none", d=f"M{number(left)} {number(top)}V{number(bottom)}H{number(right)}")
    write_text(svg, (left + right) / 2, bottom + 42, cut(across, right - left), anchor="middle")
    write_text(svg, 12, top - 14, cut(up, right - 12))


def _draw_curve(svg: Element, name: str, points: Sequence[tuple[float, float]], position: int) -> None:
    """Draw one curve in the style of its position, with a few marks on it."""
    group = svg.add("g")
    group.add("title", name)
    style: dict[str, Any] = {"fill": "none", "stroke_width": "2", "stroke_dasharray": DASHES[position % 4]}
    for is_known, piece in groupby(points, key=lambda point: math.isfinite(point[1])):
        if is_known:
            corners = " ".join(f"{number(x)},{number(y)}" for x, y in piece)
            group.add("polyline", look=f"curve{position % 4}", points=corners, **style)
    seen = [point for point in points if math.isfinite(point[1])]
    apart = max(1, len(seen) // 8)
    for x, y in seen[apart // 2 :: apart] if len(seen) > 2 else seen:
        mark(group, x, y, position + position // 4, size=3.2, look=f"mark{position % 4}")


def _thinned(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The points, but of many within three pixels across only the lowest, the highest and the last."""
    kept: list[tuple[float, float]] = []
    for _, members in groupby(points, key=lambda point: int(point[0] / 3)):
        column = list(members)
        if len(column) > 3 and all(math.isfinite(y) for _, y in column):
            heights = [y for _, y in column]
            chosen = {0, heights.index(min(heights)), heights.index(max(heights)), len(column) - 1}
            column = [column[position] for position in sorted(chosen)]
        kept += column
    return kept
