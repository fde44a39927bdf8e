"""Clocks that are wrong: guards stay in force, and nothing is deleted too early."""

import asyncio
import sqlite3
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw, json
from support.builders import DAY, HOUR, MINUTE, NETWORKS, NOON, act, batch, typed, visit
from support.harness import Api, Clock, Desktop, spans_in, sums_in

from plnd.core.plnd import Plnd
from plnd.measures.event_validation import validate
from plnd.measures.guards import with_days_counted
from plnd.model.own_data import ForgetRequest, Forgotten
from plnd.model.pauses import Pause, Uncounted
from plnd.system.files import Home

YEAR = 365 * DAY
LAST = 253_402_300_799_999
BACK = [1, 1000, HOUR, YEAR]


def opened(folder: Path, clock: Clock) -> Plnd:
    return Plnd(Home(folder / "s", folder / "d", folder / "h", None), clock=clock, notify=Desktop())


async def sent(plnd: Plnd, at: int) -> list[str]:
    """The rejection codes of a visit and an act that ended before `now`."""
    answer = await plnd.record(typed(batch(visit(at - MINUTE, 50), act(at - 5))))
    return [one.code for one in answer.rejected]


# -- guards without an end -------------------------------------------------------------


@pytest.mark.parametrize("back", BACK)
async def test_a_pause_for_good_outlasts_a_clock_that_is_set_back(
    plnd: Plnd, clock: Clock, back: int
) -> None:
    plnd.pauses.begin()
    clock.forward(-back)
    assert plnd.pauses.state().paused
    assert await sent(plnd, clock()) == ["paused", "paused"]
    # A visit that began by the corrected clock lasts until after the pause began.
    start = clock()
    clock.forward(back + HOUR)
    answer = await plnd.record(typed(batch(visit(start, min(back + HOUR, 11 * HOUR) // 1000))))
    assert [one.code for one in answer.rejected] == ["paused"]
    assert not plnd.pauses.end().paused
    (pause,) = plnd._book.pauses.all()
    assert pause.end is not None
    assert pause.start <= pause.end
    clock.forward(HOUR)
    assert await sent(plnd, clock()) == []


@pytest.mark.parametrize("back", BACK)
async def test_a_network_that_is_not_counted_stays_so(plnd: Plnd, clock: Clock, back: int) -> None:
    await plnd.networks.count("x", counted=False)
    clock.forward(-back)
    assert await sent(plnd, clock()) == ["not_counted", "not_counted"]
    other = await plnd.record(typed(batch(visit(clock() - MINUTE, 50, network="mastodon"))))
    assert other.rejected == []
    again = Plnd(plnd.home, clock=clock)
    assert await sent(again, clock()) == ["not_counted", "not_counted"]
    again.close_stores()
    await plnd.networks.count("x", counted=True)
    clock.forward(HOUR)
    assert await sent(plnd, clock()) == []


moments = st.one_of(st.sampled_from([0, NOON, LAST]), st.integers(0, LAST))


@given(moments, st.integers(NOON - YEAR, NOON + YEAR), st.booleans())
def test_an_open_guard_keeps_out_what_begins_after_it_or_nobody_knows_when(
    start: int, now: int, whole: bool
) -> None:
    guard = Pause(start=start) if whole else Uncounted(id="a", network="x", start=start)
    raws = [Raw(json.encode(one)) for one in (visit(now - MINUTE, 50), act(now - MINUTE))]
    taken, rejected = validate(
        raws,
        now=now,
        networks=NETWORKS,
        pauses=[guard] if isinstance(guard, Pause) else (),
        uncounted=[guard] if isinstance(guard, Uncounted) else (),
    )
    if start > now or start <= now - MINUTE:
        assert len(rejected) == 2
    else:  # it began after what lies before it
        for one in taken:
            assert getattr(one.event, "end", start) <= start


# -- guards of what was forgotten -----------------------------------------------------------


async def test_a_clock_once_ahead_lets_nothing_back_in(plnd: Plnd, clock: Clock) -> None:
    event = typed(batch(visit(NOON - HOUR, 60), act(NOON - HOUR)))
    await plnd.record(event)
    await plnd.own.forget(ForgetRequest(everything=True))
    for jump in (31 * DAY, 10 * YEAR, -YEAR):
        clock.forward(jump)
        await plnd.maintenance.run()
        clock.forward(-jump)
        await plnd.maintenance.run()
        again = Plnd(plnd.home, clock=clock)
        assert len(again.own.guards) == 1
        again.close_stores()
    assert {one.code for one in (await plnd.record(event)).rejected} == {"forgotten"}


@given(st.lists(st.sampled_from([0, MINUTE, HOUR, DAY, 31 * DAY, YEAR, -HOUR, -YEAR]), max_size=99))
def test_a_look_is_a_day_at_most(steps: list[int]) -> None:
    one, now = Forgotten(id="a", at=NOON, start=0, end=NOON), NOON
    for step in steps:
        now += step
        before, one = one, with_days_counted(one, now)
        assert 0 <= one.days_seen - before.days_seen <= (step > 0)


# -- what deletes by age -----------------------------------------------------------------


async def lived(plnd: Plnd) -> None:
    for day in range(40, -1, -8):
        await sent(plnd, NOON - day * DAY)


@given(st.sampled_from([DAY, 30 * DAY, YEAR, 10 * YEAR, 7000 * YEAR]))
def test_a_clock_ahead_deletes_nothing_that_a_right_one_would_not(ahead: int) -> None:
    async def live(jump: int) -> list[tuple[int, int]]:
        with tempfile.TemporaryDirectory() as name:
            clock = Clock()
            plnd = opened(Path(name), clock)
            plnd.settings.change({"keep_visits_days": 30})
            await lived(plnd)
            clock.forward(jump)
            await plnd.maintenance.run()
            clock.forward(DAY - jump)
            assert await sent(plnd, clock()) == []
            await plnd.close()
            again = opened(Path(name), clock)
            await again.maintenance.run()
            assert await sent(again, clock()) == []
            spans = spans_in(again._log)
            await again.close()
            return spans

    assert asyncio.run(live(ahead)) == asyncio.run(live(DAY))


async def test_visits_kept_from_some_time_ahead_are_kept_again(plnd: Plnd, clock: Clock) -> None:
    """A `visits_from` in the future, left by an earlier plnd or an edit, is corrected."""
    await lived(plnd)
    await plnd.close()
    db = sqlite3.connect(plnd.home.data / "events.db")
    db.execute("UPDATE kept SET visits_from = ?", (LAST,))
    db.commit()
    again = Plnd(plnd.home, clock=clock)
    assert again._log.visits_from == 0  # every sum has its visits
    assert await sent(again, NOON - 10 * DAY) == []
    again.close_stores()
    db.execute("DELETE FROM visit WHERE start < ?", (NOON - 20 * DAY,))
    db.execute("UPDATE kept SET visits_from = ?", (NOON + 1,))
    db.commit()
    db.close()
    last = Plnd(plnd.home, clock=clock)
    assert NOON - 30 * DAY < last._log.visits_from <= NOON - 20 * DAY
    sums = sums_in(last._log)
    assert sums
    assert await sent(last, NOON - 2 * MINUTE) == []
    assert sums_in(last._log) == sums
    last.close_stores()


async def test_a_backup_from_a_clock_ahead_is_no_reason_for_none(
    plnd: Plnd, api: Api, clock: Clock
) -> None:
    clock.forward(10 * YEAR)
    await plnd.maintenance.run()
    clock.forward(-10 * YEAR)
    await plnd.maintenance.run()
    assert "2026-11-23" in [one["name"] for one in (await api("GET", "backups"))["backups"]]
