"""What keeps events out: forgotten data, pauses, networks that are not counted. Pure."""

import hashlib

from msgspec.structs import replace

from plnd.model.names import plain_handle
from plnd.model.own_data import Forgotten
from plnd.model.pauses import Pause, Uncounted
from plnd.model.scope import Scope

DAY_MS = 86_400_000


def forgotten_entry(scope: Scope, *, id: str, now: int) -> Forgotten:
    """What is rejected from now on, so that what was forgotten does not come back from a browser.

    A handle is stored only as a salted digest, so that nobody can read it.
    """
    return Forgotten(
        id=id,
        at=now,
        start=scope.start,
        end=min(scope.end, now),
        network=scope.network,
        handle_digest=None if scope.handle is None else _digest(id, scope.handle),
    )


def with_days_counted(one: Forgotten, now: int) -> Forgotten:
    """The entry after comparing it with the clock.

    A day is counted when the clock is a day later than at the last count. However far it jumped, it
    is one day at most: a clock that was wrong once does not end the entry.
    """
    seen_at = one.seen_at or one.at
    if now >= seen_at + DAY_MS:
        return replace(one, days_seen=one.days_seen + 1, seen_at=now)
    return replace(one, seen_at=now) if now < seen_at else one


def is_in_future(pause: Pause | Uncounted, now: int) -> bool:
    """Whether an open pause begins after `now`, so that the clock was set back.

    It still applies, and its start has to move before what is recorded by that clock.
    """
    return pause.end is None and pause.start > now


def moved_start(now: int) -> int:
    """The new start (ms) of an open pause that began in the clock's future."""
    return max(0, now - DAY_MS)


def covers(one: Forgotten, network: str, handle: str | None) -> bool:
    """Whether an entry covers this network and this handle."""
    if one.network is not None and one.network != network:
        return False
    if one.handle_digest is None:
        return True
    return handle is not None and _digest(one.id, handle) == one.handle_digest


def _digest(salt: str, handle: str) -> str:
    return hashlib.sha256(f"{salt}\n{plain_handle(handle)}".encode()).hexdigest()
