"""Optimizers: what an update does to one synapse.

Plain gradient descent looks at the gradient of the moment alone. The others keep a state of each synapse, and it
stands there: `synapse.optimizer_state.velocity`. Each formula is written once, for one synapse; `FeedForward` goes over
the neurons, and an optimizer over the incoming synapses of each.

In the formulas g is the gradient, +d loss / d weight, as the mean over the batch.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, Optional, Union

from neuronet import validate
from neuronet.errors import DataError, NumberError, UnknownNameError
from neuronet.graph import Neuron, Synapse
from neuronet.scalar import Number, sqrt

LEAST_SQUARES, MOST_SQUARES = 1e-290, 1e300
"""A sum of squares between these has lost no digit."""
HUGE = 2.0**600
"""A power of two, so that nothing is rounded: squares of what is multiplied, or divided, by it are no longer lost."""


class OptimizerState:
    """What an optimizer keeps of one synapse: each number under its name, such as `state.velocity`."""

    def __init__(self, **numbers: Number) -> None:
        self.__dict__.update(numbers)

    def __getattr__(self, name: str) -> Number:
        raise AttributeError(f"{name}: not in this state, which holds {', '.join(sorted(vars(self)))}")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={vars(self)[name]!r}' for name in sorted(vars(self)))})"


class Optimizer:
    """What all optimizers share; a subclass writes `update`, and says what it keeps of a synapse.

    clip_norm: before each update, shrink all gradients together so that the root of the sum of their squares is at
        most this, above 0 (Pascanu, Mikolov, Bengio 2013, algorithm 1). Frozen synapses do not count.
    clip_value: before that, cut each gradient off at this and at its negative, above 0.

    Raises DataError for other settings.

    >>> class Signs(Optimizer):
    ...     name = "signs"
    ...     learning_rate = 0.01
    ...     def update(self, synapse, learning_rate):
    ...         if synapse.gradient != 0:
    ...             synapse.weight -= learning_rate if synapse.gradient > 0 else -learning_rate
    >>> from neuronet import Network, datasets
    >>> Network(2, 4, 1, seed=1).train(*datasets.xor(), epochs=1000, optimizer=Signs(), batch_size=4)[-1].loss < 0.01
    True
    """

    name = ""
    """What tables and saved networks call it."""
    learning_rate = 0.5
    """The rate where the caller names none."""
    is_gradient_descent = False
    """Whether its update is the one that every neuron has of its own; then `Neuron.update_weights` decides."""
    has_own_clip = False
    """Whether a subclass clips in a way of its own."""
    full_batch = False
    """Whether it works only on the gradient of all samples together."""
    initial_state: ClassVar[Mapping[str, float]] = {}
    """What it keeps of a synapse, and where each number begins."""
    options: tuple[str, ...] = ()
    """The names of its own settings, each an attribute."""

    def __init_subclass__(cls, **settings: Any) -> None:
        """Ask once, when the class is made, what it has of its own: the walk asks at every step."""
        super().__init_subclass__(**settings)
        cls.has_own_clip = cls.clip is not Optimizer.clip
        if cls.is_gradient_descent:
            cls.is_gradient_descent = cls.update is SGD.update and cls.update_weights is SGD.update_weights

    def __init__(self, *, clip_norm: Optional[float] = None, clip_value: Optional[float] = None) -> None:
        self.clip_norm = None if clip_norm is None else validate.positive(clip_norm, "clip_norm")
        self.clip_value = None if clip_value is None else validate.positive(clip_value, "clip_value")

    def update(self, synapse: Synapse, learning_rate: Number) -> None:
        """Change the weight of one synapse by its gradient, and what is kept of it."""
        raise NotImplementedError(f"{type(self).__name__}.update: expected a subclass to say what an update does")

    def update_weights(self, neuron: Neuron, learning_rate: Number) -> None:
        """Update each incoming synapse of a neuron that is not frozen."""
        for synapse in neuron.incoming:
            if not synapse.frozen:
                self.update(synapse, learning_rate)

    def begin(self, learning_rate: Number) -> Mapping[str, Number]:
        """What is kept of a synapse before its first update."""
        return self.initial_state

    def prepare(self, synapses: Iterable[Synapse], learning_rate: Number, kind: validate.Kind = float) -> None:
        """Give each synapse a state, unless it has one of the same names, which goes on.

        Raises NumberError where there is something to keep or to clip and `kind` does not mix with floats.
        """
        first = self.begin(learning_rate)
        if (first or self.clips) and kind not in (float, complex):
            name = getattr(kind, "__name__", repr(kind))
            plain, why = ("'sgd'", f"{self.name!r} takes") if first else ("no clipping", "its limits are")
            raise NumberError(f"optimizer: expected {plain} for a network of {name}, for {why} floats")
        for synapse in synapses:
            state = synapse.optimizer_state
            if state is None or vars(state).keys() != first.keys():
                made = OptimizerState(**{name: kind(value) for name, value in first.items()}) if first else None
                synapse.optimizer_state = made

    # Clipping.

    @property
    def clips(self) -> bool:
        """Whether gradients are cut or shrunk before an update; a `clip` of a subclass's own always is called."""
        return self.clip_norm is not None or self.clip_value is not None or self.has_own_clip

    def clip(self, synapses: Iterable[Synapse]) -> None:
        """Cut off and shrink the gradients of the synapses that are not frozen, as the settings say."""
        free = [synapse for synapse in synapses if not synapse.frozen]
        if self.clip_value is not None:
            for synapse in free:
                synapse.gradient = self.cut(synapse.gradient)
        if self.clip_norm is not None:
            scale = self.scale(self.norm([synapse.gradient for synapse in free]))
            for synapse in free:
                synapse.gradient = synapse.gradient * scale

    def cut(self, gradient: Number) -> Number:
        """The gradient, or `clip_value` with its sign where it is farther from 0."""
        limit: Number = self.clip_value
        if gradient.real > limit:
            return limit
        return gradient if gradient.real >= -limit else -limit

    def norm(self, gradients: Sequence[Number]) -> Number:
        """The length of the gradient: the root of the sum of its squares, also where these are no floats any more."""
        squares = _squares(gradients, 1)
        if squares.real > MOST_SQUARES:
            return sqrt(_squares(gradients, 1 / HUGE)) * HUGE
        if squares.real < LEAST_SQUARES:
            return sqrt(_squares(gradients, HUGE)) / HUGE
        return sqrt(squares)

    def scale(self, norm: Number) -> Number:
        """What all gradients are multiplied by: 1, or clip_norm / norm where the norm is larger."""
        return 1 if norm.real <= self.clip_norm else self.clip_norm / norm

    def describe(self) -> dict[str, Any]:
        """Its name and settings, as a saved network has them."""
        names = (*self.options, *(name for name in ("clip_norm", "clip_value") if getattr(self, name) is not None))
        return {"name": self.name, **{name: getattr(self, name) for name in names}}

    def __repr__(self) -> str:
        settings = [f"{name}={value!r}" for name, value in self.describe().items() if name != "name"]
        return f"{type(self).__name__}({', '.join(settings)})"


