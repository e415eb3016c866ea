"""Real data from CSV files: how good a model is on unseen rows, and what it costs, beside scikit-learn's MLP.

The files are written from scikit-learn's copies. Both sides get the very same rows to train on and the same to answer,
scaled by the mean and standard deviation of the first; both have the same hidden layer. Seeds take turns, so that both
sides meet the same machine. Everything else is what each does where nothing is said, but for the epochs of digits, and
for scikit-learn's limit of 200 epochs, which is raised so that it stops by its own rule.

    python tests/benchmarks/real_data.py            # five seeds, some two minutes
    python tests/benchmarks/real_data.py --seeds 2 --only iris wine
"""

from __future__ import annotations

import argparse
import csv
import re
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path
from statistics import mean, median
from time import perf_counter
from typing import Any, NamedTuple

from machine import installed, processor

from neuronet import Table, fit, read_table
from neuronet.tabular.fit import divided

TARGET = "target"
TEST = 0.2


class Task(NamedTuple):
    """A file, the hidden layer that both sides have, and what neuronet is told besides."""

    name: str
    loader: str
    """The function of `sklearn.datasets` that has the rows."""
    hidden: int
    settings: dict[str, Any]
    classes: bool = True


TASKS = [
    Task("iris", "load_iris", 8, {}),
    Task("wine", "load_wine", 8, {}),
    Task("breast cancer", "load_breast_cancer", 8, {}),
    Task("digits", "load_digits", 32, {"epochs": 20}),
    Task("diabetes", "load_diabetes", 8, {}, classes=False),
]


def written(task: Task, folder: Path) -> Path:
    """The rows of a task as a CSV file."""
    from sklearn import datasets

    data = getattr(datasets, task.loader)(**({} if task.classes else {"scaled": False}))
    answers = [data.target_names[each] for each in data.target] if task.classes else data.target
    path = folder / f"{task.loader}.csv"
    with open(path, "w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        lines.writerow([*data.feature_names, TARGET])
        lines.writerows([*map(float, row), answer] for row, answer in zip(data.data, answers))
    return path


def ours(task: Task, table: Table, seed: int) -> float:
    """The accuracy of neuronet on the rows kept back, or the share of the variance that it explains."""
    report: Any = fit(table, TARGET, test=TEST, seed=seed, hidden=task.hidden, **task.settings).report
    score: float = report.accuracy if task.classes else report.r_squared
    return score


def theirs(task: Task, table: Table, seed: int) -> float:
    """The same of scikit-learn."""
    from sklearn.neural_network import MLPClassifier, MLPRegressor
    from sklearn.preprocessing import StandardScaler

    parts = divided(table, TARGET, test=TEST, validation=0, seed=seed)
    assert parts.test is not None
    (inputs, answers), (unseen, wanted) = (
        ([[value for name, value in row.items() if name != TARGET] for row in part], part.column(TARGET).values)
        for part in (parts.training, parts.test)
    )
    scaler = StandardScaler().fit(inputs)
    kind = MLPClassifier if task.classes else MLPRegressor
    network = kind(hidden_layer_sizes=(task.hidden,), random_state=seed, max_iter=5000)
    network.fit(scaler.transform(inputs), answers)
    return float(network.score(scaler.transform(unseen), wanted))


SIDES = {"neuronet": ours, "scikit-learn": theirs}


def measured(task: Task, path: Path, seeds: int) -> None:
    """Print the scores and the times of both sides on one task."""
    table = read_table(path)
    scores: dict[str, list[float]] = {side: [] for side in SIDES}
    times: dict[str, list[float]] = {side: [] for side in SIDES}
    for seed in range(seeds):
        for side, score in SIDES.items():
            start = perf_counter()
            scores[side].append(score(task, table, seed))
            times[side].append(perf_counter() - start)
    cells = [task.name, f"{len(table)}", f"{len(table.columns) - 1}"]
    for side in SIDES:
        low, high = min(scores[side]), max(scores[side])
        cells.append(f"{mean(scores[side]):.2%} ({low:.1%} to {high:.1%})")
    cells.append(f"{100 * (mean(scores['neuronet']) - mean(scores['scikit-learn'])):+.2f}")
    cells += [f"{median(times[side]):.2f}" for side in SIDES]
    cells += [f"{peak(side, task, path):.0f}" for side in SIDES]
    print(f"| {' | '.join(cells)} |", flush=True)


def peak(side: str, task: Task, path: Path) -> float:
    """The most memory, in MB, of a process that reads the file and trains once, libraries included."""
    arguments = [sys.executable, __file__, "--peak", side, task.name, str(path)]
    return float(subprocess.run(arguments, capture_output=True, text=True, check=True).stdout.split()[-1])


def main() -> None:
    """Run the benchmark, or be the process whose memory is measured."""
    warnings.simplefilter("ignore")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--only", nargs="*", choices=[task.name for task in TASKS])
    parser.add_argument("--peak", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.peak:
        side, name, path = arguments.peak
        task = next(task for task in TASKS if task.name == name)
        SIDES[side](task, read_table(path), 0)
        # Not `getrusage`: to Linux the process that started this one counts too.
        print(int(re.findall(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text(encoding="ascii"))[0]) / 1024)
        return
    python = ".".join(map(str, sys.version_info[:2]))
    print(f"{processor()}, Python {python}, scikit-learn {installed('scikit-learn')}, {arguments.seeds} seeds\n")
    print("| data | rows | columns | neuronet | scikit-learn | difference, points | s | s | MB | MB |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as folder:
        for task in TASKS:
            if not arguments.only or task.name in arguments.only:
                measured(task, written(task, Path(folder)), arguments.seeds)
    print("\nscores: accuracy on unseen rows, mean (least to most); for diabetes the share of the variance explained.")
    print("s, MB: the time to fit, median, and the most memory of a whole process, neuronet first.")


if __name__ == "__main__":
    main()
