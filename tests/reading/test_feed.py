"""Feeds: every format, broken ones and hostile ones."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.builders import NOON
from support.outside_web import rss

from plnd.reading.feed import NotAFeed, read_feed

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title>
<entry><title>a</title><published>2026-11-03T10:00:00+02:00</published>
<updated>2026-11-20T10:00:00Z</updated></entry>
<entry><title>b</title><updated>2026-11-01T10:00:00Z</updated></entry></feed>"""


def bluesky(*rows: tuple[str, str, bool]) -> str:
    return json.dumps(
        {
            "feed": [
                {
                    "post": {"author": {"handle": who}, "record": {"createdAt": at}},
                    **({"reason": {"$type": "app.bsky.feed.defs#reasonRepost"}} if again else {}),
                }
                for who, at, again in rows
            ]
        }
    )


@pytest.mark.parametrize(
    ("content", "last", "seen"),
    [
        (rss("Mon, 02 Nov 2026 10:00:00 GMT", "Sun, 01 Nov 2026 10:00:00 GMT"), 1793613600000, 2),
        (ATOM, 1793692800000, 2),
        (
            '{"version": "https://jsonfeed.org/version/1.1", "items": '
            '[{"date_published": "2026-11-03T10:00:00Z"}, {"id": "1"}, 7]}',
            1793700000000,
            1,
        ),
        ('{"hits": [{"created_at": "2026-11-03T10:00:00Z"}]}', 1793700000000, 1),
        (
            bluesky(
                ("other.example", "2026-11-20T10:00:00Z", True),
                ("me.example", "2026-11-19T10:00:00Z", True),
                ("me.example", "2026-11-03T10:00:00.000Z", False),
                ("other.example", "2026-11-18T10:00:00Z", False),
            ),
            1793700000000,
            1,
        ),
        (rss(), None, 0),
        ('{"items": []}', None, 0),
        (rss("Mon, 02 Nov 2026 10:00:00 GMT")[:-20], 1793613600000, 1),
        (rss("once upon a time", "Mon, 02 Nov 2026 10:00:00 GMT"), 1793613600000, 1),
        (rss("Mon, 02 Nov 2037 10:00:00 GMT"), None, 0),
        ("\ufeff" + rss("Mon, 02 Nov 2026 10:00:00 GMT"), 1793613600000, 1),
        (
            rss("Mon, 02 Nov 2026 10:00:00 GMT").replace("<title>t", "<title>&nbsp;&"),
            1793613600000,
            1,
        ),
    ],
    ids=[
        *("rss", "atom", "json feed", "hacker news", "bluesky", "empty rss", "empty json"),
        *("cut off", "no date", "the future", "byte order mark", "ill-formed"),
    ],
)
def test_the_newest_post_of_a_feed(content: str, last: int | None, seen: int) -> None:
    found = read_feed(content.encode(), handle="me.example", now=NOON)
    assert (found.last_post_at, found.posts_seen) == (last, seen)


BOMB = "<!DOCTYPE r [<!ENTITY a 'aaaaaaaaaa'>" + "".join(
    f"<!ENTITY a{n} '&a{n - 1 if n else ''};&a{n - 1 if n else ''};'>" for n in range(30)
)


@pytest.mark.parametrize(
    "content",
    [
        *("", "no feed", "<html><body>Log in</body></html>", "{", "[1]", '{"a": 1}', "/etc/passwd"),
        *("https://x.com/feed", BOMB + "]>" + rss("Mon, 02 Nov 2026 10:00:00 GMT"), "[" * 100_000),
        '{"feed": 7, "items": {}}',
    ],
)
def test_what_is_no_feed_is_said_to_be_none(content: str) -> None:
    with pytest.raises(NotAFeed):
        read_feed(content.encode(), handle="me", now=NOON)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_feed_or_none(content: bytes) -> None:
    try:
        found = read_feed(content, handle="me", now=NOON)
    except NotAFeed:
        return
    assert found.last_post_at is None or found.last_post_at <= NOON
