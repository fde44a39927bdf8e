"""The public feeds of people's handles: which are turned on."""

from collections.abc import Iterable

from msgspec.structs import replace

from plnd.core.context import Context, translated_feed
from plnd.core.people.handles import handle_id
from plnd.core.people.register import Register
from plnd.errors import NotFound
from plnd.measures.people.handles import handle_key
from plnd.model.feeds import Feed
from plnd.model.people import Person, PersonFeed
from plnd.words.messages import Words


class PersonFeeds:
    def __init__(self, context: Context, register: Register) -> None:
        self._context = context
        self._register = register
        self._stored = context.book.feeds

    def all(self) -> list[PersonFeed]:
        """The feeds of handles that belong to a person, also those turned off."""
        return [one for one in self._stored.all() if self._has_owner(one)]

    def of(self, person: Person) -> list[PersonFeed]:
        """The feeds of a person's handles that were ever turned on."""
        feeds = (self._stored.get(handle_id(one)) for one in person.handles)
        return [one for one in feeds if one]

    def views(self, person: Person, words: Words) -> list[PersonFeed]:
        """As `of`, with errors in the reader's language."""
        return [replace(one, feed=translated_feed(one.feed, words)) for one in self.of(person)]

    def get(self, person: Person, network: str, handle: str) -> PersonFeed:
        """The feed of one of a person's handles; turned off if it was never turned on.

        Raises:
            NotFound: the person has no such handle.
        """
        wanted = handle_key(network, handle)
        found = next(
            (one for one in person.handles if handle_key(one.network, one.handle) == wanted), None
        )
        if found is None:
            raise NotFound(
                f"{person.name} has no handle {handle!r} on {network}",
                "`plnd person show NAME` lists them",
            )
        off = Feed(on=False, since=self._context.clock())
        name = found.handle.strip().lstrip("@")
        fresh = PersonFeed(id=handle_id(found), network=network, handle=name, feed=off)
        return self._stored.get(fresh.id) or fresh

    def owner(self, feed: PersonFeed) -> Person:
        return self._register.directory.by_handle[handle_key(feed.network, feed.handle)]

    def remove_orphans(self, feeds: Iterable[PersonFeed]) -> None:
        """Delete those of these feeds whose handle no longer belongs to anybody."""
        orphans = [one.id for one in feeds if not self._has_owner(one)]
        if orphans:
            self._stored.remove(*orphans)

    def _has_owner(self, feed: PersonFeed) -> bool:
        return handle_key(feed.network, feed.handle) in self._register.directory.by_handle
