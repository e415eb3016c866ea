"""An interrupt at any line leaves every network, activation and handler as it was; the next call answers rightly."""

import random
import signal
import sys
from pathlib import Path

import pytest
from helpers import bits, mostly_slow

import neuronet
from neuronet import Network, check_deltas, check_gradients, check_step, datasets, explain, gradgradcheck, taylor_test
from neuronet.activations import ACTIVATIONS
from neuronet.draw import decision_surface
from neuronet.losses import LOSSES

PACKAGE = str(Path(neuronet.__file__).parent)
XOR = datasets.xor()
LOOKS = {
    "predict": lambda network: network.predict([0, 1]),
    "predict_all": lambda network: network.predict_all(XOR.inputs),
    "outputs unrolled": lambda network: network.predict_all(XOR.inputs, engine="unrolled"),
    "loss unrolled": lambda network: network.loss(*XOR, engine="unrolled"),
    "steps unrolled": lambda network: network.unrolled("steps").source,
    "batches unrolled": lambda network: network.unrolled("batches").source,
    "check_gradients": lambda network: str(check_gradients(network, *XOR)),
    "decimal": lambda network: str(check_gradients(network, *XOR, method="decimal")),
    "check_deltas": lambda network: str(check_deltas(network, *XOR)),
    "check_step": lambda network: str(check_step(network, *XOR)),
    "taylor_test": lambda network: str(taylor_test(network, *XOR)),
    "gradgradcheck": lambda network: str(gradgradcheck(network, *XOR)),
    "steps": lambda network: len(network.steps([0, 1], [1], 0.5)),
    "to_svg": lambda network: network.to_svg(inputs=[0, 1], targets=[1], learning_rate=0.5),
    "surface": lambda network: decision_surface(network, *XOR),
    "diagnose": lambda network: str(network.diagnose(*XOR, learning_rate=0.5)),
    "explain": lambda network: str(explain(network, [0, 1], [1], 0.5)),
    "copy": lambda network: network.copy().weights,
    "to_json": lambda network: network.to_json(),
}
NETWORKS = {"sigmoid": {}, "a kink, dropout and a penalty": {"activation": "leaky_relu", "dropout": 0.3, "l2": 0.1}}


def press_ctrl_c():
    signal.raise_signal(signal.SIGINT)


def stop():
    raise KeyboardInterrupt


def at_line(number, action, function, *arguments):
    """What a function returns, or None where it was interrupted, and how many lines of the package it went through.

    action: is called before this line, the first one being 1.
    """
    lines = 0

    def in_a_function(frame, event, _):
        nonlocal lines
        if event == "line":
            lines += 1
            if lines == number:
                action()
        return in_a_function

    def enter(frame, event, _):
        return in_a_function if frame.f_code.co_filename.startswith(PACKAGE) else None

    before = sys.gettrace()
    sys.settrace(enter)
    try:
        return function(*arguments), lines
    except KeyboardInterrupt:
        return None, lines
    finally:
        sys.settrace(before)


def shared():
    """What belongs to all networks and to the process."""
    return [type(one) for one in (*ACTIVATIONS.values(), *LOSSES.values())], signal.getsignal(signal.SIGINT)


def walked(settings):
    network = Network(2, 3, 1, seed=1, **settings)
    network.forward([0, 1])
    network.backward([1])
    return network


@pytest.mark.skipif(sys.implementation.name == "pypy", reason="tracing every line takes too long there")
@pytest.mark.parametrize("lines", mostly_slow((3, 25), 3))
@pytest.mark.parametrize("action", [stop, press_ctrl_c])
@pytest.mark.parametrize("settings", NETWORKS.values(), ids=NETWORKS)
@pytest.mark.parametrize("name", mostly_slow(LOOKS, "predict", "outputs unrolled", "check_gradients", "steps"))
def test_an_interrupt_at_any_line_leaves_everything_as_it_was(name, settings, action, lines):
    look, rest = LOOKS[name], shared()
    wanted, all_lines = at_line(0, stop, look, walked(settings))
    for number in random.Random(f"{name}, {lines}").sample(range(1, all_lines + 1), min(lines, all_lines)):
        network = walked(settings)
        before = bits(network), type(network)
        at_line(number, action, look, network)
        assert (bits(network), type(network)) == before, f"line {number} of {all_lines}"
        assert shared() == rest
        assert look(network) == wanted


@pytest.mark.skipif(sys.implementation.name == "pypy", reason="tracing every line takes too long there")
@pytest.mark.parametrize("tries", mostly_slow([10, 30], 10))
@pytest.mark.parametrize("engine", ["walk", "unrolled"])
def test_ctrl_c_at_any_line_of_a_training_leaves_whole_steps(engine, tries):
    def train(network):
        return network.train(*XOR, epochs=3, learning_rate=0.5, shuffle=False, engine=engine)

    twin, rest = Network(2, 3, 1, seed=1), shared()
    whole = [twin.weights]
    for inputs, targets in [*zip(*XOR)] * 3:
        twin.forward(inputs)
        twin.backward(targets)
        twin.update(0.5)
        whole.append(twin.weights)
    _, all_lines = at_line(0, stop, train, Network(2, 3, 1, seed=1))
    for number in random.Random(engine).sample(range(1, all_lines + 1), tries):
        network = Network(2, 3, 1, seed=1)
        at_line(number, press_ctrl_c, train, network)
        assert network.weights in whole, f"line {number} of {all_lines}"
        assert shared() == rest
        assert all(synapse.gradient == 0 for synapse in network.synapses)
        train(network)
