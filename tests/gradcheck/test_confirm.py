"""Second looks: at kinks, in rounding, and where formulas refuse numbers, a right network is never called wrong."""

import math
import random
from decimal import Decimal

import pytest
from gradcheck_cases import (
    ABS,
    ABS_SQUARE,
    DIFFERENCES,
    EVERY_METHOD,
    INPUTS,
    ON_FLOATS,
    ONLY_FLOATS,
    TARGETS,
    TRUE_FLOATS,
    rational,
    reasons,
    relu_at_zero,
    report_of,
    sign_turned,
    smooth,
)
from helpers import mostly_slow

from neuronet import (
    Activation,
    Network,
    check_deltas,
    check_gradients,
    gradgradcheck,
)
from neuronet.activations import ACTIVATIONS
from neuronet.errors import DataError
from neuronet.gradcheck import confirm
from neuronet.scalar import magnitude

# Kinks.


@pytest.mark.parametrize("method", EVERY_METHOD)
def test_at_the_kink_of_a_relu_a_slope_of_one_side_is_not_called_wrong(method):
    network, inputs, targets = relu_at_zero(backward_slope=0)
    assert network.predict(inputs[0])  # the first net of the first sample is 0.5 + 0.25 - 0.75
    report = check_gradients(network, inputs, targets, method=method)
    assert report.status == "inconclusive"
    assert reasons(report) == {"kink"}
    assert {entry.name for entry in report.inconclusive} == {"b1 -> h1", "i1 -> h1", "i2 -> h1"}


@pytest.mark.parametrize("method", ["complex", "dual", "exact"])
def test_at_the_kink_the_side_that_the_value_takes_passes(method):
    network, inputs, targets = relu_at_zero(backward_slope=1)
    assert check_gradients(network, inputs, targets, method=method).ok


@pytest.mark.parametrize("method", ["complex", "dual", "exact"])
def test_the_relu_of_the_library_passes_at_its_kink(method):
    network, inputs, targets = relu_at_zero()
    for neuron in network[1]:
        neuron.activation = ACTIVATIONS["relu"]
    assert check_gradients(network, inputs, targets, method=method).ok


@pytest.mark.parametrize("method", EVERY_METHOD)
def test_a_bug_beside_a_kink_is_still_found(method):
    network, inputs, targets = relu_at_zero()

    def backward(network, targets):
        network.backward(targets)
        network[2][0].incoming[0].gradient *= 2

    report = check_gradients(network, inputs, targets, method=method, backward=backward)
    assert [entry.name for entry in report.failures] == ["b2 -> o1"]


@pytest.mark.parametrize("method", EVERY_METHOD)
def test_very_many_kinks_are_no_failure(method):
    network = Network(2, 20, 2, activation=relu_at_zero()[0][1][0].activation, output_activation="linear", seed=1)
    for neuron in network[1]:
        for synapse in neuron.incoming:
            synapse.weight = 0.0
    report = report_of(network, method=method)
    assert report.status == "inconclusive"
    assert reasons(report) == {"kink"}
    assert len(report.inconclusive) == 60


@pytest.mark.parametrize("method", DIFFERENCES)
def test_two_kinks_that_cancel_are_no_failure(method):
    """relu(x) - relu(-x) is the straight line x, but at 0 the walk back finds 0 + 0, right by the rule for relu."""
    network = Network(1, 2, 1, activation="relu", output_activation="linear", bias=False, weights=[1, -1, 1, -1])
    report = check_gradients(network, [[0.0], [1.0]], [[1.0], [0.5]], method=method, wrt="inputs")
    assert [(entry.gradient, entry.status) for entry in report.entries] == [(0, "inconclusive"), (0.25, "pass")]
    assert reasons(report) == {"kink"}


@pytest.mark.parametrize(("method", "net"), [("central", 2e-6), ("forward", -4e-9), ("richardson", 4e-3)])
def test_a_step_across_a_kink_is_no_failure(method, net):
    network = Network(1, 1, 1, activation="relu", output_activation="linear", weights=[net, 0.5, 0.25, 1.0])
    report = check_gradients(network, [[0.0], [1.0]], [[1.0], [-0.5]], method=method)
    assert report.status == "inconclusive"
    assert reasons(report) == {"kink crossed"}
    assert check_gradients(network, [[0.0], [1.0]], [[1.0], [-0.5]]).ok


