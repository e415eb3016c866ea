"""The data sets are what they say they are: the right rows, the right names, the same numbers everywhere."""

import itertools
import math
import shutil
import subprocess
import sys
import zlib
from pathlib import Path
from random import Random

import pytest

import neuronet
from neuronet import Network, NeuronetError, datasets
from neuronet.data.datasets import DATASETS, Dataset, find_dataset
from neuronet.errors import DataError, UnknownNameError

CLOUDS = [datasets.circle, datasets.gauss, datasets.spiral, datasets.moons]
CORNERS = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]


def flowers_by_species():
    iris = datasets.iris()
    groups = {name: [] for name in iris.label_names}
    for row, target in zip(iris.inputs, iris.targets):
        groups[iris.label(target)].append(row)
    return groups


# The gates and parity.


@pytest.mark.parametrize(
    ("name", "truth"), [("xor", [0, 1, 1, 0]), ("and", [0, 0, 0, 1]), ("or", [0, 1, 1, 1]), ("nand", [1, 1, 1, 0])]
)
def test_a_gate_is_its_table_of_truth(name, truth):
    gate = find_dataset(name)
    assert gate.name == name
    assert gate.inputs == CORNERS
    assert gate.targets == [[float(answer)] for answer in truth]
    assert all(type(value) is float for row in gate.inputs + gate.targets for value in row)
    assert [gate.label(target) for target in gate.targets] == [("false", "true")[answer] for answer in truth]


@pytest.mark.parametrize("name", ["and", "or", "nand"])
def test_one_neuron_learns_a_gate_that_a_line_divides(name):
    gate = find_dataset(name)
    network = Network(2, 1, seed=1)
    network.train(gate.inputs, gate.targets, epochs=500, learning_rate=1)
    assert gate.accuracy(network.predict_all(gate.inputs)) == 1


def test_a_hidden_layer_learns_xor_and_one_neuron_cannot():
    xor = datasets.xor()
    network, neuron = Network(2, 4, 1, seed=1), Network(2, 1, seed=1)
    network.train(*xor, epochs=3000, learning_rate=0.5)
    neuron.train(*xor, epochs=1000, learning_rate=0.5)
    assert xor.accuracy(network.predict_all(xor.inputs)) == 1
    assert xor.accuracy(neuron.predict_all(xor.inputs)) < 1


@pytest.mark.parametrize("bits", [1, 2, 3, 5, 8])
def test_parity_counts_up_and_its_target_is_the_odd_number_of_ones(bits):
    parity = datasets.parity(bits)
    digits = [format(row, f"0{bits}b") for row in range(2**bits)]
    assert parity.inputs == [[float(digit) for digit in row] for row in digits]
    assert parity.targets == [[float(row.count("1") % 2)] for row in digits]
    assert parity.label(parity.targets[1]) == "odd"
    assert len(parity.input_names) == bits


@pytest.mark.slow
def test_parity_reaches_sixteen_bits():
    assert len(find_dataset("parity16")) == 65536


def test_parity_of_two_bits_is_xor():
    assert list(datasets.parity(2)) == list(datasets.xor())


@pytest.mark.parametrize("n", [0, -1, 17, 3.0, True, "3", None])
def test_parity_refuses_any_other_number_of_bits(n):
    with pytest.raises(DataError, match=r"^n: expected a whole number"):
        datasets.parity(n)


# The clouds of points.


@pytest.mark.parametrize("cloud", CLOUDS)
@pytest.mark.parametrize("samples", [2, 3, 50, 51])
def test_a_cloud_is_balanced_and_mixed(cloud, samples):
    points = cloud(samples=samples)
    assert len(points) == samples
    assert [target for (target,) in points.targets] == list(itertools.islice(itertools.cycle([0.0, 1.0]), samples))
    assert all(len(row) == 2 for row in points.inputs)
    assert points.input_names == ("x", "y")
    assert len(set(points.label_names)) == 2


@pytest.mark.parametrize("cloud", CLOUDS)
def test_a_cloud_fills_about_minus_one_to_one(cloud):
    points = cloud(samples=400)
    for coordinates in zip(*points.inputs):
        assert -1.2 < min(coordinates) < -0.45
        assert 0.45 < max(coordinates) < 1.2
        assert abs(math.fsum(coordinates)) / len(points) < 0.1


