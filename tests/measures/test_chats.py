"""Chats: slots across both clock changes, attendance, unconfirmed chats, time in chats."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import learning_oracle as truth
from support.builders import DAY, HOUR, MINUTE, NOON, Wire, act, visit

from plnd.measures.chats import (
    Attendance,
    OwnAct,
    TagVisit,
    attendance,
    breaks_in,
    chat_times,
    history,
    running_or_next,
    slots,
)
from plnd.model.chats import Break, Chat, Slot

ZONES = ("Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC")


def chat(**given: object) -> Chat:
    plain = {
        "id": "edchat",
        "tag": "edchat",
        "network": "x",
        "weekday": "mon",
        "start": "12:00",
        "minutes": 60,
        "time_zone": "Europe/London",
        **given,
    }
    return msgspec.convert(plain, Chat)


def moment(text: str, zone: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()) * 1000


wires = st.fixed_dictionaries(
    {
        "weekday": st.sampled_from(("mon", "sat", "sun")),
        "start": st.sampled_from(("00:00", "01:30", "02:10", "20:00", "23:59")),
        "time_zone": st.sampled_from(ZONES),
        "repeat": st.sampled_from(("weekly", "fortnightly", "monthly")),
        "nth": st.sampled_from(([1], [2, 4], [5], [-1])),
        "anchor": st.dates(date(2025, 1, 1), date(2027, 12, 31)).map(str),
        "breaks": st.lists(
            st.dates(date(2026, 1, 1), date(2026, 12, 1)).map(
                lambda day: {"first": str(day), "last": str(day + timedelta(days=9))}
            ),
            max_size=2,
        ),
    }
)


@settings(max_examples=40)
@given(wires, st.integers(0, 330))
def test_slots_equal_a_walk_through_the_calendar(wire: Wire, ahead: int) -> None:
    first = date(2026, 1, 1) + timedelta(days=ahead)
    last = first + timedelta(days=35)
    low, high = (moment(f"{day} 00:00", "UTC") for day in (first, last))
    expected = truth.slot_starts(wire, first - timedelta(days=2), last + timedelta(days=2))
    found = slots(chat(**wire), low, high)
    assert [one.starts_at for one in found] == [at for at in expected if low <= at < high]
    assert all(one.ends_at - one.starts_at == HOUR for one in found)


@pytest.mark.parametrize(
    ("zone", "week", "expected"),
    [
        # Skipped: 01:30 in London on 29 March is 02:30 by the new clock.
        ("Europe/London", "2026-03-29", "2026-03-29 01:30"),
        # Shown twice: the first time, by summer time.
        ("Europe/London", "2026-10-25", "2026-10-25 00:30"),
    ],
)
def test_on_the_days_the_clocks_change(zone: str, week: str, expected: str) -> None:
    low = moment(f"{week} 00:00", zone)
    (found,) = slots(chat(weekday="sun", start="01:30"), low, low + DAY)
    assert found.starts_at == moment(expected, "UTC")


def test_an_unknown_hour_has_no_slots() -> None:
    assert slots(chat(start=None), NOON - DAY, NOON + 30 * DAY) == []


def test_the_next_slot_is_the_running_one_until_it_ends() -> None:
    found = running_or_next(chat(), NOON + HOUR - 1)
    assert found == Slot(starts_at=NOON, ends_at=NOON + HOUR)
    following = running_or_next(chat(), NOON + HOUR)
    assert following is not None
    assert following.starts_at == NOON + 7 * DAY


# -- attendance -----------------------------------------------------------------------------

SLOT = Slot(starts_at=NOON, ends_at=NOON + HOUR)
tags = st.sampled_from((None, "edchat", "EdChat", "other"))
networks = st.sampled_from(("x", "mastodon"))


@st.composite
def visits(draw: st.DrawFn) -> Wire:
    start = NOON + 1000 * draw(st.integers(-1800, 4500))
    seconds = draw(st.integers(0, 1500))
    tag = draw(tags)
    page = "tag" if tag else "feed"
    return visit(start, seconds, network=draw(networks), page=page, tag=tag)


@st.composite
def acts(draw: st.DrawFn) -> Wire:
    at = NOON + 1000 * draw(st.integers(-600, 8000))
    return act(at, "post", network=draw(networks), tag=draw(tags))


def seen(wires: list[Wire]) -> tuple[list[TagVisit], list[OwnAct]]:
    stays = [
        TagVisit(
            w["start"],
            w["end"],
            bytes.fromhex(w["id"].replace("-", "")),
            w["network"],
            w["page"],
            w["tag"],
        )
        for w in wires
        if w["kind"] == "visit"
    ]
    own = [OwnAct(w["at"], w["network"], w["tag"]) for w in wires if w["kind"] == "interaction"]
    return stays, own


@given(st.lists(visits(), max_size=6), st.lists(acts(), max_size=1))
def test_attendance_equals_the_truth(stays: list[Wire], own: list[Wire]) -> None:
    wires = [*stays, *own]
    found = attendance(chat(), SLOT, *seen(wires))
    assert found.attended == truth.attended(msgspec.to_builtins(chat()), NOON, wires)


@given(st.lists(visits(), max_size=8), st.integers(0, 14), st.integers(5, 60))
def test_chat_time_equals_a_count_second_by_second(
    stays: list[Wire], late: int, minutes: int
) -> None:
    """All time on the network in the slot, each second once, whoever else claims it, at whatever
    minute the slot begins and ends."""
    begin = NOON + late * MINUTE
    slot = Slot(starts_at=begin, ends_at=begin + minutes * MINUTE)
    found = chat_times([("x", slot)], seen(stays)[0])
    total = sum(tally.spent_ms for tally in found.values())
    wire = msgspec.to_builtins(chat(minutes=minutes))
    assert total == 1000 * truth.chat_seconds(wire, begin, stays)


def test_overlapping_chats_book_a_second_once() -> None:
    stay = seen([visit(NOON, 7200, tag="edchat", page="tag")])[0]
    later = Slot(starts_at=NOON + 30 * MINUTE, ends_at=NOON + 90 * MINUTE)
    found = chat_times([("x", SLOT), ("x", later)], stay, [OwnAct(NOON + MINUTE, "x")])
    assert sum(tally.spent_ms for tally in found.values()) == 90 * MINUTE
    assert sum(tally.taking_part_ms for tally in found.values()) == 3 * MINUTE


def test_under_ten_minutes_is_missed_but_not_silent() -> None:
    found = attendance(chat(), SLOT, seen([visit(NOON, 599, page="tag", tag="edchat")])[0], [])
    assert (found.attended, found.silent) == ("missed", False)


def test_an_act_elsewhere_on_the_network_is_taking_part_but_no_sign_of_the_chat() -> None:
    found = attendance(chat(), SLOT, [], [OwnAct(NOON + MINUTE, "x")])
    assert (found.attended, found.silent) == ("took_part", True)


# -- what becomes of a chat -------------------------------------------------------------------


def went(words: str) -> list[Attendance]:
    """A slot a week: t took part, m missed though seen, . silent."""
    found = []
    for number, word in enumerate(words):
        start = NOON + 7 * DAY * number
        slot = Slot(starts_at=start, ends_at=start + HOUR)
        attended = "took_part" if word == "t" else "missed"
        found.append(Attendance(slot, attended, MINUTE if word == "m" else 0, word == "t"))
    return found


@pytest.mark.parametrize(
    ("words", "state", "counted"),
    [
        ("", "confirmed", 0),
        ("..", "confirmed", 2),
        ("...", "unconfirmed", 3),
        ("......", "unconfirmed", 3),
        ("..m.", "confirmed", 4),
        ("....t", "confirmed", 4),
        ("....t...", "unconfirmed", 7),
    ],
)
def test_three_silent_slots_make_a_chat_unconfirmed(words: str, state: str, counted: int) -> None:
    found = history(chat(), went(words))
    assert (found.state, len(found.counted)) == (state, counted)


def test_the_users_word_confirms_it_and_three_more_undo_that() -> None:
    confirmed = chat(confirmed_at=NOON + 7 * DAY * 3 + HOUR)
    assert history(confirmed, went("....")).state == "confirmed"
    assert history(confirmed, went("......")).state == "confirmed"
    assert history(confirmed, went(".......")).state == "unconfirmed"


@given(st.text(alphabet="tm.", max_size=30))
def test_attendance_is_over_what_was_held(words: str) -> None:
    found = history(chat(), went(words))
    assert found.state == ("unconfirmed" if words.endswith("...") else "confirmed")
    assert sum(map(found.count, ("took_part", "listened", "missed"))) == len(found.counted)
    assert found.count("took_part") == words.count("t")


# -- breaks ---------------------------------------------------------------------------------


def test_breaks_are_named_so_or_lie_between_terms() -> None:
    named = Break(first="2026-10-26", last="2026-10-30", name="Autumn half term")
    autumn = Break(first="2026-09-03", last="2026-12-18", name="Autumn term")
    spring = Break(first="2027-01-05", last="2027-03-26", name="Spring Term")
    inset = Break(first="2026-09-02", last="2026-09-02", name="Staff day")
    found = breaks_in([spring, inset, named, autumn])
    assert [(one.first, one.last) for one in found] == [
        ("2026-10-26", "2026-10-30"),
        ("2026-12-19", "2027-01-04"),
    ]
    assert breaks_in([inset]) == []
