"""What several tests of training are given."""

import signal

import pytest
from by_hand import PYTHONS_OWN


@pytest.fixture(params=["the walk", "unrolled"])
def both_engines(request, monkeypatch):
    """What is said is true of both engines: what is too little to unroll, or is not."""
    if request.param == "unrolled":
        monkeypatch.setattr("neuronet.engines.unrolled.LEAST_SAMPLES", -1_000_000)
        monkeypatch.setattr("neuronet.engines.unrolled.MOST_ON_PYPY", 1_000_000)


@pytest.fixture
def interrupt_handler_is_restored():
    before = signal.signal(signal.SIGINT, PYTHONS_OWN)
    yield
    after = signal.signal(signal.SIGINT, before)
    assert after is PYTHONS_OWN
