"""The settings of `Network.train`, looked at before anything is changed."""

from __future__ import annotations

import os
from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple, Optional, Union

from neuronet import validate
from neuronet.errors import DataError
from neuronet.graph import Neuron
from neuronet.optimizers import SGD, Optimizer, find_optimizer
from neuronet.scalar import Number
from neuronet.training.schedules import Schedule, UnknownSchedule
from neuronet.training.state import TrainingState

if TYPE_CHECKING:
    from neuronet.network import Network
    from neuronet.training.history import Epoch

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
    learning_rate: Optional[float]
    batch_size: Optional[int]
    shuffle: Optional[bool]
    seed: Optional[int]
    rng: Optional[Random]
    optimizer: Union[str, Optimizer, None]
    schedule: Optional[Schedule]
    validation: Any
    early_stopping: Optional[int]
    plateau: Optional[int]
    min_delta: Optional[float]
    until_loss: Optional[float]
    until_accuracy: Optional[float]
    time_limit: Optional[float]
    callback: Optional[Callable[[Epoch], Any]]
    checkpoint: Union[str, os.PathLike[str], Callable[[], Any], None]
    checkpoint_every: int
    resume: bool


def checked(network: Network, samples: int, given: Given) -> tuple[Settings, TrainingState, Optimizer]:
    """The settings of a call, the course that they begin or go on with, and the optimizer; DataError otherwise.

    samples: how many there are.
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
    refuse_own_updates(network, optimizer)
    course = _course(network, samples, given, optimizer)
    settings = Settings(
        epochs=validate.count(given.epochs, "epochs"),
        order=(course.generator or network.rng) if course.shuffle else None,
        until_loss=None if given.until_loss is None else validate.at_least_zero(given.until_loss, "until_loss"),
        until_accuracy=_share(given.until_accuracy),
        time_limit=None if given.time_limit is None else validate.positive(given.time_limit, "time_limit"),
        callback=given.callback,
        validation=_validation(network, given, course),
        checkpoint=_checkpoint(network, given.checkpoint),
        checkpoint_every=validate.count(given.checkpoint_every, "checkpoint_every"),
    )
    return settings, course, optimizer


def _optimizer(network: Network, given: Union[str, Optimizer, None]) -> Optimizer:
    """The optimizer that is given, or the one that the network has, also where it is given by its name again."""
    if given is None:
        return network.optimizer
    found = find_optimizer(given)
    same = type(found) is type(network.optimizer) and found.describe() == network.optimizer.describe()
    return network.optimizer if same and found is not given else found


def generator_of(seed: Optional[int], rng: Optional[Random]) -> Optional[Random]:
    """The generator that a seed or a caller's own gives, or None where neither is given."""
    if rng is not None:
        if seed is not None:
            raise DataError("seed and rng: expected one of them, got both")
        if not isinstance(rng, Random):
            raise DataError(f"rng: expected a random.Random, got {rng!r}")
        return rng
    if seed is None:
        return None
    return Random(validate.count(seed, "seed", least=0))


def step_size(learning_rate: Any, kind: validate.Kind) -> Number:
    """A learning rate as a number of this kind; DataError unless it is above 0."""
    step = validate.number(learning_rate, "learning_rate", kind)
    if not step.real > 0:
        raise DataError(f"learning_rate: expected a number above 0, got {validate.shown(learning_rate)}")
    return step


def _course(network: Network, samples: int, given: Given, optimizer: Optimizer) -> TrainingState:
    """The course that the network is on with what the caller says now, or a new one."""
    course = _begun(network, samples, given, optimizer)
    if given.learning_rate is not None:
        course.learning_rate = step_size(given.learning_rate, network.kind)
    if given.batch_size is not None:
        course.batch_size = validate.count(given.batch_size, "batch_size")
    if given.shuffle is not None:
        course.shuffle = given.shuffle
    if given.schedule is not None:
        course.schedule = given.schedule
    for place in ("early_stopping", "plateau"):
        value = getattr(given, place)
        if value is not None:
            setattr(course, place, validate.count(value, place))
    if given.min_delta is not None:
        course.min_delta = validate.at_least_zero(given.min_delta, "min_delta")
    course.generator = generator_of(given.seed, given.rng) or course.generator
    if isinstance(course.schedule, UnknownSchedule):
        course.rate(course.epochs + 1)  # which says that it is missing
    if optimizer.full_batch and course.batch_size < samples:
        raise DataError(
            f"batch_size: expected all {samples} samples, for {optimizer.name} goes by the sign of their gradient "
            f"together, got {course.batch_size}"
        )
    return course


def _begun(network: Network, samples: int, given: Given, optimizer: Optimizer) -> TrainingState:
    """The course that the network is on, or a new one with the usual settings."""
    if not given.resume:
        rate = step_size(optimizer.learning_rate, network.kind)
        return TrainingState(rate, samples if optimizer.full_batch else 1)
    if network.training_state is None:
        raise DataError("resume: expected a network that has been trained, got one with no training to go on with")
    course = network.training_state.copy()
    course.forget_other_graphs(len(network.synapses))
    return course


def refuse_own_updates(network: Network, optimizer: Optimizer) -> None:
    """DataError where a neuron has an update of its own and the optimizer would pass it by."""
    if isinstance(optimizer, SGD):
        return
    for neuron in network.computing:
        if type(neuron).update_weights is not Neuron.update_weights:
            raise DataError(
                f"optimizer: expected 'sgd', because {type(neuron).__name__} has an update_weights of its own, "
                f"got {optimizer.name!r}"
            )


def _validation(network: Network, given: Given, course: TrainingState) -> Optional[Samples]:
    if given.validation is None:
        if course.early_stopping is not None:
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


def _checkpoint(network: Network, given: Any) -> Optional[Callable[[], Any]]:
    if given is None or callable(given):
        return given  # type: ignore[no-any-return]
    if not isinstance(given, (str, os.PathLike)):
        raise DataError(f"checkpoint: expected a path or a function, got {validate.shown(given)}")
    network.to_json()  # what cannot be saved is better told before training than after its first epoch
    return lambda: network.save(given)


def _share(value: Any) -> Optional[float]:
    if value is None:
        return None
    share = validate.positive(value, "until_accuracy")
    if share > 1:
        raise DataError(f"until_accuracy: expected a number above 0 and at most 1, got {value!r}")
    return share
