"""Server-sent events: an answer now, and again whenever something changed. Nobody has to ask."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec
from aiohttp import web

BEAT_SECONDS = 15.0
"""After this long without a change: a look whether time alone has changed something (a day has
ended, work has begun), and a sign of life, by which a page that has gone is noticed."""

_encode = msgspec.json.Encoder().encode


class Live:
    """Those who listen, and the word that something changed."""

    def __init__(self, beat_seconds: float = BEAT_SECONDS) -> None:
        self._beat_seconds = beat_seconds
        self._listeners: set[asyncio.Event] = set()
        self._closing = False

    def __len__(self) -> int:
        """How many listen."""
        return len(self._listeners)

    def changed(self) -> None:
        """Something may have changed: all who listen look again."""
        for listener in self._listeners:
            listener.set()

    async def close(self, _: web.Application) -> None:
        """End all streams, so that a stop need not wait for pages that are open."""
        self._closing = True
        self.changed()

    async def serve(
        self,
        request: web.Request,
        now: Callable[[], Awaitable[Any]],
        headers: Mapping[str, str],
    ) -> web.StreamResponse:
        """Send what `now` gives, and again after each change until either side ends it.

        Each event's number grows by one with each change, of whatever it was: a page that
        shows more than this answer knows by it when to ask again.
        """
        first = await now()
        response = web.StreamResponse(headers=headers)
        response.content_type = "text/event-stream"
        woken = asyncio.Event()
        self._listeners.add(woken)
        try:
            await response.prepare(request)
            await self._send(response, woken, first, now)
        except ConnectionError:
            pass  # the page has gone
        finally:
            self._listeners.discard(woken)
        return response

    async def _send(
        self,
        response: web.StreamResponse,
        woken: asyncio.Event,
        answer: Any,
        now: Callable[[], Awaitable[Any]],
    ) -> None:
        number = 0
        while not self._closing:
            await response.write(b"id: %d\ndata: %s\n\n" % (number, _encode(answer)))
            while not (changed := await _happens(woken, self._beat_seconds)):
                await response.write(b": still here\n\n")
                latest = await now()
                if _without_now(latest) != _without_now(answer):
                    break
            number += changed
            answer = await now()


async def _happens(event: asyncio.Event, seconds: float) -> bool:
    """Whether the event happens within that time; it is taken down again."""
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return False
    event.clear()
    return True


def _without_now(answer: Any) -> Any:
    return msgspec.structs.replace(answer, now=0)
