"""What one walk over all samples shows."""

import pytest
from diagnosed import XOR

from neuronet import Activation, Network
from neuronet.diagnosis import has_learned, missed
from neuronet.diagnosis.evidence import Evidence, steepest_slope


def test_a_sample_is_missed_by_the_range_of_its_output():
    assert missed([[0], [1]], [[0.39], [0.59]]) == [1]
    assert missed([[0], [50], [100]], [[24], [76], [float("nan")]]) == [1, 2]
    assert missed([[5], [5]], [[5], [7]]) == [1]
    assert [has_learned(count, 10) for count in (0, 1, 2)] == [True, True, False]


def test_the_gradients_of_the_evidence_are_the_slopes_of_the_loss():
    network, step = Network(2, 3, 1, seed=1), 1e-5
    evidence = Evidence(network, XOR.inputs, XOR.targets)
    for synapse in network.synapses:
        weight, slopes = synapse.weight, []
        for inputs, targets in zip(*XOR):
            losses = []
            for synapse.weight in (weight + step, weight - step):
                losses.append(network.loss([inputs], [targets]))
            slopes.append((losses[0] - losses[1]) / (2 * step))
        synapse.weight = weight
        assert evidence.gradients[synapse] == pytest.approx(sum(slopes) / 4, abs=1e-9)
        assert evidence.strongest[synapse] == pytest.approx(max(map(abs, slopes)), abs=1e-9)


def test_the_steepest_slopes_are_those_of_the_formulas():
    assert steepest_slope(Activation("half", lambda net: net / 2, lambda net, output: 0.5)) == 0.5
    assert steepest_slope(Network(1, 1)[1][0].activation) == 0.25
    assert steepest_slope(Network(1, 1, activation="tanh")[1][0].activation) == 1
    assert steepest_slope(Network(1, 2, output_activation="softmax")[1][0].activation) is None
