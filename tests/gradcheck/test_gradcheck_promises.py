"""What the gradient check promises: how exact it is, that no correct network fails, and that nothing is touched.

`pytest --hypothesis-show-statistics` counts how many of the drawn networks passed and how many stayed inconclusive.
"""

from decimal import Decimal
from fractions import Fraction
from itertools import product

import pytest
from helpers import bits, mostly_slow, mostly_slow_rows
from hypothesis import assume, event, example, given, settings
from hypothesis import strategies as st
from slips import ForgottenSlope, ForgottenSynapse
from strategies import RATIONAL, RATIONAL_LOSSES, fitting_pairs, wild_cases_for
from test_gradients import RaisedInput

from neuronet import Activation, Network, Neuron, check_deltas, check_gradients, check_step, datasets
from neuronet.activations import ACTIVATIONS
from neuronet.errors import DataError
from neuronet.gradcheck.references import METHODS
from neuronet.store import build, describe
from neuronet.testing import datasets as drawn_data
from neuronet.testing import eighths, network, networks

# How exact it is.


@st.composite
def rational_cases(draw, kinks):
    """A network that fractions flow through, with a data set."""
    drawn = draw(
        networks(
            hidden_activations=st.sampled_from(RATIONAL),
            output_activation=draw(st.sampled_from(RATIONAL)),
            loss=draw(st.sampled_from(RATIONAL_LOSSES)),
            kinks=kinks,
        )
    )
    return (drawn, *draw(drawn_data(drawn, kinks=kinks)))


@settings(max_examples=8 * settings().max_examples)
@given(rational_cases(kinks=False))
def test_in_fractions_every_gradient_equals_the_slope_without_any_tolerance(case):
    report = check_gradients(*case, method="exact")
    assert report.status == "pass"
    for entry in report.entries:
        assert entry.gradient == entry.reference
        assert (type(entry.gradient), entry.allowed) == (Fraction, 0)


@settings(max_examples=8 * settings().max_examples)
@given(rational_cases(kinks=True))
def test_in_fractions_only_a_kink_is_no_equality(case):
    report = check_gradients(*case, method="exact")
    assert {entry.reason for entry in report.entries} <= {"", "kink"}
    assert all(entry.status == "inconclusive" for entry in report.entries if entry.gradient != entry.reference)


@pytest.mark.parametrize("method", mostly_slow(["complex", "dual"], "complex"))
@pytest.mark.parametrize(("activation", "loss"), fitting_pairs())
@given(data=st.data())
def test_on_smooth_networks_the_error_is_a_few_roundings(activation, loss, method, data):
    # Weights of at most 1/2 keep every net below 8, where no activation is saturated.
    weights = eighths(min_value=-0.5, max_value=0.5)
    drawn = data.draw(networks(output_activation=activation, loss=loss, weights=weights))
    report = check_gradients(drawn, *data.draw(drawn_data(drawn)), method=method)
    largest = max(abs(entry.gradient) for entry in report.entries)
    # Where every slope is 0, as behind softmax outputs that are all below their targets, there is no size to go by.
    assume(largest > 1e-12)
    assert report.status == "pass", report
    for entry in report.entries:
        assert entry.error <= 1e-10 * max(abs(entry.gradient), abs(entry.reference)) + 1e-13 * largest


# No correct network fails.


def examples(*cases):
    """Each of the cases is tried in every run, besides those that are drawn."""

    def decorate(test):
        for case in cases:
            test = example(case=case)(test)
        return test

    return decorate


