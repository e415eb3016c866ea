"""The settings of `Network.train`, looked at before anything is changed."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any, NamedTuple, Optional, Union

from neuronet import validate
from neuronet.errors import DataError
from neuronet.feedforward import FeedForward
from neuronet.optimizers import Optimizer, find_optimizer, refuse_own_updates
from neuronet.scalar import Number
from neuronet.training.history import Epoch
from neuronet.training.schedules import Schedule, UnknownSchedule
from neuronet.training.state import TrainingState

Samples = tuple[list[list[Number]], list[list[Number]]]
"""Rows of inputs and rows of targets, checked."""


class Settings(NamedTuple):
    """The settings of one call of `Network.train`, checked; they are described there."""

    epochs: int
    order: Optional[Random]
    """Where the order of the samples comes from; None where they are taken as they stand."""
    until_loss: Optional[float]
    until_accuracy: Optional[float]
    time_limit: Optional[float]
    callback: Optional[Callable[[Epoch], Any]]
    validation: Optional[Samples]
    checkpoint: Optional[Callable[[], Any]]
    checkpoint_every: int


class Given(NamedTuple):
    """What the caller of `Network.train` said; None stands for nothing."""

    epochs: int
    learning_rate: Optional[float] = None
    batch_size: Optional[int] = None
    shuffle: Optional[bool] = None
    seed: Optional[int] = None
    rng: Optional[Random] = None
    optimizer: Union[str, Optimizer, None] = None
    schedule: Optional[Schedule] = None
    validation: Any = None
    early_stopping: Optional[int] = None
    plateau: Optional[int] = None
    min_delta: Optional[float] = None
    until_loss: Optional[float] = None
    until_accuracy: Optional[float] = None
    time_limit: Optional[float] = None
    callback: Optional[Callable[[Epoch], Any]] = None
    checkpoint: Optional[Callable[[], Any]] = None
    checkpoint_every: int = 1
    resume: bool = False


def checked(
    network: FeedForward, samples: int, given: Given, before: Optional[TrainingState]
) -> tuple[Settings, TrainingState, Optimizer]:
    """The settings of a call, the training state that they begin or go on with, and the optimizer; DataError otherwise.

    samples: how many there are.
    before: the state that the last training left, if there was one.
    """
    for place in ("shuffle", "resume"):
        value = getattr(given, place)
        if not (value is None or isinstance(value, bool)):
            raise DataError(f"{place}: expected True or False, got {validate.shown(value)}")
    for place in ("callback", "schedule"):
        value = getattr(given, place)
        if value is not None and not callable(value):
            words = "one Epoch" if place == "callback" else "the epoch and the learning rate"
            raise DataError(f"{place}: expected a function of {words}, got {value!r}")
    optimizer = _optimizer(network, given.optimizer)
    refuse_own_updates(network.computing, optimizer)
    state = _state(network, samples, given, optimizer, before)
    settings = Settings(
        epochs=validate.count(given.epochs, "epochs"),
        order=(state.generator or network.rng) if state.shuffle else None,
        until_loss=None if given.until_loss is None else validate.at_least_zero(given.until_loss, "until_loss"),
        until_accuracy=_fraction(given.until_accuracy),
        time_limit=None if given.time_limit is None else validate.positive(given.time_limit, "time_limit"),
        callback=given.callback,
        validation=_validation(network, given, state),
        checkpoint=given.checkpoint,
        checkpoint_every=validate.count(given.checkpoint_every, "checkpoint_every"),
    )
    return settings, state, optimizer


def _optimizer(network: FeedForward, given: Union[str, Optimizer, None]) -> Optimizer:
    """The optimizer that is given, or the one that the network has, also where it is given by its name again."""
    if given is None:
        return network.optimizer
    found = find_optimizer(given)
    same = type(found) is type(network.optimizer) and found.describe() == network.optimizer.describe()
    return network.optimizer if same and found is not given else found


def _state(
    network: FeedForward, samples: int, given: Given, optimizer: Optimizer, before: Optional[TrainingState]
) -> TrainingState:
    """The training state to begin or go on with: what was said before, and what the caller says now."""
    state = _begun(network, samples, given, optimizer, before)
    if given.learning_rate is not None:
        state.learning_rate = validate.step_size(given.learning_rate, network.kind)
    if given.batch_size is not None:
        state.batch_size = validate.count(given.batch_size, "batch_size")
    if given.shuffle is not None:
        state.shuffle = given.shuffle
    if given.schedule is not None:
        state.schedule = given.schedule
    for place in ("early_stopping", "plateau"):
        value = getattr(given, place)
        if value is not None:
            setattr(state, place, validate.count(value, place))
    if given.min_delta is not None:
        state.min_delta = validate.at_least_zero(given.min_delta, "min_delta")
    state.generator = validate.generator_of(given.seed, given.rng) or state.generator
    if isinstance(state.schedule, UnknownSchedule):
        state.rate(state.epochs + 1)  # which says that it is missing
    if optimizer.full_batch and state.batch_size < samples:
        raise DataError(
            f"batch_size: expected all {samples} samples, for {optimizer.name} goes by the sign of their gradient "
            f"together, got {state.batch_size}"
        )
    return state


def _begun(
    network: FeedForward, samples: int, given: Given, optimizer: Optimizer, before: Optional[TrainingState]
) -> TrainingState:
    """A copy of the state that the last training left where it goes on, else a new one with the usual settings."""
    if not given.resume:
        rate = validate.step_size(optimizer.learning_rate, network.kind)
        return TrainingState(rate, samples if optimizer.full_batch else 1)
    if before is None:
        raise DataError("resume: expected a network that has been trained, got one with no training to go on with")
    state = before.copy()
    state.forget_other_graphs(len(network.synapses))
    return state


def _validation(network: FeedForward, given: Given, state: TrainingState) -> Optional[Samples]:
    if given.validation is None:
        if state.early_stopping is not None:
            raise DataError(
                "early_stopping: expected validation=(inputs, targets), samples to judge by that are not trained on; "
                "to stop by the loss of those that are, say plateau="
            )
        return None
    try:
        inputs, targets = given.validation
    except (TypeError, ValueError):
        raise DataError(
            f"validation: expected a data set or (inputs, targets), got {validate.shown(given.validation)}"
        ) from None
    try:
        return network.checked_samples(inputs, targets)
    except DataError as problem:
        raise DataError(f"validation, {problem}") from None


def _fraction(value: Any) -> Optional[float]:
    if value is None:
        return None
    fraction = validate.positive(value, "until_accuracy")
    if fraction > 1:
        raise DataError(f"until_accuracy: expected a number above 0 and at most 1, got {value!r}")
    return fraction
