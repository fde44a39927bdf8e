"""A TinyDB storage whose file is whole at any moment, or set aside."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from tinydb.storages import Storage

from plnd.errors import StorageError
from plnd.system.files import cannot_write, read_or_set_aside, set_aside, write_atomic

FORMAT = 1

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

    def wipe(self) -> None:
        """Remove the file."""
        self._kept = None
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            raise cannot_write(self.path, error) from error

    def _load(self) -> Tables | None:
        content, moved = read_or_set_aside(self.path)
        self.damaged = moved or self.damaged
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
        return {name: _numbered(table) for name, table in found.items() if isinstance(table, dict)}


def _is_table(found: object) -> bool:
    """Whether it is what TinyDB writes: documents under numbers."""
    return isinstance(found, dict) and all(key.isdecimal() for key in found)


def _numbered(table: dict[str, Any]) -> dict[str, Any]:
    """Documents under numbers that TinyDB can count on from; an editor may write any."""
    return {str(number): row for number, row in enumerate(table.values(), 1)}
