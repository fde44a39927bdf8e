"""Consent to ask a public feed. Pure."""

from typing import Any

from msgspec.structs import replace

from plnd.model.people import PersonFeed
from plnd.model.profiles import Profile


def drop_feed_consent(document: Any, local: Any) -> Any:
    """The document with its feed switched off, unless the `local` one has the same feed on.

    Consent to requests does not come with a file: the user gives it on this machine.
    """
    feed = document.feed if isinstance(document, Profile | PersonFeed) else None
    if feed is None or not feed.on:
        return document
    ours = local.feed if local is not None else None
    if ours is not None and ours.on and (ours.url, ours.found) == (feed.url, feed.found):
        return document
    off = replace(feed, on=False, found=None, etag=None, last_modified=None)
    return replace(document, feed=off)
