"""Hostile pages and feeds: whatever is in them, the readers say a sensible moment or none.

The search is guided by the lines of the readers that a page or feed reaches. What costs too
much is stopped by the process apart, which tests/worker/test_worker.py is about.
"""

import json

from hypothesis import given, settings, target
from hypothesis import strategies as st
from support.builders import NOON
from support.line_coverage import LineCoverage
from support.profile_pages import ME, SHAPES

from plnd.measures.event_validation import EARLIEST_MS
from plnd.reading import (
    article,
    dates,
    feed,
    json_ld,
    page,
    page_scanner,
    post_labels,
)

MANY = 5 * settings.default.max_examples

moments = st.sampled_from(
    [
        *("2026-11-20T10:00:00Z", "2026-11-20T10:00:00+14:00", "2026-11-20", "20 Nov 2026"),
        *(
            "9999-12-31T23:59:59Z",
            "0000-00-00",
            "-1",
            "1e309",
            "NaN",
            "1763632800",
            "1763632800000",
        ),
        *("Fri, 20 Nov 2026 10:00:00 GMT", "3h", "vor 2 Tagen", "yesterday", "2026-02-30", "", "∞"),
    ]
) | st.text(max_size=20)
names = st.sampled_from([ME, f"@{ME}", ME.upper(), "somebody", "\u202eem", "x" * 300, ""])
links = st.builds(
    lambda host, who, rest: f"{host}/{who}{rest}",
    st.sampled_from(["https://x.com", "https://mastodon.social", "//", "", "http://[::1", "data:"]),
    names,
    st.sampled_from(["", "/status/1", "/status/1763632800000000000", "/posts/urn:li:activity:1"])
    | st.text(max_size=10).map("/{}".format),
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | moments | names | links,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    *("@type", "@graph", "author", "name", "url", "datePublished", "headline"),
                    *("items", "date_published", "feed", "post", "record", "createdAt", "handle"),
                    *("version", "title", "id", "reason", "dateModified", "alternateName"),
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
kinds = st.sampled_from(["SocialMediaPosting", "BlogPosting", "Article", "ProfilePage", "Person"])


# -- pages ----------------------------------------------------------------------------


def linked(value: object, kind: str) -> str:
    """JSON-LD, as a page has it for search engines."""
    inside = {**value, "@type": kind} if isinstance(value, dict) else value
    return f'<script type="application/ld+json">{json.dumps(inside)}</script>'


pieces = st.one_of(
    st.builds("<time datetime='{}'>{}</time>".format, moments, moments),
    st.builds("<a href='{}'>{}</a>".format, links, moments),
    st.builds("<meta property='{}' content='{}'>".format, st.sampled_from(
        ["og:title", "article:author", "article:published_time", "author"]), moments | names),
    st.builds("<link rel='alternate' type='application/rss+xml' href='{}'>".format, links),
    st.builds(linked, values, kinds),
    st.sampled_from(
        [
            *("<article>", "</article>", "<article data-testid='tweet'>", "<main>", "</main>"),
            *("<div role='article' aria-label='x'>", "<!--", "-->", "<![CDATA[", "<script>"),
            *("<div>", "<time>", "<span aria-label=3h>"),
            *("</time>", "<a>", "</a>", "<base href='https://x.com/'>", "&#0;", "&#x110000;", "\0"),
            *("<svg><title>", "<template>", "<plaintext>", "<time datetime>"),
        ]
    ),
    st.text(max_size=20),
)  # fmt: skip
pages = st.lists(pieces, max_size=14).map("".join)


@settings(max_examples=MANY)
@given(pages, st.sampled_from(sorted(SHAPES)), names)
def test_any_page_gives_a_moment_of_the_past_or_none(html: str, network: str, who: str) -> None:
    modules = (page, page_scanner, json_ld, dates, post_labels)
    with LineCoverage(*(module.__file__ for module in modules)) as reached:
        found = page.read_page(html, network=network, handle=who, url=SHAPES[network].url, now=NOON)
    target(float(len(reached.lines)))
    assert (found.last_post_at is None) == (found.posts_seen == 0) == (found.found_by is None)
    assert found.last_post_at is None or EARLIEST_MS <= found.last_post_at <= NOON
    assert found.rough_ms >= 0
    assert found.gap_days is None or found.gap_days >= 0


@settings(max_examples=MANY)
@given(pages)
def test_any_page_is_an_article_with_words_that_can_be_kept(html: str) -> None:
    with LineCoverage(article.__file__) as reached:
        found = article.read_article(html)
    target(float(len(reached.lines)))
    for words in (found.title, found.author):
        assert words is None or (words.strip() == words and 0 < len(words) <= 256)
        assert words is None or words.isprintable()


# -- feeds ----------------------------------------------------------------------------

entries = st.lists(
    st.builds("<published>{}</published>".format, moments)
    | st.builds("<updated>{}</updated>".format, moments)
    | st.builds("<pubDate>{}</pubDate>".format, moments)
    | st.builds("<dc:date>{}</dc:date>".format, moments)
    | st.sampled_from(["<entry>", "</entry>", "<item>", "</item>", "&lol;", "<![CDATA[", "\0"]),
    max_size=8,
).map("".join)
wholes = st.sampled_from(
    [
        '<?xml version="1.0"?><rss version="2.0"><channel><title>t</title>{}</channel></rss>',
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title>{}</feed>',
        '<!DOCTYPE x [<!ENTITY lol "ha"><!ENTITY f SYSTEM "file:///etc/passwd">]><rss>{}</rss>',
        '<?xml version="1.0" encoding="utf-16"?><rss><channel>{}</channel></rss>',
        "<rdf:RDF xmlns='http://purl.org/rss/1.0/'>{}</rdf:RDF>",
        "{}",
    ]
)
feeds = (
    st.builds(lambda whole, inside: whole.replace("{}", inside).encode(), wholes, entries)
    | values.map(lambda one: json.dumps(one).encode())
    | st.builds(
        lambda rows: json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": rows})
        .encode(),
        st.lists(values, max_size=4),
    )
    | st.builds(lambda rows: json.dumps({"feed": rows}).encode(), st.lists(values, max_size=4))
    | st.binary(max_size=200)
)  # fmt: skip


@settings(max_examples=MANY)
@given(feeds, names)
def test_any_feed_gives_a_moment_of_the_past_or_none(content: bytes, who: str) -> None:
    with LineCoverage(feed.__file__, dates.__file__) as reached:
        try:
            found = feed.read_feed(content, handle=who, now=NOON)
        except feed.NotAFeed:
            found = None
    target(float(len(reached.lines)))
    if found is not None and found.last_post_at is not None:
        assert EARLIEST_MS <= found.last_post_at <= NOON
