"""Deleting the events of a scope: a time, a network, a handle, or everything."""

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from plnd.measures.time import ACT_REACH_MS, QUARTER_MS
from plnd.model.names import plain_handle
from plnd.model.scope import Scope
from plnd.store.log.rollups import visits_from
from plnd.store.log.schema import NO_TRIGGERS, TABLES, TRIGGERS


@dataclass(frozen=True, slots=True)
class EventCounts:
    """How much a scope holds: visits and their length, interactions, and rollups."""

    visits: int = 0
    visit_ms: int = 0
    interactions: int = 0
    sums: int = 0

    def __add__(self, other: "EventCounts") -> "EventCounts":
        return EventCounts(
            self.visits + other.visits,
            self.visit_ms + other.visit_ms,
            self.interactions + other.interactions,
            self.sums + other.sums,
        )


def count(db: sqlite3.Connection, scopes: Iterable[Scope]) -> EventCounts:
    """Count what the scopes hold, no two of which may hold the same event."""
    return sum((_count(db, scope) for scope in scopes), EventCounts())


def _count(db: sqlite3.Connection, scope: Scope) -> EventCounts:
    values = _values(db, scope)
    visits, visit_ms = db.execute(
        "SELECT count(*), coalesce(sum(min(end, :end) - max(start, :start)), 0)"  # noqa: S608
        " FROM visit WHERE " + _visits_in(scope),
        values,
    ).fetchone()
    (interactions,) = db.execute(
        "SELECT count(*) FROM interaction WHERE " + _interactions_in(scope),  # noqa: S608
        values,
    ).fetchone()
    sums = 0
    if scope.handle is None:
        (sums,) = db.execute(
            "SELECT count(*) FROM quarter_time WHERE " + _rollups_in(scope),  # noqa: S608
            {**values, "from": visits_from(db)},
        ).fetchone()
    return EventCounts(visits, visit_ms, interactions, sums)


def delete(db: sqlite3.Connection, scope: Scope, rollups_before: int) -> set[int]:
    """Delete what the scope holds; the begins of the quarters whose sums have to be recomputed."""
    if scope.everything:
        _delete_everything(db)
        return set()
    values = _values(db, scope)
    quarters: set[int] = set()
    senders: set[int] = set()
    for table, first, end, condition in (
        ("visit", "start", "end", _visits_in(scope)),
        ("interaction", f"at - {ACT_REACH_MS}", f"at + {ACT_REACH_MS}", _interactions_in(scope)),
    ):
        # Grouped by SQLite: a loop over all rows in Python would hold up the other threads.
        for begin, last in db.execute(
            f"SELECT DISTINCT ({first}) / {QUARTER_MS}, ({end} - 1) / {QUARTER_MS}"  # noqa: S608
            f" FROM {table} WHERE {condition}",
            values,
        ):
            quarters.update(range(begin * QUARTER_MS, (last + 1) * QUARTER_MS, QUARTER_MS))
        senders.update(
            sender
            for (sender,) in db.execute(
                f"SELECT DISTINCT source FROM {table} WHERE {condition}",  # noqa: S608
                values,
            )
        )
    _cut_visits(db, scope, values)
    db.execute("DELETE FROM visit WHERE " + _visits_in(scope), values)  # noqa: S608
    db.execute("DELETE FROM interaction WHERE " + _interactions_in(scope), values)  # noqa: S608
    if scope.handle is None:
        db.execute(
            "DELETE FROM quarter_time WHERE " + _rollups_in(scope),  # noqa: S608
            {**values, "from": rollups_before},
        )
    _update_sources(db, senders)
    return quarters


def _delete_everything(db: sqlite3.Connection) -> None:
    for trigger in NO_TRIGGERS:
        db.execute(trigger)
    for table in TABLES:
        db.execute(f"DELETE FROM {table}")  # noqa: S608
    for trigger in TRIGGERS:
        db.execute(trigger)
    db.execute("UPDATE longest SET visit_ms = 0")
    db.execute("UPDATE kept SET visits_from = 0")


def _cut_visits(
    db: sqlite3.Connection, scope: Scope, values: Mapping[str, int | str | None]
) -> None:
    """Replace each visit that lies only partly in the scope's time by its parts outside."""
    if scope.always:
        return
    overlapping = db.execute(
        "SELECT * FROM visit WHERE (start < :start OR end > :end) AND " + _visits_in(scope),  # noqa: S608
        values,
    ).fetchall()
    for key, *content, start, end in overlapping:
        parts = [(key, start, scope.start)] if start < scope.start else []
        if end > scope.end:
            # The part after the gap is a visit of its own, with an id that is always the same.
            own = hashlib.sha256(key + scope.end.to_bytes(8, "big")).digest()[:16]
            parts.append((own if parts else key, scope.end, end))
        # Not an update: the trigger has to delete the touch that the whole visit was.
        db.execute("DELETE FROM visit WHERE id = ?", (key,))
        db.executemany(
            "INSERT OR IGNORE INTO visit VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [(one, *content, *span) for one, *span in parts],
        )


def _update_sources(db: sqlite3.Connection, senders: Iterable[int]) -> None:
    """Set the last event of browsers from the events left; delete those without any."""
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
    return _with_names("start < :end AND (end > :start OR start >= :start)", scope)


def _interactions_in(scope: Scope) -> str:
    return _with_names("at >= :start AND at < :end", scope)


def _rollups_in(scope: Scope) -> str:
    """The condition for rollups of quarters that overlap the scope's time."""
    words = f"begin < :from AND begin > :start - {QUARTER_MS} AND begin < :end"
    return words + (" AND network = :network" if scope.network is not None else "")


def _with_names(words: str, scope: Scope) -> str:
    if scope.network is not None:
        words += " AND network = :network"
    if scope.handle is not None:
        words += " AND handle IN (SELECT value FROM json_each(:handles))"
    return words


def _values(db: sqlite3.Connection, scope: Scope) -> dict[str, int | str | None]:
    return {
        "start": scope.start,
        "end": scope.end,
        "network": scope.network,
        "handles": None if scope.handle is None else _spellings(db, scope.handle),
    }


def _spellings(db: sqlite3.Connection, handle: str) -> str:
    """All spellings of a handle in this log, as a JSON list: each is compared only once."""
    every = db.execute("SELECT handle FROM visit UNION SELECT handle FROM interaction")
    wanted = plain_handle(handle)
    found = [one for (one,) in every if one is not None and plain_handle(one) == wanted]
    return json.dumps(found)
