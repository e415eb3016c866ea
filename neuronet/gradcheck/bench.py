"""The bench: a network with its samples, whose numbers can be nudged one at a time and always come back.

Whatever happens inside `with bench.kept()`, every weight, gradient and neuron of the network is bit for bit as it
was after it, also when it is interrupted. The network itself is put on the bench, not a copy, so that whatever is
peculiar to it is what gets checked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal, localcontext
from numbers import Real
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple, Optional

from neuronet import validate
from neuronet.activations import softmax
from neuronet.dropout import dropout_layers
from neuronet.errors import DataError
from neuronet.graph import Neuron, Synapse
from neuronet.scalar import Number
from neuronet.snapshot import everything_kept

if TYPE_CHECKING:
    from neuronet.network import Network

Backward = Callable[[Any, Sequence[Number]], Any]
"""A backward walk of the caller's own: `backward(network, targets)`, called after the forward walk."""

KINDS = ("weights", "biases", "inputs")
"""What `wrt=` may name: with respect to what the loss is differentiated."""


class Parameter(NamedTuple):
    """One number that the loss depends on: a weight, a bias or an input of one sample."""

    kind: str
    """"weight", "bias" or "input"."""
    layer: str
    """The name of the layer of the destination, or of the input layer."""
    name: str
    """As the picture says it: "h2 -> o1"."""
    synapse: Optional[Synapse]
    """The synapse, or None for an input."""
    sample: int = -1
    """The sample of an input, else -1."""
    position: int = -1
    """The place of an input within its row, else -1."""


