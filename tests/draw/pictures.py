"""Every kind of picture, and what one reads in it: boxes, texts and lines, from the coordinates of the document."""

import re
from xml.etree import ElementTree

import make_goldens
import pytest

from neuronet import Activation, Layer, Network, Neuron, Synapse, datasets
from neuronet.draw import WeightHistory, activation_curve, confusion_matrix, decision_surface, hidden_maps
from neuronet.training import History

SVG = "{http://www.w3.org/2000/svg}"


XOR = datasets.xor()


NASTY = '</text><script>alert("1")</script>&amp; \x00\x1b]\ud800 "quoted" \'single\'\n# newline'


def xor_network(epochs=0):
    network = Network(2, 4, 1, seed=1)
    history = network.train(*XOR, epochs=epochs, learning_rate=0.5) if epochs else None
    return network, history


def nasty_network():
    a, b = Neuron(NASTY, "linear"), Neuron("b" * 200, "linear")
    out = Neuron("\u7db2\u7d61" * 20, Activation(NASTY, lambda net: net, lambda net, output: 1))
    for source, weight in ((a, 1.5), (b, -0.5)):
        Synapse(source, out, weight)
    return Network(Layer(NASTY, [a, b]), Layer("out<put>", [out]))


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
        "odd": make_goldens.odd().to_svg(values=True),
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


def luminance(colour):
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def texts_of(picture):
    """Every text of a picture with its place, size and anchor, as a reader of SVG finds them."""
    for text in ElementTree.fromstring(picture).iter(f"{SVG}text"):
        yield text.text, *(float(text.get(name)) for name in ("x", "y", "font-size")), text.get("text-anchor")
