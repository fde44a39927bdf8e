"""The title and author of an article, from its page."""

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
MOST_NESTED = 6


def read_article(html: str) -> Article:
    """Title and author; None for what the page does not give, or gives as an address."""
    soup = BeautifulSoup(html, "lxml", parse_only=SoupStrainer(["title", "meta", "script"]))
    meta = dict(_meta(soup))
    json_ld = next(_json_ld(soup), {})
    titles = [*(meta.get(name) for name in _TITLES), json_ld.get("headline"), _title(soup)]
    authors = [*(meta.get(name) for name in _AUTHORS), _name(json_ld.get("author"))]
    return Article(title=_first(titles), author=_first(authors))


def _meta(soup: BeautifulSoup) -> Iterator[tuple[str, str]]:
    """Names and contents in reverse order, so that in a dict the first of a name wins."""
    for tag in reversed(soup.find_all("meta")):
        name = tag.get("property") or tag.get("name")
        if name and tag.get("content"):
            yield str(name).lower(), str(tag["content"])


def _title(soup: BeautifulSoup) -> str | None:
    found = soup.find("title")
    return found.get_text() if isinstance(found, Tag) else None


def _json_ld(soup: BeautifulSoup) -> Iterator[dict[str, Any]]:
    """The articles that the page describes in JSON-LD."""
    for script in soup.find_all("script", type="application/ld+json"):
        try:
            yield from _articles(json.loads(script.get_text()), MOST_NESTED)
        except (ValueError, RecursionError):
            continue


def _articles(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    inner: Any = value if isinstance(value, list) else ()
    if isinstance(value, dict):
        kinds = value.get("@type")
        every = kinds if isinstance(kinds, list) else [kinds]
        if any(str(kind).lower() in _KINDS for kind in every):
            yield value
        inner = value.values()
    if depth:
        for one in inner:
            yield from _articles(one, depth - 1)


def _name(author: Any) -> str | None:
    """The names of the authors."""
    if isinstance(author, list):
        return ", ".join(name for one in author if (name := _name(one))) or None
    found = author.get("name") if isinstance(author, dict) else author
    return found if isinstance(found, str) else None


def _first(found: list[Any]) -> str | None:
    """The first text that is not an address, on one line and without control characters."""
    for one in found:
        line = _line(one)[:LONGEST_TEXT].rstrip() if isinstance(one, str) else ""
        if line and not line.startswith(("http://", "https://")):
            return line
    return None


def _line(text: str) -> str:
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())
