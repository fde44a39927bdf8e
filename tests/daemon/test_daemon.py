"""The daemon as a real process: one for each home, and a clean stop."""

import contextlib
import http.client
import json
import os
import resource
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from support.builders import HOUR, MINUTE, batch, day_of_visits, visit
from support.harness import PATIENCE_SECONDS, Daemon, RunPlnd, alive, running_daemon, wait_until
from support.session_bus import Bus

from plnd import __version__, client
from plnd.core.plnd import now_ms
from plnd.daemon import background, lock, serve
from plnd.errors import PlndError
from plnd.system import paths
from plnd.system.files import Home
from plnd.system.logs import LONGEST_BYTES

NOW = now_ms()


@pytest.fixture
def foreground(tmp_path: Path) -> Iterator["Foreground"]:
    made = Foreground(tmp_path / "run.log")
    yield made
    made.end()


class Foreground:
    """`plnd run`, as `scripts/run` and service managers start it."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self.process: subprocess.Popen[bytes] | None = None

    def start(
        self, *words: str, env: dict[str, str] | None = None, terminal: int | None = None
    ) -> Daemon:
        """Start it and wait until it answers."""
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "plnd", "run", *words],
                stderr=log if terminal is None else terminal,
                env={**os.environ, **(env or {})},
            )
        file = Path(paths.place().state) / "daemon.json"
        wait_until(lambda: file.exists() or self.process.poll() is not None, "the daemon")
        assert self.process.poll() is None, self.said()
        return running_daemon()

    def said(self) -> str:
        return self._log.read_text()

    def send(self, number: int) -> int:
        """Send a signal and wait for the end; its exit code."""
        assert self.process
        self.process.send_signal(number)
        return self.process.wait(10)

    def end(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()


# -- starting and stopping ---------------------------------------------------------


def test_daemon_json_says_how_to_reach_it(daemon: Daemon, home: Home) -> None:
    assert set(daemon.about) == {"pid", "url", "token", "version", "started_at"}
    assert alive(daemon.pid)
    assert daemon.url == f"http://127.0.0.1:{daemon.port}"
    assert daemon.about["version"] == __version__
    assert abs(daemon.about["started_at"] - now_ms()) < MINUTE
    assert len(daemon.about["token"]) >= 43
    health = daemon.ask("GET", "health")
    assert (health["pid"], health["started_at"], health["damaged"]) == (
        daemon.pid,
        daemon.about["started_at"],
        [],
    )
    assert health["home"] == str(home.root)


def test_it_listens_on_loopback_only(daemon: Daemon) -> None:
    found = psutil.Process(daemon.pid).net_connections("inet")
    listening = [one.laddr for one in found if one.status == psutil.CONN_LISTEN]
    assert listening == [("127.0.0.1", daemon.port)]


def test_every_file_is_private_and_below_the_home(
    daemon: Daemon, run_plnd: RunPlnd, home: Home, tmp_path: Path
) -> None:
    daemon.ask("POST", "events", batch(visit(NOW - MINUTE, 30)))
    daemon.ask("PUT", "pause", {})
    assert home.root
    written = [home.root, *home.root.rglob("*")]
    assert {(one.is_dir(), one.stat().st_mode & 0o777) for one in written} == {
        (True, 0o700),
        (False, 0o600),
    }
    assert [one.name for one in tmp_path.iterdir()] == ["home"]


def test_the_token_is_in_no_log(daemon: Daemon, run_plnd: RunPlnd, home: Home) -> None:
    run_plnd("open", "--print")
    daemon.ask("GET", "today")
    run_plnd("stop")
    assert daemon.about["token"] not in (home.state / "daemon.log").read_text()


def test_starting_twice_starts_once(daemon: Daemon, run_plnd: RunPlnd) -> None:
    again = run_plnd("start")
    assert again.out == f"plnd was running already at {daemon.url}\n"
    assert running_daemon().pid == daemon.pid


def test_starts_at_the_same_moment_start_once(run_plnd: RunPlnd) -> None:
    """As two browsers do after the machine has started: each gets the address of the one daemon."""
    words = [sys.executable, "-m", "plnd", "start"]
    started = [
        subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(5)
    ]
    ended = [(*one.communicate(timeout=60), one.returncode) for one in started]
    found = running_daemon()
    assert [(code, err) for _, err, code in ended] == [(0, "")] * 5
    assert {out.split()[-1] for out, _, _ in ended} == {found.url}
    assert sum("runs at" in out for out, _, _ in ended) == 1
    run_plnd("stop")
    found.gone()


def test_a_second_daemon_names_the_first_and_ends(daemon: Daemon, run_plnd: RunPlnd) -> None:
    second = run_plnd("run", code=1)
    assert str(daemon.pid) in second.err
    assert daemon.url in second.err
    assert "plnd stop" in second.err
    assert daemon.ask("GET", "health")["pid"] == daemon.pid


def test_another_home_has_its_own_daemon(daemon: Daemon, run_plnd: RunPlnd, tmp_path: Path) -> None:
    env = {"PLND_HOME": str(tmp_path / "other")}
    run_plnd("start", env=env)
    other = json.loads((tmp_path / "other" / "state" / "daemon.json").read_text())
    assert other["pid"] != daemon.pid
    assert other["token"] != daemon.about["token"]
    run_plnd("stop", env=env)
    assert daemon.ask("GET", "health")["pid"] == daemon.pid


def test_a_client_waits_for_a_daemon_that_is_starting(
    daemon: Daemon, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It holds the lock, and writes daemon.json a moment later."""
    path = home.state / "daemon.json"
    away = path.rename(home.state / "away")
    with monkeypatch.context() as patch:
        patch.setattr("plnd.client.time.sleep", lambda _: away.rename(path))
        found = client.daemon(paths.place())
    assert found and found["pid"] == daemon.pid


