"""Every sentence that plnd composes is in the client's language."""

import json
import re
import urllib.request
from collections.abc import Iterator
from typing import Any, cast

import pytest
from msgspec.structs import replace
from support.builders import DAY, HOUR, MINUTE, NOON, act, batch, visit
from support.harness import TOKEN, Api, Clock, Daemon

from plnd import client
from plnd.core.plnd import Plnd
from plnd.model.feeds import FeedTrouble
from plnd.system.files import Home
from plnd.system.paths import place
from plnd.words.messages import CATALOGUES

GERMAN = "de-AT,de;q=0.9,en;q=0.5"
ANSWERS = (
    *("review", "plan", "cpd", "receipt", "profiles"),
    *("suggestions", "suggestions/profiles"),
)
TEXTS = ("review.md", "review.html", "ledger.html?names=1", "cpd.html", "cpd.csv")
OWN = ("Ana Ü.", "Ben Ö.", "Ein Satz.")
ENGLISH = re.compile(
    r"\b(the|your|you|is|are|and|of|this|for|minutes?|days?|hours?|week|taking|late|stale"
    r"|green|amber|red|off|learned|Mon|Monday|people|from|posts?|evidence|date)\b"
)


@pytest.fixture
async def life(api: Api, clock: Clock) -> Api:
    """Four months in which plnd finds something to say of everything."""
    clock.now = NOON - 100 * DAY
    await api("POST", "profiles", {"network": "x", "handle": "me"})
    await api("POST", "profiles", {"network": "linkedin", "handle": "me"})
    await api("PUT", "profiles/linkedin/me/decision", {"choice": "close"})
    for name, handle in (("Ana Ü.", "ana"), ("Ben Ö.", "ben")):
        person = {"name": name, "handles": [{"network": "x", "handle": handle}]}
        await api("POST", "people", {**person, "cadence": {"ideal_days": 7}})
    chat = {"tag": "edchat2", "network": "x", "weekday": "wed", "start": "20:00"}
    await api("POST", "chats", {**chat, "time_zone": "Europe/London"})
    events = [act(NOON - 130 * DAY, "post"), act(NOON - 99 * DAY, "reply", handle="ana")]
    slot = NOON - 5 * DAY + 8 * HOUR
    events += [visit(slot, 1800, page="tag", tag="edchat2"), act(slot + MINUTE, "react")]
    for day in (1, 2, 3):
        begin = NOON - day * DAY
        events.append(visit(begin, 3600, network="mastodon", handle="cleo", page="profile"))
        events += [
            act(begin + minute * MINUTE, "reply", network="mastodon", handle="cleo")
            for minute in range(0, 60, 2)
        ]
    events += [visit(NOON - HOUR, 90, page="settings", network="mastodon", handle="my_own")]
    actions = ("post", "share", "react", "follow", "message", "save")
    events += [act(NOON - HOUR, one, network="facebook", tag="edchat2") for one in actions]
    clock.now = NOON
    await api("POST", "events", batch(*events))
    await api("POST", "suggestions/profiles", {"network": "bluesky", "handle": "ich"})
    await api("PUT", "budgets", {"minutes": 10})
    entry = {"kind": "learned", "text": "Ein Satz.", "person": "Ana Ü.", "minutes": 30}
    await api("POST", "journal", {**entry, "at": NOON - 2 * DAY})
    await api("PATCH", "settings", {"time_zone": "Europe/London", "review_day": "mon"})
    return api


def spoken(language: str | None) -> dict[str, str]:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    return headers if language is None else {**headers, "Accept-Language": language}


async def read(api: Api, path: str, language: str | None) -> str:
    url = f"{api.url}/api/v1/{path}"
    async with api.session.get(url, headers=spoken(language)) as response:
        assert response.status == 200
        return await response.text()


def sentences(answer: Any, where: str = "") -> Iterator[tuple[str, str]]:
    """Every text of several words, with its place."""
    if isinstance(answer, dict):
        for name, value in answer.items():
            if name != "key":
                yield from sentences(value, f"{where}.{name}")
    elif isinstance(answer, list):
        for number, value in enumerate(answer):
            yield from sentences(value, f"{where}[{number}]")
    elif isinstance(answer, str) and " " in answer and answer not in OWN:
        yield where, answer


