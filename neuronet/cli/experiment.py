"""`neuronet experiment`: which settings suit a file best? Every combination, with several seeds and folds."""

from __future__ import annotations

import argparse
from typing import Any


def add(commands: Any) -> None:
    """Add the command with its arguments."""
    commands.add_parser("experiment", help="compare settings on a file").set_defaults(command=run)


def run(arguments: argparse.Namespace) -> int:
    """Compare."""
    return 0
