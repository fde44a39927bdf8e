"""The bounds of days: every moment is in exactly one day, also where the clocks change."""

import zoneinfo
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support.builders import HOUR, MINUTE

from plnd.measures.time import QUARTER_MS, WEEKDAYS, WorkHours, day_bounds, day_of

ZONES = [
    "Europe/London",
    "America/New_York",
    "Australia/Lord_Howe",  # half an hour of summer time
    "America/Santiago",  # changes at midnight
    "Asia/Kathmandu",
    "Pacific/Chatham",
    "Africa/Casablanca",
    "America/St_Johns",
    "Asia/Kolkata",
    "UTC",
]
STRANGE = ["Pacific/Apia", "Antarctica/Troll", "Antarctica/Casey", "Asia/Gaza", "Asia/Pyongyang"]
MOMENTS = st.integers(946_684_800, 2_145_916_800).map(lambda second: second * 1000)
HOURS = st.integers(0, 23)
MS = timedelta(milliseconds=1)


def ms(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp()) * 1000


@given(MOMENTS, st.sampled_from(ZONES + STRANGE), HOURS)
@example(ms("2026-03-29T00:59:59+00:00"), "Europe/London", 1)
@example(ms("2026-10-25T01:30:00+00:00"), "Europe/London", 1)
@example(ms("2006-10-29T03:00:00+00:00"), "America/St_Johns", 0)  # 23:30, after 00:00
@example(ms("2011-12-30T10:00:00+00:00"), "Pacific/Apia", 5)
def test_every_moment_lies_in_one_day(at: int, zone: str, day_start: int) -> None:
    """The day of a moment contains it, and ends where the next one begins."""
    place = ZoneInfo(zone)
    day = day_of(at, place, day_start)
    start, end = day_bounds(day, place, day_start)
    assert start <= at < end
    assert day_bounds(day + timedelta(days=1), place, day_start)[0] == end
    assert day_bounds(day - timedelta(days=1), place, day_start)[1] == start


@pytest.mark.parametrize("zone", ZONES)
def test_a_day_begins_when_the_clock_first_shows_its_hour(zone: str) -> None:
    """Minute by minute, over both changes of the clocks of 2026, for every hour to start at."""
    place = ZoneInfo(zone)
    for change in changes(place, 2026) or [ms("2026-06-01T00:00:00+00:00")]:
        minutes = [change + number * MINUTE for number in range(-30 * 60, 30 * 60)]
        shown: dict[datetime, int] = {}
        for minute in minutes:
            shown.setdefault(wall(minute, place), minute)
        for minute in minutes:  # a clock that nobody changed shows the hours that are skipped
            shown.setdefault(wall(change - MINUTE, place) + (minute - change + MINUTE) * MS, minute)
        middle = wall(change, place).date()
        for day_start in range(24):
            first = shown[datetime(middle.year, middle.month, middle.day, day_start)]
            assert day_bounds(middle, place, day_start)[0] == first, (zone, day_start)


def wall(moment: int, zone: ZoneInfo) -> datetime:
    """The wall-clock time."""
    return datetime.fromtimestamp(moment / 1000, zone).replace(tzinfo=None)


def changes(zone: ZoneInfo, year: int) -> list[int]:
    """The moments of a year's clock changes."""
    hours = [
        datetime(year, 1, 1, tzinfo=UTC) + timedelta(minutes=30 * number)
        for number in range(366 * 48)
    ]
    offsets = [hour.astimezone(zone).utcoffset() for hour in hours]
    return [
        int(hour.timestamp()) * 1000
        for hour, before, after in zip(hours[1:], offsets, offsets[1:], strict=False)
        if before != after
    ]


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/London", "2026-03-29", 23),
        ("Europe/London", "2026-10-25", 25),
        ("America/New_York", "2026-03-08", 23),
        ("America/New_York", "2026-11-01", 25),
        ("Australia/Lord_Howe", "2026-04-05", 24.5),
        ("Australia/Lord_Howe", "2026-10-04", 23.5),
        ("America/Santiago", "2026-04-04", 25),
        ("America/Santiago", "2026-09-06", 23),
        ("Asia/Kathmandu", "2026-03-29", 24),
        ("Pacific/Apia", "2011-12-30", 0),
    ],
)
def test_how_long_a_day_is(zone: str, day: str, hours: float) -> None:
    start, end = day_bounds(date.fromisoformat(day), ZoneInfo(zone), 0)
    assert end - start == hours * HOUR


@given(MOMENTS, st.sampled_from(ZONES), HOURS)
def test_a_day_is_a_run_of_whole_quarters(at: int, zone: str, day_start: int) -> None:
    start, end = day_bounds(day_of(at, ZoneInfo(zone), day_start), ZoneInfo(zone), day_start)
    assert start % QUARTER_MS == end % QUARTER_MS == 0


def test_every_zone_is_whole_quarters_from_utc() -> None:
    """Every zone, in each month since 2000, is a whole number of quarters away from UTC."""
    months = [datetime(2000 + n // 12, n % 12 + 1, 1, tzinfo=UTC) for n in range(12 * 38)]
    odd = {
        name
        for name in zoneinfo.available_timezones()
        for zone in [ZoneInfo(name)]
        for month in months
        if month.astimezone(zone).utcoffset().total_seconds() % 900  # type: ignore[union-attr]
    }
    assert not odd


@given(MOMENTS, st.sampled_from(ZONES), st.sets(st.sampled_from(WEEKDAYS)), st.data())
def test_work_hours_follow_the_clock_on_the_wall(
    at: int, zone: str, days: set[str], data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, 95).map(lambda quarter: quarter * 15))
    end = data.draw(st.integers(start, 96 * 15))
    wall = datetime.fromtimestamp(at / 1000, UTC).astimezone(ZoneInfo(zone))
    name = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[wall.isoweekday() - 1]
    since_midnight = int(wall.strftime("%H")) * 60 + int(wall.strftime("%M"))
    wanted = name in days and since_midnight in range(start, end)
    assert WorkHours(frozenset(days), start, end).at(at, ZoneInfo(zone)) is wanted
