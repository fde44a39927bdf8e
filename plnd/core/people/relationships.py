"""Relationships: how close people are, and with whom contact is overdue."""

from collections.abc import Iterable

from plnd.core.context import DAY_MS, Context
from plnd.core.people.cadences import Cadences
from plnd.core.people.contact_histories import ContactHistories
from plnd.core.people.register import Register
from plnd.core.people.views import person_view
from plnd.core.people.weak_tie import WeakTieOfWeek
from plnd.measures.people.ties import (
    PersonStatus,
    cadence_of,
    drifting,
    overdue,
    person_status,
    tie,
)
from plnd.model.people import Person, PersonView, Ties

GONE_SILENT_DAYS = 90
MOST_DRIFTING = 200


class Relationships:
    def __init__(
        self,
        context: Context,
        register: Register,
        histories: ContactHistories,
        cadences: Cadences,
        weak_tie: WeakTieOfWeek,
    ) -> None:
        self._context = context
        self._register = register
        self._histories = histories
        self._cadences = cadences
        self._weak_tie = weak_tie

    def with_people(self, people: Iterable[Person]) -> list[PersonStatus]:
        now = self._context.clock()
        histories, by_tag = self._histories.by_person(now), self._cadences.by_tag()
        return [person_status(person, histories[person.id], now, by_tag) for person in people]

    def view(self, person: Person) -> PersonView:
        return person_view(self.with_people([person])[0])

    def drifting(self) -> list[PersonStatus]:
        """Those with whom contact is due or late, the longest over their cadence first."""
        now = self._context.clock()
        histories, by_tag = self._histories.by_person(now), self._cadences.by_tag()
        due = []
        for person in self._register.all():
            cadence = cadence_of(person, by_tag) if person.tags else person.cadence
            if cadence is None:
                continue
            last = histories[person.id].last
            if overdue(now - (last.at if last else person.added_at), cadence):
                due.append(person)
        return drifting(self.with_people(due))

    def summary(self) -> Ties:
        """Drifting people, ties by kind, the weak tie of the week, and who stopped posting."""
        now = self._context.clock()
        counts = {"strong": 0, "weak": 0, "dormant": 0, "new": 0}
        for history in self._histories.by_person(now).values():
            counts[tie(history, now)] += 1
        due = self.drifting()
        weak = self._weak_tie.person()
        return Ties(
            drifting=[person_view(one) for one in due[:MOST_DRIFTING]],
            drifting_count=len(due),
            counts=counts,
            weak_tie=self.view(weak) if weak else None,
            gone_silent=[person_view(one) for one in self._gone_silent(now)],
        )

    def _gone_silent(self, now: int) -> list[PersonStatus]:
        since = now - GONE_SILENT_DAYS * DAY_MS
        silent = [one for one in self._register.all() if one.posted_at and one.posted_at <= since]
        return self.with_people(silent)
