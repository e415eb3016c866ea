"""How long it takes to show something: a worked sheet, a picture of a network, a decision surface.

    python tests/benchmarks/showing.py

All take turns, as in `walk.py`; the table shows the median and the quickest of all rounds.
"""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from machine import processor
from turns import in_turns

from neuronet import Network, datasets, explain
from neuronet.draw import decision_surface

ROUNDS = 15


def jobs() -> dict[str, Callable[[], Any]]:
    """What is shown, by what the table calls it."""
    xor = datasets.xor()
    small = Network(2, 4, 1, seed=1)
    article = Network(6, 4, 3, 1, seed=1)
    flat = Network(2, 8, 1, seed=1)
    return {
        "a worked sheet of a step on 2-4-1, as text": lambda: str(explain(small, [0, 1], [1], 0.5)),
        "the same as HTML": lambda: str(explain(small, [0, 1], [1], 0.5, format="html")),
        "a picture of 6-4-3-1": article.to_svg,
        "a decision surface of 2-8-1, 100 x 100 points": lambda: decision_surface(
            flat, xor.inputs, xor.targets, cells=100
        ),
    }


def main() -> None:
    """Measure and print the table as Markdown."""
    times = in_turns(jobs(), ROUNDS)
    print(f"Python {platform.python_version()} ({platform.python_implementation()}), {processor()}\n")
    print("| what | median, ms | quickest, ms |\n|---|---:|---:|")
    for name, seconds in times.items():
        print(f"| {name} | {median(seconds) * 1000:.1f} | {min(seconds) * 1000:.1f} |")


if __name__ == "__main__":
    main()
