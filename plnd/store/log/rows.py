"""The events of a transaction: read at once, changed in memory, written at once.

`store.log` makes these of the batches that it stores.
"""

import functools
import sqlite3
from collections.abc import Collection, Sequence
from itertools import chain
from typing import Any

from msgspec import Struct

from plnd.measures.event_validation import LONGEST_VISIT_MS, Accepted
from plnd.measures.time import QUARTER_MS
from plnd.model.events import Interaction, Visit

MOST_KEYS = 1000
ROWS_AT_ONCE = 50, 10, 1
"""Many rows in one statement take two thirds of the time that they take one by one."""


class SourceRow(Struct):
    """A browser as it stands in the log, and what of it is written."""

    id: int
    extension: str
    last_event_at: int
    written_at: int


class _Rows:
    """The rows that a transaction is about: read at once, changed in memory, written at once."""

    table = ""
    columns = 0

    def __init__(
        self, db: sqlite3.Connection, greatest: dict[str, bytes], keys: Sequence[bytes]
    ) -> None:
        self._db = db
        self._greatest = greatest
        self.changed: dict[bytes, tuple[Any, ...]] = {}
        self.known: dict[bytes, tuple[Any, ...]] = {}
        if not keys:
            return
        # Ids of version 7 rise with time: a look at the greatest tells most of the new ones.
        if self.table not in self._greatest:
            words = f"SELECT max(id) FROM {self.table}"  # noqa: S608
            self._greatest[self.table] = self._db.execute(words).fetchone()[0] or b""
        highest = self._greatest[self.table]
        old = [key for key in keys if key <= highest]
        for number in range(0, len(old), MOST_KEYS):
            part = old[number : number + MOST_KEYS]
            marks = ",".join("?" * len(part))
            for row in self._db.execute(
                f"SELECT * FROM {self.table} WHERE id IN ({marks})",  # noqa: S608
                part,
            ):
                self.known[row[0]] = row

    def leave_out(self, keys: Collection[bytes]) -> None:
        """Write nothing of these after all."""
        for key in keys:
            self.changed.pop(key, None)

    def with_handle(self) -> list[tuple[Any, ...]]:
        """The rows to write that say with whom."""
        return [row for row in self.changed.values() if row[4] is not None]

    def write(self) -> int:
        """Write the rows that changed; their number."""
        if not self.changed:
            return 0
        rows = list(self.changed.values())
        at = 0
        for size in ROWS_AT_ONCE:
            while at + size <= len(rows):
                values = list(chain.from_iterable(rows[at : at + size]))
                self._db.execute(upsert(self.table, self.columns, size), values)
                at += size
        self._greatest[self.table] = max(self._greatest[self.table], *self.changed)
        return len(rows)


class Visits(_Rows):
    table = "visit"
    columns = 8

    def reached(self, key: bytes, begin: int) -> bool:
        """Whether a visit touched a quarter before."""
        row = self.known.get(key)
        return row is not None and row[6] < begin + QUARTER_MS and row[7] > begin

    def take(self, key: bytes, visit: Visit, source: int) -> bool:
        """Keep a visit, new or grown; False when its id came with other content before."""
        row = self.changed.get(key) or self.known.get(key)
        if row is None:
            said = visit.network, visit.page, visit.handle, visit.tag, visit.start, visit.end
            self.changed[key] = (key, source, *said)
            return True
        grown = _grown(row, visit)
        if grown is None:
            return False
        if grown != row:
            self.changed[key] = grown
        return True


def _grown(row: tuple[Any, ...], visit: Visit) -> tuple[Any, ...] | None:
    """The row with the earliest start and the latest end; None for a visit of other content."""
    if row[2:6] != (visit.network, visit.page, visit.handle, visit.tag):
        return None
    start, end = min(visit.start, row[6]), max(visit.end, row[7])
    within = (start, end) == row[6:] or end - start <= LONGEST_VISIT_MS
    return (*row[:6], start, end) if within else None


class Acts(_Rows):
    table = "interaction"
    columns = 7

    def take(self, key: bytes, act: Interaction, source: int) -> bool:
        """Keep an act unless it is known; False when its id came with other content before."""
        said = (act.network, act.action, act.handle, act.tag, act.at)
        row = self.changed.get(key) or self.known.get(key)
        if row is None:
            self.changed[key] = (key, source, *said)
            return True
        return row[2:] == said


def take_events(
    events: Sequence[Accepted], source: SourceRow, visits: Visits, acts: Acts
) -> list[int]:
    """Keep events of a source; the indexes of those whose id came with other content before."""
    conflicts = []
    for one in events:
        event = one.event
        if isinstance(event, Visit):
            fits, at = visits.take(one.key, event, source.id), event.end
        else:
            fits, at = acts.take(one.key, event, source.id), event.at
        if at > source.last_event_at:
            source.last_event_at = at
        if not fits:
            conflicts.append(one.index)
    return conflicts


@functools.cache
def upsert(table: str, columns: int, rows: int) -> str:
    marks = ",".join([f"({','.join('?' * columns)})"] * rows)
    return f"INSERT OR REPLACE INTO {table} VALUES {marks}"  # noqa: S608
