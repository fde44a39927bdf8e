"""A desktop, a web and a browser for tests: all real, all this machine's own.

The outside web is served on loopback under its real names, with certificates that the
browser is told to accept; nothing else can be reached from it.
"""

import asyncio
import contextlib
import json
import os
import shutil
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Protocol

import psutil
import trustme
from aiohttp import web
from playwright.sync_api import BrowserContext, Error, Page, Worker, sync_playwright

from support import ROOT
from support.harness import MIDDAY
from support.session_bus import Bus

EXTENSION = ROOT / "extension"
CHROMIUM = next(
    path for path in ("/usr/lib/chromium/chromium", "/usr/bin/chromium") if os.path.exists(path)
)
NAMES = (
    *("x.com", "www.facebook.com", "www.linkedin.com", "mastodon.social"),
    *("news.ycombinator.com", "example.org"),
    *("*.blogspot.com", "bsky.app", "discord.com", "meta.discourse.org", "github.com"),
    *("www.goodreads.com", "www.instagram.com", "medium.com", "www.pinterest.com"),
    *("www.quora.com", "www.reddit.com", "app.slack.com", "stackoverflow.com", "substack.com"),
    *("www.threads.com", "www.tiktok.com", "www.tumblr.com", "*.wordpress.com"),
    "www.youtube.com",
)


class Desktop:
    """An X server, a window manager and a session bus with a notification server."""

    def __init__(self, folder: Path) -> None:
        self._children: list[subprocess.Popen[bytes]] = []
        self._known_notices = 0
        reading, writing = os.pipe()
        self.env = {
            **os.environ,
            "TZ": MIDDAY,
            "HOME": str(folder),
            "PLND_HOME": str(folder / "plnd"),
            "PLND_PORT": "0",
        }
        self._start("Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x900x24", fd=writing)
        os.close(writing)
        # The number and the end of its line are two writes, and Xvfb dies when one fails.
        with os.fdopen(reading) as said:
            self.env["DISPLAY"] = f":{said.readline().strip()}"
        self._bus = Bus(folder)
        self._bus.__enter__()
        self._bus.serve_notifications()
        self.env["DBUS_SESSION_BUS_ADDRESS"] = self._bus.address
        self._start("openbox")

    def _start(self, *command: str, fd: int | None = None) -> None:
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        passed = [] if fd is None else [fd]
        self._children.append(subprocess.Popen(command, env=self.env, pass_fds=passed, **quiet))

    def notices(self) -> list[tuple[str, str]]:
        """Title and body of the notices shown since the last `forget_notices`."""
        return self._bus.notifications()[self._known_notices :]

    def forget_notices(self) -> None:
        self._known_notices = len(self._bus.notifications())

    def key(self, *names: str) -> None:
        subprocess.run(["xdotool", "key", *names], env=self.env, check=True, timeout=10)

    def move_mouse(self, x: int, y: int) -> None:
        """Somebody is there: the X server hears of it, and whoever asks it for how long not."""
        words = ["xdotool", "mousemove", str(x), str(y)]
        subprocess.run(words, env=self.env, check=True, timeout=10)

    def close(self) -> None:
        self._bus.__exit__(None, None, None)
        for child in reversed(self._children):
            child.terminate()  # not killed: an X server takes its lock and its socket along
            child.wait(10)


class Web:
    """The outside web: any page of any name, any write, which may ask to be refused (with a 403)
    or to be sent on (to another page, as a form is).

    `pages` holds the HTML of single addresses, by host and path, with the query or without.
    """

    def __init__(self) -> None:
        self.port = 0
        self.asked: list[str] = []
        self.pages: dict[str, str] = {}
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        self._ready.wait(20)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        secure = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        trustme.CA().issue_cert(*NAMES).configure_cert(secure)

        async def start() -> None:
            await runner.setup()
            site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=secure)
            await site.start()
            self.port = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
            self._ready.set()

        self._loop.run_until_complete(start())
        self._loop.run_forever()
        self._loop.run_until_complete(runner.cleanup())
        self._loop.close()

    async def _answer(self, request: web.Request) -> web.Response:
        self.asked.append(f"{request.method} {request.host}{request.path}")
        if request.method == "GET":
            plain = f"<!doctype html><title>secret title</title><main>{request.path}</main>"
            found = self.pages.get(f"{request.host}{request.path_qs}")
            text = found or self.pages.get(f"{request.host}{request.path}", plain)
            return web.Response(text=text, content_type="text/html")
        await request.read()
        wish = request.headers.get("X-Test")
        if wish == "moved":
            raise web.HTTPSeeOther("/moved")
        return web.json_response({}, status=403 if wish == "refused" else 200)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)


class AnyPage(Protocol):
    """A tab of any browser."""

    def evaluate(self, function: str, given: Any = None, /) -> Any:
        """What a JavaScript function returns there."""

    def bring_to_front(self) -> None:
        """Make it the tab in front."""


