"""Which known bugs leave the very numbers that a walk has left? Each is planted on a copy, and the copy walks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import permutations
from typing import NamedTuple, Optional

from neuronet import store
from neuronet.bugs import BUGS, Planted, planted
from neuronet.dropout import DropoutLayer
from neuronet.feedforward import FeedForward
from neuronet.gradcheck.network_objective import NetworkObjective, joined
from neuronet.gradcheck.objective import Backward
from neuronet.gradcheck.references import Slope, tolerance
from neuronet.graph import Neuron
from neuronet.scalar import Number

MOST_SINGLE, MOST_PAIRS = 20_000, 2_000
"""Bugs are planted while the network has at most so many synapses, times samples; two at a time, so many."""

Plan = tuple[Planted, ...]
"""Bugs that are there together; none for the right walk."""

Numbers = list[tuple[str, Number]]
"""What a walk has left, each number with the name of the neuron that it belongs to or leads to."""


class Observed(NamedTuple):
    """What a walk leaves."""

    deltas: Optional[Numbers]
    """The delta of every neuron in every sample; None where the walk leaves none."""
    gradients: Optional[Numbers]
    """The gradient of every synapse after a first walk over the data set, and after a second."""


class Departure(NamedTuple):
    """A number in which a walk differs from that of a copy without any bug."""

    stage: int
    """How far the walks have come: 0 is the first number that they find."""
    quantity: str
    """"net", "output", "error", "delta" or "gradient"."""
    name: str
    sample: int
    found: Number
    right: Number

    def described(self) -> str:
        """The number, as the first place to look at."""
        return (
            f"the first number that differs from the library's own walk is the {self.quantity} of {self.name} "
            f"in sample {self.sample}: {self.found:.4g}, where that finds {self.right:.4g}"
        )


class Lineup:
    """The known bugs, to be compared with what one network has left.

    objective: the network and its samples; as few of these as its size allows.
    """

    def __init__(self, objective: NetworkObjective) -> None:
        self.objective = objective
        network = objective.network
        _, document, kind, own, states = store.packed(network)
        plain = own._replace(layers={}, neuron_classes={}, synapse_classes={})
        self.parts = FeedForward, document, kind, plain, states
        self.bugs = [bug for bug in BUGS.values() if not bug.missing(network)]
        self.size = len(network.synapses) * objective.samples

    @classmethod
    def of(cls, objective: NetworkObjective) -> Optional[Lineup]:
        """The lineup for a network; None where it is too large to plant every bug on it."""
        most = MOST_SINGLE // max(1, len(objective.network.synapses))
        if most < min(2, objective.samples):
            return None
        few = NetworkObjective(objective.network, objective.inputs[:most], objective.targets[:most])
        return cls(few)

    def copy(self, plan: Plan = ()) -> NetworkObjective:
        """A copy of the network, of the library's own classes but for the bugs of the plan, with the same samples."""
        twin: FeedForward = planted(self.parts, plan)
        for layer, own in zip(twin.layers, self.objective.network.layers):
            if isinstance(layer, DropoutLayer) and isinstance(own, DropoutLayer):
                layer.mask, layer.fixed = own.mask, own.fixed
        return NetworkObjective(twin, self.objective.inputs, self.objective.targets)

    def observed(self, backward: Optional[Backward] = None) -> Observed:
        """What the walk in question leaves."""
        deltas = deltas_of(self.objective, backward)
        known = all(delta is not None for _, delta in deltas)
        return Observed(deltas if known else None, gradients_of(self.objective, backward))

    def suspects(self, observed: Observed) -> list[Plan]:
        """The plans that leave what was observed: an empty one for the right walk, none where no bug explains it.

        First the deltas are explained, and then what is still wrong with the gradients that are made of them.
        """
        plans: list[Plan] = [()]
        if observed.deltas is not None:
            plans = self.search(observed.deltas, deltas_of)
        if not plans or observed.gradients is None:
            return plans
        whole = self.search(observed.gradients, gradients_of, plans[0])
        return [plan + more[len(plans[0]) :] for plan in plans for more in whole]

    def steps_like(self, step: list[Number], taken: Callable[[NetworkObjective], list[Number]]) -> list[Plan]:
        """The plans with which a network takes this step."""
        names = [synapse.destination.name for synapse in self.objective.network.synapses]
        return self.search(list(zip(names, step)), lambda objective: list(zip(names, taken(objective))))

    def search(
        self, observed: Numbers, look: Callable[[NetworkObjective], Numbers], plan: Plan = (), slips: int = 2
    ) -> list[Plan]:
        """The plans that add the fewest bugs, at most so many, and leave what was observed."""
        right = look(self.copy(plan))
        if not wrong_places(observed, right):
            return [plan]
        left: dict[Planted, Numbers] = {}
        for neurons in self.places(observed, right):
            singles = [Planted(bug, neurons) for bug in self.bugs if neurons is None or issubclass(bug.slip, Neuron)]
            for one in singles:
                numbers = self.look_at((*plan, one), look)
                if numbers is not None and wrong_places(numbers, right):
                    left[one] = numbers
            found = [(*plan, one) for one in singles if one in left and not wrong_places(observed, left[one])]
            if found:
                return found
        if slips < 2 or self.size > MOST_PAIRS:
            return []
        return self.pairs(observed, look, plan, right, left) or self.one_after_the_other(observed, look, plan, left)

    def pairs(
        self,
        observed: Numbers,
        look: Callable[[NetworkObjective], Numbers],
        plan: Plan,
        right: Numbers,
        left: dict[Planted, Numbers],
    ) -> list[Plan]:
        """The plans of two bugs in the whole network, which between them touch all that is wrong."""
        wrong = wrong_places(observed, right)
        touched = {one: wrong_places(numbers, right) for one, numbers in left.items() if one.neurons is None}
        found: dict[frozenset[Planted], Plan] = {}
        for pair in permutations(touched, 2):
            together = frozenset(pair)
            if together in found or not wrong <= touched[pair[0]] | touched[pair[1]]:
                continue
            numbers = self.look_at((*plan, *pair), look)
            if numbers is not None and not wrong_places(observed, numbers):
                found[together] = (*plan, *pair)
        return list(found.values())

    def one_after_the_other(
        self,
        observed: Numbers,
        look: Callable[[NetworkObjective], Numbers],
        plan: Plan,
        left: dict[Planted, Numbers],
    ) -> list[Plan]:
        """The plans of a bug that explains the last wrong layer, and of another in a layer before it."""
        last = self.last_layer(observed, look(self.copy(plan)))
        for one, numbers in left.items():
            still = {observed[place][0] for place in wrong_places(observed, numbers)}
            if not still & last:
                found = self.search(observed, look, (*plan, one), slips=1)
                if found:
                    return found
        return []

    def places(self, observed: Numbers, right: Numbers) -> Iterator[Optional[frozenset[str]]]:
        """Where a bug may be: everywhere, in the last layer that is wrong, or only at the wrong neurons of it."""
        yield None
        layer = self.last_layer(observed, right)
        yield layer
        wrong = layer & {observed[place][0] for place in wrong_places(observed, right)}
        if wrong != layer:
            yield wrong

    def last_layer(self, observed: Numbers, right: Numbers) -> frozenset[str]:
        """The names of the neurons of the last layer that has something wrong: errors only go on from there."""
        wrong = {observed[place][0] for place in wrong_places(observed, right)}
        for layer in reversed(self.objective.network.layers):
            names = frozenset(neuron.name for neuron in layer)
            if names & wrong:
                return names
        return frozenset()

    def look_at(self, plan: Plan, look: Callable[[NetworkObjective], Numbers]) -> Optional[Numbers]:
        """What the copy with these bugs leaves; None where it cannot walk."""
        try:
            return look(self.copy(plan))
        except (ArithmeticError, NameError, TypeError, ValueError):
            return None

    def departures(self, backward: Optional[Backward] = None) -> list[Departure]:
        """Every number in which the walk over some sample alone departs from that of the copy, the first one first."""
        found = []
        twin = self.copy()
        for sample in range(self.objective.samples):
            pairs = zip(_numbers_of(self.objective.single(sample), backward), _numbers_of(twin.single(sample)))
            for stage, ((quantity, name, mine), (_, _, right)) in enumerate(pairs):
                if mine is not None and differ(mine, right):
                    found.append(Departure(stage, quantity, name, sample, mine, right))
        return sorted(found, key=lambda departure: departure.stage)


