"""`neuronet draw` and `neuronet train --plot`: the pictures are those of the library."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from streams import Stream

from neuronet import Network, cli, datasets
from neuronet.draw import decision_surface

XOR = datasets.xor()


def xor_network(epochs):
    """The network that the commands make for XOR, and how it was trained."""
    network = Network(2, 4, 1, seed=1)
    return network, network.train(*XOR, epochs=epochs, learning_rate=0.5)


@pytest.fixture
def run(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")

    def command(*arguments):
        code = cli.main(arguments)
        return (code, *capsys.readouterr())

    return command


def test_draw_writes_the_trained_network(run, tmp_path):
    assert run("draw", "xor", "-o", "net.svg") == (0, "", "")
    network, _ = xor_network(epochs=5000)
    assert (tmp_path / "net.svg").read_text(encoding="utf-8") == network.to_svg()


def test_draw_prints_where_no_file_is_named(run):
    code, out, err = run("draw", "xor", "--epochs", "0", "--hidden", "3")
    assert (code, err) == (0, "")
    assert out == Network(2, 3, 1, seed=1).to_svg()


def test_draw_shows_the_step_of_a_sample(run):
    options = ("--sample", "0,1", "--target", "1", "--learning-rate", "0.5")
    code, out, _ = run("draw", "xor", "--epochs", "0", *options)
    assert code == 0
    assert out == Network(2, 4, 1, seed=1).to_svg(inputs=[0, 1], targets=[1], learning_rate=0.5)
    assert run("draw", "xor", "--epochs", "0", "--sample=-1,1")[0] == 0


def test_draw_takes_a_saved_network(run, tmp_path):
    network, _ = xor_network(epochs=100)
    network.save(tmp_path / "xor.json")
    network = Network.load(tmp_path / "xor.json")
    assert run("draw", "xor.json")[1] == network.to_svg()
    assert run("draw", "xor.json", "--values")[1] == network.to_svg(values=True)
    assert run("draw", "xor.json", "--surface", "--data", "xor")[1] == decision_surface(
        network, *XOR, names=XOR.input_names
    )
    assert run("draw", "xor.json", "--surface")[1] == decision_surface(network)


def test_draw_draws_the_surface_and_the_history(run):
    network, history = xor_network(epochs=30)
    assert run("draw", "xor", "--epochs", "30", "--surface")[1] == decision_surface(
        network, *XOR, names=XOR.input_names
    )
    assert run("draw", "xor", "--epochs", "30", "--history")[1] == history.to_svg()


@pytest.mark.parametrize("what", [(), ("--surface",), ("--history",), ("--sample", "0,1", "--target", "1")])
def test_draw_draws_with_characters(what, run, monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    code, out, err = run("draw", "xor", "--epochs", "9", "--text", *what)
    assert (code, err) == (0, "")
    assert max(map(len, out.splitlines())) <= 80
    assert "\x1b" not in out


@pytest.mark.parametrize("what", [(), ("--surface",), ("--history",)])
@pytest.mark.parametrize("quiet", [True, False])
def test_draw_keeps_to_what_its_terminal_knows(what, quiet, run, monkeypatch):
    stream = Stream("ascii", True)
    monkeypatch.setattr("sys.stdout", stream)
    monkeypatch.setenv("NO_COLOR", "1" if quiet else "")
    assert cli.main(["draw", "xor", "--epochs", "9", "--text", *what]) == 0
    assert stream.getvalue().isascii()
    assert ("\x1b" in stream.getvalue()) == (not quiet and not what)


def test_draw_writes_signs_that_a_terminal_does_not_know_as_numbers(run, monkeypatch, tmp_path):
    nasty = Network(1, 1, seed=1)
    nasty[0][0].name = "\u7db2"
    nasty.save(tmp_path / "n.json")
    stream = Stream("ascii", False)
    monkeypatch.setattr("sys.stdout", stream)
    assert cli.main(["draw", "n.json"]) == 0
    assert stream.getvalue().isascii()
    assert "\u7db2" in "".join(ElementTree.fromstring(stream.getvalue()).itertext())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["xor", "--target", "1"], "--target: expected only together with --sample, got no --sample"),
        (["xor", "--learning-rate", "1"], "--learning-rate: expected only together with --target, got no --target"),
        (["xor", "--sample", "a,1"], "--sample[0]: expected a number, got 'a'"),
        (["xor", "--epochs", "0", "--sample", "1"], "inputs: expected 2 numbers, got 1"),
        (["xor", "--epochs", "-1"], "--epochs: expected a whole number of at least 1, got -1"),
        (["xor", "--epochs", "0", "--history"], "--epochs: expected 1 or more together with --history, got 0"),
        (["xor", "--data", "xor"], "--data: expected only with a saved network"),
        (["n.json", "--data", "xor"], "--data: expected only together with --surface"),
        (["n.json", "--history"], "--history: expected only with a data set"),
        (["n.json", "--epochs", "3"], "--epochs: expected only with a data set"),
        (["n.json", "--hidden", "3"], "--hidden: expected only with a data set"),
        (["n.json"], "n.json: No such file or directory"),
        (["xors"], "data set: unknown 'xors'"),
        (["iris", "--epochs", "0", "--surface"], "network: expected one with 2 inputs, got 4"),
        (["xor", "--surface", "--values"], "--values, --sample: expected without --surface and --history"),
    ],
)
def test_wrong_use_of_draw_is_told_with_its_reason(arguments, message, run):
    code, out, err = run("draw", *arguments)
    assert (code, out) == (2, "")
    assert err.startswith(f"neuronet: {message}")


def test_draw_does_not_train_for_a_file_that_cannot_be_written(run):
    code, _, err = run("draw", "xor", "-o", "no/net.svg")
    assert code == 1
    assert err == "neuronet: --output: expected a file in a folder that can be written, got 'no/net.svg'\n"


def test_a_full_disk_is_told_with_the_name_of_the_file(run):
    if not Path("/dev/full").exists():
        pytest.skip("no full device here")
    assert run("draw", "xor", "--epochs", "0", "-o", "/dev/full") == (
        1,
        "",
        "neuronet: /dev/full: No space left on device\n",
    )


def test_train_writes_its_curve(run, tmp_path):
    code, out, _ = run("train", "xor", "--epochs", "20", "--json", "--plot", "curve.svg")
    assert code == 0
    assert json.loads(out)["epochs"] == 20
    assert (tmp_path / "curve.svg").read_text(encoding="utf-8") == xor_network(epochs=20)[1].to_svg()
    assert run("train", "xor", "--plot", "no/curve.svg")[2].startswith("neuronet: --plot: expected a file in a folder")


def test_train_does_not_write_its_curve_over_the_network(run, tmp_path):
    code, out, err = run("train", "xor", "--quiet", "--save", "x", "--plot", "./x")
    assert (code, out) == (2, "")
    assert err == "neuronet: --plot: expected another file than that of --save, got './x' for both\n"
    assert not (tmp_path / "x").exists()
