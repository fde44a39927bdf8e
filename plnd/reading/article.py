"""An article's page: its title and its author, as the page itself says them."""

import json
from collections.abc import Iterator
from typing import Any

from bs4 import BeautifulSoup, Tag
from bs4.filter import SoupStrainer

from plnd.model.base import LONGEST_TEXT
from plnd.reading.results import Article

_TITLES = ("citation_title", "og:title", "twitter:title", "dc.title")
_AUTHORS = ("citation_author", "author", "article:author", "dc.creator", "parsely-author")
_KINDS = ("article", "newsarticle", "blogposting", "scholarlyarticle", "techarticle", "report")
DEEPEST = 6


def read_article(html: str) -> Article:
    """Title and author; None for what the page does not say, or says as an address."""
    soup = BeautifulSoup(html, "lxml", parse_only=SoupStrainer(["title", "meta", "script"]))
    said = dict(_meta(soup))
    linked = next(_linked(soup), {})
    titles = [*(said.get(name) for name in _TITLES), linked.get("headline"), _title(soup)]
    authors = [*(said.get(name) for name in _AUTHORS), _name(linked.get("author"))]
    return Article(title=_first(titles), author=_first(authors))


def _meta(soup: BeautifulSoup) -> Iterator[tuple[str, str]]:
    """Names and contents, the first of a name last, so that it holds."""
    for tag in reversed(soup.find_all("meta")):
        name = tag.get("property") or tag.get("name")
        if name and tag.get("content"):
            yield str(name).lower(), str(tag["content"])


def _title(soup: BeautifulSoup) -> str | None:
    found = soup.find("title")
    return found.get_text() if isinstance(found, Tag) else None


def _linked(soup: BeautifulSoup) -> Iterator[dict[str, Any]]:
    """The articles that the page describes in JSON-LD."""
    for script in soup.find_all("script", type="application/ld+json"):
        try:
            yield from _articles(json.loads(script.get_text()), DEEPEST)
        except (ValueError, RecursionError):
            continue


def _articles(value: Any, deep: int) -> Iterator[dict[str, Any]]:
    inner: Any = value if isinstance(value, list) else ()
    if isinstance(value, dict):
        kinds = value.get("@type")
        every = kinds if isinstance(kinds, list) else [kinds]
        if any(str(kind).lower() in _KINDS for kind in every):
            yield value
        inner = value.values()
    if deep:
        for one in inner:
            yield from _articles(one, deep - 1)


def _name(author: Any) -> str | None:
    """The names of whoever wrote it."""
    if isinstance(author, list):
        return ", ".join(name for one in author if (name := _name(one))) or None
    found = author.get("name") if isinstance(author, dict) else author
    return found if isinstance(found, str) else None


def _first(found: list[Any]) -> str | None:
    """The first that is text, in one line and without controls, and no address."""
    for one in found:
        line = _line(one)[:LONGEST_TEXT].rstrip() if isinstance(one, str) else ""
        if line and not line.startswith(("http://", "https://")):
            return line
    return None


def _line(text: str) -> str:
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())
