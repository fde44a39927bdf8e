"""People: who is close, who is due for a word, whom to add. Touches in, standings out.

A touch is a reply, mention, message, share, reaction or follow that carries the person's
handle, a meeting face to face, or, weaker, a minute on the person's profile: that moves
the last touch, but never makes a tie strong. Times are in milliseconds.
"""

import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from plnd.model.events import Event, Visit
from plnd.model.people import (
    MOST_HANDLES,
    Cadence,
    Candidate,
    Gap,
    Handle,
    Person,
    Problem,
    Tie,
    Touch,
)
from plnd.model.scope import plain_handle, plain_name
from plnd.words.messages import ENGLISH, Words

DAY_MS = 24 * 60 * 60 * 1000
LOOK_MS = 60_000
"""How long a look at a profile has to be to count as a touch."""
TIE_DAYS = 90
STRONG_FROM = 6
DORMANT_DAYS = 730
WORST = 1.5
SUGGEST_DAYS = 28
SUGGEST_FROM = 3
TOUCHING = frozenset(("post", "reply", "share", "react", "follow", "message"))

T = TypeVar("T")
Key = tuple[str, str]
"""network, and the handle as it is compared"""


def key_of(network: str, handle: str) -> Key:
    """Two handles are the same when these are equal: the @ and the case do not matter."""
    return network, plain_handle(handle)


def touch_of(event: Event) -> tuple[Key, Touch] | None:
    """Whom an event touches and how; None when it touches nobody."""
    if isinstance(event, Visit):
        return visit_touch(event.network, event.page, event.handle, event.start, event.end)
    return act_touch(event.network, event.action, event.handle, event.at)


def visit_touch(
    network: str, page: str, handle: str | None, start: int, end: int
) -> tuple[Key, Touch] | None:
    """A minute on somebody's profile, at its end."""
    if handle is None or page != "profile" or end - start < LOOK_MS:
        return None
    return key_of(network, handle), Touch(at=end, kind="visit", network=network)


def act_touch(network: str, action: str, handle: str | None, at: int) -> tuple[Key, Touch] | None:
    """An act on a page of somebody."""
    if handle is None or action not in TOUCHING:
        return None
    return key_of(network, handle), Touch(at=at, kind=action, network=network)  # type: ignore[arg-type]


class Dealt(Struct, frozen=True):
    """What is known of the dealings with one handle, or with one person.

    `recent` are the touches of the last 90 days but for looks; `looks` those.
    """

    last: Touch | None = None
    recent: int = 0
    looks: int = 0


def together(dealings: Iterable[Dealt]) -> Dealt:
    """The dealings with one person, over all handles and meetings."""
    last: Touch | None = None
    recent = looks = 0
    for one in dealings:
        recent += one.recent
        looks += one.looks
        if one.last and (last is None or one.last.at > last.at):
            last = one.last
    return Dealt(last, recent, looks)


def tie(dealt: Dealt, now: int) -> Tie:
    """Strong from 6 touches in 90 days, weak with any, dormant with one in two years."""
    if dealt.recent >= STRONG_FROM:
        return "strong"
    if dealt.recent or dealt.looks:
        return "weak"
    if dealt.last and now - dealt.last.at < DORMANT_DAYS * DAY_MS:
        return "dormant"
    return "new"


class Standing(Struct, frozen=True):
    """How things stand with one person.

    `elapsed_ms` counts from the last touch, or from when the person was added. `gap` is
    None without a cadence. `silent_ms` is how long they have not posted anywhere, as far as
    is known: that they have gone silent is not the same as having lost touch with them.
    """

    person: Person
    last: Touch | None
    tie: Tie
    elapsed_ms: int
    cadence: Cadence | None
    gap: Gap | None
    silent_ms: int | None = None

    @property
    def share(self) -> float:
        """The time since the last touch as a part of the ideal gap."""
        return self.elapsed_ms / (self.cadence.ideal_days * DAY_MS) if self.cadence else 0.0


def cadence_of(person: Person, by_tag: Mapping[str, Cadence]) -> Cadence | None:
    """The person's own cadence, else the tightest of their tags'."""
    if person.cadence:
        return person.cadence
    tagged = [by_tag[tag] for tag in person.tags if tag in by_tag]
    return min(tagged, key=lambda one: (one.ideal_days, worst_days(one)), default=None)


def worst_days(cadence: Cadence) -> float:
    return cadence.worst_days or cadence.ideal_days * WORST


def gap(elapsed_ms: int, cadence: Cadence | None) -> Gap | None:
    """Fine up to the ideal, due up to the worst, late beyond it."""
    if cadence is None:
        return None
    if elapsed_ms <= cadence.ideal_days * DAY_MS:
        return "fine"
    return "due" if elapsed_ms <= worst_days(cadence) * DAY_MS else "late"


