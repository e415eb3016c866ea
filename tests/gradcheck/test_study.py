"""The Taylor test, and the error of each method for each step size."""

import math
from xml.etree import ElementTree

import pytest
from gradcheck_cases import EPSILON, INPUTS, ONLY_FLOATS, TARGETS, ForgottenBias, planted, relu_at_zero, smooth
from slips import ForgottenSlope, ForgottenSynapse

from neuronet import (
    Network,
    step_sweep,
    taylor_test,
)
from neuronet.errors import DataError, UnknownNameError
from neuronet.gradcheck.references import METHODS

# Taylor.


def test_a_right_gradient_leaves_a_remainder_of_the_second_order():
    report = taylor_test(smooth(), INPUTS, TARGETS)
    assert report.status == "pass"
    assert bool(report)
    known = [rate for rate in report.rates if rate is not None]
    assert known[-1] == pytest.approx(2, abs=0.05)  # the third-order term at steps of 1e-3


@pytest.mark.parametrize("slip", [ForgottenSlope, ForgottenSynapse, ForgottenBias])
def test_a_wrong_gradient_leaves_a_remainder_of_the_first_order(slip):
    report = taylor_test(planted(slip), INPUTS, TARGETS)
    assert report.status == "fail"
    assert not report
    known = [rate for rate in report.rates if rate is not None]
    assert known[-1] == pytest.approx(1, abs=0.1)  # what is left of the second order at steps of 1e-5
    assert str(report).startswith("taylor test: FAIL")
    assert len(str(report).splitlines()) <= 20


def test_a_straight_line_has_no_remainder_at_all():
    network = Network(1, 1, activation="linear", loss="mean_absolute_error", weights=[0.5, 0.25])
    report = taylor_test(network, [[1.0], [2.0]], [[9.0], [9.0]])
    assert report.status == "pass"
    assert "straight line" in report.note


def test_at_a_kink_the_rate_is_1_and_proves_nothing():
    network, inputs, targets = relu_at_zero()
    verdicts = {taylor_test(network, inputs, targets, seed=seed).status for seed in range(6)}
    assert "fail" not in verdicts
    assert "inconclusive" in verdicts


def test_the_direction_of_a_taylor_test_can_be_given_and_its_length_does_not_count():
    network = smooth()
    along = [0.0] * 17
    along[4] = 1.0
    short = taylor_test(network, INPUTS, TARGETS, direction=along)
    long = taylor_test(network, INPUTS, TARGETS, direction=[1024 * share for share in along])
    assert short.remainders == long.remainders
    assert short.ok


@pytest.mark.parametrize(
    ("direction", "message"),
    [
        ([0.0] * 17, "direction: expected a direction to go in, got one of length 0.0"),
        ([1.0] * 16, "direction: expected 17 numbers, got 16"),
        ([1.0] * 16 + [None], "direction[16]: expected a number, got None"),
    ],
)
def test_a_direction_that_leads_nowhere_is_refused(direction, message):
    with pytest.raises(DataError) as caught:
        taylor_test(smooth(), INPUTS, TARGETS, direction=direction)
    assert str(caught.value) == message


# The V of the step size.


@pytest.fixture(scope="module")
def sweep():
    return step_sweep(smooth(), INPUTS, TARGETS)


def curve(sweep, method):
    return {row.step: row.error for row in sweep.rows if row.method == method}


def test_a_sweep_has_a_row_for_every_method_and_step(sweep):
    assert {row.method for row in sweep.rows} == {"forward", "central", "richardson", "complex", "dual"}
    for method in ("forward", "central", "richardson", "complex"):
        steps = list(curve(sweep, method))
        assert steps == sorted(steps, reverse=True)
        assert steps[0] == pytest.approx(0.1)
    assert list(curve(sweep, "dual")) == [None]


