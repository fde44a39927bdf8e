"""Locks on files, which the system releases at the moment the process that holds them ends.

Light on purpose: `plnd status` imports this.
"""

import os

from plnd.system.safe_open import open_without_waiting

TYPE_CHECKING = False  # what type checkers look for; `typing` itself costs too much
if TYPE_CHECKING:
    from typing import BinaryIO


def is_locked(path: str) -> bool:
    """Whether another process holds the lock of a file; False when there is no such file."""
    try:
        import fcntl
    except ImportError:  # Windows: its locks cannot be tried without taking them
        return os.path.exists(path)
    try:
        descriptor = open_without_waiting(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False


def lock(stream: "BinaryIO") -> None:
    """Lock an open file until it is closed.

    Raises:
        OSError: another process holds the lock, or the file system has no locks.
    """
    import fcntl

    fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
