"""How fast the walk is beside its rivals, and what the library costs besides: everything in one run.

    python tests/benchmarks/walk.py

A machine is now fast, now slow, so a time by itself says little. Here all take turns, each ratio is taken within one
round of turns, and the tables show medians over all rounds. NumPy and micrograd are measured where they are installed.
"""

from __future__ import annotations

import platform
import sys
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from contestants import CONTESTANTS, INPUTS, Turn
from costs import bytes_per_synapse, import_time, nothing, one_epoch, one_walk, train_time
from turns import in_turns, ratio

ROOT = str(Path(__file__).resolve().parents[2])
ROUNDS = 201
TURN = 0.002  # seconds at least: so short that most turns pass undisturbed, and for all the same
EPOCHS = 50  # of practice, before the first turn
WALK = next(iter(CONTESTANTS))


def main() -> None:
    """Measure everything and print it as Markdown."""
    print(f"Python {platform.python_version()} ({platform.python_implementation()}), {processor()}; {rivals()}\n")
    print_steps()
    print()
    print_costs()


def print_steps() -> None:
    """Print what one training step costs each contestant."""
    turns = equal_contestants()
    epochs = {name: epochs_in_a_turn(turn) for name, turn in turns.items()}
    times = in_turns({name: partial(turns[name], epochs[name]) for name in turns}, ROUNDS)
    steps = {name: [seconds / (epochs[name] * len(INPUTS)) for seconds in times[name]] for name in turns}
    print("| one online XOR step on 2-4-1 | median, µs | times the walk |\n|---|---:|---:|")
    for name in CONTESTANTS:
        if name in steps:
            print(f"| {name} | {median(steps[name]) * 1_000_000:.2f} | {ratio(steps, name, WALK):.2f} |")
        else:
            print(f"| {name} | not installed | |")


def equal_contestants() -> dict[str, Turn]:
    """The contestants that are installed, each having shown that it learns the same: none wins by doing less."""
    turns: dict[str, Turn] = {}
    expected: list[float] = []
    for name, enter in CONTESTANTS.items():
        try:
            turn, outputs = enter()
        except ImportError:
            continue
        turn(EPOCHS)
        expected = expected or outputs()
        if any(abs(output - wanted) > 1e-12 for output, wanted in zip(outputs(), expected)):
            raise SystemExit(f"{name}: expected the outputs {expected}, got {outputs()}")
        turns[name] = turn
    return turns


def epochs_in_a_turn(turn: Turn) -> int:
    """How many epochs fill a turn of this contestant: a power of 2."""
    epochs = 1
    while min(in_turns({"turn": partial(turn, epochs)}, 5)["turn"]) < TURN:
        epochs *= 2
    return epochs


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


def installed(package: str) -> str:
    """The version of a package."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def processor() -> str:
    """The name of the processor, as far as the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


if __name__ == "__main__":
    main()
