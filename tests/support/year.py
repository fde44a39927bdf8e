"""A generated year of events, with the sums that the product should compute.

The generator notes the expected sums while it makes the events; it uses nothing of the product.
"""

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from support.builders import act, visit

LONDON = ZoneInfo("Europe/London")
FIRST = date(2025, 11, 24)
LAST = date(2026, 11, 22)
NOW = int(datetime(2026, 11, 22, 21, 0, tzinfo=LONDON).timestamp()) * 1000
BREAKS = [("2025-12-20", "2026-01-04"), ("2026-04-03", "2026-04-17"), ("2026-07-20", "2026-08-31")]
BROWSERS = ("chromium", "firefox", "work")
MINUTE = 60_000
Wire = dict[str, Any]

PEOPLE = {
    # name: handles, ideal gap in days, how many days apart the user deals with them
    "Ana": ([("x", "ana"), ("mastodon", "ana@example.org")], 7, 5),
    "Ben": ([("x", "ben")], 14, 45),
    "Cleo": ([("linkedin", "cleo")], 30, 20),
    "Dan": ([("mastodon", "dan@example.org")], None, 110),
    "Eve": ([("x", "eve")], 60, None),
}
CHATS = {
    # tag: network, weekday, hour, zone, how often it is attended and how
    "weekchat": ("x", "wed", "20:00", "Europe/London"),
    "farchat": ("mastodon", "tue", "20:30", "America/New_York"),
}


@dataclass
class Year:
    """The events by browser, and the sums expected of them."""

    events: dict[str, list[Wire]] = field(default_factory=lambda: {one: [] for one in BROWSERS})
    touches: dict[str, list[tuple[int, str]]] = field(
        default_factory=lambda: {name: [] for name in PEOPLE}
    )
    attended: dict[str, dict[int, str]] = field(default_factory=lambda: {tag: {} for tag in CHATS})
    chat_minutes: dict[tuple[str, int], int] = field(default_factory=dict)
    session_minutes: Counter[tuple[str, str]] = field(default_factory=Counter)
    interaction_days: set[date] = field(default_factory=set)
    spent_minutes: Counter[date] = field(default_factory=Counter)
    spoke: dict[date, Counter[str]] = field(default_factory=dict)

    @property
    def count(self) -> int:
        return sum(map(len, self.events.values()))


def at(day: date, clock: str, zone: ZoneInfo = LONDON) -> int:
    hour, minute = map(int, clock.split(":"))
    local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)
    return int(local.astimezone(UTC).timestamp()) * 1000


def make(seed: int) -> Year:
    """Each kind of event has its own hours of the day, so that none overlap."""
    dice = random.Random(seed)
    year = Year()
    day = FIRST
    while day <= LAST:
        _scroll(year, dice, day)
        _sessions(year, dice, day)
        _people(year, dice, day)
        for tag in CHATS:
            _chat(year, dice, day, tag)
        day += timedelta(days=1)
    for events in year.events.values():
        dice.shuffle(events)
    return year


def _put(year: Year, dice: random.Random, event: Wire) -> None:
    year.events[dice.choice(BROWSERS)].append(event)


def _spend(year: Year, dice: random.Random, begin: int, minutes: int, **given: Any) -> None:
    """Minutes on a page, sometimes seen by two browsers; they count once."""
    day = datetime.fromtimestamp(begin / 1000, LONDON).date()
    year.spent_minutes[day] += minutes
    _put(year, dice, visit(begin, minutes * 60, **given))
    if dice.random() < 0.1:
        _put(year, dice, visit(begin, minutes * 60, **given))


def _act(year: Year, dice: random.Random, moment: int, action: str, **given: Any) -> None:
    _put(year, dice, act(moment, action, **given))
    if action in ("post", "reply", "share", "message"):
        year.interaction_days.add(datetime.fromtimestamp(moment / 1000, LONDON).date())


def _scroll(year: Year, dice: random.Random, day: date) -> None:
    """Morning and evening: feeds, without an act."""
    for begin in ("06:30", "07:00", "07:30", "08:00", "17:00", "17:30", "18:00"):
        if dice.random() < 0.75:
            network = dice.choice(("x", "linkedin", "mastodon"))
            _spend(year, dice, at(day, begin), dice.randint(1, 29), network=network)


def _sessions(year: Year, dice: random.Random, day: date) -> None:
    """10:00: an hour on one network, with an act every second minute of its first part."""
    if dice.random() < 0.7:
        return
    network = dice.choice(("x", "linkedin"))
    busy = dice.randint(2, 50)
    _spend(year, dice, at(day, "10:00"), 60, network=network)
    for minute in range(2, busy, 2):
        _act(year, dice, at(day, "10:00") + minute * MINUTE, dice.choice(("reply", "react")),
             network=network)  # fmt: skip
    acts = range(2, busy, 2)
    if acts:
        # The union of two minutes around each act.
        year.session_minutes[network, str(day)] += acts[-1] + 2


def _people(year: Year, dice: random.Random, day: date) -> None:
    """From 13:00: acts with people, or visits to their profiles."""
    spoke = year.spoke.setdefault(day, Counter())
    for number, (name, (handles, _, apart)) in enumerate(PEOPLE.items()):
        if apart is None or dice.random() >= 1 / apart:
            continue
        network, handle = dice.choice(handles)
        moment = at(day, "13:00") + number * 20 * MINUTE
        shown = handle.upper() if dice.random() < 0.5 else f"@{handle}"
        if dice.random() < 0.3:
            _spend(year, dice, moment, 2, network=network, page="profile", handle=shown)
            year.touches[name].append((moment + 2 * MINUTE, "visit"))
        else:
            action = dice.choice(("reply", "react", "message"))
            _act(year, dice, moment, action, network=network, handle=shown)
            year.touches[name].append((moment, action))
            spoke[name] += 1


def _chat(year: Year, dice: random.Random, day: date, tag: str) -> None:
    network, weekday, clock, zone = CHATS[tag]
    if day.strftime("%a").lower() != weekday:
        return
    if any(first <= str(day) <= last for first, last in BREAKS):
        return
    begin = at(day, clock, ZoneInfo(zone))
    if begin + 60 * MINUTE > NOW:
        return
    how = dice.choice(("took_part", "listened", "missed", "missed"))
    if how == "missed" and dice.random() < 0.5:
        # A visit too short for listening, but enough to keep the chat confirmed.
        _spend(year, dice, begin, 9, network=network, page="tag", tag=tag)
        year.chat_minutes[tag, begin] = 9
    elif how == "missed":
        _spend(year, dice, begin + 50 * MINUTE, 1, network=network, page="tag", tag=tag)
        year.chat_minutes[tag, begin] = 1
    else:
        on_tag, beside = dice.randint(10, 30), dice.randint(0, 25)
        _spend(year, dice, begin, on_tag, network=network, page="tag", tag=tag)
        if beside:
            _spend(year, dice, begin + on_tag * MINUTE, beside, network=network)
        year.chat_minutes[tag, begin] = on_tag + beside
        if how == "took_part":
            _act(year, dice, begin + 70 * MINUTE, "post", network=network, tag=tag)
    year.attended[tag][begin] = how
