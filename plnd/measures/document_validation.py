"""The rules for documents, wherever they come from. Pure.

The same rules apply to what a user enters, a line of an import, a document of a backup and a file
that was edited by hand.
"""

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from plnd.errors import Invalid
from plnd.measures.budget import budget_id
from plnd.measures.field_checks import (
    Networks,
    check_day,
    check_gaps,
    check_handle,
    check_handles,
    check_network,
    check_tag,
    check_zone,
)
from plnd.measures.people.handles import handle_key
from plnd.measures.quarter_sums import DAY_MS, FEWEST_DAYS
from plnd.model.chats import Chat
from plnd.model.cpd import CpdMark
from plnd.model.journal import Entry
from plnd.model.names import profile_id
from plnd.model.own_data import Forgotten
from plnd.model.pauses import Pause, Uncounted
from plnd.model.people import Dismissed, Merge, Person, PersonFeed, TagCadence
from plnd.model.profiles import NotMine, Profile, SeemsMine
from plnd.model.settings import Budget, Settings

LONGEST_LIST = 10_000
LONGEST_UNBOUNDED = 16_384
"""The limit of texts without one of their own."""

_PAST_MOMENTS = frozenset(
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
"""Moments at which something happened: none may be more than a day in the future."""


def check(document: Any, *, now: int | None = None, networks: Networks = None) -> None:
    """Check what the types do not.

    `now` (ms) is given for documents from another machine: then no event may be in the future, and
    pauses and the like have to be over. Without it nothing is compared with the clock, which may
    be wrong.

    Raises:
        Invalid: something in it is wrong; `field` names the part.
    """
    for name, value in _values(msgspec.to_builtins(document), ""):
        _check_value(name, value, now)
    if rule := _RULES.get(type(document)):
        rule(document, networks)
    if now is not None and isinstance(document, Pause | Uncounted | Forgotten):
        _check_is_over(document, now)


def _values(value: Any, name: str) -> Iterator[tuple[str, Any]]:
    """The value and everything in it, each with its path."""
    yield name, value
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _values(key, name)
            yield from _values(one, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list):
        for one in value:
            yield from _values(one, name)


def _check_value(name: str, value: Any, now: int | None) -> None:
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
        if last in _PAST_MOMENTS or above[-1:] in (["told"], ["steps_done"]):
            raise Invalid("that lies in the future", field=field)


def _check_is_over(guard: Pause | Uncounted | Forgotten, now: int) -> None:
    """A pause or the like from another machine must not keep anything out from now on."""
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


def _budget(budget: Budget, networks: Networks) -> None:
    if budget.network is not None:
        check_network(budget.network, networks)
    if networks is not None:  # in a file edited by hand any id is fine
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


def _person_feed(one: PersonFeed, networks: Networks) -> None:
    check_network(one.network, networks)
    if not handle_key(one.network, one.handle)[1]:
        raise Invalid("a handle is empty", field="handle")
    _check_id(one.id, ":".join(handle_key(one.network, one.handle)))


def _merge(merge: Merge, networks: Networks) -> None:
    for name, one in (("kept", merge.kept), ("gone", merge.gone)):
        try:
            _person(one, networks)
        except Invalid as error:
            raise Invalid(error.message, error.hint, field=f"{name}.{error.field}") from error


def _tag_cadence(cadence: TagCadence, _: Networks) -> None:
    check_gaps(cadence, "worst_days")


def _dismissed(one: Dismissed, networks: Networks) -> None:
    network, _, handle = one.id.partition(":")
    check_network(network, networks, "id")
    if not network or not handle:
        raise Invalid("the id is network:handle", field="id")


# -- chats, the journal, the log of development -----------------------------------------


def _chat(chat: Chat, networks: Networks) -> None:
    _check_id(chat.id, check_tag(chat.tag))
    if not chat.shipped:  # a shipped chat keeps its network even where that is unknown
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
    Dismissed: _dismissed,
    Chat: _chat,
    Entry: _entry,
    CpdMark: _cpd,
}
"""Other documents are checked by their types only."""
