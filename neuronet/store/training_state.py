"""The state of a training as JSON: all that its next epoch depends on besides weights and the optimizer's state."""

from __future__ import annotations

from typing import Any, Optional

from neuronet.errors import FormatError
from neuronet.feedforward import FeedForward
from neuronet.store.generators import build_generator, describe_generator
from neuronet.store.reader import Reader, shown
from neuronet.store.settings import build_by_name
from neuronet.training.schedules import SCHEDULES, UnknownSchedule
from neuronet.training.state import TrainingState

KEYS = (
    *("epochs", "learning_rate", "batch_size", "shuffle", "schedule", "early_stopping", "plateau", "min_delta"),
    *("generator", "order", "best", "improved", "lowest", "last_weights"),
)
OWN = "own"
"""The name of a schedule that the library does not have."""


def describe_training_state(state: TrainingState, network: FeedForward) -> dict[str, Any]:
    """The state of a network's training, and that of the generators that it draws from."""
    state = state.copy()
    state.forget_other_graphs(len(network.synapses))
    best = {"loss": state.best, "epoch": state.best_epoch, "weights": state.best_weights}
    return {
        "epochs": state.epochs,
        "learning_rate": state.learning_rate,
        "batch_size": state.batch_size,
        "shuffle": state.shuffle,
        "schedule": _describe_schedule(state.schedule),
        "early_stopping": state.early_stopping,
        "plateau": state.plateau,
        "min_delta": state.min_delta,
        "generator": describe_generator(network.rng, "training.generator"),
        "order": None if state.generator is None else describe_generator(state.generator, "training.order"),
        "best": None if state.best is None else best,
        "improved": None if state.improved is None else {"loss": state.improved, "epoch": state.improved_epoch},
        "lowest": None if state.lowest is None else {"loss": state.lowest, "epoch": state.lowest_epoch},
        "last_weights": state.last_weights,
    }


def build_training_state(document: Any, network: FeedForward, reader: Reader) -> TrainingState:
    """The training state that a document describes; FormatError for what `describe_training_state` never wrote.

    network: the network that is trained; its generator goes on where it was.
    """
    place = "training"
    reader = reader.branch()  # what a later version says of this training goes with it
    reader.keys(document, place, KEYS)
    state = TrainingState(_rate(document, reader), reader.count(document["batch_size"], f"{place}.batch_size"))
    state.epochs = reader.count(document["epochs"], f"{place}.epochs", least=0)
    state.shuffle = reader.flag(document["shuffle"], f"{place}.shuffle")
    state.schedule = _build_schedule(document["schedule"], reader)
    state.early_stopping = _maybe(document["early_stopping"], f"{place}.early_stopping", reader)
    state.plateau = _maybe(document["plateau"], f"{place}.plateau", reader)
    state.min_delta = reader.real(document["min_delta"], f"{place}.min_delta")
    if state.min_delta < 0:
        raise FormatError(f"{place}.min_delta: expected a number of 0 or more, got {state.min_delta!r}")
    _build_marks(document, state, len(network.synapses), reader)
    if document["order"] is not None:
        state.generator = build_generator(document["order"], f"{place}.order", reader)
    network.rng.setstate(build_generator(document["generator"], f"{place}.generator", reader).getstate())
    state.later_keys = reader.later
    return state


def _build_marks(document: Any, state: TrainingState, weights: int, reader: Reader) -> None:
    """What the training has seen: its best weights and its lowest loss."""
    place, most = "training", state.epochs + 1
    if document["best"] is not None:
        if state.early_stopping is None:
            raise FormatError(f"{place}.best: expected null without early stopping, got {shown(document['best'])}")
        best = reader.keys(document["best"], f"{place}.best", ("loss", "epoch", "weights"))
        state.best = reader.real(best["loss"], f"{place}.best.loss")
        state.best_epoch = reader.index(best["epoch"], most, f"{place}.best.epoch", least=1)
        state.best_weights = reader.numbers(best["weights"], f"{place}.best.weights", weights)
        improved = reader.keys(document["improved"], f"{place}.improved", ("loss", "epoch"))
        state.improved = reader.real(improved["loss"], f"{place}.improved.loss")
        state.improved_epoch = reader.index(improved["epoch"], most, f"{place}.improved.epoch", least=1)
    elif document["improved"] is not None:
        raise FormatError(f"{place}.improved: expected null without a best, got {shown(document['improved'])}")
    if document["lowest"] is not None:
        lowest = reader.keys(document["lowest"], f"{place}.lowest", ("loss", "epoch"))
        state.lowest = reader.real(lowest["loss"], f"{place}.lowest.loss")
        state.lowest_epoch = reader.index(lowest["epoch"], most, f"{place}.lowest.epoch", least=1)
    elif state.epochs:
        raise FormatError(f"{place}.lowest: expected an object after {state.epochs} epochs, got None")
    if document["last_weights"] is not None:
        if state.best is None:
            raise FormatError(f"{place}.last_weights: expected null where no weights are the best, got others")
        state.last_weights = reader.numbers(document["last_weights"], f"{place}.last_weights", weights)


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
    return build_by_name(document, place, {**SCHEDULES, OWN: None}, reader)
