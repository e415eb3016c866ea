"""The toolbox of training: penalty, dropout, schedules, stopping, going on; each does what it says in both engines."""

import math
import signal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuronet import Network, check_deltas, check_gradients, check_step, datasets
from neuronet.draw.worked import text_of
from neuronet.dropout import DropoutLayer, dropout_layers
from neuronet.errors import DataError, TrainingError
from neuronet.gradcheck import gradgradcheck
from neuronet.graph import Layer, Neuron, Synapse
from neuronet.optimizers import OPTIMIZERS, RPROP, SGD, Adam, Momentum, Nesterov, RMSProp
from neuronet.regularization import Penalty
from neuronet.sheets.explain import explain
from neuronet.snapshot import everything_kept
from neuronet.stepping.formula import NAMESPACE
from neuronet.training import CosineSchedule, StepSchedule

XOR = tuple(map(list, datasets.xor()))
ENGINES = ("walk", "unrolled")
FIVE = [[0.5, -0.25], [1, 0.75], [-0.5, 0.25], [0.125, 1], [-1, -0.75]]
WANTED = [[0.25], [1], [0], [0.75], [0.5]]
BESIDE = [[0.25, 0.5]], [[1.0]]


def told(history):
    """What a history says, to the last bit, but for the time that it took."""
    records = [repr(epoch._replace(seconds=0)) for epoch in history]
    return records, history.stopped, history.best_epoch, history.steps


def bits(network):
    """Everything that training goes on from, and what stands on the neurons."""
    memories = [synapse.optimizer_state and repr(vars(synapse.optimizer_state)) for synapse in network.synapses]
    gradients = [repr(synapse.gradient) for synapse in network.synapses]
    shown = [repr((one.net, one.output, one.error, one.delta)) for one in network.neurons]
    generators = [network.rng.getstate(), *(layer.rng.getstate() for layer in dropout_layers(network.layers))]
    kept = [repr(layer.mask) for layer in dropout_layers(network.layers)]
    return [repr(weight) for weight in network.weights], memories, gradients, shown, generators, kept


def held(network):
    """The same, and the objects that stand there."""
    course = network.training_state and {name: repr(value) for name, value in vars(network.training_state).items()}
    objects = [network.optimizer, network.penalty, network.training_state, *(one.optimizer_state for one in network.synapses)]
    boxes = [layer.mask for layer in dropout_layers(network.layers)]
    return bits(network), course, repr(network.optimizer), list(map(id, [*objects, *boxes]))


def refused(call, message, kind=DataError):
    with pytest.raises(kind) as caught:
        call()
    assert str(caught.value) == message


# The penalty.


def test_the_penalty_is_the_formula_found_by_hand():
    both = Penalty(l1=0.5, l2=0.25)
    assert [both.value(weight) for weight in (2.0, -2.0, 0.0)] == [1.5, 1.5, 0]
    assert [both.derivative(weight) for weight in (2.0, -2.0, 0.0)] == [1, -1, 0]
    assert Penalty(l2=0.25).derivative(-4.0) == -1
    assert Penalty(l1=0.25).value(-4.0) == 1


@pytest.mark.parametrize("engine", ENGINES)
def test_the_mean_loss_has_the_penalty_once_and_biases_go_free(engine):
    weights = [7.0, 2.0, -1.0, 5.0, 0.5, 4.0, 3.0, -3.0]
    plain = Network(1, 3, 1, activation="linear", weights=[*weights, 0.0, 0.0])
    network = Network(1, 3, 1, activation="linear", weights=[*weights, 0.0, 0.0], l1=0.5, l2=0.25)
    inputs, targets = [[1], [2], [-1]], [[0], [1], [2]]
    no_biases = [one.weight for one in network.synapses if not one.source.is_bias]
    assert no_biases == [2, 5, 4, -3, 0, 0]
    # 1/2 * (2 + 5 + 4 + 3) and 1/8 * (4 + 25 + 16 + 9), all exact in floats
    expected = plain.loss(inputs, targets, engine=engine) + 7 + 6.75
    assert network.loss(inputs, targets, engine=engine) == pytest.approx(expected, rel=1e-14)  # the order of adding


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("size", [1, 3])
def test_one_step_pulls_every_weight_by_its_penalty_but_no_bias(size, engine):
    inputs, targets = [[1.0]] * size, [[0.5]] * size
    plain, network = (
        Network(1, 1, activation="linear", weights=[0.5, -2.0], l1=l1, l2=l2) for l1, l2 in ((0, 0), (0.25, 0.5))
    )
    for one in (plain, network):
        one.train(inputs, targets, epochs=1, learning_rate=0.5, batch_size=size, engine=engine)
    assert network.weights[0] == plain.weights[0]
    assert network.weights[1] == plain.weights[1] - 0.5 * (-0.25 + 0.5 * -2.0)


@pytest.mark.parametrize("method", ["complex", "dual", "central", "forward", "richardson", "decimal"])
@pytest.mark.parametrize(("l1", "l2"), [(0.125, 0), (0, 0.25), (0.125, 0.25)])
def test_the_gradient_of_the_penalty_is_its_slope(method, l1, l2):
    network = Network(2, 3, 2, activation="tanh", seed=4, l1=l1, l2=l2)
    report = check_gradients(
        network, FIVE, [[a, 1 - a] for [a] in WANTED], method=method, wrt=["weights", "biases", "inputs"]
    )
    assert report.ok, report


@pytest.mark.parametrize("activation", ["relu", "softsign"])
def test_the_gradient_of_the_penalty_is_exact_in_fractions(activation):
    network = Network(2, 3, 2, activation=activation, seed=4, l1=0.125, l2=0.25)
    assert check_gradients(network, FIVE, [[a, 1 - a] for [a] in WANTED], method="exact").ok


