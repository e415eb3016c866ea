"""`check_gradients`: right networks pass and wrong ones fail, by every method, for all that can be asked of it."""

import math
import random
from decimal import Decimal
from fractions import Fraction

import pytest
from gradcheck_cases import (
    DIFFERENCES,
    EVERY_METHOD,
    INPUTS,
    ON_FLOATS,
    SLIPS,
    TARGETS,
    ForgottenBias,
    NeverCleared,
    assigning,
    fitting_pairs,
    planted,
    rational,
    reasons,
    report_of,
    smooth,
)
from helpers import bits, mostly_slow
from hypothesis import given
from hypothesis import strategies as st
from slips import ForgottenSlope, ForgottenSynapse

from neuronet import (
    Network,
    check_deltas,
    check_gradients,
    check_step,
    gradgradcheck,
    hessian_vector_product,
    step_sweep,
    taylor_test,
)
from neuronet.activations import ACTIVATIONS
from neuronet.errors import DataError, UnknownNameError
from neuronet.gradcheck import confirm, gradients
from neuronet.graph import Neuron
from neuronet.losses import LOSSES

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
@pytest.mark.parametrize("method", mostly_slow(EVERY_METHOD, "complex", "central"))
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


@pytest.mark.parametrize("method", mostly_slow(["complex", "dual", "decimal"], "complex"))
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


# Other kinds of number.


@pytest.mark.parametrize("kind", [Fraction, Decimal])
@pytest.mark.parametrize("method", mostly_slow(EVERY_METHOD, "complex", "central"))
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
