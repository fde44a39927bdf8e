"""The native messaging host: a pipe from a browser to the daemon's own API.

The browser starts it and speaks in frames on standard input and output (see
PROTOCOL.md); each frame becomes one HTTP request to the daemon on loopback. It
knows nothing of events, starts the daemon when it is not running, and adds the
token. Standard library only, and little of it: browsers start it often.

    plnd_host.py --state DIR --start PLND [what the browser adds]

Exit: 0 at the end of standard input, 1 when the stream is broken, 2 on wrong usage.
"""

import json
import os
import socket
import sys
import time

TYPE_CHECKING = False  # the name is what type checkers look for; `typing` itself costs too much
if TYPE_CHECKING:
    import subprocess

MAX_FRAME_BYTES = 4 * 1024 * 1024
MAX_SKIP_BYTES = 64 * 1024 * 1024  # a longer "frame" is taken for a broken stream
MAX_REPLY_BYTES = 1024 * 1024  # Chrome ends the host over a longer one
MAX_HEAD_BYTES = 64 * 1024
MAX_ID_LENGTH = 256
MAX_PATH_LENGTH = 4096
CHUNK_BYTES = 64 * 1024

START_SECONDS = 5.0
REQUEST_SECONDS = 10.0
POLL_SECONDS = 0.03
END_SECONDS = 1.0
START_PAUSE_SECONDS = 1.0  # after a failed start, frames in the queue do not each try again

SOCKET = "daemon.sock"
API = "/api/v1/"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
# Sent again after a daemon died over them, because twice is the same as once.
REPEATABLE = ("GET", "PUT", "DELETE")
REPEATABLE_POST = "/api/v1/events"
FIELDS = ("id", "method", "path", "body")


class BrokenStream(Exception):
    """The frames cannot be followed any further."""


class Refused(Exception):
    """A request that gets an error for an answer."""

    def __init__(
        self, status: int, code: str, message: str, hint: str, field: str | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"error": {"code": code, "message": message, "hint": hint, "field": field}}


class NotConnected(Exception):
    """Nobody listens at the daemon's port: nothing was sent."""


class Died(Exception):
    """The daemon took the connection and ended it before a whole answer."""


# ---- frames


class Frames:
    """The browser's two pipes. Reads and writes whole frames on descriptors of its own."""

    def __init__(self, source: int, sink: int) -> None:
        self._source = source
        self._sink = sink

    def read(self) -> bytes | int | None:
        """The next frame's bytes, the length of one that was too long, None at the end.

        Raises:
            BrokenStream: the stream ended inside a frame, or its length makes no sense.
        """
        head = self._take(4)
        if not head:
            return None
        if len(head) < 4:
            raise BrokenStream("standard input ended inside a frame's length")
        length = int.from_bytes(head, sys.byteorder)
        if length > MAX_SKIP_BYTES:
            raise BrokenStream(f"a frame of {length} bytes cannot be honoured")
        if length > MAX_FRAME_BYTES:
            self._skip(length)
            return length
        frame = self._take(length)
        if len(frame) < length:
            raise BrokenStream(f"standard input ended after {len(frame)} of {length} bytes")
        return frame

    def write(self, frame: bytes) -> None:
        """Write one frame; raises BrokenPipeError when the browser is gone."""
        rest = memoryview(len(frame).to_bytes(4, sys.byteorder) + frame)
        while rest:
            rest = rest[os.write(self._sink, rest) :]

    def _take(self, count: int) -> bytes:
        """`count` bytes, fewer only when the stream ends."""
        taken = bytearray()
        while len(taken) < count:
            chunk = os.read(self._source, min(CHUNK_BYTES, count - len(taken)))
            if not chunk:
                break
            taken += chunk
        return bytes(taken)

    def _skip(self, count: int) -> None:
        """Read `count` bytes away without holding them, so that the next frame is found."""
        left = count
        while left:
            chunk = os.read(self._source, min(CHUNK_BYTES, left))
            if not chunk:
                raise BrokenStream(f"standard input ended {left} bytes before a frame's end")
            left -= len(chunk)