def test_a_stop_is_clean(daemon: Daemon, run_plnd: RunPlnd, home: Home) -> None:
    stopped = run_plnd("stop")
    assert stopped.out == f"plnd stopped (process {daemon.pid})\n"
    daemon.gone()
    assert not (home.state / "daemon.json").exists()
    assert sorted(one.name for one in home.data.iterdir()) == ["budgets.json", "events.db"]
    assert run_plnd("stop").out == "plnd was not running\n"


def test_a_stop_does_not_wait_for_connections(daemon: Daemon) -> None:
    """Not for open connections, a request that is half sent, or one that waits for an answer."""
    open_ones = [socket.create_connection(("127.0.0.1", daemon.port)) for _ in range(3)]
    open_ones[1].sendall(b"POST /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1")
    open_ones[2].sendall(
        f"POST /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1:{daemon.port}\r\n"
        f"Authorization: Bearer {daemon.about['token']}\r\nContent-Length: 100\r\n\r\n{{".encode()
    )
    start = time.monotonic()
    os.kill(daemon.pid, signal.SIGTERM)
    daemon.gone()
    assert time.monotonic() - start < 2
    for one in open_ones:
        one.close()


BUSY = {
    "the loop waits": "time.sleep(600)",
    "the loop counts": "while True: pass",
    "a pattern comes to no end": "re.match('(a+)+$', 'a' * 60 + '!')",
    "a thread does not end": "await asyncio.to_thread(time.sleep, 600)",
}


@pytest.mark.parametrize("busy", BUSY)
def test_a_stop_does_not_wait_for_work(busy: str) -> None:
    """Whatever the daemon does, even when its event loop is blocked."""
    program = (
        "import asyncio, re, time\n"
        "from plnd.system.stop_signals import stop_on_signals\n"
        "async def main():\n"
        "    stop, loop = asyncio.Event(), asyncio.get_running_loop()\n"
        "    stop_on_signals(lambda: loop.call_soon_threadsafe(stop.set),\n"
        "        within_seconds=1.8, before_exit=lambda: None)\n"
        "    print('ready', flush=True)\n"
        f"    {BUSY[busy]}\n"
        "asyncio.run(main())"
    )
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
    try:
        assert process.stdout
        assert process.stdout.readline() == b"ready\n"
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=5) in (0, -signal.SIGALRM)  # two seconds, and a slow machine
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_foreground_ends_clean(foreground: Foreground, number: int, home: Home) -> None:
    found = foreground.start()
    assert foreground.send(number) == 0
    assert not (home.state / "daemon.json").exists()
    said = foreground.said()
    assert f"runs at {found.url}" in said
    assert said.endswith("stopped\n")
    assert "Traceback" not in said
    assert found.about["token"] not in said


def test_the_link_on_a_terminal_opens_the_dashboard(foreground: Foreground) -> None:
    import urllib.request

    screen, terminal = os.openpty()
    foreground.start(terminal=terminal)
    os.close(terminal)
    said = b""
    while b"Ctrl-C" not in said:
        assert select.select([screen], [], [], PATIENCE_SECONDS)[0], said
        said += os.read(screen, 4096)
    os.close(screen)
    (link,) = [word for word in said.decode().split() if "/open?code=" in word]
    jar = urllib.request.HTTPCookieProcessor()
    with urllib.request.build_opener(jar).open(link, timeout=5) as answer:
        assert answer.status == 200
    (cookie,) = jar.cookiejar
    assert cookie.name.startswith("plnd-")


