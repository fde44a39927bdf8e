"""Notices on the desktop, and snoozing them."""

from typing import Literal

from msgspec import Struct

from plnd.model.base import Key, Moment

NoticeKind = Literal[
    "budget_near", "budget_used", "budget_over", "profile_silent", "chat", "review"
]


class Notice(Struct, frozen=True, kw_only=True):
    """Something told to the user, once for its `cause`.

    `shown` is null until the desktop has answered; `error` says why it was not shown.
    """

    cause: Key
    kind: NoticeKind
    at: Moment
    title: str
    body: str
    shown: bool | None = None
    error: str | None = None


class Trial(Struct, frozen=True, kw_only=True):
    """A trial notice: when the desktop answered, whether it showed it, else why not."""

    at: int
    shown: bool
    error: str | None = None


class NoticesAnswer(Struct, frozen=True, kw_only=True):
    """What was told, and the last trial notice since the daemon started."""

    notices: list[Notice]
    snoozed_until: int | None
    trial: Trial | None


class Snooze(Struct, frozen=True, kw_only=True):
    """Until when (ms) notices are held back; null: they are not."""

    snoozed_until: Moment | None = None


class Shown(Struct, frozen=True, kw_only=True):
    """Whether the desktop showed a notice, else why not."""

    shown: bool
    error: str | None = None
