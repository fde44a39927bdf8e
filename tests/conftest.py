"""Fixtures for all tests: a home of their own, a clock, the real product inside and outside."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from hypothesis import settings
from support import harness
from support.builders import NOON

from plnd.core.plnd import Plnd
from plnd.system.files import Home
from plnd.system.files import home as home_of_process
from plnd.web.access import Access
from plnd.web.app import make_app
from plnd.web.sessions import Sessions

settings.register_profile("plnd", deadline=None, derandomize=True, max_examples=60)
# What scripts/chaos asks for: other examples each time, and many.
settings.register_profile("long", deadline=None, max_examples=4000)
settings.load_profile("plnd")

# One zone for the whole run, whatever machine it is: tests of other zones set theirs.
os.environ["TZ"] = "Europe/London"
time.tzset()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--rounds",
        type=int,
        default=60,
        help="how often the tests in tests/chaos kill, flip and cut; scripts/chaos asks for 1000",
    )


LONGEST_FILES = (
    "tests/browser/test_main_job.py",
    "tests/browser/test_at_once.py",
    "tests/browser/test_profile_pages.py",
    "tests/browser/test_networks.py",
    "tests/browser/test_learning.py",
)
"""The files that take more than half a minute, the longest first. They mostly wait."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Function]) -> None:
    """Run the longest files first, so that two workers finish at about the same time.

    Tests that ask for --rounds get ten seconds for each of them.
    """
    ranks = {path: rank for rank, path in enumerate(LONGEST_FILES)}
    items.sort(key=lambda item: ranks.get(item.nodeid.partition("::")[0], len(ranks)))
    for item in items:
        if "pytestconfig" in item.fixturenames:
            item.add_marker(pytest.mark.timeout(120 + 10 * config.getoption("rounds")))


@pytest.hookimpl(wrapper=True)
def pytest_timeout_set_timer(settings: Any) -> Iterator[object]:
    """When a test takes too long, print where its asyncio tasks wait as well.

    The stack that pytest-timeout prints of such a test ends in the event loop.
    """
    is_set = yield
    if settings.method == "signal":
        fail_test = signal.getsignal(signal.SIGALRM)

        def print_tasks(number: int, frame: FrameType | None) -> None:
            __tracebackhide__ = True
            with contextlib.suppress(RuntimeError):  # no event loop runs
                for task in asyncio.all_tasks():
                    task.print_stack(file=sys.stdout)
            assert callable(fail_test)
            fail_test(number, frame)

        signal.signal(signal.SIGALRM, print_tasks)
    return is_set


@pytest.fixture(autouse=True)
def own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing outside the test's own folder is read or written, and no desktop is reached."""
    monkeypatch.setenv("PLND_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PLND_PORT", "0")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("COLUMNS", "80")  # argparse wraps its help to the terminal's width
    for name in ("DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "WAYLAND_DISPLAY", "NO_COLOR", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    for name in ("XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def clock() -> harness.Clock:
    return harness.Clock()


@pytest.fixture
def seconds() -> harness.Seconds:
    return harness.Seconds()


@pytest.fixture
def desktop() -> harness.Desktop:
    return harness.Desktop()


@pytest.fixture
def home() -> Home:
    return home_of_process()


@pytest.fixture
async def plnd(home: Home, clock: harness.Clock, desktop: harness.Desktop) -> AsyncIterator[Plnd]:
    """The real Plnd on real files, with the clock and the desktop in the test's hands."""
    made = Plnd(home, clock=clock, notify=desktop)
    yield made
    await made.close()


@pytest.fixture
async def api(plnd: Plnd, seconds: harness.Seconds) -> AsyncIterator[harness.Api]:
    """The API over `plnd`, bound to loopback."""
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    sessions = Sessions(plnd.home.state / "sessions.json", plnd.clock)
    access = Access(port, harness.TOKEN, sessions, seconds)
    url = f"http://127.0.0.1:{port}"
    runner = web.AppRunner(
        make_app(plnd, access, url=url, started_at=NOON), access_log=None, shutdown_timeout=0.1
    )
    await runner.setup()
    await web.SockSite(runner, listener).start()
    # The client keeps no cookie: a test that wants to send one says so.
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        yield harness.Api(url, access, session)
    await runner.cleanup()


@pytest.fixture
def run_plnd() -> harness.RunPlnd:
    return harness.run_plnd


@pytest.fixture
def daemon() -> Iterator[harness.Daemon]:
    """A real daemon, started as a user starts it, and ended with the test."""
    harness.run_plnd("start")
    found = harness.running_daemon()
    yield found
    with contextlib.suppress(FileNotFoundError):
        found = harness.running_daemon()
    with contextlib.suppress(ProcessLookupError):
        os.kill(found.pid, signal.SIGKILL)
    found.gone()
