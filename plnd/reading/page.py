"""When the owner of a profile last posted, read from the profile's page.

The signals that the scanner found are grouped into posts. Then each post is dated, unless it is
somebody else's, pinned or shared from somebody else.
"""

from collections.abc import Iterable, Iterator

from bs4 import BeautifulSoup

from plnd.reading.dates import parse_human_date, plausible
from plnd.reading.json_ld import json_ld_posts
from plnd.reading.network_rules import rules_of
from plnd.reading.page_scanner import PageScanner, Signal
from plnd.reading.posts import PostDate, ProfileOwner, summarize
from plnd.reading.results import PageReading

FOUND_BY_TEXT = "words"


def read_page(html: str, *, network: str, handle: str, url: str, now: int) -> PageReading:
    """What the HTML of a profile's page says at `now` (ms) about the posts of `handle`."""
    scanner = PageScanner(rules_of(network), url, now)
    soup = BeautifulSoup(html, "lxml", parse_only=scanner)
    owner = ProfileOwner(handle, url)
    dated = [at for post in split_posts(scanner.signals) if (at := date_post(post, owner, scanner))]
    # A page may give the date of one post twice: for people and for machines.
    shown = {post.at // 1000 for post in dated}
    for script in soup.find_all("script"):
        listed = json_ld_posts(script.get_text(), owner, now)
        dated += [post for post in listed if post.at // 1000 not in shown]
    if not dated and scanner.published is not None:
        dated = [PostDate(scanner.published, "article:published_time")]
    return summarize(dated, scanner.feeds)


def split_posts(signals: list[Signal]) -> Iterator[list[Signal]]:
    """Group the signals, in the page's order, by post.

    A post begins where the page says so; else at a link to another post, where a label in words
    belongs to the post after it; else each time is a post of its own.
    """
    kinds = {signal.kind for signal in signals}
    if "post" in kinds:
        yield from _by_containers(signals)
    elif any(signal.kind == "link" for signal in signals):
        yield from _by_links(signals)
    else:
        yield from _by_times(signals)


def _by_containers(signals: Iterable[Signal]) -> Iterator[list[Signal]]:
    """Group by container; one with nothing but labels before the next is wrapped around it."""
    post: list[Signal] = []
    begun = False
    for signal in signals:
        if signal.kind == "post":
            if begun:
                yield post
                post, begun = [], False
            continue
        post.append(signal)
        begun = begun or (signal.kind != "label" and signal.by != "attribute")
    yield post


def _by_times(signals: Iterable[Signal]) -> Iterator[list[Signal]]:
    post: list[Signal] = []
    for signal in signals:
        if signal.kind != "text":
            post.append(signal)
        if signal.kind == "time":
            yield post
            post = []


def _by_links(signals: Iterable[Signal]) -> Iterator[list[Signal]]:
    post: list[Signal] = []
    pending: list[Signal] = []
    current: str | None = None
    for signal in signals:
        if signal.kind == "link" and signal.value[1] != current:
            if current is not None:
                yield post
            post, pending, current = [*pending, signal], [], signal.value[1]
        elif current is None or (signal.kind == "label" and signal.by == "text"):
            pending.append(signal)
        else:
            post.append(signal)
    if current is not None:
        yield post


def date_post(post: list[Signal], owner: ProfileOwner, scanner: PageScanner) -> PostDate | None:
    """The date of a post; None when it is not the owner's own, or has no date."""
    author = _author(post)
    if author != owner and (author is not None or scanner.rules.mixed_authors):
        return None
    if any(signal.kind == "label" for signal in _before_date(post)):
        return None
    return _date(post, scanner)


def _author(post: list[Signal]) -> str | None:
    """The author: as in the post's own address, else the first profile named before its date."""
    by_link = [signal.value[0] for signal in post if signal.kind == "link" and signal.value[0]]
    named = [signal.value for signal in _before_date(post) if signal.kind == "profile"]
    return next(iter(by_link or named), None)


def _before_date(post: list[Signal]) -> Iterator[Signal]:
    """The signals before a post's date: what follows is the post's own text."""
    for signal in post:
        if signal.kind == "time" or (signal.kind == "link" and signal.by != "attribute"):
            break
        yield signal
    # In a grid of pictures the labels are icons on the picture, inside the link.
    if not any(signal.kind == "time" for signal in post):
        yield from (
            signal for signal in post if signal.kind == "label" and signal.by == "attribute"
        )


def _date(post: list[Signal], scanner: PageScanner) -> PostDate | None:
    for signal in post:
        if signal.kind == "time":
            return PostDate(signal.value, signal.by)
    id_time = scanner.rules.id_time
    ids = [signal.value[1] for signal in post if signal.kind == "link" and signal.value[1]]
    if id_time and ids and (at := plausible(id_time.moment(ids[0]), scanner.now)) is not None:
        return PostDate(at, "id")
    for signal in post:
        if signal.kind == "text" and (rough := parse_human_date(signal.value, scanner.now)):
            return PostDate(rough.at, FOUND_BY_TEXT, rough.uncertainty_ms)
    return None
