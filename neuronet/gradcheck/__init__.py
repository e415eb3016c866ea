"""The bench for gradients: is what the backward walk computes the derivative of the loss?

`check_gradients` compares every gradient with a reference that comes from the forward walk alone. The walks run on any
kind of number, so the reference need not be a finite difference: a complex step or a dual number knows the slope
exactly, and fractions compare by `==`.
"""

from neuronet.gradcheck.gradients import check_gradients
from neuronet.gradcheck.report import CheckError, Entry, GradientReport
from neuronet.gradcheck.walks import DeltaReport, StepReport, check_deltas, check_step

__all__ = [
    "CheckError",
    "DeltaReport",
    "Entry",
    "GradientReport",
    "StepReport",
    "check_deltas",
    "check_gradients",
    "check_step",
]
