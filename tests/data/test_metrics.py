"""The numbers are what they are defined to be: found by hand, by brute force, and by another library."""

import json
import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuronet.data import metrics
from neuronet.errors import DataError

LABELS = st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("abcd")), min_size=1, max_size=40)
VALUES = st.lists(st.tuples(*[st.floats(-1e6, 1e6)] * 2), min_size=1, max_size=30)
SCORED = st.lists(st.tuples(st.booleans(), st.integers(0, 6)), min_size=2, max_size=30).filter(
    lambda pairs: len({label for label, _ in pairs}) == 2
)

# What scikit-learn 1.9.1 said once: accuracy_score, confusion_matrix, precision_score, recall_score and f1_score with
# average=None, roc_auc_score, root_mean_squared_error, mean_absolute_error and r2_score, each as its repr.
LEARN_WANTED, LEARN_ANSWERED = "bacaaabaaaaccaaacaaaacaa", "bbcaaaaabacccbbacacaacca"
LEARN_PRECISION = [0.9090909090909091, 0.2, 0.625]
LEARN_RECALL = [0.5882352941176471, 0.5, 1.0]
LEARN_F1 = [0.7142857142857143, 0.2857142857142857, 0.7692307692307693]
LEARN_SCORED = "nnpnpnppnnpppppnnppn"
LEARN_SCORES = [0.0, 0.6, 0.7, 0.8, 0.9, 0.2, 0.5, 0.7, 0.0, 0.4, 0.3, 0.3, 0.2, 0.8, 0.3, 0.2, 0.3, 0.9, 0.3, 0.4]
LEARN_VALUES = [10.13, 16.83, 24.21, 10.94, 19.08, 25.1, 13.44, 28.05, 22.76, 19.25]
LEARN_GUESSES = [10.78, 18.13, 24.45, 13.23, 17.76, 24.27, 15.52, 28.1, 21.0, 21.14]


def split_pairs(pairs):
    return [list(column) for column in zip(*pairs)]


def longest_line(text):
    return max(len(line) for line in text.splitlines())


# Labels.


def test_a_classification_counted_by_hand():
    # Of three cats one was taken for a dog; of two dogs one for a cow; the cow was found.
    wanted = ["cat", "cat", "cat", "dog", "dog", "cow"]
    answered = ["cat", "dog", "cat", "dog", "cow", "cow"]
    assert metrics.accuracy(wanted, answered) == 4 / 6
    assert metrics.confusion(wanted, answered) == [[2, 1, 0], [0, 1, 1], [0, 0, 1]]
    assert metrics.confusion(wanted, answered, ["cow", "dog", "cat"]) == [[1, 0, 0], [1, 1, 0], [0, 1, 2]]
    assert metrics.precision(wanted, answered) == {"cat": 1.0, "dog": 1 / 2, "cow": 1 / 2}
    assert metrics.recall(wanted, answered) == {"cat": 2 / 3, "dog": 1 / 2, "cow": 1.0}
    assert metrics.f1(wanted, answered) == {"cat": 4 / 5, "dog": 1 / 2, "cow": 2 / 3}


def test_a_share_of_nothing_is_none():
    wanted, answered = ["a", "a", "b"], ["a", "a", "a"]
    labels = ["a", "b", "c"]
    assert metrics.precision(wanted, answered, labels) == {"a": 2 / 3, "b": None, "c": None}
    assert metrics.recall(wanted, answered, labels) == {"a": 1.0, "b": 0.0, "c": None}
    assert metrics.f1(wanted, answered, labels) == {"a": 4 / 5, "b": 0.0, "c": None}


def test_the_numbers_of_another_library_for_labels():
    labels = list("abc")
    assert metrics.accuracy(list(LEARN_WANTED), list(LEARN_ANSWERED)) == 0.6666666666666666
    table = metrics.confusion(list(LEARN_WANTED), list(LEARN_ANSWERED), labels)
    assert table == [[10, 4, 3], [1, 1, 0], [0, 0, 5]]
    for function, numbers in (
        (metrics.precision, LEARN_PRECISION),
        (metrics.recall, LEARN_RECALL),
        (metrics.f1, LEARN_F1),
    ):
        assert list(function(list(LEARN_WANTED), list(LEARN_ANSWERED), labels).values()) == pytest.approx(numbers)
    assert metrics.roc_auc(list(LEARN_SCORED), LEARN_SCORES, "p") == pytest.approx(0.7121212121212122, rel=1e-15)


