#!/usr/bin/env python3
"""Measure what the extension costs a page: Chromium with and without it, on a page on loopback.

    .venv/bin/python scripts/bench-pages [--rounds 15]

The page is of a network that the extension may see, and sends 500 requests, a tenth of them
writes. The browsers load it in turns. Answers take 30 ms, as they do on the web at its best
(the browser's own emulation of a network). "Within noise" means: no more than what loads
without the extension differ among themselves (their 90th percentile over their median). Exits
with 1 when a promise is broken. Stated without a promise: what an extension costs that has the same
permissions and does nothing; the worker's CPU, with the page's own beside it; and the same load
with answers at once, where all that the extension does competes with the page and its server for
the machine's cores.
"""

import argparse
import contextlib
import json
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import psutil

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from machine import EXTENSION, Browser, copy_profile, machine, plnd  # noqa: E402

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
    """What the browser's processes with this mark have used so far."""
    used = 0.0
    for child in browser.main_process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            words = child.cmdline()
            extension = "--extension-process" in words
            if "--type=renderer" in words and extension == (mark == "worker"):
                used += sum(child.cpu_times()[:2]) * 1000
    return used


def load(browser: Browser, latency_ms: int = LATENCY_MS) -> Cost:
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


def row(what: str, ours: list[float], floor: list[float]) -> bool:
    """One line of the table; whether the extension stays within the noise of its absence."""
    middle = statistics.median(floor)
    noise = sorted(floor)[int(0.9 * len(floor))] / middle
    ratio = statistics.median(ours) / middle
    kept = ratio <= noise
    figures = f"{statistics.median(ours):.1f} ms", f"{middle:.1f} ms without"
    mark = "ok" if kept else "NOT REACHED"
    print(f"{what:<46} {figures[0]:>14} {figures[1]:>22} {ratio:>7.2f} × ≤ {noise:<6.2f} {mark}")
    return kept


def state(what: str, ours: str, floor: str, ratio: float) -> None:
    """A line without a promise."""
    print(f"{what:<46} {ours:>14} {floor:>22} {ratio:>7.2f} ×")


class Loads(NamedTuple):
    """One load each: with the extension, with one that may as much and does nothing, without."""

    ours: Cost
    idle: Cost
    bare: Cost


def make_idle(folder: Path) -> Path:
    """An extension with the manifest of ours, and nothing behind it."""
    shutil.copytree(EXTENSION, folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    script = folder / manifest["background"]["service_worker"]
    script.write_text("chrome.storage.session.set({ open: null });\n")  # as one that has looked
    return folder


def measure(rounds: int) -> dict[int, list[Loads]]:
    """The loads by the answers' latency; the extensions were granted the network in a dialog."""
    with tempfile.TemporaryDirectory(prefix="plnd-bench-") as name:
        folder = Path(name)
        with machine(folder) as (desktop, world):
            first = Browser(desktop, world, folder / "granted", headless=False)
            first.pick(["x"])
            first.close()
            profile = copy_profile(folder / "granted", folder / "with")
            plnd(desktop, "install", "--manifest-dir", str(profile / "NativeMessagingHosts"))
            ours = Browser(desktop, world, profile, headless=True)
            without = folder / "without"
            idle = Browser(
                *(desktop, world, copy_profile(folder / "granted", folder / "idle")),
                headless=True,
                extension=make_idle(folder / "idle-extension"),
                beside=ours,
            )
            bare = Browser(desktop, world, without, headless=True, extension=None, beside=ours)
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
    """A line about the time of loads, without a promise."""
    ours, floor = (statistics.median(one.load_ms for one in side) for side in (loads, bare))
    state(what, f"{ours:.1f} ms", f"{floor:.1f} ms without", ours / floor)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=15, help="loads in each browser")
    args = parser.parse_args()
    measured = measure(args.rounds)
    ours, idle, floor = zip(*measured[LATENCY_MS], strict=True)
    print(f"{'what':<46} {'plnd':>14} {'floor':>22} {'ratio':>9} promise")
    kept = [
        row(
            f"a page's {REQUESTS} requests",
            *([one.load_ms for one in side] for side in (ours, floor)),
        ),
        row(
            "its main thread's script", *([one.script_ms for one in side] for side in (ours, floor))
        ),
    ]
    compare(DOES_NOTHING, idle, floor)
    scale = 1000 / REQUESTS
    worker = scale * statistics.mean(one.worker_cpu_ms for one in ours)
    page = scale * statistics.mean(one.page_cpu_ms for one in ours)
    what = "worker, CPU for 1,000 requests"
    state(what, f"{worker:.0f} ms", f"{page:.0f} ms the page", worker / page)
    ours, idle, floor = zip(*measured[0], strict=True)
    compare(f"its {REQUESTS} requests, answered at once", ours, floor)
    compare(DOES_NOTHING, idle, floor)
    print(f"{sum(kept)} of {len(kept)} promises kept")
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
