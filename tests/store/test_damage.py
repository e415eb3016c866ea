"""Documents damaged in 10,000 ways are refused, or are networks that hold together."""

import contextlib
import json
import math
import sys

import pytest
from damaged import DAMAGES, cut, damaged, network_of, trained
from trainings import XOR

from neuronet import Network
from neuronet.errors import DataError, FormatError, NeuronetError
from neuronet.tabular.model import Model
from neuronet.training.schedules import StepSchedule


def ways_of_ending(cases):
    """Read so many damaged documents; for each damage how many were refused, and how many are whole networks."""
    ends, longest = {damage: [0, 0] for damage in DAMAGES}, 0
    for damage, read, text in damaged(cases):
        try:
            loaded = read(text)
        except FormatError as problem:
            ends[damage][0] += 1
            longest = max(longest, len(str(problem)))
            continue
        ends[damage][1] += 1
        network_of(loaded).check()
        assert all(math.isfinite(weight) for weight in network_of(loaded).weights)
        again = loaded.to_json()
        assert read(again).to_json() == again
    assert longest < 500
    return ends


@pytest.mark.parametrize(
    ("cases", "refused", "whole"),
    [(500, 5, 0), pytest.param(10_000, 100, 10, marks=pytest.mark.slow)],
)
def test_damaged_documents_are_refused_or_are_networks_that_hold_together(cases, refused, whole):
    for damage, ends in ways_of_ending(cases).items():
        assert ends[0] > refused, damage
        assert ends[1] > (0 if damage is cut else whole), damage


@pytest.mark.parametrize(("cases", "enough"), [(360, 20), pytest.param(10_000, 500, marks=pytest.mark.slow)])
def test_a_damaged_document_that_loads_can_be_trained_or_says_why_not(cases, enough):
    trained_on = 0
    for _, read, text in damaged(cases):
        if read == Model.from_json:
            continue
        with contextlib.suppress(NeuronetError):
            network = read(text)
            rows = [[0.5] * len(network[0])], [[1] * len(network[-1])]
            network.train(*rows, epochs=1, resume=network.training_state is not None, validation=rows)
            trained_on += 1
    assert trained_on > enough


def test_a_learning_rate_that_a_schedule_brings_to_0_is_refused_in_training():
    document = json.loads(trained(optimizer="adam", schedule=StepSchedule(2, 0.1)).to_json())
    document["training"]["learning_rate"] = 5e-324
    with pytest.raises(DataError, match=r"^learning_rate: expected a number above 0, got 0\.0$"):
        Network.from_json(json.dumps(document)).train(*XOR, epochs=1, resume=True, validation=XOR)


def peak_of(read, text):
    """How many bytes reading a text takes at most, beside the text itself."""
    import tracemalloc  # which PyPy does not have

    tracemalloc.start()
    try:
        read(text)
    except FormatError:
        pass
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return peak


def calls_of(read, text):
    """How many functions of Python and of C are called for reading a text."""
    calls = 0

    def count(frame, event, argument):
        nonlocal calls
        calls += event in {"call", "c_call"}

    sys.setprofile(count)
    try:
        read(text)
    except FormatError:
        pass
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.skipif(sys.implementation.name != "cpython", reason="counts what CPython allocates and calls")
@pytest.mark.parametrize("cases", [90, pytest.param(900, marks=pytest.mark.slow)])
def test_reading_a_damaged_document_takes_no_more_memory_and_work_than_its_length_allows(cases):
    for _, read, text in list(damaged(cases)):
        assert peak_of(read, text) < 300_000 + 40 * len(text), text[:200]
        assert calls_of(read, text) < 10_000 + 4 * len(text), text[:200]
