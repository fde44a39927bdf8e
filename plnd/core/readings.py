"""Readings: pages that the browser shows and feeds that the user turned on, read for last posts."""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from msgspec.structs import replace

from plnd import catalogue
from plnd.core.ground import Ground
from plnd.core.profiles import Profiles, address_of, filled, id_of
from plnd.errors import Invalid, PlndError
from plnd.intake import EARLIEST_MS, FURTHEST_AHEAD_MS
from plnd.profiles import (
    Feed,
    FeedChange,
    LastPost,
    Origin,
    Profile,
    ReadingAnswer,
    ReadingRequest,
    Request,
)
from plnd.reading import clues
from plnd.reading.apart import Apart, Unreadable
from plnd.reading.jobs import Article, Job, PageReading

if TYPE_CHECKING:
    from plnd.reading.fetch import Fetch, Fetched, Outgoing

log = logging.getLogger("plnd")

DAY_MS = 86_400_000
AT_ONCE = 4
ASKED_SECONDS = 9.0
"""For all that asking one feed takes, redirects and looking for it included."""

MakeFetch = Callable[["Callable[[Outgoing], None]"], "Fetch"]


def way_out(note: "Callable[[Outgoing], None]") -> "Fetch":
    """The way to the outside, which nothing is imported for until a feed is turned on."""
    from plnd.reading.fetch import Fetch

    return Fetch(note)


