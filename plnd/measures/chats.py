"""Chats: when they take place, and whether the user took part. Times in ms. Pure.

A slot is a wall-clock time in the chat's own zone. Where the clocks skip that time, the slot is
when they would have shown it without the change; where they show it twice, the first time.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from msgspec import Struct, field

from plnd.measures.time import QUARTER_MS, WEEKDAYS, Quarter, TimeTotals, quarters_of
from plnd.model.chats import Attended, Break, Chat, ChatState, Slot

LISTENED_MS = 10 * 60 * 1000
LATE_MS = 60 * 60 * 1000
"""A post with the tag still belongs to a slot for so long after it."""
SILENT_SLOTS = 3


# -- slots -------------------------------------------------------------------------


def slots(chat: Chat, start: int, end: int) -> list[Slot]:
    """The chat's slots that begin in `start <= begin < end`; none while its hour is unknown."""
    if chat.start is None or end <= start:
        return []
    zone = ZoneInfo(chat.time_zone)
    first = _local_day(start, zone) - timedelta(days=1)
    last = _local_day(end, zone) + timedelta(days=1)
    ahead = (WEEKDAYS.index(chat.weekday) - first.weekday()) % 7
    found = []
    day = first + timedelta(days=ahead)
    while day <= last:
        if takes_place(chat, day):
            begin = _moment(day, chat.start, zone)
            if start <= begin < end:
                found.append(Slot(starts_at=begin, ends_at=begin + chat.minutes * 60_000))
        day += timedelta(days=7)
    return found


def takes_place(chat: Chat, day: date) -> bool:
    """Whether the chat has a slot on that day of its own zone."""
    text = day.isoformat()
    if day.weekday() != WEEKDAYS.index(chat.weekday):
        return False
    if any(one.first <= text <= one.last for one in chat.breaks):
        return False
    if chat.repeat == "monthly":
        return any(_is_nth(day, nth) for nth in chat.nth or [1])
    if chat.repeat == "fortnightly" and chat.anchor:
        return (_monday(day) - _monday(date.fromisoformat(chat.anchor))).days % 14 == 0
    return True


def _is_nth(day: date, nth: int) -> bool:
    if nth == -1:
        return (day + timedelta(days=7)).month != day.month
    return (day.day - 1) // 7 + 1 == nth


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _local_day(at: int, zone: ZoneInfo) -> date:
    return datetime.fromtimestamp(at / 1000, zone).date()


def _moment(day: date, clock: str, zone: ZoneInfo) -> int:
    hour, minute = int(clock[:2]), int(clock[3:])
    local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)
    return int(local.timestamp()) * 1000


def running_or_next(chat: Chat, now: int, days: int = 70) -> Slot | None:
    """The slot that runs now, else the next one within `days`."""
    length = chat.minutes * 60_000
    for slot in slots(chat, now - length + 1, now + days * 24 * 60 * 60 * 1000):
        return slot
    return None


# -- attendance ------------------------------------------------------------------


class TagVisit(Struct, frozen=True):
    """A visit to a network, or to a tag's page there."""

    start: int
    end: int
    id: bytes
    network: str
    page: str
    tag: str | None = None


class OwnAct(Struct, frozen=True):
    """An act of the user."""

    at: int
    network: str
    tag: str | None = None


def tag_key(tag: str) -> str:
    """A tag as it is compared: without the # and in lower case."""
    return tag.strip().lstrip("#").casefold()


class Attendance(Struct, frozen=True):
    """How a slot was attended: time on the tag's page, and whether the user posted with the tag."""

    slot: Slot
    attended: Attended
    on_tag_ms: int
    tagged: bool = False

    @property
    def silent(self) -> bool:
        """Whether nothing was seen of the chat; an act elsewhere on the network does not count."""
        return not (self.tagged or self.on_tag_ms)


def attendance(
    chat: Chat, slot: Slot, visits: Iterable[TagVisit], acts: Iterable[OwnAct]
) -> Attendance:
    """How the user attended a slot.

    Took part: an own act on the network in the slot, or one with the tag up to an hour after it.
    Listened: ten minutes on the tag's page in the slot.
    """
    tag = tag_key(chat.tag)
    spans = [
        (max(one.start, slot.starts_at), min(one.end, slot.ends_at))
        for one in visits
        if one.tag is not None and tag_key(one.tag) == tag
    ]
    on_tag = _union_ms(spans)
    acts = list(acts)
    tagged = any(
        act.tag is not None
        and tag_key(act.tag) == tag
        and slot.starts_at <= act.at < slot.ends_at + LATE_MS
        for act in acts
    )
    took_part = tagged or any(
        act.network == chat.network and slot.starts_at <= act.at < slot.ends_at for act in acts
    )
    attended: Attended = (
        "took_part" if took_part else "listened" if on_tag >= LISTENED_MS else "missed"
    )
    return Attendance(slot, attended, on_tag, tagged)


