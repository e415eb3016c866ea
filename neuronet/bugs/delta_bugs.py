# ruff: noqa: D102 -- the story of the class says what its one method does
"""The first room: the backward walk, from the error at an output to the delta of every neuron."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Optional

from neuronet.activations import hyperbolic_tangent, relu, sigmoid
from neuronet.bugs.bug import (
    BENT,
    BINARY,
    CATEGORICAL,
    FAN_OUT,
    FROM_OUTPUT,
    HIDDEN,
    HIDDEN_SLOPE,
    OUTPUT_ERROR,
    OUTPUT_SLOPE,
    RELU,
    SIGMOID,
    TANH,
    WIDE,
    register,
)
from neuronet.feedforward import FeedForward
from neuronet.graph import Neuron
from neuronet.losses import Loss
from neuronet.scalar import Number

# The slope of the activation.


@register("slope-fed-with-net", FROM_OUTPUT, difficulty=1, seen_in=("BoltzmannEntropy/interviews.ai#4",))
class SlopeFedWithNet(Neuron):
    """The formula for the slope wants the output and gets the net.

    The slope of a sigmoid is output * (1 - output). With the net in its place the result is negative for nets outside
    0 to 1, so such neurons are pushed away from the target, and on XOR the weights soon run off to infinity.
    """

    __slots__ = ()

    def own_delta(self, output: Number = None) -> Number:
        return self.error * self.activation.derivative(self.net, self.net)


@register(
    "slope-of-output",
    BENT,
    difficulty=3,
    seen_in=("liashchynskyi/skynet#1", "dwhitena/gophernet#6", "benoitfragit/libBrain#78", "OpenANN/OpenANN#164"),
)
class SlopeOfOutput(Neuron):
    """The slope is taken at the output instead of at the net.

    The activation is applied twice before its slope is taken. A sigmoid's slope then lies between 0.19 and 0.25
    whatever its net, so neurons that are saturated and should hardly move are pushed on. Hidden sigmoids get stuck on
    XOR; a tanh network forgives it. It is the first of three faults in the published code of the article that this
    library follows.
    """

    __slots__ = ()

    def own_delta(self, output: Number = None) -> Number:
        return self.error * self.activation.derivative(self.output, self.activation.value(self.output))


@register("no-hidden-slope", HIDDEN_SLOPE, difficulty=2, seen_in=("iamtrask/Grokking-Deep-Learning#50",))
class NoHiddenSlope(Neuron):
    """The hidden deltas are bare errors, without the slope of the activation.

    The output layer learns rightly, and the hidden layers go roughly the right way, but many times too far where a
    neuron is saturated. XOR networks get stuck half solved. On a single sample all gradients of a hidden neuron are
    too large by one factor, in the last hidden layer 1 / slope, and the next neuron has another.
    """

    __slots__ = ()

    def own_delta(self, output: Number = None) -> Number:
        return self.error if self.outgoing else super().own_delta(output)


@register(
    "no-output-slope",
    OUTPUT_SLOPE,
    difficulty=4,
    seen_in=("Bot-Academy/NeuralNetworkFromScratch#3", "jiexunsee/Neural-Network-with-Python#1"),
)
class NoOutputSlope(Neuron):
    """The output delta is target - output, without the slope of the activation.

    With a cross-entropy that would be right; with a squared error the network minimises something else than the loss
    that it prints. It solves XOR, and faster than the right one, which is why this slip stays in so many programs.
    """

    __slots__ = ()

    def own_delta(self, output: Number = None) -> Number:
        return super().own_delta(output) if self.outgoing else self.error


@register("tanh-slope-without-square", TANH, difficulty=2, seen_in=("ttezel/nn#8",))
class TanhSlopeWithoutSquare(Neuron):
    """The slope of tanh is 1 - output, where 1 - output^2 belongs.

    Copied from the sigmoid, with one factor lost. It is right only where the output is 0 or 1, and nearly 2 where the
    output is near -1 and the slope should be almost nothing.
    """

    __slots__ = ()

    def own_delta(self, output: Number = None) -> Number:
        return self.error * (1 - self.output) if self.activation is hyperbolic_tangent else super().own_delta(output)


@register("relu-slope-is-output", RELU, difficulty=3)
class ReluSlopeIsOutput(Neuron):
    """The slope of relu is its output, where 1 belongs.

    `max(0, net)` was written once too often. Where the output is 0 both are 0, and the sign is right everywhere, so a
    small network often learns all the same. But large outputs get larger gradients than small ones.
    """

    __slots__ = ()

    def own_delta(self, output: Number = None) -> Number:
        return self.error * self.output if self.activation is relu else super().own_delta(output)


@register("sigmoid-slope-is-output", SIGMOID, difficulty=3)
class SigmoidSlopeIsOutput(Neuron):
    """The slope of the sigmoid is the sigmoid itself.

    It lies between 0 and 1, as a slope might, and has the right sign, so nothing looks odd. But the neurons that are
    saturated at 1 get the largest corrections instead of the smallest. Some XOR networks are solved, most get stuck.
    """

    __slots__ = ()

    def own_delta(self, output: Number = None) -> Number:
        return self.error * self.output if self.activation is sigmoid else super().own_delta(output)


@register("cross-entropy-times-slope", BINARY, difficulty=4, seen_in=("mnielsen/neural-networks-and-deep-learning#77",))
class CrossEntropyTimesSlope(Neuron):
    """A sigmoid with its cross-entropy, and the slope multiplied in all the same.

    The two derivatives cancel, and the delta is target - output. With the slope on top, out of habit, it is the delta
    of the squared error: the network learns, but slowly just where it is most wrong, which is what the cross-entropy
    was chosen to avoid.
    """

    __slots__ = ()

    def output_delta(self, target: Number) -> Number:
        return (target - self.output) * self.output * (1 - self.output)


@register(
    "softmax-times-slope",
    CATEGORICAL,
    difficulty=4,
    seen_in=("jorgenkg/python-neural-network#6", "SebLague/Neural-Network-Experiments#5"),
)
class SoftmaxTimesSlope(Neuron):
    """Softmax with its cross-entropy, and the slope of a sigmoid on top.

    The delta is target - output. Here it is multiplied by output * (1 - output), as though softmax were a row of
    sigmoids. The deltas of a row should add up to 0, and no longer do. It learns, slowly where it is most wrong.
    """

    __slots__ = ()

    def output_delta(self, target: Number) -> Number:
        return (target - self.output) * self.output * (1 - self.output)


# The error at the outputs.


@register(
    "factor-two",
    OUTPUT_ERROR,
    difficulty=4,
    seen_in=("BVLC/caffe#6814", "bighuang624/Andrew-Ng-Deep-Learning-notes#10"),
)
class FactorTwo(Neuron):
    """The half in front of the loss is forgotten in its derivative.

    The half is there so that the derivative has no 2, and then the 2 is written anyway. Every gradient is exactly
    twice too large. Training hides it: it acts like a learning rate twice as high.
    """

    __slots__ = ()

    def output_error(self, target: Number, loss: Loss, outputs: int) -> Number:
        return 2 * super().output_error(target, loss, outputs)


@register("sign-everywhere", difficulty=1)
class SignEverywhere(Neuron):
    """output - target, where target - output belongs.

    Every gradient has the right size and the wrong sign, and every step goes uphill: the loss grows from the first
    epoch on.
    """

    __slots__ = ()

    def output_error(self, target: Number, loss: Loss, outputs: int) -> Number:
        return -super().output_error(target, loss, outputs)

    def output_delta(self, target: Number) -> Number:
        return -super().output_delta(target)


@register("undefined-name", difficulty=1, seen_in=("liashchynskyi/skynet#1",))
class UndefinedName(Neuron):
    """The backward walk asks for a name that was never given.

    A variable was renamed in the forward walk only. The network predicts, so it is noticed only when one trains. It is
    the third fault in the published code of the article: its readers had to mend it before it ran.
    """

    __slots__ = ()

    def output_error(self, target: Number, loss: Loss, outputs: int) -> Number:
        raise NameError("name 'output_layer' is not defined")


@register("previous-target", difficulty=2, wants="two samples with different targets")
class PreviousTarget(FeedForward):
    """The error is taken against the target of the sample before.

    The targets are read one step too late. Each walk is right in itself, and on a single sample everything agrees. In
    training the outputs chase targets that are not theirs, and the loss stays about where it began.
    """

    previous: Optional[list[Number]] = None

    def backpropagate(self, targets: Sequence[Number]) -> Number:
        late = targets if self.previous is None else [self.kind(target) for target in self.previous]
        self.previous = list(targets)
        return super().backpropagate(late)


# The error that comes back to a hidden neuron.


@register("sign-in-hidden", HIDDEN, difficulty=2)
class SignInHidden(Neuron):
    """The error of the hidden neurons has the wrong sign.

    The output layer learns what it can while the hidden layers walk uphill. On XOR every output ends near one half.
    The output layer passes every check, and all other gradients are off by a factor of -1 for each hidden layer that
    the error has come through.
    """

    __slots__ = ()

    def hidden_error(self) -> Number:
        return -super().hidden_error()


@register("transposed-weights", WIDE, difficulty=3, seen_in=("iamtrask/Grokking-Deep-Learning#22",))
class TransposedWeights(Neuron):
    """The error comes back through the weights with row and column swapped.

    The table of weights is read as though it lay on its other side. Nothing breaks and no error is raised; only the
    output layer learns rightly. With one hidden layer and one output, or with weights that happen to be symmetric, it
    cannot be seen at all.
    """

    __slots__ = ()

    def hidden_error(self) -> Number:
        table = [
            synapse
            for leaving in self.outgoing
            for synapse in leaving.destination.incoming
            if not synapse.source.is_bias
        ]
        own = [synapse.source for synapse in table].index(self)
        error = 0
        for place, leaving in enumerate(self.outgoing):
            swapped = table[(own * len(self.outgoing) + place) % len(table)]
            error += swapped.weight * leaving.destination.delta
        return error


@register("last-neuron-skipped", HIDDEN, difficulty=2)
class LastNeuronSkipped(Neuron):
    """The loop over the neurons ahead ends one too early.

    What the last of the neurons that a hidden neuron leads to has to say is never heard. With a single output no error
    comes back at all, and the hidden layer stands still.
    """

    __slots__ = ()

    def hidden_error(self) -> Number:
        error = 0
        for synapse in self.outgoing[:-1]:
            error += synapse.weight * synapse.destination.delta
        return error


@register(
    "fan-out-overwritten",
    FAN_OUT,
    difficulty=3,
    seen_in=("PaddlePaddle/Paddle#1805", "karpathy/micrograd#2", "sebgao/cTensor#5", "SethHWeidman/DLFS_code#13"),
)
class FanOutOverwritten(Neuron):
    """error = ..., where error += ... belongs.

    A neuron that leads to several others hears only the last of them. With one output neuron it is right, so it passes
    every test on XOR.
    """

    __slots__ = ()

    def hidden_error(self) -> Number:
        error: Number = 0
        for synapse in self.outgoing:
            error = synapse.weight * synapse.destination.delta
        return error


@register("stale-error", HIDDEN, difficulty=3, wants="two samples, or two walks", seen_in=("karpathy/micrograd#102",))
class StaleError(Neuron):
    """The hidden error starts from that of the last walk instead of from 0.

    The very first sample is right. After it each error carries all those before it, and the hidden layers are driven
    by the past. A check with one sample and one walk sees nothing.
    """

    __slots__ = ()

    def hidden_error(self) -> Number:
        return super().hidden_error() + (0 if self.error is None else self.error)
