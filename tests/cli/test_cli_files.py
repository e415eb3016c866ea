"""The commands for files of one's own, with real files: what they do, what they say, and what they refuse."""

import csv
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest

from neuronet import Model, Network, datasets, fit, read_table
from neuronet.cli import main
from neuronet.cli.progress import Progress, progress_line
from neuronet.errors import DataError
from neuronet.tabular.experiment import experiment, fit_model
from neuronet.training import Epoch

ROOT = Path(__file__).resolve().parents[2]
IRIS = (ROOT / "neuronet" / "data" / "iris.csv").read_text(encoding="utf-8")
SHORT = ("--epochs", "5")
"""Enough where it does not matter how well a model has learned."""
COATS = "weight,coat,kind\n" + "".join(
    f"{3 + row % 5}.5,{'red' if row % 3 else 'black'},{'cat' if row % 5 < 3 else 'dog'}\n" for row in range(30)
)
"""Thirty rows of a number, a category and two classes."""
PRICES = "size;town;price\n" + "".join(
    f"{40 + 3 * row},5;{'Köln' if row % 2 else 'Jena'};{100 + 7 * row},25\n" for row in range(30)
)
"""Thirty rows with decimal commas, and a value to answer."""


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """The working directory, empty."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(capsys, monkeypatch):
    """Runs one command in this process: its exit code, and what it wrote."""

    def command(*arguments, stdin=""):
        content = stdin if isinstance(stdin, bytes) else stdin.encode()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content), encoding="utf-8"))
        code = main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return SimpleNamespace(code=code, out=out, err=err)

    return command


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """The texts of models that were trained on the files above, by the name of the file."""
    found = {}
    home = Path.cwd()
    os.chdir(tmp_path_factory.mktemp("models"))
    for name, text in (("iris", IRIS), ("coats", COATS), ("prices", PRICES)):
        Path(f"{name}.csv").write_text(text, encoding="utf-8")
        assert main(["train", f"{name}.csv", "--epochs", "40", "--quiet"]) == 0
        found[name] = Path(f"{name}.model.json").read_text(encoding="utf-8")
    os.chdir(home)
    return found


def write(name, text):
    Path(name).write_text(text, encoding="utf-8")
    return name


def shown_json(done):
    """The one document on standard output; NaN and infinities are no JSON."""
    return json.loads(done.out, parse_constant=lambda word: pytest.fail(f"{word} is no JSON"))


def weights(path):
    return Model.load(path).network.weights


def rows_of(text):
    return list(csv.reader(io.StringIO(text)))


def refused(done, message, code=2):
    assert (done.code, done.out) == (code, "")
    assert done.err.splitlines()[-1].startswith(f"neuronet: {message}"), done.err


# train: a file alone.


def test_a_file_alone_is_trained_tested_saved_and_what_was_guessed_is_told(run):
    write("iris.csv", IRIS)
    done = run("train", "iris.csv")
    assert done.code == 0
    assert done.err.startswith(f"{read_table('iris.csv')}\ntarget species: 3 classes, 'setosa', ")
    assert "(the last column, as it looks)\n" in done.err
    assert "network 4-8-3, training on 120 rows, 30 rows kept back to test on, seed 1\n" in done.err
    assert re.search(r"^epoch  50/100  error 0\.\d{6}  time left 0:0\d$", done.err, re.MULTILINE)
    assert "all epochs done\nsaved to iris.model.json\n" in done.err
    assert done.err.endswith("use it: python -m neuronet predict iris.model.json iris.csv\n")
    assert done.out.startswith("on the 30 rows it has not seen:\naccuracy ")
    assert os.listdir() == ["iris.csv", "iris.model.json"] or os.listdir() == ["iris.model.json", "iris.csv"]


def test_a_file_alone_is_trained_as_fit_does_it(run):
    write("iris.csv", IRIS)
    run("train", "iris.csv", "--quiet")
    assert weights("iris.model.json") == fit(read_table("iris.csv"), seed=1).model.network.weights


def test_a_small_file_is_trained_on_whole_and_that_is_told(run):
    write("few.csv", "a,b,y\n1,2,x\n2,1,z\n3,4,x\n4,3,z\n")
    done = run("train", "few.csv", *SHORT)
    assert "training on 4 rows, none kept back to test on" in done.err
    assert done.out.startswith("on the 4 rows that it was trained on, for none was kept back:\n")


def test_rows_without_a_target_are_left_out_and_that_is_told(run):
    write("some.csv", COATS + "4.5,red,\n5.5,red,NA\n")
    assert "left out, for they have no value of kind: 2 rows\n" in run("train", "some.csv", *SHORT).err


def test_the_rows_may_come_from_standard_input(run):
    done = run("train", "-", *SHORT, stdin=COATS)
    assert done.err.startswith("standard input: 30 rows, 3 columns\n")
    assert done.err.endswith("use it: python -m neuronet predict model.json -\n")
    write("coats.csv", COATS)
    run("train", "coats.csv", *SHORT, "--save", "same.json")
    assert weights("model.json") == weights("same.json")


# train: the columns.


@pytest.mark.parametrize("column", ["coat", "2"])
def test_the_target_is_named_or_counted(column, run):
    write("coats.csv", COATS)
    done = run("train", "coats.csv", "--target", column, "--json", *SHORT)
    assert (shown_json(done)["target"], done.err) == ("coat", "")


def test_a_name_goes_before_a_place(run):
    write("digits.csv", "2,1\n" + "1,0\n3,1\n" * 20)
    done = run("train", "digits.csv", "--header", "--target", "1", "--json", *SHORT)
    assert shown_json(done)["target"] == "1"


@pytest.mark.parametrize("ignored", ["weight", "1", " weight , "])
def test_columns_are_ignored_by_name_or_place(ignored, run):
    write("coats.csv", COATS)
    run("train", "coats.csv", "--ignore", ignored, *SHORT)
    assert [column.name for column in Model.load("coats.model.json").inputs] == ["coat"]


def test_the_task_and_the_scaling_are_as_they_are_said(run):
    write("counts.csv", "a,n\n" + "".join(f"{row % 7},{row % 4}\n" for row in range(40)))
    assert shown_json(run("train", "counts.csv", "--json", *SHORT))["task"] == "classes"
    done = run("train", "counts.csv", "--json", *SHORT, "--task", "values", "--scaling", "minmax")
    assert shown_json(done)["task"] == "value"
    model = Model.load("counts.model-2.json")
    assert (model.inputs[0].scaling, model.target.scaling, model.target.scale) == ("minmax", "minmax", 3.0)


def test_a_missing_value_is_refused_with_its_place_or_filled(run):
    write("coats.csv", COATS.replace("5.5,red", ",red", 1))
    done = run("train", "coats.csv", "--test", "0")
    refused(
        done,
        "coats.csv, line 4, column \"weight\": expected a value, got none; to have it filled, set missing to 'fill'",
    )
    done = run("train", "coats.csv")  # where the row may be one to test on
    assert (done.code, "set missing to 'fill'" in done.err) == (2, True)
    assert os.listdir() == ["coats.csv"]
    done = run("train", "coats.csv", "--missing", "fill", "--test", "0", *SHORT)
    assert done.code == 0
    assert "missing values are filled: weight\n" in done.err
    assert Model.load("coats.model.json").inputs[0].fill is not None


def test_decimal_commas_and_semicolons_are_guessed_and_a_value_is_answered(run):
    write("prices.csv", PRICES)
    done = run("train", "prices.csv", "--target", "price", *SHORT)
    assert "target price: a value, mean " in done.err
    assert "the error is in the units of price\n" in done.err
    assert "R squared" in done.out


def test_the_error_of_a_value_is_in_the_units_of_the_target(run):
    write("prices.csv", PRICES)
    done = run("train", "prices.csv", "--epochs", "10")
    found = fit(read_table("prices.csv"), seed=1, epochs=10)
    told = float(re.search(r"epoch 10/10  error ([\d.]+)  ", done.err)[1])
    assert told == pytest.approx(found.history[-1].mean_absolute_error * found.model.target.scale, rel=1e-4)


@pytest.mark.parametrize(
    ("text", "options"),
    [
        (COATS.replace(",", "\t"), []),
        (COATS.replace(",", "\t"), ["--separator", "tab", "--header"]),
        (COATS.partition("\n")[2], ["--no-header"]),
        (COATS.replace(",", "!"), ["--separator", "!"]),
        (COATS.replace(",", ";").replace(".", ","), ["--decimal", ","]),
        (COATS.replace("\n", "\r\n"), []),
        ("\ufeff" + COATS, []),
    ],
    ids=["tsv", "tsv said", "no header", "separator", "decimal", "Windows", "byte order mark"],
)
def test_the_same_rows_written_otherwise_give_the_same_network(text, options, run):
    write("coats.csv", COATS)
    write("other.tsv", text)
    run("train", "coats.csv", *SHORT)
    done = run("train", "other.tsv", *SHORT, *options)
    assert done.code == 0, done.err
    assert weights("other.model.json") == weights("coats.model.json")


def test_columns_that_look_like_numbers_may_be_categories(run):
    write("codes.csv", "code,kind\n" + "1,a\n2,b\n3,a\n" * 10)
    run("train", "codes.csv", "--categories", "code", *SHORT)
    assert Model.load("codes.model.json").inputs[0].categories == ("1", "2", "3")


# train: the network and the training.


@pytest.mark.parametrize(
    ("options", "settings"),
    [
        (["--hidden", "3"], {"hidden": 3}),
        (["--hidden", "4-2"], {"hidden": "4-2"}),
        (["--hidden", "0"], {"hidden": 0}),
        (["--activation", "relu"], {"activation": "relu"}),
        (["--loss", "huber"], {"loss": "huber"}),
        (["--seed", "7"], {"seed": 7}),
        (["--learning-rate", "0.01", "--batch-size", "4"], {"learning_rate": 0.01, "batch_size": 4}),
        (["--optimizer", "sgd"], {"optimizer": "sgd"}),
        (["--optimizer", "adam"], {}),
        (["--optimizer", "rprop"], {"optimizer": "rprop"}),
        (["--l1", "0.1"], {"l1": 0.1}),
        (["--l2", "0"], {"l2": 0}),
        (["--dropout", "0.25"], {"dropout": 0.25}),
        (["--test", "0.5"], {"test": 0.5}),
        (["--test", "0"], {"test": 0.0}),
        (["--validation", "0.25"], {"validation": 0.25, "early_stopping": 20}),
        (["--early-stopping"], {"validation": 0.2, "early_stopping": 20}),
        (["--early-stopping", "2", "--validation", "0.3"], {"validation": 0.3, "early_stopping": 2}),
        (["--plateau", "1"], {"plateau": 1}),
        (["--until-loss", "9"], {"until_loss": 9}),
        (["--until-accuracy", "0.1"], {"until_accuracy": 0.1}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_an_option_does_what_the_setting_of_its_name_does(options, settings, run):
    write("coats.csv", COATS)
    done = run("train", "coats.csv", "--json", *SHORT, *options)
    found = fit(read_table("coats.csv"), **{"seed": 1, "epochs": 5, **settings})
    result = shown_json(done)
    assert weights("coats.model.json") == found.model.network.weights
    assert (result["epochs"], result["stopped"]) == (len(found.history), found.history.stopped)
    assert result["best_epoch"] == found.history.best_epoch
    assert result["rows"]["test"] == (0 if found.test is None else len(found.test))
    assert result["tested_on"] == ("training rows" if found.test is None else "unseen rows")


def test_a_clipped_gradient_leaves_the_usual_optimizer_and_rate(run):
    write("coats.csv", COATS)
    run("train", "coats.csv", "--save", "plain.json", *SHORT)
    run("train", "coats.csv", "--save", "loose.json", "--clip-norm", "1e9", *SHORT)
    run("train", "coats.csv", "--save", "tight.json", "--clip-norm", "1e-9", *SHORT)
    assert weights("loose.json") == weights("plain.json") != weights("tight.json")
    course = Model.load("tight.json").network.training_state
    assert (course.learning_rate, course.batch_size) == (0.003, 16)


@pytest.mark.parametrize(("name", "rates"), [("step", [0.003, 0.0015, 0.00075]), ("cosine", [0.003, 0.00225, 0.00075])])
def test_a_schedule_lowers_the_rate(name, rates, run, monkeypatch):
    seen = []
    monkeypatch.setattr(Progress, "__call__", lambda self, epoch: seen.append(epoch.learning_rate))
    write("coats.csv", COATS)
    run("train", "coats.csv", "--schedule", name, "--epochs", "3")
    assert seen == pytest.approx(rates)


def test_training_stops_when_the_time_is_over(run):
    write("coats.csv", COATS)
    done = run("train", "coats.csv", "--epochs", "100000000", "--time-limit", "0.05")
    assert "the time is over\n" in done.err
    assert done.code == 0


def test_of_several_seeds_the_best_is_kept_and_told(run):
    write("coats.csv", COATS)
    done = run("train", "coats.csv", "--seed", "9", "--restarts", "3", "--early-stopping", *SHORT)
    settings = {"split_seed": 9, "epochs": 5, "validation": 0.2, "early_stopping": 20}
    fits = {seed: fit(read_table("coats.csv"), seed=seed, **settings) for seed in (9, 10, 11)}
    best = min(fits, key=lambda seed: fits[seed].model.network.training_state.best)
    assert best not in {9, min(fits, key=lambda seed: fits[seed].history[-1].loss)}, "or it would prove nothing"
    assert weights("coats.model.json") == fits[best].model.network.weights
    assert [line for line in done.err.splitlines() if "seed" in line and "network" not in line] == [
        *("seed 9, 1 of 3", "seed 10, 2 of 3", "seed 11, 3 of 3"),
        f"the best of 3 is seed {best}",
    ]


def test_a_seed_that_fails_does_not_stop_the_others_but_all_of_them_do(run):
    write("prices.csv", PRICES)
    options = ["--restarts", "2", "--optimizer", "sgd", "--learning-rate", "1e200", "--activation", "linear"]
    done = run("train", "prices.csv", *options)
    refused(done, "epoch 1, ", code=1)
    assert "try a learning rate below 1e+200" in done.err
    assert os.listdir() == ["prices.csv"]


# train: what it shows and writes.


def test_quiet_shows_the_report_only(run):
    write("iris.csv", IRIS)
    loud, quiet = run("train", "iris.csv", *SHORT), run("train", "iris.csv", "--quiet", *SHORT)
    assert (quiet.err, quiet.out) == ("", loud.out)


@pytest.mark.parametrize(("name", "text"), [("iris", IRIS), ("coats", COATS), ("prices", PRICES)])
def test_json_is_one_document_and_nothing_else(name, text, run):
    write(f"{name}.csv", text)
    done = run("train", f"{name}.csv", "--json", *SHORT)
    result = shown_json(done)
    assert done.err == ""
    assert done.out.count("\n") == 1
    assert result["saved"] == f"{name}.model.json"
    assert sum(result["rows"].values()) == text.count("\n") - 1
    assert result["report"] == json.loads(run("train", f"{name}.csv", "--json", *SHORT, "--no-save").out)["report"]


def test_an_older_model_is_never_written_over_unless_it_is_named(run):
    write("coats.csv", COATS)
    write("coats.model.json", "precious")
    for _ in range(2):
        run("train", "coats.csv", *SHORT)
    assert sorted(os.listdir()) == ["coats.csv", "coats.model-2.json", "coats.model-3.json", "coats.model.json"]
    assert Path("coats.model.json").read_text(encoding="utf-8") == "precious"
    run("train", "coats.csv", "--save", "coats.model.json", *SHORT)
    assert weights("coats.model.json") == weights("coats.model-2.json")


def test_nothing_is_saved_where_nothing_is_to_be(run):
    write("coats.csv", COATS)
    done = run("train", "coats.csv", "--no-save", *SHORT)
    assert os.listdir() == ["coats.csv"]
    assert "saved" not in done.err
    assert "use it" not in done.err
    assert shown_json(run("train", "coats.csv", "--no-save", "--json", *SHORT))["saved"] is None


def test_the_training_curve_is_drawn(run):
    write("coats.csv", COATS)
    run("train", "coats.csv", "--plot", "curve.svg", *SHORT)
    assert Path("curve.svg").read_text(encoding="utf-8").startswith("<svg")


@pytest.mark.parametrize("name", ["my rows.csv", "-rows.csv", "it's $HOME.csv", "größe.csv"])
def test_the_command_that_is_suggested_can_be_pasted_into_a_shell(name, run):
    write(f"./{name}", COATS)
    done = run("train", *SHORT, "--", name)
    line = done.err.splitlines()[-1]
    told = ["sh", "-c", f"printf '%s\\n' {line.partition('neuronet ')[2]}"]
    words = subprocess.run(told, capture_output=True, check=True).stdout.decode().splitlines()  # noqa: S603
    again = run(*words)
    assert (again.code, again.err) == (0, "")
    assert len(again.out.splitlines()) == 31


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--save", "missing/m.json"], "--save: expected a file in a folder that can be written"),
        (["--save", "."], "--save: expected a file in a folder that can be written"),
        (["--plot", "missing/p.svg"], "--plot: expected a file in a folder that can be written"),
    ],
)
def test_a_place_that_cannot_be_written_is_told_before_the_file_is_read(options, message, run):
    refused(run("train", "not-there.csv", *options), message, code=1)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--save", "coats.csv"], "--save: expected another file than that of the rows, got 'coats.csv' for both"),
        (["--save", "./x/../coats.csv"], "--save: expected another file than that of the rows"),
        (["--plot", "coats.csv"], "--plot: expected another file than that of the rows"),
        (["--plot", "m.svg", "--save", "m.svg"], "--plot: expected another file than that of --save"),
        (["--plot", "p.png"], "--plot: expected a name that ends in .svg"),
        (["--layers", "3-2-1"], "--layers: expected only with a data set; for a file say --hidden"),
        (["--output-activation", "tanh"], "--output-activation: expected only with a data set"),
        (["--target", "x"], "--target: unknown 'x'; known: weight, coat, kind"),
        (["--target", "4"], "--target: expected the place of a column, from 1 to 3, got 4"),
        (["--target", "0"], "--target: expected the place of a column, from 1 to 3, got 0"),
        (["--target", "-1"], "--target: expected the place of a column, from 1 to 3, got -1"),
        (["--ignore", "x"], "--ignore: unknown 'x'; known: weight, coat, kind"),
        (["--ignore", "kind"], "--ignore: expected columns beside the target"),
        (["--ignore", "1,2"], 'coats.csv: expected a column beside the target "kind"'),
        (["--task", "values"], "--task: expected 'classes', because column \"kind\" has texts"),
        (["--until-accuracy", "0.5", "--target", "1", "--task", "values"], "--until-accuracy: expected a target of"),
        (["--hidden", "x"], "--hidden: expected a number of neurons, or several such as 8-4, got 'x'"),
        (["--hidden", "8,4"], "--hidden: expected a number of neurons, or several such as 8-4, got '8,4'"),
        (["--hidden", "8-0"], "--hidden: expected a number of neurons, or several such as 8-4, got '8-0'"),
        (["--hidden", "-3"], "--hidden: expected a number of neurons, or several such as 8-4, got '-3'"),
        (["--hidden", ""], "--hidden: expected a number of neurons, or several such as 8-4, got ''"),
        (["--hidden", "9" * 10], "layers: expected at most 1000000 neurons"),
        (["--learning-rate", "0"], "--learning-rate: expected a number above 0, got 0.0"),
        (["--learning-rate", "1e999"], "--learning-rate: expected a finite number, got inf"),
        (["--batch-size", "0"], "--batch-size: expected a whole number of at least 1, got 0"),
        (["--epochs", "0"], "--epochs: expected a whole number of at least 1, got 0"),
        (["--seed", "-1"], "--seed: expected a whole number of at least 0, got -1"),
        (["--restarts", "0"], "--restarts: expected a whole number of at least 1, got 0"),
        (["--optimizer", "x"], "--optimizer: unknown 'x'; known: sgd,"),
        (["--optimizer", "x", "--clip-norm", "1"], "--optimizer: unknown 'x'; known: sgd,"),
        (["--optimizer", "rprop", "--batch-size", "5"], "--batch-size: expected all 24 samples"),
        (["--clip-norm", "0"], "--clip-norm: expected a number above 0, got 0.0"),
        (["--l1", "-1"], "--l1: expected a number of 0 or more, got -1.0"),
        (["--l2", "nan"], "--l2: expected a finite number, got nan"),
        (["--dropout", "1"], "--dropout: expected a number of 0 or more and below 1, got 1.0"),
        (["--time-limit", "0"], "--time-limit: expected a number above 0, got 0.0"),
        (["--plateau", "0"], "--plateau: expected a whole number of at least 1, got 0"),
        (["--early-stopping", "0"], "--early-stopping: expected a whole number of at least 1, got 0"),
        (["--early-stopping", "--validation", "0"], "--early-stopping: expected a share of the rows to stop by"),
        (["--until-loss", "-1"], "--until-loss: expected a number of 0 or more, got -1.0"),
        (["--until-accuracy", "2"], "--until-accuracy: expected a number above 0 and at most 1, got 2.0"),
        (["--validation", "0.9", "--test", "0.5"], "--test and --validation: expected shares that leave rows to train"),
        (["--validation", "-0.1"], "--validation: expected a number of 0 or more, got -0.1"),
        (["--test", "nan"], "--test: expected a finite number, got nan"),
        (["--test", "0.001"], "--test: expected a share "),
        (["--separator", ""], "--separator: expected one character or \"tab\", got ''"),
        (["--separator", "ab"], "--separator: expected one character or \"tab\", got 'ab'"),
        (["--categories", "x"], "--categories: unknown 'x'; known: weight, coat, kind"),
        (["--no-header"], "coats.csv, line 1, column \"column 1\": expected a number as in other rows, got 'weight'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_use_is_told_by_the_name_of_the_option(options, message, run):
    write("coats.csv", COATS)
    refused(run("train", "coats.csv", *SHORT, *options), message)
    assert os.listdir() == ["coats.csv"]
    assert Path("coats.csv").read_text(encoding="utf-8") == COATS


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "bad.csv: expected a table, got no rows"),
        (b"a,b\n", "bad.csv: expected "),
        (b"\x00\x01\x02", "bad.csv, line 1: expected text, got a NUL character"),
        (b"a,b\n\xff\xfe,1\n", "bad.csv, line 2: expected text in UTF-8, got the byte 0xff"),
        (b"a,y\n1,x\n2\n", "bad.csv, line 3: expected 2 cells as in the first row, got 1"),
        (b'a,y\n1,"x\n2,z\n', "bad.csv, line 2: expected a closing quote"),
        (b"a,y\n1,x\n1e999,z\n", 'bad.csv, line 3, column "a": expected a number that fits a float'),
        (b"a,y\n1,x\n2,x\n", 'column "y": expected two classes or more to tell apart, got only'),
        (b"a\n1\n2\n", 'bad.csv: expected a column beside the target "a"'),
        (b"a,y\n1,\n2,\n", "bad.csv: expected a row with a value of 'y', got none"),
        (b"a,a\n1,2\n", "bad.csv: expected "),
    ],
)
def test_a_file_that_cannot_be_used_is_told_with_its_place(content, message, run):
    Path("bad.csv").write_bytes(content)
    refused(run("train", "bad.csv"), message)
    refused(run("train", "-", stdin=content), message.replace("bad.csv", "standard input"))
    refused(run("experiment", "bad.csv"), message)
    assert os.listdir() == ["bad.csv"]


def test_a_folder_and_a_file_that_is_not_there_are_told(run):
    os.mkdir("rows.csv")
    refused(run("train", "rows.csv"), "rows.csv: Is a directory", code=1)
    refused(run("train", "other.csv"), "other.csv: No such file or directory", code=1)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--restarts", "2"], "--restarts: expected only with a file of rows"),
        (["--missing", "fill"], "--missing: expected only with a file of rows"),
        (["--target", "1"], "--target: expected only with a file of rows"),
        (["--early-stopping"], "--early-stopping: expected --validation too, a share of the samples to stop by"),
        (["--validation", "nan"], "--validation: expected a finite number, got nan"),
        (["--validation", "1"], "--validation: expected a share with a sample on either side, got 1.0 of 120 samples"),
        (["--validation", "0"], "--validation: expected a share with a sample on either side, got 0.0 of 120 samples"),
    ],
)
def test_what_a_data_set_has_no_use_for_is_told(options, message, run):
    refused(run("train", "iris", *options), message)


def test_a_data_set_of_values_has_no_accuracy_to_stop_at(run):
    refused(run("train", "penguin_mass", "--until-accuracy", "0.5"), "--until-accuracy: expected a data set of classes")


# train --resume.


@pytest.mark.parametrize(
    "options",
    [
        [],
        ["--early-stopping", "3"],
        ["--optimizer", "momentum", "--learning-rate", "0.01", "--batch-size", "4", "--dropout", "0.2"],
        ["--target", "weight", "--task", "values", "--plateau", "50"],
        ["--schedule", "step", "--seed", "5"],
        ["--clip-norm", "0.01"],
    ],
    ids=" ".join,
)
def test_going_on_is_as_if_it_had_never_stopped(options, run):
    write("coats.csv", COATS)
    run("train", "coats.csv", "--save", "whole.json", *options, "--epochs", "12")
    # A schedule goes by the epochs that were to be, so there training has to stop before they are over.
    early = ["--epochs", "12", "--until-loss", "9"] if "--schedule" in options else ["--epochs", "5"]
    run("train", "coats.csv", "--save", "parts.json", *options, *early)
    begun = Model.load("parts.json").network.training_state.epochs
    done = run("train", "--resume", "parts.json", "--epochs", str(12 - begun))
    assert done.code == 0, done.err
    assert f"going on from epoch {begun} for {12 - begun} more\n" in done.err
    assert "not the rows" not in done.err
    whole, parts = (json.loads(Path(name).read_text(encoding="utf-8")) for name in ("whole.json", "parts.json"))
    assert whole["layers"] == parts["layers"]
    assert whole["model"]["target"] == parts["model"]["target"]
    assert weights("whole.json") == weights("parts.json")


def test_going_on_saves_where_it_is_told_to(run):
    write("coats.csv", COATS)
    run("train", "coats.csv", "--save", "m.json", *SHORT)
    before = Path("m.json").read_bytes()
    run("train", "--resume", "m.json", "--save", "further.json")
    run("train", "--resume", "m.json", "--no-save")
    assert Path("m.json").read_bytes() == before
    assert Model.load("further.json").network.training_state.epochs == 10
    done = run("train", "--resume", "m.json", "--epochs", "1", "--json")
    assert (shown_json(done)["saved"], done.err) == ("m.json", "")
    assert Model.load("m.json").network.training_state.epochs == 6


def test_going_on_with_other_rows_is_told(run):
    write("coats.csv", COATS)
    run("train", "coats.csv", "--save", "m.json", *SHORT)
    write("coats.csv", COATS + "9.5,red,cat\n")
    done = run("train", "--resume", "m.json")
    assert done.err.startswith("coats.csv: not the rows of the training so far; it goes on with")
    write("other.csv", COATS)
    assert "not the rows" not in run("train", "other.csv", "--resume", "m.json").err
    assert run("train", "--resume", "m.json", "--quiet").err == ""


def test_rows_of_standard_input_are_wanted_again(run):
    run("train", "-", "--save", "m.json", *SHORT, stdin=COATS)
    refused(run("train", "--resume", "m.json"), "--resume: expected the rows again, for they came from standard input")
    done = run("train", "-", "--resume", "m.json", stdin=COATS)
    assert done.code == 0
    assert "not the rows" not in done.err


@pytest.mark.parametrize(
    "options",
    [
        *(["--hidden", "3"], ["--layers", "3-3-1"], ["--activation", "relu"], ["--output-activation", "tanh"]),
        *(["--loss", "huber"], ["--seed", "1"], ["--l1", "1"], ["--l2", "1"], ["--dropout", "0.5"]),
        *(["--restarts", "2"], ["--target", "1"], ["--task", "values"], ["--ignore", "1"], ["--scaling", "none"]),
        *(["--missing", "fill"], ["--validation", "0.1"], ["--test", "0.1"], ["--header"], ["--separator", ";"]),
        *(["--decimal", ","], ["--categories", "kind"]),
    ],
    ids=" ".join,
)
def test_a_saved_model_is_not_described_anew(options, run, trained):
    write("m.json", trained["coats"])
    refused(run("train", "--resume", "m.json", *options), f"{options[0]}: expected only for a new model, for ")
    assert Path("m.json").read_text(encoding="utf-8") == trained["coats"]


def test_what_cannot_go_on_is_told(run, trained):
    Network(2, 1, seed=1).save("net.json")
    refused(run("train", "--resume", "net.json"), "net.json: expected a model with columns, got a network alone")
    write("coats.csv", COATS)
    fit(read_table("coats.csv"), seed=1, epochs=2).model.save("python.json")
    refused(run("train", "--resume", "python.json"), "--resume: expected a model that `neuronet train FILE` saved")
    refused(run("train", "--resume", "none.json"), "none.json: No such file or directory", code=1)
    refused(run("train", "--resume", "coats.csv"), "coats.csv: document: expected JSON", code=1)
    write("m.json", trained["coats"])
    message = "--early-stopping: expected a model that was trained with --validation, got one without"
    refused(run("train", "coats.csv", "--resume", "m.json", "--early-stopping"), message)
    message = "--plot: expected another file than that of --save"
    refused(run("train", "coats.csv", "--resume", "m.json", "--plot", "m.json"), message)


# Ctrl-C.


@pytest.fixture
def pressed_in(monkeypatch):
    """Presses Ctrl-C when so many epochs have been shown."""

    def press_after(count):
        plain, seen = Progress.__call__, []

        def press(self, epoch):
            plain(self, epoch)
            seen.append(epoch)
            if len(seen) == count:
                signal.raise_signal(signal.SIGINT)

        monkeypatch.setattr(Progress, "__call__", press)

    return press_after


def test_ctrl_c_saves_what_there_is_and_says_so(pressed_in, run):
    write("coats.csv", COATS)
    pressed_in(3)
    done = run("train", "coats.csv", "--save", "m.json", "--quiet")
    assert done.code == 0
    assert re.fullmatch(r"3 epochs in \d+\.\d\d s: interrupted; the weights are kept\nsaved to m.json\n", done.err)
    assert done.out.startswith("on the 6 rows it has not seen:\n")
    write("again.csv", COATS)
    assert weights("m.json") == fit(read_table("again.csv"), seed=1, epochs=3).model.network.weights


def test_ctrl_c_saves_the_network_of_a_data_set_and_says_so(pressed_in, run):
    pressed_in(3)
    done = run("train", "iris", "--save", "n.json", "--quiet")
    assert re.fullmatch(r"interrupted after 3 epochs in \d+\.\d\d s; the weights are kept\nsaved to n.json\n", done.err)
    assert Network.load("n.json").training_state.epochs == 3


def test_ctrl_c_takes_the_best_weights_so_far(pressed_in, run):
    write("coats.csv", COATS)
    pressed_in(3)
    result = shown_json(run("train", "coats.csv", "--early-stopping", "--json"))
    assert (result["stopped"], result["epochs"]) == ("interrupted", 3)
    assert result["best_epoch"] in (1, 2, 3)


def test_ctrl_c_among_several_seeds_keeps_the_best_so_far(pressed_in, run):
    write("coats.csv", COATS)
    pressed_in(7)
    done = run("train", "coats.csv", "--restarts", "5", *SHORT)
    assert done.code == 0
    assert "seed 2, 2 of 5\n" in done.err
    assert "seed 3" not in done.err
    best = int(re.search(r"the best of 2 is seed (\d)\n", done.err)[1])
    expected = fit(read_table("coats.csv"), seed=best, split_seed=1, epochs=5 if best == 1 else 2)
    assert weights("coats.model.json") == expected.model.network.weights


def test_ctrl_c_between_two_seeds_keeps_the_best_so_far(monkeypatch, run):
    write("coats.csv", COATS)
    plain, calls = Model.evaluate, []

    def press(self, table):
        calls.append(table)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return plain(self, table)

    monkeypatch.setattr(Model, "evaluate", press)
    done = run("train", "coats.csv", "--restarts", "5", *SHORT)
    assert "the best of 1 is seed 1\n" in done.err
    assert done.code == 0


def test_ctrl_c_before_there_is_anything_saves_nothing(monkeypatch, run):
    def press(*arguments, **settings):
        raise KeyboardInterrupt

    monkeypatch.setattr(Model, "build", press)
    write("coats.csv", COATS)
    done = run("train", "coats.csv", "--quiet")
    assert (done.code, done.out, done.err) == (1, "", "neuronet: interrupted\n")
    assert os.listdir() == ["coats.csv"]


def test_ctrl_c_ends_an_experiment_and_shows_what_had_ended(monkeypatch, run):
    write("coats.csv", COATS)
    plain, calls = Network.train, []

    def press(self, *arguments, **settings):
        calls.append(self)
        if len(calls) == 4:
            signal.raise_signal(signal.SIGINT)
        return plain(self, *arguments, **settings)

    monkeypatch.setattr(Network, "train", press)
    options = ["--hidden", "2,3", "--seeds", "2", "--folds", "2", *SHORT]
    done = run("experiment", "coats.csv", "-o", "runs.csv", *options)
    assert done.code == 0
    assert "3 of 8 runs are done, 0 failed; interrupted\n" in done.out
    assert "saved to runs.csv\n" in done.err
    assert len(rows_of(Path("runs.csv").read_text(encoding="utf-8"))) == 4
    calls[:] = [None] * 3
    done = run("experiment", "coats.csv", "--quiet", *options)
    assert (done.code, "0 of 8 runs are done" in done.out) == (1, True)


# predict.


def test_the_rows_of_a_file_come_back_with_their_answers(run, trained):
    write("iris.json", trained["iris"])
    write("iris.csv", IRIS)
    done = run("predict", "iris.json", "iris.csv")
    assert (done.code, done.err) == (0, "")
    head, *rows = rows_of(done.out)
    assert head == [*IRIS.partition("\n")[0].split(","), "predicted species"]
    assert [row[:-1] for row in rows] == rows_of(IRIS)[1:], "as they were written"
    assert [row[-1] for row in rows] == Model.load("iris.json").predict(read_table("iris.csv"))
    assert run("predict", "iris.json", stdin=IRIS).out == run("predict", "iris.json", "-", stdin=IRIS).out == done.out
    assert run("predict", "iris.json", "iris.csv", "-o", "out.csv").out == ""
    assert Path("out.csv").read_text(encoding="utf-8") == done.out


def test_what_is_written_can_be_read_answered_and_evaluated_again(run, trained):
    write("iris.json", trained["iris"])
    write("iris.csv", IRIS)
    run("predict", "iris.json", "iris.csv", "-o", "out.csv", "--probabilities")
    assert run("evaluate", "iris.json", "out.csv").out == run("evaluate", "iris.json", "iris.csv").out
    head = rows_of(run("predict", "iris.json", "out.csv", "--probabilities").out)[0]
    assert head[5:] == [
        *("predicted species", "probability of setosa", "probability of versicolor", "probability of virginica"),
        *("predicted species 2", "probability of setosa 2", "probability of versicolor 2"),
        "probability of virginica 2",
    ]


def test_cells_are_valid_csv_and_as_they_were(run, trained):
    write("coats.json", trained["coats"])
    text = (
        'coat,id,note,weight,empty\nred,007,"a, b",3.50,\nblack,1_0,"say ""no""", 4e0,NA\n'
        'red,12345678901234567890,"two\nlines",-5,x\n'
    )
    rows = rows_of(run("predict", "coats.json", stdin=text).out)
    assert [row[:-1] for row in rows[:1]] == [["coat", "id", "note", "weight", "empty"]]
    assert [row[:4] for row in rows[1:]] == [
        ["red", "007", "a, b", "3.50"],
        ["black", "1_0", 'say "no"', "4e0"],
        ["red", "12345678901234567890", "two\nlines", "-5"],
    ]
    expected = Model.load("coats.json").predict([[3.5, "red"], [4, "black"], [-5, "red"]])
    assert [row[-1] for row in rows[1:]] == expected


