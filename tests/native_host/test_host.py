"""The native host against its contract, as a real process."""

import ast
import base64
import hashlib
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.fake_daemon import TOKEN, FakeDaemon, Seen, http

ROOT = Path(__file__).parents[2]
HOST = ROOT / "native-host" / "plnd_host.py"
MIB = 1024 * 1024

Answer = dict[str, object]

# Runs the real host with shorter deadlines, so that no test waits for ten seconds.
SHORT = f"""
import sys
sys.path.insert(0, {str(HOST.parent)!r})
import plnd_host
plnd_host.REQUEST_SECONDS = 0.4
plnd_host.START_SECONDS = 0.6
sys.exit(plnd_host.main(sys.argv[1:]))
"""


def raw(data: bytes) -> bytes:
    """A frame of these bytes."""
    return struct.pack("@I", len(data)) + data


def frame(**fields: object) -> bytes:
    """A request frame, by default a GET of a harmless path."""
    return raw(json.dumps({"id": 1, "method": "GET", "path": "/api/v1/x", **fields}).encode())


def unframe(stream: bytes) -> list[Answer]:
    """Every frame in a stream. Fails if there is anything else in it."""
    frames = []
    while stream:
        assert len(stream) >= 4, stream
        length = struct.unpack("@I", stream[:4])[0]
        assert len(stream) >= 4 + length, "a frame is cut short"
        found = json.loads(stream[4 : 4 + length])
        assert set(found) == {"id", "status", "body"}
        frames.append(found)
        stream = stream[4 + length :]
    return frames


def code(answered: Answer) -> str:
    """The error code of an answer. Checks that the error has all fields."""
    body = answered["body"]
    assert isinstance(body, dict)
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "message", "hint", "field"}
    assert body["error"]["message"]
    assert body["error"]["hint"]
    return str(body["error"]["code"])


class Host:
    """A native host, with the state folder and the `plnd` command that it uses."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self.start = state / "plnd"
        self.write_start("exit 1")

    def write_start(self, script: str) -> None:
        """Write the script of `plnd start`; each run adds a line to the file `starts`."""
        self.start.write_text(f'#!/bin/sh\necho "$@" >> "{self.state}/starts"\n{script}\n')
        self.start.chmod(0o700)

    def starts_a_daemon(self) -> None:
        """Have `plnd start` start a fake daemon, and return when it runs."""
        fake_daemon = ROOT / "tests" / "support" / "fake_daemon.py"
        self.write_start(
            f'rm -f "{self.state}/daemon.json"\n'
            f'"{sys.executable}" "{fake_daemon}" "{self.state}" </dev/null >/dev/null 2>&1 &\n'
            f'echo $! >> "{self.state}/pids"\necho noise on standard output\n'
            f'while [ ! -e "{self.state}/daemon.json" ]; do sleep 0.02; done'
        )

    @property
    def starts(self) -> int:
        """How many times `plnd start` was run."""
        path = self.state / "starts"
        lines = path.read_text().splitlines() if path.exists() else []
        assert all(line == "start" for line in lines)
        return len(lines)

    def kill_daemon(self) -> None:
        """Kill the fake daemon that was started last, and wait until its lock is free."""
        pid = int((self.state / "pids").read_text().split()[-1])
        os.kill(pid, signal.SIGKILL)
        import fcntl

        with (self.state / "daemon.lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)

    def command(self, *more: str, short: bool = False) -> list[str]:
        """The host's command line."""
        what = ["-c", SHORT] if short else [str(HOST)]
        options = ["--state", str(self.state), "--start", str(self.start)]
        return [sys.executable, "-I", "-S", *what, *options, *more]

    def run(self, stream: bytes, *more: str, short: bool = False) -> tuple[list[Answer], int, str]:
        """Send a whole stream; the answers, the exit status and the standard error."""
        done = subprocess.run(
            self.command(*more, short=short), input=stream, capture_output=True, timeout=30
        )
        return unframe(done.stdout), done.returncode, done.stderr.decode()

    def open(self, short: bool = False) -> "subprocess.Popen[bytes]":
        """Start a host to send frames to one by one."""
        return subprocess.Popen(
            self.command(short=short),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )


