"""`neuronet check`: is the backward walk of this network the derivative of its loss?"""

from __future__ import annotations

import argparse
from random import Random
from typing import Any

from neuronet.cli.options import add_network_options, add_subject, find_subject, refuse_no_picture
from neuronet.data.datasets import Dataset
from neuronet.errors import DataError, FormatError
from neuronet.gradcheck import Sweep, check_deltas, check_gradients, check_step, step_sweep
from neuronet.gradcheck.references import METHODS
from neuronet.gradcheck.report import FAIL, INCONCLUSIVE, PASS, Report
from neuronet.network import Network
from neuronet.store.disk import write_file

EXIT_CODES = {PASS: 0, FAIL: 1, INCONCLUSIVE: 3}

MOST_SAMPLES = 20
"""A check on the first so many samples tells as much as one on all of them."""


def add(commands: Any) -> None:
    """Add the command with its arguments."""
    check = commands.add_parser(
        "check",
        help="compare every gradient with the slope of the loss",
        description="Compare every gradient of the backward walk with the slope of the loss, every delta likewise, "
        "and where one step of training really goes. Exit code: 0 pass, 1 fail, 2 wrong use, 3 inconclusive.",
    )
    add_subject(check, "samples for a saved network; drawn at random where not given")
    check.add_argument("--method", default="complex", metavar="NAME", help=", ".join(METHODS))
    check.add_argument("--sweep", action="store_true", help="show the error of each method for each step size")
    check.add_argument("--svg", metavar="FILE", help="write that as a picture; implies --sweep")
    check.add_argument("--json", action="store_true", help="show the reports as one JSON document")
    add_network_options(check)


def run(arguments: argparse.Namespace) -> int:
    """Check, print, and return the exit code."""
    if arguments.svg is not None:
        try:
            refuse_no_picture(arguments.svg, "--svg")
        except FormatError as problem:  # 1 would say that a gradient is wrong
            raise DataError(str(problem)) from None
    network, samples, _ = find_subject(arguments)
    dataset = _random_samples(network, arguments.seed) if samples is None else samples
    inputs, targets = dataset.inputs[:MOST_SAMPLES], dataset.targets[:MOST_SAMPLES]
    gradients = check_gradients(network, inputs, targets, method=arguments.method)
    reports: list[Report] = [gradients, check_step(network, inputs, targets)]
    if gradients.status == FAIL:
        reports.append(check_deltas(network, inputs, targets))
    sweep = step_sweep(network, inputs, targets) if arguments.sweep or arguments.svg else None
    if sweep is not None and arguments.svg:
        write_file(sweep.to_svg(), arguments.svg)
    if arguments.json:
        _print_json(reports, sweep)
    else:
        for report in reports:
            print(report)
        if sweep is not None:
            print(sweep)
    found = {report.status for report in reports}
    return EXIT_CODES[FAIL if FAIL in found else INCONCLUSIVE if INCONCLUSIVE in found else PASS]


def _random_samples(network: Network, seed: int) -> Dataset:
    """Four samples: inputs from -1 to 1, and targets that every loss accepts."""
    rng = Random(seed)
    inputs = [[rng.uniform(-1, 1) for _ in network[0]] for _ in range(4)]
    targets = []
    for _ in inputs:
        shares = [rng.uniform(0.1, 1) for _ in network[-1]]
        total = 0.0
        for share in shares:
            total += share
        targets.append([share / total for share in shares] if len(shares) > 1 else [shares[0]])
    return Dataset("random samples", inputs, targets)


def _print_json(reports: list[Report], sweep: Sweep | None) -> None:
    import json

    document: dict[str, Any] = {"reports": [report.to_dict() for report in reports]}
    if sweep is not None:
        document["sweep"] = [row._asdict() for row in sweep.rows]
    print(json.dumps(document))
