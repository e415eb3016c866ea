"""The measured data sets hold what their sources published: numbers of rows, means, deviations and ranges."""

import csv
import math
from pathlib import Path

import pytest

import neuronet
from neuronet import Network, datasets
from neuronet.data import metrics
from neuronet.data.datasets import DATASETS, find_dataset
from neuronet.data.recipes import recipe_for
from neuronet.errors import DataError

FOLDER = Path(neuronet.__file__).parent / "data"


def counts(dataset):
    labels = [dataset.label(target) for target in dataset.targets]
    return {name: labels.count(name) for name in dataset.label_names}


def mean_and_deviation(column):
    mean = math.fsum(column) / len(column)
    return mean, math.sqrt(math.fsum((value - mean) ** 2 for value in column) / (len(column) - 1))


# The penguins.


def test_penguins_are_as_many_of_each_species_as_were_measured():
    birds = datasets.penguins()
    assert counts(birds) == {"Adelie": 151, "Chinstrap": 68, "Gentoo": 123}
    assert birds.input_names == ("bill length", "bill depth", "flipper length", "body mass")


@pytest.mark.parametrize(
    ("name", "unit", "mean", "deviation"),
    [
        ("bill length", 10, 43.921930, 5.459584),
        ("bill depth", 10, 17.151170, 1.974793),
        ("flipper length", 10, 200.915205, 14.061714),
        ("body mass", 1000, 4201.754386, 801.954536),
    ],
)
def test_penguins_have_the_published_means_and_deviations(name, unit, mean, deviation):
    # As they are published for the table in mm and g, to six decimals.
    birds = datasets.penguins()
    column = [unit * row[birds.input_names.index(name)] for row in birds.inputs]
    assert mean_and_deviation(column) == pytest.approx((mean, deviation), abs=1e-6)


def test_penguins_have_the_published_bills_by_species():
    birds = datasets.penguins()
    for species, mean in ("Adelie", 38.79139), ("Chinstrap", 48.83382), ("Gentoo", 47.50488):
        bills = [10 * row[0] for row, target in zip(*birds) if birds.label(target) == species]
        assert mean_and_deviation(bills)[0] == pytest.approx(mean, abs=1e-5)


def test_the_table_of_penguins_has_what_the_data_sets_leave_out():
    header, *rows = csv.reader((FOLDER / "penguins.csv").read_text(encoding="utf-8").splitlines())
    assert header[:2] == ["species", "island"]
    assert len(rows) == 344
    assert [[row[1] for row in rows].count(island) for island in ("Biscoe", "Dream", "Torgersen")] == [168, 124, 52]
    assert [[row[6] for row in rows].count(sex) for sex in ("female", "male", "NA")] == [165, 168, 11]
    assert [row[2:] for row in rows].count(["NA"] * 5) == 2


def test_the_mass_of_penguins_is_a_quantity():
    birds = datasets.penguin_mass()
    assert len(birds) == 333
    assert birds.label_names == ()
    assert (min(birds.targets), max(birds.targets)) == ([2.7], [6.3])
    assert birds.input_names[3:] == ("male", "Adelie", "Chinstrap", "Gentoo")
    columns = list(zip(*birds.inputs))
    assert [columns[3].count(value) for value in (1.0, 0.0)] == [168, 165]
    assert [column.count(1.0) for column in columns[4:]] == [146, 68, 119]
    assert all(row[4:].count(1.0) == 1 and row[4:].count(0.0) == 2 for row in birds.inputs)


def test_a_linear_output_learns_the_mass_better_than_the_mean():
    practice, test = datasets.penguin_mass().split(0.8, seed=1)
    network = Network(7, 6, 1, activation="softplus", output_activation="linear", loss="half_squared_error", seed=1)
    network.train(*practice, epochs=100, learning_rate=0.003, batch_size=8)
    answers = [answer for (answer,) in network.predict_all(test.inputs)]
    mean = math.fsum(mass for (mass,) in practice.targets) / len(practice)
    report = metrics.regression_report([mass for (mass,) in test.targets], answers, mean=mean)
    assert report.rmse < 0.6 * report.baseline.rmse


# The biopsies.


def test_breast_cancer_has_the_published_numbers_of_each_diagnosis():
    tissue = datasets.breast_cancer()
    assert counts(tissue) == {"benign": 357, "malignant": 212}
    assert len(tissue.input_names) == len(set(tissue.input_names)) == 30