def deltas_of(objective: NetworkObjective, backward: Optional[Backward] = None) -> Numbers:
    """The delta of every neuron in every sample, after a first walk that fills whatever the walk remembers."""
    _begin(objective, backward)
    found: Numbers = []
    for sample in range(objective.samples):
        objective.single(sample).gradients([], backward)
        found += [(neuron.name, neuron.delta) for neuron in objective.network.computing]
    return found


def gradients_of(objective: NetworkObjective, backward: Optional[Backward] = None) -> Numbers:
    """The gradients of a first walk over the data set and of a second."""
    _begin(objective, backward)
    parameters = objective.parameters(("weights", "biases"))
    names = [parameter.synapse.destination.name for parameter in parameters if parameter.synapse is not None]
    return [pair for _ in range(2) for pair in zip(names, objective.gradients(parameters, backward))]


def _begin(objective: NetworkObjective, backward: Optional[Backward]) -> None:
    objective.gradients([], backward)
    for neuron in objective.network.neurons:
        neuron.error = neuron.delta = None
    objective.forget_gradients()


def _numbers_of(objective: NetworkObjective, backward: Optional[Backward] = None) -> list[tuple[str, str, Number]]:
    """All that the walks leave after one sample, in the order in which they find it."""
    for _ in range(2):  # twice, so that nothing is left of any other sample
        _begin(objective, backward)
    objective.gradients([], backward)
    network = objective.network
    found = [(name, neuron.name, getattr(neuron, name)) for neuron in network.computing for name in ("net", "output")]
    for layer in reversed(network.layers[1:]):
        found += [(name, neuron.name, getattr(neuron, name)) for neuron in layer for name in ("error", "delta")]
    return found + [("gradient", joined(synapse), synapse.gradient) for synapse in network.synapses]


def wrong_places(found: Sequence[tuple[str, Number]], right: Sequence[tuple[str, Number]]) -> set[int]:
    """The places at which two lists of numbers differ by more than rounding."""
    largest = max((abs(number) for _, number in right), default=0)
    return {
        place for place, ((_, one), (_, other)) in enumerate(zip(found, right)) if differ(one, other, largest)
    }


def differ(one: Number, other: Number, largest: Number = 0) -> bool:
    """Whether two numbers differ by more than rounding, given the largest of those that they stand among."""
    return not abs(one - other) <= tolerance(one, Slope(other), largest)
