"""The daemon of a home: lock, stores, port, socket file, daemon.json, and a clean stop."""

import asyncio
import errno
import logging
import os
import secrets
import socket
import sys
from pathlib import Path

import msgspec
from aiohttp import web

from plnd import __version__
from plnd.catalogue import sandbox
from plnd.core.plnd import Plnd, now_ms
from plnd.daemon import lock
from plnd.errors import Invalid, PlndError
from plnd.system import logs, paths, permissions, processes, socket_files
from plnd.system.files import (
    FILE_MODE,
    Home,
    home,
    remove_partial_files,
    set_aside_folder,
    write_atomic,
)
from plnd.system.stop_signals import stop_on_signals
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
TICK_SECONDS = 60.0
BACKLOG = 4096
"""Connections that wait to be accepted. The system drops more; the client tries after a second."""
LONGEST_FIELD_BYTES = 32 * 1024
"""Room for cookies: a browser sends those of every program on 127.0.0.1, whatever its port."""
STOP_SECONDS = 1.8
"""The longest that a clean stop may take."""


def run(port: str | None = None, ready: int | None = None) -> None:
    """Serve until SIGTERM or Ctrl-C.

    `port` is the one of the command line; without it PLND_PORT counts, else 8765 or the next
    free one. `ready` is the pipe of `processes.report_ready`, for the daemon's URL.

    Raises:
        PlndError: it cannot start; the message says why.
    """
    permissions.keep_new_files_private()
    where = home()
    logs.set_up(where.state / "daemon.log")
    where.make()
    held = lock.take(where)
    try:
        remove_partial_files(where)
        listener = _listen(port or paths.given_port())
        asyncio.run(_serve(where, listener, ready))
    finally:
        held.release()


def _listen(given: str | None) -> socket.socket:
    """A socket on loopback, at the given port, or at the default one or the next that is free."""
    wanted = _port(given)
    tries = [wanted] if given is not None else range(wanted, wanted + PORTS_TRIED)
    for number in tries:
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", number))
            # Only this makes it ours: a port that nobody listens at can be bound twice.
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
    # Migrating a large event log takes long: until it is done, a signal ends the process at once.
    plnd = Plnd(where)
    stop_on_signals(
        lambda: loop.call_soon_threadsafe(stop.set),
        within_seconds=STOP_SECONDS,
        before_exit=_kill_children,
    )
    for moved in plnd.damaged:
        log.warning("a damaged file was set aside as %s", moved)
    plnd.faults()  # reads every document now, and logs those that cannot be used
    port = listener.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    token = secrets.token_urlsafe(32)
    access = Access(port, token, Sessions(where.state / "sessions.json", now_ms))
    started_at = now_ms()
    runner = _runner(make_app(plnd, access, url=url, started_at=started_at))
    await runner.setup()
    assert runner.server
    connections = ConnectionLimit(listener, runner.server, most_connections())
    await _serve_socket_file(runner, where.state)
    about = {
        "pid": os.getpid(),
        "url": url,
        "token": token,
        "version": __version__,
        "started_at": started_at,
    }
    write_atomic(where.state / "daemon.json", msgspec.json.encode(about))
    _announce(url, access, ready)
    tasks = [loop.create_task(_tick(plnd)), loop.create_task(_upkeep(plnd))]
    try:
        await stop.wait()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        (where.state / "daemon.json").unlink(missing_ok=True)
        connections.close()
        sandbox.stop()
        await plnd.stop_work()  # requests that wait for it get their answer
        await runner.cleanup()
        _remove_runtime_files(where.state)
        await plnd.close()
        log.info("stopped")


def _runner(app: web.Application) -> web.AppRunner:
    return web.AppRunner(
        app,
        access_log=None,
        shutdown_timeout=0.5,
        keepalive_timeout=HEAD_SECONDS,
        max_field_size=LONGEST_FIELD_BYTES,
        max_line_size=LONGEST_FIELD_BYTES,
    )


def _kill_children() -> None:
    """End what still computes. Stored events are on disk, and the stores survive a kill."""
    sandbox.stop()
    kill_all()


async def _upkeep(plnd: Plnd) -> None:
    """Every hour do what is due once a day, so that a machine that slept does it late.

    The first time is a minute after the start, which has more urgent work.
    """
    wait = FIRST_UPKEEP_SECONDS
    while True:
        await asyncio.sleep(wait)
        try:
            await plnd.maintenance.run()
        except PlndError as error:
            log.warning("the day's upkeep failed: %s", error.message)
        wait = UPKEEP_SECONDS


async def _tick(plnd: Plnd) -> None:
    """Every minute do what depends on the time alone, such as notices and readings."""
    while True:
        try:
            plnd.send_due_notices()
            await plnd.feeds.refresh_due()
            await plnd.own.erase_leftovers()
        except PlndError as error:
            log.error("what was due could not be done: %s", error.message)
        except Exception:
            log.exception("a bug in what was due")
        logs.keep_bounded()
        await asyncio.sleep(TICK_SECONDS)


def _announce(url: str, access: Access, ready: int | None) -> None:
    """Report the URL to the process that started the daemon, or to the user in a terminal."""
    log.info("plnd %s runs at %s", __version__, url)
    if ready is not None:
        processes.report_ready(ready, url)
        return
    if sys.stderr is not None and sys.stderr.isatty():  # other people may read a file or a journal
        log.info("dashboard, for a minute: %s/open?code=%s", url, access.new_code())
    log.info("dashboard, later: plnd open. Ctrl-C stops plnd")


async def _serve_socket_file(runner: web.AppRunner, state: Path) -> None:
    """Answer the native host and the terminal at a socket file, which no other user can reach.

    Where the system has no such files, or the path is too long for one, they use the port.
    """
    _remove_runtime_files(state)
    path = state / paths.SOCKET
    if socket_files.is_possible(path):
        await web.UnixSite(runner, path).start()
        path.chmod(FILE_MODE)


def _remove_runtime_files(state: Path) -> None:
    """Remove the files that only a running daemon needs, and `secret` of older versions."""
    for name in (paths.SOCKET, OPEN_PAGE, "secret"):
        if moved := set_aside_folder(state / name):
            log.warning("what was no file was set aside as %s", moved)
        (state / name).unlink(missing_ok=True)
