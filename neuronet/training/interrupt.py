"""Ctrl-C that waits: training stops between two steps, so that every weight has taken its step or none has."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

STOPS = (signal.SIGINT, signal.SIGTERM)
"""Ctrl-C, and what a system sends to a process that it wants to end."""


def interrupt(number: int, frame: Any) -> None:
    """A handler that raises KeyboardInterrupt, as Python's own for Ctrl-C does; the command line has it for SIGTERM."""
    raise KeyboardInterrupt


def interrupt_at_once(number: int, frame: Any) -> None:
    """The same, but not one that `interrupt_deferred` holds back."""
    raise KeyboardInterrupt


@contextmanager
def handled(handler: Any) -> Iterator[bool]:
    """Inside the `with` block, this is the handler of Ctrl-C and of SIGTERM, where they raise KeyboardInterrupt else.

    Says whether it is the handler of any. Outside the main thread nothing is changed, nor where a program has a handler
    of its own.
    """
    on_main = threading.current_thread() is threading.main_thread()
    known = (signal.default_int_handler, interrupt)
    before = {number: signal.getsignal(number) for number in STOPS if on_main and signal.getsignal(number) in known}
    try:
        for number in before:
            signal.signal(number, handler)
        yield bool(before)
    finally:
        for number, one in before.items():
            signal.signal(number, one)


@contextmanager
def interrupt_deferred() -> Iterator[Callable[[], Any]]:
    """Hold Ctrl-C back until it suits: the function given to the `with` block says whether it was pressed.

    Pressed a second time, it interrupts at once.
    """
    pressed: list[int] = []

    def take_down(number: int, frame: Any) -> None:
        if pressed:
            raise KeyboardInterrupt
        pressed.append(number)

    with handled(take_down):
        yield pressed.__len__  # asked before every step, so a function that is quicker than one of ours