def say(process: "subprocess.Popen[bytes]", sent: bytes) -> Answer:
    """Send one frame and wait for its answer."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(sent)
    process.stdin.flush()
    length = struct.unpack("@I", process.stdout.read(4))[0]
    found: Answer = json.loads(process.stdout.read(length))
    return found


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    """A host of an empty home whose daemon does not start."""
    host = Host(tmp_path)
    yield host
    pids = tmp_path / "pids"
    for pid in pids.read_text().split() if pids.exists() else []:
        try:
            os.kill(int(pid), signal.SIGKILL)
        except ProcessLookupError:
            continue


@pytest.fixture
def daemon(host: Host) -> Iterator[FakeDaemon]:
    """A running daemon that answers with what it got."""
    fake_daemon = FakeDaemon(host.state).start()
    yield fake_daemon
    fake_daemon.stop()


# ---- forwarding


def test_a_request_is_forwarded_with_the_token(host: Host, daemon: FakeDaemon) -> None:
    """The daemon gets method, path, query, body and token; the browser gets status and body."""
    sent = frame(id=7, method="POST", path="/api/v1/events?a=b", body={"text": "naïve 🎓"})
    answers, status, talk = host.run(sent)
    assert (status, talk) == (0, "")
    body = {"path": "/api/v1/events?a=b", "said": {"text": "naïve 🎓"}}
    assert answers == [{"id": 7, "status": 200, "body": body}]
    seen = daemon.seen[0]
    assert seen.method == "POST"
    assert seen.headers["Authorization"] == f"Bearer {TOKEN}"
    assert seen.headers["Host"] == daemon.url.removeprefix("http://")
    assert seen.headers["Connection"] == "close"
    assert seen.headers["Content-Type"] == "application/json"
    assert "Origin" not in seen.headers


def test_a_request_uses_the_socket_file_if_there_is_one(host: Host) -> None:
    """Only the user can reach its folder, but everybody can reach a port."""
    daemon = FakeDaemon(host.state, by_file=True).start()
    port = int(daemon.url.rpartition(":")[2])
    with socket.create_server(("127.0.0.1", port)) as anybody:
        answers, status, talk = host.run(frame(id=7, method="GET", path="/api/v1/today"))
        assert (status, talk) == (0, "")
        assert answers == [
            {"id": 7, "status": 200, "body": {"path": "/api/v1/today", "said": None}}
        ]
        assert daemon.seen[0].headers["Authorization"] == f"Bearer {TOKEN}"
        anybody.setblocking(False)
        with pytest.raises(BlockingIOError):
            anybody.accept()
    daemon.stop()


def test_arguments_that_browsers_add_are_ignored(host: Host, daemon: FakeDaemon) -> None:
    """Chromium adds an origin, Firefox a manifest and an add-on id."""
    for more in (["chrome-extension://abc/"], ["/a/org.plnd.host.json", "plnd@plnd.org"]):
        answers, status, _ = host.run(frame(), *more)
        assert status == 0
        assert answers[0]["status"] == 200


def test_every_frame_is_answered_once_in_order(host: Host, daemon: FakeDaemon) -> None:
    """A hundred frames in one write give a hundred answers in the same order."""
    stream = b"".join(frame(id=number, path=f"/api/v1/{number}") for number in range(100))
    answers, status, _ = host.run(stream)
    assert status == 0
    assert [answered["id"] for answered in answers] == list(range(100))
    assert [seen.path for seen in daemon.seen] == [f"/api/v1/{number}" for number in range(100)]


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_methods_of_the_api_are_forwarded(host: Host, daemon: FakeDaemon, method: str) -> None:
    """Each of the API's methods goes through, and an absent body stays absent."""
    answers, _, _ = host.run(frame(method=method))
    assert answers[0]["status"] == 200
    assert daemon.seen[0].method == method
    assert daemon.seen[0].body == b""


def test_ids_come_back_unchanged(host: Host, daemon: FakeDaemon) -> None:
    """An id is a number or a text."""
    answers, _, _ = host.run(frame(id=0) + frame(id="a-b") + frame(id=2**60))
    assert [answered["id"] for answered in answers] == [0, "a-b", 2**60]


