"""Budget notices: at 80 %, 100 %, then every 25 %; once for each cause; quiet hours."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.builders import MINUTE, NOON

from plnd.measures.budget import BudgetStatus
from plnd.model.notices import Notice
from plnd.model.settings import Budget
from plnd.notices.rules import budget_notices, in_quiet_hours, level_reached

NAMES = {"x": "X", "facebook": "Facebook"}


def standing(spent_minutes: float, minutes: int = 60, **given: Any) -> BudgetStatus:
    return BudgetStatus(Budget(id="all", minutes=minutes, **given), int(spent_minutes * MINUTE))


def due(*standings: BudgetStatus, sent: Any = (), grace: int = 0, day: str = "d") -> list[Notice]:
    return budget_notices(
        standings, day=day, now=NOON, sent=sent, names=NAMES, grace_ms=grace * MINUTE
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
    assert level_reached(standing(spent)) == level


@pytest.mark.parametrize(
    ("spent", "level"), [(48, 80), (60, 100), (75, 100), (79.9, 100), (80, 125), (90, 150)]
)
def test_a_grace_holds_the_reminders_back_but_not_the_notice(spent: float, level: int) -> None:
    """With 20 minutes of grace there is no notice between 60 and 80 minutes."""
    assert level_reached(standing(spent), 20 * MINUTE) == level


def test_a_budget_of_no_minutes_is_used_up_by_the_first_second() -> None:
    """Used up by the first second, with one notice and no reminders."""
    assert level_reached(standing(0, 0)) == 0
    assert level_reached(standing(0.1, 0)) == level_reached(standing(500, 0)) == 100
    assert level_reached(standing(500, 0), 20 * MINUTE) == 100


@given(
    st.integers(0, 1440),
    st.lists(st.integers(0, 10 * MINUTE), max_size=60),
    st.integers(0, 240),
)
def test_a_day_is_told_in_rising_steps_each_once(
    minutes: int, steps: list[int], grace: int
) -> None:
    sent: list[str] = []
    levels, spent = [0], 0
    for step in steps:
        spent += step
        one = BudgetStatus(Budget(id="all", minutes=minutes), spent)
        new = due(one, sent=sent, grace=grace)
        assert len(new) <= 1
        sent += [notice.cause for notice in new]
        levels += [int(notice.cause.rpartition("/")[2]) for notice in new]
        assert due(one, sent=sent, grace=grace) == []
    assert levels == sorted(set(levels))
    assert levels[-1] == level_reached(
        BudgetStatus(Budget(id="all", minutes=minutes), spent), grace * MINUTE
    )


def test_of_several_steps_the_highest_is_told() -> None:
    """After a long visit sent at once, the lower levels are not sent later."""
    (notice,) = due(standing(95))
    assert notice.cause.endswith("/150")
    assert due(standing(95), sent=[notice.cause]) == []
    assert due(standing(80), sent=[notice.cause]) == []


def test_each_budget_and_each_day_is_a_cause_of_its_own() -> None:
    (first,) = due(standing(50))
    x = BudgetStatus(Budget(id="x", minutes=60, network="x"), 50 * MINUTE)
    both = due(standing(50), x, sent=[first.cause])
    assert [notice.title for notice in both] == ["10 minutes left for X"]
    assert len(due(standing(50), sent=[first.cause], day="next")) == 1


def test_a_changed_budget_speaks_anew() -> None:
    (first,) = due(standing(50))
    assert len(due(standing(50, 55), sent=[first.cause])) == 1


def test_a_budget_id_that_begins_like_another_is_another() -> None:
    x = BudgetStatus(Budget(id="x", minutes=60, network="x"), 50 * MINUTE)
    (first,) = due(x)
    work = BudgetStatus(Budget(id="x.work", minutes=60, network="x", when="work"), 50 * MINUTE)
    assert len(due(work, sent=[first.cause])) == 1


@pytest.mark.parametrize(
    ("one", "title", "body"),
    [
        (standing(48), "12 minutes left for your networks", "48 of 60 minutes are used"),
        (standing(59.5), "1 minute left for your networks", "59 of 60 minutes are used"),
        (standing(60), "60 minutes for your networks are used up", "60 minutes so far today"),
        (standing(75), "15 minutes over for your networks", "75 minutes today, 125 % of 60 min"),
        (standing(1, 1), "1 minute for your networks are used up", "1 minute so far"),
        (standing(20, 20, network="x"), "20 minutes for X are used up", "20 minutes so far"),
        (standing(20, 20, network="old"), "20 minutes for old are used up", "20 minutes so far"),
        (standing(20, 20, when="work"), "20 minutes for your networks in work hours are", ""),
        (standing(20, 20, network="x", when="off"), "20 minutes for X off work are used up", ""),
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
        return in_quiet_hours(int(hour) * 60 + int(minute), start, end)

    assert all(at(clock) for clock in inside)
    assert not any(at(clock) for clock in outside)
