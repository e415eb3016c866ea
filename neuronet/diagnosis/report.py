"""What a diagnosis says: findings, each a fault by its fixed name, a place, numbers, and what to try next.

A diagnosis is a sequence of its findings. `bool(diagnosis)` is `diagnosis.ok`: True where nothing was found.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import isfinite
from textwrap import wrap
from typing import Any, NamedTuple, Union

WIDTH = 80
"""How many characters a line of the printed diagnosis has at most."""

MOST_SHOWN = 12
"""A printed diagnosis shows at most so many findings in full; `to_dict` and the sequence have all of them."""

SOLVED = 0.1
"""With at most this share of the samples far from their targets, the network has learned: of iris, where two species
overlap, the recipe leaves up to 9 in 100."""

FAULTS = {
    "contradiction": "samples with the same inputs want different answers",
    "same targets": "an output is to say the same in every sample",
    "constant input": "an input is the same in every sample, so it tells nothing",
    "input scale": "an input is so large that the others hardly count beside it",
    "out of range": "targets lie where the activation of the output cannot reach",
    "frozen": "every synapse is frozen",
    "unconnected": "a neuron that no path from the inputs reaches, or from which none leads to an output",
    "no hidden neuron": "the classes cannot be divided by a straight line, and a straight line is all there is",
    "too few hidden neurons": "parity needs more hidden neurons",
    "symmetric": "hidden neurons with the same weights stay twins for ever",
    "not finite": "the walk ends in numbers that are no numbers",
    "dead": "the slope of a neuron is exactly 0 in every sample, so no error ever comes back through it",
    "saturated": "neurons stand where their activation is flat, so almost no error comes back through them",
    "flat output": "outputs are wrong, and so sure of it that the error is lost at their flat activation",
    "alike": "samples that want different answers look the same to the output",
    "no gradient": "the gradient is too small to move a single weight",
    "rate too large": "a step this long raises the loss, and a shorter one lowers it",
    "plateau": "the loss hardly falls, although it is far from solved",
}
"""The name of each fault and what it means."""


def has_learned(missed: int, samples: int) -> bool:
    """Whether so few samples are far from their targets that the network has learned them: a tenth at most."""
    return missed <= SOLVED * samples


class Finding(NamedTuple):
    """One fault that was found."""

    fault: str
    """Its name: a key of `FAULTS`."""
    where: str
    """The layer, neuron, input, output or samples, as the picture names them: "h2", "layer hidden"."""
    shows: str
    """What shows it, with its numbers, in plain sentences."""
    advice: str
    """What to try next."""
    numbers: Mapping[str, Any]
    """The same numbers by name."""

    def __str__(self) -> str:
        lines = _wrapped(f"{self.fault}: {self.where}", "")
        return "\n".join([*lines, *_wrapped(self.shows, "  "), *_wrapped(f"Try: {self.advice}", "  ")])


class Diagnosis(Sequence[Finding]):
    """What keeps a network from learning its samples: a sequence of findings, the causes before what follows from them.

    subject: which network on how many samples, for the first line.
    findings: one for each fault and place.
    loss: the mean loss of a sample; None where it is not finite.
    missed: how many samples are far from their targets, see `neuronet.diagnosis.missed`.
    samples: how many there are.
    """

    def __init__(
        self, subject: str, findings: Iterable[Finding], loss: Union[float, None], missed: int, samples: int
    ) -> None:
        self.subject = subject
        self.findings = list(findings)
        self.loss = loss
        self.missed = missed
        self.samples = samples

    @property
    def ok(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    @property
    def learned(self) -> bool:
        """Whether at most a tenth of the samples are far from their targets."""
        return has_learned(self.missed, self.samples)

    @property
    def faults(self) -> list[str]:
        """The names of the faults that were found, each once, in order."""
        return list(dict.fromkeys(finding.fault for finding in self.findings))

    def to_dict(self) -> dict[str, Any]:
        """The diagnosis as plain lists, dicts, strings and numbers, ready for JSON; None is a number not finite."""
        return {
            "subject": self.subject,
            "ok": self.ok,
            "learned": self.learned,
            "loss": self.loss,
            "missed": self.missed,
            "samples": self.samples,
            "findings": [{**finding._asdict(), "numbers": _plain(finding.numbers)} for finding in self.findings],
        }

    def __bool__(self) -> bool:
        return self.ok

    def __len__(self) -> int:
        return len(self.findings)

    def __getitem__(self, position: Any) -> Any:
        return self.findings[position]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(self.faults) or 'nothing found'})"

    def __str__(self) -> str:
        count = len(self)
        found = "nothing found" if self.ok else "1 finding" if count == 1 else f"{count} findings"
        loss = "loss not finite" if self.loss is None else f"loss {self.loss:.4g}"
        blocks = ["\n".join(_wrapped(f"diagnosis of {self.subject}: {found}", ""))]
        blocks[0] += f"\n{loss}, {self.missed} of {self.samples} samples far from their targets"
        blocks += [str(finding) for finding in self.findings[:MOST_SHOWN]]
        if count > MOST_SHOWN:
            blocks.append(f"... {count - MOST_SHOWN} more")
        if self.ok and not self.learned:
            hope = "None of the faults that are known. More epochs, another seed or more hidden neurons may do."
            blocks.append("\n".join(_wrapped(hope, "")))
        return "\n\n".join(blocks)


def _plain(numbers: Mapping[str, Any]) -> dict[str, Any]:
    """The numbers of a finding, None for each that JSON cannot say."""
    return {
        name: None if isinstance(value, float) and not isfinite(value) else value for name, value in numbers.items()
    }


def _wrapped(text: str, indent: str) -> list[str]:
    return wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent)
