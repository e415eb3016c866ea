"""The network as a picture: every synapse is there, readable, and what is left out is named."""

import math
import re
from decimal import Decimal
from fractions import Fraction
from xml.etree import ElementTree

import make_goldens
import pytest
from helpers import bits
from hypothesis import given, settings
from pictures import PICTURES, SVG, drawn, lines_of, outside, overlapping, texts, words, xor_network

from neuronet import Network
from neuronet.draw import network_svg
from neuronet.errors import DataError
from neuronet.testing import networks


def test_every_synapse_is_a_line_with_its_weight():
    network, _ = xor_network(epochs=20)
    told = [(f"{s.source.name} to {s.destination.name}: {s.weight:.4f}") for s in network.synapses]
    assert [title for title, _, _ in lines_of(network.to_svg())] == told


def test_the_sign_is_the_kind_of_line_and_the_size_its_width():
    network = Network(1, 4, bias=False, weights=[2.0, -2.0, 0.5, 0.0])
    by_weight = [(dash, width) for _, dash, width in lines_of(network.to_svg())]
    assert [dash for dash, _ in by_weight] == ["", "7 4", "", "1 4"]
    plus, minus, small, zero = (width for _, width in by_weight)
    assert plus == minus > small > zero


def test_the_legend_says_what_lines_and_widths_mean():
    text = words(Network(1, 2, weights=[0.0, 1.5, 0.0, -3.0]).to_svg())
    for meaning in ("weight above 0", "weight below 0", "weight of 0", "|weight| 3, the largest", "always 1"):
        assert meaning in text


@pytest.mark.parametrize("name", ["network", "article", "values", "step", "article step", "odd"])
def test_no_two_labels_overlap(name):
    assert overlapping(PICTURES[name]) == []


@pytest.mark.parametrize("name", ["network", "article", "values", "step", "article step"])
def test_no_number_is_written_on_a_neuron(name):
    circles = [box for element, box in drawn(PICTURES[name]) if element.tag == f"{SVG}circle"]
    inside = [
        text for text, box in texts(PICTURES[name]) if re.search(r"\.\d", text) for circle in circles
        if math.dist(((box[0] + box[2]) / 2, (box[1] + box[3]) / 2), ((circle[0] + circle[2]) / 2,
                     (circle[1] + circle[3]) / 2)) < 20
    ]  # fmt: skip
    assert inside == []


@pytest.mark.parametrize("name", ["step", "article step"])
def test_every_weight_is_written_on_its_line(name):
    lines = len(lines_of(PICTURES[name]))
    shape = (2, 4, 1) if name == "step" else (6, 4, 3, 1)
    assert lines == len(Network(*shape).synapses)
    assert "no room" not in words(PICTURES[name])


def test_where_lines_are_too_many_the_picture_says_that_it_writes_no_weights():
    text = words(PICTURES["large step"])
    assert "286 weights have no room on their lines" in text
    assert "The table ends after 120 of 286 synapses." in text
    assert "learning rate 1; loss" in text
    assert overlapping(PICTURES["large step"]) == []


def test_a_large_network_says_how_much_it_leaves_out():
    text = words(PICTURES["large"])
    for part in ("52 more", "20 more", "52 of the 64 neurons of input", "20 of the 32 neurons of hidden"):
        assert part in text
    assert "2,124 of 2,410 synapses" in text
    assert len(lines_of(PICTURES["large"])) == 2410 - 2124
    description = ElementTree.fromstring(PICTURES["large"])[1].text
    assert "2,124 of 2,410 synapses" in description


def test_a_deep_network_says_how_many_layers_it_leaves_out():
    assert "51 more layers" in words(PICTURES["deep"])
    assert "51 of 60 layers" in words(PICTURES["deep"])


@pytest.mark.parametrize(("neurons", "shown"), [(2, 2), (5, 5), (12, 12), (13, 13), (64, 64), (100, 64)])
def test_as_many_neurons_are_shown_as_are_asked_for(neurons, shown):
    picture = Network(64, 1, bias=False, seed=1).to_svg(most_neurons=neurons)
    assert len(lines_of(picture)) == shown
    assert (f"{64 - shown} more" in words(picture)) == (shown < 64)


def test_what_is_odd_is_drawn_truthfully():
    network = make_goldens.odd()
    picture = network.to_svg()
    text = words(picture)
    assert len(lines_of(picture)) == len(network.synapses)
    assert "frozen synapse" in text
    assert "not connected" in text
    assert [title for title, _, _ in lines_of(picture) if "frozen" in title] == ["h2_1 to o1: 0.5000, frozen"]
    assert "Not connected: h1_2." in ElementTree.fromstring(picture)[1].text
    [skip] = [
        element for element in ElementTree.fromstring(picture).iter(f"{SVG}path")
        if element.find(f"{SVG}title").text.startswith("i1 to o2")
    ]  # fmt: skip
    assert "Q" in skip.get("d")


