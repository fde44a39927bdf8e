"""The browsers that send events, and the time of the last event of each."""

import sqlite3
from pathlib import Path

from msgspec import Struct

from plnd.model.events import Source
from plnd.store.log.errors import storage_errors

WRITE_EVERY_MS = 5 * 60_000


class SourceRow(Struct):
    """A browser in memory; `written_at` is the `last_event_at` of its row in the table."""

    id: int
    extension: str
    last_event_at: int
    written_at: int


class Sources:
    """The table `source`, with a cache: its rows are written every five minutes of events."""

    def __init__(self, db: sqlite3.Connection, path: Path) -> None:
        self._db = db
        self._path = path
        self._rows: dict[tuple[str, str], SourceRow] = {}

    def clear(self) -> None:
        """Forget what is in memory."""
        self._rows.clear()

    # -- inside a transaction --------------------------------------------------

    def get_or_add(self, source: Source) -> SourceRow:
        """The row of a source; a new one is written."""
        if not self._rows:
            for row in self._db.execute(
                "SELECT browser, profile, id, extension, last_event_at, last_event_at FROM source"
            ):
                self._rows[row[:2]] = SourceRow(*row[2:])
        key = (source.browser, source.profile)
        found = self._rows.get(key)
        if found is None:
            (number,) = self._db.execute(
                "INSERT INTO source (browser, profile, extension, last_event_at)"
                " VALUES (?, ?, ?, 0) RETURNING id",
                (*key, source.extension),
            ).fetchone()
            found = self._rows[key] = SourceRow(number, source.extension, 0, 0)
        return found

    def write_if_due(self, source: Source, row: SourceRow) -> None:
        """Write a source that has another extension now, or five minutes of new events."""
        due = row.last_event_at - row.written_at >= WRITE_EVERY_MS
        if due or row.extension != source.extension:
            row.extension = source.extension
            self.write(row)

    def write(self, row: SourceRow) -> None:
        self._db.execute(
            "UPDATE source SET extension = ?, last_event_at = ? WHERE id = ?",
            (row.extension, row.last_event_at, row.id),
        )
        row.written_at = row.last_event_at

    def unwritten(self) -> list[SourceRow]:
        """The sources whose last event is later than the table says."""
        return [row for row in self._rows.values() if row.written_at != row.last_event_at]

    # -- queries ---------------------------------------------------------------

    def last_event_times(self) -> dict[str, int]:
        """The time (ms) of each browser's latest event."""
        with storage_errors(self._path):
            rows = self._db.execute(
                "SELECT browser, max(last_event_at) FROM source GROUP BY browser"
            )
            return dict(rows.fetchall())

    def all(self) -> list[tuple[Source, int]]:
        """Every source, and the time (ms) of its latest event."""
        with storage_errors(self._path):
            rows = self._db.execute(
                "SELECT browser, profile, extension, last_event_at FROM source ORDER BY 1, 2"
            ).fetchall()
        cached = {key: row.last_event_at for key, row in self._rows.items()}
        return [
            (
                Source(browser=browser, profile=profile, extension=extension),
                max(at, cached.get((browser, profile), 0)),
            )
            for browser, profile, extension, at in rows
        ]
