"""A file is read as it is written, to the last bit."""

import csv
import io
import re
from pathlib import Path

import pytest
from files import FLOWERS, columns, read, refused
from hypothesis import given
from hypothesis import strategies as st

from neuronet import NeuronetError, datasets
from neuronet.data import reading
from neuronet.data.reading import MISSING, read_table
from neuronet.errors import DataError

IRIS = Path(datasets.__file__).with_name("iris.csv")


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
    # Among categories only an empty cell is missing: a mark may be a name.
    kept = [
        [mark or None if name in texts and value is None else value for value in own] for name, own in zip(names, drawn)
    ]
    assert [list(map(repr, column.values)) for column in result.columns] == [list(map(repr, own)) for own in kept]


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
