"""The bench for gradients says what is right, what is wrong, and what cannot be said; and it leaves no trace.

Most tests plant a known bug in a small network, or a known difficulty in a right one, and hold the verdict against it.
"""

import io
import json
import math
import random
from contextlib import redirect_stdout
from decimal import Decimal
from fractions import Fraction
from xml.etree import ElementTree

import pytest
from helpers import bits
from hypothesis import given
from hypothesis import strategies as st
from slips import ForgottenSlope, ForgottenSynapse

from neuronet import (
    Activation,
    Loss,
    Network,
    NeuronetError,
    check_deltas,
    check_function,
    check_gradients,
    check_step,
    datasets,
    gradgradcheck,
    hessian_vector_product,
    step_sweep,
    taylor_test,
)
from neuronet.activations import ACTIVATIONS
from neuronet.errors import DataError, TrainingError, UnknownNameError
from neuronet.gradcheck import CheckError, confirm, gradients
from neuronet.gradcheck.references import METHODS
from neuronet.gradcheck.report import REASONS
from neuronet.graph import Neuron
from neuronet.losses import LOSSES, find_loss
from neuronet.scalar import exp, like, magnitude

EPSILON = 2.0**-52

INPUTS = [[0.5, -1.0], [0.25, 0.75], [1.0, 0.5]]
TARGETS = [[0.25, 1.0], [0.5, 0.0], [1.0, 0.75]]

ON_FLOATS = ["complex", "dual", "central", "forward", "richardson", "decimal"]
DIFFERENCES = ["central", "forward", "richardson"]
EVERY_METHOD = [*ON_FLOATS, "exact"]


def smooth(**options):
    """A right network that no method has any trouble with."""
    return Network(2, 3, 2, **{"activation": "tanh", "output_activation": "sigmoid", "seed": 3, **options})


def rational(**options):
    """A right network whose numbers can stay fractions; not kinked at the samples above."""
    return Network(2, 3, 2, **{"activation": "softsign", "seed": 3, **options})


def planted(slip, *shape, **options):
    """A network whose neurons, or which itself, is of a class with a slip."""
    if issubclass(slip, Network):
        return slip(*(shape or (2, 3, 2)), **{"activation": "softsign", "seed": 3, **options})

    class Planted(Network):
        neuron_class = slip

    return planted(Planted, *shape, **options)


class ForgottenBias(Neuron):
    """The bias gets no gradient."""

    __slots__ = ()

    def add_gradients(self):
        super().add_gradients()
        for synapse in self.incoming:
            if synapse.source.is_bias:
                synapse.gradient = 0 * synapse.gradient


class SlightlyLong(Neuron):
    """Every gradient is a millionth too long."""

    __slots__ = ()

    def add_gradients(self):
        for synapse in self.incoming:
            synapse.gradient -= self.delta * synapse.source.output * 1_000_001 / 1_000_000


class NeverCleared(Neuron):
    """Gradients pile up from one walk to the next."""

    __slots__ = ()

    def clear_gradients(self, zero=0):
        pass


SLIPS = [ForgottenSlope, ForgottenSynapse, ForgottenBias, SlightlyLong]


def report_of(network, inputs=INPUTS, targets=TARGETS, **options):
    return check_gradients(network, inputs, targets, **options)


def reasons(report):
    return {entry.reason for entry in report.entries if entry.reason}


def fitting_pairs():
    """Every (output activation, loss) that the library accepts for two outputs."""
    pairs = []
    for activation in ACTIVATIONS:
        for loss in LOSSES:
            try:
                find_loss(loss).refuse_misfit([ACTIVATIONS[activation]] * 2)
            except DataError:
                continue
            pairs.append((activation, loss))
    return pairs


# Right networks pass.


@pytest.mark.parametrize("method", ON_FLOATS)
def test_a_right_network_passes_by_every_method(method):
    report = report_of(smooth(), method=method)
    assert report.status == "pass"
    assert reasons(report) == set()
    assert method in str(report).splitlines()[0]


def test_a_right_network_of_fractions_is_exactly_right():
    report = report_of(rational(), method="exact", wrt=("weights", "biases", "inputs"))
    assert report.status == "pass"
    assert all(entry.gradient == entry.reference and isinstance(entry.gradient, Fraction) for entry in report.entries)


@pytest.mark.parametrize("activation", ["linear", "relu", "leaky_relu", "softsign", "hard_sigmoid"])
@pytest.mark.parametrize("loss", ["half_squared_error", "mean_squared_error", "mean_absolute_error"])
def test_every_rational_activation_and_loss_is_exactly_right(activation, loss):
    network = Network(2, 3, 3, 2, activation=activation, loss=loss, seed=5)
    assert report_of(network, method="exact").status == "pass"


@pytest.mark.parametrize(("activation", "loss"), fitting_pairs())
@pytest.mark.parametrize("method", ["complex", "dual"])
def test_methods_without_a_step_are_as_exact_as_promised(method, activation, loss):
    network = Network(2, 3, 2, activation="tanh", output_activation=activation, loss=loss, seed=2)
    targets = [[0.25, 0.75], [0.5, 0.5], [1.0, 0.0]]
    report = report_of(network, targets=targets, method=method, wrt=("weights", "biases", "inputs"))
    assert report.ok
    largest = max(abs(entry.gradient) for entry in report.entries)
    for entry in report.entries:
        # The promise for smooth, unsaturated networks: 1e-10 of the number, 1e-13 of the largest.
        assert entry.error <= 1e-10 * max(abs(entry.gradient), abs(entry.reference)) + 1e-13 * largest


@pytest.mark.parametrize("method", DIFFERENCES)
def test_the_error_of_a_finite_difference_is_within_its_own_bar(method):
    for entry in report_of(smooth(), method=method).entries:
        assert entry.error <= entry.allowed
        assert entry.allowed < 1e-3 * abs(entry.gradient)  # a bar that allowed everything would prove nothing


