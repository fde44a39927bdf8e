"""Readings of profile pages."""

from typing import Annotated

from msgspec import Meta, Struct

from plnd.model.base import Moment, Name, Strict


class ReadingRequest(Strict, frozen=True):
    """A page that the browser shows, to be read and dropped."""

    network: Name
    handle: Name
    url: Annotated[str, Meta(max_length=2048)]
    taken_at: Moment
    html: str


class ReadingAnswer(Struct, frozen=True, kw_only=True):
    """What a page says about when the profile last posted; `note` why it says nothing."""

    handle: str
    last_post_at: int | None
    posts_seen: int
    found_by: str | None
    rough: bool = False
    note: str | None = None


class Wanted(Struct, frozen=True, kw_only=True):
    """A profile whose page is worth reading when the user looks at it."""

    network: str
    handle: str


class WantedAnswer(Struct, frozen=True):
    wanted: list[Wanted]
