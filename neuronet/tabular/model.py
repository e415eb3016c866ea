"""A model: a network together with what turns rows as people write them into its inputs, and its outputs back.

The columns travel with the network: their names, how numbers are scaled, which categories there are, what a class is
called. So a model that was saved answers raw rows as it did on the day it was trained.

>>> from neuronet.data.table import Table
>>> rows = [{"height": 5.0 + 0.1 * (i % 7), "kind": "tall" if i % 7 > 3 else "short"} for i in range(70)]
>>> table = Table.from_rows("plants", rows)
>>> model = Model.build(table, "kind", hidden=3, seed=1)
>>> history = model.train(table, epochs=100)
>>> model.predict([{"height": 5.6}, {"height": 5.1}])
['tall', 'short']
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from functools import partial
from random import Random
from typing import Any, Callable, Optional, Union

from neuronet import validate
from neuronet.activations import AnyActivation
from neuronet.data.encoding import (
    CategoryInput,
    ClassTarget,
    Input,
    NumberInput,
    Target,
    ValueTarget,
    known_scaling,
    looks_like_classes,
)
from neuronet.data.metrics import ClassificationReport, RegressionReport, classification_report, regression_report
from neuronet.data.reading import read_table
from neuronet.data.table import NUMBER, Column, Table, number_text
from neuronet.data.wording import counted, cut, listed, quoted
from neuronet.errors import DataError, FormatError, UnknownNameError
from neuronet.losses import Loss
from neuronet.network import Network
from neuronet.optimizers import Optimizer
from neuronet.store.columns import build_columns, describe_columns, plain_source
from neuronet.store.disk import read_file, write_file
from neuronet.store.document import Own
from neuronet.store.json_text import from_document, full_document, parse, written
from neuronet.store.reader import Reader
from neuronet.training import History

TASKS = ("classes", "values")
"""What a target may be: one of several classes, or a quantity."""
FILLS = ("refuse", "fill")
"""What becomes of a missing value: an error, or the mean of its column, or the most frequent category."""

LEAST_ROWS = 10
"""From so many rows on, a column in which nearly every row has a class of its own is no column of classes."""
WIDTH = 78
MOST_COLUMNS = 24

Rows = Union[Table, Iterable[Union[Mapping[str, Any], Iterable[Any]]]]


class Model:
    """A network that takes raw rows and answers in the user's own terms.

    network: has as many inputs as the columns need, and as many outputs as the target does.
    inputs: how each input column is encoded, in order.
    target: how the answer is.
    source: where its training rows came from and how they were divided, as a dict from texts to texts, finite numbers,
        True, False, None and lists of them, which is saved with it; empty where nobody said.

    Raises DataError where network and columns do not fit, for two columns of one name, and for another source.

    `print` shows the network, and how each column is encoded.
    """

    def __init__(
        self, network: Network, inputs: Sequence[Input], target: Target, source: Optional[dict[str, Any]] = None
    ) -> None:
        self.network = network
        self.inputs = tuple(inputs)
        self.target = target
        self.source = {} if source is None else source
        width = sum(column.width for column in self.inputs)
        if (len(network[0]), len(network[-1])) != (width, target.width):
            raise DataError(
                f"network: expected {width} inputs and {target.width} outputs for these columns, "
                f"got {len(network[0])} and {len(network[-1])}"
            )
        names = [column.name for column in (*self.inputs, target)]
        if len(set(names)) < len(names):
            raise DataError("columns: expected a different name for each column and for the target")

    @property
    def source(self) -> dict[str, Any]:
        """Where the training rows came from; DataError where it is set to what cannot be saved."""
        return self._source

    @source.setter
    def source(self, source: dict[str, Any]) -> None:
        try:
            self._source = plain_source(source, Reader())
        except FormatError as problem:
            raise DataError(str(problem).replace("model.source", "source", 1)) from None

    @classmethod
    def build(
        cls,
        table: Table,
        target: Union[str, int] = -1,
        *,
        task: Optional[str] = None,
        hidden: Union[int, str, Sequence[int]] = 8,
        scaling: str = "standard",
        missing: str = "refuse",
        ignore: Sequence[Union[str, int]] = (),
        activation: Union[str, AnyActivation] = "tanh",
        loss: Union[str, Loss, None] = None,
        weights: str = "glorot",
        l1: float = 0,
        l2: float = 0,
        dropout: Union[float, Sequence[float]] = 0,
        seed: Optional[int] = None,
        rng: Optional[Random] = None,
    ) -> Model:
        """An untrained model for the columns of a table.

        table: the rows that will be trained on, and only those: scaling and categories are fitted on them.
        target: the column to answer, by its name or position; the last one where not given. Where a value of it is
            missing, the row cannot be used.
        task: "classes" or "values"; None decides: classes for a column of categories, and for one of at most 20
            different whole numbers with 5 rows each on average.
        hidden: how many neurons the hidden layer has, or several: "16-8" or [16, 8]; 0 for none.
        scaling: of the numbers: "standard", "minmax" or "none". The target is scaled likewise.
        missing: "refuse" them, or "fill" them by the mean or the most frequent category.
        ignore: a list of columns that are neither inputs nor target, such as a number that only counts the rows.
        activation: of the hidden neurons.
        loss: None takes the cross-entropy for classes and half the squared error for values.
        weights, l1, l2, dropout, seed, rng: as in `Network`.

        The outputs are softmax for three or more classes, sigmoid for two, linear for a value.

        Raises DataError, naming the place, for what does not fit; UnknownNameError for an unknown name.
        """
        known_scaling(scaling)
        if missing not in FILLS:
            raise UnknownNameError(f"missing: unknown {validate.shown(missing)}; known: {', '.join(FILLS)}")
        answer = fitted_target(table, target, task, scaling)
        fill = missing == "fill"
        inputs: list[Input] = []
        if not fill:
            refuse_missing(table, answer.name, ignore)
        for column in _beside(table, answer.name, ignore):
            is_number = column.kind == NUMBER
            inputs.append(
                NumberInput.fitted(column, scaling, fill) if is_number else CategoryInput.fitted(column, fill)
            )
        width = sum(column.width for column in inputs)
        classes = isinstance(answer, ClassTarget)
        network = Network(
            _shape(width, hidden, answer.width),
            activation=activation,
            output_activation=("softmax" if answer.width > 1 else "sigmoid") if classes else "linear",
            loss=_usual_loss(answer) if loss is None else loss,
            weights=weights,
            l1=l1,
            l2=l2,
            dropout=dropout,
            seed=seed,
            rng=rng,
        )
        return cls(network, inputs, answer)

    # Rows in, rows out.

    def read(self, source: Union[str, os.PathLike[str], Sequence[str]], **settings: Any) -> Table:
        """The rows of a file, read as this model needs them.

        source: a path, or lines of text, which may be read twice.
        settings: as in `read_table`; the same columns are categories as in training, and missing values are kept, for
            the model to fill or to refuse.

        Raises as `read_table`, and DataError where a column is missing.
        """
        categories = [column.name for column in self.inputs if isinstance(column, CategoryInput)]
        given = {"missing": "keep", **settings}
        try:
            return read_table(source, **{**given, "categories": [*settings.get("categories", ()), *categories]})
        except UnknownNameError:
            self.encode(read_table(source, **given))  # which says what is missing
            raise

    def encode(self, rows: Rows, *, refuse_unseen: bool = True) -> list[list[float]]:
        """The inputs of the network for raw rows.

        rows: a table, or a list of rows, each a dict by the names of the columns or a sequence in their order. A table
            or a dict may have other columns besides; their order does not matter.
        refuse_unseen: whether a category that no row of training had is refused; otherwise it counts as none.

        Returns a list of numbers for each row, in the order of the input neurons. Raises DataError, naming the row and
        the column, for a column that is missing and a value that does not fit, and for no row at all.
        """
        names = [column.name for column in self.inputs]
        if isinstance(rows, Table):
            _refuse_texts(rows, [column.name for column in self.inputs if isinstance(column, NumberInput)])
            _refuse_numbers(rows, [column for column in self.inputs if isinstance(column, CategoryInput)])
        encoded = []
        for values, row_place in _values(rows, names):
            row: list[float] = []
            for column, value in zip(self.inputs, values):
                where = _Place(row_place, column.name)
                if isinstance(column, CategoryInput):
                    row += column.encode(value, where, refuse_unseen=refuse_unseen)
                else:
                    row += column.encode(value, where)
            encoded.append(row)
        if not encoded:
            raise DataError("rows: expected at least one row, got none")
        return encoded

    def encode_targets(self, table: Table) -> list[list[float]]:
        """The targets for the rows of a table, a list of numbers for each.

        Raises DataError, naming the place, for a missing or unknown one, and where the target column is missing.
        """
        return [self.target.encode(value, place) for value, place in self._wanted(table)]

    def outputs(self, rows: Rows, *, refuse_unseen: bool = True) -> list[list[float]]:
        """What the output neurons show for each row: what answers and probabilities are made of.

        rows, refuse_unseen: as in `encode`, and so is what is raised. DataError also for a row whose numbers are so
            large that the outputs are none.
        """
        outputs = self.network.predict_all(self.encode(rows, refuse_unseen=refuse_unseen))
        for position, row in enumerate(outputs):
            if not all(map(math.isfinite, row)):
                raise DataError(f"rows[{position}]: expected numbers that can be reckoned with, got the outputs {row}")
        return outputs

    def predict(self, rows: Rows, *, refuse_unseen: bool = True) -> list[Any]:
        """The answer for each row: a label, or a value in the units of the target column.

        rows, refuse_unseen: as in `outputs`, and so is what is raised.
        """
        outputs = self.outputs(rows, refuse_unseen=refuse_unseen)
        return [self.target.decode(row) for row in outputs]

    def predict_probabilities(self, rows: Rows, *, refuse_unseen: bool = True) -> list[dict[Any, float]]:
        """For each row what the network says of each class: a dict from label to a number from 0 to 1.

        rows, refuse_unseen: as in `predict`, and so is what is raised. DataError also for a model that answers values.
        """
        if isinstance(self.target, ValueTarget):
            raise DataError(f"predict_probabilities: expected classes, but {quoted(self.target.name)} is a value")
        outputs = self.outputs(rows, refuse_unseen=refuse_unseen)
        return [self.target.probabilities(row) for row in outputs]

    def evaluate(self, table: Table) -> Union[ClassificationReport, RegressionReport]:
        """How good the answers are for rows whose target is known, beside a baseline.

        table: has the target column too. A category that no row of training had counts as none; a class that none had
            is one more, and never answered.

        Returns a `ClassificationReport` or a `RegressionReport`. Raises as `predict` and `encode_targets` do.
        """
        wanted: list[Any] = [self.target.known(value, place) for value, place in self._wanted(table)]
        if isinstance(self.target, ValueTarget):
            values = self.predict(table, refuse_unseen=False)
            return regression_report(wanted, values, mean=self.target.mean, name=self.target.name)
        labels = list(dict.fromkeys([*self.target.labels, *wanted]))
        outputs = self.outputs(table, refuse_unseen=False)
        answered = [self.target.decode(row) for row in outputs]
        probabilities = [self.target.probabilities(row) for row in outputs]
        return classification_report(
            wanted,
            answered,
            labels=labels,
            probabilities=[each[labels[1]] for each in probabilities] if len(labels) == 2 else None,
            majority=self.target.majority,
        )

    def unseen(self, table: Table) -> dict[str, list[str]]:
        """The categories in a table that no row of training had, sorted, by the name of the column.

        table: may have other columns besides, and need not have all; DataError for anything but a table.
        """
        refuse_no_table(table)
        found = {}
        for column in self.inputs:
            if isinstance(column, CategoryInput) and column.name in table.column_names:
                others = set(table.column(column.name).as_category().categories) - set(column.categories)
                if others:
                    found[column.name] = sorted(others)
        return found

    # Training.

    def train(self, table: Table, *, validation: Optional[Table] = None, **settings: Any) -> History:
        """Train the network on the rows of a table.

        validation: rows that are not trained on; see `Network.train`.
        settings: those of `Network.train`; the optimizer is at first "adam" where none is given, and a `checkpoint`
            that is a path saves the model.

        Returns the history; errors are those of `encode`, `encode_targets` and `Network.train`, and nothing has changed
        where rows or settings are refused.
        """
        checkpoint = settings.pop("checkpoint", None)
        if isinstance(checkpoint, (str, os.PathLike)):
            path = checkpoint
            self.to_json()
            checkpoint = lambda: self.save(path)  # noqa: E731
        if self.network.training_state is None and settings.get("optimizer") is None:
            settings["optimizer"] = "adam"
        kept_back = None
        if validation is not None:
            kept_back = self.encode(validation, refuse_unseen=False), self.encode_targets(validation)
        return self.network.train(
            self.encode(table), self.encode_targets(table), validation=kept_back, checkpoint=checkpoint, **settings
        )

    # Files.

    def to_json(self) -> str:
        """The model as JSON text: the document of its network, with the columns. FormatError as for a network."""
        return written(full_document(self.network.saved(), describe_columns(self.inputs, self.target, self.source)))

    @classmethod
    def from_json(
        cls,
        text: Union[str, bytes],
        *,
        activations: Iterable[AnyActivation] = (),
        losses: Iterable[Loss] = (),
        optimizers: Iterable[Optimizer] = (),
    ) -> Model:
        """The model that `to_json` wrote; arguments as in `Network.from_json`. FormatError for anything else."""
        document = parse(text)
        if isinstance(document, dict) and "model" not in document and "layers" in document:
            raise FormatError("model: expected a model with columns, got a network alone; read it with Network.load")
        reader = Reader()
        network = Network.restored(from_document(Network, document, reader, Own(activations, losses, optimizers)))
        inputs, target, source = build_columns(document["model"], reader)
        model: Model = reader.made("model", cls, network, inputs, target, source)
        return model

    def save(self, path: Union[str, os.PathLike[str]]) -> None:
        """Write the model to a file, whole or not at all. OSError where that is not possible."""
        write_file(self.to_json(), path)

    @classmethod
    def load(
        cls,
        path: Union[str, os.PathLike[str]],
        *,
        activations: Iterable[AnyActivation] = (),
        losses: Iterable[Loss] = (),
        optimizers: Iterable[Optimizer] = (),
    ) -> Model:
        """Read a model from a file; as `from_json`. OSError where the file cannot be read."""
        content = read_file(path)
        try:
            return cls.from_json(content, activations=activations, losses=losses, optimizers=optimizers)
        except FormatError as problem:
            raise FormatError(f"{os.fspath(path)}: {problem}") from None

    def __str__(self) -> str:
        shape = "-".join(str(len(layer)) for layer in self.network)
        activations = list(dict.fromkeys(layer[0].activation.name for layer in self.network.layers[1:]))
        lines = [f"network {shape}, {' then '.join(activations)}, loss {self.network.loss_function.name}"]
        if self.network.training_state is not None:
            lines.append(f"trained for {self.network.training_state.epochs} epochs by {self.network.optimizer!r}")
        lines += ["inputs:", *(f"  {column}" for column in self.inputs[:MOST_COLUMNS])]
        if len(self.inputs) > MOST_COLUMNS:
            lines.append(f"  ... {len(self.inputs) - MOST_COLUMNS} more columns")
        lines += ["target:", f"  {self.target}"]
        return "\n".join(cut(line, WIDTH) for line in lines)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.target.name!r} from {len(self.inputs)} columns, {self.network!r})"

    def _wanted(self, table: Table) -> Iterator[tuple[Any, _Place]]:
        """The values of the target column, and what an error calls each of them."""
        refuse_no_table(table)
        name = self.target.name
        if name not in table.column_names:
            raise DataError(f"{table.name}: expected the target column {quoted(name)}, which is missing")
        if isinstance(self.target, ValueTarget):
            _refuse_texts(table, [name])
        for row, value in enumerate(table.column(name).values):
            yield value, _Place(partial(table.place_of, row), name)


def refuse_no_table(table: Any) -> None:
    """Raise DataError for anything but a table."""
    if not isinstance(table, Table):
        raise DataError(f"table: expected a Table, as read_table makes it, got {validate.shown(table)}")


def fitted_target(table: Table, which: Union[str, int], task: Optional[str], scaling: str) -> Target:
    """The target for a column of a table, one of classes or a value as the task, or the column itself, says.

    which, task, scaling: as `target`, `task` and `scaling` in `Model.build`, and so is what is raised.
    """
    refuse_no_table(table)
    if task is not None and task not in TASKS:
        raise UnknownNameError(f"task: unknown {validate.shown(task)}; known: {', '.join(TASKS)}")
    column = table.column(which, "target")
    if column.missing:
        row = column.values.index(None)
        raise DataError(f"{table.place_of(row, which)}: expected a value of the target, got none; leave the row out")
    if task == "classes" or (task is None and looks_like_classes(column)):
        if task is None:
            _refuse_strangers(table, column)
        return ClassTarget.fitted(column)
    if column.kind != NUMBER:
        raise DataError(f"task: expected 'classes', because column {quoted(column.name)} has texts, got {task!r}")
    return ValueTarget.fitted(column, scaling)


def task_of(table: Table, which: Union[str, int], task: Optional[str] = None) -> str:
    """What the target column of a table has, one of `TASKS`: what `task` says, or else what the column looks like.

    which: the column, by its name or position. Raises as `fitted_target`.
    """
    return TASKS[0] if isinstance(fitted_target(table, which, task, "none"), ClassTarget) else TASKS[1]


def _usual_loss(target: Target) -> str:
    if isinstance(target, ValueTarget):
        return "half_squared_error"
    return "binary_cross_entropy" if target.width == 1 else "categorical_cross_entropy"


def _shape(inputs: int, hidden: Union[int, str, Sequence[int]], outputs: int) -> str:
    if isinstance(hidden, str):
        middle = hidden.strip()
    elif isinstance(hidden, Sequence) and not isinstance(hidden, bytes):
        middle = "-".join(str(validate.count(size, f"hidden[{i}]")) for i, size in enumerate(hidden))
    else:
        middle = str(validate.count(hidden, "hidden", least=0))
    return f"{inputs}-{middle}-{outputs}" if middle not in ("", "0") else f"{inputs}-{outputs}"


def _beside(table: Table, target: str, ignore: Any) -> list[Column]:
    """The columns of a table that are neither the target nor ignored."""
    if isinstance(ignore, (str, bytes, Mapping)) or not isinstance(ignore, Iterable):
        raise DataError(f"ignore: expected a list of columns, got {validate.shown(ignore)}; for one say [name]")
    left_out = [table.column(which, "ignore").name for which in ignore]
    if target in left_out:
        raise DataError(f"ignore: expected columns beside the target, got {quoted(target)}, which is the target")
    columns = [column for column in table.columns if column.name not in {target, *left_out}]
    if not columns:
        raise DataError(f"{table.name}: expected a column beside the target {quoted(target)}, to answer it from")
    return columns


class _Place:
    """What an error calls a value; its text is made only where there is an error."""

    __slots__ = ("column", "of_column")

    def __init__(self, of_column: Callable[[str], str], column: str) -> None:
        self.of_column = of_column
        self.column = column

    def __str__(self) -> str:
        return self.of_column(self.column)


def _values(rows: Rows, names: Sequence[str]) -> Iterator[tuple[Sequence[Any], Callable[[str], str]]]:
    """For each row the values of these columns, and what makes of a column's name what an error calls its value."""
    if isinstance(rows, Table):
        columns = [_column(rows, name).values for name in names]
        for position, values in enumerate(zip(*columns)):
            yield values, partial(rows.place_of, position)
        return
    if isinstance(rows, (str, bytes, Mapping)) or not isinstance(rows, Iterable):
        raise DataError(f"rows: expected a list of rows, got {validate.shown(rows)}; for a single row say [row]")
    for position, row in enumerate(rows):
        yield _row_values(row, names, f"rows[{position}]"), partial(_place_in_list, position)


