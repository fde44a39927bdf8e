"""The event log: every visit and interaction, and their sums by quarter of an hour.

SQLite in WAL mode with synchronous=FULL, so a commit is on disk when it returns. `Log` is
synchronous and used by one thread; `store.commits` shares its commits. The sums are written
in the transaction of the events they are made of. SQL stands here, in `store.schema` (the
tables), `store.events` (the rows of a transaction) and `store.keeping` (what is done to a log
as a whole: forgetting, copying, reading it through).
"""

import contextlib
import functools
import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from msgspec import Struct

from plnd.errors import StorageError
from plnd.measures.chats import OwnAct, TagVisit
from plnd.measures.event_validation import LONGEST_VISIT_MS, Accepted
from plnd.measures.people.handles import HandleKey, handle_key
from plnd.measures.people.ties import act_touch, visit_touch
from plnd.measures.time import ACT_REACH_MS, QUARTER_MS, Quarter, quarters_of
from plnd.model.base import LAST_MOMENT
from plnd.model.events import Source, Visit
from plnd.model.people import Touch
from plnd.model.scope import Scope
from plnd.store.log import maintenance
from plnd.store.log.maintenance import Gone, Place, Stored, storage_error, suspect
from plnd.store.log.rows import Acts, SourceRow, Visits, take_events, upsert
from plnd.store.log.schema import APPLICATION_ID, MIGRATIONS, VERSION
from plnd.system import regular_files
from plnd.system.files import FILE_MODE, cannot_write, set_aside

T = TypeVar("T")

KEPT_QUARTERS = 100
MOST_WORK = 4000
MOST_QUARTERS = 200
"""What one commit takes at most: so many quarters of visits, and so many different ones."""
MOST_IN_A_QUARTER = 3000
"""So many visits and acts may touch one quarter of an hour: three a second are nobody's."""
SOURCE_WRITTEN_MS = 5 * 60_000
PATIENCE_SECONDS = 5.0

CROWDED = "there are more events at that time than anybody can make"


class Sums(Struct, frozen=True):
    """A quarter's figures: ms spent and taking part by network and page; acts by action."""

    times: dict[tuple[str, str], tuple[int, int]] = {}
    acts: dict[tuple[str, str], int] = {}


class Batch(Struct, frozen=True):
    """Events of one source, to be stored together."""

    source: Source
    events: Sequence[Accepted]


class Outcome(Struct):
    """What a commit changed: indexes refused per batch, quarters anew, browsers seen, and
    who was touched.

    `conflicts` are refused for their id, `crowded` because there are too many at that time.
    `written` is the number of events that were new or had grown.
    """

    conflicts: list[list[int]] = []
    crowded: list[list[int]] = []
    quarters: dict[int, Sums] = {}
    seen: dict[str, int] = {}
    written: int = 0
    touches: list[tuple[HandleKey, Touch]] = []


def in_parts(batch: Batch) -> list[Batch]:
    """A batch in parts of bounded work, nearly always one: visits of hours touch many quarters."""
    parts: list[Batch] = []
    part: list[Accepted] = []
    begins: set[int] = set()
    work = 0
    for one in batch.events:
        event = one.event
        if isinstance(event, Visit):
            touched = quarters_of(event.start, event.end)
        else:
            touched = (event.at - event.at % QUARTER_MS,)
        if part and (work + len(touched) > MOST_WORK or len(begins) > MOST_QUARTERS):
            parts.append(Batch(batch.source, part))
            part, work, begins = [], 0, set()
        part.append(one)
        begins.update(touched)
        work += len(touched)
    return [*parts, Batch(batch.source, part)]


class TouchCount(Struct, frozen=True):
    """How often, in some time, a handle was dealt with in one way."""

    key: HandleKey
    kind: str
    count: int


