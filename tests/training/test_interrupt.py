"""Ctrl-C ends training after a whole step, and leaves the handler as it was."""

import signal
import threading

import pytest
from by_hand import (
    FIVE,
    PYTHONS_OWN,
    WANTED,
    bits,
    by_hand,
    gradients,
    one_step,
    sigmoid_with,
)

from neuronet import Network

pytestmark = pytest.mark.usefixtures("both_engines")


def press_ctrl_c():
    signal.raise_signal(signal.SIGINT)


def press_at(*moments):
    """An action that presses Ctrl-C at these calls; at a moment that is given twice, twice."""

    def action(call):
        for _ in range(moments.count(call)):
            press_ctrl_c()

    return action


# Ctrl-C.


@pytest.mark.parametrize(("call", "steps"), [(1, 1), (2, 1), (3, 2), (5, 3), (6, 4), (8, 5)])
def test_ctrl_c_stops_after_the_step_in_which_it_is_pressed(call, steps, interrupt_handler_is_restored):
    # Five samples in batches of two are three steps an epoch: calls 1 and 2, 3 and 4, 5; then 6 and 7 ...
    network = Network(2, 1, activation=sigmoid_with(press_at(call)), seed=3)
    twin = Network(2, 1, seed=3)
    history = network.train(FIVE, WANTED, epochs=9, batch_size=2, shuffle=False)
    assert (history.stopped, history.steps, len(history)) == ("interrupted", steps, steps // 3)
    by_hand(twin, FIVE, WANTED, epochs=steps // 3, batch_size=2)
    for step in range(steps % 3):
        one_step(twin, FIVE[2 * step : 2 * step + 2], WANTED[2 * step : 2 * step + 2])
    assert bits(network) == bits(twin)
    assert gradients(network) == [0] * 3


def test_ctrl_c_in_a_callback_ends_training_after_that_epoch(interrupt_handler_is_restored):
    def callback(epoch):
        if epoch.epoch == 4:
            press_ctrl_c()

    network, twin = Network(2, 4, 1, seed=3), Network(2, 4, 1, seed=3)
    history = network.train(FIVE, WANTED, epochs=9, callback=callback)
    twin.train(FIVE, WANTED, epochs=4)
    assert (history.stopped, len(history), history.steps) == ("interrupted", 4, 20)
    assert bits(network) == bits(twin)


def test_training_goes_on_after_ctrl_c_as_if_it_had_not_been_interrupted(interrupt_handler_is_restored):
    network, twin = Network(2, 4, 1, seed=3), Network(2, 4, 1, seed=3)
    network.train(FIVE, WANTED, epochs=9, callback=lambda epoch: press_ctrl_c() if epoch.epoch == 4 else None)
    network.train(FIVE, WANTED, epochs=5)
    twin.train(FIVE, WANTED, epochs=9)
    assert bits(network) == bits(twin)


@pytest.mark.parametrize("batch_size", [1, 5])
def test_ctrl_c_in_the_very_last_step_is_told_too(batch_size, interrupt_handler_is_restored):
    network = Network(2, 1, activation=sigmoid_with(press_at(15)), seed=3)
    history = network.train(FIVE, WANTED, epochs=3, batch_size=batch_size)
    assert (history.stopped, len(history)) == ("interrupted", 3)


@pytest.mark.parametrize("setting", [{"callback": lambda epoch: True}, {"until_loss": 10}])
def test_ctrl_c_goes_before_any_other_reason_to_stop(setting, interrupt_handler_is_restored):
    network = Network(2, 1, activation=sigmoid_with(press_at(5)), seed=3)
    assert network.train(FIVE, WANTED, epochs=3, **setting).stopped == "interrupted"


def test_a_second_ctrl_c_interrupts_at_once(interrupt_handler_is_restored):
    network = Network(2, 1, activation=sigmoid_with(press_at(7, 7)), seed=3)
    with pytest.raises(KeyboardInterrupt):
        network.train(FIVE, WANTED, epochs=9)
    assert gradients(network) == [0] * 3


def test_every_call_counts_its_own_ctrl_c(interrupt_handler_is_restored):
    network = Network(2, 1, activation=sigmoid_with(press_at(3, 13)), seed=3)
    assert network.train(FIVE, WANTED, epochs=9).stopped == "interrupted"
    assert network.train(FIVE, WANTED, epochs=9).stopped == "interrupted"
    assert network.train(FIVE, WANTED, epochs=2).stopped == "epochs"


def test_without_ctrl_c_the_handler_is_restored(interrupt_handler_is_restored):
    handlers = []
    network = Network(2, 4, 1, seed=3)
    network.train(FIVE, WANTED, epochs=1, callback=lambda epoch: handlers.append(signal.getsignal(signal.SIGINT)))
    assert handlers[0] is not PYTHONS_OWN


def test_after_training_ctrl_c_is_an_exception_again(interrupt_handler_is_restored):
    Network(2, 4, 1, seed=3).train(FIVE, WANTED, epochs=1)
    with pytest.raises(KeyboardInterrupt):
        press_ctrl_c()


def test_a_handler_of_the_user_is_called_at_once_and_stays():
    pressed = []

    def mine(number, frame):
        pressed.append(number)

    before = signal.signal(signal.SIGINT, mine)
    try:
        network = Network(2, 1, activation=sigmoid_with(press_at(2, 3)), seed=3)
        history = network.train(FIVE, WANTED, epochs=2)
        assert signal.getsignal(signal.SIGINT) is mine
    finally:
        signal.signal(signal.SIGINT, before)
    assert pressed == [signal.SIGINT] * 2
    assert (history.stopped, len(history)) == ("epochs", 2)


def test_ignored_interrupts_stay_ignored():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        network = Network(2, 1, activation=sigmoid_with(press_at(2)), seed=3)
        history = network.train(FIVE, WANTED, epochs=2)
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
    assert history.stopped == "epochs"


def test_another_thread_trains_as_the_main_one_does():
    network, twin = Network(2, 4, 1, seed=3), Network(2, 4, 1, seed=3)
    handlers, histories = [], []

    def work():
        look = handlers.append
        histories.append(
            network.train(FIVE, WANTED, epochs=4, callback=lambda epoch: look(signal.getsignal(signal.SIGINT)))
        )

    before = signal.getsignal(signal.SIGINT)
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert histories[0].losses == twin.train(FIVE, WANTED, epochs=4).losses
    assert handlers == [before] * 4
