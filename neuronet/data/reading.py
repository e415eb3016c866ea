"""A file is read once, line by line, and becomes a table; what does not fit is refused with its line and its column.

What the caller does not say is guessed from the file: the separator, whether the first row is a header, the decimal
mark, which columns are numbers. Every guess can be given instead, and printing the table shows the outcome.

>>> table = read_table(["height;species", "5,1;setosa", "7,0;versicolor"])
>>> print(table)
lines: 2 rows, 2 columns
  height   number    5.1 to 7, mean 6.05
  species  category  2: setosa, versicolor
"""

from __future__ import annotations

import io
import math
import os
import stat
import sys
from array import array
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import chain, islice
from typing import Any, Callable, Optional, Union

from neuronet import validate
from neuronet.data.table import CATEGORY, NUMBER, Column, Table, find_name, refuse_names
from neuronet.data.wording import counted, quoted
from neuronet.errors import DataError, UnknownNameError

MISSING = frozenset(
    {"", "NA", "N/A", "n/a", "#N/A", "#NA", "<NA>", "nan", "NaN", "-nan", "-NaN", "null", "NULL", "None", "?"}
)
"""The cells, quoted or not, that stand for a missing value."""

YEARS = range(1000, 3000)
"""Whole numbers that may name columns."""

SEPARATORS = ("\t", ";", "|", ",")
"""The separators that are guessed. Among equals the first: a comma is the likeliest to mean something else."""

MEMORY_PER_BYTE = 20
"""How many bytes of memory a byte of the file may need while it is read, at most.

Measured on CPython 3.11 with a million cells: 4 or 5 for numbers, that is 37 bytes a cell where all of them differ
and 10 to 15 where few do; 9 for texts that all differ, 68 bytes a cell; 17 for ten thousand columns of digits. Only a
file with more columns than rows, where each column is nearly empty, can need more.
"""

_NO_SEPARATOR = "\x1f"  # for a file of one column: made for this purpose, and not found in text
_SAMPLE = 200  # lines from which the separator and the header are guessed
_BLOCK = 2**17  # cells that wait as texts of their own before they are packed


def read_table(
    source: Union[str, os.PathLike[str], Iterable[str]],
    *,
    header: Optional[bool] = None,
    separator: Optional[str] = None,
    decimal: Optional[str] = None,
    missing: str = "refuse",
    categories: Sequence[Union[str, int]] = (),
    most_bytes: Optional[int] = None,
) -> Table:
    """The table in a file of separated values, such as CSV or TSV.

    source: a path, "-" for standard input, an open text file, or lines of text. Bytes are read as UTF-8, with or
        without a byte order mark. Lines end in any of the three usual ways; blank ones are skipped. A cell in double
        quotes may hold separators and line ends, and a doubled quote. White space around a cell is dropped.
    header: whether the first row names the columns. None to guess: it does if none of its cells is a number or marks
        a missing value, and either a text stands above a column of numbers, or all its cells are different and
        none comes again in its own column. A column without a name is "column 1", "column 2" and so on.
    separator: one character, or "tab". None to guess among comma, semicolon, tab and "|", or none at all.
    decimal: "." or ",". None to guess: a comma if more cells are numbers with it than with a point, and the separator
        is no comma. There are no marks between thousands.
    missing: what becomes of a cell of `MISSING`: "refuse" raises an error, "keep" makes it None, to be filled. A column
        of missing values alone is one of numbers.
    categories: the names or positions of columns whose cells are categories even where they look like numbers. They
        are then kept as they are written.
    most_bytes: the longest file, in bytes, or stream, in characters, that is read. None for what half of the
        machine's memory can hold.

    A column is of numbers if all its cells are: finite floats, as `float` reads them, but for digits of other scripts
    and underscores. It is of categories otherwise, unless nine in ten cells are numbers.

    Raises OSError for a file that cannot be read; UnknownNameError for a column or a setting that is not there;
    DataError, with file, line, column and value as far as they apply, for bytes that are no text, a quote that is
    never closed, a row of another length than the first, a missing value that is refused, a number too large, a cell
    that is no number where nine in ten are, a name that two columns have, a column without a value, a file without a
    row or one that is too long.
    """
    _refuse_settings(separator, decimal, missing, categories)
    most = usual_limit() if most_bytes is None else validate.count(most_bytes, "most_bytes")
    with _opened(source, most) as (name, pieces):
        lines = _lines(pieces, name, most)
        sample = list(islice(lines, _SAMPLE))
        if separator is None:
            separator = _guess_separator(sample, decimal)
        rows = _rows(chain(sample, lines), "\t" if separator == "tab" else separator, name)
        first = list(islice(rows, _SAMPLE))
        if not first:
            raise DataError(f"{name}: expected a table, got no rows")
        if header is None:
            header = _guess_header([cells for _, cells in first], decimal)
        names = [f"column {number}" for number in range(1, len(first[0][1]) + 1)]
        if header:
            _, given = first.pop(0)
            names = [cell or usual for cell, usual in zip(given, names)]
        refuse_names(names, name)
        as_written = {find_name(names, which, "categories") for which in categories}
        packed, row_lines = _pack(chain(first, rows), names, name, missing, as_written)
    if not row_lines:
        raise DataError(f"{name}: expected rows below the header, got none")
    mark = decimal or _guess_decimal(packed, separator)
    columns = []
    for position, blocks in enumerate(packed):
        title = names[position]
        if decimal is None and position not in as_written:
            _refuse_thousands(f"{name}, column {quoted(title)}", blocks, mark)
        place_of = partial(_place, name, row_lines, title)
        columns.append(_texts(title, blocks) if position in as_written else _column(title, blocks, mark, place_of))
        blocks.clear()  # the texts of a column that is done need not wait for the others
    return Table(name, columns, row_lines)


