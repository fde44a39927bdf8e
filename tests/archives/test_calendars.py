"""Calendars read and written; those written are read back with another library."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events
from dateutil.rrule import rrulestr
from msgspec.structs import replace
from support.builders import DAY, HOUR, NOON

from plnd.archives.calendars import appointments, chats_calendar, term_dates
from plnd.catalogue.chats import load
from plnd.errors import Invalid
from plnd.measures.chats import slots
from plnd.model.chats import Break, Chat

LONDON = ZoneInfo("Europe/London")


def calendar(*events: str) -> str:
    body = "\n".join(f"BEGIN:VEVENT\n{event.strip()}\nEND:VEVENT" for event in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//t//t//EN\n{body}\nEND:VCALENDAR\n"


COFFEE = """
UID:coffee
SUMMARY:Coffee with Ana Öz
DTSTART;TZID=Europe/London:20261102T100000
DTEND;TZID=Europe/London:20261102T110000
RRULE:FREQ=WEEKLY;COUNT=3
ATTENDEE;CN=Ana Öz:mailto:ana@example.org
ATTENDEE;CN="Lopez, Ben":mailto:ben@example.org
"""


def test_meetings_are_unrolled_and_known_again() -> None:
    found, problems = appointments(calendar(COFFEE), LONDON, NOON - 30 * DAY, NOON)
    assert not problems
    first = int(datetime(2026, 11, 2, 10, tzinfo=LONDON).timestamp()) * 1000
    # The third begins two hours before noon on the 16th; all three lie behind.
    assert [one.at for one in found] == [first, first + 7 * DAY, first + 14 * DAY]
    assert found[0].names == ("Ana Öz", "Lopez, Ben")
    again, _ = appointments(calendar(COFFEE), LONDON, NOON - 30 * DAY, NOON)
    assert [one.uid for one in again] == [one.uid for one in found]
    assert len({one.uid for one in found}) == 3


def test_a_broken_entry_costs_itself_only() -> None:
    broken = "UID:b\nSUMMARY:Broken\nDTSTART:2026never"
    found, problems = appointments(calendar(COFFEE, broken), LONDON, NOON - 30 * DAY, NOON)
    assert len(found) == 3
    assert [one.where for one in problems] == ["entry 2 (Broken)"]


def test_all_day_entries_and_what_lies_ahead_are_no_meetings() -> None:
    day = "UID:d\nSUMMARY:Holiday\nDTSTART;VALUE=DATE:20261110"
    later = "UID:l\nSUMMARY:Later\nDTSTART:20271110T100000Z"
    assert appointments(calendar(day, later), LONDON, NOON - 30 * DAY, NOON) == ([], [])


@pytest.mark.parametrize("text", ["", "BEGIN:VCARD\nEND:VCARD\n", "nonsense", "BEGIN:VCALENDAR\n"])
def test_what_is_no_calendar_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="no calendar"):
        appointments(text, LONDON, NOON - DAY, NOON)


@pytest.mark.parametrize("often", ["SECONDLY", "MINUTELY", "HOURLY"])
def test_an_entry_that_repeats_within_the_day_is_left_out(often: str) -> None:
    """Unrolling it would take minutes."""
    endless = f"UID:e\nSUMMARY:Tick\nDTSTART:20000101T000000Z\nRRULE:FREQ={often}"
    found, problems = appointments(calendar(endless, COFFEE), LONDON, NOON - 30 * DAY, NOON)
    assert len(found) == 3
    assert [one.message for one in problems] == [
        f"cannot be read: it repeats too often ({often.lower()})"
    ]


def test_term_dates_are_days_with_the_last_included() -> None:
    half = "UID:h\nSUMMARY:Half term\nDTSTART;VALUE=DATE:20261026\nDTEND;VALUE=DATE:20261031"
    one = "UID:o\nSUMMARY:Closed\nDTSTART;VALUE=DATE:20261201"
    found, problems = term_dates(calendar(half, one), NOON - 60 * DAY, NOON + 60 * DAY)
    assert not problems
    assert found == [
        Break(first="2026-10-26", last="2026-10-30", name="Half term"),
        Break(first="2026-12-01", last="2026-12-01", name="Closed"),
    ]


# -- out ------------------------------------------------------------------------------------

TERM = [Break(first="2026-12-19", last="2027-01-04"), Break(first="2027-03-27", last="2027-04-11")]
OWN = [
    Chat(id="a", tag="weekly", network="x", weekday="wed", start="20:00", minutes=60,
         time_zone="America/New_York", breaks=TERM),
    Chat(id="b", tag="second", network="x", weekday="sun", start="01:30", minutes=30,
         time_zone="Europe/London", repeat="fortnightly", anchor="2026-03-31"),
    Chat(id="c", tag="nth", network="x", weekday="thu", start="21:00", minutes=45,
         time_zone="Australia/Sydney", repeat="monthly", nth=[2, 4], breaks=TERM),
    Chat(id="d", tag="last", network="x", weekday="tue", start="23:45", minutes=60,
         time_zone="UTC", repeat="monthly", nth=[-1]),
    Chat(id="e", tag="unknown", network="x", weekday="tue", start=None, minutes=60,
         time_zone="UTC"),
]  # fmt: skip
END = NOON + 2 * 365 * DAY


def starts(chat: Chat) -> list[int]:
    return [one.starts_at for one in slots(chat, NOON, END)]


def test_another_reader_sees_the_same_slots_for_two_years() -> None:
    """Across four clock changes, without the slots in breaks."""
    read = icalendar.Calendar.from_ical(chats_calendar(OWN, NOON))
    low, high = (datetime.fromtimestamp(at / 1000, UTC) for at in (NOON, END))
    found: dict[str, list[int]] = {}
    for event in recurring_ical_events.of(read).between(low, high):
        begin = int(event["DTSTART"].dt.timestamp()) * 1000
        chat = next(one for one in OWN if event["SUMMARY"] == f"#{one.tag}")
        # By the wall clock, as the reader reckons.
        assert event["DTEND"].dt - event["DTSTART"].dt == timedelta(minutes=chat.minutes)
        if NOON <= begin < END:
            found.setdefault(chat.tag, []).append(begin)
    expected = {chat.tag: starts(chat) for chat in OWN if chat.start}
    assert {tag: sorted(times) for tag, times in found.items()} == expected
    assert len(expected["weekly"]) == 104 - 4


def test_dateutil_reads_the_rule_alike() -> None:
    """The rule and its exceptions as written in the file, parsed without icalendar."""
    text = chats_calendar(OWN[:1], NOON).decode().replace("\r\n ", "")
    lines = [
        line.replace(";TZID=America/New_York", "").rstrip("\r")
        for line in text.partition("BEGIN:VEVENT")[2].splitlines()
        if line.startswith(("DTSTART", "RRULE", "EXDATE"))
    ]
    # In naive wall-clock times, where UNTIL has to be one as well.
    rule = rrulestr("\n".join(lines).replace("Z", ""), ignoretz=True)
    zone = ZoneInfo("America/New_York")
    found = [int(at.replace(tzinfo=zone).timestamp()) * 1000 for at in rule]
    assert [at for at in found if NOON <= at < END] == starts(OWN[0])


def test_the_file_carries_its_time_zones_and_folds_its_lines() -> None:
    data = chats_calendar(OWN, NOON)
    assert data.count(b"BEGIN:VTIMEZONE") == 3
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))


# -- the list that plnd comes with --------------------------------------------------------------


def test_the_shipped_list_is_off_and_says_how_far_it_can_be_trusted() -> None:
    chats = load()
    assert len(chats) == 29
    for chat in chats.values():
        assert chat.followed_at is None
        assert chat.shipped
        assert chat.certainty != "high" or chat.evidence
        ZoneInfo(chat.time_zone)
        assert chat.repeat != "monthly" or chat.nth
        if chat.start:
            assert slots(chat, NOON, NOON + 70 * DAY), chat.tag
    assert chats["tlskychat"].evidence == "2026-01-27"
    assert slots(chats["tlskychat"], NOON, NOON + 14 * DAY + HOUR)


NASTY = "a\r\nATTENDEE:x\u2028ATTENDEE:y\x85ATTENDEE:z\x0bEND:VEVENT\u202e"


def test_a_tag_begins_no_line_of_its_own() -> None:
    """However a calendar program splits lines."""
    plain = chats_calendar([replace(OWN[0], tag="a", network="x")], NOON).decode()
    odd = replace(OWN[0], id=NASTY, tag=NASTY, network=NASTY)
    lines = chats_calendar([odd], NOON).decode().splitlines()
    unfolded = [line for line in lines if not line.startswith(" ")]
    assert [line.split(":")[0] for line in unfolded] == [
        line.split(":")[0] for line in plain.splitlines() if not line.startswith(" ")
    ]
    assert "\u202e" not in "".join(lines)
