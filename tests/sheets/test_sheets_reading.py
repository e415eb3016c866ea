"""Numbers as people write them."""

import pytest

from neuronet.sheets.reading import read_number

WEIGHTS = [0.5, -1, 1, -0.25, 1, -1, 0.125, 2, -2]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0.33", 0.33), ("0,33", 0.33), (" 1/3 \n", 1 / 3), ("-1/4", -0.25), ("\u22120,5", -0.5), ("+2", 2),
        (".5", 0.5), ("1e-3", 0.001), ("1,5/3", 0.5), ("3.", 3), ("1 / -4", -0.25),
    ],
)  # fmt: skip
def test_a_number_is_read_as_people_write_it(text, number):
    assert read_number(text) == number


@pytest.mark.parametrize(
    "text", ["", "x", "1/0", "1/2/3", "1,234.5", "nan", "inf", "1e999", "1_0", "0x1", "1 2", "/2", "٣"]
)
def test_what_is_no_number_is_not_read(text):
    assert read_number(text) is None
