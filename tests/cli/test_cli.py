"""The command line: what each command and option does, and that nothing the user types ends in a traceback."""

import io
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from helpers import mostly_slow

import neuronet.training.loop
from neuronet import Network, __version__, datasets
from neuronet.activations import ACTIVATIONS
from neuronet.cli import COMMANDS, main
from neuronet.cli.progress import MOST_ROWS, Progress, answers, progress_line, tell
from neuronet.cli.table_options import SCHEDULES
from neuronet.data.datasets import DATASETS, find_dataset
from neuronet.data.encoding import SCALINGS
from neuronet.data.recipes import recipe_for
from neuronet.losses import LOSSES
from neuronet.optimizers import OPTIMIZERS
from neuronet.tabular.model import FILLS
from neuronet.tabular.task import TASKS
from neuronet.training import Epoch

ROOT = Path(__file__).resolve().parents[2]
TRAIN_OPTIONS = {
    *("--hidden", "--layers", "--activation", "--output-activation", "--loss", "--seed"),
    *("--epochs", "--learning-rate", "--batch-size", "--optimizer", "--schedule", "--l1", "--l2", "--dropout"),
    *("--clip-norm", "--restarts", "--validation", "--checkpoint", "--resume", "--test"),
    *("--save", "--no-save", "--plot", "--quiet", "--json"),
    *("--early-stopping", "--plateau", "--until-loss", "--until-accuracy", "--time-limit"),
    *("--target", "--task", "--ignore", "--scaling", "--missing"),
    *("--header", "--no-header", "--separator", "--decimal", "--categories"),
}
SHORT = ["--epochs", "20"]
"""Enough where it does not matter how well a network has learned."""


@pytest.fixture(autouse=True)
def plain_terminal(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")


@pytest.fixture
def cli(capsys, monkeypatch):
    """Runs one command in this process: its exit code, and what it wrote."""

    def run(*arguments, stdin=""):
        stream = io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8") if isinstance(stdin, bytes) else stdin
        monkeypatch.setattr(sys, "stdin", io.StringIO(stream) if isinstance(stream, str) else stream)
        code = main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        assert type(code) is int
        return SimpleNamespace(code=code, out=out, err=err)

    return run


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """A saved network of two inputs and one output."""
    path = tmp_path_factory.mktemp("model") / "model.json"
    Network(2, 4, 1, seed=1).save(path)
    return path


BUFFERED = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
"""The environment of a process whose output waits in a buffer, as it mostly does."""


def command(*arguments):
    return [sys.executable, "-m", "neuronet", *map(os.fspath, arguments)]


def process(*arguments, **settings):
    """Runs one command as a process of its own."""
    settings = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL, **settings}
    done = subprocess.run(command(*arguments), cwd=ROOT, env=BUFFERED, timeout=100, check=False, **settings)  # noqa: S603
    assert b"Traceback" not in (done.stderr or b"")
    assert b"Exception" not in (done.stderr or b"")
    return done


def numbers(text):
    return [[float(cell) for cell in line.split()] for line in text.splitlines()]


def trained(name, seed=1, output_activation="sigmoid", hidden=None, **changes):
    """What `train` with these settings has to come to: the network, and the samples that it is shown with."""
    recipe = recipe_for(name)._replace(**changes)
    dataset = find_dataset(name)
    practice, test = dataset.split(0.8, seed=seed) if len(dataset) >= 100 else (dataset, dataset)
    network = Network(
        len(dataset.inputs[0]),
        *(recipe.hidden if hidden is None else hidden),
        len(dataset.targets[0]),
        activation=recipe.activation,
        output_activation=output_activation,
        loss=recipe.loss,
        seed=seed,
    )
    network.train(*practice, epochs=recipe.epochs, learning_rate=recipe.learning_rate, batch_size=recipe.batch_size)
    return network, test


# train: what it shows.


def test_train_xor_learns_it_and_shows_inputs_targets_and_outputs(cli):
    done = cli("train", "xor")
    assert done.code == 0
    head, *rows = done.out.splitlines()
    assert head.split() == ["input", "target", "output"]
    assert [row[:5] for row in rows] == ["0 0  ", "0 1  ", "1 0  ", "1 1  "]
    for row in rows:
        *_, target, output = row.split()
        assert abs(float(target) - float(output)) < 0.1


def test_train_shows_what_it_builds_and_what_it_is_going_to_do(cli):
    done = cli("train", "xor", *SHORT)
    assert done.err.startswith(f"{Network(2, 4, 1, seed=1)}\n")
    assert "training on 4 samples, 20 epochs online, learning rate 0.5, seed 1\n" in done.err
    assert re.search(r"^20 epochs in \d+\.\d\d s$", done.err, re.MULTILINE)


def test_train_iris_is_tested_on_flowers_that_it_did_not_see(cli):
    done = cli("train", "iris")
    assert done.code == 0
    assert "training on 120 samples and 30 kept back to test on" in done.err
    *_, more, last = done.out.splitlines()
    assert more == "... 14 more"
    found = re.fullmatch(r"accuracy on the 30 samples it did not see: (\d+\.\d)% \((\d+) right\)", last)
    assert float(found[1]) > 90
    assert float(found[1]) == pytest.approx(100 * int(found[2]) / 30, abs=0.05)


