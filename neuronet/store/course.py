"""The course of a training as JSON: all that its next epoch depends on, beside weights and memories."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Optional

from neuronet.errors import FormatError
from neuronet.optimizers import OPTIMIZERS, Optimizer
from neuronet.store.generators import build_generator, describe_generator
from neuronet.store.reader import Reader
from neuronet.training.course import Course
from neuronet.training.schedules import SCHEDULES, UnknownSchedule

if TYPE_CHECKING:
    from neuronet.network import Network

KEYS = (
    *("epochs", "learning_rate", "batch_size", "shuffle", "schedule", "early_stopping", "plateau", "least_gain"),
    *("generator", "order", "best", "lowest", "last_weights"),
)
MOST_SETTINGS = 100
"""An optimizer or schedule with more settings than this is none."""


def describe_course(network: Network) -> dict[str, Any]:
    """The course that a network is on, and the state of the generators that it draws from."""
    course = network.course
    assert course is not None  # noqa: S101
    best = {"loss": course.best, "epoch": course.best_epoch, "weights": course.best_weights}
    return {
        "epochs": course.epochs,
        "learning_rate": course.learning_rate,
        "batch_size": course.batch_size,
        "shuffle": course.shuffle,
        "schedule": _describe_schedule(course.schedule),
        "early_stopping": course.early_stopping,
        "plateau": course.plateau,
        "least_gain": course.least_gain,
        "generator": describe_generator(network.rng, "training.generator"),
        "order": None if course.generator is None else describe_generator(course.generator, "training.order"),
        "best": None if course.best is None else best,
        "lowest": None if course.lowest is None else {"loss": course.lowest, "epoch": course.lowest_epoch},
        "last_weights": course.last_weights,
    }


def build_course(document: Any, network: Network, reader: Reader) -> None:
    """Put a network on the course that a document describes; FormatError for what `describe_course` never wrote."""
    place = "training"
    reader.keys(document, place, KEYS)
    weights = len(network.synapses)
    course = Course(_rate(document, reader), reader.count(document["batch_size"], f"{place}.batch_size"))
    course.epochs = reader.count(document["epochs"], f"{place}.epochs", least=0)
    course.shuffle = reader.flag(document["shuffle"], f"{place}.shuffle")
    course.schedule = _build_schedule(document["schedule"], reader)
    course.early_stopping = _maybe(document["early_stopping"], f"{place}.early_stopping", reader)
    course.plateau = _maybe(document["plateau"], f"{place}.plateau", reader)
    course.least_gain = reader.real(document["least_gain"], f"{place}.least_gain")
    if course.least_gain < 0:
        raise FormatError(f"{place}.least_gain: expected a number of 0 or more, got {course.least_gain!r}")
    if document["order"] is not None:
        course.generator = build_generator(document["order"], f"{place}.order", reader)
    if document["best"] is not None:
        best = reader.keys(document["best"], f"{place}.best", ("loss", "epoch", "weights"))
        course.best = reader.real(best["loss"], f"{place}.best.loss")
        course.best_epoch = reader.index(best["epoch"], course.epochs + 1, f"{place}.best.epoch")
        course.best_weights = reader.numbers(best["weights"], f"{place}.best.weights", weights)
    if document["lowest"] is not None:
        lowest = reader.keys(document["lowest"], f"{place}.lowest", ("loss", "epoch"))
        course.lowest = reader.real(lowest["loss"], f"{place}.lowest.loss")
        course.lowest_epoch = reader.index(lowest["epoch"], course.epochs + 1, f"{place}.lowest.epoch")
    if document["last_weights"] is not None:
        course.last_weights = reader.numbers(document["last_weights"], f"{place}.last_weights", weights)
    network.rng.setstate(build_generator(document["generator"], f"{place}.generator", reader).getstate())
    network.course = course


def build_optimizer(document: Any, own: Iterable[Optimizer], reader: Reader) -> Optimizer:
    """The optimizer that a document describes.

    own: those of the caller's, known by their names; they bring their own settings.
    """
    place = "optimizer"
    settings = _settings(document, place)
    known = {optimizer.name: optimizer for optimizer in own}
    name = reader.text(document.get("name"), f"{place}.name")
    if name in known:
        return known[name]
    made: Optimizer = _made(reader, place, reader.named(name, {**OPTIMIZERS, **known}, f"{place}.name"), settings)
    return made


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
    return {"name": "own", "function": str(getattr(schedule, "__name__", type(schedule).__name__))}


def _build_schedule(document: Any, reader: Reader) -> Any:
    if document is None:
        return None
    place = "training.schedule"
    settings = _settings(document, place)
    if document.get("name") == "own":
        return UnknownSchedule(reader.text(settings.get("function"), f"{place}.function"))
    return _made(reader, place, reader.named(document.get("name"), SCHEDULES, f"{place}.name"), settings)


def _settings(document: Any, place: str) -> dict[str, Any]:
    if not isinstance(document, dict) or not all(isinstance(key, str) for key in document):
        raise FormatError(f"{place}: expected an object with a name and settings, each once, got something else")
    if len(document) > MOST_SETTINGS:
        raise FormatError(f"{place}: expected at most {MOST_SETTINGS} settings, got {len(document)}")
    return {key: value for key, value in document.items() if key != "name"}


def _made(reader: Reader, place: str, function: Any, settings: dict[str, Any]) -> Any:
    from inspect import signature

    known = signature(function).parameters
    checked = {}
    for key, value in settings.items():
        if key in known:
            checked[key] = value if type(value) is int else reader.real(value, f"{place}.{key}")
        elif reader.lenient:
            reader.kept.setdefault(place, {})[key] = value
        else:
            raise FormatError(f"{place}: unknown key {key!r}; known: name, {', '.join(known)}")
    for key, parameter in known.items():
        if parameter.default is parameter.empty and key not in checked:
            raise FormatError(f"{place}: expected the key {key!r}, which is missing")
    return reader.made(place, function, **checked)
