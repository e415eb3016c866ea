"""An objective: a number that depends on many others, and what a walk says of its slope by each of them.

The checks know nothing else. That of a network is the mean loss of its samples, that of `check_function` any function
of a list. Every number that is moved comes back, bit for bit, also when the check is interrupted.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from decimal import Decimal
from numbers import Real
from random import Random
from typing import Any, NamedTuple, Optional

from neuronet import validate
from neuronet.errors import DataError
from neuronet.graph import Synapse
from neuronet.scalar import Number

Backward = Callable[[Any, Sequence[Number]], Any]
"""A backward walk of the caller's own: `backward(network, targets)`, called after the forward walk."""

KINDS = ("weights", "biases", "inputs")
"""What `wrt=` may name: with respect to what the loss is differentiated."""


class Parameter(NamedTuple):
    """One number that an objective depends on: a weight, a bias, an input of one sample, a number of a list."""

    kind: str
    """"weight", "bias", "input", "delta", "step" or "number"."""
    layer: str
    """The name of the layer of the destination, or of the input layer."""
    name: str
    """As the picture says it: "h2 -> o1"."""
    synapse: Optional[Synapse] = None
    """The synapse of a weight or bias."""
    sample: int = -1
    """The sample of an input, else -1."""
    position: int = -1
    """The place of an input within its row, else -1."""


class Objective(ABC):
    """What a check is made of.

    samples: how many samples it is the mean of.
    """

    name = "this network"
    """What errors call it."""
    samples = 1

    @property
    @abstractmethod
    def kind(self) -> validate.Kind:
        """The kind of number that flows now."""

    @abstractmethod
    def parameters(self, wrt: Sequence[str] = KINDS) -> list[Parameter]:
        """Everything that it can be differentiated by, of the kinds named."""

    @abstractmethod
    def value(self, parameter: Parameter) -> Number:
        """What the parameter is now."""

    @abstractmethod
    def set(self, parameter: Parameter, value: Number) -> None:
        """Make the parameter another number, of any kind."""

    @abstractmethod
    def loss(self) -> Number:
        """What the objective is now."""

    @abstractmethod
    def gradients(self, parameters: Sequence[Parameter], backward: Optional[Backward] = None) -> list[Number]:
        """What the walk in question says d loss / d parameter is, for each of the parameters.

        backward: the caller's own walk instead of the network's.
        """

    @abstractmethod
    def converted(self, kind: validate.Kind) -> AbstractContextManager[None]:
        """Let every number be of another kind inside the `with` block."""

    def kept(self) -> AbstractContextManager[Any]:
        """Put back, at the end of the `with` block, whatever the walks have changed."""
        return self.at([], [])

    def forget_gradients(self) -> None:
        """Set every gradient that a walk may add to back to 0, without asking what is checked to do it."""
        return

    def movable(self) -> list[Parameter]:
        """Everything that is moved to get away from a kink."""
        return self.parameters()

    def has_inner_kink(self) -> bool:
        """Whether a part of what is computed has a kink here, be it that another one cancels it."""
        return False

    def slack(self, parameter: Parameter) -> Number:
        """How far a gradient of `gradients` can be off because of how it is measured; 0 where it is computed."""
        return 0

    @contextmanager
    def nudged_targets(self, nudge: Callable[[], float]) -> Iterator[None]:
        """Let every target be multiplied by a number close to 1 inside the `with` block, where there are targets."""
        yield

    def weak_points(self) -> list[str]:
        """What a pass cannot rule out here, a sentence each."""
        return []

    # What follows is made of the above.

    @contextmanager
    def at(self, parameters: Sequence[Parameter], values: Sequence[Number]) -> Iterator[None]:
        """Let the parameters have these values inside the `with` block."""
        before = [self.value(parameter) for parameter in parameters]
        try:
            for parameter, value in zip(parameters, values):
                self.set(parameter, value)
            yield
        finally:
            for parameter, value in zip(parameters, before):
                self.set(parameter, value)

    def along(
        self, parameters: Sequence[Parameter], direction: Sequence[Number], reach: Number
    ) -> AbstractContextManager[None]:
        """Go so far in a direction, given as a number for each parameter, for the time of the `with` block."""
        return self.at(
            parameters, [self.value(parameter) + reach * part for parameter, part in zip(parameters, direction)]
        )

    def loss_by(self, parameter: Parameter) -> Callable[[Number], Number]:
        """The loss as a function of one parameter; each call puts the parameter back."""

        def loss(value: Number) -> Number:
            with self.at([parameter], [value]):
                return self.loss()

        return loss

    def loss_along(self, parameters: Sequence[Parameter], direction: Sequence[Number]) -> Callable[[Number], Number]:
        """The loss as a function of how far one goes from here in a direction."""

        def loss(reach: Number) -> Number:
            with self.along(parameters, direction, reach):
                return self.loss()

        return loss

    @contextmanager
    def as_floats(self, kind: validate.Kind = float) -> Iterator[None]:
        """Let an objective of another kind of number be one of floats inside the `with` block; DataError if it cannot.

        kind: another kind to be of, such as Fraction; what is made of floats stays what it is.
        """
        if self.kind is float:
            yield
            return
        try:
            for parameter in self.parameters(("weights", "biases")):
                kind(self.value(parameter))
        except (TypeError, ValueError, OverflowError) as problem:
            raise DataError(f"network: expected real numbers, as checks go by their order: {problem}") from None
        with self.converted(kind):
            yield

    def moved(self, rng: Random, size: float) -> AbstractContextManager[None]:
        """Let every number be a little off inside the `with` block: no kink is met by chance there.

        size: how far, relative to each number; one below `size`, as good as 0 by comparison, by `size` itself.
        """

        def nearby(value: Number) -> Number:
            shift = self.kind(size * rng.gauss(0, 1))
            return value + shift * value if abs(value) > size else value + shift

        movable = self.movable()
        return self.at(movable, [nearby(self.value(parameter)) for parameter in movable])


def is_real(value: Any) -> bool:
    """Whether `value` can be a gradient: a number with an order, of any kind."""
    return isinstance(value, (Real, Decimal)) and not isinstance(value, bool)
