"""Faults of the slopes: where the error is lost on its way back through the hidden neurons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from neuronet.diagnosis.evidence import FLAT, REFUSALS, STUCK, Evidence, listed, share, those
from neuronet.diagnosis.report import Finding
from neuronet.graph import Layer, Neuron

HOPELESS = 1e-6
"""A neuron whose slope is below this share of the steepest in every sample needs a million steps where one would do.
Between this and `FLAT` a single neuron is no fault: of raw iris measurements, some neurons start flat and others
learn for them."""

MOSTLY = 2 / 3
"""A row is saturated, too, where its neurons are flat in this share of all (neuron, sample) pairs: raw pixels of 0 to
255 make 3/4 of them flat and more, raw iris measurements half at most."""

LARGE = 10
"""Inputs beyond this are named as the cause: weights of -1 to 1 make nets of about such a size of them."""

ALIKE = 0.05
"""Two samples look alike where no source of the outputs differs more between them than this share of the range that
it has over all samples, or of 1 if that is more. A stuck XOR network comes to 0.01 and less."""

MOST_PAIRED = 100
"""So many of the samples that are far off are compared with all others in search of one that looks alike."""


def look_at_slopes(evidence: Evidence) -> Iterator[Finding]:
    """Where the error is lost; nothing of that where the network has learned all the same."""
    if evidence.problem:
        yield Finding(
            "not finite",
            "the walk",
            f"The walk over the samples breaks off at {evidence.problem}.",
            "go back to the first weights with network.reset(), and take smaller inputs or a smaller rate.",
            {"walked": len(evidence.losses)},
        )
        return
    if evidence.learned:
        return
    dead = [neuron for neuron in evidence.network.computing if evidence.traces[neuron].is_dead]
    for layer in evidence.network.layers[1:]:
        own = [neuron for neuron in layer if neuron in dead]
        if own:
            yield _dead_finding(evidence, own, len(layer) - len(own))
    for layer in evidence.hidden:
        yield from _saturated(evidence, layer, dead)
    yield from _alike(evidence)
    yield from _no_gradient(evidence)


def _dead_finding(evidence: Evidence, neurons: Sequence[Neuron], alive: int) -> Finding:
    nets = [net for neuron in neurons for net in evidence.traces[neuron].nets]
    names = listed([neuron.name for neuron in neurons])
    rest = "Another neuron of the row is not dead." if alive == 1 else f"{alive} others of the row are not dead."
    rest = rest if alive else "No other neuron of the row is left."
    functions = listed(sorted({neuron.activation.name for neuron in neurons}))
    count = len(evidence.inputs)
    large = _largest_input(evidence) if _lives_on_small_inputs(evidence, neurons) else 0.0
    return Finding(
        "dead",
        names,
        f"In {'the one sample' if count == 1 else f'all {count} samples'} the net of {names} is between "
        f"{min(nets):.4g} and {max(nets):.4g}, where the slope of {functions} is exactly 0. So the delta is 0 too, "
        f"and while that is so, no weight that leads there moves. {rest}"
        + (f" Inputs of up to {large:.4g} make such nets." if large else ""),
        "bring the inputs to about -1 to 1 and start anew with network.reset()."
        if large
        else "take activation='leaky_relu' or another that has a slope everywhere, other initial weights (another "
        "seed, or weights='he'), or a smaller rate if it died in training.",
        {
            "neurons": [neuron.name for neuron in neurons],
            "smallest_net": min(nets),
            "largest_net": max(nets),
            "alive": alive,
            "samples": len(evidence.inputs),
        },
    )


def _largest_input(evidence: Evidence) -> float:
    return max(max(abs(x) for x in row) for row in evidence.inputs)


def _lives_on_small_inputs(evidence: Evidence, neurons: Sequence[Neuron]) -> bool:
    """Whether these neurons of the first row are dead for large inputs alone: with nets so much smaller they are not.

    A relu below 0 stays there, however small its inputs are.
    """
    biggest = _largest_input(evidence)
    if biggest <= LARGE or neurons[0] not in evidence.network.layers[1].neurons:
        return False
    for neuron in neurons:
        function, small = neuron.activation, [net / biggest for net in evidence.traces[neuron].nets]
        try:
            if not any(function.derivative(net, function.value(net)) for net in small):
                return False
        except REFUSALS:
            return False
    return True


def _saturated(evidence: Evidence, layer: Layer, dead: Sequence[Neuron]) -> Iterator[Finding]:
    """A row in which the error of the missed samples is lost, one mostly flat, or neurons that are flat for good."""
    neurons = [neuron for neuron in layer if neuron not in dead and evidence.traces[neuron].steepest]
    if not neurons:
        return
    traces = [evidence.traces[neuron] for neuron in neurons]
    every = range(len(evidence.inputs))
    flat = [
        (trace, sample)
        for trace in traces
        for sample in every
        if trace.share(sample) < FLAT and not trace.rests(sample)
    ]
    lost = [sample for sample in evidence.missed if all(trace.share(sample) < FLAT for trace in traces)]
    lost = [sample for sample in lost if not all(trace.rests(sample) for trace in traces)]
    hopeless = [neuron for neuron, trace in zip(neurons, traces) if max(map(trace.share, every)) < HOPELESS]
    where = f"layer {layer.name}"
    if len(lost) >= STUCK * len(evidence.missed):
        example = f"sample {lost[0]}" if len(evidence.missed) == 1 else f"such as sample {lost[0]}"
        what = f"In {those(lost, evidence.missed)}, {example}, every neuron of the row is flat"
        flat = [(trace, sample) for trace in traces for sample in lost]
    elif len(flat) >= MOSTLY * len(traces) * len(every):
        often = share(len(flat) / len(traces) / len(every))
        what = f"Over all samples and neurons of the row, {often} are flat"
    elif hopeless:
        where = listed([neuron.name for neuron in hopeless])
        what = f"In all {len(every)} samples {where} {'is' if len(hopeless) == 1 else 'are'} flat"
        neurons, flat = hopeless, [(evidence.traces[neuron], sample) for neuron in hopeless for sample in every]
    else:
        return
    nets = [abs(trace.nets[sample]) for trace, sample in flat]
    best = max(trace.share(sample) for trace, sample in flat)
    biggest = _largest_input(evidence)
    large = biggest > LARGE and layer is evidence.network.layers[1]
    cause = f" Inputs of up to {biggest:.4g} make such nets." if large else ""
    yield Finding(
        "saturated",
        where,
        f"{what}: |net| is {min(nets):.3g} or more there, and the slope at most {share(best)} of the steepest. No more "
        f"than that of the error gets through.{cause}",
        "bring the inputs to about -1 to 1 and start anew with network.reset()."
        if large
        else "start again with another seed or smaller weights, or take more hidden neurons; more epochs will hardly "
        "help.",
        {
            "neurons": [neuron.name for neuron in neurons],
            "flat": len(flat),
            "least_net": min(nets),
            "slope": best,
            "largest_input": biggest,
        },
    )


def _alike(evidence: Evidence) -> Iterator[Finding]:
    """Two samples that want different answers, and that the output cannot tell apart, nor will learn to."""
    network = evidence.network
    sources = {
        synapse.source: None
        for neuron in network.layers[-1]
        for synapse in neuron.incoming
        if not synapse.source.is_bias
    }
    hidden = [neuron for neuron in sources if neuron in evidence.traces]
    if not hidden or len(hidden) < len(sources):  # an input that leads to the output tells what hidden neurons do not
        return
    traces = [evidence.traces[neuron] for neuron in hidden]
    if any(trace.steepest is None for trace in traces):
        return
    ranges = [max(1.0, max(trace.outputs) - min(trace.outputs)) for trace in traces]
    flat = [s for s in range(len(evidence.inputs)) if all(trace.share(s) < FLAT for trace in traces)]
    missed = set(evidence.missed)
    for one in [sample for sample in flat if sample in missed][:MOST_PAIRED]:
        for other in flat:
            gap = max(abs(trace.outputs[one] - trace.outputs[other]) / wide for trace, wide in zip(traces, ranges))
            apart = [
                abs(x - y) > far for x, y, far in zip(evidence.targets[one], evidence.targets[other], evidence.limits)
            ]
            if gap <= ALIKE and any(apart) and evidence.inputs[one] != evidence.inputs[other]:
                output = network.layers[-1].neurons[apart.index(True)]
                yield _alike_finding(evidence, hidden, output, (min(one, other), max(one, other)), gap)
                return


def _alike_finding(
    evidence: Evidence, hidden: Sequence[Neuron], output: Neuron, pair: tuple[int, int], gap: float
) -> Finding:
    one, other = pair
    pairs = [
        f"{neuron.name} {trace.outputs[one]:.3f} and {trace.outputs[other]:.3f}"
        for neuron, trace in ((neuron, evidence.traces[neuron]) for neuron in hidden[:4])
    ]
    said = [evidence.traces[output].outputs[sample] for sample in (one, other)]
    place = evidence.network.layers[-1].neurons.index(output)
    low, high = sorted(evidence.targets[sample][place] for sample in (one, other))
    margin = (high - low) / 10
    between = ", in between" if low + margin < min(said) and max(said) < high - margin else ""
    return Finding(
        "alike",
        f"samples {one} and {other}",
        f"They want different answers, {_row(evidence.targets[one])} and {_row(evidence.targets[other])}, but the "
        f"hidden neurons answer the same to both: {', '.join(pairs)}. To {output.name} they are one sample, so it says "
        f"{said[0]:.3f} and {said[1]:.3f}{between}. The hidden neurons are flat at both, so they hardly learn to "
        "tell them apart.",
        "another seed, or more hidden neurons: as long as one of them tells the samples apart, there is a slope to "
        "follow. More epochs will hardly help.",
        {"first": one, "second": other, "gap": gap},
    )


def _row(numbers: Sequence[float]) -> str:
    return f"[{', '.join(f'{number:g}' for number in numbers[:4])}{', ...' if len(numbers) > 4 else ''}]"


def _no_gradient(evidence: Evidence) -> Iterator[Finding]:
    """No sample moves any weight by even a last digit, at a rate of 1."""
    moving = evidence.moving
    if not moving or any(synapse.weight - evidence.strongest[synapse] != synapse.weight for synapse in moving):
        return
    largest = max(evidence.strongest[synapse] for synapse in moving)
    yield Finding(
        "no gradient",
        "all synapses",
        f"The largest gradient that any sample has at any of the {len(moving)} synapses that may move is "
        f"{largest:.2g}: too small to change a single digit of a weight, even at a rate of 1. Training stands still.",
        "look at the other findings for the cause; then start again with other weights.",
        {"largest": largest, "synapses": len(moving)},
    )