@given(LABELS)
def test_a_confusion_holds_every_sample_once(pairs):
    wanted, answered = split_pairs(pairs)
    labels = list("abcd")
    table = metrics.confusion(wanted, answered, labels)
    assert [[pairs.count((want, answer)) for answer in labels] for want in labels] == table
    assert [sum(row) for row in table] == [wanted.count(label) for label in labels]
    assert [sum(column) for column in zip(*table)] == [answered.count(label) for label in labels]
    assert metrics.accuracy(wanted, answered) == sum(table[i][i] for i in range(4)) / len(pairs)


@given(LABELS)
def test_precision_recall_and_f1_are_shares_as_defined(pairs):
    wanted, answered = split_pairs(pairs)
    precision, recall, f1 = (function(wanted, answered) for function in (metrics.precision, metrics.recall, metrics.f1))
    assert list(precision) == list(recall) == list(f1) == list(dict.fromkeys(wanted + answered))
    for label in precision:
        found = [want == label for want, answer in pairs if answer == label]
        sought = [answer == label for want, answer in pairs if want == label]
        assert precision[label] == (found.count(True) / len(found) if found else None)
        assert recall[label] == (sought.count(True) / len(sought) if sought else None)
        if precision[label] and recall[label]:
            assert f1[label] == pytest.approx(2 / (1 / precision[label] + 1 / recall[label]))
        else:
            assert f1[label] == 0


@given(LABELS, st.permutations("abcd"))
def test_the_order_of_labels_orders_the_answers_and_changes_none(pairs, labels):
    wanted, answered = split_pairs(pairs)
    for function in metrics.precision, metrics.recall, metrics.f1:
        assert list(function(wanted, answered, labels)) == labels
        assert function(wanted, answered, labels) == function(wanted, answered, list("abcd"))


@given(SCORED)
def test_the_area_is_the_share_of_pairs_in_order(pairs):
    labels, scores = split_pairs(pairs)
    yes = [score for label, score in pairs if label]
    no = [score for label, score in pairs if not label]
    halves = sum(2 * (one > other) + (one == other) for one in yes for other in no)
    assert metrics.roc_auc(labels, scores, True) == float(Fraction(halves, 2 * len(yes) * len(no)))


@given(SCORED)
def test_the_area_looks_at_the_order_of_scores_only(pairs):
    labels, scores = split_pairs(pairs)
    area = metrics.roc_auc(labels, scores, True)
    assert metrics.roc_auc(labels, [math.exp(score) for score in scores], True) == area
    assert metrics.roc_auc(labels, [-score for score in scores], True) == pytest.approx(1 - area)
    assert metrics.roc_auc(labels, scores, False) == pytest.approx(1 - area)


def test_the_area_of_a_perfect_a_reversed_and_a_blind_score():
    labels = ["no", "yes", "no", "yes"]
    assert metrics.roc_auc(labels, [0.1, 0.8, 0.2, 0.9], "yes") == 1
    assert metrics.roc_auc(labels, [0.9, 0.2, 0.8, 0.1], "yes") == 0
    assert metrics.roc_auc(labels, [0.5] * 4, "yes") == 0.5


# Numbers.


def test_errors_worked_out_by_hand():
    wanted, answered = [1, 2, 3, 6], [1, 4, 3, 2]
    assert metrics.root_mean_squared_error(wanted, answered) == math.sqrt(5)
    assert metrics.mean_absolute_error(wanted, answered) == 1.5
    # The mean is 3, its squared errors are 4, 1, 0, 9; those of the answers 0, 4, 0, 16.
    assert metrics.r_squared(wanted, answered) == pytest.approx(1 - 20 / 14, rel=1e-15)


def test_the_numbers_of_another_library_for_values():
    assert metrics.root_mean_squared_error(LEARN_VALUES, LEARN_GUESSES) == pytest.approx(1.443748593072908)
    assert metrics.mean_absolute_error(LEARN_VALUES, LEARN_GUESSES) == pytest.approx(1.241)
    assert metrics.r_squared(LEARN_VALUES, LEARN_GUESSES) == pytest.approx(0.9386435997065715)


