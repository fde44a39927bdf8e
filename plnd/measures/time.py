"""Time spent, from visits: each millisecond is counted once. Pure.

Visits from many windows, browsers and devices overlap. A millisecond that several
visits claim belongs to the one that began last (that is where the person went
last), ties going to the greater id. So the networks' times add up to the total,
never to more than the clock shows, and the order in which visits arrive does not matter.

Sums are kept in quarters of an hour of UTC. Every time zone in use since 2000 is
a whole number of quarters away from UTC, so any day, in any zone, with any hour
to start at, is a run of whole quarters: a change of zone recomputes nothing.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

QUARTER_MS = 15 * 60 * 1000
ACT_REACH_MS = 2 * 60 * 1000
"""Time this close to an own act counts as taking part."""

SMALL_BATCH = 8
"""Up to so many contested visits are added faster one by one than together."""
A_DAY, A_YEAR = timedelta(days=1), timedelta(days=400)

Rank = tuple[int, bytes]
Piece = tuple[int, int, Rank, str, str]
"""start, end, rank of the owning visit, network, page"""


class TimeTotals(Struct):
    """Milliseconds spent, and those of them within two minutes of an own act."""

    spent_ms: int = 0
    taking_part_ms: int = 0


class Quarter(Struct):
    """One quarter of an hour, or a part of one: who owns each of its milliseconds.

    `times` is up to date after each `add_…`; equal inputs in any order give equal sums.
    """

    begin: int
    end: int = 0
    """Defaults to a quarter of an hour after `begin`."""
    times: dict[tuple[str, str], TimeTotals] = {}
    acts: dict[tuple[str, str], int] = {}
    _pieces: list[Piece] = []
    _reach: dict[str, list[tuple[int, int]]] = {}

    def __post_init__(self) -> None:
        self.end = self.end or self.begin + QUARTER_MS

    @property
    def pieces(self) -> list[tuple[int, int, str]]:
        """The pieces in order of time, as (start, end, network)."""
        return [(piece[0], piece[1], piece[3]) for piece in self._pieces]

    def add_visit(self, start: int, end: int, id: bytes, network: str, page: str) -> None:
        """Add a visit, or the same visit extended. Only its part in the quarter counts."""
        begin, until = self.begin, self.end
        low, high = start if start > begin else begin, end if end < until else until
        if low >= high:
            return
        rank = (start, id)
        pieces = self._pieces
        if not pieces or pieces[-1][1] <= low:
            # Nearly every visit comes after all others, so nothing is contested.
            self._count(network, page, low, high, 1)
            pieces.append((low, high, rank, network, page))
            return
        first = bisect_right(pieces, low, key=_piece_end)
        built: list[Piece] = []
        at, index = low, first
        while index < len(pieces) and pieces[index][0] < high:
            old = pieces[index]
            if at < old[0]:
                self._own(built, (at, old[0], rank, network, page))
            self._contest(built, old, (max(old[0], low), min(old[1], high), rank, network, page))
            at, index = min(old[1], high), index + 1
        if at < high:
            self._own(built, (at, high, rank, network, page))
        pieces[first:index] = built

    def add_visits(self, visits: Iterable[tuple[int, int, bytes, str, str]]) -> None:
        """Add visits as `add_visit` does, each `(start, end, id, network, page)`.

        Where many contest the same time, owners are computed once for all of them.
        """
        contested = []
        begin, until, pieces = self.begin, self.end, self._pieces
        for visit in visits:
            start, end, key, network, page = visit
            low, high = start if start > begin else begin, end if end < until else until
            if low >= high:
                continue
            if not pieces or pieces[-1][1] <= low:
                self._count(network, page, low, high, 1)
                pieces.append((low, high, (start, key), network, page))
            else:
                contested.append(visit)
        if len(contested) <= SMALL_BATCH:
            for visit in contested:
                self.add_visit(*visit)
            return
        claims = [
            (max(start, self.begin), min(end, self.end), (start, key), network, page)
            for start, end, key, network, page in contested
        ]
        self._pieces = _resolve_owners([*self._pieces, *claims])
        self.times = {}
        for low, high, _, network, page in self._pieces:
            self._count(network, page, low, high, 1)

    def add_act(self, at: int, network: str, action: str) -> None:
        """Add an own act, once per act; it may be up to two minutes outside the quarter."""
        self.add_acts([(at, network, action)])

    def add_acts(self, acts: Iterable[tuple[int, str, str]]) -> None:
        """Add own acts, each `(at, network, action)`."""
        reaches: dict[str, list[tuple[int, int]]] = {}
        for at, network, action in acts:
            if self.begin <= at < self.end:
                key = (network, action)
                self.acts[key] = self.acts.get(key, 0) + 1
            low, high = max(at - ACT_REACH_MS, self.begin), min(at + ACT_REACH_MS, self.end)
            if low < high:
                reaches.setdefault(network, []).append((low, high))
        for network, spans in reaches.items():
            self._reach[network] = _joined([*self._reach.get(network, ()), *spans])
            for tally in self._tallies(network):
                tally.taking_part_ms = 0
            for start, end, _, owner, page in self._pieces:
                if owner == network:
                    self.times[owner, page].taking_part_ms += self._overlap(network, start, end)

    def _tallies(self, network: str) -> Iterable[TimeTotals]:
        return (tally for (owner, _), tally in self.times.items() if owner == network)

    def _contest(self, built: list[Piece], old: Piece, new: Piece) -> None:
        """Keep `old`, except where the part `new` of it has a higher rank."""
        if new[2] <= old[2]:
            _append(built, old)
            return
        self._count(old[3], old[4], new[0], new[1], -1)
        if old[0] < new[0]:
            _append(built, (old[0], new[0], *old[2:]))
        self._own(built, new)
        if new[1] < old[1]:
            _append(built, (new[1], old[1], *old[2:]))

    def _own(self, built: list[Piece], piece: Piece) -> None:
        self._count(piece[3], piece[4], piece[0], piece[1], 1)
        _append(built, piece)

    def _count(self, network: str, page: str, start: int, end: int, sign: int) -> None:
        tally = self.times.get((network, page))
        if tally is None:
            tally = self.times[network, page] = TimeTotals()
        tally.spent_ms += sign * (end - start)
        if network in self._reach:
            tally.taking_part_ms += sign * self._overlap(network, start, end)

    def _overlap(self, network: str, start: int, end: int) -> int:
        reach = self._reach.get(network, ())
        return sum(max(0, min(end, high) - max(start, low)) for low, high in reach)


def _piece_end(piece: Piece) -> int:
    return piece[1]


def _append(built: list[Piece], piece: Piece) -> None:
    """Append a piece, joining it to its neighbour when both are of one visit."""
    if built and built[-1][1] == piece[0] and built[-1][2] == piece[2]:
        built[-1] = (built[-1][0], *piece[1:])
    else:
        built.append(piece)


def _resolve_owners(claims: Sequence[Piece]) -> list[Piece]:
    """The owners where all of these claim time: the greatest rank takes first what is free."""
    moments = sorted({moment for claim in claims for moment in claim[:2]})
    place = {moment: number for number, moment in enumerate(moments)}
    owners: list[Piece | None] = [None] * len(moments)
    free = list(range(len(moments) + 1))  # where to look for the next free place, from each
    for claim in sorted(claims, key=_rank, reverse=True):
        at, end = _next_free(free, place[claim[0]]), place[claim[1]]
        while at < end:
            owners[at] = claim
            free[at] = at + 1
            at = _next_free(free, at)
    built: list[Piece] = []
    for at, owner in enumerate(owners):
        if owner is not None:
            _append(built, (moments[at], moments[at + 1], *owner[2:]))
    return built


def _next_free(free: list[int], at: int) -> int:
    """The first free place from `at` on; paths are halved, as in a union-find structure."""
    while free[at] != at:
        free[at] = free[free[at]]
        at = free[at]
    return at


def _rank(piece: Piece) -> Rank:
    return piece[2]


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for low, high in sorted(spans):
        if joined and low <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], high))
        else:
            joined.append((low, high))
    return joined


def quarters_of(start: int, end: int) -> Sequence[int]:
    """The beginnings of the quarters that `start <= t < end` overlaps: nearly always one."""
    begin = start - start % QUARTER_MS
    return (begin,) if begin < end <= begin + QUARTER_MS else range(begin, end, QUARTER_MS)


def day_bounds(day: date, zone: ZoneInfo, day_start: int) -> tuple[int, int]:
    """First millisecond of the user's `day` and of the day after it.

    A day begins when the wall clock first shows `day_start` o'clock on that date; where
    the clocks skip that hour, when they would have shown it without the change.
    """
    return _day_begin(day, zone, day_start), _day_begin(day + timedelta(days=1), zone, day_start)


def _day_begin(day: date, zone: ZoneInfo, day_start: int) -> int:
    local = datetime(day.year, day.month, day.day, day_start, tzinfo=zone)
    return int(local.timestamp()) * 1000


def parse_day(text: str, room: timedelta = A_DAY) -> date:
    """The day written as YYYY-MM-DD, with `room` in the calendar on both sides.

    Raises:
        ValueError: it is not such a day.
    """
    day = date.fromisoformat(text)
    # Python accepts other forms as well.
    if day.isoformat() != text or not date.min + room <= day <= date.max - room:
        raise ValueError(text)
    return day


def day_of(at: int, zone: ZoneInfo, day_start: int) -> date:
    """The user's day that the moment `at` (ms) belongs to."""
    local = datetime.fromtimestamp(at / 1000, zone).replace(tzinfo=None)
    day = (local - timedelta(hours=day_start)).date()
    if at < _day_begin(day, zone, day_start):
        return day - timedelta(days=1)
    if at >= _day_begin(day + timedelta(days=1), zone, day_start):
        return day + timedelta(days=1)
    return day


WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class WorkHours(Struct, frozen=True):
    """The user's work hours: weekdays, and first and last minute after midnight (exclusive)."""

    days: frozenset[str]
    start_minute: int
    end_minute: int

    def at(self, moment: int, zone: ZoneInfo) -> bool:
        """Whether the moment (ms) is in work hours."""
        local = datetime.fromtimestamp(moment / 1000, zone)
        minute = local.hour * 60 + local.minute
        return WEEKDAYS[local.weekday()] in self.days and (
            self.start_minute <= minute < self.end_minute
        )