class Log:
    """The event log in one file.

    `before_upgrade` is called with the version found, before a log of an older one is changed.
    `second` is for long work in a thread: another `Log` of this process has opened the file, so
    that it is whole and of this version. Whoever writes with it sees to it that the other does
    not meanwhile, and lets that one `look_anew` afterwards. Once `stopped` says so, what is under
    way fails, and nothing of it is kept.

    Raises:
        StorageError: from any method, when the disk or the file refuses.
    """

    def __init__(
        self,
        path: Path,
        *,
        before_upgrade: Callable[[int], None] | None = None,
        second: bool = False,
        stopped: Callable[[], bool] | None = None,
    ) -> None:
        self.path = path
        self._second = second
        self._stopped = stopped
        self.damaged: list[str] = []
        self._before_upgrade = before_upgrade
        self._quarters: dict[int, _Kept | None] = {}
        self._sources: dict[tuple[str, str], SourceRow] = {}
        self._greatest: dict[str, bytes] = {}
        self._longest: int | None = None
        self._closed = False
        self._db = self._open()
        try:
            self.visits_from: int = self._read(maintenance.visits_from)
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
        if self._second:
            db = sqlite3.connect(self.path, isolation_level=None, timeout=PATIENCE_SECONDS)
            self._prepare(db)
            return db
        for suffix in ("-wal", "-shm", "-journal", "-suspect"):
            beside = self.path.with_name(self.path.name + suffix)
            if regular_files.stands_in(beside):
                self.damaged.append(str(set_aside(beside)))
        try:
            return self._open_checked()
        except sqlite3.DatabaseError as error:
            # SQLite's word for a schema that a statement of ours does not fit to is just "error".
            refused = isinstance(error, sqlite3.OperationalError)
            if refused and getattr(error, "sqlite_errorname", "") != "SQLITE_ERROR":
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
        if odd := regular_files.stands_in(self.path):
            raise sqlite3.DatabaseError(f"it is {odd}, not a file")
        wal = self.path.with_name(self.path.name + "-wal")
        unclean = wal.exists() and wal.stat().st_size > 0
        doubted = suspect(self.path)
        new = not self.path.exists()
        if new:
            _create(self.path)
        db = sqlite3.connect(self.path, isolation_level=None, timeout=PATIENCE_SECONDS)
        try:
            if unclean or doubted.exists():
                _check_whole(db)
            version = self._known_version(db)
            if 0 < version < VERSION and self._before_upgrade:
                self._before_upgrade(version)
            db.execute("PRAGMA journal_mode=WAL")
            self._prepare(db)
            if version < VERSION:
                db.create_function("handle_key", 1, lambda handle: handle_key("", handle)[1])
                db.executescript(
                    f"BEGIN IMMEDIATE; {''.join(MIGRATIONS[version:])} "
                    f"PRAGMA application_id={APPLICATION_ID}; "
                    f"PRAGMA user_version={VERSION}; COMMIT;"
                )
            _check_complete(db)
        except BaseException:
            db.close()
            raise
        doubted.unlink(missing_ok=True)
        return db

    def _prepare(self, db: sqlite3.Connection) -> None:
        db.execute("PRAGMA synchronous=FULL")
        # What is deleted is overwritten with zeros, and no copy of it goes to a temporary file.
        db.execute("PRAGMA secure_delete=ON")
        db.execute("PRAGMA temp_store=MEMORY")
        if self._stopped:
            db.set_progress_handler(self._stopped, maintenance.STEPS)

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
        self._greatest.clear()
        self._longest = None

    def _store_batches(self, batches: Sequence[Batch], outcome: Outcome) -> set[int]:
        """Write the events; the quarters whose sums they change."""
        events = [one for batch in batches for one in batch.events]
        visits = Visits(
            self._db, self._greatest, [one.key for one in events if isinstance(one.event, Visit)]
        )
        acts = Acts(
            self._db,
            self._greatest,
            [one.key for one in events if not isinstance(one.event, Visit)],
        )
        source = None
        heard: dict[Source, SourceRow] = {}
        for batch in batches:
            if batch.source != source:
                source = batch.source
                row = heard[source] = self._source(source)
            outcome.conflicts.append(take_events(batch.events, row, visits, acts))
        for source, row in heard.items():
            self._keep_source(source, row)
            outcome.seen[source.browser] = max(
                row.last_event_at, outcome.seen.get(source.browser, 0)
            )
        crowded: set[bytes] = set()
        touched = self._count_visits(visits, crowded) | self._count_acts(acts, crowded)
        outcome.crowded = [
            [one.index for one in batch.events if one.key in crowded] if crowded else []
            for batch in batches
        ]
        outcome.written = visits.write() + acts.write()
        self._write_touches(visits, acts, outcome)
        return touched

    def _write_touches(self, visits: Visits, acts: Acts, outcome: Outcome) -> None:
        """Bring what is kept of dealings with people up to date with the rows written."""
        rows = []
        for key, _, network, page, handle, _, start, end in visits.with_handle():
            if found := visit_touch(network, page, handle, start, end):
                rows.append((key, *found))
        for key, _, network, action, handle, _, at in acts.with_handle():
            if found := act_touch(network, action, handle, at):
                rows.append((key, *found))
        if rows:
            _write_touches(self._db, rows)
            outcome.touches += [row[1:] for row in rows]

    def _count_visits(self, visits: Visits, crowded: set[bytes]) -> set[int]:
        """Add visits that are about to be written to their quarters; gives those quarters.

        Those that find no room are not written: their keys are added to `crowded`.
        """
        touched: dict[int, list[tuple[int, int, bytes, str, str]]] = {}
        anew: set[int] = set()
        entering: dict[int, list[bytes]] = {}
        longest, begin = 0, 0
        rows: list[tuple[int, int, bytes, str, str]] = []
        for key, _, network, page, _, _, start, end in visits.changed.values():
            if end - start > longest:
                longest = end - start
            if visits.known and (row := visits.known.get(key)) and start < row[6]:
                # An earlier start changes the rank of the whole visit: its quarters are worked
                # out anew once all is written.
                anew.update(quarters_of(start, end))
                for other in quarters_of(start, row[6]):
                    self._kept(other)
                    entering.setdefault(other, []).append(key)
            elif begin <= start < end <= begin + QUARTER_MS:  # as nearly all of a batch
                rows.append((start, end, key, network, page))
            else:
                for begin in quarters_of(start, end):
                    rows = touched.setdefault(begin, [])
                    rows.append((start, end, key, network, page))
        if found := self._without_room(visits, touched, entering):
            crowded |= found
            visits.leave_out(found)
            return self._count_visits(visits, crowded)
        for begin, rows in touched.items():
            if kept := self._quarters[begin]:
                kept.quarter.add_visits(rows)
                kept.events += len(rows)
                kept.exact = False
        if self._longest is None or longest > self._longest:
            self._note_length(longest)
        self._quarters.update(dict.fromkeys(anew))
        return touched.keys() | anew

    def _without_room(
        self,
        visits: Visits,
        touched: Mapping[int, Sequence[tuple[int, int, bytes, str, str]]],
        entering: dict[int, list[bytes]],
    ) -> set[bytes]:
        """The visits that find no more room in a quarter that they have not touched before."""
        if self._have_room(touched) and not entering:
            return set()
        for begin, rows in touched.items():
            entering.setdefault(begin, []).extend(
                row[2] for row in rows if not visits.reached(row[2], begin)
            )
        return self._crowded(entering)

    def _count_acts(self, acts: Acts, crowded: set[bytes]) -> set[int]:
        """Add acts that are about to be written to their quarters, as `_count_visits` does."""
        touched: dict[int, list[tuple[int, str, str]]] = {}
        for _, _, network, action, _, _, at in acts.changed.values():
            for begin in quarters_of(at - ACT_REACH_MS, at + ACT_REACH_MS):
                touched.setdefault(begin, []).append((at, network, action))
        if not self._have_room(touched):
            entering: dict[int, list[bytes]] = {}
            for key, *_, at in acts.changed.values():
                for begin in quarters_of(at - ACT_REACH_MS, at + ACT_REACH_MS):
                    entering.setdefault(begin, []).append(key)
            if found := self._crowded(entering):
                crowded |= found
                acts.leave_out(found)
                return self._count_acts(acts, crowded)
        for begin, rows in touched.items():
            if kept := self._quarters[begin]:
                kept.quarter.add_acts(rows)
                kept.events += len(rows)
                kept.exact = False
        return set(touched)

    def _have_room(self, touched: Mapping[int, Sequence[object]]) -> bool:
        """Whether the quarters, which are taken up here, have room for so many events."""
        room = True
        for begin, rows in touched.items():
            kept = self._kept(begin)
            if kept and kept.events + len(rows) > MOST_IN_A_QUARTER:
                room = False
        return room

    def _crowded(self, entering: Mapping[int, Sequence[bytes]]) -> set[bytes]:
        """Those of the keys that find no more room in their quarters."""
        crowded: set[bytes] = set()
        for begin, keys in entering.items():
            kept = self._quarters[begin]
            if kept and kept.events + len(keys) > MOST_IN_A_QUARTER:
                if not kept.exact:
                    # A visit that grew was counted each time: how many are there in truth?
                    kept.events, kept.exact = self._quarter(begin)[1], True
                crowded.update(keys[max(MOST_IN_A_QUARTER - kept.events, 0) :])
        return crowded

    def _source(self, source: Source) -> SourceRow:
        """The row of a source; a new one is written."""
        if not self._sources:
            for row in self._db.execute(
                "SELECT browser, profile, id, extension, last_event_at, last_event_at FROM source"
            ):
                self._sources[row[:2]] = SourceRow(*row[2:])
        name = (source.browser, source.profile)
        known = self._sources.get(name)
        if known is None:
            (number,) = self._db.execute(
                "INSERT INTO source (browser, profile, extension, last_event_at)"
                " VALUES (?, ?, ?, 0) RETURNING id",
                (*name, source.extension),
            ).fetchone()
            known = self._sources[name] = SourceRow(number, source.extension, 0, 0)
        return known

    def _keep_source(self, source: Source, row: SourceRow) -> None:
        """Write a source when it has another extension, or every five minutes of its events."""
        late = row.last_event_at - row.written_at >= SOURCE_WRITTEN_MS
        if late or row.extension != source.extension:
            row.extension = source.extension
            self._write_source(row)

    def _write_source(self, row: SourceRow) -> None:
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
            quarter, events = self._quarter(begin)
            kept = _Kept(quarter, _sums(quarter), events)
        self._quarters[begin] = kept
        return kept

    def _quarter(self, begin: int) -> tuple[Quarter, int]:
        """The quarter with all that is stored of it, worked out from the events; their number."""
        quarter = Quarter(begin)
        self._note_length(0)
        visits = self._db.execute(
            "SELECT start, end, id, network, page FROM visit"
            " WHERE start >= ? AND start < ? AND end > ?",
            (begin - (self._longest or 0), quarter.end, begin),
        ).fetchall()
        acts = self._db.execute(
            "SELECT at, network, action FROM interaction WHERE at > ? AND at < ?",
            (begin - ACT_REACH_MS, quarter.end + ACT_REACH_MS),
        ).fetchall()
        quarter.add_visits(visits)
        quarter.add_acts(acts)
        return quarter, len(visits) + len(acts)

    def _write_sums(self, begin: int) -> Sums:
        """Bring a quarter's rows up to date with what it holds now; write only what changed."""
        kept = self._quarters[begin]
        if kept is None:
            written = self.quarters(begin, begin + 1).get(begin, Sums())
            quarter, events = self._quarter(begin)
            kept = self._quarters[begin] = _Kept(quarter, written, events)
        old, sums = kept.written, _sums(kept.quarter)
        if begin < self.visits_from:
            # Its visits are gone: their sums stand as they were written.
            sums = Sums(old.times, sums.acts)
        kept.written = sums
        if sums.times != old.times:
            self._write_rows("quarter_time", "page", begin, old.times, sums.times)
        if sums.acts != old.acts:
            before, after = ({key: (n,) for key, n in one.acts.items()} for one in (old, sums))
            self._write_rows("quarter_act", "action", begin, before, after)
        return sums

    def _write_rows(
        self,
        table: str,
        name: str,
        begin: int,
        old: Mapping[tuple[str, str], tuple[int, ...]],
        new: Mapping[tuple[str, str], tuple[int, ...]],
    ) -> None:
        """Bring a quarter's rows of sums, by network and by `name`, from `old` to `new`."""
        changed = [(begin, *key, *value) for key, value in new.items() if old.get(key) != value]
        if changed:
            self._db.executemany(upsert(table, len(changed[0]), 1), changed)
        gone = [(begin, *key) for key in old if key not in new]
        if gone:
            where = f"begin = ? AND network = ? AND {name} = ?"
            self._db.executemany(f"DELETE FROM {table} WHERE {where}", gone)  # noqa: S608

    # -- reading ---------------------------------------------------------------

    def pieces(self, start: int, end: int) -> list[tuple[int, int, str]]:
        """Who owned the time of the quarters from `start` to `end` (ms): start, end, network."""
        begins = self._rows(
            "SELECT DISTINCT begin FROM quarter_time WHERE begin >= ? AND begin < ? ORDER BY begin",
            (start, end),
        )
        try:
            return [piece for (begin,) in begins for piece in self._quarter(begin)[0].pieces]
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

    def first_visit(self) -> int | None:
        """When the first of the visits that are kept began, ms."""
        (start,) = self._one("SELECT min(start) FROM visit")
        return None if start is None else int(start)

    def last_touches(self) -> dict[HandleKey, Touch]:
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

    def touches(self, key: HandleKey, most: int, before: int = LAST_MOMENT) -> list[Touch]:
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

    def touch_times(self, start: int, end: int) -> list[tuple[HandleKey, int]]:
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

    def write_sources(self) -> None:
        """Write when each browser was last heard of, which is else written now and then."""
        late = [one for one in self._sources.values() if one.written_at != one.last_event_at]
        if late:
            with self._transaction():
                for row in late:
                    self._write_source(row)

    def look_anew(self) -> None:
        """Another connection has changed the file: hold nothing from before."""
        self._drop_held()
        self.visits_from = self._read(maintenance.visits_from)

    def would_forget(self, *scopes: Scope) -> Gone:
        """What `forget` would take out; changes nothing."""
        return maintenance.together(self._read(maintenance.found, scope) for scope in scopes)

    def forget(self, *scopes: Scope) -> Gone:
        """Take out what lies in the scopes, of visits that reach into one the part that does.

        No two of them may hold the same event. The sums are worked out anew, and the file is
        rebuilt without what was deleted. It is off the disk when `emptied` then says so.
        """
        self._drop_held()
        with self._transaction():
            gone = maintenance.together(maintenance.found(self._db, scope) for scope in scopes)
            touched: set[int] = set()
            for scope in scopes:
                touched |= maintenance.delete(self._db, scope, self.visits_from)
            for begin in touched:
                self._quarters[begin] = None
                self._write_sums(begin)
                del self._quarters[begin]
        self.look_anew()
        self._read(lambda db: db.execute("VACUUM"))
        return gone

    def keep_visits_from(self, moment: int) -> int:
        """Let go of visits that ended before `moment` (ms); their sums stay. Gives their number."""
        moment -= moment % QUARTER_MS
        if moment <= self.visits_from:
            return 0
        with self._transaction():
            number = maintenance.settle(self._db, moment)
        self.look_anew()
        self.emptied()
        return number

    def mend_visits_from(self, now: int) -> None:
        """When visits are kept only from some time ahead, keep them again since their last sum."""
        if self.visits_from > now:
            with self._transaction():
                maintenance.mend_visits_from(self._db, now)
            self.look_anew()

    def emptied(self) -> bool:
        """Empty the journal; whether that was possible.


        Another program that is reading the file holds on to what it reads: as long as it does,
        what was deleted stays in the journal. It is not waited for.
        """
        busy = self._read(maintenance.empty_journal)
        return not busy

    def latest(self, before: Place, limit: int, network: str | None = None) -> list[Stored]:
        """Up to `limit` events that lie before a place in the order of time, latest first."""
        return self._read(maintenance.latest, before, limit, network)

    def visits_after(self, after: bytes, limit: int) -> list[Stored]:
        """Up to `limit` visits in the order of their ids, after one of them."""
        return self._read(maintenance.visits, after, limit)

    def interactions_after(self, after: bytes, limit: int) -> list[Stored]:
        """Up to `limit` interactions in the order of their ids, after one of them."""
        return self._read(maintenance.interactions, after, limit)

    def compared(self, other: "Log") -> dict[str, tuple[int, int, int]]:
        """How `other` differs, of visits and of interactions: how many only it has, how many
        only this one has, how many are longer or shorter."""
        return self._read(maintenance.compared, other.path)

    def sources(self) -> list[tuple[Source, int]]:
        """The browsers that sent something, and when they were last heard of (ms)."""
        held = {name: row.last_event_at for name, row in self._sources.items()}
        return [
            (one, max(at, held.get((one.browser, one.profile), 0)))
            for one, at in self._read(maintenance.sources)
        ]

    def settled(
        self, after: tuple[int, str, str], limit: int
    ) -> list[tuple[int, str, str, int, int]]:
        """Up to `limit` of the sums that stand for visits no longer kept, after one of them:
        begin, network, page, ms spent, ms taking part."""
        return self._read(maintenance.settled, after, limit)

    def not_settled(
        self, rows: Sequence[tuple[int, str, str, int, int]]
    ) -> list[tuple[int, str, str, int, int]]:
        """Those of the sums that do not stand here, or not in place of visits."""
        return self._read(maintenance.not_settled, rows)

    def take_settled(
        self, rows: Sequence[tuple[int, str, str, int, int]], visits_from: int
    ) -> None:
        """Add sums of visits that another log no longer kept; of two the larger counts."""
        with self._transaction():
            maintenance.take_settled(self._db, rows, visits_from)
        self.look_anew()

    def take_source(self, source: Source, last_event_at: int, *, kept: bool) -> bool:
        """Note a browser that another log knew; whether that changes anything."""
        known = {(one.browser, one.profile): (one.extension, at) for one, at in self.sources()}
        extension, at = known.get((source.browser, source.profile), ("", 0))
        if at > last_event_at or (extension, at) == (source.extension, last_event_at):
            return False
        if kept:
            with self._transaction():
                row = self._source(source)
                row.last_event_at = max(last_event_at, row.last_event_at)
                row.extension = source.extension
                self._write_source(row)
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
            maintenance.write_over(self._db, copy, self._stopped)
        except sqlite3.Error as error:
            raise storage_error(self.path, error) from error
        self.look_anew()
        self.emptied()

    def _read(self, what: Callable[..., T], *given: Any) -> T:
        try:
            return what(self._db, *given)
        except sqlite3.Error as error:
            raise storage_error(self.path, error) from error


