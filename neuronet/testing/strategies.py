"""Hypothesis strategies for networks and data sets, small enough to read when a test fails on one of them.

Weights, inputs and targets lie on a grid of eighths, which floats and fractions hold exactly. Each neuron is drawn as
a list of its own, and the simplest comes first everywhere, because that is what Hypothesis shrinks well.
"""

from __future__ import annotations

from typing import Any, Callable, NamedTuple, Optional, Union

from hypothesis import reject
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

from neuronet.activations import ACTIVATIONS, AnyActivation, find_activation
from neuronet.errors import DataError, NeuronetError
from neuronet.losses import LOSSES, Loss, find_loss
from neuronet.network import Network
from neuronet.testing.drawn import network as make_network
from neuronet.testing.kinks import Row, clear_inputs, clear_targets, make_room

SIMPLEST_FIRST = ("linear", "sigmoid", "tanh", "softplus", "softsign", "relu", "leaky_relu", "hard_sigmoid", "elu")
"""In this order activations are tried when a failing case is made simpler; any other comes after them."""


def eighths(*, min_value: float = -2, max_value: float = 2) -> st.SearchStrategy[float]:
    """Multiples of 1/8 as floats, those next to 0 the simplest.

    min_value, max_value: multiples of 1/8 themselves, the first not above the second. InvalidArgument otherwise.
    """
    for place, value in (("min_value", min_value), ("max_value", max_value)):
        if isinstance(value, bool) or not isinstance(value, (int, float)) or (8 * value) % 1 != 0:
            raise InvalidArgument(f"{place}: expected a multiple of 1/8, got {value!r}")
    if min_value > max_value:
        raise InvalidArgument(f"min_value: expected at most max_value={max_value!r}, got {min_value!r}")
    numbers = [number / 8 for number in range(int(8 * min_value), int(8 * max_value) + 1)]
    return st.sampled_from(sorted(numbers, key=lambda number: (abs(number), number < 0)))


def activations(*, loss: Union[str, Loss, None] = None) -> st.SearchStrategy[AnyActivation]:
    """The activations of the library, the simplest first.

    loss: a name or a `Loss`: then those that may stand in an output layer of two neurons before it, softmax among
        them. None draws what any neuron may have.

    Raises InvalidArgument for an unknown loss.
    """
    known = _known_activations()
    if loss is None:
        return st.sampled_from([activation for activation in known if activation.name != "softmax"])
    function = _found(find_loss, loss)
    return st.sampled_from([activation for activation in known if _fit(activation, function)])


def losses(*, output_activation: Union[str, AnyActivation, None] = None) -> st.SearchStrategy[Loss]:
    """The losses of the library, the article's first.

    output_activation: a name or an activation: then those that may stand behind two outputs of it. None draws any.

    Raises InvalidArgument for an unknown activation.
    """
    if output_activation is None:
        return st.sampled_from(list(LOSSES.values()))
    function = _found(find_activation, output_activation)
    return st.sampled_from([loss for loss in LOSSES.values() if _fit(function, loss)])


def networks(
    *,
    min_inputs: int = 1,
    max_inputs: int = 3,
    min_outputs: int = 1,
    max_outputs: int = 3,
    max_neurons: int = 3,
    min_layers: int = 1,
    max_layers: int = 3,
    hidden_activations: Optional[st.SearchStrategy[Any]] = None,
    output_activation: Union[str, AnyActivation, None] = None,
    loss: Union[str, Loss, None] = None,
    bias: Optional[bool] = None,
    skips: bool = True,
    weights: Optional[st.SearchStrategy[float]] = None,
    kinks: bool = False,
    network_class: type[Network] = Network,
) -> st.SearchStrategy[Network]:
    """Networks small enough to read. Each is a `DrawnNetwork`: its `repr` shows the call that makes exactly this one.

    min_inputs, max_inputs, min_outputs, max_outputs: how many neurons the outer layers have, 1 or more.
    max_neurons: how many neurons a hidden layer has at most, 1 or more.
    min_layers, max_layers: how many layers of weights there are, 1 or more: one more than there are hidden layers.
    hidden_activations: draws the activation of each hidden neuron, or its name; None takes `activations()`.
    output_activation: a name or an activation; None draws one that fits the loss.
    loss: a name or a `Loss`; None draws one that fits the outputs.
    bias: True or False; None draws it.
    skips: whether up to two synapses may skip layers, and up to two others be cut; each neuron keeps one that leads
        to it.
    weights: draws each weight; None takes `eighths()`, -2 to 2.
    kinks: True leaves a network as it was drawn, a relu at exactly 0 included. False moves weights by eighths, or makes
        a neuron linear, until there are inputs at which no neuron is near a kink; `samples` and `datasets` find them.
        What is known of kinks is that of the library's own functions.
    network_class: `Network` or a subclass of it that is constructed with the same arguments.

    Raises InvalidArgument for an empty range, and for an output activation and a loss that do not fit.
    """
    _refuse_range("min_inputs", min_inputs, "max_inputs", max_inputs)
    _refuse_range("min_outputs", min_outputs, "max_outputs", max_outputs)
    _refuse_range("max_neurons", 1, "max_neurons", max_neurons)
    _refuse_range("min_layers", min_layers, "max_layers", max_layers)
    _refuse_other("bias", bias, bool, type(None))
    _refuse_other("skips", skips, bool)
    _refuse_other("kinks", kinks, bool)
    _refuse_other("hidden_activations", hidden_activations, st.SearchStrategy, type(None))
    _refuse_other("weights", weights, st.SearchStrategy, type(None))
    if not (isinstance(network_class, type) and issubclass(network_class, Network)):
        raise InvalidArgument(f"network_class: expected Network or a subclass of it, got {network_class!r}")
    plan = _Plan(
        inputs=st.integers(min_inputs, max_inputs),
        outputs=(min_outputs, max_outputs),
        most_neurons=max_neurons,
        hidden_layers=st.integers(min_layers - 1, max_layers - 1),
        hidden_activations=activations() if hidden_activations is None else hidden_activations,
        ends=st.sampled_from(_fitting(output_activation, loss, max_outputs)),
        bias=st.booleans() if bias is None else st.just(bias),
        weights=eighths() if weights is None else weights,
        skips=skips,
        kinks=kinks,
        network_class=network_class,
    )
    return _networks(plan)