def draw_case(seed):
    """A network of any shape, activation and loss, weights of any size, and samples; right by construction."""
    rng = random.Random(seed)
    while True:
        sizes = [rng.randint(1, 3) for _ in range(rng.randint(2, 4))]
        hidden = rng.choice([name for name in ACTIVATIONS if name != "softmax"])
        output, loss = rng.choice(list(ACTIVATIONS)), rng.choice(list(LOSSES))
        try:
            network = Network(
                *sizes, activation=hidden, output_activation=output, loss=loss, bias=rng.random() < 0.8, weights="zeros"
            )
        except DataError:
            continue
        break
    # On the grid nets of exactly 0 are common; the others are near an optimum, at nets of 1e-6, or far out.
    draw = rng.choice(
        [lambda: rng.randint(-8, 8) / 8, lambda: rng.gauss(0, 1), lambda: rng.gauss(0, 1e-6), lambda: rng.gauss(0, 20)]
    )
    network.weights = [draw() for _ in network.synapses]
    inputs = [[rng.randint(-8, 8) / 8 for _ in range(sizes[0])] for _ in range(rng.randint(1, 3))]
    targets = []
    for _ in inputs:
        row = [rng.randint(0, 8) / 8 for _ in range(sizes[-1])]
        whole = sum(row)
        if loss == "categorical_cross_entropy":
            row = [value / whole for value in row] if whole else [1 / len(row)] * len(row)
        targets.append(row)
    return network, inputs, targets


@given(st.integers(0, 10**9), st.sampled_from([*ON_FLOATS, "exact"]))
def test_no_right_network_is_called_wrong(seed, method):
    network, inputs, targets = draw_case(seed)
    before = bits(network)
    rational_only = {"linear", "relu", "leaky_relu", "softsign", "hard_sigmoid"}
    names = {neuron.activation.name for layer in network[1:] for neuron in layer} | {network.loss_function.name}
    if method == "exact" and not names <= rational_only | {"half_squared_error", "mean_squared_error"}:
        method = "complex"
    report = check_gradients(network, inputs, targets, method=method, wrt=("weights", "biases", "inputs"))
    assert report.status != "fail", str(report)
    assert check_deltas(network, inputs, targets).status != "fail"
    assert check_step(network, inputs, targets, 0.5).status != "fail"
    assert bits(network) == before


@pytest.mark.parametrize("method", ON_FLOATS)
def test_a_weight_of_ten_thousand_million_is_no_trouble(method):
    network = smooth()
    network[1][0].incoming[1].weight = 1e10
    assert check_gradients(network, [[1e-10, 1.0], [-2e-10, 0.5]], [[0.25, 1.0], [0.5, 0.0]], method=method).ok


@pytest.mark.parametrize("method", ON_FLOATS)
def test_softmax_with_its_cross_entropy_passes(method):
    network = Network(2, 3, 3, output_activation="softmax", loss="categorical_cross_entropy", seed=1)
    targets = [[1.0, 0.0, 0.0], [0.25, 0.25, 0.5], [1 / 3, 1 / 3, 1 / 3]]
    assert report_of(network, targets=targets, method=method).ok


def test_skipping_frozen_and_missing_synapses_are_checked_like_any_other():
    network = Network(2, 3, 2, 2, seed=1)
    network.connect("i1", "o2", weight=0.75)
    network.disconnect(network.synapses[4])
    network.synapses[0].frozen = True
    report = report_of(network)
    assert report.ok
    assert len(report.entries) == len(network.synapses)
    assert "i1 -> o2" in {entry.name for entry in report.entries}


def test_a_network_without_biases_has_only_weights_to_check():
    network = smooth(bias=False)
    assert {entry.kind for entry in report_of(network).entries} == {"weight"}
    with pytest.raises(DataError, match="wrt: expected something to differentiate by, got 'biases'"):
        report_of(network, wrt="biases")


def test_an_input_that_leads_nowhere_has_slope_0_in_every_kind_of_number():
    network = rational()
    for synapse in list(network[0][1].outgoing):
        network.disconnect(synapse)
    for method in EVERY_METHOD:
        report = report_of(network, wrt="inputs", method=method)
        assert report.ok
        assert len(report.zeros) == 3


# Wrong networks fail.


@pytest.mark.parametrize("slip", SLIPS)
@pytest.mark.parametrize("method", EVERY_METHOD)
def test_a_planted_bug_fails_by_every_method(slip, method):
    network = planted(slip)
    report = report_of(network, method=method)
    assert report.status == "fail"
    assert not report
    assert "wrong" in reasons(report)


def test_what_is_right_beside_a_bug_is_not_called_wrong():
    report = report_of(planted(ForgottenSynapse))
    assert {entry.layer for entry in report.failures} == {"hidden"}
    assert all(entry.status == "pass" for entry in report.entries if entry.layer == "output")


@pytest.mark.parametrize("method", ["complex", "dual", "decimal", "central"])
def test_a_bug_is_found_where_all_gradients_are_tiny(method):
    """Near an optimum an absolute tolerance passes anything: here all gradients are some 1e-8."""
    network = planted(ForgottenSynapse)
    targets = [[output + 1e-7 for output in outputs] for outputs in network.predict_all(INPUTS)]
    assert report_of(network, targets=targets, method=method).status == "fail"


@pytest.mark.parametrize("method", ["complex", "dual", "decimal"])
def test_a_bug_is_found_far_from_the_outputs_where_gradients_have_all_but_vanished(method):
    """The first of 18 sigmoid layers has gradients some 1e-14 of the last's: a share of the largest says nothing."""

    class Doubled(Network):
        def backpropagate(self, targets):
            loss = super().backpropagate(targets)
            for neuron in self[1]:
                for synapse in neuron.incoming:
                    synapse.gradient *= 2
            return loss

    sizes = [2, *[2] * 18, 1]
    inputs, targets = [[0.5, -1.0], [0.25, 0.75]], [[0.25], [1.0]]
    right = check_gradients(Network(*sizes, seed=4), inputs, targets, method=method)
    wrong = check_gradients(Doubled(*sizes, seed=4), inputs, targets, method=method)
    first = max(abs(entry.gradient) for entry in right.entries if entry.layer == "hidden1")
    assert first < 1e-13 * max(abs(entry.gradient) for entry in right.entries)
    assert right.ok
    assert {entry.layer for entry in wrong.failures} == {"hidden1"}


