"""Finding the daemon and asking it, over one plain socket: its file, else its port.

Light on purpose: `plnd status` imports this and little else. The native host has its own
few lines of the same, since it may import nothing of plnd.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import time

from plnd.errors import PlndError
from plnd.system.paths import SOCKET, Place

TYPE_CHECKING = False  # what type checkers look for; `typing` itself costs too much
if TYPE_CHECKING:
    from typing import Any

PATIENCE_SECONDS = 10.0
LONG_SECONDS = 1800.0
LONG = ("forget", "restore", "import", "people-import", "chat-breaks")
"""What may take long, with years of events or a large file: it is waited for, and said so after a
moment."""
WORD_SECONDS = 2.0
BETWEEN_SECONDS = 2.0


class NotRunning(PlndError):
    """No daemon answers for this home."""

    code = "daemon_unreachable"


def daemon(place: Place) -> dict[str, Any] | None:
    """What daemon.json says of the daemon that runs for this home, None when none does.

    The lock is the proof: it is held exactly as long as the daemon lives, so a daemon.json
    left by a killed one is never trusted, and no token goes to a stranger on its port. One
    that is just starting, or just ending, holds it without a daemon.json: that is waited out.
    """
    end = time.monotonic() + BETWEEN_SECONDS
    while lock_is_held(place):
        try:
            path = os.path.join(place.state, "daemon.json")
            with open(path, encoding="utf-8", opener=_at_once) as stream:
                found = json.load(stream)
        except (OSError, ValueError, TypeError, RecursionError):
            found = None
        if isinstance(found, dict):
            socket_file = os.path.join(place.state, SOCKET)
            return {**found, "socket": socket_file if os.path.exists(socket_file) else None}
        if time.monotonic() >= end:
            break
        time.sleep(0.02)
    return None


def lock_is_held(place: Place) -> bool:
    """Whether a daemon of this home is alive, be it only starting or stopping."""
    path = os.path.join(place.state, "daemon.lock")
    try:
        import fcntl
    except ImportError:  # Windows: msvcrt locks cannot be probed; the port has to do
        return os.path.exists(path)
    try:
        descriptor = _at_once(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False


def _at_once(path: str, flags: int) -> int:
    """Open a file; what has been put in its place and would have to be waited for, is not."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def ask(found: dict[str, Any], method: str, path: str, body: Any = None) -> Any:
    """The daemon's answer to one request of its API (`path` after /api/v1/).

    Raises:
        NotRunning: nothing answers.
        PlndError: the daemon refused, with its own message, hint and code.
    """
    status, content = _exchange(found, method, path, body)
    try:
        answer = json.loads(content)
    except ValueError as error:
        raise NotRunning(
            f"what answers at {found['url']} is not plnd", "`plnd doctor` looks into it"
        ) from error
    if status >= 400:
        said = answer["error"]
        raise PlndError(said["message"], said["hint"], code=said["code"], field=said["field"])
    return answer


def _exchange(found: dict[str, Any], method: str, path: str, body: Any) -> tuple[int, bytes]:
    address = found["url"].rpartition("/")[2]
    content = b"" if body is None else json.dumps(body).encode()
    head = (
        f"{method} /api/v1/{path} HTTP/1.1\r\nHost: {address}\r\n"
        f"Authorization: Bearer {found['token']}\r\nConnection: close\r\n"
        f"Accept-Language: en\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    host, _, port = address.rpartition(":")
    by_file = found.get("socket")
    try:
        # Not create_connection: it looks the name up, and imports the tables of IDNA for it.
        with socket.socket(socket.AF_UNIX if by_file else socket.AF_INET) as connection:
            connection.settimeout(PATIENCE_SECONDS)
            connection.connect(by_file or (host, int(port)))
            connection.sendall(head.encode() + content)
            parts = []
            if path in LONG:
                _wait(connection)
            while part := connection.recv(65536):
                parts.append(part)
    except OSError as error:
        raise NotRunning(
            f"the daemon at {found['url']} does not answer: {error.strerror or error}",
            "`plnd stop`, then `plnd start`; `plnd doctor` looks into it",
        ) from error
    top, _, rest = b"".join(parts).partition(b"\r\n\r\n")
    words = top.split(None, 2)
    return (int(words[1]) if len(words) > 1 and words[1].isdigit() else 502), rest


def _wait(connection: socket.socket) -> None:
    """Wait for the beginning of an answer to what may take long."""
    connection.settimeout(WORD_SECONDS)
    try:
        connection.recv(1, socket.MSG_PEEK)
    except TimeoutError:
        print("plnd is at work; with years of events this takes a while", file=sys.stderr)
        connection.settimeout(LONG_SECONDS)
        connection.recv(1, socket.MSG_PEEK)
    connection.settimeout(PATIENCE_SECONDS)
