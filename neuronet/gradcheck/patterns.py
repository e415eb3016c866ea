"""What wrong gradients have in common, and where they are: all that can be said without knowing how they were made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Optional

from neuronet.gradcheck.network_objective import NetworkObjective
from neuronet.gradcheck.objective import Objective
from neuronet.gradcheck.report import Entry
from neuronet.scalar import Number

SAME = 1e-6
"""Two numbers that differ by less than this, relative to the larger, count as the same; mistakes differ by factors."""


def same(one: Number, other: Number) -> bool:
    """Whether two numbers are the same but for rounding."""
    return bool(abs(one - other) <= SAME * max(abs(one), abs(other)))


def place_of(entries: Sequence[Entry], failed: Sequence[Entry]) -> str:
    """Where all that failed is, in words that follow "wrong": the part of the network that it fills."""
    if len(failed) == 1 < len(entries):
        return f"at {failed[0].name} alone"
    layers = dict.fromkeys(entry.layer for entry in failed)
    kinds = {entry.kind for entry in failed}
    ends = dict.fromkeys(_end(entry) for entry in failed)
    kind = {"bias": "in the biases", "weight": "in the weights"}.get(min(kinds), "") if len(kinds) == 1 else ""
    inside = ", ".join(layers)
    parts: list[tuple[str, Callable[[Entry], bool]]] = [
        ("everywhere", lambda entry: True),
        (kind, lambda entry: entry.kind in kinds),
        (f"in {inside}", lambda entry: entry.layer in layers),
        (kind and f"{kind} of {inside}", lambda entry: entry.layer in layers and entry.kind in kinds),
        (f"at {', '.join(ends)}", lambda entry: _end(entry) in ends),
    ]
    for words, belongs in parts:
        if words and all(entry in failed or entry.is_zero for entry in entries if belongs(entry)):
            return words
    return f"in {inside}"


def _end(entry: Entry) -> str:
    """The neuron that a synapse leads to, or that a delta belongs to."""
    return entry.name.split(" -> ")[-1].split(",")[0]


def pattern_of(objective: Objective, failed: Sequence[Entry]) -> Optional[str]:
    """What all of these have in common, as a question; None where that is nothing."""
    if any(entry.gradient is None or entry.reference is None for entry in failed):
        return None
    if all(entry.gradient == 0 for entry in failed):
        return "there is no gradient: is something left out of the walk?"
    if all(entry.reference == 0 for entry in failed):
        return "the loss does not depend on them: is something left out of the forward walk?"
    ratio = failed[0].ratio
    if ratio and all(entry.ratio is not None and same(entry.ratio, ratio) for entry in failed):
        return f"ratio {ratio:.4g}: {_factor(objective, ratio)}?"
    return _offset(objective, failed) or _misplaced(failed)


def _factor(objective: Objective, ratio: float) -> str:
    """What a factor may come from."""
    if same(ratio, -1):
        return "is the sign turned round"
    counts = {"samples": objective.samples}
    if isinstance(objective, NetworkObjective):
        counts["outputs"] = len(objective.network.layers[-1])
    causes = ["is the one half of a square counted twice"] if same(ratio, 0.5) else []
    for name, count in counts.items():
        if count > 1 and same(ratio, count):
            causes.append(f"is it a sum over the {count} {name} where a mean belongs")
        if count > 1 and same(ratio * count, 1):
            causes.append(f"is it divided by the number of {name}, {count}, once too often")
    return ", or ".join(causes) or "is there one factor too many"


def _offset(objective: Objective, failed: Sequence[Entry]) -> Optional[str]:
    """The same number added to all, the same multiple of each weight, or all of them rounded."""
    offsets = [float(entry.gradient - entry.reference) for entry in failed]
    if len(failed) > 2 and all(abs(offset - offsets[0]) <= 1e-3 * abs(offsets[0]) for offset in offsets):
        return f"every gradient is too large by {offsets[0]:.4g}: is something added to it?"
    values = {parameter.name: objective.value(parameter) for parameter in objective.parameters(("weights", "biases"))}
    multiples = [off / values[entry.name] for off, entry in zip(offsets, failed) if values.get(entry.name)]
    if len(multiples) > 1 and all(abs(one - multiples[0]) <= 1e-4 * abs(multiples[0]) for one in multiples):
        return f"each is off by {multiples[0]:.4g} times its own weight: is it a penalty that the loss does not count?"
    for digits in range(2, 8):
        sums = [float(entry.gradient * objective.samples) for entry in failed]
        rounded = all(abs(total - round(total, digits)) <= 1e-13 * max(1, abs(total)) for total in sums)
        if len(failed) > 2 and rounded and max(map(abs, offsets)) <= 10**-digits:
            return f"no gradient has more than {digits} decimals: are they rounded?"
    return None


def _misplaced(failed: Sequence[Entry]) -> Optional[str]:
    """The right numbers in the wrong places of each neuron."""
    neurons: dict[str, list[Entry]] = {}
    for entry in failed:
        neurons.setdefault(_end(entry), []).append(entry)
    for own in neurons.values():
        pairs = zip(sorted(entry.gradient for entry in own), sorted(entry.reference for entry in own))
        if len(own) < 2 or not all(same(gradient, reference) for gradient, reference in pairs):
            return None
    return "the right gradients stand at the wrong weights of their neuron: is an index off?"
