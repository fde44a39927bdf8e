"""Checks of the native host: manifests name it, the launcher starts it, and it answers."""

import functools
import json
import os
import struct
import subprocess
from pathlib import Path

from plnd.errors import PlndError
from plnd.setup import launcher, manifests
from plnd.setup.browsers import Browser
from plnd.setup.doctor.check import Check, Status
from plnd.system.files import Home
from plnd.system.resources import host_dir
from plnd.words.messages import ENGLISH, Words

HOST_SECONDS = 15.0


def check_manifests(home: Home, found: list[Browser], words: Words = ENGLISH) -> list[Check]:
    """Each browser finds our manifest, which names our launcher and our extension."""
    able = [one for one in found if not one.why_unusable()]
    known = {browser.manifest for browser in able}
    others = [path for path in manifests.recorded_manifests(home) if path not in known]
    if not found and not others:
        message, fix = words.say("doctor_no_browser"), words.say("doctor_start_browser")
        return [Check("browsers", "warn", message, fix)]
    # One browser is enough for plnd to work: the user may not want it in another.
    if_missing: Status = "warn" if others or manifests.recorded_manifests(home) else "fail"
    return [
        *(_check_manifest(home, one.name, one, if_missing, words) for one in able),
        *(_check_manifest(home, str(path.parent), path, if_missing, words) for path in others),
        *(_check_packed(one, words) for one in found if one not in able),
    ]


def _check_packed(browser: Browser, words: Words) -> Check:
    message = words.say("doctor_packed", why=browser.why_unusable(words))
    return Check(browser.name, "warn", message, words.say("doctor_packed_fix"))


def _check_manifest(
    home: Home, name: str, target: Browser | Path, if_missing: Status, words: Words
) -> Check:
    manifest = target.manifest if isinstance(target, Browser) else target
    status, wrong = _fault(home, target, manifest, if_missing, words)
    if wrong:
        mend = functools.partial(_register, home, target)
        return Check(name, status, wrong, "plnd install", mend)
    if isinstance(target, Browser) and (requirement := target.requirement(words)):
        message = words.say("doctor_conditional", path=manifest, condition=requirement)
        return Check(name, "ok", message)
    return Check(name, "ok", str(manifest))


def _register(home: Home, target: Browser | Path) -> None:
    if isinstance(target, Browser):
        manifests.install(home, browsers=[target])
    else:
        manifests.install(home, manifest_dir=target.parent, form=_form_of(target))


def _form_of(manifest: Path) -> str:
    content = manifests.read_manifest(manifest)
    return "firefox" if "allowed_extensions" in content else "chromium"


def _fault(
    home: Home, target: Browser | Path, manifest: Path, if_missing: Status, words: Words
) -> tuple[Status, str]:
    """The fault of a manifest and how bad it is; "" when it has none."""
    if not manifest.exists():
        return if_missing, words.say("doctor_is_missing", path=manifest)
    content = manifests.read_manifest(manifest)
    if not content:
        return "fail", words.say("doctor_unreadable", path=manifest)
    if content.get("path") != str(launcher.launcher_path(home)):
        other = content.get("path")
        return "fail", words.say("doctor_other_launcher", path=manifest, other=other)
    form = target.form if isinstance(target, Browser) else _form_of(manifest)
    template = json.loads((host_dir() / f"{form}.json").read_bytes())
    for key in template.keys() - {"path", "description"}:
        if content.get(key) != template[key]:
            wanted = template[key]
            return "fail", words.say("doctor_other_value", path=manifest, part=key, wanted=wanted)
    return "ok", ""


def check_launcher(home: Home, words: Words = ENGLISH) -> Check:
    """The script that browsers start exists, can be run, and starts this plnd."""
    script = launcher.launcher_path(home)
    mend = functools.partial(_write_launcher, home)
    if not script.is_file():
        message = words.say("doctor_is_missing", path=script)
        return Check("launcher", "fail", message, "plnd install", mend)
    if not os.access(script, os.X_OK):
        message = words.say("doctor_cannot_run", path=script)
        return Check("launcher", "fail", message, "plnd install", mend)
    try:
        wanted = launcher.launcher_text(home, launcher.plnd_command())
    except PlndError as error:
        return Check("launcher", "fail", error.message, error.hint)
    if script.read_text(encoding="utf-8", errors="replace") != wanted:
        message = words.say("doctor_other_plnd", path=script)
        return Check("launcher", "warn", message, "plnd install", mend)
    return Check("launcher", "ok", str(script))


def _write_launcher(home: Home) -> None:
    home.make()
    launcher.write_launcher(home)


def check_host(home: Home, words: Words = ENGLISH, *, running: bool) -> Check:
    """The launcher, started as a browser starts it, answers a frame.

    While no daemon runs, the frame is one that the host refuses itself: a check must not start
    the daemon.
    """
    script = launcher.launcher_path(home)
    path, wanted = ("/api/v1/health", 200) if running else ("/", 400)
    frame = json.dumps({"id": 1, "method": "GET", "path": path}).encode()
    try:
        done = subprocess.run(
            [script],
            input=struct.pack("@I", len(frame)) + frame,
            capture_output=True,
            timeout=HOST_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        late = isinstance(error, subprocess.TimeoutExpired)
        message = words.say("doctor_does_not_end" if late else "doctor_cannot_run", path=script)
        return Check("native host", "fail", message, "plnd install")
    status = _only_status(done.stdout)
    if status != wanted or done.returncode != 0:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        ended = words.say("doctor_ended", status=status, code=done.returncode)
        message = words.say("doctor_no_answer", said=lines[-1] if lines else ended)
        return Check("native host", "fail", message, "plnd install")
    message = words.say("doctor_answers" if running else "doctor_answers_alone")
    return Check("native host", "ok", message)


def _only_status(stream: bytes) -> int | None:
    """The status in a stream of one frame; None when there is no frame, or more than one."""
    if len(stream) < 4 or struct.unpack("@I", stream[:4])[0] != len(stream) - 4:
        return None
    try:
        return int(json.loads(stream[4:])["status"])
    except (ValueError, KeyError, TypeError):
        return None
