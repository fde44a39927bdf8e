"""Scans a profile's page for what dates, signs or labels a post.

BeautifulSoup and lxml repair the markup; the scanner is a strainer that sees each tag once and
keeps nothing but JSON-LD in the tree, so that long and deeply nested pages cost no memory and no
text of a post is stored.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import unquote

from bs4.filter import SoupStrainer

from plnd.reading import post_labels
from plnd.reading.dates import parse_timestamp
from plnd.reading.links import host_of, is_same_site, split_link
from plnd.reading.network_rules import NetworkRules, pattern

MOST_SIGNALS = 30_000
MOST_FEEDS = 10

Kind = Literal["post", "link", "profile", "time", "label", "text"]


@dataclass(frozen=True, slots=True)
class Signal:
    """What a tag or text of a page says: that a post begins, a link to a post or a profile, a
    time, a label (pinned, shared), or a text that may be a date. `by` is where it was found."""

    kind: Kind
    value: Any
    by: str = ""


# A post begins at these tags, and at these attributes where the value fits the pattern.
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
# Attributes that hold a time, and the name that a reading gives them in `found_by`.
_TIME_ATTRIBUTES = {
    "datetime": "time[datetime]",
    "created-timestamp": "created-timestamp",
    "data-time": "data-time",
    "data-utime": "data-utime",
    "data-timestamp": "data-timestamp",
    "data-ts": "data-ts",
    "ts": "ts",
}
_DATE_PROPERTIES = {"datepublished", "datecreated", "uploaddate"}
_DATE_CLASS = re.compile(r"(?:^|\s)(?:dt-published|published|relativetime|age|date)(?:\s|$)")
_LABEL_ATTRIBUTES = (
    "class",
    "aria-label",
    "title",
    "data-testid",
    "data-e2e",
    "data-icon",
    "icon-name",
)
_FEED_TYPE = re.compile(r"application/(?:rss\+xml|atom\+xml|feed\+json|json)$", re.IGNORECASE)

Attributes = Mapping[str, Any]


class PageScanner(SoupStrainer):
    """Collects the signals in a page's tags and texts while it is parsed; keeps only JSON-LD."""

    def __init__(self, rules: NetworkRules, url: str, now: int) -> None:
        super().__init__("script")
        self.rules = rules
        self.signals: list[Signal] = []
        self.feeds: list[str] = []
        self.published: int | None = None
        self.now = now
        self._host = host_of(url)

    def allow_tag_creation(self, _nsprefix: str | None, name: str, attrs: Any) -> bool:
        attributes = attrs or {}
        if name == "script":
            return "ld+json" in str(attributes.get("type", ""))
        if attributes and len(self.signals) < MOST_SIGNALS:
            self._scan_tag(name, attributes)
        elif name in _POST_TAGS:
            self._add("post", None)
        return False

    def allow_string_creation(self, string: str) -> bool:
        text = string.strip()
        if text and len(text) <= post_labels.LONGEST and len(self.signals) < MOST_SIGNALS:
            if label := post_labels.label_of_text(text):
                self._add("label", label, "text")
            elif post_labels.MAY_DATE.search(text):
                self._add("text", text)
        return False

    def _add(self, kind: Kind, value: object, by: str = "") -> None:
        self.signals.append(Signal(kind, value, by))

    def _scan_tag(self, name: str, attributes: Attributes) -> None:
        if name == "meta":
            self._scan_meta(attributes)
        elif name == "link":
            self._scan_link(attributes)
        if begins_post(name, attributes):
            self._add("post", None)
        self._scan_ids(attributes)
        if name == "a":
            self._scan_anchor(str(attributes.get("href", "")))
        if (found := _label(attributes)) is not None:
            self._add("label", found, "attribute")
        self._scan_time(name, attributes)
        label = attributes.get("aria-label")
        if label and name in ("a", "span", "abbr", "time") and len(label) <= post_labels.LONGEST:
            self._add("text", str(label))

    def _scan_ids(self, attributes: Attributes) -> None:
        id_pattern, attribute = self.rules.id_pattern, self.rules.id_attribute
        value = str(attributes.get(attribute, "")) if attribute else ""
        if id_pattern and value and (found := pattern(id_pattern).search(value)):
            self._add("link", (None, found[1]), "attribute")
        if (author := attributes.get("author")) and "created-timestamp" in attributes:
            self._add("profile", str(author))

    def _scan_anchor(self, href: str) -> None:
        if not href or len(href) > 2000:
            return
        host, path = split_link(href)
        # On a federated network, people of other servers are linked at their own server.
        if not is_same_site(host, self._host) and not path.startswith("/@"):
            return
        rules = self.rules
        if rules.link and (found := pattern(rules.link).search(path)):
            author = found[rules.author] if rules.author else None
            number = found[rules.id] if rules.id else None
            self._add("link", (self._full_handle(author, host), number))
        elif rules.profile and (found := pattern(rules.profile).search(path)):
            self._add("profile", self._full_handle(found[1], host))

    def _full_handle(self, handle: str | None, host: str) -> str | None:
        """The handle of a link, with the host where that is another server's."""
        if handle is None:
            return None
        handle = unquote(handle)
        if host and host != self._host and not is_same_site(host, self._host) and "@" not in handle:
            return f"{handle}@{host}"
        return handle

    def _scan_time(self, name: str, attributes: Attributes) -> None:
        for attribute, by in _TIME_ATTRIBUTES.items():
            if attribute in attributes and self._add_time(attributes[attribute], by):
                return
        itemprop = str(attributes.get("itemprop", "")).lower()
        if itemprop in _DATE_PROPERTIES and self._add_time(attributes.get("content"), "itemprop"):
            return
        title = attributes.get("title")
        if title and (name == "abbr" or _DATE_CLASS.search(_class(attributes))):
            by = "dt-published" if "dt-published" in _class(attributes) else f"{name}[title]"
            self._add_time(title, by)

    def _add_time(self, value: object, by: str) -> bool:
        at = parse_timestamp(str(value), self.now) if value else None
        if at is not None:
            self._add("time", at, by)
        return at is not None

    def _scan_meta(self, attributes: Attributes) -> None:
        name = str(attributes.get("property") or attributes.get("name") or "").lower()
        if name == "article:published_time":
            self.published = parse_timestamp(str(attributes.get("content", "")), self.now)

    def _scan_link(self, attributes: Attributes) -> None:
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


def _label(attributes: Attributes) -> post_labels.PostLabel | None:
    if "pinned" in attributes or "stickied" in attributes:
        return "pinned"
    for attribute in _LABEL_ATTRIBUTES:
        if attribute in attributes and (
            label := post_labels.label_of_attribute(attribute, _text(attributes[attribute]))
        ):
            return label
    return None


def _text(value: object) -> str:
    return " ".join(value) if isinstance(value, list) else str(value)


def _class(attributes: Attributes) -> str:
    return _text(attributes.get("class", ""))
