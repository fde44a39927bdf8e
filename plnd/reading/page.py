"""When the owner of a profile last posted, as the profile's page has it.

BeautifulSoup and lxml mend the markup; a strainer looks at each tag as it goes by and writes
down what dates, signs or marks a post. It lets nothing but JSON-LD into the tree, so that
neither long pages nor deep ones cost memory, and no text of a post is ever held.

The clues, in the page's order, are then parted into posts, and each post is judged: whose it
is, whether it is pinned or shared on, when it was made.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup
from bs4.filter import SoupStrainer

from plnd.measures.freshness import median_gap_days
from plnd.reading import marks
from plnd.reading.clues import Clues, of, pattern
from plnd.reading.dates import moment, sensible, words
from plnd.reading.results import PageReading

MOST_CLUES = 30_000
MOST_STRUCTURED = 10_000
MOST_FEEDS = 10
ROUGH = "words"


@dataclass(frozen=True, slots=True)
class Dated:
    """A moment at which the owner posted."""

    at: int
    found_by: str
    rough_ms: int = 0


def read_page(html: str, *, network: str, handle: str, url: str, now: int) -> PageReading:
    """What the HTML of a profile's page says at `now` (ms) of the posts of `handle`."""
    sieve = Sieve(of(network), url, now)
    soup = BeautifulSoup(html, "lxml", parse_only=sieve)
    owner = Owner(handle, url)
    found = [dated for post in posts(sieve.clues) if (dated := judged(post, owner, sieve))]
    # A page may say of one post twice when it was made, for people and for machines.
    shown = {dated.at // 1000 for dated in found}
    for script in soup.find_all("script"):
        listed = structured(script.get_text(), owner, now)
        found += [dated for dated in listed if dated.at // 1000 not in shown]
    if not found and sieve.published is not None:
        found = [Dated(sieve.published, "article:published_time")]
    return summary(found, sieve.feeds)


def summary(found: Iterable[Dated], feeds: Iterable[str] = ()) -> PageReading:
    """The reading that posts add up to; what is exact goes before what is rough."""
    found = list(found)
    exact = [dated for dated in found if not dated.rough_ms]
    newest = max(exact or found, key=lambda dated: dated.at, default=None)
    if newest is None:
        return PageReading(feeds=list(feeds))
    moments = [dated.at for dated in (exact or found)]
    return PageReading(
        last_post_at=newest.at,
        rough_ms=newest.rough_ms,
        posts_seen=len(moments),
        found_by=newest.found_by,
        gap_days=median_gap_days(moments),
        feeds=list(feeds),
    )


# ---- the sieve

Kind = Literal["post", "link", "profile", "time", "mark", "words"]


@dataclass(frozen=True, slots=True)
class Clue:
    """One telling thing: a post begins, a link to a post or a profile, a time, a mark, words."""

    kind: Kind
    value: Any
    by: str = ""


# What begins a post, whatever the network: tags, and attributes with a pattern for the value.
_POST_TAGS = {"article", "shreddit-post", "shreddit-profile-comment", "ytd-rich-item-renderer"}
_POST_TAGS |= {"ytd-grid-video-renderer", "ytd-backstage-post-thread-renderer"}
_POST_ATTRIBUTES = {
    "role": re.compile(r"article$"),
    "data-urn": re.compile(r"urn:li:(?:activity|share|ugcPost):"),
    "data-testid": re.compile(r"feedItem-by-|postThreadItem|tweet$"),
    "data-e2e": re.compile(r"user-post-item$"),
    "data-pressable-container": re.compile(r"true$"),
    "id": re.compile(r"chat-messages-|thing_t[13]_"),
    "itemtype": re.compile(r"https?://schema\.org/(?:\w*Posting|Article|VideoObject|Comment)$"),
    "class": re.compile(
        r"(?:.*\s)?(?:h-entry|hentry|user-stream-item|comment-body|athing"
        r"|feed-shared-update-v2)(?:\s|$)"
    ),
}
# Attributes that hold a moment, with how a reading names them.
_TIME_ATTRIBUTES = {
    "datetime": "time[datetime]",
    "created-timestamp": "created-timestamp",
    "data-time": "data-time",
    "data-utime": "data-utime",
    "data-timestamp": "data-timestamp",
    "data-ts": "data-ts",
    "ts": "ts",
}
_DATING = {"datepublished", "datecreated", "uploaddate"}
_DATING_CLASS = re.compile(r"(?:^|\s)(?:dt-published|published|relativetime|age|date)(?:\s|$)")
_MARKING = ("class", "aria-label", "title", "data-testid", "data-e2e", "data-icon", "icon-name")
_FEED_TYPE = re.compile(r"application/(?:rss\+xml|atom\+xml|feed\+json|json)$", re.IGNORECASE)

Attributes = Mapping[str, Any]


class Sieve(SoupStrainer):
    """Looks at each tag and text of a page and writes down the clues."""

    def __init__(self, network: Clues, url: str, now: int) -> None:
        super().__init__("script")
        self.network = network
        self.clues: list[Clue] = []
        self.feeds: list[str] = []
        self.published: int | None = None
        self.now = now
        self._host = _host(url)

    def allow_tag_creation(self, _nsprefix: str | None, name: str, attrs: Any) -> bool:
        attributes = attrs or {}
        if name == "script":
            return "ld+json" in str(attributes.get("type", ""))
        if attributes and len(self.clues) < MOST_CLUES:
            self._look(name, attributes)
        elif name in _POST_TAGS:
            self._note("post", None)
        return False

    def allow_string_creation(self, string: str) -> bool:
        text = string.strip()
        if text and len(text) <= marks.LONGEST and len(self.clues) < MOST_CLUES:
            if mark := marks.of_text(text):
                self._note("mark", mark, "text")
            elif marks.MAY_DATE.search(text):
                self._note("words", text)
        return False

    def _note(self, kind: Kind, value: object, by: str = "") -> None:
        self.clues.append(Clue(kind, value, by))

    def _look(self, name: str, attributes: Attributes) -> None:
        if name == "meta":
            self._look_at_meta(attributes)
        elif name == "link":
            self._look_at_link(attributes)
        if begins_post(name, attributes):
            self._note("post", None)
        self._look_for_ids(attributes)
        if name == "a":
            self._look_at_anchor(str(attributes.get("href", "")))
        if (mark := _marked(attributes)) is not None:
            self._note("mark", mark, "attribute")
        self._look_for_time(name, attributes)
        label = attributes.get("aria-label")
        if label and name in ("a", "span", "abbr", "time") and len(label) <= marks.LONGEST:
            self._note("words", str(label))

    def _look_for_ids(self, attributes: Attributes) -> None:
        shape, attribute = self.network.mark, self.network.attribute
        value = str(attributes.get(attribute, "")) if attribute else ""
        if shape and value and (found := pattern(shape).search(value)):
            self._note("link", (None, found[1]), "attribute")
        if (author := attributes.get("author")) and "created-timestamp" in attributes:
            self._note("profile", str(author))

    def _look_at_anchor(self, href: str) -> None:
        if not href or len(href) > 2000:
            return
        host, path = _parted(href)
        # On a federated network the links of people elsewhere lead elsewhere.
        if not _same_site(host, self._host) and not path.startswith("/@"):
            return
        clues = self.network
        if clues.link and (found := pattern(clues.link).search(path)):
            author = found[clues.author] if clues.author else None
            number = found[clues.id] if clues.id else None
            self._note("link", (self._full(author, host), number))
        elif clues.profile and (found := pattern(clues.profile).search(path)):
            self._note("profile", self._full(found[1], host))

    def _full(self, handle: str | None, host: str) -> str | None:
        """The handle as a link means it: one on another host is that host's."""
        if handle is None:
            return None
        handle = unquote(handle)
        if host and host != self._host and not _same_site(host, self._host) and "@" not in handle:
            return f"{handle}@{host}"
        return handle

    def _look_for_time(self, name: str, attributes: Attributes) -> None:
        for attribute, by in _TIME_ATTRIBUTES.items():
            if attribute in attributes and self._take_time(attributes[attribute], by):
                return
        itemprop = str(attributes.get("itemprop", "")).lower()
        if itemprop in _DATING and self._take_time(attributes.get("content"), "itemprop"):
            return
        title = attributes.get("title")
        if title and (name == "abbr" or _DATING_CLASS.search(_class(attributes))):
            by = "dt-published" if "dt-published" in _class(attributes) else f"{name}[title]"
            self._take_time(title, by)

    def _take_time(self, value: object, by: str) -> bool:
        at = moment(str(value), self.now) if value else None
        if at is not None:
            self._note("time", at, by)
        return at is not None

    def _look_at_meta(self, attributes: Attributes) -> None:
        name = str(attributes.get("property") or attributes.get("name") or "").lower()
        if name == "article:published_time":
            self.published = moment(str(attributes.get("content", "")), self.now)

    def _look_at_link(self, attributes: Attributes) -> None:
        href, kind = attributes.get("href"), str(attributes.get("type", ""))
        other = "alternate" in str(attributes.get("rel", ""))
        if href and other and _FEED_TYPE.match(kind) and len(self.feeds) < MOST_FEEDS:
            self.feeds.append(str(href))


def begins_post(name: str, attributes: Attributes) -> bool:
    """Whether a post begins with this tag."""
    return name in _POST_TAGS or any(
        shape.match(_text(attributes[attribute]))
        for attribute, shape in _POST_ATTRIBUTES.items()
        if attribute in attributes
    )


def _marked(attributes: Attributes) -> marks.Mark | None:
    if "pinned" in attributes or "stickied" in attributes:
        return "pinned"
    for attribute in _MARKING:
        if attribute in attributes and (
            mark := marks.of_attribute(attribute, _text(attributes[attribute]))
        ):
            return mark
    return None


def _text(value: object) -> str:
    return " ".join(value) if isinstance(value, list) else str(value)


def _class(attributes: Attributes) -> str:
    return _text(attributes.get("class", ""))


def _parted(href: str) -> tuple[str, str]:
    """Host (empty: the page's own), and path with query, of a link."""
    if href.startswith("/") and not href.startswith("//"):
        return "", href
    if href.startswith(("http://", "https://", "//")):
        rest = href.partition("//")[2]
        host, slash, path = rest.partition("/")
        return host.lower(), slash + path
    return "", f"/{href}"


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def _same_site(host: str, page: str) -> bool:
    """Whether a link's host is the page's, or one of the same domain."""
    return not host or not page or host.split(".")[-2:] == page.split(".")[-2:]


# ---- posts


def posts(clues: list[Clue]) -> Iterator[list[Clue]]:
    """The clues parted into posts.

    Where the page says where posts begin, that parts them. Else a link to another post does; a
    mark in words stands before the post that it is about. Else each time is a post of its own.
    """
    kinds = {clue.kind for clue in clues}
    if "post" in kinds:
        yield from _by_containers(clues)
    elif any(clue.kind == "link" for clue in clues):
        yield from _by_links(clues)
    else:
        yield from _by_times(clues)


def _by_containers(clues: Iterable[Clue]) -> Iterator[list[Clue]]:
    """A container in which nothing but marks came before the next one is wrapped around it."""
    post: list[Clue] = []
    begun = False
    for clue in clues:
        if clue.kind == "post":
            if begun:
                yield post
                post, begun = [], False
            continue
        post.append(clue)
        begun = begun or (clue.kind != "mark" and clue.by != "attribute")
    yield post


def _by_times(clues: Iterable[Clue]) -> Iterator[list[Clue]]:
    post: list[Clue] = []
    for clue in clues:
        if clue.kind != "words":
            post.append(clue)
        if clue.kind == "time":
            yield post
            post = []


def _by_links(clues: Iterable[Clue]) -> Iterator[list[Clue]]:
    post: list[Clue] = []
    waiting: list[Clue] = []
    current: str | None = None
    for clue in clues:
        if clue.kind == "link" and clue.value[1] != current:
            if current is not None:
                yield post
            post, waiting, current = [*waiting, clue], [], clue.value[1]
        elif current is None or (clue.kind == "mark" and clue.by == "text"):
            waiting.append(clue)
        else:
            post.append(clue)
    if current is not None:
        yield post


class Owner:
    """Whose posts are looked for."""

    def __init__(self, handle: str, url: str) -> None:
        self._host = _host(url)
        self._name = self._plain(handle)

    def _plain(self, handle: str) -> str:
        name, _, host = unquote(handle).strip().removeprefix("@").casefold().partition("@")
        return f"{name}@{host or self._host}"

    def __eq__(self, handle: object) -> bool:
        return isinstance(handle, str) and self._plain(handle) == self._name

    __hash__ = None  # type: ignore[assignment]


def judged(post: list[Clue], owner: Owner, sieve: Sieve) -> Dated | None:
    """When the owner made a post; None when it is not the owner's own, or cannot be dated."""
    author = _author(post)
    if author != owner and (author is not None or sieve.network.everybody):
        return None
    if any(clue.kind == "mark" for clue in _before_its_date(post)):
        return None
    return _dated(post, sieve)


def _author(post: list[Clue]) -> str | None:
    """Who signs: the address of the post itself says it, else the first profile named above."""
    signed = [clue.value[0] for clue in post if clue.kind == "link" and clue.value[0]]
    named = [clue.value for clue in _before_its_date(post) if clue.kind == "profile"]
    return next(iter(signed or named), None)


def _before_its_date(post: list[Clue]) -> Iterator[Clue]:
    """The clues that stand before a post's date: after it comes what the post says."""
    for clue in post:
        if clue.kind == "time" or (clue.kind == "link" and clue.by != "attribute"):
            break
        yield clue
    # A grid has its marks on the picture, inside the link; they are pictures themselves.
    if not any(clue.kind == "time" for clue in post):
        yield from (clue for clue in post if clue.kind == "mark" and clue.by == "attribute")


def _dated(post: list[Clue], sieve: Sieve) -> Dated | None:
    for clue in post:
        if clue.kind == "time":
            return Dated(clue.value, clue.by)
    form = sieve.network.id_time
    ids = [clue.value[1] for clue in post if clue.kind == "link" and clue.value[1]]
    if form and ids and (at := sensible(form.moment(ids[0]), sieve.now)) is not None:
        return Dated(at, "id")
    for clue in post:
        if clue.kind == "words" and (rough := words(clue.value, sieve.now)):
            return Dated(rough.at, ROUGH, rough.give_ms)
    return None


# ---- JSON-LD

_POSTINGS = re.compile(r"(?:\w*Posting|Article|\w+Article|VideoObject|Review|Answer|Question)$")


def structured(text: str, owner: Owner, now: int) -> Iterator[Dated]:
    """The owner's posts in a page's JSON-LD."""
    try:
        waiting: list[Any] = [json.loads(text)]
    except (ValueError, RecursionError):
        return
    seen = 0
    while waiting and seen < MOST_STRUCTURED:
        one = waiting.pop()
        seen += 1
        if isinstance(one, list):
            waiting += one
        elif isinstance(one, dict):
            waiting += [
                value
                for key, value in one.items()
                if isinstance(value, dict | list) and key not in ("comment", "sharedContent")
            ]
            if (at := _posting(one, owner, now)) is not None:
                yield Dated(at, "json-ld")


def _posting(one: Mapping[str, Any], owner: Owner, now: int) -> int | None:
    kinds = one.get("@type")
    names = kinds if isinstance(kinds, list) else [kinds]
    if not any(isinstance(name, str) and _POSTINGS.match(name) for name in names):
        return None
    if not _may_be_by(one.get("author"), owner):
        return None
    for key in ("datePublished", "uploadDate", "dateCreated"):
        if isinstance(one.get(key), str) and (at := moment(one[key], now)) is not None:
            return at
    return None


def _may_be_by(author: object, owner: Owner) -> bool:
    """Whether an author is the owner, or does not say by a handle who it is."""
    if isinstance(author, list):
        return any(_may_be_by(one, owner) for one in author)
    if not isinstance(author, dict):
        return True
    handles = [author.get("alternateName"), author.get("identifier")]
    if isinstance(url := author.get("url"), str):
        handles.append(_parted(url)[1].rstrip("/").rpartition("/")[2].partition("?")[0])
    said = [one for one in handles if isinstance(one, str) and one and not one.isspace()]
    return not said or any(one == owner for one in said)
