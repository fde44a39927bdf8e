"""Forgetting deletes from both stores, the sums and the backups, to the last byte."""

import json
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import oracle
from support.builders import (
    DAY,
    HOUR,
    MINUTE,
    NETWORKS,
    NOON,
    accepted,
    act,
    batch,
    sample,
    sender,
    typed,
    visit,
)
from support.harness import Api, Clock, Daemon, Desktop, RunPlnd, bytes_with

from plnd.core.plnd import Plnd, now_ms
from plnd.measures.redaction import redact
from plnd.model.events import EventBatch
from plnd.model.notices import Notice
from plnd.model.own_data import ForgetRequest
from plnd.model.pauses import Pause
from plnd.model.scope import PersonScope, Scope
from plnd.model.settings import Budget
from plnd.store.book.book import Book
from plnd.store.book.collection import Collection
from plnd.store.log.batches import Batch
from plnd.store.log.log import Log
from plnd.system.files import Home

WORD = "zebrafinch"


def stored(log: Log) -> list[dict[str, Any]]:
    """All stored events in the form of the builders."""
    found = [*log.queries.visits_after(b"", 10_000), *log.queries.interactions_after(b"", 10_000)]
    return [msgspec.to_builtins(one.event) for one in found]


def sums(log: Log) -> oracle.Quarters:
    found = log.queries.quarter_sums(0, NOON + 100 * DAY)
    return oracle.Quarters(
        {(b, *k): spent for b, one in found.items() for k, (spent, _) in one.times.items()},
        {(b, *k): part for b, one in found.items() for k, (_, part) in one.times.items() if part},
        {(b, *k): count for b, one in found.items() for k, count in one.acts.items()},
    )


# -- the log ------------------------------------------------------------------------

moments = st.integers(0, 90).map(lambda n: NOON + n * MINUTE)
events = st.lists(
    st.one_of(
        st.builds(
            lambda start, minutes, network, handle: visit(
                start, minutes * 60, network=network, handle=handle
            ),
            moments,
            st.integers(0, 40),
            st.sampled_from(NETWORKS[:3]),
            st.sampled_from([None, "Ana", "@ana", "ben"]),
        ),
        st.builds(
            lambda at, network, handle: act(at, network=network, handle=handle),
            moments,
            st.sampled_from(NETWORKS[:3]),
            st.sampled_from([None, "ana", "ben"]),
        ),
    ),
    max_size=12,
)
scopes = st.builds(
    lambda start, length, timed, network, handle: Scope(
        **({"start": start, "end": start + length * MINUTE} if timed else {}),
        network=network,
        handle=handle,
    ),
    moments,
    st.integers(1, 60),
    st.booleans(),
    st.sampled_from([None, *NETWORKS[:3]]),
    st.sampled_from([None, "ANA", "ben"]),
)


def remaining_parts(event: dict[str, Any], scope: Scope) -> Iterator[dict[str, Any]]:
    """The parts of an event outside the scope, computed independently."""
    handle = (event["handle"] or "").lstrip("@").lower()
    meant = scope.network in (None, event["network"]) and (
        scope.handle is None or handle == scope.handle.lower()
    )
    if not meant:
        yield event
    elif event["kind"] == "interaction":
        if not scope.start <= event["at"] < scope.end:
            yield event
    elif event["start"] == event["end"]:
        if not scope.start <= event["start"] < scope.end:
            yield event
    else:
        if event["start"] < scope.start:
            yield {**event, "end": min(event["end"], scope.start)}
        if event["end"] > scope.end:
            yield {**event, "start": max(event["start"], scope.end)}


def without_id(event: dict[str, Any]) -> tuple[str, ...]:
    """An event without its id, as the second part of a cut visit has its own."""
    names = ("kind", "network", "handle", "start", "end", "at", "page", "action")
    return tuple(str(event.get(name)) for name in names)


