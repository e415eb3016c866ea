"""Names, values and counts are written on one line, and no longer than there is room."""

from neuronet.data.wording import brief, counted, cut, listed, printable, quoted, table_line


def test_a_list_is_cut():
    assert listed([1, "a"]) == "1, 'a'"
    assert listed(list(range(8))).endswith("6, 7")
    assert listed(list(range(9)), 3) == "0, 1, 2 and 6 more"
    assert listed([]) == ""


def test_a_text_that_just_fits_is_not_cut():
    assert (cut("abcdef", 6), cut("abcdefg", 6)) == ("abcdef", "abc...")


def test_what_a_terminal_would_obey_is_written_otherwise():
    assert printable("a\x1b[2J\nb") == "a [2J b"
    assert quoted("a\nb") == '"a b"'
    assert (brief("a\nb", 9), brief(("a\n",), 9), brief(3, 9)) == (r"'a\nb'", r"('a\n',)", "3")
    assert brief("a\n" * 9, 9) == r"'a\na\..."


def test_a_count_has_its_noun():
    assert [counted(number, "cell") for number in (0, 1, 2)] == ["0 cells", "1 cell", "2 cells"]


def test_the_cells_of_a_table_stand_at_the_right_of_their_columns():
    assert table_line("name", 6, ["1", "22"], [3, 2]) == "name      1  22"
