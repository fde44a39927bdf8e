"""Readings: pages that the browser shows and feeds that the user turned on, read for last posts."""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from msgspec.structs import replace

from plnd.catalogue import shipped
from plnd.core.context import Context, worded
from plnd.core.people import People
from plnd.core.profiles import Profiles, filled
from plnd.errors import Invalid, PlndError
from plnd.measures.people.handles import handle_key
from plnd.model.base import LONGEST_ADDRESS
from plnd.model.events import EARLIEST_MS, FURTHEST_AHEAD_MS
from plnd.model.feeds import Feed, FeedChange, FeedTrouble, FeedView, Request
from plnd.model.names import profile_id
from plnd.model.people import Person, PersonFeed
from plnd.model.profiles import LastPost, Origin, Profile
from plnd.model.readings import ReadingAnswer, ReadingRequest
from plnd.reading import network_rules
from plnd.reading.results import Article, PageReading
from plnd.words.messages import TranslatedError, Words
from plnd.worker.jobs import Job
from plnd.worker.process import Unreadable, Worker

if TYPE_CHECKING:
    from plnd.reading.fetch import Fetcher, FetchResult, OutgoingRequest

log = logging.getLogger("plnd")

DAY_MS = 86_400_000
AT_ONCE = 4
ASKED_SECONDS = 9.0
"""For all that asking one feed takes, redirects and looking for it included."""

MakeFetch = Callable[["Callable[[OutgoingRequest], None]"], "Fetcher"]


Fed = Profile | PersonFeed
"""What may have a public feed: a profile of the user's, a handle of a person."""


def way_out(note: "Callable[[OutgoingRequest], None]") -> "Fetcher":
    """The way to the outside, which nothing is imported for until a feed is turned on."""
    from plnd.reading.fetch import Fetcher

    return Fetcher(note)