# The mass of penguins has no classes and no recipe; the digits take some ten seconds, so they have their own test.
@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[pytest.mark.slow] if name in ("breast_cancer", "penguins", "iris") else [])
        for name in DATASETS
        if name not in ("penguin_mass", "digits")
    ],
)
def test_every_recipe_trains_its_data_set_well(name, cli):
    result = json.loads(cli("train", name, "--json").out)
    assert result["accuracy"] >= 0.9
    assert result["dataset"] == find_dataset(name).name


@pytest.mark.slow
def test_the_recipe_of_the_digits_trains_them_well_in_a_few_of_its_epochs(cli):
    result = json.loads(cli("train", "digits", "--json", "--epochs", "8").out)
    assert result["layers"] == [64, 32, 10]
    assert result["accuracy"] >= 0.7


def test_a_number_behind_parity_is_its_number_of_bits(cli):
    result = json.loads(cli("train", "parity4", "--json", *SHORT).out)
    assert (result["dataset"], result["layers"], len(result["inputs"])) == ("parity4", [4, 16, 1], 16)


def test_a_small_data_set_is_shown_whole_and_a_large_one_is_split(cli):
    assert json.loads(cli("train", "and", "--json", *SHORT).out)["tested_on"] == "training samples"
    result = json.loads(cli("train", "moons", "--json", "--epochs", "1").out)
    assert (result["tested_on"], len(result["outputs"])) == ("unseen samples", 40)


def test_training_twice_shows_the_same(cli):
    assert cli("train", "xor", *SHORT).out == cli("train", "xor", *SHORT).out


def test_the_recipes_are_for_data_sets_that_there_are():
    assert all(recipe_for(name) == recipe_for(f"{name}4") for name in DATASETS)
    assert recipe_for("xor") == recipe_for("unknown")
    assert set(neuronet.data.recipes.RECIPES) <= set(DATASETS)


# train: each option.


@pytest.mark.parametrize(
    ("arguments", "settings"),
    [
        ([], {}),
        (["--epochs", "7"], {"epochs": 7}),
        (["--learning-rate", "0.125"], {"learning_rate": 0.125}),
        (["--learning-rate", "1e-3"], {"learning_rate": 0.001}),
        (["--batch-size", "4"], {"batch_size": 4}),
        (["--activation", "tanh"], {"activation": "tanh"}),
        (["--output-activation", "softplus"], {"output_activation": "softplus"}),
        (["--loss", "binary_cross_entropy"], {"loss": "binary_cross_entropy"}),
        (["--seed", "12"], {"seed": 12}),
        (["--seed=0"], {"seed": 0}),
        (["--hidden", "3"], {"hidden": (3,)}),
        (["--hidden", "8-4"], {"hidden": (8, 4)}),
        (["--layers", "2-3-1"], {"hidden": (3,)}),
        (["--layers", "2-5-3-1"], {"hidden": (5, 3)}),
        (["--layers", "2-1"], {"hidden": ()}),
    ],
    ids=" ".join,
)
def test_an_option_changes_what_is_done_and_nothing_else(arguments, settings, cli):
    result = json.loads(cli("train", "xor", "--json", *SHORT, *arguments).out)
    network, samples = trained("xor", **{"epochs": 20, **settings})
    assert result["layers"] == [len(layer) for layer in network]
    assert result["outputs"] == network.predict_all(samples.inputs)
    assert result["epochs"] == settings.get("epochs", 20)
    assert result["seed"] == settings.get("seed", 1)


def test_a_seed_decides_how_a_large_data_set_is_split(cli):
    first, second = (json.loads(cli("train", "iris", "--json", "--epochs", "1", "--seed", seed).out) for seed in (1, 2))
    assert first["inputs"] == datasets.iris().split(0.8, seed=1)[1].inputs
    assert second["inputs"] == datasets.iris().split(0.8, seed=2)[1].inputs


def test_softmax_and_its_loss_can_be_chosen(cli):
    options = ["--output-activation", "softmax", "--loss", "categorical_cross_entropy", "--epochs", "5"]
    for row in json.loads(cli("train", "iris", "--json", *options).out)["outputs"]:
        assert sum(row) == pytest.approx(1)


def test_quiet_shows_the_results_only(cli):
    loud, quiet = cli("train", "xor", *SHORT), cli("train", "xor", "--quiet", *SHORT)
    assert quiet.err == ""
    assert quiet.out == loud.out


