"""A training that was saved goes on in another process to the same end."""

import json
import signal

import pytest
from trainings import OTHERS, SAMPLES, TRAININGS, a_network, in_another_process, settings_of

from neuronet import Network
from neuronet.optimizers import OPTIMIZERS

GOING_ON = """
import json, sys
from neuronet import Network

for job in json.load(sys.stdin):
    network = Network.load(job["file"])
    history = network.train(*job["samples"], epochs=job["epochs"], resume=True, **job["settings"])
    network.save(job["file"])
    print(json.dumps([[repr(value) for value in epoch._replace(seconds=0)] for epoch in history]))
    print(json.dumps([history.stopped, history.best_epoch, network.rng.random()]))
"""


def records(history):
    return [[repr(value) for value in epoch._replace(seconds=0)] for epoch in history]


def end_of(network, history):
    return [history.stopped, history.best_epoch, network.rng.random()]


def go_on(jobs):
    """The networks of these files after more training in another process, with what it told of each."""
    told = iter(in_another_process(GOING_ON, given=json.dumps(jobs)).splitlines())
    for job in jobs:
        yield Network.load(job["file"]), json.loads(next(told)), json.loads(next(told))


def a_job(path, epochs, training):
    """Going on with what a file holds; samples alone are said again."""
    again = {key: value for key, value in TRAININGS[training].items() if key == "validation"}
    return {"file": str(path), "samples": SAMPLES, "epochs": epochs, "settings": again}


def test_five_epochs_a_file_and_five_in_another_process_are_ten(tmp_path):
    jobs, whole = [], []
    for optimizer in OPTIMIZERS:
        for training in TRAININGS:
            parts, at_once = a_network(training, optimizer), a_network(training, optimizer)
            settings = settings_of(training, optimizer)
            parts.train(*SAMPLES, epochs=5, **settings)
            history = at_once.train(*SAMPLES, epochs=10, **settings_of(training, optimizer))
            path = tmp_path / f"{optimizer} {training}.json"
            parts.save(path)
            jobs.append(a_job(path, 5, training))
            text = at_once.to_json()
            whole.append((text, records(history)[5:], end_of(at_once, history)))
    for job, (network, told, end), (text, expected, expected_end) in zip(jobs, go_on(jobs), whole):
        assert (told, end) == (expected, expected_end), job["file"]
        assert network.to_json() == text, job["file"]
    assert len(jobs) == 24
    assert all(len(expected) == 5 for _, expected, _ in whole)


def test_early_stopping_that_has_stopped_is_as_far_in_the_file(tmp_path):
    """One more epoch from the file is one more epoch from the network itself, and stops for the same reason."""
    network = a_network("early", "momentum")
    history = network.train(*SAMPLES, epochs=100, **{**TRAININGS["early"], "early_stopping": 3})
    assert (history.stopped, history.best_epoch, len(history)) == ("early", 4, 4)
    path = tmp_path / "network.json"
    network.save(path)
    loaded = Network.load(path)
    assert loaded.weights == network.weights == loaded.training_state.best_weights != loaded.training_state.last_weights
    job = a_job(path, 5, "early")
    [(other, told, end)] = go_on([job])
    history = network.train(*SAMPLES, epochs=5, resume=True, validation=OTHERS)
    text = network.to_json()
    assert (told, end) == (records(history), end_of(network, history))
    assert (len(told), end[0], other.to_json()) == (1, "early", text)


@pytest.mark.parametrize("optimizer", ["adam", "rprop"])
def test_training_stopped_by_ctrl_c_goes_on_in_another_process(optimizer, tmp_path):
    def interrupt(epoch):
        if epoch.epoch == 4:
            signal.raise_signal(signal.SIGINT)

    settings = settings_of("everything", optimizer)
    network, at_once = a_network("everything", optimizer), a_network("everything", optimizer)
    assert network.train(*SAMPLES, epochs=10, callback=interrupt, **settings).stopped == "interrupted"
    assert network.training_state.epochs == 4
    history = at_once.train(*SAMPLES, epochs=10, **settings_of("everything", optimizer))
    path = tmp_path / "network.json"
    network.save(path)
    [(other, told, _)] = go_on([a_job(path, 6, "everything")])
    assert told == records(history)[4:]
    assert other.to_json() == at_once.to_json()


@pytest.mark.parametrize("training", ["everything", "early"])
def test_a_checkpoint_from_the_middle_goes_on_to_the_same_end(training, tmp_path):
    network, path = a_network(training, "adam"), tmp_path / "checkpoint.json"
    saved = []

    def look(epoch):
        if epoch.epoch == 8:  # the checkpoint of this epoch is still to come
            saved.append(path.read_bytes())

    history = network.train(
        *SAMPLES, epochs=10, checkpoint=path, checkpoint_every=3, callback=look, **settings_of(training, "adam")
    )
    path.write_bytes(saved[0])
    assert Network.load(path).training_state.epochs == 6
    [(other, told, _)] = go_on([a_job(path, 4, training)])
    assert told == records(history)[6:]
    assert other.to_json() == network.to_json()
