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

TYPE_CHECKING = False  # typing itself takes longer to import than all of this
if TYPE_CHECKING:
    from typing import Any

    from neuronet.activations import Activation
    from neuronet.data import datasets
    from neuronet.data.reading import read_table
    from neuronet.data.table import Table
    from neuronet.errors import NeuronetError
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
    from neuronet.graph import Layer, Neuron, Synapse
    from neuronet.losses import Loss
    from neuronet.network import Network
    from neuronet.sheets.explain import explain
    from neuronet.sheets.sheet import Sheet
    from neuronet.tabular.experiment import best_of, experiment, fit_model
    from neuronet.tabular.fit import fit
    from neuronet.tabular.model import Model
    from neuronet.training import History

__version__ = "0.1.0"

__all__ = [
    "Activation",
    "GradientReport",
    "History",
    "Layer",
    "Loss",
    "Model",
    "Network",
    "Neuron",
    "NeuronetError",
    "Sheet",
    "Synapse",
    "Table",
    "best_of",
    "check_deltas",
    "check_function",
    "check_gradients",
    "check_step",
    "datasets",
    "experiment",
    "explain",
    "fit",
    "fit_model",
    "gradgradcheck",
    "hessian_vector_product",
    "read_table",
    "step_sweep",
    "taylor_test",
]


_ROOMS = {
    "Activation": "activations",
    "History": "training",
    "Layer": "graph",
    "Loss": "losses",
    "Model": "tabular.model",
    "Network": "network",
    "Neuron": "graph",
    "NeuronetError": "errors",
    "Sheet": "sheets.sheet",
    "Synapse": "graph",
    "Table": "data.table",
    "best_of": "tabular.experiment",
    "datasets": "data.datasets",
    "experiment": "tabular.experiment",
    "explain": "sheets.explain",
    "fit": "tabular.fit",
    "fit_model": "tabular.experiment",
    "read_table": "data.reading",
}
"""Where the names above are found; what is not listed is of the gradient checks."""


def __getattr__(name: str) -> "Any":
    """A public name, or a room, imported when it is first asked for, so that importing neuronet is done at once."""
    from importlib import import_module

    if name in __all__:
        module = import_module(f"neuronet.{_ROOMS.get(name, 'gradcheck')}")
        found = getattr(module, name, module)  # the data sets are a module themselves
        globals()[name] = found  # a module of the same name, such as fit, must not take its place
        return found
    try:
        return import_module(f"neuronet.{name}")
    except ModuleNotFoundError as problem:
        if problem.name != f"neuronet.{name}":
            raise
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
