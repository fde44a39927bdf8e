"""A day's figures, kept right as its quarters of an hour change."""

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
    """The sums of a day's quarters; `working` says of a quarter whether it lies in work hours."""

    def __init__(self, start: int, end: int, working: Callable[[int], bool]) -> None:
        self.start = start
        self.end = end
        self.networks: defaultdict[str, NetworkTotals] = defaultdict(NetworkTotals)
        self._working = working
        self._quarters: dict[int, tuple[Times, Acts]] = {}

    def set_quarter(self, begin: int, times: Times, acts: Acts) -> None:
        """Set a quarter's sums, in place of what it had; one outside the day is ignored."""
        if not self.start <= begin < self.end:
            return
        working = self._working(begin)
        old = self._quarters.get(begin)
        if old:
            self._add(*old, working, -1)
        self._quarters[begin] = (times, acts)
        self._add(times, acts, working, 1)

    def _add(self, times: Times, acts: Acts, working: bool, sign: int) -> None:
        for (network, page), (spent, taking_part) in times.items():
            figures = self.networks[network]
            figures.spent_ms += sign * spent
            figures.work_ms += sign * spent if working else 0
            figures.taking_part_ms += sign * taking_part
            figures.pages[page] += sign * spent
        for (network, action), count in acts.items():
            self.networks[network].acts[action] += sign * count

    def spent_ms(self, network: str | None = None, when: str | None = None) -> int:
        """Time spent on a network (all: None), in the hours of work, off them, or at all."""
        chosen = self.networks.values() if network is None else [self.networks[network]]
        if when == "work":
            return sum(figures.work_ms for figures in chosen)
        if when == "off":
            return sum(figures.spent_ms - figures.work_ms for figures in chosen)
        return sum(figures.spent_ms for figures in chosen)

    def taking_part_ms(self) -> int:
        return sum(figures.taking_part_ms for figures in self.networks.values())