def test_the_central_difference_draws_a_v_with_its_foot_near_the_cube_root_of_epsilon(sweep):
    best = sweep.best("central")
    assert 1e-12 < best.error < 1e-8
    # The best step balances h^2 against epsilon / h: the cube root of epsilon, 6e-6, times a constant of the network.
    assert EPSILON ** (1 / 3) / 30 < best.step < EPSILON ** (1 / 3) * 30
    errors = curve(sweep, "central")
    assert errors[max(errors)] > 1000 * best.error
    assert errors[min(errors)] > 1000 * best.error


def test_the_forward_difference_has_its_foot_near_the_square_root_of_epsilon(sweep):
    best = sweep.best("forward")
    assert EPSILON**0.5 / 30 < best.step < EPSILON**0.5 * 30
    assert sweep.best("central").error < best.error / 10


def test_the_complex_step_has_no_arm_of_rounding(sweep):
    errors = curve(sweep, "complex")
    assert sweep.best("complex").error < 1e-14
    # Below 1e-8 its own error, the square of the step, is below rounding, and nothing is subtracted.
    assert all(error < 1e-14 for step, error in errors.items() if step < 1e-8)
    assert min(errors) < 1e-19


def test_dual_numbers_have_no_step_and_no_error_to_speak_of(sweep):
    assert sweep.best("dual").error < 1e-14


def test_a_sweep_in_the_terminal_is_ascii_within_80_columns(sweep):
    text = str(sweep)
    assert text.isascii()
    assert max(len(line) for line in text.splitlines()) <= 80
    for method in ("forward", "central", "richardson", "complex", "dual"):
        assert method in text


def test_a_sweep_as_svg_is_xml_and_the_same_for_the_same_network(sweep):
    text = sweep.to_svg()
    root = ElementTree.fromstring(text)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert text == step_sweep(smooth(), INPUTS, TARGETS).to_svg()
    shown = "".join(root.itertext())
    for method in ("forward", "central", "richardson", "complex", "dual"):
        assert method in shown


@pytest.mark.parametrize("methods", ["central", ("dual",), ["complex", "dual"]])
def test_a_sweep_of_any_methods_can_be_shown(methods):
    sweep = step_sweep(smooth(), INPUTS, TARGETS, methods=methods)
    names = [methods] if isinstance(methods, str) else list(methods)
    for name in names:
        assert name in str(sweep)
    ElementTree.fromstring(sweep.to_svg())


def test_a_sweep_over_steps_that_vanish_or_overflow_can_be_shown():
    network = Network(1, 1, activation="linear", weights=[1e160, 1e-160])
    sweep = step_sweep(network, [[0.0]], [[0.0]], methods=("central", "dual"))
    assert all(row.error == math.inf or row.error >= 0 for row in sweep.rows)
    str(sweep)
    ElementTree.fromstring(sweep.to_svg())


@pytest.mark.parametrize(
    ("methods", "error", "message"),
    [
        ((), DataError, "methods: expected one method or more, got none"),
        (("exact",), DataError, "methods: expected methods that run on floats, got 'exact'"),
        ("decimal", DataError, "methods: expected methods that run on floats, got 'decimal'"),
        (("magic",), UnknownNameError, "method: unknown 'magic'"),
    ],
)
def test_methods_that_cannot_be_swept_are_refused(methods, error, message):
    with pytest.raises(error, match=message):
        step_sweep(smooth(), INPUTS, TARGETS, methods=methods)


def test_a_formula_that_takes_floats_alone_cannot_be_swept():
    with pytest.raises(DataError, match="network: expected formulas that decimal numbers can flow through"):
        step_sweep(smooth(activation=ONLY_FLOATS), INPUTS, TARGETS)


def test_the_best_of_a_method_that_was_not_measured_is_refused(sweep):
    with pytest.raises(UnknownNameError, match="method: unknown 'decimal'; known: forward, central"):
        sweep.best("decimal")


def test_every_method_of_a_sweep_takes_a_step_where_it_says_so():
    for name, method in METHODS.items():
        if method.steps:
            slope = method.slope(lambda x: x * x, 3.0, 1e-3)
            assert slope.value == pytest.approx(6, abs=2e-3), name  # forward is off by the step itself
