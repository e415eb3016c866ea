"""Rows as they come in, of a table or of a list, checked against the columns that a model has.

What does not fit is refused with its place: the line of the file, or the position in the list.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from functools import partial
from typing import Any, Callable, Union

from neuronet import validate
from neuronet.data.encoding import CategoryInput, Input
from neuronet.data.table import NUMBER, Column, Table, number_text
from neuronet.data.wording import counted, listed, quoted
from neuronet.errors import DataError

Rows = Union[Table, Iterable[Union[Mapping[str, Any], Iterable[Any]]]]


class Place:
    """What an error calls a value; the text is made only where there is an error."""

    __slots__ = ("column", "of_column")

    def __init__(self, of_column: Callable[[str], str], column: str) -> None:
        self.of_column = of_column
        self.column = column

    def __str__(self) -> str:
        return self.of_column(self.column)


def values_of(rows: Rows, names: Sequence[str]) -> Iterator[list[tuple[Any, Place]]]:
    """For each row its values in these columns, each with its place.

    Raises DataError for rows that are no rows, and for a row or a table without one of the columns.
    """
    if isinstance(rows, Table):
        columns = [column_of(rows, name).values for name in names]
        for position, cells in enumerate(zip(*columns)):
            yield _placed(cells, names, partial(rows.place_of, position))
        return
    if isinstance(rows, (str, bytes, Mapping)) or not isinstance(rows, Iterable):
        raise DataError(f"rows: expected a list of rows, got {validate.shown(rows)}; for a single row say [row]")
    for position, row in enumerate(rows):
        cells = _values_of_row(row, names, f"rows[{position}]")
        yield _placed(cells, names, partial(_place_in_list, position))


def _placed(values: Iterable[Any], names: Sequence[str], of_column: Callable[[str], str]) -> list[tuple[Any, Place]]:
    return [(value, Place(of_column, name)) for value, name in zip(values, names)]


def column_of(table: Table, name: str) -> Column:
    """The column of this name; DataError, naming those that there are, where it is missing."""
    if name not in table.column_names:
        raise DataError(
            f"{table.name}: expected a column {quoted(name)}, as in training, got {listed(table.column_names)}"
        )
    return table.column(name)


def input_columns(table: Table, target: str, ignore: Any) -> list[Column]:
    """The columns of a table that are neither the target nor ignored.

    ignore: a list of columns by name or position.

    Raises DataError for anything else, for the target among them, and where no column is left.
    """
    if isinstance(ignore, (str, bytes, Mapping)) or not isinstance(ignore, Iterable):
        raise DataError(f"ignore: expected a list of columns, got {validate.shown(ignore)}; for one say [name]")
    ignored = [table.column(which, "ignore").name for which in ignore]
    if target in ignored:
        raise DataError(f"ignore: expected columns beside the target, got {quoted(target)}, which is the target")
    columns = [column for column in table.columns if column.name not in {target, *ignored}]
    if not columns:
        raise DataError(f"{table.name}: expected a column beside the target {quoted(target)}, to answer it from")
    return columns


def refuse_no_table(table: Any) -> None:
    """Raise DataError for anything but a table."""
    if not isinstance(table, Table):
        raise DataError(f"table: expected a Table, as read_table makes it, got {validate.shown(table)}")


def refuse_missing(table: Table, target: str, ignore: Any = ()) -> None:
    """Raise DataError, with its place, for the first missing value of the rows, but for target and ignored columns."""
    columns = input_columns(table, target, ignore)
    gaps = [(column.values.index(None), position) for position, column in enumerate(columns) if column.missing]
    if gaps:
        row, position = min(gaps)
        place = table.place_of(row, columns[position].name)
        raise DataError(f"{place}: expected a value, got none; to have it filled, set missing to 'fill'")


def refuse_other_kinds(table: Table, inputs: Sequence[Input]) -> None:
    """Raise DataError for a column of a table that is not of the kind that its input is."""
    categories = [column for column in inputs if isinstance(column, CategoryInput)]
    refuse_texts(table, [column.name for column in inputs if not isinstance(column, CategoryInput)])
    for expected in categories:
        column = column_of(table, expected.name)
        # A text such as 01067 would be another category if it were read as the number 1067.
        if column.kind == NUMBER and column.missing < len(column) and any(map(_is_padded, expected.categories)):
            raise DataError(
                f"{table.name}, column {quoted(expected.name)}: expected categories such as "
                f"{expected.categories[0]!r}, got numbers; read the file with Model.read"
            )


def refuse_texts(table: Table, names: Sequence[str]) -> None:
    """Raise DataError for texts where numbers are expected, at the one that is no number where there is such a one."""
    for name in names:
        column = column_of(table, name)
        if column.kind == NUMBER:
            continue
        texts = [row for row, value in enumerate(column.values) if value is not None]
        row = next((row for row in texts if not is_number(column.values[row])), texts[0] if texts else None)
        if row is not None:
            got = validate.shown(column.values[row])
            raise DataError(f"{table.place_of(row, name)}: expected a number, got the text {got}")


def is_number(text: str) -> bool:
    """Whether a text is a number as Python reads it."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def _is_padded(category: str) -> bool:
    """Whether a category is a number that a column of numbers would write otherwise."""
    return is_number(category) and number_text(float(category)) != category


def _place_in_list(position: int, name: str) -> str:
    return f"rows[{position}], column {quoted(name)}"


def _values_of_row(row: Any, names: Sequence[str], place: str) -> tuple[Any, ...]:
    if isinstance(row, Mapping):
        for name in names:
            if name not in row:
                raise DataError(f"{place}: expected a value for {quoted(name)}, which is missing")
        return tuple(row[name] for name in names)
    if isinstance(row, (str, bytes, Set)) or not isinstance(row, Iterable):
        raise DataError(f"{place}: expected a dict or a list of values, got {validate.shown(row)}")
    values = tuple(row)
    if len(values) != len(names):
        raise DataError(f"{place}: expected {counted(len(names), 'value')}, for {listed(names)}, got {len(values)}")
    return values
