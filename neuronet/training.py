"""Training: epochs of batches, each a forward and a backward walk for every sample and then one update.

An epoch goes once over all samples; a step is one update. The three phases never mix: the weights change only after
the last delta of the batch is known. Nothing is printed: each epoch is yielded as a plain record, and `History`
keeps them.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from random import Random
from time import perf_counter
from typing import TYPE_CHECKING, Any, Callable, NamedTuple, Optional

from neuronet.errors import TrainingError
from neuronet.graph import Neuron
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
        losses = f", loss {self[0].loss:.6f} -> {self[-1].loss:.6f}" if self.epochs else ""
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


def train(network: Network, inputs: list[list[Number]], targets: list[list[Number]], settings: Settings) -> History:
    """Train the network on checked samples and return the history; see `Network.train`."""
    history = History()
    start = perf_counter()
    with interrupt_deferred() as interrupted:

        def stop() -> str:
            if interrupted():
                return "interrupted"
            if settings.time_limit is not None and perf_counter() - start >= settings.time_limit:
                return "time"
            return ""

        try:
            for epoch in run_epochs(network, inputs, targets, settings, history, stop):
                history.epochs.append(epoch._replace(seconds=perf_counter() - start))
                if settings.callback is not None and settings.callback(history[-1]) is True:
                    history.stopped = "callback"
                    break
                if settings.until_loss is not None and epoch.loss <= settings.until_loss:
                    history.stopped = "loss"
                    break
        finally:
            network.clear_gradients()
    history.seconds = perf_counter() - start
    return history


def run_epochs(
    network: Network,
    inputs: list[list[Number]],
    targets: list[list[Number]],
    settings: Settings,
    history: History,
    stop: Callable[[], str],
) -> Iterator[Epoch]:
    """Yield one record an epoch until all are done or `stop` names a reason, which goes into the history.

    Raises TrainingError, naming the epoch and the sample, when the loss or a weight is no longer a finite number;
    the weights are then those of the end of the last epoch that was finite.
    """
    order = list(range(len(inputs)))
    synapses = network.synapses
    outputs = network.layers[-1].neurons
    network.clear_gradients()
    for number in range(1, settings.epochs + 1):
        if settings.shuffle is not None:
            settings.shuffle.shuffle(order)
        weights = [synapse.weight for synapse in synapses]
        total = distance = 0
        sample = order[0]
        try:
            for first in range(0, len(order), settings.batch_size):
                history.stopped = stop()
                if history.stopped:
                    return
                batch = order[first : first + settings.batch_size]
                for sample in batch:
                    network.propagate(inputs[sample])
                    loss = network.backpropagate(targets[sample])
                    if loss - loss != 0:
                        raise ArithmeticError(f"the loss is {loss}")
                    total += loss
                    distance += absolute_error(targets[sample], outputs)
                if len(batch) > 1:
                    network.average_gradients(len(batch))
                network.apply_gradients(settings.learning_rate)
                history.steps += 1
            if any(synapse.weight - synapse.weight != 0 for synapse in synapses):
                raise ArithmeticError("a weight is no longer a finite number")
        except ArithmeticError as problem:
            for synapse, weight in zip(synapses, weights):
                synapse.weight = weight
            raise TrainingError(
                f"epoch {number}, sample {sample}: {problem}; the weights are again those from before this epoch; "
                f"try a learning rate below {settings.learning_rate}, or inputs and targets on a smaller scale"
            ) from None
        history.stopped = "epochs"
        yield Epoch(number, total / len(order), distance / (len(order) * len(targets[0])), 0.0)


def absolute_error(targets: Sequence[Number], outputs: Sequence[Neuron]) -> Number:
    """The sum of |target - output| over the output neurons, as they stand after the forward walk."""
    total = 0
    for target, neuron in zip(targets, outputs):
        total += magnitude(target - neuron.output)
    return total


@contextmanager
def interrupt_deferred() -> Iterator[Callable[[], bool]]:
    """Hold Ctrl-C back until it suits: the function given to the `with` block says whether it was pressed.

    Pressed a second time, it interrupts at once. Where Python's own handler is not in place, or outside the main
    thread, nothing is held back.
    """
    import signal

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