def test_a_line_that_skips_a_layer_keeps_clear_of_its_neurons():
    picture = make_goldens.odd().to_svg()
    [way] = re.findall(r'd="M([\d.]+) ([\d.]+)Q([\d.]+) ([\d.]+) ([\d.]+) ([\d.]+)"', picture)
    x0, y0, x1, y1, x2, y2 = map(float, way)
    circles = [
        (float(c.get("cx")), float(c.get("cy"))) for c in ElementTree.fromstring(picture).iter(f"{SVG}circle")
        if float(c.get("r")) == 23 and (float(c.get("cx")), float(c.get("cy"))) not in ((x0, y0), (x2, y2))
    ]  # fmt: skip
    for step in range(101):
        t = step / 100
        point = tuple((1 - t) ** 2 * a + 2 * t * (1 - t) * b + t * t * c for a, b, c in ((x0, x1, x2), (y0, y1, y2)))
        assert min(math.dist(point, circle) for circle in circles) > 23


@pytest.mark.parametrize("kind", [Fraction, Decimal, complex])
def test_every_kind_of_number_can_be_drawn(kind):
    network = Network(2, 3, 1, activation="softsign" if kind is Fraction else "sigmoid", kind=kind,
                      weights=[kind(n - 6) / 8 for n in range(13)])  # fmt: skip
    before = bits(network)
    picture = network.to_svg(inputs=[1, 2], targets=[1], learning_rate=0.5)
    assert outside(picture) == []
    assert bits(network) == before
    assert network.to_text()
    assert network.to_dot()


def test_weights_beyond_every_scale_are_drawn():
    network = Network(1, 4, bias=False, weights=[1e300, -1e-300, 1.0, 0.0])
    network.synapses[2].weight = math.inf
    network.synapses[3].weight = math.nan
    picture = network.to_svg(values=True)
    assert outside(picture) == []
    assert "inf" in picture
    assert [width for _, _, width in lines_of(picture)] == [7.5, 0.8, 7.5, 0.8]
    ElementTree.fromstring(picture)
    assert network.to_text().count("\n") > 5


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"inputs": [1]}, "inputs: expected 2 numbers, got 1"),
        ({"inputs": [1, math.nan]}, "inputs[1]: expected a finite number, got nan"),
        ({"targets": [1]}, "targets: expected only together with inputs, got no inputs"),
        (
            {"inputs": [0, 1], "learning_rate": 0.5},
            "learning_rate: expected only together with targets, got no targets",
        ),
        ({"inputs": [0, 1], "targets": [1, 1]}, "targets: expected 1 number, got 2"),
        ({"inputs": [0, 1], "targets": [1], "learning_rate": 0}, "learning_rate: expected a number above 0, got 0"),
        ({"most_neurons": 1}, "most_neurons: expected a whole number of at least 2, got 1"),
        ({"most_layers": 1}, "most_layers: expected a whole number of at least 2, got 1"),
        ({"width": 0}, "width: expected a number above 0, got 0"),
    ],
)
def test_what_does_not_fit_is_refused_and_changes_nothing(arguments, message):
    network, _ = xor_network(epochs=3)
    network.forward([1, 0])
    before = bits(network)
    with pytest.raises(DataError) as problem:
        network.to_svg(**arguments)
    assert str(problem.value) == message
    assert bits(network) == before


def test_a_width_scales_the_whole_picture():
    network, _ = xor_network()
    wide, narrow = (ElementTree.fromstring(network.to_svg(width=width)) for width in (None, 300))
    assert wide.get("viewBox") == narrow.get("viewBox")
    assert narrow.get("width") == "300"
    shares = [float(root.get("height")) / float(root.get("width")) for root in (wide, narrow)]
    assert math.isclose(*shares, rel_tol=1e-3)


def check_drawn_within_its_frame_and_left_alone(network):
    before = bits(network)
    inputs, targets = [0.5] * len(network[0]), [0.5] * len(network[-1])
    for picture in (network.to_svg(), network.to_svg(inputs=inputs, targets=targets, learning_rate=0.5)):
        assert outside(picture) == []
        assert len(lines_of(picture)) == len(network.synapses)
    assert overlapping(network.to_svg()) == []
    assert max(map(len, network.to_text(unicode=False).splitlines())) <= 80
    assert bits(network) == before


ANY = {"network": networks(loss="half_squared_error", output_activation="sigmoid")}


@given(**ANY)
def test_any_network_is_drawn_within_its_frame_and_left_alone(network):
    check_drawn_within_its_frame_and_left_alone(network)


@pytest.mark.slow
@settings(max_examples=8 * settings().max_examples)
@given(**ANY)
def test_any_of_many_networks_is_drawn_within_its_frame_and_left_alone(network):
    check_drawn_within_its_frame_and_left_alone(network)


def test_the_mark_of_a_frozen_synapse_is_not_hidden_by_numbers():
    network = Network(3, 4, 3, 2, seed=3)
    for neuron in network[1]:
        neuron.incoming[0].frozen = True
    picture = ElementTree.fromstring(network_svg(network, inputs=[1, 2, 3]))
    body = picture.find(f"{SVG}g")
    marks = [mark for mark in body if mark.get("class") == "bias" and mark.tag == f"{SVG}polygon"]
    assert len(marks) == 4
    for mark in marks:
        corners = [tuple(map(float, pair.split(","))) for pair in mark.get("points").split()]
        (left, right), (top, bottom) = ((min(side), max(side)) for side in zip(*corners))
        for rect in body.iter(f"{SVG}rect"):
            x, y, wide, high = (float(rect.get(name)) for name in ("x", "y", "width", "height"))
            assert right < x or x + wide < left or bottom < y or y + high < top