def to_json(value: object) -> bytes:
    """Compact JSON in UTF-8; text with half a surrogate pair stays escaped.

    Raises:
        ValueError: a number is beyond all bounds, or it is nested too deep.
    """
    try:
        try:
            return _dumps(value, ascii_only=False)
        except UnicodeEncodeError:
            return _dumps(value, ascii_only=True)
    except RecursionError as error:
        raise ValueError("nested too deep") from error


def _dumps(value: object, *, ascii_only: bool) -> bytes:
    text = json.dumps(value, ensure_ascii=ascii_only, allow_nan=False, separators=(",", ":"))
    return text.encode()


def from_json(data: bytes) -> object:
    """The value of UTF-8 JSON text, as strict as JSON is (no NaN, no Infinity).

    Raises:
        ValueError: it is not JSON, or nested too deep to be followed.
    """
    try:
        value: object = json.loads(data.decode(), parse_constant=_no_constant)
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    return value


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


# ---- requests


class Request:
    """One checked request of the extension."""

    def __init__(self, method: str, path: str, body: object) -> None:
        self.method = method
        self.path = path
        self.body = b"" if body is None else to_json(body)

    @property
    def repeatable(self) -> bool:
        """Whether sending it a second time changes nothing more."""
        return self.method in REPEATABLE or (
            self.method == "POST" and self.path.partition("?")[0] == REPEATABLE_POST
        )

    def to_http(self, host: str, token: str) -> bytes:
        """The request on the wire, the token added."""
        head = (
            f"{self.method} {self.path} HTTP/1.1\r\n"
            f"Host: {host}\r\n"
            f"Authorization: Bearer {token}\r\n"
            "Connection: close\r\n"
        )
        if self.body or self.method in ("POST", "PUT", "PATCH"):
            head += f"Content-Type: application/json\r\nContent-Length: {len(self.body)}\r\n"
        return head.encode() + b"\r\n" + self.body


def frame_id(frame: object) -> int | str | None:
    """The id that a frame's answer carries; None when it has none that can be given back."""
    if not isinstance(frame, dict):
        return None
    found = frame.get("id")
    if isinstance(found, bool) or not isinstance(found, (int, str)):
        return None
    return None if isinstance(found, str) and len(found) > MAX_ID_LENGTH else found


def check(frame: object) -> Request:
    """The request in a frame.

    Raises:
        Refused: it is not one that is forwarded.
    """
    if not isinstance(frame, dict):
        raise _invalid("a frame must be a JSON object", None)
    if frame_id(frame) is None:
        raise _invalid(f"id must be a number or at most {MAX_ID_LENGTH} characters", "id")
    for name in frame:
        if name not in FIELDS:
            raise _invalid("a frame has id, method, path and body, nothing else", name[:64])
    method, path = frame.get("method"), frame.get("path")
    if method not in METHODS:
        raise _invalid(f"method must be one of {' '.join(METHODS)}", "method")
    if not isinstance(path, str) or not _forwarded(path):
        raise _invalid(f"only paths below {API} are forwarded", "path")
    try:
        return Request(str(method), path, frame.get("body"))
    except ValueError as error:
        raise _invalid(f"the body cannot be passed on: {error}", "body") from error


def _forwarded(path: str) -> bool:
    """Whether a path lies below the API and can neither leave it nor break the request."""
    if not path.startswith(API) or len(path) > MAX_PATH_LENGTH:
        return False
    if any(not "!" <= letter <= "~" for letter in path):
        return False
    lower = path.lower()
    return not any(part in lower for part in ("..", "%2e", "\\", "#", "%00"))


def _invalid(message: str, field: str | None) -> Refused:
    return Refused(400, "invalid", message, "see PROTOCOL.md beside the native host", field)