def test_decimal_commas_come_back_as_points_for_between_cells_stands_a_comma(run, trained):
    write("prices.json", trained["prices"])
    head, row = rows_of(run("predict", "prices.json", stdin="size;town\n41,5;Köln\n").out)
    assert (head, row[:2]) == (["size", "town", "predicted price"], ["41.5", "Köln"])
    assert run("predict", "prices.json", "41,5", "Köln", "--decimal", ",").out == f"{row[2]}\n"
    [expected] = Model.load("prices.json").predict([[41.5, "Köln"]])
    assert float(row[2]) == expected


def test_one_row_by_hand_is_answered_alone(run, trained):
    for name, row in (("coats", ["-4.5", "red"]), ("prices", ["-1e2", "Jena"])):
        write(f"{name}.json", trained[name])
        [expected] = Model.load(f"{name}.json").predict([[float(row[0]), row[1]]])
        done = run("predict", f"{name}.json", *row)
        assert (done.code, done.err) == (0, "")
        assert done.out in (f"{expected}\n", f"{expected!r}\n")
    done = run("predict", "coats.json", "--probabilities", "4.5", "red")
    shares = Model.load("coats.json").predict_probabilities([[4.5, "red"]])[0]
    assert done.out == " ".join(f"{label} {share:.6f}" for label, share in shares.items()) + "\n"