def test_json_is_one_document_on_standard_output_and_nothing_else(cli, tmp_path):
    path = tmp_path / "xor.json"
    done = cli("train", "xor", "--json", "--save", path, *SHORT)
    result = json.loads(done.out)
    assert done.err == ""
    assert done.out.index("\n") == len(done.out) - 1
    assert result == {
        "dataset": "xor",
        "layers": [2, 4, 1],
        "seed": 1,
        "epochs": 20,
        "stopped": "epochs",
        "loss": result["loss"],
        "mean_absolute_error": result["mean_absolute_error"],
        "tested_on": "training samples",
        "accuracy": datasets.xor().accuracy(result["outputs"]),
        "inputs": datasets.xor().inputs,
        "targets": datasets.xor().targets,
        "outputs": result["outputs"],
        "saved": str(path),
    }
    assert 0 < result["loss"] < result["mean_absolute_error"] < 1


def test_what_is_saved_is_the_network_that_was_trained(cli, tmp_path):
    path = tmp_path / "xor.json"
    done = cli("train", "xor", "--save", path, *SHORT)
    assert path.read_text(encoding="utf-8") == trained("xor", epochs=20)[0].to_json()
    assert f"saved to {path}; try: python -m neuronet predict {path} 0 0\n" in done.err


def test_a_saved_network_predicts_the_outputs_that_were_shown(cli, tmp_path):
    path = tmp_path / "xor.json"
    result = json.loads(cli("train", "xor", "--json", "--save", path, *SHORT).out)
    rows = "\n".join(" ".join(map(repr, row)) for row in result["inputs"])
    assert numbers(cli("predict", path, stdin=rows).out) == result["outputs"]


def test_the_command_that_is_suggested_can_be_pasted_into_a_shell(cli, tmp_path):
    path = tmp_path / "my network.json"
    assert f"predict '{path}' 0 0\n" in cli("train", "xor", "--save", path, *SHORT).err


# train: progress.


def records(epochs, seconds=0.01):
    return [Epoch(epoch, 1 / epoch, 2 / epoch, epoch * seconds) for epoch in range(1, epochs + 1)]


class Terminal(io.StringIO):
    def isatty(self):
        return True


class ClosedPipe(io.StringIO):
    """A stream whose reader is gone; it remembers that it was written to."""

    def __init__(self):
        super().__init__()
        self.descriptor = os.open(os.devnull, os.O_WRONLY)

    def write(self, text):
        raise BrokenPipeError

    def fileno(self):
        return self.descriptor


def shown(stream, epochs, seconds=0.01):
    with Progress(stream, epochs) as progress:
        for record in records(epochs, seconds):
            progress(record)
    return stream.getvalue()


def test_a_progress_line_tells_epoch_error_and_time_left():
    line = progress_line(Epoch(100, 0.5, 0.25, 30.0), 5000)
    assert line == "epoch  100/5000  error 0.250000  time left 24:30"


@pytest.mark.parametrize(
    ("seconds", "left"), [(0.0, "0:00"), (0.5, "0:00"), (7.0, "0:07"), (60.0, "1:00"), (7200.0, "120:00")]
)
def test_the_time_left_is_that_of_the_epochs_so_far(seconds, left):
    assert progress_line(Epoch(50, 0.5, 0.25, seconds), 100).endswith(f"time left {left}")


@pytest.mark.parametrize(
    ("epochs", "lines"),
    [
        (1, [1]),
        (3, [1, 2, 3]),
        (10, [*range(1, 11)]),
        (25, [3, 5, 8, 10, 13, 15, 18, 20, 23, 25]),
        (5000, range(500, 5001, 500)),
    ],
)
def test_elsewhere_than_on_a_terminal_every_tenth_is_a_plain_line(epochs, lines):
    text = shown(io.StringIO(), epochs)
    assert "\r" not in text
    assert "\x1b" not in text
    assert [int(re.match(r"epoch +(\d+)/", line)[1]) for line in text.splitlines()] == list(lines)


def test_on_a_terminal_one_line_is_kept_up_to_date_and_ended():
    text = shown(Terminal(), 95, seconds=1 / 32)
    assert text.count("\n") == 1
    assert text.endswith("\x1b[K\n")
    first, *lines = text[:-1].split("\r")
    assert first == ""
    assert [int(re.match(r"epoch +(\d+)/", line)[1]) for line in lines] == [*range(4, 95, 4), 95], (
        "every eighth of a second"
    )
    assert all(line.endswith("\x1b[K") for line in lines)


def test_on_a_terminal_the_last_epoch_is_always_shown():
    assert "epoch 3/3" in shown(Terminal(), 3, seconds=1e-6)


def test_a_line_that_was_begun_is_ended_whatever_happens():
    stream = Terminal()
    with Progress(stream, 100) as progress:
        progress(Epoch(1, 0.5, 0.5, 1.0))
    assert stream.getvalue().endswith("\x1b[K\n")


def test_a_line_that_was_not_begun_is_not_ended():
    stream = Terminal()
    with Progress(stream, 100):
        pass
    assert stream.getvalue() == ""


def test_progress_never_stops_training():
    assert Progress(io.StringIO(), 1)(Epoch(1, 0.5, 0.5, 1.0)) is None


def test_progress_without_a_stream_shows_nothing(capfd):
    with Progress(None, 10) as progress:
        for record in records(10):
            progress(record)
    assert capfd.readouterr() == ("", "")


