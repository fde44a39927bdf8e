"""The native messaging host: forwards requests from a browser to the daemon's API.

The browser starts it and sends frames to standard input (see PROTOCOL.md). Each frame becomes
one HTTP request to the daemon on loopback, and the answer becomes a frame on standard output.
The host adds the token, and starts the daemon when it is not running.

It is one file, and imports nothing but the standard library, because browsers start it as
`python3 -I -S plnd_host.py`: with these options Python finds no module beside it and no installed
package. Few imports also make it start fast.

    plnd_host.py --state DIR --start PLND [what the browser adds]

Exit: 0 at the end of standard input, 1 when the stream is broken, 2 on wrong usage.
"""

import json
import os
import socket
import sys
import time

TYPE_CHECKING = False  # what type checkers look for; `typing` itself costs too much
if TYPE_CHECKING:
    import subprocess

MAX_FRAME_BYTES = 4 * 1024 * 1024
MAX_SKIP_BYTES = 64 * 1024 * 1024  # a longer "frame" means that the stream is broken
MAX_REPLY_BYTES = 1024 * 1024  # Chrome ends the host if a frame is longer
MAX_HEAD_BYTES = 64 * 1024
MAX_ID_LENGTH = 256
MAX_PATH_LENGTH = 4096
CHUNK_BYTES = 64 * 1024

START_SECONDS = 5.0
REQUEST_SECONDS = 10.0
POLL_SECONDS = 0.03
END_SECONDS = 1.0
START_PAUSE_SECONDS = 1.0  # after a failed start, so that not every waiting frame tries again

SOCKET = "daemon.sock"
API = "/api/v1/"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
# Sent again if the daemon dies, because sending them twice changes nothing more.
REPEATABLE = ("GET", "PUT", "DELETE")
REPEATABLE_POST = "/api/v1/events"
FIELDS = ("id", "method", "path", "body")


class BrokenStream(Exception):
    """The stream of frames cannot be read any further."""


class Refused(Exception):
    """A request is answered with an error by the host itself."""

    def __init__(
        self, status: int, code: str, message: str, hint: str, field: str | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"error": {"code": code, "message": message, "hint": hint, "field": field}}


class NotConnected(Exception):
    """No daemon accepted the connection, so nothing was sent."""


class DaemonDied(Exception):
    """The daemon accepted the connection and closed it before a whole answer."""


# ---- frames


class Frames:
    """Reads and writes whole frames on the browser's two pipes, given as descriptors."""

    def __init__(self, source: int, sink: int) -> None:
        self._source = source
        self._sink = sink

    def read(self) -> bytes | int | None:
        """The bytes of the next frame, the length of one that is too long, or None at the end.

        Raises:
            BrokenStream: the stream ended inside a frame, or its length makes no sense.
        """
        head = self._read_bytes(4)
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
        frame = self._read_bytes(length)
        if len(frame) < length:
            raise BrokenStream(f"standard input ended after {len(frame)} of {length} bytes")
        return frame

    def write(self, frame: bytes) -> None:
        """Write one frame. Raises BrokenPipeError when the browser has closed the pipe."""
        rest = memoryview(len(frame).to_bytes(4, sys.byteorder) + frame)
        while rest:
            rest = rest[os.write(self._sink, rest) :]

    def _read_bytes(self, count: int) -> bytes:
        """`count` bytes, fewer only when the stream ends."""
        taken = bytearray()
        while len(taken) < count:
            chunk = os.read(self._source, min(CHUNK_BYTES, count - len(taken)))
            if not chunk:
                break
            taken += chunk
        return bytes(taken)

    def _skip(self, count: int) -> None:
        """Read `count` bytes and drop them, up to the next frame."""
        left = count
        while left:
            chunk = os.read(self._source, min(CHUNK_BYTES, left))
            if not chunk:
                raise BrokenStream(f"standard input ended {left} bytes before a frame's end")
            left -= len(chunk)


def to_json(value: object) -> bytes:
    """Compact JSON in UTF-8; all letters are escaped if one is half of a surrogate pair.

    Raises:
        ValueError: a number is infinite or none, or the nesting is too deep.
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
    """The value of JSON text in UTF-8, without the NaN and Infinity that Python allows.

    Raises:
        ValueError: it is not JSON, or nested too deep.
    """
    try:
        value: object = json.loads(data.decode(), parse_constant=_refuse_constant)
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    return value


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


# ---- requests


class Request:
    """A valid request of the extension."""

    def __init__(self, method: str, path: str, body: object) -> None:
        self.method = method
        self.path = path
        self.body = b"" if body is None else to_json(body)

    @property
    def repeatable(self) -> bool:
        """Whether it can be sent twice without changing anything more."""
        return self.method in REPEATABLE or (
            self.method == "POST" and self.path.partition("?")[0] == REPEATABLE_POST
        )

    def to_http(self, host: str, token: str) -> bytes:
        """The bytes of the HTTP request, with the token."""
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
    """The id for the answer to a frame; None when the frame has no valid one."""
    if not isinstance(frame, dict):
        return None
    found = frame.get("id")
    if isinstance(found, bool) or not isinstance(found, (int, str)):
        return None
    return None if isinstance(found, str) and len(found) > MAX_ID_LENGTH else found


def parse_request(frame: object) -> Request:
    """The request in a frame.

    Raises:
        Refused: it is not valid, or not for the API.
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
    if not isinstance(path, str) or not _is_allowed(path):
        raise _invalid(f"only paths below {API} are forwarded", "path")
    try:
        return Request(str(method), path, frame.get("body"))
    except ValueError as error:
        raise _invalid(f"the body cannot be passed on: {error}", "body") from error


