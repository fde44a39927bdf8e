"""The servers that are compared: a real daemon, and bare aiohttp handlers as the floor."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
from http_client import exchange, request

from plnd import client
from plnd.system.paths import Place

PYTHON = sys.executable
PLND = str(Path(PYTHON).with_name("plnd"))
# The columns and the time index of the log's own table, and nothing else of it.
TABLE = """
CREATE TABLE visit (id BLOB PRIMARY KEY, source, network, page, handle, tag, start, end)
    WITHOUT ROWID;
CREATE INDEX visit_time ON visit (start, end);
"""


def _handler(before: str = "", work: str = "") -> str:
    """The code of a server whose one handler reads a JSON body, does some work, and answers {}."""
    return f"""
import os, socket, sys
from aiohttp import web
{before}
async def bare(request):
    await request.json()
    {work}
    return web.json_response({{}})
app = web.Application()
app.router.add_post("/", bare)
listener = socket.socket(fileno=int(sys.argv[1]))
web.run_app(app, sock=listener, access_log=None, print=None)
"""


BARE = _handler()
"""A handler that stores nothing."""
SAFE = _handler(
    before=f"""
import sqlite3, time
db = sqlite3.connect(sys.argv[2], isolation_level=None)
db.execute("PRAGMA journal_mode=WAL")
db.execute("PRAGMA synchronous=FULL")
db.executescript({TABLE!r})
def write():
    now = time.time_ns() // 1_000_000
    row = (now.to_bytes(6, "big") + os.urandom(10), 1, "x", "feed", None, None, now, now)
    db.execute("BEGIN IMMEDIATE")
    db.execute("INSERT INTO visit VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
    db.execute("COMMIT")
""",
    work="write()",
)
"""A handler that writes one row and waits until the disk has it; its argument is the database."""


@contextmanager
def bare_server(code: str = BARE, *arguments: str) -> Iterator[tuple[int, psutil.Process]]:
    """The port and the process of a bare server, once it answers."""
    listener = socket.create_server(("127.0.0.1", 0))
    command = [PYTHON, "-c", code, str(listener.fileno()), *arguments]
    child = subprocess.Popen(command, pass_fds=[listener.fileno()])
    port = listener.getsockname()[1]
    listener.close()
    try:
        exchange(port, request("POST", "/", {}, port))
        yield port, psutil.Process(child.pid)
    finally:
        child.terminate()
        child.wait()


@contextmanager
def plnd_server(home: Path) -> Iterator[dict[str, Any]]:
    """A daemon with this home: what its daemon.json says (url, token, pid)."""
    run_plnd(home, "start")
    try:
        yield running(home)
    finally:
        run_plnd(home, "stop")


def running(home: Path) -> dict[str, Any]:
    found = client.daemon(Place(str(home / "state"), "", "", None))
    assert found
    return found


def run_plnd(home: Path, *arguments: str) -> None:
    env = {**os.environ, "PLND_HOME": str(home)}
    subprocess.run([PLND, *arguments], check=True, stdout=subprocess.DEVNULL, env=env)


def port_of(found: dict[str, Any]) -> int:
    return int(found["url"].rpartition(":")[2])
