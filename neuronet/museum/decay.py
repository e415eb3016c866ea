"""The penalty on the weights that two bugs get wrong, and that one decoy has and gets right."""

from __future__ import annotations

from neuronet.network import Network
from neuronet.regularization import Penalty

DECAY = 1 / 1000
"""How strong it is where a network has none of its own: l2 of `neuronet.regularization`."""


class DecayedNetwork(Network):
    """A network that has a penalty on its weights, so that a bug in the pull of it can show."""


def give_penalty(network: Network) -> None:
    """Let a network that needs a penalty on its weights have one."""
    if isinstance(network, DecayedNetwork) and network.penalty is None:
        network.penalty = Penalty.of(0, DECAY, network.kind)
