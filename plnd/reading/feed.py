"""When somebody last posted, as their public feed has it: RSS, Atom, JSON Feed, and the JSON of
Bluesky's and Hacker News' public interfaces."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from plnd.reading.dates import moment, sensible
from plnd.reading.page import Dated, Owner, summary
from plnd.reading.results import PageReading
from plnd.words.messages import TranslatedError

MOST_ENTRIES = 1000
# A declared entity: no feed needs one, and a few of them can grow into gigabytes.
_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)
_MARKUP_BEGINS = (b"<", b"\xef\xbb\xbf<")


class NoFeed(TranslatedError):
    """What came is not a feed."""

    code = "no_feed"


def read_feed(content: bytes, *, handle: str, now: int) -> PageReading:
    """What a feed says at `now` (ms) of the posts of `handle`; every date of a feed is exact.

    Raises:
        NoFeed: it is none, or it is one that no honest server sends.
    """
    if content.lstrip()[:1] in (b"{", b"["):
        found = _json_dates(_decoded(content), handle, now)
    else:
        found = _xml_dates(content, now)
    return summary(list(found)[:MOST_ENTRIES])


def _decoded(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise NoFeed("read_no_json") from error


# ---- RSS and Atom


def _xml_dates(content: bytes, now: int) -> Iterator[Dated]:
    if _ENTITY.search(content):
        raise NoFeed("read_entities")
    import feedparser

    # Given as text or bytes it would take an address or a file's name for one to be opened.
    found = feedparser.parse(_Opened(content), sanitize_html=False, resolve_relative_uris=False)
    if not found.get("version"):
        raise NoFeed("read_no_feed")
    return _entry_dates(found.entries, now)


class _Opened:
    """Content that has been fetched already, as a file to read from."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def read(self) -> bytes:
        content, self._content = self._content, b""
        return content


def _entry_dates(entries: Iterable[Mapping[str, Any]], now: int) -> Iterator[Dated]:
    for entry in entries:
        said = [entry[key] for key in ("published", "updated", "created") if key in entry]
        at = next((at for text in said if (at := moment(str(text), now)) is not None), None)
        if at is not None:
            yield Dated(at, "feed")


# ---- JSON


def _json_dates(found: Any, handle: str, now: int) -> Iterator[Dated]:
    if isinstance(found, dict):
        if isinstance(found.get("items"), list):
            return _dates(found["items"], ("date_published", "date_modified"), now)
        if isinstance(found.get("hits"), list):
            return _dates(found["hits"], ("created_at",), now)
        if isinstance(found.get("feed"), list):
            return _bluesky_dates(found["feed"], handle, now)
    raise NoFeed("read_json_no_feed")


def _dates(rows: Iterable[Any], keys: Iterable[str], now: int) -> Iterator[Dated]:
    for row in rows:
        if not isinstance(row, dict):
            continue
        said = (row[key] for key in keys if isinstance(row.get(key), str))
        at = next((at for text in said if (at := moment(text, now)) is not None), None)
        if at is not None:
            yield Dated(at, "feed")


def _bluesky_dates(rows: Iterable[Any], handle: str, now: int) -> Iterator[Dated]:
    """Posts of the account's own; a row with a reason was reposted or pinned."""
    owner = Owner(handle, "")
    for row in rows:
        if not isinstance(row, dict) or row.get("reason"):
            continue
        author, created = _inner(row, "post", "author"), _inner(row, "post", "record")
        if owner in (author.get("handle"), author.get("did")):
            at = sensible(moment(str(created.get("createdAt", "")), now), now)
            if at is not None:
                yield Dated(at, "feed")


def _inner(value: Any, *keys: str) -> Mapping[str, Any]:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}
