"""Tables in Markdown: what was measured, how it compares with us, and what we are slower than."""

from __future__ import annotations

from statistics import median
from typing import NamedTuple

from contestants.field import UNROLLED, WALK
from turns import Times, ratio


class Column(NamedTuple):
    """What was measured on one task."""

    head: str
    times: Times
    """In seconds, of those that took part."""
    absent: dict[str, str]
    """Why the others did not."""


def print_table(title: str, names: list[str], columns: list[Column], unit: float) -> None:
    """Print a row for each name and a column for each task, and what is to be said of them.

    unit: the seconds that 1 in the table stands for.
    """
    print(f"| {title} | {' | '.join(column.head for column in columns)} |\n|---|{'---:|' * len(columns)}")
    for name in names:
        print(f"| {name} | {' | '.join(cell(column, name, unit) for column in columns)} |")
    print()
    for line in [*absences(names, columns), *bases(columns), *verdicts(columns)]:
        print(f"- {line}")


def cell(column: Column, name: str, unit: float) -> str:
    """The median, and how many times that of the base it is."""
    if name not in column.times:
        return "-"
    measured = short(median(column.times[name]) / unit)
    base = base_of(column)
    return measured if name == base else f"{measured} ({short(ratio(column.times, name, base))})"


def short(number: float) -> str:
    """A number to two or three digits."""
    for least, places in ((99.95, 0), (9.995, 1), (0.995, 2)):
        if number >= least:
            return f"{number:,.{places}f}"
    return f"{number:.2g}"


def base_of(column: Column) -> str:
    """What the others are compared with."""
    return UNROLLED if UNROLLED in column.times else WALK


def absences(names: list[str], columns: list[Column]) -> list[str]:
    """Who is missing, where, and why."""
    lines = []
    for name in names:
        reasons = {column.head: column.absent[name] for column in columns if name in column.absent}
        if len(set(reasons.values())) == 1 and len(reasons) == len(columns):
            lines.append(f"{name}: {next(iter(reasons.values()))}.")
        else:
            lines += [f"{name}, {head}: {reason}." for head, reason in reasons.items()]
    return lines


def bases(columns: list[Column]) -> list[str]:
    """Where the numbers in brackets are not times of the unrolled engine."""
    return [f"{column.head}: in brackets, times the walk." for column in columns if base_of(column) == WALK]


def verdicts(columns: list[Column]) -> list[str]:
    """What we are slower than, from the ratios as they were measured."""
    lines = []
    for column in columns:
        base = base_of(column)
        ratios = {name: ratio(column.times, name, base) for name in column.times if name != base}
        ahead = [f"{name} ({short(share)})" for name, share in sorted(ratios.items(), key=share_of) if share < 1]
        lines.append(f"{column.head}: {base} is slower than {', '.join(ahead) or 'none of these'}.")
    return lines


def share_of(item: tuple[str, float]) -> float:
    """How much of our time a rival takes."""
    return item[1]
