"""Pictures: what is drawn is true, can be read, stays in its frame, and changes nothing that it looks at."""

import importlib.util
import io
import json
import math
import re
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

import pytest
from helpers import bits
from hypothesis import given, settings
from hypothesis import strategies as st

import neuronet
from neuronet import Activation, Network, Neuron, Synapse, check_gradients, cli, datasets
from neuronet.cli.progress import Progress
from neuronet.draw import (
    WeightHistory,
    activation_curve,
    can_show,
    confusion,
    confusion_matrix,
    curve_text,
    decision_surface,
    hidden_maps,
    network_svg,
    network_text,
    sparkline,
    surface_text,
    wants_colour,
)
from neuronet.draw.plot import scale_for, spans_decades
from neuronet.draw.svg import LOOKS, cut, escape, number, text_width
from neuronet.errors import DataError, UnknownNameError
from neuronet.testing import networks
from neuronet.training import Epoch, History

ROOT = Path(__file__).resolve().parents[2]
SVG = "{http://www.w3.org/2000/svg}"
XOR = datasets.xor()
NASTY = '</text><script>alert("1")</script>&amp; \x00\x1b]\ud800 "quoted" \'single\'\n# newline'


def script_of_pictures():
    """The script that draws the pictures of the pages; tests are no package."""
    spec = importlib.util.spec_from_file_location("draw_pictures", ROOT / "tests" / "draw_pictures.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


script = script_of_pictures()


def xor_network(epochs=0):
    network = Network(2, 4, 1, seed=1)
    history = network.train(*XOR, epochs=epochs, learning_rate=0.5) if epochs else None
    return network, history


def nasty_network():
    a, b = Neuron(NASTY, "linear"), Neuron("b" * 200, "linear")
    out = Neuron("\u7db2\u7d61" * 20, Activation(NASTY, lambda net: net, lambda net, output: 1))
    for source, weight in ((a, 1.5), (b, -0.5)):
        Synapse(source, out, weight)
    return Network(neuronet.Layer(NASTY, [a, b]), neuronet.Layer("out<put>", [out]))


def pictures():
    """Every kind of picture, by name."""
    network, history = xor_network(epochs=50)
    watched = WeightHistory(network.synapses)
    network.train(*XOR, epochs=5, callback=watched)
    network.forward([0, 1])
    iris = datasets.iris()
    three = Network(2, 3, 3, output_activation="softmax", loss="categorical_cross_entropy", seed=1)
    flowers = Network(4, 3, 3, seed=1)
    targets = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 1, 0]]
    return {
        "network": network.to_svg(),
        "values": network.to_svg(values=True),
        "sample": network.to_svg(inputs=[0, 1]),
        "errors": network.to_svg(inputs=[0, 1], targets=[1]),
        "step": network.to_svg(inputs=[0, 1], targets=[1], learning_rate=0.5),
        "article": Network(6, 4, 3, 1, seed=1).to_svg(),
        "article step": Network(6, 4, 3, 1, seed=1).to_svg(inputs=[1] * 6, targets=[0], learning_rate=1),
        "large": Network(64, 32, 10, seed=1).to_svg(),
        "large step": Network(64, 32, 10, seed=1).to_svg(inputs=[1] * 64, targets=[0] * 10, learning_rate=1),
        "deep": Network(*[2] * 60, seed=1).to_svg(),
        "odd": script.odd().to_svg(values=True),
        "one": Network(1, 1, bias=False, seed=1).to_svg(),
        "nasty": nasty_network().to_svg(inputs=[1, 2], targets=[1], learning_rate=1, title=NASTY),
        "training": history.to_svg(),
        "no training": History().to_svg(),
        "one epoch": xor_network(epochs=1)[1].to_svg(),
        "weights": watched.to_svg(),
        "activation": activation_curve(network[1][0]),
        "relu": activation_curve("relu", net=99),
        "surface": decision_surface(network, *XOR, cells=20),
        "surface alone": decision_surface(network, cells=20),
        "surface of three": decision_surface(three, XOR.inputs, targets, cells=20),
        "maps": hidden_maps(network, *XOR, cells=8),
        "many maps": hidden_maps(Network(2, 30, 1, seed=1), cells=4),
        "confusion": confusion_matrix(iris, flowers.predict_all(iris.inputs)),
    }


