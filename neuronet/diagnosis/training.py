"""Faults of the course: a rate that raises the loss, and a loss that does not fall any more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Optional

from neuronet import store, training
from neuronet.diagnosis.evidence import Evidence, added, share
from neuronet.diagnosis.report import Finding
from neuronet.dropout import dropout_layers
from neuronet.errors import TrainingError
from neuronet.optimizers import SGD
from neuronet.training import History

RISE = 1.5
"""A history has risen when all of its last tenth is above this many times its lowest loss. By chance, the losses of
short online trainings on 40 samples rise by up to a fifth; of a hundred trainings of XOR, unsolved, by 2 %."""

ROUNDING = 1e-9
"""A loss that rises by less than this share of itself has not risen."""

STEPS = 4
"""So many steps are tried: where the first one happens to land well across the valley, the next ones do not."""

HALVINGS = 40
"""So many times the rate is halved in search of one that lowers the loss."""

LEAPS = 50
"""And after them so many times divided by a million: after a training that broke off, no usual rate is small enough."""

LONG = 8_000
"""Before so many updates a flat loss says nothing: 2-4-1 networks on XOR stay on their first plain for up to 5,000."""

LONG_EPOCHS = 500
"""And before so many epochs: the moons, with 160 samples, may stand on their first plain for 50 of them."""

STANDS = 0.02
"""Between the last two quarters of the history the loss fell by less than this share: it hardly moves."""


def look_at_course(evidence: Evidence, history: Optional[History], learning_rate: Optional[float]) -> Iterator[Finding]:
    """What the history tells, and what a trial step tells; nothing where the network has learned."""
    if evidence.problem or evidence.learned:
        return
    losses = [] if history is None else [float(loss) for loss in history.losses]
    tried = None if learning_rate is None else _trial(evidence, learning_rate)
    risen = _risen(losses)
    if tried is not None:
        yield tried
    elif risen is not None:
        yield risen
    if history is not None:
        yield from _plateau(evidence, losses, history.steps)


def _trial(evidence: Evidence, rate: float) -> Optional[Finding]:
    """A few steps on a copy, against the mean gradient of all samples: does the loss rise, and does it with less?"""
    before = evidence.loss
    highest = _highest_after(evidence, rate)
    if before is None or (highest is not None and highest <= before + ROUNDING * abs(before)):
        return None
    better = rate
    for tries in range(HALVINGS + LEAPS):
        better /= 2 if tries < HALVINGS else 2**20
        if better == 0:
            return None
        lower = _highest_after(evidence, better)
        if lower is not None and lower < before:
            break
    else:
        return None  # no step lowers it: the slopes are at fault, or there is nothing left to win
    how = "against" if type(evidence.network.optimizer) is SGD else f"of {evidence.network.optimizer.name} by"
    raised = "to no finite number" if highest is None else f"up to {highest:.4g}"
    return Finding(
        "rate too large",
        f"learning rate {rate:g}",
        f"{STEPS} steps {how} the mean gradient of all samples, tried on a copy with a rate of {rate:g}, take the "
        f"loss from {before:.4g} {raised}: a step jumps across the valley. With a rate of {better:.4g} the loss "
        "falls.",
        f"a rate of {better:.4g} or less; from network.reset(), if the loss has been rising for long.",
        {"rate": rate, "before": before, "highest": highest, "better": better},
    )


def _highest_after(evidence: Evidence, rate: float) -> Optional[float]:
    """The highest loss of a copy after each of a few such steps; None where it is not finite."""
    twin = store.converted(evidence.network, evidence.network.kind)
    for own, layer in zip(dropout_layers(evidence.network.layers), dropout_layers(twin.layers)):
        layer.mask, layer.fixed = own.mask, True  # luck is no evidence
    try:
        samples = evidence.inputs, evidence.targets
        given = training.Given(STEPS + 1, learning_rate=rate, batch_size=len(evidence.inputs), shuffle=False)
        history = training.train(twin, samples, given)
    except TrainingError:
        return None
    if history.stopped == "interrupted":  # training holds Ctrl-C back; it was meant for the whole diagnosis
        raise KeyboardInterrupt
    return float(max(history.losses[1:]))  # the loss of an epoch is measured before its step


def _risen(losses: Sequence[float]) -> Optional[Finding]:
    lowest = min(losses, default=0.0)
    tenth = max(1, len(losses) // 10)
    last = min(losses[-tenth:], default=0.0)
    if not last > RISE * lowest:
        return None
    epoch = losses.index(lowest) + 1
    times = f", {last / lowest:.3g} times as large" if lowest else ""
    return Finding(
        "rate too large",
        "the history",
        f"The loss was {lowest:.4g} in epoch {epoch}, and in the last {tenth} of {len(losses)} epochs it is never "
        f"below {last:.4g}{times}. Steps down the slope that raise the loss are too long.",
        "a tenth of the rate, from network.reset(); diagnose with learning_rate= tries a step.",
        {"lowest": lowest, "epoch": epoch, "last": last},
    )


def _plateau(evidence: Evidence, losses: Sequence[float], steps: int) -> Iterator[Finding]:
    quarter = len(losses) // 4
    if steps < LONG or len(losses) < LONG_EPOCHS:
        return
    third, last = _mean(losses[-2 * quarter : -quarter]), _mean(losses[-quarter:])
    if not abs(third - last) < STANDS * third:
        return
    yield Finding(
        "plateau",
        "the history",
        f"In the last {quarter} of {len(losses)} epochs the mean loss is {last:.4g}, in the {quarter} before them it "
        f"was {third:.4g}: {share(abs(third - last) / third)} {'less' if last <= third else 'more'}, although "
        f"{len(evidence.missed)} of {len(evidence.inputs)} samples are far from their targets.",
        "another seed or more hidden neurons. If no other finding says why, a larger rate, or many more epochs: some "
        "plains end.",
        {"quarter": quarter, "third": third, "last": last, "steps": steps},
    )


def _mean(numbers: Sequence[float]) -> float:
    return added(numbers) / len(numbers) if numbers else 0.0
