"""The weak tie of the week: one person to write to, the same all week long."""

from collections.abc import Iterable

from plnd.core.context import Context
from plnd.core.people.contact_histories import ContactHistories
from plnd.core.people.register import Register
from plnd.measures.people.handles import HandleKey
from plnd.measures.people.ties import weak_tie
from plnd.measures.review import week_begin, week_name
from plnd.model.people import Person, Touch


class WeakTieOfWeek:
    def __init__(self, context: Context, register: Register, histories: ContactHistories) -> None:
        self._context = context
        self._histories = histories
        self._drawn: tuple[str, int, Person | None] | None = None  # week, its first ms, person
        register.subscribe(lambda _: self.invalidate())

    def person(self) -> Person | None:
        """The weak or dormant tie drawn from the contacts before the week began."""
        week = week_name(self._context.day_of(self._context.clock()))
        if self._drawn is None or self._drawn[0] != week:
            start, _ = self._context.day_bounds(week_begin(week))
            self._drawn = (week, start, weak_tie(self._histories.at(start), week, start))
        return self._drawn[2]

    def after_commit(self, touches: Iterable[tuple[HandleKey, Touch]]) -> None:
        """Draw again if a commit brought a touch from before this week."""
        if self._drawn is not None and any(touch.at < self._drawn[1] for _, touch in touches):
            self._drawn = None

    def invalidate(self) -> None:
        """Draw again the next time."""
        self._drawn = None
