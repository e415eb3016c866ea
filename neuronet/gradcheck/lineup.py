"""Which known bugs leave the very numbers that a walk has left? Each is planted on a copy, and the copy walks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import permutations
from typing import NamedTuple, Optional

from neuronet import store
from neuronet.bugs import BUGS, Bug, Planted, planted
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

Look = Callable[[NetworkObjective], Numbers]
"""Lets a network walk, and returns what is of interest of what the walk has left."""


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
            plans = Search(self, self.bugs, observed.deltas, deltas_of).plans()
        if not plans or observed.gradients is None:
            return plans
        bugs = self.bugs
        if observed.deltas is not None:
            bugs = self.bugs_that_leave(observed.deltas, deltas_of, plans[0])
        whole = Search(self, bugs, observed.gradients, gradients_of, plans[0]).plans()
        return [plan + more[len(plans[0]) :] for plan in plans for more in whole]

    def steps_like(self, step: Sequence[Number], taken: Callable[[NetworkObjective], list[Number]]) -> list[Plan]:
        """The plans that lead to this step, and to the gradients that the network has."""
        names = [synapse.destination.name for synapse in self.objective.network.synapses]
        bugs = self.bugs_that_leave(gradients_of(self.objective), gradients_of)
        return Search(self, bugs, list(zip(names, step)), lambda other: list(zip(names, taken(other)))).plans()

    def bugs_that_leave(self, numbers: Numbers, look: Look, plan: Plan = ()) -> list[Bug]:
        """The bugs that change nothing of these numbers when they are added to a plan."""
        found = ((bug, self.walked((*plan, Planted(bug)), look)) for bug in self.bugs)
        return [bug for bug, left in found if left is not None and not wrong_places(numbers, left)]

    def walked(self, plan: Plan, look: Look) -> Optional[Numbers]:
        """What a copy with these bugs leaves; None where it cannot walk."""
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


class Search:
    """A search for the fewest bugs with which a copy leaves what was observed.

    bugs: those that come into question.
    look: makes a copy walk, and returns the same numbers of it.
    plan: bugs that are there already.
    """

    def __init__(self, lineup: Lineup, bugs: Sequence[Bug], observed: Numbers, look: Look, plan: Plan = ()) -> None:
        self.lineup = lineup
        self.bugs = bugs
        self.observed = observed
        self.look = look
        self.plan = plan
        self.right = look(lineup.copy(plan))
        self.left: dict[Planted, Numbers] = {}
        self.wrong = wrong_places(observed, self.right)

    def plans(self, bugs: int = 2) -> list[Plan]:
        """The plans with the fewest bugs more, at most so many; none where that is not enough."""
        if not self.wrong:
            return [self.plan]
        for neurons in self.places():
            found = [(*self.plan, one) for one in self.effective(neurons) if self.explains(self.left[one])]
            if found:
                return found
        if bugs < 2 or self.lineup.size > MOST_PAIRS:
            return []
        return self.pairs() or self.one_after_the_other()

    def places(self) -> Iterator[Optional[frozenset[str]]]:
        """Where a bug may be: everywhere, in the last layer that is wrong, or only at the wrong neurons of it."""
        layer = self.last_wrong_layer()
        return iter(dict.fromkeys((None, layer, layer & self.neurons_at(self.wrong))))

    def last_wrong_layer(self) -> frozenset[str]:
        """The names of the neurons of the last layer that has something wrong; from there errors go back."""
        wrong = self.neurons_at(self.wrong)
        for layer in reversed(self.lineup.objective.network.layers):
            names = frozenset(neuron.name for neuron in layer)
            if names & wrong:
                return names
        return frozenset()

    def neurons_at(self, places: set[int]) -> set[str]:
        """The names of the neurons to which the numbers at these places belong."""
        return {self.observed[place][0] for place in places}

    def effective(self, neurons: Optional[frozenset[str]]) -> list[Planted]:
        """The bugs that make a difference there; what each leaves is kept."""
        found = []
        for bug in self.bugs:
            one = Planted(bug, neurons)
            numbers = self.walked(one) if neurons is None or issubclass(bug.slip, Neuron) else None
            if numbers is not None and wrong_places(numbers, self.right):
                self.left[one] = numbers
                found.append(one)
        return found

    def walked(self, *more: Planted) -> Optional[Numbers]:
        """What a copy with these bugs more leaves; None where it cannot walk."""
        return self.lineup.walked((*self.plan, *more), self.look)

    def explains(self, numbers: Optional[Numbers]) -> bool:
        """Whether these are the numbers that were observed."""
        return numbers is not None and not wrong_places(self.observed, numbers)

    def pairs(self) -> list[Plan]:
        """The plans of two bugs in the whole network, which between them touch all that is wrong."""
        touched = {one: wrong_places(numbers, self.right) for one, numbers in self.left.items() if one.neurons is None}
        found: dict[frozenset[Planted], Plan] = {}
        for first, second in permutations(touched, 2):
            if self.wrong <= touched[first] | touched[second] and self.explains(self.walked(first, second)):
                found.setdefault(frozenset((first, second)), (*self.plan, first, second))
        return list(found.values())

    def one_after_the_other(self) -> list[Plan]:
        """The plans of a bug that explains the last wrong layer, and of another in a layer before it."""
        last = self.last_wrong_layer()
        for one, numbers in self.left.items():
            if not last & self.neurons_at(wrong_places(self.observed, numbers)):
                found = Search(self.lineup, self.bugs, self.observed, self.look, (*self.plan, one)).plans(bugs=1)
                if found:
                    return found
        return []


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
    return {place for place, ((_, one), (_, other)) in enumerate(zip(found, right)) if differ(one, other, largest)}


def differ(one: Number, other: Number, largest: Number = 0) -> bool:
    """Whether two numbers differ by more than rounding, given the largest of those that they stand among."""
    return not abs(one - other) <= tolerance(one, Slope(other), largest)
