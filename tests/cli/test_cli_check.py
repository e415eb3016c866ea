"""The commands `check` and `museum`: what they print, and how they end."""

import json
from xml.etree import ElementTree

import pytest
from helpers import mostly_slow

from neuronet import Network, museum


@pytest.fixture
def model(tmp_path):
    path = tmp_path / "model.json"
    Network(2, 3, 2, seed=1).save(path)
    return str(path)


@pytest.mark.parametrize("dataset", ["xor", "parity4", "iris", "moons"])
def test_a_data_set_passes(cli, dataset):
    code, out, err = cli("check", dataset)
    assert (code, err) == (0, "")
    assert "gradient check (complex, 2 calls" in out
    assert "step check (learning rate 0.5" in out
    assert "FAIL" not in out


@pytest.mark.parametrize("method", ["complex", "dual", "central", "forward", "richardson", "decimal"])
def test_every_method_passes_and_is_named(cli, method):
    code, out, _ = cli("check", "xor", "--method", method)
    assert code == 0
    assert f"gradient check ({method}" in out


def test_exact_passes_on_fractions_and_is_refused_elsewhere(cli):
    rational = ("--activation", "softsign", "--output-activation", "linear", "--loss", "half_squared_error")
    assert cli("check", "xor", "--method", "exact", *rational)[0] == 0
    code, out, err = cli("check", "xor", "--method", "exact")
    assert (code, out) == (2, "")
    assert err.startswith("neuronet: --method: 'exact' cannot run on this network: exp(")


def test_the_network_options_are_those_of_train(cli):
    document = json.loads(cli("check", "xor", "--layers", "2-3-1", "--json")[1])
    assert len(document["reports"][0]["entries"]) == 13
    document = json.loads(cli("check", "xor", "--hidden", "5", "--json")[1])
    assert len(document["reports"][0]["entries"]) == 21


def test_json_is_one_document_with_every_number(cli):
    code, out, err = cli("check", "xor", "--json", "--sweep")
    assert (code, err) == (0, "")
    document = json.loads(out)
    assert [report["status"] for report in document["reports"]] == ["pass", "pass"]
    assert {row["method"] for row in document["sweep"]} == {"forward", "central", "richardson", "complex", "dual"}


def test_a_sweep_is_a_picture_of_80_columns(cli):
    out = cli("check", "xor", "--sweep")[1]
    assert "f forward, c central" in out
    assert max(len(line) for line in out.splitlines()) <= 100
    sweep = out[out.index("error\n") :]
    assert max(len(line) for line in sweep.splitlines()) <= 80


def test_svg_writes_the_picture(cli, tmp_path):
    path = tmp_path / "sweep.svg"
    assert cli("check", "xor", "--svg", str(path))[0] == 0
    assert ElementTree.fromstring(path.read_text(encoding="utf-8")).tag.endswith("svg")


@pytest.mark.parametrize("name", ["no/sweep.svg", "sweep.png"])
def test_a_picture_that_cannot_be_written_is_wrong_use_told_before_the_work(cli, tmp_path, name):
    code, out, err = cli("check", "xor", "--svg", str(tmp_path / name))
    assert (code, out) == (2, "")
    assert name in err
    assert "--svg: expected a" in err
    assert list(tmp_path.iterdir()) == []


def test_a_saved_network_is_checked_on_random_samples(cli, model):
    code, out, _ = cli("check", model)
    assert code == 0
    assert "4 samples" in out


def test_a_saved_network_is_checked_on_a_data_set_that_fits(cli, tmp_path):
    path = str(tmp_path / "xor.json")
    Network(2, 4, 1, seed=1).save(path)
    assert cli("check", path, "--data", "xor")[0] == 0
    code, _, err = cli("check", path, "--data", "iris")
    assert code == 2
    assert err == "neuronet: inputs[0]: expected 2 numbers, got 4\n"


def test_a_data_set_takes_no_other_data(cli):
    assert cli("check", "xor", "--data", "and")[::2] == (
        2,
        "neuronet: --data: expected only with a saved network, for a data set brings its own samples\n",
    )


@pytest.mark.parametrize("text", [None, "", "{}", '{"format": "neuronet"}'])
def test_a_model_that_cannot_be_read_is_wrong_use_and_no_failed_check(cli, tmp_path, text):
    path = tmp_path / "model.json"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    code, out, err = cli("check", str(path))
    assert (code, out) == (2, "")
    assert "model.json" in err


