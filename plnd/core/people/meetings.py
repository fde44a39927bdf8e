"""Meetings face to face."""

from collections.abc import Iterable, Mapping

from plnd.core.context import Context, new_id
from plnd.core.people.register import Register
from plnd.errors import NotFound
from plnd.model.people import Meeting, MeetingRequest, Person


class Meetings:
    def __init__(self, context: Context, register: Register) -> None:
        self._context = context
        self._register = register
        self._book = context.book
        self._by_person: dict[str, list[Meeting]] | None = None

    def by_person(self) -> Mapping[str, list[Meeting]]:
        """The meetings by the person's id at that time, which a merge may have replaced since."""
        if self._by_person is None:
            self._by_person = {}
            for one in self._book.meetings.all():
                self._by_person.setdefault(one.person, []).append(one)
        return self._by_person

    def with_person(self, person: Person) -> list[Meeting]:
        """The meetings with a person, latest first."""
        by_person = self.by_person()
        found = [one for key in (person.id, *person.merged) for one in by_person.get(key, ())]
        return sorted(found, key=lambda one: -one.at)

    def add(self, wanted: MeetingRequest) -> tuple[Meeting, Person, bool]:
        """Store a meeting; also gives the person, and whether they were added for it.

        Raises:
            Invalid: the time cannot be parsed.
            Conflict: several people have that name.
        """
        at = self._context.moment(wanted.at, wanted.when)
        person = self._register.exact_match(wanted.person)
        added = person is None
        if person is None:
            person = Person(id=new_id(), name=wanted.person, added_at=self._context.clock())
            self._register.save(person)
        meeting = Meeting(id=new_id(), person=person.id, at=at, note=wanted.note)
        self._book.meetings.put(meeting)
        self._changed()
        return meeting, person, added

    def save_imported(self, meetings: Iterable[Meeting]) -> None:
        self._book.meetings.put_all(list(meetings))
        self._changed()

    def remove(self, id: str) -> None:
        """Raises:
        NotFound: there is no such meeting.
        """
        if not self._book.meetings.remove(id):
            raise NotFound(f"no meeting {id!r}", "`plnd person show NAME` lists them")
        self._changed()

    def remove_all(self, meetings: Iterable[Meeting]) -> None:
        if ids := [one.id for one in meetings]:
            self._book.meetings.remove(*ids)
            self._changed()

    def _changed(self) -> None:
        self._by_person = None
        self._register.announce_change()
