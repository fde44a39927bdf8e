"""The journal: what the user learned from people, and taught them."""

import msgspec

from plnd.core.context import Context, new_id
from plnd.core.people.people import People
from plnd.errors import NotFound
from plnd.model.journal import Entry, EntryChange, EntryRequest, EntryView


class Journal:
    """The user's entries, shown with the current name of the person."""

    def __init__(self, context: Context, people: People) -> None:
        self._context = context
        self._people = people
        self._entries = context.book.journal

    def all(self, words: str = "", kind: str = "", person: str = "") -> list[EntryView]:
        """The entries, latest first: those with all words, of a kind, about a person."""
        who = self._people.register.find(person) if person else None
        wanted = words.casefold().split()
        found = []
        for entry in self._entries.all():
            if kind and entry.kind != kind:
                continue
            if who and entry.person not in (who.id, *who.merged):
                continue
            view = self.view(entry)
            parts = (view.text, view.person_name, view.title, view.author, view.link)
            text = " ".join(part for part in parts if part)
            if all(word in text.casefold() for word in wanted):
                found.append(view)
        return sorted(found, key=lambda one: (-one.at, one.id))

    def entries(self, start: int, end: int) -> list[Entry]:
        """The entries of `start <= at < end`, oldest first."""
        found = [one for one in self._entries.all() if start <= one.at < end]
        return sorted(found, key=lambda one: (one.at, one.id))

    def view(self, entry: Entry) -> EntryView:
        fields = {name: getattr(entry, name) for name in entry.__struct_fields__}
        fields["person_name"] = self._people.register.name_of(entry.person) or entry.person_name
        return EntryView(**fields)

    def add(self, wanted: EntryRequest) -> EntryView:
        """Store an entry. A name that belongs to nobody is stored as it is given.

        Raises:
            Invalid: the network is unknown, or the time cannot be parsed.
            Conflict: several people have that name.
        """
        if wanted.network is not None:
            self._context.check_network(wanted.network)
        entry = Entry(
            id=new_id(),
            kind=wanted.kind,
            at=self._context.moment(wanted.at, wanted.when),
            text=wanted.text.strip() or wanted.text,
            link=wanted.link,
            title=wanted.title,
            author=wanted.author,
            network=wanted.network,
            minutes=wanted.minutes,
            **self._who(wanted.person),
        )
        self._entries.put(entry)
        return self.view(entry)

    def change(self, id: str, wanted: EntryChange) -> EntryView:
        """Raises:
        NotFound: there is no such entry.
        """
        entry = self._get(id)
        changes = {
            name: value
            for name in wanted.__struct_fields__
            if (value := getattr(wanted, name)) is not msgspec.UNSET
        }
        if "person" in changes:
            changes |= self._who(changes["person"])
        entry = msgspec.structs.replace(entry, **changes)
        self._entries.put(entry)
        return self.view(entry)

    def remove(self, id: str) -> Entry:
        """Raises:
        NotFound: there is no such entry.
        """
        entry = self._get(id)
        self._entries.remove(entry.id)
        return entry

    def _get(self, id: str) -> Entry:
        """The entry with this id, or the only one whose id begins like this."""
        found = [one for one in self._entries.all() if id and one.id.startswith(id)]
        if len(found) != 1:
            raise NotFound(f"no journal entry {id!r}", "`plnd journal list` shows their ids")
        return found[0]

    def _who(self, words: str | None) -> dict[str, str | None]:
        person = self._people.register.exact_match(words) if words else None
        if person:
            return {"person": person.id, "person_name": None}
        return {"person": None, "person_name": words}
