"""Scales hold all their values, also those at the ends of what a float can say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pictures import xor_network

from neuronet.draw import activation_curve, curve_text, decision_surface, hidden_maps, sparkline, surface_text
from neuronet.draw.plot import scale_for, spans_decades
from neuronet.training import Epoch, History


@pytest.mark.parametrize("logarithmic", [False, True])
@given(values=st.lists(st.floats(1e-12, 1e12), min_size=1, max_size=9))
def test_a_scale_holds_all_its_values_and_has_ticks_inside(logarithmic, values):
    scale = scale_for(values, 0, 100, logarithmic)
    assert scale.low <= min(values) * (1 + 1e-9)
    assert scale.high >= max(values) * (1 - 1e-9)
    ticks = scale.ticks()
    assert 2 <= len(ticks) <= 16
    places = [scale.place(value) for value, _ in ticks]
    assert places == sorted(places)
    assert len({label for _, label in ticks}) == len(ticks)
    assert [scale.place(value) for value in sorted(values)] == sorted(map(scale.place, values))


def test_decades_are_spanned_by_a_hundredfold():
    assert spans_decades([1, 100])
    assert not spans_decades([1, 99])
    assert not spans_decades([0, 100])
    assert not spans_decades([])


EDGES = [1.7e308, 1e16, 1e16 + 2, 1.0, 5e-324, 0.0]


@pytest.mark.parametrize("first", [*EDGES, *(-edge for edge in EDGES)])
@pytest.mark.parametrize("second", EDGES)
def test_numbers_at_the_ends_of_what_a_float_can_say_are_drawn(first, second):
    for unicode in (True, False):
        assert len(sparkline([first, second], unicode=unicode)) == 2
        assert all(len(line) <= 80 for line in curve_text([first, second] * 90, unicode=unicode).splitlines())
    history = History()
    history.epochs = [Epoch(number, loss, loss, 0.0) for number, loss in enumerate((abs(first), second), 1)]
    for logarithmic in (None, True, False):
        assert "nan" not in history.to_svg(logarithmic=logarithmic)
    for values in ([first, second], [first, first]):
        samples = [[value, 1.0] for value in values], [[0.0], [1.0]]
        if abs(values[0] - values[1]) < 1e300 and max(map(abs, values)) < 1e300:
            for picture in (decision_surface, hidden_maps):
                assert "nan" not in picture(xor_network()[0], *samples, cells=3)
            assert "nan" not in surface_text(xor_network()[0], *samples, width=3, height=3)
    if first < second:
        assert "nan" not in activation_curve("tanh", low=first, high=second)
