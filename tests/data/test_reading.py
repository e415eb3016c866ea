"""A table holds what its file says, to the last bit, and what is wrong with a file is said with its place."""

import csv
import io
import math
import os
import re
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuronet import NeuronetError, datasets
from neuronet.data import reading
from neuronet.data.reading import MEMORY_PER_BYTE, MISSING, read_table
from neuronet.data.table import Column, Table
from neuronet.errors import DataError, UnknownNameError

FLOWERS = "sepal width,petal width,species\n3.5,0.2,setosa\n3.0,1.4,versicolor\n2.7,1.9,virginica\n"
IRIS = Path(datasets.__file__).with_name("iris.csv")


@pytest.fixture
def written(tmp_path):
    """Write a file, of text or of bytes, and return its path."""

    def write(content, name="flowers.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def read(text, **settings):
    return read_table(io.StringIO(text, newline=""), **settings)


def refused(text, kind=DataError, **settings):
    """The message with which a text is refused; the source is called `lines` there."""
    with pytest.raises(kind) as caught:
        read(text, **settings)
    assert type(caught.value) is kind
    return str(caught.value)


def columns(table):
    return {column.name: (column.kind, column.values) for column in table.columns}


# What a file says.


def test_a_file_becomes_named_columns_of_numbers_and_categories(written):
    path = written(FLOWERS)
    table = read_table(path)
    assert table.name == str(path)
    assert columns(table) == {
        "sepal width": ("number", [3.5, 3.0, 2.7]),
        "petal width": ("number", [0.2, 1.4, 1.9]),
        "species": ("category", ["setosa", "versicolor", "virginica"]),
    }


def test_the_flowers_that_come_with_the_library_are_read_as_they_are():
    table, flowers = read_table(IRIS), datasets.iris()
    assert table.column_names[:-1] == flowers.input_names
    assert [list(row.values())[:-1] for row in table] == flowers.inputs
    assert table.column(-1).values == [flowers.label(target) for target in flowers.targets]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("last", ["", "end"])
def test_any_line_end_and_a_byte_order_mark_make_no_difference(written, end, mark, last):
    text = FLOWERS.replace("\n", end)
    content = mark + (text if last else text[: -len(end)]).encode()
    assert columns(read_table(written(content))) == columns(read(FLOWERS))


def test_every_source_gives_the_same_table(written, monkeypatch):
    path = written(FLOWERS)
    expected = columns(read(FLOWERS))
    with open(path, encoding="utf-8") as file:
        table = read_table(file)
    assert (table.name, columns(table)) == (str(path), expected)
    assert columns(read_table(str(path))) == expected
    assert columns(read_table(FLOWERS.splitlines())) == expected
    assert columns(read_table(FLOWERS.splitlines(keepends=True))) == expected
    assert columns(read_table(line for line in FLOWERS.splitlines())) == expected
    monkeypatch.setattr("sys.stdin", io.StringIO(FLOWERS))
    table = read_table("-")
    assert (table.name, columns(table)) == ("standard input", expected)


def test_standard_input_is_read_as_utf_8_in_any_surroundings_and_stays_open(monkeypatch):
    stdin = io.TextIOWrapper(io.BytesIO("größe\r\n1\r\n".encode()), encoding="ascii")
    monkeypatch.setattr("sys.stdin", stdin)
    assert columns(read_table("-")) == {"größe": ("number", [1.0])}
    assert not stdin.buffer.closed


def test_standard_input_that_is_not_there_is_said(monkeypatch):
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(DataError, match=r"^standard input: expected a table, got nothing to read from$"):
        read_table("-")


def test_blank_lines_are_skipped_and_still_counted():
    table = read("\n\nx,y\n\n1,2\n  \n3,4\n\n")
    assert [row["x"] for row in table] == [1.0, 3.0]
    assert table.place_of(1, "y") == 'lines, line 7, column "y"'


def test_a_row_of_nothing_but_tabs_is_a_row():
    for separator in (None, "tab"):
        table = read("x\ty\n\t\n1\t2\n", missing="keep", separator=separator)
        assert table[0] == {"x": None, "y": None}


def test_a_quoted_cell_over_the_end_of_the_sample_is_one_cell():
    text = "x;y\n" + "1;a\n" * 198 + '2;"b\nc; d\ne"\n3;f\n'
    assert text.count("\n", 0, text.index('"')) < reading._SAMPLE <= text.count("\n", 0, text.index("c; d"))
    assert read(text).column("y").values[-2:] == ["b\nc; d\ne", "f"]


def test_a_quoted_cell_keeps_separators_quotes_and_line_ends():
    table = read('name,note\n"Smith, John","said ""no""\r\nand left"\nJane,"x;y"\n')
    assert table.column("name").values == ["Smith, John", "Jane"]
    assert table.column("note").values == ['said "no"\r\nand left', "x;y"]
    assert table.place_of(1, "note") == 'lines, line 4, column "note"'


def test_white_space_around_a_cell_is_dropped_quoted_or_not():
    assert columns(read('x , y\n 1 ," a, b "\n2\t, "c"\n')) == {
        "x": ("number", [1.0, 2.0]),
        "y": ("category", ["a, b", "c"]),
    }


# The separator.


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_a_separator_is_guessed(separator):
    text = FLOWERS.replace(",", separator)
    assert columns(read(text)) == columns(read(FLOWERS))
    name = "tab" if separator == "\t" else separator
    assert columns(read(text, separator=name)) == columns(read(FLOWERS))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("x\n1\n2\n", ["x"]),
        ("word\nHello, world\nBye\n", ["word"]),
        ("x\n1,5\n2,5\n", ["x"]),  # the comma divides no header, so it is the decimal mark
        ("1,5;2,5\n3,5;4,5\n", ["column 1", "column 2"]),
        ("name|n\nSmith, John|1\nDoe, Jane|2\n", ["name", "n"]),
        ('n,"a;b"\n1,"c;d"\n', ["n", "a;b"]),
        ("a;b\n1;x, y\n2;z\n", ["a", "b"]),
        ("x|y,z\nu|v,w\n", ["x", "y,z"]),  # a comma is the likeliest to mean something else
    ],
)
def test_what_divides_all_rows_alike_is_the_separator(text, names):
    assert list(read(text).column_names) == names


