"""What the extension costs an hour: Chromium on a desktop of its own, at real speed.

Nothing is attached to the browser while it is watched: a debugger would keep the worker awake.
Pages are opened as a second `chromium URL` opens them, the mouse is moved on the X server, and
the pages themselves send a like now and then. First a user browses, a page of four networks
every 30 s; then nobody is there for as long, with a page in front. Everything is read from
outside the browser:

- CPU: the time on a processor of the extension's own process (/proc/PID/task/*/schedstat);
- wake-ups: how often a thread of it went to sleep and was woken (voluntary switches);
- writes: batches appended to the journal of its storage (the profile's LevelDB);
- messages: frames to the native host, counted by a pipe put in between.

Each is multiplied up to an hour.
"""

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
import table
from support.browsers import (
    CHROMIUM,
    EXTENSION,
    Browser,
    Desktop,
    Web,
    copy_profile,
    desktop_with_web,
    plnd,
)

PAGE_SECONDS = 30
LEAST_SECONDS = 60
GOES_IDLE_SECONDS = 90
PAGES = (
    *("x.com/nasa/status/{}", "www.linkedin.com/feed/?n={}"),
    *("x.com/home?n={}", "mastodon.social/home?n={}"),
)
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
        """The difference to an earlier moment, multiplied up to an hour."""
        return [(now - then) * 3600 / seconds for now, then in zip(self, since, strict=True)]


class Watched:
    """A browser with the extension and no debugger, and what its extension has used."""

    def __init__(self, desktop: Desktop, fake_web: Web, profile: Path, counts: Path) -> None:
        self._desktop, self._profile, self._counts = desktop, profile, counts
        names = "MAP * 127.0.0.1:" + str(fake_web.port) + ",EXCLUDE 127.0.0.1"
        self._command = [
            *(CHROMIUM, f"--user-data-dir={profile}", "--no-sandbox", "--disable-gpu"),
            *("--no-first-run", "--disable-background-networking", "--disable-component-update"),
            *("--disable-sync", "--disable-quic", "--ignore-certificate-errors"),
            *(f"--disable-extensions-except={EXTENSION}", f"--load-extension={EXTENSION}"),
            f"--host-resolver-rules={names}",
        ]
        self._browser = subprocess.Popen(
            [*self._command, "about:blank"],
            env=desktop.env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        # By thread, as the counts of a worker that was stopped are gone.
        self._threads: dict[tuple[int, int], tuple[float, int]] = {}

    def open(self, url: str) -> None:
        """A new tab in front."""
        subprocess.run(
            [*self._command, url],
            env=self._desktop.env,
            check=True,
            timeout=20,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

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
        """What the extension has used so far."""
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
    """How many batches a journal of LevelDB holds: full records and first parts of records."""
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
    """The cost of an hour, from so many seconds; `each` is called every second with its number."""
    begin, before = time.monotonic(), watched.cost()
    for number in range(round(seconds)):
        each(number)
        watched.look()
        time.sleep(max(0.0, begin + number + 1 - time.monotonic()))
    return watched.cost().an_hour(before, time.monotonic() - begin)


def measure(seconds: float) -> tuple[list[float], list[float]]:
    """The cost of an hour of browsing, and of an idle one."""
    with tempfile.TemporaryDirectory(prefix="plnd-bench-") as name:
        folder = Path(name)
        with desktop_with_web(folder) as (desktop, fake_web):
            first = Browser(desktop, fake_web, folder / "granted", headless=False)
            first.pick(["x", "linkedin", "mastodon"])
            first.close()
            profile = copy_profile(folder / "granted", folder / "profile")
            count_frames(desktop, profile, folder)
            plnd(desktop, "start")
            for number in range(1000):
                fake_web.pages[f"x.com/nasa/status/{number}"] = LIKE
            watched = Watched(desktop, fake_web, profile, folder / "frames")
            try:
                return watch(desktop, watched, seconds)
            finally:
                watched.close()


def watch(desktop: Desktop, watched: Watched, seconds: float) -> tuple[list[float], list[float]]:
    """Browse for so long, then leave the browser alone for as long."""

    def browse(number: int) -> None:
        desktop.move_mouse(100 + number % 200, 300)
        if number % PAGE_SECONDS == 0:
            page = number // PAGE_SECONDS
            watched.open("https://" + PAGES[page % len(PAGES)].format(page))

    time.sleep(5)
    for number in range(2 * PAGE_SECONDS):  # the start's own cost does not count
        browse(number)
        time.sleep(1)
    browsing = for_a_while(watched, seconds, browse)
    time.sleep(GOES_IDLE_SECONDS)
    return browsing, for_a_while(watched, seconds, lambda _: None)


def count_frames(desktop: Desktop, profile: Path, folder: Path) -> None:
    """Register a pipe that notes each frame, in front of the native host."""
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
FIGURES = (
    ("extension's CPU", "s"),
    ("extension woken", "times"),
    ("extension's writes", "batches"),
    ("messages to the host", "frames"),
)


def main(seconds: int) -> int:
    """Measure, watching browsing and idleness for so many seconds each; the exit code."""
    seconds = max(LEAST_SECONDS, seconds)
    browsing, idle = measure(seconds)
    print(f"watched for {seconds} s each, multiplied up to an hour")
    for hour, found in (("browsing", browsing), ("idle", idle)):
        for (what, unit), figure, promise in zip(FIGURES, found, PROMISES[hour], strict=True):
            table.plain(f"an hour of {hour}: {what}", figure, unit, promise)
    return table.summary()
