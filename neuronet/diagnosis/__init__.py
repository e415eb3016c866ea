"""The diagnosis: why does a network not learn? `Network.diagnose` asks; each finding names a fault and shows it."""

from neuronet.diagnosis.evidence import has_learned, missed
from neuronet.diagnosis.report import FAULTS, Diagnosis, Finding

__all__ = ["FAULTS", "Diagnosis", "Finding", "has_learned", "missed"]
