"""The one document of a file, as the settings."""

from collections.abc import Sequence
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from plnd.errors import Invalid
from plnd.model.networks import FileFault
from plnd.store.book.collection import Role
from plnd.store.book.storage import AtomicStorage
from plnd.store.book.validation import file_fault, log_fault, to_row, validate

T = TypeVar("T", bound=msgspec.Struct)


class SingleDocument(Generic[T]):
    """The one document of a file; until one is stored, one with the defaults of its kind.

    Has the methods of `Collection` that serve export, import, backups and forgetting.

    Raises:
        StorageError: from any method, when the file cannot be written or is of a newer format.
    """

    max_documents: int | None = None

    def __init__(self, path: Path, kind: type[T], *, role: Role = "choice") -> None:
        self.storage = AtomicStorage(path)
        self.role = role
        self.kind = kind
        self._table = self.storage.table()
        self._fault_logged = False

    def get(self) -> T:
        found, _ = self._validated()
        return self.kind() if found is None else found

    def all(self) -> list[T]:
        """The document, or nothing when none is stored."""
        found, _ = self._validated()
        return [] if found is None else [found]

    def faults(self) -> list[FileFault]:
        """The invalid documents in the file, and why they are invalid."""
        return self._validated()[1]

    def name_of(self, _: T) -> str:
        """Empty: there is only one document."""
        return ""

    def removed_defaults(self) -> list[str]:
        """Empty: there are no default documents."""
        return []

    def remove_default(self, _: str) -> bool:
        """Do nothing: there are no default documents."""
        return False

    def put(self, document: T) -> None:
        """Store the document; invalid ones stay in the file behind it."""
        invalid = [
            row for row in self._table.all() if row.doc_id != 1 or self._validated()[0] is None
        ]
        rows = {str(number): dict(row) for number, row in enumerate(invalid, 2)}
        self.storage.write({self._table.name: {"1": to_row(document), **rows}})
        self._table = self.storage.table()

    def put_all(self, documents: Sequence[T]) -> None:
        for document in documents:
            self.put(document)

    def replace_all(self, documents: Sequence[T]) -> None:
        """Store this document, or none, in place of all that are in the file."""
        self.clear()
        self.put_all(documents)

    def clear(self) -> None:
        """Delete the file: the defaults are left."""
        self.storage.delete()
        self._table = self.storage.table()

    def _validated(self) -> tuple[T | None, list[FileFault]]:
        """The document, None when there is no valid one; and the faults of the others."""
        path, found, faults = self.storage.path, None, []
        for row in self._table.all():
            try:
                if row.doc_id != 1:
                    raise Invalid("this file has one document, with the number 1")
                found = validate(row, self.kind)
            except Invalid as error:
                faults.append(file_fault(path, row.doc_id, error))
        if faults and not self._fault_logged:
            self._fault_logged = True
            log_fault(path, self.kind, faults[0])
        return found, faults
