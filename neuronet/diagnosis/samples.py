"""Faults of the data, seen without any network: contradictions, numbers that never change, inputs out of scale."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import inf

from neuronet.data.wording import counted
from neuronet.diagnosis.evidence import Evidence
from neuronet.diagnosis.finding import Finding, found
from neuronet.graph import Layer

DWARFS = 30
"""An input so many times larger than the others is out of scale. The loss is as many times *squared* more strongly
curved by its weights as by the others, and the rate has to suit the strongest: beyond 30 the weights of the others
learn about a thousand times more slowly. Measured flowers (iris) differ 5 times, years beside 0 and 1 some 2000 times.
"""

CONTRADICTION = """
contradiction: inputs[{first}] and inputs[{second}]{more}
{samples} of {count} samples have the same inputs as another sample with a different target: inputs[{first}] and
inputs[{second}] are both {inputs:row}, but targets[{first}] is {targets[0]:row} and targets[{second}] is
{targets[1]:row}. Equal inputs give equal outputs, so the best that any network can do is something in between.
Try: correct the targets, or add an input that tells the samples apart.
"""

SAME_TARGETS = """
same targets: {outputs}
In all {count} samples the {outputs:target|targets} of {outputs} {outputs:is|are} {targets:g}. A bias alone can learn
that, whatever the inputs are, so nothing is learned from the inputs.
Try: look at how the targets were made, and add samples with other targets.
"""

CONSTANT_INPUT = """
constant input: {inputs}
In all {count} samples {inputs} {inputs:is|are} {values:g}. An input that never changes cannot tell two samples apart;
at best it is a second bias.
Try: leave the input out, or look at how the inputs were made.
"""

INPUT_SCALE = """
input scale: {input}
{input} goes up to {largest:.4g}, the other inputs to about {others:.4g}: it is {many} times as large. Gradients grow
with the input, so a learning rate that suits {input} is far too small for the others, and one that suits them is far
too large for it.
Try: bring all inputs to about the same size: divide {input} by {largest:.4g}, for example.
"""


def look_at_samples(evidence: Evidence) -> Iterator[Finding]:
    """What is wrong with the samples alone."""
    yield from _contradictions(evidence)
    count = len(evidence.inputs)
    if count > 1:
        outputs, targets = _constant_columns(evidence.network.layers[-1], evidence.targets)
        if outputs:
            yield found(SAME_TARGETS, {"outputs": outputs, "targets": targets}, count=count)
        if not evidence.learned:
            inputs, values = _constant_columns(evidence.network.layers[0], evidence.inputs)
            if inputs:
                yield found(CONSTANT_INPUT, {"inputs": inputs, "values": values}, count=count)
            yield from _out_of_scale(evidence)


def _contradictions(evidence: Evidence) -> Iterator[Finding]:
    groups: dict[tuple[float, ...], list[int]] = {}
    for sample, row in enumerate(evidence.inputs):
        groups.setdefault(tuple(row), []).append(sample)
    pairs, samples = [], 0
    for group in groups.values():
        for column, limit in zip(zip(*(evidence.targets[sample] for sample in group)), evidence.limits):
            if max(column) - min(column) > limit:
                pairs.append(sorted((group[column.index(min(column))], group[column.index(max(column))])))
                samples += len(group)
                break
    if pairs:
        first, second = pairs[0]
        more = f" and {counted(len(pairs) - 1, 'more group')}" if len(pairs) > 1 else ""
        numbers = {"samples": samples, "groups": len(pairs), "first": first, "second": second}
        words = {"inputs": evidence.inputs[first], "targets": [evidence.targets[sample] for sample in pairs[0]]}
        yield found(CONTRADICTION, numbers, count=len(evidence.inputs), more=more, **words)


def _constant_columns(layer: Layer, rows: Sequence[Sequence[float]]) -> tuple[list[str], list[float]]:
    """The names of the neurons whose number is the same in every sample, and these numbers."""
    constant = [(neuron.name, column[0]) for neuron, column in zip(layer, zip(*rows)) if min(column) == max(column)]
    return [name for name, _ in constant], [value for _, value in constant]


def _out_of_scale(evidence: Evidence) -> Iterator[Finding]:
    sizes = [max(abs(x) for x in column) for column in zip(*evidence.inputs)]
    for place, neuron in enumerate(evidence.network.layers[0]):
        others = sorted(size for other, size in enumerate(sizes) if other != place and size > 0)
        if not others:
            continue
        usual = others[(len(others) - 1) // 2]
        times = sizes[place] / usual
        if times >= DWARFS:
            many = f"{times:,.0f}" if times < 1e6 else f"{times:.3g}" if times < inf else "more than 1e308"
            numbers = {"largest": sizes[place], "others": usual, "times": times}
            yield found(INPUT_SCALE, numbers, input=neuron.name, many=many)
