"""The CPD log: drafts made from what was recorded, and the user's changes to them."""

from datetime import date

import msgspec

from plnd.core.chats.chats import Chats
from plnd.core.context import Context, new_id
from plnd.core.journal import Journal
from plnd.errors import NotFound
from plnd.measures.cpd import (
    YEAR_BEGINS,
    ChatHeld,
    CpdSession,
    draft_rows,
    total_hours,
    with_marks,
    year_bounds,
    year_name,
    year_of,
)
from plnd.measures.field_checks import check_day
from plnd.measures.time import TimeTotals
from plnd.model.cpd import CpdBody, CpdChange, CpdLog, CpdMark, CpdRequest, CpdRow
from plnd.words.messages import ENGLISH, Words


class Cpd:
    """A year of the log at a time, by the calendar of the professional body it is for."""

    def __init__(self, context: Context, chats: Chats, journal: Journal) -> None:
        self._context = context
        self._chats = chats
        self._journal = journal
        self._marks = context.book.cpd

    def year(
        self, year: int | None = None, body: CpdBody | None = None, words: Words = ENGLISH
    ) -> CpdLog:
        """The log of the year that begins in calendar year `year`; by default the current one."""
        settings = self._context.settings()
        body = body or settings.cpd_body
        begins = YEAR_BEGINS.get(body, settings.cpd_year_start)
        if year is None:
            year = year_of(self._context.day_of(self._context.clock()), begins)
        first, last = year_bounds(year, begins)
        rows = self._rows(first, last, words)
        return CpdLog(
            body=body,
            year=year,
            name=year_name(year, begins),
            first=first.isoformat(),
            last=last.isoformat(),
            hours=total_hours(rows),
            rows=rows,
        )

    def _rows(self, first: date, last: date, words: Words) -> list[CpdRow]:
        start, _ = self._context.day_bounds(first)
        _, end = self._context.day_bounds(last)
        end = min(end, self._context.clock() + 1)
        marks = {one.id: one for one in self._marks.all()}
        times = self._chats.attendance.times(start, end)
        entries = [
            (self._context.day_of(one.at).isoformat(), one)
            for one in self._journal.entries(start, end)
        ]
        sessions = self._sessions(start, end, times)
        found = draft_rows(self._attended(start, end), sessions, entries, words)
        return [
            row
            for row in with_marks(found, marks)
            if first.isoformat() <= row.day <= last.isoformat()
        ]

    def _attended(self, start: int, end: int) -> list[ChatHeld]:
        """The attended chats, with their time."""
        return [
            ChatHeld(
                one.chat,
                one.starts_at,
                self._context.day_of(one.starts_at).isoformat(),
                one.attended,
                one.ms,
            )
            for one in self._chats.attendance.attended_between(start, end)
        ]

    def _sessions(
        self, start: int, end: int, chats: dict[tuple[int, str], TimeTotals]
    ) -> list[CpdSession]:
        """The time taking part, by day and network, without that of chats."""
        times: dict[tuple[str, str], int] = {}
        acts: dict[tuple[str, str], int] = {}
        days: dict[int, str] = {}
        for begin, sums in self._context.log.queries.quarter_sums(start, end).items():
            # A quarter of an hour lies in one day: days begin with whole quarters.
            day = days.setdefault(begin, self._context.day_of(begin).isoformat())
            for (network, _), (_, taking_part) in sums.times.items():
                times[network, day] = times.get((network, day), 0) + taking_part
            for (network, _), count in sums.acts.items():
                acts[network, day] = acts.get((network, day), 0) + count
        for (begin, network), tally in chats.items():
            day = days.get(begin, "")
            if (network, day) in times:
                times[network, day] -= tally.taking_part_ms
        names = self._context.names
        return [
            CpdSession(network, names.get(network, network), day, ms, acts.get((network, day), 0))
            for (network, day), ms in times.items()
        ]

    # -- the user's changes ----------------------------------------------------------------

    def change(self, id: str, wanted: CpdChange, words: Words = ENGLISH) -> CpdRow:
        """Change a row: its sentence, its hours, or whether it is struck out.

        Raises:
            NotFound: there is no such row.
        """
        row = self._row(id, words)
        old = self._marks.get(row.id) or CpdMark(id=row.id)
        changes = {
            name: value
            for name in wanted.__struct_fields__
            if (value := getattr(wanted, name)) is not msgspec.UNSET
        }
        self._marks.put(msgspec.structs.replace(old, **changes))
        return self._row(row.id, words)

    def add(self, wanted: CpdRequest) -> CpdRow:
        """Add a row of the user's own.

        Raises:
            Invalid: the day is not a date.
        """
        check_day(wanted.day)
        fields = {name: getattr(wanted, name) for name in wanted.__struct_fields__}
        mark = CpdMark(id=f"own:{new_id()}", **fields)
        self._marks.put(mark)
        return self._row(mark.id, ENGLISH)

    def forget(self, id: str) -> None:
        """Delete the user's changes to a row; a row of their own is deleted as a whole.

        Raises:
            NotFound: there are none.
        """
        if not self._marks.remove(id):
            raise NotFound(f"nothing was changed in row {id!r}", "`plnd cpd` shows the ids")

    def _row(self, id: str, words: Words) -> CpdRow:
        """The row with this id, of any year."""
        mark = self._marks.get(id)
        if mark is not None and mark.day is not None:
            days = [date.fromisoformat(mark.day)]
        else:
            days = self._days_of(id)
        for day in days:
            for row in self._rows(day, day, words):
                if row.id == id:
                    return row
        raise NotFound(f"no row {id!r}", "`plnd cpd` shows the ids")

    def _days_of(self, id: str) -> list[date]:
        """The day that is part of a row's id."""
        kind, _, rest = id.partition(":")
        try:
            if kind == "session":
                return [date.fromisoformat(rest.rpartition(":")[2])]
            if kind == "chat":
                return [self._context.day_of(int(rest.rpartition(":")[2]))]
            if kind == "journal" and (entry := self._context.book.journal.get(rest)):
                return [self._context.day_of(entry.at)]
        except (ValueError, OverflowError, OSError):
            pass
        return []
