"""Copies of both stores, each in a folder of its own below the data, whole or not there.

One a day is made, and one before anything that changes much. Each is read through after it
was written. A copy is a folder like the data folder itself, so that what can be done to the
data (looking into it, forgetting) is done to a copy by the same code.

A copy may come from elsewhere. Its name is its folder's, whatever its content says, and it
holds files and folders only: no link leads out of it or out of the data.
"""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import msgspec

from plnd.errors import NotFound, StorageError
from plnd.model.own import BackupEntry
from plnd.store.book.book import Book
from plnd.store.log import copying
from plnd.store.log.copying import Stopped
from plnd.store.log.log import Log
from plnd.system import regular_files
from plnd.system.files import FOLDER_MODE, cannot_write, sync_folder, write_atomic

KEPT_DAYS = 7
KEPT_OTHERS = 3
LOG = "events.db"
_ABOUT = "backup.about"

Why = Literal["daily", "before_upgrade", "before_restore"]


class Backups:
    """The copies of one data folder.

    Raises:
        StorageError: from any method, when the disk refuses.
    """

    def __init__(self, data: Path) -> None:
        self._data = data
        self.folder = data / "backups"

    def all(self) -> list[BackupEntry]:
        """The copies, oldest first."""
        return sorted(self._found().values(), key=lambda one: (one.made_at, one.name))

    def _found(self) -> dict[Path, BackupEntry]:
        """The copies by their folders; a folder that does not name itself is not one of ours."""
        found = {}
        for folder in _entries(self.folder):
            try:
                about = msgspec.json.decode(regular_files.read(folder / _ABOUT), type=BackupEntry)
            except (OSError, msgspec.MsgspecError, RecursionError):
                continue
            if about.name == folder.name and not folder.is_symlink():
                found[folder] = about
        return found

    def get(self, name: str) -> BackupEntry:
        """The copy with a name.

        Raises:
            NotFound: there is none.
        """
        return self._get(name)[1]

    def _get(self, name: str) -> tuple[Path, BackupEntry]:
        for folder, one in self._found().items():
            if folder.name == name:
                return folder, one
        raise NotFound(f"no backup {name!r}", "`plnd restore` lists them", field="backup")

    def make(
        self, name: str, why: Why, now: int, *, stopped: Stopped | None = None, spare: str = ""
    ) -> BackupEntry:
        """Copy both stores, check the copy, and let go of copies beyond those to keep.

        `spare` is one that stays this time; once `stopped` says so, no copy is made.
        """
        _entries(self.folder)
        made = BackupEntry(name=_free(self.folder, name), made_at=now, why=why)
        new = self.folder / ".new"
        try:
            _clear(new)
            self.folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
            new.mkdir(mode=FOLDER_MODE)
            self._fill(new, stopped)
            write_atomic(new / _ABOUT, msgspec.json.encode(made))
            new.rename(self.folder / made.name)
            sync_folder(self.folder)
        except (OSError, StorageError) as error:
            _clear(new)
            if isinstance(error, OSError):
                raise cannot_write(self.folder, error) from error
            raise
        self._let_go(spare)
        return made

    def _fill(self, target: Path, stopped: Stopped | None) -> None:
        for path in sorted(self._data.glob("*.json")):
            try:
                content = regular_files.read(path)
                msgspec.json.decode(content)
            except regular_files.NotRegular as error:
                raise _damaged(path, error.strerror) from error
            except (msgspec.MsgspecError, RecursionError) as error:
                raise _damaged(path, error) from error
            write_atomic(target / path.name, content)
        _write_files(target, others(self._data))
        path = self._data / LOG
        if odd := regular_files.stands_in(path):
            raise _damaged(path, f"it is {odd}, not a file")
        if path.exists():
            copying.copy(path, target / LOG, stopped)

    def _let_go(self, spare: str) -> None:
        everything = sorted(self._found().items(), key=lambda row: (row[1].made_at, row[1].name))
        daily = [folder for folder, one in everything if one.why == "daily"]
        others = [folder for folder, one in everything if one.why != "daily"]
        for folder in [*daily[:-KEPT_DAYS], *others[:-KEPT_OTHERS]]:
            if folder.name != spare:
                _clear(folder)

    @contextmanager
    def opened(self, name: str) -> Iterator[tuple[Log, Book]]:
        """Both stores of a copy, brought up to date; the copy itself stays as it is."""
        staged = self.folder / ".opened"
        _clear(staged)
        try:
            folder, _ = self._get(name)
            _check_plain(folder)
            _copy_folder(folder, staged)
            log, book = Log(staged / LOG), Book(staged)
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
            raise cannot_write(staged, error) from error
        finally:
            _clear(staged)

    def others(self, name: str) -> dict[str, bytes]:
        """The files of a copy that are in neither store (see `others`)."""
        return others(self._get(name)[0])

    def each(self, stopped: Stopped | None = None) -> Iterator[tuple[Log, Book]]:
        """Both stores of each copy, to be changed: each copy changes when that is done."""
        staged = self.folder / ".opened"
        for folder in self.folders():
            _clear(staged)
            try:
                _copy_folder(folder, staged)
                log, book = Log(staged / LOG, stopped=stopped), Book(staged)
                try:
                    yield log, book
                finally:
                    log.close()
                _put_back(staged, folder)
            except OSError as error:
                raise cannot_write(staged, error) from error
            finally:
                _clear(staged)

    def books(self) -> Iterator[Book]:
        """The documents of each copy, to be looked into."""
        return map(Book, self.folders())

    def folders(self) -> list[Path]:
        """The folders of all copies, by name.

        Raises:
            StorageError: in one of them is a link, or something else that no copy holds.
        """
        found = sorted(self._found())
        for folder in found:
            _check_plain(folder)
        return found


