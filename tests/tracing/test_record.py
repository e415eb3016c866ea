"""The walk recorded: however a rule is written, the program does what the walk does, and the rule stays as it is."""

import pytest

from neuronet import Loss, Network, datasets
from neuronet.optimizers import Optimizer
from neuronet.scalar import magnitude
from neuronet.snapshot import held_by
from neuronet.tracing.record import TracedNetwork

XOR = datasets.xor()


class Deviation(Loss):
    """A loss whose formulas are methods, which branch."""

    def __init__(self):
        super().__init__("deviation", self.value, self.derivative)

    def value(self, target, output):
        return magnitude(target - output)

    def derivative(self, target, output):
        return 1 if output > target else -1


class Signs(Optimizer):
    """An optimizer that keeps a count, and whose update branches."""

    name = "signs"
    initial_state = {"turns": 0}  # noqa: RUF012 - a constant of the class

    def update(self, synapse, learning_rate):
        if synapse.gradient > 0:
            synapse.optimizer_state.turns = synapse.optimizer_state.turns + 1
            synapse.weight -= learning_rate
        elif synapse.gradient < 0:
            synapse.weight += learning_rate


class Sgd(Optimizer):
    """An optimizer that holds its update itself, as an attribute."""

    name = "own"

    def __init__(self):
        super().__init__(clip_value=0.5)
        self.update = self.step

    def step(self, synapse, learning_rate):
        synapse.weight -= learning_rate * (synapse.gradient if synapse.gradient > 0 else 2 * synapse.gradient)


@pytest.mark.parametrize("batch_size", [1, 4])
@pytest.mark.parametrize("optimizer", [None, Signs(), Sgd()], ids=["sgd", "signs", "own"])
@pytest.mark.parametrize("loss", ["half_squared_error", Deviation()], ids=["usual", "own"])
def test_rules_of_ones_own_are_recorded_however_they_are_written(loss, optimizer, batch_size):
    ends = []
    for engine in ("walk", "unrolled"):
        network = Network(2, 3, 1, loss=loss, l1=0.01, seed=1)
        rules = [held_by(one) for one in (network.loss_function, optimizer) if one is not None]
        options = {"epochs": 3, "learning_rate": 0.125, "optimizer": optimizer, "batch_size": batch_size}
        history = network.train(*XOR, engine=engine, **options)
        assert history.engine == engine
        assert [held_by(one) for one in (network.loss_function, optimizer) if one is not None] == rules
        states = [synapse.optimizer_state and vars(synapse.optimizer_state) for synapse in network.synapses]
        ends.append((list(map(repr, network.weights)), repr(states), list(map(repr, history.losses))))
    assert ends[0] == ends[1]


def test_inside_every_number_is_a_parameter_and_afterwards_what_it_was():
    network = Network(2, 2, 1, dropout=0.5, seed=1)
    network.forward([0, 1])
    traced = TracedNetwork(network)
    before = {name: cell.get() for name, cell in traced.cells.items()}

    def failing():
        with traced.watched(0.0, training=True):
            assert network[1][0].incoming[1].weight is traced.parameters(["i1_to_h1"])[0]
            assert network[1].mask == traced.parameters(traced.masks)
            assert {cell.get() for cell in traced.cells.values() if cell.attribute == "gradient"} == {0.0}
            assert traced.results().keys() == {name for name in traced.cells if name.endswith("gradient")}
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        failing()
    assert {name: cell.get() for name, cell in traced.cells.items()} == before
    assert network[1].mask is None
