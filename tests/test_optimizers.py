"""Optimizers do what their formulas say, remember it where it can be seen, and do the same under both engines."""

import json
from pathlib import Path
from typing import ClassVar

import pytest

from neuronet import Network, Neuron, datasets
from neuronet.errors import DataError, NumberError, UnknownNameError
from neuronet.optimizers import OPTIMIZERS, RPROP, SGD, Adam, Momentum, Nesterov, Optimizer, OptimizerState, RMSProp
from neuronet.regularization import Penalty
from neuronet.scalar import sqrt

XOR = datasets.xor()
GOLDEN = json.loads(Path(__file__).with_name("golden").joinpath("optimizers.json").read_text(encoding="utf-8"))
RUNS = GOLDEN["runs"]
ENGINES = ("walk", "unrolled")
REMEMBERING = [name for name in OPTIMIZERS if name != "sgd"]


def name_of(run):
    settings = [f"{name}={value}" for name, value in run["settings"].items()]
    penalty = [f"{name}={run[name]}" for name in ("l1", "l2") if run[name]]
    return "-".join([run["optimizer"], *settings, *penalty, f"rate={run['learning_rate']}"])


def memories(network):
    """What every synapse remembers, to the last bit."""
    return [synapse.optimizer_state and repr(vars(synapse.optimizer_state)) for synapse in network.synapses]


def bits(network):
    return [repr(weight) for weight in network.weights], memories(network)


def trained(optimizer, epochs=10, *, network=None, **settings):
    network = network or Network(2, 3, 1, seed=2)
    network.train(*XOR, epochs=epochs, optimizer=optimizer, batch_size=4, **settings)
    return network


# What PyTorch does.


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("run", RUNS, ids=name_of)
def test_the_weights_are_those_of_pytorch(run, engine):
    network = Network(
        *(3, 4, 2), activation="tanh", output_activation="sigmoid", weights=GOLDEN["start"], l1=run["l1"], l2=run["l2"]
    )
    found = {}
    network.train(
        GOLDEN["inputs"],
        GOLDEN["targets"],
        epochs=30,
        optimizer=OPTIMIZERS[run["optimizer"]](**run["settings"]),
        learning_rate=run["learning_rate"],
        batch_size=6,
        shuffle=False,
        callback=lambda epoch: found.update({str(epoch.epoch): network.weights}),
        engine=engine,
    )
    for step, weights in run["weights"].items():
        # Sums in another order differ by units in the last place, 2e-16 each; a quotient of two small means enlarges
        # that, and thirty steps add it up: at most 1e-15 here. A wrong formula is off by far more than 1e-12.
        assert found[step] == pytest.approx(weights, rel=0, abs=1e-12), step


def test_the_runs_of_pytorch_meet_what_optimizers_differ_in():
    assert {run["optimizer"] for run in RUNS} == set(OPTIMIZERS)
    assert all(run["turns"] > 200 for run in RUNS if run["optimizer"] == "rprop")
    ends = [tuple(run["weights"]["30"]) for run in RUNS]
    assert len(set(ends)) == len(ends)


# Two or more steps by hand: the gradients are given, and all numbers are exact in floats.

BY_HAND = {
    "sgd": (SGD(), 0.25, [2, -1], [1.5, 1.75], {}),
    "momentum": (Momentum(momentum=0.5), 0.25, [2, 1.5], [1.5, 0.875], {"velocity": 2.5}),
    "nesterov": (Nesterov(momentum=0.5), 0.25, [2, 1.25], [1.25, 0.65625], {"velocity": 2.25}),
    "rmsprop": (RMSProp(decay=0.75, epsilon=1), 0.5, [2, 1], [1.5, 1.25], {"mean_square": 1}),
    # mean 1, then -1/2; corrected 2, then -2/3; mean square 1, then 7/4; corrected 4 both times, whose root is 2.
    "adam": (
        Adam(beta1=0.5, beta2=0.75, epsilon=2),
        3,
        [2, -2],
        [0.5, 1],
        {"mean": -0.5, "mean_square": 1.75, "mean_start": 0.25, "square_start": 0.5625},
    ),
    # Down by 1/2, by 3/4; a turn, so it stands still and halves; up by 3/8, and so again for it may not grow at once.
    "rprop": (
        RPROP(grow=1.5, shrink=0.5),
        0.5,
        [2, 1, -1, -1],
        [1.5, 0.75, 0.75, 1.125],
        {"step": 0.375, "last_gradient": -1},
    ),
    "rprop, held between its bounds": (
        RPROP(grow=2, shrink=0.25, least=0.25, most=0.75),
        0.5,
        [2, 1, 1, -1, 0, -1, 1],
        [1.5, 0.75, 0, 0, 0, 0.25, 0.25],
        {"step": 0.25, "last_gradient": 0},
    ),
}


