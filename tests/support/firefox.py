"""Firefox with the shipped extension, driven over WebDriver BiDi.

Nothing of it leaves the machine: every name resolves to loopback, and every port for https is
the web of the tests. What WebDriver has no word for (the browser's own dialogs, the clock of
idleness, the end of an event page) is done in the scope of the browser's own window.
"""

import asyncio
import base64
import concurrent.futures
import contextlib
import itertools
import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import aiohttp
import psutil

from support.browsers import EXTENSION, Desktop, Web, host_among

FIREFOX = next(
    (
        path
        for path in ("/usr/lib/firefox-esr/firefox-esr", "/usr/bin/firefox-esr", "/usr/bin/firefox")
        if os.path.exists(path)
    ),
    "firefox",
)
ADDON = "plnd@plnd.org"
UUID = "5f3c2c53-8d0c-4c0e-9d52-0d4ad4fa2b11"
PATIENCE_SECONDS = 30.0

PREFERENCES = {
    "network.dns.forceResolve": "127.0.0.1",
    "network.stricttransportsecurity.preloadlist": False,
    "network.trr.mode": 5,
    "extensions.webextensions.uuids": json.dumps({ADDON: UUID}),
    # As a user's Firefox does: a host is granted when the user says so, not at install.
    "extensions.originControls.grantByDefault": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage_override.mstone": "ignore",
    "datareporting.policy.dataSubmissionEnabled": False,
    "media.autoplay.default": 0,
}


