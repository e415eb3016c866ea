"""Activations: the functions that turn a neuron's weighted sum into its output.

Each is a value and a derivative, written once, for any kind of number:

    output     = value(net)
    derivative = d output / d net, from both the net and the output

The derivative is given both because each alone can fail: `output * (1 - output)` reads like the article, but once
the output is nearly 1 the subtraction loses its digits, and then the net still has them.

`softmax` is the one activation that a whole row of neurons shares: each output depends on every net of its layer.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import FunctionType
from typing import Any, Callable, Union

from neuronet.errors import DataError, UnknownNameError
from neuronet.scalar import Number, exp, expm1, largest, like, log1p, magnitude, tanh

CO_VARARGS = 4
"""The flag of Python's code objects for a function of any number of arguments."""


class Activation:
    """A function of one neuron's net, with its derivative.

    name: what `repr`, tables and saved networks call it.
    value: `value(net) -> output`.
    derivative: `derivative(net, output) -> d output / d net`, at the output that `value` gave for this net.

    Raises DataError where the name is no text or one of the two is no function.

    Write both with int literals (`1`, not `1.0`) and the functions of `neuronet.scalar`, and decide branches by
    `net.real`: then every kind of number can flow through, and the gradient check can use its exact methods.

    >>> square = Activation("square", lambda net: net * net, lambda net, output: 2 * net)
    >>> square.value(3), square.derivative(3, 9)
    (9, 6)
    """

    __slots__ = ("derivative", "name", "value")

    def __init__(
        self, name: str, value: Callable[[Number], Number], derivative: Callable[[Number, Number], Number]
    ) -> None:
        refuse_no_formula(name, value=(value, "net"), derivative=(derivative, "net, output"))
        self.name = name
        self.value = value
        self.derivative = derivative

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r})"

    def __reduce__(self) -> Any:
        if ACTIVATIONS.get(self.name) is self:
            return find_activation, (self.name,)
        return type(self), (self.name, self.value, self.derivative)


class SharedActivation:
    """A function of all the nets of a row at once.

    name: what `repr`, tables and saved networks call it.
    values: `values(nets) -> outputs`, one for each neuron of the row, in order.
    deltas: `deltas(errors, outputs) -> deltas`, the chain rule through the whole row:
        delta_i = sum over j of error_j * d output_j / d net_i.

    Raises DataError as `Activation` does.
    """

    __slots__ = ("deltas", "name", "values")

    def __init__(
        self,
        name: str,
        values: Callable[[Sequence[Number]], list[Number]],
        deltas: Callable[[Sequence[Number], Sequence[Number]], list[Number]],
    ) -> None:
        refuse_no_formula(name, values=(values, "nets"), deltas=(deltas, "errors, outputs"))
        self.name = name
        self.values = values
        self.deltas = deltas

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r})"

    def __reduce__(self) -> Any:
        if ACTIVATIONS.get(self.name) is self:
            return find_activation, (self.name,)
        return type(self), (self.name, self.values, self.deltas)


AnyActivation = Union[Activation, SharedActivation]


def refuse_no_formula(name: Any, **functions: tuple[Any, str]) -> None:
    """Raise DataError where an activation or a loss is given a name that is no text, or no function of its arguments.

    functions: by their names, each with the names of its arguments, such as "net, output".
    """
    if not isinstance(name, str):
        raise DataError(f"name: expected text, got {name!r}")
    for place, (function, arguments) in functions.items():
        if not callable(function):
            raise DataError(f"{name}.{place}: expected a function, got {function!r}")
        if isinstance(function, FunctionType) and not _takes(function, len(arguments.split(", "))):
            count = function.__code__.co_argcount
            raise DataError(f"{name}.{place}: expected a function of ({arguments}), got one of {count} arguments")


def _takes(function: FunctionType, count: int) -> bool:
    code, optional = function.__code__, len(function.__defaults__ or ())
    any_number = getattr(code, "co_flags", CO_VARARGS) & CO_VARARGS  # what is not written in Python does not say
    return bool(any_number) or code.co_argcount - optional <= count <= code.co_argcount


# The article's own. 1 - output is exact enough while the net is small; above 3 it has lost more than one of its
# sixteen digits, and exp(-net) * output * output is the same number with all of them.


def _sigmoid(net: Number) -> Number:
    if net.real >= 0:
        return 1 / (1 + exp(-net))
    growth = exp(net)
    return growth / (1 + growth)


def _sigmoid_derivative(net: Number, output: Number) -> Number:
    if net.real <= 3:
        return output * (1 - output)
    return exp(-net) * output * output


# tanh' = 1 - output^2 = 4 e / (1 + e)^2 with e = exp(-2|net|); the second form keeps its digits far from 0.


def _tanh_derivative(net: Number, output: Number) -> Number:
    if -2 <= net.real <= 2:
        return 1 - output * output
    shrunk = exp(-2 * magnitude(net))
    return 4 * shrunk / ((1 + shrunk) * (1 + shrunk))


def _relu(net: Number) -> Number:
    return net if net.real > 0 else like(net, 0)


def _relu_derivative(net: Number, output: Number) -> Number:
    return 1 if net.real > 0 else 0


def _leaky_relu(net: Number) -> Number:
    return net if net.real > 0 else net / 100


def _leaky_relu_derivative(net: Number, output: Number) -> Number:
    return 1 if net.real > 0 else like(net, 1) / 100


def _elu(net: Number) -> Number:
    return net if net.real > 0 else expm1(net)


