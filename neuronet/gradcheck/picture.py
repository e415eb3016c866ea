"""Pictures of error against step size: as characters for a terminal, as SVG for a page. Both axes are logarithmic."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from xml.etree import ElementTree

Curves = Mapping[str, Sequence[tuple[float, float]]]
"""For each method, its (step, error) points."""

LEAST_ERROR = 1e-17
"""An error of 0 is drawn here."""

STYLES = (
    ("#0868ac", "", "circle"),
    ("#c2570c", "7 4", "square"),
    ("#1b7837", "2 3", "diamond"),
    ("#762a83", "10 3 2 3", "triangle"),
)
"""Colour, dashes and mark of each curve in turn: the kind of line tells them apart without colour."""


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


def curve_as_svg(curves: Curves, levels: Mapping[str, float], width: int = 720, height: int = 440) -> str:
    """The curves as an SVG document; a level is drawn as a thin line for a method that has no step.

    width, height: in pixels.
    """
    low, high = _range([step for points in curves.values() for step, _ in points])
    errors = [max(error, LEAST_ERROR) for points in curves.values() for _, error in points]
    bottom, top = _range(errors + [max(level, LEAST_ERROR) for level in levels.values()])
    left, right, upper, lower = 70, width - 150, 40, height - 60

    def across(step: float) -> float:
        return left + (right - left) * (math.log10(step) - low) / (high - low)

    def down(error: float) -> float:
        return lower - (lower - upper) * (math.log10(max(error, LEAST_ERROR)) - bottom) / (top - bottom)

    svg = ElementTree.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {width} {height}",
            "role": "img",
            "font-family": "sans-serif",
            "font-size": "13",
        },
    )
    ElementTree.SubElement(svg, "title").text = "Error of each method against its step size"
    ElementTree.SubElement(svg, "desc").text = (
        "Both axes are logarithmic. Finite differences draw a V: a large step sees the curve, a small one rounding. "
        "The complex step has no left arm."
    )
    ElementTree.SubElement(svg, "rect", {"width": str(width), "height": str(height), "fill": "#ffffff"})
    _axes(svg, (left, right, upper, lower), (low, high, bottom, top), (across, down))
    for number, (method, points) in enumerate(curves.items()):
        _curve(svg, method, [(across(step), down(error)) for step, error in points], STYLES[number % len(STYLES)])
        _legend(svg, method, right + 20, upper + 10 + 24 * number, STYLES[number % len(STYLES)])
    for number, (method, level) in enumerate(levels.items(), start=len(curves)):
        ends = {"x1": f"{left}", "x2": f"{right}", "y1": f"{down(level):.1f}", "y2": f"{down(level):.1f}"}
        ElementTree.SubElement(svg, "line", {**ends, "stroke": "#555555", "stroke-width": "1"})
        _text(svg, right + 20, upper + 14 + 24 * number, f"{method}: thin line")
    return ElementTree.tostring(svg, encoding="unicode") + "\n"


def _axes(svg: ElementTree.Element, frame: Sequence[int], span: Sequence[int], place: Sequence[object]) -> None:
    left, right, upper, lower = frame
    low, high, bottom, top = span
    across, down = place
    for exponent in range(low, high + 1, max(1, (high - low) // 7)):
        x = across(10.0**exponent)  # type: ignore[operator]
        grid = {"x1": f"{x:.1f}", "x2": f"{x:.1f}", "y1": str(upper), "y2": str(lower), "stroke": "#dddddd"}
        ElementTree.SubElement(svg, "line", grid)
        _text(svg, x, lower + 20, f"1e{exponent}", "middle")
    for exponent in range(bottom, top + 1, max(1, (top - bottom) // 7)):
        y = down(10.0**exponent)  # type: ignore[operator]
        grid = {"x1": str(left), "x2": str(right), "y1": f"{y:.1f}", "y2": f"{y:.1f}", "stroke": "#dddddd"}
        ElementTree.SubElement(svg, "line", grid)
        _text(svg, left - 8, y + 4, f"1e{exponent}", "end")
    _text(svg, (left + right) / 2, lower + 44, "step size, relative to max(1, |weight|)", "middle")
    _text(svg, left - 50, upper - 16, "largest error, relative to the largest gradient")


def _curve(
    svg: ElementTree.Element, method: str, points: Sequence[tuple[float, float]], style: tuple[str, str, str]
) -> None:
    colour, dashes, mark = style
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    line = ElementTree.SubElement(
        svg, "polyline", {"points": path, "fill": "none", "stroke": colour, "stroke-width": "1.8"}
    )
    if dashes:
        line.set("stroke-dasharray", dashes)
    ElementTree.SubElement(line, "title").text = method
    for x, y in points[::2]:
        _mark(svg, x, y, colour, mark)


def _mark(svg: ElementTree.Element, x: float, y: float, colour: str, mark: str) -> None:
    if mark == "circle":
        ElementTree.SubElement(svg, "circle", {"cx": f"{x:.1f}", "cy": f"{y:.1f}", "r": "3", "fill": colour})
        return
    corners = {
        "square": [(-3, -3), (3, -3), (3, 3), (-3, 3)],
        "diamond": [(0, -4), (4, 0), (0, 4), (-4, 0)],
        "triangle": [(0, -4), (4, 3), (-4, 3)],
    }[mark]
    points = " ".join(f"{x + dx:.1f},{y + dy:.1f}" for dx, dy in corners)
    ElementTree.SubElement(svg, "polygon", {"points": points, "fill": colour})


def _legend(svg: ElementTree.Element, method: str, x: float, y: float, style: tuple[str, str, str]) -> None:
    _curve(svg, method, [(x, y), (x + 34, y)], style)
    _text(svg, x + 42, y + 4, method)


def _text(svg: ElementTree.Element, x: float, y: float, text: str, anchor: str = "start") -> None:
    place = {"x": f"{x:.1f}", "y": f"{y:.1f}", "text-anchor": anchor, "fill": "#111111"}
    ElementTree.SubElement(svg, "text", place).text = text


def _range(values: Sequence[float]) -> tuple[int, int]:
    """The powers of ten below and above the values; those of a float's digits where there are none."""
    exponents = [math.log10(value) for value in values] or [-16.0, 0.0]
    low, high = math.floor(min(exponents)), math.ceil(max(exponents))
    return low, max(high, low + 1)


def _place(value: float, low: int, high: int, cells: int) -> int:
    share = (math.log10(value) - low) / (high - low)
    return min(cells - 1, max(0, round(share * (cells - 1))))