def usual_limit() -> int:
    """How many bytes of a file are read at most by default: what half of the machine's memory can hold."""
    return _memory() // MEMORY_PER_BYTE


def too_long(most: int) -> str:
    """What an error expects of a file with more than so many bytes."""
    return f"expected at most {_size(most)}, since each byte takes up to {MEMORY_PER_BYTE} bytes of memory"


# What comes in, as lines.


def _refuse_settings(separator: Any, decimal: Any, missing: Any, categories: Any) -> None:
    if separator not in (None, "tab") and (
        not isinstance(separator, str) or len(separator) != 1 or separator in '"\r\n\0'
    ):
        raise DataError(f'separator: expected one character or "tab", got {validate.shown(separator)}')
    if decimal not in (None, ".", ","):
        raise DataError(f'decimal: expected "." or ",", got {validate.shown(decimal)}')
    if missing not in ("refuse", "keep"):
        raise UnknownNameError(f"missing: unknown {validate.shown(missing)}; known: refuse, keep")
    if isinstance(categories, str):
        raise DataError(f"categories: expected a list of columns, got {validate.shown(categories)}")


def _memory() -> int:
    """Half of the machine's memory in bytes, or a gigabyte where that is not known.

    Not what is free: of that a system leaves little, and gives back more when asked.
    """
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    except (AttributeError, ValueError, OSError):
        return 10**9


@contextmanager
def _opened(source: Any, most: int) -> Iterator[tuple[str, Iterator[str]]]:
    """What an error calls the source, and its lines; what was opened here is closed at the end.

    Bytes that are no UTF-8 come through as what Python calls surrogates, so that `_lines` can say where they stand.
    """
    if source == "-" and isinstance(source, str):
        name = "standard input"
        if sys.stdin is None:
            raise DataError(f"{name}: expected a table, got nothing to read from")
        buffer = getattr(sys.stdin, "buffer", None)
        if buffer is None:
            yield name, _split(sys.stdin, name)
            return
        stream = io.TextIOWrapper(buffer, encoding="utf-8", errors="surrogateescape", newline="")
        try:
            yield name, _from_stream(stream, most)
        finally:
            stream.detach()  # or standard input would be closed with it
    elif isinstance(source, (str, os.PathLike)):
        name = os.fsdecode(source)
        with open(source, encoding="utf-8", errors="surrogateescape", newline="") as file:
            _refuse_size(os.fstat(file.fileno()), name, most)
            yield name, _from_stream(file, most)
    elif isinstance(source, (bytes, bytearray)) or not isinstance(source, Iterable):
        raise DataError(f'source: expected a path, "-", an open file or lines, got {validate.shown(source)}')
    else:
        own_name = getattr(source, "name", None)
        name = own_name if isinstance(own_name, str) else "lines"
        yield name, _split(source, name)


def _refuse_size(status: os.stat_result, name: str, most: int) -> None:
    if stat.S_ISREG(status.st_mode) and status.st_size > most:
        raise DataError(f"{name}: {too_long(most)}, got {_size(status.st_size)}; take fewer rows or columns")


