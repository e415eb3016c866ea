"""Which engine does the work, and the engine that runs unrolled programs.

Both give the same numbers to the last bit, so the choice is one of time alone. Recording and compiling take a while,
about what a thousand steps gain; a large network makes a program that is slow to compile and hardly faster to run; and
PyPy makes the walk itself fast.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Optional

from neuronet.dropout import dropout_layers
from neuronet.engines.programs import PROGRAMS, Unrolled
from neuronet.errors import RecordingError
from neuronet.feedforward import FeedForward
from neuronet.optimizers import OptimizerState
from neuronet.scalar import Number
from neuronet.snapshot import held_by
from neuronet.tracing.side_effects import PARTS, WALKS, Surroundings, own_settings, own_walks, same
from neuronet.training.engine import Totals, WalkEngine

LEAST_SAMPLES = 1_000
"""Recording pays from about so many samples on, and one more for each synapse: the gain grows less than it does."""
MOST_SYNAPSES = 10_000
"""A network with more synapses is left to the walk: recording takes some seconds, and some hundred megabytes."""
MOST_ON_PYPY = 50
"""The same where PyPy compiles the walk."""
FEWEST_AT_ONCE = 5
"""For fewer samples, asking whether the network is still the recorded one takes longer than walking over them."""
AT_ONCE = 20_000
"""Synapses times steps between two looks at the clock and for Ctrl-C: some milliseconds."""


class Entry:
    """What is known of one program of a network.

    state: what the network was like, see `state_of`.
    surroundings: what the user's own functions read from around them.
    asked: for how many samples it has been wanted.
    program: None where it has not been recorded, or cannot be.
    refused: why it cannot be.
    """

    __slots__ = ("asked", "program", "refused", "state", "surroundings")

    def __init__(self, network: FeedForward, state: dict[str, Any]) -> None:
        self.state = state
        self.surroundings = Surroundings(network)
        self.asked = 0
        self.program: Optional[Unrolled] = None
        self.refused: Optional[RecordingError] = None


class Programs:
    """The programs of one network, each recorded when it pays and dropped when the network changes."""

    def __init__(self, network: FeedForward) -> None:
        self.network = network
        self._entries: dict[str, Entry] = {}

    def find(self, engine: str, form: str, samples: int) -> Optional[Unrolled]:
        """The program to run, or None where the walk is to do the work.

        engine: "auto" or "unrolled".
        form: one of `PROGRAMS`.
        samples: how many it is wanted for now.

        Raises RecordingError where the unrolled walk is asked for and cannot be recorded.
        """
        if engine == "auto" and form in ("outputs", "loss") and samples < FEWEST_AT_ONCE:
            return None
        synapses = sum(len(neuron.incoming) for neuron in self.network.computing)
        most = MOST_ON_PYPY if sys.implementation.name == "pypy" else MOST_SYNAPSES
        # Each number that the optimizer keeps of a synapse makes a program for training longer.
        longer = 1 + len(self.network.optimizer.initial_state) if form in ("steps", "batches") else 1
        if engine == "auto" and (longer * synapses > most or self.network.kind is not float):
            return None
        state = state_of(self.network)
        entry = self._entries.get(form)
        if entry is None or entry.state != state or entry.surroundings.changed():
            entry = self._entries[form] = Entry(self.network, state)
        entry.asked += samples
        if entry.program is not None and not entry.program.guards_hold():
            entry.program = None
        pays = entry.asked >= longer * (LEAST_SAMPLES + synapses) and entry.refused is None
        if entry.program is None and (engine == "unrolled" or pays):
            self._record(entry, engine, PROGRAMS[form])
        return entry.program

    def _record(self, entry: Entry, engine: str, form: Callable[[FeedForward], Unrolled]) -> None:
        try:
            if self.network.kind is not float:
                raise RecordingError(f"expected a network of floats, got one of {self.network.kind!r}")
            if engine == "auto" and entry.surroundings.side_effect is not None:
                raise RecordingError(f"expected formulas that only compute, but {entry.surroundings.side_effect}")
            if entry.surroundings.adds_up and sys.version_info >= (3, 12):
                raise RecordingError("expected sums from left to right, but the built-in sum rounds otherwise")
            if list(self.network.computing) != [neuron for layer in self.network.layers[1:] for neuron in layer]:
                raise RecordingError("expected the layers that the network was built with")
            program = form(self.network)
            if entry.surroundings.functions and form(self.network).source != program.source:
                raise RecordingError("expected formulas that do the same each time, but these do not")
        except Exception as problem:  # a user's own formula may raise anything when it meets an unknown number
            entry.refused = RecordingError(f"the walk cannot be unrolled: {problem}")
            if engine == "unrolled":
                raise entry.refused from problem
        else:
            entry.program = program


def state_of(network: FeedForward) -> dict[str, Any]:
    """What a program depends on besides numbers, by what it is: the program holds as long as this stays equal."""
    neurons = [neuron for layer in network.layers for neuron in layer.neurons]
    synapses = [synapse for neuron in neurons for synapse in neuron.incoming]
    activations = [neuron.activation for neuron in neurons]
    formulas = [network.loss_function, *dict.fromkeys(activations)]
    held = dict(vars(network)) if own_walks(network) else {}
    return {
        "network": [network.kind, network.loss_function, network.layers, network.computing],
        "walks": [getattr(network, name) for name in WALKS],
        "settings": [_settings_of(one) for one in (network.optimizer, network.penalty)],
        "attributes of an own network": {name: same(value) for name, value in held.items()},
        "mean over outputs": network.loss_function.average,
        "bias neurons": [layer.bias for layer in network.layers],
        "neurons": neurons,
        "names": [neuron.name for neuron in neurons],
        "activations": activations,
        "numbers of incoming synapses": [len(neuron.incoming) for neuron in neurons],
        "outgoing synapses": [synapse for neuron in neurons for synapse in neuron.outgoing],
        "incoming synapses": synapses,
        "sources": [synapse.source for synapse in synapses],
        "frozen": [synapse.frozen for synapse in synapses],
        "optimizer states": [synapse.optimizer_state for synapse in synapses],
        "dropout masks": [layer.mask and list(map(repr, layer.mask)) for layer in dropout_layers(network.layers)],
        "formulas": [getattr(formula, name, None) for formula in formulas for name in PARTS],
        "own settings": own_settings([*formulas, network.optimizer, *network.layers, *neurons, *synapses]),
    }


def _settings_of(one: Any) -> tuple[Any, dict[str, Any]]:
    return one, {name: same(value) for name, value in held_by(one).items()}


class UnrolledEngine:
    """Goes through the epochs by an unrolled program; see `training.Engine`.

    walk: the engine that walks over the objects. It takes over where the network can no longer be unrolled, and does
        again what went wrong: then it finds the very sample.
    find: gives the program, or None; asked again after each look of the caller's.
    watched: whether there is a clock to look at before every step.
    """

    name = "unrolled"

    def __init__(
        self, walk: WalkEngine, find: Callable[[], Optional[Unrolled]], program: Unrolled, *, watched: bool
    ) -> None:
        self.walk = walk
        self.find = find
        self.program: Optional[Unrolled] = program
        self.batch_size = walk.batch_size
        self.rows = [[*inputs, *targets] for inputs, targets in zip(walk.inputs, walk.targets)]
        work = max(1, len(walk.synapses)) * self.batch_size
        self.at_once = (1 if watched else max(1, AT_ONCE // work)) * self.batch_size
        self.own_steps = 0
        self.memory: list[Number] = []
        self.shown: Optional[list[Number]] = None
        self.settled = True

    @property
    def steps(self) -> int:
        """How many updates were made, by either engine."""
        return self.own_steps + self.walk.steps

    def epoch(self, order: list[int], learning_rate: Number, halted: Callable[[], bool]) -> Optional[Totals]:
        """As `training.Engine.epoch`."""
        if self.settled:
            self.walk.prepare(learning_rate)
            self._look_again()
        if self.program is None:
            return self.walk.epoch(order, learning_rate, halted)
        before = self.memory, self.shown, self.own_steps
        drawn = [layer.rng.getstate() for layer in self.walk.dropouts]
        try:
            found = self._run(order, learning_rate, halted)
            if found is None or self._is_finite(found):
                return found
        except Exception:  # noqa: S110 - whatever it is, the walk will meet it too, and name the sample
            pass
        self.memory, self.shown, self.own_steps = before
        for layer, state in zip(self.walk.dropouts, drawn):
            layer.rng.setstate(state)
        return self._walk_again(order, learning_rate)

    def _run(self, order: list[int], learning_rate: Number, halted: Callable[[], bool]) -> Optional[Totals]:
        assert self.program is not None  # noqa: S101
        run, size, at_once = self.program.run, self.batch_size, self.at_once
        rows = list(map(self.rows.__getitem__, order))
        loss = distance = 0.0
        for first in range(0, len(rows), at_once):
            if halted():
                return None
            part = rows[first : first + at_once] if len(rows) > at_once else rows
            if self.walk.dropouts:
                part = [[*row, *self._drawn()] for row in part]
            work = part if size == 1 else [part[start : start + size] for start in range(0, len(part), size)]
            loss, distance, self.memory, self.shown = run(work, learning_rate, loss, distance, self.memory)
            self.own_steps += len(work)
        return loss, distance

    def _drawn(self) -> list[Number]:
        """The dropout masks, drawn for the next sample as the walk would draw them."""
        masks = [layer.draw() or [1.0] * len(layer) for layer in self.walk.dropouts]
        drawn = [float(factor) for mask in masks for factor in mask]
        for layer in self.walk.dropouts:
            layer.rest()
        return drawn

    def _is_finite(self, totals: Totals) -> bool:
        """Whether the totals, the weights, what the optimizer keeps, and the penalty are finite.

        Their sum tells it at once, unless it is too large itself.
        """
        assert self.program is not None  # noqa: S101
        total = sum(totals) + sum(self.memory)
        if total - total != 0:
            kept = [
                value
                for cell, value in zip(self.program.memory, self.memory)
                if cell.attribute == "weight" or isinstance(cell.owner, OptimizerState)
            ]
            if not all(value - value == 0 for value in (*totals, *kept)):
                return False
        if self.walk.network.penalty is None:
            return True
        self.show()
        penalty = self.walk.network.penalty_loss()
        return bool(penalty - penalty == 0)

    def _walk_again(self, order: list[int], learning_rate: Number) -> Optional[Totals]:
        """The epoch once more over the objects, from the same numbers: what went wrong goes wrong there too."""
        self.settle()
        totals = self.walk.epoch(order, learning_rate, lambda: False)
        self._look_again()
        return totals

    def go_back(self) -> None:
        """As `training.Engine.go_back`; only the walk that was done again can have failed."""
        self.walk.go_back()
        self._look_again()

    def show(self) -> None:
        """As `training.Engine.show`."""
        if self.program is not None and not self.settled:
            self.program.give(self.memory, self.shown)

    def settle(self) -> None:
        """As `training.Engine.settle`; only once, for what the caller changes afterwards is to stay."""
        self.show()
        self.settled = True

    def _look_again(self) -> None:
        """Take the numbers as they are now, and the program that fits the network as it is now."""
        self.program = self.find()
        if self.program is not None and not self.program.begins_cleared():
            self.program = None  # the caller has left gradients behind, which the next update is to take
        if self.program is not None:
            self.memory, self.shown = self.program.taken(), None
        self.settled = self.program is None