def standing(
    person: Person,
    dealt: Dealt,
    now: int,
    by_tag: Mapping[str, Cadence],
) -> Standing:
    """How things stand with a person now."""
    cadence = cadence_of(person, by_tag)
    elapsed = max(0, now - (dealt.last.at if dealt.last else person.added_at))
    silent = None if person.posted_at is None else max(0, now - person.posted_at)
    return Standing(
        person, dealt.last, tie(dealt, now), elapsed, cadence, gap(elapsed, cadence), silent
    )


def overdue(elapsed_ms: int, cadence: Cadence | None) -> float:
    """The time since the last touch as a part of the ideal gap, once it is beyond; else 0."""
    share = elapsed_ms / (cadence.ideal_days * DAY_MS) if cadence else 0.0
    return share if share > 1 else 0.0


def drifting(standings: Iterable[Standing]) -> list[Standing]:
    """Those who are due or late, the longest over their cadence first."""
    due = [one for one in standings if one.gap in ("due", "late")]
    return sorted(due, key=lambda one: (-one.share, one.person.name, one.person.id))


def weak_tie(people: Iterable[tuple[Person, Dealt]], week: str, week_start: int) -> Person | None:
    """The one weak or dormant tie to write to in this week; the same all week long.

    `week` names it (2026-W48); the dealings are those up to `week_start`. Who it is is a
    draw that each week makes anew, so that all come up and nobody twice for no reason.
    """
    weak = (one for one, dealt in people if tie(dealt, week_start) in ("weak", "dormant"))
    return max(
        weak, key=lambda one: (zlib.crc32(f"{week}/{one.id}".encode()), one.id), default=None
    )


class Suggestion(Struct, frozen=True):
    """A handle that the user deals with and that is nobody's yet: touches by kind, 28 days."""

    network: str
    handle: str
    kinds: Mapping[str, int]

    @property
    def touches(self) -> int:
        return sum(self.kinds.values())


def suggestions(
    counts: Mapping[Key, Mapping[str, int]], *, known: Collection[Key], refused: Collection[Key]
) -> list[Suggestion]:
    """Whom to add: the handles really dealt with, most first.

    `counts` are the acts of the last 28 days by handle and kind; looks do not count. Left
    out are handles of people, of the user's own profiles (both in `known`), and those to
    whom the user said no.
    """
    found = []
    for key, kinds in counts.items():
        acts = {kind: count for kind, count in kinds.items() if kind in TOUCHING and count}
        if sum(acts.values()) >= SUGGEST_FROM and key not in known and key not in refused:
            found.append(Suggestion(*key, acts))
    return sorted(found, key=lambda one: (-one.touches, one.network, one.handle))


# -- two that are one -----------------------------------------------------------


def merged(kept: Person, gone: Person) -> Person:
    """`kept` with all that `gone` has and it lacks; its own words win."""
    handles = {key_of(one.network, one.handle): one for one in (*gone.handles, *kept.handles)}
    mine = [key_of(one.network, one.handle) for one in kept.handles]
    order = [*mine, *(key for key in handles if key not in mine)]
    return replace(
        kept,
        added_at=min(kept.added_at, gone.added_at),
        handles=[handles[key] for key in order],
        tags=_joined(kept.tags, gone.tags),
        how_met=kept.how_met or gone.how_met,
        note="\n".join(dict.fromkeys(part for part in (kept.note, gone.note) if part)),
        cadence=kept.cadence or gone.cadence,
        merged=_joined(kept.merged, [gone.id, *gone.merged]),
        uids=_joined(kept.uids, gone.uids),
        posted_at=max((at for at in (kept.posted_at, gone.posted_at) if at), default=None),
    )


def parted(current: Person, before: Person, gone: Person) -> Person:
    """`current` without what the merge of `gone` into `before` gave it.

    What the user changed since the merge stays.
    """
    joint = merged(before, gone)
    mine = {key_of(one.network, one.handle) for one in before.handles}
    given = {key_of(one.network, one.handle) for one in gone.handles} - mine

    def back(name: str) -> object:
        now, then = getattr(current, name), getattr(joint, name)
        return getattr(before, name) if now == then else now

    return replace(
        current,
        handles=[one for one in current.handles if key_of(one.network, one.handle) not in given],
        tags=_without(current.tags, gone.tags, before.tags),
        merged=_without(current.merged, [gone.id, *gone.merged], before.merged),
        uids=_without(current.uids, gone.uids, before.uids),
        **{name: back(name) for name in ("added_at", "how_met", "note", "cadence", "posted_at")},
    )


def _joined(ours: Sequence[str], theirs: Sequence[str]) -> list[str]:
    return list(dict.fromkeys((*ours, *theirs)))


def _without(current: Sequence[str], given: Collection[str], before: Collection[str]) -> list[str]:
    return [one for one in current if one in before or one not in given]


# -- finding somebody again -------------------------------------------------------


