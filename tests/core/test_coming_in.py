"""Imported lines are checked like documents and events: sums, guards, consent, people."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.builders import DAY, HOUR, MINUTE, NETWORKS, NOON, act, batch, typed, visit
from support.harness import Api, Clock, Daemon, RunPlnd, sums_in

from plnd.core.plnd import Plnd
from plnd.errors import Invalid, PlndError
from plnd.measures.people.uniqueness import UniquePeople
from plnd.measures.quarter_sums import check_sum, has_room
from plnd.model.feeds import Feed
from plnd.model.own_data import ForgetRequest
from plnd.model.people import Handle, Person, PersonRequest
from plnd.model.profiles import ProfileRequest
from plnd.system.files import Home

QUARTER = 15 * MINUTE
LAST = 253_402_300_799_999
OLD = NOON - 30 * DAY


def line(collection: str, **document: Any) -> str:
    return json.dumps({"type": "document", "collection": collection, "document": document})


def sum_line(**given: Any) -> str:
    return json.dumps(
        {"type": "sum", "begin": OLD, "network": "x", "page": "feed", "spent_ms": 60_000}
        | {"taking_part_ms": 0, "visits_from": OLD + DAY}
        | given
    )


def source_line(at: int) -> str:
    names = {"browser": "b", "profile": "p", "extension": "e"}
    return json.dumps({"type": "source", **names, "last_event_at": at})


# -- sums ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"visits_from": LAST}, "visits_from"),
        ({"visits_from": NOON - 7 * DAY + 1}, "visits_from"),
        ({"begin": OLD + 7}, "begin"),
        ({"begin": 0}, "begin"),
        ({"begin": OLD + DAY}, "begin"),
        ({"network": "nonsuch"}, "network"),
        ({"spent_ms": 900_001}, "spent_ms"),
        ({"spent_ms": LAST, "taking_part_ms": LAST}, "spent_ms"),
        ({"taking_part_ms": 60_001}, "taking_part_ms"),
    ],
)
async def test_a_sum_that_cannot_be_is_refused(
    api: Api, plnd: Plnd, given: dict[str, Any], field: str
) -> None:
    answer = await api("POST", "import", {"lines": [sum_line(**given)]})
    assert [one["field"] for one in answer["rejected"]] == [field]
    assert (answer["taken"], sums_in(plnd._log), plnd._log.visits_from) == (0, [], 0)
    sent = batch(visit(NOON - MINUTE, 50), act(NOON - 9 * DAY))
    assert (await api("POST", "events", sent))["rejected"] == []


async def test_a_quarter_never_has_more_than_a_quarter(api: Api, plnd: Plnd) -> None:
    """The limit holds over all networks and pages, with stored sums and earlier lines."""
    lines = [sum_line(page=page, spent_ms=400_000) for page in ("feed", "post", "tag")]
    answer = await api("POST", "import", {"lines": lines})
    assert [(one["index"], one["field"]) for one in answer["rejected"]] == [(2, "spent_ms")]
    again = await api("POST", "import", {"lines": lines})
    assert (again["taken"], again["known"], len(again["rejected"])) == (0, 2, 1)
    larger = sum_line(network="mastodon", spent_ms=100_001)
    assert (await api("POST", "import", {"lines": [larger]}))["rejected"]
    assert sum(row[3] for row in sums_in(plnd._log)) == 800_000


async def test_where_visits_are_kept_they_go_on_being_kept(api: Api, plnd: Plnd) -> None:
    first = visit(OLD - DAY, 60)
    await api("POST", "events", batch(first))
    older, inside = sum_line(begin=OLD - 2 * DAY), sum_line()
    answer = await api("POST", "import", {"lines": [older, inside]})
    assert [(one["index"], one["field"]) for one in answer["rejected"]] == [(1, "begin")]
    assert plnd._log.visits_from <= OLD - DAY
    late = batch({**first, "end": first["end"] + MINUTE}, visit(OLD, 60))
    assert (await api("POST", "events", late))["rejected"] == []


@given(
    st.integers(-(2**63), 2**64),
    st.sampled_from([*NETWORKS, "nonsuch"]),
    st.integers(0, 2_000_000),
    st.integers(0, 2_000_000),
    st.integers(-(2**63), 2**64),
)
def test_no_sum_that_is_taken_keeps_a_browser_out(
    begin: int, network: str, spent: int, part: int, visits_from: int
) -> None:
    for quarter in (begin, OLD - begin % 99 * QUARTER):
        try:
            check_sum(quarter, network, spent, part, visits_from, now=NOON, networks=NETWORKS)
        except Invalid as error:
            assert error.field
        else:
            assert quarter < visits_from <= NOON - 7 * DAY
            assert part <= spent <= QUARTER
    rows = [(OLD, "x", "feed", spent, 0), (OLD, "x", "post", part, 0)]
    assert has_room(rows[0], rows[1:]) == (spent + part <= QUARTER)


# -- guards and sources ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "field"),
    [
        (line("pauses", start=0, end=None), "end"),
        (line("pauses", start=NOON - 5, end=NOON + 1), "end"),
        (line("pauses", start=NOON, end=NOON - 1), "end"),
        (line("uncounted", id="a", network="x", start=0, end=None), "end"),
        (line("uncounted", id="a", network="x", start=0, end=NOON + 1), "end"),
        (line("uncounted", id="a", network="nonsuch", start=0, end=1), "network"),
        (line("forgotten", id="a", at=LAST, start=0, end=LAST), "at"),
        (line("forgotten", id="a", at=NOON + 1, start=0, end=NOON), "at"),
        (line("forgotten", id="a", at=NOON, start=0, end=NOON + 1), "end"),
        (source_line(LAST), "last_event_at"),
        (source_line(NOON + HOUR), "last_event_at"),
    ],
)
async def test_what_keeps_something_out_reaches_no_further_than_now(
    api: Api, text: str, field: str
) -> None:
    answer = await api("POST", "import", {"lines": [text]})
    assert [one["field"].removeprefix("document.") for one in answer["rejected"]] == [field]
    sent = await api("POST", "events", batch(visit(NOON - MINUTE, 50), act(NOON)))
    assert sent["rejected"] == []


async def test_a_guard_that_is_here_goes_on_as_it_is(api: Api, plnd: Plnd, clock: Clock) -> None:
    """An import ends no pause, counts no network again, and restores nothing forgotten."""
    plnd.pauses.begin()
    await api("PUT", "networks/x", {"counted": False})
    await api("POST", "forget", {"handle": "ana"})
    (lasting,), (forgotten,) = plnd._book.uncounted.all(), plnd._book.forgotten.all()
    clock.forward(HOUR)
    plain = msgspec.to_builtins(forgotten)
    answer = await api(
        "POST",
        "import",
        {
            "lines": [
                line("pauses", start=NOON, end=NOON + 1),
                line("uncounted", id=lasting.id, network="x", start=NOON, end=NOON + 1),
                line("forgotten", **{**plain, "end": 1}),
                line("forgotten", **plain),
            ]
        },
    )
    assert [one["index"] for one in answer["rejected"]] == [0, 1, 2]
    assert (answer["taken"], answer["known"]) == (0, 1)
    assert plnd.pauses.state().paused
    assert not plnd._counting.is_counted("x")
    assert plnd._book.forgotten.all() == [forgotten]


# -- consent -----------------------------------------------------------------------------

URL = "https://203.0.113.7.nip.invalid/track?victim=42"
FEED = {"on": True, "since": 1, "url": URL, "found": URL}
ANA = {"id": "p", "name": "Ana", "added_at": 1, "handles": [{"network": "x", "handle": "ana"}]}
OWN = {"id": "x:me", "network": "x", "handle": "me", "added_at": 1, "feed": FEED}
FEEDS = [
    line("people", **ANA),
    line("feeds", id="x:ana", network="x", handle="ana", feed=FEED),
    line("profiles", **OWN),
]


@pytest.mark.parametrize("dry_run", [True, False])
async def test_a_feed_comes_in_switched_off(api: Api, plnd: Plnd, dry_run: bool) -> None:
    answer = await api("POST", "import", {"lines": FEEDS, "dry_run": dry_run})
    assert (answer["taken"], answer["rejected"]) == (3, [])
    assert answer["switched_off"] == ["x:ana", "x:me"]
    await plnd.feeds.refresh_due()
    assert (await api("GET", "requests"))["requests"] == []
    assert not [one for one in (await api("GET", "feeds"))["feeds"] if one["on"]]
    for one in [*plnd._book.profiles.all(), *plnd._book.feeds.all()]:
        assert one.feed is not None
        assert one.feed.found is None


async def test_a_feed_that_is_on_here_stays_on_at_its_own_address_only(
    api: Api, plnd: Plnd, clock: Clock
) -> None:
    plnd.profiles.add(ProfileRequest(network="x", handle="me"))
    plnd.profiles.add(ProfileRequest(network="mastodon", handle="me@example.org"))
    for profile in plnd.profiles.all():
        feed = msgspec.convert(FEED, Feed)
        plnd.profiles.save(msgspec.structs.replace(profile, feed=feed))
    await plnd.maintenance.run()
    clock.forward(DAY)
    moved = plnd.profiles.get("x", "me")
    assert moved.feed is not None
    other = msgspec.structs.replace(moved.feed, url="https://example.org/feed", found=None)
    plnd.profiles.save(msgspec.structs.replace(moved, feed=other))
    would = await api("POST", "restore", {"backup": "2026-11-23", "dry_run": True})
    done = await api("POST", "restore", {"backup": "2026-11-23"})
    assert done["switched_off"] == would["switched_off"] == ["x:me"]
    on = {one.id: one.feed.on for one in plnd.profiles.all() if one.feed}
    assert on == {"x:me": False, "mastodon:me@example.org": True}


def test_the_commands_say_which_feeds_are_off(run_plnd: RunPlnd, tmp_path: Path) -> None:
    file = tmp_path / "some.jsonl"
    head = '{"type":"plnd","format":1,"version":"0.1.0","made_at":1}'
    file.write_text("\n".join([head, *FEEDS, '{"type":"end","lines":4}']) + "\n")
    ran = run_plnd("import", str(file))
    assert "the feed of x:ana is switched off" in ran.err
    assert "the feed of x:me is switched off" in ran.err


# -- people beside each other ------------------------------------------------------------


async def test_nobody_is_two(api: Api) -> None:
    lines = [
        line("people", id="p", name="Ana", added_at=1, merged=["q"]),
        line("people", id="q", name="Bob", added_at=1, merged=["p"]),
        line("people", id="r", name="Cy", added_at=1, merged=["q"]),
        line("people", id="s", name="Di", added_at=1, merged=["s"]),
        line("people", id="t", name="Ed", added_at=1, handles=[{"network": "x", "handle": "a"}]),
        line("people", id="u", name="Fay", added_at=1, handles=[{"network": "x", "handle": "@A"}]),
        line("people", id="v", name="Gus", added_at=1, handles=[{"network": "x", "handle": "@"}]),
        line("refused", id="nocolon", at=1),
        line("cpd", id="own:1", day="2026-99-99"),
        line("cpd", id="own:1"),
        line("plans", quarter="zzz", made_at=1, add=[], tend=[], close=[]),
        line("journal", id="j", kind="learned", at=2**64, text="a"),
        line("journal", id="j", kind="learned", at=NOON + 2 * DAY, text="a"),
        line("journal", id="j", kind="learned", at=1, text="a", link="javascript:alert(1)"),
        line("cadences", tag="t", ideal_days=9, worst_days=1),
        line("meetings", id="m", person="p", at=-5),
        line("budgets", id="zz", minutes=5, network="x"),
        line("settings", time_zone="../../etc/passwd"),
    ]
    answer = await api("POST", "import", {"lines": lines})
    assert answer["taken"] == 2
    assert [one["index"] for one in answer["rejected"]] == [1, 2, 3, *range(5, len(lines))]
    assert all(one["message"] for one in answer["rejected"])
    for path in ("people", "ties", "review", "suggestions", "plan", "cpd"):
        await api("GET", path)


ids = st.sampled_from(["p", "q", "r", "s"])
people = st.builds(
    lambda who, merged, handles: Person(
        id=who,
        name=who,
        added_at=1,
        merged=merged,
        handles=[Handle(network="x", handle=one) for one in handles],
    ),
    ids,
    st.lists(ids, max_size=3),
    st.lists(st.sampled_from(["a", "A", "b"]), max_size=2),
)


@given(st.lists(people, max_size=8))
def test_whoever_is_taken_in_is_one(found: list[Person]) -> None:
    """People share no id or handle, in any order of import and with any replaced."""
    together, there = UniquePeople(), {}
    for one in found:
        try:
            together.add(one)
        except PlndError as error:
            assert error.field in ("id", "merged", "handles")
        else:
            there[one.id] = one
    owners: dict[str, str] = {}
    for one in there.values():
        handles = [handle.handle.casefold() for handle in one.handles]
        for name in {*one.merged, one.id, *(f"x:{handle}" for handle in handles)}:
            assert owners.setdefault(name, one.id) == one.id


async def test_a_merge_is_undone_only_where_there_is_room_for_both(api: Api, plnd: Plnd) -> None:
    for name in ("Ana", "Ana B"):
        handles = [Handle(network="x", handle=name.replace(" ", "").lower())]
        plnd.people.add(PersonRequest(name=name, handles=handles))
    merge, _ = plnd.people.merges.merge("Ana", "x:anab")
    await api("PATCH", "people/Ana", {"handles": []})
    await api("POST", "people", {"name": "Cy", "handles": [{"network": "x", "handle": "anab"}]})
    await api("DELETE", f"merges/{merge.id}", status=409)
    assert len((await api("GET", "people"))["people"]) == 2


async def test_two_long_notes_are_too_much_for_one(api: Api, plnd: Plnd, clock: Clock) -> None:
    """A merge whose result could not be read back is refused."""
    for name in ("Ana", "Bob"):
        await api("POST", "people", {"name": name, "note": name[0] * 3000})
    answer = await api("POST", "merges", {"kept": "Ana", "gone": "Bob"}, status=400)
    assert answer["error"]["field"] == "gone"
    again = Plnd(plnd.home, clock=clock)
    assert len(again.people.views()) == 2
    again.close_stores()


async def test_what_is_cleared_stays_cleared(api: Api, plnd: Plnd, clock: Clock) -> None:
    """A field that was cleared is cleared in the file as well."""
    cadence = {"ideal_days": 5, "worst_days": 9}
    await api("POST", "people", {"name": "Ana", "note": "zebra", "cadence": cadence})
    await api("PATCH", "people/Ana", {"note": "", "cadence": None})
    assert "zebra" not in (plnd.home.data / "people.json").read_text()
    again = Plnd(plnd.home, clock=clock)
    assert (again.people.views()[0].note, again.people.views()[0].cadence) == ("", None)
    again.close_stores()


# -- files edited by hand ------------------------------------------------------------------


def test_an_edit_that_cannot_be_used_is_named(
    daemon: Daemon, run_plnd: RunPlnd, home: Home
) -> None:
    """The log, the doctor and the export name the file, and a change does not delete it."""
    daemon.ask("POST", "people", {"name": "Ana"})
    run_plnd("stop")
    path = home.data / "people.json"
    content = json.loads(path.read_text())
    content["people"]["2"] = {"id": "p", "name": "zebra", "added_at": "yesterday"}
    path.write_text(json.dumps(content))
    for started in (False, True):
        if started:
            run_plnd("start")
        doctor = run_plnd("doctor", code=None).out
        assert "people.json: document 2, added_at" in doctor
        assert f"or take it out: {path}" in doctor
        ran = run_plnd("export")
        assert "people.json: document 2, added_at" in ran.err
        assert "zebra" not in ran.out
        assert [one["name"] for one in run_plnd("person", "list", "--json").json["people"]]
    run_plnd("person", "add", "Bob")
    run_plnd("stop")
    assert content["people"]["2"] in json.loads(path.read_text())["people"].values()
    logged = (home.state / "daemon.log").read_text()
    assert "people.json: a person is left out, because of its added_at" in logged
    assert "zebra" not in logged


async def test_what_cannot_be_used_is_forgotten_as_well(plnd: Plnd, clock: Clock) -> None:
    path = plnd.home.data / "journal.json"
    rows = {
        "1": {"id": "j", "at": "x", "text": "ask @zebra or x:zebra"},
        "2": {"id": ["odd"], "handle": "zebra"},
        "3": {"id": "k", "text": "stays", "at": "y"},
    }
    path.write_text(json.dumps({"plnd": 1, "journal": rows}))
    again = Plnd(plnd.home, clock=clock)
    would = await again.own.forget(ForgetRequest(handle="zebra", dry_run=True))
    assert would.documents == {"journal": 2}
    await again.own.forget(ForgetRequest(handle="zebra"))
    assert "zebra" not in path.read_text()
    assert rows["3"] in json.loads(path.read_text())["journal"].values()
    await again.record(typed(batch(visit(NOON - MINUTE, 10))))
    again.close_stores()