def test_nobody_reading_the_progress_is_no_error():
    stream = ClosedPipe()
    tell(stream, "lost")
    with Progress(stream, 10) as progress:
        for record in records(10):
            progress(record)
    os.close(stream.descriptor)


def test_training_on_a_terminal_ends_its_line_before_the_next(monkeypatch, cli):
    seconds = iter(range(10_000))
    monkeypatch.setattr(neuronet.training.loop, "perf_counter", lambda: next(seconds) / 100)
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    cli("train", "xor", *SHORT)
    live = stream.getvalue().splitlines()[-4:]  # and last that it is unsolved, in two lines
    assert live[0].count("\r") == 0, "splitlines splits at each return"
    assert live[0].startswith("epoch 20/20  error 0.")
    assert live[1].startswith("20 epochs in ")


def test_an_error_on_a_terminal_stands_on_a_line_of_its_own(monkeypatch, cli):
    seconds = iter(range(10_000_000))
    monkeypatch.setattr(neuronet.training.loop, "perf_counter", lambda: float(next(seconds)))
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    done = cli("train", "xor", "--activation", "linear", "--output-activation", "linear", "--learning-rate", "5")
    assert done.code == 1
    live, error = stream.getvalue().split("\n")[-3:-1]
    assert live.endswith("\x1b[K")
    assert error.startswith("neuronet: epoch ")


# The table of answers.


def test_a_table_of_answers_lines_up():
    table = answers(datasets.Dataset("d", [[1, -0.5], [10, 0.123456]], [[0], [1]]), [[0.25], [1e-9]])
    assert table.splitlines() == [
        "input      target  output",
        "1 -0.5     0       0.250000",
        "10 0.1235  1       0.000000",
    ]


def test_a_long_table_says_how_many_it_leaves_out():
    iris = datasets.iris()
    lines = answers(iris, iris.targets).splitlines()
    assert len(lines) == 1 + MOST_ROWS + 1
    assert lines[-1] == f"... {150 - MOST_ROWS} more"


# predict.


def test_predict_prints_the_outputs_for_the_inputs_of_the_command_line(cli, model):
    done = cli("predict", model, "0", "1")
    assert (done.code, done.err) == (0, "")
    assert numbers(done.out) == [Network.load(model).predict([0, 1])]


@pytest.mark.parametrize("text", ["-1", "-1e-3", "-0.5", "-.5", "-1E3", "-1e+2", "+2", "1e3", ".5", "-0"])
def test_predict_takes_negative_numbers_and_every_way_to_write_them(text, cli, model):
    for row in ([text, "1"], ["1", text]):
        done = cli("predict", model, *row)
        assert done.code == 0, done.err
        assert numbers(done.out) == [Network.load(model).predict([float(cell) for cell in row])]


def test_predict_reads_rows_from_standard_input(cli, model):
    text = "0 1\n\n1,0\n , \n  0.5 ,\t-1e-3 \r\n1 1"
    rows = [[0, 1], [1, 0], [0.5, -1e-3], [1, 1]]
    done = cli("predict", model, stdin=text)
    assert done.code == 0, done.err
    assert numbers(done.out) == Network.load(model).predict_all(rows)


def test_predict_prints_all_outputs_of_a_row_on_one_line(cli, tmp_path):
    network = Network(1, 3, output_activation="softmax", seed=1)
    network.save(tmp_path / "model.json")
    assert numbers(cli("predict", tmp_path / "model.json", stdin="1\n2\n").out) == network.predict_all([[1], [2]])


def test_predict_leaves_the_file_alone(cli, model):
    before = model.read_bytes()
    cli("predict", model, "0", "1")
    assert model.read_bytes() == before


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        (["1"], "inputs: expected 2 numbers, got 1"),
        (["1", "2", "3"], "inputs: expected 2 numbers, got 3"),
        (["1", "two"], "inputs[1]: expected a number, got 'two'"),
        (["", "1"], "inputs[0]: expected a number, got ''"),
        (["nan", "1"], "inputs[0]: expected a finite number, got nan"),
        (["1", "-inf"], "inputs[1]: expected a finite number, got -inf"),
        (["1", "1e999"], "inputs[1]: expected a finite number, got inf"),
    ],
)
def test_predict_refuses_inputs_that_cannot_be_right(inputs, message, cli, model):
    done = cli("predict", model, *inputs)
    assert (done.code, done.out, done.err) == (2, "", f"neuronet: {message}\n")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0 1\n\n1\n", "line 3: expected 2 numbers, got 1"),
        ("0 1\n1 2 3\n", "line 2: expected 2 numbers, got 3"),
        ("0 1\n0 one\n", "line 2[1]: expected a number, got 'one'"),
        ("a,b\n", "line 1[0]: expected a number, got 'a'"),
        ("0 nan\n", "line 1[1]: expected a finite number, got nan"),
        ("", "inputs: expected numbers on the command line or on standard input, got none"),
        ("\n , \n", "inputs: expected numbers on the command line or on standard input, got none"),
        (b"0 1\n\xff 1\n", "standard input: expected text, got bytes that are not utf-8"),
    ],
)
def test_predict_refuses_rows_that_cannot_be_right(text, message, cli, model):
    done = cli("predict", model, stdin=text)
    assert (done.code, done.err) == (2, f"neuronet: {message}\n")


