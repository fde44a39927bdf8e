"""The dashboard under test: a daemon with a year of life, and Chromium looking at its page."""

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    expect,
)

from support import ROOT, harness
from support.builders import DAY, MINUTE, Wire, act, batch, visit

AXE = ROOT / "node_modules/axe-core/axe.min.js"
WIDTHS = (360, 390, 1280, 1920)
OVERFLOW_WIDTH = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(1)> \u202etfel ot thgir "
    "\U0001f469\u200d\U0001f3eb {{name}} =1+1 " + "W" * 120
)
"""Text that is script, markup, right-to-left, emoji, formula, and one endless word."""
LOG_CSP_VIOLATIONS = """
addEventListener("securitypolicyviolation", event =>
  console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`));
"""


class DashboardApp:
    """A daemon of its own on a home of its own, and pages that look at it."""

    def __init__(self, home: Path, browser: Browser) -> None:
        self.env = {"PLND_HOME": str(home), "PLND_PORT": "0"}
        self.home = home
        self.daemon = self._started()
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self.faults: list[str] = []

    def _started(self) -> harness.Daemon:
        harness.run_plnd("start", env=self.env)
        return harness.Daemon(harness.json.loads((self.home / "state" / "daemon.json").read_text()))

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        return self.daemon.ask(method, path, body)

    def kill(self) -> None:
        os.kill(self.daemon.pid, signal.SIGKILL)
        self.daemon.gone()

    def restart(self) -> None:
        """At the same address: the page goes on by itself."""
        port = str(self.daemon.port)
        harness.run_plnd("start", env={**self.env, "PLND_PORT": port})
        self.daemon = harness.Daemon(
            harness.json.loads((self.home / "state" / "daemon.json").read_text())
        )

    def open(
        self, path: str = "today", *, width: int = 1280, dark: bool = False, language: str = "en-GB"
    ) -> Page:
        """A page of the dashboard, opened as `plnd open` opens it, and watched for faults."""
        context = self._browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            locale=language,
            timezone_id=harness.MIDDAY,
            reduced_motion="reduce",
            accept_downloads=True,
        )
        self._contexts.append(context)
        context.add_init_script(LOG_CSP_VIOLATIONS)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.faults.append(f"{error}"))
        page.on("request", self._request)
        page.goto(self.ask("POST", "open")["url"])
        self.go(page, path)
        return page

    def go(self, page: Page, path: str) -> None:
        """Show another page of the dashboard, and wait until it has what it shows."""
        page.goto(f"{self.daemon.url}/#/{path}")
        current = f"nav a[aria-current=page][href='#/{path.partition('/')[0].partition('?')[0]}']"
        expect(page.locator(current)).to_have_count(1)
        expect(page.locator("h1")).to_be_visible()
        expect(page.locator(".loading")).to_have_count(0)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.faults.append(message.text)

    def _request(self, request: Request) -> None:
        if not request.url.startswith((f"{self.daemon.url}/", "blob:")):
            self.faults.append(f"a request to {request.url}")

    def expect_only_failed_requests(self) -> None:
        """The browser notes each refused request in its console: nothing else is there."""
        assert all("Failed to load resource" in fault for fault in self.faults), self.faults
        self.faults.clear()

    def clear(self) -> None:
        """Close the pages."""
        for context in self._contexts:
            context.close()
        self._contexts.clear()
        self.faults.clear()

    def end(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.daemon.pid, signal.SIGTERM)
        self.daemon.gone()


def a_year(now: int) -> Iterator[Wire]:
    """A year of visits and acts up to `now` (ms), the same each time."""
    names = ("x", "linkedin", "mastodon", "facebook")
    for day in range(365, 0, -1):
        for look in range(1 + day % 4):
            begin = now - day * DAY - look * 70 * MINUTE
            network = names[(day + look) % len(names)]
            yield visit(begin, 300 + 60 * (day % 9), network=network)
            if day % 3:
                action = ("reply", "react", "post")[day % 3]
                yield act(begin + MINUTE, action, network=network, handle="nasa")
    for number, network in enumerate(names[:3]):
        begin = now - (number + 1) * 25 * MINUTE
        yield visit(begin, 14 * 60, network=network)
        yield act(begin + 2 * MINUTE, "reply", network=network, handle="nasa")


def fill(dashboard: DashboardApp) -> None:
    """The year, sent as the extension sends it."""
    events = list(a_year(time.time_ns() // 10**6))
    for number in range(0, len(events), 900):
        answer = dashboard.ask("POST", "events", batch(*events[number : number + 900]))
        assert not answer["rejected"]


def axe_violations(page: Page) -> list[str]:
    """What axe finds, in a line each."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    found = page.evaluate("async () => (await axe.run()).violations")
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}"
        for one in found
        for node in one["nodes"]
    ]


def check_accessibility(
    dashboard: DashboardApp, page: Page, path: str, *, dark: bool = False
) -> None:
    """axe finds nothing on a page of the dashboard, and it is never wider than its window."""
    dashboard.go(page, path)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(OVERFLOW_WIDTH) <= 0, f"{path} at {width}"
    page.set_viewport_size({"width": 390 if dark else 1280, "height": 900})
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert not axe_violations(page), path


def now() -> int:
    """This moment in ms."""
    return time.time_ns() // 10**6


def wait_for(page: Page, condition: Callable[[], Any], what: str) -> None:
    """Wait for something outside the page, which goes on meanwhile."""
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end, f"waited in vain for {what}"
        page.wait_for_timeout(20)
