"""Charts of what changes: training, chosen weights, an activation with its derivative, the error of a gradient."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Optional, Union

from neuronet import validate
from neuronet.activations import AnyActivation, SharedActivation, find_activation
from neuronet.draw.plot import Curve, as_float, chart, spans_decades
from neuronet.errors import DataError
from neuronet.graph import Neuron, Synapse
from neuronet.scalar import Number

MOST_CURVES = 14
"""A chart of weights has room for so many names."""
LEAST_ERROR = 1e-17
"""An error of 0 is drawn here, because a scale of powers of ten has no 0."""


def training_curve(history: Any, *, logarithmic: Optional[bool] = None, title: Optional[str] = None) -> str:
    """The picture that `history.to_svg` gives; history is what `Network.train` returned."""
    text: str = history.to_svg(logarithmic=logarithmic, title=title)
    return text


def loss_curves(
    curves: Mapping[str, Sequence[tuple[int, Number]]],
    stopped: str,
    *,
    logarithmic: Optional[bool] = None,
    title: Optional[str] = None,
) -> str:
    """What training lowers, over the epochs, as an SVG document.

    curves: for each name, such as "loss", its (epoch, number) points in order. The first is what the heading speaks of.
    stopped: why training stopped.
    logarithmic: whether the numbers stand on a scale of powers of ten; None decides: where they span two or more.
    title: the heading; None says how training went.
    """
    drawn = [Curve(name, [(float(epoch), as_float(y)) for epoch, y in points]) for name, points in curves.items()]
    log = spans_decades([y for curve in drawn for _, y in curve.points]) if logarithmic is None else logarithmic
    losses = [y for _, y in drawn[0].points]
    many = "1 epoch" if len(losses) == 1 else f"{len(losses):,} epochs"
    ends = f", loss {losses[0]:.4g} to {losses[-1]:.4g}" if losses else ""
    return chart(
        drawn,
        title=f"Training: {many}{ends}" if title is None else title,
        description=f"The mean loss of a sample and the mean absolute error over {many}{ends}. Training stopped: "
        f"{stopped}.",
        across="epoch",
        up="loss and error" + (", powers of ten" if log else ""),
        logarithmic=(False, log),
    )


class WeightHistory:
    """A callback for `Network.train` that writes down how chosen weights change.

    synapses: those to watch, one or more, such as `network.synapses` or `network[1][0].incoming`.

    It begins with the weights as they are when it is made, and adds those after each epoch, also over several calls
    of `train`. Raises DataError for anything but synapses.

    >>> from neuronet import Network, datasets
    >>> network = Network(2, 4, 1, seed=1)
    >>> watched = WeightHistory(network[2][0].incoming)
    >>> history = network.train(*datasets.xor(), epochs=100, callback=watched)
    >>> len(watched), watched.names
    (101, ['b2 to o1', 'h1 to o1', 'h2 to o1', 'h3 to o1', 'h4 to o1'])
    """

    def __init__(self, synapses: Sequence[Synapse]) -> None:
        self.synapses = list(synapses)
        for position, synapse in enumerate(self.synapses):
            if not isinstance(synapse, Synapse):
                raise DataError(f"synapses[{position}]: expected a Synapse, got {validate.shown(synapse)}")
        if not self.synapses:
            raise DataError("synapses: expected one or more, got none")
        self.names = [f"{synapse.source.name} to {synapse.destination.name}" for synapse in self.synapses]
        self.weights: list[list[Number]] = [[synapse.weight for synapse in self.synapses]]

    def __call__(self, epoch: object) -> None:
        """Write down the weights as they are after this epoch."""
        self.weights.append([synapse.weight for synapse in self.synapses])

    def __len__(self) -> int:
        return len(self.weights)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({len(self.synapses)} synapses, {len(self) - 1} epochs)"

    def to_svg(self, *, title: Optional[str] = None) -> str:
        """The weights over the epochs, as an SVG document; of more than 14 the first, and the heading says so.

        title: the heading; None says what is shown.
        """
        names = self.names[:MOST_CURVES]
        curves = [
            Curve(name, [(float(epoch), as_float(row[position])) for epoch, row in enumerate(self.weights)])
            for position, name in enumerate(names)
        ]
        more = len(self.names) - len(names)
        heading = f"Weights over {len(self) - 1:,} epochs" + (f"; {more:,} more are left out" if more else "")
        return chart(
            curves,
            title=heading if title is None else title,
            description=f"{heading}. Shown: {', '.join(names)}.",
            across="epoch",
            up="weight",
        )

    def _repr_svg_(self) -> str:
        return self.to_svg()


def activation_curve(
    subject: Union[Neuron, str, AnyActivation],
    *,
    net: Optional[float] = None,
    low: float = -6.0,
    high: float = 6.0,
    title: Optional[str] = None,
) -> str:
    """An activation and its derivative, as an SVG document, with the point where a neuron stands.

    subject: a neuron, an `Activation` or the name of one. A neuron brings its present net.
    net: where to draw the point; None draws that of a neuron that has one.
    low, high: from which net to which; widened where the point lies outside.
    title: the heading; None says the names.

    Raises DataError for an activation of a whole row such as softmax, and for ends in the wrong order;
    UnknownNameError for an unknown name.
    """
    activation: Any = subject.activation if isinstance(subject, Neuron) else find_activation(subject)
    if isinstance(activation, SharedActivation):
        raise DataError(f"subject: expected an activation of one net, got {activation.name!r}, which takes a whole row")
    first, last = float(validate.number(low, "low")), float(validate.number(high, "high"))
    if not first < last:
        raise DataError(f"low, high: expected low below high, got {low!r} and {high!r}")
    present = as_float(subject.net) if net is None and isinstance(subject, Neuron) else math.nan
    at = present if net is None else float(validate.number(net, "net"))

    def values_at(x: float) -> tuple[float, float]:
        return as_float(activation.value(x)), as_float(activation.derivative(x, activation.value(x)))

    points = []
    if math.isfinite(at):
        first, last = min(first, at), max(last, at)
        output, slope = values_at(at)
        points = [(f"net {at:.4g}, output {output:.4g}", at, output), (f"slope {slope:.4g}", at, slope)]
    steps = [first + (last - first) * position / 240 for position in range(241)]
    outputs, slopes = zip(*map(values_at, steps))
    whose = f" at {subject.name}" if isinstance(subject, Neuron) else ""
    return chart(
        [Curve("output", list(zip(steps, outputs))), Curve("derivative", list(zip(steps, slopes)))],
        title=f"{activation.name}{whose}" if title is None else title,
        description=f"The activation {activation.name} and its derivative for nets from {first:.4g} to {last:.4g}. "
        + "".join(f"{name}. " for name, _, _ in points),
        across="net",
        up="output, derivative",
        points=points,
    )


def step_errors(curves: Mapping[str, Sequence[tuple[float, float]]], levels: Mapping[str, float]) -> str:
    """The error of a gradient against the size of the step that it was measured with, as an SVG document.

    curves: for each method its (step, error) points.
    levels: for each method that has no step its error.
    """
    return chart(
        [Curve(name, [(step, max(error, LEAST_ERROR)) for step, error in points]) for name, points in curves.items()],
        title="Error of each method against its step size",
        description="Both axes are logarithmic. Finite differences draw a V: a large step sees the curve, a small one "
        "rounding. The complex step has no left arm.",
        across="step size, relative to max(1, |weight|)",
        up="largest error, relative to the largest gradient",
        logarithmic=(True, True),
        levels=[(name, max(level, LEAST_ERROR)) for name, level in levels.items()],
        width=760,
        height=460,
    )
