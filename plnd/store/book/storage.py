"""A TinyDB storage that replaces its file atomically, and sets a damaged one aside."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from tinydb import TinyDB
from tinydb.storages import Storage
from tinydb.table import Table

from plnd.errors import StorageError
from plnd.system.files import cannot_write, read_or_set_aside, set_aside, write_atomic

FORMAT = 1

Tables = dict[str, dict[str, Any]]


class AtomicStorage(Storage):
    """A TinyDB storage: a reader never finds half a file.

    The tables read or written last are cached. The cache is dropped before each write, because
    TinyDB changes documents in place first, and the write may fail. A damaged file is set aside
    (`damaged` is its new path); one of a newer format is refused and not touched.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.damaged: Path | None = None
        self._cache: Tables | None = None

    def read(self) -> Tables | None:
        if self._cache is None:
            self._cache = self._load()
        return self._cache

    def write(self, data: Mapping[str, Mapping[str, Any]]) -> None:
        self._cache = None
        content = msgspec.json.encode({"plnd": FORMAT, **data})
        write_atomic(self.path, msgspec.json.format(content, indent=1) + b"\n")
        self._cache = {name: dict(table) for name, table in data.items()}

    def delete(self) -> None:
        """Delete the file."""
        self._cache = None
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            raise cannot_write(self.path, error) from error

    def table(self) -> Table:
        """A new table over the file, which has its name."""
        return TinyDB(storage=lambda: self).table(self.path.stem)

    def _load(self) -> Tables | None:
        content, moved_to = read_or_set_aside(self.path)
        self.damaged = moved_to or self.damaged
        if content is None:
            return None
        try:
            found = msgspec.json.decode(content, type=dict[str, int | dict[str, dict[str, Any]]])
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            self.damaged = set_aside(self.path)
            return None
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
        return {
            name: _renumbered(table) for name, table in found.items() if isinstance(table, dict)
        }


def _is_table(found: object) -> bool:
    """Whether it is what TinyDB writes: documents by number."""
    return isinstance(found, dict) and all(key.isdecimal() for key in found)


def _renumbered(table: dict[str, Any]) -> dict[str, Any]:
    """The documents by numbers from 1: a user may have written any numbers in an editor."""
    return {str(number): row for number, row in enumerate(table.values(), 1)}