class BiDi:
    """Commands to a browser and their answers, over one socket that a thread keeps."""

    def __init__(self, url: str) -> None:
        self._ids = itertools.count(1)
        self._waiting: dict[int, concurrent.futures.Future[Any]] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._run(self._connect(url))

    def _run(self, task: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(task, self._loop).result(PATIENCE_SECONDS)

    async def _connect(self, url: str) -> None:
        self._session = aiohttp.ClientSession()
        self._socket = await self._session.ws_connect(url, max_msg_size=0)
        self._reading = self._loop.create_task(self._read())

    async def _read(self) -> None:
        async for message in self._socket:
            said = json.loads(message.data)
            waiter = self._waiting.pop(said.get("id"), None)
            if waiter:
                waiter.set_result(said)

    def call(self, method: str, /, **params: Any) -> Any:
        """The result of a command; what the browser refuses is an AssertionError."""
        command = {"id": next(self._ids), "method": method, "params": params}
        waiter = self._waiting[command["id"]] = concurrent.futures.Future()
        self._run(self._socket.send_str(json.dumps(command)))
        said = waiter.result(PATIENCE_SECONDS)
        assert said["type"] == "success", (method, said.get("error"), said.get("message"))
        return said["result"]

    def close(self) -> None:
        self._run(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _close(self) -> None:
        await self._socket.close()
        await self._reading
        await self._session.close()


def wire(value: Any) -> dict[str, Any]:
    """A plain value, as BiDi hands it to a function in the browser."""
    if value is None:
        return {"type": "null"}
    if isinstance(value, dict):
        return {"type": "object", "value": [[key, wire(one)] for key, one in value.items()]}
    if isinstance(value, list):
        return {"type": "array", "value": [wire(one) for one in value]}
    kinds = {bool: "boolean", str: "string", int: "number", float: "number"}
    return {"type": kinds[type(value)], "value": value}


class Page:
    """A tab, or a window of the browser itself."""

    def __init__(self, bidi: BiDi, context: str) -> None:
        self._bidi = bidi
        self._context = context

    def goto(self, url: str) -> None:
        self._bidi.call("browsingContext.navigate", context=self._context, url=url, wait="complete")

    def evaluate(self, function: str, *given: Any) -> Any:
        """What a JavaScript function returns here; as text on the way, so that it comes plain."""
        said = self._bidi.call(
            "script.callFunction",
            functionDeclaration=f"async (...given) =>"
            f" JSON.stringify(await ({function})(...given)) ?? 'null'",
            arguments=[wire(one) for one in given],
            target={"context": self._context},
            awaitPromise=True,
        )
        assert said["type"] == "success", said["exceptionDetails"]["text"]
        return json.loads(said["result"]["value"])

    def bring_to_front(self) -> None:
        self._bidi.call("browsingContext.activate", context=self._context)

    def click(self, selector: str) -> None:
        """A click of the mouse, which counts as the user's own."""
        self.evaluate(
            """async one => {
                while (!document.querySelector(one))
                    await new Promise(done => setTimeout(done, 20));
                document.querySelector(one).scrollIntoView();
            }""",
            selector,
        )
        locator = {"type": "css", "value": selector}
        found = self._bidi.call(
            "browsingContext.locateNodes", context=self._context, locator=locator
        )
        (node,) = found["nodes"]
        element = {"type": "element", "element": {"sharedId": node["sharedId"]}}
        move = {"type": "pointerMove", "x": 0, "y": 0, "origin": element}
        press = [{"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}]
        mouse = {"type": "pointer", "id": "mouse", "actions": [move, *press]}
        self._bidi.call("input.performActions", context=self._context, actions=[mouse])

    def picture(self, path: Path) -> None:
        """A screenshot, as a PNG file."""
        said = self._bidi.call("browsingContext.captureScreenshot", context=self._context)
        path.write_bytes(base64.b64decode(said["data"]))


class Firefox:
    """Firefox with the shipped extension, on a profile in which nothing is granted yet."""

    name = "firefox"

    def __init__(self, desktop: Desktop, fake_web: Web, profile: Path) -> None:
        self.profile = profile
        profile.mkdir(parents=True)
        wanted = {**PREFERENCES, "network.socket.forcePort": f"443={fake_web.port}"}
        lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});\n" for k, v in wanted.items()]
        (profile / "user.js").write_text("".join(lines))
        self._process = subprocess.Popen(
            [
                *(FIREFOX, "--headless", "--no-remote", "--profile", str(profile)),
                *("--remote-debugging-port", "0", "--remote-allow-system-access", "about:blank"),
            ],
            env=desktop.env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._bidi: BiDi | None = None
        try:
            self._bidi = BiDi(self._address())
            accepting = {"alwaysMatch": {"acceptInsecureCerts": True}}
            self.bidi.call("session.new", capabilities=accepting)
            extension = {"type": "path", "path": str(EXTENSION)}
            self.bidi.call("webExtension.install", extensionData=extension)
        except BaseException:
            self.close()
            raise

    @property
    def bidi(self) -> BiDi:
        assert self._bidi
        return self._bidi

    def _address(self) -> str:
        """Where it listens, which it writes into its profile."""
        path = self.profile / "WebDriverBiDiServer.json"

        def read() -> Any:
            assert self._process.poll() is None, "Firefox has ended"
            with contextlib.suppress(OSError, ValueError):
                return json.loads(path.read_bytes())
            return None

        about = self.until(read, PATIENCE_SECONDS, "Firefox's address")
        return f"ws://{about['ws_host']}:{about['ws_port']}/session"

    # -- what every browser of the tests can do -----------------------------------

    def page(self, url: str | None = None) -> Page:
        """A new tab in front, at an address, opened by a user who is there."""
        self.idle("active")
        made = self.bidi.call("browsingContext.create", type="tab")
        page = Page(self.bidi, made["context"])
        if url:
            page.goto(url)
        page.bring_to_front()
        return page

    def wait(self, seconds: float) -> None:
        time.sleep(seconds)

    def until(self, check: Callable[[], Any], seconds: float, what: str) -> Any:
        """What `check` gives as soon as it gives something."""
        end = time.monotonic() + seconds
        while not (found := check()):
            assert time.monotonic() < end, f"{what}: not within {seconds:g} s"
            time.sleep(0.05)
        return found

    def stop_background(self) -> None:
        """Stop the event page as Firefox does when it thinks it idle: no listener is at work."""
        state = self._window().evaluate(
            """async id => {
                const { extension } = WebExtensionPolicy.getByID(id);
                while (extension.backgroundContext?.pendingRunListenerPromisesCount)
                    await new Promise(done => setTimeout(done, 20));
                await extension.terminateBackground({
                    ignoreDevToolsAttached: true, disableResetIdleForTest: true});
                return extension.backgroundState;
            }""",
            ADDON,
        )
        assert state == "stopped"

    def idle(self, state: str) -> None:
        """Set the moment of the user's last input: over a minute ago, or now."""
        self._window().evaluate(
            """ago => {
                const service = Cc["@mozilla.org/widget/useridleservice;1"];
                service.getService(Ci.nsIUserIdleServiceInternal).resetIdleTimeOut(ago);
            }""",
            0 if state == "active" else 61_000,
        )

    def minimise(self) -> None:
        """Another window gets the focus."""
        self._window().evaluate(
            """async () => {
                const about = "chrome://browser/content/aboutDialog.xhtml";
                window.elsewhere = window.openDialog(about, "", "chrome,dialog=no");
                while (Services.focus.activeWindow !== window.elsewhere)
                    await new Promise(done => setTimeout(done, 20));
            }"""
        )

    def restore(self) -> None:
        self._window().evaluate(
            """async () => {
                window.elsewhere.close();
                window.focus();
                while (Services.focus.activeWindow !== window)
                    await new Promise(done => setTimeout(done, 20));
            }"""
        )

    def host(self) -> psutil.Process:
        """The native host that this browser started."""
        own = psutil.Process(self._process.pid)
        found: psutil.Process = self.until(
            lambda: host_among(own.children(recursive=True)), 10, "the native host"
        )
        return found

    def origins(self) -> list[str]:
        """The hosts that the user has granted."""
        found: list[str] = self.tab("welcome").evaluate(
            "async () => (await browser.permissions.getAll()).origins"
        )
        return found

    def pick(self, networks: list[str]) -> None:
        """Pick networks on the welcome page and accept the browser's question."""
        welcome = self.tab("welcome")
        welcome.bring_to_front()
        for network in networks:
            welcome.click(f"input[name={network}]")
        welcome.click("button[type=submit]")
        allow = "PopupNotifications.panel.firstElementChild?.button"
        window = self._window()
        self.until(
            lambda: window.evaluate(
                f"() => PopupNotifications.panel.state === 'open' && Boolean({allow})"
            ),
            20,
            "the question",
        )
        window.evaluate(f"() => {allow}.click()")
        self.until(self.origins, 20, "the answer to the question")

    def signal(self, number: int) -> None:
        """Send a signal to all its processes, its native host among them."""
        main = psutil.Process(self._process.pid)
        for process in [main, *main.children(recursive=True)]:
            process.send_signal(number)

    # -- Firefox alone ------------------------------------------------------------

    def tab(self, part: str) -> Page:
        """The tab whose address has `part` in it, waited for."""

        def look() -> Any:
            tabs = self.bidi.call("browsingContext.getTree", maxDepth=0)["contexts"]
            return next((tab["context"] for tab in tabs if part in tab["url"]), None)

        return Page(self.bidi, self.until(look, 10, f"a tab with {part}"))

    def _window(self) -> Page:
        """The browser's own window, in which its own scripts run."""
        tree = self.bidi.call("browsingContext.getTree", **{"moz:scope": "chrome"})["contexts"]
        browsers = [one["context"] for one in tree if one["url"].endswith("/browser.xhtml")]
        return Page(self.bidi, browsers[0])

    def close(self) -> None:
        if self._bidi:
            with contextlib.suppress(Exception):
                self._bidi.call("browser.close")
            self._bidi.close()
        else:
            self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
