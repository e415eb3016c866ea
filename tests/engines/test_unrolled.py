"""The unrolled walk is the walk: the same numbers to the last bit, wherever one can look, whatever the network."""

import keyword
import linecache
import math
import re
import signal
import sys
import threading
import traceback
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest
from helpers import bits
from hypothesis import example, given, note, settings
from hypothesis import strategies as st
from strategies import WEIGHTS, cases, fitting_pairs

from neuronet import Activation, Layer, Loss, Network, Neuron, Synapse, datasets
from neuronet.activations import ACTIVATIONS
from neuronet.engines import unrolled as engines
from neuronet.errors import DataError, RecordingError, TrainingError, UnknownNameError
from neuronet.scalar import magnitude, sqrt
from neuronet.testing import datasets as drawn_datasets
from neuronet.testing import networks

XOR = datasets.xor()
ENGINES = ("walk", "unrolled")


def everything(network):
    """All numbers on the neurons and synapses, with those that a subclass has added, as text: -0.0 is not 0.0."""
    found = []
    for owner in (*network.neurons, *network.synapses):
        slots = [slot for kind in type(owner).__mro__ for slot in getattr(kind, "__slots__", ())]
        for name in (*slots, *getattr(owner, "__dict__", {})):
            value = getattr(owner, name)
            if isinstance(value, (int, float, type(None))):
                found.append((name, repr(value)))
    return found


def history_of(history):
    return [(epoch.epoch, repr(epoch.loss), repr(epoch.mean_absolute_error)) for epoch in history], history.steps


def train_both(network, inputs, targets, **options):
    """Train two copies, one with each engine; what either of them ended with, the walk's first."""
    ends = []
    for engine in ENGINES:
        twin = network.copy()
        history = twin.train(inputs, targets, engine=engine, **options)
        assert history.engine == engine
        ends.append((everything(twin), history_of(history), history.stopped))
    return ends


def same(network, inputs, targets, **options):
    """Whether both engines end the same, be it with an error."""
    options = {"epochs": 2, "learning_rate": 0.5, "seed": 1, **options}
    walked, failed = network.copy(), network.copy()
    try:
        walked.train(inputs, targets, engine="walk", **options)
    except TrainingError as problem:
        with pytest.raises(TrainingError, match=re.escape(str(problem))):
            failed.train(inputs, targets, engine="unrolled", **options)
        assert everything(failed) == everything(walked)
        return True
    walk, unrolled = train_both(network, inputs, targets, **options)
    assert unrolled == walk
    return True


batch_sizes = st.sampled_from([1, 2, 3, 10])


