"""What is to be forgotten: a time, a network, a handle, or all of them at once; a person. Pure.

What was forgotten must not come back with what a browser still keeps: `Forgotten` says what
to refuse, and holds a handle only as a digest that nobody can read it from.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from msgspec.structs import replace

from plnd.model.base import LAST_MOMENT
from plnd.model.own import Forgotten
from plnd.model.pauses import Pause, Uncounted

DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Scope:
    """Everything that lies in `start <= t < end` (ms), on the network, with the handle."""

    start: int = 0
    end: int = LAST_MOMENT + 1
    network: str | None = None
    handle: str | None = None

    @property
    def everything(self) -> bool:
        return self == Scope()

    @property
    def always(self) -> bool:
        """Whether it is about all times."""
        return self.start <= 0 and self.end > LAST_MOMENT

    def holds(self, moment: int) -> bool:
        return self.start <= moment < self.end


@dataclass(frozen=True, slots=True)
class Somebody:
    """A whole person: all ids that were theirs, what they are called, where they are found.

    `names` are as `plain_name` gives them, `handles` are networks and what `plain_handle` gives.
    What carries one of the handles is forgotten by the `scopes`; the rest is what names them.
    """

    ids: frozenset[str]
    names: frozenset[str]
    handles: frozenset[tuple[str, str]]

    @property
    def scopes(self) -> list[Scope]:
        return [Scope(network=one, handle=handle) for one, handle in sorted(self.handles)]

    def is_meant(self, entry: dict[str, Any]) -> bool:
        """Whether an entry is the person, or a line of a plan about them (`person:ID`)."""
        if entry.get("id") in self.ids:
            return True
        kind, _, key = str(entry.get("key", "")).partition(":")
        network, _, handle = key.partition(":")
        return kind == "person" and (
            key in self.ids or (network, plain_handle(handle)) in self.handles
        )

    def names_them(self, field: str, value: Any) -> bool:
        """Whether a field of an entry says that it is with this person, or from them."""
        if not isinstance(value, str):
            return False
        if field == "person":
            return value in self.ids
        return field == "person_name" and plain_name(value) in self.names


def plain_handle(handle: str) -> str:
    """A handle as handles are compared: without the @ in front, in small letters."""
    return handle.strip().lstrip("@").casefold()


def profile_id(network: str, handle: str) -> str:
    """What makes it the same profile: network and handle, however they are written."""
    return f"{network}:{handle.strip().removeprefix('@').casefold()}"


def plain_name(name: str) -> str:
    """A name as it is compared: case and spacing do not matter."""
    return " ".join(name.casefold().split())


def remembered(scope: Scope, *, id: str, now: int) -> Forgotten:
    """What has to be refused from now on, so that the scope stays forgotten."""
    return Forgotten(
        id=id,
        at=now,
        start=scope.start,
        end=min(scope.end, now),
        network=scope.network,
        handle_digest=None if scope.handle is None else _digest(id, scope.handle),
    )


def aged(one: Forgotten, now: int) -> Forgotten:
    """What is refused, after another look at the clock.

    A day has passed when the clock shows one more than when the last was counted. However far it
    jumped, one look is one day at most: a clock that was once wrong lets nothing back in.
    """
    seen_at = one.seen_at or one.at
    if now >= seen_at + DAY_MS:
        return replace(one, days_seen=one.days_seen + 1, seen_at=now)
    return replace(one, seen_at=now) if now < seen_at else one


def is_ahead(guard: Pause | Uncounted, now: int) -> bool:
    """Whether an open guard begins after now: then the clock was set back. It is in force all the
    same, and has to be put before what is recorded by that clock (`put_back`)."""
    return guard.end is None and guard.start > now


def put_back(now: int) -> int:
    """Where an open guard begins of which the clock does not know when it did."""
    return max(0, now - DAY_MS)


def covers(one: Forgotten, network: str, handle: str | None) -> bool:
    """Whether what was forgotten is about this network and this handle."""
    if one.network is not None and one.network != network:
        return False
    if one.handle_digest is None:
        return True
    return handle is not None and _digest(one.id, handle) == one.handle_digest


def _digest(salt: str, handle: str) -> str:
    return hashlib.sha256(f"{salt}\n{plain_handle(handle)}".encode()).hexdigest()


def without(document: dict[str, Any], scope: Scope | Somebody) -> dict[str, Any] | None:
    """A document without what lies in the scope; None when it lies in it as a whole.

    Entries inside it that lie in the scope are taken out. Where a text only mentions the
    handle (`@ana`, `x:ana`, an address with `/ana` in it), the mention is taken out. Of a
    person, what says that the document is with them or from them is taken out.
    """
    if isinstance(scope, Somebody):
        return None if scope.is_meant(document) else _nameless(document, scope)
    if scope.everything or _within(document, scope, None):
        return None
    left: dict[str, Any] = _left(document, scope, None)
    return left


_MOMENTS = ("at", "taken_at", "start", "starts_at")
_CUT = "…"
_NOON_MS = 12 * 3_600_000


def _moment(entry: dict[str, Any]) -> int | None:
    """When an entry was (ms); of one that has a day only, the day's noon."""
    for name in _MOMENTS:
        if isinstance(found := entry.get(name), int):
            return found
    try:
        day = date.fromisoformat(entry["day"])
    except (KeyError, TypeError, ValueError):
        return None
    return (day - date(1970, 1, 1)).days * 86_400_000 + _NOON_MS


