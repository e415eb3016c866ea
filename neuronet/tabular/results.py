"""The results of an experiment: every run, the mean and spread of each setting, and which setting is best.

A mean without its spread is half a result: a difference between two settings that is smaller than the spread of either
may be nothing but chance.

>>> runs = [Run(0, {"hidden": 4}, seed, 0, {"rmse": rmse}, 1.0, None) for seed, rmse in enumerate([0.5, 0.7])]
>>> print(Experiment(runs, [{"hidden": 4}], seeds=2, folds=1))
rmse of 1 setting, from 2 seeds on 1 fold
2 of 2 runs are done, 0 failed
<BLANKLINE>
  best first  mean  spread  least  most  runs  failed
* hidden=4     0.6  0.1414    0.5   0.7     2       0
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Optional

from neuronet import validate
from neuronet.data.wording import counted, cut, table_line
from neuronet.errors import UnknownNameError, printable

LOWER_IS_BETTER = ("rmse", "mae")
"""The scores that are errors; the others are better where they are higher."""
LOST = "lost, no result came back from the worker"
"""How the error of a run begins that ended with its worker."""
WIDTH = 80
MOST_POINTS = 24
MOST_FAILURES = 3


class Run(NamedTuple):
    """One training, and how good what came of it is on the rows that were kept back."""

    point: int
    """Which combination of the grid, from 0."""
    settings: dict[str, Any]
    """That combination: a value for each name of the grid."""
    seed: int
    fold: int
    """Which of the folds was kept back, from 0."""
    scores: dict[str, Optional[float]]
    """For classes "accuracy" and "f1", the mean of the F1 of all classes; for values "rmse", "mae" and "r_squared",
    None where there is none. Empty where the run failed."""
    seconds: float
    """How long it took, where it ran; 0 where nothing is known of that."""
    error: Optional[str]
    """What went wrong, as the kind of error and its message, or None."""


class Point(NamedTuple):
    """The mean, the spread and the count of the runs of one combination of the grid."""

    settings: dict[str, Any]
    mean: Optional[float]
    """The mean of the score over the runs that have one; None where none has."""
    spread: Optional[float]
    """Their standard deviation, the squares divided by one less than their number; None for fewer than two."""
    least: Optional[float]
    most: Optional[float]
    runs: int
    """How many runs have the score."""
    failed: int
    """How many ended in an error."""


class Experiment(Sequence[Run]):
    """The runs of an experiment, in the order of the grid, then of the seeds, then of the folds.

    runs: those that ended, well or in an error.
    grid: each combination of settings, in order.
    seeds, folds: how many of either each combination was to have.
    stopped: "done", or "interrupted" where Ctrl-C came before all runs had ended.

    `print` shows a table with the best first.
    """

    def __init__(
        self, runs: Iterable[Run], grid: Sequence[dict[str, Any]], seeds: int, folds: int, stopped: str = "done"
    ) -> None:
        self.runs = list(runs)
        self.grid = list(grid)
        self.seeds = seeds
        self.folds = folds
        self.stopped = stopped

    @property
    def score(self) -> Optional[str]:
        """What points are compared by: "accuracy" for classes, "rmse" for values, None where no run has a score."""
        return next((next(iter(run.scores)) for run in self.runs if run.scores), None)

    @property
    def points(self) -> list[Point]:
        """The mean and spread of each combination, in the order of the grid, by `score`."""
        return self._points(self.score)

    def points_by(self, score: str) -> list[Point]:
        """As `points`, by another score, such as "f1". UnknownNameError for one that no run has."""
        known = list(dict.fromkeys(name for run in self.runs for name in run.scores))
        if score not in known:
            raise UnknownNameError(f"score: unknown {validate.shown(score)}; known: {', '.join(known) or 'none'}")
        return self._points(score)

    @property
    def ranking(self) -> list[Point]:
        """The points, best first: the highest mean accuracy or the lowest root mean squared error, of equals the first.

        A point of which a run failed or is missing comes after all that are whole: it was not tried on the same rows.
        One without any score comes last.
        """
        sign = 1 if self.score in LOWER_IS_BETTER else -1
        whole = self.seeds * self.folds
        return sorted(
            self.points,
            key=lambda point: (point.mean is None, point.runs < whole, 0 if point.mean is None else sign * point.mean),
        )

    @property
    def lost(self) -> int:
        """How many runs have no result because their worker ended before them: they can be done again."""
        return sum(run.error is not None and run.error.startswith(LOST) for run in self.runs)

    @property
    def best(self) -> Optional[Point]:
        """The first of `ranking`; None where no run has a score."""
        first = self.ranking[0]
        return None if first.mean is None else first

    def to_dict(self) -> dict[str, Any]:
        """The experiment as what JSON can hold. A setting that JSON has no word for is written as text."""
        return {
            "score": self.score,
            "seeds": self.seeds,
            "folds": self.folds,
            "stopped": self.stopped,
            "points": [{**point._asdict(), "settings": _as_json(point.settings)} for point in self.points],
            "runs": [{**run._asdict(), "settings": _as_json(run.settings)} for run in self.runs],
        }

    def to_csv(self) -> str:
        """The runs as CSV, a line for each: the settings, seed, fold, the scores, seconds and error."""
        import csv
        from io import StringIO

        settings = list(self.grid[0])
        scores = list(dict.fromkeys(name for run in self.runs for name in run.scores))
        text = StringIO()
        lines = csv.writer(text, lineterminator="\n")
        lines.writerow([*settings, "seed", "fold", *scores, "seconds", "error"])
        for run in self.runs:
            values = [_as_json(run.settings[name]) for name in settings]
            lines.writerow([*values, run.seed, run.fold, *map(run.scores.get, scores), run.seconds, run.error])
        return text.getvalue()

    def __len__(self) -> int:
        return len(self.runs)

    def __getitem__(self, position: Any) -> Any:
        return self.runs[position]

    def __repr__(self) -> str:
        return f"{type(self).__name__}(points={len(self.grid)}, runs={len(self)}, stopped: {self.stopped})"

    def __str__(self) -> str:
        failures = [run for run in self.runs if run.error is not None]
        whole = len(self.grid) * self.seeds * self.folds
        lines = [
            f"{self.score or 'no score'} of {counted(len(self.grid), 'setting')}, "
            f"from {counted(self.seeds, 'seed')} on {counted(self.folds, 'fold')}",
            f"{len(self)} of {whole} runs are done, {len(failures)} failed"
            + ("; interrupted" if self.stopped == "interrupted" else ""),
            "",
            *self._table(),
        ]
        if failures:
            lines.append("")
        for run in failures[:MOST_FAILURES]:
            lines += [
                f"failed: {', '.join([f'seed {run.seed}, fold {run.fold}', *_words(run.settings)])}",
                f"  {run.error}",
            ]
        if len(failures) > MOST_FAILURES:
            lines.append(f"... {len(failures) - MOST_FAILURES} more have failed")
        return "\n".join(cut(printable(line), WIDTH) for line in lines)

    def _points(self, score: Optional[str]) -> list[Point]:
        runs: list[list[Run]] = [[] for _ in self.grid]
        for run in self.runs:
            runs[run.point].append(run)
        return [_point(settings, of_it, score) for settings, of_it in zip(self.grid, runs)]

    def _table(self) -> list[str]:
        """A line for each point, best first, or more where its settings are long."""
        from textwrap import wrap

        digits = ".4g" if self.score in LOWER_IS_BETTER else ".4f"
        heads = ["mean", "spread", "least", "most", "runs", "failed"]
        points = self.ranking[:MOST_POINTS]
        cells = [
            [*("-" if each is None else format(each, digits) for each in point[1:5]), *map(str, point[5:])]
            for point in points
        ]
        widths = [max(map(len, column)) for column in zip(heads, *cells)]
        texts = [", ".join(_words(point.settings)) or "no settings" for point in points]
        names = "best first"
        room = min(max(map(len, [names, *texts])), WIDTH - 2 - len("".join(f"{'':{width}}  " for width in widths)))
        lines = [f"  {table_line(names, room, heads, widths)}"]
        for place, (text, row) in enumerate(zip(texts, cells)):
            first, *more = wrap(text, room, subsequent_indent="  ")
            mark = "* " if place == 0 and points[0].mean is not None else "  "
            lines += [mark + table_line(first, room, row, widths), *(f"  {rest}" for rest in more)]
        if len(self.grid) > len(points):
            lines.append(f"  ... {len(self.grid) - len(points)} more settings")
        return lines


def _point(settings: dict[str, Any], runs: Sequence[Run], score: Optional[str]) -> Point:
    found = [run.scores.get(score or "") for run in runs]
    values = [value for value in found if value is not None]
    failed = [run.error is not None for run in runs].count(True)
    if not values:
        return Point(settings, None, None, None, None, 0, failed)
    mean = mean_of(values)
    squares = 0.0
    for value in values:
        squares += (value - mean) * (value - mean)
    spread = None if len(values) == 1 else (squares / (len(values) - 1)) ** 0.5
    return Point(settings, mean, spread, min(values), max(values), len(values), failed)


def mean_of(values: Sequence[float]) -> float:
    """The mean of at least one number, added from left to right."""
    total = 0.0
    for value in values:
        total += value
    return total / len(values)


def _as_json(value: Any) -> Any:
    """A value of a setting as what JSON can hold."""
    if isinstance(value, Mapping):
        return {str(key): _as_json(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_as_json(item) for item in value]
    if value is None or isinstance(value, (str, bool, int)) or (isinstance(value, float) and validate.is_finite(value)):
        return value
    return getattr(value, "__name__", None) or repr(value)


def _words(settings: Mapping[str, Any]) -> list[str]:
    """Each setting as name=value, on one line."""
    return [
        f"{name}={printable(value) if isinstance(value, str) else validate.shown(_as_json(value))}"
        for name, value in settings.items()
    ]
