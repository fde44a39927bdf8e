"""When to speak: 80 %, 100 %, then each quarter; once for each cause; never in quiet hours."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.builders import MINUTE, NOON

from plnd.measures.budget import BudgetStatus
from plnd.model.notices import Notice
from plnd.model.settings import Budget
from plnd.notices.rules import budget_notices, quiet, reached

NAMES = {"x": "X", "facebook": "Facebook"}


def status(spent_minutes: float, minutes: int = 60, **given: Any) -> BudgetStatus:
    return BudgetStatus(Budget(id="all", minutes=minutes, **given), int(spent_minutes * MINUTE))


def due(*statuses: BudgetStatus, told: Any = (), grace: int = 0, day: str = "d") -> list[Notice]:
    return budget_notices(
        statuses, day=day, now=NOON, told=told, names=NAMES, grace_ms=grace * MINUTE
    )


@pytest.mark.parametrize(
    ("spent", "level"),
    [
        (0, 0),
        (47.9, 0),
        (48, 80),
        (59.9, 80),
        (60, 100),
        (74.9, 100),
        (75, 125),
        (90, 150),
        (120, 200),
        (600, 1000),
    ],
)
def test_the_steps(spent: float, level: int) -> None:
    assert reached(status(spent)) == level


@pytest.mark.parametrize(
    ("spent", "level"), [(48, 80), (60, 100), (75, 100), (79.9, 100), (80, 125), (90, 150)]
)
def test_a_grace_holds_the_reminders_back_but_not_the_notice(spent: float, level: int) -> None:
    """Twenty minutes of grace: nothing between the notice at 60 minutes and 80."""
    assert reached(status(spent), 20 * MINUTE) == level


def test_a_budget_of_no_minutes_is_used_up_by_the_first_second() -> None:
    """Once: there is no quarter of nothing."""
    assert reached(status(0, 0)) == 0
    assert reached(status(0.1, 0)) == reached(status(500, 0)) == 100
    assert reached(status(500, 0), 20 * MINUTE) == 100


@given(
    st.integers(0, 1440),
    st.lists(st.integers(0, 10 * MINUTE), max_size=60),
    st.integers(0, 240),
)
def test_a_day_is_told_in_rising_steps_each_once(
    minutes: int, steps: list[int], grace: int
) -> None:
    told: list[str] = []
    levels, spent = [0], 0
    for step in steps:
        spent += step
        one = BudgetStatus(Budget(id="all", minutes=minutes), spent)
        new = due(one, told=told, grace=grace)
        assert len(new) <= 1
        told += [notice.cause for notice in new]
        levels += [int(notice.cause.rpartition("/")[2]) for notice in new]
        assert due(one, told=told, grace=grace) == []
    assert levels == sorted(set(levels))
    assert levels[-1] == reached(
        BudgetStatus(Budget(id="all", minutes=minutes), spent), grace * MINUTE
    )


def test_of_several_steps_the_highest_is_told() -> None:
    """As after a long visit that came in at once; the lower ones are not told later."""
    (notice,) = due(status(95))
    assert notice.cause.endswith("/150")
    assert due(status(95), told=[notice.cause]) == []
    assert due(status(80), told=[notice.cause]) == []


def test_each_budget_and_each_day_is_a_cause_of_its_own() -> None:
    (first,) = due(status(50))
    x = BudgetStatus(Budget(id="x", minutes=60, network="x"), 50 * MINUTE)
    both = due(status(50), x, told=[first.cause])
    assert [notice.title for notice in both] == ["10 minutes left for X"]
    assert len(due(status(50), told=[first.cause], day="next")) == 1


def test_a_changed_budget_speaks_anew() -> None:
    (first,) = due(status(50))
    assert len(due(status(50, 55), told=[first.cause])) == 1


def test_a_budget_id_that_begins_like_another_is_another() -> None:
    x = BudgetStatus(Budget(id="x", minutes=60, network="x"), 50 * MINUTE)
    (first,) = due(x)
    work = BudgetStatus(Budget(id="x.work", minutes=60, network="x", when="work"), 50 * MINUTE)
    assert len(due(work, told=[first.cause])) == 1


@pytest.mark.parametrize(
    ("one", "title", "body"),
    [
        (status(48), "12 minutes left for your networks", "48 of 60 minutes are used"),
        (status(59.5), "1 minute left for your networks", "59 of 60 minutes are used"),
        (status(60), "60 minutes for your networks are used up", "60 minutes so far today"),
        (status(75), "15 minutes over for your networks", "75 minutes today, 125 % of 60 min"),
        (status(1, 1), "1 minute for your networks are used up", "1 minute so far"),
        (status(20, 20, network="x"), "20 minutes for X are used up", "20 minutes so far"),
        (status(20, 20, network="old"), "20 minutes for old are used up", "20 minutes so far"),
        (status(20, 20, when="work"), "20 minutes for your networks in work hours are", ""),
        (status(20, 20, network="x", when="off"), "20 minutes for X off work are used up", ""),
    ],
)
def test_a_notice_says_its_rule_and_its_numbers(one: BudgetStatus, title: str, body: str) -> None:
    (notice,) = due(one)
    assert notice.title.startswith(title)
    assert notice.body.startswith(body)
    assert (notice.at, notice.shown, notice.error) == (NOON, None, None)
    assert len(notice.title) <= 63
    assert len(notice.body) <= 255


@pytest.mark.parametrize(
    ("start", "end", "inside", "outside"),
    [
        ("22:00", "07:00", ["22:00", "23:59", "00:00", "06:59"], ["07:00", "12:00", "21:59"]),
        ("12:00", "13:00", ["12:00", "12:59"], ["11:59", "13:00", "00:00"]),
        ("00:00", "06:00", ["00:00", "05:59"], ["06:00", "23:59"]),
        ("18:00", "00:00", ["18:00", "23:59"], ["00:00", "17:59"]),
        ("08:00", "08:00", [], ["07:59", "08:00", "20:00"]),
        (None, None, [], ["00:00", "12:00"]),
        ("22:00", None, [], ["23:00"]),
    ],
)
def test_quiet_hours(
    start: str | None, end: str | None, inside: list[str], outside: list[str]
) -> None:
    def at(clock: str) -> bool:
        hour, minute = clock.split(":")
        return quiet(int(hour) * 60 + int(minute), start, end)

    assert all(at(clock) for clock in inside)
    assert not any(at(clock) for clock in outside)
