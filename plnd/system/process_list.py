"""The processes of this user, as Linux lists them in /proc."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

PROC = Path("/proc")


class Process(NamedTuple):
    """A process: its number, its parent's, the name of its program, and its command line."""

    pid: int
    parent: int
    program: str
    words: list[str]


def own_processes(proc: Path = PROC) -> Iterator[Process]:
    """The processes of this user's home folder; none where the system has no /proc."""
    for folder in proc.glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            environment, words = _texts(folder / "environ"), _texts(folder / "cmdline")
            if _has_other_home(environment, words):
                continue
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            program = (folder / "exe").readlink().name.removesuffix(" (deleted)")
            yield Process(int(folder.name), parent, program, words)


def _texts(path: Path) -> list[str]:
    return path.read_bytes().decode(errors="replace").split("\0")


def _has_other_home(environment: list[str], words: list[str]) -> bool:
    """Whether a process has another home folder, or is a browser with its profiles elsewhere."""
    home = str(Path.home())
    found = [one for one in environment if one.startswith("HOME=")]
    if found:
        return found[0] != f"HOME={home}"
    # Chromium overwrites its environment with its title, which is its whole command in one word.
    profiles = " ".join(words).partition("--user-data-dir=")[2]
    return bool(profiles) and not profiles.startswith(home)