def test_a_missing_penalty_in_the_gradient_is_found():
    class Forgotten(Network):
        def add_penalty(self):
            pass

    report = check_gradients(Forgotten(2, 3, 1, seed=4, l2=0.25), *XOR)
    assert {entry.kind for entry in report.failures} == {"weight"}


def test_the_kink_of_the_penalty_at_a_weight_of_0_is_no_failure():
    network = Network(2, 3, 1, seed=4, l1=0.25)
    network[1][0].incoming[1].weight = 0.0
    report = check_gradients(network, *XOR)
    assert report.status != "fail", report
    assert [entry.name for entry in report.entries if entry.reason == "kink"] == ["i1 -> h1"]


def test_deltas_steps_and_second_slopes_are_right_with_a_penalty():
    plain, network = (Network(2, 3, 1, seed=4, activation="tanh", l1=l1, l2=l2) for l1, l2 in ((0, 0), (0.125, 0.25)))
    for one in (plain, network):
        one.forward([1, 0])
        one.backward([1])
    assert [one.delta for one in network.computing] == [one.delta for one in plain.computing]
    deltas = check_deltas(network, *XOR)
    assert (deltas.ok, deltas.stage) == (True, "")
    assert [entry.reference for entry in deltas.entries] == [
        entry.reference for entry in check_deltas(plain, *XOR).entries
    ]
    assert check_step(network, *XOR).ok
    assert gradgradcheck(network, *XOR).ok


@pytest.mark.parametrize("place", ["l1", "l2"])
def test_a_penalty_below_0_is_refused(place):
    refused(lambda: Network(2, 1, **{place: -0.5}), f"{place}: expected a number of 0 or more, got -0.5")
    refused(lambda: Network(2, 1, **{place: "1"}), f"{place}: expected a number, got '1'")


def test_without_a_penalty_there_is_none():
    assert Network(2, 1).penalty is None
    assert Network(2, 1, l1=0, l2=0.0).penalty is None


# Dropout.


def dropped(*, share=0.5, seed=1, **settings):
    return Network(2, 4, 3, 1, activation="tanh", seed=seed, dropout=share, **settings)


def test_a_share_of_0_is_a_plain_layer():
    network = Network(2, 4, 3, 1, dropout=[0, 0.25], seed=1)
    assert [type(layer) for layer in network] == [Layer, Layer, DropoutLayer, Layer]
    assert [type(layer) for layer in Network(2, 4, 3, 1, dropout=0)] == [Layer] * 4
    assert [layer.rate for layer in dropout_layers(dropped().layers)] == [0.5, 0.5]


def test_about_the_share_is_silent_and_the_rest_speaks_up():
    layer = Network(2, 1000, 1, dropout=0.2, seed=3)[1]
    kept = layer.draw()
    assert set(kept) == {0.0, 1.25}
    assert kept is layer.mask
    # The count of 1000 draws at 1/5 has a standard deviation of 12.6; this is five of them, and the seed is fixed.
    assert abs(kept.count(0.0) - 200) < 64
    layer.rest()
    assert layer.mask == [1] * 1000


def test_the_generators_are_the_layers_own_and_come_from_the_seed():
    one, other, third = dropped(seed=5), dropped(seed=5), dropped(seed=6)
    draws = [
        [layer.draw() for layer in dropout_layers(network.layers) for _ in range(9)] for network in (one, other, third)
    ]
    assert draws[0] == draws[1] != draws[2]
    assert one[1].rng is not one[2].rng
    assert one.rng.getstate() == dropped(seed=5).rng.getstate()


def test_dropout_takes_nothing_from_the_weights_that_a_seed_gives():
    assert dropped(seed=5).weights == Network(2, 4, 3, 1, seed=5).weights


def test_a_sample_is_walked_with_what_is_kept():
    network = Network(1, 2, 1, activation="linear", weights=[1, 2, 3, 4, 5, 6, 7], dropout=0.5)
    network[1].mask = [0.0, 2.0]
    assert network.forward([1]) == [5 + 7 * 14]  # h1 answers 3 and is silent, h2 answers 7 and speaks twice as loud
    network.backward([100])
    assert [neuron.delta for neuron in network[1]] == [0, -3 * 7 * 2]
    assert [one.gradient for one in network.synapses] == [0, 0, 42, 42, 3, 0, 3 * 14]


@pytest.mark.parametrize("method", ["complex", "dual", "central", "decimal"])
@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "linear", "elu", "leaky_relu"])
def test_gradients_are_right_with_what_is_kept_set_by_hand(method, activation):
    network = Network(2, 4, 3, 1, activation=activation, output_activation="sigmoid", seed=1, dropout=0.5, l1=0.01)
    network[1].mask, network[2].mask = [0, 2, 2, 0], [2.0, 1, 0.0]
    before = held(network)
    report = check_gradients(network, FIVE, WANTED, method=method, wrt=["weights", "biases", "inputs"])
    assert report.ok, report
    assert held(network) == before
    silent = {entry.name for entry in report.zeros}
    names = [neuron.name for neuron in network[1]]
    assert [f"b1 -> {name}" in silent for name in names] == [True, False, False, True]


def test_gradients_are_exact_with_what_is_kept_set_by_hand():
    network = Network(2, 4, 1, activation="softsign", seed=1, dropout=0.5, l2=0.25)
    network[1].mask = [0, 2, 2.0, 0.0]
    assert check_gradients(network, *XOR, method="exact").ok
    assert network[1].mask == [0, 2, 2.0, 0.0]