# ---- the daemon


class Daemon:
    """The daemon of one home: finds it, starts it, asks it."""

    def __init__(self, state: str, start: str) -> None:
        self._state = state
        self._start_command = start
        self._started: subprocess.Popen[bytes] | None = None
        self._no_start_before = 0.0

    def ask(self, request: Request) -> tuple[int, bytes]:
        """Status and JSON text of the daemon's answer.

        Raises:
            Refused: there is no answer, or none that can be passed on.
        """
        deadline = time.monotonic() + START_SECONDS
        again = request.repeatable
        while True:
            host, token = self._find(deadline)
            try:
                return exchange(self._state, host, request.to_http(host, token))
            except TimeoutError:
                raise _unreachable(
                    f"the daemon did not answer within {REQUEST_SECONDS:.0f} s"
                ) from None
            except NotConnected:
                # It holds the lock and does not listen: it is just ending.
                if time.monotonic() >= deadline:
                    raise _unreachable("the daemon does not listen at its port") from None
                time.sleep(POLL_SECONDS)
            except Died:
                if not again:
                    raise _unreachable("the daemon died over this request") from None
                again = False
                self._see_it_off(host, token)
                deadline = time.monotonic() + START_SECONDS

    def _see_it_off(self, host: str, token: str) -> None:
        """Wait until a daemon that died is gone: while it goes, it can still take a connection."""
        end = time.monotonic() + END_SECONDS
        while is_running(self._state) and read_address(self._state) == (host, token):
            if time.monotonic() >= end:
                return
            time.sleep(POLL_SECONDS)

    def _find(self, deadline: float) -> tuple[str, str]:
        """Host (with port) and token of the running daemon, started when there is none."""
        if self._started is not None and self._started.poll() is not None:
            self._started = None  # a start that hung, and ended since
        while True:
            if is_running(self._state):
                found = read_address(self._state)
                if found:
                    self._started = None  # it did its work, even if it has not ended yet
                    return found
            else:
                self._see_to_start()
            if time.monotonic() >= deadline:
                raise self._not_started(f"the daemon did not start within {START_SECONDS:.0f} s")
            time.sleep(POLL_SECONDS)

    def _see_to_start(self) -> None:
        """Have one start under way; one that hangs is waited for, not joined by a second."""
        if time.monotonic() < self._no_start_before:
            raise _unreachable("the daemon could not be started a moment ago")
        if self._started is None:
            self._started = self._start()
        elif self._started.poll() is not None and not is_running(self._state):
            raise self._not_started(f"the daemon did not start (exit {self._started.returncode})")

    def _start(self) -> "subprocess.Popen[bytes]":
        """Run `plnd start`; what it says goes to our standard error, never among the frames."""
        import subprocess

        try:
            return subprocess.Popen(
                [self._start_command, "start"],
                stdin=subprocess.DEVNULL,
                stdout=2,
                start_new_session=True,  # what ends the host must not end the daemon
            )
        except (OSError, ValueError) as error:
            raise self._not_started(f"cannot run {self._start_command}: {error}") from error

    def _not_started(self, message: str) -> Refused:
        self._no_start_before = time.monotonic() + START_PAUSE_SECONDS
        return _unreachable(message)


def _unreachable(message: str) -> Refused:
    return Refused(
        503, "daemon_unreachable", message, "run `plnd doctor`; nothing is lost meanwhile"
    )


