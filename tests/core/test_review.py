"""The review, the plan and the ledger over the API."""

from typing import Any

import pytest
from support.builders import DAY, HOUR, MINUTE, NOON, act, batch, visit
from support.harness import TOKEN, Api, Clock
from support.visible_text import visible_text

NASTY = "<script>alert(1)</script> *Ana* [x](y)"


async def text(api: Api, path: str) -> str:
    async with api.session.get(
        f"{api.url}/api/v1/{path}", headers={"Authorization": f"Bearer {TOKEN}"}
    ) as response:
        assert response.status == 200
        return await response.text()


async def person(api: Api, name: str, handle: str, **given: Any) -> None:
    handles = [{"network": "x", "handle": handle}]
    await api("POST", "people", {"name": name, "handles": handles, **given})


async def test_a_new_plnd_is_learning(api: Api) -> None:
    review = await api("GET", "review")
    assert review["week"] == "2026-W47"
    assert {one["colour"] for one in review["lights"]} == {"learning"}
    assert review["suggestion"]["text"]


async def test_a_week_says_what_was_done_and_one_thing_to_do(api: Api, clock: Clock) -> None:
    await person(api, NASTY, "ana", cadence={"ideal_days": 5})
    await api("POST", "journal", {"kind": "learned", "text": NASTY, "person": NASTY})
    days = [NOON - HOUR - number * DAY for number in range(21)]
    await api("POST", "events", batch(*(visit(at, 1800) for at in days)))
    acts = [act(NOON - 5 * HOUR, "share"), act(NOON - 4 * HOUR, "post"), act(NOON, "react")]
    await api("POST", "events", batch(*acts))
    clock.forward(9 * DAY)
    review = await api("GET", "review?week=2026-W48")
    assert review["first"] == "2026-11-23"
    assert (review["spent_seconds"], review["interaction_days"]) == (1800, 1)
    assert review["scrolling_seconds"] == 1800 - review["taking_part_seconds"]
    assert [one["name"] for one in review["new_people"]] == [NASTY]
    assert [one["text"] for one in review["learned"]] == [NASTY]
    shared = review["shared"]
    assert (shared["own_posts"], shared["others_shared"]) == (1, 1)
    assert (shared["rung"], shared["next_rung"]) == ("post", "host")
    assert review["suggestion"]["kind"] == "write"
    assert review["suggestion"]["reason"] == "9 days since the last touch; you aim at 5"


async def test_page_and_markdown_show_what_others_wrote_as_text(api: Api, clock: Clock) -> None:
    await person(api, NASTY, "ana", cadence={"ideal_days": 1})
    await api("POST", "journal", {"kind": "learned", "text": NASTY, "person": NASTY})
    clock.forward(9 * DAY)
    page = await text(api, "review.html?week=2026-W48")
    assert "<script" not in page
    assert NASTY in visible_text(page)
    marked = await text(api, "review.md?week=2026-W48")
    assert r"learned: \<script\>alert(1)\</script\> \*Ana\* \[x\](y)" in marked
    assert "<script>" not in marked


@pytest.mark.parametrize("week", ["2026-W54", "soon", "9999-W52", "0001-W01"])
async def test_what_is_no_week_is_refused(api: Api, week: str) -> None:
    answer = await api("GET", f"review?week={week}", status=400)
    assert answer["error"]["field"] == "week"


async def test_on_fridays_if_wanted_it_names_what_was_not_shared(api: Api, clock: Clock) -> None:
    read = [visit(NOON + n * HOUR, 130, page="article", handle=f"h{n}") for n in range(7)]
    short = visit(NOON + 8 * HOUR, 100, page="article", handle="short")
    clock.now = NOON + 4 * DAY
    await api("POST", "events", batch(*read, short, act(NOON + 3 * MINUTE, "share")))
    week = "review?week=2026-W48"
    assert (await api("GET", week))["shared"]["unshared"] == []
    await api("PATCH", "settings", {"remind_unshared": True})
    found = (await api("GET", week))["shared"]["unshared"]
    assert found == [f"X: @h{number}" for number in range(1, 6)]
    clock.forward(DAY)
    assert (await api("GET", week))["shared"]["unshared"] == []


async def test_a_plan_is_kept_and_compared_next_quarter(api: Api, clock: Clock) -> None:
    await person(api, "Ana", "ana", cadence={"ideal_days": 5})
    clock.forward(10 * DAY)
    first = await api("PUT", "plan")
    assert first["compared"] is None
    assert [one["text"] for one in first["plan"]["tend"]] == ["Write to Ana"]
    clock.forward(40 * DAY)
    await api("POST", "events", batch(*(act(clock.now - n, handle="zoe") for n in range(3))))
    await api("POST", "events", batch(act(clock.now, handle="ana")))
    found = await api("GET", "plan")
    assert found["plan"]["quarter"] == "2027-Q1"
    assert found["compared"]["since"] == "2026-Q4"
    assert found["compared"]["new"] == ["add/person:x:zoe"]
    assert len(found["compared"]["gone"]) == 1


async def test_the_ledger_parts_work_and_home_and_names_nobody_unasked(api: Api) -> None:
    await person(api, NASTY, "ana")
    await api(
        "POST",
        "events",
        batch(
            visit(NOON - HOUR, 1800),
            visit(NOON - 5 * HOUR, 600),
            act(NOON - HOUR, handle="ana"),
            act(NOON - HOUR, handle="nobody"),
        ),
    )
    ledger = await api("GET", "ledger")
    (row,) = ledger["rows"]
    assert (row["network"], row["work_seconds"], row["off_seconds"]) == ("X", 1800, 600)
    assert (ledger["people"], ledger["names"]) == (1, None)
    assert "Ana" not in await text(api, "ledger.html")
    named = await text(api, "ledger.html?names=1")
    assert NASTY in visible_text(named)
    assert "<script" not in named
    for query in ("first=2026-02-30", "first=2026-12-01&last=2026-11-01", "last=9999-12-31"):
        await api("GET", f"ledger?{query}", status=400)