def _from_stream(stream: Any, most: int) -> Iterator[str]:
    # A limit for each line as well, since a stream without line ends would be one line of any length.
    return iter(lambda: stream.readline(most + 1), "")


def _split(source: Iterable[str], name: str) -> Iterator[str]:
    """The lines of a stream that somebody else has opened, or of a list, which may lack their ends."""
    for number, text in enumerate(source, start=1):
        if not isinstance(text, str):
            raise DataError(f"{name}, line {number}: expected text, got {validate.shown(text)}")
        yield from io.StringIO(text if text.endswith(("\n", "\r")) else f"{text}\n", newline="")


def _lines(pieces: Iterator[str], name: str, most: int) -> Iterator[str]:
    """The lines as they come, each looked at: not too many, no bytes that are no text, no NUL."""
    total = number = 0
    while True:
        number += 1
        try:
            line = next(pieces, None)
        except UnicodeDecodeError as problem:  # from a file that somebody else has opened, and that reads ahead
            raise DataError(
                f"{name}, line {number} or later: expected text, got bytes that are not {problem.encoding}"
            ) from None
        if line is None:
            return
        total += len(line)
        if total > most:
            raise DataError(f"{name}, line {number}: {too_long(most)}, got more; take fewer rows or columns")
        if not line.isascii():
            _refuse_bytes(line, f"{name}, line {number}")
        if "\0" in line:
            raise DataError(f"{name}, line {number}: expected text, got a NUL character")
        yield line[1:] if number == 1 and line.startswith("\ufeff") else line


def _refuse_bytes(line: str, place: str) -> None:
    try:
        line.encode()
    except UnicodeEncodeError as problem:
        code = ord(line[problem.start])
        got = f"the byte 0x{code - 0xDC00:02x}" if 0xDC80 <= code <= 0xDCFF else validate.shown(chr(code))
        raise DataError(f"{place}: expected text in UTF-8, got {got}; save it as UTF-8") from None


def _size(count: int) -> str:
    return f"{count} bytes" if count < 100_000 else f"{count / 1e6:.1f} MB"


# Lines become rows of cells.