class Directory:
    """Who is who: people by id, by handle, by the id of an address book, and by name."""

    def __init__(self, people: Iterable[Person]) -> None:
        self.by_id: dict[str, Person] = {}
        self.keys: dict[str, tuple[Key, ...]] = {}
        self.by_handle: dict[Key, Person] = {}
        self.by_uid: dict[str, Person] = {}
        self.by_name: dict[str, list[Person]] = {}
        for person in people:
            self.put(person)

    def put(self, person: Person) -> None:
        """Add a person, in place of what was known under the same id."""
        self.drop(person.id)
        for known in (person.id, *person.merged):
            self.by_id[known] = person
        keys = tuple(key_of(one.network, one.handle) for one in person.handles)
        self.keys[person.id] = keys
        for key in keys:
            self.by_handle[key] = person
        for uid in person.uids:
            self.by_uid[uid] = person
        self.by_name.setdefault(plain_name(person.name), []).append(person)

    def drop(self, id: str) -> None:
        """Forget a person, if known."""
        old = self.by_id.get(id)
        if old is None or old.id != id:  # another one, into whom somebody of that id was merged
            return
        _drop(self.by_id, (old.id, *old.merged), old)
        _drop(self.by_handle, self.keys.pop(old.id, ()), old)
        _drop(self.by_uid, old.uids, old)
        self.by_name[plain_name(old.name)].remove(old)

    def same(self, name: str, handles: Iterable[Handle], uids: Iterable[str]) -> Person | None:
        """The person whom this describes: by an id, a handle, or the very same name."""
        for uid in uids:
            if uid in self.by_uid:
                return self.by_uid[uid]
        for one in handles:
            if found := self.by_handle.get(key_of(one.network, one.handle)):
                return found
        named = self.by_name.get(plain_name(name), [])
        return named[0] if len(named) == 1 else None


def _drop(known: dict[T, Person], keys: Iterable[T], person: Person) -> None:
    """Take out the keys that lead to this person."""
    for key in keys:
        if known.get(key) is person:
            del known[key]


def search(people: Iterable[Person], words: str) -> Iterator[Person]:
    """Those in whom every word occurs: in name, handles, tags or note."""
    wanted = words.casefold().split()
    for person in people:
        handles = (one.handle for one in person.handles)
        text = " ".join(
            (person.name, person.note, person.how_met, *person.tags, *handles)
        ).casefold()
        if all(word in text for word in wanted):
            yield person


# -- imports ----------------------------------------------------------------------


class Imported(Struct, frozen=True):
    """What an import comes to: new people, known ones with something new, and how many
    were known already as they stand."""

    added: list[Person]
    changed: list[Person]
    same: int
    problems: list[Problem]


def taken_in(
    candidates: Iterable[Candidate],
    people: Iterable[Person],
    *,
    now: int,
    new_id: Callable[[], str],
    words: Words = ENGLISH,
) -> Imported:
    """What to write when these candidates are taken in; doing it twice writes nothing anew.

    A candidate is somebody known by the id of an address book, by a handle, or by the very
    same name; then what is new about them is added, and nothing of the user's is replaced.
    """
    directory = Directory(people)
    before = set(directory.by_id)
    written: dict[str, Person] = {}
    problems: list[Problem] = []
    same = 0
    for one in candidates:
        known = directory.same(one.name, one.handles, one.uids)
        if known is None:
            person = Person(
                id=new_id(),
                name=one.name,
                added_at=now,
                handles=list({key_of(h.network, h.handle): h for h in one.handles}.values()),
                tags=one.tags,
                how_met=one.how_met,
                uids=one.uids,
            )
        else:
            person = _with(known, one, directory)
        if len(person.handles) > MOST_HANDLES:
            message = words.say("import_handles", name=one.name, most=MOST_HANDLES)
            problems.append(Problem(where=one.where, message=message))
        elif why := _too_much(person):
            message = words.say("import_card_unread", why=why)
            problems.append(Problem(where=one.where, message=message))
        elif person == known:
            same += 1
        else:
            directory.put(person)
            written[person.id] = person
    changed = [one for one in written.values() if one.id in before]
    added = [one for one in written.values() if one.id not in before]
    return Imported(added, changed, same, problems)


def _too_much(person: Person) -> str:
    """Why a person cannot be kept as they are, "" when they can: what is joined has its bounds."""
    try:
        msgspec.convert(msgspec.to_builtins(person), Person)
    except msgspec.ValidationError as error:
        return str(error)
    return ""


def _with(known: Person, one: Candidate, directory: Directory) -> Person:
    """`known` with what the candidate adds: handles that are nobody's yet, tags, ids."""
    keys = {key_of(h.network, h.handle): h for h in one.handles}
    new = [handle for key, handle in keys.items() if key not in directory.by_handle]
    return replace(
        known,
        handles=[*known.handles, *new],
        tags=_joined(known.tags, one.tags),
        how_met=known.how_met or one.how_met,
        uids=_joined(known.uids, one.uids),
    )
