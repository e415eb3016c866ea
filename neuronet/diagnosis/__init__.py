"""The diagnosis: why does a network not learn? `Network.diagnose` asks; each finding names a fault and shows it."""

from neuronet.diagnosis.evidence import missed
from neuronet.diagnosis.report import FAULTS, Diagnosis, Finding, has_learned

__all__ = ["FAULTS", "Diagnosis", "Finding", "has_learned", "missed"]
