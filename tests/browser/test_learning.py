"""People and chats from a real browser: a reply, a look at a followed tag, a tagged post."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from support.browsers import Browser, Desktop, plnd, send, status
from support.builders import batch, visit
from support.harness import Daemon

pytestmark = pytest.mark.browser

X_POST = "https://x.com/i/api/graphql/abc/CreateTweet"
WORDS = "words that nobody may keep"


def asked(desktop: Desktop, *words: str) -> Any:
    return json.loads(plnd(desktop, *words, "--json"))


def home(desktop: Desktop) -> Path:
    return Path(desktop.env["PLND_HOME"])


def follow_a_chat_that_runs(desktop: Desktop) -> None:
    """A slot that began a quarter of an hour ago, by the clock of UTC."""
    begun = datetime.fromtimestamp(time.time() - 900, UTC)
    words = ["--network", "x", "--weekday", f"{begun:%a}".lower(), "--start", f"{begun:%H:%M}"]
    plnd(desktop, "chat", "add", "#RealChat", *words, "--minutes", "120", "--zone", "UTC")


def listen_elsewhere(desktop: Desktop) -> None:
    """Nine minutes and 56 seconds on the tag in another browser: too little to count alone."""
    about = json.loads((home(desktop) / "state" / "daemon.json").read_bytes())
    begin = int(time.time() * 1000) - 870_000
    heard = visit(begin, 596, page="tag", tag="realchat")
    Daemon(about).ask("POST", "events", batch(heard, browser="firefox"))


def attended(desktop: Desktop) -> str | None:
    slots = asked(desktop, "chat", "show", "realchat")["slots"]
    return slots[0]["attended"] if slots else None


def knows_the_tag(browser: Browser) -> bool:
    tags: list[Any] = browser.worker.evaluate(
        "async () => (await chrome.storage.local.get('known')).known?.tags ?? []"
    )
    return bool(tags)


def test_people_and_chats_follow_from_what_the_browser_does(
    start: Callable[..., Browser], desktop: Desktop
) -> None:
    plnd(desktop, "start")
    plnd(desktop, "person", "add", "NASA", "--handle", "x:@nasa")
    follow_a_chat_that_runs(desktop)
    listen_elsewhere(desktop)
    assert attended(desktop) is None
    browser = start("x")

    page = browser.page("https://x.com/nasa/status/1445078208190291973")
    before = int(time.time() * 1000)
    send(page, X_POST, {"variables": {"reply": {"in_reply_to_tweet_id": "1"}, "t": WORDS}})
    browser.until(
        lambda: asked(desktop, "person", "list")["people"][0]["last_touch"], 20, "a touch"
    )
    touch = asked(desktop, "person", "list")["people"][0]["last_touch"]
    assert (touch["kind"], touch["network"]) == ("reply", "x")
    assert touch["at"] >= before

    page.goto("https://x.com/hashtag/RealChat?f=live")
    page.wait_for_timeout(9000)
    page.goto("https://x.com/hashtag/somethingelse")
    # A reply is an own act on the chat's network: that counts as taking part by itself.
    browser.until(lambda: status(desktop)["chat_seconds"] > 600, 30, "the visit booked as chat")
    assert asked(desktop, "chat", "show", "realchat")["slots"][0]["on_tag_seconds"] >= 604
    today = status(desktop)
    assert today["chat_seconds"] <= today["spent_seconds"]
    counted = today["spent_seconds"] - today["chat_seconds"]
    assert today["left_seconds"] == pytest.approx(3600 - counted, abs=1)  # each is rounded down

    post = {"variables": {"tweet_text": f"{WORDS} #RealChat"}}
    send(page, X_POST, post)
    browser.until(
        lambda: status(desktop)["networks"][0]["interactions"].get("post"), 20, "the post"
    )
    assert attended(desktop) == "took_part"

    everything = b"".join(one.read_bytes() for one in home(desktop).rglob("*") if one.is_file())
    assert b"realchat" in everything.lower()
    assert WORDS.encode() not in everything
    assert b"somethingelse" not in everything


def test_a_look_at_a_followed_tag_is_listening(
    start: Callable[..., Browser], desktop: Desktop
) -> None:
    """And a line in the popup stands in the journal, with the page's address only if wanted."""
    plnd(desktop, "start")
    follow_a_chat_that_runs(desktop)
    listen_elsewhere(desktop)
    browser = start("x")
    page = browser.page("https://x.com/home")
    browser.until(lambda: knows_the_tag(browser), 40, "the browser to learn of the chat")
    page.goto("https://x.com/hashtag/RealChat")
    page.wait_for_timeout(8000)
    page.goto("https://x.com/home")
    browser.until(lambda: attended(desktop), 30, "the chat to be attended")
    assert attended(desktop) == "listened"

    popup = browser.page(f"chrome-extension://{browser.id}/popup/popup.html")
    page.bring_to_front()
    popup.reload()
    popup.fill("#words", "what a <hook> is")
    popup.press("#words", "Enter")
    popup.uncheck("#with-link")
    popup.wait_for_function("document.getElementById('words').value === ''")
    popup.fill("#words", "what a net is")
    popup.click("button[value=taught]")
    browser.until(lambda: len(asked(desktop, "journal")["entries"]) == 2, 10, "both entries")
    taught, learned = asked(desktop, "journal")["entries"]
    assert (learned["kind"], learned["text"]) == ("learned", "what a <hook> is")
    assert learned["link"] == "https://x.com/home"
    assert (taught["kind"], taught["link"], taught["network"]) == ("taught", None, "x")