def test_options_may_stand_anywhere_among_the_values(run, trained):
    write("coats.json", trained["coats"])
    plain = run("predict", "coats.json", "4.5", "red").out
    for words in (
        ["--unseen", "none", "coats.json", "4.5", "red"],
        ["coats.json", "--unseen", "none", "4.5", "red"],
        ["coats.json", "4.5", "--unseen", "none", "red"],
        ["coats.json", "--unseen", "none", "--", "4.5", "red"],
    ):
        assert run("predict", *words).out == plain
    assert "unrecognized arguments: --wrong red" in run("predict", "coats.json", "4.5", "--wrong", "red").err


def test_columns_may_stand_in_another_order_and_beside_others(run, trained):
    write("coats.json", trained["coats"])
    rows = rows_of(run("predict", "coats.json", stdin="more,coat,weight\n1,red,4.5\n2,black,7.5\n").out)
    assert rows[0] == ["more", "coat", "weight", "predicted kind"]
    assert [row[-1] for row in rows[1:]] == Model.load("coats.json").predict([[4.5, "red"], [7.5, "black"]])


def test_what_was_a_category_in_training_is_one_again(run):
    write("codes.csv", "code,kind\n" + "01,a\n02,b\n" * 15)
    run("train", "codes.csv", "--categories", "code", "--epochs", "60", "--learning-rate", "0.1")
    done = run("predict", "codes.model.json", stdin="code\n02\n01\n")
    assert done.err == ""
    assert rows_of(done.out) == [["code", "predicted kind"], ["02", "b"], ["01", "a"]]
    assert "100.0%" in run("evaluate", "codes.model.json", "codes.csv").out
    assert run("predict", "codes.model.json", "02").out == "b\n"