@given(VALUES)
def test_errors_are_those_of_exact_fractions(pairs):
    wanted, answered = split_pairs(pairs)
    misses = [Fraction(want) - Fraction(answer) for want, answer in pairs]
    # Thirty terms of one sign: each addition and each difference costs at most half a unit of 2.2e-16 of what is there.
    # A miss below 1e-150 has a square that is lost to a float.
    square = metrics.root_mean_squared_error(wanted, answered) ** 2
    assert square == pytest.approx(float(sum(miss * miss for miss in misses) / len(misses)), rel=1e-14, abs=1e-290)
    mean = float(sum(abs(miss) for miss in misses) / len(misses))
    assert metrics.mean_absolute_error(wanted, answered) == pytest.approx(mean, rel=1e-14)


@given(VALUES)
def test_perfect_answers_have_no_error_and_explain_all(pairs):
    wanted, _ = split_pairs(pairs)
    assert metrics.root_mean_squared_error(wanted, wanted) == metrics.mean_absolute_error(wanted, wanted) == 0
    assert metrics.r_squared(wanted, wanted) in (1, None)


@pytest.mark.parametrize("value", [0.1, 2, 1e-300, 1e150])
def test_equal_values_have_no_variance_to_explain(value):
    assert metrics.r_squared([value] * 3, [1, 2, 3]) is None


def test_values_too_close_for_a_variance_have_none():
    assert metrics.r_squared([0, 1e-200], [0, 1]) is None


# What is refused.


@pytest.mark.parametrize(
    ("wanted", "answered", "message"),
    [
        ([], [], "wanted: expected at least one, got none"),
        ("ab", ["a", "b"], "wanted: expected a list, got 'ab'"),
        (["a"], None, "answered: expected a list, got None"),
        (["a"], {"a": 1}, "answered: expected a list, got {'a': 1}"),
        (["a", "b"], ["a"], "answered: expected one for each of wanted, that is 2, got 1"),
        (["a", ["b"]], ["a", "b"], "wanted[1]: expected a label with a hash, got ['b']"),
        (["a", "b"], ["a", math.nan], "answered[1]: expected a label with a hash, got nan"),
    ],
)
@pytest.mark.parametrize("function", [metrics.accuracy, metrics.confusion, metrics.f1, metrics.classification_report])
def test_labels_that_cannot_be_right_are_refused(function, wanted, answered, message):
    with pytest.raises(DataError) as caught:
        function(wanted, answered)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (["a", "b", "a"], "labels: expected each label once, got 'a' twice"),
        (["a"], "wanted[1]: expected one of the labels, got 'b'"),
        (["a", "b"], "answered[1]: expected one of the labels, got 'c'"),
        ("abc", "labels: expected a list, got 'abc'"),
        ([], "labels: expected at least one, got none"),
    ],
)
@pytest.mark.parametrize("function", [metrics.confusion, metrics.precision, metrics.recall, metrics.f1])
def test_labels_in_another_order_than_can_be_are_refused(function, labels, message):
    with pytest.raises(DataError) as caught:
        function(["a", "b"], ["a", "c"], labels)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("wanted", "scores", "message"),
    [
        (["y", "n"], [0.5], "scores: expected one for each of wanted, that is 2, got 1"),
        (["y", "n"], [0.5, math.inf], "scores[1]: expected a finite number, got inf"),
        (["y", "n"], [True, 0.5], "scores[0]: expected a number, got True"),
        (["n", "n"], [0.5, 0.6], "wanted: expected at least one 'y', got none"),
        (["y", "y"], [0.5, 0.6], "wanted: expected at least one label other than 'y', got none"),
    ],
)
def test_scores_that_cannot_be_right_are_refused(wanted, scores, message):
    with pytest.raises(DataError) as caught:
        metrics.roc_auc(wanted, scores, "y")
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("wanted", "answered", "message"),
    [
        ([], [], "wanted: expected at least one, got none"),
        ([1, 2], [1], "answered: expected one for each of wanted, that is 2, got 1"),
        ([1, math.nan], [1, 2], "wanted[1]: expected a finite number, got nan"),
        ([1, 2], [1, "2"], "answered[1]: expected a number, got '2'"),
        ([1, 2], [[1], [2]], "answered[0]: expected a number, got [1]"),
    ],
)
@pytest.mark.parametrize(
    "function",
    [metrics.root_mean_squared_error, metrics.mean_absolute_error, metrics.r_squared, metrics.regression_report],
)
def test_values_that_cannot_be_right_are_refused(function, wanted, answered, message):
    with pytest.raises(DataError) as caught:
        function(wanted, answered)
    assert str(caught.value) == message