def test_deltas_and_steps_are_right_with_what_is_kept_set_by_hand():
    network = dropped(l1=0.01, l2=0.02)
    network[1].mask = [0, 2, 2, 0]
    network.optimizer = Adam(clip_norm=0.01)
    before = held(network)
    deltas, step = check_deltas(network, *XOR), check_step(network, *XOR)
    assert (deltas.ok, deltas.stage) == (True, "")
    assert step.ok, step
    assert step.notes[-2:] == [
        "the step is one of plain gradient descent, without "
        "Adam(beta1=0.9, beta2=0.999, epsilon=1e-08, clip_norm=0.01)",
        "dropout was not drawn anew for the step",
    ]
    assert held(network) == before


def test_a_check_leaves_a_training_where_it_is():
    whole, parts = dropped(l2=0.01), dropped(l2=0.01)
    settings = {"optimizer": "adam", "validation": XOR, "early_stopping": 50, "schedule": StepSchedule(4)}
    whole.train(*XOR, epochs=10, **settings)
    parts.train(*XOR, epochs=5, **settings)
    before = held(parts)
    for check in (check_gradients, check_deltas, check_step, gradgradcheck):
        assert check(parts, *XOR).ok, check
        assert held(parts) == before, check
    parts.diagnose(*XOR, learning_rate=0.1)
    assert held(parts) == before
    parts.train(*XOR, epochs=5, validation=XOR, resume=True)
    assert bits(parts)[:2] == bits(whole)[:2]


@pytest.mark.parametrize("optimizer", [*OPTIMIZERS.values()])
def test_a_step_check_is_one_of_plain_gradient_descent_whatever_the_optimizer(optimizer):
    network = Network(2, 3, 1, seed=2)
    network.train(*XOR, epochs=3, batch_size=4, optimizer=optimizer())
    before = held(network)
    report = check_step(network, *XOR)
    assert report.ok
    assert held(network) == before
    note = [f"the step is one of plain gradient descent, without {optimizer()!r}"]
    assert report.notes == ([] if optimizer is SGD else note)


def test_all_speak_when_the_network_is_used():
    network, plain = dropped(seed=3), Network(2, 4, 3, 1, activation="tanh", seed=3)
    seen = []

    def look(epoch):
        plain.weights = network.weights
        speaks = all(layer.mask == [1] * len(layer) for layer in dropout_layers(network.layers))
        seen.append((speaks, network.predict([1, 0]) == plain.predict([1, 0]), network.loss(*XOR) == plain.loss(*XOR)))

    for engine in ENGINES:
        history = network.train(*XOR, epochs=3, callback=look, validation=XOR, until_accuracy=1, engine=engine)
        assert history[-1].validation_loss == plain.loss(*XOR)
        assert network.predict_all(XOR[0], engine=engine) == plain.predict_all(XOR[0])
    assert seen == [(True, True, True)] * 6


@pytest.mark.parametrize("engine", ENGINES)
def test_what_is_drawn_is_drawn_for_each_sample(engine, monkeypatch):
    drawn = []
    draw = DropoutLayer.draw

    def watched(layer, *kind):
        drawn.append((layer.name, list(draw(layer, *kind))))
        return layer.mask

    monkeypatch.setattr(DropoutLayer, "draw", watched)
    network = dropped(seed=7)
    network.train(*XOR, epochs=2, batch_size=3, engine=engine)
    names = [layer.name for layer in dropout_layers(network.layers)]
    assert [name for name, _ in drawn] == names * 8
    fresh = dropped(seed=7)
    assert drawn == [(layer.name, list(draw(layer))) for _ in range(8) for layer in dropout_layers(fresh.layers)]


@pytest.mark.parametrize("engine", ENGINES)
def test_what_is_kept_can_be_fixed(engine):
    """Training with half of the neurons silent for good is training the network of the others."""
    network = Network(2, 4, 1, activation="tanh", seed=3, dropout=0.5)
    network[1].mask, network[1].fixed = [0, 1, 1, 0], True
    part = Network(2, 2, 1, activation="tanh", seed=9)
    alive = [*network[1][1].incoming, *network[1][2].incoming, *(network[2][0].incoming[place] for place in (0, 2, 3))]
    part.weights = [synapse.weight for synapse in alive]
    state = network[1].rng.getstate()
    for one in (network, part):
        one.train(*XOR, epochs=20, shuffle=False, engine=engine)
    # The sum of the output neuron has zeros between, which change nothing.
    assert [synapse.weight for synapse in alive] == part.weights
    assert (network[1].mask, network[1].rng.getstate()) == ([0, 1, 1, 0], state)


def test_dropout_draws_numbers_of_the_kind_that_flows():
    from fractions import Fraction

    network = Network(2, 3, 1, activation="relu", kind=Fraction, seed=1, dropout=0.5)
    network.train(*XOR, epochs=2)
    assert {type(weight) for weight in network.weights} == {Fraction}


@pytest.mark.parametrize(
    ("share", "message"),
    [
        (1, "dropout: expected a number of 0 or more and below 1, got 1"),
        (-0.1, "dropout: expected a number of 0 or more, got -0.1"),
        ("half", "dropout: expected a number, got 'half'"),
        ([0.5], "dropout: expected one share for each of 2 hidden layers, got 1"),
        ([0.5, 1.5], "dropout[1]: expected a number of 0 or more and below 1, got 1.5"),
    ],
)
def test_shares_that_cannot_be_right_are_refused(share, message):
    refused(lambda: Network(2, 4, 3, 1, dropout=share), message)


# Schedules.


