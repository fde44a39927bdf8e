"""Title and author of an article, from its page."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plnd.reading.article import read_article
from plnd.reading.results import Article

LINKED = {
    "@context": "https://schema.org",
    "@graph": [
        {"@type": "WebSite", "name": "A site"},
        {
            "@type": ["BlogPosting", "Article"],
            "headline": "What a hook is",
            "author": [{"@type": "Person", "name": "Ana"}, {"name": "Ben"}],
        },
    ],
}


def linked(value: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(value)}</script>'


@pytest.mark.parametrize(
    ("html", "title", "author"),
    [
        ("<title> A  title\n</title>", "A title", None),
        (
            '<title>T · Site</title><meta property="og:title" content="T">'
            '<meta name="author" content="Ana &amp; Ben">',
            "T",
            "Ana & Ben",
        ),
        (
            '<meta name="author" content="First"><meta name="author" content="Second">',
            None,
            "First",
        ),
        (
            '<meta property="article:author" content="https://facebook.com/ana">' + linked(LINKED),
            "What a hook is",
            "Ana, Ben",
        ),
        (linked({"@type": "NewsArticle", "headline": "H", "author": "Ana"}), "H", "Ana"),
        (linked("nonsense")[:-12] + "</script><title>T</title>", "T", None),
        (linked({"@type": "Organization", "headline": "no", "author": "no"}), None, None),
        ("<p>nothing", None, None),
        ("", None, None),
        (f"<title>{'ж' * 5000}</title>", "ж" * 256, None),
        ("<title>https://example.org/</title>", None, None),
    ],
)
def test_what_a_page_says_of_itself(html: str, title: str | None, author: str | None) -> None:
    assert read_article(html) == Article(title=title, author=author)


@given(st.text(), st.recursive(st.none() | st.text() | st.integers(), st.lists, max_leaves=9))
def test_any_page_gives_an_answer(text: str, author: object) -> None:
    found = read_article(text + linked({"@type": "Article", "author": author}))
    assert found.author is None or len(found.author) <= 256