PICTURES = pictures()
each_picture = pytest.mark.parametrize("name", PICTURES)


# Geometry, from the coordinates of the document.


def shift_of(element):
    found = re.fullmatch(r"translate\(([-\d.]+) ([-\d.]+)\)", element.get("transform", "translate(0 0)"))
    return float(found[1]), float(found[2])


def drawn(text):
    """Every element that is drawn, with its box (left, top, right, bottom) in the picture."""
    root, found = ElementTree.fromstring(text), []

    def visit(element, across, down):
        right, below = shift_of(element)
        across, down = across + right, down + below
        box = box_of(element)
        if box is not None:
            found.append((element, (box[0] + across, box[1] + down, box[2] + across, box[3] + down)))
        for child in element:
            visit(child, across, down)

    visit(root, 0.0, 0.0)
    return found


def box_of(element):
    def value(key):
        return float(element.get(key))

    kind = element.tag.removeprefix(SVG)
    if kind == "rect":
        return value("x") if element.get("x") else 0.0, value("y") if element.get("y") else 0.0, *far_corner(element)
    if kind == "circle":
        return value("cx") - value("r"), value("cy") - value("r"), value("cx") + value("r"), value("cy") + value("r")
    if kind == "line":
        across, down = sorted((value("x1"), value("x2"))), sorted((value("y1"), value("y2")))
        return across[0], down[0], across[1], down[1]
    if kind in ("polyline", "polygon"):
        return around([float(part) for part in re.split(r"[ ,]", element.get("points"))])
    if kind == "path":
        pairs = re.findall(r"[ML]\s*([-\d.]+) ([-\d.]+)", element.get("d"))
        return around([float(part) for pair in pairs for part in pair])
    if kind == "text":
        return text_box(element)
    return None


def far_corner(element):
    return (
        float(element.get("x", 0)) + float(element.get("width")),
        float(element.get("y", 0)) + float(element.get("height")),
    )


def around(numbers):
    return min(numbers[::2]), min(numbers[1::2]), max(numbers[::2]), max(numbers[1::2])


def text_box(element):
    """About where a text is: a letter of a sans serif font is some 0.56 of its size wide."""
    size = float(element.get("font-size"))
    width, x, y = 0.56 * size * len(element.text or ""), float(element.get("x")), float(element.get("y"))
    left = {"start": x, "middle": x - width / 2, "end": x - width}[element.get("text-anchor")]
    return left, y - 0.75 * size, left + width, y + 0.2 * size


def overlap(first, second):
    return first[0] < second[2] and second[0] < first[2] and first[1] < second[3] and second[1] < first[3]


def texts(text):
    return [(element.text, box) for element, box in drawn(text) if element.tag == f"{SVG}text"]


def overlapping(text):
    labels = texts(text)
    return [
        (first, second)
        for position, (first, box) in enumerate(labels)
        for second, other in labels[position + 1 :]
        if overlap(box, other)
    ]


def outside(text):
    root = ElementTree.fromstring(text)
    _, _, width, height = map(float, root.get("viewBox").split())
    return [
        (element.tag, element.text, box)
        for element, box in drawn(text)
        if box[0] < -0.5 or box[1] < -0.5 or box[2] > width + 0.5 or box[3] > height + 0.5
    ]


def words(text):
    """Everything that is written in a picture, but for the descriptions of the lines."""
    return " ".join(written for written, _ in texts(text))


def lines_of(text):
    """Each synapse that is drawn: its title, its dashes and its width."""
    found = []
    for element in ElementTree.fromstring(text).iter():
        title = element.find(f"{SVG}title")
        if title is not None and element.tag in (f"{SVG}line", f"{SVG}path"):
            found.append((title.text, element.get("stroke-dasharray", ""), float(element.get("stroke-width"))))
    return found


# Every picture.


@each_picture
def test_a_picture_is_xml_with_a_title_and_a_description(name):
    root = ElementTree.fromstring(PICTURES[name])
    assert root.tag == f"{SVG}svg"
    assert root.get("role") == "img"
    assert [child.tag for child in root[:3]] == [f"{SVG}title", f"{SVG}desc", f"{SVG}style"]
    assert root[0].text
    assert len(root[1].text) > 20
    assert float(root.get("width")) > 0
    assert float(root.get("height")) > 0


