"""Who the people are: stored in the book, found by id, handle or name."""

from collections.abc import Callable, Sequence

from plnd.errors import Conflict, Invalid, NotFound
from plnd.measures.people.directory import Directory, search_people
from plnd.measures.people.handles import handle_key
from plnd.model.names import plain_name
from plnd.model.people import Person
from plnd.store.book.book import Book

MOST_PEOPLE = 10_000

ChangeListener = Callable[[str | None], None]
"""Called with the id of the person that changed; with None when anybody may have changed."""


class Register:
    """The stored people and the index that finds them."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._directory: Directory | None = None
        self._listeners: list[ChangeListener] = []

    def subscribe(self, listener: ChangeListener) -> None:
        self._listeners.append(listener)

    @property
    def directory(self) -> Directory:
        if self._directory is None:
            self._directory = Directory(self._book.people.all())
        return self._directory

    # -- lookup ----------------------------------------------------------------------

    def all(self) -> list[Person]:
        return self._book.people.all()

    def get(self, id: str) -> Person | None:
        return self._book.people.get(id)

    def find(self, words: str) -> Person:
        """The person with this id, network:handle or name, or the only one whose data matches.

        Raises:
            NotFound: nobody matches.
            Conflict: several people match.
        """
        if found := self.exact_match(words):
            return found
        near = list(search_people(self.all(), words))
        if not near:
            raise NotFound(f"nobody is called {words!r}", "`plnd person list` shows your people")
        if len(near) > 1:
            raise _ambiguous(words, near)
        return near[0]

    def find_exactly(self, words: str) -> Person:
        """The person with exactly this id, network:handle or name.

        Raises:
            NotFound: nobody matches.
            Conflict: several people have that name.
        """
        if found := self.exact_match(words):
            return found
        raise NotFound(
            f"nobody is called exactly {words!r}",
            "give the whole name, an id or NETWORK:HANDLE; `plnd person list` shows your people",
            field="person",
        )

    def exact_match(self, words: str) -> Person | None:
        """The person with exactly this id, network:handle or name; None if nobody matches.

        Raises:
            Conflict: several people have that name.
        """
        directory = self.directory
        if words in directory.by_id:
            return directory.by_id[words]
        network, colon, handle = words.partition(":")
        if colon and (found := directory.by_handle.get(handle_key(network, handle))):
            return found
        named = directory.by_name.get(plain_name(words), [])
        if len(named) > 1:
            raise _ambiguous(words, named)
        return named[0] if named else None

    def name_of(self, id: str | None) -> str | None:
        """The name of the person with this id, or of the person that one was merged into."""
        found = self.directory.by_id.get(id) if id else None
        return found.name if found else None

    def check_room(self, more: int) -> None:
        """Raises:
        Invalid: with so many more people there would be too many.
        """
        count = len(self.directory.handle_keys) + more
        if count > MOST_PEOPLE:
            message = f"that would be {count} people; plnd keeps {MOST_PEOPLE} at most"
            raise Invalid(message, "import those that you follow up")

    # -- changes ---------------------------------------------------------------------

    def save(self, person: Person) -> None:
        self._book.people.put(person)
        self.directory.add(person)
        self.announce_change(person.id)

    def save_all(self, people: Sequence[Person]) -> None:
        self._book.people.put_all(people)
        self._directory = None
        self.announce_change()

    def remove(self, id: str) -> None:
        self._book.people.remove(id)
        self.directory.remove(id)
        self.announce_change()

    def announce_change(self, id: str | None = None) -> None:
        """Tell the listeners that a person (None: anybody), or a meeting with them, changed."""
        for listener in self._listeners:
            listener(id)


def _ambiguous(words: str, people: Sequence[Person]) -> Conflict:
    names = ", ".join(f"{one.name} ({one.id})" for one in people[:5])
    return Conflict(f"{words!r} fits several: {names}", "give the id instead")