def test_a_single_gradient_that_is_lost_among_large_ones_is_found():
    """One input is a thousand million million times smaller than the other, so its gradients pass beside theirs."""
    inputs = [[1.0, 1e-15], [0.5, -1e-15]]

    class Lost(Neuron):
        __slots__ = ()

        def add_gradients(self):
            super().add_gradients()
            if len(self.incoming) == 3 and self.incoming[2].source.name == "i2":
                self.incoming[2].gradient *= 3

    wrong = check_gradients(planted(Lost), inputs, TARGETS[:2])
    assert {entry.name for entry in wrong.failures} == {"i2 -> h1", "i2 -> h2", "i2 -> h3"}
    assert check_gradients(rational(), inputs, TARGETS[:2]).ok


def test_gradients_that_pile_up_are_found_by_the_second_walk_and_only_there():
    network = planted(NeverCleared)
    report = report_of(network)
    assert report.status == "fail"
    assert reasons(report) == {"second call"}
    assert report_of(planted(NeverCleared), repeats=1).ok


def test_gradients_that_pile_up_are_found_along_directions_too():
    assert reasons(report_of(planted(NeverCleared), directions=2)) == {"second call"}


def test_a_subclass_that_overrides_the_public_backward_is_checked_by_that():
    class Home(Network):
        def backward(self, targets):
            loss = super().backward(targets)
            for synapse in self.synapses:
                synapse.gradient = -synapse.gradient
            return loss

    assert report_of(Home(2, 3, 2, seed=1)).status == "fail"


@pytest.mark.parametrize("method", ["complex", "central", "exact"])
def test_a_gradient_that_is_no_number_fails(method):
    class Lost(Neuron):
        __slots__ = ()

        def add_gradients(self):
            super().add_gradients()
            self.incoming[0].gradient = math.nan

    report = report_of(planted(Lost), method=method) if method != "exact" else None
    if method == "exact":
        with pytest.raises(DataError, match="'exact' cannot run on this network: a number became a float on its way"):
            report_of(planted(Lost), method="exact")
        return
    assert report.status == "fail"
    assert "not a number" in reasons(report)
    assert "nan" in str(report)


# What it is differentiated by.


def test_wrt_names_the_kinds_that_are_checked():
    network = smooth()
    kinds = {
        wrt: {entry.kind for entry in report_of(network, wrt=wrt).entries}
        for wrt in ("weights", "biases", "inputs", ("weights", "inputs"))
    }
    assert kinds == {
        "weights": {"weight"},
        "biases": {"bias"},
        "inputs": {"input"},
        ("weights", "inputs"): {"weight", "input"},
    }


def test_the_slope_by_an_input_belongs_to_its_sample():
    report = report_of(smooth(), wrt="inputs")
    assert [entry.name for entry in report.entries] == [
        f"sample {sample}, {name}" for sample in range(3) for name in ("i1", "i2")
    ]
    assert report_of(planted(ForgottenSynapse), wrt="inputs").status == "fail"


@pytest.mark.parametrize("wrt", ["weight", ("weights", "bias"), 5, None, ("weights", 3), {"weights": 1}])
def test_wrt_of_anything_else_is_refused(wrt):
    with pytest.raises(DataError, match="wrt: expected some of weights, biases, inputs, got"):
        report_of(smooth(), wrt=wrt)


# A backward walk of the caller's own.


def assigning(network, targets):
    """A right walk from scratch, which assigns what it finds and returns nothing."""
    for neuron, target in zip(network[-1], targets):
        neuron.delta = (target - neuron.output) * neuron.activation.derivative(neuron.net, neuron.output)
    for layer in network.layers[-2:0:-1]:
        for neuron in layer:
            error = sum(synapse.weight * synapse.destination.delta for synapse in neuron.outgoing)
            neuron.delta = error * neuron.activation.derivative(neuron.net, neuron.output)
    for synapse in network.synapses:
        synapse.gradient = -synapse.destination.delta * synapse.source.output


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


def test_a_wrong_walk_that_computes_in_floats_alone_is_found_as_well():
    """Decimals cannot be heard then, so floats decide."""

    def in_floats(network, targets):
        assigning(network, targets)
        for synapse in network.synapses:
            synapse.gradient = float(synapse.gradient) * 1.5

    for method in ON_FLOATS:
        assert len(report_of(smooth(), backward=in_floats, method=method).failures) == 17


# Samples of parameters, directions, time.


def test_a_sample_takes_so_many_of_each_layer_and_kind():
    report = report_of(Network(2, 6, 5, 2, seed=1), sample=3, wrt=("weights", "biases", "inputs"))
    assert {group: len(entries) for group, entries in report.by_group().items()} == {
        ("hidden1", "bias"): 3,
        ("hidden1", "weight"): 3,
        ("hidden2", "bias"): 3,
        ("hidden2", "weight"): 3,
        ("output", "bias"): 2,
        ("output", "weight"): 3,
        ("input", "input"): 3,
    }


def test_the_same_seed_draws_the_same_sample():
    names = [
        [entry.name for entry in report_of(Network(2, 9, 2, seed=1), sample=4, seed=seed).entries] for seed in (1, 1, 2)
    ]
    assert names[0] == names[1] != names[2]


@pytest.mark.parametrize("sample", [1, 0, -3, 2.5, "2", True])
def test_too_small_a_sample_is_refused(sample):
    with pytest.raises(DataError, match="sample: expected a whole number of at least 2"):
        report_of(smooth(), sample=sample)


@pytest.mark.parametrize("method", ["complex", "dual", "central", "richardson"])
def test_directions_cost_one_entry_each_and_pass_on_a_right_network(method):
    report = report_of(smooth(), directions=3, method=method)
    assert report.ok
    assert len(report.entries) == 4 * 3  # two layers, each with weights and biases
    assert all("direction" in entry.name for entry in report.entries)


