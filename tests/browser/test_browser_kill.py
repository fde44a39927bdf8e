"""The browser itself killed at random moments: what it had kept is sent by the next one, once."""

import contextlib
import random
import signal
import time
from pathlib import Path
from typing import Any

import psutil
import pytest
from support.browsers import Browser, Desktop, Web, copy_profile, plnd, send, status

pytestmark = pytest.mark.browser

X_POST = "https://x.com/i/api/graphql/abc/CreateTweet"


def strike_down(browser: Browser) -> None:
    main = browser.main_process()
    family = [main, *main.children(recursive=True)]
    for process in family:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGKILL)
    psutil.wait_procs(family, timeout=20)
    browser.close()


def posts(desktop: Desktop) -> int:
    found: Any = [row for row in status(desktop)["networks"] if row["id"] == "x"]
    return int(found[0]["interactions"].get("post", 0)) if found else 0


def test_a_killed_browser_loses_at_most_what_it_was_about_to_write(
    granted: dict[str, Path],
    desktop: Desktop,
    fake_web: Web,
    tmp_path: Path,
    pytestconfig: pytest.Config,
) -> None:
    chance = random.Random(2029)
    profile = copy_profile(granted["x"], tmp_path / "profile")
    plnd(desktop, "install", "--manifest-dir", str(profile / "NativeMessagingHosts"))
    rounds = max(2, int(pytestconfig.getoption("rounds")) // 30)
    begin, sent = time.monotonic(), 0
    for number in range(rounds):
        browser = Browser(desktop, fake_web, profile, headless=True)
        page = browser.page("https://x.com/nasa")
        for _ in range(chance.randint(1, 3)):
            send(page, X_POST, {"variables": {"tweet_text": f"secret text {sent}"}})
            sent += 1
            page.wait_for_timeout(chance.uniform(0, 900))
        if number % 2:
            plnd(desktop, "stop", codes=(0, 1))  # then it has only its own store to rely on
        strike_down(browser)
    plnd(desktop, "start")
    last = Browser(desktop, fake_web, profile, headless=True)
    try:
        last.page("https://x.com/nasa")
        # A post whose answer had just come when the browser died may not have been kept yet.
        last.until(lambda: posts(desktop) >= sent - rounds, 30, "what was kept to arrive")
        last.until(lambda: kept(last) == 0, 30, "the queue to be empty")
        assert sent - rounds <= posts(desktop) <= sent
        assert status(desktop)["spent_seconds"] <= time.monotonic() - begin
    finally:
        last.close()


def kept(browser: Browser) -> int:
    """How many events the extension still keeps, but for the visit that is going on."""
    found: int = browser.worker.evaluate(
        """async () => Object.keys(await chrome.storage.local.get(null))
            .filter((key) => key.startsWith("event:")).length"""
    )
    return found
