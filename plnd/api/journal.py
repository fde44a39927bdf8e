"""The journal: learned and taught."""

from plnd.api.route import ApiRequest, Route
from plnd.core.plnd import Plnd
from plnd.model.base import Deleted
from plnd.model.journal import ArticleRequest, EntryAnswer, EntryChange, EntryRequest, JournalAnswer
from plnd.reading.results import Article


def get_journal(plnd: Plnd, request: ApiRequest) -> JournalAnswer:
    """The entries, the last first: with all words of `q`, of a `kind`, about a `person`."""
    query = request.query
    return JournalAnswer(
        plnd.journal.all(query.get("q", ""), query.get("kind", ""), query.get("person", ""))
    )


def post_entry(plnd: Plnd, request: ApiRequest) -> EntryAnswer:
    """Write an entry."""
    return EntryAnswer(plnd.journal.add(request.body(EntryRequest)))


async def post_article(plnd: Plnd, request: ApiRequest) -> Article:
    """Title and author of the page that a link leads to: one request to its host, now."""
    return await plnd.articles.read(request.body(ArticleRequest).link)


def patch_entry(plnd: Plnd, request: ApiRequest) -> EntryAnswer:
    """Change what is named of an entry; the rest stays."""
    return EntryAnswer(plnd.journal.change(request.path["id"], request.body(EntryChange)))


def delete_entry(plnd: Plnd, request: ApiRequest) -> Deleted:
    """Delete an entry."""
    return Deleted(plnd.journal.remove(request.path["id"]).id)


ROUTES = (
    Route("GET", "/api/v1/journal", get_journal, query=("q", "kind", "person")),
    Route("POST", "/api/v1/journal", post_entry, EntryRequest),
    Route("POST", "/api/v1/journal/article", post_article, ArticleRequest),
    Route("PATCH", "/api/v1/journal/{id}", patch_entry, EntryChange),
    Route("DELETE", "/api/v1/journal/{id}", delete_entry),
)
