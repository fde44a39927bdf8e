"""Copies of both stores, each in a folder of its own below the data, whole or not there.

One a day is made, and one before anything that changes much. Each is read through after it
was written. A copy is a folder like the data folder itself, so that what can be done to the
data (looking into it, forgetting) is done to a copy by the same code.
"""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import msgspec

from plnd.errors import NotFound, StorageError
from plnd.model import BackupEntry
from plnd.store import keeping
from plnd.store.book import Book
from plnd.store.files import FOLDER_MODE, cannot_write, sync_folder, write_atomic
from plnd.store.keeping import Stopped
from plnd.store.log import Log

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
        found = []
        for folder in self._folders():
            try:
                found.append(msgspec.json.decode((folder / _ABOUT).read_bytes(), type=BackupEntry))
            except (OSError, msgspec.MsgspecError):
                continue  # not one of ours
        return sorted(found, key=lambda one: (one.made_at, one.name))

    def get(self, name: str) -> BackupEntry:
        """The copy with a name.

        Raises:
            NotFound: there is none.
        """
        for one in self.all():
            if one.name == name:
                return one
        raise NotFound(f"no backup {name!r}", "`plnd restore` lists them", field="backup")

    def make(
        self, name: str, why: Why, now: int, *, stopped: Stopped | None = None, spare: str = ""
    ) -> BackupEntry:
        """Copy both stores, check the copy, and let go of copies beyond those to keep.

        `spare` is one that stays this time; once `stopped` says so, no copy is made.
        """
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
            content = path.read_bytes()
            try:
                msgspec.json.decode(content)
            except msgspec.MsgspecError as error:
                raise StorageError(
                    f"{path} is damaged: {error}",
                    "restart plnd: it sets the file aside",
                    code="damaged_store",
                ) from error
            write_atomic(target / path.name, content)
        for name, content in others(self._data).items():
            path = target / name
            path.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
            write_atomic(path, content)
        if (self._data / LOG).exists():
            keeping.copy(self._data / LOG, target / LOG, stopped)

    def _let_go(self, spare: str) -> None:
        everything = self.all()
        daily = [one for one in everything if one.why == "daily"]
        others = [one for one in everything if one.why != "daily"]
        for one in [*daily[:-KEPT_DAYS], *others[:-KEPT_OTHERS]]:
            if one.name == spare:
                continue
            _clear(self.folder / one.name)

    @contextmanager
    def opened(self, name: str) -> Iterator[tuple[Log, Book]]:
        """Both stores of a copy, brought up to date; the copy itself stays as it is."""
        staged = self.folder / ".opened"
        _clear(staged)
        try:
            shutil.copytree(self.folder / self.get(name).name, staged)
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
        return others(self.folder / self.get(name).name)

    def each(self, stopped: Stopped | None = None) -> Iterator[tuple[Log, Book]]:
        """Both stores of each copy, to be changed: each copy changes when that is done."""
        staged = self.folder / ".opened"
        for folder in self._folders():
            _clear(staged)
            try:
                shutil.copytree(folder, staged)
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
        return map(Book, self._folders())

    def _folders(self) -> list[Path]:
        if not self.folder.is_dir():
            return []
        return sorted(
            path
            for path in self.folder.iterdir()
            if path.is_dir() and not path.name.startswith(".") and (path / _ABOUT).exists()
        )


def _put_back(staged: Path, folder: Path) -> None:
    """Have in a copy what its stage has: each file as a whole, and none that is not there."""
    left = {path.relative_to(staged) for path in staged.iterdir()}
    for path in folder.iterdir():
        if path.relative_to(folder) not in left and path.is_file():
            _clear(path)
    for path in staged.iterdir():
        if path.is_file():
            path.replace(folder / path.name)
    sync_folder(folder)


def others(data: Path) -> dict[str, bytes]:
    """The user's files below a data folder that are in neither store, as own networks, by name."""
    return {
        path.relative_to(data).as_posix(): path.read_bytes()
        for path in sorted(data.glob("*/**/*.json"))
        if not _is_ours(path.relative_to(data).parts)
    }


def _is_ours(parts: tuple[str, ...]) -> bool:
    return parts[0] in ("backups", "host") or any(part.startswith(".") for part in parts)


def put_others(data: Path, files: dict[str, bytes]) -> None:
    """Have exactly these files in place of those that are there."""
    for name in others(data).keys() - files.keys():
        _clear(data / name)
    for name, content in files.items():
        path = data / name
        path.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        write_atomic(path, content)


def remove_others(data: Path) -> None:
    """Remove whatever lies in a data folder beside both stores and what install wrote."""
    for path in data.iterdir():
        if path.name != "host" and not path.name.startswith(LOG) and path.suffix != ".json":
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
    return next(one for one in names if not (folder / one).exists())


def _clear(path: Path) -> None:
    """Remove a file or folder, if it is there."""
    try:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise cannot_write(path, error) from error
