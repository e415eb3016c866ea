"""Training: epochs of batches, each a forward and a backward walk for every sample and then one update.

An epoch goes once over all samples; a step is one update. The three phases never mix: the weights change only after
the last delta of the batch is known. Nothing is printed: each epoch is a plain record, and `History` keeps them.
"""

from neuronet.training.engine import Engine, Totals, WalkEngine, walk
from neuronet.training.history import Epoch, History
from neuronet.training.loop import Looks, Training, train
from neuronet.training.schedules import CosineSchedule, StepSchedule
from neuronet.training.settings import Given, Samples, Settings
from neuronet.training.state import TrainingState

__all__ = [
    "CosineSchedule",
    "Engine",
    "Epoch",
    "Given",
    "History",
    "Looks",
    "Samples",
    "Settings",
    "StepSchedule",
    "Totals",
    "Training",
    "TrainingState",
    "WalkEngine",
    "train",
    "walk",
]
