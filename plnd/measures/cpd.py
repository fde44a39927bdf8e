"""The log of professional development: draft rows from what was done, with the user's edits. Pure.

Rows come from chats, from days of taking part on a network, and from journal entries.
Hours are rounded down to the quarter; scrolling never counts.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from msgspec import Struct

from plnd.model.cpd import CpdBody, CpdMark, CpdRow, CpdSource
from plnd.model.journal import Entry
from plnd.words.messages import ENGLISH, Words

QUARTER_MS = 15 * 60 * 1000
YEAR_BEGINS: Mapping[CpdBody, str] = {"cilip": "01-01", "alia": "07-01"}
"""The first day (MM-DD) of a body's year; for `free` it is a setting."""
ATTENDED = ("took_part", "listened")


def hours(ms: int) -> float:
    """Hours, rounded down to the quarter."""
    return max(0, ms) // QUARTER_MS / 4


class ChatHeld(Struct, frozen=True):
    """A slot of a chat that the user attended, with the user's day and the time (ms)."""

    chat: str
    starts_at: int
    day: str
    attended: str
    ms: int


class CpdSession(Struct, frozen=True):
    """A day's taking part on a network, outside chats."""

    network: str
    name: str
    day: str
    ms: int
    acts: int


def draft_rows(
    chats: Iterable[ChatHeld],
    sessions: Iterable[CpdSession],
    entries: Iterable[tuple[str, Entry]],
    words: Words = ENGLISH,
) -> list[CpdRow]:
    """The rows before the user's edits; `entries` come with their days.

    Chats and sessions under a quarter of an hour make no row; a journal entry always makes one.
    """
    rows = [
        _row(
            f"chat:{c.chat}:{c.starts_at}",
            c.day,
            c.ms,
            f"#{c.chat}",
            words.say(f"cpd_{c.attended}"),
            "chat",
        )
        for c in chats
        if c.attended in ATTENDED and hours(c.ms)
    ]
    rows += [
        _row(
            f"session:{s.network}:{s.day}",
            s.day,
            s.ms,
            words.say("cpd_session", network=s.name),
            words.count("cpd_acts", s.acts),
            "session",
        )
        for s in sessions
        if hours(s.ms)
    ]
    for day, entry in entries:
        evidence = entry.link or words.say("cpd_entry", day=words.day(day))
        minutes = (entry.minutes or 0) * 60_000
        rows.append(
            _row(
                f"journal:{entry.id}",
                day,
                minutes,
                entry.text,
                evidence,
                "journal",
                words.say(entry.kind),
            )
        )
    return sorted(rows, key=lambda row: (row.day, row.id))


def _row(
    id: str, day: str, ms: int, topic: str, evidence: str, source: CpdSource, note: str = ""
) -> CpdRow:
    return CpdRow(
        id=id, day=day, hours=hours(ms), topic=topic, evidence=evidence, note=note, source=source
    )


def with_marks(rows: Iterable[CpdRow], marks: Mapping[str, CpdMark]) -> list[CpdRow]:
    """The drafts with the user's edits, and the user's own rows, by day."""
    found = [_edited(row, marks.get(row.id)) for row in rows]
    found += [
        CpdRow(
            id=mark.id,
            day=mark.day,
            hours=mark.hours or 0.0,
            topic=mark.topic or "",
            evidence=mark.evidence or "",
            note=mark.note or "",
            source="own",
            struck=mark.struck,
        )
        for mark in marks.values()
        if mark.day is not None and mark.id.startswith("own:")
    ]
    return sorted(found, key=lambda row: (row.day, row.id))


def _edited(row: CpdRow, mark: CpdMark | None) -> CpdRow:
    if mark is None:
        return row
    return CpdRow(
        id=row.id,
        day=row.day,
        hours=row.hours if mark.hours is None else mark.hours,
        topic=row.topic if mark.topic is None else mark.topic,
        evidence=row.evidence if mark.evidence is None else mark.evidence,
        note=row.note if mark.note is None else mark.note,
        source=row.source,
        struck=mark.struck,
    )


def total_hours(rows: Iterable[CpdRow]) -> float:
    """The hours of the rows that are not struck."""
    return sum(row.hours for row in rows if not row.struck)


def year_of(day: date, begins: str) -> int:
    """The year that a day belongs to, named by the calendar year in which it begins."""
    return day.year if day >= _begin(day.year, begins) else day.year - 1


def year_bounds(year: int, begins: str) -> tuple[date, date]:
    """First and last day of the year that begins on MM-DD in `year`."""
    return _begin(year, begins), _begin(year + 1, begins) - timedelta(days=1)


def _begin(year: int, begins: str) -> date:
    return date(year, int(begins[:2]), int(begins[3:]))


def year_name(year: int, begins: str) -> str:
    """2026, or 2026/27 for a year that does not begin in January."""
    return str(year) if begins == "01-01" else f"{year}/{(year + 1) % 100:02d}"
