"""Own profiles' pages, read by a real browser under their real names."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.browsers import Browser, Desktop, Web, plnd, profile, status
from support.builders import DAY
from support.harness import Daemon
from support.profile_pages import (
    EXPECTED_VERDICTS,
    FILLER,
    SECRET,
    SHAPES,
    GeneratedPage,
    Post,
    document,
    page,
    variants,
    verdict,
)

from plnd.catalogue import recognise
from plnd.core.plnd import now_ms

pytestmark = pytest.mark.browser

Start = Callable[..., Browser]
AT_ONCE = 12
# In the networks' own forms, where a handle is no word.
HANDLES = {"discord": "20{}", "goodreads": "20{}", "stackexchange": "20{}", "slack": "U20{}"}
# The browser's own way into a page, with a witness beside it.
WITNESS = """() => {
    const real = chrome.scripting.executeScript;
    self.readTabs = [];
    chrome.scripting.executeScript = async (injection) => {
        const tab = await chrome.tabs.get(injection.target.tabId);
        self.readTabs.push(tab.url);
        return real.call(chrome.scripting, injection);
    };
}"""
REMEMBERED = """async () => {
    const { pages_read = {} } = await chrome.storage.local.get("pages_read");
    return Object.keys(pages_read).length;
}"""


def three_of_each() -> Iterator[tuple[str, str, str, GeneratedPage]]:
    """Of each network's pages two with a last post and one without, other variants for each:
    network, variant, address, page."""
    for number, network in enumerate(SHAPES):
        pages = [one for one in variants(network, now_ms()) if one[0] != "large"]
        posted = [one for one in pages if one[1].last_post_at is not None]
        bare = [one for one in pages if one[1].last_post_at is None]
        second = number + len(posted) // 2
        chosen = (posted[number % len(posted)], posted[second % len(posted)])
        for count, (variant, made) in enumerate((*chosen, bare[number % len(bare)])):
            handle = HANDLES.get(network, "ana{}").format(count)
            url = SHAPES[network].url.replace("meta.example", "meta.discourse.org")
            address = re.sub(r"\b(?:me|1)\b", handle, url)
            html = re.sub(r"\bme\b", handle, document(made))
            yield network, variant, address, GeneratedPage(html, made.last_post_at)


def test_pages_of_every_network_are_read(
    start: Start, desktop: Desktop, served: dict[str, str]
) -> None:
    """As well as docs/freshness.md says of each network, and nothing else of them is kept."""
    plnd(desktop, "start")
    state = Path(desktop.env["PLND_HOME"]) / "state"
    daemon = Daemon(json.loads((state / "daemon.json").read_text()))
    expected = {}
    addresses = []
    for network, variant, address, made in three_of_each():
        seen = recognise.recognise_page(address)
        assert seen, address
        assert (seen.network, seen.page) == (network, "profile"), address
        served[address.removeprefix("https://")] = made.html
        daemon.ask("POST", "profiles", {"network": network, "handle": seen.handle})
        expected[network, seen.handle] = (variant, made.last_post_at)
        addresses.append(address)
    assert len(expected) == 3 * len(SHAPES)
    browser = start(" ".join(SHAPES))
    browser.worker.evaluate(WITNESS)
    for done in range(0, len(addresses), AT_ONCE):
        look_at(browser, addresses[done : done + AT_ONCE], done)
    for found in daemon.ask("GET", "profiles")["profiles"]:
        network = found["network"]
        variant, truth = expected[network, found["handle"]]
        rough_ms = found["last_posts"].get("page", {}).get("rough_ms", 0)
        said = verdict(found["last_post_at"], rough_ms, truth)
        assert said in EXPECTED_VERDICTS[SHAPES[network].reads], (network, variant, said)
    for path in Path(desktop.env["PLND_HOME"]).rglob("*"):
        if path.is_file():
            assert SECRET.encode() not in path.read_bytes(), path
            assert FILLER[:30].encode() not in path.read_bytes(), path


def look_at(browser: Browser, addresses: list[str], done: int) -> None:
    """Look at these pages, each in a tab of its own, until all of them were read."""
    tabs = []
    for address in addresses:
        tabs.append(browser.page(address))
        browser.until(
            lambda address=address: address in browser.worker.evaluate("() => self.readTabs"),
            20,
            f"a look at {address}",
        )
    browser.until(
        lambda: browser.worker.evaluate(REMEMBERED) == done + len(addresses),
        30,
        f"the readings of {addresses}",
    )
    for tab in tabs:
        tab.close()


def test_a_page_of_five_megabytes(start: Start, desktop: Desktop, served: dict[str, str]) -> None:
    """It is larger than what is taken of a page; the newest post stands above."""
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
    start: Start, desktop: Desktop, fake_web: Web, served: dict[str, str]
) -> None:
    """Somebody else's profile, right before an own one, which is read."""
    plnd(desktop, "start")
    plnd(desktop, "profile", "add", "x", "me")
    at = now_ms() - 2 * DAY
    served["x.com/me"] = document(page("x", [Post(at)]))
    browser = start("x")
    browser.worker.evaluate(WITNESS)
    browser.page("https://x.com/nasa").wait_for_timeout(3000)
    browser.page("https://x.com/me")
    browser.until(lambda: profile(desktop, "x", "me")["origin"], 30, "the reading")
    browser.page("https://x.com/nasa").wait_for_timeout(3000)
    assert browser.worker.evaluate("() => self.readTabs") == ["https://x.com/me"]


