"""What is done to a log as a whole: forgetting, settling into sums, reading through, copying.

Functions over the log's connection. `store.log` calls them in its transactions; `copy` alone
opens connections of its own, so that a thread can make a backup while the log is written.
"""

import contextlib
import hashlib
import json
import os
import sqlite3
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from plnd.errors import StorageError
from plnd.measures.time import ACT_REACH_MS, QUARTER_MS
from plnd.model.events import Interaction, Source, Visit
from plnd.model.names import plain_handle
from plnd.model.scope import Scope
from plnd.store.log.schema import NO_TRIGGERS, TABLES, TRIGGERS
from plnd.system.files import FILE_MODE, cannot_write, disk_full

Place = tuple[int, bytes]
"""Where an event stands in the order of time: its moment (ms) and its id."""


CHECKPOINT_MS = 100
"""How long emptying the journal waits for others who read: own ones are done sooner."""


STEPS = 100_000
"""So many steps of SQLite lie between two looks at whether to stop: some milliseconds."""
PAGES = 1000

Stopped = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Gone:
    """What a scope holds: visits, their length, interactions, and sums without visits."""

    visits: int = 0
    visit_ms: int = 0
    interactions: int = 0
    sums: int = 0


@dataclass(frozen=True, slots=True)
class Stored:
    """An event as it lies in the log, and who sent it."""

    key: bytes
    event: Visit | Interaction
    source: Source

    @property
    def place(self) -> Place:
        event = self.event
        return (event.start if isinstance(event, Visit) else event.at, self.key)


# -- forgetting -----------------------------------------------------------------------


def found(db: sqlite3.Connection, scope: Scope) -> Gone:
    """What lies in the scope."""
    named = _named(db, scope)
    visits, visit_ms = db.execute(
        "SELECT count(*), coalesce(sum(min(end, :end) - max(start, :start)), 0)"  # noqa: S608
        " FROM visit WHERE " + _visits_in(scope),
        named,
    ).fetchone()
    (interactions,) = db.execute(
        "SELECT count(*) FROM interaction WHERE " + _acts_in(scope),  # noqa: S608
        named,
    ).fetchone()
    sums = 0
    if scope.handle is None:
        (sums,) = db.execute(
            "SELECT count(*) FROM quarter_time WHERE " + _sums_in(scope),  # noqa: S608
            {**named, "from": visits_from(db)},
        ).fetchone()
    return Gone(visits, visit_ms, interactions, sums)


def together(parts: Iterable[Gone]) -> Gone:
    """What several scopes hold that have nothing in common."""
    all_parts = list(parts)
    return Gone(
        visits=sum(one.visits for one in all_parts),
        visit_ms=sum(one.visit_ms for one in all_parts),
        interactions=sum(one.interactions for one in all_parts),
        sums=sum(one.sums for one in all_parts),
    )


def delete(db: sqlite3.Connection, scope: Scope, settled_before: int) -> set[int]:
    """Delete what lies in the scope; the quarters whose sums have to be worked out anew."""
    if scope.everything:
        for trigger in NO_TRIGGERS:
            db.execute(trigger)
        for table in TABLES:
            db.execute(f"DELETE FROM {table}")  # noqa: S608
        for trigger in TRIGGERS:
            db.execute(trigger)
        db.execute("UPDATE longest SET visit_ms = 0")
        db.execute("UPDATE kept SET visits_from = 0")
        return set()
    named = _named(db, scope)
    touched: set[int] = set()
    senders: set[int] = set()
    for table, first, end, within in (
        ("visit", "start", "end", _visits_in(scope)),
        ("interaction", f"at - {ACT_REACH_MS}", f"at + {ACT_REACH_MS}", _acts_in(scope)),
    ):
        # In SQL: rows that came here one by one would hold up all other threads.
        for begin, last in db.execute(
            f"SELECT DISTINCT ({first}) / {QUARTER_MS}, ({end} - 1) / {QUARTER_MS}"  # noqa: S608
            f" FROM {table} WHERE {within}",
            named,
        ):
            touched.update(range(begin * QUARTER_MS, (last + 1) * QUARTER_MS, QUARTER_MS))
        senders.update(
            sender
            for (sender,) in db.execute(
                f"SELECT DISTINCT source FROM {table} WHERE {within}",  # noqa: S608
                named,
            )
        )
    _cut_visits(db, scope, named)
    db.execute("DELETE FROM visit WHERE " + _visits_in(scope), named)  # noqa: S608
    db.execute("DELETE FROM interaction WHERE " + _acts_in(scope), named)  # noqa: S608
    if scope.handle is None:
        db.execute(
            "DELETE FROM quarter_time WHERE " + _sums_in(scope),  # noqa: S608
            {**named, "from": settled_before},
        )
    _hear_anew(db, senders)
    return touched


