"""What a finding says: each kind is declared once, as templates, and filled in with the numbers that were seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from string import Formatter
from textwrap import wrap
from typing import Any, NamedTuple

WIDTH = 80
"""How many characters a line of a printed diagnosis has at most."""


class Finding(NamedTuple):
    """One fault that was found."""

    fault: str
    """Its name: a key of `FAULTS`."""
    where: str
    """The layer, neuron, input, output or samples, as the picture names them: "h2", "layer hidden"."""
    shows: str
    """What shows it, with its numbers, in whole sentences."""
    advice: str
    """What to try next."""
    numbers: Mapping[str, Any]
    """The same numbers by name."""

    def __str__(self) -> str:
        lines = wrapped(f"{self.fault}: {self.where}")
        return "\n".join([*lines, *wrapped(self.shows, "  "), *wrapped(f"Try: {self.advice}", "  ")])


def found(template: str, numbers: Mapping[str, Any], **words: Any) -> Finding:
    r"""The finding of a template that looks as the finding is printed: its fault and place, what shows it, what to try.

    numbers: what the finding keeps, by the names that the template has for them.
    words: what the template names besides.

    >>> print(found("frozen: all\nAll {synapses} are frozen.\nTry: frozen = False.", {"synapses": ["w1", "w2"]}))
    frozen: all
      All w1 and w2 are frozen.
      Try: frozen = False.
    """
    head, text = template.strip().split("\n", 1)
    parts = (*head.split(": "), *" ".join(text.split()).split(" Try: "))
    fault, where, shows, advice = (filled_in(part, {**numbers, **words}) for part in parts)
    return Finding(fault, where, shows, advice, numbers)


def filled_in(template: str, values: Mapping[str, Any]) -> str:
    """A template as `str.format` has it, and with lists, plurals and percentages.

    >>> filled_in("{names} {names:is|are} flat in {part:percent}.", {"names": ["h1", "h2"], "part": 0.0123})
    'h1 and h2 are flat in 1.2 %.'
    """
    return _Template().vformat(template, (), values)


class _Template(Formatter):
    def format_field(self, value: Any, format_spec: str) -> str:
        if "|" in format_spec:
            one, several = format_spec.split("|")
            return one if (len(value) if isinstance(value, list) else value) == 1 else several
        if format_spec == "percent":
            percent = 100 * value
            return f"{percent:.0f} %" if percent >= 10 else f"{percent:.2g} %"
        if isinstance(value, list):
            return listed([format(item, format_spec) for item in value])
        return format(value, format_spec)


def listed(names: Sequence[str], most: int = 4) -> str:
    """A few names in words: "h1, h2 and 3 more"."""
    first, last = names[:most], f"{len(names) - most} more"
    if len(names) <= most:
        first, last = names[:-1], names[-1]
    return f"{', '.join(first)} and {last}" if first else last


def numbers_in_brackets(numbers: Sequence[float], most: int = 6) -> str:
    """A row of numbers, or its beginning: "[0, 1, 0.5]"."""
    return f"[{', '.join(f'{number:g}' for number in numbers[:most])}{', ...' if len(numbers) > most else ''}]"


def wrapped(text: str, indent: str = "") -> list[str]:
    """The lines of a text, none longer than `WIDTH`."""
    return wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent)
