"""Every sample is dealt once, into parts of the promised size, and the same way on every Python."""

import math
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuronet.data import splitting
from neuronet.errors import DataError

SEEDS = st.integers(0, 1000)
FRACTIONS = st.integers(1, 19).map(lambda twentieths: twentieths / 20)
LABELS = st.lists(st.sampled_from("aaabbc"), min_size=2, max_size=60)


def leaves_both(count, fraction):
    return 0 < round(fraction * count) < count


@given(st.integers(2, 200), FRACTIONS, SEEDS)
def test_a_split_is_the_cut_of_one_shuffle(count, fraction, seed):
    if not leaves_both(count, fraction):
        with pytest.raises(DataError):
            splitting.split(count, fraction, seed)
        return
    order = list(range(count))
    Random(seed).shuffle(order)
    cut = round(fraction * count)
    assert splitting.split(count, fraction, seed) == (order[:cut], order[cut:])


@given(LABELS, FRACTIONS, SEEDS)
def test_a_stratified_split_gives_each_part_its_share_of_each_class(labels, fraction, seed):
    alone = [label for label in set(labels) if labels.count(label) == 1]
    if not leaves_both(len(labels), fraction) or len(alone) == len(labels):
        with pytest.raises(DataError):
            splitting.stratified(labels, fraction, seed)
        return
    first, rest = splitting.stratified(labels, fraction, seed)
    assert sorted(first + rest) == list(range(len(labels)))
    taken = [labels[position] for position in first]
    for label in set(labels):
        if label in alone:
            assert taken.count(label) == 1
        else:
            assert abs(taken.count(label) - fraction * labels.count(label)) < 1
    # At most three classes are alone here, and each of them can make the first part one longer at the most.
    assert 0 <= len(first) - round(fraction * len(labels)) <= len(alone)
    if not alone:
        assert len(first) == round(fraction * len(labels))


def test_the_largest_remainder_is_rounded_up():
    # 0.3 of 6, 5 and 4 is 1.8, 1.5 and 1.2, and 0.3 of all is 4.5, which rounds to 4: only the first goes up.
    labels = ["a"] * 6 + ["b"] * 5 + ["c"] * 4
    taken = [labels[position] for position in splitting.stratified(labels, 0.3, seed=2)[0]]
    assert [taken.count(label) for label in "abc"] == [2, 1, 1]


def test_of_equal_remainders_the_class_that_occurs_first_is_rounded_up():
    labels = ["b"] * 3 + ["a"] * 3
    taken = [labels[position] for position in splitting.stratified(labels, 0.5, seed=2)[0]]
    assert [taken.count(label) for label in "ba"] == [2, 1]


def test_a_sample_alone_in_its_class_is_trained_on():
    for seed in range(20):
        first, rest = splitting.stratified(["a"] * 9 + ["rare"], 0.2, seed)
        assert 9 in first
        assert (len(first), len(rest)) == (2, 8)


def test_where_nearly_all_are_alone_the_first_part_is_longer():
    first, rest = splitting.stratified([0, 1, 2, 3, 4, 5, 5], 0.3, seed=1)
    assert (len(first), len(rest)) == (5, 2)


@given(st.data(), st.integers(2, 60), SEEDS)
def test_folds_test_every_position_once(data, count, seed):
    k = data.draw(st.integers(2, count))
    pairs = splitting.folds(count, k, seed)
    assert len(pairs) == k
    assert sorted(position for _, test in pairs for position in test) == list(range(count))
    for train, test in pairs:
        assert sorted(train + test) == list(range(count))
    sizes = [len(test) for _, test in pairs]
    assert max(sizes) - min(sizes) <= 1
    assert sizes == sorted(sizes, reverse=True)


@given(st.data(), LABELS, SEEDS)
def test_stratified_folds_spread_every_class_evenly(data, labels, seed):
    k = data.draw(st.integers(2, len(labels)))
    pairs = splitting.stratified_folds(labels, k, seed)
    assert len(pairs) == k
    assert sorted(position for _, test in pairs for position in test) == list(range(len(labels)))
    for train, test in pairs:
        assert sorted(train + test) == list(range(len(labels)))
    sizes = [len(test) for _, test in pairs]
    assert max(sizes) - min(sizes) <= 1
    for label in set(labels):
        of_label = [[labels[position] for position in test].count(label) for _, test in pairs]
        assert max(of_label) - min(of_label) <= 1


