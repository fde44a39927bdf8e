"""Profile pages: the last post is right or unknown, never wrong; hostile pages cost little."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.builders import DAY, HOUR, NOON
from support.profile_pages import (
    EXPECTED_VERDICTS,
    ME,
    OTHER,
    SHAPES,
    GeneratedPage,
    Post,
    page,
    posts,
    variants,
    verdict,
)

from plnd.measures.freshness import median_gap_days
from plnd.reading.network_rules import load
from plnd.reading.page import read_page
from plnd.reading.results import PageReading

CASES = [
    pytest.param(network, name, made, id=f"{network}: {name}")
    for network in SHAPES
    for name, made in variants(network)
]


def read(network: str, made: GeneratedPage) -> PageReading:
    shape = SHAPES[network]
    return read_page(made.html, network=network, handle=shape.handle, url=shape.url, now=NOON)


def judged(network: str, made: GeneratedPage) -> str:
    found = read(network, made)
    return verdict(found.last_post_at, found.rough_ms, made.last_post_at)


def figures() -> dict[str, Counter[str]]:
    """How the pages of each network were read."""
    found: dict[str, Counter[str]] = {}
    for network in SHAPES:
        found[network] = Counter(judged(network, made) for _, made in variants(network))
    return found


def table() -> list[str]:
    """The figures in docs/freshness.md."""
    rows = [
        (network, found.total(), *(found[one] for one in ("right", "rough", "unknown")))
        for network, found in figures().items()
    ]
    return [f"| {' | '.join(map(str, row))} |" for row in rows]


def test_the_figures_in_the_documents_are_these() -> None:
    text = (Path(__file__).parents[2] / "docs" / "freshness.md").read_text()
    assert [
        line for line in text.splitlines() if re.match(r"\| [a-z]+ \| [0-9]+ \|", line)
    ] == table()


@pytest.mark.parametrize(("network", "name", "made"), CASES)
def test_the_last_post_is_right_or_unknown(network: str, name: str, made: GeneratedPage) -> None:
    assert judged(network, made) in EXPECTED_VERDICTS[SHAPES[network].reads]


def test_there_are_pages_for_each_network_that_has_rules() -> None:
    assert set(SHAPES) == set(load())


def test_ids_carry_their_time() -> None:
    """Pairs of an id and its moment that the networks themselves have published."""
    known = {
        "x": ("1050118621198921728", 1_539_202_764_211),
        "instagram": ("B3mr1-OlWMG", 1_571_068_630_774),
        "linkedin": ("7402746946853253120", 1_764_952_408_517),
        "mastodon": ("103270115826048975", 1_575_776_913_849),
        "discord": ("175928847299117063", 1_462_015_105_796),
        "bluesky": ("3l25zusnsfctk", 1_724_171_495_793),
        "tiktok": ("6718335390845095173", 1_564_234_353_000),
    }
    for network, (number, at) in known.items():
        form = load()[network].id_time
        assert form
        assert form.moment(number) == at, network


@pytest.mark.parametrize("id", ["", "abc!", "9" * 40, "-5", "１２"])
def test_what_is_no_id_has_no_time(id: str) -> None:
    form = load()["x"].id_time
    assert form
    assert form.moment(id) is None


def test_a_page_without_times_is_read_by_its_ids() -> None:
    """An X page without times: the ids of the posts have them."""
    made = page("x", posts(3))
    html = made.html.replace("datetime=", "data-was=")
    found = read_page(html, network="x", handle=ME, url="https://x.com/me", now=NOON)
    assert found.found_by == "id"
    assert found.last_post_at == made.last_post_at


def test_a_remote_person_is_known_by_name_and_host() -> None:
    """On Mastodon the same name on another server is another person."""
    here = Post(NOON - 9 * DAY)
    html = page("mastodon", [here]).html
    where = "https://mastodon.social/@me"
    for handle, last in (
        ("me", here.at),
        ("@Me@mastodon.social", here.at),
        ("me@elsewhere.example", None),
    ):
        found = read_page(html, network="mastodon", handle=handle, url=where, now=NOON)
        assert found.last_post_at == last, handle


def ld(**given: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(given)}</script>'


POSTED = {"datePublished": "2026-11-20T10:00:00Z", "author": {"url": "https://blog.example/@me"}}


@pytest.mark.parametrize(
    ("html", "by", "at"),
    [
        (ld(**{"@type": "BlogPosting", **POSTED}), "json-ld", "2026-11-20"),
        (ld(**{"@graph": [{"@type": ["SocialMediaPosting"], **POSTED}]}), "json-ld", "2026-11-20"),
        (ld(**{"@type": "Person", "dateCreated": "2011-01-01"}), None, None),
        (
            ld(**{"@type": "BlogPosting", **POSTED, "author": {"alternateName": OTHER}}),
            None,
            None,
        ),
        (ld(**{"@type": "Person", "comment": [{"@type": "Comment", **POSTED}]}), None, None),
        ('<script type="application/ld+json">{"@type": "BlogPosting", </script>', None, None),
        (
            '<div class="h-entry"><time class="dt-published" datetime="2026-11-19">x</time></div>',
            "time[datetime]",
            "2026-11-19",
        ),
        (
            '<div class="h-entry"><span class="dt-published" title="2026-11-18">x</span></div>',
            "dt-published",
            "2026-11-18",
        ),
        (
            '<div itemscope itemtype="https://schema.org/Article">'
            '<meta itemprop="datePublished" content="2026-11-17"></div>',
            "itemprop",
            "2026-11-17",
        ),
        (
            '<meta property="article:published_time" content="2026-11-16T09:00:00+01:00">',
            "article:published_time",
            "2026-11-16",
        ),
        ("<article><span>3mo</span></article>", "words", "2026-08-25"),
        ("<article><span>vor 2 Wochen</span></article>", "words", "2026-11-09"),
        ("<p>Joined 3 years ago</p><p>2 d</p>", None, None),
        ('<article><time datetime="2031-01-01">an event</time></article>', None, None),
    ],
)
def test_what_dates_a_post(html: str, by: str | None, at: str | None) -> None:
    found = read_page(html, network="wordpress", handle=ME, url="https://me.example/", now=NOON)
    assert found.found_by == by
    if at:
        from datetime import UTC, datetime

        assert found.last_post_at is not None
        assert datetime.fromtimestamp(found.last_post_at / 1000, UTC).date().isoformat() == at


def test_each_post_is_counted_once() -> None:
    """Two posts of one day, one of them also in the page's JSON-LD."""
    day = '<article><time datetime="2026-11-20">a day</time></article>'
    html = 2 * day + ld(**{"@type": "BlogPosting", "datePublished": "2026-11-20"})
    found = read_page(html, network="wordpress", handle=ME, url="https://me.example/", now=NOON)
    assert found.posts_seen == 2


