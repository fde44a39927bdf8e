"""Every route: its answers and its errors."""

import asyncio
import json
import os
import re
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import oracle
from support.builders import DAY, HOUR, MINUTE, NOON, act, batch, typed, visit
from support.harness import ROUTES, TOKEN, Api, Clock, Desktop

from plnd import __version__
from plnd.catalogue.shipped import load
from plnd.core.plnd import Plnd
from plnd.model.settings import Settings
from plnd.system.files import Home

DEFAULTS = {
    "language": None,
    "time_zone": None,
    "day_start": 0,
    "work_days": ["mon", "tue", "wed", "thu", "fri"],
    "work_start": "09:00",
    "work_end": "17:00",
    "quiet_start": None,
    "quiet_end": None,
    "grace_minutes": 0,
    "notify_budget": True,
    "notify_profiles": True,
    "notify_chats": True,
    "notify_review": True,
    "chats_outside_budget": True,
    "review_day": "sun",
    "review_time": "17:00",
    "review_interaction_days": 8,
    "review_breadth": 5,
    "remind_unshared": False,
    "cpd_body": "free",
    "cpd_year_start": "01-01",
    "keep_visits_days": 0,
}


def refused(answer: Any, code: str, field: str | None = None) -> None:
    """The common form of errors."""
    assert set(answer) == {"error"}
    assert set(answer["error"]) == {"code", "message", "hint", "field"}
    assert answer["error"]["code"] == code
    assert answer["error"]["message"]
    assert answer["error"]["field"] == field


# -- today ----------------------------------------------------------------------


async def test_today_is_as_the_contract_says(api: Api) -> None:
    await api("PUT", "budgets", {"minutes": 5, "network": "x"})
    await api(
        "POST",
        "events",
        batch(
            visit(NOON - HOUR, 900),
            visit(NOON - HOUR + 900_000, 300, page="profile"),
            act(NOON - HOUR + 10 * MINUTE, "post"),
            act(NOON - HOUR + 11 * MINUTE),
            act(NOON - HOUR + 11 * MINUTE),
            visit(NOON - 2 * HOUR, 660, network="facebook"),
        ),
    )
    assert await api("GET", "today") == {
        "day": "2026-11-23",
        "time_zone": "Europe/London",
        "now": NOON,
        "spent_seconds": 1860,
        "budget_minutes": 60,
        "left_seconds": 1740,
        "state": "under",
        "taking_part_seconds": 300,
        "chat_seconds": 0,
        "networks": [
            {
                "id": "x",
                "name": "X",
                "spent_seconds": 1200,
                "budget_minutes": 5,
                "state": "over",
                "taking_part_seconds": 300,
                "interactions": {"post": 1, "reply": 2},
                "about": ["post", "reply"],
                "page_seconds": {"feed": 900, "profile": 300},
            },
            {
                "id": "facebook",
                "name": "Facebook",
                "spent_seconds": 660,
                "budget_minutes": None,
                "state": "under",
                "taking_part_seconds": 0,
                "interactions": {},
                "about": [],
                "page_seconds": {"feed": 660},
            },
        ],
        "profiles": [],
        "next_chat": None,
        "sources": [{"browser": "chromium", "last_event_at": NOON - 40 * MINUTE}],
    }


async def test_today_without_a_budget_is_off(api: Api) -> None:
    await api("DELETE", "budgets/all")
    today = await api("GET", "today")
    assert (today["state"], today["budget_minutes"], today["left_seconds"]) == ("off", None, None)


@pytest.mark.parametrize(
    ("minutes", "state"), [(47, "under"), (48, "near"), (60, "near"), (61, "over")]
)
async def test_the_states_of_a_day(api: Api, minutes: int, state: str) -> None:
    await api("POST", "events", batch(visit(NOON - 2 * HOUR, minutes * 60)))
    assert (await api("GET", "today"))["state"] == state


async def test_budgets_for_work_and_off_hours_hold_in_their_hours(api: Api, clock: Clock) -> None:
    """Monday noon is work; the evening is not. Each counts its own time."""
    await api("PUT", "budgets", {"minutes": 10, "when": "work"})
    await api("PUT", "budgets", {"minutes": 90, "when": "off"})
    await api("DELETE", "budgets/all")
    await api("POST", "events", batch(visit(NOON - HOUR, 300), visit(NOON - 4 * HOUR, 1200)))
    today = await api("GET", "today")
    assert (today["budget_minutes"], today["left_seconds"]) == (10, 300)
    clock.now = NOON + 8 * HOUR
    today = await api("GET", "today")
    assert (today["budget_minutes"], today["left_seconds"]) == (90, 70 * 60)


