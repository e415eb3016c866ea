"""`neuronet evaluate`: how good the answers of a saved model are, on rows whose answer is known."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from neuronet.cli.options import load_any
from neuronet.cli.progress import show, tell
from neuronet.cli.table_options import add_reading_options, counted, is_file, kept, reading, tell_unseen
from neuronet.data.datasets import DATASETS, find_dataset
from neuronet.data.metrics import classification_report, regression_report
from neuronet.errors import DataError
from neuronet.network import Network
from neuronet.tabular.fit import with_target
from neuronet.tabular.model import Model


def add(commands: Any) -> None:
    """Add the command with its arguments."""
    evaluate = commands.add_parser(
        "evaluate",
        help="how good the answers of a saved model are",
        description="Compare the answers of a saved model with the target column of a CSV or TSV file, or those of a "
        "network with a data set, and say what a baseline would get.",
    )
    evaluate.add_argument("model", metavar="MODEL.json", help="a model or network that was saved")
    evaluate.add_argument("data", metavar="FILE|DATASET", help="rows with the target; for a network a data set")
    evaluate.add_argument("--json", action="store_true", help="show the report as one JSON document")
    add_reading_options(evaluate)


def run(arguments: argparse.Namespace) -> int:
    """Print the report."""
    found = load_any(arguments.model)
    report = _of_model(found, arguments) if isinstance(found, Model) else _of_network(found, arguments)
    show(report, as_json=arguments.json)
    return 0


def _of_model(model: Model, arguments: argparse.Namespace) -> Any:
    table = model.read(kept(arguments.data), **reading(arguments))
    if model.target.name not in table.column_names:
        raise DataError(f"{arguments.data}: expected the target column {model.target.name!r}, which is missing")
    known = with_target(table, model.target.name)
    if len(known) < len(table):
        without = counted(len(table) - len(known))
        tell(sys.stderr, f"left out, for they have no value of {model.target.name}: {without}\n")
    tell_unseen(model, known)
    return model.evaluate(known)


def _of_network(network: Network, arguments: argparse.Namespace) -> Any:
    if is_file(arguments.data):
        raise DataError(
            f"data: expected a data set for a network without columns ({', '.join(DATASETS)}), got {arguments.data!r}; "
            "a model that `neuronet train FILE` saved knows columns"
        )
    dataset = find_dataset(arguments.data)
    outputs = network.predict_all(dataset.inputs)
    if not dataset.label_names:
        return regression_report([row[0] for row in dataset.targets], [row[0] for row in outputs])
    wanted, answered = ([dataset.label(row) for row in rows] for rows in (dataset.targets, outputs))
    return classification_report(wanted, answered, labels=list(dataset.label_names))
