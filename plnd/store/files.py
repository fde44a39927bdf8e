"""Files that are never half written, and folders that are nobody else's."""

import contextlib
import errno
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from plnd import place
from plnd.errors import StorageError

FILE_MODE = 0o600
FOLDER_MODE = 0o700
LONGEST_LOG_BYTES = 1024 * 1024


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
    found = place.place()
    return Home(
        state=Path(found.state),
        data=Path(found.data),
        host=Path(found.host),
        root=Path(found.root) if found.root else None,
    )


def cannot_write(path: Path, error: OSError) -> StorageError:
    """The error for a path that the system does not let us write."""
    if error.errno == errno.ENOSPC:
        return disk_full(path)
    return StorageError(
        f"cannot write {path}: {error.strerror}",
        "make it writable for you, or choose another place with PLND_HOME",
    )


def disk_full(path: Path) -> StorageError:
    """The error for a full disk: nothing is lost, the sender keeps what it has."""
    return StorageError(
        f"the disk is full: cannot write {path}",
        "free some space; browsers keep their events until then",
        code="disk_full",
    )


def write_atomic(path: Path, data: bytes, mode: int = FILE_MODE) -> None:
    """Write all of `data` to `path`, or leave what was there.

    One fixed temporary name per file, so that a kill leaves at most one stray file.

    Raises:
        StorageError: the disk is full or the path cannot be written.
    """
    temporary = path.with_name(f".{path.name}.new")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with os.fdopen(descriptor, "wb") as stream:
            os.fchmod(stream.fileno(), mode)
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, path)
        sync_folder(path.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            os.unlink(temporary)  # half a file would take up what a full disk has left
        raise cannot_write(path, error) from error


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[IO[str]]:
    """A text file that takes the place of `path` once all of it is written, 0600.

    Raises:
        StorageError: the disk is full or the path cannot be written; nothing has changed then.
    """
    temporary = path.with_name(f".{path.name}.new")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, FILE_MODE)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, path)
        sync_folder(path.absolute().parent)
    except OSError as error:
        raise cannot_write(path, error) from error
    finally:
        with contextlib.suppress(OSError):
            os.unlink(temporary)


def make_room(log: str) -> None:
    """Begin a new log when the old one has grown long; one old one is kept."""
    with contextlib.suppress(FileNotFoundError):
        if os.path.getsize(log) > LONGEST_LOG_BYTES:
            os.replace(log, log + ".1")


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def set_aside(path: Path) -> Path:
    """Move a damaged file (or folder) out of the way under a name that says when."""
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
    for number in range(1000):
        target = path.with_name(f"{path.name}.damaged-{stamp}" + (f"-{number}" if number else ""))
        if not target.exists():
            try:
                os.replace(path, target)
            except OSError as error:
                raise cannot_write(path, error) from error
            return target
    raise StorageError(f"too many damaged copies of {path}", "move them somewhere else")