@given(events, scopes)
def test_what_is_left_and_its_sums_are_as_if_the_rest_had_never_been(
    sent: list[dict[str, Any]], scope: Scope
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        log = Log(Path(folder) / "events.db")
        log.store([Batch(sender(), accepted(sent))])
        log.forget(scope)
        left = [part for event in sent for part in remaining_parts(event, scope)]
        assert sorted(map(without_id, stored(log))) == sorted(map(without_id, left))
        rows = [{**one, "id": one["id"].replace("-", "")} for one in stored(log)]
        wanted = oracle.quarters(rows)
        assert sums(log) == oracle.Quarters(wanted.spent, wanted.taking_part, wanted.acts)
        assert log.would_forget(scope).visits == log.would_forget(scope).interactions == 0
        log.close()


def test_a_browser_of_which_nothing_is_left_was_never_heard_of(tmp_path: Path) -> None:
    log = Log(tmp_path / "events.db")
    log.store([Batch(sender("firefox"), accepted([visit(NOON, 60)]))])
    log.store([Batch(sender("chromium"), accepted([visit(NOON - HOUR, 60), visit(NOON, 60)]))])
    log.forget(Scope(start=NOON, end=NOON + HOUR))
    assert log.sources.last_event_times() == {"chromium": NOON - HOUR + MINUTE}
    log.close()


# -- the documents ---------------------------------------------------------------------


ANA = {"network": "x", "handle": "@Ana"}
BEN = {"network": "x", "handle": "ben"}
TOOT = {"network": "mastodon", "handle": "ana"}
ANA_HERSELF = PersonScope(frozenset("7"), frozenset(["ana lima"]), frozenset([("x", "ana")]))


@pytest.mark.parametrize(
    ("document", "scope", "left"),
    [
        ({"at": 5, "body": "a word"}, Scope(start=5, end=6), None),
        ({"at": 6, "body": "a word"}, Scope(start=5, end=6), {"at": 6, "body": "a word"}),
        ({"name": "Ana"}, Scope(start=0, end=9), {"name": "Ana"}),
        ({"last": {"acts": {"at": 5}, "feed": {"at": 7}}}, Scope(start=5, end=6),
         {"last": {"feed": {"at": 7}}}),
        ({"network": "x", "told": [{"at": 5}, {"at": 7}]}, Scope(start=5, end=6, network="x"),
         {"network": "x", "told": [{"at": 7}]}),
        ({"network": "x", "told": [{"at": 5}]}, Scope(start=5, end=6, network="mastodon"),
         {"network": "x", "told": [{"at": 5}]}),
        ({"day": "2026-11-23"}, Scope(start=NOON, end=NOON + 1), None),
        ({"day": "soon"}, Scope(start=NOON, end=NOON + 1), {"day": "soon"}),
        ({"starts_at": 5}, Scope(start=5, end=6), None),
        (ANA, Scope(network="x", handle="ana"), None),
        (ANA, Scope(network="mastodon", handle="ana"), ANA),
        (TOOT, Scope(handle="@ANA"), None),
        ({"network": "x", "handle": "anabel"}, Scope(handle="ana"),
         {"network": "x", "handle": "anabel"}),
        ({"id": "x:ana", "at": 5}, Scope(handle="ana"), None),
        ({"id": "x:ana", "at": 5}, Scope(network="x"), None),
        ({"name": "A. B.", "handles": [ANA, BEN, TOOT]}, Scope(network="x", handle="ana"),
         {"name": "A. B.", "handles": [BEN, TOOT]}),
        ({"name": "A. B.", "handles": [ANA, TOOT]}, Scope(network="x"),
         {"name": "A. B.", "handles": [TOOT]}),
        ({"name": "Ana", "note": "ana, @ana and @anabel, https://x.com/Ana/1"}, Scope(handle="ana"),
         {"name": "Ana", "note": "ana, @… and @anabel, https://x.com/…/1"}),
        ({"id": "mastodon:ana", "note": "x:ana"}, Scope(network="x", handle="ana"),
         {"id": "mastodon:ana", "note": "x:…"}),
        ({"note": "solve for x"}, Scope(network="x"), {"note": "solve for x"}),
        ({"id": "7", "name": "Ana"}, ANA_HERSELF, None),
        ({"id": "9", "merged": ["7", "8"]}, ANA_HERSELF, {"id": "9", "merged": ["8"]}),
        ({"id": "9", "kept": {"id": "7"}, "gone": {"id": "8"}}, ANA_HERSELF,
         {"id": "9", "gone": {"id": "8"}}),
        ({"text": "Ana said so", "person": "7"}, ANA_HERSELF, {"text": "Ana said so"}),
        ({"text": "so", "person": "8"}, ANA_HERSELF, {"text": "so", "person": "8"}),
        ({"text": "so", "person": None, "person_name": " ANA  lima"}, ANA_HERSELF,
         {"text": "so", "person": None}),
        ({"tend": [{"key": "person:7"}, {"key": "person:8"}, {"key": "profile:7"}]}, ANA_HERSELF,
         {"tend": [{"key": "person:8"}, {"key": "profile:7"}]}),
        ({"add": [{"key": "person:x:Ana"}, {"key": "person:mastodon:ana"}]}, ANA_HERSELF,
         {"add": [{"key": "person:mastodon:ana"}]}),
        ({"cause": "2026-11-23/x.mon/20/80", "title": "X"}, Scope(network="x"), None),
        ({"cause": "2026-11-23/all/60/80", "title": "X"}, Scope(network="x"),
         {"cause": "2026-11-23/all/60/80", "title": "X"}),
        ({"anything": 1}, Scope(), None),
    ],
)  # fmt: skip
def test_what_is_left_of_a_document(
    document: dict[str, Any], scope: Scope | PersonScope, left: dict[str, Any] | None
) -> None:
    assert redact(document, scope) == left


def test_choices_and_guards_are_not_memories(tmp_path: Path) -> None:
    book = Book(tmp_path)
    book.budgets.put(Budget(id="x", minutes=5, network="x"))
    book.pauses.put(Pause(start=NOON, end=NOON + 5))
    book.notices.put(Notice(cause="d/x/5/80", kind="budget_near", at=NOON, title="X", body="b"))
    assert book.would_forget(Scope(network="x")) == {"notices": 1}
    book.forget(Scope(network="x"))
    book.forget(Scope(start=NOON, end=NOON + 9))
    assert [one.id for one in book.budgets.all()] == ["all", "x"]
    assert book.pauses.all() == [Pause(start=NOON, end=NOON + 5)]
    assert book.notices.all() == []


def test_a_handle_is_forgotten_wherever_the_book_can_have_it(tmp_path: Path) -> None:
    """Every collection, also a new one, with the handle in every text."""
    book = Book(tmp_path)
    memories = {
        name: kept
        for name, kept in book.collections.items()
        if isinstance(kept, Collection) and kept.role == "memory"
    }
    assert "notices" in memories
    for kept in memories.values():
        kept.put(sample(kept.kind, WORD))
    assert len(bytes_with(tmp_path, WORD)) >= len(memories) - 2
    would = book.would_forget(Scope(handle=WORD))
    book.forget(Scope(handle=WORD))
    assert bytes_with(tmp_path, WORD) == []
    assert sum(would.values()) >= len(memories) - 2
    assert book.would_forget(Scope(handle=WORD)) == {}
    Book(tmp_path)


def test_whatever_the_book_keeps_is_forgotten_with_everything(tmp_path: Path) -> None:
    """Every collection of the book, also a new one."""
    book = Book(tmp_path)
    for kept in book.collections.values():
        if isinstance(kept, Collection):
            kept.all()
    book.budgets.put(Budget(id="x", minutes=5))
    book.forget(Scope())
    assert list(tmp_path.glob("*.json")) == []
    assert [one.id for one in book.budgets.all()] == ["all"]


# -- the whole, to the last byte --------------------------------------------------------


async def live(plnd: Plnd, clock: Clock) -> None:
    """Days with the word in every kind of data, in backups and in leftover files."""
    for day in range(3):
        start = clock() - 2 * HOUR
        many = [
            visit(start + n * 20_000, 15, network="x", page="post", handle=WORD if n % 3 else "ana")
            for n in range(300)
        ]
        await plnd.record(typed(batch(*many)))
        await plnd.record(
            typed(batch(act(start, network="x", handle=f"@{WORD.title()}"), act(start + 1)))
        )
        plnd._book.notices.put(
            Notice(
                cause=f"{day}/x/5/80",
                kind="budget_near",
                at=start,
                title="X",
                body=f"Ask @{WORD}.",
            )
        )
        await plnd.maintenance.run()
        clock.forward(DAY)
    data = plnd.home.data
    (data / "notices.json.damaged-20261123-120000").write_text(f"half a {WORD}")
    (data / ".notices.json.new").write_text(f"half a {WORD}")
    (data / "backups" / ".new").mkdir()
    (data / "backups" / ".new" / "notices.json").write_text(f"half a {WORD}")


@pytest.mark.parametrize(
    "wanted",
    [
        {"handle": WORD},
        {"handle": f"@{WORD.upper()}", "network": "x"},
        {"network": "x"},
        {"start": NOON - 10 * DAY},
        {"everything": True},
    ],
)
async def test_no_byte_below_the_home_has_it_any_more(
    plnd: Plnd, api: Api, clock: Clock, wanted: dict[str, Any]
) -> None:
    await live(plnd, clock)
    home = plnd.home.data.parent
    assert len(bytes_with(home, WORD)) > 8
    would = await api("POST", "forget", {**wanted, "dry_run": True})
    assert len(bytes_with(home, WORD)) > 8
    assert would["visits"] >= 3 * 200
    assert would["interactions"] >= 3
    assert would["documents"]["notices"] >= 3
    assert len(would["remains"]) == 3
    done = await api("POST", "forget", wanted)
    assert done == {**would, "dry_run": False}
    assert bytes_with(home, WORD) == []
    again = await api("POST", "forget", {**wanted, "dry_run": True})
    assert (again["visits"], again["interactions"], again["remains"]) == (0, 0, [])
    if "handle" in wanted:
        assert [one["event"]["handle"] for one in (await api("GET", "receipt"))["entries"]]
        assert len(await backups(api)) == 3


async def backups(api: Api) -> list[str]:
    return [one["name"] for one in (await api("GET", "backups"))["backups"]]


async def test_a_day_is_the_users_own_day(plnd: Plnd, api: Api, clock: Clock) -> None:
    await api("PATCH", "settings", {"day_start": 4, "time_zone": "Asia/Kathmandu"})
    zone = ZoneInfo("Asia/Kathmandu")
    begin = int(datetime(2026, 11, 22, 4, tzinfo=zone).timestamp()) * 1000
    await api(
        "POST",
        "events",
        batch(visit(begin - MINUTE, 120), visit(begin + HOUR, 60), visit(begin + DAY, 60)),
    )
    done = await api("POST", "forget", {"day": "2026-11-22"})
    assert (done["visits"], done["visit_seconds"]) == (2, 120)
    left = [(one["at"], one["event"]["end"]) for one in (await api("GET", "receipt"))["entries"]]
    assert left == [(begin + DAY, begin + DAY + MINUTE), (begin - MINUTE, begin)]
    for day, spent in (("2026-11-21", 60), ("2026-11-22", 0), ("2026-11-23", 60)):
        assert (await api("GET", f"today?day={day}"))["spent_seconds"] == spent


async def test_what_a_browser_still_keeps_does_not_bring_it_back(
    plnd: Plnd, api: Api, clock: Clock, home: Home, desktop: Desktop
) -> None:
    """Of a visit that goes on, and of late events, only what came after is stored."""
    open_one = visit(NOON - HOUR, 1800, handle="ana")
    late = [
        act(NOON - 10 * MINUTE),
        visit(NOON - 30 * MINUTE, 60, handle="ben"),
        visit(NOON - 2 * HOUR, 90 * 60),
    ]
    await api("POST", "events", batch(open_one))
    await api("POST", "forget", {"start": NOON - HOUR})
    clock.forward(10 * MINUTE)
    grown = {**open_one, "end": NOON + 5 * MINUTE}
    answer = await api("POST", "events", batch(grown, *late))
    assert answer["stored"] == [open_one["id"], late[2]["id"]]
    assert [(one["code"], one["field"]) for one in answer["rejected"]] == [
        ("forgotten", "at"),
        ("forgotten", "start"),
    ]
    restarted = Plnd(home, clock=clock, notify=desktop)
    spans = [
        (one.event.start, one.event.end) for one in restarted._log.queries.visits_after(b"", 9)
    ]
    assert sorted(spans) == [(NOON - 2 * HOUR, NOON - HOUR), (NOON, NOON + 5 * MINUTE)]
    restarted.close_stores()


async def test_a_handle_is_refused_without_being_kept(plnd: Plnd, api: Api, clock: Clock) -> None:
    await api("POST", "forget", {"handle": WORD})
    answer = await api("POST", "events", batch(visit(NOON - HOUR, 60, handle=f"@{WORD}")))
    assert [one["code"] for one in answer["rejected"]] == ["forgotten"]
    assert bytes_with(plnd.home.data.parent, WORD) == []
    clock.forward(40 * DAY)  # a clock that jumps 40 days ahead does not end the guard
    await plnd.maintenance.run()
    clock.forward(-40 * DAY)
    for _ in range(30):
        assert plnd._book.forgotten.all()
        clock.forward(DAY)
        await plnd.maintenance.run()
    assert json.loads((plnd.home.data / "forgotten.json").read_bytes())["forgotten"] == {}


async def test_who_looks_away_goes_on_looking_away(plnd: Plnd, api: Api) -> None:
    await api("PUT", "pause", {"until": None})
    await api("PUT", "networks/facebook", {"counted": False})
    await api("PUT", "networks/x", {"counted": False})
    await api("PUT", "networks/x", {"counted": True})
    await api("PATCH", "settings", {"day_start": 4})
    await api("PUT", "budgets", {"minutes": 5})
    await api("POST", "forget", {"everything": True})
    assert (await api("GET", "pause"))["paused"]
    networks = (await api("GET", "networks"))["networks"]
    assert [one["id"] for one in networks if not one["counted"]] == ["facebook"]
    assert [one.network for one in plnd._book.uncounted.all()] == ["facebook"]
    assert (await api("GET", "settings"))["settings"]["day_start"] == 0
    assert [one["minutes"] for one in (await api("GET", "budgets"))["budgets"]] == [60]


async def test_events_on_their_way_are_forgotten_too(plnd: Plnd) -> None:
    """Events that were sent before and not committed yet are forgotten too."""
    sent = plnd.record(typed(batch(visit(NOON - MINUTE, 30))))
    import asyncio

    recording = asyncio.ensure_future(sent)
    await asyncio.sleep(0)
    await plnd.own.forget(ForgetRequest(everything=True))
    await recording
    assert plnd.own.receipt().entries == []
    assert plnd.today().spent_seconds == 0


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({}, "everything"),
        ({"everything": True, "network": "x"}, "everything"),
        ({"network": "myspace"}, "network"),
        ({"day": "yesterday"}, "day"),
        ({"day": "2026-11-22", "start": 5}, "day"),
        ({"start": 5, "end": 5}, "end"),
        ({"handle": ""}, "handle"),
        ({"person": ""}, "person"),
        ({"person": "Ana", "network": "x"}, "person"),
        ({"title": "Ana"}, "title"),
    ],
)
async def test_what_cannot_be_forgotten_is_said(
    api: Api, wanted: dict[str, Any], field: str
) -> None:
    await api("POST", "events", batch(visit(NOON - HOUR, 60)))
    answer = await api("POST", "forget", wanted, status=400)
    assert (answer["error"]["code"], answer["error"]["field"]) == ("invalid", field)
    assert len((await api("GET", "receipt"))["entries"]) == 1