def samples(
    network: Network, *, elements: Optional[st.SearchStrategy[float]] = None, kinks: bool = False
) -> st.SearchStrategy[tuple[Row, Row]]:
    """One sample that fits a network: (inputs, targets).

    elements: draws each number; None takes eighths from -1 to 1. For a loss that wants probabilities, targets are
        mapped from -1 ... 1 to 0 ... 1; for one that wants a distribution, they are made to add up to 1 then.
    kinks: True leaves the numbers as they were drawn. False moves inputs and targets by eighths until every neuron
        and the loss are clear of kinks; inputs that cannot be moved clear give way to others. For a network that is
        nowhere clear, which `networks` draws only with kinks=True, the test case is rejected.

    Raises InvalidArgument for what is no network and no strategy.
    """
    _refuse_other("network", network, Network)
    _refuse_other("elements", elements, st.SearchStrategy, type(None))
    _refuse_other("kinks", kinks, bool)
    return _samples(network, eighths(min_value=-1, max_value=1) if elements is None else elements, kinks)


def datasets(
    network: Network,
    *,
    min_size: int = 1,
    max_size: int = 3,
    elements: Optional[st.SearchStrategy[float]] = None,
    kinks: bool = False,
) -> st.SearchStrategy[tuple[list[Row], list[Row]]]:
    """A data set that fits a network: (inputs, targets), a row for each sample.

    min_size, max_size: how many samples, 1 or more. InvalidArgument otherwise.
    elements, kinks: as in `samples`.
    """
    _refuse_range("min_size", min_size, "max_size", max_size)
    return _datasets(st.lists(samples(network, elements=elements, kinks=kinks), min_size=min_size, max_size=max_size))


class _Plan(NamedTuple):
    """What `networks` draws from."""

    inputs: st.SearchStrategy[int]
    outputs: tuple[int, int]
    most_neurons: int
    hidden_layers: st.SearchStrategy[int]
    hidden_activations: st.SearchStrategy[Any]
    ends: st.SearchStrategy[tuple[AnyActivation, Loss]]
    bias: st.SearchStrategy[bool]
    weights: st.SearchStrategy[float]
    skips: bool
    kinks: bool
    network_class: type[Network]


@st.composite
def _networks(draw: st.DrawFn, plan: _Plan) -> Network:
    output_activation, loss = draw(plan.ends)
    bias = draw(plan.bias)
    shape = [draw(plan.inputs)]
    functions: list[Any] = []
    weights: list[Row] = []

    def row() -> st.SearchStrategy[Row]:
        width = shape[-1] + bias
        return st.lists(plan.weights, min_size=width, max_size=width)

    for _ in range(draw(plan.hidden_layers)):
        neurons = draw(st.lists(st.tuples(plan.hidden_activations, row()), min_size=1, max_size=plan.most_neurons))
        functions.append([function for function, _ in neurons])
        weights += [drawn for _, drawn in neurons]
        shape.append(len(neurons))
    least, most = plan.outputs
    outputs = draw(st.lists(row(), min_size=max(least, 1 if _fit(output_activation, loss, 1) else 2), max_size=most))
    network = make_network(
        *shape,
        len(outputs),
        activations=[*functions, output_activation],
        weights=weights + outputs,
        loss=loss,
        bias=bias,
        network_class=plan.network_class,
    )
    if plan.skips:
        _rewire(draw, network, plan.weights)
    if not plan.kinks:
        make_room(network)
    for synapse in network.synapses:
        synapse.initial = synapse.weight
    return network


