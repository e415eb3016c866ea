"""From the values of a table to the numbers of a network, and back: scaling, categories, labels, missing values.

A network learns best from numbers around 0 and of size about 1. The scaling of a column is fitted once, on the rows
that are trained on, and kept with the network: a model that is scaled by other numbers answers nonsense.

Everywhere here `place` is what an error calls a value: a text, or an object whose `str` is one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from numbers import Integral, Number
from typing import Any, Optional, Union

from neuronet import validate
from neuronet.data.answers import class_of
from neuronet.data.table import CATEGORY, NUMBER, Column, exact_mean, number_text
from neuronet.data.wording import cut, listed, quoted
from neuronet.errors import DataError, UnknownNameError, printable

SCALINGS = ("standard", "minmax", "none")
"""How numbers are scaled: to mean 0 and standard deviation 1, to the range from 0 to 1, or not at all."""

MOST_CLASSES = 20
"""A column of whole numbers with more different values than this is one of classes only if the user says so."""
LEAST_ROWS_A_CLASS = 5
"""The same holds for a column with fewer rows than this for each value on average."""

ALIKE = 1e-14
"""Numbers that differ by no more than this, relative to the largest, are alike: they differ by rounding, which is not
blown up; and where they are so large that this is more than 1, it does not come in raw either."""
MOST_EXACT = 2**53
"""Up to here every whole number is a float of its own."""

MOST_NAME = 24
WIDTH = 76

Label = Union[str, int, float]


class _Scaled:
    """A column of numbers, each of which becomes (value - shift) / scale."""

    width = 1

    def __init__(self, name: str, scaling: str, shift: float, scale: float) -> None:
        self.name = _name(name)
        self.scaling = known_scaling(scaling)
        self.shift: float = validate.number(shift, "shift")
        self.scale = validate.positive(scale, "scale")

    def _scaled(self, value: float, place: object) -> float:
        scaled = (value - self.shift) / self.scale
        if not math.isfinite(scaled):
            raise DataError(f"{place}: expected a number that can be scaled, got {value!r}")
        return scaled

    def _scaling_text(self) -> str:
        if self.scaling == "none":
            return "not scaled"
        words = ("mean", "standard deviation") if self.scaling == "standard" else ("least", "range")
        return f"{words[0]} {self.shift:.6g}, {words[1]} {self.scale:.6g}"


class NumberInput(_Scaled):
    """A column of numbers: each becomes (value - shift) / scale, the input of one neuron.

    name: of the column.
    scaling: one of `SCALINGS`; with "standard" the shift is the mean and the scale the standard deviation of the rows
        it was fitted on (divided by their number), with "minmax" the least value and the range. A column that never
        changes, but for rounding, has scale 1, or that of its rounding if it is more.
    shift, scale: finite numbers, the scale above 0.
    fill: what a missing value becomes, the mean of the rows it was fitted on; None where a missing value is refused.

    Raises DataError for anything else, UnknownNameError for an unknown scaling.

    >>> from neuronet.data.table import Column
    >>> height = NumberInput.fitted(Column("height", "number", [160, 180]), "standard", fill=False)
    >>> print(height)
    height: number, mean 170, standard deviation 10
    >>> height.encode(190, "rows[0]")
    [2.0]
    """

    kind = NUMBER

    def __init__(self, name: str, scaling: str, shift: float, scale: float, fill: Optional[float] = None) -> None:
        super().__init__(name, scaling, shift, scale)
        self.fill: Optional[float] = None if fill is None else validate.number(fill, "fill")

    @classmethod
    def fitted(cls, column: Column, scaling: str, fill: bool) -> NumberInput:
        """The input for a column of numbers.

        scaling: one of `SCALINGS`.
        fill: whether missing values are filled, by the mean of those that are there.

        Raises DataError for a column without a value, and for numbers too far apart to be scaled.
        """
        present = [value for value in column.values if value is not None]
        if not present:
            raise DataError(f"column {quoted(column.name)}: expected a value to scale by, got none")
        shift, scale = _measures(present, scaling, column.name)
        return cls(column.name, scaling, shift, scale, exact_mean(present) if fill else None)

    def encode(self, value: Any, place: object) -> list[float]:
        """The input for a value.

        Raises DataError for anything but a finite number, or a missing one that is filled.
        """
        if value is None:
            if self.fill is None:
                raise DataError(f"{place}: expected a number, got none; a model trained with missing='fill' fills it")
            value = self.fill
        return [self._scaled(_finite(value, place), place)]

    def names(self) -> list[str]:
        """The name of its neuron."""
        return [self.name]

    def __str__(self) -> str:
        return _line(self.name, f"number, {self._scaling_text()}{_fill_text(self.fill)}")


class CategoryInput:
    """A column of categories, one-hot: each category has a neuron of its own, which is 1 for it and 0 for the others.

    name: of the column.
    categories: those of the rows it was fitted on, sorted: texts, at least one, all different.
    fill: what a missing value becomes, the most frequent category; None where a missing value is refused.

    Raises DataError for anything else.

    >>> CategoryInput("coat", ["black", "red"]).encode("red", "rows[0]")
    [0.0, 1.0]
    """

    kind = CATEGORY

    def __init__(self, name: str, categories: Sequence[str], fill: Optional[str] = None) -> None:
        self.name = _name(name)
        self.categories = tuple(categories)
        if not all(isinstance(category, str) for category in self.categories):
            raise DataError(
                f"column {quoted(name)}: expected categories that are texts, got {listed(categories) or 'none'}"
            )
        self._place = {category: position for position, category in enumerate(self.categories)}
        if not self.categories or len(self._place) < len(self.categories):
            raise DataError(f"column {quoted(name)}: expected different categories, got {listed(categories) or 'none'}")
        if fill is not None and fill not in self.categories:
            got = validate.shown(fill)
            raise DataError(f"column {quoted(name)}: expected to fill with one of its categories, got {got}")
        self.fill = fill

    @classmethod
    def fitted(cls, column: Column, fill: bool) -> CategoryInput:
        """The input for a column of categories.

        fill: whether missing values are filled, by the most frequent category, of equals the first in the alphabet.

        Raises DataError for a column without a value.
        """
        if not column.categories:
            raise DataError(f"column {quoted(column.name)}: expected a category, got none")
        return cls(column.name, column.categories, most_frequent(column.values) if fill else None)

    @property
    def width(self) -> int:
        """How many neurons it has."""
        return len(self.categories)

    def encode(self, value: Any, place: object, *, refuse_unseen: bool = True) -> list[float]:
        """The inputs for a category.

        value: a text, or a number, which is taken as the text that `number_text` makes of it.
        refuse_unseen: whether one that no row of training had is refused; otherwise all its neurons are 0.

        Raises DataError for one that is refused, for a missing one that is not filled, and for what is no category.
        """
        category = self.fill if value is None else _text(value, place)
        if category is None:
            raise DataError(f"{place}: expected a category, got none; a model trained with missing='fill' fills it")
        row = [0.0] * len(self.categories)
        if category in self._place:
            row[self._place[category]] = 1.0
        elif refuse_unseen:
            wanted = listed(self.categories)
            raise DataError(f"{place}: expected one of {wanted}, as in training, got {validate.shown(category)}")
        return row

    def names(self) -> list[str]:
        """The names of its neurons."""
        return [f"{self.name}={category}" for category in self.categories]

    def __str__(self) -> str:
        kinds = "1 category" if self.width == 1 else f"{self.width} categories"
        return _line(self.name, f"{kinds}{_fill_text(self.fill)}: {listed(self.categories)}")


class ClassTarget:
    """A target column of classes: one output for two of them, which is the second one from one half on; else one each.

    name: of the column.
    labels: the classes, sorted: texts, or numbers where the column has numbers, whole ones as ints.
    majority: the most frequent class of the rows it was fitted on.

    Raises DataError for fewer than two classes, for one that comes twice, and for texts among numbers.

    >>> kind = ClassTarget("kind", ["cat", "cow", "dog"], "cow")
    >>> kind.encode("dog", "rows[0]"), kind.decode([0.2, 0.4, 0.4])
    ([0.0, 0.0, 1.0], 'cow')
    """

    kind = "classes"

    def __init__(self, name: str, labels: Sequence[Label], majority: Label) -> None:
        self.name = _name(name)
        place = f"column {quoted(name)}"
        self.labels = tuple(_label(label, place) for label in labels)
        self._place = {label: position for position, label in enumerate(self.labels)}
        if len(self.labels) < 2:
            raise DataError(f"{place}: expected two classes or more to tell apart, got only {listed(labels) or 'none'}")
        if len(self._place) < len(self.labels):
            raise DataError(f"{place}: expected classes that differ, got {listed(labels) or 'none'}")
        if len({isinstance(label, str) for label in self.labels}) > 1:
            raise DataError(f"{place}: expected classes that are all texts or all numbers, got {listed(self.labels)}")
        self.majority = _label(majority, place)
        if self.majority not in self._place:
            raise DataError(f"{place}: expected one of its classes as the majority, got {validate.shown(majority)}")
        self._by_text = {label if isinstance(label, str) else number_text(float(label)): label for label in self.labels}

    @classmethod
    def fitted(cls, column: Column) -> ClassTarget:
        """The target for a column without missing values. DataError for one that has the same value in every row."""
        values = [label_of(value) for value in column.values]
        return cls(column.name, sorted(set(values)), most_frequent(values))

    @property
    def width(self) -> int:
        """How many output neurons it has."""
        return 1 if len(self.labels) == 2 else len(self.labels)

    def encode(self, value: Any, place: object) -> list[float]:
        """The targets for a class: 0 or 1 where there are two, else 1 for the class and 0 for the others.

        Takes and raises what `known` does; DataError also for a class that is not among the labels.
        """
        position = self._place.get(self.known(value, place))
        if position is None:
            raise DataError(f"{place}: expected one of {listed(self.labels)}, got {validate.shown(value)}")
        if self.width == 1:
            return [float(position)]
        return [float(each == position) for each in range(len(self.labels))]

    def known(self, value: Any, place: object) -> Label:
        """A value of the target column as a label, be it one of the labels or another.

        value: a text or a number. A file may have texts where the model has learned numbers, and the reverse, because
            of the other rows in it: "1" and 1 are one label.

        Raises DataError for a missing one, and for what is no label.
        """
        label = _label(value, place)
        text = label if isinstance(label, str) else number_text(float(label))
        return self._by_text.get(text, text if isinstance(self.labels[0], str) else label)

    def probabilities(self, outputs: Sequence[float]) -> dict[Label, float]:
        """The probability of each class, from a row of outputs: a dict from each label, in order, to a number."""
        if self.width == 1:
            return {self.labels[0]: 1 - outputs[0], self.labels[1]: outputs[0]}
        return dict(zip(self.labels, outputs))

    def decode(self, outputs: Sequence[float]) -> Label:
        """The class that a row of outputs stands for; see `answers.class_of`."""
        return self.labels[class_of(outputs)]

    def __str__(self) -> str:
        return _line(self.name, f"{len(self.labels)} classes, {listed(self.labels)}")


class ValueTarget(_Scaled):
    """A target column of quantities: one output, shift + scale * output in the user's units.

    name: of the column.
    scaling, shift, scale: as in `NumberInput`.
    mean: that of the rows it was fitted on, what one would guess without a network.

    Raises as `NumberInput` does.

    >>> price = ValueTarget("price", "standard", shift=100, scale=25, mean=100)
    >>> price.encode(150, "rows[0]"), price.decode([2.0])
    ([2.0], 150.0)
    """

    kind = "value"

    def __init__(self, name: str, scaling: str, shift: float, scale: float, mean: float) -> None:
        super().__init__(name, scaling, shift, scale)
        self.mean: float = validate.number(mean, "mean")

    @classmethod
    def fitted(cls, column: Column, scaling: str) -> ValueTarget:
        """The target for a column of numbers without missing ones. DataError for numbers too far apart to be scaled."""
        shift, scale = _measures(column.values, scaling, column.name)
        return cls(column.name, scaling, shift, scale, exact_mean(column.values))

    def encode(self, value: Any, place: object) -> list[float]:
        """The target for a value; arguments and errors are those of `known`."""
        return [self._scaled(self.known(value, place), place)]

    def known(self, value: Any, place: object) -> float:
        """A value of the target column as a number. DataError for anything but a finite one."""
        if value is None:
            raise DataError(f"{place}: expected a number, got none")
        return _finite(value, place)

    def decode(self, outputs: Sequence[float]) -> float:
        """The value that a row of outputs stands for. DataError where it is too large for a float."""
        value = self.shift + self.scale * outputs[0]
        if not math.isfinite(value):
            raise DataError(f"column {quoted(self.name)}: expected an answer that fits a float, got {value!r}")
        return value

    def __str__(self) -> str:
        return _line(self.name, f"a value, {self._scaling_text()}")


Input = Union[NumberInput, CategoryInput]
Target = Union[ClassTarget, ValueTarget]


def looks_like_classes(column: Column) -> bool:
    """Whether a target column is one of classes: of categories, or of whole numbers that come again and again.

    That is, of at most `MOST_CLASSES`, with `LEAST_ROWS_A_CLASS` rows for each on average; missing values do not count.
    """
    if column.kind == CATEGORY:
        return True
    present = [value for value in column.values if value is not None]
    different = set(present)
    whole = all(value.is_integer() for value in different)
    return whole and len(different) <= MOST_CLASSES and len(present) >= LEAST_ROWS_A_CLASS * len(different)


def label_of(value: Any) -> Label:
    """A value of a column as a label: whole numbers as ints, whether they were written 1 or 1.0.

    >>> label_of(1.0), label_of(1.5), label_of("1.0")
    (1, 1.5, '1.0')
    """
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) <= MOST_EXACT else value


def most_frequent(values: Sequence[Any]) -> Any:
    """The value that comes most often, None left out; of equals the least."""
    counts: dict[Any, int] = {}
    for value in values:
        if value is not None:
            counts[value] = counts.get(value, 0) + 1
    return min(counts, key=lambda value: (-counts[value], value))


def known_scaling(scaling: Any) -> str:
    """The name of a scaling. UnknownNameError for a name that is none of `SCALINGS`."""
    if scaling not in SCALINGS:
        raise UnknownNameError(f"scaling: unknown {validate.shown(scaling)}; known: {', '.join(SCALINGS)}")
    return str(scaling)


def _name(name: Any) -> str:
    if not isinstance(name, str) or not name:
        raise DataError(f"name of a column: expected a text, got {validate.shown(name)}")
    return name


def _finite(value: Any, place: Any) -> float:
    found: float = validate.number(value, place)
    return found


def _text(value: Any, place: object) -> str:
    """A value as a category."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, Number):
        raise DataError(f"{place}: expected a category, got {validate.shown(value)}")
    number = _finite(value, place)
    return str(int(value)) if isinstance(value, Integral) else number_text(number)


