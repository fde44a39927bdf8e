"""The weekly review: weeks, lights, the one suggestion; the plan; the ledger."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace as with_
from support.builders import DAY, NOON

from plnd.measures.people.ties import ContactHistory, PersonStatus, Suggestion, person_status
from plnd.measures.review import (
    Week,
    advice,
    compare_plans,
    ledger_rows,
    lights,
    plan,
    reviewed_week,
    rung,
    week_begin,
    week_name,
)
from plnd.model.people import Cadence, Person

HOUR = 3_600_000
WEEK = Week(
    days_known=30,
    spent_ms=8 * HOUR,
    budgeted_ms=7 * HOUR,
    taking_part_ms=HOUR,
    chat_ms=HOUR,
    budget_minutes=420,
    interaction_days=3,
    interaction_days_28=8,
    breadth=5.2,
    freshness={"Mastodon": "fresh"},
)


def colours(week: Week) -> dict[str, str]:
    return {one.name: one.colour for one in lights(week, interaction_days=8, breadth=5.0)}


def change(**given: object) -> Week:
    return with_(WEEK, **given)  # type: ignore[arg-type]


def late(name: str, days: int) -> PersonStatus:
    one = Person(id=name, name=name, added_at=NOON - days * DAY, cadence=Cadence(ideal_days=7))
    return person_status(one, ContactHistory(), NOON, {})


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)))
def test_a_day_lies_in_the_week_that_is_named_for_it(day: date) -> None:
    begin = week_begin(week_name(day))
    assert begin <= day < begin + timedelta(days=7)
    assert begin.weekday() == 0


@pytest.mark.parametrize("text", ["2026", "2026-48", "2026-W54", "2026-W00", "26-W01", "2026-Wxx"])
def test_what_is_no_week_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        week_begin(text)


@pytest.mark.parametrize(
    ("today", "minute", "weekday", "expected"),
    [
        (date(2026, 11, 22), 1020, "sun", "2026-W47"),
        (date(2026, 11, 22), 1019, "sun", "2026-W46"),
        (date(2026, 11, 25), 0, "sun", "2026-W47"),
        (date(2026, 11, 23), 1020, "mon", "2026-W47"),
        (date(2026, 11, 27), 1020, "fri", "2026-W48"),
    ],
)
def test_a_review_is_about_the_week_most_of_which_is_over(
    today: date, minute: int, weekday: str, expected: str
) -> None:
    assert reviewed_week(today, minute, weekday, 17 * 60)[0] == expected


def test_all_lights_are_green_at_their_targets() -> None:
    assert set(colours(WEEK).values()) == {"green"}


@pytest.mark.parametrize(
    ("given_", "name", "colour"),
    [
        ({"budgeted_ms": 7 * HOUR + 60_000}, "time", "amber"),
        ({"budgeted_ms": 9 * HOUR}, "time", "red"),
        ({"budget_minutes": None}, "time", "off"),
        ({"interaction_days_28": 7}, "interaction", "amber"),
        ({"interaction_days_28": 3}, "interaction", "red"),
        ({"freshness": {"X": "fresh", "Mastodon": "ageing"}}, "freshness", "amber"),
        ({"freshness": {"X": "fresh", "Mastodon": "stale"}}, "freshness", "red"),
        ({"freshness": {"X": "unknown"}}, "freshness", "off"),
        ({"breadth": 2.5}, "breadth", "amber"),
        ({"breadth": 2.4}, "breadth", "red"),
        ({"breadth": None}, "breadth", "off"),
    ],
)
def test_where_the_colours_change(given_: dict[str, object], name: str, colour: str) -> None:
    assert colours(change(**given_))[name] == colour


def test_under_a_week_of_data_it_is_learning_and_says_so() -> None:
    found = lights(change(days_known=6), interaction_days=8, breadth=5.0)
    assert {one.colour for one in found} == {"learning"}
    assert found[0].says == "learning: 6 days of 7 so far"


def test_each_light_shows_its_sums() -> None:
    time, talk, fresh, wide = lights(WEEK, interaction_days=8, breadth=5.0)
    assert time.sums == {"spent_minutes": 420, "chat_minutes": 60, "budget_minutes": 420}
    assert talk.sums == {"days": 8, "of_days": 28, "target_days": 8}
    assert fresh.sums == {"fresh": 1, "quiet": 0, "ageing": 0, "stale": 0}
    assert wide.sums == {"people": 5.2, "target_people": 5.0}


def test_one_suggestion_the_most_personal_first_with_its_reason() -> None:
    def ask(week: Week, **given: object) -> str:
        rest = {"drifting": [], "tie": None, "missed": [], "next_chat": None, **given}
        return advice(week, **rest).kind  # type: ignore[arg-type]

    stale = change(freshness={"X": "stale"}, budgeted_ms=20 * HOUR)
    assert ask(stale, drifting=[late("Ana", 30)], tie="Ben") == "write"
    assert ask(stale, drifting=[late("Ana", 8)], tie="Ben") == "post"
    assert ask(change(budgeted_ms=20 * HOUR), tie="Ben") == "time"
    assert ask(WEEK, tie="Ben", next_chat="edchat") == "tie"
    assert ask(WEEK, next_chat="edchat") == "chat"
    assert ask(WEEK) == "join"
    found = advice(WEEK, drifting=[late("Ana", 30)], tie=None, missed=[], next_chat=None)
    assert (found.text, found.reason) == (
        "Write to Ana",
        "30 days since the last touch; you aim at 7",
    )


@pytest.mark.parametrize(
    ("acts", "listened", "expected"),
    [
        ({}, 0, (None, "listen")),
        ({}, 2, ("listen", "react")),
        ({"react": 1}, 0, ("react", "reply")),
        ({"reply": 1}, 0, ("reply", "post")),
        ({"post": 2, "react": 1}, 1, ("post", "host")),
    ],
)
def test_the_next_rung(acts: dict[str, int], listened: int, expected: object) -> None:
    assert rung(acts, listened) == expected


def test_a_plan_beside_the_last_one() -> None:
    suggested = [Suggestion("x", f"h{number}", {"reply": 9}) for number in range(8)]
    made = plan(
        quarter="2026-Q4",
        made_at=NOON,
        suggested=suggested,
        drifting=[late("Ana", 30)],
        freshness={"X": "stale", "Mastodon": "quiet"},
        unaffordable=[("Facebook", "2 hours a week, no interaction")],
        unconfirmed=["edchat"],
    )
    assert [len(part) for part in (made.add, made.tend, made.close)] == [5, 2, 3]
    last = with_(made, quarter="2026-Q3", tend=[], close=made.close[:1])
    found = compare_plans(with_(made, close=made.close[1:]), last)
    assert found.since == "2026-Q3"
    assert found.new == [
        "tend/person:Ana",
        "tend/profile:Mastodon",
        "close/profile:X",
        "close/chat:edchat",
    ]
    assert found.gone == ["close/network:Facebook"]
    assert len(found.still) == 5


figures = st.tuples(*(st.integers(0, 10**8),) * 3, st.integers(0, 50))


@given(st.lists(st.dictionaries(st.sampled_from("xyz"), figures), max_size=9))
def test_the_ledger_adds_up(days: list[dict[str, tuple[int, int, int, int]]]) -> None:
    days = [{net: (a + b, b, c, d) for net, (a, b, c, d) in day.items()} for day in days]
    rows = {row.network: row for row in ledger_rows(days)}
    assert rows.keys() == {network for day in days for network in day}
    for network, row in rows.items():
        mine = [day[network] for day in days if network in day]
        assert row.work_seconds == sum(one[1] for one in mine) // 1000
        assert row.off_seconds == sum(one[0] - one[1] for one in mine) // 1000
        assert row.interactions == sum(one[3] for one in mine)
