"""What a check found: one entry a parameter, a verdict of three values, and a report that fits on a screen.

A parameter passes, fails, or is inconclusive: then the reference itself could not be trusted there, and the reason
says why. A report is never silently true: `bool(report)` is `report.ok`, and that is False where anything failed or
stayed inconclusive.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, Optional

from neuronet import validate
from neuronet.errors import NeuronetError, printable
from neuronet.scalar import Number

MOST_HTML_ROWS = 20
"""A table in a notebook has at most so many entries."""
PASS, FAIL, INCONCLUSIVE = "pass", "fail", "inconclusive"

REASONS = {
    "wrong": "the backward walk disagrees with the loss",
    "second call": "a second backward walk found another gradient",
    "not a number": "the backward walk gave a gradient that is no finite number",
    "kink": "the loss has a kink here: a little beside it the walk and the loss agree",
    "kink crossed": "the finite step crossed a kink that a method without a step does not see",
    "noise floor": "the rounding of floats is as large as what is looked for",
    "saturated": "the slope is too small for a float, or for the step",
    "step vanished": "the step is lost beside a number this large",
    "not finite": "the loss has no finite value or slope beside this point",
    "not deterministic": "the loss is another number when it is asked twice",
    "methods disagree": "another method agrees with the backward walk",
    "not checked": "the time was over",
}
"""What the short reasons of an entry mean."""


class CheckError(NeuronetError, AssertionError):
    """A check that failed; the message is the report."""


class Entry(NamedTuple):
    """What was found at one parameter."""

    layer: str
    """The name of its layer."""
    kind: str
    """"weight", "bias", "input", "delta", "step" or "direction"."""
    name: str
    """As the picture says it: "h2 -> o1"."""
    gradient: Number
    """What the walk in question says."""
    reference: Number
    """What the reference method says; None where it could not say."""
    allowed: Number
    """The largest error that passes: the tolerance, or the error bar of the method."""
    status: str
    """"pass", "fail" or "inconclusive"."""
    reason: str = ""
    """Why it is not a plain pass: a key of `REASONS`."""

    @property
    def error(self) -> Number:
        """|gradient - reference|, or None where there is no reference."""
        return None if self.reference is None or self.gradient is None else abs(self.gradient - self.reference)

    @property
    def ratio(self) -> Optional[float]:
        """The gradient over the reference; None where the reference is 0 or missing."""
        if self.reference is None or self.gradient is None or self.reference == 0:
            return None
        try:
            return float(self.gradient / self.reference)
        except (ArithmeticError, TypeError):
            return None

    @property
    def is_zero(self) -> bool:
        """Whether both are exactly 0: right, and worth a look, because a dead path looks the same."""
        return bool(self.gradient == 0 and self.reference == 0)

    @property
    def is_half_zero(self) -> bool:
        """Whether exactly one of the two is 0."""
        return bool((self.gradient == 0) != (self.reference == 0))

    def line(self) -> str:
        """The entry in one line."""
        ratio = "" if self.ratio is None else f"  ratio {self.ratio:.4g}"
        error = "" if self.error is None else f"  error {_short(self.error)}  allowed {_short(self.allowed)}"
        reference = "unknown" if self.reference is None else _short(self.reference, 6)
        name = _cut(self.name, 40)
        return f"{name}, {self.kind}: backward {_short(self.gradient, 6)}  reference {reference}{error}{ratio}"


class Report:
    """The entries of one check, and what they add up to.

    title: what was checked and how, for the first line.
    entries: one a parameter.
    hints: guesses at the cause, in words.
    notes: what the reader should know about how it was checked.
    """

    def __init__(
        self, title: str, entries: Iterable[Entry], hints: Sequence[str] = (), notes: Sequence[str] = ()
    ) -> None:
        self.title = title
        self.entries = list(entries)
        self.hints = list(hints)
        self.notes = list(notes)

    @property
    def status(self) -> str:
        """The worst of its entries: "fail" before "inconclusive" before "pass"."""
        found = {entry.status for entry in self.entries}
        return FAIL if FAIL in found else INCONCLUSIVE if INCONCLUSIVE in found else PASS

    @property
    def ok(self) -> bool:
        """Whether every entry passed."""
        return self.status == PASS

    @property
    def failures(self) -> list[Entry]:
        """The entries that failed, the worst first."""
        return self.worst(status=FAIL)

    @property
    def inconclusive(self) -> list[Entry]:
        """The entries that nothing can be said about, the worst first."""
        return self.worst(status=INCONCLUSIVE)

    @property
    def zeros(self) -> list[Entry]:
        """The entries where both numbers are exactly 0."""
        return [entry for entry in self.entries if entry.is_zero]

    def worst(self, n: Optional[int] = None, status: Optional[str] = None) -> list[Entry]:
        """The `n` entries with the largest error beside what is allowed, the worst first; all of them without `n`."""
        chosen = [entry for entry in self.entries if status is None or entry.status == status]
        return sorted(chosen, key=_badness, reverse=True)[:n]

    def by_group(self) -> dict[tuple[str, str], list[Entry]]:
        """The entries by (layer, kind), in walking order."""
        groups: dict[tuple[str, str], list[Entry]] = {}
        for entry in self.entries:
            groups.setdefault((entry.layer, entry.kind), []).append(entry)
        return groups

    def raise_for_failure(self) -> None:
        """Raise CheckError, which is an AssertionError and a ValueError, with the report, where any entry failed."""
        if self.status == FAIL:
            raise CheckError(str(self))

    def to_dict(self) -> dict[str, Any]:
        """The report as plain lists, dicts, strings and floats, ready for JSON."""
        return {
            "title": self.title,
            "status": self.status,
            "entries": [
                {
                    **entry._asdict(),
                    "gradient": _plain(entry.gradient),
                    "reference": _plain(entry.reference),
                    "allowed": _plain(entry.allowed),
                    "error": _plain(entry.error),
                    "ratio": _plain(entry.ratio),
                }
                for entry in self.entries
            ],
            "hints": self.hints,
            "notes": self.notes,
        }

    def __bool__(self) -> bool:
        return self.ok

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.status}, {len(self.failures)} of {len(self.entries)} wrong)"

    def __str__(self) -> str:
        zeros = len(self.zeros)
        lines = [f"{self.title}: {self.status.upper()}, {self._counts()}"]
        lines += self._table()
        for entry in self.worst(3, FAIL) or self.worst(2, INCONCLUSIVE):
            lines.append(f"  {entry.line()}" + (f"  ({entry.reason})" if entry.reason not in ("", "wrong") else ""))
        if zeros and self.status != FAIL:
            names = ", ".join(_cut(entry.name, 30) for entry in self.zeros[:4])
            lines.append(f"  0 = 0 at {zeros}: {names}{', ...' if zeros > 4 else ''} (a dead path?)")
        lines += [f"guess: {_cut(hint, 300)}" for hint in self.hints[:3]]
        lines += [f"note: {_cut(note, 300)}" for note in self.notes[:2]]
        return printable("\n".join(lines), keep="\n")

    def _counts(self) -> str:
        unsure = len(self.inconclusive)
        return f"{len(self.failures)} of {len(self.entries)} wrong" + (f", {unsure} inconclusive" if unsure else "")

    def _table(self) -> list[str]:
        rows = [("layer", "kind", "wrong", "all", "worst error", "ratio")]
        groups = self.by_group()
        for (layer, kind), entries in list(groups.items())[:7]:
            failed = sum(entry.status == FAIL for entry in entries)
            rows.append(
                (_cut(layer, 20), kind, str(failed), str(len(entries)), _worst_error(entries), _ratios(entries))
            )
        widths = [max(len(row[column]) for row in rows) for column in range(6)]
        lines = ["  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows]
        return lines + ([f"  ... {len(groups) - 7} more groups"] if len(groups) > 7 else [])


class GradientReport(Report):
    """The report of `check_gradients`. A notebook shows it as a table with the worst entries first."""

    def _repr_html_(self) -> str:
        from neuronet.draw.svg import Element

        block = Element("div", class_="neuronet")
        block.add("p").add("b", str(self).split("\n", 1)[0])
        table = block.add("table")
        head = table.add("tr")
        for name in ("verdict", "synapse", "kind", "gradient", "reference", "error", "allowed", "reason"):
            head.add("th", name)
        for entry in self.worst(MOST_HTML_ROWS):
            row = table.add("tr")
            reference = "unknown" if entry.reference is None else _short(entry.reference, 6)
            error = "" if entry.error is None else _short(entry.error)
            numbers = (_short(entry.gradient, 6), reference, error, _short(entry.allowed))
            for cell in (entry.status, entry.name, entry.kind, *numbers, entry.reason):
                row.add("td", cell or " ")
        more = len(self.entries) - MOST_HTML_ROWS
        lines = [f"... {more:,} more entries"] if more > 0 else []
        for line in [*lines, *(f"guess: {hint}" for hint in self.hints), *(f"note: {note}" for note in self.notes)]:
            block.add("p", line)
        return str(block)


def samples_in_words(samples: int) -> str:
    """So many samples, as a report says it."""
    return "1 sample" if samples == 1 else f"{samples} samples"


def _badness(entry: Entry) -> tuple[bool, float]:
    error, allowed = entry.error, entry.allowed
    if error == 0:
        return (entry.status == FAIL, 0.0)
    if error is None or not validate.is_finite(error) or not allowed:
        return (entry.status == FAIL, float("inf"))
    try:
        return (entry.status == FAIL, float(error / allowed))
    except ArithmeticError:
        return (entry.status == FAIL, float("inf"))


def _worst_error(entries: Sequence[Entry]) -> str:
    errors = [entry.error for entry in entries if entry.error is not None]
    if not errors:
        return "unknown"
    lost = [error for error in errors if not validate.is_finite(error)]
    return _short(lost[0] if lost else max(errors))


def _ratios(entries: Sequence[Entry]) -> str:
    """From the smallest ratio to the largest, of the failures where there are any; nothing where it is all over."""
    failed = [entry for entry in entries if entry.status == FAIL]
    ratios = [entry.ratio for entry in failed or entries if entry.ratio is not None]
    if not ratios or any(not validate.is_finite(ratio) for ratio in ratios):
        return ""
    low, high = min(ratios), max(ratios)
    if high - low <= 1e-6 * max(abs(low), abs(high)):
        return f"{low:.4g}"
    return f"{low:.4g} ... {high:.4g}"


def _cut(text: str, width: int) -> str:
    """A text in one line of so many characters at most."""
    line = " ".join(text.split())
    return line if len(line) <= width else f"{line[: width - 3]}..."


def _short(value: Number, digits: int = 2) -> str:
    if value is None:
        return "none"
    try:
        return f"{float(value) + 0.0:.{digits}g}"  # -0.0 + 0.0 is 0.0
    except OverflowError:
        return "huge"


def _plain(value: Number) -> Optional[float]:
    """A float that JSON can hold, or None: JSON knows no infinity."""
    if value is None:
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if number - number == 0 else None