def test_a_missing_value_is_filled_by_hand_and_in_a_file(run):
    write("coats.csv", COATS.replace("5.5,red", ",red", 1))
    run("train", "coats.csv", "--missing", "fill", *SHORT)
    [expected] = Model.load("coats.model.json").predict([[None, "red"]])
    assert run("predict", "coats.model.json", "?", "red").out == f"{expected}\n"
    assert rows_of(run("predict", "coats.model.json", stdin="weight,coat\n?,red\n5,red\n").out)[1][-1] == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("weight,coat\n4.5,green\n", "standard input, line 2, column \"coat\": expected one of 'black', 'red'"),
        ("weight,coat\n4.5,red\n,red\n", 'standard input, line 3, column "weight": expected a number, got none'),
        ("weight,coat\nheavy,red\n", 'standard input, line 2, column "weight": expected a number, got the text'),
        ("weight\n4.5\n", 'standard input: expected a column "coat", as in training, got '),
        ("coat\nred\n", 'standard input: expected a column "weight", as in training, got '),
        ("", "standard input: expected a table, got no rows"),
    ],
)
def test_predict_tells_where_rows_do_not_fit(text, message, run, trained):
    write("coats.json", trained["coats"])
    refused(run("predict", "coats.json", stdin=text), message)
    write("rows.csv", text)
    refused(run("predict", "coats.json", "rows.csv"), message.replace("standard input", "rows.csv"))