def test_any_character_can_be_given_as_the_separator():
    assert columns(read("x y\n1 2\n", separator=" ")) == {"x": ("number", [1.0]), "y": ("number", [2.0])}
    assert columns(read("x,y\n1,2\n", separator=";", decimal=".")) == {"x,y": ("category", ["1,2"])}


# The decimal mark.


@pytest.mark.parametrize("settings", [{}, {"decimal": ","}, {"separator": ";"}, {"separator": ";", "decimal": ","}])
def test_a_decimal_comma_is_guessed_or_given(settings):
    table = read("x;y\n1,5;-2\n,25;1e3\n", **settings)
    assert columns(table) == {"x": ("number", [1.5, 0.25]), "y": ("number", [-2.0, 1000.0])}


def test_a_comma_is_no_decimal_mark_where_points_are_or_where_it_separates():
    assert columns(read("x;y\n1.5;2.5\n3.5;1,2\n", categories=["y"]))["x"] == ("number", [1.5, 3.5])
    assert columns(read('x,y\n"1,5",1\n"2,5",2\n'))["x"] == ("category", ["1,5", "2,5"])
    assert columns(read('x,y\n"1,5",1\n', separator=",", decimal=","))["x"] == ("number", [1.5])


def test_the_decimal_mark_is_that_of_more_numbers_and_a_point_where_they_are_equal():
    assert read("x;y\n1,5;2,5\n3,5;4.5\n").column("x").kind == "number"
    assert read("x;y\n1,5;2.5\n").column("y").kind == "number"
    assert read("x;y;z\n1.5;a, b;c, d\n").column("x").kind == "number"


def test_with_a_decimal_comma_a_point_makes_no_number():
    assert columns(read("x;y\n1.5;2,5\n", decimal=",", separator=";")) == {
        "x": ("category", ["1.5"]),
        "y": ("number", [2.5]),
    }