# -- retention -----------------------------------------------------------------------------


async def test_old_visits_become_sums_and_the_sums_stay(plnd: Plnd, api: Api, clock: Clock) -> None:
    await api(
        "POST",
        "events",
        batch(
            visit(NOON - 20 * DAY, 600, handle=WORD),
            act(NOON - 20 * DAY + MINUTE, handle="ana"),
            visit(NOON - DAY, 600),
        ),
    )
    before = [await api("GET", f"today?day=2026-11-{day:02}") for day in (3, 22)]
    await api("PATCH", "settings", {"keep_visits_days": 7})
    await plnd.maintenance.run()
    after = [await api("GET", f"today?day=2026-11-{day:02}") for day in (3, 22)]
    assert after == before
    assert before[0]["spent_seconds"] == 600
    kinds = [one["event"]["kind"] for one in (await api("GET", "receipt"))["entries"]]
    assert kinds == ["visit", "interaction"]
    assert bytes_with(plnd.home.data, WORD) == []
    # A late act still counts, a late visit would count twice what came before: it is refused.
    late = batch(act(NOON - 20 * DAY + 2 * MINUTE), visit(NOON - 20 * DAY, 5))
    answer = await api("POST", "events", late)
    assert [one["field"] for one in answer["rejected"]] == ["start"]
    day = await api("GET", "today?day=2026-11-03")
    assert day["networks"][0]["interactions"] == {"reply": 2}
    assert day["spent_seconds"] == 600
    # The sums can be forgotten like everything else.
    assert (await api("POST", "forget", {"day": "2026-11-03"}))["sums"] == 1
    assert (await api("GET", "today?day=2026-11-03"))["spent_seconds"] == 0


