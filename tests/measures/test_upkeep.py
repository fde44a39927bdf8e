"""Upkeep: minutes a week, what the budget affords, breadth of contacts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.builders import HOUR, MINUTE

from plnd.measures.upkeep import Week, affords, breadth, budget_minutes, weekly_minutes
from plnd.model.base import Weekday
from plnd.model.settings import Budget, When

NAMES = {"x": "X"}


def weeks(*figures: tuple[float, int]) -> list[Week]:
    """Weeks by their hours and their interactions."""
    return [Week(int(hours * HOUR), acts) for hours, acts in figures]


def test_only_weeks_with_an_interaction_are_upkeep() -> None:
    """Four weeks, of which one was nothing but scrolling."""
    assert weekly_minutes(weeks((1, 1), (3, 2), (20, 0), (2, 1))) == 120
    assert weekly_minutes(weeks((5, 0))) is None


def test_those_that_give_most_come_first_and_what_fits_stays() -> None:
    found = affords(
        {
            "x": weeks((2, 10), (2, 10)),
            "linkedin": weeks((4, 4), (4, 4)),
            "facebook": weeks((1, 2), (2, 3)),
            "mastodon": weeks((1, 9), (1, 9)),
            "quiet": weeks((5, 0)),
        },
        budget=220,
        names=NAMES,
    )
    assert [(one.network, one.state) for one in found.networks] == [
        ("x", "fits"),
        ("facebook", "fits"),
        ("linkedin", "rest"),
        ("quiet", "rest"),
        ("mastodon", "learning"),
    ]
    assert found.used_minutes == 120 + 90
    assert found.networks[0].name == "X"
    assert found.state == "ready"


def test_it_says_learning_under_three_hours() -> None:
    assert affords({"x": weeks((2.99, 50))}, 60, NAMES).state == "learning"
    assert affords({}, 60, NAMES).state == "learning"
    assert affords({"x": weeks((3, 50))}, 600, NAMES).state == "ready"


def test_without_a_budget_there_is_nothing_to_fit_into() -> None:
    found = affords({"x": weeks((3, 50))}, None, NAMES)
    assert (found.state, found.networks[0].state) == ("no_budget", "rest")


def budget(minutes: int, days: list[Weekday] | None = None, when: When | None = None) -> Budget:
    return Budget(id="b", minutes=minutes, days=days, when=when)


@pytest.mark.parametrize(
    ("budgets", "minutes"),
    [
        ([], None),
        ([Budget(id="x", minutes=9, network="x")], None),
        ([budget(60)], 420),
        ([budget(60), budget(10, ["sat", "sun"])], 320),
        ([budget(20, when="work"), budget(30, when="off")], 350),
        ([budget(60), budget(20, when="work")], 420),
        ([budget(60, ["mon"])], 60),
    ],
)
def test_the_minutes_of_a_week(budgets: list[Budget], minutes: int | None) -> None:
    assert budget_minutes(budgets) == minutes


FIGURES = st.tuples(st.integers(0, 30), st.integers(0, 60))


@given(
    st.dictionaries(st.sampled_from("abcdefgh"), st.lists(FIGURES, min_size=4, max_size=4)),
    st.integers(0, 3000),
)
def test_what_fits_fits(found: dict[str, list[tuple[int, int]]], minutes: int) -> None:
    answer = affords({name: weeks(*rows) for name, rows in found.items()}, minutes, {})
    fitting = [one for one in answer.networks if one.state == "fits"]
    assert sum(one.weekly_minutes or 0 for one in fitting) == answer.used_minutes <= minutes
    ranked = [one for one in answer.networks if one.state != "learning"]
    rates = [one.interactions_an_hour or 0 for one in ranked]
    assert rates == sorted(rates, reverse=True)
    used = 0
    for one in ranked:
        if one.state == "fits":
            used += one.weekly_minutes or 0
        else:
            assert one.weekly_minutes is None or used + one.weekly_minutes > minutes
    assert all(one.hours < 3 for one in answer.networks if one.state == "learning")


def test_breadth() -> None:
    assert breadth([]) is None
    assert breadth([0, 0]) is None
    assert breadth([5]) == 1
    assert breadth([3, 3, 3]) == 3
    assert breadth([98, 1, 1]) == 1.04


@given(st.lists(st.integers(1, 1000), min_size=1, max_size=20))
def test_breadth_is_between_one_and_all(counts: list[int]) -> None:
    found = breadth(counts)
    assert found is not None
    assert 1 <= found <= len(counts) + 0.005


def test_minutes_are_rounded_once() -> None:
    assert weekly_minutes([Week(90 * MINUTE + 29_000, 1), Week(90 * MINUTE + 31_000, 1)]) == 90