@pytest.mark.parametrize(
    "day", ["tomorrow", "2026-13-01", "2026-02-30", "20261123", "2026-W48-1", "", "9999-12-31"]
)
async def test_a_day_that_is_none_is_refused(api: Api, day: str) -> None:
    refused(await api("GET", f"today?day={day}", status=400), "invalid", "day")


@pytest.mark.parametrize("day", ["0001-01-02", "1970-01-01", "2026-03-29", "2999-12-31"])
async def test_a_day_without_events_is_empty(api: Api, day: str) -> None:
    today = await api("GET", f"today?day={day}")
    assert (today["day"], today["spent_seconds"]) == (day, 0)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/London", "2026-03-29", 23),
        ("Europe/London", "2026-10-25", 25),
        ("America/New_York", "2026-11-01", 25),
        ("Australia/Lord_Howe", "2026-04-05", 24.5),
        ("America/Santiago", "2026-09-06", 23),
        ("Asia/Kathmandu", "2026-11-18", 24),
    ],
)
async def test_a_day_spent_wholly_online_is_as_long_as_the_day(
    api: Api, zone: str, day: str, hours: float
) -> None:
    """Three days of visits without a gap, in two browsers at once: no second counts twice."""
    await api("PATCH", "settings", {"time_zone": zone})
    at = int(datetime.fromisoformat(f"{day}T00:00+00:00").timestamp()) * 1000
    for browser, shift in (("chromium", 0), ("firefox", 7 * MINUTE)):
        visits = [visit(at + shift + n * 11 * HOUR, 11 * 3600) for n in range(-4, 6)]
        answer = await api("POST", "events", batch(*visits, browser=browser))
        assert not answer["rejected"]
    assert (await api("GET", f"today?day={day}"))["spent_seconds"] == hours * 3600


# -- settings ----------------------------------------------------------------------


async def test_settings_are_changed_by_name(api: Api) -> None:
    assert await api("GET", "settings") == {"settings": DEFAULTS}
    changes = {"day_start": 4, "quiet_start": "22:00", "quiet_end": "07:00"}
    wanted = {"settings": {**DEFAULTS, **changes}}
    assert await api("PATCH", "settings", changes) == wanted
    assert await api("GET", "settings") == wanted
    assert await api("PATCH", "settings", {}) == wanted


def test_every_setting_has_a_help_text() -> None:
    shape = msgspec.json.schema(Settings)["$defs"]["Settings"]["properties"]
    assert [name for name, one in shape.items() if not one.get("description")] == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"moon": "full"}, "moon"),
        ({"day_start": 24}, "day_start"),
        ({"day_start": -1}, "day_start"),
        ({"day_start": "4"}, "day_start"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"time_zone": "../../etc/passwd"}, "time_zone"),
        ({"time_zone": "/etc/localtime"}, "time_zone"),
        ({"time_zone": "Europe"}, "time_zone"),
        ({"time_zone": ""}, "time_zone"),
        ({"time_zone": "Europe/London\x00"}, "time_zone"),
        ({"time_zone": "z" * 256}, "time_zone"),
        ({"time_zone": "z" * 257}, "time_zone"),
        ({"work_days": ["monday"]}, "work_days[0]"),
        ({"work_start": "9:00"}, "work_start"),
        ({"work_start": "09:10"}, "work_start"),
        ({"work_start": "24:00"}, "work_start"),
        ({"work_end": "08:00"}, "work_end"),
        ({"work_end": None}, "work_end"),
        ({"quiet_start": "22:00"}, "quiet_end"),
        ({"quiet_end": "22:00"}, "quiet_start"),
        ({"grace_minutes": 241}, "grace_minutes"),
        ({"notify_budget": 1}, "notify_budget"),
    ],
)
async def test_a_wrong_setting_changes_nothing(
    api: Api, changes: dict[str, Any], field: str
) -> None:
    answer = await api("PATCH", "settings", {"day_start": 9, **changes}, status=400)
    refused(answer, "invalid", field)
    assert answer["error"]["hint"] or field.startswith(("work_end", "quiet"))
    assert await api("GET", "settings") == {"settings": DEFAULTS}


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"null", b"{", b"\xff", b'{"day_start":' + b"[" * 200_000]
)
async def test_settings_that_are_no_object_are_refused(api: Api, data: bytes) -> None:
    refused(await api("PATCH", "settings", data=data, status=400), "invalid")