# -- the command -----------------------------------------------------------------------------


def fresh(*events: dict[str, Any]) -> EventBatch:
    return typed(batch(*events))


@pytest.mark.parametrize("online", [True, False])
def test_the_command_says_first_what_would_go(
    run_plnd: RunPlnd, daemon: Daemon, online: bool, home: Home
) -> None:
    daemon.ask(
        "POST",
        "events",
        batch(visit(now_ms() - 90_000, 60, handle=WORD), visit(now_ms() - 3 * HOUR, 60)),
    )
    if not online:
        run_plnd("stop")
    would = run_plnd("forget", "--last", "1h", code=2)
    assert "1 visits (1 min)" in would.out
    assert "nothing was forgotten" in would.err
    assert len(run_plnd("receipt", "--json").json["entries"]) == 2
    done = run_plnd("forget", "--handle", f"x:{WORD}", "--yes", "--json").json
    assert (done["visits"], done["dry_run"]) == (1, False)
    assert len(run_plnd("receipt", "--json").json["entries"]) == 1
    assert bytes_with(home.data.parent, WORD) == []
    assert run_plnd("forget", "--all", "--yes").out.endswith("forgotten\n")
    assert run_plnd("receipt", "--json").json == {"entries": [], "next": None}
    assert "say what to forget" in run_plnd("forget", code=1).err


