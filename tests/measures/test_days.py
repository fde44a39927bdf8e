"""Totals of many days from their quarters, and a day as a strip of spans."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st
from support.builders import HOUR, MINUTE, NOON

from plnd.measures.days import GAP_MS, Days, join_pieces
from plnd.measures.time import QUARTER_MS, WorkHours, day_bounds, day_of

WORK = WorkHours(frozenset({"mon", "tue", "wed", "thu", "fri"}), 9 * 60, 17 * 60)
LONDON = ZoneInfo("Europe/London")
MONDAY = date(2026, 11, 23)


def days(
    first: date = MONDAY, count: int = 2, *, zone: ZoneInfo = LONDON, day_start: int = 0
) -> Days:
    range_ = [first + timedelta(days=number) for number in range(count)]
    starts = [day_bounds(day, zone, day_start)[0] for day in range_]
    return Days(range_, [*starts, day_bounds(range_[-1], zone, day_start)[1]], zone, WORK)


def test_a_quarter_belongs_to_its_day_its_hour_and_work_or_not() -> None:
    found = days()
    found.add_times(
        [
            (NOON, "x", 600_000, 60_000),
            (NOON + 8 * HOUR, "x", 5_000, 0),
            (NOON + 24 * HOUR, "y", 7, 7),
        ]
    )
    monday = found.networks[0]["x"]
    assert (monday.spent_ms, monday.work_ms, monday.taking_part_ms) == (605_000, 600_000, 60_000)
    assert found.networks[1]["y"].spent_ms == 7
    assert {key: hour.spent_ms for key, hour in found.hours.items()} == {
        (0, 12): 600_000,
        (0, 20): 5_000,
        (1, 12): 7,
    }


def test_an_interaction_day_has_a_word_in_it() -> None:
    found = days(count=3)
    day = 24 * HOUR
    found.add_acts(
        [(NOON, "x", "react", 9), (NOON + day, "x", "save", 1), (NOON + 2 * day, "x", "reply", 1)]
    )
    assert [found.interaction_day(number) for number in range(3)] == [False, False, True]


ZONES = ("Europe/London", "Asia/Kathmandu", "America/St_Johns", "Australia/Lord_Howe", "UTC")


@given(st.sampled_from(ZONES), st.integers(0, 23), st.integers(0, 370), st.data())
def test_nothing_is_lost_whatever_the_zone_and_the_season(
    name: str, day_start: int, ahead: int, data: st.DataObject
) -> None:
    """Each quarter counts for the day that `day_of` gives, and the totals add up."""
    zone = ZoneInfo(name)
    first = date(2026, 1, 1) + timedelta(days=ahead)
    found = days(first, 9, zone=zone, day_start=day_start)
    low = day_bounds(first, zone, day_start)[0]
    high = day_bounds(first + timedelta(days=8), zone, day_start)[1]
    numbers = data.draw(st.sets(st.integers(0, (high - low) // QUARTER_MS - 1), max_size=40))
    begins = [low + number * QUARTER_MS for number in sorted(numbers)]
    found.add_times((begin, "x", 1, 0) for begin in begins)
    expected: dict[int, int] = {}
    for begin in begins:
        number = (day_of(begin, zone, day_start) - first).days
        expected[number] = expected.get(number, 0) + 1
    assert {
        number: day["x"].spent_ms for number, day in enumerate(found.networks) if day
    } == expected
    assert sum(hour.spent_ms for hour in found.hours.values()) == len(begins)


def test_looking_away_for_a_moment_does_not_end_a_stretch() -> None:
    pieces = [
        (0, MINUTE, "x"),
        (MINUTE + GAP_MS - 1, 2 * MINUTE, "x"),
        (3 * MINUTE, 4 * MINUTE, "x"),
    ]
    assert join_pieces(pieces) == [(0, 2 * MINUTE, "x"), (3 * MINUTE, 4 * MINUTE, "x")]


def test_another_network_ends_a_stretch() -> None:
    pieces = [(0, 5, "x"), (5, 9, "y"), (9, 12, "x")]
    assert join_pieces(pieces) == pieces
