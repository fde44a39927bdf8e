"""What a browser reports: visits and interactions, in batches."""

from typing import Literal

from msgspec import Raw, Struct

from plnd.model.base import Name, Strict, Text
from plnd.model.day import Today

MOST_EVENTS = 1000
MOST_BODY_BYTES = 1024 * 1024
Page = Literal[
    "feed",
    "profile",
    "post",
    "group",
    "tag",
    "search",
    "messages",
    "notifications",
    "compose",
    "article",
    "settings",
    "other",
]
Action = Literal["post", "reply", "share", "react", "follow", "message", "save"]
EARLIEST_MS = 946_684_800_000  # 2000-01-01: nothing that is recorded is older
FURTHEST_AHEAD_MS = 5 * 60 * 1000
"""How far in the future an event may be."""


class Source(Strict, frozen=True):
    """Who sends: the browser, a random name for its profile, the extension's version."""

    browser: Name
    profile: Name
    extension: Name


class Visit(Strict, frozen=True, gc=False, tag_field="kind", tag="visit"):
    """A span of focused, non-idle time on one page of a network."""

    id: Name
    network: Name
    page: Page
    start: int
    end: int
    handle: Text | None = None
    tag: Text | None = None


class Interaction(Strict, frozen=True, gc=False, tag_field="kind", tag="interaction"):
    """One act of the user."""

    id: Name
    network: Name
    action: Action
    at: int
    handle: Text | None = None
    tag: Text | None = None


Event = Visit | Interaction


class EventBatch(Strict, frozen=True):
    """What a browser sends. Each event is decoded apart, so that a bad one costs itself only."""

    source: Source
    events: list[Raw]


class Rejection(Struct, frozen=True, kw_only=True):
    """Why one event of a batch was not taken."""

    id: str | None
    index: int
    code: Literal["invalid", "conflict", "paused", "not_counted", "forgotten"]
    message: str
    field: str | None = None


class EventsAnswer(Struct, frozen=True, kw_only=True):
    """What became of a batch; `stored` means on disk."""

    stored: list[str]
    rejected: list[Rejection]
    today: Today