AT_KINKS = [
    # relu at exactly 0
    (network(1, 1, 1, activations=["relu", "linear"], weights=[[0.0, 1.0], [0.0, 1.0]]), [[0.0]], [[1.0]]),
    # relu so near 0 that even a step of 1e-20 crosses the kink
    (network(1, 1, activations=["relu"], bias=False, weights=[[-1.5e-176]]), [[30.5]], [[81.5]]),
    # a linear outputs that is the target of an absolute error, and one that is 1 off the target of huber
    (network(1, 1, activations=["linear"], loss="mean_absolute_error", weights=[[0.5, 0.0]]), [[0.0]], [[0.5]]),
    (network(1, 1, activations=["linear"], loss="huber", weights=[[0.5, 0.0]]), [[0.0]], [[1.5]]),
    # hard_sigmoid at its corner
    (network(1, 1, activations=["hard_sigmoid"], weights=[[2.5, 1.0]]), [[0.0]], [[0.5]]),
]

ROUNDED = [
    # all weights 0: thirds cancel, and leave a little in one of the two walks
    (
        network(1, 3, activations=["softmax"], loss="categorical_cross_entropy", weights=[[0.0, 0.0]] * 3),
        [[0.125]],
        [[1 / 3, 1 / 3, 1 / 3]],
    ),
    # outputs that add up to 1 cannot all grow: every slope is 0, and what is left is rounding
    (
        network(1, 2, activations=["softmax"], loss="mean_absolute_error", weights=[[0.1, 0.3], [0.7, 0.2]]),
        [[48.2]],
        [[-81.5, -15.5]],
    ),
    # exp(-1e8) has forty million zeros
    (network(1, 1, 1, activations=["softplus", "elu"], weights=[[0.0, -1e6], [0.0, -1e6]]), [[100.0]], [[0.0]]),
    # tanh and sigmoid so flat that the slope is no float
    (network(1, 1, 1, activations=["tanh", "sigmoid"], weights=[[0.0, 1e6], [0.0, 40.0]]), [[1.0]], [[0.0]]),
    # large numbers of which little is left
    (network(2, 1, activations=["tanh"], weights=[[0.125, 1e6, -1e6]]), [[0.5, 0.5]], [[1.0]]),
]


@pytest.mark.parametrize("method", METHODS)
def test_no_correct_network_fails(method):
    known = AT_KINKS + ([] if method == "exact" else ROUNDED)

    @settings(max_examples=2 * settings().max_examples)
    @examples(*known)
    @given(case=wild_cases_for(method))
    def check(case):
        report = check_gradients(*case, method=method)
        event(f"{method}: {report.status}")
        for reason in {entry.reason for entry in report.inconclusive}:
            event(f"{method}: {reason}")
        assert report.status != "fail", report

    check()


# Finding bugs is not given up for that.


def correct(buggy):
    """The same network of plain neurons."""
    return build(Network, describe(buggy))


def gradients(any_network, inputs, targets):
    """What its backward walk leaves on the synapses of a network, averaged over the samples."""
    any_network.clear_gradients()
    for row, wanted in zip(inputs, targets):
        any_network.forward(row)
        any_network.backward(wanted)
    return [synapse.gradient / len(inputs) for synapse in any_network.synapses]


BUGS = [ForgottenSlope, ForgottenSynapse, RaisedInput]


@pytest.mark.parametrize(
    ("bug", "method"),
    mostly_slow_rows(product(BUGS, METHODS), *product(BUGS, ["complex"]), *product(BUGS[:1], METHODS)),
)
def test_every_method_finds_a_planted_bug(bug, method):
    class Buggy(Network):
        neuron_class = bug

    buggy = Buggy(2, 3, 2, activation="softsign", seed=1)
    data = [[0.5, -0.25], [1, 0.75]], [[0.25, 1], [0, 0.5]]
    if bug is RaisedInput and method == "exact":
        with pytest.raises(DataError, match="a number became a float on its way"):
            check_gradients(buggy, *data, method=method)
    else:
        assert check_gradients(buggy, *data, method=method).status == "fail"


OF_ONE_NEURON = [name for name in ACTIVATIONS if name != "softmax"]
PRECISE = ["complex", "dual", "central", "richardson", "decimal"]