def _union_ms(spans: Iterable[tuple[int, int]]) -> int:
    """The length (ms) of the union of spans; empty ones are ignored."""
    total, reached = 0, 0
    for low, high in sorted(spans):
        low = max(low, reached)
        if high > low:
            total += high - low
            reached = high
    return total


class History(Struct, frozen=True):
    """A chat's state after its past slots.

    `counted` are the slots that count for attendance: those while the chat was confirmed, and
    those in which something was seen of it.
    """

    state: ChatState
    counted: list[Attendance] = field(default_factory=list)

    def count(self, attended: Attended) -> int:
        return sum(one.attended == attended for one in self.counted)


def history(chat: Chat, attendances: Sequence[Attendance]) -> History:
    """A chat's history from its past slots, oldest first.

    Three silent slots in a row make it unconfirmed; a slot in which something was seen of it, or
    the user, confirms it again.
    """
    silent, confirmed_at = 0, chat.confirmed_at
    counted = []
    for one in attendances:
        if confirmed_at is not None and confirmed_at <= one.slot.starts_at:
            silent, confirmed_at = 0, None
        unconfirmed = silent >= SILENT_SLOTS
        silent = silent + 1 if one.silent else 0
        if not (unconfirmed and one.silent):
            counted.append(one)
    unconfirmed = confirmed_at is None and silent >= SILENT_SLOTS
    return History("unconfirmed" if unconfirmed else "confirmed", counted)


# -- time in chats ---------------------------------------------------------------------


def chat_times(
    held: Iterable[tuple[str, Slot]], visits: Sequence[TagVisit], acts: Sequence[OwnAct] = ()
) -> dict[tuple[int, str], TimeTotals]:
    """The time that belongs to chats, by quarter of an hour and network.

    `held` are the slots in which something was seen of the chat, with its network: all time on
    that network in such a slot counts, as people move between the tag, the posts and the
    replies. `visits` are all visits, on any network, that overlap the slots: each millisecond
    belongs to one of them only.
    """
    found: dict[tuple[int, str], TimeTotals] = {}
    for network, low, high in _without_overlaps(held):
        for begin in quarters_of(low, high):
            window = Quarter(max(begin, low), min(begin + QUARTER_MS, high))
            for act in acts:
                window.add_act(act.at, act.network, "")
            for one in visits:
                window.add_visit(one.start, one.end, one.id, one.network, one.page)
            tallies = [tally for (owner, _), tally in window.times.items() if owner == network]
            total = found.setdefault((begin, network), TimeTotals())
            total.spent_ms += sum(tally.spent_ms for tally in tallies)
            total.taking_part_ms += sum(tally.taking_part_ms for tally in tallies)
    return {key: tally for key, tally in found.items() if tally.spent_ms}


def _without_overlaps(held: Iterable[tuple[str, Slot]]) -> list[tuple[str, int, int]]:
    """The slots of each network without overlaps."""
    merged: list[tuple[str, int, int]] = []
    for network, low, high in sorted((net, one.starts_at, one.ends_at) for net, one in held):
        if merged and merged[-1][0] == network and low <= merged[-1][2]:
            merged[-1] = (network, merged[-1][1], max(merged[-1][2], high))
        else:
            merged.append((network, low, high))
    return merged


# -- breaks ----------------------------------------------------------------------------

_BREAK_WORDS = ("holiday", "break", "half term", "half-term", "vacation", "closed", "ferien")
_TERM_WORDS = ("term", "semester", "trimester", "quarter")


def breaks_in(dates: Iterable[Break]) -> list[Break]:
    """The breaks in a calendar of term dates.

    An entry with a word for a holiday is a break; so are the days between two entries with a
    word for a term. Empty when the calendar has neither.
    """
    dates = list(dates)
    breaks = [one for one in dates if _has_word(one, _BREAK_WORDS)]
    terms = sorted(
        (one for one in dates if one not in breaks and _has_word(one, _TERM_WORDS)),
        key=lambda one: one.first,
    )
    for term, following in pairwise(terms):
        first, last = _days_later(term.last, 1), _days_later(following.first, -1)
        if first <= last:
            breaks.append(Break(first=first, last=last, name=f"after {term.name}"[:200]))
    return sorted(breaks, key=lambda one: (one.first, one.last))


def _has_word(one: Break, words: Iterable[str]) -> bool:
    return any(word in one.name.casefold() for word in words)


def _days_later(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()