class Bench:
    """A network with samples that fit it.

    network: whose gradients are in question.
    inputs, targets: a row for each sample; DataError where they do not fit.
    """

    def __init__(self, network: Network, inputs: Any, targets: Any) -> None:
        self.network = network
        self.inputs, self.targets = validate.samples(
            inputs, targets, len(network.layers[0]), len(network.layers[-1]), network.kind
        )
        for position, row in enumerate(self.targets):
            network.loss_function.refuse_targets(row, f"targets[{position}]")

    name = "this network"
    """What errors call it."""

    @property
    def kind(self) -> validate.Kind:
        """The kind of number that flows now."""
        return self.network.kind

    @property
    def synapses(self) -> list[Synapse]:
        """Every synapse of the network."""
        return self.network.synapses

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Put every weight, gradient and neuron back at the end of the `with` block, and what a subclass remembers."""
        with everything_kept(self.network):
            yield

    def parameters(self, wrt: Sequence[str]) -> list[Parameter]:
        """Everything that the loss can be differentiated by, of the kinds named, in walking order."""
        found = []
        for layer in self.network.layers[1:]:
            for neuron in layer:
                for synapse in neuron.incoming:
                    kind = "bias" if synapse.source.is_bias else "weight"
                    if {"bias": "biases", "weight": "weights"}[kind] in wrt:
                        found.append(Parameter(kind, layer.name, f"{synapse.source.name} -> {neuron.name}", synapse))
        if "inputs" in wrt:
            layer = self.network.layers[0]
            for sample in range(len(self.inputs)):
                for position, neuron in enumerate(layer):
                    name = f"sample {sample}, {neuron.name}"
                    found.append(Parameter("input", layer.name, name, None, sample, position))
        return found

    def value(self, parameter: Parameter) -> Number:
        """What the parameter is now."""
        if parameter.synapse is not None:
            return parameter.synapse.weight
        return self.inputs[parameter.sample][parameter.position]

    def set(self, parameter: Parameter, value: Number) -> None:
        """Make the parameter another number, of any kind."""
        if parameter.synapse is not None:
            parameter.synapse.weight = value
        else:
            self.inputs[parameter.sample][parameter.position] = value

    def slack(self, parameter: Parameter) -> Number:
        """How far a gradient of `gradients` can be off because of how it is measured; 0 where it is computed."""
        return 0

    def loss(self) -> Number:
        """The mean loss over all samples."""
        network = self.network
        total = 0
        for row, wanted in zip(self.inputs, self.targets):
            network.propagate(row)
            total += network.loss_function.of_sample(wanted, network.layers[-1].neurons)
        return total / len(self.inputs) + network.penalty_loss()

    def loss_by(self, parameter: Parameter) -> Callable[[Number], Number]:
        """The loss as a function of one parameter; each call puts the parameter back."""

        def loss(value: Number) -> Number:
            kept = self.value(parameter)
            try:
                self.set(parameter, value)
                return self.loss()
            finally:
                self.set(parameter, kept)

        return loss

    def loss_along(self, parameters: Sequence[Parameter], direction: Sequence[Number]) -> Callable[[Number], Number]:
        """The loss as a function of how far one goes from here in a direction, given as a number a parameter."""

        def loss(reach: Number) -> Number:
            kept = [self.value(parameter) for parameter in parameters]
            try:
                for parameter, value, share in zip(parameters, kept, direction):
                    self.set(parameter, value + reach * share)
                return self.loss()
            finally:
                for parameter, value in zip(parameters, kept):
                    self.set(parameter, value)

        return loss

    def gradients(self, parameters: Sequence[Parameter], backward: Optional[Backward] = None) -> list[Number]:
        """What the backward walk says d mean loss / d parameter is, for each of the parameters.

        backward: the caller's own walk instead of the network's; it leaves a gradient on each synapse. Errors that
            it raises are the caller's; DataError where it measures the loss instead of computing, moves a weight, or
            leaves what is no real number.
        """
        network = self.network
        by_input: dict[tuple[int, int], Number] = {}
        sums: dict[Synapse, Number] = {}
        wants_inputs = any(parameter.kind == "input" for parameter in parameters)
        network.clear_gradients()
        for sample, (row, wanted) in enumerate(zip(self.inputs, self.targets)):
            network.propagate(row)
            if backward is None:
                network.backward(wanted)
            else:
                self._walk_back(backward, wanted, sums)
            if wants_inputs:
                for position, neuron in enumerate(network.layers[0]):
                    by_input[sample, position] = self._input_gradient(neuron)
        if backward is not None:
            for synapse, total in sums.items():
                synapse.gradient = total
        if len(self.inputs) > 1:
            network.average_gradients(len(self.inputs))
        network.add_penalty()
        return [
            by_input[parameter.sample, parameter.position] if parameter.synapse is None else parameter.synapse.gradient
            for parameter in parameters
        ]

    def weak_points(self) -> list[str]:
        """What a pass on this network and these samples cannot rule out, a sentence each."""
        sizes = [len(layer) for layer in self.network.layers]
        weak = []
        if len(sizes) == 2:
            weak.append("a network without a hidden layer cannot show a slip in the hidden error")
        elif len(set(sizes)) == 1:
            weak.append("layers of equal size cannot show every swapped index; try unequal ones")
        if len(self.inputs) == 1:
            weak.append("one sample cannot show what is mixed up between samples; use two or more")
        if all(synapse.weight == 0 for synapse in self.network.synapses):
            weak.append("with all weights 0 nothing comes back to the hidden layers; use random weights")
        return weak

    def _input_gradient(self, neuron: Neuron) -> Number:
        for synapse in neuron.outgoing:
            if synapse.destination.delta is None:
                raise DataError(
                    "wrt: expected a backward walk that leaves a delta on each neuron, for the slope by the inputs is "
                    f"made of them, but {synapse.destination.name} has none"
                )
        # From a zero of its own kind, because an int 0 divided would be a float.
        return (self.kind(0) - neuron.hidden_error()) / len(self.inputs)

    def _walk_back(self, backward: Backward, targets: Sequence[Number], sums: dict[Synapse, Number]) -> None:
        """Call the caller's backward walk for one sample, cleared before it, so that it may assign or add."""
        network = self.network
        weights = [(synapse, synapse.weight) for synapse in network.synapses]
        for synapse, _ in weights:
            synapse.gradient = self.kind(0)
        for neuron in network.computing:
            neuron.error = neuron.delta = None  # what another walk left is not the caller's work
        with _no_forward_walk(network):
            backward(network, list(targets))
        for synapse, weight in weights:
            if synapse.weight is not weight and synapse.weight != weight:
                raise DataError(
                    "backward: expected a walk that leaves the weights to the update after it, "
                    f"but {_shown(synapse)} went from {weight!r} to {synapse.weight!r}"
                )
            if not is_real(synapse.gradient):
                raise DataError(
                    f"backward: expected a real number as the gradient of {_shown(synapse)}, "
                    f"got {validate.shown(synapse.gradient)}"
                )
            sums[synapse] = sums.get(synapse, 0) + synapse.gradient

    @contextmanager
    def converted(self, kind: validate.Kind) -> Iterator[None]:
        """Let every number be of another kind inside the `with` block: weights, inputs, targets and bias outputs."""
        network = self.network
        kept = network.kind, self.inputs, self.targets
        penalty = network.penalty
        with self.kept():
            try:
                network.kind = kind
                if network.penalty is not None:
                    network.penalty = network.penalty.converted(kind)
                for synapse in network.synapses:
                    synapse.weight = kind(synapse.weight)
                for neuron in network.neurons:
                    if neuron.is_bias:
                        neuron.output = kind(1)
                for layer in dropout_layers(network.layers):
                    layer.mask = layer.mask and [kind(value) for value in layer.mask]
                self.inputs = [[kind(value) for value in row] for row in kept[1]]
                self.targets = [self._exactly([kind(value) for value in row]) for row in kept[2]]
                yield
            finally:
                network.kind, self.inputs, self.targets = kept
                network.penalty = penalty

    def _exactly(self, targets: list[Number]) -> list[Number]:
        """The targets, adding up to 1 exactly where the loss wants a distribution: thirds in floats do so only nearly,
        and `delta = target - output` holds for no other sum.
        """
        if self.kind is float or self.network.loss_function.canonical_activation is not softmax:
            return targets
        with localcontext() as context:
            context.prec = 500  # more than any walk takes
            total = self.kind(0)
            for target in targets:
                total += target
            return [target / total for target in targets]

    @contextmanager
    def as_floats(self, kind: validate.Kind = float) -> Iterator[None]:
        """Let a network of another kind of number be one of floats inside the `with` block; DataError if it cannot.

        kind: another kind to be of, such as Fraction; a network of floats stays what it is.
        """
        if self.kind is float:
            yield
            return
        try:
            for synapse in self.synapses:
                kind(synapse.weight)
        except (TypeError, ValueError, OverflowError) as problem:
            raise DataError(f"network: expected real numbers, as checks go by their order: {problem}") from None
        with self.converted(kind):
            yield

    @contextmanager
    def moved(self, rng: Random, size: float) -> Iterator[None]:
        """Let every weight and input be a little off inside the `with` block: no kink is met by chance there.

        size: how far, relative to each number; one below `size`, as good as 0 beside the others, by `size` itself.
        """

        def beside(value: Number) -> Number:
            shift = self.kind(size * rng.gauss(0, 1))
            return value + shift * value if abs(value) > size else value + shift

        inputs = self.inputs
        with self.kept():
            try:
                for synapse in self.synapses:
                    synapse.weight = beside(synapse.weight)
                self.inputs = [[beside(value) for value in row] for row in inputs]
                yield
            finally:
                self.inputs = inputs


def _shown(synapse: Synapse) -> str:
    return f"{synapse.source.name} -> {synapse.destination.name}"


def is_real(value: Any) -> bool:
    """Whether `value` can be a gradient: a number with an order, of any kind."""
    return isinstance(value, (Real, Decimal)) and not isinstance(value, bool)


@contextmanager
def _no_forward_walk(network: Network) -> Iterator[None]:
    """Refuse every forward walk of the network, and copies that could walk in its place, inside the `with` block."""
    own = vars(network)
    kept = {name: own[name] for name in ("propagate", "convert") if name in own}
    own["propagate"] = own["convert"] = _refuse_walk
    try:
        yield
    finally:
        for name in ("propagate", "convert"):
            del own[name]
        for name, walk in kept.items():
            own[name] = walk


def _refuse_walk(*_: Any, **__: Any) -> None:
    raise DataError(
        "backward: expected a walk that computes the gradients from what the forward walk left, "
        "but it walks forward itself, as finite differences do: that would compare a method with itself"
    )
