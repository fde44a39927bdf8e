"""A text fit for a bug report: what runs here, what the doctor found, and nobody's life."""

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
    """Versions, the doctor's lines, the end of the log. Folders stand in it as `HOME`."""
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
    return _without_places("\n".join(parts), home)


def _stores(home: Home) -> list[Path]:
    if not home.data.is_dir():
        return []
    return sorted(path for path in home.data.iterdir() if path.suffix in (".db", ".json"))


def _end_of(log: Path) -> list[str]:
    try:
        return log.read_text(errors="replace").splitlines()[-LOG_LINES:]
    except OSError:
        return []


def _without_places(text: str, home: Home) -> str:
    """The text without the names of folders and people: those say who somebody is."""
    places = [home.root, home.data, home.state, home.data.parent, Path.home(), Path(sys.prefix)]
    if home.root is not None:
        places.append(home.root.parent)
    for place in sorted({str(one) for one in places if one}, key=len, reverse=True):
        if len(place) > 1:
            text = text.replace(place, "HOME")
    return re.sub(r"(/home/|/Users/|C:\\Users\\)[^/\\\s]+", r"\1somebody", text)
