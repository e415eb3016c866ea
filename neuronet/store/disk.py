"""Files that are there whole or not at all: first written beside their place, then moved into it."""

from __future__ import annotations

import contextlib
import os
from typing import Union

from neuronet.errors import FormatError

MOST_BYTES = 200_000_000
"""A file larger than this is refused before it is read: some ten million synapses."""


def write_file(text: str, path: Union[str, os.PathLike[str]]) -> None:
    """Write a text to a file, so that at any moment it is the old file or the new one.

    Raises OSError, naming the path, where it cannot be written; the old file is then as it was.
    """
    try:
        if os.path.exists(path) and not os.path.isfile(path):
            # A device or a pipe is written to: a file moved into its place would remove it.
            with open(path, "w", encoding="utf-8", newline="\n") as device:
                device.write(text)
        else:
            _write_whole(text, os.path.realpath(path))
    except OSError as problem:
        problem.filename, problem.filename2 = os.fspath(path), None
        raise


def read_file(path: Union[str, os.PathLike[str]]) -> bytes:
    """The content of a file. FormatError for one that is too large, OSError where it cannot be read."""
    with open(path, "rb") as file:
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise FormatError(f"{os.fspath(path)}: expected at most {MOST_BYTES} bytes, got more")
    return content


def _write_whole(text: str, target: str) -> None:
    import tempfile

    handle, name = tempfile.mkstemp(prefix=".neuronet-", dir=os.path.dirname(target))
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, _mode_of(target))
        os.replace(name, target)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)
        raise


def _mode_of(target: str) -> int:
    """The permissions that the file has, or that any new file gets here."""
    try:
        return os.stat(target).st_mode & 0o777
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask
