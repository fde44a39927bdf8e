"""Files that are never half written, and folders that are nobody else's."""

import contextlib
import errno
import fcntl
import io
import os
import re
import secrets
import shutil
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TextIO

from plnd.errors import StorageError
from plnd.system import paths, regular_files

FILE_MODE = 0o600
FOLDER_MODE = 0o700


@dataclass(frozen=True, slots=True)
class Home:
    """The folders of one plnd: running state, kept data, and the native host's launcher."""

    state: Path
    data: Path
    host: Path
    root: Path | None

    def make(self) -> None:
        """Make the folders, 0700.

        Raises:
            StorageError: a folder cannot be made or written to.
        """
        for folder in (self.root, self.state, self.data, self.host):
            if folder is None:
                continue
            try:
                folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
                folder.chmod(FOLDER_MODE)
            except OSError as error:
                raise cannot_write(folder, error) from error
            if not os.access(folder, os.W_OK | os.X_OK):
                raise cannot_write(folder, PermissionError(errno.EACCES, "Permission denied"))


def home() -> Home:
    """The home of this process (see `place.place`)."""
    found = paths.place()
    return Home(
        state=Path(found.state),
        data=Path(found.data),
        host=Path(found.host),
        root=Path(found.root) if found.root else None,
    )


def cannot_write(path: Path, error: OSError) -> StorageError:
    """The error for a path that the system does not let us write."""
    if _is_full(error):
        return disk_full(path)
    return StorageError(
        f"cannot write {path}: {reason(error)}",
        "make it writable for you, or choose another place with PLND_HOME",
    )


def reason(error: OSError) -> str:
    """Why the system refused, in its own words; `shutil.Error` has those of several refusals."""
    if isinstance(error, shutil.Error) and error.args and isinstance(error.args[0], list):
        return next((str(one[-1]) for one in error.args[0]), "it failed")
    return error.strerror or str(error) or type(error).__name__


def _is_full(error: OSError) -> bool:
    if isinstance(error, shutil.Error):
        return os.strerror(errno.ENOSPC) in reason(error)
    return error.errno in (errno.ENOSPC, errno.EDQUOT)


def disk_full(path: Path) -> StorageError:
    """The error for a full disk: nothing is lost, the sender keeps what it has."""
    return StorageError(
        f"the disk is full: cannot write {path}",
        "free some space; browsers keep their events until then",
        code="disk_full",
    )


def write_atomic(path: Path, data: bytes, mode: int = FILE_MODE) -> None:
    """Write all of `data` to `path`, or leave what was there. A link there is not followed.

    Raises:
        StorageError: the disk is full or the path cannot be written.
    """
    try:
        with _replacing(path, mode) as stream:
            stream.write(data)
    except OSError as error:
        raise cannot_write(path, error) from error