def test_errors_beyond_all_floats_are_refused():
    with pytest.raises(DataError, match="whose errors fit a float, got a sum of inf"):
        metrics.root_mean_squared_error([1e200], [-1e200])
    with pytest.raises(DataError, match="fit a float, got -inf for R squared"):
        metrics.r_squared([0, 1e-160], [1e140, 0])


# The reports.


def test_a_report_has_what_its_functions_say():
    wanted, answered = list(LEARN_WANTED), list(LEARN_ANSWERED)
    report = metrics.classification_report(wanted, answered, labels=["a", "b", "c"], majority="c")
    assert report.samples == 24
    assert report.labels == ("a", "b", "c")
    assert report.accuracy == metrics.accuracy(wanted, answered)
    assert report.confusion == metrics.confusion(wanted, answered, ["a", "b", "c"])
    for name in "precision", "recall", "f1":
        assert getattr(report, name) == getattr(metrics, name)(wanted, answered, ["a", "b", "c"])
    assert report.support == {"a": 17, "b": 2, "c": 5}
    assert report.roc_auc is None
    assert report.baseline == ("c", 5 / 24)
    assert report.beats_baseline


def test_the_baseline_is_the_majority_of_the_training_samples_or_else_of_these():
    wanted = ["b", "a", "a", "b"]
    assert metrics.classification_report(wanted, wanted).baseline == ("b", 0.5)
    assert metrics.classification_report(wanted, wanted, labels=["a", "b"]).baseline == ("a", 0.5)
    report = metrics.classification_report(wanted, wanted, labels=["a", "b", "c"], majority="c")
    assert report.baseline == ("c", 0)


@pytest.mark.parametrize(
    ("answered", "beats", "words"),
    [
        ("aab", True, "The network beats the majority baseline."),
        ("aaa", False, "The network does no better than the majority baseline."),
        ("bba", False, "The network does worse than the majority baseline."),
    ],
)
def test_the_report_says_whether_the_network_beats_the_baseline(answered, beats, words):
    report = metrics.classification_report(list("aab"), list(answered))
    assert report.beats_baseline is beats
    assert words in str(report).splitlines()


def test_probabilities_of_the_second_label_give_an_area():
    wanted, answered = ["no", "yes", "no", "yes"], ["no", "no", "no", "yes"]
    report = metrics.classification_report(
        wanted, answered, labels=["no", "yes"], probabilities=[0.2, 0.3, 0.4, 0.9], majority="no"
    )
    assert report.roc_auc == 0.75
    assert "area under the ROC   0.750  for yes" in str(report).splitlines()
    one_class = metrics.classification_report(["no"], ["no"], labels=["no", "yes"], probabilities=[0.2])
    assert one_class.roc_auc is None


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"probabilities": [0.1, 0.2]},
            "labels: expected two, the second being that of the probabilities, got no labels",
        ),
        (
            {"probabilities": [0.1, 0.2], "labels": ["a", "b", "c"]},
            "labels: expected two, the second being that of the probabilities, got 3",
        ),
        (
            {"probabilities": [0.1], "labels": ["a", "b"]},
            "probabilities: expected one for each of wanted, that is 2, got 1",
        ),
        (
            {"probabilities": [0.1, math.nan], "labels": ["a", "b"]},
            "probabilities[1]: expected a finite number, got nan",
        ),
        ({"majority": "c"}, "majority: expected one of the labels, got 'c'"),
    ],
)
def test_a_report_refuses_settings_that_do_not_fit(settings, message):
    with pytest.raises(DataError) as caught:
        metrics.classification_report(["a", "b"], ["a", "b"], **settings)
    assert str(caught.value) == message


def test_the_report_of_a_few_classes_shows_its_confusion():
    text = str(metrics.classification_report(list(LEARN_WANTED), list(LEARN_ANSWERED), labels=["a", "b", "c"]))
    assert text.splitlines()[-5:] == [
        "wanted  answered",
        "         a   b   c",
        "a       10   4   3",
        "b        1   1   0",
        "c        0   0   5",
    ]


def test_long_names_are_cut_and_the_columns_numbered():
    labels = [f"a name that is far too long for any table of text {number}" for number in range(6)]
    text = str(metrics.classification_report(labels, labels[::-1], labels=labels))
    assert longest_line(text) <= 80
    assert re_lines(text, "6 a name that is far too lo...")[-1].split()[-6:] == ["1", "0", "0", "0", "0", "0"]


