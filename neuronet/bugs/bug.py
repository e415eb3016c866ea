"""A bug is one method of the core, changed, with a name, a story, and what a network needs for it to show.

The classes in `delta_bugs`, `gradient_bugs` and `update_bugs` are the bugs. Each is a `Neuron` or a `FeedForward` that
gets one thing wrong; its docstring is its story, and the decorator `@register(...)` gives it its name.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable
from typing import NamedTuple, TypeVar, Union

from neuronet.activations import Activation, hyperbolic_tangent, leaky_relu, linear, relu, sigmoid, softmax
from neuronet.errors import UnknownNameError
from neuronet.feedforward import FeedForward
from neuronet.graph import Neuron
from neuronet.shared_layer import SharedLayer

Slip = Union[type[Neuron], type[FeedForward]]
"""A class of the core with one thing wrong."""

SomeSlip = TypeVar("SomeSlip", type[Neuron], type[FeedForward])


class Need(NamedTuple):
    """What a network must have for a bug to make a difference."""

    words: str
    """As in "it needs a hidden layer"."""
    holds: Callable[[FeedForward], bool]
    """Whether a network has it."""


class Bug(NamedTuple):
    """A planted mistake."""

    name: str
    """In lower case, words joined by hyphens."""
    summary: str
    """What is wrong, in one sentence."""
    story: str
    """The summary, and what a learner sees of it, in plain words."""
    difficulty: int
    """How hard it is to see: 1 stops or diverges at once; 2 never learns much; 3 sometimes learns; 4 trains as though
    nothing were wrong, or is no matter of gradients; 5 also gets past a careless check of the gradients."""
    seen_in: tuple[str, ...]
    """Public threads where it, or a close relative, was met: "owner/repository#number". May be empty."""
    needs: tuple[Need, ...]
    """What a network must have for the bug to make a difference."""
    wants: str
    """What the samples must have for that, in words; "" where any will do."""
    needs_penalty: bool
    """Whether it is about a penalty on the weights, which a network without one is then given."""
    slip: Slip
    """The class of the core with one thing wrong."""

    def missing(self, network: FeedForward) -> list[str]:
        """The needs that this network does not meet, in words."""
        return [need.words for need in self.needs if not need.holds(network)]


BUGS: dict[str, Bug] = {}
"""The bugs by name, in the order of the rooms."""


def register(
    name: str,
    *needs: Need,
    difficulty: int,
    seen_in: tuple[str, ...] = (),
    wants: str = "",
    needs_penalty: bool = False,
) -> Callable[[SomeSlip], SomeSlip]:
    """Make a class known as the bug of this name; its docstring is the story, the rest is as in `Bug`."""

    def registered(slip: SomeSlip) -> SomeSlip:
        BUGS[name] = Bug(name, *summary_and_story(slip), difficulty, seen_in, needs, wants, needs_penalty, slip)
        return slip

    return registered


def summary_and_story(documented: object) -> tuple[str, str]:
    """The first sentence of a docstring, and all of it as one line of text."""
    text = inspect.getdoc(documented)
    if text is None:  # Python was told to leave docstrings out
        [tree] = ast.parse(textwrap.dedent(inspect.getsource(documented))).body  # type: ignore[arg-type]
        text = ast.get_docstring(tree) or ""  # type: ignore[arg-type]
    lines = text.split("\n")
    return lines[0], " ".join(" ".join(lines).split())


def find_bug(name: str) -> Bug:
    """The bug of this name. UnknownNameError, listing the known ones, for any other."""
    if not isinstance(name, str) or name not in BUGS:
        raise UnknownNameError(f"bug: unknown {name!r}; known: {', '.join(BUGS)}")
    return BUGS[name]


# What a network can be asked for.


def sloped(network: FeedForward) -> list[Neuron]:
    """The neurons whose delta is error * slope: all that compute, save outputs where the slope cancels or is shared."""
    output = network.layers[-1]
    partnered = network.loss_function.canonical_activation is output[0].activation
    last = [] if partnered or isinstance(output, SharedLayer) else output.neurons
    return [neuron for layer in network.layers[1:-1] for neuron in layer] + last


def _has_slope_of(activation: Activation) -> Callable[[FeedForward], bool]:
    return lambda network: any(neuron.activation is activation for neuron in sloped(network))


def _is_wide(network: FeedForward) -> bool:
    return any(len(left) > 1 and len(right) > 1 for left, right in zip(network.layers[1:], network.layers[2:]))


HIDDEN = Need("a hidden layer", lambda network: len(network.layers) > 2)
FAN_OUT = Need(
    "a hidden neuron that leads to two others",
    lambda network: any(len(neuron.outgoing) > 1 for layer in network.layers[1:-1] for neuron in layer),
)
WIDE = Need("a hidden layer of two neurons or more before a layer of two or more", _is_wide)
BIAS = Need("bias neurons", lambda network: any(synapse.source.is_bias for synapse in network.synapses))
TWO_SOURCES = Need(
    "a neuron with two inputs",
    lambda network: any(
        sum(not synapse.source.is_bias for synapse in neuron.incoming) > 1 for neuron in network.computing
    ),
)
OUTPUT_ERROR = Need(
    "a loss that is not the cross-entropy partner of the output activation",
    lambda network: network.loss_function.canonical_activation is not network.layers[-1][0].activation,
)
OUTPUT_SLOPE = Need(
    "an output neuron with an activation other than linear, and no cross-entropy or softmax",
    lambda network: any(not neuron.outgoing and neuron.activation is not linear for neuron in sloped(network)),
)
HIDDEN_SLOPE = Need(
    "a hidden neuron with an activation other than linear",
    lambda network: any(neuron.outgoing and neuron.activation is not linear for neuron in sloped(network)),
)
BENT = Need(
    "a neuron whose activation is bent, not made of straight lines",
    lambda network: any(neuron.activation not in (linear, relu, leaky_relu) for neuron in sloped(network)),
)
FROM_OUTPUT = Need(
    "a sigmoid or tanh neuron whose slope counts",
    lambda network: any(neuron.activation in (sigmoid, hyperbolic_tangent) for neuron in sloped(network)),
)
SIGMOID = Need("a sigmoid neuron whose slope counts", _has_slope_of(sigmoid))
TANH = Need("a tanh neuron whose slope counts", _has_slope_of(hyperbolic_tangent))
RELU = Need("a relu neuron whose slope counts", _has_slope_of(relu))
BINARY = Need(
    "sigmoid outputs with binary_cross_entropy",
    lambda network: network.loss_function.canonical_activation is network.layers[-1][0].activation is sigmoid,
)
CATEGORICAL = Need(
    "softmax outputs with categorical_cross_entropy",
    lambda network: network.loss_function.canonical_activation is network.layers[-1][0].activation is softmax,
)