def test_an_errors_status_and_body_come_back(host: Host, daemon: FakeDaemon) -> None:
    """The host forwards the daemon's error unchanged."""
    said = {"error": {"code": "not_found", "message": "m", "hint": "h", "field": None}}
    daemon.answer = lambda seen: http(json.dumps(said).encode(), 404)
    assert host.run(frame())[0] == [{"id": 1, "status": 404, "body": said}]


def test_an_empty_answer_is_null(host: Host, daemon: FakeDaemon) -> None:
    """204 has no body."""
    daemon.answer = lambda seen: http(b"", 204)
    assert host.run(frame())[0] == [{"id": 1, "status": 204, "body": None}]


def test_an_answer_without_a_length_lasts_to_the_end(host: Host, daemon: FakeDaemon) -> None:
    """HTTP allows an answer that ends with the connection."""
    daemon.answer = lambda seen: b'HTTP/1.1 200 OK\r\n\r\n{"a": 1}'
    assert host.run(frame())[0] == [{"id": 1, "status": 200, "body": {"a": 1}}]


def test_half_a_surrogate_pair_goes_through(host: Host, daemon: FakeDaemon) -> None:
    """JavaScript text can contain what UTF-8 cannot."""
    answers, _, _ = host.run(frame(method="POST", body="\ud83c"))
    assert answers[0]["body"] == {"path": "/api/v1/x", "said": "\ud83c"}


# ---- what is not forwarded


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/open?code=1",
        "/api/v2/x",
        "/api/v1",
        "api/v1/x",
        "http://example.org/api/v1/x",
        "/api/v1/../../open",
        "/api/v1/%2e%2E/x",
        "/api/v1/x y",
        "/api/v1/x\r\nHost: evil",
        "/api/v1/x\n",
        "/api/v1/\x00",
        "/api/v1/é",
        "/api/v1/a\\b",
        "/api/v1/x#y",
        "/api/v1/" + "a" * 5000,
        None,
        5,
    ],
)
def test_only_the_api_is_forwarded(host: Host, daemon: FakeDaemon, path: object) -> None:
    """Any other path is refused and never reaches the daemon."""
    answers, status, _ = host.run(frame(id=3, path=path) + frame(id=4))
    assert status == 0
    assert [(found["id"], found["status"]) for found in answers] == [(3, 400), (4, 200)]
    assert code(answers[0]) == "invalid"
    assert [seen.path for seen in daemon.seen] == ["/api/v1/x"]


@pytest.mark.parametrize(
    ("bad", "expected_id"),
    [
        (raw(b""), None),
        (raw(b"{"), None),
        (raw(b"\xff\xfe"), None),
        (raw(b"[" * 100_000), None),
        (raw(b"[]"), None),
        (raw(b"null"), None),
        (raw(b'{"method":"GET","path":"/api/v1/x"}'), None),
        (frame(id=None), None),
        (frame(id=True), None),
        (frame(id=[1]), None),
        (frame(id="x" * 257), None),
        (frame(id=5, method="CONNECT"), 5),
        (frame(id=5, method="get"), 5),
        (frame(id=5, method=["GET"]), 5),
        (frame(id=5, more=1), 5),
        (raw(b'{"id":5,"method":"POST","path":"/api/v1/x","body":NaN}'), None),
        (raw(b'{"id":5,"method":"POST","path":"/api/v1/x","body":1e999}'), 5),
    ],
)
def test_a_bad_frame_gets_one_error_frame(
    host: Host, daemon: FakeDaemon, bad: bytes, expected_id: object
) -> None:
    """It is answered with 400 (its id, when it has one), and the next frame goes through."""
    answers, status, _ = host.run(bad + frame(id=9))
    assert status == 0
    assert [found["id"] for found in answers] == [expected_id, 9]
    assert [found["status"] for found in answers] == [400, 200]
    assert code(answers[0]) == "invalid"
    assert len(daemon.seen) == 1


def test_a_frame_over_4_mib_gets_one_error_frame(host: Host, daemon: FakeDaemon) -> None:
    """4 MiB is accepted, one byte more is answered with 413, and the stream goes on."""
    shell = json.dumps({"id": 1, "method": "POST", "path": "/api/v1/x", "body": ""}).encode()
    daemon.answer = lambda seen: http(str(len(seen.body)).encode())
    largest = shell.replace(b'""', b'"' + b"a" * (4 * MIB - len(shell)) + b'"')
    answers, status, _ = host.run(raw(largest) + raw(largest + b" ") + frame(id=2))
    assert status == 0
    assert [found["status"] for found in answers] == [200, 413, 200]
    assert answers[0]["body"] == 4 * MIB - len(shell) + 2
    assert [found["id"] for found in answers] == [1, None, 2]
    assert code(answers[1]) == "too_large"


