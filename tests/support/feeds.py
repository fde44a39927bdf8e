"""A daemon with fifty feeds, and a fake web that serves them, for scripts/bench.

    python tests/support/feeds.py HOME

Prints `{"port", "token"}` when it is ready; then, for each line on standard input, asks all feeds
and prints how many were read.
"""

import asyncio
import json
import multiprocessing
import os
import socket
import ssl
import sys
from multiprocessing.connection import Connection
from pathlib import Path

import trustme
from aiohttp import web

# Beside this file, which is run as a program.
sys.path.insert(0, str(Path(__file__).parents[1]))

from plnd.core.plnd import Plnd, now_ms
from plnd.model.feeds import Feed
from plnd.model.profiles import ProfileRequest
from plnd.reading.fetch import Fetcher, open_public
from plnd.system.files import home
from plnd.web.access import Access
from plnd.web.app import make_app
from plnd.web.sessions import Sessions
from support.outside_web import FakeResolver, FakeWeb, LoopbackSocket, rss

FEEDS = 50
TOKEN = "t" * 43
NEWS = rss(*["Fri, 20 Nov 2026 12:00:00 GMT"] * 40).replace("<title>t", f"<title>{'word ' * 200}")


def serve_web(tell: Connection, authority: bytes) -> None:
    """Serve the fake web in its own process."""

    async def serve() -> None:
        async with FakeWeb(authority=authority) as fake_web:
            for number in range(FEEDS):
                fake_web.respond(f"feeds.example/{number}.rss", NEWS)
            tell.send(fake_web.port)
            await asyncio.Event().wait()

    asyncio.run(serve())


async def serve_daemon(port_outside: int, authority: bytes) -> None:
    trust = ssl.create_default_context(cadata=trustme_pem(authority))

    def open_socket(info: object) -> socket.socket:
        open_public(info).close()
        found = LoopbackSocket(socket.AF_INET, socket.SOCK_STREAM)
        found.port = port_outside
        return found

    plnd = Plnd(
        home(),
        make_fetch=lambda note: Fetcher(
            note, open_socket=open_socket, resolver=FakeResolver({}), trust=trust
        ),
    )
    for number in range(FEEDS):
        kept = plnd.profiles.add(ProfileRequest(network="x", handle=f"me{number}"))
        feed = Feed(on=True, since=0, url=f"https://feeds.example/{number}.rss")
        plnd.profiles.save(_with(kept, feed))
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    access = Access(port, TOKEN, Sessions(home().state / "sessions.json", now_ms))
    app = make_app(plnd, access, url=f"http://127.0.0.1:{port}", started_at=now_ms())
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.SockSite(runner, listener).start()
    print(json.dumps({"port": port, "token": TOKEN}), flush=True)
    loop = asyncio.get_running_loop()
    while await loop.run_in_executor(None, sys.stdin.readline):
        for one in plnd.profiles.all():
            assert one.feed
            plnd.profiles.save(_with(one, Feed(on=True, since=0, url=one.feed.url)))
        await plnd.feeds.refresh_due()
        print(sum("feed" in one.last_posts for one in plnd.profiles.all()), flush=True)
    await runner.cleanup()
    await plnd.close()


def _with(profile, feed):  # type: ignore[no-untyped-def]
    from msgspec.structs import replace

    return replace(profile, feed=feed)


def trustme_pem(authority: bytes) -> str:
    certificate, _ = json.loads(authority)
    return str(certificate)


def main() -> None:
    made = trustme.CA()
    authority = json.dumps(
        [made.cert_pem.bytes().decode(), made.private_key_pem.bytes().decode()]
    ).encode()
    ours, theirs = multiprocessing.Pipe()
    fake_web = multiprocessing.Process(target=serve_web, args=(theirs, authority), daemon=True)
    fake_web.start()
    os.environ["PLND_HOME"] = sys.argv[1]
    try:
        asyncio.run(serve_daemon(ours.recv(), authority))
    finally:
        fake_web.terminate()


if __name__ == "__main__":
    main()
