"""What a document has to be like, whichever way it comes in. Pure.

The same rules hold for what a user enters, a line of an import, a document of a backup and a
file that was edited by hand: what is taken from elsewhere is checked like what it becomes.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from msgspec.structs import replace

from plnd.errors import Conflict, Invalid
from plnd.measures.budget import budget_id
from plnd.measures.chats import tag_key
from plnd.measures.people.ties import Key, key_of
from plnd.measures.time import A_YEAR, QUARTER_MS, named_day
from plnd.model.base import LONGEST_TEXT
from plnd.model.chats import Chat
from plnd.model.cpd import CpdMark
from plnd.model.events import EARLIEST_MS
from plnd.model.journal import Entry
from plnd.model.own import Forgotten
from plnd.model.pauses import Pause, Uncounted
from plnd.model.people import Cadence, Dismissed, Merge, Person, PersonFeed, TagCadence
from plnd.model.profiles import NotMine, Profile, SeemsMine
from plnd.model.scope import profile_id
from plnd.model.settings import Budget, Settings

DAY_MS = 86_400_000
FEWEST_DAYS = 7
"""For so long at least single visits are kept: a browser may send them so late."""
LONGEST_LIST = 10_000
LONGEST_UNBOUNDED = 16_384
"""How long a text may be that has no bound of its own."""

Networks = Collection[str] | None
"""The known networks; None where one that is not known by now is no fault."""

_BEHIND = frozenset(
    (
        "at",
        "added_at",
        "taken_at",
        "posted_at",
        "made_at",
        "heard_at",
        "checked_at",
        "seen_at",
        "since",
        "start",
        "starts_at",
        "undone_at",
        "followed_at",
        "confirmed_at",
    )
)
"""Moments at which something has happened: none lies ahead of the clock by more than a day."""


def check(document: Any, *, now: int | None = None, networks: Networks = None) -> None:
    """Check what the types do not say.

    `now` is given where the document comes from elsewhere: what it says has happened by then,
    and what keeps something out reaches no further. Without it the clock is not believed.

    Raises:
        Invalid: it is not as it must be; `field` names the part.
    """
    for name, value in _parts(msgspec.to_builtins(document), ""):
        _check_part(name, value, now)
    if rule := _RULES.get(type(document)):
        rule(document, networks)
    if now is not None and isinstance(document, Pause | Uncounted | Forgotten):
        _check_reach(document, now)


def _parts(value: Any, name: str) -> Iterator[tuple[str, Any]]:
    """The value and everything in it, with the names that lead there."""
    yield name, value
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _parts(key, name)
            yield from _parts(one, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list):
        for one in value:
            yield from _parts(one, name)


def _check_part(name: str, value: Any, now: int | None) -> None:
    field = name[:100] or None
    if isinstance(value, str):
        if len(value) > LONGEST_UNBOUNDED:
            raise Invalid(f"a text is at most {LONGEST_UNBOUNDED} characters long", field=field)
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise Invalid("a text has half a character in it", field=None) from error
    elif isinstance(value, list | dict) and len(value) > LONGEST_LIST:
        raise Invalid(f"at most {LONGEST_LIST} entries fit", field=field)
    elif isinstance(value, int) and now is not None and value > now + DAY_MS:
        *above, last = name.split(".")
        if last in _BEHIND or above[-1:] in (["told"], ["steps_done"]):
            raise Invalid("that lies in the future", field=field)


def _check_reach(guard: Pause | Uncounted | Forgotten, now: int) -> None:
    """What keeps something out comes from elsewhere only as far as its time is over."""
    if guard.end is None or guard.end > now:
        raise Invalid(
            "this would go on keeping something out",
            "pause, or leave the network uncounted, here",
            field="end",
        )
    if guard.start > now or (isinstance(guard, Forgotten) and guard.at > now):
        field = "start" if guard.start > now else "at"
        raise Invalid("that lies in the future", field=field)


# -- settings, budgets, guards --------------------------------------------------------


def _settings(settings: Settings, _: Networks) -> None:
    if settings.time_zone is not None:
        check_zone(
            settings.time_zone, "an IANA name such as Europe/London, or null for the system's"
        )
    if settings.work_end <= settings.work_start:
        raise Invalid("work_end is not after work_start", field="work_end")
    if (settings.quiet_start is None) != (settings.quiet_end is None):
        field = "quiet_end" if settings.quiet_end is None else "quiet_start"
        raise Invalid("quiet hours need both quiet_start and quiet_end", field=field)
    if 0 < settings.keep_visits_days < FEWEST_DAYS:
        raise Invalid(
            f"visits are kept for {FEWEST_DAYS} days or more, as a browser may send them so late",
            f"{FEWEST_DAYS} or more, or 0 to keep them always",
            field="keep_visits_days",
        )


def check_zone(name: str, hint: str = "an IANA name such as Europe/London") -> None:
    """Raises:
    Invalid: there is no such time zone.
    """
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Invalid(f"unknown time zone {name!r}", hint, field="time_zone") from error


def check_network(network: str, networks: Networks, field: str = "network") -> None:
    """Raises:
    Invalid: there is no such network.
    """
    if networks is not None and network not in networks:
        known = ", ".join(sorted(networks))
        raise Invalid(f"unknown network {network!r}", f"one of {known}", field=field)


def _budget(budget: Budget, networks: Networks) -> None:
    if budget.network is not None:
        check_network(budget.network, networks)
    if networks is not None:  # in a file of one's own any id will do
        _check_id(budget.id, budget_id(budget.network, budget.days, budget.when))


def _check_id(id: str, wanted: str) -> None:
    if id != wanted:
        raise Invalid(f"the id would be {wanted!r}", field="id")


def _span(guard: Pause | Uncounted, networks: Networks) -> None:
    if guard.end is not None and guard.end < guard.start:
        raise Invalid("end is before start", field="end")
    if isinstance(guard, Uncounted):
        check_network(guard.network, networks)


def _forgotten(one: Forgotten, networks: Networks) -> None:
    if one.network is not None:
        check_network(one.network, networks)


# -- profiles -------------------------------------------------------------------------


def check_handle(handle: str, given: str) -> None:
    """Raises:
    Invalid: this cannot be a handle; `given` is what was written for it.
    """
    fits = 0 < len(handle) <= LONGEST_TEXT
    if not fits or any(sign.isspace() or sign in "/?#" or ord(sign) < 32 for sign in handle):
        raise Invalid(
            f"{given!r} is no handle", "the name in the profile's address", field="handle"
        )


def _profile(one: Profile | SeemsMine, networks: Networks) -> None:
    check_network(one.network, networks)
    check_handle(one.handle, one.handle)
    _check_id(one.id, profile_id(one.network, one.handle))


def _not_mine(one: NotMine, networks: Networks) -> None:
    check_network(one.id.partition(":")[0], networks, "id")


# -- people ---------------------------------------------------------------------------


def _person(person: Person, networks: Networks) -> None:
    check_handles(person, networks)
    check_gaps(person.cadence, "cadence.worst_days")
    if person.id in person.merged:
        raise Invalid("nobody is merged into themselves", field="merged")


def check_handles(person: Person, networks: Networks) -> None:
    """Raises:
    Invalid: a network is unknown, a handle is none, or there twice.
    """
    seen: set[Key] = set()
    for one in person.handles:
        check_network(one.network, networks)
        key = key_of(one.network, one.handle)
        if not key[1]:
            raise Invalid("a handle is empty", field="handles")
        if key in seen:
            raise Invalid(f"{one.network}:{one.handle} is named twice", field="handles")
        seen.add(key)


def check_gaps(cadence: Cadence | TagCadence | None, field: str) -> None:
    """Raises:
    Invalid: the worst gap is shorter than the ideal one.
    """
    if cadence and cadence.worst_days is not None and cadence.worst_days < cadence.ideal_days:
        raise Invalid(
            "the worst gap is shorter than the ideal one",
            "without it, half as long again as the ideal is taken",
            field=field,
        )


class Together:
    """People who are there at the same time: no id and no handle is that of two of them."""

    def __init__(self, people: Iterable[Person] = ()) -> None:
        self._people: dict[str, Person] = {}
        self._ids: dict[str, str] = {}
        self._handles: dict[Key, str] = {}
        for one in people:
            self._put(one)

    def add(self, person: Person) -> None:
        """Add a person, in place of the one with the same id.

        Raises:
            Conflict: an id or a handle is somebody else's.
        """
        for known in (person.id, *person.merged):
            if self._ids.get(known, person.id) != person.id:
                name = self._people[self._ids[known]].name
                field = "id" if known == person.id else "merged"
                raise Conflict(f"{known!r} is {name} already", field=field)
        for one in person.handles:
            owner = self._handles.get(key_of(one.network, one.handle), person.id)
            if owner != person.id:
                raise Conflict(
                    f"{one.network}:{one.handle} is {self._people[owner].name} already",
                    f"`plnd person merge` joins two who are one ({owner})",
                    field="handles",
                )
        self.drop(person.id)
        self._put(person)

    def drop(self, id: str) -> None:
        """Take somebody out, if they are there."""
        old = self._people.pop(id, None)
        if old is not None:
            for known in (old.id, *old.merged):
                self._ids.pop(known, None)
            for one in old.handles:
                self._handles.pop(key_of(one.network, one.handle), None)

    def _put(self, person: Person) -> None:
        self._people[person.id] = person
        self._ids.update(dict.fromkeys((person.id, *person.merged), person.id))
        keys = [key_of(one.network, one.handle) for one in person.handles]
        self._handles.update(dict.fromkeys(keys, person.id))


def _person_feed(one: PersonFeed, networks: Networks) -> None:
    check_network(one.network, networks)
    if not key_of(one.network, one.handle)[1]:
        raise Invalid("a handle is empty", field="handle")
    _check_id(one.id, ":".join(key_of(one.network, one.handle)))


def _merge(merge: Merge, networks: Networks) -> None:
    for name, one in (("kept", merge.kept), ("gone", merge.gone)):
        try:
            _person(one, networks)
        except Invalid as error:
            raise Invalid(error.message, error.hint, field=f"{name}.{error.field}") from error


def _tag_cadence(cadence: TagCadence, _: Networks) -> None:
    check_gaps(cadence, "worst_days")


def _refused(one: Dismissed, networks: Networks) -> None:
    network, _, handle = one.id.partition(":")
    check_network(network, networks, "id")
    if not network or not handle:
        raise Invalid("the id is network:handle", field="id")


# -- chats, the journal, the log of development -----------------------------------------


def check_tag(tag: str) -> str:
    """A chat's id by its hashtag.

    Raises:
        Invalid: it is none.
    """
    ident = tag_key(tag)
    if not ident or any(letter.isspace() or letter in "/?#" for letter in ident):
        raise Invalid(f"{tag!r} is not a hashtag", field="tag")
    return ident


def _chat(chat: Chat, networks: Networks) -> None:
    _check_id(chat.id, check_tag(chat.tag))
    if not chat.shipped:  # one of the list keeps its network even where it is not known
        check_network(chat.network, networks)
    check_zone(chat.time_zone)
    if chat.anchor is not None:
        check_day(chat.anchor, "anchor")
    for one in chat.breaks:
        check_day(one.first, "breaks")
        check_day(one.last, "breaks")
        if one.last < one.first:
            raise Invalid("a break ends before it begins", field="breaks")
    if chat.repeat == "fortnightly" and chat.anchor is None:
        raise Invalid(
            "for a chat of every second week say in which",
            "give a day of a week that has it as `anchor`, e.g. 2026-11-23",
            field="anchor",
        )


def check_day(text: str, field: str = "day", room: timedelta = A_YEAR) -> None:
    """Raises:
    Invalid: it is not a day with `room` around it; `field` names where it stood.
    """
    try:
        named_day(text, room)
    except ValueError:
        raise Invalid(f"{text!r} is not a day", "write it as 2026-11-23", field=field) from None


def _entry(entry: Entry, networks: Networks) -> None:
    if entry.network is not None:
        check_network(entry.network, networks)


def _cpd(mark: CpdMark, _: Networks) -> None:
    if mark.day is not None:
        check_day(mark.day)
    elif mark.id.startswith("own:"):
        raise Invalid("a row of your own has a day", field="day")


_RULES: dict[type, Callable[[Any, Networks], None]] = {
    Settings: _settings,
    Budget: _budget,
    Pause: _span,
    Uncounted: _span,
    Forgotten: _forgotten,
    Profile: _profile,
    NotMine: _not_mine,
    SeemsMine: _profile,
    Person: _person,
    PersonFeed: _person_feed,
    Merge: _merge,
    TagCadence: _tag_cadence,
    Dismissed: _refused,
    Chat: _chat,
    Entry: _entry,
    CpdMark: _cpd,
}
"""What is not here is checked by its types alone."""


# -- consent --------------------------------------------------------------------------


def without_consent(document: Any, here: Any) -> Any:
    """The document with its feed switched off: that plnd goes out is asked for here, or not at all.

    A feed that is on `here` by now stays on, at the very same address.
    """
    feed = document.feed if isinstance(document, Profile | PersonFeed) else None
    if feed is None or not feed.on:
        return document
    ours = here.feed if here is not None else None
    if ours is not None and ours.on and (ours.url, ours.found) == (feed.url, feed.found):
        return document
    off = replace(feed, on=False, found=None, etag=None, last_modified=None)
    return replace(document, feed=off)


# -- sums -----------------------------------------------------------------------------


def check_sum(
    begin: int,
    network: str,
    spent_ms: int,
    taking_part_ms: int,
    visits_from: int,
    *,
    now: int,
    networks: Networks,
) -> None:
    """Check a sum of a quarter of an hour whose visits are not kept any more (from before
    `visits_from`, ms).

    Raises:
        Invalid: no quarter can have it; `field` names the part.
    """
    if begin % QUARTER_MS:
        raise Invalid("begin is not that of a quarter of an hour", field="begin")
    if begin < EARLIEST_MS:
        raise Invalid("begin is before the year 2000", field="begin")
    if visits_from > now - FEWEST_DAYS * DAY_MS:
        raise Invalid(
            f"the visits of the last {FEWEST_DAYS} days are kept as visits", field="visits_from"
        )
    if begin >= visits_from:
        raise Invalid("the visits of that time are kept as visits", field="begin")
    check_network(network, networks)
    if spent_ms > QUARTER_MS:
        raise Invalid("that is longer than a quarter of an hour", field="spent_ms")
    if taking_part_ms > spent_ms:
        raise Invalid("taking part is a part of the time spent", field="taking_part_ms")


Row = tuple[int, str, str, int, int]
"""A sum: begin of its quarter, network, page, ms spent, ms taking part."""


def fits(row: Row, there: Sequence[Row]) -> bool:
    """Whether a quarter still is one with a sum added to those that are there: of two the larger
    counts."""
    sums = {one[1:3]: one[3] for one in there}
    sums[row[1:3]] = max(row[3], sums.get(row[1:3], 0))
    return sum(sums.values()) <= QUARTER_MS
