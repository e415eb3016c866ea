"""Experiments: many runs, the same results wherever they go, and nothing lost that was done."""

import csv
import json
import multiprocessing
import os
import pickle
import platform
import signal
import statistics
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuronet import Network, datasets
from neuronet.data.datasets import Dataset
from neuronet.data.table import Table
from neuronet.errors import DataError, TrainingError, UnknownNameError
from neuronet.tabular.experiment import best_of, experiment, fit_model
from neuronet.tabular.fit import fit
from neuronet.tabular.results import Experiment, Run

CLOUDS = datasets.gauss(samples=30, noise=0.6, seed=1)
GRID = {"hidden": [1, 3], "learning_rate": [0.001, 0.01, 0.1]}
BEYOND = 1e300
"""A learning rate that no training survives."""


def little(training, seed, hidden=2, learning_rate=0.05):
    network = Network(2, hidden, 1, activation="linear", seed=seed)
    network.train(*training, epochs=2, learning_rate=learning_rate)
    return network


def dying(training, seed):
    if seed == 1:
        os._exit(3)
    return little(training, seed)


def pressing(training, seed):
    """Ctrl-C in the middle of the second training."""
    network = Network(2, 2, 1, seed=seed)
    network.train(*training, epochs=3, callback=lambda epoch: seed == 1 and signal.raise_signal(signal.SIGINT))
    return network


def spoiling(training, seed, layers):
    network = Network(2, *layers, 1, seed=seed)
    network.train(*training, epochs=2)
    layers.append(7)
    for row in training.inputs:
        row.clear()
    return network


def restart(seed):
    network = Network(2, 2, 1, seed=seed)
    return network, network.train(*datasets.xor(), epochs=2).losses[-1]


class Backwards(Executor):
    """Does the jobs as soon as it has all of them, the last one first."""

    def __init__(self, count):
        self.count = count
        self.waiting = []

    def submit(self, call, /, *arguments, **more):
        self.waiting.append((Future(), partial(call, *arguments, **more)))
        if len(self.waiting) == self.count:
            for future, job in reversed(self.waiting):
                try:
                    future.set_result(job())
                except Exception as problem:
                    future.set_exception(problem)
        return self.waiting[-1][0]


class Sluggish(Executor):
    """Does the first jobs at once, and the others never."""

    def __init__(self, count):
        self.count = count
        self.futures = []

    def submit(self, call, /, *arguments, **more):
        self.futures.append(Future())
        if len(self.futures) <= self.count:
            self.futures[-1].set_result(call(*arguments, **more))
        return self.futures[-1]


def processes(count=2, context=None):
    return ProcessPoolExecutor(count, mp_context=multiprocessing.get_context(context))


def told(found):
    """All that must be the same wherever the runs went: everything but the time they took."""
    return [run._replace(seconds=0.0) for run in found]


def tall(count=40):
    rows = [{"height": 5.0 + 0.1 * (i % 7), "kind": "tall" if i % 7 > 3 else "short"} for i in range(count)]
    return Table.from_rows("plants", [*rows, {"height": 5.0, "kind": None}])


# What is run, and in which order.


def test_runs_are_in_the_order_of_the_grid_the_seeds_and_the_folds():
    found = experiment(little, CLOUDS, GRID, seeds=[4, 2], folds=2)
    expected = [
        ({"hidden": hidden, "learning_rate": rate}, seed, fold)
        for hidden in (1, 3)
        for rate in (0.001, 0.01, 0.1)
        for seed in (4, 2)
        for fold in (0, 1)
    ]
    assert [(run.settings, run.seed, run.fold) for run in found] == expected
    assert [point.settings for point in found.points] == [settings for settings, *_ in expected[::4]]
    assert [run.point for run in found] == [position for position in range(6) for _ in range(4)]
    assert (len(found), found.stopped, found[0].error) == (24, "done", None)


def test_a_run_is_a_training_on_the_other_folds_judged_on_its_own():
    found = experiment(little, CLOUDS, {"hidden": [3]}, seeds=[5], folds=3, split_seed=8)
    for run, (training, test) in zip(found, CLOUDS.folds(3, seed=8, stratified=True)):
        network = little(training, 5, hidden=3)
        assert run.scores["accuracy"] == test.accuracy(network.predict_all(test.inputs))