def _column(table: Table, name: str) -> Column:
    if name not in table.column_names:
        known = listed(table.column_names)
        raise DataError(f"{table.name}: expected a column {quoted(name)}, as in training, got {known}")
    return table.column(name)


def refuse_missing(table: Table, target: str, ignore: Sequence[Union[str, int]] = ()) -> None:
    """Raise DataError, with its place, for the first missing value of the rows, but for target and ignored columns."""
    gaps = [(column.values.index(None), column.name) for column in _beside(table, target, ignore) if column.missing]
    if gaps:
        row = min(row for row, _ in gaps)
        name = next(name for gap, name in gaps if gap == row)
        raise DataError(f"{table.place_of(row, name)}: expected a value, got none; missing='fill' fills")


def _refuse_strangers(table: Table, column: Column) -> None:
    """Refuse classes of which nearly every row has one of its own: most likely numbers that were not understood."""
    counts: dict[Any, int] = {}
    for value in column.values:
        counts[value] = counts.get(value, 0) + 1
    if len(column) >= LEAST_ROWS and 2 * len(counts) > len(column):
        alone = [row for row, value in enumerate(column.values) if counts[value] == 1]
        row = next((row for row in alone if not _is_number(str(column.values[row]))), alone[0])
        got = validate.shown(column.values[row])
        raise DataError(
            f"{table.place_of(row, column.name)}: expected a number, or a class that comes again, got {got}; "
            f"{len(counts)} different ones in {len(column)} rows are no classes"
        )


