"""From what people write to what a network reads, and back: scaling, categories, labels, missing values.

A network learns best from numbers around 0 and of size about 1. What brings a column there is fitted once, on the rows
that are trained on, and kept with the network: a model that was scaled by other numbers would answer nonsense.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Optional, Union

from neuronet import validate
from neuronet.data.table import CATEGORY, NUMBER, Column, number_text
from neuronet.errors import DataError, UnknownNameError

SCALINGS = ("standard", "minmax", "none")
"""How numbers are scaled: to mean 0 and standard deviation 1, to the range from 0 to 1, or not at all."""

MOST_CLASSES = 20
"""A column of whole numbers with more different values than this is no column of classes, unless the user says so."""
LEAST_ROWS_A_CLASS = 5
"""Nor is one where a value has fewer rows than this on average."""

Label = Union[str, int, float]


class NumberInput:
    """A column of numbers: each becomes (value - shift) / scale, the input of one neuron.

    name: of the column.
    scaling: one of `SCALINGS`; with "standard" the shift is the mean and the scale the standard deviation of the rows
        it was fitted on (divided by their number), with "minmax" the least value and the range. A column that never
        changes has scale 1.
    fill: what stands for a missing value, the mean of the rows it was fitted on; None where a missing value is refused.
    """

    kind = NUMBER
    width = 1

    def __init__(self, name: str, scaling: str, shift: float, scale: float, fill: Optional[float] = None) -> None:
        self.name = name
        self.scaling = _known_scaling(scaling)
        self.shift = validate.number(shift, "shift")
        self.scale = validate.positive(scale, "scale")
        self.fill = None if fill is None else validate.number(fill, "fill")

    @classmethod
    def fitted(cls, column: Column, scaling: str, fill: bool) -> NumberInput:
        """The input for a column of numbers; `fill` says whether missing values are filled."""
        present = [value for value in column.values if value is not None]
        if not present:
            raise DataError(f"column {column.name!r}: expected a value to scale by, got none")
        shift, scale = _measures(present, scaling)
        return cls(column.name, scaling, shift, scale, _mean(present) if fill else None)

    def encode(self, value: Any, place: str) -> list[float]:
        """The input for a value. DataError for anything but a finite number, or a missing one that is filled."""
        if value is None and self.fill is not None:
            value = self.fill
        if value is None:
            raise DataError(f"{place}: expected a number, got none; a model trained with missing='fill' fills it")
        scaled: float = (validate.number(value, place) - self.shift) / self.scale
        if not math.isfinite(scaled):
            raise DataError(f"{place}: expected a number that can be scaled, got {value!r}")
        return [scaled]

    def names(self) -> list[str]:
        """The name of its neuron."""
        return [self.name]

    def __str__(self) -> str:
        return f"{self.name}: number, {_scaling_text(self)}{_fill_text(self.fill)}"


class CategoryInput:
    """A column of categories: each has a neuron of its own, which is 1 where the category is there, else 0.

    name: of the column.
    categories: those of the rows it was fitted on, sorted.
    fill: what stands for a missing value, the most frequent category; None where a missing value is refused.
    """

    kind = CATEGORY

    def __init__(self, name: str, categories: Sequence[str], fill: Optional[str] = None) -> None:
        self.name = name
        self.categories = tuple(categories)
        if not self.categories or len(set(self.categories)) < len(self.categories):
            raise DataError(f"column {name!r}: expected categories that all differ, at least one")
        if not all(isinstance(category, str) for category in self.categories):
            raise DataError(f"column {name!r}: expected categories that are texts")
        self.fill = fill
        if fill is not None and fill not in self.categories:
            raise DataError(f"column {name!r}: expected to fill with one of its categories, got {validate.shown(fill)}")
        self._place = {category: position for position, category in enumerate(self.categories)}

    @classmethod
    def fitted(cls, column: Column, fill: bool) -> CategoryInput:
        """The input for a column of categories; `fill` says whether missing values are filled."""
        if not column.categories:
            raise DataError(f"column {column.name!r}: expected a category, got none")
        return cls(column.name, column.categories, most_frequent(column.values) if fill else None)

    @property
    def width(self) -> int:
        """How many neurons it has."""
        return len(self.categories)

    def encode(self, value: Any, place: str, *, refuse_unseen: bool = True) -> list[float]:
        """The inputs for a category.

        refuse_unseen: whether one that no row of training had is refused; otherwise all its neurons are 0.

        Raises DataError for one that is refused, for a missing one that is not filled, and for what is no text.
        """
        category = self.fill if value is None else number_text(value) if type(value) in (int, float) else value
        if category is None:
            raise DataError(f"{place}: expected a category, got none; a model trained with missing='fill' fills it")
        if not isinstance(category, str):
            raise DataError(f"{place}: expected a category, got {validate.shown(value)}")
        row = [0.0] * len(self.categories)
        if category in self._place:
            row[self._place[category]] = 1.0
        elif refuse_unseen:
            raise DataError(
                f"{place}: expected one of {shown_list(self.categories)}, as in training, "
                f"got {validate.shown(category)}"
            )
        return row

    def names(self) -> list[str]:
        """The names of its neurons."""
        return [f"{self.name}={category}" for category in self.categories]

    def __str__(self) -> str:
        return f"{self.name}: {len(self.categories)} categories, {shown_list(self.categories)}{_fill_text(self.fill)}"


class ClassTarget:
    """A target column of classes: one output for two of them, which is the second one from one half on; else one each.

    name: of the column.
    labels: the classes, sorted: texts, or numbers where the column has numbers.
    majority: the most frequent class of the rows it was fitted on.
    """

    kind = "classes"

    def __init__(self, name: str, labels: Sequence[Label], majority: Label) -> None:
        self.name = name
        self.labels = tuple(labels)
        if len(self.labels) < 2 or len(set(self.labels)) < len(self.labels):
            raise DataError(f"column {name!r}: expected at least two different classes, got {shown_list(self.labels)}")
        if majority not in self.labels:
            raise DataError(f"column {name!r}: expected one of its classes as the majority, got {majority!r}")
        self.majority = majority
        self._place = {label: position for position, label in enumerate(self.labels)}

    @classmethod
    def fitted(cls, column: Column) -> ClassTarget:
        """The target for a column without missing values."""
        values = [label_of(value) for value in column.values]
        return cls(column.name, sorted(set(values)), most_frequent(values))

    @property
    def width(self) -> int:
        """How many output neurons it has."""
        return 1 if len(self.labels) == 2 else len(self.labels)

    def encode(self, value: Any, place: str) -> list[float]:
        """The targets for a class. DataError for one that is not known."""
        position = self._place.get(self.known(value, place))
        if position is None:
            raise DataError(f"{place}: expected one of {shown_list(self.labels)}, got {validate.shown(value)}")
        if self.width == 1:
            return [float(position)]
        return [float(each == position) for each in range(len(self.labels))]

    def known(self, value: Any, place: str) -> Label:
        """A value of the target column as a label. DataError for a missing one."""
        if value is None or isinstance(value, bool) or not isinstance(value, (str, int, float)):
            raise DataError(f"{place}: expected a class, got {'none' if value is None else validate.shown(value)}")
        label = label_of(value)
        if not isinstance(label, str) and isinstance(self.labels[0], str):
            return number_text(label)  # a file of numbers, where the model has learned texts such as "1" and "1a"
        return label

    def probabilities(self, outputs: Sequence[float]) -> dict[Label, float]:
        """What a row of outputs says of each class, from 0 to 1."""
        if self.width == 1:
            return {self.labels[0]: 1 - outputs[0], self.labels[1]: outputs[0]}
        return dict(zip(self.labels, outputs))

    def decode(self, outputs: Sequence[float]) -> Label:
        """The class that a row of outputs stands for; the first of equals."""
        if self.width == 1:
            return self.labels[int(outputs[0] >= 0.5)]
        return self.labels[max(range(len(outputs)), key=lambda place: (outputs[place], -place))]

    def __str__(self) -> str:
        return f"{self.name}: {len(self.labels)} classes, {shown_list(self.labels)}"


class ValueTarget:
    """A target column of quantities: one output, shift + scale * output in the user's units.

    name: of the column.
    scaling, shift, scale: as in `NumberInput`.
    mean: that of the rows it was fitted on, what one would guess without a network.
    """

    kind = "value"
    width = 1

    def __init__(self, name: str, scaling: str, shift: float, scale: float, mean: float) -> None:
        self.name = name
        self.scaling = _known_scaling(scaling)
        self.shift = validate.number(shift, "shift")
        self.scale = validate.positive(scale, "scale")
        self.mean = validate.number(mean, "mean")

    @classmethod
    def fitted(cls, column: Column, scaling: str) -> ValueTarget:
        """The target for a column of numbers without missing ones."""
        shift, scale = _measures(column.values, scaling)
        return cls(column.name, scaling, shift, scale, _mean(column.values))

    def encode(self, value: Any, place: str) -> list[float]:
        """The target for a value. DataError for anything but a finite number."""
        return [(self.known(value, place) - self.shift) / self.scale]

    def known(self, value: Any, place: str) -> float:
        """A value of the target column as a number. DataError for anything else."""
        if value is None:
            raise DataError(f"{place}: expected a number, got none")
        found: float = validate.number(value, place)
        return found

    def decode(self, outputs: Sequence[float]) -> float:
        """The value that a row of outputs stands for."""
        value: float = self.shift + self.scale * outputs[0]
        return value

    def __str__(self) -> str:
        return f"{self.name}: a value, {_scaling_text(self)}"


Input = Union[NumberInput, CategoryInput]
Target = Union[ClassTarget, ValueTarget]


def looks_like_classes(column: Column) -> bool:
    """Whether a target column is one of classes: of categories, or of few whole numbers that come again and again."""
    if column.kind == CATEGORY:
        return True
    values = set(column.values)
    whole = all(value is None or value == int(value) for value in values)
    return whole and len(values) <= MOST_CLASSES and len(column) >= LEAST_ROWS_A_CLASS * len(values)


def label_of(value: Any) -> Label:
    """A value as a label: whole numbers as ints, whether they were written 1 or 1.0."""
    return int(value) if isinstance(value, float) and value == int(value) else value


def most_frequent(values: Sequence[Any]) -> Any:
    """The value that comes most often, None left out; of equals the least."""
    counts: dict[Any, int] = {}
    for value in values:
        if value is not None:
            counts[value] = counts.get(value, 0) + 1
    return min(counts, key=lambda value: (-counts[value], value))


def shown_list(values: Sequence[Any], most: int = 8) -> str:
    """Values for a message: the first few, and how many more."""
    texts = ", ".join(validate.shown(value) for value in values[:most])
    return texts if len(values) <= most else f"{texts} and {len(values) - most} more"


def _known_scaling(scaling: Any) -> str:
    if scaling not in SCALINGS:
        raise UnknownNameError(f"scaling: unknown {validate.shown(scaling)}; known: {', '.join(SCALINGS)}")
    return str(scaling)


def _measures(values: Sequence[float], scaling: str) -> tuple[float, float]:
    """The shift and the scale of a scaling."""
    if _known_scaling(scaling) == "none":
        return 0.0, 1.0
    if scaling == "minmax":
        shift, scale = min(values), max(values) - min(values)
    else:
        shift = _mean(values)
        scale = _deviation(values, shift)
    if not math.isfinite(scale):
        raise DataError(f"scaling: expected numbers that lie closer together, got {min(values)!r} to {max(values)!r}")
    return shift, scale if scale > 0 else 1.0


def _mean(values: Sequence[float]) -> float:
    mean = 0.0
    for value in values:
        mean += value / len(values)  # divided first: the sum of large numbers may be too large
    return mean


def _deviation(values: Sequence[float], mean: float) -> float:
    """The root of the mean square distance from the mean; first made small, lest a square be too large or vanish."""
    reach = max(abs(value - mean) for value in values)
    if reach == 0 or not math.isfinite(reach) or reach <= 1e-12 * abs(mean):
        return 0.0 if math.isfinite(reach) else math.inf  # all alike, but for the rounding of the mean
    squares = 0.0
    for value in values:
        part = (value - mean) / reach
        squares += part * part
    return reach * math.sqrt(squares / len(values))


def _scaling_text(column: Union[NumberInput, ValueTarget]) -> str:
    if column.scaling == "none":
        return "not scaled"
    words = ("mean", "standard deviation") if column.scaling == "standard" else ("least", "range")
    return f"{column.scaling} scaling, {words[0]} {column.shift:.6g}, {words[1]} {column.scale:.6g}"


def _fill_text(fill: Any) -> str:
    return "" if fill is None else f"; missing: {fill:.6g}" if isinstance(fill, float) else f"; missing: {fill}"