def test_unseen_categories_count_as_none_where_that_is_said(run, trained):
    write("coats.json", trained["coats"])
    text = "weight,coat\n4.5,green\n"
    done = run("predict", "coats.json", "--unseen", "none", stdin=text)
    [expected] = Model.load("coats.json").predict([[4.5, "green"]], refuse_unseen=False)
    assert rows_of(done.out)[1] == ["4.5", "green", expected]
    assert done.err == "not seen in training, counted as none: coat green\n"


@pytest.mark.parametrize(
    ("words", "message", "code"),
    [
        (["4.5"], "4.5: No such file or directory", 1),
        (["4.5", "red", "6"], "inputs: expected 2 values, for weight, coat, got 3; or name a file", 2),
        (["heavy", "red"], "inputs, weight: expected a number, got 'heavy'", 2),
        (["", "red"], 'rows[0], column "weight": expected a number, got none', 2),
        (["4.5", "green"], "rows[0], column \"coat\": expected one of 'black', 'red', as in training, got 'green'", 2),
        (["rows.csv"], "rows.csv: No such file or directory", 1),
        (["."], ".: Is a directory", 1),
        (["-o", "m.json", "4.5", "red"], "--output: expected another file than that of the model", 2),
        (["-o", "no/out.csv", "4.5", "red"], "--output: expected a file in a folder that can be written", 1),
        (["--separator", "ab"], "--separator: expected one character", 2),
    ],
)
def test_predict_tells_what_is_wrong(words, message, code, run, trained):
    write("m.json", trained["coats"])
    refused(run("predict", "m.json", *words), message, code)