@pytest.mark.parametrize("method", ["complex", *DIFFERENCES])
def test_a_kink_that_is_flat_again_within_any_usual_step_is_no_failure_in_floats(method):
    """On one side of the kink the output climbs from 0 to 1 within a weight of 1e-18."""
    network = Network(1, 1, 1, activation="relu", output_activation=ONLY_FLOATS, bias=False, weights=[1e-186, 1e18])
    report = check_gradients(network, [[1.0]], [[1.0]], method=method)
    assert report.entries[0].gradient == -1e18
    assert report.status == "inconclusive"
    assert report.entries[0].reason == "kink"
    assert check_gradients(network, [[1.0]], [[1.0]], method=method, backward=sign_turned).status == "fail"


@pytest.mark.parametrize("method", DIFFERENCES)
def test_a_slope_that_has_a_kink_itself_is_no_failure_in_floats(method):
    """The loss is 0 on one side and grows as the square on the other, so no difference is 0."""
    network = Network(1, 1, 1, 1, activation=ONLY_FLOATS, output_activation="relu", bias=False, weights=[0.5, 0, 1])
    network[2][0].activation = ACTIVATIONS["softsign"]
    report = check_gradients(network, [[1.0]], [[0.0]], method=method)
    assert report.entries[1].gradient == 0 < report.entries[1].reference
    assert report.status == "inconclusive"


@pytest.mark.parametrize("factor", mostly_slow([0.5, 1.5, -1], 0.5))
def test_rounding_does_not_excuse_a_wrong_slope_in_floats(factor):
    """So near its targets the loss is mostly rounding: the smaller the step, the more its slope can be any number."""
    wrong = Activation("wrong", math.tanh, lambda net, output: factor * (1 - output * output))
    for seed in range(12):
        network = Network(2, 3, 2, activation=wrong, output_activation=ONLY_FLOATS, seed=seed)
        targets = [[output + 1e-6 for output in outputs] for outputs in network.predict_all(INPUTS)]
        report = report_of(network, targets=targets, method="central")
        assert {entry.status for entry in report.entries if entry.layer == "hidden"} == {"fail"}


@pytest.mark.parametrize("method", EVERY_METHOD)
def test_an_output_that_hits_its_target_exactly_is_no_failure_of_the_absolute_error(method):
    network = Network(1, 1, activation="linear", loss="mean_absolute_error", weights=[0.5, 0.25])
    report = check_gradients(network, [[1.0], [2.0]], [[0.75], [0.0]], method=method)
    assert report.status != "fail"
    wrong = check_gradients(network, [[1.5], [2.0]], [[0.75], [0.0]], method=method, backward=sign_turned)
    assert wrong.status == "fail"


# Rounding.


def naive_tanh():
    """tanh with the slope from the output alone, which loses all its digits at a net of 19."""
    return Activation("naive_tanh", ACTIVATIONS["tanh"].value, lambda net, output: 1 - output * output)


@pytest.mark.parametrize(
    ("net", "method", "reason"),
    [
        *[(15.0, method, "noise floor") for method in ("complex", "dual", "decimal")],
        *[(40.0, method, "saturated") for method in ("complex", "dual", "decimal")],
        *[(300.0, method, "saturated") for method in ("complex", "dual")],  # 60 digits see as little as floats: 0 = 0
    ],
)
def test_a_slope_that_lost_its_digits_to_floats_is_not_called_wrong(net, method, reason):
    network = Network(1, 1, activation=naive_tanh(), weights=[net, 0.5])
    report = check_gradients(network, [[0.5], [-0.5]], [[0.0], [0.5]], method=method)
    assert reasons(report) == {reason}
    assert report.status == "inconclusive"


@pytest.mark.parametrize("method", ON_FLOATS)
def test_a_saturated_tanh_with_a_careful_slope_is_not_called_wrong(method):
    network = smooth()
    for neuron, bias in zip(network[1], (10.0, -15.0, 19.0)):
        neuron.bias = bias
    assert report_of(network, method=method).status != "fail"
    assert method != "complex" or report_of(network, method=method).ok


def test_a_finite_difference_that_sees_only_rounding_is_settled_by_the_complex_step():
    """The slope is some 1e-14 and the difference knows it to 1e-10: alone it would pass anything, a 0 as well."""
    network = Network(1, 1, activation="tanh", weights=[16.0, 0.5])
    samples = [[0.5], [-0.5]], [[0.0], [0.5]]
    right = check_gradients(network, *samples, method="central")
    assert all(entry.allowed > 50 * abs(entry.gradient) for entry in right.entries)
    assert right.ok

    def nothing(network, targets):
        network.backward(targets)
        for synapse in network.synapses:
            synapse.gradient = synapse.gradient / 2

    wrong = check_gradients(network, *samples, method="central", backward=nothing)
    assert wrong.status == "fail"


