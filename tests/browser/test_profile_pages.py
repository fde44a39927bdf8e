"""Own profiles' pages, read by a real browser under their real names."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from builders import DAY
from machine import Browser, Desktop, Web, plnd
from profile_pages import FILLER, SHAPES, Made, Post, page, variants

from plnd.core import now_ms

pytestmark = pytest.mark.browser

Start = Callable[..., Browser]
SECRET = "secret word"
# One page of each network that the extension ships with, and then all that X can show.
FIRST = (("x", "pinned"), ("linkedin", "full of reposts"), ("mastodon", "in de"))
FIRST += (("facebook", "short"), ("linkedin", "long"), ("mastodon", "logged out"))


@pytest.fixture
def served(world: Web) -> Iterator[dict[str, str]]:
    yield world.pages
    world.pages.clear()


def document(made: Made) -> str:
    """The page as a site sends it: with scripts, styles and a field that somebody writes in."""
    return (
        f"<!doctype html><title>{SECRET}</title><style>main {{color: black}}</style>{made.html}"
        f"<textarea>{SECRET}</textarea><script>document.title += '!'</script>"
    )


def profile(desktop: Desktop, network: str, handle: str) -> Any:
    return json.loads(plnd(desktop, "profile", "show", network, handle, "--json"))["profile"]


def test_the_pages_of_own_profiles_are_read(
    start: Start, desktop: Desktop, served: dict[str, str]
) -> None:
    """Six shapes on four networks: right, rough, or unknown, and nothing else of them is kept."""
    plnd(desktop, "start")
    expected = {}
    for network, variant in FIRST:
        handle = f"{variant.replace(' ', '')}"
        made = dict(variants(network, now_ms()))[variant]
        address = SHAPES[network].url.replace("/me", f"/{handle}").replace("@me", f"@{handle}")
        html = document(made).replace("/me", f"/{handle}").replace("@me", f"@{handle}")
        place = urlsplit(address)
        served[f"{place.hostname}{place.path}"] = html
        plnd(desktop, "profile", "add", network, handle)
        expected[network, handle] = (address, made.last_post_at)
    browser = start()
    for (network, handle), (address, truth) in expected.items():
        tab = browser.page(address)
        if truth is not None:
            browser.until(
                lambda network=network, handle=handle: profile(desktop, network, handle)["origin"],
                30,
                f"the reading of {address}",
            )
        else:
            tab.wait_for_timeout(4000)
        found = profile(desktop, network, handle)
        if truth is None:
            assert found["last_post_at"] is None
        elif found["rough"]:
            rough_ms = found["last_posts"]["page"]["rough_ms"]
            # The words were written a moment before the page was read.
            assert found["last_post_at"] - rough_ms <= truth <= found["last_post_at"]
        else:
            assert abs(found["last_post_at"] - truth) < 1000, (network, handle)
    for path in Path(desktop.env["PLND_HOME"]).rglob("*"):
        if path.is_file():
            assert SECRET.encode() not in path.read_bytes(), path
            assert FILLER[:30].encode() not in path.read_bytes(), path


def test_a_page_of_five_megabytes_is_cut_and_read(
    start: Start, desktop: Desktop, served: dict[str, str]
) -> None:
    """It grows while it is looked at, as endless pages do; the newest post stands above."""
    plnd(desktop, "start")
    plnd(desktop, "profile", "add", "x", "me")
    at = now_ms() - 3 * DAY
    made = page("x", [Post(at), *[Post(at - n * DAY, words=FILLER * 50) for n in range(1, 1200)]])
    assert len(made.html) > 5_000_000
    served["x.com/me"] = document(made)
    browser = start("x")
    browser.page("https://x.com/me")
    browser.until(lambda: profile(desktop, "x", "me")["origin"], 40, "the reading")
    found = profile(desktop, "x", "me")
    assert abs(found["last_post_at"] - at) < 1000
    assert found["days_silent"] == 3


def test_a_page_that_nobody_asked_for_is_not_read(
    start: Start, desktop: Desktop, world: Web, served: dict[str, str]
) -> None:
    """Somebody else's profile, right before an own one, which is read."""
    plnd(desktop, "start")
    plnd(desktop, "profile", "add", "x", "me")
    at = now_ms() - 2 * DAY
    served["x.com/me"] = document(page("x", [Post(at)]))
    browser = start("x")
    # The browser's own way into a page, with a witness beside it.
    browser.worker.evaluate(
        """() => {
            const real = chrome.scripting.executeScript;
            self.readTabs = [];
            chrome.scripting.executeScript = async (injection) => {
                const tab = await chrome.tabs.get(injection.target.tabId);
                self.readTabs.push(tab.url);
                return real.call(chrome.scripting, injection);
            };
        }"""
    )
    browser.page("https://x.com/nasa").wait_for_timeout(3000)
    browser.page("https://x.com/me")
    browser.until(lambda: profile(desktop, "x", "me")["origin"], 30, "the reading")
    browser.page("https://x.com/nasa").wait_for_timeout(3000)
    assert browser.worker.evaluate("() => self.readTabs") == ["https://x.com/me"]
