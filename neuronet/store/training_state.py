"""The course of a training as JSON: all that its next epoch depends on, beside weights and memories."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Optional

from neuronet.errors import DataError, FormatError, NeuronetError
from neuronet.optimizers import OPTIMIZERS, Optimizer
from neuronet.store.generators import build_generator, describe_generator
from neuronet.store.reader import Reader, shown
from neuronet.training.schedules import SCHEDULES, UnknownSchedule
from neuronet.training.state import TrainingState

if TYPE_CHECKING:
    from neuronet.network import Network

KEYS = (
    *("epochs", "learning_rate", "batch_size", "shuffle", "schedule", "early_stopping", "plateau", "min_delta"),
    *("generator", "order", "best", "lowest", "last_weights"),
)
OWN = "own"
"""The name of a schedule that the library does not have."""


def describe_training_state(network: Network) -> dict[str, Any]:
    """The course that a network is on, and the state of the generators that it draws from."""
    assert network.training_state is not None  # noqa: S101
    course = network.training_state.copy()
    course.forget_other_graphs(len(network.synapses))
    best = {"loss": course.best, "epoch": course.best_epoch, "weights": course.best_weights}
    return {
        "epochs": course.epochs,
        "learning_rate": course.learning_rate,
        "batch_size": course.batch_size,
        "shuffle": course.shuffle,
        "schedule": _describe_schedule(course.schedule),
        "early_stopping": course.early_stopping,
        "plateau": course.plateau,
        "min_delta": course.min_delta,
        "generator": describe_generator(network.rng, "training.generator"),
        "order": None if course.generator is None else describe_generator(course.generator, "training.order"),
        "best": None if course.best is None else best,
        "lowest": None if course.lowest is None else {"loss": course.lowest, "epoch": course.lowest_epoch},
        "last_weights": course.last_weights,
    }


def build_training_state(document: Any, network: Network, reader: Reader) -> None:
    """Put a network on the course that a document describes; FormatError for what `describe_training_state` never wrote."""
    place = "training"
    reader = reader.branch()  # what a later version says of this course goes with it
    reader.keys(document, place, KEYS)
    course = TrainingState(_rate(document, reader), reader.count(document["batch_size"], f"{place}.batch_size"))
    course.epochs = reader.count(document["epochs"], f"{place}.epochs", least=0)
    course.shuffle = reader.flag(document["shuffle"], f"{place}.shuffle")
    course.schedule = _build_schedule(document["schedule"], reader)
    course.early_stopping = _maybe(document["early_stopping"], f"{place}.early_stopping", reader)
    course.plateau = _maybe(document["plateau"], f"{place}.plateau", reader)
    course.min_delta = reader.real(document["min_delta"], f"{place}.min_delta")
    if course.min_delta < 0:
        raise FormatError(f"{place}.min_delta: expected a number of 0 or more, got {course.min_delta!r}")
    _build_marks(document, course, len(network.synapses), reader)
    if document["order"] is not None:
        course.generator = build_generator(document["order"], f"{place}.order", reader)
    network.rng.setstate(build_generator(document["generator"], f"{place}.generator", reader).getstate())
    course.kept_keys = reader.kept
    network.training_state = course


def _build_marks(document: Any, course: TrainingState, weights: int, reader: Reader) -> None:
    """What the course has seen: its best weights and its lowest loss."""
    place, most = "training", course.epochs + 1
    if document["best"] is not None:
        if course.early_stopping is None:
            raise FormatError(f"{place}.best: expected null without early stopping, got {shown(document['best'])}")
        best = reader.keys(document["best"], f"{place}.best", ("loss", "epoch", "weights"))
        course.best = reader.real(best["loss"], f"{place}.best.loss")
        course.best_epoch = reader.index(best["epoch"], most, f"{place}.best.epoch", least=1)
        course.best_weights = reader.numbers(best["weights"], f"{place}.best.weights", weights)
    if document["lowest"] is not None:
        lowest = reader.keys(document["lowest"], f"{place}.lowest", ("loss", "epoch"))
        course.lowest = reader.real(lowest["loss"], f"{place}.lowest.loss")
        course.lowest_epoch = reader.index(lowest["epoch"], most, f"{place}.lowest.epoch", least=1)
    elif course.epochs:
        raise FormatError(f"{place}.lowest: expected an object after {course.epochs} epochs, got None")
    if document["last_weights"] is not None:
        if course.best is None:
            raise FormatError(f"{place}.last_weights: expected null where no weights are the best, got others")
        course.last_weights = reader.numbers(document["last_weights"], f"{place}.last_weights", weights)


def build_optimizer(document: Any, own: Iterable[Optimizer], reader: Reader) -> Optimizer:
    """The optimizer that a document describes.

    own: those of the caller's, known by their names; they bring their own settings, which must be those described.
    """
    known: dict[str, Optimizer] = {}
    for each in own:
        if not isinstance(each, Optimizer):
            name = getattr(each, "__name__", "Lion")
            raise DataError(f"optimizers: expected optimizers, such as {name}(...), got {shown(each)}")
        known[each.name] = each
    if isinstance(document, dict) and isinstance(document.get("name"), str) and document["name"] in known:
        return _with_settings(known[document["name"]], document, reader)
    made: Optimizer = _made(document, "optimizer", {**OPTIMIZERS, **known}, reader)
    return made


def _with_settings(own: Optimizer, document: dict[str, Any], reader: Reader) -> Optimizer:
    """An optimizer of the caller's own; FormatError where it has other settings than the document says."""
    settings = own.describe()
    for key, value in document.items():
        if key in settings and settings[key] != value:
            raise FormatError(f"optimizer.{key}: expected {settings[key]!r}, that of {own!r}, got {shown(value)}")
    return own


