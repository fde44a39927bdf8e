"""When somebody last posted, read from a public feed: RSS, Atom, JSON Feed, and the JSON of the
public APIs of Bluesky and Hacker News."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from plnd.reading.dates import parse_timestamp, plausible
from plnd.reading.posts import PostDate, ProfileOwner, summarize
from plnd.reading.results import PageReading
from plnd.words.messages import TranslatedError

MOST_ENTRIES = 1000
# No feed needs to declare entities, and a few of them can expand to gigabytes.
_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)
_MARKUP_BEGINS = (b"<", b"\xef\xbb\xbf<")


class NotAFeed(TranslatedError):
    """The answer is not a feed."""

    code = "no_feed"


def read_feed(content: bytes, *, handle: str, now: int) -> PageReading:
    """What a feed says at `now` (ms) about the posts of `handle`; all its dates are exact.

    Raises:
        NotAFeed: it is not a feed, or declares entities, which no feed needs.
    """
    if content.lstrip()[:1] in (b"{", b"["):
        found = _json_dates(_decoded(content), handle, now)
    else:
        found = _xml_dates(content, now)
    return summarize(list(found)[:MOST_ENTRIES])


def _decoded(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise NotAFeed("read_no_json") from error


# ---- RSS and Atom


def _xml_dates(content: bytes, now: int) -> Iterator[PostDate]:
    if _ENTITY.search(content):
        raise NotAFeed("read_entities")
    import feedparser

    # Given text or bytes, feedparser would open what looks like an address or a file's name.
    found = feedparser.parse(
        _BytesReader(content), sanitize_html=False, resolve_relative_uris=False
    )
    if not found.get("version"):
        raise NotAFeed("read_no_feed")
    return _entry_dates(found.entries, now)


class _BytesReader:
    """Bytes as a file to read from; feedparser opens text as an address or a file's name."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def read(self) -> bytes:
        content, self._content = self._content, b""
        return content


def _entry_dates(entries: Iterable[Mapping[str, Any]], now: int) -> Iterator[PostDate]:
    for entry in entries:
        texts = [entry[key] for key in ("published", "updated", "created") if key in entry]
        at = next(
            (at for text in texts if (at := parse_timestamp(str(text), now)) is not None), None
        )
        if at is not None:
            yield PostDate(at, "feed")


# ---- JSON


def _json_dates(found: Any, handle: str, now: int) -> Iterator[PostDate]:
    if isinstance(found, dict):
        if isinstance(found.get("items"), list):
            return _dates(found["items"], ("date_published", "date_modified"), now)
        if isinstance(found.get("hits"), list):
            return _dates(found["hits"], ("created_at",), now)
        if isinstance(found.get("feed"), list):
            return _bluesky_dates(found["feed"], handle, now)
    raise NotAFeed("read_json_no_feed")


def _dates(rows: Iterable[Any], keys: Iterable[str], now: int) -> Iterator[PostDate]:
    for row in rows:
        if not isinstance(row, dict):
            continue
        texts = (row[key] for key in keys if isinstance(row.get(key), str))
        at = next((at for text in texts if (at := parse_timestamp(text, now)) is not None), None)
        if at is not None:
            yield PostDate(at, "feed")


def _bluesky_dates(rows: Iterable[Any], handle: str, now: int) -> Iterator[PostDate]:
    """The account's own posts; a row with a reason is a repost or pinned."""
    owner = ProfileOwner(handle, "")
    for row in rows:
        if not isinstance(row, dict) or row.get("reason"):
            continue
        author, created = _nested(row, "post", "author"), _nested(row, "post", "record")
        if owner in (author.get("handle"), author.get("did")):
            at = plausible(parse_timestamp(str(created.get("createdAt", "")), now), now)
            if at is not None:
                yield PostDate(at, "feed")


def _nested(value: Any, *keys: str) -> Mapping[str, Any]:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}
