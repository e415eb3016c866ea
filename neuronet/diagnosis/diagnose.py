"""The diagnosis: one walk over the samples, then every question in turn."""

from __future__ import annotations

from typing import Any, Optional

from neuronet import validate
from neuronet.data.wording import counted
from neuronet.diagnosis.evidence import Evidence
from neuronet.diagnosis.outputs import look_at_outputs
from neuronet.diagnosis.report import FAULTS, Diagnosis
from neuronet.diagnosis.samples import look_at_samples
from neuronet.diagnosis.slopes import look_at_slopes
from neuronet.diagnosis.training import look_at_training
from neuronet.diagnosis.wires import look_at_wires
from neuronet.errors import DataError
from neuronet.feedforward import FeedForward
from neuronet.training import History


def diagnose(
    network: FeedForward,
    inputs: list[list[float]],
    targets: list[list[float]],
    history: Optional[History],
    learning_rate: Optional[Any],
) -> Diagnosis:
    """Why a network does not learn these samples; see `Network.diagnose`, which checks the samples.

    Raises DataError for a network of another kind of number than float, and where an argument cannot be right.
    """
    if network.kind is not float:
        name = getattr(network.kind, "__name__", repr(network.kind))
        raise DataError(f"diagnose: expected a network of floats, got one of {name}; network.convert(float) makes one")
    if history is not None and not isinstance(history, History):
        raise DataError(f"history: expected the History that train returned, got {validate.shown(history)}")
    rate = None if learning_rate is None else validate.positive(learning_rate, "learning_rate")
    evidence = Evidence(network, inputs, targets)
    findings = [
        *look_at_samples(evidence),
        *look_at_wires(evidence),
        *look_at_outputs(evidence),
        *look_at_slopes(evidence),
        *look_at_training(evidence, history, rate),
    ]
    order = list(FAULTS)
    findings.sort(key=lambda finding: order.index(finding.fault))
    subject = f"{network!r} on {counted(len(inputs), 'sample')}"
    return Diagnosis(subject, findings, evidence.loss, len(evidence.missed), len(inputs))
