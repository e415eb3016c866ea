"""Guesses at the cause of a failure, from the pattern of ratios between what was computed and what is right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Optional

from neuronet.gradcheck.bench import Bench
from neuronet.gradcheck.report import FAIL, Entry

SAME = 1e-6
"""Two ratios within this of each other count as the same; slips differ by whole factors."""


def hints_for(bench: Bench, entries: Sequence[Entry]) -> list[str]:
    """The guesses that the failures suggest, the most telling first; none where nothing failed."""
    failed = [entry for entry in entries if entry.status == FAIL]
    if not failed:
        return []
    if all(entry.reason == "second call" for entry in failed):
        return ["only the second walk is wrong: are the gradients, or something the walk remembers, not cleared?"]
    guesses = [
        _all_of_one_kind(entries, failed),
        _one_factor(bench, failed),
        _one_layer_only(entries, failed),
        _one_factor_for_each_neuron(failed),
    ]
    return [guess for guess in guesses if guess is not None]


def _where(failed: Sequence[Entry]) -> str:
    layers = sorted({entry.layer for entry in failed})
    return f"in layer {layers[0]}" if len(layers) == 1 else "everywhere"


def _one_factor(bench: Bench, failed: Sequence[Entry]) -> Optional[str]:
    """One and the same ratio in all that failed."""
    ratios = [entry.ratio for entry in failed]
    first = ratios[0]
    if len(failed) < 2 or first is None or any(r is None or abs(r - first) > SAME * max(1, abs(first)) for r in ratios):
        return None
    samples, outputs = len(bench.inputs), len(bench.targets[0])
    causes = [
        (0.0, "the gradient is 0: is it never computed, or overwritten?"),
        (-1.0, "the sign is turned round: target - output against output - target, or a step uphill?"),
        (2.0, "twice too large: the one half of the loss, or its derivative?"),
        (0.5, "half of what it should be: the one half of the loss counted twice?"),
        (float(samples), "as many times too large as there are samples: a sum where a mean belongs?"),
        (1 / samples, "as many times too small as there are samples: divided by their number twice?"),
        (float(outputs), "as many times too large as there are outputs: a sum where a mean belongs?"),
        (1 / outputs, "as many times too small as there are outputs: a mean where a sum belongs?"),
    ]
    for factor, cause in causes:
        if abs(first - factor) <= SAME * max(1, abs(factor)):
            return f"ratio {first:.4g} {_where(failed)}: {cause}"
    return f"ratio {first:.6g} {_where(failed)}: a constant factor too much?"


def _all_of_one_kind(entries: Sequence[Entry], failed: Sequence[Entry]) -> Optional[str]:
    """Only the biases, or only the weights."""
    kinds = {entry.kind for entry in failed}
    others = {entry.kind for entry in entries} - kinds
    if len(kinds) != 1 or not others:
        return None
    kind = kinds.pop()
    if kind == "bias":
        zero = all(entry.gradient == 0 for entry in failed)
        return "only the biases are wrong: " + ("are they left out of the walk?" if zero else "are they treated apart?")
    return f"only the {kind} gradients are wrong: the deltas are right, so is it the output of the source?"


def _one_layer_only(entries: Sequence[Entry], failed: Sequence[Entry]) -> Optional[str]:
    """The output layer is right and what lies before it is not, or the other way round."""
    layers = list(dict.fromkeys(entry.layer for entry in entries))
    wrong = {entry.layer for entry in failed}
    if len(layers) < 2:
        return None
    if layers[-1] not in wrong:
        return f"layer {layers[-1]} is right, {', '.join(sorted(wrong))} wrong: look at the hidden error and its delta"
    if wrong == {layers[-1]}:
        return f"only layer {layers[-1]} is wrong: look at how its gradients are put together"
    return None


def _one_factor_for_each_neuron(failed: Sequence[Entry]) -> Optional[str]:
    """One ratio for all synapses of a neuron, another for the next: the delta is wrong, not the product."""
    by_neuron: dict[str, list[float]] = {}
    for entry in failed:
        if entry.ratio is None:
            return None
        by_neuron.setdefault(entry.name.split(" -> ")[-1], []).append(entry.ratio)
    groups = [ratios for ratios in by_neuron.values() if len(ratios) > 1]
    if not groups or any(max(r) - min(r) > SAME * max(1, abs(r[0])) for r in groups):
        return None
    if len({round(ratios[0], 6) for ratios in groups}) < 2:
        return None
    return "each neuron has a ratio of its own, the same for all its synapses: is the slope of the activation missing?"
