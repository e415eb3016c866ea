"""What the library costs besides the time of a step: the memory of a synapse, and the time of a whole process."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from random import Random
from statistics import median
from typing import Any

from turns import difference, in_turns

from neuronet import Network

ROUNDS = 21
LONGEST = 60  # seconds

Sample = tuple[list[float], list[float]]


def bytes_per_synapse(prepare: Callable[[Network], Any]) -> str:
    """What memory grows by from a smaller network to a larger one, for each synapse more; neurons are counted in."""
    try:
        import tracemalloc
    except ImportError:
        return "not available"
    used, synapses = [], []
    for hidden in (64, 128):
        gc.collect()
        tracemalloc.start()
        network = Network(64, hidden, 10, seed=1)
        prepare(network)
        gc.collect()
        used.append(tracemalloc.get_traced_memory()[0])
        tracemalloc.stop()
        synapses.append(len(network.synapses))
    return f"{(used[1] - used[0]) / (synapses[1] - synapses[0]):.0f} bytes"


def nothing(network: Network) -> None:
    """Leave the network as it was built."""


def one_epoch(network: Network) -> None:
    """Train once over a few samples: now every weight is a number of its own beside the initial one."""
    rows = [sample_for(network, seed) for seed in range(4)]
    network.train([inputs for inputs, _ in rows], [targets for _, targets in rows], epochs=1)


def one_walk(network: Network) -> None:
    """Train, then walk there and back without an update: now every gradient is a number of its own, too."""
    one_epoch(network)
    inputs, targets = sample_for(network, 5)
    network.forward(inputs)
    network.backward(targets)


def sample_for(network: Network, seed: int) -> Sample:
    """A sample that fits the network."""
    rng = Random(seed)
    return [rng.random() for _ in network[0]], [rng.random() for _ in network[-1]]


def import_time(root: str) -> str:
    """How much longer a process takes that imports the library than one that does nothing.

    root: the folder that the library lies in.
    """
    run(root, "-c", "import neuronet")  # for the first time it is compiled
    jobs = {"bare": lambda: run(root, "-c", "pass"), "import": lambda: run(root, "-c", "import neuronet")}
    times = in_turns(jobs, ROUNDS)
    return f"{difference(times, 'import', 'bare') * 1000:.1f} ms (bare: {median(times['bare']) * 1000:.1f} ms)"


def train_time(root: str) -> str:
    """How long a process takes that trains on XOR from the command line; `root` as above."""
    if not run(root, "-m", "neuronet", "train", "xor"):
        return "not available"
    times = in_turns({"train": lambda: run(root, "-m", "neuronet", "train", "xor")}, ROUNDS)
    return f"{median(times['train']) * 1000:.0f} ms"


def run(root: str, *arguments: str) -> bool:
    """Run this Python with the library in an empty folder; whether it ended well."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPATH"] = root
    command = [sys.executable, *arguments]
    with tempfile.TemporaryDirectory() as folder:
        try:
            done = subprocess.run(
                command, cwd=folder, env=environment, capture_output=True, timeout=LONGEST, check=False
            )
        except subprocess.TimeoutExpired:
            return False
    return done.returncode == 0
