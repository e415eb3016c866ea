"""One call of `Network.train`: epoch after epoch, until the settings or Ctrl-C say stop."""

from __future__ import annotations

from collections.abc import Iterator
from time import perf_counter
from typing import TYPE_CHECKING, Callable

from neuronet.data.answers import share_right
from neuronet.errors import TrainingError
from neuronet.training.engine import Engine
from neuronet.training.history import Epoch, History
from neuronet.training.settings import Samples, Settings, step_size
from neuronet.training.state import TrainingState

if TYPE_CHECKING:
    from neuronet.network import Network


class Training:
    """How far one call of `Network.train` has come, and when it is to stop.

    network: what is trained; its course is kept up to date.
    engine: what goes through the epochs.
    samples: what is trained on, checked.
    settings: see `Network.train`.
    looking: the engine for looking at the network: "auto", "walk" or "unrolled".
    interrupted: says whether Ctrl-C has been pressed, see `interrupt_deferred`.
    """

    def __init__(
        self,
        network: Network,
        engine: Engine,
        samples: Samples,
        settings: Settings,
        looking: str,
        *,
        interrupted: Callable[[], bool],
    ) -> None:
        self.network = network
        self.engine = engine
        self.samples = samples
        self.settings = settings
        self.looking = looking
        self.training_state: TrainingState = network.training_state  # type: ignore[assignment]
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
            self.engine.settle()
            self.history.steps = self.engine.steps
            self.history.seconds = self.seconds()
        self._take_the_best()
        return self.history

    def epochs(self) -> Iterator[Epoch]:
        """Yield a record after each epoch, until all are done or one was stopped on its way.

        Raises TrainingError, naming the epoch and the sample, when the loss or a weight is no longer a finite
        number; the weights are then those from before that epoch.
        """
        inputs, targets = self.samples
        if self.halted():
            return
        rate = self.training_state.learning_rate
        for number in range(self.training_state.epochs + 1, self.training_state.epochs + self.settings.epochs + 1):
            if self.training_state.schedule is not None:
                rate = step_size(self.training_state.rate(number), self.network.kind)
            order = list(range(len(inputs)))
            if self.settings.order is not None:
                self.settings.order.shuffle(order)
            try:
                totals = self.engine.epoch(order, rate, self.halted)
            except ArithmeticError as problem:
                self.engine.go_back()
                raise TrainingError(
                    f"epoch {number}, {problem}; the weights are again those from before this epoch; "
                    f"try a learning rate below {rate}, or inputs and targets on a smaller scale"
                ) from None
            if totals is None:
                return
            self.training_state.epochs = number
            loss = totals[0] / len(inputs)
            if self.network.penalty is not None:
                self.engine.settle()
                loss += self.network.penalty_loss()
            distance = totals[1] / (len(inputs) * len(targets[0]))
            yield self._looked_at(Epoch(number, loss, distance, self.seconds(), rate))

    def _looked_at(self, epoch: Epoch) -> Epoch:
        """The record with what the network shows after the epoch, and the course with what that means for it."""
        settings, course = self.settings, self.training_state
        course.saw(epoch.loss)
        if settings.validation is None and settings.until_accuracy is None:
            return epoch
        self.engine.settle()
        if settings.validation is not None:
            epoch = epoch._replace(validation_loss=self.network.mean_loss(*settings.validation, self.looking))
            if course.early_stopping is not None:
                course.saw_validation(epoch.validation_loss, self.network.weights)
        if settings.until_accuracy is not None:
            inputs, targets = self.samples if settings.validation is None else settings.validation
            epoch = epoch._replace(accuracy=share_right(self.network.all_outputs(inputs, self.looking), targets))
        return epoch._replace(seconds=self.seconds())

    def halted(self) -> bool:
        """Whether the next step must not begin; why, stands in the history."""
        limit = self.settings.time_limit
        if self.interrupted():
            self.history.stopped = "interrupted"
        elif limit is not None and self.seconds() >= limit:
            self.history.stopped = "time"
        return self.history.stopped != "epochs"

    def reason_after(self, epoch: Epoch) -> str:
        """Why this epoch was the last, or "epochs" where the next one may begin."""
        enough = False
        if self.settings.callback is not None:
            if getattr(self.settings.callback, "needs_network", True):
                self.engine.settle()
            enough = self.settings.callback(epoch) is True
        if self.settings.checkpoint is not None and epoch.epoch % self.settings.checkpoint_every == 0:
            self.engine.settle()
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
        return self.training_state.ended() or "epochs"

    def _take_the_best(self) -> None:
        """Give the network its best weights, and keep the last ones for going on."""
        if self.training_state.early_stopping is None or self.training_state.best_weights is None:
            return
        self.history.best_epoch = self.training_state.best_epoch
        last = self.network.weights
        if last != self.training_state.best_weights:
            self.training_state.last_weights = last
            self.network.weights = self.training_state.best_weights

    def seconds(self) -> float:
        """The time since the start."""
        return perf_counter() - self.start
