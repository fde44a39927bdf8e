"""What stands between a browser and a notice on the desktop, checked link by link.

Each check looks at the real thing: the files, the lock, the launcher that browsers
start, a notice that is really shown. None of them changes anything.
"""

import importlib.util
import json
import os
import shutil
import socket
import stat
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, NamedTuple

from plnd import client, place
from plnd.errors import PlndError
from plnd.resources import host_dir
from plnd.setup import browsers
from plnd.setup.known import Browser
from plnd.store.files import Home

Status = Literal["ok", "warn", "fail"]
Ask = Callable[[str, str], Any]
"""Asks the daemon: method, path after /api/v1/. Raises PlndError."""

SMALLEST_FREE_BYTES = 50 * 1024 * 1024
QUIET_DAYS = 2
FUTURE_MS = 5 * 60 * 1000
SANE_FROM_MS = 1_700_000_000_000  # no clock that is right says less (November 2023)
DAY_MS = 24 * 60 * 60 * 1000
HOST_SECONDS = 15.0


class Check(NamedTuple):
    """One link: what it is, how it stands, what was seen, and what to do ("" when well)."""

    name: str
    status: Status
    message: str
    fix: str = ""

    def as_dict(self) -> dict[str, str]:
        """As `plnd doctor --json` shows it."""
        return self._asdict()

    def line(self) -> str:
        """As `plnd doctor` shows it: a line, and one more with what to do."""
        first = f"{self.status:<5}{self.name}: {self.message}"
        return f"{first}\n     -> {self.fix}" if self.fix else first


def run_checks(
    home: Home,
    ask: Ask | None,
    *,
    open_stores: Callable[[], list[str]] | None = None,
    found: list[Browser] | None = None,
) -> list[Check]:
    """Check every link, in the order in which an event goes through them.

    Args:
        ask: asks the running daemon; None when none runs.
        open_stores: opens and closes the stores while no daemon has them; gives the damaged
            files, raises PlndError.
        found: the browsers to look at; those of this user when None.
    """
    health, daemon = check_daemon(home, ask)
    working = ask if daemon.status == "ok" else None
    return [
        *check_home(home),
        check_disk(home),
        daemon,
        check_port(home),
        check_stores(health, open_stores),
        *check_manifests(home, browsers.found_browsers(home) if found is None else found),
        check_launcher(home),
        check_host(home, running=working is not None),
        *check_sources(working),
        check_notifier(),
        check_notice(working),
    ]


# ---- the home


def check_home(home: Home) -> list[Check]:
    """Its folders are there, writable, and nobody else's; so are its files."""
    folders = [one for one in (home.root, home.state, home.data, home.host) if one is not None]
    missing = [one for one in folders if not one.is_dir()]
    shut = [one for one in folders if one not in missing and not os.access(one, os.W_OK | os.X_OK)]
    if shut:
        here = Check("home", "fail", f"{shut[0]} is not writable", f"chmod 700 '{shut[0]}'")
    elif missing:
        here = Check("home", "warn", f"{missing[0]} is not there yet", "plnd start makes it")
    else:
        here = Check("home", "ok", str(home.root or home.data))
    return [here, _check_modes(folders)]


def _check_modes(folders: list[Path]) -> Check:
    for path in (path for folder in folders for path in (folder, *folder.glob("*"))):
        try:
            mode = path.lstat().st_mode
        except FileNotFoundError:
            continue  # gone while we looked, as journals of a store are
        if not stat.S_ISLNK(mode) and stat.S_IMODE(mode) & 0o077:
            message = f"others of this machine can get at {path}"
            return Check("privacy", "fail", message, f"chmod go= '{path}'")
    return Check("privacy", "ok", "files and folders are open to you alone")


def check_disk(home: Home) -> Check:
    """There is room for more events."""
    folder = next(one for one in (home.data, *home.data.parents) if one.exists())
    free = shutil.disk_usage(folder).free
    said = f"{free // 1024**2} MB free at {folder}"
    if free < SMALLEST_FREE_BYTES:
        return Check("disk", "fail", said, "free some space; browsers keep their events until then")
    return Check("disk", "ok", said)


