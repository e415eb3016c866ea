"""How good the answers are, in the usual numbers, and beside them what one would get without any network.

An accuracy of 90 % says little where nine of ten samples are of one class. So the two reports at the end of this file
stand the network beside a baseline that looks at no input: always the majority class, always the mean.

Here the answers are plain values, not outputs of a network: labels of any hashable kind, or numbers.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping, Sequence, Set
from typing import Any, NamedTuple, Optional

from neuronet import validate
from neuronet.errors import DataError

_Counts = dict[Hashable, tuple[int, int, int]]  # for each label: right answers, samples of it, answers with it
_COLUMNS = 80
_LONGEST_NAME = 28


def accuracy(wanted: Sequence[Hashable], answered: Sequence[Hashable]) -> float:
    """The share of answers that are right, from 0 to 1.

    wanted: the label of each sample, at least one.
    answered: the answer to each, in the same order.

    Raises DataError, with the place, for unequal lengths, for none at all, and for what cannot be a label: what has no
    hash, or is not equal to itself.

    >>> accuracy(["cat", "dog", "dog"], ["cat", "dog", "cat"]) == 2 / 3
    True
    """
    wants, answers = _pairs(wanted, answered)
    return _right(wants, answers) / len(wants)


def confusion(
    wanted: Sequence[Hashable], answered: Sequence[Hashable], labels: Optional[Sequence[Hashable]] = None
) -> list[list[int]]:
    """How often each label was taken for each: a row for each label that was wanted, a column for each answer.

    wanted, answered: as for `accuracy`.
    labels: the order of the rows and of the columns, each label once; those that do not occur get zeros. None takes the
        labels in the order in which they first occur, those of `wanted` before those of `answered`.

    Raises DataError as `accuracy` does, for a label that is in `labels` twice, and for one that is missing there.

    >>> confusion(["cat", "dog", "dog"], ["cat", "dog", "cat"])
    [[1, 0], [1, 1]]
    """
    wants, answers = _pairs(wanted, answered)
    return _table(wants, answers, _order(wants, answers, labels))


def precision(
    wanted: Sequence[Hashable], answered: Sequence[Hashable], labels: Optional[Sequence[Hashable]] = None
) -> dict[Hashable, Optional[float]]:
    """Of the answers with a label, the share that is right: true positives / (true positives + false positives).

    wanted, answered, labels: as for `confusion`.

    Returns for each label a share from 0 to 1, or None for a label that was never answered: a share of nothing, 0/0,
    is no number. Raises DataError as `confusion` does.

    >>> precision(["cat", "dog", "dog"], ["cat", "dog", "cat"])
    {'cat': 0.5, 'dog': 1.0}
    """
    return _precision(_counts(wanted, answered, labels))


def recall(
    wanted: Sequence[Hashable], answered: Sequence[Hashable], labels: Optional[Sequence[Hashable]] = None
) -> dict[Hashable, Optional[float]]:
    """Of the samples of a label, the share that was found: true positives / (true positives + false negatives).

    wanted, answered, labels: as for `confusion`.

    Returns for each label a share from 0 to 1, or None for a label of no sample: 0/0. Raises DataError as `confusion`
    does.

    >>> recall(["cat", "dog", "dog"], ["cat", "dog", "cat"])
    {'cat': 1.0, 'dog': 0.5}
    """
    return _recall(_counts(wanted, answered, labels))


def f1(
    wanted: Sequence[Hashable], answered: Sequence[Hashable], labels: Optional[Sequence[Hashable]] = None
) -> dict[Hashable, Optional[float]]:
    """The harmonic mean of precision and recall: 2 true positives / (samples of the label + answers with it).

    wanted, answered, labels: as for `confusion`.

    Returns for each label a number from 0 to 1, or None for a label that neither is wanted nor was answered: 0/0. Where
    only one of precision and recall is None the F1 is 0, which this form of the formula gives by itself (C. J. van
    Rijsbergen, "Information Retrieval", 2nd edition 1979, chapter 7). Raises DataError as `confusion` does.

    >>> f1(["cat", "dog", "dog"], ["cat", "dog", "dog"])
    {'cat': 1.0, 'dog': 1.0}
    """
    return _f1(_counts(wanted, answered, labels))


def roc_auc(wanted: Sequence[Hashable], scores: Sequence[float], positive: Hashable) -> float:
    """The area under the ROC curve: how surely a score tells the positive class from the rest.

    It is the share of all pairs of a positive and another sample in which the positive one has the higher score; equal
    scores count as half a pair. 1 is a perfect order, one half is chance, 0 is the order upside down. It is found from
    the ranks r of the p positive among all n samples, equal scores sharing the mean of their ranks, by the statistic of
    Mann and Whitney: (sum of r - p (p + 1) / 2) / (p (n - p)) (J. A. Hanley and B. J. McNeil, "The meaning and use of
    the area under a receiver operating characteristic (ROC) curve", Radiology 143 (1982), 29-36).

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
    order = sorted(range(len(values)), key=values.__getitem__)
    # Ranks are counted twice over, so that a mean of two ranks is a whole number and the count stays exact.
    doubled_ranks, start = 0, 0
    while start < len(order):
        end = start
        while end < len(order) and values[order[end]] == values[order[start]]:
            end += 1
        tied = sum(wants[position] == positive for position in order[start:end])
        doubled_ranks += tied * (start + 1 + end)
        start = end
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
    wants, answers = _number_pairs(wanted, answered)
    return math.sqrt(_mean_square(wants, answers))


def mean_absolute_error(wanted: Sequence[float], answered: Sequence[float]) -> float:
    """The mean of |wanted - answered|, in the unit of the values: MAE. Every miss weighs as much as it is wide.

    Arguments and errors as for `root_mean_squared_error`.

    >>> mean_absolute_error([1, 2], [2, 9])
    4.0
    """
    wants, answers = _number_pairs(wanted, answered)
    return _mean([abs(want - answer) for want, answer in zip(wants, answers)])


def r_squared(wanted: Sequence[float], answered: Sequence[float]) -> Optional[float]:
    """The share of the variance that the answers explain: 1 - (sum of (wanted - answered)^2) / (sum of (wanted - m)^2).

    m is the mean of `wanted`. 1 is all of it, 0 is what answering m each time would get, and worse answers go below 0
    without end.

    Arguments and errors as for `root_mean_squared_error`.

    Returns None where all of `wanted` are equal, or differ so little that no float holds their variance: a share of
    no variance, 0/0, is no number.

    >>> r_squared([1, 2, 3], [1, 2, 4])
    0.5
    >>> r_squared([2, 2], [1, 3]) is None
    True
    """
    wants, answers = _number_pairs(wanted, answered)
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
    """The share of the samples of the report that have it, from 0 to 1."""


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
    accuracy: the share of right answers, from 0 to 1.
    precision, recall, f1: a dict from label to a share from 0 to 1, or to None where it is 0/0; see the functions.
    support: a dict from label to the number of samples that have it.
    roc_auc: the area under the ROC curve for the second of two labels; None where there are not two labels, where no
        probabilities were given, or where all samples are of one label.
    baseline: a `MajorityBaseline`, the label of most of the training samples and the accuracy of always answering it.
    """

    __slots__ = (
        "accuracy",
        "baseline",
        "confusion",
        "f1",
        "labels",
        "precision",
        "recall",
        "roc_auc",
        "samples",
        "support",
    )

    def __init__(
        self, labels: Sequence[Hashable], confusion: list[list[int]], majority: Hashable, roc_auc: Optional[float]
    ) -> None:
        self.labels = tuple(labels)
        self.confusion = confusion
        counts = _counts_of(self.labels, confusion)
        self.support = {label: wants for label, (_, wants, _) in counts.items()}
        self.samples = sum(self.support.values())
        self.accuracy = sum(hits for hits, _, _ in counts.values()) / self.samples
        self.precision, self.recall, self.f1 = _precision(counts), _recall(counts), _f1(counts)
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
            "labels": [_plain(label) for label in self.labels],
            "confusion": [list(row) for row in self.confusion],
            "precision": list(self.precision.values()),
            "recall": list(self.recall.values()),
            "f1": list(self.f1.values()),
            "support": list(self.support.values()),
            "roc_auc": self.roc_auc,
            "baseline": {"label": _plain(self.baseline.label), "accuracy": self.baseline.accuracy},
            "beats_baseline": self.beats_baseline,
        }

    def __str__(self) -> str:
        right = round(self.accuracy * self.samples)
        always = round(self.baseline.accuracy * self.samples)
        lines = [
            f"accuracy            {self.accuracy:6.1%}  {right} of {self.samples} right",
            f"majority baseline   {self.baseline.accuracy:6.1%}  {always} right, answering only "
            f"{_name(self.baseline.label, 22)}",
        ]
        if self.roc_auc is not None:
            lines.append(f"area under the ROC  {self.roc_auc:6.3f}  for {_name(self.labels[1], 40)}")
        lines += [_verdict(right - always, "the majority baseline"), "", *self._by_class(), "", *self._matrix()]
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(samples={self.samples}, accuracy={self.accuracy:.4g})"

    def _by_class(self) -> list[str]:
        names = [_name(label, _LONGEST_NAME) for label in self.labels]
        wide = max(len(name) for name in [*names, "class"])
        lines = [f"{'class':<{wide}}  precision  recall     F1  samples"]
        for name, label in zip(names, self.labels):
            shares = [_cell(table[label]) for table in (self.precision, self.recall, self.f1)]
            lines.append(f"{name:<{wide}}  {shares[0]:>9}  {shares[1]:>6}  {shares[2]}  {self.support[label]:>7}")
        if any(None in table.values() for table in (self.precision, self.recall, self.f1)):
            lines.append("- is a share of nothing: a class that was never answered, or has no sample")
        return lines

    def _matrix(self) -> list[str]:
        """The confusion matrix with names above its columns, else with numbers there, else a line that says why not."""
        longest = max(len(str(count)) for row in self.confusion for count in row)
        for heads, names in (
            ([_name(label, _LONGEST_NAME) for label in self.labels], ["" for _ in self.labels]),
            ([str(number + 1) for number in range(len(self.labels))], [f"{n + 1} " for n in range(len(self.labels))]),
        ):
            sides = [f"{number}{_name(label, _LONGEST_NAME)}" for number, label in zip(names, self.labels)]
            room = max(len(side) for side in [*sides, "wanted"])
            widths = [max(longest, len(head)) for head in heads]
            if room + sum(widths) + 2 * len(widths) <= _COLUMNS:
                table = [f"{'wanted':<{room}}  answered", _line("", room, heads, widths)]
                cells = [[str(count) for count in row] for row in self.confusion]
                return table + [_line(side, room, row, widths) for side, row in zip(sides, cells)]
        return [f"{len(self.labels)} classes: the confusion matrix does not fit in {_COLUMNS} columns; see .confusion"]


class RegressionReport:
    """How well numbers were answered; `regression_report` makes it, `print` shows it.

    name: what the values are.
    samples: how many there were.
    rmse: the root mean squared error, in the unit of the values.
    mae: the mean absolute error, in the unit of the values.
    r_squared: the share of the variance explained, 1 or less; None where all wanted values are equal.
    baseline: a `MeanBaseline`, the mean of the training samples and the errors of always answering it.
    """

    __slots__ = ("baseline", "mae", "name", "r_squared", "rmse", "samples")

    def __init__(
        self,
        *,
        name: str,
        samples: int,
        rmse: float,
        mae: float,
        r_squared: Optional[float],
        baseline: MeanBaseline,
    ) -> None:
        self.name = name
        self.samples = samples
        self.rmse = rmse
        self.mae = mae
        self.r_squared = r_squared
        self.baseline = baseline

    @property
    def beats_baseline(self) -> bool:
        """Whether the root mean squared error is below that of always answering the mean."""
        return self.rmse < self.baseline.rmse

    def to_dict(self) -> dict[str, Any]:
        """The report as what JSON can hold: strings, finite numbers, None where R² is none, and a dict of them."""
        return {
            "name": self.name,
            "samples": self.samples,
            "rmse": self.rmse,
            "mae": self.mae,
            "r_squared": self.r_squared,
            "baseline": self.baseline._asdict(),
            "beats_baseline": self.beats_baseline,
        }

    def __str__(self) -> str:
        explained = "-, all values are equal" if self.r_squared is None else f"{self.r_squared:.4f}"
        lines = [
            f"{_name(self.name, 50)}, {self.samples} samples",
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
    wanted: Sequence[Hashable],
    answered: Sequence[Hashable],
    *,
    labels: Optional[Sequence[Hashable]] = None,
    probabilities: Optional[Sequence[float]] = None,
    majority: Optional[Hashable] = None,
) -> ClassificationReport:
    """What there is to say about answered labels, beside what always answering the majority class would get.

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
    wants, answers = _pairs(wanted, answered)
    order = _order(wants, answers, labels)
    table = _table(wants, answers, order)
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
    """What there is to say about answered numbers, beside what always answering the mean would get.

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
    wants, answers = _number_pairs(wanted, answered)
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
    if not isinstance(values, Iterable) or isinstance(values, (str, bytes, bytearray, Mapping, Set)):
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


def _pairs(wanted: Any, answered: Any) -> tuple[list[Hashable], list[Hashable]]:
    wants, answers = _labels(wanted, "wanted"), _labels(answered, "answered")
    _refuse_unequal(wants, answers, "answered")
    return wants, answers


def _number_pairs(wanted: Any, answered: Any) -> tuple[list[float], list[float]]:
    wants, answers = _numbers(wanted, "wanted"), _numbers(answered, "answered")
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


def _table(wants: list[Hashable], answers: list[Hashable], order: list[Hashable]) -> list[list[int]]:
    place = {label: position for position, label in enumerate(order)}
    table = [[0] * len(order) for _ in order]
    for want, answer in zip(wants, answers):
        table[place[want]][place[answer]] += 1
    return table


def _counts(wanted: Any, answered: Any, labels: Any) -> _Counts:
    wants, answers = _pairs(wanted, answered)
    order = _order(wants, answers, labels)
    return _counts_of(order, _table(wants, answers, order))


def _counts_of(order: Sequence[Hashable], table: list[list[int]]) -> _Counts:
    """For each label how often it was answered rightly, wanted, and answered."""
    columns = list(zip(*table))
    return {
        label: (table[position][position], sum(table[position]), sum(columns[position]))
        for position, label in enumerate(order)
    }


def _right(wants: list[Hashable], answers: list[Hashable]) -> int:
    return [want == answer for want, answer in zip(wants, answers)].count(True)


def _precision(counts: _Counts) -> dict[Hashable, Optional[float]]:
    return {label: _share(hits, given) for label, (hits, _, given) in counts.items()}


def _recall(counts: _Counts) -> dict[Hashable, Optional[float]]:
    return {label: _share(hits, wants) for label, (hits, wants, _) in counts.items()}


def _f1(counts: _Counts) -> dict[Hashable, Optional[float]]:
    return {label: _share(2 * hits, wants + given) for label, (hits, wants, given) in counts.items()}


def _mean_square(wants: list[float], answers: list[float]) -> float:
    """The mean of the squares of what the answers miss by."""
    return _mean([(want - answer) * (want - answer) for want, answer in zip(wants, answers)])


def _share(part: int, whole: int) -> Optional[float]:
    return part / whole if whole else None


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


def _name(label: Hashable, most: int) -> str:
    """A label on one line, in at most so many characters."""
    text = str(label)
    if not text.isprintable():
        text = repr(label)
    return text if len(text) <= most else f"{text[: most - 3]}..."


def _cell(share: Optional[float]) -> str:
    return "    -" if share is None else f"{share:.3f}"


def _line(side: str, room: int, cells: Sequence[str], widths: Sequence[int]) -> str:
    return f"{side:<{room}}" + "".join(f"  {cell:>{width}}" for cell, width in zip(cells, widths))


def _plain(label: Hashable) -> Any:
    return label if isinstance(label, (str, bool, int)) else str(label)
