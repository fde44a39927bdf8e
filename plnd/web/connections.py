"""The way in by TCP: so many connections at once, and the last half of them for the own user only.

Every user of the machine can reach a port on loopback. What costs a descriptor has a number here
and a time (the server's own, for a whole head and for idling), so that nobody else can use them
all up; connections are accepted by hand because asyncio's own way logs without end when it can
accept no more.
"""

import asyncio
import logging
import socket

from aiohttp import web

from plnd.system.limits import allow_most_open_files
from plnd.system.socket_owner import is_own

log = logging.getLogger("plnd")

MOST_CONNECTIONS = 128
FEWEST_CONNECTIONS = 8
KEPT_BACK = 64
"""Descriptors that connections never get: for the stores, the log and children."""
AT_ONCE = 64
"""So many are accepted before others have a turn."""
PAUSE_SECONDS = 1.0
HEAD_SECONDS = 10.0
"""How long a connection may take for the head of a request, and how long it may idle."""


class ConnectionLimit:
    """Hands the connections that come to a listener over to a server, `most` at a time."""

    def __init__(self, listener: socket.socket, server: web.Server, most: int) -> None:
        listener.setblocking(False)
        self._listener = listener
        self._server = server
        self._most = most
        self._loop = asyncio.get_running_loop()
        self._coming: set[asyncio.Task[object]] = set()
        self._pause: asyncio.TimerHandle | None = None
        self._open()

    def close(self) -> None:
        """Accept no more."""
        if self._pause:
            self._pause.cancel()
        self._loop.remove_reader(self._listener)
        self._listener.close()

    def _open(self) -> None:
        self._loop.add_reader(self._listener, self._accept)

    def _accept(self) -> None:
        for _ in range(AT_ONCE):
            try:
                connection, peer = self._listener.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:  # no descriptor or memory is free: it will still be so at once
                log.warning("no connection can be accepted for a moment: %s", error.strerror)
                self._loop.remove_reader(self._listener)
                self._pause = self._loop.call_later(PAUSE_SECONDS, self._open)
                return
            if self._is_welcome(peer):
                self._let_in(connection)
            else:
                connection.close()

    def _is_welcome(self, peer: tuple[str, int]) -> bool:
        here = len(self._server.connections) + len(self._coming)
        if here < self._most // 2:
            return True
        return here < self._most and is_own(peer, self._listener.getsockname())

    def _let_in(self, connection: socket.socket) -> None:
        task = self._loop.create_task(self._hand_over(connection))
        self._coming.add(task)
        task.add_done_callback(self._coming.discard)

    async def _hand_over(self, connection: socket.socket) -> None:
        try:
            await self._loop.connect_accepted_socket(self._server, connection)
        except OSError:
            connection.close()  # it has gone meanwhile


def room_for_connections() -> int:
    """How many connections there are descriptors for, once the limit is as high as it may be."""
    limit = allow_most_open_files()
    if limit is None:
        return MOST_CONNECTIONS
    return max(FEWEST_CONNECTIONS, min(MOST_CONNECTIONS, limit - KEPT_BACK))
