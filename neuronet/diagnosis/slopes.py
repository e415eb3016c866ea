"""Faults of the slopes: where the error is lost on its way back through the hidden neurons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Optional

from neuronet.diagnosis.evidence import STUCK, Evidence, slope_at, values_at
from neuronet.diagnosis.finding import Finding, found
from neuronet.graph import Layer, Neuron

HOPELESS = 1e-6
"""A neuron whose slope is below this fraction of the steepest in every sample needs a million steps where one would do.
Between this and `FLAT` a single neuron is no fault: of raw iris measurements, some neurons start flat and others
learn for them."""

MOSTLY = 2 / 3
"""A layer is saturated, too, where its neurons are flat in this fraction of all (neuron, sample) pairs: raw pixels of 0
to 255 make 3/4 of them flat and more, raw iris measurements half at most."""

ALIKE = 0.05
"""Two samples look alike where no source of the outputs differs more between them than this fraction of the range that
it has over all samples, or of 1 if that is more. A stuck XOR network comes to 0.01 and less."""

MOST_PAIRED = 100
"""So many of the samples that are far off are compared with all others in search of one that looks alike."""

NOT_FINITE = """
not finite: the walk
The walk over the samples breaks off at {problem}.
Try: go back to the first weights with network.reset(), and take smaller inputs or a smaller learning rate.
"""

DEAD = """
dead: {neurons}
In {samples:the one sample|all {samples} samples} the net of {neurons} is between {smallest_net:.4g} and
{largest_net:.4g}, where the slope of {functions} is exactly 0. So the delta is 0 too, and as long as it is, no weight
that leads there changes. {others}
"""
OTHER_ACTIVATION = """
Try: take activation='leaky_relu' or another that has a slope everywhere, other initial weights (another seed, or
weights='he'), or a smaller learning rate if it died in training.
"""

LAYER_LOSES_ERRORS = """
saturated: layer {layer}
In {missed}, {far:|such as }sample {sample}, every neuron of the layer is
"""
LAYER_MOSTLY_FLAT = """
saturated: layer {layer}
Over all samples and neurons of the layer, {part:percent} are
"""
NEURONS_FLAT = """
saturated: {neurons}
In all {count} samples {neurons} {neurons:is|are}
"""
FLAT_THERE = """
flat: |net| is {least_net:.3g} or more there, and the slope at most {slope:percent} of the steepest. No more than that
of the error gets through.
"""
START_AGAIN = """
Try: start again with another seed or smaller weights, or take more hidden neurons; more epochs will hardly help.
"""

SMALLER_INPUTS = """
Inputs of up to {largest_input:.4g} make such nets.
Try: bring the inputs to about -1 to 1 and start anew with network.reset().
"""

ALIKE_SAMPLES = """
alike: samples {first} and {second}
They have different targets, {targets[0]:row} and {targets[1]:row}, but the hidden neurons have nearly the same outputs
for both: {pairs}. To {output.name} they are one sample, so it says {said:.3f}{between}. The hidden neurons are flat at
both, so they hardly learn to tell them apart.
Try: another seed, or more hidden neurons: as long as one of them tells the samples apart, there is a slope to follow.
More epochs will hardly help.
"""

NO_GRADIENT = """
no gradient: all synapses
The largest gradient that any sample has at any of the {synapses} synapses that are not frozen is {largest:.2g}: too
small to change a single digit of a weight, even at a learning rate of 1. Training stands still.
Try: look at the other findings for the cause; then start again with other weights.
"""


def look_at_slopes(evidence: Evidence) -> Iterator[Finding]:
    """Where the error is lost; nothing of that where the network has learned all the same."""
    if evidence.problem:
        yield found(NOT_FINITE, {"walked": len(evidence.losses)}, problem=evidence.problem)
    elif not evidence.learned:
        for layer in evidence.network.layers[1:]:
            yield from _dead(evidence, layer)
        for layer in evidence.hidden:
            yield from _saturated(evidence, layer)
        yield from _alike(evidence)
        yield from _no_gradient(evidence)


def _dead(evidence: Evidence, layer: Layer) -> Iterator[Finding]:
    dead = [neuron for neuron in layer if evidence.observed[neuron].is_dead]
    if not dead:
        return
    nets = [net for neuron in dead for net in evidence.observed[neuron].nets]
    alive = len(layer) - len(dead)
    others = "Another neuron of the layer is not dead." if alive == 1 else f"{alive} others of the layer are not dead."
    by_inputs = evidence.sees_large_inputs(layer) and _lives_on_small_inputs(evidence, dead)
    numbers = {"neurons": [neuron.name for neuron in dead], "smallest_net": min(nets), "largest_net": max(nets)}
    yield found(
        DEAD + (SMALLER_INPUTS if by_inputs else OTHER_ACTIVATION),
        {**numbers, "alive": alive, "samples": len(evidence.inputs)},
        functions=sorted({neuron.activation.name for neuron in dead}),
        others=others if alive else "No other neuron of the layer is left.",
        largest_input=evidence.largest_input,
    )


def _lives_on_small_inputs(evidence: Evidence, neurons: Sequence[Neuron]) -> bool:
    """Whether these neurons are dead for large inputs alone: with nets so much smaller, each of them has a slope.

    A relu below 0 stays there, however small its inputs are.
    """
    largest = evidence.largest_input
    for neuron in neurons:
        nets = [net / largest for net in evidence.observed[neuron].nets]
        if not any(values_at(nets, partial(slope_at, neuron.activation))):
            return False
    return True


def _saturated(evidence: Evidence, layer: Layer) -> Iterator[Finding]:
    """A layer that loses the error of the missed samples, or is mostly flat, or neurons that are flat for good."""
    observed = {neuron: evidence.observed[neuron] for neuron in layer}
    observed = {neuron: own for neuron, own in observed.items() if own.steepest and not own.is_dead}
    if not observed:
        return
    every, rows = range(len(evidence.inputs)), observed.values()
    pairs = [(own, sample) for own in rows for sample in every if own.is_flat(sample) and not own.is_off(sample)]
    part = len(pairs) / (len(observed) * len(every))
    lost = [sample for sample in evidence.missed if all(own.is_flat(sample) for own in rows)]
    lost = [sample for sample in lost if not all(own.is_off(sample) for own in rows)]
    hopeless = {neuron: own for neuron, own in observed.items() if max(map(own.relative_slope, every)) < HOPELESS}
    if len(lost) >= STUCK * len(evidence.missed):
        opening, pairs = LAYER_LOSES_ERRORS, [(own, sample) for own in rows for sample in lost]
    elif part >= MOSTLY:
        opening = LAYER_MOSTLY_FLAT
    elif hopeless:
        opening, observed = NEURONS_FLAT, hopeless
        pairs = [(own, sample) for own in hopeless.values() for sample in every]
    else:
        return
    yield found(
        opening + FLAT_THERE + (SMALLER_INPUTS if evidence.sees_large_inputs(layer) else START_AGAIN),
        {
            "neurons": [neuron.name for neuron in observed],
            "flat": len(pairs),
            "least_net": min(abs(own.nets[sample]) for own, sample in pairs),
            "slope": max(own.relative_slope(sample) for own, sample in pairs),
            "largest_input": evidence.largest_input,
        },
        layer=layer.name,
        part=part,
        count=len(every),
        missed=evidence.of_the_missed(lost),
        far=len(evidence.missed),
        sample=min(lost, default=None),
    )


def _alike(evidence: Evidence) -> Iterator[Finding]:
    """Two samples that want different answers, and that the output cannot tell apart, nor will learn to."""
    incoming = [synapse for neuron in evidence.network.layers[-1] for synapse in neuron.incoming]
    sources = list(dict.fromkeys(synapse.source for synapse in incoming if not synapse.source.is_bias))
    # An input that leads to the output can tell apart what hidden neurons cannot.
    observed = [evidence.observed[neuron] for neuron in sources if neuron in evidence.observed]
    if not sources or len(observed) < len(sources) or any(own.steepest is None for own in observed):
        return
    ranges = [max(1.0, max(own.outputs) - min(own.outputs)) for own in observed]
    flat = [sample for sample in range(len(evidence.inputs)) if all(own.is_flat(sample) for own in observed)]
    missed = set(evidence.missed)
    for one in [sample for sample in flat if sample in missed][:MOST_PAIRED]:
        for other in flat:
            gap = max(abs(own.outputs[one] - own.outputs[other]) / wide for own, wide in zip(observed, ranges))
            apart = _output_apart(evidence, one, other)
            if gap <= ALIKE and apart is not None and evidence.inputs[one] != evidence.inputs[other]:
                yield _alike_finding(evidence, sources, apart, sorted((one, other)), gap)
                return


def _output_apart(evidence: Evidence, one: int, other: int) -> Optional[int]:
    """The place of the first output that has targets far apart in these two samples."""
    wanted = zip(evidence.targets[one], evidence.targets[other], evidence.limits)
    return next((place for place, (x, y, far) in enumerate(wanted) if abs(x - y) > far), None)


def _alike_finding(
    evidence: Evidence, sources: Sequence[Neuron], place: int, samples: Sequence[int], gap: float
) -> Finding:
    """What two samples look like to the output at this place.

    sources: where the synapses to the outputs come from.
    """
    first, second = samples
    output = evidence.network.layers[-1][place]
    said = [evidence.observed[output].outputs[sample] for sample in samples]
    low, high = sorted(evidence.targets[sample][place] for sample in samples)
    margin = (high - low) / 10
    hidden = [(neuron.name, evidence.observed[neuron].outputs) for neuron in sources[:4]]
    return found(
        ALIKE_SAMPLES,
        {"first": first, "second": second, "gap": gap},
        targets=[evidence.targets[sample] for sample in samples],
        pairs=", ".join(f"{name} {outputs[first]:.3f} and {outputs[second]:.3f}" for name, outputs in hidden),
        output=output,
        said=said,
        between=", in between" if low + margin < min(said) and max(said) < high - margin else "",
    )


def _no_gradient(evidence: Evidence) -> Iterator[Finding]:
    """No sample moves any weight by even a last digit, at a rate of 1."""
    moving = evidence.moving
    if moving and all(synapse.weight - evidence.strongest[synapse] == synapse.weight for synapse in moving):
        largest = max(evidence.strongest[synapse] for synapse in moving)
        yield found(NO_GRADIENT, {"largest": largest, "synapses": len(moving)})
