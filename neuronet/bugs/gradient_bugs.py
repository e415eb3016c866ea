# ruff: noqa: D102 -- the story of the class says what its one method does
"""The second room: every delta is right, and the gradient that is put together from it is not."""

from __future__ import annotations

from collections.abc import Sequence

from neuronet.bugs.bug import BIAS, TWO_SOURCES, register
from neuronet.feedforward import FeedForward
from neuronet.graph import Neuron
from neuronet.scalar import Number, like

# The biases.


@register(
    "bias-never-learns",
    BIAS,
    difficulty=3,
    seen_in=("mattm/simple-neural-network#5", "nntrainer/nntrainer#219"),
)
class BiasNeverLearns(Neuron):
    """The biases are left out of the backward walk.

    Their gradients are always 0, and the weights learn around them: XOR is solved, later. Where the data need a
    threshold away from where the bias began, the loss stops at a height that no patience lowers.
    """

    __slots__ = ()

    def add_gradients(self) -> None:
        before = [synapse.gradient for synapse in self.incoming]
        super().add_gradients()
        for synapse, gradient in zip(self.incoming, before):
            if synapse.source.is_bias:
                synapse.gradient = gradient


@register("bias-times-bias", BIAS, difficulty=3)
class BiasTimesBias(Neuron):
    """The gradient of a bias is multiplied by the bias.

    A weight's gradient is -delta times what came in through it. What comes in through a bias is always 1; here it is
    the bias itself. One that starts at 0 stays there for ever, a negative one moves the wrong way.
    """

    __slots__ = ()

    def add_gradients(self) -> None:
        for synapse in self.incoming:
            came_in = synapse.weight if synapse.source.is_bias else synapse.source.output
            synapse.gradient += -self.delta * came_in


# Which output belongs to which weight.


@register("own-output-as-input", difficulty=2)
class OwnOutputAsInput(Neuron):
    """A weight's gradient takes the output from the wrong end of the synapse.

    It needs the output of the neuron where the synapse begins and gets that of the neuron where it ends: the list of
    layers is read one place too far. All weights of a neuron get the same gradient, and the network cannot tell its
    inputs apart.
    """

    __slots__ = ()

    def add_gradients(self) -> None:
        for synapse in self.incoming:
            came_in = synapse.source.output if synapse.source.is_bias else self.output
            synapse.gradient += -self.delta * came_in


@register("input-off-by-one", TWO_SOURCES, difficulty=3)
class InputOffByOne(Neuron):
    """Each weight gets the gradient of its neighbour.

    The inputs are counted from 1 on one side and from 0 on the other. XOR is not learned. Where neighbouring inputs
    resemble each other, as in a picture, it is less wrong and harder to notice.
    """

    __slots__ = ()

    def add_gradients(self) -> None:
        weights = [synapse for synapse in self.incoming if not synapse.source.is_bias]
        for synapse in self.incoming:
            if synapse.source.is_bias:
                synapse.gradient += -self.delta * synapse.source.output
        for synapse, neighbour in zip(weights, weights[1:] + weights[:1]):
            synapse.gradient += -self.delta * neighbour.source.output


@register("first-weight-skipped", difficulty=3)
class FirstWeightSkipped(Neuron):
    """The first weight of every neuron has no gradient.

    The loop over the weights begins at 1, because the bias used to stand at 0. The first weight keeps its initial
    value. On XOR the loss stops falling early; with many inputs the others can make up for it.
    """

    __slots__ = ()

    def add_gradients(self) -> None:
        first = next((synapse for synapse in self.incoming if not synapse.source.is_bias), None)
        before = None if first is None else first.gradient
        super().add_gradients()
        if first is not None:
            first.gradient = before


# Sums, means and what is left over.


