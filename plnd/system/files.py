"""Files that are never half written, and folders that only their user can open."""

import contextlib
import errno
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
from plnd.system import locking, paths, regular_files
from plnd.system.safe_open import FOLDER, NO_LINK, NO_TERMINAL, NO_WAIT

FILE_MODE = 0o600
FOLDER_MODE = 0o700


@dataclass(frozen=True, slots=True)
class Home:
    """The folders of one plnd: running state, kept data, and the native host's launcher."""

    state: Path
    data: Path
    host: Path
    root: Path | None

    @property
    def place(self) -> paths.Place:
        """The same folders for modules that do without `pathlib`."""
        root = None if self.root is None else str(self.root)
        return paths.Place(str(self.state), str(self.data), str(self.host), root)

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
    """The home of this process, as the environment says (see `paths.place`)."""
    found = paths.place()
    return Home(
        state=Path(found.state),
        data=Path(found.data),
        host=Path(found.host),
        root=Path(found.root) if found.root else None,
    )


def cannot_write(path: Path, error: OSError) -> StorageError:
    """The error for a path that the system refuses to write."""
    if _is_full(error):
        return disk_full(path)
    return StorageError(
        f"cannot write {path}: {reason(error)}",
        "make it writable for you, or choose another place with PLND_HOME",
    )


def reason(error: OSError) -> str:
    """The system's own message of an error; of a `shutil.Error`, which has several, the first."""
    if isinstance(error, shutil.Error) and error.args and isinstance(error.args[0], list):
        return next((str(one[-1]) for one in error.args[0]), "it failed")
    return error.strerror or str(error) or type(error).__name__


def _is_full(error: OSError) -> bool:
    if isinstance(error, shutil.Error):
        return os.strerror(errno.ENOSPC) in reason(error)
    return error.errno in (errno.ENOSPC, errno.EDQUOT)


def disk_full(path: Path) -> StorageError:
    """The error for a full disk: no event is lost, as browsers keep theirs."""
    return StorageError(
        f"the disk is full: cannot write {path}",
        "free some space; browsers keep their events until then",
        code="disk_full",
    )


def write_atomic(path: Path, data: bytes, mode: int = FILE_MODE) -> None:
    """Write all of `data` to `path`, or leave it as it was. A link there is replaced, not followed.

    Raises:
        StorageError: the disk is full or the path cannot be written.
    """
    try:
        with _replacement(path, mode) as stream:
            stream.write(data)
    except OSError as error:
        raise cannot_write(path, error) from error


@contextlib.contextmanager
def _replacement(path: Path, mode: int) -> Iterator[BinaryIO]:
    """A new file that replaces `path` once all of it is written.

    It lies beside `path` under a name that nobody can guess, and it must not exist yet, so a
    file that another user has put into a shared folder is never opened. It is locked while it
    is written: `remove_partial_files` can tell it from a file that a kill has left.
    """
    partial = path.with_name(f".plnd-{secrets.token_hex(8)}.new")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | NO_LINK, FILE_MODE)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            with contextlib.suppress(OSError):  # not every file system has locks
                locking.lock(stream)
            os.fchmod(stream.fileno(), mode)
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
            os.replace(partial, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(partial)  # it would use the last space of a full disk
        raise
    sync_folder(path.absolute().parent)


@contextlib.contextmanager
def atomic_text_file(path: Path) -> Iterator[TextIO]:
    """A text file that replaces `path` once all of it is written, 0600.

    A pipe or a device of the user's own (or root's, as /dev/null) is written to directly. A
    link to a file is refused: in a folder of several users it may be a trap.

    Raises:
        StorageError: the disk is full or the path cannot be written; nothing has changed then.
    """
    try:
        stream_or_none = _open_pipe_or_device(path)
        with stream_or_none if stream_or_none else _replacement(path, FILE_MODE) as stream:
            text = io.TextIOWrapper(stream, encoding="utf-8", write_through=True)
            try:
                yield text
            finally:
                text.detach()
    except OSError as error:
        raise cannot_write(path, error) from error


def _open_pipe_or_device(path: Path) -> BinaryIO | None:
    """Open a pipe or a device for writing; None when `path` is a file, or nothing is there.

    Raises:
        StorageError: it is something else, or another user has put it there.
    """
    try:
        here, target = path.lstat(), path.stat()
    except FileNotFoundError:
        if path.is_symlink():
            raise _not_writable(path, "a link") from None
        return None
    if stat.S_ISREG(here.st_mode):
        return None
    if stat.S_ISDIR(target.st_mode):
        raise _not_writable(path, "a folder")
    trusted = {0, os.geteuid()}
    writable = stat.S_ISFIFO(target.st_mode) or stat.S_ISCHR(target.st_mode)
    if not writable or not {here.st_uid, target.st_uid} <= trusted:
        raise _not_writable(path, regular_files.kind(path) or "another")
    # This waits until somebody reads from a pipe, as every program does that writes to one.
    stream = open(os.open(path, os.O_WRONLY | NO_TERMINAL), "wb")  # noqa: SIM115
    opened = os.fstat(stream.fileno())
    if (opened.st_dev, opened.st_ino) != (target.st_dev, target.st_ino):
        stream.close()
        raise _not_writable(path, "not what it was a moment ago")
    return stream


def _not_writable(path: Path, what: str) -> StorageError:
    return StorageError(
        f"cannot write {path}: it is {what}", "name the file itself, or - for standard output"
    )


_PARTIAL = re.compile(r"\.plnd-[0-9a-f]{16}\.new")


def partial_files(folder: Path) -> list[Path]:
    """Files below a folder of plnd's that were not finished, because a kill interrupted it."""
    if folder.is_symlink():
        return []
    return sorted(
        path
        for above, _, names in os.walk(folder)
        for path in (Path(above, name) for name in names if _PARTIAL.fullmatch(name))
        if regular_files.obstacle(path) is None
    )


def remove_partial_files(home: Home) -> None:
    """Remove the files that kills have left; only for the process that holds the home's lock.

    A file that a command without that lock (`plnd install`) writes at this moment stays.
    """
    folders = (home.state, home.data, home.host)
    for path in {one for folder in folders for one in partial_files(folder)}:
        with (
            contextlib.suppress(OSError),
            open(os.open(path, os.O_RDONLY | NO_WAIT), "rb") as stream,
        ):
            locking.lock(stream)
            path.unlink()


def sync_folder(folder: Path) -> None:
    """Have the disk hold the names in a folder, as `fsync` does for a file's content."""
    descriptor = os.open(folder, os.O_RDONLY | FOLDER)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def set_aside(path: Path) -> Path:
    """Move a damaged file, or what stands in its place, to a name with the time in it."""
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
    """The content of a file, or None; and where something was moved that is not a readable file.

    Raises:
        StorageError: the system can neither read nor move it.
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


def set_aside_folder(path: Path) -> Path | None:
    """Move a folder away that stands in a file's place; its new path, None when there is none.

    Anything else there can be overwritten.
    """
    return set_aside(path) if regular_files.obstacle(path) == "a folder" else None
