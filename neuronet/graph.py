"""The article's picture: neurons, the synapses between them, and the layers they stand in.

A network is nothing but these objects. What the article writes as formulas are their small methods, and every number
that a formula speaks of stays on the object, where one can look at it:

    net    = sum of weight * source.output                   Neuron.weighted_sum
    output = activation(net)                                 Layer.forward
    error  = target - output, at an output neuron            Neuron.output_error
    error  = sum of weight * destination.delta, elsewhere    Neuron.hidden_error
    delta  = error * activation'(net)                        Neuron.own_delta
    gradient += -delta * source.output                       Neuron.add_gradients
    weight   -= learning_rate * gradient                     Neuron.update_weights

Each method makes one decision, so that a subclass can change exactly that one. `FeedForward` calls them layer by layer.
No kind of number is named here, and the literals are ints, so that any kind can flow through. Sums are added up left
to right: the built-in `sum` rounds floats differently from Python 3.12 on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Optional, Union

from neuronet.activations import AnyActivation, always_one, find_activation
from neuronet.errors import GraphError, printable
from neuronet.losses import Loss
from neuronet.scalar import Number, short


class Neuron:
    """One neuron, and what the last walks left on it.

    name: what pictures, tables and reports call it, such as "h1".
    activation: the function from its net to its output; a name or an `Activation`.
    incoming: the synapses that lead to it, the bias first; none at an input or bias neuron.
    outgoing: the synapses that lead away from it; none at an output neuron.
    net: the weighted sum of its inputs.
    output: activation(net); at an input neuron the input; at a bias neuron always 1.
    error: -d loss / d output.
    delta: -d loss / d net, that is error * activation'(net).

    The last four are None until a walk has come by.
    """

    __slots__ = ("activation", "delta", "error", "incoming", "name", "net", "outgoing", "output")

    def __init__(self, name: str, activation: Union[str, AnyActivation] = "sigmoid") -> None:
        self.name = name
        self.activation: Any = find_activation(activation)
        self.incoming: list[Synapse] = []
        self.outgoing: list[Synapse] = []
        self.net: Number = None
        self.output: Number = 1 if self.activation is always_one else None
        self.error: Number = None
        self.delta: Number = None

    def weighted_sum(self) -> Number:
        """The net: the sum of weight * source.output over the incoming synapses, the bias first."""
        net = 0
        for synapse in self.incoming:
            net += synapse.weight * synapse.source.output
        return net

    def output_error(self, target: Number, loss: Loss, outputs: int) -> Number:
        """The error of an output neuron, -d loss / d output: for the article's loss, target - output.

        outputs: how many outputs share the loss; one that averages divides by it.
        """
        error = -loss.derivative(target, self.output)
        return error / outputs if loss.average else error

    def hidden_error(self) -> Number:
        """The error of any other neuron, -d loss / d output: what its outgoing synapses bring back."""
        error = 0
        for synapse in self.outgoing:
            error += synapse.weight * synapse.destination.delta
        return error

    def output_delta(self, target: Number) -> Number:
        """The delta of an output neuron where the activation is the canonical one of the loss.

        The two derivatives cancel, and what is left of -d loss / d net is target - output (Bishop 2006, section
        5.2): no division by an output that was rounded to 0.
        """
        return target - self.output

    def own_delta(self, output: Number = None) -> Number:
        """The delta of any other neuron, -d loss / d net: the error times the activation's slope at the present net.

        output: what the activation gave, where a dropout mask lets the neuron show something else; None as it shows.
        """
        if output is None:
            output = self.output
        return self.error * self.activation.derivative(self.net, output)

    def add_gradients(self) -> None:
        """Add this sample's gradient to each incoming synapse: -delta * source.output is d loss / d weight."""
        slope = -self.delta
        for synapse in self.incoming:
            synapse.gradient += slope * synapse.source.output

    def update_weights(self, learning_rate: Number) -> None:
        """Let each incoming synapse that is not frozen take one step down the slope of the loss."""
        for synapse in self.incoming:
            if not synapse.frozen:
                synapse.weight -= learning_rate * synapse.gradient

    def clear_gradients(self, zero: Number = 0) -> None:
        """Forget the gradient of each incoming synapse, for the next batch to add up its own."""
        for synapse in self.incoming:
            synapse.gradient = zero

    @property
    def is_bias(self) -> bool:
        """Whether this is a bias neuron: one whose output is always 1."""
        return self.activation is always_one

    @property
    def bias(self) -> Number:
        """The weight of the synapse from the bias neuron. GraphError at a neuron that has none."""
        return self._bias_synapse().weight

    @bias.setter
    def bias(self, weight: Number) -> None:
        self._bias_synapse().weight = weight

    def _bias_synapse(self) -> Synapse:
        if self.incoming and self.incoming[0].source.is_bias:
            return self.incoming[0]
        raise GraphError(f"{self.name}: expected a synapse from a bias neuron, but it has none")

    def __repr__(self) -> str:
        numbers = ((field, getattr(self, field)) for field in ("net", "output", "delta"))
        shown = "".join(f", {field}={short(value)}" for field, value in numbers if value is not None)
        return f"{type(self).__name__}({self.name!r}{shown})"


