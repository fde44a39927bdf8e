"""What every part of `Plnd` needs: both stores, the clock, the settings and the time zone."""

import functools
import secrets
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from plnd.errors import Invalid
from plnd.measures.field_checks import check_network
from plnd.measures.time import WorkHours, day_bounds, day_of
from plnd.model.feeds import Feed
from plnd.model.settings import Settings
from plnd.notices.rules import minute_of
from plnd.store.book.book import Book
from plnd.store.log.log import Log
from plnd.system.files import Home
from plnd.words.messages import Words

DAY_MS = 24 * 60 * 60 * 1000


class Context(Struct, frozen=True):
    """`settings` and `zone` give the current ones; `names` are the networks' names by id."""

    home: Home
    book: Book
    log: Log
    clock: Callable[[], int]
    settings: Callable[[], Settings]
    zone: Callable[[], ZoneInfo]
    names: Mapping[str, str]

    def day_of(self, at: int) -> date:
        """The day of a moment (ms), by the user's zone and start of the day."""
        return day_of(at, self.zone(), self.settings().day_start)

    def day_bounds(self, day: date) -> tuple[int, int]:
        """The first millisecond of a day, and of the day after it."""
        return day_bounds(day, self.zone(), self.settings().day_start)

    def minute_of_day(self, at: int) -> int:
        """Minutes after midnight in the user's zone."""
        local = datetime.fromtimestamp(at / 1000, self.zone())
        return local.hour * 60 + local.minute

    def work_hours(self) -> WorkHours:
        """The working hours of the settings."""
        settings = self.settings()
        return _work_hours(tuple(settings.work_days), settings.work_start, settings.work_end)

    def check_network(self, network: str) -> None:
        """Raises:
        Invalid: there is no such network.
        """
        check_network(network, self.names)

    def moment(self, at: int | None, when: str | None) -> int:
        """The moment `at` (ms), or that of a local time in words, or now.

        Raises:
            Invalid: the words cannot be parsed, or the moment is in the future.
        """
        now = self.clock()
        found = at if at is not None else now if when is None else self._parse(when.strip(), now)
        if found > now + DAY_MS:
            raise Invalid("that lies in the future", field="when" if at is None else "at")
        return found

    def _parse(self, words: str, now: int) -> int:
        today = self.day_of(now)
        days = {"today": today, "yesterday": today - timedelta(days=1)}
        try:
            local = (
                datetime.combine(days[words], datetime.min.time()).replace(hour=12)
                if words in days
                else datetime.fromisoformat(words)
            )
        except ValueError:
            hint = "write 2026-11-20, 2026-11-20 14:00, or yesterday"
            raise Invalid(f"{words!r} is not a time", hint, field="when") from None
        if len(words) == len("2026-11-20") and words not in days:
            local = local.replace(hour=12)
        if local.tzinfo is None:
            local = local.replace(tzinfo=self.zone())
        try:
            found = int(local.timestamp()) * 1000
        except (OverflowError, OSError, ValueError):
            raise Invalid(f"{words!r} is not a time", field="when") from None
        if found < 0:
            raise Invalid(f"{words!r} is too long ago", field="when")
        # A later time of today stands for now: noon stands for a whole day.
        ahead = now < found <= now + DAY_MS
        return now if ahead and self.day_of(found) == today else found


@functools.lru_cache(maxsize=1)
def _work_hours(days: tuple[str, ...], start: str, end: str) -> WorkHours:
    """Cached, as every event asks and the settings rarely change."""
    return WorkHours(frozenset(days), minute_of(start), minute_of(end))


def new_id() -> str:
    """A random id for a document; its beginning is short enough to type."""
    return secrets.token_hex(8)


def translated_feed(feed: Feed | None, words: Words) -> Feed | None:
    """A feed for the reader, with its error in their language."""
    if feed is None:
        return None
    error = None
    if feed.trouble is not None:
        try:
            error = words.say(feed.trouble.key, **feed.trouble.values)
        except KeyError:  # stored by another version of plnd, or another program
            error = words.say("read_failed_feed")
    return replace(feed, trouble=None, error=error)
