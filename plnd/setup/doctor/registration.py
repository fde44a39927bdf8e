"""Browsers find the native host: manifests, the launcher, and that it answers."""

import functools
import json
import os
import struct
import subprocess
from pathlib import Path

from plnd.errors import PlndError
from plnd.setup import manifests
from plnd.setup.browsers import Browser
from plnd.setup.doctor.check import Check, Status
from plnd.system.files import Home
from plnd.system.resources import host_dir
from plnd.words.messages import ENGLISH, Words

HOST_SECONDS = 15.0


def check_manifests(home: Home, found: list[Browser], words: Words = ENGLISH) -> list[Check]:
    """Each browser finds our manifest, and it names our launcher and our extension."""
    able = [one for one in found if not one.hindrance()]
    known = {browser.manifest: browser for browser in able}
    others = [path for path in manifests.recorded_manifests(home) if path not in known]
    if not found and not others:
        message, fix = words.say("doctor_no_browser"), words.say("doctor_start_browser")
        return [Check("browsers", "warn", message, fix)]
    # One browser is enough for plnd to work; another without it may well be meant.
    absent: Status = "warn" if others or manifests.recorded_manifests(home) else "fail"
    return [
        *(_check_manifest(home, one.name, one, absent, words) for one in able),
        *(_check_manifest(home, str(path.parent), path, absent, words) for path in others),
        *(_check_packed(one, words) for one in found if one not in able),
    ]


def _check_packed(browser: Browser, words: Words) -> Check:
    message = words.say("doctor_packed", why=browser.hindrance(words))
    return Check(browser.name, "warn", message, words.say("doctor_packed_fix"))


def _check_manifest(
    home: Home, name: str, place: Browser | Path, absent: Status, words: Words
) -> Check:
    manifest = place.manifest if isinstance(place, Browser) else place
    status, wrong = _fault(home, place, manifest, absent, words)
    if wrong:
        again = functools.partial(_register_again, home, place)
        return Check(name, status, wrong, "plnd install", again)
    if isinstance(place, Browser) and (condition := place.condition(words)):
        message = words.say("doctor_conditional", path=manifest, condition=condition)
        return Check(name, "ok", message)
    return Check(name, "ok", str(manifest))


def _register_again(home: Home, place: Browser | Path) -> None:
    if isinstance(place, Browser):
        manifests.install(home, browsers=[place])
    else:
        manifests.install(home, manifest_dir=place.parent, form=_form_of(place))


def _form_of(manifest: Path) -> str:
    said = manifests.read_manifest(manifest)
    return "firefox" if "allowed_extensions" in said else "chromium"


def _fault(
    home: Home, place: Browser | Path, manifest: Path, absent: Status, words: Words
) -> tuple[Status, str]:
    """How bad it is, and what is wrong with a manifest; "" when nothing is."""
    if not manifest.exists():
        return absent, words.say("doctor_is_missing", path=manifest)
    said = manifests.read_manifest(manifest)
    if not said:
        return "fail", words.say("doctor_unreadable", path=manifest)
    if said.get("path") != str(manifests.launcher_of(home)):
        other = said.get("path")
        return "fail", words.say("doctor_other_launcher", path=manifest, other=other)
    form = place.form if isinstance(place, Browser) else _form_of(manifest)
    template = json.loads((host_dir() / f"{form}.json").read_bytes())
    for key in template.keys() - {"path", "description"}:
        if said.get(key) != template[key]:
            wanted = template[key]
            return "fail", words.say("doctor_other_value", path=manifest, part=key, wanted=wanted)
    return "ok", ""


def check_launcher(home: Home, words: Words = ENGLISH) -> Check:
    """The script that browsers start is there, can be run, and is the one for this plnd."""
    launcher = manifests.launcher_of(home)
    again = functools.partial(_write_again, home)
    if not launcher.is_file():
        message = words.say("doctor_is_missing", path=launcher)
        return Check("launcher", "fail", message, "plnd install", again)
    if not os.access(launcher, os.X_OK):
        message = words.say("doctor_cannot_run", path=launcher)
        return Check("launcher", "fail", message, "plnd install", again)
    try:
        wanted = manifests.launcher_text(home, manifests.plnd_command())
    except PlndError as error:
        return Check("launcher", "fail", error.message, error.hint)
    if launcher.read_text(encoding="utf-8", errors="replace") != wanted:
        message = words.say("doctor_other_plnd", path=launcher)
        return Check("launcher", "warn", message, "plnd install", again)
    return Check("launcher", "ok", str(launcher))


def _write_again(home: Home) -> None:
    home.make()
    manifests.write_launcher(home)


def check_host(home: Home, words: Words = ENGLISH, *, running: bool) -> Check:
    """The launcher, started as a browser does it, answers a frame.

    While no daemon runs it is asked for what it refuses by itself: to look must not start one.
    """
    launcher = manifests.launcher_of(home)
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
        late = isinstance(error, subprocess.TimeoutExpired)
        message = words.say("doctor_does_not_end" if late else "doctor_cannot_run", path=launcher)
        return Check("native host", "fail", message, "plnd install")
    status = _status_of(done.stdout)
    if status != wanted or done.returncode != 0:
        talk = done.stderr.decode(errors="replace").strip().splitlines()
        ended = words.say("doctor_ended", status=status, code=done.returncode)
        message = words.say("doctor_no_answer", said=talk[-1] if talk else ended)
        return Check("native host", "fail", message, "plnd install")
    message = words.say("doctor_answers" if running else "doctor_answers_alone")
    return Check("native host", "ok", message)


def _status_of(stream: bytes) -> int | None:
    """The status in the one frame of a stream; None when it is not exactly one."""
    if len(stream) < 4 or struct.unpack("@I", stream[:4])[0] != len(stream) - 4:
        return None
    try:
        return int(json.loads(stream[4:])["status"])
    except (ValueError, KeyError, TypeError):
        return None
