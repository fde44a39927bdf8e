"""POST events: which are stored, which are rejected and why, each on its own."""

import json
from typing import Any

import pytest
from support.builders import DAY, HOUR, MINUTE, NOON, act, batch, source, uuid7, visit
from support.harness import Api, Clock

from plnd.core.plnd import Plnd
from plnd.model.events import MOST_BODY_BYTES

LONG = "h" * 257


async def test_stored_events_are_named_and_counted(api: Api) -> None:
    events = [visit(NOON - HOUR, 600), act(NOON - HOUR + MINUTE, "post")]
    answer = await api("POST", "events", batch(*events))
    assert answer["stored"] == [event["id"] for event in events]
    assert answer["rejected"] == []
    assert answer["today"]["spent_seconds"] == 600
    assert answer["today"] == await api("GET", "today")


async def test_an_empty_batch_is_answered(api: Api) -> None:
    answer = await api("POST", "events", batch())
    assert answer["stored"] == answer["rejected"] == []


WRONG: list[tuple[Any, str | None]] = [
    ({**visit(NOON), "kind": "stare"}, "kind"),
    ({k: v for k, v in visit(NOON).items() if k != "kind"}, "kind"),
    (visit(NOON, network="myspace"), "network"),
    (act(NOON, network="myspace"), "network"),
    (act(NOON, "lurk"), "action"),
    (act(NOON, "undo"), "action"),
    (visit(NOON, page="home"), "page"),
    (visit(NOON, end=NOON - 1), "end"),
    (visit(NOON - 13 * HOUR, end=NOON - HOUR + 1), "end"),
    (visit(NOON + 5 * MINUTE + 1, 1), "start"),
    (visit(NOON, end=NOON + 5 * MINUTE + 1), "end"),
    (act(NOON + 5 * MINUTE + 1), "at"),
    (visit(946_684_799_999, 1), "start"),
    (act(946_684_799_999), "at"),
    (act(-1), "at"),
    ({**visit(NOON), "start": "yesterday"}, "start"),
    ({**visit(NOON), "start": NOON + 0.5}, "start"),
    ({**act(NOON), "at": True}, "at"),
    ({**act(NOON), "at": 10**40}, "at"),
    ({**act(NOON), "at": None}, "at"),
    (visit(NOON, handle=LONG), "handle"),
    (visit(NOON, tag=LONG), "tag"),
    (visit(NOON, id=LONG), "id"),
    (visit(NOON, id="not-a-uuid"), "id"),
    (visit(NOON, id=""), "id"),
    (visit(NOON, id=7), "id"),
    (visit(NOON, id=" " * 4 + uuid7()), "id"),
    ({k: v for k, v in visit(NOON).items() if k != "id"}, "id"),
    ({k: v for k, v in act(NOON).items() if k != "at"}, "at"),
    (visit(NOON, title="Somebody on X"), "title"),
    (act(NOON, page="feed"), "page"),
    (visit(NOON, handle={"a": 1}), "handle"),
    ("a string", None),
    (None, None),
    ([], None),
    (7, None),
]


@pytest.mark.parametrize(("wrong", "field"), WRONG)
async def test_a_wrong_event_costs_itself_only(api: Api, wrong: Any, field: str | None) -> None:
    """It is rejected with a reason and the wrong field; the others are stored."""
    before, after = visit(NOON - HOUR, 60), act(NOON - HOUR)
    answer = await api("POST", "events", batch(before, wrong, after))
    assert answer["stored"] == [before["id"], after["id"]]
    (row,) = answer["rejected"]
    assert row["index"] == 1
    assert row["code"] == "invalid"
    assert row["field"] == field
    assert row["message"]
    given = wrong.get("id") if isinstance(wrong, dict) else None
    assert row["id"] == (given[:64] if isinstance(given, str) else None)


GOOD = [
    visit(NOON, 0),
    visit(NOON, end=NOON + 5 * MINUTE),
    visit(NOON - 12 * HOUR, end=NOON),
    visit(946_684_800_000, 1),
    act(NOON + 5 * MINUTE),
    act(NOON, handle="h" * 256, tag="t" * 256),
    act(NOON, handle="Ελληνικά 🙂"),
    act(NOON, handle=""),
    visit(NOON, handle=None, tag=None),
    visit(NOON, id=uuid7().upper()),
    visit(NOON, id=uuid7().replace("-", "")),
]


@pytest.mark.parametrize("event", GOOD)
async def test_events_at_the_edge_of_the_rules_are_stored(api: Api, event: Any) -> None:
    answer = await api("POST", "events", batch(event))
    assert answer["rejected"] == []
    assert answer["stored"] == [event["id"]]


@pytest.mark.parametrize("page", ["feed", "group", "messages", "other"])
async def test_every_page_counts_by_its_name(api: Api, page: str) -> None:
    answer = await api("POST", "events", batch(visit(NOON - HOUR, 60, page=page)))
    (row,) = answer["today"]["networks"]
    assert row["page_seconds"] == {page: 60}