def _rewire(draw: st.DrawFn, network: Network, weights: st.SearchStrategy[float]) -> None:
    """Cut up to two synapses, but never the last that leads to a neuron, and lead up to two others over a layer."""
    for synapse in draw(st.lists(st.sampled_from(network.synapses), unique_by=id, max_size=2)):
        if len(synapse.destination.incoming) > 1:
            network.disconnect(synapse)
    leaps = [
        (source.name, destination.name)
        for place, layer in enumerate(network.layers)
        for source in layer
        for later in network.layers[place + 2 :]
        for destination in later
    ]
    if leaps:
        skips = st.lists(st.tuples(st.sampled_from(leaps), weights), unique_by=lambda skip: skip[0], max_size=2)
        for (source, destination), weight in draw(skips):
            network.connect(source, destination, weight)


@st.composite
def _samples(draw: st.DrawFn, network: Network, elements: st.SearchStrategy[float], kinks: bool) -> tuple[Row, Row]:
    inputs, wanted = (
        draw(st.lists(elements, min_size=len(layer), max_size=len(layer))) for layer in (network[0], network[-1])
    )
    targets = _fit_targets(network.loss_function, wanted)
    if not kinks:
        clear = clear_inputs(network, inputs)
        if clear is None:
            reject()
        inputs, targets = clear, clear_targets(network, clear, targets)
    try:
        network.loss_function.refuse_targets(targets, "targets")
    except DataError:
        reject()
    return inputs, targets


@st.composite
def _datasets(draw: st.DrawFn, drawn: st.SearchStrategy[list[tuple[Row, Row]]]) -> tuple[list[Row], list[Row]]:
    pairs = draw(drawn)
    return [inputs for inputs, _ in pairs], [targets for _, targets in pairs]


def _fit_targets(loss: Loss, wanted: Row) -> Row:
    """Targets that the loss can take, in place of numbers from -1 to 1."""
    if loss.name not in ("binary_cross_entropy", "categorical_cross_entropy"):
        return wanted
    shares = [min(1.0, max(0.0, (value + 1) / 2)) for value in wanted]
    if loss.name == "binary_cross_entropy":
        return shares
    total = 0.0
    for share in shares:
        total += share
    return [share / total if total else 1 / len(shares) for share in shares]


def _known_activations() -> list[AnyActivation]:
    """Those of the library, the simplest first."""
    others = [name for name in ACTIVATIONS if name not in SIMPLEST_FIRST]
    return [ACTIVATIONS[name] for name in (*SIMPLEST_FIRST, *others)]


def _fit(output_activation: AnyActivation, loss: Loss, outputs: int = 2) -> bool:
    """Whether so many outputs may have this activation before this loss."""
    try:
        loss.refuse_misfit([output_activation] * outputs)
    except DataError:
        return False
    return True


def _fitting(
    output_activation: Union[str, AnyActivation, None], loss: Union[str, Loss, None], most_outputs: int
) -> list[tuple[AnyActivation, Loss]]:
    """Every pair that fits, among what is named."""
    functions = _known_activations() if output_activation is None else [_found(find_activation, output_activation)]
    chosen = list(LOSSES.values()) if loss is None else [_found(find_loss, loss)]
    outputs = min(2, most_outputs)
    pairs = [(function, one) for one in chosen for function in functions if _fit(function, one, outputs)]
    if not pairs:
        raise InvalidArgument(
            f"output_activation={output_activation!r}, loss={loss!r}, max_outputs={most_outputs}: expected what fits"
        )
    return pairs


def _found(find: Callable[[Any], Any], named: Any) -> Any:
    try:
        return find(named)
    except NeuronetError as problem:
        raise InvalidArgument(str(problem)) from None


def _refuse_range(least_place: str, least: Any, most_place: str, most: Any) -> None:
    for place, value in ((least_place, least), (most_place, most)):
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise InvalidArgument(f"{place}: expected a whole number of at least 1, got {value!r}")
    if least > most:
        raise InvalidArgument(f"{least_place}: expected at most {most_place}={most}, got {least}")


def _refuse_other(place: str, value: Any, *kinds: Any) -> None:
    if not isinstance(value, kinds):
        names = " or ".join("None" if kind is type(None) else kind.__name__ for kind in kinds)
        raise InvalidArgument(f"{place}: expected {names}, got {value!r}")
