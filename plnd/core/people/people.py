"""The people of the user's learning network, and one object for each thing known about them."""

from collections.abc import Callable, Collection, Iterable

import msgspec
from msgspec.structs import replace

from plnd.core.context import Context, new_id
from plnd.core.people.cadences import Cadences
from plnd.core.people.contact_histories import ContactHistories
from plnd.core.people.feeds import PersonFeeds
from plnd.core.people.meetings import Meetings
from plnd.core.people.merges import Merges
from plnd.core.people.register import Register
from plnd.core.people.relationships import Relationships
from plnd.core.people.suggestions import Suggestions
from plnd.core.people.views import person_view
from plnd.core.people.weak_tie import WeakTieOfWeek
from plnd.errors import Conflict
from plnd.measures.field_checks import check_gaps, check_handles
from plnd.measures.people.directory import search_people
from plnd.measures.people.handles import HandleKey, handle_key
from plnd.measures.people.importing import ImportResult
from plnd.model.people import Person, PersonChange, PersonRequest, PersonView, Touch


class People:
    """`own_handles` gives the handles of the user's own profiles, which are nobody else's."""

    def __init__(
        self, context: Context, own_handles: Callable[[], Collection[HandleKey]] = tuple
    ) -> None:
        self._context = context
        self.own_handles = own_handles
        self.register = Register(context.book)
        self.meetings = Meetings(context, self.register)
        self.cadences = Cadences(context.book)
        self.contact_histories = ContactHistories(context, self.register, self.meetings)
        self.weak_tie = WeakTieOfWeek(context, self.register, self.contact_histories)
        self.relationships = Relationships(
            context, self.register, self.contact_histories, self.cadences, self.weak_tie
        )
        self.feeds = PersonFeeds(context, self.register)
        self.suggestions = Suggestions(context, self.register, own_handles, self.add)
        self.merges = Merges(context, self.register)

    def after_commit(self, touches: Iterable[tuple[HandleKey, Touch]]) -> None:
        """Update what is cached of contacts with the touches of a commit."""
        touches = list(touches)
        self.weak_tie.after_commit(touches)
        self.contact_histories.after_commit(touches)

    def views(self, words: str = "", tag: str = "") -> list[PersonView]:
        """The people by name: those whose data contain all words, those with the tag."""
        people: Iterable[Person] = self.register.all()
        if words:
            people = search_people(people, words)
        chosen = sorted((one for one in people if not tag or tag in one.tags), key=_by_name)
        return [person_view(one) for one in self.relationships.with_people(chosen)]

    def add(self, wanted: PersonRequest) -> PersonView:
        """Raises:
        Invalid: a network is unknown, or the worst gap shorter than the ideal one.
        Conflict: a handle belongs to somebody already.
        """
        self.register.check_room(1)
        fields = {name: getattr(wanted, name) for name in wanted.__struct_fields__}
        person = Person(id=new_id(), added_at=self._context.clock(), **fields)
        self._check(person)
        self.register.save(person)
        return self.relationships.view(person)

    def change(self, id: str, wanted: PersonChange) -> PersonView:
        """Raises:
        NotFound, Invalid, Conflict: as `Register.find` and `add`.
        """
        person = self.register.find(id)
        changes = {
            name: value
            for name in wanted.__struct_fields__
            if (value := getattr(wanted, name)) is not msgspec.UNSET
        }
        feeds_before = self.feeds.of(person)
        person = replace(person, **changes)
        if "handles" in changes:
            self._check(person)
        check_gaps(person.cadence, "cadence.worst_days")
        self.register.save(person)
        self.feeds.remove_orphans(feeds_before)
        return self.relationships.view(person)

    def remove(self, id: str) -> Person:
        """Remove a person and the meetings with them. What the browser recorded stays."""
        person = self.register.find(id)
        meetings, feeds = self.meetings.with_person(person), self.feeds.of(person)
        self.register.remove(person.id)
        self.feeds.remove_orphans(feeds)
        self.meetings.remove_all(meetings)
        return person

    def note_post(self, network: str, handle: str, at: int) -> None:
        """Store when a handle last posted (ms), if it belongs to somebody."""
        person = self.register.directory.by_handle.get(handle_key(network, handle))
        if person and at > (person.posted_at or 0):
            self.register.save(replace(person, posted_at=at))

    def save_imported(self, found: ImportResult) -> None:
        """Store the new and changed people of an address book."""
        self.register.save_all([*found.added, *found.changed])

    def _check(self, person: Person) -> None:
        """Raises:
        Invalid, Conflict: as `add`.
        """
        check_handles(person, self._context.names)
        check_gaps(person.cadence, "cadence.worst_days")
        for one in person.handles:
            owner = self.register.directory.by_handle.get(handle_key(one.network, one.handle))
            if owner and owner.id != person.id:
                raise Conflict(
                    f"{one.network}:{one.handle} is {owner.name} already",
                    f"`plnd person merge` joins two who are one ({owner.id})",
                    field="handles",
                )


def _by_name(one: Person) -> tuple[str, str]:
    return one.name.casefold(), one.id
