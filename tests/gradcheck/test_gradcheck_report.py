"""Reports of every kind: short, true to their entries, and clear about where to look."""

import json
from fractions import Fraction

import pytest
from gradcheck_cases import (
    INPUTS,
    TARGETS,
    ForgottenBias,
    NeverCleared,
    planted,
    reasons,
    relu_at_zero,
    report_of,
    sign_turned,
    smooth,
)
from slips import ForgottenSlope

from neuronet import (
    Activation,
    Network,
    NeuronetError,
    check_deltas,
    check_function,
    check_gradients,
    check_step,
    gradgradcheck,
)
from neuronet.gradcheck import CheckError
from neuronet.gradcheck.report import REASONS


def many_reports():
    """Reports of every kind and verdict, with names of every length."""
    network, inputs, targets = relu_at_zero()
    long = Network(2, 3, 2, seed=1)
    for neuron in long.neurons:
        neuron.name = f"a neuron whose name goes on and on, {neuron.name}, " * 9
    deep = planted(ForgottenSlope, 2, 2, 2, 2, 2, 2, 2, 2, 1)
    yield report_of(smooth())
    yield report_of(planted(ForgottenSlope))
    yield report_of(planted(ForgottenSlope), wrt=("weights", "biases", "inputs"), method="exact")
    yield report_of(planted(NeverCleared))
    yield check_gradients(network, inputs, targets)
    yield report_of(long, wrt=("weights", "biases", "inputs"))
    yield report_of(long, backward=sign_turned)
    yield check_gradients(deep, INPUTS, [[0.5]] * 3, wrt=("weights", "biases", "inputs"))
    yield check_gradients(Network(2, 1, weights="zeros"), [[0.0, 0.0]], [[0.5]])
    yield check_gradients(
        Network(1, 1, activation="linear", weights=[1e200, 1e200]), [[1.0], [2.0]], [[0.0], [1.0]], method="decimal"
    )
    yield report_of(smooth(activation=Activation("told", told, lambda net, output: 1)))
    yield report_of(smooth(), directions=3)
    yield check_deltas(planted(ForgottenSlope), INPUTS, TARGETS)
    yield check_deltas(long, INPUTS, TARGETS)
    yield check_step(planted(ForgottenSlope), INPUTS, TARGETS)
    yield check_step(smooth(), INPUTS, TARGETS, 1e-300)
    yield gradgradcheck(smooth(), INPUTS, TARGETS, directions=3)
    yield check_function(lambda x: x[0] ** 2, lambda x: [x[0]], [3.0])
    huge = Network(1, 1, activation="linear", weights=[Fraction(10**400), Fraction(1, 10**400)], kind=Fraction)
    yield check_gradients(huge, [[1], [2]], [[0], [1]], method="exact")
    yield check_gradients(huge, [[1], [2]], [[0], [1]], method="exact", backward=sign_turned)


def told(net):
    if isinstance(net, complex):
        raise TypeError("a long story\n" * 200)
    return net


@pytest.fixture(scope="module")
def reports():
    return list(many_reports())


def test_no_report_is_longer_than_a_screen(reports):
    assert {report.status for report in reports} == {"pass", "fail", "inconclusive"}
    for report in reports:
        lines = str(report).splitlines()
        assert len(lines) <= 20, str(report)
        assert max(len(line) for line in lines) <= 320, str(report)


def test_every_report_can_become_json(reports):
    for report in reports:
        again = json.loads(json.dumps(report.to_dict(), allow_nan=False))
        assert again["status"] == report.status
        assert [entry["name"] for entry in again["entries"]] == [entry.name for entry in report.entries]


def test_every_reason_is_explained(reports):
    for report in reports:
        assert reasons(report) <= set(REASONS)


def test_a_report_is_true_only_where_everything_passed(reports):
    for report in reports:
        passed = all(entry.status == "pass" for entry in report.entries)
        assert bool(report) is report.ok is passed
        assert report.failures == [entry for entry in report.worst() if entry.status == "fail"]
        assert report.inconclusive == [entry for entry in report.worst() if entry.status == "inconclusive"]


def test_raise_for_failure_raises_the_report_as_its_message(reports):
    for report in reports:
        if report.status != "fail":
            report.raise_for_failure()
            continue
        with pytest.raises(CheckError) as caught:
            report.raise_for_failure()
        assert str(caught.value) == str(report)
        assert isinstance(caught.value, AssertionError)
        assert isinstance(caught.value, NeuronetError)


def test_the_worst_come_first_and_as_many_as_asked_for():
    report = report_of(planted(ForgottenBias))
    worst = report.worst()
    assert len(worst) == len(report.entries)
    assert [entry.status for entry in worst] == ["fail"] * 5 + ["pass"] * 12
    shares = [entry.error / entry.allowed for entry in report.failures]
    assert shares == sorted(shares, reverse=True)
    assert report.worst(2) == worst[:2]


def test_a_failure_is_named_as_the_picture_does_with_its_numbers():
    report = report_of(planted(ForgottenBias))
    [entry] = [entry for entry in report.failures if entry.name == "b2 -> o1"]
    assert (entry.layer, entry.kind, entry.gradient, entry.ratio) == ("output", "bias", 0, 0)
    assert entry.error == abs(entry.reference)
    line = entry.line()
    assert line.startswith("b2 -> o1, bias: backward 0  reference ")
    assert "ratio 0" in line
    assert "allowed" in line


def test_groups_are_in_walking_order_and_hold_every_entry():
    report = report_of(smooth(), wrt=("weights", "biases", "inputs"))
    groups = report.by_group()
    assert list(groups) == [
        ("hidden", "bias"),
        ("hidden", "weight"),
        ("output", "bias"),
        ("output", "weight"),
        ("input", "input"),
    ]
    assert sum(len(entries) for entries in groups.values()) == len(report.entries)


def test_zeros_on_both_sides_pass_and_are_listed():
    network = Network(2, 2, 1, activation="relu", output_activation="linear", seed=1)
    for synapse in network[1][0].incoming:
        synapse.weight = -1.0
    report = check_gradients(network, [[1.0, 2.0], [0.5, 0.25]], [[1.0], [0.5]])
    assert report.ok
    assert [entry.name for entry in report.zeros] == ["b1 -> h1", "i1 -> h1", "i2 -> h1", "h1 -> o1"]
    assert "0 = 0 at 4: b1 -> h1, i1 -> h1, i2 -> h1, h1 -> o1 (a dead path?)" in str(report)


def test_a_report_in_which_all_is_0_says_that_it_proves_nothing():
    network = Network(2, 1, activation="linear", weights="zeros")
    report = check_gradients(network, [[0.0, 0.0], [1.0, 1.0]], [[0.0], [0.0]])
    assert report.ok
    assert report.notes[0] == "every slope is 0 here, so a walk that computes nothing would pass as well"


def test_a_table_and_a_guess_tell_where_to_look():
    report = report_of(planted(ForgottenBias))
    text = str(report)
    assert text.splitlines()[0] == "gradient check (complex, 2 calls, 3 samples): FAIL, 5 of 17 wrong"
    assert "guess: " in text
    assert report.hints


def test_what_a_network_is_too_small_to_show_is_said():
    notes = " ".join(check_gradients(Network(2, 2, weights="zeros"), [[1, 2]], [[0, 1]]).notes)
    assert "without a hidden layer" in notes
    assert "one sample" in notes