@pytest.mark.parametrize("cloud", CLOUDS)
def test_a_seed_decides_every_point(cloud):
    assert cloud(noise=0.1, seed=7).inputs == cloud(noise=0.1, seed=7).inputs
    assert cloud(seed=7).inputs != cloud(seed=8).inputs
    assert cloud().inputs == cloud(200, 0.0, 0).inputs


@pytest.mark.parametrize(
    ("cloud", "first_points", "checksum"),
    [
        (datasets.circle, [[0.021201, -1.115081], [0.436855, -0.15318]], 3785180190),
        (datasets.gauss, [[-0.609879, -0.901615], [0.58859, 0.181878]], 3243392913),
        (datasets.spiral, [[0.65035, -0.215526], [0.823117, -0.670312]], 1934304859),
        (datasets.moons, [[-0.593576, 0.273075], [0.974795, -0.178817]], 4282442984),
    ],
)
def test_the_points_are_the_same_on_every_python(cloud, first_points, checksum):
    assert cloud(samples=2, noise=0.1, seed=5).inputs == first_points
    assert zlib.crc32(repr(cloud(noise=0.05).inputs).encode()) == checksum


@pytest.mark.parametrize("cloud", CLOUDS)
def test_noise_is_the_standard_deviation_of_what_is_added_to_the_same_points(cloud):
    still, noisy = cloud(samples=1000, seed=3), cloud(samples=1000, noise=0.2, seed=3)
    shifts = [b - a for one, other in zip(still.inputs, noisy.inputs) for a, b in zip(one, other)]
    mean = math.fsum(shifts) / len(shifts)
    deviation = math.sqrt(math.fsum((shift - mean) ** 2 for shift in shifts) / len(shifts))
    assert abs(mean) < 0.02
    assert 0.19 < deviation < 0.21
    assert still.targets == noisy.targets


def test_a_circle_is_a_disc_in_a_ring():
    circle = datasets.circle(samples=400)
    for (x, y), target in zip(*circle):
        least, most = (0, 0.5) if circle.label(target) == "inside" else (0.7, 1)
        assert least - 1e-5 <= math.hypot(x, y) <= most + 1e-5


def test_the_clouds_of_gauss_lie_about_their_corners():
    gauss = datasets.gauss(samples=2000)
    for target, corner in ([0.0], -0.5), ([1.0], 0.5):
        values = [value for row, own in zip(*gauss) if own == target for value in row]
        assert math.fsum(values) / len(values) == pytest.approx(corner, abs=0.02)
        variance = math.fsum((value - corner) ** 2 for value in values) / len(values)
        assert math.sqrt(variance) == pytest.approx(0.15, abs=0.01)


def test_the_arms_of_a_spiral_are_half_a_turn_apart():
    spiral = datasets.spiral(samples=400)
    for (x, y), (target,) in zip(*spiral):
        radius = math.hypot(x, y)
        turns = math.atan2(y, x) / (2 * math.pi) - 1.5 * radius - target / 2
        assert 0.1 - 1e-5 <= radius <= 1 + 1e-5
        assert turns == pytest.approx(round(turns), abs=1e-4)


def test_each_moon_is_half_a_circle_and_reaches_into_the_other():
    moons = datasets.moons(samples=400)
    for (x, y), target in zip(*moons):
        side = 1 if moons.label(target) == "upper" else -1
        assert math.hypot(x + side / 3, y + side / 6) == pytest.approx(2 / 3, abs=1e-5)
        assert side * y >= -1 / 6 - 1e-5
    upper = [row for row, target in zip(*moons) if target == [0.0]]
    lower = [row for row, target in zip(*moons) if target == [1.0]]
    assert min(upper)[0] < min(lower)[0] < max(upper)[0] < max(lower)[0]
    assert min(y for _, y in upper) < max(y for _, y in lower)


@pytest.mark.parametrize(("cloud", "shape", "epochs"), [(datasets.gauss, (2, 1), 20), (datasets.circle, (2, 6, 1), 80)])
def test_a_cloud_without_noise_can_be_learnt_unscaled(cloud, shape, epochs):
    points = cloud()
    network = Network(*shape, activation="tanh", output_activation="sigmoid", loss="binary_cross_entropy", seed=1)
    network.train(*points, epochs=epochs, learning_rate=0.3)
    assert points.accuracy(network.predict_all(points.inputs)) >= 0.98


