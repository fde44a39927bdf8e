"""A fake web: servers on loopback under real host names, with their own certificates."""

import asyncio
import json
import socket
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import trustme
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from plnd.reading.fetch import Fetcher, OutgoingRequest, open_public

PUBLIC_ADDRESS = "93.184.216.34"
"""A public address to which every host name resolves by default."""

Page = Callable[[web.Request], Awaitable[web.StreamResponse]]


class LoopbackSocket(socket.socket):
    """A socket that connects to loopback, whatever address it is given."""

    port = 0

    def connect(self, address: Any) -> None:
        super().connect(("127.0.0.1", self.port))


class FakeResolver(AbstractResolver):
    """Resolves every host name."""

    def __init__(self, addresses: dict[str, str]) -> None:
        self._addresses = addresses

    async def resolve(
        self, host: str, port: int = 0, family: int = socket.AF_INET
    ) -> list[ResolveResult]:
        address = self._addresses.get(host, PUBLIC_ADDRESS)
        kind = socket.AF_INET6 if ":" in address else socket.AF_INET
        return [
            ResolveResult(hostname=host, host=address, port=port, family=kind, proto=0, flags=0)
        ]

    async def close(self) -> None:
        pass


@dataclass
class FakeWeb:
    """The web: `pages` by "host/path", the requests that came (`asked`), `addresses` by host."""

    pages: dict[str, Page] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    addresses: dict[str, str] = field(default_factory=dict)
    noted: list[OutgoingRequest] = field(default_factory=list)
    trust: ssl.SSLContext | None = None
    port: int = 0
    authority: bytes | None = None
    _runner: web.AppRunner | None = None

    async def __aenter__(self) -> "FakeWeb":
        # Another process that has to trust this one passes certificate and key.
        pems = [one.encode() for one in json.loads(self.authority)] if self.authority else []
        authority = trustme.CA.from_pem(*pems) if pems else trustme.CA()
        self.trust = ssl.create_default_context()
        authority.configure_trust(self.trust)
        server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(
            *("mastodon.social", "*.example", "feeds.example", "bsky.app", "public.api.bsky.app"),
            *("x.com", "*.x.com", "blog.example", "medium.com", PUBLIC_ADDRESS),
        ).configure_cert(server)
        app = web.Application()
        app.router.add_get("/{path:.*}", self._serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        listener = socket.create_server(("127.0.0.1", 0))
        self.port = listener.getsockname()[1]
        await web.SockSite(self._runner, listener, ssl_context=server).start()
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._runner
        await self._runner.cleanup()

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        name = f"{request.host}{request.path}"
        self.asked.append((name, dict(request.headers)))
        page = self.pages.get(name)
        return await page(request) if page else web.Response(status=404)

    def respond(
        self, name: str, body: str | bytes = b"", status: int = 200, **headers: str
    ) -> None:
        """Set the answer of an address."""
        content = body.encode() if isinstance(body, str) else body

        async def page(_: web.Request) -> web.StreamResponse:
            named = {key.replace("_", "-"): value for key, value in headers.items()}
            return web.Response(status=status, body=content, headers=named)

        self.pages[name] = page

    def hang(self, name: str) -> None:
        async def page(_: web.Request) -> web.StreamResponse:
            await asyncio.sleep(3600)
            return web.Response()

        self.pages[name] = page

    def respond_raw(self, name: str, content: bytes) -> None:
        """Set the answer of an address to these bytes, which need not be HTTP."""

        async def page(request: web.Request) -> web.StreamResponse:
            assert request.transport
            request.transport.write(content)
            request.transport.close()
            return web.Response()

        self.pages[name] = page

    def stream_forever(self, name: str) -> None:
        async def page(request: web.Request) -> web.StreamResponse:
            response = web.StreamResponse()
            await response.prepare(request)
            while True:
                await response.write(b"<item/>" * 10_000)

        self.pages[name] = page

    def open_socket(self, info: Any) -> socket.socket:
        """A socket to loopback, after the product's own check of the address."""
        open_public(info).close()
        found = LoopbackSocket(socket.AF_INET, socket.SOCK_STREAM)
        found.port = self.port
        return found

    def fetch(self, note: Callable[[OutgoingRequest], None] | None = None) -> Fetcher:
        """The product's own fetcher, connected to this web."""
        return Fetcher(
            note or self.noted.append,
            open_socket=self.open_socket,
            resolver=FakeResolver(self.addresses),
            trust=self.trust,
        )


def rss(*dates: str) -> str:
    items = "".join(f"<item><title>t</title><pubDate>{one}</pubDate></item>" for one in dates)
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>t</title>{items}</channel></rss>'
    )
