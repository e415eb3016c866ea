"""Listens to a walk: the network's own methods run on numbers that tell how they were made, and all is put back.

Whenever the walk leaves a number on a neuron or synapse, that is an event. The number is kept as the recorded formula
of the event, and what stands on the object from then on is a new quantity with a name, so that later formulas speak
of `output(h1)` and not of how it was made. No step of the walk is written here: what is told is what was computed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import new_class
from typing import TYPE_CHECKING, Any, NamedTuple

from neuronet.dropout import dropout_layers
from neuronet.errors import NumberError
from neuronet.graph import Neuron, Synapse
from neuronet.numbers.traced import Trace, Traced, is_plain, value_of
from neuronet.optimizers import OptimizerState, refuse_own_updates
from neuronet.scalar import Number
from neuronet.snapshot import ABSENT, Held, beside_numbers, boxes_of, held_by
from neuronet.stepping.changes import Change, changes_in, changes_since, plain
from neuronet.stepping.formula import Quantity, quantities
from neuronet.stepping.step import Step, event
from neuronet.tracing.record import LEFT_BEHIND

if TYPE_CHECKING:
    from neuronet.network import Network


class Event(NamedTuple):
    """A step, and the changes that come with it: its own, and those that nobody is told of, such as clearing."""

    step: Step
    changes: list[Change]


class Tracer:
    """Hears what the walks leave on the objects of one network.

    events: in the order of the walk, but for the loss, which the backward walk finds last and is told first: it needs
        nothing of that walk.
    rest: changes of a phase in which nothing was told, such as the cleared gradients where all weights are frozen.
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        self.events: list[Event] = []
        self.rest: list[Change] = []
        self._telling = Trace()
        self._phase = ""
        self._renews_gradients = ""
        self._waiting: list[Change] = []
        self._undo: list[Change] = []
        self._classes: dict[type, type] = {}
        self._begun: list[Change] = []
        self._synapses: dict[OptimizerState, Synapse] = {}
        self._names: dict[tuple[Any, str], Quantity] = {}
        self._silent = {neuron for neuron in network.neurons if neuron.is_bias or neuron in network.layers[0].neurons}

    def listen(self, inputs: Sequence[Number], targets: Sequence[Number], learning_rate: Number) -> None:
        """Walk forward and backward, and update unless the learning rate is None; leaves everything as it was."""
        told = self._telling
        layers = self.network.layers
        named = [told.parameter(Quantity("output", one), value) for one, value in zip(layers[0], inputs)]
        wanted = [told.parameter(Quantity("target", one), value) for one, value in zip(layers[-1], targets)]
        with _understood(), self._naming_settings(), self._hearing(learning_rate):
            self._walk("forward", self.network.propagate, named)
            loss = self._walk("backward", self.network.backpropagate, wanted)
            self._tell_loss(loss)
            if learning_rate is not None:
                step = told.parameter(Quantity("learning_rate"), learning_rate)
                self._waiting = self._begun
                self._walk("update", self._update, step)

    def _update(self, learning_rate: Number) -> None:
        self._renews_gradients = "penalized"
        self.network.finish_gradients(1)
        self._renews_gradients = "clipped" if self.network.optimizer.clips else ""
        self.network.apply_gradients(learning_rate)

    def hear(self, owner: Any, attribute: str, value: Any) -> Any:
        """The walk leaves a value; returns what is to stand there."""
        before = getattr(owner, attribute, ABSENT)
        self._undo.append(Change(owner, attribute, before))
        change = Change(owner, attribute, plain(value))
        if not self._is_told(owner, attribute, value):
            (self.events[-1].changes if self._has_spoken() else self._waiting).append(change)
            same = attribute == "gradient" and isinstance(value, Traced) and repr(value.value) == repr(value_of(before))
            return before if same else self._named(owner, attribute, value)
        owner = self._synapses.get(owner, owner)
        last = self._names.get((owner, attribute))
        renewed = last is not None and last in quantities(value)
        kind = f"new {last.kind}" if last is not None and renewed else attribute
        renews = attribute == "gradient" and self._phase == "update"
        quantity = Quantity(f"{self._renews_gradients} gradient" if renews else kind, owner)
        self._names[owner, attribute] = quantity
        title = quantity.text
        if attribute == "output" and not renewed:
            nets = ", ".join(Quantity("net", one).text for one in self._row_of(owner))
            title = f"{title} = {owner.activation.name}({nets})"
        old = None if before is ABSENT else plain(before)
        step = event(self._phase, attribute, owner, value, before=old, title=title)
        self.events.append(Event(step, [*self._waiting, change]))
        self._waiting = []
        return self._telling.parameter(quantity, value_of(value))

    def _is_told(self, owner: Any, attribute: str, value: Any) -> bool:
        if not (is_plain(value) or isinstance(value, Traced)):
            return False
        if isinstance(owner, Synapse):
            return attribute == "weight" or (attribute == "gradient" and self._is_news(owner.gradient, value))
        if isinstance(owner, Neuron):
            return attribute in LEFT_BEHIND and owner not in self._silent
        return isinstance(owner, OptimizerState) and self._phase == "update"

    def _is_news(self, before: Any, gradient: Any) -> bool:
        """Whether a gradient is told: in the update only where penalty or clipping change it."""
        if self._phase != "update":
            return True
        cleared = not isinstance(gradient, Traced) and gradient == 0
        return bool(self._renews_gradients) and not cleared and value_of(gradient) != value_of(before)

    def _has_spoken(self) -> bool:
        return bool(self.events) and self.events[-1].step.phase == self._phase

    def _row_of(self, neuron: Neuron) -> list[Neuron]:
        """The neurons whose nets make the output of this one."""
        return self.network.layers[-1].neurons if hasattr(neuron.activation, "values") else [neuron]

    def _walk(self, phase: str, walk: Any, *arguments: Any) -> Any:
        self._phase = phase
        result = walk(*arguments)
        (self.events[-1].changes if self._has_spoken() else self.rest).extend(self._waiting)
        self._waiting = []
        return result

    def _tell_loss(self, loss: Any) -> None:
        step = event("backward", "loss", None, loss, before=None, title="loss")
        place = next((at for at, one in enumerate(self.events) if one.step.phase == "backward"), len(self.events))
        self.events.insert(place, Event(step, []))

    @contextmanager
    def _hearing(self, learning_rate: Number) -> Iterator[None]:
        """Inside, every number on the objects is a quantity with a name; afterwards all is as it was."""
        if learning_rate is not None:
            self._begin(learning_rate)
        owners = [*self.network.neurons, *self.network.synapses, *self._synapses]
        classes = [(owner, type(owner)) for owner in owners]
        drawn = self.network.rng.getstate()
        others = [Held(one) for one in beside_numbers(self.network)]
        boxes = [box for owner in owners for box in boxes_of(owner)]
        try:
            for owner in owners:
                self._name_numbers(owner)
            for owner in owners:
                object.__setattr__(owner, "__class__", self._listening(type(owner)))
            yield
            last = self.events[-1].changes if self.events else self.rest
            last += [change for held in others for change in changes_since(held)]
            last += [change for box in boxes for change in changes_in(box)]
        finally:
            for owner, own_class in classes:
                object.__setattr__(owner, "__class__", own_class)
            for change in reversed(self._undo):
                change.apply()
            for held in others:
                held.put_back()
            for box in boxes:
                box.put_back()
            self.network.rng.setstate(drawn)

    def _begin(self, learning_rate: Number) -> None:
        """Let every synapse have what the optimizer remembers of it, as before any update."""
        optimizer, synapses = self.network.optimizer, self.network.synapses
        refuse_own_updates(self.network.computing, optimizer)
        before = [synapse.optimizer_state for synapse in synapses]
        optimizer.prepare(synapses, learning_rate, self.network.kind)
        for synapse, state in zip(synapses, before):
            if synapse.optimizer_state is not state:
                self._undo.append(Change(synapse, "optimizer_state", state))
                self._begun.append(Change(synapse, "optimizer_state", synapse.optimizer_state))
        self._synapses = {synapse.optimizer_state: synapse for synapse in synapses if synapse.optimizer_state is not None}

    @contextmanager
    def _naming_settings(self) -> Iterator[None]:
        """Inside, the settings that formulas speak of are quantities with names: `beta1`, `l2`, `mask(h1)`."""
        network, told = self.network, self._telling
        layers = dropout_layers(network.layers)
        names = (*network.optimizer.options, "clip_norm", "clip_value", "l1", "l2")
        owners = [one for one in (network.optimizer, network.penalty) if one is not None]
        undo = [Change(layer, "mask", layer.mask) for layer in layers]
        undo += [Change(one, name, vars(one)[name]) for one in owners for name in names if name in vars(one)]
        try:
            for owner, name, value in undo[len(layers) :]:
                setattr(owner, name, told.parameter(Quantity(name), value))
            for layer in layers:
                if layer.mask is not None:
                    layer.mask = [told.parameter(Quantity("mask", one), factor) for one, factor in zip(layer, layer.mask)]
            yield
        finally:
            for change in undo:
                change.apply()

    def _name_numbers(self, owner: Any) -> None:
        for attribute, value in held_by(owner).items():
            ours = owner not in self._synapses
            if ours and (attribute in ("frozen", "initial") or (attribute == "output" and owner.is_bias)):
                continue
            if attribute in (*LEFT_BEHIND, "weight", "gradient") and not (value is None or is_plain(value)):
                raise NumberError(f"{owner!r}.{attribute}: expected a float, got a {type(value).__name__}")
            if is_plain(value):
                self._undo.append(Change(owner, attribute, value))
                setattr(owner, attribute, self._named(owner, attribute, value))

    def _named(self, owner: Any, attribute: str, value: Any) -> Any:
        """A quantity of this value; a gradient of 0 stays a number, for a sum that begins there needs no name."""
        quantity = Quantity(attribute, self._synapses.get(owner, owner))
        if isinstance(value, Traced) or not is_plain(value) or attribute == "initial":
            return value
        if attribute == "gradient" and value == 0:
            return value
        self._names[quantity.owner, attribute] = quantity
        return self._telling.parameter(quantity, value)

    def _listening(self, own_class: type) -> type:
        """The class of an object, telling what is assigned."""
        if own_class not in self._classes:
            assigned: Any = own_class.__setattr__

            def assign(owner: Any, attribute: str, value: Any) -> None:
                assigned(owner, attribute, self.hear(owner, attribute, value))

            body = {"__slots__": (), "__module__": own_class.__module__, "__setattr__": assign}
            self._classes[own_class] = new_class(own_class.__name__, (own_class,), {}, lambda space: space.update(body))
        return self._classes[own_class]


@contextmanager
def _understood() -> Iterator[None]:
    """Turns the TypeError of a formula that knows floats only into one that says so."""
    try:
        yield
    except TypeError as problem:
        if Traced.__name__ in str(problem) or "recorded" in str(problem):
            raise NumberError(f"steps: expected formulas that any number can flow through, but {problem}") from problem
        raise