def test_every_combination_and_seed_meets_the_same_rows():
    met = []

    def build(training, seed, hidden):
        met.append(training.inputs)
        return little(training, seed, hidden)

    experiment(build, CLOUDS, {"hidden": [1, 2]}, seeds=2, folds=3)
    assert met[0] != met[1]
    assert met == met[:3] * 4


def test_one_fold_keeps_back_a_fifth_once():
    sizes = []

    def build(training, seed):
        sizes.append(len(training))
        return little(training, seed)

    found = experiment(build, CLOUDS, seeds=2, folds=1)
    assert sizes == [24, 24]
    assert [run.fold for run in found] == [0, 0]


def test_without_a_grid_there_is_one_point():
    assert told(experiment(little, CLOUDS, None, 2, 2)) == told(experiment(little, CLOUDS, {}, 2, 2))
    assert [point.settings for point in experiment(little, CLOUDS, None, 1, 2).points] == [{}]


@pytest.mark.parametrize(("stratified", "by_class"), [(None, True), (True, True), (False, False)])
def test_folds_have_their_share_of_every_class_unless_that_is_not_wanted(stratified, by_class):
    met = []

    def build(training, seed):
        met.append(training)
        return little(training, seed)

    for folds in (4, 1):
        experiment(build, CLOUDS, seeds=1, folds=folds, stratified=stratified, split_seed=3)
    dealt = [training for training, _ in CLOUDS.folds(4, seed=3, stratified=by_class)]
    once, _ = CLOUDS.split(0.8, seed=3, stratified=by_class)
    assert [training.inputs for training in met] == [training.inputs for training in [*dealt, once]]


def test_a_table_is_tried_with_its_target_and_without_the_rows_that_miss_it():
    met = []

    def build(training, seed, target, epochs):
        met.append((len(training), target))
        return fit_model(training, seed, target, epochs=epochs)

    found = experiment(build, tall(), {"epochs": [2]}, seeds=1, folds=2, target=-1)
    assert met == [(20, "kind")] * 2
    assert set(found[0].scores) == {"accuracy", "f1"}


def test_a_value_is_judged_by_its_errors():
    rows = [{"x": i / 10, "y": i % 7 + i / 10} for i in range(30)]
    table = Table.from_rows("line", rows)
    found = experiment(partial(fit_model, epochs=5), table, {"hidden": [0, 2]}, seeds=2, folds=3, target="y")
    assert found.score == "rmse"
    assert set(found[0].scores) == {"rmse", "mae", "r_squared"}
    assert found.best.mean == min(point.mean for point in found.points)
    data = Dataset("pairs", [[i, 1] for i in range(6)], [[0.1 * i, -1] for i in range(6)])
    found = experiment(lambda training, seed: Network(2, 2, seed=seed), data, seeds=1, folds=2)
    assert found[0].scores["rmse"] > 0


def test_the_f1_is_the_mean_of_that_of_the_classes():
    data = Dataset("thirds", [[i] for i in range(9)], [[int(i < 3)] for i in range(9)], label_names=["no", "yes"])
    found = experiment(lambda training, seed: Network(1, 1, weights=[-9.0, 0.0], seed=0), data, seeds=1, folds=3)
    # It always says no: an F1 of 2 * 2 / (2 + 3) for "no", and of 0 for "yes".
    assert found[0].scores == {"accuracy": 2 / 3, "f1": pytest.approx(0.4, rel=1e-15)}


def test_fit_model_is_fit_without_test_rows():
    model = fit_model(tall(), 3, "kind", epochs=4)
    assert model.to_json() == fit(tall(), "kind", test=0, epochs=4, seed=3).model.to_json()


# Where the runs go.


