"""The event log: every visit and interaction, and their sums by quarter of an hour.

SQLite in WAL mode with synchronous=FULL, so a commit is on disk when it returns. `Log` is
synchronous and used by one thread; `store.commits` shares its commits. The sums are written
in the transaction of the events they are made of. SQL stands here and in `store.keeping`,
which has what is done to a log as a whole: forgetting, copying, reading it through.
"""

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from plnd.errors import StorageError
from plnd.intake import LONGEST_VISIT_MS, Taken
from plnd.learning import Touch
from plnd.measures.chats import OwnAct, TagVisit
from plnd.measures.people import Key, act_touch, key_of, visit_touch
from plnd.measures.time import ACT_REACH_MS, QUARTER_MS, Quarter, quarters_of
from plnd.model import LAST_MOMENT, Interaction, Source, Visit
from plnd.scope import Scope
from plnd.store import keeping
from plnd.store.files import FILE_MODE, cannot_write, set_aside
from plnd.store.keeping import Gone, Place, Stored, storage_error, suspect

T = TypeVar("T")

APPLICATION_ID = 0x504C4E44  # "PLND"
KEPT_QUARTERS = 100
MOST_KEYS = 1000
SOURCE_WRITTEN_MS = 60_000

_SCHEMA = """
CREATE TABLE source (
    id INTEGER PRIMARY KEY,
    browser TEXT NOT NULL,
    profile TEXT NOT NULL,          -- a random name that the extension gave itself
    extension TEXT NOT NULL,
    last_event_at INTEGER NOT NULL, -- to the minute after a kill, exact after a clean stop
    UNIQUE (browser, profile)
);
CREATE TABLE visit (
    id BLOB PRIMARY KEY,            -- the sender's UUID; version 7 keeps inserts at the end
    source INTEGER NOT NULL,
    network TEXT NOT NULL,
    page TEXT NOT NULL,
    handle TEXT,
    tag TEXT,
    start INTEGER NOT NULL,         -- earliest and latest seen under this id
    end INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX visit_time ON visit (start, end);
CREATE TABLE interaction (
    id BLOB PRIMARY KEY,
    source INTEGER NOT NULL,
    network TEXT NOT NULL,
    action TEXT NOT NULL,
    handle TEXT,
    tag TEXT,
    at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX interaction_time ON interaction (at, network, action);
CREATE TABLE quarter_time (
    begin INTEGER NOT NULL,         -- ms, a whole quarter of an hour in UTC
    network TEXT NOT NULL,
    page TEXT NOT NULL,
    spent_ms INTEGER NOT NULL,
    taking_part_ms INTEGER NOT NULL,
    PRIMARY KEY (begin, network, page)
) WITHOUT ROWID;
CREATE TABLE quarter_act (
    begin INTEGER NOT NULL,
    network TEXT NOT NULL,
    action TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (begin, network, action)
) WITHOUT ROWID;
CREATE TABLE longest (visit_ms INTEGER NOT NULL);
INSERT INTO longest VALUES (0);
"""

# Who was dealt with: handles as they are compared (no @, no case). What goes from the events
# goes from here.
_TOUCHES = """
CREATE TABLE touch (
    event BLOB PRIMARY KEY,         -- the visit or interaction that it was
    network TEXT NOT NULL,
    handle TEXT NOT NULL,
    kind TEXT NOT NULL,
    at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX touch_time ON touch (at, network, handle, kind);
CREATE INDEX touch_who ON touch (network, handle, at, kind);
CREATE TABLE touched (              -- the last touch of each handle
    network TEXT NOT NULL,
    handle TEXT NOT NULL,
    kind TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (network, handle)
) WITHOUT ROWID;
CREATE TRIGGER visit_gone AFTER DELETE ON visit BEGIN
    DELETE FROM touch WHERE event = OLD.id;
END;
CREATE TRIGGER interaction_gone AFTER DELETE ON interaction BEGIN
    DELETE FROM touch WHERE event = OLD.id;
END;
CREATE TRIGGER touch_gone AFTER DELETE ON touch BEGIN
    DELETE FROM touched WHERE network = OLD.network AND handle = OLD.handle;
    INSERT INTO touched SELECT network, handle, kind, at FROM touch
        WHERE network = OLD.network AND handle = OLD.handle ORDER BY at DESC LIMIT 1;
END;
INSERT INTO touch SELECT id, network, handle_key(handle), 'visit', end FROM visit
    WHERE handle IS NOT NULL AND page = 'profile' AND end - start >= 60000;
INSERT INTO touch SELECT id, network, handle_key(handle), action, at FROM interaction
    WHERE handle IS NOT NULL
    AND action IN ('post', 'reply', 'share', 'react', 'follow', 'message');
INSERT INTO touched SELECT network, handle, kind, max(at) FROM touch GROUP BY network, handle;
CREATE INDEX visit_tag ON visit (end, start, network, tag) WHERE tag IS NOT NULL;
"""
_MIGRATIONS = (
    _SCHEMA,
    _TOUCHES,
    """
    CREATE TABLE kept (visits_from INTEGER NOT NULL); -- ms; of older visits only sums are left
    INSERT INTO kept VALUES (0);
    """,
)
"""Version N of the schema is what the first N of these make. More are appended, none changed."""
VERSION = len(_MIGRATIONS)