@contextlib.contextmanager
def _replacing(path: Path, mode: int) -> Iterator[BinaryIO]:
    """A new file that takes the place of `path` once all of it is written.

    Beside it, under a name that nobody can know before, and new: whatever another user has
    put into a shared folder is never opened. Locked while it is written, so that
    `remove_halves` knows what a kill has left from what somebody is at.
    """
    half = path.with_name(f".plnd-{secrets.token_hex(8)}.new")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(half, flags, FILE_MODE)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            with contextlib.suppress(OSError):  # not every file system has locks
                _lock(stream)
            os.fchmod(stream.fileno(), mode)
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
            os.replace(half, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(half)  # half a file would take up what a full disk has left
        raise
    sync_folder(path.absolute().parent)


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[TextIO]:
    """A text file that takes the place of `path` once all of it is written, 0600.

    A pipe or a device of the user's own (or root's, as /dev/null) is written to as it is. A
    link to a file is refused: in a folder of several users it may be somebody's trap.

    Raises:
        StorageError: the disk is full or the path cannot be written; nothing has changed then.
    """
    try:
        straight = _straight(path)
        with straight if straight else _replacing(path, FILE_MODE) as stream:
            text = io.TextIOWrapper(stream, encoding="utf-8", write_through=True)
            try:
                yield text
            finally:
                text.detach()
    except OSError as error:
        raise cannot_write(path, error) from error


def _straight(path: Path) -> BinaryIO | None:
    """A pipe or a device, opened to be written to; None for a file, there or not.

    Raises:
        StorageError: it is neither, or another user has put it there.
    """
    try:
        here, there = path.lstat(), path.stat()
    except FileNotFoundError:
        if path.is_symlink():
            raise _no_target(path, "a link") from None
        return None
    if stat.S_ISREG(here.st_mode):
        return None
    if stat.S_ISDIR(there.st_mode):
        raise _no_target(path, "a folder")
    trusted = {0, os.geteuid()}
    writable = stat.S_ISFIFO(there.st_mode) or stat.S_ISCHR(there.st_mode)
    if not writable or not {here.st_uid, there.st_uid} <= trusted:
        raise _no_target(path, regular_files.kind(path) or "another")
    # As long as nobody reads from a pipe, this waits, as every program that writes to one.
    stream = open(os.open(path, os.O_WRONLY | os.O_NOCTTY | os.O_CLOEXEC), "wb")  # noqa: SIM115
    found = os.fstat(stream.fileno())
    if (found.st_dev, found.st_ino) != (there.st_dev, there.st_ino):
        stream.close()
        raise _no_target(path, "not what it was a moment ago")
    return stream


def _no_target(path: Path, what: str) -> StorageError:
    return StorageError(
        f"cannot write {path}: it is {what}", "name the file itself, or - for standard output"
    )


_HALF = re.compile(r"\.plnd-[0-9a-f]{16}\.new")


def halves(folder: Path) -> list[Path]:
    """What kills have left of files that were being written, below a folder of plnd's."""
    if folder.is_symlink():
        return []
    return sorted(
        path
        for above, _, names in os.walk(folder)
        for path in (Path(above, name) for name in names if _HALF.fullmatch(name))
        if regular_files.stands_in(path) is None
    )


def remove_halves(home: Home) -> None:
    """Remove what kills have left; for whoever holds the home's lock.

    What is written at this moment by a command that needs no lock (`plnd install`) stays.
    """
    for path in {one for folder in (home.state, home.data, home.host) for one in halves(folder)}:
        with contextlib.suppress(OSError):
            flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
            with open(os.open(path, flags), "rb") as stream:
                _lock(stream)
                path.unlink()


def _lock(stream: BinaryIO) -> None:
    """Raises:
    OSError: another process has it.
    """
    fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def set_aside(path: Path) -> Path:
    """Move a damaged file, or what stands in its place, away under a name that says when."""
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
    for number in range(1000):
        target = path.with_name(f"{path.name}.damaged-{stamp}" + (f"-{number}" if number else ""))
        if not os.path.lexists(target):
            try:
                os.replace(path, target)
            except OSError as error:
                raise cannot_write(path, error) from error
            return target
    raise StorageError(f"too many damaged copies of {path}", "move them somewhere else")


def read_or_set_aside(path: Path) -> tuple[bytes | None, Path | None]:
    """The content of a file, None when there is none; and where what is not one was moved to.

    Raises:
        StorageError: the system can neither read it nor move it.
    """
    try:
        return regular_files.read(path), None
    except FileNotFoundError:
        return None, None
    except (regular_files.NotRegular, PermissionError):
        return None, set_aside(path)
    except OSError as error:
        raise StorageError(
            f"cannot read {path}: {reason(error)}", "check the disk, or move the file away"
        ) from error


def make_way(path: Path) -> Path | None:
    """Where a folder was moved to that stood in a file's place: nothing else is in the way."""
    return set_aside(path) if regular_files.stands_in(path) == "a folder" else None
