"""Budgets: which apply, what is left, and their states."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.builders import MINUTE

from plnd.measures.budget import BudgetStatus, budget_statuses, most_pressing
from plnd.model.settings import Budget

MINUTES = st.integers(1, 1440)


def budget(minutes: int = 60, **given: Any) -> Budget:
    return Budget(id=given.pop("id", str(given)), minutes=minutes, **given)


def status(minutes: int, spent_ms: int, **given: Any) -> BudgetStatus:
    return BudgetStatus(budget(minutes, **given), spent_ms)


@given(MINUTES)
def test_where_the_states_begin(minutes: int) -> None:
    """Under below 80 %, near from 80 % to 100 % inclusive, over beyond: to the millisecond."""
    near, full = minutes * 48_000, minutes * 60_000
    states = [status(minutes, spent).state for spent in (near - 1, near, full, full + 1)]
    assert states == ["under", "near", "near", "over"]


def test_nothing_spent_is_under() -> None:
    assert status(60, 0).state == "under"


def test_a_budget_of_no_minutes_is_over_with_the_first() -> None:
    assert status(0, 0).state == "under"
    assert status(0, 1).state == "over"


@given(MINUTES, st.integers(0, 2000 * MINUTE))
def test_left_and_spent_make_the_budget(minutes: int, spent: int) -> None:
    one = status(minutes, spent)
    assert one.left_ms >= 0
    assert one.left_ms == max(0, minutes * MINUTE - spent)


ALL = budget(60, id="all")
MONDAY = budget(30, id="mon", days=["mon"])
WORKDAYS = budget(40, id="week", days=["mon", "tue", "wed", "thu", "fri"])
WORK = budget(20, id="work", when="work")
OFF = budget(90, id="off", when="off")
ON_X = budget(10, id="x", network="x")


@pytest.mark.parametrize(
    ("budgets", "weekday", "when", "held"),
    [
        ([ALL], "sun", "off", {None: ["all"]}),
        ([ALL, WORKDAYS], "sun", "off", {None: ["all"]}),
        ([ALL, WORKDAYS], "tue", "off", {None: ["week"]}),
        ([ALL, WORKDAYS, MONDAY], "mon", "off", {None: ["mon"]}),
        ([MONDAY, WORKDAYS, ALL], "mon", "off", {None: ["mon"]}),
        ([WORK, OFF], "mon", "work", {None: ["work"]}),
        ([WORK, OFF], "mon", "off", {None: ["off"]}),
        ([ALL, WORK], "mon", "work", {None: ["all", "work"]}),
        ([ALL, ON_X], "mon", "work", {None: ["all"], "x": ["x"]}),
        ([MONDAY], "tue", "work", {}),
        ([], "mon", "work", {}),
    ],
)
def test_which_budgets_hold(
    budgets: list[Budget], weekday: str, when: Any, held: dict[str | None, list[str]]
) -> None:
    found = budget_statuses(budgets, weekday=weekday, now_when=when, spent=lambda *_: 0)
    assert {n: sorted(one.budget.id for one in group) for n, group in found.items()} == held


def test_each_is_asked_for_its_own_time() -> None:
    """A budget for work hours counts the time in them, a network's budget its own."""
    spent = {(None, None): 7, (None, "work"): 3, ("x", None): 2}
    found = budget_statuses(
        [ALL, WORK, ON_X], weekday="mon", now_when="work", spent=lambda *key: spent[key]
    )
    times = {one.budget.id: one.spent_ms for group in found.values() for one in group}
    assert times == {"all": 7, "work": 3, "x": 2}


def test_the_worst_binds() -> None:
    """Over before near before under; within a state, the one with the least left."""
    over, near = status(10, 11 * MINUTE), status(10, 9 * MINUTE)
    wide, narrow = status(60, 9 * MINUTE), status(30, 9 * MINUTE)
    assert most_pressing([wide, near, over]) is over
    assert most_pressing([wide, near]) is near
    assert most_pressing([wide, narrow]) is narrow
    assert most_pressing([]) is None
