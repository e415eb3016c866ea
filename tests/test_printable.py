"""What goes to a person has nothing in it that a terminal would obey, wherever a name came from."""

import json

import pytest

from neuronet import Network, check_gradients, datasets, explain
from neuronet.data.table import Table
from neuronet.errors import GraphError, UnknownNameError, printable
from neuronet.tabular.model import Model

XOR = datasets.xor()
HOSTILE = "h\x1b]0;owned\x07\x1b[2J\u202eevil\u2066\x9b31m\x7f\ud800"
DANGER = set("\x1b\x07\x9b\x7f\u202e\u2066\ud800")


def hostile():
    network = Network(2, 2, 1, seed=1)
    network[1][0].name = HOSTILE
    network[1].name = HOSTILE + "layer"
    return network


def test_printable_keeps_letters_of_every_script_and_takes_out_the_rest():
    assert printable("Łódź 東京 h1 -> o1") == "Łódź 東京 h1 -> o1"
    assert printable("a\x1b[2J\u202eb\n") == "a [2J b "
    assert printable("a\nb\t", keep="\n") == "a\nb "


PEOPLE = {
    "print": str,
    "repr of a layer": lambda network: repr(network[1]),
    "repr of a neuron": lambda network: repr(network[1][0]),
    "repr of a synapse": lambda network: repr(network.synapses[0]),
    "to_text": lambda network: network.to_text(),
    "to_svg": lambda network: network.to_svg(values=True),
    "to_dot": lambda network: network.to_dot(),
    "to_mermaid": lambda network: network.to_mermaid(),
    "check": lambda network: str(check_gradients(network, *XOR)),
    "diagnosis": lambda network: str(network.diagnose(*XOR, learning_rate=1e9)),
    "step": lambda network: "".join(str(step) for step in network.steps([0, 1], [1], 0.5)[:]),
    **{
        kind: (lambda network, kind=kind: str(explain(network, [0, 1], [1], 0.5, format=kind)))
        for kind in ("text", "markdown", "html", "latex")
    },
}


@pytest.mark.parametrize("look", PEOPLE)
def test_no_name_reaches_a_person_as_it_is(look):
    assert DANGER & set(PEOPLE[look](hostile())) == set()


def test_an_error_is_printable_too():
    network = hostile()
    with pytest.raises(GraphError) as caught:
        network.connect("i1", network[1][0])
    assert DANGER & set(str(caught.value)) == set()
    with pytest.raises(UnknownNameError) as caught:
        network.neuron("h9")
    assert DANGER & set(str(caught.value)) == set()


def test_a_model_of_a_hostile_file_is_printable():
    rows = [{HOSTILE: float(number % 5), "kind": HOSTILE + "ab"[number % 2]} for number in range(30)]
    table = Table.from_rows(HOSTILE, rows)
    model = Model.build(table, "kind", hidden=2, seed=1)
    model.train(table, epochs=2)
    for text in (str(table), str(model), str(model.evaluate(table)), *map(str, model.inputs)):
        assert DANGER & set(text) == set()


@pytest.mark.parametrize("command", ["show", "check", "diagnose", "explain"])
def test_no_command_sends_codes_of_a_file(command, cli, tmp_path):
    path = tmp_path / "m.json"
    document = json.loads(Network(2, 2, 1, seed=1).to_json())
    document["layers"][1]["neurons"][0] = HOSTILE.replace("\ud800", "")
    path.write_text(json.dumps(document), encoding="utf-8")
    more = {"diagnose": ["--data", "xor"], "explain": ["--input", "0,1", "--target", "1"]}.get(command, [])
    done = cli(command, str(path), *more)
    assert DANGER & set(done[1] + done[2]) == set()
    assert done[1]
