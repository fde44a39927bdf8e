"""The routes of past days."""

from datetime import date, timedelta
from typing import Any

import pytest
from support.builders import DAY, HOUR, MINUTE, NOON, act, batch, visit
from support.harness import Api


async def seed(api: Api) -> None:
    await api(
        "POST",
        "events",
        batch(
            visit(NOON - DAY, 300, network="linkedin"),
            visit(NOON - 2 * HOUR, 120),
            visit(NOON - 2 * HOUR + 125_000, 60),
            visit(NOON - 2 * HOUR + 30_000, 30, network="mastodon"),
            visit(NOON - HOUR, 20 * 60),
            act(NOON - HOUR, "post"),
            act(NOON - DAY, "react", network="linkedin"),
        ),
    )


async def test_a_day_as_a_strip_counts_every_second_once(api: Api) -> None:
    """A visit that another one interrupts is three stretches; quarters leave no seam."""
    await seed(api)
    begin = NOON - 2 * HOUR
    assert await api("GET", "spans?day=2026-11-23") == {
        "day": "2026-11-23",
        "time_zone": "Europe/London",
        "start": NOON - 12 * HOUR,
        "end": NOON + 12 * HOUR,
        "networks": [{"id": "mastodon", "name": "Mastodon"}, {"id": "x", "name": "X"}],
        "spans": [
            {"network": "x", "start": begin, "end": begin + 30_000},
            {"network": "mastodon", "start": begin + 30_000, "end": begin + 60_000},
            {"network": "x", "start": begin + 60_000, "end": begin + 185_000},
            {"network": "x", "start": NOON - HOUR, "end": NOON - HOUR + 20 * MINUTE},
        ],
        "interactions": [{"network": "x", "action": "post", "at": NOON - HOUR}],
    }


async def test_days_hold_networks_acts_and_hours(api: Api) -> None:
    await seed(api)
    answer = await api("GET", "days?from=2026-11-21&to=2026-11-23")
    assert answer["known_since"] == "2026-11-22"
    assert [(day["day"], day["interaction_day"]) for day in answer["days"]] == [
        ("2026-11-21", False),
        ("2026-11-22", False),
        ("2026-11-23", True),
    ]
    assert answer["days"][0]["networks"] == []
    assert answer["days"][1]["networks"] == [
        {
            "id": "linkedin",
            "spent_seconds": 300,
            "work_seconds": 0,
            "taking_part_seconds": 120,
            "interactions": {"react": 1},
        }
    ]
    spent = {row["id"]: row["spent_seconds"] for row in answer["days"][2]["networks"]}
    today = await api("GET", "today")
    assert spent == {row["id"]: row["spent_seconds"] for row in today["networks"]}
    assert [(row["weekday"], row["hour"], row["spent_seconds"]) for row in answer["hours"]] == [
        ("mon", 10, 180),
        ("mon", 11, 1200),
        ("sun", 12, 300),
    ]


async def test_the_latest_four_weeks_come_unasked(api: Api) -> None:
    answer = await api("GET", "days")
    assert (answer["first"], answer["last"], answer["known_since"]) == (
        "2026-10-27",
        "2026-11-23",
        None,
    )
    assert len(answer["days"]) == 28


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("from=2026-11-23&to=2026-11-22", "from"),
        ("from=yesterday", "from"),
        ("to=20261123", "to"),
        (f"from={date(2026, 11, 23) - timedelta(days=1100)}&to=2026-11-23", "from"),
        ("since=2026-11-22", "since"),
    ],
)
async def test_a_range_that_cannot_be_is_refused(api: Api, query: str, field: str) -> None:
    answer: Any = await api("GET", f"days?{query}", status=400)
    assert answer["error"]["field"] == field


async def test_a_day_that_is_none_is_refused(api: Api) -> None:
    answer = await api("GET", "spans?day=2026-02-30", status=400)
    assert answer["error"]["field"] == "day"