class AnyBrowser(Protocol):
    """What a scenario asks of a browser, whichever it is."""

    name: str

    def page(self, url: str | None = None) -> AnyPage:
        """A new tab in front."""

    def wait(self, seconds: float) -> None:
        """Let time pass."""

    def until(self, check: Callable[[], Any], seconds: float, what: str) -> Any:
        """What `check` gives as soon as it gives something."""

    def stop_background(self) -> None:
        """Stop the extension's worker or event page."""

    def idle(self, state: str) -> None:
        """Let nobody be at the keyboard ("idle"), or somebody ("active")."""

    def minimise(self) -> None:
        """Let the browser lose the focus."""

    def restore(self) -> None:
        """Let it have the focus again."""

    def host(self) -> psutil.Process:
        """The native host that this browser started."""

    def pick(self, networks: list[str]) -> None:
        """Pick networks on the welcome page and accept the browser's question."""

    def origins(self) -> list[str]:
        """The hosts that the user has granted."""

    def close(self) -> None:
        """End it."""


def host_among(processes: Iterable[psutil.Process]) -> psutil.Process | None:
    """The native host among these processes, if there is one."""
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            if any(word.endswith("plnd_host.py") for word in process.cmdline()):
                return process
    return None


class Browser:
    """Chromium with the shipped extension, on a profile of its own."""

    name = "chromium"

    def __init__(
        self,
        desktop: Desktop,
        fake_web: Web,
        profile: Path,
        *,
        headless: bool,
        extension: Path | None = EXTENSION,
        beside: "Browser | None" = None,
    ) -> None:
        """With `extension` None without one; `beside` another that is closed after this one."""
        self.desktop = desktop
        self.profile = profile
        self._extension = extension
        # One thread takes one Playwright.
        self._own_playwright = beside is None
        self._playwright = beside._playwright if beside else sync_playwright().start()
        try:
            self.context = self._launch(fake_web, headless)
            if extension is not None:
                self.until(self._has_looked, 20, "the worker's first look")
        except BaseException:
            self._stop_playwright()  # its loop would stand in the way of all other tests
            raise

    def _launch(self, fake_web: Web, headless: bool) -> BrowserContext:
        rules = ",".join(f"MAP {name} 127.0.0.1:{fake_web.port}" for name in NAMES)
        return self._playwright.chromium.launch_persistent_context(
            self.profile,
            executable_path=CHROMIUM,
            headless=False,
            ignore_default_args=["--disable-extensions"],
            env=self.desktop.env,
            viewport=None,
            args=[
                *(["--headless=new"] if headless else []),
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--ignore-certificate-errors",
                *self._loading(),
                f"--host-resolver-rules={rules},MAP * ~NOTFOUND,EXCLUDE 127.0.0.1",
            ],
        )

    def _loading(self) -> list[str]:
        if self._extension is None:
            return ["--disable-extensions"]
        # The two only work together.
        return [
            f"--disable-extensions-except={self._extension}",
            f"--load-extension={self._extension}",
        ]

    def _has_looked(self) -> bool:
        """Whether the worker has looked once. By then it listens; what a page sends before, as a
        test can right after the start, goes by unheard."""
        look = "async () => 'open' in await chrome.storage.session.get('open')"
        with contextlib.suppress(Error):  # a worker that just ended
            return bool(self.worker.evaluate(look))
        return False

    @property
    def worker(self) -> Worker:
        """The extension's worker, as it lives now."""
        workers = self.context.service_workers
        return workers[-1] if workers else self.context.wait_for_event("serviceworker")

    @property
    def id(self) -> str:
        return self.worker.url.split("/")[2]

    def until(self, check: Callable[[], Any], seconds: float, what: str) -> Any:
        """What `check` gives as soon as it gives something.

        Waits through Playwright, which hears of the browser only meanwhile.
        """
        end = time.monotonic() + seconds
        while not (found := check()):
            if time.monotonic() > end:
                raise AssertionError(f"{what}: not within {seconds:g} s; {self._knows()}")
            self.context.pages[0].wait_for_timeout(50)
        return found

    def _knows(self) -> str:
        """What the extension has in mind, for whoever reads that a wait was in vain."""
        if not self.context.service_workers:
            return "no worker"
        look = """async () => JSON.stringify({
            local: await chrome.storage.local.get(), session: await chrome.storage.session.get(),
            front: await chrome.windows.getLastFocused({ populate: true }),
            alarms: await chrome.alarms.getAll(),
        })"""
        return str(self.worker.evaluate(look))

    def tab(self, part: str) -> Page:
        """The tab whose address has `part` in it, waited for."""
        found: Page = self.until(
            lambda: next((page for page in self.context.pages if part in page.url), None),
            10,
            f"a tab with {part}",
        )
        return found

    def page(self, url: str | None = None) -> Page:
        """A new tab in front, at an address."""
        page = self.context.new_page()
        if url:
            page.goto(url)
        page.bring_to_front()
        return page

    def wait(self, seconds: float) -> None:
        """Let time pass, through Playwright, which hears of the browser only meanwhile."""
        self.context.pages[0].wait_for_timeout(seconds * 1000)

    def stop_background(self) -> None:
        """Stop the worker, as the browser does when it thinks it idle."""
        session = self.context.new_cdp_session(self.context.pages[0])
        session.send("ServiceWorker.enable")
        session.send("ServiceWorker.stopAllWorkers")
        session.detach()

    def idle(self, state: str) -> None:
        """What a machine without a keyboard cannot do: be idle and come back."""
        self.worker.evaluate(
            """state => {
                chrome.idle.queryState = async () => state;
                chrome.idle.onStateChanged.dispatch(state);
            }""",
            state,
        )

    def minimise(self) -> None:
        """Put the window away: without a desktop to focus, that is what takes the focus."""
        self._window("minimized")

    def restore(self) -> None:
        self._window("normal")

    def _window(self, state: str) -> None:
        self.worker.evaluate(
            """async state => {
                const [one] = await chrome.windows.getAll();
                await chrome.windows.update(one.id, {state, focused: state === "normal"});
            }""",
            state,
        )

    def main_process(self) -> psutil.Process:
        """The browser's own process, the parent of all its others."""
        mark = f"--user-data-dir={self.profile}"
        return next(
            process
            for process in psutil.process_iter(["cmdline"])
            if mark in (words := process.info["cmdline"] or ())
            and not any(word.startswith("--type=") for word in words)
        )

    def host(self) -> psutil.Process:
        """The native host that this browser started."""
        main = self.main_process()
        found: psutil.Process = self.until(
            lambda: host_among(main.children()), 10, "the native host"
        )
        return found

    def origins(self) -> list[str]:
        """The hosts that the user has granted."""
        found: list[str] = self.worker.evaluate(
            "async () => (await chrome.permissions.getAll()).origins"
        )
        return found

    def pick(self, networks: list[str]) -> None:
        """Pick networks on the welcome page and accept the browser's question."""
        welcome = self.tab("welcome")
        for network in networks:
            welcome.check(f"input[name={network}]")
        welcome.bring_to_front()
        welcome.click("button[type=submit]", no_wait_after=True)
        # The dialog is drawn into the same window and tells nobody that it is there; and at first
        # it takes no keys, lest somebody agrees by mistake. "Deny" has the focus, "Allow" is a Tab
        # away.
        for name in ("Tab", "Return"):
            welcome.wait_for_timeout(1500)
            self.desktop.key(name)
        self.until(self.origins, 20, "the dialog accepted")

    def close(self) -> None:
        with contextlib.suppress(Exception):
            self.context.close()
        self._stop_playwright()

    def _stop_playwright(self) -> None:
        if self._own_playwright:
            self._playwright.stop()