async def test_a_change_of_zone_or_day_start_moves_the_day_at_once(api: Api, clock: Clock) -> None:
    clock.now = NOON + 11 * HOUR
    await api("POST", "events", batch(visit(NOON - HOUR, 60), visit(NOON + 10 * HOUR, 30)))
    assert (await api("GET", "today"))["spent_seconds"] == 90
    await api("PATCH", "settings", {"time_zone": "Asia/Kathmandu"})
    today = await api("GET", "today")
    assert (today["day"], today["time_zone"]) == ("2026-11-24", "Asia/Kathmandu")
    assert today["spent_seconds"] == 30


# -- budgets -----------------------------------------------------------------------


async def test_budgets_are_set_listed_and_removed(api: Api) -> None:
    first = {"id": "all", "minutes": 60, "network": None, "days": None, "when": None}
    assert await api("GET", "budgets") == {"budgets": [first]}
    wanted = {"minutes": 20, "network": "x", "days": ["tue", "mon", "tue"], "when": "work"}
    made = {"id": "x.mon-tue.work", **wanted, "days": ["mon", "tue"]}
    assert await api("PUT", "budgets", wanted) == {"budget": made}
    assert await api("PUT", "budgets", {**wanted, "minutes": 30}) == {
        "budget": {**made, "minutes": 30}
    }
    assert await api("GET", "budgets") == {"budgets": [first, {**made, "minutes": 30}]}
    assert await api("DELETE", "budgets/x.mon-tue.work") == {"deleted": "x.mon-tue.work"}
    assert await api("GET", "budgets") == {"budgets": [first]}


async def test_all_seven_days_are_every_day(api: Api) -> None:
    days = ["sun", "sat", "fri", "thu", "wed", "tue", "mon"]
    answer = await api("PUT", "budgets", {"minutes": 5, "days": days})
    assert (answer["budget"]["id"], answer["budget"]["days"]) == ("all", None)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "minutes"),
        ({"minutes": -1}, "minutes"),
        ({"minutes": 1441}, "minutes"),
        ({"minutes": 1.5}, "minutes"),
        ({"minutes": "5"}, "minutes"),
        ({"minutes": 5, "network": "myspace"}, "network"),
        ({"minutes": 5, "network": ""}, "network"),
        ({"minutes": 5, "days": []}, "days"),
        ({"minutes": 5, "days": ["monday"]}, "days[0]"),
        ({"minutes": 5, "days": "mon"}, "days"),
        ({"minutes": 5, "when": "night"}, "when"),
        ({"minutes": 5, "id": "all"}, "id"),
    ],
)
async def test_a_wrong_budget_is_refused(api: Api, body: Any, field: str) -> None:
    refused(await api("PUT", "budgets", body, status=400), "invalid", field)
    assert len((await api("GET", "budgets"))["budgets"]) == 1


async def test_a_budget_that_is_not_there_cannot_be_removed(api: Api) -> None:
    answer = await api("DELETE", "budgets/y", status=404)
    refused(answer, "not_found")
    assert answer["error"]["hint"]


# -- pause, notices, open, health -----------------------------------------------------


async def test_pause_and_resume(api: Api, clock: Clock) -> None:
    still = {"paused": False, "since": None, "until": None}
    assert await api("GET", "pause") == await api("DELETE", "pause") == still
    paused = {"paused": True, "since": NOON, "until": None}
    assert await api("PUT", "pause", {}) == paused
    clock.forward(MINUTE)
    assert await api("PUT", "pause", {"until": None}) == paused == await api("GET", "pause")
    until = NOON + HOUR
    assert await api("PUT", "pause", {"until": until}) == {**paused, "until": until}
    assert await api("DELETE", "pause") == still


@pytest.mark.parametrize("path", ["pause", "notices/snooze"])
@pytest.mark.parametrize(
    "body",
    [
        {"until": NOON},
        {"until": NOON - 1},
        {"until": "later"},
        {"until": 1.5},
        {"until": 10**18},
        {"until": 10**40},
        {"until": -(10**40)},
        {"for": 5},
        {"until": None, "why": "tea"},
    ],
)
async def test_a_wrong_until_is_refused(api: Api, path: str, body: dict[str, Any]) -> None:
    field = "until" if len(body) == 1 and "until" in body else "for" if "for" in body else "why"
    refused(await api("PUT", path, body, status=400), "invalid", field)


