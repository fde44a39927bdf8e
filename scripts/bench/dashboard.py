"""How fast the dashboard and the popup are: Chromium on a real daemon with a year of life.

The first view is the time from opening the page to its largest piece (Chromium's own largest
contentful paint), each round with an empty cache. An interaction's time is Chromium's own, from
the key or click to the next paint; Chromium does not report those under 16 ms. Bytes are those on
the wire, all pages together. An hour of browsing is its 240 beats, sent one after the other, each
shown before the next is sent; memory is what is left after a garbage collection. The popup's time
runs from opening it to its figure; on a busy machine its floor rises as well.
"""

import os
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import table
from playwright.sync_api import CDPSession, Page, sync_playwright
from support.browsers import CHROMIUM, Browser, desktop_with_web, plnd
from support.builders import batch, visit
from support.dashboard import DashboardApp, fill, now, wait_for

PAGES = (
    *("today", "trends", "profiles", "people", "chats"),
    *("journal", "review", "cpd", "settings", "receipt"),
)
LISTEN = """
window.seen = {view: 0, slow: []};
new PerformanceObserver(list => {
    for (const one of list.getEntries()) seen.view = one.startTime;
}).observe({type: "largest-contentful-paint", buffered: true});
new PerformanceObserver(list => {
    for (const one of list.getEntries()) if (one.interactionId) seen.slow.push(one.duration);
}).observe({type: "event", buffered: true, durationThreshold: 16});
"""
FIGURE = """
const painted = () =>
    requestAnimationFrame(() => setTimeout(() => { window.shown = performance.now(); }));
new MutationObserver((_, observer) => {
    if (!document.getElementById("figure")?.textContent) return;
    observer.disconnect();
    painted();
}).observe(document, {subtree: true, childList: true, characterData: true});
if (location.pathname === "/manifest.json") addEventListener("DOMContentLoaded", painted);
"""
SETTLED = "() => new Promise(done => requestAnimationFrame(() => setTimeout(done, 60)))"

POPUP, BARE = "popup/popup.html", "manifest.json"


@contextmanager
def started_dashboard(folder: Path) -> Iterator[DashboardApp]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        dashboard = DashboardApp(folder, chromium)
        fill(dashboard)
        yield dashboard
        dashboard.end()
        chromium.close()


def opened(dashboard: DashboardApp) -> Page:
    """A page in a fresh context, listened to from its first moment."""
    page = dashboard.open()
    page.add_init_script(LISTEN)
    page.goto("about:blank")
    page.context.new_cdp_session(page).send("Network.clearBrowserCache")
    page.goto(dashboard.daemon.url)
    page.wait_for_selector(".strip svg")
    page.evaluate(SETTLED)
    return page


def first_view(dashboard: DashboardApp, rounds: int) -> None:
    taken = []
    for _ in range(rounds):
        taken.append(opened(dashboard).evaluate("seen.view"))
        dashboard.clear()
    table.plain("first view, a year of data: median", statistics.median(taken), "ms", 1000)
    table.plain("the slowest of them", max(taken), "ms", 1000)


def weight(dashboard: DashboardApp) -> None:
    page = dashboard.open()
    page.goto("about:blank")
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.clearBrowserCache")
    assets: dict[str, str] = {}
    sizes: dict[str, float] = {}
    devtools.on(
        "Network.responseReceived",
        lambda event: assets.update({event["requestId"]: event["response"]["url"]}),
    )
    devtools.on(
        "Network.loadingFinished",
        lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}),
    )
    for name in PAGES:
        dashboard.go(page, name)
    program = sum(size for key, size in sizes.items() if "/api/" not in assets.get(key, "/api/"))
    table.plain("transferred, all pages, without the figures", program / 1000, "kB", 200)
    dashboard.clear()


def interactions(dashboard: DashboardApp) -> None:
    """Each page by its link, each range, charts by their keys, typing, boxes, tables."""
    page = opened(dashboard)
    for link in page.locator("nav a").all():
        link.click()
        page.wait_for_selector(".loading", state="detached")
        page.evaluate(SETTLED)
    dashboard.go(page, "trends")
    for name in ("12 weeks", "A year", "28 days", "A year"):
        page.get_by_role("button", name=name).click()
        page.evaluate(SETTLED)
    for chart in page.get_by_role("group", name="Arrow keys").all():
        chart.focus()
        for key in ("End", "ArrowLeft", "ArrowLeft", "ArrowUp", "Home"):
            page.keyboard.press(key)
            page.evaluate(SETTLED)
    for numbers in page.get_by_text("As a table").all():
        numbers.click()
        page.evaluate(SETTLED)
    dashboard.go(page, "people")
    page.get_by_label("Search people").press_sequentially("nasa", delay=30)
    dashboard.go(page, "settings")
    page.get_by_text("Set a budget").click()
    page.get_by_label("Time zone").press_sequentially("Europe/Berlin", delay=10)
    page.evaluate(SETTLED)
    slow = sorted(page.evaluate("seen.slow"))
    assert slow, "no interaction was heard of"
    table.plain(
        f"{len(slow)} interactions to next paint: median", statistics.median(slow), "ms", 100
    )
    table.plain("the slowest of them", slow[-1], "ms", 100)
    dashboard.clear()