def _rate(document: Any, reader: Reader) -> Any:
    rate = reader.number(document["learning_rate"], "training.learning_rate")
    if not rate.real > 0:
        raise FormatError(f"training.learning_rate: expected a number above 0, got {rate!r}")
    return rate


def _maybe(value: Any, place: str, reader: Reader) -> Optional[int]:
    return None if value is None else reader.count(value, place)


def _describe_schedule(schedule: Any) -> Optional[dict[str, Any]]:
    if schedule is None:
        return None
    if type(schedule) in SCHEDULES.values():
        described: dict[str, Any] = schedule.describe()
        return described
    if isinstance(schedule, UnknownSchedule):
        return {"name": OWN, "function": schedule.name}
    return {"name": OWN, "function": str(getattr(schedule, "__name__", type(schedule).__name__))}


def _build_schedule(document: Any, reader: Reader) -> Any:
    if document is None:
        return None
    place = "training.schedule"
    if isinstance(document, dict) and document.get("name") == OWN:
        reader.keys(document, place, ("name", "function"))
        return UnknownSchedule(reader.text(document["function"], f"{place}.function"))
    return _made(document, place, {**SCHEDULES, OWN: None}, reader)


def _made(document: Any, place: str, table: Mapping[str, Any], reader: Reader) -> Any:
    """What a class of the table makes of the settings that stand beside its name."""
    from inspect import signature

    if not isinstance(document, dict) or "name" not in document:
        reader.keys(document, place, ("name",))  # which says so
    function = reader.named(document["name"], table, f"{place}.name")
    known = signature(function).parameters
    required = [key for key, parameter in known.items() if parameter.default is parameter.empty]
    reader.keys(document, place, ("name", *required), [key for key in known if key not in required])
    if place in reader.kept:
        reader.kept[place]["name"] = document["name"]
    settings = {key: document[key] for key in known if key in document}
    for key, value in settings.items():
        number = reader.real(value, f"{place}.{key}")
        settings[key] = value if type(value) is int else number
    try:
        return function(**settings)
    except NeuronetError as problem:
        raise FormatError(f"{place}.{problem}") from problem
