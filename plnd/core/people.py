"""People: kept, found again, and how things stand with them."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

from plnd.core.context import DAY_MS, Context, new_id, worded
from plnd.errors import Conflict, Invalid, NotFound
from plnd.measures.document_validation import check
from plnd.measures.field_checks import check_gaps, check_handles
from plnd.measures.people.directory import Directory, search_people
from plnd.measures.people.handles import HandleKey, handle_key
from plnd.measures.people.importing import ImportResult
from plnd.measures.people.merging import merge_people, undo_merge
from plnd.measures.people.ties import (
    SUGGEST_DAYS,
    TIE_DAYS,
    ContactHistory,
    PersonStatus,
    Suggestion,
    cadence_of,
    combine_histories,
    drifting,
    overdue,
    person_status,
    suggestions,
    tie,
    weak_tie,
)
from plnd.measures.people.uniqueness import UniquePeople
from plnd.measures.review import week_begin, week_name
from plnd.model.feeds import Feed
from plnd.model.names import plain_name
from plnd.model.people import (
    MOST_HANDLES,
    Cadence,
    Dismissed,
    Handle,
    Meeting,
    MeetingRequest,
    Merge,
    Person,
    PersonChange,
    PersonFeed,
    PersonRequest,
    PersonView,
    SuggestionReply,
    SuggestionView,
    TagCadence,
    Ties,
    Touch,
)
from plnd.store.book import checked
from plnd.store.log.log import TouchCount
from plnd.words.messages import ENGLISH, Words

MOST_TOUCHES = 100
GONE_SILENT_DAYS = 90
MOST_DRIFTING = 200
MOST_PEOPLE = 10_000
MOST_STALE = 500
_NONE = (0, 0)


class People:
    """The members of the user's learning network.

    `own` gives the handles of the user's own profiles.
    What is kept here of the stores is brought up to date by `touched` after each commit.
    """

    def __init__(self, context: Context, own: Callable[[], Collection[HandleKey]] = tuple) -> None:
        self._context = context
        self.own = own
        self._book = context.book
        self._directory: Directory | None = None
        self._kept: _Kept | None = None
        self._stale: set[str] = set()
        self._met: dict[str, list[Meeting]] | None = None
        self._drawn: tuple[str, int, Person | None] | None = None

    # -- finding -------------------------------------------------------------------

    @property
    def directory(self) -> Directory:
        if self._directory is None:
            self._directory = Directory(self._book.people.all())
        return self._directory

    def find(self, words: str) -> Person:
        """The person meant by an id, network:handle, a name, or a part of it that fits one only.

        Raises:
            NotFound: there is nobody like that.
            Conflict: several fit.
        """
        if found := self.known(words):
            return found
        near = list(search_people(self._book.people.all(), words))
        if not near:
            raise NotFound(f"nobody is called {words!r}", "`plnd person list` shows your people")
        if len(near) > 1:
            names = ", ".join(f"{one.name} ({one.id})" for one in near[:5])
            raise Conflict(f"{words!r} fits several: {names}", "give the id instead")
        return near[0]

    def exactly(self, words: str) -> Person:
        """The person of exactly this id, network:handle or name: no part of a name will do.

        Raises:
            NotFound: there is nobody like that.
            Conflict: several people have that name.
        """
        if found := self.known(words):
            return found
        raise NotFound(
            f"nobody is called exactly {words!r}",
            "give the whole name, an id or NETWORK:HANDLE; `plnd person list` shows your people",
            field="person",
        )

    def known(self, words: str) -> Person | None:
        """The person of exactly this id, network:handle or name; None when there is none.

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
            names = ", ".join(f"{one.name} ({one.id})" for one in named[:5])
            raise Conflict(f"{words!r} fits several: {names}", "give the id instead")
        return named[0] if named else None

    def named(self, id: str | None) -> str | None:
        """The name of a person by id, also of one that was merged into another."""
        found = self.directory.by_id.get(id) if id else None
        return found.name if found else None

    # -- standings -----------------------------------------------------------------

    def all(self, words: str = "", tag: str = "") -> list[PersonView]:
        """The people, by name; those in whom all words occur, those with the tag."""
        people: Iterable[Person] = self._book.people.all()
        if words:
            people = search_people(people, words)
        chosen = [one for one in people if not tag or tag in one.tags]
        return [_view(one) for one in self.standings(sorted(chosen, key=_by_name))]

    def view(self, person: Person) -> PersonView:
        return _view(self.standings([person])[0])

    def standings(self, people: Iterable[Person]) -> list[PersonStatus]:
        """How things stand with these people now."""
        now = self._context.clock()
        dealings, by_tag = self._dealings(now), self._by_tag()
        return [person_status(person, dealings[person.id], now, by_tag) for person in people]

    def drifting(self) -> list[PersonStatus]:
        """Those who are due or late, the longest over their cadence first."""
        now = self._context.clock()
        dealings, by_tag = self._dealings(now), self._by_tag()
        due = []
        for person in self._book.people.all():
            cadence = cadence_of(person, by_tag) if person.tags else person.cadence
            if cadence is None:
                continue
            last = dealings[person.id].last
            if overdue(now - (last.at if last else person.added_at), cadence):
                due.append(person)
        return drifting(self.standings(due))

    def ties(self) -> Ties:
        """Drift, ties, this week's draw; and who has gone silent themselves."""
        now = self._context.clock()
        counts = {"strong": 0, "weak": 0, "dormant": 0, "new": 0}
        for dealt in self._dealings(now).values():
            counts[tie(dealt, now)] += 1
        due = self.drifting()
        weak = self.weak_tie()
        return Ties(
            drifting=[_view(one) for one in due[:MOST_DRIFTING]],
            drifting_count=len(due),
            counts=counts,
            weak_tie=self.view(weak) if weak else None,
            gone_silent=[_view(one) for one in self._gone_silent(now)],
        )

    def _gone_silent(self, now: int) -> list[PersonStatus]:
        since = now - GONE_SILENT_DAYS * DAY_MS
        people = self._book.people.all()
        return self.standings([p for p in people if p.posted_at and p.posted_at <= since])

    def _by_tag(self) -> dict[str, Cadence]:
        return {
            one.tag: Cadence(ideal_days=one.ideal_days, worst_days=one.worst_days)
            for one in self._book.cadences.all()
        }

    # -- dealings: kept, and brought up to date with each commit ----------------------

    def touched(self, touches: Iterable[tuple[HandleKey, Touch]]) -> None:
        """Take in what a commit says of dealings with people."""
        kept = self._kept
        for key, touch in touches:
            if self._drawn is not None and touch.at < self._drawn[1]:
                self._drawn = None
            if kept is None:
                continue
            known = kept.last.get(key)
            if known is None or known.at <= touch.at:
                kept.last[key] = touch
            # A look grows while it lasts, and is the same look: it is counted anew.
            if touch.kind == "visit":
                kept.until = 0
            elif kept.until - TIE_DAYS * DAY_MS <= touch.at < kept.until:
                acts, looks = kept.recent.get(key, (0, 0))
                kept.recent[key] = (acts + 1, looks)
            self._stale.update(self._owner(key))

    def forgotten(self) -> None:
        """Events were deleted: work all out anew when it is asked for."""
        self._kept = self._drawn = None

    def _owner(self, key: HandleKey) -> list[str]:
        owner = self.directory.by_handle.get(key)
        return [owner.id] if owner else []

    def _dealings(self, now: int) -> dict[str, ContactHistory]:
        """The dealings with each person up to now."""
        kept = self._counted(now)
        if len(kept.dealings) != len(self.directory.handle_keys) or len(self._stale) > MOST_STALE:
            met = self._meetings()
            kept.dealings = {
                one.id: self._dealt(one, kept.last, kept.recent, met, now)
                for one in self._book.people.all()
            }
        else:
            for stale in self._stale:
                if (one := self._book.people.get(stale)) is not None:
                    kept.dealings[stale] = self._dealt(
                        one, kept.last, kept.recent, self._meetings(), now
                    )
        self._stale.clear()
        return kept.dealings

    def _counted(self, now: int) -> "_Kept":
        """Last touches, and counts of 90 days up to now; what leaves the 90 days is taken off."""
        log, kept = self._context.log, self._kept
        window = TIE_DAYS * DAY_MS
        if kept is None:
            kept = self._kept = _Kept(log.last_touches())
        if kept.until == 0 or kept.until > now + 1:
            kept.recent = _split(log.touch_counts(now - window, now + 1))
            kept.dealings = {}
        elif kept.until <= now:
            for sign, start, end in (
                (-1, kept.until - 1 - window, now - window),
                (1, kept.until, now + 1),
            ):
                for key, (acts, looks) in _split(log.touch_counts(start, end)).items():
                    old = kept.recent.get(key, (0, 0))
                    kept.recent[key] = (old[0] + sign * acts, old[1] + sign * looks)
                    self._stale.update(self._owner(key))
            self._stale.update(self._old_meetings(kept.until - 1 - window, now - window))
        kept.until = now + 1
        return kept

    def _old_meetings(self, start: int, end: int) -> set[str]:
        """With whom there were meetings that left the 90 days meanwhile."""
        owners = self.directory.by_id
        return {
            owners[who].id
            for who, meetings in self._meetings().items()
            if who in owners and any(start <= one.at < end for one in meetings)
        }

    def _dealt(
        self,
        person: Person,
        last: Mapping[HandleKey, Touch],
        recent: Mapping[HandleKey, tuple[int, int]],
        met: Mapping[str, list[Meeting]],
        now: int,
    ) -> ContactHistory:
        parts = [
            ContactHistory(last.get(key), *recent.get(key, _NONE))
            for key in self.directory.handle_keys[person.id]
        ]
        if met:
            for known in (person.id, *person.merged):
                parts += [_met(meeting, now) for meeting in met.get(known, ())]
        return parts[0] if len(parts) == 1 else combine_histories(parts)

    def weak_tie(self) -> Person | None:
        """The weak or dormant tie to write to this week: as things stood when it began."""
        week = week_name(self._context.day_of(self._context.clock()))
        if self._drawn is None or self._drawn[0] != week:
            start, _ = self._context.day_bounds(week_begin(week))
            self._drawn = (week, start, self._draw(week, start))
        return self._drawn[2]

    def _draw(self, week: str, start: int) -> Person | None:
        last, met = self._lasts_at(start), self._meetings()
        recent = _split(self._context.log.touch_counts(start - TIE_DAYS * DAY_MS, start))
        people = [
            (one, self._dealt(one, last, recent, _before(met, start), start))
            for one in self._book.people.all()
        ]
        return weak_tie(people, week, start)

    def _lasts_at(self, moment: int) -> dict[HandleKey, Touch]:
        """The last touches as they stood at a moment."""
        found = {}
        for key, touch in self._counted(self._context.clock()).last.items():
            if touch.at < moment:
                found[key] = touch
            elif key in self.directory.by_handle:
                for earlier in self._context.log.touches(key, 1, before=moment):
                    found[key] = earlier
        return found

    def _meetings(self) -> dict[str, list[Meeting]]:
        if self._met is None:
            self._met = {}
            for one in self._book.meetings.all():
                self._met.setdefault(one.person, []).append(one)
        return self._met

    def touches(self, person: Person) -> list[Touch]:
        """The latest touches with a person, the last first, meetings among them."""
        found = [
            touch
            for one in person.handles
            for touch in self._context.log.touches(_key(one), MOST_TOUCHES)
        ]
        found += [Touch(at=one.at, kind="met", network=None) for one in self.met(person)]
        return sorted(found, key=lambda one: -one.at)[:MOST_TOUCHES]

    def met(self, person: Person) -> list[Meeting]:
        """The meetings with a person, the last first."""
        found = [
            m for known in (person.id, *person.merged) for m in self._meetings().get(known, ())
        ]
        return sorted(found, key=lambda one: -one.at)

    # -- keeping -------------------------------------------------------------------

    def add(self, wanted: PersonRequest) -> PersonView:
        """Raises:
        Invalid: a network is unknown, or the worst gap shorter than the ideal one.
        Conflict: a handle is somebody's already.
        """
        self.check_room(1)
        person = Person(id=new_id(), added_at=self._context.clock(), **_fields(wanted))
        self._check(person)
        self._save(person)
        return self.view(person)

    def change(self, id: str, wanted: PersonChange) -> PersonView:
        """Raises:
        NotFound, Invalid, Conflict: as `find` and `add` do.
        """
        person = self.find(id)
        changes = {
            name: value
            for name in wanted.__struct_fields__
            if (value := getattr(wanted, name)) is not msgspec.UNSET
        }
        before = self.feeds_of(person)
        person = replace(person, **changes)
        if "handles" in changes:
            self._check(person)
        check_gaps(person.cadence, "cadence.worst_days")
        self._save(person)
        self._drop(before)
        return self.view(person)

    def saw_post(self, network: str, handle: str, at: int) -> None:
        """Take in that a handle posted at that moment (ms); it may be nobody's."""
        person = self.directory.by_handle.get(handle_key(network, handle))
        if person and at > (person.posted_at or 0):
            self._save(replace(person, posted_at=at))

    def remove(self, id: str) -> Person:
        """Remove a person and the meetings with them. What the browser recorded stays."""
        person = self.find(id)
        gone = [one.id for one in self.met(person)]
        feeds = self.feeds_of(person)
        self._book.people.remove(person.id)
        self.directory.remove(person.id)
        self._drop(feeds)
        self._renew()
        if gone:
            self._book.meetings.remove(*gone)
            self._met = None
        self._renew()
        return person

    def _save(self, person: Person) -> None:
        self._book.people.put(person)
        self.directory.add(person)
        self._stale.add(person.id)
        self._drawn = None

    def check_room(self, more: int) -> None:
        count = len(self.directory.handle_keys) + more
        if count > MOST_PEOPLE:
            message = f"that would be {count} people; plnd keeps {MOST_PEOPLE} at most"
            raise Invalid(message, "import those that you follow up")

    def _renew(self) -> None:
        """Who the people are, or whom one met, has changed: put the dealings together anew."""
        self._drawn = None
        if self._kept is not None:
            self._kept.dealings = {}

    def _check(self, person: Person) -> None:
        """Raises:
        Invalid: they are not as they must be. Conflict: a handle is somebody's already.
        """
        check_handles(person, self._context.names)
        check_gaps(person.cadence, "cadence.worst_days")
        for one in person.handles:
            owner = self.directory.by_handle.get(_key(one))
            if owner and owner.id != person.id:
                raise Conflict(
                    f"{one.network}:{one.handle} is {owner.name} already",
                    f"`plnd person merge` joins two who are one ({owner.id})",
                    field="handles",
                )

    # -- public feeds -----------------------------------------------------------------

    def feeds(self) -> list[PersonFeed]:
        """The feeds of handles that are somebody's, those turned off included."""
        return [one for one in self._book.feeds.all() if self._is_somebodys(one)]

    def feed_views(self, person: Person, words: Words) -> list[PersonFeed]:
        """The feeds of somebody's handles that were turned on once, in the reader's words."""
        return [replace(one, feed=worded(one.feed, words)) for one in self.feeds_of(person)]

    def feeds_of(self, person: Person) -> list[PersonFeed]:
        kept = (self._book.feeds.get(_feed_id(one)) for one in person.handles)
        return [one for one in kept if one]

    def feed(self, person: Person, network: str, handle: str) -> PersonFeed:
        """The feed of one of a person's handles; off, where it was never turned on.

        Raises:
            NotFound: the person has no such handle.
        """
        wanted = handle_key(network, handle)
        found = next((one for one in person.handles if _key(one) == wanted), None)
        if found is None:
            raise NotFound(
                f"{person.name} has no handle {handle!r} on {network}",
                "`plnd person show NAME` lists them",
            )
        off = Feed(on=False, since=self._context.clock())
        name = found.handle.strip().lstrip("@")
        fresh = PersonFeed(id=_feed_id(found), network=network, handle=name, feed=off)
        return self._book.feeds.get(fresh.id) or fresh

    def _is_somebodys(self, feed: PersonFeed) -> bool:
        return handle_key(feed.network, feed.handle) in self.directory.by_handle

    def _drop(self, feeds: Iterable[PersonFeed]) -> None:
        """Forget those of these feeds whose handle is nobody's any more."""
        gone = [one.id for one in feeds if not self._is_somebodys(one)]
        if gone:
            self._book.feeds.remove(*gone)

    # -- face to face ----------------------------------------------------------------

    def meet(self, wanted: MeetingRequest) -> tuple[Meeting, Person, bool]:
        """Note a meeting; somebody of a name not known yet is added.

        Raises:
            Invalid: the time is not understood. Conflict: several fit the name.
        """
        at = self._context.moment(wanted.at, wanted.when)
        person = self.known(wanted.person)
        added = person is None
        if person is None:
            person = Person(id=new_id(), name=wanted.person, added_at=self._context.clock())
            self._save(person)
        meeting = Meeting(id=new_id(), person=person.id, at=at, note=wanted.note)
        self._book.meetings.put(meeting)
        self._met = None
        self._renew()
        return meeting, person, added

    def forget_meeting(self, id: str) -> None:
        """Raises:
        NotFound: there is no such meeting.
        """
        if not self._book.meetings.remove(id):
            raise NotFound(f"no meeting {id!r}", "`plnd person show NAME` lists them")
        self._met = None
        self._renew()

    # -- cadences ----------------------------------------------------------------------

    def cadences(self) -> list[TagCadence]:
        return self._book.cadences.all()

    def set_cadence(self, wanted: TagCadence) -> TagCadence:
        """Raises:
        Invalid: the worst gap is shorter than the ideal one.
        """
        check_gaps(wanted, "worst_days")
        self._book.cadences.put(wanted)
        return wanted

    def remove_cadence(self, tag: str) -> None:
        """Raises:
        NotFound: the tag has none.
        """
        if not self._book.cadences.remove(tag):
            raise NotFound(f"no cadence for {tag!r}", "`plnd person cadence` lists them")

    # -- suggestions ---------------------------------------------------------------------

    def suggested(self) -> list[Suggestion]:
        """Whom to add: the handles really dealt with in 28 days, most first."""
        now = self._context.clock()
        counts: dict[HandleKey, dict[str, int]] = {}
        for one in self._context.log.touch_counts(now - SUGGEST_DAYS * DAY_MS, now + 1):
            counts.setdefault(one.key, {})[one.kind] = one.count
        refused = {handle_key(*one.id.partition(":")[::2]) for one in self._book.refused.all()}
        known = {*self.directory.by_handle, *self.own()}
        return suggestions(counts, known=known, refused=refused)

    def answer_suggestion(self, wanted: SuggestionReply) -> PersonView | None:
        """One yes adds, one no is remembered.

        Raises:
            Conflict: the handle is somebody's already.
        """
        handle = Handle(network=wanted.network, handle=wanted.handle.lstrip("@"))
        if wanted.answer == "yes":
            name = wanted.name or handle.handle
            return self.add(PersonRequest(name=name, handles=[handle], how_met="online"))
        self._context.check_network(wanted.network)
        refused = Dismissed(id=_feed_id(handle), at=self._context.clock())
        check(refused)
        self._book.refused.put(refused)
        return None

    # -- two that are one -------------------------------------------------------------------

    def merge(self, kept: str, gone: str) -> tuple[Merge, PersonView]:
        """Make two people one: `kept` gets what it lacks.

        Raises:
            Invalid: both are the same, or together have too many handles.
        """
        one, other = self.find(kept), self.find(gone)
        if one.id == other.id:
            raise Invalid(f"{one.name} cannot be merged with themselves", field="gone")
        both = merge_people(one, other)
        if len(both.handles) > MOST_HANDLES:
            message = f"together they have {len(both.handles)} handles, at most {MOST_HANDLES} fit"
            raise Invalid(message, field="gone")
        try:
            checked.read(msgspec.to_builtins(both), Person)
        except Invalid as error:  # two long notes, or many tags, can be too much for one
            raise Invalid(f"together: {error.message} ({error.field})", field="gone") from error
        merge = Merge(id=new_id(), at=self._context.clock(), kept=one, gone=other)
        # In this order, whatever happens between two writes, nobody is lost.
        self._book.merges.put(merge)
        self.directory.remove(other.id)
        self._save(both)
        self._book.people.remove(other.id)
        self._renew()
        return merge, self.view(both)

    def merges(self) -> list[Merge]:
        """What can be undone, the last first."""
        return self._book.merges.all()[::-1]

    def undo_merge(self, id: str) -> PersonView:
        """Part two people again; what was changed of the one since stays.

        Raises:
            NotFound: there is no such merge. Conflict: the one is no longer there, or what they
                had is somebody else's by now.
        """
        merge = self._book.merges.get(id)
        if merge is None:
            raise NotFound(f"no merge {id!r}", "`plnd person merges` lists what can be undone")
        current = self._book.people.get(merge.kept.id)
        if current is None:
            raise Conflict(f"{merge.kept.name} was removed since", "add them anew")
        back = undo_merge(current, merge.kept, merge.gone)
        together = UniquePeople(one for one in self._book.people.all() if one.id != current.id)
        together.add(back)
        together.add(merge.gone)
        self._book.people.put_all([back, merge.gone])
        self.directory.add(back)
        self.directory.add(merge.gone)
        self._renew()
        self._book.merges.remove(id)
        return self.view(back)

    # -- imports ---------------------------------------------------------------------------------

    def take_in(self, found: ImportResult) -> None:
        """Keep the people of an address book."""
        self._book.people.put_all([*found.added, *found.changed])
        self._directory = None
        self._renew()

    def take_in_meetings(self, meetings: Sequence[Meeting]) -> None:
        """Keep the meetings of a calendar."""
        self._book.meetings.put_all(meetings)
        self._met = None
        self._renew()


