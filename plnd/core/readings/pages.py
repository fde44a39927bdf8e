"""Profile pages that the browser shows, read for their last post."""

import contextlib
from collections.abc import Callable
from urllib.parse import urlsplit

from plnd.core.context import Context
from plnd.core.people.people import People
from plnd.core.profiles.profiles import Profiles
from plnd.errors import Invalid
from plnd.model.events import EARLIEST_MS, FURTHEST_AHEAD_MS
from plnd.model.names import profile_id
from plnd.model.profiles import Profile
from plnd.model.readings import ReadingAnswer, ReadingRequest, Wanted
from plnd.worker.jobs import Job
from plnd.worker.process import Unreadable, Worker


class PageReadings:
    """`people` gives the current people, as reading takes a while; `is_counted` and
    `is_recording` are asked by network."""

    def __init__(
        self,
        context: Context,
        profiles: Profiles,
        people: Callable[[], People],
        worker: Worker,
        *,
        is_counted: Callable[[str], bool],
        is_recording: Callable[[str], bool],
    ) -> None:
        self._context = context
        self._profiles = profiles
        self._people = people
        self._worker = worker
        self._is_counted = is_counted
        self._is_recording = is_recording

    def wanted(self, network: str | None = None) -> list[Wanted]:
        """The pages worth reading when the user looks at them: own profiles and people."""
        own = [
            Wanted(network=one.network, handle=one.handle)
            for one in self._profiles.all()
            if one.mode != "retired"
        ]
        handles = self._people().register.directory.by_handle
        people = [Wanted(network=one, handle=handle) for one, handle in handles]
        return [
            one
            for one in dict.fromkeys([*own, *people])
            if network in (None, one.network) and self._is_counted(one.network)
        ]

    async def read(self, page: ReadingRequest) -> ReadingAnswer:
        """Read a page and drop it.

        The last post is stored if the page is of the user or of a person, and its network is
        being recorded.

        Raises:
            Invalid: the network is unknown, or the time of the page is impossible.
        """
        keep = self._is_recording(page.network)
        self._context.check_network(page.network)
        now = self._context.clock()
        if not EARLIEST_MS <= page.taken_at <= now + FURTHEST_AHEAD_MS:
            raise Invalid("taken_at lies in the future, or before 2000", field="taken_at")
        taken_at = min(page.taken_at, now)
        content = page.html.encode("utf-8", "replace")
        job = Job("page", content, page.network, page.handle, page.url, taken_at)
        try:
            found = await self._worker.read(job)
        except Unreadable as error:
            return ReadingAnswer(
                handle=page.handle,
                last_post_at=None,
                posts_seen=0,
                found_by=None,
                note=error.message,
            )
        profile = self._own_profile(page)
        if profile and keep:
            self._profiles.save_last_post(profile, "page", found, taken_at)
        elif keep and found.last_post_at is not None:
            self._people().note_post(page.network, page.handle, found.last_post_at)
        return ReadingAnswer(
            handle=page.handle,
            last_post_at=found.last_post_at,
            posts_seen=found.posts_seen,
            found_by=found.found_by,
            rough=bool(found.rough_ms),
        )

    def _own_profile(self, page: ReadingRequest) -> Profile | None:
        """The user's profile that a page shows; its host may be in the address only."""
        wanted = {profile_id(page.network, page.handle)}
        with contextlib.suppress(ValueError):
            wanted.add(profile_id(page.network, f"{page.handle}@{urlsplit(page.url).hostname}"))
        return next((one for one in self._profiles.all() if one.id in wanted), None)
