"""Reading regular files only: links are not followed, pipes and devices are not opened."""

import errno
import os
import stat
from pathlib import Path

from plnd.system.safe_open import NO_WAIT

_KINDS = {
    stat.S_IFLNK: "a link",
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


class NotRegular(OSError):
    """Something stands where a file should: a link, a folder, a pipe, a socket, a device."""

    def __init__(self, path: Path, kind: str) -> None:
        super().__init__(errno.EINVAL, f"it is {kind}, not a file", str(path))


def kind(path: Path) -> str | None:
    """What a path is, in words, or None for a regular file.

    Raises:
        OSError: nothing is there, or the system does not say what.
    """
    return _kind(path.lstat().st_mode)


def _kind(mode: int) -> str | None:
    return None if stat.S_ISREG(mode) else _KINDS.get(stat.S_IFMT(mode), "something else")


def obstacle(path: Path) -> str | None:
    """What stands where a regular file should, in words; None when there is one, or nothing."""
    try:
        return kind(path)
    except OSError:
        return None


def read(path: Path, most: int = -1) -> bytes:
    """The content of a regular file, at most `most` bytes of it.

    Raises:
        NotRegular: it is something else.
        OSError: it is not there, or cannot be read.
    """
    if odd := kind(path):  # opening alone can wait, or rewind a tape
        raise NotRegular(path, odd)
    # Something else may have replaced it since: hence the flags, and the second check.
    descriptor = os.open(path, os.O_RDONLY | NO_WAIT)
    try:
        if odd := _kind(os.fstat(descriptor).st_mode):
            raise NotRegular(path, odd)
        with os.fdopen(descriptor, "rb", closefd=False) as stream:
            return stream.read(most)
    finally:
        os.close(descriptor)