@pytest.mark.parametrize("bad", ["\\ud800", "\n", '"', "[" * 5000 + "]" * 5000])
async def test_what_is_not_json_inside_is_the_whole_batchs_fault(api: Api, bad: str) -> None:
    """Nothing of it is stored; the sender has to split the batch."""
    good = json.dumps(visit(NOON - HOUR, 60))
    wrong = json.dumps(act(NOON, handle="HERE")).replace(
        *(('"HERE"', bad) if bad.startswith("[") else ("HERE", bad))
    )
    text = f'{{"source": {json.dumps(source())}, "events": [{wrong}, {good}]}}'
    answer = await api("POST", "events", data=text.encode(), status=400)
    assert answer["error"]["code"] == "invalid"
    assert "not JSON" in answer["error"]["message"]
    assert (await api("GET", "today"))["spent_seconds"] == 0


async def test_a_conflict_is_named(api: Api) -> None:
    first = visit(NOON - HOUR, 60)
    await api("POST", "events", batch(first))
    answer = await api("POST", "events", batch({**first, "page": "post"}, first))
    assert answer["stored"] == [first["id"]]
    (row,) = answer["rejected"]
    assert (row["id"], row["index"], row["code"], row["field"]) == (
        first["id"],
        0,
        "conflict",
        "id",
    )


async def test_events_that_come_again_change_nothing(api: Api) -> None:
    events = [visit(NOON - HOUR, 600), act(NOON - HOUR)]
    first = await api("POST", "events", batch(*events))
    again = await api("POST", "events", batch(*reversed(events), *events, browser="firefox"))
    for key in ("spent_seconds", "taking_part_seconds", "networks"):
        assert first["today"][key] == again["today"][key]


async def test_sources_say_when_a_browser_was_heard_of(api: Api) -> None:
    await api("POST", "events", batch(visit(NOON - HOUR, 60)))
    await api("POST", "events", batch(act(NOON - 2 * HOUR), profile="p2"))
    answer = await api("POST", "events", batch(act(NOON), browser="firefox"))
    assert answer["today"]["sources"] == [
        {"browser": "chromium", "last_event_at": NOON - HOUR + MINUTE},
        {"browser": "firefox", "last_event_at": NOON},
    ]


# -- the batch --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"events": []}, "source"),
        ({"source": source()}, "events"),
        ({"source": {**source(), "os": "x"}, "events": []}, "source.os"),
        ({"source": {**source(), "browser": ""}, "events": []}, "source.browser"),
        ({"source": {**source(), "profile": LONG}, "events": []}, "source.profile"),
        ({"source": {"browser": "x", "profile": "x"}, "events": []}, "source.extension"),
        ({"source": source(), "events": {}}, "events"),
        ({"source": source(), "events": [], "sent_at": 1}, "sent_at"),
        ([], None),
    ],
)
async def test_a_wrong_batch_is_refused_by_the_field(
    api: Api, body: Any, field: str | None
) -> None:
    answer = await api("POST", "events", body, status=400)
    assert answer["error"]["code"] == "invalid"
    assert answer["error"]["field"] == field
    assert answer["error"]["message"]
    assert answer["error"]["hint"]


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"\xff\xfe", b"null", b'{"source":' + b"[" * 200_000, b"[" * 200_000, b"1e999"],
    ids=["nothing", "cut", "bytes", "null", "deep in", "deep", "number"],
)
async def test_what_is_not_a_batch_is_refused(api: Api, data: bytes) -> None:
    answer = await api("POST", "events", data=data, status=400)
    assert answer["error"]["code"] == "invalid"


async def test_a_thousand_events_are_taken_and_no_more(api: Api) -> None:
    events = [visit(NOON - HOUR + n * 1000, 1) for n in range(1000)]
    answer = await api("POST", "events", batch(*events))
    assert len(answer["stored"]) == 1000
    assert answer["today"]["spent_seconds"] == 1000
    answer = await api("POST", "events", batch(*events, visit(NOON)), status=413)
    assert answer["error"]["code"] == "too_many_events"
    assert "1001" in answer["error"]["message"]


async def test_a_mebibyte_is_taken_and_no_more(api: Api) -> None:
    body = json.dumps(batch(visit(NOON - HOUR, 60))).encode()
    await api("POST", "events", data=body.ljust(MOST_BODY_BYTES))
    for size in (MOST_BODY_BYTES + 1, 3 * MOST_BODY_BYTES):
        answer = await api("POST", "events", data=body.ljust(size), status=413)
        assert answer["error"]["code"] == "too_large"
        assert answer["error"]["hint"]


# -- pauses -----------------------------------------------------------------------


