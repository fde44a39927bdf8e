#!/usr/bin/env python3
"""Measure what the extension costs an hour: Chromium on a desktop of its own, at real speed.

    .venv/bin/python scripts/bench-extension [--seconds 180]

Nothing is attached to the browser while it is watched: a debugger would keep the worker awake.
Pages are opened as a second `chromium URL` opens them, the mouse is moved on the X server, and
the pages themselves send a like now and then. First somebody browses for `--seconds`, a page of
four networks every 30 s; then nobody is there for as long, with a page in front. What was used
is read from outside:

- CPU: the time on a processor of the extension's own process (/proc/PID/task/*/schedstat);
- wake-ups: how often a thread of it went to sleep and was woken (voluntary switches);
- writes: batches appended to the journal of its storage (the profile's LevelDB);
- messages: frames to the native host, counted by a pipe put in between.

Each is multiplied up to an hour. Exits with 1 when a promise is broken.
"""

import argparse
import contextlib
import json
import shlex
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import psutil

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from machine import CHROMIUM, EXTENSION, Browser, Desktop, Web, copy_profile, machine, plnd  # noqa: E402

PAGE_SECONDS = 30
LEAST_SECONDS = 60
GOES_IDLE_SECONDS = 90
PAGES = ("x.com/nasa/status/{}", "www.linkedin.com/feed/?n={}", "x.com/home?n={}", "mastodon.social/home?n={}")
LIKE = """<title>a post</title><main>A post.</main><script>
setTimeout(() => fetch("/i/api/graphql/abc/FavoriteTweet", {method: "POST",
    headers: {"Content-Type": "application/json"}, body: '{"variables":{"tweet_id":"1"}}'}), 3000);
</script>"""
COUNTING = """
import os, struct, subprocess, sys, threading
log = open(sys.argv[1], "ab", buffering=0)
host = subprocess.Popen(sys.argv[2:], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
def carry(source, target, mark):
    while len(head := source.read(4)) == 4:
        body = source.read(struct.unpack("@I", head)[0])
        log.write(mark)
        target.write(head + body)
        target.flush()
    target.close()
threading.Thread(target=carry, args=(host.stdout, sys.stdout.buffer, b"<"), daemon=True).start()
carry(sys.stdin.buffer, host.stdin, b">")
host.wait()
"""


class Cost(NamedTuple):
    """What the extension used up to a moment."""

    cpu_seconds: float
    woken: int
    writes: int
    messages: int

    def an_hour(self, since: "Cost", seconds: float) -> list[float]:
        """What it was since then, as if it had gone on for an hour."""
        return [(now - then) * 3600 / seconds for now, then in zip(self, since, strict=True)]


class Watched:
    """A browser with the extension and nothing attached, and what its extension has used."""

    def __init__(self, desktop: Desktop, world: Web, profile: Path, counts: Path) -> None:
        self._desktop, self._profile, self._counts = desktop, profile, counts
        names = "MAP * 127.0.0.1:" + str(world.port) + ",EXCLUDE 127.0.0.1"
        self._command = [
            *(CHROMIUM, f"--user-data-dir={profile}", "--no-sandbox", "--disable-gpu"),
            *("--no-first-run", "--disable-background-networking", "--disable-component-update"),
            *("--disable-sync", "--disable-quic", "--ignore-certificate-errors"),
            *(f"--disable-extensions-except={EXTENSION}", f"--load-extension={EXTENSION}"),
            f"--host-resolver-rules={names}",
        ]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self._browser = subprocess.Popen([*self._command, "about:blank"], env=desktop.env, **quiet)
        # By thread: a worker that is stopped takes its counts along.
        self._threads: dict[tuple[int, int], tuple[float, int]] = {}

    def open(self, url: str) -> None:
        """A new tab in front."""
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run([*self._command, url], env=self._desktop.env, check=True, timeout=20, **quiet)

    def look(self) -> None:
        """Note what the threads of the extension's processes have used by now."""
        for process in psutil.Process(self._browser.pid).children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess, OSError):
                if "--extension-process" not in process.cmdline():
                    continue
                for task in Path(f"/proc/{process.pid}/task").iterdir():
                    ran = int((task / "schedstat").read_text().split()[0]) / 1e9
                    lines = (task / "status").read_text().splitlines()
                    (woken,) = (int(one.split()[1]) for one in lines if one.startswith("voluntary"))
                    self._threads[process.pid, int(task.name)] = (ran, woken)

    def cost(self) -> Cost:
        self.look()
        cpu = sum(ran for ran, _ in self._threads.values())
        woken = sum(woken for _, woken in self._threads.values())
        folder = next((self._profile / "Default" / "Local Extension Settings").iterdir())
        writes = sum(batches(path.read_bytes()) for path in folder.glob("*.log"))
        return Cost(cpu, woken, writes, self._counts.read_bytes().count(b">"))

    def close(self) -> None:
        self._browser.terminate()
        self._browser.wait(20)


