"""The event log: every visit and interaction, and their sums by quarter of an hour, in SQLite.

A commit is on disk when it returns (WAL mode with synchronous=FULL). The sums are written in
the transaction of their events. All SQL of plnd is in this folder.
"""

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

from plnd.errors import StorageError
from plnd.measures.people.handles import HandleKey
from plnd.measures.people.ties import act_touch, visit_touch
from plnd.measures.time import QUARTER_MS
from plnd.model.events import Source, Visit
from plnd.model.people import Touch
from plnd.model.scope import Scope
from plnd.store.log import copying, deleting, rollups
from plnd.store.log.batches import Batch, StoreResult
from plnd.store.log.copying import Stopped
from plnd.store.log.deleting import EventCounts
from plnd.store.log.errors import storage_error, storage_errors
from plnd.store.log.event_rows import InteractionRows, VisitRows, add_events
from plnd.store.log.opening import BeforeUpgrade, connect, open_log
from plnd.store.log.quarters import Quarters
from plnd.store.log.queries import Queries
from plnd.store.log.sources import SourceRow, Sources


class Log:
    """The event log in one file; synchronous, and used by one thread.

    `queries` answers questions, `sources` those about browsers; what writes is here.

    `before_upgrade` is called with the version found before a log of an older version is
    migrated. `already_open` is for long work in a thread: another `Log` of this process has
    opened and checked the file. That one must not write meanwhile, and has to `reload` when
    this one has written. Once `stopped` returns True, the work under way fails and is undone.

    Raises:
        StorageError: from any method, when the disk or the file refuses.
    """

    def __init__(
        self,
        path: Path,
        *,
        before_upgrade: BeforeUpgrade | None = None,
        already_open: bool = False,
        stopped: Stopped | None = None,
    ) -> None:
        self.path = path
        self.damaged: list[str] = []
        """Where damaged files were moved to."""
        self._stopped = stopped
        self._closed = False
        if already_open:
            self._db = connect(path, stopped)
        else:
            self._db, self.damaged = open_log(path, before_upgrade, stopped)
        self._highest_ids: dict[str, bytes] = {}
        """The highest id of each table of events; read again when it is missing."""
        self.sources = Sources(self._db, path)
        try:
            with storage_errors(path):
                self._quarters = Quarters(self._db)
        except StorageError:
            self._db.close()
            raise
        self.queries = Queries(self._db, path, self._quarters)

    def close(self) -> None:
        """Write what is not written yet, and close the file; a second call does nothing."""
        if self._closed:
            return
        self._closed = True
        try:
            with storage_errors(self.path):
                for row in self.sources.unwritten():
                    self.sources.write(row)
        finally:
            self._db.close()

    @property
    def visits_from(self) -> int:
        """Since when visits are stored (ms); of older ones there are only sums."""
        return self._quarters.visits_from

    # -- transactions ----------------------------------------------------------

    @contextlib.contextmanager
    def _transaction(self, *, commit: bool = True) -> Iterator[None]:
        """Commit at the end, or roll back: after an error, and when `commit` is False."""
        try:
            self._db.execute("BEGIN IMMEDIATE")
            yield
            if commit:
                self._db.execute("COMMIT")
        except BaseException as error:
            commit = False
            if isinstance(error, sqlite3.Error):
                raise storage_error(self.path, error) from error
            raise
        finally:
            if not commit:
                self._clear_caches()
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")

    def _clear_caches(self) -> None:
        self._quarters.clear()
        self.sources.clear()
        self._highest_ids.clear()

    def reload(self) -> None:
        """Drop all that is held in memory: another connection has changed the file."""
        self._clear_caches()
        with storage_errors(self.path):
            self._quarters.reload()

    # -- storing events --------------------------------------------------------

    def store(self, batches: Sequence[Batch]) -> StoreResult:
        """Store the batches in one transaction. When this returns, they are on disk.

        A visit keeps the earliest start and the latest end received under its id; any other
        event received again changes nothing. An event whose id belongs to other content is a
        conflict and not stored.
        """
        result = StoreResult()
        with self._transaction():
            for begin in self._write_batches(batches, result):
                result.quarters[begin] = self._quarters.write(begin)
        self._quarters.shrink_cache()
        return result

    def would_store(self, batches: Sequence[Batch]) -> StoreResult:
        """The result that `store` would have; changes nothing."""
        result = StoreResult()
        with self._transaction(commit=False):
            self._write_batches(batches, result)
        return result

    def _write_batches(self, batches: Sequence[Batch], result: StoreResult) -> set[int]:
        """Write the events; the begins of the quarters whose sums they change."""
        events = [one for batch in batches for one in batch.events]
        visits = VisitRows(
            self._db,
            self._highest_ids,
            [one.key for one in events if isinstance(one.event, Visit)],
        )
        interactions = InteractionRows(
            self._db,
            self._highest_ids,
            [one.key for one in events if not isinstance(one.event, Visit)],
        )
        source = None
        senders: dict[Source, SourceRow] = {}
        for batch in batches:
            if batch.source != source:
                source = batch.source
                row = senders[source] = self.sources.get_or_add(source)
            result.conflicts.append(add_events(batch.events, row, visits, interactions))
        for source, row in senders.items():
            self.sources.write_if_due(source, row)
            result.last_event_at[source.browser] = max(
                row.last_event_at, result.last_event_at.get(source.browser, 0)
            )
        too_many: set[bytes] = set()
        quarters = self._quarters.add_visits(visits, too_many)
        quarters |= self._quarters.add_interactions(interactions, too_many)
        result.too_many = [
            [one.index for one in batch.events if one.key in too_many] if too_many else []
            for batch in batches
        ]
        result.written = visits.write() + interactions.write()
        result.touches = self._write_touches(visits, interactions)
        return quarters

    def _write_touches(
        self, visits: VisitRows, interactions: InteractionRows
    ) -> list[tuple[HandleKey, Touch]]:
        """Write the touches that the rows written are."""
        rows = []
        for key, _, network, page, handle, _, start, end in visits.changed_with_handle():
            if found := visit_touch(network, page, handle, start, end):
                rows.append((key, *found))
        for key, _, network, action, handle, _, at in interactions.changed_with_handle():
            if found := act_touch(network, action, handle, at):
                rows.append((key, *found))
        if not rows:
            return []
        # No INSERT OR REPLACE: the rows that it replaces would fire no trigger.
        self._db.executemany(
            "INSERT INTO touch VALUES (?, ?, ?, ?, ?) ON CONFLICT (event, kind) DO UPDATE"
            " SET network = excluded.network, handle = excluded.handle, at = excluded.at",
            [(event, *who, touch.kind, touch.at) for event, who, touch in rows],
        )
        self._db.executemany(
            "INSERT INTO touched VALUES (?, ?, ?, ?) ON CONFLICT (network, handle) DO UPDATE"
            " SET kind = excluded.kind, at = excluded.at WHERE excluded.at >= at",
            [(*who, touch.kind, touch.at) for _, who, touch in rows],
        )
        return [row[1:] for row in rows]

    def write_sources(self) -> None:
        """Write the last events of all browsers, of which `store` writes only some."""
        if rows := self.sources.unwritten():
            with self._transaction():
                for row in rows:
                    self.sources.write(row)

    def merge_source(self, source: Source, last_event_at: int, *, commit: bool) -> bool:
        """Add a browser from another log, or its later last event; True when that is new here.

        Nothing is written unless `commit` is True.
        """
        known = {(one.browser, one.profile): (one.extension, at) for one, at in self.sources.all()}
        extension, at = known.get((source.browser, source.profile), ("", 0))
        if at > last_event_at or (extension, at) == (source.extension, last_event_at):
            return False
        if commit:
            with self._transaction():
                row = self.sources.get_or_add(source)
                row.last_event_at = max(last_event_at, row.last_event_at)
                row.extension = source.extension
                self.sources.write(row)
        return True

    # -- deleting --------------------------------------------------------------

    def would_forget(self, *scopes: Scope) -> EventCounts:
        """What `forget` would delete; changes nothing."""
        with storage_errors(self.path):
            return deleting.count(self._db, scopes)

    def forget(self, *scopes: Scope) -> EventCounts:
        """Delete what the scopes hold; of a visit that lies partly in one, that part.

        No two scopes may hold the same event. The sums are computed again, and the file is
        rebuilt without the deleted rows. They are off the disk once `truncate_journal` returned
        True.
        """
        self._clear_caches()
        with self._transaction():
            deleted = deleting.count(self._db, scopes)
            quarters: set[int] = set()
            for scope in scopes:
                quarters |= deleting.delete(self._db, scope, self.visits_from)
            self._quarters.recompute(quarters)
        self.reload()
        with storage_errors(self.path):
            self._db.execute("VACUUM")
        return deleted

    def truncate_journal(self) -> bool:
        """Write the journal into the file and empty it; False when that was not possible.

        Another program that reads the file prevents it: until that has finished, deleted rows
        stay in the journal. Nobody waits for it here.
        """
        with storage_errors(self.path):
            return copying.truncate_journal(self._db)

    # -- rollups ---------------------------------------------------------------

    def delete_visits_before(self, moment: int) -> int:
        """Delete the visits that ended before `moment` (ms), but not their sums; their number."""
        moment -= moment % QUARTER_MS
        if moment <= self.visits_from:
            return 0
        with self._transaction():
            number = rollups.delete_visits_before(self._db, moment)
        self.reload()
        self.truncate_journal()
        return number

    def repair_visits_from(self, now: int) -> None:
        """When `visits_from` lies in the future, set it to the end of the last rollup."""
        if self.visits_from > now:
            with self._transaction():
                rollups.repair_visits_from(self._db, now)
            self.reload()

    def add_rollups(self, rows: Sequence[rollups.Row], visits_from: int) -> None:
        """Add the rollups of another log; where there is a sum already, the larger one stays."""
        with self._transaction():
            rollups.add(self._db, rows, visits_from)
        self.reload()

    # -- copies ----------------------------------------------------------------

    def differences(self, other: "Log") -> dict[str, tuple[int, int, int]]:
        """Compare the visits and the interactions with those of another log.

        For each: how many only the other has, only this one has, and how many differ.
        """
        with storage_errors(self.path):
            return copying.differences(self._db, other.path)

    def restore(self, copy: Path) -> None:
        """Replace the content by that of a copy made with `copying.copy`, in one transaction."""
        with storage_errors(self.path):
            copying.overwrite(self._db, copy, self._stopped)
        self.reload()
        self.truncate_journal()