def _entries(folder: Path) -> list[Path]:
    """What lies in the folder of the backups; nothing where there is none.

    Raises:
        StorageError: it is no folder of its own, or cannot be read.
    """
    if odd := regular_files.stands_in(folder):
        if odd != "a folder":
            raise _in_the_way(folder, odd)
    elif os.path.lexists(folder):
        raise _in_the_way(folder, "a file")
    try:
        return [path for path in folder.iterdir() if not path.name.startswith(".")]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise cannot_write(folder, error) from error


def _damaged(path: Path, why: object) -> StorageError:
    return StorageError(
        f"{path} is damaged: {why}",
        "restart plnd: it sets its own files aside; move away what is none",
        code="damaged_store",
    )


def _in_the_way(path: Path, kind: str) -> StorageError:
    return StorageError(
        f"cannot write {path}: it is {kind}, not a folder", "move it away: plnd makes its own"
    )


def _check_plain(folder: Path) -> None:
    """Raises:
    StorageError: in a copy is a link, a pipe, anything but files and folders.
    """
    for above, folders, names in os.walk(folder):
        for path in (Path(above, name) for name in (*folders, *names)):
            if (odd := regular_files.stands_in(path)) not in (None, "a folder"):
                raise StorageError(
                    f"the backup {folder.name} is not one as plnd makes them:"
                    f" {path.relative_to(folder)} in it is {odd}",
                    f"delete it there, or the whole folder {folder}",
                    code="damaged_store",
                )


def _copy_folder(folder: Path, target: Path) -> None:
    """Copy files and folders one by one, so that what the system refuses has its reason."""
    for above, _, names in os.walk(folder):
        there = target / Path(above).relative_to(folder)
        there.mkdir(mode=FOLDER_MODE)
        for name in names:
            shutil.copy2(Path(above, name), there / name, follow_symlinks=False)


def _put_back(staged: Path, folder: Path) -> None:
    """Have in a copy what its stage has: each file as a whole, and none that is not there."""
    left = {path.relative_to(staged) for path in staged.iterdir()}
    for path in folder.iterdir():
        if path.relative_to(folder) not in left and path.is_file():
            _clear(path)
    for path in staged.iterdir():
        if path.is_file():
            try:
                path.replace(folder / path.name)
            except OSError as error:
                raise cannot_write(folder / path.name, error) from error
    sync_folder(folder)


def others(data: Path) -> dict[str, bytes]:
    """The user's files below a data folder that are in neither store, as own networks, by name.

    Files only: where a link leads is not the data folder any more.
    """
    found = {}
    for above, folders, names in os.walk(data):
        folders[:] = sorted(one for one in folders if not _is_ours(data, Path(above, one)))
        for path in (Path(above, name) for name in sorted(names) if name.endswith(".json")):
            inside = Path(above) != data and not path.name.startswith(".")
            if inside and regular_files.stands_in(path) is None:
                found[path.relative_to(data).as_posix()] = regular_files.read(path)
    return found


def _is_ours(data: Path, folder: Path) -> bool:
    return folder in (data / "backups", data / "host") or folder.name.startswith(".")


def put_others(data: Path, files: dict[str, bytes]) -> None:
    """Have exactly these files in place of those that are there."""
    for name in others(data).keys() - files.keys():
        _clear(data / name)
    _write_files(data, files)


def _write_files(folder: Path, files: dict[str, bytes]) -> None:
    """Write files below a folder; no link on the way leads out of it.

    Raises:
        StorageError: one cannot be written.
    """
    for name, content in files.items():
        path = folder / name
        for above in reversed(path.relative_to(folder).parents[:-1]):
            _make_folder(folder / above)
        write_atomic(path, content)


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(mode=FOLDER_MODE)
    except FileExistsError as error:
        if (found := regular_files.stands_in(path)) != "a folder":
            raise _in_the_way(path, found or "a file") from error
    except OSError as error:
        raise cannot_write(path, error) from error


def remove_others(data: Path) -> None:
    """Remove whatever lies in a data folder beside both stores and what install wrote."""
    for path in data.iterdir():
        if (
            path.name != "host"
            and not path.name.startswith(LOG)
            and (path.suffix != ".json" or regular_files.stands_in(path))
        ):
            _clear(path)


def remains(folder: Path) -> list[Path]:
    """What damage and kills left in a data folder and its backups: nothing can be taken out of it.

    Files set aside, halves of files, folders of backups that were never finished.
    """
    found = [
        path
        for path in folder.rglob("*")
        if re.search(r"\.damaged-[0-9-]+$|^\..*\.new$|^\.(new|opened)$", path.name)
    ]
    return sorted(path for path in found if not set(path.parents) & set(found))


def remove_remains(folder: Path) -> None:
    for path in remains(folder):
        _clear(path)


def _free(folder: Path, name: str) -> str:
    names = [name, *(f"{name}-{number}" for number in range(2, 1000))]
    return next(one for one in names if not os.path.lexists(folder / one))


def _clear(path: Path) -> None:
    """Remove a file or folder, if it is there."""
    try:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise cannot_write(path, error) from error
