"""Web pages and another extension against a running plnd, in a real Chromium.

The victim has the dashboard open: its cookie is in the browser that the attackers' pages run in.
"""

import contextlib
import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, sync_playwright
from support.browsers import CHROMIUM, EXTENSION
from support.builders import HOUR, batch, visit
from support.harness import Daemon, RunPlnd

from plnd.core.plnd import now_ms

pytestmark = pytest.mark.browser

WORD = "zebrafinch"

# Everything that a page can try from its own scripts; gives what it was able to read.
TRY = """
async (plnd) => {
  const read = {};
  const attempt = async (name, act) => {
    try { read[name] = await act(); } catch (error) { read[name] = `thrown: ${error.name}`; }
  };
  const loaded = (element, name, address) => new Promise((resolve) => {
    element.onload = () => resolve("loaded");
    element.onerror = () => resolve("refused");
    element[name] = address;
    document.head.append(element);
  });
  const said = (source, names) => new Promise((resolve) => {
    for (const name of names) source.addEventListener(name, () => resolve(name));
    source.addEventListener("error", () => resolve("error"));
  });
  const text = async (options, path = "today") =>
    (await fetch(`${plnd}/api/v1/${path}`, { credentials: "include", ...options })).text();
  const destroy = JSON.stringify({ everything: true });
  const plain = { "Content-Type": "text/plain" };
  await attempt("fetch", () => text({}));
  await attempt("fetch unread", () => text({ mode: "no-cors" }));
  await attempt("post", () => text({ method: "POST", body: destroy }, "forget"));
  await attempt("post as text", () =>
    text({ method: "POST", mode: "no-cors", body: destroy, headers: plain }, "forget"));
  await attempt("put", () => text({ method: "PUT", body: '{"minutes": 1}' }, "budgets"));
  await attempt("delete", () => text({ method: "DELETE" }, "budgets/all"));
  await attempt("beacon", () => String(navigator.sendBeacon(`${plnd}/api/v1/forget`, destroy)));
  await attempt("image", () => loaded(new Image(), "src", `${plnd}/api/v1/today`));
  await attempt("script", () =>
    loaded(document.createElement("script"), "src", `${plnd}/api/v1/receipt`));
  await attempt("page's script", () =>
    loaded(document.createElement("script"), "src", `${plnd}/page/page.js`));
  await attempt("socket", () =>
    said(new WebSocket(`${plnd.replace("http", "ws")}/api/v1/today`), ["open", "message"]));
  await attempt("event source", () =>
    said(new EventSource(`${plnd}/api/v1/today`, { withCredentials: true }), ["open", "message"]));
  await attempt("frame", async () => {
    const frame = document.createElement("iframe");
    frame.src = plnd;
    document.body.append(frame);
    await new Promise((resolve) => { frame.onload = resolve; });
    return frame.contentDocument ? frame.contentDocument.body.innerText : "closed";
  });
  await attempt("form", async () => {
    const frame = document.createElement("iframe");
    frame.name = "target";
    document.body.append(frame);
    const form = document.createElement("form");
    Object.assign(form, { method: "POST", target: "target", enctype: "text/plain" });
    form.action = `${plnd}/api/v1/forget`;
    const field = document.createElement("input");
    field.name = '{"everything": true, "dry_run": false}';
    form.append(field);
    document.body.append(form);
    form.submit();
    await new Promise((resolve) => { frame.onload = resolve; });
    return frame.contentDocument ? frame.contentDocument.body.innerText : "closed";
  });
  await attempt("window", async () => {
    const opened = window.open(plnd, "_blank");
    await new Promise((resolve) => setTimeout(resolve, 300));
    opened.postMessage({ type: "open", method: "POST", path: "forget", body: destroy }, "*");
    const seen = opened.document.body.innerText;
    return seen;
  });
  return read;
}
"""


def nothing(found: str) -> bool:
    """Whether a page got nothing out of an attempt."""
    return found.startswith("thrown: ") or found in ("refused", "error", "closed", "")


class Site(http.server.BaseHTTPRequestHandler):
    """The attacker's own web server: any page; it notes the cookies that it is given."""

    cookies: list[str]

    def do_GET(self) -> None:
        type(self).cookies.append(self.headers.get("Cookie", ""))
        content = b"<!doctype html><title>look</title><body>come in"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Quietly."""


@pytest.fixture
def site() -> Iterator[int]:
    """The port of the attacker's server."""
    Site.cookies = []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()
    thread.join(10)


@contextlib.contextmanager
def browser(profile: Path, names: dict[str, int], *extensions: Path) -> Iterator[BrowserContext]:
    """Chromium with these names on these ports of loopback, and nothing else in reach."""
    rules = ",".join(f"MAP {name} 127.0.0.1:{port}" for name, port in names.items())
    loaded = ",".join(map(str, extensions))
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=CHROMIUM,
            headless=False,
            ignore_default_args=["--disable-extensions"],
            args=[
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                f"--host-resolver-rules={rules},MAP * ~NOTFOUND,EXCLUDE 127.0.0.1",
                *(
                    [f"--disable-extensions-except={loaded}", f"--load-extension={loaded}"]
                    if extensions
                    else []
                ),
            ],
        )
        try:
            yield context
        finally:
            context.close()


