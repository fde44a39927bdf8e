"""The launcher: the script below plnd's home that browsers start, which starts the native host."""

import os
import shlex
import shutil
import sys
from pathlib import Path

from plnd.errors import PlndError
from plnd.system import platforms
from plnd.system.files import Home, write_atomic
from plnd.system.resources import host_dir

LAUNCHER_NAME = "plnd-host"
LAUNCHER_MODE = 0o700


def launcher_path(home: Home, platform: str = platforms.CURRENT) -> Path:
    """The path of the script that browsers start."""
    windows = platform == platforms.WINDOWS
    return home.host / (f"{LAUNCHER_NAME}.bat" if windows else LAUNCHER_NAME)


def write_launcher(home: Home, platform: str = platforms.CURRENT) -> Path:
    """Write the script that browsers start, for this Python and this home; its path."""
    launcher = launcher_path(home, platform)
    as_utf8(launcher)
    text = launcher_text(home, plnd_command(), platform)
    write_atomic(launcher, text.encode(), LAUNCHER_MODE)
    return launcher


_REMARK = 'Written by "plnd install"; "plnd uninstall" takes it away.'


def launcher_text(home: Home, plnd: Path, platform: str = platforms.CURRENT) -> str:
    """The text of the launcher, which sets the home whatever the browser's environment says."""
    host = host_dir() / "plnd_host.py"
    command = [sys.executable, "-I", "-S", host, "--state", home.state, "--start", plnd]
    if platform == platforms.WINDOWS:
        return _batch_file(home.root, list(map(str, command)))
    environment = "unset PLND_HOME"
    if home.root is not None:
        environment = f"export PLND_HOME={shlex.quote(str(home.root))}"
    words = " ".join(shlex.quote(str(word)) for word in command)
    return f'#!/bin/sh\n# {_REMARK}\n{environment}\nexec {words} "$@"\n'


def _batch_file(root: Path | None, command: list[str]) -> str:
    """The text for Windows, where paths have no quotes, and a per cent sign is doubled."""
    lines = [
        "@echo off",
        f"rem {_REMARK}",
        f'set "PLND_HOME={root or ""}"',
        " ".join(f'"{word}"' for word in command),
    ]
    return "\r\n".join(line.replace("%", "%%") for line in lines) + " %*\r\n"


class UnusablePath(PlndError):
    """A path that neither a manifest nor the file of a service can contain."""

    code = "unnameable"


def as_utf8(path: Path) -> str:
    """The text of a path, for a manifest or the file of a service.

    Raises:
        UnusablePath: its name is not UTF-8.
    """
    try:
        return str(path).encode().decode()
    except UnicodeEncodeError as error:
        raise UnusablePath(
            f"{os.fsencode(path)!r} is not UTF-8: neither browsers nor services can be told of it",
            "give that folder another name, or set PLND_HOME to another one",
        ) from error


def plnd_command() -> Path:
    """The `plnd` command of this installation.

    Raises:
        PlndError: there is none beside this Python or on the PATH.
    """
    for name in ("plnd", "plnd.exe"):
        beside = Path(sys.executable).with_name(name)
        if beside.is_file():
            return beside
    found = shutil.which("plnd")
    if found is None:
        raise PlndError(
            f"there is no plnd command beside {sys.executable}",
            "install plnd again",
            code="no_plnd",
        )
    return Path(found).absolute()
