"""What reading a page, a feed or an article gives."""

from msgspec import Struct, field


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
