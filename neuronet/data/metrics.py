"""How good answers are, in the usual numbers, with what one would get without any network.

An accuracy of 90 % says little where nine of ten samples are of one class. So each report at the end of this file
compares the network with a baseline that looks at no input: always the majority class, always the mean.

Answers here are labels of any hashable kind, or numbers, and not the outputs of a network.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Callable, NamedTuple, Optional, TypeVar

from neuronet import validate
from neuronet.data.wording import brief, table_line
from neuronet.errors import DataError

_COLUMNS = 80
_LONGEST_NAME = 28

_Answer = TypeVar("_Answer")
_Labels = Sequence[Hashable]
_ByLabel = dict[Hashable, Optional[float]]
"""For each label a number from 0 to 1, or None where it is 0/0, which is no number."""


def accuracy(wanted: _Labels, answered: _Labels) -> float:
    """The fraction of answers that are right, from 0 to 1.

    wanted: the label of each sample, at least one.
    answered: the answer to each, in the same order.

    Raises DataError, with the place, for unequal lengths, for none at all, and for what cannot be a label: what has no
    hash, or is not equal to itself.

    >>> accuracy(["cat", "dog", "dog"], ["cat", "dog", "cat"]) == 2 / 3
    True
    """
    wants, answers = _pairs(wanted, answered, _labels)
    return [want == answer for want, answer in zip(wants, answers)].count(True) / len(wants)


def confusion(wanted: _Labels, answered: _Labels, labels: Optional[_Labels] = None) -> list[list[int]]:
    """How often each label was taken for each: a row for each label that was wanted, a column for each answer.

    wanted, answered: as for `accuracy`.
    labels: the order of the rows and of the columns, each label once; those that do not occur get zeros. None takes the
        labels in the order in which they first occur, those of `wanted` before those of `answered`.

    Raises DataError as `accuracy` does, for a label that is in `labels` twice, and for one that is missing there.

    >>> confusion(["cat", "dog", "dog"], ["cat", "dog", "cat"])
    [[1, 0], [1, 1]]
    """
    return _confusion(*_pairs(wanted, answered, _labels), labels)[1]


def precision(wanted: _Labels, answered: _Labels, labels: Optional[_Labels] = None) -> _ByLabel:
    """Of the answers with a label, how many are right: true positives / (true positives + false positives).

    wanted, answered, labels: as for `confusion`.

    Returns for each label a number from 0 to 1, or None for one that was never answered: 0/0 is no number. Raises
    DataError as `confusion` does.

    >>> precision(["cat", "dog", "dog"], ["cat", "dog", "cat"])
    {'cat': 0.5, 'dog': 1.0}
    """
    return _by_label(*_confusion(*_pairs(wanted, answered, _labels), labels)).precision


def recall(wanted: _Labels, answered: _Labels, labels: Optional[_Labels] = None) -> _ByLabel:
    """Of the samples of a label, how many were found: true positives / (true positives + false negatives).

    wanted, answered, labels: as for `confusion`.

    Returns for each label a number from 0 to 1, or None for one of no sample: 0/0. Raises DataError as `confusion`
    does.

    >>> recall(["cat", "dog", "dog"], ["cat", "dog", "cat"])
    {'cat': 1.0, 'dog': 0.5}
    """
    return _by_label(*_confusion(*_pairs(wanted, answered, _labels), labels)).recall


def f1(wanted: _Labels, answered: _Labels, labels: Optional[_Labels] = None) -> _ByLabel:
    """The harmonic mean of precision and recall: 2 true positives / (samples of the label + answers with it).

    wanted, answered, labels: as for `confusion`.

    Returns for each label a number from 0 to 1, or None for a label that neither is wanted nor was answered: 0/0. Where
    only one of precision and recall is None the F1 is 0, which this form of the formula gives by itself (C. J. van
    Rijsbergen, "Information Retrieval", 2nd edition 1979, chapter 7). Raises DataError as `confusion` does.

    >>> f1(["cat", "dog", "dog"], ["cat", "dog", "dog"])
    {'cat': 1.0, 'dog': 1.0}
    """
    return _by_label(*_confusion(*_pairs(wanted, answered, _labels), labels)).f1


def roc_auc(wanted: _Labels, scores: Sequence[float], positive: Hashable) -> float:
    """The area under the ROC curve: how well a score separates the positive class from the rest.

    It is the fraction of all pairs of a positive and another sample in which the positive one has the higher score;
    equal scores count as half a pair. 1 is a perfect order, one half is chance, 0 is the order upside down. It is found
    from the ranks r of the p positive among all n samples, equal scores sharing the mean of their ranks, by the
    statistic of Mann and Whitney: (sum of r - p (p + 1) / 2) / (p (n - p)) (J. A. Hanley and B. J. McNeil, "The meaning
    and use of the area under a receiver operating characteristic (ROC) curve", Radiology 143 (1982), 29-36).

    wanted: the label of each sample, at least one of them `positive` and at least one of them not.
    scores: a finite number for each sample, in the same order, larger where it more likely is positive.
    positive: the label that a high score stands for.

    Raises DataError, with the place, for unequal lengths, for a score that is no finite number, and where one of the
    two kinds of samples is missing.

    >>> roc_auc(["sick", "well", "sick", "well"], [0.9, 0.8, 0.7, 0.1], "sick")
    0.75
    """
    wants = _labels(wanted, "wanted")
    values = _numbers(scores, "scores")
    _refuse_unequal(wants, values, "scores")
    count = wants.count(positive)
    others = len(wants) - count
    if not count:
        raise DataError(f"wanted: expected at least one {validate.shown(positive)}, got none")
    if not others:
        raise DataError(f"wanted: expected at least one label other than {validate.shown(positive)}, got none")
    ordered = sorted((value, bool(want == positive)) for value, want in zip(values, wants))
    # Ranks are counted twice over, so that a mean of two ranks is a whole number and the count stays exact.
    doubled_ranks = start = 0
    for _, tied in groupby(ordered, key=lambda pair: pair[0]):
        is_positive = [each for _, each in tied]
        doubled_ranks += is_positive.count(True) * (2 * start + 1 + len(is_positive))
        start += len(is_positive)
    return (doubled_ranks - count * (count + 1)) / (2 * count * others)


def root_mean_squared_error(wanted: Sequence[float], answered: Sequence[float]) -> float:
    """The square root of the mean of (wanted - answered)^2, in the unit of the values: RMSE. Large misses weigh more.

    wanted: the value of each sample, a finite number, at least one.
    answered: the answer to each, in the same order.

    Raises DataError, with the place and the index, for unequal lengths, for none at all, for what is no finite number,
    and for errors so large that their squares fit no float.

    >>> root_mean_squared_error([1, 2], [2, 9])
    5.0
    """
    wants, answers = _pairs(wanted, answered, _numbers)
    return math.sqrt(_mean_square(wants, answers))


def mean_absolute_error(wanted: Sequence[float], answered: Sequence[float]) -> float:
    """The mean of |wanted - answered|, in the unit of the values: MAE. Every miss weighs as much as it is wide.

    Arguments and errors as for `root_mean_squared_error`.

    >>> mean_absolute_error([1, 2], [2, 9])
    4.0
    """
    wants, answers = _pairs(wanted, answered, _numbers)
    return _mean([abs(want - answer) for want, answer in zip(wants, answers)])


def r_squared(wanted: Sequence[float], answered: Sequence[float]) -> Optional[float]:
    """How much of the variance the answers explain: 1 - (sum of (wanted - answered)^2) / (sum of (wanted - m)^2).

    m is the mean of `wanted`. 1 is all of it, 0 is what answering m each time would get, and worse answers go below 0
    without end.

    Arguments and errors as for `root_mean_squared_error`.

    Returns None where all of `wanted` are equal, or differ so little that no float holds their variance: 0/0 is no
    number.

    >>> r_squared([1, 2, 3], [1, 2, 4])
    0.5
    >>> r_squared([2, 2], [1, 3]) is None
    True
    """
    wants, answers = _pairs(wanted, answered, _numbers)
    missed = _mean_square(wants, answers)
    varied = _mean_square(wants, [_mean(wants)] * len(wants))
    # The mean of equal numbers can miss them by a rounding, and then the variance is a little more than 0.
    if varied == 0 or min(wants) == max(wants):
        return None
    explained = 1 - missed / varied
    if not math.isfinite(explained):
        raise DataError(f"answered: expected answers whose errors fit a float, got {explained!r} for R squared")
    return explained


class MajorityBaseline(NamedTuple):
    """What always answering one label gets."""

    label: Hashable
    """The label of most of the training samples."""
    accuracy: float
    """The fraction of the samples of the report that have it, from 0 to 1."""


class MeanBaseline(NamedTuple):
    """What always answering one value gets."""

    value: float
    """The mean of the training samples."""
    rmse: float
    """Its root mean squared error on the samples of the report."""
    mae: float
    """Its mean absolute error on them."""


class ClassificationReport:
    """How well labels were answered; `classification_report` makes it, `print` shows it.

    samples: how many there were.
    labels: the labels, in the order of `confusion`.
    confusion: a row for each label wanted, a column for each answer, see the function of this name.
    accuracy: the fraction of right answers, from 0 to 1.
    precision, recall, f1: a dict from label to a number from 0 to 1, or to None where it is 0/0; see the functions.
    support: a dict from label to the number of samples that have it.
    roc_auc: the area under the ROC curve for the second of two labels; None where there are not two labels, where no
        probabilities were given, or where all samples are of one label.
    baseline: a `MajorityBaseline`, the label of most of the training samples and the accuracy of always answering it.
    """

    def __init__(
        self, labels: _Labels, confusion: list[list[int]], majority: Hashable, roc_auc: Optional[float]
    ) -> None:
        self.labels = tuple(labels)
        self.confusion = confusion
        self.precision, self.recall, self.f1, self.support = _by_label(labels, confusion)
        self.samples = sum(self.support.values())
        self.accuracy = sum(row[position] for position, row in enumerate(confusion)) / self.samples
        self.roc_auc = roc_auc
        self.baseline = MajorityBaseline(majority, self.support[majority] / self.samples)

    @property
    def beats_baseline(self) -> bool:
        """Whether more answers are right than by always answering the label of the baseline."""
        return self.accuracy > self.baseline.accuracy

    def to_dict(self) -> dict[str, Any]:
        """The report as what JSON can hold: lists by label stand in the order of "labels", None stays None.

        A label that is no string, bool or int is written as its `str`.
        """
        return {
            "samples": self.samples,
            "accuracy": self.accuracy,
            "labels": [_as_json(label) for label in self.labels],
            "confusion": [list(row) for row in self.confusion],
            "precision": list(self.precision.values()),
            "recall": list(self.recall.values()),
            "f1": list(self.f1.values()),
            "support": list(self.support.values()),
            "roc_auc": self.roc_auc,
            "baseline": {"label": _as_json(self.baseline.label), "accuracy": self.baseline.accuracy},
            "beats_baseline": self.beats_baseline,
        }

    def __str__(self) -> str:
        right = round(self.accuracy * self.samples)
        always = round(self.baseline.accuracy * self.samples)
        lines = [
            f"accuracy            {self.accuracy:6.1%}  {right} of {self.samples} right",
            f"majority baseline   {self.baseline.accuracy:6.1%}  {always} right, answering only "
            f"{brief(self.baseline.label, 22)}",
        ]
        if self.roc_auc is not None:
            lines.append(f"area under the ROC  {self.roc_auc:6.3f}  for {brief(self.labels[1], 40)}")
        lines += [_verdict(right - always, "the majority baseline"), "", *self._by_class(), "", *self._matrix()]
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(samples={self.samples}, accuracy={self.accuracy:.4g})"

    def _by_class(self) -> list[str]:
        """A line for each class: its precision, its recall, its F1, and how many samples it has."""
        names = [brief(label, _LONGEST_NAME) for label in self.labels]
        room = max(len(name) for name in [*names, "class"])
        lines = [f"{'class':<{room}}  precision  recall     F1  samples"]
        rates = [[table[label] for table in (self.precision, self.recall, self.f1)] for label in self.labels]
        for name, label, row in zip(names, self.labels, rates):
            cells = ["-" if rate is None else f"{rate:.3f}" for rate in row]
            lines.append(table_line(name, room, [*cells, str(self.support[label])], [9, 6, 5, 7]))
        if any(None in row for row in rates):
            lines.append("- is a share of nothing: a class that was never answered, or has no sample")
        return lines

    def _matrix(self) -> list[str]:
        """The confusion matrix with names above its columns, else with numbers there, else a line that says why not."""
        longest = max(len(str(count)) for row in self.confusion for count in row)
        names = [brief(label, _LONGEST_NAME) for label in self.labels]
        numbers = [str(number) for number in range(1, len(names) + 1)]
        for heads, sides in ((names, names), (numbers, [f"{number} {name}" for number, name in zip(numbers, names)])):
            room = max(len(side) for side in [*sides, "wanted"])
            widths = [max(longest, len(head)) for head in heads]
            if room + sum(widths) + 2 * len(widths) <= _COLUMNS:
                rows = [[str(count) for count in row] for row in self.confusion]
                lines = [table_line(side, room, row, widths) for side, row in zip(sides, rows)]
                return [f"{'wanted':<{room}}  answered", table_line("", room, heads, widths), *lines]
        return [f"{len(self.labels)} classes: the confusion matrix does not fit in {_COLUMNS} columns; see .confusion"]


@dataclass(eq=False, repr=False)
class RegressionReport:
    """How well numbers were answered; `regression_report` makes it, `print` shows it."""

    name: str
    """What the values are."""
    samples: int
    rmse: float
    """The root mean squared error, in the unit of the values."""
    mae: float
    """The mean absolute error, in the unit of the values."""
    r_squared: Optional[float]
    """How much of the variance is explained, 1 or less; None where all wanted values are equal."""
    baseline: MeanBaseline
    """The mean of the training samples, and the errors of always answering it."""

    @property
    def beats_baseline(self) -> bool:
        """Whether the root mean squared error is below that of always answering the mean."""
        return self.rmse < self.baseline.rmse

    def to_dict(self) -> dict[str, Any]:
        """The report as what JSON can hold: strings, finite numbers, None where R² is none, and a dict of them."""
        return {**vars(self), "baseline": self.baseline._asdict(), "beats_baseline": self.beats_baseline}

    def __str__(self) -> str:
        explained = "-, all values are equal" if self.r_squared is None else f"{self.r_squared:.4f}"
        lines = [
            f"{brief(self.name, 50)}, {self.samples} samples",
            "",
            f"{'':25}  {'network':>11}  {'always the mean, ' + format(self.baseline.value, '.4g'):>28}",
            f"{'root mean squared error':25}  {self.rmse:>11.4g}  {self.baseline.rmse:>28.4g}",
            f"{'mean absolute error':25}  {self.mae:>11.4g}  {self.baseline.mae:>28.4g}",
            f"{'R squared':25}  {explained:>11}",
            "",
            _verdict(self.baseline.rmse - self.rmse, "the mean"),
        ]
        return "\n".join(line.rstrip() for line in lines)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r}, samples={self.samples}, rmse={self.rmse:.4g})"


def classification_report(
    wanted: _Labels,
    answered: _Labels,
    *,
    labels: Optional[_Labels] = None,
    probabilities: Optional[Sequence[float]] = None,
    majority: Optional[Hashable] = None,
) -> ClassificationReport:
    """How good answered labels are, compared with always answering the majority class.

    wanted, answered: as for `accuracy`.
    labels: their order, as for `confusion`.
    probabilities: for two labels, the probability of the second one for each sample, or any finite number that is
        larger where it is more likely. It gives the area under the ROC curve. `labels` has to say which is second.
    majority: the label that most of the training samples have, one of the labels: a baseline may not know the samples
        it is tested on. None takes the most frequent of `wanted`, the first of equals in the order of the labels.

    Raises DataError, with the place, for arguments that do not fit as `confusion` and `roc_auc` do, for probabilities
    without two labels, and for a majority that is none of the labels.

    >>> print(classification_report(["no", "no", "no", "yes"], ["no", "no", "yes", "yes"], majority="no"))
    accuracy             75.0%  3 of 4 right
    majority baseline    75.0%  3 right, answering only no
    The network does no better than the majority baseline.
    <BLANKLINE>
    class  precision  recall     F1  samples
    no         1.000   0.667  0.800        3
    yes        0.500   1.000  0.667        1
    <BLANKLINE>
    wanted  answered
            no  yes
    no       2    1
    yes      0    1
    """
    wants, answers = _pairs(wanted, answered, _labels)
    order, table = _confusion(wants, answers, labels)
    area = None
    if probabilities is not None:
        if labels is None or len(order) != 2:
            got = "no labels" if labels is None else f"{len(order)}"
            raise DataError(f"labels: expected two, the second being that of the probabilities, got {got}")
        scores = _numbers(probabilities, "probabilities")
        _refuse_unequal(wants, scores, "probabilities")
        area = roc_auc(wants, scores, order[1]) if len(set(wants)) == 2 else None
    if majority is None:
        majority = order[max(range(len(order)), key=lambda position: sum(table[position]))]
    elif majority not in order:
        raise DataError(f"majority: expected one of the labels, got {validate.shown(majority)}")
    return ClassificationReport(order, table, majority, area)


def regression_report(
    wanted: Sequence[float], answered: Sequence[float], *, mean: Optional[float] = None, name: str = "value"
) -> RegressionReport:
    """How good answered numbers are, compared with always answering the mean.

    wanted, answered: as for `root_mean_squared_error`.
    mean: the mean of the training samples: a baseline may not know the samples it is tested on. None takes the mean of
        `wanted`.
    name: what the values are, for the heading.

    Raises DataError, with the place, for arguments that do not fit.

    >>> print(regression_report([1, 2, 3], [1.5, 2, 3], name="length in cm"))
    length in cm, 3 samples
    <BLANKLINE>
                                   network            always the mean, 2
    root mean squared error         0.2887                        0.8165
    mean absolute error             0.1667                        0.6667
    R squared                       0.8750
    <BLANKLINE>
    The network beats the mean.
    """
    wants, answers = _pairs(wanted, answered, _numbers)
    value = _mean(wants) if mean is None else float(validate.number(mean, "mean"))
    always = [value] * len(wants)
    baseline = MeanBaseline(value, root_mean_squared_error(wants, always), mean_absolute_error(wants, always))
    return RegressionReport(
        name=name,
        samples=len(wants),
        rmse=root_mean_squared_error(wants, answers),
        mae=mean_absolute_error(wants, answers),
        r_squared=r_squared(wants, answers),
        baseline=baseline,
    )


def _list(values: Any, place: str) -> list[Any]:
    if not validate.is_list(values):
        raise DataError(f"{place}: expected a list, got {validate.shown(values)}")
    items = list(values)
    if not items:
        raise DataError(f"{place}: expected at least one, got none")
    return items


def _labels(values: Any, place: str) -> list[Hashable]:
    items = _list(values, place)
    for position, item in enumerate(items):
        try:
            hash(item)
        except TypeError:
            item_is_label = False
        else:
            item_is_label = bool(item == item)  # noqa: PLR0124 - NaN is the label that is not itself
        if not item_is_label:
            raise DataError(f"{place}[{position}]: expected a label with a hash, got {validate.shown(item)}")
    return items


def _numbers(values: Any, place: str) -> list[float]:
    return [float(validate.number(item, f"{place}[{position}]")) for position, item in enumerate(_list(values, place))]


def _pairs(
    wanted: Any, answered: Any, checked: Callable[[Any, str], list[_Answer]]
) -> tuple[list[_Answer], list[_Answer]]:
    wants, answers = checked(wanted, "wanted"), checked(answered, "answered")
    _refuse_unequal(wants, answers, "answered")
    return wants, answers


def _refuse_unequal(wants: Sequence[object], others: Sequence[object], place: str) -> None:
    if len(wants) != len(others):
        raise DataError(f"{place}: expected one for each of wanted, that is {len(wants)}, got {len(others)}")


def _order(wants: list[Hashable], answers: list[Hashable], labels: Any) -> list[Hashable]:
    """The labels in their order, each once, and none that occurs missing."""
    seen = dict.fromkeys([*wants, *answers])
    if labels is None:
        return list(seen)
    order = _labels(labels, "labels")
    known = set(order)
    if len(known) < len(order):
        twice = next(label for position, label in enumerate(order) if label in order[:position])
        raise DataError(f"labels: expected each label once, got {validate.shown(twice)} twice")
    for place, given in (("wanted", wants), ("answered", answers)):
        for position, label in enumerate(given):
            if label not in known:
                raise DataError(f"{place}[{position}]: expected one of the labels, got {validate.shown(label)}")
    return order


def _confusion(wants: list[Hashable], answers: list[Hashable], labels: Any) -> tuple[list[Hashable], list[list[int]]]:
    """The labels in order, and how often each was taken for each."""
    order = _order(wants, answers, labels)
    place = {label: position for position, label in enumerate(order)}
    table = [[0] * len(order) for _ in order]
    for want, answer in zip(wants, answers):
        table[place[want]][place[answer]] += 1
    return order, table


class _Rates(NamedTuple):
    precision: _ByLabel
    recall: _ByLabel
    f1: _ByLabel
    support: dict[Hashable, int]


def _by_label(order: _Labels, table: list[list[int]]) -> _Rates:
    """What the rows and columns of a confusion matrix say of each label."""
    found = _Rates({}, {}, {}, {})
    for position, (label, row, column) in enumerate(zip(order, table, zip(*table))):
        right, wants, answers = row[position], sum(row), sum(column)
        found.precision[label] = right / answers if answers else None
        found.recall[label] = right / wants if wants else None
        found.f1[label] = 2 * right / (wants + answers) if wants + answers else None
        found.support[label] = wants
    return found


def _mean_square(wants: list[float], answers: list[float]) -> float:
    """The mean of the squares of what the answers miss by."""
    return _mean([(want - answer) * (want - answer) for want, answer in zip(wants, answers)])


def _mean(values: list[float]) -> float:
    total = 0.0
    for value in values:
        total += value
    if not math.isfinite(total):
        raise DataError(f"wanted, answered: expected numbers whose errors fit a float, got a sum of {total!r}")
    return total / len(values)


def _verdict(ahead: float, rival: str) -> str:
    if ahead == 0:
        return f"The network does no better than {rival}."
    return f"The network beats {rival}." if ahead > 0 else f"The network does worse than {rival}."


def _as_json(label: Hashable) -> Any:
    return label if isinstance(label, (str, bool, int)) else str(label)