# The header.


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("x,y\n1,2\n", ["x", "y"]),
        ("1,2\n3,4\n", ["column 1", "column 2"]),
        ("1,setosa\n2,virginica\n", ["column 1", "column 2"]),
        ("a,b\nred,blue\nred,red\n", ["a", "b"]),
        ("red,blue\nblue,red\nred,red\n", ["column 1", "column 2"]),  # red comes again below itself
        ("red,red\nblue,green\n", ["column 1", "column 2"]),
        (",x,y\n0,1,a\n1,2,b\n", ["column 1", "x", "y"]),  # a column of row numbers without a name
        ("name,2019\nx,1\n", ["column 1", "column 2"]),
        ("a\n1\n2\na\n", ["a"]),  # more than half of what is below are numbers
        ("a\n1\na\n", ["column 1"]),
        ("5,1\n", ["column 1", "column 2"]),
    ],
)
def test_a_header_is_guessed(text, names):
    assert list(read(text).column_names) == names


def test_what_is_said_of_the_header_is_not_guessed():
    assert columns(read("2019,2020\n1,2\n", header=True)) == {"2019": ("number", [1.0]), "2020": ("number", [2.0])}
    assert columns(read("a\nb\n", header=False)) == {"column 1": ("category", ["a", "b"])}


# Missing values.


@pytest.mark.parametrize("mark", sorted(MISSING))
def test_a_missing_value_is_kept_where_asked(mark):
    text = f'x,y\n1,a\n{mark},b\n3,"{mark}"\n'
    assert columns(read(text, missing="keep")) == {
        "x": ("number", [1.0, None, 3.0]),
        "y": ("category", ["a", "b", None]),
    }


def test_a_missing_value_is_refused_with_its_place():
    hint = "to fill it, keep missing values when reading"
    text = "sepal width,species\n3.5,a\n , b\n"
    assert refused(text) == f'lines, line 3, column "sepal width": expected a value, got none; {hint}'
    assert refused('x\n1\n""\n') == f'lines, line 3, column "x": expected a value, got none; {hint}'
    text = "x,y\n1,2\n\n3,?\n"
    expected = "expected a value, got '?', which marks a missing one"
    assert refused(text) == f'lines, line 4, column "y": {expected}; {hint}'


def test_a_column_without_a_value_is_kept_where_missing_values_are():
    table = read("x,y\n1,\n2,\n", missing="keep")
    assert (table.column("y").kind, table.column("y").values) == ("number", [None, None])
    assert "2 missing" in str(table)
    assert read("x,y\n1,\n2,\n", missing="keep", categories=["y"]).column("y").kind == "category"
    assert refused("x,y\n1,\n2,\n").startswith('lines, line 2, column "y": expected a value, got none; ')


# Numbers and categories.


@pytest.mark.parametrize("text", ["1", "-1.5", "+2", ".5", "5.", "1e3", "1E-3", "007", "-0", "5e-324", "0.1"])
def test_a_number_is_the_float_that_python_reads(text):
    [value] = read(f"{text}\n", header=False).columns[0].values
    assert type(value) is float
    assert value == float(text)
    assert math.copysign(1, value) == math.copysign(1, float(text))


@pytest.mark.parametrize("text", ["1_000", "0x10", "inf", "-Infinity", "NAN", "1 000", "1.2.3", "٣", "--1", "1e"])
def test_what_only_looks_like_a_number_is_a_category(text):
    assert read(f"x\n{text}\n", header=True).columns[0].kind == "category"


def test_a_mark_between_thousands_makes_no_number():
    assert read('x;y\n"1,234.5";1.5\n', header=True).column("x").kind == "category"


def test_a_number_too_large_is_refused_with_its_place():
    message = "lines, line 3, column \"x\": expected a number that fits a float, got '-1e999'"
    assert refused("x\n1\n-1e999\n") == message
    assert refused("x\n1\n-1e999\n2\nnan\n", missing="keep") == message
    assert read("x\n1\n1e999\n", categories=["x"]).column("x").values == ["1", "1e999"]


