"""Calendars (.ics): reads meetings and term dates, writes the followed chats."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from math import prod
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events
from msgspec.structs import replace

from plnd.archives.results import Appointment
from plnd.archives.time_limit import TimeLimit, no_limit
from plnd.errors import Invalid
from plnd.measures.chats import slots
from plnd.model.chats import Break, Chat
from plnd.model.names import plain_name
from plnd.model.people import Problem
from plnd.words.messages import ENGLISH, Words
from plnd.words.printable import harmless, one_line

MOST_OCCURRENCES = 20_000
MOST_NAMES = 100
LONGEST_SUMMARY = 1000
MOST_TIMES_A_DAY = 24
_BEGIN = "an .ics file begins with BEGIN:VCALENDAR"
DAY_MS = 24 * 60 * 60 * 1000


def appointments(
    text: str,
    zone: ZoneInfo,
    start: int,
    end: int,
    words: Words = ENGLISH,
    *,
    time_limit: TimeLimit = no_limit,
) -> tuple[list[Appointment], list[Problem]]:
    """The occurrences that begin in `start <= at < end` (ms), recurrences unrolled.

    `zone` is for times without one. All-day entries are left out: they are not meetings.

    Raises:
        Invalid: it is not a calendar, or has too many entries.
    """
    found: list[Appointment] = []
    problems: list[Problem] = []
    for event in _events(text, start, end, problems, words, time_limit):
        begin = event.get("DTSTART").dt
        if not isinstance(begin, datetime):
            continue
        at = _moment(begin, zone)
        if start <= at < end:
            uid = str(event.get("UID", event.get("SUMMARY", "")))[:200]
            names = tuple(islice(_names(event), MOST_NAMES))
            found.append(Appointment(f"{uid}@{at}", at, _summary(event), names))
    return found, problems


def with_known_people(found: Iterable[Appointment], known: frozenset[str]) -> list[Appointment]:
    """The appointments with somebody in `known`, invited by name or named in the title.

    `names` are then those people's names as `plain_name` gives them.
    """
    sizes = {key.count(" ") + 1 for key in known} - {1}  # many people share a first name
    met = []
    for one in found:
        keys = [key for name in one.names if (key := plain_name(name)) in known]
        title = plain_name(one.summary).split(" ")
        for size in sizes:
            runs = (" ".join(title[n : n + size]) for n in range(len(title) - size + 1))
            keys += [key for key in runs if key in known]
        if keys:
            met.append(replace(one, names=tuple(dict.fromkeys(keys))))
    return met


def term_dates(
    text: str,
    start: int,
    end: int,
    words: Words = ENGLISH,
    *,
    time_limit: TimeLimit = no_limit,
) -> tuple[list[Break], list[Problem]]:
    """The entries of a calendar of term dates, as breaks.

    Raises:
        Invalid: it is not a calendar, or has too many entries.
    """
    found: list[Break] = []
    problems: list[Problem] = []
    for event in _events(text, start, end, problems, words, time_limit):
        begin, close = event.get("DTSTART").dt, event.get("DTEND")
        first = begin.date() if isinstance(begin, datetime) else begin
        last = first if close is None else _last_day(close.dt)
        found.append(
            Break(
                first=first.isoformat(),
                last=max(first, last).isoformat(),
                name=_summary(event)[:256],
            )
        )
    return found, problems


def _events(
    text: str, start: int, end: int, problems: list[Problem], words: Words, time_limit: TimeLimit
) -> Iterator[icalendar.cal.Component]:
    calendar = _calendar(text)
    low, high = (datetime.fromtimestamp(at / 1000, UTC) for at in (start, end))
    count = 0
    if len(calendar.walk("VEVENT")) > MOST_OCCURRENCES:
        raise Invalid(
            f"more than {MOST_OCCURRENCES} entries", "import it in parts", field="content"
        )
    # One entry at a time, so that a broken one does not affect the others.
    for entry, name in _single_entries(calendar, words):
        try:
            with time_limit():
                _check_rules(entry, words)
                unrolled = recurring_ical_events.of(entry).between(low, high)
        except TimeoutError:
            problems.append(Problem(where=name, message=words.say("import_too_hard")))
            continue
        # The library raises errors of every kind for what it does not understand.
        except Exception as error:
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            problems.append(
                Problem(where=name, message=words.say("import_unread", why=reason[:200]))
            )
            continue
        count += len(unrolled)
        if count > MOST_OCCURRENCES:
            raise Invalid(
                f"more than {MOST_OCCURRENCES} occurrences",
                "import a shorter calendar",
                field="content",
            )
        yield from unrolled


def _check_rules(entry: icalendar.Calendar, words: Words) -> None:
    """Reject rules that repeat many times a day: unrolling them takes minutes."""
    for event in entry.walk("VEVENT"):
        rules = event.get("RRULE", [])
        for rule in rules if isinstance(rules, list) else [rules]:
            often = str(rule.get("FREQ", ["DAILY"])[0]).lower()
            times = [rule.get(by, []) for by in ("BYHOUR", "BYMINUTE", "BYSECOND")]
            a_day = prod(len(one) if isinstance(one, list) else 1 for one in times if one)
            if often in ("secondly", "minutely", "hourly") or a_day > MOST_TIMES_A_DAY:
                raise ValueError(words.say("import_too_often", often=often))


def _calendar(text: str) -> icalendar.Calendar:
    try:
        found = icalendar.Calendar.from_ical(text)
    except (ValueError, IndexError, KeyError) as error:
        raise Invalid(
            f"this is no calendar: {str(error)[:200]}", _BEGIN, field="content"
        ) from error
    if found.name != "VCALENDAR":
        raise Invalid("this is no calendar", _BEGIN, field="content")
    return found


def _single_entries(
    calendar: icalendar.Calendar, words: Words
) -> Iterator[tuple[icalendar.Calendar, str]]:
    """A calendar for each entry, with its exceptions and all time zones."""
    zones = calendar.walk("VTIMEZONE")
    entries: dict[str, list[icalendar.cal.Component]] = {}
    for number, event in enumerate(calendar.walk("VEVENT"), 1):
        entries.setdefault(str(event.get("UID") or f"entry {number}"), []).append(event)
    for number, parts in enumerate(entries.values(), 1):
        entry = icalendar.Calendar()
        for part in (*zones, *parts):
            entry.add_component(part)
        yield entry, words.say("import_entry", n=number, title=_summary(parts[0])[:60])


def _moment(at: datetime, zone: ZoneInfo) -> int:
    return int((at if at.tzinfo else at.replace(tzinfo=zone)).timestamp()) * 1000


def _last_day(end: date | datetime) -> date:
    """The last day of an entry; its end is the first moment, or day, after it."""
    if isinstance(end, datetime):
        return (end - timedelta(microseconds=1)).date()
    return end - timedelta(days=1)


def _summary(event: icalendar.cal.Component) -> str:
    return " ".join(str(event.get("SUMMARY", "")).split())[:LONGEST_SUMMARY]


def _names(event: icalendar.cal.Component) -> Iterator[str]:
    """The names of the people invited, without their addresses."""
    invited = event.get("ATTENDEE", [])
    for one in invited if isinstance(invited, list) else [invited]:
        if name := " ".join(str(one.params.get("CN", "")).split()):
            yield name


# -- writing --------------------------------------------------------------------------


def chats_calendar(chats: Iterable[Chat], now: int, years: int = 2) -> bytes:
    """The chats as a calendar to subscribe to, from a month ago to `years` from now.

    Each chat is one recurring entry in its own time zone, without the slots in breaks, so that
    a calendar program shows the same slots that plnd uses.
    """
    calendar = icalendar.Calendar()
    for name, value in (("PRODID", "-//plnd//chats//EN"), ("VERSION", "2.0")):
        calendar.add(name, value)
    calendar.add("X-WR-CALNAME", "Chats")
    start, end = now - 30 * DAY_MS, now + years * 366 * DAY_MS
    for chat in chats:
        if event := _chat_event(chat, start, end, now):
            calendar.add_component(event)
    calendar.add_missing_timezones(
        first_date=datetime.fromtimestamp(start / 1000, UTC).date() - timedelta(days=1),
        last_date=datetime.fromtimestamp(end / 1000, UTC).date() + timedelta(days=366),
    )
    return bytes(calendar.to_ical())


_DAYS = {"mon": "MO", "tue": "TU", "wed": "WE", "thu": "TH", "fri": "FR", "sat": "SA", "sun": "SU"}


def _chat_event(chat: Chat, start: int, end: int, now: int) -> icalendar.Event | None:
    held = slots(chat, start, end)
    if not held or chat.start is None:
        return None
    zone = ZoneInfo(chat.time_zone)
    first = datetime.fromtimestamp(held[0].starts_at / 1000, zone)
    # The chat's own time of day, also on a day when the clocks skip it.
    clock = time(int(chat.start[:2]), int(chat.start[3:]))
    begin = datetime.combine(first.date(), clock, zone)
    event = icalendar.Event()
    event.add("UID", harmless(one_line(f"{chat.id}@chats.plnd")))
    event.add("DTSTAMP", datetime.fromtimestamp(now // 1000, UTC))
    # Some programs take more characters for line breaks than the library escapes.
    event.add("SUMMARY", harmless(one_line(f"#{chat.tag}")))
    event.add("CATEGORIES", ["plnd", harmless(one_line(chat.network))])
    event.add("DTSTART", begin)
    event.add("DURATION", timedelta(minutes=chat.minutes))
    rule: dict[str, object] = {"FREQ": "WEEKLY", "BYDAY": _DAYS[chat.weekday]}
    if chat.repeat == "fortnightly" and chat.anchor:
        rule |= {"INTERVAL": 2, "WKST": "MO"}
    if chat.repeat == "monthly":
        days = [f"{nth}{_DAYS[chat.weekday]}" for nth in chat.nth or [1]]
        rule |= {"FREQ": "MONTHLY", "BYDAY": days}
    rule["UNTIL"] = datetime.fromtimestamp(end / 1000, UTC)
    event.add("RRULE", rule)
    without_breaks = replace(chat, breaks=[])
    kept = {slot.starts_at for slot in held}
    left_out = [
        one for one in slots(without_breaks, held[0].starts_at, end) if one.starts_at not in kept
    ]
    if left_out:
        days_out = [datetime.fromtimestamp(one.starts_at / 1000, zone).date() for one in left_out]
        event.add("EXDATE", [datetime.combine(day, clock, zone) for day in days_out])
    return event
