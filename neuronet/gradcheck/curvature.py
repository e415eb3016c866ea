"""Second derivatives, from the same backward walk: how the gradient changes along a direction.

Let every weight be complex(w, h * v) and walk forward and backward: the imaginary part of each gradient, divided by
h, is that of the Hessian-vector product H v (Pearlmutter 1994 by a complex step), exact to rounding.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, localcontext
from random import Random
from typing import Optional

from neuronet import validate
from neuronet.errors import DataError
from neuronet.feedforward import FeedForward
from neuronet.gradcheck.network_objective import NetworkObjective
from neuronet.gradcheck.objective import Parameter
from neuronet.gradcheck.references import (
    COMPLEX_STEP,
    DECIMAL_DIGITS,
    DECIMAL_STEP,
    EPSILON,
    REFUSALS,
    Slope,
    tolerance,
)
from neuronet.gradcheck.report import FAIL, INCONCLUSIVE, PASS, Entry, GradientReport
from neuronet.numbers.dual import Dual
from neuronet.scalar import Number


def hessian_vector_product(
    network: FeedForward,
    inputs: Sequence[Sequence[float]],
    targets: Sequence[Sequence[float]],
    direction: Sequence[float],
) -> list[float]:
    """The product of the Hessian of the mean loss with a direction, one number for each weight.

    inputs, targets: a row for each sample.
    direction: one number for each synapse, in the order of `network.weights`.

    The network is bit for bit as it was. Raises DataError for arguments that do not fit, and where a formula of the
    user's own refuses complex numbers; one that lets them through without their slope, as `abs` does, is not noticed
    here but by `gradgradcheck`.

    >>> from neuronet import Network
    >>> line = Network(1, 1, activation="linear", weights=[0, 0])
    >>> hessian_vector_product(line, [[3]], [[1]], [0, 1])
    [3.0, 9.0]
    """
    objective = NetworkObjective(network, inputs, targets)
    parameters = objective.parameters(("weights", "biases"))
    direction = validate.row(direction, len(parameters), "direction")
    with objective.kept(), objective.as_floats():
        return _backward_product(objective, parameters, direction)


def _backward_product(
    objective: NetworkObjective, parameters: Sequence[Parameter], direction: Sequence[float]
) -> list[float]:
    values = [
        complex(objective.value(parameter), COMPLEX_STEP * part) for parameter, part in zip(parameters, direction)
    ]
    try:
        with objective.at(parameters, values):
            return [gradient.imag / COMPLEX_STEP for gradient in objective.gradients(parameters)]
    except REFUSALS as problem:
        raise DataError(f"network: expected formulas that complex numbers can flow through: {problem}") from None


def gradgradcheck(
    network: FeedForward,
    inputs: Sequence[Sequence[float]],
    targets: Sequence[Sequence[float]],
    *,
    directions: int = 2,
    seed: int = 0,
    rng: Optional[Random] = None,
) -> GradientReport:
    """Compare the derivative of the backward walk with the second derivative of the loss.

    Along random directions the Hessian-vector product from the backward walk is compared, weight by weight, with the
    one that nested dual numbers find on the forward walk alone. Where the two differ, the difference of two gradients
    a little apart is heard as well, then both at a point a little beside, and at last both in 120 digits or more.

    inputs, targets: a row for each sample.
    directions: how many to try.
    seed, rng: where they are drawn from.

    Returns a `GradientReport`; the network is bit for bit as it was. Raises as `hessian_vector_product` does. At the
    kink of an activation such as relu both walks take the same side, so it stays silent there.

    >>> from neuronet import Network, datasets
    >>> gradgradcheck(Network(2, 4, 1, seed=1), *datasets.xor()).ok
    True
    """
    objective = NetworkObjective(network, inputs, targets)
    if rng is not None and not isinstance(rng, Random):
        raise DataError(f"rng: expected a random.Random, got {validate.shown(rng)}")
    generator = rng or Random(validate.count(seed, "seed", least=0))
    parameters = objective.parameters(("weights", "biases"))
    rounds = validate.count(directions, "directions")
    entries: list[Entry] = []
    with objective.kept(), objective.as_floats():
        steady = objective.loss() == objective.loss()
        for number in range(1, rounds + 1):
            direction = [generator.gauss(0, 1) for _ in parameters]
            entries += _along(objective, parameters, direction, number)
    if not steady:
        entries = [entry._replace(status=INCONCLUSIVE, reason="not deterministic") for entry in entries]
    title = f"second derivative check ({rounds} directions, {len(objective.inputs)} samples)"
    return GradientReport(title, entries, (), objective.weak_points())


def _along(
    objective: NetworkObjective, parameters: Sequence[Parameter], direction: Sequence[float], number: int
) -> list[Entry]:
    """What is found along one direction."""
    products = _backward_product(objective, parameters, direction)
    references = _forward_product(objective, parameters, direction)
    largest = max((abs(reference) for reference in references), default=0.0)
    # A second derivative below the rounding of the gradients that it is the change of cannot be told from 0.
    sizes = [abs(gradient) for gradient in objective.gradients(parameters)]
    rounding = 16 * EPSILON * max(sizes, default=0.0) * max((abs(part) for part in direction), default=0.0)
    entries = [
        _entry(parameter, number, product, reference, tolerance(product, Slope(reference), largest) + rounding)
        for parameter, product, reference in zip(parameters, products, references)
    ]
    if all(entry.status != FAIL for entry in entries):
        return entries
    differences = [
        abs(reference - slope.value) <= (slope.bar or 0) + 1e-6 * largest
        for reference, slope in zip(references, _difference(objective, parameters, direction))
    ]
    with objective.moved(Random(0), 1e-3):
        products = _backward_product(objective, parameters, direction)
        references = _forward_product(objective, parameters, direction)
        nearby = _agreements(products, references, 1e-6, 1e-12 * largest)
    exactly = _agreements_in_decimals(objective, parameters, direction, largest)
    return [
        _excused(entry, (("kink", kink), ("methods disagree", odd), ("noise floor", fine)))
        for entry, odd, kink, fine in zip(entries, differences, nearby, exactly)
    ]


def _excused(entry: Entry, explanations: Sequence[tuple[str, bool]]) -> Entry:
    """The entry, with the first reason that excuses it where it failed."""
    if entry.status == FAIL:
        for reason, holds in explanations:
            if holds:
                return entry._replace(status=INCONCLUSIVE, reason=reason)
    return entry


def _agreements(
    products: Sequence[Number], references: Sequence[Number], relative: Number, rounding: Number
) -> list[bool]:
    """Which products are their references, within a part of their size and the rounding of what they are made of."""
    return [
        bool(abs(product - reference) <= relative * max(abs(product), abs(reference)) + rounding)
        for product, reference in zip(products, references)
    ]


def _agreements_in_decimals(
    objective: NetworkObjective, parameters: Sequence[Parameter], direction: Sequence[float], largest: float
) -> list[bool]:
    """Which weights agree where numbers of 120 digits and more go through both walks; none where they cannot."""
    try:
        with objective.converted(Decimal), localcontext() as context:
            context.prec = 2 * DECIMAL_DIGITS if largest > 1e-28 else 400  # as 1 - tanh(net)^2 asks for far out
            exact = [Decimal(part) for part in direction]
            references = _forward_product(objective, parameters, exact)
            above, below = (
                _gradients_along(objective, parameters, exact, reach) for reach in (DECIMAL_STEP, -DECIMAL_STEP)
            )
            products = [(high - low) / (2 * DECIMAL_STEP) for high, low in zip(above, below)]
            return _agreements(products, references, Decimal("1e-15"), Decimal("1e-20") * Decimal(largest))
    except Exception:  # floats did not raise it: decimals cannot flow here
        return [False] * len(parameters)


def _gradients_along(
    objective: NetworkObjective, parameters: Sequence[Parameter], direction: Sequence[Number], reach: Number
) -> list[Number]:
    """What the backward walk finds so far from here in a direction."""
    with objective.along(parameters, direction, reach):
        return objective.gradients(parameters)


def _difference(
    objective: NetworkObjective, parameters: Sequence[Parameter], direction: Sequence[float]
) -> list[Slope]:
    """The Hessian-vector product as the central difference of two gradients, with its error bars."""
    step = EPSILON ** (1 / 3)
    found = []
    for above, below, far_above, far_below in zip(
        *(_gradients_along(objective, parameters, direction, place * step) for place in (1, -1, 2, -2))
    ):
        near, far = (above - below) / (2 * step), (far_above - far_below) / (4 * step)
        found.append(Slope(near, 4 * EPSILON * (abs(above) + abs(below)) / (2 * step) + 2 * abs(near - far) / 3))
    return found


def _forward_product(
    objective: NetworkObjective, parameters: Sequence[Parameter], direction: Sequence[Number]
) -> list[Number]:
    """The Hessian-vector product from the forward walk: the inner dual goes along the direction, the outer by one."""
    values = [Dual(objective.value(parameter), part) for parameter, part in zip(parameters, direction)]
    found = []
    try:
        with objective.at(parameters, [Dual(value) for value in values]):
            for parameter, value in zip(parameters, values):
                mixed = objective.loss_by(parameter)(Dual(value, 1))
                slope = mixed.slope if isinstance(mixed, Dual) else 0
                found.append(slope.slope if isinstance(slope, Dual) else objective.kind(0))
    except REFUSALS as problem:
        raise DataError(f"network: expected formulas that dual numbers can flow through: {problem}") from None
    return found


def _entry(parameter: Parameter, number: int, product: float, reference: float, allowed: float) -> Entry:
    name = f"{parameter.name}, direction {number}"
    entry = Entry(parameter.layer, parameter.kind, name, product, reference, allowed, INCONCLUSIVE, "not finite")
    if not validate.is_finite(reference):
        return entry
    status = PASS if abs(product - reference) <= allowed else FAIL
    return entry._replace(status=status, reason="" if status == PASS else "wrong")
