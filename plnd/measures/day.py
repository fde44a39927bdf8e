"""A day's totals, updated as its quarters of an hour change. Pure."""

from collections import defaultdict
from collections.abc import Callable

from msgspec import Struct, field

Times = dict[tuple[str, str], tuple[int, int]]
Acts = dict[tuple[str, str], int]


class NetworkTotals(Struct):
    """One network's day, in milliseconds."""

    spent_ms: int = 0
    work_ms: int = 0
    taking_part_ms: int = 0
    pages: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    acts: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))


class DayTotals:
    """The sums of a day's quarters; `is_work` tells whether a quarter (its begin, ms) is in work
    hours."""

    def __init__(self, start: int, end: int, is_work: Callable[[int], bool]) -> None:
        self.start = start
        self.end = end
        self.networks: defaultdict[str, NetworkTotals] = defaultdict(NetworkTotals)
        self._is_work = is_work
        self._quarters: dict[int, tuple[Times, Acts]] = {}

    def set_quarter(self, begin: int, times: Times, acts: Acts) -> None:
        """Set a quarter's sums, replacing those that it had; one outside the day is ignored."""
        if not self.start <= begin < self.end:
            return
        working = self._is_work(begin)
        old = self._quarters.get(begin)
        if old:
            self._add(*old, working, -1)
        self._quarters[begin] = (times, acts)
        self._add(times, acts, working, 1)

    def _add(self, times: Times, acts: Acts, working: bool, sign: int) -> None:
        for (network, page), (spent, taking_part) in times.items():
            totals = self.networks[network]
            totals.spent_ms += sign * spent
            totals.work_ms += sign * spent if working else 0
            totals.taking_part_ms += sign * taking_part
            totals.pages[page] += sign * spent
        for (network, action), count in acts.items():
            self.networks[network].acts[action] += sign * count

    def spent_ms(self, network: str | None = None, when: str | None = None) -> int:
        """Time spent on a network (None: on all) in work hours, off work, or in total (None)."""
        chosen = self.networks.values() if network is None else [self.networks[network]]
        if when == "work":
            return sum(totals.work_ms for totals in chosen)
        if when == "off":
            return sum(totals.spent_ms - totals.work_ms for totals in chosen)
        return sum(totals.spent_ms for totals in chosen)

    def taking_part_ms(self) -> int:
        return sum(totals.taking_part_ms for totals in self.networks.values())
