"""What the extension costs a page: Chromium with and without it, on a page on loopback.

The page is of a network that the extension may see, and sends 500 requests, a tenth of them
writes. The browsers load it in turns. Answers take 30 ms, as fast servers on the web do
(the browser's own emulation of a network). The promise is kept when the median with the extension
is no worse than the 90th percentile without it. Three more figures have no promise: what an
extension costs that has the same permissions and does nothing; the worker's CPU, beside the
page's own; and the same load with answers at once, when the extension competes with the page and
its server for the machine's cores.
"""

import contextlib
import json
import shutil
import statistics
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import psutil
import table
from support.browsers import EXTENSION, Browser, copy_profile, desktop_with_web, plnd

REQUESTS = 500
LATENCY_MS = 30
DOES_NOTHING = "  by an extension that does nothing"
LOAD = """
requests => new Promise(done => setTimeout(async () => {
    const begin = performance.now();
    const body = JSON.stringify({variables: {text: "x".repeat(2000)}});
    let next = 0;
    const lane = async () => {
        while (next < requests) {
            const number = next++;
            const write = number % 10 === 0 ? {method: "POST", body} : {};
            await (await fetch(`/i/api/graphql/q${number}/HomeTimeline`, write)).text();
        }
    };
    await Promise.all(Array.from({length: 6}, lane));
    done(performance.now() - begin);
}))
"""


class Cost(NamedTuple):
    """One load: the page's time, its main thread's script, the CPU of page and worker, in ms."""

    load_ms: float
    script_ms: float
    page_cpu_ms: float
    worker_cpu_ms: float


def cpu_ms(browser: Browser, mark: str) -> float:
    """The CPU time so far of the renderers of pages ("page") or of the extension ("worker")."""
    used = 0.0
    for child in browser.main_process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            words = child.cmdline()
            extension = "--extension-process" in words
            if "--type=renderer" in words and extension == (mark == "worker"):
                used += sum(child.cpu_times()[:2]) * 1000
    return used


def load(browser: Browser, latency_ms: int = LATENCY_MS) -> Cost:
    """Open the page, let it send its requests, and close it."""
    page = browser.page("https://x.com/home")
    devtools = browser.context.new_cdp_session(page)
    devtools.send("Network.enable")
    network = {"offline": False, "downloadThroughput": -1, "uploadThroughput": -1}
    devtools.send("Network.emulateNetworkConditions", {**network, "latency": latency_ms})
    devtools.send("Performance.enable")
    before = {mark: cpu_ms(browser, mark) for mark in ("page", "worker")}
    load_ms = page.evaluate(LOAD, REQUESTS)
    found = {
        one["name"]: one["value"] for one in devtools.send("Performance.getMetrics")["metrics"]
    }
    used = {mark: cpu_ms(browser, mark) - before[mark] for mark in before}
    page.close()
    return Cost(load_ms, found["ScriptDuration"] * 1000, used["page"], used["worker"])


def row(what: str, ours: list[float], floor: list[float]) -> None:
    """A row of a time that the extension may not raise above the noise of its absence."""
    middle = statistics.median(floor)
    noise = sorted(floor)[int(0.9 * len(floor))] / middle
    with_extension = statistics.median(ours)
    figures = f"{with_extension:.1f} ms", f"{middle:.1f} ms without"
    table.at_most(what, *figures, with_extension / middle, noise)


class Loads(NamedTuple):
    """One load each: with the extension, with an idle one of the same permissions, without any."""

    ours: Cost
    idle: Cost
    bare: Cost


def make_idle(folder: Path) -> Path:
    """An extension with our manifest whose worker does nothing."""
    shutil.copytree(EXTENSION, folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    script = folder / manifest["background"]["service_worker"]
    script.write_text("chrome.storage.session.set({ open: null });\n")  # what Browser waits for
    return folder


def measure(rounds: int) -> dict[int, list[Loads]]:
    """The loads, by the latency (ms) of the answers."""
    with tempfile.TemporaryDirectory(prefix="plnd-bench-") as name:
        folder = Path(name)
        with desktop_with_web(folder) as (desktop, fake_web):
            first = Browser(desktop, fake_web, folder / "granted", headless=False)
            first.pick(["x"])
            first.close()
            profile = copy_profile(folder / "granted", folder / "with")
            plnd(desktop, "install", "--manifest-dir", str(profile / "NativeMessagingHosts"))
            ours = Browser(desktop, fake_web, profile, headless=True)
            without = folder / "without"
            idle = Browser(
                *(desktop, fake_web, copy_profile(folder / "granted", folder / "idle")),
                headless=True,
                extension=make_idle(folder / "idle-extension"),
                beside=ours,
            )
            bare = Browser(desktop, fake_web, without, headless=True, extension=None, beside=ours)
            every = ours, idle, bare
            try:
                for browser in every:
                    load(browser)  # the first fills caches
                return {
                    latency: [Loads(*(load(one, latency) for one in every)) for _ in range(rounds)]
                    for latency in (LATENCY_MS, 0)
                }
            finally:
                for browser in reversed(every):
                    browser.close()


def compare(what: str, loads: Iterable[Cost], bare: Iterable[Cost]) -> None:
    """A row of the time of loads, without a promise."""
    ours, floor = (statistics.median(one.load_ms for one in side) for side in (loads, bare))
    table.without_promise(what, f"{ours:.1f} ms", f"{floor:.1f} ms without", ours / floor)


def main(rounds: int) -> int:
    """Measure with so many loads in each browser; the exit code."""
    measured = measure(rounds)
    ours, idle, floor = zip(*measured[LATENCY_MS], strict=True)
    print(table.HEAD)
    for what, part in (
        (f"a page's {REQUESTS} requests", "load_ms"),
        ("its main thread's script", "script_ms"),
    ):
        row(what, *([getattr(one, part) for one in side] for side in (ours, floor)))
    compare(DOES_NOTHING, idle, floor)
    scale = 1000 / REQUESTS
    worker = scale * statistics.mean(one.worker_cpu_ms for one in ours)
    page = scale * statistics.mean(one.page_cpu_ms for one in ours)
    figures = f"{worker:.0f} ms", f"{page:.0f} ms the page"
    table.without_promise("worker, CPU for 1,000 requests", *figures, worker / page)
    ours, idle, floor = zip(*measured[0], strict=True)
    compare(f"its {REQUESTS} requests, answered at once", ours, floor)
    compare(DOES_NOTHING, idle, floor)
    return table.summary()
