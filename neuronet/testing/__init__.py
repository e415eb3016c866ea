"""For tests with Hypothesis: networks and data sets that it draws, what to assert of them, and a machine of all rules.

    from hypothesis import given, strategies as st
    from neuronet.testing import assert_gradients, datasets, networks

    @given(st.data())
    def test_gradients(data):
        network = data.draw(networks())
        assert_gradients(network, *data.draw(datasets(network)))

Importing this package needs Hypothesis (`pip install "neuronet[test]"`); the rest of the library never imports it.
Where both are installed, `hypothesis.strategies.from_type(Network)` works by itself.
"""

from neuronet.testing.assertions import assert_gradients
from neuronet.testing.drawn import DrawnNetwork, network
from neuronet.testing.machine import NetworkMachine
from neuronet.testing.strategies import activations, datasets, eighths, losses, networks, samples

__all__ = [
    "DrawnNetwork",
    "NetworkMachine",
    "activations",
    "assert_gradients",
    "datasets",
    "eighths",
    "losses",
    "network",
    "networks",
    "samples",
]
