"""Pauses, and times in which a network is not counted."""

from msgspec import Struct

from plnd.model.base import Key, Moment, Name, Strict


class Until(Strict, frozen=True):
    """Until when, ms; null: until it is ended by hand."""

    until: Moment | None = None


class PauseState(Struct, frozen=True, kw_only=True):
    """Whether plnd looks away at the moment."""

    paused: bool
    since: int | None = None
    until: int | None = None


class Pause(Struct, frozen=True, kw_only=True):
    """A time in which nothing is recorded; `end` null while it is open."""

    start: Moment
    end: Moment | None = None


class Uncounted(Struct, frozen=True, kw_only=True):
    """A time in which a network is not counted; `end` null while it lasts."""

    id: Key
    network: Name
    start: Moment
    end: Moment | None = None