@each_picture
def test_nothing_is_drawn_outside_the_frame(name):
    assert outside(PICTURES[name]) == []


@each_picture
def test_a_picture_holds_no_script_and_loads_nothing(name):
    root = ElementTree.fromstring(PICTURES[name])
    assert not {element.tag for element in root.iter()} & {f"{SVG}script", f"{SVG}image", f"{SVG}foreignObject"}
    assert "href" not in PICTURES[name]
    assert "url(" not in PICTURES[name]
    assert not [key for element in root.iter() for key in element.attrib if key.startswith("on")]


@each_picture
def test_the_same_things_give_the_same_bytes(name):
    if not hasattr(test_the_same_things_give_the_same_bytes, "again"):
        test_the_same_things_give_the_same_bytes.again = pictures()
    # How long training took is the only thing that differs, and no picture shows it.
    assert test_the_same_things_give_the_same_bytes.again[name].encode() == PICTURES[name].encode()


@each_picture
def test_a_picture_follows_a_dark_page(name):
    style = ElementTree.fromstring(PICTURES[name])[2].text
    assert style.startswith("@media (prefers-color-scheme:dark){")
    for look in LOOKS:
        assert f".neuronet .{look}{{" in style


def luminance(colour):
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first, second):
    bright, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("page", [0, 1], ids=["light", "dark"])
def test_texts_and_lines_stand_out_from_the_paper(page):
    paper = LOOKS["paper"]["fill"][page]
    for look in ("ink", "faint"):
        assert contrast(LOOKS[look]["fill"][page], paper) >= 4.5
    for look in ("plus", "minus", "zero", "axis", "curve0", "curve1", "curve2", "curve3"):
        assert contrast(LOOKS[look]["stroke"][page], paper) >= 3


# The network as a picture.


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


def test_the_numbers_of_a_step_are_those_of_the_walks():
    network = Network(2, 2, 2, weights=script.MAZUR)
    text = words(network.to_svg(inputs=[0.05, 0.10], targets=[0.01, 0.99], learning_rate=0.5))
    network.forward([0.05, 0.10])
    loss = network.backward([0.01, 0.99])
    assert f"loss {loss:.4f}" in text
    for neuron in network.computing:
        assert f"net {neuron.net:.4f} output {neuron.output:.4f} delta {neuron.delta:.4f}" in text
    rows = [(synapse, synapse.weight, synapse.gradient) for synapse in network.synapses]
    network.update(0.5)
    for synapse, weight, gradient in rows:
        shown = f"{gradient:.4f}" if abs(gradient) >= 0.0005 else f"{gradient:.1e}"
        row = f"{synapse.source.name} to {synapse.destination.name} {weight:.4f} {shown} {synapse.weight:.4f}"
        assert row in text


def test_without_a_sample_the_numbers_are_those_that_stand_there():
    network = Network(2, 2, 2, weights=script.MAZUR)
    assert "net" not in words(network.to_svg(values=True))
    network.forward([0.05, 0.10])
    assert "net 0.3775 output 0.5933" in words(network.to_svg(values=True))
    assert "net" not in words(network.to_svg())
    assert "delta" not in words(network.to_svg(values=True))


def test_a_forward_sample_shows_no_delta_of_an_earlier_walk():
    network = Network(2, 2, 2, weights=script.MAZUR)
    network.forward([0.05, 0.10])
    network.backward([0.01, 0.99])
    assert "delta" not in words(network.to_svg(inputs=[1, 1]))
    assert "gradient" not in words(network.to_svg(inputs=[1, 1]))
    assert "gradient" in words(network.to_svg(values=True))


def test_a_gradient_of_an_earlier_walk_is_not_counted_again():
    fresh, walked = xor_network()[0], xor_network()[0]
    walked.forward([1, 1])
    walked.backward([0])
    step = {"inputs": [0, 1], "targets": [1], "learning_rate": 0.5}
    assert walked.to_svg(**step) == fresh.to_svg(**step)


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
    network = script.odd()
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
    picture = script.odd().to_svg()
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


# Looking changes nothing.