def test_the_link_is_not_printed_to_a_file_or_a_journal(foreground: Foreground) -> None:
    """Other people may read them."""
    foreground.start()
    wait_until(lambda: "Ctrl-C" in foreground.said(), "the last line of the greeting")
    assert "code=" not in foreground.said()


def test_an_open_dashboard_outlives_a_restart(daemon: Daemon, run_plnd: RunPlnd) -> None:
    """The cookie stays valid; the token does not."""
    cookie = signed_in(daemon)
    assert asked_with(daemon, cookie) == 200
    run_plnd("stop")
    run_plnd("start")
    again = running_daemon()
    assert asked_with(again, cookie) == 200
    assert again.about["token"] != daemon.about["token"]


def test_a_browser_can_be_signed_out(daemon: Daemon, run_plnd: RunPlnd) -> None:
    first, second = signed_in(daemon), signed_in(daemon)
    listed = run_plnd("open", "--list", "--json").json["sessions"]
    assert [one["id"] for one in listed] == [
        cookie.partition("=")[2].partition(".")[0] for cookie in (first, second)
    ]
    assert "a browser, " in run_plnd("open", "--list").out
    run_plnd("open", "--revoke", listed[0]["id"])
    assert [asked_with(daemon, one) for one in (first, second)] == [401, 200]
    assert "no session" in run_plnd("open", "--revoke", listed[0]["id"], code=1).err
    run_plnd("open", "--revoke")
    assert asked_with(daemon, second) == 401
    assert run_plnd("open", "--list", "--json").json == {"sessions": []}


def signed_in(daemon: Daemon) -> str:
    """The cookie of a browser that opened the dashboard."""
    connection = http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=10)
    connection.request("GET", "/" + daemon.ask("POST", "open")["url"].split("/", 3)[3])
    answer = connection.getresponse()
    connection.close()
    return str(answer.getheader("Set-Cookie")).partition(";")[0]


def asked_with(daemon: Daemon, cookie: str) -> int:
    """The status of an answer to a request with this cookie."""
    connection = http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=10)
    connection.request("GET", "/api/v1/today", headers={"Cookie": cookie})
    status = connection.getresponse().status
    connection.close()
    return status


