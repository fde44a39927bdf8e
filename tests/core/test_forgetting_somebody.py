"""Forgetting a person leaves no byte of them, and keeps what is other people's or the user's."""

import errno
import os
from pathlib import Path
from typing import Any

import pytest
from support.builders import DAY, HOUR, MINUTE, NOON, act, batch, visit
from support.harness import Api, Clock, Daemon, RunPlnd, bytes_with

from plnd.core.plnd import Plnd, now_ms
from plnd.model.feeds import Feed
from plnd.system.files import Home

WORD = "zebrafinch"
NAME = "Zara Zebrafinch"


async def known(plnd: Plnd, api: Api, clock: Clock) -> str:
    """Create a person in every kind of data, with daily backups; gives their id."""
    await api("POST", "profiles", {"network": "x", "handle": "me"})
    await api("POST", "people", {"name": "Ben", "handles": [{"network": "x", "handle": "ben"}]})
    on_x = {"network": "x", "handle": f"@{WORD}"}
    body = {"name": NAME, "handles": [on_x], "tags": ["mentor"], "cadence": {"ideal_days": 1}}
    ident: str = (await api("POST", "people", body))["person"]["id"]
    twin = {"name": f"Z. {WORD}", "handles": [{"network": "mastodon", "handle": f"{WORD}@b.org"}]}
    other = (await api("POST", "people", twin))["person"]["id"]
    await api("POST", "suggestions", {**on_x, "answer": "no"})
    await api("POST", "meetings", {"person": ident, "note": f"at the fair of {WORD}s"})
    said = {"kind": "learned", "text": "what a hook is", "person": ident}
    await api("POST", "journal", said)
    await api("POST", "journal", {**said, "text": "to greet", "person": other})
    await plnd.maintenance.run()
    clock.forward(DAY)
    await api("POST", "merges", {"kept": ident, "gone": other})
    plnd._book.feeds.put(fed("x", WORD))
    await api("POST", "events", batch(*dealings(clock())))
    await plnd.maintenance.run()
    clock.forward(2 * DAY)
    await api("PUT", "plan")
    await api("GET", "review")
    await plnd.maintenance.run()
    return ident


def fed(network: str, handle: str) -> Any:
    from plnd.model.people import PersonFeed

    feed = Feed(on=False, since=NOON, url=f"https://example.org/{handle}.xml")
    return PersonFeed(id=f"{network}:{handle}", network=network, handle=handle, feed=feed)


def dealings(now: int) -> list[dict[str, Any]]:
    """Visits and acts on both networks, with the person and with others."""
    start = now - 10 * HOUR
    who = [("x", WORD.title()), ("mastodon", f"@{WORD}@B.org"), ("x", "ben"), ("x", None)]
    return [
        one
        for number in range(40)
        for network, handle in who
        for one in (
            visit(start + number * MINUTE, 10, network=network, page="profile", handle=handle),
            act(start + number * MINUTE, network=network, handle=handle),
        )
    ]


def traces(home: Home, ident: str) -> list[str]:
    folder = home.data.parent
    return [*bytes_with(folder, WORD), *bytes_with(folder, ident)]


async def test_no_byte_of_a_person_is_left(plnd: Plnd, api: Api, clock: Clock, home: Home) -> None:
    ident = await known(plnd, api, clock)
    (home.data / "people.json.damaged-20261123-120000").write_text(NAME)
    assert len(traces(home, ident)) > 20
    would = await api("POST", "forget", {"person": ident, "dry_run": True})
    assert would["person"] == NAME
    assert (would["visits"], would["interactions"], would["backups"]) == (80, 80, 3)
    assert would["documents"] == {
        "people": 1,
        "feeds": 1,
        "meetings": 1,
        "merges": 1,
        "refused": 1,
        "journal": 2,
        "plans": 1,
    }
    assert would["kept"] == {"journal": 2, "plans": 1}
    done = await api("POST", "forget", {"person": ident})
    assert done == {**would, "dry_run": False}
    assert traces(home, ident) == []
    assert [one["name"] for one in (await api("GET", "people"))["people"]] == ["Ben"]
    assert [one["name"] for one in (await api("GET", "ties"))["drifting"]] == []
    assert (await api("GET", "merges"))["merges"] == []


async def test_own_words_and_what_is_others_stay(plnd: Plnd, api: Api, clock: Clock) -> None:
    ident = await known(plnd, api, clock)
    await api("POST", "forget", {"person": ident})
    entries = (await api("GET", "journal"))["entries"]
    assert {one["text"] for one in entries} == {"what a hook is", "to greet"}
    assert {(one["person"], one["person_name"]) for one in entries} == {(None, None)}
    ben = (await api("GET", "people/Ben"))["person"]
    assert ben["tie"] == "strong"
    left = (await api("GET", "receipt?limit=500"))["entries"]
    assert {one["event"]["handle"] for one in left} == {"ben", None}
    assert len(left) == 160
    day = await api("GET", "today?day=2026-11-24")
    assert {one["id"]: one["interactions"] for one in day["networks"]} == {"x": {"reply": 80}}