@pytest.mark.parametrize("engine", ENGINES)
def test_the_rates_of_a_schedule_are_those_found_by_hand(engine):
    steps = Network(2, 2, 1, seed=1).train(
        *XOR, epochs=7, learning_rate=0.5, schedule=StepSchedule(3, 0.25), engine=engine
    )
    assert [epoch.learning_rate for epoch in steps] == [0.5, 0.5, 0.5, 0.125, 0.125, 0.125, 0.03125]
    cosine = CosineSchedule(4, lowest=0.25)
    # Half a cosine at 0, 45, 90 and 135 degrees; half a root of 2 is not exact.
    expected = [1.25, 0.75 + 0.5 * math.sqrt(0.5), 0.75, 0.75 - 0.5 * math.sqrt(0.5)]
    assert [cosine(epoch, 1.25) for epoch in (1, 2, 3, 4)] == pytest.approx(expected, rel=1e-15)
    assert cosine(5, 1.25) == cosine(99, 1.25) == cosine(4, 1.25)


def test_a_schedule_is_followed_by_the_steps():
    rates = [0.5, 0.125, 2.0]
    network, by_hand = Network(2, 2, 1, seed=1), Network(2, 2, 1, seed=1)
    asked = []

    def schedule(epoch, rate):
        asked.append((epoch, rate))
        return rates[epoch - 1]

    network.train(*XOR, epochs=3, learning_rate=0.75, shuffle=False, schedule=schedule)
    for rate in rates:
        by_hand.train(*XOR, epochs=1, learning_rate=rate, shuffle=False)
    assert network.weights == by_hand.weights
    assert asked == [(1, 0.75), (2, 0.75), (3, 0.75)]
    network.train(
        *XOR, epochs=1, shuffle=False, resume=True, schedule=lambda epoch, rate: asked.append(epoch) or 0.5
    )
    assert asked[-1] == 4


def test_bad_schedules_are_refused():
    network = Network(2, 2, 1, seed=1)
    before = network.weights
    refused(lambda: StepSchedule(0), "every: expected a whole number of at least 1, got 0")
    refused(lambda: StepSchedule(1, 1.5), "factor: expected a number above 0 and at most 1, got 1.5")
    refused(lambda: CosineSchedule(0), "epochs: expected a whole number of at least 1, got 0")
    refused(lambda: CosineSchedule(4, -1), "lowest: expected a number of 0 or more, got -1")
    refused(
        lambda: network.train(*XOR, epochs=1, schedule="step"),
        "schedule: expected a function of the epoch and the learning rate, got 'step'",
    )
    refused(
        lambda: network.train(*XOR, epochs=1, schedule=lambda epoch, rate: 0),
        "learning_rate: expected a number above 0, got 0",
    )
    assert network.weights == before


# Looking, and stopping.


def overfitting(engine, **settings):
    """A validation loss that falls first and rises then."""
    network = Network(2, 6, 1, activation="tanh", output_activation="linear", seed=3)
    weights = []
    history = network.train(
        *(FIVE, WANTED),
        epochs=60,
        validation=BESIDE,
        callback=lambda epoch: weights.append(network.weights),
        learning_rate=0.05,
        engine=engine,
        **settings,
    )
    return network, history, weights


@pytest.mark.parametrize("engine", ENGINES)
def test_early_stopping_goes_back_to_the_best_weights(engine):
    network, history, weights = overfitting(engine, early_stopping=5)
    losses = [epoch.validation_loss for epoch in history]
    best = losses.index(min(losses))
    assert history.stopped == "early"
    assert history.best_epoch == best + 1 == len(history) - 5 > 1
    assert network.weights == weights[best] != weights[-1]
    assert network.loss(*BESIDE) == losses[best]


@pytest.mark.parametrize("engine", ENGINES)
def test_validation_alone_changes_nothing(engine):
    network, history, weights = overfitting(engine)
    plain = Network(2, 6, 1, activation="tanh", output_activation="linear", seed=3)
    other = plain.train(FIVE, WANTED, epochs=60, learning_rate=0.05)
    assert network.weights == plain.weights == weights[-1]
    assert history.losses == other.losses
    assert (history.best_epoch, history.stopped) == (None, "epochs")
    assert other[0].validation_loss is None


@pytest.mark.parametrize("engine", ENGINES)
def test_the_best_weights_are_taken_although_all_epochs_were_done(engine):
    network, history, weights = overfitting(engine, early_stopping=1000)
    losses = [epoch.validation_loss for epoch in history]
    assert history.stopped == "epochs"
    assert network.weights == weights[losses.index(min(losses))]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_plateau_ends_training_and_least_gain_says_what_counts(engine):
    def run(**settings):
        return Network(2, 3, 1, seed=1).train(*XOR, epochs=200, shuffle=False, engine=engine, **settings)

    assert run(plateau=3).stopped == "epochs"  # it falls all the time
    history = run(plateau=3, min_delta=0.01)
    lowest, since = history.losses[0], 0
    for loss in history.losses[1:]:
        assert since < 3
        lowest, since = (loss, 0) if lowest - loss > 0.01 else (lowest, since + 1)
    assert (history.stopped, since) == ("plateau", 3)
    standing = Network(1, 1, activation="linear", weights="zeros").train(
        [[1]], [[0]], epochs=9, plateau=2, engine=engine
    )
    assert (len(standing), standing.stopped) == (3, "plateau")