def test_predict_does_not_write_over_the_rows(run, trained):
    write("m.json", trained["coats"])
    write("coats.csv", COATS)
    done = run("predict", "m.json", "coats.csv", "-o", "coats.csv")
    refused(done, "--output: expected another file than that of the rows")
    assert Path("coats.csv").read_text(encoding="utf-8") == COATS


def test_a_value_has_no_probabilities_and_a_network_no_columns(run, trained):
    write("prices.json", trained["prices"])
    message = "--probabilities: expected a model of classes, but price is a value"
    refused(run("predict", "prices.json", "--probabilities", stdin=PRICES), message)
    Network(2, 1, seed=1).save("net.json")
    refused(run("predict", "net.json", "--probabilities", "1", "2"), "--probabilities: expected a model with columns")
    run("predict", "net.json", "1", "2", "-o", "out.txt")
    assert float(Path("out.txt").read_text(encoding="utf-8")) == Network.load("net.json").predict([1, 2])[0]


NO_MODELS = [
    (b"", "document: expected JSON"),
    (b"hello", "document: expected JSON"),
    (b"\xff\xfe\x00", "document: expected "),
    (b'{"a": 1}', "document: expected the key 'format', which is missing"),
    (b"[]", "document: expected "),
]


@pytest.mark.parametrize(("content", "message"), NO_MODELS)
@pytest.mark.parametrize(
    "words",
    [["predict", "m.json", "1"], ["evaluate", "m.json", "iris"], ["show", "m.json"], ["train", "--resume", "m.json"]],
    ids=lambda words: words[0],
)
def test_a_file_that_is_no_model_is_told(words, content, message, run):
    Path("m.json").write_bytes(content)
    refused(run(*words), f"m.json: {message}", code=1)


# evaluate.


def test_a_model_is_evaluated_on_a_file_or_standard_input(run, trained):
    write("iris.json", trained["iris"])
    write("iris.csv", IRIS)
    done = run("evaluate", "iris.json", "iris.csv")
    report = Model.load("iris.json").evaluate(read_table("iris.csv"))
    assert (done.code, done.err, done.out) == (0, "", f"{report}\n")
    assert run("evaluate", "iris.json", "-", stdin=IRIS).out == done.out
    assert shown_json(run("evaluate", "iris.json", "iris.csv", "--json")) == json.loads(json.dumps(report.to_dict()))


def test_evaluate_tells_which_rows_it_leaves_out_and_what_it_does_not_know(run, trained):
    write("coats.json", trained["coats"])
    rows = "weight,coat,kind\n4.5,green,cat\n5.5,red,\n6.5,red,cow\n7.5,red,dog\n"
    done = run("evaluate", "coats.json", "-", stdin=rows)
    assert done.code == 0
    assert done.err == (
        "left out, for they have no value of kind: 1 row\nnot seen in training, counted as none: coat green\n"
    )
    assert "cow" in done.out
    write("prices.json", trained["prices"])
    assert "R squared" in run("evaluate", "prices.json", "-", stdin=PRICES).out
    one = shown_json(run("evaluate", "prices.json", "-", "--json", stdin="size;town;price\n50;Jena;100,5\n"))
    assert one["r_squared"] is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("weight,coat\n4.5,red\n", "-: expected the target column 'kind', which is missing"),
        ("weight,kind\n4.5,cat\n", 'standard input: expected a column "coat", as in training'),
        ("weight,coat,kind\nheavy,red,cat\n", 'standard input, line 2, column "weight": expected a number'),
    ],
)
def test_evaluate_tells_what_is_missing(text, message, run, trained):
    write("coats.json", trained["coats"])
    refused(run("evaluate", "coats.json", "-", stdin=text), message)


def test_a_network_is_evaluated_on_a_data_set(run):
    run("train", "iris", "--save", "net.json", "--quiet", "--epochs", "20")
    done = run("evaluate", "net.json", "iris", "--json")
    assert shown_json(done)["accuracy"] > 0.5
    refused(run("evaluate", "net.json", "xor"), "inputs[0]: expected 4 numbers, got 2")
    refused(run("evaluate", "net.json", "irises"), "data set: unknown 'irises'")
    refused(run("evaluate", "net.json", "iris.csv"), "data: expected a data set for a network without columns")
    Network(len(datasets.penguin_mass().inputs[0]), 1, seed=1).save("mass.json")
    done = run("evaluate", "mass.json", "penguin_mass")
    assert (done.code, "R squared" in done.out) == (0, True)


# show.


def test_show_tells_what_a_model_is(run, trained):
    write("coats.json", trained["coats"])
    done = run("show", "coats.json")
    model = Model.load("coats.json")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"{model}\npath: ")
    assert "\nrows: 30\n" in done.out
    assert done.out.endswith(f"\n{model.network}\n")


def test_show_tells_what_a_network_is_and_a_large_one_without_its_weights(run):
    Network(2, 1, seed=1).save("small.json")
    assert run("show", "small.json").out.startswith("network 2-1, loss half_squared_error\n\n")
    large = Network(20, 20, 1, seed=1)
    large.train([[0.5] * 20], [[1]], epochs=3)
    large.save("large.json")
    brief = run("show", "large.json").out.splitlines()
    assert brief[1].startswith("trained for 3 epochs by SGD(")
    assert brief[2:] == ["441 weights; --weights shows them"]
    assert len(run("show", "large.json", "--weights").out.splitlines()) > 21


