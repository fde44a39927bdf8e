"""The results of reading a page, a feed or an article."""

from msgspec import Struct, field


class PageReading(Struct, frozen=True, kw_only=True):
    """What a page says about its owner's posts.

    `last_post_at` is the latest that the last post can have been made (ms), `rough_ms` by how
    much it may be older (0: exact). `posts_seen` counts the owner's posts with a date, `found_by`
    is where the date was found, `gap_days` the median gap, None for fewer than three posts.
    `feeds` are the addresses of feeds that the page names.
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