@pytest.mark.parametrize("cloud", CLOUDS)
@pytest.mark.parametrize(
    ("argument", "value", "expected"),
    [
        ("samples", 1, "a whole number of at least 2, got 1"),
        ("samples", True, "a whole number of at least 2, got True"),
        ("samples", 10.0, "a whole number of at least 2, got 10.0"),
        ("noise", -0.1, "a number of 0 or more, got -0.1"),
        ("noise", math.nan, "a finite number, got nan"),
        ("noise", math.inf, "a finite number, got inf"),
        ("noise", "0.1", "a number, got '0.1'"),
        ("noise", None, "a number, got None"),
        ("seed", 1.0, "a whole number of at least 0, got 1.0"),
        ("seed", None, "a whole number of at least 0, got None"),
        ("seed", False, "a whole number of at least 0, got False"),
    ],
)
def test_a_cloud_refuses_what_cannot_be_right(cloud, argument, value, expected):
    with pytest.raises(DataError) as caught:
        cloud(**{argument: value})
    assert str(caught.value) == f"{argument}: expected {expected}"


# The flowers.


def test_iris_has_fifty_flowers_of_each_species():
    iris = datasets.iris()
    assert len(iris) == 150
    assert iris.input_names == ("sepal length", "sepal width", "petal length", "petal width")
    assert iris.label_names == ("setosa", "versicolor", "virginica")
    assert iris.targets == [[1.0, 0.0, 0.0]] * 50 + [[0.0, 1.0, 0.0]] * 50 + [[0.0, 0.0, 1.0]] * 50
    assert {name: len(rows) for name, rows in flowers_by_species().items()} == dict.fromkeys(iris.label_names, 50)


def test_iris_has_the_flowers_that_fisher_measured():
    inputs = datasets.iris().inputs
    assert inputs[0] == [5.1, 3.5, 1.4, 0.2]
    assert inputs[149] == [5.9, 3.0, 5.1, 1.8]
    # The two that the file of the UCI repository has wrong.
    assert inputs[34] == [4.9, 3.1, 1.5, 0.2]
    assert inputs[37] == [4.9, 3.6, 1.4, 0.1]


@pytest.mark.parametrize(
    ("species", "means"),
    [
        ("setosa", [5.006, 3.428, 1.462, 0.246]),
        ("versicolor", [5.936, 2.770, 4.260, 1.326]),
        ("virginica", [6.588, 2.974, 5.552, 2.026]),
    ],
)
def test_iris_has_the_means_of_fishers_table(species, means):
    columns = zip(*flowers_by_species()[species])
    assert [math.fsum(column) / 50 for column in columns] == pytest.approx(means, abs=1e-9)


def test_iris_is_read_from_the_package_even_in_a_zip_and_only_when_asked_for(tmp_path):
    package = Path(neuronet.__file__).parent
    archive = shutil.make_archive(str(tmp_path / "neuronet"), "zip", root_dir=package.parent, base_dir=package.name)
    program = """
import sys
sys.path.insert(0, sys.argv[1])
import neuronet
early = {"csv", "importlib.resources"} & set(sys.modules)
print(neuronet.__file__.startswith(sys.argv[1]), early, len(neuronet.datasets.iris()))
"""
    # -I -S: nothing of this machine's own, so that what is imported is imported by the library.
    command = [sys.executable, "-I", "-S", "-c", program, archive]
    answer = subprocess.check_output(command, text=True)  # noqa: S603 - every word of the command stands above
    assert answer.split() == ["True", "set()", "150"]


# The class.


def small(**changes):
    arguments = {"name": "small", "inputs": [[1, 2], [3, 4]], "targets": [[0], [1]], **changes}
    return Dataset(**arguments)


@pytest.mark.parametrize("name", DATASETS)
def test_every_data_set_unpacks_into_its_two_lists(name):
    dataset = find_dataset(name)
    inputs, targets = dataset
    assert inputs is dataset.inputs
    assert targets is dataset.targets
    assert len(dataset) == len(inputs) == len(targets)
    assert repr(dataset).startswith(f"Dataset('{dataset.name}', samples={len(inputs)}, inputs={len(inputs[0])}, ")
    assert len(repr(dataset)) < 80


