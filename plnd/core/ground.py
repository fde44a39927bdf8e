"""What the parts of `Plnd` stand on: both stores, the clock, the user's settings and zone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from plnd.errors import Invalid
from plnd.measures.time import day_bounds, day_of
from plnd.model import Settings
from plnd.store.book import Book
from plnd.store.files import Home
from plnd.store.log import Log


@dataclass(frozen=True, slots=True)
class Ground:
    """`settings` and `zone` give what holds now; `names` are the networks' names by id."""

    home: Home
    book: Book
    log: Log
    clock: Callable[[], int]
    settings: Callable[[], Settings]
    zone: Callable[[], ZoneInfo]
    names: Mapping[str, str]

    def day_of(self, at: int) -> date:
        """The user's day that a moment (ms) belongs to."""
        return day_of(at, self.zone(), self.settings().day_start)

    def day_bounds(self, day: date) -> tuple[int, int]:
        """First millisecond of a day of the user's, and of the one after it."""
        return day_bounds(day, self.zone(), self.settings().day_start)

    def check_network(self, network: str) -> None:
        """Raises:
        Invalid: there is no such network.
        """
        if network not in self.names:
            known = ", ".join(sorted(self.names))
            raise Invalid(f"unknown network {network!r}", f"one of {known}", field="network")
