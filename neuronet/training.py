"""Training: epochs of batches, each a forward and a backward walk for every sample and then one update.

An epoch goes once over all samples; a step is one update. The three phases never mix: the weights change only after
the last delta of the batch is known. Nothing is printed: each epoch is yielded as a plain record, and `History`
keeps them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from random import Random
from time import perf_counter
from typing import TYPE_CHECKING, Any, Callable, NamedTuple, Optional

from neuronet.errors import TrainingError
from neuronet.scalar import Number, magnitude

if TYPE_CHECKING:
    from neuronet.network import Network


class Epoch(NamedTuple):
    """What one pass over all samples showed.

    Loss and error are means over the epoch's samples, each measured on the forward walk that its own step starts from.
    """

    epoch: int
    """1 for the first epoch of this call."""
    loss: Number
    """The mean loss of a sample."""
    mean_absolute_error: Number
    """The mean of |target - output| over all outputs of all samples: the error that the article prints."""
    seconds: float
    """The time from the start of training to the end of this epoch."""


class History(Sequence[Epoch]):
    """What training did: a sequence of `Epoch` records, and how it ended.

    stopped: why it ended: "epochs" (all done), "loss" (until_loss reached), "time" (time_limit over), "callback"
        (it returned True) or "interrupted" (Ctrl-C).
    seconds: how long it took.
    steps: how many times the weights were updated.
    """

    def __init__(self) -> None:
        self.epochs: list[Epoch] = []
        self.stopped = "epochs"
        self.seconds = 0.0
        self.steps = 0

    @property
    def losses(self) -> list[Number]:
        """The loss of each epoch, in order."""
        return [epoch.loss for epoch in self.epochs]

    def __len__(self) -> int:
        return len(self.epochs)

    def __getitem__(self, position: Any) -> Any:
        return self.epochs[position]

    def __repr__(self) -> str:
        ends = [float(epoch.loss.real) for epoch in (*self.epochs[:1], *self.epochs[-1:])]
        losses = f", loss {ends[0]:.6f} -> {ends[1]:.6f}" if ends else ""
        return f"History({len(self)} epochs{losses}, stopped: {self.stopped}, {self.seconds:.2f} s)"


class Settings(NamedTuple):
    """The settings of `Network.train`, checked; they are described there."""

    epochs: int
    learning_rate: Number
    batch_size: int
    shuffle: Optional[Random]
    until_loss: Optional[float]
    time_limit: Optional[float]
    callback: Optional[Callable[[Epoch], Any]]


class Training:
    """One call of `Network.train`: the samples and settings, and how far it has come.

    network: what is trained.
    inputs, targets: the samples, checked.
    settings: see `Network.train`.
    """

    def __init__(
        self, network: Network, inputs: list[list[Number]], targets: list[list[Number]], settings: Settings
    ) -> None:
        self.network = network
        self.inputs = inputs
        self.targets = targets
        self.settings = settings
        self.history = History()
        self.start = perf_counter()
        self.interrupted: Callable[[], bool] = lambda: False

    def run(self) -> History:
        """Train until the settings or Ctrl-C say stop; TrainingError as `epochs` says."""
        self.network.clear_gradients()
        try:
            with interrupt_deferred() as self.interrupted:
                for epoch in self.epochs():
                    self.history.epochs.append(epoch)
                    self.history.stopped = self.reason_after(epoch)
                    if self.history.stopped != "epochs":
                        break
        finally:
            self.network.clear_gradients()
            self.history.seconds = self.seconds()
        return self.history

    def epochs(self) -> Iterator[Epoch]:
        """Yield a record after each epoch, until all are done or one was stopped on its way.

        Raises TrainingError, naming the epoch and the sample, when the loss or a weight is no longer a finite
        number; the weights are then those from before that epoch.
        """
        synapses = self.network.synapses
        for number in range(1, self.settings.epochs + 1):
            order = list(range(len(self.inputs)))
            if self.settings.shuffle is not None:
                self.settings.shuffle.shuffle(order)
            weights = [synapse.weight for synapse in synapses]
            try:
                record = self.epoch(number, order)
                if any(synapse.weight - synapse.weight != 0 for synapse in synapses):
                    raise ArithmeticError(f"after sample {order[-1]}: a weight is no longer a finite number")
            except ArithmeticError as problem:
                for synapse, weight in zip(synapses, weights):
                    synapse.weight = weight
                raise TrainingError(
                    f"epoch {number}, {problem}; the weights are again those from before this epoch; "
                    f"try a learning rate below {self.settings.learning_rate}, or inputs and targets on a smaller scale"
                ) from None
            if record is None:
                return
            yield record

    def epoch(self, number: int, order: list[int]) -> Optional[Epoch]:
        """Go once over all samples in this order; None where it was stopped on its way."""
        loss = distance = 0
        for first in range(0, len(order), self.settings.batch_size):
            self.history.stopped = self.reason_before_step()
            if self.history.stopped != "epochs":
                return None
            batch = order[first : first + self.settings.batch_size]
            for sample in batch:
                try:
                    sample_loss, sample_distance = self.sample(sample)
                except ArithmeticError as problem:
                    raise ArithmeticError(f"sample {sample}: {problem}") from None
                loss += sample_loss
                distance += sample_distance
            if len(batch) > 1:
                self.network.average_gradients(len(batch))
            self.network.apply_gradients(self.settings.learning_rate)
            self.history.steps += 1
        if loss - loss != 0 or distance - distance != 0:
            raise ArithmeticError(f"after sample {order[-1]}: the loss of all samples together is {loss}")
        return Epoch(number, loss / len(order), distance / (len(order) * len(self.targets[0])), self.seconds())

    def sample(self, sample: int) -> tuple[Number, Number]:
        """Walk forward and backward for one sample; its loss, and the sum of |target - output| over its outputs."""
        targets = self.targets[sample]
        self.network.propagate(self.inputs[sample])
        loss = self.network.backpropagate(targets)
        if loss - loss != 0:
            raise ArithmeticError(f"the loss is {loss}")
        distance = 0
        for target, neuron in zip(targets, self.network.layers[-1].neurons):
            distance += magnitude(target - neuron.output)
        return loss, distance

    def reason_before_step(self) -> str:
        """Why the next step must not begin, or "epochs" where nothing speaks against it."""
        if self.interrupted():
            return "interrupted"
        limit = self.settings.time_limit
        return "time" if limit is not None and self.seconds() >= limit else "epochs"

    def reason_after(self, epoch: Epoch) -> str:
        """Why this epoch was the last, or "epochs" where the next one may begin."""
        enough = self.settings.callback is not None and self.settings.callback(epoch) is True
        if self.interrupted():
            return "interrupted"
        if enough:
            return "callback"
        goal = self.settings.until_loss
        return "loss" if goal is not None and epoch.loss.real <= goal else "epochs"

    def seconds(self) -> float:
        """The time since the start."""
        return perf_counter() - self.start


@contextmanager
def interrupt_deferred() -> Iterator[Callable[[], bool]]:
    """Hold Ctrl-C back until it suits: the function given to the `with` block says whether it was pressed.

    Pressed a second time, it interrupts at once. Where Python's own handler is not in place, or outside the main
    thread, nothing is held back.
    """
    import signal
    import threading

    on_main = threading.current_thread() is threading.main_thread()
    if not on_main or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield lambda: False
        return
    pressed: list[int] = []

    def remember(number: int, frame: Any) -> None:
        if pressed:
            raise KeyboardInterrupt
        pressed.append(number)

    signal.signal(signal.SIGINT, remember)
    try:
        yield lambda: bool(pressed)
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