class Readings:
    """Reads pages and feeds in a process apart, and keeps what they say with the profiles;
    `saw_post(network, handle, at)` learns of everybody's posts."""

    def __init__(
        self,
        ground: Ground,
        profiles: Profiles,
        make_fetch: MakeFetch,
        saw_post: Callable[[str, str, int], None],
    ) -> None:
        self._ground = ground
        self._saw_post = saw_post
        self._profiles = profiles
        self._make_fetch = make_fetch
        self._apart = Apart()
        self._refreshing = False

    async def close(self) -> None:
        """End the process that reads."""
        await self._apart.close()

    # -- pages -------------------------------------------------------------------

    async def take(self, given: ReadingRequest, *, keep: bool) -> ReadingAnswer:
        """Read a page and drop it. What it says is kept if it is of the user, or of a person.

        Raises:
            Invalid: the network is unknown, or the page was taken at no sensible time.
        """
        self._ground.check_network(given.network)
        now = self._ground.clock()
        if not EARLIEST_MS <= given.taken_at <= now + FURTHEST_AHEAD_MS:
            raise Invalid("taken_at lies in the future, or before 2000", field="taken_at")
        taken_at = min(given.taken_at, now)
        content = given.html.encode("utf-8", "replace")
        job = Job("page", content, given.network, given.handle, given.url, taken_at)
        try:
            found = await self._apart.read(job)
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
            self._saw_post(given.network, given.handle, found.last_post_at)
        return ReadingAnswer(
            handle=given.handle,
            last_post_at=found.last_post_at,
            posts_seen=found.posts_seen,
            found_by=found.found_by,
            rough=bool(found.rough_ms),
        )

    def _own(self, given: ReadingRequest) -> Profile | None:
        """The user's profile that a page is of; its host may stand in the address only."""
        wanted = {id_of(given.network, given.handle)}
        with contextlib.suppress(ValueError):
            wanted.add(id_of(given.network, f"{given.handle}@{urlsplit(given.url).hostname}"))
        return next((one for one in self._profiles.all() if one.id in wanted), None)

    def _keep(self, profile: Profile, origin: Origin, found: PageReading, at: int) -> Profile:
        """Keep a last post unless a later one is known; a page may show less than another did."""
        known = profile.last_posts.get(origin)
        if found.last_post_at is None or found.found_by is None:
            return profile
        gap_days = found.gap_days if found.gap_days is not None or not known else known.gap_days
        fresh = LastPost(
            at=found.last_post_at,
            taken_at=at,
            found_by=found.found_by,
            rough_ms=found.rough_ms,
            gap_days=gap_days,
        )
        if known and known.at - known.rough_ms > fresh.at - fresh.rough_ms:
            return profile
        return self._profiles.put(
            replace(profile, last_posts={**profile.last_posts, origin: fresh})
        )

    # -- feeds -------------------------------------------------------------------

    async def turn(self, network: str, handle: str, change: FeedChange) -> Profile:
        """Turn a profile's feed on, which asks it at once if it may be asked, or off.

        Raises:
            Invalid: plnd cannot know where its feed is.
        """
        profile = self._profiles.get(network, handle)
        feed = profile.feed or Feed(on=False, since=self._ground.clock())
        if not change.on:
            return self._profiles.put(replace(profile, feed=replace(feed, on=False)))
        if not feed.on:
            feed = replace(feed, on=True, since=self._ground.clock(), error=None)
        if change.url and change.url != feed.url:
            feed = replace(feed, url=change.url, found=None, etag=None, last_modified=None)
        profile = replace(profile, feed=feed)
        if _address(profile) is None:
            raise Invalid(
                f"plnd does not know where a feed of {handle!r} on {network} would be",
                "give its address with --url; on Mastodon write the handle as name@host",
                field="url",
            )
        profile = self._profiles.put(profile)
        return await self._refresh(profile) if self._is_due(profile) else profile

    async def refresh_due(self) -> None:
        """Ask the feeds whose day has come, a few at a time."""
        due = [one for one in self._profiles.all() if self._is_due(one)]
        if not due or self._refreshing:
            return
        self._refreshing = True
        try:
            turn = asyncio.Semaphore(AT_ONCE)

            async def one(profile: Profile) -> None:
                async with turn:
                    await self._refresh(profile)

            await asyncio.gather(*(one(profile) for profile in due))
        finally:
            self._refreshing = False

    def _is_due(self, profile: Profile) -> bool:
        feed = profile.feed
        return bool(
            feed and feed.on and profile.mode != "retired" and feed.next_at <= self._ground.clock()
        )

    async def _refresh(self, profile: Profile) -> Profile:
        """Ask a feed. Whatever comes of it, it is not asked again for a day."""
        now = self._ground.clock()
        assert profile.feed
        # Noted before the request: a daemon that is killed meanwhile does not ask again today.
        asked = replace(profile.feed, checked_at=now, next_at=now + DAY_MS, error=None)
        profile = self._profiles.put(replace(profile, feed=asked))
        try:
            async with asyncio.timeout(ASKED_SECONDS):
                feed, found = await self._asked(profile, asked, now)
        except TimeoutError:
            feed, found = replace(asked, error="the feed took too long to answer"), None
        except PlndError as error:
            # What was found once may have moved: the next time it is looked for again.
            feed = replace(asked, error=error.message, found=None, etag=None, last_modified=None)
            found = None
            log.info("a feed on %s could not be read: %s", profile.network, error.code)
        current = self._profiles.get(profile.network, profile.handle)
        held = current.feed
        on = held.on if held else False
        current = self._profiles.put(replace(current, feed=replace(feed, on=on)))
        return self._keep(current, "feed", found, now) if found else current

    async def _asked(
        self, profile: Profile, feed: Feed, now: int
    ) -> tuple[Feed, PageReading | None]:
        """What the feed says; nothing where it has not changed, or asks for patience."""
        address = feed.found or _address(profile)
        assert address
        fetch = self._make_fetch(lambda outgoing: self._note(profile, outgoing))
        answer = await fetch.get(address, now=now, etag=feed.etag, last_modified=feed.last_modified)
        if answer.content is None:
            wait = max(DAY_MS, answer.retry_after_ms)
            says = "the host asks for patience" if answer.status in (429, 503) else None
            return replace(feed, next_at=now + wait, error=says), None
        try:
            found = await self._read(profile, answer, now)
        except Unreadable as error:
            if error.code != "no_feed":
                raise
            answer = await fetch.get(await self._named_in(profile, answer, now), now=now)
            found = await self._read(profile, answer, now)
            feed = replace(feed, found=answer.url)
        feed = replace(feed, etag=answer.etag, last_modified=answer.last_modified)
        return feed, found

    async def _read(self, profile: Profile, answer: "Fetched", now: int) -> PageReading:
        content = answer.content or b""
        job = Job("feed", content, profile.network, profile.handle, answer.url, now)
        return await self._apart.read(job)

    async def _named_in(self, profile: Profile, answer: "Fetched", now: int) -> str:
        """The address of the feed that a page names as its own.

        Raises:
            Unreadable: it names none.
        """
        content = answer.content or b""
        job = Job("page", content, profile.network, profile.handle, answer.url, now)
        found = await self._apart.read(job)
        if not found.feeds:
            raise Unreadable("there is no feed at that address, and the page names none")
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
        now = self._ground.clock()
        fetch = self._make_fetch(lambda outgoing: self._note(None, outgoing))
        try:
            async with asyncio.timeout(ASKED_SECONDS):
                answer = await fetch.get(link, now=now)
        except TimeoutError as error:
            raise Unreadable("the page took too long to answer") from error
        return await self._apart.article(
            Job("article", answer.content or b"", "", "", answer.url, now)
        )

    # -- the receipt ---------------------------------------------------------------

    def _note(self, profile: Profile | None, outgoing: "Outgoing") -> None:
        """Write a request that left this machine into the receipt."""
        self._ground.book.requests.put(
            Request(
                id=secrets.token_hex(8),
                at=self._ground.clock(),
                network=profile.network if profile else None,
                handle=profile.handle if profile else None,
                host=outgoing.host,
                outcome=outgoing.outcome,
                bytes=outgoing.bytes,
            )
        )

    def requests(self) -> list[Request]:
        """The requests that left this machine, the latest first."""
        return self._ground.book.requests.all()[::-1]


def _address(profile: Profile) -> str | None:
    """Where a profile's feed is, or the page that may name it: given, known, or looked for."""
    if profile.feed and profile.feed.url:
        return profile.feed.url
    known = filled(clues.of(profile.network).feed, profile.handle)
    if known or "{host}" in catalogue.load()[profile.network].profile_url:
        return known
    return address_of(profile) if clues.of(profile.network).feed is None else None