@pytest.mark.parametrize("name", DATASETS)
def test_every_data_set_fits_a_network_and_labels_its_own_targets(name):
    dataset = find_dataset(name)
    Network(len(dataset.inputs[0]), len(dataset.targets[0]), seed=1).train(*dataset, epochs=1)
    if dataset.label_names:
        assert {dataset.label(target) for target in dataset.targets} == set(dataset.label_names)
        assert dataset.accuracy(dataset.targets) == 1


@pytest.mark.parametrize("name", DATASETS)
def test_every_call_builds_anew(name):
    changed = find_dataset(name)
    changed.inputs[0][0] = 99.0
    changed.targets[0][0] = 99.0
    assert find_dataset(name).inputs[0][0] != 99
    assert find_dataset(name).targets[0][0] != 99


def test_a_data_set_keeps_copies_as_floats():
    inputs = [[1, 2], [3, 4]]
    dataset = small(inputs=inputs)
    inputs[0][0] = 9
    assert dataset.inputs == [[1.0, 2.0], [3.0, 4.0]]
    assert type(dataset.inputs[0][0]) is float
    assert dataset.input_names == dataset.label_names == ()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"inputs": []}, "inputs: expected at least one row, got none"),
        ({"inputs": None}, "inputs: expected a list of rows, got None"),
        ({"inputs": [[]]}, "inputs[0]: expected 1 number, got 0"),
        ({"inputs": [1, 2]}, "inputs[0]: expected a row of 1 number, got 1"),
        ({"inputs": [[1, 2], [3]]}, "inputs[1]: expected 2 numbers, got 1"),
        ({"inputs": [[1, 2], [3, math.nan]]}, "inputs[1][1]: expected a finite number, got nan"),
        ({"targets": [[0]]}, "targets: expected one row for each row of inputs, that is 2, got 1"),
        ({"targets": [[0], ["1"]]}, "targets[1][0]: expected a number, got '1'"),
        ({"input_names": ["x"]}, "input_names: expected 2 names or none, got 1"),
        ({"input_names": "xy"}, "input_names: expected a list of strings, got 'xy'"),
        ({"label_names": ["only"]}, "label_names: expected 2 names or none, got 1"),
        ({"label_names": [0, 1]}, "label_names: expected a list of strings, got [0, 1]"),
        ({"label_names": None}, "label_names: expected a list of strings, got None"),
        ({"targets": [[0, 0, 1]] * 2, "label_names": ["a", "b"]}, "label_names: expected 3 names or none, got 2"),
    ],
)
def test_a_data_set_refuses_rows_and_names_that_do_not_fit(changes, message):
    with pytest.raises(DataError) as caught:
        small(**changes)
    assert str(caught.value) == message


# Splitting.


def test_a_split_deals_every_sample_once_with_its_target():
    iris = datasets.iris()
    first, rest = iris.split(0.7, seed=4)
    assert (len(first), len(rest)) == (105, 45)
    dealt = list(zip(first.inputs + rest.inputs, first.targets + rest.targets))
    assert sorted(dealt) == sorted(zip(*iris))
    assert dealt != list(zip(*iris))
    assert {first.label(target) for target in first.targets} == set(iris.label_names)
    for part in first, rest:
        assert (part.name, part.input_names, part.label_names) == ("iris", iris.input_names, iris.label_names)


def test_the_seed_decides_the_split_on_every_python():
    iris = datasets.iris()
    assert iris.split(0.03, 4)[0].inputs == iris.split(0.03, 4)[0].inputs
    assert [row[0] for row in iris.split(0.03, seed=4)[0].inputs] == [4.3, 6.3, 6.1, 6.4]
    assert iris.split(0.5, seed=4)[0].inputs != iris.split(0.5, seed=5)[0].inputs


def test_a_split_shares_no_row_with_its_origin():
    xor = datasets.xor()
    for part in xor.split(0.5, seed=1):
        for row in part.inputs + part.targets:
            row[0] = 99.0
    assert list(xor) == list(datasets.xor())


