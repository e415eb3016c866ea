# ruff: noqa: D102 -- the story of the class says what its one method does
"""The third room: the gradients are right, or seem so, and the step or the forward walk is not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from neuronet.bugs.bug import BIAS, HIDDEN, register
from neuronet.feedforward import FeedForward
from neuronet.graph import Neuron
from neuronet.scalar import Number, like

# The update.


@register(
    "update-before-propagate",
    HIDDEN,
    difficulty=5,
    seen_in=(
        "joelgrus/data-science-from-scratch#31",
        "CodingTrain/Toy-Neural-Network-JS#72",
        "kim-marcel/basic_neural_network#7",
        "louisjc/mnist-neural-network#1",
    ),
)
class UpdateBeforePropagate(FeedForward):
    """The error is sent back through weights that were already updated.

    The output weights take their step first, and what the hidden layers hear has come through the new ones. They are
    off by a share that grows with the learning rate. All gradients are right until the moment they are used, so no
    gradient check sees it, and training goes well. It is the second fault in the published code of the article, and
    the slip behind the most famous wrong digit in the field: the error after one step of Mazur's worked example is
    printed as 0.291027924, which comes out only this way. In the right order it is 0.291027774.
    """

    def __init__(self, *layers: Any, **settings: Any) -> None:
        super().__init__(*layers, **settings)
        self.walks: list[list[tuple[Number, ...]]] = []
        self.samples = 1

    def backpropagate(self, targets: Sequence[Number]) -> Number:
        loss = super().backpropagate(targets)
        self.walks.append([(neuron.net, neuron.output, neuron.error, neuron.delta) for neuron in self.neurons])
        return loss

    def average_gradients(self, samples: int) -> None:
        super().average_gradients(samples)
        self.samples = samples

    def apply_gradients(self, learning_rate: Number) -> None:
        *hidden, output = self.layers[1:]
        for neuron in output:
            neuron.update_weights(learning_rate)
        for layer in hidden:
            for neuron in layer:
                neuron.clear_gradients(self.kind(0))
        for walk in self.walks:
            for neuron, numbers in zip(self.neurons, walk):
                neuron.net, neuron.output, neuron.error, neuron.delta = numbers
            for layer in reversed(hidden):
                layer.backward()
                for neuron in layer:
                    neuron.add_gradients()
        for layer in hidden:
            for neuron in layer:
                neuron.update_weights(learning_rate / self.samples)
        self.clear_gradients()

    def clear_gradients(self) -> None:
        super().clear_gradients()
        self.walks, self.samples = [], 1


@register("uphill", difficulty=1)
class Uphill(Neuron):
    """The step adds the gradient instead of subtracting it.

    Every gradient is right, and the loss grows. In code that keeps deltas, where the plus belongs, and then changes to
    gradients, where it does not, this is one sign.
    """

    __slots__ = ()

    def update_weights(self, learning_rate: Number) -> None:
        super().update_weights(-learning_rate)


@register("first-layer-frozen", difficulty=4)
class FirstLayerFrozen(Neuron):
    """The weights that lead from the inputs never move.

    The loop over the layers ends one too early. Their gradients are right, so no gradient check sees it. The layers
    behind them learn from random features. For XOR that is not enough, but on easier data it can be taken for success.
    """

    __slots__ = ()

    def update_weights(self, learning_rate: Number) -> None:
        if any(not synapse.source.is_bias and not synapse.source.incoming for synapse in self.incoming):
            return
        super().update_weights(learning_rate)


# The forward walk: what it computes is the loss, so the backward walk is the one that disagrees.


@register("forward-without-bias", BIAS, difficulty=3)
class ForwardWithoutBias(Neuron):
    """The forward walk leaves the bias out, the backward walk does not.

    The backward walk finds a gradient for the biases all the same. They drift, and nothing that the network says
    depends on them.
    """

    __slots__ = ()

    def weighted_sum(self) -> Number:
        net = 0
        for synapse in self.incoming:
            if not synapse.source.is_bias:
                net += synapse.weight * synapse.source.output
        return net


@register("net-clipped", difficulty=5, wants="inputs or weights that drive a net beyond 4 or -4")
class NetClipped(Neuron):
    """The net is cut off at 4 and -4, and only the forward walk knows.

    Someone once met an overflow in exp. Beyond 4 the output no longer depends on the weights, but the backward walk
    still finds a slope there. With small weights and small inputs, as in most tests, nothing is wrong at all.
    """

    __slots__ = ()

    def weighted_sum(self) -> Number:
        net = super().weighted_sum()
        return net if -4 <= net.real <= 4 else like(net, 4 if net.real > 0 else -4)
