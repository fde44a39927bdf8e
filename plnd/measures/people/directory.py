"""Finding people: an index by everything that identifies them, and a search. Pure."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from plnd.measures.people.handles import HandleKey, handle_key
from plnd.model.names import plain_name
from plnd.model.people import Handle, Person

T = TypeVar("T")


class Directory:
    """People by id, by handle, by the id of an address book, and by name."""

    def __init__(self, people: Iterable[Person]) -> None:
        self.by_id: dict[str, Person] = {}
        self.handle_keys: dict[str, tuple[HandleKey, ...]] = {}
        self.by_handle: dict[HandleKey, Person] = {}
        self.by_uid: dict[str, Person] = {}
        self.by_name: dict[str, list[Person]] = {}
        for person in people:
            self.add(person)

    def add(self, person: Person) -> None:
        """Add a person, replacing the one with the same id."""
        self.remove(person.id)
        for known in (person.id, *person.merged):
            self.by_id[known] = person
        keys = tuple(handle_key(one.network, one.handle) for one in person.handles)
        self.handle_keys[person.id] = keys
        for key in keys:
            self.by_handle[key] = person
        for uid in person.uids:
            self.by_uid[uid] = person
        self.by_name.setdefault(plain_name(person.name), []).append(person)

    def remove(self, id: str) -> None:
        """Remove a person; do nothing for an unknown id."""
        old = self.by_id.get(id)
        if old is None or old.id != id:  # the id of somebody who was merged into another person
            return
        _remove_keys(self.by_id, (old.id, *old.merged), old)
        _remove_keys(self.by_handle, self.handle_keys.pop(old.id, ()), old)
        _remove_keys(self.by_uid, old.uids, old)
        self.by_name[plain_name(old.name)].remove(old)

    def find_match(
        self, name: str, handles: Iterable[Handle], uids: Iterable[str]
    ) -> Person | None:
        """The person with one of these ids or handles, or else the only one with this name."""
        for uid in uids:
            if uid in self.by_uid:
                return self.by_uid[uid]
        for one in handles:
            if found := self.by_handle.get(handle_key(one.network, one.handle)):
                return found
        named = self.by_name.get(plain_name(name), [])
        return named[0] if len(named) == 1 else None


def _remove_keys(known: dict[T, Person], keys: Iterable[T], person: Person) -> None:
    """Delete those of the keys that lead to this person."""
    for key in keys:
        if known.get(key) is person:
            del known[key]


def search_people(people: Iterable[Person], words: str) -> Iterator[Person]:
    """The people in whose name, handles, tags or notes every word occurs."""
    wanted = words.casefold().split()
    for person in people:
        handles = (one.handle for one in person.handles)
        text = " ".join(
            (person.name, person.note, person.how_met, *person.tags, *handles)
        ).casefold()
        if all(word in text for word in wanted):
            yield person