def test_one_slip_among_ten_numbers_is_refused_with_its_place():
    numbers = "".join(f"{number}\n" for number in range(9))
    hint = "if the column holds categories, name it among the categories"
    message = f"lines, line 11, column \"x\": expected a number as in other rows, got '12x'; {hint}"
    assert refused(f"x\n{numbers}12x\n") == message
    assert refused(f"x\n{numbers}12x\n?\n?\n", missing="keep") == message
    assert read(f"x\n{numbers}12x\n12y\n").column("x").kind == "category"
    assert read(f"x\n{numbers}12x\n", categories=["x"]).column("x").values[-2:] == ["8", "12x"]


def test_categories_named_as_such_stay_as_they_are_written():
    text = "code,x\n01,1\n1.0,2\n"
    for which in ("code", 0, -2):
        assert read(text, categories=[which]).column("code").values == ["01", "1.0"]
    assert refused(text, UnknownNameError, categories=["kode"]) == "categories: unknown 'kode'; known: code, x"
    assert refused(text, categories=[2]) == "categories: expected a position from -2 to 1, got 2"
    assert refused(text, categories="code") == "categories: expected a list of columns, got 'code'"


# What is refused.


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "lines: expected a table, got no rows"),
        ("\n \n", "lines: expected a table, got no rows"),
        ("x,y\n", "lines: expected rows below the header, got none"),
        ("x,y\n1,2\n\n3\n", "lines, line 4: expected 2 cells as in the first row, got 1"),
        ("x,y\n1,2\n3,4,5\n", "lines, line 3: expected 2 cells as in the first row, got 3"),
        ('x,y\n"1\n1",2,\n', "lines, line 2: expected 2 cells as in the first row, got 3"),
        ("a,b,a\n1,2,3\n", 'lines: expected a different name for each column, got "a" for column 1 and column 3'),
        (
            'x,y\n1,2\n"3,4\n5,6\n',
            "lines, line 3: expected a closing quote for the quoted cell, got the end of the file",
        ),
        (
            'x,y\n1,"a"b\n',
            "lines, line 2: expected a separator or the end of the line after a closing quote, got other text",
        ),
        ("x,y\n1,a\0b\n", "lines, line 2: expected text, got a NUL character"),
        ("x\n\udc80\n", "lines, line 2: expected text in UTF-8, got the byte 0x80; save it as UTF-8"),
        ("x\n\ud800\n", "lines, line 2: expected text in UTF-8, got '\\ud800'; save it as UTF-8"),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_its_place(text, message):
    assert refused(text) == message


def test_a_cell_of_a_hundred_thousand_letters_is_more_likely_an_open_quote():
    message = "lines, line 3: expected a cell of at most 131072 characters, got more; is a quote not closed?"
    assert refused("x,y\n1,2\n1," + "a" * 200_000) == message
    assert refused('x,y\n1,2\n1,"a\n' + "1,2\n" * 50_000) == message


@pytest.mark.parametrize("lines_before", [1, 5000])
def test_bytes_that_are_no_utf_8_are_refused_with_their_line(written, monkeypatch, lines_before):
    content = b"name\n" + b"abc\n" * (lines_before - 1) + "Größe\n".encode("latin-1")
    path = written(content)
    expected = f"line {lines_before + 1}: expected text in UTF-8, got the byte 0xf6; save it as UTF-8"
    with pytest.raises(DataError) as caught:
        read_table(path)
    assert str(caught.value) == f"{path}, {expected}"
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content), encoding="utf-8"))
    with pytest.raises(DataError) as caught:
        read_table("-")
    assert str(caught.value) == f"standard input, {expected}"


def test_bytes_in_a_file_that_somebody_else_opened_are_refused_too(written):
    path = written(b"name\nGr\xf6\xdfe\n")
    message = f"{path}, line 1 or later: expected text, got bytes that are not utf-8"
    with open(path, encoding="utf-8") as file, pytest.raises(DataError, match=f"^{re.escape(message)}$"):
        read_table(file)


