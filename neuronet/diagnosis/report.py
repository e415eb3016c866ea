"""The diagnosis as it is returned and printed, and the name and meaning of every fault.

A diagnosis is a sequence of its findings. `bool(diagnosis)` is `diagnosis.ok`: True where nothing was found.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import isfinite
from typing import Any, Optional

from neuronet.diagnosis.finding import Finding, wrapped
from neuronet.errors import printable

MOST_PRINTED = 12
"""A printed diagnosis has at most so many findings in full; `to_dict` and the sequence have all of them."""

SOLVED = 0.1
"""With at most this fraction of the samples far from their targets, the network has learned: of iris, where two species
overlap, the recipe leaves up to 9 in 100."""

FAULTS = {
    "contradiction": "samples with the same inputs have different targets",
    "same targets": "an output has the same target in every sample",
    "constant input": "an input is the same in every sample, so nothing can be learned from it",
    "input scale": "an input is so large that the others hardly count",
    "out of range": "targets lie beyond what the activation of the output can reach",
    "frozen": "every synapse is frozen",
    "unconnected": "a neuron that no path from the inputs reaches, or from which none leads to an output",
    "no hidden neuron": "the classes cannot be separated by a straight line, and the network can do no more",
    "too few hidden neurons": "parity needs more hidden neurons",
    "symmetric": "hidden neurons with the same weights stay the same for ever",
    "not finite": "the walk ends in infinite numbers or NaN",
    "dead": "the slope of a neuron is exactly 0 in every sample, so no error ever comes back through it",
    "saturated": "neurons are where their activation is flat, so almost no error comes back through them",
    "flat output": "outputs are wrong but confident: their activation is so flat there that the error is lost",
    "alike": "samples with different targets look the same to the output",
    "no gradient": "the gradient is too small to move a single weight",
    "rate too large": "steps at this learning rate raise the loss, and smaller ones lower it",
    "plateau": "the loss hardly falls any more, although many samples are far from their targets",
}
"""The name of each fault and what it means."""


def has_learned(missed: int, samples: int) -> bool:
    """Whether so few samples are far from their targets that the network has learned them: a tenth at most."""
    return missed <= SOLVED * samples


class Diagnosis(Sequence[Finding]):
    """What keeps a network from learning its samples: a sequence of findings, the causes before what follows from them.

    subject: which network on how many samples, for the first line.
    findings: one for each fault and place.
    loss: the mean loss of a sample; None where it is not finite.
    missed: how many samples are far from their targets, see `neuronet.diagnosis.missed`.
    samples: how many there are.
    """

    def __init__(
        self, subject: str, findings: Iterable[Finding], loss: Optional[float], missed: int, samples: int
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
        """The diagnosis as lists, dicts, strings and numbers, ready for JSON; None is a number not finite."""
        return {
            "subject": self.subject,
            "ok": self.ok,
            "learned": self.learned,
            "loss": self.loss,
            "missed": self.missed,
            "samples": self.samples,
            "findings": [
                {**finding._asdict(), "numbers": {name: _for_json(value) for name, value in finding.numbers.items()}}
                for finding in self.findings
            ],
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
        blocks = ["\n".join(wrapped(f"diagnosis of {self.subject}: {found}"))]
        blocks[0] += f"\n{loss}, {self.missed} of {self.samples} samples far from their targets"
        blocks += [str(finding) for finding in self.findings[:MOST_PRINTED]]
        if count > MOST_PRINTED:
            blocks.append(f"... {count - MOST_PRINTED} more")
        if self.ok and not self.learned:
            hope = "None of the known faults. More epochs, another seed or more hidden neurons may help."
            blocks.append("\n".join(wrapped(hope)))
        return printable("\n\n".join(blocks), keep="\n")


def _for_json(number: Any) -> Any:
    """A number of a finding, or None where JSON has no word for it."""
    return None if isinstance(number, float) and not isfinite(number) else number
