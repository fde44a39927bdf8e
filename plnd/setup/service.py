"""Starting plnd at login: a systemd user unit, a launchd agent, or a Windows logon task.

Pure functions make the texts. `install` writes the file of this system and enables it,
`uninstall` disables and removes it. The caller stops a running daemon first: two cannot run.
"""

import contextlib
import plistlib
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape

from plnd.setup.launcher import UnusablePath, as_utf8, plnd_command
from plnd.system import paths, permissions, platforms
from plnd.system.files import FOLDER_MODE, Home, cannot_write, write_atomic

UNIT_NAME = "plnd.service"
AGENT_NAME = "org.plnd.daemon"
TASK_NAME = "plnd"
PATIENCE_SECONDS = 30

Run = Callable[[Sequence[str]], str | None]
"""Runs a command; None when it succeeded, else its error message."""


class Service(NamedTuple):
    """A file that tells the system to start plnd, and the commands to enable and disable it."""

    path: Path
    text: bytes
    enable: tuple[tuple[str, ...], ...]
    disable: tuple[tuple[str, ...], ...]


# ---- the texts


def systemd_unit(command: Sequence[str], environment: Mapping[str, str]) -> str:
    """A user unit. Restarts plnd only after a crash: other exits have a message for the user."""
    settings = "".join(
        f"Environment={_quoted(f'{name}={value}')}\n" for name, value in environment.items()
    )
    return (
        "# Written by plnd install --service; plnd uninstall takes it away.\n"
        "[Unit]\n"
        "Description=plnd, the books of your personal learning network\n"
        "\n"
        "[Service]\n"
        # Through `env`: systemd refuses some names as a program, but none as an argument.
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
    """A word of a command for systemd, where `$` begins a variable, unlike in other settings."""
    return _quoted(word.replace("$", "$$"))


def _quoted(word: str) -> str:
    """A word in quotes for systemd, with its special characters escaped."""
    for sign, safe in (("\\", "\\\\"), ('"', '\\"'), ("%", "%%"), ("\n", "\\n"), ("\t", "\\t")):
        word = word.replace(sign, safe)
    return f'"{word}"'


def launchd_agent(command: Sequence[str], environment: Mapping[str, str], log: Path) -> bytes:
    """A launch agent that starts plnd at login, and again after a crash."""
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
    """A task at the logon of one user, without a time limit and without a window."""
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


# ---- the service of this system


def service(
    home: Home,
    *,
    platform: str = platforms.CURRENT,
    user: Path | None = None,
    config: str | None = None,
) -> Service:
    """The service of this home for a platform; `config` is $XDG_CONFIG_HOME.

    Raises:
        UnusablePath: the file of a service cannot contain a path that it needs.
        PlndError: there is no plnd command to start.
    """
    user = user or Path.home()
    command = [_service_text(plnd_command()), "run"]
    environment = {"PLND_HOME": _service_text(home.root)} if home.root else {}
    if platform == platforms.MACOS:
        path = user / "Library" / "LaunchAgents" / f"{AGENT_NAME}.plist"
        text = launchd_agent(command, environment, home.state / "daemon.log")
        domain = f"gui/{permissions.user_id()}"
        return Service(
            path,
            text,
            (("launchctl", "bootstrap", domain, str(path)),),
            (("launchctl", "bootout", f"{domain}/{AGENT_NAME}"),),
        )
    if platform == platforms.WINDOWS:
        path = home.data / "logon-task.xml"
        return Service(
            path,
            windows_task(command, paths.user_name()).encode("utf-16"),
            (("schtasks", "/Create", "/F", "/TN", TASK_NAME, "/XML", str(path)),),
            (("schtasks", "/Delete", "/F", "/TN", TASK_NAME),),
        )
    config = paths.user_config() if config is None else config
    folder = Path(config) if config else user / ".config"
    path = folder / "systemd" / "user" / UNIT_NAME
    manager = ("systemctl", "--user")
    return Service(
        path,
        systemd_unit(command, environment).encode(),
        ((*manager, "daemon-reload"), (*manager, "enable", "--now", UNIT_NAME)),
        ((*manager, "disable", "--now", UNIT_NAME), (*manager, "daemon-reload")),
    )


def _service_text(path: Path) -> str:
    """The text of a path for a service.

    Raises:
        UnusablePath: the service manager would ignore it, and plnd would open another home.
    """
    name = as_utf8(path)
    if any((char < " " and char not in "\t\n") or char == "\x7f" for char in name):
        raise UnusablePath(
            f"{name!r} has control characters in its name, which no service can be given",
            "give that folder another name",
        )
    return name


def run(command: Sequence[str]) -> str | None:
    """Run a command of the system; None when it succeeded, else its error message."""
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
    """Write the file and enable the service; the error messages of the commands that failed.

    Raises:
        StorageError: the file cannot be written.
    """
    try:
        one.path.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(one.path.parent, error) from error
    write_atomic(one.path, one.text)
    return [f"{' '.join(words)}: {failure}" for words in one.enable if (failure := run(words))]


def uninstall(one: Service, *, run: Run = run) -> list[Path]:
    """Disable the service and remove its file; the paths that were removed.

    Raises:
        StorageError: the file cannot be removed.
    """
    if not one.path.exists():
        return []
    for words in one.disable:
        run(words)
    try:
        one.path.unlink()
    except OSError as error:
        raise cannot_write(one.path, error) from error
    removed = [one.path]
    # Empty folders may have been made by `install`.
    for folder in (one.path.parent, one.path.parent.parent):
        with contextlib.suppress(OSError):
            folder.rmdir()
            removed.append(folder)
    return removed