def test_utf_16_is_refused(written):
    with pytest.raises(DataError, match=r"line 1: expected text in UTF-8, got the byte 0xff; save it as UTF-8$"):
        read_table(written(FLOWERS.encode("utf-16")))


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (5, 'source: expected a path, "-", an open file or lines, got 5'),
        (b"x", "source: expected a path, \"-\", an open file or lines, got b'x'"),
        (io.BytesIO(b"x\n"), "lines, line 1: expected text, got b'x\\n'"),
        (["x", 1], "lines, line 2: expected text, got 1"),
    ],
)
def test_what_is_no_source_is_refused(source, message):
    with pytest.raises(DataError, match=f"^{re.escape(message)}$"):
        read_table(source)


@pytest.mark.parametrize(
    ("settings", "kind", "message"),
    [
        ({"separator": ""}, DataError, "separator: expected one character or \"tab\", got ''"),
        ({"separator": "::"}, DataError, "separator: expected one character or \"tab\", got '::'"),
        ({"separator": '"'}, DataError, "separator: expected one character or \"tab\", got '\"'"),
        ({"separator": 5}, DataError, 'separator: expected one character or "tab", got 5'),
        ({"decimal": "'"}, DataError, 'decimal: expected "." or ",", got "\'"'),
        ({"missing": "drop"}, UnknownNameError, "missing: unknown 'drop'; known: refuse, keep"),
        ({"most_bytes": 0}, DataError, "most_bytes: expected a whole number of at least 1, got 0"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(settings, kind, message):
    assert refused(FLOWERS, kind, **settings) == message


def test_a_file_that_cannot_be_read_says_which(tmp_path):
    with pytest.raises(FileNotFoundError) as caught:
        read_table(tmp_path / "none.csv")
    assert caught.value.filename == str(tmp_path / "none.csv")
    with pytest.raises(OSError, match=re.escape(str(tmp_path))):
        read_table(tmp_path)


# What is too long.


def test_a_file_that_does_not_fit_is_refused_before_it_is_read(written, monkeypatch):
    path = written("x\n" + "1\n" * 1000)
    monkeypatch.setattr(reading, "_lines", None)  # whoever reads a line fails
    with pytest.raises(DataError) as caught:
        read_table(path, most_bytes=2001)
    reason = f"since each byte takes up to {MEMORY_PER_BYTE} bytes of memory"
    assert str(caught.value) == (
        f"{path}: expected at most 2001 bytes, {reason}, got 2002 bytes; take fewer rows or columns"
    )


def test_a_stream_that_does_not_fit_is_left_where_the_limit_is():
    taken = []

    def endless():
        yield "x\n"
        while True:
            taken.append("12345\n")
            yield "12345\n"

    with pytest.raises(DataError, match=r"^lines, line 18: expected at most 100 bytes, since .*, got more; take fewer"):
        read_table(endless(), most_bytes=100)
    assert len(taken) == 17  # 2 characters of the header, 96 of 16 rows, and the first that was too much


def test_a_line_without_an_end_is_not_read_to_its_end(monkeypatch):
    raw = io.BytesIO(b"1" * 10_000_000)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(raw, encoding="utf-8"))
    with pytest.raises(DataError, match=r"^standard input, line 1: expected at most 50000 bytes"):
        read_table("-", most_bytes=50_000)
    assert raw.tell() < 1_000_000


def test_a_file_that_just_fits_is_read(written):
    assert len(read_table(written("x\n1\n"), most_bytes=4)) == 1
    assert len(read("x\n1\n", most_bytes=4)) == 1


def test_the_limit_is_that_of_the_machine_where_it_tells(monkeypatch):
    monkeypatch.setattr(reading, "_memory", lambda: 4 * MEMORY_PER_BYTE)
    assert len(read("x\n1\n")) == 1
    assert refused("x\n11\n").startswith("lines, line 2: expected at most 4 bytes")


def test_a_machine_that_does_not_tell_its_memory_has_a_gigabyte(monkeypatch):
    monkeypatch.setattr("os.sysconf", lambda name: 2**40 if name == "SC_PAGE_SIZE" else 6, raising=False)
    assert reading._memory() == 3 * 2**40
    monkeypatch.delattr("os.sysconf")
    assert reading._memory() == 10**9


@pytest.mark.skipif(sys.implementation.name != "cpython", reason="only CPython tells what it allocates")
@pytest.mark.parametrize("cell", [lambda k: str(k % 10), lambda k: repr(k / 7), lambda k: f"x{k}"])
def test_reading_takes_no_more_memory_than_is_said(written, cell):
    import tracemalloc  # which PyPy does not have

    path = written("".join(",".join(cell(row * 20 + k) for k in range(20)) + "\n" for row in range(2000)))
    tracemalloc.start()
    try:
        table = read_table(path, header=False)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(table) == 2000
    assert peak < MEMORY_PER_BYTE * os.path.getsize(path)


def test_a_table_of_many_blocks_is_the_same(monkeypatch):
    text = "x,y\n" + "".join(f"{row % 7},{'?' if row % 5 == 0 else 'abc'[row % 3]}\n" for row in range(100))
    whole = read(text, missing="keep")
    monkeypatch.setattr(reading, "_BLOCK", 6)
    blocks = read(text, missing="keep")
    assert columns(blocks) == columns(whole)
    assert [blocks.place_of(row, 0) for row in (0, 99)] == [f'lines, line {line}, column "x"' for line in (2, 101)]


# Any table, and anything.

WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=8).filter(
    lambda text: text == text.strip() and text not in MISSING
)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)


