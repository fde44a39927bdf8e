"""Server-sent events: an answer now, and again whenever it changes."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec
from aiohttp import web

HEARTBEAT_SECONDS = 15.0
"""After this long without a change the answer is computed again, as time alone can change it (a day
ends, work begins), and a comment is sent, so that a closed page is noticed."""

_encode = msgspec.json.Encoder().encode


class LiveUpdates:
    """The open event streams, which wake up when something changes."""

    def __init__(self, heartbeat_seconds: float = HEARTBEAT_SECONDS) -> None:
        self._heartbeat_seconds = heartbeat_seconds
        self._listeners: set[asyncio.Event] = set()
        self._closing = False

    def __len__(self) -> int:
        """The number of open streams."""
        return len(self._listeners)

    def changed(self) -> None:
        """Wake up all streams, as something may have changed."""
        for listener in self._listeners:
            listener.set()

    async def close(self, _: web.Application) -> None:
        """End all streams, so that stopping does not wait for open pages."""
        self._closing = True
        self.changed()

    async def serve(
        self,
        request: web.Request,
        current: Callable[[], Awaitable[Any]],
        headers: Mapping[str, str],
    ) -> web.StreamResponse:
        """Send `current()`, and again after each change, until either side ends the stream.

        The event's id grows by one with every change of any data, so that a page that shows more
        than this answer knows when to ask again.
        """
        first = await current()
        response = web.StreamResponse(headers=headers)
        response.content_type = "text/event-stream"
        wakeup = asyncio.Event()
        self._listeners.add(wakeup)
        try:
            await response.prepare(request)
            await self._send(response, wakeup, first, current)
        except ConnectionError:
            pass  # the page was closed
        finally:
            self._listeners.discard(wakeup)
        return response

    async def _send(
        self,
        response: web.StreamResponse,
        wakeup: asyncio.Event,
        answer: Any,
        current: Callable[[], Awaitable[Any]],
    ) -> None:
        number = 0
        while not self._closing:
            await response.write(b"id: %d\ndata: %s\n\n" % (number, _encode(answer)))
            while not (changed := await _wait_for(wakeup, self._heartbeat_seconds)):
                await response.write(b": still here\n\n")
                latest = await current()
                if _without_now(latest) != _without_now(answer):
                    break
            number += changed
            answer = await current()


async def _wait_for(event: asyncio.Event, seconds: float) -> bool:
    """Whether the event is set within that time; clear it."""
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return False
    event.clear()
    return True


def _without_now(answer: Any) -> Any:
    return msgspec.structs.replace(answer, now=0)