@pytest.mark.parametrize("engine", ENGINES)
def test_training_stops_where_enough_answers_are_right(engine):
    network = Network(2, 4, 1, seed=1)
    history = network.train(*XOR, epochs=4000, until_accuracy=1, engine=engine)
    assert history.stopped == "accuracy"
    assert [epoch.accuracy for epoch in history[-1:]] == [1.0]
    assert all(epoch.accuracy < 1 for epoch in history[:-1])
    right = [round(output) == target for [output], [target] in zip(network.predict_all(XOR[0]), XOR[1])]
    assert all(right)
    part = Network(2, 4, 1, seed=1).train(*XOR, epochs=4000, until_accuracy=0.75, validation=XOR, engine=engine)
    assert part[-1].accuracy >= 0.75 > max([epoch.accuracy for epoch in part[:-1]], default=0)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_checkpoint_is_made_after_every_so_many_epochs(engine, tmp_path):
    network, found, epochs = Network(2, 3, 1, seed=1), [], []
    network.train(
        *XOR,
        epochs=7,
        callback=lambda epoch: epochs.append((epoch.epoch, network.weights)),
        checkpoint=lambda: found.append((network.training_state.epochs, network.weights)),
        checkpoint_every=3,
        engine=engine,
    )
    assert found == [epochs[2], epochs[5]]
    path = tmp_path / "network.json"
    network.train(*XOR, epochs=1, checkpoint=path, engine=engine)
    assert Network.load(path).weights == network.weights


def test_a_checkpoint_goes_on_as_though_nothing_had_been(tmp_path):
    path = tmp_path / "network.json"
    settings = {"optimizer": "nesterov", "seed": 5, "schedule": CosineSchedule(12)}
    network = dropped(l2=0.01)
    network.train(*XOR, epochs=10, checkpoint=path, checkpoint_every=4, **settings)
    again = Network.load(path)
    assert again.training_state.epochs == 8
    again.train(*XOR, epochs=2, resume=True)
    assert bits(again)[:2] == bits(network)[:2]


def test_settings_that_cannot_be_right_are_refused_and_nothing_has_changed():
    network = dropped(l2=0.01)
    network.train(*XOR, epochs=2, optimizer="adam")
    before = held(network)
    fresh = Network(2, 3, 1, seed=1)
    loud = "expected a number above 0 and at most 1"
    for given_settings, message in (
        ({"validation": 3}, "validation: expected a data set or (inputs, targets), got 3"),
        ({"validation": ([[1]], [[1]])}, "validation, inputs[0]: expected 2 numbers, got 1"),
        ({"early_stopping": 0, "validation": XOR}, "early_stopping: expected a whole number of at least 1, got 0"),
        ({"plateau": 0}, "plateau: expected a whole number of at least 1, got 0"),
        ({"min_delta": -1}, "min_delta: expected a number of 0 or more, got -1"),
        ({"until_accuracy": 0}, "until_accuracy: expected a number above 0, got 0"),
        ({"until_accuracy": 1.5}, f"until_accuracy: {loud}, got 1.5"),
        ({"checkpoint": 3}, "checkpoint: expected a path or a function, got 3"),
        ({"checkpoint_every": 0}, "checkpoint_every: expected a whole number of at least 1, got 0"),
        ({"resume": 1}, "resume: expected True or False, got 1"),
        ({"shuffle": "no"}, "shuffle: expected True or False, got 'no'"),
        ({"optimizer": "momentum", "engine": "fast"}, "engine: expected one of auto, walk, unrolled, got 'fast'"),
        ({"optimizer": "momentum", "epochs": 0}, "epochs: expected a whole number of at least 1, got 0"),
    ):
        refused(lambda given_settings=given_settings: network.train(*XOR, **{"epochs": 1, **given_settings}), message)
        assert held(network) == before, given_settings
    with pytest.raises(
        DataError, match=r"^early_stopping: expected validation=\(inputs, targets\), samples to judge by"
    ):
        network.train(*XOR, epochs=1, early_stopping=3)
    with pytest.raises(DataError, match=r"^resume: expected a network that has been trained, got one with no training"):
        fresh.train(*XOR, epochs=1, resume=True)
    assert held(network) == before


# Going on.