def _elu_derivative(net: Number, output: Number) -> Number:
    return 1 if net.real > 0 else exp(net)


def _softplus(net: Number) -> Number:
    if net.real > 0:
        return net + log1p(exp(-net))
    return log1p(exp(net))


def _softplus_derivative(net: Number, output: Number) -> Number:
    return _sigmoid(net)


def _softsign(net: Number) -> Number:
    return net / (1 + magnitude(net))


def _softsign_derivative(net: Number, output: Number) -> Number:
    scale = 1 + magnitude(net)
    return 1 / (scale * scale)


def _hard_sigmoid(net: Number) -> Number:
    if 2 * net.real <= -5:
        return like(net, 0)
    if 2 * net.real >= 5:
        return like(net, 1)
    return (2 * net + 5) / 10


def _hard_sigmoid_derivative(net: Number, output: Number) -> Number:
    return like(net, 1) / 5 if -5 < 2 * net.real < 5 else 0


def shifted_powers(nets: Sequence[Number]) -> tuple[Number, list[Number], Number]:
    """The largest net, exp(net - largest) of each net, and the sum of these powers: what softmax and its loss are of.

    Subtracting the largest net changes no quotient of powers and keeps exp from overflowing.
    """
    peak = largest(nets)
    powers = [exp(net - peak) for net in nets]
    total = 0
    for power in powers:
        total += power
    return peak, powers, total


def _softmax(nets: Sequence[Number]) -> list[Number]:
    _, powers, total = shifted_powers(nets)
    return [power / total for power in powers]


def _softmax_deltas(errors: Sequence[Number], outputs: Sequence[Number]) -> list[Number]:
    # d output_j / d net_i = output_j * ((i == j) - output_i). Since the outputs add up to 1, the sum over j of error_j
    # times that is output_i times the sum over j of output_j * (error_i - error_j): where output_i is nearly 1, nothing
    # is lost of the others.
    deltas = []
    for error, output in zip(errors, outputs):
        delta = 0
        for other_error, other_output in zip(errors, outputs):
            delta += other_output * (error - other_error)
        deltas.append(output * delta)
    return deltas


sigmoid = Activation("sigmoid", _sigmoid, _sigmoid_derivative)
"""1 / (1 + exp(-net)), between 0 and 1: the article's activation. Derivative: output * (1 - output)."""

hyperbolic_tangent = Activation("tanh", tanh, _tanh_derivative)
"""tanh(net), between -1 and 1. Derivative: 1 - output^2."""

relu = Activation("relu", _relu, _relu_derivative)
"""net where it is above 0, else 0 (Nair and Hinton 2010). Derivative: 1 or 0; 0 is taken at the kink."""

leaky_relu = Activation("leaky_relu", _leaky_relu, _leaky_relu_derivative)
"""net where it is above 0, else net / 100 (Maas et al. 2013). Derivative: 1 or 1/100; 1/100 at the kink."""

elu = Activation("elu", _elu, _elu_derivative)
"""net where it is above 0, else exp(net) - 1 (Clevert et al. 2016, alpha = 1). Derivative: 1 or exp(net)."""

softplus = Activation("softplus", _softplus, _softplus_derivative)
"""log(1 + exp(net)), above 0 (Dugas et al. 2001). Derivative: the sigmoid of net."""

softsign = Activation("softsign", _softsign, _softsign_derivative)
"""net / (1 + |net|), between -1 and 1 (Bergstra et al. 2009). Derivative: 1 / (1 + |net|)^2."""

hard_sigmoid = Activation("hard_sigmoid", _hard_sigmoid, _hard_sigmoid_derivative)
"""net / 5 + 1/2, cut off at 0 and 1: a sigmoid of straight lines. Derivative: 1/5 between -5/2 and 5/2, else 0."""

linear = Activation("linear", lambda net: net, lambda net, output: 1)
"""net itself, for regression. Derivative: 1."""

softmax = SharedActivation("softmax", _softmax, _softmax_deltas)
"""exp(net_i) / sum of exp(net_j) over the row: positive outputs that add up to 1 (Bridle 1990). Output layers only."""

always_one = Activation("always_one", lambda net: like(net, 1), lambda net, output: 0)
"""1 whatever the net: the activation of a bias neuron. Derivative: 0."""

ACTIVATIONS: dict[str, AnyActivation] = {
    activation.name: activation
    for activation in (
        sigmoid,
        hyperbolic_tangent,
        relu,
        leaky_relu,
        elu,
        softplus,
        softsign,
        hard_sigmoid,
        linear,
        softmax,
    )
}
"""The activations that a name stands for."""


def find_activation(activation: str | AnyActivation, place: str = "activation") -> AnyActivation:
    """The activation of this name; one that is an activation already is returned as it is.

    activation: a name in `ACTIVATIONS`, an `Activation` or a `SharedActivation`.
    place: what an error calls the argument, such as `layers[1].activation`.

    Raises UnknownNameError for anything else; the message lists the known names.
    """
    if isinstance(activation, (Activation, SharedActivation)):
        return activation
    if isinstance(activation, str) and activation in ACTIVATIONS:
        return ACTIVATIONS[activation]
    if callable(activation) and not isinstance(activation, type):
        wanted = "a name or an Activation(name, value, derivative)"
        raise UnknownNameError(f"{place}: expected {wanted}, got a function alone")
    raise UnknownNameError(f"{place}: unknown {activation!r}; known: {', '.join(ACTIVATIONS)}")