async def test_notices_can_be_snoozed(api: Api, clock: Clock, desktop: Desktop) -> None:
    nothing = {"notices": [], "snoozed_until": None, "trial": None}
    assert await api("GET", "notices") == nothing
    until = NOON + HOUR
    assert await api("PUT", "notices/snooze", {"until": until}) == {"snoozed_until": until}
    await api("POST", "events", batch(visit(NOON - HOUR, 3600)))
    assert desktop.shown == []
    clock.forward(HOUR)
    assert (await api("GET", "notices"))["snoozed_until"] is None
    await api("POST", "events", batch(visit(NOON, 1)))
    await asyncio.sleep(0)
    assert len(desktop.shown) == 1
    assert await api("PUT", "notices/snooze", {"until": None}) == {"snoozed_until": None}


async def test_notices_say_what_was_told_and_whether_it_was_seen(
    api: Api, desktop: Desktop, clock: Clock
) -> None:
    await api("POST", "events", batch(visit(NOON - HOUR, 50 * 60)))
    desktop.answer = "no desktop here"
    clock.forward(HOUR)
    await api("POST", "events", batch(visit(NOON, 11 * 60)))
    notices = (await api("GET", "notices"))["notices"]
    assert [(one["kind"], one["shown"], one["error"]) for one in notices] == [
        ("budget_near", True, None),
        ("budget_used", False, "no desktop here"),
    ]
    assert [one["at"] for one in notices] == [NOON, NOON + HOUR]
    assert [(one["title"], one["body"]) for one in notices] == desktop.shown


async def test_a_trial_notice_says_whether_it_was_seen(api: Api, desktop: Desktop) -> None:
    assert await api("POST", "notices/test") == {"shown": True, "error": None}
    desktop.answer = "no desktop here"
    assert await api("POST", "notices/test") == {"shown": False, "error": "no desktop here"}
    assert (await api("GET", "notices"))["notices"] == []


async def test_a_source_says_what_it_is_and_the_last_word_counts(api: Api, clock: Clock) -> None:
    """By profile, the last to report first; they are stored in a file."""
    said = {"browser": "firefox", "extension": "0.1.0", "networks": ["x", "facebook", "x"]}
    heard = {**said, "profile": "p1", "networks": ["facebook", "x"], "heard_at": NOON}
    assert await api("PUT", "sources/p1", said) == {"source": heard}
    clock.forward(MINUTE)
    await api("PUT", "sources/p2", {**said, "browser": "chromium", "networks": []})
    clock.forward(MINUTE)
    again = await api("PUT", "sources/p1", {**said, "extension": "0.2.0", "networks": ["x"]})
    assert again["source"]["networks"] == ["x"]
    sources = (await api("GET", "sources"))["sources"]
    assert [(one["profile"], one["extension"], one["heard_at"]) for one in sources] == [
        ("p1", "0.2.0", NOON + 2 * MINUTE),
        ("p2", "0.1.0", NOON + MINUTE),
    ]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"browser": ""}, "browser"),
        ({"networks": "x"}, "networks"),
        ({"networks": ["x"] * 257}, "networks"),
        ({"networks": [""]}, "networks[0]"),
        ({"os": "linux"}, "os"),
    ],
)
async def test_a_source_that_says_too_much_or_too_little_is_refused(
    api: Api, change: dict[str, Any], field: str
) -> None:
    said = {"browser": "firefox", "extension": "0.1.0", "networks": [], **change}
    refused(await api("PUT", "sources/p1", said, status=400), "invalid", field)
    assert await api("GET", "sources") == {"sources": []}


async def test_a_source_of_endless_name_is_refused(api: Api) -> None:
    said = {"browser": "firefox", "extension": "0.1.0", "networks": []}
    refused(await api("PUT", f"sources/{'p' * 257}", said, status=400), "invalid", "profile")


async def test_each_network_says_how_certain_its_rules_are(api: Api) -> None:
    found = {one["id"]: one for one in (await api("GET", "networks"))["networks"]}
    assert all(one["counted"] for one in found.values())
    for name, one in found.items():
        rules = load()[name].interactions
        for action, certainty in one["certainty"].items():
            every = {rule.certainty for rule in rules if rule.action == action}
            assert certainty in every
            assert certainty == "low" or "low" not in every
            assert certainty != "high" or every == {"high"}
        low = {action for action, how in one["certainty"].items() if how == "low"}
        assert low <= set(one["about"])
        assert "undo" not in one["certainty"]
    assert {"high", "low"} <= {how for one in found.values() for how in one["certainty"].values()}


@pytest.mark.parametrize(
    ("path", "body", "status", "code", "field"),
    [
        ("networks/nothing", {"counted": False}, 404, "not_found", None),
        ("networks/x", {"counted": "no"}, 400, "invalid", "counted"),
        ("networks/x", {}, 400, "invalid", "counted"),
    ],
)
async def test_a_network_that_cannot_be_switched_is_refused(
    api: Api, path: str, body: Any, status: int, code: str, field: str | None
) -> None:
    refused(await api("PUT", path, body, status=status), code, field)