class Heavy(Synapse):
    __slots__ = ("velocity",)

    def __init__(self, *ends, **settings):
        super().__init__(*ends, **settings)
        self.velocity = 0.0


class HeavyNeuron(Neuron):
    def update_weights(self, learning_rate):
        self.updates = getattr(self, "updates", 0) + 1
        for synapse in self.incoming:
            synapse.velocity = synapse.velocity * 0.9 - learning_rate * synapse.gradient
            synapse.weight += synapse.velocity


class HeavyNetwork(Network):
    neuron_class = HeavyNeuron
    synapse_class = Heavy


def test_what_a_subclass_keeps_besides_is_kept_too():
    network = HeavyNetwork(2, 4, 1, seed=1)
    network.to_svg(inputs=[0, 1], targets=[1], learning_rate=0.5)
    assert [synapse.velocity for synapse in network.synapses] == [0.0] * 17
    assert not any(hasattr(neuron, "updates") for neuron in network.neurons)
    network.train(*XOR, epochs=2)
    kept = [synapse.velocity for synapse in network.synapses], [neuron.updates for neuron in network.computing]
    before = bits(network)
    network.to_svg(inputs=[0, 1], targets=[1], learning_rate=0.5)
    after = [synapse.velocity for synapse in network.synapses], [neuron.updates for neuron in network.computing]
    assert after == kept
    assert bits(network) == before


class Noisy(Network):
    def propagate(self, inputs):
        super().propagate([value + self.rng.gauss(0, 0.1) for value in inputs])


def test_a_network_that_draws_at_random_goes_on_as_if_nobody_had_looked():
    network = Noisy(2, 4, 1, seed=1)
    before = bits(network)
    network.to_svg(inputs=[0, 1], targets=[1], learning_rate=0.5)
    assert bits(network) == before
    decision_surface(network, cells=4)
    hidden_maps(network, cells=4)
    surface_text(network)
    assert bits(network) == before


def look_at(network):
    size = len(network[0]), len(network[-1])
    network.to_svg()
    network.to_svg(values=True)
    network.to_svg(inputs=[0.5] * size[0], targets=[0.25] * size[1] if size[1] > 1 else [0.5], learning_rate=0.5)
    network.to_text()
    network.to_dot()
    network.to_mermaid()
    network._repr_svg_()
    if size[0] == 2:
        decision_surface(network, cells=5)
        surface_text(network, width=5, height=5)
        hidden_maps(network, cells=3)
        for neuron in network[1]:
            activation_curve(neuron)


@pytest.mark.parametrize("walked", [False, True])
def test_looking_changes_nothing(walked):
    network, _ = xor_network()
    if walked:
        network.train(*XOR, epochs=3)
        network.forward([1, 0])
        network.backward([1])
    before = bits(network)
    look_at(network)
    assert bits(network) == before


def test_looking_changes_nothing_even_where_a_walk_fails():
    def refuse(net):
        raise ZeroDivisionError("no answer")

    network = Network(2, 2, 1, output_activation=Activation("broken", refuse, lambda net, output: 1), seed=1)
    before = bits(network)
    with pytest.raises(ZeroDivisionError):
        network.to_svg(inputs=[0, 1])
    assert bits(network) == before


@settings(max_examples=60, deadline=None)
@given(network=networks(loss="half_squared_error", output_activation="sigmoid"))
def test_any_network_is_drawn_within_its_frame_and_left_alone(network):
    before = bits(network)
    inputs, targets = [0.5] * len(network[0]), [0.5] * len(network[-1])
    for picture in (network.to_svg(), network.to_svg(inputs=inputs, targets=targets, learning_rate=0.5)):
        assert outside(picture) == []
        assert len(lines_of(picture)) == len(network.synapses)
    assert overlapping(network.to_svg()) == []
    assert max(map(len, network.to_text(unicode=False).splitlines())) <= 80
    assert bits(network) == before


# Names that could break a picture.


def test_nasty_names_are_escaped():
    for text in (PICTURES["nasty"], nasty_network().to_svg(values=True)):
        root = ElementTree.fromstring(text)
        assert "<script" not in text
        told = "".join(root.itertext())
        assert "</text><script>alert" in told
        text.encode()
    assert escape('a\x00b<&>"\ud800') == "a\ufffdb&lt;&amp;&gt;&quot;\ufffd"


