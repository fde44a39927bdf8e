"""Finding the daemon and asking it, through its socket file or else through its port.

Light on purpose: `plnd status` imports this and little else. The native host has its own
few lines of the same, because it must not import anything of plnd.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import time

from plnd.errors import PlndError
from plnd.system import locking, socket_files
from plnd.system.paths import SOCKET, Place
from plnd.system.safe_open import open_without_waiting

TYPE_CHECKING = False  # what type checkers look for; `typing` itself costs too much
if TYPE_CHECKING:
    from typing import Any

PATIENCE_SECONDS = 10.0
SLOW_PATHS = ("forget", "restore", "import", "people-import", "chat-breaks")
"""Requests that may take long, with years of events or a large file."""
SLOW_PATIENCE_SECONDS = 1800.0
SLOW_NOTICE_SECONDS = 2.0
"""After so long the user is told that a slow request goes on."""
ADDRESS_SECONDS = 2.0
"""A daemon that is starting or stopping holds the lock without a daemon.json for less."""


class NotRunning(PlndError):
    """No daemon answers for this home."""

    code = "daemon_unreachable"


def daemon(place: Place) -> dict[str, Any] | None:
    """The content of daemon.json while a daemon runs for this home, else None.

    The lock is the proof: it is held exactly as long as the daemon lives. A daemon.json that a
    killed daemon left is never trusted, so no token goes to whatever uses its port now.
    """
    end = time.monotonic() + ADDRESS_SECONDS
    while lock_is_held(place):
        try:
            path = os.path.join(place.state, "daemon.json")
            with open(path, encoding="utf-8", opener=open_without_waiting) as stream:
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
    """Whether a daemon of this home is alive, even if it is only starting or stopping."""
    return locking.is_locked(os.path.join(place.state, "daemon.lock"))


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
        refusal = answer["error"]
        raise PlndError(
            refusal["message"], refusal["hint"], code=refusal["code"], field=refusal["field"]
        )
    return answer


def _exchange(found: dict[str, Any], method: str, path: str, body: Any) -> tuple[int, bytes]:
    """The status and the content of the answer to one request."""
    address = found["url"].rpartition("/")[2]
    request = _request(address, found["token"], method, path, body)
    host, _, port = address.rpartition(":")
    socket_file = found.get("socket")
    try:
        # Not create_connection: it looks the name up, and imports the tables of IDNA for it.
        with socket_files.new_socket() if socket_file else socket.socket() as connection:
            connection.settimeout(PATIENCE_SECONDS)
            connection.connect(socket_file or (host, int(port)))
            connection.sendall(request)
            if path in SLOW_PATHS:
                _wait_for_slow_answer(connection)
            parts = []
            while part := connection.recv(65536):
                parts.append(part)
    except OSError as error:
        raise NotRunning(
            f"the daemon at {found['url']} does not answer: {error.strerror or error}",
            "`plnd stop`, then `plnd start`; `plnd doctor` looks into it",
        ) from error
    head, _, content = b"".join(parts).partition(b"\r\n\r\n")
    words = head.split(None, 2)
    return (int(words[1]) if len(words) > 1 and words[1].isdigit() else 502), content


def _request(address: str, token: str, method: str, path: str, body: Any) -> bytes:
    content = b"" if body is None else json.dumps(body).encode()
    head = (
        f"{method} /api/v1/{path} HTTP/1.1\r\nHost: {address}\r\n"
        f"Authorization: Bearer {token}\r\nConnection: close\r\n"
        f"Accept-Language: en\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


def _wait_for_slow_answer(connection: socket.socket) -> None:
    """Wait for the beginning of an answer, and tell the user after a moment."""
    connection.settimeout(SLOW_NOTICE_SECONDS)
    try:
        connection.recv(1, socket.MSG_PEEK)
    except TimeoutError:
        print("plnd is at work; with years of events this takes a while", file=sys.stderr)
        connection.settimeout(SLOW_PATIENCE_SECONDS)
        connection.recv(1, socket.MSG_PEEK)
    connection.settimeout(PATIENCE_SECONDS)
