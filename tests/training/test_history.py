"""The record of a training is true, and says why the training ended."""

import math

import pytest
from by_hand import (
    FIVE,
    WANTED,
    XOR,
    bits,
    by_hand,
    gradients,
    one_step,
    sigmoid_with,
)

import neuronet.training.loop
from neuronet import History, Network
from neuronet.training import Epoch

pytestmark = pytest.mark.usefixtures("both_engines")


class Clock:
    """A clock that goes only when it is told to."""

    def __init__(self, monkeypatch):
        self.now = 1000.0
        monkeypatch.setattr(neuronet.training.loop, "perf_counter", lambda: self.now)


# The history.


def test_an_epoch_records_the_means_over_its_samples_as_they_were_met():
    network, twin = Network(2, 3, 2, seed=3), Network(2, 3, 2, seed=3)
    targets = [[0.25, 1], [1, 0], [0, 0], [0.75, 1], [0.5, 0.5]]
    [record] = network.train(FIVE, targets, epochs=1, shuffle=False)
    losses, distances = [], []
    for row, wanted in zip(FIVE, targets):
        losses += one_step(twin, [row], [wanted])
        distances += [abs(target - neuron.output) for target, neuron in zip(wanted, twin[-1])]
    assert record.epoch == 1
    assert record.loss == pytest.approx(math.fsum(losses) / 5, rel=1e-14)
    assert record.mean_absolute_error == pytest.approx(math.fsum(distances) / 10, rel=1e-14)


def test_the_loss_of_a_full_batch_is_the_loss_before_its_step():
    network = Network(2, 4, 1, seed=3)
    before = network.loss(FIVE, WANTED)
    [record] = network.train(FIVE, WANTED, epochs=1, batch_size=5, shuffle=False)
    assert record.loss == before


def test_a_history_is_a_sequence_of_epochs():
    history = Network(2, 4, 1, seed=3).train(FIVE, WANTED, epochs=4)
    assert isinstance(history, History)
    assert len(history) == 4
    assert all(isinstance(epoch, Epoch) for epoch in history)
    assert [epoch.epoch for epoch in history] == [1, 2, 3, 4]
    assert history[0] is next(iter(history))
    assert history[-1].epoch == 4
    assert [epoch.epoch for epoch in history[1:3]] == [2, 3]
    assert [epoch.epoch for epoch in reversed(history)] == [4, 3, 2, 1]
    with pytest.raises(IndexError):
        history[4]


def test_losses_are_those_of_the_epochs():
    history = Network(2, 4, 1, seed=3).train(FIVE, WANTED, epochs=4)
    assert history.losses == [epoch.loss for epoch in history]
    assert len(set(history.losses)) == 4


def test_training_to_the_end_is_told():
    history = Network(2, 4, 1, seed=3).train(FIVE, WANTED, epochs=4)
    assert (history.stopped, history.steps) == ("epochs", 20)


def test_until_loss_stops_after_the_first_epoch_that_is_low_enough():
    history = Network(2, 4, 1, seed=3).train(*XOR, epochs=5000, until_loss=0.01)
    assert history.stopped == "loss"
    assert history[-1].loss <= 0.01
    assert all(epoch.loss > 0.01 for epoch in history[:-1])


def test_until_loss_is_reached_by_a_loss_that_equals_it():
    losses = Network(2, 4, 1, seed=3).train(*XOR, epochs=200, batch_size=4).losses
    assert losses[98] > losses[99] > losses[100]
    history = Network(2, 4, 1, seed=3).train(*XOR, epochs=200, batch_size=4, until_loss=losses[99])
    assert (len(history), history.stopped) == (100, "loss")


def test_a_callback_gets_every_record_after_its_epoch():
    network, seen = Network(2, 4, 1, seed=3), []
    history = network.train(FIVE, WANTED, epochs=4, callback=lambda epoch: seen.append((epoch, bits(network))))
    assert [epoch for epoch, _ in seen] == list(history)
    assert seen[-1][1] == bits(network)
    assert len({tuple(weights) for _, weights in seen}) == 4


