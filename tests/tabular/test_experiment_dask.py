"""An experiment on a cluster: Dask on this machine alone, through the executor that it offers."""

import os

import pytest

from neuronet import Network, datasets
from neuronet.tabular.experiment import best_of, experiment

distributed = pytest.importorskip("distributed")

CLOUDS = datasets.gauss(samples=30, noise=0.6, seed=1)


LOCAL = {"n_workers": 2, "threads_per_worker": 1, "host": "127.0.0.1", "dashboard_address": None}
"""Two worker processes, reached by loopback only, without a page to look at them."""


@pytest.fixture(scope="module")
def client():
    import dask

    # A job that takes its worker with it is not tried on the other one.
    once = dask.config.set({"distributed.scheduler.allowed-failures": 0})
    with once, distributed.LocalCluster(**LOCAL) as cluster, distributed.Client(cluster) as client:
        yield client


def little(training, seed, hidden=2):
    network = Network(2, hidden, 1, seed=seed)
    network.train(*training, epochs=2)
    return network


def dying(training, seed):
    if seed == 1:
        os._exit(3)
    return little(training, seed)


def restart(seed):
    network = Network(2, 2, 1, seed=seed)
    return network, network.train(*datasets.xor(), epochs=2).losses[-1]


def told(found):
    return [run._replace(seconds=0.0) for run in found]


def test_results_are_the_same_as_without_a_cluster(client):
    alone = experiment(little, CLOUDS, {"hidden": [1, 3]}, seeds=2, folds=2)
    found = experiment(little, CLOUDS, {"hidden": [1, 3]}, 2, 2, client.get_executor(pure=False))
    assert told(found) == told(alone)
    assert str(found) == str(alone)


def test_restarts_are_the_same_as_without_a_cluster(client):
    alone, best = best_of(restart, 3), best_of(restart, 3, client.get_executor(pure=False))
    assert best[1:] == alone[1:]
    assert best.result.weights == alone.result.weights


def test_a_worker_that_dies_is_reported_and_what_was_done_is_kept(client):
    found = experiment(dying, CLOUDS, None, [0, 1], 1, client.get_executor(pure=False))
    assert "KilledWorker" in found[1].error
    assert found[1].error.startswith("lost, no result came back from the worker: ")
    assert told(found)[:1] == told(experiment(little, CLOUDS, None, [0], 1))