@pytest.mark.parametrize("name", BY_HAND)
def test_the_steps_are_those_found_by_hand(name):
    optimizer, rate, gradients, weights, remembered = BY_HAND[name]
    network = Network(1, 1, activation="linear", bias=False, weights=[2])
    network.optimizer = optimizer
    [synapse] = network.synapses
    found = []
    for gradient in gradients:
        synapse.gradient = float(gradient)
        network.update(rate)
        found.append(synapse.weight)
        assert synapse.gradient == 0
    assert found == weights
    assert (vars(synapse.optimizer_state) if synapse.optimizer_state else {}) == remembered


def test_the_first_step_of_rprop_is_held_between_its_bounds():
    assert RPROP(most=0.25).begin(1.0) == {"step": 0.25, "last_gradient": 0}
    assert RPROP(least=0.01).begin(1e-3) == {"step": 0.01, "last_gradient": 0}


def test_an_update_by_hand_is_that_of_training():
    by_hand, trained_one = Network(2, 3, 1, seed=5), Network(2, 3, 1, seed=5)
    by_hand.optimizer = Adam()
    for _ in range(3):
        for row, wanted in zip(*XOR):
            by_hand.forward(row)
            by_hand.backward(wanted)
            by_hand.update()
    trained_one.train(*XOR, epochs=3, optimizer="adam", shuffle=False)
    assert bits(by_hand) == bits(trained_one)


# Clipping.


def clipped(optimizer, gradients, frozen=()):
    network = Network(len(gradients), 1, activation="linear", bias=False, weights="zeros")
    for place, (synapse, gradient) in enumerate(zip(network.synapses, gradients)):
        synapse.gradient, synapse.frozen = float(gradient), place in frozen
    optimizer.clip(network.synapses)
    return [synapse.gradient for synapse in network.synapses]


def test_clip_value_cuts_each_gradient_off():
    assert clipped(SGD(clip_value=2), [3, -4, 1, -2, 0]) == [2, -2, 1, -2, 0]


def test_clip_norm_shrinks_all_together():
    assert clipped(SGD(clip_norm=2.5), [3, -4]) == [1.5, -2]
    assert clipped(SGD(clip_norm=5), [3, -4]) == [3, -4]
    assert clipped(SGD(clip_norm=1), [0, 0]) == [0, 0]


def test_values_are_cut_before_the_norm_is_taken():
    assert clipped(SGD(clip_norm=2.5, clip_value=4), [3, 8]) == [1.5, 2]


def test_frozen_synapses_do_not_count_for_the_norm_and_keep_their_gradient():
    assert clipped(SGD(clip_norm=2.5, clip_value=50), [3, 100, -4], frozen={1}) == [1.5, 100, -2]


def test_clipping_comes_before_the_update_and_after_the_mean():
    network = Network(1, 1, activation="linear", bias=False, weights=[2])
    network.train([[1], [1]], [[0], [-2]], epochs=1, batch_size=2, learning_rate=0.5, optimizer=SGD(clip_value=0.5))
    assert network.weights == [1.75]  # the mean gradient is 3