@st.composite
def tables(draw):
    """Names, and columns of floats and of texts, some of them missing."""
    width, height = draw(st.integers(1, 5)), draw(st.integers(1, 6))
    names = draw(st.lists(WORDS, min_size=width, max_size=width, unique=True))
    drawn = []
    for _ in names:
        present = draw(st.sampled_from([FLOATS, WORDS]))
        column = draw(st.lists(st.none() | present, min_size=height, max_size=height))
        column[draw(st.integers(0, height - 1))] = draw(present)
        drawn.append(column)
    return names, drawn


@given(
    tables(),
    st.sampled_from([",", ";", "\t", "|", "x", "é"]),
    st.sampled_from([".", ","]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.sampled_from(sorted(MISSING)),
)
def test_what_is_written_is_read_back_to_the_last_bit(table, separator, decimal, quoting, mark):
    names, drawn = table

    def cell(value):
        if value is None:
            return mark
        return value if isinstance(value, str) else repr(value).replace(".", decimal)

    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=separator, quoting=quoting)
    writer.writerow(names)
    writer.writerows([cell(value) for value in row] for row in zip(*drawn))
    texts = [name for name, column in zip(names, drawn) if any(isinstance(value, str) for value in column)]
    result = read(
        stream.getvalue(),
        header=True,
        separator=separator,
        decimal=decimal,
        missing="keep",
        categories=texts,
    )
    assert list(result.column_names) == names
    assert [list(map(repr, column.values)) for column in result.columns] == [list(map(repr, own)) for own in drawn]


@given(
    st.lists(st.lists(FLOATS, min_size=3, max_size=3), min_size=1, max_size=6),
    st.sampled_from([",", ";", "\t", "|"]),
)
def test_a_table_of_numbers_needs_no_settings(rows, separator):
    decimal = "." if separator == "," else ","
    lines = [separator.join(repr(value).replace(".", decimal) for value in row) for row in rows]
    for header in ([], [separator.join("abc")]):
        result = read_table(header + lines)
        assert list(result.column_names) == (["a", "b", "c"] if header else ["column 1", "column 2", "column 3"])
        assert [list(map(repr, row.values())) for row in result] == [list(map(repr, row)) for row in rows]


NOISE = st.lists(st.sampled_from([*b'0123456789.,;|\t\r\n" aex?-\0', 0xFF, 0xC3, 0xA9]), max_size=60).map(bytes)


