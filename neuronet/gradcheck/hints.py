"""Guesses at the cause of a failure: most slips leave a pattern in the numbers that are wrong.

First the pattern of the gradients themselves is read: one factor in all of them, biases only, the right numbers in the
wrong places. Where that says nothing, the samples are looked at one by one, and then the last layer whose deltas are
wrong: a delta is an error times a slope, and each famous way to get one of the two wrong is tried on for size.

A guess is a question. What fits no pattern gets none, only the place to look at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, Optional

from neuronet.activations import Activation
from neuronet.gradcheck.bench import Backward, Bench, Parameter
from neuronet.gradcheck.references import complex_step, has_kink
from neuronet.gradcheck.report import FAIL, Entry
from neuronet.graph import Neuron
from neuronet.scalar import Number

SAME = 1e-6
"""Two numbers within this of each other, beside the larger, count as the same; slips differ by whole factors."""

MOST_WALKS = 20_000
"""No guess is worth more forward walks than this."""

REFUSALS = (TypeError, AttributeError, ValueError, ArithmeticError)
"""What a formula raises where a number cannot flow through it; then there is no guess."""


def hints_for(bench: Bench, entries: Sequence[Entry], backward: Optional[Backward] = None) -> list[str]:
    """The guess that the failures suggest, or the place to look at where they suggest none; nothing without failures.

    bench: the network and its samples, whose numbers are kept by the caller.
    backward: the caller's own backward walk, or None.
    """
    failed = [entry for entry in entries if entry.status == FAIL]
    if not failed:
        return []
    if all(entry.reason == "second call" for entry in failed):
        forgotten = "a second walk finds other gradients: are they, or something the walk remembers, not cleared?"
        return [_sample_by_sample(bench, backward) or forgotten]
    if backward is not None and all(entry.gradient == 0 for entry in entries):
        return ["every gradient is 0: does the backward walk leave them on synapse.gradient?"]
    if not bench.synapses:  # a function of the caller's own has no walk to guess at
        guess = _one_offset(bench, failed) or _place(entries, failed)
        return [] if guess is None else [guess]
    guess = (
        _wrong_function(bench)
        or _first_weights(entries, failed)
        or _one_factor(bench, entries, failed)
        or _one_offset(bench, failed)
        or _only_biases(bench, entries, failed)
        or _only_weights(bench, entries, failed)
        or _sample_by_sample(bench, backward)
        or layer_guess(bench, backward)
        or _place(entries, failed)
    )
    return [] if guess is None else [guess]


def same(one: Number, other: Number) -> bool:
    """Whether two numbers are the same but for rounding."""
    return bool(abs(one - other) <= SAME * max(abs(one), abs(other)))


# Patterns of the gradients.


def _wrong_function(bench: Bench) -> Optional[str]:
    """An activation or a loss whose derivative does not belong to its value."""
    network, loss = bench.network, bench.network.loss_function
    for row, wanted in zip(bench.inputs, bench.targets):
        network.propagate(row)
        for layer in network.layers[1:]:
            for neuron in layer:
                function = neuron.activation
                if isinstance(function, Activation):
                    says = function.derivative(neuron.net, neuron.output)
                    if _disagree(function.value, neuron.net, says):
                        return (
                            f"the derivative of the activation {function.name} does not belong to its value: "
                            f"look at it for a net of {neuron.net:.4g}"
                        )
        for neuron, target in zip(network.layers[-1], wanted):
            # As a default argument, the target is bound now and not when the function is called.
            says = loss.derivative(target, neuron.output)
            if _disagree(lambda output, target=target: loss.value(target, output), neuron.output, says):
                return (
                    f"the derivative of the loss {loss.name} does not belong to its value: "
                    f"look at it for an output of {neuron.output:.4g} and a target of {target:.4g}"
                )
    return None


def _disagree(function: Any, at: float, says: Number) -> bool:
    try:
        slope = complex_step(function, at).value
        return not (same(says, slope) or abs(says - slope) <= 1e-12 or has_kink(function, at))
    except REFUSALS:
        return False


def _first_weights(entries: Sequence[Entry], failed: Sequence[Entry]) -> Optional[str]:
    """The first weight of each neuron has no gradient, and the others are right."""
    weights = [entry for entry in entries if entry.kind == "weight"]
    firsts = [own[0] for own in _by_neuron(weights) if len(own) > 1]
    if not set(failed) <= set(firsts) or any(entry.gradient != 0 for entry in failed):
        return None
    return "the first weight of each neuron has no gradient: does the loop over the weights begin one too late?"


def _one_factor(bench: Bench, entries: Sequence[Entry], failed: Sequence[Entry]) -> Optional[str]:
    """One and the same ratio in all that failed, and it is one that a slip is known for."""
    ratio = _common_ratio(entries, failed)
    if ratio is None:
        return None
    places, last = _in_order(entries, failed), bench.network.layers[-1].name
    if same(ratio, -1) and last not in places:
        return (
            f"layer {last} is right, and the sign is turned round in {', '.join(places)}: "
            "is it that of the hidden error? (Two turns cancel, so that every other layer looks right.)"
        )
    causes = _causes(ratio, bench)
    return f"ratio {ratio:.4g} {_where(entries, failed)}: {', or '.join(causes)}?" if causes else None


def _common_ratio(entries: Sequence[Entry], failed: Sequence[Entry]) -> Optional[float]:
    """The ratio of all that failed, where their layers have nothing that is right; None where it is not one."""
    ratio = failed[0].ratio
    if len(failed) < 2 or ratio is None or ratio == 0 or same(ratio, 1):
        return None
    places = {entry.layer for entry in failed}
    there = [*failed, *(entry for entry in entries if entry.layer in places and not entry.is_zero)]
    return ratio if all(_has_ratio(entry, ratio) for entry in there) else None


def _where(entries: Sequence[Entry], failed: Sequence[Entry]) -> str:
    layers = {entry.layer for entry in entries}
    places = _in_order(entries, failed)
    return "everywhere" if len(places) == len(layers) else f"in {', '.join(places)}"


def _has_ratio(entry: Entry, ratio: float) -> bool:
    return entry.ratio is not None and same(entry.ratio, ratio)


def _causes(ratio: float, bench: Bench) -> list[str]:
    samples, outputs, averages = len(bench.inputs), len(bench.targets[0]), bench.network.loss_function.average
    causes = [
        (-1.0, "is the sign turned round, as in output - target where target - output belongs"),
        (2.0, "is the one half of the loss forgotten in its derivative"),
        (0.5, "is the one half of the loss counted twice"),
    ]
    if samples > 1:
        causes.append((float(samples), "is it a sum over the samples where a mean belongs"))
        causes.append((1 / samples, "is it divided by the number of samples twice"))
    if outputs > 1:
        summed, averaged = "a sum over the outputs where a mean belongs", "a mean over the outputs where a sum belongs"
        causes.append((float(outputs), f"is it {summed}") if averages else (1 / outputs, f"is it {averaged}"))
    return [cause for factor, cause in causes if same(ratio, factor)]


def _one_offset(bench: Bench, failed: Sequence[Entry]) -> Optional[str]:
    """The same number added to all, or all of them rounded."""
    if len(failed) < 3 or any(entry.reference is None or entry.gradient is None for entry in failed):
        return None
    offsets = [float(entry.gradient - entry.reference) for entry in failed]
    pairs = list(zip(offsets, failed))
    if all(abs(offset - offsets[0]) <= 1e-3 * abs(offsets[0]) for offset in offsets):
        return f"every gradient is too large by {offsets[0]:.4g}: is something added to it?"
    samples = len(bench.inputs)
    for digits in range(2, 8):
        if all(abs(offset) <= 10**-digits and _ends(entry.gradient * samples, digits) for offset, entry in pairs):
            return f"no gradient has more than {digits} decimals: are they rounded?"
    return None


def _ends(total: Number, digits: int) -> bool:
    return bool(abs(float(total) - round(float(total), digits)) <= 1e-13 * max(1, abs(float(total))))


def _only_biases(bench: Bench, entries: Sequence[Entry], failed: Sequence[Entry]) -> Optional[str]:
    if not _only_kind("bias", entries, failed):
        return None
    if all(entry.gradient == 0 for entry in failed):
        return "the biases have no gradient: are they left out of the backward walk?"
    if all(entry.reference == 0 for entry in failed):
        return "the loss does not depend on the biases: are they left out of the forward walk?"
    biases = _weights_of(bench, failed)
    if all(entry.ratio is not None and same(entry.ratio, bias) for entry, bias in zip(failed, biases)):
        return "each ratio is the bias itself: is its gradient multiplied by the bias, where 1 belongs?"
    if _proportional(failed, biases):
        return "each bias is off by the same multiple of itself: does a penalty on the weights count the biases too?"
    return None


def _only_weights(bench: Bench, entries: Sequence[Entry], failed: Sequence[Entry]) -> Optional[str]:
    if not _only_kind("weight", entries, failed):
        return None
    if _proportional(failed, _weights_of(bench, failed)):
        return "each weight is off by the same multiple of itself: does a penalty pull harder than the loss says?"
    neurons = [own for own in _by_neuron([entry for entry in entries if entry.kind == "weight"]) if len(own) > 1]
    if neurons and all(same(entry.gradient, own[0].gradient) for own in neurons for entry in own):
        return (
            "all weights of a neuron have the same gradient: is the delta multiplied by the neuron's own output "
            "instead of the source's?"
        )
    if neurons and all(_same_numbers(own) for own in neurons):
        return "the right gradients stand at the wrong weights of their neuron: is an index off by one?"
    return None


def _only_kind(kind: str, entries: Sequence[Entry], failed: Sequence[Entry]) -> bool:
    others = {entry.kind for entry in entries} - {kind}
    return bool(others & {"weight", "bias"}) and all(entry.kind == kind for entry in failed)


def _proportional(failed: Sequence[Entry], weights: Sequence[float]) -> bool:
    """Whether each gradient is off by the same multiple of its weight."""
    pairs = [(entry.gradient - entry.reference, weight) for entry, weight in zip(failed, weights) if weight != 0]
    if len(pairs) < 2:
        return False
    multiples = [float(off / weight) for off, weight in pairs]
    return all(abs(multiple - multiples[0]) <= 1e-4 * abs(multiples[0]) for multiple in multiples)


def _same_numbers(own: Sequence[Entry]) -> bool:
    pairs = zip(sorted(entry.gradient for entry in own), sorted(entry.reference for entry in own))
    return all(abs(gradient - reference) <= SAME * max(abs(e.reference) for e in own) for gradient, reference in pairs)


def _weights_of(bench: Bench, failed: Sequence[Entry]) -> list[float]:
    weight = {parameter.name: bench.value(parameter) for parameter in bench.parameters(("weights", "biases"))}
    return [float(weight[entry.name]) for entry in failed]


def _by_neuron(entries: Sequence[Entry]) -> list[list[Entry]]:
    neurons: dict[str, list[Entry]] = {}
    for entry in entries:
        neurons.setdefault(entry.name.split(" -> ")[-1], []).append(entry)
    return list(neurons.values())


def _in_order(entries: Sequence[Entry], failed: Sequence[Entry]) -> list[str]:
    wrong = {entry.layer for entry in failed}
    return [layer for layer in dict.fromkeys(entry.layer for entry in entries) if layer in wrong]


def _place(entries: Sequence[Entry], failed: Sequence[Entry]) -> Optional[str]:
    """Where to look, from what is wrong and what is not."""
    ratio = _common_ratio(entries, failed)
    if ratio is not None:
        slip = "is the sign turned round" if same(ratio, -1) else "is there one factor too many"
        return f"ratio {ratio:.6g} {_where(entries, failed)}: {slip}?"
    if len(failed) == 1 and len(entries) > 3:
        return f"only {failed[0].name} is wrong: is it treated apart?"
    if _only_kind("bias", entries, failed):
        return "only the biases are wrong: are they treated apart?"
    if _only_kind("weight", entries, failed):
        return "only the weights are wrong, so the deltas are right: are they multiplied by the output of the source?"
    layers = list(dict.fromkeys(entry.layer for entry in entries))
    wrong = _in_order(entries, failed)
    if len(layers) < 2:
        return None
    if layers[-1] not in wrong:
        return f"layer {layers[-1]} is right, {', '.join(wrong)} wrong: look at the hidden error and its delta"
    if wrong == [layers[-1]]:
        return f"only layer {layers[-1]} is wrong: look at how its gradients are put together"
    return None


# Sample by sample.


def _single(bench: Bench, backward: Optional[Backward]) -> Iterator[Bench]:
    """A bench for each sample alone, after two walks over it with nothing left from any other sample."""
    for row, wanted in zip(bench.inputs, bench.targets):
        one = Bench(bench.network, [row], [wanted])
        for _ in range(2):
            for neuron in bench.network.neurons:
                neuron.error = neuron.delta = None
            one.gradients([], backward)
        yield one


def _sample_by_sample(bench: Bench, backward: Optional[Backward]) -> Optional[str]:
    """Every sample is right alone, or what is wrong in it stops at one limit."""
    parameters = bench.parameters(("weights", "biases"))
    if len(parameters) * len(bench.inputs) > MOST_WALKS:
        return None
    wrong: list[tuple[float, float]] = []
    try:
        for one in _single(bench, backward):
            gradients = [parameter.synapse.gradient for parameter in parameters if parameter.synapse is not None]
            slopes = [complex_step(one.loss_by(parameter), one.value(parameter)).value for parameter in parameters]
            largest = max(abs(slope) for slope in slopes)
            wrong += [pair for pair in zip(gradients, slopes) if _differ(*pair, largest)]
    except REFUSALS:
        return None
    if not wrong:
        if len(bench.inputs) < 2:
            return None
        return "every sample is right alone: is something carried over to the next one, such as a target or an error?"
    limit = abs(wrong[0][0])
    if limit > 0 and all(abs(gradient) == limit < abs(slope) for gradient, slope in wrong):
        return f"no gradient of a sample is beyond {limit:.4g}: are they cut off there?"
    return None


def _differ(one: float, other: float, largest: float) -> bool:
    """Whether two of many numbers differ by more than rounding, given the largest of them."""
    return not same(one, other) and abs(one - other) > 1e-9 * largest


# The last layer whose deltas are wrong.


class Look(NamedTuple):
    """A neuron in one sample."""

    delta: float
    """What the walk left on it."""
    right: float
    """What it should be, from the loss."""
    flat: bool
    """Whether the activation says that its slope is 0 there."""
    factors: dict[str, float]
    """delta / right for each slip that is known."""


def layer_guess(bench: Bench, backward: Optional[Backward] = None) -> Optional[str]:
    """The known slip, if any, that explains every wrong delta of the last layer that has one."""
    neurons = bench.network.computing
    if len(neurons) * len(bench.inputs) > MOST_WALKS:
        return None
    try:
        for layer in reversed(bench.network.layers[1:]):
            looks = [look for one in _single(bench, backward) for look in _wrong_looks(one, layer.neurons)]
            if looks:
                return _explained(layer.name, looks)
    except REFUSALS:
        pass
    return None


def _explained(layer: str, looks: Sequence[Look]) -> Optional[str]:
    if all(look.right == 0 for look in looks):
        if all(look.flat for look in looks):
            return f"layer {layer}: is the slope of the activation missing from the delta?"
        return f"layer {layer}: the loss does not depend on the net there: is it cut off in the forward walk?"
    for slip in looks[0].factors:
        if all(slip in look.factors and same(look.delta, look.right * look.factors[slip]) for look in looks):
            return f"layer {layer}: {slip}?"
    return None


def _wrong_looks(one: Bench, neurons: Sequence[Neuron]) -> list[Look]:
    """The neurons whose delta is wrong in this sample, with what each slip would make of it."""
    # First everything that the walk left, because finding the right deltas walks anew.
    looks = [Look(neuron.delta, 0.0, _is_flat(neuron), _known_slips(neuron)) for neuron in neurons]
    looks = [look._replace(right=_right_delta(one, neuron)) for look, neuron in zip(looks, neurons)]
    largest = max(abs(look.right) for look in looks)
    return [look for look in looks if _differ(look.delta, look.right, largest)]


def _is_flat(neuron: Neuron) -> bool:
    function = neuron.activation
    return isinstance(function, Activation) and bool(function.derivative(neuron.net, neuron.output) == 0)


def _right_delta(one: Bench, neuron: Neuron) -> float:
    """-d loss / d net, from the slope by the weight of a synapse that brings something in."""
    synapse = next((synapse for synapse in neuron.incoming if synapse.source.output != 0), None)
    if synapse is None:
        raise ArithmeticError(f"{neuron.name}: nothing comes in by which its delta could be known")
    came_in = synapse.source.output
    slope = complex_step(one.loss_by(Parameter("weight", "", "", synapse)), synapse.weight).value
    return float(-slope / came_in)


def _known_slips(neuron: Neuron) -> dict[str, float]:
    """By what factor each slip would make the delta wrong, in words that follow "layer hidden:"."""
    net, output, function = neuron.net, neuron.output, neuron.activation
    factors: dict[str, float] = {}
    if isinstance(function, Activation):
        slope = float(function.derivative(net, output))
        if slope != 0:
            twice, mistaken = function.value(output), function.derivative(net, net)
            factors = {
                "is the slope of the activation missing from the delta": 1 / slope,
                "is the slope multiplied in where it should not be": slope,
                "is the net put where the formula of the slope wants the output": mistaken / slope,
                "is the slope taken at the output instead of at the net": function.derivative(output, twice) / slope,
                "is the output taken for the slope": output / slope,
                "is the slope 1 - output, where 1 - output^2 belongs": (1 - output) / slope,
            }
    else:
        factors["is the slope multiplied in where it should not be"] = output * (1 - output)
    return {**factors, **_slips_of_error(neuron)}


def _slips_of_error(neuron: Neuron) -> dict[str, float]:
    terms = [synapse.weight * synapse.destination.delta for synapse in neuron.outgoing]
    error = 0.0
    for term in terms:
        error += term
    if error == 0:
        return {}
    slips = {"has the hidden error the wrong sign": -1.0, "does no error come back": 0.0}
    if len(terms) > 1:
        slips["does only the last of the neurons ahead count, an = where += belongs"] = terms[-1] / error
        slips["is the last of the neurons ahead left out"] = (error - terms[-1]) / error
        slips["are the weights read with row and column swapped"] = _swapped(neuron) / error
    return slips


def _swapped(neuron: Neuron) -> float:
    """The hidden error with the table of weights read as though it lay on its other side."""
    ahead = [synapse.destination for synapse in neuron.outgoing]
    table = [synapse for other in ahead for synapse in other.incoming if not synapse.source.is_bias]
    row = [synapse.source for synapse in table].index(neuron)
    error = 0.0
    for place, other in enumerate(ahead):
        error += table[(row * len(ahead) + place) % len(table)].weight * other.delta
    return error