# What is remembered.


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", REMEMBERING)
def test_what_is_remembered_stands_on_the_synapse(name, engine):
    network = trained(name, engine=engine)
    for synapse in network.synapses:
        assert isinstance(synapse.optimizer_state, OptimizerState)
        assert set(vars(synapse.optimizer_state)) == set(OPTIMIZERS[name].initial_state)
        for each in vars(synapse.optimizer_state):
            assert getattr(synapse.optimizer_state, each) == vars(synapse.optimizer_state)[each]
    assert any(value != 0 for synapse in network.synapses for value in vars(synapse.optimizer_state).values())


def test_an_optimizer_state_says_what_it_holds():
    memory = OptimizerState(mean=0.5, mean_square=0.25)
    assert repr(memory) == "OptimizerState(mean=0.5, mean_square=0.25)"
    with pytest.raises(AttributeError, match=r"^velocity: not in this state, which holds mean, mean_square$"):
        memory.velocity  # noqa: B018 - asking is what is tested


def test_plain_gradient_descent_remembers_nothing():
    assert memories(trained("sgd")) == [None] * 13


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_frozen_synapse_is_left_alone(name, engine):
    network = Network(2, 3, 1, seed=2)
    frozen = network[1][1].incoming[2]
    frozen.frozen = True
    before = frozen.weight
    trained(name, network=network, engine=engine)
    first = OPTIMIZERS[name]().begin(OPTIMIZERS[name].learning_rate)
    assert frozen.weight == before
    assert (vars(frozen.optimizer_state) if frozen.optimizer_state else {}) == first
    assert all(one.weight != one.initial for one in network.synapses if one is not frozen)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_two_calls_are_one(name, engine):
    whole = trained(name, 10, engine=engine)
    parts = trained(name, 5, engine=engine)
    parts.train(*XOR, epochs=5, batch_size=4, engine=engine)
    assert parts.optimizer.name == name
    assert bits(parts) == bits(whole)


@pytest.mark.parametrize("second", OPTIMIZERS)
@pytest.mark.parametrize("first", OPTIMIZERS)
def test_another_optimizer_begins_anew(first, second):
    network, fresh = trained(first, 5), Network(2, 3, 1, seed=2)
    if first == second:
        return
    fresh.weights = network.weights
    fresh.rng.setstate(network.rng.getstate())
    assert bits(trained(second, 5, network=network)) == bits(trained(second, 5, network=fresh))


def test_another_setting_of_the_same_optimizer_goes_on():
    network = trained(Momentum(momentum=0.5), 5)
    memory = network.synapses[0].optimizer_state
    velocity = memory.velocity
    network.train(*XOR, epochs=1, batch_size=4, optimizer=Momentum(momentum=0.9))
    assert network.synapses[0].optimizer_state is memory
    assert memory.velocity != velocity != 0


def test_reset_forgets():
    network = trained("adam", 5)
    network.reset()
    assert memories(network) == [None] * 13
    assert network.training_state is None
    again = Network(2, 3, 1, seed=2)
    again.rng.setstate(network.rng.getstate())
    assert bits(trained(None, 5, network=network)) == bits(trained("adam", 5, network=again))


# What is refused.

REFUSED = {
    "momentum: expected a number of 0 or more and below 1, got 1": lambda: Momentum(momentum=1),
    "momentum: expected a number of 0 or more, got -0.5": lambda: Nesterov(momentum=-0.5),
    "decay: expected a number of 0 or more and below 1, got 1.5": lambda: RMSProp(decay=1.5),
    "epsilon: expected a number above 0, got 0": lambda: RMSProp(epsilon=0),
    "beta1: expected a number of 0 or more and below 1, got 1": lambda: Adam(beta1=1),
    "beta2: expected a finite number, got nan": lambda: Adam(beta2=float("nan")),
    "epsilon: expected a number above 0, got -1": lambda: Adam(epsilon=-1),
    "grow and shrink: expected shrink < 1 < grow, got 1 and 0.5": lambda: RPROP(grow=1),
    "grow and shrink: expected shrink < 1 < grow, got 1.2 and 1": lambda: RPROP(shrink=1),
    "shrink: expected a number above 0, got 0": lambda: RPROP(shrink=0),
    "least: expected at most 0.5, the largest step, got 1": lambda: RPROP(least=1, most=0.5),
    "clip_norm: expected a number above 0, got 0": lambda: SGD(clip_norm=0),
    "clip_value: expected a number, got True": lambda: Adam(clip_value=True),
}


