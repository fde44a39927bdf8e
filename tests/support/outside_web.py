"""The outside web, served on loopback under its real names, with certificates of its own."""

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

SOMEWHERE = "93.184.216.34"
"""A public address that every name leads to, unless a test says otherwise."""

Page = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Elsewhere(socket.socket):
    """A socket that ends on loopback, wherever it was sent: the cable out of the machine."""

    port = 0

    def connect(self, address: Any) -> None:
        super().connect(("127.0.0.1", self.port))


class Names(AbstractResolver):
    """Knows the address of every name."""

    def __init__(self, addresses: dict[str, str]) -> None:
        self._addresses = addresses

    async def resolve(
        self, host: str, port: int = 0, family: int = socket.AF_INET
    ) -> list[ResolveResult]:
        address = self._addresses.get(host, SOMEWHERE)
        kind = socket.AF_INET6 if ":" in address else socket.AF_INET
        return [
            ResolveResult(hostname=host, host=address, port=port, family=kind, proto=0, flags=0)
        ]

    async def close(self) -> None:
        pass


@dataclass
class Outside:
    """The web: `pages` by "host/path", what was `asked`, where names lead (`addresses`)."""

    pages: dict[str, Page] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    addresses: dict[str, str] = field(default_factory=dict)
    noted: list[OutgoingRequest] = field(default_factory=list)
    trust: ssl.SSLContext | None = None
    port: int = 0
    authority: bytes | None = None
    _runner: web.AppRunner | None = None

    async def __aenter__(self) -> "Outside":
        # Another process that is to trust this one hands in certificate and key.
        pems = [one.encode() for one in json.loads(self.authority)] if self.authority else []
        authority = trustme.CA.from_pem(*pems) if pems else trustme.CA()
        self.trust = ssl.create_default_context()
        authority.configure_trust(self.trust)
        server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(
            *("mastodon.social", "*.example", "feeds.example", "bsky.app", "public.api.bsky.app"),
            *("x.com", "*.x.com", "blog.example", "medium.com", SOMEWHERE),
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

    def says(self, name: str, body: str | bytes = b"", status: int = 200, **headers: str) -> None:
        """Let an address answer with this."""
        content = body.encode() if isinstance(body, str) else body

        async def page(_: web.Request) -> web.StreamResponse:
            named = {key.replace("_", "-"): value for key, value in headers.items()}
            return web.Response(status=status, body=content, headers=named)

        self.pages[name] = page

    def hangs(self, name: str) -> None:
        async def page(_: web.Request) -> web.StreamResponse:
            await asyncio.sleep(3600)
            return web.Response()

        self.pages[name] = page

    def writes(self, name: str, content: bytes) -> None:
        """Let an address answer with these bytes, whatever HTTP has to say of them."""

        async def page(request: web.Request) -> web.StreamResponse:
            assert request.transport
            request.transport.write(content)
            request.transport.close()
            return web.Response()

        self.pages[name] = page

    def never_ends(self, name: str) -> None:
        async def page(request: web.Request) -> web.StreamResponse:
            response = web.StreamResponse()
            await response.prepare(request)
            while True:
                await response.write(b"<item/>" * 10_000)

        self.pages[name] = page

    def open_socket(self, info: Any) -> socket.socket:
        """What the product checks, then the cable."""
        open_public(info).close()
        found = Elsewhere(socket.AF_INET, socket.SOCK_STREAM)
        found.port = self.port
        return found

    def fetch(self, note: Callable[[OutgoingRequest], None] | None = None) -> Fetcher:
        """The product's own way out, with this outside at its other end."""
        return Fetcher(
            note or self.noted.append,
            open_socket=self.open_socket,
            resolver=Names(self.addresses),
            trust=self.trust,
        )


def rss(*dates: str) -> str:
    items = "".join(f"<item><title>t</title><pubDate>{one}</pubDate></item>" for one in dates)
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>t</title>{items}</channel></rss>'
    )
