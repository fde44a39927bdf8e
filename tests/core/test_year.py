"""A year of thousands of events from three browsers: the sums equal the generated ones."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
import pytest
from support import harness
from support import learning_oracle as truth
from support.builders import DAY, batch, typed
from support.year import BREAKS, CHATS, FIRST, LAST, LONDON, NOW, PEOPLE, Year, at, make

from plnd.core.plnd import Plnd
from plnd.model.chats import Break, ChatChange, ChatRequest
from plnd.model.people import PersonRequest
from plnd.model.settings import BudgetRequest
from plnd.system.files import Home


@pytest.fixture(scope="module", params=[20261122, 7, 1934])
def year(request: pytest.FixtureRequest) -> Year:
    return make(request.param)


@pytest.fixture
async def lived(home: Home, year: Year, desktop: harness.Desktop) -> AsyncIterator[Plnd]:
    """A plnd with the year recorded: chats followed first, events in random order."""
    clock = harness.Clock(at(FIRST, "00:00"))
    plnd = Plnd(home, clock=clock, notify=desktop)
    plnd.settings.change({"notify_budget": False, "notify_chats": False, "notify_review": False})
    plnd.settings.change({"time_zone": "Europe/London"})
    plnd.budgets.set(BudgetRequest(minutes=30))
    breaks = [Break(first=first, last=last) for first, last in BREAKS]
    for tag, (network, weekday, start, zone) in CHATS.items():
        wanted = {"tag": tag, "network": network, "weekday": weekday, "start": start}
        plnd.chats.add(ChatRequest(**wanted, time_zone=zone))  # type: ignore[arg-type]
        plnd.chats.change(tag, ChatChange(breaks=breaks))
    for name, (handles, ideal, _) in PEOPLE.items():
        pairs = [{"network": network, "handle": handle} for network, handle in handles]
        plnd.people.add(msgspec.convert({
            "name": name, "handles": pairs,
            "cadence": {"ideal_days": ideal} if ideal else None,
        }, PersonRequest))  # fmt: skip
    clock.now = NOW
    for browser, events in year.events.items():
        for start in range(0, len(events), 400):
            wire = batch(*events[start : start + 400], browser=browser, profile=browser)
            answer = await plnd.record(typed(wire))
            assert not answer.rejected
    yield plnd
    await plnd.close()


async def test_the_year_is_as_it_was_made(lived: Plnd, year: Year) -> None:
    assert year.count > 2500
    _touches_and_ties(lived, year)
    _attendance(lived, year)
    _development(lived, year)
    for week in range(1, 52, 5):
        _review(lived, year, FIRST + timedelta(days=7 * week))


def _touches_and_ties(plnd: Plnd, year: Year) -> None:
    people = {one.name: one for one in plnd.people.views()}
    late = []
    for name, (_, ideal, _) in PEOPLE.items():
        touches = sorted(year.touches[name])
        view = people[name]
        last = (view.last_touch.at, view.last_touch.kind) if view.last_touch else None
        assert last == (touches[-1] if touches else None), name
        assert view.tie == truth.tie(touches, NOW), name
        since = NOW - (touches[-1][0] if touches else at(FIRST, "00:00"))
        if ideal and since > ideal * DAY:
            late.append((since / ideal, name))
    drift = [one.name for one in plnd.people.relationships.summary().drifting]
    assert drift == [name for _, name in sorted(late, reverse=True)]


def _attendance(plnd: Plnd, year: Year) -> None:
    half_a_year = NOW - 182 * DAY
    for tag, attended in year.attended.items():
        expected = {start: how for start, how in attended.items() if start >= half_a_year}
        found = plnd.chats.attendance.attended_slots(plnd.chats.find(tag))
        assert {one.starts_at: one.attended for one in found} == expected, tag


def _development(plnd: Plnd, year: Year) -> None:
    """The CPD hours of chats and sessions equal the generated minutes."""
    expected: Counter[str] = Counter()
    for (tag, start), minutes in year.chat_minutes.items():
        if year.attended[tag][start] != "missed" and _day(start).year == 2026:
            expected[f"chat:{tag}:{start}"] = minutes // 15
    for (network, day), minutes in year.session_minutes.items():
        if day.startswith("2026"):
            expected[f"session:{network}:{day}"] = minutes // 15
    found = plnd.cpd.year(2026, "cilip")
    rows = {row.id: row.hours * 4 for row in found.rows}
    # Acts outside sessions reach two minutes around them: under a quarter, they are no row.
    assert rows == {key: quarters for key, quarters in expected.items() if quarters}
    assert found.hours == sum(expected.values()) / 4


def _review(plnd: Plnd, year: Year, monday: date) -> None:
    days = [monday + timedelta(days=number) for number in range(7)]
    four_weeks = [days[-1] - timedelta(days=number) for number in range(28)]
    found = plnd.weekly_review.review(f"{monday:%G-W%V}")
    assert found.interaction_days == len(year.interaction_days & set(days))
    assert found.interaction_days_28 == len(year.interaction_days & set(four_weeks))
    spent = sum(year.spent_minutes[day] for day in days)
    chat = sum(m for (_, start), m in year.chat_minutes.items() if _day(start) in days)
    assert (found.spent_seconds, found.chat_seconds) == (spent * 60, chat * 60)
    lights: dict[str, Any] = {one.name: one for one in found.lights}
    assert lights["time"].sums["spent_minutes"] == spent - chat
    assert lights["time"].sums["budget_minutes"] == 7 * 30
    assert {one.starts_at: one.attended for one in found.chats} == {
        start: how
        for attended in year.attended.values()
        for start, how in attended.items()
        if _day(start) in days
    }
    spoke: Counter[str] = sum((year.spoke.get(day, Counter()) for day in four_weeks), Counter())
    if spoke:
        shares = [count / sum(spoke.values()) for count in spoke.values()]
        effective = 1 / sum(share * share for share in shares)
        assert lights["breadth"].sums["people"] == pytest.approx(effective, abs=0.051)
    else:
        assert lights["breadth"].colour == "off"


def _day(moment: int) -> date:
    return datetime.fromtimestamp(moment / 1000, LONDON).date()


def test_the_maker_meets_both_changes_of_the_clocks(year: Year) -> None:
    """The slots of 20:30 in New York move in London while only one clock has changed."""
    hours = {
        datetime.fromtimestamp(start / 1000, LONDON).hour for start in year.attended["farchat"]
    }
    assert hours == {0, 1}
    assert FIRST < date(2026, 3, 29) < date(2026, 10, 25) < LAST
