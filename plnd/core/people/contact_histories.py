"""The contact with each person as the log has it, cached and updated after each commit."""

from collections.abc import Iterable, Mapping

from msgspec import Struct, field

from plnd.core.context import DAY_MS, Context
from plnd.core.people.meetings import Meetings
from plnd.core.people.register import Register
from plnd.measures.people.handles import HandleKey, handle_key
from plnd.measures.people.ties import TIE_DAYS, ContactHistory, combine_histories
from plnd.model.people import Meeting, Person, Touch
from plnd.store.log.queries import TouchCount

MOST_TOUCHES = 100
MOST_STALE = 500
"""With more changed people than this, recomputing everybody is cheaper."""
WINDOW_MS = TIE_DAYS * DAY_MS
_NONE = (0, 0)


class _Cache(Struct):
    """What was read from the log, and the sums for each person.

    `recent` counts acts and profile visits by handle in the 90 days up to `until` (ms; 0: not
    counted yet).
    """

    last: dict[HandleKey, Touch]
    recent: dict[HandleKey, tuple[int, int]] = field(default_factory=dict)
    until: int = 0
    by_person: dict[str, ContactHistory] = field(default_factory=dict)


class ContactHistories:
    def __init__(self, context: Context, register: Register, meetings: Meetings) -> None:
        self._context = context
        self._register = register
        self._meetings = meetings
        self._cache: _Cache | None = None
        self._stale: set[str] = set()
        register.subscribe(self._person_changed)

    def _person_changed(self, id: str | None) -> None:
        if id is not None:
            self._stale.add(id)
        elif self._cache is not None:
            self._cache.by_person = {}

    def after_commit(self, touches: Iterable[tuple[HandleKey, Touch]]) -> None:
        """Update the cache with the touches of a commit."""
        cache = self._cache
        if cache is None:
            return
        for key, touch in touches:
            last = cache.last.get(key)
            if last is None or last.at <= touch.at:
                cache.last[key] = touch
            # A visit can grow with later commits; adding would count it twice, so count again.
            if touch.kind == "visit":
                cache.until = 0
            elif cache.until - WINDOW_MS <= touch.at < cache.until:
                acts, visits = cache.recent.get(key, _NONE)
                cache.recent[key] = (acts + 1, visits)
            self._mark_stale(key)

    def _mark_stale(self, key: HandleKey) -> None:
        if owner := self._register.directory.by_handle.get(key):
            self._stale.add(owner.id)

    def by_person(self, now: int) -> Mapping[str, ContactHistory]:
        """The contact with each person up to now, by the person's id."""
        cache = self._updated_cache(now)
        everybody = len(cache.by_person) != len(self._register.directory.handle_keys)
        if everybody or len(self._stale) > MOST_STALE:
            people = self._register.all()
            cache.by_person = {
                one.id: self._sum(one, cache.last, cache.recent, now) for one in people
            }
        else:
            for stale in self._stale:
                if (one := self._register.get(stale)) is not None:
                    cache.by_person[stale] = self._sum(one, cache.last, cache.recent, now)
        self._stale.clear()
        return cache.by_person

    def _updated_cache(self, now: int) -> _Cache:
        """The cache with its counts moved on to the 90 days up to now."""
        log, cache = self._context.log, self._cache
        if cache is None:
            cache = self._cache = _Cache(log.queries.last_touches())
        if cache.until == 0 or cache.until > now + 1:
            cache.recent = _acts_and_visits(log.queries.touch_counts(now - WINDOW_MS, now + 1))
            cache.by_person = {}
        elif cache.until <= now:
            left_window = (cache.until - 1 - WINDOW_MS, now - WINDOW_MS)
            for sign, (start, end) in ((-1, left_window), (1, (cache.until, now + 1))):
                counts = _acts_and_visits(log.queries.touch_counts(start, end))
                for key, (acts, visits) in counts.items():
                    old = cache.recent.get(key, _NONE)
                    cache.recent[key] = (old[0] + sign * acts, old[1] + sign * visits)
                    self._mark_stale(key)
            self._stale.update(self._people_met(*left_window))
        cache.until = now + 1
        return cache

    def _people_met(self, start: int, end: int) -> set[str]:
        """The ids of the people with a meeting in `start <= at < end`."""
        by_id = self._register.directory.by_id
        return {
            by_id[key].id
            for key, meetings in self._meetings.by_person().items()
            if key in by_id and any(start <= one.at < end for one in meetings)
        }

    def at(self, moment: int) -> list[tuple[Person, ContactHistory]]:
        """The contact with everybody up to a moment (ms)."""
        last = self._last_touches_before(moment)
        counts = self._context.log.queries.touch_counts(moment - WINDOW_MS, moment)
        recent = _acts_and_visits(counts)
        return [(one, self._sum(one, last, recent, moment, moment)) for one in self._register.all()]

    def _last_touches_before(self, moment: int) -> dict[HandleKey, Touch]:
        found = {}
        for key, touch in self._updated_cache(self._context.clock()).last.items():
            if touch.at < moment:
                found[key] = touch
            elif key in self._register.directory.by_handle:
                for earlier in self._context.log.queries.touches(key, 1, before=moment):
                    found[key] = earlier
        return found

    def _sum(
        self,
        person: Person,
        last: Mapping[HandleKey, Touch],
        recent: Mapping[HandleKey, tuple[int, int]],
        now: int,
        before: int | None = None,
    ) -> ContactHistory:
        """The contact with one person over all handles, and in meetings `before` a moment (ms)."""
        keys = self._register.directory.handle_keys[person.id]
        parts = [ContactHistory(last.get(key), *recent.get(key, _NONE)) for key in keys]
        if by_person := self._meetings.by_person():
            for key in (person.id, *person.merged):
                parts += [
                    _meeting_dealt(one, now)
                    for one in by_person.get(key, ())
                    if before is None or one.at < before
                ]
        return parts[0] if len(parts) == 1 else combine_histories(parts)

    def latest_touches(self, person: Person) -> list[Touch]:
        """The latest touches with a person including meetings, latest first."""
        found = [
            touch
            for one in person.handles
            for touch in self._context.log.queries.touches(
                handle_key(one.network, one.handle), MOST_TOUCHES
            )
        ]
        found += [_meeting_touch(one) for one in self._meetings.with_person(person)]
        return sorted(found, key=lambda one: -one.at)[:MOST_TOUCHES]


def _meeting_touch(meeting: Meeting) -> Touch:
    return Touch(at=meeting.at, kind="met", network=None)


def _meeting_dealt(meeting: Meeting, now: int) -> ContactHistory:
    return ContactHistory(_meeting_touch(meeting), int(now - meeting.at <= WINDOW_MS))


def _acts_and_visits(counts: Iterable[TouchCount]) -> dict[HandleKey, tuple[int, int]]:
    """The number of acts and of profile visits by handle."""
    found: dict[HandleKey, tuple[int, int]] = {}
    for one in counts:
        acts, visits = found.get(one.key, _NONE)
        if one.kind == "visit":
            found[one.key] = (acts, visits + one.count)
        else:
            found[one.key] = (acts + one.count, visits)
    return found
