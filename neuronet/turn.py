"""Taking turns: a network is one set of objects, so one thread at a time walks over them.

Any number of threads may look at a network, also while one trains it: each waits for its turn, and a training gives way
between two updates. Whoever only looks leaves what the last walk left on the neurons as it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import RLock, get_ident
from time import sleep
from typing import Any, Optional

from neuronet.dropout import dropout_layers
from neuronet.errors import ThreadError
from neuronet.graph import Layer
from neuronet.wiring import in_walking_order

GIVE_WAY = 1e-4
"""So many seconds a training waits for others to begin: as long as the system takes to wake a thread."""


class Turn:
    """Whose turn it is to walk over the layers of a network.

    layers: those of the network.
    lock: held by the thread that walks. It can be taken again by the thread that has it.
    trainer: the thread that trains the network; None where none does.
    asked: whether another thread waits for the one that trains.
    """

    __slots__ = ("_overtaken", "_walker", "asked", "layers", "lock", "trainer")

    def __init__(self, layers: Sequence[Layer]) -> None:
        self.layers = layers
        self.lock: Any = RLock()
        self.trainer: Optional[int] = None
        self.asked = False
        self._walker: Optional[int] = None
        self._overtaken: set[int] = set()

    def taken(self) -> Any:
        """The lock for a `with` block that looks; a training in another thread learns that somebody waits."""
        if self.trainer is not None and self.trainer != get_ident():
            self.asked = True
        return self.lock

    def by_hand(self, what: str) -> Any:
        """The lock for a `with` block that changes the network; ThreadError while another thread trains it."""
        if self.trainer is not None and self.trainer != get_ident():
            raise ThreadError(
                f"{what}: expected a network that no other thread trains; wait for the end, or change a copy"
            )
        return self.lock

    def begin_walk(self) -> None:
        """Note that this thread walks forward by hand: its numbers are on the neurons now, and no other thread's."""
        me = get_ident()
        if self._walker != me:
            if self._walker is not None:
                self._overtaken.add(self._walker)
            self._overtaken.discard(me)
            self._walker = me

    def refuse_overtaken(self, what: str) -> None:
        """ThreadError where another thread has walked forward by hand since this one did."""
        if get_ident() in self._overtaken:
            raise ThreadError(
                f"{what}: expected the numbers of this thread's own forward walk, but another thread has walked since; "
                "let one thread walk by hand, or give each a copy"
            )

    @contextmanager
    def training(self) -> Iterator[None]:
        """Inside the `with` block, this thread trains the network. ThreadError while another one does."""
        with self.by_hand("train"):
            before, self.trainer = self.trainer, get_ident()
            self.begin_walk()
        try:
            yield
        finally:
            self.trainer = before

    def give_way(self) -> None:
        """Let the threads that wait have their turns first; called by the one that trains, which has the lock."""
        self.asked = False
        self.lock.release()
        try:
            sleep(GIVE_WAY)
        finally:
            self.lock.acquire()

    @contextmanager
    def looking(self) -> Iterator[None]:
        """Whatever walks inside the `with` block, what the last walk left on the neurons is as before after it.

        The numbers are put back twice, for the first time may be interrupted.
        """
        with self.taken():
            neurons = in_walking_order(self.layers)
            before = [(neuron, neuron.net, neuron.output, neuron.error, neuron.delta) for neuron in neurons]
            unmasked = [(layer, layer.unmasked) for layer in dropout_layers(self.layers)]

            def put_back() -> None:
                for neuron, net, output, error, delta in before:
                    neuron.net, neuron.output, neuron.error, neuron.delta = net, output, error, delta
                for layer, outputs in unmasked:
                    layer.unmasked = outputs

            try:
                try:
                    yield
                finally:
                    put_back()
            finally:
                put_back()
