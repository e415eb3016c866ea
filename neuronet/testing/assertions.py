"""An assertion whose message is the report."""

from __future__ import annotations

from typing import Any

from hypothesis import currently_in_test_context, event

from neuronet.gradcheck import GradientReport, check_gradients
from neuronet.network import Network


def assert_gradients(network: Network, inputs: Any, targets: Any, **options: Any) -> GradientReport:
    """Assert that no gradient of the backward walk is wrong; the message is the report of `check_gradients`.

    network, inputs, targets, options: as `check_gradients` takes them.

    Returns the report. What stayed inconclusive passes; inside a Hypothesis test the verdict is an `event`, so that
    `pytest --hypothesis-show-statistics` counts how often that was so. Raises CheckError, which is an AssertionError,
    for a wrong gradient, and DataError for arguments that do not fit.
    """
    __tracebackhide__ = True  # pytest shows the line that called, not this one
    report = check_gradients(network, inputs, targets, **options)
    if currently_in_test_context():
        event(f"gradients: {report.status}")
    report.raise_for_failure()
    return report
