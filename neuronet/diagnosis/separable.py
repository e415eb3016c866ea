"""Can a straight line divide two classes of points? The answer "no" comes with a proof.

Two classes cannot be divided exactly when some point is a mean of points of the one class and a mean of points of the
other, with weights of 0 or more. Looking for such weights is a linear program. It is solved by the simplex method in
fractions, so nothing is rounded, and what it finds is a proof that anybody can add up.

Source of the rule that keeps the simplex method from going in circles: R. G. Bland, "New finite pivoting rules for
the simplex method", Mathematics of Operations Research 2 (1977), 103-107.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple, Optional

Point = Sequence[float]

MOST_POINTS = 100
"""The proof is looked for among at most so many points of each class: what a few cannot, all together cannot."""

MOST_INPUTS = 16
"""With more inputs than this, fractions take too long; then nothing is said."""

MOST_BITS = 120_000
"""Nor where the fractions grow so long: the steps of the search end when their pivots have more bits than this in all.
Measured data of 8 inputs, 100 samples of each class, come to 100,000 and take a few seconds; parity comes to 100."""

ROUNDS = 200
"""How often the perceptron goes over all points: enough to come close to its best on a few hundred of them."""

MOST_VISITS = 200_000
"""The perceptron looks at hardly more points than this in all."""

FEW = 64
"""Among so few points each line is tried on all of them, among more only the last one of a round."""


class Meeting(NamedTuple):
    """A point that is a mean of points of either class: the proof that no straight line divides them."""

    point: list[float]
    first: dict[int, Fraction]
    """The weight of each point of the first class that takes part, by its position."""
    second: dict[int, Fraction]
    """The same for the second class."""


def meeting_point(first: Sequence[Point], second: Sequence[Point]) -> Optional[Meeting]:
    """A point where the two classes meet, or None where a straight line divides them, or where the search is too long.

    first, second: the points of either class, all of as many numbers.
    """
    if not first or not second or len(first[0]) > MOST_INPUTS:
        return None
    some, others = _spread(first), _spread(second)
    columns = [[Fraction(1), Fraction(0), *map(Fraction, first[position])] for position in some]
    columns += [[Fraction(0), Fraction(1), *(-Fraction(x) for x in second[position])] for position in others]
    wanted = [Fraction(1), Fraction(1)] + [Fraction(0)] * len(first[0])
    weights = _solution(columns, wanted)
    if weights is None:
        return None
    taken = {position: weight for position, weight in zip(some, weights) if weight}
    facing = {position: weight for position, weight in zip(others, weights[len(some) :]) if weight}
    point = [Fraction(0)] * len(first[0])
    for position, weight in taken.items():
        point = [here + weight * Fraction(x) for here, x in zip(point, first[position])]
    return Meeting([float(x) for x in point], taken, facing)


def _spread(points: Sequence[Point]) -> list[int]:
    """The positions of so many points as are looked at, evenly spread."""
    count = min(len(points), MOST_POINTS)
    return [position * len(points) // count for position in range(count)]


def _solution(columns: list[list[Fraction]], wanted: list[Fraction]) -> Optional[list[Fraction]]:
    """Weights of 0 or more with which the columns add up to what is wanted; None where there are none, or none in time.

    wanted: numbers of 0 or more.
    """
    height, width = len(wanted), len(columns)
    rows = [[column[place] for column in columns] + [wanted[place]] for place in range(height)]
    basis = [width + place for place in range(height)]  # at first only what is missing
    lack = [sum((row[place] for row in rows), Fraction(0)) for place in range(width + 1)]
    bits = 0
    while lack[-1] > 0:
        entering = next((place for place in range(width) if lack[place] > 0), None)
        if entering is None:
            return None
        _, _, leaving = min(
            (rows[place][-1] / rows[place][entering], basis[place], place)
            for place in range(height)
            if rows[place][entering] > 0
        )
        pivot = rows[leaving][entering]
        bits += pivot.numerator.bit_length() + pivot.denominator.bit_length()
        if bits > MOST_BITS:
            return None
        rows[leaving] = [number / pivot for number in rows[leaving]]
        for row in [*rows[:leaving], *rows[leaving + 1 :], lack]:
            factor = row[entering]
            if factor:
                row[:] = [number - factor * step for number, step in zip(row, rows[leaving])]
        basis[leaving] = entering
    weights = [Fraction(0)] * width
    for place, variable in enumerate(basis):
        if variable < width:
            weights[variable] = rows[place][-1]
    return weights


def best_line(first: Sequence[Point], second: Sequence[Point]) -> int:
    """How many points are on their side of the best straight line that the pocket perceptron came across.

    (S. I. Gallant, "Perceptron-based learning algorithms", IEEE Transactions on Neural Networks 1 (1990), 179-191.)
    """
    columns = list(zip(*[*first, *second]))
    middles = [(max(column) + min(column)) / 2 for column in columns]
    widths = [(max(column) - min(column)) / 2 or 1.0 for column in columns]
    points = []
    for side, own in ((1, first), (-1, second)):
        points += [(side, [1.0, *((x - m) / w for x, m, w in zip(point, middles, widths))]) for point in own]
    line = [0.0] * (len(columns) + 1)
    best = max(len(first), len(second))
    budget = MOST_VISITS
    for _ in range(ROUNDS):
        for side, point in points:
            if side * _height(line, point) <= 0:
                line = [weight + side * x for weight, x in zip(line, point)]
                if len(points) <= FEW:
                    best, budget = max(best, _right(line, points)), budget - len(points)
        best, budget = max(best, _right(line, points)), budget - 2 * len(points)
        if best == len(points) or budget <= 0:
            break
    return best


def _right(line: list[float], points: Sequence[tuple[int, list[float]]]) -> int:
    return [side * _height(line, point) > 0 for side, point in points].count(True)


def _height(line: list[float], point: list[float]) -> float:
    total = 0.0
    for weight, x in zip(line, point):
        total += weight * x
    return total


def parity_bits(inputs: Sequence[Point], answers: Sequence[bool]) -> int:
    """How many bits the answers are the parity of, or its opposite; 0 where they are not, or for fewer than two.

    inputs: rows of two values for each input, every combination of them at least once.
    """
    values = [sorted(set(column)) for column in zip(*inputs)]
    bits = len(values)
    if bits < 2 or any(len(pair) != 2 for pair in values):
        return 0
    parities = [[x == pair[1] for x, pair in zip(row, values)].count(True) % 2 == 1 for row in inputs]
    differ = {parity != answer for parity, answer in zip(parities, answers)}
    complete = len({tuple(row) for row in inputs}) == 2**bits
    return bits if complete and len(differ) == 1 else 0


def hidden_for_parity(bits: int) -> int:
    """With how many sigmoid neurons in one hidden layer, and no synapse past it, parity is known to be solvable.

    R. Setiono, "On the solution of the parity problem by a single hidden layer feedforward neural network",
    Neurocomputing 16 (1997), 225-235: bits / 2 + 1 for an even number of bits, (bits + 1) / 2 for an odd one.
    """
    return bits // 2 + 1
