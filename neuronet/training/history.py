"""What training tells: a record of each epoch, and `History`, which keeps them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Optional

from neuronet.scalar import Number


class Epoch(NamedTuple):
    """What one pass over all samples showed.

    Loss and error are means over the epoch's samples, each measured on the forward walk that its own step starts from.
    A penalty on the weights is added to the loss as it is after the epoch.
    """

    epoch: int
    """1 for the first epoch; where training is resumed, it counts on."""
    loss: Number
    """The mean loss of a sample, the penalty on the weights included."""
    mean_absolute_error: Number
    """The mean of |target - output| over all outputs of all samples: the error that the article prints."""
    seconds: float
    """The time from the start of training to the end of this epoch."""
    learning_rate: Number = None
    """The rate of its steps."""
    validation_loss: Optional[Number] = None
    """The mean loss of the samples kept for validation after this epoch; None where there are none."""
    accuracy: Optional[float] = None
    """The share of samples answered rightly after this epoch, from 0 to 1, where it was to be watched: of those kept
    for validation, or else of those trained on."""


class History(Sequence[Epoch]):
    """What training did: a sequence of `Epoch` records, and how it ended.

    stopped: why it ended: "epochs" (all done), "loss" (until_loss reached), "accuracy" (until_accuracy reached),
        "early" (the validation loss no longer fell), "plateau" (the loss no longer fell), "time" (time_limit over),
        "callback" (it returned True) or "interrupted" (Ctrl-C).
    best_epoch: the epoch whose weights the network has, where early stopping looked for the best; else None.
    seconds: how long it took.
    steps: how many times the weights were updated.
    engine: what did it, "walk" or "unrolled"; the numbers are the same.
    """

    def __init__(self, engine: str = "walk") -> None:
        self.epochs: list[Epoch] = []
        self.stopped = "epochs"
        self.best_epoch: Optional[int] = None
        self.seconds = 0.0
        self.steps = 0
        self.engine = engine

    @property
    def losses(self) -> list[Number]:
        """The loss of each epoch, in order."""
        return [epoch.loss for epoch in self.epochs]

    def to_svg(self, *, logarithmic: Optional[bool] = None, title: Optional[str] = None) -> str:
        """The loss and the mean absolute error of each epoch, as an SVG picture.

        logarithmic: whether they stand on a scale of powers of ten; None decides: where they span two or more.
        title: the heading; None says how training went.
        """
        from neuronet.draw.charts import loss_curves

        curves = {"loss": [(one.epoch, one.loss) for one in self.epochs]}
        validated = [one for one in self.epochs if one.validation_loss is not None]
        if validated:
            curves["validation loss"] = [(one.epoch, one.validation_loss) for one in validated]
        curves["mean absolute error"] = [(one.epoch, one.mean_absolute_error) for one in self.epochs]
        return loss_curves(curves, self.stopped, logarithmic=logarithmic, title=title)

    def to_text(self, *, unicode: bool = True) -> str:
        """The loss of each epoch as a block chart for a terminal, at most 80 columns; ASCII without `unicode`."""
        from neuronet.draw.blocks import curve_text

        return curve_text(self.losses, unicode=unicode)

    def _repr_svg_(self) -> str:
        return self.to_svg()

    def __len__(self) -> int:
        return len(self.epochs)

    def __getitem__(self, position: Any) -> Any:
        return self.epochs[position]

    def __repr__(self) -> str:
        ends = [float(epoch.loss.real) for epoch in (*self.epochs[:1], *self.epochs[-1:])]
        losses = f", loss {ends[0]:.6f} -> {ends[1]:.6f}" if ends else ""
        return f"History({len(self)} epochs{losses}, stopped: {self.stopped}, {self.seconds:.2f} s)"
