"""From a table to a trained model in one call: divide the rows, fit the columns, train, and test on unseen rows.

>>> from neuronet.data.table import Table
>>> rows = [{"height": 5.0 + 0.1 * (i % 7), "kind": "tall" if i % 7 > 3 else "short"} for i in range(140)]
>>> fitted = fit(Table.from_rows("plants", rows), "kind", epochs=30, seed=1)
>>> fitted.report.accuracy, len(fitted.training), len(fitted.test)
(1.0, 112, 28)
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any, Callable, NamedTuple, Optional, Union

from neuronet import validate
from neuronet.data import splitting
from neuronet.data.metrics import ClassificationReport, RegressionReport
from neuronet.data.table import Table
from neuronet.errors import DataError
from neuronet.network import Network
from neuronet.optimizers import Optimizer, find_optimizer
from neuronet.tabular.model import Model
from neuronet.tabular.rows import refuse_missing, refuse_no_table
from neuronet.tabular.task import task_of
from neuronet.training import History

BUILDING = ("task", "hidden", "scaling", "missing", "ignore", "activation", "loss", "weights", "l1", "l2", "dropout")
"""The settings that `Model.build` takes; the others are those of training."""
USUAL_RATE = 0.003
"""The default learning rate of "adam", which is the default optimizer."""
USUAL_BATCH = 16
"""The default number of samples to an update, but for an optimizer that needs all of them."""
USUAL_L2 = 0.01
"""The default penalty on the weights."""


class Fitted(NamedTuple):
    """A trained model, and how it came about."""

    model: Model
    history: History
    report: Union[ClassificationReport, RegressionReport, None]
    """How good it is on the rows of `test`; None where there are none."""
    training: Table
    """The rows that it was trained on."""
    validation: Optional[Table]
    """The rows that decided when to stop, or None."""
    test: Optional[Table]
    """The rows that it has never seen, or None."""


class Parts(NamedTuple):
    """The rows of a table, divided: each is in one of the parts."""

    training: Table
    """The rows to train on."""
    validation: Optional[Table]
    """The rows that decide when to stop, or None."""
    test: Optional[Table]
    """The rows to test the model on, or None."""


def fit(
    table: Table,
    target: Union[str, int] = -1,
    *,
    test: float = 0.2,
    validation: float = 0.0,
    epochs: int = 100,
    seed: int = 0,
    split_seed: Optional[int] = None,
    source: Optional[dict[str, Any]] = None,
    before: Optional[Callable[[Model, Parts], Any]] = None,
    trained: Optional[Callable[[Model], Any]] = None,
    **settings: Any,
) -> Fitted:
    """Train a model on the rows of a table, and report how good it is on rows that it has not seen.

    table: as `read_table` or `Table.from_rows` makes it; where the target is missing, a row is left out.
    target: the column to answer, by its name or position; by default the last one.
    test: the fraction of the rows that is kept back to test the model on, 0 or more, below 1.
    validation: the fraction that decides when to stop, as `early_stopping` of `Network.train`; 0 or more.
    epochs: how many at most.
    seed: of the division, the weights, the order and the dropout; 0 or more.
    split_seed: of the division, where it is to be another one.
    source: where the rows came from, which the model keeps: a dict from texts to texts, finite numbers, True,
        False, None and lists of them.
    before: called with the untrained model and the `Parts` before training begins.
    trained: called with the trained model before it is tested, such as `lambda model: model.save("model.json")`: a
        report that cannot be made loses nothing then.
    settings: any of those of `Model.build` and of `Network.train`. By default the optimizer is "adam" with a learning
        rate of 0.003, batches have 16 samples, and l2 is 0.01. Another optimizer has a rate of its own.

    Whether the target is one of classes or a value is decided by all rows, unless `task` is given. Classes are divided
    in the same proportion, so that each part has some of every class. Scaling, categories and what missing values are
    filled with come from the rows that are trained on, and from no others.

    Returns the model with its history, its report and the parts. Raises as `Model.build` and `Network.train`, DataError
    for fractions that leave a part without a row, and TypeError for a setting that belongs to neither; a fault in the
    rows or in the name of a setting is found before training begins.
    """
    _refuse_unknown(settings)
    rows = with_target(table, target)
    task = task_of(rows, target, settings.get("task"))
    if settings.get("missing", "refuse") == "refuse":
        refuse_missing(rows, rows.column(target).name, settings.get("ignore", ()))
    parts = _divided(rows, target, task, test, validation, seed if split_seed is None else split_seed)
    building = {"l2": USUAL_L2, **{name: settings.pop(name) for name in BUILDING if name in settings}, "task": task}
    model = Model.build(parts.training, target, seed=seed, **building)
    for part in (parts.validation, parts.test):
        if part is not None:
            model.encode(part, refuse_unseen=False)  # a fault in these rows is better known before training than after
    model.source = {} if source is None else source
    if before is not None:
        before(model, parts)
    settings = {**_usual(settings.get("optimizer")), **settings}
    history = model.train(parts.training, validation=parts.validation, epochs=epochs, **settings)
    if trained is not None:
        trained(model)
    report = None if parts.test is None else model.evaluate(parts.test)
    return Fitted(model, history, report, *parts)


def _usual(optimizer: Union[str, Optimizer, None]) -> dict[str, Any]:
    """The defaults of training with an optimizer."""
    found = find_optimizer("adam" if optimizer is None else optimizer)
    usual: dict[str, Any] = {} if found.full_batch else {"batch_size": USUAL_BATCH}
    return {**usual, "learning_rate": USUAL_RATE} if found.name == "adam" else usual


def with_target(table: Table, target: Union[str, int]) -> Table:
    """The rows of a table whose target is known; DataError where there is none.

    target: as for `fit`.
    """
    refuse_no_table(table)
    column = table.column(target, "target")
    if not column.missing:
        return table
    known = [row for row, value in enumerate(column.values) if value is not None]
    if not known:
        raise DataError(f"{table.name}: expected a row with a value of {column.name!r}, got none")
    return table.select(known)


def divided(
    table: Table, target: Union[str, int], *, test: float, validation: float, seed: int, task: Optional[str] = None
) -> Parts:
    """The rows of a table, divided into those to train on, to stop by and to test on.

    table: rows whose target is known, see `with_target`; the other arguments are those of `fit`.

    Each class is trained on: one with a single row is in no other part. Raises DataError for fractions that leave a
    part without a row.
    """
    return _divided(table, target, task_of(table, target, task), test, validation, seed)


def _divided(  # noqa: PLR0917 - as in `divided`
    table: Table, target: Union[str, int], task: str, test: float, validation: float, seed: int
) -> Parts:
    """As `divided`, with a task that is known."""
    of_test, of_validation = validate.at_least_zero(test, "test"), validate.at_least_zero(validation, "validation")
    if of_test + of_validation >= 1:
        got = f"{test!r} and {validation!r}"
        raise DataError(f"test and validation: expected shares that leave rows to train on, got {got}")
    labels = table.column(target).values if task == "classes" else None
    rest, tested = _keep_back(list(range(len(table))), labels, of_test, 1.0, seed=seed, place="test")
    training, kept = _keep_back(rest, labels, of_validation, 1 - of_test, seed=seed, place="validation")
    return Parts(table.select(training), *(table.select(rows) if rows else None for rows in (kept, tested)))


def _keep_back(
    rows: list[int], labels: Optional[list[Any]], of_all: float, rows_of_all: float, *, seed: int, place: str
) -> tuple[list[int], list[int]]:
    """The rows that stay, and those that are kept back; how many is given as a fraction of all rows of the table.

    rows_of_all: which fraction of the table `rows` are.
    """
    if of_all == 0:
        return rows, []
    fraction = 1 - of_all / rows_of_all
    if round(fraction * len(rows)) in (0, len(rows)):
        raise DataError(
            f"{place}: expected a share that is at least one of {len(rows)} rows and leaves one, or 0, got {of_all!r}"
        )
    if labels is None:
        stay, leave = splitting.split(len(rows), fraction, seed)
    else:
        classes = [labels[row] for row in rows]
        if len(set(classes)) == len(classes):
            raise DataError(f"{place}: expected a class of two rows or more to keep one back, got single ones only")
        stay, leave = splitting.stratified(classes, fraction, seed)
        known = {classes[row] for row in stay}
        for row in list(leave):
            if classes[row] not in known:  # what was never trained on cannot be tested
                known.add(classes[row])
                stay.append(row)
                leave.remove(row)
    return [rows[row] for row in stay], [rows[row] for row in leave]


def _refuse_unknown(settings: Mapping[str, Any]) -> None:
    """TypeError, as Python has it for an argument that no function takes, naming what may have been meant."""
    taken = set(inspect.signature(Network.train).parameters) - {"self", "inputs", "targets"}
    known = sorted({*BUILDING, *taken, *inspect.signature(fit).parameters} - {"settings"})
    for name in settings:
        if name not in known:
            import difflib

            close = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {close[0]!r}?" if close else f"known: {', '.join(known)}"
            raise TypeError(f"fit: unknown setting {name!r}; {hint}")