def re_lines(text, start):
    return [line for line in text.splitlines() if line.startswith(start)]


@pytest.mark.parametrize("count", [2, 10, 12, 20, 26, 60])
@pytest.mark.parametrize("length", [1, 7, 40])
@pytest.mark.parametrize("samples", [1, 99_999])
def test_a_report_is_never_wider_than_eighty_columns(count, length, samples):
    labels = [f"{number:0{length}d}" for number in range(count)]
    wanted = [*labels, *labels[:1] * samples]
    answered = [*labels[::-1], *labels[-1:] * samples]
    report = metrics.classification_report(wanted, answered, labels=labels)
    text = str(report)
    assert longest_line(text) <= 80
    assert ("answered" in text) != ("does not fit in 80 columns" in text)
    if count >= 26:
        assert f"{count} classes: the confusion matrix does not fit in 80 columns; see .confusion" in text


def test_a_label_of_several_lines_does_not_break_the_table():
    text = str(metrics.classification_report(["a\nb", "c"], ["a\nb", "c"]))
    assert len(re_lines(text, "'a\\nb'")) == 2


def test_a_report_is_made_of_what_json_can_hold():
    report = metrics.classification_report([1.5, None, "x"], [1.5, 1.5, "x"], labels=[1.5, None, "x", 7])
    document = json.loads(json.dumps(report.to_dict(), allow_nan=False))
    assert document["labels"] == ["1.5", "None", "x", 7]
    assert document["precision"] == [0.5, None, 1.0, None]
    assert document["baseline"] == {"label": "1.5", "accuracy": 1 / 3}
    assert document["beats_baseline"] is True
    assert document["confusion"] == report.confusion


def test_a_report_of_numbers_has_what_its_functions_say():
    report = metrics.regression_report(LEARN_VALUES, LEARN_GUESSES, name="miles per gallon")
    assert report.samples == 10
    assert report.rmse == metrics.root_mean_squared_error(LEARN_VALUES, LEARN_GUESSES)
    assert report.mae == metrics.mean_absolute_error(LEARN_VALUES, LEARN_GUESSES)
    assert report.r_squared == metrics.r_squared(LEARN_VALUES, LEARN_GUESSES)
    assert report.baseline.value == pytest.approx(math.fsum(LEARN_VALUES) / 10)
    # Of all numbers the mean has the least squared error: it is the standard deviation.
    assert report.baseline.rmse == pytest.approx(report.rmse / math.sqrt(1 - report.r_squared))
    assert report.beats_baseline


@pytest.mark.parametrize(
    ("answered", "mean", "words"),
    [
        ([1, 2, 4], None, "The network beats the mean."),
        ([2, 2, 2], None, "The network does no better than the mean."),
        ([3, 2, 1], None, "The network does worse than the mean."),
        ([3, 2, 1], 9, "The network beats the mean."),
    ],
)
def test_the_report_says_whether_the_network_beats_the_mean(answered, mean, words):
    report = metrics.regression_report([1, 2, 3], answered, mean=mean)
    assert str(report).splitlines()[-1] == words
    assert report.beats_baseline is ("beats" in words)


@pytest.mark.parametrize("scale", [1e-150, 1, 1e150])
def test_a_report_of_numbers_is_never_wider_than_eighty_columns(scale):
    report = metrics.regression_report([-scale, -2 * scale], [scale, scale], name="n" * 200)
    assert longest_line(str(report)) <= 80


def test_a_report_of_numbers_is_made_of_what_json_can_hold():
    report = metrics.regression_report([2, 2], [1, 3], name="length")
    assert "R squared                  -, all values are equal" in str(report)
    assert json.loads(json.dumps(report.to_dict(), allow_nan=False)) == {
        "name": "length",
        "samples": 2,
        "rmse": 1.0,
        "mae": 1.0,
        "r_squared": None,
        "baseline": {"value": 2.0, "rmse": 0.0, "mae": 0.0},
        "beats_baseline": False,
    }


def test_reports_are_shown_in_short():
    report = metrics.classification_report(["a", "b"], ["a", "a"])
    assert repr(report) == "ClassificationReport(samples=2, accuracy=0.5)"
    assert repr(metrics.regression_report([1], [3])) == "RegressionReport('value', samples=1, rmse=2)"