@pytest.mark.parametrize("length", [64 * MIB + 1, 0xFFFFFFFF])
def test_an_absurd_length_ends_the_host(host: Host, daemon: FakeDaemon, length: int) -> None:
    """Exit 1 and one line on standard error; the frames before it are answered."""
    answers, status, talk = host.run(frame() + struct.pack("@I", length) + b"abc")
    assert (len(answers), status) == (1, 1)
    assert len(talk.splitlines()) == 1
    assert str(length) in talk


def test_a_stream_that_ends_inside_a_frame_ends_the_host(host: Host, daemon: FakeDaemon) -> None:
    """Inside a frame: exit 1 and a line of error; between frames: exit 0 and none."""
    whole = frame()
    for cut in range(len(whole)):
        answers, status, talk = host.run(whole + whole[:cut])
        assert len(answers) == 1
        assert (status, len(talk.splitlines())) == ((1, 1) if cut else (0, 0)), cut
    _, status, talk = host.run(struct.pack("@I", 5 * MIB) + b"short")
    assert (status, len(talk.splitlines())) == (1, 1)


def test_wrong_usage_is_reported(host: Host) -> None:
    """Without its two options the host prints its usage and exits with 2."""
    done = subprocess.run([sys.executable, str(HOST), "--state"], capture_output=True, timeout=30)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"usage" in done.stderr


# ---- answers that cannot be passed on


def test_a_reply_over_1_mb_becomes_507(host: Host, daemon: FakeDaemon) -> None:
    """A frame of exactly 1 MiB is forwarded, a longer one is not."""
    shell = len(b'{"id":1,"status":200,"body":""}')
    texts = iter([MIB - shell, MIB - shell + 1, 3 * MIB])
    daemon.answer = lambda seen: http(b'"' + b"a" * next(texts) + b'"')
    answers, status, _ = host.run(frame() * 3)
    assert status == 0
    assert [found["status"] for found in answers] == [200, 507, 507]
    assert code(answers[1]) == code(answers[2]) == "reply_too_large"


@pytest.mark.parametrize(
    "answer",
    [
        b"SSH-2.0-OpenSSH_9\r\n\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: ten\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        http(b"<html>"),
        http(b"\xff"),
    ],
)
def test_an_invalid_answer_becomes_502(host: Host, daemon: FakeDaemon, answer: bytes) -> None:
    """Whatever the daemon answers, the browser gets a frame with an error."""
    daemon.answer = lambda seen: answer
    answers, status, _ = host.run(frame())
    assert (status, answers[0]["status"], code(answers[0])) == (0, 502, "bad_reply")


def test_a_hung_daemon_becomes_503(host: Host, daemon: FakeDaemon) -> None:
    """A daemon that answers nothing, or too slowly, is given up at the deadline."""
    release = threading.Event()

    def hang(seen: Seen) -> None:
        release.wait(20)

    daemon.answer = hang
    answers, status, _ = host.run(frame(), short=True)
    release.set()
    assert (status, answers[0]["status"], code(answers[0])) == (0, 503, "daemon_unreachable")
    assert host.starts == 0


# ---- starting the daemon


def test_a_daemon_that_is_not_running_is_started(host: Host) -> None:
    """It is started once, and its output does not get among the frames."""
    host.starts_a_daemon()
    answers, status, talk = host.run(frame(id=1) + frame(id=2))
    assert status == 0
    assert [(found["id"], found["status"]) for found in answers] == [(1, 200), (2, 200)]
    assert host.starts == 1
    assert "noise" in talk


def test_a_bad_frame_starts_no_daemon(host: Host) -> None:
    """Only a valid request starts the daemon."""
    host.run(raw(b"x") + frame(path="/"))
    assert host.starts == 0