@pytest.mark.parametrize("message", REFUSED)
def test_bad_settings_are_refused(message):
    with pytest.raises(DataError) as caught:
        REFUSED[message]()
    assert str(caught.value) == message


@pytest.mark.parametrize("given", ["lbfgs", 3, Adam, "SGD", ["sgd"]])
def test_an_unknown_optimizer_is_refused_and_nothing_has_changed(given):
    network = trained("momentum", 2)
    before, course, optimizer, state = bits(network), network.training_state, network.optimizer, network.rng.getstate()
    with pytest.raises(UnknownNameError) as caught:
        network.train(*XOR, epochs=1, optimizer=given)
    shown = repr(given) if len(repr(given)) <= 40 else repr(given)[:37] + "..."
    known = "sgd, momentum, nesterov, rmsprop, adam, rprop"
    assert str(caught.value) == f"optimizer: unknown {shown}; known: {known}"
    assert (bits(network), network.training_state, network.optimizer, network.rng.getstate()) == (
        before,
        course,
        optimizer,
        state,
    )


def test_rprop_refuses_part_of_the_samples():
    network = Network(2, 3, 1, seed=2)
    with pytest.raises(DataError) as caught:
        network.train(*XOR, epochs=1, optimizer="rprop", batch_size=2)
    assert str(caught.value) == (
        "batch_size: expected all 4 samples, for rprop goes by the sign of their gradient together, got 2"
    )
    assert isinstance(network.optimizer, SGD)
    assert memories(network) == [None] * 13


def test_rprop_takes_all_samples_where_nothing_is_said():
    network = Network(2, 3, 1, seed=2)
    assert network.train(*XOR, epochs=3, optimizer="rprop").steps == 3


def test_what_takes_floats_is_refused_on_other_numbers():
    from fractions import Fraction

    network = Network(2, 2, 1, seed=1, activation="relu", kind=Fraction)
    for train in (
        lambda: network.train(*XOR, epochs=1, optimizer="adam"),
        lambda: network.train(*XOR, epochs=1, optimizer="rprop"),
    ):
        before = bits(network), network.optimizer, network.training_state
        with pytest.raises(NumberError, match=r"^optimizer: expected 'sgd' for a network of Fraction, for '\w+' takes"):
            train()
        assert (bits(network), network.optimizer, network.training_state) == before


@pytest.mark.parametrize("clip", ["clip_norm", "clip_value"])
def test_clipping_is_refused_on_numbers_that_its_limits_do_not_mix_with(clip):
    from fractions import Fraction

    network = Network(2, 2, 1, seed=1, activation="relu", kind=Fraction)
    before = bits(network)
    with pytest.raises(NumberError) as caught:
        network.train(*XOR, epochs=1, optimizer=SGD(**{clip: 0.5}))
    assert str(caught.value) == "optimizer: expected no clipping for a network of Fraction, for its limits are floats"
    assert bits(network) == before


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_complex_numbers_flow_through(name):
    kinds = [Network(2, 2, 1, seed=1, activation="tanh", kind=kind) for kind in (float, complex)]
    for network in kinds:
        network.train(*XOR, epochs=3, batch_size=4, shuffle=False, optimizer=name)
    # The functions of complex numbers round in their own way: some units in the last place.
    assert [weight.real for weight in kinds[1].weights] == pytest.approx(kinds[0].weights, rel=1e-9)


# One's own.


class Signs(Optimizer):
    """A step of the same length for every synapse, and a count of the turns."""

    name = "signs"
    learning_rate = 0.01
    initial_state = {"last": 0.0, "turns": 0.0}  # noqa: RUF012 - as a user would write it

    def update(self, synapse, learning_rate):
        memory = synapse.optimizer_state
        if synapse.gradient * memory.last < 0:
            memory.turns += 1
        memory.last = synapse.gradient
        if synapse.gradient != 0:
            synapse.weight -= learning_rate if synapse.gradient > 0 else -learning_rate


