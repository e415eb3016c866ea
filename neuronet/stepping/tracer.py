"""The walk observed: the network's own methods run on numbers that know how they were made, and all is put back.

Whenever the walk leaves a number on a neuron or synapse, that is an event. The event keeps the recorded formula, and
what stands on the object from then on is a new quantity with a name, so that later formulas speak of `output(h1)` and
not of how it was made. No step of the walk is written here: every event is something that was computed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Optional

from neuronet.dropout import dropout_layers
from neuronet.errors import NumberError
from neuronet.feedforward import FeedForward
from neuronet.graph import Neuron, Synapse
from neuronet.numbers.traced import Trace, Traced, is_plain, value_of
from neuronet.optimizers import OptimizerState, refuse_own_updates
from neuronet.scalar import Number
from neuronet.snapshot import ABSENT, CONTAINERS, Change, Snapshot, everything_kept, held_by, subclassed
from neuronet.stepping.formula import Quantity, quantities
from neuronet.stepping.step import Step, event
from neuronet.tracing.cells import LEFT_BEHIND


class Event(NamedTuple):
    """A step, and the changes that come with it: its own, and those that are no event, such as clearing."""

    step: Step
    changes: list[Change]


class Tracer:
    """Observes what the walks leave on the objects of one network.

    events: in the order of the walk, but for the loss, which the backward walk finds last and which comes first here:
        it needs nothing of that walk.
    rest: the changes of a phase without events, such as the cleared gradients where all weights are frozen.
    """

    def __init__(self, network: FeedForward) -> None:
        self.network = network
        self.events: list[Event] = []
        self.rest: list[Change] = []
        self._trace = Trace()
        self._phase = ""
        self._gradient_word = ""  # what a gradient that the update renews is called; empty where none is
        self._waiting: list[Change] = []
        self._synapses: dict[OptimizerState, Synapse] = {}
        self._names: dict[tuple[Any, str], Quantity] = {}
        self._silent = {neuron for neuron in network.neurons if neuron.is_bias or neuron in network.layers[0].neurons}

    def trace(self, inputs: Sequence[Number], targets: Sequence[Number], learning_rate: Optional[Number]) -> None:
        """Walk forward and backward, and update unless the learning rate is None; leaves everything as it was."""
        with everything_kept(self.network):
            begun = [] if learning_rate is None else self._prepare(learning_rate)
            with everything_kept(self.network):  # what the optimizer has just made is to be put back too
                self._name_settings()
                owners = [*self.network.neurons, *self.network.synapses, *self._synapses]
                for owner in owners:
                    self._name_numbers(owner)
                observed = [*owners, *dropout_layers(self.network.layers)]
                named = Snapshot(self.network)
                with subclassed(observed, self._observing):
                    self._walk_all(inputs, targets, learning_rate, begun)
                self._add_other_changes(named, observed)

    def _prepare(self, learning_rate: Number) -> list[Change]:
        """Give every synapse what the optimizer keeps of it, as before any update; returns the changes."""
        optimizer, synapses = self.network.optimizer, self.network.synapses
        refuse_own_updates(self.network.computing, optimizer)
        before = [synapse.optimizer_state for synapse in synapses]
        optimizer.prepare(synapses, learning_rate, self.network.kind)
        states = [(synapse, synapse.optimizer_state) for synapse in synapses]
        self._synapses = {state: synapse for synapse, state in states if state is not None}
        changed = [pair for pair, old in zip(states, before) if pair[1] is not old]
        return [Change(synapse, "optimizer_state", state) for synapse, state in changed]

    def _walk_all(
        self, inputs: Sequence[Number], targets: Sequence[Number], learning_rate: Any, begun: list[Change]
    ) -> None:
        rows = self.network.layers[0], self.network.layers[-1]
        given = [self._trace.parameter(Quantity("output", one), value) for one, value in zip(rows[0], inputs)]
        wanted = [self._trace.parameter(Quantity("target", one), value) for one, value in zip(rows[1], targets)]
        self._walk("forward", self.network.propagate, given)
        loss = self._walk("backward", self.network.backpropagate, wanted)
        place = next((at for at, one in enumerate(self.events) if one.step.phase == "backward"), len(self.events))
        self.events.insert(place, Event(event("backward", "loss", None, loss, before=None, title="loss"), []))
        if learning_rate is not None:
            self._waiting = begun
            self._walk("update", self._update, self._trace.parameter(Quantity("learning_rate"), learning_rate))

    def _update(self, learning_rate: Number) -> None:
        self._gradient_word = "penalized"
        self.network.finish_gradients(1)
        self._gradient_word = "clipped" if self.network.optimizer.clips else ""
        self.network.apply_gradients(learning_rate)

    def _walk(self, phase: str, walk: Any, *arguments: Any) -> Any:
        self._phase = phase
        result = walk(*arguments)
        self._last_changes(self.rest).extend(self._waiting)
        self._waiting = []
        return result

    def _add_other_changes(self, named: Snapshot, observed: Sequence[Any]) -> None:
        """What the walks changed unobserved, on the network or in a list of a neuron, comes at the very end."""
        objects = set(map(id, observed))
        last = self.events[-1].changes if self.events else self.rest
        for change in named.changes():
            is_assigned = change.value is not ABSENT and type(change.value) not in CONTAINERS
            if not (is_assigned and id(change.owner) in objects):
                last.append(change._replace(value=untraced(change.value)))

    # What the walks assign.

    def _observing(self, own_class: type) -> Mapping[str, Any]:
        """The method that lets objects of a class show what is assigned to them."""
        assigned: Any = own_class.__setattr__

        def assign(owner: Any, attribute: str, value: Any) -> None:
            assigned(owner, attribute, self._observe(owner, attribute, value))

        return {"__setattr__": assign}

    def _observe(self, owner: Any, attribute: str, value: Any) -> Any:
        """The walk leaves a value; returns what is to stand there: mostly a quantity of this value."""
        before = getattr(owner, attribute, ABSENT)
        change = Change(owner, attribute, untraced(value))
        if not self._is_event(owner, attribute, value):
            self._last_changes(self._waiting).append(change)
            same = attribute == "gradient" and isinstance(value, Traced) and repr(value.value) == repr(value_of(before))
            return before if same else self._named(owner, attribute, value)
        owner = self._synapses.get(owner, owner)
        quantity, title = self._renamed(owner, attribute, value)
        old = None if before is ABSENT else untraced(before)
        step = event(self._phase, attribute, owner, value, before=old, title=title)
        self.events.append(Event(step, [*self._waiting, change]))
        self._waiting = []
        return self._trace.parameter(quantity, value_of(value))

    def _is_event(self, owner: Any, attribute: str, value: Any) -> bool:
        if not (is_plain(value) or isinstance(value, Traced)):
            return False
        if isinstance(owner, Synapse):
            return attribute == "weight" or (attribute == "gradient" and self._is_new(owner.gradient, value))
        if isinstance(owner, Neuron):
            return attribute in LEFT_BEHIND and owner not in self._silent
        return isinstance(owner, OptimizerState) and self._phase == "update"

    def _is_new(self, before: Any, gradient: Any) -> bool:
        """Whether a gradient is an event: in the update only where penalty or clipping change it."""
        if self._phase != "update":
            return True
        cleared = not isinstance(gradient, Traced) and gradient == 0
        return bool(self._gradient_word) and not cleared and value_of(gradient) != value_of(before)

    def _last_changes(self, otherwise: list[Change]) -> list[Change]:
        """The changes of the last event of this phase, or others where there has been none yet."""
        return self.events[-1].changes if self.events and self.events[-1].step.phase == self._phase else otherwise

    # What quantities are called.

    def _renamed(self, owner: Any, attribute: str, value: Any) -> tuple[Quantity, str]:
        """The quantity that an event makes, and the left side of its equation."""
        last = self._names.get((owner, attribute))
        renews = last is not None and last in quantities(value)
        kind = f"new {last.kind}" if last is not None and renews else attribute
        if attribute == "gradient" and self._phase == "update":
            kind = f"{self._gradient_word} gradient"
        quantity = self._names[owner, attribute] = Quantity(kind, owner)
        if attribute != "output" or renews:
            return quantity, quantity.text
        row = self.network.layers[-1].neurons if hasattr(owner.activation, "values") else [owner]
        nets = ", ".join(Quantity("net", one).text for one in row)
        return quantity, f"{quantity.text} = {owner.activation.name}({nets})"

    def _name_settings(self) -> None:
        """Make the settings that formulas speak of quantities with names: `beta1`, `l2`, `mask(h1)`."""
        optimizer, penalty = self.network.optimizer, self.network.penalty
        for owner in (optimizer, *([] if penalty is None else [penalty])):
            for name in (*optimizer.options, "clip_norm", "clip_value", "l1", "l2"):
                if name in vars(owner):
                    setattr(owner, name, self._trace.parameter(Quantity(name), vars(owner)[name]))
        for layer in dropout_layers(self.network.layers):
            if layer.mask is not None:
                factors = zip(layer, layer.mask)
                layer.mask = [self._trace.parameter(Quantity("mask", one), factor) for one, factor in factors]

    def _name_numbers(self, owner: Any) -> None:
        for attribute, value in held_by(owner).items():
            in_graph = owner not in self._synapses
            if in_graph and (attribute in ("frozen", "initial") or (attribute == "output" and owner.is_bias)):
                continue
            if attribute in (*LEFT_BEHIND, "weight", "gradient") and not (value is None or is_plain(value)):
                raise NumberError(f"{owner!r}.{attribute}: expected a float, got a {type(value).__name__}")
            if is_plain(value):
                setattr(owner, attribute, self._named(owner, attribute, value))

    def _named(self, owner: Any, attribute: str, value: Any) -> Any:
        """A quantity of this value; a gradient of 0 stays a number, for a sum that begins there needs no name."""
        if not is_plain(value) or attribute == "initial" or (attribute == "gradient" and value == 0):
            return value
        quantity = Quantity(attribute, self._synapses.get(owner, owner))
        self._names[quantity.owner, attribute] = quantity
        return self._trace.parameter(quantity, value)


def untraced(value: Any) -> Any:
    """A value without its history; lists, tuples, sets and dicts of such values are copied likewise."""
    if type(value) in (list, tuple, set):
        return type(value)(untraced(item) for item in value)
    if type(value) is dict:
        return {key: untraced(item) for key, item in value.items()}
    return value_of(value)
