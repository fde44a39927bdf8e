"""Starting plnd at login: a systemd user unit, a launchd agent, or a Windows logon task.

The texts are pure functions; `install` writes the one of this system and has it taken up,
`uninstall` takes it back. What already runs is stopped first, so that the service is the one
that runs.
"""

import contextlib
import os
import plistlib
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape

from plnd.setup.manifests import Unnameable, plnd_command, utf8
from plnd.system.files import FOLDER_MODE, Home, cannot_write, write_atomic

UNIT_NAME = "plnd.service"
AGENT_NAME = "org.plnd.daemon"
TASK_NAME = "plnd"
PATIENCE_SECONDS = 30

Run = Callable[[Sequence[str]], str | None]
"""Runs a command; None when it did what it should, else what it said."""


class Service(NamedTuple):
    """A file that makes a system start plnd, and the commands that have it taken up and dropped."""

    path: Path
    text: bytes
    take_up: tuple[tuple[str, ...], ...]
    drop: tuple[tuple[str, ...], ...]


# ---- the texts


def systemd_unit(command: Sequence[str], environment: Mapping[str, str]) -> str:
    """A user unit. Not started again after an exit of its own: then its message says what to do."""
    settings = "".join(
        f"Environment={_quoted(f'{name}={value}')}\n" for name, value in environment.items()
    )
    return (
        "# Written by plnd install --service; plnd uninstall takes it away.\n"
        "[Unit]\n"
        "Description=plnd, the books of your personal learning network\n"
        "\n"
        "[Service]\n"
        # Not the command itself: systemd takes not every name for a program, but any for a word.
        f"ExecStart=/usr/bin/env -- {' '.join(map(_argument, command))}\n"
        f"{settings}"
        "Restart=on-abnormal\n"
        "RestartSec=5\n"
        "UMask=0077\n"
        "NoNewPrivileges=yes\n"
        "\n"
        "[Install]\n"
        "WantedBy=default.target\n"
    )


def _argument(word: str) -> str:
    """A word of a command as systemd reads it: there, and only there, `$` names a variable."""
    return _quoted(word.replace("$", "$$"))


def _quoted(word: str) -> str:
    """A word as systemd reads it: in quotes, with its own signs taken as they are."""
    for sign, safe in (("\\", "\\\\"), ('"', '\\"'), ("%", "%%"), ("\n", "\\n"), ("\t", "\\t")):
        word = word.replace(sign, safe)
    return f'"{word}"'


def launchd_agent(command: Sequence[str], environment: Mapping[str, str], log: Path) -> bytes:
    """A launch agent: at login, and again after a crash."""
    return plistlib.dumps(
        {
            "Label": AGENT_NAME,
            "ProgramArguments": list(command),
            "EnvironmentVariables": dict(environment),
            "RunAtLoad": True,
            "KeepAlive": {"Crashed": True},
            "ProcessType": "Background",
            "StandardErrorPath": str(log),
            "Umask": 0o077,
        }
    )


def windows_task(command: Sequence[str], user: str) -> str:
    """A task at logon, for that user only, without a time limit and without a window of its own."""
    program, *words = command
    return (
        '<?xml version="1.0" encoding="UTF-16"?>\n'
        '<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">\n'
        "  <RegistrationInfo><Description>plnd, the books of your personal learning network"
        "</Description></RegistrationInfo>\n"
        f"  <Triggers><LogonTrigger><UserId>{escape(user)}</UserId></LogonTrigger></Triggers>\n"
        "  <Settings>\n"
        "    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>\n"
        "    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>\n"
        "    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>\n"
        "    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>\n"
        "    <Hidden>true</Hidden>\n"
        "  </Settings>\n"
        f"  <Actions><Exec><Command>{escape(program)}</Command>"
        f"<Arguments>{escape(subprocess.list2cmdline(words))}</Arguments></Exec></Actions>\n"
        "</Task>\n"
    )


# ---- this system's


def service(
    home: Home, *, platform: str = sys.platform, user: Path | None = None, config: str | None = None
) -> Service:
    """The service of this home, as this platform has it; `config` is $XDG_CONFIG_HOME.

    Raises:
        Unnameable: a place that no service can be given.
        PlndError: there is no plnd command to start.
    """
    user = user or Path.home()
    command = [_nameable(plnd_command()), "run"]
    environment = {"PLND_HOME": _nameable(home.root)} if home.root else {}
    if platform == "darwin":
        path = user / "Library" / "LaunchAgents" / f"{AGENT_NAME}.plist"
        text = launchd_agent(command, environment, home.state / "daemon.log")
        domain = f"gui/{os.getuid()}"
        return Service(
            path,
            text,
            (("launchctl", "bootstrap", domain, str(path)),),
            (("launchctl", "bootout", f"{domain}/{AGENT_NAME}"),),
        )
    if platform == "win32":
        path = home.data / "logon-task.xml"
        return Service(
            path,
            windows_task(command, os.environ.get("USERNAME", "")).encode("utf-16"),
            (("schtasks", "/Create", "/F", "/TN", TASK_NAME, "/XML", str(path)),),
            (("schtasks", "/Delete", "/F", "/TN", TASK_NAME),),
        )
    config = os.environ.get("XDG_CONFIG_HOME") if config is None else config
    folder = Path(config) if config else user / ".config"
    path = folder / "systemd" / "user" / UNIT_NAME
    manager = ("systemctl", "--user")
    return Service(
        path,
        systemd_unit(command, environment).encode(),
        ((*manager, "daemon-reload"), (*manager, "enable", "--now", UNIT_NAME)),
        ((*manager, "disable", "--now", UNIT_NAME), (*manager, "daemon-reload")),
    )


def _nameable(place: Path) -> str:
    """A place as text that a service manager takes; others it drops, and serves another home."""
    name = utf8(place)
    if any((char < " " and char not in "\t\n") or char == "\x7f" for char in name):
        raise Unnameable(
            f"{name!r} has control characters in its name, which no service can be given",
            "give that folder another name",
        )
    return name


def run(command: Sequence[str]) -> str | None:
    """Run a command of the system; None when it did what it should, else what it said."""
    if not shutil.which(command[0]):
        return f"there is no {command[0]} here"
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return f"{command[0]} did not answer in {PATIENCE_SECONDS} s"
    return None if done.returncode == 0 else (done.stderr or done.stdout).strip() or "it failed"


def install(one: Service, *, run: Run = run) -> list[str]:
    """Write the file and have it taken up; what the system said against that, if it did.

    Raises:
        StorageError: the file cannot be written.
    """
    try:
        one.path.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(one.path.parent, error) from error
    write_atomic(one.path, one.text)
    return [f"{' '.join(words)}: {said}" for words in one.take_up if (said := run(words))]


def uninstall(one: Service, *, run: Run = run) -> list[Path]:
    """Have the service dropped, and remove its file; what is gone.

    Raises:
        StorageError: the file cannot be removed.
    """
    if not one.path.exists():
        return []
    for words in one.drop:
        run(words)
    try:
        one.path.unlink()
    except OSError as error:
        raise cannot_write(one.path, error) from error
    gone = [one.path]
    # Folders that nobody else has anything in are no use to anybody.
    for folder in (one.path.parent, one.path.parent.parent):
        with contextlib.suppress(OSError):
            folder.rmdir()
            gone.append(folder)
    return gone