def test_predict_without_standard_input_is_told_that_there_is_none(cli, model, monkeypatch):
    done = cli("predict", model, stdin=None)
    assert (done.code, done.out) == (2, "")
    assert "got none" in done.err


def test_predict_of_a_file_that_is_missing_fails(cli, tmp_path):
    done = cli("predict", tmp_path / "missing.json", "0", "1")
    assert (done.code, done.out) == (1, "")
    assert done.err == f"neuronet: {tmp_path / 'missing.json'}: No such file or directory\n"


def test_predict_of_a_folder_fails(cli, tmp_path):
    done = cli("predict", tmp_path, "0", "1")
    assert (done.code, done.err) == (1, f"neuronet: {tmp_path}: Is a directory\n")


@pytest.mark.parametrize("length", [0, 1, 100, -2])
def test_predict_of_a_truncated_file_fails_and_names_the_file(length, cli, model, tmp_path):
    path = tmp_path / "model.json"
    path.write_bytes(model.read_bytes()[:length])
    done = cli("predict", path, "0", "1")
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith(f"neuronet: {path}: document: expected JSON")


def test_predict_of_a_network_with_an_unknown_activation_names_the_place(cli, model, tmp_path):
    path = tmp_path / "model.json"
    path.write_text(model.read_text(encoding="utf-8").replace("sigmoid", "sigmod"), encoding="utf-8")
    done = cli("predict", path, "0", "1")
    assert done.code == 1
    assert done.err.startswith(f"neuronet: {path}: layers[1].activation: unknown 'sigmod'; known: sigmoid, tanh, ")


