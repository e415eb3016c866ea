"""Ctrl-C that waits: training stops between two steps, so that every weight has taken its step or none has."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def interrupt_deferred() -> Iterator[Callable[[], Any]]:
    """Hold Ctrl-C back until it suits: the function given to the `with` block says whether it was pressed.

    Pressed a second time, it interrupts at once. Where Python's own handler is not in place, or outside the main
    thread, nothing is held back.
    """
    import signal
    import threading

    on_main = threading.current_thread() is threading.main_thread()
    if not on_main or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield lambda: False
        return
    pressed: list[int] = []

    def take_down(number: int, frame: Any) -> None:
        if pressed:
            raise KeyboardInterrupt
        pressed.append(number)

    signal.signal(signal.SIGINT, take_down)
    try:
        yield pressed.__len__  # asked before every step, so a function that is quicker than one of ours
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