class _Kept(Struct):
    """A quarter held in memory, and its sums as they are written."""

    quarter: Quarter
    written: Sums
    events: int
    """As many as touch it when `exact`, else at least as many."""
    exact: bool = True


def _sums(quarter: Quarter) -> Sums:
    times = {k: (t.spent_ms, t.taking_part_ms) for k, t in quarter.times.items() if t.spent_ms}
    return Sums(times, dict(quarter.acts))


def _write_touches(db: sqlite3.Connection, rows: Sequence[tuple[bytes, HandleKey, Touch]]) -> None:
    # An update, not a replacement: what a replacement deletes fires no trigger.
    db.executemany(
        "INSERT INTO touch VALUES (?, ?, ?, ?, ?) ON CONFLICT (event, kind) DO UPDATE"
        " SET network = excluded.network, handle = excluded.handle, at = excluded.at",
        [(event, *key, touch.kind, touch.at) for event, key, touch in rows],
    )
    db.executemany(
        "INSERT INTO touched VALUES (?, ?, ?, ?) ON CONFLICT (network, handle) DO UPDATE"
        " SET kind = excluded.kind, at = excluded.at WHERE excluded.at >= at",
        [(*key, touch.kind, touch.at) for _, key, touch in rows],
    )


def _create(path: Path) -> None:
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, FILE_MODE))
    except OSError as error:
        raise cannot_write(path, error) from error


