"""What can go wrong, said in one sentence: where, what was expected, and what came.

Every error that the library raises on purpose is a `NeuronetError`, and so a `ValueError`: `except ValueError`
catches all of them, and the kinds below tell them apart where a program wants to.
"""

from __future__ import annotations


class NeuronetError(ValueError):
    """Any error that this library raises on purpose."""


class DataError(NeuronetError):
    """A sample, a target or a setting that cannot be right: a wrong length, NaN, a string for a number."""


class NumberError(NeuronetError):
    """A kind of number that cannot do what was asked, such as the exponential of a fraction."""


class UnknownNameError(NeuronetError):
    """A name that stands for nothing here: an activation, a loss, a data set, a neuron."""


class GraphError(NeuronetError):
    """A wiring that no walk could follow: a synapse that leads backward, a neuron in two layers."""


class TrainingError(NeuronetError):
    """Training that went wrong: the loss became infinite or is no longer a number."""


class ThreadError(NeuronetError):
    """A network that two threads walk over or train at once: the message says what to do instead."""


class RecordingError(NeuronetError):
    """A walk that cannot be recorded and unrolled: the message says what stands against it."""


class FormatError(NeuronetError):
    """A saved network that cannot be read: the message names the place in the document."""
