"""Faults of the graph and its weights: what cannot move, what leads nowhere, what is missing, and twins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any, NamedTuple, Optional

from neuronet.activations import ACTIVATIONS, Activation, SharedActivation, hyperbolic_tangent, linear, sigmoid, softmax
from neuronet.diagnosis.evidence import Evidence
from neuronet.diagnosis.finding import Finding, found
from neuronet.diagnosis.report import has_learned
from neuronet.diagnosis.separable import MOST_INPUTS, Meeting, best_line, hidden_for_parity, meeting_point, parity_bits
from neuronet.graph import Layer, Neuron, Synapse

MONOTONE = tuple(function for function in ACTIVATIONS.values() if isinstance(function, Activation))
"""None of these falls as the net grows: through a single such neuron only a straight line can be drawn."""

EASY = 2
"""So many hidden neurons for each bit of parity are advised: with tanh, rate 0.05 and cross-entropy, 2000 epochs were
enough for all of the seeds 0 to 19 with 3, 4 and 5 bits; with the fewest neurons for 10, 0 and 0 of them."""


LONGEST_PROOF = 120
"""A proof of more characters than this is left out, and only the point named where the classes meet."""

FROZEN = """
frozen: all synapses
Each of the {synapses} synapses is frozen, so no update changes anything.
Try: set synapse.frozen = False where the network is to learn.
"""

NO_SYNAPSE = """
frozen: all synapses
The network has no synapse at all, so there is nothing that an update could change.
Try: connect its neurons.
"""

UNREACHED = """
unconnected: {neurons}
No path leads from any input to {neurons}. A neuron that no input reaches has the same output in every sample.
"""
UNUSED = """
unconnected: {neurons}
No path leads from {neurons} to any output. A neuron that leads to no output changes nothing, and no error comes back to
it.
"""
CONNECT = """
Try: network.connect(source, destination), or a network without the neurons that are not used.
"""

ONLY_A_LINE = """
{limit[0]}: {division.name}
{task}The network can only separate the samples by a straight line (a plane, with more inputs), because {limit[1]}. No
straight line separates them: {proof}, so it cannot have one class on one side and the other class on the other. A
perceptron that tried got {right} of {samples} right.
Try: add hidden neurons with a curved activation, such as sigmoid: {need}.
"""

SHORT_OF_PARITY = """
too few hidden neurons: layer {layer}
The samples are the parity of {bits} inputs: one more 1 turns the answer into its opposite. The fewest sigmoid neurons
in one hidden layer with which that is known to be solvable are {known} (Setiono 1997); this layer has {hidden}.
Try: take {known} hidden neurons or more; {easy} train more easily than the fewest.
"""

SYMMETRIC = """
symmetric: {neurons} in layer {layer}
{neurons} have the same incoming and the same outgoing weights. So they have the same output, get the same error, and
their gradients differ by {gradients_apart:.2g}: each update changes them alike, and together they are worth one neuron.
Try: draw the weights at random, such as weights='uniform' with a seed; one different weight is enough to break the
symmetry of two neurons.
"""


def look_at_wires(evidence: Evidence) -> Iterator[Finding]:
    """What is wrong with the graph and its weights; nothing where the network has learned all the same."""
    if evidence.learned:
        return
    if not evidence.moving:
        count = len(evidence.synapses)
        yield found(FROZEN if count else NO_SYNAPSE, {"synapses": count})
    yield from _unconnected(evidence)
    yield from _too_small(evidence)
    for layer in evidence.hidden:
        yield from _twins(evidence, layer)


def _unconnected(evidence: Evidence) -> Iterator[Finding]:
    network = evidence.network
    reached = _reached(network.layers[0].neurons, forward=True)
    used = _reached(network.layers[-1].neurons, forward=False)
    unreached = [neuron for neuron in network.computing if neuron not in reached]
    unused = [neuron for layer in network.layers[:-1] for neuron in layer if neuron in reached and neuron not in used]
    for template, neurons in ((UNREACHED, unreached), (UNUSED, unused)):
        if neurons:
            yield found(template + CONNECT, {"neurons": [neuron.name for neuron in neurons]})


def _reached(start: Sequence[Neuron], forward: bool) -> set[Neuron]:
    """Every neuron that a path leads to from these, or with `forward` False, from which one leads to these."""
    reached, waiting = set(start), list(start)
    while waiting:
        neuron = waiting.pop()
        for synapse in neuron.outgoing if forward else neuron.incoming:
            ahead = synapse.destination if forward else synapse.source
            if ahead not in reached:
                reached.add(ahead)
                waiting.append(ahead)
    return reached


# Too small for the task.


class Division(NamedTuple):
    """Two classes of samples that an output has to separate, as positions of samples."""

    name: str
    first: list[int]
    second: list[int]


def _too_small(evidence: Evidence) -> Iterator[Finding]:
    limit = _only_a_line(evidence)
    for division in _divisions(evidence):
        high = set(division.first)
        bits = parity_bits(evidence.inputs, [sample in high for sample in range(len(evidence.inputs))])
        if limit is not None:
            yield from _not_separated(evidence, division, bits, limit)
        elif bits and _has_one_hidden_layer(evidence):
            yield from _short_of_parity(evidence, bits)


def _only_a_line(evidence: Evidence) -> Optional[tuple[str, str]]:
    """The fault of a network that can only separate samples by a straight line, and why it cannot do more."""
    hidden = [neuron for layer in evidence.hidden for neuron in layer]
    if any(neuron.activation not in (*MONOTONE, softmax) for neuron in evidence.network.layers[-1]):
        return None
    if not hidden:
        return "no hidden neuron", "it has no hidden neuron"
    if all(neuron.activation is linear for neuron in hidden):
        return "no hidden neuron", "its hidden neurons are linear, and a sum of linear neurons is a linear neuron"
    if len(hidden) == 1 and hidden[0].activation in MONOTONE and _has_one_hidden_layer(evidence):
        why = f"all that it knows about the inputs is one number, the output of {hidden[0].name}"
        return "too few hidden neurons", why
    return None


def _has_one_hidden_layer(evidence: Evidence) -> bool:
    """Whether there is one hidden layer, and no synapse past it."""
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
        for one, other in combinations(sorted(classes), 2):
            yield Division(f"{outputs[one].name} and {outputs[other].name}", classes[other], classes[one])
        return
    for neuron, column in zip(outputs, zip(*evidence.targets)):
        low, high = min(column), max(column)
        if low < high and set(column) == {low, high}:
            first = [sample for sample, target in enumerate(column) if target == high]
            yield Division(neuron.name, first, [sample for sample, target in enumerate(column) if target == low])


def _not_separated(evidence: Evidence, division: Division, bits: int, limit: tuple[str, str]) -> Iterator[Finding]:
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
    need = "a layer of 4 or more"
    if bits:
        fewest = hidden_for_parity(bits)
        need = f"at least {fewest} in one layer, better {EASY * bits}, which train more easily"
    yield found(
        ONLY_A_LINE,
        {"samples": count, "right": right, "point": meeting.point, **_parity_numbers(evidence, bits)},
        limit=limit,
        division=division,
        task=f"The samples are the parity of {bits} inputs. " if bits else "",
        proof=_proof(division, meeting),
        need=need,
    )


def _proof(division: Division, meeting: Meeting) -> str:
    """The point where the classes meet, as a mean of samples of either class."""
    proof = " = ".join(
        " + ".join(f"{weight} * inputs[{samples[place]}]" for place, weight in sorted(weights.items()))
        for samples, weights in ((division.first, meeting.first), (division.second, meeting.second))
    )
    if len(proof) <= LONGEST_PROOF:
        return proof
    return f"the point {[round(x, 3) for x in meeting.point]} is a mean of samples of either class"


def _short_of_parity(evidence: Evidence, bits: int) -> Iterator[Finding]:
    layer, numbers = evidence.hidden[0], _parity_numbers(evidence, bits)
    curved = all(neuron.activation in (sigmoid, hyperbolic_tangent) for neuron in layer)
    if curved and numbers["hidden"] < numbers["known"]:
        yield found(SHORT_OF_PARITY, numbers, layer=layer.name, easy=EASY * bits)


def _parity_numbers(evidence: Evidence, bits: int) -> dict[str, Any]:
    hidden = {"hidden": len([neuron for layer in evidence.hidden for neuron in layer])}
    return {**hidden, "bits": bits, "known": hidden_for_parity(bits)} if bits else hidden


# Twins.


def _twins(evidence: Evidence, layer: Layer) -> Iterator[Finding]:
    groups: dict[Any, list[Neuron]] = {}
    for neuron in layer:
        groups.setdefault(_likeness(neuron), []).append(neuron)
    for twins in groups.values():
        if len(twins) > 1 and twins[0].outgoing and _not_from_bias(twins[0]):
            incoming, outgoing = twins[0].incoming, twins[0].outgoing
            pairs = zip([*incoming, *outgoing], [*twins[1].incoming, *twins[1].outgoing])
            numbers = {
                "neurons": [neuron.name for neuron in twins],
                "incoming": [synapse.weight for synapse in incoming],
                "outgoing": [synapse.weight for synapse in outgoing],
                "gradients_apart": max(
                    abs(evidence.gradients[one] - evidence.gradients[other]) for one, other in pairs
                ),
            }
            yield found(SYMMETRIC, numbers, layer=layer.name)


def _likeness(neuron: Neuron) -> Any:
    """What must be the same for two neurons of a layer to get the same gradients for ever."""
    arriving = tuple((synapse.source, synapse.weight, synapse.frozen) for synapse in _not_from_bias(neuron))
    bias = tuple((synapse.weight, synapse.frozen) for synapse in neuron.incoming if synapse.source.is_bias)
    leaving = tuple((synapse.destination, synapse.weight, synapse.frozen) for synapse in neuron.outgoing)
    return neuron.activation, arriving, bias, leaving


def _not_from_bias(neuron: Neuron) -> list[Synapse]:
    """The incoming synapses of a neuron but for that of its bias."""
    return [synapse for synapse in neuron.incoming if not synapse.source.is_bias]
