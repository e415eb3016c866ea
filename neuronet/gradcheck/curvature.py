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
    shares = validate.row(direction, len(parameters), "direction")
    with objective.kept(), objective.as_floats():
        return _product(objective, parameters, shares)


def _product(objective: NetworkObjective, parameters: Sequence[Parameter], shares: Sequence[float]) -> list[float]:
    kept = [objective.value(parameter) for parameter in parameters]
    try:
        for parameter, value, share in zip(parameters, kept, shares):
            objective.set(parameter, complex(value, COMPLEX_STEP * share))
        return [gradient.imag / COMPLEX_STEP for gradient in objective.gradients(parameters)]
    except REFUSALS as problem:
        raise DataError(f"network: expected formulas that complex numbers can flow through: {problem}") from None
    finally:
        for parameter, value in zip(parameters, kept):
            objective.set(parameter, value)


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
            shares = [generator.gauss(0, 1) for _ in parameters]
            entries += _along(objective, parameters, shares, number)
    if not steady:
        entries = [entry._replace(status=INCONCLUSIVE, reason="not deterministic") for entry in entries]
    title = f"second derivative check ({rounds} directions, {len(objective.inputs)} samples)"
    return GradientReport(title, entries, (), objective.weak_points())


def _along(objective: NetworkObjective, parameters: Sequence[Parameter], shares: Sequence[float], number: int) -> list[Entry]:
    """What is found along one direction."""
    products = _product(objective, parameters, shares)
    references = _forward_product(objective, parameters, shares)
    largest = max((abs(reference) for reference in references), default=0.0)
    # A second derivative below the rounding of the gradients that it is the change of cannot be told from 0.
    sizes = [abs(gradient) for gradient in objective.gradients(parameters)]
    rounding = 16 * EPSILON * max(sizes, default=0.0) * max((abs(share) for share in shares), default=0.0)
    entries = [
        _entry(parameter, number, product, reference, tolerance(product, Slope(reference), largest) + rounding)
        for parameter, product, reference in zip(parameters, products, references)
    ]
    if all(entry.status != FAIL for entry in entries):
        return entries
    unlike = [
        abs(reference - slope.value) <= (slope.bar or 0) + 1e-6 * largest
        for reference, slope in zip(references, _difference(objective, parameters, shares))
    ]
    with objective.moved(Random(0), 1e-3):
        beside = _agreements(
            _product(objective, parameters, shares), _forward_product(objective, parameters, shares), 1e-6, 1e-12 * largest
        )
    finely = _agreements_in_decimals(objective, parameters, shares, largest)
    return [
        _excused(entry, (("kink", kink), ("methods disagree", odd), ("noise floor", fine)))
        for entry, odd, kink, fine in zip(entries, unlike, beside, finely)
    ]


def _excused(entry: Entry, witnesses: Sequence[tuple[str, bool]]) -> Entry:
    """The entry, with the first reason that excuses it where it failed."""
    if entry.status == FAIL:
        for reason, speaks in witnesses:
            if speaks:
                return entry._replace(status=INCONCLUSIVE, reason=reason)
    return entry


def _agreements(
    products: Sequence[Number], references: Sequence[Number], relative: Number, rounding: Number
) -> list[bool]:
    """Which products are their references, within a share of their size and the rounding of what they are made of."""
    return [
        bool(abs(product - reference) <= relative * max(abs(product), abs(reference)) + rounding)
        for product, reference in zip(products, references)
    ]


def _agreements_in_decimals(
    objective: NetworkObjective, parameters: Sequence[Parameter], shares: Sequence[float], largest: float
) -> list[bool]:
    """Which weights agree where numbers of 120 digits and more go through both walks; none where they cannot."""
    try:
        with objective.converted(Decimal), localcontext() as context:
            context.prec = 2 * DECIMAL_DIGITS if largest > 1e-28 else 400  # as 1 - tanh(net)^2 asks for far out
            exact = [Decimal(share) for share in shares]
            references = _forward_product(objective, parameters, exact)
            above = _gradients_along(objective, parameters, exact, DECIMAL_STEP)
            below = _gradients_along(objective, parameters, exact, -DECIMAL_STEP)
            products = [(high - low) / (2 * DECIMAL_STEP) for high, low in zip(above, below)]
            return _agreements(products, references, Decimal("1e-15"), Decimal("1e-20") * Decimal(largest))
    except Exception:  # floats did not raise it: decimals cannot be heard
        return [False] * len(parameters)


def _gradients_along(
    objective: NetworkObjective, parameters: Sequence[Parameter], shares: Sequence[Number], reach: Number
) -> list[Number]:
    """What the backward walk finds so far from here in a direction."""
    kept = [objective.value(parameter) for parameter in parameters]
    try:
        for parameter, value, share in zip(parameters, kept, shares):
            objective.set(parameter, value + reach * share)
        return objective.gradients(parameters)
    finally:
        for parameter, value in zip(parameters, kept):
            objective.set(parameter, value)


def _difference(objective: NetworkObjective, parameters: Sequence[Parameter], shares: Sequence[float]) -> list[Slope]:
    """The Hessian-vector product as the central difference of two gradients, with its error bars."""
    step = EPSILON ** (1 / 3)
    found = []
    for above, below, far_above, far_below in zip(
        *(_gradients_along(objective, parameters, shares, place * step) for place in (1, -1, 2, -2))
    ):
        near, far = (above - below) / (2 * step), (far_above - far_below) / (4 * step)
        found.append(Slope(near, 4 * EPSILON * (abs(above) + abs(below)) / (2 * step) + 2 * abs(near - far) / 3))
    return found


def _forward_product(objective: NetworkObjective, parameters: Sequence[Parameter], shares: Sequence[Number]) -> list[Number]:
    """The Hessian-vector product from the forward walk: the inner dual goes along the direction, the outer by one."""
    kept = [objective.value(parameter) for parameter in parameters]
    try:
        for parameter, value, share in zip(parameters, kept, shares):
            objective.set(parameter, Dual(Dual(value, share)))
        found = []
        for parameter, value, share in zip(parameters, kept, shares):
            mixed = objective.loss_by(parameter)(Dual(Dual(value, share), 1))
            slope = mixed.slope if isinstance(mixed, Dual) else 0
            found.append(slope.slope if isinstance(slope, Dual) else objective.kind(0))
        return found
    except REFUSALS as problem:
        raise DataError(f"network: expected formulas that dual numbers can flow through: {problem}") from None
    finally:
        for parameter, value in zip(parameters, kept):
            objective.set(parameter, value)


def _entry(parameter: Parameter, number: int, product: float, reference: float, allowed: float) -> Entry:
    name = f"{parameter.name}, direction {number}"
    entry = Entry(parameter.layer, parameter.kind, name, product, reference, allowed, INCONCLUSIVE, "not finite")
    if not validate.is_finite(reference):
        return entry
    status = PASS if abs(product - reference) <= allowed else FAIL
    return entry._replace(status=status, reason="" if status == PASS else "wrong")
