"""Keys and names in whatever is sent to the daemon: none of it stands in a log or in a file."""

import contextlib
import http.client
import json
import socket
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.harness import Daemon, RunPlnd, bytes_with, running_daemon, wait_until

from plnd.system.files import Home
from plnd.system.paths import place

NEEDLE = "zebrafinch"


def send(port: int, request: bytes) -> bytes:
    """What is answered to raw bytes, until the end or silence."""
    got = b""
    with (
        contextlib.suppress(ConnectionError, TimeoutError),
        socket.create_connection(("127.0.0.1", port), timeout=1) as connection,
    ):
        connection.sendall(request)
        while part := connection.recv(65536):
            got += part
    return got


class Keys(NamedTuple):
    """What a browser of the user's has in hand."""

    token: str
    cookie: str
    code: str


@pytest.fixture
def keys(daemon: Daemon, run_plnd: RunPlnd) -> Keys:
    first, code = (run_plnd("open", "--print").out.strip().partition("code=")[2] for _ in range(2))
    connection = http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=10)
    connection.request("GET", f"/open?code={first}")
    given_cookie = str(connection.getresponse().getheader("Set-Cookie"))
    connection.close()
    return Keys(daemon.about["token"], given_cookie.partition(";")[0], code)


def test_no_key_of_a_refused_request_is_in_the_log(daemon: Daemon, keys: Keys, home: Home) -> None:
    """Long cookies of other programs, a bad byte, a bad version, a blank, a mistyped method."""
    host = f"Host: 127.0.0.1:{daemon.port}\r\n"
    cookie = f"Cookie: {keys.cookie}"
    for request in (
        f"GET / HTTP/1.1\r\n{host}{cookie}; jupyter={'s' * 40_000}\r\n\r\n",
        f"GET / HTTP/1.1\r\n{host}{cookie}; x=a\0b\r\n\r\n",
        f"GET /api/v1/health HTTP/1.1\r\n{host}Authorization: Bearer {keys.token}\0\r\n\r\n",
        f"GET /open?code={keys.code} HTTP/9.9\r\n{host}\r\n",
        f"GET /open?code={keys.code} x HTTP/1.1\r\n{host}\r\n",
        f"get /open?code={keys.code} HTTP/1.1\r\n{host}\r\n",
    ):
        send(daemon.port, request.encode("latin-1"))
    log = (home.state / "daemon.log").read_text()
    parts = [keys.token, keys.cookie.partition("=")[2].partition(".")[2], keys.code]
    assert not [part for part in parts if part in log]
    assert "aiohttp.server: error" in log, "that there were such requests is said"


def test_the_cookies_of_every_other_local_program_are_no_hindrance(
    daemon: Daemon, keys: Keys
) -> None:
    others = "; ".join(f"program-{n}={'s' * 1000}" for n in range(24))
    for path in ("/", "/api/v1/today"):
        connection = http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=10)
        connection.request("GET", path, headers={"Cookie": f"{others}; {keys.cookie}"})
        answer = connection.getresponse()
        assert answer.status == (200 if path.startswith("/api") else answer.status)
        assert answer.status != 400
        connection.close()


needles = st.builds(
    lambda before, after: before + NEEDLE.encode() + after,
    st.binary(max_size=4),
    st.binary(max_size=4) | st.just(b"\0") | st.just(b"x" * 40_000),
)
PLACES = (
    "{n} / HTTP/1.1\r\nHost: {h}\r\n\r\n",
    "GET {n} HTTP/1.1\r\nHost: {h}\r\n\r\n",
    "GET /{n} HTTP/1.1\r\nHost: {h}\r\nAuthorization: Bearer {t}\r\n\r\n",
    "GET /assets/{n} HTTP/1.1\r\nHost: {h}\r\n\r\n",
    "GET /open?code={n} HTTP/1.1\r\nHost: {h}\r\n\r\n",
    "GET /api/v1/today?day={n} HTTP/1.1\r\nHost: {h}\r\nAuthorization: Bearer {t}\r\n\r\n",
    "GET /api/v1/receipt?before={n} HTTP/1.1\r\nHost: {h}\r\nAuthorization: Bearer {t}\r\n\r\n",
    "DELETE /api/v1/budgets/{n} HTTP/1.1\r\nHost: {h}\r\nAuthorization: Bearer {t}\r\n\r\n",
    "GET /api/v1/{n} HTTP/1.1\r\nHost: {h}\r\nAuthorization: Bearer {t}\r\n\r\n",
    "GET / {n}\r\nHost: {h}\r\n\r\n",
    "GET / HTTP/{n}\r\nHost: {h}\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: {n}\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: {h}\r\n{n}: x\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: {h}\r\nCookie: plnd={n}\r\n\r\n",
    "GET /api/v1/today HTTP/1.1\r\nHost: {h}\r\nAuthorization: Bearer {n}\r\n\r\n",
    "GET /api/v1/today HTTP/1.1\r\nHost: {h}\r\nAuthorization: {n}\r\n\r\n",
    "GET /api/v1/today HTTP/1.1\r\nHost: {h}\r\nAuthorization: Bearer {t}\r\n"
    "Accept-Language: {n}\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: {h}\r\nOrigin: {n}\r\nSec-Fetch-Site: {n}\r\nUpgrade: {n}\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: {h}\r\nExpect: {n}\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: {h}\r\nContent-Length: {n}\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: {h}\r\nTransfer-Encoding: {n}\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: {h}\r\nTransfer-Encoding: chunked\r\n\r\n{n}\r\nx\r\n0\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: {h}\r\nTransfer-Encoding: chunked\r\n\r\n1;{n}\r\nx\r\n0\r\n\r\n",
    "POST /api/v1/events HTTP/1.1\r\nHost: {h}\r\nAuthorization: Bearer {t}\r\n"
    "Content-Encoding: gzip\r\nContent-Length: {l}\r\n\r\n{n}",
    "POST /api/v1/events HTTP/1.1\r\nHost: {h}\r\nAuthorization: Bearer {t}\r\n"
    "Content-Type: {n}\r\nContent-Length: {l}\r\n\r\n{n}",
    "POST /api/v1/forget HTTP/1.1\r\nHost: {h}\r\nAuthorization: Bearer {t}\r\n"
    "Content-Length: {l}\r\n\r\n{n}",
    "GET / HTTP/1.1\r\nHost: {h}\r\n\r\n{n}",
)


