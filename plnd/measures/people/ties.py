"""Ties: who is close, who is due for contact, whom to add. Pure.

A touch is a reply, mention, message, share, reaction or follow that carries the person's handle, a
meeting face to face, or a minute on the person's profile, which counts as the last touch but never
makes a tie strong. Times are in milliseconds.
"""

import zlib
from collections.abc import Collection, Iterable, Mapping

from msgspec import Struct

from plnd.measures.people.handles import HandleKey, handle_key
from plnd.model.events import Event, Visit
from plnd.model.people import Cadence, Gap, Person, Tie, Touch

DAY_MS = 24 * 60 * 60 * 1000
LOOK_MS = 60_000
"""How long a visit to a profile has to be to count as a touch."""
TIE_DAYS = 90
STRONG_FROM = 6
DORMANT_DAYS = 730
WORST = 1.5
SUGGEST_DAYS = 28
SUGGEST_FROM = 3
TOUCHING = frozenset(("post", "reply", "share", "react", "follow", "message"))


def touch_of(event: Event) -> tuple[HandleKey, Touch] | None:
    """The touch that an event is, and of which handle; None when it is none."""
    if isinstance(event, Visit):
        return visit_touch(event.network, event.page, event.handle, event.start, event.end)
    return act_touch(event.network, event.action, event.handle, event.at)


def visit_touch(
    network: str, page: str, handle: str | None, start: int, end: int
) -> tuple[HandleKey, Touch] | None:
    """A visit of at least a minute to a profile; it counts when it ends."""
    if handle is None or page != "profile" or end - start < LOOK_MS:
        return None
    return handle_key(network, handle), Touch(at=end, kind="visit", network=network)


def act_touch(
    network: str, action: str, handle: str | None, at: int
) -> tuple[HandleKey, Touch] | None:
    """An act on a page that has somebody's handle."""
    if handle is None or action not in TOUCHING:
        return None
    return handle_key(network, handle), Touch(at=at, kind=action, network=network)  # type: ignore[arg-type]


class ContactHistory(Struct, frozen=True):
    """Contact with one handle, or one person: the last touch, and how many in the last 90 days.

    `recent` counts all touches but visits to the profile, `looks` those visits.
    """

    last: Touch | None = None
    recent: int = 0
    looks: int = 0


def combine_histories(histories: Iterable[ContactHistory]) -> ContactHistory:
    """The contact with one person, over all handles and meetings."""
    last: Touch | None = None
    recent = looks = 0
    for one in histories:
        recent += one.recent
        looks += one.looks
        if one.last and (last is None or one.last.at > last.at):
            last = one.last
    return ContactHistory(last, recent, looks)


def tie(history: ContactHistory, now: int) -> Tie:
    """Strong from 6 touches in 90 days, weak with any, dormant with one in two years."""
    if history.recent >= STRONG_FROM:
        return "strong"
    if history.recent or history.looks:
        return "weak"
    if history.last and now - history.last.at < DORMANT_DAYS * DAY_MS:
        return "dormant"
    return "new"


class PersonStatus(Struct, frozen=True):
    """A person's tie, and how long it has been since the last touch.

    `elapsed_ms` counts from the last touch, or from when the person was added. `gap` is
    None without a cadence. `silent_ms` is how long they have not posted anywhere, as far as
    is known: somebody who has gone silent is not somebody with whom contact is lost.
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
        """The time since the last touch, divided by the ideal gap."""
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


def person_status(
    person: Person,
    history: ContactHistory,
    now: int,
    by_tag: Mapping[str, Cadence],
) -> PersonStatus:
    """A person's status at `now` (ms)."""
    cadence = cadence_of(person, by_tag)
    elapsed = max(0, now - (history.last.at if history.last else person.added_at))
    silent = None if person.posted_at is None else max(0, now - person.posted_at)
    return PersonStatus(
        person, history.last, tie(history, now), elapsed, cadence, gap(elapsed, cadence), silent
    )


def overdue(elapsed_ms: int, cadence: Cadence | None) -> float:
    """The time since the last touch divided by the ideal gap, if over 1; else 0."""
    share = elapsed_ms / (cadence.ideal_days * DAY_MS) if cadence else 0.0
    return share if share > 1 else 0.0


def drifting(statuses: Iterable[PersonStatus]) -> list[PersonStatus]:
    """Those who are due or late, the longest over their cadence first."""
    due = [one for one in statuses if one.gap in ("due", "late")]
    return sorted(due, key=lambda one: (-one.share, one.person.name, one.person.id))


def weak_tie(
    people: Iterable[tuple[Person, ContactHistory]], week: str, week_start: int
) -> Person | None:
    """The one weak or dormant tie to write to in this week; the same all week long.

    `week` names it (2026-W48); the histories end at `week_start`. Each week draws
    anew by a hash, so that everybody comes up sooner or later.
    """
    weak = (one for one, history in people if tie(history, week_start) in ("weak", "dormant"))
    return max(
        weak, key=lambda one: (zlib.crc32(f"{week}/{one.id}".encode()), one.id), default=None
    )


class Suggestion(Struct, frozen=True):
    """A handle that the user deals with and that belongs to no person: touches by kind, 28 days."""

    network: str
    handle: str
    kinds: Mapping[str, int]

    @property
    def touches(self) -> int:
        return sum(self.kinds.values())


def suggestions(
    counts: Mapping[HandleKey, Mapping[str, int]],
    *,
    known: Collection[HandleKey],
    refused: Collection[HandleKey],
) -> list[Suggestion]:
    """Whom to add: the handles with the most acts first.

    `counts` are the acts of the last 28 days by handle and kind; visits do not count. Handles
    of people and of the user's own profiles (both in `known`) are left out, and those to which
    the user said no (`refused`).
    """
    found = []
    for key, kinds in counts.items():
        acts = {kind: count for kind, count in kinds.items() if kind in TOUCHING and count}
        if sum(acts.values()) >= SUGGEST_FROM and key not in known and key not in refused:
            found.append(Suggestion(*key, acts))
    return sorted(found, key=lambda one: (-one.touches, one.network, one.handle))
