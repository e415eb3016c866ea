"""Guesses at the cause of a failure.

First the known bugs are planted, one after the other, on a copy of the network, and the copy walks: the bug that leaves
the very numbers that were found is the guess. Where no bug does that everywhere, they are planted in one layer or at
one neuron, and then two at a time. What no bug explains is described by what is wrong and where: by a pattern of the
numbers, and by the first number in which the walk departs from that of a copy without any bug.

A guess is a question, or a place to look at.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Optional

from neuronet.activations import Activation
from neuronet.gradcheck.lineup import Lineup, Plan
from neuronet.gradcheck.network_objective import NetworkObjective
from neuronet.gradcheck.objective import Backward, Objective
from neuronet.gradcheck.patterns import pattern_of, place_of
from neuronet.gradcheck.references import REFUSALS, complex_step, has_kink
from neuronet.gradcheck.report import FAIL, Entry
from neuronet.scalar import Number


def hints_for(objective: Objective, entries: Sequence[Entry], backward: Optional[Backward] = None) -> list[str]:
    """The guess that the failures suggest, or the place to look at where they suggest none; nothing without failures.

    objective: what was checked; the caller keeps its numbers.
    backward: the caller's own backward walk, or None.
    """
    failed = [entry for entry in entries if entry.status == FAIL]
    if not failed:
        return []
    if not isinstance(objective, NetworkObjective):
        return _patterns(objective, entries, failed)
    if backward is not None and all(entry.gradient == 0 for entry in entries):
        return ["every gradient is 0: does the backward walk leave them on synapse.gradient?"]
    formulas = _wrong_formulas(objective)
    lineup = Lineup.of(objective)
    if lineup is None:
        return formulas or _patterns(objective, entries, failed)
    plans = lineup.suspects(lineup.observed(backward))
    if plans == [()]:
        return formulas or ["a copy with the library's own walk finds the same gradients: look at the forward walk"]
    if plans:
        return [*formulas, _guess(objective, place_of(entries, failed), plans)]
    return [*formulas, *_described(objective, lineup, entries, failed, backward)]


def delta_hints(objective: NetworkObjective, entries: Sequence[Entry], backward: Optional[Backward]) -> list[str]:
    """The guess that wrong deltas suggest: a bug that leaves these very deltas."""
    lineup = Lineup.of(objective)
    plans = [] if lineup is None else lineup.suspects(lineup.observed(backward)._replace(gradients=None))
    failed = [entry for entry in entries if entry.status == FAIL]
    return [_guess(objective, place_of(entries, failed), plans)] if plans and plans != [()] else []


def step_hints(
    objective: NetworkObjective, step: Callable[[NetworkObjective], list[Number]], entries: Sequence[Entry]
) -> list[str]:
    """The guess that a wrong step suggests.

    step: takes the step with a network, and returns the gradient that each weight has followed.
    """
    failed = [entry for entry in entries if entry.status == FAIL]
    lineup = Lineup.of(objective) if failed else None
    plans = [] if lineup is None else lineup.steps_like(step(objective), step)
    if plans and plans != [()]:
        return [_guess(objective, place_of(entries, failed), plans)]
    return _patterns(objective, entries, failed)


def _guess(objective: NetworkObjective, place: str, plans: Sequence[Plan]) -> str:
    """The bugs that fit, by name and with what is wrong in one sentence each."""
    layers = {frozenset(neuron.name for neuron in layer): f"in {layer.name}" for layer in objective.network.layers}

    def where(neurons: Optional[frozenset[str]]) -> str:
        return "" if neurons is None else f" {layers.get(neurons, 'at ' + ', '.join(sorted(neurons)))} alone"

    alternatives = [" together with ".join(one.bug.name + where(one.neurons) for one in plan) for plan in plans]
    summaries = dict.fromkeys(one.bug.summary for plan in plans for one in plan)
    return f"wrong {place}: is it {', or '.join(alternatives)}? {' '.join(summaries)}"


def _patterns(objective: Objective, entries: Sequence[Entry], failed: Sequence[Entry]) -> list[str]:
    """What all that failed has in common, or else what each layer and kind has, a sentence each."""
    together = pattern_of(objective, failed)
    if together:
        return [f"wrong {place_of(entries, failed)}: {together}"]
    groups: dict[tuple[str, str], list[Entry]] = {}
    for entry in failed:
        groups.setdefault((entry.layer, entry.kind), []).append(entry)
    found = {key: pattern_of(objective, group) for key, group in groups.items()}
    if 1 < len(groups) <= 3 and all(found.values()):
        return [f"wrong {place_of(entries, group)}: {found[key]}" for key, group in groups.items()]
    return []


def _described(
    objective: NetworkObjective,
    lineup: Lineup,
    entries: Sequence[Entry],
    failed: Sequence[Entry],
    backward: Optional[Backward],
) -> list[str]:
    """What is wrong and where, without a name."""
    departures = lineup.departures(backward)
    patterns = _patterns(objective, entries, failed)
    if not departures and not patterns:
        if all(entry.reason == "second call" for entry in failed):
            return ["a second walk finds other gradients: are they, or something the walk remembers, not cleared?"]
        return ["every sample is right alone: is something carried over to the next one, such as a target or an error?"]
    limit = abs(departures[0].found) if departures else 0
    if limit and all(one.quantity == "gradient" and abs(one.found) == limit < abs(one.right) for one in departures):
        return [f"no gradient of a sample is beyond {limit:.4g}: are they cut off there?"]
    place = departures[0].described() if departures else ""
    return [*patterns, place] if patterns else [f"wrong {place_of(entries, failed)}: {place}"]


def _wrong_formulas(objective: NetworkObjective) -> list[str]:
    """An activation or a loss whose derivative does not belong to its value."""
    network, loss = objective.network, objective.network.loss_function
    for row, wanted in zip(objective.inputs, objective.targets):
        network.propagate(row)
        for neuron in network.computing:
            function = neuron.activation
            if isinstance(function, Activation):
                slope = function.derivative(neuron.net, neuron.output)
                if _disagree(function.value, neuron.net, slope):
                    return [
                        f"the derivative of the activation {function.name} does not belong to its value: "
                        f"look at it for a net of {neuron.net:.4g}"
                    ]
        for neuron, target in zip(network.layers[-1], wanted):
            # As a default argument, the target is bound now and not when the function is called.
            slope = loss.derivative(target, neuron.output)
            if _disagree(lambda output, target=target: loss.value(target, output), neuron.output, slope):
                return [
                    f"the derivative of the loss {loss.name} does not belong to its value: "
                    f"look at it for an output of {neuron.output:.4g} and a target of {target:.4g}"
                ]
    return []


def _disagree(function: Any, at: float, says: Number) -> bool:
    try:
        slope = complex_step(function, at).value
        return not (abs(says - slope) <= 1e-12 + 1e-6 * max(abs(says), abs(slope)) or has_kink(function, at))
    except (*REFUSALS, ArithmeticError, ValueError):
        return False