class SGD(Optimizer):
    """Gradient descent, the update of the article: weight -= learning_rate * g.

    It is the update that every neuron has of its own, `Neuron.update_weights`. With one sample to an update, in random
    order, it is called stochastic (Robbins and Monro 1951).

    clip_norm, clip_value: as in `Optimizer`.
    """

    name = "sgd"

    def update(self, synapse: Synapse, learning_rate: Number) -> None:
        """One step down the slope of the loss, as in `Neuron.update_weights`."""
        synapse.weight -= learning_rate * synapse.gradient


SGD.is_gradient_descent = True  # not in the class, which would be compared with itself before it is there


class Momentum(Optimizer):
    """Gradient descent with momentum: a synapse keeps going where it was going.

        velocity = momentum * velocity + g
        weight -= learning_rate * velocity

    momentum: how much of the velocity is kept, 0 or more, below 1.
    clip_norm, clip_value: as in `Optimizer`.

    Source: Polyak 1964, equation 9; Rumelhart, Hinton, Williams 1986, equation 9; in this form, where the learning
    rate stands outside the velocity, PyTorch's SGD.
    """

    name = "momentum"
    learning_rate = 0.05
    initial_state: ClassVar[Mapping[str, float]] = {"velocity": 0}
    options = ("momentum",)

    def __init__(
        self, *, momentum: float = 0.9, clip_norm: Optional[float] = None, clip_value: Optional[float] = None
    ) -> None:
        super().__init__(clip_norm=clip_norm, clip_value=clip_value)
        self.momentum = _fraction(momentum, "momentum")

    def update(self, synapse: Synapse, learning_rate: Number) -> None:
        """One step along the velocity."""
        state = synapse.optimizer_state
        state.velocity = self.momentum * state.velocity + synapse.gradient
        synapse.weight -= learning_rate * state.velocity