class _Kept(Struct):
    """What is kept of the log: last touches; acts and looks by handle in the 90 days up to
    `until` (0: to be counted); and what they come to for each person."""

    last: dict[HandleKey, Touch]
    recent: dict[HandleKey, tuple[int, int]] = field(default_factory=dict)
    until: int = 0
    dealings: dict[str, ContactHistory] = field(default_factory=dict)


def suggestion_view(one: Suggestion, words: Words = ENGLISH) -> SuggestionView:
    """A suggestion in words: `you replied to @ana 6 times in four weeks`."""
    kind = max(one.kinds, key=lambda name: one.kinds[name])
    return SuggestionView(
        network=one.network,
        handle=one.handle,
        touches=one.touches,
        kinds=dict(one.kinds),
        says=words.count(f"dealt_{kind}", one.kinds[kind], handle=one.handle),
    )


def _view(one: PersonStatus) -> PersonView:
    person = one.person
    return PersonView(
        id=person.id,
        name=person.name,
        handles=person.handles,
        last_touch=one.last,
        days_since=one.elapsed_ms // DAY_MS,
        tie=one.tie,
        gap=one.gap,
        cadence=one.cadence,
        silent_days=None if one.silent_ms is None else one.silent_ms // DAY_MS,
        tags=person.tags,
        how_met=person.how_met,
        note=person.note,
        added_at=person.added_at,
    )


person_view = _view


def _key(one: Handle) -> HandleKey:
    return handle_key(one.network, one.handle)


def _feed_id(one: Handle) -> str:
    return ":".join(_key(one))


def _by_name(one: Person) -> tuple[str, str]:
    return one.name.casefold(), one.id


def _met(meeting: Meeting, now: int) -> ContactHistory:
    touch = Touch(at=meeting.at, kind="met", network=None)
    return ContactHistory(touch, int(now - meeting.at <= TIE_DAYS * DAY_MS))


def _before(met: dict[str, list[Meeting]], moment: int) -> dict[str, list[Meeting]]:
    return {who: [one for one in meetings if one.at < moment] for who, meetings in met.items()}


def _split(counts: Iterable[TouchCount]) -> dict[HandleKey, tuple[int, int]]:
    """Acts and looks by handle."""
    found: dict[HandleKey, tuple[int, int]] = {}
    for one in counts:
        acts, looks = found.get(one.key, (0, 0))
        if one.kind == "visit":
            found[one.key] = (acts, looks + one.count)
        else:
            found[one.key] = (acts + one.count, looks)
    return found


def _fields(wanted: PersonRequest) -> dict[str, Any]:
    return {name: getattr(wanted, name) for name in wanted.__struct_fields__}