def test_nasty_names_stay_in_the_frame_and_are_cut():
    assert outside(PICTURES["nasty"]) == []
    assert cut("a long name", 40) == "a l\u2026"
    assert cut("name", 400) == "name"
    assert text_width("\u7db2") > text_width("w")


def test_nasty_names_do_not_leave_their_quotes_in_dot_and_mermaid():
    network = nasty_network()
    dot = network.to_dot()
    assert dot.count("\n") == len([*network.neurons, *network.synapses]) + 3 + 2 + 1
    for line in dot.splitlines():
        assert len(re.findall(r'(?<!\\)"', line)) in (0, 2), line
    mermaid = network.to_mermaid()
    assert mermaid.count("\n") == len([*network.neurons, *network.synapses]) + 1
    assert all(line.count('"') == 2 for line in mermaid.splitlines()[1:])
    assert "<" not in mermaid


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


def test_a_coordinate_is_short_and_never_minus_nought():
    assert [number(value) for value in (3.0, 3.25, -0.01, -2.5)] == ["3", "3.2", "0", "-2.5"]


# Charts.


def test_a_training_curve_is_logarithmic_where_it_spans_decades():
    slow, fast = History(), History()
    slow.epochs = [Epoch(n, 1 / n, 1 / n, 0.1) for n in range(1, 20)]
    fast.epochs = [Epoch(n, 10.0**-n, 10.0**-n, 0.1) for n in range(1, 6)]
    assert "powers of ten" not in words(slow.to_svg())
    assert "powers of ten" in words(fast.to_svg())
    assert "1e-3" in words(fast.to_svg())
    assert "powers of ten" in words(slow.to_svg(logarithmic=True))
    assert "powers of ten" not in words(fast.to_svg(logarithmic=False))


def test_a_long_curve_stays_small_and_keeps_its_peak():
    history = History()
    history.epochs = [Epoch(n, 9.0 if n == 12_345 else 1.0, 1.0, 0.1) for n in range(1, 100_001)]
    picture = history.to_svg()
    assert len(picture) < 40_000
    [loss, _] = re.findall(r'<polyline[^>]*points="([^"]{99,})"', picture)
    heights = [float(point.split(",")[1]) for point in loss.split()]
    assert max(heights) - min(heights) > 200
    assert min(heights) < sorted(heights)[1]


def test_a_curve_is_broken_where_a_number_is_not_finite():
    history = History()
    history.epochs = [Epoch(n, math.nan if n == 5 else 1.0 / n, 1.0, 0.1) for n in range(1, 10)]
    picture = history.to_svg()
    assert "nan" not in "".join(re.findall(r'points="[^"]*"', picture))
    assert outside(picture) == []


def test_curves_are_told_apart_without_colour():
    network = Network(3, 3, 1, seed=1)
    watched = WeightHistory(network.synapses[:14])
    network.train([[0, 1, 0], [1, 1, 1]], [[0], [1]], epochs=3, callback=watched)
    styles = []
    for group in ElementTree.fromstring(watched.to_svg()).iter(f"{SVG}g"):
        line = group.find(f"{SVG}polyline")
        mark = next(element for element in group if element.tag in (f"{SVG}circle", f"{SVG}polygon"))
        corners = len(mark.get("points", "").split())
        styles.append((line.get("stroke-dasharray"), mark.tag, corners, mark.get("points", "")[:0]))
    legend = styles[::2]
    assert len(legend) == 14
    assert len(set(legend)) >= 10


def test_a_weight_history_remembers_every_epoch():
    network, _ = xor_network()
    first = network.weights
    watched = WeightHistory(network.synapses)
    by_hand = [first]
    network.train(*XOR, epochs=3, callback=watched)
    network.train(*XOR, epochs=2, callback=watched)
    other, _ = xor_network()
    for epochs in (1, 1, 1, 1, 1):
        other.train(*XOR, epochs=epochs)
        by_hand.append(other.weights)
    assert watched.weights == by_hand
    assert len(watched) == 6
    assert repr(watched) == "WeightHistory(17 synapses, 5 epochs)"
    assert "3 more are left out" in words(watched.to_svg())


