"""Totals of many days, from the sums of their quarters of an hour. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from plnd.measures.time import WEEKDAYS, WorkHours

SPEAKING = frozenset({"post", "reply", "message", "share"})
"""The acts that make a day an interaction day."""
GAP_MS = 30_000
"""A shorter gap does not end a span."""

Piece = tuple[int, int, str]
"""start, end, network"""


@dataclass(slots=True)
class NetworkDay:
    """One network's day, in milliseconds."""

    spent_ms: int = 0
    work_ms: int = 0
    taking_part_ms: int = 0
    acts: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Hour:
    spent_ms: int = 0
    taking_part_ms: int = 0


class Days:
    """The totals of consecutive days by network, and by weekday and hour of the clock.

    `starts` are the days' first moments (ms), and that of the day after the last. Quarters have to
    be added in order of time.
    """

    def __init__(
        self, days: Sequence[date], starts: Sequence[int], zone: ZoneInfo, hours: WorkHours
    ) -> None:
        self.networks: list[defaultdict[str, NetworkDay]] = [defaultdict(NetworkDay) for _ in days]
        self.hours: defaultdict[tuple[int, int], Hour] = defaultdict(Hour)
        self._weekdays = [day.weekday() for day in days]
        self._starts = starts
        self._zone = zone
        self._work_hours = hours

    def add_times(self, rows: Iterable[tuple[int, str, int, int]]) -> None:
        """Add quarters as (begin, network, ms spent, ms taking part)."""
        day, last, working = 0, -1, False
        hour = Hour()
        for begin, network, spent, taking_part in rows:
            if begin != last:
                last, day = begin, self._day(begin, day)
                local = datetime.fromtimestamp(begin / 1000, self._zone)
                working = self._in_work_hours(local)
                hour = self.hours[self._weekdays[day], local.hour]
            figures = self.networks[day][network]
            figures.spent_ms += spent
            figures.taking_part_ms += taking_part
            figures.work_ms += spent if working else 0
            hour.spent_ms += spent
            hour.taking_part_ms += taking_part

    def add_acts(self, rows: Iterable[tuple[int, str, str, int]]) -> None:
        """Add counts of acts as (begin of the quarter, network, action, count)."""
        day = 0
        for begin, network, action, count in rows:
            day = self._day(begin, day)
            acts = self.networks[day][network].acts
            acts[action] = acts.get(action, 0) + count

    def interaction_day(self, number: int) -> bool:
        """Whether the day has a post, a reply, a message or a share."""
        return any(SPEAKING & figures.acts.keys() for figures in self.networks[number].values())

    def _day(self, begin: int, day: int) -> int:
        while begin >= self._starts[day + 1]:
            day += 1
        return day

    def _in_work_hours(self, local: datetime) -> bool:
        hours = self._work_hours
        minute = local.hour * 60 + local.minute
        return (
            hours.start_minute <= minute < hours.end_minute
            and WEEKDAYS[local.weekday()] in hours.days
        )


def join_pieces(pieces: Iterable[Piece]) -> list[Piece]:
    """Pieces in order of time, joined where the same network follows after a short gap."""
    found: list[Piece] = []
    for start, end, network in pieces:
        if found and found[-1][2] == network and start - found[-1][1] < GAP_MS:
            found[-1] = (found[-1][0], end, network)
        else:
            found.append((start, end, network))
    return found
