"""The field: all who may take part, by what the tables call them, and in which version."""

from __future__ import annotations

from machine import installed

from contestants.contestant import CannotTakePartError, Contestant
from contestants.micrograd_objects import Micrograd
from contestants.numpy_by_hand import NumpyNaive, NumpyStable
from contestants.ours import Unrolled, Walk
from contestants.process import Brain, Fann, InProcess, PypyWalk, Synaptic
from contestants.pytorch import Pytorch
from contestants.scikit import Classifier, Regressor

UNROLLED = "neuronet, unrolled"
WALK = "neuronet, the walk"
CONTESTANTS: dict[str, type[Contestant]] = {
    UNROLLED: Unrolled,
    WALK: Walk,
    "neuronet, the walk under PyPy": PypyWalk,
    "NumPy, stable sigmoid": NumpyStable,
    "NumPy, naive sigmoid": NumpyNaive,
    "PyTorch": Pytorch,
    "scikit-learn, `MLPRegressor`, linear output": Regressor,
    "micrograd": Micrograd,
    "brain.js, single precision": Brain,
    "synaptic, another step": Synaptic,
    "FANN": Fann,
}
"""By what the tables call them; the first is the one that the others are compared with."""

CLASSIFIERS: dict[str, type[Contestant]] = {
    **{name: CONTESTANTS[name] for name in (UNROLLED, WALK)},
    **{name: CONTESTANTS[name] for name in ("NumPy, stable sigmoid", "NumPy, naive sigmoid", "PyTorch")},
    "scikit-learn, `MLPClassifier`, softmax": Classifier,
}
"""Those that learn to tell flowers apart."""


def versions() -> str:
    """Which rivals are there, and in which version."""
    packages = [(name, installed(name)) for name in ("numpy", "torch", "scikit-learn", "micrograd")]
    others = [("PyPy", of(PypyWalk)), ("brain.js", of(Brain)), ("synaptic", of(Synaptic)), ("FANN", of(Fann))]
    return ", ".join(f"{name} {told}" for name, told in packages + others)


def of(kind: type[InProcess]) -> str:
    """The version of a rival that is no Python package."""
    try:
        return kind.version()
    except CannotTakePartError as reason:
        return str(reason)
