"""The score of a checker: how many of the bugs it finds, and at how many of the decoys it stays silent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from neuronet import validate
from neuronet.bugs import BUGS
from neuronet.gradcheck import check_gradients, check_step
from neuronet.gradcheck.report import FAIL
from neuronet.museum.decoys import DECOYS
from neuronet.museum.specimens import Specimen, specimen_of
from neuronet.network import Network

Checker = Callable[[Network, list[list[float]], list[list[float]]], Any]
"""`checker(network, inputs, targets)` says something true where the network looks right, or returns a report."""


class Score(NamedTuple):
    """How good a checker is."""

    sensitivity: float
    """The share of the bugs that it found, 0 to 1: 1 is all."""
    specificity: float
    """The share of the decoys at which it stayed silent, 0 to 1."""
    missed: list[str]
    """The bugs that it did not find."""
    false_alarms: list[str]
    """The decoys at which it alarmed."""

    def __str__(self) -> str:
        found, quiet = len(BUGS) - len(self.missed), len(DECOYS) - len(self.false_alarms)
        lines = [f"found {found} of {len(BUGS)} bugs, silent at {quiet} of {len(DECOYS)} decoys"]
        lines += [f"missed: {', '.join(self.missed)}"] if self.missed else []
        lines += [f"false alarms: {', '.join(self.false_alarms)}"] if self.false_alarms else []
        return "\n".join(lines)


def default_checker(network: Network, inputs: list[list[float]], targets: list[list[float]]) -> bool:
    """What this library offers: `check_gradients` and `check_step`, neither of which may fail.

    >>> from neuronet import Network, datasets, museum
    >>> museum.default_checker(Network(2, 4, 1, seed=1), *datasets.xor())
    True
    """
    if check_gradients(network, inputs, targets).status == FAIL:
        return False
    return check_step(network, inputs, targets).status != FAIL


def score(checker: Checker, *, networks: int = 3, seed: int = 0) -> Score:
    """Show a checker every bug, each on several networks, and every decoy.

    checker: called as `checker(network, inputs, targets)`, with a network of its own each time. It returns something
        true where the network looks right, or a report whose `status` is not "fail". An exception is an alarm.
    networks: on how many networks each bug is planted, of two, three and four layers of weights in turn. A bug is found
        if the checker alarms at every one of them.
    seed: another seed gives other networks.

    Returns a `Score`. Raises DataError for a setting that cannot be right.

    >>> from neuronet import museum
    >>> museum.score(lambda network, inputs, targets: True, networks=1).sensitivity
    0.0
    """
    numbers = range(validate.count(networks, "networks"))
    validate.count(seed, "seed", least=0)
    missed = [name for name in BUGS if any(is_silent(checker, specimen_of(name, n, seed)) for n in numbers)]
    false_alarms = [name for name, decoy in DECOYS.items() if not is_silent(checker, decoy.build(seed))]
    return Score(1 - len(missed) / len(BUGS), 1 - len(false_alarms) / len(DECOYS), missed, false_alarms)


def is_silent(checker: Checker, specimen: Specimen) -> bool:
    """Whether the checker lets a network pass."""
    try:
        verdict = checker(*specimen)
    except Exception:
        return False
    status = getattr(verdict, "status", None)
    return bool(verdict) if status is None else status != FAIL