def test_a_daemon_runs_on_after_its_starter_has_ended(tmp_path: Path) -> None:
    """A browser that closes at once ends `plnd start` with it, before the daemon answers."""
    reading, writing = os.pipe()
    os.close(reading)
    process = subprocess.Popen(
        [sys.executable, "-m", "plnd", "run", "--ready-fd", str(writing)],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    file = Path(paths.place().state) / "daemon.json"
    wait_until(lambda: file.exists() or process.poll() is not None, "the daemon")
    assert running_daemon().ask("GET", "health")["pid"] == process.pid
    process.terminate()
    assert process.wait(10) == 0


def test_a_daemon_that_hangs_at_the_start_is_reported(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The wait is limited. A lock that another process holds makes it hang here."""
    home.make()
    held = lock.take(home)
    code = (
        "import sys\n"
        "from plnd import errors\n"
        "from plnd.daemon import background\n"
        "from plnd.system.paths import place\n"
        "background.START_PATIENCE_SECONDS = 1.0\n"
        "try: background.start(place(), None)\n"
        "except errors.PlndError as error: sys.exit(error.message)\n"
    )
    starter = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True)
    hanging: list[psutil.Process] = []
    wait_until(
        lambda: hanging.extend(psutil.Process(starter.pid).children()) or hanging, "the daemon"
    )
    try:
        _, err = starter.communicate(timeout=10)
    finally:
        hanging[0].kill()
        starter.kill()
        starter.wait()
        held.release()
    assert "did not answer in 1 s" in err
    assert str(hanging[0].pid) in err


# -- what was left by another ----------------------------------------------------------


def test_the_daemon_json_of_a_killed_daemon_is_not_trusted(
    daemon: Daemon, run_plnd: RunPlnd, home: Home
) -> None:
    """Another program uses its port now: it must not get a request, nor the token."""
    os.kill(daemon.pid, signal.SIGKILL)
    daemon.gone()
    assert (home.state / "daemon.json").exists()
    stranger = socket.create_server(("127.0.0.1", daemon.port))
    stranger.setblocking(False)
    assert run_plnd("status", code=3).out
    assert run_plnd("stop").out == "plnd was not running\n"
    run_plnd("budget", "set", "50")
    run_plnd("start")
    new = running_daemon()
    assert (new.pid, new.port) != (daemon.pid, daemon.port)
    assert new.ask("GET", "budgets")["budgets"][0]["minutes"] == 50
    with pytest.raises(BlockingIOError):
        stranger.accept()
    stranger.close()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"pid": 1}', b"\xff"])
def test_a_broken_daemon_json_is_no_daemon(run_plnd: RunPlnd, home: Home, content: bytes) -> None:
    home.make()
    (home.state / "daemon.json").write_bytes(content)
    run_plnd("status", code=3)
    run_plnd("start")
    found = running_daemon()
    run_plnd("stop")
    found.gone()


# -- ports --------------------------------------------------------------------------


def test_the_next_port_is_taken_when_another_program_has_the_default(
    foreground: Foreground,
) -> None:
    """By this test or by any other program of the machine; the user is told."""
    held = []
    for number in range(paths.DEFAULT_PORT, paths.DEFAULT_PORT + 3):
        with contextlib.suppress(OSError):
            held.append(socket.create_server(("127.0.0.1", number)))
    found = foreground.start(env={"PLND_PORT": ""})
    assert paths.DEFAULT_PORT + 3 <= found.port < paths.DEFAULT_PORT + serve.PORTS_TRIED
    assert f"port 8765 is taken by another program; using {found.port}" in foreground.said()
    for one in held:
        one.close()


@pytest.mark.parametrize("how", ["option", "environment", "start"])
def test_a_given_port_that_is_taken_is_an_error(run_plnd: RunPlnd, how: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        if how == "environment":
            ran = run_plnd("run", env={"PLND_PORT": port}, code=1)
        else:
            ran = run_plnd("run" if how == "option" else "start", "--port", port, code=1)
    assert f"port {port} is taken" in ran.err
    assert "--port" in ran.err
    assert "PLND_PORT" in ran.err


def test_a_free_port_is_reserved_at_once() -> None:
    """Two daemons that start at the same moment never choose the same one."""
    first = serve._listen("0")
    with pytest.raises(PlndError) as caught:
        serve._listen(str(first.getsockname()[1]))
    assert caught.value.code == "port_taken"
    first.close()


@pytest.mark.parametrize("port", ["http", "-1", "65536", "8765.5", " "])
def test_an_invalid_port_is_refused(run_plnd: RunPlnd, port: str) -> None:
    assert "is not a port" in run_plnd("run", f"--port={port}", code=1).err


# -- bad places and files ---------------------------------------------------------------


@pytest.mark.parametrize(
    "words", [["run"], ["start"], ["status"], ["budget"], ["settings", "day_start", "3"]]
)
def test_a_home_that_cannot_be_written_is_named(
    run_plnd: RunPlnd, tmp_path: Path, words: list[str]
) -> None:
    """Below a file, where not even root can make a folder."""
    (tmp_path / "file").write_text("in the way")
    home = str(tmp_path / "file" / "home")
    ran = run_plnd(*words, env={"PLND_HOME": home}, code=1)
    assert home in ran.err
    assert "PLND_HOME" in ran.err


def test_damaged_files_are_set_aside_and_named(
    daemon: Daemon, run_plnd: RunPlnd, home: Home
) -> None:
    run_plnd("stop")
    (home.data / "events.db").write_bytes(b"garbage " * 1000)
    (home.data / "budgets.json").write_text("[")
    run_plnd("start")
    found = running_daemon()
    damaged = found.ask("GET", "health")["damaged"]
    assert sorted(Path(one).name.split(".damaged")[0] for one in damaged) == [
        "budgets.json",
        "events.db",
    ]
    assert all(Path(one).exists() for one in damaged)
    log = (home.state / "daemon.log").read_text()
    assert all(one in log for one in damaged)
    found.ask("POST", "events", batch(visit(NOW - MINUTE, 30)))
    assert found.ask("GET", "today")["budget_minutes"] == 60


@pytest.mark.parametrize("name", ["events.db", "settings.json"])
def test_a_newer_store_is_refused_and_not_touched(
    daemon: Daemon, run_plnd: RunPlnd, home: Home, name: str
) -> None:
    import sqlite3

    run_plnd("stop")
    if name == "events.db":
        db = sqlite3.connect(home.data / name)
        db.execute("PRAGMA user_version = 99")
        db.close()
    else:
        (home.data / name).write_text('{"plnd": 99, "settings": {}}')
    before = (home.data / name).read_bytes()
    for command, code in (("start", 1), ("run", 1), ("status", 1)):
        ran = run_plnd(command, code=code)
        assert "newer plnd" in ran.err
        assert name in ran.err
        assert "install" in ran.err
    assert (home.data / name).read_bytes() == before


def test_a_disk_that_is_full_for_a_while_loses_no_event(daemon: Daemon) -> None:
    """No file can grow for a while; the sender keeps the events that were not stored."""
    first = batch(visit(NOW - HOUR, 60))
    daemon.ask("POST", "events", first)
    soft, hard = resource.prlimit(daemon.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(daemon.pid, resource.RLIMIT_FSIZE, (4096, hard))
    second = batch(*[visit(NOW - HOUR + n * MINUTE, 30, handle="h" * 200) for n in range(1, 50)])
    with pytest.raises(PlndError) as caught:
        daemon.ask("POST", "events", second)
    assert caught.value.hint
    assert daemon.ask("GET", "today")["sources"][0]["last_event_at"] == NOW - HOUR + MINUTE
    with pytest.raises(PlndError):
        daemon.ask("POST", "events", second)
    resource.prlimit(daemon.pid, resource.RLIMIT_FSIZE, (soft, hard))
    assert len(daemon.ask("POST", "events", second)["stored"]) == 49
    os.kill(daemon.pid, signal.SIGTERM)
    daemon.gone()


# -- notices -----------------------------------------------------------------------------


def test_a_notice_reaches_the_desktop_once_over_restarts(
    run_plnd: RunPlnd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Bus(tmp_path) as bus:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus.address)
        bus.serve_notifications()
        run_plnd("budget", "set", "10")
        for minutes in (9, 0.5, 2, 0.5):
            run_plnd("start")
            found = running_daemon()
            start = NOW - 4 * HOUR + len(bus.notifications()) * HOUR + int(minutes * 1000)
            answer = found.ask("POST", "events", batch(*day_of_visits(start, minutes, each=30)))
            assert not answer["rejected"]
            wait_until(lambda at=found: noted(at), "the desktop's answer")
            run_plnd("stop")
        assert [title for title, _ in bus.notifications()] == [
            "1 minute left for your networks",
            "10 minutes for your networks are used up",
        ]


def noted(found: Daemon) -> bool:
    """Whether the outcome of each notice is known."""
    notices: list[Any] = found.ask("GET", "notices")["notices"]
    return all(one["shown"] for one in notices)


def test_a_missing_desktop_leaves_the_daemon_unharmed(daemon: Daemon, run_plnd: RunPlnd) -> None:
    answer = daemon.ask("POST", "notices/test")
    assert answer["shown"] is False
    assert answer["error"]
    assert daemon.ask("GET", "health")["pid"] == daemon.pid


def test_the_limits_of_a_start_suit_the_native_host() -> None:
    """A check whether the daemon runs never makes a start fail."""
    assert lock.PROBE_SECONDS >= 0.5
    assert background.STOP_PATIENCE_SECONDS > 2


COMMAND_AT_WORK = """
import sys, time
from plnd.daemon import lock
from plnd.system.files import home
where = home()
where.make()
held = lock.take(where)
print("at work", flush=True)
time.sleep(2 * lock.PROBE_SECONDS)
"""


def test_a_start_waits_for_a_command_that_uses_the_stores(run_plnd: RunPlnd) -> None:
    """It holds the lock for longer than a check; the daemon starts after it."""
    with subprocess.Popen([sys.executable, "-c", COMMAND_AT_WORK], stdout=subprocess.PIPE) as work:
        assert work.stdout
        assert work.stdout.readline() == b"at work\n"
        run_plnd("start")
    found = running_daemon()
    assert found.ask("GET", "health")
    run_plnd("stop")
    found.gone()


def test_a_long_log_is_rotated(run_plnd: RunPlnd, home: Home) -> None:
    """One old log is kept beside the new one."""
    home.make()
    log = home.state / "daemon.log"
    log.write_bytes(b"x" * (LONGEST_BYTES + 1))
    run_plnd("start")
    found = running_daemon()
    run_plnd("stop")
    found.gone()
    assert log.stat().st_size < 10_000
    assert (home.state / "daemon.log.1").stat().st_size == LONGEST_BYTES
