"""Straight lines that divide two classes, the proofs that none does, and parity."""

from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuronet import datasets
from neuronet.diagnosis.separable import best_line, hidden_for_parity, meeting_point, parity_bits


def both_ways(meeting, first, second):
    """The point of a proof, added up from either side."""
    return [
        [
            sum(weight * Fraction(points[place][axis]) for place, weight in weights.items())
            for axis in range(len(points[0]))
        ]
        for points, weights in ((first, meeting.first), (second, meeting.second))
    ]


@given(st.integers(0, 2**32), st.integers(1, 3), st.integers(1, 6), st.integers(1, 6))
@settings(max_examples=6 * settings().max_examples)
def test_a_meeting_point_is_a_proof_and_a_line_is_found_where_there_is_none(seed, axes, few, many):
    rng = Random(seed)
    first, second = ([[rng.choice([0.0, 0.5, 1.0]) for _ in range(axes)] for _ in range(n)] for n in (few, many))
    meeting = meeting_point(first, second)
    if meeting is None:
        assert best_line(first, second) == few + many  # points of a coarse grid leave a wide margin
    else:
        one, other = both_ways(meeting, first, second)
        assert one == other
        for weights in (meeting.first, meeting.second):
            assert sum(weights.values()) == 1
            assert min(weights.values()) > 0
        assert best_line(first, second) < few + many


@pytest.mark.slow
def test_many_inputs_of_many_digits_do_not_take_for_ever():
    rng = Random(2)
    long = [[rng.gauss(0, 1) for _ in range(12)] for _ in range(200)]
    short = [[float(rng.randrange(5)) for _ in row] for row in long]
    assert meeting_point(long[::2], long[1::2]) is None  # they meet, but the proof is given up
    assert meeting_point(short[::2], short[1::2]) is not None


def test_parity_is_known_by_its_answers():
    for count in (2, 3, 5):
        parity = datasets.parity(count)
        answers = [target == [1.0] for target in parity.targets]
        assert parity_bits(parity.inputs, answers) == count
        assert (
            parity_bits([[2 * x - 1 for x in row] for row in parity.inputs], [not answer for answer in answers])
            == count
        )
        assert parity_bits(parity.inputs[1:], answers[1:]) == 0
        assert parity_bits(parity.inputs, [not answers[0], *answers[1:]]) == 0
    assert parity_bits([[0], [1]], [False, True]) == 0


def test_parity_needs_what_setiono_1997_says():
    assert [hidden_for_parity(count) for count in range(2, 8)] == [2, 2, 3, 3, 4, 4]
