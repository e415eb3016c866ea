"""Charts of training, weights and activations: scales, names and points are true and readable."""

import math
import re
from xml.etree import ElementTree

import make_goldens
import pytest
from pictures import SVG, XOR, outside, texts_of, words, xor_network

from neuronet import Network, datasets
from neuronet.draw import WeightHistory, activation_curve, training_curve
from neuronet.draw.charts import loss_curves
from neuronet.draw.svg import text_width
from neuronet.errors import DataError, UnknownNameError
from neuronet.training import Epoch, History


def test_a_training_curve_is_the_picture_of_a_history():
    history = History()
    assert training_curve(history, title="a") == history.to_svg(title="a")
    history.epochs = [Epoch(7, 0.5, 0.25, 0.1)]
    history.stopped = "plateau"
    curves = {"loss": [(7, 0.5)], "mean absolute error": [(7, 0.25)]}
    assert training_curve(history, logarithmic=True) == loss_curves(curves, "plateau", logarithmic=True)
    assert "Training stopped: plateau." in history.to_svg()


def test_a_training_curve_is_logarithmic_where_it_spans_decades():
    slow, fast = History(), History()
    slow.epochs = [Epoch(n, 1 / n, 1 / n, 0.1) for n in range(1, 20)]
    fast.epochs = [Epoch(n, 10.0**-n, 10.0**-n, 0.1) for n in range(1, 6)]
    assert "powers of ten" not in words(slow.to_svg())
    assert "powers of ten" in words(fast.to_svg())
    assert "1e-3" in words(fast.to_svg())
    assert "powers of ten" in words(slow.to_svg(logarithmic=True))
    assert "powers of ten" not in words(fast.to_svg(logarithmic=False))


@pytest.mark.parametrize("epochs", [20_000, pytest.param(100_000, marks=pytest.mark.slow)])
def test_a_long_curve_stays_small_and_keeps_its_peak(epochs):
    history = History()
    history.epochs = [Epoch(n, 9.0 if n == 12_345 else 1.0, 1.0, 0.1) for n in range(1, epochs + 1)]
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
    network = Network(2, 2, 2, weights=make_goldens.MAZUR)
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


@pytest.mark.parametrize("activation", ["relu", "sigmoid", "tanh", "softsign"])
@pytest.mark.parametrize("net", [-1e6, -40, -2, 0, 0.5, 2, 40, 1e6])
def test_output_and_slope_of_a_point_are_written_apart(activation, net):
    output, slope = (
        line for line in texts_of(activation_curve(activation, net=net)) if line[0].startswith(("net ", "slope "))
    )
    apart = (text_width(output[0], 12) + text_width(slope[0], 12)) / 2
    assert abs(output[1] - slope[1]) >= apart or abs(output[2] - slope[2]) >= 15


def test_the_training_curve_shows_the_validation_loss_where_there_is_one():
    practice, kept = datasets.moons(samples=60, noise=0.2, seed=1).split(0.5, seed=1)
    history = Network(2, 3, 1, seed=1).train(*practice, epochs=5, validation=kept)
    svg = history.to_svg()
    assert ">validation loss<" in svg
    assert ">validation loss<" not in Network(2, 3, 1, seed=1).train(*practice, epochs=5).to_svg()