def _cut_visits(
    db: sqlite3.Connection, scope: Scope, named: Mapping[str, int | str | None]
) -> None:
    """Of a visit that reaches out of the scope's time, the part outside stays."""
    if scope.always:
        return
    reaching = db.execute(
        "SELECT * FROM visit WHERE (start < :start OR end > :end) AND " + _visits_in(scope),  # noqa: S608
        named,
    ).fetchall()
    for key, *said, start, end in reaching:
        parts = [(key, start, scope.start)] if start < scope.start else []
        if end > scope.end:
            # After a gap, the rest is a visit of its own, under an id that stays the same.
            own = hashlib.sha256(key + scope.end.to_bytes(8, "big")).digest()[:16]
            parts.append((own if parts else key, scope.end, end))
        # Not an update: what is kept of the whole visit elsewhere has to go with it.
        db.execute("DELETE FROM visit WHERE id = ?", (key,))
        db.executemany(
            "INSERT OR IGNORE INTO visit VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [(one, *said, *span) for one, *span in parts],
        )


def _hear_anew(db: sqlite3.Connection, senders: Iterable[int]) -> None:
    """When a browser was last heard of comes from what is left of it."""
    for sender in senders:
        (latest,) = db.execute(
            "SELECT max(coalesce((SELECT max(end) FROM visit WHERE source = :source), 0),"
            " coalesce((SELECT max(at) FROM interaction WHERE source = :source), 0))",
            {"source": sender},
        ).fetchone()
        if latest:
            db.execute("UPDATE source SET last_event_at = ? WHERE id = ?", (latest, sender))
        else:
            db.execute("DELETE FROM source WHERE id = ?", (sender,))


def _visits_in(scope: Scope) -> str:
    return _also("start < :end AND (end > :start OR start >= :start)", scope)


def _acts_in(scope: Scope) -> str:
    return _also("at >= :start AND at < :end", scope)


def _sums_in(scope: Scope) -> str:
    """The sums of quarters that reach into the scope, where no visits are left."""
    words = f"begin < :from AND begin > :start - {QUARTER_MS} AND begin < :end"
    return words + (" AND network = :network" if scope.network is not None else "")


def _also(words: str, scope: Scope) -> str:
    if scope.network is not None:
        words += " AND network = :network"
    if scope.handle is not None:
        words += " AND handle IN (SELECT value FROM json_each(:handles))"
    return words


def _named(db: sqlite3.Connection, scope: Scope) -> dict[str, int | str | None]:
    return {
        "start": scope.start,
        "end": scope.end,
        "network": scope.network,
        "handles": None if scope.handle is None else _written(db, scope.handle),
    }


def _written(db: sqlite3.Connection, handle: str) -> str:
    """All the ways in which a handle is written here, as JSON: each is compared but once."""
    every = db.execute("SELECT handle FROM visit UNION SELECT handle FROM interaction")
    wanted = plain_handle(handle)
    found = [one for (one,) in every if one is not None and plain_handle(one) == wanted]
    return json.dumps(found)


def empty_journal(db: sqlite3.Connection) -> bool:
    """Bring all of the journal into the file and empty it; whether somebody stood in the way."""
    (patience,) = db.execute("PRAGMA busy_timeout").fetchone()
    db.execute(f"PRAGMA busy_timeout={CHECKPOINT_MS}")
    try:
        (busy, _, _) = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        db.execute(f"PRAGMA busy_timeout={patience}")
    return bool(busy)


# -- sums without visits ----------------------------------------------------------------


def visits_from(db: sqlite3.Connection) -> int:
    """Since when (ms) visits are kept; of older ones there are only sums."""
    (moment,) = db.execute("SELECT visits_from FROM kept").fetchone()
    return int(moment)


