"""A table is named columns of equal length, and each column holds either numbers or categories.

Nothing here is a network's input yet: a table is what a file or a list of rows says, with None where a value is
missing. Each row remembers its line in the file, so that an error that is found later can name it.

>>> table = Table.from_rows("cats", [{"weight": 4.5, "coat": "red"}, {"weight": 3, "coat": "black"}])
>>> print(table)
cats: 2 rows, 2 columns
  weight  number    3 to 4.5, mean 3.75
  coat    category  2: black, red
>>> table[1]
{'weight': 3.0, 'coat': 'black'}
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from copy import copy
from typing import Any, Optional, Union

from neuronet import validate
from neuronet.data.wording import counted, cut, quoted
from neuronet.errors import DataError, UnknownNameError, printable

NUMBER = "number"
CATEGORY = "category"

WIDTH = 80
MOST_COLUMNS = 24
MOST_NAME = 24


class Column:
    """One column of a table.

    name: a text that is not empty.
    kind: "number" or "category".
    values: for numbers finite floats, for categories texts; None where a value is missing. They are copied.

    Raises DataError, naming the column and the position, for anything else.

    >>> weight = Column("weight", "number", [4.5, None, 3])
    >>> weight, weight.values, weight.missing
    (Column('weight', 'number', rows=3), [4.5, None, 3.0], 1)
    """

    __slots__ = ("kind", "name", "values")

    values: list[Any]

    def __init__(self, name: str, kind: str, values: Sequence[Any]) -> None:
        if not isinstance(name, str) or not name:
            raise DataError(f"name of a column: expected a text, got {validate.shown(name)}")
        if kind not in (NUMBER, CATEGORY):
            raise UnknownNameError(f"kind: unknown {kind!r}; known: {NUMBER}, {CATEGORY}")
        self.name = name
        self.kind = kind
        self.values = _numbers(name, values) if kind == NUMBER else _texts(name, values)

    @property
    def missing(self) -> int:
        """How many values are missing."""
        return self.values.count(None)

    @property
    def categories(self) -> tuple[str, ...]:
        """The different texts of a column of categories, sorted, so that the order of the rows does not matter.

        Raises DataError for a column of numbers; `as_category` makes categories of it.
        """
        if self.kind != CATEGORY:
            raise DataError(f"column {quoted(self.name)}: expected categories, got numbers")
        return tuple(sorted(set(self.values) - {None}))

    def as_category(self) -> Column:
        """The column as categories: a number becomes its shortest text, without a point where it is whole.

        So "1", "1.0" and "01" are one category, "1", in whatever way the file wrote it. To keep them apart, name the
        column in the `categories` of `read_table`. A column of categories is returned as it is.

        >>> Column("class", "number", [0, 1.5, None]).as_category().values
        ['0', '1.5', None]
        """
        if self.kind == CATEGORY:
            return self
        return Column(self.name, CATEGORY, [value if value is None else number_text(value) for value in self.values])

    def select(self, rows: Sequence[int]) -> Column:
        """A column of the same name and kind with the values of these rows, in this order."""
        chosen = copy(self)
        chosen.values = [self.values[row] for row in rows]
        return chosen

    def __len__(self) -> int:
        return len(self.values)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r}, {self.kind!r}, rows={len(self)})"


class Table:
    """Columns of equal length, each with a name of its own.

    name: what errors and `print` call it, such as the path of its file.
    columns: one `Column` or more, with one row or more.
    lines: the line in the file on which each row begins, for errors; none at all for a table that is from no file.

    Raises DataError where the columns or the lines do not fit.

    `table[3]` is a row as a dict from column names to values, `len` counts the rows, iteration goes over the rows,
    and `print` shows each column with its kind.
    """

    __slots__ = ("_from_file", "_positions", "columns", "name")

    def __init__(self, name: str, columns: Iterable[Column], lines: Sequence[int] = ()) -> None:
        self.name = name
        self.columns = tuple(columns)
        refuse_names(self.column_names, name)
        lengths = [len(column) for column in self.columns]
        for column, length in zip(self.columns, lengths):
            if length != lengths[0]:
                raise DataError(
                    f"{name}, column {quoted(column.name)}: expected {counted(lengths[0], 'row')}, got {length}"
                )
        if lengths[0] == 0:
            raise DataError(f"{name}: expected at least one row, got none")
        if len(lines) not in (0, lengths[0]):
            raise DataError(f"lines: expected one for each of {counted(lengths[0], 'row')}, got {len(lines)}")
        self._from_file = len(lines) > 0
        # Where a row came from stays with it when rows are selected, be it a line or a position in a list.
        self._positions: Sequence[int] = lines if self._from_file else range(lengths[0])

    @classmethod
    def from_rows(
        cls,
        name: str,
        rows: Iterable[Union[Mapping[str, Any], Sequence[Any]]],
        column_names: Optional[Sequence[str]] = None,
    ) -> Table:
        """A table of data that Python has already.

        name: what errors call it.
        rows: for each row a dict, all with the same keys, or a sequence, all of the same length. Finite numbers make
            a column of numbers and texts one of categories; None is a missing value. Texts are taken as they are.
        column_names: one for each value of a row. Without it they are the keys of the first row, or "column 1",
            "column 2" and so on. The keys of dicts must be these names.

        Raises DataError, naming the row and the column, for anything else: rows that do not fit the first, numbers
        and texts in one column, a column without a value, a bool.

        >>> Table.from_rows("points", [[0.5, "red"], [None, "blue"]], ["x", "colour"])[1]
        {'x': None, 'colour': 'blue'}
        """
        if not validate.is_list(rows):
            raise DataError(f"{name}: expected a list of rows, got {validate.shown(rows)}")
        items = list(rows)
        if not items:
            raise DataError(f"{name}: expected at least one row, got none")
        names = _names_for(items[0], name) if column_names is None else tuple(column_names)
        refuse_names(names, name)
        cells = [_cells(item, names, f"{name}[{position}]") for position, item in enumerate(items)]
        return cls(name, [_column_of(name, title, values) for title, values in zip(names, zip(*cells))])

    @property
    def column_names(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(column.name for column in self.columns)

    def index(self, which: Union[str, int], place: str = "column") -> int:
        """The position, from 0, of a column.

        which: its name, or its position; a negative one counts from the end, as Python does.
        place: what an error calls the argument.

        Raises UnknownNameError for a name that is not there, listing those that are, and DataError for a position
        that is not.
        """
        return find_name(self.column_names, which, place)

    def column(self, which: Union[str, int], place: str = "column") -> Column:
        """The column of this name or position; arguments and errors are those of `index`."""
        return self.columns[self.index(which, place)]

    def without(self, which: Union[str, int]) -> Table:
        """The table without one column; which one and what is raised, as for `index`. One column has to stay."""
        position = self.index(which)
        return self._like(self.columns[:position] + self.columns[position + 1 :], self._positions)

    def with_missing(self, which: Union[str, int], cells: Collection[str]) -> Table:
        """The table in which these texts of a column of categories are missing values; which one as for `index`."""
        position = self.index(which)
        own = self.columns[position]
        if own.kind != CATEGORY or not set(cells) & set(own.categories):
            return self
        column = Column(own.name, own.kind, [None if value in cells else value for value in own.values])
        return self._like([*self.columns[:position], column, *self.columns[position + 1 :]], self._positions)

    def select(self, rows: Sequence[int]) -> Table:
        """A table of these rows in this order, which remember where they came from.

        rows: positions from 0, at least one; a row may come more than once.

        Raises DataError for a position that is not there.
        """
        for place, row in enumerate(rows):
            if validate.count(row, f"rows[{place}]", least=0) >= len(self):
                raise DataError(f"rows[{place}]: expected a position from 0 to {len(self) - 1}, got {row}")
        return self._like([column.select(rows) for column in self.columns], [self._positions[row] for row in rows])

    def place_of(self, row: int, column: Union[str, int]) -> str:
        """What an error calls the value of a row, from 0, in a column.

        >>> Table("cats.csv", [Column("coat", "category", ["red", "black"])], lines=[2, 3]).place_of(1, "coat")
        'cats.csv, line 3, column "coat"'
        """
        return f"{self._row_place(row)}, column {quoted(self.column_names[self.index(column)])}"

    def __len__(self) -> int:
        return len(self.columns[0])

    def __getitem__(self, row: int) -> dict[str, Any]:
        return {column.name: column.values[row] for column in self.columns}

    def __iter__(self) -> Iterator[dict[str, Any]]:
        names = self.column_names
        for values in zip(*[column.values for column in self.columns]):
            yield dict(zip(names, values))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r}, rows={len(self)}, columns={len(self.columns)})"

    def __str__(self) -> str:
        sizes = f"{counted(len(self), 'row')}, {counted(len(self.columns), 'column')}"
        lines = [f"{printable(self.name)}: {sizes}"]
        names = [cut(printable(column.name), MOST_NAME) for column in self.columns[:MOST_COLUMNS]]
        width = max(map(len, names))
        for name, column in zip(names, self.columns):
            lines.append(cut(f"  {name.ljust(width)}  {column.kind.ljust(len(CATEGORY))}  {_summary(column)}", WIDTH))
        if len(self.columns) > MOST_COLUMNS:
            lines.append(f"  ... {len(self.columns) - MOST_COLUMNS} more columns")
        return "\n".join(lines)

    def _row_place(self, row: int) -> str:
        position = self._positions[row]
        return f"{self.name}, line {position}" if self._from_file else f"{self.name}[{position}]"

    def _like(self, columns: Sequence[Column], positions: Sequence[int]) -> Table:
        table = Table(self.name, columns, positions)
        table._from_file = self._from_file
        return table


def find_name(names: Sequence[str], which: Union[str, int], place: str) -> int:
    """The position of a column among these names; arguments and errors are those of `Table.index`."""
    if isinstance(which, str):
        if which not in names:
            raise UnknownNameError(f"{place}: unknown {which!r}; known: {', '.join(names)}")
        return names.index(which)
    if isinstance(which, bool) or not isinstance(which, int):
        raise DataError(f"{place}: expected the name or the position of a column, got {validate.shown(which)}")
    if not -len(names) <= which < len(names):
        raise DataError(f"{place}: expected a position from {-len(names)} to {len(names) - 1}, got {which}")
    return which % len(names)


def refuse_names(names: Sequence[Any], place: str) -> None:
    """Raise DataError unless these can name columns: at least one, all of them texts, none empty, none twice."""
    if not names:
        raise DataError(f"{place}: expected at least one column, got none")
    first: dict[str, int] = {}
    for position, name in enumerate(names, start=1):
        if not isinstance(name, str) or not name:
            raise DataError(f"{place}, column {position}: expected a name, got {validate.shown(name)}")
        if name in first:
            raise DataError(
                f"{place}: expected a different name for each column, "
                f"got {quoted(name)} for column {first[name]} and column {position}"
            )
        first[name] = position


def number_text(value: float) -> str:
    """The shortest text that is this number, without a point where it is whole.

    >>> number_text(3.0), number_text(0.1), number_text(-0.0)
    ('3', '0.1', '0')
    """
    text = repr(value + 0.0)  # which makes zero of minus zero
    return text[:-2] if text.endswith(".0") else text


def exact_mean(values: Sequence[float]) -> float:
    """The mean of at least one number, rounded once; exactly that of equal ones."""
    try:
        mean = math.fsum(values) / len(values)
    except OverflowError:  # the sum of large numbers may be too large
        mean = 2 * math.fsum(value / 2 / len(values) for value in values)
    return min(max(mean, min(values)), max(values))


def _numbers(name: str, values: Sequence[Any]) -> list[Any]:
    if set(map(type, values)) <= {float, type(None)} and all(value is None or math.isfinite(value) for value in values):
        return list(values)  # a large file is not held up by a look at each number on its own
    place = f"column {quoted(name)}"
    return [
        value if value is None else validate.number(value, f"{place}[{position}]")
        for position, value in enumerate(values)
    ]


def _texts(name: str, values: Sequence[Any]) -> list[Any]:
    for position, value in enumerate(values):
        if value is not None and not isinstance(value, str):
            raise DataError(f"column {quoted(name)}[{position}]: expected a text, got {validate.shown(value)}")
    return list(values)


def _names_for(row: Any, place: str) -> tuple[str, ...]:
    """The default names of columns: the keys of the first row, or numbers from 1."""
    if isinstance(row, Mapping):
        return tuple(row)
    _refuse_row(row, f"{place}[0]")
    return tuple(f"column {number}" for number in range(1, len(row) + 1))


def _cells(row: Any, names: Sequence[str], place: str) -> list[Any]:
    if isinstance(row, Mapping):
        if set(row) != set(names):
            raise DataError(f"{place}: expected the keys {', '.join(names)}, got {', '.join(map(str, row)) or 'none'}")
        return [row[name] for name in names]
    _refuse_row(row, place)
    if len(row) != len(names):
        raise DataError(f"{place}: expected {counted(len(names), 'value')}, got {len(row)}")
    return list(row)


def _refuse_row(row: Any, place: str) -> None:
    if not isinstance(row, Sequence) or isinstance(row, (str, bytes, bytearray)):
        raise DataError(f"{place}: expected a dict or a list of values, got {validate.shown(row)}")


def _column_of(table: str, name: str, values: Sequence[Any]) -> Column:
    """A column of Python's values; the first that is not missing decides of which kind all of them are."""
    present = [position for position, value in enumerate(values) if value is not None]
    if not present:
        raise DataError(f"{table}, column {quoted(name)}: expected at least one value, got none")
    kind = CATEGORY if isinstance(values[present[0]], str) else NUMBER
    checked = list(values)
    for position in present:
        value, place = values[position], f"{table}[{position}], column {quoted(name)}"
        if isinstance(value, str) != (kind == CATEGORY):
            wanted = "text" if kind == CATEGORY else "number"
            raise DataError(f"{place}: expected a {wanted} as in row {present[0]}, got {validate.shown(value)}")
        if kind == NUMBER:
            checked[position] = validate.number(value, place)
            if isinstance(value, int) and int(checked[position]) != value:
                raise DataError(
                    f"{place}: expected a number that a float holds, got {validate.shown(value)}, of which it loses "
                    "the last digits; where it names something, give it as text"
                )
    return Column(name, kind, checked)


def _summary(column: Column) -> str:
    missing = f"{column.missing} missing, " if column.missing else ""
    present = [value for value in column.values if value is not None]
    if not present:
        return f"{column.missing} missing"
    if column.kind == CATEGORY:
        return f"{missing}{len(column.categories)}: {', '.join(map(printable, column.categories))}"
    return f"{missing}{min(present):.6g} to {max(present):.6g}, mean {exact_mean(present):.6g}"