@pytest.mark.parametrize(("activation", "loss"), fitting_pairs())
@settings(max_examples=max(2, settings().max_examples // 3))
@given(data=st.data())
def test_the_engines_agree_for_every_activation_and_loss(activation, loss, data):
    network, inputs, targets = data.draw(cases(output_activation=activation, loss=loss))
    for synapse in network.synapses:
        synapse.frozen = data.draw(st.integers(0, 4)) == 4
    assert same(network, inputs, targets, batch_size=data.draw(batch_sizes))


@given(data=st.data())
def test_the_engines_agree_at_kinks_and_far_out(data):
    weights = WEIGHTS[data.draw(st.sampled_from(list(WEIGHTS)))]
    network = data.draw(networks(max_layers=4, kinks=True, weights=weights))
    inputs, targets = data.draw(drawn_datasets(network, kinks=True, elements=st.floats(-100, 100)))
    assert same(network, inputs, targets, batch_size=data.draw(batch_sizes))


@given(data=st.data())
def test_outputs_and_loss_agree(data):
    network, inputs, targets = data.draw(cases())
    before = bits(network)
    assert repr(network.predict_all(inputs, engine="unrolled")) == repr(network.predict_all(inputs, engine="walk"))
    measured = [network.loss(inputs, targets, engine=engine) for engine in ENGINES]
    assert repr(measured[0]) == repr(measured[1])
    assert bits(network) == before


@example(weights=[0.0, -0.0, -0.0], inputs=[-0.0, 0.0])
@example(weights=[-0.0, 0.0, 0.0], inputs=[-0.0, -0.0])
@example(weights=[-0.0, -1.0, 1.0], inputs=[0.0, -0.0])
@given(
    weights=st.lists(st.sampled_from([0.0, -0.0, 1.0, -1.0]), min_size=3, max_size=3),
    inputs=st.lists(st.sampled_from([0.0, -0.0, 1.0, -1.0]), min_size=2, max_size=2),
)
def test_the_sign_of_zero_is_kept(weights, inputs):
    for activation in ("linear", "tanh", "relu", "softsign"):
        for loss in ("half_squared_error", "mean_absolute_error"):
            network = Network(2, 1, activation=activation, loss=loss, weights=weights)
            for synapse, weight in zip(network.synapses, weights):
                synapse.weight = weight
            assert same(network, [inputs, inputs], [[0.0], [-0.0]])


@given(st.sampled_from([1, 2, True, 0]))
def test_a_weight_that_is_an_int_is_carried_as_one(weight):
    network = Network(2, 2, 1, seed=1)
    network.synapses[1].weight = int(weight)
    twin = network.copy()
    twin.synapses[1].weight = int(weight)
    ends = []
    for one, engine in ((network, "walk"), (twin, "unrolled")):
        one.train(*XOR, epochs=1, shuffle=False, engine=engine)
        ends.append(everything(one))
    assert ends[0] == ends[1]


def test_the_negative_of_the_int_zero_has_no_sign():
    zero = Activation("zero", lambda net: 0, lambda net, output: 1.0)
    for loss in ("mean_absolute_error", "mean_squared_error", "huber"):
        network = Network(1, 1, 2, output_activation=zero, loss=loss, seed=1)
        for batch_size in (1, 2):
            assert same(network, [[0.0], [1.0]], [[-0.0, 0.0], [0.0, -1.0]], batch_size=batch_size)
    below = Activation(
        "below", lambda net: -0.0 - (-(0 if net > 0 else 1)), lambda net, output: (-(0 if net > 0 else 1)) * net
    )
    network = Network(1, 1, activation=below, seed=1)
    assert same(network, [[0.0], [1.0], [-1.0]], [[0.0], [1.0], [0.0]])


# Classes that override one of the walk's methods.


class Momentum(Synapse):
    __slots__ = ("velocity",)

    def __init__(self, *ends, **settings):
        super().__init__(*ends, **settings)
        self.velocity = 0


class Heavy(Neuron):
    def update_weights(self, learning_rate):
        for synapse in self.incoming:
            if not synapse.frozen:
                synapse.velocity = synapse.velocity * 0.9 - learning_rate * synapse.gradient
                synapse.weight += synapse.velocity


class Clipped(Neuron):
    """Branches in a method that changes synapses."""

    def update_weights(self, learning_rate):
        for synapse in self.incoming:
            step = learning_rate * synapse.gradient
            if step > 0.125:
                step = 0.125
            elif step < -0.125:
                step = -0.125
            synapse.weight -= step


class SignOnly(Neuron):
    """Branches on the memory of the synapse, as resilient propagation does."""

    def update_weights(self, learning_rate):
        for synapse in self.incoming:
            if synapse.gradient * synapse.velocity > 0:
                synapse.velocity = synapse.velocity * 1.5
            else:
                synapse.velocity = synapse.gradient / 2
            synapse.weight -= learning_rate * synapse.velocity


class ClippedDelta(Neuron):
    def own_delta(self):
        delta = super().own_delta()
        return min(max(delta, -0.05), 0.05)


class Forgetful(Neuron):
    """Never clears: the gradient is memory."""

    def clear_gradients(self, zero=0):
        pass


class Lagging(Neuron):
    """Reads what the last sample left."""

    def own_delta(self):
        before = self.delta
        return super().own_delta() + (0 if before is None else before / 8)


class Lingering(Neuron):
    __slots__ = ("mean",)

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.mean = 0.5

    def weighted_sum(self):
        net = super().weighted_sum()
        self.mean = self.mean * 0.75 + net * 0.25
        return net - self.mean


class Eager(Neuron):
    """The article's slip: the weights change before the error has gone back through them."""

    def own_delta(self):
        delta = super().own_delta()
        for synapse in self.incoming:
            synapse.weight += 0.125 * delta * synapse.source.output
        return delta

    def update_weights(self, learning_rate):
        pass


class Averse(Neuron):
    def output_error(self, target, loss, outputs):
        error = super().output_error(target, loss, outputs)
        return 2 * error if error < 0 else error


class Leaking(Neuron):
    def hidden_error(self):
        error = super().hidden_error()
        return error + magnitude(self.net) / 16


class Passing(Neuron):
    """One synapse takes the old weight of the next, which itself moves on."""

    def update_weights(self, learning_rate):
        old = [synapse.weight for synapse in self.incoming]
        super().update_weights(learning_rate)
        for synapse, weight in zip(self.incoming, old[1:]):
            synapse.weight = weight


class Swapping(Neuron):
    """Two synapses exchange their weights: neither may be assigned before the other was read."""

    def update_weights(self, learning_rate):
        super().update_weights(learning_rate)
        if len(self.incoming) > 1:
            first, second = self.incoming[:2]
            first.weight, second.weight = second.weight, first.weight


class Doubling(Neuron):
    def add_gradients(self):
        for synapse in self.incoming:
            synapse.gradient += -2 * self.delta * synapse.source.output


class Sloping(Neuron):
    """Reads in the update what the walks left behind."""

    def update_weights(self, learning_rate):
        for synapse in self.incoming:
            synapse.weight += learning_rate * self.delta * synapse.source.output / (1 + magnitude(self.error))


class Exchanging(Neuron):
    """Two numbers of one neuron, of which one is called like the new value of the other."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.mean, self.mean_new = 0.5, 0.25

    def weighted_sum(self):
        net, before = super().weighted_sum(), self.mean
        self.mean, self.mean_new = self.mean_new + net, self.mean / 2
        return net + before


class Pushing(Neuron):
    """Changes the neurons next to it, and only sometimes."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.trace = 0.0

    def weighted_sum(self):
        net = super().weighted_sum() + self.trace
        if net > 0.125:
            for synapse in self.outgoing:
                synapse.destination.trace = synapse.destination.trace / 2 + net
        return net


class Handing(Neuron):
    """Takes the neuron's number for the weight and the weight for the neuron's number, on both sides of a branch."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.kept = 0.25

    def update_weights(self, learning_rate):
        for synapse in self.incoming[:1]:
            weight, step = synapse.weight, learning_rate * synapse.gradient
            if step > 0.0:
                synapse.weight, self.kept = self.kept - step, weight
            else:
                synapse.weight, self.kept = self.kept, weight - step


OVERRIDDEN = [Heavy, Clipped, SignOnly, ClippedDelta, Forgetful, Lingering, Eager, Averse, Leaking, Swapping, Passing]
OVERRIDDEN += [Doubling, Sloping, Exchanging, Pushing, Handing]


def network_of(neuron, *shape, **options):
    needs_memory = neuron in (Heavy, SignOnly)
    kinds = {"neuron_class": neuron, "synapse_class": Momentum if needs_memory else Synapse}
    return type(f"{neuron.__name__}Network", (Network,), kinds)(*shape, **options)


@pytest.mark.parametrize("neuron", OVERRIDDEN, ids=lambda neuron: neuron.__name__)
@pytest.mark.parametrize("batch_size", [1, 3])
@pytest.mark.parametrize("loss", ["half_squared_error", "binary_cross_entropy"])
def test_the_engines_agree_where_a_method_is_overridden(neuron, batch_size, loss):
    network = network_of(neuron, 2, 2, 1, loss=loss, seed=3)
    network.synapses[4].frozen = True
    walk, unrolled = train_both(network, *XOR, epochs=7, batch_size=batch_size, seed=2, learning_rate=0.25)
    assert unrolled == walk


def test_what_the_last_sample_left_is_read_again():
    ends = []
    for engine in ENGINES:
        network = network_of(Lagging, 2, 3, 1, seed=3)
        network.train(*XOR, epochs=1, shuffle=False, engine="walk")
        assert network.train(*XOR, epochs=3, shuffle=False, engine=engine).engine == engine
        ends.append(everything(network))
    assert ends[0] == ends[1]


def test_memory_that_begins_as_an_int_is_an_int_until_the_first_step():
    network = network_of(Heavy, 2, 2, 1, seed=1)
    assert "velocity" in network.unrolled().source
    for _ in range(3):
        network.train(*XOR, epochs=1, engine="unrolled")
    assert all(type(synapse.velocity) is float for synapse in network.synapses)
    twin = network_of(Heavy, 2, 2, 1, seed=1)
    twin.train(*XOR, epochs=3, engine="walk")
    assert twin.weights == network.weights


class BoundedLoss(Loss):
    """A loss with a branch of its own over the whole sample."""

    def __init__(self):
        super().__init__("bounded", lambda t, o: (t - o) * (t - o), lambda t, o: 2 * (o - t), average=True)
        self.bound = 0.25

    def of_sample(self, targets, neurons):
        total = super().of_sample(targets, neurons)
        return total if total < self.bound else self.bound + total / 2


SILU = Activation(
    "silu",
    lambda net: net * ACTIVATIONS["sigmoid"].value(net),
    lambda net, output: ACTIVATIONS["sigmoid"].value(net) * (1 + net - output),
)


@pytest.mark.parametrize("batch_size", [1, 3])
def test_activations_and_losses_of_ones_own(batch_size):
    network = Network(2, 3, 2, activation=SILU, output_activation="tanh", loss=BoundedLoss(), seed=1)
    inputs, targets = XOR.inputs, [[row[0], 1 - row[0]] for row in XOR.targets]
    walk, unrolled = train_both(network, inputs, targets, epochs=5, seed=1, batch_size=batch_size)
    assert unrolled == walk
    for engine in ENGINES:
        assert network.loss(inputs, targets, engine=engine) == network.loss(inputs, targets, engine="walk")


class Halving(Layer):
    """A row of the user's own."""

    __slots__ = ()

    def forward(self):
        super().forward()
        for neuron in self.neurons:
            neuron.output = neuron.output / 2


def test_layers_and_walks_of_ones_own():
    class Weighted(Network):
        def backpropagate(self, targets):
            return 3 * super().backpropagate(targets)

    ends = []
    for engine in ENGINES:
        a, b, c = Neuron("a", "linear"), Neuron("b", "tanh"), Neuron("c", "tanh")
        for source, destination, weight in ((a, b, 0.5), (b, c, -1.25), (a, c, 0.75)):
            Synapse(source, destination, weight)
        network = Weighted(Layer("in", [a]), Halving("middle", [b]), Layer("out", [c]))
        history = network.train([[0.5], [-1.0]], [[1.0], [0.0]], epochs=3, shuffle=False, engine=engine)
        assert history.engine == engine
        ends.append((network.weights, history_of(history)))
    assert ends[0] == ends[1]


# Where the caller can look.


def test_a_callback_sees_every_number_as_after_the_walk():
    seen = {}
    for engine in ENGINES:
        network = Network(2, 3, 1, seed=1)
        shown = seen[engine] = []
        network.train(*XOR, epochs=5, engine=engine, callback=lambda epoch: shown.append(everything(network)))  # noqa: B023
    assert seen["walk"] == seen["unrolled"]


def change_weight(network):
    network.synapses[3].weight = 0.125


def freeze(network):
    network.synapses[3].frozen = True


def cut(network):
    network.disconnect(network.synapses[3])


def join(network):
    free = [name for name in ("i1", "i2") if all(s.destination.name != "o1" for s in network.neuron(name).outgoing)]
    network.connect(free[0], "o1", 0.5)


def change_activation(network):
    network.neuron("h2").activation = ACTIVATIONS["relu"]


def change_loss(network):
    network.loss_function = Loss("own", lambda t, o: (t - o) ** 4, lambda t, o: 4 * (o - t) ** 3)


def change_class(network):
    network.neuron("h1").__class__ = SlowNeuron


def change_formula(network):
    own = Activation("own", lambda net: net / 2, lambda net, output: 1 / 2)
    network.neuron("h2").activation = own
    network.train(*XOR, epochs=1, shuffle=False, engine="unrolled" if network.on_programs else "walk")
    own.value, own.derivative = (lambda net: net / 4), (lambda net, output: 1 / 4)


def minus_zero(network):
    network.synapses[3].weight = -0.0


class SlowNeuron(Neuron):
    __slots__ = ()

    def own_delta(self):
        return super().own_delta() / 2


class TellingNetwork(Network):
    on_programs = False


CHANGES = [change_weight, freeze, cut, join, change_activation, change_loss, change_class, change_formula, minus_zero]


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("within", ["between two calls", "in a callback"])
def test_a_change_counts_from_the_next_step_on(change, within):
    ends = []
    for engine in ENGINES:
        network = TellingNetwork(2, 3, 1, seed=1)
        network.on_programs = engine == "unrolled"
        if within == "between two calls":
            for _ in range(2):
                network.train(*XOR, epochs=2, shuffle=False, engine=engine)
                assert repr(network.predict_all(XOR.inputs, engine=engine)) == repr(network.predict_all(XOR.inputs))
                assert network.loss(*XOR, engine=engine) == network.loss(*XOR)
                change(network)
        elif change is not change_formula:
            network.train(
                *XOR,
                epochs=4,
                shuffle=False,
                engine=engine,
                callback=lambda epoch: change(network) if epoch.epoch == 2 else None,  # noqa: B023
            )
        network.train(*XOR, epochs=2, shuffle=False, engine=engine)
        ends.append((everything(network), repr(network.predict_all(XOR.inputs, engine=engine))))
    assert ends[0] == ends[1]


SLOPE = 0.5


def test_a_setting_that_a_formula_reads_counts_when_it_changes(monkeypatch):
    bend = Activation("bend", lambda net: net * SLOPE, lambda net, output: SLOPE)
    ends = []
    for engine in ENGINES:
        monkeypatch.setitem(globals(), "SLOPE", 0.5)
        network = Network(2, 3, 1, activation=bend, seed=1)
        network.train(*XOR, epochs=2, shuffle=False, engine=engine)
        monkeypatch.setitem(globals(), "SLOPE", 0.25)
        network.train(*XOR, epochs=2, shuffle=False, engine=engine)
        ends.append(network.weights)
    assert ends[0] == ends[1]


def test_a_setting_of_a_loss_counts_when_it_changes():
    ends = []
    for engine in ENGINES:
        network = Network(2, 3, 1, loss=BoundedLoss(), seed=1)
        first = network.loss(*XOR, engine=engine)
        network.loss_function.bound = 0.0625
        ends.append((first, network.loss(*XOR, engine=engine)))
    assert ends[0] == ends[1]
    assert ends[0][0] != ends[0][1]


def test_the_output_of_a_bias_neuron_counts_when_it_changes():
    network = Network(2, 3, 1, weights=[0.25] * 13)
    for output in (1.0, 0.5, -0.5):
        network.layers[1].bias.output = output
        told = [repr(network.predict_all(XOR.inputs, engine=engine)) for engine in ENGINES]
        assert told[0] == told[1]


class Switched(Neuron):
    """Reads what is no number of the walk: a flag, a text, a number that is not there yet, settings of the class."""

    slope = 0.0
    table = (0.5,)

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.doubled, self.mode, self.extra = False, "plain", None

    def own_delta(self):
        delta = super().own_delta() * self.table[0]
        if self.extra is not None:
            delta = delta + self.extra
        if self.mode == "flat":
            return delta * self.slope
        return 2 * delta if self.doubled else delta


@pytest.mark.usefixtures("always")
@pytest.mark.parametrize(
    "settings",
    [{"doubled": True}, {"mode": "flat"}, {"extra": 0.25}, {"extra": 1}, {"mode": "flat", "slope": -0.0}],
    ids=repr,
)
def test_a_setting_of_a_neuron_counts_when_it_changes(settings, monkeypatch):
    ends = []
    for engine in (*ENGINES, "auto"):
        with monkeypatch.context() as here:
            network = network_of(Switched, 2, 2, 1, seed=1)
            for neuron in network.computing:
                neuron.mode = settings.get("mode", neuron.mode)
            network.train(*XOR, epochs=1, shuffle=False, engine=engine)
            if "slope" in settings:
                here.setattr(Switched, "slope", settings["slope"])
            for neuron in network.computing:
                for name in {"doubled", "mode", "extra"} & settings.keys():
                    setattr(neuron, name, settings[name])
            assert network.train(*XOR, epochs=2, shuffle=False, engine=engine).engine in (engine, "walk")
            ends.append(everything(network))
    assert ends[0] == ends[1] == ends[2]


class Namespace:
    slope = 0.5


SLOPES = {0: 0.5}


class Tabled(Neuron):
    slopes = SLOPES

    def own_delta(self):
        return super().own_delta() * self.slopes[0] * Namespace.slope


@pytest.mark.usefixtures("always")
def test_a_setting_within_something_that_is_read_counts_when_it_changes(monkeypatch):
    ends = []
    for engine in (*ENGINES, "auto"):
        with monkeypatch.context() as here:
            network = network_of(Tabled, 2, 2, 1, seed=1)
            weights = []
            for owner in ("nothing", "table", "namespace"):
                if owner == "table":
                    here.setitem(SLOPES, 0, 0.25)
                elif owner == "namespace":
                    here.setattr(Namespace, "slope", 0.125)
                network.train(*XOR, epochs=2, shuffle=False, engine=engine)
                weights.append(network.weights)
            ends.append(weights)
    assert ends[0] == ends[1] == ends[2]


def test_a_program_is_kept_as_long_as_nothing_changes():
    network = Network(2, 3, 1, seed=1)
    first = network.unrolled()
    network.train(*XOR, epochs=2, engine="unrolled")
    assert network.unrolled() is first
    network.synapses[0].frozen = True
    assert network.unrolled() is not first


# Ends that are not the usual one.


@pytest.mark.parametrize("batch_size", [1, 2])
def test_a_loss_that_grows_beyond_all_bounds_names_the_very_sample(batch_size):
    told = []
    for engine in ENGINES:
        network = Network(2, 3, 1, activation="linear", seed=1)
        with pytest.raises(TrainingError) as caught:
            network.train(
                [[1e3, 2e3], [3e3, 4e3], [-5e3, 6e3]],
                [[1e3], [2e3], [3e3]],
                epochs=50,
                batch_size=batch_size,
                seed=1,
                engine=engine,
            )
        told.append((str(caught.value), everything(network)))
    assert told[0] == told[1]


def test_an_error_of_a_users_own_formula_comes_through():
    def brittle(net):
        return 1 / net if net > 0.25 else net

    network = Network(1, 1, activation=Activation("brittle", brittle, lambda n, o: o / (n - 0.5)), weights=[0.5, 0.0])
    for engine in ENGINES:
        with pytest.raises(TrainingError, match="sample 0: "):
            network.copy().train([[0.0]], [[1.0]], epochs=1, engine=engine)


def test_until_loss_and_callback_stop_at_the_same_epoch():
    for options in ({"until_loss": 0.05}, {"callback": lambda epoch: epoch.epoch == 7}):
        walk, unrolled = train_both(Network(2, 4, 1, seed=1), *XOR, epochs=2000, **options)
        assert unrolled == walk


def test_a_time_limit_is_asked_for_before_every_step(monkeypatch):
    ends = []
    for engine in ENGINES:
        ticks = iter(range(10_000))
        monkeypatch.setattr("neuronet.training.loop.perf_counter", lambda ticks=ticks: next(ticks))
        network = Network(2, 3, 1, seed=1)
        history = network.train(*XOR, epochs=50, time_limit=11, shuffle=False, engine=engine)
        ends.append((network.weights, history.steps, history.stopped, len(history)))
    assert ends[0] == ends[1]
    assert ends[0][2] == "time"


def test_ctrl_c_keeps_whole_steps(monkeypatch):
    monkeypatch.setattr(engines, "AT_ONCE", 1)
    network = Network(2, 3, 1, seed=1)

    def press(epoch):
        if epoch.epoch == 3:
            signal.raise_signal(signal.SIGINT)

    history = network.train(*XOR, epochs=50, shuffle=False, engine="unrolled", callback=press)
    assert (history.stopped, history.steps) == ("interrupted", 12)
    twin = Network(2, 3, 1, seed=1)
    twin.train(*XOR, epochs=3, shuffle=False, engine="walk")
    assert twin.weights == network.weights


def test_an_interrupt_amid_a_program_leaves_the_weights_of_a_whole_part(monkeypatch):
    network = Network(2, 3, 1, seed=1)
    program = network.unrolled()
    run, calls = program.run, []

    def interrupted(*arguments):
        calls.append(arguments)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return run(*arguments)

    monkeypatch.setattr(program, "run", interrupted)
    with pytest.raises(KeyboardInterrupt):
        network.train(*XOR, epochs=9, shuffle=False, engine="unrolled")
    twin = Network(2, 3, 1, seed=1)
    twin.train(*XOR, epochs=2, shuffle=False, engine="walk")
    assert twin.weights == network.weights
    assert all(synapse.gradient == 0 for synapse in network.synapses)


def test_many_samples_are_done_in_parts(monkeypatch):
    monkeypatch.setattr(engines, "AT_ONCE", 60)
    inputs, targets = XOR.inputs * 7, XOR.targets * 7
    for batch_size in (1, 3):
        walk, unrolled = train_both(Network(2, 3, 1, seed=1), inputs, targets, epochs=3, seed=1, batch_size=batch_size)
        assert unrolled == walk


# Which engine does the work.


@pytest.mark.parametrize("wrong", ["fast", None, 1, True, "Walk", ["walk"]])
def test_an_unknown_engine_is_refused(wrong):
    network = Network(2, 1, seed=1)
    before = bits(network)
    for call in (
        lambda: network.train(*XOR, epochs=1, engine=wrong),
        lambda: network.predict_all(XOR.inputs, engine=wrong),
        lambda: network.loss(*XOR, engine=wrong),
    ):
        with pytest.raises(DataError, match="engine: expected one of auto, walk, unrolled, got"):
            call()
    assert bits(network) == before


def test_auto_unrolls_what_pays():
    network = Network(2, 3, 1, seed=1)
    enough = -(-(engines.LEAST_SAMPLES + len(network.synapses)) // 4)
    assert network.copy().train(*XOR, epochs=enough - 1).engine == "walk"
    assert network.copy().train(*XOR, epochs=enough).engine == "unrolled"
    several = [network.train(*XOR, epochs=enough // 4).engine for _ in range(6)]
    assert several == ["walk", "walk", "walk", "walk", "unrolled", "unrolled"]
    assert network.predict_all(XOR.inputs * enough) == network.predict_all(XOR.inputs * enough, engine="walk")


def test_auto_leaves_a_large_network_to_the_walk(monkeypatch):
    monkeypatch.setattr(engines, "MOST_SYNAPSES", 12)
    monkeypatch.setattr(engines, "MOST_ON_PYPY", 12)
    assert Network(2, 3, 1, seed=1).train(*XOR, epochs=600).engine == "walk"
    assert Network(2, 3, 1, seed=1).train(*XOR, epochs=2, engine="unrolled").engine == "unrolled"
    assert Network(2, 2, 1, seed=1).train(*XOR, epochs=600).engine == "unrolled"


@pytest.fixture
def always(monkeypatch):
    """Nothing is too little for "auto" to unroll."""
    monkeypatch.setattr(engines, "LEAST_SAMPLES", -1_000)
    monkeypatch.setattr(engines, "MOST_ON_PYPY", engines.MOST_SYNAPSES)


@pytest.mark.usefixtures("always")
def test_auto_leaves_other_kinds_of_number_to_the_walk():
    network = Network(2, 3, 1, seed=1).convert(complex)
    assert network.train(*XOR, epochs=1).engine == "walk"
    with pytest.raises(RecordingError, match="expected a network of floats"):
        network.train(*XOR, epochs=1, engine="unrolled")


LOG = []


class Logging(Neuron):
    __slots__ = ()

    def own_delta(self):
        LOG.append(self.name)
        return super().own_delta()


class Listing(Neuron):
    __slots__ = ("seen",)

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.seen = []

    def own_delta(self):
        self.seen += [1]
        return super().own_delta()


class Noisy(Neuron):
    rng = Random(1)

    def weighted_sum(self):
        return super().weighted_sum() + self.rng.random()


class Deep(Neuron):
    """Hides it in a function within a function."""

    def weighted_sum(self):
        [net] = [LOG.append(value) or value for value in [super().weighted_sum()]]
        return net


class Helped(Neuron):
    """Hides it in a method of its own."""

    def own_delta(self):
        self.help()
        return super().own_delta()

    def help(self):
        LOG.append(self.name)


class Inheriting(Logging):
    """Hides it in the class above."""

    __slots__ = ()

    def own_delta(self):
        return 2 * super().own_delta()


class Proper(Neuron):
    """Hides it in a property."""

    def own_delta(self):
        return super().own_delta() * self.half

    @property
    def half(self):
        LOG.append(self.name)
        return 0.5


class Watching(Neuron):
    """Hides it where nothing mentions it."""

    def __setattr__(self, name, value):
        if name == "delta":
            LOG.append(name)
        super().__setattr__(name, value)


output = LOG.append


class Shadowing(Neuron):
    """Hides it behind a name that is harmless as an attribute."""

    def own_delta(self):
        output(self.name)
        return super().own_delta()


class Defaulting(Neuron):
    """Hides it in a default."""

    def own_delta(self, tell=LOG.append):
        tell(self.name)
        return super().own_delta()


class Gaining(Neuron):
    """Its number begins on the class and then is its own."""

    gain = 1.0

    def weighted_sum(self):
        net = super().weighted_sum()
        self.gain = self.gain * 0.75 + net / 4
        return net * self.gain


class Freezing(Neuron):
    def update_weights(self, learning_rate):
        super().update_weights(learning_rate)
        for synapse in self.incoming:
            synapse.frozen = True


class Settling(Neuron):
    def update_weights(self, learning_rate):
        super().update_weights(learning_rate)
        for synapse in self.incoming:
            synapse.initial = synapse.weight


class Typed(Neuron):
    """Asks what it is, and it is something else while it is recorded."""

    def own_delta(self):
        return super().own_delta() * (2 if type(self) is Typed else 1)


class Averaging(Layer):
    """A row with a memory."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.mean = 0.0

    def forward(self):
        super().forward()
        self.mean = self.mean / 2 + self.neurons[0].output / 2
        for neuron in self.neurons:
            neuron.output = neuron.output - self.mean


class CountingLoss(Loss):
    """Changes itself."""

    def __init__(self):
        super().__init__("counting", lambda t, o: (t - o) * (t - o), lambda t, o: 2 * (o - t))
        self.count = 0

    def of_sample(self, targets, neurons):
        self.count += 1
        return super().of_sample(targets, neurons)


def counting_network():
    count = 0

    def value(net):
        nonlocal count
        count += 1
        return net / 2

    network = Network(2, 2, 1, activation=Activation("counting", value, lambda net, output: 1 / 2), seed=1)
    return network, lambda: count


def noisy_value(net):
    return net + NOISE.random()


NOISE = Random(1)


class Nameless(Neuron):
    """Changes what is no number."""

    def own_delta(self):
        self.name = self.name + "'"
        return super().own_delta()


DOING_MORE = [Logging, Listing, Noisy, Deep, Helped, Inheriting, Proper, Watching, Shadowing, Defaulting]
DOING_MORE += [Gaining, Freezing, Settling, Typed]


@pytest.mark.usefixtures("always")
@pytest.mark.parametrize("neuron", DOING_MORE, ids=lambda neuron: neuron.__name__)
def test_auto_leaves_to_the_walk_what_does_more_than_compute(neuron):
    LOG.clear()
    network = network_of(neuron, 2, 2, 1, seed=1)
    Noisy.rng.seed(1)
    assert network.train(*XOR, epochs=2, shuffle=False).engine == "walk"
    logged, seen = len(LOG), everything(network)
    Noisy.rng.seed(1)
    LOG.clear()
    twin = network_of(neuron, 2, 2, 1, seed=1)
    twin.train(*XOR, epochs=2, shuffle=False, engine="walk")
    assert (logged, seen) == (len(LOG), everything(twin))
    if neuron is Logging:
        assert len(LOG) == 8 * 3
    if neuron is Listing:
        assert all(len(one.seen) == 8 for one in network.computing)


@pytest.mark.usefixtures("always")
def test_auto_leaves_to_the_walk_what_else_remembers():
    network, count = counting_network()
    assert network.train(*XOR, epochs=2).engine == "walk"
    assert count() == 8 * 3
    network = Network(2, 2, 1, loss=CountingLoss(), seed=1)
    assert network.train(*XOR, epochs=2).engine == "walk"
    assert network.loss_function.count == 8
    a, b, c = (Neuron(name, "tanh") for name in "abc")
    for source, destination in ((a, b), (b, c)):
        Synapse(source, destination, 0.5)
    row = Averaging("middle", [b])
    network = Network(Layer("in", [a]), row, Layer("out", [c]))
    assert network.train([[0.5], [1.0]], [[0.5], [1.0]], epochs=2).engine == "walk"
    assert type(row.mean) is float


@pytest.mark.parametrize("neuron", [Gaining, Freezing, Settling], ids=lambda neuron: neuron.__name__)
def test_what_a_method_makes_or_changes_is_put_back(neuron):
    network = network_of(neuron, 2, 2, 1, seed=1)
    before = everything(network)
    with pytest.raises(RecordingError, match="expected the walks to leave it alone"):
        network.unrolled()
    assert everything(network) == before
    assert all(vars(one) == {} for one in network.neurons)


def test_outputs_of_ones_own_are_not_passed_over(monkeypatch):
    class Doubled(Network):
        def outputs(self):
            return [2 * output for output in super().outputs()]

    network = Doubled(2, 2, 1, seed=1)
    expected = network.predict_all(XOR.inputs, engine="walk")
    monkeypatch.setattr(engines, "LEAST_SAMPLES", -1_000)
    assert network.predict_all(XOR.inputs) == expected
    with pytest.raises(RecordingError, match="outputs"):
        network.predict_all(XOR.inputs, engine="unrolled")


def test_names_that_look_like_new_values_do_not_meet():
    ends = []
    for engine in ENGINES:
        rows = [Neuron("i"), Neuron("j")], [Swapping("h"), Swapping("h_new")], [Swapping("o")]
        for before, after in zip(rows, rows[1:]):
            for place, source in enumerate(before):
                for destination in after:
                    Synapse(source, destination, 0.5 - place)
        network = Network(*(Layer(str(place), row) for place, row in enumerate(rows)))
        for batch_size in (1, 2):
            network.train(*XOR, epochs=2, shuffle=False, batch_size=batch_size, engine=engine)
        ends.append(everything(network))
    assert ends[0] == ends[1]


@pytest.mark.usefixtures("always")
@pytest.mark.parametrize("neuron", OVERRIDDEN, ids=lambda neuron: neuron.__name__)
def test_auto_unrolls_methods_that_only_compute(neuron):
    assert network_of(neuron, 2, 2, 1, seed=1).train(*XOR, epochs=2).engine == "unrolled"


@pytest.mark.usefixtures("always")
def test_auto_leaves_a_method_with_too_many_ways_to_the_walk():
    network = network_of(Clipped, 2, 9, 1, seed=1)
    assert network.train(*XOR, epochs=2).engine == "walk"
    with pytest.raises(RecordingError, match="at most 64 paths"):
        network.train(*XOR, epochs=2, engine="unrolled")


@pytest.mark.usefixtures("always")
def test_auto_leaves_noise_to_the_walk_and_unrolled_refuses_it():
    network = Network(2, 2, 1, activation=Activation("noisy", noisy_value, lambda net, output: 1), seed=1)
    assert network.train(*XOR, epochs=1).engine == "walk"
    with pytest.raises(RecordingError, match="the same each time"):
        network.train(*XOR, epochs=1, engine="unrolled")


@pytest.mark.parametrize(
    ("spoilt", "reason"),
    [
        (Activation("values", math.exp, lambda net, output: output), "neuronet.scalar"),
        (Activation("text", lambda net: net if net > 0 else "none", lambda net, output: 1), "both sides"),
        (Activation("indexed", lambda net: [1, 2][net], lambda net, output: 1), "indices|index"),
    ],
)
def test_what_cannot_be_recorded_is_told_and_everything_is_as_before(spoilt, reason):
    network = Network(2, 2, 1, activation=spoilt, output_activation="sigmoid", seed=1)
    before = bits(network)
    functions = [(formula, formula.value, formula.derivative) for formula in (spoilt, ACTIVATIONS["sigmoid"])]
    for what in ("steps", "batches", "outputs", "loss"):
        with pytest.raises(RecordingError, match=reason):
            network.unrolled(what)
    with pytest.raises(RecordingError, match=reason):
        network.train(*XOR, epochs=1, engine="unrolled")
    assert bits(network) == before
    assert all(formula.value is value and formula.derivative is derivative for formula, value, derivative in functions)


def test_a_method_that_changes_what_is_no_number_is_refused():
    network = network_of(Nameless, 2, 2, 1, seed=1)
    names = [neuron.name for neuron in network.neurons]
    with pytest.raises(RecordingError, match="name"):
        network.unrolled()
    assert [neuron.name for neuron in network.neurons] == names


@pytest.mark.parametrize("what", ["step", "", None, "C"])
def test_an_unknown_program_is_refused(what):
    with pytest.raises(UnknownNameError, match=r"what: unknown .*; known: steps, batches, outputs, loss"):
        Network(2, 1, seed=1).unrolled(what)


@pytest.mark.parametrize("what", ["steps", "batches", "outputs", "loss"])
@given(case=cases())
@settings(max_examples=max(2, settings().max_examples // 2))
def test_recording_leaves_no_trace(what, case):
    network, inputs, targets = case
    network.forward(inputs[0])
    network.backward(targets[0])
    before = bits(network)
    network.unrolled(what)
    assert bits(network) == before


# The text.


@given(case=cases(), what=st.sampled_from(["steps", "batches", "outputs", "loss"]))
def test_the_same_network_gives_the_same_text(case, what):
    network = case[0]
    source = network.unrolled(what).source
    note(source)
    assert network.copy().unrolled(what).source == source
    assert max(map(len, source.splitlines())) < 250


def test_the_text_for_xor_fits_a_screen():
    lines = Network(2, 4, 1, seed=1).unrolled().source.splitlines()
    assert len(lines) <= 60
    assert max(map(len, lines)) <= 120


def test_the_text_reads_as_the_network():
    source = Network(2, 2, 1, seed=1).unrolled().source
    assert "h1_net = b1_to_h1 + i1_to_h1 * i1_output + i2_to_h1 * i2_output\n" in source
    assert "i1_to_h1 = i1_to_h1 + learning_rate * (h1_delta * i1_output)\n" in source


NASTY = [
    "import os",
    "o1); raise SystemExit(",
    "h1\n    evil = 1",
    "class",
    "1st",
    "",
    "loss",
    "memory",
    "part",
    "value1",
    "exp",
    "ﬁ",
    "fi",
    "ünïcödé",
    "a_to_b",
    "samples",
    "__import__('os')",
    "h1_net",
]


@given(st.lists(st.one_of(st.sampled_from(NASTY), st.text(max_size=8)), min_size=5, max_size=5, unique=True))
def test_names_from_users_are_made_safe(names):
    a, b, c, d, e = (Neuron(name, "tanh") for name in names)
    for source, destination in ((a, c), (b, c), (a, d), (b, d), (c, e), (d, e), (a, e)):
        Synapse(source, destination, 0.5 if destination is c else -0.25)
    network = Network(Layer("in", [a, b]), Layer("middle", [c, d]), Layer("out", [e]))
    for what in ("steps", "batches", "outputs", "loss"):
        source = network.unrolled(what).source
        words = set(re.findall(r"\w+", re.sub("#.*", "", source)))
        assert source.isascii()
        assert not words & {"import", "raise", "SystemExit", "os", "__import__", "evil"}
        assert all(word.isidentifier() or word[0].isdigit() for word in words)
        assert words & set(keyword.kwlist) <= {"def", "for", "in", "if", "else", "return"}
    assert same(network, [[0.5, -0.25], [1.0, 0.0]], [[0.5], [0.0]])


def test_a_traceback_shows_the_line_of_the_program():
    program = Network(2, 2, 1, seed=1).unrolled()
    with pytest.raises(TypeError) as caught:
        program.run([["a", 0.0, 1.0]], 0.5, 0.0, 0.0, program.taken())
    text = "".join(traceback.format_exception(caught.type, caught.value, caught.tb))
    assert "h1_net = b1_to_h1 + i1_to_h1 * i1_output" in text
    filename = program.run.__code__.co_filename
    assert "".join(linecache.getlines(filename)).strip() == program.source
    del program, caught
    import gc

    gc.collect()
    assert filename not in linecache.cache or linecache.getlines(filename)


PYTHONS = sorted(Path.home().glob(".pyenv/versions/3.*/bin/python"))


@pytest.mark.parametrize("version", [(3, 9), (3, 10), (3, 11), (3, 12), (3, 13)])
def test_the_text_is_python_of_every_supported_version(version):
    import ast

    for what in ("steps", "batches", "outputs", "loss"):
        shared = {"output_activation": "softmax", "loss": "categorical_cross_entropy"}
        for options in ({}, {"activation": "elu"}, shared):
            ast.parse(Network(2, 3, 2, seed=1, **options).unrolled(what).source, feature_version=version)


# Size.


@pytest.mark.slow
def test_a_wide_network_and_a_deep_one_are_recorded_without_recursion():
    wide = Network(300, 2, 1, seed=1)
    inputs = [[Random(row).uniform(-1, 1) for _ in range(300)] for row in range(2)]
    targets = [[0.0], [1.0]]
    deep = Network(*([1] * 400), activation="softsign", weights="glorot", seed=1)
    limit = sys.getrecursionlimit()
    for network, rows in ((wide, inputs), (deep, [row[:1] for row in inputs])):
        assert same(network, rows, targets)
        assert same(network, rows, targets, batch_size=2)
    assert sys.getrecursionlimit() == limit


def test_recording_grows_with_the_synapses_and_no_faster():
    counts = []
    for width in (10, 40):
        network = Network(10, width, 1, seed=1)
        counts.append(len(network.unrolled().source.split()) / len(network.synapses))
    assert counts[1] < 1.2 * counts[0]


def test_what_the_last_callback_changes_stays():
    for ending in ("True", "an error", "the last epoch"):
        for engine in ENGINES:
            network = Network(2, 3, 1, seed=1)
            best = [weight / 2 for weight in network.weights]

            def restore(epoch, network=network, best=best, ending=ending):
                if epoch.epoch == 2:
                    network.weights = best
                    if ending == "an error":
                        raise KeyError(ending)
                return epoch.epoch == 2 and ending == "True"

            with suppress(KeyError):
                network.train(*XOR, epochs=2 if ending == "the last epoch" else 4, engine=engine, callback=restore)
            assert network.weights == best


def test_an_error_that_is_no_arithmetic_leaves_the_weights_of_the_last_whole_step():
    rooted = Activation("rooted", lambda net: sqrt(net + 1), lambda net, output: 1 / (2 * output))
    ends = []
    for engine in ENGINES:
        network = Network(1, 1, activation=rooted, weights=[0.5, 0.25])
        with pytest.raises(ValueError, match="math domain"):
            network.train([[0.5], [1.0], [-900.0]], [[1.0], [0.5], [0.0]], epochs=3, shuffle=False, engine=engine)
        ends.append(everything(network))
    assert ends[0] == ends[1]


def test_gradients_that_a_callback_leaves_are_taken_by_the_next_update():
    ends = []
    for engine in ENGINES:
        network = Network(2, 3, 1, seed=1)

        def look(epoch, network=network):
            if epoch.epoch == 2:
                network.forward([1.0, 0.0])
                network.backward([0.5])

        history = network.train(*XOR, epochs=5, shuffle=False, engine=engine, callback=look)
        ends.append((everything(network), history_of(history)))
    assert ends[0] == ends[1]


class HalfClearing(Neuron):
    def clear_gradients(self, zero=0):
        for synapse in self.incoming:
            synapse.gradient = synapse.gradient * 0.5


def test_gradients_that_are_not_cleared_are_carried_from_before_training():
    ends = []
    for engine in ENGINES:
        network = network_of(HalfClearing, 2, 2, 1, seed=1)
        network.forward([1.0, 0.0])
        network.backward([0.5])
        network.train(*XOR, epochs=2, shuffle=False, engine=engine)
        ends.append(everything(network))
    assert ends[0] == ends[1]


@pytest.mark.parametrize("at_once", [1, 20_000])
def test_an_overflow_leaves_the_neurons_as_the_walk_does(monkeypatch, at_once):
    monkeypatch.setattr(engines, "AT_ONCE", at_once)
    ends = []
    for engine in ENGINES:
        network = network_of(Lagging, 1, 2, 1, activation="linear", seed=1)
        for neuron in network.computing:
            neuron.delta = 1e300
        with pytest.raises(TrainingError) as caught:
            network.train([[1.0], [2.0], [1e200]], [[0.0]] * 3, epochs=3, shuffle=False, engine=engine)
        ends.append((str(caught.value), everything(network)))
    assert ends[0] == ends[1]


def test_a_network_without_a_synapse():
    network = Network(1, 1, bias=False, seed=1)
    network.disconnect(network.synapses[0])
    assert same(network, [[0.5], [0.25]], [[1.0], [0.0]])


def test_what_is_noted_on_the_network_changes_no_program():
    network = Network(2, 3, 1, seed=1)
    program = network.unrolled()
    network.best = network.weights
    assert network.unrolled() is program


def test_an_error_that_only_shows_on_one_side_is_not_passed_by():
    brittle = Activation("brittle", lambda net: (1 / (net - net), net)[1] if net > 0 else net, lambda net, output: 1)
    network = Network(1, 1, activation=brittle, seed=1)
    with pytest.raises(RecordingError, match="in vain"):
        network.unrolled()


def test_a_name_that_no_file_could_have():
    class Odd(Network):
        def __repr__(self):
            return "odd\0name\n"

    assert Odd(1, 1, seed=1).unrolled().source


def test_two_threads_do_not_meet():
    wrong = []

    def predict():
        network = Network(2, 3, 1, seed=5)
        expected = network.predict([0.25, 0.75])
        for _ in range(300):
            if network.predict([0.25, 0.75]) != expected:
                wrong.append("predict")

    def record():
        for seed in range(20):
            source = Network(2, 3, 1, seed=seed).unrolled().source
            if source != reference:
                wrong.append("record")

    reference = Network(2, 3, 1, seed=0).unrolled().source
    threads = [threading.Thread(target=target) for target in (predict, record, record, predict)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
