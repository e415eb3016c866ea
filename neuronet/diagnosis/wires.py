"""Faults of the graph and its weights: what cannot move, what leads nowhere, what is missing, and twins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from neuronet.activations import ACTIVATIONS, Activation, SharedActivation, hyperbolic_tangent, linear, sigmoid, softmax
from neuronet.diagnosis.evidence import Evidence, listed
from neuronet.diagnosis.report import Finding, has_learned
from neuronet.diagnosis.separable import MOST_INPUTS, best_line, hidden_for_parity, meeting_point, parity_bits
from neuronet.graph import Neuron

MONOTONE = tuple(function for function in ACTIVATIONS.values() if isinstance(function, Activation))
"""None of these falls as the net grows: through a single such neuron only a straight line can be drawn."""

EASY = 2
"""So many hidden neurons for each bit of parity are advised: with tanh, rate 0.05 and cross-entropy, 2000 epochs were
enough for all of the seeds 0 to 19 with 3, 4 and 5 bits; with the fewest neurons for 10, 0 and 0 of them."""


def look_at_wires(evidence: Evidence) -> Iterator[Finding]:
    """What is wrong with the graph and its weights; nothing where the network has learned all the same."""
    if evidence.learned:
        return
    yield from _frozen(evidence)
    yield from _unconnected(evidence)
    yield from _too_small(evidence)
    yield from _twins(evidence)


def _frozen(evidence: Evidence) -> Iterator[Finding]:
    if not evidence.moving:
        count = len(evidence.synapses)
        shows = f"Each of the {count} synapses is frozen, so no update changes anything."
        if count == 0:
            shows = "The network has no synapse at all, so there is nothing that an update could change."
        yield Finding(
            "frozen",
            "all synapses",
            shows,
            "set synapse.frozen = False where the network is to learn." if count else "connect its neurons.",
            {"synapses": count},
        )


def _unconnected(evidence: Evidence) -> Iterator[Finding]:
    network = evidence.network
    heard = _reached(network.layers[0].neurons, forward=True)
    used = _reached(network.layers[-1].neurons, forward=False)
    deaf = [neuron for neuron in network.computing if neuron not in heard]
    mute = [neuron for layer in network.layers[:-1] for neuron in layer if neuron not in used and neuron not in deaf]
    for neurons, gap, effect in (
        (deaf, "No path leads from any input to", "What no input reaches answers the same to every sample."),
        (mute, "No path leads to any output from", "What leads to no output changes nothing, and no error comes back."),
    ):
        if neurons:
            names = listed([neuron.name for neuron in neurons])
            yield Finding(
                "unconnected",
                names,
                f"{gap} {names}. {effect}",
                "network.connect(source, destination), or a network without what is not used.",
                {"neurons": [neuron.name for neuron in neurons]},
            )


def _reached(start: Sequence[Neuron], forward: bool) -> set[Neuron]:
    """Every neuron that a path leads to from these, or with `forward` False, from which one leads to these."""
    found, waiting = set(start), list(start)
    while waiting:
        neuron = waiting.pop()
        for synapse in neuron.outgoing if forward else neuron.incoming:
            ahead = synapse.destination if forward else synapse.source
            if ahead not in found:
                found.add(ahead)
                waiting.append(ahead)
    return found


# Too small for the task.


class Division(NamedTuple):
    """Two classes of samples that an output has to divide, as positions of samples."""

    name: str
    first: list[int]
    second: list[int]


def _too_small(evidence: Evidence) -> Iterator[Finding]:
    lines = _lines(evidence)
    for division in _divisions(evidence):
        high = set(division.first)
        bits = parity_bits(evidence.inputs, [sample in high for sample in range(len(evidence.inputs))])
        if lines:
            yield from _undivided(evidence, division, bits, lines)
        elif bits and _is_plain(evidence):
            yield from _short_of_parity(evidence, division, bits)


def _lines(evidence: Evidence) -> str:
    """Why the network can only divide by a straight line, in words; "" where it can do more."""
    hidden = [neuron for layer in evidence.hidden for neuron in layer]
    if any(neuron.activation not in (*MONOTONE, softmax) for neuron in evidence.network.layers[-1]):
        return ""
    if not hidden:
        return "it has no hidden neuron"
    if all(neuron.activation is linear for neuron in hidden):
        return "its hidden neurons are linear, and a sum of linear neurons is one more linear neuron"
    if len(hidden) == 1 and hidden[0].activation in MONOTONE and _is_plain(evidence):
        return f"all that it knows of the inputs is one number, the output of {hidden[0].name}"
    return ""


def _is_plain(evidence: Evidence) -> bool:
    """Whether there is one hidden layer and no synapse past it."""
    layers = evidence.network.layers
    sources = {synapse.source for neuron in layers[-1] for synapse in neuron.incoming}
    return len(layers) == 3 and not sources & set(layers[0])


def _divisions(evidence: Evidence) -> Iterator[Division]:
    """The two classes of each output whose targets are two numbers; of softmax outputs, each pair of classes."""
    outputs = evidence.network.layers[-1].neurons
    if isinstance(outputs[0].activation, SharedActivation):
        classes: dict[int, list[int]] = {}
        for sample, row in enumerate(evidence.targets):
            classes.setdefault(row.index(max(row)), []).append(sample)
        for one in sorted(classes):
            for other in sorted(classes):
                if one < other:
                    names = f"{outputs[one].name} and {outputs[other].name}"
                    yield Division(names, classes[other], classes[one])
        return
    for neuron, column in zip(outputs, zip(*evidence.targets)):
        low, high = min(column), max(column)
        if low < high and set(column) == {low, high}:
            first = [sample for sample, target in enumerate(column) if target == high]
            yield Division(neuron.name, first, [sample for sample, target in enumerate(column) if target == low])


def _undivided(evidence: Evidence, division: Division, bits: int, lines: str) -> Iterator[Finding]:
    first = [evidence.inputs[sample] for sample in division.first]
    second = [evidence.inputs[sample] for sample in division.second]
    if len(first[0]) > MOST_INPUTS:
        return  # the proof below would not be looked for
    right, count = best_line(first, second), len(first) + len(second)
    if has_learned(count - right, count):
        return  # A few samples on the wrong side are what noise does; a straight line may be the right answer.
    meeting = meeting_point(first, second)  # the proof takes longest, so it comes last
    if meeting is None:
        return
    fault = "too few hidden neurons" if evidence.hidden and "linear" not in lines else "no hidden neuron"
    means = [
        " + ".join(f"{weight} * inputs[{positions[place]}]" for place, weight in sorted(weights.items()))
        for positions, weights in ((division.first, meeting.first), (division.second, meeting.second))
    ]
    proof = f"{means[0]} = {means[1]}"
    if len(proof) > 120:
        proof = f"the point {[round(x, 3) for x in meeting.point]} is a mean of samples of either class"
    need = f"at least {hidden_for_parity(bits)} in one layer" if bits else "a layer of 4 or more"
    what = f"The samples are the parity of {bits} inputs. " if bits else ""
    yield Finding(
        fault,
        division.name,
        f"{what}The network can only divide the samples by a straight line (a plane, with more inputs), because "
        f"{lines}. No straight line divides them: {proof}, so it cannot have one class on one side and the other "
        f"class on the other. A perceptron that tried got {right} of {count} right.",
        f"add hidden neurons with a curved activation, such as sigmoid: {need}"
        + (f", better {EASY * bits}, which train more easily." if bits else "."),
        {"samples": count, "right": right, "point": meeting.point, **_parity_numbers(evidence, bits)},
    )


def _short_of_parity(evidence: Evidence, division: Division, bits: int) -> Iterator[Finding]:
    hidden, known = len(evidence.hidden[0]), hidden_for_parity(bits)
    if hidden < known and all(neuron.activation in (sigmoid, hyperbolic_tangent) for neuron in evidence.hidden[0]):
        yield Finding(
            "too few hidden neurons",
            f"layer {evidence.hidden[0].name}",
            f"The samples are the parity of {bits} inputs: one more 1 turns the answer round. The fewest sigmoid "
            f"neurons in one hidden layer with which that is known to be solvable are {known} (Setiono 1997); "
            f"this layer has {hidden}.",
            f"take {known} hidden neurons or more; {EASY * bits} train more easily than the fewest.",
            _parity_numbers(evidence, bits),
        )


def _parity_numbers(evidence: Evidence, bits: int) -> dict[str, Any]:
    count = len([neuron for layer in evidence.hidden for neuron in layer])
    return {"hidden": count, **({"bits": bits, "known": hidden_for_parity(bits)} if bits else {})}


# Twins.


def _twins(evidence: Evidence) -> Iterator[Finding]:
    for layer in evidence.hidden:
        groups: dict[Any, list[Neuron]] = {}
        for neuron in layer:
            groups.setdefault(_likeness(neuron), []).append(neuron)
        for twins in groups.values():
            if len(twins) > 1 and twins[0].outgoing and _without_own(twins[0].incoming):
                yield _twin_finding(evidence, layer.name, twins)


def _likeness(neuron: Neuron) -> Any:
    """What must be the same for two neurons of a row to get the same gradients for ever."""
    arriving = tuple((synapse.source, synapse.weight, synapse.frozen) for synapse in _without_own(neuron.incoming))
    bias = [(synapse.weight, synapse.frozen) for synapse in neuron.incoming if synapse.source.is_bias]
    leaving = tuple((synapse.destination, synapse.weight, synapse.frozen) for synapse in neuron.outgoing)
    return neuron.activation, arriving, tuple(bias), leaving


def _without_own(incoming: Sequence[Any]) -> list[Any]:
    return [synapse for synapse in incoming if not synapse.source.is_bias]


def _twin_finding(evidence: Evidence, layer: str, twins: list[Neuron]) -> Finding:
    names = listed([neuron.name for neuron in twins])
    first, second = (
        [evidence.gradients[synapse] for synapse in [*neuron.incoming, *neuron.outgoing]] for neuron in twins[:2]
    )
    apart = max((abs(one - other) for one, other in zip(first, second)), default=0.0)
    return Finding(
        "symmetric",
        f"{names} in layer {layer}",
        f"{names} have the same incoming and the same outgoing weights. So they answer the same, get the same error, "
        f"and their gradients differ by {apart:.2g}: each update moves them alike, and together they are worth one "
        "neuron.",
        "draw the weights at random, such as weights='uniform' with a seed; one different weight is enough to part "
        "two neurons.",
        {
            "neurons": [neuron.name for neuron in twins],
            "incoming": [synapse.weight for synapse in twins[0].incoming],
            "outgoing": [synapse.weight for synapse in twins[0].outgoing],
            "gradients_apart": apart,
        },
    )