def _within(entry: dict[str, Any], scope: Scope, above: str | None) -> bool:
    """Whether an entry lies in the scope; `above` is the network of what it is part of."""
    if not scope.always:
        moment = _moment(entry)
        if moment is None or not scope.holds(moment):
            return False
    if scope.network is not None and not _on(entry, scope.network, above):
        return False
    return scope.handle is None or _of(entry, plain_handle(scope.handle))


def _on(entry: dict[str, Any], network: str, above: str | None) -> bool:
    """Whether an entry is about the network: by its field, its id, or the cause of a notice."""
    if (own := entry.get("network", above)) is not None:
        return bool(own == network)
    parts = re.split(r"[/:.]", f"{entry.get('id', '')}/{entry.get('cause', '')}")
    return network in parts


def _of(entry: dict[str, Any], handle: str) -> bool:
    """Whether an entry stands for the handle: by its field, or by an id like `x:ana`."""
    own = entry.get("handle")
    if isinstance(own, str):
        return plain_handle(own) == handle
    key = entry.get("id")
    return isinstance(key, str) and plain_handle(key.partition(":")[2]) == handle


def _left(value: Any, scope: Scope, above: str | None) -> Any:
    """A value without the entries in it that lie in the scope, and without the handle."""
    if isinstance(value, dict):
        above = value.get("network", above)
        return {
            _left(name, scope, above): one if name == "handle" else _left(one, scope, above)
            for name, one in value.items()
            if not (isinstance(one, dict) and _within(one, scope, above))
        }
    if isinstance(value, list):
        return [
            _left(one, scope, above)
            for one in value
            if not (isinstance(one, dict) and _within(one, scope, above))
        ]
    if isinstance(value, str) and scope.handle is not None and scope.always:
        # `mastodon:ana` is somebody else than `x:ana`.
        named = r"(?<=:)" if scope.network is None else rf"(?<={re.escape(scope.network)}:)"
        mention = rf"(?:(?<=[@/])|{named}){re.escape(plain_handle(scope.handle))}(?!\w)"
        return re.sub(mention, _CUT, value, flags=re.IGNORECASE)
    return value


def _nameless(value: Any, who: Somebody) -> Any:
    """A value without the person, and without what names them; the user's own words stay."""
    if isinstance(value, dict):
        return {
            name: _nameless(one, who)
            for name, one in value.items()
            if not (who.names_them(name, one) or _is(one, who))
        }
    if isinstance(value, list):
        return [_nameless(one, who) for one in value if not _is(one, who)]
    return value


def _is(value: Any, who: Somebody) -> bool:
    """Whether a value stands for the person: an entry about them, or their id."""
    if isinstance(value, dict):
        return who.is_meant(value)
    return isinstance(value, str) and value in who.ids
