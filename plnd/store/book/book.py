"""What the user owns and edits: documents in TinyDB, one readable JSON file per collection.

Used by one thread only. Each write replaces the whole file atomically, which stays under
10 ms up to some 5,000 documents in a collection; what outgrows that belongs in the log.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar

import msgspec
from tinydb import TinyDB
from tinydb.table import Document, Table

from plnd.errors import Invalid
from plnd.measures.redaction import redact
from plnd.model.chats import AttendedChat, Chat
from plnd.model.cpd import CpdMark
from plnd.model.feeds import Request
from plnd.model.journal import Entry
from plnd.model.networks import FileFault
from plnd.model.notices import Notice, Snooze
from plnd.model.own import Forgotten
from plnd.model.pauses import Pause, Uncounted
from plnd.model.people import Dismissed, Meeting, Merge, Person, PersonFeed, TagCadence
from plnd.model.profiles import NotMine, Profile, SeemsMine
from plnd.model.review import Plan
from plnd.model.scope import PersonScope, Scope
from plnd.model.settings import Budget, Settings
from plnd.model.sources import SourceHeard
from plnd.store.book import checked
from plnd.store.book.storage import AtomicStorage

FIRST_BUDGET = Budget(id="all", minutes=60)
MOST_NOTICES = 200
MOST_SOURCES = 100
MOST_REQUESTS = 1000
MOST_MERGES = 100
MOST_SEEMS_MINE = 50

Role = Literal["memory", "choice", "guard"]
"""What documents are to the user: memory of what was (it can be forgotten in part), a choice
(only forgotten with everything), or a guard that keeps something out (a backup never undoes it).
"""

T = TypeVar("T", bound=msgspec.Struct)


class Single(Generic[T]):
    """The one document of a file; its defaults until something was kept.

    Raises:
        StorageError: from any method, when the file cannot be written or is of a newer format.
    """

    most: int | None = None

    def __init__(self, path: Path, kind: type[T], *, role: Role = "choice") -> None:
        self._said = False
        self.storage = AtomicStorage(path)
        self.role = role
        self.kind = kind
        self._table = _table(self.storage)

    def all(self) -> list[T]:
        """The document, where one was kept."""
        found, _ = self._judged()
        return [] if found is None else [found]

    def get(self) -> T:
        found, _ = self._judged()
        return self.kind() if found is None else found

    def put(self, value: T) -> None:
        unused = [row for row in self._table.all() if row.doc_id != 1 or self._judged()[0] is None]
        rows = {str(number): dict(row) for number, row in enumerate(unused, 2)}
        self.storage.write({self._table.name: {"1": checked.plain(value), **rows}})
        self._table = _table(self.storage)

    def faults(self) -> list[FileFault]:
        """What in the file cannot be used, and why."""
        return self._judged()[1]

    def _judged(self) -> tuple[T | None, list[FileFault]]:
        path, found, faults = self.storage.path, None, []
        for row in self._table.all():
            try:
                if row.doc_id != 1:
                    raise Invalid("this file has one document, with the number 1")
                found = checked.read(row, self.kind)
            except Invalid as error:
                faults.append(checked.fault(path, row.doc_id, error))
        if faults and not self._said:
            self._said = True
            checked.report(path, checked.noun(self.kind), faults[0])
        return found, faults

    def put_all(self, values: Sequence[T]) -> None:
        for value in values:
            self.put(value)

    def become(self, values: Sequence[T]) -> None:
        """Hold this document, or none."""
        self.wipe()
        self.put_all(values)

    def removed(self) -> list[str]:
        """Nothing: what a user did not choose is as it was at first."""
        return []

    def remove_first(self, _: str) -> bool:
        """Nothing to remove."""
        return False

    def name(self, _: T) -> str:
        """What the document is called among those of its file."""
        return ""

    def wipe(self) -> None:
        """Be as if nothing had ever been kept."""
        self._table = _wiped(self.storage)


class Collection(Generic[T]):
    """The documents of one kind in one file, oldest first, each known by its field `key`.

    `first` is there until the user has changed something; beyond `most` the oldest are dropped.
    A document that is not as it must be (see `judged`) stays in the file and is not among them.

    Raises:
        StorageError: from any method, as `Single` does.
    """

    def __init__(
        self,
        path: Path,
        kind: type[T],
        *,
        key: str = "id",
        first: Sequence[T] = (),
        most: int | None = None,
        role: Role = "memory",
    ) -> None:
        self.storage = AtomicStorage(path)
        self.role = role
        self.kind = kind
        self._table = _table(self.storage)
        self._key = key
        self._first = first
        self.most = most
        self._kept: dict[Any, tuple[int, T]] | None = None
        self._faults: list[FileFault] = []

    def all(self) -> list[T]:
        return [value for _, value in self._rows().values()]

    def get(self, key: Any) -> T | None:
        """The document with that key, None when there is none."""
        found = self._rows().get(key)
        return found[1] if found else None

    def put(self, value: T) -> None:
        """Keep a document, in place of the one with the same key."""
        rows = self._rows()
        key = getattr(value, self._key)
        self._kept = None
        if key in rows:
            number = rows[key][0]
            self._table.update(checked.becoming(value), doc_ids=[number])
        else:
            number = self._table.insert(checked.plain(value))
        rows[key] = (number, value)
        self._kept = rows
        if self.most is not None and len(rows) > self.most:
            self.remove(*list(rows)[: -self.most])

    def put_all(self, values: Sequence[T]) -> None:
        """Keep many documents with one write, each in place of the one with the same key."""
        if values:
            self._write(dict(self._rows()), values, self._unused())

    def become(self, values: Sequence[T]) -> None:
        """Hold these documents and no others."""
        self._write({}, values, {})
        self._faults = []

    def faults(self) -> list[FileFault]:
        """What in the file cannot be used, and why."""
        self._rows()
        return self._faults

    def _unused(self) -> dict[int, dict[str, Any]]:
        """The documents that cannot be used, as they are written, by number."""
        numbers = [one.document for one in self.faults()]
        return {row.doc_id: dict(row) for row in self._table.all() if row.doc_id in numbers}

    def _write(
        self,
        rows: dict[Any, tuple[int, T]],
        values: Sequence[T],
        unused: Mapping[int, dict[str, Any]],
    ) -> None:
        """Write `rows` and `values`, each value in place of the row with the same key, and what
        cannot be used as it is."""
        number = max((*unused, *(number for number, _ in rows.values())), default=0)
        for value in values:
            key = getattr(value, self._key)
            if key not in rows:
                number += 1
            rows[key] = (rows[key][0] if key in rows else number, value)
        if self.most is not None:
            rows = dict(list(rows.items())[-self.most :])
        self._kept = None
        plain = {number: checked.plain(value) for number, value in rows.values()}
        plain = dict(sorted({**unused, **plain}.items()))
        self.storage.write({self._table.name: {str(one): row for one, row in plain.items()}})
        self._table = _table(self.storage)
        self._kept = rows

    def name(self, value: T) -> str:
        """What a document is called among those of its file: its key."""
        return str(getattr(value, self._key))

    def removed(self) -> list[str]:
        """The names of those documents there at first that the user has removed."""
        left = {self.name(value) for value in self.all()}
        return [self.name(value) for value in self._first if self.name(value) not in left]

    def remove_first(self, name: str) -> bool:
        """Remove a document that was there at first and is as it was; whether it was there."""
        going = [
            getattr(value, self._key)
            for value in self._first
            if self.name(value) == name and value in self.all()
        ]
        return self.remove(*going)

    def forget(self, *scopes: Scope | PersonScope) -> None:
        """Take out what lies in the scopes."""
        gone, changed = self._within(scopes)
        self.remove(*gone)
        self.put_all(changed)
        self._forget_unused(scopes)

    def would_forget(self, *scopes: Scope | PersonScope) -> int:
        """How many documents `forget` would remove or change."""
        gone, changed = self._within(scopes)
        unused = sum(checked.rest(row, scopes) != row for row in self._unused().values())
        return len(gone) + sum(getattr(one, self._key) not in gone for one in changed) + unused

    def _forget_unused(self, scopes: Sequence[Scope | PersonScope]) -> None:
        """Take the scopes out of what cannot be used as well: it lies in the file like the rest."""
        for number, row in self._unused().items():
            left = checked.rest(row, scopes)
            if left is None:
                self._table.remove(doc_ids=[number])
            elif left != row:
                self._table.remove(doc_ids=[number])
                self._table.insert(Document(left, doc_id=number))
            if left != row:
                self._kept = None

    def would_change(self, *scopes: Scope | PersonScope) -> int:
        """How many documents `forget` would only change: they stay."""
        return len(self._within(scopes)[1])

    def _within(self, scopes: Sequence[Scope | PersonScope]) -> tuple[list[Any], list[T]]:
        """The keys of the documents that go, and those that change, as they will be."""
        gone: list[Any] = []
        changed: list[T] = []
        for key, (_, value) in list(self._rows().items()):
            plain = checked.plain(value)
            left: dict[str, Any] | None = plain
            for scope in scopes:
                left = None if left is None else redact(left, scope)
            if left == plain:
                continue
            try:
                new = None if left is None else msgspec.convert(left, self.kind)
            except msgspec.ValidationError:
                new = None  # what is left of it makes no sense by itself
            if new is None or getattr(new, self._key) != key:
                gone.append(key)
            if new is not None:
                changed.append(new)
        return gone, changed

    def wipe(self) -> None:
        """Be as if nothing had ever been kept."""
        self._kept = None
        self._faults = []
        self._table = _wiped(self.storage)

    def remove(self, *keys: Any) -> bool:
        """Drop the documents with these keys; whether there were any."""
        rows = self._rows()
        going = {key: rows[key][0] for key in keys if key in rows}
        if going:
            self._kept = None
            self._table.remove(doc_ids=list(going.values()))
            self._kept = {key: row for key, row in rows.items() if key not in going}
        return bool(going)

    def _rows(self) -> dict[Any, tuple[int, T]]:
        """Number and document by key; dropped while a write is under way, as that may fail."""
        if self._kept is None:
            if self._first and not self.storage.path.exists():
                self._table.insert_multiple(map(checked.plain, self._first))
            rows = ((row.doc_id, row) for row in self._table.all())
            self._kept, self._faults = checked.sifted(self.storage.path, rows, self.kind, self._key)
        return self._kept


Kept = Single[Any] | Collection[Any]


class Book:
    """The documents below a folder, a file for each kind.

    Raises:
        StorageError: when a file is of a newer format.
    """

    def __init__(self, folder: Path) -> None:
        self.settings = Single(folder / "settings.json", Settings)
        self.snooze = Single(folder / "snooze.json", Snooze)
        self.budgets = Collection(
            folder / "budgets.json", Budget, first=[FIRST_BUDGET], role="choice"
        )
        self.pauses = Collection(folder / "pauses.json", Pause, key="start", role="guard")
        self.uncounted = Collection(folder / "uncounted.json", Uncounted, role="guard")
        self.forgotten = Collection(folder / "forgotten.json", Forgotten, role="guard")
        self.notices = Collection(folder / "notices.json", Notice, key="cause", most=MOST_NOTICES)
        self.sources = Collection(
            folder / "sources.json", SourceHeard, key="profile", most=MOST_SOURCES
        )
        self.profiles = Collection(folder / "profiles.json", Profile)
        self.not_mine = Collection(folder / "not_mine.json", NotMine)
        self.seems_mine = Collection(folder / "seems_mine.json", SeemsMine, most=MOST_SEEMS_MINE)
        self.requests = Collection(folder / "requests.json", Request, most=MOST_REQUESTS)
        self.people = Collection(folder / "people.json", Person)
        self.feeds = Collection(folder / "feeds.json", PersonFeed)
        self.meetings = Collection(folder / "meetings.json", Meeting)
        self.merges = Collection(folder / "merges.json", Merge, most=MOST_MERGES)
        self.cadences = Collection(folder / "cadences.json", TagCadence, key="tag", role="choice")
        self.refused = Collection(folder / "refused.json", Dismissed)
        self.chats = Collection(folder / "chats.json", Chat, role="choice")
        self.attended = Collection(folder / "attended.json", AttendedChat)
        self.journal = Collection(folder / "journal.json", Entry)
        self.cpd = Collection(folder / "cpd.json", CpdMark)
        self.plans = Collection(folder / "plans.json", Plan, key="quarter")
        self.kept: dict[str, Kept] = {
            name: one for name, one in vars(self).items() if isinstance(one, Single | Collection)
        }
        """All of the book by its name: what stands here is exported, copied and forgotten."""
        self._storages = [one.storage for one in self.kept.values()]
        # Read every file now, so that a damaged or newer one is found at the start.
        for storage in self._storages:
            storage.read()

    @property
    def damaged(self) -> list[str]:
        """Where damaged files were moved to since this book was opened."""
        return [str(one.damaged) for one in self._storages if one.damaged]

    def faults(self) -> list[FileFault]:
        """The documents that cannot be used, and why: each is left out, and stays in its file."""
        return [fault for one in self.kept.values() for fault in one.faults()]

    def forget(self, *scopes: Scope | PersonScope) -> None:
        """Take out what lies in the scopes; with everything, all there is."""
        for _ in self.forget_by_file(*scopes):
            pass

    def forget_by_file(self, *scopes: Scope | PersonScope) -> Iterator[None]:
        """As `forget`, one file after the other.

        The people come last: as long as a rest of somebody is left, they can be named.
        """
        if _everything(scopes):
            for each in self.kept.values():
                each.wipe()
                yield
            return
        for _, one in sorted(self._memories(), key=lambda row: row[1] is self.people):
            one.forget(*scopes)
            yield

    def would_forget(self, *scopes: Scope | PersonScope) -> dict[str, int]:
        """How many documents `forget` would remove or change, by the name of what they are in."""
        if _everything(scopes):
            return _counted({name: len(one.all()) for name, one in self.kept.items()})
        return _counted({name: one.would_forget(*scopes) for name, one in self._memories()})

    def would_change(self, *scopes: Scope | PersonScope) -> dict[str, int]:
        """How many of them would stay, without what is forgotten."""
        if _everything(scopes):
            return {}
        return _counted({name: one.would_change(*scopes) for name, one in self._memories()})

    def _memories(self) -> list[tuple[str, Collection[Any]]]:
        return [
            (name, one)
            for name, one in self.kept.items()
            if isinstance(one, Collection) and one.role == "memory"
        ]


def _everything(scopes: Sequence[Scope | PersonScope]) -> bool:
    return any(isinstance(one, Scope) and one.everything for one in scopes)


def _counted(counts: dict[str, int]) -> dict[str, int]:
    return {name: count for name, count in counts.items() if count}


def _wiped(storage: AtomicStorage) -> Table:
    storage.wipe()
    return _table(storage)


def _table(storage: AtomicStorage) -> Table:
    return TinyDB(storage=lambda: storage).table(storage.path.stem)
