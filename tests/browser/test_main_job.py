"""The main job, end to end: a real browser, the real host, daemon, store, notices."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.browsers import (
    CHROMIUM,
    AnyBrowser,
    Browser,
    Desktop,
    Web,
    daemon_pid,
    doctor,
    plnd,
    send,
    status,
)

pytestmark = pytest.mark.browser

X_POST = "https://x.com/i/api/graphql/abc/CreateTweet"
X_LIKE = "https://x.com/i/api/graphql/abc/FavoriteTweet"
IN_ACT = (
    "https://www.linkedin.com/flagship-web/rsc-action/actions/server-request"
    "?sduiid=com.linkedin.sdui."
)
IN_POST = (
    "https://www.linkedin.com/voyager/api/graphql"
    "?action=execute&queryId=voyagerContentcreationDashShares.abc"
)
FB_ACT = "https://www.facebook.com/api/graphql/"
TOOT = "https://mastodon.social/api/v1/statuses"
BEAT = 15

Start = Callable[..., Browser]


class Dwell:
    """Stays on pages and keeps the truth: how long, by the test's own clock."""

    def __init__(self, browser: AnyBrowser) -> None:
        self.browser = browser
        self.seconds: dict[str, float] = {}

    def stay(self, network: str, seconds: float) -> None:
        begin = time.monotonic()
        self.browser.wait(seconds)
        self.seconds[network] = self.seconds.get(network, 0) + time.monotonic() - begin


def acts(today: dict[str, Any]) -> dict[str, dict[str, int]]:
    return {row["id"]: row["interactions"] for row in today["networks"] if row["interactions"]}


@pytest.mark.timeout(300)
def test_what_was_done_is_what_status_says(browser: AnyBrowser, desktop: Desktop) -> None:
    """Four networks, switching, looking away, going idle; worker, host and daemon struck down."""
    dwell = Dwell(browser)

    x = browser.page("https://x.com/nasa/status/1445078208190291973")
    dwell.stay("x", 10)
    send(x, X_POST, {"variables": {"tweet_text": "secret text"}})
    send(x, X_POST, {"variables": {"reply": {"in_reply_to_tweet_id": "1"}}})
    send(x, X_LIKE, {"variables": {"tweet_id": "1"}})
    send(x, X_LIKE, {"variables": {"tweet_id": "2"}}, refused=True)

    facebook = browser.page("https://www.facebook.com/")
    dwell.stay("facebook", 8)
    friendly = "fb_api_req_friendly_name"
    send(facebook, FB_ACT, {friendly: "ComposerStoryCreateMutation", "variables": "{}"}, form=True)
    comment = {friendly: "useCometUFICreateCommentMutation", "variables": "{}"}
    send(facebook, FB_ACT, comment, form=True)
    react = {friendly: "CometUFIFeedbackReactMutation", "variables": '{"feedback_reaction_id":"1"}'}
    send(facebook, FB_ACT, react, form=True)

    browser.stop_background()
    linkedin = browser.page("https://www.linkedin.com/feed/")
    dwell.stay("linkedin", 8)
    send(linkedin, IN_ACT + "comments.createComment", {})
    send(linkedin, IN_ACT + "reactions.create", {})
    linkedin.evaluate("() => history.pushState({}, '', '/in/williamhgates/')")
    dwell.stay("linkedin", 8)
    send(linkedin, IN_POST, {"variables": {"post": {}}})

    browser.host().kill()
    mastodon = browser.page("https://mastodon.social/@Gargron")
    dwell.stay("mastodon", 8)
    send(mastodon, TOOT, {"status": "secret text", "in_reply_to_id": None})
    os.kill(daemon_pid(desktop), signal.SIGKILL)
    send(mastodon, TOOT, {"status": "secret text", "in_reply_to_id": "1032701"})
    send(mastodon, f"{TOOT}/1032701/favourite", {})
    dwell.stay("mastodon", 8)

    browser.idle("idle")
    browser.wait(8)
    browser.idle("active")
    dwell.stay("mastodon", 6)
    browser.minimise()
    browser.wait(12)
    browser.restore()
    browser.page("https://example.org/elsewhere")
    browser.wait(6)

    expected = {
        "x": {"post": 1, "reply": 1, "react": 1},
        "facebook": {"post": 1, "reply": 1, "react": 1},
        "linkedin": {"post": 1, "reply": 1, "react": 1},
        "mastodon": {"post": 1, "reply": 1, "react": 1},
    }
    with contextlib.suppress(AssertionError):
        browser.until(lambda: acts(status(desktop)) == expected, 60, "all acts, each once")
    today = status(desktop)
    assert acts(today) == expected
    spent = {row["id"]: row["spent_seconds"] for row in today["networks"]}
    assert spent.keys() == dwell.seconds.keys()
    for network, seconds in dwell.seconds.items():
        assert seconds - BEAT <= spent[network] <= seconds + BEAT, (network, seconds, spent)
    assert abs(today["spent_seconds"] - sum(dwell.seconds.values())) <= BEAT
    assert today["taking_part_seconds"] == pytest.approx(today["spent_seconds"], abs=2)
    pages = {row["id"]: set(row["page_seconds"]) for row in today["networks"]}
    assert pages["linkedin"] == {"feed", "profile"}
    assert [source["browser"] for source in today["sources"]] == [browser.name]
    assert_no_word_kept(desktop)


