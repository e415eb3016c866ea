"""What the command line shows: the progress of training, and tables of what a network answers."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Sequence
from typing import Any, Optional, TextIO, TypeVar

from neuronet.data.datasets import Dataset
from neuronet.draw.blocks import can_show, sparkline
from neuronet.errors import printable
from neuronet.feedforward import FeedForward
from neuronet.scalar import Number
from neuronet.training import Epoch

COLUMNS = 80
"""How wide a terminal is that does not say so: a line that is kept up to date has to fit."""
NEWLINE = "\n"
Self = TypeVar("Self", bound="StatusLine")
MOST_ROWS = 16
"""A table of samples shows at most so many."""


def tell(stream: Optional[TextIO], text: str, codes: str = "") -> None:
    """Write this at once; where the stream is missing, or nobody reads it any more, it is lost and that is no error.

    codes: what stands before and after it for the terminal; what the text itself has of such is taken out.
    """
    if stream is None:
        return
    before, _, after = codes.partition(" ")
    try:
        stream.write(f"{before}{printable(text, keep=NEWLINE)}{after}")
        stream.flush()
    except BrokenPipeError:
        silence(stream)


def remarks(arguments: argparse.Namespace) -> Optional[TextIO]:
    """Where to tell what is no result: standard error, or nowhere with --quiet or --json."""
    return None if arguments.quiet or arguments.json else sys.stderr


def silence(stream: TextIO) -> None:
    """Send what was not written yet nowhere, so that Python does not fail on it at its very end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def show(result: Any, *, as_json: bool) -> None:
    """Print a result: what its `to_dict` gives as JSON, or else its text."""
    if as_json:
        print_json(result.to_dict())
    else:
        print(result)


def print_json(document: dict[str, Any]) -> None:
    """Print one JSON document."""
    import json

    print(json.dumps(document, allow_nan=False))


class StatusLine:
    """Says how far some work has come; leaving its `with` block ends the line.

    stream: where to write: on a terminal one line that is kept up to date, elsewhere a line after every tenth of the
        work; None shows nothing.
    """

    def __init__(self, stream: Optional[TextIO]) -> None:
        self.stream = stream
        self.live = stream is not None and stream.isatty() and os.environ.get("TERM") != "dumb"
        self.columns = shutil.get_terminal_size((COLUMNS, 24)).columns if self.live else COLUMNS
        self.open = False

    def rewrite(self, line: str) -> None:
        """Put this in the place of the line on the terminal."""
        self.open = True
        tell(self.stream, line, codes="\r \x1b[K")

    def add_tenth(self, line: str, done: int, total: int) -> None:
        """Add this line if a tenth of the work has just been done."""
        if done * 10 // total > (done - 1) * 10 // total:
            tell(self.stream, line + "\n")

    def __enter__(self: Self) -> Self:
        return self

    def __exit__(self, *problem: object) -> None:
        if self.open:
            tell(self.stream, "\n")


class Progress(StatusLine):
    """A callback for `Network.train` that shows how far it has come, as a `StatusLine`.

    stream: as in `StatusLine`; the line on a terminal has a small curve of the error, and is kept up to date some ten
        times a second.
    epochs: how many there will be.
    first: how many there were before, where training is resumed.
    at_most: whether it may end earlier.
    behind: how many trainings of as many epochs come after this one; the time left is that of all of them.

    `unit` is 1; where it is set, the error is multiplied by it, to be one in the user's own units.
    """

    needs_network = False
    """It looks at the record of the epoch alone, so the network need not be made ready for looking."""
    most_points = 48
    """The curve on the line is drawn from at most so many epochs, spread evenly over those that were."""

    def __init__(
        self, stream: Optional[TextIO], epochs: int, first: int = 0, *, at_most: bool = False, behind: int = 0
    ) -> None:
        super().__init__(stream)
        self.epochs = epochs
        self.first = first
        self.at_most = at_most
        self.behind = behind
        self.unit = 1.0
        self.shown = 0.0
        self.errors: list[Number] = []
        self.every = 1

    def __call__(self, epoch: Epoch) -> None:
        """Show this epoch, if it is time to."""
        epoch = epoch._replace(epoch=epoch.epoch - self.first)
        last = epoch.epoch == self.epochs
        if self.live and epoch.epoch % self.every == 0:
            self.errors.append(epoch.mean_absolute_error)
            if len(self.errors) > self.most_points:
                self.errors = self.errors[1::2]
                self.every *= 2
        if self.live and (last or epoch.seconds - self.shown >= 0.1):
            self.shown = epoch.seconds
            line = self._line(epoch)[: self.columns - 1]
            room = min(20, self.columns - 1 - len(line) - 2)
            curve = f"  {sparkline(self.errors, width=room, unicode=can_show(self.stream))}" if room >= 8 else ""
            self.rewrite(line + curve)
        elif not self.live:
            self.add_tenth(self._line(epoch), epoch.epoch, self.epochs)

    def _line(self, epoch: Epoch) -> str:
        return progress_line(epoch, self.epochs, at_most=self.at_most, behind=self.behind, unit=self.unit)


def progress_line(epoch: Epoch, epochs: int, *, at_most: bool = False, behind: int = 0, unit: float = 1.0) -> str:
    """One line: the epoch, the mean absolute error, the validation loss and the time left.

    at_most, behind, unit: as in `Progress`.
    """
    left = epoch.seconds / epoch.epoch * (epochs * (1 + behind) - epoch.epoch)
    width = len(str(epochs))
    error = f"{epoch.mean_absolute_error:.6f}" if unit == 1 else f"{epoch.mean_absolute_error * unit:#.5g}"
    if epoch.validation_loss is not None:
        error += f"  validation {epoch.validation_loss:.6f}"
    return f"epoch {epoch.epoch:{width}}/{epochs}  error {error}  {time_left(left, at_most=at_most)}"


def time_left(seconds: float, *, at_most: bool = False) -> str:
    """So many seconds as minutes and seconds."""
    minutes, rest = divmod(round(seconds), 60)
    return f"at most {minutes}:{rest:02} left" if at_most else f"time left {minutes}:{rest:02}"


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


def shape_of(network: FeedForward) -> str:
    """The sizes of the layers, as in 2-4-1."""
    return "-".join(str(len(layer)) for layer in network)


def plain(values: Sequence[float]) -> str:
    """Numbers side by side, whole ones without a point, others to four digits."""
    return " ".join(f"{value:.4g}" for value in values)
