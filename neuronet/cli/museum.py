"""`neuronet museum`: walk through the planted bugs, or hunt one that is not named."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from neuronet import museum
from neuronet.errors import DataError

GIVEN_UP = 1


def add(commands: Any) -> None:
    """Add the command with its arguments."""
    visit = commands.add_parser(
        "museum",
        help="planted bugs: look at one, or hunt one that is not named",
        description="Without arguments, list the planted bugs and the decoys. With a name, tell its story and show "
        "what the checks say of it. With --hunt, show the reports on a network that does not name its bug, and ask "
        "for it. "
        "Exit code of a hunt: 0 found, 1 given up.",
    )
    visit.add_argument("name", nargs="?", metavar="NAME", help="a bug or a decoy")
    visit.add_argument("--hunt", type=int, metavar="SEED", help="which mystery: a number of 0 or more")


def run(arguments: argparse.Namespace) -> int:
    """Show what was asked for; a hunt asks until the answer is right or nothing more comes."""
    if arguments.hunt is not None:
        if arguments.name is not None:
            raise DataError("museum: expected a name or --hunt, got both")
        return _hunt(arguments.hunt)
    print(museum.catalogue() if arguments.name is None else museum.exhibit(arguments.name))
    return 0


def _hunt(seed: int) -> int:
    print(museum.hunt(seed))
    known = museum.names() + museum.decoys()
    while True:
        print("\nWhich is it? A name, `list` for the names, or nothing to give up.", flush=True)
        line = sys.stdin.readline() if sys.stdin is not None else ""
        answer = line.strip()
        if not answer:
            print(f"It was {museum.reveal(seed)}. {museum.story(museum.reveal(seed))}")
            return GIVEN_UP
        if answer == "list":
            print(", ".join(known))
        elif answer == museum.reveal(seed):
            print(f"Found: {answer}. {museum.story(answer)}")
            return 0
        else:
            print("no, not that one" if answer in known else f"unknown {answer!r}; `list` shows the names")
