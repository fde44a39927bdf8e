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
import threading
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
from aiohttp import web

from plnd import __version__
from plnd.catalogue import sandbox
from plnd.core.plnd import Plnd, now_ms
from plnd.daemon import lock
from plnd.errors import Invalid, PlndError
from plnd.system import logs, paths
from plnd.system.files import FILE_MODE, Home, home, make_way, remove_halves, write_atomic
from plnd.web.access import Access
from plnd.web.api import OPEN_PAGE
from plnd.web.app import make_app
from plnd.web.connections import HEAD_SECONDS, ConnectionLimit, most_connections
from plnd.web.sessions import Sessions
from plnd.worker.process import kill_all

log = logging.getLogger("plnd")

PORTS_TRIED = 20
FIRST_UPKEEP_SECONDS = 60.0
UPKEEP_SECONDS = 3600.0
BEAT_SECONDS = 60.0
BACKLOG = 4096
"""Who comes while so many wait is not heard, and tries again only after a second."""
LONGEST_SOCKET_PATH = 100
"""macOS takes 103 bytes, Linux 107."""
LONGEST_FIELD_BYTES = 32 * 1024
"""A browser sends the cookies of every program on 127.0.0.1, whatever its port."""
STOP_SECONDS = 1.8
"""How long a clean stop may take."""


def run(port: str | None = None, ready: int | None = None) -> None:
    """Serve until SIGTERM or Ctrl-C.

    `port` is that of the command line, else PLND_PORT, else 8765 or the next free one.
    `ready` is a pipe: the daemon's URL is written to it once it answers.

    Raises:
        PlndError: it cannot start; the message says why.
    """
    os.umask(0o077)
    where = home()
    logs.set_up(where.state / "daemon.log")
    where.make()
    held = lock.take(where)
    try:
        remove_halves(where)
        listener = _listen(port or paths.given_port())
        asyncio.run(_serve(where, listener, ready))
    finally:
        held.release()


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
            listener.listen(BACKLOG)
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
        return paths.DEFAULT_PORT
    if not given.isdecimal() or int(given) > 65535:
        raise Invalid(f"{given!r} is not a port", "a number from 0 to 65535", field="port")
    return int(given)


async def _serve(where: Home, listener: socket.socket, ready: int | None) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    # To bring a large log up to date takes long: until then a signal ends the process at once.
    plnd = Plnd(where)
    _stop_on_signals(lambda: loop.call_soon_threadsafe(stop.set))
    for moved in plnd.damaged:
        log.warning("a damaged file was set aside as %s", moved)
    plnd.faults()  # read every document now: what is left out is named in the log
    port = listener.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    token = secrets.token_urlsafe(32)
    access = Access(port, token, Sessions(where.state / "sessions.json", now_ms))
    started_at = now_ms()
    runner = web.AppRunner(
        make_app(plnd, access, url=url, started_at=started_at),
        access_log=None,
        shutdown_timeout=0.5,
        keepalive_timeout=HEAD_SECONDS,
        max_field_size=LONGEST_FIELD_BYTES,
        max_line_size=LONGEST_FIELD_BYTES,
    )
    await runner.setup()
    assert runner.server
    door = ConnectionLimit(listener, runner.server, most_connections())
    await _serve_programs(runner, where.state)
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
        door.close()
        sandbox.stop()
        await plnd.stop_work()  # whoever waits for one is answered
        await runner.cleanup()
        _remove_leavings(where.state)
        await plnd.close()
        log.info("stopped")


def _stop_on_signals(stop: Callable[[], object]) -> None:
    """Have SIGTERM and Ctrl-C call `stop`, and end this process if that takes too long.

    A thread waits for them, not the event loop, which may be busy; and the system's timer ends
    what lets no thread run. What was answered as stored is on disk, and the stores survive a kill
    at any moment.
    """
    waiting, wakeup = socket.socketpair()
    wakeup.setblocking(False)
    signal.set_wakeup_fd(wakeup.fileno(), warn_on_full_buffer=False)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _limit_stop)

    def wait() -> None:
        with wakeup:
            while waiting.recv(1)[0] not in (signal.SIGTERM, signal.SIGINT):
                pass
            _limit_stop()
            with contextlib.suppress(RuntimeError):  # the loop is closed: it is stopping
                stop()
            time.sleep(STOP_SECONDS)
            sandbox.stop()
            kill_all()
            os._exit(0)

    threading.Thread(target=wait, daemon=True).start()


def _limit_stop(*_: object) -> None:
    """Have the system end this process soon."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, STOP_SECONDS + 0.1)


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
            await plnd.empty_journal()
        except PlndError as error:
            log.error("what was due could not be done: %s", error.message)
        except Exception:
            log.exception("a bug in what was due")
        logs.keep_bounded()
        await asyncio.sleep(BEAT_SECONDS)


def _announce(url: str, access: Access, ready: int | None) -> None:
    log.info("plnd %s runs at %s", __version__, url)
    if ready is not None:
        # Whoever started it may be gone by now, which is no reason to go as well.
        with contextlib.suppress(OSError):
            os.write(ready, url.encode())
            os.close(ready)
        return
    if sys.stderr is not None and sys.stderr.isatty():  # in a file or a journal others read it
        log.info("dashboard, for a minute: %s/open?code=%s", url, access.new_code())
    log.info("dashboard, later: plnd open. Ctrl-C stops plnd")


async def _serve_programs(runner: web.AppRunner, state: Path) -> None:
    """Answer the host and the terminal by a socket file: no other user can reach its folder.

    Where the system has none, or the path is too long for one, they come by TCP.
    """
    _remove_leavings(state)
    path = state / paths.SOCKET
    if hasattr(socket, "AF_UNIX") and len(os.fsencode(path)) <= LONGEST_SOCKET_PATH:
        await web.UnixSite(runner, path).start()
        path.chmod(FILE_MODE)


def _remove_leavings(state: Path) -> None:
    """Remove what only a daemon that runs has use for, and the key of plnds before sessions."""
    for name in (paths.SOCKET, OPEN_PAGE, "secret"):
        if moved := make_way(state / name):
            log.warning("what was no file was set aside as %s", moved)
        (state / name).unlink(missing_ok=True)
