"""Who may read and write a file."""

import os
import stat
from pathlib import Path

_OTHERS = 0o077
_OWNER_WRITES = 0o300


def user_id() -> int:
    """The number of the user who runs this process."""
    return os.getuid()


def keep_new_files_private() -> None:
    """Give no other user any rights to the files that this process creates from now on."""
    os.umask(_OTHERS)


def is_open_to_others(path: Path) -> bool:
    """Whether other users have any rights to a file or folder; a link has no rights of its own.

    Raises:
        FileNotFoundError: nothing is there.
    """
    mode = path.lstat().st_mode
    return not stat.S_ISLNK(mode) and bool(stat.S_IMODE(mode) & _OTHERS)


def close_to_others(path: Path) -> None:
    """Remove every right of other users to a file or folder.

    Raises:
        OSError: the system refuses.
    """
    path.chmod(stat.S_IMODE(path.stat().st_mode) & 0o700)


def owner_may_write(folder: Path) -> bool:
    """Whether the mode of a folder lets its owner create files in it."""
    return stat.S_IMODE(folder.stat().st_mode) & _OWNER_WRITES == _OWNER_WRITES


def is_on_read_only_disk(folder: Path) -> bool:
    """Whether the file system of a folder is mounted read-only."""
    return hasattr(os, "statvfs") and bool(os.statvfs(folder).f_flag & os.ST_RDONLY)
