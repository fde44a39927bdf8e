"""Browsers find the native host: manifests, the launcher, and that it answers."""

import functools
import json
import os
import struct
import subprocess
from pathlib import Path

from plnd.errors import PlndError
from plnd.resources import host_dir
from plnd.setup import browsers
from plnd.setup.doctor.check import Check, Status
from plnd.setup.known import Browser
from plnd.store.files import Home

HOST_SECONDS = 15.0


def check_manifests(home: Home, found: list[Browser]) -> list[Check]:
    """Each browser finds our manifest, and it names our launcher and our extension."""
    able = [one for one in found if not one.hindrance]
    known = {browser.manifest: browser for browser in able}
    others = [path for path in browsers.recorded_manifests(home) if path not in known]
    if not found and not others:
        message = "no browser was found"
        return [Check("browsers", "warn", message, "start your browser once, then plnd install")]
    # One browser is enough for plnd to work; another without it may well be meant.
    absent: Status = "warn" if others or browsers.recorded_manifests(home) else "fail"
    return [
        *(_check_manifest(home, one.name, one, absent) for one in able),
        *(_check_manifest(home, str(path.parent), path, absent) for path in others),
        *(_check_packed(one) for one in found if one.hindrance),
    ]


def _check_packed(browser: Browser) -> Check:
    fix = "install it from your distribution's or its maker's packages to use plnd with it"
    return Check(browser.name, "warn", f"it {browser.hindrance}", fix)


def _check_manifest(home: Home, name: str, place: Browser | Path, absent: Status) -> Check:
    manifest = place.manifest if isinstance(place, Browser) else place
    status, wrong = _fault(home, place, manifest, absent)
    if wrong:
        again = functools.partial(_register_again, home, place)
        return Check(name, status, wrong, "plnd install", again)
    if isinstance(place, Browser) and place.condition:
        return Check(name, "ok", f"{manifest}; it {place.condition}")
    return Check(name, "ok", str(manifest))


def _register_again(home: Home, place: Browser | Path) -> None:
    if isinstance(place, Browser):
        browsers.install(home, browsers=[place])
    else:
        browsers.install(home, manifest_dir=place.parent, form=_form_of(place))


def _form_of(manifest: Path) -> str:
    said = browsers.read_manifest(manifest)
    return "firefox" if "allowed_extensions" in said else "chromium"


def _fault(home: Home, place: Browser | Path, manifest: Path, absent: Status) -> tuple[Status, str]:
    """How bad it is, and what is wrong with a manifest; "" when nothing is."""
    if not manifest.exists():
        return absent, f"{manifest} is not there"
    said = browsers.read_manifest(manifest)
    if not said:
        return "fail", f"{manifest} cannot be read"
    if said.get("path") != str(browsers.launcher_of(home)):
        return "fail", f"{manifest} names another launcher: {said.get('path')}"
    form = place.form if isinstance(place, Browser) else _form_of(manifest)
    template = json.loads((host_dir() / f"{form}.json").read_bytes())
    for key in template.keys() - {"path", "description"}:
        if said.get(key) != template[key]:
            return "fail", f"{manifest}: {key} is not {template[key]}"
    return "ok", ""


def check_launcher(home: Home) -> Check:
    """The script that browsers start is there, can be run, and is the one for this plnd."""
    launcher = browsers.launcher_of(home)
    again = functools.partial(_write_again, home)
    if not launcher.is_file():
        return Check("launcher", "fail", f"{launcher} is not there", "plnd install", again)
    if not os.access(launcher, os.X_OK):
        return Check("launcher", "fail", f"{launcher} cannot be run", "plnd install", again)
    try:
        wanted = browsers.launcher_text(home, browsers.plnd_command())
    except PlndError as error:
        return Check("launcher", "fail", error.message, error.hint)
    if launcher.read_text(encoding="utf-8", errors="replace") != wanted:
        message = f"{launcher} is for another installation of plnd"
        return Check("launcher", "warn", message, "plnd install", again)
    return Check("launcher", "ok", str(launcher))


def _write_again(home: Home) -> None:
    home.make()
    browsers.write_launcher(home)


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
