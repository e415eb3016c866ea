"""The training loop: epoch after epoch, until the settings or Ctrl-C say stop."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from time import perf_counter
from typing import Any, Callable, NamedTuple, Optional

from neuronet.data.answers import accuracy_of
from neuronet.errors import TrainingError
from neuronet.feedforward import FeedForward
from neuronet.optimizers import Optimizer
from neuronet.scalar import Number
from neuronet.training.engine import Engine, Totals, WalkEngine
from neuronet.training.history import Epoch, History
from neuronet.training.interrupt import interrupt_deferred
from neuronet.training.settings import Given, Samples, Settings, checked
from neuronet.training.state import TrainingState
from neuronet.validate import step_size

EngineFor = Callable[[WalkEngine, Settings], Engine]
"""Chooses the engine that does the work of the walk."""


class Looks(NamedTuple):
    """How the loop looks at the network between two epochs; a caller may look by another engine."""

    mean_loss: Callable[[Sequence[Any], Sequence[Any]], Number]
    """From rows of inputs and of targets to their mean loss."""
    all_outputs: Callable[[Sequence[Any]], list[list[Number]]]
    """From rows of inputs to the outputs for each."""


def train(
    network: FeedForward,
    samples: Samples,
    given: Given,
    engine_for: EngineFor = lambda walk, settings: walk,
    *,
    state: Optional[TrainingState] = None,
    begun: Callable[[TrainingState], Any] = lambda state: None,
    looks: Optional[Looks] = None,
) -> History:
    """Train a network, and return what happened in each epoch; `Network.train` describes the rest.

    samples: checked.
    engine_for: chooses the engine; without it the walk itself does the work.
    state: what the last training left, where this one may go on with it.
    begun: is given the state of this training, which is kept up to date, before the first epoch.
    looks: how validation and accuracy are measured; None asks the network.

    Raises DataError before anything is changed, and what `engine_for` raises with everything put back.
    """
    settings, state, optimizer = checked(network, len(samples[0]), given, state)
    network.check()
    looks = Looks(network.mean_loss, network.all_outputs) if looks is None else looks
    with interrupt_deferred() as interrupted, network.turn.training():
        with network.turn.lock:
            engine = _begin(network, samples, (settings, state, optimizer), engine_for)
            begun(state)
            network.clear_gradients()
        try:
            return Training(network, engine, samples, settings, state, looks=looks, interrupted=interrupted).run()
        finally:
            with network.turn.lock:
                network.clear_gradients()


def _begin(
    network: FeedForward,
    samples: Samples,
    checked_settings: tuple[Settings, TrainingState, Optimizer],
    engine_for: EngineFor,
) -> Engine:
    """Give the network its optimizer and the weights to go on from, and find its engine; or leave all as it was."""
    settings, state, optimizer = checked_settings
    before = network.optimizer, network.weights, [synapse.optimizer_state for synapse in network.synapses]
    network.optimizer = optimizer
    try:
        if type(optimizer) is not type(before[0]):
            for synapse in network.synapses:
                synapse.optimizer_state = None
        optimizer.prepare(network.synapses, state.learning_rate, network.kind)
        if state.last_weights is not None:
            network.weights, state.last_weights = state.last_weights, None
        return engine_for(WalkEngine(network, samples[0], samples[1], state.batch_size), settings)
    except BaseException:  # an optimizer of the caller's own may raise anything
        network.optimizer, network.weights = before[:2]
        for synapse, kept in zip(network.synapses, before[2]):
            synapse.optimizer_state = kept
        raise


class Training:
    """How far one call of `train` has come, and when it is to stop.

    network: what is trained.
    engine: what goes through the epochs.
    samples: what is trained on, checked.
    settings: see `Network.train`.
    state: is kept up to date.
    looks: how validation and accuracy are measured.
    interrupted: says whether Ctrl-C has been pressed, see `interrupt_deferred`.
    """

    def __init__(
        self,
        network: FeedForward,
        engine: Engine,
        samples: Samples,
        settings: Settings,
        state: TrainingState,
        *,
        looks: Looks,
        interrupted: Callable[[], Any],
    ) -> None:
        self.network = network
        self.turn = network.turn
        self.engine = engine
        self.samples = samples
        self.settings = settings
        self.state = state
        self.looks = looks
        self.time_limit = settings.time_limit
        self.history = History(engine.name)
        self.start = perf_counter()
        self.interrupted = interrupted

    def run(self) -> History:
        """Train until the settings or Ctrl-C say stop; TrainingError as `epochs` says."""
        try:
            for epoch in self.epochs():
                self.history.epochs.append(epoch)
                self.history.stopped = self.reason_after(epoch)
                if self.history.stopped != "epochs":
                    break
        finally:
            self.settle()
            self.history.steps = self.engine.steps
            self.history.seconds = self.seconds()
        with self.turn.lock:
            self._take_the_best()
        return self.history

    def epochs(self) -> Iterator[Epoch]:
        """Yield a record after each epoch, until all are done or one was stopped on its way.

        Raises TrainingError, naming the epoch and the sample, when the loss or a weight is no longer a finite
        number; the weights are then those from before that epoch.
        """
        inputs, targets = self.samples
        with self.turn.lock:
            if self.halted():
                return
        rate = self.state.learning_rate
        for number in range(self.state.epochs + 1, self.state.epochs + self.settings.epochs + 1):
            if self.state.schedule is not None:
                rate = step_size(self.state.rate(number), self.network.kind)
            order = list(range(len(inputs)))
            if self.settings.order is not None:
                self.settings.order.shuffle(order)
            with self.turn.lock:
                totals = self._epoch(number, order, rate)
            if totals is None:
                return
            loss = totals[0] / len(inputs)
            if self.network.penalty is not None:
                self.settle()
                loss += self.network.penalty_loss()
            distance = totals[1] / (len(inputs) * len(targets[0]))
            yield self._looked_at(Epoch(number, loss, distance, self.seconds(), rate))

    def _epoch(self, number: int, order: list[int], rate: Number) -> Optional[Totals]:
        """Go once over all samples in this order; None where it was stopped on its way."""
        try:
            totals = self.engine.epoch(order, rate, self.halted)
        except ArithmeticError as problem:
            self.engine.go_back()
            raise TrainingError(
                f"epoch {number}, {problem}; the weights are again those from before this epoch; "
                f"try a learning rate below {rate}, or inputs and targets on a smaller scale"
            ) from None
        if totals is not None:
            self.state.epochs = number
        return totals

    def settle(self) -> None:
        """Put every number where the caller can see it."""
        with self.turn.lock:
            self.engine.settle()

    def _looked_at(self, epoch: Epoch) -> Epoch:
        """The record with what the network shows after the epoch; the state learns what that means for it."""
        settings, state = self.settings, self.state
        state.saw(epoch.loss)
        if settings.validation is None and settings.until_accuracy is None:
            return epoch
        self.settle()
        if settings.validation is not None:
            epoch = epoch._replace(validation_loss=self.looks.mean_loss(*settings.validation))
            if state.early_stopping is not None:
                state.saw_validation(epoch.validation_loss, self.network.weights)
        if settings.until_accuracy is not None:
            inputs, targets = self.samples if settings.validation is None else settings.validation
            epoch = epoch._replace(accuracy=accuracy_of(self.looks.all_outputs(inputs), targets))
        return epoch._replace(seconds=self.seconds())

    def halted(self) -> bool:
        """Whether the next step must not begin; why, stands in the history. Other threads that wait go first."""
        if self.turn.asked:
            self.engine.show()
            self.turn.give_way()
        if self.interrupted():
            self.history.stopped = "interrupted"
        elif self.time_limit is not None and self.seconds() >= self.time_limit:
            self.history.stopped = "time"
        else:
            return False
        return True

    def reason_after(self, epoch: Epoch) -> str:
        """Why this epoch was the last, or "epochs" where the next one may begin."""
        enough = False
        if self.settings.callback is not None:
            if getattr(self.settings.callback, "needs_network", True):
                self.settle()
            enough = bool(self.settings.callback(epoch))
        if self.settings.checkpoint is not None and epoch.epoch % self.settings.checkpoint_every == 0:
            self.settle()
            self.settings.checkpoint()
        if self.interrupted():
            return "interrupted"
        if enough:
            return "callback"
        goal = self.settings.until_loss
        if goal is not None and epoch.loss.real <= goal:
            return "loss"
        if epoch.accuracy is not None and epoch.accuracy >= (self.settings.until_accuracy or 0):
            return "accuracy"
        return self.state.ended() or "epochs"

    def _take_the_best(self) -> None:
        """Give the network its best weights, and keep the last ones for going on."""
        if self.state.early_stopping is None or self.state.best_weights is None:
            return
        self.history.best_epoch = self.state.best_epoch
        last = self.network.weights
        if last != self.state.best_weights:
            self.state.last_weights = last
            self.network.weights = self.state.best_weights

    def seconds(self) -> float:
        """The time since the start."""
        return perf_counter() - self.start
