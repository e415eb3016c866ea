"""Faults of the outputs: what they can never say, and errors that are lost at their flat ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import inf, isfinite
from typing import Optional

from neuronet.activations import Activation, SharedActivation
from neuronet.diagnosis.evidence import FLAT, REFUSALS, STUCK, Evidence, listed, those
from neuronet.diagnosis.report import Finding
from neuronet.graph import Neuron

BEYOND = 0.01
"""A target is out of range when it is beyond what the activation can say by this share of the targets' own range:
a sigmoid never quite says 0 or 1 either, and that is no fault."""

NETS = [sign * 2.0**power for power in range(5, 21) for sign in (-1, 1)] + [step / 64 for step in range(-1024, 1025)]
"""The nets at which an activation is asked what it can say: from -16 to 16 closely, and out to about a million."""

SOFTMAX_STEEPEST = 0.25
"""An output of softmax changes with its own net by output * (1 - output), which is at most this."""

ENDLESS = 1_000
"""An output beyond this at such nets is taken to grow for ever."""


def look_at_outputs(evidence: Evidence) -> Iterator[Finding]:
    """Targets out of reach, and flat outputs where the network has not learned."""
    yield from _out_of_range(evidence)
    if not evidence.learned and not evidence.problem:
        yield from _flat_outputs(evidence)


def _out_of_range(evidence: Evidence) -> Iterator[Finding]:
    output_row = evidence.network.layers[-1].neurons
    if isinstance(output_row[0].activation, SharedActivation):
        yield from _no_distribution(evidence)
        return
    for neuron, column in zip(output_row, zip(*evidence.targets)):
        reach = _reach(neuron.activation)
        if reach is None:
            continue
        low, high = reach
        margin = BEYOND * ((max(column) - min(column)) or abs(column[0]))
        off = [max(low - target, target - high) for target in column]
        beyond = [sample for sample, distance in enumerate(off) if distance > margin]
        if beyond:
            worst = max(beyond, key=lambda sample: off[sample])
            yield Finding(
                "out of range",
                neuron.name,
                f"The activation of {neuron.name} is {neuron.activation.name}, whose output is {_span(low, high)}. "
                f"{_count(len(beyond), len(column))} a target beyond that, the farthest targets[{worst}] = "
                f"{column[worst]:.4g}: no weights can make the output say it.",
                "take output_activation='linear', or bring the targets into the range of the activation.",
                {
                    "low": low if isfinite(low) else None,
                    "high": high if isfinite(high) else None,
                    "samples": len(beyond),
                    "farthest": column[worst],
                },
            )


def _span(low: float, high: float) -> str:
    """The range of an activation in words."""
    if high == inf:
        return f"never below {low:.4g}"
    return f"never above {high:.4g}" if low == -inf else f"between {low:.4g} and {high:.4g}"


def _no_distribution(evidence: Evidence) -> Iterator[Finding]:
    """Softmax outputs are positive and add up to 1; the targets have to do so too."""
    wrong = []
    for sample, row in enumerate(evidence.targets):
        total = 0.0
        for target in row:
            total += target
        if abs(total - 1) > BEYOND or min(row) < -BEYOND:
            wrong.append((sample, total, row))
    if wrong:
        sample, total, _ = wrong[0]
        yield Finding(
            "out of range",
            f"layer {evidence.network.layers[-1].name}",
            f"Softmax outputs are positive and add up to 1. {_count(len(wrong), len(evidence.targets))} targets that "
            f"do not; those of targets[{sample}] add up to {total:.4g}.",
            "give each sample one target of 1 and the others 0, or take output_activation='sigmoid' where several "
            "classes may be right at once.",
            {"samples": len(wrong), "first": sample, "total": total},
        )


def _count(some: int, all_of_them: int) -> str:
    return f"{some} of {all_of_them} samples {'has' if some == 1 else 'have'}"


def _reach(activation: Activation) -> Optional[tuple[float, float]]:
    """The smallest and the largest output of an activation, infinite where it has no end; None where it has none."""
    outputs = []
    for net in NETS:
        try:
            outputs.append(float(activation.value(net)))
        except REFUSALS:
            continue
    if not outputs:
        return None
    low, high = min(outputs), max(outputs)
    return (low if low >= -ENDLESS else -inf), (high if high <= ENDLESS else inf)


def _flat_outputs(evidence: Evidence) -> Iterator[Finding]:
    """Outputs that are wrong while their delta is hardly anything of their error."""
    network, loss = evidence.network, evidence.network.loss_function
    outputs = [neuron for neuron in network.layers[-1] if not evidence.traces[neuron].is_dead]
    lost: list[tuple[float, int, Neuron]] = []
    for sample in evidence.missed:
        rows = [[neuron] for neuron in outputs]
        if isinstance(network.layers[-1][0].activation, SharedActivation):
            rows = [outputs]
        for row in rows:
            found = _lost_in(evidence, row, sample)
            if found is not None:
                lost.append(found)
    samples = sorted({sample for _, sample, _ in lost})
    if not lost or len(samples) < STUCK * len(evidence.missed):
        return
    _, sample, neuron = max(lost, key=lambda found: (found[0], -found[1]))
    trace = evidence.traces[neuron]
    name = neuron.activation.name
    advice = {
        "sigmoid": "take loss='binary_cross_entropy': with sigmoid outputs its delta is target - output, however wrong "
        "the output is; or start again with smaller weights.",
        "softmax": "take loss='categorical_cross_entropy': with softmax outputs its delta is target - output, however "
        "wrong the output is; or start again with smaller weights.",
    }.get(name, "start again with smaller weights or inputs, or take output_activation='linear'.")
    names = listed(sorted({own.name for _, _, own in lost}))
    yield Finding(
        "flat output",
        names,
        f"In {those(samples, evidence.missed)}, an output is wrong and sure of it. "
        f"In sample {sample} {neuron.name} says {trace.outputs[sample]:.4g}, with an error of "
        f"{trace.errors[sample]:.3g}; the {name} is so flat there that a delta of {trace.deltas[sample]:.2g} is all "
        f"that the loss {loss.name} leaves of it.",
        advice,
        {
            "samples": len(samples),
            "sample": sample,
            "output": trace.outputs[sample],
            "error": trace.errors[sample],
            "delta": trace.deltas[sample],
        },
    )


def _lost_in(evidence: Evidence, row: Sequence[Neuron], sample: int) -> Optional[tuple[float, int, Neuron]]:
    """The largest error of these outputs, its sample and neuron, where their deltas are hardly anything of it."""
    traces = [evidence.traces[neuron] for neuron in row]
    error, place = max((abs(trace.errors[sample]), place) for place, trace in enumerate(traces))
    delta = max(abs(trace.deltas[sample]) for trace in traces)
    output = evidence.network.layers[-1].neurons.index(row[place])
    wrong = abs(traces[place].outputs[sample] - evidence.targets[sample][output])
    steepest = traces[place].steepest or SOFTMAX_STEEPEST
    # A cross-entropy makes its error huge on purpose, so that enough is left of it: then that is not what counts.
    lost = wrong > evidence.limits[output] and delta < FLAT * steepest * min(error, wrong)
    return (error, sample, row[place]) if lost else None
