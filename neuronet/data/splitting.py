"""Which samples to train on and which to test with, as positions: the rows stay where they are.

A sample that was trained on says nothing about samples that were not. So some are kept back: once (`split`), or each of
them in its turn (`folds`). Stratified means that every class is divided by itself, so that all parts have the classes
in the same proportions.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from itertools import chain
from random import Random

from neuronet import validate
from neuronet.errors import DataError


def split(count: int, fraction: float, seed: int) -> tuple[list[int], list[int]]:
    """Divide the positions 0 to `count - 1`, shuffled, into two lists.

    count: how many there are, 2 or more.
    fraction: how much the first list gets, above 0 and below 1, rounded to a whole number as `round` does.
    seed: an int, 0 or more; the same seed gives the same two lists on every Python.

    Returns both. Raises DataError for anything else, and for a fraction that leaves one of them empty.

    >>> split(5, 0.6, seed=1)
    ([2, 3, 4], [0, 1])
    """
    total = validate.count(count, "count")
    cut = _cut(total, fraction)
    order = list(range(total))
    _generator(seed).shuffle(order)
    return order[:cut], order[cut:]


def stratified(labels: Sequence[Hashable], fraction: float, seed: int) -> tuple[list[int], list[int]]:
    """Divide positions, shuffled, into two lists that have the classes in the same proportions.

    labels: the class of each sample, two or more samples.
    fraction, seed: as for `split`.

    Of a class of n samples the first list gets fraction * n, rounded down or up: up where the remainders are largest,
    of equal ones where the class occurs first, until the list is as long as that of `split` (Hamilton's method of the
    largest remainder). A class with a single sample goes to the first list, for what was never
    trained on cannot be tested; where there are so many of them that the first list is too long, it stays so.

    Returns both lists. Raises DataError as `split` does, for labels without a hash, and where all samples would go to
    the first list.

    >>> first, rest = stratified(["rare", "often", "often", "often", "rare", "often"], 0.5, seed=1)
    >>> sorted(first), sorted(rest)
    ([3, 4, 5], [0, 1, 2])
    """
    classes = _classes(labels)
    total = len(labels)
    cut = _cut(total, fraction)
    generator = _generator(seed)
    quotas = [float(fraction) * len(positions) for positions in classes]
    takes = [1 if len(positions) == 1 else int(quota) for positions, quota in zip(classes, quotas)]
    # A sort keeps the order of equals, so of equal remainders the class that occurs first is rounded up.
    by_remainder = sorted(range(len(classes)), key=lambda place: int(quotas[place]) - quotas[place])
    for place in by_remainder:
        if sum(takes) < cut and len(classes[place]) > 1:
            takes[place] += 1
    first: list[int] = []
    rest: list[int] = []
    for positions, take in zip(classes, takes):
        generator.shuffle(positions)
        first += positions[:take]
        rest += positions[take:]
    if not rest:
        raise DataError("labels: expected a class of two samples or more, but a single one is never kept back")
    # Training on class after class would learn badly.
    generator.shuffle(first)
    generator.shuffle(rest)
    return first, rest


def folds(count: int, k: int, seed: int) -> list[tuple[list[int], list[int]]]:
    """Divide the positions 0 to `count - 1`, shuffled, into `k` parts, and keep back each of them once.

    count: how many there are, 2 or more.
    k: how many parts, from 2 to `count`. Their sizes differ by one at most, the first parts being the larger ones.
    seed: an int, 0 or more; the same seed gives the same folds on every Python.

    Returns `k` pairs of lists: the positions to train on, and those to test with. Every position is tested with in
    exactly one of them. Raises DataError for anything else.

    >>> for train, test in folds(5, 2, seed=1):
    ...     print(train, test)
    [0, 1] [2, 3, 4]
    [2, 3, 4] [0, 1]
    """
    total = validate.count(count, "count")
    parts = _parts(k, total)
    order = list(range(total))
    _generator(seed).shuffle(order)
    size, larger = divmod(total, parts)
    starts = [part * size + min(part, larger) for part in range(parts + 1)]
    return _each_kept_back([order[start:end] for start, end in zip(starts, starts[1:])])


def stratified_folds(labels: Sequence[Hashable], k: int, seed: int) -> list[tuple[list[int], list[int]]]:
    """Divide positions, shuffled, into `k` parts with the classes in the same proportions, and keep back each once.

    labels: the class of each sample, two or more samples.
    k, seed: as for `folds`.

    Of each class any two parts have numbers of samples that differ by one at most, and so have their sizes: the classes
    are dealt one after another, like cards, each going on where the one before it ended. A class of fewer than `k`
    samples is missing in some of the parts.

    Returns `k` pairs as `folds` does. Raises DataError as `folds` does, and for labels without a hash.

    >>> for train, test in stratified_folds(["a", "a", "b", "b", "b", "b"], 2, seed=1):
    ...     print(sorted(train), sorted(test))
    [0, 2, 5] [1, 3, 4]
    [1, 3, 4] [0, 2, 5]
    """
    classes = _classes(labels)
    parts = _parts(k, len(labels))
    generator = _generator(seed)
    for positions in classes:
        generator.shuffle(positions)
    in_turn = list(chain.from_iterable(classes))
    dealt = [in_turn[part::parts] for part in range(parts)]
    for part in dealt:
        generator.shuffle(part)
    return _each_kept_back(dealt)


def _each_kept_back(parts: list[list[int]]) -> list[tuple[list[int], list[int]]]:
    pairs = []
    for kept, test in enumerate(parts):
        train = [position for number, part in enumerate(parts) if number != kept for position in part]
        pairs.append((train, list(test)))
    return pairs


def _classes(labels: Sequence[Hashable]) -> list[list[int]]:
    """The positions of each class, the classes in the order in which they first occur."""
    if isinstance(labels, str) or not isinstance(labels, Sequence):
        raise DataError(f"labels: expected a list, got {validate.shown(labels)}")
    found: dict[Hashable, list[int]] = {}
    for position, label in enumerate(labels):
        try:
            found.setdefault(label, []).append(position)
        except TypeError:
            got = validate.shown(label)
            raise DataError(f"labels[{position}]: expected a label with a hash, got {got}") from None
    if not found:
        raise DataError("labels: expected at least one, got none")
    return list(found.values())


def _cut(total: int, fraction: float) -> int:
    checked = float(validate.number(fraction, "fraction"))
    if not 0 < checked < 1:
        raise DataError(f"fraction: expected a number above 0 and below 1, got {fraction!r}")
    cut = round(checked * total)
    if cut in (0, total):
        raise DataError(
            f"fraction: expected one that leaves a sample on either side, but {fraction!r} of {total} is {cut}"
        )
    return cut


def _parts(k: int, total: int) -> int:
    parts = validate.count(k, "k", least=2)
    if parts > total:
        raise DataError(f"k: expected at most one part for each sample, that is {total}, got {k}")
    return parts


def _generator(seed: int) -> Random:
    return Random(validate.count(seed, "seed", least=0))
