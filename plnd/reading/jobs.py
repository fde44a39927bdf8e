"""What goes to the process that parses, and what comes back."""

import struct
from typing import Literal

from msgspec import Struct, field

LENGTH = struct.Struct("@I")
"""A frame: this length, then so many bytes of msgpack."""


class PageReading(Struct, frozen=True, kw_only=True):
    """What a page says of its owner's posts.

    `last_post_at` is the newest that the last post can be, `rough_ms` by how much it may be older
    (0: exact). `posts_seen` counts the owner's posts that could be dated, `found_by` says by
    what, `gap_days` is the median between them, None for fewer than three. `feeds` are the
    addresses that the page names as its feeds.
    """

    last_post_at: int | None = None
    rough_ms: int = 0
    posts_seen: int = 0
    found_by: str | None = None
    gap_days: float | None = None
    feeds: list[str] = field(default_factory=list)


class Article(Struct, frozen=True, kw_only=True):
    """What an article's page says of itself; None for what it does not say."""

    title: str | None = None
    author: str | None = None


class Job(Struct, frozen=True):
    """A profile's page, a feed or an article to be read, as of `now` (ms)."""

    kind: Literal["page", "feed", "article"]
    content: bytes
    network: str
    handle: str
    url: str
    now: int


class Answer(Struct, frozen=True):
    """The reading or the article, or why there is none: a code, and the key of its words."""

    reading: PageReading | None = None
    article: Article | None = None
    code: str = ""
    key: str = ""