def test_a_daemon_that_died_between_frames_is_started_again(host: Host) -> None:
    """The next frame finds the lock free and starts a new one."""
    host.starts_a_daemon()
    with host.open() as process:
        assert say(process, frame())["status"] == 200
        host.kill_daemon()
        assert say(process, frame())["status"] == 200
        process.communicate(timeout=10)
    assert host.starts == 2


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "die"), ("PUT", "die"), ("DELETE", "die"), ("POST", "events?die")],
)
def test_a_repeatable_request_is_sent_again(host: Host, method: str, path: str) -> None:
    """If the daemon dies during such a request, it is started and asked again."""
    host.starts_a_daemon()
    answers, status, _ = host.run(frame(method=method, path="/api/v1/" + path))
    assert (status, answers[0]["status"]) == (0, 200)
    assert host.starts == 2


def test_it_is_sent_again_only_once(host: Host) -> None:
    """A request that kills every daemon ends with 503."""
    host.starts_a_daemon()
    answers, _, _ = host.run(frame(path="/api/v1/die-always"))
    assert (answers[0]["status"], code(answers[0])) == (503, "daemon_unreachable")
    assert host.starts == 2


@pytest.mark.parametrize(("method", "path"), [("POST", "open-die"), ("PATCH", "die")])
def test_any_other_request_is_not_sent_again(host: Host, method: str, path: str) -> None:
    """Nobody knows whether it was done, so the sender gets an error."""
    host.starts_a_daemon()
    answers, _, _ = host.run(frame(method=method, path="/api/v1/" + path))
    assert (answers[0]["status"], code(answers[0])) == (503, "daemon_unreachable")
    assert host.starts == 1