@pytest.mark.parametrize("path", ANSWERS)
async def test_no_sentence_is_the_same_in_both_languages(life: Api, path: str) -> None:
    english = dict(sentences(await life("GET", path, headers=spoken("en-GB"))))
    german = dict(sentences(await life("GET", path, headers=spoken(GERMAN))))
    assert english
    assert list(english) == list(german)
    assert not {where for where in english if english[where] == german[where]}
    assert not [text for text in german.values() if ENGLISH.search(text)]


@pytest.mark.parametrize("path", TEXTS)
async def test_what_is_printed_or_handed_on_is_of_one_language(life: Api, path: str) -> None:
    text = await read(life, path, GERMAN)
    page = re.sub(r"<style>.*?</style>|<[^>]*>", " ", text)
    assert not ENGLISH.findall(page), page
    assert ENGLISH.search(await read(life, path, "en"))
    if "html" in path:
        assert '<html lang="de">' in text


@pytest.mark.parametrize(
    ("kind", "content", "count"),
    [
        ("linkedin", "First Name,Last Name,URL,Connected On\nCleo,,,02 Mar 2026\n,,,\n", 1),
        ("vcard", "BEGIN:VCARD\nVERSION:3.0\nFN:\nEND:VCARD\nBEGIN:VCARD\nFN:Dan\n", 2),
        ("meetings", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Tee\nRRULE:FREQ=HOURLY\n"
         "DTSTART:20261101T100000Z\nEND:VEVENT\nEND:VCALENDAR\n", 1),
    ],
)  # fmt: skip
async def test_what_an_import_finds_wrong_is_said_in_the_language(
    life: Api, kind: str, content: str, count: int
) -> None:
    body = {"kind": kind, "content": content.replace("\n", "\r\n"), "dry_run": True}
    english = await life("POST", "people-import", body, headers=spoken("en"))
    german = await life("POST", "people-import", body, headers=spoken(GERMAN))
    assert len(english["problems"]) == len(german["problems"]) == count
    for one, other in zip(english["problems"], german["problems"], strict=True):
        assert one["where"] != other["where"]
        assert one["message"] != other["message"]


async def test_the_list_of_chats_says_what_each_is_about(life: Api) -> None:
    async def topics(language: str) -> list[str]:
        return [
            one["topic"] for one in (await life("GET", "chats", headers=spoken(language)))["chats"]
        ]

    await life("PATCH", "chats/ukedchat", {"topic": "meins"})
    pairs = zip(await topics("en"), await topics(GERMAN), strict=True)
    assert [one for one, other in pairs if one == other and one] == ["meins"]


async def test_figures_are_written_as_germans_write_them(life: Api) -> None:
    assert "4,00" in await read(life, "cpd.html", GERMAN)
    assert "22.11.2026" in await read(life, "cpd.html", GERMAN)
    assert '"2026-11-22","1.00"' in await read(life, "cpd.csv", GERMAN), "programs read this one"
    first = (await life("GET", "receipt?network=x", headers=spoken(GERMAN)))["entries"][-1]
    said = "Do, 16. Juli 2026, 13:00 Uhr: Sie haben auf X einen Beitrag geschrieben."
    assert first["words"] == said


async def test_else_the_setting_decides_and_else_it_is_english(life: Api) -> None:
    async def advice(language: str | None) -> str:
        found = await life("GET", "review", headers=spoken(language))
        return str(found["suggestion"]["text"])

    assert await advice("fr") == await advice(None) == "Write to Ben Ö."
    await life("PATCH", "settings", {"language": "de"})
    assert await advice("fr") == await advice(None) == "Ben Ö. schreiben"
    assert await advice("en") == "Write to Ben Ö."


async def test_a_decision_is_answered_in_the_language_too(life: Api) -> None:
    done = await life(
        "PUT", "profiles/linkedin/me/steps/export", {"done": True}, headers=spoken(GERMAN)
    )
    titles = [one["title"] for one in done["profile"]["closing"]]
    assert titles[0] == CATALOGUES["de"].say("step_export")


async def said_of_feed(api: Api, language: str) -> str:
    """What all feeds and the profile say of the one of the profile on LinkedIn."""
    feeds = (await api("GET", "feeds", headers=spoken(language)))["feeds"]
    profiles = (await api("GET", "profiles", headers=spoken(language)))["profiles"]
    (feed,) = [one for one in feeds if one["network"] == "linkedin"]
    (profile,) = [one for one in profiles if one["network"] == "linkedin"]
    assert profile["feed"]["error"] == feed["error"]
    return str(feed["error"])