class Synapse:
    """One connection, from a source neuron to a destination neuron; making it connects the two.

    weight: how strongly the source's output counts.
    gradient: +d loss / d weight, summed over the samples since the last update.
    frozen: True keeps the weight as it is when the network is updated.
    initial: the weight that it was born with, where `Network.reset` goes back to.
    optimizer_state: what the optimizer keeps of it, such as `optimizer_state.velocity`; None where it keeps nothing.
    """

    __slots__ = ("destination", "frozen", "gradient", "initial", "optimizer_state", "source", "weight")

    def __init__(self, source: Neuron, destination: Neuron, weight: Number = 0, frozen: bool = False) -> None:
        self.source = source
        self.destination = destination
        self.weight = weight
        self.gradient: Number = 0
        self.frozen = frozen
        self.initial = weight
        self.optimizer_state: Any = None
        source.outgoing.append(self)
        destination.incoming.append(self)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.source.name!r} -> {self.destination.name!r}, weight={short(self.weight)})"


class Layer(Sequence[Neuron]):
    """A named row of neurons: `len(layer)`, `layer[0]` and `for neuron in layer` work as on a list.

    name: such as "input", "hidden" or "output".
    neurons: the row, top to bottom.
    bias: the neuron that is always 1 and leads to every neuron of this row, or None.
    """

    __slots__ = ("bias", "name", "neurons")

    def __init__(self, name: str, neurons: Sequence[Neuron], bias: Optional[Neuron] = None) -> None:
        self.name = name
        self.neurons = list(neurons)
        self.bias = bias

    def forward(self) -> None:
        """Let every neuron of the row answer."""
        for neuron in self.neurons:
            neuron.net = neuron.weighted_sum()
            neuron.output = neuron.activation.value(neuron.net)

    def backward_from(self, targets: Sequence[Number], loss: Loss) -> None:
        """Compare the output row with its targets: find every error, then every delta."""
        outputs = len(self.neurons)
        for neuron, target in zip(self.neurons, targets):
            neuron.error = neuron.output_error(target, loss, outputs)
            is_canonical = loss.is_canonical_for(neuron.activation)
            neuron.delta = neuron.output_delta(target) if is_canonical else neuron.own_delta()

    def backward(self) -> None:
        """Bring the errors back to a hidden row: find every error, then every delta."""
        for neuron in self.neurons:
            neuron.error = neuron.hidden_error()
            neuron.delta = neuron.own_delta()

    def __len__(self) -> int:
        return len(self.neurons)

    def __getitem__(self, position: Any) -> Any:
        return self.neurons[position]

    def __iter__(self) -> Iterator[Neuron]:
        return iter(self.neurons)

    def __repr__(self) -> str:
        names = [printable(neuron.name) for neuron in self.neurons[:6]] + ["..."] * (len(self.neurons) > 6)
        return f"{type(self).__name__}({', '.join([repr(self.name), *names])})"
