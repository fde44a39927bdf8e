"""What the fixtures provide: a clock, a desktop, the API, a daemon."""

import functools
import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from plnd import client
from plnd.model.events import Visit
from plnd.store.log.log import Log
from plnd.system.paths import place
from plnd.web.access import Access
from plnd.web.api import DaemonApi
from plnd.web.sessions import Sessions
from support.builders import NOON

TOKEN = "t" * 43
PATIENCE_SECONDS = 20.0
ROUTES = DaemonApi(Access(0, TOKEN, Sessions(Path("/nowhere"), lambda: NOON)), "", NOON).routes()


def _midday() -> str:
    """A time zone in which it is about noon now, so that no day ends during a test."""
    return f"Etc/GMT{time.gmtime().tm_hour - 12:+d}"


MIDDAY = _midday()


@dataclass
class Clock:
    """A clock that a test moves; milliseconds since the epoch."""

    now: int = NOON

    def __call__(self) -> int:
        return self.now

    def forward(self, ms: int) -> None:
        self.now += ms


@dataclass
class Seconds:
    """The clock of the one-time codes, in seconds."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Desktop:
    """A desktop that remembers the notices and answers `answer`."""

    shown: list[tuple[str, str]] = field(default_factory=list)
    answer: str | None = None

    async def __call__(self, title: str, body: str) -> str | None:
        self.shown.append((title, body))
        return self.answer


@dataclass
class Api:
    """The real application on a real socket, and a client for it."""

    url: str
    access: Access
    session: aiohttp.ClientSession

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    @functools.cached_property
    def cookie(self) -> str:
        """The cookie of a browser that is signed in, as it is sent."""
        return f"{self.access.sessions.cookie}={self.access.sessions.create('')}"

    async def __call__(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        status: int = 200,
        headers: dict[str, str] | None = None,
        data: bytes | None = None,
    ) -> Any:
        """The answer as JSON; it must have the status `status`.

        `path` follows /api/v1/. The token is sent unless `headers` are given.
        """
        content = data if data is not None else None if body is None else json.dumps(body).encode()
        async with self.session.request(
            method,
            f"{self.url}/api/v1/{path}",
            data=None if content is None else io.BytesIO(content),
            headers={"Authorization": f"Bearer {TOKEN}"} if headers is None else headers,
            allow_redirects=False,
        ) as response:
            text = await response.text()
            assert response.status == status, text
            assert not [name for name in response.headers if name.lower().startswith("access-c")]
            return json.loads(text)


def bytes_with(folder: Path, word: str) -> list[str]:
    """The files with the word in their names or raw bytes."""
    return [
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if word in path.name.lower()
        or (path.is_file() and word.encode() in path.read_bytes().lower())
    ]


def spans_in(log: Log) -> list[tuple[int, int]]:
    """Start and end of every visit in a log."""
    found = (one.event for one in log.queries.visits_after(b"", 1_000_000))
    return sorted((one.start, one.end) for one in found if isinstance(one, Visit))


def sums_in(log: Log) -> list[tuple[int, str, str, int, int]]:
    """The sums in a log of visits that are no longer stored."""
    return log.queries.rollups_after((-1, "", ""), 1_000_000)


# -- processes ------------------------------------------------------------------


@dataclass(frozen=True)
class Ran:
    """The result of a command."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


RunPlnd = Callable[..., Ran]


def run_plnd(*words: str, env: dict[str, str] | None = None, code: int | None = 0) -> Ran:
    """Run `plnd WORDS…` in a process, which must exit with `code` (None: any)."""
    done = subprocess.run(
        [sys.executable, "-m", "plnd", *words],
        env={**os.environ, "TZ": MIDDAY, **(env or {})},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    if code is not None:
        assert done.returncode == code, done.stdout + done.stderr
    return Ran(done.returncode, done.stdout, done.stderr)


@dataclass
class Daemon:
    """The daemon running for this test's home."""

    about: dict[str, Any]

    @property
    def pid(self) -> int:
        return int(self.about["pid"])

    @property
    def url(self) -> str:
        return str(self.about["url"])

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """The answer to a request with the daemon's own token."""
        return client.ask(self.about, method, path, body)

    def gone(self) -> None:
        """Wait until the process has ended."""
        wait_until(lambda: not alive(self.pid), "the daemon to end")


def running_daemon() -> Daemon:
    """The daemon that daemon.json names."""
    return Daemon(json.loads((Path(place().state) / "daemon.json").read_text()))


def alive(pid: int) -> bool:
    """Whether a process is running; a zombie without threads is not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        threads = len(list(Path(f"/proc/{pid}/task").iterdir()))
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z" or threads > 1


def wait_until(condition: Callable[[], Any], what: str) -> None:
    """Poll until another process has done something."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.005)