def assert_no_word_kept(desktop: Desktop, *more: bytes) -> None:
    """No address, title or text anywhere below the home, even in free pages of the store."""
    for path in Path(desktop.env["PLND_HOME"]).rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            for word in (b"secret", b"https://x.com", b"/status/", *more):
                assert word not in content, (path, word)


def test_an_act_that_wakes_the_extension_counts(browser: AnyBrowser, desktop: Desktop) -> None:
    """The first thing that happens after the extension was stopped, life after life: what waits
    for the act then is what this life has left. Its answer may lead elsewhere, as a form's does."""
    x = browser.page("https://x.com/home")
    # Nothing is heard of a browser that has only just begun.
    browser.until(lambda: status(desktop)["sources"], 40, "its first word")
    sent = 0

    def counted() -> bool:
        return acts(status(desktop)) == {"x": {"react": sent}}

    for moved in (False, False, True):
        browser.stop_background()
        send(x, X_LIKE, {"variables": {"tweet_id": f"{sent}"}}, moved=moved)
        sent += 1
        browser.until(counted, 40, f"act {sent}")


@pytest.mark.parametrize("name", ["start", "start_firefox"])
def test_the_dialog_grants_what_was_picked(
    name: str, request: pytest.FixtureRequest, desktop: Desktop
) -> None:
    """The welcome page asks for the hosts of the networks that were picked, and no others.

    The daemon hears of it at once, and the doctor goes by that.
    """
    browser: AnyBrowser = request.getfixturevalue(name)("x")
    origins = browser.origins()
    assert "https://x.com/*" in origins
    assert all("x.com" in origin or "twitter.com" in origin for origin in origins)
    line = f"extension in {browser.name}"
    browser.until(lambda: "sees x" in doctor(desktop).get(line, ""), 15, "a word of the extension")


@pytest.mark.timeout(300)
def test_notices_at_80_and_100_per_cent(start: Start, desktop: Desktop) -> None:
    """A minute's budget, used up by browsing: one notice near its end, one when it is over."""
    plnd(desktop, "start")
    plnd(desktop, "budget", "set", "1")
    browser = start()
    # Turning to another page ends the visit, which is sent at once: no beat decides when.
    browser.page("https://x.com/home").wait_for_timeout(51_000)
    browser.page("https://www.linkedin.com/feed/")
    browser.until(lambda: len(desktop.notices()) == 1, 20, "the notice at 80 %")
    assert status(desktop)["spent_seconds"] >= 48
    browser.until(lambda: len(desktop.notices()) == 2, 30, "the notice when the time is used up")
    assert status(desktop)["spent_seconds"] >= 60
    (near, _), (used, _) = desktop.notices()
    assert "1 minute left for your networks" in near
    assert "1 minute for your networks" in used
    badge = browser.worker.evaluate("async () => chrome.action.getBadgeText({})")
    assert badge == "over"


def test_what_was_not_picked_leaves_no_trace(
    start: Start, desktop: Desktop, fake_web: Web, tmp_path: Path
) -> None:
    """A network that was not picked, and a private window on one that was."""
    browser = start("x", headless=False)
    page = browser.page("https://www.facebook.com/unpickedperson")
    send(page, FB_ACT, {"fb_api_req_friendly_name": "ComposerStoryCreateMutation"}, form=True)
    page.wait_for_timeout(8_000)
    private = subprocess.Popen(
        [
            *(CHROMIUM, "--incognito", f"--user-data-dir={browser.profile}", "--no-sandbox"),
            "https://x.com/privateperson",
        ],
        env=desktop.env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    private.wait(30)  # the running browser opens the window, and the command ends
    browser.until(
        lambda: any("privateperson" in asked for asked in fake_web.asked), 20, "the private window"
    )
    page.wait_for_timeout(8_000)
    # Something that is counted, so that the pipe is known to work.
    last = browser.page("https://x.com/home")
    send(last, X_LIKE, {"variables": {"tweet_id": "1"}})
    browser.until(lambda: acts(status(desktop)) == {"x": {"react": 1}}, 40, "the one act")
    assert [row["id"] for row in status(desktop)["networks"]] == ["x"]
    assert_no_word_kept(desktop, b"unpicked", b"private", b"facebook")
