"""The diagnosis finds nothing in healthy networks."""

import pytest
from diagnosed import XOR
from helpers import mostly_slow

from neuronet import Network, datasets
from neuronet.data.datasets import find_dataset
from neuronet.data.recipes import recipe_for
from neuronet.diagnosis import has_learned
from neuronet.diagnosis.separable import meeting_point
from neuronet.training import History


def looks(network, dataset, epochs, **settings):
    """What is found before, on the way and after a training, with the history so far."""
    rate = settings["learning_rate"]
    seen = [network.diagnose(*dataset, learning_rate=rate)]
    course, done = History(), 0
    for goal in epochs:
        part = network.train(*dataset, epochs=goal - done, **settings)
        course.epochs += part.epochs
        course.steps += part.steps
        done = goal
        seen.append(network.diagnose(*dataset, history=course, learning_rate=rate))
    return seen


@pytest.mark.parametrize("trainings", [5, pytest.param(100, marks=pytest.mark.slow)])
def test_nothing_is_found_in_healthy_trainings_of_xor_before_during_and_after(trainings):
    alarms = []
    for seed in range(trainings):
        seen = looks(Network(2, 4, 1, seed=seed), XOR, (10, 100, 500, 1000, 2000, 5000), learning_rate=0.5)
        alarms += [(seed, diagnosis.faults) for diagnosis in seen if not diagnosis.ok]
        assert seen[-1].missed == 0
    assert alarms == []


@pytest.mark.parametrize(
    "name",
    [
        *("and", "gauss", "parity2"),
        *mostly_slow(["or", "nand", "circle", "moons", "spiral", "iris", "parity", "parity4", "parity5"]),
    ],
)
def test_nothing_is_found_where_a_recipe_trains_its_data_set(name):
    recipe = recipe_for(name)
    for seed in range(3):
        dataset = find_dataset(name)
        if len(dataset) >= 100:
            dataset = dataset.split(0.8, seed=seed)[0]
        shape = len(dataset.inputs[0]), *recipe.hidden, len(dataset.targets[0])
        functions = {"activation": recipe.activation, "output_activation": "sigmoid", "loss": recipe.loss}
        goals = [max(1, recipe.epochs * percent // 100) for percent in (3, 10, 30, 100)]
        way = {"learning_rate": recipe.learning_rate, "batch_size": recipe.batch_size}
        seen = looks(Network(*shape, seed=seed, **functions), dataset, goals, **way)
        assert [diagnosis.faults for diagnosis in seen] == [[]] * len(seen)
        assert has_learned(seen[-1].missed, seen[-1].samples)


@pytest.mark.parametrize("activation", mostly_slow(["tanh", "sigmoid", "elu"], "tanh"))
@pytest.mark.parametrize("seeds", mostly_slow([range(1), range(1, 3)], range(1)))
def test_nothing_is_found_where_a_curve_is_learned(activation, seeds):
    inputs = [[step / 20 - 1] for step in range(41)]
    for curve in (abs, lambda x: x * x, lambda x: 2 * x + 1):
        targets = [[curve(x)] for [x] in inputs]
        for seed in seeds:
            network = Network(1, 8, 1, activation=activation, output_activation="linear", seed=seed)
            seen = looks(network, (inputs, targets), (20, 100, 300, 1000), learning_rate=0.05)
            assert [diagnosis.faults for diagnosis in seen] == [[]] * 5
            assert seen[-1].learned


def test_one_sample_is_an_exercise_and_no_data_set():
    exercise = Network(2, 2, 2, weights=[0.35, 0.15, 0.2, 0.35, 0.25, 0.3, 0.6, 0.4, 0.45, 0.6, 0.5, 0.55])
    assert exercise.diagnose([[0.05, 0.1]], [[0.01, 0.99]], learning_rate=0.5).ok


def test_a_network_that_has_learned_may_look_odd_inside():
    by_hand = Network(2, 2, 1, weights=[-100, 200, 200, -300, 200, 200, -100, 200, -400])
    assert by_hand.diagnose(*XOR, learning_rate=0.5).ok
    for synapse in by_hand.synapses:
        synapse.frozen = True
    assert by_hand.diagnose(*XOR).ok


def test_noise_on_two_clouds_that_a_straight_line_divides_well_is_no_fault():
    noisy = datasets.gauss(200, noise=0.25, seed=3)
    classes = [[row for row, target in zip(*noisy) if target == [label]] for label in (0, 1)]
    assert meeting_point(*classes) is not None
    assert Network(2, 1, seed=1).diagnose(*noisy).ok