def mend_visits_from(db: sqlite3.Connection, now: int) -> None:
    """Have visits kept from the end of the last quarter whose time none of them explains."""
    moment = 0
    for (begin,) in db.execute(
        "SELECT DISTINCT begin FROM quarter_time WHERE begin < ? ORDER BY begin DESC", (now,)
    ):
        explained = db.execute(
            "SELECT 1 FROM visit, longest"
            " WHERE start > :begin - visit_ms - 1 AND start < :end AND end > :begin LIMIT 1",
            {"begin": begin, "end": begin + QUARTER_MS},
        ).fetchone()
        if not explained:
            moment = min(begin + QUARTER_MS, now)
            break
    db.execute("UPDATE kept SET visits_from = ?", (moment,))


def settle(db: sqlite3.Connection, moment: int) -> int:
    """Delete the visits that ended before a moment (ms), and keep their sums as they are."""
    number = db.execute("DELETE FROM visit WHERE start < ? AND end <= ?", (moment, moment)).rowcount
    db.execute("UPDATE kept SET visits_from = ?", (moment,))
    return number


def settled(
    db: sqlite3.Connection, after: tuple[int, str, str], limit: int
) -> list[tuple[int, str, str, int, int]]:
    """The sums of quarters from before visits are kept, in order, after one of them."""
    return db.execute(
        "SELECT * FROM quarter_time WHERE begin < ? AND (begin, network, page) > (?, ?, ?)"
        " ORDER BY begin, network, page LIMIT ?",
        (visits_from(db), *after, limit),
    ).fetchall()


def not_settled(
    db: sqlite3.Connection, rows: Sequence[tuple[int, str, str, int, int]]
) -> list[tuple[int, str, str, int, int]]:
    moment = visits_from(db)
    words = (
        "SELECT 1 FROM quarter_time WHERE begin = ? AND network = ? AND page = ?"
        " AND spent_ms = ? AND taking_part_ms = ?"
    )
    return [row for row in rows if row[0] >= moment or not db.execute(words, row).fetchone()]


def take_settled(
    db: sqlite3.Connection, rows: Sequence[tuple[int, str, str, int, int]], moment: int
) -> None:
    """Add sums without visits; where there is a sum already, the larger one counts."""
    db.execute("UPDATE kept SET visits_from = max(visits_from, ?)", (moment,))
    db.executemany(
        "INSERT INTO quarter_time VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
        " spent_ms = max(spent_ms, excluded.spent_ms),"
        " taking_part_ms = max(taking_part_ms, excluded.taking_part_ms)",
        rows,
    )


# -- reading through ---------------------------------------------------------------------

# CROSS: the events come first, in their own order, and none is sorted.
_VISITS = (
    "SELECT visit.id, visit.network, page, handle, tag, start, end, browser, profile, extension"
    " FROM visit CROSS JOIN source ON source.id = visit.source"
)
_ACTS = (
    "SELECT interaction.id, interaction.network, action, handle, tag, at,"
    " browser, profile, extension FROM interaction"
    " CROSS JOIN source ON source.id = interaction.source"
)


def latest(db: sqlite3.Connection, before: Place, limit: int, network: str | None) -> list[Stored]:
    """Up to `limit` events before a place in the order of time, latest first."""
    named = {"at": before[0], "id": before[1], "limit": limit, "network": network}
    also = "" if network is None else " AND {0}.network = :network"
    words = (
        " WHERE ({1}, {0}.id) < (:at, :id)" + also + " ORDER BY {1} DESC, {0}.id DESC LIMIT :limit"
    )
    both = [
        *map(_visit, db.execute(_VISITS + words.format("visit", "start"), named)),
        *map(_act, db.execute(_ACTS + words.format("interaction", "at"), named)),
    ]
    return sorted(both, key=lambda one: one.place, reverse=True)[:limit]


def visits(db: sqlite3.Connection, after: bytes, limit: int) -> list[Stored]:
    words = " WHERE visit.id > ? ORDER BY visit.id LIMIT ?"
    return list(map(_visit, db.execute(_VISITS + words, (after, limit))))


def interactions(db: sqlite3.Connection, after: bytes, limit: int) -> list[Stored]:
    words = " WHERE interaction.id > ? ORDER BY interaction.id LIMIT ?"
    return list(map(_act, db.execute(_ACTS + words, (after, limit))))