async def test_why_a_feed_said_nothing_is_said_in_the_language(life: Api, plnd: Plnd) -> None:
    ask = {"on": True, "url": "https://127.0.0.1/feed"}
    done = await life("PUT", "profiles/linkedin/me/feed", ask, headers=spoken(GERMAN))
    german = "127.0.0.1 führt zu einer Adresse, die nicht öffentlich ist; dahin geht plnd nicht"
    assert done["profile"]["feed"]["error"] == german == await said_of_feed(life, GERMAN)
    assert "is not public" in await said_of_feed(life, "en")
    person = (await life("GET", "people"))["people"][0]["id"]
    page = await life("PUT", f"people/{person}/feeds/x/ana", ask, headers=spoken(GERMAN))
    assert [one["feed"]["error"] for one in page["feeds"]] == [german]
    # What another version kept of it, this one may have no words for.
    profile = plnd.profiles.get("linkedin", "me")
    assert profile.feed
    odd = replace(profile.feed, trouble=FeedTrouble(key="fetch_by_pigeon", values={"coop": 3}))
    plnd.profiles.save(replace(profile, feed=odd))
    assert await said_of_feed(life, GERMAN) == "Der Feed ließ sich nicht lesen"


@pytest.mark.parametrize(
    "content",
    ["{", "[" * 100_000, " " * 300_000, b"\xff", '{"id": "club"}', '{"id": "club", "rules": []}'],
    ids=["cut", "deep", "long", "bytes", "short", "unknown"],
)
async def test_what_is_wrong_with_a_file_is_said_in_the_language(
    life: Api, home: Home, content: str | bytes
) -> None:
    (home.data / "networks").mkdir()
    path = home.data / "networks" / "club.json"
    path.write_bytes(content.encode() if isinstance(content, str) else content)

    async def message(language: str) -> str:
        found = (await life("GET", "networks", headers=spoken(language)))["networks"]
        return str(next(one for one in found if one["id"] == "club")["fault"]["message"])

    english, german = await message("en"), await message(GERMAN)
    assert english.startswith(f"{path}")
    assert german.startswith(f"{path}")
    assert re.search(r"\b(is|must)\b", english)
    assert not re.search(r"\b(is|must|be|not)\b", german.removeprefix(str(path)))


COMMAND = re.compile(r"plnd \w+|chmod .+")
PATH = re.compile(r"'?/\S+")


def examined(daemon: Daemon, method: str, path: str, language: str) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {daemon.about['token']}", "Accept-Language": language}
    url = f"{daemon.url}/api/v1/{path}"
    asked = urllib.request.Request(url, b"" if method == "POST" else None, headers, method=method)
    with urllib.request.urlopen(asked, timeout=30) as answer:
        return cast("dict[str, Any]", json.load(answer))


def test_the_links_of_the_doctor_are_said_in_the_language(daemon: Daemon) -> None:
    """What was seen and what to do; names, paths and commands are the same in both."""
    english, german = (examined(daemon, "GET", "doctor", one)["checks"] for one in ("en", GERMAN))
    assert [one["name"] for one in english] == [one["name"] for one in german]
    assert {"daemon", "stores", "events", "launcher", "notice"} <= {one["name"] for one in german}
    for one, other in zip(english, german, strict=True):
        for field in ("message", "fix"):
            same = " " not in one[field] or bool(COMMAND.fullmatch(one[field]))
            assert (one[field] == other[field]) == same, (one["name"], one[field])
            assert not ENGLISH.search(PATH.sub("", other[field])), other[field]


def test_what_was_mended_is_said_in_the_language(daemon: Daemon, home: Home) -> None:
    for language, said in (("en", "mended: others"), (GERMAN, "repariert: andere")):
        (home.data / "a-file").touch()
        (home.data / "a-file").chmod(0o644)
        mended = examined(daemon, "POST", "doctor/mend", language)["mended"]
        (privacy,) = [one for one in mended if one["name"] == "privacy"]
        assert privacy["message"].startswith(said)


def test_a_terminal_is_answered_in_english(daemon: Any) -> None:
    """Whatever the settings say: its own words are English."""
    found = client.daemon(place())
    assert found
    client.ask(found, "PATCH", "settings", {"language": "de"})
    lights = client.ask(found, "GET", "review")["lights"]
    assert lights[0]["says"] == "learning: 0 days of 7 so far"
