"""Is what the backward walk computes the derivative of the loss?

`check_gradients` compares every gradient with a reference that comes from the forward walk alone. The walks run on any
kind of number, so the reference need not be a finite difference: a complex step or a dual number knows the slope
exactly, and fractions compare by `==`.
"""

from neuronet.gradcheck.curvature import gradgradcheck, hessian_vector_product
from neuronet.gradcheck.delta_and_step import DeltaReport, StepReport, check_deltas, check_step
from neuronet.gradcheck.functions import check_function
from neuronet.gradcheck.gradients import check_gradients
from neuronet.gradcheck.report import CheckError, Entry, GradientReport
from neuronet.gradcheck.study import Sweep, TaylorReport, step_sweep, taylor_test

__all__ = [
    "CheckError",
    "DeltaReport",
    "Entry",
    "GradientReport",
    "StepReport",
    "Sweep",
    "TaylorReport",
    "check_deltas",
    "check_function",
    "check_gradients",
    "check_step",
    "gradgradcheck",
    "hessian_vector_product",
    "step_sweep",
    "taylor_test",
]
