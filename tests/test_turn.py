"""Threads take turns: each answer is that of some whole step, and what cannot be shared says so."""

import pickle
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from helpers import mostly_slow

from neuronet import Network, check_gradients, datasets
from neuronet.errors import ThreadError, TrainingError

XOR = datasets.xor()
ROWS = [[i / 8, 1 - i / 8] for i in range(8)]
EPOCHS = 20


@pytest.fixture(autouse=True)
def threads_switch_often():
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def in_threads(*functions):
    """What each function returns, all of them at once."""
    with ThreadPoolExecutor(len(functions)) as pool:
        return [future.result(timeout=60) for future in [pool.submit(function) for function in functions]]


def elsewhere(function, *arguments):
    """What a function returns in another thread."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(function, *arguments).result(timeout=60)


def fresh(**settings):
    return Network(2, 6, 1, seed=1, **settings)


def whole_steps():
    """The weights after each step of the training that `train` does, as text."""
    network = fresh()
    found = [repr(network.weights)]
    for _ in range(EPOCHS):
        for inputs, targets in zip(*XOR):
            network.forward(inputs)
            network.backward(targets)
            network.update(0.5)
            found.append(repr(network.weights))
    return found


def train(network, engine="walk", **settings):
    return network.train(*XOR, epochs=EPOCHS, learning_rate=0.5, shuffle=False, engine=engine, **settings)


def test_many_threads_predict_and_each_gets_its_own_answer():
    network = fresh()
    wanted = [network.predict(row) for row in ROWS]
    found = in_threads(*(lambda row=row: [network.predict(row) for _ in range(200)] for row in ROWS))
    assert found == [[one] * 200 for one in wanted]


LOOKS = {
    "predict": lambda network: [network.predict(row) for row in ROWS],
    "predict_all": lambda network: network.predict_all(ROWS),
    "unrolled": lambda network: network.predict_all(ROWS, engine="unrolled"),
    "loss": lambda network: network.loss(*XOR),
    "weights": lambda network: network.weights,
    "copy": lambda network: network.copy().weights,
    "to_json": lambda network: Network.from_json(network.to_json()).weights,
    "pickle": lambda network: pickle.loads(pickle.dumps(network)).weights,  # noqa: S301 - our own
    "check_gradients": lambda network: [entry.gradient for entry in check_gradients(network, *XOR).entries],
    "to_dot": lambda network: network.to_dot(),
    "steps": lambda network: [step.value for step in network.steps([0, 1], [1], 0.5)[:]],
}


@pytest.mark.parametrize("engine", ["walk", "unrolled"])
@pytest.mark.parametrize(
    "look",
    mostly_slow(
        [name for name in LOOKS if name not in ("predict", "check_gradients")], "predict_all", "weights", "steps"
    ),
)
def test_beside_a_training_each_answer_is_that_of_some_whole_step(look, engine):
    network, twin = fresh(), fresh()
    known = set()
    for weights in dict.fromkeys(whole_steps()):
        twin.weights = eval(weights)  # noqa: S307 - our own
        known.add(repr(LOOKS[look](twin)))
    found, ended = [], threading.Event()

    def looking():
        while not ended.is_set():
            found.append(repr(LOOKS[look](network)))

    def training():
        try:
            return train(network, engine)
        finally:
            ended.set()

    in_threads(training, looking, looking)
    assert set(found) <= known
    assert repr(network.weights) == whole_steps()[-1]


@pytest.mark.slow
def test_ten_threads_predict_ten_thousand_times_beside_a_training():
    network, row = fresh(), [0.3, 0.7]
    twin, known = fresh(), set()
    for weights in whole_steps():
        twin.weights = eval(weights)  # noqa: S307 - our own
        known.add(tuple(twin.predict(row)))
    asking = [lambda: {tuple(network.predict(row)) for _ in range(10_000)}] * 10
    for found in in_threads(*asking, lambda: train(network) and set()):
        assert found <= known


def test_a_look_leaves_the_walk_of_another_thread_as_it_was():
    network, twin = fresh(), fresh()
    network.forward([0, 1])
    elsewhere(network.predict, [1, 0])
    elsewhere(check_gradients, network, *XOR)
    network.backward([1])
    network.update(0.5)
    twin.forward([0, 1])
    twin.backward([1])
    twin.update(0.5)
    assert network.weights == twin.weights


def test_a_backward_walk_after_the_forward_walk_of_another_thread_is_refused():
    network = fresh()
    network.forward([0, 1])
    elsewhere(network.forward, [1, 0])
    before = network.weights, [synapse.gradient for synapse in network.synapses]
    with pytest.raises(ThreadError, match="another thread has walked since"):
        network.backward([1])
    assert before == (network.weights, [synapse.gradient for synapse in network.synapses])
    network.forward([0, 1])
    network.backward([1])


def test_one_thread_may_walk_forward_and_another_backward():
    network = fresh()
    elsewhere(network.forward, [0, 1])
    network.backward([1])


BY_HAND = {
    "forward": lambda network: network.forward([0, 1]),
    "backward": lambda network: network.backward([1]),
    "update": lambda network: network.update(0.5),
    "reset": lambda network: network.reset(),
    "weights": lambda network: setattr(network, "weights", network.weights),
    "connect": lambda network: network.connect("i1", "o1"),
    "disconnect": lambda network: network.disconnect(network.synapses[0]),
    "train": train,
    "steps": lambda network: next(network.steps([0, 1], [1])),
}


@pytest.mark.parametrize("engine", ["walk", "unrolled"])
@pytest.mark.parametrize("what", mostly_slow(BY_HAND, "forward", "update", "connect", "train"))
def test_what_cannot_be_shared_with_a_training_says_so_and_changes_nothing(what, engine):
    network, twin, found = fresh(), fresh(), []
    network.forward([0, 0])

    def callback(epoch):
        with pytest.raises(ThreadError, match=f"^{what}: expected a network that no other thread trains"):
            elsewhere(BY_HAND[what], network)
        found.append(epoch)

    train(network, engine, callback=callback)
    train(twin, engine)
    assert len(found) == EPOCHS
    assert (network.weights, len(network.synapses)) == (twin.weights, len(twin.synapses))


def test_a_callback_may_wait_for_another_thread_that_looks():
    network, found = fresh(), []
    train(network, callback=lambda epoch: found.append(elsewhere(network.predict, [0, 1])))
    assert len(found) == EPOCHS
    assert found[-1] == network.predict([0, 1])


@pytest.mark.parametrize("wrong", [{"callback": lambda epoch: 1 / 0}, {"learning_rate": 1e300}])
def test_after_a_training_that_failed_other_threads_may_train(wrong):
    network = Network(2, 6, 1, seed=1, activation="linear")
    with pytest.raises((ZeroDivisionError, TrainingError)):
        network.train(*XOR, epochs=50, **wrong)
    elsewhere(lambda: network.train(*XOR, epochs=1))


def test_networks_are_recorded_in_several_threads_at_once():
    networks = [Network(2, 3 + i % 3, 1, activation="leaky_relu", seed=i) for i in range(4)]
    sources = [network.copy().unrolled("outputs").source for network in networks]
    shared = networks[0]
    found = in_threads(
        *(lambda one=one: one.unrolled("outputs").source for one in networks),
        *(lambda: shared.unrolled("outputs").source for _ in range(3)),
        lambda: [shared.predict(row) for row in ROWS],
    )
    assert found[:-1] == [*sources, sources[0], sources[0], sources[0]]
    assert found[-1] == [shared.predict(row) for row in ROWS]
