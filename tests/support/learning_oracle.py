"""A slow, simple second implementation for chats and people, independent of plnd's code.

It goes through days one by one and through moments minute by minute.
"""

import calendar
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from support.oracle import owner_at

DAY = 86_400_000
MINUTE = 60_000
Wire = dict[str, Any]
ACTS = ("post", "reply", "share", "react", "follow", "message")


def local_time(at: int, zone: str) -> str:
    return datetime.fromtimestamp(at / 1000, ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


def slot_starts(chat: Wire, first: date, last: date) -> list[int]:
    """When a chat begins from `first` to `last`; a time that the clocks skip comes later."""
    found = []
    day = first
    while day <= last:
        if _has_chat(chat, day):
            found.append(_first_minute(day, chat["start"], chat["time_zone"]))
        day += timedelta(days=1)
    return found


def _has_chat(chat: Wire, day: date) -> bool:
    if day.strftime("%a").lower() != chat["weekday"]:
        return False
    if any(gap["first"] <= str(day) <= gap["last"] for gap in chat.get("breaks", [])):
        return False
    if chat["repeat"] == "monthly":
        # By the weeks of the month.
        weeks = calendar.monthcalendar(day.year, day.month)
        column = [week[day.weekday()] for week in weeks if week[day.weekday()]]
        return any(
            column[nth - 1 if nth > 0 else nth] == day.day
            for nth in chat["nth"]
            if nth < 0 or nth <= len(column)
        )
    if chat["repeat"] == "fortnightly":
        # The days of every second week, before and after that of the anchor.
        anchor = date.fromisoformat(chat["anchor"])
        week = [anchor + timedelta(days=number - anchor.weekday()) for number in range(7)]
        while day < week[0]:
            week = [one - timedelta(days=14) for one in week]
        while day >= week[0] + timedelta(days=14):
            week = [one + timedelta(days=14) for one in week]
        return day in week
    return True


def _first_minute(day: date, clock: str, zone: str) -> int:
    wanted = f"{day} {clock}"
    start = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1000
    hour, minute = int(clock[:2]), int(clock[3:])
    # No time zone is further from UTC than 15 hours.
    near = start + (hour * 60 + minute) * MINUTE
    minutes = range(near - 15 * 60 * MINUTE, near + 15 * 60 * MINUTE, MINUTE)
    for at in minutes:
        if local_time(at, zone) == wanted:
            return at
    # The clocks skip that time: add what is missing to the moment of the jump.
    before = max(at for at in minutes if local_time(at, zone) < wanted)
    shown = datetime.strptime(local_time(before, zone), "%Y-%m-%d %H:%M")
    missing = datetime.strptime(wanted, "%Y-%m-%d %H:%M") - shown
    return before + int(missing.total_seconds()) * 1000


# -- people -----------------------------------------------------------------------------


def touches(events: Iterable[Wire], handles: Sequence[tuple[str, str]]) -> list[tuple[int, str]]:
    """Time and kind of the touches that the events have with these handles, in order."""
    names = {f"{network}:{handle}".lower().replace("@", "") for network, handle in handles}
    found = []
    for event in events:
        if not event.get("handle"):
            continue
        name = f"{event['network']}:{event['handle']}".lower().replace("@", "")
        if name not in names:
            continue
        if event["kind"] == "interaction" and event["action"] in ACTS:
            found.append((event["at"], event["action"]))
        if event["kind"] == "visit" and event["page"] == "profile":
            length = event["end"] - event["start"]
            if length >= 60_000:
                found.append((event["end"], "visit"))
    return sorted(found)


def tie(found: Sequence[tuple[int, str]], now: int) -> str:
    """The tie, from all touches."""
    recent = [kind for at, kind in found if now - 90 * DAY <= at]
    if len([kind for kind in recent if kind != "visit"]) > 5:
        return "strong"
    if recent:
        return "weak"
    return "dormant" if any(now - 730 * DAY < at for at, _ in found) else "new"


# -- chats ------------------------------------------------------------------------------


def attended(chat: Wire, start: int, events: Iterable[Wire]) -> str:
    """How the user attended a slot, second by second."""
    end = start + chat["minutes"] * MINUTE
    events = list(events)
    for event in events:
        if event["kind"] != "interaction":
            continue
        tagged = (event.get("tag") or "").lower() == chat["tag"].lower()
        if event["network"] == chat["network"] and start <= event["at"] < end:
            return "took_part"
        if tagged and start <= event["at"] < end + 60 * MINUTE:
            return "took_part"
    tag_visits = [
        event
        for event in events
        if event["kind"] == "visit" and (event.get("tag") or "").lower() == chat["tag"].lower()
    ]
    seconds = sum(
        any(one["start"] <= at < one["end"] for one in tag_visits) for at in range(start, end, 1000)
    )
    return "listened" if seconds >= 600 else "missed"


def chat_seconds(chat: Wire, start: int, visits: Iterable[Wire]) -> int:
    """The seconds of a slot that were spent on the chat's network."""
    visits = list(visits)
    end = start + chat["minutes"] * MINUTE
    near = [one for one in visits if one["end"] > start and one["start"] < end]
    owners = (owner_at(near, at) for at in range(start, end, 1000))
    return sum(owner is not None and owner["network"] == chat["network"] for owner in owners)
