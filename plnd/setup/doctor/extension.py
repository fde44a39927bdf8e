"""Checks of the extensions: they are connected, may see their networks, and send events."""

import functools
import json
from pathlib import Path
from typing import Any

from plnd.errors import PlndError
from plnd.setup.doctor.check import Ask, Check
from plnd.system.files import Home
from plnd.system.process_list import PROC, Process, own_processes
from plnd.system.resources import extension_dir
from plnd.words.messages import ENGLISH, Words

SILENT_DAYS = 2
CLOCK_TOLERANCE_MS = 5 * 60 * 1000
DAY_MS = 24 * 60 * 60 * 1000

# The main program of each browser, by the name of the browser that its extension sends.
PROGRAMS = {
    "chromium": {"chromium", "chromium-browser"},
    "chrome": {"chrome"},
    "edge": {"msedge"},
    "brave": {"brave"},
    "vivaldi": {"vivaldi-bin"},
    "opera": {"opera"},
    "firefox": {"firefox", "firefox-esr", "firefox-bin"},
}


def check_extensions(
    home: Home, ask: Ask | None, words: Words = ENGLISH, proc: Path = PROC
) -> list[Check]:
    """For each browser whose extension ever sent something: the extension, and its events."""
    if ask is None:
        return [Check("events", "warn", words.say("doctor_unseen"), "plnd start")]
    try:
        today, sources = ask("GET", "today"), ask("GET", "sources")["sources"]
    except PlndError as error:
        return [Check("events", "fail", error.message, error.hint)]
    latest: dict[str, Any] = {}
    for one in sources:  # the latest comes first
        latest.setdefault(one["browser"], one)
    events = {one["browser"]: one["last_event_at"] for one in today["sources"]}
    if not latest and not events:
        message, fix = words.say("doctor_never_heard"), words.say("doctor_add_extension")
        return [Check("events", "warn", message, fix)]
    processes = list(own_processes(proc))
    now = today["now"]
    return [
        *(_check_extension(home, one, now, processes, words) for one in latest.values()),
        *(_check_events(browser, at, now, words) for browser, at in events.items()),
        *(_check_no_events(browser, words) for browser in latest.keys() - events.keys()),
    ]


def _check_extension(
    home: Home, source: dict[str, Any], now: int, processes: list[Process], words: Words
) -> Check:
    """The extension of one browser is connected to this plnd, current, and may see a network."""
    browser = source["browser"]
    name = f"extension in {browser}"
    since = ago(now - source["heard_at"], words)
    heard = words.say("doctor_heard", version=source["extension"], ago=since)
    if not source["networks"]:
        message = words.say("doctor_sees_nothing", heard=heard)
        return Check(name, "warn", message, words.say("doctor_pick", browser=browser))
    if _is_disconnected(home, browser, processes):
        message = words.say("doctor_cut_off", heard=heard, browser=browser)
        return Check(name, "warn", message, words.say("doctor_wake", browser=browser))
    if source["extension"] != shipped_version():
        message = words.say("doctor_outdated", heard=heard, shipped=shipped_version())
        return Check(name, "warn", message, words.say("doctor_load_anew", browser=browser))
    networks = ", ".join(source["networks"])
    return Check(name, "ok", words.say("doctor_sees", heard=heard, networks=networks))


@functools.cache
def shipped_version() -> str:
    """The version of the extension that comes with this plnd."""
    return str(json.loads((extension_dir() / "manifest.json").read_bytes())["version"])


def _check_events(browser: str, last: int, now: int, words: Words) -> Check:
    name = f"events from {browser}"
    if last > now + CLOCK_TOLERANCE_MS:
        return Check(name, "warn", words.say("doctor_future"), words.say("doctor_set_clock"))
    if now - last > SILENT_DAYS * DAY_MS:
        message = words.say("doctor_silent", n=(now - last) // DAY_MS)
        return Check(name, "warn", message, words.say("doctor_silent_fix", browser=browser))
    return Check(name, "ok", words.say("doctor_last_event", ago=ago(now - last, words)))


def _check_no_events(browser: str, words: Words) -> Check:
    fix = words.say("doctor_none_ever_fix", browser=browser)
    return Check(f"events from {browser}", "warn", words.say("doctor_none_ever"), fix)


def ago(ms: int, words: Words) -> str:
    """The text of a length of time, as "5 minutes ago"."""
    minutes = max(0, ms // 60_000)
    if minutes < 120:
        return words.count("doctor_minutes_ago", minutes)
    hours = minutes // 60
    if hours < 48:
        return words.say("doctor_hours_ago", n=hours)
    return words.say("doctor_days_ago", n=hours // 24)


def _is_disconnected(home: Home, browser: str, processes: list[Process]) -> bool:
    """Whether a browser runs without a native host of this home among its child processes.

    An extension that runs keeps its host running, from its first message on.
    """
    named = [one for one in processes if one.program in PROGRAMS.get(browser, ())]
    main = {one.pid for one in named if not _is_helper(one)}
    return bool(main) and not any(
        one.parent in main and str(home.state) in one.words for one in processes
    )


def _is_helper(process: Process) -> bool:
    """Whether a process is a part of a browser, such as a page: those have no native host."""
    # Some browsers write their whole command in one word.
    return any(mark in word for mark in ("--type=", "-contentproc") for word in process.words)
