"""Trainings of every kind that can be gone on with, and another Python to go on in."""

import os
import random
import subprocess
import sys
from pathlib import Path

import neuronet
from neuronet import Network
from neuronet.optimizers import OPTIMIZERS
from neuronet.training.schedules import CosineSchedule, StepSchedule

XOR = [[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]]


def in_another_process(script, *arguments, given=""):
    """What a script prints, run by a Python of its own that imports this very library."""
    folder = str(Path(neuronet.__file__).parent.parent)
    done = subprocess.run(  # noqa: S603 - a script of our own
        [sys.executable, "-c", script, *arguments],
        input=given,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": folder},
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def quadrants():
    """Twelve samples, and as many to judge by."""
    draw = random.Random(8)
    rows = [[round(draw.uniform(-1, 1), 3), round(draw.uniform(-1, 1), 3)] for _ in range(24)]
    wanted = [[float(first * second > 0)] for first, second in rows]
    return [rows[:12], wanted[:12]], [rows[12:], wanted[12:]]


SAMPLES, OTHERS = quadrants()
TRAININGS = {
    "everything": {"schedule": StepSchedule(3, 0.7), "batch_size": 5, "seed": 7, "plateau": 50},
    "cosine": {"schedule": CosineSchedule(8, 0.001), "early_stopping": 40, "validation": OTHERS},
    "early": {"batch_size": 12, "early_stopping": 40, "min_delta": 1.0, "validation": OTHERS, "seed": 3},
    "in order": {"shuffle": False, "until_loss": 1e-9, "engine": "walk"},
}


def a_network(training, optimizer):
    shape = {"dropout": 0.3, "l1": 0.001, "l2": 0.01} if training in {"everything", "early"} else {}
    network = Network(2, 4, 3, 1, seed=11, activation="tanh", output_activation="sigmoid", **shape)
    network.synapses[5].frozen = True
    network.optimizer = OPTIMIZERS[optimizer](**({"clip_norm": 0.5} if training == "in order" else {}))
    return network


def settings_of(training, optimizer):
    return {**TRAININGS[training], **({"batch_size": 12} if optimizer == "rprop" else {})}