@pytest.mark.parametrize(
    ("synapses", "message"),
    [([], "synapses: expected one or more, got none"), ([1], "synapses[0]: expected a Synapse, got 1")],
)
def test_a_weight_history_takes_synapses_only(synapses, message):
    with pytest.raises(DataError) as problem:
        WeightHistory(synapses)
    assert str(problem.value) == message


def test_an_activation_is_drawn_with_the_point_where_a_neuron_stands():
    network = Network(2, 2, 2, weights=script.MAZUR)
    assert "slope" not in words(activation_curve(network[1][0]))
    network.forward([0.05, 0.10])
    text = words(activation_curve(network[1][0]))
    assert "sigmoid at h1" in text
    assert "net 0.3775, output 0.5933" in text
    assert f"slope {0.59327 * (1 - 0.59327):.4g}" in text


@pytest.mark.parametrize(
    ("arguments", "kind", "message"),
    [
        (("softmax",), DataError, "subject: expected an activation of one net, got 'softmax', which takes a whole row"),
        (("sigmid",), UnknownNameError, "activation: unknown 'sigmid'"),
    ],
)
def test_what_is_no_activation_of_one_net_is_refused(arguments, kind, message):
    with pytest.raises(kind) as problem:
        activation_curve(*arguments)
    assert str(problem.value).startswith(message)
    with pytest.raises(DataError, match=r"low, high: expected low below high, got 1 and 1"):
        activation_curve("relu", low=1, high=1)


@pytest.mark.parametrize("logarithmic", [False, True])
@given(values=st.lists(st.floats(1e-12, 1e12), min_size=1, max_size=9))
def test_a_scale_holds_all_its_values_and_has_ticks_inside(logarithmic, values):
    scale = scale_for(values, 0, 100, logarithmic)
    assert scale.low <= min(values) * (1 + 1e-9)
    assert scale.high >= max(values) * (1 - 1e-9)
    ticks = scale.ticks()
    assert 2 <= len(ticks) <= 16
    places = [scale.place(value) for value, _ in ticks]
    assert places == sorted(places)
    assert len({label for _, label in ticks}) == len(ticks)
    assert [scale.place(value) for value in sorted(values)] == sorted(map(scale.place, values))


def test_decades_are_spanned_by_a_hundredfold():
    assert spans_decades([1, 100])
    assert not spans_decades([1, 99])
    assert not spans_decades([0, 100])
    assert not spans_decades([])


# Maps.


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


def test_a_confusion_counts_every_sample_once():
    iris = datasets.iris()
    outputs = [list(row) for row in iris.targets]
    outputs[0], outputs[149] = outputs[149], outputs[0]
    assert confusion(iris, outputs) == [[49, 0, 1], [0, 50, 0], [1, 0, 49]]
    assert "148 of 150 right" in words(confusion_matrix(iris, outputs))
    assert confusion(datasets.xor(), [[0.2], [0.8], [0.4], [0.1]]) == [[2, 0], [1, 1]]
    with pytest.raises(DataError, match=r"outputs: expected one row for each sample, that is 150, got 1"):
        confusion(iris, [[1, 0, 0]])


# The terminal.


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


@pytest.mark.parametrize(("unicode", "highest", "lowest"), [(True, "\u2588", "\u2581"), (False, "#", "_")])
def test_a_sparkline_goes_from_its_lowest_to_its_highest(unicode, highest, lowest):
    line = sparkline(list(range(100)), 10, unicode=unicode)
    assert len(line) == 10
    assert line[0] == lowest
    assert line[-1] == highest
    assert sparkline([1, math.nan, 2], unicode=unicode)[1] == " "
    assert sparkline([]) == ""


@pytest.mark.parametrize("unicode", [True, False])
@pytest.mark.parametrize("values", [[], [1.0], [0.0] * 9, list(range(1000)), [1e-9, 1.0], [math.nan, 1, -2]])
def test_a_curve_of_characters_fits_in_80_columns(values, unicode):
    text = curve_text(values, unicode=unicode)
    assert max(map(len, text.splitlines())) <= 80
    assert unicode or text.isascii()
    assert f"1 to {len(values):,}" in text