def test_a_wrong_gradient_ends_with_1_and_says_which_stage(cli, monkeypatch):
    monkeypatch.setattr("neuronet.graph.Neuron.own_delta", lambda neuron: neuron.error)
    code, out, _ = cli("check", "xor")
    assert code == 1
    assert "gradient check (complex, 2 calls, 4 samples): FAIL, 17 of 17 wrong" in out
    assert "delta check" in out


def test_an_inconclusive_check_ends_with_3(cli, tmp_path):
    # Every net of the hidden neurons is 0, where relu has its kink: a finite difference sees both of its sides.
    network = Network(2, 2, 1, activation="relu", weights=[0, 0, 0, 0, 0, 0, 0.5, 1, -1])
    network.save(tmp_path / "kink.json")
    code, out, _ = cli("check", str(tmp_path / "kink.json"), "--method", "central")
    assert code == 3
    assert "INCONCLUSIVE" in out
    assert "(kink)" in out


def test_the_museum_lists_every_bug_and_decoy(cli):
    code, out, _ = cli("museum")
    assert code == 0
    assert all(name in out for name in museum.names() + museum.decoys())


@pytest.mark.parametrize("name", ["sign-in-hidden", "uphill", "relu-at-zero"])
def test_the_museum_shows_an_exhibit(cli, name):
    code, out, _ = cli("museum", name)
    assert code == 0
    assert out.startswith(name)
    assert "gradient check" in out


def test_the_museum_refuses_an_unknown_name_with_the_known_ones(cli):
    code, _, err = cli("museum", "nope")
    assert code == 2
    assert err.startswith("neuronet: museum: unknown 'nope'; known bugs: ")


@pytest.mark.parametrize("seed", mostly_slow([1, 3], 1))
def test_a_hunt_ends_with_0_when_the_bug_is_found(cli, seed):
    answer = museum.reveal(seed)
    code, out, _ = cli("museum", "--hunt", str(seed), stdin=f"list\nnonsense\n{museum.names()[0]}\n{answer}\n")
    assert code == 0
    assert "unknown 'nonsense'" in out
    assert "no, not that one" in out
    assert f"Found: {answer}. " in out


@pytest.mark.parametrize("seed", mostly_slow([1, 3], 1))
def test_a_hunt_that_is_given_up_tells_the_answer(cli, seed):
    code, out, _ = cli("museum", "--hunt", str(seed))
    assert code == 1
    assert f"It was {museum.reveal(seed)}. " in out


@pytest.mark.parametrize("seed", mostly_slow([3, 10], 10))
def test_a_hunt_does_not_name_the_bug_before_it_is_found(cli, seed):
    out = cli("museum", "--hunt", str(seed), stdin="")[1]
    assert museum.reveal(seed) not in out[: out.index("Which is it?")]


def test_a_hunt_takes_no_name(cli):
    assert cli("museum", "uphill", "--hunt", "3")[::2] == (2, "neuronet: museum: expected a name or --hunt, got both\n")


def test_a_hunt_refuses_a_negative_seed(cli):
    assert cli("museum", "--hunt", "-3")[0] == 2


def test_predict_takes_one_row_with_commas(cli, tmp_path):
    network = Network(2, 2, 1, seed=1)
    network.save(tmp_path / "model.json")
    assert cli("predict", str(tmp_path / "model.json"), "0.5,-1") == (0, f"{network.predict([0.5, -1])[0]!r}\n", "")


@pytest.mark.parametrize(
    ("stdin", "message"),
    [
        ("0,,1\n", "line 1[1]: expected a number, got ''"),
        ("0 1\n1,\n", "line 2[1]: expected a number, got ''"),
        ("1_0 1\n", "line 1[0]: expected a number, got '1_0'"),
    ],
)
def test_predict_overlooks_no_empty_field_and_no_underscore(cli, tmp_path, stdin, message):
    Network(2, 2, 1, seed=1).save(tmp_path / "model.json")
    code, _, err = cli("predict", str(tmp_path / "model.json"), stdin=stdin)
    assert (code, err) == (2, f"neuronet: {message}\n")


def test_predict_reads_a_file_that_begins_with_a_byte_order_mark(cli, tmp_path):
    Network(2, 2, 1, seed=1).save(tmp_path / "model.json")
    assert cli("predict", str(tmp_path / "model.json"), stdin="\ufeff0 1\n")[0] == 0


@pytest.mark.parametrize("option", ["--hidden", "--layers", "--activation", "--output-activation", "--loss"])
def test_a_saved_network_takes_no_option_of_another(cli, model, option):
    assert cli("check", model, option, "3")[::2] == (
        2,
        f"neuronet: {option}: expected only with a data set, for a saved network brings its own\n",
    )
