"""What a target column asks for: one of several classes, or a value."""

from __future__ import annotations

from collections import Counter
from typing import Optional, Union

from neuronet import validate
from neuronet.data.encoding import ClassTarget, Target, ValueTarget, looks_like_classes
from neuronet.data.table import NUMBER, Column, Table
from neuronet.data.wording import quoted
from neuronet.errors import DataError, UnknownNameError
from neuronet.tabular.rows import is_number, refuse_no_table

TASKS = ("classes", "values")
"""What a target may be: one of several classes, or a quantity."""
LEAST_ROWS = 10
"""From so many rows on, a column in which nearly every row has a class of its own is no column of classes."""


def fitted_target(table: Table, which: Union[str, int], task: Optional[str], scaling: str) -> Target:
    """The target for a column of a table: of classes or of values, by the task or else by the column itself.

    which, task, scaling: as `target`, `task` and `scaling` in `Model.build`, and so is what is raised.
    """
    refuse_no_table(table)
    if task is not None and task not in TASKS:
        raise UnknownNameError(f"task: unknown {validate.shown(task)}; known: {', '.join(TASKS)}")
    column = table.column(which, "target")
    if column.missing:
        row = column.values.index(None)
        raise DataError(f"{table.place_of(row, which)}: expected a value of the target, got none; leave the row out")
    if task == "classes" or (task is None and looks_like_classes(column)):
        if task is None:
            _refuse_single_classes(table, column)
        return ClassTarget.fitted(column)
    if column.kind != NUMBER:
        raise DataError(f"task: expected 'classes', because column {quoted(column.name)} has texts, got {task!r}")
    return ValueTarget.fitted(column, scaling)


def task_of(table: Table, which: Union[str, int], task: Optional[str] = None) -> str:
    """The task of the target column of a table, one of `TASKS`: that given, or else what the column looks like.

    which: the column, by its name or position. Raises as `fitted_target`.
    """
    return TASKS[0] if isinstance(fitted_target(table, which, task, "none"), ClassTarget) else TASKS[1]


def _refuse_single_classes(table: Table, column: Column) -> None:
    """Refuse classes of which nearly every row has one of its own: most likely numbers that were not understood."""
    counts = Counter(column.values)
    if len(column) >= LEAST_ROWS and 2 * len(counts) > len(column):
        single = [row for row, value in enumerate(column.values) if counts[value] == 1]
        row = next((row for row in single if not is_number(str(column.values[row]))), single[0])
        got = validate.shown(column.values[row])
        raise DataError(
            f"{table.place_of(row, column.name)}: expected a number, or a class that comes again, got {got}; "
            f"{len(counts)} different ones in {len(column)} rows are no classes"
        )