def test_a_group_that_fails_along_a_direction_is_told_parameter_by_parameter():
    report = report_of(planted(ForgottenBias), directions=2)
    assert report.status == "fail"
    assert {entry.kind for entry in report.failures} == {"bias"}
    assert all(" -> " in entry.name for entry in report.failures)
    assert {entry.name for entry in report.entries if entry.kind == "weight" and entry.layer == "hidden"} == {
        "6 numbers, direction 1",
        "6 numbers, direction 2",
    }


@pytest.mark.parametrize("slip", SLIPS)
def test_directions_find_every_planted_bug(slip):
    assert report_of(planted(slip), directions=1).status == "fail"


def test_directions_survive_gradients_that_are_no_numbers():
    def backward(network, targets):
        assigning(network, targets)
        network.synapses[0].gradient = math.inf

    assert [entry.name for entry in report_of(smooth(), directions=1, backward=backward).failures] == ["b1 -> h1"]


@pytest.mark.parametrize("method", ["decimal", "exact"])
def test_directions_need_a_method_that_runs_on_floats(method):
    with pytest.raises(DataError, match=f"directions: expected a method that runs on floats, got '{method}'"):
        report_of(rational(), directions=1, method=method)


def set_clock(monkeypatch):
    """A clock that moves a second each time it is looked at."""
    ticks = iter(range(10**9))
    for module in (gradients, confirm):
        monkeypatch.setattr(module, "perf_counter", lambda: float(next(ticks)))


@pytest.mark.parametrize("options", [{}, {"method": "decimal"}, {"method": "central"}])
def test_what_the_time_does_not_reach_is_inconclusive(monkeypatch, options):
    set_clock(monkeypatch)
    report = report_of(smooth(), seconds=5, **options)
    # The clock says 0 at the start, then 1, 2, 3, 4 before the parameters that are reached, 5 before the rest.
    assert [entry.status for entry in report.entries] == ["pass"] * 4 + ["inconclusive"] * 13
    assert reasons(report) == {"not checked"}
    assert report.status == "inconclusive"


def test_the_time_ends_directions_too(monkeypatch):
    set_clock(monkeypatch)
    report = report_of(smooth(), directions=2, seconds=3)
    assert [entry.reason for entry in report.entries] == ["", ""] + ["not checked"] * 6


def test_a_failure_in_time_counts_though_the_time_is_over(monkeypatch):
    set_clock(monkeypatch)
    report = report_of(planted(ForgottenBias), seconds=5)
    assert report.status in ("fail", "inconclusive")
    assert not report.ok


@pytest.mark.parametrize("seconds", [0, -1, "5", math.nan, True])
def test_time_that_cannot_be_is_refused(seconds):
    with pytest.raises(DataError, match="seconds: expected a"):
        report_of(smooth(), seconds=seconds)


@pytest.mark.parametrize(("options", "total"), [({}, 17), ({"method": "exact"}, 17), ({"directions": 2}, 8)])
def test_progress_counts_up_to_the_end(options, total):
    told = []
    report_of(rational(), progress=lambda done, of: told.append((done, of)), **options)
    assert told == [(done, total) for done in range(1, total + 1)]


@pytest.mark.parametrize("method", ["complex", "decimal", "central"])
def test_an_error_of_progress_is_the_callers_whatever_its_kind(method):
    def progress(done, of):
        raise TypeError("of my own")

    with pytest.raises(TypeError, match="of my own"):
        report_of(smooth(), method=method, progress=progress)


# Kinks.


def relu_at_zero(backward_slope=0):
    """A relu network with a net of exactly 0, and a relu whose slope there can be chosen; both 0 and 1 are right."""
    kinked = Activation(
        "kinked",
        lambda net: net if net.real >= 0 else like(net, 0),
        lambda net, output: 1 if net.real > 0 else backward_slope if net.real == 0 else 0,
    )
    network = Network(2, 2, 1, activation=kinked, output_activation="linear", seed=1)
    network.weights = [0.5, 1.0, -0.75, 0.375, -0.5, 0.5, 0.125, 1.5, -0.75]
    return network, [[0.25, 1.0], [1.0, 0.5]], [[1.0], [-0.5]]


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


@pytest.mark.parametrize("factor", [0.5, 1.5, -1])
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


def sign_turned(network, targets):
    network.backward(targets)
    for synapse in network.synapses:
        synapse.gradient = -synapse.gradient


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


ONLY_FLOATS = Activation("only_floats", math.tanh, lambda net, output: 1 - output * output)
TRUE_FLOATS = Activation(
    "true_floats", lambda net: 1.0 / (1.0 + exp(-1.0 * net)), lambda net, output: output * (1.0 - output)
)


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


ABS = Activation("abs", abs, lambda net, output: 1 if net.real > 0 else -1)
ABS_SQUARE = Activation("abs_square", lambda net: abs(net) * net, lambda net, output: 2 * magnitude(net))
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


# Other kinds of number.


@pytest.mark.parametrize("kind", [Fraction, Decimal])
@pytest.mark.parametrize("method", EVERY_METHOD)
def test_a_network_of_another_real_kind_is_checked_and_stays_of_it(kind, method):
    network = rational(kind=kind)
    before = bits(network)
    assert report_of(network, method=method).ok
    assert bits(network) == before
    assert network.kind is kind
    assert report_of(planted(ForgottenSlope, kind=kind), method=method).status == "fail"


@pytest.mark.parametrize("kind", [Fraction, Decimal])
def test_every_other_check_takes_networks_of_another_real_kind(kind):
    network = rational(kind=kind)
    before = bits(network)
    assert check_deltas(network, INPUTS, TARGETS).ok
    assert check_step(network, INPUTS, TARGETS).ok
    assert gradgradcheck(network, INPUTS, TARGETS).ok
    assert taylor_test(network, INPUTS, TARGETS).ok
    assert step_sweep(network, INPUTS, TARGETS, methods="central").best("central").error < 1e-8
    assert hessian_vector_product(network, INPUTS, TARGETS, [1] * 17) == hessian_vector_product(
        rational(), INPUTS, TARGETS, [1] * 17
    )
    assert bits(network) == before


