"""Public feeds that the user turned on, asked once a day for last posts."""

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal
from urllib.parse import urljoin

from msgspec.structs import replace

from plnd.catalogue import shipped
from plnd.core.context import DAY_MS, Context, translated_feed
from plnd.core.people.people import People
from plnd.core.profiles.addresses import fill_template
from plnd.core.profiles.profiles import Profiles
from plnd.core.readings import requests
from plnd.core.readings.requests import OutgoingRequests
from plnd.errors import Invalid
from plnd.model.base import LONGEST_ADDRESS
from plnd.model.feeds import Feed, FeedChange, FeedTrouble, FeedView
from plnd.model.people import PersonFeed
from plnd.model.profiles import Profile
from plnd.reading import network_rules
from plnd.reading.results import PageReading
from plnd.words.messages import TranslatedError, Words
from plnd.worker.jobs import Job
from plnd.worker.process import Unreadable, Worker

if TYPE_CHECKING:
    from plnd.reading.fetch import FetchResult

log = logging.getLogger("plnd")

MOST_AT_ONCE = 4

FeedOwner = Profile | PersonFeed
"""What has a public feed: a profile of the user, or a handle of a person."""


class Feeds:
    """`people` gives the current people, as asking a feed takes a while."""

    def __init__(
        self,
        context: Context,
        profiles: Profiles,
        people: Callable[[], People],
        worker: Worker,
        outgoing: OutgoingRequests,
    ) -> None:
        self._context = context
        self._profiles = profiles
        self._people = people
        self._worker = worker
        self._outgoing = outgoing
        self._refreshing = False

    async def switch(self, owner: FeedOwner, change: FeedChange) -> None:
        """Turn a feed off, or on and ask it at once if a day has passed since the last time.

        Raises:
            Invalid: the feed's address is not known.
        """
        feed = owner.feed or Feed(on=False, since=self._context.clock())
        if not change.on:
            self._save(replace(owner, feed=replace(feed, on=False)))
            return
        if not feed.on:
            feed = replace(feed, on=True, since=self._context.clock(), trouble=None)
        if change.url and change.url != feed.url:
            feed = replace(feed, url=change.url, found=None, etag=None, last_modified=None)
        owner = replace(owner, feed=feed)
        if _address(owner) is None:
            raise Invalid(
                f"plnd does not know where a feed of {owner.handle!r} on {owner.network} would be",
                "give its address with --url; on Mastodon write the handle as name@host",
                field="url",
            )
        self._save(owner)
        if self._is_due(owner):
            await self._refresh(owner)

    def views(self, words: Words) -> list[FeedView]:
        """The feeds of all own profiles, and those of people that were ever turned on."""
        feeds = self._people().feeds
        people = sorted(feeds.all(), key=lambda one: feeds.owner(one).name.casefold())
        owners: list[FeedOwner] = [*self._profiles.all(), *people]
        return [self._view(one, words) for one in owners]

    def _view(self, owner: FeedOwner, words: Words) -> FeedView:
        feed = translated_feed(owner.feed, words) or Feed(on=False, since=0)
        person = None if isinstance(owner, Profile) else self._people().feeds.owner(owner)
        return FeedView(
            network=owner.network,
            name=self._context.names.get(owner.network, owner.network),
            handle=owner.handle,
            person=person.id if person else None,
            person_name=person.name if person else None,
            on=feed.on,
            resting=isinstance(owner, Profile) and owner.mode == "retired",
            address=feed.found or _address(owner),
            checked_at=feed.checked_at,
            next_at=feed.next_at if feed.on and feed.checked_at is not None else None,
            error=feed.error,
        )

    # -- refreshing ----------------------------------------------------------------

    async def refresh_due(self) -> None:
        """Ask the feeds that were not asked for a day, a few at a time."""
        owners: list[FeedOwner] = [*self._profiles.all(), *self._people().feeds.all()]
        due = [one for one in owners if self._is_due(one)]
        if not due or self._refreshing:
            return
        self._refreshing = True
        try:
            limit = asyncio.Semaphore(MOST_AT_ONCE)

            async def refresh(owner: FeedOwner) -> None:
                async with limit:
                    await self._refresh(owner)

            await asyncio.gather(*(refresh(one) for one in due))
        finally:
            self._refreshing = False

    def _is_due(self, owner: FeedOwner) -> bool:
        if isinstance(owner, Profile) and owner.mode == "retired":
            return False
        return bool(owner.feed and owner.feed.on and owner.feed.next_at <= self._context.clock())

    async def _refresh(self, owner: FeedOwner) -> None:
        """Ask a feed. Even if that fails, it is not asked again for a day."""
        now = self._context.clock()
        assert owner.feed
        # Saved before the request, so that a daemon killed meanwhile does not ask again today.
        asked = replace(owner.feed, checked_at=now, next_at=now + DAY_MS, trouble=None)
        self._save(replace(owner, feed=asked))
        try:
            async with asyncio.timeout(requests.ANSWER_SECONDS):
                feed, found = await self._ask(owner, asked, now)
        except TimeoutError:
            feed, found = replace(asked, trouble=FeedTrouble(key="read_late_feed")), None
        except TranslatedError as error:
            # The feed may have moved: look for its address again the next time.
            trouble = FeedTrouble(key=error.key, values=error.values)
            feed = replace(asked, trouble=trouble, found=None, etag=None, last_modified=None)
            found = None
            log.info("a feed could not be read: %s", error.code)
        current = self._stored(owner)
        if current is None:
            return
        on = current.feed.on if current.feed else False
        current = replace(current, feed=replace(feed, on=on))
        self._save(current)
        if found:
            self._save_last_post(current, found, now)

    def _save(self, owner: FeedOwner) -> None:
        if isinstance(owner, Profile):
            self._profiles.save(owner)
        else:
            self._context.book.feeds.put(owner)

    def _stored(self, owner: FeedOwner) -> FeedOwner | None:
        """The stored document, which may have changed meanwhile; None if it was forgotten."""
        book = self._context.book
        if isinstance(owner, Profile):
            return book.profiles.get(owner.id)
        return book.feeds.get(owner.id)

    def _save_last_post(self, owner: FeedOwner, found: PageReading, now: int) -> None:
        if isinstance(owner, Profile):
            self._profiles.save_last_post(owner, "feed", found, now)
        elif found.last_post_at is not None:
            self._people().note_post(owner.network, owner.handle, found.last_post_at)

    async def _ask(self, owner: FeedOwner, feed: Feed, now: int) -> tuple[Feed, PageReading | None]:
        """The content of a feed; None if it has not changed, or the server asks to wait."""
        address = feed.found or _address(owner)
        assert address
        fetch = self._outgoing.fetch(owner.network, owner.handle)
        answer = await fetch.get(address, now=now, etag=feed.etag, last_modified=feed.last_modified)
        if answer.content is None:
            wait = max(DAY_MS, answer.retry_after_ms)
            must_wait = answer.status in (429, 503)
            trouble = FeedTrouble(key="fetch_patience") if must_wait else None
            return replace(feed, next_at=now + wait, trouble=trouble), None
        try:
            found = await self._read("feed", owner, answer, now)
        except Unreadable as error:
            if error.code != "no_feed":
                raise
            answer = await fetch.get(await self._linked_feed(owner, answer, now), now=now)
            found = await self._read("feed", owner, answer, now)
            found_at = answer.url if len(answer.url) <= LONGEST_ADDRESS else None
            feed = replace(feed, found=found_at)
        feed = replace(feed, etag=answer.etag, last_modified=answer.last_modified)
        return feed, found

    async def _linked_feed(self, owner: FeedOwner, answer: "FetchResult", now: int) -> str:
        """The address of the feed that a page links to.

        Raises:
            Unreadable: it links to none.
        """
        found = await self._read("page", owner, answer, now)
        if not found.feeds:
            raise Unreadable("read_unnamed")
        return urljoin(answer.url, found.feeds[0])

    async def _read(
        self, kind: Literal["feed", "page"], owner: FeedOwner, answer: "FetchResult", now: int
    ) -> PageReading:
        content = answer.content or b""
        job = Job(kind, content, owner.network, owner.handle, answer.url, now)
        return await self._worker.read(job)


def _address(owner: FeedOwner) -> str | None:
    """Where a feed is, or the page that may link to it."""
    if owner.feed and owner.feed.url:
        return owner.feed.url
    network = shipped.load().get(owner.network)
    if network is None:
        return None  # one of the user's own networks
    template = network_rules.rules_of(owner.network).feed
    if template is None and "{host}" not in network.profile_url:
        template = network.profile_url
    return fill_template(template, owner.handle)
