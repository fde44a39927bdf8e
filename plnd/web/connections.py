"""A limit on TCP connections; the second half of them is only for the daemon's own user.

Every user of the machine can connect to a port on loopback. Connections are limited in number and
in time (HEAD_SECONDS), so that another user cannot use up all file descriptors. They are accepted
here because asyncio's server logs an error without end when no descriptor is left.
"""

import asyncio
import logging
import socket

from aiohttp import web

from plnd.system.process_limits import allow_most_open_files
from plnd.system.socket_owner import is_own

log = logging.getLogger("plnd")

MOST_CONNECTIONS = 128
FEWEST_CONNECTIONS = 8
RESERVED_DESCRIPTORS = 64
"""File descriptors for the stores, the log and child processes."""
ACCEPT_BATCH = 64
"""So many connections are accepted before the event loop runs other tasks."""
PAUSE_SECONDS = 1.0
HEAD_SECONDS = 10.0
"""How long a connection may take to send a request's head, and how long it may idle."""


class ConnectionLimit:
    """Accepts connections for a server, at most `most` at a time."""

    def __init__(self, listener: socket.socket, server: web.Server, most: int) -> None:
        listener.setblocking(False)
        self._listener = listener
        self._server = server
        self._most = most
        self._loop = asyncio.get_running_loop()
        self._starting: set[asyncio.Task[object]] = set()
        self._pause: asyncio.TimerHandle | None = None
        self._open()

    def close(self) -> None:
        """Stop accepting connections."""
        if self._pause:
            self._pause.cancel()
        self._loop.remove_reader(self._listener)
        self._listener.close()

    def _open(self) -> None:
        self._loop.add_reader(self._listener, self._accept)

    def _accept(self) -> None:
        for _ in range(ACCEPT_BATCH):
            try:
                connection, peer = self._listener.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except (
                OSError
            ) as error:  # no descriptor or memory is left: wait, or it would repeat at once
                log.warning("no connection can be accepted for a moment: %s", error.strerror)
                self._loop.remove_reader(self._listener)
                self._pause = self._loop.call_later(PAUSE_SECONDS, self._open)
                return
            if self._may_connect(peer):
                self._start(connection)
            else:
                connection.close()

    def _may_connect(self, peer: tuple[str, int]) -> bool:
        here = len(self._server.connections) + len(self._starting)
        if here < self._most // 2:
            return True
        return here < self._most and is_own(peer, self._listener.getsockname())

    def _start(self, connection: socket.socket) -> None:
        task = self._loop.create_task(self._serve(connection))
        self._starting.add(task)
        task.add_done_callback(self._starting.discard)

    async def _serve(self, connection: socket.socket) -> None:
        try:
            await self._loop.connect_accepted_socket(self._server, connection)
        except OSError:
            connection.close()  # the client has disconnected meanwhile


def most_connections() -> int:
    """How many connections there are file descriptors for, after raising the limit if possible."""
    limit = allow_most_open_files()
    if limit is None:
        return MOST_CONNECTIONS
    return max(FEWEST_CONNECTIONS, min(MOST_CONNECTIONS, limit - RESERVED_DESCRIPTORS))