class Readings:
    """Reads pages and feeds in a process apart, and keeps what they say with the profiles, or
    with the people: `people` gives them as they are by now."""

    def __init__(
        self,
        context: Context,
        profiles: Profiles,
        make_fetch: MakeFetch,
        people: Callable[[], People],
    ) -> None:
        self._context = context
        self._people = people
        self._profiles = profiles
        self._make_fetch = make_fetch
        self._worker = Worker()
        self._refreshing = False

    async def close(self) -> None:
        """End the process that reads."""
        await self._worker.close()

    # -- pages -------------------------------------------------------------------

    async def take(self, given: ReadingRequest, *, keep: bool) -> ReadingAnswer:
        """Read a page and drop it. What it says is kept if it is of the user, or of a person.

        Raises:
            Invalid: the network is unknown, or the page was taken at no sensible time.
        """
        self._context.check_network(given.network)
        now = self._context.clock()
        if not EARLIEST_MS <= given.taken_at <= now + FURTHEST_AHEAD_MS:
            raise Invalid("taken_at lies in the future, or before 2000", field="taken_at")
        taken_at = min(given.taken_at, now)
        content = given.html.encode("utf-8", "replace")
        job = Job("page", content, given.network, given.handle, given.url, taken_at)
        try:
            found = await self._worker.read(job)
        except Unreadable as error:
            return ReadingAnswer(
                handle=given.handle,
                last_post_at=None,
                posts_seen=0,
                found_by=None,
                note=error.message,
            )
        profile = self._own(given)
        if profile and keep:
            self._keep(profile, "page", found, taken_at)
        elif keep and found.last_post_at is not None:
            self._people().saw_post(given.network, given.handle, found.last_post_at)
        return ReadingAnswer(
            handle=given.handle,
            last_post_at=found.last_post_at,
            posts_seen=found.posts_seen,
            found_by=found.found_by,
            rough=bool(found.rough_ms),
        )

    def _own(self, given: ReadingRequest) -> Profile | None:
        """The user's profile that a page is of; its host may stand in the address only."""
        wanted = {profile_id(given.network, given.handle)}
        with contextlib.suppress(ValueError):
            wanted.add(profile_id(given.network, f"{given.handle}@{urlsplit(given.url).hostname}"))
        return next((one for one in self._profiles.all() if one.id in wanted), None)

    def _keep(self, profile: Profile, origin: Origin, found: PageReading, at: int) -> None:
        """Keep a last post unless a later one is known; a page may show less than another did."""
        known = profile.last_posts.get(origin)
        if found.last_post_at is None or found.found_by is None:
            return
        gap_days = found.gap_days if found.gap_days is not None or not known else known.gap_days
        fresh = LastPost(
            at=found.last_post_at,
            taken_at=at,
            found_by=found.found_by,
            rough_ms=found.rough_ms,
            gap_days=gap_days,
        )
        if known and known.at - known.rough_ms > fresh.at - fresh.rough_ms:
            return
        self._profiles.put(replace(profile, last_posts={**profile.last_posts, origin: fresh}))

    # -- feeds -------------------------------------------------------------------

    async def turn(self, fed: Fed, change: FeedChange) -> None:
        """Turn a feed on, which asks it at once if it may be asked, or off.

        Raises:
            Invalid: plnd cannot know where it is.
        """
        feed = fed.feed or Feed(on=False, since=self._context.clock())
        if not change.on:
            self._put(replace(fed, feed=replace(feed, on=False)))
            return
        if not feed.on:
            feed = replace(feed, on=True, since=self._context.clock(), trouble=None)
        if change.url and change.url != feed.url:
            feed = replace(feed, url=change.url, found=None, etag=None, last_modified=None)
        fed = replace(fed, feed=feed)
        if _address(fed) is None:
            raise Invalid(
                f"plnd does not know where a feed of {fed.handle!r} on {fed.network} would be",
                "give its address with --url; on Mastodon write the handle as name@host",
                field="url",
            )
        self._put(fed)
        if self._is_due(fed):
            await self._refresh(fed)

    def feeds(self, words: Words) -> list[FeedView]:
        """The feeds of all own profiles, and those of people that were turned on once."""
        people = sorted(self._people().feeds(), key=lambda one: self._owner(one).name.casefold())
        every: list[Fed] = [*self._profiles.all(), *people]
        return [self._view(one, words) for one in every]

    def _view(self, fed: Fed, words: Words) -> FeedView:
        feed = worded(fed.feed, words) or Feed(on=False, since=0)
        person = None if isinstance(fed, Profile) else self._owner(fed)
        return FeedView(
            network=fed.network,
            name=self._context.names.get(fed.network, fed.network),
            handle=fed.handle,
            person=person.id if person else None,
            person_name=person.name if person else None,
            on=feed.on,
            resting=isinstance(fed, Profile) and fed.mode == "retired",
            address=feed.found or _address(fed),
            checked_at=feed.checked_at,
            next_at=feed.next_at if feed.on and feed.checked_at is not None else None,
            error=feed.error,
        )

    def _owner(self, fed: PersonFeed) -> Person:
        return self._people().directory.by_handle[handle_key(fed.network, fed.handle)]

    async def refresh_due(self) -> None:
        """Ask the feeds whose day has come, a few at a time."""
        kept: list[Fed] = [*self._profiles.all(), *self._people().feeds()]
        due = [one for one in kept if self._is_due(one)]
        if not due or self._refreshing:
            return
        self._refreshing = True
        try:
            turn = asyncio.Semaphore(AT_ONCE)

            async def one(fed: Fed) -> None:
                async with turn:
                    await self._refresh(fed)

            await asyncio.gather(*(one(fed) for fed in due))
        finally:
            self._refreshing = False

    def _is_due(self, fed: Fed) -> bool:
        if isinstance(fed, Profile) and fed.mode == "retired":
            return False
        return bool(fed.feed and fed.feed.on and fed.feed.next_at <= self._context.clock())

    async def _refresh(self, fed: Fed) -> None:
        """Ask a feed. Whatever comes of it, it is not asked again for a day."""
        now = self._context.clock()
        assert fed.feed
        # Noted before the request: a daemon that is killed meanwhile does not ask again today.
        asked = replace(fed.feed, checked_at=now, next_at=now + DAY_MS, trouble=None)
        self._put(replace(fed, feed=asked))
        try:
            async with asyncio.timeout(ASKED_SECONDS):
                feed, found = await self._asked(fed, asked, now)
        except TimeoutError:
            feed, found = replace(asked, trouble=FeedTrouble(key="read_late_feed")), None
        except TranslatedError as error:
            # What was found once may have moved: the next time it is looked for again.
            trouble = FeedTrouble(key=error.key, values=error.values)
            feed = replace(asked, trouble=trouble, found=None, etag=None, last_modified=None)
            found = None
            log.info("a feed could not be read: %s", error.code)
        current = self._current(fed)
        if current is None:
            return
        on = current.feed.on if current.feed else False
        current = replace(current, feed=replace(feed, on=on))
        self._put(current)
        if found:
            self._learned(current, found, now)

    def _put(self, fed: Fed) -> None:
        if isinstance(fed, Profile):
            self._profiles.put(fed)
        else:
            self._context.book.feeds.put(fed)

    def _current(self, fed: Fed) -> Fed | None:
        """As it is kept by now; None when it was forgotten meanwhile."""
        book = self._context.book
        if isinstance(fed, Profile):
            return book.profiles.get(fed.id)
        return book.feeds.get(fed.id)

    def _learned(self, fed: Fed, found: PageReading, now: int) -> None:
        """Keep what a feed says of the last post."""
        if isinstance(fed, Profile):
            self._keep(fed, "feed", found, now)
        elif found.last_post_at is not None:
            self._people().saw_post(fed.network, fed.handle, found.last_post_at)

    async def _asked(self, fed: Fed, feed: Feed, now: int) -> tuple[Feed, PageReading | None]:
        """What the feed says; nothing where it has not changed, or asks for patience."""
        address = feed.found or _address(fed)
        assert address
        fetch = self._make_fetch(lambda outgoing: self._note(fed, outgoing))
        answer = await fetch.get(address, now=now, etag=feed.etag, last_modified=feed.last_modified)
        if answer.content is None:
            wait = max(DAY_MS, answer.retry_after_ms)
            asks = answer.status in (429, 503)
            trouble = FeedTrouble(key="fetch_patience") if asks else None
            return replace(feed, next_at=now + wait, trouble=trouble), None
        try:
            found = await self._read(fed, answer, now)
        except Unreadable as error:
            if error.code != "no_feed":
                raise
            answer = await fetch.get(await self._named_in(fed, answer, now), now=now)
            found = await self._read(fed, answer, now)
            found_at = answer.url if len(answer.url) <= LONGEST_ADDRESS else None
            feed = replace(feed, found=found_at)
        feed = replace(feed, etag=answer.etag, last_modified=answer.last_modified)
        return feed, found

    async def _read(self, fed: Fed, answer: "FetchResult", now: int) -> PageReading:
        content = answer.content or b""
        job = Job("feed", content, fed.network, fed.handle, answer.url, now)
        return await self._worker.read(job)

    async def _named_in(self, fed: Fed, answer: "FetchResult", now: int) -> str:
        """The address of the feed that a page names as its own.

        Raises:
            Unreadable: it names none.
        """
        content = answer.content or b""
        job = Job("page", content, fed.network, fed.handle, answer.url, now)
        found = await self._worker.read(job)
        if not found.feeds:
            raise Unreadable("read_unnamed")
        return urljoin(answer.url, found.feeds[0])

    # -- articles ----------------------------------------------------------------

    async def article(self, link: str) -> Article:
        """Title and author of the page that a link leads to, asked for now. Only the user asks.

        Raises:
            Invalid: there is no such page, or none that can be read.
        """
        try:
            return await self._article(link)
        except PlndError as error:
            hint = error.hint or "write its title and author yourself"
            raise Invalid(error.message, hint, field="link") from error

    async def _article(self, link: str) -> Article:
        now = self._context.clock()
        fetch = self._make_fetch(lambda outgoing: self._note(None, outgoing))
        try:
            async with asyncio.timeout(ASKED_SECONDS):
                answer = await fetch.get(link, now=now)
        except TimeoutError as error:
            raise Unreadable("read_late_page") from error
        return await self._worker.article(
            Job("article", answer.content or b"", "", "", answer.url, now)
        )

    # -- the receipt ---------------------------------------------------------------

    def _note(self, fed: Fed | None, outgoing: "OutgoingRequest") -> None:
        """Write a request that left this machine into the receipt."""
        self._context.book.requests.put(
            Request(
                id=secrets.token_hex(8),
                at=self._context.clock(),
                network=fed.network if fed else None,
                handle=fed.handle if fed else None,
                host=outgoing.host,
                outcome=outgoing.outcome,
                bytes=outgoing.bytes,
            )
        )

    def requests(self) -> list[Request]:
        """The requests that left this machine, the latest first."""
        return self._context.book.requests.all()[::-1]


def _address(fed: Fed) -> str | None:
    """Where a feed is, or the page that may name it: given, known, or looked for."""
    if fed.feed and fed.feed.url:
        return fed.feed.url
    network = shipped.load().get(fed.network)
    if network is None:
        return None  # one of the user's own networks
    template = network_rules.rules_of(fed.network).feed
    if template is None and "{host}" not in network.profile_url:
        template = network.profile_url
    return filled(template, fed.handle)
