"""Pictures of characters fit in 80 columns, and no name can speak to the terminal."""

import re

import pytest
from pictures import XOR, nasty_network, xor_network

from neuronet import Network
from neuronet.draw import network_text, surface_text


@pytest.mark.parametrize("unicode", [True, False])
@pytest.mark.parametrize(
    "network",
    [Network(2, 4, 1, seed=1), Network(64, 32, 10, seed=1), Network(*[2] * 60, seed=1), nasty_network()],
    ids=["small", "large", "deep", "nasty"],
)
def test_a_network_as_text_fits_in_80_columns(network, unicode):
    network.forward([1.0] * len(network[0]))
    text = network_text(network, unicode=unicode)
    assert max(map(len, text.splitlines())) <= 80
    assert unicode or text.isascii()
    for neuron in network[-1].neurons[:12]:
        assert f"{neuron.net:.4f}" in text


def test_text_shows_the_sign_of_a_weight_and_says_what_it_leaves_out():
    text = network_text(Network(1, 2, bias=False, weights=[1.0, -0.5]), unicode=False)
    assert text.count("#" * 36) == 1
    assert re.search(r"-0\.5000  -{18}$", text, re.MULTILINE)
    large = network_text(Network(64, 32, 10, seed=1))
    assert "59 more" in large
    assert "20 more neurons" in large
    assert "53 more synapses" in large


def test_colour_is_only_an_addition():
    network, _ = xor_network(epochs=5)
    plain, coloured = network_text(network), network_text(network, colour=True)
    assert "\x1b" not in plain
    assert re.sub(r"\x1b\[\d*m", "", coloured) == plain
    assert coloured.count("\x1b[0m") == coloured.count("\x1b[3") == 17


@pytest.mark.parametrize("unicode", [True, False])
def test_a_surface_of_characters_fits_in_80_columns_and_shows_the_samples(unicode):
    network, _ = xor_network(epochs=800)
    text = surface_text(network, *XOR, unicode=unicode)
    assert max(map(len, text.splitlines())) <= 80
    area = [line[11:71] for line in text.splitlines()[:24]]
    assert sum(line.count("0") for line in area) == 2
    assert sum(line.count("1") for line in area) == 2
    assert unicode or text.isascii()


def test_nasty_names_cannot_speak_to_a_terminal():
    for unicode in (True, False):
        text = network_text(nasty_network(), unicode=unicode)
        assert "\x1b" not in text
        assert "\x00" not in text
    assert network_text(nasty_network(), unicode=False).isascii()
    network = Network(2, 2, 1, seed=1)
    for name in ("input", "hidden"):
        next(layer for layer in network if layer.name == name).name = "\x1b[2J"
    for position, neuron in enumerate(network.neurons):
        neuron.name = f"\x1b[3{position}m\x07"
    network.forward([0, 1])
    assert "\x1b" not in network_text(network) + surface_text(network)
    assert "\x07" not in network_text(network)