@given(st.binary(max_size=60) | NOISE, st.sampled_from(["refuse", "keep"]), st.booleans())
def test_bytes_of_any_kind_are_a_table_or_are_refused_in_our_words(content, missing, own):
    stream = io.TextIOWrapper(io.BytesIO(content), encoding="utf-8", errors="surrogateescape" if own else "strict")
    try:
        table, message = read_table(stream, missing=missing), None
    except NeuronetError as problem:
        table, message = None, str(problem)
    if table is None:
        assert re.match(r"^lines(, line \d+( or later)?)?(, column \".*\")?: expected ", message)
        return
    assert len(table) > 0
    assert all(len(line) <= 80 for line in str(table).split("\n")[1:])
    for column in table.columns:
        assert column.kind in {"number", "category"}
        assert missing == "keep" or column.missing == 0


# Tables and columns.


def cats(**settings):
    rows = [{"weight": 4.5, "coat": "red"}, {"weight": None, "coat": "black"}, {"weight": 3, "coat": "red"}]
    return Table.from_rows("cats", rows, **settings)


def test_rows_of_python_become_columns():
    assert columns(cats()) == {"weight": ("number", [4.5, None, 3.0]), "coat": ("category", ["red", "black", "red"])}
    assert cats(column_names=["coat", "weight"]).column_names == ("coat", "weight")
    assert Table.from_rows("points", iter([(1, 2), (3, 4)])).column_names == ("column 1", "column 2")
    assert len(cats()) == 3
    assert cats()[-1] == {"weight": 3.0, "coat": "red"}
    assert list(cats())[1] == {"weight": None, "coat": "black"}
    assert repr(cats()) == "Table('cats', rows=3, columns=2)"


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([], "cats: expected at least one row, got none"),
        ("ab", "cats: expected a list of rows, got 'ab'"),
        ([1], "cats[0]: expected a dict or a list of values, got 1"),
        ([[1], "a"], "cats[1]: expected a dict or a list of values, got 'a'"),
        ([[]], "cats: expected at least one column, got none"),
        ([[1, 2], [3]], "cats[1]: expected 2 values, got 1"),
        ([{"a": 1}, {"b": 1}], "cats[1]: expected the keys a, got b"),
        ([{"a": 1}, {}], "cats[1]: expected the keys a, got none"),
        ([{1: 1}], "cats, column 1: expected a name, got 1"),
        ([{"a": 1}, {"a": "x"}], "cats[1], column \"a\": expected a number as in row 0, got 'x'"),
        ([{"a": None}, {"a": "x"}, {"a": 1}], 'cats[2], column "a": expected a text as in row 1, got 1'),
        ([{"a": True}], 'cats[0], column "a": expected a number, got True'),
        ([{"a": math.nan}], 'cats[0], column "a": expected a finite number, got nan'),
        ([{"a": None}], 'cats, column "a": expected at least one value, got none'),
    ],
)
def test_rows_that_are_no_table_are_refused_with_their_place(rows, message):
    with pytest.raises(DataError, match=f"^{re.escape(message)}$"):
        Table.from_rows("cats", rows)


def test_a_column_is_found_by_name_and_by_position():
    table = cats()
    assert table.index("coat") == table.index(1) == table.index(-1) == 1
    assert table.column("coat") is table.columns[1]
    with pytest.raises(UnknownNameError, match=r"^target: unknown 'fur'; known: weight, coat$"):
        table.column("fur", place="target")
    with pytest.raises(DataError, match=r"^target: expected a position from -2 to 1, got 2$"):
        table.column(2, place="target")
    with pytest.raises(DataError, match=r"^column: expected the name or the position of a column, got True$"):
        table.index(True)


def test_a_table_without_a_column_has_the_others():
    assert cats().without("weight").column_names == ("coat",)
    assert cats().without(-1).column_names == ("weight",)
    with pytest.raises(DataError, match=r"^cats: expected at least one column, got none$"):
        cats().without(0).without(0)


def test_selected_rows_remember_where_they_came_from():
    table = read(FLOWERS).select([2, 0, 2])
    assert table.column("petal width").values == [1.9, 0.2, 1.9]
    assert [table.place_of(row, 1) for row in range(3)] == [
        f'lines, line {line}, column "petal width"' for line in (4, 2, 4)
    ]
    assert table.without(0).select([1]).place_of(0, "species") == 'lines, line 2, column "species"'
    assert cats().select([2, 1]).select([1]).place_of(0, "coat") == 'cats[1], column "coat"'
    with pytest.raises(DataError, match=r"^rows\[1\]: expected a position from 0 to 2, got 3$"):
        cats().select([0, 3])
    with pytest.raises(DataError, match=r"^rows\[0\]: expected a whole number of at least 0, got -1$"):
        cats().select([-1])
    with pytest.raises(DataError, match=r"^cats: expected at least one row, got none$"):
        cats().select([])


