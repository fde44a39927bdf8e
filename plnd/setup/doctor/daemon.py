"""The daemon: it runs, answers, has its port, and its clock and time zone are right."""

import socket
import time
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from plnd import client, place
from plnd.errors import PlndError
from plnd.setup.doctor.check import Ask, Check, place_of
from plnd.store.files import Home

SANE_FROM_MS = 1_700_000_000_000  # no clock that is right says less (November 2023)


def check_daemon(home: Home, ask: Ask | None) -> tuple[dict[str, Any] | None, Check]:
    """Somebody holds the lock and answers; with what it says of its health."""
    held = client.lock_is_held(place_of(home))
    if ask is None or not held:
        if held:
            message = "it holds its lock, but does not say where it answers"
            return None, Check("daemon", "fail", message, "plnd stop, then plnd start")
        return None, Check("daemon", "fail", "it does not run", "plnd start")
    try:
        health: dict[str, Any] = ask("GET", "health")
    except PlndError as error:
        return None, Check("daemon", "fail", error.message, error.hint)
    return health, Check("daemon", "ok", f"plnd {health['version']}, process {health['pid']}")


def check_port(home: Home) -> Check:
    """The daemon has the port that was asked for, or could have it."""
    given = place.given_port()
    wanted = int(given) if given and given.isdecimal() else place.DEFAULT_PORT
    running = client.daemon(place_of(home))
    url = str(running.get("url")) if running else None
    if url and (not wanted or url.endswith(f":{wanted}")):
        return Check("port", "ok", url)
    if _is_taken(wanted):
        message = f"{wanted} is taken by another program" + (f"; plnd is at {url}" if url else "")
        return Check("port", "warn", message, "plnd takes the next free one; or set PLND_PORT")
    return Check("port", "ok", url or (f"{wanted} is free" if wanted else "any that is free"))


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def check_clock(now: int) -> Check:
    """The clock (`now`, ms) is one by which events can be taken."""
    when = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(now / 1000))
    if now < SANE_FROM_MS:
        return Check("clock", "fail", f"it says {when}", "set this machine's clock")
    return Check("clock", "ok", when)


def check_time_zone(ask: Ask | None) -> Check:
    """The days that plnd counts by are this machine's."""
    if ask is None:
        return Check("time zone", "warn", "not looked at: the daemon does not run", "plnd start")
    try:
        name = ask("GET", "today")["time_zone"]
        chosen = ask("GET", "settings")["settings"]["time_zone"] is not None
    except PlndError as error:
        return Check("time zone", "fail", error.message, error.hint)
    here = datetime.now().astimezone()
    if here.utcoffset() == here.astimezone(ZoneInfo(name)).utcoffset():
        return Check("time zone", "ok", name)
    message = f"days are counted in {name}, but this machine's clock is at {here:%z}"
    if chosen:
        return Check("time zone", "warn", message, "plnd settings time_zone null follows it")
    fix = "plnd stop, then plnd start; or name yours: plnd settings time_zone Europe/London"
    return Check("time zone", "warn", message, fix)
