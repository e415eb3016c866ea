"""Faults of the training: a learning rate that raises the loss, and a loss that does not fall any more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Optional

from neuronet import store, training
from neuronet.diagnosis.evidence import Evidence, added
from neuronet.diagnosis.finding import Finding, found
from neuronet.dropout import dropout_layers
from neuronet.errors import TrainingError
from neuronet.optimizers import SGD
from neuronet.training import History

RISE = 1.5
"""A history has risen when all of its last tenth is above this many times its lowest loss. By chance, the losses of
short online trainings on 40 samples rise by up to a fifth; of a hundred trainings of XOR, unsolved, by 2 %."""

ROUNDING = 1e-9
"""A loss that rises by less than this fraction of itself has not risen."""

STEPS = 4
"""So many steps are tried: where the first one happens to land well across the valley, the next ones do not."""

HALVINGS = 40
"""So many times the rate is halved in search of one that lowers the loss."""

LEAPS = 50
"""And after them so many times divided by a million: after a training that broke off, no usual rate is small enough."""

LONG = 8_000
"""Before so many updates a flat loss says nothing: 2-4-1 networks on XOR stay on a plateau for up to 5,000."""

LONG_EPOCHS = 500
"""And before so many epochs: the moons, with 160 samples, may stay on their first plateau for 50 of them."""

STANDS = 0.02
"""Between the last two quarters of the history the loss fell by less than this fraction: it hardly moves."""


TRIED_RATE = """
rate too large: learning rate {rate:g}
{steps} steps {how} the mean gradient of all samples, tried on a copy with a rate of {rate:g}, take the loss from
{before:.4g} {raised}: a step jumps across the valley. With a rate of {better:.4g} the loss falls.
Try: a rate of {better:.4g} or less; from network.reset(), if the loss has been rising for long.
"""

RISEN = """
rate too large: the history
The loss was {lowest:.4g} in epoch {epoch}, and in the last {tenth} of {epochs} epochs it is never below
{last:.4g}{times}. Steps that go downhill and still raise the loss are too long.
Try: a tenth of the rate, from network.reset(); diagnose with learning_rate= tries a step.
"""

PLATEAU = """
plateau: the history
In the last {quarter} of {epochs} epochs the mean loss is {last:.4g}, in the {quarter} before them it was {third:.4g}:
{change:percent} {direction}, although {missed} of {count} samples are far from their targets.
Try: another seed or more hidden neurons. If no other finding says why, a larger rate, or many more epochs: some
plateaus end.
"""


def look_at_training(evidence: Evidence, history: Optional[History], rate: Optional[float]) -> Iterator[Finding]:
    """What the history shows, and what a few steps at this learning rate do; nothing where the network has learned."""
    if evidence.problem or evidence.learned:
        return
    losses = [] if history is None else [float(loss) for loss in history.losses]
    tried = None if rate is None else _tried(evidence, rate)
    if tried is not None:
        yield tried
    else:
        yield from _risen(losses)
    if history is not None:
        yield from _plateau(evidence, losses, history.steps)


def _tried(evidence: Evidence, rate: float) -> Optional[Finding]:
    """A few steps on a copy, against the mean gradient of all samples: does the loss rise, and does it with less?"""
    before = evidence.loss
    highest = _highest_after(evidence, rate)
    if before is None or (highest is not None and highest <= before + ROUNDING * abs(before)):
        return None
    better = rate
    for tries in range(HALVINGS + LEAPS):
        better /= 2 if tries < HALVINGS else 2**20
        lower = _highest_after(evidence, better) if better else None
        if lower is not None and lower < before:
            break
    else:
        return None  # no step lowers it: the slopes are at fault, or there is nothing left to win
    optimizer = evidence.network.optimizer
    return found(
        TRIED_RATE,
        {"rate": rate, "before": before, "highest": highest, "better": better},
        steps=STEPS,
        how="against" if type(optimizer) is SGD else f"of {optimizer.name} by",
        raised="to no finite number" if highest is None else f"up to {highest:.4g}",
    )


def _highest_after(evidence: Evidence, rate: float) -> Optional[float]:
    """The highest loss of a copy after each of a few such steps; None where it is not finite."""
    twin = store.converted(evidence.network, evidence.network.kind)
    for own, layer in zip(dropout_layers(evidence.network.layers), dropout_layers(twin.layers)):
        layer.mask, layer.fixed = own.mask, True  # the trial must not depend on chance
    try:
        samples = evidence.inputs, evidence.targets
        given = training.Given(STEPS + 1, learning_rate=rate, batch_size=len(evidence.inputs), shuffle=False)
        history = training.train(twin, samples, given)
    except TrainingError:
        return None
    if history.stopped == "interrupted":  # training holds Ctrl-C back; it was meant for the whole diagnosis
        raise KeyboardInterrupt
    return float(max(history.losses[1:]))  # the loss of an epoch is measured before its step


def _risen(losses: Sequence[float]) -> Iterator[Finding]:
    lowest = min(losses, default=0.0)
    tenth = max(1, len(losses) // 10)
    last = min(losses[-tenth:], default=0.0)
    if last > RISE * lowest:
        times = f", {last / lowest:.3g} times as large" if lowest else ""
        numbers = {"lowest": lowest, "epoch": losses.index(lowest) + 1, "last": last}
        yield found(RISEN, numbers, tenth=tenth, epochs=len(losses), times=times)


def _plateau(evidence: Evidence, losses: Sequence[float], steps: int) -> Iterator[Finding]:
    if steps < LONG or len(losses) < LONG_EPOCHS:
        return
    quarter = len(losses) // 4
    third, last = (added(part) / quarter for part in (losses[-2 * quarter : -quarter], losses[-quarter:]))
    if abs(third - last) < STANDS * third:
        numbers = {"quarter": quarter, "third": third, "last": last, "steps": steps}
        yield found(
            PLATEAU,
            numbers,
            epochs=len(losses),
            change=abs(third - last) / third,
            direction="less" if last <= third else "more",
            missed=len(evidence.missed),
            count=len(evidence.inputs),
        )
