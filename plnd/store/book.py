"""What the user owns and edits: documents in TinyDB, one readable JSON file per collection.

Used by one thread only. Each write replaces the whole file atomically, which stays under
10 ms up to some 5,000 documents in a collection; what outgrows that belongs in the log.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from tinydb import TinyDB, where
from tinydb.storages import Storage
from tinydb.table import Document, Table

from plnd.errors import StorageError
from plnd.model import Budget, Notice, Pause, Settings
from plnd.store.files import cannot_write, set_aside, write_atomic

FORMAT = 1
FIRST_BUDGET = Budget(id="all", minutes=60)
MOST_NOTICES = 200

T = TypeVar("T")
Tables = dict[str, dict[str, Any]]


class AtomicStorage(Storage):
    """A TinyDB storage whose file is whole at any moment.

    Keeps the tables it read or wrote last; drops them when a write fails, because TinyDB
    changes documents in place before it writes. A damaged file is set aside (`damaged`
    names where to); one of a newer format is refused untouched.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.damaged: Path | None = None
        self._kept: Tables | None = None

    def read(self) -> Tables | None:
        if self._kept is None:
            self._kept = self._load()
        return self._kept

    def write(self, data: Mapping[str, Mapping[str, Any]]) -> None:
        self._kept = None
        content = msgspec.json.encode({"plnd": FORMAT, **data})
        write_atomic(self.path, msgspec.json.format(content, indent=1) + b"\n")
        self._kept = {name: dict(table) for name, table in data.items()}

    def _load(self) -> Tables | None:
        try:
            content = self.path.read_bytes()
            found = msgspec.json.decode(content, type=dict[str, int | dict[str, dict[str, Any]]])
        except FileNotFoundError:
            return None
        except (IsADirectoryError, msgspec.MsgspecError, UnicodeDecodeError):
            self.damaged = set_aside(self.path)
            return None
        except OSError as error:
            raise cannot_write(self.path, error) from error
        version = found.pop("plnd", None)
        if not isinstance(version, int) or not all(map(_is_table, found.values())):
            self.damaged = set_aside(self.path)
            return None
        if version > FORMAT:
            raise StorageError(
                f"{self.path} was written by a newer plnd (format {version}; this one knows "
                f"{FORMAT})",
                "install the newer plnd again; nothing was changed",
                code="newer_store",
            )
        return found  # type: ignore[return-value]


def _is_table(found: object) -> bool:
    """Whether TinyDB can use it: documents under numbers."""
    return isinstance(found, dict) and all(key.isdecimal() for key in found)


class Book:
    """The documents below a folder.

    Raises:
        StorageError: from any method, when a file cannot be written or is of a newer format.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[str, tuple[TinyDB, AtomicStorage]] = {}

    def close(self) -> None:
        for db, _ in self._files.values():
            db.close()
        self._files.clear()

    @property
    def damaged(self) -> list[str]:
        """Where damaged files were moved to since this book was opened."""
        return [str(storage.damaged) for _, storage in self._files.values() if storage.damaged]

    def open_all(self) -> None:
        """Read every file now, so that a damaged or newer one is found at the start."""
        for name in ("settings", "budgets", "pauses", "notices"):
            len(self._table(name))

    # -- settings and budgets -----------------------------------------------------

    def settings(self) -> Settings:
        """The user's settings; one that was edited into nonsense is an error that names it."""
        found = self._table("settings").all()
        return self._typed("settings", found[0], Settings) if found else Settings()

    def save_settings(self, settings: Settings) -> None:
        table = self._table("settings")
        table.upsert(Document(_plain(settings), doc_id=1))

    def budgets(self) -> list[Budget]:
        """The budgets; an hour a day until the user says otherwise."""
        table = self._table("budgets")
        if not (self._folder / "budgets.json").exists():
            table.insert(_plain(FIRST_BUDGET))
        return [self._typed("budgets", row, Budget) for row in table.all()]

    def save_budget(self, budget: Budget) -> None:
        self._table("budgets").upsert(_plain(budget), where("id") == budget.id)

    def delete_budget(self, id: str) -> bool:
        return bool(self._table("budgets").remove(where("id") == id))

    # -- pauses and notices ---------------------------------------------------------

    def pauses(self) -> list[Pause]:
        return [self._typed("pauses", row, Pause) for row in self._table("pauses").all()]

    def save_pause(self, pause: Pause) -> None:
        self._table("pauses").upsert(_plain(pause), where("start") == pause.start)

    def notices(self) -> list[Notice]:
        """What was told, oldest first."""
        return [self._typed("notices", row, Notice) for row in self._table("notices").all()]

    def save_notice(self, notice: Notice) -> None:
        """Keep a notice under its cause; the oldest beyond the last 200 are dropped."""
        table = self._table("notices")
        table.upsert(_plain(notice), where("cause") == notice.cause)
        rows = table.all()
        if len(rows) > MOST_NOTICES:
            table.remove(doc_ids=[row.doc_id for row in rows[:-MOST_NOTICES]])

    def snoozed_until(self) -> int | None:
        row = self._table("snooze", "notices").get(doc_id=1)
        until = row.get("until") if isinstance(row, Document) else None
        return until if isinstance(until, int) else None

    def save_snooze(self, until: int | None) -> None:
        self._table("snooze", "notices").upsert(Document({"until": until}, doc_id=1))

    # -- files ----------------------------------------------------------------------

    def _table(self, name: str, file: str | None = None) -> Table:
        file = file or name
        if file not in self._files:
            storage = AtomicStorage(self._folder / f"{file}.json")
            db = TinyDB(storage=lambda: storage)
            self._files[file] = (db, storage)
        return self._files[file][0].table(name)

    def _typed(self, name: str, row: Mapping[str, Any], kind: type[T]) -> T:
        try:
            return msgspec.convert(dict(row), kind)
        except msgspec.ValidationError as error:
            raise StorageError(
                f"{self._folder / name}.json: {error}",
                "mend that entry in an editor, or delete the file to start it anew",
                code="damaged_store",
            ) from error


def _plain(value: msgspec.Struct) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(value)
    return plain