async def test_nothing_is_recorded_in_a_pause(api: Api, clock: Clock) -> None:
    """Events that began in it are rejected as `paused`, a visit into it ends where it began."""
    await api("PUT", "pause", {"until": None})
    clock.forward(10 * MINUTE)
    inside, into = visit(NOON + MINUTE, 60), visit(NOON - 5 * MINUTE, 600)
    moment, before = act(NOON + 2 * MINUTE), act(NOON - MINUTE)
    first, ahead = act(NOON), act(NOON + 15 * MINUTE)
    answer = await api("POST", "events", batch(inside, into, moment, before, ahead, first))
    assert answer["stored"] == [into["id"], before["id"]]
    assert {row["id"]: (row["code"], row["field"]) for row in answer["rejected"]} == {
        inside["id"]: ("paused", "start"),
        moment["id"]: ("paused", "at"),
        ahead["id"]: ("paused", "at"),
        first["id"]: ("paused", "at"),
    }
    assert answer["today"]["spent_seconds"] == 300
    await api("DELETE", "pause")
    clock.forward(10 * MINUTE)
    later = await api("POST", "events", batch(inside, {**into, "end": NOON + 9 * MINUTE}, moment))
    assert later["stored"] == [into["id"]]
    assert later["today"]["spent_seconds"] == 300
    after = await api("POST", "events", batch(visit(NOON + 11 * MINUTE, 60)))
    assert after["today"]["spent_seconds"] == 360


async def test_nothing_is_recorded_of_a_network_that_is_not_counted(api: Api, clock: Clock) -> None:
    """As in a pause, but other networks are counted; late events are judged by their own time."""
    late = visit(NOON - 9 * MINUTE, 60)
    answer = await api("PUT", "networks/x", {"counted": False})
    assert (answer["network"]["name"], answer["network"]["counted"]) == ("X", False)
    clock.forward(10 * MINUTE)
    inside, into = visit(NOON + MINUTE, 60), visit(NOON - 5 * MINUTE, 600)
    moment, other = act(NOON + 2 * MINUTE), visit(NOON + 3 * MINUTE, 60, network="mastodon")
    answer = await api("POST", "events", batch(inside, into, moment, other, late))
    assert answer["stored"] == [into["id"], other["id"], late["id"]]
    assert {row["id"]: (row["code"], row["field"]) for row in answer["rejected"]} == {
        inside["id"]: ("not_counted", "start"),
        moment["id"]: ("not_counted", "at"),
    }
    assert answer["today"]["spent_seconds"] == 300 + 60 + 60
    await api("PUT", "networks/x", {"counted": False})  # once more changes nothing
    await api("PUT", "networks/x", {"counted": True})
    clock.forward(10 * MINUTE)
    answer = await api("POST", "events", batch(inside, visit(NOON + 11 * MINUTE, 60)))
    assert [row["code"] for row in answer["rejected"]] == ["not_counted"]
    assert answer["today"]["spent_seconds"] == 480


async def test_a_pause_ends_by_itself(api: Api, clock: Clock) -> None:
    assert await api("PUT", "pause", {"until": NOON + HOUR}) == {
        "paused": True,
        "since": NOON,
        "until": NOON + HOUR,
    }
    clock.forward(HOUR)
    assert (await api("GET", "pause"))["paused"] is False
    answer = await api("POST", "events", batch(act(NOON + HOUR - 1), act(NOON + HOUR)))
    assert [row["index"] for row in answer["rejected"]] == [0]


# -- days -------------------------------------------------------------------------


async def test_events_of_other_days_are_in_those(api: Api) -> None:
    await api("POST", "events", batch(visit(NOON - DAY, 60), visit(NOON - HOUR, 30)))
    assert (await api("GET", "today"))["spent_seconds"] == 30
    assert (await api("GET", "today?day=2026-11-22"))["spent_seconds"] == 60
    answer = await api("POST", "events", batch(visit(NOON - DAY + HOUR, 60)))
    assert answer["today"]["spent_seconds"] == 30
    assert (await api("GET", "today?day=2026-11-22"))["spent_seconds"] == 120


async def test_midnight_parts_a_visit(api: Api, clock: Clock) -> None:
    clock.forward(13 * HOUR)
    await api("POST", "events", batch(visit(NOON + 12 * HOUR - 5 * MINUTE, 900)))
    assert (await api("GET", "today"))["spent_seconds"] == 600
    assert (await api("GET", "today?day=2026-11-23"))["spent_seconds"] == 300


async def test_today_turns_at_the_users_hour(api: Api, clock: Clock, plnd: Plnd) -> None:
    await api("PATCH", "settings", {"day_start": 4})
    clock.now = NOON + 16 * HOUR - 1
    await api("POST", "events", batch(visit(NOON + 13 * HOUR, 60)))
    assert plnd.today().day == "2026-11-23"
    assert plnd.today().spent_seconds == 60
    clock.forward(1)
    assert plnd.today().day == "2026-11-24"
    assert plnd.today().spent_seconds == 0
