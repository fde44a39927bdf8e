"""Checks of the daemon: it runs, answers, has its port, its clock and time zone are right."""

import socket
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from plnd import client
from plnd.errors import PlndError
from plnd.setup.doctor.check import Ask, Check
from plnd.system import paths
from plnd.system.files import Home
from plnd.words.messages import ENGLISH, Words

EARLIEST_NOW_MS = 1_700_000_000_000  # November 2023: a clock that shows less is wrong


def check_daemon(
    home: Home, ask: Ask | None, words: Words = ENGLISH
) -> tuple[dict[str, Any] | None, Check]:
    """The daemon holds the lock and answers. The answer is its health, None without one."""
    locked = client.lock_is_held(home.place)
    if ask is None or not locked:
        if locked:
            message, fix = words.say("doctor_no_address"), words.say("doctor_stop_and_start")
            return None, Check("daemon", "fail", message, fix)
        return None, Check("daemon", "fail", words.say("doctor_not_running"), "plnd start")
    try:
        health: dict[str, Any] = ask("GET", "health")
    except PlndError as error:
        return None, Check("daemon", "fail", error.message, error.hint)
    message = words.say("doctor_running", version=health["version"], pid=health["pid"])
    return health, Check("daemon", "ok", message)


def check_port(home: Home, words: Words = ENGLISH) -> Check:
    """The daemon has the wanted port, or could have it."""
    given = paths.given_port()
    wanted = int(given) if given and given.isdecimal() else paths.DEFAULT_PORT
    running = client.daemon(home.place)
    url = str(running.get("url")) if running else None
    if url and (not wanted or url.endswith(f":{wanted}")):
        return Check("port", "ok", url)
    if _is_taken(wanted):
        key = "doctor_port_taken_running" if url else "doctor_port_taken"
        message = words.say(key, port=wanted, url=url)
        return Check("port", "warn", message, words.say("doctor_port_fix"))
    return Check("port", "ok", url or _free_port_text(wanted, words))


def _free_port_text(port: int, words: Words) -> str:
    return words.say("doctor_port_free", port=port) if port else words.say("doctor_port_any")


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def check_clock(now: int, words: Words = ENGLISH) -> Check:
    """The clock (`now`, ms) is not so wrong that events would be refused."""
    when = words.say("doctor_clock", at=datetime.fromtimestamp(now / 1000, UTC))
    if now < EARLIEST_NOW_MS:
        message = words.say("doctor_clock_wrong", when=when)
        return Check("clock", "fail", message, words.say("doctor_set_clock"))
    return Check("clock", "ok", when)


def check_time_zone(ask: Ask | None, words: Words = ENGLISH) -> Check:
    """plnd counts days in the time zone of this machine."""
    if ask is None:
        return Check("time zone", "warn", words.say("doctor_unseen"), "plnd start")
    try:
        name = ask("GET", "today")["time_zone"]
        chosen = ask("GET", "settings")["settings"]["time_zone"] is not None
    except PlndError as error:
        return Check("time zone", "fail", error.message, error.hint)
    here = datetime.now().astimezone()
    if here.utcoffset() == here.astimezone(ZoneInfo(name)).utcoffset():
        return Check("time zone", "ok", name)
    message = words.say("doctor_zone_differs", zone=name, offset=f"{here:%z}")
    fix = words.say("doctor_zone_follow" if chosen else "doctor_zone_name")
    return Check("time zone", "warn", message, fix)
