"""The bug museum: every bug makes a difference and is found, no decoy alarms, and the page says what the code does."""

from __future__ import annotations

import importlib.util
import re
from fractions import Fraction
from pathlib import Path

import pytest
from helpers import mostly_slow_rows

from neuronet import Network, Neuron, check_deltas, check_gradients, check_step, datasets, museum, store
from neuronet.activations import Activation, sigmoid
from neuronet.bugs import BUGS, Planted, planted
from neuronet.errors import DataError, UnknownNameError
from neuronet.losses import Loss
from neuronet.museum.decoys import DECOYS
from neuronet.museum.score import is_silent
from neuronet.museum.specimens import draw, shows

ROOT = Path(__file__).resolve().parents[2]
XOR = datasets.xor()


def load_matrix():
    """The script that writes the page; benchmarks are no package."""
    spec = importlib.util.spec_from_file_location("museum_matrix", ROOT / "tests" / "benchmarks" / "museum_matrix.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


script = load_matrix()


def everything(network):
    """Every number that a network shows."""
    neurons = [(neuron.net, neuron.output, neuron.error, neuron.delta) for neuron in network.neurons]
    synapses = [(synapse.weight, synapse.gradient, synapse.frozen) for synapse in network.synapses]
    return neurons, synapses, network.rng.getstate()


def has_walked(network):
    network.forward([0.5] * len(network[0]))
    return network


# The exhibits.


def test_the_museum_has_the_exhibits_that_it_promises():
    assert len(museum.names()) == 36
    assert len(museum.decoys()) == 12
    assert not set(museum.names()) & set(museum.decoys())
    for name in museum.names() + museum.decoys():
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", name), name


@pytest.mark.parametrize("name", [*BUGS, *DECOYS])
def test_every_exhibit_has_a_summary_that_fits_a_line_and_a_story(name):
    exhibit = {**BUGS, **DECOYS}[name]
    assert len(exhibit.summary) <= 80
    assert exhibit.summary.endswith(".")
    assert museum.story(name) == exhibit.story
    assert exhibit.story.startswith(exhibit.summary)
    assert len(exhibit.story) > len(exhibit.summary)


@pytest.mark.parametrize("name", BUGS)
def test_every_bug_says_how_hard_it_is_and_where_it_was_seen(name):
    bug = museum.bug(name)
    assert 1 <= bug.difficulty <= 5
    assert all(re.fullmatch(r"[\w.-]+/[\w.-]+#\d+", thread) for thread in bug.seen_in)


@pytest.mark.parametrize("name", BUGS)
def test_every_bug_overrides_one_thing_or_very_few(name):
    own = [key for key in vars(BUGS[name].slip) if not key.startswith("_")]
    assert 1 <= len(own) <= (4 if name == "update-before-propagate" else 2)


def test_unknown_names_list_the_known_ones():
    for call in (museum.bug, museum.story, museum.exhibit, museum.specimen):
        with pytest.raises(UnknownNameError, match=r"unknown 'no-such-bug'; known.*sign-everywhere"):
            call("no-such-bug")
    with pytest.raises(UnknownNameError, match="bug: unknown 'relu-at-zero'; known: slope-fed-with-net"):
        museum.plant("relu-at-zero", Network(2, 1))


# Planting.


@pytest.mark.parametrize("name", BUGS)
def test_every_bug_makes_a_difference_on_its_networks_and_they_have_two_to_four_layers_of_weights(name):
    for number in range(3):
        network, inputs, targets = museum.specimen(name, number)
        assert len(network.layers) == number + 3
        assert all(len(left) != len(right) for left, right in zip(network.layers, network.layers[1:]))
        assert len(network.layers[-1]) >= 2
        assert len(inputs) == len(targets) == 3
        healthy = Network(
            *map(len, network.layers),
            activation=network[1][0].activation,
            output_activation=network[-1][0].activation,
            loss=getattr(network.loss_function, "plain", network.loss_function),
            weights=network.weights,
        )
        assert shows(BUGS[name], museum.Specimen(healthy, inputs, targets))


@pytest.mark.parametrize("name", BUGS)
def test_planting_leaves_the_original_untouched_and_copies_what_it_is(name):
    original = museum.specimen(name)[0]
    original.synapses[0].frozen = True
    before = everything(has_walked(original))
    planted = museum.plant(name, original)
    assert everything(original) == before
    assert planted.weights == original.weights
    assert [s.frozen for s in planted.synapses] == [s.frozen for s in original.synapses]
    assert [neuron.name for neuron in planted.neurons] == [neuron.name for neuron in original.neurons]
    assert [neuron.activation for neuron in planted.neurons] == [neuron.activation for neuron in original.neurons]
    assert planted.rng.random() == original.rng.random()
    planted.synapses[-1].weight += 1
    assert planted.weights != original.weights


@pytest.mark.parametrize("name", BUGS)
def test_a_planted_network_does_not_name_its_bug(name):
    network = museum.specimen(name).network
    words = [type(network).__name__, repr(network), str(network), repr(network.layers), str(type(network).__doc__)]
    words += [type(neuron).__name__ for neuron in network.neurons] + [repr(neuron) for neuron in network.neurons]
    words += [str(type(network[1][0]).__doc__), type(network[1][0]).__module__, type(network).__qualname__]
    for word in words:
        assert name not in word
        assert BUGS[name].slip.__name__ not in word
    assert type(network).__name__ == "Network"
    assert {type(neuron).__name__ for neuron in network.neurons} == {"Neuron"}


def test_a_copy_of_a_planted_network_has_the_bug_too():
    for name in ("bias-never-learns", "decay-twice", "update-before-propagate", "previous-target"):
        network, inputs, targets = museum.specimen(name)
        assert not museum.default_checker(network.copy(), inputs, targets)


def test_a_bug_can_be_planted_on_a_class_of_network_of_ones_own():
    class Loud(Neuron):
        def weighted_sum(self):
            return 2 * super().weighted_sum()

    class LoudNetwork(Network):
        neuron_class = Loud

    planted = museum.plant("sign-in-hidden", LoudNetwork(2, 3, 1, seed=1))
    assert isinstance(planted, LoudNetwork)
    assert isinstance(planted[1][0], Loud)
    assert repr(planted) == "LoudNetwork(2, 3, 1)"
    assert planted.predict([1, 0]) == LoudNetwork(2, 3, 1, seed=1).predict([1, 0])


def test_bugs_of_the_gradient_show_in_exact_fractions_too():
    network = Network(2, 3, 1, activation="softsign", output_activation="linear", seed=1).convert(Fraction)
    for name in ("no-hidden-slope", "bias-times-bias", "a-millionth-too-much", "gradient-rounded"):
        planted = museum.plant(name, network).convert(float)
        assert check_gradients(planted, *XOR, method="exact").status == "fail"


@pytest.mark.parametrize(
    ("name", "network", "reason"),
    [
        ("no-hidden-slope", Network(2, 1), "a hidden neuron with an activation other than linear"),
        ("sign-in-hidden", Network(2, 1), "a hidden layer"),
        ("bias-never-learns", Network(2, 2, 1, bias=False), "bias neurons"),
        ("fan-out-overwritten", Network(2, 4, 1), "a hidden neuron that leads to two others"),
        ("transposed-weights", Network(2, 1, 2), "a hidden layer of two neurons or more"),
        ("relu-slope-is-output", Network(2, 2, 1), "a relu neuron whose slope counts"),
        ("tanh-slope-without-square", Network(2, 1, loss="binary_cross_entropy"), "a tanh neuron"),
        ("sigmoid-slope-is-output", Network(2, 1, loss="binary_cross_entropy"), "a sigmoid neuron"),
        ("no-output-slope", Network(2, 2, 1, output_activation="linear"), "an output neuron with an activation"),
        ("factor-two", Network(2, 1, loss="binary_cross_entropy"), "a loss that is not the cross-entropy partner"),
        ("cross-entropy-times-slope", Network(2, 1), "sigmoid outputs with binary_cross_entropy"),
        ("softmax-times-slope", Network(2, 2), "softmax outputs with categorical_cross_entropy"),
        ("slope-fed-with-net", Network(2, 1, activation="relu"), "a sigmoid or tanh neuron"),
        ("slope-of-output", Network(2, 1, activation="relu"), "bent"),
        ("input-off-by-one", Network(1, 2), "a neuron with two inputs"),
    ],
)
def test_a_bug_is_not_planted_where_it_cannot_show(name, network, reason):
    before = everything(network)
    with pytest.raises(DataError, match=f"{name}: expected a network with .*{reason}"):
        museum.plant(name, network)
    assert everything(network) == before


def test_the_slip_behind_the_famous_wrong_digit():
    # Mazur's worked example: biases that stay, learning rate 1/2, one step. He prints 0.291027924.
    weights = [0.35, 0.15, 0.20, 0.35, 0.25, 0.30, 0.60, 0.40, 0.45, 0.60, 0.50, 0.55]
    network = Network(2, 2, 2, weights=weights)
    for synapse in network.synapses:
        synapse.frozen = synapse.source.is_bias
    planted = museum.plant("update-before-propagate", network)
    for one, digits in ((network, 0.29102777369359933), (planted, 0.29102792390544197)):
        one.forward([0.05, 0.10])
        one.backward([0.01, 0.99])
        one.update(0.5)
        assert one.loss([[0.05, 0.10]], [[0.01, 0.99]]) == pytest.approx(digits, rel=1e-14)


# Scores.


@pytest.fixture(scope="module")
def answers():
    """What our own checks say of the first network of every bug, and of every decoy: by check, then by name.

    All three networks of each bug would take minutes; the script that writes the page goes through them.
    """
    exhibits = {name: museum.specimen(name) for name in [*BUGS, *DECOYS]}
    return {
        name: {exhibit: script.says(check, specimen) for exhibit, specimen in exhibits.items()}
        for name, check in script.OWN.items()
    }


@pytest.mark.parametrize("name", ["no-hidden-slope", "stale-error", "gradient-rounded", "net-clipped", "uphill"])
def test_the_default_checker_finds_a_bug_of_each_room(name):
    assert not museum.default_checker(*museum.specimen(name))


@pytest.mark.parametrize("name", ["relu-at-zero", "near-optimum", "saturated-cross-entropy", "weight-decay"])
def test_the_default_checker_is_silent_at_the_hardest_decoys(name):
    assert museum.default_checker(*museum.specimen(name))


@pytest.mark.slow
def test_the_default_checks_find_every_bug_and_alarm_at_no_decoy(answers):
    alarms = {name: answers["`check_gradients`"][name] or answers["`check_step`"][name] for name in [*BUGS, *DECOYS]}
    assert [name for name in BUGS if not alarms[name]] == []
    assert [name for name in DECOYS if alarms[name]] == []


@pytest.mark.slow
def test_the_default_checker_is_an_alarm_of_either_check(answers):
    for name in ("uphill", "gradients-not-cleared", "undefined-name", "near-optimum", "huge-weight"):
        alarm = answers["`check_gradients`"][name] or answers["`check_step`"][name]
        assert is_silent(museum.default_checker, museum.specimen(name)) == (not alarm)


def test_a_lazy_checker_finds_nothing_and_an_anxious_one_is_never_silent():
    lazy = museum.score(lambda network, inputs, targets: True)
    assert lazy == (0.0, 1.0, museum.names(), [])
    anxious = museum.score(lambda network, inputs, targets: False)
    assert anxious == (1.0, 0.0, [], museum.decoys())
    assert str(lazy).startswith("found 0 of 36 bugs, silent at 12 of 12 decoys\nmissed: slope-fed-with-net, ")
    assert str(anxious).startswith("found 36 of 36 bugs, silent at 0 of 12 decoys\nfalse alarms: nothing-wrong, ")


def test_a_bug_counts_as_found_only_where_every_network_of_it_is():
    calls = iter(range(10**6))
    every_second = museum.score(lambda network, inputs, targets: next(calls) % 2, networks=2)
    assert every_second.sensitivity == 0.0


def test_a_checker_may_return_a_report_and_what_it_raises_is_an_alarm():
    def refuses(network, inputs, targets):
        raise RuntimeError

    specimen = museum.specimen("error-of-zero")
    assert check_gradients(*specimen).status == "inconclusive"
    assert is_silent(check_gradients, specimen)
    assert not is_silent(refuses, specimen)
    assert not is_silent(lambda *specimen: None, specimen)


def test_a_checker_gets_a_network_of_its_own_each_time():
    def spoils(network, inputs, targets):
        for synapse in network.synapses:
            synapse.weight = 0.0
        inputs.clear()
        return True

    before = museum.specimen("uphill")[0].weights
    museum.score(spoils, networks=1)
    assert museum.specimen("uphill")[0].weights == before


def test_settings_of_a_score_are_checked():
    with pytest.raises(DataError, match="networks: expected a whole number of at least 1, got 0"):
        museum.score(museum.default_checker, networks=0)
    with pytest.raises(DataError, match="seed: expected a whole number of at least 0"):
        museum.mystery(-1)


# The hunt.


def test_a_mystery_is_the_same_for_the_same_seed_and_another_for_another():
    for seed in (1, 2, 3):
        one, other = museum.mystery(seed), museum.mystery(seed)
        assert one.network is not other.network
        assert one.network.weights == other.network.weights
        assert one[1:] == other[1:]
    assert museum.mystery(1).network.weights != museum.mystery(3).network.weights


def test_the_answer_to_a_mystery_is_right():
    seen = set()
    for seed in (1, 2, 7, 13, 14, 15):
        is_decoy = museum.reveal(seed) in museum.decoys()
        assert is_silent(museum.default_checker, museum.mystery(seed)) == is_decoy, seed
        seen.add(is_decoy)
    assert seen == {True, False}


def test_a_hunt_shows_reports_and_neither_names_nor_guesses():
    for seed in (4, 7, 19):
        text = museum.hunt(seed)
        assert "gradient check" in text
        assert museum.reveal(seed) not in text
        assert "guess" not in text


def test_the_list_and_one_exhibit_are_text_that_fits_a_terminal():
    listed = museum.catalogue()
    assert all(f"  {name} " in listed for name in museum.names() + museum.decoys())
    assert all(len(line) <= 120 for line in listed.split("\n"))
    shown = museum.exhibit("gradients-not-cleared")
    for part in ("gradients-not-cleared", "difficulty: 5 of 5", "seen in: karpathy/micrograd#53", "second call"):
        assert part in shown
    assert "raised NameError" in museum.exhibit("undefined-name")
    assert "0 of" in museum.exhibit("huge-weight")


# Guesses.

PLACES = {
    "everywhere": [
        "slope-fed-with-net",
        "slope-of-output",
        "no-output-slope",
        "cross-entropy-times-slope",
        "softmax-times-slope",
        "factor-two",
        "sign-everywhere",
        "sum-for-mean",
        "gradients-not-cleared",
        "gradient-rounded",
        "a-millionth-too-much",
    ],
    "in hidden, output": [
        "previous-target",
        "first-weight-skipped",
    ],
    "in hidden": [
        "no-hidden-slope",
        "tanh-slope-without-square",
        "relu-slope-is-output",
        "sigmoid-slope-is-output",
        "sign-in-hidden",
        "transposed-weights",
        "last-neuron-skipped",
        "fan-out-overwritten",
        "stale-error",
        "net-clipped",
    ],
    "in the biases": [
        "bias-never-learns",
        "bias-times-bias",
        "decay-on-bias",
        "forward-without-bias",
    ],
    "in the weights": [
        "own-output-as-input",
        "input-off-by-one",
        "decay-twice",
    ],
    "in output": [
        "gradient-clipped",
    ],
    "at i1 -> h5 alone": [
        "one-percent-off",
    ],
}
"""Where the gradients of the first network of each bug are wrong, as the guess says it."""
STEP_PLACES = {"update-before-propagate": "in hidden", "uphill": "everywhere", "first-layer-frozen": "in hidden"}
FOLLOWS = "each step follows its gradient, and the gradient is wrong: check_gradients says more"


def test_every_bug_that_raises_nothing_has_a_guess():
    guessed = [name for names in PLACES.values() for name in names]
    assert {*guessed, *STEP_PLACES, "undefined-name"} == set(museum.names())


@pytest.mark.parametrize(
    ("place", "name"),
    [
        pytest.param(place, name, marks=[pytest.mark.slow] if number else [])
        for place, names in PLACES.items()
        for number, name in enumerate(names)
    ],
)
def test_the_guess_names_the_bug_and_nothing_else_and_the_step_check_points_to_it(place, name):
    specimen = museum.specimen(name)
    assert check_gradients(*specimen).hints == [f"wrong {place}: is it {name}? {BUGS[name].summary}"]
    [hint] = check_step(*specimen).hints
    assert hint.startswith("the first step is right") if name == "gradients-not-cleared" else hint == FOLLOWS


@pytest.mark.slow
@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("name", [name for names in PLACES.values() for name in names])
def test_the_guess_names_the_bug_on_deeper_networks_too(name, number):
    [guess] = check_gradients(*museum.specimen(name, number)).hints
    assert f"is it {name}? {BUGS[name].summary}" in guess


PAIRS = [
    ("no-hidden-slope", "bias-never-learns"),
    ("factor-two", "last-neuron-skipped"),
    ("sign-everywhere", "sum-for-mean"),
    ("sign-in-hidden", "fan-out-overwritten"),
    ("slope-of-output", "first-weight-skipped"),
    ("previous-target", "own-output-as-input"),
    ("stale-error", "a-millionth-too-much"),
    ("transposed-weights", "gradient-rounded"),
    ("no-output-slope", "gradients-not-cleared"),
    ("first-weight-skipped", "input-off-by-one"),
    ("tanh-slope-without-square", "one-percent-off"),
]


@pytest.mark.parametrize(("first", "second"), mostly_slow_rows(PAIRS, *PAIRS[1:7:2]))
def test_two_bugs_at_once_are_named_as_both(first, second):
    healthy = draw(f"both {first} {second}", 0, ("tanh", "sigmoid", "half_squared_error"))
    twin = planted(store.packed(healthy.network), [Planted(BUGS[first]), Planted(BUGS[second])])
    [guess] = check_gradients(twin, healthy.inputs, healthy.targets).hints
    assert f"is it {first} together with {second}?" in guess or f"is it {second} together with {first}?" in guess
    assert BUGS[first].summary in guess
    assert BUGS[second].summary in guess


@pytest.mark.parametrize("name", STEP_PLACES)
def test_the_step_check_guesses_what_is_wrong_after_the_gradient(name):
    specimen = museum.specimen(name)
    assert check_gradients(*specimen).hints == []
    assert check_step(*specimen).hints == [f"wrong {STEP_PLACES[name]}: is it {name}? {BUGS[name].summary}"]


def test_the_delta_check_names_the_stage_and_the_slip():
    stage, guess = check_deltas(*museum.specimen("no-hidden-slope")).hints
    assert stage.startswith("the output layer is right, a hidden delta is wrong")
    assert guess == f"wrong in hidden: is it no-hidden-slope? {BUGS['no-hidden-slope'].summary}"
    assert len(check_deltas(*museum.specimen("bias-times-bias")).hints) == 1


def test_an_activation_or_a_loss_whose_derivative_is_wrong_is_named():
    wrong = Activation("steep", sigmoid.value, lambda net, output: output * (1 - output) * 2)
    [guess] = check_gradients(Network(2, 3, 1, activation=wrong, output_activation="tanh", seed=1), *XOR).hints
    assert guess.startswith("the derivative of the activation steep does not belong to its value")
    loss = Loss("cube", lambda target, output: (output - target) ** 2, lambda target, output: target - output)
    [guess] = check_gradients(Network(2, 3, 1, loss=loss, seed=1), *XOR).hints
    assert guess.startswith("the derivative of the loss cube does not belong to its value")


def test_a_ratio_with_two_possible_causes_is_settled_by_the_deltas():
    samples = [[0.5, 1.0], [1.0, -0.5]], [[0.2], [0.9]]
    for name in ("factor-two", "sum-for-mean"):  # of two samples, both double every gradient
        planted_network = museum.plant(name, Network(2, 3, 1, seed=1))
        assert check_gradients(planted_network, *samples).hints == [
            f"wrong everywhere: is it {name}? {BUGS[name].summary}"
        ]


def test_causes_that_gradients_alone_cannot_tell_apart_are_all_named():
    def doubled(network, targets):
        network.backward(targets)
        for synapse in network.synapses:
            synapse.gradient *= 2
        for neuron in network.computing:
            neuron.delta = None

    samples = [[0.5, 1.0], [1.0, -0.5]], [[0.2], [0.9]]
    [guess] = check_gradients(Network(2, 3, 1, seed=1), *samples, backward=doubled).hints
    assert "is it factor-two, or sum-for-mean? " in guess


def test_round_numbers_are_not_taken_for_rounding():
    class Half(Neuron):
        __slots__ = ()

        def own_delta(self):
            return self.error * (self.net + 1)

    class HalfNetwork(Network):
        neuron_class = Half

    weights = [0.5, 0.25, -0.5, 0.25, 0.5, 0.75, 0.5, -0.25, 0.5]
    network = HalfNetwork(2, 2, 1, activation="linear", weights=weights)
    for guess in check_gradients(network, [[0.5, 1.0], [1.0, 0.25]], [[0.5], [1.0]]).hints:
        assert "rounded" not in guess


def test_more_kinks_than_second_looks_are_no_failure():
    network = Network(40, 1, 1, activation="relu", output_activation="linear", weights=[0.0] * 41 + [0.5, 1.5])
    report = check_gradients(network, [[0.5] * 40], [[1.0]], method="central")
    assert report.status == "inconclusive"
    assert len(report.inconclusive) > 24


def test_rounding_in_a_delta_is_no_failure():
    assert check_deltas(*museum.specimen("near-optimum")).status != "fail"


# The page.


def test_the_page_tells_every_story():
    assert script.kept("exhibits") == script.exhibits()


@pytest.fixture(scope="module")
def page_rows():
    """The rows of the matrix on the page, by name."""
    lines = script.kept("matrix").split("\n")
    head, *rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert head[2:] == list(script.CHECKS)
    return {row[0]: dict(zip(head[1:], row[1:])) for row in rows[1:]}


def test_the_page_has_a_row_for_every_exhibit(page_rows):
    totals = ["**found, of 36**", "**false alarms, of 12**"]
    assert list(page_rows) == [*museum.names(), totals[0], *museum.decoys(), totals[1]]
    assert page_rows[totals[0]]["the first two"] == "**36**"
    assert page_rows[totals[1]]["the first two"] == "**0**"


@pytest.mark.slow
@pytest.mark.parametrize("check", script.OWN)
def test_the_columns_of_our_own_checks_are_what_they_say(check, page_rows, answers):
    for name, answer in answers[check].items():
        cell = page_rows[name][check]
        if isinstance(answer, str):
            assert answer in (cell.split(", ") if cell != "." else [""]), name
        else:
            assert cell == ("." if not answer else "3" if name in BUGS else "1"), name


def test_the_totals_of_the_page_are_its_columns_added_up(page_rows):
    for column in ["the first two", *script.CHECKS]:
        bugs = sum(page_rows[name][column] not in (".", "1", "2") for name in museum.names())
        alarms = sum(page_rows[name][column] != "." for name in museum.decoys())
        assert page_rows["**found, of 36**"][column] == f"**{bugs}**"
        assert page_rows["**false alarms, of 12**"][column] == f"**{alarms}**"


def test_the_published_rules_alarm_and_stay_silent_where_they_should():
    wrong, right = museum.specimen("factor-two"), museum.specimen("nothing-wrong")
    for name, check in script.PUBLISHED.items():
        assert script.says(check, right) is False, name
        assert script.says(check, wrong) is (name != "loss falls"), name