def _refuse_numbers(table: Table, inputs: Sequence[CategoryInput]) -> None:
    """Refuse numbers in a column whose categories were texts such as 01067: 1067 would be another one."""
    for expected in inputs:
        column = _column(table, expected.name)
        if column.kind == NUMBER and column.missing < len(column) and any(map(_is_padded, expected.categories)):
            raise DataError(
                f"{table.name}, column {quoted(expected.name)}: expected categories such as "
                f"{expected.categories[0]!r}, got numbers; read the file with Model.read"
            )


def _is_padded(category: str) -> bool:
    """Whether a category is a number that a column of numbers would show otherwise."""
    return _is_number(category) and number_text(float(category)) != category


def _refuse_texts(table: Table, names: Sequence[str]) -> None:
    """Refuse texts in columns where numbers are expected, and show the one that made texts of a column of numbers."""
    for name in names:
        column = _column(table, name)
        if column.kind == NUMBER:
            continue
        texts = [row for row, value in enumerate(column.values) if value is not None]
        row = next((row for row in texts if not _is_number(column.values[row])), texts[0] if texts else None)
        if row is not None:
            got = validate.shown(column.values[row])
            raise DataError(f"{table.place_of(row, name)}: expected a number, got the text {got}")


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _place_in_list(position: int, name: str) -> str:
    return f"rows[{position}], column {quoted(name)}"


def _row_values(row: Any, names: Sequence[str], place: str) -> Sequence[Any]:
    if isinstance(row, Mapping):
        for name in names:
            if name not in row:
                raise DataError(f"{place}: expected a value for {quoted(name)}, which is missing")
        return [row[name] for name in names]
    if isinstance(row, (str, bytes, Set)) or not isinstance(row, Iterable):
        raise DataError(f"{place}: expected a dict or a list of values, got {validate.shown(row)}")
    values = list(row)
    if len(values) != len(names):
        raise DataError(f"{place}: expected {counted(len(names), 'value')}, for {listed(names)}, got {len(values)}")
    return values
