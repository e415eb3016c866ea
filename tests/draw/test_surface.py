"""Maps show what the network answers everywhere, with the samples on them."""

import math
import re
from xml.etree import ElementTree

import pytest
from pictures import PICTURES, SVG, XOR, luminance, texts_of, words, xor_network

from neuronet import Network
from neuronet.draw import decision_surface, hidden_maps, surface_text
from neuronet.errors import DataError


def test_a_decision_surface_shows_what_predict_says():
    network, _ = xor_network(epochs=800)
    picture = decision_surface(network, *XOR, cells=10)
    shades = re.findall(r'<path fill="(#[0-9a-f]{6})" d="([^"]*)"', picture)
    covered = sum(
        float(across) * float(down) for _, path in shades for across, down in re.findall(r"h([\d.]+)v([\d.]+)h", path)
    )
    assert math.isclose(covered, 410 * 410, rel_tol=1e-6)
    by_place = {}
    for colour, path in shades:
        for x, y, across in re.findall(r"M([\d.]+) ([\d.]+)h([\d.]+)", path):
            for step in range(round(float(across) / 41)):
                by_place[round((float(x) - 66) / 41) + step, round((460 - float(y)) / 41) - 1] = colour
    assert len(by_place) == 100
    low, size = -0.15, 1.3 / 10
    ranked = sorted((network.predict([low + (x + 0.5) * size, low + (y + 0.5) * size])[0], luminance(colour))
                    for (x, y), colour in by_place.items())  # fmt: skip
    lights = [light for _, light in ranked]
    assert lights == sorted(lights, reverse=True)


def test_a_surface_marks_classes_by_shape():
    picture = decision_surface(xor_network()[0], *XOR, cells=4)
    assert "2 of class 0" in words(picture)
    assert "2 of class 1" in words(picture)
    root = ElementTree.fromstring(picture)
    assert len(list(root.iter(f"{SVG}circle"))) == 3
    assert len(list(root.iter(f"{SVG}polygon"))) == 3


def test_the_boundary_runs_where_the_output_is_one_half():
    network = Network(2, 1, weights=[-1.0, 2.0, 0.0])
    picture = decision_surface(network, [[0, 0], [1, 1]], [[0], [1]], cells=40)
    path = re.findall(r'stroke="#111111" stroke-width="1.8"', picture)
    assert len(path) == 1
    points = re.findall(
        r"[ML]([\d.]+) ([\d.]+)", re.findall(r'<path d="([^"]*)" fill="none" stroke="#111111"', picture)[0]
    )
    assert {round(float(x)) for x, _ in points} == {66 + 410 // 2}


@pytest.mark.parametrize("draw", [decision_surface, hidden_maps, surface_text])
def test_a_map_needs_two_inputs(draw):
    with pytest.raises(DataError) as problem:
        draw(Network(3, 2, 1, seed=1))
    assert str(problem.value) == "network: expected one with 2 inputs, got 3"


def test_maps_refuse_what_does_not_fit():
    network, _ = xor_network()
    for draw, arguments, message in [
        (decision_surface, {"inputs": [[1]], "targets": [[1]]}, "inputs[0]: expected 2 numbers, got 1"),
        (decision_surface, {"inputs": [[1, 1]]}, "targets: expected at least one row, got none"),
        (decision_surface, {"cells": 401}, "cells: expected at most 400, got 401"),
        (decision_surface, {"names": ["x"]}, "names: expected 2 names, got 1"),
    ]:
        with pytest.raises(DataError) as problem:
            draw(network, **arguments)
        assert str(problem.value) == message
    with pytest.raises(DataError, match="expected one with hidden neurons"):
        hidden_maps(Network(2, 1, seed=1))


def test_each_hidden_neuron_has_its_own_map():
    text = words(PICTURES["maps"])
    assert all(name in text for name in ("h1", "h2", "h3", "h4"))
    assert "6 more are left out" in words(PICTURES["many maps"])


@pytest.mark.parametrize("letter", ["W", "M", "m", "@", "H", "w", "a", "\u7db2"])
def test_the_names_of_axes_stay_in_the_frame(letter):
    picture = decision_surface(xor_network()[0], names=[letter * 200] * 2, title=letter * 200, cells=4)
    least = {"W": 0.99, "M": 0.87, "m": 0.97, "@": 1.0, "H": 0.76, "w": 0.82, "a": 0.62, "\u7db2": 1.0}[letter]
    for text, x, _, size, anchor in texts_of(picture):
        wide = least * size * text.count(letter)
        left = x - wide * {"start": 0, "middle": 0.5, "end": 1}[anchor]
        assert left >= 0
        assert left + wide <= 640


def test_a_key_says_how_many_classes_it_leaves_out():
    network = Network(2, 3, 15, output_activation="softmax", seed=1)
    inputs = [[step / 15, 0] for step in range(15)]
    targets = [[float(place == step) for place in range(15)] for step in range(15)]
    written = list(texts_of(decision_surface(network, inputs, targets, cells=4)))
    assert [text for text, *_ in written if "more" in text] == ["and 4 more", "and 8 more"]
    assert all(y < 520 for _, _, y, *_ in written)
    few = decision_surface(Network(2, 3, 8, seed=1), inputs[:8], [row[:8] for row in targets[:8]], cells=4)
    assert not any("more" in text for text, *_ in texts_of(few))


def test_a_border_between_far_classes_is_one_line():
    network = Network(2, 9, output_activation="linear", weights="zeros")
    network[1][0].incoming[1].weight, network[1][8].incoming[1].weight = -1.0, 1.0
    lines = re.findall(r'<path d="([^"]*)" fill="none"', decision_surface(network, cells=4))
    assert len(lines) == 2
    assert lines[0].count("M") == 3


def test_samples_too_far_apart_for_a_map_are_refused():
    with pytest.raises(DataError, match=r"^inputs: expected samples up to 1e\+300 apart, got some from -1e\+308 to 1e"):
        decision_surface(xor_network()[0], [[-1e308, 0], [1e308, 0]], [[0], [1]])


def test_a_map_of_the_largest_outputs_is_drawn():
    network = Network(2, 1, output_activation="linear", weights=[0, 1.7e308, 0])
    assert "nan" not in surface_text(network)
    ElementTree.fromstring(decision_surface(network))