def _label(value: Any, place: object) -> Label:
    """A value as a label."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, Number):
        raise DataError(f"{place}: expected a class, got {'none' if value is None else validate.shown(value)}")
    return label_of(_finite(value, place))


def _measures(values: Sequence[float], scaling: str, name: str) -> tuple[float, float]:
    """The shift and the scale of a scaling for the column of this name."""
    if known_scaling(scaling) == "none":
        return 0.0, 1.0
    least, most = min(values), max(values)
    shift = least if scaling == "minmax" else exact_mean(values)
    if most - least <= ALIKE * max(abs(least), abs(most)):
        return shift, max(1.0, most - least)
    scale = most - least if scaling == "minmax" else _deviation(values, shift)
    if not math.isfinite(scale):
        raise DataError(
            f"column {quoted(name)}: expected numbers that lie closer together, to be scaled, got {least!r} to {most!r}"
        )
    return shift, scale if scale > 0 else 1.0


def _deviation(values: Sequence[float], mean: float) -> float:
    """The root of the mean square distance from the mean; first made small, lest a square be too large or vanish.

    NaN or infinity where a distance is too large for a float.
    """
    reach = max(abs(value - mean) for value in values)
    squares = math.fsum(((value - mean) / reach) ** 2 for value in values)
    return reach * math.sqrt(squares / len(values))


def _fill_text(fill: Any) -> str:
    return "" if fill is None else f"; missing: {fill:.6g}" if isinstance(fill, float) else f"; missing: {fill}"


def _line(name: str, text: str) -> str:
    """What a column is, on one line that fits a terminal."""
    return cut(f"{cut(printable(name), MOST_NAME)}: {printable(text)}", WIDTH)
