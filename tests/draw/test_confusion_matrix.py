"""The table of which class was taken for which counts every sample once."""

import pytest
from pictures import words

from neuronet import datasets
from neuronet.draw import confusion, confusion_matrix
from neuronet.errors import DataError


def test_a_confusion_counts_every_sample_once():
    iris = datasets.iris()
    outputs = [list(row) for row in iris.targets]
    outputs[0], outputs[149] = outputs[149], outputs[0]
    assert confusion(iris, outputs) == [[49, 0, 1], [0, 50, 0], [1, 0, 49]]
    assert "148 of 150 right" in words(confusion_matrix(iris, outputs))
    assert confusion(datasets.xor(), [[0.2], [0.8], [0.4], [0.1]]) == [[2, 0], [1, 1]]
    with pytest.raises(DataError, match=r"outputs: expected one row for each sample, that is 150, got 1"):
        confusion(iris, [[1, 0, 0]])