@pytest.mark.parametrize("method", ["central", "forward"])
def test_rounding_that_no_other_number_can_settle_is_inconclusive(method):
    """Formulas of the math module take floats alone; the slope is below what their difference can see."""
    only_floats = Activation("only_floats", math.tanh, lambda net, output: 1 / math.cosh(net) ** 2)
    network = Network(1, 1, activation=only_floats, weights=[16.0, 0.5])
    report = check_gradients(network, [[0.5], [-0.5]], [[0.0], [0.5]], method=method)
    assert report.status == "inconclusive"
    assert reasons(report) <= {"noise floor", "saturated"}


def test_a_loss_near_0_whose_outputs_round_more_than_it_shows_is_no_failure_in_floats():
    """The loss is 5e-19, its own rounding 1e-34; that of the outputs, 1e-16, makes 1e-25 of it."""
    only_floats = Activation(
        "only_floats", lambda net: 1 / (1 + math.exp(-net)), lambda net, output: output * (1 - output)
    )
    for seed in range(12):
        network = Network(2, 3, 2, activation=only_floats, seed=seed)
        targets = [[output + 1e-9 for output in outputs] for outputs in network.predict_all(INPUTS)]
        report = report_of(network, targets=targets, method="central")
        assert report.status != "fail", str(report)


@pytest.mark.parametrize("method", DIFFERENCES)
@pytest.mark.parametrize("weight", [1e-14, 1e-15, 1e-16])
def test_a_loss_that_moves_by_less_than_its_outputs_round_is_no_failure_in_floats(weight, method):
    """The output is near 1 and has 16 digits: what a step makes of it behind so small a weight is beyond these."""
    network = Network(1, 1, 1, activation=ONLY_FLOATS, output_activation="linear", weights=[0.0, 0.5, 1.0, weight])
    report = check_gradients(network, [[1.0]], [[1.0 + 1e-8]], method=method)
    assert report.status == "inconclusive"
    assert report.entries[1].gradient != 0


@pytest.mark.parametrize("method", ["complex", *DIFFERENCES])
def test_an_output_that_reaches_its_target_in_floats_alone_is_no_failure(method):
    """Target and output are both 1, so the walk back finds 0; the loss is made of the net and still has a slope."""
    network = Network(
        1, 1, 1, activation=ONLY_FLOATS, output_activation="sigmoid", loss="binary_cross_entropy", weights=[0, 2, 60, 5]
    )
    report = check_gradients(network, [[1.0]], [[1.0]], method=method)
    assert 0 > min(entry.reference for entry in report.entries) > -1e-25
    assert report.status == "inconclusive"
    assert reasons(report) == {"saturated"}


def test_what_refuses_duals_is_asked_in_decimals_with_a_step_within_its_bend():
    def bend(x):
        if not isinstance(x, Decimal):
            raise TypeError
        return x * 10**18 / (1 + abs(x) * 10**18)

    assert confirm.decimal_slope(bend, Decimal(0)) == pytest.approx(Decimal(10**18), rel=Decimal("1e-30"))


# What is not finite, and what is not the same twice.


@pytest.mark.parametrize("method", ON_FLOATS)
def test_a_loss_that_is_not_finite_is_inconclusive(method):
    network = Network(1, 1, activation="linear", weights=[1e200, 1e200])
    report = check_gradients(network, [[1.0], [2.0]], [[0.0], [1.0]], method=method)
    # The gradient is finite and right; dual numbers and decimals, for which 1e400 is a number, can even say so.
    assert report.status == ("pass" if method in ("dual", "decimal") else "inconclusive")
    assert reasons(report) <= {"not finite"}


def test_a_loss_that_has_no_value_beside_the_point_is_inconclusive():
    root = Activation("root", math.sqrt, lambda net, output: 0.5 / output if output else 0.0)
    network = Network(1, 1, activation=root, weights=[0.0, 0.0])
    report = check_gradients(network, [[1.0], [2.0]], [[0.5], [1.0]], method="central")
    assert report.status == "inconclusive"
    assert reasons(report) == {"not finite"}


