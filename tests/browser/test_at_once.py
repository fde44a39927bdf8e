"""More than one thing at once: windows, browsers, a video elsewhere, a lid that is closed."""

import signal
import time
from collections.abc import Callable
from typing import Any

import pytest
from support.browsers import Browser, Desktop, Page, plnd, status
from support.firefox import Firefox

pytestmark = pytest.mark.browser

# A stay may be found to begin or to end a look too late, and a tab takes a moment to open.
LOOK_SECONDS = 5
SLACK = LOOK_SECONDS + 2


def with_sound(browser: Browser, page: Page) -> None:
    """Let the page play, as a video does, until the browser itself says that it is heard."""
    page.evaluate(
        """() => {
            const button = document.body.appendChild(document.createElement("button"));
            button.onclick = async () => {
                const sound = new AudioContext().createOscillator();
                sound.connect(sound.context.destination);
                sound.start();
                window.playing = [sound, await documentPictureInPicture.requestWindow()];
            };
        }"""
    )
    page.click("button")
    heard = "async () => (await chrome.tabs.query({audible: true})).length"
    browser.until(lambda: browser.worker.evaluate(heard), 10, "the sound")


def window(browser: Browser, url: str) -> Page:
    """A second window, in front, at an address."""
    make = "async url => { await chrome.windows.create({url, focused: true}); }"
    with browser.context.expect_page() as opened:
        browser.worker.evaluate(make, url)
    return opened.value


def spent(desktop: Desktop) -> dict[str, int]:
    today = status(desktop)
    found = {row["id"]: row["spent_seconds"] for row in today["networks"]}
    assert sum(found.values()) == pytest.approx(today["spent_seconds"], abs=len(found))
    return found


def test_what_is_not_in_front_is_not_counted(
    start: Callable[..., Browser], desktop: Desktop
) -> None:
    """A video on a second screen and in a picture in picture; a pinned tab with nobody there."""
    browser = start()
    begin = time.monotonic()
    video = browser.page("https://www.facebook.com/watch")
    browser.wait(5)
    with_sound(browser, video)
    work = window(browser, "https://example.org/work")
    watched = time.monotonic() - begin
    browser.wait(10)

    begin = time.monotonic()
    work.goto("https://x.com/home")
    browser.worker.evaluate(
        """async () => {
            const [tab] = await chrome.tabs.query({url: "https://x.com/*"});
            await chrome.tabs.update(tab.id, {pinned: true});
        }"""
    )
    browser.wait(5)
    browser.idle("idle")
    read = time.monotonic() - begin
    browser.wait(10)

    browser.until(lambda: len(spent(desktop)) == 2, 20, "both networks")
    found = spent(desktop)
    assert watched - SLACK <= found["facebook"] <= watched + SLACK
    assert read - SLACK <= found["x"] <= read + SLACK


@pytest.mark.timeout(300)
def test_two_browsers_at_once_and_a_closed_lid(
    start: Callable[..., Browser],
    start_firefox: Callable[..., Firefox],
    desktop: Desktop,
) -> None:
    """Both in front at the same time: each second once. Asleep: none at all."""
    chromium = start()
    firefox = start_firefox("mastodon")
    plnd(desktop, "budget", "set", "600")
    begin = time.monotonic()
    firefox.page("https://mastodon.social/home")
    chromium.page("https://x.com/home")
    chromium.wait(10)
    chromium.minimise()
    firefox.signal(signal.SIGSTOP)  # what closing the lid does to it
    together = time.monotonic() - begin
    chromium.wait(32)
    firefox.signal(signal.SIGCONT)
    firefox.wait(5)
    firefox.page("https://example.org/elsewhere")

    def seen() -> Any:
        return {one["browser"] for one in status(desktop)["sources"]} == {"chromium", "firefox"}

    chromium.until(seen, 30, "both browsers")
    chromium.wait(1)
    total = sum(spent(desktop).values())
    assert together + 5 - SLACK <= total <= together + 5 + SLACK
