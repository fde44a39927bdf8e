"""The daemon: one per home. Lock, stores, socket, daemon.json, and a clean stop."""

import asyncio
import contextlib
import errno
import logging
import os
import secrets
import signal
import socket
import sys
from pathlib import Path
from typing import TextIO

import msgspec
from aiohttp import web

from plnd import __version__, place, single
from plnd.core import Plnd, now_ms
from plnd.errors import Invalid, PlndError
from plnd.store.files import LONGEST_LOG_BYTES, Home, home, make_room, write_atomic
from plnd.web.access import Access
from plnd.web.app import make_app

log = logging.getLogger("plnd")

PORTS_TRIED = 20
FIRST_UPKEEP_SECONDS = 60.0
UPKEEP_SECONDS = 3600.0
BEAT_SECONDS = 60.0


def run(port: str | None = None, ready: int | None = None) -> None:
    """Serve until SIGTERM or Ctrl-C.

    `port` is that of the command line, else PLND_PORT, else 8765 or the next free one.
    `ready` is a pipe: the daemon's URL is written to it once it answers.

    Raises:
        PlndError: it cannot start; the message says why.
    """
    os.umask(0o077)
    where = home()
    logging.basicConfig(
        handlers=[BoundedLog(where.state / "daemon.log")],
        level=logging.INFO,
        format="%(asctime)s %(message)s",
        datefmt="%d %b %H:%M:%S",
    )
    where.make()
    lock = single.hold(where)
    try:
        listener = _listen(port or place.given_port())
        asyncio.run(_serve(where, listener, ready))
    finally:
        lock.release()


class BoundedLog(logging.StreamHandler[TextIO]):
    """Standard error; begun anew when that is the daemon's own file and has grown long."""

    def __init__(self, path: Path) -> None:
        super().__init__(sys.stderr)
        self._path = path

    def emit(self, record: logging.LogRecord) -> None:
        super().emit(record)
        with contextlib.suppress(OSError, ValueError):
            stream = self.stream.fileno()
            if os.fstat(stream).st_size <= LONGEST_LOG_BYTES:
                return
            if os.path.samestat(os.fstat(stream), self._path.stat()):
                make_room(str(self._path))
                self._follow(stream)

    def _follow(self, stream: int) -> None:
        """Let standard error, and all else that is written to it, go to the new file."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        new = os.open(self._path, flags, 0o600)
        os.dup2(new, stream)
        os.close(new)


def _listen(given: str | None) -> socket.socket:
    """A socket on loopback: the given port, or the default and else the next free one."""
    wanted = _port(given)
    tries = [wanted] if given is not None else range(wanted, wanted + PORTS_TRIED)
    for number in tries:
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", number))
            # From here on it is ours: a port that is only bound can be bound once more.
            listener.listen()
        except OSError as error:
            listener.close()
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise
            continue
        if number not in (wanted, 0):
            log.info("port %d is taken by another program; using %d", wanted, number)
        return listener
    raise PlndError(
        f"port {wanted} is taken by another program or not allowed",
        "choose another with --port or PLND_PORT, or 0 for any free one",
        code="port_taken",
    )


def _port(given: str | None) -> int:
    if given is None:
        return place.DEFAULT_PORT
    if not given.isdecimal() or int(given) > 65535:
        raise Invalid(f"{given!r} is not a port", "a number from 0 to 65535", field="port")
    return int(given)


async def _serve(where: Home, listener: socket.socket, ready: int | None) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    plnd = Plnd(where)
    for moved in plnd.damaged:
        log.warning("a damaged file was set aside as %s", moved)
    plnd.faults()  # read every document now: what is left out is named in the log
    port = listener.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    token = secrets.token_urlsafe(32)
    access = Access(port, token, _secret(where.state / "secret"))
    started_at = now_ms()
    runner = web.AppRunner(
        make_app(plnd, access, url=url, started_at=started_at),
        access_log=None,
        shutdown_timeout=1.0,
    )
    await runner.setup()
    await web.SockSite(runner, listener).start()
    about = {
        "pid": os.getpid(),
        "url": url,
        "token": token,
        "version": __version__,
        "started_at": started_at,
    }
    write_atomic(where.state / "daemon.json", msgspec.json.encode(about))
    _announce(url, access, ready)
    tasks = [loop.create_task(_beat(plnd)), loop.create_task(_upkeep(plnd))]
    try:
        await stop.wait()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        (where.state / "daemon.json").unlink(missing_ok=True)
        await runner.cleanup()
        await plnd.close()
        log.info("stopped")


async def _upkeep(plnd: Plnd) -> None:
    """Once an hour see to what is due once a day: a machine that slept is late, not left out.

    Not at once: a start has better things to do.
    """
    wait = FIRST_UPKEEP_SECONDS
    while True:
        await asyncio.sleep(wait)
        try:
            await plnd.upkeep()
        except PlndError as error:
            log.warning("the day's upkeep failed: %s", error.message)
        wait = UPKEEP_SECONDS


async def _beat(plnd: Plnd) -> None:
    """Once a minute: what is due by the clock alone."""
    while True:
        try:
            plnd.speak()
            await plnd.readings.refresh_due()
        except PlndError as error:
            log.error("what was due could not be done: %s", error.message)
        except Exception:
            log.exception("a bug in what was due")
        await asyncio.sleep(BEAT_SECONDS)


def _announce(url: str, access: Access, ready: int | None) -> None:
    log.info("plnd %s runs at %s", __version__, url)
    if ready is not None:
        # Whoever started it may be gone by now, which is no reason to go as well.
        with contextlib.suppress(OSError):
            os.write(ready, url.encode())
            os.close(ready)
        return
    log.info("dashboard, for a minute: %s/open?code=%s", url, access.new_code())
    log.info("dashboard, later: plnd open. Ctrl-C stops plnd")


def _secret(path: Path) -> bytes:
    """What the dashboard's cookie is made from; kept, so that a restart keeps it good."""
    if path.exists() and len(found := path.read_bytes()) == 32:
        return found
    fresh = secrets.token_bytes(32)
    write_atomic(path, fresh)
    return fresh
