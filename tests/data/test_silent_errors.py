"""What used to be read wrongly without a word is read rightly, or refused with what to do."""

import pytest

from neuronet import Table, fit, read_table
from neuronet.errors import DataError


def people(*cells):
    return ["city\tpeople", *[f"{city}\t{cell}" for city, cell in zip("abcdefgh", cells)]]


@pytest.mark.parametrize("mark", [",", "."])
def test_a_mark_that_may_stand_between_thousands_is_refused(mark):
    cells = [cell.replace(",", mark) for cell in ("950", "1,234", "2,500", "12,750", "880", "31")]
    with pytest.raises(
        DataError, match=r'column "people": expected numbers that can be read in one way, got .* say decimal'
    ):
        read_table(people(*cells))
    assert read_table(people(*cells), decimal=mark).column("people").values[1] == 1.234


@pytest.mark.parametrize(
    "cells",
    [
        ("1.234", "2.500", "12.750", "3.125"),  # each with its decimals
        ("950", "0.125", "12.750"),  # a 0 before the mark
        ("950", "12.75", "1.234"),  # two decimals
        ("950", "1234.500"),  # four digits before it
        ("1", "2.5", "3.25"),
    ],
)
def test_what_can_only_be_decimals_is_read(cells):
    assert read_table(people(*cells)).column("people").values == tuple(map(float, cells)) or list(
        read_table(people(*cells)).column("people").values
    ) == list(map(float, cells))


def test_na_is_a_name_in_a_column_of_categories_and_missing_elsewhere():
    lines = ["region,sales", "EU,1", "NA,2", "EU,NA", "NA,4"]
    table = read_table(lines, categories=["region"], missing="keep")
    assert list(table.column("region").values) == ["EU", "NA", "EU", "NA"]
    assert list(table.column("sales").values) == [1.0, 2.0, None, 4.0]
    with pytest.raises(DataError, match=r'line 4, column "sales": expected a value, got \'NA\''):
        read_table(lines, categories=["region"])
    with pytest.raises(DataError, match=r'line 3, column "region": expected a value, got none'):
        read_table(["region,sales", "EU,1", ",2"], categories=["region"])


def test_a_model_takes_na_for_missing_unless_it_knows_the_name():
    lines = ["region,sales,kind", *(f"{['EU', 'NA'][i % 2]},{i % 5},{'ab'[i % 2]}" for i in range(40))]
    knows = fit(read_table(lines, categories=["region"]), "kind", seed=1, epochs=1).model
    assert list(knows.read(lines).column("region").values[:2]) == ["EU", "NA"]
    others = [line.replace("NA", "US") for line in lines]
    model = fit(read_table(others), "kind", seed=1, epochs=1, missing="fill").model
    assert list(model.read(lines).column("region").values[:2]) == ["EU", None]


@pytest.mark.parametrize("marker", ["n/a", "#N/A", "#NA", "<NA>", "-nan", "NA", "?"])
def test_the_usual_markers_are_missing(marker):
    column = read_table(
        ["x,y", *[f"{marker if i % 5 == 0 else i + 0.5},{i % 2}" for i in range(40)]], missing="keep"
    ).column("x")
    assert (column.kind, column.missing) == ("number", 8)


def test_whole_numbers_that_a_float_would_shorten_are_names():
    ids = ["76561198000000001", "76561198000000002", "76561198000000033"]
    table = read_table(["x,player", *[f"{i},{ids[i % 3]}" for i in range(9)]])
    assert table.column("player").categories == tuple(ids)
    assert read_table(["x,n", "1,9007199254740992", "2,4503599627370496"]).column("n").kind == "number"
    with pytest.raises(
        DataError, match=r'rows\[1\], column "id": expected a number that a float holds, got 9007199254740993'
    ):
        Table.from_rows("rows", [[1, 2**53], [2, 2**53 + 1]], ["x", "id"])
    assert Table.from_rows("rows", [[1, 2**60]], ["x", "id"]).column("id").values[0] == 2.0**60


@pytest.mark.parametrize("scaling", ["standard", "minmax"])
@pytest.mark.parametrize(
    ("start", "step"), [(1_700_000_000_000_000_000, 256), (1e300, 1e285), (0.1, 1e-17), (5.0, 0.0)]
)
def test_a_column_that_hardly_changes_never_comes_in_raw(start, step, scaling):
    rows = [[float(start + step * (i * 7 % 60)), i % 7 / 7, "ab"[i % 7 > 3]] for i in range(120)]
    model = fit(Table.from_rows("t", rows, ["time", "x", "y"]), "y", seed=1, epochs=1, scaling=scaling).model
    assert all(abs(value) < 10 for row in model.encode(Table.from_rows("t", rows, ["time", "x", "y"])) for value in row)


def test_a_header_may_be_of_years():
    table = read_table(["2019,2020,kind", *["0.1,0.5,p", "-0.1,0.4,q"] * 5])
    assert (table.column_names, len(table)) == (("2019", "2020", "kind"), 10)
    assert len(read_table(["2019,2020,kind", "2018,2017,kind", "2016,2015,other"])) == 3


def test_a_target_that_is_a_value_has_no_accuracy():
    table = Table.from_rows("homes", [[x / 50, 2.5 * x + x % 3] for x in range(50)], ["x", "price"])
    with pytest.raises(DataError, match=r"^until_accuracy: expected a target of classes, but price is a value$"):
        fit(table, "price", until_accuracy=0.9, seed=1)
