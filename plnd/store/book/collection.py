"""The documents of one kind, in one file."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar

import msgspec
from tinydb.table import Document

from plnd.measures.redaction import redact
from plnd.model.networks import FileFault
from plnd.model.scope import PersonScope, Scope
from plnd.store.book.storage import AtomicStorage
from plnd.store.book.validation import forget_in_row, replace_with, to_row, valid_documents

Role = Literal["memory", "choice", "guard"]
"""Why documents are stored: a memory of what happened can be forgotten in part; a choice of the
user's is only forgotten with everything; a guard keeps something out, and no backup undoes it.
"""

T = TypeVar("T", bound=msgspec.Struct)


class Collection(Generic[T]):
    """The documents of one kind in one file, oldest first, each with a key: its field `key`.

    `defaults` are there until the user has changed something; of more than `max_documents` the
    oldest are removed. An invalid document stays in the file and is left out here.

    Raises:
        StorageError: from any method, when the file cannot be written or is of a newer format.
    """

    def __init__(
        self,
        path: Path,
        kind: type[T],
        *,
        key: str = "id",
        defaults: Sequence[T] = (),
        max_documents: int | None = None,
        role: Role = "memory",
    ) -> None:
        self.storage = AtomicStorage(path)
        self.role = role
        self.kind = kind
        self.max_documents = max_documents
        self._table = self.storage.table()
        self._key = key
        self._defaults = defaults
        self._cache: dict[Any, tuple[int, T]] | None = None
        self._faults: list[FileFault] = []

    # -- reading ---------------------------------------------------------------

    def all(self) -> list[T]:
        return [document for _, document in self._documents().values()]

    def get(self, key: Any) -> T | None:
        """The document with that key, None when there is none."""
        found = self._documents().get(key)
        return found[1] if found else None

    def faults(self) -> list[FileFault]:
        """The invalid documents in the file, and why they are invalid."""
        self._documents()
        return self._faults

    def name_of(self, document: T) -> str:
        """The key of a document as text."""
        return str(getattr(document, self._key))

    def removed_defaults(self) -> list[str]:
        """The names of the default documents that the user has removed."""
        left = {self.name_of(document) for document in self.all()}
        return [name for name in map(self.name_of, self._defaults) if name not in left]

    def _documents(self) -> dict[Any, tuple[int, T]]:
        """Number and document by key.

        The cache is dropped while a write is under way, because that may fail.
        """
        if self._cache is None:
            if self._defaults and not self.storage.path.exists():
                self._table.insert_multiple(map(to_row, self._defaults))
            rows = ((row.doc_id, row) for row in self._table.all())
            self._cache, self._faults = valid_documents(
                self.storage.path, rows, self.kind, self._key
            )
        return self._cache

    def _invalid_rows(self) -> dict[int, dict[str, Any]]:
        """The invalid documents as they are written, by number."""
        numbers = [one.document for one in self.faults()]
        return {row.doc_id: dict(row) for row in self._table.all() if row.doc_id in numbers}

    # -- writing ---------------------------------------------------------------

    def put(self, document: T) -> None:
        """Store a document, in place of the one with the same key."""
        documents = self._documents()
        key = getattr(document, self._key)
        self._cache = None
        if key in documents:
            number = documents[key][0]
            self._table.update(replace_with(document), doc_ids=[number])
        else:
            number = self._table.insert(to_row(document))
        documents[key] = (number, document)
        self._cache = documents
        if self.max_documents is not None and len(documents) > self.max_documents:
            self.remove(*list(documents)[: -self.max_documents])

    def put_all(self, documents: Sequence[T]) -> None:
        """Store many documents with one write, each in place of the one with the same key."""
        if documents:
            self._write(dict(self._documents()), documents, self._invalid_rows())

    def replace_all(self, documents: Sequence[T]) -> None:
        """Store these documents in place of all that are in the file, invalid ones included."""
        self._write({}, documents, {})
        self._faults = []

    def remove(self, *keys: Any) -> bool:
        """Remove the documents with these keys; False when there are none."""
        documents = self._documents()
        numbers = {key: documents[key][0] for key in keys if key in documents}
        if numbers:
            self._cache = None
            self._table.remove(doc_ids=list(numbers.values()))
            self._cache = {key: one for key, one in documents.items() if key not in numbers}
        return bool(numbers)

    def remove_default(self, name: str) -> bool:
        """Remove a default document that the user has not changed; False when it is not there."""
        keys = [
            getattr(document, self._key)
            for document in self._defaults
            if self.name_of(document) == name and document in self.all()
        ]
        return self.remove(*keys)

    def clear(self) -> None:
        """Delete the file: only the defaults are left."""
        self._cache = None
        self._faults = []
        self.storage.delete()
        self._table = self.storage.table()

    def _write(
        self,
        documents: dict[Any, tuple[int, T]],
        changed: Sequence[T],
        invalid_rows: Mapping[int, dict[str, Any]],
    ) -> None:
        """Write the file: `documents` with those of `changed` in their place, and rows as they
        are."""
        number = max((*invalid_rows, *(number for number, _ in documents.values())), default=0)
        for document in changed:
            key = getattr(document, self._key)
            if key not in documents:
                number += 1
            documents[key] = (documents[key][0] if key in documents else number, document)
        if self.max_documents is not None:
            documents = dict(list(documents.items())[-self.max_documents :])
        self._cache = None
        rows = {number: to_row(document) for number, document in documents.values()}
        rows = dict(sorted({**invalid_rows, **rows}.items()))
        self.storage.write({self._table.name: {str(one): row for one, row in rows.items()}})
        self._table = self.storage.table()
        self._cache = documents

    # -- forgetting ------------------------------------------------------------

    def forget(self, *scopes: Scope | PersonScope) -> None:
        """Delete what lies in the scopes, from invalid documents too."""
        removed, changed = self._without(scopes)
        self.remove(*removed)
        self.put_all(changed)
        for number, row in self._invalid_rows().items():
            left = forget_in_row(row, scopes)
            if left == row:
                continue
            self._table.remove(doc_ids=[number])
            if left is not None:
                self._table.insert(Document(left, doc_id=number))
            self._cache = None

    def would_forget(self, *scopes: Scope | PersonScope) -> int:
        """The number of documents that `forget` would remove or change."""
        removed, changed = self._without(scopes)
        invalid = sum(forget_in_row(row, scopes) != row for row in self._invalid_rows().values())
        return (
            len(removed) + sum(getattr(one, self._key) not in removed for one in changed) + invalid
        )

    def would_change(self, *scopes: Scope | PersonScope) -> int:
        """The number of documents that `forget` would change and not remove."""
        return len(self._without(scopes)[1])

    def _without(self, scopes: Sequence[Scope | PersonScope]) -> tuple[list[Any], list[T]]:
        """The keys of the documents that the scopes remove, and the documents that they change."""
        removed: list[Any] = []
        changed: list[T] = []
        for key, (_, document) in list(self._documents().items()):
            row = to_row(document)
            left: dict[str, Any] | None = row
            for scope in scopes:
                left = None if left is None else redact(left, scope)
            if left == row:
                continue
            try:
                new = None if left is None else msgspec.convert(left, self.kind)
            except msgspec.ValidationError:
                new = None  # the rest of it is no valid document
            if new is None or getattr(new, self._key) != key:
                removed.append(key)
            if new is not None:
                changed.append(new)
        return removed, changed