async def test_health_says_who_runs(api: Api, home: Home) -> None:
    assert await api("GET", "health") == {
        "version": __version__,
        "pid": os.getpid(),
        "started_at": NOON,
        "now": NOON,
        "home": str(home.root),
        "damaged": [],
        "left_out": [],
    }


# -- for all routes -----------------------------------------------------------------


@pytest.mark.parametrize("route", ROUTES, ids=lambda one: f"{one.method} {one.path}")
async def test_an_unknown_query_is_refused_everywhere(api: Api, route: Any) -> None:
    path = re.sub(r"{\w+}", "all", route.path.removeprefix("/api/v1/"))
    refused(await api(route.method, f"{path}?moon=full", status=400), "invalid", "moon")


@pytest.mark.parametrize("path", ["", "nothing", "events/1", "budgets/", "budgets/a/b", "../v2/x"])
async def test_what_is_not_there_is_not_found(api: Api, path: str) -> None:
    refused(await api("GET", path, status=404), "not_found")


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "events"), ("POST", "today"), ("PUT", "settings"), ("OPTIONS", "today")],
)
async def test_a_wrong_method_is_refused(api: Api, method: str, path: str) -> None:
    refused(await api(method, path, status=405), "method_not_allowed")


async def test_answers_are_json_and_not_kept(api: Api) -> None:
    for path, status in (("today", 200), ("nothing", 404)):
        async with api.session.get(
            f"{api.url}/api/v1/{path}", headers={"Authorization": f"Bearer {TOKEN}"}
        ) as response:
            assert response.status == status
            assert response.content_type == "application/json"
            assert response.headers["Cache-Control"] == "no-store"
            assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_bug_is_answered_in_the_one_shape(
    api: Api, plnd: Plnd, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The answer names no details of the bug; the log does."""
    monkeypatch.setattr(plnd.budgets, "all", lambda: 1 / 0)
    answer = await api("GET", "budgets", status=500)
    refused(answer, "bug")
    assert "ZeroDivision" not in json.dumps(answer)
    assert "ZeroDivision" in caplog.text


async def test_a_store_that_refuses_is_said_and_passes(api: Api, plnd: Plnd) -> None:
    plnd._log._db.execute("PRAGMA max_page_count = 1")
    events = [visit(NOON - n * 2000, 1, handle="h" * 200) for n in range(500)]
    refused(await api("POST", "events", batch(*events), status=507), "disk_full")
    plnd._log._db.execute("PRAGMA max_page_count = 100000")
    answer = await api("POST", "events", batch(*events))
    assert len(answer["stored"]) == 500


# -- any order, whole days --------------------------------------------------------------

MOMENTS = st.integers(0, 3 * 24 * 60).map(lambda minute: NOON - 2 * DAY + minute * MINUTE + 7000)


@settings(max_examples=15)
@given(
    st.lists(st.tuples(MOMENTS, st.integers(1, 600), st.sampled_from(["x", "facebook"]))),
    st.sampled_from(["Europe/London", "Asia/Kathmandu", "America/New_York"]),
    st.integers(0, 23),
    st.randoms(use_true_random=False),
)
def test_days_share_out_the_time_whatever_the_order(
    spans: list[tuple[int, int, str]], zone: str, day_start: int, random: Any
) -> None:
    """Over the days, the networks' times add up to every second that anybody was there."""
    events = [visit(at, minutes * 60, network=network) for at, minutes, network in spans]
    wanted = sum(oracle.quarters(events).spent.values()) // 1000

    async def days(order: list[Any]) -> list[dict[str, int]]:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            clock = Clock(NOON + 3 * DAY)
            plnd = Plnd(Home(root, root, root, root), clock=clock, notify=Desktop())
            plnd.settings.change({"time_zone": zone, "day_start": day_start})
            for event in order:
                await plnd.record(typed(batch(event)))
            found = [plnd.today(f"2026-11-{day}") for day in range(19, 28)]
            await plnd.close()
        for day in found:
            assert day.spent_seconds == sum(one.spent_seconds for one in day.networks)
            assert day.spent_seconds <= 24 * 3600
        return [{one.id: one.spent_seconds for one in day.networks} for day in found]

    first = asyncio.run(days(events))
    assert sum(sum(day.values()) for day in first) == wanted
    random.shuffle(events)
    assert asyncio.run(days(events)) == first
