"""The log of professional development: hours, rows, edits, years."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from plnd.measures.cpd import (
    ChatHeld,
    CpdSession,
    draft_rows,
    hours,
    total_hours,
    with_marks,
    year_bounds,
    year_name,
    year_of,
)
from plnd.model.cpd import CpdMark
from plnd.model.journal import Entry

MINUTE = 60_000
ENTRY = Entry(id="e1", kind="learned", at=0, text="what a hook is", link="https://example.org/a")


@given(st.integers(0, 24 * 60))
def test_hours_go_down_to_the_quarter(minutes: int) -> None:
    counted = sum(1 for _ in range(15, minutes + 1, 15))
    assert hours(minutes * MINUTE) == counted * 0.25


def test_rows_come_from_chats_sessions_and_entries_only() -> None:
    chats = [
        ChatHeld("edchat", 5, "2026-11-23", "took_part", 59 * MINUTE),
        ChatHeld("edchat", 6, "2026-11-30", "listened", 14 * MINUTE),
        ChatHeld("edchat", 7, "2026-12-07", "missed", 60 * MINUTE),
    ]
    sessions = [
        CpdSession("x", "X", "2026-11-24", 31 * MINUTE, 3),
        CpdSession("x", "X", "2026-11-25", 14 * MINUTE, 9),
    ]
    rows = draft_rows(chats, sessions, [("2026-11-22", ENTRY)])
    assert [(row.id, row.hours) for row in rows] == [
        ("journal:e1", 0.0),
        ("chat:edchat:5", 0.75),
        ("session:x:2026-11-24", 0.5),
    ]
    assert rows[0].evidence == "https://example.org/a"


def test_the_user_edits_strikes_and_adds() -> None:
    rows = draft_rows(
        [ChatHeld("edchat", 5, "2026-11-23", "listened", 60 * MINUTE)], [], [("2026-11-22", ENTRY)]
    )
    marks = {
        "chat:edchat:5": CpdMark(id="chat:edchat:5", note="used it on Monday", hours=0.5),
        "journal:e1": CpdMark(id="journal:e1", struck=True, hours=2.0),
        "own:1": CpdMark(id="own:1", day="2026-11-24", hours=1.5, topic="a course"),
        "session:gone": CpdMark(id="session:gone", note="of a row that is no more"),
    }
    found = with_marks(rows, marks)
    assert [row.id for row in found] == ["journal:e1", "chat:edchat:5", "own:1"]
    assert found[1].note == "used it on Monday"
    assert found[1].topic == "#edchat"
    assert total_hours(found) == 2.0


@given(st.dates(date(2000, 1, 2), date(2090, 1, 1)), st.sampled_from(("01-01", "07-01", "09-15")))
def test_each_day_lies_in_its_year(day: date, begins: str) -> None:
    first, last = year_bounds(year_of(day, begins), begins)
    assert first <= day <= last
    assert first.strftime("%m-%d") == (last + timedelta(days=1)).strftime("%m-%d") == begins


def test_a_year_across_two_is_named_so() -> None:
    assert (year_name(2026, "01-01"), year_name(2026, "07-01")) == ("2026", "2026/27")
