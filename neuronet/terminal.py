"""What the command line shows: the progress of training, and tables of what a network answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import perf_counter
from typing import TextIO

from neuronet.data.datasets import Dataset
from neuronet.training import Epoch

MOST_ROWS = 16
"""A table of samples shows at most so many."""


def progress(stream: TextIO, epochs: int) -> Callable[[Epoch], None]:
    """A callback for `Network.train` that shows how far it has come.

    stream: where to write. On a terminal one line is kept up to date, some ten times a second; elsewhere a plain
        line is written after every tenth of the epochs.
    epochs: how many there will be.
    """
    live = stream.isatty()
    shown = perf_counter()

    def show(epoch: Epoch) -> None:
        nonlocal shown
        last = epoch.epoch == epochs
        if live and (last or perf_counter() - shown >= 0.1):
            shown = perf_counter()
            stream.write(f"\r{progress_line(epoch, epochs)}\x1b[K" + ("\n" if last else ""))
            stream.flush()
        elif not live and (last or epoch.epoch * 10 // epochs > (epoch.epoch - 1) * 10 // epochs):
            stream.write(progress_line(epoch, epochs) + "\n")

    return show


def progress_line(epoch: Epoch, epochs: int) -> str:
    """One line: the epoch, the mean absolute error, and the time left."""
    left = epoch.seconds / epoch.epoch * (epochs - epoch.epoch)
    width = len(str(epochs))
    minutes, seconds = divmod(round(left), 60)
    error = f"{epoch.mean_absolute_error:.6f}"
    return f"epoch {epoch.epoch:{width}}/{epochs}  error {error}  time left {minutes}:{seconds:02}"


def answers(dataset: Dataset, outputs: Sequence[Sequence[float]]) -> str:
    """A table of inputs, targets and outputs, a line for each sample; it says how many it leaves out."""
    rows = [("input", "target", "output")]
    samples = list(zip(dataset.inputs, dataset.targets, outputs))
    for inputs, targets, row in samples[:MOST_ROWS]:
        rows.append((plain(inputs), plain(targets), "  ".join(f"{value:.6f}" for value in row)))
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    lines = [f"{first:{widths[0]}}  {second:{widths[1]}}  {third}" for first, second, third in rows]
    if len(samples) > MOST_ROWS:
        lines.append(f"... {len(samples) - MOST_ROWS} more")
    return "\n".join(lines)


def plain(values: Sequence[float]) -> str:
    """Numbers side by side, whole ones without a point, others to four digits."""
    return " ".join(f"{value:.4g}" for value in values)