def send(
    page: AnyPage,
    url: str,
    body: Any,
    *,
    form: bool = False,
    refused: bool = False,
    moved: bool = False,
) -> None:
    """A write by the page's own script, as the network's page sends it."""
    page.evaluate(
        """async ({url, body, form, wish}) => {
            const headers = wish ? {"X-Test": wish} : {};
            if (!form) headers["Content-Type"] = "application/json";
            const sent = form ? new URLSearchParams(body) : JSON.stringify(body);
            await (await fetch(url, {method: "POST", headers, body: sent})).text();
        }""",
        {
            "url": url,
            "body": body,
            "form": form,
            "wish": "refused" if refused else "moved" if moved else "",
        },
    )


def plnd(desktop: Desktop, *words: str, codes: tuple[int, ...] = (0,)) -> str:
    """What a `plnd` command prints."""
    done = subprocess.run(
        [sys.executable, "-m", "plnd", *words],
        env=desktop.env,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode in codes, done.stderr
    return done.stdout


def status(desktop: Desktop) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(plnd(desktop, "status", "--json", codes=(0, 3)))
    return found


def doctor(desktop: Desktop) -> dict[str, str]:
    """What `plnd doctor` says of each link."""
    said = json.loads(plnd(desktop, "doctor", "--json", codes=(0, 1)))
    return {one["name"]: one["message"] for one in said["checks"]}


def profile(desktop: Desktop, network: str, handle: str) -> Any:
    return json.loads(plnd(desktop, "profile", "show", network, handle, "--json"))["profile"]


def daemon_pid(desktop: Desktop) -> int:
    path = Path(desktop.env["PLND_HOME"]) / "state" / "daemon.json"
    return int(json.loads(path.read_bytes())["pid"])


@contextlib.contextmanager
def desktop_with_web(folder: Path) -> Iterator[tuple[Desktop, Web]]:
    """A desktop and a web, and no daemon left behind."""
    desktop = Desktop(folder)
    fake_web = Web()
    try:
        yield desktop, fake_web
    finally:
        plnd(desktop, "stop", codes=(0, 1))
        fake_web.close()
        desktop.close()


def copy_profile(granted: Path, target: Path) -> Path:
    """A profile like `granted`, permissions and all."""
    ignore = shutil.ignore_patterns("Singleton*", "DevToolsActivePort")
    shutil.copytree(granted, target, ignore=ignore, symlinks=True)
    return target