def batches(journal: bytes) -> int:
    """How many batches a journal of LevelDB holds: records that are whole, or begin one."""
    found = at = 0
    while at + 7 <= len(journal):
        length, kind = struct.unpack_from("<HB", journal, at + 4)
        if kind == 0 or 32768 - at % 32768 < 7:
            at += 32768 - at % 32768  # the rest of a block
            continue
        found += kind in (1, 2)
        at += 7 + length
    return found


def for_a_while(watched: Watched, seconds: float, each: Callable[[int], None]) -> list[float]:
    """What so many seconds cost, as of an hour; `each` is called every second with its number."""
    begin, before = time.monotonic(), watched.cost()
    for number in range(round(seconds)):
        each(number)
        watched.look()
        time.sleep(max(0.0, begin + number + 1 - time.monotonic()))
    return watched.cost().an_hour(before, time.monotonic() - begin)


def measure(seconds: float) -> tuple[list[float], list[float]]:
    """What an hour of browsing costs, and an hour in which nobody is there."""
    with tempfile.TemporaryDirectory(prefix="plnd-bench-") as name:
        folder = Path(name)
        with machine(folder) as (desktop, world):
            first = Browser(desktop, world, folder / "granted", headless=False)
            first.pick(["x", "linkedin", "mastodon"])
            first.close()
            profile = copy_profile(folder / "granted", folder / "profile")
            count_frames(desktop, profile, folder)
            plnd(desktop, "start")
            for number in range(1000):
                world.pages[f"x.com/nasa/status/{number}"] = LIKE
            watched = Watched(desktop, world, profile, folder / "frames")
            try:
                return watch(desktop, watched, seconds)
            finally:
                watched.close()


def watch(desktop: Desktop, watched: Watched, seconds: float) -> tuple[list[float], list[float]]:
    def browse(number: int) -> None:
        desktop.move_mouse(100 + number % 200, 300)
        if number % PAGE_SECONDS == 0:
            page = number // PAGE_SECONDS
            watched.open("https://" + PAGES[page % len(PAGES)].format(page))

    time.sleep(5)
    for number in range(2 * PAGE_SECONDS):  # what a start costs is not what an hour costs
        browse(number)
        time.sleep(1)
    browsing = for_a_while(watched, seconds, browse)
    time.sleep(GOES_IDLE_SECONDS)
    return browsing, for_a_while(watched, seconds, lambda _: None)


def count_frames(desktop: Desktop, profile: Path, folder: Path) -> None:
    """Register the host, with a pipe before it that notes each frame."""
    manifests = profile / "NativeMessagingHosts"
    plnd(desktop, "install", "--manifest-dir", str(manifests))
    (folder / "frames").touch()
    manifest = manifests / "org.plnd.host.json"
    about = json.loads(manifest.read_bytes())
    (folder / "count.py").write_text(COUNTING)
    words = [sys.executable, str(folder / "count.py"), str(folder / "frames"), about["path"]]
    wrapper = folder / "counting"
    wrapper.write_text(f'#!/bin/sh\nexec {shlex.join(words)} "$@"\n')
    wrapper.chmod(0o700)
    manifest.write_text(json.dumps({**about, "path": str(wrapper)}))


PROMISES = {
    "browsing": (10.0, 90_000.0, 2500.0, 600.0),
    "idle": (2.0, 20_000.0, 60.0, 60.0),
}
"""The most of an hour: CPU seconds, times woken, writes, messages."""


def row(what: str, figure: float, promise: float, unit: str) -> bool:
    mark = "ok" if figure <= promise else "NOT REACHED"
    print(f"{what:<46} {figure:>10.1f} {unit:<10} ≤ {promise:<8g} {mark}", flush=True)
    return figure <= promise


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=180, help="how long each is watched")
    seconds = max(LEAST_SECONDS, parser.parse_args().seconds)
    browsing, idle = measure(seconds)
    print(f"watched for {seconds:g} s each, multiplied up to an hour")
    kept = [
        row(f"an hour of {hour}: {what}", figure, promise, unit)
        for hour, figures in (("browsing", browsing), ("idle", idle))
        for (what, unit), figure, promise in zip(
            (
                ("extension's CPU", "s"),
                ("extension woken", "times"),
                ("extension's writes", "batches"),
                ("messages to the host", "frames"),
            ),
            figures,
            PROMISES[hour],
            strict=True,
        )
    ]
    print(f"{sum(kept)} of {len(kept)} promises kept")
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