def test_a_callback_that_returns_true_stops_training():
    history = Network(2, 4, 1, seed=3).train(FIVE, WANTED, epochs=9, callback=lambda epoch: epoch.epoch == 3)
    assert (len(history), history.stopped, history.steps) == (3, "callback", 15)


class Truth:
    """As what comes of a comparison of arrays: true, but not True."""

    def __bool__(self):
        return True


@pytest.mark.parametrize("answer", [None, False, 0, 0.0, "", []])
def test_a_callback_that_returns_nothing_true_does_not_stop_training(answer):
    history = Network(2, 4, 1, seed=3).train(FIVE, WANTED, epochs=3, callback=lambda epoch: answer)
    assert (len(history), history.stopped) == (3, "epochs")


@pytest.mark.parametrize("answer", [True, 1, 1.0, "stop", [True], Truth()])
def test_a_callback_that_returns_anything_true_stops_training(answer):
    history = Network(2, 4, 1, seed=3).train(FIVE, WANTED, epochs=3, callback=lambda epoch: answer)
    assert (len(history), history.stopped) == (1, "callback")


def test_an_error_in_a_callback_comes_through_and_leaves_whole_steps(interrupt_handler_is_restored):
    class Mine(Exception):
        pass

    def callback(epoch):
        if epoch.epoch == 2:
            raise Mine

    network, twin = Network(2, 4, 1, seed=3), Network(2, 4, 1, seed=3)
    with pytest.raises(Mine):
        network.train(FIVE, WANTED, epochs=9, callback=callback)
    twin.train(FIVE, WANTED, epochs=2)
    assert bits(network) == bits(twin)
    assert gradients(network) == [0] * 17


def test_time_is_measured_from_the_start(monkeypatch):
    clock = Clock(monkeypatch)

    def callback(epoch):
        clock.now += 2

    history = Network(2, 4, 1, seed=3).train(FIVE, WANTED, epochs=3, callback=callback)
    assert [epoch.seconds for epoch in history] == [0, 2, 4]
    assert history.seconds == 6


def test_a_time_limit_stops_before_the_first_step_that_would_begin_too_late(monkeypatch):
    clock = Clock(monkeypatch)

    def wait(call):
        clock.now += 1

    network, twin = (Network(2, 1, activation=sigmoid_with(action), seed=3) for action in (wait, lambda call: None))
    history = network.train(FIVE, WANTED, epochs=9, time_limit=7, shuffle=False)
    assert (history.stopped, history.steps, len(history), history.seconds) == ("time", 7, 1, 7)
    by_hand(twin, FIVE, WANTED, epochs=1)
    by_hand(twin, FIVE[:2], WANTED[:2], epochs=1)
    assert bits(network) == bits(twin)


def test_a_time_limit_that_is_not_reached_stops_nothing(monkeypatch):
    clock = Clock(monkeypatch)

    def callback(epoch):
        clock.now += 1

    history = Network(2, 4, 1, seed=3).train(FIVE, WANTED, epochs=3, time_limit=3, callback=callback)
    assert (history.stopped, len(history)) == ("epochs", 3)


def test_the_text_of_a_history_is_one_short_line(monkeypatch):
    Clock(monkeypatch)
    history = Network(2, 4, 1, seed=3).train(FIVE, WANTED, epochs=3)
    first, last = history.losses[0], history.losses[-1]
    assert repr(history) == f"History(3 epochs, loss {first:.6f} -> {last:.6f}, stopped: epochs, 0.00 s)"


def test_the_text_of_an_empty_history_names_no_loss():
    assert repr(History()) == "History(0 epochs, stopped: epochs, 0.00 s)"


def test_the_library_prints_nothing(capfd):
    Network(2, 4, 1, seed=3).train(FIVE, WANTED, epochs=3)
    assert capfd.readouterr() == ("", "")