# experiment.


def test_every_combination_is_tried_from_every_seed_on_every_fold(run):
    write("coats.csv", COATS)
    grid = ["--hidden", "2,3", "--learning-rate", "0.003,0.1", "--optimizer", "adam", "--batch-size", "8"]
    grid += ["--activation", "relu"]
    more = ["--l1", "0", "--l2", "0.1", "--dropout", "0.1", "--scaling", "minmax", "--loss", "half_squared_error"]
    settings = ["--seeds", "2", "--folds", "3", *SHORT]
    done = run("experiment", "coats.csv", *grid, *more, *settings, "-o", "runs.csv")
    assert done.code == 0
    assert done.out.startswith("accuracy of 4 settings, from 2 seeds on 3 folds\n24 of 24 runs are done, 0 failed\n")
    head, *rows = rows_of(Path("runs.csv").read_text(encoding="utf-8"))
    assert len(rows) == 24
    assert {row[head.index("hidden")] for row in rows} == {"2", "3"}
    assert done.err.splitlines()[-2].startswith("24 of 24 runs  time left 0:00")
    assert done.err.endswith("saved to runs.csv\n")


def test_an_experiment_is_that_of_the_library_with_any_number_of_processes(run):
    write("coats.csv", COATS)
    options = ["--hidden", "2,2,3", "--seeds", "2", "--folds", "2", "--json", *SHORT]
    one, two = (shown_json(run("experiment", "coats.csv", *options, "--jobs", jobs)) for jobs in ("1", "2"))
    grid = {"hidden": ["2", "3"], "epochs": [5]}
    expected = experiment(partial(fit_model, missing="refuse"), read_table("coats.csv"), grid, 2, 2).to_dict()
    for found in (one, two, expected):
        for each in found["runs"]:
            each.pop("seconds")
    assert one == two == json.loads(json.dumps(expected))


