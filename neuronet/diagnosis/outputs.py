"""Faults of the outputs: targets beyond their reach, and errors that are lost where their activation is flat."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import inf, isfinite
from typing import Optional

from neuronet.activations import Activation, SharedActivation
from neuronet.diagnosis.evidence import FLAT, STUCK, Evidence, added, values_at
from neuronet.diagnosis.finding import Finding, found
from neuronet.graph import Neuron

BEYOND = 0.01
"""A target is out of range when it is beyond the reach of the activation by this fraction of the targets' own range:
a sigmoid never quite reaches 0 or 1 either, and that is no fault."""

NETS = [sign * 2.0**power for power in range(5, 21) for sign in (-1, 1)] + [step / 64 for step in range(-1024, 1025)]
"""The nets at which an activation is asked for its output: from -16 to 16 closely, and out to about a million."""

SOFTMAX_STEEPEST = 0.25
"""An output of softmax changes with its own net by output * (1 - output), which is at most this."""

ENDLESS = 1_000
"""An output beyond this at such nets is taken to grow for ever."""

OUT_OF_RANGE = """
out of range: {neuron.name}
The activation of {neuron.name} is {neuron.activation.name}, whose output is {span}. {samples} of {count} samples
{samples:has|have} a target beyond that, the farthest targets[{worst}] = {farthest:.4g}: no weights can make the output
reach it.
Try: take output_activation='linear', or bring the targets into the range of the activation.
"""

NO_DISTRIBUTION = """
out of range: layer {layer}
Softmax outputs are positive and add up to 1. {samples} of {count} samples {samples:has|have} targets that do not; those
of targets[{first}] add up to {total:.4g}.
Try: give each sample one target of 1 and the others 0, or take output_activation='sigmoid' where several classes may be
right at once.
"""

FLAT_OUTPUT = """
flat output: {neurons}
In {missed}, an output is wrong but confident. In sample {sample} {neuron.name} is {output:.4g}, with an error of
{error:.3g}; {neuron.activation.name} is so flat there that a delta of {delta:.2g} is all that the loss {loss.name}
leaves of it.
"""
USE_CROSS_ENTROPY = """
Try: take loss='{better_loss}': with {neuron.activation.name} outputs its delta is target - output, however wrong the
output is; or start again with smaller weights.
"""
START_SMALLER = """
Try: start again with smaller weights or inputs, or take output_activation='linear'.
"""
CROSS_ENTROPIES = {"sigmoid": "binary_cross_entropy", "softmax": "categorical_cross_entropy"}
"""Of an activation, the loss with which the delta of an output is target - output."""


def look_at_outputs(evidence: Evidence) -> Iterator[Finding]:
    """Targets out of reach, and flat outputs where the network has not learned."""
    if isinstance(evidence.network.layers[-1][0].activation, SharedActivation):
        yield from _no_distribution(evidence)
    else:
        yield from _out_of_range(evidence)
    if not evidence.learned and not evidence.problem:
        yield from _flat_outputs(evidence)


def _out_of_range(evidence: Evidence) -> Iterator[Finding]:
    for neuron, column in zip(evidence.network.layers[-1], zip(*evidence.targets)):
        reach = _reach(neuron.activation)
        if reach is None:
            continue
        low, high = reach
        margin = BEYOND * ((max(column) - min(column)) or abs(column[0]))
        off = [max(low - target, target - high) for target in column]
        beyond = [sample for sample, distance in enumerate(off) if distance > margin]
        if beyond:
            worst = max(beyond, key=lambda sample: off[sample])
            ends = {"low": low if isfinite(low) else None, "high": high if isfinite(high) else None}
            numbers = {**ends, "samples": len(beyond), "farthest": column[worst]}
            span, count = _span(low, high), len(column)
            yield found(OUT_OF_RANGE, numbers, neuron=neuron, span=span, worst=worst, count=count)


def _reach(activation: Activation) -> Optional[tuple[float, float]]:
    """The smallest and the largest output of an activation, infinite where it has no end; None where it has none."""
    outputs = values_at(NETS, activation.value)
    if not outputs:
        return None
    low, high = min(outputs), max(outputs)
    return (low if low >= -ENDLESS else -inf), (high if high <= ENDLESS else inf)


def _span(low: float, high: float) -> str:
    """The range of an activation in words."""
    if high == inf:
        return f"never below {low:.4g}"
    return f"never above {high:.4g}" if low == -inf else f"between {low:.4g} and {high:.4g}"


def _no_distribution(evidence: Evidence) -> Iterator[Finding]:
    """Softmax outputs are positive and add up to 1; the targets have to do so too."""
    totals = [added(row) for row in evidence.targets]
    wrong = [
        sample
        for sample, (total, row) in enumerate(zip(totals, evidence.targets))
        if abs(total - 1) > BEYOND or min(row) < -BEYOND
    ]
    if wrong:
        numbers = {"samples": len(wrong), "first": wrong[0], "total": totals[wrong[0]]}
        yield found(NO_DISTRIBUTION, numbers, layer=evidence.network.layers[-1].name, count=len(totals))


def _flat_outputs(evidence: Evidence) -> Iterator[Finding]:
    """Outputs that are wrong while their delta is hardly anything of their error."""
    layer = evidence.network.layers[-1]
    outputs = [neuron for neuron in layer if not evidence.observed[neuron].is_dead]
    groups = [outputs] if isinstance(layer[0].activation, SharedActivation) else [[neuron] for neuron in outputs]
    tried = [(sample, _lost_in(evidence, group, sample)) for sample in evidence.missed for group in groups]
    lost = [(*found_there, sample) for sample, found_there in tried if found_there is not None]
    samples = {sample for _, _, sample in lost}
    if not lost or len(samples) < STUCK * len(evidence.missed):
        return
    _, neuron, sample = max(lost, key=lambda one: (one[0], -one[2]))
    name, own = neuron.activation.name, evidence.observed[neuron]
    numbers = {"samples": len(samples), "sample": sample, "output": own.outputs[sample]}
    yield found(
        FLAT_OUTPUT + (USE_CROSS_ENTROPY if name in CROSS_ENTROPIES else START_SMALLER),
        {**numbers, "error": own.errors[sample], "delta": own.deltas[sample]},
        neurons=sorted({neuron.name for _, neuron, _ in lost}),
        missed=evidence.of_the_missed(samples),
        neuron=neuron,
        loss=evidence.network.loss_function,
        better_loss=CROSS_ENTROPIES.get(name),
    )


def _lost_in(evidence: Evidence, outputs: Sequence[Neuron], sample: int) -> Optional[tuple[float, Neuron]]:
    """The largest error of these outputs and its neuron, where their deltas are hardly anything of it."""
    observed = [evidence.observed[neuron] for neuron in outputs]
    error, place = max((abs(own.errors[sample]), place) for place, own in enumerate(observed))
    delta = max(abs(own.deltas[sample]) for own in observed)
    output = evidence.network.layers[-1].neurons.index(outputs[place])
    wrong = abs(observed[place].outputs[sample] - evidence.targets[sample][output])
    steepest = observed[place].steepest or SOFTMAX_STEEPEST
    # A cross-entropy makes its error huge on purpose, so that enough is left of it: then that is not what counts.
    lost = wrong > evidence.limits[output] and delta < FLAT * steepest * min(error, wrong)
    return (error, outputs[place]) if lost else None