@pytest.mark.parametrize(
    "check",
    [
        report_of,
        lambda network: report_of(network, method="exact"),
        lambda network: check_deltas(network, INPUTS, TARGETS),
        lambda network: check_step(network, INPUTS, TARGETS),
        lambda network: gradgradcheck(network, INPUTS, TARGETS),
        lambda network: taylor_test(network, INPUTS, TARGETS),
        lambda network: step_sweep(network, INPUTS, TARGETS),
    ],
)
def test_a_network_of_complex_numbers_is_refused_in_words(check):
    network = rational(kind=complex)
    before = bits(network)
    with pytest.raises(DataError, match="network: expected real numbers, as checks go by their order"):
        check(network)
    assert bits(network) == before


def test_a_fraction_beyond_every_float_is_refused_in_words():
    network = Network(1, 1, activation="linear", weights=[Fraction(10**400), Fraction(1)], kind=Fraction)
    with pytest.raises(DataError, match="network: expected real numbers"):
        check_gradients(network, [[1]], [[0]])
    assert check_gradients(network, [[1], [2]], [[0], [1]], method="exact").ok


# Wrong arguments.


@pytest.mark.parametrize("method", ["Complex", "", None, 5, ["central"]])
def test_an_unknown_method_is_refused_with_the_known_ones(method):
    with pytest.raises(UnknownNameError) as caught:
        report_of(smooth(), method=method)
    assert str(caught.value) == (
        f"method: unknown {method!r}; known: complex, dual, central, forward, richardson, decimal, exact"
    )


@pytest.mark.parametrize(
    ("inputs", "targets", "message"),
    [
        ([[1, 2, 3]], [[1, 1]], "inputs[0]: expected 2 numbers, got 3"),
        ([[1, 2]], [[1]], "targets[0]: expected 2 numbers, got 1"),
        ([[1, 2]], [[1, 1], [1, 1]], "targets: expected one row for each row of inputs, that is 1, got 2"),
        ([], [], "inputs: expected at least one row, got none"),
        ([[1, math.nan]], [[1, 1]], "inputs[0][1]: expected a finite number, got nan"),
        ([[1, "2"]], [[1, 1]], "inputs[0][1]: expected a number, got '2'"),
        ([1, 2], [[1, 1]], "inputs[0]: expected a row of 2 numbers, got 1"),
    ],
)
@pytest.mark.parametrize(
    "check",
    [
        check_gradients,
        check_deltas,
        check_step,
        taylor_test,
        step_sweep,
        gradgradcheck,
        lambda network, inputs, targets: hessian_vector_product(network, inputs, targets, [1] * 17),
    ],
)
def test_samples_that_do_not_fit_are_refused_with_their_place(check, inputs, targets, message):
    with pytest.raises(DataError) as caught:
        check(smooth(), inputs, targets)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"repeats": 0}, "repeats: expected a whole number of at least 1, got 0"),
        ({"directions": 0}, "directions: expected a whole number of at least 1, got 0"),
        ({"seed": -1}, "seed: expected a whole number of at least 0, got -1"),
        ({"backward": 5}, "backward: expected a function, got 5"),
        ({"progress": "yes"}, "progress: expected a function, got 'yes'"),
        ({"wrt": ()}, "wrt: expected something to differentiate by, got () on a network that has none of it"),
    ],
)
def test_settings_that_cannot_be_are_refused(options, message):
    with pytest.raises(DataError) as caught:
        report_of(smooth(), **options)
    assert str(caught.value) == message


# The report.


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


# Deltas.


class WrongOutputError(Neuron):
    __slots__ = ()

    def output_error(self, target, loss, outputs):
        return 2 * super().output_error(target, loss, outputs)


class ForgottenHiddenSlope(Neuron):
    __slots__ = ()

    def own_delta(self):
        return super().own_delta() if not self.outgoing else self.error


class WrongSource(Neuron):
    __slots__ = ()

    def add_gradients(self):
        for synapse in self.incoming:
            synapse.gradient -= self.delta * self.output


@pytest.mark.parametrize(
    ("slip", "stage", "status"),
    [
        (Neuron, "", "pass"),
        (WrongOutputError, "output", "fail"),
        (ForgottenSlope, "output", "fail"),
        (ForgottenHiddenSlope, "walk", "fail"),
        (ForgottenSynapse, "walk", "fail"),
        (WrongSource, "assembly", "fail"),
        (ForgottenBias, "assembly", "fail"),
        (SlightlyLong, "assembly", "fail"),
    ],
)
def test_the_stage_that_is_wrong_is_named(slip, stage, status):
    report = check_deltas(planted(slip), INPUTS, TARGETS)
    assert (report.stage, report.status) == (stage, status)
    assert (report.hints == []) == (stage == "")
    headline = str(report).splitlines()[0]
    assert headline.endswith(", but a gradient made from them is") == (stage == "assembly")


def test_each_delta_is_compared_with_the_slope_by_its_net():
    network = Network(1, 1, 1, activation="linear", weights=[0.5, 0.25, 1.0, 2.0])
    report = check_deltas(network, [[2.0], [4.0]], [[1.0], [3.0]])
    # Outputs 1 + 2 (0.5 + 0.25 x) = 3 and 4, so the output deltas are -2 and -1, and the hidden ones twice that.
    assert {entry.name: (entry.gradient, entry.reference) for entry in report.entries} == {
        "h1, sample 0": (-4, -4),
        "o1, sample 0": (-2, -2),
        "h1, sample 1": (-2, -2),
        "o1, sample 1": (-1, -1),
    }


def test_at_a_kink_a_delta_is_inconclusive():
    network, inputs, targets = relu_at_zero()
    report = check_deltas(network, inputs, targets)
    assert report.status == "inconclusive"
    assert [entry.name for entry in report.inconclusive] == ["h1, sample 0"]
    assert reasons(report) == {"kink"}