def test_a_curve_of_characters_falls_where_the_loss_falls():
    _, history = xor_network(epochs=3000)
    rows = [line.partition("|")[2] for line in history.to_text().splitlines()[:-2]]
    lengths = [len(row) for row in rows]
    assert lengths == sorted(lengths)
    assert "powers of ten" in history.to_text()


@pytest.mark.parametrize("unicode", [True, False])
def test_a_surface_of_characters_fits_in_80_columns_and_shows_the_samples(unicode):
    network, _ = xor_network(epochs=800)
    text = surface_text(network, *XOR, unicode=unicode)
    assert max(map(len, text.splitlines())) <= 80
    area = [line[11:71] for line in text.splitlines()[:24]]
    assert sum(line.count("0") for line in area) == 2
    assert sum(line.count("1") for line in area) == 2
    assert unicode or text.isascii()


class Stream(io.StringIO):
    def __init__(self, encoding, terminal):
        super().__init__()
        self._encoding, self._terminal = encoding, terminal

    @property
    def encoding(self):
        return self._encoding

    def isatty(self):
        return self._terminal


def test_a_stream_says_what_it_can_show(monkeypatch):
    assert can_show(Stream("utf-8", True))
    for encoding in ("ascii", "latin-1", "cp1252", None, "no such"):
        assert not can_show(Stream(encoding, True))
    assert not can_show(None)
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert wants_colour(Stream("utf-8", True))
    assert not wants_colour(Stream("utf-8", False))
    assert not wants_colour(None)
    monkeypatch.setenv("NO_COLOR", "1")
    assert not wants_colour(Stream("utf-8", True))
    monkeypatch.setenv("NO_COLOR", "")
    assert wants_colour(Stream("utf-8", True))


@pytest.mark.parametrize(("encoding", "signs"), [("utf-8", "\u2588"), ("ascii", "#")])
def test_training_in_a_terminal_shows_its_live_curve_within_80_columns(encoding, signs):
    stream = Stream(encoding, True)
    with Progress(stream, 100_000) as progress:
        for number in range(1, 100_001):
            progress(Epoch(number, 1 / number, 1 / number, number / 100))
            assert len(progress.errors) <= Progress.most_points
    lines = stream.getvalue().replace("\x1b[K", "").rstrip("\n").split("\r")[1:]
    assert max(map(len, lines)) <= 80
    assert any(signs in line for line in lines)
    assert Progress.needs_network is False


# Notebooks.


def test_a_notebook_is_shown_pictures():
    network, history = xor_network(epochs=3)
    assert network._repr_svg_() == network.to_svg() == network_svg(network)
    assert history._repr_svg_() == history.to_svg()
    report = check_gradients(network, *XOR)
    html = report._repr_html_()
    table = ElementTree.fromstring(html)
    assert len(list(table.iter("tr"))) == 18
    assert "0 of 17 wrong" in html
    assert "i1 -&gt; h1" in html


def test_a_long_report_says_how_many_entries_it_leaves_out():
    network = Network(3, 8, 1, seed=1)
    html = check_gradients(network, [[1, 2, 3]], [[1]])._repr_html_()
    assert "... 21 more entries" in html


# Languages of other programs.


def test_dot_and_mermaid_name_every_neuron_and_synapse():
    network = script.odd()
    dot, mermaid = network.to_dot(), network.to_mermaid()
    for neuron in network.neurons:
        assert f'label="{neuron.name}"' in dot
        assert f'"{neuron.name}"' in mermaid
    assert dot.count(" -> ") == len(network.synapses)
    assert mermaid.count("->|") == len(network.synapses)
    below = sum(synapse.weight < 0 for synapse in network.synapses)
    assert dot.count("style=dashed") == mermaid.count("-.->") == below
    assert dot.count("arrowhead=tee") == mermaid.count("frozen") == 1


# Files that were looked at.


@pytest.mark.parametrize("file", [*script.pages(), *script.goldens()])
def test_what_is_drawn_is_what_was_looked_at(file):
    # `python tests/draw_pictures.py` draws all of them anew; look at them before they are kept.
    text = {**script.pages(), **script.goldens()}[file]
    assert (ROOT / file).read_bytes().decode() == text


