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
from typing import TYPE_CHECKING, Any, Callable, NamedTuple, Optional, Protocol

from neuronet.errors import TrainingError
from neuronet.scalar import Number, magnitude

if TYPE_CHECKING:
    from neuronet.network import Network

Totals = tuple[Number, Number]
"""The loss and the sum of |target - output| over all outputs, of one sample or added up over several."""


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
    engine: what did it, "walk" or "unrolled"; the numbers are the same.
    """

    def __init__(self, engine: str = "walk") -> None:
        self.epochs: list[Epoch] = []
        self.stopped = "epochs"
        self.seconds = 0.0
        self.steps = 0
        self.engine = engine

    @property
    def losses(self) -> list[Number]:
        """The loss of each epoch, in order."""
        return [epoch.loss for epoch in self.epochs]

    def to_svg(self, *, logarithmic: Optional[bool] = None, title: Optional[str] = None) -> str:
        """The loss and the mean absolute error of each epoch, as an SVG picture.

        logarithmic: whether they stand on a scale of powers of ten; None decides: where they span two or more.
        title: the heading; None says how training went.
        """
        from neuronet.draw.charts import training_curve

        return training_curve(self, logarithmic=logarithmic, title=title)

    def to_text(self, *, unicode: bool = True) -> str:
        """The loss of each epoch as a block chart for a terminal, at most 80 columns; ASCII without `unicode`."""
        from neuronet.draw.blocks import curve_text

        return curve_text(self.losses, unicode=unicode)

    def _repr_svg_(self) -> str:
        return self.to_svg()

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


class Engine(Protocol):
    """What goes through the epochs: the walk over the objects, or its unrolled twin, which does the same arithmetic.

    name: what the history calls it.
    """

    name: str

    @property
    def steps(self) -> int:
        """How many updates it has made."""

    def epoch(self, order: list[int], halted: Callable[[], bool]) -> Optional[Totals]:
        """Go once over all samples in this order; None where `halted`, which is asked before a step, said to stop.

        Raises ArithmeticError, naming the sample, when the loss or a weight is no longer a finite number.
        """

    def go_back(self) -> None:
        """Put the weights back to where the last epoch began."""

    def settle(self) -> None:
        """Put every number where the caller can see it."""


class Walk:
    """The engine that walks over the objects: for each batch the samples one by one, then the update.

    network: what is trained.
    inputs, targets: the samples, checked.
    settings: see `Network.train`.
    """

    name = "walk"

    def __init__(
        self, network: Network, inputs: list[list[Number]], targets: list[list[Number]], settings: Settings
    ) -> None:
        self.network = network
        self.inputs = inputs
        self.targets = targets
        self.settings = settings
        self.steps = 0
        self.synapses = network.synapses
        self.weights: list[Number] = []

    def epoch(self, order: list[int], halted: Callable[[], bool]) -> Optional[Totals]:
        """As `Engine.epoch`."""
        self.weights = [synapse.weight for synapse in self.synapses]
        loss = distance = 0
        for first in range(0, len(order), self.settings.batch_size):
            if halted():
                return None
            batch = order[first : first + self.settings.batch_size]
            for sample in batch:
                try:
                    sample_loss, sample_distance = walk(self.network, self.inputs[sample], self.targets[sample])
                    if sample_loss - sample_loss != 0:
                        raise ArithmeticError(f"the loss is {sample_loss}")
                except ArithmeticError as problem:
                    raise ArithmeticError(f"sample {sample}: {problem}") from None
                loss += sample_loss
                distance += sample_distance
            if len(batch) > 1:
                self.network.average_gradients(len(batch))
            self.network.apply_gradients(self.settings.learning_rate)
            self.steps += 1
        if loss - loss != 0 or distance - distance != 0:
            raise ArithmeticError(f"after sample {order[-1]}: the loss of all samples together is {loss}")
        if any(synapse.weight - synapse.weight != 0 for synapse in self.synapses):
            raise ArithmeticError(f"after sample {order[-1]}: a weight is no longer a finite number")
        return loss, distance

    def go_back(self) -> None:
        """As `Engine.go_back`."""
        for synapse, weight in zip(self.synapses, self.weights):
            synapse.weight = weight

    def settle(self) -> None:
        """Everything is in its place already."""


def walk(network: Network, inputs: Sequence[Number], targets: Sequence[Number]) -> Totals:
    """Walk forward and backward for one sample; its loss, and the sum of |target - output| over its outputs."""
    network.propagate(inputs)
    loss = network.backpropagate(targets)
    distance = 0
    for target, neuron in zip(targets, network.layers[-1].neurons):
        distance += magnitude(target - neuron.output)
    return loss, distance


class Training:
    """One call of `Network.train`: how far it has come, and when it is to stop.

    engine: what goes through the epochs.
    samples, outputs: how many samples there are, and how many numbers each wants of the network.
    settings: see `Network.train`.
    """

    def __init__(self, engine: Engine, samples: int, outputs: int, settings: Settings) -> None:
        self.engine = engine
        self.samples = samples
        self.outputs = outputs
        self.settings = settings
        self.history = History(engine.name)
        self.start = perf_counter()
        self.interrupted: Callable[[], bool] = lambda: False

    def run(self) -> History:
        """Train until the settings or Ctrl-C say stop; TrainingError as `epochs` says."""
        try:
            with interrupt_deferred() as self.interrupted:
                for epoch in self.epochs():
                    self.history.epochs.append(epoch)
                    self.history.stopped = self.reason_after(epoch)
                    if self.history.stopped != "epochs":
                        break
        finally:
            self.engine.settle()
            self.history.steps = self.engine.steps
            self.history.seconds = self.seconds()
        return self.history

    def epochs(self) -> Iterator[Epoch]:
        """Yield a record after each epoch, until all are done or one was stopped on its way.

        Raises TrainingError, naming the epoch and the sample, when the loss or a weight is no longer a finite
        number; the weights are then those from before that epoch.
        """
        for number in range(1, self.settings.epochs + 1):
            order = list(range(self.samples))
            if self.settings.shuffle is not None:
                self.settings.shuffle.shuffle(order)
            try:
                totals = self.engine.epoch(order, self.halted)
            except ArithmeticError as problem:
                self.engine.go_back()
                raise TrainingError(
                    f"epoch {number}, {problem}; the weights are again those from before this epoch; "
                    f"try a learning rate below {self.settings.learning_rate}, or inputs and targets on a smaller scale"
                ) from None
            if totals is None:
                return
            loss, distance = totals
            yield Epoch(number, loss / self.samples, distance / (self.samples * self.outputs), self.seconds())

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
