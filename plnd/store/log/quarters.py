"""The sums of each quarter of an hour, kept up to date with the events.

The quarters that changed lately are held in memory, so that an event is added to its quarter
instead of the quarter being computed again from all its events.
"""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from plnd.measures.time import ACT_REACH_MS, QUARTER_MS, Quarter, quarters_of
from plnd.store.log import rollups
from plnd.store.log.event_rows import InteractionRows, VisitRows, upsert

CACHE_SIZE = 100
MAX_EVENTS_PER_QUARTER = 3000
"""More visits and interactions than that in a quarter, three a second, nobody makes."""

VisitSpan = tuple[int, int, bytes, str, str]
"""Start and end (ms), id, network, page."""


class QuarterSums(Struct, frozen=True):
    """The sums of a quarter.

    `times` has ms spent and ms taking part by network and page, `acts` the number of
    interactions by network and action.
    """

    times: dict[tuple[str, str], tuple[int, int]] = {}
    acts: dict[tuple[str, str], int] = {}


class _CachedQuarter(Struct):
    """A quarter in memory, and its sums as the tables have them."""

    quarter: Quarter
    written: QuarterSums
    events: int
    """The number of its events when `exact`, else at least that number."""
    exact: bool = True


class Quarters:
    """The tables `quarter_time` and `quarter_act`, with a cache.

    Every method but `clear` and `reload` is used inside a transaction, or only reads; errors
    of SQLite are left to the caller.
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._cache: dict[int, _CachedQuarter | None] = {}
        """By begin; None for a quarter that has to be computed again after the events are
        written."""
        self._longest_visit_ms: int | None = None
        self.visits_from: int = rollups.visits_from(db)

    def clear(self) -> None:
        """Forget what is in memory: it may differ from the tables now."""
        self._cache.clear()
        self._longest_visit_ms = None

    def reload(self) -> None:
        self.clear()
        self.visits_from = rollups.visits_from(self._db)

    def shrink_cache(self) -> None:
        """Drop the oldest quarters from the cache until it has its size again."""
        while len(self._cache) > CACHE_SIZE:
            del self._cache[next(iter(self._cache))]

    # -- adding events ---------------------------------------------------------

    def add_visits(self, visits: VisitRows, too_many: set[bytes]) -> set[int]:
        """Add visits that are about to be written; the begins of the quarters that changed.

        Visits whose quarter is full are discarded, and their ids are added to `too_many`.
        """
        added: dict[int, list[VisitSpan]] = {}
        outdated: set[int] = set()
        entering: dict[int, list[bytes]] = {}
        longest, begin = 0, 0
        spans: list[VisitSpan] = []
        for key, _, network, page, _, _, start, end in visits.changed.values():
            if end - start > longest:
                longest = end - start
            if visits.stored and (row := visits.stored.get(key)) and start < row[6]:
                # An earlier start changes the rank of the whole visit: its quarters are
                # computed again once all events are written.
                outdated.update(quarters_of(start, end))
                for other in quarters_of(start, row[6]):
                    self._load(other)
                    entering.setdefault(other, []).append(key)
            elif begin <= start < end <= begin + QUARTER_MS:  # true for nearly all of a batch
                spans.append((start, end, key, network, page))
            else:
                for begin in quarters_of(start, end):
                    spans = added.setdefault(begin, [])
                    spans.append((start, end, key, network, page))
        if found := self._visits_without_room(visits, added, entering):
            too_many |= found
            visits.discard(found)
            return self.add_visits(visits, too_many)
        for begin, spans in added.items():
            if cached := self._cache[begin]:
                cached.quarter.add_visits(spans)
                cached.events += len(spans)
                cached.exact = False
        if self._longest_visit_ms is None or longest > self._longest_visit_ms:
            self._raise_longest_visit(longest)
        self._cache.update(dict.fromkeys(outdated))
        return added.keys() | outdated

    def _visits_without_room(
        self,
        visits: VisitRows,
        added: Mapping[int, Sequence[VisitSpan]],
        entering: dict[int, list[bytes]],
    ) -> set[bytes]:
        """The visits that newly reach into a quarter that is full."""
        if self._have_room(added) and not entering:
            return set()
        for begin, spans in added.items():
            entering.setdefault(begin, []).extend(
                span[2] for span in spans if not visits.overlapped(span[2], begin)
            )
        return self._without_room(entering)

    def add_interactions(self, interactions: InteractionRows, too_many: set[bytes]) -> set[int]:
        """Add interactions that are about to be written, as `add_visits` does."""
        added: dict[int, list[tuple[int, str, str]]] = {}
        for _, _, network, action, _, _, at in interactions.changed.values():
            for begin in quarters_of(at - ACT_REACH_MS, at + ACT_REACH_MS):
                added.setdefault(begin, []).append((at, network, action))
        if not self._have_room(added):
            entering: dict[int, list[bytes]] = {}
            for key, *_, at in interactions.changed.values():
                for begin in quarters_of(at - ACT_REACH_MS, at + ACT_REACH_MS):
                    entering.setdefault(begin, []).append(key)
            if found := self._without_room(entering):
                too_many |= found
                interactions.discard(found)
                return self.add_interactions(interactions, too_many)
        for begin, rows in added.items():
            if cached := self._cache[begin]:
                cached.quarter.add_acts(rows)
                cached.events += len(rows)
                cached.exact = False
        return set(added)

    def _have_room(self, added: Mapping[int, Sequence[object]]) -> bool:
        """Load the quarters into the cache; whether all have room for so many events."""
        room = True
        for begin, events in added.items():
            cached = self._load(begin)
            if cached and cached.events + len(events) > MAX_EVENTS_PER_QUARTER:
                room = False
        return room

    def _without_room(self, entering: Mapping[int, Sequence[bytes]]) -> set[bytes]:
        """Those of the events, by the begins of their quarters, that a full quarter excludes."""
        excluded: set[bytes] = set()
        for begin, keys in entering.items():
            cached = self._cache[begin]
            if cached and cached.events + len(keys) > MAX_EVENTS_PER_QUARTER:
                if not cached.exact:
                    # A visit was counted each time it grew: count the events in the tables.
                    cached.events, cached.exact = self.compute(begin)[1], True
                excluded.update(keys[max(MAX_EVENTS_PER_QUARTER - cached.events, 0) :])
        return excluded

    def _load(self, begin: int) -> _CachedQuarter | None:
        """A quarter from the cache; None when it has to be computed after the writing."""
        if begin in self._cache:
            return self._cache[begin]
        cached = None
        if begin >= self.visits_from:  # an earlier one has no visits to compute it from
            quarter, events = self.compute(begin)
            cached = _CachedQuarter(quarter, _sums(quarter), events)
        self._cache[begin] = cached
        return cached

    # -- computing and writing sums --------------------------------------------

    def longest_visit(self) -> int:
        """The length (ms) of the longest visit: how far back a query has to look for visits."""
        if self._longest_visit_ms is None:
            (self._longest_visit_ms,) = self._db.execute("SELECT visit_ms FROM longest").fetchone()
        return self._longest_visit_ms or 0

    def _raise_longest_visit(self, length: int) -> None:
        if length > self.longest_visit():
            self._longest_visit_ms = length
            self._db.execute("UPDATE longest SET visit_ms = ?", (length,))

    def compute(self, begin: int) -> tuple[Quarter, int]:
        """A quarter computed from its stored events, and their number."""
        quarter = Quarter(begin)
        visits = self._db.execute(
            "SELECT start, end, id, network, page FROM visit"
            " WHERE start >= ? AND start < ? AND end > ?",
            (begin - self.longest_visit(), quarter.end, begin),
        ).fetchall()
        acts = self._db.execute(
            "SELECT at, network, action FROM interaction WHERE at > ? AND at < ?",
            (begin - ACT_REACH_MS, quarter.end + ACT_REACH_MS),
        ).fetchall()
        quarter.add_visits(visits)
        quarter.add_acts(acts)
        return quarter, len(visits) + len(acts)

    def recompute(self, begins: Iterable[int]) -> None:
        """Compute the sums of quarters again and write them."""
        for begin in begins:
            self._cache[begin] = None
            self.write(begin)
            del self._cache[begin]

    def write(self, begin: int) -> QuarterSums:
        """Write those sums of a quarter that changed; all its sums."""
        cached = self._cache[begin]
        if cached is None:
            written = read_sums(self._db, begin, begin + 1).get(begin, QuarterSums())
            quarter, events = self.compute(begin)
            cached = self._cache[begin] = _CachedQuarter(quarter, written, events)
        old, sums = cached.written, _sums(cached.quarter)
        if begin < self.visits_from:
            # Its visits are deleted: their sums stay as they were written.
            sums = QuarterSums(old.times, sums.acts)
        cached.written = sums
        if sums.times != old.times:
            self._write_rows("quarter_time", "page", begin, old.times, sums.times)
        if sums.acts != old.acts:
            before, after = ({key: (n,) for key, n in one.acts.items()} for one in (old, sums))
            self._write_rows("quarter_act", "action", begin, before, after)
        return sums

    def _write_rows(
        self,
        table: str,
        column: str,
        begin: int,
        old: Mapping[tuple[str, str], tuple[int, ...]],
        new: Mapping[tuple[str, str], tuple[int, ...]],
    ) -> None:
        """Change a quarter's rows, by network and by a column, from `old` to `new`."""
        changed = [(begin, *key, *value) for key, value in new.items() if old.get(key) != value]
        if changed:
            self._db.executemany(upsert(table, len(changed[0]), 1), changed)
        gone = [(begin, *key) for key in old if key not in new]
        if gone:
            where = f"begin = ? AND network = ? AND {column} = ?"
            self._db.executemany(f"DELETE FROM {table} WHERE {where}", gone)  # noqa: S608


def read_sums(db: sqlite3.Connection, start: int, end: int) -> dict[int, QuarterSums]:
    """The sums of the quarters with `start <= begin < end` (ms), by begin."""
    found: dict[int, QuarterSums] = {}
    for begin, network, page, spent, taking_part in db.execute(
        "SELECT * FROM quarter_time WHERE begin >= ? AND begin < ?", (start, end)
    ):
        found.setdefault(begin, QuarterSums()).times[network, page] = (spent, taking_part)
    for begin, network, action, count in db.execute(
        "SELECT * FROM quarter_act WHERE begin >= ? AND begin < ?", (start, end)
    ):
        found.setdefault(begin, QuarterSums()).acts[network, action] = count
    return found


def _sums(quarter: Quarter) -> QuarterSums:
    times = {k: (t.spent_ms, t.taking_part_ms) for k, t in quarter.times.items() if t.spent_ms}
    return QuarterSums(times, dict(quarter.acts))