@pytest.mark.parametrize(
    ("name", "method"),
    mostly_slow_rows(
        product(OF_ONE_NEURON, PRECISE), *product(OF_ONE_NEURON, ["complex"]), *product(["tanh"], PRECISE)
    ),
)
def test_every_method_finds_a_derivative_that_is_slightly_wrong(name, method):
    right = ACTIVATIONS[name]
    wrong = Activation(name, right.value, lambda net, output: right.derivative(net, output) * 1.000001)
    exact = Activation(name, right.value, lambda net, output: right.derivative(net, output) * 1000001 / 1000000)
    data = [[0.5, -0.25], [1, 0.75]], [[0.25], [0.5]]
    weights = [0.25, 0.5, 0.75, 0.375, -0.5, 0.25, 0.125, 0.75, 0.5]
    for activation, status in ((wrong, "fail"), (exact, "fail"), (right, "pass")):
        drawn = Network(2, 2, 1, activation=activation, weights=weights)
        assert check_gradients(drawn, *data, method=method).status == status


class RoundedGradient(Neuron):
    __slots__ = ()

    def add_gradients(self):
        for synapse in self.incoming:
            synapse.gradient += round(-self.delta * synapse.source.output, 3)


class StaleOutput(Neuron):
    """A neuron whose slope is taken at another net than that of this walk."""

    __slots__ = ()

    def own_delta(self):
        net = self.net + self.net / 8
        return self.error * self.activation.derivative(net, self.activation.value(net))


ALL_BUGS = [*BUGS, RoundedGradient, StaleOutput]
VISIBLE = {"complex": 1e-6, "dual": 1e-6, "central": 1e-3}
"""How large a difference of two gradients each method has to see."""


@pytest.mark.parametrize(
    ("bug", "method"),
    mostly_slow_rows(product(ALL_BUGS, VISIBLE), *product(ALL_BUGS, ["complex"]), (StaleOutput, "central")),
)
@given(data=st.data())
def test_wherever_a_bug_changes_a_gradient_it_is_found(bug, method, data):
    visible = VISIBLE[method]
    buggy_class = type("Buggy", (Network,), {"neuron_class": bug})
    buggy = data.draw(networks(network_class=buggy_class))
    samples = data.draw(drawn_data(buggy))
    right, wrong = gradients(correct(buggy), *samples), gradients(buggy, *samples)
    largest = max(map(abs, right), default=0)
    differs = any(abs(a - b) > visible * max(abs(a), abs(b)) + 1e-6 * largest + 1e-9 for a, b in zip(right, wrong))
    report = check_gradients(buggy, *samples, method=method)
    if differs:
        assert report.status == "fail", report
    event(f"differs: {differs}, {report.status}")


# Nothing is touched.

XOR = datasets.xor()


def everything(any_network, inputs, targets):
    """All that could be changed by mistake: the network to the last bit, its attributes, and the lists of numbers."""
    rows = [(id(row), [repr(number) for number in row]) for row in (*inputs, *targets)]
    return bits(any_network), sorted(vars(any_network)), rows


def walked(any_network):
    """A network in the middle of its work: after a walk there and back, with a frozen synapse and gradients left."""
    any_network.forward([1, 0])
    any_network.backward([1] * len(any_network[-1]))
    any_network.synapses[1].frozen = True
    return any_network


def own_backward(any_network, targets):
    any_network.backpropagate(targets)


