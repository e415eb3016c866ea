"""What is not finite after an epoch is an error, wherever it is; squares that no float holds are no obstacle."""

import math

import pytest

from neuronet import Network
from neuronet.errors import TrainingError
from neuronet.optimizers import OPTIMIZERS, RPROP, SGD, Adam, Momentum

ENGINES = pytest.mark.parametrize("engine", ["walk", "unrolled"])
FAR = [[1e157, 0], [5e156, 1]], [[1], [0]]


@ENGINES
@pytest.mark.parametrize("optimizer", ["adam", "rmsprop"])
def test_a_mean_square_that_overflows_is_an_error_and_the_network_is_as_before(optimizer, engine):
    network = Network(2, 1, weights="zeros", seed=1)
    with pytest.raises(
        TrainingError, match=r"^epoch 1, after sample \d: mean_square, .* is inf; the weights are again"
    ):
        network.train(*FAR, epochs=5, optimizer=optimizer, learning_rate=1e-3, engine=engine)
    assert network.weights == [0, 0, 0]
    assert all(math.isfinite(value) for one in network.synapses for value in vars(one.optimizer_state).values())
    assert Network.from_json(network.to_json()).weights == network.copy().weights
    network.train([[0, 1]], [[1]], epochs=2, optimizer=optimizer, engine=engine)


@ENGINES
def test_a_velocity_that_overflows_is_an_error(engine):
    network = Network(1, 1, activation="linear", bias=False, weights=[0.0])
    with pytest.raises(TrainingError):
        network.train(
            [[1e154]], [[1e154]], epochs=9, optimizer=Momentum(momentum=0.9), learning_rate=1e-300, engine=engine
        )
    network.to_json()


@ENGINES
def test_a_penalty_that_overflows_is_an_error(engine):
    network = Network(1, 1, activation="linear", weights=[0.0, 1e160], l2=1e-300)
    network.penalty.l2 = 1.0
    with pytest.raises(TrainingError, match=r"^epoch 1, after sample 0: the penalty on the weights is inf"):
        network.train([[0]], [[0]], epochs=2, learning_rate=1e-30, engine=engine)
    assert network.weights == [0.0, 1e160]


@pytest.mark.parametrize("size", [1e-170, 1e-160, 1e-140, 1.0, 1e140, 1e155, 1e200, 1e300])
@pytest.mark.parametrize("name", ["sgd", "momentum", "nesterov"])
def test_clip_norm_holds_whatever_the_size_of_the_gradient(name, size):
    network = Network(1, 2, activation="linear", bias=False, weights=[0.0, 0.0])
    network.optimizer = OPTIMIZERS[name](clip_norm=size / 8)
    for synapse, gradient in zip(network.synapses, (3 * size, 4 * size)):
        synapse.gradient = gradient
    network.update(1 / size)
    # A step of length 1/8, in the direction of the gradient; Nesterov's first is 1.9 times as long.
    ends = [weight / (1.9 if name == "nesterov" else 1) for weight in network.weights]
    assert ends == pytest.approx([-0.6 / 8, -0.8 / 8], rel=1e-14)


@ENGINES
def test_the_norm_of_an_ordinary_gradient_is_the_plain_root_of_the_sum_of_squares(engine):
    optimizer, gradients = SGD(clip_norm=1), [0.1, -0.7, 1e-9, 12345.678]
    squares = 0.0
    for gradient in gradients:
        squares += gradient * gradient
    assert optimizer.norm(gradients) == math.sqrt(squares)
    assert optimizer.norm([]) == optimizer.norm([0, -0.0]) == 0
    networks = [Network(1, 1, activation="linear", weights=[0.5, 1e150]) for _ in range(2)]
    for network, chosen in zip(networks, ("walk", engine)):
        network.train([[1.0]], [[0.0]], epochs=3, optimizer=SGD(clip_norm=2), learning_rate=1e140, engine=chosen)
    assert networks[0].weights == networks[1].weights != [0.5, 1e150]


@pytest.mark.parametrize("size", [1e-320, 1e-170, 1.0, 1e170, 1e300])
def test_rprop_goes_by_the_sign_alone(size):
    weights = []
    for unit in (1.0, size):
        network = Network(1, 1, activation="linear", bias=False, weights=[0.0])
        network.optimizer = RPROP()
        for gradient in (1, 1, -1, -1, -1, 1):
            network.synapses[0].gradient = gradient * unit
            network.update(0.1)
        weights.append(network.weights)
    assert weights[0] == weights[1]


@ENGINES
@pytest.mark.parametrize("net", [5.0, 20.0, 36.0, 40.0, 300.0, 700.0])
def test_softmax_deltas_keep_their_digits_where_one_output_is_nearly_1(net, engine):
    network = Network(1, 2, activation="softmax", bias=False, weights=[net, 0.0])
    network.forward([1])
    network.backward([0, 1])
    one, other = (neuron.delta for neuron in network[1])
    assert one == pytest.approx(-other, rel=1e-15, abs=0)
    assert other != 0
    rare = math.exp(-net) / (1 + math.exp(-net))
    assert other == pytest.approx(2 * rare * (1 - rare) ** 2, rel=1e-12)
    walked, unrolled = network.copy(), network.copy()
    for each, chosen in ((walked, "walk"), (unrolled, engine)):
        each.train([[1], [0.5]], [[0, 1], [1, 0]], epochs=3, engine=chosen)
    assert walked.weights == unrolled.weights


def test_what_adam_keeps_of_an_ordinary_training_is_finite():
    network = Network(2, 3, 1, seed=1)
    network.train([[0, 1], [1, 0]], [[1], [0]], epochs=20, optimizer=Adam(clip_norm=0.1))
    assert all(math.isfinite(value) for one in network.synapses for value in vars(one.optimizer_state).values())