def state(daemon: Daemon) -> dict[str, Any]:
    return {name: daemon.ask("GET", name) for name in ("receipt", "budgets", "settings", "pause")}


def dashboard(context: BrowserContext, run_plnd: RunPlnd) -> Page:
    """The dashboard, open as its owner opens it."""
    page = context.new_page()
    page.goto(run_plnd("open", "--print").out.strip())
    page.wait_for_selector("body")
    assert page.evaluate("async () => (await fetch('/api/v1/today')).status") == 200
    return page


def test_pages_can_neither_read_nor_change(
    daemon: Daemon, run_plnd: RunPlnd, site: int, tmp_path: Path
) -> None:
    daemon.ask("POST", "events", batch(visit(now_ms() - HOUR, 60, handle=WORD)))
    before = state(daemon)
    names = {"evil.example": site, "rebound.example": daemon.port}
    with browser(tmp_path / "profile", names) as context:
        owner = dashboard(context, run_plnd)
        assert owner.evaluate("() => document.cookie") == ""
        assert [one["name"].startswith("plnd-") for one in context.cookies()] == [True]
        # A foreign site, and one of another local program: to cookies that is the same site.
        for address in ("http://evil.example/", f"http://127.0.0.1:{site}/"):
            page = context.new_page()
            page.goto(address)
            read = page.evaluate(TRY, daemon.url)
            del read["beacon"]  # sent, and never answered
            got = {name: found for name, found in read.items() if not nothing(found)}
            assert got == {}, address
            assert WORD not in json.dumps(read)
            assert state(daemon) == before, address
        # What a page of another local program is given by the browser is of no use to its owner
        # (tests/attack/test_local.py); a foreign site is given nothing at all.
        assert Site.cookies[0] == ""
        # A name that the attacker points at us, on our own port.
        page = context.new_page()
        answer = page.goto(f"http://rebound.example:{daemon.port}/")
        assert answer and answer.status == 421
        status = page.evaluate("async () => (await fetch('/api/v1/today')).status")
        assert status == 421
        assert state(daemon) == before
        assert owner.evaluate("async () => (await fetch('/api/v1/today')).status") == 200


STRANGER = """
const result = {};
const note = (name, value) => { result[name] = value; };
globalThis.done = (async () => {
  await new Promise((resolve) => {
    const port = chrome.runtime.connectNative("org.plnd.host");
    port.onMessage.addListener((answer) => { note("native", JSON.stringify(answer)); resolve(); });
    port.onDisconnect.addListener(() => {
      note("native", chrome.runtime.lastError.message);
      resolve();
    });
    port.postMessage({ id: 1, method: "GET", path: "/api/v1/today" });
  });
  for (const question of [{ type: "open" }, { type: "summary" }, { type: "pause", until: null }]) {
    await new Promise((resolve) => {
      chrome.runtime.sendMessage(PLND, question, (answer) => {
        note(question.type, chrome.runtime.lastError?.message ?? JSON.stringify(answer));
        resolve();
      });
    });
  }
  try {
    note("fetch", (await fetch(`chrome-extension://${PLND}/popup/popup.js`)).status);
  } catch (error) {
    note("fetch", String(error));
  }
  return result;
})();
"""


def test_another_extension_is_shut_out(daemon: Daemon, run_plnd: RunPlnd, tmp_path: Path) -> None:
    """It knows the host's name and our id, and has the permission to speak to hosts."""
    profile = tmp_path / "profile"
    run_plnd("install", "--manifest-dir", str(profile / "NativeMessagingHosts"))
    manifest = json.loads((profile / "NativeMessagingHosts" / "org.plnd.host.json").read_bytes())
    own_id = manifest["allowed_origins"][0].split("/")[2]
    stranger = tmp_path / "stranger"
    stranger.mkdir()
    (stranger / "manifest.json").write_text(
        json.dumps(
            {
                "manifest_version": 3,
                "name": "stranger",
                "version": "1",
                "permissions": ["nativeMessaging"],
                "background": {"service_worker": "worker.js"},
            }
        )
    )
    (stranger / "worker.js").write_text(f"const PLND = {json.dumps(own_id)};{STRANGER}")
    with browser(profile, {}, EXTENSION, stranger) as context:
        page = context.new_page()
        worker = None
        while worker is None:
            page.wait_for_timeout(100)
            worker = next(
                (one for one in context.service_workers if one.url.endswith("/worker.js")), None
            )
        assert any(own_id in one.url for one in context.service_workers)
        said = worker.evaluate("() => globalThis.done")
    assert said["native"] == "Access to the specified native messaging host is forbidden."
    for question in ("open", "summary", "pause"):
        assert "Receiving end does not exist" in said[question]
    assert said["fetch"].startswith("TypeError")
    assert not daemon.ask("GET", "pause")["paused"]
