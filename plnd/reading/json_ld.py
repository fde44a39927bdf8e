"""The posts that a page describes in JSON-LD."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from plnd.reading.dates import parse_timestamp
from plnd.reading.links import split_link
from plnd.reading.posts import PostDate, ProfileOwner

MOST_VALUES = 10_000

_POSTINGS = re.compile(r"(?:\w*Posting|Article|\w+Article|VideoObject|Review|Answer|Question)$")


def json_ld_posts(text: str, owner: ProfileOwner, now: int) -> Iterator[PostDate]:
    """The owner's posts in a page's JSON-LD."""
    try:
        pending: list[Any] = [json.loads(text)]
    except (ValueError, RecursionError):
        return
    visited = 0
    while pending and visited < MOST_VALUES:
        value = pending.pop()
        visited += 1
        if isinstance(value, list):
            pending += value
        elif isinstance(value, dict):
            pending += [
                inner
                for key, inner in value.items()
                if isinstance(inner, dict | list) and key not in ("comment", "sharedContent")
            ]
            if (at := _posting_date(value, owner, now)) is not None:
                yield PostDate(at, "json-ld")


def _posting_date(value: Mapping[str, Any], owner: ProfileOwner, now: int) -> int | None:
    kinds = value.get("@type")
    names = kinds if isinstance(kinds, list) else [kinds]
    if not any(isinstance(name, str) and _POSTINGS.match(name) for name in names):
        return None
    if not _may_be_owner(value.get("author"), owner):
        return None
    for key in ("datePublished", "uploadDate", "dateCreated"):
        if isinstance(value.get(key), str) and (at := parse_timestamp(value[key], now)) is not None:
            return at
    return None


def _may_be_owner(author: object, owner: ProfileOwner) -> bool:
    """Whether an author is the owner, or names no handle at all."""
    if isinstance(author, list):
        return any(_may_be_owner(one, owner) for one in author)
    if not isinstance(author, dict):
        return True
    handles = [author.get("alternateName"), author.get("identifier")]
    if isinstance(url := author.get("url"), str):
        handles.append(split_link(url)[1].rstrip("/").rpartition("/")[2].partition("?")[0])
    named = [one for one in handles if isinstance(one, str) and one and not one.isspace()]
    return not named or any(one == owner for one in named)