@pytest.mark.parametrize("size", [1, 2, 4])
def test_an_optimizer_of_ones_own_does_the_same_in_both_engines(size):
    found = []
    for engine in ENGINES:
        network = Network(2, 3, 1, seed=3)
        history = network.train(*XOR, epochs=40, optimizer=Signs(), batch_size=size, engine=engine)
        assert history.engine == engine
        found.append((bits(network), [repr(loss) for loss in history.losses]))
    assert found[0] == found[1]
    assert any(synapse.optimizer_state.turns > 0 for synapse in network.synapses)
    assert history[0].learning_rate == 0.01


def test_an_optimizer_of_ones_own_that_remembers_is_recorded_where_that_pays():
    class Sums(Optimizer):
        name = "sums"
        initial_state: ClassVar = {"squares": 0}

        def update(self, synapse, learning_rate):
            synapse.optimizer_state.squares += synapse.gradient * synapse.gradient
            synapse.weight -= learning_rate * synapse.gradient / (sqrt(synapse.optimizer_state.squares) + 1e-8)

    network = Network(2, 4, 1, seed=1)
    assert network.train(*datasets.xor(), epochs=1000, optimizer=Sums(), learning_rate=0.1).engine == "unrolled"
    walked = Network(2, 4, 1, seed=1)
    walked.train(*datasets.xor(), epochs=1000, optimizer=Sums(), learning_rate=0.1, engine="walk")
    assert walked.weights == network.weights


def test_an_optimizer_without_an_update_says_what_is_missing():
    with pytest.raises(NotImplementedError, match=r"^Optimizer\.update: expected a subclass to say what an update"):
        Network(2, 2, 1, seed=1).train(*XOR, epochs=1, optimizer=Optimizer())


class Halved(Neuron):
    """A neuron whose update is its own."""

    __slots__ = ()

    def update_weights(self, learning_rate):
        super().update_weights(learning_rate / 2)


class HalvedNetwork(Network):
    neuron_class = Halved


def test_a_neuron_with_an_update_of_its_own_refuses_another_optimizer():
    network = HalvedNetwork(2, 2, 1, seed=1)
    before = bits(network)
    message = "optimizer: expected 'sgd', because Halved has an update_weights of its own, got 'adam'"
    with pytest.raises(DataError) as caught:
        network.train(*XOR, epochs=1, optimizer="adam")
    assert str(caught.value) == message
    assert isinstance(network.optimizer, SGD)
    network.optimizer = Adam()
    with pytest.raises(DataError) as caught:
        network.update()
    assert str(caught.value) == message
    assert bits(network) == before


def test_a_neuron_with_an_update_of_its_own_takes_plain_steps_and_clipping():
    network, plain = HalvedNetwork(2, 2, 1, seed=1), Network(2, 2, 1, seed=1)
    network.train(*XOR, epochs=3, learning_rate=0.5, optimizer=SGD(clip_norm=0.1))
    plain.train(*XOR, epochs=3, learning_rate=0.25, optimizer=SGD(clip_norm=0.1))
    assert network.weights == plain.weights


def test_optimizers_show_and_describe_their_settings():
    assert repr(Adam(clip_norm=2)) == "Adam(beta1=0.9, beta2=0.999, epsilon=1e-08, clip_norm=2.0)"
    assert repr(SGD()) == "SGD()"
    assert Momentum(clip_value=1).describe() == {"name": "momentum", "momentum": 0.9, "clip_value": 1.0}
    for name, kind in OPTIMIZERS.items():
        described = kind().describe()
        assert described.pop("name") == name
        assert repr(kind(**described)) == repr(kind())
    assert repr(Penalty(l1=0.5, l2=0.25)) == "Penalty(l1=0.5, l2=0.25)"
