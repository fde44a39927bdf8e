"""Server-sent events: each change goes to every stream at once, until either side ends it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from aiohttp import web
from support.builders import DAY, NOON, batch, visit
from support.harness import Api, Clock, Daemon

from plnd.core.plnd import Plnd
from plnd.model.day import Today
from plnd.web.live import LiveUpdates


class Stream:
    """A client of the stream."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self.response = response

    async def event(self) -> tuple[int, Any]:
        """The next event: its id and data."""
        number = -1
        async with asyncio.timeout(20):
            async for line in self.response.content:
                if line.startswith(b"id: "):
                    number = int(line[4:])
                if line.startswith(b"data: "):
                    return number, json.loads(line[6:])
        raise EOFError


@asynccontextmanager
async def listening(api: Api) -> AsyncIterator[Stream]:
    headers = {"Cookie": api.cookie}
    async with api.session.get(f"{api.url}/api/v1/live", headers=headers) as response:
        assert response.status == 200
        assert response.content_type == "text/event-stream"
        yield Stream(response)


async def test_today_comes_at_once_and_after_each_commit(api: Api) -> None:
    async with listening(api) as one, listening(api) as other:
        for stream in (one, other):
            number, today = await stream.event()
            assert (number, today["spent_seconds"]) == (0, 0)
        answer = await api("POST", "events", batch(visit(NOON - 600_000, 90)))
        for stream in (one, other):
            number, today = await stream.event()
            assert (number, today) == (1, answer["today"])


async def test_every_change_is_told(api: Api) -> None:
    async with listening(api) as stream:
        await stream.event()
        await api("PUT", "budgets", {"minutes": 5})
        assert (await stream.event())[1]["budget_minutes"] == 5
        await api("PUT", "pause", {"until": None})
        assert (await stream.event())[0] == 2


async def test_looking_and_what_is_refused_are_no_changes(api: Api) -> None:
    async with listening(api) as stream:
        await stream.event()
        await api("GET", "today")
        await api("PUT", "budgets", {"minutes": -1}, status=400)
        await api("DELETE", "pause")
        assert (await stream.event())[0] == 1


async def test_without_a_key_nothing_is_told(api: Api) -> None:
    await api("GET", "live", headers={}, status=401)


@asynccontextmanager
async def alone(plnd: Plnd) -> AsyncIterator[tuple[LiveUpdates, str]]:
    """The stream alone, with a short heartbeat; and its address."""
    live = LiveUpdates(heartbeat_seconds=0.02)

    async def now() -> Today:
        return plnd.today()

    async def serve(request: web.Request) -> web.StreamResponse:
        return await live.serve(request, now, {})

    app = web.Application()
    app.router.add_get("/", serve)
    app.on_shutdown.append(live.close)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield live, f"http://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()


async def test_a_day_that_ends_is_told_though_nothing_happened(plnd: Plnd, clock: Clock) -> None:
    async with (
        alone(plnd) as (_, url),
        aiohttp.ClientSession() as session,
        session.get(url) as response,
    ):
        stream = Stream(response)
        assert (await stream.event())[1]["day"] == "2026-11-23"
        clock.forward(DAY)
        number, today = await stream.event()
        assert (number, today["day"]) == (0, "2026-11-24")


async def test_a_page_that_has_gone_is_forgotten(plnd: Plnd) -> None:
    """Without a change the daemon still notices that a page was closed."""
    async with alone(plnd) as (live, url), aiohttp.ClientSession() as session:
        async with session.get(url) as response:
            await Stream(response).event()
            assert len(live) == 1
        async with asyncio.timeout(20):
            while len(live):
                await asyncio.sleep(0)


async def test_a_stop_ends_the_streams(daemon: Daemon) -> None:
    """An open page does not delay stopping the daemon."""
    headers = {"Authorization": f"Bearer {daemon.about['token']}"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.get(f"{daemon.url}/api/v1/live") as response,
    ):
        stream = Stream(response)
        await stream.event()
        process = await asyncio.create_subprocess_exec("kill", str(daemon.pid))
        await process.wait()
        rest = await response.content.read()
        assert b"data:" not in rest
        await asyncio.to_thread(daemon.gone)