def test_a_selection_shares_nothing_with_its_table():
    table = cats()
    table.select([0, 1, 2]).column("coat").values[0] = "white"
    assert table.column("coat").values[0] == "red"


def test_columns_that_make_no_table_are_refused():
    x, y = Column("x", "number", [1, 2]), Column("y", "number", [1])
    with pytest.raises(DataError, match=r'^t, column "y": expected 2 rows, got 1$'):
        Table("t", [x, y])
    with pytest.raises(DataError, match=r'^t: expected a different name .* got "x" for column 1 and column 2$'):
        Table("t", [x, x])
    with pytest.raises(DataError, match=r"^lines: expected one for each of 2 rows, got 1$"):
        Table("t", [x], lines=[1])


def test_a_column_knows_its_categories_in_an_order_of_their_own():
    column = Column("coat", "category", ["red", None, "black", "red"])
    assert (column.categories, column.missing, len(column)) == (("black", "red"), 1, 4)
    assert column.as_category() is column
    with pytest.raises(DataError, match=r'^column "x": expected categories, got numbers$'):
        Column("x", "number", [1]).categories  # noqa: B018


def test_numbers_become_categories_by_value_however_they_were_written():
    column = read("x\n1\n1.0\n01\n1.50\n-0.0\n1e22\n").column("x").as_category()
    assert column.kind == "category"
    assert column.values == ["1", "1", "1", "1.5", "0", "1e+22"]


@pytest.mark.parametrize(
    ("arguments", "kind", "message"),
    [
        (("", "number", [1]), DataError, "name of a column: expected a text, got ''"),
        (("x", "text", [1]), UnknownNameError, "kind: unknown 'text'; known: number, category"),
        (("x", "number", [1, "2"]), DataError, "column \"x\"[1]: expected a number, got '2'"),
        (("x", "number", [math.inf]), DataError, 'column "x"[0]: expected a finite number, got inf'),
        (("x", "category", ["a", 2]), DataError, 'column "x"[1]: expected a text, got 2'),
    ],
)
def test_a_column_of_anything_else_is_refused(arguments, kind, message):
    with pytest.raises(kind, match=f"^{re.escape(message)}$"):
        Column(*arguments)


def test_a_table_is_shown_with_the_kind_of_each_column():
    text = "x,species,note\n1,b,u\n2,a,?\n4,b,v\n?,b,w\n"
    assert str(read(text, missing="keep")) == (
        "lines: 4 rows, 3 columns\n"
        "  x        number    1 missing, 1 to 4, mean 2.33333\n"
        "  species  category  2: a, b\n"
        "  note     category  1 missing, 3: u, v, w"
    )


def test_a_large_table_is_shown_in_few_short_lines():
    row = {f"a column with quite a long name, number {number}": "a long text " * 20 for number in range(30)}
    lines = str(Table.from_rows("many", [row])).split("\n")
    assert lines[0] == "many: 1 row, 30 columns"
    assert lines[-1] == "  ... 6 more columns"
    assert len(lines) == 26
    assert max(map(len, lines)) == 80


def test_numbers_whose_sum_is_too_large_have_a_mean():
    assert "1e+308 to 1e+308, mean 1e+308" in str(Table.from_rows("big", [[1e308]] * 4))


def test_what_a_terminal_would_obey_is_not_shown():
    table = read('"a\nb",x\n\x1b[31mred,1\n', header=True)
    assert "\x1b" not in str(table)
    assert len(str(table).split("\n")) == 3
    assert table.place_of(0, 0) == 'lines, line 3, column "a b"'


def test_a_selection_without_any_value_is_shown():
    assert str(cats().select([1])).split("\n")[1] == "  weight  number    1 missing"
