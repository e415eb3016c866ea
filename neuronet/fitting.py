"""From a table to a trained model in one call: divide the rows, fit the columns, train, and try it on unseen rows.

>>> from neuronet.data.table import Table
>>> rows = [{"height": 5.0 + 0.1 * (i % 7), "kind": "tall" if i % 7 > 3 else "short"} for i in range(140)]
>>> fitted = fit(Table.from_rows("plants", rows), "kind", epochs=30, seed=1)
>>> fitted.report.accuracy, len(fitted.training), len(fitted.test)
(1.0, 112, 28)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Callable, NamedTuple, Optional, Union

from neuronet import validate
from neuronet.data import splitting
from neuronet.data.encoding import ClassTarget
from neuronet.data.metrics import ClassificationReport, RegressionReport
from neuronet.data.table import Table
from neuronet.errors import DataError
from neuronet.model import Model, fitted_target
from neuronet.training import History

BUILDING = ("task", "hidden", "scaling", "missing", "ignore", "activation", "loss", "weights", "l1", "l2", "dropout")
"""The settings that `Model.build` takes; the others are those of training."""
USUAL = {"learning_rate": 0.003, "batch_size": 16}
"""How training is set where the caller names no optimizer, and so takes "adam"."""
USUAL_L2 = 0.01
"""The penalty on the weights where the caller says nothing."""


class Fitted(NamedTuple):
    """A trained model, and how it came about."""

    model: Model
    history: History
    report: Union[ClassificationReport, RegressionReport, None]
    """How good it is on the rows of `test`; None where there are none."""
    training: Table
    """The rows that it was trained on."""
    validation: Optional[Table]
    """The rows that said when to stop, or None."""
    test: Optional[Table]
    """The rows that it has never seen, or None."""


class Parts(NamedTuple):
    """The rows of a table, dealt out."""

    training: Table
    validation: Optional[Table]
    test: Optional[Table]


def fit(
    table: Table,
    target: Union[str, int] = -1,
    *,
    test: float = 0.2,
    validation: float = 0.0,
    epochs: int = 100,
    seed: int = 0,
    split_seed: Optional[int] = None,
    source: Optional[Mapping[str, Any]] = None,
    before: Optional[Callable[[Model, Parts], Any]] = None,
    **settings: Any,
) -> Fitted:
    """Train a model on the rows of a table, and see how good it is on rows that it has not seen.

    table: its rows; where the target is missing, a row is left out.
    target: the column to answer, by its name or position; the last one where not given.
    test: the share of the rows that is kept back to try the model on, 0 or more, below 1.
    validation: the share that says when to stop, as `early_stopping` of `Network.train`; 0 or more.
    epochs: how many at most.
    seed: of the division, the weights, the order and the dropout; 0 or more.
    split_seed: of the division, where it is to be another one.
    source: where the rows came from, which the model keeps.
    before: called with the untrained model and the `Parts` before training begins.
    settings: any of those of `Model.build` and of `Network.train`. Where nothing is said, the optimizer is "adam" with
        a learning rate of 0.003, in batches of 16, and l2 is 0.01.

    Classes are dealt out so that each part has its share of every class. Raises as `Model.build` and `Network.train`.
    """
    rows = with_target(table, target)
    dealt_by = seed if split_seed is None else split_seed
    parts = divided(rows, target, test=test, validation=validation, seed=dealt_by, task=settings.get("task"))
    building = {"l2": USUAL_L2, **{name: settings.pop(name) for name in BUILDING if name in settings}}
    model = Model.build(parts.training, target, seed=seed, **building)
    for part in (parts.validation, parts.test):
        if part is not None:
            model.encode(part, refuse_unseen=False)  # a fault in these rows is better told before training than after
    model.source = dict(source or {})
    if before is not None:
        before(model, parts)
    if "optimizer" not in settings:
        settings = {**USUAL, **settings}
    history = model.train(parts.training, validation=parts.validation, epochs=epochs, **settings)
    report = None if parts.test is None else model.evaluate(parts.test)
    return Fitted(model, history, report, *parts)


def with_target(table: Table, target: Union[str, int]) -> Table:
    """The rows of a table whose target is known; DataError where there is none."""
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
    """The rows of a table, dealt into those to train on, to stop by and to test on.

    Arguments are those of `fit`. A class with a single row is always trained on.
    """
    shares = [validate.at_least_zero(share, place) for share, place in ((test, "test"), (validation, "validation"))]
    if shares[0] + shares[1] >= 1:
        got = f"{test!r} and {validation!r}"
        raise DataError(f"test and validation: expected shares that leave rows to train on, got {got}")
    rows, tested = _dealt(table, target, shares[0], seed, task)
    training, kept = _dealt(rows, target, shares[1] / (1 - shares[0]), seed, task)
    return Parts(training, kept, tested)


def _dealt(
    table: Table, target: Union[str, int], share: float, seed: int, task: Optional[str]
) -> tuple[Table, Optional[Table]]:
    if share == 0:
        return table, None
    answer = fitted_target(table, target, task, "none")
    if isinstance(answer, ClassTarget):
        stay, leave = splitting.stratified(table.column(target).values, 1 - share, seed)
    else:
        stay, leave = splitting.split(len(table), 1 - share, seed)
    return table.select(stay), table.select(leave)
