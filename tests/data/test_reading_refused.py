"""What is no table is refused with its place, and what is too long before it fills the memory."""

import io
import os
import re
import sys

import pytest
from files import FLOWERS, columns, read, refused

from neuronet.data import reading
from neuronet.data.reading import MEMORY_PER_BYTE, read_table
from neuronet.errors import DataError, UnknownNameError

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
        ({"separator": '"'}, DataError, 'separator: expected one character or "tab", got \'"\''),
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
