"""The training state: all that the next epoch depends on besides the weights and the optimizer's state of each synapse.

It stays with the network when training ends and goes into the file with it. So five epochs, a file, another process and
five more epochs are ten epochs, to the last bit.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from random import Random
from typing import Any, Optional

from neuronet import validate
from neuronet.scalar import Number
from neuronet.training.schedules import Schedule


class TrainingState:
    """How far a training has come, and with which settings.

    epochs: how many are done.
    learning_rate, batch_size, shuffle, schedule, early_stopping, plateau, min_delta: as in `Network.train`.
    generator: where the order of the samples comes from, if not from the network's own generator.
    best, best_epoch, best_weights: the lowest validation loss so far, and when and with which weights that was; None
        without early stopping.
    improved, improved_epoch: the last validation loss below the one before it by more than min_delta, and when.
    lowest, lowest_epoch: the lowest loss so far of the samples trained on, and when that was.
    last_weights: the weights to go on from, where the network has been given the best ones; else None.
    later_keys: what a later version of the library said of this training in a file, by the place in it.
    """

    def __init__(self, learning_rate: Number, batch_size: int) -> None:
        self.epochs = 0
        self.learning_rate = learning_rate
        self.batch_size = batch_size
        self.shuffle = True
        self.schedule: Optional[Schedule] = None
        self.early_stopping: Optional[int] = None
        self.plateau: Optional[int] = None
        self.min_delta = 0.0
        self.generator: Optional[Random] = None
        self.best: Optional[float] = None
        self.best_epoch = 0
        self.best_weights: Optional[list[Number]] = None
        self.last_weights: Optional[list[Number]] = None
        self.improved: Optional[float] = None
        self.improved_epoch = 0
        self.lowest: Optional[float] = None
        self.lowest_epoch = 0
        self.later_keys: Mapping[str, Mapping[str, Any]] = {}

    def copy(self) -> TrainingState:
        """A state of its own with the same past; its generator is the very same."""
        twin = TrainingState(self.learning_rate, self.batch_size)
        vars(twin).update(vars(self))
        return twin

    def twin(self, kind: validate.Kind) -> TrainingState:
        """The same state for a copy of the network in numbers of this kind, with a generator of its own."""
        twin = self.converted(kind)
        twin.generator = deepcopy(twin.generator)
        return twin

    def converted(self, kind: validate.Kind) -> TrainingState:
        """The same state in numbers of another kind."""
        twin = self.copy()
        twin.learning_rate = kind(self.learning_rate)
        twin.best = None if self.best is None else kind(self.best).real
        twin.improved = None if self.improved is None else kind(self.improved).real
        twin.lowest = None if self.lowest is None else kind(self.lowest).real
        twin.best_weights = None if self.best_weights is None else list(map(kind, self.best_weights))
        twin.last_weights = None if self.last_weights is None else list(map(kind, self.last_weights))
        return twin

    def forget_other_graphs(self, synapses: int) -> None:
        """Forget the best weights, and those to go on from, where they belong to another number of synapses."""
        if self.best_weights is not None and len(self.best_weights) != synapses:
            self.best, self.best_epoch, self.best_weights, self.last_weights = None, 0, None, None
            self.improved, self.improved_epoch = None, 0

    def rate(self, epoch: int) -> Number:
        """The learning rate of an epoch."""
        return self.learning_rate if self.schedule is None else self.schedule(epoch, float(self.learning_rate.real))

    def saw(self, loss: Number) -> None:
        """Take down the loss of the epoch that is done."""
        if self.lowest is None or self.lowest - loss.real > self.min_delta:
            self.lowest, self.lowest_epoch = loss.real, self.epochs

    def saw_validation(self, loss: Number, weights: list[Number]) -> None:
        """Take down the validation loss of the epoch that is done, and its weights if they are the best."""
        if loss - loss != 0:  # infinite, or no number
            return
        if self.best is None or loss.real < self.best:
            self.best, self.best_epoch, self.best_weights = loss.real, self.epochs, weights
        if self.improved is None or self.improved - loss.real > self.min_delta:
            self.improved, self.improved_epoch = loss.real, self.epochs

    def ended(self) -> str:
        """Why no further epoch is worth while: "early" or "plateau"; "" where one is."""
        if self.early_stopping is not None and self.epochs - self.improved_epoch >= self.early_stopping:
            return "early"
        if self.plateau is not None and self.epochs - self.lowest_epoch >= self.plateau:
            return "plateau"
        return ""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.epochs} epochs, learning_rate={self.learning_rate!r})"