def test_as_many_folds_as_samples_keep_back_one_each():
    assert sorted(test for _, test in splitting.folds(4, 4, seed=1)) == [[0], [1], [2], [3]]


def test_the_seed_decides_on_every_python():
    labels = list("aabbbbabab")
    assert splitting.split(10, 0.3, seed=4) == ([8, 2, 0], [7, 6, 9, 5, 1, 4, 3])
    assert splitting.folds(5, 2, seed=4) == [([2, 1], [3, 4, 0]), ([3, 4, 0], [2, 1])]
    assert splitting.stratified(labels, 0.5, seed=4) == ([4, 3, 0, 2, 6], [9, 5, 7, 1, 8])
    assert splitting.stratified_folds(labels, 2, seed=4)[0] == ([9, 7, 4, 1, 0], [2, 3, 8, 5, 6])
    for deal in (
        lambda seed: splitting.split(10, 0.3, seed),
        lambda seed: splitting.folds(10, 3, seed),
        lambda seed: splitting.stratified(labels, 0.3, seed),
        lambda seed: splitting.stratified_folds(labels, 3, seed),
    ):
        assert deal(1) == deal(1)
        assert deal(1) != deal(2)


@pytest.mark.parametrize("fraction", [0, 1, -0.5, 2, math.nan, "0.5", None, True])
def test_any_other_fraction_is_refused(fraction):
    for deal in (lambda: splitting.split(4, fraction, 1), lambda: splitting.stratified(list("abab"), fraction, 1)):
        with pytest.raises(DataError, match=r"^fraction: expected a (finite )?number"):
            deal()


@pytest.mark.parametrize(("fraction", "cut"), [(0.1, 0), (0.9, 4)])
def test_neither_part_is_left_empty(fraction, cut):
    for deal in (lambda: splitting.split(4, fraction, 1), lambda: splitting.stratified([0, 1, 0, 1], fraction, 1)):
        with pytest.raises(DataError, match=rf"^fraction: expected .* {fraction} of 4 is {cut}$"):
            deal()


def test_samples_that_are_all_alone_leave_nothing_to_test_with():
    with pytest.raises(DataError, match=r"^labels: expected a class of two samples or more"):
        splitting.stratified(["a", "b", "c", "d"], 0.5, seed=1)


@pytest.mark.parametrize("seed", [-1, 1.0, None, "1", True])
def test_any_other_seed_is_refused(seed):
    for deal in (
        lambda: splitting.split(4, 0.5, seed),
        lambda: splitting.folds(4, 2, seed),
        lambda: splitting.stratified([0, 1, 0, 1], 0.5, seed),
        lambda: splitting.stratified_folds([0, 1, 0, 1], 2, seed),
    ):
        with pytest.raises(DataError, match=r"^seed: expected a whole number of at least 0"):
            deal()


@pytest.mark.parametrize(
    ("k", "message"),
    [
        (1, "k: expected a whole number of at least 2, got 1"),
        (2.0, "k: expected a whole number of at least 2, got 2.0"),
        (5, "k: expected at most one part for each sample, that is 4, got 5"),
    ],
)
def test_any_other_number_of_folds_is_refused(k, message):
    for deal in (lambda: splitting.folds(4, k, 1), lambda: splitting.stratified_folds([0, 1, 0, 1], k, 1)):
        with pytest.raises(DataError) as caught:
            deal()
        assert str(caught.value) == message


@pytest.mark.parametrize("count", [0, -1, 2.0, None, True])
def test_any_other_count_is_refused(count):
    for deal in (lambda: splitting.split(count, 0.5, 1), lambda: splitting.folds(count, 2, 1)):
        with pytest.raises(DataError, match=r"^count: expected a whole number of at least 1"):
            deal()


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ("abab", "labels: expected a list, got 'abab'"),
        (None, "labels: expected a list, got None"),
        ([], "labels: expected at least one, got none"),
        (["a", []], "labels[1]: expected a label with a hash, got []"),
    ],
)
def test_labels_that_cannot_be_right_are_refused(labels, message):
    for deal in (
        lambda: splitting.stratified(labels, 0.5, 1),
        lambda: splitting.stratified_folds(labels, 2, 1),
    ):
        with pytest.raises(DataError) as caught:
            deal()
        assert str(caught.value) == message