def test_a_net_that_is_0_whatever_the_weights_is_no_failure():
    """Without biases and behind a dead relu the nets stay at their kink, wherever the weights are moved."""
    network = Network(1, 1, 2, 1, activation="relu", output_activation="softsign", bias=False)
    network.weights = [1.0, 0.5, -0.25, 2.0, 1.5]
    report = check_deltas(network, [[-1.0], [1.0]], [[0.5], [0.25]])
    assert report.status == "pass"
    assert [neuron.name for neuron in network[2] if f"{neuron.name}, sample 0" in {e.name for e in report.zeros}]


@pytest.mark.parametrize("activation", [ABS, ONLY_FLOATS, TRUE_FLOATS, ABS_SQUARE])
def test_deltas_of_formulas_that_refuse_or_mislead_complex_numbers_are_right(activation):
    report = check_deltas(smooth(activation=activation), INPUTS, TARGETS)
    assert report.ok
    assert report.stage == ""


def test_the_deltas_of_a_walk_of_the_callers_are_compared():
    assert check_deltas(smooth(), INPUTS, TARGETS, backward=assigning).stage == ""

    def no_hidden_slope(network, targets):
        assigning(network, targets)
        for neuron in network[1]:
            neuron.delta = sum(synapse.weight * synapse.destination.delta for synapse in neuron.outgoing)

    assert check_deltas(smooth(), INPUTS, TARGETS, backward=no_hidden_slope).stage == "walk"


@pytest.mark.parametrize("left", [None, "1"])
def test_a_walk_that_leaves_no_deltas_is_refused(left):
    def backward(network, targets):
        assigning(network, targets)
        network[1][1].delta = left

    network = smooth()
    before = bits(network)
    with pytest.raises(DataError, match="backward: expected a real number as the delta of h2, got"):
        check_deltas(network, INPUTS, TARGETS, backward=backward)
    assert bits(network) == before


# Steps.


class Ascent(Network):
    def apply_gradients(self, learning_rate):
        super().apply_gradients(-learning_rate)


class FirstLayerForgotten(Network):
    def apply_gradients(self, learning_rate):
        kept = [synapse.weight for neuron in self[1] for synapse in neuron.incoming]
        super().apply_gradients(learning_rate)
        for synapse, weight in zip([synapse for neuron in self[1] for synapse in neuron.incoming], kept):
            synapse.weight = weight


class UpdatedTooEarly(Network):
    """The article's slip: the error goes back through output weights that have taken their step already."""

    rate = 0.5

    def train(self, *samples, learning_rate, **options):
        self.rate = learning_rate
        return super().train(*samples, learning_rate=learning_rate, **options)

    def backpropagate(self, targets):
        output_layer = self.layers[-1]
        output_layer.backward_from(targets, self.loss_function)
        for neuron in output_layer:
            for synapse in neuron.incoming:
                synapse.weight += self.rate * neuron.delta * synapse.source.output
        for layer in self.layers[-2:0:-1]:
            layer.backward()
        for neuron in output_layer:
            for synapse in neuron.incoming:
                synapse.weight -= self.rate * neuron.delta * synapse.source.output
        for neuron in self.computing:
            neuron.add_gradients()
        return self.loss_function.of_sample(targets, output_layer.neurons)


def test_a_right_step_passes():
    report = check_step(smooth(), INPUTS, TARGETS, 0.5)
    assert report.ok
    assert len(report.entries) == 17


@pytest.mark.parametrize("rate", [1e-300, 1e-18, 1e-9, 0.5, 1e3])
@pytest.mark.parametrize("slip", [Ascent, FirstLayerForgotten, UpdatedTooEarly])
def test_a_wrong_step_never_passes_however_short(slip, rate):
    report = check_step(planted(slip, activation="tanh", seed=4), INPUTS, TARGETS, rate)
    assert not report.ok
    if slip is not UpdatedTooEarly or rate > 1e-6:  # weights moved by less make no difference that is worth the name
        assert report.status == "fail" or rate == 1e-300


@pytest.mark.parametrize("slip", [Ascent, FirstLayerForgotten])
def test_a_gradient_check_cannot_see_a_wrong_step(slip):
    assert report_of(planted(slip)).ok


@pytest.mark.parametrize("rate", [1e-18, 1e-9, 1e-3, 1e5])
def test_a_right_step_passes_however_short(rate):
    """Where floats lose the step, the one that decimals take is looked at."""
    assert check_step(smooth(), INPUTS, TARGETS, rate).ok


def test_a_step_below_every_digit_is_inconclusive():
    report = check_step(smooth(), INPUTS, TARGETS, 1e-300)
    assert report.status == "inconclusive"
    assert reasons(report) == {"step vanished"}


def test_the_hint_tells_which_way_a_step_went():
    assert "goes the other way" in check_step(planted(Ascent), INPUTS, TARGETS).hints[0]
    assert "nothing moves in layer hidden" in check_step(planted(FirstLayerForgotten), INPUTS, TARGETS).hints[0]


def test_a_weight_that_is_frozen_on_purpose_passes_where_it_stood_still():
    network = smooth()
    for synapse in network[1][0].incoming:
        synapse.frozen = True
    report = check_step(network, INPUTS, TARGETS)
    assert report.ok
    assert [entry.name for entry in report.zeros] == ["b1 -> h1", "i1 -> h1", "i2 -> h1"]
    for synapse in network.synapses:
        synapse.frozen = True
    assert check_step(network, INPUTS, TARGETS).ok


def test_a_weight_that_moves_though_it_is_frozen_fails():
    class Thawed(Neuron):
        __slots__ = ()

        def update_weights(self, learning_rate):
            for synapse in self.incoming:
                synapse.weight -= learning_rate * synapse.gradient

    network = planted(Thawed)
    network.synapses[3].frozen = True
    report = check_step(network, INPUTS, TARGETS)
    assert [entry.name for entry in report.failures] == [
        f"{network.synapses[3].source.name} -> {network.synapses[3].destination.name}"
    ]


def test_a_step_at_a_kink_is_inconclusive():
    network, inputs, targets = relu_at_zero()
    report = check_step(network, inputs, targets)
    assert report.status == "inconclusive"
    assert reasons(report) == {"kink"}