def test_breast_cancer_has_the_published_ranges():
    # The table of the description that scikit-learn gives with it, to three decimals.
    published = {
        "radius": [(6.981, 28.11), (0.112, 2.873), (7.93, 36.04)],
        "texture": [(9.71, 39.28), (0.36, 4.885), (12.02, 49.54)],
        "perimeter": [(43.79, 188.5), (0.757, 21.98), (50.41, 251.2)],
        "area": [(143.5, 2501.0), (6.802, 542.2), (185.2, 4254.0)],
        "smoothness": [(0.053, 0.163), (0.002, 0.031), (0.071, 0.223)],
        "compactness": [(0.019, 0.345), (0.002, 0.135), (0.027, 1.058)],
        "concavity": [(0.0, 0.427), (0.0, 0.396), (0.0, 1.252)],
        "concave points": [(0.0, 0.201), (0.0, 0.053), (0.0, 0.291)],
        "symmetry": [(0.106, 0.304), (0.008, 0.079), (0.156, 0.664)],
        "fractal dimension": [(0.05, 0.097), (0.001, 0.03), (0.055, 0.208)],
    }
    tissue = datasets.breast_cancer()
    columns = dict(zip(tissue.input_names, zip(*tissue.inputs)))
    for measure, ranges in published.items():
        for kind, bounds in zip(("mean {}", "{} error", "worst {}"), ranges):
            column = columns[kind.format(measure)]
            assert (min(column), max(column)) == pytest.approx(bounds, abs=5.0001e-4)


# The digits.


def test_digits_are_as_many_of_each_as_published():
    images = datasets.digits()
    published = [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert counts(images) == {str(digit): count for digit, count in enumerate(published)}
    assert {value for row in images.inputs for value in row} == {float(value) for value in range(17)}
    assert (images.input_names[0], images.input_names[9]) == ("row 1 column 1", "row 2 column 2")


def test_the_first_digit_looks_like_a_zero():
    image = datasets.digits().inputs[0]
    drawn = ["".join("#" if value > 7 else "." for value in image[start : start + 8]) for start in range(0, 64, 8)]
    assert drawn == [
        "...##...",
        "..####..",
        "..#..##.",
        "..#..##.",
        "..#..##.",
        "..#..#..",
        "..#.##..",
        "...##...",
    ]


def test_digits_are_packed_small():
    assert (FOLDER / "digits.csv.gz").stat().st_size < 100_000


def cut_short(packed):
    return packed[: len(packed) // 2]


def with_another_bit(packed):
    middle = len(packed) // 2
    return packed[:middle] + bytes([packed[middle] ^ 1]) + packed[middle + 1 :]


def with_another_checksum(packed):
    return packed[:-8] + bytes(4) + packed[-4:]


@pytest.mark.parametrize("damage", [cut_short, with_another_bit, with_another_checksum, lambda packed: b"1,2,3\n"])
def test_damaged_digits_are_refused(damage, tmp_path, monkeypatch):
    (tmp_path / "digits.csv.gz").write_bytes(damage((FOLDER / "digits.csv.gz").read_bytes()))
    monkeypatch.setattr("importlib.resources.files", lambda package: tmp_path)
    with pytest.raises(DataError, match=r"^digits\.csv\.gz: expected the file .* got a damaged one$"):
        datasets.digits()


@pytest.mark.parametrize(
    ("samples", "epochs", "learning_rate", "accuracy"),
    [(400, 6, 0.004, 0.5), pytest.param(1797, 15, 0.001, 0.75, marks=pytest.mark.slow)],
)
def test_a_network_learns_digits_in_a_few_epochs(samples, epochs, learning_rate, accuracy):
    practice, test = datasets.digits().select(range(samples)).split(0.5, seed=1, stratified=True)
    network = Network(
        64, 24, 10, activation="softplus", output_activation="sigmoid", loss="binary_cross_entropy", seed=1
    )
    network.train(*practice, epochs=epochs, learning_rate=learning_rate)
    report = metrics.classification_report(
        [test.label(target) for target in test.targets],
        [test.label(outputs) for outputs in network.predict_all(test.inputs)],
        labels=test.label_names,
    )
    assert report.accuracy > accuracy
    assert report.baseline.accuracy < 0.11


# All of them.


@pytest.mark.parametrize("name", ["iris", "penguins", "penguin_mass", "breast_cancer", "digits"])
def test_every_file_is_a_plain_table_and_its_source_is_named(name):
    sources = (FOLDER / "SOURCES.md").read_text(encoding="utf-8")
    assert "CC" in DATASETS[name].__doc__
    assert "Source: " in DATASETS[name].__doc__
    assert max(len(line) for line in find_dataset(name).summary().splitlines()) <= 80
    for path in FOLDER.glob("*.csv*"):
        assert f"## {path.name}\n" in sources


def test_the_recipes_of_the_measured_data_sets():
    for name in "penguins", "breast_cancer", "digits":
        assert recipe_for(name) != recipe_for("xor")