@dataclass(frozen=True, slots=True)
class Sums:
    """A quarter's figures: ms spent and taking part by network and page; acts by action."""

    times: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    acts: dict[tuple[str, str], int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Batch:
    """Events of one source, to be stored together."""

    source: Source
    events: Sequence[Taken]


@dataclass(slots=True)
class Outcome:
    """What a commit changed: indexes refused per batch, quarters anew, browsers seen, and
    who was touched.

    `written` is the number of events that were new or had grown.
    """

    conflicts: list[list[int]] = field(default_factory=list)
    quarters: dict[int, Sums] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)
    written: int = 0
    touches: list[tuple[Key, Touch]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class TouchCount:
    """How often, in some time, a handle was dealt with in one way."""

    key: Key
    kind: str
    count: int


class Log:
    """The event log in one file.

    `before_upgrade` is called with the version found, before a log of an older one is changed.

    Raises:
        StorageError: from any method, when the disk or the file refuses.
    """

    def __init__(self, path: Path, *, before_upgrade: Callable[[int], None] | None = None) -> None:
        self.path = path
        self.damaged: list[str] = []
        self._before_upgrade = before_upgrade
        self._quarters: dict[int, _Kept | None] = {}
        self._sources: dict[tuple[str, str], _SourceRow] = {}
        self._longest: int | None = None
        self._closed = False
        self._db = self._open()
        try:
            self.visits_from: int = self._read(keeping.visits_from)
        except StorageError:
            self._db.close()
            raise

    def close(self) -> None:
        """Write what is not written yet and let go of the file; the second time nothing."""
        if self._closed:
            return
        self._closed = True
        try:
            for row in self._sources.values():
                if row.written_at != row.last_event_at:
                    self._write_source(row)
        except sqlite3.Error as error:
            raise storage_error(self.path, error) from error
        finally:
            self._db.close()

    # -- opening ---------------------------------------------------------------

    def _open(self) -> sqlite3.Connection:
        try:
            return self._open_checked()
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError) and not self.path.is_dir():
                raise storage_error(self.path, error) from error
        moved = set_aside(self.path)
        for suffix in ("-wal", "-shm"):
            beside = self.path.with_name(self.path.name + suffix)
            if beside.exists():
                set_aside(beside)
        self.damaged.append(str(moved))
        try:
            return self._open_checked()
        except sqlite3.DatabaseError as error:
            raise storage_error(self.path, error) from error

    def _open_checked(self) -> sqlite3.Connection:
        wal = self.path.with_name(self.path.name + "-wal")
        unclean = wal.exists() and wal.stat().st_size > 0
        doubted = suspect(self.path)
        new = not self.path.exists()
        if new:
            _create(self.path)
        db = sqlite3.connect(self.path, isolation_level=None, timeout=5.0)
        keeping.prepare(db)
        try:
            if unclean or doubted.exists():
                _check_whole(db)
            version = self._known_version(db)
            if 0 < version < VERSION and self._before_upgrade:
                self._before_upgrade(version)
            db.execute("PRAGMA journal_mode=WAL")
            db.execute("PRAGMA synchronous=FULL")
            # What is deleted is overwritten with zeros, and no copy of it goes to a temporary file.
            db.execute("PRAGMA secure_delete=ON")
            db.execute("PRAGMA temp_store=MEMORY")
            if version < VERSION:
                db.create_function("handle_key", 1, lambda handle: key_of("", handle)[1])
                db.executescript(
                    f"BEGIN IMMEDIATE; {''.join(_MIGRATIONS[version:])} "
                    f"PRAGMA application_id={APPLICATION_ID}; "
                    f"PRAGMA user_version={VERSION}; COMMIT;"
                )
        except BaseException:
            db.close()
            raise
        doubted.unlink(missing_ok=True)
        return db

    def _known_version(self, db: sqlite3.Connection) -> int:
        """The version of the schema; refuses what is not ours or newer, and changes nothing."""
        (application,) = db.execute("PRAGMA application_id").fetchone()
        (version,) = db.execute("PRAGMA user_version").fetchone()
        (tables,) = db.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        if tables and application != APPLICATION_ID:
            raise sqlite3.DatabaseError("not an event log of plnd")
        if version > VERSION:
            raise StorageError(
                f"{self.path} was written by a newer plnd (schema {version}; this one "
                f"knows {VERSION})",
                "install the newer plnd again; nothing was changed",
                code="newer_store",
            )
        return int(version)

    # -- writing ---------------------------------------------------------------

    def store(self, batches: Sequence[Batch]) -> Outcome:
        """Store the batches in one transaction. When this returns, they are on disk.

        A visit keeps the earliest start and the latest end seen under its id; any other
        event sent again changes nothing. An id that came with other content before is a
        conflict and left out.
        """
        outcome = Outcome()
        with self._transaction():
            for begin in self._store_batches(batches, outcome):
                outcome.quarters[begin] = self._write_sums(begin)
        while len(self._quarters) > KEPT_QUARTERS:
            del self._quarters[next(iter(self._quarters))]
        return outcome

    @contextlib.contextmanager
    def _transaction(self, *, kept: bool = True) -> Iterator[None]:
        """All or nothing; `kept` false undoes it in the end, for a look at what would be."""
        try:
            self._db.execute("BEGIN IMMEDIATE")
            yield
            if kept:
                self._db.execute("COMMIT")
        except BaseException as error:
            kept = False
            if isinstance(error, sqlite3.Error):
                raise storage_error(self.path, error) from error
            raise
        finally:
            if not kept:
                self._drop_held()
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")

    def _drop_held(self) -> None:
        """What is held in memory may be ahead of the disk now, or behind it: read it anew."""
        self._quarters.clear()
        self._sources.clear()
        self._longest = None

    def _store_batches(self, batches: Sequence[Batch], outcome: Outcome) -> set[int]:
        """Write the events; the quarters whose sums they change."""
        events = [one for batch in batches for one in batch.events]
        visits = _Rows(self._db, _VISIT, [e.key for e in events if isinstance(e.event, Visit)])
        acts = _Rows(self._db, _ACT, [e.key for e in events if not isinstance(e.event, Visit)])
        touched: set[int] = set()
        for batch in batches:
            conflicts = []
            if batch.events:
                latest = _latest(batch)
                source = self._source(batch.source, latest)
                browser = batch.source.browser
                outcome.seen[browser] = max(latest, outcome.seen.get(browser, 0))
            for one in batch.events:
                if isinstance(one.event, Visit):
                    fits = self._take_visit(one.key, one.event, source, visits, touched)
                else:
                    fits = self._take_act(one.key, one.event, source, acts, touched)
                if not fits:
                    conflicts.append(one.index)
            outcome.conflicts.append(conflicts)
        outcome.written = visits.write() + acts.write()
        self._write_touches(visits, acts, outcome)
        return touched

    def _write_touches(self, visits: "_Rows", acts: "_Rows", outcome: Outcome) -> None:
        """Bring what is kept of dealings with people up to date with the rows written."""
        rows = []
        for key, _, network, page, handle, _, start, end in visits.changed:
            if handle is not None and (found := visit_touch(network, page, handle, start, end)):
                rows.append((key, *found))
        for key, _, network, action, handle, _, at in acts.changed:
            if handle is not None and (found := act_touch(network, action, handle, at)):
                rows.append((key, *found))
        if rows:
            _write_touches(self._db, rows)
            outcome.touches += [row[1:] for row in rows]

    def _take_visit(
        self, key: bytes, visit: Visit, source: int, rows: "_Rows", touched: set[int]
    ) -> bool:
        """Keep a visit, new or grown; False when its id came with other content before."""
        row = rows.known.get(key)
        start, end = visit.start, visit.end
        if row is not None:
            if row[2:6] != (visit.network, visit.page, visit.handle, visit.tag):
                return False
            if row[6] <= start and end <= row[7]:
                return True
            start, end = min(start, row[6]), max(end, row[7])
            if end - start > LONGEST_VISIT_MS:
                return False
            source = row[1]
        rows.put((key, source, visit.network, visit.page, visit.handle, visit.tag, start, end))
        if self._longest is None or end - start > self._longest:
            self._note_length(end - start)
        begins = quarters_of(start, end)
        touched.update(begins)
        if row is not None and start < row[6]:
            # An earlier start changes the rank of the whole visit: its quarters are worked
            # out anew once all is written.
            for begin in begins:
                self._quarters[begin] = None
            return True
        for begin in begins:
            if kept := self._kept(begin):
                kept.quarter.add_visit(start, end, key, visit.network, visit.page)
        return True

    def _take_act(
        self, key: bytes, act: Interaction, source: int, rows: "_Rows", touched: set[int]
    ) -> bool:
        """Keep an act unless it is known; False when its id came with other content before."""
        row = rows.known.get(key)
        said = (act.network, act.action, act.handle, act.tag, act.at)
        if row is not None:
            return row[2:] == said
        rows.put((key, source, *said))
        begins = quarters_of(act.at - ACT_REACH_MS, act.at + ACT_REACH_MS)
        for begin in begins:
            if kept := self._kept(begin):
                kept.quarter.add_act(act.at, act.network, act.action)
        touched.update(begins)
        return True

    def _source(self, source: Source, latest: int) -> int:
        """The row of a source. Its last event is written to the minute, and at the close."""
        if not self._sources:
            for row in self._db.execute(
                "SELECT browser, profile, id, extension, last_event_at, last_event_at FROM source"
            ):
                self._sources[row[:2]] = _SourceRow(*row[2:])
        name = (source.browser, source.profile)
        known = self._sources.get(name)
        if known is None:
            (number,) = self._db.execute(
                "INSERT INTO source (browser, profile, extension, last_event_at)"
                " VALUES (?, ?, ?, ?) RETURNING id",
                (*name, source.extension, latest),
            ).fetchone()
            known = self._sources[name] = _SourceRow(number, source.extension, latest, latest)
        known.last_event_at = max(latest, known.last_event_at)
        if (
            known.extension != source.extension
            or known.last_event_at - known.written_at >= SOURCE_WRITTEN_MS
        ):
            known.extension = source.extension
            self._write_source(known)
        return known.id

    def _write_source(self, row: "_SourceRow") -> None:
        self._db.execute(
            "UPDATE source SET extension = ?, last_event_at = ? WHERE id = ?",
            (row.extension, row.last_event_at, row.id),
        )
        row.written_at = row.last_event_at

    # -- quarters --------------------------------------------------------------

    def _note_length(self, length: int) -> None:
        """Keep the length of the longest visit: how far back a quarter has to look for visits."""
        if self._longest is None:
            (self._longest,) = self._db.execute("SELECT visit_ms FROM longest").fetchone()
        if length > self._longest:
            self._longest = length
            self._db.execute("UPDATE longest SET visit_ms = ?", (length,))

    def _kept(self, begin: int) -> "_Kept | None":
        """A quarter as it stands; None when it has to be worked out anew after the writing."""
        if begin in self._quarters:
            return self._quarters[begin]
        kept = None
        if begin >= self.visits_from:  # before that its visits are gone: it cannot be worked out
            quarter = self._quarter(begin)
            kept = _Kept(quarter, _sums(quarter))
        self._quarters[begin] = kept
        return kept

    def _quarter(self, begin: int) -> Quarter:
        """The quarter with all that is stored of it, worked out from the events."""
        quarter = Quarter(begin)
        self._note_length(0)
        for row in self._db.execute(
            "SELECT start, end, id, network, page FROM visit"
            " WHERE start >= ? AND start < ? AND end > ?",
            (begin - (self._longest or 0), quarter.end, begin),
        ):
            quarter.add_visit(*row)
        for row in self._db.execute(
            "SELECT at, network, action FROM interaction WHERE at > ? AND at < ?",
            (begin - ACT_REACH_MS, quarter.end + ACT_REACH_MS),
        ):
            quarter.add_act(*row)
        return quarter

    def _write_sums(self, begin: int) -> Sums:
        """Bring a quarter's rows up to date with what it holds now; write only what changed."""
        kept = self._quarters[begin]
        if kept is None:
            written = self.quarters(begin, begin + 1).get(begin, Sums())
            kept = self._quarters[begin] = _Kept(self._quarter(begin), written)
        old, sums = kept.written, _sums(kept.quarter)
        if begin < self.visits_from:
            # Its visits are gone: their sums stand as they were written.
            sums = Sums(old.times, sums.acts)
        kept.written = sums
        # In batches: each statement has a price of its own, and most quarters change by a few rows.
        for sql, rows in (
            (
                "DELETE FROM quarter_time WHERE begin = ? AND network = ? AND page = ?",
                [(begin, *key) for key in old.times.keys() - sums.times.keys()],
            ),
            (
                "INSERT OR REPLACE INTO quarter_time VALUES (?, ?, ?, ?, ?)",
                [
                    (begin, *key, *spent)
                    for key, spent in sums.times.items()
                    if old.times.get(key) != spent
                ],
            ),
            (
                "DELETE FROM quarter_act WHERE begin = ? AND network = ? AND action = ?",
                [(begin, *key) for key in old.acts.keys() - sums.acts.keys()],
            ),
            (
                "INSERT OR REPLACE INTO quarter_act VALUES (?, ?, ?, ?)",
                [
                    (begin, *key, count)
                    for key, count in sums.acts.items()
                    if old.acts.get(key) != count
                ],
            ),
        ):
            if rows:
                self._db.executemany(sql, rows)
        return sums

    # -- reading ---------------------------------------------------------------

    def pieces(self, start: int, end: int) -> list[tuple[int, int, str]]:
        """Who owned the time of the quarters from `start` to `end` (ms): start, end, network."""
        begins = self._rows(
            "SELECT DISTINCT begin FROM quarter_time WHERE begin >= ? AND begin < ? ORDER BY begin",
            (start, end),
        )
        try:
            return [piece for (begin,) in begins for piece in self._quarter(begin).pieces]
        except sqlite3.Error as error:
            raise storage_error(self.path, error) from error

    def marks(self, start: int, end: int) -> list[tuple[int, str, str]]:
        """The interactions in `start <= at < end`, in order: at, network, action."""
        return self._rows(
            "SELECT at, network, action FROM interaction WHERE at >= ? AND at < ? ORDER BY at",
            (start, end),
        )

    def times(self, start: int, end: int) -> list[tuple[int, str, int, int]]:
        """Of each quarter and network, in order: begin, network, ms spent, ms taking part."""
        return self._rows(
            "SELECT begin, network, sum(spent_ms), sum(taking_part_ms) FROM quarter_time"
            " WHERE begin >= ? AND begin < ? GROUP BY begin, network ORDER BY begin",
            (start, end),
        )

    def counts(self, start: int, end: int) -> list[tuple[int, str, str, int]]:
        """The acts of each quarter, in order: begin, network, action, how many."""
        return self._rows(
            "SELECT begin, network, action, count FROM quarter_act"
            " WHERE begin >= ? AND begin < ? ORDER BY begin",
            (start, end),
        )

    def quarters(self, start: int, end: int) -> dict[int, Sums]:
        """The sums of the quarters that begin in `start <= begin < end` (ms)."""
        found: dict[int, Sums] = {}
        try:
            for begin, network, page, spent, taking_part in self._db.execute(
                "SELECT * FROM quarter_time WHERE begin >= ? AND begin < ?", (start, end)
            ):
                found.setdefault(begin, Sums()).times[network, page] = (spent, taking_part)
            for begin, network, action, count in self._db.execute(
                "SELECT * FROM quarter_act WHERE begin >= ? AND begin < ?", (start, end)
            ):
                found.setdefault(begin, Sums()).acts[network, action] = count
        except sqlite3.Error as error:
            raise storage_error(self.path, error) from error
        return found

    def spent(self, start: int, end: int) -> tuple[int, int]:
        """The ms spent, and those taking part, in the quarters of `start <= begin < end`."""
        found: tuple[int, int] = self._one(
            "SELECT coalesce(sum(spent_ms), 0), coalesce(sum(taking_part_ms), 0)"
            " FROM quarter_time WHERE begin >= ? AND begin < ?",
            (start, end),
        )
        return found

    def act_counts(self, start: int, end: int) -> dict[str, int]:
        """How many acts of each kind there were in the quarters of `start <= begin < end`."""
        rows = self._rows(
            "SELECT action, sum(count) FROM quarter_act WHERE begin >= ? AND begin < ?"
            " GROUP BY action",
            (start, end),
        )
        return dict(rows)

    def spoken(self, start: int, end: int) -> list[tuple[str, str, int]]:
        """Network and handle of those dealt with in `start <= at < end`, and how often; looks
        left out."""
        return self._rows(
            "SELECT network, handle, count(*) FROM touch WHERE at >= ? AND at < ?"
            " AND kind != 'visit' GROUP BY network, handle",
            (start, end),
        )

    def last_acts(self, actions: Sequence[str], since: int = 0) -> dict[str, int]:
        """When each network last had one of these acts (ms), since `since` or not at all."""
        named = f"action IN ({','.join('?' * len(actions))})"
        latest = self._rows(
            f"SELECT network, max(begin) FROM quarter_act WHERE {named} AND count > 0"  # noqa: S608
            " AND begin >= ? GROUP BY network",
            (*actions, since - QUARTER_MS),
        )
        found = {}
        for network, begin in latest:
            ((at,),) = self._rows(
                f"SELECT max(at) FROM interaction WHERE {named}"  # noqa: S608
                " AND network = ? AND at >= ? AND at < ?",
                (*actions, network, begin, begin + QUARTER_MS),
            )
            found[network] = at
        return found

    def act_quarters(self, actions: Sequence[str], since: int) -> list[tuple[str, int]]:
        """Network and begin (ms) of each quarter since then that has one of these acts."""
        marks = ",".join("?" * len(actions))
        return self._rows(
            f"SELECT DISTINCT network, begin FROM quarter_act WHERE action IN ({marks})"  # noqa: S608
            " AND count > 0 AND begin >= ?",
            (*actions, since),
        )

    def visited(self, since: int) -> set[str]:
        """The networks that were visited since then (ms)."""
        rows = self._rows(
            "SELECT DISTINCT network FROM quarter_time WHERE begin >= ? AND spent_ms > 0", (since,)
        )
        return {network for (network,) in rows}

    def handles_seen(self, page: str, since: int) -> list[tuple[str, str | None, int]]:
        """Network, handle and number of the visits to a kind of page since then (ms)."""
        return self._rows(
            "SELECT network, handle, count(*) FROM visit WHERE start >= ? AND page = ?"
            " GROUP BY network, handle ORDER BY count(*) DESC, handle",
            (since, page),
        )

    def first_moment(self) -> int | None:
        """The beginning of the first quarter of which anything is known, ms."""
        (begin,) = self._one("SELECT min(begin) FROM quarter_time")
        return None if begin is None else int(begin)

    def last_touches(self) -> dict[Key, Touch]:
        """The last touch of each handle that was ever dealt with."""
        rows = self._rows("SELECT network, handle, kind, at FROM touched")
        return {
            (network, handle): Touch(at=at, kind=kind, network=network)
            for network, handle, kind, at in rows
        }

    def touch_counts(self, start: int, end: int) -> list[TouchCount]:
        """Touches by handle and kind in `start <= at < end`."""
        rows = self._rows(
            "SELECT network, handle, kind, count(*) FROM touch WHERE at >= ? AND at < ?"
            " GROUP BY network, handle, kind",
            (start, end),
        )
        return [TouchCount((network, handle), kind, count) for network, handle, kind, count in rows]

    def touches(self, key: Key, most: int, before: int = LAST_MOMENT) -> list[Touch]:
        """The latest touches of a handle that lie before a moment, the last first."""
        rows = self._rows(
            "SELECT kind, at FROM touch WHERE network = ? AND handle = ? AND at < ?"
            " ORDER BY at DESC LIMIT ?",
            (*key, before, most),
        )
        return [Touch(at=at, kind=kind, network=key[0]) for kind, at in rows]

    def visits(self, start: int, end: int, *, tagged: bool = False) -> list[TagVisit]:
        """The visits that touch `start <= t < end`; `tagged`: those to a tag only."""
        self._note_length(0)
        rows = self._rows(
            "SELECT start, end, id, network, page, tag FROM visit"
            " WHERE tag IS NOT NULL AND end > ? AND end < ? AND start < ?"
            if tagged
            else "SELECT start, end, id, network, page, tag FROM visit"
            " WHERE start > ? AND start < ? AND end > ?",
            (start, end + LONGEST_VISIT_MS, end)
            if tagged
            else (start - (self._longest or 0) - 1, end, start),
        )
        return [TagVisit(*row) for row in rows]

    def acts(self, start: int, end: int) -> list[OwnAct]:
        """The own acts in `start <= at < end`."""
        return [
            OwnAct(*row)
            for row in self._rows(
                "SELECT at, network, tag FROM interaction WHERE at >= ? AND at < ?", (start, end)
            )
        ]

    def shares(self, start: int, end: int) -> list[tuple[int, str]]:
        """When something was shared, and on which network."""
        return self._rows(
            "SELECT at, network FROM interaction WHERE at >= ? AND at < ? AND action = 'share'",
            (start, end),
        )

    def touch_times(self, start: int, end: int) -> list[tuple[Key, int]]:
        """Who was dealt with when, in `start <= at < end`; looks left out."""
        rows = self._rows(
            "SELECT network, handle, at FROM touch WHERE at >= ? AND at < ? AND kind != 'visit'",
            (start, end),
        )
        return [((network, handle), at) for network, handle, at in rows]

    def articles(self, start: int, end: int, least_ms: int) -> list[tuple[int, int, str, str]]:
        """Stays on articles that began in `start <= t < end` and were long enough: start, end,
        network, and whose they were ("" when unknown)."""
        return self._rows(
            "SELECT start, end, network, coalesce(handle, '') FROM visit"
            " WHERE start >= ? AND start < ? AND page = 'article' AND end - start >= ?"
            " ORDER BY start",
            (start, end, least_ms),
        )

    def _rows(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        try:
            return self._db.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise storage_error(self.path, error) from error

    def _one(self, sql: str, values: Sequence[Any] = ()) -> Any:
        return self._rows(sql, values)[0]

    def seen(self) -> dict[str, int]:
        """When each browser was last heard of: the time (ms) of its latest event."""
        try:
            rows = self._db.execute(
                "SELECT browser, max(last_event_at) FROM source GROUP BY browser"
            )
            return dict(rows.fetchall())
        except sqlite3.Error as error:
            raise storage_error(self.path, error) from error

    # -- the log as a whole ------------------------------------------------------

    def would_forget(self, *scopes: Scope) -> Gone:
        """What `forget` would take out; changes nothing."""
        with self._transaction(kept=False):
            return keeping.together(keeping.found(self._db, scope) for scope in scopes)

    def forget(self, *scopes: Scope) -> Gone:
        """Take out what lies in the scopes, of visits that reach into one the part that does.

        No two of them may hold the same event. The sums are worked out anew. When this
        returns, nothing of it is left in the file, free pages and journal included.
        """
        self._drop_held()
        with self._transaction():
            gone = keeping.together(keeping.found(self._db, scope) for scope in scopes)
            touched: set[int] = set()
            for scope in scopes:
                touched |= keeping.delete(self._db, scope, self.visits_from)
            for begin in touched:
                self._quarters[begin] = None
                self._write_sums(begin)
                del self._quarters[begin]
        self._drop_held()
        self._scrub()
        return gone

    def keep_visits_from(self, moment: int) -> int:
        """Let go of visits that ended before `moment` (ms); their sums stay. Gives their number."""
        moment -= moment % QUARTER_MS
        if moment <= self.visits_from:
            return 0
        with self._transaction():
            number = keeping.settle(self._db, moment)
        self._drop_held()
        self.visits_from = moment
        self._checkpoint()
        return number

    def _scrub(self) -> None:
        """Rebuild the file without what was deleted, and empty the journal."""
        try:
            self._db.execute("VACUUM")
        except sqlite3.Error as error:
            raise storage_error(self.path, error) from error
        self._checkpoint()

    def _checkpoint(self) -> None:
        try:
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.Error as error:
            raise storage_error(self.path, error) from error

    def latest(self, before: Place, limit: int, network: str | None = None) -> list[Stored]:
        """Up to `limit` events that lie before a place in the order of time, latest first."""
        return self._read(keeping.latest, before, limit, network)

    def visits_after(self, after: bytes, limit: int) -> list[Stored]:
        """Up to `limit` visits in the order of their ids, after one of them."""
        return self._read(keeping.visits, after, limit)

    def interactions_after(self, after: bytes, limit: int) -> list[Stored]:
        """Up to `limit` interactions in the order of their ids, after one of them."""
        return self._read(keeping.interactions, after, limit)

    def visit_spans(self) -> dict[bytes, tuple[int, int]]:
        """Start and end (ms) of every visit, by its id."""
        return self._read(keeping.visit_spans)

    def act_moments(self) -> dict[bytes, int]:
        """When each interaction took place (ms), by its id."""
        return self._read(keeping.act_moments)

    def sources(self) -> list[tuple[Source, int]]:
        """The browsers that sent something, and when they were last heard of (ms)."""
        for row in self._sources.values():
            if row.written_at != row.last_event_at:
                self._write_source(row)
        return self._read(keeping.sources)

    def settled(self) -> list[tuple[int, str, str, int, int]]:
        """The sums that stand for visits that are no longer kept: begin, network, page, ms, ms."""
        return self._read(keeping.settled)

    def take_settled(
        self, rows: Sequence[tuple[int, str, str, int, int]], visits_from: int
    ) -> None:
        """Add sums of visits that another log no longer kept; of two the larger counts."""
        with self._transaction():
            keeping.take_settled(self._db, rows, visits_from)
        self._drop_held()
        self.visits_from = keeping.visits_from(self._db)

    def take_source(self, source: Source, last_event_at: int, *, kept: bool) -> bool:
        """Note a browser that another log knew; whether that changes anything."""
        known = {(one.browser, one.profile): (one.extension, at) for one, at in self.sources()}
        extension, at = known.get((source.browser, source.profile), ("", 0))
        if at > last_event_at or (extension, at) == (source.extension, last_event_at):
            return False
        if kept:
            with self._transaction():
                self._source(source, last_event_at)
            self.sources()
        return True

    def would_store(self, batches: Sequence[Batch]) -> Outcome:
        """What `store` would say of the batches; changes nothing."""
        outcome = Outcome()
        with self._transaction(kept=False):
            self._store_batches(batches, outcome)
        return outcome

    def take_back(self, copy: Path) -> None:
        """Be as a copy made by `keeping.copy` is, all at once."""
        try:
            keeping.write_over(self._db, copy)
        except sqlite3.Error as error:
            raise storage_error(self.path, error) from error
        self._drop_held()
        self.visits_from = keeping.visits_from(self._db)
        self._checkpoint()

    def _read(self, what: Callable[..., T], *given: Any) -> T:
        try:
            return what(self._db, *given)
        except sqlite3.Error as error:
            raise storage_error(self.path, error) from error


@dataclass(slots=True)
class _Kept:
    """A quarter held in memory, and its sums as they are written."""

    quarter: Quarter
    written: Sums


def _sums(quarter: Quarter) -> Sums:
    times = {k: (t.spent_ms, t.taking_part_ms) for k, t in quarter.times.items() if t.spent_ms}
    return Sums(times, dict(quarter.acts))


@dataclass(slots=True)
class _SourceRow:
    id: int
    extension: str
    last_event_at: int
    written_at: int


@dataclass(frozen=True, slots=True)
class _Table:
    """A table of events: how to find rows by id, and how to write whole ones."""

    name: str
    columns: int


_VISIT, _ACT = _Table("visit", 8), _Table("interaction", 7)


class _Rows:
    """The rows that a transaction is about: read at once, changed in memory, written at once."""

    def __init__(self, db: sqlite3.Connection, table: _Table, keys: Sequence[bytes]) -> None:
        self._db = db
        self._table = table
        self._changed: dict[bytes, tuple[Any, ...]] = {}
        self.changed = self._changed.values()
        self.known: dict[bytes, tuple[Any, ...]] = {}
        if not keys:
            return
        # Ids of version 7 rise with time: a look at the greatest tells most of the new ones.
        (greatest,) = db.execute(f"SELECT max(id) FROM {table.name}").fetchone()  # noqa: S608
        old = [key for key in keys if key <= greatest] if greatest else []
        for number in range(0, len(old), MOST_KEYS):
            part = old[number : number + MOST_KEYS]
            marks = ",".join("?" * len(part))
            for row in db.execute(
                f"SELECT * FROM {table.name} WHERE id IN ({marks})",  # noqa: S608
                part,
            ):
                self.known[row[0]] = row

    def put(self, row: tuple[Any, ...]) -> None:
        self.known[row[0]] = self._changed[row[0]] = row

    def write(self) -> int:
        """Write the rows that changed; their number."""
        if self._changed:
            marks = ",".join("?" * self._table.columns)
            self._db.executemany(
                f"INSERT OR REPLACE INTO {self._table.name} VALUES ({marks})",  # noqa: S608
                self._changed.values(),
            )
        return len(self._changed)


def _write_touches(db: sqlite3.Connection, rows: Sequence[tuple[bytes, Key, Touch]]) -> None:
    db.executemany(
        "INSERT OR REPLACE INTO touch VALUES (?, ?, ?, ?, ?)",
        [(event, *key, touch.kind, touch.at) for event, key, touch in rows],
    )
    db.executemany(
        "INSERT INTO touched VALUES (?, ?, ?, ?) ON CONFLICT (network, handle) DO UPDATE"
        " SET kind = excluded.kind, at = excluded.at WHERE excluded.at >= at",
        [(*key, touch.kind, touch.at) for _, key, touch in rows],
    )


def _latest(batch: Batch) -> int:
    moments = [
        one.event.end if isinstance(one.event, Visit) else one.event.at for one in batch.events
    ]
    return max(moments)


def _create(path: Path) -> None:
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, FILE_MODE))
    except OSError as error:
        raise cannot_write(path, error) from error


def _check_whole(db: sqlite3.Connection) -> None:
    (verdict,) = db.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise sqlite3.DatabaseError(verdict)