class Nesterov(Momentum):
    """Momentum that looks ahead: the step is that of the velocity after the next one.

        velocity = momentum * velocity + g
        weight -= learning_rate * (g + momentum * velocity)

    momentum, clip_norm, clip_value: as in `Momentum`.

    Source: Nesterov 1983; in this form Sutskever, Martens, Dahl, Hinton 2013, section 2, and PyTorch's SGD.
    """

    name = "nesterov"

    def update(self, synapse: Synapse, learning_rate: Number) -> None:
        """One step along the velocity to come."""
        state = synapse.optimizer_state
        state.velocity = self.momentum * state.velocity + synapse.gradient
        synapse.weight -= learning_rate * (synapse.gradient + self.momentum * state.velocity)


class RMSProp(Optimizer):
    """Steps of about the same length for every synapse: g is divided by the root of its own recent mean square.

        mean_square = decay * mean_square + (1 - decay) * g * g
        weight -= learning_rate * g / (sqrt(mean_square) + epsilon)

    decay: how much of the mean square is kept, 0 or more, below 1.
    epsilon: keeps the quotient finite, above 0.
    clip_norm, clip_value: as in `Optimizer`.

    Source: Tieleman and Hinton 2012, lecture 6.5; epsilon outside the root, as in PyTorch.
    """

    name = "rmsprop"
    learning_rate = 0.01
    initial_state: ClassVar[Mapping[str, float]] = {"mean_square": 0}
    options = ("decay", "epsilon")

    def __init__(
        self,
        *,
        decay: float = 0.99,
        epsilon: float = 1e-8,
        clip_norm: Optional[float] = None,
        clip_value: Optional[float] = None,
    ) -> None:
        super().__init__(clip_norm=clip_norm, clip_value=clip_value)
        self.decay = _fraction(decay, "decay")
        self.epsilon = validate.positive(epsilon, "epsilon")

    def update(self, synapse: Synapse, learning_rate: Number) -> None:
        """One step, whose length is nearly that of the learning rate."""
        state, gradient = synapse.optimizer_state, synapse.gradient
        state.mean_square = self.decay * state.mean_square + (1 - self.decay) * gradient * gradient
        synapse.weight -= learning_rate * gradient / (sqrt(state.mean_square) + self.epsilon)


class Adam(Optimizer):
    """Momentum and RMSProp together, and both means corrected for having begun at 0.

        mean = beta1 * mean + (1 - beta1) * g
        mean_square = beta2 * mean_square + (1 - beta2) * g * g
        mean_start *= beta1
        square_start *= beta2
        weight -= learning_rate * (mean / (1 - mean_start)) / (sqrt(mean_square / (1 - square_start)) + epsilon)

    mean_start and square_start are how much of each mean still is the 0 that it began with: beta1^t and beta2^t after
    t updates.

    beta1, beta2: how much of each mean is kept, 0 or more, below 1.
    epsilon: keeps the quotient finite, above 0.
    clip_norm, clip_value: as in `Optimizer`.

    Source: Kingma and Ba 2015, algorithm 1.
    """

    name = "adam"
    learning_rate = 0.001
    initial_state: ClassVar[Mapping[str, float]] = {"mean": 0, "mean_square": 0, "mean_start": 1, "square_start": 1}
    options = ("beta1", "beta2", "epsilon")

    def __init__(
        self,
        *,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
        clip_norm: Optional[float] = None,
        clip_value: Optional[float] = None,
    ) -> None:
        super().__init__(clip_norm=clip_norm, clip_value=clip_value)
        self.beta1 = _fraction(beta1, "beta1")
        self.beta2 = _fraction(beta2, "beta2")
        self.epsilon = validate.positive(epsilon, "epsilon")

    def update(self, synapse: Synapse, learning_rate: Number) -> None:
        """One step along the mean gradient, whose length is at most about that of the learning rate."""
        state, gradient = synapse.optimizer_state, synapse.gradient
        state.mean = self.beta1 * state.mean + (1 - self.beta1) * gradient
        state.mean_square = self.beta2 * state.mean_square + (1 - self.beta2) * gradient * gradient
        state.mean_start *= self.beta1
        state.square_start *= self.beta2
        mean = state.mean / (1 - state.mean_start)
        mean_square = state.mean_square / (1 - state.square_start)
        synapse.weight -= learning_rate * mean / (sqrt(mean_square) + self.epsilon)