@pytest.mark.parametrize(
    "make",
    [
        lambda: ThreadPoolExecutor(3),
        lambda: processes(2),
        pytest.param(
            lambda: processes(2, "spawn"),
            marks=[
                pytest.mark.slow,
                pytest.mark.skipif(
                    platform.python_implementation() == "PyPy",
                    reason="the process pool of PyPy's library can only fork",
                ),
            ],
        ),
        lambda: Backwards(2 * 3 * 2 * 2),
    ],
    ids=["threads", "processes", "spawned", "backwards"],
)
def test_results_are_the_same_with_any_executor(make):
    alone = experiment(little, CLOUDS, GRID, seeds=2, folds=2)
    counts = []
    with make() as executor:
        found = experiment(
            little, CLOUDS, GRID, 2, 2, executor, callback=lambda done, whole: counts.append((done, whole))
        )
    assert told(found) == told(alone)
    assert found.points == alone.points
    assert str(found) == str(alone)
    assert counts == [(done, 24) for done in range(1, 25)]


def test_models_of_tables_are_the_same_from_processes():
    build = partial(fit_model, epochs=3, hidden=2)
    with processes() as executor:
        found = experiment(build, tall(), {"dropout": [0, 0.5]}, 1, 2, executor)
    assert told(found) == told(experiment(build, tall(), {"dropout": [0, 0.5]}, 1, 2))


def test_a_run_cannot_spoil_the_next_one():
    layers = [2]
    data = CLOUDS.select(range(30))
    found = experiment(spoiling, data, {"layers": [layers]}, seeds=2, folds=2)
    assert layers == [2]
    assert data.inputs == CLOUDS.inputs
    with processes() as executor:
        assert told(experiment(spoiling, data, {"layers": [layers]}, 2, 2, executor)) == told(found)


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_data_can_be_sent(protocol):
    data = pickle.loads(pickle.dumps(CLOUDS, protocol))  # noqa: S301 - it was written a moment ago
    assert [getattr(data, name) for name in Dataset.__slots__] == [getattr(CLOUDS, name) for name in Dataset.__slots__]
    table = tall().select([3, 1, 40])
    sent = pickle.loads(pickle.dumps(table, protocol))  # noqa: S301
    assert list(sent) == list(table)
    assert (sent.name, sent.place_of(2, "kind")) == (table.name, table.place_of(2, "kind"))


# What goes wrong.


def test_a_training_that_fails_is_a_row_with_its_error():
    found = experiment(little, CLOUDS, {"learning_rate": [BEYOND, 0.05]}, seeds=2, folds=2)
    assert all(run.error.startswith("TrainingError: ") and run.scores == {} for run in found[:4])
    assert [run.error for run in found[4:]] == [None] * 4
    first, second = found.points
    assert (first.mean, first.spread, first.least, first.most, first.runs, first.failed) == (None,) * 4 + (0, 4)
    assert second.runs == 4
    assert found.best is not None
    assert found.best.settings == {"learning_rate": 0.05}


def test_a_point_with_a_failure_comes_after_those_without():
    def run(point, fold, accuracy):
        scores = {} if accuracy is None else {"accuracy": accuracy}
        return Run(point, {"p": point}, 0, fold, scores, 0.0, None if scores else "E: no")

    runs = [run(0, 0, 1.0), run(0, 1, None), run(1, 0, 0.5), run(1, 1, 0.75), run(2, 0, None), run(2, 1, None)]
    found = Experiment([*runs, run(3, 0, 0.75), run(3, 1, 0.5)], [{"p": p} for p in range(4)], 1, 2)
    assert [point.settings["p"] for point in found.ranking] == [1, 3, 0, 2]


def test_where_every_run_fails_there_is_no_best():
    found = experiment(little, CLOUDS, {"learning_rate": [BEYOND]}, seeds=2, folds=2)
    assert (found.best, found.score) == (None, None)
    assert "4 failed" in str(found)
    assert "TrainingError" in str(found)


@pytest.mark.parametrize(
    ("made", "data", "wanted"),
    [(None, CLOUDS, "a Network, for a data set"), (Network(1, 1), tall(), "a Model, for a table")],
)
def test_a_build_that_returns_something_else_is_told(made, data, wanted):
    found = experiment(lambda *_, **__: made, data, seeds=1, folds=2)
    assert found[0].error.startswith(f"DataError: build: expected to return {wanted}, got ")


