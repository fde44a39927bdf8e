"""Clocks that jump, machines that sleep, time zones that change while plnd runs."""

import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.builders import DAY, HOUR, MINUTE, NOON, act, batch, typed, visit
from support.harness import Api, Clock, Desktop

from plnd.core.plnd import Plnd
from plnd.system.files import Home

jumps = st.lists(
    st.sampled_from([-400 * DAY, -DAY, -HOUR, -1, 0, 1, MINUTE, HOUR, DAY, 30 * DAY]),
    min_size=1,
    max_size=8,
)


@settings(max_examples=40)
@given(jumps)
async def test_jumps_of_the_clock_lose_and_add_no_time(jumped: list[int]) -> None:
    """The sums are those of the events, whose times come from the clock before the jump."""
    clock = Clock()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plnd = Plnd(
            Home(folder / "s", folder / "d", folder / "h", None), clock=clock, notify=Desktop()
        )
        spans: set[tuple[int, int]] = set()
        for jump in jumped:
            clock.forward(jump)
            start = clock() - 2 * MINUTE
            answer = await plnd.record(typed(batch(visit(start, 60), act(start))))
            assert len(answer.stored) == 2
            spans.add((start, start + MINUTE))
            assert answer.today.spent_seconds >= 0
            assert answer.today.now == clock()
            await plnd.maintenance.run()
        covered, end = 0, 0
        for low, high in sorted(spans):
            covered += max(0, high - max(low, end))
            end = max(end, high)
        sums = plnd._log.queries.quarter_sums(0, NOON + 1000 * DAY).values()
        assert sum(spent for one in sums for spent, _ in one.times.values()) == covered
        assert 1 <= len([one for one in plnd.own.backups() if one.why == "daily"]) <= 7
        await plnd.close()


async def test_events_from_the_future_are_rejected(api: Api, clock: Clock) -> None:
    """After the clock was set back by a day; the other events of the batch are stored."""
    clock.forward(DAY)
    await api("POST", "events", batch(visit(clock() - HOUR, 60)))
    clock.forward(-DAY)
    late, right = visit(NOON + HOUR, 60), visit(NOON - HOUR, 60)
    answer = await api("POST", "events", batch(late, right))
    assert answer["stored"] == [right["id"]]
    assert answer["rejected"][0]["field"] == "start"
    assert answer["today"]["spent_seconds"] == 60


async def test_sleep_of_the_machine_is_no_time_spent(api: Api, clock: Clock) -> None:
    await api("POST", "events", batch(visit(NOON - HOUR, 60)))
    clock.forward(9 * HOUR)
    today = await api("GET", "today")
    assert (today["day"], today["spent_seconds"]) == ("2026-11-23", 60)
    clock.forward(9 * HOUR)
    today = await api("GET", "today")
    assert (today["day"], today["spent_seconds"]) == ("2026-11-24", 0)


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Change the time zone of the system."""

    def change(name: str) -> None:
        monkeypatch.setenv("TZ", name)
        time.tzset()

    yield change
    monkeypatch.undo()
    time.tzset()


async def test_a_change_of_time_zone_loses_no_time(
    api: Api, clock: Clock, zone: Callable[[str], None]
) -> None:
    """The days begin at other moments, and each second stays in one of them."""
    late = int(datetime(2026, 11, 23, 23, 30, tzinfo=UTC).timestamp()) * 1000
    clock.now = late + HOUR
    await api("POST", "events", batch(visit(late, 600)))
    today = await api("GET", "today")
    assert (today["day"], today["time_zone"]) == ("2026-11-24", "Europe/London")
    for name, day, before in (
        ("America/New_York", "2026-11-23", "2026-11-22"),
        ("Asia/Kathmandu", "2026-11-24", "2026-11-23"),
        ("Pacific/Kiritimati", "2026-11-24", "2026-11-23"),
        ("Europe/London", "2026-11-23", "2026-11-24"),
    ):
        zone(name)
        clock.forward(MINUTE)
        assert (await api("GET", "today"))["time_zone"] == name
        assert (await api("GET", f"today?day={day}"))["spent_seconds"] == 600, name
        assert (await api("GET", f"today?day={before}"))["spent_seconds"] == 0, name
