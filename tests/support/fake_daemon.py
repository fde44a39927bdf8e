"""A fake daemon, which can also misbehave.

It does what the native host relies on: it holds the lock of the state folder, then writes
daemon.json, then answers on loopback with its function `answer`. As a program it serves until it
is killed, and ends without an answer for any path that contains "die".
"""

import fcntl
import json
import os
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

TOKEN = "the-token"


class Seen(NamedTuple):
    """A request that was received."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


def http(body: bytes, status: int = 200) -> bytes:
    """A whole answer of HTTP."""
    return f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def echo(seen: Seen) -> bytes | None:
    """Answer with the path and the body of the request."""
    said = json.loads(seen.body) if seen.body else None
    return http(json.dumps({"path": seen.path, "said": said}).encode())


class FakeDaemon:
    """Serves one connection at a time; `answer` returns the bytes, or None to hang up.

    With `by_file` it serves at its socket file only, and not at its port.
    """

    def __init__(
        self,
        state: Path,
        answer: Callable[[Seen], bytes | None] = echo,
        lock: bool = True,
        by_file: bool = False,
    ) -> None:
        self.answer = answer
        self.seen: list[Seen] = []
        self._lock = os.open(state / "daemon.lock", os.O_CREAT | os.O_RDWR, 0o600)
        if lock:
            # Waits, because a host that checks the lock holds it for an instant.
            fcntl.flock(self._lock, fcntl.LOCK_EX)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        if by_file:
            self._listener.close()
            self._listener = socket.socket(socket.AF_UNIX)
            self._listener.bind(os.fspath(state / "daemon.sock"))
            self._listener.listen()
        new = state / ".daemon.json.new"
        new.write_text(json.dumps({"pid": os.getpid(), "url": self.url, "token": TOKEN}))
        new.replace(state / "daemon.json")

    def start(self) -> "FakeDaemon":
        """Serve in a thread."""
        threading.Thread(target=self.serve, daemon=True).start()
        return self

    def stop(self) -> None:
        """Close the port and release the lock, as the end of a process does."""
        self._listener.close()
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def serve(self) -> None:
        """Answer until the listener is closed."""
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                self._answer_one(connection)

    def _answer_one(self, connection: socket.socket) -> None:
        try:
            with connection.makefile("rb") as stream:
                method, path, _ = stream.readline().decode().split(" ")
                headers: dict[str, str] = {}
                while line := stream.readline().decode().strip():
                    name, _, value = line.partition(": ")
                    headers[name] = value
                body = stream.read(int(headers.get("Content-Length", 0)))
            self.seen.append(Seen(method, path, headers, body))
            reply = self.answer(self.seen[-1])
            if reply is not None:
                connection.sendall(reply)
        except OSError:
            return  # the host went away


def _die_on_request(seen: Seen) -> bytes | None:
    if "die" in seen.path:
        once = Path(sys.argv[1]) / "died"
        if "always" in seen.path or not once.exists():
            once.touch()
            os._exit(9)
    return echo(seen)


if __name__ == "__main__":
    FakeDaemon(Path(sys.argv[1]), _die_on_request).serve()