# Wrong use: exit code 2, a reason on standard error, nothing on standard output.


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "the following arguments are required: COMMAND"),
        (["learn"], "invalid choice: 'learn'"),
        (["train"], "train: expected a data set, a file of rows, or --resume MODEL.json, got none of them"),
        (["predict"], "the following arguments are required: MODEL.json"),
        (["train", "xor", "and"], "unrecognized arguments: and"),
        (["train", "xor", "--fast"], "unrecognized arguments: --fast"),
        (["train", "iriss"], "data set: unknown 'iriss'; known: xor, and, or, nand, parity,"),
        (["train", ""], "data set: unknown ''"),
        (["train", "parity17"], "data set: unknown 'parity17'"),
        (["train", "xor", "--epochs", "0"], "neuronet: --epochs: expected a whole number of at least 1, got 0"),
        (["train", "xor", "--epochs", "-5"], "neuronet: --epochs: expected a whole number of at least 1, got -5"),
        (["train", "xor", "--epochs", "many"], "argument --epochs: invalid int value: 'many'"),
        (["train", "xor", "--epochs", "1.5"], "argument --epochs: invalid int value: '1.5'"),
        (["train", "xor", "--epochs"], "argument --epochs: expected one argument"),
        (["train", "xor", "--learning-rate", "0"], "--learning-rate: expected a number above 0, got 0.0"),
        (["train", "xor", "--learning-rate", "-1e-3"], "--learning-rate: expected a number above 0, got -0.001"),
        (["train", "xor", "--learning-rate", "nan"], "--learning-rate: expected a finite number, got nan"),
        (["train", "xor", "--learning-rate", "-inf"], "--learning-rate: expected a finite number, got -inf"),
        (["train", "xor", "--learning-rate", "fast"], "argument --learning-rate/--rate: invalid float value: 'fast'"),
        (["train", "xor", "--batch-size", "0"], "--batch-size: expected a whole number of at least 1, got 0"),
        (["train", "xor", "--batch-size", "x"], "argument --batch-size/--batch: invalid int value: 'x'"),
        (["train", "xor", "--seed", "x"], "argument --seed: invalid int value: 'x'"),
        (["train", "xor", "--activation", "sigmod"], "neuronet: --activation: unknown 'sigmod'; known: sigmoid, tanh"),
        (["train", "xor", "--activation", ""], "neuronet: --activation: unknown ''; known: sigmoid"),
        (["train", "xor", "--activation", "softmax"], "layers[1]: expected softmax in the output layer only"),
        (["train", "xor", "--output-activation", "x"], "neuronet: --output-activation: unknown 'x'; known: sigmoid"),
        (["train", "xor", "--output-activation", ""], "neuronet: --output-activation: "),
        (["train", "xor", "--loss", "x"], "neuronet: --loss: unknown 'x'; known: half_squared_error"),
        (["train", "xor", "--loss", "categorical_cross_entropy"], "neuronet: --loss: categorical_cross_entropy needs"),
        (["train", "xor", "--hidden", "0"], "layers[1]: expected a whole number of at least 1, got 0"),
        (["train", "xor", "--hidden", "-3"], "layers: expected a shape such as '2-4-1', got"),
        (["train", "xor", "--hidden", ""], "layers: expected a shape such as '2-4-1', got '2--1'"),
        (["train", "xor", "--hidden", "four"], "layers: expected a shape such as '2-4-1', got '2-four-1'"),
        (["train", "xor", "--hidden", "99999999"], "layers: expected at most 1000000 neurons"),
        (["train", "xor", "--hidden", "3", "--layers", "2-3-1"], "not allowed with argument --hidden"),
        (["train", "xor", "--layers", "3-4-1"], "--layers: expected a shape from 2 to 1 to fit the data set xor"),
        (["train", "xor", "--layers", "2-4-2"], "--layers: expected a shape from 2 to 1 to fit the data set xor"),
        (["train", "xor", "--layers", "2"], "--layers: expected a shape from 2 to 1 to fit the data set xor"),
        (["train", "xor", "--layers", ""], "--layers: expected a shape from 2 to 1 to fit the data set xor"),
        (["train", "iris", "--layers", "2-4-1"], "--layers: expected a shape from 4 to 3 to fit the data set iris"),
        (["train", "xor", "--layers", "2-x-1"], "layers: expected a shape such as '2-4-1', got '2-x-1'"),
        (["train", "xor", "--layers", "2-0-1"], "layers[1]: expected a whole number of at least 1, got 0"),
        (["train", "parity1", "--layers", "1"], "layers: expected at least an input and an output layer"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_use_is_told_with_its_reason(arguments, message, cli):
    done = cli(*arguments)
    assert (done.code, done.out) == (2, "")
    assert message in done.err


def test_wrong_use_of_the_arguments_shows_the_usage(cli):
    done = cli()
    assert done.code == 2
    assert done.err.startswith("usage: neuronet [-h] [--version] COMMAND ...\n")


# The work failed: exit code 1.


def test_training_that_diverges_fails_and_saves_nothing(cli, tmp_path):
    path = tmp_path / "xor.json"
    options = ["--activation", "relu", "--output-activation", "linear", "--learning-rate", "100"]
    options += ["--quiet", "--save", path]
    done = cli("train", "xor", *options)
    assert (done.code, done.out) == (1, "")
    assert re.match(r"neuronet: epoch \d+, .*sample \d: .*try a learning rate below 100", done.err)
    assert os.listdir(tmp_path) == []


@pytest.fixture
def no_training(monkeypatch):
    def train(*arguments, **settings):
        raise AssertionError("it must fail before it trains")

    monkeypatch.setattr(Network, "train", train)


@pytest.mark.parametrize("place", ["missing/xor.json", ".", "", "file/xor.json", "missing/deep/xor.json"])
def test_a_place_that_cannot_be_written_to_fails_before_training(place, cli, tmp_path, monkeypatch, no_training):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    done = cli("train", "xor", "--save", place)
    assert (done.code, done.out) == (1, "")
    assert done.err == f"neuronet: --save: expected a file in a folder that can be written, got {place!r}\n"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission_fails_before_training(cli, tmp_path, no_training):
    tmp_path.chmod(0o500)
    assert cli("train", "xor", "--save", tmp_path / "xor.json").code == 1


def test_a_disk_that_is_full_fails_and_names_the_file(cli, tmp_path, monkeypatch):
    def full(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(neuronet.store.disk.os, "replace", full)
    path = tmp_path / "xor.json"
    done = cli("train", "xor", "--save", path, "--quiet", *SHORT)
    assert (done.code, done.err) == (1, f"neuronet: {path}: No space left on device\n")
    assert os.listdir(tmp_path) == []


# Ctrl-C.


@pytest.fixture
def pressed_in_epoch_3(monkeypatch):
    plain = Progress.__call__

    def press(self, epoch):
        plain(self, epoch)
        if epoch.epoch == 3:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(Progress, "__call__", press)


def test_ctrl_c_keeps_what_was_learned_and_shows_it(pressed_in_epoch_3, cli, tmp_path):
    path = tmp_path / "xor.json"
    done = cli("train", "xor", "--save", path)
    assert done.code == 0
    assert re.search(r"^interrupted after 3 epochs in \d+\.\d\d s; the weights are kept$", done.err, re.MULTILINE)
    assert len(done.out.splitlines()) == 5
    assert path.read_text(encoding="utf-8") == trained("xor", epochs=3)[0].to_json()


def test_ctrl_c_is_told_even_when_it_is_quiet(pressed_in_epoch_3, cli):
    done = cli("train", "xor", "--quiet")
    assert done.err.startswith("interrupted after 3 epochs")


def test_ctrl_c_is_told_in_json(pressed_in_epoch_3, cli):
    result = json.loads(cli("train", "xor", "--json").out)
    assert (result["stopped"], result["epochs"]) == ("interrupted", 3)


def test_ctrl_c_before_the_first_epoch_is_over_still_gives_a_document(cli, monkeypatch):
    forward = Network.propagate

    def press(self, inputs):
        monkeypatch.setattr(Network, "propagate", forward)
        signal.raise_signal(signal.SIGINT)
        forward(self, inputs)

    monkeypatch.setattr(Network, "propagate", press)
    result = json.loads(cli("train", "xor", "--json").out)
    assert (result["stopped"], result["epochs"], result["loss"]) == ("interrupted", 0, None)


def test_ctrl_c_while_rows_are_awaited_is_no_traceback(cli, model):
    class Waiting(io.StringIO):
        def __next__(self):
            raise KeyboardInterrupt

    done = cli("predict", model, stdin=Waiting())
    assert (done.code, done.out, done.err) == (1, "", "neuronet: interrupted\n")


# Help.


def test_the_help_names_every_command(cli):
    done = cli("--help")
    assert (done.code, done.err) == (0, "")
    assert re.search(r"^ +train +train on a data set or a CSV file", done.out, re.MULTILINE)
    assert re.search(r"^ +predict +the answers of a saved model", done.out, re.MULTILINE)
    assert set(re.findall(r"^    ([a-z]+)", done.out, re.MULTILINE)) == set(COMMANDS)
    assert "--version" in done.out


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_explains_every_option_of_its_usage(name, cli):
    done = cli(name, "--help")
    assert done.code == 0
    usage, explained = re.split(r"\n\n(?=[a-z ]+:\n)", done.out, maxsplit=1)
    options = set(re.findall(r"(?<![a-z])--?[a-z][a-z0-9-]*", usage.split("\n\n")[0])) - {"-h"}
    for option in options:
        metavar = r" \[?[A-Z][A-Za-z.,]*\]?"
        assert re.search(rf"^  {option}({metavar})?(, --\w+{metavar})?\s+[\w|]+", explained, re.MULTILINE), option
    assert set(re.findall(r"^  (--?[a-z][a-z0-9-]*)", explained, re.MULTILINE)) - {"-h"} == options
    assert max(map(len, done.out.splitlines())) <= 80
    assert "{" not in done.out, "the choices stand in the help of an option, not in its name"


def test_the_help_of_train_has_its_options_and_names_what_can_be_chosen(cli):
    text = cli("train", "--help").out
    assert set(re.findall(r"^  (--[a-z][a-z0-9-]*)", text, re.MULTILINE)) == TRAIN_OPTIONS
    words = " ".join(text.split())
    for name in [*DATASETS, *ACTIVATIONS, *LOSSES, *OPTIMIZERS, *SCALINGS, *SCHEDULES, *TASKS, *FILLS]:
        assert name in words


@pytest.fixture
def file_of_rows(tmp_path, monkeypatch):
    """The file and.csv in the working directory."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "and.csv").write_text("a,b,both\n" + "0,0,no\n0,1,no\n1,0,no\n1,1,yes\n" * 4, encoding="utf-8")


@pytest.mark.parametrize(
    ("command", "former", "present"),
    [
        ("train xor --epochs 20 --json", "--rate 0.3", "--learning-rate 0.3"),
        ("train xor --epochs 20 --json", "--batch 2", "--batch-size 2"),
        ("train xor --epochs 20 --json", "--clip 0.1", "--clip-norm 0.1"),
        ("train xor --epochs 20 --json", "--seconds 99", "--time-limit 99"),
        ("draw xor --epochs 0 --sample 0,1 --target 1", "--rate 0.3", "--learning-rate 0.3"),
        ("explain xor", "--rate 0.3", "--learning-rate 0.3"),
        ("diagnose xor --epochs 20", "--rate 0.3 --batch 4", "--learning-rate 0.3 --batch-size 4"),
        ("quiz xor", "--rate 0.3", "--learning-rate 0.3"),
        ("experiment and.csv --seeds 1 --folds 2 --quiet", "--rate 0.3", "--learning-rate 0.3"),
        ("experiment and.csv --seeds 1 --folds 2 --quiet", "--batch 2", "--batch-size 2"),
        ("train xor --epochs 20 --json", "--ra 0.3", "--learn 0.3"),
        ("train xor --epochs 20 --json", "--b 2", "--batch-s 2"),
        ("train xor --epochs 20 --json", "--cli 0.1", "--clip- 0.1"),
        ("train xor --epochs 20 --json", "--sec 99", "--time 99"),
    ],
)
@pytest.mark.usefixtures("file_of_rows")
def test_an_option_answers_to_its_former_name_too(cli, command, former, present):
    done = cli(*command.split(), *former.split())
    assert done == cli(*command.split(), *present.split())
    assert done != cli(*command.split()) or "99" in former


def test_the_help_of_predict_explains_its_arguments(cli):
    done = cli("predict", "--help")
    words = " ".join(done.out.split())
    assert done.code == 0
    assert "MODEL.json a model or network that was saved" in words
    assert "FILE|VALUE a file of rows, or one value for each column" in words
    assert "standard input" in words


def test_the_version_is_that_of_the_package(cli):
    assert cli("--version").out == f"neuronet {__version__}\n"


# As a process of its own.


def test_main_takes_the_arguments_of_the_process(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["neuronet", "--version"])
    assert main() == 0
    assert capsys.readouterr().out == f"neuronet {__version__}\n"


def test_python_m_neuronet_trains(tmp_path):
    done = process("train", "xor", "--quiet")
    assert (done.returncode, done.stderr) == (0, b"")
    assert len(done.stdout.splitlines()) == 5


def test_python_m_neuronet_alone_is_wrong_use():
    done = process()
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(b"usage: neuronet ")
    assert b"required: COMMAND" in done.stderr


def test_python_m_neuronet_predicts_from_a_pipe(model):
    done = process("predict", model, stdin=None, input=b"0 1\n1,0\n")
    assert done.returncode == 0
    assert numbers(done.stdout.decode()) == Network.load(model).predict_all([[0, 1], [1, 0]])


def test_an_error_is_an_exit_code_of_the_process(model):
    assert process("predict", model, "0").returncode == 2
    assert process("predict", f"{model}.missing", "0").returncode == 1


def test_a_reader_that_has_seen_enough_is_no_error(model, tmp_path):
    rows = tmp_path / "rows.txt"
    rows.write_text("0 1\n" * 20_000, encoding="utf-8")
    # More output than a pipe holds, so that the process is still writing when the reader goes.
    with (
        rows.open("rb") as stdin,
        subprocess.Popen(  # noqa: S603
            command("predict", model),
            cwd=ROOT,
            env=BUFFERED,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as running,
    ):
        assert running.stdout.readline()
        running.stdout.close()
        assert running.stderr.read() == b""
        assert running.wait(timeout=100) == 0


@pytest.fixture
def closed_pipe():
    """The writing end of a pipe whose reading end is closed already."""
    reading, writing = os.pipe()
    os.close(reading)
    yield writing
    os.close(writing)


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["train", "xor", *SHORT], pytest.param(["train", "--help"], marks=pytest.mark.slow)],
    ids=" ".join,
)
def test_a_closed_standard_output_is_no_error(arguments, closed_pipe):
    done = process(*arguments, stdout=closed_pipe)
    assert done.returncode == 0
    assert b"Broken" not in done.stderr


def test_training_goes_on_though_nobody_reads_anything(closed_pipe, tmp_path):
    path = tmp_path / "xor.json"
    done = process("train", "xor", "--save", path, *SHORT, stdout=closed_pipe, stderr=closed_pipe)
    assert done.returncode == 0
    assert path.read_text(encoding="utf-8") == trained("xor", epochs=20)[0].to_json()


@pytest.mark.parametrize("closed", mostly_slow([">&-", "2>&-", "<&-", ">&- 2>&- <&-"], ">&- 2>&- <&-"))
def test_streams_that_are_not_there_are_no_error(closed, tmp_path):
    path = tmp_path / "xor.json"
    shell = ["sh", "-c", f'exec "$0" "$@" {closed}', *command("train", "xor", "--save", path, *SHORT)]
    done = subprocess.run(shell, cwd=ROOT, env=BUFFERED, capture_output=True, timeout=100, check=False)  # noqa: S603
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr
    assert path.exists()
    assert done.stdout.startswith(b"input") or ">&- " in f"{closed} "


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")
def test_a_full_standard_output_is_a_failure_that_is_told():
    with open("/dev/full", "wb") as full:
        done = process("train", "xor", "--quiet", *SHORT, stdout=full)
    assert done.returncode == 1
    assert done.stderr == b"neuronet: standard input or output: No space left on device\n"


@pytest.mark.skipif(sys.platform != "linux", reason="needs file names of any bytes")
def test_a_file_name_that_is_no_text_is_no_error(tmp_path):
    path = os.fsencode(tmp_path) + b"/\xff\xc3.json"
    done = process("train", "xor", "--save", path, *SHORT)
    assert done.returncode == 0
    assert os.path.exists(path)
    assert process("predict", path, "0", "1").returncode == 0
    assert process("predict", path + b"x", "0", "1").returncode == 1


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_ctrl_c_at_a_terminal_ends_training_without_a_traceback_and_saves(tmp_path):
    import pty

    path = tmp_path / "xor.json"
    controller, terminal = pty.openpty()
    with subprocess.Popen(  # noqa: S603
        command("train", "xor", "--epochs", "1000000000", "--save", path),
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=terminal,
    ) as running:
        try:
            os.close(terminal)
            seen = b""
            while b"\repoch " not in seen:
                seen += os.read(controller, 10_000)
            running.send_signal(signal.SIGINT)
            out = running.stdout.read()
            while chunk := read_or_nothing(controller):
                seen += chunk
            assert running.wait(timeout=100) == 0
        finally:
            running.kill()
            os.close(controller)
    assert b"Traceback" not in seen
    assert re.search(rb"\r\ninterrupted after \d+ epochs in .* s; the weights are kept\r\n", seen)
    assert out.startswith(b"input")
    assert Network.load(path).predict([0, 1]) != Network(2, 4, 1, seed=1).predict([0, 1])


def read_or_nothing(descriptor):
    """What a pseudo-terminal still has to say: Linux makes its end an error."""
    try:
        return os.read(descriptor, 10_000)
    except OSError:
        return b""
