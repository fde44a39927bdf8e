"""The API of profiles and readings: answers and errors."""

from typing import Any

import pytest
from support.builders import DAY, NOON, act, batch
from support.harness import Api
from support.profile_pages import page, posts

ME = {"network": "x", "handle": "me"}


async def keep(api: Api) -> Any:
    return await api("POST", "profiles", ME)


def refused(answer: Any, code: str, field: str | None = None) -> None:
    assert answer["error"]["code"] == code
    assert answer["error"]["field"] == field
    assert answer["error"]["message"]


async def test_a_profiles_whole_life(api: Api) -> None:
    assert (await keep(api))["profile"]["freshness"] == "unknown"
    await api("POST", "events", batch(act(NOON - 95 * DAY, "post")))
    (row,) = (await api("GET", "profiles"))["profiles"]
    assert (row["days_silent"], row["freshness"], row["origin"]) == (95, "stale", "acts")
    assert (await api("GET", "today"))["profiles"] == [
        {
            "network": "x",
            "handle": "me",
            "last_post_at": NOON - 95 * DAY,
            "days_silent": 95,
            "freshness": "stale",
            "mode": "active",
        }
    ]
    decided = await api("PUT", "profiles/x/me/decision", {"choice": "close"})
    assert [one["step"] for one in decided["profile"]["closing"]] == ["export", "note", "delete"]
    for step in ("export", "note", "delete"):
        answer = await api("PUT", f"profiles/x/me/steps/{step}", {"done": True})
    assert answer["profile"]["mode"] == "retired"
    back = await api("DELETE", "profiles/x/me/decision")
    assert back["profile"]["mode"] == "active"
    assert (await api("GET", "profiles/x/%40ME"))["profile"]["handle"] == "me"


async def test_a_reading_is_answered_as_the_contract_says(api: Api) -> None:
    await keep(api)
    made = page("x", posts(12))
    answer = await api(
        "POST",
        "readings",
        {**ME, "url": "https://x.com/me", "taken_at": NOON, "html": made.html},
    )
    assert answer == {
        "handle": "me",
        "last_post_at": made.last_post_at,
        "posts_seen": 12,
        "found_by": "time[datetime]",
        "rough": False,
        "note": None,
    }
    assert (await api("GET", "readings")) == {"wanted": [ME]}
    assert (await api("GET", "profiles"))["profiles"][0]["origin"] == "page"


async def test_a_page_of_two_mebibytes_is_read_and_a_larger_one_refused(api: Api) -> None:
    made = page("x", posts(1)).html
    whole = {**ME, "url": "https://x.com/me", "taken_at": NOON}
    filled = made + "x" * (2 * 1024 * 1024 - len(made))
    assert (await api("POST", "readings", {**whole, "html": filled}))["posts_seen"] == 1
    answer = await api("POST", "readings", {**whole, "html": filled + "x"}, status=413)
    refused(answer, "too_large")
    answer = await api("POST", "readings", {**whole, "html": "x" * 5_000_000}, status=413)
    refused(answer, "too_large")


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code", "field"),
    [
        ("POST", "profiles", {"network": "moon", "handle": "me"}, 400, "invalid", "network"),
        ("POST", "profiles", {"network": "x", "handle": "a b"}, 400, "invalid", "handle"),
        ("POST", "profiles", {"network": "x"}, 400, "invalid", "handle"),
        ("POST", "profiles", {**ME, "moon": 1}, 400, "invalid", "moon"),
        ("POST", "profiles", ME, 409, "conflict", "handle"),
        ("GET", "profiles/x/nobody", None, 404, "not_found", None),
        ("PUT", "profiles/x/nobody/decision", {"choice": "close"}, 404, "not_found", None),
        ("PUT", "profiles/x/me/decision", {"choice": "party"}, 400, "invalid", "choice"),
        ("DELETE", "profiles/x/me/decision", None, 409, "conflict", None),
        ("PUT", "profiles/x/me/steps/export", {"done": True}, 409, "conflict", None),
        ("PUT", "profiles/x/me/steps/party", {"done": True}, 404, "not_found", None),
        ("PUT", "profiles/x/me/feed", {"on": True, "url": "http://a.b/"}, 400, "invalid", "url"),
        ("PUT", "profiles/x/me/feed", {"on": 1}, 400, "invalid", "on"),
        ("DELETE", "suggestions/profiles/moon", None, 400, "invalid", "network"),
        ("POST", "readings", {**ME, "html": ""}, 400, "invalid", "url"),
        (
            "POST",
            "readings",
            {"network": "moon", "handle": "m", "url": "", "taken_at": NOON, "html": ""},
            400,
            "invalid",
            "network",
        ),
    ],
)
async def test_a_refusal_names_the_field(
    api: Api, method: str, path: str, body: Any, status: int, code: str, field: str | None
) -> None:
    await keep(api)
    refused(await api(method, path, body, status=status), code, field)


@pytest.mark.parametrize(
    ("path", "body", "status", "code", "field"),
    [
        ("ana/feeds/x/ana", {"on": 1}, 400, "invalid", "on"),
        ("ana/feeds/x/ana", {"on": True, "url": "http://a.b/"}, 400, "invalid", "url"),
        ("ana/feeds/mastodon/ana", {"on": True}, 400, "invalid", "url"),
        ("ana/feeds/x/zoe", {"on": True}, 404, "not_found", None),
        ("zoe/feeds/x/ana", {"on": True}, 404, "not_found", None),
    ],
)
async def test_a_persons_feed_is_refused_by_field(
    api: Api, path: str, body: Any, status: int, code: str, field: str | None
) -> None:
    handles = [{"network": one, "handle": "ana"} for one in ("x", "mastodon")]
    await api("POST", "people", {"name": "Ana", "handles": handles})
    refused(await api("PUT", f"people/{path}", body, status=status), code, field)
    assert (await api("GET", "people/ana"))["feeds"] == []


async def test_suggestions_sums_and_requests_are_there_from_the_start(api: Api) -> None:
    assert await api("GET", "suggestions/profiles") == {"suggestions": []}
    assert (await api("DELETE", "suggestions/profiles/x?handle=me")) == {"deleted": "x:me"}
    assert (await api("GET", "affords"))["state"] == "learning"
    assert await api("GET", "requests") == {"requests": []}
