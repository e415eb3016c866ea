"""A model: a network together with the columns that turn raw rows into its inputs, and its outputs into answers.

The columns are saved with the network: their names, how numbers are scaled, which categories there are, what a class
is called. So a saved model answers raw rows as it did on the day it was trained.

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
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from random import Random
from typing import Any, Optional, Union

from neuronet import validate
from neuronet.activations import AnyActivation
from neuronet.data.encoding import CategoryInput, Input, NumberInput, Target, ValueTarget, known_scaling
from neuronet.data.metrics import ClassificationReport, RegressionReport, classification_report, regression_report
from neuronet.data.reading import MISSING, read_table
from neuronet.data.table import NUMBER, Table
from neuronet.data.wording import cut, quoted
from neuronet.errors import DataError, FormatError, UnknownNameError
from neuronet.losses import Loss
from neuronet.network import Network
from neuronet.optimizers import Optimizer
from neuronet.store.columns import build_columns, describe_columns, plain_source
from neuronet.store.disk import read_file, write_file
from neuronet.store.document import Own
from neuronet.store.json_text import from_document, full_document, parse, written
from neuronet.store.reader import Reader
from neuronet.tabular.rows import (
    Place,
    Rows,
    input_columns,
    refuse_missing,
    refuse_no_table,
    refuse_other_kinds,
    refuse_texts,
    values_of,
)
from neuronet.tabular.task import fitted_target
from neuronet.training import History

FILLS = ("refuse", "fill")
"""What becomes of a missing value: an error, or the mean of its column, or the most frequent category."""

WIDTH = 78
MOST_COLUMNS = 24


class Model:
    """A network that takes raw rows and answers in the user's own terms.

    network: has as many inputs as the columns need, and as many outputs as the target does.
    inputs: how each input column is encoded, in order.
    target: how the answer is encoded.
    source: where its training rows came from and how they were divided, as a dict from texts to texts, finite numbers,
        True, False, None and lists of them, which is saved with it; empty where that is not known.

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
        if not fill:
            refuse_missing(table, answer.name, ignore)
        inputs: list[Input] = [
            NumberInput.fitted(column, scaling, fill) if column.kind == NUMBER else CategoryInput.fitted(column, fill)
            for column in input_columns(table, answer.name, ignore)
        ]
        output_activation, usual_loss = _usual_output(answer)
        network = Network(
            _shape(sum(column.width for column in inputs), hidden, answer.width),
            activation=activation,
            output_activation=output_activation,
            loss=usual_loss if loss is None else loss,
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
            table = read_table(source, **{**given, "categories": [*settings.get("categories", ()), *categories]})
        except UnknownNameError:
            self.encode(read_table(source, **given))  # which says what is missing
            raise
        for column in self.inputs:
            # NA marks a missing value, unless the model knows it as a name.
            if isinstance(column, CategoryInput) and given["missing"] == "keep":
                table = table.with_missing(column.name, MISSING - set(column.categories))
        return table

    def encode(self, rows: Rows, *, refuse_unseen: bool = True) -> list[list[float]]:
        """The inputs of the network for raw rows.

        rows: a table, or a list of rows, each a dict by the names of the columns or a sequence in their order. A table
            or a dict may have other columns too; their order does not matter.
        refuse_unseen: whether a category that no row of training had is refused; otherwise it counts as none.

        Returns a list of numbers for each row, in the order of the input neurons. Raises DataError, naming the row and
        the column, for a column that is missing and a value that does not fit, and for no row at all.
        """
        if isinstance(rows, Table):
            refuse_other_kinds(rows, self.inputs)
        encoded = []
        for values in values_of(rows, [column.name for column in self.inputs]):
            row: list[float] = []
            for column, (value, place) in zip(self.inputs, values):
                if isinstance(column, CategoryInput):
                    row += column.encode(value, place, refuse_unseen=refuse_unseen)
                else:
                    row += column.encode(value, place)
            encoded.append(row)
        if not encoded:
            raise DataError("rows: expected at least one row, got none")
        return encoded

    def encode_targets(self, table: Table) -> list[list[float]]:
        """The targets for the rows of a table, a list of numbers for each.

        Raises DataError, naming the place, for a missing or unknown one, and where the target column is missing.
        """
        return [self.target.encode(value, place) for value, place in self._target_values(table)]

    def outputs(self, rows: Rows, *, refuse_unseen: bool = True) -> list[list[float]]:
        """The outputs of the network for each row, from which answers and probabilities are made.

        rows, refuse_unseen: as in `encode`, and so is what is raised. DataError also for a row whose numbers are so
            large that its outputs are not finite.
        """
        outputs = self.network.predict_all(self.encode(rows, refuse_unseen=refuse_unseen))
        for position, row in enumerate(outputs):
            if not all(map(math.isfinite, row)):
                raise DataError(
                    f"rows[{position}]: expected numbers small enough to compute with, got the outputs {row}"
                )
        return outputs

    def predict(self, rows: Rows, *, refuse_unseen: bool = True) -> list[Any]:
        """The answer for each row: a label, or a value in the units of the target column.

        rows, refuse_unseen: as in `outputs`, and so is what is raised.
        """
        outputs = self.outputs(rows, refuse_unseen=refuse_unseen)
        return [self.target.decode(row) for row in outputs]

    def predict_probabilities(self, rows: Rows, *, refuse_unseen: bool = True) -> list[dict[Any, float]]:
        """For each row the probability of each class: a dict from label to a number from 0 to 1.

        rows, refuse_unseen: as in `predict`, and so is what is raised. DataError also for a model that answers values.
        """
        if isinstance(self.target, ValueTarget):
            raise DataError(f"predict_probabilities: expected classes, but {quoted(self.target.name)} is a value")
        outputs = self.outputs(rows, refuse_unseen=refuse_unseen)
        return [self.target.probabilities(row) for row in outputs]

    def evaluate(self, table: Table) -> Union[ClassificationReport, RegressionReport]:
        """How good the answers are for rows whose target is known, compared with a baseline.

        table: has the target column too. A category that no row of training had counts as none; a class that none had
            is one more, and never answered.

        Returns a `ClassificationReport` or a `RegressionReport`. Raises as `predict` and `encode_targets` do.
        """
        target = self.target
        wanted: list[Any] = [target.known(value, place) for value, place in self._target_values(table)]
        if isinstance(target, ValueTarget):
            values = self.predict(table, refuse_unseen=False)
            return regression_report(wanted, values, mean=target.mean, name=target.name)
        outputs = self.outputs(table, refuse_unseen=False)
        answered = [target.decode(row) for row in outputs]
        labels = list(dict.fromkeys([*target.labels, *wanted]))
        of_second = [target.probabilities(row)[labels[1]] for row in outputs] if len(labels) == 2 else None
        return classification_report(wanted, answered, labels=labels, probabilities=of_second, majority=target.majority)

    def unseen(self, table: Table) -> dict[str, list[str]]:
        """The categories in a table that no row of training had, sorted, by the name of the column.

        table: may have other columns too, and need not have all; DataError for anything but a table.
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
        settings: those of `Network.train`; the first optimizer is "adam" where none is given, and a `checkpoint` that
            is a path saves the model.

        Returns the history; errors are those of `encode`, `encode_targets` and `Network.train`, and where rows or
        settings are refused, nothing has changed.
        """
        if settings.get("until_accuracy") is not None and isinstance(self.target, ValueTarget):
            raise DataError(f"until_accuracy: expected a target of classes, but {self.target.name} is a value")
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

    def _target_values(self, table: Table) -> Iterator[tuple[Any, Place]]:
        """The values of the target column, each with its place."""
        refuse_no_table(table)
        name = self.target.name
        if name not in table.column_names:
            raise DataError(f"{table.name}: expected the target column {quoted(name)}, which is missing")
        if isinstance(self.target, ValueTarget):
            refuse_texts(table, [name])
        for row, value in enumerate(table.column(name).values):
            yield value, Place(partial(table.place_of, row), name)


def _usual_output(target: Target) -> tuple[str, str]:
    """The usual activation of the outputs, and the usual loss, of a target."""
    if isinstance(target, ValueTarget):
        return "linear", "half_squared_error"
    return ("sigmoid", "binary_cross_entropy") if target.width == 1 else ("softmax", "categorical_cross_entropy")


def _shape(inputs: int, hidden: Union[int, str, Sequence[int]], outputs: int) -> str:
    if isinstance(hidden, str):
        middle = hidden.strip()
    elif isinstance(hidden, Sequence) and not isinstance(hidden, bytes):
        middle = "-".join(str(validate.count(size, f"hidden[{i}]")) for i, size in enumerate(hidden))
    else:
        middle = str(validate.count(hidden, "hidden", least=0))
    return f"{inputs}-{middle}-{outputs}" if middle not in ("", "0") else f"{inputs}-{outputs}"