def test_nothing_of_a_request_is_written_anywhere(tmp_path: Path, home: Home) -> None:
    """A word in each place of a request: the daemon, with its standard error caught, has it
    neither there nor in any file of its home."""
    said = tmp_path / "said"
    with said.open("wb") as stream:
        process = subprocess.Popen([sys.executable, "-m", "plnd", "run"], stderr=stream)
    file = Path(place().state) / "daemon.json"
    wait_until(lambda: file.exists() or process.poll() is not None, "the daemon")
    daemon = running_daemon()

    @settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.sampled_from(PLACES), needles)
    def sent(where: str, needle: bytes) -> None:
        filled = where.replace("{h}", f"127.0.0.1:{daemon.port}\r\nConnection: close")
        filled = filled.replace("{t}", daemon.about["token"]).replace("{l}", str(len(needle)))
        send(daemon.port, filled.encode().replace(b"{n}", needle))

    try:
        sent()
        for body in ({"handle": NEEDLE}, {"network": NEEDLE}, {"person": NEEDLE}, {NEEDLE: 1}):
            content = json.dumps(body).encode()
            connection = http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=10)
            headers = {"Authorization": f"Bearer {daemon.about['token']}"}
            connection.request("POST", "/api/v1/forget?dry=1", content, headers)
            connection.getresponse().read()
            connection.close()
        assert daemon.ask("GET", "health")
    finally:
        process.terminate()
        process.wait(20)
    assert NEEDLE not in said.read_text()
    # What is asked to be forgotten is kept as a guard, to be refused when it comes again.
    assert set(bytes_with(home.data.parent, NEEDLE)) <= {"data/forgotten.json"}


BUGS = (f"raise ValueError({NEEDLE!r})", f"{{}}[{NEEDLE!r}]", f"int({NEEDLE!r})")


@pytest.mark.parametrize("how", BUGS)
def test_a_bug_says_where_it_is_and_nothing_of_the_request(
    tmp_path: Path, home: Home, how: str
) -> None:
    """The whole of the daemon, with a bug put into it."""
    code = tmp_path / "broken.py"
    code.write_text(
        "import sys\nfrom plnd.core.own_data.own_data import OwnData\n"
        "from plnd.terminal.main import main\n"
        f"def broken(self, *given, **more):\n    {how}\n"
        "OwnData.receipt = broken\nsys.exit(main(['run']))\n"
    )
    said = tmp_path / "said"
    with said.open("wb") as stream:
        process = subprocess.Popen([sys.executable, str(code)], stderr=stream)
    file = Path(place().state) / "daemon.json"
    wait_until(lambda: file.exists() or process.poll() is not None, "the daemon")
    daemon = running_daemon()
    try:
        answer = send(
            daemon.port,
            f"GET /api/v1/receipt?network={NEEDLE} HTTP/1.1\r\nHost: 127.0.0.1:{daemon.port}\r\n"
            f"Authorization: Bearer {daemon.about['token']}\r\nConnection: close\r\n\r\n".encode(),
        )
        assert b" 500 " in answer and b"its log says more" in answer
    finally:
        process.terminate()
        process.wait(20)
    log = said.read_text()
    assert NEEDLE not in log
    assert "a bug answered a request of /api/v1/receipt" in log
    assert f"{code}:5 broken" in log
