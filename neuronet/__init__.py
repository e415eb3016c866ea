"""A neural network that one can see, neuron by neuron, in plain Python.

>>> from neuronet import Network, datasets
>>> xor = datasets.xor()
>>> network = Network(2, 4, 1, seed=1)
>>> history = network.train(xor.inputs, xor.targets, epochs=5000, learning_rate=0.5)
>>> [round(network.predict(inputs)[0]) for inputs in xor.inputs]
[0, 1, 1, 0]

What flows through the neurons may be any kind of number; the walks are `Network.forward`, `Network.backward` and
`Network.update`, and what they leave behind stands on the neurons and synapses: `network[2][0].delta`.
"""

from typing import TYPE_CHECKING, Any

from neuronet.activations import Activation
from neuronet.data import datasets
from neuronet.errors import NeuronetError
from neuronet.graph import Layer, Neuron, Synapse
from neuronet.losses import Loss
from neuronet.network import Network
from neuronet.training import History

if TYPE_CHECKING:
    from neuronet.gradcheck import (
        GradientReport,
        check_deltas,
        check_function,
        check_gradients,
        check_step,
        gradgradcheck,
        hessian_vector_product,
        step_sweep,
        taylor_test,
    )
    from neuronet.sheets.explain import explain
    from neuronet.sheets.sheet import Sheet

__version__ = "0.1.0"

__all__ = [
    "Activation",
    "GradientReport",
    "History",
    "Layer",
    "Loss",
    "Network",
    "Neuron",
    "NeuronetError",
    "Sheet",
    "Synapse",
    "check_deltas",
    "check_function",
    "check_gradients",
    "check_step",
    "datasets",
    "explain",
    "gradgradcheck",
    "hessian_vector_product",
    "step_sweep",
    "taylor_test",
]


def __getattr__(name: str) -> Any:
    """What only some need, imported when it is first asked for: importing neuronet stays quick."""
    if name in ("Sheet", "explain"):
        from neuronet.sheets import explain, sheet

        return explain.explain if name == "explain" else sheet.Sheet
    if name in __all__:
        from neuronet import gradcheck

        return getattr(gradcheck, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
