"""The title and author of a linked article."""

import asyncio
from collections.abc import Callable

from plnd.core.readings import requests
from plnd.core.readings.requests import OutgoingRequests
from plnd.errors import Invalid, PlndError
from plnd.reading.results import Article
from plnd.worker.jobs import Job
from plnd.worker.process import Unreadable, Worker


class Articles:
    def __init__(
        self, worker: Worker, outgoing: OutgoingRequests, clock: Callable[[], int]
    ) -> None:
        self._worker = worker
        self._outgoing = outgoing
        self._clock = clock

    async def read(self, link: str) -> Article:
        """The title and author of the page at a link, fetched now; only the user asks for it.

        Raises:
            Invalid: there is no such page, or it cannot be read.
        """
        try:
            return await self._read(link)
        except PlndError as error:
            hint = error.hint or "write its title and author yourself"
            raise Invalid(error.message, hint, field="link") from error

    async def _read(self, link: str) -> Article:
        now = self._clock()
        try:
            async with asyncio.timeout(requests.ANSWER_SECONDS):
                answer = await self._outgoing.fetch().get(link, now=now)
        except TimeoutError as error:
            raise Unreadable("read_late_page") from error
        return await self._worker.article(
            Job("article", answer.content or b"", "", "", answer.url, now)
        )
