"""No two people with the same id or handle. Pure."""

from collections.abc import Iterable

from plnd.errors import Conflict
from plnd.measures.people.handles import HandleKey, handle_key
from plnd.model.people import Person


class UniquePeople:
    """People of whom no two share an id or a handle."""

    def __init__(self, people: Iterable[Person] = ()) -> None:
        self._people: dict[str, Person] = {}
        self._ids: dict[str, str] = {}
        self._handles: dict[HandleKey, str] = {}
        for one in people:
            self._set(one)

    def add(self, person: Person) -> None:
        """Add a person, replacing the one with the same id.

        Raises:
            Conflict: an id or a handle belongs to somebody else.
        """
        for known in (person.id, *person.merged):
            if self._ids.get(known, person.id) != person.id:
                name = self._people[self._ids[known]].name
                field = "id" if known == person.id else "merged"
                raise Conflict(f"{known!r} is {name} already", field=field)
        for one in person.handles:
            owner = self._handles.get(handle_key(one.network, one.handle), person.id)
            if owner != person.id:
                raise Conflict(
                    f"{one.network}:{one.handle} is {self._people[owner].name} already",
                    f"`plnd person merge` joins two who are one ({owner})",
                    field="handles",
                )
        self.remove(person.id)
        self._set(person)

    def remove(self, id: str) -> None:
        """Remove somebody; do nothing for an unknown id."""
        old = self._people.pop(id, None)
        if old is not None:
            for known in (old.id, *old.merged):
                self._ids.pop(known, None)
            for one in old.handles:
                self._handles.pop(handle_key(one.network, one.handle), None)

    def _set(self, person: Person) -> None:
        self._people[person.id] = person
        self._ids.update(dict.fromkeys((person.id, *person.merged), person.id))
        keys = [handle_key(one.network, one.handle) for one in person.handles]
        self._handles.update(dict.fromkeys(keys, person.id))
