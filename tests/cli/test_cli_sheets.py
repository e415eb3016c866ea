"""`neuronet explain` and `neuronet quiz`: the sheets and questions of the library, in a terminal."""

import io
import re
from types import SimpleNamespace

import pytest
from helpers import mostly_slow

from neuronet import Network, explain
from neuronet.cli import main

WEIGHTS = [0.5, -1, 1, -0.25, 1, -1, 0.125, 2, -2]


@pytest.fixture
def cli(capsys, monkeypatch):
    """Runs one command in this process: its exit code, and what it wrote."""

    def run(*arguments, stdin=""):
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        code = main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return SimpleNamespace(code=code, out=out, err=err)

    return run


@pytest.fixture
def model(tmp_path):
    path = tmp_path / "model.json"
    Network(2, 2, 1, weights=WEIGHTS).save(path)
    return path


def test_the_command_prints_the_sheet_of_the_library(cli, model):
    shown = cli("explain", model, "--input", "0,1", "--target", "1", "--learning-rate", "0.5", "--digits", "6")
    assert shown.code == 0
    assert shown.out == str(explain(Network(2, 2, 1, weights=WEIGHTS), [0, 1], [1], 0.5, digits=6))


def test_the_network_of_a_data_set_is_explained_untrained_on_its_first_sample(cli):
    network = Network(2, 2, 1, seed=3)
    shown = cli("explain", "xor", "--hidden", "2", "--seed", "3", "--only", "h2")
    assert shown.out == str(explain(network, [0, 0], [0], None, only="h2"))


@pytest.mark.parametrize("style", ["text", "markdown", "html", "latex"])
def test_a_sheet_is_written_to_a_file(cli, model, tmp_path, style):
    file = tmp_path / "sheet"
    given = ["--input", "1/2,0.5", "--target", "1", "--format", style, "--worksheet", "--detail", "term", "-o", file]
    shown = cli("explain", model, *given)
    assert (shown.code, shown.out, shown.err) == (0, "", "")
    network = Network(2, 2, 1, weights=WEIGHTS)
    sheet = explain(network, [0.5, 0.5], [1], None, format=style, worksheet=True, detail="term")
    assert file.read_text(encoding="utf-8") == str(sheet)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nothing"], "data set: unknown 'nothing'"),
        (["xor", "--input", "0,1"], "--input, --target: expected both or neither, got one"),
        (["xor", "--input", "0,x", "--target", "1"], "--input[1]: expected a number, got 'x'"),
        (["xor", "--input", "0", "--target", "1"], "inputs: expected 2 numbers, got 1"),
        (["xor", "--learning-rate", "0"], "--learning-rate: expected a number above 0, got 0.0"),
        (["xor", "--only", "z"], "neuron: unknown 'z'"),
        (["xor", "--only", "i1"], "only: expected a neuron that computes"),
        (["xor", "--digits", "99"], "digits: expected a whole number from 1 to 17, got 99"),
        (["xor", "--detail", "more"], "detail: unknown 'more'"),
        (["xor", "--format", "pdf"], "format: unknown 'pdf'"),
        (["MODEL"], "--input, --target: expected both with a saved network"),
        (["MODEL", "--input", "0,1", "--target", "1", "--hidden", "2"], "--hidden: expected only with a data set"),
        (["gone.json", "--input", "0,1", "--target", "1"], "gone.json"),
    ],
)
def test_wrong_use_of_explain_is_told(cli, model, arguments, message):
    shown = cli("explain", *[str(model) if one == "MODEL" else one for one in arguments])
    assert (shown.code, shown.out) == (2, "")
    assert message in shown.err


def test_a_file_that_cannot_be_written_is_told_before_the_work(cli, tmp_path):
    shown = cli("explain", "xor", "-o", tmp_path / "no" / "sheet.md")
    assert (shown.code, shown.out) == (1, "")
    assert "--output: expected a file in a folder that can be written" in shown.err


def test_all_right_is_told_and_the_tolerance_too(cli):
    solutions = cli("quiz", "xor", "--seed", "3", stdin="99\n99\n" * 5)
    assert solutions.code == 0
    answers = re.findall(r"^    = (\S+)$", solutions.out, re.MULTILINE)
    assert solutions.out.endswith("\n0 of 5 right.\n")
    assert len(answers) == 5
    shown = cli("quiz", "xor", "--seed", "3", stdin="".join(f"{answer.replace('.', ',')}\n" for answer in answers))
    assert (shown.code, shown.err) == (0, "")
    assert shown.out.endswith("\n5 of 5 right.\n")
    assert len(re.findall(r"Right: \S+, and anything within \S+ of it\.", shown.out)) == 5


def test_what_is_no_number_costs_no_try(cli):
    shown = cli("quiz", "xor", "--seed", "3", stdin="what\n99\n99\n")
    assert "expected a number, such as 0.33, 0,33 or 1/3, got 'what'" in shown.out
    assert shown.out.count("No, not within") == 2


@pytest.mark.parametrize("stdin", ["", "\n", "99\n99\n\n"])
def test_the_end_of_the_input_ends_the_quiz_politely(cli, stdin):
    shown = cli("quiz", "and", stdin=stdin)
    assert (shown.code, shown.err) == (1, "")
    assert re.search(r"\nStopped: 0 of [01] right\.\n$", shown.out)


def test_ctrl_c_ends_the_quiz_politely(cli, monkeypatch):
    def interrupted(_):
        raise KeyboardInterrupt

    monkeypatch.setattr("neuronet.cli.quiz.read_number", interrupted)
    shown = cli("quiz", "xor", stdin="1\n")
    assert (shown.code, shown.err) == (1, "")
    assert shown.out.endswith("\nStopped: 0 of 0 right.\n")


@pytest.mark.parametrize("name", ["xor", "iris", "circle", "parity3"])
@pytest.mark.parametrize("seed", mostly_slow(range(4), 0))
def test_every_seed_is_a_quiz_and_the_same_one_every_time(cli, name, seed):
    shown = cli("quiz", name, "--seed", seed, stdin="99\n99\n" * 5)
    assert (shown.code, shown.out.count("Question")) == (0, 5)
    assert cli("quiz", name, "--seed", seed, stdin="99\n99\n" * 5).out == shown.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nothing"], "data set: unknown 'nothing'"),
        (["xor", "--learning-rate", "-1"], "--learning-rate: expected a number above 0"),
        (["xor", "--seed", "-1"], "--seed: expected a whole number of at least 0, got -1"),
        (["xor", "--hidden", "0"], "expected"),
    ],
)
def test_wrong_use_of_quiz_is_told(cli, arguments, message):
    shown = cli("quiz", *arguments)
    assert (shown.code, shown.out) == (2, "")
    assert message in shown.err