HOSTILE = """<script>
const note = (what) => { document.title = `noticed ${what}`; };
for (const [name, real] of [["MutationObserver", MutationObserver], ["Document", Document]])
  window[name] = new Proxy(real, { construct: () => { note(name); throw new Error("no"); } });
for (const name of ["querySelector", "querySelectorAll", "cloneNode", "createTreeWalker"])
  for (const kind of [Node, Element, Document])
    if (name in kind.prototype) kind.prototype[name] = () => { note(name); return null; };
const hidden = { get: () => { note("outerHTML"); return ""; } };
Object.defineProperty(Element.prototype, "outerHTML", hidden);
for (const to of [window, window.top])
  setInterval(() => to.postMessage({ type: "pause", until: null, html: "<main></main>" }, "*"), 50);
</script>"""


def test_a_page_that_is_in_front_when_the_worker_starts_is_read(
    start: Start, desktop: Desktop, served: dict[str, str]
) -> None:
    """As at the browser's own start: what it had to say of the page it said before."""
    plnd(desktop, "start")
    served["x.com/me"] = document(page("x", [Post(now_ms() - 2 * DAY)]))
    browser = start("x")
    popup = browser.page(f"chrome-extension://{browser.id}/popup/popup.html")
    browser.page("https://x.com/me")
    browser.until(lambda: status(desktop)["spent_seconds"], 30, "the visit")
    plnd(desktop, "profile", "add", "x", "me")
    browser.worker.evaluate("() => chrome.alarms.clearAll()")  # one would make it look, in time
    browser.stop_background()
    popup.evaluate("() => chrome.runtime.sendMessage({ type: 'health' })")
    browser.until(lambda: profile(desktop, "x", "me")["origin"], 20, "the reading")


def test_a_hostile_page_neither_notices_nor_misleads_the_reader(
    start: Start, desktop: Desktop, served: dict[str, str]
) -> None:
    """It has replaced what a reader needs, and sends messages to whoever listens."""
    plnd(desktop, "start")
    plnd(desktop, "profile", "add", "x", "me")
    served["x.com/me"] = HOSTILE + document(page("x", [Post(now_ms() - 2 * DAY)]))
    browser = start("x")
    shown = browser.page("https://x.com/me")
    browser.until(lambda: profile(desktop, "x", "me")["origin"], 30, "the reading")
    assert profile(desktop, "x", "me")["days_silent"] == 2
    assert "noticed" not in shown.evaluate("document.title")
    assert "paused" not in plnd(desktop, "status")
