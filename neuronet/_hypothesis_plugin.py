"""What Hypothesis runs when it is imported: it learns which strategy draws a network, and imports none of them yet."""

from __future__ import annotations

from typing import Any


def setup() -> None:
    """Let `hypothesis.strategies.from_type` know `Network`, `Activation` and `Loss`."""
    from hypothesis.strategies import register_type_strategy

    from neuronet.activations import Activation
    from neuronet.losses import Loss
    from neuronet.network import Network

    register_type_strategy(Network, lambda _: _strategy("networks"))
    register_type_strategy(Activation, lambda _: _strategy("activations"))
    register_type_strategy(Loss, lambda _: _strategy("losses"))


def _strategy(name: str) -> Any:
    from neuronet import testing

    return getattr(testing, name)()