def sources(db: sqlite3.Connection) -> list[tuple[Source, int]]:
    return [
        (Source(browser=browser, profile=profile, extension=extension), at)
        for browser, profile, extension, at in db.execute(
            "SELECT browser, profile, extension, last_event_at FROM source ORDER BY 1, 2"
        )
    ]


def _visit(row: tuple[bytes, str, str, str | None, str | None, int, int, str, str, str]) -> Stored:
    key, network, page, handle, tag, start, end, browser, profile, extension = row
    event = Visit(
        id=str(uuid.UUID(bytes=key)),
        network=network,
        page=page,  # type: ignore[arg-type]
        handle=handle,
        tag=tag,
        start=start,
        end=end,
    )
    return Stored(key, event, Source(browser=browser, profile=profile, extension=extension))


def _act(row: tuple[bytes, str, str, str | None, str | None, int, str, str, str]) -> Stored:
    key, network, action, handle, tag, at, browser, profile, extension = row
    event = Interaction(
        id=str(uuid.UUID(bytes=key)),
        network=network,
        action=action,  # type: ignore[arg-type]
        handle=handle,
        tag=tag,
        at=at,
    )
    return Stored(key, event, Source(browser=browser, profile=profile, extension=extension))


def compared(db: sqlite3.Connection, path: Path) -> dict[str, tuple[int, int, int]]:
    """How the log at a path differs: what only it has, what only this one has, what is not alike.

    Counted by SQLite: a million events are not for the memory.
    """
    db.execute("ATTACH ? AS other", (str(path),))
    try:
        return {
            "visits": _compared(db, "visit", "(a.start, a.end) != (b.start, b.end)"),
            "interactions": _compared(db, "interaction", "a.at != b.at"),
        }
    finally:
        db.execute("DETACH other")


def _compared(db: sqlite3.Connection, table: str, unlike: str) -> tuple[int, int, int]:
    there, here, both, changed = db.execute(
        f"SELECT (SELECT count(*) FROM other.{table}), (SELECT count(*) FROM main.{table}),"  # noqa: S608
        f" count(*), coalesce(sum({unlike}), 0)"
        f" FROM main.{table} AS a JOIN other.{table} AS b ON a.id = b.id"
    ).fetchone()
    return there - both, here - both, changed


# -- what can go wrong --------------------------------------------------------------------


def suspect(path: Path) -> Path:
    """A mark beside a log in which damage was met: the next start reads it through."""
    return path.with_name(path.name + "-suspect")


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
            suspect(path).touch(FILE_MODE)
        return StorageError(
            f"{path} is damaged: {error}",
            "restart plnd: it sets the file aside and starts a new one",
            code="damaged_store",
        )
    if name.startswith(("SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_CANTOPEN")):
        # SQLite's words do not say why; the system's do.
        try:
            os.close(os.open(path, os.O_WRONLY))
        except OSError as cause:
            return cannot_write(path, cause)
    return StorageError(
        f"cannot use {path}: {error}",
        "check that the file and its folder belong to you and that the disk has space",
    )


# -- copying -------------------------------------------------------------------------------


def copy(path: Path, target: Path, stopped: Stopped | None = None) -> None:
    """Copy a log, even while it is written, into one new file, and read the copy through.

    Raises:
        StorageError: it cannot be read or written, or the copy is not whole.
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
        # All pages are of one moment, however often somebody writes meanwhile.
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        source.backup(made, pages=PAGES, progress=_unless(stopped), sleep=0)
        made.set_progress_handler(stopped, STEPS)
        made.execute("PRAGMA journal_mode=DELETE")
        (verdict,) = made.execute("PRAGMA integrity_check(1)").fetchone()
        if verdict != "ok":
            raise StorageError(
                f"{path} is damaged: {verdict}",
                "restart plnd: it sets the file aside and starts a new one",
                code="damaged_store",
            )
    descriptor = os.open(target, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_over(db: sqlite3.Connection, copied: Path, stopped: Stopped | None) -> None:
    """Make a log what a copy of it is, in one transaction."""
    with contextlib.closing(sqlite3.connect(copied)) as source:
        source.backup(db, pages=PAGES, progress=_unless(stopped), sleep=0)


def _unless(stopped: Stopped | None) -> Callable[[int, int, int], None]:
    def look(*_: int) -> None:
        if stopped and stopped():
            raise stopping()

    return look
