"""What a row of outputs stands for: the one place where numbers become a class."""

from __future__ import annotations

from collections.abc import Sequence

from neuronet.scalar import Number


def class_of(outputs: Sequence[Number]) -> int:
    """The class that a row of outputs, or of targets, stands for, from 0.

    A single output stands for class 1 from one half on; of several the largest decides, and of equals the first.

    >>> class_of([0.5]), class_of([0.1, 0.7, 0.7])
    (1, 1)
    """
    reals = [output.real for output in outputs]
    return int(reals[0] >= 1 / 2) if len(reals) == 1 else reals.index(max(reals))


def accuracy_of(outputs: Sequence[Sequence[Number]], targets: Sequence[Sequence[Number]]) -> float:
    """The fraction of samples whose outputs stand for the same class as their targets, from 0 to 1.

    outputs, targets: a row for each sample, in the same order, at least one.
    """
    right = [class_of(row) == class_of(wanted) for row, wanted in zip(outputs, targets)]
    return right.count(True) / len(right)
