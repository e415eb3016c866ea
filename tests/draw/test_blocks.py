"""Curves of characters go from their lowest to their highest, in what the stream can show."""

import math

import pytest
from pictures import xor_network
from streams import Stream

from neuronet.draw import can_show, curve_text, sparkline, wants_colour


@pytest.mark.parametrize(("unicode", "highest", "lowest"), [(True, "\u2588", "\u2581"), (False, "#", "_")])
def test_a_sparkline_goes_from_its_lowest_to_its_highest(unicode, highest, lowest):
    line = sparkline(list(range(100)), 10, unicode=unicode)
    assert len(line) == 10
    assert line[0] == lowest
    assert line[-1] == highest
    assert sparkline([1, math.nan, 2], unicode=unicode)[1] == " "
    assert sparkline([]) == ""


@pytest.mark.parametrize("unicode", [True, False])
@pytest.mark.parametrize("values", [[], [1.0], [0.0] * 9, list(range(1000)), [1e-9, 1.0], [math.nan, 1, -2]])
def test_a_curve_of_characters_fits_in_80_columns(values, unicode):
    text = curve_text(values, unicode=unicode)
    assert max(map(len, text.splitlines())) <= 80
    assert unicode or text.isascii()
    assert f"1 to {len(values):,}" in text


def test_a_curve_of_characters_falls_where_the_loss_falls():
    _, history = xor_network(epochs=3000)
    rows = [line.partition("|")[2] for line in history.to_text().splitlines()[:-2]]
    lengths = [len(row) for row in rows]
    assert lengths == sorted(lengths)
    assert "powers of ten" in history.to_text()


def test_a_stream_says_what_it_can_show(monkeypatch):
    assert can_show(Stream("utf-8", True))
    for encoding in ("ascii", "latin-1", "cp1252", None, "no such"):
        assert not can_show(Stream(encoding, True))
    assert not can_show(None)
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert wants_colour(Stream("utf-8", True))
    assert not wants_colour(Stream("utf-8", False))
    assert not wants_colour(None)
    monkeypatch.setenv("NO_COLOR", "1")
    assert not wants_colour(Stream("utf-8", True))
    monkeypatch.setenv("NO_COLOR", "")
    assert wants_colour(Stream("utf-8", True))