def _check_whole(db: sqlite3.Connection) -> None:
    (verdict,) = db.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise sqlite3.DatabaseError(verdict)


def _check_complete(db: sqlite3.Connection) -> None:
    """Raises:
    DatabaseError: a table, a column, a trigger or the one row of a table is not there.
    """
    if lost := _needed().items() - _parts(db).items():
        raise sqlite3.DatabaseError("it has no " + ", ".join(sorted(name for name, _ in lost)))
    for table, column in (("kept", "visits_from"), ("longest", "visit_ms")):
        rows = db.execute(f"SELECT typeof({column}) FROM {table} LIMIT 2").fetchall()  # noqa: S608
        if rows != [("integer",)]:
            raise sqlite3.DatabaseError(f"{table} does not have its one row")


@functools.cache
def _needed() -> dict[str, tuple[str, tuple[tuple[str], ...]]]:
    """What the migrations make."""
    with contextlib.closing(sqlite3.connect(":memory:")) as db:
        db.create_function("handle_key", 1, lambda handle: handle)
        db.executescript("".join(MIGRATIONS))
        return _parts(db)


def _parts(db: sqlite3.Connection) -> dict[str, tuple[str, tuple[tuple[str], ...]]]:
    """The tables and triggers of a log, and their columns."""
    return {
        name: (
            kind,
            tuple(db.execute("SELECT name FROM pragma_table_info(?)", (name,)).fetchall()),
        )
        for kind, name in db.execute(
            "SELECT type, name FROM sqlite_schema WHERE type IN ('table', 'trigger')"
        )
    }