@pytest.mark.parametrize("fraction", [0, 1, 2, -0.5, math.nan, "0.5", None, True])
def test_a_split_refuses_any_other_fraction(fraction):
    with pytest.raises(DataError, match=r"^fraction: expected a (finite )?number"):
        datasets.xor().split(fraction, seed=1)


@pytest.mark.parametrize(("fraction", "count"), [(0.1, 0), (0.9, 4)])
def test_a_split_leaves_neither_side_empty(fraction, count):
    with pytest.raises(DataError, match=rf"^fraction: expected .* {fraction} of 4 is {count}$"):
        datasets.xor().split(fraction, seed=1)


@pytest.mark.parametrize("seed", [1.0, None, "1", True])
def test_a_split_refuses_a_seed_that_is_no_whole_number(seed):
    with pytest.raises(DataError, match=r"^seed: expected a whole number"):
        datasets.xor().split(0.5, seed)


def test_a_split_deals_the_positions_of_one_shuffle():
    iris = datasets.iris()
    order = list(range(150))
    Random(4).shuffle(order)
    first, rest = iris.split(0.3, seed=4)
    assert first.inputs + rest.inputs == [iris.inputs[position] for position in order]
    assert len(first) == 45


def test_a_stratified_split_keeps_the_shares_of_the_classes():
    flowers = datasets.iris().select(range(110))
    first, rest = flowers.split(0.8, seed=4, stratified=True)
    counts = [
        [[part.label(row) for row in part.targets].count(name) for name in flowers.label_names]
        for part in (first, rest)
    ]
    assert counts == [[40, 40, 8], [10, 10, 2]]
    assert sorted(zip(first.inputs + rest.inputs, first.targets + rest.targets)) == sorted(zip(*flowers))


def test_folds_keep_back_every_sample_once():
    moons = datasets.moons(samples=11)
    pairs = moons.folds(3, seed=2)
    assert [(len(train), len(test)) for train, test in pairs] == [(7, 4), (7, 4), (8, 3)]
    tested = [sample for _, test in pairs for sample in zip(*test)]
    assert sorted(tested) == sorted(zip(*moons))
    for train, test in pairs:
        assert sorted([*zip(*train), *zip(*test)]) == sorted(zip(*moons))
        assert train.label_names == test.label_names == moons.label_names


def test_stratified_folds_spread_the_classes():
    iris = datasets.iris()
    for _, test in iris.folds(5, seed=1, stratified=True):
        assert [[test.label(row) for row in test.targets].count(name) for name in iris.label_names] == [10, 10, 10]


def test_quantities_cannot_be_stratified():
    for deal in (lambda: small().split(0.5, 1, stratified=True), lambda: small().folds(2, 1, stratified=True)):
        with pytest.raises(DataError, match="'small' has no names"):
            deal()


def test_a_selection_is_in_the_order_asked_for_and_shares_no_row():
    xor = datasets.xor()
    chosen = xor.select([2, 0, 2])
    assert chosen.inputs == [[1, 0], [0, 0], [1, 0]]
    assert chosen.targets == [[1], [0], [1]]
    chosen.inputs[0][0] = 99.0
    assert chosen.inputs[2] == [1, 0]
    assert xor.inputs == CORNERS


@pytest.mark.parametrize(
    ("positions", "message"),
    [
        ([], "positions: expected a list of at least one, got []"),
        ("01", "positions: expected a list of at least one, got '01'"),
        (3, "positions: expected a list of at least one, got 3"),
        ([0, 4], "positions[1]: expected a whole number below 4, got 4"),
        ([0, -1], "positions[1]: expected a whole number of at least 0, got -1"),
        ([1.0], "positions[0]: expected a whole number of at least 0, got 1.0"),
        ([True], "positions[0]: expected a whole number of at least 0, got True"),
    ],
)
def test_a_selection_refuses_positions_that_are_not_there(positions, message):
    with pytest.raises(DataError) as caught:
        datasets.xor().select(positions)
    assert str(caught.value) == message


# The summary.


def test_the_summary_of_classes():
    assert datasets.iris().summary().splitlines() == [
        "iris: 150 samples, 4 inputs, 3 outputs",
        "",
        "input              least        most        mean",
        "sepal length         4.3         7.9       5.843",
        "sepal width            2         4.4       3.057",
        "petal length           1         6.9       3.758",
        "petal width          0.1         2.5       1.199",
        "",
        "class            samples       share",
        "setosa                50       33.3%",
        "versicolor            50       33.3%",
        "virginica             50       33.3%",
    ]