@pytest.mark.parametrize("method", ON_FLOATS)
def test_a_loss_that_is_another_number_each_time_is_inconclusive(method):
    rng = random.Random(1)

    def dropout(net):
        return net * (rng.random() < 0.5)

    dropped = Activation("dropped", dropout, lambda net, output: 1)
    network = Network(2, 8, 2, activation=dropped, seed=3)
    report = report_of(network, method=method)
    assert report.status == "inconclusive"
    assert reasons(report) == {"not deterministic"}
    assert check_deltas(network, INPUTS, TARGETS).status == "inconclusive"
    assert gradgradcheck(network, INPUTS, TARGETS).status == "inconclusive"


def test_a_loss_that_changes_only_once_is_noticed_too():
    calls = []

    def tired(net):
        calls.append(1)
        return net if len(calls) < 200 else 2 * net

    report = report_of(Network(2, 3, 2, activation=Activation("tired", tired, lambda net, output: 1), seed=1))
    assert reasons(report) == {"not deterministic"}


# Formulas that not every number can flow through.


def test_complex_falls_back_to_central_with_a_note_where_a_formula_takes_floats_alone():
    report = report_of(smooth(activation=ONLY_FLOATS))
    assert report.ok
    assert report.title.startswith("gradient check (central")
    assert report.notes[0].startswith("complex numbers cannot flow through here (")
    assert report.notes[0].endswith("; central is used instead")
    wrong = Activation("wrong", math.tanh, lambda net, output: 1 - output)
    assert report_of(smooth(activation=wrong)).status == "fail"


def test_a_single_neuron_that_takes_floats_alone_is_enough_to_fall_back():
    network = smooth()
    network[1][2].activation = ONLY_FLOATS
    report = report_of(network)
    assert report.ok
    assert "central is used instead" in report.notes[0]


@pytest.mark.parametrize("method", ["dual", "decimal"])
def test_any_other_method_says_why_it_cannot_run(method):
    with pytest.raises(DataError, match=f"method: '{method}' cannot run on this network: "):
        report_of(smooth(activation=ONLY_FLOATS), method=method)


@pytest.mark.parametrize("method", ["complex", "dual", *DIFFERENCES])
def test_float_literals_trouble_only_the_methods_of_exact_numbers(method):
    assert report_of(smooth(activation=TRUE_FLOATS), method=method).ok


@pytest.mark.parametrize(
    ("method", "activation", "why"),
    [
        ("decimal", TRUE_FLOATS, "unsupported operand"),
        ("exact", TRUE_FLOATS, "a number became a float on its way"),
        (
            "exact",
            Activation("half", lambda net: 0.5 * net, lambda net, output: 0.5),
            "a number became a float on its way",
        ),
        ("exact", ACTIVATIONS["tanh"], "use activations without tanh"),
    ],
)
def test_exact_numbers_say_what_they_met(method, activation, why):
    with pytest.raises(DataError, match=f"method: '{method}' cannot run on this network: .*{why}"):
        report_of(smooth(activation=activation, output_activation="linear"), method=method)


REAL_SQUARE = Activation("real_square", lambda net: net.real * net, lambda net, output: 2 * net)


@pytest.mark.parametrize("activation", [ABS, ABS_SQUARE, REAL_SQUARE])
@pytest.mark.parametrize("method", ["complex", *DIFFERENCES, "decimal"])
def test_a_formula_that_drops_the_imaginary_part_is_no_failure(activation, method):
    report = report_of(rational(activation=activation, output_activation="linear"), method=method)
    assert report.ok
    assert (method == "complex") == any("the slope is lost on its way" in note for note in report.notes)


@pytest.mark.parametrize(
    "activation",
    [
        Activation("abs", abs, lambda net, output: 0),
        Activation("abs_square", lambda net: abs(net) * net, lambda net, output: magnitude(net)),
        Activation("real_square", lambda net: net.real * net, lambda net, output: net),
    ],
)
@pytest.mark.parametrize("method", ["complex", *DIFFERENCES, "decimal"])
def test_a_slope_that_is_wrong_just_as_the_complex_step_is_does_not_pass(activation, method):
    assert report_of(rational(activation=activation, output_activation="linear"), method=method).status == "fail"


def test_dual_numbers_keep_the_slope_of_abs_and_refuse_to_guess_behind_real():
    assert report_of(rational(activation=ABS, output_activation="linear"), method="dual").ok
    for method in ("dual", "exact"):
        with pytest.raises(DataError, match=f"method: '{method}' cannot run on this network: the slope is lost"):
            report_of(rational(activation=REAL_SQUARE, output_activation="linear"), method=method)
