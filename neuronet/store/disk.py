"""Files that are there whole or not at all: first written beside their place, then moved into it."""

from __future__ import annotations

import contextlib
import errno
import os
from typing import Union

from neuronet.errors import FormatError

MOST_BYTES = 200_000_000
"""A file larger than this is refused before it is read: some ten million synapses."""


def write_file(text: str, path: Union[str, bytes, os.PathLike[str]]) -> None:
    """Write a text to a file, so that at any moment it is the old file or the new one.

    A file that may not be written is not replaced either. One that has other names, hard links, keeps its old content
    under these; a symbolic link is followed.

    Raises OSError, naming the path, where it cannot be written; the old file is then as it was. FormatError for a text
    that UTF-8 has no bytes for.
    """
    name = os.fsdecode(path)
    try:
        content = text.encode()
    except UnicodeEncodeError as problem:
        where = f"{text[problem.start]!r} at character {problem.start}"
        raise FormatError(f"{name}: expected a text that can be written as UTF-8, got {where}") from None
    try:
        if os.path.exists(name) and not os.path.isfile(name):
            # A device or a pipe is written to: a file moved into its place would remove it.
            with open(name, "wb") as device:
                device.write(content)
        elif os.path.exists(name) and not os.access(name, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        else:
            _write_whole(content, os.path.realpath(name))
    except OSError as problem:
        raise type(problem)(problem.errno, problem.strerror, name) from None


def read_file(path: Union[str, os.PathLike[str]]) -> bytes:
    """The content of a file. FormatError for one that is too large, OSError where it cannot be read."""
    with open(path, "rb") as file:
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise FormatError(f"{os.fspath(path)}: expected at most {MOST_BYTES} bytes, got more")
    return content


def _write_whole(content: bytes, target: str) -> None:
    import tempfile

    handle, name = tempfile.mkstemp(prefix=".neuronet-", dir=os.path.dirname(target))
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
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
        return os.stat(target).st_mode & 0o7777
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask
