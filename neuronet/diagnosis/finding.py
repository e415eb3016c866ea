"""What a finding says: each kind is declared once, as templates, and filled in with the numbers that were seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from string import Formatter
from textwrap import wrap
from typing import Any, NamedTuple

from neuronet.errors import printable

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
        lines += [*wrapped(self.shows, "  "), *wrapped(f"Try: {self.advice}", "  ")]
        return printable("\n".join(lines), keep="\n")


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
    """A template as `str.format` has it, and with lists, plurals, percentages and rows of numbers.

    >>> filled_in("{names} {names:is|are} {part:percent} of {all:row}", {"names": ["a"], "part": 0.12, "all": [1.0]})
    'a is 12 % of [1]'
    """
    return _Template().vformat(template, (), values)


class _Template(Formatter):
    def format_field(self, value: Any, format_spec: str) -> str:
        if "|" in format_spec:
            one, several = format_spec.split("|")
            return one if (len(value) if isinstance(value, list) else value) == 1 else several
        if format_spec == "percent":
            return f"{100 * value:.0f} %" if 100 * value >= 10 else f"{100 * value:.2g} %"
        if format_spec == "row":
            return f"[{', '.join(f'{number:g}' for number in value[:6])}{', ...' if len(value) > 6 else ''}]"
        if isinstance(value, list):
            return listed([format(item, format_spec) for item in value])
        return format(value, format_spec)


def listed(names: Sequence[str], most: int = 4) -> str:
    """A few names in words: "h1, h2 and 3 more"."""
    first, last = names[:most], f"{len(names) - most} more"
    if len(names) <= most:
        first, last = names[:-1], names[-1]
    return f"{', '.join(first)} and {last}" if first else last


def wrapped(text: str, indent: str = "") -> list[str]:
    """The lines of a text, none longer than `WIDTH`."""
    return wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent)
