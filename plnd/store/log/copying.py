"""Copying a log into another file and back, and comparing two logs."""

import contextlib
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

from plnd.store.log.errors import damaged, stopping, storage_error
from plnd.system.files import FILE_MODE, cannot_write

PROGRESS_STEPS = 100_000
"""How many steps of SQLite's virtual machine lie between two calls of `stopped`: a few ms."""
PAGES_PER_STEP = 1000
CHECKPOINT_TIMEOUT_MS = 100
"""How long a checkpoint waits for readers: those of plnd are finished sooner."""

Stopped = Callable[[], bool]


def copy(path: Path, target: Path, stopped: Stopped | None = None) -> None:
    """Copy a log into a new file, even while it is written, and check the copy.

    Opens connections of its own, so it can run in a thread.

    Raises:
        StorageError: the log cannot be read, the copy cannot be written or is damaged.
    """
    try:
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, FILE_MODE))
        _copy(path, target, stopped)
    except OSError as error:
        raise cannot_write(target, error) from error
    except sqlite3.Error as error:
        raise storage_error(target, error) from error


def _copy(path: Path, target: Path, stopped: Stopped | None) -> None:
    with (
        contextlib.closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as source,
        contextlib.closing(sqlite3.connect(target)) as made,
    ):
        # A read transaction: all pages are of one moment, whatever is written meanwhile.
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        source.backup(made, pages=PAGES_PER_STEP, progress=_raise_if(stopped), sleep=0)
        made.set_progress_handler(stopped, PROGRESS_STEPS)
        made.execute("PRAGMA journal_mode=DELETE")
        (verdict,) = made.execute("PRAGMA integrity_check(1)").fetchone()
        if verdict != "ok":
            raise damaged(path, verdict)
    descriptor = os.open(target, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def overwrite(db: sqlite3.Connection, copied: Path, stopped: Stopped | None) -> None:
    """Replace the content of a log by that of a copy, in one transaction."""
    with contextlib.closing(sqlite3.connect(copied)) as source:
        source.backup(db, pages=PAGES_PER_STEP, progress=_raise_if(stopped), sleep=0)


def _raise_if(stopped: Stopped | None) -> Callable[[int, int, int], None]:
    def progress(*_: int) -> None:
        if stopped and stopped():
            raise stopping()

    return progress


def truncate_journal(db: sqlite3.Connection) -> bool:
    """Write the journal into the file and empty it; False when another reader prevents that."""
    (usual,) = db.execute("PRAGMA busy_timeout").fetchone()
    db.execute(f"PRAGMA busy_timeout={CHECKPOINT_TIMEOUT_MS}")
    try:
        (busy, _, _) = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        db.execute(f"PRAGMA busy_timeout={usual}")
    return not busy


def differences(db: sqlite3.Connection, path: Path) -> dict[str, tuple[int, int, int]]:
    """Compare with the log at a path: how many events only it has, only this one has, and differ.

    SQLite counts them: a million events would not fit into memory.
    """
    db.execute("ATTACH ? AS other", (str(path),))
    try:
        return {
            "visits": _differences(db, "visit", "(a.start, a.end) != (b.start, b.end)"),
            "interactions": _differences(db, "interaction", "a.at != b.at"),
        }
    finally:
        db.execute("DETACH other")


def _differences(db: sqlite3.Connection, table: str, differ: str) -> tuple[int, int, int]:
    there, here, both, changed = db.execute(
        f"SELECT (SELECT count(*) FROM other.{table}), (SELECT count(*) FROM main.{table}),"  # noqa: S608
        f" count(*), coalesce(sum({differ}), 0)"
        f" FROM main.{table} AS a JOIN other.{table} AS b ON a.id = b.id"
    ).fetchone()
    return there - both, here - both, changed