CHECKS = {
    **{method: lambda n, i, t, m=method: check_gradients(n, i, t, method=m) for method in METHODS},
    "wrt": lambda n, i, t: check_gradients(n, i, t, wrt=["weights", "biases", "inputs"]),
    "inputs in decimals": lambda n, i, t: check_gradients(n, i, t, wrt="inputs", method="decimal"),
    "backward": lambda n, i, t: check_gradients(n, i, t, backward=own_backward),
    "sample": lambda n, i, t: check_gradients(n, i, t, sample=2, seed=3),
    "directions": lambda n, i, t: check_gradients(n, i, t, directions=2),
    "directions of floats": lambda n, i, t: check_gradients(n, i, t, directions=2, method="central"),
    "deltas": check_deltas,
    "step": check_step,
}


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_a_check_leaves_everything_bit_for_bit_as_it_was(check):
    for neuron in (Neuron, ForgottenSynapse):  # the second is wrong, so that every further look is taken
        kind = type("Tested", (Network,), {"neuron_class": neuron})
        tested = walked(kind(2, 3, 1, activation="softsign", seed=1))
        before = everything(tested, XOR.inputs, XOR.targets)
        check(tested, XOR.inputs, XOR.targets)
        assert everything(tested, XOR.inputs, XOR.targets) == before


@pytest.mark.parametrize("kind", [Fraction, Decimal])
@pytest.mark.parametrize("method", ["complex", "decimal", "exact"])
def test_numbers_of_another_kind_are_left_as_they_were_too(kind, method):
    tested = walked(Network(2, 2, 1, activation="softsign", seed=1, kind=kind))
    before = everything(tested, XOR.inputs, XOR.targets)
    check_gradients(tested, XOR.inputs, XOR.targets, method=method)
    assert everything(tested, XOR.inputs, XOR.targets) == before


class Fuse:
    """Burns down with each call, and interrupts as Ctrl-C does when it is at its end."""

    def __init__(self):
        self.left = 0

    def burn(self, *_):
        self.left -= 1
        if self.left == 0:
            raise KeyboardInterrupt


def interruptions(check, fuse, tested):
    """Interrupt a check at its first call, and at ever later ones until it comes to its end; how often it stopped."""
    before = everything(tested, XOR.inputs, XOR.targets)
    stopped, length = 0, 1
    while True:
        fuse.left = length
        try:
            check(tested, XOR.inputs, XOR.targets)
        except KeyboardInterrupt:
            stopped += 1
        is_through = fuse.left > 0
        assert everything(tested, XOR.inputs, XOR.targets) == before
        if is_through:
            return stopped
        length += 1 + length // 2


def burning(fuse):
    """A network whose activation, softsign in the user's own words, burns a fuse down, in value and in derivative."""

    def value(net):
        fuse.burn()
        return net / (1 + (net if net.real >= 0 else -net))

    def derivative(net, output):
        fuse.burn()
        scale = 1 + (net if net.real >= 0 else -net)
        return 1 / (scale * scale)

    fuse.left = 0
    return walked(Network(2, 2, 1, activation=Activation("burning", value, derivative), seed=1))


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_a_check_that_is_interrupted_anywhere_in_a_walk_leaves_everything_as_it_was(check):
    fuse = Fuse()
    # A step that is interrupted while it trains ends as training does, without an error: then nothing is counted.
    assert interruptions(check, fuse, burning(fuse)) >= 8


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("options", [{}, {"wrt": "inputs"}, {"sample": 2}, {"directions": 2}])
def test_a_check_that_is_interrupted_by_its_progress_leaves_everything_as_it_was(method, options):
    if "directions" in options and METHODS[method].kind is not None:
        pytest.skip("directions are of floats")
    fuse = Fuse()
    check = lambda n, i, t: check_gradients(n, i, t, method=method, progress=fuse.burn, **options)  # noqa: E731
    assert interruptions(check, fuse, walked(Network(2, 3, 1, activation="softsign", seed=1))) >= 3


def test_a_check_that_is_interrupted_in_the_users_backward_walk_leaves_everything_as_it_was():
    fuse = Fuse()

    def backward(any_network, targets):
        any_network.backpropagate(targets)
        fuse.burn()

    check = lambda n, i, t: check_gradients(n, i, t, backward=backward)  # noqa: E731
    assert interruptions(check, fuse, walked(Network(2, 3, 1, seed=1))) >= 3