COURSES = {
    "plain": {},
    "in order": {"shuffle": False},
    "a generator of its own": {"seed": 11},
    "in batches": {"batch_size": 3},
    "a step schedule": {"schedule": StepSchedule(3, 0.5)},
    "a cosine": {"schedule": CosineSchedule(8, 0.01), "batch_size": 2},
    "early stopping": {"validation": XOR, "early_stopping": 3},
    "never early": {"validation": XOR, "early_stopping": 50, "seed": 2},
    "a plateau": {"plateau": 3, "min_delta": 0.001},
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("course", COURSES)
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_five_epochs_and_five_more_are_ten(name, course, engine):
    settings = dict(COURSES[course])
    if name == "rprop":
        settings.pop("batch_size", None)
    whole, parts = dropped(share=0.25, l1=0.001), dropped(share=0.25, l1=0.001)
    ten = whole.train(*XOR, epochs=10, optimizer=name, engine=engine, **settings)
    first = parts.train(*XOR, epochs=5, optimizer=name, engine=engine, **settings)
    if first.stopped != "epochs":
        assert told(first)[0] == told(ten)[0]
        return
    again = {"validation": XOR} if "validation" in settings else {}
    second = parts.train(*XOR, epochs=5, resume=True, engine=engine, **again)
    assert bits(parts) == bits(whole)
    assert told(first)[0] + told(second)[0] == told(ten)[0]
    assert (second.stopped, second.best_epoch) == (ten.stopped, ten.best_epoch)
    courses = [{key: repr(value) for key, value in vars(one.training_state).items()} for one in (whole, parts)]
    for one in courses:
        del one["generator"], one["schedule"]
    assert courses[0] == courses[1]


def test_resuming_takes_new_settings_and_keeps_the_others():
    network = Network(2, 3, 1, seed=1)
    network.train(*XOR, epochs=2, learning_rate=0.055, batch_size=2, shuffle=False, optimizer="momentum")
    history = network.train(*XOR, epochs=2, learning_rate=0.125, resume=True)
    assert [epoch.epoch for epoch in history] == [3, 4]
    assert [epoch.learning_rate for epoch in history] == [0.125] * 2
    assert (history.steps, network.training_state.shuffle, network.optimizer.name) == (4, False, "momentum")
    network.train(*XOR, epochs=1)
    assert (network.training_state.epochs, network.training_state.batch_size, network.training_state.shuffle) == (1, 1, True)


def test_a_network_that_was_reset_has_no_training_to_go_on_with():
    network = Network(2, 3, 1, seed=1)
    network.train(*XOR, epochs=1)
    network.reset()
    with pytest.raises(DataError, match=r"^resume: expected a network that has been trained"):
        network.train(*XOR, epochs=1, resume=True)


# Breaking off.


def exploding(name, **settings):
    return Network(2, 3, 1, activation="linear", seed=1, dropout=0.25, **settings), OPTIMIZERS[name]()


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", ["sgd", "momentum", "nesterov", "rmsprop", "adam"])
def test_an_epoch_that_ends_in_infinity_is_undone_with_what_was_remembered(name, engine):
    network, optimizer = exploding(name, l2=0.01)
    before = []

    def schedule(epoch, rate):
        return 0.01 if epoch < 4 else 1e200

    def look(epoch):
        before[:] = bits(network)[:2]

    with pytest.raises(TrainingError, match=r"^epoch 4, .*; the weights are again those from before this epoch; try"):
        network.train(*XOR, epochs=9, optimizer=optimizer, schedule=schedule, callback=look, engine=engine)
    assert list(bits(network)[:2]) == before
    assert network.training_state.epochs == 3
    assert all(layer.mask == [1] * len(layer) for layer in dropout_layers(network.layers))
    assert {synapse.gradient for synapse in network.synapses} == {0.0}


def test_an_epoch_that_ends_in_infinity_leaves_the_same_bits_in_both_engines():
    found = []
    for engine in ENGINES:
        network, _ = exploding("momentum")
        with pytest.raises(TrainingError) as caught:
            network.train(*XOR, epochs=9, optimizer="momentum", schedule=lambda epoch, _: 10.0**epoch, engine=engine)
        found.append((bits(network), str(caught.value), network.training_state.epochs))
    assert found[0] == found[1]


@pytest.mark.skipif(not hasattr(signal, "raise_signal"), reason="no signals here")
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", ["momentum", "adam", "rprop"])
def test_ctrl_c_leaves_the_weights_and_memories_of_the_last_whole_step(name, engine):
    def interrupt(epoch):
        if epoch.epoch == 3:
            signal.raise_signal(signal.SIGINT)

    network, other = dropped(), dropped()
    history = network.train(*XOR, epochs=9, optimizer=name, callback=interrupt, engine=engine)
    other.train(*XOR, epochs=3, optimizer=name, engine=engine)
    assert (history.stopped, len(history)) == ("interrupted", 3)
    assert bits(network) == bits(other)


@pytest.mark.parametrize("engine", ENGINES)
def test_what_a_callback_raises_leaves_whole_steps_and_a_course_to_go_on_with(engine):
    def fail(epoch):
        if epoch.epoch == 3:
            raise KeyError("mine")

    network, whole = dropped(), dropped()
    with pytest.raises(KeyError, match="mine"):
        network.train(*XOR, epochs=9, optimizer="adam", seed=1, callback=fail, engine=engine)
    network.train(*XOR, epochs=2, resume=True, engine=engine)
    whole.train(*XOR, epochs=5, optimizer="adam", seed=1, engine=engine)
    assert bits(network) == bits(whole)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", ["momentum", "adam", "rprop"])
def test_a_callback_may_reset_the_network_or_change_its_optimizer(name, engine):
    def change(epoch):
        if epoch.epoch == 2:
            network.reset()
        if epoch.epoch == 4:
            network.optimizer = RMSProp()

    settings = {"batch_size": 4, "shuffle": False, "learning_rate": 0.01, "engine": engine}
    network, by_hand = Network(2, 3, 1, seed=1), Network(2, 3, 1, seed=1)
    network.train(*XOR, epochs=6, optimizer=name, callback=change, **settings)
    by_hand.train(*XOR, epochs=2, optimizer=name, **settings)
    by_hand.reset()
    by_hand.train(*XOR, epochs=2, optimizer=name, **settings)
    by_hand.train(*XOR, epochs=2, optimizer="rmsprop", **settings)
    assert bits(network) == bits(by_hand)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_callback_may_add_a_synapse_that_then_has_a_memory(engine):
    network = Network(2, 3, 1, seed=1)
    added = []

    def change(epoch):
        if epoch.epoch == 2:
            added.append(network.connect("i1", "o1", 0.5))

    history = network.train(*XOR, epochs=4, optimizer="adam", callback=change, engine=engine)
    assert (history.engine, len(history)) == (engine, 4)
    assert added[0].weight != 0.5
    assert added[0].optimizer_state.mean_start == pytest.approx(0.9**8, rel=1e-14)  # eight products, each rounded


def test_schedules_of_floats_serve_other_kinds_of_numbers():
    from decimal import Decimal
    from fractions import Fraction

    for kind in (Decimal, Fraction, complex):
        network = Network(2, 2, 1, seed=1, activation="relu", kind=kind)
        for schedule in (CosineSchedule(3), StepSchedule(1)):
            network.train(*XOR, epochs=2, schedule=schedule)
        assert {type(weight) for weight in network.weights} == {kind}


# Both engines.


@st.composite
def toolboxes(draw):
    """A network's settings and those of its training."""
    clips = {
        "clip_norm": draw(st.sampled_from([None, 0.01, 0.3])),
        "clip_value": draw(st.sampled_from([None, 0.005, 0.2])),
    }
    optimizer = draw(
        st.sampled_from([SGD, Momentum, Nesterov, RMSProp, Adam, RPROP]).flatmap(lambda kind: st.just(kind(**clips)))
    )
    network = {
        "activation": draw(st.sampled_from(["tanh", "sigmoid", "relu", "leaky_relu", "elu", "softsign"])),
        "loss": draw(st.sampled_from(["half_squared_error", "binary_cross_entropy", "huber"])),
        "l1": draw(st.sampled_from([0, 0.01])),
        "l2": draw(st.sampled_from([0, 0.1])),
        "dropout": draw(st.sampled_from([0, 0.3, (0.5, 0), (0.2, 0.6)])),
        "bias": draw(st.booleans()),
        "seed": draw(st.integers(0, 99)),
    }
    size = draw(st.sampled_from([5, 8])) if optimizer.full_batch else draw(st.sampled_from([1, 2, 3, 5]))
    training = {
        "batch_size": size,
        "shuffle": draw(st.booleans()),
        "schedule": draw(st.sampled_from([None, StepSchedule(2), CosineSchedule(6)])),
        "plateau": draw(st.sampled_from([None, 2])),
        "until_accuracy": draw(st.sampled_from([None, 1])),
        "validation": draw(st.sampled_from([None, (FIVE[1:3], WANTED[1:3])])),
    }
    if training["validation"]:
        training["early_stopping"] = draw(st.sampled_from([None, 2]))
    frozen = draw(st.integers(0, 20))
    return network, optimizer, training, frozen


@given(toolboxes())
def test_both_engines_give_the_same_bits(toolbox):
    settings, optimizer, training, frozen = toolbox
    found = []
    for engine in ENGINES:
        network = Network(2, 3, 2, 1, output_activation="sigmoid", **settings)
        if frozen < len(network.synapses):
            network.synapses[frozen].frozen = True
        looked = []
        histories = [
            network.train(FIVE, WANTED, epochs=4, optimizer=optimizer, engine=engine, **training),
            network.train(
                *(FIVE, WANTED),
                epochs=3,
                validation=training["validation"],
                resume=True,
                callback=lambda epoch, network=network, looked=looked: looked.append(bits(network)),
                engine=engine,
            ),
        ]
        assert {history.engine for history in histories} == {engine}
        found.append((bits(network), [told(history) for history in histories], looked))
    assert found[0] == found[1]


# The walk, step by step.

STEPPED = {
    "sgd": SGD(),
    "clipped": SGD(clip_norm=0.01, clip_value=0.008),
    "momentum": Momentum(),
    "nesterov": Nesterov(clip_value=0.01),
    "rmsprop": RMSProp(),
    "adam": Adam(clip_norm=0.02),
    "rprop": RPROP(),
}


def stepped(optimizer):
    network = Network(2, 4, 1, activation="tanh", seed=3, l1=0.01, l2=0.02, dropout=0.5)
    network.optimizer = optimizer
    network[1].mask, network[1].fixed = [0, 2, 1, 0], True
    return network


@pytest.mark.parametrize("name", STEPPED)
def test_steps_go_forth_and_back_and_end_where_training_ends(name):
    network, trained = stepped(STEPPED[name]), stepped(STEPPED[name])
    for _ in range(3):
        trained.train([[0, 1]], [[1]], epochs=1, learning_rate=0.1, optimizer=STEPPED[name])
        before = held(network)
        steps = network.steps([0, 1], [1], 0.1)
        assert held(network) == before
        for _ in steps:
            pass
        while steps.position:
            steps.back()
        assert held(network) == before
        for step in steps:
            assert eval(step.numbers, dict(NAMESPACE)) == step.value  # noqa: S307 - text of our own making
        assert bits(network)[:2] == bits(trained)[:2]
        for by in ("term", "layer", "phase", "sample"):
            grouped = network.steps([0, 1], [1], 0.1, by=by)
            before = held(network)
            for _ in grouped:
                pass
            after = bits(network)[:2]
            while grouped.position:
                grouped.back()
            assert held(network) == before
            twin = [*network.steps([0, 1], [1], 0.1)]
            assert twin
            assert bits(network)[:2] == after
            network.weights = trained.weights
            for synapse, other in zip(network.synapses, trained.synapses):
                if synapse.optimizer_state:
                    vars(synapse.optimizer_state).update(vars(other.optimizer_state))


def test_what_is_remembered_has_a_name_and_each_change_is_told():
    network = Network(1, 1, activation="linear", bias=False, weights=[2], l2=0.5)
    network.optimizer = Momentum(momentum=0.5, clip_value=2)
    steps = network.steps([1], [0], 0.25)
    update = [step for step in steps[:] if step.phase == "update"]
    assert [(step.kind, step.symbols, step.value) for step in update] == [
        ("gradient", "penalized gradient(i1 -> o1) = gradient(i1 -> o1) + l2 * weight(i1 -> o1)", 3),
        ("gradient", "clipped gradient(i1 -> o1) = clip_value", 2),
        ("velocity", "new velocity(i1 -> o1) = momentum * velocity(i1 -> o1) + clipped gradient(i1 -> o1)", 2),
        ("weight", "new weight(i1 -> o1) = weight(i1 -> o1) - learning_rate * new velocity(i1 -> o1)", 1.5),
    ]
    assert update[2].sentence == "The velocity of i1 -> o1 goes from 0.0000 to 2.0000."
    [synapse] = network.synapses
    seen = []
    for step in steps:
        seen.append((step.kind, synapse.optimizer_state and synapse.optimizer_state.velocity))
    assert seen[-2:] == [("velocity", 2), ("weight", 2)]
    assert seen[0] == ("net", None)


def test_the_memory_is_there_from_the_first_step_of_the_update_on():
    for settings in ({}, {"l2": 0.1}):
        network = Network(2, 2, 1, seed=1, **settings)
        network.optimizer = Adam()
        steps = network.steps([0, 1], [1], 0.1)
        for step in steps:
            assert (network.synapses[0].optimizer_state is None) == (step.phase != "update")
            if step.kind == "mean":
                assert step.synapse.optimizer_state.mean == step.value
        while steps.position:
            steps.back()
        assert [synapse.optimizer_state for synapse in network.synapses] == [None] * len(network.synapses)


def test_whatever_an_own_optimizer_raises_leaves_the_network_as_it_was():
    class Broken(SGD):
        name = "broken"

        def begin(self, learning_rate):
            raise RuntimeError("no")

    network = Network(2, 2, 1, seed=1)
    network.train(*XOR, epochs=1, optimizer="adam")
    before = held(network)
    with pytest.raises(RuntimeError, match="no"):
        network.train(*XOR, epochs=1, optimizer=Broken())
    assert held(network) == before


def test_dropout_is_told():
    network = stepped(SGD())
    told_of = [step.symbols for step in network.steps([0, 1], [1])[:] if step.kind in ("output", "delta")]
    assert "new output(h2) = output(h2) * kept(h2)" in told_of
    assert "new output(h3)" not in "".join(told_of)
    assert "delta(h2) = error(h2) * (1 - output(h2) * output(h2)) * kept(h2)" in told_of
    plain = Network(2, 4, 1, activation="tanh", seed=3, dropout=0.5)
    assert [s.symbols for s in plain.steps([0, 1], [1])] == [
        s.symbols for s in Network(2, 4, 1, activation="tanh", seed=3).steps([0, 1], [1])
    ]


@pytest.mark.parametrize("name", STEPPED)
def test_sheets_pictures_and_diagnoses_know_the_toolbox_and_leave_nothing_behind(name):
    network = stepped(STEPPED[name])
    network[1].fixed = False
    before = held(network)
    trained = stepped(STEPPED[name])
    trained.train([[0, 1]], [[1]], epochs=1, learning_rate=0.1, optimizer=STEPPED[name])
    for detail in ("term", "neuron", "layer"):
        for form in ("text", "markdown", "html", "latex"):
            for worksheet in (False, True):
                sheet = explain(network, [0, 1], [1], 0.1, digits=17, detail=detail, format=form, worksheet=worksheet)
                text = str(sheet)
                assert "so this is wrong" not in text
                assert text.count("check: inconclusive") == 0
        assert all(repr(weight) in str(explain(network, [0, 1], [1], 0.1, digits=17)) for weight in trained.weights)
    picture = network.to_svg(values=True, inputs=[0, 1], targets=[1], learning_rate=0.1)
    assert all(text_of(weight) in picture for weight in trained.weights)
    network.diagnose(*XOR, learning_rate=0.1)
    assert held(network) == before


def test_only_the_whole_gradient_stands_beside_its_check():
    network = stepped(Adam(clip_norm=0.01))
    text = str(explain(network, [0, 1], [1], 0.1))
    assert text.count("(check: ") == len(network.synapses)
    assert text.count("penalized gradient(i1 -> h1) = gradient(i1 -> h1) + ") == 1


@pytest.mark.parametrize("seed", [1, 3, 5])
def test_a_rate_that_is_too_large_is_found_whatever_dropout_would_draw(seed):
    found = []
    for share in (0, 0.5):
        network = Network(2, 4, 1, activation="tanh", output_activation="linear", seed=seed, dropout=share)
        found.append([str(finding) for finding in network.diagnose(*XOR, learning_rate=30)])
    assert found[0] == found[1]
    assert "rate too large" in found[0][-1]


def test_steps_refuse_an_optimizer_that_passes_a_neurons_own_update_by():
    class Halved(Neuron):
        def update_weights(self, learning_rate):
            super().update_weights(learning_rate / 2)

    class HalvedNetwork(Network):
        neuron_class = Halved

    network = HalvedNetwork(2, 2, 1, seed=1)
    network.optimizer = Adam()
    with pytest.raises(DataError, match=r"^optimizer: expected 'sgd', because Halved has an update_weights of its own"):
        network.steps([0, 1], [1], 0.1)
    assert len(network.steps([0, 1], [1])) > 0


def test_everything_kept_keeps_the_toolbox():
    network = dropped(l2=0.01)
    network.train(*XOR, epochs=2, optimizer="adam")
    before = held(network)
    with everything_kept(network):
        network.train(*XOR, epochs=2, optimizer="momentum", rng=Random(3))
        network[1].mask[0] = 7
        network.penalty = None
    assert held(network) == before


def test_dropout_layers_of_the_callers_own_take_part():
    layers = [
        Layer("input", [Neuron("i1", "linear")]),
        DropoutLayer("hidden", [Neuron("h1"), Neuron("h2")], share=0.5, rng=Random(1)),
        Layer("output", [Neuron("o1")]),
    ]
    for before, after in zip(layers, layers[1:]):
        for destination in after:
            for source in before:
                Synapse(source, destination, 0.5)
    network = Network(*layers)
    network.train([[1]], [[1]], epochs=3)
    assert Random(1).getstate() != layers[1].rng.getstate()
    refused(
        lambda: Network(*layers, dropout=0.5),
        "dropout: expected none beside layers of the caller's own; make one a DropoutLayer",
    )
