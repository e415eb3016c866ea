"""A learning rate that a schedule changes is the one that the steps take."""

import math

import pytest
from toolbox import ENGINES, XOR, refused

from neuronet import Network
from neuronet.training import CosineSchedule, StepSchedule

# Schedules.


@pytest.mark.parametrize("engine", ENGINES)
def test_the_rates_of_a_schedule_are_those_found_by_hand(engine):
    steps = Network(2, 2, 1, seed=1).train(
        *XOR, epochs=7, learning_rate=0.5, schedule=StepSchedule(3, 0.25), engine=engine
    )
    assert [epoch.learning_rate for epoch in steps] == [0.5, 0.5, 0.5, 0.125, 0.125, 0.125, 0.03125]
    cosine = CosineSchedule(4, lowest=0.25)
    # Half a cosine at 0, 45, 90 and 135 degrees; half a root of 2 is not exact.
    expected = [1.25, 0.75 + 0.5 * math.sqrt(0.5), 0.75, 0.75 - 0.5 * math.sqrt(0.5)]
    assert [cosine(epoch, 1.25) for epoch in (1, 2, 3, 4)] == pytest.approx(expected, rel=1e-15)
    assert cosine(5, 1.25) == cosine(99, 1.25) == cosine(4, 1.25)


def test_a_schedule_is_followed_by_the_steps():
    rates = [0.5, 0.125, 2.0]
    network, by_hand = Network(2, 2, 1, seed=1), Network(2, 2, 1, seed=1)
    asked = []

    def schedule(epoch, rate):
        asked.append((epoch, rate))
        return rates[epoch - 1]

    network.train(*XOR, epochs=3, learning_rate=0.75, shuffle=False, schedule=schedule)
    for rate in rates:
        by_hand.train(*XOR, epochs=1, learning_rate=rate, shuffle=False)
    assert network.weights == by_hand.weights
    assert asked == [(1, 0.75), (2, 0.75), (3, 0.75)]
    network.train(*XOR, epochs=1, shuffle=False, resume=True, schedule=lambda epoch, rate: asked.append(epoch) or 0.5)
    assert asked[-1] == 4


def test_bad_schedules_are_refused():
    network = Network(2, 2, 1, seed=1)
    before = network.weights
    refused(lambda: StepSchedule(0), "every: expected a whole number of at least 1, got 0")
    refused(lambda: StepSchedule(1, 1.5), "factor: expected a number above 0 and at most 1, got 1.5")
    refused(lambda: CosineSchedule(0), "epochs: expected a whole number of at least 1, got 0")
    refused(lambda: CosineSchedule(4, -1), "lowest: expected a number of 0 or more, got -1")
    refused(
        lambda: network.train(*XOR, epochs=1, schedule="step"),
        "schedule: expected a function of the epoch and the learning rate, got 'step'",
    )
    refused(
        lambda: network.train(*XOR, epochs=1, schedule=lambda epoch, rate: 0),
        "learning_rate: expected a number above 0, got 0",
    )
    assert network.weights == before


# Breaking off.


def test_schedules_of_floats_serve_other_kinds_of_numbers():
    from decimal import Decimal
    from fractions import Fraction

    for kind in (Decimal, Fraction, complex):
        network = Network(2, 2, 1, seed=1, activation="relu", kind=kind)
        for schedule in (CosineSchedule(3), StepSchedule(1)):
            network.train(*XOR, epochs=2, schedule=schedule)
        assert {type(weight) for weight in network.weights} == {kind}
