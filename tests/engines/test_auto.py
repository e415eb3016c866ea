"""What "auto" chooses: it unrolls everything that is the library's own once that pays, and walks over a few rows."""

import pytest
from strategies import fitting_pairs

from neuronet import Network, datasets
from neuronet.activations import ACTIVATIONS
from neuronet.engines import unrolled
from neuronet.losses import LOSSES
from neuronet.optimizers import OPTIMIZERS

XOR = datasets.xor()


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """Recording pays from the first sample on, on PyPy too."""
    monkeypatch.setattr(unrolled, "LEAST_SAMPLES", -1_000_000)
    monkeypatch.setattr(unrolled, "MOST_ON_PYPY", unrolled.MOST_SYNAPSES)


def trained_by(network, samples, **settings):
    return network.train(*samples, epochs=1, learning_rate=0.01, engine="auto", **settings).engine


@pytest.mark.parametrize(("activation", "loss"), fitting_pairs())
def test_auto_unrolls_every_activation_and_loss_of_the_library(activation, loss):
    network = Network(2, 3, 2, output_activation=activation, loss=loss, seed=1)
    assert trained_by(network, ([[0.0, 1.0], [1.0, 0.5]], [[1.0, 0.0], [0.0, 1.0]])) == "unrolled"


@pytest.mark.parametrize("activation", [name for name in ACTIVATIONS if name != "softmax"])
def test_auto_unrolls_every_activation_in_a_hidden_layer(activation):
    assert trained_by(Network(2, 3, 1, activation=activation, output_activation="sigmoid", seed=1), XOR) == "unrolled"


@pytest.mark.parametrize("optimizer", list(OPTIMIZERS))
@pytest.mark.parametrize("settings", [{}, {"l1": 0.1, "l2": 0.1}, {"dropout": 0.5}], ids=["bare", "penalty", "dropout"])
def test_auto_unrolls_every_optimizer_with_a_penalty_and_dropout(optimizer, settings):
    network = Network(2, 3, 1, seed=1, **settings)
    assert trained_by(network, XOR, optimizer=optimizer, batch_size=4) == "unrolled"


@pytest.mark.parametrize("clipping", ["clip_norm", "clip_value"])
def test_auto_unrolls_clipping(clipping):
    network = Network(2, 3, 1, seed=1)
    assert trained_by(network, XOR, optimizer=OPTIMIZERS["adam"](**{clipping: 0.1})) == "unrolled"


def test_every_name_of_the_tables_was_tried():
    tried = fitting_pairs()
    assert {loss for _, loss in tried} == set(LOSSES)
    assert {activation for activation, _ in tried} == set(ACTIVATIONS)


@pytest.mark.parametrize(("rows", "recorded"), [(unrolled.FEWEST_AT_ONCE - 1, False), (unrolled.FEWEST_AT_ONCE, True)])
def test_few_rows_are_walked_without_asking_for_a_program(rows, recorded):
    network = Network(2, 3, 1, seed=1)
    walked = network.predict_all([[0.5, 1]] * rows, engine="walk")
    assert network.predict_all([[0.5, 1]] * rows) == walked
    assert bool(network._programs._entries) == recorded