@register("sum-for-mean", difficulty=4, wants="two samples in a batch", seen_in=("openai/guided-diffusion#111",))
class SumForMean(FeedForward):
    """The loss is a mean over the batch, the gradient a sum.

    The division is forgotten, and every gradient is as many times too large as there are samples. With one sample at a
    time it is right; with a larger batch the same learning rate may suddenly be too high.
    """

    def average_gradients(self, samples: int) -> None:
        pass


@register(
    "gradients-not-cleared",
    difficulty=5,
    wants="two walks",
    seen_in=("karpathy/micrograd#53",),
)
class GradientsNotCleared(Neuron):
    """The gradients are not set to 0 after the update.

    Each step repeats all steps before it, and training swings to and fro and gets stuck. The first walk is right, so a
    check that walks back once sees nothing.
    """

    __slots__ = ()

    def clear_gradients(self, zero: Number = 0) -> None:
        pass


@register("decay-twice", difficulty=4, needs_penalty=True, seen_in=("titu1994/DenseNet#57",))
class DecayTwice(FeedForward):
    """The penalty on the weights pulls twice as hard as the loss says.

    A penalty of decay / 2 * weight^2 has the slope decay * weight; the gradient takes twice that, as though the half
    were not there. The weights are held nearer to 0 than they should be. The network with the right factor hangs among
    the decoys.
    """

    def add_penalty(self) -> None:
        super().add_penalty()
        super().add_penalty()


@register("decay-on-bias", BIAS, difficulty=4, needs_penalty=True, seen_in=("rasmusbergpalm/DeepLearnToolbox#32",))
class DecayOnBias(FeedForward):
    """The penalty on the weights pulls at the biases too.

    In the loss it counts the weights only; in the gradient it counts the biases as well, because the loop is shorter
    that way. The biases are held a little nearer to 0 than the loss asks for.
    """

    def add_penalty(self) -> None:
        if self.penalty is not None:
            for synapse in self.synapses:
                synapse.gradient += self.penalty.derivative(synapse.weight)


# Small things that a loose tolerance lets through.


@register("gradient-clipped", difficulty=5, wants="a sample with a gradient beyond 1 or -1")
class GradientClipped(Neuron):
    """Gradients beyond 1 or -1 are cut off in the backward walk.

    Someone once met a gradient that exploded. As long as the gradients are small nothing is wrong, whatever checks it.
    It comes back with the first data that were not scaled.
    """

    __slots__ = ()

    def add_gradients(self) -> None:
        for synapse in self.incoming:
            gradient = -self.delta * synapse.source.output
            synapse.gradient += max(-1, min(1, gradient))


@register("gradient-rounded", difficulty=5)
class GradientRounded(Neuron):
    """The gradients are rounded to six decimals.

    Perhaps on their way through a log or a JSON file. Large ones do not notice; once training slows down, gradients
    below half a millionth become 0, and learning stops for good.
    """

    __slots__ = ()

    def add_gradients(self) -> None:
        super().add_gradients()
        for synapse in self.incoming:
            synapse.gradient = round(synapse.gradient, 6)


@register("one-percent-off", difficulty=5)
class OnePercentOff(FeedForward):
    """The gradient of a single weight is one per cent too large.

    No training would tell, and a check that is content with two digits, or looks at a few weights only, lets it pass.
    """

    def backpropagate(self, targets: Sequence[Number]) -> Number:
        loss = super().backpropagate(targets)
        synapse = self.synapses[len(self.synapses) // 2]
        synapse.gradient -= synapse.destination.delta * synapse.source.output / 100
        return loss


@register("a-millionth-too-much", difficulty=5)
class MillionthTooMuch(Neuron):
    """A millionth is added to every gradient.

    As one adds it to a divisor to keep it away from 0. Beside a gradient of 0.1 it is nothing. Near an optimum, where
    the gradients are millionths themselves, the network drifts away from it.
    """

    __slots__ = ()

    def add_gradients(self) -> None:
        super().add_gradients()
        for synapse in self.incoming:
            synapse.gradient += like(synapse.gradient, 1) / 1_000_000
