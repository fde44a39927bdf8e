"""The journal and the CPD log over the API."""

import csv
import io
from typing import Any

import pytest
from support.builders import HOUR, MINUTE, NOON, act, batch, visit
from support.harness import TOKEN, Api, Clock
from support.visible_text import visible_text

NASTY = '<img src=x onerror="alert(1)"> & =1+1'


async def text(api: Api, path: str) -> str:
    async with api.session.get(
        f"{api.url}/api/v1/{path}", headers={"Authorization": f"Bearer {TOKEN}"}
    ) as response:
        assert response.status == 200
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
        return await response.text()


async def learn(api: Api, words: str, **given: Any) -> dict[str, Any]:
    body = {"kind": "learned", "text": words, **given}
    return (await api("POST", "journal", body))["entry"]  # type: ignore[no-any-return]


async def found(api: Api, query: str) -> list[str]:
    return [one["text"] for one in (await api("GET", f"journal?{query}"))["entries"]]


async def test_an_entry_is_linked_to_a_person_by_name(api: Api) -> None:
    await api("POST", "people", {"name": "Ana"})
    entry = await learn(
        api, "hooks", person="ana", link="https://example.org/a", title="On hooks", author="Bo"
    )
    assert entry["person_name"] == "Ana"
    assert await found(api, "q=bo%20on") == ["hooks"]
    await api("PATCH", "people/Ana", {"name": "Anna"})
    assert (await api("GET", "journal"))["entries"][0]["person_name"] == "Anna"
    unknown = await learn(api, "nets", person="Zoë")
    assert (unknown["person"], unknown["person_name"]) == (None, "Zoë")


async def test_search_edit_delete(api: Api, clock: Clock) -> None:
    first = await learn(api, "what a hook is", person="Ana")
    clock.forward(HOUR)
    await learn(api, "what a net is", kind="taught")
    assert await found(api, "q=what") == ["what a net is", "what a hook is"]
    assert await found(api, "q=ANA%20hook") == ["what a hook is"]
    assert await found(api, "kind=taught") == ["what a net is"]
    await api("PATCH", f"journal/{first['id']}", {"text": "what a line is", "person": None})
    assert await found(api, "q=line") == ["what a line is"]
    assert await found(api, "q=ana") == []
    await api("DELETE", f"journal/{first['id'][:6]}")
    assert await found(api, "") == ["what a net is"]
    await api("DELETE", f"journal/{first['id']}", status=404)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": "a" * 4001}, "text"),
        ({"text": "a", "link": "javascript:alert(1)"}, "link"),
        ({"text": "a", "network": "nowhere"}, "network"),
        ({"text": "a", "minutes": -1}, "minutes"),
        ({"text": "a", "kind": "dreamt"}, "kind"),
    ],
)
async def test_what_is_no_entry_is_refused(api: Api, given: dict[str, Any], field: str) -> None:
    answer = await api("POST", "journal", {"kind": "learned", **given}, status=400)
    assert answer["error"]["field"] == field
    assert await found(api, "") == []


# -- the development log ------------------------------------------------------------------


async def busy(api: Api, clock: Clock) -> None:
    """A chat at 12:00 with 40 minutes on its network, and taking part at another time."""
    chat = {"tag": "dev", "network": "x", "weekday": "mon", "start": "12:00"}
    await api("POST", "chats", chat)
    clock.forward(8 * HOUR)
    later = NOON + 4 * HOUR
    await api(
        "POST",
        "events",
        batch(
            visit(NOON, 1800, page="tag", tag="dev"),
            visit(NOON + 30 * MINUTE, 600),
            visit(later, 3600),
            *(act(later + n * 4 * MINUTE, "reply") for n in range(9)),
            visit(later + HOUR, 3600, network="facebook"),
        ),
    )
    await learn(api, NASTY, minutes=44)


async def test_rows_come_from_chats_taking_part_and_the_journal(api: Api, clock: Clock) -> None:
    await busy(api, clock)
    log = await api("GET", "cpd")
    assert [(row["source"], row["hours"]) for row in log["rows"]] == [
        ("chat", 0.5),
        ("journal", 0.5),
        ("session", 0.5),
    ]
    assert log["rows"][2]["topic"] == "taking part on X"
    assert log["hours"] == 1.5


async def test_the_users_word_is_on_top_and_can_be_taken_back(api: Api, clock: Clock) -> None:
    await busy(api, clock)
    ids = [row["id"] for row in (await api("GET", "cpd"))["rows"]]
    await api("PATCH", f"cpd/{ids[0]}", {"note": "tried it on Monday", "hours": 0.75})
    await api("PATCH", f"cpd/{ids[2]}", {"struck": True})
    own = {"day": "2026-11-20", "hours": 2, "topic": "a course"}
    added = (await api("POST", "cpd", own))["row"]
    log = await api("GET", "cpd")
    assert log["hours"] == 0.75 + 0.5 + 2
    assert log["rows"][0]["id"] == added["id"]
    for row in (ids[0], ids[2], added["id"]):
        await api("DELETE", f"cpd/{row}")
    assert (await api("GET", "cpd"))["hours"] == 1.5
    await api("PATCH", "cpd/session:x:2020-01-01", {"note": "?"}, status=404)
    await api("PATCH", "cpd/chat:x:99999999999999999999", {"note": "?"}, status=404)
    await api("POST", "cpd", {**own, "day": "2026-02-30"}, status=400)


async def test_a_year_goes_by_the_bodys_calendar(api: Api, clock: Clock) -> None:
    await busy(api, clock)
    for query, first, hours in (
        ("body=cilip", "2026-01-01", 1.5),
        ("body=alia", "2026-07-01", 1.5),
        ("body=alia&year=2025", "2025-07-01", 0),
    ):
        log = await api("GET", f"cpd?{query}")
        assert (log["first"], log["hours"]) == (first, hours)
    await api("PATCH", "settings", {"cpd_year_start": "12-01"})
    log = await api("GET", "cpd")
    assert (log["name"], log["first"], log["last"]) == ("2025/26", "2025-12-01", "2026-11-30")
    await api("GET", "cpd?year=twenty", status=400)
    await api("GET", "cpd?body=nobody", status=400)


async def test_csv_and_page_show_all_as_text(api: Api, clock: Clock) -> None:
    """Markup and formulas in the user's text stay text."""
    await busy(api, clock)
    await learn(api, "=HYPERLINK(1)")
    rows = list(csv.reader(io.StringIO(await text(api, "cpd.csv"))))
    assert rows[0] == ["date", "hours", "topic", "evidence", "reflection"]
    assert [row[2] for row in rows[1:]].count(NASTY) == 1
    assert "'=HYPERLINK(1)" in [row[2] for row in rows]
    page = await text(api, "cpd.html")
    assert "<img" not in page
    assert NASTY in visible_text(page)