# -- the receipt -----------------------------------------------------------------------------


async def test_the_receipt_has_every_event_in_plain_words(api: Api) -> None:
    await api(
        "POST",
        "events",
        batch(
            visit(NOON - HOUR, 90, page="profile", handle="ana"),
            act(NOON - HOUR, "react", network="mastodon"),
            visit(NOON - 2 * HOUR, 3 * 600, network="linkedin", tag="edchat", page="tag"),
            act(NOON - 3 * HOUR, "reply", handle="ben", tag="edchat"),
        ),
    )
    entries = []
    page = await api("GET", "receipt?limit=1")
    while True:
        entries += page["entries"]
        if page["next"] is None:
            break
        page = await api("GET", f"receipt?limit=1&before={page['next']}")
    assert [one["words"] for one in entries] in (
        [
            "Mon 23 Nov 2026, 11:00: you reacted on Mastodon.",
            "Mon 23 Nov 2026, 11:00: you looked at a profile of ana on X for 90 s.",
            "Mon 23 Nov 2026, 10:00: you looked at a hashtag on LinkedIn, under #edchat "
            "for 30 min.",
            "Mon 23 Nov 2026, 09:00: you replied on X, ben, under #edchat.",
        ],
    )
    assert (await api("GET", "receipt?network=mastodon"))["entries"] == entries[:1]
    for query, field in (("limit=0", "limit"), ("limit=٣", "limit"), ("before=x", "before")):
        answer = await api("GET", f"receipt?{query}", status=400)
        assert answer["error"]["field"] == field