class RPROP(Optimizer):
    """iRPROP-: each synapse has a step of its own; it grows while the sign of g stays, and shrinks when it turns.

        g * last_gradient > 0:  step = min(step * grow, most)
        g * last_gradient < 0:  step = max(step * shrink, least), and g counts as 0
        weight -= sign(g) * step
        last_gradient = g

    Only the sign of g counts, so it must be that of all samples together. The learning rate is the first step alone,
    held between least and most.

    grow: above 1; shrink: above 0, below 1.
    least, most: how small and how large a step may become, above 0.
    clip_norm, clip_value: as in `Optimizer`; they change no sign.

    Source: Igel and Hüsken 2000, section 2.4; the constants are FANN's and PyTorch's.
    """

    name = "rprop"
    learning_rate = 0.1
    full_batch = True
    initial_state: ClassVar[Mapping[str, float]] = {"step": 0, "last_gradient": 0}
    options = ("grow", "shrink", "least", "most")

    def __init__(
        self,
        *,
        grow: float = 1.2,
        shrink: float = 0.5,
        least: float = 1e-6,
        most: float = 50.0,
        clip_norm: Optional[float] = None,
        clip_value: Optional[float] = None,
    ) -> None:
        super().__init__(clip_norm=clip_norm, clip_value=clip_value)
        self.grow = validate.positive(grow, "grow")
        self.shrink = validate.positive(shrink, "shrink")
        self.least = validate.positive(least, "least")
        self.most = validate.positive(most, "most")
        if not self.shrink < 1 < self.grow:
            raise DataError(f"grow and shrink: expected shrink < 1 < grow, got {grow!r} and {shrink!r}")
        if self.least > self.most:
            raise DataError(f"least: expected at most {self.most!r}, the largest step, got {least!r}")

    def begin(self, learning_rate: Number) -> Mapping[str, Number]:
        """The first step is the learning rate, or the nearest to it that a step may be."""
        step = min(max(learning_rate.real, self.least), self.most)
        return {"step": step, "last_gradient": 0}

    def update(self, synapse: Synapse, learning_rate: Number) -> None:
        """One step against the sign of the gradient."""
        state, gradient = synapse.optimizer_state, synapse.gradient
        last = state.last_gradient
        # Not by the sign of their product, which may be too small for a float.
        goes_on = last.real > 0 if gradient.real > 0 else gradient.real < 0 and last.real < 0
        turns = last.real < 0 if gradient.real > 0 else gradient.real < 0 and last.real > 0
        if goes_on:
            longer = state.step * self.grow
            state.step = longer if longer.real < self.most else self.most
        elif turns:
            shorter = state.step * self.shrink
            state.step = shorter if shorter.real > self.least else self.least
        if turns:
            state.last_gradient = 0.0
        else:
            if gradient.real > 0:
                synapse.weight -= state.step
            elif gradient.real < 0:
                synapse.weight += state.step
            state.last_gradient = gradient


OPTIMIZERS: dict[str, type[Optimizer]] = {each.name: each for each in (SGD, Momentum, Nesterov, RMSProp, Adam, RPROP)}
"""The optimizers by name."""


def find_optimizer(optimizer: Union[str, Optimizer]) -> Optimizer:
    """The optimizer of this name with its own settings, or the one given.

    Raises UnknownNameError, listing the names, for anything else.
    """
    if isinstance(optimizer, Optimizer):
        return optimizer
    if isinstance(optimizer, str) and optimizer in OPTIMIZERS:
        return OPTIMIZERS[optimizer]()
    raise UnknownNameError(f"optimizer: unknown {validate.shown(optimizer)}; known: {', '.join(OPTIMIZERS)}")


def refuse_own_updates(neurons: Iterable[Neuron], optimizer: Optimizer) -> None:
    """DataError where a neuron has an update of its own, which this optimizer would pass by."""
    if optimizer.is_gradient_descent:
        return
    for neuron in neurons:
        if type(neuron).update_weights is not Neuron.update_weights:
            raise DataError(
                f"optimizer: expected 'sgd', because {type(neuron).__name__} has an update_weights of its own, "
                f"got {optimizer.name!r}"
            )


def _squares(numbers: Iterable[Number], unit: float) -> Number:
    """The sum of the squares of numbers that are multiplied by a unit first."""
    total = 0
    for number in numbers:
        part = number if unit == 1 else number * unit
        total += part * part
    return total


def _fraction(value: Any, place: str) -> float:
    fraction = validate.at_least_zero(value, place)
    if fraction >= 1:
        raise DataError(f"{place}: expected a number of 0 or more and below 1, got {value!r}")
    return fraction
