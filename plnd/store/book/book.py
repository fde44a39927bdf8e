"""The user's documents in TinyDB: one readable JSON file for each kind.

Used by one thread only. Each write replaces the whole file, which takes under 10 ms for up to
some 5,000 documents in a collection; more than that belongs into the log.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from plnd.model.chats import AttendedChat, Chat
from plnd.model.cpd import CpdMark
from plnd.model.feeds import Request
from plnd.model.journal import Entry
from plnd.model.networks import FileFault
from plnd.model.notices import Notice, Snooze
from plnd.model.own_data import Forgotten
from plnd.model.pauses import Pause, Uncounted
from plnd.model.people import Dismissed, Meeting, Merge, Person, PersonFeed, TagCadence
from plnd.model.profiles import NotMine, Profile, SeemsMine
from plnd.model.review import Plan
from plnd.model.scope import PersonScope, Scope
from plnd.model.settings import Budget, Settings
from plnd.model.sources import SourceHeard
from plnd.store.book.collection import Collection
from plnd.store.book.single import SingleDocument

FIRST_BUDGET = Budget(id="all", minutes=60)
MAX_NOTICES = 200
MAX_SOURCES = 100
MAX_REQUESTS = 1000
MAX_MERGES = 100
MAX_SEEMS_MINE = 50

AnyCollection = SingleDocument[Any] | Collection[Any]


class Book:
    """The documents in a folder.

    Raises:
        StorageError: when a file is of a newer format.
    """

    def __init__(self, folder: Path) -> None:
        self.settings = SingleDocument(folder / "settings.json", Settings)
        self.snooze = SingleDocument(folder / "snooze.json", Snooze)
        self.budgets = Collection(
            folder / "budgets.json", Budget, defaults=[FIRST_BUDGET], role="choice"
        )
        self.pauses = Collection(folder / "pauses.json", Pause, key="start", role="guard")
        self.uncounted = Collection(folder / "uncounted.json", Uncounted, role="guard")
        self.forgotten = Collection(folder / "forgotten.json", Forgotten, role="guard")
        self.notices = Collection(
            folder / "notices.json", Notice, key="cause", max_documents=MAX_NOTICES
        )
        self.sources = Collection(
            folder / "sources.json", SourceHeard, key="profile", max_documents=MAX_SOURCES
        )
        self.profiles = Collection(folder / "profiles.json", Profile)
        self.not_mine = Collection(folder / "not_mine.json", NotMine)
        self.seems_mine = Collection(
            folder / "seems_mine.json", SeemsMine, max_documents=MAX_SEEMS_MINE
        )
        self.requests = Collection(folder / "requests.json", Request, max_documents=MAX_REQUESTS)
        self.people = Collection(folder / "people.json", Person)
        self.feeds = Collection(folder / "feeds.json", PersonFeed)
        self.meetings = Collection(folder / "meetings.json", Meeting)
        self.merges = Collection(folder / "merges.json", Merge, max_documents=MAX_MERGES)
        self.cadences = Collection(folder / "cadences.json", TagCadence, key="tag", role="choice")
        self.refused = Collection(folder / "refused.json", Dismissed)
        self.chats = Collection(folder / "chats.json", Chat, role="choice")
        self.attended = Collection(folder / "attended.json", AttendedChat)
        self.journal = Collection(folder / "journal.json", Entry)
        self.cpd = Collection(folder / "cpd.json", CpdMark)
        self.plans = Collection(folder / "plans.json", Plan, key="quarter")
        self.collections: dict[str, AnyCollection] = {
            name: one
            for name, one in vars(self).items()
            if isinstance(one, SingleDocument | Collection)
        }
        """All collections by name: each is exported, copied and forgotten."""
        self._storages = [one.storage for one in self.collections.values()]
        # Read every file now, so that a damaged or newer one is found at the start.
        for storage in self._storages:
            storage.read()

    @property
    def damaged(self) -> list[str]:
        """Where damaged files were moved to since this book was opened."""
        return [str(one.damaged) for one in self._storages if one.damaged]

    def faults(self) -> list[FileFault]:
        """The invalid documents, and why: each is left out, and stays in its file."""
        return [fault for one in self.collections.values() for fault in one.faults()]

    def forget(self, *scopes: Scope | PersonScope) -> None:
        """Delete what lies in the scopes."""
        for _ in self.forget_by_file(*scopes):
            pass

    def forget_by_file(self, *scopes: Scope | PersonScope) -> Iterator[None]:
        """Delete what lies in the scopes, one file after the other.

        The people come last: as long as something of a person is left, they can be named.
        """
        if _everything(scopes):
            for each in self.collections.values():
                each.clear()
                yield
            return
        for _, one in sorted(self._memories(), key=lambda row: row[1] is self.people):
            one.forget(*scopes)
            yield

    def would_forget(self, *scopes: Scope | PersonScope) -> dict[str, int]:
        """The number of documents that `forget` would remove or change, by collection."""
        if _everything(scopes):
            return _not_zero({name: len(one.all()) for name, one in self.collections.items()})
        return _not_zero({name: one.would_forget(*scopes) for name, one in self._memories()})

    def would_change(self, *scopes: Scope | PersonScope) -> dict[str, int]:
        """The number of documents that `forget` would change and not remove, by collection."""
        if _everything(scopes):
            return {}
        return _not_zero({name: one.would_change(*scopes) for name, one in self._memories()})

    def _memories(self) -> list[tuple[str, Collection[Any]]]:
        return [
            (name, one)
            for name, one in self.collections.items()
            if isinstance(one, Collection) and one.role == "memory"
        ]


def _everything(scopes: Sequence[Scope | PersonScope]) -> bool:
    return any(isinstance(one, Scope) and one.everything for one in scopes)


def _not_zero(counts: dict[str, int]) -> dict[str, int]:
    return {name: count for name, count in counts.items() if count}
