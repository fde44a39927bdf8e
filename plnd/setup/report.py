"""A text for a bug report: versions, the doctor's checks, the log, and no personal data."""

import platform
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from plnd import __version__
from plnd.system.files import Home

LOG_LINES = 40


def report(home: Home, lines: Iterable[str], health: Mapping[str, Any] | None) -> str:
    """The text, with `lines` of the doctor. `HOME` replaces the names of folders in it."""
    log = _end_of(home.state / "daemon.log")
    sizes = [f"{path.name} {path.stat().st_size // 1024} kB" for path in _stores(home)]
    parts = [
        f"plnd {__version__}, Python {platform.python_version()}, {platform.platform()}",
        f"daemon: {'version ' + str(health['version']) if health else 'not running'}",
        f"stores: {', '.join(sizes) or 'none'}",
        "",
        *lines,
        "",
        f"the last {len(log)} lines of the log:",
        *log,
    ]
    return _without_paths("\n".join(parts), home)


def _stores(home: Home) -> list[Path]:
    if not home.data.is_dir():
        return []
    return sorted(path for path in home.data.iterdir() if path.suffix in (".db", ".json"))


def _end_of(log: Path) -> list[str]:
    try:
        return log.read_text(errors="replace").splitlines()[-LOG_LINES:]
    except OSError:
        return []


def _without_paths(text: str, home: Home) -> str:
    """The text without the names of folders and users, which tell who somebody is."""
    paths = [home.root, home.data, home.state, home.data.parent, Path.home(), Path(sys.prefix)]
    if home.root is not None:
        paths.append(home.root.parent)
    for path in sorted({str(one) for one in paths if one}, key=len, reverse=True):
        if len(path) > 1:
            text = text.replace(path, "HOME")
    return re.sub(r"(/home/|/Users/|C:\\Users\\)[^/\\\s]+", r"\1somebody", text)
