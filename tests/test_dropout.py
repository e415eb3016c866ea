"""Dropout silences neurons in training only, and every check and picture knows it."""

from random import Random

import pytest
from toolbox import ENGINES, FIVE, WANTED, XOR, bits, dropped, held, refused, stepped

from neuronet import Network, check_deltas, check_gradients, check_step
from neuronet.dropout import DropoutLayer, dropout_layers
from neuronet.gradcheck import gradgradcheck
from neuronet.graph import Layer, Neuron, Synapse
from neuronet.optimizers import OPTIMIZERS, SGD, Adam
from neuronet.training import StepSchedule

# Dropout.


def test_a_rate_of_0_is_a_plain_layer():
    network = Network(2, 4, 3, 1, dropout=[0, 0.25], seed=1)
    assert [type(layer) for layer in network] == [Layer, Layer, DropoutLayer, Layer]
    assert [type(layer) for layer in Network(2, 4, 3, 1, dropout=0)] == [Layer] * 4
    assert [layer.rate for layer in dropout_layers(dropped().layers)] == [0.5, 0.5]


def test_about_the_rate_is_silent_and_the_rest_speaks_up():
    layer = Network(2, 1000, 1, dropout=0.2, seed=3)[1]
    kept = layer.draw()
    assert set(kept) == {0.0, 1.25}
    assert kept is layer.mask
    # The count of 1000 draws at 1/5 has a standard deviation of 12.6; this is five of them, and the seed is fixed.
    assert abs(kept.count(0.0) - 200) < 64
    layer.rest()
    assert layer.mask is None


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
        speaks = all(layer.mask is None for layer in dropout_layers(network.layers))
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
    ("rate", "message"),
    [
        (1, "dropout: expected a number of 0 or more and below 1, got 1"),
        (-0.1, "dropout: expected a number of 0 or more, got -0.1"),
        ("half", "dropout: expected a number, got 'half'"),
        ([0.5], "dropout: expected one rate for each of 2 hidden layers, got 1"),
        ([0.5, 1.5], "dropout[1]: expected a number of 0 or more and below 1, got 1.5"),
    ],
)
def test_rates_that_cannot_be_right_are_refused(rate, message):
    refused(lambda: Network(2, 4, 3, 1, dropout=rate), message)


# The walk, step by step.


def test_dropout_is_told():
    network = stepped(SGD())
    told_of = [step.symbols for step in network.steps([0, 1], [1])[:] if step.kind in ("output", "delta")]
    assert "new output(h2) = output(h2) * mask(h2)" in told_of
    assert "new output(h3) = output(h3) * mask(h3)" in told_of  # a 1 that was set by hand is a factor too
    assert "delta(h2) = error(h2) * (1 - output(h2) * output(h2)) * mask(h2)" in told_of
    plain = Network(2, 4, 1, activation="tanh", seed=3, dropout=0.5)
    assert [s.symbols for s in plain.steps([0, 1], [1])] == [
        s.symbols for s in Network(2, 4, 1, activation="tanh", seed=3).steps([0, 1], [1])
    ]


@pytest.mark.parametrize("seed", [1, 3, 5])
def test_a_rate_that_is_too_large_is_found_whatever_dropout_would_draw(seed):
    found = []
    for rate in (0, 0.5):
        network = Network(2, 4, 1, activation="tanh", output_activation="linear", seed=seed, dropout=rate)
        found.append([str(finding) for finding in network.diagnose(*XOR, learning_rate=30)])
    assert found[0] == found[1]
    assert "rate too large" in found[0][-1]


def test_dropout_layers_of_the_callers_own_take_part():
    layers = [
        Layer("input", [Neuron("i1", "linear")]),
        DropoutLayer("hidden", [Neuron("h1"), Neuron("h2")], rate=0.5, rng=Random(1)),
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