def test_the_summary_of_quantities():
    quantities = small(targets=[[1, -5], [2, 1e7]])
    assert quantities.summary().splitlines()[-3:] == [
        "target         least        most        mean",
        "target 1           1           2         1.5",
        "target 2          -5       1e+07       5e+06",
    ]


@pytest.mark.parametrize("value", [1e308, -1.23456789e-300, 123456])
def test_a_summary_is_never_wider_than_eighty_columns(value):
    wide = small(name="n" * 100, inputs=[[1, value]] * 2, input_names=["x" * 100, "a\nb"], label_names=["y" * 99, "z"])
    text = wide.summary()
    assert max(len(line) for line in text.splitlines()) <= 80
    assert "'a\\nb'" in text


# Labels and accuracy.


def test_one_output_stands_for_class_one_from_one_half_on():
    circle = datasets.circle()
    assert [circle.label([output]) for output in (-3, 0.4999, 0.5, 7)] == ["outside", "outside", "inside", "inside"]


def test_of_several_outputs_the_largest_decides_and_the_first_of_equals():
    iris = datasets.iris()
    rows = [[-1, -2, -3], [0.2, 0.9, 0.3], [0, 0, 0.1], [0.4, 0.4, 0.4]]
    assert [iris.label(row) for row in rows] == ["setosa", "versicolor", "virginica", "setosa"]


def test_accuracy_is_the_share_of_right_classes():
    iris = datasets.iris()
    assert iris.accuracy([[0.1, 0.0, 0.0]] * 150) == 1 / 3
    assert iris.accuracy([[0.6, 0.5, 0.4]] * 50 + [[0.4, 0.6, 0.5]] * 100) == 2 / 3
    assert datasets.xor().accuracy([[0.9], [0.1], [0.2], [0.8]]) == 0


@pytest.mark.parametrize("outputs", [[], [0.1, 0.2], [math.nan], ["0.5"], None, 0.5])
def test_a_label_refuses_a_row_that_does_not_fit(outputs):
    with pytest.raises(DataError, match=r"^outputs(\[0\])?: expected"):
        datasets.xor().label(outputs)


def test_accuracy_refuses_rows_that_do_not_fit():
    xor = datasets.xor()
    with pytest.raises(DataError, match=r"^outputs: expected one row for each sample, that is 4, got 3$"):
        xor.accuracy([[0], [1], [1]])
    with pytest.raises(DataError, match=r"^outputs\[2\]: expected 1 number, got 2$"):
        xor.accuracy([[0], [1], [1, 0], [0]])


def test_quantities_have_no_labels():
    quantities = small()
    with pytest.raises(DataError, match="'small' has no names"):
        quantities.label([0.5])
    with pytest.raises(DataError, match="'small' has no names"):
        quantities.accuracy([[0.5], [0.5]])


# Names.


def test_the_names_for_the_command_line():
    drawn = ["xor", "and", "or", "nand", "parity", "circle", "gauss", "spiral", "moons"]
    assert list(DATASETS) == [*drawn, "iris", "penguins", "penguin_mass", "breast_cancer", "digits"]
    for name in DATASETS:
        assert find_dataset(name).name == ("parity3" if name == "parity" else name)
        assert list(find_dataset(name)) == list(DATASETS[name]())


@pytest.mark.parametrize("bits", [1, 4, 10])
def test_parity_can_be_named_with_its_bits(bits):
    assert list(find_dataset(f"parity{bits}")) == list(datasets.parity(bits))


@pytest.mark.parametrize("name", ["parity0", "parity17", "parity03", "parity٣", "XOR", "", None, 3, ["xor"]])
def test_an_unknown_name_is_refused_with_the_known_ones(name):
    with pytest.raises(UnknownNameError) as caught:
        find_dataset(name, "--data")
    assert str(caught.value) == (
        f"--data: unknown {name!r}; known: "
        "xor, and, or, nand, parity, circle, gauss, spiral, moons, iris, penguins, penguin_mass, breast_cancer, "
        "digits, parity1 to parity16"
    )
    assert isinstance(caught.value, NeuronetError)