def is_running(state: str) -> bool:
    """Whether a daemon holds the lock of this state folder: what no other program can feign."""
    if sys.platform == "win32":
        return _is_running_by_pid(state)
    import fcntl

    try:
        lock = _at_once(os.path.join(state, "daemon.lock"), os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(lock)
    return False


def read_daemon(state: str) -> dict[str, object]:
    """What daemon.json says; empty while it is not there or not whole."""
    try:
        with open(os.path.join(state, "daemon.json"), "rb", opener=_at_once) as stream:
            found = from_json(stream.read(CHUNK_BYTES))
    except (OSError, ValueError, TypeError):
        return {}
    return found if isinstance(found, dict) else {}


def _at_once(path: str, flags: int) -> int:
    """Open a file; a pipe in its place would have to be waited for, and is not."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def read_address(state: str) -> tuple[str, str] | None:
    """`127.0.0.1:port` and the token of the daemon; None while they are not there."""
    found = read_daemon(state)
    url, token = found.get("url"), found.get("token")
    if not isinstance(url, str) or not isinstance(token, str):
        return None
    scheme, _, host = url.rstrip("/").partition("://")
    name, _, port = host.partition(":")
    if scheme != "http" or name != "127.0.0.1" or not (port.isascii() and port.isdigit()):
        return None
    if not token or any(not "!" <= letter <= "~" for letter in token):
        return None
    return host, token


def _is_running_by_pid(state: str) -> bool:
    """Whether the process that daemon.json names is there, where files cannot be locked so."""
    import ctypes

    pid = read_daemon(state).get("pid")
    if not isinstance(pid, int):
        return False
    synchronize, wait_timeout = 0x00100000, 0x102
    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined]
    process = kernel.OpenProcess(synchronize, False, pid)
    if not process:
        return False
    alive = bool(kernel.WaitForSingleObject(process, 0) == wait_timeout)
    kernel.CloseHandle(process)
    return alive


# ---- HTTP


def exchange(state: str, host: str, request: bytes) -> tuple[int, bytes]:
    """Send one request and read the whole answer: its status and its JSON text.

    It goes by the daemon's socket file, which nobody but the user can reach, where the system
    has such; else by its port.

    Raises:
        NotConnected, Died, TimeoutError: there is no whole answer.
        Refused: the answer cannot be passed on.
    """
    name, _, port = host.partition(":")
    file = os.path.join(state, SOCKET)
    by_file = os.path.exists(file)
    deadline = time.monotonic() + REQUEST_SECONDS
    with socket.socket(socket.AF_UNIX if by_file else socket.AF_INET) as connection:
        connection.settimeout(REQUEST_SECONDS)
        try:
            connection.connect(file if by_file else (name, int(port)))
        except TimeoutError:
            raise
        except (OSError, OverflowError) as error:
            raise NotConnected from error
        try:
            connection.sendall(request)
        except TimeoutError:
            raise
        except OSError:
            pass  # the daemon may have answered early; what it said is still to be read
        return read_answer(connection, deadline)


def read_answer(connection: socket.socket, deadline: float) -> tuple[int, bytes]:
    """The status and the JSON text of the answer that comes over a connection."""
    received = bytearray()
    end = -1
    while end < 0:
        if len(received) > MAX_HEAD_BYTES or not _receive(connection, received, deadline):
            raise Died
        end = received.find(b"\r\n\r\n")
    status, length = read_head(bytes(received[:end]))
    body = received[end + 4 :]
    while length is None or len(body) < length:
        if max(len(body), length or 0) > MAX_REPLY_BYTES:
            raise _too_long()
        if not _receive(connection, body, deadline):
            if length is None:
                break
            raise Died
    return status, bytes(body)


def _receive(connection: socket.socket, received: bytearray, deadline: float) -> bool:
    """Add what comes next to `received`; False at the end of the connection."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    connection.settimeout(left)
    try:
        chunk = connection.recv(CHUNK_BYTES)
    except TimeoutError:
        raise
    except OSError as error:
        raise Died from error
    received += chunk
    return bool(chunk)


def read_head(head: bytes) -> tuple[int, int | None]:
    """The status and the length of an answer; None for one that lasts to the end."""
    first, *lines = head.decode("latin-1").split("\r\n")
    version, _, rest = first.partition(" ")
    status = rest[:3]
    if not version.startswith("HTTP/1.") or not (status.isascii() and status.isdigit()):
        raise _bad_answer("it is not HTTP")
    length = None
    for line in lines:
        name, _, value = line.partition(":")
        if name.lower() == "transfer-encoding":
            raise _bad_answer("it comes in chunks")
        if name.lower() == "content-length":
            value = value.strip()
            if not (value.isascii() and value.isdigit() and len(value) < 16):
                raise _bad_answer("its length is not a number")
            length = int(value)
    return int(status), length


def _bad_answer(why: str) -> Refused:
    return Refused(
        502, "bad_reply", f"the daemon's answer makes no sense: {why}", "run `plnd doctor`"
    )


def _too_long() -> Refused:
    return Refused(
        507,
        "reply_too_large",
        f"the answer is over the {MAX_REPLY_BYTES} bytes that a browser takes",
        "ask for less at a time",
    )


# ---- one frame in, one frame out


def answer(frame: bytes, daemon: Daemon) -> bytes:
    """The frame that answers a frame."""
    found = None
    try:
        try:
            parsed = from_json(frame)
        except ValueError as error:
            raise _invalid("a frame must be JSON in UTF-8", None) from error
        found = frame_id(parsed)
        status, text = daemon.ask(check(parsed))
        return passed_on(found, status, text)
    except Refused as refused:
        return reply(found, refused)


def passed_on(found: int | str | None, status: int, text: bytes) -> bytes:
    """The frame that carries the daemon's answer."""
    try:
        body = from_json(text) if text else None
        frame = to_json({"id": found, "status": status, "body": body})
    except ValueError as error:
        raise _bad_answer("it is not JSON") from error
    if len(frame) > MAX_REPLY_BYTES:
        raise _too_long()
    return frame


def reply(found: int | str | None, refused: Refused) -> bytes:
    """The frame that says why there is no answer."""
    return to_json({"id": found, "status": refused.status, "body": refused.body})


def serve(frames: Frames, daemon: Daemon) -> None:
    """Answer every frame once, in order, to the end of the stream."""
    while True:
        frame = frames.read()
        if frame is None:
            return
        if isinstance(frame, int):
            message = f"a frame of {frame} bytes is over the {MAX_FRAME_BYTES} that are taken"
            refused = Refused(413, "too_large", message, "send less at a time")
            frames.write(reply(None, refused))
        else:
            frames.write(answer(frame, daemon))


# ---- the process


def own_pipes() -> Frames:
    """Take the browser's pipes away from descriptors 0 and 1.

    What any code or child then prints goes to standard error: one stray byte
    among the frames makes the browser end the connection.
    """
    try:
        os.fstat(2)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    sink = os.dup(1)
    os.dup2(2, 1)
    if sys.platform == "win32":
        import msvcrt

        msvcrt.setmode(0, os.O_BINARY)
        msvcrt.setmode(sink, os.O_BINARY)
    return Frames(0, sink)


def option(arguments: list[str], name: str) -> str | None:
    """The word after `name`; None when it is not there. What browsers add is passed over."""
    if name not in arguments[:-1]:
        return None
    return arguments[arguments.index(name) + 1]


def say(text: str) -> None:
    """One line on standard error, which may be closed."""
    try:  # noqa: SIM105 (contextlib is one more import to wait for)
        os.write(2, f"plnd-host: {text}\n".encode(errors="replace"))
    except OSError:
        pass


def main(arguments: list[str]) -> int:
    """Serve one browser; returns the exit status."""
    frames = own_pipes()
    state, start = option(arguments, "--state"), option(arguments, "--start")
    if not state or not start:
        say("usage: plnd_host.py --state DIR --start PLND (browsers start it; see PROTOCOL.md)")
        return 2
    try:
        serve(frames, Daemon(state, start))
    except BrokenStream as error:
        say(str(error))
        return 1
    except BrokenPipeError:
        return 0  # the browser is gone, which is an end like any other
    except KeyboardInterrupt:
        return 130  # Ctrl-C in the terminal that the browser was started from
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
