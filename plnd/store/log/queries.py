"""The questions that the log answers; nothing here writes.

Times are in ms; a span from `start` to `end` does not include `end`.
"""

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from msgspec import Struct

from plnd.measures.chats import OwnAct, TagVisit
from plnd.measures.event_validation import LONGEST_VISIT_MS
from plnd.measures.people.handles import HandleKey
from plnd.measures.time import QUARTER_MS
from plnd.model.base import LAST_MOMENT
from plnd.model.people import Touch
from plnd.store.log import rollups, stored_events
from plnd.store.log.errors import storage_errors
from plnd.store.log.quarters import Quarters, QuarterSums, read_sums
from plnd.store.log.stored_events import Position, StoredEvent

T = TypeVar("T")


class TouchCount(Struct, frozen=True):
    """How many touches of one kind a handle had in some time."""

    key: HandleKey
    kind: str
    count: int


class Queries:
    """Read access to the log.

    Raises:
        StorageError: from any method, when the disk or the file refuses.
    """

    def __init__(self, db: sqlite3.Connection, path: Path, quarters: Quarters) -> None:
        self._db = db
        self._path = path
        self._quarters = quarters

    # -- sums of quarters ------------------------------------------------------

    def quarter_sums(self, start: int, end: int) -> dict[int, QuarterSums]:
        """The sums of the quarters that begin from `start` to `end`, by begin."""
        return self._call(read_sums, start, end)

    def network_times(self, start: int, end: int) -> list[tuple[int, str, int, int]]:
        """For each quarter and network, in order: begin, network, ms spent, ms taking part."""
        return self._rows(
            "SELECT begin, network, sum(spent_ms), sum(taking_part_ms) FROM quarter_time"
            " WHERE begin >= ? AND begin < ? GROUP BY begin, network ORDER BY begin",
            (start, end),
        )

    def interaction_counts(self, start: int, end: int) -> list[tuple[int, str, str, int]]:
        """For each quarter, in order: begin, network, action, number of interactions."""
        return self._rows(
            "SELECT begin, network, action, count FROM quarter_act"
            " WHERE begin >= ? AND begin < ? ORDER BY begin",
            (start, end),
        )

    def total_time(self, start: int, end: int) -> tuple[int, int]:
        """The ms spent and the ms taking part in the quarters that begin from `start` to `end`."""
        found: tuple[int, int] = self._one(
            "SELECT coalesce(sum(spent_ms), 0), coalesce(sum(taking_part_ms), 0)"
            " FROM quarter_time WHERE begin >= ? AND begin < ?",
            (start, end),
        )
        return found

    def counts_by_action(self, start: int, end: int) -> dict[str, int]:
        """The number of interactions by action in the quarters that begin from `start` to `end`."""
        rows = self._rows(
            "SELECT action, sum(count) FROM quarter_act WHERE begin >= ? AND begin < ?"
            " GROUP BY action",
            (start, end),
        )
        return dict(rows)

    def time_spans(self, start: int, end: int) -> list[tuple[int, int, str]]:
        """The spans of time spent in the quarters that begin from `start` to `end`: start, end,
        network."""
        begins = self._rows(
            "SELECT DISTINCT begin FROM quarter_time WHERE begin >= ? AND begin < ? ORDER BY begin",
            (start, end),
        )
        with storage_errors(self._path):
            quarters = [self._quarters.compute(begin)[0] for (begin,) in begins]
        return [span for quarter in quarters for span in quarter.pieces]

    def visited_networks(self, since: int) -> set[str]:
        """The networks visited since a moment."""
        rows = self._rows(
            "SELECT DISTINCT network FROM quarter_time WHERE begin >= ? AND spent_ms > 0", (since,)
        )
        return {network for (network,) in rows}

    def interaction_quarters(self, actions: Sequence[str], since: int) -> list[tuple[str, int]]:
        """Network and begin of each quarter since a moment that has one of these actions."""
        placeholders = ",".join("?" * len(actions))
        return self._rows(
            "SELECT DISTINCT network, begin FROM quarter_act"  # noqa: S608
            f" WHERE action IN ({placeholders}) AND count > 0 AND begin >= ?",
            (*actions, since),
        )

    def last_interactions(self, actions: Sequence[str], since: int = 0) -> dict[str, int]:
        """The time of each network's last interaction with one of these actions since a moment."""
        condition = f"action IN ({','.join('?' * len(actions))})"
        latest = self._rows(
            f"SELECT network, max(begin) FROM quarter_act WHERE {condition} AND count > 0"  # noqa: S608
            " AND begin >= ? GROUP BY network",
            (*actions, since - QUARTER_MS),
        )
        found = {}
        for network, begin in latest:
            ((at,),) = self._rows(
                f"SELECT max(at) FROM interaction WHERE {condition}"  # noqa: S608
                " AND network = ? AND at >= ? AND at < ?",
                (*actions, network, begin, begin + QUARTER_MS),
            )
            found[network] = at
        return found

    def first_quarter(self) -> int | None:
        """The begin of the first quarter with a sum."""
        (begin,) = self._one("SELECT min(begin) FROM quarter_time")
        return None if begin is None else int(begin)

    def rollups_after(self, key: tuple[int, str, str], limit: int) -> list[rollups.Row]:
        """Up to `limit` sums of visits no longer stored, in order, after one of them."""
        return self._call(rollups.after, key, limit)

    def missing_rollups(self, rows: Sequence[rollups.Row]) -> list[rollups.Row]:
        """Those of the rows that are not among the sums of visits no longer stored."""
        return self._call(rollups.missing, rows)

    # -- visits ----------------------------------------------------------------

    def first_visit(self) -> int | None:
        """The start of the first visit stored."""
        (start,) = self._one("SELECT min(start) FROM visit")
        return None if start is None else int(start)

    def visits(self, start: int, end: int, *, tagged: bool = False) -> list[TagVisit]:
        """The visits that overlap a span; `tagged`: only those with a tag."""
        if tagged:
            words = "tag IS NOT NULL AND end > ? AND end < ? AND start < ?"
            values = (start, end + LONGEST_VISIT_MS, end)
        else:
            words = "start > ? AND start < ? AND end > ?"
            values = (start - self._longest_visit() - 1, end, start)
        rows = self._rows(
            f"SELECT start, end, id, network, page, tag FROM visit WHERE {words}",  # noqa: S608
            values,
        )
        return [TagVisit(*row) for row in rows]

    def _longest_visit(self) -> int:
        with storage_errors(self._path):
            return self._quarters.longest_visit()

    def handles_visited(self, page: str, since: int) -> list[tuple[str, str | None, int]]:
        """Network, handle and number of the visits to a kind of page since a moment."""
        return self._rows(
            "SELECT network, handle, count(*) FROM visit WHERE start >= ? AND page = ?"
            " GROUP BY network, handle ORDER BY count(*) DESC, handle",
            (since, page),
        )

    def article_visits(
        self, start: int, end: int, min_length: int
    ) -> list[tuple[int, int, str, str]]:
        """Visits to articles that started in a span and lasted `min_length` ms: start, end,
        network, and the author's handle ("" when unknown)."""
        return self._rows(
            "SELECT start, end, network, coalesce(handle, '') FROM visit"
            " WHERE start >= ? AND start < ? AND page = 'article' AND end - start >= ?"
            " ORDER BY start",
            (start, end, min_length),
        )

    # -- interactions ----------------------------------------------------------

    def interactions(self, start: int, end: int) -> list[tuple[int, str, str]]:
        """The interactions in a span, in order: time, network, action."""
        return self._rows(
            "SELECT at, network, action FROM interaction WHERE at >= ? AND at < ? ORDER BY at",
            (start, end),
        )

    def own_acts(self, start: int, end: int) -> list[OwnAct]:
        """The interactions in a span, with their tags."""
        return [
            OwnAct(*row)
            for row in self._rows(
                "SELECT at, network, tag FROM interaction WHERE at >= ? AND at < ?", (start, end)
            )
        ]

    def shares(self, start: int, end: int) -> list[tuple[int, str]]:
        """Time and network of each share in a span."""
        return self._rows(
            "SELECT at, network FROM interaction WHERE at >= ? AND at < ? AND action = 'share'",
            (start, end),
        )

    # -- touches ---------------------------------------------------------------

    def last_touches(self) -> dict[HandleKey, Touch]:
        """The last touch of each handle that ever had one."""
        rows = self._rows("SELECT network, handle, kind, at FROM touched")
        return {
            (network, handle): Touch(at=at, kind=kind, network=network)
            for network, handle, kind, at in rows
        }

    def touch_counts(self, start: int, end: int) -> list[TouchCount]:
        """The number of touches in a span, by handle and kind."""
        rows = self._rows(
            "SELECT network, handle, kind, count(*) FROM touch WHERE at >= ? AND at < ?"
            " GROUP BY network, handle, kind",
            (start, end),
        )
        return [TouchCount((network, handle), kind, count) for network, handle, kind, count in rows]

    def touches(self, key: HandleKey, limit: int, before: int = LAST_MOMENT) -> list[Touch]:
        """Up to `limit` touches of a handle before a moment, the latest first."""
        rows = self._rows(
            "SELECT kind, at FROM touch WHERE network = ? AND handle = ? AND at < ?"
            " ORDER BY at DESC LIMIT ?",
            (*key, before, limit),
        )
        return [Touch(at=at, kind=kind, network=key[0]) for kind, at in rows]

    def touch_times(self, start: int, end: int) -> list[tuple[HandleKey, int]]:
        """Handle and time of each touch in a span; visits are left out."""
        rows = self._rows(
            "SELECT network, handle, at FROM touch WHERE at >= ? AND at < ? AND kind != 'visit'",
            (start, end),
        )
        return [((network, handle), at) for network, handle, at in rows]

    def touches_by_handle(self, start: int, end: int) -> list[tuple[str, str, int]]:
        """Network, handle and number of the touches in a span; visits are left out."""
        return self._rows(
            "SELECT network, handle, count(*) FROM touch WHERE at >= ? AND at < ?"
            " AND kind != 'visit' GROUP BY network, handle",
            (start, end),
        )

    # -- events, page by page --------------------------------------------------

    def latest(self, before: Position, limit: int, network: str | None = None) -> list[StoredEvent]:
        """Up to `limit` events before a position in the order of time, the latest first."""
        return self._call(stored_events.latest, before, limit, network)

    def visits_after(self, key: bytes, limit: int) -> list[StoredEvent]:
        """Up to `limit` visits in the order of their ids, after one of them."""
        return self._call(stored_events.visits_after, key, limit)

    def interactions_after(self, key: bytes, limit: int) -> list[StoredEvent]:
        """Up to `limit` interactions in the order of their ids, after one of them."""
        return self._call(stored_events.interactions_after, key, limit)

    def _rows(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        with storage_errors(self._path):
            return self._db.execute(sql, values).fetchall()

    def _one(self, sql: str, values: Sequence[Any] = ()) -> Any:
        return self._rows(sql, values)[0]

    def _call(self, function: Callable[..., T], *values: Any) -> T:
        with storage_errors(self._path):
            return function(self._db, *values)
