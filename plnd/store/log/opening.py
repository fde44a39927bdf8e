"""Opening the log's file: checks, migrations, and what happens to a file that is damaged."""

import contextlib
import functools
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

from plnd.errors import StorageError
from plnd.measures.people.handles import handle_key
from plnd.store.log.copying import PROGRESS_STEPS, Stopped
from plnd.store.log.errors import damage_marker, storage_error
from plnd.store.log.schema import APPLICATION_ID, MIGRATIONS, VERSION
from plnd.system import regular_files
from plnd.system.files import FILE_MODE, cannot_write, set_aside

BUSY_TIMEOUT_SECONDS = 5.0

BeforeUpgrade = Callable[[int], None]


def connect(path: Path, stopped: Stopped | None) -> sqlite3.Connection:
    """Connect to a log that another connection of this process has opened and checked."""
    db = sqlite3.connect(path, isolation_level=None, timeout=BUSY_TIMEOUT_SECONDS)
    _configure(db, stopped)
    return db


def open_log(
    path: Path, before_upgrade: BeforeUpgrade | None, stopped: Stopped | None
) -> tuple[sqlite3.Connection, list[str]]:
    """Open a log, new if there is none; a damaged one is moved away and replaced by a new one.

    Returns the connection, and the paths to which damaged files were moved.

    Raises:
        StorageError: the disk refuses, or the log is of a newer plnd.
    """
    moved = []
    for suffix in ("-wal", "-shm", "-journal", "-suspect"):
        beside = path.with_name(path.name + suffix)
        if regular_files.obstacle(beside):
            moved.append(str(set_aside(beside)))
    try:
        return _open_checked(path, before_upgrade, stopped), moved
    except sqlite3.DatabaseError as error:
        # Where the schema does not fit a statement of ours, SQLite's code is the general one.
        refused = isinstance(error, sqlite3.OperationalError)
        if refused and getattr(error, "sqlite_errorname", "") != "SQLITE_ERROR":
            raise storage_error(path, error) from error
    log_moved_to = set_aside(path)
    for suffix in ("-wal", "-shm"):
        beside = path.with_name(path.name + suffix)
        if beside.exists():
            set_aside(beside)
    moved.append(str(log_moved_to))
    try:
        return _open_checked(path, before_upgrade, stopped), moved
    except sqlite3.DatabaseError as error:
        raise storage_error(path, error) from error


def _open_checked(
    path: Path, before_upgrade: BeforeUpgrade | None, stopped: Stopped | None
) -> sqlite3.Connection:
    if kind := regular_files.obstacle(path):
        raise sqlite3.DatabaseError(f"it is {kind}, not a file")
    wal = path.with_name(path.name + "-wal")
    unclean = wal.exists() and wal.stat().st_size > 0
    marker = damage_marker(path)
    if not path.exists():
        _create(path)
    db = sqlite3.connect(path, isolation_level=None, timeout=BUSY_TIMEOUT_SECONDS)
    try:
        if unclean or marker.exists():
            _check_integrity(db)
        version = _schema_version(db, path)
        if 0 < version < VERSION and before_upgrade:
            before_upgrade(version)
        db.execute("PRAGMA journal_mode=WAL")
        _configure(db, stopped)
        if version < VERSION:
            _migrate(db, version)
        _check_schema(db)
    except BaseException:
        db.close()
        raise
    marker.unlink(missing_ok=True)
    return db


def _create(path: Path) -> None:
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, FILE_MODE))
    except OSError as error:
        raise cannot_write(path, error) from error


def _configure(db: sqlite3.Connection, stopped: Stopped | None) -> None:
    db.execute("PRAGMA synchronous=FULL")
    # What is deleted is overwritten with zeros, and no copy of it goes to a temporary file.
    db.execute("PRAGMA secure_delete=ON")
    db.execute("PRAGMA temp_store=MEMORY")
    if stopped:
        db.set_progress_handler(stopped, PROGRESS_STEPS)


def _migrate(db: sqlite3.Connection, version: int) -> None:
    """Bring the schema from a version to the newest one, in one transaction."""
    db.create_function("handle_key", 1, lambda handle: handle_key("", handle)[1])
    db.executescript(
        f"BEGIN IMMEDIATE; {''.join(MIGRATIONS[version:])} "
        f"PRAGMA application_id={APPLICATION_ID}; "
        f"PRAGMA user_version={VERSION}; COMMIT;"
    )


def _schema_version(db: sqlite3.Connection, path: Path) -> int:
    """Raises:
    DatabaseError: the file is not an event log of plnd.
    StorageError: it is one of a newer plnd.
    """
    (application,) = db.execute("PRAGMA application_id").fetchone()
    (version,) = db.execute("PRAGMA user_version").fetchone()
    (tables,) = db.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if tables and application != APPLICATION_ID:
        raise sqlite3.DatabaseError("not an event log of plnd")
    if version > VERSION:
        raise StorageError(
            f"{path} was written by a newer plnd (schema {version}; this one knows {VERSION})",
            "install the newer plnd again; nothing was changed",
            code="newer_store",
        )
    return int(version)


def _check_integrity(db: sqlite3.Connection) -> None:
    (verdict,) = db.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise sqlite3.DatabaseError(verdict)


def _check_schema(db: sqlite3.Connection) -> None:
    """Raises:
    DatabaseError: a table, a column, a trigger or the one row of a table is missing.
    """
    if missing := _expected_schema().items() - _tables_and_triggers(db).items():
        names = ", ".join(sorted(name for name, _ in missing))
        raise sqlite3.DatabaseError("it has no " + names)
    for table, column in (("kept", "visits_from"), ("longest", "visit_ms")):
        rows = db.execute(f"SELECT typeof({column}) FROM {table} LIMIT 2").fetchall()  # noqa: S608
        if rows != [("integer",)]:
            raise sqlite3.DatabaseError(f"{table} does not have its one row")


@functools.cache
def _expected_schema() -> dict[str, tuple[str, tuple[tuple[str], ...]]]:
    """The tables and triggers that the migrations make."""
    with contextlib.closing(sqlite3.connect(":memory:")) as db:
        db.create_function("handle_key", 1, lambda handle: handle)
        db.executescript("".join(MIGRATIONS))
        return _tables_and_triggers(db)


def _tables_and_triggers(db: sqlite3.Connection) -> dict[str, tuple[str, tuple[tuple[str], ...]]]:
    """By name: `table` or `trigger`, and the names of the columns."""
    return {
        name: (
            kind,
            tuple(db.execute("SELECT name FROM pragma_table_info(?)", (name,)).fetchall()),
        )
        for kind, name in db.execute(
            "SELECT type, name FROM sqlite_schema WHERE type IN ('table', 'trigger')"
        )
    }
