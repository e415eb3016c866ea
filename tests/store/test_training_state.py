"""The state of a training comes back whole, and what no training could have left is refused."""

import json
from decimal import Decimal
from fractions import Fraction
from random import SystemRandom

import pytest
from documents import a_document, a_network, named, refusal, replaced

from neuronet import Network
from neuronet.errors import DataError, FormatError
from neuronet.optimizers import Momentum


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("training", "best", "epoch"), 5, "training.best.epoch: expected a whole number from 1 to 4, got 5"),
        (("training", "best", "epoch"), 0, "training.best.epoch: expected a whole number from 1 to 4, got 0"),
        (("training", "lowest", "epoch"), 5, "training.lowest.epoch: expected a whole number from 1 to 4, got 5"),
        (("training", "epochs"), 3, "training.lowest.epoch: expected a whole number from 1 to 3, got 4"),
        (("training", "epochs"), 0, "training.best.epoch: expected a whole number from 1 to 0, got 1"),
        (("training", "early_stopping"), None, "training.best: expected null without early stopping, got an object"),
        (("training", "best"), None, "training.improved: expected null without a best, got an object"),
        (("training", "lowest"), None, "training.lowest: expected an object after 4 epochs, got None"),
        (("training", "last_weights"), [0.5] * 17, "training.last_weights: expected 18, got 17"),
        (("training", "best", "weights"), [0.5] * 19, "training.best.weights: expected 18, got 19"),
        (("training", "learning_rate"), 0, "training.learning_rate: expected a number above 0, got 0.0"),
        (("training", "min_delta"), -1, "training.min_delta: expected a number of 0 or more, got -1.0"),
        (("training", "batch_size"), 1.0, "training.batch_size: expected a whole number of at least 1, got 1.0"),
        (("training", "plateau"), 0, "training.plateau: expected a whole number of at least 1, got 0"),
        (("training", "schedule", "every"), 0, "training.schedule.every: expected a whole number of at least 1, got 0"),
        (("training", "schedule", "every"), 2.0, "training.schedule.every: expected a whole number of at least 1, got"),
        (("training", "schedule", "factor"), 1.5, "training.schedule.factor: expected a number above 0 and at most 1"),
        (("training", "schedule", "name"), "poly", "training.schedule.name: unknown 'poly'; known: step, cosine, own"),
        (("training", "schedule", "name"), "cosine", "training.schedule: expected the key 'epochs', which is missing"),
        (("training", "schedule", "name"), "own", "training.schedule: expected the key 'function', which is missing"),
        (("training", "schedule"), {"name": "own", "function": 1}, "training.schedule.function: expected a name"),
        (("training", "order", "words"), "AAAA", "training.order.words: expected 3328 characters, got 4"),
        (("training", "order", "words"), "A" * 3328, "training.order.words: expected 2496 bytes that are not all 0"),
        (("training", "order", "words"), "é" * 3328, "training.order.words: expected base64, got something else"),
        (("training", "order", "words"), "AA==" * 832, "training.order.words: expected "),
        (("training", "order", "position"), 625, "training.order.position: expected a whole number from 0 to 624"),
        (("optimizer", "name"), "adamw", "optimizer.name: unknown 'adamw'; known: sgd, momentum, nesterov, rmsprop"),
        (("optimizer", "name"), "momentum", "optimizer: unknown key 'beta1'; known: name, momentum, clip_norm"),
        (("optimizer", "beta1"), 1, "optimizer.beta1: expected a number of 0 or more and below 1, got 1"),
        (("optimizer", "beta1"), "0.9", "optimizer.beta1: expected a number, got '0.9'"),
        (("optimizer", "clip_norm"), None, "optimizer.clip_norm: expected a number, got None"),
        (("optimizer", "clip_norm"), 0, "optimizer.clip_norm: expected a number above 0, got 0"),
        (("optimizer", "epsilon"), True, "optimizer.epsilon: expected a number, got True"),
        (("penalty", "l1"), -1, "penalty.l1: expected a number of 0 or more, got -1.0"),
        (("layers", 1, "dropout", "rate"), 1, "layers[1].dropout.rate: expected a number above 0 and below 1"),
        (("layers", 1, "dropout", "rate"), 0, "layers[1].dropout.rate: expected a number above 0 and below 1"),
        (("layers", 0, "dropout"), {"rate": 0.5}, "layers[0].dropout: expected none but in a hidden layer"),
        (("layers", 2, "dropout"), {"rate": 0.5}, "layers[2].dropout: expected none but in a hidden layer"),
        (
            ("synapses", "optimizer_state"),
            {"velocity": [0.5] * 18},
            "synapses.optimizer_state: expected the key 'mean', which is miss",
        ),
        (
            ("synapses", "optimizer_state", "velocity"),
            [0.5] * 18,
            "synapses.optimizer_state: unknown key 'velocity'; known: mean, ",
        ),
        (("synapses", "optimizer_state", "mean"), [0.5] * 17, "synapses.optimizer_state.mean: expected 18, got 17"),
        (
            ("synapses", "optimizer_state", "mean", 4),
            None,
            "synapses.optimizer_state.mean[4]: expected a number as in mean_square, got",
        ),
        (
            ("synapses", "optimizer_state", "mean_square", 4),
            -1,
            "synapses.optimizer_state.mean_square[4]: expected a number of 0 or",
        ),
        (
            ("synapses", "optimizer_state", "square_start", 4),
            1.5,
            "synapses.optimizer_state.square_start[4]: expected a share from 0",
        ),
        (("minor_version",), -1, "minor_version: expected a whole number of at least 0, got -1"),
        (("model",), {}, "model: expected a network alone, got one with columns; read it with Model.load"),
    ],
    ids=lambda value: named(value) if isinstance(value, tuple) else None,
)
def test_what_no_training_could_have_left_is_refused_in_these_words(path, value, message):
    assert refusal(replaced(a_document(), path, value)).startswith(message)


