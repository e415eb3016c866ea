"""Compare settings fairly: every combination is trained from several seeds and on several folds of the rows.

Each run trains on some rows and is scored on others (cross-validation), so its score depends on luck. What counts is
the mean over the runs of a setting, and their spread, which tells whether a difference between two settings is large.
All settings meet the same rows and the same seeds. The runs are independent, so they may go anywhere: one after
another here, or to any executor of `concurrent.futures`; the results are the same.

>>> from functools import partial
>>> from neuronet.data.table import Table
>>> rows = [{"height": 5.0 + 0.1 * (i % 7), "kind": "tall" if i % 7 > 3 else "short"} for i in range(70)]
>>> table = Table.from_rows("plants", rows)
>>> found = experiment(partial(fit_model, epochs=30), table, {"hidden": [0, 4]}, seeds=2, folds=5)
>>> print(found)
accuracy of 2 settings, from 2 seeds on 5 folds
20 of 20 runs are done, 0 failed
<BLANKLINE>
  best first    mean  spread   least    most  runs  failed
* hidden=4    1.0000  0.0000  1.0000  1.0000    10       0
  hidden=0    0.5714  0.4543  0.0714  1.0000    10       0
>>> found.best.settings
{'hidden': 4}
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from contextlib import closing
from itertools import product
from typing import TYPE_CHECKING, Any, Callable, NamedTuple, Optional, Union

from neuronet import validate
from neuronet.data import splitting
from neuronet.data.datasets import Dataset
from neuronet.data.metrics import ClassificationReport, RegressionReport, classification_report, regression_report
from neuronet.data.table import Table
from neuronet.errors import DataError
from neuronet.network import Network
from neuronet.tabular.fit import fit, with_target
from neuronet.tabular.jobs import ended, problem_of, refuse_unsendable, text_of
from neuronet.tabular.model import Model
from neuronet.tabular.results import LOST, Experiment, Run, mean_of
from neuronet.tabular.task import task_of
from neuronet.training.interrupt import handled, interrupt_at_once

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future


class Best(NamedTuple):
    """What `best_of` has kept."""

    result: Any
    """What `train` made from the best seed."""
    value: float
    """The number that belongs to it, the lowest."""
    seed: int
    """The seed that it was made from."""
    values: dict[int, Optional[float]]
    """The number of each seed, in order; None where it failed."""


def experiment(  # noqa: PLR0917 - in the order in which one would say it
    build: Callable[..., Union[Model, Network]],
    data: Union[Table, Dataset],
    grid: Optional[Mapping[str, Iterable[Any]]] = None,
    seeds: Union[int, Iterable[int]] = 5,
    folds: int = 5,
    executor: Optional[Executor] = None,
    *,
    target: Union[str, int, None] = None,
    stratified: Optional[bool] = None,
    split_seed: int = 0,
    callback: Optional[Callable[[int, int], Any]] = None,
) -> Experiment:
    """Train with every combination of settings, from every seed, on every fold, and score each on the rows kept back.

    build: a function that trains and returns a model or a network. For a table it is called as
        `build(training, seed, target=..., **settings)` and returns a `Model`, as `fit_model` does; for a data set as
        `build(training, seed, **settings)` and returns a `Network`. `training` is a copy of the rows that the run may
        see, `settings` one combination of the grid. What never changes is bound beforehand:
        `functools.partial(fit_model, epochs=50)`. For worker processes it has to stand in a module.
    data: the rows. Of a table those without a target are left out.
    grid: for each setting the values to try; every combination is tried, the last name changing fastest. None or {}
        trains with no settings at all.
    seeds: a list of ints of 0 or more, each once, or how many: 3 is [0, 1, 2].
    folds: into how many parts the rows are divided, each kept back once; 2 or more. 1 keeps back a fifth, once.
    executor: where the runs go: any `concurrent.futures.Executor`, such as a `ProcessPoolExecutor`, the
        `get_executor()` of a Dask client or mpi4py's `MPIPoolExecutor`. The data is sent with every run. None runs one
        after another here. It is not shut down.
    target: the column to answer, for a table, by its name or position; None is the last one.
    stratified: whether classes have the same proportions in every part; None: where there are classes.
    split_seed: of the division into folds, 0 or more: the same for all combinations and seeds.
    callback: called as `callback(done, all)` after each run, with how many have ended and how many there are.

    Returns the runs in order, the same to the last bit with any executor, and whichever ends first. A run that raises
    an error is one with an `error`, and so is one that was lost because its worker died; the others are kept. Ctrl-C
    ends the experiment: what had ended is kept, what had not begun is cancelled.

    Raises DataError before any run, for arguments that cannot be right, and for a `build` or settings that cannot be
    sent to another process.
    """
    rows, given = _rows(data, target)
    points = _points(grid, ["training", "seed", *given])
    seed_list = _seeds(seeds)
    pairs = _pairs(rows, given, folds, stratified, validate.count(split_seed, "split_seed", least=0))
    if callback is not None and not callable(callback):
        raise DataError(f"callback: expected a function of two counts, got {validate.shown(callback)}")
    planned = list(product(range(len(points)), seed_list, range(len(pairs))))
    jobs = [(_Job(build, rows, pairs[fold], seed, {**given, **points[point]}),) for point, seed, fold in planned]
    refuse_unsendable(executor, "build", build, [build, *points])
    runs: dict[int, Run] = {}
    stopped = "done"
    try:
        with closing(ended(_Job.run, jobs, executor)) as futures_in_turn:
            for position, future in futures_in_turn:
                point, seed, fold = planned[position]
                runs[position] = Run(point, points[point], seed, fold, *_outcome(future))
                if callback is not None:
                    callback(len(runs), len(jobs))
    except KeyboardInterrupt:
        stopped = "interrupted"
    return Experiment([runs[position] for position in sorted(runs)], points, len(seed_list), len(pairs), stopped)


def fit_model(training: Table, seed: int, target: Union[str, int] = -1, **settings: Any) -> Model:
    """Train a model on all rows of a table: the usual `build` of an experiment with one.

    training: the rows; scaling and categories are fitted on them.
    seed: of the weights, the order and the dropout, and of the division where `validation` is among the settings.
    target: the column to answer, by its name or position.
    settings: those of `fit` but `test`.

    Returns the model. Errors are those of `fit`.
    """
    return fit(training, target, test=0, seed=seed, **settings).model


def best_of(
    train: Callable[[int], tuple[Any, float]],
    seeds: Union[int, Iterable[int]] = 5,
    executor: Optional[Executor] = None,
) -> Best:
    """Train from several seeds, and keep the best.

    train: is given a seed, and returns what it made of it, and a number that is better the lower it is, such as the
        loss on rows that were not trained on. For worker processes it has to stand in a module.
    seeds, executor: as in `experiment`.

    Returns the result with the lowest number, of equals that of the first seed, whichever ends first. A seed that
    fails does not stop the others; where all have failed the error of the last one is raised. Ctrl-C comes through,
    and what had not begun is cancelled. Raises DataError before any training as `experiment` does.

    >>> from neuronet import Network, datasets
    >>> def train(seed):
    ...     network = Network(2, 3, 1, seed=seed)
    ...     history = network.train(*datasets.xor(), epochs=100, optimizer="adam", learning_rate=0.1)
    ...     return network, history.losses[-1]
    >>> best = best_of(train, seeds=4)
    >>> best.value == min(best.values.values()), best.result.rng is not None
    (True, True)
    """
    seed_list = _seeds(seeds)
    refuse_unsendable(executor, "train", train, [train])
    futures: dict[int, Future[tuple[Any, float]]] = {}
    with closing(ended(_restart, [(train, seed) for seed in seed_list], executor)) as futures_in_turn:
        for position, future in futures_in_turn:
            futures[position] = future
            if isinstance(problem_of(future), KeyboardInterrupt):
                raise KeyboardInterrupt
    problems = [problem_of(futures[position]) for position in range(len(seed_list))]
    found = [None if problem is not None else futures[position].result() for position, problem in enumerate(problems)]
    values = {seed: None if pair is None else pair[1] for seed, pair in zip(seed_list, found)}
    kept = [(pair, seed) for seed, pair in zip(seed_list, found) if pair is not None]
    if not kept:
        raise problems[-1] or DataError("train: expected a result, got none")
    (result, value), seed = min(kept, key=lambda each: each[0][1])  # of equals the first
    return Best(result, value, seed, values)


class _Job:
    """One run that is still to be done, as it is sent to a worker: an object that no executor looks into."""

    def __init__(self, build: Callable[..., Any], data: Any, rows: Any, seed: int, settings: dict[str, Any]) -> None:
        self.build = build
        self.data = data
        self.rows = rows
        self.seed = seed
        self.settings = settings

    def run(self) -> tuple[dict[str, Optional[float]], float, Optional[str]]:
        """Train and score; returns the scores, the seconds, and the error or None."""
        from copy import deepcopy
        from time import perf_counter

        start = perf_counter()
        scores: dict[str, Optional[float]] = {}
        error = None
        try:
            with handled(interrupt_at_once):  # `train` would end early and seem to be done
                training, test = (self.data.select(rows) for rows in self.rows)
                # Copies, as another process would have them: no run can change what the next one gets.
                scores = _scores(self.build(training, self.seed, **deepcopy(self.settings)), test)
        except (Exception, SystemExit) as problem:
            error = text_of(problem)
        return scores, perf_counter() - start, error


def _restart(train: Callable[[int], Any], seed: int) -> tuple[Any, float]:
    with handled(interrupt_at_once):
        made = train(seed)
    if not isinstance(made, tuple) or len(made) != 2:
        raise DataError(f"train: expected a result and a number, got {validate.shown(made)}")
    return made[0], validate.number(made[1], f"train, seed {seed}")


def _outcome(future: Future[Any]) -> tuple[dict[str, Optional[float]], float, Optional[str]]:
    """The scores, the seconds and the error of a run that has ended; KeyboardInterrupt where Ctrl-C ended it."""
    problem = problem_of(future)
    if isinstance(problem, KeyboardInterrupt):
        raise problem
    if problem is not None:
        return {}, 0.0, f"{LOST}: {text_of(problem)}"
    outcome: tuple[dict[str, Optional[float]], float, Optional[str]] = future.result()
    return outcome


def _scores(trained: Any, test: Any) -> dict[str, Optional[float]]:
    report: Union[ClassificationReport, RegressionReport]
    if isinstance(trained, Model) and isinstance(test, Table):
        report = trained.evaluate(test)
    elif isinstance(trained, Network) and isinstance(test, Dataset):
        report = _report(trained, test)
    else:
        wanted = "a Model, for a table" if isinstance(test, Table) else "a Network, for a data set"
        raise DataError(f"build: expected to return {wanted}, got {validate.shown(trained)}")
    if isinstance(report, ClassificationReport):
        known = [score for score in report.f1.values() if score is not None]
        return {"accuracy": report.accuracy, "f1": mean_of(known)}
    return {"rmse": report.rmse, "mae": report.mae, "r_squared": report.r_squared}


def _report(network: Network, test: Dataset) -> Union[ClassificationReport, RegressionReport]:
    """How good a network is on a data set: by classes where it has names for them, else by all its numbers."""
    outputs = network.predict_all(test.inputs)
    if test.label_names:
        return classification_report([test.label(row) for row in test.targets], [test.label(row) for row in outputs])
    return regression_report([each for row in test.targets for each in row], [each for row in outputs for each in row])


def _rows(data: Any, target: Union[str, int, None]) -> tuple[Union[Table, Dataset], dict[str, Any]]:
    """The rows that can be used, and the arguments of `build` besides the settings."""
    if isinstance(data, Table):
        name = data.column_names[data.index(-1 if target is None else target, "target")]
        return with_target(data, name), {"target": name}
    if not isinstance(data, Dataset):
        raise DataError(f"data: expected a Table or a Dataset, got {validate.shown(data)}")
    if target is not None:
        raise DataError(f"target: expected none, for a data set has its own, got {validate.shown(target)}")
    return data, {}


def _points(grid: Any, taken: Sequence[str]) -> list[dict[str, Any]]:
    """Every combination of the values of a grid, the last name changing fastest."""
    if grid is not None and not isinstance(grid, Mapping):
        raise DataError(f"grid: expected a dict from a name to a list of values, got {validate.shown(grid)}")
    lists = {}
    for name, values in (grid or {}).items():
        if not isinstance(name, str) or name in taken:
            raise DataError(f"grid: expected the name of a setting other than {', '.join(taken)}, got {name!r}")
        if not validate.is_list(values):
            raise DataError(f"grid[{name!r}]: expected a list of values, got {validate.shown(values)}")
        lists[name] = list(values)
        if not lists[name]:
            raise DataError(f"grid[{name!r}]: expected at least one value, got none")
    return [dict(zip(lists, values)) for values in product(*lists.values())]


def _seeds(seeds: Any) -> list[int]:
    if isinstance(seeds, (bool, str, bytes, Mapping, Set)) or not isinstance(seeds, (int, Iterable)):
        raise DataError(f"seeds: expected how many, or a list of whole numbers, got {validate.shown(seeds)}")
    if isinstance(seeds, int):
        return list(range(validate.count(seeds, "seeds")))
    found = [validate.count(seed, f"seeds[{place}]", least=0) for place, seed in enumerate(seeds)]
    if not found or len(set(found)) < len(found):
        raise DataError(f"seeds: expected at least one, each of them once, got {validate.shown(found)}")
    return found


def _pairs(
    rows: Union[Table, Dataset], given: Mapping[str, Any], folds: int, stratified: Optional[bool], seed: int
) -> list[tuple[list[int], list[int]]]:
    """For each fold the positions of the rows to train on, and of those to score by."""
    if stratified not in (None, True, False):
        raise DataError(f"stratified: expected True, False or None, got {validate.shown(stratified)}")
    if isinstance(rows, Table):
        column = rows.column(given["target"])
        classes = task_of(rows, given["target"]) == "classes"
        labels: Sequence[Any] = column.values
    else:
        classes = bool(rows.label_names)
        labels = [rows.label(row) for row in rows.targets] if classes or stratified else []
    by_class = classes if stratified is None else stratified
    if validate.count(folds, "folds") == 1:
        return [splitting.stratified(labels, 0.8, seed) if by_class else splitting.split(len(rows), 0.8, seed)]
    if folds > len(rows):
        raise DataError(f"folds: expected at most one for each row, that is {len(rows)}, got {folds}")
    return splitting.stratified_folds(labels, folds, seed) if by_class else splitting.folds(len(rows), folds, seed)