@pytest.mark.parametrize("activation", [ABS, ONLY_FLOATS, TRUE_FLOATS])
def test_a_step_of_formulas_that_refuse_or_mislead_complex_numbers_passes(activation):
    assert check_step(smooth(activation=activation), INPUTS, TARGETS).ok


@pytest.mark.parametrize("rate", [0, -0.5, math.nan, math.inf, "0.5", None, True])
def test_a_learning_rate_that_cannot_be_is_refused(rate):
    with pytest.raises(DataError, match="learning_rate: expected a"):
        check_step(smooth(), INPUTS, TARGETS, rate)


def test_a_step_out_of_the_finite_numbers_is_told_as_training_tells_it():
    network = Network(1, 1, activation="linear", weights=[1.0, 1.0])
    before = bits(network)
    with pytest.raises(TrainingError):
        check_step(network, [[1e10]], [[0.0]], 1e300)
    assert bits(network) == before


def test_ctrl_c_in_the_step_ends_the_check(monkeypatch):
    """Training holds Ctrl-C back to the end of a step and says so; the check must not go on from there."""
    network = smooth()
    before = bits(network)
    train = Network.train

    def interrupted(self, *samples, **options):
        history = train(self, *samples, **options)
        history.stopped = "interrupted"
        return history

    monkeypatch.setattr(Network, "train", interrupted)
    with pytest.raises(KeyboardInterrupt):
        check_step(network, INPUTS, TARGETS)
    assert bits(network) == before


# Functions of the caller's own.


def rosenbrock(x):
    return 100 * (x[1] - x[0] ** 2) ** 2 + (1 - x[0]) ** 2


def rosenbrock_gradient(x):
    return [-400 * x[0] * (x[1] - x[0] ** 2) - 2 * (1 - x[0]), 200 * (x[1] - x[0] ** 2)]


@pytest.mark.parametrize("method", EVERY_METHOD)
def test_a_right_gradient_of_a_function_passes_and_a_wrong_one_fails(method):
    assert check_function(rosenbrock, rosenbrock_gradient, [0.5, -0.75], method=method).ok
    wrong = check_function(rosenbrock, lambda x: rosenbrock_gradient(x)[::-1], [0.5, -0.75], method=method)
    assert [entry.name for entry in wrong.failures] == ["x[0]", "x[1]"] or [entry.name for entry in wrong.failures] == [
        "x[1]",
        "x[0]",
    ]


def test_a_function_gets_a_list_of_its_own_and_x_stays_as_it_was():
    def spending(x):
        value = x[0] * x[1]
        x.clear()
        return value

    x = [3.0, 4.0]
    assert check_function(spending, lambda x: (x[1], x[0]), x).ok
    assert x == [3.0, 4.0]


@pytest.mark.parametrize("given", [lambda x: (x[1], x[0]), lambda x: iter([x[1], x[0]])])
def test_a_gradient_may_be_any_row_of_numbers(given):
    assert check_function(lambda x: x[0] * x[1], given, [3, 4]).ok


def test_a_function_of_one_number_may_return_its_slope_alone():
    assert check_function(lambda x: x[0] ** 3, lambda x: 3 * x[0] ** 2, [2]).ok


def test_a_function_of_the_math_module_falls_back_to_central():
    report = check_function(lambda x: math.sin(x[0]), lambda x: [math.cos(x[0])], [0.5])
    assert report.ok
    assert len(report.notes) == 1
    assert report.notes[0].endswith("central is used instead")
    assert check_function(lambda x: math.sin(x[0]), lambda x: [math.sin(x[0])], [0.5]).status == "fail"


def test_a_gradient_that_remembers_fails_at_the_second_call():
    calls = []
    report = check_function(lambda x: x[0], lambda x: calls.append(1) or [float(len(calls))], [1.0])
    assert reasons(report) == {"second call"}


@pytest.mark.parametrize(
    ("function", "gradient", "x", "message"),
    [
        (rosenbrock, rosenbrock_gradient, 5, "x: expected a row of 1 number, got 5"),
        (rosenbrock, rosenbrock_gradient, [], "gradient"),
        (rosenbrock, rosenbrock_gradient, [1, "2"], "x[1]: expected a number, got '2'"),
        (rosenbrock, rosenbrock_gradient, [1, math.inf], "x[1]: expected a finite number, got inf"),
        (rosenbrock, lambda x: [1], [1, 2], "gradient: expected 2 numbers, one for each of x, got 1"),
        (rosenbrock, lambda x: [1, None], [1, 2], "gradient[1]: expected a real number, got None"),
        (rosenbrock, lambda x: [1, 2j], [1, 2], "gradient[1]: expected a real number, got 2j"),
        (rosenbrock, lambda x: "12", [1, 2], "gradient: expected 2 numbers, one for each of x, got 1"),
        (lambda x: None, rosenbrock_gradient, [1, 2], "function: expected it to return a number, got None"),
        (lambda x: "1", rosenbrock_gradient, [1, 2], "function: expected it to return a number, got '1'"),
        (5, rosenbrock_gradient, [1, 2], "function: expected a function of a list, got 5"),
        (rosenbrock, [1, 2], [1, 2], "gradient: expected a function of a list, got [1, 2]"),
    ],
)
def test_what_is_no_function_gradient_or_list_is_refused(function, gradient, x, message):
    with pytest.raises((DataError, IndexError)) as caught:
        check_function(function, gradient, x)
    if x != []:
        assert str(caught.value) == message


@pytest.mark.parametrize("error", [ValueError, TypeError, ZeroDivisionError, KeyError, AttributeError])
@pytest.mark.parametrize("broken", ["function", "gradient"])
@pytest.mark.parametrize("method", ["complex", "dual", "central", "exact"])
def test_an_error_of_the_caller_passes_through_unharmed(error, broken, method):
    raised = error("of my own")

    def fail(x):
        raise raised

    with pytest.raises(error) as caught:
        check_function(
            fail if broken == "function" else rosenbrock,
            fail if broken == "gradient" else rosenbrock_gradient,
            [1, 2],
            method=method,
        )
    assert caught.value is raised


