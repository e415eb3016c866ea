"""What can go wrong, said in one sentence: where, what was expected, and what came.

Every error that the library raises on purpose is a `NeuronetError`, and so a `ValueError`: `except ValueError`
catches all of them, and the kinds below tell them apart where a program wants to.
"""

from __future__ import annotations


def printable(text: str, keep: str = "") -> str:
    """A text with nothing in it that a terminal, or a reader's eye, would obey: a control character, a mark that turns
    the direction of writing, half of a character; each becomes a space.

    keep: characters that stay all the same, such as the ends of lines.
    """
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() or letter in keep else " " for letter in text)


class NeuronetError(ValueError):
    """Any error that this library raises on purpose."""

    def __str__(self) -> str:
        return printable(super().__str__(), keep="\n")


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
