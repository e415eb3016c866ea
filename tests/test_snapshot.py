"""Looking must not touch: whatever a walk does to a network, its objects and their classes, all is put back."""

import threading
from random import Random

import pytest

from neuronet import Layer, Network, Neuron, Synapse, explain
from neuronet.activations import ACTIVATIONS, sigmoid
from neuronet.dropout import DropoutLayer
from neuronet.errors import RecordingError
from neuronet.snapshot import ABSENT, Change, everything_kept, held_by, subclassed


class Busy(Neuron):
    """Does in its walk whatever can be done: to itself, to its class, to what they hold, to generators."""

    walks = 0
    seen = set()  # noqa: RUF012 - it is the class that holds it
    dice = Random(1)

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.nets, self.by_name, self.gone, self.rng = [], {"first": 1}, "here", Random(2)

    def weighted_sum(self):
        net = super().weighted_sum()
        Busy.walks += 1
        self.seen.add(net)
        self.dice.random()
        self.nets.append(net)
        self.by_name["second"] = net
        self.by_name = {**self.by_name}
        self.rng.random()
        self.made = net
        if hasattr(self, "gone"):
            del self.gone
        return net


class BusyNetwork(Network):
    neuron_class = Busy


def everything(network):
    """What busy neurons and their class hold, and where their generators stand."""
    held = [(repr(sorted(vars(one).items())), id(one.nets), id(one.by_name)) for one in network[1]]
    return held, [one.rng.getstate() for one in network[1]], Busy.walks, set(Busy.seen), Busy.dice.getstate()


def test_whatever_a_walk_does_is_put_back_whatever_happens():
    network = BusyNetwork(2, 2, 1, seed=1)
    before = everything(network)

    def interrupted():
        with everything_kept(network):
            network.forward([1, 2])
            assert everything(network) != before
            assert not hasattr(network[1][0], "gone")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert everything(network) == before


def test_a_sheet_and_steps_that_are_only_asked_for_leave_a_class_alone_too():
    network = BusyNetwork(2, 2, 1, seed=1)
    before = everything(network)
    explain(network, [1, 2], [1], 0.5)
    steps = network.steps([1, 2], [1], 0.5)
    assert everything(network) == before
    list(steps)
    assert Busy.walks == before[2] + 3
    assert {neuron.net for neuron in network.computing} <= Busy.seen
    assert not hasattr(network[1][0], "gone")
    assert network[1][0].made == network[1][0].nets[0] == network[1][0].by_name["second"]
    while steps.position:
        steps.back()
    assert everything(network) == before


class Noting(Layer):
    """Keeps a diary, in a slot of its own that has a name in private."""

    __slots__ = ("__pages",)

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.__pages = []

    def forward(self):
        super().forward()
        self.__pages.append([neuron.output for neuron in self.neurons])

    @property
    def pages(self):
        return list(self.__pages)


def test_what_a_layer_of_ones_own_notes_is_no_part_of_a_recording_and_is_put_back():
    source, middle, end = Neuron("a"), Neuron("b"), Neuron("c")
    Synapse(source, middle, 0.5)
    Synapse(middle, end, 0.5)
    row = Noting("middle", [middle])
    network = Network(Layer("in", [source]), row, Layer("out", [end]))
    network.forward([1])
    pages = row.pages
    with pytest.raises(RecordingError, match="_Noting__pages: expected the walks to leave it alone"):
        network.unrolled()
    assert row.pages == pages
    steps = network.steps([2], [1])
    assert row.pages == pages
    list(steps)
    assert row.pages == [*pages, [middle.output]]


def test_the_steps_of_a_masked_network_bring_the_unmasked_outputs_with_the_forward_walk():
    network = Network(2, 3, 1, dropout=0.5, seed=1)
    row = network[1]
    assert isinstance(row, DropoutLayer)
    row.mask, row.fixed = [2.0, 0.0, 2.0], True
    twin = network.copy()
    twin[1].mask, twin[1].fixed = [2.0, 0.0, 2.0], True
    steps = network.steps([1, 2], [1], by="phase")
    assert row.unmasked == []
    next(steps)
    twin.forward([1, 2])
    assert row.unmasked == twin[1].unmasked
    assert network.backward([1]) == twin.backward([1])
    assert [synapse.gradient for synapse in network.synapses] == [synapse.gradient for synapse in twin.synapses]
    steps.back()
    assert row.unmasked == []


def test_the_penalty_is_kept_too():
    network = Network(2, 1, l2=0.5, seed=1)
    with everything_kept(network):
        network.penalty.l2 = 7
    assert network.penalty.l2 == 0.5


def test_a_snapshot_says_what_has_changed():
    network = BusyNetwork(1, 1, bias=False, seed=1)
    neuron = network[1][0]
    nets = neuron.nets
    with everything_kept(network) as before:
        assert before.changes() == []
        neuron.nets.append(1)
        neuron.by_name, neuron.made, Busy.walks = {}, 2, -1
        del neuron.gone
        found = {(change.owner, change.attribute): change.value for change in before.changes()}
    assert found == {
        (neuron, "nets"): nets,
        (neuron, "by_name"): {},
        (neuron, "made"): 2,
        (neuron, "gone"): ABSENT,
        (Busy, "walks"): -1,
    }
    assert nets == []


def test_a_change_gives_the_one_that_undoes_it():
    neuron = Busy("b")
    undo = Change(neuron, "made", 3).apply()
    assert (neuron.made, undo) == (3, Change(neuron, "made", ABSENT))
    undo.apply()
    assert not hasattr(neuron, "made")


# Objects of another class for a while.


def test_an_object_of_another_class_stays_itself_and_shows_what_it_holds():
    one, other = Neuron("one"), Busy("other")
    methods = {"weighted_sum": lambda neuron: 5}
    with subclassed([one, other], lambda own_class: methods if own_class is Neuron else {}):
        assert (one.weighted_sum(), isinstance(one, Neuron), type(one) is Neuron) == (5, True, False)
        assert type(other) is Busy
    assert type(one) is Neuron
    before = held_by(sigmoid)
    with subclassed([sigmoid], lambda own_class: {"value": lambda activation, net: net}):
        assert sigmoid.value(3) == 3
        assert held_by(sigmoid) == before
    assert sigmoid.value(0.0) == 0.5


def test_objects_get_their_class_back_where_one_of_them_can_have_no_other():
    one = Neuron("one")
    with pytest.raises(TypeError), subclassed([one, 1], lambda own_class: {"weighted_sum": None}):
        pass
    assert type(one) is Neuron


def test_looking_while_another_thread_records_leaves_the_common_activations_as_they_are():
    functions = {name: held_by(activation) for name, activation in ACTIVATIONS.items()}
    stop, wrong = threading.Event(), []

    def record():
        while not stop.is_set():
            Network(2, 2, 1, seed=1).unrolled()

    recorder = threading.Thread(target=record)
    recorder.start()
    network = Network(2, 2, 1, seed=1)
    expected = str(explain(network, [0, 1], [1], 0.5))
    for _ in range(10):
        if str(explain(network, [0, 1], [1], 0.5)) != expected:
            wrong.append("sheet")
    stop.set()
    recorder.join()
    assert wrong == []
    assert {name: held_by(activation) for name, activation in ACTIVATIONS.items()} == functions
