"""A network whose loss is checked: backward walks of the caller's own, and nothing of it stays behind."""

import io
import math
import random
from contextlib import redirect_stdout

import pytest
from gradcheck_cases import (
    EVERY_METHOD,
    INPUTS,
    ON_FLOATS,
    TARGETS,
    assigning,
    planted,
    rational,
    reasons,
    report_of,
    smooth,
)
from helpers import bits, mostly_slow
from slips import ForgottenSlope, ForgottenSynapse

from neuronet import (
    Activation,
    Loss,
    Network,
    check_deltas,
    check_gradients,
    check_step,
    datasets,
    gradgradcheck,
    hessian_vector_product,
    step_sweep,
    taylor_test,
)
from neuronet.activations import ACTIVATIONS
from neuronet.errors import DataError
from neuronet.graph import Neuron
from neuronet.losses import LOSSES

# A backward walk of the caller's own.


def accumulating(network, targets):
    """The same, added to what is there."""
    kept = [synapse.gradient for synapse in network.synapses]
    assigning(network, targets)
    for synapse, before in zip(network.synapses, kept):
        synapse.gradient = before + synapse.gradient


@pytest.mark.parametrize("backward", [assigning, accumulating, lambda network, targets: network.backward(targets)])
@pytest.mark.parametrize("method", EVERY_METHOD)
def test_a_right_walk_of_the_callers_passes(backward, method):
    report = report_of(rational(), backward=backward, method=method, wrt=("weights", "biases", "inputs"))
    assert report.ok


def test_a_wrong_walk_of_the_callers_fails():
    def uphill(network, targets):
        assigning(network, targets)
        for synapse in network.synapses:
            synapse.gradient = -synapse.gradient

    report = report_of(smooth(), backward=uphill)
    assert len(report.failures) == len(report.entries)
    assert all(entry.ratio == pytest.approx(-1, abs=1e-9) for entry in report.entries)  # 1e-9: as exact as promised


def test_a_walk_that_remembers_the_last_one_fails_at_the_second_call():
    calls = []

    def remembers(network, targets):
        assigning(network, targets)
        calls.append(1)
        for synapse in network.synapses:
            synapse.gradient *= 1 if len(calls) <= len(INPUTS) else 2

    assert reasons(report_of(smooth(), backward=remembers)) == {"second call"}


def test_the_walk_is_called_for_each_sample_in_order_after_its_forward_walk():
    seen = []

    def looking(network, targets):
        seen.append((network.outputs(), targets))
        network.backward(targets)

    network = smooth()
    report_of(network, backward=looking, repeats=1)
    assert seen == list(zip(network.predict_all(INPUTS), TARGETS))


def test_a_walk_may_do_what_it_likes_with_the_list_of_targets():
    def spending(network, targets):
        assigning(network, targets)
        targets.clear()

    wanted = [list(row) for row in TARGETS]
    assert check_gradients(smooth(), INPUTS, wanted, backward=spending).ok
    assert wanted == TARGETS


def numeric(measure):
    """A "backward walk" that nudges each weight and measures."""

    def backward(network, targets):
        for synapse in network.synapses:
            measure(network)
            synapse.gradient = 0.0

    return backward


@pytest.mark.parametrize(
    "measure",
    [
        lambda network: network.loss(INPUTS, TARGETS),
        lambda network: network.predict(INPUTS[0]),
        lambda network: network.predict_all(INPUTS),
        lambda network: network.forward(INPUTS[0]),
        lambda network: network.propagate(INPUTS[0]),
        lambda network: network.train(INPUTS, TARGETS, epochs=1, shuffle=False),
        lambda network: network.copy().loss(INPUTS, TARGETS),
    ],
)
def test_a_walk_that_is_itself_numeric_is_refused(measure):
    network = smooth()
    before = bits(network)
    with pytest.raises(DataError, match="it walks forward itself, as finite differences do"):
        report_of(network, backward=numeric(measure))
    assert bits(network) == before
    assert network.loss(INPUTS, TARGETS) > 0  # and may walk again


def test_a_walk_of_the_networks_own_instance_is_put_back():
    network = smooth()
    calls = []

    def counted(inputs):
        calls.append(1)
        Network.propagate(network, inputs)

    network.propagate = counted
    report_of(network, backward=assigning)
    assert network.propagate is counted
    assert calls


@pytest.mark.parametrize("left", [None, "0.5", True, 1 + 2j, [0.5]])
def test_a_walk_that_leaves_no_real_number_is_refused_with_what_it_left(left):
    def backward(network, targets):
        for synapse in network.synapses:
            synapse.gradient = left

    with pytest.raises(DataError) as caught:
        report_of(smooth(), backward=backward)
    assert str(caught.value) == f"backward: expected a real number as the gradient of b1 -> h1, got {left!r}"


def test_a_walk_that_leaves_nan_fails():
    def backward(network, targets):
        assigning(network, targets)
        network.synapses[0].gradient = math.nan

    report = report_of(smooth(), backward=backward)
    assert [entry.name for entry in report.failures] == ["b1 -> h1"]
    assert reasons(report) == {"not a number"}


def test_a_walk_that_moves_the_weights_is_refused():
    def backward(network, targets):
        assigning(network, targets)
        network.synapses[0].weight = 0.25

    network = smooth()
    before = bits(network)
    with pytest.raises(DataError, match=r"leaves the weights to the update .* b1 -> h1 went from .* to 0.25"):
        report_of(network, backward=backward)
    assert bits(network) == before