def check_stores(
    health: dict[str, Any] | None, open_stores: Callable[[], list[str]] | None
) -> Check:
    """Both stores open, and nothing had to be set aside."""
    try:
        if health is not None:
            damaged = health["damaged"]
        elif open_stores is not None:
            damaged = open_stores()
        else:
            return Check("stores", "warn", "not looked at: the daemon does not run", "plnd start")
    except PlndError as error:
        return Check("stores", "fail", error.message, error.hint)
    if damaged:
        message = f"a damaged file was set aside: {damaged[0]}"
        return Check("stores", "warn", message, "look at it, or restore your own copy of it")
    return Check("stores", "ok", "both open")


# ---- the daemon


def check_daemon(home: Home, ask: Ask | None) -> tuple[dict[str, Any] | None, Check]:
    """Somebody holds the lock and answers; with what it says of its health."""
    held = client.lock_is_held(_place(home))
    if ask is None or not held:
        if held:
            message = "it holds its lock, but does not say where it answers"
            return None, Check("daemon", "fail", message, "plnd stop, then plnd start")
        return None, Check("daemon", "fail", "it does not run", "plnd start")
    try:
        health: dict[str, Any] = ask("GET", "health")
    except PlndError as error:
        return None, Check("daemon", "fail", error.message, error.hint)
    return health, _check_clock(health)


def _check_clock(health: dict[str, Any]) -> Check:
    if health["now"] < SANE_FROM_MS:
        when = time.strftime("%Y-%m-%d", time.gmtime(health["now"] / 1000))
        return Check("daemon", "fail", f"its clock says {when}", "set this machine's clock")
    return Check("daemon", "ok", f"plnd {health['version']}, process {health['pid']}")


def check_port(home: Home) -> Check:
    """The daemon has the port that was asked for, or could have it."""
    given = place.given_port()
    wanted = int(given) if given and given.isdecimal() else place.DEFAULT_PORT
    running = client.daemon(_place(home))
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


def _place(home: Home) -> place.Place:
    root = None if home.root is None else str(home.root)
    return place.Place(str(home.state), str(home.data), str(home.host), root)


# ---- the browsers and the native host


def check_manifests(home: Home, found: list[Browser]) -> list[Check]:
    """Each browser finds our manifest, and it names our launcher and our extension."""
    known = {browser.manifest: browser for browser in found}
    others = [path for path in browsers.recorded_manifests(home) if path not in known]
    if not known and not others:
        message = "no browser was found"
        return [Check("browsers", "warn", message, "start your browser once, then plnd install")]
    # One browser is enough for plnd to work; another without it may well be meant.
    absent: Status = "warn" if others or browsers.recorded_manifests(home) else "fail"
    return [
        *(_check_manifest(home, one.name, one.form, one.manifest, absent) for one in found),
        *(_check_manifest(home, str(path.parent), None, path, absent) for path in others),
    ]


def _check_manifest(
    home: Home, name: str, form: str | None, manifest: Path, absent: Status
) -> Check:
    fix = "plnd install"
    if not manifest.exists():
        return Check(name, absent, f"{manifest} is not there", fix)
    said = browsers.read_manifest(manifest)
    if not said:
        return Check(name, "fail", f"{manifest} cannot be read", fix)
    if said.get("path") != str(browsers.launcher_of(home)):
        message = f"{manifest} names another launcher: {said.get('path')}"
        return Check(name, "fail", message, fix)
    form = form or ("firefox" if "allowed_extensions" in said else "chromium")
    template = json.loads((host_dir() / f"{form}.json").read_bytes())
    for key in template.keys() - {"path", "description"}:
        if said.get(key) != template[key]:
            return Check(name, "fail", f"{manifest}: {key} is not {template[key]}", fix)
    return Check(name, "ok", str(manifest))


def check_launcher(home: Home) -> Check:
    """The script that browsers start is there, can be run, and is the one for this plnd."""
    launcher = browsers.launcher_of(home)
    if not launcher.is_file():
        return Check("launcher", "fail", f"{launcher} is not there", "plnd install")
    if not os.access(launcher, os.X_OK):
        return Check("launcher", "fail", f"{launcher} cannot be run", "plnd install")
    try:
        wanted = browsers.launcher_text(home, browsers.plnd_command())
    except PlndError as error:
        return Check("launcher", "fail", error.message, error.hint)
    if launcher.read_text(encoding="utf-8", errors="replace") != wanted:
        message = f"{launcher} is for another installation of plnd"
        return Check("launcher", "warn", message, "plnd install")
    return Check("launcher", "ok", str(launcher))


