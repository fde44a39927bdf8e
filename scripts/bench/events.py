"""Made-up events: visits as the extension sends them, and logs filled with years of them."""

import random
import secrets
import sys
import time
from pathlib import Path
from typing import Any

from http_client import request
from servers import port_of

from plnd.measures.event_validation import Accepted
from plnd.model.events import Interaction, Page, Source, Visit
from plnd.store.log.batches import Batch
from plnd.store.log.log import Log

DAY_MS = 86_400_000
HOUR_MS = 3_600_000
NETWORKS = ("x", "facebook", "linkedin", "mastodon")
PAGES: tuple[Page, ...] = ("feed", "profile", "post", "messages")
SOURCE = {"browser": "chromium", "profile": "bench", "extension": "0.1.0"}
YEARS_DAYS = 1096


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def uuid7(at: int) -> str:
    """A UUID of version 7 for a moment (ms)."""
    value = at << 80 | 7 << 76 | secrets.randbits(12) << 64 | 2 << 62 | secrets.randbits(62)
    text = f"{value:032x}"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


class Visits:
    """Visits of a made-up user, 12 s apart, the first some hours ago."""

    def __init__(self, *, hours_ago: int) -> None:
        self.at = now_ms() - hours_ago * HOUR_MS

    def next(self) -> dict[str, Any]:
        self.at += 12_000
        return {
            "id": uuid7(self.at),
            "kind": "visit",
            "network": NETWORKS[self.at // 600_000 % 4],
            "page": PAGES[self.at // 60_000 % 4],
            "start": self.at,
            "end": self.at + 11_000,
        }


def posts(found: dict[str, Any], visits: Visits, count: int, size: int = 1) -> list[bytes]:
    """So many requests that store events, each with `size` of them."""
    return [
        request(
            "POST",
            "/api/v1/events",
            {"source": SOURCE, "events": [visits.next() for _ in range(size)]},
            port_of(found),
            found["token"],
        )
        for _ in range(count)
    ]


def fill_log(home: Path, events: int, handles: int = 0) -> None:
    """Write a log with that many events over three years, about the same number each day.

    With `handles`, every third event is an interaction with one of so many handles.
    """
    (home / "data").mkdir(parents=True, exist_ok=True)
    log = Log(home / "data" / "events.db")
    chance = random.Random(1)
    first_day = now_ms() - YEARS_DAYS * DAY_MS
    source = Source(**SOURCE)
    for day in range(YEARS_DAYS):
        count = (day + 1) * events // YEARS_DAYS - day * events // YEARS_DAYS
        log.store([Batch(source, _day(chance, first_day + day * DAY_MS, count, handles))])
        if day % 100 == 0:
            print(f"\rfilling: {100 * day // YEARS_DAYS} %", end="", file=sys.stderr)
    log.close()
    print("\rfilled: ", events, "events", file=sys.stderr)


def _day(chance: random.Random, at: int, count: int, handles: int) -> list[Accepted]:
    """The events of one day, in order of time."""
    made = []
    for index in range(count):
        at += chance.randint(10_000, 60_000)
        key = uuid7(at)
        network = chance.choice(NETWORKS)
        end = at + chance.randint(5_000, 60_000)
        page = chance.choice(PAGES)
        event: Visit | Interaction = Visit(id=key, network=network, page=page, start=at, end=end)
        if handles and index % 3 == 0:
            handle = f"h{chance.randrange(handles)}"
            event = Interaction(id=key, network=network, action="reply", handle=handle, at=at)
        made.append(Accepted(index, bytes.fromhex(key.replace("-", "")), event))
    return made
