"""Training goes on from where it was, and what breaks it off leaves whole steps."""

import signal
from itertools import product

import pytest
from toolbox import ENGINES, XOR, bits, dropped, told

from neuronet import Network
from neuronet.dropout import dropout_layers
from neuronet.errors import DataError, TrainingError
from neuronet.optimizers import OPTIMIZERS, RMSProp
from neuronet.training import CosineSchedule, StepSchedule

# Going on.

TRAININGS = {
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


def cases():
    """Every optimizer with every training in both engines; of those unrolled the quick suite takes one of each."""
    for (row, name), (column, training) in product(enumerate(OPTIMIZERS), enumerate(TRAININGS)):
        yield name, training, "walk"
        marks = [] if row == column % len(OPTIMIZERS) else [pytest.mark.slow]
        yield pytest.param(name, training, "unrolled", marks=marks)


@pytest.mark.parametrize(("name", "training", "engine"), list(cases()))
def test_five_epochs_and_five_more_are_ten(name, training, engine):
    settings = dict(TRAININGS[training])
    if name == "rprop":
        settings.pop("batch_size", None)
    whole, parts = dropped(rate=0.25, l1=0.001), dropped(rate=0.25, l1=0.001)
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
    states = [{key: repr(value) for key, value in vars(one.training_state).items()} for one in (whole, parts)]
    for one in states:
        del one["generator"], one["schedule"]
    assert states[0] == states[1]


def test_resuming_takes_new_settings_and_keeps_the_others():
    network = Network(2, 3, 1, seed=1)
    network.train(*XOR, epochs=2, learning_rate=0.055, batch_size=2, shuffle=False, optimizer="momentum")
    history = network.train(*XOR, epochs=2, learning_rate=0.125, resume=True)
    assert [epoch.epoch for epoch in history] == [3, 4]
    assert [epoch.learning_rate for epoch in history] == [0.125] * 2
    assert (history.steps, network.training_state.shuffle, network.optimizer.name) == (4, False, "momentum")
    network.train(*XOR, epochs=1)
    assert (network.training_state.epochs, network.training_state.batch_size, network.training_state.shuffle) == (
        1,
        1,
        True,
    )


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
    assert all(layer.mask is None for layer in dropout_layers(network.layers))
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