def check_host(home: Home, *, running: bool) -> Check:
    """The launcher, started as a browser does it, answers a frame.

    While no daemon runs it is asked for what it refuses by itself: to look must not start one.
    """
    launcher = browsers.launcher_of(home)
    path, wanted = ("/api/v1/health", 200) if running else ("/", 400)
    frame = json.dumps({"id": 1, "method": "GET", "path": path}).encode()
    try:
        done = subprocess.run(
            [launcher],
            input=struct.pack("@I", len(frame)) + frame,
            capture_output=True,
            timeout=HOST_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        why = "does not end" if isinstance(error, subprocess.TimeoutExpired) else "cannot be run"
        return Check("native host", "fail", f"{launcher} {why}", "plnd install")
    status = _status_of(done.stdout)
    if status != wanted or done.returncode != 0:
        talk = done.stderr.decode(errors="replace").strip().splitlines()
        said = talk[-1] if talk else f"status {status}, exit {done.returncode}"
        return Check("native host", "fail", f"it did not answer: {said}", "plnd install")
    return Check("native host", "ok", "it answers" if running else "it answers by itself")


def _status_of(stream: bytes) -> int | None:
    """The status in the one frame of a stream; None when it is not exactly one."""
    if len(stream) < 4 or struct.unpack("@I", stream[:4])[0] != len(stream) - 4:
        return None
    try:
        return int(json.loads(stream[4:])["status"])
    except (ValueError, KeyError, TypeError):
        return None


def check_sources(ask: Ask | None) -> list[Check]:
    """Each browser that ever sent something still does."""
    if ask is None:
        return [Check("events", "warn", "not looked at: the daemon does not run", "plnd start")]
    try:
        today = ask("GET", "today")
    except PlndError as error:
        return [Check("events", "fail", error.message, error.hint)]
    if not today["sources"]:
        fix = "add the extension to your browser and pick the networks in it"
        return [Check("events", "warn", "no browser has ever sent any", fix)]
    return [_check_source(one["browser"], one["last_event_at"], today["now"])
            for one in today["sources"]]  # fmt: skip


def _check_source(browser: str, last: int, now: int) -> Check:
    name = f"events from {browser}"
    if last > now + FUTURE_MS:
        message = "the last one lies in the future"
        return Check(name, "warn", message, "set this machine's clock")
    days = (now - last) // DAY_MS
    if now - last > QUIET_DAYS * DAY_MS:
        fix = f"is the extension on in {browser}? Its popup says what is wrong"
        return Check(name, "warn", f"none for {days} days", fix)
    return Check(name, "ok", f"the last one {(now - last) // 60_000} minutes ago")


# ---- the desktop


def check_notifier() -> Check:
    """Something is there that can show a notice."""
    if not sys.platform.startswith("linux"):
        return Check("notifier", "ok", "the system's own")
    if importlib.util.find_spec("dbus") is not None:
        return Check("notifier", "ok", "D-Bus")
    if found := shutil.which("notify-send"):
        return Check("notifier", "ok", found)
    fix = "install notify-send (Debian and Ubuntu: apt install libnotify-bin)"
    return Check("notifier", "warn", "neither notify-send nor D-Bus for Python is there", fix)


def check_notice(ask: Ask | None) -> Check:
    """A trial notice is really shown, by the daemon and in its surroundings."""
    if ask is None:
        return Check("notice", "warn", "not tried: the daemon does not run", "plnd start")
    try:
        answer = ask("POST", "notices/test")
    except PlndError as error:
        return Check("notice", "fail", error.message, error.hint)
    if not answer["shown"]:
        fix = "start plnd from within your desktop; the badge and plnd status say it meanwhile"
        return Check("notice", "fail", f"the desktop did not show it: {answer['error']}", fix)
    return Check("notice", "ok", "the desktop took it")