def test_inputs_need_deltas_and_those_of_another_walk_do_not_count():
    def no_deltas(network, targets):
        for synapse in network.synapses:
            synapse.gradient = 0.0

    network = smooth()
    network.forward(INPUTS[0])
    network.backward(TARGETS[0])
    with pytest.raises(DataError, match="wrt: expected a backward walk that leaves a delta on each neuron"):
        report_of(network, backward=no_deltas, wrt="inputs")


def test_an_error_of_the_walk_is_the_callers():
    def broken(network, targets):
        raise KeyError("of my own")

    with pytest.raises(KeyError, match="of my own"):
        report_of(smooth(), backward=broken)


@pytest.mark.parametrize("method", mostly_slow(ON_FLOATS, "complex", "decimal"))
def test_a_wrong_walk_that_computes_in_floats_alone_is_found_as_well(method):
    """Decimals cannot be heard then, so floats decide."""

    def in_floats(network, targets):
        assigning(network, targets)
        for synapse in network.synapses:
            synapse.gradient = float(synapse.gradient) * 1.5

    assert len(report_of(smooth(), backward=in_floats, method=method).failures) == 17


# Nothing stays behind.


class Trap:
    """A function that counts its calls, and raises at one of them."""

    def __init__(self, function):
        self.function = function
        self.calls = 0
        self.last = None

    def __call__(self, *arguments):
        self.calls += 1
        if self.calls == self.last:
            raise KeyboardInterrupt
        return self.function(*arguments)


CHECKS = {
    **{
        method: (lambda network, method=method: report_of(network, method=method, wrt=("weights", "biases", "inputs")))
        for method in EVERY_METHOD
    },
    "directions": lambda network: report_of(network, directions=2),
    "backward": lambda network: report_of(network, backward=assigning),
    "check_deltas": lambda network: check_deltas(network, INPUTS, TARGETS),
    "check_step": lambda network: check_step(network, INPUTS, TARGETS),
    "taylor_test": lambda network: taylor_test(network, INPUTS, TARGETS),
    "step_sweep": lambda network: step_sweep(network, INPUTS, TARGETS, methods=("central", "complex", "dual")),
    "gradgradcheck": lambda network: gradgradcheck(network, INPUTS, TARGETS),
    "hessian_vector_product": lambda network: hessian_vector_product(network, INPUTS, TARGETS, [1.0] * 17),
}


def walked(network):
    """With something on every neuron and synapse that could be lost."""
    network.forward(INPUTS[1])
    network.backward(TARGETS[1])
    network.synapses[2].gradient = -0.0
    return network


@pytest.mark.parametrize("slip", [Neuron, ForgottenSlope])
@pytest.mark.parametrize("name", CHECKS)
def test_every_check_leaves_every_bit_as_it_was(name, slip):
    network = walked(planted(slip))
    before = bits(network)
    inputs, targets = [list(row) for row in INPUTS], [list(row) for row in TARGETS]
    CHECKS[name](network)
    assert bits(network) == before
    assert (inputs, targets) == (INPUTS, TARGETS)


@pytest.mark.parametrize("where", ["value", "derivative", "loss"])
@pytest.mark.parametrize("name", mostly_slow(CHECKS, "complex", "check_step"))
def test_an_interrupt_in_the_middle_leaves_every_bit_as_it_was(name, where):
    softsign, half = ACTIVATIONS["softsign"], LOSSES["half_squared_error"]
    traps = {"value": Trap(softsign.value), "derivative": Trap(softsign.derivative), "loss": Trap(half.value)}
    network = walked(
        planted(
            ForgottenSynapse,  # a wrong network, so that the second looks and the guesses are walked through as well
            activation=Activation("trapped", traps["value"], traps["derivative"]),
            loss=Loss("trapped", traps["loss"], half.derivative),
        )
    )
    before = bits(network)
    trap = traps[where]
    start = trap.calls
    CHECKS[name](network)
    all_calls = trap.calls - start
    assert bits(network) == before
    if (name, where) == ("step_sweep", "derivative"):
        assert all_calls == 0  # it never walks backward
        return
    for share in range(12):
        trap.calls, trap.last = 0, 1 + all_calls * share // 12
        with pytest.raises(KeyboardInterrupt):
            CHECKS[name](network)
        trap.last = None
        assert bits(network) == before, f"interrupted at call {trap.calls} of {all_calls}"


@pytest.mark.parametrize("raised", [KeyboardInterrupt, RuntimeError, DataError])
@pytest.mark.parametrize(
    "options",
    [
        lambda fail: {"progress": lambda done, of: fail() if done == 7 else None},
        lambda fail: {"backward": lambda network, targets: fail()},
        lambda fail: {"progress": lambda done, of: fail() if done == 7 else None, "method": "exact"},
        lambda fail: {"progress": lambda done, of: fail() if done == 2 else None, "directions": 1},
    ],
)
def test_an_error_of_the_callers_functions_leaves_every_bit_as_it_was(raised, options):
    def fail():
        raise raised("of my own")

    network = walked(rational())
    before = bits(network)
    with pytest.raises(raised, match="of my own"):
        report_of(network, **options(fail))
    assert bits(network) == before


def test_no_check_prints_anything_or_touches_the_global_generator():
    random.seed(1)
    state = random.getstate()
    output = io.StringIO()
    with redirect_stdout(output):
        for check in CHECKS.values():
            check(rational())
    assert output.getvalue() == ""
    assert random.getstate() == state


@pytest.mark.parametrize("name", mostly_slow(CHECKS, "complex", "directions", "check_deltas", "check_step"))
def test_the_same_check_says_the_same_twice(name):
    assert str(CHECKS[name](planted(ForgottenSlope))) == str(CHECKS[name](planted(ForgottenSlope)))


def test_the_whole_of_a_data_set_is_checked():
    assert check_gradients(Network(4, 3, 3, seed=1), *datasets.iris(), sample=2).ok
