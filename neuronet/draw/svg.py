"""A small writer of SVG: elements with escaped text, the looks that all pictures share, and how wide a text is.

A look is a name for colours, one for a light and one for a dark page. The light ones are written as attributes, so a
program that knows no style sheets draws them too; the dark ones stand in a style sheet inside the picture. What a
colour means is always said a second time, by the kind of line, a shape or a word.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from neuronet.errors import printable

HUES = (("#0868ac", "#6cb6f5"), ("#c2570c", "#ff9f5c"), ("#1b7837", "#6fd08c"), ("#762a83", "#d79be3"))
"""The colours of curves and marks: (on a light page, on a dark page)."""
LOOKS = {
    "paper": {"fill": ("#ffffff", "#15171b")},
    "ink": {"fill": ("#111111", "#f0f0f0")},
    "faint": {"fill": ("#555555", "#b8b8b8")},
    "plus": {"stroke": HUES[0]},
    "minus": {"stroke": HUES[1]},
    "zero": {"stroke": ("#777777", "#999999")},
    "neuron": {"fill": ("#ffffff", "#22262d"), "stroke": ("#333333", "#d8d8d8")},
    "bias": {"fill": ("#eeeeee", "#3a3f48"), "stroke": ("#333333", "#d8d8d8")},
    "grid": {"stroke": ("#dddddd", "#3a3f48")},
    "axis": {"stroke": ("#555555", "#b8b8b8")},
    **{f"curve{kind}": {"stroke": colours} for kind, colours in enumerate(HUES)},
    **{f"mark{kind}": {"fill": colours} for kind, colours in enumerate(HUES)},
}
"""For each look its colours."""

_RULES = (
    f".neuronet .{look}{{" + ";".join(f"{part}:{dark}" for part, (_, dark) in colours.items()) + "}"
    for look, colours in LOOKS.items()
)
DARK_STYLE = "@media (prefers-color-scheme:dark){" + "".join(_RULES) + "}"
"""The style sheet of a dark page. Its rules hold inside pictures of this library only."""

NOT_IN_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML document may hold."""

WIDE, NARROW = "MWm@%\u2030\u2014\u2026", "ijltfrI.,:;'|!()[] "
"""Letters that are about as wide as high, and letters that are less than half as wide."""


class Element:
    """One element of a picture, with its children.

    name: such as "line".
    content: its text, not yet escaped.
    attributes: an underscore in a name stands for a hyphen, and one at its end is dropped. Floats are written to a
        tenth, and an empty text is left out. `look` is a name in `LOOKS`.
    """

    __slots__ = ("attributes", "children", "content", "name")

    def __init__(self, name: str, content: str = "", **attributes: Any) -> None:
        self.name = name
        self.content = content
        self.children: list[Element] = []
        look = attributes.pop("look", "")
        named = {"class": look, **{part: light for part, (light, _) in LOOKS[look].items()}} if look else {}
        named.update({key.rstrip("_").replace("_", "-"): value for key, value in attributes.items()})
        self.attributes: dict[str, Any] = {key: value for key, value in named.items() if value != ""}

    def add(self, name: str, content: str = "", **attributes: Any) -> Element:
        """Add a child and return it."""
        child = Element(name, content, **attributes)
        self.children.append(child)
        return child

    def __str__(self) -> str:
        attributes = "".join(
            f' {name}="{escape(value if isinstance(value, str) else number(value))}"'
            for name, value in self.attributes.items()
        )
        # Where each child has a line of its own, a changed picture is a short difference of lines.
        end = "\n" if self.name in ("svg", "g", "table") else ""
        inside = escape(self.content) + "".join(f"{child}{end}" for child in self.children)
        if not inside:
            return f"<{self.name}{attributes}/>"
        return f"<{self.name}{attributes}>{end if self.children else ''}{inside}</{self.name}>"


def picture(width: float, height: float, title: str, description: str) -> Element:
    """An empty picture: its frame, its paper, and what a screen reader says of it.

    width, height: in pixels; the picture scales to the place that it is shown in.
    """
    svg = Element(
        "svg",
        xmlns="http://www.w3.org/2000/svg",
        width=width,
        height=height,
        viewBox=f"0 0 {number(width)} {number(height)}",
        role="img",
        class_="neuronet",
        font_family="sans-serif",
        font_size="13",
    )
    svg.add("title", title)
    svg.add("desc", description)
    svg.add("style", DARK_STYLE)
    svg.add("rect", look="paper", width=width, height=height)
    return svg


def write_text(
    parent: Element, x: float, y: float, text: str, *, size: float = 13, anchor: str = "start", look: str = "ink"
) -> Element:
    """Add a line of text whose baseline is at y; the anchor is "start", "middle" or "end"."""
    return parent.add("text", text, look=look, x=x, y=y, text_anchor=anchor, font_size=size)


def mark(parent: Element, x: float, y: float, kind: int, *, size: float = 4, **attributes: Any) -> Element:
    """Add a small mark at a point; the kinds 0, 1, 2 and 3 are a circle, a square, a diamond and a triangle."""
    if kind % 4 == 0:
        return parent.add("circle", cx=x, cy=y, r=size, **attributes)
    half, long = size * 0.9, size * 1.3
    corners = {
        1: [(-half, -half), (half, -half), (half, half), (-half, half)],
        2: [(0, -long), (long, 0), (0, long), (-long, 0)],
        3: [(0, -long), (long, size), (-long, size)],
    }[kind % 4]
    points = " ".join(f"{number(x + right)},{number(y + down)}" for right, down in corners)
    return parent.add("polygon", points=points, **attributes)


def number(value: float) -> str:
    """A coordinate in few characters, to a tenth: 3, 3.5, never -0."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def escape(text: str) -> str:
    """A text as it may stand inside an element or an attribute; what XML cannot hold becomes a question mark."""
    text = (
        printable(NOT_IN_XML.sub("\ufffd", text), keep="\n\r\t\u00a0")
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
    )
    return text.replace('"', "&quot;").replace("\n", "&#10;").replace("\r", "&#13;").replace("\t", "&#9;")


def text_width(text: str, size: float = 13) -> float:
    """About how wide a line of text is, in pixels; rather too wide than too narrow."""
    even = sum(size * (1.05 if unicodedata.east_asian_width(letter) in "WF" else 0.62) for letter in text)
    return max(even, sum(size * _widest(letter) for letter in text))  # a name may be made of wide letters alone


def _widest(letter: str) -> float:
    """How wide a letter is at most, as a fraction of the size of its text."""
    if unicodedata.east_asian_width(letter) in "WF" or letter in WIDE:
        return 1.05
    return 0.8 if letter.isupper() or letter == "w" else 0.4 if letter in NARROW else 0.62


def cut(text: str, room: float, size: float = 13) -> str:
    """A text in one line that is at most so wide, in pixels; what is left out is an ellipsis."""
    line = " ".join(text.split())
    if text_width(line, size) <= room:
        return line
    while line and text_width(line, size) + size > room:
        line = line[:-1]
    return f"{line}\u2026"
