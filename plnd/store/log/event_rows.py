"""The rows of one transaction: read with few statements, changed in memory, written with few."""

import functools
import sqlite3
from collections.abc import Collection, Sequence
from itertools import chain
from typing import Any

from plnd.measures.event_validation import LONGEST_VISIT_MS, Accepted
from plnd.measures.time import QUARTER_MS
from plnd.model.events import Interaction, Visit
from plnd.store.log.sources import SourceRow

MAX_KEYS = 1000
"""How many ids one SELECT asks for at most."""
ROWS_PER_INSERT = 50, 10, 1
"""Many rows in one statement take two thirds of the time that they take one by one."""


class _EventRows:
    """The rows of one table that a transaction may change.

    `stored` are rows of the table, `changed` those to be written, both by id.
    """

    table = ""
    columns = 0

    def __init__(
        self, db: sqlite3.Connection, highest_ids: dict[str, bytes], keys: Sequence[bytes]
    ) -> None:
        self._db = db
        self._highest_ids = highest_ids
        self.changed: dict[bytes, tuple[Any, ...]] = {}
        self.stored: dict[bytes, tuple[Any, ...]] = {}
        if not keys:
            return
        # Ids of version 7 rise with time: those above the highest one are new.
        if self.table not in self._highest_ids:
            words = f"SELECT max(id) FROM {self.table}"  # noqa: S608
            self._highest_ids[self.table] = self._db.execute(words).fetchone()[0] or b""
        highest = self._highest_ids[self.table]
        candidates = [key for key in keys if key <= highest]
        for number in range(0, len(candidates), MAX_KEYS):
            some = candidates[number : number + MAX_KEYS]
            placeholders = ",".join("?" * len(some))
            for row in self._db.execute(
                f"SELECT * FROM {self.table} WHERE id IN ({placeholders})",  # noqa: S608
                some,
            ):
                self.stored[row[0]] = row

    def discard(self, keys: Collection[bytes]) -> None:
        """Do not write the rows with these ids."""
        for key in keys:
            self.changed.pop(key, None)

    def changed_with_handle(self) -> list[tuple[Any, ...]]:
        return [row for row in self.changed.values() if row[4] is not None]

    def write(self) -> int:
        """Write the changed rows; their number."""
        if not self.changed:
            return 0
        rows = list(self.changed.values())
        at = 0
        for size in ROWS_PER_INSERT:
            while at + size <= len(rows):
                values = list(chain.from_iterable(rows[at : at + size]))
                self._db.execute(upsert(self.table, self.columns, size), values)
                at += size
        self._highest_ids[self.table] = max(self._highest_ids[self.table], *self.changed)
        return len(rows)


class VisitRows(_EventRows):
    table = "visit"
    columns = 8

    def overlapped(self, key: bytes, begin: int) -> bool:
        """Whether a visit, as it is stored, overlaps the quarter that begins then."""
        row = self.stored.get(key)
        return row is not None and row[6] < begin + QUARTER_MS and row[7] > begin

    def add(self, key: bytes, visit: Visit, source: int) -> bool:
        """Add or extend a visit; False when its id belongs to other content."""
        row = self.changed.get(key) or self.stored.get(key)
        if row is None:
            content = visit.network, visit.page, visit.handle, visit.tag, visit.start, visit.end
            self.changed[key] = (key, source, *content)
            return True
        extended = _extended(row, visit)
        if extended is None:
            return False
        if extended != row:
            self.changed[key] = extended
        return True


def _extended(row: tuple[Any, ...], visit: Visit) -> tuple[Any, ...] | None:
    """The row with the earliest start and the latest end; None for a visit of other content."""
    if row[2:6] != (visit.network, visit.page, visit.handle, visit.tag):
        return None
    start, end = min(visit.start, row[6]), max(visit.end, row[7])
    allowed = (start, end) == row[6:] or end - start <= LONGEST_VISIT_MS
    return (*row[:6], start, end) if allowed else None


class InteractionRows(_EventRows):
    table = "interaction"
    columns = 7

    def add(self, key: bytes, act: Interaction, source: int) -> bool:
        """Add an interaction that is new; False when its id belongs to other content."""
        content = (act.network, act.action, act.handle, act.tag, act.at)
        row = self.changed.get(key) or self.stored.get(key)
        if row is None:
            self.changed[key] = (key, source, *content)
            return True
        return row[2:] == content


def add_events(
    events: Sequence[Accepted],
    source: SourceRow,
    visits: VisitRows,
    interactions: InteractionRows,
) -> list[int]:
    """Add the events of a source; the indexes of those whose id belongs to other content."""
    conflicts = []
    for one in events:
        event = one.event
        if isinstance(event, Visit):
            fits, at = visits.add(one.key, event, source.id), event.end
        else:
            fits, at = interactions.add(one.key, event, source.id), event.at
        if at > source.last_event_at:
            source.last_event_at = at
        if not fits:
            conflicts.append(one.index)
    return conflicts


@functools.cache
def upsert(table: str, columns: int, rows: int) -> str:
    """The statement that inserts so many rows of so many columns, replacing those there."""
    values = ",".join([f"({','.join('?' * columns)})"] * rows)
    return f"INSERT OR REPLACE INTO {table} VALUES {values}"  # noqa: S608
