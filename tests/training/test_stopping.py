"""Training stops early, on a plateau, at a loss or an accuracy, and saves on the way."""

import pytest
from toolbox import ENGINES, FIVE, WANTED, XOR, bits, dropped, held, refused

from neuronet import Network
from neuronet.errors import DataError
from neuronet.training import CosineSchedule

BESIDE = [[0.25, 0.5]], [[1.0]]


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
