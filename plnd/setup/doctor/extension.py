"""What is heard of the extensions: that they are there, see what was picked, and send."""

import contextlib
import functools
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from plnd.errors import PlndError
from plnd.setup.doctor.check import Ask, Check
from plnd.system.files import Home
from plnd.system.resources import extension_dir
from plnd.words.messages import ENGLISH, Words

QUIET_DAYS = 2
FUTURE_MS = 5 * 60 * 1000
DAY_MS = 24 * 60 * 60 * 1000

# What the main program of each browser is called, by the word that its extension reports.
PROGRAMS = {
    "chromium": {"chromium", "chromium-browser"},
    "chrome": {"chrome"},
    "edge": {"msedge"},
    "brave": {"brave"},
    "vivaldi": {"vivaldi-bin"},
    "opera": {"opera"},
    "firefox": {"firefox", "firefox-esr", "firefox-bin"},
}


def check_heard(
    home: Home, ask: Ask | None, words: Words = ENGLISH, proc: Path = Path("/proc")
) -> list[Check]:
    """Each browser whose extension was ever heard of: the extension, and its events."""
    if ask is None:
        return [Check("events", "warn", words.say("doctor_unseen"), "plnd start")]
    try:
        today, sources = ask("GET", "today"), ask("GET", "sources")["sources"]
    except PlndError as error:
        return [Check("events", "fail", error.message, error.hint)]
    latest: dict[str, Any] = {}
    for one in sources:  # who spoke last stands first
        latest.setdefault(one["browser"], one)
    events = {one["browser"]: one["last_event_at"] for one in today["sources"]}
    if not latest and not events:
        message, fix = words.say("doctor_never_heard"), words.say("doctor_add_extension")
        return [Check("events", "warn", message, fix)]
    processes = list(_processes(proc))
    now = today["now"]
    return [
        *(_check_extension(home, one, now, processes, words) for one in latest.values()),
        *(_check_events(browser, at, now, words) for browser, at in events.items()),
        *(_check_no_events(browser, words) for browser in latest.keys() - events.keys()),
    ]


def _check_extension(
    home: Home, source: dict[str, Any], now: int, processes: list["Process"], words: Words
) -> Check:
    """Of one browser: it runs, it is this plnd's, and it may see something."""
    browser = source["browser"]
    name = f"extension in {browser}"
    since = ago(now - source["heard_at"], words)
    heard = words.say("doctor_heard", version=source["extension"], ago=since)
    if not source["networks"]:
        message = words.say("doctor_sees_nothing", heard=heard)
        return Check(name, "warn", message, words.say("doctor_pick", browser=browser))
    if _is_cut_off(home, browser, processes):
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
    if last > now + FUTURE_MS:
        return Check(name, "warn", words.say("doctor_future"), words.say("doctor_set_clock"))
    if now - last > QUIET_DAYS * DAY_MS:
        message = words.say("doctor_silent", n=(now - last) // DAY_MS)
        return Check(name, "warn", message, words.say("doctor_silent_fix", browser=browser))
    return Check(name, "ok", words.say("doctor_last_event", ago=ago(now - last, words)))


def _check_no_events(browser: str, words: Words) -> Check:
    fix = words.say("doctor_none_ever_fix", browser=browser)
    return Check(f"events from {browser}", "warn", words.say("doctor_none_ever"), fix)


def ago(ms: int, words: Words) -> str:
    """A length of time as "5 minutes ago"."""
    minutes = max(0, ms // 60_000)
    if minutes < 120:
        return words.count("doctor_minutes_ago", minutes)
    hours = minutes // 60
    if hours < 48:
        return words.say("doctor_hours_ago", n=hours)
    return words.say("doctor_days_ago", n=hours // 24)


# ---- processes


class Process(NamedTuple):
    """A process of this user: whose child it is, its program, and its command line."""

    pid: int
    parent: int
    program: str
    words: list[str]


def _processes(proc: Path) -> Iterable[Process]:
    """Those of this user's home folder; none where the system does not show them so."""
    for folder in proc.glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            environment, words = _texts(folder / "environ"), _texts(folder / "cmdline")
            if _is_elsewhere(environment, words):
                continue
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            program = (folder / "exe").readlink().name.removesuffix(" (deleted)")
            yield Process(int(folder.name), parent, program, words)


def _texts(path: Path) -> list[str]:
    return path.read_bytes().decode(errors="replace").split("\0")


def _is_elsewhere(environment: list[str], words: list[str]) -> bool:
    """Whether a process belongs to another home, or is a browser with its profiles elsewhere."""
    home = str(Path.home())
    said = [one for one in environment if one.startswith("HOME=")]
    if said:
        return said[0] != f"HOME={home}"
    # Chromium writes its title over its environment, the words of its command in one.
    given = " ".join(words).partition("--user-data-dir=")[2]
    return bool(given) and not given.startswith(home)


def _is_cut_off(home: Home, browser: str, processes: list[Process]) -> bool:
    """Whether a browser runs, and no native host of this home is a child of it.

    An extension that runs keeps its host: the port is open from its first word on.
    """
    named = [one for one in processes if one.program in PROGRAMS.get(browser, ())]
    own = {one.pid for one in named if not _is_inner(one)}
    return bool(own) and not any(
        one.parent in own and str(home.state) in one.words for one in processes
    )


def _is_inner(process: Process) -> bool:
    """Whether a browser started it of its own, as for a page: it need not say whose it is."""
    # Some write all of their command in one word.
    return any(mark in word for mark in ("--type=", "-contentproc") for word in process.words)