def test_an_experiment_takes_the_columns_as_training_does(run):
    few = ["--seeds", "1", "--folds", "1", *SHORT]
    done = run("experiment", "-", "--target", "price", "--ignore", "2", "--quiet", *few, stdin=PRICES)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("rmse of 1 setting, from 1 seed on 1 fold\n")
    text = COATS.replace("5.5,red", ",red", 1)
    message = 'standard input, line 4, column "weight": expected a value, got none; to have it filled, set missing'
    refused(run("experiment", "-", *few, stdin=text), message)
    assert run("experiment", "-", "--missing", "fill", *few, stdin=text).code == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--hidden", "4,x"], "--hidden: expected a number of neurons, or several such as 8-4, got 'x'"),
        (["--hidden", ""], "--hidden: expected at least one value, got none"),
        (["--rate", "0.1,fast"], "--learning-rate: expected a number, or several with commas between, got 'fast'"),
        (["--learning-rate", "0.1,0"], "--learning-rate: expected a number above 0, got 0.0"),
        (["--batch-size", "1.5"], "--batch-size: expected a whole number, or several with commas between, got '1.5'"),
        (["--epochs", "0"], "--epochs: expected a whole number of at least 1, got 0"),
        (["--optimizer", "adam,x"], "--optimizer: unknown 'x'; known: sgd,"),
        (["--activation", "x"], "--activation: unknown 'x'; known: sigmoid,"),
        (["--loss", "x"], "--loss: unknown 'x'; known: half_squared_error,"),
        (["--scaling", "x"], "--scaling: unknown 'x'; known: standard,"),
        (["--l1", "-1"], "--l1: expected a number of 0 or more, got -1.0"),
        (["--l2", "nan"], "--l2: expected a finite number, got nan"),
        (["--dropout", "1"], "--dropout: expected a number of 0 or more and below 1, got 1.0"),
        (["--seeds", "0"], "--seeds: expected a whole number of at least 1, got 0"),
        (["--folds", "0"], "--folds: expected a whole number of at least 1, got 0"),
        (["--folds", "31"], "--folds: expected at most one for each row, that is 30, got 31"),
        (["--jobs", "0"], "--jobs: expected a whole number of at least 1, got 0"),
        (["--target", "x"], "--target: unknown 'x'; known: weight, coat, kind"),
        (["--ignore", "kind"], "--ignore: expected columns beside the target"),
        (["-o", "coats.csv"], "--output: expected another file than that of the rows"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_wrong_value_of_an_experiment_is_told_by_the_name_of_its_option(options, message, run):
    write("coats.csv", COATS)
    refused(run("experiment", "coats.csv", *options), message)


def test_more_than_the_memory_holds_is_told(run):
    write("coats.csv", COATS)
    refused(run("experiment", "coats.csv", "--seeds", "9" * 18), "expected work that fits the memory, got more", code=1)


def test_an_experiment_in_which_nothing_works_fails(run):
    write("prices.csv", PRICES)
    options = ["--optimizer", "sgd", "--learning-rate", "1e200", "--activation", "linear"]
    done = run("experiment", "prices.csv", "--quiet", "--seeds", "1", "--folds", "2", *SHORT, *options)
    assert (done.code, done.err) == (1, "")
    assert "2 of 2 runs are done, 2 failed" in done.out


# The other commands take the network of a model.


def test_the_other_commands_take_the_network_of_a_model(run, trained):
    write("iris.json", trained["iris"])
    for words in (
        ["check", "iris.json"],
        ["draw", "iris.json", "-o", "n.svg"],
        ["explain", "iris.json", "--input", "1,2,3,4", "--target", "1,0,0"],
        ["diagnose", "iris.json", "--data", "iris"],
    ):
        done = run(*words)
        assert done.code in (0, 1), done.err
        assert done.out or os.path.exists("n.svg")
        assert "neuronet: " not in done.err


# Progress.


@pytest.mark.parametrize("epochs", [1, 100, 5000, 1_000_000])
@pytest.mark.parametrize("unit", [1, 1234.5, 1e9])
@pytest.mark.parametrize("validation", [None, 12.5])
def test_a_line_of_progress_fits_a_terminal(epochs, unit, validation):
    class Terminal(io.StringIO):
        encoding = "utf-8"

        def isatty(self):
            return True

    stream = Terminal()
    with Progress(stream, epochs, at_most=True, behind=3) as progress:
        progress.unit = unit
        for epoch in (1, max(1, epochs // 2), epochs):
            progress(Epoch(epoch, 0.5, 0.987654321, epoch * 0.3, 0.1, validation))
    lines = stream.getvalue().replace("\x1b[K", "").strip("\n").split("\r")[1:]
    assert lines
    assert max(map(len, lines)) < 80


def test_the_time_left_counts_the_seeds_that_come_and_says_at_most():
    epoch = Epoch(50, 0.5, 0.25, 30.0, 0.1, 0.125)
    assert progress_line(epoch, 100) == "epoch  50/100  error 0.250000  validation 0.125000  time left 0:30"
    assert progress_line(epoch, 100, behind=2).endswith("time left 2:30")
    assert progress_line(epoch, 100, at_most=True).endswith("  at most 0:30 left")
    assert "error 500.00  " in progress_line(epoch, 100, unit=2000)


# As a process of its own.


def process(*arguments, **settings):
    command = [sys.executable, "-m", "neuronet", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **settings.pop("env", {})}
    settings = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL, **settings}
    return subprocess.Popen(command, env=environment, **settings)  # noqa: S603


def finished(running):
    out, err = running.communicate(timeout=100)
    if sys.implementation.name != "pypy":  # whose pool of processes tells how it was interrupted
        assert b"Traceback" not in err
        assert b"Exception" not in err
    return SimpleNamespace(code=running.returncode, out=out, err=err)


def test_what_goes_to_a_file_is_utf_8_whatever_the_terminal_takes(run):
    write("größe.csv", "größe,farbe,art\n" + "1,rot,Bär\n2,grün,Öl\n" * 20)
    ascii_only = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    trains = process("train", "größe.csv", "--epochs", "2", "--save", "m.json", env=ascii_only)
    done = finished(trains)
    assert done.code == 0
    assert "Bär".encode() in done.out
    running = [process(*words, env=ascii_only) for words in (["show", "m.json"], ["predict", "m.json", "größe.csv"])]
    for each in map(finished, running):
        assert (each.code, each.err) == (0, b"")
        assert "größe".encode() in each.out


def test_a_reader_that_has_seen_enough_is_no_error(trained):
    write("iris.json", trained["iris"])
    write("many.csv", IRIS + IRIS.partition("\n")[2] * 40)
    commands = (["predict", "iris.json", "many.csv"], ["show", "iris.json"], ["evaluate", "iris.json", "many.csv"])
    for running in [process(*words) for words in commands]:
        assert running.stdout.readline()
        running.stdout.close()
        assert running.stderr.read() == b""
        running.stderr.close()
        assert running.wait(timeout=100) == 0


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGINT")
@pytest.mark.slow
def test_ctrl_c_of_a_process_saves_what_there_is():
    write("iris.csv", IRIS)
    endless = ["--epochs", "100000000"]
    alone = process(
        "train", "iris.csv", "--save", "m.json", *endless, "--quiet", "--time-limit", "60", "--checkpoint", "10"
    )
    several = process("train", "iris.csv", "--save", "best.json", *endless, "--restarts", "3", "--time-limit", "60")
    tries = process(
        *("experiment", "iris.csv", "--jobs", "2", "--seeds", "500", "--folds", "5", "--epochs", "5", "-o", "runs.csv"),
        start_new_session=True,
    )
    assert b"runs  time left" in tries.stderr.readline()
    os.killpg(tries.pid, signal.SIGINT)
    said = b""
    while b"kept back" not in said:
        said = several.stderr.readline()
        assert said
    while not Path("m.json").exists():  # from then on it trains, and by then so does the other, which began with it
        time.sleep(0.05)
    time.sleep(1)
    for running in (alone, several):
        running.send_signal(signal.SIGINT)
    for running, name in ((alone, "m.json"), (several, "best.json")):
        done = finished(running)
        assert done.code == 0
        assert f"interrupted; the weights are kept\nsaved to {name}\n".encode() in done.err
        assert done.out.startswith(b"on the 30 rows it has not seen:\n")
        assert Model.load(name).source["path"] == "iris.csv"
    done = finished(tries)
    assert done.code == 0
    assert b"; interrupted\n" in done.out
    assert done.err.endswith(b"saved to runs.csv\n")
    assert b"Exception" not in done.err
    assert len(Path("runs.csv").read_text(encoding="utf-8").splitlines()) > 1


def test_a_report_that_fails_loses_no_model(run, monkeypatch):
    write("coats.csv", COATS)
    run("train", "coats.csv", "--epochs", "2", "--save", "first.json")

    def fails(*_):
        raise DataError("outputs: expected finite numbers, got inf")

    monkeypatch.setattr(Model, "evaluate", fails)
    assert run("train", "coats.csv", "--epochs", "2", "--save", "m.json").code == 2
    assert Model.load("m.json").network.training_state.epochs == 2
    assert run("train", "--resume", "first.json", "--epochs", "3", "--save", "n.json").code == 2
    assert Model.load("n.json").network.training_state.epochs == 5


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGTERM")
def test_what_ends_a_container_saves_what_there_is():
    running = process("train", "xor", "--save", "m.json", "--epochs", "100000000", "--checkpoint", "10")
    while not Path("m.json").exists():
        time.sleep(0.05)
    running.send_signal(signal.SIGTERM)
    done = finished(running)
    assert done.code == 0
    assert b"interrupted after" in done.err
    assert Network.load("m.json").training_state.epochs > 10


def workers_of(running):
    """The processes that an experiment has begun, once there are some."""
    while True:
        words = ["pgrep", "-P", str(running.pid)]
        listed = subprocess.run(words, capture_output=True, text=True, check=False)  # noqa: S603
        if len(listed.stdout.split()) > 1:
            return [int(number) for number in listed.stdout.split()]
        time.sleep(0.05)


def is_running(number):
    try:
        return Path(f"/proc/{number}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists() or not shutil.which("pgrep"), reason="needs Linux and pgrep")
def test_no_worker_outlives_its_experiment_and_a_run_that_is_lost_is_told():
    write("iris.csv", IRIS)
    words = ("experiment", "iris.csv", "--jobs", "2", "--epochs", "40", "--seeds")
    killed, poorer = process(*words, "500"), process(*words, "10")
    workers = workers_of(killed)
    killed.kill()
    finished(killed)
    os.kill(workers_of(poorer)[0], signal.SIGKILL)
    done = finished(poorer)
    assert done.code == 1
    assert re.search(rb"neuronet: [1-9]\d* of 50 runs are lost, because a process was killed\n$", done.err)
    assert not any(map(is_running, workers))


def test_checkpoints_are_saved_on_the_way(run, monkeypatch):
    write("coats.csv", COATS)
    saved = []
    save = Model.save

    def noted(self, path):
        saved.append(self.network.training_state.epochs)
        save(self, path)

    monkeypatch.setattr(Model, "save", noted)
    assert run("train", "coats.csv", "--epochs", "5", "--checkpoint", "2", "--save", "m.json").code == 0
    assert saved == [2, 4, 5]
    message = "--checkpoint: expected a file to save to, got none"
    refused(run("train", "coats.csv", "--checkpoint", "2", "--no-save"), message)
    message = "--checkpoint: expected without --restarts"
    refused(run("train", "coats.csv", "--checkpoint", "2", "--restarts", "2"), message)


def test_rows_whose_target_is_not_filled_in_yet_are_answered(run):
    write("coats.csv", COATS)
    assert run("train", "coats.csv", "--epochs", "5", "--save", "m.json").code == 0
    header, first, *_ = Path("coats.csv").read_text(encoding="utf-8").splitlines()
    Path("new.csv").write_text(f"{header}\n{first.rpartition(',')[0]},\n", encoding="utf-8")
    done = run("predict", "m.json", "new.csv")
    assert (done.code, len(done.out.splitlines())) == (0, 2)


def test_what_stands_in_a_column_that_is_ignored_does_not_matter(run):
    rows = COATS.splitlines()
    numbered = [f"id,{rows[0]}", *(f"{i if i % 12 else '7a'},{row}" for i, row in enumerate(rows[1:]))]
    write("ids.csv", "\n".join(numbered) + "\n")
    for ignored in ("id", "1"):
        assert run("train", "ids.csv", "--ignore", ignored, *SHORT, "--save", "m.json").code == 0
    assert run("train", "--resume", "m.json", "--epochs", "2").err.count("not the rows") == 0
    assert run("experiment", "ids.csv", "--ignore", "id", "--seeds", "1", "--folds", "2", "--epochs", "1").code == 0
    message = "ids.csv, line 2, column \"id\": expected a number as in other rows, got '7a'"
    refused(run("train", "ids.csv", "--ignore", "nothing", *SHORT), message)


@pytest.mark.parametrize("command", ["train - --no-save", "train - --ignore a", "predict m.json"])
def test_standard_input_without_an_end_is_refused_where_it_no_longer_fits(command, run, trained, monkeypatch):
    write("m.json", trained["coats"])
    monkeypatch.setattr("neuronet.data.reading._memory", lambda: 20_000)
    done = run(*command.split(), stdin="a,b\n" + "1,2\n" * 1_000)
    refused(done, "standard input", code=2)
    assert "expected at most 1000 bytes, since each byte takes up to 20 bytes of memory, got more" in done.err


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_rows_may_come_through_a_pipe_by_its_name(run, trained):
    write("m.json", trained["coats"])
    write("rows.csv", COATS)
    os.mkfifo("rows")
    feeding = subprocess.Popen([sys.executable, "-c", "open('rows','w').write(open('rows.csv').read())"])
    piped = run("predict", "m.json", "rows")
    assert feeding.wait() == 0
    assert (piped.code, piped.out) == (0, run("predict", "m.json", "rows.csv").out)
