"""The objective of a network: the mean loss of its samples, and what its backward walk says of every slope.

The network itself is checked, not a copy, so that whatever is peculiar to it is what gets checked. Whatever happens
inside `with objective.kept()`, every weight, gradient and neuron is bit for bit as it was after it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from decimal import localcontext
from functools import partial
from typing import Any, Optional

from neuronet import validate
from neuronet.activations import softmax
from neuronet.dropout import dropout_layers
from neuronet.errors import DataError
from neuronet.feedforward import FeedForward
from neuronet.gradcheck.objective import KINDS, Backward, Objective, Parameter, is_real
from neuronet.gradcheck.references import REFUSALS, Function, has_kink
from neuronet.graph import Neuron, Synapse
from neuronet.scalar import Number
from neuronet.snapshot import everything_kept

INNER = 1e-10
"""How near a kink a net counts as being at it: farther than the numbers move when a point nearby is looked at."""


class NetworkObjective(Objective):
    """The mean loss of a network over samples that fit it.

    network: whose gradients are in question.
    inputs, targets: a row for each sample; DataError where they do not fit.
    """

    def __init__(self, network: FeedForward, inputs: Any, targets: Any) -> None:
        self.network = network
        self.inputs, self.targets = network.checked_samples(inputs, targets)

    @property
    def kind(self) -> validate.Kind:
        """The kind of number that flows now."""
        return self.network.kind

    @property
    def samples(self) -> int:  # type: ignore[override]
        """How many samples it is the mean of."""
        return len(self.inputs)

    def single(self, sample: int) -> NetworkObjective:
        """The loss of one of the samples."""
        return NetworkObjective(self.network, [self.inputs[sample]], [self.targets[sample]])

    def kept(self) -> AbstractContextManager[Any]:
        """Put every weight, gradient and neuron back at the end of the `with` block, and what a subclass remembers."""
        return everything_kept(self.network)

    def forget_gradients(self) -> None:
        """Set the gradient of every synapse to 0 by hand, for clearing them is a part of what is checked."""
        for synapse in self.network.synapses:
            synapse.gradient = self.kind(0)

    def parameters(self, wrt: Sequence[str] = KINDS) -> list[Parameter]:
        """Everything that the loss can be differentiated by, of the kinds named, in walking order."""
        found = []
        for layer in self.network.layers[1:]:
            for neuron in layer:
                for synapse in neuron.incoming:
                    kind, kinds = ("bias", "biases") if synapse.source.is_bias else ("weight", "weights")
                    if kinds in wrt:
                        found.append(Parameter(kind, layer.name, joined(synapse), synapse))
        if "inputs" in wrt:
            layer = self.network.layers[0]
            for sample in range(len(self.inputs)):
                for position, neuron in enumerate(layer):
                    name = f"sample {sample}, {neuron.name}"
                    found.append(Parameter("input", layer.name, name, None, sample, position))
        return found

    def movable(self) -> list[Parameter]:
        """Every weight and every input."""
        return NetworkObjective.parameters(self)

    def has_inner_kink(self) -> bool:
        """Whether an activation has a kink at the net of a neuron, or the loss at an output, in any sample."""
        network, loss = self.network, self.network.loss_function
        for row, wanted in zip(self.inputs, self.targets):
            network.propagate(row)
            functions = [
                (one.activation.value, one.net) for one in network.computing if hasattr(one.activation, "value")
            ]
            functions += [(partial(loss.value, target), one.output) for target, one in zip(wanted, network.layers[-1])]
            if any(_has_kink(function, float(at.real)) for function, at in functions):
                return True
        return False

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

    def loss(self) -> Number:
        """The mean loss over all samples, by the walk itself: no engine takes complex numbers or duals."""
        return FeedForward.mean_loss(self.network, self.inputs, self.targets)

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
        for synapse, total in sums.items():
            synapse.gradient = total
        self.finish_gradients()
        return [
            by_input[parameter.sample, parameter.position] if parameter.synapse is None else parameter.synapse.gradient
            for parameter in parameters
        ]

    def finish_gradients(self) -> None:
        """Turn the gradients of the samples into those of their mean loss, as the network does it."""
        self.network.finish_gradients(len(self.inputs))

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
                    f"but {joined(synapse)} went from {weight!r} to {synapse.weight!r}"
                )
            if not is_real(synapse.gradient):
                raise DataError(
                    f"backward: expected a real number as the gradient of {joined(synapse)}, "
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
    def nudged_targets(self, nudge: Callable[[], float]) -> Iterator[None]:
        """Let every target be multiplied by a number close to 1 inside the `with` block."""
        before = self.targets
        try:
            self.targets = [[target * nudge() for target in row] for row in before]
            yield
        finally:
            self.targets = before


def _has_kink(function: Function, at: float) -> bool:
    try:
        return has_kink(function, at, INNER * max(1.0, abs(at))) is not None
    except (*REFUSALS, ArithmeticError, ValueError):
        return False


def joined(synapse: Synapse) -> str:
    """The two neurons that a synapse joins: "h2 -> o1"."""
    return f"{synapse.source.name} -> {synapse.destination.name}"


@contextmanager
def _no_forward_walk(network: FeedForward) -> Iterator[None]:
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