def test_a_worker_that_dies_is_reported_and_what_was_done_is_kept():
    alone = experiment(little, CLOUDS, seeds=3, folds=2)
    with processes(1) as executor:
        found = experiment(dying, CLOUDS, None, 3, 2, executor)
        again = experiment(little, CLOUDS, None, 1, 2, executor)
    assert told(found)[:2] == told(alone)[:2]
    lost = "lost, no result came back from the worker: BrokenProcessPool: "
    assert all(run.error.startswith(lost) and run.scores == {} for run in [*found[2:], *again])
    assert (len(found), len(again), found.points[0].failed, found.stopped) == (6, 2, 4, "done")


def test_an_executor_that_is_shut_down_loses_the_rest_and_nothing_hangs():
    executor = ThreadPoolExecutor(1)
    found = experiment(
        little,
        CLOUDS,
        None,
        20,
        3,
        executor,
        callback=lambda done, _: done == 1 and executor.shutdown(wait=False, cancel_futures=True),
    )
    assert len(found) == 60
    assert found[0].error is None
    assert found[-1].error.endswith("CancelledError: cancelled before it began")


def test_an_interrupt_keeps_what_was_done_and_cancels_the_rest():
    def stop(done, whole):
        if done == 2:
            raise KeyboardInterrupt

    executor = Sluggish(2)
    found = experiment(little, CLOUDS, {"hidden": [2, 3]}, 1, 3, executor, callback=stop)
    assert told(found) == told(experiment(little, CLOUDS, {"hidden": [2, 3]}, 1, 3))[:2]
    assert (found.stopped, found.points[1].runs, len(found.points)) == ("interrupted", 0, 2)
    assert [future.cancelled() for future in executor.futures] == [False, False, True, True, True, True]
    assert "2 of 6 runs are done, 0 failed; interrupted" in str(found)


def test_ctrl_c_in_a_training_is_not_taken_for_its_end():
    found = experiment(pressing, CLOUDS, seeds=3, folds=2)
    assert (len(found), found.stopped) == (2, "interrupted")
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_ctrl_c_in_a_worker_ends_the_experiment():
    with processes(1) as executor:
        found = experiment(pressing, CLOUDS, None, 3, 2, executor)
    assert (told(found), found.stopped) == (told(experiment(pressing, CLOUDS, seeds=1, folds=2)), "interrupted")


def test_what_the_callback_raises_comes_through_and_the_rest_is_cancelled():
    executor = Sluggish(1)
    with pytest.raises(ZeroDivisionError):
        experiment(little, CLOUDS, None, 1, 2, executor, callback=lambda done, whole: 1 / 0)
    assert executor.futures[1].cancelled()


