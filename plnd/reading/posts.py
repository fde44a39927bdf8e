"""Dated posts, the owner whose they are, and the reading that they add up to."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote

from plnd.measures.freshness import median_gap_days
from plnd.reading.links import host_of
from plnd.reading.results import PageReading


@dataclass(frozen=True, slots=True)
class PostDate:
    """When a post of the owner was made (ms), by what it was found, and by how much it may be
    older (0: exact)."""

    at: int
    found_by: str
    rough_ms: int = 0


class ProfileOwner:
    """Whose posts count; equal to every way of writing the same handle."""

    def __init__(self, handle: str, url: str) -> None:
        self._host = host_of(url)
        self._handle = self._normalized(handle)

    def _normalized(self, handle: str) -> str:
        name, _, host = unquote(handle).strip().removeprefix("@").casefold().partition("@")
        return f"{name}@{host or self._host}"

    def __eq__(self, handle: object) -> bool:
        return isinstance(handle, str) and self._normalized(handle) == self._handle

    __hash__ = None  # type: ignore[assignment]


def summarize(posts: Iterable[PostDate], feeds: Iterable[str] = ()) -> PageReading:
    """The reading for these posts; rough dates count only where there is no exact one."""
    posts = list(posts)
    exact = [post for post in posts if not post.rough_ms]
    newest = max(exact or posts, key=lambda post: post.at, default=None)
    if newest is None:
        return PageReading(feeds=list(feeds))
    moments = [post.at for post in (exact or posts)]
    return PageReading(
        last_post_at=newest.at,
        rough_ms=newest.rough_ms,
        posts_seen=len(moments),
        found_by=newest.found_by,
        gap_days=median_gap_days(moments),
        feeds=list(feeds),
    )
