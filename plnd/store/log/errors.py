"""The errors of SQLite as errors that say what to do, and the marker for a damaged log."""

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from plnd.errors import StorageError
from plnd.system.files import FILE_MODE, cannot_write, disk_full


def damage_marker(path: Path) -> Path:
    """The empty file beside a log that was found damaged: the next start checks all of the log."""
    return path.with_name(path.name + "-suspect")


def damaged(path: Path, reason: object) -> StorageError:
    """The error for a log whose content is damaged."""
    return StorageError(
        f"{path} is damaged: {reason}",
        "restart plnd: it sets the file aside and starts a new one",
        code="damaged_store",
    )


def stopping() -> StorageError:
    """The error for work that ends early because plnd is being stopped."""
    return StorageError(
        "plnd is being stopped, and this with it",
        "what it had begun is undone, or finished at the next start",
    )


def storage_error(path: Path, error: sqlite3.Error) -> StorageError:
    """The error for a log that cannot be read or written."""
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith("SQLITE_INTERRUPT"):
        return stopping()
    if name.startswith("SQLITE_FULL"):
        return disk_full(path)
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        with contextlib.suppress(OSError):
            damage_marker(path).touch(FILE_MODE)
        return damaged(path, error)
    if name.startswith(("SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_CANTOPEN")):
        # SQLite does not say why; the operating system does.
        try:
            os.close(os.open(path, os.O_WRONLY))
        except OSError as cause:
            return cannot_write(path, cause)
    return StorageError(
        f"cannot use {path}: {error}",
        "check that the file and its folder belong to you and that the disk has space",
    )


@contextlib.contextmanager
def storage_errors(path: Path) -> Iterator[None]:
    """Raise an error of SQLite as a `StorageError` about the log at a path."""
    try:
        yield
    except sqlite3.Error as error:
        raise storage_error(path, error) from error