def test_a_function_that_cannot_be_sent_is_refused_before_any_work():
    def local(training, seed):
        return little(training, seed)

    message = "expected a function and settings that can be sent to another process"
    with processes() as executor:
        with pytest.raises(DataError, match=f"build: {message}.*put the function into a module, with def"):
            experiment(local, CLOUDS, None, 1, 2, executor)
        with pytest.raises(DataError, match=f"build: {message}"):
            experiment(little, CLOUDS, {"learning_rate": [0.5, lambda: 1]}, 1, 2, executor)
        with pytest.raises(DataError, match=f"train: {message}"):
            best_of(lambda seed: (seed, seed), 2, executor)
    with ThreadPoolExecutor(1) as executor:
        found = experiment(local, CLOUDS, None, 1, 2, executor)
    assert told(found) == told(experiment(little, CLOUDS, None, 1, 2))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"build": 3}, "build: expected a function, got 3"),
        ({"data": "a.csv"}, "data: expected a Table or a Dataset, got 'a.csv'"),
        ({"grid": [1]}, "grid: expected a dict from a name to a list of values, got [1]"),
        ({"grid": {"hidden": "16"}}, "grid['hidden']: expected a list of values, got '16'"),
        ({"grid": {"hidden": 16}}, "grid['hidden']: expected a list of values, got 16"),
        ({"grid": {"hidden": []}}, "grid['hidden']: expected at least one value, got none"),
        ({"grid": {"seed": [1]}}, "grid: expected the name of a setting other than training, seed, got 'seed'"),
        ({"seeds": 0}, "seeds: expected a whole number of at least 1, got 0"),
        ({"seeds": True}, "seeds: expected how many, or a list of whole numbers, got True"),
        ({"seeds": [1, 1]}, "seeds: expected at least one, each of them once, got [1, 1]"),
        ({"seeds": [1, -1]}, "seeds[1]: expected a whole number of at least 0, got -1"),
        ({"folds": 0}, "folds: expected a whole number of at least 1, got 0"),
        ({"folds": 31}, "folds: expected at most one for each row, that is 30, got 31"),
        ({"executor": 3}, "executor: expected a concurrent.futures.Executor or None, got 3"),
        ({"target": "kind"}, "target: expected none, for a data set has its own, got 'kind'"),
        ({"stratified": "yes"}, "stratified: expected True, False or None, got 'yes'"),
        ({"split_seed": -1}, "split_seed: expected a whole number of at least 0, got -1"),
        ({"callback": 3}, "callback: expected a function of two counts, got 3"),
    ],
)
def test_what_cannot_be_right_is_refused_before_any_run(changes, message):
    def build(*_, **__):
        raise AssertionError("nothing is to be run")

    with pytest.raises(DataError) as caught:
        experiment(**{"build": build, "data": CLOUDS, **changes})
    assert str(caught.value) == message


# What is told.


@given(st.lists(st.floats(0, 1), min_size=2, max_size=30))
def test_mean_and_spread_are_those_of_the_statistics_module(values):
    runs = [Run(0, {}, seed, 0, {"accuracy": value}, 0.0, None) for seed, value in enumerate(values)]
    [point] = Experiment(runs, [{}], len(values), 1).points
    # A sum of 30 numbers of at most 1 is off by less than 30 * 30 roundings of 1e-16.
    assert point.mean == pytest.approx(statistics.mean(values), abs=1e-13)
    assert point.spread == pytest.approx(statistics.stdev(values), abs=1e-13)
    assert (point.least, point.most, point.runs) == (min(values), max(values), len(values))


def test_a_single_value_has_no_spread():
    [point] = Experiment([Run(0, {}, 0, 0, {"accuracy": 0.5}, 0.0, None)], [{}], 1, 1).points
    assert (point.mean, point.spread) == (0.5, None)


def test_points_by_another_score():
    found = experiment(little, CLOUDS, GRID, seeds=2, folds=2)
    assert [point.mean for point in found.points_by("f1")] != [point.mean for point in found.points]
    assert found.points_by("accuracy") == found.points
    with pytest.raises(UnknownNameError, match="score: unknown 'speed'; known: accuracy, f1"):
        found.points_by("speed")


@given(
    st.lists(st.tuples(st.text(max_size=60), st.text(max_size=60)), min_size=1, max_size=4),
    st.lists(st.one_of(st.none(), st.floats(0, 1e150)), min_size=1, max_size=40),
    st.text(max_size=100),
)
def test_the_table_fits_a_terminal(settings, values, error):
    grid = [{**dict(settings), "number": position} for position in range(len(values))]
    runs = [
        Run(point, settings, 0, 0, {} if value is None else {"rmse": value}, 0.0, error if value is None else None)
        for point, (settings, value) in enumerate(zip(grid, values))
    ]
    lines = str(Experiment(runs, grid, 1, 1)).split("\n")
    assert all(len(line) <= 80 and line.isprintable() for line in lines)
    assert lines[3].split()[-6:] == ["mean", "spread", "least", "most", "runs", "failed"]


def test_the_table_marks_the_best_and_says_what_failed():
    found = experiment(little, CLOUDS, {"hidden": [2], "learning_rate": [BEYOND, 0.05]}, seeds=1, folds=2)
    lines = str(found).split("\n")
    assert lines[:2] == ["accuracy of 2 settings, from 1 seed on 2 folds", "4 of 4 runs are done, 2 failed"]
    assert lines[4].startswith("* hidden=2, learning_rate=0.05    ")
    assert lines[5].split() == ["hidden=2,", "learning_rate=1e+300", "-", "-", "-", "-", "0", "2"]
    assert lines[7] == "failed: seed 0, fold 0, hidden=2, learning_rate=1e+300"
    assert lines[8].startswith("  TrainingError: ")


