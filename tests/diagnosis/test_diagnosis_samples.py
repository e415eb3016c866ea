"""Faults of the data."""

import json

from diagnosed import XOR, found

from neuronet import Network


def test_an_input_out_of_scale_is_named():
    scale = found(Network(2, 4, 1, seed=1), [[a, 1000 * b] for a, b in XOR.inputs])["input scale"]
    assert (scale.where, scale.numbers) == ("i2", {"largest": 1000.0, "others": 1.0, "times": 1000.0})
    assert "input scale" not in found(Network(2, 4, 1, seed=1), [[a, 29 * b] for a, b in XOR.inputs])


def test_the_same_targets_everywhere_are_found():
    same = found(Network(2, 4, 1, seed=1), XOR.inputs, [[1]] * 4)["same targets"]
    assert same.numbers == {"outputs": ["o1"], "targets": [1.0]}
    one_class = found(Network(2, 4, 2, seed=1), XOR.inputs, [[0, 0], [1, 0], [1, 0], [0, 0]])
    assert one_class["same targets"].where == "o2"
    assert found(Network(2, 4, 1, seed=1), [[0, 1]], [[1]]) == {}  # one sample is an exercise, not a data set


def test_contradictory_samples_are_found():
    contradiction = found(Network(2, 4, 1, seed=1), [*XOR.inputs, [0, 0]], [*XOR.targets, [1]])["contradiction"]
    assert contradiction.numbers == {"samples": 2, "groups": 1, "first": 0, "second": 4}
    assert found(Network(2, 4, 1, seed=1), [*XOR.inputs, [0, 0]], [*XOR.targets, [0]]) == {}
    measured_twice = [[0.0], [1.0], [2.0], [10.0], [0.5]]
    assert found(Network(2, 4, 1, output_activation="linear", seed=1), [*XOR.inputs, [0, 0]], measured_twice) == {}


def test_an_input_that_never_changes_is_found():
    constant = found(Network(3, 4, 1, seed=1), [[a, 7, b] for a, b in XOR.inputs])["constant input"]
    assert constant.numbers == {"inputs": ["i2"], "values": [7.0]}


def test_several_inputs_or_outputs_that_never_change_are_said_as_several():
    seen = found(Network(2, 2, 2, seed=1), [[1, 5]] * 2, [[0, 1]] * 2)
    assert "the targets of o1 and o2 are 0 and 1." in seen["same targets"].shows
    assert "samples i1 and i2 are 1 and 5." in seen["constant input"].shows


def test_numbers_that_are_not_finite_are_put_into_words_and_are_none_in_json():
    denormal = Network(2, 3, 1, seed=1).diagnose([[1, 5e-324], [0, 0]], [[0], [1]])
    assert "it is more than 1e308 times as large" in " ".join(str(denormal).split())
    assert json.loads(json.dumps(denormal.to_dict(), allow_nan=False))["findings"][0]["numbers"]["times"] is None
    far = found(Network(2, 3, 1, seed=1), [[1, 1e-200], [0, 0]], [[0], [1]])["input scale"]
    assert "it is 1e+200 times as large" in far.shows
    large = Network(2, 3, 1, weights=[1e308] * 13).diagnose(*XOR)
    json.dumps(large.to_dict(), allow_nan=False)