def test_a_method_that_cannot_run_on_a_function_says_so():
    with pytest.raises(DataError, match="method: 'exact' cannot run on this function: a number became a float"):
        check_function(lambda x: 0.5 * x[0], lambda x: [0.5], [1], method="exact")
    with pytest.raises(UnknownNameError, match="method: unknown 'magic'"):
        check_function(rosenbrock, rosenbrock_gradient, [1, 2], method="magic")


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


# Second derivatives.


def differences_of_gradients(network, direction, step=1e-5):
    """H v by central differences of the backward walk, each with an error bar from a second step size."""
    weights = network.weights

    def gradients_at(reach):
        network.weights = [weight + reach * share for weight, share in zip(weights, direction)]
        network.clear_gradients()
        for row, wanted in zip(INPUTS, TARGETS):
            network.forward(row)
            network.backward(wanted)
        found = [synapse.gradient / len(INPUTS) for synapse in network.synapses]
        network.weights = weights
        return found

    slopes = [
        [(above - below) / (2 * reach) for above, below in zip(gradients_at(reach), gradients_at(-reach))]
        for reach in (step, 2 * step)
    ]
    # Truncation is a third of what the two differ by; rounding some 8 units of gradients of size 1, over the step.
    return [(near, abs(near - far) + 8 * EPSILON / step) for near, far in zip(*slopes)]


@pytest.mark.parametrize("seed", range(4))
def test_a_hessian_vector_product_is_the_difference_of_two_gradients(seed):
    network = smooth(seed=seed)
    rng = random.Random(seed)
    direction = [rng.gauss(0, 1) for _ in network.weights]
    products = hessian_vector_product(network, INPUTS, TARGETS, direction)
    for product, (slope, bar) in zip(products, differences_of_gradients(network.copy(), direction)):
        assert abs(product - slope) <= bar
        assert bar < 1e-8  # so that the comparison says something


def test_the_hessian_is_symmetric():
    network = smooth()
    rng = random.Random(1)
    first, second = ([rng.gauss(0, 1) for _ in range(17)] for _ in range(2))
    left = sum(a * b for a, b in zip(first, hessian_vector_product(network, INPUTS, TARGETS, second)))
    right = sum(a * b for a, b in zip(second, hessian_vector_product(network, INPUTS, TARGETS, first)))
    assert left == pytest.approx(right, rel=1e-12)  # sums of some 300 products of size 1, each rounded


def test_the_hessian_of_a_straight_line_is_known_by_hand():
    network = Network(2, 1, activation="linear", weights=[0.5, 1.0, -2.0])
    inputs, targets = [[3.0, 1.0], [-1.0, 2.0]], [[1.0], [0.0]]
    # The mean of 1/2 (b + w1 x1 + w2 x2 - t)^2: H is the mean of (1, x1, x2) times itself.
    rows = [(1.0, 3.0, 1.0), (1.0, -1.0, 2.0)]
    for column in range(3):
        direction = [float(place == column) for place in range(3)]
        wanted = [sum(row[line] * row[column] for row in rows) / 2 for line in range(3)]
        assert hessian_vector_product(network, inputs, targets, direction) == pytest.approx(wanted, rel=1e-15)


@pytest.mark.parametrize(
    ("direction", "message"),
    [
        ([1.0] * 16, "direction: expected 17 numbers, got 16"),
        ([math.nan] * 17, "direction[0]: expected a finite number, got nan"),
    ],
)
def test_a_product_with_a_direction_that_does_not_fit_is_refused(direction, message):
    with pytest.raises(DataError) as caught:
        hessian_vector_product(smooth(), INPUTS, TARGETS, direction)
    assert str(caught.value) == message


def test_a_product_needs_formulas_that_complex_numbers_flow_through():
    with pytest.raises(DataError, match="network: expected formulas that complex numbers can flow through"):
        hessian_vector_product(smooth(activation=ONLY_FLOATS), INPUTS, TARGETS, [1.0] * 17)


@pytest.mark.parametrize(("activation", "loss"), fitting_pairs())
def test_second_derivatives_of_the_library_are_right(activation, loss):
    network = Network(2, 3, 2, activation="sigmoid", output_activation=activation, loss=loss, seed=2)
    targets = [[0.25, 0.75], [0.5, 0.5], [1.0, 0.0]]
    assert gradgradcheck(network, INPUTS, targets).ok


def test_a_wrong_derivative_fails_at_the_second_order_too():
    wrong = Activation("wrong", ACTIVATIONS["tanh"].value, lambda net, output: 1 - output)
    report = gradgradcheck(smooth(activation=wrong), INPUTS, TARGETS)
    assert report.status == "fail"
    assert reasons(report) == {"wrong"}


def test_a_right_derivative_that_drops_the_imaginary_part_is_no_failure():
    softsign = Activation(
        "softsign_by_abs", lambda net: net / (1 + magnitude(net)), lambda net, output: 1 / (1 + abs(net)) ** 2
    )
    report = gradgradcheck(smooth(activation=softsign), INPUTS, TARGETS)
    assert report.status == "inconclusive"
    assert reasons(report) == {"methods disagree"}


def test_the_seed_or_generator_of_a_second_derivative_check_chooses_its_directions():
    first, second, third = (
        [entry.gradient for entry in gradgradcheck(smooth(), INPUTS, TARGETS, **options).entries]
        for options in ({"seed": 1}, {"rng": random.Random(1)}, {"seed": 2})
    )
    assert first == second != third
    with pytest.raises(DataError, match=r"rng: expected a random.Random, got 5"):
        gradgradcheck(smooth(), INPUTS, TARGETS, rng=5)


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
@pytest.mark.parametrize("name", CHECKS)
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


@pytest.mark.parametrize("name", CHECKS)
def test_the_same_check_says_the_same_twice(name):
    assert str(CHECKS[name](planted(ForgottenSlope))) == str(CHECKS[name](planted(ForgottenSlope)))


def test_the_whole_of_a_data_set_is_checked():
    assert check_gradients(Network(4, 3, 3, seed=1), *datasets.iris(), sample=2).ok