def test_the_picture_of_step_sizes_is_as_the_library_draws_it():
    kept = ElementTree.fromstring((ROOT / "docs" / "pictures" / "step-sweep.svg").read_text(encoding="utf-8"))
    now = ElementTree.fromstring(script.step_sizes())
    assert [element.tag for element in kept.iter()] == [element.tag for element in now.iter()]


# The command line.


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
    options = ("--sample", "0,1", "--target", "1", "--rate", "0.5")
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
        (["xor", "--rate", "1"], "--rate: expected only together with --target, got no --target"),
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


# What few networks have: numbers at the ends of what a float can say, many classes, wide letters.


def texts_of(picture):
    """Every text of a picture with its place, size and anchor, as a reader of SVG finds them."""
    for text in ElementTree.fromstring(picture).iter(f"{SVG}text"):
        yield text.text, *(float(text.get(name)) for name in ("x", "y", "font-size")), text.get("text-anchor")


def test_a_large_number_keeps_its_power_of_ten():
    network = Network(1, 1, weights=[-1.7e308, 123456789.0])
    written = [text for text, *_ in texts_of(network_svg(network, inputs=[0.5], targets=[1], learning_rate=0.1))]
    assert written.count("-1.70e+308") == 3
    assert written.count("1.23e+08") == 3
    assert not any("\u2026" in text for text in written)
    assert "-1.70e+308" in network_text(network)


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


@pytest.mark.parametrize("activation", ["relu", "sigmoid", "tanh", "softsign"])
@pytest.mark.parametrize("net", [-1e6, -40, -2, 0, 0.5, 2, 40, 1e6])
def test_output_and_slope_of_a_point_are_written_apart(activation, net):
    output, slope = (
        line for line in texts_of(activation_curve(activation, net=net)) if line[0].startswith(("net ", "slope "))
    )
    apart = (text_width(output[0], 12) + text_width(slope[0], 12)) / 2
    assert abs(output[1] - slope[1]) >= apart or abs(output[2] - slope[2]) >= 15


EDGES = [1.7e308, 1e16, 1e16 + 2, 1.0, 5e-324, 0.0]


@pytest.mark.parametrize("first", [*EDGES, *(-edge for edge in EDGES)])
@pytest.mark.parametrize("second", EDGES)
def test_numbers_at_the_ends_of_what_a_float_can_say_are_drawn(first, second):
    for unicode in (True, False):
        assert len(sparkline([first, second], unicode=unicode)) == 2
        assert all(len(line) <= 80 for line in curve_text([first, second] * 90, unicode=unicode).splitlines())
    history = History()
    history.epochs = [Epoch(number, loss, loss, 0.0) for number, loss in enumerate((abs(first), second), 1)]
    for logarithmic in (None, True, False):
        assert "nan" not in history.to_svg(logarithmic=logarithmic)
    for values in ([first, second], [first, first]):
        samples = [[value, 1.0] for value in values], [[0.0], [1.0]]
        if abs(values[0] - values[1]) < 1e300 and max(map(abs, values)) < 1e300:
            for picture in (decision_surface, hidden_maps):
                assert "nan" not in picture(xor_network()[0], *samples, cells=3)
            assert "nan" not in surface_text(xor_network()[0], *samples, width=3, height=3)
    if first < second:
        assert "nan" not in activation_curve("tanh", low=first, high=second)


def test_samples_too_far_apart_for_a_map_are_refused():
    with pytest.raises(DataError, match=r"^inputs: expected samples up to 1e\+300 apart, got some from -1e\+308 to 1e"):
        decision_surface(xor_network()[0], [[-1e308, 0], [1e308, 0]], [[0], [1]])


def test_a_map_of_the_largest_outputs_is_drawn():
    network = Network(2, 1, output_activation="linear", weights=[0, 1.7e308, 0])
    assert "nan" not in surface_text(network)
    ElementTree.fromstring(decision_surface(network))


def test_the_training_curve_shows_the_validation_loss_where_there_is_one():
    practice, kept = datasets.moons(samples=60, noise=0.2, seed=1).split(0.5, seed=1)
    history = Network(2, 3, 1, seed=1).train(*practice, epochs=5, validation=kept)
    svg = history.to_svg()
    assert ">validation loss<" in svg
    assert ">validation loss<" not in Network(2, 3, 1, seed=1).train(*practice, epochs=5).to_svg()