def _rows(lines: Iterable[str], separator: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Each row as the line on which it begins and its cells without the white space around them."""
    import csv

    last = ""

    def feed() -> Iterator[str]:
        nonlocal last
        for last in lines:  # noqa: UP028  # `last` is what is kept of it
            yield last

    # A quote counts at the start of a cell only, and a space before it would hide it.
    reader = csv.reader(feed(), delimiter=separator, strict=True, skipinitialspace=separator != " ")
    while True:
        begins = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as problem:
            raise DataError(f"{name}, line {begins}: {_said_of(str(problem))}") from None
        if cells is None:
            return
        if len(cells) < 2 and not last.strip():
            continue  # a blank line; a quoted nothing is a cell
        yield begins, [cell.strip() for cell in cells]


def _said_of(problem: str) -> str:
    """What the csv module found wrong, in our words where they are known."""
    import csv

    if "unexpected end" in problem or "newline inside string" in problem:  # the second is how PyPy says it
        return "expected a closing quote for the quoted cell, got the end of the file"
    if "field larger" in problem:
        return f"expected a cell of at most {csv.field_size_limit()} characters, got more; is a quote not closed?"
    if "expected after" in problem:
        return "expected a separator or the end of the line after a closing quote, got other text"
    return f"expected a row of cells, got an error of the csv module: {problem}"


def _pack(
    rows: Iterable[tuple[int, list[str]]], names: Sequence[str], name: str, missing: str, as_written: Collection[int]
) -> tuple[list[list[str]], array[int]]:
    """The cells of each column, many to a text, and the line of each row.

    Which columns are numbers is known only when the last row is. Until then a cell of 6 letters would take 63 bytes
    as a text of its own; joined to its neighbours it takes 7. No cell has a NUL, so this divides them.
    """
    packed: list[list[str]] = [[] for _ in names]
    lines = array("q")
    waiting: list[list[str]] = []
    for line, cells in rows:
        if len(cells) != len(names):
            raise DataError(
                f"{name}, line {line}: expected {counted(len(names), 'cell')} as in the first row, got {len(cells)}"
            )
        if not MISSING.isdisjoint(cells):
            cells = _without_marks(cells, names, f"{name}, line {line}", missing, as_written)  # noqa: PLW2901
        lines.append(line)
        waiting.append(cells)
        if len(waiting) * len(names) >= _BLOCK:
            _pack_block(waiting, packed)
    if waiting:
        _pack_block(waiting, packed)
    return packed, lines


def _pack_block(waiting: list[list[str]], packed: list[list[str]]) -> None:
    for blocks, texts in zip(packed, zip(*waiting)):
        blocks.append("\0".join(texts))
    waiting.clear()


def _without_marks(
    cells: list[str], names: Sequence[str], place: str, missing: str, as_written: Collection[int]
) -> list[str]:
    """The cells with nothing at all where a value is missing; DataError for the first one if it is refused.

    as_written: columns in which only an empty cell is missing: NA may be a name there.
    """
    marks = [cell in MISSING and (not cell or position not in as_written) for position, cell in enumerate(cells)]
    if missing == "refuse" and any(marks):
        position = marks.index(True)
        got = f"{cells[position]!r}, which marks a missing one" if cells[position] else "none"
        raise DataError(
            f"{place}, column {quoted(names[position])}: expected a value, got {got}; "
            "to fill it, keep missing values when reading"
        )
    return ["" if marked else cell for cell, marked in zip(cells, marks)]


# Cells become numbers or categories.


def _place(name: str, lines: Sequence[int], title: str, row: int) -> str:
    """What an error calls the cell of a row in the column of this title."""
    return f"{name}, line {lines[row]}, column {quoted(title)}"


def _column(title: str, blocks: list[str], mark: str, place_of: Callable[[int], str]) -> Column:
    """A column of its packed cells: of numbers if all of them are, of categories if too few are."""
    values: list[Optional[float]] = []
    missing = 0
    for block in blocks:
        # Equal cells of a block share one float, so a column of few different numbers takes 8 bytes for each row,
        # and one of all different numbers 32.
        texts = block.split("\0")
        numbers = {text: _number(text, mark) for text in set(texts)}
        values.extend(map(numbers.__getitem__, texts))
        missing += texts.count("")
    present = len(values) - missing
    others = values.count(None) - missing
    if others == 0:
        if any(map(_loses_digits, {text for block in blocks for text in block.split("\0")})):
            return _texts(title, blocks)  # as numbers, two names might be one
        for row, value in enumerate(values):
            if value is not None and math.isinf(value):
                got = validate.shown(next(islice(_unpacked(blocks), row, None)))
                raise DataError(f"{place_of(row)}: expected a number that fits a float, got {got}")
        return Column(title, NUMBER, values)
    # Where at least nine in ten are numbers, what is none is more likely a slip than a category.
    if 10 * others <= present:
        cells = enumerate(_unpacked(blocks))
        row, text = next((row, text) for row, text in cells if text and _number(text, mark) is None)
        raise DataError(
            f"{place_of(row)}: expected a number as in other rows, got {validate.shown(text)}; "
            "if the column holds categories, name it among the categories"
        )
    return _texts(title, blocks)


def _loses_digits(text: str) -> bool:
    """Whether a cell is a whole number of which a float loses the last digits."""
    digits = text.lstrip("+-")
    is_whole = digits.isascii() and digits.isdigit() and 15 < len(digits) < 300
    return is_whole and int(float(digits)) != int(digits)


def _refuse_thousands(place: str, blocks: Sequence[str], mark: str) -> None:
    """DataError for a column whose marks may stand between thousands: 12,750 in it beside 950.

    Decimals of three digits have a mark in every cell, and often a 0 before it.
    """
    cells = [text.lstrip("+-") for text in _unpacked(blocks) if text]
    marked = {text for text in cells if mark in text}
    whole = any(text.isdigit() for text in cells)
    if marked and whole and all(map(_is_grouped, (text.replace(mark, ",") for text in marked))):
        example = next(text for text in cells if mark in text)
        raise DataError(
            f"{place}: expected numbers that can be read in one way, got {example!r}, which may have a decimal mark or "
            f"a mark between thousands; say decimal {mark!r} for the first, or take the marks out for the second"
        )


def _is_grouped(text: str) -> bool:
    """Whether commas stand before each three digits, as between thousands."""
    first, *groups = text.split(",")
    is_first = 1 <= len(first) <= 3 and first.isdigit() and first[0] != "0"
    return is_first and all(len(group) == 3 and group.isdigit() for group in groups)


def _texts(title: str, blocks: list[str]) -> Column:
    """A column of categories, of its packed cells."""
    values: list[Optional[str]] = []
    for block in blocks:
        texts = block.split("\0")
        shared = {text: text or None for text in set(texts)}
        values.extend(map(shared.__getitem__, texts))
    return Column(title, CATEGORY, values)


def _unpacked(blocks: Iterable[str]) -> Iterator[str]:
    for block in blocks:
        yield from block.split("\0")


def _number(text: str, mark: str) -> Optional[float]:
    """The number that a cell is with this decimal mark, infinite if it is too large, or None if it is no number."""
    if mark == ",":
        if "." in text:
            return None
        text = text.replace(",", ".")
    try:
        value = float(text)
    except ValueError:
        return None
    if "_" in text or not text.isascii():
        return None  # 1_000 is Python's own way, and digits of other scripts are more likely part of a name
    return value if math.isfinite(value) or any(map(str.isdigit, text)) else None  # and "inf" is a word


# Guesses.


def _guess_separator(sample: list[str], decimal: Optional[str]) -> str:
    """The separator that divides most rows of the sample into the same number of cells.

    The first row has to be divided too. Among equals that which leaves the most numbers, then the most cells.
    """
    best, best_score = _NO_SEPARATOR, (0.0, 0.0, 0)
    for separator in SEPARATORS:
        if separator == decimal:
            continue
        rows = _divided(sample, separator)
        counts = [len(row) for row in rows]
        usual = max(set(counts), key=lambda count: (counts.count(count), count), default=0)
        if usual < 2 or counts[0] < 2:
            continue
        marks = [mark for mark in (decimal or ".,") if mark != separator]
        cells = [cell for row in rows for cell in row]
        numbers = sum(_is_number(cell, marks) for cell in cells)
        score = (counts.count(usual) / len(counts), numbers / len(cells), usual)
        if score > best_score:
            best, best_score = separator, score
    return best


def _divided(sample: list[str], separator: str) -> list[list[str]]:
    """The rows of the sample as cells, divided by this separator; none where that fails."""
    import csv

    reader = csv.reader(sample, delimiter=separator, skipinitialspace=True)
    try:
        rows = [[cell.strip() for cell in row] for row in reader]
    except csv.Error:
        return []
    if len(sample) == _SAMPLE and len(rows) > 1:
        rows.pop()  # the sample may end within a quoted cell
    return [row for row in rows if any(row) or len(row) > 1]


def _guess_header(rows: list[list[str]], decimal: Optional[str]) -> bool:
    """Whether the first of these rows is a header, by the rule in `read_table`."""
    first, *below = rows
    marks = decimal or ".,"
    # A cell of nothing is a name left out, such as that above the row numbers which many programs write.
    if not any(first) or any(cell in MISSING and cell != "" for cell in first):
        return False
    if any(_is_number(cell, marks) for cell in first):
        return _names_years(first, below)
    columns = [[cell for cell in column if cell not in MISSING] for column in zip(*below)]
    for name, cells in zip(first, columns):
        if name and cells and 2 * sum(_is_number(cell, marks) for cell in cells) > len(cells):
            return True
    names = [name for name in first if name]
    return len(set(names)) == len(names) and not any(name in cells for name, cells in zip(first, columns))


def _names_years(first: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether a first row with numbers names columns all the same: years, beside a text that never comes again."""
    years = {position for position, cell in enumerate(first) if cell.isdigit() and int(cell) in YEARS}
    texts = [position for position, cell in enumerate(first) if cell and position not in years]
    if len(set(first)) < len(first) or not texts or any(_is_number(first[position], ".,") for position in texts):
        return False
    columns = list(zip(*below))
    is_new = all(first[position] not in columns[position] for position in texts) if columns else False
    return is_new and not any(cell.isdigit() and int(cell) in YEARS for position in years for cell in columns[position])


def _guess_decimal(packed: list[list[str]], separator: str) -> str:
    """The decimal mark with which more cells are numbers, among those that are with one mark only."""
    if separator == "," or not any("," in block for blocks in packed for block in blocks):
        return "."
    commas = points = 0
    for blocks in packed:
        for text in _unpacked(blocks):
            commas += "," in text and _number(text, ",") is not None
            points += "." in text and _number(text, ".") is not None
    return "," if commas > points else "."


def _is_number(text: str, marks: Iterable[str]) -> bool:
    return any(_number(text, mark) is not None for mark in marks)