def test_feeds_that_the_page_names_are_found() -> None:
    html = '<link rel="alternate" type="application/rss+xml" href="/feed">' * 20
    found = read_page(html, network="wordpress", handle=ME, url="https://me.example/", now=NOON)
    assert found.feeds == ["/feed"] * 10


def test_the_rhythm_is_the_median_gap() -> None:
    found = read("x", page("x", posts(9, apart_days=4)))
    assert found.gap_days == 4
    assert found.posts_seen == 9
    assert median_gap_days([0, DAY]) is None


HOSTILE = {
    "unclosed comments": "<!--" * 50_000,
    "unclosed tags": "<a " * 60_000,
    "half tags": "</" * 100_000,
    "instructions": "<?" * 100_000,
    "nested elements": "<div>" * 100_000,
    "nested posts": "<article>" * 100_000,
    "nested times": '<time datetime="2026-01-01">' * 40_000,
    "many attributes": "<a " + " ".join(f"a{n}=1" for n in range(100_000)) + ">",
    "a long class": f'<p class="{"a " * 500_000}">',
    "deep JSON": '<script type="application/ld+json">' + "[" * 500_000 + "</script>",
    "wide JSON": '<script type="application/ld+json">['
    + "[],".join([""] * 200_000)
    + "1]</script>",
    "marks": "<article>" + "<b>pinned</b>" * 50_000,
    "zeros": "\0" * 100_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_html_is_read_to_its_end(name: str) -> None:
    """No error, and a post before the hostile part is still read.

    What it costs is measured by scripts/bench; here each would hang a parser of html for minutes.
    """
    before = page("x", [Post(NOON - HOUR)]).html
    found = read_page(
        before + HOSTILE[name], network="x", handle=ME, url="https://x.com/me", now=NOON
    )
    assert found.last_post_at == NOON - HOUR


@given(st.text(max_size=400), st.sampled_from(sorted(SHAPES)))
def test_any_text_is_a_page(html: str, network: str) -> None:
    found = read_page(html, network=network, handle=ME, url=SHAPES[network].url, now=NOON)
    assert (found.last_post_at is None) == (found.posts_seen == 0) == (found.found_by is None)


@given(
    st.sampled_from(sorted(name for name, shape in SHAPES.items() if shape.reads == "exact")),
    st.lists(st.integers(1, 900), min_size=1, max_size=12, unique=True),
    st.randoms(),
)
def test_the_order_of_the_posts_does_not_matter(
    network: str, days: list[int], chance: object
) -> None:
    made = [Post(NOON - one * DAY) for one in days]
    chance.shuffle(made)  # type: ignore[attr-defined]
    found = read(network, page(network, made))
    assert found.last_post_at is not None
    assert abs(found.last_post_at - (NOON - min(days) * DAY)) < 1000