def test_half_an_answer_counts_as_a_dead_daemon(host: Host, daemon: FakeDaemon) -> None:
    """An answer shorter than its length is not forwarded; that of the second try is."""
    replies = iter([b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", http(b"{}")])
    daemon.answer = lambda seen: next(replies)
    assert host.run(frame())[0] == [{"id": 1, "status": 200, "body": {}}]


def test_a_failed_start_is_not_tried_for_every_frame(host: Host) -> None:
    """Ten waiting frames: one start, ten answers with the error."""
    answers, status, _ = host.run(frame() * 10)
    assert status == 0
    assert {(found["status"], code(found)) for found in answers} == {(503, "daemon_unreachable")}
    assert (len(answers), host.starts) == (10, 1)


def test_after_a_second_a_start_is_tried_again(host: Host) -> None:
    """A failure is remembered for a second, not for ever."""
    with host.open() as process:
        failed_by = time.monotonic()
        assert say(process, frame())["status"] == 503
        host.starts_a_daemon()
        while (answered := say(process, frame()))["status"] == 503:
            assert time.monotonic() < failed_by + 10
        assert answered["status"] == 200
        process.communicate(timeout=10)
    assert host.starts == 2


def test_a_start_that_hangs_becomes_503(host: Host) -> None:
    """The wait is limited, also when `plnd start` never comes back."""
    host.write_start(f'echo $$ >> "{host.state}/pids"; exec sleep 60 2>/dev/null >&2')
    answers, status, _ = host.run(frame() * 3, short=True)
    assert status == 0
    assert [found["status"] for found in answers] == [503] * 3
    assert host.starts == 1


def test_while_a_start_hangs_there_is_no_second_one(host: Host) -> None:
    """However often the browser asks, only one start runs at a time."""
    host.write_start(f'echo $$ >> "{host.state}/pids"; exec sleep 60 2>/dev/null >&2')
    with host.open(short=True) as process:
        messages = set()
        ends_at = time.monotonic() + 3
        while time.monotonic() < ends_at:
            answered = say(process, frame())
            assert answered["status"] == 503
            messages.add(json.dumps(answered["body"]))
        process.communicate(timeout=10)
    assert len(messages) == 2  # it waited again after the pause
    assert host.starts == 1


def test_a_start_that_cannot_be_run_becomes_503(host: Host) -> None:
    """The answer names the command."""
    host.start.unlink()
    answers, status, _ = host.run(frame())
    assert (status, answers[0]["status"], code(answers[0])) == (0, 503, "daemon_unreachable")
    assert str(host.start) in json.dumps(answers[0]["body"])


def test_another_program_on_the_port_gets_no_token(host: Host) -> None:
    """daemon.json without a held lock is out of date: nothing is sent to its port."""
    stranger = FakeDaemon(host.state, lock=False).start()
    answers, _, _ = host.run(frame())
    stranger.stop()
    assert answers[0]["status"] == 503
    assert stranger.seen == []
    assert host.starts == 1


@pytest.mark.parametrize(
    "written",
    [
        b"",
        b"[]",
        b'{"url": "http://127.0.0.1:80"}',
        b'{"url": "http://example.org:80", "token": "t"}',
        b'{"url": "http://127.0.0.1:80@example.org", "token": "t"}',
        b'{"url": "https://127.0.0.1:80", "token": "t"}',
        b'{"url": "http://127.0.0.1:80", "token": "a\\r\\nb"}',
    ],
)
def test_an_unusable_daemon_json_is_not_used(
    host: Host, daemon: FakeDaemon, written: bytes
) -> None:
    """The lock is held and the file is not usable: 503 at the deadline, no second daemon."""
    (host.state / "daemon.json").write_bytes(written)
    answers, _, _ = host.run(frame(), short=True)
    assert answers[0]["status"] == 503
    assert (host.starts, daemon.seen) == (0, [])


def test_the_host_waits_for_a_daemon_that_is_starting(host: Host) -> None:
    """The lock is held and daemon.json missing: no second start, an answer when it is written."""
    fake_daemon = FakeDaemon(host.state).start()
    whole = (host.state / "daemon.json").read_bytes()
    (host.state / "daemon.json").unlink()
    with host.open() as process:
        late = threading.Timer(0.2, (host.state / "daemon.json").write_bytes, [whole])
        late.start()
        assert say(process, frame())["status"] == 200
        process.communicate(timeout=10)
    fake_daemon.stop()
    assert host.starts == 0


# ---- the process


def test_eof_ends_the_host_when_the_browser_is_killed(host: Host, daemon: FakeDaemon) -> None:
    """kill -9 of the browser closes its pipes, and the host ends at once."""
    browser = (
        "import subprocess, sys\n"
        "p = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stdout=subprocess.PIPE)\n"
        "print(p.pid, flush=True)\np.wait()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", browser, *host.command()],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        pid = int(process.stdout.readline())
        os.kill(pid, 0)
        process.kill()
        killed_at = time.monotonic()
        assert process.stderr.read() == b""  # the host held the other end until it was gone
        assert time.monotonic() - killed_at < 2


def test_sigterm_ends_the_host_promptly(host: Host, daemon: FakeDaemon) -> None:
    """Also in the middle of a request that hangs."""
    asked, release = threading.Event(), threading.Event()

    def hang(seen: Seen) -> None:
        asked.set()
        release.wait(20)

    daemon.answer = hang
    with host.open() as process:
        assert process.stdin is not None
        process.stdin.write(frame())
        process.stdin.flush()
        assert asked.wait(10)
        process.terminate()
        assert process.wait(timeout=2) == -signal.SIGTERM
    release.set()


def test_a_browser_that_stops_reading_ends_the_host(host: Host, daemon: FakeDaemon) -> None:
    """The answer's pipe is closed: exit 0 without a word."""
    with host.open() as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        process.stdin.write(frame())
        process.stdin.flush()
        assert process.wait(timeout=10) == 0
        assert process.stderr.read() == b""


def test_printed_text_never_gets_among_the_frames(host: Host, daemon: FakeDaemon) -> None:
    """print() and child processes write to standard error."""
    noisy = SHORT.replace(
        "sys.exit(",
        "import os\n"
        "answer = plnd_host.answer\n"
        "def loud(*a):\n"
        "    print('printed', flush=True)\n"
        "    os.system('echo from a child')\n"
        "    return answer(*a)\n"
        "plnd_host.answer = loud\n"
        "sys.exit(",
    )
    command = [sys.executable, "-I", "-S", "-c", noisy, *host.command()[4:]]
    done = subprocess.run(command, input=frame(), capture_output=True, timeout=30)
    assert [found["status"] for found in unframe(done.stdout)] == [200]
    assert done.stderr == b"printed\nfrom a child\n"


def test_closed_standard_error_is_harmless(host: Host, daemon: FakeDaemon) -> None:
    """Some desktops start browsers without one."""
    done = subprocess.run(
        ["/bin/sh", "-c", 'exec "$@" 2>&-', "sh", *host.command()],
        input=frame() + b"\x01",
        stdout=subprocess.PIPE,
        timeout=30,
    )
    assert [found["status"] for found in unframe(done.stdout)] == [200]
    assert done.returncode == 1


def test_only_the_standard_library_is_imported() -> None:
    """Any python3 can run the host."""
    names = set()
    for node in ast.walk(ast.parse(HOST.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(str(node.module))
    assert {"json", "os", "socket", "sys"} <= names
    assert {name.split(".")[0] for name in names} <= sys.stdlib_module_names


def test_nothing_heavy_is_imported_to_forward_a_frame(host: Host, daemon: FakeDaemon) -> None:
    """Modules that take milliseconds to load are not loaded for a plain request."""
    command = host.command()
    command[1:1] = ["-X", "importtime"]
    done = subprocess.run(command, input=frame(), capture_output=True, timeout=30)
    assert unframe(done.stdout)[0]["status"] == 200
    loaded = {line.rsplit("|", 1)[-1].strip() for line in done.stderr.decode().splitlines()}
    assert "json" in loaded
    heavy = {"subprocess", "argparse", "typing", "http.client", "urllib.parse", "struct", "logging"}
    assert not loaded & heavy


# ---- any bytes at all


def expected(stream: bytes) -> tuple[list[object], int]:
    """The ids of the expected answers, in order, and the exit status, by the protocol."""
    ids: list[object] = []
    while stream:
        if len(stream) < 4:
            return ids, 1
        length = struct.unpack("@I", stream[:4])[0]
        if len(stream) < 4 + length:
            return ids, 1
        try:
            found = json.loads(stream[4 : 4 + length].decode())
            ids.append(found["id"] if type(found["id"]) is int else None)
        except (ValueError, TypeError, KeyError, IndexError, RecursionError):
            ids.append(None)
        stream = stream[4 + length :]
    return ids, 0


PIECES = st.one_of(
    st.integers(0, 99).map(lambda number: frame(id=number)),
    st.binary(max_size=40).map(raw),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=9),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
        max_leaves=6,
    ).map(lambda value: raw(json.dumps(value).encode())),
)


@pytest.fixture(scope="module")
def steady(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """A host whose daemon runs during all tests of this module."""
    host = Host(tmp_path_factory.mktemp("steady"))
    fake_daemon = FakeDaemon(host.state).start()
    yield host
    fake_daemon.stop()


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(pieces=st.lists(PIECES, max_size=6), tail=st.binary(max_size=12))
def test_any_input_gives_only_whole_frames(steady: Host, pieces: list[bytes], tail: bytes) -> None:
    """Each whole frame is answered once and in order; the exit status tells how it ended."""
    stream = b"".join(pieces) + tail
    answers, status, _ = steady.run(stream)
    assert ([found["id"] for found in answers], status) == expected(stream)


# ---- the manifests


def test_the_manifests_name_the_host_and_have_a_path_to_fill_in() -> None:
    """One per family; setup fills in the launcher."""
    for name in ("chromium", "firefox"):
        manifest = json.loads((HOST.parent / f"{name}.json").read_text())
        assert manifest["name"] == "org.plnd.host"
        assert manifest["type"] == "stdio"
        assert manifest["path"] == "{launcher}"
        assert manifest["description"]


def test_the_manifests_allow_this_extension_only() -> None:
    """Chromium's id follows from the extension's key, Firefox's is written in its manifest."""
    extension = json.loads((ROOT / "extension" / "manifest.json").read_text())
    digest = hashlib.sha256(base64.b64decode(extension["key"])).hexdigest()[:32]
    extension_id = "".join(chr(ord("a") + int(digit, 16)) for digit in digest)
    chromium = json.loads((HOST.parent / "chromium.json").read_text())
    assert chromium["allowed_origins"] == [f"chrome-extension://{extension_id}/"]
    firefox = json.loads((HOST.parent / "firefox.json").read_text())
    gecko = extension["browser_specific_settings"]["gecko"]["id"]
    assert firefox["allowed_extensions"] == [gecko]
