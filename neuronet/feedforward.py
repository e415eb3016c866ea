"""A feedforward network: layers of neurons in order, and the three walks over them.

Forward, backward, update: each walk is an explicit loop over the objects, and the three never mix. This is all that a
network is; `Network` adds training, files and pictures, and every other room takes one of these.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any, Optional, Union

from neuronet import validate, wiring
from neuronet.activations import AnyActivation
from neuronet.dropout import dropout_layers
from neuronet.errors import DataError, GraphError
from neuronet.graph import Layer, Neuron, Synapse
from neuronet.initializers import draw_weights
from neuronet.losses import Loss, find_loss
from neuronet.optimizers import SGD, Optimizer, refuse_own_updates
from neuronet.regularization import Penalty
from neuronet.scalar import Number
from neuronet.turn import Turn


class FeedForward:
    """Layers of neurons in order; `network[1][0]` is the first hidden neuron. The arguments are those of `Network`."""

    neuron_class: type[Neuron] = Neuron
    """What neurons are made of; a subclass may put a neuron class of its own here."""
    synapse_class: type[Synapse] = Synapse
    """What synapses are made of; a subclass may put a synapse class of its own here."""

    # The three walks. What comes in is believed here; `forward`, `backward` and `update` below check it first.

    def propagate(self, inputs: Sequence[Number]) -> None:
        """The forward walk: every neuron's net and output, layer by layer."""
        for neuron, value in zip(self.layers[0].neurons, inputs):
            neuron.output = value
        for layer in self.layers[1:]:
            layer.forward()

    def backpropagate(self, targets: Sequence[Number]) -> Number:
        """The backward walk: every error and delta, from the last layer to the first hidden one, then every
        synapse's gradient; returns the loss of the sample.
        """
        output_layer = self.layers[-1]
        output_layer.backward_from(targets, self.loss_function)
        for layer in self.layers[-2:0:-1]:
            layer.backward()
        for neuron in self.computing:
            neuron.add_gradients()
        return self.loss_function.of_sample(targets, output_layer.neurons)

    def average_gradients(self, samples: Number) -> None:
        """Turn every synapse's summed gradient into its mean over a batch; that of a single sample is its own mean."""
        if samples == 1:
            return
        for synapse in self.synapses:
            synapse.gradient = synapse.gradient / samples

    def add_penalty(self) -> None:
        """Add to each gradient the slope of the penalty on that weight, if there is one."""
        if self.penalty is not None:
            self.penalty.add_gradients(self.synapses)

    def finish_gradients(self, samples: Number) -> None:
        """Turn the gradients summed over a batch of samples into those of its mean loss, the penalty included."""
        self.average_gradients(samples)
        self.add_penalty()

    def apply_gradients(self, learning_rate: Number) -> None:
        """The update: every synapse that is not frozen takes its step, and its gradient is cleared."""
        zero, optimizer = self.kind(0), self.optimizer
        if optimizer.clips:
            optimizer.clip(self.synapses)
        neuron_decides = optimizer.is_gradient_descent
        for neuron in self.computing:
            if neuron_decides:
                neuron.update_weights(learning_rate)
            else:
                optimizer.update_weights(neuron, learning_rate)
            neuron.clear_gradients(zero)

    def end_batch(self, samples: Number, learning_rate: Number) -> None:
        """The end of a batch: the mean of its gradients, the penalty, clipping, the update, and cleared gradients."""
        self.finish_gradients(samples)
        self.apply_gradients(learning_rate)

    def clear_gradients(self) -> None:
        """Forget every synapse's gradient."""
        for neuron in self.computing:
            neuron.clear_gradients(self.kind(0))

    def __init__(
        self,
        *shape: Union[int, str, Layer],
        activation: Union[str, AnyActivation] = "sigmoid",
        output_activation: Union[str, AnyActivation, None] = None,
        loss: Union[str, Loss] = "half_squared_error",
        bias: bool = True,
        weights: Union[str, Sequence[Number]] = "uniform",
        seed: Optional[int] = None,
        rng: Optional[Random] = None,
        kind: validate.Kind = float,
        l1: Number = 0,
        l2: Number = 0,
        dropout: Union[float, Sequence[float]] = 0,
    ) -> None:
        if not callable(kind):
            raise DataError(f"kind: expected a kind of number, such as float or Fraction, got {kind!r}")
        self.kind = kind
        self.rng = validate.generator_of(seed, rng) or Random()
        self.loss_function = find_loss(loss)
        self.penalty = Penalty.of(l1, l2, kind)
        self.optimizer: Optimizer = SGD()
        functions, classes = (activation, output_activation), (self.neuron_class, self.synapse_class)
        self.layers, is_wired = wiring.layers_of(shape, functions, bias, dropout, classes)
        self.computing = tuple(neuron for layer in self.layers[1:] for neuron in layer)
        self.turn = Turn(self.layers)
        self.check()
        wiring.start_biases(self.layers, kind)
        if not is_wired:
            self.weights = draw_weights(weights, self.synapses, self.rng) if isinstance(weights, str) else weights
            for synapse in self.synapses:
                synapse.initial = synapse.weight
            for layer in dropout_layers(self.layers):
                layer.rng = Random(self.rng.getrandbits(64))

    # The same walks by hand: what comes in is checked.

    def forward(self, inputs: Sequence[Number]) -> list[Number]:
        """Walk forward, leave `net` and `output` on every neuron, and return the outputs, one for each output neuron.

        inputs: one finite number for each input neuron, in order; DataError, before it walks, for anything else.
        """
        given = validate.row(inputs, len(self.layers[0]), "inputs", self.kind)
        with self.turn.by_hand("forward"):
            self.turn.begin_walk()
            self.propagate(given)
            return self.outputs()

    def backward(self, targets: Sequence[Number]) -> Number:
        """Walk backward from the outputs of the last `forward`: leave `error` and `delta` on every neuron beyond the
        inputs, add the sample's gradient to that of every synapse, and return the loss of the sample.

        targets: the value wanted at each output neuron, in order; DataError where they do not fit, or before `forward`.
        """
        wanted = self.checked_targets(targets)
        if self.layers[-1].neurons[0].output is None:
            raise DataError("backward: expected a forward walk before it, but the outputs are not known yet")
        with self.turn.by_hand("backward"):
            self.turn.refuse_overtaken("backward")
            return self.backpropagate(wanted)

    def update(self, learning_rate: Optional[float] = None) -> None:
        """Apply the gradients summed since the last update as `network.optimizer` says, and clear them.

        Plain gradient descent, the default, is weight -= learning_rate * gradient.
        learning_rate: above 0; None takes that of the optimizer, 0.5 for plain gradient descent. DataError otherwise.
        """
        rate = validate.step_size(self.optimizer.learning_rate if learning_rate is None else learning_rate, self.kind)
        refuse_own_updates(self.computing, self.optimizer)
        with self.turn.by_hand("update"):
            self.optimizer.prepare(self.synapses, rate, self.kind)
            self.end_batch(1, rate)

    # Looking, which leaves every number where it was.

    def outputs(self) -> list[Number]:
        """What the output neurons show now, in order."""
        return [neuron.output for neuron in self.layers[-1].neurons]

    def predict(self, inputs: Sequence[Number]) -> list[Number]:
        """The outputs for one sample, as `forward` gives them; nothing stays behind on the neurons."""
        return FeedForward.all_outputs(self, [validate.row(inputs, len(self.layers[0]), "inputs", self.kind)])[0]

    def all_outputs(self, rows: Sequence[Sequence[Number]]) -> list[list[Number]]:
        """The outputs for each of many rows of inputs that have been checked; nothing stays behind."""
        found = []
        with self.turn.looking():
            for row in rows:
                self.propagate(row)
                found.append(self.outputs())
        return found

    def mean_loss(self, input_rows: Sequence[Sequence[Number]], target_rows: Sequence[Sequence[Number]]) -> Number:
        """The mean loss of samples that have been checked, with the penalty if there is one; nothing stays behind."""
        total = 0
        with self.turn.looking():
            for input_row, target_row in zip(input_rows, target_rows):
                self.propagate(input_row)
                total += self.loss_function.of_sample(target_row, self.layers[-1].neurons)
            return total / len(input_rows) + self.penalty_loss()

    def penalty_loss(self) -> Number:
        """What the penalty on the weights adds to the mean loss of a data set; 0 where there is none."""
        return 0 if self.penalty is None else self.penalty.loss(self.synapses)

    def checked_targets(self, targets: Any) -> list[Number]:
        """One sample's targets that fit this network and its loss, checked; DataError otherwise."""
        wanted = validate.row(targets, len(self.layers[-1]), "targets", self.kind)
        self.loss_function.refuse_targets(wanted, "targets")
        return wanted

    def checked_samples(self, inputs: Any, targets: Any) -> tuple[list[list[Number]], list[list[Number]]]:
        """A data set that fits this network and its loss, checked; DataError names the row that does not."""
        checked = validate.samples(inputs, targets, len(self.layers[0]), len(self.layers[-1]), self.kind)
        for position, row in enumerate(checked[1]):
            self.loss_function.refuse_targets(row, f"targets[{position}]")
        return checked

    # The graph.

    @property
    def neurons(self) -> list[Neuron]:
        """Every neuron in walking order: layer by layer, the bias neuron of a row before the row."""
        return wiring.in_walking_order(self.layers)

    @property
    def synapses(self) -> list[Synapse]:
        """Every synapse in walking order: destination by destination, the bias first, then by source."""
        return [synapse for layer in self.layers for neuron in layer.neurons for synapse in neuron.incoming]

    @property
    def weights(self) -> list[Number]:
        """Every weight, flat, in the order of `synapses`. Settable; DataError where the list does not fit."""
        with self.turn.taken():
            return [synapse.weight for synapse in self.synapses]

    @weights.setter
    def weights(self, weights: Sequence[Number]) -> None:
        synapses = self.synapses
        given = validate.row(weights, len(synapses), "weights", self.kind)
        with self.turn.by_hand("weights"):
            for synapse, weight in zip(synapses, given):
                synapse.weight = weight

    def reset(self) -> None:
        """Go back to the very weights that the network was born with; forget gradients and what optimizers keep."""
        with self.turn.by_hand("reset"):
            for synapse in self.synapses:
                synapse.weight = synapse.initial
                synapse.optimizer_state = None
            self.clear_gradients()

    def neuron(self, name: str) -> Neuron:
        """The neuron of this name. UnknownNameError, listing the names, where there is none."""
        return wiring.find_neuron(self.neurons, name)

    def connect(self, source: Union[Neuron, str], destination: Union[Neuron, str], weight: Number = 0) -> Synapse:
        """Add a synapse from one neuron to another of a later layer, and return it.

        source, destination: neurons of this network, or their names. The source may be a bias neuron.
        weight: a finite number.

        Raises GraphError, and adds nothing, where it would lead backward, stay in its layer, lead to an input or
        bias neuron, join two neurons that are joined already, or be a neuron's second bias.
        """
        strength = validate.number(weight, "weight", self.kind)
        with self.turn.by_hand("connect"):
            return wiring.connect(self.layers, (source, destination), strength, self.synapse_class)

    def disconnect(self, synapse: Synapse) -> None:
        """Cut a synapse of this network. GraphError where it is not one."""
        with self.turn.by_hand("disconnect"):
            wiring.disconnect(self.synapses, synapse)

    def check(self) -> None:
        """GraphError unless all that `wiring.refuse_broken` lists holds; DataError where the loss does not fit."""
        with self.turn.taken():
            wiring.refuse_broken(self.layers)
            if list(self.computing) != [neuron for layer in self.layers[1:] for neuron in layer]:
                raise GraphError(
                    "layers: expected the neurons that the network was built with; make a Network(*layers)"
                )
            self.loss_function.refuse_misfit([neuron.activation for neuron in self.layers[-1]])

    def __len__(self) -> int:
        return len(self.layers)

    def __getitem__(self, position: Any) -> Any:
        return self.layers[position]

    def __iter__(self) -> Iterator[Layer]:
        return iter(self.layers)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(str(len(layer)) for layer in self.layers)})"
