"""How fast the walk is beside its rivals, and what the library costs besides: everything in one run.

    python tests/benchmarks/walk.py

A machine is now fast, now slow, so a time by itself says little. Here all take turns, each ratio is taken within one
round of turns, and the tables show medians over all rounds. NumPy and micrograd are measured where they are installed.
"""

from __future__ import annotations

import platform
import sys
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from contestants.contestant import Contestant
from contestants.entry import close, enter_equal
from contestants.micrograd_objects import Micrograd
from contestants.numpy_by_hand import NumpyNaive, NumpyStable
from contestants.ours import Trained, WalksByHand
from contestants.task import xor_task
from costs import bytes_per_synapse, import_time, nothing, one_epoch, one_walk, train_time
from machine import installed, processor
from steps import step_times
from turns import Pace, ratio

ROOT = str(Path(__file__).resolve().parents[2])
PACE = Pace(rounds=201, least=201, seconds=0, patience=0)
EPOCHS = 50  # of practice, before the first turn
WALK = "neuronet, the walk"
CONTESTANTS: dict[str, type[Contestant]] = {
    WALK: WalksByHand,
    "neuronet, `Network.train`": Trained,
    "NumPy, stable sigmoid": NumpyStable,
    "NumPy, naive sigmoid": NumpyNaive,
    "micrograd": Micrograd,
}
"""By what the table calls them; the first is the one that the others are compared with."""


def main() -> None:
    """Measure everything and print it as Markdown."""
    print(f"Python {platform.python_version()} ({platform.python_implementation()}), {processor()}; {rivals()}\n")
    print_steps()
    print()
    print_costs()


def print_steps() -> None:
    """Print what one training step costs each contestant."""
    task = xor_task()
    taking_part, absent = enter_equal(CONTESTANTS, task, EPOCHS, longest=1)
    steps = step_times(taking_part, task, PACE)
    close(taking_part)
    print("| one online XOR step on 2-4-1 | median, µs | times the walk |\n|---|---:|---:|")
    for name in CONTESTANTS:
        if name in steps:
            print(f"| {name} | {median(steps[name]) * 1_000_000:.2f} | {ratio(steps, name, WALK):.2f} |")
        else:
            print(f"| {name} | {absent[name]} | |")


def print_costs() -> None:
    """Print the memory that a synapse takes, and the time that a process takes to start and to train."""
    print("| cost | measured |\n|---|---:|")
    for name, prepare in (("new", nothing), ("after an epoch", one_epoch), ("amid a batch", one_walk)):
        print(f"| a synapse, {name} | {bytes_per_synapse(prepare)} |")
    print(f"| `import neuronet`, over bare Python | {import_time(ROOT)} |")
    print(f"| `python -m neuronet train xor`, the whole process | {train_time(ROOT)} |")


def rivals() -> str:
    """The versions of the rivals."""
    return ", ".join(f"{name} {installed(name)}" for name in ("numpy", "micrograd"))


if __name__ == "__main__":
    main()
