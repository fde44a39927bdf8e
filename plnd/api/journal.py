"""The journal: learned and taught."""

from plnd.api.route import Call, Route
from plnd.core.plnd import Plnd
from plnd.model.base import Deleted
from plnd.model.journal import ArticleRequest, EntryAnswer, EntryChange, EntryRequest, JournalAnswer
from plnd.reading.results import Article


def get_journal(plnd: Plnd, call: Call) -> JournalAnswer:
    """The entries, the last first: with all words of `q`, of a `kind`, about a `person`."""
    query = call.query
    return JournalAnswer(
        plnd.journal.all(query.get("q", ""), query.get("kind", ""), query.get("person", ""))
    )


def post_entry(plnd: Plnd, call: Call) -> EntryAnswer:
    """Write an entry."""
    return EntryAnswer(plnd.journal.add(call.body(EntryRequest)))


async def post_article(plnd: Plnd, call: Call) -> Article:
    """Title and author of the page that a link leads to: one request to its host, now."""
    return await plnd.articles.read(call.body(ArticleRequest).link)


def patch_entry(plnd: Plnd, call: Call) -> EntryAnswer:
    """Change what is named of an entry; the rest stays."""
    return EntryAnswer(plnd.journal.change(call.path["id"], call.body(EntryChange)))


def delete_entry(plnd: Plnd, call: Call) -> Deleted:
    """Delete an entry."""
    return Deleted(plnd.journal.remove(call.path["id"]).id)


ROUTES = (
    Route("GET", "/api/v1/journal", get_journal, JournalAnswer, query=("q", "kind", "person")),
    Route("POST", "/api/v1/journal", post_entry, EntryAnswer, EntryRequest),
    Route("POST", "/api/v1/journal/article", post_article, Article, ArticleRequest),
    Route("PATCH", "/api/v1/journal/{id}", patch_entry, EntryAnswer, EntryChange),
    Route("DELETE", "/api/v1/journal/{id}", delete_entry, Deleted),
)