def test_the_document_is_json_and_has_every_run():
    grid = {"hidden": [2, 3], "learning_rate": [0.05, BEYOND]}
    found = experiment(little, CLOUDS, grid, seeds=1, folds=2)
    document = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert [run["scores"] for run in document["runs"]] == [run.scores for run in found]
    assert [point["mean"] for point in document["points"]] == [point.mean for point in found.points]
    odd = [{"a": float("nan"), "b": (1, 2), "c": max, "d": {"e": None}}]
    document = Experiment([Run(0, odd[0], 0, 0, {"rmse": 0.5}, 0.0, None)], odd, 1, 1).to_dict()
    for told_settings in (document["points"][0]["settings"], document["runs"][0]["settings"]):
        assert told_settings == {"a": "nan", "b": [1, 2], "c": "max", "d": {"e": None}}
    json.dumps(document, allow_nan=False)


def test_the_csv_has_a_line_for_each_run():
    found = experiment(little, CLOUDS, {"learning_rate": [0.05, BEYOND]}, seeds=[3], folds=2)
    lines = list(csv.DictReader(StringIO(found.to_csv())))
    assert list(lines[0]) == ["learning_rate", "seed", "fold", "accuracy", "f1", "seconds", "error"]
    assert [float(line["accuracy"]) for line in lines[:2]] == [run.scores["accuracy"] for run in found[:2]]
    assert [(line["seed"], line["fold"], line["accuracy"]) for line in lines[2:]] == [("3", "0", ""), ("3", "1", "")]
    assert [line["error"] for line in lines] == [run.error or "" for run in found]


# Restarts.


def test_the_lowest_number_is_kept_and_of_equals_the_first():
    numbers = {0: 0.5, 1: 0.25, 2: 0.75, 3: 0.25}
    for executor in (None, Backwards(4)):
        best = best_of(lambda seed: (f"from {seed}", numbers[seed]), 4, executor)
        assert best == ("from 1", 0.25, 1, numbers)


def test_restarts_are_the_same_from_processes():
    alone = best_of(restart, seeds=[5, 3, 9])
    with processes() as executor:
        best = best_of(restart, [5, 3, 9], executor)
    assert best.result.weights == alone.result.weights
    assert best[1:] == alone[1:]
    assert best.value == restart(best.seed)[1]


def test_a_restart_that_fails_does_not_stop_the_others():
    def train(seed):
        if seed == 0:
            raise TrainingError("epoch 1: no")
        return seed, float("nan") if seed == 1 else 3 - seed

    assert best_of(train, 3) == (2, 1, 2, {0: None, 1: None, 2: 1})


def test_where_all_restarts_fail_the_last_error_is_raised():
    def train(seed):
        raise TrainingError(f"seed {seed}")

    for executor in (None, Backwards(3)):
        with pytest.raises(TrainingError, match="seed 2"):
            best_of(train, 3, executor)


@pytest.mark.parametrize("made", [None, 3, (1, 2, 3), "ab"])
def test_a_restart_has_to_return_a_result_and_a_number(made):
    with pytest.raises(DataError, match=r"^train"):
        best_of(lambda seed: made, 2)


def test_ctrl_c_comes_through_the_restarts():
    def train(seed):
        return pressing(CLOUDS, seed), seed

    with pytest.raises(KeyboardInterrupt):
        best_of(train, 3)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def leaves(training, seed):
    raise SystemExit(3)


@pytest.mark.parametrize("executor", [None, ThreadPoolExecutor(1)], ids=["here", "elsewhere"])
def test_a_run_that_wants_to_end_the_process_is_one_that_failed(executor):
    found = experiment(leaves, CLOUDS, seeds=2, folds=2, executor=executor)
    assert [run.error for run in found] == ["SystemExit: 3"] * 4
    assert found.lost == 0
