"""TCP connections: limited in number and time, with some reserved for the daemon's own user."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator

import pytest
from aiohttp import web
from support.builders import NOON
from support.harness import TOKEN, Seconds

from plnd.core.plnd import Plnd
from plnd.web import connections
from plnd.web.access import Access
from plnd.web.app import make_app
from plnd.web.connections import ConnectionLimit
from plnd.web.sessions import Sessions

MOST = 8
PATIENCE_SECONDS = 10.0


class Way:
    """A limit of eight connections, and whether their clients count as the daemon's own user."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.own = True
        self.silent: list[asyncio.StreamWriter] = []

    async def come(self, words: bytes = b"") -> bytes | None:
        """Connect and send something; return the answer, None when the connection stays open."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.silent.append(writer)
        with contextlib.suppress(ConnectionError):
            writer.write(words)
            return await asyncio.wait_for(reader.read(4096), 0.5 if not words else 5)
        return b""

    async def stay(self) -> bool:
        """Connect and send nothing; return whether the connection stays open."""
        try:
            return (await self.come()) is None
        except TimeoutError:
            return True

    async def answered(self) -> bytes | None:
        head = f"GET /api/v1/today HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n"
        return await self.come(f"{head}Authorization: Bearer {TOKEN}\r\n\r\n".encode())


@pytest.fixture
async def way(plnd: Plnd, seconds: Seconds, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Way]:
    listener = socket.create_server(("127.0.0.1", 0))
    made = Way(listener.getsockname()[1])
    monkeypatch.setattr(connections, "is_own", lambda *_: made.own)
    access = Access(made.port, TOKEN, Sessions(plnd.home.state / "s.json", plnd.clock), seconds)
    app = make_app(plnd, access, url=f"http://127.0.0.1:{made.port}", started_at=NOON)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, keepalive_timeout=2.0)
    await runner.setup()
    assert runner.server
    opened = ConnectionLimit(listener, runner.server, MOST)
    yield made
    for writer in made.silent:
        writer.close()
    opened.close()
    await runner.cleanup()


async def test_connections_have_a_number(way: Way) -> None:
    stayed = await asyncio.gather(*(way.stay() for _ in range(MOST + 4)))
    assert sum(stayed) == MOST


async def test_half_of_the_places_are_for_the_own_user(way: Way) -> None:
    """However many idle connections others open, the user gets an answer."""
    way.own = False
    stayed = await asyncio.gather(*(way.stay() for _ in range(3 * MOST)))
    assert sum(stayed) == MOST // 2
    way.own = True
    assert b" 200 OK" in (await way.answered() or b"")


async def test_silence_has_an_end(way: Way) -> None:
    """So do a head that comes byte by byte, and idling after an answer."""
    for words in (b"", b"GET /api/v1/today HTT"):
        reader, writer = await asyncio.open_connection("127.0.0.1", way.port)
        writer.write(words)
        assert await asyncio.wait_for(reader.read(), PATIENCE_SECONDS) == b""
        writer.close()
    reader, writer = await asyncio.open_connection("127.0.0.1", way.port)
    writer.write(f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{way.port}\r\n\r\n".encode())
    assert (await asyncio.wait_for(reader.read(), PATIENCE_SECONDS)).startswith(b"HTTP/1.1 200")
    writer.close()


@pytest.fixture
def limits() -> Iterator[None]:
    import resource

    kept = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, kept)


def test_descriptors_are_kept_back(limits: None, monkeypatch: pytest.MonkeyPatch) -> None:
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    monkeypatch.setattr(connections, "MOST_CONNECTIONS", 10**9)
    assert connections.most_connections() in (hard - connections.RESERVED_DESCRIPTORS, 10**9)
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == hard
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    monkeypatch.setattr(resource, "setrlimit", lambda *_: None)
    monkeypatch.setattr(resource, "getrlimit", lambda *_: (16, 16))
    assert connections.most_connections() == connections.FEWEST_CONNECTIONS