def _is_allowed(path: str) -> bool:
    """Whether a path is below the API and contains nothing that could lead elsewhere."""
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
    """Finds, starts and asks the daemon of one home."""

    def __init__(self, state: str, start: str) -> None:
        self._state = state
        self._start_command = start
        self._started: subprocess.Popen[bytes] | None = None
        self._no_start_before = 0.0

    def ask(self, request: Request) -> tuple[int, bytes]:
        """The status and the JSON text of the daemon's answer.

        Raises:
            Refused: there is no answer, or the browser cannot get it.
        """
        deadline = time.monotonic() + START_SECONDS
        may_repeat = request.repeatable
        while True:
            host, token = self._find(deadline)
            try:
                return exchange(self._state, host, request.to_http(host, token))
            except TimeoutError:
                raise _unreachable(
                    f"the daemon did not answer within {REQUEST_SECONDS:.0f} s"
                ) from None
            except NotConnected:
                # It holds the lock but does not listen: it is stopping.
                if time.monotonic() >= deadline:
                    raise _unreachable("the daemon does not listen at its port") from None
                time.sleep(POLL_SECONDS)
            except DaemonDied:
                if not may_repeat:
                    raise _unreachable("the daemon died over this request") from None
                may_repeat = False
                self._wait_until_gone(host, token)
                deadline = time.monotonic() + START_SECONDS

    def _wait_until_gone(self, host: str, token: str) -> None:
        """Wait for the end of a daemon that died: until then it may still accept connections."""
        end = time.monotonic() + END_SECONDS
        while is_running(self._state) and read_address(self._state) == (host, token):
            if time.monotonic() >= end:
                return
            time.sleep(POLL_SECONDS)

    def _find(self, deadline: float) -> tuple[str, str]:
        """Host (with port) and token of the daemon, which is started when none runs."""
        if self._started is not None and self._started.poll() is not None:
            self._started = None  # a start that hung and has ended since
        while True:
            if is_running(self._state):
                found = read_address(self._state)
                if found:
                    self._started = None  # it succeeded, even if it has not ended yet
                    return found
            else:
                self._ensure_starting()
            if time.monotonic() >= deadline:
                raise self._not_started(f"the daemon did not start within {START_SECONDS:.0f} s")
            time.sleep(POLL_SECONDS)

    def _ensure_starting(self) -> None:
        """Start the daemon unless a start is running; a start that hangs gets no second one."""
        if time.monotonic() < self._no_start_before:
            raise _unreachable("the daemon could not be started a moment ago")
        if self._started is None:
            self._started = self._start()
        elif self._started.poll() is not None and not is_running(self._state):
            raise self._not_started(f"the daemon did not start (exit {self._started.returncode})")

    def _start(self) -> "subprocess.Popen[bytes]":
        """Run `plnd start`, with its output on our standard error, not among the frames."""
        import subprocess

        try:
            return subprocess.Popen(
                [self._start_command, "start"],
                stdin=subprocess.DEVNULL,
                stdout=2,
                start_new_session=True,  # a signal that ends the host must not end the daemon
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
    """Whether a daemon holds the lock of this state folder."""
    if sys.platform == "win32":
        return _is_running_by_pid(state)
    import fcntl

    try:
        lock = _open_without_waiting(os.path.join(state, "daemon.lock"), os.O_RDONLY | os.O_CLOEXEC)
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
    """The content of daemon.json; empty while there is none, or only a part of it."""
    try:
        with open(os.path.join(state, "daemon.json"), "rb", opener=_open_without_waiting) as stream:
            found = from_json(stream.read(CHUNK_BYTES))
    except (OSError, ValueError, TypeError):
        return {}
    return found if isinstance(found, dict) else {}


def _open_without_waiting(path: str, flags: int) -> int:
    """Open a file; a pipe that stands in its place never blocks."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def read_address(state: str) -> tuple[str, str] | None:
    """`127.0.0.1:port` and the token of the daemon; None while daemon.json has none."""
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
    """Whether the process in daemon.json runs, for Windows, which has no such locks."""
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
    """Send one request; the status and the JSON text of the answer.

    It uses the daemon's socket file, which only the user can reach, or its port when there is
    no such file.

    Raises:
        NotConnected, DaemonDied, TimeoutError: there is no whole answer.
        Refused: the browser cannot get the answer.
    """
    name, _, port = host.partition(":")
    socket_file = os.path.join(state, SOCKET)
    by_file = os.path.exists(socket_file)
    deadline = time.monotonic() + REQUEST_SECONDS
    with socket.socket(socket.AF_UNIX if by_file else socket.AF_INET) as connection:
        connection.settimeout(REQUEST_SECONDS)
        try:
            connection.connect(socket_file if by_file else (name, int(port)))
        except TimeoutError:
            raise
        except (OSError, OverflowError) as error:
            raise NotConnected from error
        try:
            connection.sendall(request)
        except TimeoutError:
            raise
        except OSError:
            pass  # the daemon may have answered early: the answer can still be read
        return read_answer(connection, deadline)


def read_answer(connection: socket.socket, deadline: float) -> tuple[int, bytes]:
    """The status and the JSON text of the answer on a connection."""
    received = bytearray()
    end = -1
    while end < 0:
        if len(received) > MAX_HEAD_BYTES or not _receive(connection, received, deadline):
            raise DaemonDied
        end = received.find(b"\r\n\r\n")
    status, length = read_head(bytes(received[:end]))
    body = received[end + 4 :]
    while length is None or len(body) < length:
        if max(len(body), length or 0) > MAX_REPLY_BYTES:
            raise _too_long()
        if not _receive(connection, body, deadline):
            if length is None:
                break
            raise DaemonDied
    return status, bytes(body)


def _receive(connection: socket.socket, received: bytearray, deadline: float) -> bool:
    """Append the next bytes to `received`; False at the end of the connection."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    connection.settimeout(left)
    try:
        chunk = connection.recv(CHUNK_BYTES)
    except TimeoutError:
        raise
    except OSError as error:
        raise DaemonDied from error
    received += chunk
    return bool(chunk)


def read_head(head: bytes) -> tuple[int, int | None]:
    """The status of an answer and the length of its body; None if that is not given."""
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


# ---- answering frames


def answer(frame: bytes, daemon: Daemon) -> bytes:
    """The frame that answers a frame."""
    given_id = None
    try:
        try:
            parsed = from_json(frame)
        except ValueError as error:
            raise _invalid("a frame must be JSON in UTF-8", None) from error
        given_id = frame_id(parsed)
        status, text = daemon.ask(parse_request(parsed))
        return answer_frame(given_id, status, text)
    except Refused as refused:
        return error_frame(given_id, refused)


def answer_frame(given_id: int | str | None, status: int, text: bytes) -> bytes:
    """The frame with the daemon's answer."""
    try:
        body = from_json(text) if text else None
        frame = to_json({"id": given_id, "status": status, "body": body})
    except ValueError as error:
        raise _bad_answer("it is not JSON") from error
    if len(frame) > MAX_REPLY_BYTES:
        raise _too_long()
    return frame


def error_frame(given_id: int | str | None, refused: Refused) -> bytes:
    """The frame with the reason why there is no answer of the daemon."""
    return to_json({"id": given_id, "status": refused.status, "body": refused.body})


def serve(frames: Frames, daemon: Daemon) -> None:
    """Answer each frame once and in order, until the stream ends."""
    while True:
        frame = frames.read()
        if frame is None:
            return
        if isinstance(frame, int):
            message = f"a frame of {frame} bytes is over the {MAX_FRAME_BYTES} that are taken"
            refused = Refused(413, "too_large", message, "send less at a time")
            frames.write(error_frame(None, refused))
        else:
            frames.write(answer(frame, daemon))


# ---- the process


def claim_pipes() -> Frames:
    """The frames on standard input and output; other output goes to standard error from now on.

    One stray byte among the frames would make the browser end the connection.
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
    """The argument after `name`; None when there is none. Arguments of browsers are ignored."""
    if name not in arguments[:-1]:
        return None
    return arguments[arguments.index(name) + 1]


def print_error(text: str) -> None:
    """Print a line to standard error, which may be closed."""
    try:  # noqa: SIM105 (contextlib is one more import to wait for)
        os.write(2, f"plnd-host: {text}\n".encode(errors="replace"))
    except OSError:
        pass


def main(arguments: list[str]) -> int:
    """Serve one browser; returns the exit status."""
    frames = claim_pipes()
    state, start = option(arguments, "--state"), option(arguments, "--start")
    if not state or not start:
        print_error(
            "usage: plnd_host.py --state DIR --start PLND (browsers start it; see PROTOCOL.md)"
        )
        return 2
    try:
        serve(frames, Daemon(state, start))
    except BrokenStream as error:
        print_error(str(error))
        return 1
    except BrokenPipeError:
        return 0  # the browser has ended, which is a normal end
    except KeyboardInterrupt:
        return 130  # Ctrl-C in the terminal that the browser was started from
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
