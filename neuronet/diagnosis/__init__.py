"""The diagnosis: why does a network not learn? `Network.diagnose` asks; each finding names a fault and its evidence."""

from neuronet.diagnosis.evidence import missed
from neuronet.diagnosis.finding import Finding
from neuronet.diagnosis.report import FAULTS, Diagnosis, has_learned

__all__ = ["FAULTS", "Diagnosis", "Finding", "has_learned", "missed"]
