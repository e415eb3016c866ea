"""Faults of the data, seen without any network: contradictions, numbers that never change, inputs out of scale."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

from neuronet.diagnosis.evidence import Evidence, listed
from neuronet.diagnosis.report import Finding

DWARFS = 30
"""An input so many times larger than the others is out of scale. The loss is as many times *squared* more strongly
curved by its weights as by the others, and the rate has to suit the strongest: beyond 30 the weights of the others
learn about a thousand times more slowly. Measured flowers (iris) differ 5 times, years beside 0 and 1 some 2000 times.
"""


def look_at_samples(evidence: Evidence) -> Iterator[Finding]:
    """What is wrong with the samples alone."""
    yield from _contradictions(evidence)
    if len(evidence.inputs) > 1:
        yield from _same_targets(evidence)
        if not evidence.learned:
            yield from _constant_inputs(evidence)
            yield from _out_of_scale(evidence)


def _contradictions(evidence: Evidence) -> Iterator[Finding]:
    groups: dict[tuple[float, ...], list[int]] = {}
    for sample, row in enumerate(evidence.inputs):
        groups.setdefault(tuple(row), []).append(sample)
    pairs = []
    for group in groups.values():
        for column, limit in zip(zip(*(evidence.targets[sample] for sample in group)), evidence.limits):
            if max(column) - min(column) > limit:
                low, high = group[column.index(min(column))], group[column.index(max(column))]
                pairs.append((min(low, high), max(low, high), len(group)))
                break
    if not pairs:
        return
    one, other, _ = pairs[0]
    count = 0
    for _, _, size in pairs:
        count += size
    yield Finding(
        "contradiction",
        f"inputs[{one}] and inputs[{other}]" + (f" and {len(pairs) - 1} more groups" if len(pairs) > 1 else ""),
        f"{count} of {len(evidence.inputs)} samples have the same inputs as another one that wants another answer: "
        f"inputs[{one}] and inputs[{other}] are both {_row(evidence.inputs[one])}, but targets[{one}] is "
        f"{_row(evidence.targets[one])} and targets[{other}] is {_row(evidence.targets[other])}. Equal inputs give "
        "equal outputs, so the best that any network can do is to answer something in between.",
        "correct the targets, or add an input that tells the samples apart.",
        {"samples": count, "groups": len(pairs), "first": one, "second": other},
    )


def _same_targets(evidence: Evidence) -> Iterator[Finding]:
    constant = [
        (neuron.name, column[0])
        for neuron, column in zip(evidence.network.layers[-1], zip(*evidence.targets))
        if min(column) == max(column)
    ]
    if constant:
        names = listed([name for name, _ in constant])
        wanted = listed([f"{value:g}" for _, value in constant])
        yield Finding(
            "same targets",
            names,
            f"In all {len(evidence.inputs)} samples the {'target' if len(constant) == 1 else 'targets'} of {names} "
            f"{'is' if len(constant) == 1 else 'are'} {wanted}. That can be learned by a bias "
            "alone, whatever the inputs are, so nothing about the inputs is learned.",
            "look at how the targets were made, and add samples that want other answers.",
            {"outputs": [name for name, _ in constant], "targets": [value for _, value in constant]},
        )


def _constant_inputs(evidence: Evidence) -> Iterator[Finding]:
    constant = [
        (neuron.name, column[0])
        for neuron, column in zip(evidence.network.layers[0], zip(*evidence.inputs))
        if min(column) == max(column)
    ]
    if constant:
        names = listed([name for name, _ in constant])
        values = listed([f"{value:g}" for _, value in constant])
        yield Finding(
            "constant input",
            names,
            f"In all {len(evidence.inputs)} samples {names} {'is' if len(constant) == 1 else 'are'} {values}. What "
            "never changes cannot tell two samples apart; at best it is a second bias.",
            "leave the input out, or look at how the inputs were made.",
            {"inputs": [name for name, _ in constant], "values": [value for _, value in constant]},
        )


def _out_of_scale(evidence: Evidence) -> Iterator[Finding]:
    sizes = [max(abs(x) for x in column) for column in zip(*evidence.inputs)]
    for place, neuron in enumerate(evidence.network.layers[0]):
        others = sorted(size for other, size in enumerate(sizes) if other != place and size > 0)
        if not others:
            continue
        usual = others[(len(others) - 1) // 2]
        times = sizes[place] / usual
        if times >= DWARFS:
            yield Finding(
                "input scale",
                neuron.name,
                f"{neuron.name} goes up to {sizes[place]:.4g}, the other inputs to about {usual:.4g}: it is "
                f"{_many(times)} times as large. Gradients grow with the input, so a rate that suits {neuron.name} is "
                "far too small for the others, and one that suits them is far too large for it.",
                f"bring all inputs to about the same size: divide {neuron.name} by {sizes[place]:.4g}, for example.",
                {"largest": sizes[place], "others": usual, "times": times},
            )


def _many(times: float) -> str:
    """A large number in words."""
    return f"{times:,.0f}" if times < 1e6 else f"{times:.3g}" if times < inf else "more than 1e308"


def _row(numbers: list[float]) -> str:
    return f"[{', '.join(f'{number:g}' for number in numbers[:6])}{', ...' if len(numbers) > 6 else ''}]"
