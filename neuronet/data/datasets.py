"""Small data sets to learn on: rows of inputs, rows of targets, and names for both.

Each function here builds one of them anew, so that a caller may change its rows freely. The gates are truth tables,
the clouds of points are drawn from a seed, and flowers, birds, tissue and digits were measured.

>>> from neuronet import datasets
>>> inputs, targets = datasets.xor()
>>> inputs
[[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
>>> targets
[[0.0], [1.0], [1.0], [0.0]]
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from random import Random

from neuronet import validate
from neuronet.data import splitting
from neuronet.data.answers import accuracy_of, class_of
from neuronet.data.table import exact_mean
from neuronet.data.wording import brief, counted, table_line
from neuronet.errors import DataError, UnknownNameError

_MOST_BITS = 16
_PENGUINS = ["Adelie", "Chinstrap", "Gentoo"]


class Dataset:
    """Samples to train on, with names for what their numbers mean.

    name: what `repr`, tables and drawings call it.
    inputs, targets: a row of finite numbers for each sample, as many of one as of the other, all rows equally long.
        They are copied, and become lists of lists of float.
    input_names: one name for each number in a row of inputs, or none at all.
    label_names: what the outputs stand for. For one output the names of class 0 and class 1, for several outputs a
        name for each; none at all where the targets are quantities and not classes.

    Raises DataError, naming the argument and the row, for rows or names that do not fit.

    >>> sizes = Dataset("sizes", [[1.5], [20]], [[0], [1]], ["metres"], ["small", "large"])
    >>> sizes
    Dataset('sizes', samples=2, inputs=1, outputs=1)
    >>> inputs, targets = sizes
    >>> inputs, targets, len(sizes)
    ([[1.5], [20.0]], [[0.0], [1.0]], 2)
    """

    __slots__ = ("input_names", "inputs", "label_names", "name", "targets")

    def __init__(
        self,
        name: str,
        inputs: Sequence[Sequence[float]],
        targets: Sequence[Sequence[float]],
        input_names: Sequence[str] = (),
        label_names: Sequence[str] = (),
    ) -> None:
        input_count, output_count = _row_length(inputs), _row_length(targets)
        self.name = name
        self.inputs, self.targets = validate.samples(inputs, targets, input_count, output_count)
        self.input_names = _names(input_names, "input_names", input_count)
        self.label_names = _names(label_names, "label_names", 2 if output_count == 1 else output_count)

    def split(self, fraction: float, seed: int, *, stratified: bool = False) -> tuple[Dataset, Dataset]:
        """Divide the samples, shuffled, into two data sets: often one to train on and one to test with.

        fraction, seed: as for `splitting.split`.
        stratified: True divides every class by this fraction, see `splitting.stratified`.

        Returns both; their rows are copies. Raises DataError as the two functions do, and for a data set without label
        names that is to be stratified.

        >>> first, rest = iris().split(0.8, seed=1)
        >>> len(first), len(rest)
        (120, 30)
        """
        by_class = splitting.stratified(self._classes(), fraction, seed) if stratified else None
        first, rest = by_class or splitting.split(len(self), fraction, seed)
        return self.select(first), self.select(rest)

    def folds(self, k: int, seed: int, *, stratified: bool = False) -> list[tuple[Dataset, Dataset]]:
        """Divide the samples, shuffled, into `k` parts and keep back each of them once, for cross-validation.

        k, seed: as for `splitting.folds`.
        stratified: True spreads every class evenly, see `splitting.stratified_folds`.

        Returns `k` pairs: a data set to train on, and one to test with; every sample is tested with in exactly one of
        them. Their rows are copies. Raises DataError as `split` does.

        >>> [(len(train), len(test)) for train, test in iris().folds(4, seed=1)]
        [(112, 38), (112, 38), (113, 37), (113, 37)]
        """
        by_class = splitting.stratified_folds(self._classes(), k, seed) if stratified else None
        pairs = by_class or splitting.folds(len(self), k, seed)
        return [(self.select(train), self.select(test)) for train, test in pairs]

    def select(self, positions: Sequence[int]) -> Dataset:
        """The samples at these positions, as a data set of the same names.

        positions: at least one int from 0 to the number of samples less one, in any order; a position that comes twice
            gives its sample twice.

        The rows are copies. Raises DataError, naming the index, for any other position.

        >>> xor().select([3, 0]).inputs
        [[1.0, 1.0], [0.0, 0.0]]
        """
        if isinstance(positions, str) or not isinstance(positions, Sequence) or not positions:
            raise DataError(f"positions: expected a list of at least one, got {validate.shown(positions)}")
        chosen = [validate.count(item, f"positions[{index}]", least=0) for index, item in enumerate(positions)]
        for index, position in enumerate(chosen):
            if position >= len(self):
                raise DataError(f"positions[{index}]: expected a whole number below {len(self)}, got {position}")
        inputs = [self.inputs[position] for position in chosen]
        targets = [self.targets[position] for position in chosen]
        return Dataset(self.name, inputs, targets, self.input_names, self.label_names)

    def summary(self) -> str:
        """What is in the data set, as text of at most 80 columns.

        A line for each input with its range and its mean; then one for each class with the number of its samples, or,
        where there are no classes, one for each target with its range and its mean.

        >>> print(xor().summary())
        xor: 4 samples, 2 inputs, 1 output
        <BLANKLINE>
        input       least        most        mean
        a               0           1         0.5
        b               0           1         0.5
        <BLANKLINE>
        class     samples       share
        false           2       50.0%
        true            2       50.0%
        """
        outputs = len(self.targets[0])
        names = self.input_names or [f"input {number}" for number in range(1, len(self.inputs[0]) + 1)]
        tables = [[["input", "least", "most", "mean"], *_ranges(names, self.inputs)]]
        if self.label_names:
            counts = [self._classes().count(position) for position in range(len(self.label_names))]
            rows = [[name, str(n), f"{n / len(self):.1%}"] for name, n in zip(self.label_names, counts)]
            tables.append([["class", "samples", "share"], *rows])
        else:
            targets = [f"target {number}" for number in range(1, outputs + 1)] if outputs > 1 else ["target"]
            tables.append([["target", "least", "most", "mean"], *_ranges(targets, self.targets)])
        room = min(40, max(len(name) for table in tables for name, *_ in table))
        sizes = [counted(len(self), "sample"), counted(len(names), "input"), counted(outputs, "output")]
        lines = [f"{brief(self.name, 30)}: {', '.join(sizes)}"]
        for table in tables:
            lines += ["", *(table_line(brief(name, room), room, cells, [10] * 3) for name, *cells in table)]
        return "\n".join(lines)

    def label(self, outputs: Sequence[float]) -> str:
        """The name of the class that a row of outputs stands for.

        outputs: a finite number for each output; see `answers.class_of`.

        Raises DataError for a row that does not fit, and where this data set has no label names.

        >>> xor().label([0.93])
        'true'
        >>> iris().label([0.1, 0.7, 0.4])
        'versicolor'
        """
        self._need_labels()
        return self.label_names[class_of(validate.row(outputs, len(self.targets[0]), "outputs"))]

    def accuracy(self, outputs: Sequence[Sequence[float]]) -> float:
        """The fraction of samples, from 0 to 1, whose outputs stand for the same class as their targets.

        outputs: a row for each sample, in order, as `Network.predict_all` returns them.

        Raises DataError, naming the row, where they do not fit, and where this data set has no label names.

        >>> xor().accuracy([[0.1], [0.9], [0.8], [0.7]])
        0.75
        """
        self._need_labels()
        rows = validate.rows(outputs, len(self.targets[0]), "outputs")
        if len(rows) != len(self):
            raise DataError(f"outputs: expected one row for each sample, that is {len(self)}, got {len(rows)}")
        return accuracy_of(rows, self.targets)

    def __len__(self) -> int:
        return len(self.inputs)

    def __iter__(self) -> Iterator[list[list[float]]]:
        # Two lists and not the samples one by one: this is what lets a data set unpack into what `train` takes.
        return iter((self.inputs, self.targets))

    def __repr__(self) -> str:
        widths = f"inputs={len(self.inputs[0])}, outputs={len(self.targets[0])}"
        return f"{type(self).__name__}({self.name!r}, samples={len(self)}, {widths})"

    def _classes(self) -> list[int]:
        """The class of each sample, as the position of its label name."""
        self._need_labels()
        return [class_of(target) for target in self.targets]

    def _need_labels(self) -> None:
        if not self.label_names:
            raise DataError(f"label_names: expected a data set with classes, but {self.name!r} has no names for any")


def xor() -> Dataset:
    """Exclusive or: true where exactly one of two inputs is. The smallest task that needs a hidden layer."""
    return _gate("xor", [0, 1, 1, 0])


def and_() -> Dataset:
    """And: true where both inputs are. One neuron can learn it."""
    return _gate("and", [0, 0, 0, 1])


def or_() -> Dataset:
    """Or: true where at least one of two inputs is. One neuron can learn it."""
    return _gate("or", [0, 1, 1, 1])


def nand() -> Dataset:
    """Not and: false only where both inputs are true. One neuron can learn it."""
    return _gate("nand", [1, 1, 1, 0])


def parity(n: int) -> Dataset:
    """Whether the number of ones among `n` bits is odd: exclusive or for any number of inputs.

    n: the number of inputs, from 1 to 16. The data set has all 2**n rows, in counting order.

    Returns a data set named after its bits, such as "parity3". Raises DataError for any other `n`.

    >>> parity(3).inputs[:4], parity(3).targets[:4]
    ([[0.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, 1.0, 0.0], [0.0, 1.0, 1.0]], [[0.0], [1.0], [1.0], [0.0]])
    """
    bits = validate.count(n, "n")
    if bits > _MOST_BITS:
        raise DataError(f"n: expected a whole number from 1 to {_MOST_BITS}, got {n}")
    inputs = list(product([0.0, 1.0], repeat=bits))
    targets = [[row.count(1.0) % 2] for row in inputs]
    names = [f"bit {position}" for position in range(1, bits + 1)]
    return Dataset(f"parity{bits}", inputs, targets, names, ["even", "odd"])


def circle(samples: int = 200, noise: float = 0.0, seed: int = 0) -> Dataset:
    """Points of a disc, class 1 "inside", and of a ring around it, class 0 "outside".

    samples: how many points, 2 or more. The classes take turns, so they are equal, or differ by one point.
    noise: how far points stray, 0 or more: the standard deviation of what is added to each coordinate. Without
        noise all points are within -1 to 1 and the classes do not touch.
    seed: an int, 0 or more; the same seed gives the same points on every Python, and with more noise the
        same points stray.

    Returns a data set of 2 inputs, x and y, and 1 output. Raises DataError, naming the argument, for anything else.

    >>> circle(samples=4)
    Dataset('circle', samples=4, inputs=2, outputs=1)
    """
    return _points("circle", _circle_point, ["outside", "inside"], samples=samples, noise=noise, seed=seed)


def gauss(samples: int = 200, noise: float = 0.0, seed: int = 0) -> Dataset:
    """Points of two round clouds: class 0 "lower left", class 1 "upper right". A straight line divides them.

    Arguments, result and errors as for `circle`; the noise is on top of the clouds' own standard deviation of 0.15.
    """
    return _points("gauss", _gauss_point, ["lower left", "upper right"], samples=samples, noise=noise, seed=seed)


def spiral(samples: int = 200, noise: float = 0.0, seed: int = 0) -> Dataset:
    """Points of two arms wound into each other: class 0 "first arm", class 1 "second arm". The hardest of the four.

    Arguments, result and errors as for `circle`.
    """
    return _points("spiral", _spiral_point, ["first arm", "second arm"], samples=samples, noise=noise, seed=seed)


def moons(samples: int = 200, noise: float = 0.0, seed: int = 0) -> Dataset:
    """Points of two half circles that reach into each other: class 0 "upper", class 1 "lower".

    Arguments, result and errors as for `circle`.
    """
    return _points("moons", _moons_point, ["upper", "lower"], samples=samples, noise=noise, seed=seed)


def iris() -> Dataset:
    """150 iris flowers: length and width of sepal and petal in cm, and which of three species each flower is.

    Fifty of each species: setosa, versicolor, virginica, one output each. Setosa stands apart; the other two overlap.

    Source: R. A. Fisher, "The use of multiple measurements in taxonomic problems", Annals of Eugenics 7 (1936),
    179-188; UCI Machine Learning Repository, CC BY 4.0. The rows are those of scikit-learn, where the 35th and the
    38th are as Fisher printed them; UCI's own file has errors in these two.

    >>> flowers = iris()
    >>> flowers.inputs[0], flowers.label(flowers.targets[0])
    ([5.1, 3.5, 1.4, 0.2], 'setosa')
    """
    return _measured("iris", "iris.csv", ["setosa", "versicolor", "virginica"])


def penguins() -> Dataset:
    """342 penguins: length and depth of the bill and length of the flipper in cm, body mass in kg, and the species.

    151 of the species Adelie, 68 Chinstrap, 123 Gentoo, one output each. `penguins.csv` in the folder of this file has
    the islands and the sexes too, and two birds more that were not measured; there lengths are in mm and masses in g.

    Source: K. B. Gorman, T. D. Williams and W. R. Fraser, "Ecological sexual dimorphism and environmental variability
    within a community of Antarctic penguins (genus Pygoscelis)", PLoS ONE 9 (2014), e90081; table by A. M. Horst, A. P.
    Hill and K. B. Gorman, palmerpenguins (2020), CC0.

    >>> birds = penguins()
    >>> birds.inputs[0], birds.label(birds.targets[0])
    ([3.91, 1.87, 18.1, 3.75], 'Adelie')
    """
    _, rows = _packaged("penguins.csv")
    measured = [row for row in rows if "NA" not in row[2:6]]
    inputs = [_in_cm_and_kg(row) for row in measured]
    names = ["bill length", "bill depth", "flipper length", "body mass"]
    return Dataset("penguins", inputs, _one_of(_PENGUINS, [row[0] for row in measured]), names, _PENGUINS)


def penguin_mass() -> Dataset:
    """333 penguins: what a bird weighs in kg, from its bill and flipper in cm, its sex and its species.

    The target is a quantity, from 2.7 to 6.3, so there are no label names. Of the seven inputs the last four are 0 or
    1: whether the bird is male, and for each species whether it is of it. Birds of unknown sex are left out.

    Source: that of `penguins`, CC0.

    >>> birds = penguin_mass()
    >>> birds.inputs[0], birds.targets[0]
    ([3.91, 1.87, 18.1, 1.0, 1.0, 0.0, 0.0], [3.75])
    """
    _, rows = _packaged("penguins.csv")
    known = [row for row in rows if "NA" not in row]
    inputs, targets = [], []
    for row, species in zip(known, _one_of(_PENGUINS, [row[0] for row in known])):
        *lengths, mass = _in_cm_and_kg(row)
        inputs.append([*lengths, float(row[6] == "male"), *species])
        targets.append([mass])
    return Dataset("penguin_mass", inputs, targets, ["bill length", "bill depth", "flipper length", "male", *_PENGUINS])


def breast_cancer() -> Dataset:
    """569 biopsies of breast tissue: thirty measures of the cell nuclei in an image, and the diagnosis.

    357 are benign, class 0, and 212 malignant, class 1. Ten measures of each nucleus stand as the mean over the image,
    as its standard error, and as the mean of the three largest. They are as published, from 0 to 4254, so scaled inputs
    train better.

    Source: W. N. Street, W. H. Wolberg and O. L. Mangasarian, "Nuclear feature extraction for breast tumor diagnosis",
    SPIE 1905 (1993), 861-870; Breast Cancer Wisconsin (Diagnostic), UCI Machine Learning Repository,
    doi:10.24432/C5DW2B, CC BY 4.0. The rows are those of scikit-learn.

    >>> tissue = breast_cancer()
    >>> tissue, tissue.label(tissue.targets[0])
    (Dataset('breast_cancer', samples=569, inputs=30, outputs=1), 'malignant')
    """
    return _measured("breast_cancer", "breast_cancer.csv", ["benign", "malignant"])


def digits() -> Dataset:
    """1797 handwritten digits: images of 8 times 8 pixels, and which digit each is.

    A pixel is a whole number from 0, white, to 16, black; the inputs go row by row from the top left. Ten outputs, one
    for each digit.

    Source: E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits (1998), the test set of its 13 writers,
    UCI Machine Learning Repository, doi:10.24432/C50P49, CC BY 4.0. The rows are those of scikit-learn.

    >>> images = digits()
    >>> images.inputs[0][:8], images.label(images.targets[0])
    ([0.0, 0.0, 5.0, 13.0, 9.0, 1.0, 0.0, 0.0], '0')
    """
    return _measured("digits", "digits.csv.gz", [str(digit) for digit in range(10)])


DATASETS: dict[str, Callable[[], Dataset]] = {
    "xor": xor,
    "and": and_,
    "or": or_,
    "nand": nand,
    "parity": lambda: parity(3),
    "circle": circle,
    "gauss": gauss,
    "spiral": spiral,
    "moons": moons,
    "iris": iris,
    "penguins": penguins,
    "penguin_mass": penguin_mass,
    "breast_cancer": breast_cancer,
    "digits": digits,
}
"""The functions by name, each with its own defaults; parity has three bits."""


def find_dataset(name: str, place: str = "data set") -> Dataset:
    """The data set of this name, built anew.

    name: one in `DATASETS`, or "parity1" to "parity16" for so many bits.
    place: what an error calls the argument.

    Raises UnknownNameError for anything else; the message lists the known names.

    >>> find_dataset("parity4")
    Dataset('parity4', samples=16, inputs=4, outputs=1)
    """
    if isinstance(name, str) and name in DATASETS:
        return DATASETS[name]()
    for bits in range(1, _MOST_BITS + 1):
        if name == f"parity{bits}":
            return parity(bits)
    known = ", ".join(DATASETS)
    raise UnknownNameError(f"{place}: unknown {name!r}; known: {known}, parity1 to parity{_MOST_BITS}")


def _packaged(name: str) -> tuple[list[str], list[list[str]]]:
    """The first row and the others of a CSV file of this folder; DataError where one that is packed is damaged."""
    # Imported here, because importing the library should not wait for what only these data sets need.
    import csv
    from importlib.resources import files

    content = files("neuronet.data").joinpath(name).read_bytes()
    if name.endswith(".gz"):
        import gzip
        import zlib

        # It compares the length and the checksum that were written with what it has unpacked.
        try:
            content = gzip.decompress(content)
        except (OSError, EOFError, zlib.error) as problem:
            raise DataError(f"{name}: expected the file that comes with the library, got a damaged one") from problem
    header, *rows = csv.reader(content.decode("utf-8").splitlines())
    return header, rows


def _measured(name: str, file: str, label_names: list[str]) -> Dataset:
    """The data set of a file whose last column is the label and whose other columns are the inputs."""
    header, rows = _packaged(file)
    targets = _one_of(label_names, [row[-1] for row in rows])
    if len(label_names) == 2:
        targets = [[is_second] for _, is_second in targets]
    return Dataset(name, [list(map(float, row[:-1])) for row in rows], targets, header[:-1], label_names)


def _one_of(names: list[str], labels: list[str]) -> list[list[float]]:
    """For each label a row of targets: 1 at its place among the names, 0 elsewhere."""
    return [[float(label == name) for name in names] for label in labels]


def _in_cm_and_kg(row: list[str]) -> list[float]:
    """The two bill lengths and the flipper length of a penguin in cm, and its mass in kg."""
    # Rounded, so that 18.7 mm are 1.87 cm and not the float next to it.
    lengths = [round(float(cell) / 10, 2) for cell in row[2:5]]
    return [*lengths, round(float(row[5]) / 1000, 3)]


def _gate(name: str, truth: list[int]) -> Dataset:
    """A gate of two inputs, from its answers to 00, 01, 10 and 11."""
    inputs = [[0, 0], [0, 1], [1, 0], [1, 1]]
    return Dataset(name, inputs, [[answer] for answer in truth], ["a", "b"], ["false", "true"])


def _points(
    name: str,
    draw: Callable[[Random, int], tuple[float, float]],
    label_names: list[str],
    *,
    samples: int,
    noise: float,
    seed: int,
) -> Dataset:
    """Two classes of points in the plane, taking turns; `draw` makes one point of class 0 or 1."""
    total = validate.count(samples, "samples", least=2)
    deviation = validate.at_least_zero(noise, "noise")
    rng = Random(validate.count(seed, "seed", least=0))
    inputs = []
    for position in range(total):
        # Systems differ in the last bit of a sine; six decimals are the same on all of them, and easier to read.
        inputs.append([round(value + rng.gauss(0, deviation), 6) for value in draw(rng, position % 2)])
    return Dataset(name, inputs, [[position % 2] for position in range(total)], ["x", "y"], label_names)


def _circle_point(rng: Random, label: int) -> tuple[float, float]:
    radius = rng.uniform(0, 0.5) if label == 1 else rng.uniform(0.7, 1)
    angle = rng.uniform(0, 2 * math.pi)
    return radius * math.cos(angle), radius * math.sin(angle)


def _gauss_point(rng: Random, label: int) -> tuple[float, float]:
    centre = label - 0.5
    return rng.gauss(centre, 0.15), rng.gauss(centre, 0.15)


def _spiral_point(rng: Random, label: int) -> tuple[float, float]:
    # The arms are half a turn apart and begin a little away from the middle, where they would meet.
    radius = rng.uniform(0.1, 1)
    angle = 2 * math.pi * (1.5 * radius + 0.5 * label)
    return radius * math.cos(angle), radius * math.sin(angle)


def _moons_point(rng: Random, label: int) -> tuple[float, float]:
    # Each moon is half a circle of radius 2/3; they lie point-symmetric about the origin.
    angle = rng.uniform(0, math.pi)
    x, y = 2 / 3 * math.cos(angle) - 1 / 3, 2 / 3 * math.sin(angle) - 1 / 6
    return (-x, -y) if label == 1 else (x, y)


def _ranges(names: Sequence[str], rows: list[list[float]]) -> list[list[str]]:
    """For each column its name, its least and its largest value and its mean."""
    columns = zip(names, zip(*rows))
    return [[name, *(f"{value:.4g}" for value in (min(each), max(each), exact_mean(each)))] for name, each in columns]


def _row_length(rows: Sequence[Sequence[float]]) -> int:
    """How many numbers the first row has: what all rows are held to."""
    try:
        return max(1, len(rows[0]))
    except (TypeError, LookupError):
        # There is no first row. Any length will do: `validate.samples` then raises the error.
        return 1


def _names(names: Sequence[str], place: str, length: int) -> tuple[str, ...]:
    is_list = isinstance(names, Sequence) and not isinstance(names, str)
    if not is_list or not all(isinstance(name, str) for name in names):
        raise DataError(f"{place}: expected a list of strings, got {names!r}")
    if len(names) not in (0, length):
        raise DataError(f"{place}: expected {length} names or none, got {len(names)}")
    return tuple(names)