def held(devtools: CDPSession) -> dict[str, float]:
    """What the page holds on to: bytes of its heap, nodes of its documents, listeners."""
    devtools.send("HeapProfiler.collectGarbage")
    devtools.send("HeapProfiler.collectGarbage")
    found = devtools.send("Performance.getMetrics")["metrics"]
    return {one["name"]: one["value"] for one in found}


def send_and_wait(dashboard: DashboardApp, page: Page, event: dict[str, Any]) -> None:
    """Send an event, and wait until the page's live stream has told of it."""
    told = page.evaluate("told")
    dashboard.ask("POST", "events", batch(event))
    wait_for(page, lambda: page.evaluate("told") > told, "the beat")


def memory(dashboard: DashboardApp, beats: int) -> None:
    page = dashboard.open()
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable")
    page.evaluate(
        "() => { window.told = 0;"
        " new EventSource('/api/v1/live').onmessage = () => { window.told += 1; }; }"
    )
    first: dict[str, float] = {}
    begin = now() - 3 * 3_600_000 - beats * 15_000  # where nothing else is: one long stretch
    for beat in range(1, beats + 1):
        send_and_wait(dashboard, page, visit(begin + beat * 15_000, 14))
        if beat == beats // 4:
            first = held(devtools)
    last = held(devtools)
    for what, name in (
        ("memory", "JSHeapUsedSize"),
        ("nodes", "Nodes"),
        ("listeners", "JSEventListeners"),
    ):
        table.plain(
            f"{what} after {beats} beats, to that after {beats // 4}",
            last[name] / first[name],
            "×",
            1.1,
        )
    print(f"{'':<56} {last['JSHeapUsedSize'] / 2**20:>10.1f} MiB")
    dashboard.clear()


def popup(folder: Path, rounds: int) -> None:
    folder.mkdir()
    with desktop_with_web(folder) as (desktop, fake_web):
        plnd(desktop, "start")
        profile = folder / "profile"
        plnd(desktop, "install", "--manifest-dir", str(profile / "NativeMessagingHosts"))
        browser = Browser(desktop, fake_web, profile, headless=True)
        try:
            browser.tab("welcome")
            browser.context.add_init_script(FIGURE)
            shown(browser, POPUP)  # the first has nothing to show before it has heard of plnd
            both = [(shown(browser, POPUP), shown(browser, BARE)) for _ in range(rounds)]
            plnd(desktop, "stop")
            down = [shown(browser, POPUP) for _ in range(rounds)]
        finally:
            browser.close()
            plnd(desktop, "stop", codes=(0, 1))
    up = [ours for ours, _ in both]
    table.plain("popup, open to figure: median", statistics.median(up), "ms", 100)
    table.plain("popup while no daemon runs: median", statistics.median(down), "ms", 100)
    bare = statistics.median(floor for _, floor in both)
    print(f"{'their floor: a bare file of the extension, shown':<56} {bare:>10.1f} ms")


def shown(browser: Browser, path: str) -> float:
    """From opening a page of the extension to its paint, in ms."""
    page = browser.page(f"chrome-extension://{browser.id}/{path}")
    wait_for(page, lambda: page.evaluate("window.shown"), "the figure")
    taken = float(page.evaluate("window.shown"))
    page.close()
    return taken


def main(rounds: int, beats: int) -> int:
    """Measure with so many openings and live events; the exit code."""
    os.environ["TZ"] = "Europe/London"
    with tempfile.TemporaryDirectory(prefix="plnd-bench-") as name:
        os.environ["HOME"] = name
        with started_dashboard(Path(name) / "dashboard") as dashboard:
            first_view(dashboard, rounds)
            weight(dashboard)
            interactions(dashboard)
            memory(dashboard, beats)
        popup(Path(name) / "popup", rounds)
    return table.summary()