def test_what_another_optimizer_remembered_is_not_written():
    network = a_network()
    network.optimizer = Momentum()
    document = json.loads(network.to_json())
    assert "optimizer_state" not in document["synapses"]
    Network.from_json(json.dumps(document))


def test_a_synapse_that_was_added_later_has_no_memory_yet():
    network = Network(2, 2, 1, seed=1)
    network.train([[0, 1]], [[1]], epochs=1, optimizer="adam")
    network.connect("i1", "o1")
    twin = Network.from_json(network.to_json())
    without = [
        (synapse.source.name, synapse.destination.name) for synapse in twin.synapses if synapse.optimizer_state is None
    ]
    assert without == [("i1", "o1")]


def test_best_weights_of_another_graph_are_forgotten():
    network, samples = a_network(), ([[0, 1], [1, 0]], [[0, 1], [1, 0]])
    network.connect("i2", "o2")
    twin = Network.from_json(network.to_json())
    assert (twin.training_state.best, twin.training_state.best_weights, twin.training_state.last_weights) == (
        None,
        None,
        None,
    )
    for each in (network, twin):
        each.train(*samples, epochs=1, resume=True, validation=samples)
    assert network.to_json() == twin.to_json()


def test_a_validation_loss_without_end_is_never_the_best_and_the_network_can_be_saved():
    network = Network(1, 1, 1, seed=1, output_activation="linear")
    network.train([[0.5]], [[0.5]], epochs=2, validation=([[0.5]], [[1e200]]), early_stopping=5)
    assert network.training_state.best is None
    network.train([[0.5]], [[0.5]], epochs=2, validation=([[0.5]], [[1]]), resume=True)
    assert network.training_state.best_epoch == 4
    assert Network.from_json(network.to_json()).training_state.best == network.training_state.best


@pytest.mark.parametrize("kind", [Fraction, Decimal])
def test_a_training_goes_on_in_another_kind_of_number(kind):
    samples = [[0, 1], [1, 0]], [[1], [0]]
    network = Network(2, 2, 1, seed=1, activation="softsign")
    own = samples[0], network.predict_all(samples[0])  # so that it is best in the beginning
    settings = {"validation": own, "early_stopping": 5, "min_delta": 1, "shuffle": False}
    network.train(*samples, epochs=2, **settings)
    other = network.convert(kind)
    assert {type(weight) for weight in other.training_state.best_weights + other.training_state.last_weights} == {kind}
    assert (
        type(other.training_state.learning_rate),
        type(other.training_state.lowest),
        type(other.training_state.best),
    ) == (kind,) * 3
    for each in (network, other):
        each.train(*samples, epochs=1, resume=True, validation=own)
    back = Network.from_json(other.convert(float).to_json())
    assert back.training_state.last_weights == pytest.approx(network.training_state.last_weights, abs=1e-15)
    assert back.training_state.lowest == pytest.approx(network.training_state.lowest, abs=1e-15)


def falling(epoch, learning_rate):
    return learning_rate / epoch


def test_a_schedule_of_ones_own_keeps_its_name_and_has_to_be_given_again():
    network, samples = Network(2, 1, seed=1), ([[0, 1]], [[1]])
    network.train(*samples, epochs=2, schedule=falling)
    text = network.to_json()
    assert json.loads(text)["training"]["schedule"] == {"name": "own", "function": "falling"}
    twin = Network.from_json(text)
    assert twin.to_json() == text
    with pytest.raises(DataError, match=r"^schedule: expected the function 'falling' again"):
        twin.train(*samples, epochs=1, resume=True)
    twin.train(*samples, epochs=1, resume=True, schedule=falling)
    network.train(*samples, epochs=1, resume=True)
    assert twin.to_json() == network.to_json()


def test_a_generator_that_json_cannot_hold_is_refused_by_its_place():
    network = Network(2, 2, 1, seed=1, dropout=0.5)
    network.layers[1].rng = SystemRandom()
    with pytest.raises(FormatError, match=r"^layers\[1\]\.dropout\.generator: expected a random\.Random, got a Sys"):
        network.to_json()
