"""Backups: complete copies of both stores, each in a folder of its own below the data folder.

One is made each day, and one before anything that changes much; each is checked after it was
written. A backup has the layout of the data folder, so the same code opens both.

A backup may come from elsewhere. Its name is that of its folder, whatever its content says, and
it may hold only files and folders: a link would lead out of it.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import msgspec

from plnd.errors import NotFound, StorageError
from plnd.model.own_data import BackupEntry
from plnd.store.book.book import Book
from plnd.store.data_files import LOG, delete, not_a_folder, read_other_files, write_files
from plnd.store.log import copying
from plnd.store.log.copying import Stopped
from plnd.store.log.log import Log
from plnd.system import regular_files
from plnd.system.files import FOLDER_MODE, cannot_write, sync_folder, write_atomic

KEPT_DAILY = 7
KEPT_OTHERS = 3
_METADATA = "backup.about"

Reason = Literal["daily", "before_upgrade", "before_restore"]


class Backups:
    """The backups of one data folder.

    Raises:
        StorageError: from any method, when the disk refuses.
    """

    def __init__(self, data: Path) -> None:
        self._data = data
        self.folder = data / "backups"

    def all(self) -> list[BackupEntry]:
        """The backups, oldest first."""
        return sorted(self._found().values(), key=lambda one: (one.made_at, one.name))

    def _found(self) -> dict[Path, BackupEntry]:
        """The backups by folder; a folder whose metadata has another name is none."""
        found = {}
        for folder in _entries(self.folder):
            try:
                content = regular_files.read(folder / _METADATA)
                entry = msgspec.json.decode(content, type=BackupEntry)
            except (OSError, msgspec.MsgspecError, RecursionError):
                continue
            if entry.name == folder.name and not folder.is_symlink():
                found[folder] = entry
        return found

    def get(self, name: str) -> BackupEntry:
        """The backup with a name.

        Raises:
            NotFound: there is none.
        """
        return self._get(name)[1]

    def _get(self, name: str) -> tuple[Path, BackupEntry]:
        for folder, one in self._found().items():
            if folder.name == name:
                return folder, one
        raise NotFound(f"no backup {name!r}", "`plnd restore` lists them", field="backup")

    # -- making ----------------------------------------------------------------

    def make(
        self, name: str, why: Reason, now: int, *, stopped: Stopped | None = None, keep: str = ""
    ) -> BackupEntry:
        """Copy both stores, check the copy, and delete the oldest backups, but not `keep`.

        Once `stopped` returns True, the work fails and leaves no backup.
        """
        _entries(self.folder)
        made = BackupEntry(name=_unused_name(self.folder, name), made_at=now, why=why)
        new = self.folder / ".new"
        try:
            delete(new)
            self.folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
            new.mkdir(mode=FOLDER_MODE)
            self._copy_data(new, stopped)
            write_atomic(new / _METADATA, msgspec.json.encode(made))
            new.rename(self.folder / made.name)
            sync_folder(self.folder)
        except (OSError, StorageError) as error:
            delete(new)
            if isinstance(error, OSError):
                raise cannot_write(self.folder, error) from error
            raise
        self._delete_oldest(keep)
        return made

    def _copy_data(self, target: Path, stopped: Stopped | None) -> None:
        for path in sorted(self._data.glob("*.json")):
            try:
                content = regular_files.read(path)
                msgspec.json.decode(content)
            except regular_files.NotRegular as error:
                raise _damaged(path, error.strerror) from error
            except (msgspec.MsgspecError, RecursionError) as error:
                raise _damaged(path, error) from error
            write_atomic(target / path.name, content)
        write_files(target, read_other_files(self._data))
        path = self._data / LOG
        if kind := regular_files.obstacle(path):
            raise _damaged(path, f"it is {kind}, not a file")
        if path.exists():
            copying.copy(path, target / LOG, stopped)

    def _delete_oldest(self, keep: str) -> None:
        everything = sorted(self._found().items(), key=lambda row: (row[1].made_at, row[1].name))
        daily = [folder for folder, one in everything if one.why == "daily"]
        others = [folder for folder, one in everything if one.why != "daily"]
        for folder in [*daily[:-KEPT_DAILY], *others[:-KEPT_OTHERS]]:
            if folder.name != keep:
                delete(folder)

    # -- opening ---------------------------------------------------------------

    @contextmanager
    def opened(self, name: str) -> Iterator[tuple[Log, Book]]:
        """Open both stores of a backup in a temporary copy, migrated; the backup stays as it is."""
        temporary = self.folder / ".opened"
        delete(temporary)
        try:
            folder, _ = self._get(name)
            _check_no_links(folder)
            _copy_folder(folder, temporary)
            log, book = Log(temporary / LOG), Book(temporary)
            try:
                if log.damaged or book.damaged:
                    raise StorageError(
                        f"the backup {name} is damaged",
                        "take another one; `plnd restore` lists them",
                        code="damaged_store",
                    )
                yield log, book
            finally:
                log.close()
        except OSError as error:
            raise cannot_write(temporary, error) from error
        finally:
            delete(temporary)

    def other_files(self, name: str) -> dict[str, bytes]:
        """The files of a backup that are in neither store (see `read_other_files`)."""
        return read_other_files(self._get(name)[0])

    def edit_each(self, stopped: Stopped | None = None) -> Iterator[tuple[Log, Book]]:
        """Open both stores of each backup to change them; each is replaced after its turn."""
        temporary = self.folder / ".opened"
        for folder in self.folders():
            delete(temporary)
            try:
                _copy_folder(folder, temporary)
                log, book = Log(temporary / LOG, stopped=stopped), Book(temporary)
                try:
                    yield log, book
                finally:
                    log.close()
                _replace_files(folder, temporary)
            except OSError as error:
                raise cannot_write(temporary, error) from error
            finally:
                delete(temporary)

    def books(self) -> Iterator[Book]:
        """The documents of each backup, to be read."""
        return map(Book, self.folders())

    def folders(self) -> list[Path]:
        """The folders of all backups, by name.

        Raises:
            StorageError: in one of them is a link, or something else that no backup holds.
        """
        found = sorted(self._found())
        for folder in found:
            _check_no_links(folder)
        return found


def _entries(folder: Path) -> list[Path]:
    """What is in the folder of the backups; nothing when there is none.

    Raises:
        StorageError: it is no folder, or cannot be read.
    """
    if kind := regular_files.obstacle(folder):
        if kind != "a folder":
            raise not_a_folder(folder, kind)
    elif os.path.lexists(folder):
        raise not_a_folder(folder, "a file")
    try:
        return [path for path in folder.iterdir() if not path.name.startswith(".")]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise cannot_write(folder, error) from error


def _damaged(path: Path, reason: object) -> StorageError:
    return StorageError(
        f"{path} is damaged: {reason}",
        "restart plnd: it sets its own files aside; move away what is none",
        code="damaged_store",
    )


def _check_no_links(folder: Path) -> None:
    """Raises:
    StorageError: in a backup is a link, a pipe, anything but files and folders.
    """
    for above, folders, names in os.walk(folder):
        for path in (Path(above, name) for name in (*folders, *names)):
            if (kind := regular_files.obstacle(path)) not in (None, "a folder"):
                raise StorageError(
                    f"the backup {folder.name} is not one as plnd makes them:"
                    f" {path.relative_to(folder)} in it is {kind}",
                    f"delete it there, or the whole folder {folder}",
                    code="damaged_store",
                )


def _copy_folder(folder: Path, target: Path) -> None:
    """Copy a folder; unlike `shutil.copytree`, raise the error of the first file that fails."""
    for above, _, names in os.walk(folder):
        copied = target / Path(above).relative_to(folder)
        copied.mkdir(mode=FOLDER_MODE)
        for name in names:
            shutil.copy2(Path(above, name), copied / name, follow_symlinks=False)


def _replace_files(folder: Path, changed: Path) -> None:
    """Move the files of the changed copy into a backup, and delete those that it lacks."""
    left = {path.relative_to(changed) for path in changed.iterdir()}
    for path in folder.iterdir():
        if path.relative_to(folder) not in left and path.is_file():
            delete(path)
    for path in changed.iterdir():
        if path.is_file():
            try:
                path.replace(folder / path.name)
            except OSError as error:
                raise cannot_write(folder / path.name, error) from error
    sync_folder(folder)


def _unused_name(folder: Path, name: str) -> str:
    names = [name, *(f"{name}-{number}" for number in range(2, 1000))]
    return next(one for one in names if not os.path.lexists(folder / one))
