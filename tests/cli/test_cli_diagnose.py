"""The command `diagnose`, and the training that points to it."""

import json
import re
import shlex

import pytest
from helpers import mostly_slow

from neuronet import Network, datasets


@pytest.fixture
def model(tmp_path):
    path = tmp_path / "model.json"
    Network(2, 4, 1, weights="zeros").save(path)
    return str(path)


@pytest.mark.parametrize("dataset", mostly_slow(["xor", "parity", "iris", "moons"], "xor"))
def test_nothing_is_found_where_the_recipe_trains_well(dataset, cli):
    code, out, err = cli("diagnose", dataset)
    assert (code, err) == (0, "")
    assert re.match(r"diagnosis of Network\(.*\) on \d+ samples: nothing found\nloss ", out)
    assert len(out.splitlines()) == 2


def test_a_stuck_network_is_trained_as_train_does_and_found(cli):
    code, out, err = cli("diagnose", "xor", "--hidden", "2", "--seed", "3")
    assert (code, err) == (1, "")
    network = Network(2, 2, 1, seed=3)
    history = network.train(*datasets.xor(), epochs=5000, learning_rate=0.5)
    assert out == f"{network.diagnose(*datasets.xor(), history=history, learning_rate=0.5)}\n"
    assert max(len(line) for line in out.splitlines()) <= 80


def test_0_epochs_look_at_the_network_before_training(cli):
    code, out, _ = cli("diagnose", "iris", "--layers", "4-3", "--epochs", "0", "--learning-rate", "500", "--json")
    assert code == 1
    document = json.loads(out)
    assert {finding["fault"] for finding in document["findings"]} == {"no hidden neuron", "rate too large"}
    assert document["samples"] == 120


def test_what_is_not_solved_and_has_no_fault_is_told_so(cli):
    code, out, _ = cli("diagnose", "xor", "--epochs", "20")
    assert code == 0
    assert "4 of 4 samples far from their targets" in out
    assert "More epochs" in out


def test_a_saved_network_is_looked_at_as_it_is(cli, model):
    code, out, err = cli("diagnose", model, "--data", "xor", "--json")
    assert (code, err) == (1, "")
    assert [finding["fault"] for finding in json.loads(out)["findings"]] == ["symmetric"]
    faults = [
        finding["fault"]
        for finding in json.loads(cli("diagnose", model, "--data", "xor", "--learning-rate", "1e9", "--json")[1])[
            "findings"
        ]
    ]
    assert "symmetric" in faults


def test_a_training_that_breaks_off_is_told_and_diagnosed_from_its_start(cli):
    linear = ("--activation", "tanh", "--output-activation", "linear", "--learning-rate", "100")
    code, out, err = cli("diagnose", "xor", *linear)
    assert code == 1
    assert err.startswith("neuronet: epoch ")
    assert "the weights it began with" in err
    assert "rate too large: learning rate 100" in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["xor", "--data", "and"], "--data: expected only with a saved network"),
        (["MODEL"], "--data: expected the data set that the saved network is to learn, got none"),
        (["MODEL", "--data", "iris"], "inputs[0]: expected 2 numbers, got 4"),
        (["MODEL", "--data", "xor", "--hidden", "3"], "--hidden: expected only with a data set"),
        (["MODEL", "--data", "xor", "--epochs", "3"], "--epochs: expected only with a data set"),
        (["MODEL", "--data", "xor", "--batch-size", "3"], "--batch-size: expected only with a data set"),
        (["MODEL", "--data", "xor", "--learning-rate", "0"], "--learning-rate: expected a number above 0"),
        (["missing.json", "--data", "xor"], "missing.json: No such file or directory"),
        (["xor", "--epochs", "-1"], "epochs: expected a whole number of at least 1, got -1"),
        (["nothing"], "data set: unknown 'nothing'"),
    ],
)
def test_wrong_use_has_the_exit_code_2(arguments, message, cli, model):
    code, out, err = cli("diagnose", *[model if argument == "MODEL" else argument for argument in arguments])
    assert (code, out) == (2, "")
    assert err.startswith("neuronet: ")
    assert message in err


def hint(err):
    """The command that a training names, as arguments; None where it names none."""
    lines = err.splitlines()
    if not any(line.startswith("unsolved: ") for line in lines):
        return None
    assert lines[-1].startswith("  python -m neuronet ")
    return shlex.split(lines[-1])[3:]


def test_a_training_that_ends_unsolved_says_so_and_how_to_ask_why(cli):
    code, _, err = cli("train", "xor", "--hidden", "2", "--seed", "3", "--learning-rate", "0.6", "--epochs", "4000")
    assert code == 0
    assert "unsolved: 2 of 4 samples are far from their targets; why? try:\n" in err
    options = ["--hidden", "2", "--epochs", "4000", "--learning-rate", "0.6", "--seed", "3"]
    assert hint(err) == ["diagnose", "xor", *options]
    code, out, _ = cli(*hint(err))
    assert code == 1
    assert "2 of 4 samples far from their targets" in out


def test_a_training_that_solves_it_does_not(cli):
    for dataset in ("xor", "iris", "moons"):
        assert hint(cli("train", dataset)[2]) is None


def test_nor_does_a_quiet_one(cli):
    for quiet in ("--quiet", "--json"):
        assert cli("train", "xor", "--epochs", "5", quiet)[2] == ""
