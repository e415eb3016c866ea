"""Training: epochs of batches, each a forward and a backward walk for every sample and then one update.

An epoch goes once over all samples; a step is one update. The three phases never mix: the weights change only after
the last delta of the batch is known. Nothing is printed: each epoch is a plain record, and `History` keeps them.
"""

from neuronet.training.engine import Engine, Totals, WalkEngine, walk
from neuronet.training.history import Epoch, History
from neuronet.training.loop import Training
from neuronet.training.schedules import CosineSchedule, StepSchedule
from neuronet.training.settings import Settings
from neuronet.training.state import TrainingState

__all__ = [
    "CosineSchedule",
    "Engine",
    "Epoch",
    "History",
    "Settings",
    "StepSchedule",
    "Totals",
    "Training",
    "TrainingState",
    "WalkEngine",
    "walk",
]