async def test_a_handle_that_is_anothers_or_ones_own_by_now_is_not_theirs(
    plnd: Plnd, api: Api, clock: Clock
) -> None:
    ident = await known(plnd, api, clock)
    at_ben = {"handles": [{"network": "x", "handle": "ben"}, {"network": "x", "handle": WORD}]}
    await api("PATCH", f"people/{ident}", {"handles": [{"network": "x", "handle": "me"}]})
    await api("PATCH", "people/Ben", at_ben)
    await api("POST", "journal", {"kind": "taught", "text": "nothing", "person": "Ben"})
    would = await api("POST", "forget", {"person": NAME, "dry_run": True})
    assert (would["visits"], would["documents"]["people"]) == (40, 1)  # those on mastodon
    await api("POST", "forget", {"person": NAME})
    assert [one["handle"] for one in (await api("GET", "profiles"))["profiles"]] == ["me"]
    ben = (await api("GET", "people/Ben"))["person"]
    assert [one["handle"] for one in ben["handles"]] == ["ben", WORD]
    assert [one["text"] for one in (await api("GET", "journal?person=Ben"))["entries"]] == [
        "nothing"
    ]


async def test_what_a_browser_still_keeps_of_them_is_refused(
    plnd: Plnd, api: Api, clock: Clock, home: Home
) -> None:
    ident = await known(plnd, api, clock)
    late = act(clock() - MINUTE, network="mastodon", handle=f"{WORD}@b.org")
    await api("POST", "forget", {"person": ident})
    answer = await api("POST", "events", batch(late))
    assert [one["code"] for one in answer["rejected"]] == ["forgotten"]
    assert bytes_with(home.data, f"{WORD}@b.org") == []


@pytest.mark.parametrize(("words", "status"), [("Zara", 404), ("Nobody", 404), ("Ben", 409)])
async def test_only_who_is_named_exactly_is_forgotten(
    plnd: Plnd, api: Api, words: str, status: int
) -> None:
    """A part of a name is not enough to forget somebody."""
    for name in (NAME, "Ben", "ben"):
        await api("POST", "people", {"name": name})
    answer = await api("POST", "forget", {"person": words}, status=status)
    assert answer["error"]["hint"]
    assert len((await api("GET", "people"))["people"]) == 3


async def test_a_forgetting_that_broke_off_can_be_asked_for_again(
    plnd: Plnd, api: Api, clock: Clock, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a failure in the last backup, the same request works."""
    ident = await known(plnd, api, clock)
    replace = os.replace

    def refuse(half: Path, path: Path) -> None:
        if path == home.data / "backups" / "2026-11-26" / "journal.json":
            raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))
        replace(half, path)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", refuse)
        answer = await api("POST", "forget", {"person": NAME}, status=500)
    assert "2026-11-26/journal.json" in answer["error"]["message"]
    await api("POST", "forget", {"person": NAME})
    assert bytes_with(home.data.parent, ident) == bytes_with(home.data.parent, NAME.lower()) == []


@pytest.mark.parametrize("online", [True, False])
def test_the_command_says_who_it_is_and_what_would_go(
    run_plnd: RunPlnd, daemon: Daemon, home: Home, online: bool
) -> None:
    run_plnd("person", "add", NAME, "--handle", f"x:{WORD}")
    run_plnd("learned", "what a hook is", "--from", NAME)
    daemon.ask("POST", "events", batch(visit(now_ms() - HOUR, 60, handle=WORD)))
    if not online:
        run_plnd("stop")
    would = run_plnd("forget", "--person", f"x:{WORD}", code=2)
    assert would.out.splitlines() == [
        f"This of {NAME} would be forgotten:",
        "  1 visits (1 min)",
        "  0 interactions",
        "  1 in people",
        "  1 in journal, of which 1 stay without the mention",
    ]
    assert "nothing was forgotten" in would.err
    done = run_plnd("forget", "--person", NAME, "--yes", "--json").json
    assert (done["person"], done["visits"], done["dry_run"]) == (NAME, 1, False)
    assert bytes_with(Path(home.data.parent), WORD) == []
    assert [one["text"] for one in run_plnd("journal", "--json").json["entries"]] == [
        "what a hook is"
    ]
    assert "exactly 'Zara'" in run_plnd("forget", "--person", "Zara", code=1).err
